/*
 * The arrow stands under the character that is meant, whatever stands before it on the line.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "../../../core/cli/excerpt.h"

static int width(const char *line, int points) { return excerpt_width(line, (int)strlen(line), points); }

static int points(const char *line, int column) { return excerpt_points(line, (int)strlen(line), column); }

static void what_is_wide_takes_two_columns(void **state)
{
    (void)state;
    assert_int_equal(width("abc", 2), 2);
    assert_int_equal(width("éàç", 3), 3);
    assert_int_equal(width("📦 x", 2), 3);
    assert_int_equal(width("✏️x", 2), 2);         /* U+FE0F asks for the picture */
    assert_int_equal(width("e\u0301x", 2), 1);    /* an accent of its own takes none */
    assert_int_equal(width("日本", 2), 4);
}

static void a_tab_goes_to_the_next_stop(void **state)
{
    (void)state;
    assert_int_equal(width("\tx", 1), 4);
    assert_int_equal(width("ab\tx", 3), 4);
    assert_int_equal(width("abcd\tx", 5), 8);
}

static void just_behind_a_line_is_a_place_too(void **state)
{
    (void)state;
    assert_int_equal(width("ab", 5), 5);
    assert_int_equal(points("ab", 3), 1);
}

static void what_belongs_together_is_underlined_together(void **state)
{
    (void)state;
    assert_int_equal(points("  next = \"confirmr\",", 10), 10);
    assert_int_equal(points("  sya = \"x\",", 3), 3);
    assert_int_equal(points("Prix : {prix|fcafa} !", 8), 12);
    assert_int_equal(points("[oui] Oui", 1), 5);
    assert_int_equal(points("@menu Choisir", 1), 5);
    assert_int_equal(points("x = { a = 1 }", 5), 1);      /* a table is no value of a text */
    assert_int_equal(points("un \"texte", 4), 1);
    assert_int_equal(points("prénom = 1", 1), 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wide_takes_two_columns),
        cmocka_unit_test(a_tab_goes_to_the_next_stop),
        cmocka_unit_test(just_behind_a_line_is_a_place_too),
        cmocka_unit_test(what_belongs_together_is_underlined_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
