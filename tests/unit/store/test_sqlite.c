/* The SQLite driver keeps the contract, and the promises of its file. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../../core/store/sqlite/sqlite.h"
#include "lisolo/base/buf.h"
#include "lisolo/base/log.h"
#include "bad_disk.h"
#include "drivers.h"
#include "world.h"

static void run(struct store *s, const char *sql)
{
    if (sqlite3_exec(sqlite_of(s)->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(sqlite_of(s)->db));
}

static int64_t number(struct store *s, const char *sql)
{
    sqlite3_stmt *q = NULL;
    int64_t n;

    assert_int_equal(sqlite3_prepare_v2(sqlite_of(s)->db, sql, -1, &q, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    n = sqlite3_column_int64(q, 0);
    (void)sqlite3_finalize(q);
    return n;
}

/* ---- the file ---- */

static struct clock_fake fake;
static struct store_options plain;

static int fresh(void **state)
{
    (void)state;
    bad_disk_is(DISK_GOOD);
    sqlite_remove_files();
    clock_fake_init(&fake, T0);
    plain = (struct store_options){ .clock = &fake.clock };
    return 0;
}

static void a_second_instance_is_refused_and_named(void **state)
{
    struct store *s = on_sqlite.open(&plain);
    struct error err;
    char pid[32];

    (void)state;
    (void)snprintf(pid, sizeof pid, "process %ld", (long)getpid());
    assert_null(sqlite_try(&plain, &err));
    assert_non_null(strstr(err.text, pid));
    assert_non_null(strstr(err.text, sqlite_path()));
    store_close(s);
    store_close(on_sqlite.open(&plain));
}

static void another_program_s_connection_is_shut_out(void **state)
{
    struct store *s = on_sqlite.open(&plain);
    sqlite3 *other = NULL;

    (void)state;
    assert_int_equal(sqlite3_open_v2(sqlite_path(), &other, SQLITE_OPEN_READWRITE, "unix"), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "SELECT * FROM meta", NULL, NULL, NULL), SQLITE_BUSY);
    (void)sqlite3_close(other);
    store_close(s);
}

static void the_file_is_private_durable_and_ours(void **state)
{
    struct store *s = on_sqlite.open(&plain);
    struct stat st;

    (void)state;
    assert_int_equal(stat(sqlite_path(), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(number(s, "PRAGMA application_id"), 0x4c69536f);
    assert_int_equal(number(s, "PRAGMA user_version"), SQLITE_VERSION_NEWEST);
    assert_int_equal(number(s, "PRAGMA synchronous"), 2);
    assert_int_equal(number(s, "PRAGMA foreign_keys"), 1);
    assert_int_equal(number(s, "PRAGMA trusted_schema"), 0);
    assert_int_equal(number(s, "PRAGMA cache_size"), -8000);
    assert_int_equal(number(s, "PRAGMA journal_size_limit"), 67108864);
    assert_int_equal(number(s, "PRAGMA wal_autocheckpoint"), 0);
    assert_int_equal(number(s, "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%STRICT%'"), 0);
    store_close(s);
}

/* ---- files that are not for us ---- */

static void make_file(const char *sql)
{
    sqlite3 *db = NULL;
    char *message = NULL;

    assert_int_equal(sqlite3_open_v2(sqlite_path(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "unix"), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s", message);
    (void)sqlite3_close(db);
}

static void expect_refused(const char *words)
{
    struct error err = { "" };

    assert_null(sqlite_try(&plain, &err));
    if (strstr(err.text, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", err.text, words);
}

static void another_program_s_file_is_refused_and_left_alone(void **state)
{
    sqlite3 *db = NULL;

    (void)state;
    make_file("PRAGMA application_id = 77; CREATE TABLE t (x)");
    expect_refused("another program");
    sqlite_remove_files();
    make_file("CREATE TABLE t (x)");
    expect_refused("another program");
    assert_int_equal(sqlite3_open_v2(sqlite_path(), &db, SQLITE_OPEN_READWRITE, "unix"), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "INSERT INTO t VALUES (1)", NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(db);
}

static void a_newer_file_is_refused(void **state)
{
    (void)state;
    store_close(on_sqlite.open(&plain));
    make_file("PRAGMA user_version = 99");
    expect_refused("newer version (99");
}

static void what_is_no_database_is_refused(void **state)
{
    int fd = open(sqlite_path(), O_WRONLY | O_CREAT, 0600);
    char text[8192];

    (void)state;
    memset(text, 'x', sizeof text);
    assert_int_equal(write(fd, text, sizeof text), (ssize_t)sizeof text);
    (void)close(fd);
    expect_refused("not a database");
}

static void a_path_that_cannot_be_is_refused(void **state)
{
    struct store_options o = plain;
    struct error err;

    (void)state;
    o.path = "/tmp/lisolo-no-such-folder/x.db";
    assert_null(store_open_sqlite(&o, &err));
    assert_non_null(strstr(err.text, "No such file"));
}

/* ---- versions ---- */

/* A file of version 1 as that version left it, with a life in it. */
static void make_version_1(void)
{
    struct buf sql;

    buf_init(&sql, 1 << 20);
    buf_adds(&sql, "PRAGMA journal_mode = WAL; BEGIN;");
    buf_adds(&sql, sqlite_migration(1));
    buf_adds(&sql, "INSERT INTO meta VALUES ('alias', randomblob(32)), ('button', randomblob(32)), ('install', x'0123456789abcdef"
                   "0123456789abcdef0123456789abcdef0123456789abcdef');"
                   "INSERT INTO conv (id, route, created_ms, number, phone) VALUES (5, 0, 1, '1', x'2b323432');"
                   "INSERT INTO state (conv, done_seq, body) VALUES (5, 1, x'7b7d');"
                   "INSERT INTO inbox (id, conv, seq, committed_ms, handled_ms, at_ms, heard_ms, key_id, body)"
                   " VALUES (1, 5, 1, 1, 1, 1, 1, 0, x'31'), (2, 5, 2, 1, NULL, 1, 1, 0, x'32');"
                   "INSERT INTO timer VALUES (5, 'remind', 1, 42, NULL);"
                   "PRAGMA application_id = 1281971055; PRAGMA user_version = 1; COMMIT;");
    assert_true(buf_ok(&sql));
    make_file(buf_str(&sql));
    buf_free(&sql);
}

static void a_file_of_version_1_is_brought_up_to_date_with_all_that_it_holds(void **state)
{
    struct world w = { .driver = &on_sqlite };
    struct store_park p = { .op = { .kind = STORE_PARK }, .body = { "x", 1 } };

    (void)state;
    make_version_1();
    world_open(&w, &on_sqlite);
    assert_string_equal(store_install_id(w.s), "01234567");
    assert_int_equal(number(w.s, "PRAGMA user_version"), SQLITE_VERSION_NEWEST);
    assert_int_equal(w.event_count, 1);
    assert_int_equal(last_event(&w)->conv, 5);
    assert_int_equal(last_event(&w)->seq, 2);
    assert_string_equal(last_event(&w)->state, "{}");
    assert_string_equal(last_event(&w)->phone, "+242");
    assert_int_equal(w.timers[0], 42);
    assert_int_equal(submit(&w, &p), STORE_OK);            /* what version 2 brought */
    assert_true(p.fresh);
    assert_int_equal(turn(&w, 5, 2, "{}"), STORE_OK);
    world_close(&w);
}

static void a_file_that_is_half_made_is_made_whole(void **state)
{
    (void)state;
    make_file("PRAGMA journal_mode = WAL");                /* killed after the first pragma */
    store_close(on_sqlite.open(&plain));
}

/* ---- after an I/O error ---- */

static void side_file(const char *suffix, char out[300]) { (void)snprintf(out, 300, "%s%s", sqlite_path(), suffix); }

static void a_suspect_file_is_read_whole_once(void **state)
{
    struct store *s = on_sqlite.open(&plain);
    char mark[300];

    (void)state;
    sqlite_mark_suspect(sqlite_of(s));
    store_close(s);
    side_file(".suspect", mark);
    assert_int_equal(access(mark, F_OK), 0);
    store_close(on_sqlite.open(&plain));
    assert_int_equal(access(mark, F_OK), -1);
}

static void a_damaged_file_is_refused_once_it_is_suspect(void **state)
{
    struct world w = { .driver = &on_sqlite };
    char mark[300], junk[4096];
    int fd;

    (void)state;
    world_open(&w, &on_sqlite);
    for (int i = 0; i < 200; i++)
        (void)says(&w, "+242066123456", "a body of some length, so that there are pages to damage, and then some more of it");
    store_close(w.s);
    fd = open(sqlite_path(), O_RDWR);
    assert_true(fd != -1);
    memset(junk, 0x5a, sizeof junk);
    for (off_t page = 22; page < 30; page++)
        assert_int_equal(pwrite(fd, junk, sizeof junk, page * 4096), (ssize_t)sizeof junk);
    (void)close(fd);
    side_file(".suspect", mark);
    fd = open(mark, O_WRONLY | O_CREAT, 0600);
    (void)close(fd);
    expect_refused("damaged");
    assert_int_equal(access(mark, F_OK), 0);               /* still suspect */
    free(w.events);
    free(w.sends);
    free(w.calls);
}

static void a_broken_file_ends_the_process_and_acknowledges_nothing(void **state)
{
    struct world w = { .driver = &on_sqlite };
    struct store_item it;
    struct store_ingest in;
    struct error err = { "" };
    char mark[300];
    size_t did = 9;

    (void)state;
    world_open(&w, &on_sqlite);
    run(w.s, "PRAGMA ignore_check_constraints = 1");
    run(w.s, "ALTER TABLE inbox RENAME TO gone");
    it = item(&w, NULL, "+242066123456", NULL, "x");
    in = ingest_op(&w, &it, 1);
    in.op.result = STORE_LOST;
    queue(&w, &in);
    assert_false(store_step(w.s, &did, &err));
    assert_int_equal(did, 0);
    assert_non_null(strstr(err.text, sqlite_path()));
    assert_false(store_step(w.s, &did, &err));             /* and it stays so */
    side_file(".suspect", mark);
    assert_int_equal(access(mark, F_OK), -1);              /* it was no I/O error */
    world_close(&w);
    assert_int_equal(in.op.result, STORE_REFUSED);
}

static void fail_the_disk(struct store_op *op)
{
    (void)op;
    bad_disk_is(DISK_NO_SYNC);
}

static void fill_the_disk(struct store_op *op)
{
    (void)op;
    bad_disk_is(DISK_FULL);
}

static void expect_fatal(enum disk kind)
{
    struct world w = { .driver = &on_sqlite };
    struct store_item it;
    struct store_ingest in;
    struct error err = { "" };
    char mark[300];
    size_t did;

    world_open(&w, &on_sqlite);
    it = item(&w, "wamid.1", "+242066123456", NULL, "x");
    in = ingest_op(&w, &it, 1);
    queue(&w, &in);
    bad_disk_is(kind);
    assert_false(store_step(w.s, &did, &err));
    assert_non_null(strstr(err.text, "SQLite code"));
    side_file(".suspect", mark);
    assert_int_equal(access(mark, F_OK), 0);
    bad_disk_is(DISK_GOOD);
    store_close(w.s);
    assert_int_equal(in.op.result, STORE_REFUSED);
    w.s = on_sqlite.open(&plain);                               /* the next process looks the file over */
    assert_int_equal(access(mark, F_OK), -1);
    (void)gives(&w, it);                                   /* it may have reached the disk: the redelivery sorts it out */
    assert_int_equal(figure(&w, "unhandled"), 1);
    world_close(&w);
}

static void an_fsync_that_fails_is_fatal(void **state)
{
    (void)state;
    expect_fatal(DISK_NO_SYNC);
}

static void a_write_that_fails_is_fatal(void **state)
{
    (void)state;
    expect_fatal(DISK_NO_WRITE);
}

static void a_checkpoint_that_cannot_be_synced_is_fatal(void **state)
{
    struct world w = { .driver = &on_sqlite };
    struct store_item it;
    struct store_ingest in;
    struct error err = { "" };
    size_t did;

    (void)state;
    world_open(&w, &on_sqlite);
    (void)says(&w, "+242066123456", "x");
    sqlite_of(w.s)->checkpoint_at = 1;
    it = item(&w, NULL, "+242066123456", NULL, "y");
    in = ingest_op(&w, &it, 1);
    in.op.done = fail_the_disk;                            /* the commit is durable, then comes the checkpoint */
    queue(&w, &in);
    assert_false(store_step(w.s, &did, &err));
    bad_disk_is(DISK_GOOD);
    world_close(&w);
}

static void a_checkpoint_on_a_full_disk_waits(void **state)
{
    struct world w = { .driver = &on_sqlite };
    struct store_item it;
    struct store_ingest in;

    (void)state;
    world_open(&w, &on_sqlite);
    sqlite_of(w.s)->checkpoint_at = 1;
    it = item(&w, NULL, "+242066123456", NULL, "y");
    in = ingest_op(&w, &it, 1);
    in.op.done = fill_the_disk;
    queue(&w, &in);
    assert_int_equal(step(&w), 1);
    assert_true(sqlite_of(w.s)->checkpoint_at > 1);
    bad_disk_is(DISK_GOOD);
    world_reopen(&w);
    assert_int_equal(w.event_count, 1);
    world_close(&w);
}

/* ---- kill -9 ---- */

/* The child commits events and turns until it is killed; each number it writes to the pipe was durable before. */
static _Noreturn void live(int out)
{
    struct world w = { .driver = &on_sqlite };

    world_open(&w, &on_sqlite);
    for (uint64_t n = 1;; n++) {
        struct store_item it = says(&w, "+242066123456", "x");
        char state[32];

        (void)snprintf(state, sizeof state, "{\"n\":%llu}", (unsigned long long)n);
        if (it.seq != n || turn(&w, it.conv, n, state) != STORE_OK || write(out, &n, sizeof n) != sizeof n)
            _exit(1);
        world_forget(&w);
    }
}

static void what_was_acknowledged_survives_kill(void **state)
{
    struct world w = { .driver = &on_sqlite };
    uint64_t n, last = 0;
    int ends[2], status;
    pid_t child;
    char kept[32];

    (void)state;
    for (int round = 0; round < 5; round++) {
        sqlite_remove_files();
        assert_int_equal(pipe(ends), 0);
        child = fork();
        assert_true(child != -1);
        if (child == 0)
            live(ends[1]);
        (void)close(ends[1]);
        for (last = 0; last < 20 + (uint64_t)round * 17 && read(ends[0], &n, sizeof n) == sizeof n;)
            last = n;
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        while (read(ends[0], &n, sizeof n) == sizeof n)
            last = n;
        (void)close(ends[0]);
        world_open(&w, &on_sqlite);
        assert_true(number(w.s, "SELECT done_seq FROM state") >= (int64_t)last);
        assert_int_equal(number(w.s, "SELECT COUNT(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"), 0);
        assert_int_equal(number(w.s, "SELECT COUNT(*) - MAX(seq) FROM inbox"), 0);
        while (w.event_count > 0 && turn(&w, 1, w.events[0].seq, "{\"n\":0}") == STORE_OK)
            w.event_count = 0;
        (void)snprintf(kept, sizeof kept, "{\"n\":%llu}", (unsigned long long)last);
        world_close(&w);
    }
}

/* ---- what it costs ---- */

/* A scan of a table that grows would be felt only by a house that has grown. */
static void no_statement_of_the_daily_way_scans_a_table(void **state)
{
    static const enum q rare[] = { Q_figures, Q_places, Q_epochs, Q_epochs_rise, Q_open_states, Q_outbox_open, Q_call_open,
                                   Q_inbox_todo, Q_outbox_doubt, Q_parked };
    struct store *s = on_sqlite.open(&plain);

    (void)state;
    for (enum q id = 0; id < Q_COUNT; id++) {
        struct buf sql;
        sqlite3_stmt *q = NULL;
        bool skip = false;

        for (size_t i = 0; i < sizeof rare / sizeof rare[0]; i++)
            skip = skip || rare[i] == id;
        if (skip)
            continue;
        buf_init(&sql, 65536);
        buf_addf(&sql, "EXPLAIN QUERY PLAN %s", sqlite3_sql(sqlite_of(s)->q[id]));
        assert_int_equal(sqlite3_prepare_v2(sqlite_of(s)->db, buf_str(&sql), -1, &q, NULL), SQLITE_OK);
        while (sqlite3_step(q) == SQLITE_ROW) {
            const char *plan = (const char *)sqlite3_column_text(q, 3);

            if (strncmp(plan, "SCAN", 4) == 0 && strstr(plan, "timer_due") == NULL && strstr(plan, "CONSTANT") == NULL)
                fail_msg("%s: %s", buf_str(&sql), plan);
        }
        (void)sqlite3_finalize(q);
        buf_free(&sql);
    }
    store_close(s);
}

static void rare_statements_use_their_partial_indexes(void **state)
{
    static const struct { enum q id; const char *index; } expected[] = {
        { Q_inbox_todo, "inbox_todo" }, { Q_outbox_open, "outbox_open" }, { Q_outbox_doubt, "outbox_open" },
        { Q_call_open, "call_open" }, { Q_timer_next, "timer_due" }, { Q_timer_first, "timer_due" },
        { Q_inbox_next, "inbox_todo" }, { Q_inbox_seen, "inbox_key" }, { Q_open_states, "outbox_open" },
    };
    struct store *s = on_sqlite.open(&plain);

    (void)state;
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        struct buf sql;
        sqlite3_stmt *q = NULL;
        bool used = false;

        buf_init(&sql, 65536);
        buf_addf(&sql, "EXPLAIN QUERY PLAN %s", sqlite3_sql(sqlite_of(s)->q[expected[i].id]));
        assert_int_equal(sqlite3_prepare_v2(sqlite_of(s)->db, buf_str(&sql), -1, &q, NULL), SQLITE_OK);
        while (sqlite3_step(q) == SQLITE_ROW)
            used = used || strstr((const char *)sqlite3_column_text(q, 3), expected[i].index) != NULL;
        if (!used)
            fail_msg("%s does not use %s", buf_str(&sql), expected[i].index);
        (void)sqlite3_finalize(q);
        buf_free(&sql);
    }
    store_close(s);
}

static void the_wal_is_checkpointed_and_does_not_grow_for_ever(void **state)
{
    struct world w = { .driver = &on_sqlite };
    static struct store_item items[200];
    static char body[4000];
    struct store_counts counts;
    uint64_t most = 0;

    (void)state;
    world_open(&w, &on_sqlite);
    memset(body, 'x', sizeof body - 1);
    for (int i = 0; i < 80; i++) {
        struct store_ingest in = ingest_op(&w, items, 200);

        for (size_t j = 0; j < 200; j++)
            items[j] = item(&w, NULL, "+242066123456", NULL, body);
        assert_int_equal(submit(&w, &in), STORE_OK);
        world_forget(&w);
        store_counts(w.s, &counts);
        most = counts.wal_bytes > most ? counts.wal_bytes : most;
    }
    assert_in_range(most, 1, 24 << 20);
    assert_true(counts.disk_free_bytes > 0);
    world_close(&w);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_second_instance_is_refused_and_named, fresh),
        cmocka_unit_test_setup(another_program_s_connection_is_shut_out, fresh),
        cmocka_unit_test_setup(the_file_is_private_durable_and_ours, fresh),
        cmocka_unit_test_setup(another_program_s_file_is_refused_and_left_alone, fresh),
        cmocka_unit_test_setup(a_newer_file_is_refused, fresh),
        cmocka_unit_test_setup(what_is_no_database_is_refused, fresh),
        cmocka_unit_test_setup(a_path_that_cannot_be_is_refused, fresh),
        cmocka_unit_test_setup(a_file_of_version_1_is_brought_up_to_date_with_all_that_it_holds, fresh),
        cmocka_unit_test_setup(a_file_that_is_half_made_is_made_whole, fresh),
        cmocka_unit_test_setup(a_suspect_file_is_read_whole_once, fresh),
        cmocka_unit_test_setup(a_damaged_file_is_refused_once_it_is_suspect, fresh),
        cmocka_unit_test_setup(a_broken_file_ends_the_process_and_acknowledges_nothing, fresh),
        cmocka_unit_test_setup(an_fsync_that_fails_is_fatal, fresh),
        cmocka_unit_test_setup(a_write_that_fails_is_fatal, fresh),
        cmocka_unit_test_setup(a_checkpoint_that_cannot_be_synced_is_fatal, fresh),
        cmocka_unit_test_setup(a_checkpoint_on_a_full_disk_waits, fresh),
        cmocka_unit_test_setup(what_was_acknowledged_survives_kill, fresh),
        cmocka_unit_test_setup(no_statement_of_the_daily_way_scans_a_table, fresh),
        cmocka_unit_test_setup(rare_statements_use_their_partial_indexes, fresh),
        cmocka_unit_test_setup(the_wal_is_checkpointed_and_does_not_grow_for_ever, fresh),
    };
    int failed;

    if (!sqlite_folder_make())
        return 1;
    failed = contract_run(&on_sqlite);
    failed += cmocka_run_group_tests_name("sqlite file", tests, NULL, NULL);
    sqlite_folder_remove();
    return failed;
}
