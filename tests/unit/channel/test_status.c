/*
 * Statuses (whatsapp.md §3) and the callback string that leads them to their row.
 */
#include "help.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MINE "\"biz_opaque_callback_data\":\"v1." INSTALL ".8812.2\""

static void read_status(const char *status, struct channel_inbound *in)
{
    char *members = NULL;

    assert_true(asprintf(&members, "\"statuses\":[%s]", status) > 0);
    read_members(members, in);
    free(members);
}

static void moves(const char *word, enum store_rank rank, bool failed)
{
    struct channel_inbound in;
    char status[256];

    (void)snprintf(status, sizeof status, "{\"id\":\"wamid.O1\",\"status\":\"%s\",\"timestamp\":\"1793000002\",\"recipient_id\":\"242066123456\"," MINE "}", word);
    read_status(status, &in);
    assert_int_equal(in.count, 1);
    assert_int_equal(in.items[0].kind, STORE_STATUS);
    assert_int_equal(in.items[0].rank, rank);
    assert_int_equal(in.items[0].failed, failed);
    assert_int_equal(in.items[0].error_code, 0);
    assert_int_equal(in.items[0].out_id, 8812);
    assert_int_equal(in.items[0].attempt, 2);
    assert_int_equal(in.items[0].at_ms, 1793000002000);
    assert_string_equal(in.items[0].wamid, "wamid.O1");
    assert_string_equal(in.items[0].number, NUMBER);
    assert_false(in.items[0].from_person);
    assert_null(in.items[0].body.data);
    channel_inbound_free(&in);
}

static void every_status_has_its_rank(void **state)
{
    (void)state;
    moves("sent", RANK_SENT, false);
    moves("delivered", RANK_DELIVERED, false);
    moves("read", RANK_READ, false);
    moves("played", RANK_PLAYED, false);
    moves("failed", RANK_NONE, true);
}

static void what_moves_nothing_is_ignored(void **state)
{
    struct channel_inbound in;

    (void)state;
    read_status("{\"id\":\"wamid.O1\",\"status\":\"deleted\"," MINE "},{\"id\":\"wamid.O1\",\"status\":\"warning\"},{\"id\":\"wamid.O1\",\"status\":7},"
                "{\"id\":\"wamid.O1\"},{\"status\":\"sent\"},{\"id\":\"\",\"status\":\"sent\"},{\"id\":\"wamid.O1\",\"status\":\"Sent\"}", &in);
    assert_int_equal(in.count, 0);
    assert_int_equal(in.ignored, 7);
    channel_inbound_free(&in);
}

static void story(const char *status, const char *json)
{
    struct channel_inbound in;

    read_status(status, &in);
    assert_int_equal(in.count, 1);
    assert_string_equal(in.items[0].status_json, json);
    channel_inbound_free(&in);
}

static void a_status_keeps_its_reason_and_its_price(void **state)
{
    (void)state;
    story("{\"id\":\"wamid.O1\",\"status\":\"sent\",\"timestamp\":\"1793000002\",\"recipient_id\":\"242066123456\",\"recipient_user_id\":\"CG.1\","
          "\"conversation\":{\"id\":\"c\"},\"pricing\":{\"billable\":true,\"pricing_model\":\"PMP\",\"type\":\"regular\",\"category\":\"utility\"}}",
          "{\"status\":\"sent\",\"timestamp\":1793000002,\"pricing\":{\"pricing_model\":\"PMP\",\"type\":\"regular\",\"category\":\"utility\"}}");
    story("{\"id\":\"wamid.O2\",\"status\":\"failed\",\"timestamp\":\"1793000003\",\"errors\":[{\"code\":131047,\"title\":\"Re-engagement message\","
          "\"message\":\"Re-engagement message\",\"error_data\":{\"details\":\"More than \\\"24\\\" hours\"},\"href\":\"https://example.org\"},{\"code\":\"x\"}]}",
          "{\"status\":\"failed\",\"timestamp\":1793000003,\"errors\":[{\"code\":131047,\"title\":\"Re-engagement message\",\"details\":\"More than \\\"24\\\" hours\"},"
          "{\"code\":0}]}");
    story("{\"id\":\"wamid.O2\",\"status\":\"read\",\"timestamp\":\"1793000003\",\"errors\":[],\"pricing\":{}}",
          "{\"status\":\"read\",\"timestamp\":1793000003,\"pricing\":{}}");
}

static void a_failure_gives_its_first_code(void **state)
{
    struct channel_inbound in;

    (void)state;
    read_status("{\"id\":\"wamid.O1\",\"status\":\"failed\",\"errors\":[{\"title\":\"?\"},{\"code\":131026},{\"code\":1}]},"
                "{\"id\":\"wamid.O2\",\"status\":\"delivered\",\"errors\":[{\"code\":131026}]},{\"id\":\"wamid.O3\",\"status\":\"failed\",\"errors\":7}", &in);
    assert_int_equal(in.count, 3);
    assert_int_equal(in.items[0].error_code, 131026);
    assert_int_equal(in.items[1].error_code, 0);
    assert_int_equal(in.items[2].error_code, 0);
    assert_true(in.items[2].failed);
    channel_inbound_free(&in);
}

static void a_status_of_another_installation_is_matched_by_wamid_only(void **state)
{
    static const char *const others[] = { "v1.deadbeef.8812.2", "job:8812", "", "v2." INSTALL ".8812.2" };
    struct channel_inbound in;
    char status[256];

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        (void)snprintf(status, sizeof status, "{\"id\":\"wamid.O1\",\"status\":\"sent\",\"biz_opaque_callback_data\":\"%s\"}", others[i]);
        read_status(status, &in);
        assert_int_equal(in.count, 1);
        assert_int_equal(in.items[0].out_id, 0);
        assert_int_equal(in.items[0].attempt, 0);
        assert_string_equal(in.items[0].wamid, "wamid.O1");
        channel_inbound_free(&in);
    }
}

static void a_status_without_wamid_is_led_by_its_callback(void **state)
{
    struct channel_inbound in;

    (void)state;
    read_status("{\"status\":\"sent\"," MINE "}", &in);
    assert_int_equal(in.count, 1);
    assert_null(in.items[0].wamid);
    assert_int_equal(in.items[0].out_id, 8812);
    channel_inbound_free(&in);
}

static void a_callback_returns_what_was_put_in(void **state)
{
    static const int64_t ids[] = { 1, 42, INT64_MAX };
    static const int attempts[] = { 0, 1, INT_MAX };
    char text[CHANNEL_CALLBACK_SIZE];

    (void)state;
    for (size_t i = 0; i < 9; i++) {
        int64_t id = 0;
        int attempt = -1;

        channel_callback(text, INSTALL, ids[i / 3], attempts[i % 3]);
        assert_true(channel_callback_read(text, INSTALL, &id, &attempt));
        assert_int_equal(id, ids[i / 3]);
        assert_int_equal(attempt, attempts[i % 3]);
        assert_false(channel_callback_read(text, "0badcaff", &id, &attempt));
        assert_false(channel_callback_read(text, NULL, &id, &attempt));
    }
    channel_callback(text, INSTALL, 42, 1);
    assert_string_equal(text, "v1." INSTALL ".42.1");
}

static void only_our_own_spelling_of_a_callback_is_read(void **state)
{
    static const char *const bad[] = {
        NULL, "", "v1", "v1.", "v1." INSTALL, "v1." INSTALL ".", "v1." INSTALL ".42", "v1." INSTALL ".42.", "v1." INSTALL "..1", "v1." INSTALL ".0.1",
        "v1." INSTALL ".-1.1", "v1." INSTALL ".+1.1", "v1." INSTALL ". 1.1", "v1." INSTALL ".01.1", "v1." INSTALL ".42.01", "v1." INSTALL ".42.1 ",
        "v1." INSTALL ".42.1.1", "v1." INSTALL ".42.-1", "v1." INSTALL ".42.2147483648", "v1." INSTALL ".9223372036854775808.1", "V1." INSTALL ".42.1",
        "v1.0BADCAFE.42.1", "v1." INSTALL "x.42.1", "v1." INSTALL ".42,1", "v1." INSTALL ".0x2a.1",
        "v1." INSTALL ".42.1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t id = 7;
        int attempt = 7;

        if (channel_callback_read(bad[i], INSTALL, &id, &attempt))
            fail_msg("read: %s", bad[i]);
        assert_int_equal(id, 7);
        assert_int_equal(attempt, 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_its_rank),
        cmocka_unit_test(what_moves_nothing_is_ignored),
        cmocka_unit_test(a_status_keeps_its_reason_and_its_price),
        cmocka_unit_test(a_failure_gives_its_first_code),
        cmocka_unit_test(a_status_of_another_installation_is_matched_by_wamid_only),
        cmocka_unit_test(a_status_without_wamid_is_led_by_its_callback),
        cmocka_unit_test(a_callback_returns_what_was_put_in),
        cmocka_unit_test(only_our_own_spelling_of_a_callback_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
