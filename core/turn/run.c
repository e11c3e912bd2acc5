/*
 * The frame of a turn. What went wrong leaves nothing behind but an apology: the effects that had been collected are dropped
 * and the state is the one from before (decisions.md, "Failure").
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

enum { POOL_BLOCK_BYTES = 8 * 1024, REV_HEX = 8 };

bool turn_broken(struct turn *t)
{
    t->broken = true;
    return false;
}

bool turn_fail(struct turn *t, const char *file, int line, const char *format, ...)
{
    struct script_failure *f = &t->failure;
    char text[400];
    va_list args;

    if (t->failed || t->broken)
        return false;                  /* the first failure is the cause */
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    *f = (struct script_failure){ .line = line };
    (void)snprintf(f->file, sizeof f->file, "%s", file == NULL ? "" : file);
    (void)snprintf(f->text, sizeof f->text, "%.96s:%d: %s", f->file, line, text);
    t->failed = true;
    return false;
}

void turn_mark(const struct turn *t, enum turn_mark mark, const struct step *s, const char *detail)
{
    if (t->in->trace != NULL)
        t->in->trace->mark(t->in->trace->ctx, mark, s, detail);
}

bool turn_note(struct turn *t, const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    t->commit->note = pool_text(t->pool, text);
    return t->commit->note != NULL || turn_broken(t);
}

/* ---- what kind of event ---- */

static bool is_dialogue(enum event_kind kind)
{
    return event_from_person(kind) && kind != EVENT_REACTION && kind != EVENT_EDIT && kind != EVENT_REVOKE;
}

static bool moves_the_flow(enum event_kind kind) { return is_dialogue(kind) || kind == EVENT_ANSWER
    || kind == EVENT_TIMER; }

static bool dispatch(struct turn *t)
{
    enum event_kind kind = t->in->event->kind;

    if (is_dialogue(kind))
        return turn_person(t);
    switch (kind) {
    case EVENT_ANSWER:  return turn_answer(t);
    case EVENT_TIMER:   return turn_timer(t);
    case EVENT_BACKEND: return turn_backend(t);
    case EVENT_NOTICE:  return turn_notice(t);
    case EVENT_FORGET:  return turn_forget(t);
    case EVENT_STAFF:   return turn_staff(t);
    case EVENT_SOURCE:  return turn_source(t);
    default:            return true;   /* reactions, edits, sent…: they are recorded, nobody speaks */
    }
}

/* ---- the new state ---- */

static bool too_large(struct turn *t, size_t len)
{
    const cJSON *const parts[] = { t->st.plans, t->st.person, t->st.ended, t->st.stack, t->st.notices, t->st.later };
    static const char *const NAMES[] = { "plan", "person", "afterwards", "run", "on", "when_asking" };
    const char *name = NULL;
    size_t most = 0, one;
    const cJSON *var;

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        char *text = json_print(parts[i], &one);

        if (text == NULL)
            return turn_broken(t);
        free(text);
        if (one <= most)
            continue;
        most = one;
        name = NAMES[i];
    }
    cJSON_ArrayForEach(var, t->st.vars) {
        char *text = json_print(var, &one);

        if (text == NULL)
            return turn_broken(t);
        free(text);
        if (one <= most)
            continue;
        most = one;
        name = var->string;
    }
    return turn_fail(t, t->step == NULL ? "" : t->step->file, t->step == NULL ? 0 : t->step->line,
                     "the state has %zu bytes, at most %d may be kept; \"%.64s\" alone has %zu: `save` may name the fields to keep", len, STORE_STATE_MAX, name == NULL ? "" : name, most);
}

static bool finish(struct turn *t)
{
    char rev[REV_HEX + 1];

    if ((moves_the_flow(t->in->event->kind) || t->in->event->kind == EVENT_STAFF) && (!timer_set(t) || !gather_set(t)))
        return false;
    staff_timer_set(t);
    t->commit->secret_next = t->st.secret = secret_is_next(t);
    (void)snprintf(rev, sizeof rev, "%.*s", REV_HEX, t->gen->digest);
    if (!state_print(&t->st, rev, t->pool, &t->commit->state))
        return turn_broken(t);
    return t->commit->state.len <= STORE_STATE_MAX || too_large(t, t->commit->state.len);
}

/* ---- failure ---- */

static void place_name(const struct state *s, char out[2 * TALK_NAME_MAX + 2])
{
    (void)snprintf(out, 2 * TALK_NAME_MAX + 2, "%.*s/%.*s", TALK_NAME_MAX, s->flow, TALK_NAME_MAX, s->step);
}

static bool begin(struct turn *t, bool *lost)
{
    state_free(&t->st);
    cJSON_Delete(t->derived);
    t->derived = cJSON_CreateObject();
    cJSON_Delete(t->gathered);
    t->gathered = NULL;
    t->flow = NULL;
    t->step = NULL;
    t->extra = NULL;
    t->secrets = t->session = NULL;
    t->logged_in = false;
    t->rule = NULL;
    t->plan = NULL;
    t->wait_set = false;
    t->moved = t->rearm = t->handled = t->failed = false;
    t->steps = 0;
    t->commit->send_count = t->commit->call_count = t->commit->timer_count = t->commit->notice_count = 0;
    t->commit->note = NULL;
    t->commit->hold = HOLD_SAME;
    t->staff_due_ms = -1;
    return t->derived != NULL && state_read(t->in->state, &t->st, lost);
}

/* The flow's safe step; the menu without one, or when that fails too. */
static bool go_to_safety(struct turn *t, const struct step *safe)
{
    if (safe != NULL) {
        t->st.after[0] = '\0';
        if (turn_go(t, safe) || t->broken)
            return !t->broken;
        t->failed = false;
    }
    return turn_show_menu(t);
}

static bool apologize(struct turn *t, bool again)
{
    const struct wording_message *sorry = t->flows->common.problem;
    const struct step *safe;

    if (!turn_find_place(t))
        return false;
    safe = again && t->flow != NULL && t->flow->safe != t->step ? t->flow->safe : NULL;
    if (again && safe == NULL && !turn_end(t))
        return false;
    if (sorry != NULL && !turn_say(t, sorry))
        return false;
    t->rearm = true;
    return !again || go_to_safety(t, safe);
}

/* A piece of an answer that could not be taken is an answer that failed: the person waits for words. */
static bool was_gathered(const struct turn *t)
{
    return gather_pending(t) && (gather_is_timer(t->in->event) || timer_is_wait(t->in->event));
}

/*
 * The first time at a step the state is kept; the second time in a row the conversation goes where it is safe, so that
 * nobody runs against one wall for ever.
 */
static bool recover(struct turn *t)
{
    enum event_kind kind = t->in->event->kind;
    struct script_failure first = t->failure;
    char place[2 * TALK_NAME_MAX + 2];
    bool lost, again;

    if (!begin(t, &lost))
        return turn_broken(t);
    if (plan_is_due(t->in->event)) {
        plan_failed(t);                    /* it is nobody's answer: the flow that may be running has not failed */
    } else if (moves_the_flow(kind)) {
        place_name(&t->st, place);
        again = t->st.failures > 0 && strcmp(place, t->st.failed_at) == 0;
        t->st.failures = again ? 0 : 1;
        memcpy(t->st.failed_at, again ? "" : place, again ? 1 : strlen(place) + 1);
        if (kind == EVENT_ANSWER)
            t->st.calling = false;
        if (kind == EVENT_TIMER && !was_gathered(t)) {
            timer_failed(t);
        } else {
            gather_drop(t);
            (void)apologize(t, again);     /* when that cannot be said either, what could be said stands */
        }
    }
    t->failed = false;
    if (t->broken || (!finish(t) && t->broken))
        return false;
    if (t->failed) {                   /* the old state was at its limit already: it stays as it is */
        t->commit->state = (struct blob){ pool_bytes(t->pool, t->in->state.data, t->in->state.len),
            t->in->state.len };
        t->failed = false;
    }
    t->failure = first;
    return t->commit->state.data != NULL;
}

/* ---- the result ---- */

struct memory { struct pool pool; };

static bool make_room(struct turn *t)
{
    struct store_turn *c = t->commit;

    c->sends = pool_array(t->pool, TURN_SENDS_MAX, sizeof *c->sends);
    c->calls = pool_array(t->pool, TURN_CALLS_MAX, sizeof *c->calls);
    c->timers = pool_array(t->pool, TURN_TIMERS_MAX, sizeof *c->timers);
    if (t->in->person == NULL)
        c->notices = pool_array(t->pool, TURN_NOTICES_MAX, sizeof *c->notices);
    return pool_ok(t->pool);
}

static void copy_person(struct turn *t)
{
    const struct store_person *p = t->in->person;

    if (p == NULL)
        return;
    t->commit->to = (struct store_person){ .conv = p->conv, .heard_ms = p->heard_ms,
        .number = pool_text(t->pool, p->number), .phone = pool_text(t->pool, p->phone),
                                           .bsuid = pool_text(t->pool, p->bsuid), .name = pool_text(t->pool,
                                               p->name) };
}

static bool fill_commit(struct turn *t, struct turn_result *out, bool failed, bool lost)
{
    struct store_turn *c = t->commit;

    c->conv = t->in->conv;
    c->seq = t->in->seq;
    c->now_ms = t->in->now_ms;
    c->generation = t->gen->number;
    memcpy(c->flow, t->st.flow, sizeof c->flow);
    memcpy(c->step, t->st.step, sizeof c->step);
    copy_person(t);
    out->costs = t->costs;
    out->cost_count = t->cost_count;
    c->failed = out->script_failed = failed;
    if (failed) {
        out->failure = t->failure;
        c->note = pool_text(t->pool, t->failure.text);
    } else if (lost) {
        c->note = "the state could not be read; the conversation began anew";
    }
    return pool_ok(t->pool);
}

static bool handle(struct turn *t, struct turn_result *out)
{
    char began[2 * TALK_NAME_MAX + 2];
    bool lost = false, failed = false;

    if (!make_room(t) || !begin(t, &lost))
        return false;
    place_name(&t->st, began);
    if (dispatch(t) && asking_say_kept(t)) {
        if (t->handled && strcmp(began, t->st.failed_at) == 0) {
            t->st.failures = 0;
            t->st.failed_at[0] = '\0';
        }
        (void)finish(t);
    }
    if (t->broken)
        return false;
    if (t->failed) {
        failed = true;
        if (!recover(t))
            return false;
    }
    return fill_commit(t, out, failed, lost);
}

bool turn_run(const struct turn_input *in, struct turn_result *out, struct error *err)
{
    struct memory *m = calloc(1, sizeof *m);
    struct turn t = { .in = in, .commit = &out->commit, .pool = m == NULL ? NULL : &m->pool };
    bool ok = false;

    *out = (struct turn_result){ .memory = m };
    if (m != NULL) {
        pool_init(&m->pool, POOL_BLOCK_BYTES);
        t.gen = script_worker_generation(in->worker);
        t.flows = t.gen->flows;
        ok = handle(&t, out);
    }
    state_free(&t.st);
    cJSON_Delete(t.derived);
    cJSON_Delete(t.gathered);
    if (ok)
        return true;
    turn_result_free(out);
    return error_set(err, "turn %llu of conversation %lld: out of memory, or no MAC could be made",
                     (unsigned long long)in->seq, (long long)in->conv);
}

void turn_result_free(struct turn_result *r)
{
    struct memory *m = r->memory;

    if (m != NULL) {
        pool_free(&m->pool);
        free(m);
    }
    *r = (struct turn_result){ 0 };
}
