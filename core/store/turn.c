#include <string.h>

#include "lisolo/base/fail.h"
#include "private.h"

/* While staff has the conversation: the row is there for `why`, and nobody sends it. */
static bool drop_row(struct store *s, int64_t id, int64_t now_ms)
{
    struct store_mark m = { .out_id = id, .from = OUT_READY, .to = OUT_DROPPED, .note = "with staff", .now_ms = now_ms };
    bool won = false;

    return s->driver->outbox_mark(s, &m, &won) && (won || store_trouble(s, TROUBLE_BROKEN, "a new row could not be dropped"));
}

/* *last_sent: the last row that will leave, 0 none. */
static bool add_sends(struct store *s, struct store_turn *t, bool held, struct inbox_row *done, int64_t *last_sent)
{
    int64_t id = 0;

    for (size_t i = 0; i < t->send_count; i++) {
        struct news *n;

        if (!s->driver->outbox_add(s, t->conv, t->seq, &t->sends[i], t->now_ms, &id))
            return false;
        if (held && t->sends[i].class != CLASS_NOTIFICATION) {
            if (!drop_row(s, id, t->now_ms))
                return false;
            continue;
        }
        *last_sent = id;
        n = store_news(s, NEWS_SEND);
        if (n == NULL)
            return false;
        n->id = id;
        n->turn = t;
        n->what = &t->sends[i];
    }
    done->out_count = t->send_count;
    done->out_first = id - (int64_t)t->send_count + (t->send_count > 0);
    return true;
}

/* Somebody of the house may have taken it while the turn ran, and for longer: a turn shortens nobody's time. */
static bool take(struct store *s, const struct store_turn *t, struct conv *c)
{
    bool later = t->held_until_ms > c->r.held_until_ms;

    return store_hold(s, c, store_is_held(c, t->now_ms) ? c->r.held_since_ms : t->now_ms, later ? t->held_until_ms : c->r.held_until_ms);
}

static bool change_hold(struct store *s, const struct store_turn *t, struct conv *c)
{
    switch (t->hold) {
    case HOLD_TAKE: return take(s, t, c);
    case HOLD_BACK: return c->r.held_until_ms != t->held_until_ms || store_hold(s, c, 0, 0);
    case HOLD_SAME: break;
    }
    return true;
}

static bool add_call(struct store *s, const struct store_turn *t, const struct store_call *c, int64_t *id)
{
    struct call_row row = { .conv = t->conv, .seq = t->seq, .timeout_ms = c->timeout_ms, .guard = c->guard, .created_ms = t->now_ms,
                            .pages = c->pages, .step = c->step, .method = c->method, .path = c->path, .key = c->key,
                            .sealed = c->seal, .body = c->body };
    struct blob body = { NULL, 0 };
    bool ok = true;

    if (c->auth != NULL)
        ok = store_seal(s, (struct blob){ c->auth, strlen(c->auth) }, &row.auth);
    if (ok && c->seal) {
        ok = store_seal(s, c->body, &body);
        row.body = body;
    }
    ok = ok && s->driver->call_add(s, &row, id);
    store_forget(&row.auth);
    store_forget(&body);
    return ok;
}

static bool add_calls(struct store *s, struct store_turn *t, struct inbox_row *done)
{
    int64_t last = 0;

    for (size_t i = 0; i < t->call_count; i++) {
        struct news *n;

        if (!add_call(s, t, &t->calls[i], &last))
            return false;
        n = store_news(s, NEWS_CALL);
        if (n == NULL)
            return false;
        n->id = last;
        n->turn = t;
        n->what = &t->calls[i];
    }
    done->call_count = t->call_count;
    done->call_first = last - (int64_t)t->call_count + (t->call_count > 0);
    return true;
}

/* A timer that counts from the last message waits for it; without a message it starts now. */
static bool set_timers(struct store *s, const struct store_turn *t, int64_t last_send)
{
    int64_t earliest = INT64_MAX;
    struct news *n;

    for (size_t i = 0; i < t->timer_count; i++) {
        const struct store_timer *timer = &t->timers[i];
        bool waits = timer->after_send && last_send != 0;
        int64_t due = timer->after_send && !waits ? t->now_ms + timer->due_ms : timer->due_ms;

        if (timer->due_ms == 0) {
            if (!s->driver->timer_drop(s, t->conv, timer->name))
                return false;
            continue;
        }
        if (!s->driver->timer_set(s, t->conv, timer->name, timer->guard, due, waits ? last_send : 0))
            return false;
        if (!waits && due < earliest)
            earliest = due;
    }
    if (earliest == INT64_MAX)
        return true;
    n = store_news(s, NEWS_TIMER);
    if (n == NULL)
        return false;
    n->id = earliest;
    return true;
}

bool store_do_turn(struct store *s, struct store_turn *t)
{
    struct inbox_row done = { .conv = t->conv, .seq = t->seq, .handled_ms = t->now_ms, .generation = t->generation,
                              .failed = t->failed, .wipe = t->wipe, .flow = t->flow, .step = t->step, .note = t->note };
    int64_t last_send = 0;
    bool won = false, held;
    struct conv *c;

    FAIL_HERE("store.item.turn");
    t->op.result = STORE_LOST;
    if (!store_conv(s, t->conv, &c))
        return false;
    if (c == NULL || c->r.merged_into != 0 || c->r.done_seq + 1 != t->seq || t->seq > c->r.in_seq)
        return true;
    if (!s->driver->conv_turn(s, t, c->r.heard_ms, s->epoch[t->conv % STORE_PARTITIONS], &won))
        return false;
    if (!won) {
        store_conv_reload(s, t->conv);      /* another process has been here */
        return true;
    }
    t->op.result = STORE_OK;
    c->r.done_seq = t->seq;
    c->r.now_ms = t->now_ms;
    c->r.secret_next = t->secret_next;
    held = store_is_held(c, t->now_ms) && (t->hold != HOLD_BACK || c->r.held_until_ms != t->held_until_ms);
    if (!add_sends(s, t, held, &done, &last_send) || !change_hold(s, t, c) || !add_calls(s, t, &done) ||
        !s->driver->inbox_handled(s, &done) || !set_timers(s, t, last_send))
        return false;
    for (size_t i = 0; i < t->notice_count; i++)
        if (!store_take_event(s, &t->notices[i], t->now_ms))
            return false;
    s->counts.turns++;
    return true;
}
