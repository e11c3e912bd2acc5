/*
 * A process that dies at any failpoint of the store leaves a file that holds all that was acknowledged, once and in order.
 * Needs a build with FAULT=1; otherwise there is nothing to try and it says so.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../../core/store/sqlite/sqlite.h"
#include "drivers.h"
#include "lisolo/base/log.h"
#include "world.h"

#ifdef LISOLO_FAILPOINTS

enum { ROUNDS = 12, HITS = 6 };

/* What the dying process had acknowledged; shared with its parent. */
struct acks {
    uint64_t events;               /* of each of two people */
    uint64_t turns;
    int64_t  sending, accepted;    /* the last row marked so */
    int      no_space, broken, mistakes;
};

static struct acks *acks;

#define PHONE "+242066123456"
#define PHONE2 "+242066123457"

static bool run(struct world *w, void *op, enum store_result *result)
{
    struct error err;
    size_t did;

    if (!store_submit(w->s, op) || !store_step(w->s, &did, &err)) {
        acks->broken++;
        return false;
    }
    while (did == 0 && ((struct store_op *)op)->result != STORE_NO_SPACE) {     /* it waits for space */
        clock_fake_advance(&w->clock, 250);
        if (!store_step(w->s, &did, &err))
            return false;
    }
    *result = ((struct store_op *)op)->result;
    return true;
}

/* Two people, one delivery; each is answered with a message, which is sent. False: the store is broken. */
static bool one_round(struct world *w, uint64_t n)
{
    char id[2][24];
    struct store_item items[2];
    struct store_ingest in;
    enum store_result result = STORE_LOST;
    struct store_send send = send_of("{}");

    for (int i = 0; i < 2; i++) {
        (void)snprintf(id[i], sizeof id[i], "w%d-%llu", i, (unsigned long long)n);
        items[i] = item(w, id[i], i == 0 ? PHONE : PHONE2, NULL, "x");
    }
    do {
        in = ingest_op(w, items, 2);
        if (!run(w, &in, &result))
            return false;
        acks->no_space += result == STORE_NO_SPACE;
    } while (result != STORE_OK);                           /* the provider comes again */
    acks->mistakes += items[0].seq != n || items[1].seq != n;
    acks->events = n;
    for (int i = 0; i < 2; i++) {
        struct store_turn t = turn_op(w, items[i].conv, n, "{\"x\":1}");
        struct store_mark m;
        int64_t row;

        t.sends = &send;
        t.send_count = 1;
        w->send_count = 0;
        if (!run(w, &t, &result))
            return false;
        acks->mistakes += result != STORE_OK || w->send_count != 1;
        acks->turns = n * 2 - 1 + (uint64_t)i;
        row = w->sends[0].id;
        m = mark_op(w, row, OUT_READY, OUT_SENDING, 1);
        if (!run(w, &m, &result))
            return false;
        acks->mistakes += result != STORE_OK;
        acks->sending = row;
        m = mark_op(w, row, OUT_SENDING, OUT_ACCEPTED, 1);
        m.wamid = "wamid.X";
        if (!run(w, &m, &result))
            return false;
        acks->mistakes += result != STORE_OK;
        acks->accepted = row;
    }
    world_forget(w);
    return true;
}

static _Noreturn void live(const char *failpoint)
{
    struct world w;

    if (setenv("LISOLO_FAIL_SEED", "7", 1) != 0 || setenv("LISOLO_FAIL", failpoint, 1) != 0)
        _exit(2);
    world_open(&w, &on_sqlite);
    for (uint64_t n = 1; n <= ROUNDS; n++)
        if (!one_round(&w, n))
            break;
    _exit(0);
}

static int64_t number(struct store *s, const char *sql)
{
    sqlite3_stmt *q = NULL;
    int64_t n = -1;

    if (sqlite3_prepare_v2(sqlite_of(s)->db, sql, -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW)
        n = sqlite3_column_int64(q, 0);
    (void)sqlite3_finalize(q);
    return n;
}

#define MUST(what) \
    do { \
        if (!(what)) { \
            (void)fprintf(stderr, "  not so: %s\n", #what); \
            _exit(1); \
        } \
    } while (0)

/* The next process. */
static _Noreturn void look(void)
{
    struct world w;
    struct store_item it;
    char id[24];

    world_open(&w, &on_sqlite);
    MUST(number(w.s, "SELECT COUNT(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'") == 0);
    MUST(number(w.s, "SELECT COUNT(*) FROM (SELECT conv FROM inbox GROUP BY conv HAVING COUNT(*) <> MAX(seq))") == 0);
    MUST(number(w.s, "SELECT IFNULL(MIN(n), 0) FROM (SELECT COUNT(*) AS n FROM inbox GROUP BY conv)") >= (int64_t)acks->events);
    MUST(number(w.s, "SELECT COUNT(*) FROM inbox WHERE handled_ms IS NOT NULL") >= (int64_t)acks->turns);
    MUST(number(w.s, "SELECT IFNULL(SUM(done_seq), 0) FROM state") ==
         number(w.s, "SELECT COUNT(*) FROM inbox WHERE handled_ms IS NOT NULL"));
    MUST(number(w.s, "SELECT COUNT(*) FROM outbox") == number(w.s, "SELECT IFNULL(SUM(done_seq), 0) FROM state"));
    MUST(number(w.s, "SELECT COUNT(*) FROM outbox WHERE state = 1") == 0);
    MUST(number(w.s, "SELECT COUNT(*) FROM outbox WHERE state = 4") >= acks->accepted);
    MUST(acks->sending == 0 || number(w.s, "SELECT MAX(id) FROM outbox WHERE state IN (2, 4)") >= acks->sending);
    MUST((int64_t)w.event_count == number(w.s, "SELECT COUNT(*) FROM inbox WHERE handled_ms IS NULL"));
    MUST((int64_t)w.send_count == number(w.s, "SELECT COUNT(*) FROM outbox WHERE state < 4"));
    for (uint64_t n = 1; n <= acks->events; n++) {
        (void)snprintf(id, sizeof id, "w1-%llu", (unsigned long long)n);
        it = gives(&w, item(&w, id, PHONE2, NULL, "x"));
        MUST(it.verdict == STORE_DUPLICATE && it.seq == n);
    }
    world_close(&w);
    _exit(0);
}

static int in_child(void (*run_it)(const char *), const char *failpoint)
{
    pid_t child = fork();
    int status = -1;

    assert_true(child != -1);
    if (child == 0)
        run_it(failpoint);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void looking(const char *unused)
{
    (void)unused;
    look();
}

static void living(const char *failpoint) { live(failpoint); }

static void a_death_at_any_point_loses_nothing(void **state)
{
    static const char *const points[] = { "store.group.begin", "store.item.ingest", "store.item.turn", "store.item.mark",
                                          "store.commit.before", "store.commit.after", "store.hooks.before" };
    int deaths = 0;

    (void)state;
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++)
        for (int hit = 1; hit <= HITS; hit++) {
            char failpoint[64];
            int status;

            (void)snprintf(failpoint, sizeof failpoint, "%s=%d*kill", points[i], hit * 2);
            *acks = (struct acks){ 0 };
            sqlite_remove_files();
            status = in_child(living, failpoint);
            assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
            assert_int_equal(acks->mistakes, 0);
            deaths++;
            status = in_child(looking, NULL);
            if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
                fail_msg("%s: the file is not as it must be", failpoint);
        }
    print_message("%d deaths\n", deaths);
}

static void a_death_while_taking_over_loses_nothing(void **state)
{
    (void)state;
    *acks = (struct acks){ 0 };
    sqlite_remove_files();
    assert_int_equal(in_child(living, "store.commit.after=30*kill") & 0x7f, SIGKILL);
    assert_int_equal(in_child(living, "store.recover=1*kill") & 0x7f, SIGKILL);
    assert_int_equal(in_child(looking, NULL), 0);
}

static void a_full_disk_delays_and_loses_nothing(void **state)
{
    (void)state;
    *acks = (struct acks){ 0 };
    sqlite_remove_files();
    assert_int_equal(in_child(living, "store.commit.full=20%err(1)"), 0);
    assert_true(acks->no_space > 0);
    assert_int_equal(acks->mistakes, 0);
    assert_int_equal(acks->broken, 0);
    assert_int_equal(acks->events, ROUNDS);
    assert_int_equal(in_child(looking, NULL), 0);
}

static void a_commit_that_cannot_be_synced_ends_the_process(void **state)
{
    (void)state;
    *acks = (struct acks){ 0 };
    sqlite_remove_files();
    assert_int_equal(in_child(living, "store.commit.io=9*err(1)"), 0);
    assert_int_equal(acks->broken, 1);
    assert_int_equal(in_child(looking, NULL), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_death_at_any_point_loses_nothing),
        cmocka_unit_test(a_death_while_taking_over_loses_nothing),
        cmocka_unit_test(a_full_disk_delays_and_loses_nothing),
        cmocka_unit_test(a_commit_that_cannot_be_synced_ends_the_process),
    };
    int failed;

    log_set_level(LOG_ERROR + 1);
    acks = mmap(NULL, sizeof *acks, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (acks == MAP_FAILED || !sqlite_folder_make())
        return 1;
    failed = cmocka_run_group_tests_name("faults", tests, NULL, NULL);
    sqlite_folder_remove();
    return failed;
}

#else

int main(void)
{
    (void)puts("no failpoints in this build (make FAULT=1)");
    return 0;
}

#endif
