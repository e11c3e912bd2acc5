/*
 * Taking over, and conversations that are not in memory.
 */
#include "lisolo/base/fail.h"
#include "lisolo/base/log.h"
#include "private.h"

/* Everything of before is fenced off, and what was being sent is in doubt, before anybody hears of anything. */
static bool take_over(struct store *s)
{
    const struct driver *d = s->driver;

    if (!d->begin(s))
        return false;
    if (d->epochs(s, true, s->epoch) && d->outbox_doubt(s) && d->commit(s))
        return true;
    d->rollback(s);
    return false;
}

/* ---- the next few unhandled events of every conversation ---- */

struct walk {
    struct store *s;
    int64_t       conv;
    uint64_t      seq;
    size_t        told, limit;
    bool          more;
};

static bool tell_todo(void *ctx, const struct inbox_row *row)
{
    struct walk *w = ctx;

    if (row->conv != w->conv)
        w->told = 0;
    w->conv = row->conv;
    w->seq = row->seq;
    w->more = true;
    if (w->told == NEXT_EVENTS) {
        w->seq = INT64_MAX;            /* on to the next conversation */
        return false;
    }
    w->told++;
    store_tell_event(w->s, row);
    store_cache_settle(w->s);          /* a backlog of 100,000 people would keep them all in memory */
    return w->s->trouble == TROUBLE_NONE;
}

static bool events(struct store *s)
{
    struct walk w = { .s = s };

    do {
        w.more = false;
        if (!s->driver->inbox_todo(s, w.conv, w.seq, tell_todo, &w) || s->trouble != TROUBLE_NONE)
            return false;
    } while (w.more);
    return true;
}

/* ---- what was to leave ---- */

static bool tell_send(void *ctx, const struct outbox_row *o)
{
    struct store *s = ctx;
    struct store_send_row row = { .id = o->id, .conv = o->conv, .seq = o->seq, .class = o->class, .state = o->state,
                                  .attempt = o->attempt, .due_ms = o->due_ms, .expires_ms = o->expires_ms,
                                  .sent_ms = o->sent_ms, .body = o->body };
    struct conv *c;

    if (!store_conv(s, o->conv, &c))
        return false;
    if (c != NULL) {
        row.number = c->r.number;
        row.phone = c->r.phone;
        row.bsuid = c->r.bsuid;
        row.heard_ms = c->r.heard_ms;
    }
    s->hooks.send(s->hooks.ctx, &row);
    store_cache_settle(s);
    return true;
}

static bool tell_call(void *ctx, const struct call_row *c)
{
    struct store *s = ctx;
    struct blob body = { NULL, 0 }, auth = { NULL, 0 };
    struct store_call_row row = { .id = c->id, .conv = c->conv, .state = c->state, .attempt = c->attempt,
                                  .due_ms = c->due_ms, .timeout_ms = c->timeout_ms, .guard = c->guard, .step = c->step,
                                  .method = c->method, .path = c->path, .key = c->key, .body = c->body,
                                  .pages = c->pages };

    if ((c->sealed && !store_unseal(s, c->body, &body)) || (c->auth.len > 0 && !store_unseal(s, c->auth, &auth))) {
        store_forget(&body);
        return false;
    }
    if (c->sealed)
        row.body = body;
    row.auth = auth.data;              /* store_unseal() ends it with a NUL */
    s->hooks.call(s->hooks.ctx, &row);
    store_forget(&body);
    store_forget(&auth);
    return true;
}

static bool tell_everything(struct store *s)
{
    const struct driver *d = s->driver;
    int64_t due;

    if (s->hooks.event != NULL && !events(s))
        return false;
    if (s->hooks.send != NULL && (!d->outbox_open(s, tell_send, s) || s->trouble != TROUBLE_NONE))
        return false;
    if (s->hooks.call != NULL && (!d->call_open(s, tell_call, s) || s->trouble != TROUBLE_NONE))
        return false;
    if (!d->timer_next(s, &due))
        return false;
    if (due != INT64_MAX && s->hooks.timer != NULL)
        s->hooks.timer(s->hooks.ctx, due);
    return true;
}

bool store_recover(struct store *s, struct error *err)
{
    bool ok;

    FAIL_HERE("store.recover");
    store_cache_forget(s);
    ok = take_over(s) && tell_everything(s);
    store_cache_settle(s);
    if (ok)
        return true;
    s->broken = true;
    return error_set(err, "store: %s", s->why.text);
}

/* ---- a cold conversation ---- */

static bool tell_loaded(void *ctx, const struct inbox_row *row)
{
    struct walk *w = ctx;

    if (w->told == w->limit) {
        w->more = true;
        return false;
    }
    w->told++;
    store_tell_event(w->s, row);
    return true;
}

bool store_do_load(struct store *s, struct store_load *l)
{
    struct walk w = { .s = s, .limit = l->limit };
    struct conv *c;

    l->found = 0;
    l->more = false;
    if (!store_conv(s, l->conv, &c))
        return false;
    if (c == NULL || c->r.merged_into != 0)
        return true;
    if (!s->driver->inbox_next(s, l->conv, c->r.done_seq, l->limit + 1, tell_loaded, &w) || s->trouble != TROUBLE_NONE)
        return false;
    l->found = w.told;
    l->more = w.more;
    return true;
}
