/* lisolo bill: what the steps of the live scripts have cost since they went live, the dearest first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

static enum bill_kind sort_kind(const cJSON *request)
{
    const char *by = json_str(request, "by");

    for (int i = 0; by != NULL && i < BILL_KINDS; i++)
        if (strcmp(by, bill_kind_name((enum bill_kind)i)) == 0)
            return (enum bill_kind)i;
    return BILL_STEPS;
}

struct sorted {
    struct bill_line line;
    enum bill_kind   by;
};

/* Equal ones keep the order of the scripts. */
static int dearest_first(const void *a, const void *b)
{
    const struct sorted *x = a, *y = b;
    uint64_t p = x->line.total[x->by], q = y->line.total[y->by];

    if (p != q)
        return p > q ? -1 : 1;
    return x->line.step < y->line.step ? -1 : x->line.step > y->line.step;
}

static cJSON *print_line(const struct bill_line *l)
{
    cJSON *o = cJSON_CreateObject(), *over = cJSON_CreateArray();
    char key[32];

    (void)json_add_str(o, "flow", l->step->flow->name);
    (void)json_add_str(o, "step", l->step->name);
    (void)json_add_str(o, "file", l->step->file);
    (void)json_add_int(o, "line", l->step->line);
    (void)json_add_int(o, "passes", (int64_t)l->passes);
    for (int i = 0; i < BILL_KINDS; i++) {
        const char *name = bill_kind_name((enum bill_kind)i);

        (void)json_add_int(o, name, (int64_t)l->total[i]);
        (void)snprintf(key, sizeof key, "%s_most", name);
        (void)json_add_int(o, key, (int64_t)l->most[i]);
        if ((l->over & 1U << i) != 0)
            (void)json_add_str(over, NULL, name);
    }
    (void)json_add(o, "over", over);
    return o;
}

void answer_bill(struct host *h, const cJSON *request, cJSON *answer)
{
    struct generation *g = engine_generation(h->engine);
    size_t max = generation_bill(g, NULL, 0), count = 0;
    struct bill_line *lines = calloc(max + 1, sizeof *lines);
    struct sorted *sorted = calloc(max + 1, sizeof *sorted);
    cJSON *list = cJSON_CreateArray();

    if (lines != NULL && sorted != NULL)
        count = generation_bill(g, lines, max);
    if (count > max)
        count = max;                   /* a step has cost something since it was counted */
    for (size_t i = 0; i < count; i++)
        sorted[i] = (struct sorted){ lines[i], sort_kind(request) };
    if (count > 0)
        qsort(sorted, count, sizeof *sorted, dearest_first);
    for (size_t i = 0; i < count; i++)
        (void)json_add(list, NULL, print_line(&sorted[i].line));
    (void)json_add_bool(answer, "ok", lines != NULL && sorted != NULL);
    (void)json_add_int(answer, "generation", (int64_t)g->number);
    (void)json_add(answer, "steps", list);
    free(lines);
    free(sorted);
    generation_drop(g);
}
