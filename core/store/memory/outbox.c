#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

static struct sending *make(const struct outbox_row *r)
{
    struct sending *o = calloc(1, sizeof *o + memory_len(r->wamid) + memory_len(r->twin) + memory_len(r->source) +
                                      memory_len(r->note) + memory_len(r->history) + r->body.len + 1);
    char *at;

    if (o == NULL)
        return NULL;
    o->r = *r;
    at = o->text;
    o->r.wamid = memory_lay(&at, r->wamid);
    o->r.twin = memory_lay(&at, r->twin);
    o->r.source = memory_lay(&at, r->source);
    o->r.note = memory_lay(&at, r->note);
    o->r.history = memory_lay(&at, r->history);
    o->r.body = memory_lay_blob(&at, r->body);
    return o;
}

static const struct outbox_row *find(struct store *s, int64_t id)
{
    struct map_key k = store_map_key1(id);
    const struct sending *o = store_map_get(memory_of(s)->outbox, &k);

    return o == NULL ? NULL : &o->r;
}

/* Puts the row and brings its indexes in line. */
static bool put(struct store *s, const struct outbox_row *r)
{
    struct memory *db = memory_of(s);
    const struct outbox_row *old = find(s, r->id);

    if (old != NULL && old->state < OUT_ACCEPTED && !memory_remove(s, db->open_sends, store_map_key2(old->conv, old->id)))
        return false;
    if (old != NULL && old->wamid != NULL && !memory_remove(s, db->wamids, store_map_key2(store_wamid_hash(old->wamid), old->id)))
        return false;
    return memory_put(s, db->outbox, store_map_key1(r->id), make(r)) &&
           (r->state >= OUT_ACCEPTED || memory_put(s, db->open_sends, store_map_key2(r->conv, r->id), value_of(r->id))) &&
           (r->wamid == NULL || memory_put(s, db->wamids, store_map_key2(store_wamid_hash(r->wamid), r->id), value_of(r->id)));
}

bool memory_outbox_add(struct store *s, int64_t conv, uint64_t seq, const struct store_send *send, int64_t now_ms, int64_t *id)
{
    *id = memory_next_id(memory_of(s)->outbox);
    return put(s, &(struct outbox_row){ .id = *id, .conv = conv, .seq = seq, .class = send->class, .created_ms = now_ms,
                                        .due_ms = send->due_ms, .expires_ms = send->expires_ms, .source = send->source,
                                        .body = send->body });
}

bool memory_outbox_mark(struct store *s, const struct store_mark *m, bool *won)
{
    const struct outbox_row *old = find(s, m->out_id);
    int attempt = m->to == OUT_SENDING ? m->attempt - 1 : m->attempt;
    struct outbox_row r;

    *won = old != NULL && old->state == m->from && old->attempt == attempt;
    if (!*won)
        return true;
    r = *old;
    r.state = m->to;
    if (m->to == OUT_SENDING) {
        r.attempt = m->attempt;
        r.sent_ms = m->now_ms;
        return put(s, &r);
    }
    r.error_code = m->error_code;
    if (m->note != NULL)
        r.note = m->note;
    if (m->to < OUT_ACCEPTED)
        r.due_ms = m->due_ms;
    else
        r.done_ms = m->now_ms;
    if (m->to == OUT_ACCEPTED && m->wamid != NULL)
        r.wamid = m->wamid;
    return put(s, &r);
}

bool memory_outbox_find(struct store *s, int64_t id, each_outbox each, void *ctx)
{
    const struct outbox_row *r = find(s, id);

    if (r != NULL)
        (void)each(ctx, r);
    return true;
}

bool memory_outbox_wamid(struct store *s, const char *wamid, each_outbox each, void *ctx)
{
    int64_t hash = store_wamid_hash(wamid);
    struct map_key k = store_map_key1(hash);
    void *id = store_map_from(memory_of(s)->wamids, &k, false, &k);

    for (; id != NULL && store_map_key_int(&k, 0) == hash; id = store_map_from(memory_of(s)->wamids, &k, true, &k)) {
        const struct outbox_row *r = find(s, id_of(id));

        if (strcmp(r->wamid, wamid) == 0 && !each(ctx, r))
            break;
    }
    return true;
}

bool memory_outbox_change(struct store *s, const struct outbox_change *c)
{
    struct outbox_row r = *find(s, c->id);
    size_t old = r.history == NULL ? 0 : strlen(r.history), size = old + strlen(c->entry) + 2;
    char *history = malloc(size);
    bool ok;

    if (history == NULL)
        return store_trouble(s, TROUBLE_BROKEN, "out of memory");
    (void)snprintf(history, size, "%s%s%s", old > 0 ? r.history : "", old > 0 ? "," : "", c->entry);
    r.history = history;
    r.state = c->state;
    r.rank = c->rank;
    r.failed = c->failed;
    r.error_code = c->error_code;
    r.done_ms = c->done_ms;
    if (c->wamid != NULL)
        r.wamid = c->wamid;
    if (c->twin != NULL)
        r.twin = c->twin;
    ok = put(s, &r);
    free(history);
    return ok;
}

bool memory_outbox_open(struct store *s, each_outbox each, void *ctx)
{
    struct map_key k = store_map_key1(INT64_MIN);
    void *id = store_map_from(memory_of(s)->open_sends, &k, false, &k);

    while (id != NULL && each(ctx, find(s, id_of(id))))
        id = store_map_from(memory_of(s)->open_sends, &k, true, &k);
    return true;
}

bool memory_outbox_doubt(struct store *s)
{
    struct map_key k = store_map_key1(INT64_MIN);
    void *id = store_map_from(memory_of(s)->open_sends, &k, false, &k);

    for (; id != NULL; id = store_map_from(memory_of(s)->open_sends, &k, true, &k)) {
        struct outbox_row r = *find(s, id_of(id));

        r.state = OUT_UNKNOWN;
        if (find(s, r.id)->state == OUT_SENDING && !put(s, &r))
            return false;
    }
    return true;
}

bool memory_outbox_give(struct store *s, int64_t loser, int64_t keeper)
{
    struct map_key k = store_map_key1(loser);
    void *id;

    while ((id = store_map_from(memory_of(s)->open_sends, &k, false, &k)) != NULL && store_map_key_int(&k, 0) == loser) {
        struct outbox_row r = *find(s, id_of(id));

        r.conv = keeper;
        if (!put(s, &r))
            return false;
    }
    return true;
}

bool memory_outbox_drop(struct store *s, int64_t id)
{
    const struct outbox_row *r = find(s, id);

    return (r->wamid == NULL || memory_remove(s, memory_of(s)->wamids, store_map_key2(store_wamid_hash(r->wamid), id))) &&
           memory_remove(s, memory_of(s)->open_sends, store_map_key2(r->conv, id)) &&
           memory_remove(s, memory_of(s)->outbox, store_map_key1(id));
}
