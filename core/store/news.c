/*
 * What the hooks hear. The rules write it down while the transaction is open; it is told after the commit, so that a hook
 * never acts on something that may still vanish.
 */
#include <stdlib.h>
#include <string.h>

#include "private.h"

struct news *store_news(struct store *s, enum news_kind kind)
{
    struct news *n;

    if (s->news_count == s->news_cap) {
        size_t cap = s->news_cap == 0 ? 256 : s->news_cap * 2;
        struct news *more = realloc(s->news, cap * sizeof *more);

        if (more == NULL) {
            store_trouble(s, TROUBLE_BROKEN, "out of memory");
            return NULL;
        }
        s->news = more;
        s->news_cap = cap;
    }
    n = &s->news[s->news_count++];
    *n = (struct news){ .kind = kind };
    return n;
}

void store_news_drop(struct store *s)
{
    for (size_t i = 0; i < s->news_count; i++)
        free(s->news[i].owned);
    s->news_count = 0;
}

/* ---- events ---- */

struct telling {
    struct store      *s;
    struct store_event event;
};

static bool tell(void *ctx, struct blob state)
{
    struct telling *t = ctx;

    t->event.state = state;
    t->s->hooks.event(t->s->hooks.ctx, &t->event);
    return false;
}

static void describe(const struct conv *c, struct store_person *p)
{
    *p = (struct store_person){ .conv = c->r.id, .number = c->r.number, .phone = c->r.phone, .bsuid = c->r.bsuid,
                                .name = c->r.name, .heard_ms = c->r.heard_ms, .held_until_ms = c->r.held_until_ms };
}

static void tell_event(struct store *s, const struct inbox_row *row)
{
    struct telling t = { .s = s, .event = { .conv = row->conv, .seq = row->seq, .body = row->body,
                                            .committed_ms = row->committed_ms } };
    struct store_event *ev = &t.event;
    struct store_person person;
    struct conv *c;

    if (s->hooks.event == NULL || !store_conv(s, row->conv, &c) || c == NULL)
        return;
    if (c->r.merged_into != 0)
        return;                        /* merged later in its own group: it is told as the keeper's event */
    if (!c->r.route) {
        describe(c, &person);
        ev->person = &person;
    }
    ev->done_seq = c->r.done_seq;
    ev->state_now_ms = c->r.now_ms;
    ev->has_state = row->seq == c->r.done_seq + 1;
    if (ev->has_state && !s->driver->state_find(s, row->conv, tell, &t))
        return;
    if (ev->state.data == NULL)
        s->hooks.event(s->hooks.ctx, ev);      /* not told with its state: it has none yet, or starts from another turn's */
}

void store_tell_event(struct store *s, const struct inbox_row *row)
{
    struct inbox_row open = *row;

    if (!row->sealed) {
        tell_event(s, row);
        return;
    }
    if (!store_unseal(s, row->body, &open.body))
        return;
    tell_event(s, &open);
    store_forget(&open.body);
}

static bool tell_stored(void *ctx, const struct inbox_row *row)
{
    store_tell_event(ctx, row);
    return false;
}

static void tell_news_event(struct store *s, const struct news *n)
{
    if (n->body.data == NULL)                  /* renumbered in a merge: its body is in the file */
        (void)s->driver->inbox_next(s, n->id, n->seq - 1, 1, tell_stored, s);
    else
        store_tell_event(s, &(struct inbox_row){ .conv = n->id, .seq = n->seq, .body = n->body, .committed_ms = n->now_ms });
}

/* ---- the rest ---- */

static void tell_send(struct store *s, const struct news *n)
{
    const struct store_send *send = n->what;
    const struct store_turn *t = n->turn;
    struct store_send_row row = { .id = n->id, .conv = t->conv, .seq = t->seq, .class = send->class, .state = OUT_READY,
                                  .due_ms = send->due_ms, .expires_ms = send->expires_ms, .body = send->body,
                                  .number = t->to.number, .phone = t->to.phone, .bsuid = t->to.bsuid,
                                  .heard_ms = t->to.heard_ms };

    if (s->hooks.send != NULL)
        s->hooks.send(s->hooks.ctx, &row);
}

static void tell_call(struct store *s, const struct news *n)
{
    const struct store_call *call = n->what;
    struct store_call_row row = { .id = n->id, .conv = n->turn->conv, .state = CALL_READY, .timeout_ms = call->timeout_ms,
                                  .guard = call->guard, .step = call->step, .method = call->method, .path = call->path,
                                  .key = call->key, .body = call->body, .auth = call->auth, .pages = call->pages };

    if (s->hooks.call != NULL)
        s->hooks.call(s->hooks.ctx, &row);
}

void store_news_tell(struct store *s, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        const struct news *n = &s->news[i];

        switch (n->kind) {
        case NEWS_EVENT:  tell_news_event(s, n); break;
        case NEWS_SEND:   tell_send(s, n); break;
        case NEWS_CALL:   tell_call(s, n); break;
        case NEWS_STATUS:
            if (s->hooks.status != NULL)
                s->hooks.status(s->hooks.ctx, &n->status);
            break;
        case NEWS_TIMER:
            if (s->hooks.timer != NULL)
                s->hooks.timer(s->hooks.ctx, n->id);
            break;
        }
    }
}
