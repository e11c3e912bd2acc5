/*
 * Timers become events. The event's JSON form is talk's, whose keys are kind, at, name and guard; it is built here because
 * a timer that is due must become an event in the same commit, and talk stands above the store.
 */
#include <stdio.h>
#include <stdlib.h>

#include "lisolo/base/fail.h"
#include "lisolo/base/json.h"
#include "private.h"

bool store_timers_start(struct store *s, int64_t out_id, int64_t now_ms)
{
    int64_t earliest;
    struct news *n;

    if (!s->driver->timer_start(s, out_id, now_ms, &earliest))
        return false;
    if (earliest == INT64_MAX)
        return true;
    n = store_news(s, NEWS_TIMER);
    if (n == NULL)
        return false;
    n->id = earliest;
    return true;
}

/* {"kind":"timer","at":<due>,"name":"…","guard":<n>}. The caller frees it. NULL: out of memory. */
static char *print_event(const struct timer_row *t, size_t *len)
{
    cJSON *o = cJSON_CreateObject();
    char *text = NULL;

    if (o != NULL && json_add_str(o, "kind", "timer") && json_add_int(o, "at", t->due_ms) &&
        json_add_str(o, "name", t->name) && json_add_int(o, "guard", (int64_t)t->guard))
        text = json_print(o, len);
    cJSON_Delete(o);
    return text;
}

/* The earliest timer that is due. */
struct due {
    bool             there;
    struct timer_row row;
    char             name[sizeof ((struct store_timer *)0)->name];
};

static bool take(void *ctx, const struct timer_row *row)
{
    struct due *d = ctx;

    d->there = true;
    d->row = *row;
    (void)snprintf(d->name, sizeof d->name, "%s", row->name);
    d->row.name = d->name;
    return false;
}

static bool fire(struct store *s, const struct due *d, int64_t now_ms)
{
    struct inbox_row row = { .at_ms = d->row.due_ms, .committed_ms = now_ms };
    struct conv *c;
    uint64_t seq;
    char *body;

    if (!store_conv(s, d->row.conv, &c))
        return false;
    if (c == NULL)
        return store_trouble(s, TROUBLE_BROKEN, "a timer belongs to no conversation (%lld)", (long long)d->row.conv);
    body = print_event(&d->row, &row.body.len);
    if (body == NULL)
        return store_trouble(s, TROUBLE_BROKEN, "out of memory");
    row.body.data = body;
    return store_enter(s, c, &row, body, &seq) && s->driver->timer_drop(s, d->row.conv, d->name);
}

bool store_do_fire(struct store *s, struct store_fire *op)
{
    FAIL_HERE("store.item.fire");
    for (op->fired = 0; op->fired < op->limit; op->fired++) {
        struct due d = { .there = false };

        if (!s->driver->timer_first(s, op->now_ms, take, &d))
            return false;
        if (!d.there)
            break;
        if (!fire(s, &d, op->now_ms))
            return false;
    }
    if (!s->driver->timer_next(s, &op->next_due_ms))
        return false;
    op->more = op->next_due_ms <= op->now_ms;
    return true;
}
