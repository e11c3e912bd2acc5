/*
 * Schedules at the top of a file (`every`) live in routing conversations named after them. At the start and at each reload every one
 * of them is asked to run; one that runs already goes on, so being asked again changes nothing (turn/schedule.c).
 */
#include "private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/log.h"
#include "lisolo/flow.h"
#include "lisolo/talk.h"

enum { AGAIN_MS = 10 * 1000 };         /* a full disk stays full for longer than a group takes */

struct asked {
    struct store_ingest ingest;
    struct engine      *engine;
    size_t              count;         /* items that are filled in */
    struct store_item   items[];
};

static void asked_free(struct asked *a)
{
    for (size_t i = 0; i < a->count; i++) {
        free((void *)(uintptr_t)a->items[i].route);
        free((void *)(uintptr_t)a->items[i].body.data);
    }
    free(a);
}

/* Without space or room it is asked again later: a schedule that does not run must not wait for the next reload. */
static void asked_done(struct store_op *op)
{
    struct asked *a = op->ctx;

    if (op->result == STORE_NO_SPACE)
        atomic_store(&a->engine->unscheduled, true);
    asked_free(a);
}

/* The number of the generation makes each reload's question a new one; the time does so for each start. */
static bool ask(struct asked *a, const struct schedule *s, uint64_t generation, int64_t now)
{
    struct store_item *item = &a->items[a->count];
    char timer[TALK_NAME_MAX + 16], once[64], *route = NULL;
    struct event e = { .kind = EVENT_TIMER, .at_ms = now, .name = timer };
    size_t len = 0;
    char *body;

    (void)snprintf(timer, sizeof timer, TURN_SCHEDULE_TIMER "%s", s->name);
    (void)snprintf(once, sizeof once, "%lld:%llu", (long long)now, (unsigned long long)generation);
    body = event_print(&e, &len);
    if (asprintf(&route, "schedule\x1f%s", s->name) < 0)
        route = NULL;
    if (body == NULL || route == NULL) {
        free(body);
        free(route);
        return false;
    }
    *item = (struct store_item){ .kind = STORE_EVENT, .route = route, .body = { body, len }, .at_ms = now };
    store_key(item->key, "schedule", s->name, once, NULL);
    a->count++;
    return true;
}

void schedules_ask(struct engine *e, const struct generation *g)
{
    const struct flows *f = g->flows;
    int64_t now = clock_wall_ms(e->o.clock);
    struct asked *a;
    bool ok = true;

    atomic_store(&e->unscheduled, false);
    if (f->schedule_count == 0 || e->o.store == NULL)
        return;
    a = calloc(1, sizeof *a + f->schedule_count * sizeof a->items[0]);
    if (a == NULL)
        abort();
    a->engine = e;
    for (size_t i = 0; ok && i < f->schedule_count; i++)
        ok = ask(a, &f->schedules[i], g->number, now);
    if (!ok)
        abort();                       /* out of memory, as everywhere in the engine */
    a->ingest = (struct store_ingest){ .op = { .kind = STORE_INGEST, .done = asked_done, .ctx = a }, .items = a->items, .count = a->count, .now_ms = now };
    if (store_submit(e->o.store, &a->ingest.op))
        return;
    LOG(LOG_WARN, "schedules_wait", log_str("reason", "the store's queue is full"));
    atomic_store(&e->unscheduled, true);
    asked_free(a);
}

void schedules_again(struct engine *e)
{
    int64_t now = clock_mono_ms(e->o.clock);
    struct generation *g;

    if (!atomic_load(&e->unscheduled) || now < e->ask_again_ms)
        return;
    e->ask_again_ms = now + AGAIN_MS;
    g = engine_generation(e);
    if (g == NULL)
        return;
    schedules_ask(e, g);
    generation_drop(g);
}
