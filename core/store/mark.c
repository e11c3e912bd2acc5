#include "lisolo/base/fail.h"
#include "private.h"

bool store_do_mark(struct store *s, struct store_mark *m)
{
    bool won = false;

    FAIL_HERE("store.item.mark");
    m->op.result = STORE_LOST;
    if (!s->driver->outbox_mark(s, m, &won))
        return false;
    if (!won)
        return true;
    m->op.result = STORE_OK;
    return m->to < OUT_ACCEPTED || store_timers_start(s, m->out_id, m->now_ms);
}

bool store_do_call_mark(struct store *s, struct store_call_mark *m)
{
    bool won = false;

    FAIL_HERE("store.item.call_mark");
    if (!s->driver->call_mark(s, m, &won))
        return false;
    m->op.result = won ? STORE_OK : STORE_LOST;
    return true;
}

bool store_do_answer(struct store *s, struct store_answer *a)
{
    struct inbox_row row = { .body = a->body, .at_ms = a->now_ms, .committed_ms = a->now_ms };
    int64_t conv;
    uint64_t seq;
    struct conv *c;

    FAIL_HERE("store.item.answer");
    a->op.result = STORE_LOST;
    if (!s->driver->call_done(s, a->call_id, a->now_ms, &conv, &row.sealed))
        return false;
    if (conv == 0)
        return true;
    if (!store_conv(s, conv, &c))
        return false;
    if (c == NULL)
        return store_trouble(s, TROUBLE_BROKEN, "call %lld belongs to no conversation", (long long)a->call_id);
    a->op.result = STORE_OK;
    return store_enter(s, c, &row, NULL, &seq);
}
