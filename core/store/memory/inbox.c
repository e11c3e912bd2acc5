#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

static struct event *make(const struct inbox_row *r)
{
    struct event *e = calloc(1, sizeof *e + r->body.len + 1 + memory_len(r->flow) + memory_len(r->step) + memory_len(r->note));
    char *at;

    if (e == NULL)
        return NULL;
    e->r = *r;
    at = e->text;
    e->r.body = memory_lay_blob(&at, r->body);
    e->r.flow = memory_lay(&at, r->flow);
    e->r.step = memory_lay(&at, r->step);
    e->r.note = memory_lay(&at, r->note);
    if (r->key != NULL) {
        memcpy(e->key, r->key, sizeof e->key);
        e->r.key = e->key;
    }
    return e;
}

static const struct event *find(struct store *s, int64_t id)
{
    struct map_key k = store_map_key1(id);

    return store_map_get(memory_of(s)->inbox, &k);
}

static int64_t at_place(struct store *s, int64_t conv, uint64_t seq)
{
    struct map_key k = store_map_key2(conv, (int64_t)seq);

    return id_of(store_map_get(memory_of(s)->places, &k));
}

bool memory_inbox_seen(struct store *s, const uint8_t hash[STORE_KEY_BYTES], int64_t *conv, uint64_t *seq)
{
    struct map_key k = store_map_key_bytes(hash, STORE_KEY_BYTES);
    void *id = store_map_get(memory_of(s)->keys, &k);
    const struct event *e = id == NULL ? NULL : find(s, id_of(id));

    *conv = e == NULL ? 0 : e->r.conv;
    *seq = e == NULL ? 0 : e->r.seq;
    return true;
}

bool memory_inbox_add(struct store *s, const struct inbox_row *row, int64_t *id)
{
    struct memory *db = memory_of(s);
    struct map_key place = store_map_key2(row->conv, (int64_t)row->seq);

    if (store_map_get(db->places, &place) != NULL)
        return store_trouble(s, TROUBLE_BROKEN, "number %lld of conversation %lld is given twice", (long long)row->seq,
                             (long long)row->conv);
    *id = memory_next_id(db->inbox);
    return memory_put(s, db->inbox, store_map_key1(*id), make(row)) && memory_put(s, db->places, place, value_of(*id)) &&
           memory_put(s, db->todo, place, value_of(*id)) &&
           (row->key == NULL || memory_put(s, db->keys, store_map_key_bytes(row->key, STORE_KEY_BYTES), value_of(*id)));
}

bool memory_inbox_handled(struct store *s, const struct inbox_row *row)
{
    struct memory *db = memory_of(s);
    struct map_key place = store_map_key2(row->conv, (int64_t)row->seq);
    int64_t id = id_of(store_map_get(db->todo, &place));
    struct inbox_row r;

    if (id == 0)
        return store_trouble(s, TROUBLE_BROKEN, "event %lld of conversation %lld is missing or was handled already",
                             (long long)row->seq, (long long)row->conv);
    r = find(s, id)->r;
    r.handled_ms = row->handled_ms;
    r.generation = row->generation;
    r.failed = row->failed;
    r.flow = row->flow;
    r.step = row->step;
    r.note = row->note;
    r.out_first = row->out_first;
    r.out_count = row->out_count;
    r.call_first = row->call_first;
    r.call_count = row->call_count;
    r.sealed = r.sealed || row->wipe;
    if (r.sealed)
        r.body = (struct blob){ NULL, 0 };
    return memory_put(s, db->inbox, store_map_key1(id), make(&r)) && memory_remove(s, db->todo, place);
}

bool memory_inbox_next(struct store *s, int64_t conv, uint64_t seq, size_t limit, each_inbox each, void *ctx)
{
    struct memory *db = memory_of(s);
    struct map_key k = store_map_key2(conv, (int64_t)seq);
    void *id = store_map_from(db->todo, &k, true, &k);

    for (; id != NULL && store_map_key_int(&k, 0) == conv && limit > 0; limit--) {
        if (!each(ctx, &find(s, id_of(id))->r))
            break;
        id = store_map_from(db->todo, &k, true, &k);
    }
    return true;
}

bool memory_inbox_todo(struct store *s, int64_t conv, uint64_t seq, each_inbox each, void *ctx)
{
    struct memory *db = memory_of(s);
    struct map_key k = store_map_key2(conv, (int64_t)seq);
    void *id = store_map_from(db->todo, &k, true, &k);

    while (id != NULL && each(ctx, &find(s, id_of(id))->r))
        id = store_map_from(db->todo, &k, true, &k);
    return true;
}

bool memory_inbox_move(struct store *s, int64_t loser, const struct conv_row *keeper, size_t *count)
{
    struct memory *db = memory_of(s);
    struct map_key from = store_map_key2(loser, 0), to;
    void *id;

    for (*count = 0; (id = store_map_from(db->todo, &from, false, &from)) != NULL && store_map_key_int(&from, 0) == loser; ++*count) {
        struct inbox_row r = find(s, id_of(id))->r;

        r.conv = keeper->id;
        r.seq = keeper->in_seq + 1 + *count;
        to = store_map_key2(r.conv, (int64_t)r.seq);
        if (!memory_put(s, db->inbox, store_map_key1(id_of(id)), make(&r)) || !memory_remove(s, db->todo, from) ||
            !memory_remove(s, db->places, from) || !memory_put(s, db->todo, to, id) || !memory_put(s, db->places, to, id))
            return false;
    }
    return true;
}

bool memory_inbox_story(struct store *s, int64_t conv, uint64_t seq, size_t limit, each_inbox each, void *ctx)
{
    struct memory *db = memory_of(s);
    struct map_key k = store_map_key2(conv, seq >= INT64_MAX ? INT64_MAX : (int64_t)seq + 1);
    void *id = store_map_before(db->places, &k, &k);

    for (; id != NULL && store_map_key_int(&k, 0) == conv && limit > 0; limit--) {
        struct map_key here = k;

        if (!each(ctx, &find(s, id_of(id))->r))
            break;
        id = store_map_before(db->places, &here, &k);
    }
    return true;
}

void memory_inbox_last(struct store *s, int64_t conv, uint64_t *seq, int64_t *heard_ms)
{
    struct memory *db = memory_of(s);
    struct map_key k = store_map_key2(conv, INT64_MAX);
    void *id = store_map_before(db->places, &k, &k);

    *seq = id != NULL && store_map_key_int(&k, 0) == conv ? (uint64_t)store_map_key_int(&k, 1) : 0;
    *heard_ms = 0;
    k = store_map_key2(conv, 0);
    for (id = store_map_from(db->todo, &k, false, &k); id != NULL && store_map_key_int(&k, 0) == conv;
         id = store_map_from(db->todo, &k, true, &k)) {
        const struct event *e = find(s, id_of(id));

        if (e->r.heard_ms > *heard_ms)
            *heard_ms = e->r.heard_ms;
    }
}

bool memory_inbox_forget_key(struct store *s, int64_t id, bool *had)
{
    struct memory *db = memory_of(s);
    struct inbox_row r = find(s, id)->r;

    *had = r.key != NULL;
    if (!*had)
        return true;
    if (!memory_remove(s, db->keys, store_map_key_bytes(r.key, STORE_KEY_BYTES)))
        return false;
    r.key = NULL;
    return memory_put(s, db->inbox, store_map_key1(id), make(&r));
}

bool memory_inbox_drop(struct store *s, int64_t id)
{
    struct memory *db = memory_of(s);
    const struct inbox_row *r = &find(s, id)->r;

    assert(at_place(s, r->conv, r->seq) == id);
    return (r->key == NULL || memory_remove(s, db->keys, store_map_key_bytes(r->key, STORE_KEY_BYTES))) &&
           memory_remove(s, db->places, store_map_key2(r->conv, (int64_t)r->seq)) &&
           memory_remove(s, db->todo, store_map_key2(r->conv, (int64_t)r->seq)) && memory_remove(s, db->inbox, store_map_key1(id));
}
