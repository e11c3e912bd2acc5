#include "sqlite.h"

bool sqlite_outbox_add(struct store *s, int64_t conv, uint64_t seq, const struct store_send *send, int64_t now_ms, int64_t *id)
{
    if (!sqlite_write(s, Q_outbox_add, ARGS(num(conv), unum(seq), num(send->class), num(now_ms), num(send->due_ms),
                                            num(send->expires_ms), sqlite_arg_text(send->source), bytes(send->body))))
        return false;
    *id = sqlite3_last_insert_rowid(sqlite_of(s)->db);
    return true;
}

/* Three statements, because the most frequent mark, `sending`, then touches no index. */
bool sqlite_outbox_mark(struct store *s, const struct store_mark *m, bool *won)
{
    const struct arg id = num(m->out_id), from = num(m->from), attempt = num(m->attempt);
    const char *wamid = m->to == OUT_ACCEPTED ? m->wamid : NULL;
    bool ok;

    if (m->to == OUT_SENDING)
        ok = sqlite_write(s, Q_outbox_sending, ARGS(id, from, attempt, num(m->now_ms)));
    else if (m->to < OUT_ACCEPTED)
        ok = sqlite_write(s, Q_outbox_back, ARGS(id, from, attempt, num(m->to), num(m->due_ms), num(m->error_code),
                                                 sqlite_arg_text(m->note)));
    else
        ok = sqlite_write(s, Q_outbox_done, ARGS(id, from, attempt, num(m->to), num(m->now_ms), num(m->error_code),
                                                 sqlite_arg_text(m->note), sqlite_arg_text(wamid),
                                                 wamid == NULL ? none_or(0) : num(store_wamid_hash(wamid))));
    *won = ok && sqlite_changed(s) == 1;
    return ok;
}

static bool give(struct reading *r, each_outbox each, void *ctx)
{
    while (sqlite_row(r)) {
        struct outbox_row row = { .id = col(r, 0), .conv = col(r, 1), .seq = ucol(r, 2), .class = (enum store_class)col(r, 3),
                                  .state = (enum out_state)col(r, 4), .attempt = (int)col(r, 5),
                                  .rank = (enum store_rank)col(r, 6), .failed = col(r, 7) != 0, .error_code = (int)col(r, 8),
                                  .created_ms = col(r, 9), .due_ms = col(r, 10), .expires_ms = col(r, 11),
                                  .sent_ms = col(r, 12), .done_ms = col(r, 13), .wamid = sqlite_text(r, 14),
                                  .twin = sqlite_text(r, 15), .source = sqlite_text(r, 16), .note = sqlite_text(r, 17),
                                  .history = sqlite_text(r, 18), .body = sqlite_blob(r, 19) };

        if (!each(ctx, &row))
            break;
    }
    return sqlite_end(r);
}

bool sqlite_outbox_find(struct store *s, int64_t id, each_outbox each, void *ctx)
{
    struct reading r;

    sqlite_read(&r, s, Q_outbox_find, ARGS(num(id)));
    return give(&r, each, ctx);
}

bool sqlite_outbox_wamid(struct store *s, const char *wamid, each_outbox each, void *ctx)
{
    struct reading r;

    sqlite_read(&r, s, Q_outbox_wamid, ARGS(num(store_wamid_hash(wamid)), sqlite_arg_text(wamid)));
    return give(&r, each, ctx);
}

bool sqlite_outbox_change(struct store *s, const struct outbox_change *c)
{
    return sqlite_write(s, Q_outbox_change, ARGS(num(c->id), num(c->state), num(c->rank), num(c->failed), num(c->error_code),
                                                 num(c->done_ms), sqlite_arg_text(c->wamid),
                                                 c->wamid == NULL ? none_or(0) : num(store_wamid_hash(c->wamid)),
                                                 sqlite_arg_text(c->twin), sqlite_arg_text(c->entry)));
}

bool sqlite_outbox_open(struct store *s, each_outbox each, void *ctx)
{
    struct reading r;

    sqlite_read(&r, s, Q_outbox_open, NO_ARGS);
    return give(&r, each, ctx);
}

bool sqlite_outbox_doubt(struct store *s) { return sqlite_write(s, Q_outbox_doubt, NO_ARGS); }
