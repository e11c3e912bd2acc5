/* Timers and backend calls. */
#include <stdio.h>
#include <string.h>

#include "world.h"

#define PHONE "+242066123456"
#define PHONE2 "+242066123457"

static struct store_timer timer(const char *name, int64_t due_ms, uint64_t guard)
{
    struct store_timer t = { .due_ms = due_ms, .guard = guard };

    (void)snprintf(t.name, sizeof t.name, "%s", name);
    return t;
}

/* Says something and answers it with these timers. */
static int64_t with_timers(struct world *w, const char *phone, struct store_timer *timers, size_t count, size_t sends)
{
    struct store_item it = says(w, phone, "x");
    struct store_turn t = turn_op(w, it.conv, it.seq, "{}");
    struct store_send rows[4];

    for (size_t i = 0; i < sends; i++)
        rows[i] = send_of("{}");
    t.sends = rows;
    t.send_count = sends;
    t.timers = timers;
    t.timer_count = count;
    assert_int_equal(submit(w, &t), STORE_OK);
    return it.conv;
}

static void a_due_timer_becomes_an_event(void **state)
{
    struct world *w = *state;
    struct store_timer t = timer("remind", T0 + 1000, 1);
    int64_t conv = with_timers(w, PHONE, &t, 1, 0);
    struct store_fire f = fire(w, 10);

    assert_int_equal(f.fired, 0);
    assert_int_equal(f.next_due_ms, T0 + 1000);
    clock_fake_advance(&w->clock, 1500);
    f = fire(w, 10);
    assert_int_equal(f.fired, 1);
    assert_false(f.more);
    assert_int_equal(f.next_due_ms, INT64_MAX);
    assert_int_equal(last_event(w)->conv, conv);
    assert_int_equal(last_event(w)->seq, 2);
    assert_string_equal(last_event(w)->body, "{\"kind\":\"timer\",\"at\":1800000001000,\"name\":\"remind\",\"guard\":1}");
    assert_int_equal(last_event(w)->committed_ms, T0 + 1500);
    assert_int_equal(fire(w, 10).fired, 0);
    assert_int_equal(turn(w, conv, 2, "{}"), STORE_OK);
}

static void names_of_timers_are_quoted(void **state)
{
    struct world *w = *state;
    struct store_timer t = timer("a\"b\\c", T0, 1);

    (void)with_timers(w, PHONE, &t, 1, 0);
    assert_int_equal(fire(w, 10).fired, 1);
    assert_non_null(strstr(last_event(w)->body, "\"a\\\"b\\\\c\""));
}

static void setting_a_timer_replaces_it_and_zero_removes_it(void **state)
{
    struct world *w = *state;
    struct store_timer first[2] = { timer("remind", T0 + 1000, 1), timer("expire", T0 + 9000, 1) };
    struct store_timer second = timer("remind", T0 + 5000, 2), third = timer("remind", 0, 0);

    (void)with_timers(w, PHONE, first, 2, 0);
    assert_int_equal(figure(w, "timers"), 2);
    (void)with_timers(w, PHONE, &second, 1, 0);
    assert_int_equal(figure(w, "timers"), 2);
    clock_fake_advance(&w->clock, 2000);
    assert_int_equal(fire(w, 10).fired, 0);
    (void)with_timers(w, PHONE, &third, 1, 0);
    assert_int_equal(figure(w, "timers"), 1);
    clock_fake_advance(&w->clock, 60000);
    assert_int_equal(fire(w, 10).fired, 1);
    assert_non_null(strstr(last_event(w)->body, "expire"));
}

static void timers_fire_earliest_first_and_no_more_than_asked(void **state)
{
    struct world *w = *state;
    struct store_fire f;

    for (int i = 0; i < 10; i++) {
        char phone[24];
        struct store_timer t = timer("t", T0 + 1000 + (i * 7) % 10, 1);

        (void)snprintf(phone, sizeof phone, "+2420661200%02d", i);
        (void)with_timers(w, phone, &t, 1, 0);
    }
    clock_fake_advance(&w->clock, 1005);
    world_forget(w);
    f = fire(w, 4);
    assert_int_equal(f.fired, 4);
    assert_true(f.more);
    assert_int_equal(f.next_due_ms, T0 + 1004);
    f = fire(w, 4);
    assert_int_equal(f.fired, 2);
    assert_false(f.more);
    assert_int_equal(f.next_due_ms, T0 + 1006);
    for (size_t i = 0; i < 6; i++) {
        char at[24];

        (void)snprintf(at, sizeof at, "\"at\":%lld", T0 + 1000 + (long long)i);
        assert_non_null(strstr(w->events[i].body, at));
    }
}

static void recovery_tells_the_earliest_timer(void **state)
{
    struct world *w = *state;
    struct store_timer t[2] = { timer("a", T0 + 7000, 1), timer("b", T0 + 3000, 1) };

    (void)with_timers(w, PHONE, t, 2, 0);
    assert_int_equal(w->timers[w->timer_count - 1], T0 + 3000);
    world_reopen(w);
    assert_int_equal(w->timer_count, 1);
    assert_int_equal(w->timers[0], T0 + 3000);
}

/* ---- after the last message ---- */

static struct store_timer after(const char *name, int64_t delay_ms)
{
    struct store_timer t = timer(name, delay_ms, 1);

    t.after_send = true;
    return t;
}

static void a_timer_after_the_message_starts_when_the_last_row_is_accepted(void **state)
{
    struct world *w = *state;
    struct store_timer t = after("remind", 60000);
    int64_t first;

    (void)with_timers(w, PHONE, &t, 1, 2);
    first = w->sends[0].id;
    assert_int_equal(w->timer_count, 0);
    clock_fake_advance(&w->clock, 3600000);                /* an outage: nobody is reminded of what they never saw */
    assert_int_equal(fire(w, 10).fired, 0);
    accept_row(w, first, "wamid.A");
    assert_int_equal(w->timer_count, 0);
    accept_row(w, first + 1, "wamid.B");
    assert_int_equal(w->timer_count, 1);
    assert_int_equal(w->timers[0], T0 + 3660000);
    assert_int_equal(fire(w, 10).next_due_ms, T0 + 3660000);
    clock_fake_advance(&w->clock, 60000);
    assert_int_equal(fire(w, 10).fired, 1);
}

static void it_starts_too_when_the_row_is_given_up_or_its_status_comes(void **state)
{
    static const enum out_state ends[] = { OUT_FAILED, OUT_EXPIRED, OUT_DROPPED, OUT_ACCEPTED };
    struct world *w = *state;

    for (size_t i = 0; i < 4; i++) {
        struct store_timer t = after("remind", 1000);
        char phone[24];
        int64_t id;

        (void)snprintf(phone, sizeof phone, "+2420661200%02zu", i);
        (void)with_timers(w, phone, &t, 1, 1);
        id = w->sends[w->send_count - 1].id;
        assert_int_equal(mark(w, id, OUT_READY, OUT_SENDING, 1), STORE_OK);
        assert_int_equal(mark(w, id, OUT_SENDING, OUT_UNKNOWN, 1), STORE_OK);
        assert_int_equal(w->timer_count, i);
        if (ends[i] == OUT_ACCEPTED)
            assert_int_equal(status(w, status_of(id, 1, "wamid.A", RANK_SENT)), STORE_NEW);
        else
            assert_int_equal(mark(w, id, OUT_UNKNOWN, ends[i], 1), STORE_OK);
        assert_int_equal(w->timer_count, i + 1);
        assert_int_equal(w->timers[i], T0 + 1000);
    }
}

static void it_starts_at_once_without_a_message(void **state)
{
    struct world *w = *state;
    struct store_timer t = after("remind", 1000);

    (void)with_timers(w, PHONE, &t, 1, 0);
    assert_int_equal(w->timers[0], T0 + 1000);
}

static void a_waiting_timer_can_be_replaced_or_removed(void **state)
{
    struct world *w = *state;
    struct store_timer t[2] = { after("remind", 1000), after("expire", 2000) }, again[2] = { timer("remind", 0, 0),
                                                                                            timer("expire", T0 + 5000, 2) };
    int64_t id;

    (void)with_timers(w, PHONE, t, 2, 1);
    id = w->sends[0].id;
    (void)with_timers(w, PHONE, again, 2, 0);
    w->timer_count = 0;
    accept_row(w, id, "wamid.A");
    assert_int_equal(w->timer_count, 0);
    assert_int_equal(figure(w, "timers"), 1);
    clock_fake_advance(&w->clock, 4000);
    assert_int_equal(fire(w, 10).fired, 0);
    clock_fake_advance(&w->clock, 1000);
    assert_int_equal(fire(w, 10).fired, 1);
}

static void a_waiting_timer_survives_reopening(void **state)
{
    struct world *w = *state;
    struct store_timer t = after("remind", 1000);
    int64_t id;

    (void)with_timers(w, PHONE, &t, 1, 1);
    id = w->sends[0].id;
    world_reopen(w);
    assert_int_equal(w->timer_count, 0);
    accept_row(w, id, "wamid.A");
    assert_int_equal(w->timers[0], T0 + 1000);
}

/* ---- calls ---- */

static int64_t with_call(struct world *w, int64_t *conv)
{
    struct store_item it = says(w, PHONE, "x");
    struct store_turn t = turn_op(w, it.conv, it.seq, "{}");
    struct store_call c = { .step = "prix", .method = "POST", .path = "/prix", .key = "cle", .body = { "{\"mdp\":\"x\"}", 11 },
                            .timeout_ms = 4000, .guard = 1 };

    t.calls = &c;
    t.call_count = 1;
    assert_int_equal(submit(w, &t), STORE_OK);
    *conv = it.conv;
    return w->calls[w->call_count - 1].id;
}

static enum store_result call_mark(struct world *w, int64_t id, enum call_state from, enum call_state to, int attempt)
{
    struct store_call_mark m = { .op = { .kind = STORE_CALL_MARK }, .call_id = id, .from = from, .to = to, .attempt = attempt,
                                 .due_ms = T0 + 777, .now_ms = T0 };

    return submit(w, &m);
}

static enum store_result answer(struct world *w, int64_t id)
{
    struct store_answer a = { .op = { .kind = STORE_ANSWER }, .call_id = id, .body = { "{\"kind\":\"answer\"}", 17 },
                              .now_ms = T0 };

    return submit(w, &a);
}

static void a_call_is_answered_once_and_the_answer_is_an_event(void **state)
{
    struct world *w = *state;
    int64_t conv, id = with_call(w, &conv);

    assert_int_equal(answer(w, id), STORE_LOST);           /* it is not running */
    assert_int_equal(call_mark(w, id, CALL_READY, CALL_RUNNING, 1), STORE_OK);
    assert_int_equal(call_mark(w, id, CALL_READY, CALL_RUNNING, 1), STORE_LOST);
    world_forget(w);
    assert_int_equal(answer(w, id), STORE_OK);
    assert_int_equal(w->event_count, 1);
    assert_int_equal(last_event(w)->conv, conv);
    assert_int_equal(last_event(w)->seq, 2);
    assert_string_equal(last_event(w)->body, "{\"kind\":\"answer\"}");
    assert_int_equal(answer(w, id), STORE_LOST);
    assert_int_equal(answer(w, id + 100), STORE_LOST);
    assert_int_equal(w->event_count, 1);
    assert_int_equal(figure(w, "calls"), 0);
}

static void a_call_is_tried_again_after_a_failure_or_a_takeover(void **state)
{
    struct world *w = *state;
    int64_t conv, id = with_call(w, &conv);

    assert_int_equal(call_mark(w, id, CALL_READY, CALL_RUNNING, 1), STORE_OK);
    assert_int_equal(call_mark(w, id, CALL_RUNNING, CALL_READY, 1), STORE_OK);
    assert_int_equal(call_mark(w, id, CALL_READY, CALL_RUNNING, 2), STORE_OK);
    world_reopen(w);
    assert_int_equal(w->call_count, 1);
    assert_int_equal(w->calls[0].state, CALL_RUNNING);
    assert_int_equal(w->calls[0].attempt, 2);
    assert_int_equal(w->calls[0].due_ms, T0 + 777);
    assert_int_equal(w->calls[0].timeout_ms, 4000);
    assert_string_equal(w->calls[0].key, "cle");
    assert_string_equal(w->calls[0].step, "prix");
    assert_string_equal(w->calls[0].method, "POST");
    assert_string_equal(w->calls[0].body, "{\"mdp\":\"x\"}");
    assert_int_equal(call_mark(w, id, CALL_RUNNING, CALL_RUNNING, 3), STORE_OK);   /* repeated with its key */
    assert_int_equal(answer(w, id), STORE_OK);
    world_reopen(w);
    assert_int_equal(w->call_count, 0);
}

CONTRACT(contract_work)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_due_timer_becomes_an_event),
        cmocka_unit_test(names_of_timers_are_quoted),
        cmocka_unit_test(setting_a_timer_replaces_it_and_zero_removes_it),
        cmocka_unit_test(timers_fire_earliest_first_and_no_more_than_asked),
        cmocka_unit_test(recovery_tells_the_earliest_timer),
        cmocka_unit_test(a_timer_after_the_message_starts_when_the_last_row_is_accepted),
        cmocka_unit_test(it_starts_too_when_the_row_is_given_up_or_its_status_comes),
        cmocka_unit_test(it_starts_at_once_without_a_message),
        cmocka_unit_test(a_waiting_timer_can_be_replaced_or_removed),
        cmocka_unit_test(a_waiting_timer_survives_reopening),
        cmocka_unit_test(a_call_is_answered_once_and_the_answer_is_an_event),
        cmocka_unit_test(a_call_is_tried_again_after_a_failure_or_a_takeover),
    };

    GIVE(tests);
}
