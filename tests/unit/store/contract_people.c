/* Who is who: aliases, changes, merges. */
#include <stdio.h>
#include <string.h>

#include "world.h"

#define PHONE "+242066123456"
#define PHONE2 "+242066123457"

static int64_t by(struct world *w, const char *phone, const char *bsuid)
{
    struct store_item it = gives(w, item(w, NULL, phone, bsuid, "{\"kind\":\"text\"}"));

    assert_int_equal(it.verdict, STORE_NEW);
    return it.conv;
}

static void either_alias_finds_a_person_who_came_with_both(void **state)
{
    struct world *w = *state;
    int64_t conv = by(w, PHONE, "CG.1");

    assert_int_equal(by(w, NULL, "CG.1"), conv);
    assert_int_equal(by(w, PHONE, NULL), conv);
    world_reopen(w);
    assert_int_equal(by(w, NULL, "CG.1"), conv);
    assert_string_equal(last_event(w)->phone, PHONE);
}

static void an_alias_that_comes_later_is_learned(void **state)
{
    struct world *w = *state;
    int64_t conv = by(w, PHONE, NULL);

    assert_int_equal(by(w, PHONE, "CG.1"), conv);
    assert_int_equal(by(w, NULL, "CG.1"), conv);
    assert_string_equal(last_event(w)->bsuid, "CG.1");
}

static void a_name_is_kept_until_another_comes_and_is_cut(void **state)
{
    struct world *w = *state;
    struct store_item it = item(w, NULL, PHONE, NULL, "x");
    char longest[400];

    it.name = "Prisca";
    (void)gives(w, it);
    (void)says(w, PHONE, "x");
    assert_string_equal(last_event(w)->name, "Prisca");
    it = item(w, NULL, PHONE, NULL, "x");
    it.name = "Junior Okemba";
    (void)gives(w, it);
    assert_string_equal(last_event(w)->name, "Junior Okemba");
    memset(longest, 'n', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    it = item(w, NULL, PHONE, NULL, "x");
    it.name = longest;
    (void)gives(w, it);
    assert_in_range(strlen(last_event(w)->name), 1, 63);
}

/* ---- merges ---- */

static void an_event_with_aliases_of_two_people_merges_them_into_the_older(void **state)
{
    struct world *w = *state;
    int64_t older = by(w, NULL, "CG.1"), younger = by(w, PHONE, NULL);

    assert_int_not_equal(older, younger);
    assert_int_equal(by(w, PHONE, "CG.1"), older);
    assert_int_equal(by(w, PHONE, NULL), older);
    assert_int_equal(by(w, NULL, "CG.1"), older);
    world_reopen(w);
    assert_int_equal(by(w, PHONE, NULL), older);
    assert_string_equal(last_event(w)->bsuid, "CG.1");
    assert_int_equal(figure(w, "merged"), 1);
}

static void a_merge_renumbers_what_was_not_handled_and_tells_it_again(void **state)
{
    struct world *w = *state;
    int64_t older = by(w, NULL, "CG.1"), younger = says(w, PHONE, "{\"n\":1}").conv;
    struct store_item it;

    assert_int_equal(turn(w, older, 1, "{\"keeper\":true}"), STORE_OK);
    assert_int_equal(turn(w, younger, 1, "{\"loser\":true}"), STORE_OK);
    (void)says(w, PHONE, "{\"n\":2}");
    (void)says(w, PHONE, "{\"n\":3}");
    world_forget(w);
    it = gives(w, item(w, NULL, PHONE, "CG.1", "{\"n\":4}"));
    assert_int_equal(it.conv, older);
    assert_int_equal(it.seq, 4);
    assert_int_equal(w->event_count, 3);
    for (size_t i = 0; i < 3; i++) {
        char body[16];

        (void)snprintf(body, sizeof body, "{\"n\":%zu}", i + 2);
        assert_int_equal(w->events[i].conv, older);
        assert_int_equal(w->events[i].seq, i + 2);
        assert_string_equal(w->events[i].body, body);
    }
    assert_true(w->events[0].has_state);
    assert_string_equal(w->events[0].state, "{\"keeper\":true}");
}

static void an_event_and_the_merge_that_moves_it_in_one_delivery_are_told_once(void **state)
{
    struct world *w = *state;
    int64_t older = by(w, NULL, "CG.1");
    struct store_item items[2] = { item(w, NULL, PHONE, NULL, "1"), item(w, NULL, PHONE, "CG.1", "2") };
    struct store_ingest in = ingest_op(w, items, 2);

    world_forget(w);
    assert_int_equal(submit(w, &in), STORE_OK);
    assert_int_equal(w->event_count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(w->events[i].conv, older);
        assert_int_equal(w->events[i].seq, 2 + i);
    }
}

static void a_turn_in_flight_on_the_younger_is_lost_and_one_on_the_older_is_not(void **state)
{
    struct world *w = *state;
    int64_t older = by(w, NULL, "CG.1"), younger = by(w, PHONE, NULL);
    struct store_item it = item(w, NULL, PHONE, "CG.1", "both");
    struct store_ingest in = ingest_op(w, &it, 1);
    struct store_turn of_younger = turn_op(w, younger, 1, "{\"loser\":true}"), of_older = turn_op(w, older, 1, "{\"a\":1}");
    struct store_send send = send_of("{}");

    of_younger.sends = &send;
    of_younger.send_count = 1;
    queue(w, &in);
    queue(w, &of_younger);
    queue(w, &of_older);
    assert_int_equal(step(w), 3);
    assert_int_equal(of_younger.op.result, STORE_LOST);
    assert_int_equal(of_older.op.result, STORE_OK);
    assert_int_equal(w->send_count, 0);
    assert_int_equal(turn(w, younger, 1, "{}"), STORE_LOST);
    assert_int_equal(turn(w, older, 2, "{\"a\":2}"), STORE_OK);
    assert_int_equal(turn(w, older, 3, "{\"a\":3}"), STORE_OK);
}

static void a_merge_moves_rows_and_calls_and_ends_the_younger_s_timers(void **state)
{
    struct world *w = *state;
    int64_t older = by(w, NULL, "CG.1"), younger = by(w, PHONE, NULL);
    struct store_turn t = turn_op(w, younger, 1, "{}");
    struct store_send send = send_of("{\"free\":1}");
    struct store_call call = { .step = "prix", .method = "GET", .path = "/prix", .key = "k" };
    struct store_timer timer = { .name = "remind", .guard = 1, .due_ms = T0 + 1000 };
    struct store_call_mark running = { .op = { .kind = STORE_CALL_MARK }, .from = CALL_READY, .to = CALL_RUNNING, .attempt = 1 };
    struct store_answer answer = { .op = { .kind = STORE_ANSWER }, .body = { "{}", 2 } };

    t.sends = &send;
    t.send_count = 1;
    t.calls = &call;
    t.call_count = 1;
    t.timers = &timer;
    t.timer_count = 1;
    assert_int_equal(submit(w, &t), STORE_OK);
    running.call_id = w->calls[0].id;
    assert_int_equal(submit(w, &running), STORE_OK);
    assert_int_equal(by(w, PHONE, "CG.1"), older);
    assert_int_equal(figure(w, "timers"), 0);
    answer.call_id = running.call_id;
    answer.now_ms = T0;
    assert_int_equal(submit(w, &answer), STORE_OK);
    assert_int_equal(last_event(w)->conv, older);
    assert_int_equal(status(w, status_of(w->sends[0].id, 0, NULL, RANK_SENT)), STORE_NO_ROW);   /* not tried yet */
    world_reopen(w);
    assert_int_equal(w->send_count, 1);
    assert_int_equal(w->sends[0].conv, older);
    assert_string_equal(w->sends[0].phone, PHONE);
}

static void three_people_become_one_and_old_aliases_follow(void **state)
{
    struct world *w = *state;
    int64_t first = by(w, NULL, "CG.1");

    (void)by(w, NULL, "CG.2");
    (void)by(w, PHONE, NULL);
    assert_int_equal(by(w, PHONE, "CG.2"), first + 1);     /* the third is now the second */
    {
        struct store_item it = item(w, NULL, PHONE2, "CG.1", "moved");

        it.old_phone = PHONE;
        it.old_bsuid = "CG.2";
        assert_int_equal(gives(w, it).conv, first);
    }
    assert_int_equal(by(w, PHONE2, NULL), first);
    assert_int_equal(by(w, NULL, "CG.1"), first);
    world_reopen(w);
    assert_int_equal(by(w, PHONE2, NULL), first);
}

static void the_window_of_a_merge_is_the_later_one(void **state)
{
    struct world *w = *state;
    int64_t older = by(w, NULL, "CG.1"), younger;

    clock_fake_advance(&w->clock, 5000);
    younger = by(w, PHONE, NULL);
    assert_int_equal(turn(w, younger, 1, "{}"), STORE_OK);
    {
        struct store_item it = item(w, NULL, PHONE, "CG.1", "x");

        it.from_person = false;
        assert_int_equal(gives(w, it).conv, older);
    }
    assert_int_equal(last_event(w)->heard_ms, T0 + 5000);
}

/* ---- changes ---- */

static void a_new_number_keeps_the_conversation_and_frees_the_old_one(void **state)
{
    struct world *w = *state;
    int64_t conv = by(w, PHONE, "CG.1");
    struct store_item it = item(w, NULL, PHONE2, "CG.2", "{\"kind\":\"system\"}");

    it.old_phone = PHONE;
    assert_int_equal(gives(w, it).conv, conv);
    assert_string_equal(last_event(w)->phone, PHONE2);
    assert_string_equal(last_event(w)->bsuid, "CG.2");
    assert_int_equal(by(w, PHONE2, NULL), conv);
    assert_int_equal(by(w, NULL, "CG.2"), conv);
    assert_int_not_equal(by(w, PHONE, NULL), conv);        /* whoever has that number now is somebody else */
    assert_int_not_equal(by(w, NULL, "CG.1"), conv);
}

static void a_new_id_keeps_the_conversation(void **state)
{
    struct world *w = *state;
    int64_t conv = by(w, NULL, "CG.1");
    struct store_item it = item(w, NULL, NULL, "CG.2", "{\"kind\":\"system\"}");

    it.old_bsuid = "CG.1";
    assert_int_equal(gives(w, it).conv, conv);
    assert_int_equal(by(w, NULL, "CG.2"), conv);
    assert_int_not_equal(by(w, NULL, "CG.1"), conv);
}

static void a_number_that_changed_hands_goes_to_its_new_owner_without_the_conversation(void **state)
{
    struct world *w = *state;
    int64_t prisca = by(w, PHONE, "CG.1"), junior = by(w, PHONE2, "CG.2"), stranger;

    assert_int_equal(by(w, PHONE, "CG.2"), junior);        /* Junior took Prisca's old number */
    assert_int_equal(by(w, PHONE, NULL), junior);
    assert_int_equal(by(w, NULL, "CG.1"), prisca);
    assert_string_equal(last_event(w)->phone, "");
    stranger = by(w, PHONE, "CG.3");                       /* and then somebody we had never seen */
    assert_int_not_equal(stranger, junior);
    assert_int_not_equal(stranger, prisca);
    world_reopen(w);
    assert_int_equal(by(w, PHONE, NULL), stranger);
    assert_int_equal(by(w, NULL, "CG.2"), junior);
    assert_int_equal(figure(w, "merged"), 0);
}

CONTRACT(contract_people)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(either_alias_finds_a_person_who_came_with_both),
        cmocka_unit_test(an_alias_that_comes_later_is_learned),
        cmocka_unit_test(a_name_is_kept_until_another_comes_and_is_cut),
        cmocka_unit_test(an_event_with_aliases_of_two_people_merges_them_into_the_older),
        cmocka_unit_test(a_merge_renumbers_what_was_not_handled_and_tells_it_again),
        cmocka_unit_test(an_event_and_the_merge_that_moves_it_in_one_delivery_are_told_once),
        cmocka_unit_test(a_turn_in_flight_on_the_younger_is_lost_and_one_on_the_older_is_not),
        cmocka_unit_test(a_merge_moves_rows_and_calls_and_ends_the_younger_s_timers),
        cmocka_unit_test(three_people_become_one_and_old_aliases_follow),
        cmocka_unit_test(the_window_of_a_merge_is_the_later_one),
        cmocka_unit_test(a_new_number_keeps_the_conversation_and_frees_the_old_one),
        cmocka_unit_test(a_new_id_keeps_the_conversation),
        cmocka_unit_test(a_number_that_changed_hands_goes_to_its_new_owner_without_the_conversation),
    };

    GIVE(tests);
}
