#include "cm.h"

#include <string.h>

#include "lisolo/base/problems.h"
#include "lisolo/base/utf8.h"

static void problems_are_counted_by_severity(void **state)
{
    struct problems p;

    (void)state;
    problems_init(&p);
    problems_add(&p, PROBLEM_ERROR, "C012", "flows/course.lua", 14, 3, "Ecrivez autre chose.", "pas %s", "connu");
    problems_add(&p, PROBLEM_WARNING, "C020", NULL, 0, 0, NULL, "vague");
    problems_add(&p, PROBLEM_NOTE, "C1234567890", "b.lua", 1, 1, NULL, "note");
    assert_int_equal(p.count, 3);
    assert_int_equal(p.errors, 1);
    assert_int_equal(p.warnings, 1);
    assert_string_equal(p.list[0].code, "C012");
    assert_string_equal(p.list[0].file, "flows/course.lua");
    assert_string_equal(p.list[0].text, "pas connu");
    assert_string_equal(p.list[0].hint, "Ecrivez autre chose.");
    assert_int_equal(p.list[0].line, 14);
    assert_int_equal(p.list[0].column, 3);
    assert_string_equal(p.list[1].file, "");
    assert_string_equal(p.list[1].hint, "");
    assert_string_equal(p.list[2].code, "C123456");
    problems_free(&p);
    assert_int_equal(p.count, 0);
    problems_free(&p);
}

static void a_long_text_is_cut_between_characters(void **state)
{
    char text[1201];
    struct problems p;
    int i;

    (void)state;
    for (i = 0; i < 1200; i += 3)
        memcpy(text + i, "\xE2\x82\xAC", 3);
    text[1200] = '\0';
    problems_init(&p);
    problems_add(&p, PROBLEM_ERROR, "C001", "a", 1, 1, NULL, "%s", text);
    problems_add(&p, PROBLEM_ERROR, "C001", "a", 1, 1, NULL, "x%s", text);
    problems_add(&p, PROBLEM_ERROR, "C001", "a", 1, 1, NULL, "xy%s", text);
    for (i = 0; i < 3; i++) {
        assert_in_range(strlen(p.list[i].text), 509, 511);
        assert_true(utf8_valid(p.list[i].text, strlen(p.list[i].text)));
    }
    problems_free(&p);
}

static void the_list_is_bounded_but_the_counts_are_not(void **state)
{
    struct problems p;
    int i;

    (void)state;
    problems_init(&p);
    for (i = 0; i < PROBLEMS_MAX + 7; i++)
        problems_add(&p, PROBLEM_ERROR, "C001", "a", i, 1, NULL, "%d", i);
    assert_int_equal(p.count, PROBLEMS_MAX);
    assert_int_equal(p.errors, PROBLEMS_MAX + 7);
    assert_int_equal(p.dropped, 7);
    problems_free(&p);
}

static void sorting_goes_by_place_then_code_and_keeps_equals_in_order(void **state)
{
    struct problems p;
    size_t i;

    (void)state;
    problems_init(&p);
    problems_add(&p, PROBLEM_ERROR, "C002", "b.lua", 1, 1, NULL, "6");
    problems_add(&p, PROBLEM_ERROR, "C002", "a.lua", 9, 2, NULL, "4");
    problems_add(&p, PROBLEM_ERROR, "C002", "a.lua", 9, 2, NULL, "5");
    problems_add(&p, PROBLEM_ERROR, "C001", "a.lua", 9, 2, NULL, "3");
    problems_add(&p, PROBLEM_ERROR, "C009", "a.lua", 9, 1, NULL, "2");
    problems_add(&p, PROBLEM_NOTE, "C009", "a.lua", 8, 7, NULL, "1");
    problems_sort(&p);
    for (i = 0; i < p.count; i++)
        assert_int_equal(p.list[i].text[0], '1' + (int)i);
    problems_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(problems_are_counted_by_severity),
        cmocka_unit_test(a_long_text_is_cut_between_characters),
        cmocka_unit_test(the_list_is_bounded_but_the_counts_are_not),
        cmocka_unit_test(sorting_goes_by_place_then_code_and_keeps_equals_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
