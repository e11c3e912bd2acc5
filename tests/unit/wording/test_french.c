/* No-break spaces and apostrophes that nobody has to type. */
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

/* What a line of text becomes; {v} is "x ?". */
static const char *shown(const char *language, const char *line)
{
    static char body[1024];
    char lua[1024];
    struct source s;

    snprintf(lua, sizeof lua, "message \"m\" { fr = [[\n.\n]], %s = [=[\n%s\n]=] }\n", strcmp(language, "fr") == 0 ? "note" : "en", line);
    if (strcmp(language, "fr") == 0)
        snprintf(lua, sizeof lua, "message \"m\" { fr = [=[\n%s\n]=] }\n", line);
    source_build(&s, "templates/t.lua", lua);
    snprintf(body, sizeof body, "%s", source_body(&s, "m", language, "{\"v\":\"x ?\"}"));
    source_free(&s);
    return body;
}

static void a_plain_space_before_a_mark_does_not_break(void **state)
{
    (void)state;
    assert_string_equal(shown("fr", "Où ? Ici ! Non ; si : oui"), "Où" NNB "? Ici" NNB "! Non" NNB "; si" NB ": oui");
    assert_string_equal(shown("fr", "« Mbote » dit-elle"), "«" NB "Mbote" NB "» dit-elle");
}

static void a_missing_space_is_put_in(void **state)
{
    (void)state;
    assert_string_equal(shown("fr", "Où? Ici! Départ: là"), "Où" NNB "? Ici" NNB "! Départ" NB ": là");
    assert_string_equal(shown("fr", "«Mbote»"), "«" NB "Mbote" NB "»");
    assert_string_equal(shown("fr", "Vraiment ?! Oui!!"), "Vraiment" NNB "?! Oui" NNB "!!");
    assert_string_equal(shown("fr", "*Départ :* ici, *Arrivée* : là, _quoi ?_"), "*Départ" NB ":* ici, *Arrivée*" NB ": là, _quoi" NNB "?_");
    assert_string_equal(shown("fr", "Attendez… ? (vraiment ?)"), "Attendez…" NNB "? (vraiment" NNB "?)");
}

static void no_break_spaces_that_were_typed_stay_alone(void **state)
{
    (void)state;
    assert_string_equal(shown("fr", "Où" NB "? Ici" NNB "! «" NNB "a" NNB "»"), "Où" NB "? Ici" NNB "! «" NNB "a" NNB "»");
}

static void hours_links_code_and_smileys_are_left_alone(void **state)
{
    (void)state;
    assert_string_equal(shown("fr", "À 12:30, ratio 1:2"), "À 12:30, ratio 1:2");
    assert_string_equal(shown("fr", "Voir https://t.cg/a?b=1;c:d!e et www.t.cg?x"), "Voir https://t.cg/a?b=1;c:d!e et www.t.cg?x");
    assert_string_equal(shown("fr", "(https://t.cg/?a) !"), "(https://t.cg/?a)" NNB "!");
    assert_string_equal(shown("fr", "Tapez `a ? b ;` ?"), "Tapez `a ? b ;`" NNB "?");
    assert_string_equal(shown("fr", "```\na ? b !\n```\nfini ?"), "```\na ? b !\n```\nfini" NNB "?");
    assert_string_equal(shown("fr", "Merci :) et ;) ou :D, :smile: :-("), "Merci :) et ;) ou :D, :smile: :-(");
    assert_string_equal(shown("fr", "? seul, (?) ou (!)"), "? seul, (?) ou (!)");
}

static void values_are_letters_outside_and_never_changed(void **state)
{
    (void)state;
    assert_string_equal(shown("fr", "Joindre {v} ? {v}! {v} : {v}"), "Joindre x ?" NNB "? x ?" NNB "! x ?" NB ": x ?");
    assert_string_equal(shown("fr", "https://t.cg/{v}?a={v} !"), "https://t.cg/x ??a=x ?" NNB "!");
}

static void numbers_do_not_break(void **state)
{
    (void)state;
    assert_string_equal(shown("fr", "Payez 8 000 FCFA ou 12 500 000 F CFA, soit 20 % ou 5 €"), "Payez 8" NNB "000" NB "FCFA ou 12" NNB "500" NNB "000" NB "F CFA, soit 20" NB "% ou 5" NB "€");
    assert_string_equal(shown("fr", "{v} % de {v} FCFA"), "x ?" NB "% de x ?" NB "FCFA");
    assert_string_equal(shown("fr", "Au 06 612 34 56, au +242 06 612 34 56 ou au 05 512 345 678"), "Au 06 612 34 56, au +242 06 612 34 56 ou au 05 512 345 678");
    assert_string_equal(shown("fr", "12 rue, 3 1000, 2025 000, `8 000 FCFA`"), "12 rue, 3 1000, 2025 000, `8 000 FCFA`");
}

static void other_languages_are_left_alone(void **state)
{
    (void)state;
    assert_string_equal(shown("en", "Where? Here ! From: « there »"), "Where? Here ! From: « there »");
}

static void titles_headers_and_labels_are_french_too(void **state)
{
    struct source s;
    struct wording_output out;
    struct error err;

    (void)state;
    source_build_clean(&s, "labels \"l\" { fr = [[\nok = Livré !\n]] }\n"
                           "message \"m\" { fr = [[\n@header Vous êtes là ?\n@footer Merci !\n{e|label l}\n[oui] Oui !\n]] }\n");
    assert_true(source_render(&s, "m", "fr", "{\"e\":\"ok\"}", NULL, &out, &err));
    assert_string_equal(out.parts[0].header, "Vous êtes là" NNB "?");
    assert_string_equal(out.parts[0].footer, "Merci" NNB "!");
    assert_string_equal(out.parts[0].body, "Livré" NNB "!");
    assert_string_equal(out.parts[0].choices[0].title, "Oui" NNB "!");
    wording_output_free(&out);
    source_free(&s);
}

static void an_apostrophe_between_letters_is_curved(void **state)
{
    (void)state;
    assert_string_equal(shown("fr", "L'adresse d'arrivée, jusqu'à l'*Église*"), "L’adresse d’arrivée, jusqu’à l’*Église*");
    assert_string_equal(shown("fr", "La rue d'{v}"), "La rue d’x ?");
    assert_string_equal(shown("fr", "Qu’il l'écrive"), "Qu’il l’écrive");
    assert_string_equal(shown("fr", "'entre' 5' `l'id` https://t.cg/l'a"), "'entre' 5' `l'id` https://t.cg/l'a");
    assert_string_equal(shown("en", "It's here"), "It's here");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_space_before_a_mark_does_not_break),
        cmocka_unit_test(a_missing_space_is_put_in),
        cmocka_unit_test(no_break_spaces_that_were_typed_stay_alone),
        cmocka_unit_test(hours_links_code_and_smileys_are_left_alone),
        cmocka_unit_test(values_are_letters_outside_and_never_changed),
        cmocka_unit_test(numbers_do_not_break),
        cmocka_unit_test(other_languages_are_left_alone),
        cmocka_unit_test(titles_headers_and_labels_are_french_too),
        cmocka_unit_test(an_apostrophe_between_letters_is_curved),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
