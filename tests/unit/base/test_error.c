#include "cm.h"

#include <string.h>

#include "lisolo/base/error.h"

static void setting_writes_the_text_and_is_false(void **state)
{
    struct error err;

    (void)state;
    assert_false(error_set(&err, "%s:%d: no", "a.lua", 3));
    assert_string_equal(err.text, "a.lua:3: no");
    assert_false(error_set(NULL, "nobody listens"));
}

static void a_prefix_stands_before_what_was_said(void **state)
{
    struct error err;

    (void)state;
    error_set(&err, "no");
    assert_false(error_prefix(&err, "%s:%d", "a.lua", 3));
    assert_string_equal(err.text, "a.lua:3: no");
    assert_false(error_prefix(NULL, "x"));
}

static void long_texts_are_cut_not_overrun(void **state)
{
    struct error err;
    char text[2 * ERROR_TEXT_MAX];

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    error_set(&err, "%s", text);
    assert_int_equal(strlen(err.text), ERROR_TEXT_MAX - 1);
    error_prefix(&err, "%s", "p");
    assert_int_equal(strlen(err.text), ERROR_TEXT_MAX - 1);
    assert_memory_equal(err.text, "p: xxx", 6);
    error_prefix(&err, "%s", text);
    assert_int_equal(strlen(err.text), ERROR_TEXT_MAX - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(setting_writes_the_text_and_is_false),
        cmocka_unit_test(a_prefix_stands_before_what_was_said),
        cmocka_unit_test(long_texts_are_cut_not_overrun),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
