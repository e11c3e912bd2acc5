/*
 * What each step of a turn cost, for the bill: the engine adds it up (generation_charge()). Written down here and nowhere else, because
 * a turn is pure. Costs of what belongs to no step, a menu or a notification, are nobody's.
 */
#include "private.h"

enum { COSTS_MAX = TURN_STEPS_MAX + 2 };     /* the step before the walk, and one that an answer has left */

/* NULL: no step, no memory or no room; then it is not counted. */
static struct step_cost *cost_of(struct turn *t)
{
    if (t->step == NULL)
        return NULL;
    for (size_t i = t->cost_count; i-- > 0;)
        if (t->costs[i].step == t->step)
            return &t->costs[i];
    if (t->costs == NULL)
        t->costs = pool_array(t->pool, COSTS_MAX, sizeof *t->costs);
    if (t->costs == NULL || t->cost_count == COSTS_MAX)
        return NULL;
    t->costs[t->cost_count] = (struct step_cost){ .step = t->step };
    return &t->costs[t->cost_count++];
}

void cost_pass(struct turn *t)
{
    struct step_cost *c = cost_of(t);

    if (c != NULL)
        c->passes++;
}

void cost_script(struct turn *t)
{
    struct step_cost *c = cost_of(t);
    struct script_usage used;

    if (c == NULL)
        return;
    script_worker_usage(t->in->worker, &used);
    c->steps += used.steps;
    c->memory_bytes += used.churn_bytes;
}

void cost_message(struct turn *t)
{
    struct step_cost *c = cost_of(t);

    if (c != NULL)
        c->messages++;
}

void cost_backend(struct turn *t, int64_t ms)
{
    struct step_cost *c = cost_of(t);

    if (c != NULL)
        c->backend_ms += ms;
}
