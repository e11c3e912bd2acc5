#include "generation.h"
#include "bill.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct full {                          /* `g` first: the public pointer is this one */
    struct generation g;
    char            **functions;       /* names, g.function_count of them */
};

struct generation *generation_define(struct script_sources *sources, const struct script_limits *limits, const char *country,
                                     struct problems *problems, struct statements *statements)
{
    struct full *full = calloc(1, sizeof *full);
    struct definitions d = { .function_count = 0 };
    struct sandbox *sb = NULL;
    bool ok = false;

    *statements = (struct statements){ .count = 0 };
    if (full == NULL) {
        script_sources_free(sources);
        problems_add(problems, PROBLEM_ERROR, text_code(TEXT_NO_MEMORY), "", 0, 0, NULL, "out of memory");
        return NULL;
    }
    full->g.sources = *sources;
    *sources = (struct script_sources){ .count = 0 };
    full->g.limits = *limits;
    (void)snprintf(full->g.country, sizeof full->g.country, "%s", country != NULL ? country : "");
    atomic_init(&full->g.users, 1);
    sb = sandbox_new(limits);
    if (sb == NULL) {
        problems_add(problems, PROBLEM_ERROR, text_code(TEXT_NO_MEMORY), "", 0, 0, NULL, "out of memory");
        goto out;
    }
    ok = definitions_load(sb, &full->g.sources, problems, &d);
    *statements = d.statements;
    d.statements = (struct statements){ .count = 0 };
    if (!ok)
        goto out;
    memcpy(full->g.digest, d.digest, sizeof full->g.digest);
    full->functions = d.functions;
    full->g.function_count = d.function_count;
    d = (struct definitions){ .function_count = 0 };
out:
    sandbox_free(sb);
    definitions_free(&d);
    if (!ok) {
        generation_drop(&full->g);
        return NULL;
    }
    return &full->g;
}

/* Everything that can be read is looked at, however broken the rest: what is lost is known by name, so nobody says that it is missing. */
struct generation *generation_load(struct script_sources *sources, const struct script_limits *limits, const char *country, struct problems *problems)
{
    size_t before = problems->errors;
    struct statements statements;
    struct generation *g = generation_define(sources, limits, country, problems, &statements);
    struct wording *w = wording_build(&statements, country, problems);
    struct flows *f = NULL;

    if (w != NULL)
        f = flows_build(&statements, w, country, problems);
    statements_free(&statements);
    if (g != NULL && f != NULL && problems->errors == before && !script_check_unused(&g->sources, w, f, problems))
        problems_add(problems, PROBLEM_ERROR, text_code(TEXT_NO_MEMORY), "", 0, 0, NULL, "out of memory");
    if (problems->errors == before && (w == NULL || f == NULL))
        problems_add(problems, PROBLEM_ERROR, text_code(TEXT_NO_MEMORY), "", 0, 0, NULL, "out of memory");
    problems_sort(problems);
    if (g == NULL || problems->errors > before) {
        flows_free(f);
        wording_free(w);
        if (g != NULL)
            generation_drop(g);
        return NULL;
    }
    g->wording = w;
    g->flows = f;
    g->bill = bill_new(f);
    if (g->bill != NULL)
        return g;
    problems_add(problems, PROBLEM_ERROR, text_code(TEXT_NO_MEMORY), "", 0, 0, NULL, "out of memory");
    generation_drop(g);
    return NULL;
}

void generation_use(struct generation *g)
{
    atomic_fetch_add(&g->users, 1);
}

void generation_drop(struct generation *g)
{
    struct full *full = (struct full *)g;
    int left = atomic_fetch_sub(&g->users, 1);

    assert(left > 0);
    if (left > 1)
        return;
    bill_free(g->bill);
    flows_free(g->flows);
    wording_free(g->wording);
    script_sources_free(&g->sources);
    for (size_t i = 0; i < g->function_count; i++)
        free(full->functions[i]);
    free(full->functions);
    free(full);
}

const char *script_function_name(const struct generation *g, uint32_t index)
{
    return index < g->function_count ? ((const struct full *)g)->functions[index] : "?";
}
