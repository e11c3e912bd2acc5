#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static void print_examples(const char *const *e)
{
    size_t width = 0;

    for (size_t i = 0; e[i] != NULL; i += 2)
        if (strlen(e[i]) > width)
            width = strlen(e[i]);
    for (size_t i = 0; e[i] != NULL; i += 2)
        (void)printf("  %-*s   %s%s%s\n", (int)width, e[i], say_dim(STDOUT_FILENO), e[i + 1], say_reset(STDOUT_FILENO));
}

void help_overview(void)
{
    static const char *const examples[] = {
        "lisolo dev", "try everything on this machine, with stand-ins for WhatsApp and the backend",
        "lisolo chat", "talk to the bot in the terminal",
        "lisolo check scripts", "read the scripts and report every problem at once",
        "lisolo serve --config lisolo.conf.lua", "run for real",
        "lisolo reload", "make changed scripts live between two turns",
        NULL,
    };
    const char *bold = say_bold(STDOUT_FILENO), *reset = say_reset(STDOUT_FILENO);

    (void)printf("%sLisolo%s %s holds WhatsApp conversations that are written in Lua.\n\n%sStart here%s\n", bold, reset, LISOLO_VERSION,
                 bold, reset);
    print_examples(examples);
    (void)printf("\n%sCommands%s\n", bold, reset);
    for (const struct subcommand *c = commands; c->name != NULL; c++)
        if (!c->inside)
            (void)printf("  %-9s %s\n", c->name, c->summary);
    (void)printf("\n%sExit codes%s  0 ok · 1 problems found · 2 usage · 3 internal error · 4 host, file or network not reached\n\n", bold, reset);
    (void)printf("lisolo COMMAND --help shows examples and options.\n");
}

void help_command(const struct subcommand *c)
{
    const char *bold = say_bold(STDOUT_FILENO), *reset = say_reset(STDOUT_FILENO);
    size_t width = 0;

    (void)printf("%sExamples%s\n", bold, reset);
    print_examples(c->examples);
    (void)printf("\n%sUsage%s  lisolo %s%s%s%s\n\n%s.\n", bold, reset, c->name, c->options != NULL && c->options->name != NULL ? " [options]" : "",
                 c->positional != NULL ? " " : "", c->positional != NULL ? c->positional : "", c->summary);
    if (c->about != NULL)
        (void)printf("%s\n", c->about);
    if (c->options == NULL || c->options->name == NULL)
        return;
    for (const struct option_spec *o = c->options; o->name != NULL; o++) {
        size_t n = strlen(o->name) + (o->argument != NULL ? strlen(o->argument) + 1 : 0);

        width = n > width ? n : width;
    }
    (void)printf("\n%sOptions%s\n", bold, reset);
    for (const struct option_spec *o = c->options; o->name != NULL; o++) {
        char left[80];

        (void)snprintf(left, sizeof left, "%s%s%s", o->name, o->argument != NULL ? " " : "", o->argument != NULL ? o->argument : "");
        (void)printf("  --%-*s   %s\n", (int)width, left, o->help);
    }
}

int run_help(const struct arguments *a)
{
    const struct subcommand *c;

    if (a->count == 0) {
        help_overview();
        return EXIT_OK;
    }
    c = command_find(a->list[0]);
    if (c == NULL) {
        say_error("there is no command '%s'. See: lisolo --help", a->list[0]);
        return EXIT_USAGE;
    }
    help_command(c);
    return EXIT_OK;
}

int run_version(const struct arguments *a)
{
    (void)a;
    (void)printf("lisolo %s\n", LISOLO_VERSION);
    return EXIT_OK;
}
