/*
 * Where a flow can go. Everything is in tables, so what is found here is found before a customer finds it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

/* ---- edges ---- */

struct exits { struct step_exit *list; size_t max, count; };

static void add(struct exits *x, struct target to, const char *key, const char *name)
{
    if (x->count < x->max) {
        (void)snprintf(x->list[x->count].label, sizeof x->list[x->count].label, "%s%s%.64s", key,
                       name[0] == '\0' ? "" : " ", name);
        x->list[x->count].to = to;
    }
    x->count++;
}

static bool uses_next(const struct step *s)
{
    switch (s->kind) {
    case STEP_ASK: case STEP_SAY: case STEP_SET: case STEP_RUN:
        return true;
    case STEP_CHOOSE:
        for (size_t i = 0; i < s->on_count; i++)
            if (s->on[i].to.edit)
                return true;
        return s->list != DECL_NO_FUNCTION;
    case STEP_BRANCH:
        for (size_t i = 0; i < s->case_count; i++)
            if (s->cases[i].when == DECL_NO_FUNCTION)
                return false;
        return true;
    case STEP_CALL: case STEP_FINISH:
        return false;
    }
    return false;
}

size_t step_exits(const struct step *s, struct step_exit *out, size_t max)
{
    struct exits x = { out, max, 0 };
    char number[24];

    for (size_t i = 0; i < s->on_count; i++)
        add(&x, s->on[i].to, "on", s->on[i].id);
    for (size_t i = 0; i < s->case_count; i++) {
        (void)snprintf(number, sizeof number, "%zu", i + 1);
        add(&x, s->cases[i].to, "case", number);
    }
    if (s->kind == STEP_CALL)
        add(&x, s->ok, "ok", "");
    for (size_t i = 0; i < s->fail_count; i++)
        add(&x, s->fails[i].to, "fail", s->fails[i].outcome);
    if (uses_next(s))
        add(&x, s->next, "next", "");
    if (s->give_up.step != NULL)
        add(&x, s->give_up, "give_up", "");
    if (step_waits(s))
        add(&x, s->has_expire ? s->expire.to : s->flow->expire.to, "expire", "");
    return x.count;
}

struct edges *flow_edges(struct build *b, const struct flow *f)
{
    struct edges *all = pool_array(b->pool, f->step_count, sizeof *all);

    for (size_t i = 0; all != NULL && i < f->step_count; i++) {
        size_t n = step_exits(&f->steps[i], NULL, 0);
        struct step_exit *exits = calloc(n + 1, sizeof *exits);

        all[i].to = pool_array(b->pool, n, sizeof *all[i].to);
        if (exits == NULL || all[i].to == NULL) {
            free(exits);
            b->pool->failed = true;
            return NULL;
        }
        (void)step_exits(&f->steps[i], exits, n);
        for (size_t k = 0; k < n; k++)
            if (exits[k].to.step != NULL)
                all[i].to[all[i].count++] = flow_step_index(exits[k].to.step);
        free(exits);
    }
    return all;
}

/* ---- reach ---- */

/* Marks what `edges` lead to from the steps that are marked, through those that may be passed. True when something was new. */
static bool spread(const struct flow *f, const struct edges *edges, const bool *passed, bool *marked)
{
    bool news = false;

    for (size_t i = 0; i < f->step_count; i++) {
        if (!marked[i] || (passed != NULL && !passed[i]))
            continue;
        for (size_t k = 0; k < edges[i].count; k++) {
            news = news || !marked[edges[i].to[k]];
            marked[edges[i].to[k]] = true;
        }
    }
    return news;
}

static void check_exit(struct build *b, const struct step *s)
{
    const char *key = NULL;

    if (s->kind == STEP_CALL && s->ok.step == NULL)
        key = "ok";
    else if (s->kind == STEP_CHOOSE && s->on_count == 0 && s->list == DECL_NO_FUNCTION)
        key = "on";
    else if (s->kind != STEP_SAY && uses_next(s) && s->next.step == NULL)
        key = "next";
    if (key != NULL)
        flow_report(b, CODE_NO_EXIT, flow_at_step(s), "add it, or a `finish` step after this one",
                    "nothing comes after the step \"%.64s\": it is the last one and has no `%s`", s->name, key);
}

/* ---- circles without a question ---- */

static bool asks_somewhere(const struct flow *f)
{
    for (size_t i = 0; i < f->step_count; i++)
        if (step_waits(&f->steps[i]))
            return true;
    return false;
}

/* One report a circle: the other steps of it are those that the first one reaches. */
static void check_circles(struct build *b, const struct flow *f, const struct edges *edges)
{
    bool *quiet = pool_array(b->pool, f->step_count, sizeof *quiet), *marked = pool_array(b->pool,
        f->step_count, sizeof *marked);
    bool *told = pool_array(b->pool, f->step_count, sizeof *told);

    if (quiet == NULL || marked == NULL || told == NULL)
        return;
    for (size_t i = 0; i < f->step_count; i++)
        quiet[i] = !step_waits(&f->steps[i]) && !(f->steps[i].run != NULL && asks_somewhere(f->steps[i].run));
    for (size_t i = 0; i < f->step_count; i++) {
        if (!quiet[i] || told[i])
            continue;
        memset(marked, 0, f->step_count * sizeof *marked);
        for (size_t k = 0; k < edges[i].count; k++)
            marked[edges[i].to[k]] = true;
        while (spread(f, edges, quiet, marked))
            ;
        if (!marked[i])
            continue;
        flow_report(b, CODE_ENDLESS, flow_at_step(&f->steps[i]),
                    "put a question into the circle: a `choose` with \"try again\", say",
               "from the step \"%.64s\" the flow can come back to it for ever without asking anything", f->steps[i].name);
        for (size_t k = 0; k < f->step_count; k++)
            told[k] = told[k] || marked[k];
    }
}

/* A flow that comes back to itself through `run` would only stop at the limit of depth. */
static bool runs_into(const struct flow *f, const struct flow *goal, size_t depth)
{
    if (f == goal)
        return true;
    for (size_t i = 0; depth > 0 && i < f->step_count; i++)
        if (f->steps[i].run != NULL && runs_into(f->steps[i].run, goal, depth - 1))
            return true;
    return false;
}

static void check_run(struct build *b, const struct step *s)
{
    enum { DEPTH = 8 };                /* sub-flows may be nested as deep as this: turn/private.h */

    if (s->run != NULL && runs_into(s->run, s->flow, DEPTH))
        flow_report(b, CODE_ENDLESS, flow_at_step(s), "a sub-flow must not come back to its caller",
                    "the flow \"%.64s\" runs itself", s->flow->name);
}

void flow_check_graph(struct build *b, const struct flow *f, const struct edges *edges, bool *reached)
{
    reached[flow_step_index(f->start)] = true;
    if (f->safe != NULL)
        reached[flow_step_index(f->safe)] = true;
    while (spread(f, edges, NULL, reached))
        ;
    for (size_t i = 0; i < f->step_count; i++) {
        const struct step *s = &f->steps[i];
        bool certain = !b->doubtful[f - b->flows->list];

        if (!reached[i] && certain)
            flow_report(b, CODE_UNREACHABLE, flow_at_step(s),
                        "name it in `on`, `next`, `ok` or `fail`, or remove it", "nothing leads to the step \"%.64s\"", s->name);
        if (certain)
            check_exit(b, s);
        check_run(b, s);
    }
    check_circles(b, f, edges);
}
