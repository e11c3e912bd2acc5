/* What an answer means: a value, a title, a number in a list; lists of several pages; buttons beside a question. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stage.h"

#define TEST(name) static void name(void **state)
#define FLOW "local f = flow 'essai'\nf.words = 'essai'\n"

/* ---- numbers ---- */

#define BESIDE(expect) \
    FLOW "message 'q' { fr = 'Quoi ?\\n[un] Un\\n[deux] Deux' }\nmessage 'r' { fr = 'Et ?' }\nmessage 'non' { fr = 'Non.' }\n" \
    "f:ask 'x' { say = 'q', retry = 'non', expect = " expect ", on = { un = 'y', deux = 'fin' } }\nf:ask 'y' { say = 'r', expect = text {} }\nf:finish 'fin' { say = 'non' }\n"

static void typed(const char *lua, const char *text, const char *value, const char *said)
{
    struct stage s;

    stage_open(&s, lua);
    stage_text(&s, "essai");
    stage_text(&s, text);
    stage_said(&s, said);
    assert_string_equal(stage_var(&s, "vars.x"), value);
    stage_close(&s);
}

TEST(a_number_is_a_value_where_a_value_is_asked)
{
    (void)state;
    typed(BESIDE("number {}"), "1", "1", "r");
    typed(BESIDE("amount {}"), "2", "2", "r");
    typed(BESIDE("text {}"), "2", "\"2\"", "r");
    typed(BESIDE("one_of { photo {}, number {} }"), "2", "2", "r");
    typed(BESIDE("phone {}"), "2", "", "non");
    typed(BESIDE("number { min = 5 }"), "2", "", "non");     /* a wrong value is not a button either */
}

TEST(a_number_is_a_button_where_no_words_are_asked)
{
    (void)state;
    typed(BESIDE("photo {}"), "1", "", "r");
    typed(BESIDE("location()"), "2", "", "non");
    typed(BESIDE("text { only = { 'peut-être' } }"), "1", "", "r");
    typed(BESIDE("one_of { photo {}, text { only = { 'rien' } } }"), "1", "", "r");
    typed(BESIDE("photo {}"), "3", "", "non");
}

TEST(a_title_is_a_button_everywhere)
{
    (void)state;
    typed(BESIDE("number {}"), "un", "", "r");
    typed(BESIDE("text {}"), "Deux !", "", "non");
    typed(BESIDE("location()"), "DEUX", "", "non");
    typed(FLOW "message 'q' { fr = 'Combien ?\\n[un] 1\\n[deux] 2' }\nmessage 'r' { fr = 'Et ?' }\n"
          "f:ask 'x' { say = 'q', expect = number {}, on = { un = 'fin', deux = 'fin' } }\nf:ask 'y' { say = 'r', expect = text {} }\nf:finish 'fin' {}\n",
          "2", "2", "r");                                    /* a number that is a title is the value that was asked */
}

TEST(a_question_takes_its_value_beside_its_buttons)
{
    struct stage s;

    (void)state;
    stage_open(&s, BESIDE("one_of { location(), text { min = 3 } }"));
    stage_text(&s, "essai");
    stage_location(&s, -4.2, 15.2, "Marché");
    stage_said(&s, "r");
    assert_string_equal(stage_var(&s, "vars.x.adresse"), "\"Marché\"");
    stage_text(&s, "retour");
    stage_tap(&s, "deux");
    stage_said(&s, "non");
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
}

TEST(buttons_beside_a_location_request_follow_as_a_second_message)
{
    struct stage s;
    char *request, *buttons;

    (void)state;
    stage_open(&s, FLOW "message 'q' { fr = 'Où ?\\n@ask-location\\nOu bien :\\n[plus_tard] Plus tard' }\nmessage 'r' { fr = 'Et ?' }\n"
                   "f:ask 'x' { say = 'q', expect = location(), on = { plus_tard = 'fin' } }\nf:ask 'y' { say = 'r', expect = text {} }\nf:finish 'fin' {}\n");
    stage_text(&s, "essai");
    stage_said(&s, "q + q");
    request = strstr(stage_row(&s, 0), "location");
    buttons = strstr(stage_row(&s, 1), "plus_tard~");
    assert_non_null(request);
    assert_non_null(buttons);
    assert_string_equal(stage_body(&s, 1), "Ou bien :");
    stage_tap(&s, "plus_tard");
    assert_string_equal(stage_place(&s), "-");
    stage_text(&s, "essai");
    stage_location(&s, 1, 2, NULL);
    stage_said(&s, "r");
    stage_close(&s);
}

/* ---- lists ---- */

/* Item i has the id 100 + i and the title "Produit <i>"; the last ones have numbers for titles. */
#define LIST \
    FLOW "message 'l' { fr = 'Lequel ?\\n@menu Choisir\\n[row] {nom|short 24} :: {prix|fcfa}\\n[suite] Suite\\n[rien] Aucun' }\n" \
    "message 'fini' { fr = '{produit.nom}, {produit.id}.' }\nmessage 'rien' { fr = 'Rien.' }\n" \
    "f:choose 'produit' { say = 'l', on = { rien = 'rien' },\n" \
    "  list = function(c)\n    local t = {}\n    for i = 1, 20 do t[i] = { id = 21 - i, nom = i < 20 and 'Produit ' .. i or '77', prix = i } end\n    return t\n  end }\n" \
    "f:finish 'fin' { say = 'fini' }\nf:finish 'rien' { say = 'rien' }\n"

static void in_list(int page, const char *text, const char *body)
{
    struct stage s;

    stage_open(&s, LIST);
    stage_text(&s, "essai");
    for (int i = 1; i < page; i++)
        stage_tap(&s, "suite");
    stage_text(&s, text);
    assert_string_equal(stage_body(&s, 0), body);
    stage_close(&s);
}

TEST(a_title_is_found_on_every_page)
{
    (void)state;
    in_list(1, "produit 2", "Produit 2, 19.");
    in_list(1, "Produit 19", "Produit 19, 2.");
    in_list(3, "produit 2", "Produit 2, 19.");
    in_list(2, "produit 18", "Produit 18, 3.");
    in_list(2, "aucun", "Rien.");
    in_list(1, "77", "77, 1.");
}

TEST(a_number_counts_on_the_page_that_is_shown)
{
    (void)state;
    in_list(1, "2", "Produit 2, 19.");
    in_list(2, "2", "Produit 10, 11.");
    in_list(3, "1", "Produit 17, 4.");
    in_list(1, "10", "Rien.");
    in_list(1, "20", "Pas compris.");                        /* the id of a row, which nobody has seen */
}

TEST(what_is_nowhere_leaves_the_page_where_it_was)
{
    struct stage s;

    (void)state;
    stage_open(&s, LIST);
    stage_text(&s, "essai");
    stage_tap(&s, "suite");
    stage_text(&s, "un avion");
    stage_said(&s, "commun.pas_compris");
    stage_text(&s, "aide");
    assert_non_null(stage_choice(&s, "12"));                 /* item 9 */
    stage_text(&s, "1");
    assert_string_equal(stage_body(&s, 0), "Produit 9, 12.");
    stage_close(&s);
}

TEST(a_row_is_kept_whole_and_a_fixed_row_goes_its_own_way)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW "message 'l' { fr = 'Lequel ?\\n@menu Choisir\\n[row] {nom|short 24}\\n[nouveau] Un autre' }\nmessage 'q' { fr = 'Lequel alors ?' }\nmessage 'r' { fr = 'Et ?' }\n"
                   "f:choose 'a' { say = 'l', list = function(c) return { { id = 7, nom = 'Bacongo', zone = { code = 'B' } } } end, save = 'adresse', on = { nouveau = 'q' }, next = 'y' }\n"
                   "f:ask 'q' { say = 'q', expect = text {}, save = 'adresse' }\nf:ask 'y' { say = 'r', expect = text {} }\nf:finish 'fin' {}\n");
    stage_text(&s, "essai");
    stage_text(&s, "1");
    stage_said(&s, "r");
    assert_string_equal(stage_var(&s, "vars.adresse.zone.code"), "\"B\"");
    stage_text(&s, "retour");
    stage_text(&s, "2");
    stage_said(&s, "q");
    assert_string_equal(stage_var(&s, "vars.adresse"), "");
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_is_a_value_where_a_value_is_asked),
        cmocka_unit_test(a_number_is_a_button_where_no_words_are_asked),
        cmocka_unit_test(a_title_is_a_button_everywhere),
        cmocka_unit_test(a_question_takes_its_value_beside_its_buttons),
        cmocka_unit_test(buttons_beside_a_location_request_follow_as_a_second_message),
        cmocka_unit_test(a_title_is_found_on_every_page),
        cmocka_unit_test(a_number_counts_on_the_page_that_is_shown),
        cmocka_unit_test(what_is_nowhere_leaves_the_page_where_it_was),
        cmocka_unit_test(a_row_is_kept_whole_and_a_fixed_row_goes_its_own_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
