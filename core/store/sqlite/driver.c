/* Transactions, checkpoints, and the table of it all. */
#include <string.h>
#include <sys/statvfs.h>

#include "lisolo/base/log.h"
#include "sqlite.h"

enum {
    CHECKPOINT_FRAMES = 4000,          /* 16 MiB of WAL; measured: 12.0, 11.1, 10.6 writes a message at 1,000, 4,000, 16,000 */
    LOOK_EVERY_MS     = 5000,
    FRAME_BYTES       = 4096 + 24,
};

static bool begin(struct store *s) { return sqlite_write(s, Q_begin, NO_ARGS); }
static bool commit(struct store *s) { return sqlite_write(s, Q_commit, NO_ARGS); }

/* SQLITE_FULL and I/O errors may have rolled it back already. */
static void rollback(struct store *s)
{
    struct sqlite *db = sqlite_of(s);

    if (!sqlite3_get_autocommit(db->db))
        (void)sqlite3_exec(db->db, "ROLLBACK", NULL, NULL, NULL);
}

/*
 * SQLite's own automatic checkpoint throws its result away, and an fsync that failed there must end us too. A full disk is no
 * failure here: what is in the WAL is durable, and there is another try a little later.
 */
static bool checkpoint(struct store *s)
{
    struct sqlite *db = sqlite_of(s);
    int all = 0, done = 0;
    int rc = sqlite3_wal_checkpoint_v2(db->db, "main", SQLITE_CHECKPOINT_PASSIVE, &all, &done);

    db->checkpoint_at = CHECKPOINT_FRAMES;
    if (rc == SQLITE_OK && all == done) {
        db->wal_frames = 0;            /* the next commit starts the WAL from its beginning */
        return true;
    }
    db->checkpoint_at = db->wal_frames + CHECKPOINT_FRAMES / 4;
    LOG(LOG_WARN, "store_checkpoint_incomplete", log_int("code", rc), log_int("frames", all), log_int("done", done));
    return rc == SQLITE_OK || (rc & 0xff) == SQLITE_FULL || (rc & 0xff) == SQLITE_BUSY || sqlite_failed(s, rc);
}

static void look_at_disk(struct sqlite *db, int64_t now_ms)
{
    struct statvfs fs;

    if (db->looked_ms != 0 && now_ms - db->looked_ms < LOOK_EVERY_MS)
        return;
    db->looked_ms = now_ms;
    if (statvfs(db->path, &fs) == 0)
        db->disk_free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
}

static bool tidy(struct store *s, struct store_counts *counts)
{
    struct sqlite *db = sqlite_of(s);
    bool ok = true;

    if (db->checkpoint_at == 0)
        db->checkpoint_at = CHECKPOINT_FRAMES;
    if (db->wal_frames >= db->checkpoint_at)
        ok = checkpoint(s);
    look_at_disk(db, clock_mono_ms(s->o.clock));
    counts->wal_bytes = (uint64_t)db->wal_frames * FRAME_BYTES;
    counts->disk_free_bytes = db->disk_free_bytes;
    return ok;
}

bool sqlite_secret(struct store *s, const char *name, uint8_t out[32])
{
    struct reading r;
    struct blob b;
    bool there = false;

    if (strcmp(name, "seal") == 0) {
        memcpy(out, sqlite_of(s)->seal_key, 32);
        return true;
    }
    sqlite_read(&r, s, Q_meta_get, ARGS(sqlite_arg_text(name)));
    if (sqlite_row(&r)) {
        b = sqlite_blob(&r, 0);
        there = b.len == 32;
        if (there)
            memcpy(out, b.data, 32);
    }
    return sqlite_end(&r) && there;
}

bool sqlite_epochs(struct store *s, bool take_over, int64_t epoch[STORE_PARTITIONS])
{
    struct reading r;
    int count = 0;

    if (take_over && !sqlite_write(s, Q_epochs_rise, NO_ARGS))
        return false;
    sqlite_read(&r, s, Q_epochs, NO_ARGS);
    while (count < STORE_PARTITIONS && sqlite_row(&r) && col(&r, 0) == count)
        epoch[count++] = col(&r, 1);
    if (!sqlite_end(&r))
        return false;
    return count == STORE_PARTITIONS || store_trouble(s, TROUBLE_BROKEN, "partition %d is missing", count);
}

const struct driver sqlite_driver = {
    .close = sqlite_close,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .tidy = tidy,
    .secret = sqlite_secret,
    .epochs = sqlite_epochs,
    .alias_find = sqlite_alias_find,
    .alias_put = sqlite_alias_put,
    .alias_drop = sqlite_alias_drop,
    .conv_find = sqlite_conv_find,
    .conv_add = sqlite_conv_add,
    .conv_identity = sqlite_conv_identity,
    .conv_turn = sqlite_conv_turn,
    .conv_merge = sqlite_conv_merge,
    .conv_merged = sqlite_conv_merged,
    .conv_hold = sqlite_conv_hold,
    .conv_held = sqlite_conv_held,
    .state_find = sqlite_state_find,
    .inbox_seen = sqlite_inbox_seen,
    .inbox_add = sqlite_inbox_add,
    .inbox_handled = sqlite_inbox_handled,
    .inbox_next = sqlite_inbox_next,
    .inbox_todo = sqlite_inbox_todo,
    .inbox_move = sqlite_inbox_move,
    .inbox_story = sqlite_inbox_story,
    .outbox_add = sqlite_outbox_add,
    .outbox_mark = sqlite_outbox_mark,
    .outbox_find = sqlite_outbox_find,
    .outbox_wamid = sqlite_outbox_wamid,
    .outbox_change = sqlite_outbox_change,
    .outbox_open = sqlite_outbox_open,
    .outbox_doubt = sqlite_outbox_doubt,
    .call_add = sqlite_call_add,
    .call_mark = sqlite_call_mark,
    .call_done = sqlite_call_done,
    .call_find = sqlite_call_find,
    .call_open = sqlite_call_open,
    .timer_set = sqlite_timer_set,
    .timer_drop = sqlite_timer_drop,
    .timer_start = sqlite_timer_start,
    .timer_first = sqlite_timer_first,
    .timer_next = sqlite_timer_next,
    .park = sqlite_park,
    .parked = sqlite_parked,
    .sweep = sqlite_sweep,
    .figures = sqlite_figures,
    .places = sqlite_places,
};
