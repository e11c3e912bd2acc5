/*
 * Bodies that nobody would send: valid payloads with bytes changed, removed, repeated and swapped. What is read must hold
 * together; under the sanitizers nothing may be touched that is not ours.
 */
#include "help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 20000, BODY_MAX = 4096 };

#define FROM "{\"from\":\"242066123456\",\"from_user_id\":\"CG.1\",\"timestamp\":\"1793000000\",\"id\":\"wamid.P1\","

static const char *const SEEDS[] = {
    "\"contacts\":[{\"profile\":{\"name\":\"Zo\\u00e9\"},\"wa_id\":\"242066123456\",\"user_id\":\"CG.1\"}],\"messages\":[" FROM
        "\"type\":\"text\",\"text\":{\"body\":\"\\u00e7a va \\ud83d\\ude00 a\\/b\"},\"context\":{\"id\":\"wamid.O1\",\"forwarded\":true}}]",
    "\"messages\":[" FROM "\"type\":\"image\",\"image\":{\"id\":\"8\",\"mime_type\":\"image/jpeg\",\"sha256\":\"eA==\",\"caption\":\"c\"}}," FROM
        "\"type\":\"location\",\"location\":{\"latitude\":-4.2634,\"longitude\":15.2429,\"name\":\"n\",\"address\":\"a\"}}]",
    "\"messages\":[" FROM "\"type\":\"contacts\",\"contacts\":[{\"name\":{\"formatted_name\":\"J\"},\"phones\":[{\"phone\":\"06\",\"wa_id\":\"242\"}]}]}," FROM
        "\"type\":\"order\",\"order\":{\"catalog_id\":\"9\",\"product_items\":[{\"product_retailer_id\":\"S\",\"quantity\":2,\"item_price\":30.5}]}}]",
    "\"messages\":[" FROM "\"type\":\"interactive\",\"interactive\":{\"type\":\"button_reply\",\"button_reply\":{\"id\":\"a~1~b\",\"title\":\"Oui\"}}}," FROM
        "\"type\":\"interactive\",\"interactive\":{\"type\":\"nfm_reply\",\"nfm_reply\":{\"name\":\"flow\",\"body\":\"b\",\"response_json\":\"{\\\"a\\\":[1,{\\\"b\\\":2}]}\"}}}]",
    "\"messages\":[" FROM "\"type\":\"system\",\"system\":{\"type\":\"user_changed_number\",\"wa_id\":\"242066999999\",\"user_id\":\"CG.2\",\"previous_user_id\":\"CG.1\"}}," FROM
        "\"type\":\"edit\",\"edit\":{\"original_message_id\":\"w\",\"message\":{\"type\":\"text\",\"text\":{\"body\":\"x\"}}}}," FROM
        "\"type\":\"reaction\",\"reaction\":{\"message_id\":\"w\",\"emoji\":\"\\ud83d\\udc4d\"}}]",
    "\"messages\":[" FROM "\"type\":\"unsupported\",\"errors\":[{\"code\":131051,\"title\":\"t\",\"error_data\":{\"details\":\"d\"}}],\"unsupported\":{\"type\":\"poll\"},"
        "\"referral\":{\"source_id\":\"1\",\"headline\":\"h\"}}],\"errors\":[{\"code\":130429}]",
    "\"statuses\":[{\"id\":\"wamid.O1\",\"status\":\"failed\",\"timestamp\":\"1793000001\",\"recipient_id\":\"242066123456\","
        "\"biz_opaque_callback_data\":\"v1." INSTALL ".8812.2\",\"errors\":[{\"code\":131047,\"title\":\"t\",\"error_data\":{\"details\":\"d\"}}],"
        "\"pricing\":{\"pricing_model\":\"PMP\",\"type\":\"regular\",\"category\":\"utility\"}},{\"id\":\"wamid.O2\",\"status\":\"read\"}]",
};
enum { SEED_COUNT = sizeof SEEDS / sizeof SEEDS[0] };

static uint64_t random_state = 0x9E3779B97F4A7C15;

static size_t below(size_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (size_t)(random_state % limit);
}

static size_t remove_run(char *body, size_t len, size_t at, size_t run)
{
    if (run > len - at)
        run = len - at;
    memmove(body + at, body + at + run, len - at - run);
    return len - run;
}

static size_t repeat_run(char *body, size_t len, size_t at, size_t run)
{
    if (run > len - at)
        run = len - at;
    if (len + run > BODY_MAX)
        return len;
    memmove(body + at + run, body + at, len - at);
    return len + run;
}

/* Most changes must leave JSON behind, or nothing but the parser is tried: so values and keys are changed more than signs. */
static size_t mutate(char *body, size_t len)
{
    static const char *const values[] = { "null", "0", "-1", "1e99", "\"\"", "[]", "{}", "true", "\"\\u0000\"", "\"\\ud83d\"", "12345678901234567890" };
    static const char signs[] = "{}[]\",:\\0123456789abcuneit\xc3\xff\n ";
    size_t at = below(len);

    switch (below(5)) {
    case 0:
        body[at] = signs[below(sizeof signs - 1)];
        return len;
    case 1:
        return remove_run(body, len, at, 1 + below(12));
    case 2:
        return repeat_run(body, len, at, 1 + below(40));
    default: {                                   /* the value after the next colon becomes another one */
        const char *value = values[below(sizeof values / sizeof values[0])];
        size_t value_len = strlen(value), end;

        while (at < len && body[at] != ':')
            at++;
        if (++at >= len)
            return len;
        end = at;
        if (body[at] == '"')
            for (end++; end < len && body[end] != '"'; end++)
                end += body[end] == '\\';
        else
            while (end < len && strchr(",}]", body[end]) == NULL)
                end++;
        if (end >= len)
            return len;
        end += body[at] == '"';
        if (len + value_len > BODY_MAX)
            return len;
        memmove(body + at + value_len, body + end, len - end);
        memcpy(body + at, value, value_len);
        return len - (end - at) + value_len;
    }
    }
}

static void check_event_item(const struct store_item *item, const char *body, size_t len)
{
    struct event e;
    struct error err;

    if (!event_parse(item->body.data, item->body.len, &e, &err))
        fail_msg("%s: %.*s from %.*s", err.text, (int)item->body.len, (const char *)item->body.data, (int)len, body);
    assert_int_equal(e.at_ms, item->at_ms);
    assert_int_equal(event_from_person(e.kind), item->from_person);
    assert_true(e.kind != EVENT_LOCATION || e.has_point);
    event_free(&e);
    assert_non_null(item->number);
    assert_true(item->phone != NULL || item->bsuid != NULL);
    assert_true(item->phone == NULL || (item->phone[0] == '+' && strlen(item->phone) <= 16));
    assert_true(item->at_ms <= NOW_MS && item->at_ms >= NOW_MS - STORE_SEEN_MS);
}

static void check_status_item(const struct store_item *item)
{
    struct error err;
    cJSON *tree = json_parse(item->status_json, strlen(item->status_json), &err);

    if (tree == NULL)
        fail_msg("%s: %s", err.text, item->status_json);
    cJSON_Delete(tree);
    assert_true(item->wamid != NULL || item->out_id > 0);
    assert_int_equal(item->failed, item->rank == RANK_NONE);
}

static void a_mutated_webhook_never_breaks_the_reader(void **state)
{
    struct channel_options options = { .install = INSTALL, .now_ms = NOW_MS };
    size_t readable = 0, items = 0;

    (void)state;
    for (size_t round = 0; round < ROUNDS; round++) {
        char *seed = webhook(SEEDS[round % SEED_COUNT]), body[BODY_MAX];
        size_t len = strlen(seed);
        struct channel_inbound in;
        struct error err = { "" };

        memcpy(body, seed, len);
        for (size_t changes = 1 + below(4); changes > 0 && len > 0; changes--)
            len = mutate(body, len);
        memcpy(seed = realloc(seed, len + 1), body, len);     /* of exactly that length, so that a step too far is seen */
        seed = realloc(seed, len == 0 ? 1 : len);
        if (channel_read_webhook(seed, len, &options, &in, &err)) {
            readable++;
            items += in.count;
            for (size_t i = 0; i < in.count; i++) {
                if (in.items[i].kind == STORE_EVENT)
                    check_event_item(&in.items[i], body, len);
                else
                    check_status_item(&in.items[i]);
            }
        } else {
            assert_false(in.no_memory);
            assert_memory_equal(err.text, "webhook: ", 9);
        }
        channel_inbound_free(&in);
        free(seed);
    }
    print_message("%zu of %d mutated bodies were read, with %zu items\n", readable, ROUNDS, items);
    assert_true(readable > ROUNDS / 10);         /* else only the JSON parser was tried */
    assert_true(items > ROUNDS / 10);
}

static void a_mutated_answer_is_never_accepted_without_an_id(void **state)
{
    static const char *const answers[] = {
        "{\"messaging_product\":\"whatsapp\",\"contacts\":[{\"input\":\"+242\",\"wa_id\":\"242\"}],\"messages\":[{\"id\":\"wamid.O1\",\"message_status\":\"accepted\"}]}",
        "{\"error\":{\"message\":\"(#131008) m\",\"type\":\"OAuthException\",\"code\":131008,\"error_data\":{\"details\":\"d\"},\"fbtrace_id\":\"A\"}}",
    };

    (void)state;
    for (size_t round = 0; round < ROUNDS; round++) {
        char body[BODY_MAX], *exact;
        size_t len = strlen(answers[round % 2]);
        struct channel_answer a;

        memcpy(body, answers[round % 2], len);
        for (size_t changes = 1 + below(3); changes > 0 && len > 0; changes--)
            len = mutate(body, len);
        exact = malloc(len == 0 ? 1 : len);
        memcpy(exact, body, len);
        channel_read_answer(round % 3 == 0 ? 400 : 200, exact, len, &a);
        assert_int_equal(a.class == ANSWER_ACCEPTED, a.wamid[0] != '\0');
        assert_true(strlen(a.text) < sizeof a.text);
        free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mutated_webhook_never_breaks_the_reader),
        cmocka_unit_test(a_mutated_answer_is_never_accepted_without_an_id),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
