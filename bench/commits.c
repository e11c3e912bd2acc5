/*
 * commits - the SQLite ceiling: the rows that ingest wrote in a run, committed again by bare SQLite in one thread, with the same
 * tables and the same number of rows a commit. No look-up, no queue, no hook, nobody to answer.
 *
 *     commits RUN.db NEW.db ROWS_A_COMMIT SECONDS      {"rows_per_s":…,"commits_per_s":…,"rows_a_commit":…}
 *
 * RUN.db is the file that the run left. NEW.db is made by the store, so that its schema is the store's of today, and then opened
 * with the settings that core/store/sqlite/open.c uses. A commit now and then has one row more, so that the mean is exact.
 */
#include <errno.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/crypto.h"
#include "lisolo/store.h"
#include "tool.h"

enum { ROWS_MAX = 50000, CHECKPOINT_FRAMES = 4000 /* core/store/sqlite/driver.c */ };

struct row {
    int64_t conv, committed_ms, at_ms, heard_ms;
    void   *body;
    int     len;
};

struct ceiling {
    sqlite3      *db;
    sqlite3_stmt *insert, *begin, *commit;
    struct row    rows[ROWS_MAX];
    size_t        count;
    int64_t       next_seq;
    int           wal_frames;
};

static _Noreturn void broken(struct ceiling *c, const char *what)
{
    errno = 0;
    give_up("%s: %s", what, c->db == NULL ? "out of memory" : sqlite3_errmsg(c->db));
}

static void open_file(struct ceiling *c, const char *path)
{
    if (sqlite3_open_v2(path, &c->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        broken(c, path);
}

static sqlite3_stmt *prepare(struct ceiling *c, const char *sql)
{
    sqlite3_stmt *q = NULL;

    if (sqlite3_prepare_v3(c->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &q, NULL) != SQLITE_OK)
        broken(c, sql);
    return q;
}

/* What the run's ingest wrote: events that carry a key. */
static void read_rows(struct ceiling *c, const char *path)
{
    sqlite3_stmt *q;
    int rc = SQLITE_DONE;

    open_file(c, path);
    q = prepare(c, "SELECT conv, committed_ms, at_ms, heard_ms, body FROM inbox WHERE key IS NOT NULL ORDER BY id");
    while (c->count < ROWS_MAX && (rc = sqlite3_step(q)) == SQLITE_ROW) {
        struct row *r = &c->rows[c->count++];

        *r = (struct row){ .conv = sqlite3_column_int64(q, 0), .committed_ms = sqlite3_column_int64(q, 1),
                           .at_ms = sqlite3_column_int64(q, 2), .heard_ms = sqlite3_column_int64(q, 3) };
        r->len = sqlite3_column_bytes(q, 4);
        r->body = malloc((size_t)r->len);
        if (r->body == NULL)
            give_up("out of memory");
        memcpy(r->body, sqlite3_column_blob(q, 4), (size_t)r->len);
    }
    if (rc != SQLITE_DONE && rc != SQLITE_ROW)
        broken(c, path);
    (void)sqlite3_finalize(q);
    (void)sqlite3_close(c->db);
    c->db = NULL;
    if (c->count == 0) {
        errno = 0;
        give_up("%s holds no events", path);
    }
}

static void make_file(const char *path)
{
    struct store_options options = { .path = path };
    struct error err;
    struct store *s = store_open_sqlite(&options, &err);

    if (s == NULL) {
        errno = 0;
        give_up("%s", err.text);
    }
    store_close(s);
}

static int count_frames(void *ctx, sqlite3 *db, const char *name, int frames)
{
    (void)db;
    (void)name;
    ((struct ceiling *)ctx)->wal_frames = frames;
    return SQLITE_OK;
}

static void start(struct ceiling *c, const char *path)
{
    make_file(path);
    open_file(c, path);
    if (sqlite3_exec(c->db, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -8000;"
                            "PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 0; PRAGMA cell_size_check = ON",
                     NULL, NULL, NULL) != SQLITE_OK)
        broken(c, path);
    (void)sqlite3_wal_hook(c->db, count_frames, c);
    c->begin = prepare(c, "BEGIN IMMEDIATE");
    c->commit = prepare(c, "COMMIT");
    c->insert = prepare(c, "INSERT INTO inbox (conv, seq, committed_ms, at_ms, heard_ms, key, key_id, body) "
                           "VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7)");
}

static void step(struct ceiling *c, sqlite3_stmt *q)
{
    if (sqlite3_step(q) != SQLITE_DONE || sqlite3_reset(q) != SQLITE_OK)
        broken(c, sqlite3_sql(q));
}

static void insert(struct ceiling *c, const struct row *r)
{
    uint8_t key[STORE_KEY_BYTES];

    crypto_random(key, sizeof key);               /* the store's keys are hashes: as scattered as these */
    if (sqlite3_bind_int64(c->insert, 1, r->conv) != SQLITE_OK || sqlite3_bind_int64(c->insert, 2, ++c->next_seq) != SQLITE_OK ||
        sqlite3_bind_int64(c->insert, 3, r->committed_ms) != SQLITE_OK || sqlite3_bind_int64(c->insert, 4, r->at_ms) != SQLITE_OK ||
        sqlite3_bind_int64(c->insert, 5, r->heard_ms) != SQLITE_OK ||
        sqlite3_bind_blob(c->insert, 6, key, sizeof key, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_bind_blob(c->insert, 7, r->body, r->len, SQLITE_STATIC) != SQLITE_OK)
        broken(c, "bind");
    step(c, c->insert);
}

static void checkpoint(struct ceiling *c)
{
    if (sqlite3_wal_checkpoint_v2(c->db, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL) != SQLITE_OK)
        broken(c, "checkpoint");
    c->wal_frames = 0;
}

static void run(struct ceiling *c, double rows_a_commit, unsigned long seconds)
{
    int64_t began = tool_us(), until = began + (int64_t)seconds * 1000000, now;
    uint64_t rows = 0, commits = 0;
    double owed = 0, took;

    do {
        owed += rows_a_commit;
        step(c, c->begin);
        for (; owed >= 1; owed -= 1)
            insert(c, &c->rows[rows++ % c->count]);
        step(c, c->commit);
        commits++;
        if (c->wal_frames >= CHECKPOINT_FRAMES)
            checkpoint(c);
        now = tool_us();
    } while (now < until);
    took = (double)(now - began) / 1e6;
    (void)printf("{\"rows_per_s\":%.0f,\"commits_per_s\":%.0f,\"rows_a_commit\":%.1f}\n", (double)rows / took, (double)commits / took,
                 (double)rows / (double)commits);
}

int main(int argc, char **argv)
{
    static struct ceiling c;
    double rows_a_commit;

    if (argc != 5) {
        (void)fprintf(stderr, "usage: commits RUN.db NEW.db ROWS_A_COMMIT SECONDS\n");
        return 2;
    }
    rows_a_commit = strtod(argv[3], NULL);
    if (!(rows_a_commit >= 1 && rows_a_commit <= 10000)) {
        errno = 0;
        give_up("'%s' is not a number of rows from 1 to 10000", argv[3]);
    }
    read_rows(&c, argv[1]);
    start(&c, argv[2]);
    run(&c, rows_a_commit, tool_number(argv[4], 1, 600));
    (void)sqlite3_finalize(c.insert);
    (void)sqlite3_finalize(c.begin);
    (void)sqlite3_finalize(c.commit);
    (void)sqlite3_close(c.db);
    for (size_t i = 0; i < c.count; i++)
        free(c.rows[i].body);
    return 0;
}
