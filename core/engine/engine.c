/*
 * The table's side of the engine: events come in from the store, turns go out to the workers, commits come back.
 * Everything here runs on the store's thread.
 */
#include "private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/log.h"

enum { LOAD_EVENTS = 16, FIRE_LIMIT = 256, TICK_MAX_MS = 60 * 1000, CLOCK_STEP_MS = 5 * 60 * 1000, CLOCK_LOOK_MS = 1000 };

struct engine *engine_new(const struct engine_options *options, struct error *err)
{
    struct engine *e = calloc(1, sizeof *e);
    bool ok = false;

    if (e == NULL) {
        error_set(err, "engine: out of memory");
        return NULL;
    }
    assert(options->workers <= ENGINE_WORKERS_MAX);
    e->o = *options;
    if (e->o.cache_bytes == 0)
        e->o.cache_bytes = 8u << 20;
    if (e->o.backlog_bytes == 0)
        e->o.backlog_bytes = 16u << 20;
    e->timer_due_ms = INT64_MAX;
    e->ready = queue_new(SIZE_MAX, QUEUE_PLAIN);
    e->shown = box_new(sizeof e->counts);
    e->live = box_new(sizeof(struct generation *));
    e->number = options->number == NULL ? NULL : strdup(options->number);
    ok = e->ready != NULL && e->shown != NULL && e->live != NULL && (options->number == NULL || e->number != NULL) &&
         table_init(&e->table, e->o.cache_bytes);
    if (!ok)
        error_set(err, "engine: out of memory");
    if (ok && options->guard_path != NULL) {
        e->guard = guard_open(options->guard_path, err);
        ok = e->guard != NULL;
    }
    if (!ok) {
        engine_free(e);
        return NULL;
    }
    return e;
}

static void job_free(struct job *job)
{
    if (job->has_result)
        turn_result_free(&job->result);
    free(job->state.data);
    free(job->event);
    free(job);
}

void engine_free(struct engine *e)
{
    struct generation *g = NULL;
    struct queue_item *item;

    if (e == NULL)
        return;
    while (e->ready != NULL && (item = queue_take(e->ready)) != NULL)
        job_free((struct job *)item);
    if (e->ready != NULL)
        queue_free(e->ready);
    for (unsigned i = 0; i < ENGINE_WORKERS_MAX; i++)
        script_worker_free(atomic_load(&e->next[i]));
    if (e->live != NULL)
        box_get(e->live, &g);
    if (g != NULL)
        generation_drop(g);
    table_free(&e->table);
    guard_close(e->guard);
    box_free(e->shown);
    box_free(e->live);
    free(e->number);
    free(e);
}

bool engine_renew(struct engine *e, struct store *store, const struct turn_keys *keys)
{
    struct generation *g;
    struct queue_item *item;

    while ((item = queue_take(e->ready)) != NULL)
        job_free((struct job *)item);
    table_free(&e->table);
    e->o.store = store;
    e->o.keys = *keys;
    e->backlog = 0;
    e->timer_due_ms = INT64_MAX;
    e->firing = e->ticked = e->offset_known = false;
    e->ask_again_ms = 0;
    memset(&e->counts, 0, sizeof e->counts);
    if (!table_init(&e->table, e->o.cache_bytes))
        return false;
    g = engine_generation(e);
    if (g != NULL) {
        schedules_ask(e, g);
        generation_drop(g);
    }
    return true;
}

/* ---- from a conversation to a ready turn ---- */

static void loaded(struct store_op *op);
static void proceed(struct engine *e, struct conversation *c);

static void load(struct engine *e, struct conversation *c)
{
    struct store_load *l = calloc(1, sizeof *l);

    if (l == NULL)
        abort();
    e->backlog -= conversation_forget(c);
    l->op = (struct store_op){ .kind = STORE_LOAD, .done = loaded, .ctx = e };
    l->conv = c->id;
    l->limit = LOAD_EVENTS;
    c->busy = true;
    e->counts.loads++;
    if (!store_submit(e->o.store, &l->op))
        free(l);                       /* the store is closing: the events are durable and come again */
}

/* The hook has put state and events in place while the load ran. */
static void loaded(struct store_op *op)
{
    struct store_load *l = (struct store_load *)op;
    struct engine *e = op->ctx;
    struct conversation *c = table_find(&e->table, l->conv);

    if (c != NULL) {
        c->busy = false;
        c->unsure = false;
        if (!c->known)
            c->last_seq = 0;           /* nothing is left: it was handled already, or merged into another conversation */
        else if (l->more && c->last_seq < c->done_seq + l->found + 1)
            c->last_seq = c->done_seq + l->found + 1;
        proceed(e, c);
    }
    free(l);
}

static size_t length(const char *text) { return text == NULL ? 0 : strlen(text) + 1; }

static const char *lay(char **at, const char *text)
{
    char *to = *at;

    if (text == NULL)
        return NULL;
    memcpy(to, text, length(text));
    *at += length(text);
    return to;
}

/* With a copy of who the person is now: what changes while the turn runs belongs to the next one. */
static struct job *job_new(struct engine *e, const struct conversation *c)
{
    const char *number = c->number != NULL ? c->number : e->number;
    struct job *job = calloc(1, sizeof *job + length(number) + length(c->phone) + length(c->bsuid) + length(c->name));
    char *at;

    if (job == NULL)
        abort();
    at = job->text;
    job->engine = e;
    job->conv = c->id;
    job->is_person = c->is_person;
    job->person = (struct store_person){ .conv = c->id, .heard_ms = c->heard_ms, .held_until_ms = c->held_until_ms };
    job->person.number = lay(&at, number);
    job->person.phone = lay(&at, c->phone);
    job->person.bsuid = lay(&at, c->bsuid);
    job->person.name = lay(&at, c->name);
    return job;
}

static void start_turn(struct engine *e, struct conversation *c)
{
    struct job *job = job_new(e, c);

    job->event = c->head;
    job->seq = c->head->seq;
    c->head = c->head->next;
    if (c->head == NULL)
        c->tail = NULL;
    e->backlog -= job->event->len;
    job->state = c->state;
    c->state = (struct text){ NULL, 0 };
    job->state_now_ms = c->state_now_ms;
    c->busy = true;
    if (!queue_push_always(e->ready, &job->item))
        job_free(job);                 /* stopped */
}

/* Starts what the conversation needs next, or lets it rest. */
static void proceed(struct engine *e, struct conversation *c)
{
    while (c->head != NULL && c->known && c->head->seq <= c->done_seq) {
        struct pending *p = c->head;

        c->head = p->next;
        if (c->head == NULL)
            c->tail = NULL;
        e->backlog -= p->len;
        free(p);
    }
    if (c->busy)
        return;
    if (c->known && c->last_seq <= c->done_seq && !c->unsure) {
        table_idle(&e->table, c);
    } else {
        table_busy(&e->table, c);
        if (c->known && c->head != NULL && c->head->seq == c->done_seq + 1)
            start_turn(e, c);
        else if (c->known || c->last_seq > 0)
            load(e, c);
        else
            table_idle(&e->table, c);
    }
}

/* Keeps the event in memory if it is the next in line and there is room; otherwise it is read from the store in its time. */
static void keep(struct engine *e, struct conversation *c, const struct store_event *ev)
{
    bool in_flight = c->busy && c->state.data == NULL;          /* the turn of done_seq + 1 has the state */
    uint64_t expected = c->tail != NULL ? c->tail->seq + 1 : c->done_seq + 1 + in_flight;
    struct pending *p;

    if (!c->known || ev->seq != expected)
        return;
    if (e->backlog + ev->body.len > e->o.backlog_bytes && c->head != NULL)
        return;
    p = malloc(sizeof *p + ev->body.len + 1);
    if (p == NULL)
        abort();
    p->next = NULL;
    p->seq = ev->seq;
    p->len = ev->body.len;
    memcpy(p->body, ev->body.data, ev->body.len);
    p->body[ev->body.len] = '\0';
    if (c->tail != NULL)
        c->tail->next = p;
    else
        c->head = p;
    c->tail = p;
    e->backlog += p->len;
}

void engine_on_event(void *engine, const struct store_event *ev)
{
    struct engine *e = engine;
    struct conversation *c = table_make(&e->table, ev->conv);

    if (c != NULL && !e->ticked)
        c->unsure = true;
    if (c == NULL || !conversation_person(c, ev->person))
        abort();
    if (ev->has_state && !c->known &&
        !conversation_state(c, ev->state, ev->done_seq, ev->state_now_ms))
        abort();
    if (ev->seq > c->last_seq)
        c->last_seq = ev->seq;
    keep(e, c, ev);
    if (!c->busy)
        proceed(e, c);
}

/* ---- a commit comes back ---- */

/* As the store has done it; an event that tells more is told later, or has been. */
static void hold(struct conversation *c, const struct store_turn *t)
{
    if (t->hold == HOLD_TAKE && t->held_until_ms > c->held_until_ms)
        c->held_until_ms = t->held_until_ms;
    else if (t->hold == HOLD_BACK && c->held_until_ms == t->held_until_ms)
        c->held_until_ms = 0;
}

void engine_committed(struct store_op *op)
{
    struct job *job = op->ctx;
    struct engine *e = job->engine;
    struct conversation *c = table_find(&e->table, job->conv);
    enum store_result result = op->result;       /* `op` is part of the job and goes with it */

    e->counts.turns++;
    assert(c != NULL && c->busy);
    c->busy = false;
    if (result == STORE_OK) {
        if (!conversation_state(c, job->result.commit.state, job->seq, job->result.commit.now_ms))
            abort();
        hold(c, &job->result.commit);
    } else {
        e->counts.lost++;
        LOG(LOG_WARN, "turn_lost", log_int("conversation", job->conv), log_int("seq", (int64_t)job->seq));
        e->backlog -= conversation_forget(c);
    }
    job_free(job);
    if (result != STORE_REFUSED)
        proceed(e, c);
}

/* ---- timers ---- */

static void fired(struct store_op *op)
{
    struct engine *e = op->ctx;

    e->firing = false;
    if (op->result != STORE_OK)
        return;
    e->timer_due_ms = e->fire.more ? 0 : e->fire.next_due_ms;
}

void engine_on_timer(void *engine, int64_t due_ms)
{
    struct engine *e = engine;

    if (due_ms < e->timer_due_ms)
        e->timer_due_ms = due_ms;
}

/*
 * Wall time must go with the time since boot. A step of more than CLOCK_STEP_MS (somebody set the clock, a bad NTP server) would
 * fire every reminder and expiry at once, or none for hours: timers are held until the clock is back, or a restart accepts it.
 */
static bool clock_stepped(struct engine *e, int64_t now)
{
    int64_t offset = now - clock_mono_ms(e->o.clock), step;
    bool stepped;

    if (!e->offset_known) {
        e->offset_ms = offset;
        e->offset_known = true;
    }
    step = offset - e->offset_ms;
    stepped = step > CLOCK_STEP_MS || step < -CLOCK_STEP_MS;
    if (stepped && !e->counts.timers_held)
        LOG(LOG_ERROR, "clock_stepped", log_int("step_ms", step), log_str("effect", "timers are held"),
            log_str("remedy", "set the machine's clock right, or restart the host to accept the new time"));
    if (!stepped && e->counts.timers_held)
        LOG(LOG_INFO, "clock_is_back", log_int("step_ms", step));
    e->counts.timers_held = stepped;
    if (!stepped)
        e->offset_ms = offset;         /* slewing is followed */
    return stepped;
}

int engine_tick(struct engine *e)
{
    int64_t now = clock_wall_ms(e->o.clock), wait;
    bool held = clock_stepped(e, now);

    e->ticked = true;
    e->counts.waiting = queue_count(e->ready);
    e->counts.cached = e->table.count;
    box_put(e->shown, &e->counts);
    schedules_again(e);
    if (held)
        return CLOCK_LOOK_MS;
    if (e->firing)
        return TICK_MAX_MS;            /* its completion comes with a step of the store */
    wait = e->timer_due_ms == INT64_MAX ? TICK_MAX_MS : e->timer_due_ms - now;
    if (wait > 0)
        return wait > TICK_MAX_MS ? TICK_MAX_MS : (int)wait;
    e->fire = (struct store_fire){ .op = { .kind = STORE_FIRE, .done = fired, .ctx = e }, .now_ms = now, .limit = FIRE_LIMIT };
    e->timer_due_ms = INT64_MAX;
    e->firing = store_submit(e->o.store, &e->fire.op);
    return e->firing ? 0 : TICK_MAX_MS;
}

int64_t engine_due_ms(const struct engine *e) { return e->timer_due_ms; }

void engine_stop(struct engine *e)
{
    atomic_store(&e->stopped, true);
    queue_close(e->ready);
}

void engine_forgive(struct engine *e)
{
    if (e->guard != NULL)
        guard_forgive(e->guard);
}

void engine_counts(struct engine *e, struct engine_counts *out)
{
    box_get(e->shown, out);
    out->turns = atomic_load(&e->turns);
    out->script_failures = atomic_load(&e->script_failures);
    out->parked = atomic_load(&e->parked);
    out->turn_us_max = (int64_t)atomic_load(&e->turn_us_max);
}
