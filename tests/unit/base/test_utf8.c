#include "cm.h"

#include <string.h>

#include "lisolo/base/utf8.h"

#define FAMILY "\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7"   /* one picture, five code points */

static void valid_text_is_what_unicode_says(void **state)
{
    static const char *const bad[] = {
        "\x80", "\xC3", "\xC0\xAF", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "abcdefgh\xE2\x82", "\xE2\x28\xA1", "\xF0\x9F\x98", "abcdefghijk\xC3(",
    };
    size_t i;

    (void)state;
    assert_true(utf8_valid("", 0));
    assert_true(utf8_valid("abcdefghijklmnop", 16));
    assert_true(utf8_valid("\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", 24));
    assert_true(utf8_valid("a\0b", 3));
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (utf8_valid(bad[i], strlen(bad[i])))
            fail_msg("accepted: bad[%zu]", i);
    assert_false(utf8_valid("\xC3\xA9", 1));
}

static void lengths_are_code_points_and_utf16_units(void **state)
{
    (void)state;
    assert_int_equal(utf8_points(""), 0);
    assert_int_equal(utf8_points("d\xC3\xA9p\xC3\xB4t"), 5);
    assert_int_equal(utf8_units("d\xC3\xA9p\xC3\xB4t"), 5);
    assert_int_equal(utf8_points("\xF0\x9F\x93\xA6 ok"), 4);
    assert_int_equal(utf8_units("\xF0\x9F\x93\xA6 ok"), 5);
    assert_int_equal(utf8_points(FAMILY), 5);
    assert_int_equal(utf8_units(FAMILY), 8);
    assert_int_equal(utf8_points("a\xFF\xFE"), 3);
}

static void next_reads_one_after_the_other_and_stays_at_a_bad_byte(void **state)
{
    const char *at = "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x93\xA6\xFFz", *bad;

    (void)state;
    assert_int_equal(utf8_next(&at), 'A');
    assert_int_equal(utf8_next(&at), 0xE9);
    assert_int_equal(utf8_next(&at), 0x20AC);
    assert_int_equal(utf8_next(&at), 0x1F4E6);
    bad = at;
    assert_int_equal(utf8_next(&at), -1);
    assert_ptr_equal(at, bad);
    at = "";
    assert_int_equal(utf8_next(&at), -1);
    at = "\xF0\x9F";
    assert_int_equal(utf8_next(&at), -1);
}

static void folds_to(const char *text, const char *folded)
{
    char out[256];

    assert_true(utf8_fold(text, out, sizeof out));
    assert_string_equal(out, folded);
}

static void folding_makes_equal_what_people_mean_as_equal(void **state)
{
    (void)state;
    folds_to("  Suivre   MA\tcommande \n", "suivre ma commande");
    folds_to("\xC3\x89t\xC3\xA9, d\xC3\xA9j\xC3\xA0 \xC3\xA0 No\xC3\xABl!", "ete, deja a noel");
    folds_to("E\xCC\x81te\xCC\x81", "ete");
    folds_to("l\xE2\x80\x99" "adresse", "l'adresse");
    folds_to("l\xC2\xB4" "adresse", "l'adresse");
    folds_to("\xC2\xAB\xC2\xA0oui\xC2\xA0\xC2\xBB", "\" oui \"");
    folds_to("2\xE2\x80\xAF" "500\xC2\xA0" "FCFA", "2 500 fcfa");
    folds_to("sous\xE2\x80\x91traitant", "sous-traitant");
    folds_to("c\xC5\x93ur", "coeur");
    folds_to("STRASSE", "strasse");
    folds_to("Stra\xC3\x9F" "e", "strasse");
    folds_to("\xEF\xBC\xAF\xEF\xBC\xAB", "ok");
    folds_to("b\xC9\x94t\xC9\x94" "ngi", "botongi");
    folds_to("\xE2\x80\x8Eoui\xE2\x80\x8E\xE2\x80\x8B", "oui");
    folds_to("1\xEF\xB8\x8F\xE2\x83\xA3", "1");
    folds_to("", "");
    folds_to(" \xC2\xA0 ", "");
}

static void final_signs_go_but_not_inner_ones(void **state)
{
    (void)state;
    folds_to("Oui !", "oui");
    folds_to("oui...", "oui");
    folds_to("oui\xE2\x80\xA6", "oui");
    folds_to("oui ! ?", "oui");
    folds_to("Bonjour, \xC3\xA7" "a va ?", "bonjour, ca va");
    folds_to("v1.2", "v1.2");
    folds_to("?", "?");
    folds_to(" !? ", "!?");
}

static void folding_says_when_it_does_not_fit(void **state)
{
    char out[4];

    (void)state;
    assert_true(utf8_fold("oui", out, sizeof out));
    assert_string_equal(out, "oui");
    assert_true(utf8_fold(" oui !!!!!!", out, sizeof out));
    assert_string_equal(out, "oui");
    assert_false(utf8_fold("non!!!o", out, sizeof out));
    assert_string_equal(out, "");
    assert_false(utf8_fold("ouis", out, sizeof out));
    assert_false(utf8_fold("ab\xE2\x82\xAC", out, sizeof out));
    assert_false(utf8_fold("????", out, sizeof out));
    assert_false(utf8_fold("a\xFF", out, sizeof out));
    assert_false(utf8_fold("", out, 0));
}

static void a_cut_never_splits_what_looks_like_one_character(void **state)
{
    (void)state;
    assert_int_equal(utf8_cut("abc", 5), 3);
    assert_int_equal(utf8_cut("abc", 3), 3);
    assert_int_equal(utf8_cut("abc", 2), 2);
    assert_int_equal(utf8_cut("abc", 0), 0);
    assert_int_equal(utf8_cut("", 4), 0);
    assert_int_equal(utf8_cut("e\xCC\x81x", 1), 0);
    assert_int_equal(utf8_cut("e\xCC\x81x", 2), 3);
    assert_int_equal(utf8_cut("a" FAMILY "b", 5), 1);
    assert_int_equal(utf8_cut("a" FAMILY "b", 6), 1 + strlen(FAMILY));
    assert_int_equal(utf8_cut("\xF0\x9F\x87\xA8\xF0\x9F\x87\xAC!", 1), 0);
    assert_int_equal(utf8_cut("\xF0\x9F\x87\xA8\xF0\x9F\x87\xAC!", 2), 8);
    assert_int_equal(utf8_cut("ab\xFFz", 9), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid_text_is_what_unicode_says),
        cmocka_unit_test(lengths_are_code_points_and_utf16_units),
        cmocka_unit_test(next_reads_one_after_the_other_and_stays_at_a_bad_byte),
        cmocka_unit_test(folding_makes_equal_what_people_mean_as_equal),
        cmocka_unit_test(final_signs_go_but_not_inner_ones),
        cmocka_unit_test(folding_says_when_it_does_not_fit),
        cmocka_unit_test(a_cut_never_splits_what_looks_like_one_character),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
