/*
 * A message for which some way through the flow has no value.
 *
 * For each step the set of variables that every way to it has set: start with what the flow takes, pass each edge with what
 * it sets (a call saves on `ok` only), and keep what all ways agree on. What a message needs
 * and is not in that set is missing for somebody. Two ways out are accounted for: a value that a question asks for is asked
 * when it is needed, and a `branch` may have looked at the value, so what stands behind its cases is not judged.
 */
#include <stdio.h>
#include <string.h>

#include "private.h"

struct sets {
    struct build       *b;
    const struct flow  *flow;
    struct names        names;
    bool               *always;        /* [step][name]: set on every way */
    bool               *reached;
    size_t             *missing_from;  /* [step][name]: the step on whose way it was not set */
    bool                news;
};

static bool asked_for(const struct flow *f, const char *name)
{
    for (size_t i = 0; i < f->step_count; i++)
        if (step_waits(&f->steps[i]) && f->steps[i].save != NULL && strcmp(f->steps[i].save, name) == 0)
            return true;
    return false;
}

/* Only what no question asks for: the turn asks for the others when they are needed. */
static bool collect(struct sets *x)
{
    const struct flow *f = x->flow;

    for (size_t i = 0; i < f->step_count; i++)
        x->names.room += f->steps[i].save_count + f->steps[i].set_count;
    x->names.list = pool_array(x->b->pool, x->names.room, sizeof *x->names.list);
    if (x->names.list == NULL)
        return false;
    for (size_t i = 0; i < f->step_count; i++) {
        const struct step *s = &f->steps[i];

        for (size_t k = 0; k < s->save_count; k++)
            if (!asked_for(f, s->saves[k].name))
                names_add(&x->names, s->saves[k].name);
        for (size_t k = 0; k < s->set_count; k++)
            if (!asked_for(f, s->sets[k].name))
                names_add(&x->names, s->sets[k].name);
    }
    for (size_t i = 0; i < f->take_count; i++) {
        size_t at = names_find(&x->names, f->takes[i], strlen(f->takes[i]));

        if (at != SIZE_MAX)
            x->names.list[at] = "";        /* given from outside: never missing */
    }
    return true;
}

/* Does leaving `s` by this way set the name? */
static bool sets(const struct step *s, const char *label, const char *name)
{
    if (s->kind == STEP_CALL && strcmp(label, "ok") != 0)
        return false;
    for (size_t i = 0; i < s->save_count; i++)
        if (strcmp(s->saves[i].name, name) == 0)
            return true;
    for (size_t i = 0; i < s->set_count; i++)
        if (strcmp(s->sets[i].name, name) == 0)
            return true;
    return false;
}

static void pass(struct sets *x, size_t from, const struct step_exit *exit)
{
    const struct step *s = &x->flow->steps[from];
    size_t to = flow_step_index(exit->to.step), n = x->names.count;
    bool fresh = !x->reached[to];

    x->reached[to] = true;
    x->news = x->news || fresh;
    for (size_t i = 0; i < n; i++) {
        bool set = x->always[from * n + i] || s->kind == STEP_BRANCH || sets(s, exit->label, x->names.list[i]);
        bool *at = &x->always[to * n + i];

        if (fresh)
            *at = set;
        else if (*at && !set) {
            *at = false;
            x->news = true;
        }
        if (!set && x->missing_from[to * n + i] == SIZE_MAX)
            x->missing_from[to * n + i] = from;
    }
}

enum { EXITS_MAX = 64 };

static bool spread(struct sets *x)
{
    struct step_exit *exits = pool_array(x->b->pool, EXITS_MAX, sizeof *exits);

    if (exits == NULL)
        return false;
    x->reached[flow_step_index(x->flow->start)] = true;
    do {
        x->news = false;
        for (size_t i = 0; i < x->flow->step_count; i++) {
            size_t count = x->reached[i] ? step_exits(&x->flow->steps[i], exits, EXITS_MAX) : 0;

            for (size_t k = 0; k < count && k < EXITS_MAX; k++)
                if (exits[k].to.step != NULL && exits[k].to.step->flow == x->flow)
                    pass(x, i, &exits[k]);
        }
    } while (x->news);
    return true;
}

static void check_message(struct sets *x, size_t step, const struct wording_message *m)
{
    const struct step *s = &x->flow->steps[step];

    for (size_t i = 0; m != NULL && i < wording_variable_count(m); i++) {
        const char *path = wording_variable(m, i);
        size_t at = names_find(&x->names, path, strcspn(path, "."));
        size_t from = at == SIZE_MAX ? SIZE_MAX : x->missing_from[step * x->names.count + at];

        if (at == SIZE_MAX || x->always[step * x->names.count + at] || !wording_variable_required(m, i) || from == SIZE_MAX)
            continue;
        flow_report(x->b, CODE_SOME_PATH, flow_at_step(s), "write the line with @if, or go another way from that step",
                    "\"%.100s\" uses {%.64s}, which has no value for those who come from the step \"%.64s\"", wording_id(m),
                    x->names.list[at], x->flow->steps[from].name);
    }
}

void flow_check_paths(struct build *b, const struct flow *f)
{
    struct sets x = { .b = b, .flow = f };
    size_t cells;

    if (!collect(&x) || x.names.count == 0)
        return;
    cells = f->step_count * x.names.count;
    x.always = pool_array(b->pool, cells, sizeof *x.always);
    x.reached = pool_array(b->pool, f->step_count, sizeof *x.reached);
    x.missing_from = pool_array(b->pool, cells, sizeof *x.missing_from);
    if (x.always == NULL || x.reached == NULL || x.missing_from == NULL)
        return;
    for (size_t i = 0; i < cells; i++)
        x.missing_from[i] = SIZE_MAX;
    if (!spread(&x))
        return;
    for (size_t i = 0; i < f->step_count; i++)
        if (x.reached[i]) {
            check_message(&x, i, f->steps[i].say);
            check_message(&x, i, f->steps[i].retry);
        }
}
