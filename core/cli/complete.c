/*
 * lisolo __complete: what can stand next on a command line, one candidate a line. The shells' completion calls it with the words
 * so far, so that what it offers is the table of commands and the names in ./scripts. Telephone numbers are never offered.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "explain_pages.h"
#include "scripts.h"

enum { VALUES_MAX = 12, VALUE_BYTES = 24 };

static void offer(const char *prefix, const char *word)
{
    if (strncmp(word, prefix, strlen(prefix)) == 0)
        (void)printf("%s\n", word);
}

/* ---- names of the project ---- */

static void offer_wording(const struct wording *w, bool templates, const char *prefix)
{
    for (size_t i = 0; i < wording_count(w); i++)
        if (wording_is_template(wording_at(w, i)) == templates)
            offer(prefix, wording_id(wording_at(w, i)));
}

/* Silent when the scripts cannot be read: a line that is being typed is no place for complaints. */
static void offer_names(const char *kind, const char *prefix)
{
    struct problems problems;
    struct generation *g = scripts_load("scripts", NULL, &problems);

    for (size_t i = 0; g != NULL && i < g->flows->count; i++) {
        const struct flow *f = &g->flows->list[i];

        if (strcmp(kind, "flows") == 0)
            offer(prefix, f->name);
        for (size_t k = 0; strcmp(kind, "steps") == 0 && k < f->step_count; k++)
            offer(prefix, f->steps[k].name);
    }
    if (g != NULL && (strcmp(kind, "messages") == 0 || strcmp(kind, "templates") == 0))
        offer_wording(g->wording, strcmp(kind, "templates") == 0, prefix);
    if (g != NULL)
        generation_drop(g);
    problems_free(&problems);
}

static void offer_codes(const char *prefix)
{
    struct page page;

    for (size_t i = 0; page_at(i, &page); i++)
        offer(prefix, page.code);
}

static void offer_commands(const char *prefix)
{
    for (const struct subcommand *c = commands; c->name != NULL; c++)
        if (!c->inside)
            offer(prefix, c->name);
}

/* False: no such kind. */
static bool offer_kind(const char *kind, const char *prefix)
{
    static const char *const NAMES[] = { "flows", "steps", "messages", "templates" };

    if (strcmp(kind, "codes") == 0)
        offer_codes(prefix);
    else if (strcmp(kind, "commands") == 0)
        offer_commands(prefix);
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (strcmp(NAMES[i], kind) == 0) {
            offer_names(kind, prefix);
            return true;
        }
    return strcmp(kind, "codes") == 0 || strcmp(kind, "commands") == 0;
}

/* ---- what the table says ---- */

/* "human (default), short, json or gcc" -> its words; 0 when it is a sentence. */
static size_t values_of(const char *help, char out[VALUES_MAX][VALUE_BYTES])
{
    size_t n = 0;

    while (*help != '\0' && n < VALUES_MAX) {
        size_t len = strspn(help, "abcdefghijklmnopqrstuvwxyz");

        if (len == 0 || len >= VALUE_BYTES)
            return 0;
        (void)snprintf(out[n++], VALUE_BYTES, "%.*s", (int)len, help);
        help += len;
        if (strncmp(help, " (", 2) == 0)
            help += strcspn(help, ")") + (strchr(help, ')') != NULL);
        if (strncmp(help, ", ", 2) == 0)
            help += 2;
        else if (strncmp(help, " or ", 4) == 0)
            help += 4;
        else
            return *help == '\0' && n > 1 ? n : 0;
    }
    return 0;
}

static void offer_values(const struct option_spec *o, const char *prefix)
{
    char values[VALUES_MAX][VALUE_BYTES];
    size_t n = values_of(o->help, values);

    for (size_t i = 0; i < n; i++)
        offer(prefix, values[i]);
}

static void offer_options(const struct subcommand *c, const char *prefix)
{
    char word[64];

    for (const struct option_spec *o = c->options; o != NULL && o->name != NULL; o++) {
        (void)snprintf(word, sizeof word, "--%s", o->name);
        offer(prefix, word);
    }
    offer(prefix, "--help");
}

/* Words of "[take|back PERSON]": small ones are said as they are, large ones stand for something that has names. */
static void offer_positional(const struct subcommand *c, int place, const char *prefix)
{
    static const struct { const char *word, *kind; } KINDS[] = { { "FLOW", "flows" }, { "STEP", "steps" }, { "ID", "messages" }, { "TEMPLATE", "templates" },
                                                                 { "CODE", "codes" }, { "COMMAND", "commands" } };

    for (const char *at = c->positional; at != NULL && *at != '\0';) {
        size_t len = strspn(at, "abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        char word[32];

        if (len == 0 || len >= sizeof word) {
            at += len + 1;
            continue;
        }
        (void)snprintf(word, sizeof word, "%.*s", (int)len, at);
        at += len;
        if (place == 0 && islower((unsigned char)word[0]))
            offer(prefix, word);
        for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
            if (strcmp(KINDS[i].word, word) == 0)
                (void)offer_kind(KINDS[i].kind, prefix);
    }
}

static const struct option_spec *takes_value(const struct subcommand *c, const char *word)
{
    for (const struct option_spec *o = c->options; o != NULL && o->name != NULL; o++)
        if (o->argument != NULL && strncmp(word, "--", 2) == 0 && strcmp(word + 2, o->name) == 0)
            return o;
    return NULL;
}

/* The last of `words` is being typed; it may be empty. */
static void complete(char **words, int count)
{
    const char *last = count > 0 ? words[count - 1] : "";
    const struct subcommand *c = count > 1 ? command_find(words[0]) : NULL;
    const struct option_spec *open = c != NULL && count > 2 ? takes_value(c, words[count - 2]) : NULL;
    int place = 0;

    if (count <= 1) {
        offer_commands(last);
        return;
    }
    if (c == NULL)
        return;
    for (int i = 1; i < count - 1; i++)
        place += words[i][0] != '-' && (i == 1 || takes_value(c, words[i - 1]) == NULL);
    if (open != NULL)
        offer_values(open, last);
    else if (last[0] == '-')
        offer_options(c, last);
    else
        offer_positional(c, place, last);
}

int run_complete(const struct arguments *a)
{
    const char *kind = argument(a, "names");

    if (kind == NULL) {
        complete(a->list, a->count);
        return EXIT_OK;
    }
    if (offer_kind(kind, a->count > 0 ? a->list[0] : ""))
        return EXIT_OK;
    say_error("__complete: --names is flows, steps, messages, templates, codes or commands, not '%s'", kind);
    return EXIT_USAGE;
}
