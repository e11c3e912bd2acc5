/*
 * lisolo explain: the page of a code, or all codes by family.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "explain_pages.h"
#include "lisolo/base/nearest.h"

static void list_codes(void)
{
    const char *family = "";
    struct page p;

    for (size_t i = 0; page_at(i, &p); i++) {
        if (strcmp(p.family, family) != 0)
            (void)printf("\n%s%s%s\n", say_bold(STDOUT_FILENO), say_text(p.family), say_reset(STDOUT_FILENO));
        family = p.family;
        (void)printf("  %s  %.*s\n", p.code, (int)p.title[say_language()].len, p.title[say_language()].text);
    }
    (void)printf("\n%s\n", say_text("lisolo explain CODE shows the page of one."));
}

static void print_indented(struct span text, const char *indent)
{
    const char *at = text.text, *end = at + text.len;

    while (at < end) {
        size_t len = strcspn(at, "\n");

        if (at + len > end)
            len = (size_t)(end - at);
        (void)printf("%s%.*s\n", len > 0 ? indent : "", (int)len, at);
        at += len + 1;
    }
}

static void print_examples(const char *title, struct span rest)
{
    struct example e;

    (void)printf("\n%s%s%s\n", say_bold(STDOUT_FILENO), title, say_reset(STDOUT_FILENO));
    while (page_example(&rest, &e)) {
        (void)printf("\n  %s%.*s%s\n", say_dim(STDOUT_FILENO), (int)e.file.len, e.file.text, say_reset(STDOUT_FILENO));
        print_indented(e.text, "    ");
    }
}

static int unknown(const char *code)
{
    char upper[16], best[sizeof ((struct page *)0)->code];
    struct nearest n = { .word = upper };
    size_t len = 0;
    struct page p;

    for (; len + 1 < sizeof upper && code[len] != '\0'; len++)
        upper[len] = (char)(code[len] >= 'a' && code[len] <= 'z' ? code[len] - 32 : code[len]);
    upper[len] = '\0';
    for (size_t i = 0; page_at(i, &p); i++) {
        nearest_offer(&n, p.code);
        if (n.best == p.code) {        /* the page is read over by the next one */
            memcpy(best, p.code, sizeof best);
            n.best = best;
        }
    }
    if (n.best != NULL)
        say_error(say_text("explain: there is no code '%s'. Did you mean '%s'?"), code, n.best);
    else
        say_error(say_text("explain: there is no code '%s'. See: lisolo explain"), code);
    return EXIT_USAGE;
}

int run_explain(const struct arguments *a)
{
    enum problem_language l;
    struct page p;

    if (!say_language_read(a))
        return EXIT_USAGE;
    if (a->count > 1) {
        say_error("explain: one code at a time");
        return EXIT_USAGE;
    }
    if (a->count == 0) {
        list_codes();
        return EXIT_OK;
    }
    if (!page_find(a->list[0], &p))
        return unknown(a->list[0]);
    l = say_language();
    (void)printf("%s%s%s  %.*s\n\n", say_bold(STDOUT_FILENO), p.code, say_reset(STDOUT_FILENO), (int)p.title[l].len, p.title[l].text);
    print_indented(p.body[l], "");
    if (p.wrong.len > 0) {
        print_examples(say_text("Wrong"), p.wrong);
        print_examples(say_text("Right"), p.right);
    }
    return EXIT_OK;
}
