/*
 * sqlite - the driver that keeps everything in one SQLite file.
 *
 *   open.c      lock, pragmas, versions, recovery checks, closing
 *   sql.c       the .sql files, built in; statements prepared once
 *   run.c       binding, stepping, what an error means      vfs.c     fewer system calls
 *   people.c    aliases, conversations, states      inbox.c   events
 *   outbox.c    messages                            work.c    calls and timers
 *   keep.c      parked bodies, retention, figures   driver.c  the table, transactions, checkpoints
 *
 * One connection does everything, in exclusive locking mode: SQLite before 3.51.3 can lose the WAL when a second connection
 * writes or checkpoints (reliability.md §3), so none may exist, and an operator's shell is told "database is locked".
 */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include <sqlite3.h>

#include "../private.h"

#define STATEMENTS(X) \
    X(begin) X(commit) X(meta_get) X(meta_put) X(epochs) X(epochs_rise) X(alias_find) X(alias_put) X(alias_drop) \
    X(conv_find) X(conv_last) X(conv_add) X(state_add) X(state_heard) X(conv_identity) X(conv_turn) X(conv_archive) X(conv_leave) X(conv_heard) X(conv_merged) X(conv_hold) X(conv_held) \
    X(state_find) X(state_drop) X(inbox_seen) X(inbox_add) X(inbox_handled) X(inbox_next) X(inbox_todo) \
    X(inbox_first) X(inbox_move) X(story_start) X(story_event) X(outbox_add) X(outbox_sending) X(outbox_back) X(outbox_done) \
    X(outbox_find) X(outbox_wamid) X(outbox_change) X(outbox_open) X(outbox_doubt) X(outbox_give) X(call_add) \
    X(call_running) X(call_back) X(call_conv) X(call_done) X(call_find) X(call_open) X(call_give) X(timer_set) \
    X(timer_drop) X(timer_drop_all) X(timer_waits) X(timer_start) X(timer_first) X(timer_next) X(park) X(parked) \
    X(walk_events) X(forget_key) X(drop_event) X(walk_sends) X(drop_send) X(walk_calls) X(drop_call) X(walk_parked) \
    X(drop_parked) X(walk_merged) X(drop_merged) X(figures) X(open_states) X(places)

#define STATEMENT_ID(name) Q_##name,
enum q { STATEMENTS(STATEMENT_ID) Q_COUNT };

struct sqlite {
    sqlite3      *db;
    sqlite3_stmt *q[Q_COUNT];
    char         *path;
    int           lock_fd;
    uint8_t       seal_key[32];        /* of FILE.key */
    int           wal_frames;
    int           checkpoint_at;       /* frames */
    int64_t       looked_ms;           /* when the free space was last looked at */
    uint64_t      disk_free_bytes;
};

static inline struct sqlite *sqlite_of(struct store *s) { return s->db; }

/* ---- sql.c ---- */

enum { SQLITE_VERSION_NEWEST = 4 };
const char *sqlite_migration(int version);                         /* 1 … SQLITE_VERSION_NEWEST */
bool sqlite_prepare(struct sqlite *db, struct error *err);

/* ---- run.c ---- */

struct arg {
    enum { ARG_NULL, ARG_INT, ARG_TEXT, ARG_BLOB } type;
    int64_t     number;
    const void *data;
    size_t      len;
};

static inline struct arg num(int64_t v) { return (struct arg){ ARG_INT, v, NULL, 0 }; }
static inline struct arg unum(uint64_t v) { return (struct arg){ ARG_INT, (int64_t)v, NULL, 0 }; }
static inline struct arg none_or(int64_t v) { return (struct arg){ v == 0 ? ARG_NULL : ARG_INT, v, NULL, 0 }; }
struct arg sqlite_arg_text(const char *t);                                     /* NULL: NULL */
struct arg sqlite_arg_words(const char *t);                                    /* a text kept as a blob. NULL: NULL */
static inline struct arg key(const uint8_t *k) { return (struct arg){ k == NULL ? ARG_NULL : ARG_BLOB, 0, k, STORE_KEY_BYTES }; }
static inline struct arg bytes(struct blob b) { return (struct arg){ ARG_BLOB, 0, b.data == NULL ? "" : b.data, b.len }; }

#define ARGS(...) (const struct arg[]){ __VA_ARGS__ }, sizeof((const struct arg[]){ __VA_ARGS__ }) / sizeof(struct arg)
#define NO_ARGS NULL, 0

bool sqlite_failed(struct store *s, int rc);                        /* tells store_trouble(); false */
/* Runs a statement to its end. */
bool sqlite_write(struct store *s, enum q id, const struct arg *args, size_t count);
int  sqlite_changed(struct store *s);                               /* rows, by the last sqlite_write() */

/* Reading: start, then row() until it is false, then end(), which says whether all went well. */
struct reading {
    struct store *s;
    sqlite3_stmt *q;
    int           rc;
};
void sqlite_read(struct reading *r, struct store *s, enum q id, const struct arg *args, size_t count);
bool sqlite_row(struct reading *r);
bool sqlite_end(struct reading *r);

static inline int64_t col(struct reading *r, int i) { return sqlite3_column_int64(r->q, i); }
static inline uint64_t ucol(struct reading *r, int i) { return (uint64_t)sqlite3_column_int64(r->q, i); }
const char *sqlite_text(struct reading *r, int i);                     /* NULL: NULL. Also of a blob that holds a text */
struct blob sqlite_blob(struct reading *r, int i);

/* ---- the tables; signatures as in driver.h ---- */

bool sqlite_secret(struct store *s, const char *name, uint8_t out[32]);
bool sqlite_epochs(struct store *s, bool take_over, int64_t epoch[STORE_PARTITIONS]);
bool sqlite_alias_find(struct store *s, const uint8_t hash[STORE_KEY_BYTES], int64_t *conv);
bool sqlite_alias_put(struct store *s, const uint8_t hash[STORE_KEY_BYTES], int64_t conv);
bool sqlite_alias_drop(struct store *s, const uint8_t hash[STORE_KEY_BYTES]);
bool sqlite_conv_find(struct store *s, int64_t id, each_conv each, void *ctx);
bool sqlite_conv_add(struct store *s, const struct conv_row *row, int64_t now_ms, int64_t *id);
bool sqlite_conv_identity(struct store *s, int64_t id, const char *phone, const char *bsuid, const char *name);
bool sqlite_conv_turn(struct store *s, const struct store_turn *t, int64_t heard_ms, int64_t epoch, bool *won);
bool sqlite_conv_merge(struct store *s, int64_t loser, int64_t keeper, int64_t heard_ms, int64_t now_ms);
bool sqlite_conv_merged(struct store *s, int64_t keeper, each_conv each, void *ctx);
bool sqlite_conv_hold(struct store *s, int64_t id, int64_t since_ms, int64_t until_ms);
bool sqlite_conv_held(struct store *s, int64_t now_ms, size_t limit, each_conv each, void *ctx);
bool sqlite_state_find(struct store *s, int64_t conv, each_state each, void *ctx);

bool sqlite_inbox_seen(struct store *s, const uint8_t key[STORE_KEY_BYTES], int64_t *conv, uint64_t *seq);
bool sqlite_inbox_add(struct store *s, const struct inbox_row *row, int64_t *id);
bool sqlite_inbox_handled(struct store *s, const struct inbox_row *row);
bool sqlite_inbox_next(struct store *s, int64_t conv, uint64_t seq, size_t limit, each_inbox each, void *ctx);
bool sqlite_inbox_todo(struct store *s, int64_t conv, uint64_t seq, each_inbox each, void *ctx);
bool sqlite_inbox_move(struct store *s, int64_t loser, const struct conv_row *keeper, size_t *count);
bool sqlite_inbox_story(struct store *s, int64_t conv, uint64_t seq, size_t limit, each_inbox each, void *ctx);

bool sqlite_outbox_add(struct store *s, int64_t conv, uint64_t seq, const struct store_send *send, int64_t now_ms, int64_t *id);
bool sqlite_outbox_mark(struct store *s, const struct store_mark *m, bool *won);
bool sqlite_outbox_find(struct store *s, int64_t id, each_outbox each, void *ctx);
bool sqlite_outbox_wamid(struct store *s, const char *wamid, each_outbox each, void *ctx);
bool sqlite_outbox_change(struct store *s, const struct outbox_change *change);
bool sqlite_outbox_open(struct store *s, each_outbox each, void *ctx);
bool sqlite_outbox_doubt(struct store *s);

bool sqlite_call_add(struct store *s, const struct call_row *row, int64_t *id);
bool sqlite_call_mark(struct store *s, const struct store_call_mark *m, bool *won);
bool sqlite_call_done(struct store *s, int64_t id, int64_t now_ms, int64_t *conv, bool *sealed);
bool sqlite_call_find(struct store *s, int64_t id, each_call each, void *ctx);
bool sqlite_call_open(struct store *s, each_call each, void *ctx);
bool sqlite_timer_set(struct store *s, int64_t conv, const char *name, uint64_t guard, int64_t due_ms, int64_t out_id);
bool sqlite_timer_drop(struct store *s, int64_t conv, const char *name);
bool sqlite_timer_start(struct store *s, int64_t out_id, int64_t now_ms, int64_t *earliest_ms);
bool sqlite_timer_first(struct store *s, int64_t now_ms, each_timer each, void *ctx);
bool sqlite_timer_next(struct store *s, int64_t *due_ms);

bool sqlite_park(struct store *s, const struct store_park *p, bool *fresh);
bool sqlite_parked(struct store *s, size_t limit, each_parked each, void *ctx);
bool sqlite_sweep(struct store *s, enum swept table, int64_t *at, int64_t before_ms, size_t limit, size_t *deleted);
bool sqlite_figures(struct store *s, struct figures *out);
bool sqlite_places(struct store *s, int64_t *after, size_t limit, each_place each, void *ctx);

/* ---- vfs.c ---- */

const char *sqlite_vfs(void);                        /* NULL: it could not be registered */

/* ---- open.c, driver.c ---- */

extern const struct driver sqlite_driver;
void sqlite_close(struct store *s);
void sqlite_mark_suspect(const struct sqlite *db);   /* the next start looks at the whole file before it trusts it */

#endif
