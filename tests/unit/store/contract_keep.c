/* What is kept, for how long, and what an operator is told. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

#define PHONE "+242066123456"
#define DAY_MS (24LL * 3600 * 1000)

static size_t sweep(struct world *w)
{
    struct store_sweep op = { .op = { .kind = STORE_SWEEP }, .now_ms = world_now(w) };

    assert_int_equal(submit(w, &op), STORE_OK);
    return op.deleted;
}

static void sweep_all(struct world *w)
{
    while (sweep(w) > 0)
        ;
}

static bool park(struct world *w, const char *id, const char *body)
{
    struct store_park p = { .op = { .kind = STORE_PARK }, .source = "meta", .reason = "not JSON", .body = { body, strlen(body) },
                            .now_ms = world_now(w) };

    store_key(p.key, id, NULL);
    assert_int_equal(submit(w, &p), STORE_OK);
    return p.fresh;
}

/* ---- parked ---- */

static void a_body_parked_twice_is_one_row(void **state)
{
    struct world *w = *state;
    cJSON *answer;

    assert_null(ask(w, ASK_PARKED, NULL));
    assert_true(park(w, "a", "{\"x\":1}"));
    assert_false(park(w, "a", "{\"x\":1}"));
    assert_true(park(w, "b", "nonsense \xff"));
    answer = ask(w, ASK_PARKED, NULL);
    assert_int_equal(cJSON_GetArraySize(json_get(answer, "parked")), 2);
    assert_true(json_bool(json_path(answer, "parked.1"), "base64"));
    assert_int_equal(json_path(answer, "parked.2.body.x")->valueint, 1);
    assert_string_equal(json_str(json_path(answer, "parked.2"), "reason"), "not JSON");
    cJSON_Delete(answer);
    assert_int_equal(figure(w, "parked"), 2);
}

/* ---- retention ---- */

static void a_key_is_kept_eight_days(void **state)
{
    struct world *w = *state;

    (void)gives(w, item(w, "wamid.1", PHONE, NULL, "x"));
    clock_fake_advance(&w->clock, 8 * DAY_MS);
    sweep_all(w);
    assert_int_equal(gives(w, item(w, "wamid.1", PHONE, NULL, "x")).verdict, STORE_DUPLICATE);
    clock_fake_advance(&w->clock, 1);
    assert_int_equal(sweep(w), 1);
    assert_int_equal(gives(w, item(w, "wamid.1", PHONE, NULL, "x")).verdict, STORE_NEW);
    assert_int_equal(sweep(w), 0);
}

static void what_is_kept_about_a_person_is_told_whole_and_nobody_is_made_up(void **state)
{
    struct world *w = *state;
    cJSON *answer;
    int64_t row;

    assert_null(ask(w, ASK_PERSON, PHONE));
    (void)says(w, PHONE, "{\"n\":1}");
    answer = ask(w, ASK_PERSON, PHONE);
    assert_string_equal(json_str(answer, "phone"), PHONE);
    assert_int_equal(json_get(answer, "conversation")->valueint, 1);
    assert_null(json_get(answer, "state"));                /* no turn yet */
    cJSON_Delete(answer);
    turn_sending(w, 1, 1, 1, &row);
    answer = ask(w, ASK_PERSON, PHONE);
    assert_non_null(json_get(answer, "state"));
    cJSON_Delete(answer);
    assert_null(ask(w, ASK_PERSON, "1"));                  /* by number only: it is about people */
}

static void bodies_and_rows_go_after_thirty_days_when_they_are_finished(void **state)
{
    struct world *w = *state;
    int64_t first, conv = says(w, PHONE, "{\"n\":1}").conv;
    struct store_item it;
    cJSON *why;

    turn_sending(w, conv, 1, 3, &first);
    accept_row(w, first, "wamid.A");
    assert_int_equal(mark(w, first + 1, OUT_READY, OUT_SENDING, 1), STORE_OK);
    assert_int_equal(mark(w, first + 2, OUT_READY, OUT_EXPIRED, 0), STORE_OK);
    (void)says(w, PHONE, "{\"n\":2}");                     /* never handled */
    assert_true(park(w, "a", "x"));
    clock_fake_advance(&w->clock, 30 * DAY_MS);
    sweep_all(w);
    why = ask(w, ASK_WHY, "wamid.A");
    assert_int_equal(cJSON_GetArraySize(json_get(why, "events")), 1);
    cJSON_Delete(why);
    assert_int_equal(figure(w, "parked"), 1);
    clock_fake_advance(&w->clock, 1);
    sweep_all(w);
    assert_int_equal(figure(w, "unhandled"), 1);
    assert_int_equal(figure(w, "outbox.sending"), 1);
    assert_int_equal(figure(w, "parked"), 0);
    assert_null(ask(w, ASK_WHY, "wamid.A"));
    why = ask(w, ASK_WHY, "1");
    assert_int_equal(cJSON_GetArraySize(json_get(why, "events")), 1);
    cJSON_Delete(why);
    it = says(w, PHONE, "{\"n\":3}");
    assert_int_equal(it.seq, 3);
    world_reopen(w);
    assert_int_equal(w->event_count, 2);
}

static void numbers_go_on_when_all_events_are_gone(void **state)
{
    struct world *w = *state;
    int64_t conv = says(w, PHONE, "1").conv, before, after;

    turn_sending(w, conv, 1, 1, &before);
    accept_row(w, before, "wamid.A");
    clock_fake_advance(&w->clock, 31 * DAY_MS);
    sweep_all(w);
    world_reopen(w);
    assert_int_equal(says(w, PHONE, "2").seq, 2);
    turn_sending(w, conv, 2, 1, &after);
    assert_true(after > before);                           /* a callback string names one message for ever */
    sweep_all(w);
    assert_int_equal(status(w, status_of(before, 1, "wamid.A", RANK_READ)), STORE_NO_ROW);
}

static void a_slice_takes_at_most_500_rows(void **state)
{
    struct world *w = *state;
    static struct store_item items[1300];
    struct store_ingest in = ingest_op(w, items, 1300);
    size_t total = 0, n;

    for (size_t i = 0; i < 1300; i++)
        items[i] = item(w, NULL, PHONE, NULL, "x");
    assert_int_equal(submit(w, &in), STORE_OK);
    clock_fake_advance(&w->clock, 9 * DAY_MS);
    while ((n = sweep(w)) > 0) {
        assert_in_range(n, 1, 500);
        total += n;
    }
    assert_int_equal(total, 1300);
    assert_int_equal(figure(w, "unhandled"), 1300);
}

static void old_rows_that_must_stay_do_not_shelter_those_behind_them(void **state)
{
    struct world *w = *state;
    static struct store_item items[700];
    struct store_ingest in = ingest_op(w, items, 700);
    int64_t conv;

    for (size_t i = 0; i < 700; i++)
        items[i] = item(w, NULL, PHONE, NULL, "x");
    assert_int_equal(submit(w, &in), STORE_OK);
    conv = says(w, "+242066123457", "y").conv;
    assert_int_equal(turn(w, conv, 1, "{}"), STORE_OK);
    clock_fake_advance(&w->clock, 31 * DAY_MS);
    sweep_all(w);
    {
        char subject[24];
        cJSON *why;

        (void)snprintf(subject, sizeof subject, "%lld", (long long)conv);
        why = ask(w, ASK_WHY, subject);
        assert_int_equal(cJSON_GetArraySize(json_get(why, "events")), 0);
        cJSON_Delete(why);
    }
    assert_int_equal(figure(w, "unhandled"), 700);
}

/* ---- questions ---- */

static void status_counts_what_is_there(void **state)
{
    struct world *w = *state;
    int64_t first, conv = says(w, PHONE, "1").conv;
    cJSON *answer;

    turn_sending(w, conv, 1, 4, &first);
    assert_int_equal(mark(w, first, OUT_READY, OUT_SENDING, 1), STORE_OK);
    assert_int_equal(mark(w, first + 1, OUT_READY, OUT_SENDING, 1), STORE_OK);
    assert_int_equal(mark(w, first + 1, OUT_SENDING, OUT_UNKNOWN, 1), STORE_OK);
    assert_int_equal(mark(w, first + 2, OUT_READY, OUT_HELD, 0), STORE_OK);
    (void)says(w, PHONE, "2");
    (void)says(w, "+242066123457", "1");
    answer = ask(w, ASK_STATUS, NULL);
    assert_int_equal(json_path(answer, "conversations")->valueint, 2);
    assert_int_equal(json_path(answer, "unhandled")->valueint, 2);
    assert_int_equal(json_path(answer, "outbox.ready")->valueint, 1);
    assert_int_equal(json_path(answer, "outbox.sending")->valueint, 1);
    assert_int_equal(json_path(answer, "outbox.unknown")->valueint, 1);
    assert_int_equal(json_path(answer, "outbox.held")->valueint, 1);
    assert_int_equal(json_path(answer, "turns")->valueint, 1);
    assert_string_equal(json_str(json_path(answer, "places.1"), "flow"), "course");
    assert_string_equal(json_str(json_path(answer, "places.1"), "step"), "depart");
    assert_int_equal(json_path(answer, "places.1.count")->valueint, 1);
    cJSON_Delete(answer);
}

/* ---- a long count ---- */

static int statuses_done;
static void count_done(struct store_op *op)
{
    (void)op;
    statuses_done++;
}

static void a_count_of_many_people_lets_others_go_first(void **state)
{
    struct world *w = *state;
    static struct store_item items[200];
    static char phones[200][24];
    static struct store_turn turns[200];
    struct store_query q[2] = { { .op = { .kind = STORE_QUERY, .done = count_done }, .question = ASK_STATUS },
                                { .op = { .kind = STORE_QUERY, .done = count_done }, .question = ASK_STATUS } };
    struct store_ingest in = ingest_op(w, items, 200);
    size_t steps = 0;

    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < 200; i++) {
            (void)snprintf(phones[i], sizeof phones[i], "+24206%07d", round * 200 + i);
            items[i] = item(w, NULL, phones[i], NULL, "x");
        }
        assert_int_equal(submit(w, &in), STORE_OK);
        for (int i = 0; i < 200; i++) {
            turns[i] = turn_op(w, items[i].conv, 1, "{}");
            (void)snprintf(turns[i].step, sizeof turns[i].step, "s%d", i % 3 == 0);
            queue(w, &turns[i]);
        }
        assert_int_equal(step(w), 200);
        world_forget(w);
    }
    statuses_done = 0;
    queue(w, &q[0]);
    queue(w, &q[1]);
    while (statuses_done < 2) {
        struct store_item it = item(w, NULL, phones[0], NULL, "x");
        struct store_ingest one = ingest_op(w, &it, 1);

        assert_true(store_wait(w->s, 1000));
        queue(w, &one);
        assert_true(step(w) >= 1);                         /* an event is taken with every slice */
        assert_int_equal(it.verdict, STORE_NEW);
        steps++;
    }
    assert_in_range(steps, 4, 20);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(json_path(q[i].answer, "conversations")->valueint, 10000);
        assert_string_equal(json_str(json_path(q[i].answer, "places.1"), "step"), "s0");
        assert_int_equal(json_path(q[i].answer, "places.1.count")->valueint, 50 * 133);
        assert_int_equal(json_path(q[i].answer, "places.2.count")->valueint, 50 * 67);
        cJSON_Delete(q[i].answer);
    }
    assert_false(store_wait(w->s, 0));
}

/* A whole story: question, answer with two messages, a call, its answer. */
static int64_t tell_a_story(struct world *w, int64_t *first)
{
    struct store_item it = item(w, "wamid.IN1", PHONE, "CG.1", "{\"kind\":\"text\",\"text\":\"Bonjour\"}");
    struct store_send sends[2] = { send_of("{\"free\":{\"body\":\"1\"}}"), send_of("{\"free\":{\"body\":\"2\"}}") };
    struct store_call call = { .step = "prix", .method = "GET", .path = "/prix", .key = "k" };
    struct store_turn t;

    it.name = "Prisca";
    it = gives(w, it);
    t = turn_op(w, it.conv, it.seq, "{}");
    t.sends = sends;
    t.send_count = 2;
    t.calls = &call;
    t.call_count = 1;
    t.failed = true;
    t.note = "flows/course.lua:14: attempt to index a nil value";
    assert_int_equal(submit(w, &t), STORE_OK);
    *first = w->sends[w->send_count - 2].id;
    accept_row(w, *first, "wamid.OUT1");
    {
        struct store_item st = status_of(*first, 1, "wamid.OUT1", RANK_DELIVERED);

        st.status_json = "{\"pricing\":{\"billable\":true}}";
        assert_int_equal(status(w, st), STORE_NEW);
    }
    (void)says(w, PHONE, "{\"kind\":\"text\",\"text\":\"Encore\"}");
    return it.conv;
}

static void expect_whole_story(cJSON *why, int64_t conv)
{
    assert_non_null(why);
    assert_int_equal(json_path(why, "conversation")->valueint, conv);
    assert_string_equal(json_str(json_path(why, "person"), "phone"), "+242…56");
    assert_string_equal(json_str(json_path(why, "person"), "name"), "Prisca");
    assert_int_equal(cJSON_GetArraySize(json_get(why, "events")), 2);
    assert_string_equal(json_str(json_path(why, "events.1.body"), "text"), "Bonjour");
    assert_int_equal(json_path(why, "events.1.turn.generation")->valueint, 7);
    assert_string_equal(json_str(json_path(why, "events.1.turn"), "flow"), "course");
    assert_true(json_bool(json_path(why, "events.1.turn"), "failed"));
    assert_non_null(strstr(json_str(json_path(why, "events.1.turn"), "note"), "course.lua:14"));
    assert_int_equal(cJSON_GetArraySize(json_path(why, "events.1.sends")), 2);
    assert_string_equal(json_str(json_path(why, "events.1.sends.1"), "state"), "accepted");
    assert_string_equal(json_str(json_path(why, "events.1.sends.1"), "rank"), "delivered");
    assert_string_equal(json_str(json_path(why, "events.1.sends.1.statuses.1"), "status"), "delivered");
    assert_true(json_bool(json_path(why, "events.1.sends.1.statuses.1.raw.pricing"), "billable"));
    assert_string_equal(json_str(json_path(why, "events.1.sends.2"), "state"), "ready");
    assert_string_equal(json_str(json_path(why, "events.1.sends.2"), "source"), "course.depart (flows/course.lua:12)");
    assert_string_equal(json_str(json_path(why, "events.1.calls.1"), "path"), "/prix");
    assert_string_equal(json_str(json_path(why, "events.2.body"), "text"), "Encore");
    assert_null(json_path(why, "events.2.turn"));
}

static void why_tells_the_story_of_a_person(void **state)
{
    struct world *w = *state;
    int64_t first, conv = tell_a_story(w, &first);
    char subject[24];
    cJSON *why;

    (void)snprintf(subject, sizeof subject, "%lld", (long long)conv);
    for (int i = 0; i < 3; i++) {
        const char *const subjects[] = { subject, PHONE, "CG.1" };

        why = ask(w, ASK_WHY, subjects[i]);
        expect_whole_story(why, conv);
        cJSON_Delete(why);
    }
}

static void why_tells_the_story_of_a_message(void **state)
{
    struct world *w = *state;
    int64_t first, conv = tell_a_story(w, &first);
    char row[24], callback[64];

    (void)snprintf(row, sizeof row, "#%lld", (long long)first);
    (void)snprintf(callback, sizeof callback, "v1.%s.%lld.1", store_install_id(w->s), (long long)first);
    for (int i = 0; i < 3; i++) {
        const char *const subjects[] = { row, callback, "wamid.OUT1" };
        cJSON *why = ask(w, ASK_WHY, subjects[i]);

        assert_non_null(why);
        assert_int_equal(json_path(why, "messages.1.id")->valueint, first);
        assert_int_equal(cJSON_GetArraySize(json_get(why, "events")), 1);
        assert_int_equal(json_path(why, "conversation")->valueint, conv);
        cJSON_Delete(why);
    }
    {
        cJSON *why = ask(w, ASK_WHY, "wamid.IN1");

        assert_non_null(why);
        assert_int_equal(cJSON_GetArraySize(json_get(why, "events")), 1);
        assert_string_equal(json_str(json_path(why, "events.1.body"), "text"), "Bonjour");
        cJSON_Delete(why);
    }
}

static void why_knows_nothing_of_strangers(void **state)
{
    static const char *const strangers[] = { "+242060000000", "999", "#999", "wamid.X", "v1.00000000.999.1", "CG.9", "" };
    struct world *w = *state;
    int64_t first;

    (void)tell_a_story(w, &first);
    for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++)
        assert_null(ask(w, ASK_WHY, strangers[i]));
    assert_null(ask(w, ASK_WHY, NULL));
}

static void why_shows_no_more_events_than_asked_and_the_latest(void **state)
{
    struct world *w = *state;
    struct store_query q = { .op = { .kind = STORE_QUERY }, .question = ASK_WHY, .subject = PHONE, .number = NUMBER, .limit = 3 };

    for (int i = 0; i < 9; i++) {
        char body[16];

        (void)snprintf(body, sizeof body, "{\"n\":%d}", i);
        (void)says(w, PHONE, body);
    }
    assert_int_equal(submit(w, &q), STORE_OK);
    assert_int_equal(cJSON_GetArraySize(json_get(q.answer, "events")), 3);
    assert_int_equal(json_path(q.answer, "events.1.body.n")->valueint, 6);
    assert_int_equal(json_path(q.answer, "events.3.body.n")->valueint, 8);
    cJSON_Delete(q.answer);
}

/* ---- the file's own keys ---- */

static void secrets_live_as_long_as_the_file(void **state)
{
    struct world *w = *state;
    uint8_t a[32], b[32];
    char install[16];

    assert_true(store_secret(w->s, "button", a));
    assert_false(store_secret(w->s, "button_previous", b));
    assert_int_equal(strlen(store_install_id(w->s)), 8);
    assert_int_equal(strspn(store_install_id(w->s), "0123456789abcdef"), 8);
    (void)snprintf(install, sizeof install, "%s", store_install_id(w->s));
    world_reopen(w);
    assert_true(store_secret(w->s, "button", b));
    assert_memory_equal(a, b, sizeof a);
    assert_string_equal(store_install_id(w->s), install);
    assert_true(store_secret(w->s, "alias", b));
    assert_memory_not_equal(a, b, sizeof a);
}

CONTRACT(contract_keep)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_parked_twice_is_one_row),
        cmocka_unit_test(what_is_kept_about_a_person_is_told_whole_and_nobody_is_made_up),
        cmocka_unit_test(a_key_is_kept_eight_days),
        cmocka_unit_test(bodies_and_rows_go_after_thirty_days_when_they_are_finished),
        cmocka_unit_test(numbers_go_on_when_all_events_are_gone),
        cmocka_unit_test(a_slice_takes_at_most_500_rows),
        cmocka_unit_test(old_rows_that_must_stay_do_not_shelter_those_behind_them),
        cmocka_unit_test(status_counts_what_is_there),
        cmocka_unit_test(a_count_of_many_people_lets_others_go_first),
        cmocka_unit_test(why_tells_the_story_of_a_person),
        cmocka_unit_test(why_tells_the_story_of_a_message),
        cmocka_unit_test(why_knows_nothing_of_strangers),
        cmocka_unit_test(why_shows_no_more_events_than_asked_and_the_latest),
        cmocka_unit_test(secrets_live_as_long_as_the_file),
    };

    GIVE(tests);
}
