/* From step to step: sub-flows, data, calls, reloads. */
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

/* ---- steps that nobody sees ---- */

TEST(values_are_computed_branches_taken_and_variables_set)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW
        "f.values = { total = function(c) return c.n * 100 end }\n"
        "message 'q' { fr = 'Combien ?' }\nmessage 'cher' { fr = 'Cher : {total|fcfa}, {double}.' }\nmessage 'ok' { fr = 'Bien : {total}.' }\n"
        "f:ask 'n' { say = 'q', expect = number {} }\n"
        "f:set 'calcul' { double = function(c) return c.total * 2 end }\n"
        "f:branch 'b' { { when = function(c) return c.total > 1000 end, go = 'cher' }, { go = 'ok' } }\n"
        "f:finish 'ok' { say = 'ok' }\nf:finish 'cher' { say = 'cher' }\n");
    stage_text(&s, "essai");
    stage_text(&s, "3");
    assert_string_equal(stage_body(&s, 0), "Bien : 300.");
    stage_text(&s, "essai");
    stage_text(&s, "25");
    assert_non_null(strstr(stage_body(&s, 0), "5000."));
    stage_close(&s);
}

TEST(a_flow_that_goes_round_without_asking_is_stopped_by_name)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW
        "message 'q' { fr = 'Quoi ?' }\nmessage 'x' { fr = 'x' }\n"
        "f:set 'zero' { n = function(c) return 0 end }\n"
        "f:run 'sous' { flow = 'sous' }\nf:branch 'b' { { when = function(c) return c.n == 1 end, go = 'fin' }, { go = 'zero' } }\nf:finish 'fin' {}\n"
        "--- flows/sous.lua\nlocal f = flow 'sous'\nf:branch 'b' { { when = function() return true end, go = 'fin' } }\nf:ask 'x' { say = 'q', expect = text {} }\nf:finish 'fin' {}\n");
    stage_text(&s, "essai");
    stage_said(&s, "commun.probleme");
    assert_true(s.last.script_failed);
    assert_non_null(strstr(s.last.failure.text, "more than 50 steps"));
    assert_non_null(strstr(s.last.failure.text, "flow \"essai\""));
    stage_close(&s);
}

TEST(more_messages_than_a_turn_may_send_are_a_failure)
{
    struct stage s;
    char lua[4096] = FLOW "message 'q' { fr = 'Quoi ?' }\n";

    (void)state;
    for (int i = 0; i < 13; i++) {
        size_t len = strlen(lua);

        (void)snprintf(lua + len, sizeof lua - len, "f:say 's%d' { say = 'q' }\n", i);
    }
    strcat(lua, "f:finish 'fin' {}\n");
    stage_open(&s, lua);
    stage_text(&s, "essai");
    stage_said(&s, "commun.probleme");
    assert_non_null(strstr(s.last.failure.text, "more than 12 messages"));
    stage_close(&s);
}

/* ---- sub-flows ---- */

#define PAY \
    FLOW "message 'q' { fr = 'Combien ?' }\nmessage 'fini' { fr = 'Reçu {recu} pour {n}.' }\n" \
    "f:ask 'n' { say = 'q', expect = number {} }\n" \
    "f:run 'payer' { flow = 'paiement', give = { montant = 'n' }, save = { recu = 'numero' } }\n" \
    "f:finish 'fin' { say = 'fini' }\n" \
    "--- flows/paiement.lua\nlocal f = flow 'paiement'\nf.takes = { 'montant' }\n" \
    "message 'p' { fr = '{montant} : quel numéro ?' }\nmessage 'n' { fr = 'Encore {montant} ?' }\n" \
    "f:ask 'code' { say = 'p', expect = text {} }\nf:ask 'encore' { say = 'n', expect = text {} }\n" \
    "f:finish 'paye' { result = { numero = 'code' } }\n"

TEST(a_sub_flow_gets_what_is_given_and_hands_back_its_result)
{
    struct stage s;

    (void)state;
    stage_open(&s, PAY);
    stage_text(&s, "essai");
    stage_text(&s, "40");
    assert_string_equal(stage_body(&s, 0), "40 : quel numéro ?");
    assert_string_equal(stage_place(&s), "paiement/code");
    assert_string_equal(stage_var(&s, "vars"), "{\"montant\":40}");
    stage_text(&s, "R-7");
    stage_text(&s, "non");
    assert_string_equal(stage_body(&s, 0), "Reçu R-7 pour 40.");
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
}

TEST(back_from_the_first_question_of_a_sub_flow_is_in_its_caller)
{
    struct stage s;

    (void)state;
    stage_open(&s, PAY);
    stage_text(&s, "essai");
    stage_text(&s, "40");
    stage_text(&s, "R-7");
    stage_text(&s, "retour");
    assert_string_equal(stage_place(&s), "paiement/code");
    stage_text(&s, "retour");
    assert_string_equal(stage_place(&s), "essai/n");
    assert_string_equal(stage_var(&s, "vars.n"), "");
    stage_text(&s, "50");
    assert_string_equal(stage_body(&s, 0), "50 : quel numéro ?");
    stage_close(&s);
}

TEST(cancelling_a_sub_flow_cancels_all_of_it)
{
    struct stage s;

    (void)state;
    stage_open(&s, PAY);
    stage_text(&s, "essai");
    stage_text(&s, "40");
    stage_text(&s, "annuler");
    stage_said(&s, "commun.annule");
    assert_string_equal(stage_place(&s), "-");
    assert_string_equal(stage_var(&s, "stack"), "");
    stage_close(&s);
}

TEST(a_sub_flow_that_is_run_again_after_a_lost_answer_keeps_its_key)
{
    struct stage s;
    char first[65];

    (void)state;
    stage_open(&s, FLOW "message 'm' { fr = 'Payer ?\\n[oui] Oui' }\nf:choose 'c' { say = 'm', on = { oui = 'payer' } }\nf:run 'payer' { flow = 'paiement', save = { recu = 'recu' } }\n"
                   "f:branch 'b' { { when = function(c) return c.recu end, go = 'fin' }, { go = 'c' } }\nf:finish 'fin' {}\n"
                   "--- flows/paiement.lua\nlocal f = flow 'paiement'\nf:call 'envoyer' { POST = '/p', save = { numero = 'no' }, fail = { other = 'rate' } }\n"
                   "f:finish 'paye' { result = { recu = 'numero' } }\nf:finish 'rate' {}\n");
    stage_text(&s, "essai");
    stage_tap(&s, "oui");
    (void)snprintf(first, sizeof first, "%s", stage_call(&s)->key);
    stage_answer(&s, "timeout", 0, NULL);
    stage_said(&s, "m");
    stage_tap(&s, "oui");
    assert_string_equal(stage_call(&s)->key, first);
    stage_answer(&s, "ok", 201, "{\"no\":\"P-1\"}");
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
}

/* ---- lists from data ---- */

#define LIST \
    FLOW "message 'l' { fr = 'Lequel ?\\n@menu Choisir\\n[row] {nom|short 24} :: {prix|fcfa}\\n[suite] ▶️ Suite\\n[rien] Aucun' }\n" \
    "message 'fini' { fr = '{produit.nom}, {produit.prix}.' }\nmessage 'rien' { fr = 'Rien.' }\n" \
    "f:choose 'produit' { say = 'l', on = { rien = 'rien' },\n" \
    "  list = function(c)\n    local t = {}\n    for i = 1, %d do t[i] = { id = i, nom = 'Produit ' .. i, prix = i * 100 } end\n    return t\n  end }\n" \
    "f:finish 'fin' { say = 'fini' }\nf:finish 'rien' { say = 'rien' }\n"

static void open_list(struct stage *s, int rows)
{
    char lua[2048];

    (void)snprintf(lua, sizeof lua, LIST, rows);
    stage_open(s, lua);
    stage_text(s, "essai");
    stage_said(s, "l");
}

TEST(a_row_of_data_is_kept_whole)
{
    struct stage s;

    (void)state;
    open_list(&s, 3);
    assert_null(stage_choice(&s, "suite"));
    stage_tap(&s, "2");
    assert_string_equal(stage_body(&s, 0), "Produit 2, 200.");
    stage_close(&s);
    open_list(&s, 3);
    stage_text(&s, "produit 3");
    assert_string_equal(stage_body(&s, 0), "Produit 3, 300.");
    stage_close(&s);
    open_list(&s, 3);
    stage_tap(&s, "rien");
    stage_said(&s, "rien");
    stage_close(&s);
}

TEST(a_long_list_turns_its_pages_and_comes_round)
{
    struct stage s;
    char first[256];

    (void)state;
    open_list(&s, 20);
    (void)snprintf(first, sizeof first, "%s", stage_choice(&s, "1"));
    assert_non_null(stage_choice(&s, "8"));
    assert_null(stage_choice(&s, "9"));
    stage_tap(&s, "suite");
    assert_non_null(stage_choice(&s, "9"));
    assert_null(stage_choice(&s, "17"));
    stage_tap(&s, "suite");
    assert_non_null(stage_choice(&s, "20"));
    stage_text(&s, "Suite");
    assert_non_null(stage_choice(&s, "1"));
    stage_tap_id(&s, first, "x");
    assert_string_equal(stage_body(&s, 0), "Produit 1, 100.");
    stage_close(&s);
}

TEST(rows_that_just_fit_need_no_page)
{
    struct stage s;

    (void)state;
    open_list(&s, 8);
    assert_non_null(stage_choice(&s, "8"));
    assert_null(stage_choice(&s, "suite"));
    stage_close(&s);
    open_list(&s, 9);
    assert_non_null(stage_choice(&s, "8"));
    assert_non_null(stage_choice(&s, "suite"));
    stage_close(&s);
}

/* ---- calls ---- */

#define CALL \
    FLOW "message 'q' { fr = 'Quel produit ?' }\nmessage 'fini' { fr = '{p.nom} {tous} {n}' }\nmessage 'panne' { fr = 'Panne {prenom}.\\n[encore] Encore' }\n" \
    "f:ask 'id' { say = 'q', expect = text {} }\n" \
    "f:call 'lire' { GET = '/produits/{id}/', query = { page = 2, q = '{id}', vide = function(c) return nil end, cher = true },\n" \
    "  save = { p = { 'nom', 'a.b' }, tous = function(c, r) return #r.liste end, n = 'liste.2.n' }, ok = 'fin', fail = { http_404 = 'id', other = 'panne' } }\n" \
    "f:choose 'panne' { say = 'panne', on = { encore = 'lire' } }\n" \
    "f:finish 'fin' { say = 'fini' }\n"

TEST(places_in_a_path_are_encoded_and_empty_ones_left_out)
{
    struct stage s;

    (void)state;
    stage_open(&s, CALL);
    stage_text(&s, "essai");
    stage_text(&s, "été/ 12?&=é");
    assert_string_equal(stage_call(&s)->path, "/produits/%C3%A9t%C3%A9%2F%2012%3F%26%3D%C3%A9/?page=2&q=%C3%A9t%C3%A9%2F%2012%3F%26%3D%C3%A9&cher=true");
    assert_string_equal(stage_call(&s)->method, "GET");
    assert_int_equal(stage_call(&s)->body.len, 0);
    stage_close(&s);
}

TEST(no_answer_of_a_person_can_climb_out_of_a_path)
{
    struct stage s;

    (void)state;
    stage_open(&s, CALL);
    stage_text(&s, "essai");
    stage_text(&s, "..");
    stage_said(&s, "commun.probleme");
    assert_int_equal(s.last.commit.call_count, 0);
    assert_string_equal(stage_place(&s), "essai/id");
    stage_close(&s);
}

TEST(an_answer_is_saved_by_path_by_fields_and_by_function)
{
    struct stage s;

    (void)state;
    stage_open(&s, CALL);
    stage_text(&s, "essai");
    stage_text(&s, "12");
    stage_answer(&s, "ok", 200, "{\"nom\":\"Manioc\",\"secret\":1,\"a\":{\"b\":2,\"c\":3},\"liste\":[{\"n\":5},{\"n\":6}]}");
    assert_string_equal(stage_body(&s, 0), "Manioc 2 6");
    stage_close(&s);
}

TEST(only_the_named_fields_are_kept_of_every_item)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW "message 'q' { fr = 'Et ?' }\n"
        "f:call 'lire' { GET = '/x', save = { liste = { 'id', 'a.b' } }, fail = { other = 'q' } }\nf:ask 'q' { say = 'q', expect = text {} }\nf:finish 'fin' {}\n");
    stage_text(&s, "essai");
    stage_answer(&s, "ok", 200, "[{\"id\":1,\"z\":9,\"a\":{\"b\":2,\"c\":3}},{\"id\":2}]");
    assert_string_equal(stage_var(&s, "vars.liste"), "[{\"id\":1,\"a\":{\"b\":2}},{\"id\":2}]");
    stage_close(&s);
}

TEST(the_most_exact_failure_rule_wins)
{
    struct stage s;

    (void)state;
    stage_open(&s, CALL);
    stage_text(&s, "essai");
    stage_text(&s, "12");
    stage_answer(&s, "http_4xx", 404, NULL);
    stage_said(&s, "q");
    stage_text(&s, "13");
    stage_answer(&s, "http_4xx", 409, NULL);
    stage_said(&s, "panne");
    stage_tap(&s, "encore");
    stage_answer(&s, "network", 0, NULL);
    stage_said(&s, "panne");
    stage_close(&s);
}

TEST(the_key_changes_once_the_backend_has_decided_and_not_before)
{
    struct stage s;
    char keys[4][65];
    static const char *const OUTCOMES[] = { "network", "http_5xx", "http_4xx" };

    (void)state;
    stage_open(&s, CALL);
    stage_text(&s, "essai");
    stage_text(&s, "12");
    for (int i = 0; i < 3; i++) {
        (void)snprintf(keys[i], sizeof keys[i], "%s", stage_call(&s)->key);
        stage_answer(&s, OUTCOMES[i], i == 0 ? 0 : i == 1 ? 502 : 409, NULL);
        stage_tap(&s, "encore");
    }
    (void)snprintf(keys[3], sizeof keys[3], "%s", stage_call(&s)->key);
    assert_string_equal(keys[0], keys[1]);
    assert_string_equal(keys[1], keys[2]);
    assert_string_not_equal(keys[2], keys[3]);
    stage_close(&s);
}

TEST(an_answer_counts_once_and_for_its_own_call_only)
{
    struct stage s;
    uint64_t first;
    const struct event late = { .kind = EVENT_ANSWER, .name = "lire", .outcome = "network" };
    struct event again = late;

    (void)state;
    stage_open(&s, CALL);
    stage_text(&s, "essai");
    stage_text(&s, "12");
    first = again.guard = s.seq;
    stage_event(&s, &again);
    stage_said(&s, "panne");
    stage_event(&s, &again);
    stage_said(&s, "");
    assert_string_equal(stage_place(&s), "essai/panne");
    stage_text(&s, "encore");
    assert_int_equal(s.last.commit.call_count, 1);
    again.guard = first;
    stage_event(&s, &again);
    stage_said(&s, "");
    again.guard = s.seq - 1;                     /* the turn that called again */
    stage_event(&s, &(struct event){ .kind = EVENT_ANSWER, .name = "autre", .guard = again.guard, .outcome = "network" });
    stage_said(&s, "");
    stage_event(&s, &again);
    stage_said(&s, "panne");
    stage_close(&s);
}

TEST(functions_are_told_how_the_call_failed)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW "message 'fini' { fr = '{pourquoi}' }\nmessage 'q' { fr = 'Et ?' }\n"
        "f:call 'lire' { GET = '/x', ok = 'q', fail = { other = 'dire' } }\nf:set 'dire' { pourquoi = function(c) return c.error end }\nf:finish 'fin' { say = 'fini' }\n"
        "f:ask 'q' { say = 'q', expect = text {}, next = 'vide', on = {} }\nf:finish 'vide' {}\n");
    stage_text(&s, "essai");
    stage_answer(&s, "timeout", 0, NULL);
    assert_string_equal(stage_body(&s, 0), "timeout");
    stage_close(&s);
}

TEST(a_call_without_a_body_sends_an_empty_object)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW "f:call 'lire' { POST = '/x', ok = 'fin', fail = { other = 'fin' } }\nf:finish 'fin' {}\n");
    stage_text(&s, "essai");
    assert_int_equal(stage_call(&s)->body.len, 2);
    assert_memory_equal(stage_call(&s)->body.data, "{}", 2);
    stage_close(&s);
}

/* ---- reloads ---- */

#define BEFORE \
    FLOW "message 'q' { fr = 'Quoi ?' }\nmessage 'r' { fr = 'Rien ?' }\nmessage 'fini' { fr = '{un}, {deux}.' }\n" \
    "f:ask 'un' { say = 'q', expect = text {} }\nf:ask 'deux' { say = 'r', expect = text {} }\nf:finish 'fin' { say = 'fini' }\n"

TEST(a_renamed_step_goes_on_where_it_was)
{
    struct stage s;

    (void)state;
    stage_open(&s, BEFORE);
    stage_text(&s, "essai");
    stage_text(&s, "a");
    stage_reload(&s, FLOW "f.moved = { deux = 'dos' }\nmessage 'q' { fr = 'Quoi ?' }\nmessage 'r' { fr = 'Rien ?' }\nmessage 'fini' { fr = '{un}, {dos}.' }\n"
                     "f:ask 'un' { say = 'q', expect = text {} }\nf:ask 'dos' { say = 'r', expect = text {} }\nf:finish 'fin' { say = 'fini' }\n");
    stage_text(&s, "b");
    assert_string_equal(stage_body(&s, 0), "a, b.");
    stage_close(&s);
}

TEST(a_removed_step_goes_back_to_the_last_question_that_still_exists)
{
    struct stage s;

    (void)state;
    stage_open(&s, BEFORE);
    stage_text(&s, "essai");
    stage_text(&s, "a");
    stage_reload(&s, FLOW "message 'q' { fr = 'Quoi ?' }\nmessage 'fini' { fr = '{un}.' }\nf:ask 'un' { say = 'q', expect = text {} }\nf:finish 'fin' { say = 'fini' }\n");
    stage_text(&s, "b");
    stage_said(&s, "q");
    assert_string_equal(stage_place(&s), "essai/un");
    stage_text(&s, "c");
    assert_string_equal(stage_body(&s, 0), "c.");
    stage_close(&s);
}

TEST(a_removed_flow_leads_to_the_menu)
{
    struct stage s;

    (void)state;
    stage_open(&s, BEFORE);
    stage_text(&s, "essai");
    stage_reload(&s, "message 'q' { fr = 'Quoi ?' }\nmenu { say = 'commun.aide' }\n--- flows/autre.lua\nlocal f = flow 'autre'\nf.words = 'autre'\nf:ask 'un' { say = 'q', expect = text {} }\nf:finish 'fin' {}\n");
    stage_text(&s, "b");
    stage_said(&s, "commun.aide");
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
}

TEST(a_question_that_was_inserted_is_asked_when_its_answer_is_needed)
{
    struct stage s;

    (void)state;
    stage_open(&s, BEFORE);
    stage_text(&s, "essai");
    stage_text(&s, "a");
    stage_reload(&s, FLOW "message 'q' { fr = 'Quoi ?' }\nmessage 'r' { fr = 'Rien ?' }\nmessage 'e' { fr = 'Étage ?' }\nmessage 'fini' { fr = '{un}, {etage}, {deux}.' }\n"
                     "f:ask 'un' { say = 'q', expect = text {} }\nf:ask 'etage' { say = 'e', expect = text {} }\nf:ask 'deux' { say = 'r', expect = text {} }\nf:finish 'fin' { say = 'fini' }\n");
    stage_text(&s, "b");
    stage_said(&s, "e");
    stage_text(&s, "3e");
    assert_string_equal(stage_body(&s, 0), "a, 3e, b.");
    stage_close(&s);
}

TEST(an_answer_for_a_call_that_was_removed_asks_the_last_question_again)
{
    struct stage s;

    (void)state;
    stage_open(&s, CALL);
    stage_text(&s, "essai");
    stage_text(&s, "12");
    stage_reload(&s, FLOW "message 'q' { fr = 'Quel produit ?' }\nf:ask 'id' { say = 'q', expect = text {} }\nf:finish 'fin' {}\n");
    stage_answer(&s, "ok", 200, "{}");
    stage_said(&s, "q");
    stage_close(&s);
}

TEST(a_caller_that_was_removed_while_its_sub_flow_ran_strands_nobody)
{
    struct stage s;

    (void)state;
    stage_open(&s, PAY);
    stage_text(&s, "essai");
    stage_text(&s, "40");
    stage_reload(&s, "message 'fini' { fr = 'Fini.' }\nmenu { say = 'commun.aide' }\n--- flows/paiement.lua\nlocal f = flow 'paiement'\nf.words = 'payer'\nf.takes = { 'montant' }\n"
                     "message 'p' { fr = '{montant} : quel numéro ?' }\nf:ask 'code' { say = 'p', expect = text {} }\nf:finish 'paye' { result = { numero = 'code' } }\n");
    stage_text(&s, "R-7");
    assert_string_equal(stage_place(&s), "-");
    stage_text(&s, "bonjour");
    stage_said(&s, "commun.aide");
    stage_close(&s);
}

TEST(an_unreadable_state_begins_anew_and_says_so)
{
    struct stage s;

    (void)state;
    stage_open(&s, BEFORE);
    s.state = strdup("{\"flow\":");
    s.state_len = strlen(s.state);
    stage_text(&s, "essai");
    stage_said(&s, "q");
    assert_non_null(s.last.commit.note);
    stage_close(&s);
}

TEST(the_place_of_a_state_is_read_without_its_values)
{
    char flow[TALK_NAME_MAX + 1], step[TALK_NAME_MAX + 1];
    static const char TEXT[] = "{\"flow\":\"essai\",\"step\":\"un\",\"vars\":{\"x\":1}}";

    (void)state;
    assert_true(turn_state_place((struct blob){ TEXT, strlen(TEXT) }, flow, step));
    assert_string_equal(flow, "essai");
    assert_string_equal(step, "un");
    assert_false(turn_state_place((struct blob){ "{", 1 }, flow, step));
    assert_string_equal(flow, "");
    assert_true(turn_state_place((struct blob){ NULL, 0 }, flow, step));
}

TEST(the_commit_says_who_where_and_when)
{
    struct stage s;
    const struct store_turn *c = &s.last.commit;

    (void)state;
    stage_open(&s, BEFORE);
    stage_text(&s, "essai");
    assert_int_equal(c->conv, 12);
    assert_int_equal(c->seq, 1);
    assert_int_equal(c->generation, 7);
    assert_int_equal(c->now_ms, STAGE_START);
    assert_string_equal(c->to.phone, "+242061234567");
    assert_string_equal(c->flow, "essai");
    assert_string_equal(c->step, "un");
    assert_int_equal(c->sends[0].class, CLASS_REPLY);
    assert_int_equal(c->sends[0].due_ms, STAGE_START);
    assert_int_equal(c->sends[0].expires_ms, STAGE_START + 600000);
    assert_string_equal(c->sends[0].source, "q flows/essai.lua:6");
    assert_string_equal(stage_var(&s, "flow"), "\"essai\"");
    assert_string_equal(stage_var(&s, "turn"), "1");
    assert_string_equal(stage_var(&s, "run"), "1");
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_computed_branches_taken_and_variables_set),
        cmocka_unit_test(a_flow_that_goes_round_without_asking_is_stopped_by_name),
        cmocka_unit_test(more_messages_than_a_turn_may_send_are_a_failure),
        cmocka_unit_test(a_sub_flow_gets_what_is_given_and_hands_back_its_result),
        cmocka_unit_test(back_from_the_first_question_of_a_sub_flow_is_in_its_caller),
        cmocka_unit_test(cancelling_a_sub_flow_cancels_all_of_it),
        cmocka_unit_test(a_sub_flow_that_is_run_again_after_a_lost_answer_keeps_its_key),
        cmocka_unit_test(a_row_of_data_is_kept_whole),
        cmocka_unit_test(a_long_list_turns_its_pages_and_comes_round),
        cmocka_unit_test(rows_that_just_fit_need_no_page),
        cmocka_unit_test(places_in_a_path_are_encoded_and_empty_ones_left_out),
        cmocka_unit_test(no_answer_of_a_person_can_climb_out_of_a_path),
        cmocka_unit_test(an_answer_is_saved_by_path_by_fields_and_by_function),
        cmocka_unit_test(only_the_named_fields_are_kept_of_every_item),
        cmocka_unit_test(the_most_exact_failure_rule_wins),
        cmocka_unit_test(the_key_changes_once_the_backend_has_decided_and_not_before),
        cmocka_unit_test(an_answer_counts_once_and_for_its_own_call_only),
        cmocka_unit_test(functions_are_told_how_the_call_failed),
        cmocka_unit_test(a_call_without_a_body_sends_an_empty_object),
        cmocka_unit_test(a_renamed_step_goes_on_where_it_was),
        cmocka_unit_test(a_removed_step_goes_back_to_the_last_question_that_still_exists),
        cmocka_unit_test(a_removed_flow_leads_to_the_menu),
        cmocka_unit_test(a_question_that_was_inserted_is_asked_when_its_answer_is_needed),
        cmocka_unit_test(an_answer_for_a_call_that_was_removed_asks_the_last_question_again),
        cmocka_unit_test(a_caller_that_was_removed_while_its_sub_flow_ran_strands_nobody),
        cmocka_unit_test(an_unreadable_state_begins_anew_and_says_so),
        cmocka_unit_test(the_place_of_a_state_is_read_without_its_values),
        cmocka_unit_test(the_commit_says_who_where_and_when),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
