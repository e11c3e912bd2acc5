/*
 * load - people by the thousand against one host, as a program of its own: see `struct lab_load_options` in lab.h.
 *
 *     load --webhook http://127.0.0.1:8080/whatsapp --secret S --token T --number 555000111222333 --graph-port 9001
 *
 * "ready load http://127.0.0.1:9001" on stderr names the address for the host's graph_base; the report is JSON on stdout.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/lab.h"

enum { TEXTS_MAX = 64 };

static const struct option flags[] = {
    { "webhook", required_argument, NULL, 'w' },  { "secret", required_argument, NULL, 's' },
    { "token", required_argument, NULL, 't' },    { "number", required_argument, NULL, 'n' },
    { "graph-port", required_argument, NULL, 'g' }, { "people", required_argument, NULL, 'p' },
    { "connections", required_argument, NULL, 'c' }, { "rate", required_argument, NULL, 'r' },
    { "replies", required_argument, NULL, 'a' },  { "ack-only", no_argument, NULL, 'o' },
    { "warm", required_argument, NULL, 'i' },     { "seconds", required_argument, NULL, 'd' },
    { "messages", required_argument, NULL, 'm' }, { "text", required_argument, NULL, 'x' },
    { "statuses", no_argument, NULL, 'u' },       { "patience", required_argument, NULL, 'q' },
    { "help", no_argument, NULL, 'h' },           { NULL, 0, NULL, 0 },
};

static void usage(FILE *out)
{
    fputs("load --webhook URL --secret S --token T --number ID --graph-port PORT\n"
          "     [--people 1000] [--connections 64] [--rate PER_SECOND] [--replies 1 | --ack-only]\n"
          "     [--warm 2] [--seconds 10] [--messages N] [--text WORDS]… [--statuses] [--patience MS]\n", out);
}

int main(int argc, char **argv)
{
    struct lab_load_options o = { 0 };
    const char *texts[TEXTS_MAX + 1] = { NULL };
    struct error err;
    int flag, count = 0;

    while ((flag = getopt_long(argc, argv, "", flags, NULL)) != -1) {
        switch (flag) {
        case 'w': o.webhook_url = optarg; break;
        case 's': o.app_secret = optarg; break;
        case 't': o.token = optarg; break;
        case 'n': o.number = optarg; break;
        case 'g': o.graph_port = (uint16_t)atoi(optarg); break;
        case 'p': o.people = (unsigned)strtoul(optarg, NULL, 10); break;
        case 'c': o.connections = (unsigned)strtoul(optarg, NULL, 10); break;
        case 'r': o.rate = strtod(optarg, NULL); break;
        case 'a': o.replies = (unsigned)strtoul(optarg, NULL, 10); break;
        case 'o': o.ack_only = true; break;
        case 'i': o.warm_s = strtod(optarg, NULL) == 0 ? -1 : strtod(optarg, NULL); break;
        case 'd': o.seconds = strtod(optarg, NULL); break;
        case 'm': o.messages = strtoull(optarg, NULL, 10); break;
        case 'x':
            if (count < TEXTS_MAX)
                texts[count++] = optarg;
            break;
        case 'u': o.statuses = true; break;
        case 'q': o.reply_timeout_ms = atoi(optarg); break;
        case 'h': usage(stdout); return 0;
        default:  usage(stderr); return 2;
        }
    }
    if (count > 0)
        o.texts = texts;
    if (!lab_load(&o, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    return 0;
}
