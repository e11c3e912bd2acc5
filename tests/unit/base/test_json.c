#include "cm.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/json.h"

static cJSON *parse(const char *text)
{
    struct error err = { "" };
    size_t len = strlen(text);
    char *exact = malloc(len + 1);      /* without NUL behind it, so that ASan sees a byte too many being read */
    cJSON *tree;

    assert_non_null(exact);
    memcpy(exact, text, len);
    exact = realloc(exact, len == 0 ? 1 : len);
    assert_non_null(exact);
    tree = json_parse(exact, len, &err);
    free(exact);
    if (tree == NULL)
        print_message("%s: %s\n", text, err.text);
    else
        assert_string_equal(err.text, "");
    return tree;
}

static void expect_same(const char *text, const char *printed)
{
    cJSON *tree = parse(text);
    size_t len = 0;
    char *out;

    assert_non_null(tree);
    out = json_print(tree, &len);
    assert_non_null(out);
    assert_string_equal(out, printed);
    assert_int_equal(len, strlen(printed));
    free(out);
    cJSON_Delete(tree);
}

static void refuses(const char *text, size_t len, const char *reason)
{
    struct error err = { "" };
    cJSON *tree = json_parse(text, len, &err);

    if (tree != NULL)
        fail_msg("accepted: %s", text);
    if (strstr(err.text, reason) == NULL)
        fail_msg("%s: said \"%s\", not \"%s\"", text, err.text, reason);
}

static void refused(const char *text, const char *reason)
{
    refuses(text, strlen(text), reason);
}

static void what_json_allows_comes_back_the_same(void **state)
{
    (void)state;
    expect_same("{}", "{}");
    expect_same(" [ ] ", "[]");
    expect_same("null", "null");
    expect_same("\"\"", "\"\"");
    expect_same("[true,false,null,0,-1,12.5,\"a\",{\"k\":[]}]", "[true,false,null,0,-1,12.5,\"a\",{\"k\":[]}]");
    expect_same("\t{ \"a\" :\r\n[ 1 , 2 ] }\n", "{\"a\":[1,2]}");
    expect_same("\"\\u00e7a va \\ud83d\\ude00 a\\/b\"", "\"\xC3\xA7" "a va \xF0\x9F\x98\x80 a/b\"");
    expect_same("\"\\\"\\\\\\b\\f\\n\\r\\t\\u001f\"", "\"\\\"\\\\\\u0008\\u000c\\n\\r\\t\\u001f\"");
    expect_same("[1e3,1E+2,1.5e-3,0.1,-0,1e300]", "[1000,100,0.0015,0.1,0,1e+300]");
    expect_same("{\"\":1,\"a\":{\"\":2},\"A\":3}", "{\"\":1,\"a\":{\"\":2},\"A\":3}");
}

static void long_integers_become_texts_and_lose_no_digit(void **state)
{
    (void)state;
    expect_same("[9007199254740993]", "[\"9007199254740993\"]");
    expect_same("[-1234567890123456,1234567890123456]", "[\"-1234567890123456\",\"1234567890123456\"]");
    expect_same("9007199254740993", "\"9007199254740993\"");
    expect_same("{\"id\":123456789012345678901234567890123456789012345678901234567890123456789}",
                "{\"id\":\"123456789012345678901234567890123456789012345678901234567890123456789\"}");
    expect_same("[999999999999999,-999999999999999]", "[999999999999999,-999999999999999]");
}

static void digits_in_strings_and_floats_stay_what_they_are(void **state)
{
    (void)state;
    expect_same("[\"1234567890123456\",\"a\\\"1234567890123456\",1234567890123456]",
                "[\"1234567890123456\",\"a\\\"1234567890123456\",\"1234567890123456\"]");
    expect_same("{\"1234567890123456\":1234567890123456}", "{\"1234567890123456\":\"1234567890123456\"}");
    expect_same("[1234567890123456.5,1234567890123456e2,0.1234567890123456,1234567890123456]",
                "[1234567890123456.5,1.234567890123456e+17,0.1234567890123456,\"1234567890123456\"]");
}

static void numbers_that_json_does_not_know_are_refused(void **state)
{
    static const char *const bad[] = { "01", "-01", "1.", "1.e1", ".5", "+1", "-", "1e", "1e+", "[-]", "00" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
        refused(bad[i], "json: byte ");
    refused("NaN", "not a value");
    refused("Infinity", "not a value");
    refused("0x10", "text after the end");
    refused("[1e999]", "too large");
    refused("[0.1234567890123456789012345678901234567890123456789012345678901234]", "number too long");
}

static void bad_text_in_strings_is_refused(void **state)
{
    (void)state;
    refused("\"a\\u0000b\"", "json: byte 3: \\u0000");
    refused("{\"a\\u0000\":1}", "\\u0000");
    refused("\"a\nb\"", "control character");
    refused("\"a\x01\"", "control character");
    refused("\"\xC3\"", "not UTF-8");
    refused("\"\xC0\x80\"", "not UTF-8");
    refused("\"\xED\xA0\x80\"", "not UTF-8");
    refused("\"12345678\xF4\x90\x80\x80\"", "not UTF-8");
    refused("\"\\ud83d\"", "surrogate");
    refused("\"\\ud83d\\u0041\"", "surrogate");
    refused("\"\\ude00\"", "surrogate");
    refused("\"\\x41\"", "escape");
    refused("\"\\u12g4\"", "escape");
    refused("\"\\u12", "escape");
    refused("\"abc", "unfinished");
    refused("\"abc\\", "unfinished");
    refuses("\"a\0b\"", 5, "control character");
    refuses("\"a\\\0\"", 5, "escape");
}

static void broken_structure_is_refused_with_its_place(void **state)
{
    (void)state;
    refused("", "json: byte 1: a value is missing");
    refused("   ", "json: byte 4: a value is missing");
    refused("{\"a\":1} x", "json: byte 9: text after the end");
    refused("[1,]", "json: byte 4: not a value");
    refused("[1 2]", "json: byte 4: \",\" or \"]\" is missing");
    refused("{\"a\" 1}", "json: byte 6: \":\" is missing");
    refused("{\"a\":1,}", "json: byte 8: a key in quotes is missing");
    refused("{a:1}", "a key in quotes is missing");
    refused("{\"a\":1", "\",\" or \"}\" is missing");
    refused("[", "a value is missing");
    refused("{", "a key in quotes is missing");
    refused("tru", "not a value");
    refused("nulL", "not a value");
    refused("'a'", "not a value");
    refused("\xEF\xBB\xBF{}", "json: byte 1: not a value");
    refuses("{}\0", 3, "text after the end");
}

static void levels_are_counted(void **state)
{
    char text[2 * JSON_DEPTH_MAX + 3];

    (void)state;
    memset(text, '[', JSON_DEPTH_MAX);
    memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
    text[2 * JSON_DEPTH_MAX] = '\0';
    expect_same(text, text);
    memset(text, '[', JSON_DEPTH_MAX + 1);
    memset(text + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
    text[2 * JSON_DEPTH_MAX + 2] = '\0';
    refused(text, "levels");
}

static void a_key_that_stands_twice_is_refused(void **state)
{
    char text[4096] = "{";
    size_t used;
    int i;

    (void)state;
    refused("{\"a\":1,\"b\":2,\"a\":3}", "\"a\" stands twice");
    refused("[{\"x\":{\"\\u0061\":1,\"a\":2}}]", "\"a\" stands twice");
    for (i = 0; i < 100; i++) {
        used = strlen(text);
        (void)snprintf(text + used, sizeof text - used, "%s\"k%d\":%d", i == 0 ? "" : ",", i, i);
    }
    used = strlen(text);
    (void)snprintf(text + used, sizeof text - used, "}");
    expect_same(text, text);
    (void)snprintf(text + used, sizeof text - used, ",\"k37\":0}");
    refused(text, "\"k37\" stands twice");
}

static void printing_keeps_every_bit_of_a_number(void **state)
{
    cJSON *list = cJSON_CreateArray();
    char *out;

    (void)state;
    assert_true(json_add_int(list, NULL, INT64_C(9007199254740992)));
    assert_true(json_add_int(list, NULL, -INT64_C(9007199254740992)));
    assert_true(json_add_int(list, NULL, INT64_C(1793000000123)));
    assert_true(json_add(list, NULL, cJSON_CreateNumber(0.1 + 0.2)));
    assert_true(json_add(list, NULL, cJSON_CreateNumber(1.0 / 3)));
    assert_true(json_add(list, NULL, cJSON_CreateNumber(HUGE_VAL)));
    assert_true(json_add_int(list, NULL, INT64_MIN));
    out = json_print(list, NULL);
    assert_string_equal(out, "[9007199254740992,-9007199254740992,1793000000123,0.30000000000000004,"
                             "0.3333333333333333,null,\"-9223372036854775808\"]");
    free(out);
    cJSON_Delete(list);
}

static void what_is_printed_is_always_utf8(void **state)
{
    cJSON *text = cJSON_CreateString("a\xFFz\xC3\xA9\x7F");
    char *out = json_print(text, NULL);

    (void)state;
    assert_string_equal(out, "\"a\xEF\xBF\xBDz\xC3\xA9\x7F\"");
    free(out);
    cJSON_Delete(text);
}

static void members_are_found_by_their_exact_name_and_type(void **state)
{
    cJSON *t = parse("{\"Name\":\"x\",\"name\":\"Prisca\",\"n\":3,\"ok\":true,\"list\":[1]}");

    (void)state;
    assert_string_equal(json_str(t, "name"), "Prisca");
    assert_null(json_str(t, "NAME"));
    assert_null(json_str(t, "n"));
    assert_null(json_get(t, "none"));
    assert_null(json_get(NULL, "n"));
    assert_null(json_get(json_get(t, "list"), "n"));
    assert_true(json_bool(t, "ok"));
    assert_false(json_bool(t, "n"));
    assert_false(json_bool(t, "none"));
    cJSON_Delete(t);
}

static void integers_are_read_from_numbers_and_digits_only(void **state)
{
    cJSON *t = parse("{\"a\":12,\"b\":\"-34\",\"c\":1.5,\"d\":\"1x\",\"e\":\"\",\"f\":9007199254740993,\"g\":\"99999999999999999999\","
                     "\"h\":\" 1\",\"i\":1e17,\"j\":\"-\",\"k\":true}");
    int64_t n = 0;

    (void)state;
    assert_true(json_int(t, "a", &n) && n == 12);
    assert_true(json_int(t, "b", &n) && n == -34);
    assert_true(json_int(t, "f", &n) && n == INT64_C(9007199254740993));
    assert_false(json_int(t, "c", &n));
    assert_false(json_int(t, "d", &n));
    assert_false(json_int(t, "e", &n));
    assert_false(json_int(t, "g", &n));
    assert_false(json_int(t, "h", &n));
    assert_false(json_int(t, "i", &n));
    assert_false(json_int(t, "j", &n));
    assert_false(json_int(t, "k", &n));
    assert_false(json_int(t, "none", &n));
    assert_int_equal(n, INT64_C(9007199254740993));
    cJSON_Delete(t);
}

static void paths_go_through_members_and_items(void **state)
{
    cJSON *t = parse("{\"a\":{\"b\":[{\"c\":1},{\"c\":2,\"5\":\"five\"}]},\"ab\":7}");

    (void)state;
    assert_ptr_equal(json_path(t, "."), t);
    assert_int_equal(json_path(t, "a.b.2.c")->valueint, 2);
    assert_int_equal(json_path(t, "ab")->valueint, 7);
    assert_string_equal(json_path(t, "a.b.2.5")->valuestring, "five");
    assert_null(json_path(t, "a.b.0.c"));
    assert_null(json_path(t, "a.b.3.c"));
    assert_null(json_path(t, "a.b.c"));
    assert_null(json_path(t, "a.x.c"));
    assert_null(json_path(t, "ab.c"));
    assert_null(json_path(t, ""));
    assert_null(json_path(t, "a..b"));
    assert_null(json_path(t, "a.b."));
    assert_null(json_path(t, "a.b.99999999999999999999"));
    cJSON_Delete(t);
}

static void adding_nothing_is_fine_and_adding_to_nothing_is_not(void **state)
{
    cJSON *t = cJSON_CreateObject();
    char *out;

    (void)state;
    assert_true(json_add_str(t, "none", NULL));
    assert_true(json_add(t, "none", NULL));
    assert_true(json_add_str(t, "s", "\xC3\xA9"));
    assert_true(json_add_bool(t, "b", false));
    assert_true(json_add(t, "o", cJSON_CreateObject()));
    assert_false(json_add(NULL, "x", cJSON_CreateNull()));
    out = json_print(t, NULL);
    assert_string_equal(out, "{\"s\":\"\xC3\xA9\",\"b\":false,\"o\":{}}");
    free(out);
    cJSON_Delete(t);
}

/* Every prefix of a sound text is refused, and no byte behind its end is read (ASan). */
static void a_text_cut_anywhere_is_refused(void **state)
{
    static const char text[] = "{\"a\":[1.5e3,\"x\\ud83d\\ude00\\n\xC3\xA9\",true,null,{\"b\":-12345678901234567}]}";
    struct error err;
    size_t len;
    char *exact;

    (void)state;
    for (len = 0; len < sizeof text - 1; len++) {
        exact = malloc(len == 0 ? 1 : len);
        assert_non_null(exact);
        memcpy(exact, text, len);
        assert_null(json_parse(exact, len, &err));
        free(exact);
    }
    cJSON_Delete(parse(text));
}

/* Damaged texts of every kind: never a crash, and what is accepted can be printed and read again. */
static void damaged_texts_do_no_harm(void **state)
{
    static const char text[] = "{\"a\":[1.5e3,\"x\\ud83d\\ude00\\n\xC3\xA9\",true,null,{\"b\":-12345678901234567}],\"c\":\"\"}";
    static const char bytes[] = "{}[]\",:\\u0e1-+.tfn \n\xC3\xA9\xFF";
    char copy[sizeof text];
    cJSON *tree, *again;
    unsigned seed = 7, i;
    char *out;
    size_t len;

    (void)state;
    for (i = 0; i < 20000; i++) {
        memcpy(copy, text, sizeof text);
        seed = seed * 1103515245u + 12345u;
        copy[(seed >> 8) % (sizeof text - 1)] = bytes[(seed >> 20) % (sizeof bytes - 1)];
        if (i % 2 == 0)
            copy[(seed >> 4) % (sizeof text - 1)] = bytes[(seed >> 16) % (sizeof bytes - 1)];
        tree = json_parse(copy, sizeof text - 1, NULL);
        if (tree == NULL)
            continue;
        out = json_print(tree, &len);
        assert_non_null(out);
        again = json_parse(out, len, NULL);
        assert_non_null(again);
        assert_true(cJSON_Compare(tree, again, true));
        cJSON_Delete(again);
        cJSON_Delete(tree);
        free(out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_json_allows_comes_back_the_same),
        cmocka_unit_test(long_integers_become_texts_and_lose_no_digit),
        cmocka_unit_test(digits_in_strings_and_floats_stay_what_they_are),
        cmocka_unit_test(numbers_that_json_does_not_know_are_refused),
        cmocka_unit_test(bad_text_in_strings_is_refused),
        cmocka_unit_test(broken_structure_is_refused_with_its_place),
        cmocka_unit_test(levels_are_counted),
        cmocka_unit_test(a_key_that_stands_twice_is_refused),
        cmocka_unit_test(printing_keeps_every_bit_of_a_number),
        cmocka_unit_test(what_is_printed_is_always_utf8),
        cmocka_unit_test(members_are_found_by_their_exact_name_and_type),
        cmocka_unit_test(integers_are_read_from_numbers_and_digits_only),
        cmocka_unit_test(paths_go_through_members_and_items),
        cmocka_unit_test(adding_nothing_is_fine_and_adding_to_nothing_is_not),
        cmocka_unit_test(a_text_cut_anywhere_is_refused),
        cmocka_unit_test(damaged_texts_do_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
