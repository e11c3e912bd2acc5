/*
 * A variable that no way through the flow can have set when a message needs it.
 *
 * For each step the set of variables that some path may have set before it: start with what the flow takes, pass every
 * edge, add what a step saves, until nothing changes. What is not in that set is surely missing, so a report is never
 * wrong; a variable that only some paths set is not reported (the turn asks for it when it is needed: turn/say.c).
 */
#include <stdio.h>
#include <string.h>

#include "lisolo/base/nearest.h"
#include "private.h"

/* What one step may set, name by name. */
static void each_set(const struct step *s, void (*give)(void *ctx, const char *name), void *ctx)
{
    if (s->save != NULL && s->expect.kind != EXPECT_SECRET)      /* no message, path or value ever sees a secret */
        give(ctx, s->save);
    for (size_t i = 0; i < s->save_count; i++)
        give(ctx, s->saves[i].name);
    for (size_t i = 0; i < s->set_count; i++)
        give(ctx, s->sets[i].name);
}

static void collect(void *ctx, const char *name) { names_add(ctx, name); }

struct marks { const struct names *names; bool *set; };

static void mark(void *ctx, const char *name)
{
    struct marks *m = ctx;
    size_t at = names_find(m->names, name, strlen(name));

    if (at != SIZE_MAX)
        m->set[at] = true;
}

static bool all_names(struct build *b, const struct flow *f, struct names *n)
{
    for (size_t i = 0; i < f->step_count; i++)
        n->room += (f->steps[i].save != NULL) + f->steps[i].save_count + f->steps[i].set_count;
    n->room += f->take_count;
    n->list = pool_array(b->pool, n->room, sizeof *n->list);
    if (n->list == NULL)
        return false;
    for (size_t i = 0; i < f->take_count; i++)
        names_add(n, f->takes[i]);
    for (size_t i = 0; i < f->step_count; i++)
        each_set(&f->steps[i], collect, n);
    return true;
}

/* before[i] = names that may be set when step i begins */
static void flow_through(const struct flow *f, const struct edges *edges, const struct names *n, bool *before,
                         bool *after)
{
    size_t start = flow_step_index(f->start);
    bool news = true;

    for (size_t i = 0; i < f->take_count; i++)
        mark(&(struct marks){ n, before + start * n->count }, f->takes[i]);
    if (f->safe != NULL && n->count > 0)  /* from wherever something failed: whatever may be set at all */
        memset(before + flow_step_index(f->safe) * n->count, true, n->count * sizeof *before);
    while (news) {
        news = false;
        for (size_t i = 0; i < f->step_count; i++) {
            struct marks m = { n, after };

            memcpy(after, before + i * n->count, n->count * sizeof *after);
            each_set(&f->steps[i], mark, &m);
            for (size_t k = 0; k < edges[i].count; k++)
                for (size_t v = 0; v < n->count; v++) {
                    bool *to = &before[edges[i].to[k] * n->count + v];

                    news = news || (after[v] && !*to);
                    *to = *to || after[v];
                }
        }
    }
}

/* ---- what needs a variable ---- */

struct check {
    struct build       *b;
    const struct flow  *flow;
    const struct names *names;
    const bool         *set;
    struct where        at;
};

static bool is_value(const struct flow *f, const char *name, size_t len)
{
    for (size_t i = 0; f != NULL && i < f->value_count; i++)
        if (strlen(f->values[i].name) == len && memcmp(f->values[i].name, name, len) == 0)
            return true;
    return false;
}

static void need(const struct check *c, const char *path, const char *whose, const char *id)
{
    size_t len = strcspn(path, "."), at = names_find(c->names, path, len);
    char name[TALK_NAME_MAX + 1], hint[160];
    struct nearest near = { .word = name };

    (void)snprintf(name, sizeof name, "%.*s", (int)len, path);
    flow_check_lasting(c->b, c->at, path);
    if (flow_profile_name(name) || is_value(c->flow, path, len) || (at != SIZE_MAX && c->set[at]))
        return;
    for (size_t i = 0; i < c->names->count; i++)
        if (c->set[i])
            nearest_offer(&near, c->names->list[i]);
    if (at != SIZE_MAX)
        (void)snprintf(hint, sizeof hint, problems_text(c->b->out, "it is saved, but only in steps that come later"));
    else if (near.best != NULL)
        (void)snprintf(hint, sizeof hint, problems_text(c->b->out, "did you mean `%.64s`?"), near.best);
    else
        (void)snprintf(hint, sizeof hint, problems_text(c->b->out, "save it in a step before, or take it out"));
    flow_report(c->b, CODE_NEVER_SET, c->at, hint, "%s%s%.100s%s uses {%.64s}, which nothing has set by then",
                problems_text(c->b->out, whose), id[0] == '\0' ? "" : problems_text(c->b->out, " \""), id, id[0] == '\0' ? "" : problems_text(c->b->out, "\""), name);
}

static void need_message(const struct check *c, const struct wording_message *m)
{
    for (size_t i = 0; m != NULL && i < wording_path_count(m); i++)
        flow_check_lasting(c->b, c->at, wording_path(m, i));
    for (size_t i = 0; m != NULL && i < wording_variable_count(m); i++)
        if (wording_variable_required(m, i))
            need(c, wording_variable(m, i), "the message", wording_id(m));
}

/* {var} places of a path or of a query's text */
static void need_places(const struct check *c, const char *text)
{
    char path[TALK_NAME_MAX * 2];

    for (const char *open = text == NULL ? NULL : strchr(text, '{'); open != NULL; open = strchr(open + 1, '{')) {
        (void)snprintf(path, sizeof path, "%.*s", (int)strcspn(open + 1, "}"), open + 1);
        need(c, path, "the call", "");
    }
}

/* What is kept with a plan is read when it is made. */
static void need_plans(const struct check *c, const struct plan_rule *plans, size_t count)
{
    struct check at = *c;

    for (size_t i = 0; i < count; i++) {
        at.at = (struct where){ plans[i].file, plans[i].line, 1 };
        for (size_t k = 0; k < plans[i].says.say_count; k++)
            need_message(&at, plans[i].says.say[k]);
        need_message(&at, plans[i].says.outside);
    }
}

static void check_step(const struct check *c, const struct step *s)
{
    need_message(c, s->say);
    need_message(c, s->retry);
    need_message(c, s->help);
    need_message(c, s->remind.say);
    need_places(c, s->path);
    for (size_t i = 0; i < s->query.count; i++)
        need_places(c, s->query.entries[i].value.string);
    for (size_t i = 0; i < s->give_count; i++)
        need(c, s->gives[i].path, "give", "");
    for (size_t i = 0; i < s->result_count; i++)
        need(c, s->results[i].path, "result", "");
}

void flow_check_variables(struct build *b, const struct flow *f, const struct edges *edges, const bool *reached)
{
    struct names names = { 0 };
    bool *before, *after;

    if (!all_names(b, f, &names))
        return;
    before = pool_array(b->pool, f->step_count * names.count, sizeof *before);
    after = pool_array(b->pool, names.count, sizeof *after);
    if (before == NULL || after == NULL)
        return;
    flow_through(f, edges, &names, before, after);
    for (size_t i = 0; i < f->step_count; i++) {
        struct check c = { b, f, &names, before + i * names.count, flow_at_step(&f->steps[i]) };

        if (reached[i])
            check_step(&c, &f->steps[i]);
        if (!reached[i] || f->steps[i].plan_count == 0)
            continue;
        memcpy(after, c.set, names.count * sizeof *after);     /* a call's plans are made when its answer is saved, a set's when it has set */
        if (!step_waits(&f->steps[i]))
            each_set(&f->steps[i], mark, &(struct marks){ &names, after });
        c.set = after;
        need_plans(&c, f->steps[i].plans, f->steps[i].plan_count);
    }
}

/* Said outside any flow: only what is known about the person is there. */
void flow_check_house(struct build *b)
{
    const struct flows *f = b->flows;
    struct names none = { 0 };
    struct check c = { .b = b, .names = &none, .at = { "", 0, 0 } };

    for (size_t i = 0; i < b->statements->count; i++)
        if (strcmp(b->statements->list[i].verb, "menu") == 0)
            c.at = flow_at(&b->statements->list[i]);
    need_message(&c, f->menu_say);
    for (size_t i = 0; i < f->command_count; i++)
        need_message(&c, f->commands[i].say);
    need_message(&c, f->common.problem);
    need_message(&c, f->common.late_tap);
    need_message(&c, f->common.expired);
    for (size_t i = 0; i < f->count; i++)
        for (size_t k = 0; k < f->list[i].step_count; k++) {
            struct check e = { .b = b, .names = &none, .at = flow_at_step(&f->list[i].steps[k]) };

            need_message(&e, f->list[i].steps[k].handover_back);
        }
    for (size_t i = 0; i < f->event_count; i++) {
        const struct event_rule *rule = &f->events[i];
        struct names vars = { pool_array(b->pool, rule->var_count, sizeof *vars.list), 0, rule->var_count };
        bool *set = pool_array(b->pool, rule->var_count, sizeof *set);
        struct check e = { b, NULL, &vars, set, { rule->file, rule->line, 1 } };

        if (vars.list == NULL || set == NULL)
            return;
        for (size_t k = 0; k < rule->var_count; k++)
            names_add(&vars, rule->vars[k].name);
        memset(set, true, rule->var_count * sizeof *set);
        for (size_t k = 0; k < rule->case_count; k++) {
            for (size_t m = 0; m < rule->cases[k].say_count; m++)
                need_message(&e, rule->cases[k].say[m]);
            need_message(&e, rule->cases[k].outside);
            need_plans(&e, rule->cases[k].plans, rule->cases[k].plan_count);
        }
        need_plans(&e, rule->plans, rule->plan_count);
    }
}
