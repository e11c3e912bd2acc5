/* Taps on buttons of questions that are not pending any more: explained, ignored, or a way back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stage.h"

#define TEST(name) static void name(void **state)

/* Three questions with buttons; `head` may hold f.late, `late` stands on the first. */
#define THREE(head, late) \
    "local f = flow 'essai'\nf.words = 'essai'\n" head \
    "message 'taille' { fr = 'Quelle taille ?\\n[s] Petit\\n[l] Grand' }\nmessage 'nom' { fr = 'Quel nom ?' }\n" \
    "message 'sur' { fr = 'Sûr, {nom} ?\\n[oui] Oui\\n[non] Non' }\nmessage 'fini' { fr = '{nom}, {taille}.' }\n" \
    "f:choose 'taille' { say = 'taille', on = { s = 'nom', l = 'nom' }, save = 'taille'" late " }\n" \
    "f:ask 'nom' { say = 'nom', expect = text {} }\n" \
    "f:choose 'sur' { say = 'sur', on = { oui = 'fin', non = 'nom' } }\n" \
    "f:finish 'fin' { say = 'fini' }\n"

/* Small chosen, Luc named, "sûr ?" pending; `id` is the button "Grand" of the first question. */
static void walk(struct stage *s, char id[256])
{
    stage_text(s, "essai");
    (void)snprintf(id, 256, "%s", stage_choice(s, "l"));
    stage_tap(s, "s");
    stage_text(s, "Luc");
    stage_said(s, "sur");
}

TEST(an_old_button_is_explained_unless_its_question_says_otherwise)
{
    struct stage s;
    char id[256];

    (void)state;
    stage_open(&s, THREE("", ""));
    walk(&s, id);
    stage_tap_id(&s, id, "Grand");
    stage_said(&s, "commun.bouton_ancien + sur");
    assert_string_equal(stage_var(&s, "vars.taille"), "\"s\"");
    assert_string_equal(stage_var(&s, "asked"), "");         /* nothing is remembered for that */
    stage_close(&s);
}

TEST(an_old_button_that_is_to_be_ignored_gets_silence_even_after_the_flow)
{
    struct stage s;
    char id[256];

    (void)state;
    stage_open(&s, THREE("", ", late = 'ignore'"));
    walk(&s, id);
    stage_tap_id(&s, id, "Grand");
    stage_said(&s, "");
    assert_non_null(s.last.commit.note);
    assert_string_equal(stage_place(&s), "essai/sur");
    assert_string_equal(stage_var(&s, "vars.taille"), "\"s\"");
    stage_tap_id(&s, id, "Grand");
    stage_said(&s, "");
    stage_text(&s, "oui");
    stage_said(&s, "fini");
    stage_tap_id(&s, id, "Grand");
    stage_said(&s, "");
    stage_close(&s);
}

TEST(an_old_button_that_jumps_comes_back_and_is_taken)
{
    struct stage s;
    char id[256];

    (void)state;
    stage_open(&s, THREE("", ", late = 'jump'"));
    walk(&s, id);
    stage_tap_id(&s, id, "Grand");
    stage_said(&s, "nom");                                   /* what follows the choice, at once */
    assert_string_equal(stage_var(&s, "vars.taille"), "\"l\"");
    assert_string_equal(stage_var(&s, "vars.nom"), "\"Luc\"");
    assert_string_equal(stage_var(&s, "trail"), "[\"taille\"]");
    stage_text(&s, "Ève");
    stage_tap(&s, "oui");
    assert_string_equal(stage_body(&s, 0), "Ève, l.");
    stage_close(&s);
}

TEST(the_way_back_can_be_taken_again)
{
    struct stage s;
    char id[256];

    (void)state;
    stage_open(&s, THREE("f.late = 'jump'\n", ""));
    walk(&s, id);
    for (int i = 0; i < 7; i++) {
        stage_tap_id(&s, id, "Grand");
        stage_said(&s, "nom");
        stage_text(&s, "Luc");
        stage_said(&s, "sur");
    }
    stage_tap_id(&s, id, "Grand");                           /* eight questions with buttons have been asked since */
    stage_said(&s, "commun.bouton_ancien + sur");
    stage_close(&s);
}

TEST(the_flow_says_what_all_its_old_buttons_do_and_a_step_may_differ)
{
    struct stage s;
    char id[256];

    (void)state;
    stage_open(&s, THREE("f.late = 'ignore'\n", ""));
    walk(&s, id);
    stage_tap_id(&s, id, "Grand");
    stage_said(&s, "");
    stage_close(&s);
    stage_open(&s, THREE("f.late = 'ignore'\n", ", late = 'explain'"));
    walk(&s, id);
    stage_tap_id(&s, id, "Grand");
    stage_said(&s, "commun.bouton_ancien + sur");
    stage_close(&s);
}

TEST(no_jump_leads_into_another_run_of_the_flow)
{
    struct stage s;
    char id[256];

    (void)state;
    stage_open(&s, THREE("", ", late = 'jump'"));
    walk(&s, id);
    stage_text(&s, "oui");
    stage_tap_id(&s, id, "Grand");
    stage_said(&s, "commun.bouton_ancien + commun.menu");
    stage_text(&s, "essai");
    stage_tap(&s, "s");
    stage_tap_id(&s, id, "Grand");
    stage_said(&s, "commun.bouton_ancien + nom");
    assert_string_equal(stage_var(&s, "vars.taille"), "\"s\"");
    stage_close(&s);
}

TEST(a_jump_waits_for_an_answer_like_any_question)
{
    struct stage s;
    char id[256];

    (void)state;
    stage_open(&s, THREE("", ", late = 'jump'"));
    walk(&s, id);
    stage_tap_id(&s, id, "Grand");
    assert_non_null(stage_timer_set(&s));
    assert_true(stage_timer_set(&s)->due_ms > 0);
    stage_later(&s, 24 * 60);
    stage_timer(&s);
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
}

TEST(a_jump_to_a_choice_that_a_reload_took_away_asks_at_that_question)
{
    struct stage s;
    char id[256];

    (void)state;
    stage_open(&s, THREE("", ", late = 'jump'"));
    walk(&s, id);
    stage_reload(&s, "local f = flow 'essai'\nf.words = 'essai'\nf.moved = { taille = 'mesure' }\n"
                 "message 'taille' { fr = 'Quelle mesure ?\\n[s] Petit\\n[m] Moyen' }\nmessage 'nom' { fr = 'Quel nom ?' }\n"
                 "message 'sur' { fr = 'Sûr, {nom} ?\\n[oui] Oui' }\nmessage 'fini' { fr = '{nom}.' }\n"
                 "f:choose 'mesure' { say = 'taille', on = { s = 'nom', m = 'nom' }, late = 'jump', retry = 'taille' }\n"
                 "f:ask 'nom' { say = 'nom', expect = text {} }\nf:choose 'sur' { say = 'sur', on = { oui = 'fin' } }\nf:finish 'fin' { say = 'fini' }\n");
    stage_tap_id(&s, id, "Grand");
    stage_said(&s, "taille");
    assert_string_equal(stage_place(&s), "essai/mesure");
    assert_string_equal(stage_var(&s, "trail"), "");
    stage_tap(&s, "m");
    stage_said(&s, "nom");
    stage_close(&s);
}

#define CALLER \
    "local f = flow 'essai'\nf.words = 'essai'\nf.late = 'jump'\n" \
    "message 'm' { fr = 'Payer ?\\n[oui] Oui' }\nmessage 'n' { fr = 'Bien ?\\n[bien] Oui\\n[encore] Encore' }\n" \
    "f:choose 'payer' { say = 'm', on = { oui = 'sous' } }\nf:run 'sous' { flow = 'sous' }\n" \
    "f:choose 'bien' { say = 'n', on = { bien = 'fin', encore = 'sous' } }\nf:finish 'fin' {}\n" \
    "--- flows/sous.lua\nlocal f = flow 'sous'\nf.late = 'jump'\nmessage 'c' { fr = 'Carte ?\\n[visa] Visa\\n[momo] Momo' }\nmessage 'd' { fr = 'Code ?' }\n" \
    "f:choose 'carte' { say = 'c', on = { visa = 'code', momo = 'code' }, save = 'carte' }\nf:ask 'code' { say = 'd', expect = text {} }\nf:finish 'fin' {}\n"

TEST(a_jump_stays_in_the_flow_that_asked)
{
    struct stage s;
    char yes[256], momo[256];

    (void)state;
    stage_open(&s, CALLER);
    stage_text(&s, "essai");
    (void)snprintf(yes, sizeof yes, "%s", stage_choice(&s, "oui"));
    stage_tap(&s, "oui");
    (void)snprintf(momo, sizeof momo, "%s", stage_choice(&s, "momo"));
    stage_tap(&s, "visa");
    stage_tap_id(&s, momo, "Momo");
    stage_said(&s, "d");
    assert_string_equal(stage_var(&s, "vars.carte"), "\"momo\"");
    stage_tap_id(&s, yes, "Oui");                            /* a question of its caller */
    stage_said(&s, "commun.bouton_ancien + d");
    stage_text(&s, "1234");
    stage_said(&s, "n");
    stage_tap_id(&s, momo, "Momo");                          /* the sub-flow is over */
    stage_said(&s, "commun.bouton_ancien + n");
    stage_tap(&s, "encore");
    stage_tap_id(&s, momo, "Momo");                          /* this is another run of it */
    stage_said(&s, "commun.bouton_ancien + c");
    stage_tap(&s, "visa");
    stage_text(&s, "1234");
    stage_tap_id(&s, yes, "Oui");                            /* back in the caller, which is the same run */
    stage_said(&s, "c");
    stage_close(&s);
}

TEST(no_old_button_does_anything_while_a_call_is_under_way)
{
    struct stage s;
    char id[256];

    (void)state;
    stage_open(&s, "local f = flow 'essai'\nf.words = 'essai'\nmessage 'commun.patientez' { fr = 'Un instant.' }\n"
                   "message 'm' { fr = 'Oui ?\\n[oui] Oui' }\nmessage 'k' { fr = 'Où ?\\n[ici] Ici\\n[menu] Menu' }\n"
                   "f:choose 'a' { say = 'm', on = { oui = 'b' }, late = 'ignore' }\nf:choose 'b' { say = 'k', on = { ici = 'c' }, late = 'jump' }\n"
                   "f:call 'c' { GET = '/x', ok = 'fin', fail = { other = 'fin' } }\nf:finish 'fin' {}\n");
    stage_text(&s, "essai");
    (void)snprintf(id, sizeof id, "%s", stage_choice(&s, "oui"));
    stage_tap(&s, "oui");
    stage_text(&s, "ici");
    assert_int_equal(s.last.commit.call_count, 1);
    stage_tap_id(&s, id, "Oui");
    stage_said(&s, "");
    stage_text(&s, "alors ?");
    stage_said(&s, "commun.patientez");
    stage_close(&s);
}

TEST(a_menu_button_works_from_everywhere_however_old_it_is)
{
    struct stage s;
    char id[256];

    (void)state;
    stage_open(&s, "local f = flow 'essai'\nf.words = 'essai'\nmessage 'commun.patientez' { fr = 'Un instant.' }\n"
                   "message 'k' { fr = 'Où ?\\n[ici] Ici\\n[menu] Menu' }\nmessage 'q' { fr = 'Quoi ?' }\n"
                   "f:choose 'b' { say = 'k', on = { ici = 'q' } }\nf:ask 'q' { say = 'q', expect = text {} }\n"
                   "f:call 'c' { GET = '/x', ok = 'fin', fail = { other = 'fin' } }\nf:finish 'fin' {}\n");
    for (int i = 0; i < 3; i++) {
        stage_text(&s, "essai");
        (void)snprintf(id, sizeof id, "%s", stage_choice(&s, "menu"));
        if (i > 0)
            stage_tap(&s, "ici");
        if (i > 1)
            stage_text(&s, "cela");                          /* a call is under way */
        stage_tap_id(&s, id, "Menu");
        stage_said(&s, "commun.menu");
        assert_string_equal(stage_place(&s), "-");
    }
    stage_close(&s);
}

TEST(a_forged_button_is_what_its_title_says)
{
    static const char *const FORGED[] = { "l~1~aaaaaaaaaa", "l~1~", "l", "menu", "l~0~aaaaaaaaaa", "l~18446744073709551616~aaaaaaaaaa", "~", "" };
    struct stage s;
    char id[256];

    (void)state;
    for (size_t i = 0; i < sizeof FORGED / sizeof FORGED[0]; i++) {
        stage_open(&s, THREE("f.late = 'jump'\n", ""));
        walk(&s, id);
        stage_tap_id(&s, FORGED[i], "bof");
        stage_said(&s, "commun.pas_compris");
        stage_tap_id(&s, FORGED[i], "Non");
        stage_said(&s, "nom");
        stage_tap_id(&s, FORGED[i], "Prisca");               /* an answer in words, as typed */
        assert_string_equal(stage_var(&s, "vars.nom"), "\"Prisca\"");
        stage_tap_id(&s, FORGED[i], "menu");
        stage_said(&s, "commun.menu");
        stage_close(&s);
    }
    stage_open(&s, THREE("f.late = 'jump'\n", ""));
    walk(&s, id);
    strchr(id, '~')[1] ^= 1;                                 /* another turn under the signature of this one */
    stage_tap_id(&s, id, "bof");
    stage_said(&s, "commun.pas_compris");
    assert_string_equal(stage_var(&s, "vars.taille"), "\"s\"");
    stage_close(&s);
}

TEST(a_state_of_before_has_no_questions_to_go_back_to)
{
    struct stage s;
    char id[256];
    char *asked;

    (void)state;
    stage_open(&s, THREE("", ", late = 'jump'"));
    walk(&s, id);
    asked = strstr(s.state, "\"asked\":[");
    assert_non_null(asked);
    memcpy(asked, "\"older\"", 7);                           /* a member that nobody knows */
    stage_tap_id(&s, id, "Grand");
    stage_said(&s, "commun.bouton_ancien + sur");
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_old_button_is_explained_unless_its_question_says_otherwise),
        cmocka_unit_test(an_old_button_that_is_to_be_ignored_gets_silence_even_after_the_flow),
        cmocka_unit_test(an_old_button_that_jumps_comes_back_and_is_taken),
        cmocka_unit_test(the_way_back_can_be_taken_again),
        cmocka_unit_test(the_flow_says_what_all_its_old_buttons_do_and_a_step_may_differ),
        cmocka_unit_test(no_jump_leads_into_another_run_of_the_flow),
        cmocka_unit_test(a_jump_waits_for_an_answer_like_any_question),
        cmocka_unit_test(a_jump_to_a_choice_that_a_reload_took_away_asks_at_that_question),
        cmocka_unit_test(a_jump_stays_in_the_flow_that_asked),
        cmocka_unit_test(no_old_button_does_anything_while_a_call_is_under_way),
        cmocka_unit_test(a_menu_button_works_from_everywhere_however_old_it_is),
        cmocka_unit_test(a_forged_button_is_what_its_title_says),
        cmocka_unit_test(a_state_of_before_has_no_questions_to_go_back_to),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
