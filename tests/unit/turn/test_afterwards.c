/* What words mean when a flow has ended: f.afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stage.h"

#define TEST(name) static void name(void **state)

#define COURSE \
    "local f = flow 'essai'\nf.words = 'essai'\n" \
    "f.values = { rue = function(c) return 'rue ' .. c.depart end }\n" \
    "f.afterwards = { last = '12 h', keep = { 'reference', 'rue' }, on = {\n" \
    "  { words = { 'où est mon livreur', 'suivi' }, flow = 'suivi', give = { reference = 'reference' } },\n" \
    "  { words = 'merci', say = 'rien' }, { words = { 'adresse' }, say = 'ici' } } }\n" \
    "message 'd' { fr = 'Où ?' }\nmessage 'm' { fr = 'Sûr ?\\n[oui] Oui\\n[non] Non' }\nmessage 'fini' { fr = 'Fini.' }\n" \
    "message 'rien' { fr = 'Avec plaisir.' }\nmessage 'ici' { fr = '{reference} : {rue}, {prenom}.' }\n" \
    "f:ask 'depart' { say = 'd', expect = text {} }\nf:choose 'sur' { say = 'm', on = { oui = 'ref', non = 'fin' } }\n" \
    "f:set 'ref' { reference = function(c) return 'C-' .. #c.depart end }\nf:finish 'fin' { say = 'fini' }\n" \
    "--- flows/suivi.lua\nlocal f = flow 'suivi'\nf.words = { 'suivi', 'suivi de colis' }\nf.takes = { 'reference' }\n" \
    "message 'ou' { fr = 'Suivi de {reference}.' }\nmessage 'quelle' { fr = 'Quelle référence ?' }\n" \
    "f:branch 'b' { { when = function(c) return c.reference end, go = 'voir' }, { go = 'demander' } }\n" \
    "f:ask 'demander' { say = 'quelle', expect = text {}, save = 'reference' }\nf:finish 'voir' { say = 'ou' }\n" \
    "--- flows/autre.lua\nlocal f = flow 'autre'\nf.words = 'merci beaucoup'\nmessage 'x' { fr = 'Oui ?' }\n" \
    "f.afterwards = { on = { { words = 'merci', say = 'autre.merci' } } }\nmessage 'autre.merci' { fr = 'De rien.' }\n" \
    "f:ask 'x' { say = 'x', expect = text {} }\nf:finish 'fin' {}\n"

static void order(struct stage *s, const char *sure)
{
    stage_open(s, COURSE);
    stage_text(s, "essai");
    stage_text(s, "Moungali");
    stage_text(s, sure);
    stage_said(s, "fini");
    assert_string_equal(stage_place(s), "-");
}

TEST(words_of_a_flow_that_has_ended_start_another_with_what_was_kept)
{
    static const char *const WORDS[] = { "où est mon livreur", "Bonjour, où est mon livreur ?", "OU EST MON LIVREUR !!", "svp où est mon livreur, j'attends",
                                         "suivi", "le suivi ?" };

    (void)state;
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        struct stage s;

        order(&s, "oui");
        stage_text(&s, WORDS[i]);
        assert_string_equal(stage_body(&s, 0), "Suivi de C-8.");
        stage_text(&s, WORDS[i]);                            /* and once more: what follows leaves nothing of its own */
        assert_string_equal(stage_body(&s, 0), "Suivi de C-8.");
        stage_close(&s);
    }
}

TEST(only_whole_words_in_their_order_count)
{
    static const char *const OTHERS[] = { "où est livreur mon", "mon livreur est où", "suivis", "remerciements", "où est mon", "👍" };

    (void)state;
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++) {
        struct stage s;

        order(&s, "oui");
        stage_text(&s, OTHERS[i]);
        stage_said(&s, "commun.menu");
        stage_close(&s);
    }
}

TEST(a_message_afterwards_knows_what_was_kept_and_the_person)
{
    struct stage s;

    (void)state;
    order(&s, "oui");
    stage_text(&s, "Merci bien");
    assert_string_equal(stage_body(&s, 0), "Avec plaisir.");
    assert_int_equal(stage_count(&s), 1);
    stage_text(&s, "c'est quelle adresse ?");
    assert_string_equal(stage_body(&s, 0), "C-8 : rue Moungali, Prisca.");
    stage_close(&s);
}

TEST(what_was_not_kept_is_not_spoken_of)
{
    struct stage s;

    (void)state;
    order(&s, "non");                                        /* no reference */
    stage_text(&s, "quelle adresse");
    stage_said(&s, "commun.menu");
    stage_text(&s, "où est mon livreur");
    stage_said(&s, "commun.menu");
    stage_text(&s, "suivi");                                 /* the other flow's own word */
    stage_said(&s, "quelle");
    stage_text(&s, "annuler");
    stage_text(&s, "merci");
    stage_said(&s, "rien");
    stage_close(&s);
}

TEST(the_context_ends_with_its_time)
{
    struct stage s;

    (void)state;
    order(&s, "oui");
    stage_later(&s, 12 * 60 - 1);
    stage_text(&s, "merci");
    stage_said(&s, "rien");
    stage_later(&s, 1);
    stage_text(&s, "merci");
    stage_said(&s, "commun.menu");
    assert_string_equal(stage_var(&s, "ended"), "");
    stage_close(&s);
}

TEST(the_word_of_another_service_is_meant_before_a_part_of_it)
{
    struct stage s;

    (void)state;
    order(&s, "oui");
    stage_text(&s, "merci beaucoup");
    stage_said(&s, "x");
    stage_text(&s, "menu");
    stage_text(&s, "suivi de colis");                        /* the same service: with what was kept */
    assert_string_equal(stage_body(&s, 0), "Suivi de C-8.");
    stage_close(&s);
}

TEST(it_speaks_only_when_no_flow_is_running_and_after_commands)
{
    struct stage s;

    (void)state;
    order(&s, "oui");
    stage_text(&s, "essai");
    stage_text(&s, "merci");
    assert_string_equal(stage_var(&s, "vars.depart"), "\"merci\"");
    stage_text(&s, "merci");                                 /* at buttons, too */
    stage_said(&s, "commun.pas_compris");
    stage_text(&s, "menu");
    stage_said(&s, "commun.menu");
    stage_text(&s, "merci");                                 /* nobody ended that flow: the one before still has its say */
    stage_said(&s, "rien");
    stage_close(&s);
}

TEST(a_newer_flow_leaves_its_own)
{
    struct stage s;

    (void)state;
    order(&s, "oui");
    stage_text(&s, "merci beaucoup");
    stage_text(&s, "oui");
    assert_string_equal(stage_place(&s), "-");
    stage_text(&s, "merci");
    stage_said(&s, "autre.merci");
    stage_text(&s, "où est mon livreur");
    stage_said(&s, "commun.menu");
    stage_later(&s, 24 * 60);                                /* a day, when nothing is said about it */
    stage_text(&s, "merci");
    stage_said(&s, "commun.menu");
    stage_close(&s);
}

TEST(a_flow_that_was_cancelled_or_expired_leaves_nothing)
{
    struct stage s;

    (void)state;
    stage_open(&s, COURSE);
    stage_text(&s, "essai");
    stage_text(&s, "annuler");
    stage_text(&s, "merci");
    stage_said(&s, "commun.menu");
    stage_text(&s, "essai");
    stage_later(&s, 24 * 60);
    stage_timer(&s);
    stage_text(&s, "merci");
    stage_said(&s, "commun.menu");
    stage_close(&s);
}

TEST(a_reload_may_take_the_flow_or_its_words_away)
{
    struct stage s;

    (void)state;
    order(&s, "oui");
    stage_reload(&s, "local f = flow 'essai'\nf.words = 'essai'\nmessage 'd' { fr = 'Où ?' }\nmessage 'rien' { fr = '{recu} ?' }\n"
                 "f.afterwards = { keep = { 'recu' }, on = { { words = 'merci', say = 'rien' } } }\nf:ask 'recu' { say = 'd', expect = text {} }\nf:finish 'fin' {}\n");
    stage_text(&s, "merci");                                 /* its words need what the old flow did not keep */
    stage_said(&s, "commun.menu");
    stage_reload(&s, "menu { say = 'commun.aide' }\n");
    stage_text(&s, "merci");
    stage_said(&s, "commun.aide");
    stage_close(&s);
}

TEST(a_sub_flow_leaves_nothing_a_flow_that_interrupted_does)
{
    struct stage s;
    char id[256];

    (void)state;
    stage_open(&s, "local f = flow 'essai'\nf.words = 'essai'\nmessage 'q' { fr = 'Quoi ?' }\nmessage 'n' { fr = 'Colis.\\n[voir] Voir' }\nmessage 'rien' { fr = 'De rien.' }\n"
                   "f:ask 'x' { say = 'q', expect = text {} }\nf:run 'sous' { flow = 'sous' }\nf:finish 'fin' {}\n"
                   "on 'colis' { to = 'tel', say = 'n', taps = { voir = { flow = 'sous' } } }\n"
                   "--- flows/sous.lua\nlocal f = flow 'sous'\nf.afterwards = { on = { { words = 'merci', say = 'rien' } } }\nf:ask 'y' { say = 'q', expect = text {} }\nf:finish 'fin' {}\n");
    stage_text(&s, "essai");
    stage_text(&s, "a");
    stage_text(&s, "b");
    assert_string_equal(stage_place(&s), "-");
    stage_text(&s, "merci");
    stage_said(&s, "commun.menu");
    stage_text(&s, "essai");
    stage_notice(&s, "colis", "e1", "{\"tel\":\"06 123 45 67\"}");
    (void)snprintf(id, sizeof id, "%s", stage_choice(&s, "voir"));
    stage_tap_id(&s, id, "Voir");
    stage_text(&s, "b");
    stage_said(&s, "q");
    stage_text(&s, "annuler");
    stage_text(&s, "merci");
    stage_said(&s, "rien");
    stage_close(&s);
}

TEST(a_state_that_is_too_large_names_what_a_flow_left_behind)
{
    struct stage s;

    (void)state;
    stage_open(&s, "local f = flow 'essai'\nf.words = 'essai'\nf.afterwards = { last = '2 h', keep = { 'gros' }, on = { { words = { 'merci' }, say = 'q' } } }\n"
                   "message 'q' { fr = 'Quoi ?' }\nf:set 'plein' { gros = function(c) return string.rep('x', 20000) end }\nf:finish 'fin' {}\n"
                   "--- flows/autre.lua\nlocal g = flow 'autre'\ng.words = 'autre'\ng:set 'a' { peu = function(c) return string.rep('y', 14000) end }\n"
                   "g:ask 'b' { say = 'q', expect = text {} }\ng:finish 'fin' {}\n");
    stage_text(&s, "essai");
    assert_false(s.last.script_failed);
    stage_text(&s, "autre");
    assert_true(s.last.script_failed);
    assert_non_null(strstr(s.last.failure.text, "\"afterwards\" alone"));
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_a_flow_that_has_ended_start_another_with_what_was_kept),
        cmocka_unit_test(only_whole_words_in_their_order_count),
        cmocka_unit_test(a_message_afterwards_knows_what_was_kept_and_the_person),
        cmocka_unit_test(what_was_not_kept_is_not_spoken_of),
        cmocka_unit_test(the_context_ends_with_its_time),
        cmocka_unit_test(the_word_of_another_service_is_meant_before_a_part_of_it),
        cmocka_unit_test(it_speaks_only_when_no_flow_is_running_and_after_commands),
        cmocka_unit_test(a_newer_flow_leaves_its_own),
        cmocka_unit_test(a_flow_that_was_cancelled_or_expired_leaves_nothing),
        cmocka_unit_test(a_reload_may_take_the_flow_or_its_words_away),
        cmocka_unit_test(a_sub_flow_leaves_nothing_a_flow_that_interrupted_does),
        cmocka_unit_test(a_state_that_is_too_large_names_what_a_flow_left_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
