/*
 * What the Graph API's answers mean: every row of whatsapp.md §8.2, and the rules around it.
 */
#include "help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* §8.2 again, by class: written a second time so that a slip in the table is seen. Ranges are pairs. */
struct expected {
    int first, last;
    enum channel_class class;
};

static const struct expected SHEET[] = {
    { 1, 2, ANSWER_AMBIGUOUS }, { 131000, 131000, ANSWER_AMBIGUOUS }, { 131016, 131016, ANSWER_AMBIGUOUS }, { 131057, 131057, ANSWER_AMBIGUOUS },
    { 133004, 133004, ANSWER_AMBIGUOUS }, { 2494100, 2494100, ANSWER_AMBIGUOUS },
    { 4, 4, ANSWER_THROTTLED }, { 80007, 80007, ANSWER_THROTTLED }, { 130429, 130429, ANSWER_THROTTLED },
    { 131056, 131056, ANSWER_PAIR }, { 131047, 131047, ANSWER_WINDOW }, { 133015, 133015, ANSWER_RETRY },
    { 3, 3, ANSWER_STOP }, { 10, 10, ANSWER_STOP }, { 33, 33, ANSWER_STOP }, { 190, 190, ANSWER_STOP }, { 200, 299, ANSWER_STOP }, { 368, 368, ANSWER_STOP },
    { 131005, 131005, ANSWER_STOP }, { 131031, 131031, ANSWER_STOP }, { 131037, 131037, ANSWER_STOP }, { 131042, 131042, ANSWER_STOP },
    { 131045, 131045, ANSWER_STOP }, { 133000, 133000, ANSWER_STOP }, { 133005, 133006, ANSWER_STOP }, { 133008, 133010, ANSWER_STOP },
    { 133016, 133016, ANSWER_STOP },
    { 100, 100, ANSWER_PERMANENT }, { 130403, 130403, ANSWER_PERMANENT }, { 130472, 130472, ANSWER_PERMANENT }, { 130497, 130497, ANSWER_PERMANENT },
    { 131008, 131009, ANSWER_PERMANENT }, { 131020, 131021, ANSWER_PERMANENT }, { 131026, 131026, ANSWER_PERMANENT }, { 131030, 131030, ANSWER_PERMANENT },
    { 131041, 131041, ANSWER_PERMANENT }, { 131044, 131044, ANSWER_PERMANENT }, { 131048, 131053, ANSWER_PERMANENT }, { 131055, 131055, ANSWER_PERMANENT },
    { 131062, 131064, ANSWER_PERMANENT }, { 131201, 131215, ANSWER_PERMANENT }, { 132000, 132001, ANSWER_PERMANENT }, { 132005, 132005, ANSWER_PERMANENT },
    { 132007, 132008, ANSWER_PERMANENT }, { 132012, 132012, ANSWER_PERMANENT }, { 132015, 132016, ANSWER_PERMANENT }, { 132018, 132018, ANSWER_PERMANENT },
    { 132068, 132069, ANSWER_PERMANENT }, { 134011, 134011, ANSWER_PERMANENT }, { 134100, 134102, ANSWER_PERMANENT }, { 135000, 135000, ANSWER_PERMANENT },
    { 136024, 136025, ANSWER_PERMANENT }, { 137000, 137000, ANSWER_PERMANENT }, { 138000, 138018, ANSWER_PERMANENT }, { 139000, 139006, ANSWER_PERMANENT },
    { 139100, 139103, ANSWER_PERMANENT }, { 147001, 147005, ANSWER_PERMANENT }, { 2388019, 2388019, ANSWER_PERMANENT }, { 2388040, 2388040, ANSWER_PERMANENT },
    { 2388047, 2388047, ANSWER_PERMANENT }, { 2388072, 2388073, ANSWER_PERMANENT }, { 2388293, 2388293, ANSWER_PERMANENT },
    { 2388299, 2388299, ANSWER_PERMANENT }, { 2593107, 2593108, ANSWER_PERMANENT },
};

static void every_code_of_the_sheet_has_its_class(void **state)
{
    static const int https[] = { 0, 400, 401, 403, 404, 429, 500, 503 };
    size_t count, covered = 0, in_table = 0;
    const struct channel_code *codes = channel_codes(&count);

    (void)state;
    for (size_t i = 0; i < sizeof SHEET / sizeof SHEET[0]; i++)
        for (int code = SHEET[i].first; code <= SHEET[i].last; code++) {
            if (channel_code_find(code) == NULL)
                fail_msg("%d is not in the table", code);
            for (size_t h = 0; h < sizeof https / sizeof https[0]; h++)
                if (channel_code_class(code, https[h]) != SHEET[i].class)
                    fail_msg("%d is %s", code, channel_class_name(channel_code_class(code, https[h])));
            covered++;
        }
    for (size_t i = 0; i < count; i++)
        in_table += (size_t)(codes[i].last - codes[i].first) + 1;
    assert_int_equal(covered + 1, in_table);     /* and the table has none besides: 0 is tested by itself */
}

static void the_table_is_sorted_and_complete(void **state)
{
    size_t count;
    const struct channel_code *codes = channel_codes(&count);

    (void)state;
    assert_true(count > 60);
    for (size_t i = 0; i < count; i++) {
        assert_true(codes[i].first <= codes[i].last);
        if (i > 0 && codes[i].first <= codes[i - 1].last)
            fail_msg("%d comes after %d", codes[i].first, codes[i - 1].last);
        assert_true(strlen(codes[i].meaning) > 5);
        assert_true(strlen(codes[i].action) > 3);
        assert_true(strcmp(codes[i].source, "doc") == 0 || strcmp(codes[i].source, "code") == 0);
        assert_ptr_equal(channel_code_find(codes[i].first), &codes[i]);
        assert_ptr_equal(channel_code_find(codes[i].last), &codes[i]);
    }
}

static void an_unknown_code_is_judged_by_its_http_status(void **state)
{
    static const struct { int http; enum channel_class class; } rules[] = {
        { 0, ANSWER_PERMANENT }, { 429, ANSWER_THROTTLED }, { 500, ANSWER_AMBIGUOUS }, { 502, ANSWER_AMBIGUOUS }, { 599, ANSWER_AMBIGUOUS },
        { 401, ANSWER_STOP }, { 403, ANSWER_STOP }, { 400, ANSWER_PERMANENT }, { 404, ANSWER_PERMANENT }, { 499, ANSWER_PERMANENT },
        { 408, ANSWER_AMBIGUOUS }, { 200, ANSWER_AMBIGUOUS }, { 302, ANSWER_AMBIGUOUS },
    };
    static const int unknown[] = { 0, -1, 5, 199, 300, 130430, 131058, 2147483647 };

    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        for (size_t c = 0; c < sizeof unknown / sizeof unknown[0]; c++)
            if (channel_code_class(unknown[c], rules[i].http) != rules[i].class)
                fail_msg("code %d with HTTP %d is %s", unknown[c], rules[i].http, channel_class_name(channel_code_class(unknown[c], rules[i].http)));
}

static void answer(int http, const char *body, enum channel_class class, int code, const char *wamid, const char *text)
{
    struct channel_answer a;

    memset(&a, 'x', sizeof a);
    channel_read_answer(http, body, body == NULL ? 0 : strlen(body), &a);
    if (a.class != class)
        fail_msg("%s for HTTP %d: %s", channel_class_name(a.class), http, body == NULL ? "" : body);
    assert_int_equal(a.code, code);
    assert_string_equal(a.wamid, wamid);
    assert_string_equal(a.text, text);
}

static void an_accepted_message_has_its_id(void **state)
{
    (void)state;
    answer(200, "{\"messaging_product\":\"whatsapp\",\"contacts\":[{\"input\":\"+242066123456\",\"wa_id\":\"242066123456\"}],\"messages\":[{\"id\":\"wamid.O1\"}]}",
           ANSWER_ACCEPTED, 0, "wamid.O1", "");
    answer(200, "{\"messages\":[{\"id\":\"wamid.O1\",\"message_status\":\"held_for_quality_assessment\"}]}", ANSWER_ACCEPTED, 0, "wamid.O1",
           "held_for_quality_assessment");
    answer(201, "{\"messages\":[{\"id\":\"wamid.O1\"},{\"id\":\"wamid.O2\"}]}", ANSWER_ACCEPTED, 0, "wamid.O1", "");
    answer(200, "{\"messages\":[{\"id\":\"wamid.O1\"}],\"error\":{\"code\":131000}}", ANSWER_ACCEPTED, 0, "wamid.O1", "");
}

static void a_success_without_an_id_is_ambiguous(void **state)
{
    char body[400], id[300];

    (void)state;
    answer(200, NULL, ANSWER_AMBIGUOUS, 0, "", "the answer is not JSON");
    answer(200, "", ANSWER_AMBIGUOUS, 0, "", "the answer is not JSON");
    answer(200, "<html>", ANSWER_AMBIGUOUS, 0, "", "the answer is not JSON");
    answer(200, "{\"messages\":[", ANSWER_AMBIGUOUS, 0, "", "the answer is not JSON");
    answer(200, "{}", ANSWER_AMBIGUOUS, 0, "", "accepted without an id");
    answer(200, "{\"success\":true}", ANSWER_AMBIGUOUS, 0, "", "accepted without an id");
    answer(200, "{\"messages\":[]}", ANSWER_AMBIGUOUS, 0, "", "accepted without an id");
    answer(200, "{\"messages\":[{\"id\":\"\"}]}", ANSWER_AMBIGUOUS, 0, "", "accepted without an id");
    answer(200, "{\"messages\":[{\"id\":7}]}", ANSWER_AMBIGUOUS, 0, "", "accepted without an id");
    memset(id, 'w', sizeof id);
    id[256] = '\0';
    (void)snprintf(body, sizeof body, "{\"messages\":[{\"id\":\"%s\"}]}", id);
    answer(200, body, ANSWER_AMBIGUOUS, 0, "", "accepted with an id that is too long");
    id[255] = '\0';
    (void)snprintf(body, sizeof body, "{\"messages\":[{\"id\":\"%s\"}]}", id);
    answer(200, body, ANSWER_ACCEPTED, 0, id, "");
}

static void an_error_is_judged_by_its_code_not_by_its_status(void **state)
{
    (void)state;
    answer(400, "{\"error\":{\"message\":\"(#131008) Required parameter is missing\",\"type\":\"OAuthException\",\"code\":131008,"
                "\"error_data\":{\"messaging_product\":\"whatsapp\",\"details\":\"text is mandatory\"},\"error_subcode\":2494010,\"fbtrace_id\":\"A\"}}",
           ANSWER_PERMANENT, 131008, "", "(#131008) Required parameter is missing: text is mandatory");
    answer(500, "{\"error\":{\"message\":\"m\",\"code\":131008}}", ANSWER_PERMANENT, 131008, "", "m");
    answer(429, "{\"error\":{\"code\":131056}}", ANSWER_PAIR, 131056, "", "");
    answer(400, "{\"error\":{\"code\":131056,\"error_data\":{\"details\":\"pair\"}}}", ANSWER_PAIR, 131056, "", "pair");
    answer(400, "{\"error\":{\"code\":131047,\"message\":\"Re-engagement\"}}", ANSWER_WINDOW, 131047, "", "Re-engagement");
    answer(400, "{\"error\":{\"code\":190}}", ANSWER_STOP, 190, "", "");
    answer(200, "{\"error\":{\"code\":131000}}", ANSWER_AMBIGUOUS, 131000, "", "");
    answer(200, "{\"error\":{\"code\":999999}}", ANSWER_AMBIGUOUS, 999999, "", "");
    answer(400, "{\"error\":{\"code\":999999}}", ANSWER_PERMANENT, 999999, "", "");
}

static void code_zero_is_a_code_only_when_it_is_written(void **state)
{
    (void)state;
    answer(401, "{\"error\":{\"code\":0,\"message\":\"AuthException\"}}", ANSWER_STOP, 0, "", "AuthException");
    answer(400, "{\"error\":{\"code\":0}}", ANSWER_STOP, 0, "", "");
    answer(500, "{\"error\":{\"code\":0}}", ANSWER_AMBIGUOUS, 0, "", "");
    answer(400, "{\"error\":{}}", ANSWER_PERMANENT, 0, "", "");
    answer(400, "{\"error\":{\"code\":\"abc\"}}", ANSWER_PERMANENT, 0, "", "");
    answer(400, "{\"error\":{\"code\":-3}}", ANSWER_PERMANENT, 0, "", "");
    answer(400, "{\"error\":\"text\"}", ANSWER_PERMANENT, 0, "", "an error without a code");
    answer(502, "<html>Bad gateway</html>", ANSWER_AMBIGUOUS, 0, "", "an error without a code");
    answer(429, NULL, ANSWER_THROTTLED, 0, "", "an error without a code");
}

static void a_closed_window_under_another_code_is_still_a_closed_window(void **state)
{
    (void)state;
    answer(400, "{\"error\":{\"code\":100,\"message\":\"Cannot send non-template messages outside the 24-hour window\"}}", ANSWER_WINDOW, 100, "",
           "Cannot send non-template messages outside the 24-hour window");
    answer(400, "{\"error\":{\"code\":131009,\"message\":\"m\",\"error_data\":{\"details\":\"messages outside the 24-hour window\"}}}", ANSWER_WINDOW, 131009, "",
           "m: messages outside the 24-hour window");
}

static void a_long_text_is_cut_between_characters(void **state)
{
    char body[900], message[800];
    struct channel_answer a;

    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        memset(message, 'a', shift);
        for (size_t i = 0; i < 150; i++)
            memcpy(message + shift + 4 * i, "😀", 5);
        (void)snprintf(body, sizeof body, "{\"error\":{\"code\":100,\"message\":\"%s\"}}", message);
        channel_read_answer(400, body, strlen(body), &a);
        assert_in_range(strlen(a.text), 252, 255);
        assert_int_equal((strlen(a.text) - shift) % 4, 0);
    }
}

static void every_class_has_a_name(void **state)
{
    (void)state;
    for (int c = ANSWER_ACCEPTED; c <= ANSWER_STOP; c++)
        assert_true(strlen(channel_class_name((enum channel_class)c)) > 3);
    assert_string_equal(channel_class_name(ANSWER_WINDOW), "window");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_of_the_sheet_has_its_class),
        cmocka_unit_test(the_table_is_sorted_and_complete),
        cmocka_unit_test(an_unknown_code_is_judged_by_its_http_status),
        cmocka_unit_test(an_accepted_message_has_its_id),
        cmocka_unit_test(a_success_without_an_id_is_ambiguous),
        cmocka_unit_test(an_error_is_judged_by_its_code_not_by_its_status),
        cmocka_unit_test(code_zero_is_a_code_only_when_it_is_written),
        cmocka_unit_test(a_closed_window_under_another_code_is_still_a_closed_window),
        cmocka_unit_test(a_long_text_is_cut_between_characters),
        cmocka_unit_test(every_class_has_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
