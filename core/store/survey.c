/*
 * ASK_STATUS: counts, and how many people stand at each step. That last count looks at every conversation, so it is done in
 * slices, one a group: with a million conversations an operator's question would otherwise hold up every acknowledgement for
 * the better part of a second (measured: 75 ms for 100,000, in one piece).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"

enum { SLICE = 4000, BUCKETS = 256 };

struct place {
    struct place *next;                /* in its bucket */
    int64_t       count;
    char          flow[65], step[65];
};

struct survey {
    struct queue_item *ops, **tail;    /* the first is being answered */
    int64_t            after;          /* the last conversation that was looked at */
    struct place      *places[BUCKETS];
    size_t             place_count;
};

struct survey *store_survey_new(void)
{
    struct survey *v = calloc(1, sizeof *v);

    if (v != NULL)
        v->tail = &v->ops;
    return v;
}

static void forget(struct survey *v)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        struct place *p, *next;

        for (p = v->places[i]; p != NULL; p = next) {
            next = p->next;
            free(p);
        }
        v->places[i] = NULL;
    }
    v->after = 0;
    v->place_count = 0;
}

void store_survey_free(struct survey *v)
{
    if (v == NULL)
        return;
    forget(v);
    free(v);
}

bool store_survey_pending(const struct survey *v) { return v->ops != NULL; }

void store_survey_add(struct survey *v, struct store_query *q)
{
    q->answer = NULL;
    q->op.item.next = NULL;
    *v->tail = &q->op.item;
    v->tail = &q->op.item.next;
}

struct queue_item *store_survey_take(struct survey *v)
{
    struct queue_item *all = v->ops;

    v->ops = NULL;
    v->tail = &v->ops;
    return all;
}

/* ---- counting ---- */

static size_t bucket_of(const char *flow, const char *step)
{
    uint32_t h = 2166136261u;

    for (; *flow != '\0'; flow++)
        h = (h ^ (uint8_t)*flow) * 16777619u;
    for (h ^= 0xff; *step != '\0'; step++)
        h = (h ^ (uint8_t)*step) * 16777619u;
    return h % BUCKETS;
}

struct counting {
    struct survey *v;
    bool           ok;
};

static bool count(void *ctx, const char *flow, const char *step)
{
    struct counting *c = ctx;
    struct place **at = &c->v->places[bucket_of(flow, step)], *p;

    for (p = *at; p != NULL; p = p->next)
        if (strcmp(p->flow, flow) == 0 && strcmp(p->step, step) == 0) {
            p->count++;
            return true;
        }
    p = calloc(1, sizeof *p);
    c->ok = p != NULL;
    if (p == NULL)
        return false;
    (void)snprintf(p->flow, sizeof p->flow, "%s", flow);
    (void)snprintf(p->step, sizeof p->step, "%s", step);
    p->count = 1;
    p->next = *at;
    *at = p;
    c->v->place_count++;
    return true;
}

/* ---- the answer ---- */

static int most_first(const void *a, const void *b)
{
    const struct place *x = *(struct place *const *)a, *y = *(struct place *const *)b;
    int order = (x->count < y->count) - (x->count > y->count);

    if (order == 0)
        order = strcmp(x->flow, y->flow);
    return order != 0 ? order : strcmp(x->step, y->step);
}

static bool add_places(struct survey *v, cJSON *to)
{
    struct place **list = calloc(v->place_count + 1, sizeof *list);
    cJSON *array = store_ask_array(to, "places");
    bool ok = list != NULL && array != NULL;
    size_t n = 0;

    for (size_t i = 0; ok && i < BUCKETS; i++)
        for (struct place *p = v->places[i]; p != NULL; p = p->next)
            list[n++] = p;
    if (ok)
        qsort(list, n, sizeof(struct place *), most_first);
    for (size_t i = 0; ok && i < n; i++) {
        cJSON *o = store_ask_object(array, NULL);

        ok = o != NULL && json_add_str(o, "flow", list[i]->flow) && json_add_str(o, "step", list[i]->step) &&
             json_add_int(o, "count", list[i]->count);
    }
    free(list);
    return ok;
}

static bool add_figures(cJSON *to, const struct figures *f)
{
    cJSON *out = store_ask_object(to, "outbox");
    bool ok = out != NULL;

    for (int i = 0; ok && i < OUT_ACCEPTED; i++)
        ok = json_add_int(out, store_ask_out_state((enum out_state)i), f->out[i]);
    return ok && json_add_int(to, "conversations", f->conversations) && json_add_int(to, "merged", f->merged) &&
           json_add_int(to, "unhandled", f->unhandled) && json_add_int(to, "timers", f->timers) &&
           json_add_int(to, "calls", f->calls) && json_add_int(to, "parked", f->parked) &&
           json_add_int(to, "file_bytes", f->file_bytes);
}

static bool add_counts(cJSON *to, const struct store_counts *c)
{
    return json_add_int(to, "wal_bytes", (int64_t)c->wal_bytes) &&
           json_add_int(to, "disk_free_bytes", (int64_t)c->disk_free_bytes) &&
           json_add_int(to, "groups", (int64_t)c->groups) && json_add_int(to, "items", (int64_t)c->items) &&
           json_add_int(to, "events", (int64_t)c->events) && json_add_int(to, "duplicates", (int64_t)c->duplicates) &&
           json_add_int(to, "turns", (int64_t)c->turns) && json_add_int(to, "lost", (int64_t)c->lost) &&
           json_add_int(to, "no_space", (int64_t)c->no_space) && json_add_int(to, "commit_us_last", c->commit_us_last) &&
           json_add_int(to, "commit_us_max", c->commit_us_max);
}

static bool answer(struct store *s, struct store_query *q)
{
    struct figures f = { 0 };
    cJSON *root;

    if (!s->driver->figures(s, &f))
        return false;
    root = cJSON_CreateObject();
    if (root == NULL || !add_figures(root, &f) || !add_counts(root, &s->counts) || !add_places(s->survey, root)) {
        cJSON_Delete(root);
        return store_ask_no_memory(s);
    }
    q->answer = root;
    return true;
}

/* One slice of the first question. *done: it is answered, and the caller finishes it. */
bool store_survey_step(struct store *s, struct store_op **done)
{
    struct survey *v = s->survey;
    struct counting c = { .v = v, .ok = true };

    *done = NULL;
    if (!s->driver->places(s, &v->after, SLICE, count, &c))
        return false;
    if (!c.ok)
        return store_ask_no_memory(s);
    if (v->after != 0)
        return true;
    if (!answer(s, (struct store_query *)v->ops))
        return false;
    forget(v);
    *done = (struct store_op *)v->ops;
    v->ops = v->ops->next;
    if (v->ops == NULL)
        v->tail = &v->ops;
    return true;
}
