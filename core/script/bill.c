/*
 * The bill of a generation: what each step has cost since it went live. One line a step, found by arithmetic, counted with relaxed
 * atomics: a turn pays some tens of nanoseconds, and figures that are read while they change are off by one turn at most.
 */
#include "bill.h"

#include <stdatomic.h>
#include <stdlib.h>

struct line {
    _Atomic uint64_t total[BILL_KINDS], most[BILL_KINDS];
    _Atomic uint64_t passes;
    _Atomic unsigned over;             /* a bit for each kind */
};

struct bill {
    size_t     *first;                 /* line of each flow's first step */
    struct line lines[];
};

struct bill *bill_new(const struct flows *f)
{
    size_t count = 0;
    struct bill *b;

    for (size_t i = 0; i < f->count; i++)
        count += f->list[i].step_count;
    b = calloc(1, sizeof *b + count * sizeof b->lines[0]);
    if (b == NULL)
        return NULL;
    b->first = calloc(f->count + 1, sizeof *b->first);
    if (b->first == NULL) {
        free(b);
        return NULL;
    }
    for (size_t i = 0; i < f->count; i++)
        b->first[i + 1] = b->first[i] + f->list[i].step_count;
    return b;
}

void bill_free(struct bill *b)
{
    if (b == NULL)
        return;
    free(b->first);
    free(b);
}

static struct line *line_of(const struct generation *g, const struct step *s)
{
    size_t flow = (size_t)(s->flow - g->flows->list);

    return &g->bill->lines[g->bill->first[flow] + (size_t)(s - s->flow->steps)];
}

static void most(_Atomic uint64_t *at, uint64_t value)
{
    uint64_t old = atomic_load_explicit(at, memory_order_relaxed);

    while (value > old && !atomic_compare_exchange_weak_explicit(at, &old, value, memory_order_relaxed, memory_order_relaxed))
        ;
}

static void limits(const struct budget *b, uint64_t out[BILL_KINDS])
{
    out[BILL_STEPS] = b->steps;
    out[BILL_MEMORY] = b->memory_bytes;
    out[BILL_BACKEND] = (uint64_t)b->backend_ms;
    out[BILL_MESSAGES] = (uint64_t)b->messages;
}

unsigned generation_charge(struct generation *g, const struct step_cost *c)
{
    const uint64_t spent[BILL_KINDS] = { [BILL_STEPS] = c->steps, [BILL_MEMORY] = c->memory_bytes,
                                         [BILL_BACKEND] = (uint64_t)c->backend_ms, [BILL_MESSAGES] = c->messages };
    uint64_t allowed[BILL_KINDS];
    unsigned over = 0, before;
    struct line *line;

    if (g->bill == NULL)
        return 0;
    line = line_of(g, c->step);
    limits(&c->step->budget, allowed);
    if (c->passes > 0)
        atomic_fetch_add_explicit(&line->passes, c->passes, memory_order_relaxed);
    for (int i = 0; i < BILL_KINDS; i++) {
        if (spent[i] == 0)
            continue;
        atomic_fetch_add_explicit(&line->total[i], spent[i], memory_order_relaxed);
        most(&line->most[i], spent[i]);
        if (allowed[i] > 0 && spent[i] > allowed[i])
            over |= 1U << i;
    }
    if (over == 0)
        return 0;
    before = atomic_fetch_or_explicit(&line->over, over, memory_order_relaxed);
    return before == 0 ? over : 0;
}

static bool read_line(const struct generation *g, const struct step *s, struct bill_line *out)
{
    struct line *line = line_of(g, s);
    uint64_t any;

    *out = (struct bill_line){ .step = s, .over = atomic_load_explicit(&line->over, memory_order_relaxed) };
    any = out->passes = atomic_load_explicit(&line->passes, memory_order_relaxed);
    for (int i = 0; i < BILL_KINDS; i++) {
        out->total[i] = atomic_load_explicit(&line->total[i], memory_order_relaxed);
        out->most[i] = atomic_load_explicit(&line->most[i], memory_order_relaxed);
        any |= out->total[i];
    }
    return any != 0;
}

size_t generation_bill(const struct generation *g, struct bill_line *out, size_t max)
{
    size_t count = 0;
    struct bill_line line;

    for (size_t i = 0; g->bill != NULL && i < g->flows->count; i++)
        for (size_t k = 0; k < g->flows->list[i].step_count; k++)
            if (read_line(g, &g->flows->list[i].steps[k], &line)) {
                if (count < max)
                    out[count] = line;
                count++;
            }
    return count;
}

size_t generation_over_budget(const struct generation *g)
{
    size_t count = 0;
    struct bill_line line;

    for (size_t i = 0; g->bill != NULL && i < g->flows->count; i++)
        for (size_t k = 0; k < g->flows->list[i].step_count; k++)
            count += read_line(g, &g->flows->list[i].steps[k], &line) && line.over != 0;
    return count;
}

const char *bill_kind_name(enum bill_kind kind)
{
    static const char *const NAMES[BILL_KINDS] = { [BILL_STEPS] = "steps", [BILL_MEMORY] = "memory", [BILL_BACKEND] = "backend",
                                                   [BILL_MESSAGES] = "messages" };

    return NAMES[kind];
}
