#include "support.h"

#include <stdio.h>
#include <stdlib.h>

struct script_sources sources_of(const char *name, ...)
{
    struct script_sources s = { .count = 0 };
    va_list args;

    s.list = calloc(64, sizeof *s.list);
    assert_non_null(s.list);
    va_start(args, name);
    for (; name != NULL; name = va_arg(args, const char *)) {
        const char *text = va_arg(args, const char *);

        assert_true(s.count < 64);
        s.list[s.count++] = (struct script_source){ .name = strdup(name), .text = strdup(text), .len = strlen(text) };
    }
    va_end(args);
    return s;
}

static char *list(const struct problems *p)
{
    size_t cap = 1, len = 0;
    char *out = calloc(1, 1);

    for (size_t i = 0; i < p->count; i++) {
        const struct problem *one = &p->list[i];
        char line[1200];
        int n = snprintf(line, sizeof line, "%s %s:%d:%d %s | %s\n", one->code, one->file, one->line, one->column, one->text, one->hint);

        cap += (size_t)n;
        out = realloc(out, cap);
        assert_non_null(out);
        memcpy(out + len, line, (size_t)n + 1);
        len += (size_t)n;
    }
    return out;
}

struct generation *define(struct script_sources sources, struct statements *statements)
{
    struct script_limits limits = script_limits_default();
    struct problems problems;
    struct statements mine;
    struct generation *g;

    problems_init(&problems);
    g = generation_define(&sources, &limits, "CG", &problems, statements != NULL ? statements : &mine);
    if (g == NULL || problems.count > 0) {
        char *text = list(&problems);

        print_error("%s", text);
        free(text);
    }
    assert_non_null(g);
    assert_int_equal(problems.count, 0);
    problems_free(&problems);
    if (statements == NULL)
        statements_free(&mine);
    return g;
}

char *problems_of(struct script_sources sources)
{
    struct script_limits limits = script_limits_default();
    struct problems problems;
    struct statements statements;
    struct generation *g;
    char *text;

    problems_init(&problems);
    g = generation_define(&sources, &limits, "CG", &problems, &statements);
    statements_free(&statements);
    problems_sort(&problems);
    text = list(&problems);
    assert_true((g == NULL) == (problems.errors > 0));
    if (g != NULL)
        generation_drop(g);
    problems_free(&problems);
    return text;
}

struct script_worker *worker_with(const char *head, const char *body, const struct script_limits *limits)
{
    static const char *const BEFORE = "local f = flow 'x' f:set 'calcul' { y = function(c, v) ", *const AFTER = "\nend }\n";
    size_t size = strlen(head) + strlen(BEFORE) + strlen(body) + strlen(AFTER) + 1;
    char *text = malloc(size);
    struct script_limits usual = script_limits_default();
    struct script_sources sources;
    struct statements statements;
    struct problems problems;
    struct generation *g;
    struct script_worker *w;
    struct error err = { "" };

    assert_non_null(text);
    (void)snprintf(text, size, "%s%s%s%s", head, BEFORE, body, AFTER);
    sources = sources_of("flows/x.lua", text, NULL);
    free(text);
    problems_init(&problems);
    g = generation_define(&sources, limits != NULL ? limits : &usual, "CG", &problems, &statements);
    if (g == NULL) {
        char *said = list(&problems);

        print_error("%s", said);
        free(said);
    }
    assert_non_null(g);
    statements_free(&statements);
    problems_free(&problems);
    w = script_worker_new(g, &err);
    generation_drop(g);
    if (w == NULL)
        print_error("%s\n", err.text);
    assert_non_null(w);
    return w;
}

struct script_worker *worker_for(const char *body, const struct script_limits *limits)
{
    return worker_with("", body, limits);
}

const char *call(struct script_worker *w, const char *vars, const char *argument)
{
    static char out[70000];
    struct script_failure failure;
    struct script_context c = { .now_ms = 1737968400000, .language = "fr", .name = "Prisca", .phone = "+242066123456" };
    struct error err = { "" };
    cJSON *v = json_parse(vars != NULL ? vars : "{}", strlen(vars != NULL ? vars : "{}"), &err);
    cJSON *a = argument != NULL ? json_parse(argument, strlen(argument), &err) : NULL;
    cJSON *results[2];
    char *text;

    assert_non_null(v);
    assert_true(argument == NULL || a != NULL);
    c.vars = v;
    if (script_call(w, 0, &c, a, results, &failure) == SCRIPT_DONE) {
        text = results[0] != NULL ? json_print(results[0], NULL) : strdup("nil");
        assert_non_null(text);
        (void)snprintf(out, sizeof out, "%s", text);
        free(text);
    } else {
        assert_null(results[0]);
        assert_null(results[1]);
        (void)snprintf(out, sizeof out, "%s", failure.text);
    }
    cJSON_Delete(results[0]);
    cJSON_Delete(results[1]);
    cJSON_Delete(v);
    cJSON_Delete(a);
    return out;
}

const char *value_of(const char *body)
{
    struct script_worker *w = worker_for(body, NULL);
    const char *out = call(w, NULL, NULL);

    script_worker_free(w);
    return out;
}
