/* Parked bodies, retention, figures. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sqlite.h"

bool sqlite_park(struct store *s, const struct store_park *p, bool *fresh)
{
    if (!sqlite_write(s, Q_park, ARGS(num(p->now_ms), key(p->key), sqlite_arg_text(p->source), sqlite_arg_text(p->reason), bytes(p->body))))
        return false;
    *fresh = sqlite_changed(s) == 1;
    return true;
}

bool sqlite_parked(struct store *s, size_t limit, each_parked each, void *ctx)
{
    struct reading r;

    sqlite_read(&r, s, Q_parked, ARGS(num((int64_t)limit)));
    while (sqlite_row(&r) && each(ctx, &(struct parked_row){ .id = col(&r, 0), .at_ms = col(&r, 1), .source = sqlite_text(&r, 2),
                                                             .reason = sqlite_text(&r, 3), .body = sqlite_blob(&r, 4) }))
        ;
    return sqlite_end(&r);
}

/* ---- retention ---- */

/* Where the walk over the keys stands: it goes over each event once, so it outlives the process. */
static const char KEYS_AT[] = "keys_forgotten";

static bool read_keys_at(struct store *s, int64_t *at)
{
    struct reading r;
    struct blob b;

    *at = 0;
    sqlite_read(&r, s, Q_meta_get, ARGS(sqlite_arg_text(KEYS_AT)));
    if (sqlite_row(&r)) {
        b = sqlite_blob(&r, 0);
        if (b.len == sizeof *at)
            memcpy(at, b.data, sizeof *at);
    }
    return sqlite_end(&r);
}

struct walk {
    int64_t ids[SWEEP_ROWS];
    size_t  count;
    int64_t last;              /* 0: it came to a younger row or the end */
};

/* The rows are listed first: a table must not change under the statement that reads it. */
static bool list(struct store *s, enum q id, int64_t at, int64_t before_ms, size_t limit, struct walk *w)
{
    struct reading r;
    size_t seen = 0;
    bool young = false;

    w->count = 0;
    w->last = 0;
    sqlite_read(&r, s, id, ARGS(num(at), num((int64_t)limit)));
    while (!young && sqlite_row(&r)) {
        young = col(&r, 1) >= before_ms;
        if (young)
            break;
        seen++;
        w->last = col(&r, 0);
        if (col(&r, 2) != 0)
            w->ids[w->count++] = w->last;
    }
    if (young || seen < limit)
        w->last = 0;
    return sqlite_end(&r);
}

static bool sweep_keys(struct store *s, int64_t *at, int64_t before_ms, size_t limit, size_t *deleted)
{
    struct walk w;
    struct reading r;
    int64_t reached;
    bool young = false;

    if (!read_keys_at(s, &reached))
        return false;
    w.count = 0;
    sqlite_read(&r, s, Q_walk_events, ARGS(num(reached), num((int64_t)limit)));
    while (!young && sqlite_row(&r)) {
        young = col(&r, 1) >= before_ms;
        if (!young)
            w.ids[w.count++] = col(&r, 0);
    }
    if (!sqlite_end(&r))
        return false;
    *at = w.count == limit ? 1 : 0;
    for (size_t i = 0; i < w.count; i++) {
        if (!sqlite_write(s, Q_forget_key, ARGS(num(w.ids[i]))))
            return false;
        *deleted += (size_t)sqlite_changed(s);
    }
    if (w.count == 0)
        return true;
    reached = w.ids[w.count - 1];
    return sqlite_write(s, Q_meta_put, ARGS(sqlite_arg_text(KEYS_AT), bytes((struct blob){ &reached, sizeof reached })));
}

bool sqlite_sweep(struct store *s, enum swept table, int64_t *at, int64_t before_ms, size_t limit, size_t *deleted)
{
    static const struct { enum q list, drop; } tables[SWEPT_TABLES] = {
        [SWEPT_EVENTS] = { Q_walk_events, Q_drop_event }, [SWEPT_SENDS] = { Q_walk_sends, Q_drop_send },
        [SWEPT_CALLS] = { Q_walk_calls, Q_drop_call },    [SWEPT_PARKED] = { Q_walk_parked, Q_drop_parked },
        [SWEPT_MERGED] = { Q_walk_merged, Q_drop_merged },
    };
    struct walk w;

    assert(limit <= SWEEP_ROWS);
    *deleted = 0;
    if (table == SWEPT_KEYS)
        return sweep_keys(s, at, before_ms, limit, deleted);
    if (!list(s, tables[table].list, *at, before_ms, limit, &w))
        return false;
    *at = w.last;
    for (; *deleted < w.count; ++*deleted)
        if (!sqlite_write(s, tables[table].drop, ARGS(num(w.ids[*deleted]))))
            return false;
    return true;
}

/* ---- figures ---- */

bool sqlite_figures(struct store *s, struct figures *out)
{
    struct reading r;

    sqlite_read(&r, s, Q_figures, NO_ARGS);
    if (sqlite_row(&r)) {
        out->conversations = col(&r, 0);
        out->unhandled = col(&r, 1);
        out->timers = col(&r, 2);
        out->calls = col(&r, 3);
        out->parked = col(&r, 4);
        out->merged = col(&r, 5);
        out->file_bytes = col(&r, 6);
    }
    if (!sqlite_end(&r))
        return false;
    sqlite_read(&r, s, Q_open_states, NO_ARGS);
    while (sqlite_row(&r))
        out->out[col(&r, 0)] = col(&r, 1);
    return sqlite_end(&r);
}

bool sqlite_places(struct store *s, int64_t *after, size_t limit, each_place each, void *ctx)
{
    struct reading r;
    size_t seen = 0;

    sqlite_read(&r, s, Q_places, ARGS(num(*after), num((int64_t)limit)));
    while (sqlite_row(&r)) {
        const char *flow = sqlite_text(&r, 1), *step = sqlite_text(&r, 2);

        seen++;
        *after = col(&r, 0);
        if (flow[0] != '\0' && !each(ctx, flow, step))
            break;
    }
    if (seen < limit)
        *after = 0;
    return sqlite_end(&r);
}
