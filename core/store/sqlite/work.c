/* Calls to the backend, and timers. */
#include "sqlite.h"

bool sqlite_call_add(struct store *s, const struct call_row *c, int64_t *id)
{
    struct arg auth = c->auth.len == 0 ? none_or(0) : bytes(c->auth);

    if (!sqlite_write(s, Q_call_add, ARGS(num(c->conv), unum(c->seq), unum(c->guard), num(c->timeout_ms), num(c->created_ms),
                                          sqlite_arg_text(c->step), sqlite_arg_text(c->method), sqlite_arg_text(c->path),
                                          sqlite_arg_text(c->key), bytes(c->body), num(c->sealed), auth, num(c->pages))))
        return false;
    *id = sqlite3_last_insert_rowid(sqlite_of(s)->db);
    return true;
}

bool sqlite_call_mark(struct store *s, const struct store_call_mark *m, bool *won)
{
    const struct arg id = num(m->call_id), from = num(m->from), attempt = num(m->attempt);
    bool ok = m->to == CALL_RUNNING ? sqlite_write(s, Q_call_running, ARGS(id, from, attempt))
                                    : sqlite_write(s, Q_call_back, ARGS(id, from, attempt, num(m->due_ms)));

    *won = ok && sqlite_changed(s) == 1;
    return ok;
}

bool sqlite_call_done(struct store *s, int64_t id, int64_t now_ms, int64_t *conv, bool *sealed)
{
    struct reading r;

    sqlite_read(&r, s, Q_call_conv, ARGS(num(id)));
    *conv = sqlite_row(&r) ? col(&r, 0) : 0;
    *sealed = *conv != 0 && col(&r, 1) != 0;
    if (!sqlite_end(&r))
        return false;
    return *conv == 0 || sqlite_write(s, Q_call_done, ARGS(num(id), num(now_ms)));
}

static bool give_calls(struct reading *r, each_call each, void *ctx)
{
    while (sqlite_row(r)) {
        struct call_row row = { .id = col(r, 0), .conv = col(r, 1), .seq = ucol(r, 2), .state = (enum call_state)col(r, 3),
                                .attempt = (int)col(r, 4), .guard = ucol(r, 5), .timeout_ms = (int)col(r, 6),
                                .created_ms = col(r, 7), .due_ms = col(r, 8), .done_ms = col(r, 9), .step = sqlite_text(r, 10),
                                .method = sqlite_text(r, 11), .path = sqlite_text(r, 12), .key = sqlite_text(r, 13),
                                .body = sqlite_blob(r, 14), .sealed = col(r, 15) != 0, .auth = sqlite_blob(r, 16),
                                .pages = (int)col(r, 17) };

        if (!each(ctx, &row))
            break;
    }
    return sqlite_end(r);
}

bool sqlite_call_find(struct store *s, int64_t id, each_call each, void *ctx)
{
    struct reading r;

    sqlite_read(&r, s, Q_call_find, ARGS(num(id)));
    return give_calls(&r, each, ctx);
}

bool sqlite_call_open(struct store *s, each_call each, void *ctx)
{
    struct reading r;

    sqlite_read(&r, s, Q_call_open, NO_ARGS);
    return give_calls(&r, each, ctx);
}

/* ---- timers ---- */

bool sqlite_timer_set(struct store *s, int64_t conv, const char *name, uint64_t guard, int64_t due_ms, int64_t out_id)
{
    return sqlite_write(s, Q_timer_set, ARGS(num(conv), sqlite_arg_text(name), unum(guard), num(due_ms), none_or(out_id)));
}

bool sqlite_timer_drop(struct store *s, int64_t conv, const char *name)
{
    return sqlite_write(s, Q_timer_drop, ARGS(num(conv), sqlite_arg_text(name)));
}

static bool first_number(struct store *s, enum q id, const struct arg *args, size_t count, int64_t *out)
{
    struct reading r;

    sqlite_read(&r, s, id, args, count);
    *out = sqlite_row(&r) && sqlite3_column_type(r.q, 0) != SQLITE_NULL ? col(&r, 0) : INT64_MAX;
    return sqlite_end(&r);
}

/* Most rows have nobody waiting for them: the look-up alone is half of what an update costs that changes nothing. */
bool sqlite_timer_start(struct store *s, int64_t out_id, int64_t now_ms, int64_t *earliest_ms)
{
    if (!first_number(s, Q_timer_waits, ARGS(num(out_id)), earliest_ms))
        return false;
    if (*earliest_ms == INT64_MAX)
        return true;
    *earliest_ms += now_ms;
    return sqlite_write(s, Q_timer_start, ARGS(num(out_id), num(now_ms)));
}

bool sqlite_timer_first(struct store *s, int64_t now_ms, each_timer each, void *ctx)
{
    struct reading r;

    sqlite_read(&r, s, Q_timer_first, ARGS(num(now_ms)));
    if (sqlite_row(&r))
        (void)each(ctx, &(struct timer_row){ .conv = col(&r, 0), .name = sqlite_text(&r, 1), .guard = ucol(&r, 2),
                                             .due_ms = col(&r, 3) });
    return sqlite_end(&r);
}

bool sqlite_timer_next(struct store *s, int64_t *due_ms) { return first_number(s, Q_timer_next, NO_ARGS, due_ms); }
