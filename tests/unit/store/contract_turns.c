/* The commit of a turn: all of it or nothing, once, in order, and only by the owner. */
#include <stdio.h>
#include <string.h>

#include "world.h"

#define PHONE "+242066123456"
#define PHONE2 "+242066123457"

static void a_turn_twice_is_lost(void **state)
{
    struct world *w = *state;
    int64_t conv = says(w, PHONE, "1").conv;
    struct store_counts counts;

    assert_int_equal(turn(w, conv, 1, "{\"n\":1}"), STORE_OK);
    assert_int_equal(turn(w, conv, 1, "{\"n\":9}"), STORE_LOST);
    (void)says(w, PHONE, "2");
    assert_string_equal(last_event(w)->state, "{\"n\":1}");
    store_counts(w->s, &counts);
    assert_int_equal(counts.turns, 1);
    assert_int_equal(counts.lost, 1);
}

static void a_turn_out_of_order_is_lost(void **state)
{
    struct world *w = *state;
    int64_t conv = says(w, PHONE, "1").conv;

    (void)says(w, PHONE, "2");
    assert_int_equal(turn(w, conv, 2, "{}"), STORE_LOST);
    assert_int_equal(turn(w, conv, 1, "{}"), STORE_OK);
    assert_int_equal(turn(w, conv, 2, "{}"), STORE_OK);
}

static void a_turn_of_an_event_that_never_came_is_lost(void **state)
{
    struct world *w = *state;
    int64_t conv = says(w, PHONE, "1").conv;

    assert_int_equal(turn(w, conv, 1, "{}"), STORE_OK);
    assert_int_equal(turn(w, conv, 2, "{}"), STORE_LOST);
    assert_int_equal(turn(w, conv + 1000, 1, "{}"), STORE_LOST);
    assert_int_equal(says(w, PHONE, "2").seq, 2);
    assert_int_equal(turn(w, conv, 2, "{}"), STORE_OK);
}

static struct store_turn full_turn(struct world *w, int64_t conv, uint64_t seq, struct store_send *send, struct store_call *call,
                                   struct store_timer *timer, struct store_item *notice)
{
    struct store_turn t = turn_op(w, conv, seq, "{\"full\":true}");

    *send = send_of("{\"free\":1}");
    *call = (struct store_call){ .step = "prix", .method = "POST", .path = "/prix?x=1", .key = "abc", .body = { "{\"a\":1}", 7 },
                                 .timeout_ms = 5000, .guard = seq };
    *timer = (struct store_timer){ .name = "remind", .guard = seq, .due_ms = T0 + 1000 };
    *notice = item(w, NULL, PHONE2, NULL, "{\"kind\":\"notice\"}");
    notice->from_person = false;
    t.sends = send;
    t.calls = call;
    t.timers = timer;
    t.notices = notice;
    t.send_count = t.call_count = t.timer_count = t.notice_count = 1;
    return t;
}

static void a_turn_leaves_everything_behind_and_the_hooks_hear_of_it(void **state)
{
    struct world *w = *state;
    struct store_send send;
    struct store_call call;
    struct store_timer timer;
    struct store_item notice;
    int64_t conv = says(w, PHONE, "1").conv;
    struct store_turn t = full_turn(w, conv, 1, &send, &call, &timer, &notice);

    world_forget(w);
    assert_int_equal(submit(w, &t), STORE_OK);
    assert_int_equal(w->send_count, 1);
    assert_int_equal(w->sends[0].state, OUT_READY);
    assert_int_equal(w->sends[0].conv, conv);
    assert_int_equal(w->sends[0].seq, 1);
    assert_int_equal(w->sends[0].due_ms, T0);
    assert_int_equal(w->sends[0].expires_ms, T0 + 600000);
    assert_int_equal(w->sends[0].heard_ms, T0);
    assert_string_equal(w->sends[0].body, "{\"free\":1}");
    assert_string_equal(w->sends[0].phone, PHONE);
    assert_int_equal(w->call_count, 1);
    assert_string_equal(w->calls[0].path, "/prix?x=1");
    assert_string_equal(w->calls[0].body, "{\"a\":1}");
    assert_int_equal(w->calls[0].guard, 1);
    assert_int_equal(w->timer_count, 1);
    assert_int_equal(w->timers[0], T0 + 1000);
    assert_int_equal(notice.verdict, STORE_NEW);
    assert_int_equal(w->event_count, 1);
    assert_int_equal(last_event(w)->conv, notice.conv);
    assert_string_equal(last_event(w)->phone, PHONE2);
    assert_int_equal(last_event(w)->heard_ms, 0);
}

static void expect_nothing_left(struct world *w)
{
    assert_int_equal(w->send_count, 0);
    assert_int_equal(w->call_count, 0);
    assert_int_equal(w->timer_count, 0);
    assert_int_equal(figure(w, "outbox.ready"), 0);
    assert_int_equal(figure(w, "calls"), 0);
    assert_int_equal(figure(w, "timers"), 0);
    assert_int_equal(figure(w, "conversations"), 1);       /* not the notice's */
}

static void a_lost_turn_leaves_nothing(void **state)
{
    struct world *w = *state;
    struct store_send send;
    struct store_call call;
    struct store_timer timer;
    struct store_item notice;
    int64_t conv = says(w, PHONE, "1").conv;
    struct store_turn t = full_turn(w, conv, 2, &send, &call, &timer, &notice);

    assert_int_equal(submit(w, &t), STORE_LOST);
    expect_nothing_left(w);
}

static void a_turn_is_lost_when_another_process_has_taken_the_partition(void **state)
{
    struct world *w = *state;
    struct store_send send;
    struct store_call call;
    struct store_timer timer;
    struct store_item notice;
    int64_t conv = says(w, PHONE, "1").conv;
    struct store_turn t = full_turn(w, conv, 1, &send, &call, &timer, &notice);

    w->driver->steal(w->s, conv);
    assert_int_equal(submit(w, &t), STORE_LOST);
    expect_nothing_left(w);
    world_reopen(w);                                       /* it is ours again, and nothing was handled */
    assert_int_equal(w->event_count, 1);
    assert_int_equal(turn(w, conv, 1, "{}"), STORE_OK);
}

static void lost_items_of_a_group_leave_the_others_alone(void **state)
{
    struct world *w = *state;
    struct store_turn turns[20];
    struct store_send sends[20];
    int64_t convs[20];

    for (int i = 0; i < 20; i++) {
        char phone[24];

        (void)snprintf(phone, sizeof phone, "+2420661200%02d", i);
        convs[i] = says(w, phone, "1").conv;
    }
    for (int i = 0; i < 20; i++) {
        bool lost = i == 3 || i == 11;

        sends[i] = send_of("{}");
        turns[i] = turn_op(w, convs[i], lost ? 2 : 1, "{}");
        turns[i].sends = &sends[i];
        turns[i].send_count = 1;
        queue(w, &turns[i]);
    }
    assert_int_equal(step(w), 20);
    for (int i = 0; i < 20; i++)
        assert_int_equal(turns[i].op.result, i == 3 || i == 11 ? STORE_LOST : STORE_OK);
    assert_int_equal(w->send_count, 18);
    assert_int_equal(figure(w, "outbox.ready"), 18);
    assert_int_equal(figure(w, "unhandled"), 2);
}

static void a_turn_and_the_next_event_in_one_group(void **state)
{
    struct world *w = *state;
    int64_t conv = says(w, PHONE, "1").conv;
    struct store_item it = item(w, NULL, PHONE, NULL, "2");
    struct store_ingest in = ingest_op(w, &it, 1);
    struct store_turn t = turn_op(w, conv, 1, "{\"n\":1}");

    queue(w, &in);
    queue(w, &t);
    assert_int_equal(step(w), 2);
    assert_int_equal(t.op.result, STORE_OK);
    assert_int_equal(last_event(w)->seq, 2);
    assert_true(last_event(w)->has_state);                 /* as it is once the group is durable */
    assert_string_equal(last_event(w)->state, "{\"n\":1}");
}

static void a_state_can_be_taken_away(void **state)
{
    struct world *w = *state;
    int64_t conv = says(w, PHONE, "1").conv;

    assert_int_equal(turn(w, conv, 1, "{\"n\":1}"), STORE_OK);
    (void)says(w, PHONE, "2");
    assert_int_equal(turn(w, conv, 2, ""), STORE_OK);
    (void)says(w, PHONE, "3");
    assert_true(last_event(w)->has_state);
    assert_string_equal(last_event(w)->state, "");
}

static void a_notice_that_came_before_is_not_given_again(void **state)
{
    struct world *w = *state;
    int64_t conv = says(w, PHONE, "1").conv;
    struct store_item notices[2] = { item(w, "evt_1", PHONE2, NULL, "n"), item(w, "evt_1", PHONE2, NULL, "n") };
    struct store_turn t = turn_op(w, conv, 1, "{}");

    t.notices = notices;
    t.notice_count = 2;
    assert_int_equal(submit(w, &t), STORE_OK);
    assert_int_equal(notices[0].verdict, STORE_NEW);
    assert_int_equal(notices[1].verdict, STORE_DUPLICATE);
    assert_int_equal(figure(w, "unhandled"), 1);
}

static void a_notice_may_be_for_the_same_conversation(void **state)
{
    struct world *w = *state;
    int64_t conv = says(w, PHONE, "1").conv;
    struct store_item notice = item(w, NULL, PHONE, NULL, "n");
    struct store_turn t = turn_op(w, conv, 1, "{\"n\":1}");

    t.notices = &notice;
    t.notice_count = 1;
    assert_int_equal(submit(w, &t), STORE_OK);
    assert_int_equal(notice.conv, conv);
    assert_int_equal(notice.seq, 2);
    assert_true(last_event(w)->has_state);
    assert_string_equal(last_event(w)->state, "{\"n\":1}");
}

/* ---- taking over, and cold conversations ---- */

static void recovery_gives_the_next_few_events_of_everybody(void **state)
{
    struct world *w = *state;
    int64_t busy = 0, quiet, conv;
    bool more;

    for (int i = 0; i < 40; i++)
        busy = says(w, PHONE, "x").conv;
    quiet = says(w, PHONE2, "x").conv;
    conv = says(w, "+242066123458", "x").conv;
    assert_int_equal(turn(w, conv, 1, "{}"), STORE_OK);
    assert_int_equal(turn(w, busy, 1, "{\"n\":1}"), STORE_OK);
    world_reopen(w);
    assert_int_equal(w->event_count, 17);                  /* 16 and 1 */
    for (uint64_t i = 0; i < 16; i++) {
        assert_int_equal(w->events[i].conv, busy);
        assert_int_equal(w->events[i].seq, i + 2);
        assert_int_equal(w->events[i].has_state, i == 0);
    }
    assert_string_equal(w->events[0].state, "{\"n\":1}");
    assert_int_equal(w->events[16].conv, quiet);
    world_forget(w);
    assert_int_equal(load(w, busy, 20, &more), 20);
    assert_true(more);
    assert_int_equal(w->events[0].seq, 2);
    assert_true(w->events[0].has_state);
    assert_int_equal(load(w, busy, 39, &more), 39);
    assert_false(more);
}

static void loading_a_conversation_with_nothing_to_do_finds_nothing(void **state)
{
    struct world *w = *state;
    int64_t conv = says(w, PHONE, "1").conv;
    bool more;

    assert_int_equal(turn(w, conv, 1, "{}"), STORE_OK);
    world_forget(w);
    assert_int_equal(load(w, conv, 10, &more), 0);
    assert_false(more);
    assert_int_equal(load(w, conv + 100, 10, &more), 0);
    assert_int_equal(w->event_count, 0);
}

static void a_turn_of_before_a_takeover_is_lost_only_to_its_owner(void **state)
{
    struct world *w = *state;
    int64_t conv = says(w, PHONE, "1").conv;
    struct error err;

    assert_true(store_recover(w->s, &err));
    assert_int_equal(turn(w, conv, 1, "{}"), STORE_OK);
}

static void recovery_is_told_the_person_of_each(void **state)
{
    struct world *w = *state;

    (void)says(w, PHONE, "1");
    world_reopen(w);
    assert_string_equal(last_event(w)->phone, PHONE);
    assert_true(last_event(w)->person);
}

CONTRACT(contract_turns)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_turn_twice_is_lost),
        cmocka_unit_test(a_turn_out_of_order_is_lost),
        cmocka_unit_test(a_turn_of_an_event_that_never_came_is_lost),
        cmocka_unit_test(a_turn_leaves_everything_behind_and_the_hooks_hear_of_it),
        cmocka_unit_test(a_lost_turn_leaves_nothing),
        cmocka_unit_test(a_turn_is_lost_when_another_process_has_taken_the_partition),
        cmocka_unit_test(lost_items_of_a_group_leave_the_others_alone),
        cmocka_unit_test(a_turn_and_the_next_event_in_one_group),
        cmocka_unit_test(a_state_can_be_taken_away),
        cmocka_unit_test(a_notice_that_came_before_is_not_given_again),
        cmocka_unit_test(a_notice_may_be_for_the_same_conversation),
        cmocka_unit_test(recovery_gives_the_next_few_events_of_everybody),
        cmocka_unit_test(loading_a_conversation_with_nothing_to_do_finds_nothing),
        cmocka_unit_test(a_turn_of_before_a_takeover_is_lost_only_to_its_owner),
        cmocka_unit_test(recovery_is_told_the_person_of_each),
    };

    GIVE(tests);
}
