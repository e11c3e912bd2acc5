/*
 * Both drivers do the same work and must say the same: every result, every hook, every figure. The work is random, with a
 * seed that is printed when they differ.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers.h"
#include "lisolo/base/log.h"
#include "world.h"

enum { ROUNDS = 12, STEPS = 500 };

static uint64_t seed;
static struct world a, b;              /* memory, sqlite */

static uint32_t random_below(uint32_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 32) % n;
}

static bool one_in(uint32_t n) { return random_below(n) == 0; }

/* ---- an operation, once for each driver ---- */

static void run(void *on_a, void *on_b)
{
    struct store_op *x = on_a, *y = on_b;

    assert_int_equal(submit(&a, on_a), submit(&b, on_b));
    assert_int_equal(x->result, y->result);
}

static const char *phone(void)
{
    static const char *const phones[] = { "+242066000001", "+242066000002", "+242066000003", "+242066000004", "+242066000005",
                                          "+242066000006" };

    return phones[random_below(6)];
}

static const char *bsuid(void)
{
    static const char *const ids[] = { "CG.1", "CG.2", "CG.3", "CG.4", "CG.5", "CG.6" };

    return ids[random_below(6)];
}

static struct store_item some_item(void)
{
    static char bodies[64][32];                            /* used again long after their operation is done */
    static int number;
    char id[24], *body = bodies[++number % 64];
    struct store_item it;

    (void)snprintf(body, sizeof bodies[0], "{\"n\":%d}", number);
    (void)snprintf(id, sizeof id, "w%u", one_in(10) ? random_below(200) : (unsigned)number + 1000);
    it = item(&a, id, one_in(5) ? NULL : phone(), one_in(2) ? NULL : bsuid(), body);
    if (it.phone == NULL && it.bsuid == NULL)
        it.bsuid = bsuid();
    if (one_in(12) && it.phone != NULL)
        it.old_phone = phone();
    if (one_in(15) && it.bsuid != NULL)
        it.old_bsuid = bsuid();
    it.from_person = !one_in(3);
    if (one_in(8)) {
        it.route = one_in(2) ? "toktok\x1f" "A" : "toktok\x1f" "B";
        it.number = NULL;
    }
    return it;
}

static struct store_item some_status(void)
{
    static const char *const wamids[] = { "wamid.A", "wamid.B", "wamid.C", "wamid.D" };
    struct store_item it = { .kind = STORE_STATUS };

    it.out_id = one_in(4) ? 0 : random_below((uint32_t)a.send_count + 3);
    it.attempt = (int)random_below(3);
    it.wamid = one_in(5) ? NULL : wamids[random_below(4)];
    it.failed = one_in(4);
    it.rank = it.failed ? RANK_NONE : (enum store_rank)(1 + random_below(4));
    it.error_code = it.failed ? 131026 : 0;
    return it;
}

static void do_ingest(void)
{
    struct store_item x[4], y[4];
    size_t n = 1 + random_below(4);
    struct store_ingest on_a = ingest_op(&a, x, n), on_b = ingest_op(&b, y, n);

    for (size_t i = 0; i < n; i++)
        x[i] = y[i] = one_in(3) ? some_status() : some_item();
    run(&on_a, &on_b);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(x[i].verdict, y[i].verdict);
        assert_int_equal(x[i].conv, y[i].conv);
        assert_int_equal(x[i].seq, y[i].seq);
    }
}

/* Mostly the turn that is next somewhere. */
static void choose_turn(int64_t *conv, uint64_t *seq)
{
    const struct seen_event *e;

    *conv = 1;
    *seq = 1 + random_below(3);
    if (a.event_count == 0)
        return;
    e = &a.events[a.event_count - 1 - random_below(a.event_count < 12 ? (uint32_t)a.event_count : 12)];
    *conv = e->conv;
    *seq = one_in(3) ? e->seq : e->done_seq + 1;
}

static void do_turn(void)
{
    static const char *const names[] = { "remind", "expire", "x" };
    struct store_send sends[3];
    struct store_call calls[2];
    struct store_timer timers[3] = { { .guard = 0 } };
    struct store_item x[2], y[2];
    struct store_turn on_a, on_b;
    uint64_t seq;
    int64_t conv;

    choose_turn(&conv, &seq);
    for (size_t i = 0; i < 3; i++) {
        sends[i] = send_of("{}");
        (void)snprintf(timers[i].name, sizeof timers[i].name, "%s", names[i]);
        timers[i].guard = seq;
        timers[i].after_send = one_in(2);
        timers[i].due_ms = one_in(4) ? 0 : (timers[i].after_send ? 0 : world_now(&a)) + random_below(100000);
    }
    for (size_t i = 0; i < 2; i++) {
        calls[i] = (struct store_call){ .step = "s", .method = "GET", .path = "/", .key = "k", .guard = seq };
        x[i] = y[i] = some_item();
    }
    on_a = turn_op(&a, conv, seq, one_in(5) ? "" : "{\"s\":1}");
    on_a.now_ms = world_now(&a);
    on_a.sends = sends;
    on_a.send_count = random_below(4);
    on_a.calls = calls;
    on_a.call_count = one_in(3) ? random_below(3) : 0;
    on_a.timers = timers;
    on_a.timer_count = random_below(4);
    on_a.failed = one_in(6);
    on_a.note = on_a.failed ? "flows/course.lua:14" : NULL;
    on_b = on_a;
    on_a.notices = x;
    on_b.notices = y;
    on_a.notice_count = on_b.notice_count = one_in(4) ? random_below(3) : 0;
    run(&on_a, &on_b);
}

static void do_mark(void)
{
    static const char *const wamids[] = { "wamid.A", "wamid.B", "wamid.C", "wamid.D" };
    struct store_mark on_a = mark_op(&a, 1 + random_below((uint32_t)a.send_count + 2), (enum out_state)random_below(4),
                                     (enum out_state)random_below(8), (int)random_below(3));
    struct store_mark on_b;

    on_a.wamid = wamids[random_below(4)];
    on_a.note = one_in(2) ? "note" : NULL;
    on_a.due_ms = world_now(&a) + 1000;
    on_a.error_code = (int)random_below(2);
    on_b = on_a;
    run(&on_a, &on_b);
}

static void do_call(void)
{
    int64_t id = 1 + random_below((uint32_t)a.call_count + 2);
    struct store_call_mark m = { .op = { .kind = STORE_CALL_MARK }, .call_id = id, .from = (enum call_state)random_below(2),
                                 .to = (enum call_state)random_below(2), .attempt = (int)random_below(4),
                                 .due_ms = world_now(&a) + 5 };
    struct store_call_mark m2 = m;
    struct store_answer x = { .op = { .kind = STORE_ANSWER }, .call_id = id, .body = { "{\"a\":1}", 7 }, .now_ms = world_now(&a) };
    struct store_answer y = x;

    run(&m, &m2);
    if (one_in(2))
        run(&x, &y);
}

static void do_fire(void)
{
    size_t limit = 1 + random_below(5);
    struct store_fire x = fire(&a, limit), y = fire(&b, limit);

    assert_int_equal(x.fired, y.fired);
    assert_int_equal(x.more, y.more);
    assert_int_equal(x.next_due_ms, y.next_due_ms);
}

static void do_load(void)
{
    int64_t conv = 1 + random_below(14);
    size_t limit = 1 + random_below(6);
    bool more_x, more_y;

    assert_int_equal(load(&a, conv, limit, &more_x), load(&b, conv, limit, &more_y));
    assert_int_equal(more_x, more_y);
}

static void do_sweep(void)
{
    struct store_sweep x = { .op = { .kind = STORE_SWEEP }, .now_ms = world_now(&a) }, y = x;

    run(&x, &y);
    assert_int_equal(x.deleted, y.deleted);
}

static void expect_same_json(cJSON *x, cJSON *y, const char *what)
{
    /* What belongs to a file or a process; the memory driver's process never ends. */
    static const char *const own[] = { "file_bytes", "wal_bytes", "disk_free_bytes", "commit_us_last", "commit_us_max", "groups",
                                       "items", "events", "duplicates", "turns", "lost", "no_space" };
    char *p, *q;

    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        cJSON_DeleteItemFromObject(x, own[i]);
        cJSON_DeleteItemFromObject(y, own[i]);
    }
    p = cJSON_PrintUnformatted(x);
    q = cJSON_PrintUnformatted(y);
    if ((p == NULL) != (q == NULL) || (p != NULL && strcmp(p, q) != 0))
        fail_msg("%s:\n%s\n%s", what, p, q);
    free(p);
    free(q);
    cJSON_Delete(x);
    cJSON_Delete(y);
}

static void do_ask(void)
{
    char subject[32];

    expect_same_json(ask(&a, ASK_STATUS, NULL), ask(&b, ASK_STATUS, NULL), "status");
    (void)snprintf(subject, sizeof subject, one_in(2) ? "#%u" : "%u", 1 + random_below(14));
    expect_same_json(ask(&a, ASK_WHY, subject), ask(&b, ASK_WHY, subject), subject);
    (void)snprintf(subject, sizeof subject, "%s", phone());
    expect_same_json(ask(&a, ASK_WHY, subject), ask(&b, ASK_WHY, subject), subject);
    expect_same_json(ask(&a, ASK_WHY, "wamid.A"), ask(&b, ASK_WHY, "wamid.A"), "wamid.A");
}

/* Something that does not fit, and comes through later. */
static void do_full(void)
{
    struct store_mark on_a = mark_op(&a, 1 + random_below((uint32_t)a.send_count + 2), OUT_READY, OUT_SENDING, 1), on_b = on_a;
    struct store_item x = some_item(), y = x;
    struct store_ingest in_a = ingest_op(&a, &x, 1), in_b = ingest_op(&b, &y, 1);

    queue(&a, &in_a);
    queue(&a, &on_a);
    queue(&b, &in_b);
    queue(&b, &on_b);
    a.driver->fill(a.s, true);
    b.driver->fill(b.s, true);
    assert_int_equal(step(&a), 0);
    assert_int_equal(step(&b), 0);
    assert_int_equal(in_a.op.result, STORE_NO_SPACE);
    assert_int_equal(in_b.op.result, STORE_NO_SPACE);
    a.driver->fill(a.s, false);
    b.driver->fill(b.s, false);
    clock_fake_advance(&a.clock, 250);
    clock_fake_advance(&b.clock, 250);
    assert_int_equal(step(&a), 1);
    assert_int_equal(step(&b), 1);
    assert_int_equal(on_a.op.result, on_b.op.result);
}

static void do_time(void)
{
    int64_t ms = one_in(20) ? 9LL * 24 * 3600 * 1000 : random_below(60000);

    clock_fake_advance(&a.clock, ms);
    clock_fake_advance(&b.clock, ms);
}

static void do_reopen(void)
{
    world_reopen(&a);
    world_reopen(&b);
}

static void expect_same_news(void)
{
    assert_int_equal(a.event_count, b.event_count);
    assert_memory_equal(a.events, b.events, a.event_count * sizeof *a.events);
    assert_int_equal(a.send_count, b.send_count);
    assert_memory_equal(a.sends, b.sends, a.send_count * sizeof *a.sends);
    assert_int_equal(a.call_count, b.call_count);
    assert_memory_equal(a.calls, b.calls, a.call_count * sizeof *a.calls);
    assert_int_equal(a.status_count, b.status_count);
    for (size_t i = 0; i < a.status_count; i++) {
        assert_int_equal(a.statuses[i].out_id, b.statuses[i].out_id);
        assert_int_equal(a.statuses[i].conv, b.statuses[i].conv);
        assert_int_equal(a.statuses[i].state, b.statuses[i].state);
        assert_int_equal(a.statuses[i].rank, b.statuses[i].rank);
        assert_int_equal(a.statuses[i].failed, b.statuses[i].failed);
        assert_int_equal(a.statuses[i].duplicate, b.statuses[i].duplicate);
    }
    assert_int_equal(a.timer_count, b.timer_count);
    assert_memory_equal(a.timers, b.timers, a.timer_count * sizeof a.timers[0]);
    a.status_count = b.status_count = a.timer_count = b.timer_count = 0;
}

static void the_drivers_agree_on_whatever_happens(void **state)
{
    static void (*const work[])(void) = { do_ingest, do_ingest, do_ingest, do_turn, do_turn, do_turn, do_mark, do_mark, do_call,
                                          do_fire, do_load, do_time, do_ask };

    (void)state;
    for (unsigned round = 1; round <= ROUNDS; round++) {
        seed = (uint64_t)round * 0x9E3779B97F4A7C15ULL;
        print_message("seed %u\n", round);
        world_open(&a, &on_memory);
        world_open(&b, &on_sqlite);
        for (int i = 0; i < STEPS; i++) {
            if (one_in(60))
                do_sweep();
            else if (one_in(60))
                do_full();
            else if (one_in(80))
                do_reopen();
            else
                work[random_below(sizeof work / sizeof work[0])]();
            expect_same_news();
        }
        world_close(&a);
        world_close(&b);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(the_drivers_agree_on_whatever_happens) };
    int failed;

    log_set_level(LOG_ERROR + 1);
    if (!sqlite_folder_make())
        return 1;
    failed = cmocka_run_group_tests_name("drivers agree", tests, NULL, NULL);
    sqlite_folder_remove();
    return failed;
}
