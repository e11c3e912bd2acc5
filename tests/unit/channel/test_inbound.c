/*
 * The envelope: everything in a webhook is read or counted (whatsapp.md §1.2), and everybody is known by what they are known by (§2.5).
 */
#include "help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/buf.h"

#define TEXT(id) "{" PRISCA ",\"id\":\"" id "\",\"type\":\"text\",\"text\":{\"body\":\"" id "\"}}"
#define STATUS(id) "{\"id\":\"" id "\",\"status\":\"sent\",\"timestamp\":\"1793000001\",\"recipient_id\":\"242066123456\"}"

static void refuse(const char *body)
{
    struct channel_options options = { .now_ms = NOW_MS };
    struct channel_inbound in;
    struct error err = { "" };

    if (channel_read_webhook(body, strlen(body), &options, &in, &err))
        fail_msg("read: %s", body);
    assert_memory_equal(err.text, "webhook: ", 9);
    assert_false(in.no_memory);
    assert_int_equal(in.count, 0);
    channel_inbound_free(&in);
}

static void counts(const char *body, size_t items, size_t ignored)
{
    struct channel_inbound in;

    read_body(body, &in);
    if (in.count != items || in.ignored != ignored)
        fail_msg("%zu items, %zu ignored in %s", in.count, in.ignored, body);
    channel_inbound_free(&in);
}

static void counts_members(const char *members, size_t items, size_t ignored)
{
    char *body = webhook(members);

    counts(body, items, ignored);
    free(body);
}

static void what_is_not_a_webhook_is_refused(void **state)
{
    (void)state;
    refuse("");
    refuse("{");
    refuse("null");
    refuse("[]");
    refuse("{}");
    refuse("{\"object\":\"page\",\"entry\":[]}");
    refuse("{\"object\":\"whatsapp_business_account\"}");
    refuse("{\"object\":\"whatsapp_business_account\",\"entry\":{}}");
    refuse("{\"object\":\"whatsapp_business_account\",\"entry\":[]}x");
    refuse("{\"object\":\"whatsapp_business_account\",\"entry\":[\"\xff\"]}");
}

static void what_has_no_shape_inside_is_counted_not_refused(void **state)
{
    (void)state;
    counts("{\"object\":\"whatsapp_business_account\",\"entry\":[]}", 0, 0);
    counts("{\"object\":\"whatsapp_business_account\",\"entry\":[null,7,{},{\"changes\":5}]}", 0, 4);
    counts("{\"object\":\"whatsapp_business_account\",\"entry\":[{\"changes\":[null,\"x\",{},{\"field\":\"messages\"},{\"field\":\"messages\",\"value\":[]},"
           "{\"field\":\"messages\",\"value\":{}},{\"field\":\"messages\",\"value\":{\"metadata\":{\"phone_number_id\":555}}}]}]}", 0, 7);
    counts_members("", 0, 0);
    counts_members("\"messages\":{},\"statuses\":\"x\",\"contacts\":7,\"errors\":null", 0, 0);
    counts_members("\"messages\":[null,5,\"x\",[],{}],\"statuses\":[null,5,\"x\",[],{}]", 0, 10);
}

static void every_level_is_read_in_order(void **state)
{
    struct channel_inbound in;
    char *body = NULL;
    const char *value = "\"metadata\":{\"phone_number_id\":\"" NUMBER "\"}";

    (void)state;
    assert_true(asprintf(&body, "{\"object\":\"whatsapp_business_account\",\"entry\":["
                         "{\"changes\":[{\"field\":\"messages\",\"value\":{%s,\"messages\":[" TEXT("wamid.1") "," TEXT("wamid.2") "],\"statuses\":[" STATUS("wamid.3") "]}},"
                         "{\"field\":\"messages\",\"value\":{\"statuses\":[" STATUS("wamid.4") "],\"messages\":[" TEXT("wamid.5") "],%s}}]},"
                         "{\"changes\":[{\"value\":{%s,\"messages\":[" TEXT("wamid.6") "]},\"field\":\"messages\"}]}]}", value, value, value) > 0);
    read_body(body, &in);
    assert_int_equal(in.count, 6);
    for (size_t i = 0; i < 6; i++) {
        char wamid[16];

        (void)snprintf(wamid, sizeof wamid, "wamid.%zu", i + 1);
        if (in.items[i].kind == STORE_STATUS)
            assert_string_equal(in.items[i].wamid, wamid);
        else
            assert_non_null(strstr(event_of(&in, i), wamid));
    }
    assert_int_equal(in.items[2].kind, STORE_STATUS);
    assert_int_equal(in.items[3].kind, STORE_STATUS);
    channel_inbound_free(&in);
    free(body);
}

static void other_fields_and_other_numbers_are_ignored(void **state)
{
    static const char *const fields[] = { "message_template_status_update", "user_preferences", "smb_message_echoes", "history", "standby", "calls", "", "Messages" };
    char *body;

    (void)state;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        body = webhook_of(NUMBER, fields[i], "\"messages\":[" TEXT("wamid.1") "]");
        counts(body, 0, 1);
        free(body);
    }
    body = webhook_of("999", "messages", "\"messages\":[" TEXT("wamid.1") "," TEXT("wamid.2") "]");
    counts(body, 0, 1);
    free(body);
}

static void a_template_id_beyond_2_53_does_no_harm(void **state)
{
    char *body = webhook_of(NUMBER, "message_template_status_update", "\"event\":\"APPROVED\",\"message_template_id\":98800112233445566");

    (void)state;
    counts(body, 0, 1);
    free(body);
}

static void without_a_list_of_numbers_all_are_ours(void **state)
{
    struct channel_options options = { .now_ms = NOW_MS };
    char *body = webhook_of("999", "messages", "\"messages\":[" TEXT("wamid.1") "]");
    struct channel_inbound in;
    struct error err;

    (void)state;
    assert_true(channel_read_webhook(body, strlen(body), &options, &in, &err));
    assert_int_equal(in.count, 1);
    assert_string_equal(in.items[0].number, "999");
    channel_inbound_free(&in);
    free(body);
}

static void errors_of_the_account_are_counted_with_or_without_a_number(void **state)
{
    struct channel_inbound in;

    (void)state;
    read_members("\"errors\":[{\"title\":\"?\"},{\"code\":130429,\"title\":\"Rate limit hit\"},{\"code\":4}]", &in);
    assert_int_equal(in.errors, 3);
    assert_int_equal(in.error_code, 130429);
    assert_int_equal(in.count + in.ignored, 0);
    channel_inbound_free(&in);
    read_body("{\"object\":\"whatsapp_business_account\",\"entry\":[{\"changes\":[{\"field\":\"messages\",\"value\":{\"errors\":[{\"code\":131000}]}}]}]}", &in);
    assert_int_equal(in.errors, 1);
    assert_int_equal(in.error_code, 131000);
    channel_inbound_free(&in);
}

/* ---- people ---- */

static void person(const char *members, const char *phone, const char *bsuid, const char *name)
{
    struct channel_inbound in;

    read_members(members, &in);
    assert_int_equal(in.count, 1);
    assert_string_equal(in.items[0].number, NUMBER);
    if (phone == NULL)
        assert_null(in.items[0].phone);
    else
        assert_string_equal(in.items[0].phone, phone);
    if (bsuid == NULL)
        assert_null(in.items[0].bsuid);
    else
        assert_string_equal(in.items[0].bsuid, bsuid);
    if (name == NULL)
        assert_null(in.items[0].name);
    else
        assert_string_equal(in.items[0].name, name);
    assert_null(in.items[0].old_phone);
    assert_null(in.items[0].old_bsuid);
    assert_null(in.items[0].route);
    channel_inbound_free(&in);
}

#define WROTE "\"id\":\"wamid.P1\",\"timestamp\":\"1793000000\",\"type\":\"text\",\"text\":{\"body\":\"x\"}"

static void a_person_is_known_by_number_or_id_or_both(void **state)
{
    (void)state;
    person("\"messages\":[{\"from\":\"242066123456\"," WROTE "}]", "+242066123456", NULL, NULL);
    person("\"messages\":[{\"from\":\"242066123456\",\"from_user_id\":\"CG.1\"," WROTE "}]", "+242066123456", "CG.1", NULL);
    person("\"messages\":[{\"from_user_id\":\"CG.1\"," WROTE "}]", NULL, "CG.1", NULL);
    person("\"messages\":[{\"from\":\"\",\"from_user_id\":\"CG.1\"," WROTE "}]", NULL, "CG.1", NULL);
    person("\"messages\":[{\"from\":null,\"from_user_id\":\"CG.1\"," WROTE "}]", NULL, "CG.1", NULL);
    person("\"messages\":[{\"from\":\"+242066123456\"," WROTE "}]", "+242066123456", NULL, NULL);
    person("\"messages\":[{\"from\":\"not-a-number\",\"from_user_id\":\"CG.1\"," WROTE "}]", NULL, "CG.1", NULL);
}

static void who_has_neither_is_counted_as_ignored(void **state)
{
    (void)state;
    counts_members("\"messages\":[{" WROTE "},{\"from\":\"\"," WROTE "},{\"from\":\"\",\"from_user_id\":\"\"," WROTE "},{\"from\":\"12a\"," WROTE "},"
                   "{\"from\":\"1234567890123456\"," WROTE "}," TEXT("wamid.2") "]", 1, 5);
}

static void contacts_are_matched_by_id_and_complete_the_person(void **state)
{
    const char *people = "\"contacts\":[{\"profile\":{\"name\":\"Junior\"},\"wa_id\":\"242055000001\",\"user_id\":\"CG.2\"},{},null,{\"profile\":{\"name\":\"?\"}},"
                         "{\"profile\":{\"name\":\"Prisca\",\"username\":\"pri.sca\"},\"wa_id\":\"242066123456\",\"user_id\":\"CG.1\"},"
                         "{\"profile\":{\"name\":\"Sans Numéro\"},\"user_id\":\"CG.3\"},{\"wa_id\":\"242044000004\"}]";
    char members[1024];

    (void)state;
    (void)snprintf(members, sizeof members, "%s,\"messages\":[{\"from\":\"242066123456\"," WROTE "}]", people);
    person(members, "+242066123456", "CG.1", "Prisca");
    (void)snprintf(members, sizeof members, "\"messages\":[{\"from_user_id\":\"CG.2\"," WROTE "}],%s", people);
    person(members, "+242055000001", "CG.2", "Junior");
    (void)snprintf(members, sizeof members, "%s,\"messages\":[{\"from_user_id\":\"CG.3\"," WROTE "}]", people);
    person(members, NULL, "CG.3", "Sans Numéro");
    (void)snprintf(members, sizeof members, "%s,\"messages\":[{\"from\":\"242044000004\"," WROTE "}]", people);
    person(members, "+242044000004", NULL, NULL);
    (void)snprintf(members, sizeof members, "%s,\"messages\":[{\"from\":\"242011111111\"," WROTE "}]", people);
    person(members, "+242011111111", NULL, NULL);
}

static void moved(const char *message, const char *phone, const char *old_phone, const char *bsuid, const char *old_bsuid)
{
    struct channel_inbound in;
    const struct store_item *item;
    char *members = NULL;
    const char *pairs[4][2];

    assert_true(asprintf(&members, "\"messages\":[{\"id\":\"wamid.S1\",\"timestamp\":\"1793000000\",\"type\":\"system\",%s}]", message) > 0);
    read_members(members, &in);
    assert_int_equal(in.count, 1);
    item = &in.items[0];
    memcpy(pairs, (const char *[4][2]){ { item->phone, phone }, { item->old_phone, old_phone }, { item->bsuid, bsuid }, { item->old_bsuid, old_bsuid } }, sizeof pairs);
    for (int i = 0; i < 4; i++)
        if ((pairs[i][0] == NULL) != (pairs[i][1] == NULL) || (pairs[i][0] != NULL && strcmp(pairs[i][0], pairs[i][1]) != 0))
            fail_msg("%d: %s is not %s in %s", i, pairs[i][0], pairs[i][1], message);
    assert_false(item->from_person);
    assert_memory_equal(event_of(&in, 0), "{\"kind\":\"system\"", 16);
    channel_inbound_free(&in);
    free(members);
}

static void a_changed_number_or_id_moves_the_alias(void **state)
{
    (void)state;
    moved("\"from\":\"242066123456\",\"system\":{\"type\":\"user_changed_number\",\"body\":\"Prisca changed\",\"wa_id\":\"242066999999\"}",
          "+242066999999", "+242066123456", NULL, NULL);
    moved("\"from\":\"242066123456\",\"from_user_id\":\"CG.1\",\"system\":{\"type\":\"user_changed_number\",\"wa_id\":\"242066999999\",\"user_id\":\"CG.9\"}",
          "+242066999999", "+242066123456", "CG.9", "CG.1");
    moved("\"from\":\"242066123456\",\"system\":{\"type\":\"user_changed_user_id\",\"user_id\":\"CG.9\",\"previous_user_id\":\"CG.1\"}",
          "+242066123456", NULL, "CG.9", "CG.1");
    moved("\"from_user_id\":\"CG.9\",\"system\":{\"type\":\"user_changed_user_id\",\"user_id\":\"CG.9\",\"previous_user_id\":\"CG.1\"}",
          NULL, NULL, "CG.9", "CG.1");
    moved("\"from_user_id\":\"CG.1\",\"system\":{\"type\":\"user_changed_user_id\",\"user_id\":\"CG.9\",\"previous_user_id\":\"CG.1\"}",
          NULL, NULL, "CG.9", "CG.1");
    moved("\"system\":{\"type\":\"user_changed_user_id\",\"user_id\":\"CG.9\",\"previous_user_id\":\"CG.1\"}", NULL, NULL, "CG.9", "CG.1");
    moved("\"from\":\"242066123456\",\"system\":{\"type\":\"user_changed_number\",\"wa_id\":\"242066123456\"}", "+242066123456", NULL, NULL, NULL);
    moved("\"from\":\"242066123456\",\"system\":{\"type\":\"user_changed_number\"}", "+242066123456", NULL, NULL, NULL);
    moved("\"from\":\"242066123456\",\"system\":{\"type\":\"customer_identity_changed\",\"wa_id\":\"242066999999\"}", "+242066123456", NULL, NULL, NULL);
}

static void only_a_system_message_moves_an_alias(void **state)
{
    (void)state;
    person("\"messages\":[{\"from\":\"242066123456\",\"system\":{\"type\":\"user_changed_number\",\"wa_id\":\"242066999999\"}," WROTE "}]",
           "+242066123456", NULL, NULL);
}

static void a_system_message_says_what_happened(void **state)
{
    (void)state;
    becomes("\"type\":\"system\",\"system\":{\"type\":\"user_changed_number\",\"body\":\"Prisca changed\",\"wa_id\":\"242066999999\"}",
            "\"system\",\"text\":\"Prisca changed\",\"name\":\"user_changed_number\"");
    becomes("\"type\":\"system\",\"system\":{}", "\"system\",\"name\":\"system\"");
    becomes("\"type\":\"system\"", "\"unsupported\",\"name\":\"system\"");
}

static void group_messages_and_statuses_are_ignored(void **state)
{
    (void)state;
    counts_members("\"messages\":[{\"group_id\":\"G1\"," PRISCA ",\"id\":\"wamid.1\",\"type\":\"text\",\"text\":{\"body\":\"x\"}},"
                   "{\"group_id\":\"\"," PRISCA ",\"id\":\"wamid.2\",\"type\":\"text\",\"text\":{\"body\":\"x\"}}],"
                   "\"statuses\":[{\"id\":\"wamid.3\",\"status\":\"read\",\"recipient_type\":\"group\",\"recipient_id\":\"G1\"}]", 1, 2);
}

/* ---- time ---- */

static int64_t time_of(const char *timestamp, size_t *stale)
{
    struct channel_inbound in;
    char *members = NULL;
    int64_t at = 0;

    assert_true(asprintf(&members, "\"messages\":[{\"from\":\"242066123456\",\"id\":\"wamid.1\"%s,\"type\":\"text\",\"text\":{\"body\":\"x\"}}]", timestamp) > 0);
    read_members(members, &in);
    *stale = in.stale;
    assert_int_equal(in.count + in.stale, 1);
    if (in.count == 1) {
        struct event e;
        struct error err;

        at = in.items[0].at_ms;
        assert_true(event_parse(in.items[0].body.data, in.items[0].body.len, &e, &err));
        assert_int_equal(e.at_ms, at);
        event_free(&e);
    }
    channel_inbound_free(&in);
    free(members);
    return at;
}

static void a_message_has_its_own_time_but_never_a_later_one_than_now(void **state)
{
    size_t stale;

    (void)state;
    assert_int_equal(time_of(",\"timestamp\":\"1793000000\"", &stale), 1793000000000);
    assert_int_equal(time_of(",\"timestamp\":1793000001", &stale), 1793000001000);
    assert_int_equal(time_of(",\"timestamp\":\"1793000060\"", &stale), NOW_MS);
    assert_int_equal(time_of(",\"timestamp\":\"1793000061\"", &stale), NOW_MS);
    assert_int_equal(time_of(",\"timestamp\":\"9999999999999999999\"", &stale), NOW_MS);
    assert_int_equal(time_of(",\"timestamp\":\"9223372036854775807\"", &stale), NOW_MS);
    assert_int_equal(time_of(",\"timestamp\":\"-5\"", &stale), NOW_MS);
    assert_int_equal(time_of(",\"timestamp\":\"demain\"", &stale), NOW_MS);
    assert_int_equal(time_of("", &stale), NOW_MS);
    assert_int_equal(stale, 0);
}

static void a_message_older_than_eight_days_is_stale(void **state)
{
    size_t stale;

    (void)state;
    assert_int_equal(time_of(",\"timestamp\":\"1792308860\"", &stale), 1792308860000);      /* eight days to the second */
    assert_int_equal(stale, 0);
    (void)time_of(",\"timestamp\":\"1792308859\"", &stale);
    assert_int_equal(stale, 1);
    (void)time_of(",\"timestamp\":\"1\"", &stale);
    assert_int_equal(stale, 1);
}

/* ---- keys ---- */

static void key_of(const char *body, uint8_t key[STORE_KEY_BYTES])
{
    struct channel_options options = { .now_ms = NOW_MS };
    struct channel_inbound in;
    struct error err;

    assert_true(channel_read_webhook(body, strlen(body), &options, &in, &err));
    assert_int_equal(in.count, 1);
    memcpy(key, in.items[0].key, STORE_KEY_BYTES);
    channel_inbound_free(&in);
}

static void the_key_of_a_message_is_its_id_at_its_number(void **state)
{
    uint8_t expected[STORE_KEY_BYTES], key[STORE_KEY_BYTES];
    char *body = webhook("\"messages\":[" TEXT("wamid.1") "]");
    char *elsewhere = webhook_of("999", "messages", "\"messages\":[" TEXT("wamid.1") "]");
    char *again = webhook("\"contacts\":[],\"messages\":[{\"from\":\"242055000001\",\"id\":\"wamid.1\",\"type\":\"reaction\",\"reaction\":{\"message_id\":\"a\"}}]");

    (void)state;
    store_key(expected, "wa", NUMBER, "wamid.1", (const char *)NULL);
    key_of(body, key);
    assert_memory_equal(key, expected, STORE_KEY_BYTES);
    key_of(again, key);
    assert_memory_equal(key, expected, STORE_KEY_BYTES);
    key_of(elsewhere, key);
    assert_memory_not_equal(key, expected, STORE_KEY_BYTES);
    free(body);
    free(again);
    free(elsewhere);
}

static void a_message_without_id_is_known_by_its_content(void **state)
{
    uint8_t one[STORE_KEY_BYTES], two[STORE_KEY_BYTES], other[STORE_KEY_BYTES];
    char *body = webhook("\"messages\":[{" PRISCA ",\"type\":\"text\",\"text\":{\"body\":\"x\"}}]");
    char *same = webhook("\"messages\":[{" PRISCA ",\"id\":\"\",\"type\":\"text\",\"text\":{\"body\":\"x\"}}]");
    char *different = webhook("\"messages\":[{" PRISCA ",\"type\":\"text\",\"text\":{\"body\":\"y\"}}]");

    (void)state;
    key_of(body, one);
    key_of(same, two);
    key_of(different, other);
    assert_memory_equal(one, two, STORE_KEY_BYTES);
    assert_memory_not_equal(one, other, STORE_KEY_BYTES);
    free(body);
    free(same);
    free(different);
}

/* ---- odd characters ---- */

static void one_odd_character_does_not_cost_the_other_messages(void **state)
{
    struct channel_inbound in;

    (void)state;
    read_members("\"messages\":[" TEXT("wamid.1") ",{" PRISCA ",\"id\":\"wamid.2\",\"type\":\"text\",\"text\":{\"body\":"
                 "\"a\\ud83db\\u0000c\\ude00d\\ud83d\\ude00e\\\\u0000f\\uD83D\\uD83D\\uDE00\"}}]", &in);
    assert_int_equal(in.count, 2);
    assert_non_null(strstr(event_of(&in, 1), "\"text\":\"a\uFFFDb\uFFFDc\uFFFDd😀e\\\\u0000f\uFFFD😀\""));
    channel_inbound_free(&in);
    refuse("{\"object\":\"whatsapp_business_account\",\"entry\":[\"\\");
    refuse("{\"object\":\"whatsapp_business_account\",\"entry\":[\"\\ud83");
    refuse("{\"object\":\"whatsapp_business_account\",\"entry\":[\"\\ud83d");
}

/* ---- sizes that nobody sends ---- */

static void ids_and_names_of_megabytes_do_no_harm(void **state)
{
    struct channel_options options = { .now_ms = NOW_MS };
    size_t len = 1024 * 1024;
    char *huge = malloc(len + 1), *members = NULL, *body;
    struct channel_inbound in;
    struct error err;

    (void)state;
    memset(huge, '7', len);
    huge[len] = '\0';
    assert_true(asprintf(&members, "\"contacts\":[{\"wa_id\":\"242066123456\",\"user_id\":\"%s\",\"profile\":{\"name\":\"%s\"}}],\"messages\":["
                         "{\"from\":\"242066123456\",\"from_user_id\":\"%s\",\"id\":\"%s\",\"type\":\"text\",\"text\":{\"body\":\"x\"}},{\"from\":\"%s\",\"id\":\"w\"}],"
                         "\"statuses\":[{\"id\":\"%s\",\"status\":\"sent\"}]", huge, huge, huge, huge, huge, huge) > 0);
    read_members(members, &in);
    assert_int_equal(in.count, 1);
    assert_int_equal(in.ignored, 2);
    assert_string_equal(in.items[0].phone, "+242066123456");
    assert_null(in.items[0].bsuid);
    assert_int_equal(strlen(in.items[0].name), 100);
    assert_true(in.items[0].body.len < 100);
    channel_inbound_free(&in);
    body = webhook_of(huge, "messages", "\"messages\":[" TEXT("wamid.1") "]");
    assert_true(channel_read_webhook(body, strlen(body), &options, &in, &err));
    assert_int_equal(in.count, 0);
    assert_int_equal(in.ignored, 1);
    channel_inbound_free(&in);
    free(body);
    free(members);
    free(huge);
}

/* ---- many ---- */

enum { MANY = 1000 };

/* A thousand updates of a thousand people; contacts in the opposite order, so that a match by place would be wrong. */
static char *many_members(void)
{
    struct buf b;

    buf_init(&b, 4 * 1024 * 1024);
    buf_adds(&b, "\"contacts\":[");
    for (int i = MANY - 1; i >= 0; i--)
        buf_addf(&b, "%s{\"profile\":{\"name\":\"Personne %d\"},\"wa_id\":\"24206610%04d\",\"user_id\":\"CG.%d\"}", i == MANY - 1 ? "" : ",", i, i, i);
    buf_adds(&b, "],\"messages\":[");
    for (int i = 0; i < MANY; i += 2)
        buf_addf(&b, "%s{\"from\":\"24206610%04d\",\"id\":\"wamid.M%d\",\"timestamp\":\"%d\",\"type\":\"%s\",\"text\":{\"body\":\"message %d\"}}",
                 i == 0 ? "" : ",", i, i, 1793000000 + i % 60, i % 20 == 0 ? "hologram" : "text", i);
    buf_adds(&b, "],\"statuses\":[");
    for (int i = 1; i < MANY; i += 2)
        buf_addf(&b, "%s{\"id\":\"wamid.M%d\",\"status\":\"delivered\",\"timestamp\":\"1793000001\",\"recipient_id\":\"24206610%04d\","
                 "\"biz_opaque_callback_data\":\"v1." INSTALL ".%d.1\"}", i == 1 ? "" : ",", i, i, i);
    buf_adds(&b, "]");
    return buf_take(&b, NULL);
}

static void a_thousand_updates_are_a_thousand_items(void **state)
{
    struct channel_inbound in;
    char *members = many_members(), expected[64];

    (void)state;
    assert_non_null(members);
    read_members(members, &in);
    assert_int_equal(in.count, MANY);
    assert_int_equal(in.ignored, 0);
    for (int i = 0; i < MANY / 2; i++) {
        const struct store_item *item = &in.items[i], *status = &in.items[MANY / 2 + i];

        (void)snprintf(expected, sizeof expected, "+24206610%04d", 2 * i);
        assert_string_equal(item->phone, expected);
        (void)snprintf(expected, sizeof expected, "CG.%d", 2 * i);
        assert_string_equal(item->bsuid, expected);
        (void)snprintf(expected, sizeof expected, "Personne %d", 2 * i);
        assert_string_equal(item->name, expected);
        (void)snprintf(expected, sizeof expected, "\"id\":\"wamid.M%d\"", 2 * i);
        assert_non_null(strstr(event_of(&in, (size_t)i), expected));
        assert_int_equal(status->kind, STORE_STATUS);
        assert_int_equal(status->out_id, 2 * i + 1);
    }
    channel_inbound_free(&in);
    free(members);
}

/* A thousand is what Meta sends at most; beyond it the profile names are lost, never the messages. */
static void contacts_beyond_a_thousand_are_not_searched(void **state)
{
    struct channel_inbound in;
    struct buf b;

    (void)state;
    buf_init(&b, 1024 * 1024);
    buf_adds(&b, "\"contacts\":[");
    for (int i = 1; i <= 1001; i++)
        buf_addf(&b, "%s{\"profile\":{\"name\":\"P%d\"},\"wa_id\":\"%d\"}", i == 1 ? "" : ",", i, i);
    buf_adds(&b, "],\"messages\":[{\"from\":\"1001\",\"id\":\"a\"},{\"from\":\"1000\",\"id\":\"b\"},{\"from\":\"1\",\"id\":\"c\"}]");
    read_members(buf_str(&b), &in);
    assert_int_equal(in.count, 3);
    assert_null(in.items[0].name);
    assert_string_equal(in.items[1].name, "P1000");
    assert_string_equal(in.items[2].name, "P1");
    channel_inbound_free(&in);
    buf_free(&b);
}

static void three_megabytes_in_one_message_are_read(void **state)
{
    struct channel_inbound in;
    size_t len = 3 * 1024 * 1024;
    char *members = malloc(len + 400);
    int n = snprintf(members, 400, "\"messages\":[{" PRISCA ",\"id\":\"wamid.1\",\"type\":\"text\",\"text\":{\"body\":\"");

    (void)state;
    memset(members + n, 'x', len);
    memcpy(members + n + len, "\"}}]", 5);
    read_members(members, &in);
    assert_int_equal(in.count, 1);
    assert_true(in.items[0].body.len > len);
    channel_inbound_free(&in);
    free(members);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_a_webhook_is_refused),
        cmocka_unit_test(what_has_no_shape_inside_is_counted_not_refused),
        cmocka_unit_test(every_level_is_read_in_order),
        cmocka_unit_test(other_fields_and_other_numbers_are_ignored),
        cmocka_unit_test(a_template_id_beyond_2_53_does_no_harm),
        cmocka_unit_test(without_a_list_of_numbers_all_are_ours),
        cmocka_unit_test(errors_of_the_account_are_counted_with_or_without_a_number),
        cmocka_unit_test(a_person_is_known_by_number_or_id_or_both),
        cmocka_unit_test(who_has_neither_is_counted_as_ignored),
        cmocka_unit_test(contacts_are_matched_by_id_and_complete_the_person),
        cmocka_unit_test(a_changed_number_or_id_moves_the_alias),
        cmocka_unit_test(only_a_system_message_moves_an_alias),
        cmocka_unit_test(a_system_message_says_what_happened),
        cmocka_unit_test(group_messages_and_statuses_are_ignored),
        cmocka_unit_test(a_message_has_its_own_time_but_never_a_later_one_than_now),
        cmocka_unit_test(a_message_older_than_eight_days_is_stale),
        cmocka_unit_test(the_key_of_a_message_is_its_id_at_its_number),
        cmocka_unit_test(a_message_without_id_is_known_by_its_content),
        cmocka_unit_test(one_odd_character_does_not_cost_the_other_messages),
        cmocka_unit_test(ids_and_names_of_megabytes_do_no_harm),
        cmocka_unit_test(a_thousand_updates_are_a_thousand_items),
        cmocka_unit_test(contacts_beyond_a_thousand_are_not_searched),
        cmocka_unit_test(three_megabytes_in_one_message_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
