/* What a conversation that waits for a secret is told, and what a call carries for its person: sealed at rest, gone when used. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

#define PHONE "+242066123456"
#define PASSWORD "Brazza-2025 é"

/* The person has been asked for a secret. */
static int64_t waiting_for_a_secret(struct world *w)
{
    struct store_item it = says(w, PHONE, "{\"kind\":\"text\",\"text\":\"bonjour\"}");
    struct store_turn t = turn_op(w, it.conv, it.seq, "{}");

    t.secret_next = true;
    assert_int_equal(submit(w, &t), STORE_OK);
    return it.conv;
}

static const char SAID[] = "{\"kind\":\"text\",\"text\":\"" PASSWORD "\"}";

/* The whole story of the conversation, as `why` tells it. */
static void expect_story(struct world *w, const char *with, const char *without)
{
    cJSON *story = ask(w, ASK_WHY, PHONE);
    char *text;

    assert_non_null(story);
    text = json_print(story, NULL);
    assert_non_null(text);
    if (with != NULL && strstr(text, with) == NULL)
        fail_msg("%s is not in %s", with, text);
    if (strstr(text, without) != NULL)
        fail_msg("%s is in %s", without, text);
    free(text);
    cJSON_Delete(story);
}

static void a_secret_is_handed_over_as_it_was_and_told_to_nobody(void **state)
{
    struct world *w = *state;
    int64_t conv = waiting_for_a_secret(w);

    (void)says(w, PHONE, SAID);
    assert_string_equal(last_event(w)->body, SAID);
    expect_story(w, "(secret)", "Brazza");
    assert_int_equal(turn(w, conv, 2, "{}"), STORE_OK);
    expect_story(w, "(secret)", "Brazza");
    (void)says(w, PHONE, "{\"kind\":\"text\",\"text\":\"merci\"}");
    expect_story(w, "merci", "Brazza");            /* it was the answer: what comes after it is ordinary */
}

static void a_secret_survives_a_restart(void **state)
{
    struct world *w = *state;
    int64_t conv = waiting_for_a_secret(w);
    bool more;

    world_reopen(w);
    (void)says(w, PHONE, SAID);
    expect_story(w, "(secret)", "Brazza");
    world_reopen(w);
    assert_string_equal(last_event(w)->body, SAID);
    world_forget(w);
    assert_int_equal(load(w, conv, 4, &more), 1);
    assert_string_equal(last_event(w)->body, SAID);
    assert_int_equal(turn(w, conv, 2, "{}"), STORE_OK);
    expect_story(w, "(secret)", "Brazza");
}

static void only_what_the_person_says_is_sealed_and_until_the_next_turn_all_of_it(void **state)
{
    struct world *w = *state;
    int64_t conv = waiting_for_a_secret(w);
    struct store_item other = item(w, NULL, PHONE, NULL, "{\"kind\":\"notice\",\"name\":\"colis.livre\"}");

    other.from_person = false;
    (void)gives(w, other);
    expect_story(w, "colis.livre", "(secret)");
    (void)says(w, PHONE, SAID);
    (void)says(w, PHONE, "{\"kind\":\"text\",\"text\":\"Brazza encore\"}");
    expect_story(w, "(secret)", "Brazza");
    assert_int_equal(turn(w, conv, 2, "{}"), STORE_OK);
    assert_int_equal(turn(w, conv, 3, "{}"), STORE_OK);
    assert_int_equal(turn(w, conv, 4, "{}"), STORE_OK);
    expect_story(w, "(secret)", "Brazza");
}

static void a_turn_can_wipe_an_event_that_was_not_sealed(void **state)
{
    struct world *w = *state;
    struct store_item it = says(w, PHONE, SAID);
    struct store_turn t = turn_op(w, it.conv, it.seq, "{}");

    expect_story(w, "Brazza", "(secret)");
    t.wipe = true;
    assert_int_equal(submit(w, &t), STORE_OK);
    expect_story(w, "(secret)", "Brazza");
}

static void a_turn_that_lost_wipes_nothing(void **state)
{
    struct world *w = *state;
    int64_t conv = waiting_for_a_secret(w);
    struct store_turn t;

    (void)says(w, PHONE, SAID);
    w->driver->steal(w->s, conv);
    t = turn_op(w, conv, 2, "{}");
    t.wipe = true;
    assert_int_equal(submit(w, &t), STORE_LOST);
    world_reopen(w);
    assert_string_equal(last_event(w)->body, SAID);
}

/* A telephone and a business-scoped id turn out to be one person: the younger's unhandled events are renumbered. */
static void a_sealed_event_can_be_read_after_a_merge(void **state)
{
    struct world *w = *state;
    struct store_item old = gives(w, item(w, NULL, NULL, "CG.5521", "{}"));
    int64_t conv;

    assert_int_equal(turn(w, old.conv, old.seq, "{}"), STORE_OK);
    conv = waiting_for_a_secret(w);
    (void)says(w, PHONE, SAID);
    assert_int_not_equal(conv, old.conv);
    (void)gives(w, item(w, NULL, PHONE, "CG.5521", "{\"kind\":\"text\",\"text\":\"moi\"}"));
    world_reopen(w);
    assert_int_equal(w->events[0].conv, old.conv);
    assert_string_equal(w->events[0].body, SAID);
}

/* ---- calls ---- */

static struct store_call call_of(const char *step, const char *body)
{
    struct store_call c = { .path = "/api/v1/auth/login/", .body = { body, strlen(body) }, .method = "POST", .key = "k1", .guard = 7 };

    (void)snprintf(c.step, sizeof c.step, "%s", step);
    return c;
}

static void calling(struct world *w, struct store_call *call)
{
    struct store_item it = says(w, PHONE, "{}");
    struct store_turn t = turn_op(w, it.conv, it.seq, "{}");

    t.calls = call;
    t.call_count = 1;
    assert_int_equal(submit(w, &t), STORE_OK);
}

static void a_call_keeps_its_body_and_its_token_over_a_restart(void **state)
{
    struct world *w = *state;
    struct store_call call = call_of("entrer", "{\"password\":\"" PASSWORD "\"}");

    call.seal = true;
    call.auth = "acc-5f3a";
    call.pages = 5;
    calling(w, &call);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(w->call_count, 1);
        assert_string_equal(w->calls[0].body, "{\"password\":\"" PASSWORD "\"}");
        assert_string_equal(w->calls[0].auth, "acc-5f3a");
        assert_int_equal(w->calls[0].pages, 5);
        world_reopen(w);
    }
    expect_story(w, "entrer", "Brazza");
    expect_story(w, "entrer", "acc-");
}

static void a_call_without_secrets_has_no_token(void **state)
{
    struct world *w = *state;
    struct store_call call = call_of("lire", "");

    calling(w, &call);
    assert_string_equal(w->calls[0].auth, "");
    world_reopen(w);
    assert_string_equal(w->calls[0].auth, "");
    assert_int_equal(w->calls[0].pages, 0);
}

static void the_answer_of_a_sealed_call_is_sealed_and_wiped(void **state)
{
    static const char body[] = "{\"kind\":\"answer\",\"data\":{\"access\":\"acc-5f3a\"}}";
    struct world *w = *state;
    struct store_call call = call_of("entrer", "{}");
    struct store_call_mark m = { .op = { .kind = STORE_CALL_MARK }, .from = CALL_READY, .to = CALL_RUNNING, .attempt = 1 };
    struct store_answer a = { .op = { .kind = STORE_ANSWER }, .body = { body, sizeof body - 1 } };

    call.seal = true;
    calling(w, &call);
    m.call_id = a.call_id = w->calls[0].id;
    m.now_ms = a.now_ms = world_now(w);
    assert_int_equal(submit(w, &m), STORE_OK);
    assert_int_equal(submit(w, &a), STORE_OK);
    assert_string_equal(last_event(w)->body, body);
    expect_story(w, "(secret)", "acc-");
    world_reopen(w);
    assert_string_equal(last_event(w)->body, body);
    assert_int_equal(turn(w, last_event(w)->conv, last_event(w)->seq, "{}"), STORE_OK);
    expect_story(w, "(secret)", "acc-");
}

CONTRACT(contract_secrets)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_secret_is_handed_over_as_it_was_and_told_to_nobody),
        cmocka_unit_test(a_secret_survives_a_restart),
        cmocka_unit_test(only_what_the_person_says_is_sealed_and_until_the_next_turn_all_of_it),
        cmocka_unit_test(a_turn_can_wipe_an_event_that_was_not_sealed),
        cmocka_unit_test(a_turn_that_lost_wipes_nothing),
        cmocka_unit_test(a_sealed_event_can_be_read_after_a_merge),
        cmocka_unit_test(a_call_keeps_its_body_and_its_token_over_a_restart),
        cmocka_unit_test(a_call_without_secrets_has_no_token),
        cmocka_unit_test(the_answer_of_a_sealed_call_is_sealed_and_wiped),
    };

    GIVE(tests);
}
