#include "sqlite.h"

/* ---- aliases ---- */

bool sqlite_alias_find(struct store *s, const uint8_t hash[STORE_KEY_BYTES], int64_t *conv)
{
    struct reading r;

    sqlite_read(&r, s, Q_alias_find, ARGS(key(hash)));
    *conv = sqlite_row(&r) ? col(&r, 0) : 0;
    return sqlite_end(&r);
}

bool sqlite_alias_put(struct store *s, const uint8_t hash[STORE_KEY_BYTES], int64_t conv)
{
    return sqlite_write(s, Q_alias_put, ARGS(key(hash), num(conv)));
}

bool sqlite_alias_drop(struct store *s, const uint8_t hash[STORE_KEY_BYTES])
{
    return sqlite_write(s, Q_alias_drop, ARGS(key(hash)));
}

/* ---- conversations ---- */

/* What is unhandled counts too. Mostly there is nothing, and the index of unhandled events is small. */
static bool add_unhandled(struct store *s, struct conv_row *row)
{
    struct reading r;
    bool any;

    sqlite_read(&r, s, Q_conv_last, ARGS(num(row->id)));
    any = sqlite_row(&r);
    if (any) {
        row->in_seq = ucol(&r, 0);
        row->last_event = col(&r, 1);
    }
    if (!sqlite_end(&r))
        return false;
    if (!any)
        return true;
    sqlite_read(&r, s, Q_conv_heard, ARGS(num(row->id)));
    if (sqlite_row(&r) && col(&r, 0) > row->heard_ms)
        row->heard_ms = col(&r, 0);
    return sqlite_end(&r);
}

bool sqlite_conv_find(struct store *s, int64_t id, each_conv each, void *ctx)
{
    struct conv_row row = { .id = id };
    struct reading r;
    bool ok = true;

    sqlite_read(&r, s, Q_conv_find, ARGS(num(id)));
    if (sqlite_row(&r)) {
        row.route = col(&r, 0) != 0;
        row.merged_into = col(&r, 1);
        row.in_seq = row.done_seq = ucol(&r, 2);
        row.heard_ms = col(&r, 3);
        row.now_ms = col(&r, 4);
        row.last_event = col(&r, 5);
        row.secret_next = col(&r, 6) != 0;
        row.number = sqlite_text(&r, 7);
        row.phone = sqlite_text(&r, 8);
        row.bsuid = sqlite_text(&r, 9);
        row.name = sqlite_text(&r, 10);
        row.held_since_ms = col(&r, 11);
        row.held_until_ms = col(&r, 12);
        ok = add_unhandled(s, &row);
        if (ok)
            (void)each(ctx, &row);
    }
    return sqlite_end(&r) && ok;
}

bool sqlite_conv_add(struct store *s, const struct conv_row *row, int64_t now_ms, int64_t *id)
{
    if (!sqlite_write(s, Q_conv_add, ARGS(num(row->route), num(now_ms), sqlite_arg_text(row->number), sqlite_arg_words(row->phone),
                                          sqlite_arg_words(row->bsuid), sqlite_arg_words(row->name))))
        return false;
    *id = sqlite3_last_insert_rowid(sqlite_of(s)->db);
    return sqlite_write(s, Q_state_add, ARGS(num(*id)));
}

bool sqlite_conv_identity(struct store *s, int64_t id, const char *phone, const char *bsuid, const char *name)
{
    return sqlite_write(s, Q_conv_identity, ARGS(num(id), sqlite_arg_words(phone), sqlite_arg_words(bsuid), sqlite_arg_words(name)));
}

bool sqlite_conv_turn(struct store *s, const struct store_turn *t, int64_t heard_ms, int64_t epoch, bool *won)
{
    struct arg state = t->state.len == 0 ? none_or(0) : bytes(t->state);

    if (!sqlite_write(s, Q_conv_turn, ARGS(num(t->conv), unum(t->seq), num(heard_ms), num(t->now_ms), num(t->failed),
                                           unum(t->generation), sqlite_arg_text(t->flow), sqlite_arg_text(t->step), state,
                                           num(t->conv % STORE_PARTITIONS), num(epoch), num(t->secret_next))))
        return false;
    *won = sqlite_changed(s) == 1;
    return true;
}

bool sqlite_conv_merge(struct store *s, int64_t loser, int64_t keeper, int64_t heard_ms, int64_t now_ms)
{
    return sqlite_write(s, Q_conv_archive, ARGS(num(loser), num(keeper), num(now_ms))) &&
           sqlite_write(s, Q_state_drop, ARGS(num(loser))) &&
           sqlite_write(s, Q_conv_leave, ARGS(num(loser), num(keeper))) &&
           sqlite_write(s, Q_state_heard, ARGS(num(keeper), num(heard_ms))) &&
           sqlite_write(s, Q_outbox_give, ARGS(num(loser), num(keeper))) &&
           sqlite_write(s, Q_call_give, ARGS(num(loser), num(keeper))) &&
           sqlite_write(s, Q_timer_drop_all, ARGS(num(loser)));
}

bool sqlite_conv_merged(struct store *s, int64_t keeper, each_conv each, void *ctx)
{
    struct reading r;

    sqlite_read(&r, s, Q_conv_merged, ARGS(num(keeper)));
    while (sqlite_row(&r) && each(ctx, &(struct conv_row){ .id = col(&r, 0), .merged_into = keeper }))
        ;
    return sqlite_end(&r);
}

bool sqlite_conv_hold(struct store *s, int64_t id, int64_t since_ms, int64_t until_ms)
{
    return sqlite_write(s, Q_conv_hold, ARGS(num(id), num(since_ms), num(until_ms)));
}

bool sqlite_conv_held(struct store *s, int64_t now_ms, size_t limit, each_conv each, void *ctx)
{
    struct reading r;

    sqlite_read(&r, s, Q_conv_held, ARGS(num(now_ms), num((int64_t)limit)));
    while (sqlite_row(&r) && each(ctx, &(struct conv_row){ .id = col(&r, 0), .held_since_ms = col(&r, 1), .held_until_ms = col(&r, 2) }))
        ;
    return sqlite_end(&r);
}

/* ---- states ---- */

bool sqlite_state_find(struct store *s, int64_t conv, each_state each, void *ctx)
{
    struct reading r;

    sqlite_read(&r, s, Q_state_find, ARGS(num(conv)));
    if (sqlite_row(&r) && sqlite3_column_type(r.q, 0) != SQLITE_NULL)
        (void)each(ctx, sqlite_blob(&r, 0));
    return sqlite_end(&r);
}
