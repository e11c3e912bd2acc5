/* Calls to the backend, and timers. */
#include <stdlib.h>
#include <string.h>

#include "memory.h"

static struct calling *make_call(const struct call_row *r)
{
    struct calling *c = calloc(1, sizeof *c + memory_len(r->step) + memory_len(r->method) + memory_len(r->path) +
                                      memory_len(r->key) + r->body.len + r->auth.len + 2);
    char *at;

    if (c == NULL)
        return NULL;
    c->r = *r;
    at = c->text;
    c->r.step = memory_lay(&at, r->step);
    c->r.method = memory_lay(&at, r->method);
    c->r.path = memory_lay(&at, r->path);
    c->r.key = memory_lay(&at, r->key);
    c->r.body = memory_lay_blob(&at, r->body);
    c->r.auth = memory_lay_blob(&at, r->auth);
    return c;
}

static const struct call_row *find_call(struct store *s, int64_t id)
{
    struct map_key k = store_map_key1(id);
    const struct calling *c = store_map_get(memory_of(s)->calls, &k);

    return c == NULL ? NULL : &c->r;
}

static bool put_call(struct store *s, const struct call_row *r)
{
    struct memory *db = memory_of(s);
    const struct call_row *old = find_call(s, r->id);

    if (old != NULL && !memory_remove(s, db->open_calls, store_map_key2(old->conv, old->id)))
        return false;
    return memory_put(s, db->calls, store_map_key1(r->id), make_call(r)) &&
           (r->state >= CALL_DONE || memory_put(s, db->open_calls, store_map_key2(r->conv, r->id), value_of(r->id)));
}

bool memory_call_add(struct store *s, const struct call_row *row, int64_t *id)
{
    struct call_row r = *row;

    r.id = *id = memory_next_id(memory_of(s)->calls);
    return put_call(s, &r);
}

bool memory_call_mark(struct store *s, const struct store_call_mark *m, bool *won)
{
    const struct call_row *old = find_call(s, m->call_id);
    int attempt = m->to == CALL_RUNNING ? m->attempt - 1 : m->attempt;
    struct call_row r;

    *won = old != NULL && old->state == m->from && old->attempt == attempt;
    if (!*won)
        return true;
    r = *old;
    r.state = m->to;
    r.attempt = m->attempt;
    if (m->to == CALL_READY)
        r.due_ms = m->due_ms;
    return put_call(s, &r);
}

bool memory_call_done(struct store *s, int64_t id, int64_t now_ms, int64_t *conv, bool *sealed)
{
    const struct call_row *old = find_call(s, id);
    struct call_row r;

    *conv = old != NULL && old->state == CALL_RUNNING ? old->conv : 0;
    *sealed = *conv != 0 && old->sealed;
    if (*conv == 0)
        return true;
    r = *old;
    r.state = CALL_DONE;
    r.done_ms = now_ms;
    r.body = r.auth = (struct blob){ NULL, 0 };
    return put_call(s, &r);
}

bool memory_call_find(struct store *s, int64_t id, each_call each, void *ctx)
{
    const struct call_row *r = find_call(s, id);

    if (r != NULL)
        (void)each(ctx, r);
    return true;
}

bool memory_call_open(struct store *s, each_call each, void *ctx)
{
    struct map_key k = store_map_key1(INT64_MIN);
    void *id = store_map_from(memory_of(s)->open_calls, &k, false, &k);

    while (id != NULL && each(ctx, find_call(s, id_of(id))))
        id = store_map_from(memory_of(s)->open_calls, &k, true, &k);
    return true;
}

bool memory_call_give(struct store *s, int64_t loser, int64_t keeper)
{
    struct map_key k = store_map_key1(loser);
    void *id;

    while ((id = store_map_from(memory_of(s)->open_calls, &k, false, &k)) != NULL && store_map_key_int(&k, 0) == loser) {
        struct call_row r = *find_call(s, id_of(id));

        r.conv = keeper;
        if (!put_call(s, &r))
            return false;
    }
    return true;
}

/* ---- timers ---- */

bool memory_timer_drop(struct store *s, int64_t conv, const char *name)
{
    struct memory *db = memory_of(s);
    struct map_key k = store_map_key_named(conv, name);
    const struct timing *t = store_map_get(db->timers, &k);

    if (t == NULL)
        return true;
    return memory_remove(s, t->out_id == 0 ? db->due : db->waits,
                         store_map_key3(t->out_id == 0 ? t->r.due_ms : t->out_id, conv, name)) &&
           memory_remove(s, db->timers, k);
}

bool memory_timer_set(struct store *s, int64_t conv, const char *name, uint64_t guard, int64_t due_ms, int64_t out_id)
{
    struct memory *db = memory_of(s);
    struct timing *t;
    char *at;

    if (!memory_timer_drop(s, conv, name))
        return false;
    t = calloc(1, sizeof *t + memory_len(name));
    if (t != NULL) {
        at = t->text;
        t->r = (struct timer_row){ .conv = conv, .guard = guard, .due_ms = due_ms, .name = memory_lay(&at, name) };
        t->out_id = out_id;
    }
    return memory_put(s, db->timers, store_map_key_named(conv, name), t) &&
           memory_put(s, out_id == 0 ? db->due : db->waits, store_map_key3(out_id == 0 ? due_ms : out_id, conv, name),
                      value_of(conv));
}

/* The timer whose key in an index is `k`: (number, conversation, name). */
static const struct timing *timer_at(struct store *s, const struct map_key *k)
{
    struct map_key own = store_map_key_bytes(k->bytes + 8, k->len - 8);

    return store_map_get(memory_of(s)->timers, &own);
}

bool memory_timer_drop_all(struct store *s, int64_t conv)
{
    struct map_key k = store_map_key1(conv);
    const struct timing *t;
    char name[sizeof ((struct store_timer *)0)->name];

    while ((t = store_map_from(memory_of(s)->timers, &k, false, NULL)) != NULL && t->r.conv == conv) {
        memcpy(name, t->r.name, strlen(t->r.name) + 1);
        if (!memory_timer_drop(s, conv, name))
            return false;
    }
    return true;
}

bool memory_timer_start(struct store *s, int64_t out_id, int64_t now_ms, int64_t *earliest_ms)
{
    struct map_key k = store_map_key1(out_id), at;

    *earliest_ms = INT64_MAX;
    while (store_map_from(memory_of(s)->waits, &k, false, &at) != NULL && store_map_key_int(&at, 0) == out_id) {
        struct timer_row r = timer_at(s, &at)->r;
        char name[sizeof ((struct store_timer *)0)->name];

        memcpy(name, r.name, strlen(r.name) + 1);
        if (!memory_timer_set(s, r.conv, name, r.guard, now_ms + r.due_ms, 0))
            return false;
        if (now_ms + r.due_ms < *earliest_ms)
            *earliest_ms = now_ms + r.due_ms;
    }
    return true;
}

bool memory_timer_first(struct store *s, int64_t now_ms, each_timer each, void *ctx)
{
    struct map_key k = store_map_key1(INT64_MIN);

    if (store_map_from(memory_of(s)->due, &k, false, &k) != NULL && store_map_key_int(&k, 0) <= now_ms)
        (void)each(ctx, &timer_at(s, &k)->r);
    return true;
}

bool memory_timer_next(struct store *s, int64_t *due_ms)
{
    struct map_key k = store_map_key1(INT64_MIN);

    *due_ms = store_map_from(memory_of(s)->due, &k, false, &k) == NULL ? INT64_MAX : store_map_key_int(&k, 0);
    return true;
}
