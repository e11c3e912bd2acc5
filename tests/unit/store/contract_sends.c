/* Outbox rows: marks, and statuses in every order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

#define PHONE "+242066123456"

static int64_t one_row(struct world *w)
{
    int64_t id, conv = says(w, PHONE, "1").conv;

    turn_sending(w, conv, 1, 1, &id);
    return id;
}

static void expect_row(struct world *w, int64_t id, const char *state, const char *rank, bool failed)
{
    cJSON *row = row_of(w, id);

    assert_string_equal(json_str(row, "state"), state);
    if (rank == NULL)
        assert_null(json_str(row, "rank"));
    else
        assert_string_equal(json_str(row, "rank"), rank);
    assert_int_equal(json_bool(row, "failed"), failed);
    cJSON_Delete(row);
}

static void a_mark_needs_the_state_and_the_attempt(void **state)
{
    struct world *w = *state;
    int64_t id = one_row(w);

    assert_int_equal(mark(w, id, OUT_SENDING, OUT_ACCEPTED, 0), STORE_LOST);
    assert_int_equal(mark(w, id, OUT_READY, OUT_SENDING, 2), STORE_LOST);
    assert_int_equal(mark(w, id, OUT_READY, OUT_SENDING, 1), STORE_OK);
    assert_int_equal(mark(w, id, OUT_READY, OUT_SENDING, 1), STORE_LOST);
    assert_int_equal(mark(w, id, OUT_SENDING, OUT_READY, 0), STORE_LOST);
    assert_int_equal(mark(w, id, OUT_SENDING, OUT_READY, 1), STORE_OK);
    assert_int_equal(mark(w, id, OUT_READY, OUT_SENDING, 2), STORE_OK);
    assert_int_equal(mark(w, id + 100, OUT_READY, OUT_SENDING, 1), STORE_LOST);
    assert_int_equal(mark(w, id, OUT_SENDING, OUT_FAILED, 2), STORE_OK);
    expect_row(w, id, "failed", NULL, false);
}

static void rows_of_a_turn_have_numbers_in_order(void **state)
{
    struct world *w = *state;
    int64_t first, conv = says(w, PHONE, "1").conv;

    turn_sending(w, conv, 1, 3, &first);
    assert_int_equal(w->sends[1].id, first + 1);
    assert_int_equal(w->sends[2].id, first + 2);
}

static void a_row_that_was_being_sent_is_unknown_after_a_takeover(void **state)
{
    struct world *w = *state;
    int64_t first, conv = says(w, PHONE, "1").conv;

    turn_sending(w, conv, 1, 4, &first);
    assert_int_equal(mark(w, first, OUT_READY, OUT_SENDING, 1), STORE_OK);
    clock_fake_advance(&w->clock, 1000);
    assert_int_equal(mark(w, first + 1, OUT_READY, OUT_SENDING, 1), STORE_OK);
    accept_row(w, first + 2, "wamid.A");
    world_reopen(w);
    assert_int_equal(w->send_count, 3);
    assert_int_equal(w->sends[0].id, first);
    assert_int_equal(w->sends[0].state, OUT_UNKNOWN);
    assert_int_equal(w->sends[0].attempt, 1);
    assert_int_equal(w->sends[0].sent_ms, T0);
    assert_int_equal(w->sends[1].state, OUT_UNKNOWN);
    assert_int_equal(w->sends[1].sent_ms, T0 + 1000);
    assert_int_equal(w->sends[2].state, OUT_READY);
    assert_int_equal(w->sends[2].attempt, 0);
    assert_int_equal(w->sends[2].heard_ms, T0);
    assert_int_equal(mark(w, first, OUT_UNKNOWN, OUT_READY, 1), STORE_OK);
    assert_int_equal(mark(w, first, OUT_READY, OUT_SENDING, 2), STORE_OK);
}

static void a_mark_keeps_what_the_api_said(void **state)
{
    struct world *w = *state;
    int64_t id = one_row(w);
    struct store_mark m = mark_op(w, id, OUT_SENDING, OUT_READY, 1);
    cJSON *row;

    assert_int_equal(mark(w, id, OUT_READY, OUT_SENDING, 1), STORE_OK);
    m.error_code = 131056;
    m.note = "HTTP 429, code 131056";
    m.due_ms = T0 + 4000;
    assert_int_equal(submit(w, &m), STORE_OK);
    row = row_of(w, id);
    assert_string_equal(json_str(row, "note"), "HTTP 429, code 131056");
    assert_int_equal(json_path(row, "error_code")->valueint, 131056);
    assert_true(json_path(row, "due_ms")->valuedouble == (double)(T0 + 4000));
    assert_int_equal(json_path(row, "attempts")->valueint, 1);
    cJSON_Delete(row);
}

/* ---- statuses ---- */

static void statuses_only_move_a_row_up_whatever_their_order(void **state)
{
    static const int orders[24][4] = {
        { 0, 1, 2, 3 }, { 0, 1, 3, 2 }, { 0, 2, 1, 3 }, { 0, 2, 3, 1 }, { 0, 3, 1, 2 }, { 0, 3, 2, 1 },
        { 1, 0, 2, 3 }, { 1, 0, 3, 2 }, { 1, 2, 0, 3 }, { 1, 2, 3, 0 }, { 1, 3, 0, 2 }, { 1, 3, 2, 0 },
        { 2, 0, 1, 3 }, { 2, 0, 3, 1 }, { 2, 1, 0, 3 }, { 2, 1, 3, 0 }, { 2, 3, 0, 1 }, { 2, 3, 1, 0 },
        { 3, 0, 1, 2 }, { 3, 0, 2, 1 }, { 3, 1, 0, 2 }, { 3, 1, 2, 0 }, { 3, 2, 0, 1 }, { 3, 2, 1, 0 },
    };
    struct world *w = *state;

    for (size_t i = 0; i < 24; i++) {
        char wamid[32], phone[24];
        int64_t id, conv;

        (void)snprintf(wamid, sizeof wamid, "wamid.%zu", i);
        (void)snprintf(phone, sizeof phone, "+2420661200%02zu", i);
        conv = says(w, phone, "1").conv;
        turn_sending(w, conv, 1, 1, &id);
        assert_int_equal(mark(w, id, OUT_READY, OUT_SENDING, 1), STORE_OK);
        world_forget(w);
        for (size_t j = 0; j < 4; j++) {
            static const enum store_rank ranks[] = { RANK_SENT, RANK_DELIVERED, RANK_READ };
            int which = orders[i][j];

            (void)status(w, which == 3 ? failure_of(id, 1, wamid, 131026) : status_of(id, 1, wamid, ranks[which]));
        }
        expect_row(w, id, "accepted", "read", false);      /* delivered beats failed */
        assert_int_equal(last_status(w)->rank, RANK_READ);
        for (size_t j = 1; j < w->status_count; j++)
            assert_true(w->statuses[j].rank >= w->statuses[j - 1].rank);
    }
}

static void a_failure_counts_below_delivered(void **state)
{
    struct world *w = *state;
    int64_t id = one_row(w);

    accept_row(w, id, "wamid.A");
    assert_int_equal(status(w, status_of(id, 1, "wamid.A", RANK_SENT)), STORE_NEW);
    assert_int_equal(status(w, failure_of(id, 1, "wamid.A", 131026)), STORE_NEW);
    assert_true(last_status(w)->failed);
    assert_int_equal(last_status(w)->error_code, 131026);
    assert_int_equal(last_status(w)->state, OUT_ACCEPTED);
    assert_int_equal(status(w, failure_of(id, 1, "wamid.A", 131026)), STORE_DUPLICATE);
    expect_row(w, id, "accepted", "sent", true);
    assert_int_equal(status(w, status_of(id, 1, "wamid.A", RANK_DELIVERED)), STORE_NEW);
    expect_row(w, id, "accepted", "delivered", false);
}

static void the_reason_of_a_failure_is_kept_for_why(void **state)
{
    struct world *w = *state;
    int64_t id = one_row(w);
    struct store_item it = failure_of(id, 1, "wamid.A", 131047);
    cJSON *row;

    accept_row(w, id, "wamid.A");
    it.status_json = "{\"errors\":[{\"code\":131047,\"title\":\"Re-engagement message\"}],\"x\":1}";
    assert_int_equal(status(w, it), STORE_NEW);
    row = row_of(w, id);
    assert_string_equal(json_str(json_path(row, "statuses.1"), "status"), "failed");
    assert_string_equal(json_str(json_path(row, "statuses.1.errors.1"), "title"), "Re-engagement message");
    assert_int_equal(json_path(row, "statuses.1.raw.x")->valueint, 1);
    assert_int_equal(json_path(row, "error_code")->valueint, 131047);
    cJSON_Delete(row);
}

static void a_status_that_says_nothing_new_is_a_duplicate(void **state)
{
    struct world *w = *state;
    int64_t id = one_row(w);

    accept_row(w, id, "wamid.A");
    assert_int_equal(status(w, status_of(id, 1, "wamid.A", RANK_DELIVERED)), STORE_NEW);
    assert_int_equal(status(w, status_of(id, 1, "wamid.A", RANK_DELIVERED)), STORE_DUPLICATE);
    assert_int_equal(status(w, status_of(id, 1, "wamid.A", RANK_SENT)), STORE_DUPLICATE);
    assert_int_equal(w->status_count, 1);
}

static void a_status_accepts_a_row_whose_answer_was_lost(void **state)
{
    struct world *w = *state;
    int64_t first, conv = says(w, PHONE, "1").conv;
    cJSON *row;

    turn_sending(w, conv, 1, 3, &first);
    for (int64_t id = first; id < first + 3; id++)
        assert_int_equal(mark(w, id, OUT_READY, OUT_SENDING, 1), STORE_OK);
    assert_int_equal(mark(w, first + 1, OUT_SENDING, OUT_UNKNOWN, 1), STORE_OK);
    assert_int_equal(mark(w, first + 2, OUT_SENDING, OUT_UNKNOWN, 1), STORE_OK);
    assert_int_equal(mark(w, first + 2, OUT_UNKNOWN, OUT_HELD, 1), STORE_OK);
    for (int64_t id = first; id < first + 3; id++) {
        char wamid[32];

        (void)snprintf(wamid, sizeof wamid, "wamid.%lld", (long long)id);
        assert_int_equal(status(w, status_of(id, 1, wamid, RANK_SENT)), STORE_NEW);
        assert_int_equal(last_status(w)->state, OUT_ACCEPTED);
        assert_int_equal(last_status(w)->out_id, id);
        assert_int_equal(last_status(w)->attempt, 1);
        row = row_of(w, id);
        assert_string_equal(json_str(row, "wamid"), wamid);
        cJSON_Delete(row);
    }
    assert_int_equal(mark(w, first, OUT_SENDING, OUT_ACCEPTED, 1), STORE_LOST);   /* our own answer came second */
    world_reopen(w);
    assert_int_equal(w->send_count, 0);
}

static void a_late_failure_of_a_lost_answer_accepts_the_row_too(void **state)
{
    struct world *w = *state;
    int64_t id = one_row(w);

    assert_int_equal(mark(w, id, OUT_READY, OUT_SENDING, 1), STORE_OK);
    assert_int_equal(mark(w, id, OUT_SENDING, OUT_UNKNOWN, 1), STORE_OK);
    assert_int_equal(status(w, failure_of(id, 1, "wamid.A", 131026)), STORE_NEW);
    expect_row(w, id, "accepted", NULL, true);
}

static void a_status_of_an_older_try_stops_the_next_one(void **state)
{
    struct world *w = *state;
    int64_t id = one_row(w);

    assert_int_equal(mark(w, id, OUT_READY, OUT_SENDING, 1), STORE_OK);
    assert_int_equal(mark(w, id, OUT_SENDING, OUT_READY, 1), STORE_OK);
    assert_int_equal(status(w, status_of(id, 1, "wamid.A", RANK_SENT)), STORE_NEW);
    assert_int_equal(mark(w, id, OUT_READY, OUT_SENDING, 2), STORE_LOST);
    expect_row(w, id, "accepted", "sent", false);
}

static void a_failure_of_an_older_try_does_not_stop_the_next_one(void **state)
{
    struct world *w = *state;
    int64_t id = one_row(w);

    assert_int_equal(mark(w, id, OUT_READY, OUT_SENDING, 1), STORE_OK);
    assert_int_equal(mark(w, id, OUT_SENDING, OUT_READY, 1), STORE_OK);
    assert_int_equal(status(w, failure_of(id, 1, "wamid.A", 131026)), STORE_DUPLICATE);
    assert_int_equal(mark(w, id, OUT_READY, OUT_SENDING, 2), STORE_OK);
    assert_int_equal(status(w, failure_of(id, 1, "wamid.A", 131026)), STORE_DUPLICATE);
    expect_row(w, id, "sending", NULL, false);
}

static void a_status_is_found_by_the_provider_s_id(void **state)
{
    struct world *w = *state;
    int64_t id = one_row(w);

    accept_row(w, id, "wamid.A");
    assert_int_equal(status(w, status_of(0, 0, "wamid.A", RANK_DELIVERED)), STORE_NEW);
    assert_int_equal(last_status(w)->out_id, id);
    assert_int_equal(status(w, status_of(id + 500, 1, "wamid.A", RANK_READ)), STORE_NEW);
    assert_int_equal(status(w, status_of(0, 0, "wamid.B", RANK_READ)), STORE_NO_ROW);
    assert_int_equal(status(w, status_of(0, 0, NULL, RANK_READ)), STORE_NO_ROW);
}

static void a_status_of_a_try_that_was_not_made_is_not_ours(void **state)
{
    struct world *w = *state;
    int64_t id = one_row(w);

    assert_int_equal(status(w, status_of(id, 1, "wamid.A", RANK_SENT)), STORE_NO_ROW);
    assert_int_equal(mark(w, id, OUT_READY, OUT_SENDING, 1), STORE_OK);
    assert_int_equal(status(w, status_of(id, 2, "wamid.A", RANK_SENT)), STORE_NO_ROW);
    assert_int_equal(status(w, status_of(id, 1, "wamid.A", RANK_SENT)), STORE_NEW);
}

static void a_second_provider_id_is_reported_once(void **state)
{
    struct world *w = *state;
    int64_t id = one_row(w);
    cJSON *row;

    accept_row(w, id, "wamid.A");
    assert_int_equal(status(w, status_of(id, 1, "wamid.A", RANK_SENT)), STORE_NEW);
    assert_false(last_status(w)->duplicate);
    assert_int_equal(status(w, status_of(id, 1, "wamid.B", RANK_SENT)), STORE_NEW);
    assert_true(last_status(w)->duplicate);
    assert_int_equal(status(w, status_of(id, 1, "wamid.B", RANK_SENT)), STORE_DUPLICATE);
    assert_int_equal(status(w, status_of(id, 1, "wamid.B", RANK_DELIVERED)), STORE_NEW);
    assert_false(last_status(w)->duplicate);
    row = row_of(w, id);
    assert_string_equal(json_str(row, "wamid"), "wamid.A");
    assert_string_equal(json_str(row, "second_wamid"), "wamid.B");
    assert_int_equal(cJSON_GetArraySize(json_get(row, "statuses")), 3);
    cJSON_Delete(row);
}

static void a_failure_of_the_twin_is_not_the_row_s(void **state)
{
    struct world *w = *state;
    int64_t id = one_row(w);

    accept_row(w, id, "wamid.A");
    assert_int_equal(status(w, failure_of(id, 1, "wamid.B", 131026)), STORE_NEW);
    assert_true(last_status(w)->duplicate);
    assert_false(last_status(w)->failed);
    expect_row(w, id, "accepted", NULL, false);
}

static void statuses_of_many_rows_in_one_delivery(void **state)
{
    struct world *w = *state;
    int64_t first, conv = says(w, PHONE, "1").conv;
    struct store_item items[6];
    struct store_ingest in = ingest_op(w, items, 6);

    turn_sending(w, conv, 1, 2, &first);
    accept_row(w, first, "wamid.A");
    accept_row(w, first + 1, "wamid.B");
    items[0] = status_of(first, 1, "wamid.A", RANK_READ);
    items[1] = status_of(first, 1, "wamid.A", RANK_DELIVERED);
    items[2] = status_of(first + 1, 1, "wamid.B", RANK_SENT);
    items[3] = item(w, NULL, PHONE, NULL, "and a message");
    items[4] = status_of(first + 1, 1, "wamid.B", RANK_DELIVERED);
    items[5] = status_of(first + 9, 1, "wamid.C", RANK_DELIVERED);
    assert_int_equal(submit(w, &in), STORE_OK);
    assert_int_equal(items[0].verdict, STORE_NEW);
    assert_int_equal(items[1].verdict, STORE_DUPLICATE);
    assert_int_equal(items[2].verdict, STORE_NEW);
    assert_int_equal(items[3].verdict, STORE_NEW);
    assert_int_equal(items[4].verdict, STORE_NEW);
    assert_int_equal(items[5].verdict, STORE_NO_ROW);
    assert_int_equal(w->status_count, 3);
}

CONTRACT(contract_sends)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mark_needs_the_state_and_the_attempt),
        cmocka_unit_test(rows_of_a_turn_have_numbers_in_order),
        cmocka_unit_test(a_row_that_was_being_sent_is_unknown_after_a_takeover),
        cmocka_unit_test(a_mark_keeps_what_the_api_said),
        cmocka_unit_test(statuses_only_move_a_row_up_whatever_their_order),
        cmocka_unit_test(a_failure_counts_below_delivered),
        cmocka_unit_test(the_reason_of_a_failure_is_kept_for_why),
        cmocka_unit_test(a_status_that_says_nothing_new_is_a_duplicate),
        cmocka_unit_test(a_status_accepts_a_row_whose_answer_was_lost),
        cmocka_unit_test(a_late_failure_of_a_lost_answer_accepts_the_row_too),
        cmocka_unit_test(a_status_of_an_older_try_stops_the_next_one),
        cmocka_unit_test(a_failure_of_an_older_try_does_not_stop_the_next_one),
        cmocka_unit_test(a_status_is_found_by_the_provider_s_id),
        cmocka_unit_test(a_status_of_a_try_that_was_not_made_is_not_ours),
        cmocka_unit_test(a_second_provider_id_is_reported_once),
        cmocka_unit_test(a_failure_of_the_twin_is_not_the_row_s),
        cmocka_unit_test(statuses_of_many_rows_in_one_delivery),
    };

    GIVE(tests);
}
