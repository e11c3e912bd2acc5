/*
 * One turn on a worker's thread, and the change to a new generation between two turns.
 */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#include "lisolo/base/fail.h"
#include "lisolo/base/log.h"

void engine_worker_free(struct engine_worker *w)
{
    if (w == NULL)
        return;
    script_worker_free(w->script);
    free(w);
}

/*
 * Changes over when a newer generation is wanted. The caller has taken its turn from the queue before: a turn that follows
 * another worker's commit on the new generation sees the new number here, so no conversation goes back.
 */
static void change_over(struct engine_worker *w)
{
    struct engine *e = w->engine;
    struct script_worker *next;

    if (atomic_load(&e->wanted) == w->generation)
        return;
    next = atomic_exchange(&e->next[w->index], NULL);
    if (next == NULL)
        return;
    script_worker_free(w->script);
    w->script = next;
    w->generation = script_worker_generation(next)->number;
    atomic_fetch_sub(&e->swapping, 1);
}

struct engine_worker *engine_worker_new(struct engine *e, unsigned index, struct error *err)
{
    struct engine_worker *w;

    if (index >= e->o.workers) {
        error_set(err, "engine: there is no worker %u", index);
        return NULL;
    }
    w = calloc(1, sizeof *w);
    if (w == NULL) {
        error_set(err, "engine: out of memory");
        return NULL;
    }
    w->engine = e;
    w->index = index;
    change_over(w);
    return w;
}

/* The turn of an event that ended the process three times: nothing but its number, and an alarm. */
static void park(struct job *job)
{
    struct store_turn *t = &job->result.commit;

    LOG(LOG_ERROR, "event_parked", log_int("conversation", job->conv), log_int("seq", (int64_t)job->seq),
        log_str("reason", "the process died three times while handling it; see lisolo why"));
    atomic_fetch_add(&job->engine->parked, 1);
    memset(&job->result, 0, sizeof job->result);
    t->state = (struct blob){ job->state.data, job->state.len };
    (void)turn_state_place(t->state, t->flow, t->step);
    t->secret_next = turn_state_secret(t->state);
    t->failed = true;
    t->note = "parked: the process died three times while handling this event";
}

static bool run(struct engine_worker *w, struct job *job, int64_t now, struct error *err)
{
    struct event event;
    struct turn_input in = { .worker = w->script, .keys = &w->engine->o.keys, .event = &event, .conv = job->conv, .seq = job->seq,
                             .state = { job->state.data, job->state.len }, .person = job->is_person ? &job->person : NULL,
                             .now_ms = now, .trace = w->engine->o.trace };
    bool ok;

    if (!event_parse(job->event->body, job->event->len, &event, err))
        return false;
    ok = turn_run(&in, &job->result, err);
    if (ok && w->engine->o.watch != NULL)
        w->engine->o.watch(w->engine->o.watch_ctx, &in, &job->result);
    event_free(&event);
    job->has_result = ok;
    return ok;
}

/* An event that cannot be read, or no memory for its turn: the state stays, the event is done, the operator is told. */
static void give_up(struct job *job, const struct error *err)
{
    struct store_turn *t = &job->result.commit;

    LOG(LOG_ERROR, "turn_failed", log_int("conversation", job->conv), log_int("seq", (int64_t)job->seq), log_str("reason", err->text));
    memset(&job->result, 0, sizeof job->result);
    t->state = (struct blob){ job->state.data, job->state.len };
    (void)turn_state_place(t->state, t->flow, t->step);
    t->secret_next = turn_state_secret(t->state);
    t->failed = true;
    t->note = "the turn could not be run; see the log";
}

/*
 * The conversation's time may be ahead of the wall's, which was put back. What the turn sends at once leaves at once all the
 * same, and not when the wall has caught up.
 */
static void send_now(struct store_turn *t, int64_t now, int64_t wall)
{
    for (size_t i = 0; now > wall && i < t->send_count; i++)
        if (t->sends[i].due_ms <= now)
            t->sends[i].due_ms = wall;
}

static void submit(struct engine_worker *w, struct job *job, int64_t now)
{
    struct store_turn *t = &job->result.commit;

    t->op = (struct store_op){ .kind = STORE_TURN, .done = engine_committed, .ctx = job };
    t->conv = job->conv;
    t->seq = job->seq;
    t->now_ms = now;
    t->generation = w->generation;
    t->to = job->person;
    send_now(t, now, clock_wall_ms(w->engine->o.clock));
    for (size_t i = 0; i < t->notice_count; i++)
        if (t->notices[i].number == NULL)
            t->notices[i].number = w->engine->number;
    if (!store_submit(w->engine->o.store, &t->op)) {
        if (job->has_result)
            turn_result_free(&job->result);
        free(job->state.data);
        free(job->event);
        free(job);                     /* the store is closing: the event is durable and its turn runs again */
    }
}

static void note_failure(const struct job *job)
{
    const struct script_failure *f = &job->result.failure;

    if (!job->has_result || !job->result.script_failed)
        return;
    atomic_fetch_add(&job->engine->script_failures, 1);
    LOG(LOG_ERROR, "script_failed", log_int("conversation", job->conv), log_int("seq", (int64_t)job->seq),
        log_str("flow", job->result.commit.flow), log_str("step", job->result.commit.step), log_str("place", f->text),
        log_str("hint", f->hint));
}

/* One warning a generation and step: what it says does not change until the scripts do. */
static void charge(struct engine_worker *w, const struct job *job)
{
    for (size_t i = 0; job->has_result && i < job->result.cost_count; i++) {
        const struct step_cost *c = &job->result.costs[i];
        unsigned over = generation_charge(script_worker_generation(w->script), c);

        for (int kind = 0; kind < BILL_KINDS; kind++)
            if ((over & 1U << kind) != 0)
                LOG(LOG_WARN, "over_budget", log_str("flow", c->step->flow->name), log_str("step", c->step->name), log_str("file", c->step->file),
                    log_int("line", c->step->line), log_str("budget", bill_kind_name((enum bill_kind)kind)),
                    log_int("conversation", job->conv), log_int("generation", (int64_t)w->generation), log_str("remedy", "see lisolo bill"));
    }
}

static void measure(struct engine *e, int64_t us)
{
    uint64_t old = atomic_load(&e->turn_us_max);

    while (us > 0 && (uint64_t)us > old && !atomic_compare_exchange_weak(&e->turn_us_max, &old, (uint64_t)us))
        ;
}

bool engine_step(struct engine_worker *w, int wait_ms)
{
    struct engine *e = w->engine;
    struct queue_item *item = NULL;
    struct error err = { "" };
    struct job *job;
    int64_t now, began;

    if (atomic_load(&e->stopped))
        return false;                  /* what is ready stays durable: a stop must not wait for all of it */
    item = queue_take(e->ready);
    if (item == NULL && wait_ms > 0 && queue_wait(e->ready, wait_ms))
        item = queue_take(e->ready);
    change_over(w);
    if (item == NULL)
        return false;
    job = (struct job *)item;
    began = clock_mono_ms(e->o.clock);
    now = clock_wall_ms(e->o.clock);
    if (now < job->state_now_ms)
        now = job->state_now_ms;       /* within a conversation time never goes back */
    FAIL_HERE("engine.turn.before");
    if (e->guard != NULL && guard_bad(e->guard, job->conv, job->seq)) {
        park(job);
    } else {
        if (e->guard != NULL)
            guard_enter(e->guard, w->index, job->conv, job->seq);
        if (!run(w, job, now, &err))
            give_up(job, &err);
        if (e->guard != NULL)
            guard_leave(e->guard, w->index);
    }
    FAIL_HERE("engine.turn.after");
    note_failure(job);
    charge(w, job);
    measure(e, (clock_mono_ms(e->o.clock) - began) * 1000);
    atomic_fetch_add(&e->turns, 1);
    submit(w, job, now);
    return true;
}

bool engine_stopping(const struct engine_worker *w) { return atomic_load(&w->engine->stopped); }

/* ---- generations ---- */

static bool build(struct engine *e, struct generation *g, struct script_worker **made, struct error *err)
{
    for (unsigned i = 0; i < e->o.workers; i++) {
        made[i] = script_worker_new(g, err);
        if (made[i] == NULL) {
            while (i-- > 0)
                script_worker_free(made[i]);
            return false;
        }
    }
    return true;
}

bool engine_swap(struct engine *e, struct generation *g, struct error *err)
{
    struct script_worker *made[ENGINE_WORKERS_MAX];
    struct generation *old = NULL;

    if (atomic_load(&e->swapping) != 0)
        return error_set(err, "the last reload is still being taken up by the workers; try again in a moment");
    g->number = atomic_load(&e->wanted) + 1;
    if (!build(e, g, made, err))
        return false;
    atomic_store(&e->swapping, e->o.workers);
    for (unsigned i = 0; i < e->o.workers; i++)
        script_worker_free(atomic_exchange(&e->next[i], made[i]));
    box_get(e->live, &old);
    box_put(e->live, &g);
    atomic_store(&e->wanted, g->number);
    schedules_ask(e, g);
    if (old != NULL)
        generation_drop(old);
    return true;
}

struct generation *engine_generation(struct engine *e)
{
    struct generation *g = NULL;

    box_get(e->live, &g);
    if (g != NULL)
        generation_use(g);
    return g;
}

unsigned engine_generations(struct engine *e) { return atomic_load(&e->swapping) == 0 ? 1 : 2; }
