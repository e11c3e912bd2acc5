/* Parked bodies, retention, figures. */
#include <stdlib.h>
#include <string.h>

#include "memory.h"

bool memory_park(struct store *s, const struct store_park *p, bool *fresh)
{
    struct memory *db = memory_of(s);
    struct map_key k = store_map_key_bytes(p->key, STORE_KEY_BYTES);
    struct parking *row;
    int64_t id;
    char *at;

    *fresh = store_map_get(db->parked_keys, &k) == NULL;
    if (!*fresh)
        return true;
    id = memory_next_id(db->parked);
    row = calloc(1, sizeof *row + memory_len(p->source) + memory_len(p->reason) + p->body.len + 1);
    if (row != NULL) {
        at = row->text;
        memcpy(row->key, p->key, sizeof row->key);
        row->r = (struct parked_row){ .id = id, .at_ms = p->now_ms, .source = memory_lay(&at, p->source),
                                      .reason = memory_lay(&at, p->reason), .body = memory_lay_blob(&at, p->body) };
    }
    return memory_put(s, db->parked, store_map_key1(id), row) && memory_put(s, db->parked_keys, k, value_of(id));
}

bool memory_parked(struct store *s, size_t limit, each_parked each, void *ctx)
{
    struct map_key k = store_map_key1(INT64_MAX);
    const struct parking *row = store_map_before(memory_of(s)->parked, &k, &k);

    for (; row != NULL && limit > 0 && each(ctx, &row->r); limit--) {
        struct map_key here = k;

        row = store_map_before(memory_of(s)->parked, &here, &k);
    }
    return true;
}

/* ---- retention ---- */

static bool drop_parked(struct store *s, int64_t id)
{
    struct memory *db = memory_of(s);
    struct map_key k = store_map_key1(id);
    const struct parking *row = store_map_get(db->parked, &k);

    return memory_remove(s, db->parked_keys, store_map_key_bytes(row->key, sizeof row->key)) && memory_remove(s, db->parked, k);
}

/* The last outbox row and the last call stay, so that their numbers are not given again. */
static bool may_go(struct store *s, enum swept table, const void *row, int64_t id, int64_t before_ms, bool *young)
{
    const struct memory *db = memory_of(s);
    const struct event *e = row;
    const struct sending *o = row;
    const struct calling *c = row;
    struct map_key last;

    switch (table) {
    case SWEPT_KEYS:
    case SWEPT_EVENTS:
        *young = e->r.committed_ms >= before_ms;
        return table == SWEPT_KEYS || e->r.handled_ms != 0;
    case SWEPT_SENDS:
        (void)store_map_last(db->outbox, &last);
        *young = o->r.created_ms >= before_ms || store_map_key_int(&last, 0) == id;
        return o->r.state >= OUT_ACCEPTED;
    case SWEPT_CALLS:
        (void)store_map_last(db->calls, &last);
        *young = c->r.created_ms >= before_ms || store_map_key_int(&last, 0) == id;
        return c->r.state == CALL_DONE;
    case SWEPT_PARKED:
        *young = ((const struct parking *)row)->r.at_ms >= before_ms;
        return true;
    case SWEPT_MERGED:
        *young = ((const struct archived *)row)->at_ms >= before_ms;
        return true;
    case SWEPT_TABLES:
        break;
    }
    abort();
}

static bool drop(struct store *s, enum swept table, int64_t id, bool *gone)
{
    *gone = true;
    switch (table) {
    case SWEPT_KEYS:   return memory_inbox_forget_key(s, id, gone);
    case SWEPT_EVENTS: return memory_inbox_drop(s, id);
    case SWEPT_SENDS:  return memory_outbox_drop(s, id);
    case SWEPT_CALLS:  return memory_remove(s, memory_of(s)->calls, store_map_key1(id));
    case SWEPT_PARKED: return drop_parked(s, id);
    case SWEPT_MERGED: return memory_remove(s, memory_of(s)->archive, store_map_key1(id));
    case SWEPT_TABLES: break;
    }
    abort();
}

bool memory_sweep(struct store *s, enum swept table, int64_t *at, int64_t before_ms, size_t limit, size_t *deleted)
{
    struct memory *db = memory_of(s);
    struct map *const tables[SWEPT_TABLES] = { db->inbox, db->inbox, db->outbox, db->calls, db->parked, db->archive };
    struct map_key k = store_map_key1(*at);
    bool young = false, gone;

    *deleted = 0;
    for (size_t i = 0; i < limit; i++) {
        const void *row = store_map_from(tables[table], &k, true, &k);
        bool may = row != NULL && may_go(s, table, row, store_map_key_int(&k, 0), before_ms, &young);

        if (row == NULL || young) {
            *at = 0;
            return true;
        }
        *at = store_map_key_int(&k, 0);
        if (!may)
            continue;
        if (!drop(s, table, *at, &gone))
            return false;
        *deleted += gone;
    }
    return true;
}

/* ---- figures ---- */

bool memory_figures(struct store *s, struct figures *out)
{
    struct memory *db = memory_of(s);
    struct map_key k = store_map_key1(INT64_MIN);

    *out = (struct figures){
        .conversations = (int64_t)store_map_count(db->people), .unhandled = (int64_t)store_map_count(db->todo),
        .timers = (int64_t)store_map_count(db->timers), .calls = (int64_t)store_map_count(db->open_calls),
        .parked = (int64_t)store_map_count(db->parked), .merged = (int64_t)store_map_count(db->merged),
    };
    for (void *id = store_map_from(db->open_sends, &k, false, &k); id != NULL; id = store_map_from(db->open_sends, &k, true, &k)) {
        struct map_key row = store_map_key1(id_of(id));

        out->out[((const struct sending *)store_map_get(db->outbox, &row))->r.state]++;
    }
    return true;
}

bool memory_places(struct store *s, int64_t *after, size_t limit, each_place each, void *ctx)
{
    struct map_key k = store_map_key1(*after);
    const struct person *p = store_map_from(memory_of(s)->people, &k, true, &k);

    for (; p != NULL && limit > 0; limit--) {
        *after = p->r.id;
        if (p->flow[0] != '\0' && !each(ctx, p->flow, p->step))
            return true;
        p = store_map_from(memory_of(s)->people, &k, true, &k);
    }
    if (p == NULL)
        *after = 0;
    return true;
}
