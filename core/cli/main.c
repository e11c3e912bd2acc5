#include <stdio.h>
#include <string.h>

#include <curl/curl.h>

#include "cli.h"
#include "lisolo/base/nearest.h"

static int unknown(const char *name)
{
    struct nearest n = { .word = name };

    for (const struct subcommand *c = commands; c->name != NULL; c++)
        if (!c->inside)
            nearest_offer(&n, c->name);
    if (n.best != NULL)
        say_error("there is no command '%s'. Did you mean '%s'?", name, n.best);
    else
        say_error("there is no command '%s'. See: lisolo --help", name);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    const struct subcommand *c;
    struct arguments a;
    int code;

    if (argc < 2) {
        help_overview();
        return EXIT_OK;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        help_overview();
        return EXIT_OK;
    }
    c = command_find(strcmp(argv[1], "--version") == 0 ? "version" : argv[1]);
    if (c == NULL)
        return unknown(argv[1]);
    for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            help_command(c);
            return EXIT_OK;
        }
    if (!arguments_read(c, argc - 1, argv + 1, &a))
        return EXIT_USAGE;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        say_error("libcurl could not be started");
        return EXIT_INTERNAL;
    }
    code = c->run(&a);
    curl_global_cleanup();
    if (fflush(stdout) != 0 && code == EXIT_OK) {
        say_error("the output could not be written");
        code = EXIT_INTERNAL;
    }
    return code;
}
