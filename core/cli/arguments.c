#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "lisolo/base/nearest.h"

static bool refuse(const struct subcommand *c, const char *given)
{
    struct nearest n;
    const char *word = given;

    while (*word == '-')
        word++;
    n = (struct nearest){ .word = word };
    for (const struct option_spec *o = c->options; o != NULL && o->name != NULL; o++)
        nearest_offer(&n, o->name);
    if (n.best != NULL)
        say_error("%s: there is no option '%s'. Did you mean '--%s'?", c->name, given, n.best);
    else
        say_error("%s: there is no option '%s'. See: lisolo %s --help", c->name, given, c->name);
    return false;
}

static int option_place(const struct subcommand *c, const char *name)
{
    int i = 0;

    for (const struct option_spec *o = c->options; o != NULL && o->name != NULL; o++, i++)
        if (strcmp(o->name, name) == 0)
            return i;
    return -1;
}

bool arguments_read(const struct subcommand *c, int argc, char **argv, struct arguments *out)
{
    struct option longs[OPTIONS_MAX + 1] = { 0 };
    int n = 0, got, which = 0;

    *out = (struct arguments){ .command = c };
    for (const struct option_spec *o = c->options; o != NULL && o->name != NULL && n < OPTIONS_MAX; o++, n++)
        longs[n] = (struct option){ o->name, o->argument == NULL ? no_argument : required_argument, NULL, 0 };
    opterr = 0;
    optind = 1;
    while ((got = getopt_long(argc, argv, ":j:", longs, &which)) != -1) {
        if (got == 'j' && (which = option_place(c, "jobs")) < 0)
            return refuse(c, "-j");
        if (got == 'j')
            got = 0;
        if (got == ':') {
            say_error("%s: '%s' needs a value", c->name, argv[optind - 1]);
            return false;
        }
        if (got != 0 && optopt != 0)     /* a letter: optind may still be on its word, or past it */
            return refuse(c, (const char[]){ '-', (char)optopt, '\0' });
        if (got != 0)
            return refuse(c, argv[optind - 1]);
        out->values[which] = optarg == NULL ? "" : optarg;
    }
    out->count = argc - optind;
    out->list = argv + optind;
    if (out->count > 0 && c->positional == NULL) {
        say_error("%s: '%s' is one word too many. See: lisolo %s --help", c->name, out->list[0], c->name);
        return false;
    }
    return true;
}

const char *argument(const struct arguments *a, const char *option)
{
    int i = 0;

    for (const struct option_spec *o = a->command->options; o != NULL && o->name != NULL; o++, i++)
        if (strcmp(o->name, option) == 0)
            return a->values[i];
    return NULL;
}

bool argument_number(const struct arguments *a, const char *option, long min, long max, long *out)
{
    const char *text = argument(a, option);
    char *end;
    long n;

    if (text == NULL)
        return true;
    errno = 0;
    n = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || n < min || n > max) {
        say_error("%s: --%s needs a number from %ld to %ld, not '%s'", a->command->name, option, min, max, text);
        return false;
    }
    *out = n;
    return true;
}
