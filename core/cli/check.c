#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "lisolo/script.h"

static void print_json(const struct problems *p)
{
    static const char *const names[] = { "error", "warning", "note" };
    cJSON *all = cJSON_CreateObject(), *list = cJSON_CreateArray();
    char *text;

    for (size_t i = 0; i < p->count; i++) {
        cJSON *one = cJSON_CreateObject();

        (void)json_add_str(one, "severity", names[p->list[i].severity]);
        (void)json_add_str(one, "code", p->list[i].code);
        (void)json_add_str(one, "file", p->list[i].file);
        (void)json_add_int(one, "line", p->list[i].line);
        (void)json_add_int(one, "column", p->list[i].column);
        (void)json_add_str(one, "text", p->list[i].text);
        (void)json_add_str(one, "hint", p->list[i].hint);
        (void)json_add(list, NULL, one);
    }
    (void)json_add_int(all, "errors", (int64_t)p->errors);
    (void)json_add_int(all, "warnings", (int64_t)p->warnings);
    (void)json_add(all, "problems", list);
    text = json_print(all, NULL);
    if (text != NULL)
        (void)printf("%s\n", text);
    free(text);
    cJSON_Delete(all);
}

static void summary(const struct problems *p, const struct generation *g)
{
    if (p->errors == 0 && g != NULL)
        (void)printf("%s✓%s %zu flows, %zu messages: no errors%s", say_green(STDOUT_FILENO), say_reset(STDOUT_FILENO), g->flows->count,
                     wording_count(g->wording), p->warnings == 0 ? ".\n" : "");
    else
        (void)printf("\n%zu error%s", p->errors, p->errors == 1 ? "" : "s");
    if (p->warnings > 0)
        (void)printf(", %zu warning%s", p->warnings, p->warnings == 1 ? "" : "s");
    if (p->errors > 0 || p->warnings > 0)
        (void)printf(".\n");
}

int run_check(const struct arguments *a)
{
    const char *folder = a->count > 0 ? a->list[0] : "scripts", *form = argument(a, "format"), *country = argument(a, "country");
    struct script_limits limits = script_limits_default();
    struct script_sources sources = { 0 };
    struct generation *g = NULL;
    struct problems problems;
    int code;

    if (form != NULL && strcmp(form, "human") != 0 && strcmp(form, "short") != 0 && strcmp(form, "json") != 0) {
        say_error("check: --format is human, short or json, not '%s'", form);
        return EXIT_USAGE;
    }
    if (a->count > 1) {
        say_error("check: one folder at a time");
        return EXIT_USAGE;
    }
    problems_init(&problems);
    if (script_sources_read(folder, &sources, &problems))
        g = generation_load(&sources, &limits, country == NULL ? "CG" : country, &problems);
    problems_sort(&problems);
    if (form != NULL && strcmp(form, "json") == 0) {
        print_json(&problems);
    } else {
        show_problems(&problems, folder, form != NULL && strcmp(form, "short") == 0);
        summary(&problems, g);
    }
    code = problems.errors > 0 || g == NULL ? EXIT_PROBLEMS : EXIT_OK;
    if (g != NULL)
        generation_drop(g);
    problems_free(&problems);
    return code;
}
