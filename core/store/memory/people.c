#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

/* ---- aliases ---- */

bool memory_alias_find(struct store *s, const uint8_t hash[STORE_KEY_BYTES], int64_t *conv)
{
    struct map_key k = store_map_key_bytes(hash, STORE_KEY_BYTES);

    *conv = id_of(store_map_get(memory_of(s)->aliases, &k));
    return true;
}

bool memory_alias_put(struct store *s, const uint8_t hash[STORE_KEY_BYTES], int64_t conv)
{
    return memory_put(s, memory_of(s)->aliases, store_map_key_bytes(hash, STORE_KEY_BYTES), value_of(conv));
}

bool memory_alias_drop(struct store *s, const uint8_t hash[STORE_KEY_BYTES])
{
    return memory_remove(s, memory_of(s)->aliases, store_map_key_bytes(hash, STORE_KEY_BYTES));
}

/* ---- conversations ---- */

static struct person *make(const struct person *from)
{
    const struct conv_row *r = &from->r;
    struct person *p = calloc(1, sizeof *p + memory_len(r->number) + memory_len(r->phone) + memory_len(r->bsuid) +
                                     memory_len(r->name));
    char *at;

    if (p == NULL)
        return NULL;
    *p = *from;
    at = p->text;
    p->r.number = memory_lay(&at, r->number);
    p->r.phone = memory_lay(&at, r->phone);
    p->r.bsuid = memory_lay(&at, r->bsuid);
    p->r.name = memory_lay(&at, r->name);
    return p;
}

static const struct person *find(struct store *s, int64_t id)
{
    struct map_key k = store_map_key1(id);

    return store_map_get(memory_of(s)->people, &k);
}

static bool put(struct store *s, const struct person *p)
{
    return memory_put(s, memory_of(s)->people, store_map_key1(p->r.id), make(p));
}

bool memory_conv_find(struct store *s, int64_t id, each_conv each, void *ctx)
{
    const struct person *p = find(s, id);
    struct conv_row row;
    int64_t heard_ms;

    if (p == NULL)
        return true;
    row = p->r;
    memory_inbox_last(s, id, &row.in_seq, &heard_ms);
    if (row.in_seq < row.done_seq)
        row.in_seq = row.done_seq;
    if (row.heard_ms < heard_ms)
        row.heard_ms = heard_ms;
    (void)each(ctx, &row);
    return true;
}

bool memory_conv_add(struct store *s, const struct conv_row *row, int64_t now_ms, int64_t *id)
{
    struct person p = { .r = *row, .created_ms = now_ms };

    *id = p.r.id = memory_next_id(memory_of(s)->people);
    return put(s, &p);
}

bool memory_conv_identity(struct store *s, int64_t id, const char *phone, const char *bsuid, const char *name)
{
    struct person p = *find(s, id);

    p.r.phone = phone;
    p.r.bsuid = bsuid;
    p.r.name = name;
    return put(s, &p);
}

static bool put_state(struct store *s, int64_t conv, struct blob state)
{
    struct kept *kept;

    if (state.len == 0)
        return memory_remove(s, memory_of(s)->states, store_map_key1(conv));
    kept = malloc(sizeof *kept + state.len);
    if (kept != NULL) {
        kept->len = state.len;
        memcpy(kept->bytes, state.data, state.len);
    }
    return memory_put(s, memory_of(s)->states, store_map_key1(conv), kept);
}

bool memory_conv_turn(struct store *s, const struct store_turn *t, int64_t heard_ms, int64_t epoch, bool *won)
{
    const struct person *old = find(s, t->conv);
    struct person p;

    *won = old != NULL && old->r.done_seq + 1 == t->seq && old->r.merged_into == 0 &&
           memory_of(s)->epoch[t->conv % STORE_PARTITIONS] == epoch;
    if (!*won)
        return true;
    p = *old;
    p.r.done_seq = t->seq;
    p.r.heard_ms = heard_ms;
    p.r.now_ms = t->now_ms;
    p.r.secret_next = t->secret_next;
    p.failures = t->failed ? p.failures + 1 : 0;
    p.generation = t->generation;
    memcpy(p.flow, t->flow, sizeof p.flow);
    memcpy(p.step, t->step, sizeof p.step);
    return put(s, &p) && put_state(s, t->conv, t->state);
}

static bool archive(struct store *s, const struct person *p, int64_t keeper, int64_t now_ms)
{
    struct memory *db = memory_of(s);
    struct map_key k = store_map_key1(p->r.id);
    const struct kept *state = store_map_get(db->states, &k);
    size_t len = state == NULL ? 0 : state->len;
    struct archived *a = calloc(1, sizeof *a + len);

    if (a != NULL) {
        *a = (struct archived){ .at_ms = now_ms, .conv = p->r.id, .keeper = keeper, .len = len };
        memcpy(a->flow, p->flow, sizeof a->flow);
        memcpy(a->step, p->step, sizeof a->step);
        if (len > 0)
            memcpy(a->state, state->bytes, len);
    }
    return memory_put(s, db->archive, store_map_key1(memory_next_id(db->archive)), a) && memory_remove(s, db->states, k);
}

bool memory_conv_merge(struct store *s, int64_t loser, int64_t keeper, int64_t heard_ms, int64_t now_ms)
{
    struct person l = *find(s, loser), k = *find(s, keeper);

    if (!archive(s, &l, keeper, now_ms))
        return false;
    l.r.merged_into = keeper;
    l.flow[0] = l.step[0] = '\0';
    if (k.r.heard_ms < heard_ms)
        k.r.heard_ms = heard_ms;
    return put(s, &l) && put(s, &k) && memory_put(s, memory_of(s)->merged, store_map_key2(keeper, loser), value_of(loser)) &&
           memory_outbox_give(s, loser, keeper) && memory_call_give(s, loser, keeper) && memory_timer_drop_all(s, loser);
}

bool memory_conv_merged(struct store *s, int64_t keeper, each_conv each, void *ctx)
{
    struct map_key k = store_map_key1(keeper);
    void *at = store_map_from(memory_of(s)->merged, &k, false, &k);

    while (at != NULL && store_map_key_int(&k, 0) == keeper && each(ctx, &(struct conv_row){ .id = id_of(at), .merged_into = keeper }))
        at = store_map_from(memory_of(s)->merged, &k, true, &k);
    return true;
}

bool memory_conv_hold(struct store *s, int64_t id, int64_t since_ms, int64_t until_ms)
{
    struct person p = *find(s, id);

    p.r.held_since_ms = since_ms;
    p.r.held_until_ms = until_ms;
    return put(s, &p);
}

/* The held one that was taken first after (since, id); tests hold few people, so all are looked at. */
static const struct person *next_held(struct store *s, int64_t now_ms, int64_t since_ms, int64_t id)
{
    struct map_key k = store_map_key1(INT64_MIN);
    const struct person *best = NULL;

    for (const struct person *p = store_map_from(memory_of(s)->people, &k, false, &k); p != NULL;
         p = store_map_from(memory_of(s)->people, &k, true, &k)) {
        const struct conv_row *r = &p->r;

        if (r->held_until_ms <= now_ms || r->held_until_ms == 0 || r->merged_into != 0 ||
            r->held_since_ms < since_ms || (r->held_since_ms == since_ms && r->id <= id))
            continue;
        if (best == NULL || r->held_since_ms < best->r.held_since_ms)
            best = p;
    }
    return best;
}

bool memory_conv_held(struct store *s, int64_t now_ms, size_t limit, each_conv each, void *ctx)
{
    const struct person *p = next_held(s, now_ms, INT64_MIN, 0);

    for (; p != NULL && limit > 0; limit--) {
        if (!each(ctx, &(struct conv_row){ .id = p->r.id, .held_since_ms = p->r.held_since_ms, .held_until_ms = p->r.held_until_ms }))
            break;
        p = next_held(s, now_ms, p->r.held_since_ms, p->r.id);
    }
    return true;
}

/* ---- states ---- */

bool memory_state_find(struct store *s, int64_t conv, each_state each, void *ctx)
{
    struct map_key k = store_map_key1(conv);
    const struct kept *state = store_map_get(memory_of(s)->states, &k);

    if (state != NULL)
        (void)each(ctx, (struct blob){ state->bytes, state->len });
    return true;
}
