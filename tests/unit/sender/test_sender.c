/*
 * The sender's promises, one test each, with the network played.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

static struct world w;

static const struct sender_options fast = { .number_per_s = 100000, .pair_burst = 100000, .pair_per_s = 1000 };

static size_t open_posts(void)
{
    size_t n = 0;

    for (size_t i = 0; i < w.count; i++)
        n += !w.posts[i].answered;
    return n;
}

static void a_row_is_durable_as_sending_before_it_leaves(void **state)
{
    int attempt = 0;

    (void)state;
    world_open(&w, &fast);
    (void)world_say(&w, "+242066000001", CLASS_REPLY, 1);
    assert_int_equal(w.count, 1);
    assert_string_equal(w.posts[0].url, "http://graph.test/v26.0/555000111222333/messages");
    assert_string_equal(w.posts[0].token, "token-1");
    assert_non_null(strstr(w.posts[0].body, "text 1 to"));
    (void)world_row(&w, 0, &attempt);
    assert_int_equal(attempt, 1);
    world_accept(&w, 0);
    world_run(&w);
    assert_int_equal(world_counts(&w).accepted, 1);
    assert_int_equal(world_counts(&w).in_flight, 0);
    world_close(&w);
}

static void one_row_a_person_is_in_flight_and_order_holds(void **state)
{
    (void)state;
    world_open(&w, &fast);
    (void)world_say(&w, "+242066000001", CLASS_REPLY, 5);
    (void)world_say(&w, "+242066000002", CLASS_REPLY, 5);
    for (int i = 1; i <= 5; i++) {
        char want[16];

        assert_int_equal(w.count, (size_t)i * 2);
        assert_int_equal(open_posts(), 2);
        (void)snprintf(want, sizeof want, "text %d to", i);
        assert_non_null(strstr(w.posts[i * 2 - 2].body, want));
        assert_non_null(strstr(w.posts[i * 2 - 1].body, want));
        world_accept(&w, (size_t)i * 2 - 2);
        world_accept(&w, (size_t)i * 2 - 1);
        world_run(&w);
    }
    assert_int_equal(world_counts(&w).accepted, 10);
    world_close(&w);
}

static void a_reply_overtakes_waiting_notifications_and_campaigns(void **state)
{
    (void)state;
    world_open(&w, &fast);
    (void)world_say(&w, "+242066000001", CLASS_CAMPAIGN, 2);
    (void)world_say(&w, "+242066000001", CLASS_NOTIFICATION, 1);
    (void)world_say(&w, "+242066000001", CLASS_REPLY, 1);
    assert_int_equal(w.count, 1);                          /* the first campaign row left when it was alone */
    w.accept_all = true;
    world_run(&w);
    assert_int_equal(w.count, 4);
    w.accept_all = false;
    world_close(&w);
}

static void a_lost_answer_is_never_posted_again_before_the_rule_holds(void **state)
{
    (void)state;
    world_open(&w, &fast);
    (void)world_say(&w, "+242066000001", CLASS_REPLY, 2);
    world_lose(&w, 0, FETCH_UNKNOWN, true);
    world_run(&w);
    world_advance(&w, 59 * 1000);
    assert_int_equal(w.count, 1);                          /* the person's later row waits too */
    assert_int_equal(world_counts(&w).unknown, 1);
    world_advance(&w, 32 * 1000);                          /* hold_max: held for an operator, the next one goes */
    assert_int_equal(w.count, 2);
    assert_non_null(strstr(w.posts[1].body, "text 2 to"));
    assert_int_equal(world_counts(&w).held, 1);
    world_advance(&w, 3600 * 1000);
    assert_int_equal(w.count, 2);                          /* and never again by itself */
    world_close(&w);
}

static void a_status_resolves_a_doubt_and_frees_the_lane(void **state)
{
    int attempt = 0;
    int64_t row;

    (void)state;
    world_open(&w, &fast);
    (void)world_say(&w, "+242066000001", CLASS_REPLY, 2);
    row = world_row(&w, 0, &attempt);
    world_lose(&w, 0, FETCH_UNKNOWN, false);
    world_run(&w);
    world_status(&w, row, attempt, "wamid.X1", RANK_SENT);
    world_run(&w);
    assert_int_equal(w.count, 2);
    assert_non_null(strstr(w.posts[1].body, "text 2 to"));
    assert_int_equal(world_counts(&w).resolved_by_status, 1);
    assert_int_equal(world_counts(&w).held, 0);
    world_close(&w);
}

static void absence_is_proven_by_later_rows_whose_statuses_came(void **state)
{
    int attempt = 0;

    (void)state;
    world_open(&w, &fast);
    (void)world_say(&w, "+242066000001", CLASS_REPLY, 1);
    world_lose(&w, 0, FETCH_UNKNOWN, false);
    world_run(&w);
    world_advance(&w, 1000);
    for (int i = 0; i < 5; i++) {
        char phone[24], wamid[24];
        size_t post = w.count;
        int64_t row;

        (void)snprintf(phone, sizeof phone, "+24206610000%d", i);
        (void)snprintf(wamid, sizeof wamid, "wamid.P%zu", post);
        (void)world_say(&w, phone, CLASS_REPLY, 1);
        row = world_row(&w, post, &attempt);
        world_accept(&w, post);
        world_run(&w);
        world_status(&w, row, attempt, wamid, RANK_SENT);
    }
    assert_int_equal(w.count, 6);
    world_advance(&w, 58 * 1000);
    assert_int_equal(w.count, 6);                          /* a minute first, whatever is proven */
    world_advance(&w, 2 * 1000);
    assert_int_equal(w.count, 7);
    assert_int_equal(world_row(&w, 6, &attempt), world_row(&w, 0, &attempt));
    (void)world_row(&w, 6, &attempt);
    assert_int_equal(attempt, 2);
    assert_int_equal(world_counts(&w).resolved_by_absence, 1);
    world_close(&w);
}

static void a_server_error_is_a_doubt_and_not_a_refusal(void **state)
{
    (void)state;
    world_open(&w, &fast);
    (void)world_say(&w, "+242066000001", CLASS_REPLY, 1);
    world_refuse(&w, 0, 500, 131000);
    world_run(&w);
    world_advance(&w, 10 * 1000);
    assert_int_equal(w.count, 1);
    assert_int_equal(world_counts(&w).unknown, 1);
    world_close(&w);
}

static void what_surely_did_not_leave_is_sent_again_with_a_new_attempt(void **state)
{
    int attempt = 0;

    (void)state;
    world_open(&w, &fast);
    (void)world_say(&w, "+242066000001", CLASS_REPLY, 1);
    world_lose(&w, 0, FETCH_NOT_SENT, false);
    world_run(&w);
    world_advance(&w, 1001);
    assert_int_equal(w.count, 2);
    (void)world_row(&w, 1, &attempt);
    assert_int_equal(attempt, 2);
    world_accept(&w, 1);
    world_run(&w);
    assert_int_equal(world_counts(&w).accepted, 1);
    world_close(&w);
}

static void a_permanent_refusal_fails_the_row_and_the_next_goes_on(void **state)
{
    (void)state;
    world_open(&w, &fast);
    (void)world_say(&w, "+242066000001", CLASS_REPLY, 2);
    world_refuse(&w, 0, 400, 131009);
    world_run(&w);
    assert_int_equal(w.count, 2);
    assert_int_equal(world_counts(&w).failed, 1);
    world_close(&w);
}

static void a_pair_limit_delays_that_person_only(void **state)
{
    (void)state;
    world_open(&w, &fast);
    (void)world_say(&w, "+242066000001", CLASS_REPLY, 2);
    world_refuse(&w, 0, 429, 131056);
    world_run(&w);
    (void)world_say(&w, "+242066000002", CLASS_REPLY, 1);
    assert_int_equal(w.count, 2);
    assert_non_null(strstr(w.posts[1].body, "+242066000002"));
    world_accept(&w, 1);
    world_run(&w);
    world_advance(&w, 1002);
    assert_int_equal(w.count, 3);
    assert_non_null(strstr(w.posts[2].body, "text 1 to +242066000001"));   /* order of that person is kept */
    world_close(&w);
}

static void a_throttled_number_slows_down(void **state)
{
    struct sender_options o = { .number_per_s = 10, .pair_burst = 1000, .pair_per_s = 1000 };

    (void)state;
    world_open(&w, &o);
    (void)world_say(&w, "+242066000001", CLASS_REPLY, 1);
    world_refuse(&w, 0, 429, 130429);
    world_run(&w);
    assert_int_equal(world_counts(&w).throttled, 1);
    for (int i = 0; i < 20; i++) {
        char phone[24];

        (void)snprintf(phone, sizeof phone, "+2420662000%02d", i);
        (void)world_say(&w, phone, CLASS_REPLY, 1);
    }
    w.accept_all = true;
    world_advance(&w, 1000);
    assert_in_range(w.count, 1, 8);                        /* 5 a second now, not 10 */
    for (int i = 0; i < 60; i++)
        world_advance(&w, 1000);
    assert_int_equal(world_counts(&w).accepted, 21);
    w.accept_all = false;
    world_close(&w);
}

static void the_number_rate_is_never_exceeded(void **state)
{
    struct sender_options o = { .number_per_s = 20, .pair_burst = 1000, .pair_per_s = 1000 };

    (void)state;
    world_open(&w, &o);
    w.accept_all = true;
    for (int i = 0; i < 200; i++) {
        char phone[24];

        (void)snprintf(phone, sizeof phone, "+242066300%03d", i);
        (void)world_say(&w, phone, CLASS_REPLY, 1);
    }
    for (int i = 0; i < 100; i++)
        world_advance(&w, 100);
    assert_int_equal(w.count, 200);
    for (size_t i = 0; i < w.count; i++) {
        size_t in_second = 0;

        for (size_t j = i; j < w.count && w.posts[j].at_ms < w.posts[i].at_ms + 1000; j++)
            in_second++;
        assert_in_range(in_second, 1, 41);                 /* a burst of one second's worth may meet the next second's */
    }
    w.accept_all = false;
    world_close(&w);
}

static void an_invalid_token_stops_the_number_and_a_new_one_starts_it(void **state)
{
    (void)state;
    world_open(&w, &fast);
    (void)world_say(&w, "+242066000001", CLASS_REPLY, 1);
    world_refuse(&w, 0, 401, 190);
    world_run(&w);
    (void)world_say(&w, "+242066000002", CLASS_REPLY, 1);
    assert_int_equal(w.count, 1);
    assert_true(world_counts(&w).stopped);
    assert_true(sender_set_token(w.sender, "token-2", NULL));
    world_run(&w);
    assert_int_equal(w.count, 2);
    assert_string_equal(w.posts[1].token, "token-2");
    assert_false(world_counts(&w).stopped);
    world_close(&w);
}

#define TEMPLATE "{\"kind\":\"template\",\"template\":\"mission_accepted\",\"language\":\"fr\",\"params\":[\"COUR-1\"]}"

static void outside_the_window_the_template_leaves(void **state)
{
    int64_t now = 1793000000000, day = 24LL * 3600 * 1000;
    const char *both = "{\"free\":{\"kind\":\"text\",\"body\":\"libre\"},\"template\":" TEMPLATE "}";

    (void)state;
    world_open(&w, &fast);
    (void)world_send(&w, "+242066000001", CLASS_NOTIFICATION, both, now - day + 5000, now + day);
    (void)world_send(&w, "+242066000002", CLASS_NOTIFICATION, both, now - day - 5000, now + day);
    assert_int_equal(w.count, 2);
    assert_non_null(strstr(w.posts[0].body, "\"libre\""));
    assert_non_null(strstr(w.posts[1].body, "mission_accepted"));
    world_close(&w);
}

static void free_text_outside_the_window_is_never_attempted(void **state)
{
    int64_t now = 1793000000000, day = 24LL * 3600 * 1000;

    (void)state;
    world_open(&w, &fast);
    (void)world_send(&w, "+242066000001", CLASS_NOTIFICATION, "{\"free\":{\"kind\":\"text\",\"body\":\"libre\"}}", now - day - 1, now + day);
    assert_int_equal(w.count, 0);
    assert_int_equal(world_counts(&w).failed, 1);
    world_close(&w);
}

static void what_goes_beside_a_template_stays_away_without_a_failure(void **state)
{
    int64_t now = 1793000000000, day = 24LL * 3600 * 1000;
    const char *card = "{\"beside\":true,\"free\":{\"kind\":\"text\",\"body\":\"carte\"}}";

    (void)state;
    world_open(&w, &fast);
    (void)world_send(&w, "+242066000001", CLASS_NOTIFICATION, card, now - day - 1, now + day);
    assert_int_equal(w.count, 0);
    assert_int_equal(world_counts(&w).failed, 0);
    (void)world_send(&w, "+242066000002", CLASS_NOTIFICATION, card, now - day + 5000, now + day);
    assert_int_equal(w.count, 1);
    world_close(&w);
}

static void a_window_that_meta_says_is_closed_falls_back_to_the_template(void **state)
{
    int64_t now = 1793000000000, day = 24LL * 3600 * 1000;

    (void)state;
    world_open(&w, &fast);
    (void)world_send(&w, "+242066000001", CLASS_NOTIFICATION, "{\"free\":{\"kind\":\"text\",\"body\":\"libre\"},\"template\":" TEMPLATE "}",
                     now - 1000, now + day);
    world_refuse(&w, 0, 400, 131047);
    world_run(&w);
    assert_int_equal(w.count, 2);
    assert_non_null(strstr(w.posts[1].body, "mission_accepted"));
    world_close(&w);
}

static void what_expired_does_not_leave(void **state)
{
    struct sender_options o = { .number_per_s = 1, .pair_burst = 1000, .pair_per_s = 1000 };
    int64_t now = 1793000000000;

    (void)state;
    world_open(&w, &o);
    w.accept_all = true;
    for (int i = 0; i < 3; i++) {
        char phone[24];

        (void)snprintf(phone, sizeof phone, "+24206640000%d", i);
        (void)world_send(&w, phone, CLASS_REPLY, "{\"free\":{\"kind\":\"text\",\"body\":\"x\"}}", now, now + 500);
    }
    world_advance(&w, 5000);
    assert_int_equal(w.count, 1);
    assert_int_equal(world_counts(&w).expired, 2);
    w.accept_all = false;
    world_close(&w);
}

static void a_breaker_opens_after_five_unreached_posts_and_probes_with_one(void **state)
{
    (void)state;
    world_open(&w, &fast);
    for (int i = 0; i < 10; i++) {
        char phone[24];

        (void)snprintf(phone, sizeof phone, "+24206650000%d", i);
        (void)world_say(&w, phone, CLASS_REPLY, 1);
    }
    assert_int_equal(w.count, 10);
    for (size_t i = 0; i < 10; i++)
        world_lose(&w, i, FETCH_NOT_SENT, false);
    world_run(&w);
    world_advance(&w, 2000);
    assert_int_equal(w.count, 10);                         /* open: nothing leaves */
    for (int i = 0; i < 30 && w.count == 10; i++)
        world_advance(&w, 1000);
    assert_int_equal(w.count, 11);                         /* one probe */
    w.accept_all = true;
    world_run(&w);
    for (int i = 0; i < 10; i++)
        world_advance(&w, 1000);
    assert_int_equal(world_counts(&w).accepted, 10);
    w.accept_all = false;
    world_close(&w);
}

static void a_call_carries_its_key_and_its_answer_becomes_an_event(void **state)
{
    (void)state;
    world_open(&w, &fast);
    (void)world_call(&w, "+242066000001", "/api/v1/coursier/missions/");
    assert_int_equal(w.count, 1);
    assert_string_equal(w.posts[0].url, "http://backend.test/api/v1/coursier/missions/");
    assert_string_equal(w.posts[0].key, "key-1");
    world_answer(&w, 0, 201, "{\"numero_mission\":\"COUR-20250127-061\"}");
    world_run(&w);
    assert_int_equal(world_counts(&w).calls, 1);
    world_close(&w);
}

static void a_call_that_surely_did_not_arrive_is_tried_three_times(void **state)
{
    (void)state;
    world_open(&w, &fast);
    (void)world_call(&w, "+242066000001", "/x/");
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(w.count, i + 1);
        assert_string_equal(w.posts[i].key, "key-1");
        world_lose(&w, i, FETCH_NOT_SENT, false);
        world_run(&w);
        world_advance(&w, 10 * 1000);
    }
    assert_int_equal(w.count, 3);
    world_close(&w);
}

static void a_thousand_people_are_served_while_one_waits(void **state)
{
    (void)state;
    world_open(&w, &fast);
    (void)world_say(&w, "+242066999999", CLASS_REPLY, 10);
    world_refuse(&w, 0, 429, 131056);
    world_run(&w);
    w.accept_all = true;
    for (int i = 0; i < 1000; i++) {
        char phone[24];

        (void)snprintf(phone, sizeof phone, "+2420667%05d", i);
        (void)world_say(&w, phone, CLASS_REPLY, 1);
    }
    assert_int_equal(world_counts(&w).accepted, 1000);
    world_advance(&w, 100 * 1000);
    assert_int_equal(world_counts(&w).accepted, 1010);
    w.accept_all = false;
    world_close(&w);
}

/* The status may be committed in the very group that records the doubt, before the sender's thread has heard of either. */
static void a_status_that_comes_with_the_doubt_resolves_it(void **state)
{
    int attempt = 0;
    int64_t row;

    (void)state;
    world_open(&w, &fast);
    (void)world_say(&w, "+242066000001", CLASS_REPLY, 2);
    row = world_row(&w, 0, &attempt);
    world_lose(&w, 0, FETCH_UNKNOWN, false);
    world_status(&w, row, attempt, "wamid.X1", RANK_SENT);
    assert_int_equal(w.count, 2);
    assert_non_null(strstr(w.posts[1].body, "text 2 to"));
    assert_int_equal(world_counts(&w).resolved_by_status, 1);
    world_advance(&w, 91 * 1000);
    assert_int_equal(world_counts(&w).held, 0);
    world_close(&w);
}

static void a_status_that_comes_before_the_doubt_leaves_nothing_behind(void **state)
{
    int attempt = 0;
    int64_t row;

    (void)state;
    world_open(&w, &fast);
    (void)world_say(&w, "+242066000001", CLASS_REPLY, 2);
    row = world_row(&w, 0, &attempt);
    world_status(&w, row, attempt, "wamid.X1", RANK_SENT);
    world_lose(&w, 0, FETCH_UNKNOWN, false);
    world_run(&w);
    assert_int_equal(w.count, 2);
    assert_non_null(strstr(w.posts[1].body, "text 2 to"));
    world_accept(&w, 1);
    world_run(&w);
    world_advance(&w, 91 * 1000);
    assert_int_equal(world_counts(&w).held, 0);
    assert_int_equal(world_counts(&w).in_flight, 0);
    world_close(&w);
}

static void a_pace_below_one_a_second_still_sends(void **state)
{
    const struct sender_options slow = { .number_per_s = 0.5, .pair_burst = 0.5, .pair_per_s = 0.25 };

    (void)state;
    world_open(&w, &slow);
    w.accept_all = true;
    (void)world_say(&w, "+242066000001", CLASS_REPLY, 3);
    for (int i = 0; i < 20; i++)
        world_advance(&w, 1000);
    assert_int_equal(w.count, 3);
    w.accept_all = false;
    world_close(&w);
}

static void calls_leave_in_the_order_in_which_they_came(void **state)
{
    const struct sender_options one = { .in_flight_max = 1 };

    (void)state;
    world_open(&w, &one);
    (void)world_call(&w, "+242066000001", "/a");
    (void)world_call(&w, "+242066000002", "/b");
    (void)world_call(&w, "+242066000003", "/c");
    assert_int_equal(w.count, 1);
    for (size_t i = 0; i < 3; i++) {
        world_answer(&w, i, 200, "{}");
        world_run(&w);
    }
    assert_int_equal(w.count, 3);
    assert_string_equal(w.posts[1].url, "http://backend.test/b");
    assert_string_equal(w.posts[2].url, "http://backend.test/c");
    world_close(&w);
}

/* The machine's clock is put right: what waited seconds must not wait an hour. */
static void a_clock_that_goes_back_delays_nothing(void **state)
{
    (void)state;
    world_open(&w, &fast);
    (void)world_say(&w, "+242066000001", CLASS_REPLY, 2);
    (void)world_say(&w, "+242066000002", CLASS_REPLY, 2);
    (void)world_call(&w, "+242066000003", "/a");
    assert_int_equal(w.count, 3);
    world_lose(&w, 0, FETCH_NOT_SENT, false);              /* again in a second or so */
    world_lose(&w, 1, FETCH_UNKNOWN, false);               /* its person waits 90 s */
    world_lose(&w, 2, FETCH_NOT_SENT, false);
    world_run(&w);
    atomic_fetch_sub(&w.clock.wall_ms, 3600 * 1000);
    world_run(&w);
    for (int i = 0; i < 3; i++)
        world_advance(&w, 5000);
    assert_int_equal(w.count, 5);                          /* the first person's row and the call */
    world_advance(&w, 80 * 1000);
    assert_int_equal(world_counts(&w).held, 1);
    assert_int_equal(w.count, 6);
    world_close(&w);
}

static void never_mind(struct store_op *op) { (void)op; }

static int64_t status_figure(const char *key)
{
    struct store_query q = { .op = { .kind = STORE_QUERY, .done = never_mind }, .question = ASK_STATUS };
    int64_t n = -1;

    assert_true(store_submit(w.store, &q.op));
    world_run(&w);
    assert_true(json_int(q.answer, key, &n));
    cJSON_Delete(q.answer);
    return n;
}

/* It is repeated with its key at the next start; the person must not be told that the network failed. */
static void a_call_that_a_stop_cuts_off_gets_no_answer(void **state)
{
    (void)state;
    world_open(&w, &fast);
    (void)world_call(&w, "+242066000001", "/a");
    assert_int_equal(w.count, 1);
    assert_false(sender_drain(w.sender));
    world_lose(&w, 0, FETCH_UNKNOWN, false);
    world_run(&w);
    assert_int_equal(status_figure("calls"), 1);
    assert_int_equal(status_figure("unhandled"), 0);
    assert_true(sender_drain(w.sender));
    world_close(&w);
}

static void an_answer_that_comes_during_a_stop_is_kept(void **state)
{
    (void)state;
    world_open(&w, &fast);
    (void)world_call(&w, "+242066000001", "/a");
    assert_false(sender_drain(w.sender));
    world_answer(&w, 0, 200, "{}");
    world_run(&w);
    assert_int_equal(status_figure("calls"), 0);
    assert_int_equal(status_figure("unhandled"), 1);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_is_durable_as_sending_before_it_leaves),
        cmocka_unit_test(one_row_a_person_is_in_flight_and_order_holds),
        cmocka_unit_test(a_reply_overtakes_waiting_notifications_and_campaigns),
        cmocka_unit_test(a_lost_answer_is_never_posted_again_before_the_rule_holds),
        cmocka_unit_test(a_status_resolves_a_doubt_and_frees_the_lane),
        cmocka_unit_test(absence_is_proven_by_later_rows_whose_statuses_came),
        cmocka_unit_test(a_server_error_is_a_doubt_and_not_a_refusal),
        cmocka_unit_test(what_surely_did_not_leave_is_sent_again_with_a_new_attempt),
        cmocka_unit_test(a_permanent_refusal_fails_the_row_and_the_next_goes_on),
        cmocka_unit_test(a_pair_limit_delays_that_person_only),
        cmocka_unit_test(a_throttled_number_slows_down),
        cmocka_unit_test(the_number_rate_is_never_exceeded),
        cmocka_unit_test(an_invalid_token_stops_the_number_and_a_new_one_starts_it),
        cmocka_unit_test(outside_the_window_the_template_leaves),
        cmocka_unit_test(free_text_outside_the_window_is_never_attempted),
        cmocka_unit_test(what_goes_beside_a_template_stays_away_without_a_failure),
        cmocka_unit_test(a_window_that_meta_says_is_closed_falls_back_to_the_template),
        cmocka_unit_test(what_expired_does_not_leave),
        cmocka_unit_test(a_breaker_opens_after_five_unreached_posts_and_probes_with_one),
        cmocka_unit_test(a_call_carries_its_key_and_its_answer_becomes_an_event),
        cmocka_unit_test(a_call_that_surely_did_not_arrive_is_tried_three_times),
        cmocka_unit_test(a_thousand_people_are_served_while_one_waits),
        cmocka_unit_test(a_status_that_comes_with_the_doubt_resolves_it),
        cmocka_unit_test(a_status_that_comes_before_the_doubt_leaves_nothing_behind),
        cmocka_unit_test(a_pace_below_one_a_second_still_sends),
        cmocka_unit_test(calls_leave_in_the_order_in_which_they_came),
        cmocka_unit_test(a_clock_that_goes_back_delays_nothing),
        cmocka_unit_test(a_call_that_a_stop_cuts_off_gets_no_answer),
        cmocka_unit_test(an_answer_that_comes_during_a_stop_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
