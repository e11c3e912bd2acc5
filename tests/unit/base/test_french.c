/*
 * French that is filled in like its English: a conversion that is missing, of another kind or in another order would print rubbish
 * or worse.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../core/base/french.h"
#include "lisolo/base/problems.h"

enum { CONVERSIONS_MAX = 9, CONVERSION_BYTES = 16 };

struct conversions { char list[CONVERSIONS_MAX][CONVERSION_BYTES]; size_t count; };

/* By the argument that each takes: "%2$s" is the second one whatever its place. False: places are mixed with an order, or left out. */
static bool read_conversions(const char *text, struct conversions *out)
{
    bool placed[CONVERSIONS_MAX] = { false }, ordered = false, numbered = false;
    size_t most = 0;

    memset(out, 0, sizeof *out);
    for (const char *at = strchr(text, '%'); at != NULL; at = strchr(at, '%')) {
        size_t place = out->count, digits = strspn(at + 1, "0123456789"), len;

        at++;
        if (*at == '%') {
            at++;
            continue;
        }
        if (digits > 0 && at[digits] == '$') {
            place = (size_t)atoi(at) - 1;
            numbered = true;
            at += digits + 1;
        } else {
            ordered = true;
        }
        len = strspn(at, "-+ #0123456789.*hlzjt") + 1;
        if (place >= CONVERSIONS_MAX || len >= CONVERSION_BYTES)
            return false;
        memcpy(out->list[place], at, len);
        placed[place] = true;
        out->count++;
        most = place + 1 > most ? place + 1 : most;
        at += len;
    }
    for (size_t i = 0; i < most; i++)
        if (!placed[i])
            return false;
    return most == out->count && !(ordered && numbered);
}

static void one_pair(const struct french *f)
{
    struct conversions english, french;
    bool same = read_conversions(f->english, &english) && read_conversions(f->french, &french) && english.count == french.count;

    for (size_t i = 0; same && i < english.count; i++)
        same = strcmp(english.list[i], french.list[i]) == 0;
    if (!same)
        print_error("\"%s\" and \"%s\" are not filled in the same way\n", f->english, f->french);
    assert_true(same);
    assert_true(f->french[0] != '\0');
}

static const struct french *const TABLES[] = { FRENCH_FLOW, FRENCH_WORDING, FRENCH_SCRIPT, FRENCH_CLI, FRENCH_COMMANDS };

static void every_french_text_is_filled_in_like_its_english(void **state)
{
    size_t count = 0;

    (void)state;
    for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++)
        for (const struct french *f = TABLES[i]; f->english != NULL; f++, count++)
            one_pair(f);
    assert_true(count > 300);
}

static void no_english_text_has_two_french_ones(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++)
        for (const struct french *f = TABLES[i]; f->english != NULL; f++)
            assert_ptr_equal(french_of(f->english), f->french);
}

static void a_comparison_that_would_not_see_a_slip_is_none(void **state)
{
    struct conversions c;

    (void)state;
    assert_true(read_conversions("%2$s a %1$zu", &c));
    assert_string_equal(c.list[0], "zu");
    assert_string_equal(c.list[1], "s");
    assert_false(read_conversions("%2$s", &c));
    assert_true(read_conversions("100 %% of %.64s", &c));
    assert_int_equal(c.count, 1);
}

static void a_list_speaks_the_language_that_it_is_told(void **state)
{
    struct problems p;

    (void)state;
    problems_init(&p);
    problems_speak(&p, PROBLEMS_FRENCH);
    problems_add(&p, PROBLEM_ERROR, "C111", "flows/a.lua", 1, 2, "one flow a file", "there is no flow \"%.64s\"", "abc");
    assert_string_equal(p.list[0].text, "le parcours «\u00a0abc\u00a0» n'existe pas");
    assert_string_equal(p.list[0].hint, "un parcours par fichier");
    problems_free(&p);
    problems_add(&p, PROBLEM_ERROR, "X001", "", 0, 0, "no such hint", "no such text %d", 7);
    assert_string_equal(p.list[0].text, "no such text 7");
    assert_string_equal(p.list[0].hint, "no such hint");
    problems_free(&p);
    problems_init(&p);
    problems_add(&p, PROBLEM_ERROR, "C111", "", 0, 0, NULL, "there is no flow \"%.64s\"", "abc");
    assert_string_equal(p.list[0].text, "there is no flow \"abc\"");
    problems_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_french_text_is_filled_in_like_its_english),
        cmocka_unit_test(no_english_text_has_two_french_ones),
        cmocka_unit_test(a_comparison_that_would_not_see_a_slip_is_none),
        cmocka_unit_test(a_list_speaks_the_language_that_it_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
