/* A conversation that is with staff: the bot says nothing in it, and that is decided in the commit of the turn. */
#include <stdio.h>
#include <string.h>

#include "world.h"

#define PHONE "+242066123456"
#define PHONE2 "+242066123457"

enum { HOUR = 3600 * 1000 };

static struct store_hold hold_op(struct world *w, const char *subject, bool take)
{
    return (struct store_hold){ .op = { .kind = STORE_HOLD }, .subject = subject, .number = NUMBER, .take = take,
                                .until_ms = world_now(w) + 24 * HOUR, .now_ms = world_now(w) };
}

static enum store_result hold(struct world *w, const char *subject, bool take)
{
    struct store_hold h = hold_op(w, subject, take);

    return submit(w, &h);
}

/* A turn with one row of that class; `change` as the turn says. Returns the row's id. */
static int64_t speaks(struct world *w, int64_t conv, uint64_t seq, enum store_class class, enum store_hold_change change)
{
    struct store_turn t = turn_op(w, conv, seq, "{}");
    struct store_send send = send_of("{\"free\":{\"kind\":\"text\",\"body\":\"Bonjour\"}}");
    cJSON *story;
    const cJSON *event;
    int64_t id = 0;
    char subject[24];

    send.class = class;
    t.sends = &send;
    t.send_count = 1;
    t.hold = change;
    t.held_until_ms = world_now(w) + 24 * HOUR;
    assert_int_equal(submit(w, &t), STORE_OK);
    (void)snprintf(subject, sizeof subject, "%lld", (long long)conv);
    story = ask(w, ASK_WHY, subject);
    cJSON_ArrayForEach(event, json_get(story, "events"))
        if (json_path(event, "sends.1.id") != NULL)
            id = (int64_t)json_path(event, "sends.1.id")->valuedouble;
    cJSON_Delete(story);
    return id;
}

static void expect_row(struct world *w, int64_t id, const char *state, const char *note)
{
    cJSON *row = row_of(w, id);

    assert_string_equal(json_str(row, "state"), state);
    if (note == NULL)
        assert_null(json_str(row, "note"));
    else
        assert_string_equal(json_str(row, "note"), note);
    cJSON_Delete(row);
}

static void the_words_that_hand_over_leave_and_later_replies_do_not(void **state)
{
    struct world *w = *state;
    int64_t conv = says(w, PHONE, "{\"kind\":\"text\",\"text\":\"conseiller\"}").conv, first, second;

    first = speaks(w, conv, 1, CLASS_REPLY, HOLD_TAKE);
    (void)says(w, PHONE, "{\"kind\":\"text\",\"text\":\"allô\"}");
    assert_true(last_event(w)->held_until_ms > world_now(w));
    second = speaks(w, conv, 2, CLASS_REPLY, HOLD_SAME);
    assert_int_equal(w->send_count, 1);
    assert_int_equal(w->sends[0].id, first);
    expect_row(w, first, "ready", NULL);
    expect_row(w, second, "dropped", "with staff");
    assert_int_equal(figure(w, "outbox.ready"), 1);
}

static void campaigns_of_a_held_conversation_are_dropped_and_notifications_leave(void **state)
{
    struct world *w = *state;
    int64_t conv = says(w, PHONE, "{}").conv;

    (void)speaks(w, conv, 1, CLASS_REPLY, HOLD_TAKE);
    (void)says(w, PHONE, "{}");
    expect_row(w, speaks(w, conv, 2, CLASS_CAMPAIGN, HOLD_SAME), "dropped", "with staff");
    (void)says(w, PHONE, "{}");
    expect_row(w, speaks(w, conv, 3, CLASS_NOTIFICATION, HOLD_SAME), "ready", NULL);
    assert_int_equal(w->send_count, 2);
}

/* The turn had read its state before: what counts is who has the conversation when it commits. */
static void an_operator_who_takes_a_conversation_while_its_turn_runs_silences_that_turn(void **state)
{
    struct world *w = *state;
    int64_t conv = says(w, PHONE, "{}").conv, id;

    assert_int_equal(hold(w, PHONE, true), STORE_OK);
    id = speaks(w, conv, 1, CLASS_REPLY, HOLD_SAME);
    expect_row(w, id, "dropped", "with staff");
    assert_int_equal(w->send_count, 0);
}

static void the_same_group_is_no_way_round(void **state)
{
    struct world *w = *state;
    int64_t conv = says(w, PHONE, "{}").conv;
    struct store_hold h = hold_op(w, PHONE, true);
    struct store_turn t = turn_op(w, conv, 1, "{}");
    struct store_send send = send_of("{}");

    t.sends = &send;
    t.send_count = 1;
    queue(w, &h);
    queue(w, &t);
    assert_int_equal(step(w), 2);
    assert_int_equal(t.op.result, STORE_OK);
    assert_int_equal(w->send_count, 0);
    assert_int_equal(figure(w, "outbox.ready"), 0);
}

static void taking_and_giving_back_are_events_of_the_conversation(void **state)
{
    struct world *w = *state;
    int64_t conv = says(w, PHONE, "{}").conv;
    struct store_hold h = hold_op(w, PHONE, true);

    assert_int_equal(submit(w, &h), STORE_OK);
    assert_int_equal(h.conv, conv);
    assert_int_equal(last_event(w)->seq, 2);
    assert_non_null(strstr(last_event(w)->body, "\"staff\""));
    assert_non_null(strstr(last_event(w)->body, "\"take\""));
    assert_int_equal(last_event(w)->held_until_ms, T0 + 24 * HOUR);
    assert_int_equal(last_event(w)->heard_ms, T0);
    assert_int_equal(hold(w, PHONE, false), STORE_OK);
    assert_int_equal(last_event(w)->seq, 3);
    assert_non_null(strstr(last_event(w)->body, "\"back\""));
    assert_int_equal(last_event(w)->held_until_ms, 0);
    assert_int_equal(turn(w, conv, 1, "{}"), STORE_OK);
    assert_int_equal(turn(w, conv, 2, "{}"), STORE_OK);
    expect_row(w, speaks(w, conv, 3, CLASS_REPLY, HOLD_SAME), "ready", NULL);
}

static void what_is_so_already_and_who_is_unknown_change_nothing(void **state)
{
    struct world *w = *state;
    struct store_hold h;
    size_t events;

    (void)says(w, PHONE, "{}");
    assert_int_equal(hold(w, PHONE, false), STORE_LOST);
    assert_int_equal(hold(w, PHONE, true), STORE_OK);
    events = w->event_count;
    h = hold_op(w, PHONE, true);
    assert_int_equal(submit(w, &h), STORE_LOST);
    assert_true(h.conv != 0);
    h = hold_op(w, "+242060000000", true);
    assert_int_equal(submit(w, &h), STORE_LOST);
    assert_int_equal(h.conv, 0);
    assert_int_equal(hold(w, "4711", true), STORE_LOST);
    assert_int_equal(hold(w, "Prisca", true), STORE_LOST);
    assert_int_equal(hold(w, "", true), STORE_LOST);
    assert_int_equal(w->event_count, events);
}

static void a_routing_conversation_cannot_be_held(void **state)
{
    struct world *w = *state;
    struct store_item it = item(w, NULL, NULL, NULL, "{}");
    char subject[24];

    it.route = "toktok\x1f" "COUR-1";
    it.number = NULL;
    it.from_person = false;
    it = gives(w, it);
    (void)snprintf(subject, sizeof subject, "%lld", (long long)it.conv);
    assert_int_equal(hold(w, subject, true), STORE_LOST);
}

static void a_turn_that_takes_back_speaks_at_once(void **state)
{
    struct world *w = *state;
    int64_t conv = says(w, PHONE, "{}").conv;

    (void)speaks(w, conv, 1, CLASS_REPLY, HOLD_TAKE);
    (void)says(w, PHONE, "{\"text\":\"menu\"}");
    expect_row(w, speaks(w, conv, 2, CLASS_REPLY, HOLD_BACK), "ready", NULL);
    (void)says(w, PHONE, "{}");
    assert_int_equal(last_event(w)->held_until_ms, 0);
    expect_row(w, speaks(w, conv, 3, CLASS_REPLY, HOLD_SAME), "ready", NULL);
}

/* Somebody writes "menu" while a colleague takes the conversation: the colleague has it. */
static void a_turn_cannot_take_back_what_it_has_not_seen(void **state)
{
    struct world *w = *state;
    int64_t conv = says(w, PHONE, "{}").conv;
    struct store_turn t = turn_op(w, conv, 1, "{}");
    struct store_send send = send_of("{}");

    t.sends = &send;
    t.send_count = 1;
    t.hold = HOLD_BACK;
    t.held_until_ms = T0 - 1;                          /* what it saw was over by then */
    assert_int_equal(hold(w, PHONE, true), STORE_OK);
    assert_int_equal(submit(w, &t), STORE_OK);
    assert_int_equal(w->send_count, 0);
    (void)says(w, PHONE, "{}");
    assert_int_equal(last_event(w)->held_until_ms, T0 + 24 * HOUR);
}

/* A colleague took the conversation for a day while a turn ran that hands it over for an hour. */
static void a_turn_that_hands_over_shortens_nobody_s_time(void **state)
{
    struct world *w = *state;
    int64_t conv = says(w, PHONE, "{}").conv;
    struct store_turn t = turn_op(w, conv, 1, "{}");
    cJSON *held;

    assert_int_equal(hold(w, PHONE, true), STORE_OK);
    clock_fake_advance(&w->clock, 60 * 1000);
    t.now_ms = world_now(w);
    t.hold = HOLD_TAKE;
    t.held_until_ms = world_now(w) + HOUR;
    assert_int_equal(submit(w, &t), STORE_OK);
    held = ask(w, ASK_HELD, NULL);
    assert_int_equal((int64_t)json_path(held, "held.1.since_ms")->valuedouble, T0);
    assert_int_equal((int64_t)json_path(held, "held.1.until_ms")->valuedouble, T0 + 24 * HOUR);
    cJSON_Delete(held);
}

static void a_hold_ends_by_itself_whatever_becomes_of_its_timer(void **state)
{
    struct world *w = *state;
    int64_t conv = says(w, PHONE, "{}").conv;
    cJSON *held;

    (void)speaks(w, conv, 1, CLASS_REPLY, HOLD_TAKE);
    clock_fake_advance(&w->clock, 24 * HOUR);
    (void)says(w, PHONE, "{}");
    expect_row(w, speaks(w, conv, 2, CLASS_REPLY, HOLD_SAME), "ready", NULL);
    held = ask(w, ASK_HELD, NULL);
    assert_int_equal(cJSON_GetArraySize(json_get(held, "held")), 0);
    cJSON_Delete(held);
}

static void a_hold_outlives_a_restart(void **state)
{
    struct world *w = *state;
    int64_t conv = says(w, PHONE, "{}").conv;

    (void)speaks(w, conv, 1, CLASS_REPLY, HOLD_TAKE);
    world_reopen(w);
    (void)says(w, PHONE, "{}");
    assert_int_equal(last_event(w)->held_until_ms, T0 + 24 * HOUR);
    expect_row(w, speaks(w, conv, 2, CLASS_REPLY, HOLD_SAME), "dropped", "with staff");
}

static void a_lost_turn_hands_nobody_over(void **state)
{
    struct world *w = *state;
    int64_t conv = says(w, PHONE, "{}").conv;
    struct store_turn t = turn_op(w, conv, 5, "{}");

    t.hold = HOLD_TAKE;
    t.held_until_ms = world_now(w) + HOUR;
    assert_int_equal(submit(w, &t), STORE_LOST);
    (void)says(w, PHONE, "{}");
    assert_int_equal(last_event(w)->held_until_ms, 0);
}

/* Nothing of the turn leaves, so nothing would ever start a timer that waits for its last row. */
static void a_timer_after_dropped_words_starts_at_once(void **state)
{
    struct world *w = *state;
    int64_t conv = says(w, PHONE, "{}").conv;
    struct store_turn t = turn_op(w, conv, 1, "{}");
    struct store_send send = send_of("{}");
    struct store_timer timer = { .name = "wait", .guard = 1, .due_ms = 1000, .after_send = true };

    assert_int_equal(hold(w, PHONE, true), STORE_OK);
    t.sends = &send;
    t.timers = &timer;
    t.send_count = t.timer_count = 1;
    world_forget(w);
    assert_int_equal(submit(w, &t), STORE_OK);
    assert_int_equal(w->timer_count, 1);
    assert_int_equal(w->timers[0], T0 + 1000);
}

static void who_is_with_staff_is_told_by_how_long_and_with_their_last_words(void **state)
{
    struct world *w = *state;
    int64_t a = says(w, PHONE, "{\"kind\":\"text\",\"text\":\"Le colis est cassé\"}").conv, b;
    cJSON *held;

    (void)speaks(w, a, 1, CLASS_REPLY, HOLD_TAKE);
    clock_fake_advance(&w->clock, HOUR);
    b = says(w, PHONE2, "{\"kind\":\"media\",\"media\":\"image\"}").conv;
    assert_int_equal(hold(w, PHONE2, true), STORE_OK);
    held = ask(w, ASK_HELD, NULL);
    assert_int_equal(cJSON_GetArraySize(json_get(held, "held")), 2);
    assert_int_equal((int64_t)json_path(held, "held.1.conversation")->valuedouble, a);
    assert_int_equal((int64_t)json_path(held, "held.1.since_ms")->valuedouble, T0);
    assert_int_equal((int64_t)json_path(held, "held.1.until_ms")->valuedouble, T0 + 24 * HOUR);
    assert_string_equal(json_path(held, "held.1.words")->valuestring, "Le colis est cassé");
    assert_string_equal(json_path(held, "held.1.phone")->valuestring, "+242…56");
    assert_int_equal((int64_t)json_path(held, "held.2.conversation")->valuedouble, b);
    assert_string_equal(json_path(held, "held.2.said")->valuestring, "media");
    cJSON_Delete(held);
}

static void telephone_numbers_are_told_in_full_only_when_asked(void **state)
{
    struct world *w = *state;
    struct store_query q = { .op = { .kind = STORE_QUERY }, .question = ASK_HELD, .numbers = true };

    (void)says(w, PHONE, "{}");
    assert_int_equal(hold(w, PHONE, true), STORE_OK);
    assert_int_equal(submit(w, &q), STORE_OK);
    assert_string_equal(json_path(q.answer, "held.1.phone")->valuestring, PHONE);
    cJSON_Delete(q.answer);
}

/* The younger of two conversations was with staff, and then they turn out to be one person. */
static void a_merge_leaves_the_person_with_staff(void **state)
{
    struct world *w = *state;
    int64_t older = says(w, PHONE, "{}").conv, younger;
    struct store_item it = gives(w, item(w, NULL, NULL, "CG.1", "{}"));

    younger = it.conv;
    assert_true(younger != older);
    (void)speaks(w, younger, 1, CLASS_REPLY, HOLD_TAKE);
    it = gives(w, item(w, NULL, PHONE, "CG.1", "{}"));
    assert_int_equal(it.conv, older);
    assert_int_equal(turn(w, older, 1, "{}"), STORE_OK);
    expect_row(w, speaks(w, older, 2, CLASS_REPLY, HOLD_SAME), "dropped", "with staff");
}

CONTRACT(contract_hold)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_words_that_hand_over_leave_and_later_replies_do_not),
        cmocka_unit_test(campaigns_of_a_held_conversation_are_dropped_and_notifications_leave),
        cmocka_unit_test(an_operator_who_takes_a_conversation_while_its_turn_runs_silences_that_turn),
        cmocka_unit_test(the_same_group_is_no_way_round),
        cmocka_unit_test(taking_and_giving_back_are_events_of_the_conversation),
        cmocka_unit_test(what_is_so_already_and_who_is_unknown_change_nothing),
        cmocka_unit_test(a_routing_conversation_cannot_be_held),
        cmocka_unit_test(a_turn_that_takes_back_speaks_at_once),
        cmocka_unit_test(a_turn_cannot_take_back_what_it_has_not_seen),
        cmocka_unit_test(a_turn_that_hands_over_shortens_nobody_s_time),
        cmocka_unit_test(a_hold_ends_by_itself_whatever_becomes_of_its_timer),
        cmocka_unit_test(a_hold_outlives_a_restart),
        cmocka_unit_test(a_lost_turn_hands_nobody_over),
        cmocka_unit_test(a_timer_after_dropped_words_starts_at_once),
        cmocka_unit_test(who_is_with_staff_is_told_by_how_long_and_with_their_last_words),
        cmocka_unit_test(telephone_numbers_are_told_in_full_only_when_asked),
        cmocka_unit_test(a_merge_leaves_the_person_with_staff),
    };

    GIVE(tests);
}
