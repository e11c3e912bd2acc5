#include "cm.h"

#include "lisolo/base/phone.h"

#define NBSP "\xC2\xA0"

static void reads(const char *text, const char *country, const char *e164)
{
    char out[PHONE_MAX];

    if (!phone_parse(text, country, out))
        fail_msg("refused: %s", text);
    assert_string_equal(out, e164);
}

static void refuses(const char *text, const char *country)
{
    char out[PHONE_MAX];

    if (phone_parse(text, country, out))
        fail_msg("accepted: %s as %s", text, out);
    assert_string_equal(out, "");
}

static void shows(const char *e164, const char *shown)
{
    char out[64];

    phone_show(e164, out, sizeof out);
    assert_string_equal(out, shown);
}

static void congolese_numbers_are_read_in_every_spelling(void **state)
{
    (void)state;
    reads("06 612 34 56", "CG", "+242066123456");
    reads("066123456", "CG", "+242066123456");
    reads("00242 06-612-3456", "CG", "+242066123456");
    reads("(+242) 06.612.34.56", "CG", "+242066123456");
    reads("+242 06-123-4567", "CG", "+242061234567");
    reads("242061234567", "CG", "+242061234567");
    reads(" 06" NBSP "612\xE2\x80\xAF" "34\t56\n", "CG", "+242066123456");
    reads("\xE2\x80\xAA+242 06 612 34 56\xE2\x80\xAC", "CG", "+242066123456");
    reads("06\xE2\x80\x91" "612\xE2\x80\x93" "3456", "CG", "+242066123456");
    reads("05/512/34/56", "CG", "+242055123456");
    reads("04 412 34 56", "CG", "+242044123456");
    reads("+242066123456", NULL, "+242066123456");
    reads("+242066123456", "FR", "+242066123456");
    reads("06 612 34 56", "cg", "+242066123456");
}

static void digits_of_other_scripts_count_as_digits(void **state)
{
    (void)state;
    reads("\xD9\xA0\xD9\xA6 \xD9\xA6\xD9\xA1\xD9\xA2 \xD9\xA3\xD9\xA4 \xD9\xA5\xD9\xA6", "CG", "+242066123456");
    reads("\xEF\xBC\x8B\xEF\xBC\x92\xEF\xBC\x94\xEF\xBC\x92 \xEF\xBC\x90\xEF\xBC\x96 612 34 56", NULL, "+242066123456");
    reads("\xDF\x80\xDF\x86 612 34 56", "CG", "+242066123456");
}

static void impossible_numbers_are_refused(void **state)
{
    (void)state;
    refuses("", "CG");
    refuses("   ", "CG");
    refuses("+", "CG");
    refuses("06 612 34 5", "CG");
    refuses("06 612 34 567", "CG");
    refuses("06612345678901", "CG");
    refuses("03 612 34 56", "CG");
    refuses("6 612 34 56", "CG");
    refuses("+242 6 612 34 56", "CG");
    refuses("+216 06 123 456x", "CG");
    refuses("06 612 34 O6", "CG");
    refuses("tel:066123456", "CG");
    refuses("06+6123456", "CG");
    refuses("++242066123456", "CG");
    refuses("06 612 34 56 / 05 512 34 56", "CG");
    refuses("123456789012345678901234567890", "CG");
    refuses("+0612345678", NULL);
    refuses("+123456", NULL);
    refuses("+1234567890123456", NULL);
    refuses("06 612 34 56\xFF", "CG");
}

static void without_a_known_country_a_plus_is_needed(void **state)
{
    (void)state;
    refuses("06 612 34 56", NULL);
    refuses("06 612 34 56", "ZZ");
    reads("+1 202-555-0123", "ZZ", "+12025550123");
    reads("001 202 555 0123", NULL, "+12025550123");
    assert_true(phone_country_known("CG"));
    assert_false(phone_country_known("ZZ"));
    assert_false(phone_country_known(NULL));
}

static void each_country_has_its_plan(void **state)
{
    (void)state;
    reads("06 12 34 56 78", "FR", "+33612345678");
    reads("+33 (0)6 12 34 56 78", NULL, "+33612345678");
    reads("0033612345678", "CG", "+33612345678");
    refuses("06 12 34 56 7", "FR");
    refuses("+33 0012345678", NULL);
    reads("081 234 5678", "CD", "+243812345678");
    reads("+243 0 991 234 567", NULL, "+243991234567");
    refuses("0712345678", "CD");
    reads("066 12 34 56", "GA", "+24166123456");
    reads("+241 77 12 34 56", NULL, "+24177123456");
    reads("6 77 12 34 56", "CM", "+237677123456");
    refuses("5 77 12 34 56", "CM");
    reads("0470 12 34 56", "BE", "+32470123456");
    reads("02 123 45 67", "BE", "+3221234567");
    reads("77 123 45 67", "SN", "+221771234567");
    reads("07 12 34 56 78", "CI", "+2250712345678");
    refuses("07 12 34 56", "CI");
}

static void numbers_are_shown_as_their_country_writes_them(void **state)
{
    (void)state;
    shows("+242066123456", "+242" NBSP "06" NBSP "612" NBSP "34" NBSP "56");
    shows("+33612345678", "+33" NBSP "6" NBSP "12" NBSP "34" NBSP "56" NBSP "78");
    shows("+32470123456", "+32" NBSP "470" NBSP "12" NBSP "34" NBSP "56");
    shows("+3221234567", "+32" NBSP "2" NBSP "123" NBSP "45" NBSP "67");
    shows("+2250712345678", "+225" NBSP "07" NBSP "12" NBSP "34" NBSP "56" NBSP "78");
    shows("+12025550123", "+12025550123");
    shows("+242", "+242");
    shows("", "");
    shows("Prisca", "Prisca");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(congolese_numbers_are_read_in_every_spelling),
        cmocka_unit_test(digits_of_other_scripts_count_as_digits),
        cmocka_unit_test(impossible_numbers_are_refused),
        cmocka_unit_test(without_a_known_country_a_plus_is_needed),
        cmocka_unit_test(each_country_has_its_plan),
        cmocka_unit_test(numbers_are_shown_as_their_country_writes_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
