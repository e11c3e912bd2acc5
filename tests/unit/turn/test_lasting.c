/* Values that outlive a flow: a person's, within their quotas, and data that all share; and forgetting a person. */
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
#define WORDS "message 'q' { fr = 'Quoi ?' }\nmessage 'ok' { fr = 'Bien.' }\n"

/* ---- person ---- */

TEST(what_is_saved_to_the_person_is_there_in_the_next_flow)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW WORDS "person { adresse = text { max = 60 }, points = number {} }\n"
                   "message 'vu' { fr = 'Chez {person.adresse}.' }\n"
                   "f:ask 'ou' { say = 'q', expect = text {}, save = 'person.adresse' }\nf:finish 'fin' { say = 'vu' }\n"
                   "--- flows/autre.lua\nlocal f = flow 'autre'\nf.words = 'autre'\n"
                   "f:branch 'b' { { when = function(c) return c.person.adresse == 'Moungali' and c.person.points == nil end, go = 'oui' }, { go = 'non' } }\n"
                   "f:finish 'oui' { say = 'vu' }\nf:finish 'non' { say = 'ok' }\n");
    stage_text(&s, "essai");
    stage_text(&s, "Moungali");
    assert_string_equal(stage_body(&s, 0), "Chez Moungali.");
    assert_string_equal(stage_place(&s), "-");
    assert_string_equal(stage_var(&s, "person"), "{\"adresse\":\"Moungali\"}");
    stage_text(&s, "autre");
    stage_said(&s, "vu");
    stage_close(&s);
}

TEST(a_set_step_and_a_call_write_to_the_person)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW WORDS "person { panier = list { max = 3 }, nom = 'text', pro = boolean {} }\nmessage 'n' { fr = '{combien} : {person.nom}' }\n"
                   "f.values = { combien = function(c) return #c.person.panier end }\n"
                   "f:ask 'article' { say = 'q', expect = text {} }\n"
                   "f:set 'ajouter' { person = { panier = function(c)\n"
                   "  local all = {}\n  for _, p in ipairs(c.person.panier) do all[#all + 1] = p end\n  all[#all + 1] = c.article\n  return all\nend,\n"
                   "  pro = function() return true end } }\n"
                   "f:call 'lire' { GET = '/moi/', save = { ['person.nom'] = 'client.nom' }, fail = { other = 'fin' } }\nf:finish 'fin' { say = 'n' }\n");
    for (int i = 0; i < 2; i++) {
        stage_text(&s, "essai");
        stage_text(&s, i == 0 ? "Savon" : "Riz");
        stage_answer(&s, "ok", 200, "{\"client\":{\"nom\":\"Ngoma\"}}");
    }
    assert_string_equal(stage_body(&s, 0), "2 : Ngoma");
    assert_string_equal(stage_var(&s, "person.panier"), "[\"Savon\",\"Riz\"]");
    assert_string_equal(stage_var(&s, "person.pro"), "true");
    stage_close(&s);
}

TEST(over_its_quota_a_value_is_an_error_of_the_turn_that_names_it)
{
    static const struct { const char *kind, *value, *says; } CASES[] = {
        { "text { max = 3 }", "'Bacongo'", "person.v has more than 3 characters" },
        { "list { max = 2 }", "{ 1, 2, 3 }", "person.v has more than 2 items" },
        { "'table'", "{ t = ('x'):rep(3000) }", "person.v has more than 2048 bytes" },
        { "number {}", "'douze'", "person.v is declared as number" },
        { "boolean {}", "1", "person.v is declared as boolean" },
        { "text {}", "{}", "person.v is declared as text" },
        { "list {}", "{ ('x'):rep(9000) }", "may have 8192 bytes" },
    };
    char lua[1024];

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct stage s;

        (void)snprintf(lua, sizeof lua, FLOW WORDS "person { v = %s }\nf:ask 'a' { say = 'q', expect = text {} }\n"
                       "f:set 's' { person = { v = function(c) return %s end } }\nf:finish 'fin' { say = 'ok' }\n", CASES[i].kind, CASES[i].value);
        stage_open(&s, lua);
        stage_text(&s, "essai");
        stage_text(&s, "oui");
        stage_said(&s, "commun.probleme");
        if (strstr(s.last.failure.text, CASES[i].says) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", s.last.failure.text, CASES[i].says);
        assert_string_equal(stage_var(&s, "person"), "");
        stage_close(&s);
    }
}

TEST(a_list_loses_its_oldest_only_when_it_says_so_and_nil_removes)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW WORDS "person { derniers = list { max = 2, drop = 'oldest' }, vide = list {} }\nf:ask 'a' { say = 'q', expect = text {} }\n"
                   "f:set 's' { person = { derniers = function(c) if c.a == 'rien' then return nil end return { 1, 2, c.a } end, vide = function() return {} end } }\n"
                   "f:finish 'fin' { say = 'ok' }\n");
    stage_text(&s, "essai");
    stage_text(&s, "Riz");
    assert_string_equal(stage_var(&s, "person"), "{\"derniers\":[2,\"Riz\"],\"vide\":[]}");
    stage_text(&s, "essai");
    stage_text(&s, "rien");
    assert_string_equal(stage_var(&s, "person"), "{\"vide\":[]}");
    stage_close(&s);
}

TEST(going_back_asks_again_and_keeps_what_the_person_had)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW WORDS "person { adresse = text {} }\nf:ask 'ou' { say = 'q', expect = text {}, save = 'person.adresse' }\n"
                   "f:ask 'quoi' { say = 'q', expect = text {} }\nf:finish 'fin' { say = 'ok' }\n");
    stage_text(&s, "essai");
    stage_text(&s, "Talangaï");
    stage_text(&s, "retour");
    assert_string_equal(stage_place(&s), "essai/ou");
    assert_string_equal(stage_var(&s, "person.adresse"), "\"Talangaï\"");
    stage_close(&s);
}

TEST(langue_stays_the_person_s_language)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW "person { langue = 'text' }\nmessage 'q' { fr = 'Langue ?' }\nmessage 'ok' { fr = 'Bien : {person.langue}.', ln = 'Malamu: {person.langue}.' }\n"
                   "f:ask 'l' { say = 'q', expect = text {}, save = 'person.langue' }\nf:finish 'fin' { say = 'ok' }\n");
    stage_text(&s, "essai");
    stage_text(&s, "ln");
    assert_string_equal(stage_body(&s, 0), "Malamu: ln.");
    assert_string_equal(stage_var(&s, "lang"), "\"ln\"");
    stage_close(&s);
}

TEST(what_the_person_has_suppresses_a_plan)
{
    struct stage s;
    struct store_timer timer;

    (void)state;
    stage_open(&s, FLOW WORDS "person { note = number {} }\nmessage 'avis' { fr = 'Alors ?' }\n"
                   "f:ask 'a' { say = 'q', expect = number {}, save = 'person.note', plan = { after '30 min' { name = 'avis', say = 'avis', unless = 'person.note' } } }\nf:finish 'fin' {}\n");
    stage_text(&s, "essai");
    timer = s.last.commit.timers[0];
    assert_string_equal(timer.name, "plan:avis");
    stage_text(&s, "5");
    stage_event(&s, &(struct event){ .kind = EVENT_TIMER, .at_ms = s.now_ms, .name = timer.name, .guard = timer.guard });
    stage_said(&s, "");
    stage_close(&s);
}

/* ---- shared ---- */

TEST(shared_data_is_read_by_functions_and_messages_and_changed_by_nobody)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW WORDS "shared 'tarifs' { moto = 1500, zones = { 'Bacongo', 'Ouenzé' }, prix = { nuit = 2500 } }\n"
                   "message 'prix' { fr = '{shared.tarifs.prix.nuit|fcfa} ; {n}' }\n"
                   "f:ask 'a' { say = 'q', expect = text {} }\n"
                   "f:set 's' { n = function(c)\n  local t = c.shared.tarifs\n  if c.a == 'casser' then t.moto = 1 end\n"
                   "  return #t.zones * t.moto + (c.shared.rien == nil and 1 or 0)\nend }\nf:finish 'fin' { say = 'prix' }\n");
    stage_text(&s, "essai");
    stage_text(&s, "oui");
    assert_string_equal(stage_body(&s, 0), "2 500 FCFA ; 3001");
    stage_text(&s, "essai");
    stage_text(&s, "casser");
    stage_said(&s, "commun.probleme");
    assert_non_null(strstr(s.last.failure.text, "read-only"));
    stage_close(&s);
}

/* ---- forgetting ---- */

TEST(forgetting_leaves_nothing_and_stops_every_timer)
{
    struct stage s;
    bool wait = false, plan = false;

    (void)state;
    stage_open(&s, FLOW WORDS "person { adresse = text {} }\nmessage 'avis' { fr = 'Alors ?' }\n"
                   "f:ask 'ou' { say = 'q', expect = text {}, save = 'person.adresse' }\n"
                   "f:ask 'quoi' { say = 'q', expect = text {}, plan = { after '1 h' { name = 'avis', say = 'avis' } } }\nf:finish 'fin' {}\n");
    stage_text(&s, "essai");
    stage_text(&s, "Moungali");
    assert_string_equal(stage_place(&s), "essai/quoi");
    stage_event(&s, &(struct event){ .kind = EVENT_FORGET, .at_ms = s.now_ms });
    stage_said(&s, "");
    assert_string_equal(stage_place(&s), "-");
    assert_string_equal(stage_var(&s, "."), "{\"lang\":\"fr\"}");
    for (size_t i = 0; i < s.last.commit.timer_count; i++) {
        wait = wait || (strcmp(s.last.commit.timers[i].name, "wait") == 0 && s.last.commit.timers[i].due_ms == 0);
        plan = plan || (strcmp(s.last.commit.timers[i].name, "plan:avis") == 0 && s.last.commit.timers[i].due_ms == 0);
    }
    assert_true(wait && plan);
    stage_text(&s, "bonjour");
    stage_said(&s, "commun.menu");
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_saved_to_the_person_is_there_in_the_next_flow),
        cmocka_unit_test(a_set_step_and_a_call_write_to_the_person),
        cmocka_unit_test(over_its_quota_a_value_is_an_error_of_the_turn_that_names_it),
        cmocka_unit_test(a_list_loses_its_oldest_only_when_it_says_so_and_nil_removes),
        cmocka_unit_test(going_back_asks_again_and_keeps_what_the_person_had),
        cmocka_unit_test(langue_stays_the_person_s_language),
        cmocka_unit_test(what_the_person_has_suppresses_a_plan),
        cmocka_unit_test(shared_data_is_read_by_functions_and_messages_and_changed_by_nobody),
        cmocka_unit_test(forgetting_leaves_nothing_and_stops_every_timer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
