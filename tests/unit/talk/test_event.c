/*
 * The event's JSON form: what is printed reads back the same, and nothing else is read.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lisolo/talk.h"

static void prints(const struct event *e, const char *expected)
{
    size_t len = 0;
    char *text = event_print(e, &len);

    assert_non_null(text);
    assert_string_equal(text, expected);
    assert_int_equal(len, strlen(expected));
    free(text);
}

static void same_text(const char *a, const char *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (a != NULL)
        assert_string_equal(a, b);
}

static void same_event(const struct event *a, const struct event *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->at_ms, b->at_ms);
    same_text(a->id, b->id);
    same_text(a->text, b->text);
    same_text(a->choice, b->choice);
    same_text(a->reply_to, b->reply_to);
    assert_int_equal(a->has_point, b->has_point);
    assert_true(a->latitude == b->latitude && a->longitude == b->longitude);
    same_text(a->place, b->place);
    same_text(a->address, b->address);
    same_text(a->media, b->media);
    same_text(a->media_id, b->media_id);
    same_text(a->mime, b->mime);
    same_text(a->sha256, b->sha256);
    same_text(a->file_name, b->file_name);
    assert_int_equal(a->voice, b->voice);
    same_text(a->name, b->name);
    assert_true(a->guard == b->guard);
    same_text(a->outcome, b->outcome);
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->data == NULL, b->data == NULL);
    if (a->data != NULL)
        assert_true(cJSON_Compare(a->data, b->data, true));
}

static void returns_whole(const struct event *e)
{
    struct event back;
    struct error err;
    size_t len = 0;
    char *text = event_print(e, &len);

    assert_non_null(text);
    if (!event_parse(text, len, &back, &err))
        fail_msg("%s: %s", text, err.text);
    same_event(e, &back);
    event_free(&back);
    assert_null(back.tree);
    free(text);
}

static struct event full_event(const cJSON *data)
{
    return (struct event){
        .kind = EVENT_LOCATION, .at_ms = 1793000000123, .id = "wamid.L1", .text = "« ici »\n\"près\" du \\ port\t\x01", .choice = "c~12~ab",
        .reply_to = "wamid.O1", .has_point = true, .latitude = -4.2634, .longitude = 15.242899999999999, .place = "Marché Total",
        .address = "Bacongo", .media = "audio", .media_id = "700002", .mime = "audio/ogg; codecs=opus", .sha256 = "bWFkZQ==",
        .file_name = "reçu.pdf", .voice = true, .name = "poll", .guard = 41, .outcome = "http_4xx", .status = 404, .data = data,
    };
}

static void an_event_is_printed_with_the_agreed_keys_in_order(void **state)
{
    struct error err;
    cJSON *data = json_parse("{\"a\":[1,2.5,\"x\"]}", 17, &err);
    struct event e = full_event(data);

    (void)state;
    assert_non_null(data);
    prints(&e, "{\"kind\":\"location\",\"at\":1793000000123,\"id\":\"wamid.L1\","
               "\"text\":\"« ici »\\n\\\"près\\\" du \\\\ port\\t\\u0001\",\"choice\":\"c~12~ab\",\"reply_to\":\"wamid.O1\","
               "\"point\":[-4.2634,15.242899999999999],\"place\":\"Marché Total\",\"address\":\"Bacongo\",\"media\":\"audio\","
               "\"media_id\":\"700002\",\"mime\":\"audio/ogg; codecs=opus\",\"sha256\":\"bWFkZQ==\",\"file_name\":\"reçu.pdf\","
               "\"voice\":true,\"name\":\"poll\",\"guard\":41,\"outcome\":\"http_4xx\",\"status\":404,\"data\":{\"a\":[1,2.5,\"x\"]}}");
    returns_whole(&e);
    cJSON_Delete(data);
}

static void what_is_absent_is_not_printed_and_reads_as_absent(void **state)
{
    struct event e = { .kind = EVENT_TIMER, .at_ms = -1 };

    (void)state;
    prints(&e, "{\"kind\":\"timer\",\"at\":-1}");
    returns_whole(&e);
    e.text = "";
    prints(&e, "{\"kind\":\"timer\",\"at\":-1,\"text\":\"\"}");
    returns_whole(&e);
}

static void every_kind_has_its_own_name_and_returns(void **state)
{
    static const char *const names[] = { "text", "choice", "location", "media", "contacts", "form", "order", "reaction", "edit",
                                         "revoke", "system", "unsupported", "timer", "answer", "backend", "notice", "forget", "sent", "staff", "source" };

    (void)state;
    for (int k = EVENT_TEXT; k <= EVENT_SOURCE; k++) {
        struct event e = { .kind = (enum event_kind)k, .at_ms = k };

        assert_string_equal(event_kind_name(e.kind), names[k]);
        returns_whole(&e);
    }
}

static void the_timer_that_the_store_writes_is_read(void **state)
{
    static const char text[] = "{\"kind\":\"timer\",\"at\":1793000000000,\"name\":\"course/depart/remind\",\"guard\":12}";
    struct event e;
    struct error err;

    (void)state;
    assert_true(event_parse(text, sizeof text - 1, &e, &err));
    assert_int_equal(e.kind, EVENT_TIMER);
    assert_int_equal(e.at_ms, 1793000000000);
    assert_string_equal(e.name, "course/depart/remind");
    assert_int_equal(e.guard, 12);
    assert_null(e.text);
    event_free(&e);
}

static void keys_are_read_in_any_order(void **state)
{
    static const char text[] = "{\"status\":200,\"data\":null,\"outcome\":\"ok\",\"guard\":0,\"name\":\"creer\",\"at\":5,\"voice\":false,\"kind\":\"answer\"}";
    struct event e;
    struct error err;

    (void)state;
    assert_true(event_parse(text, sizeof text - 1, &e, &err));
    assert_int_equal(e.kind, EVENT_ANSWER);
    assert_int_equal(e.status, 200);
    assert_true(cJSON_IsNull(e.data));
    assert_string_equal(e.outcome, "ok");
    event_free(&e);
}

static void large_numbers_keep_every_digit(void **state)
{
    static const uint64_t guards[] = { 999999999999999, 1000000000000000, 9007199254740993, INT64_MAX, UINT64_MAX };

    (void)state;
    for (size_t i = 0; i < sizeof guards / sizeof guards[0]; i++) {
        struct event e = { .kind = EVENT_TIMER, .at_ms = INT64_MIN + 1, .guard = guards[i] };

        returns_whole(&e);
        e.at_ms = INT64_MAX;
        returns_whole(&e);
    }
}

static void coordinates_return_to_the_last_bit(void **state)
{
    static const double values[] = { 0, -0.0, 48.8606, 2.3376, -4.26340000000001, 1.0 / 3, 1e-12, 15.2428999999999988, 90, -180 };

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct event e = { .kind = EVENT_LOCATION, .has_point = true, .latitude = values[i], .longitude = -values[i] };

        returns_whole(&e);
    }
}

static void a_point_that_is_nowhere_is_not_printed(void **state)
{
    struct event e = { .kind = EVENT_LOCATION, .has_point = true, .latitude = NAN, .longitude = 2 };

    (void)state;
    assert_null(event_print(&e, &(size_t){ 0 }));
    e.latitude = INFINITY;
    assert_null(event_print(&e, &(size_t){ 0 }));
}

static void only_what_was_printed_is_read(void **state)
{
    static const char *const bad[] = {
        "", "null", "[]", "\"text\"", "{}", "{\"kind\":\"text\"}", "{\"at\":1}", "{\"kind\":\"Text\",\"at\":1}", "{\"kind\":0,\"at\":1}",
        "{\"kind\":\"text\",\"at\":\"1\"}", "{\"kind\":\"text\",\"at\":1.5}", "{\"kind\":\"text\",\"at\":1e300}", "{\"kind\":\"text\",\"at\":null}",
        "{\"kind\":\"text\",\"at\":\"12345678901234567890123\"}", "{\"kind\":\"text\",\"at\":\"123456789012345x\"}",
        "{\"kind\":\"text\",\"at\":1,\"text\":5}", "{\"kind\":\"text\",\"at\":1,\"text\":null}", "{\"kind\":\"text\",\"at\":1,\"Text\":\"x\"}",
        "{\"kind\":\"text\",\"at\":1,\"at_ms\":1}", "{\"kind\":\"text\",\"at\":1,\"voice\":1}", "{\"kind\":\"text\",\"at\":1,\"guard\":-1}",
        "{\"kind\":\"text\",\"at\":1,\"guard\":1.5}", "{\"kind\":\"text\",\"at\":1,\"status\":1000}", "{\"kind\":\"text\",\"at\":1,\"status\":-1}",
        "{\"kind\":\"text\",\"at\":1,\"point\":[1]}", "{\"kind\":\"text\",\"at\":1,\"point\":[1,2,3]}", "{\"kind\":\"text\",\"at\":1,\"point\":[1,\"2\"]}",
        "{\"kind\":\"text\",\"at\":1,\"point\":{\"a\":1,\"b\":2}}", "{\"kind\":\"text\",\"at\":1,\"point\":[1,1e999]}",
        "{\"kind\":\"text\",\"at\":1,\"kind\":\"text\"}", "{\"kind\":\"text\",\"at\":1} ,",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct event e;
        struct error err = { "" };

        if (event_parse(bad[i], strlen(bad[i]), &e, &err))
            fail_msg("read: %s", bad[i]);
        assert_memory_equal(err.text, "event: ", 7);
        assert_null(e.tree);
        event_free(&e);
    }
}

static void an_event_borrows_its_strings_from_its_tree(void **state)
{
    static const char text[] = "{\"kind\":\"text\",\"at\":1,\"text\":\"mbote\"}";
    struct event e;
    struct error err;

    (void)state;
    assert_true(event_parse(text, sizeof text - 1, &e, &err));
    assert_ptr_equal(e.text, json_str(e.tree, "text"));
    event_free(&e);
}

static void only_what_people_do_opens_the_window(void **state)
{
    (void)state;
    for (int k = EVENT_TEXT; k <= EVENT_SOURCE; k++)
        assert_int_equal(event_from_person((enum event_kind)k), k <= EVENT_UNSUPPORTED && k != EVENT_SYSTEM);
}

static void a_quoted_string_escapes_what_json_demands_and_nothing_else(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 1000);
    talk_quote(&out, "");
    talk_quote(&out, "a/b é 😀 <>&'\x7f");
    talk_quote(&out, "\"\\\b\f\n\r\t\x1f");
    assert_true(buf_ok(&out));
    assert_string_equal(buf_str(&out), "\"\"\"a/b é 😀 <>&'\x7f\"\"\\\"\\\\\\u0008\\u000c\\n\\r\\t\\u001f\"");
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_is_printed_with_the_agreed_keys_in_order),
        cmocka_unit_test(what_is_absent_is_not_printed_and_reads_as_absent),
        cmocka_unit_test(every_kind_has_its_own_name_and_returns),
        cmocka_unit_test(the_timer_that_the_store_writes_is_read),
        cmocka_unit_test(keys_are_read_in_any_order),
        cmocka_unit_test(large_numbers_keep_every_digit),
        cmocka_unit_test(coordinates_return_to_the_last_bit),
        cmocka_unit_test(a_point_that_is_nowhere_is_not_printed),
        cmocka_unit_test(only_what_was_printed_is_read),
        cmocka_unit_test(an_event_borrows_its_strings_from_its_tree),
        cmocka_unit_test(only_what_people_do_opens_the_window),
        cmocka_unit_test(a_quoted_string_escapes_what_json_demands_and_nothing_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
