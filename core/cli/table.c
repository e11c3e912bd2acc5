/*
 * The one table that help, completion and the reference come from.
 */
#include <string.h>

#include "cli.h"

#define EXAMPLES(...) (const char *const[]){ __VA_ARGS__, NULL }
#define OPTIONS(...) (const struct option_spec[]){ __VA_ARGS__, { NULL, NULL, NULL } }
#define SOCKET_OPTIONS                                                                                            \
    { "socket", "PATH", "control socket of the host (default: the one that lisolo dev started here)" },            \
    { "config", "FILE", "take the socket from this configuration" }

const struct subcommand commands[] = {
    { .name = "dev", .summary = "Starts the host with stand-ins for WhatsApp and the backend, on this machine only",
      .examples = EXAMPLES("lisolo dev", "host, stand-ins and one database file under ./var",
                           "lisolo dev --fresh", "the same from an empty database",
                           "lisolo dev --scripts my/scripts --port 8081", "other scripts, another port"),
      .options = OPTIONS({ "scripts", "FOLDER", "the scripts (default: scripts)" },
                         { "var", "FOLDER", "where the database and the socket live (default: var)" },
                         { "port", "N", "port of the webhook (default: 8080, or a free one)" },
                         { "fresh", NULL, "throw the development database away first" },
                         { "backend-script", "FILE", "a Lua file in place of the built-in backend stand-in" }),
      .run = run_dev },
    { .name = "chat", .summary = "Talks to the bot in the terminal, through the real signed webhook",
      .examples = EXAMPLES("lisolo chat", "be a customer of the host that lisolo dev runs",
                           "lisolo chat --phone +242065550001 --name Merveille", "be another one",
                           "printf 'Bonjour\\n1\\n' | lisolo chat", "a scripted conversation"),
      .options = OPTIONS({ "phone", "NUMBER", "the customer's number (default: +242066123456)" },
                         { "name", "NAME", "the customer's profile name (default: Prisca)" },
                         { "var", "FOLDER", "where lisolo dev keeps its files (default: var)" }),
      .run = run_chat },
    { .name = "check", .summary = "Reads the scripts and reports every problem at once", .positional = "[FOLDER]",
      .examples = EXAMPLES("lisolo check", "checks ./scripts", "lisolo check my/scripts", "checks another folder",
                           "lisolo check --format short", "one line a problem, for editors"),
      .about = "Exit code 1 when there is an error. Nothing is changed and no host is needed.",
      .options = OPTIONS({ "format", "FORM", "human (default), short, or json" }, { "country", "CC", "country of the numbers (default: CG)" }),
      .run = run_check },
    { .name = "serve", .summary = "Runs the host for real, against the Graph API",
      .examples = EXAMPLES("lisolo serve --config lisolo.conf.lua", "in the foreground; logs are JSON lines on stderr",
                           "lisolo serve --config lisolo.conf.lua --check", "reads everything and starts nothing"),
      .about = "Secrets come from files or systemd credentials that the configuration names, never from options. SIGHUP reloads the\n"
               "scripts, SIGTERM stops after what is in flight has ended. packaging/lisolo.conf.lua is a commented example.",
      .options = OPTIONS({ "config", "FILE", "the configuration (required)" }, { "check", NULL, "only say whether it would start" }),
      .run = run_serve },
    { .name = "reload", .summary = "Makes changed scripts live between two turns, or says why not",
      .examples = EXAMPLES("lisolo reload", "the host that lisolo dev runs here",
                           "lisolo reload --config /etc/lisolo/lisolo.conf.lua", "the host of that configuration"),
      .about = "Exit code 0: live. 1: refused, the old scripts stay. 4: no host there. kill -HUP does the same without the answer.",
      .options = OPTIONS(SOCKET_OPTIONS, { "var", "FOLDER", "where lisolo dev keeps its files (default: var)" }), .run = run_reload },
    { .name = "status", .summary = "Says how a running host is doing",
      .examples = EXAMPLES("lisolo status", "for people", "lisolo status --json", "for machines"),
      .options = OPTIONS(SOCKET_OPTIONS, { "var", "FOLDER", "where lisolo dev keeps its files (default: var)" },
                         { "json", NULL, "the whole answer as JSON" }),
      .run = run_status },
    { .name = "why", .summary = "Tells what happened to a message or a person", .positional = "MESSAGE|PERSON",
      .examples = EXAMPLES("lisolo why +242066123456", "a person, by telephone number", "lisolo why 12", "a conversation, by its number in the log",
                           "lisolo why '#31'", "an outgoing row", "lisolo why wamid.HBgM…", "a message, by WhatsApp's id"),
      .about = "Words in, step, script line, row in the outbox, the API's answer, statuses; newest last.",
      .options = OPTIONS(SOCKET_OPTIONS, { "var", "FOLDER", "where lisolo dev keeps its files (default: var)" },
                         { "json", NULL, "the whole story as JSON" }),
      .run = run_why },
    { .name = "clock", .summary = "Moves the clock of a development host", .positional = "advance TIME",
      .examples = EXAMPLES("lisolo clock advance 10min", "what waits ten minutes happens now", "lisolo clock advance 2h", "two hours"),
      .options = OPTIONS({ "socket", "PATH", "control socket of the host" }, { "var", "FOLDER", "where lisolo dev keeps its files (default: var)" }),
      .run = run_clock },
    { .name = "stand-in", .summary = "Runs one stand-in alone", .positional = "graph|backend", .inside = true,
      .examples = EXAMPLES("lisolo stand-in graph --setup graph.json", "a Graph API on loopback; prints where it listens"),
      .about = "The set-up is a JSON file with the fields of include/lisolo/lab.h, so that no secret stands in the process list.",
      .options = OPTIONS({ "setup", "FILE", "JSON with the options (required)" }), .run = run_stand_in },
    { .name = "load", .summary = "Plays many people at once and measures", .inside = true,
      .examples = EXAMPLES("lisolo load --setup load.json", "prints a JSON report"),
      .options = OPTIONS({ "setup", "FILE", "JSON with the options of include/lisolo/lab.h (required)" }), .run = run_load },
    { .name = "version", .summary = "Prints the version", .examples = EXAMPLES("lisolo version", "also: lisolo --version"), .run = run_version },
    { .name = "help", .summary = "Shows this overview, or one command's help", .positional = "[COMMAND]",
      .examples = EXAMPLES("lisolo help reload", "the same as lisolo reload --help"), .run = run_help },
    { .name = NULL },
};

const struct subcommand *command_find(const char *name)
{
    for (const struct subcommand *c = commands; c->name != NULL; c++)
        if (strcmp(c->name, name) == 0)
            return c;
    return NULL;
}
