#include "sqlite.h"

bool sqlite_inbox_seen(struct store *s, const uint8_t hash[STORE_KEY_BYTES], int64_t *conv, uint64_t *seq)
{
    struct reading r;
    bool there;

    sqlite_read(&r, s, Q_inbox_seen, ARGS(key(hash)));
    there = sqlite_row(&r);
    *conv = there ? col(&r, 0) : 0;
    *seq = there ? ucol(&r, 1) : 0;
    return sqlite_end(&r);
}

bool sqlite_inbox_add(struct store *s, const struct inbox_row *row, int64_t *id)
{
    if (!sqlite_write(s, Q_inbox_add, ARGS(num(row->conv), unum(row->seq), none_or(row->before), num(row->committed_ms),
                                           num(row->at_ms), num(row->heard_ms), key(row->key), bytes(row->body), num(row->sealed))))
        return false;
    *id = sqlite3_last_insert_rowid(sqlite_of(s)->db);
    return true;
}

bool sqlite_inbox_handled(struct store *s, const struct inbox_row *row)
{
    if (!sqlite_write(s, Q_inbox_handled, ARGS(num(row->conv), unum(row->seq), num(row->handled_ms), unum(row->generation),
                                               num(row->failed), sqlite_arg_text(row->flow), sqlite_arg_text(row->step), sqlite_arg_text(row->note),
                                               none_or(row->out_first), num((int64_t)row->out_count),
                                               none_or(row->call_first), num((int64_t)row->call_count), num(row->wipe))))
        return false;
    if (sqlite_changed(s) != 1)
        return store_trouble(s, TROUBLE_BROKEN, "event %lld of conversation %lld is missing or was handled already",
                             (long long)row->seq, (long long)row->conv);
    return true;
}

static void read_event(struct reading *r, struct inbox_row *row)
{
    *row = (struct inbox_row){ .conv = col(r, 0), .seq = ucol(r, 1), .committed_ms = col(r, 2), .at_ms = col(r, 3),
                               .heard_ms = col(r, 4), .body = sqlite_blob(r, 5), .sealed = col(r, 6) != 0 };
}

static bool give(struct reading *r, each_inbox each, void *ctx)
{
    struct inbox_row row;

    while (sqlite_row(r)) {
        read_event(r, &row);
        if (!each(ctx, &row))
            break;
    }
    return sqlite_end(r);
}

bool sqlite_inbox_next(struct store *s, int64_t conv, uint64_t seq, size_t limit, each_inbox each, void *ctx)
{
    struct reading r;

    sqlite_read(&r, s, Q_inbox_next, ARGS(num(conv), unum(seq), num((int64_t)limit)));
    return give(&r, each, ctx);
}

bool sqlite_inbox_todo(struct store *s, int64_t conv, uint64_t seq, each_inbox each, void *ctx)
{
    struct reading r;

    sqlite_read(&r, s, Q_inbox_todo, ARGS(num(conv), unum(seq)));
    return give(&r, each, ctx);
}

bool sqlite_inbox_move(struct store *s, int64_t loser, const struct conv_row *keeper, size_t *count)
{
    int64_t before = keeper->last_event;

    for (*count = 0;; ++*count) {
        uint64_t seq = keeper->in_seq + 1 + *count;
        struct reading r;
        int64_t id;

        sqlite_read(&r, s, Q_inbox_first, ARGS(num(loser)));
        id = sqlite_row(&r) ? col(&r, 0) : 0;
        if (!sqlite_end(&r))
            return false;
        if (id == 0)
            return true;
        if (!sqlite_write(s, Q_inbox_move, ARGS(num(id), num(keeper->id), unum(seq), none_or(before))))
            return false;
        before = id;
    }
}

/* ---- the story: back along the chain, until it ends or retention has taken the next one ---- */

static void read_turn(struct reading *r, struct inbox_row *row)
{
    row->handled_ms = col(r, 7);
    row->generation = ucol(r, 8);
    row->failed = col(r, 9) != 0;
    row->flow = sqlite_text(r, 10);
    row->step = sqlite_text(r, 11);
    row->note = sqlite_text(r, 12);
    row->out_first = col(r, 13);
    row->out_count = (size_t)col(r, 14);
    row->call_first = col(r, 15);
    row->call_count = (size_t)col(r, 16);
    row->before = col(r, 17);
}

bool sqlite_inbox_story(struct store *s, int64_t conv, uint64_t seq, size_t limit, each_inbox each, void *ctx)
{
    struct inbox_row row;
    struct reading r;
    int64_t id;

    sqlite_read(&r, s, Q_story_start, ARGS(num(conv)));
    id = sqlite_row(&r) ? col(&r, 0) : 0;
    if (!sqlite_end(&r))
        return false;
    while (id != 0 && limit > 0) {
        sqlite_read(&r, s, Q_story_event, ARGS(num(id), num(conv)));
        id = 0;
        if (sqlite_row(&r)) {
            read_event(&r, &row);
            read_turn(&r, &row);
            id = row.before;
            if (row.seq <= seq && (limit--, !each(ctx, &row)))
                id = 0;
        }
        if (!sqlite_end(&r))
            return false;
    }
    return true;
}
