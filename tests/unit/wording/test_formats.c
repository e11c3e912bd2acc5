/* Formats of values, in three languages. Expected forms: CLDR, as ICU 72 prints them; 1er is the house's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "source.h"

#define NB "\u00A0"
#define NNB "\u202F"

/* `value` is JSON. "!" and the reason when it cannot be shown. */
static const char *format(const char *name, const char *args, const char *language, const char *value)
{
    static char out[512];
    struct error err;
    cJSON *v = json_parse(value, strlen(value), &err);
    char text[400];

    assert_non_null(v);
    if (wording_format(name, args, language, v, text, sizeof text, &err))
        snprintf(out, sizeof out, "%s", text);
    else
        snprintf(out, sizeof out, "!%.400s", err.text);
    cJSON_Delete(v);
    return out;
}

static void francs_are_written_as_each_language_writes_them(void **state)
{
    (void)state;
    assert_string_equal(format("fcfa", NULL, "fr", "8000"), "8" NNB "000" NB "FCFA");
    assert_string_equal(format("fcfa", NULL, "en", "8000"), "FCFA" NB "8,000");
    assert_string_equal(format("fcfa", NULL, "ln", "8000"), "8.000" NB "FCFA");
    assert_string_equal(format("fcfa", NULL, "fr", "0"), "0" NB "FCFA");
    assert_string_equal(format("fcfa", NULL, "fr", "999"), "999" NB "FCFA");
    assert_string_equal(format("fcfa", NULL, "fr", "1234567"), "1" NNB "234" NNB "567" NB "FCFA");
    assert_string_equal(format("fcfa", NULL, "fr", "-1500"), "-1" NNB "500" NB "FCFA");
    assert_string_equal(format("fcfa", NULL, "en", "-1500"), "-FCFA" NB "1,500");
}

static void francs_are_read_from_every_shape_that_prices_come_in(void **state)
{
    (void)state;
    assert_string_equal(format("fcfa", NULL, "fr", "\"8000.00\""), "8" NNB "000" NB "FCFA");
    assert_string_equal(format("fcfa", NULL, "fr", "\"8 000 FCFA\""), "8" NNB "000" NB "FCFA");
    assert_string_equal(format("fcfa", NULL, "fr", "\"-500.00\""), "-500" NB "FCFA");
    assert_string_equal(format("fcfa", NULL, "fr", "1234.5"), "1" NNB "234" NB "FCFA");
    assert_string_equal(format("fcfa", NULL, "fr", "-0.4"), "0" NB "FCFA");
    assert_string_equal(format("fcfa", NULL, "fr", "\"sur demande\""), "!|fcfa: not an amount");
    assert_string_equal(format("fcfa", NULL, "fr", "1e300"), "!|fcfa: too large an amount");
}

static void numbers_have_the_separators_of_the_language(void **state)
{
    (void)state;
    assert_string_equal(format("number", NULL, "fr", "1234567.5"), "1" NNB "234" NNB "567,5");
    assert_string_equal(format("number", NULL, "en", "1234567.5"), "1,234,567.5");
    assert_string_equal(format("number", NULL, "ln", "1234567.5"), "1.234.567,5");
    assert_string_equal(format("number", NULL, "fr", "0.125"), "0,125");
    assert_string_equal(format("number", NULL, "fr", "2.0004"), "2");
    assert_string_equal(format("number", NULL, "fr", "-0.0001"), "0");
    assert_string_equal(format("number", NULL, "fr", "-12"), "-12");
    assert_string_equal(format("number", "2", "fr", "3"), "3,00");
    assert_string_equal(format("number", "0", "en", "1234.6"), "1,235");
    assert_string_equal(format("number", NULL, "fr", "\"1500\""), "1" NNB "500");
    assert_string_equal(format("number", NULL, "fr", "\"douze\""), "!|number: not a number");
}

static void dates_are_written_out_in_each_language(void **state)
{
    (void)state;
    assert_string_equal(format("date", NULL, "fr", "\"2025-01-27\""), "27 janvier 2025");
    assert_string_equal(format("date", NULL, "en", "\"2025-01-27\""), "January 27, 2025");
    assert_string_equal(format("date", NULL, "ln", "\"2025-01-27\""), "27 sánzá ya yambo 2025");
    assert_string_equal(format("date", NULL, "fr", "\"2025-02-01\""), "1er février 2025");
    assert_string_equal(format("date", "short", "fr", "\"2025-02-01\""), "01/02/2025");
    assert_string_equal(format("date", "short", "en", "\"2025-02-01\""), "2/1/2025");
    assert_string_equal(format("date", "short", "ln", "\"2025-02-01\""), "1/2/2025");
    assert_string_equal(format("date", "day", "fr", "\"2025-01-27\""), "lundi 27 janvier");
    assert_string_equal(format("date", "day", "en", "\"2025-01-01\""), "Wednesday, January 1");
    assert_string_equal(format("date", "day", "ln", "\"2025-02-01\""), "mpɔ́sɔ 1 sánzá ya míbalé");
}

static void dates_that_cannot_be_are_shown_as_they_came(void **state)
{
    (void)state;
    assert_string_equal(format("date", NULL, "fr", "\"2025-02-29\""), "2025-02-29");
    assert_string_equal(format("date", NULL, "fr", "\"2024-02-29\""), "29 février 2024");
    assert_string_equal(format("date", NULL, "fr", "\"demain\""), "demain");
    assert_string_equal(format("time", NULL, "fr", "\"25:00\""), "25:00");
    assert_string_equal(format("time", NULL, "fr", "\"2025-01-27\""), "2025-01-27");
    assert_string_equal(format("date", NULL, "fr", "\"2025-01-27T09:02:00+99:00\""), "2025-01-27T09:02:00+99:00");
}

static void times_are_on_the_clock_of_the_language(void **state)
{
    (void)state;
    assert_string_equal(format("time", NULL, "fr", "\"09:02\""), "09:02");
    assert_string_equal(format("time", NULL, "ln", "\"09:02:31\""), "09:02");
    assert_string_equal(format("time", NULL, "en", "\"09:02\""), "9:02" NNB "AM");
    assert_string_equal(format("time", NULL, "en", "\"00:30\""), "12:30" NNB "AM");
    assert_string_equal(format("time", NULL, "en", "\"12:30\""), "12:30" NNB "PM");
    assert_string_equal(format("time", NULL, "fr", "1737968520"), "09:02");
    assert_string_equal(format("date", NULL, "fr", "1737968520000"), "27 janvier 2025");
}

static void moments_are_shown_on_the_clock_of_the_country(void **state)
{
    struct source s;

    (void)state;
    source_build_clean(&s, "message \"m\" { fr = [[\n{t|date short} {t|time}\n]] }\n");
    assert_string_equal(source_body(&s, "m", "fr", "{\"t\":\"2025-01-27T23:30:00Z\"}"), "28/01/2025 00:30");
    assert_string_equal(source_body(&s, "m", "fr", "{\"t\":\"2025-01-27T23:30:00+01:00\"}"), "27/01/2025 23:30");
    assert_string_equal(source_body(&s, "m", "fr", "{\"t\":\"2025-01-01T00:15:00.250+0200\"}"), "31/12/2024 23:15");
    assert_string_equal(source_body(&s, "m", "fr", "{\"t\":\"2025-01-27 23:30:00\"}"), "27/01/2025 23:30");
    assert_string_equal(source_body(&s, "m", "fr", "{\"t\":1737968520}"), "27/01/2025 10:02");
    source_free(&s);
}

static void telephone_numbers_are_written_as_the_country_writes_them(void **state)
{
    struct source s;

    (void)state;
    assert_string_equal(format("phone", NULL, "fr", "\"+242066123456\""), "+242" NB "06" NB "612" NB "34" NB "56");
    assert_string_equal(format("phone", NULL, "fr", "\"le voisin\""), "le voisin");
    source_build_clean(&s, "message \"m\" { fr = \"{t|phone}\" }\n");
    assert_string_equal(source_body(&s, "m", "fr", "{\"t\":\"06 612-34-56\"}"), "+242" NB "06" NB "612" NB "34" NB "56");
    source_free(&s);
}

static void short_cuts_to_the_number_that_it_names(void **state)
{
    (void)state;
    assert_string_equal(format("short", "5", "fr", "\"Brazza\""), "Braz…");
    assert_string_equal(format("short", "6", "fr", "\"Brazza\""), "Brazza");
    assert_string_equal(format("short", "8", "fr", "\"Rue de la Paix\""), "Rue de…");
    assert_string_equal(format("short", "3", "fr", "\"éèàù\""), "éè…");
    /* 👍 counts as two: two of them and the ellipsis are five. */
    assert_string_equal(format("short", "5", "fr", "\"👍👍👍\""), "👍👍…");
    assert_string_equal(format("short", "4", "fr", "\"👍👍👍\""), "👍…");
    assert_string_equal(format("short", "24", "fr", "12"), "12");
}

static void upper_keeps_accents(void **state)
{
    (void)state;
    assert_string_equal(format("upper", NULL, "fr", "\"école Saint-Exupéry ½\""), "ÉCOLE SAINT-EXUPÉRY ½");
}

static void link_shows_https_only(void **state)
{
    (void)state;
    assert_string_equal(format("link", NULL, "fr", "\"https://exemple.cg/r?id=1\""), "https://exemple.cg/r?id=1");
    assert_string_equal(format("link", NULL, "fr", "\"http://exemple.cg\""), "!|link: not an https:// link");
    assert_string_equal(format("link", NULL, "fr", "\"https://exemple.cg/a b\""), "!|link: not an https:// link");
    assert_string_equal(format("link", NULL, "fr", "\"https://\""), "!|link: not an https:// link");
}

#define FORMS "=0:\"rien\" one:\"# jour\" other:\"# jours\""

static void plurals_follow_each_language(void **state)
{
    (void)state;
    assert_string_equal(format("plural", FORMS, "fr", "0"), "rien");
    assert_string_equal(format("plural", "one:\"# jour\" other:\"# jours\"", "fr", "0"), "0 jour");
    assert_string_equal(format("plural", "one:\"# jour\" other:\"# jours\"", "en", "0"), "0 jours");
    assert_string_equal(format("plural", "one:\"# jour\" other:\"# jours\"", "ln", "0"), "0 jour");
    assert_string_equal(format("plural", FORMS, "fr", "1"), "1 jour");
    assert_string_equal(format("plural", FORMS, "fr", "1.5"), "1,5 jour");
    assert_string_equal(format("plural", FORMS, "ln", "1.5"), "1,5 jours");
    assert_string_equal(format("plural", FORMS, "en", "1.5"), "1.5 jours");
    assert_string_equal(format("plural", FORMS, "fr", "2"), "2 jours");
    assert_string_equal(format("plural", FORMS, "fr", "1000000"), "1" NNB "000" NNB "000 jours");
    assert_string_equal(format("plural", "one:\"#\" many:\"# de\" other:\"# x\"", "fr", "2000000"), "2" NNB "000" NNB "000 de");
    assert_string_equal(format("plural", "one:\"#\" many:\"# de\" other:\"# x\"", "en", "2000000"), "2,000,000 x");
    assert_string_equal(format("plural", FORMS, "fr", "\"3\""), "3 jours");
    assert_string_equal(format("plural", FORMS, "fr", "\"trois\""), "!|plural: not a number");
    assert_string_equal(format("plural", "other:\"dit \\\"#\\\"\"", "fr", "4"), "dit \"4\"");
    assert_string_equal(format("plural", "other:\"\\# #\"", "fr", "4"), "# 4");
}

static void a_stand_in_is_said_for_what_is_missing(void **state)
{
    struct source s;

    (void)state;
    source_build_clean(&s, "message \"m\" { fr = [[\n{livreur|or \"Un livreur\"} arrive, {note|short 9|or \"sans note\"}.\n]] }\n");
    assert_string_equal(source_body(&s, "m", "fr", "{}"), "Un livreur arrive, sans note.");
    assert_string_equal(source_body(&s, "m", "fr", "{\"livreur\":null,\"note\":\" \\u0007\"}"), "Un livreur arrive, sans note.");
    assert_string_equal(source_body(&s, "m", "fr", "{\"livreur\":\"Junior\",\"note\":\"très bon livreur\"}"), "Junior arrive, très bon….");
    source_free(&s);
}

static void formats_are_chained_from_left_to_right(void **state)
{
    struct source s;

    (void)state;
    source_build_clean(&s, "message \"m\" { fr = [[\n{nom|short 8|upper}, {n|plural one:\"# étage\" other:\"# étages\" | upper}\n]] }\n");
    assert_string_equal(source_body(&s, "m", "fr", "{\"nom\":\"Chancelvie Okemba\",\"n\":3}"), "CHANCEL…, 3 ÉTAGES");
    source_free(&s);
}

/* What no language writes in its own way is the same in all of them; the others differ as said. */
static void every_format_speaks_every_language(void **state)
{
    static const struct { const char *name, *args, *value, *written[3]; } CASES[] = {
        { "fcfa", NULL, "\"12 500 F\"", { "12" NNB "500" NB "FCFA", "FCFA" NB "12,500", "12.500" NB "FCFA" } },
        { "number", "1", "-1234.56", { "-1" NNB "234,6", "-1,234.6", "-1.234,6" } },
        { "date", NULL, "\"2026-08-15\"", { "15 août 2026", "August 15, 2026", "15 sánzá ya mwambe 2026" } },
        { "date", "short", "\"2026-08-15\"", { "15/08/2026", "8/15/2026", "15/8/2026" } },
        { "date", "day", "\"2026-08-16\"", { "dimanche 16 août", "Sunday, August 16", "eyenga 16 sánzá ya mwambe" } },
        { "time", NULL, "\"18:45\"", { "18:45", "6:45" NNB "PM", "18:45" } },
        { "time", NULL, "\"00:00\"", { "00:00", "12:00" NNB "AM", "00:00" } },
        { "phone", NULL, "\"+242066123456\"",
          { "+242" NB "06" NB "612" NB "34" NB "56", "+242" NB "06" NB "612" NB "34" NB "56", "+242" NB "06" NB "612" NB "34" NB "56" } },
        { "short", "9", "\"Makélékélé centre\"", { "Makéléké…", "Makéléké…", "Makéléké…" } },
        { "upper", NULL, "\"mpɔ́sɔ déjà\"", { "MPƆ́SƆ DÉJÀ", "MPƆ́SƆ DÉJÀ", "MPƆ́SƆ DÉJÀ" } },
        { "link", NULL, "\"https://exemple.cg/r?a=1;b=2\"",
          { "https://exemple.cg/r?a=1;b=2", "https://exemple.cg/r?a=1;b=2", "https://exemple.cg/r?a=1;b=2" } },
        { "or", "\"rien : vide\"", "\"Junior\"", { "Junior", "Junior", "Junior" } },
        { "plural", "=0:\"aucun\" one:\"# a\" other:\"# b\"", "2500", { "2" NNB "500 b", "2,500 b", "2.500 b" } },
        { "plural", "=0:\"aucun\" one:\"# a\" other:\"# b\"", "1", { "1 a", "1 a", "1 a" } },
    };
    static const char *const LANGUAGES[] = { "fr", "en", "ln" };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        for (size_t l = 0; l < 3; l++) {
            const char *written = format(CASES[i].name, CASES[i].args, LANGUAGES[l], CASES[i].value);

            if (strcmp(written, CASES[i].written[l]) != 0)
                fail_msg("|%s in %s: got %s, want %s", CASES[i].name, LANGUAGES[l], written, CASES[i].written[l]);
        }
}

#define STAGES \
    "labels \"statut\" {\n" \
    "fr = [[\ncreated = Créée\npicked = Prise !\n! cancelled = Annulée\n* = En cours\n]],\n" \
    "en = [[\ncreated = Created\npicked = Picked up!\n! cancelled = Cancelled\n* = Under way\n]],\n" \
    "ln = [[\ncreated = Esalemi\npicked = Ekamati!\n! cancelled = Elongwe\n* = Ezali kokoba\n]] }\n"

static void labels_stages_and_stand_ins_are_in_the_language_of_the_reader(void **state)
{
    static const char VALUES[] = "{\"s\":\"picked\",\"u\":\"?\",\"h\":{\"created\":\"2026-08-15T18:45:00+01:00\"}}";
    struct source s;

    (void)state;
    source_build_clean(&s, STAGES "message \"m\" {\nfr = [[\n{s|label statut} {u|label statut} {qui|or \"Un livreur\"}\n{s|timeline statut h}\n]],\n"
                                  "en = [[\n{s|label statut} {u|label statut} {qui|or \"A courier\"}\n{s|timeline statut h}\n]],\n"
                                  "ln = [[\n{s|label statut} {u|label statut} {qui|or \"Momemi\"}\n{s|timeline statut h}\n]] }\n");
    assert_string_equal(source_body(&s, "m", "fr", VALUES), "Prise" NNB "! En cours Un livreur\n✅ Créée · 18:45\n✅ Prise" NNB "!");
    assert_string_equal(source_body(&s, "m", "en", VALUES), "Picked up! Under way A courier\n✅ Created · 6:45" NNB "PM\n✅ Picked up!");
    assert_string_equal(source_body(&s, "m", "ln", VALUES), "Ekamati! Ezali kokoba Momemi\n✅ Esalemi · 18:45\n✅ Ekamati!");
    source_free(&s);
}

static void unknown_formats_name_the_nearest(void **state)
{
    (void)state;
    assert_string_equal(format("fcfaa", NULL, "fr", "1"), "!unknown format |fcfaa");
    assert_string_equal(format("short", "beaucoup", "fr", "1"), "!|short: cannot read \"beaucoup\"");
    assert_string_equal(format("fcfa", NULL, "fr", "null"), "!|fcfa: needs a text or a number");
}

static void a_result_that_does_not_fit_is_refused(void **state)
{
    struct error err;
    cJSON *v = cJSON_CreateString("Brazzaville");
    char out[8];

    (void)state;
    assert_false(wording_format("upper", NULL, "fr", v, out, sizeof out, &err));
    assert_string_equal(err.text, "|upper: more than 8 bytes");
    cJSON_Delete(v);
}

/* ---- amounts ---- */

static int64_t amount(const char *json)
{
    struct error err;
    cJSON *v = json_parse(json, strlen(json), &err);
    int64_t out = -1;

    assert_non_null(v);
    if (!wording_read_amount(v, &out))
        out = -1;
    cJSON_Delete(v);
    return out;
}

static void clear_amounts_are_read(void **state)
{
    static const struct { const char *json; int64_t amount; } CASES[] = {
        { "2500", 2500 }, { "2500.0", 2500 }, { "\"2500\"", 2500 }, { "\"2500.00\"", 2500 }, { "\"2 500 FCFA\"", 2500 },
        { "\"2\u202F500\u00A0FCFA\"", 2500 }, { "\"5.000\"", 5000 }, { "\"5,000\"", 5000 }, { "\"FCFA 8,000\"", 8000 },
        { "\"1.000.000\"", 1000000 }, { "\"1,000,000.00\"", 1000000 }, { "\"1.000,00 F\"", 1000 }, { "\"25 000 francs CFA.\"", 25000 },
        { "\" 8000frs \"", 8000 }, { "\"8000 F CFA !\"", 8000 }, { "\"0\"", 0 }, { "\"0.00\"", 0 }, { "\"5000 xaf\"", 5000 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        if (amount(CASES[i].json) != CASES[i].amount)
            fail_msg("%s: %lld", CASES[i].json, (long long)amount(CASES[i].json));
}

/* toktok.md §6, B-13: each of these once became an amount. */
static void doubtful_amounts_are_refused(void **state)
{
    static const char *const CASES[] = {
        "\"10 a 20\"", "\"10 20\"", "\"5000,50\"", "\"4 500,50\"", "\"-50\"", "\"Ei102\"", "\"pas cher\"", "\"\"", "\"FCFA\"",
        "\"06 612 34 56\"", "\"06 612\"", "\"2500 000\"", "\"12.34.567\"", "\"1.000 000\"", "\"5000 FCFA par mois\"", "\"8k\"",
        "\"fcfa 8000 fcfa\"", "\"12345678901234567\"", "2500.5", "1e300", "true", "null", "{}", "\"8000 👍\"", "\"1e3\"",
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        if (amount(CASES[i]) != -1)
            fail_msg("%s: %lld", CASES[i], (long long)amount(CASES[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(francs_are_written_as_each_language_writes_them),
        cmocka_unit_test(francs_are_read_from_every_shape_that_prices_come_in),
        cmocka_unit_test(numbers_have_the_separators_of_the_language),
        cmocka_unit_test(dates_are_written_out_in_each_language),
        cmocka_unit_test(dates_that_cannot_be_are_shown_as_they_came),
        cmocka_unit_test(times_are_on_the_clock_of_the_language),
        cmocka_unit_test(moments_are_shown_on_the_clock_of_the_country),
        cmocka_unit_test(telephone_numbers_are_written_as_the_country_writes_them),
        cmocka_unit_test(short_cuts_to_the_number_that_it_names),
        cmocka_unit_test(upper_keeps_accents),
        cmocka_unit_test(link_shows_https_only),
        cmocka_unit_test(plurals_follow_each_language),
        cmocka_unit_test(a_stand_in_is_said_for_what_is_missing),
        cmocka_unit_test(formats_are_chained_from_left_to_right),
        cmocka_unit_test(every_format_speaks_every_language),
        cmocka_unit_test(labels_stages_and_stand_ins_are_in_the_language_of_the_reader),
        cmocka_unit_test(unknown_formats_name_the_nearest),
        cmocka_unit_test(a_result_that_does_not_fit_is_refused),
        cmocka_unit_test(clear_amounts_are_read),
        cmocka_unit_test(doubtful_amounts_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
