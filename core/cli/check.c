#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "lisolo/script.h"
#include "names.h"
#include "scripts.h"

static void summary(const struct problems *p, const struct generation *g, enum problem_form form)
{
    FILE *out = form == FORM_GCC || form == FORM_GITHUB ? stderr : stdout;       /* on stdout programs read problems only */

    if (p->errors == 0 && g != NULL) {
        (void)fprintf(out, "%s✓%s ", say_green(STDOUT_FILENO), say_reset(STDOUT_FILENO));
        (void)fprintf(out, say_text("%zu flows, %zu messages: no errors"), g->flows->count, wording_count(g->wording));
        if (p->warnings > 0)
            (void)fputs(", ", out);
    } else {
        (void)fputs("\n", out);
    }
    show_counts(out, p->errors, p->warnings);
    (void)fputs(".\n", out);
}

static bool write_names(const char *folder, const struct generation *g)
{
    char root[1024];
    struct error err = { "the path is too long" };

    if (scripts_root(folder, root, sizeof root) && names_write(root, g, say_language() == PROBLEMS_FRENCH, &err))
        return true;
    say_error("check: %s", err.text);
    return false;
}

int run_check(const struct arguments *a)
{
    const char *folder = a->count > 0 ? a->list[0] : "scripts", *country = argument(a, "country");
    struct script_limits limits = script_limits_default();
    struct script_sources sources = { 0 };
    struct generation *g = NULL;
    struct problems problems;
    enum problem_form form;
    int code;

    if (!say_language_read(a))
        return EXIT_USAGE;
    if (!problem_form(argument(a, "format"), &form)) {
        say_error("check: --format is human, short, json, gcc or github, not '%s'", argument(a, "format"));
        return EXIT_USAGE;
    }
    if (a->count > 1) {
        say_error("check: one folder at a time");
        return EXIT_USAGE;
    }
    if (!scripts_there(a, folder))
        return EXIT_UNREACHED;
    problems_init(&problems);
    problems_speak(&problems, say_language());
    if (script_sources_read(folder, &sources, &problems))
        g = generation_load(&sources, &limits, country == NULL ? "CG" : country, &problems);
    problems_sort(&problems);
    show_problems_as(&problems, folder, form);
    if (form != FORM_JSON)
        summary(&problems, g, form);
    code = problems.errors > 0 || g == NULL ? EXIT_PROBLEMS : EXIT_OK;
    if (code == EXIT_OK && argument(a, "write-names") != NULL && !write_names(folder, g))
        code = EXIT_UNREACHED;
    if (g != NULL)
        generation_drop(g);
    problems_free(&problems);
    return code;
}
