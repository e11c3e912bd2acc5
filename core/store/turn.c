#include "lisolo/base/fail.h"
#include "private.h"

static bool add_sends(struct store *s, struct store_turn *t, struct inbox_row *done, int64_t *last)
{
    for (size_t i = 0; i < t->send_count; i++) {
        struct news *n;

        if (!s->driver->outbox_add(s, t->conv, t->seq, &t->sends[i], t->now_ms, last))
            return false;
        n = store_news(s, NEWS_SEND);
        if (n == NULL)
            return false;
        n->id = *last;
        n->turn = t;
        n->what = &t->sends[i];
    }
    done->out_count = t->send_count;
    done->out_first = *last - (int64_t)t->send_count + (t->send_count > 0);
    return true;
}

static bool add_calls(struct store *s, struct store_turn *t, struct inbox_row *done)
{
    int64_t last = 0;

    for (size_t i = 0; i < t->call_count; i++) {
        struct news *n;

        if (!s->driver->call_add(s, t->conv, t->seq, &t->calls[i], t->now_ms, &last))
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
        bool waits = timer->after_send && t->send_count > 0;
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
                              .failed = t->failed, .flow = t->flow, .step = t->step, .note = t->note };
    int64_t last_send = 0;
    bool won = false;
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
    if (!add_sends(s, t, &done, &last_send) || !add_calls(s, t, &done) ||
        !s->driver->inbox_handled(s, &done) || !set_timers(s, t, last_send))
        return false;
    for (size_t i = 0; i < t->notice_count; i++)
        if (!store_take_event(s, &t->notices[i], t->now_ms))
            return false;
    s->counts.turns++;
    return true;
}
