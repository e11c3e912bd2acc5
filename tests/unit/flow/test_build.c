/* What statements become. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "author.h"

#define TEST(name) static void name(void **state)

#define SMALL(keys) \
    "local f = flow 'course'\n" \
    "f.words = 'course'\n" \
    "message 'q' { fr = 'Quoi ?' } message 'fin' { fr = 'Fini.' }\n" \
    keys \
    "f:finish 'fin' { say = 'fin' }\n"

TEST(a_step_is_followed_by_the_next_one_in_the_file)
{
    struct author a;
    const struct flow *f;

    (void)state;
    author_clean(&a, SMALL("f:ask 'un' { say = 'q', expect = text {} }\nf:ask 'deux' { say = 'q', expect = text {} }\n"));
    f = flows_find(a.built, "course");
    assert_non_null(f);
    assert_int_equal(f->step_count, 3);
    assert_ptr_equal(f->start, flow_step(f, "un"));
    assert_ptr_equal(flow_step(f, "un")->next.step, flow_step(f, "deux"));
    assert_ptr_equal(flow_step(f, "deux")->next.step, flow_step(f, "fin"));
    assert_null(flow_step(f, "fin")->next.step);
    assert_int_equal(flow_step(f, "deux")->kind, STEP_ASK);
    assert_int_equal(flow_step(f, "deux")->line, 5);
    assert_string_equal(flow_step(f, "deux")->save, "deux");
    author_free(&a);
}

TEST(a_day_without_an_answer_ends_a_flow_that_says_nothing_else)
{
    struct author a;

    (void)state;
    author_clean(&a, SMALL("f:ask 'un' { say = 'q', expect = text {} }\n"));
    assert_int_equal(flows_find(a.built, "course")->expire.after_ms, 24 * 3600 * 1000);
    assert_null(flows_find(a.built, "course")->expire.to.step);
    author_free(&a);
}

TEST(all_keys_of_a_question_are_read)
{
    struct author a;
    const struct step *s;

    (void)state;
    author_clean(&a,
        "local f = flow 'course'\n"
        "f.start = 'tel'\n"
        "f.words = { 'Course', 'ENVOYÉ un colis !' }\n"
        "f.moved = { ancien = 'tel' }\n"
        "f.expire = { '12 h', 'fin' }\n"
        "f.values = { total = function(c) return 1 end }\n"
        "message 'q' { fr = 'Quoi ? {total}' } message 'r' { fr = 'Encore.' } message 'fin' { fr = 'Fini.' }\n"
        "commands { retour = { words = { 'retour' }, does = 'back' } }\n"
        "f:ask 'tel' { say = 'q', expect = one_of { location(), text { min = 5, max = 200 }, phone { country = 'CD' } }, save = 'numero',\n"
        "  check = function(c, v) return true end, retry = 'r', tries = 3, give_up = 'fin', remind = { '10 min', 'r' }, expire = { '2 h', 'fin' },\n"
        "  help = 'r', commands = { retour = false } }\n"
        "f:finish 'fin' { say = 'fin', handover = true }\n");
    s = flow_step(flows_find(a.built, "course"), "tel");
    assert_string_equal(s->save, "numero");
    assert_int_equal(s->expect.kind, EXPECT_ONE_OF);
    assert_int_equal(s->expect.choice_count, 3);
    assert_int_equal(s->expect.choices[0].kind, EXPECT_LOCATION);
    assert_true(s->expect.choices[1].has_min);
    assert_int_equal((int)s->expect.choices[1].max, 200);
    assert_string_equal(s->expect.choices[2].country, "CD");
    assert_int_not_equal(s->check, DECL_NO_FUNCTION);
    assert_string_equal(wording_id(s->retry), "r");
    assert_int_equal(s->tries, 3);
    assert_string_equal(s->give_up.step->name, "fin");
    assert_int_equal(s->remind.after_ms, 600 * 1000);
    assert_int_equal(s->expire.after_ms, 7200 * 1000);
    assert_string_equal(s->expire.to.step->name, "fin");
    assert_true(s->no_back);
    assert_true(flow_step(s->flow, "fin")->handover);
    assert_string_equal(flow_moved(s->flow, "ancien"), "tel");
    assert_null(flow_moved(s->flow, "autre"));
    assert_ptr_equal(flows_by_word(a.built, "envoye un colis"), s->flow);
    assert_int_equal(s->flow->expire.after_ms, 12 * 3600 * 1000);
    assert_int_equal(s->flow->value_count, 1);
    assert_int_equal(flows_command(a.built, "retour")->does, DOES_BACK);
    author_free(&a);
}

TEST(a_text_without_a_limit_gets_one)
{
    struct author a;
    const struct expect *e;

    (void)state;
    author_clean(&a, SMALL("f:ask 'un' { say = 'q', expect = text {} }\n"));
    e = &flow_step(flows_find(a.built, "course"), "un")->expect;
    assert_true(e->has_min && e->has_max);
    assert_int_equal((int)e->min, 1);
    assert_int_equal((int)e->max, 1000);
    author_free(&a);
}

TEST(a_phone_without_a_country_is_the_deployments)
{
    struct author a;

    (void)state;
    author_clean(&a, SMALL("f:ask 'un' { say = 'q', expect = phone {} }\n"));
    assert_string_equal(flow_step(flows_find(a.built, "course"), "un")->expect.country, "CG");
    author_free(&a);
}

TEST(choices_lead_to_steps_and_edits_to_steps_that_are_asked_once)
{
    struct author a;
    const struct step *s;

    (void)state;
    author_clean(&a,
        "local f = flow 'course'\nf.words = 'course'\n"
        "message 'q' { fr = 'Quoi ?' } message 'm' { fr = 'Et ?\\n[oui] Oui\\n[nom] Nom' }\n"
        "f:ask 'nom' { say = 'q', expect = text {} }\n"
        "f:choose 'suite' { say = 'm', on = { oui = 'fin', nom = edit 'nom' } }\n"
        "f:finish 'fin' { say = 'q' }\n");
    s = flow_step(flows_find(a.built, "course"), "suite");
    assert_int_equal(s->on_count, 2);
    assert_string_equal(s->on[0].id, "oui");
    assert_false(s->on[0].to.edit);
    assert_string_equal(s->on[1].to.step->name, "nom");
    assert_true(s->on[1].to.edit);
    assert_null(s->save);
    author_free(&a);
}

TEST(a_call_is_read_with_its_ways_out)
{
    struct author a;
    const struct step *s;

    (void)state;
    author_clean(&a,
        "local f = flow 'course'\nf.words = 'course'\n"
        "message 'fin' { fr = 'Fini.' }\n"
        "f:call 'un' { PATCH = '/api/x/', body = function(c) return {} end, query = { page = 2, q = 'a' }, timeout = '20 s',\n"
        "  save = { tout = '.', nom = 'a.b', peu = { 'id', 'a.c' }, calcul = function(c, r) return r end },\n"
        "  ok = 'fin', fail = { timeout = 'non', http_404 = 'non', other = 'non' } }\n"
        "f:finish 'fin' { say = 'fin' }\n"
        "f:finish 'non' { say = 'fin' }\n");
    s = flow_step(flows_find(a.built, "course"), "un");
    assert_string_equal(s->method, "PATCH");
    assert_string_equal(s->path, "/api/x/");
    assert_int_equal(s->timeout_ms, 20000);
    assert_int_equal(s->query.count, 2);
    assert_int_equal(s->save_count, 4);
    assert_string_equal(s->saves[0].path, ".");
    assert_int_equal(s->saves[2].field_count, 2);
    assert_int_not_equal(s->saves[3].function, DECL_NO_FUNCTION);
    assert_string_equal(s->ok.step->name, "fin");
    assert_int_equal(s->fail_count, 3);
    author_free(&a);
}

TEST(a_sub_flow_takes_and_hands_back)
{
    struct author a;
    const struct step *run, *end;

    (void)state;
    author_clean(&a,
        "local f = flow 'course'\nf.words = 'course'\n"
        "message 'q' { fr = 'Combien ?' } message 'fini' { fr = 'Payé : {recu}' }\n"
        "f:ask 'valeur' { say = 'q', expect = amount {} }\n"
        "f:run 'payer' { flow = 'paiement', give = { montant = 'valeur' }, save = { recu = 'numero' } }\n"
        "f:finish 'fin' { say = 'fini' }\n"
        "--- flows/paiement.lua\n"
        "local f = flow 'paiement'\nf.takes = { 'montant' }\n"
        "message 'payer' { fr = '{montant|fcfa} : quel numéro ?' }\n"
        "f:ask 'recu' { say = 'payer', expect = text {} }\n"
        "f:finish 'paye' { result = { numero = 'recu' } }\n");
    run = flow_step(flows_find(a.built, "course"), "payer");
    end = flow_step(flows_find(a.built, "paiement"), "paye");
    assert_ptr_equal(run->run, flows_find(a.built, "paiement"));
    assert_string_equal(run->gives[0].name, "montant");
    assert_string_equal(run->gives[0].path, "valeur");
    assert_string_equal(run->saves[0].name, "recu");
    assert_string_equal(run->saves[0].path, "numero");
    assert_string_equal(end->results[0].path, "recu");
    author_free(&a);
}

TEST(the_menu_starts_flows)
{
    struct author a;

    (void)state;
    author_clean(&a,
        "local f = flow 'course'\n"
        "message 'q' { fr = 'Quoi ?' } message 'm' { fr = 'Bonjour {prenom}\\n[course] Envoyer\\n[aide] Aide' }\n"
        "commands { aide = { words = { 'aide', '?' }, does = 'help', say = 'q' } }\n"
        "menu { say = 'm', on = { course = 'course' } }\n"
        "f:ask 'un' { say = 'q', expect = text {} }\nf:finish 'fin' {}\n");
    assert_int_equal(a.built->menu_on_count, 1);
    assert_ptr_equal(a.built->menu_on[0].to.flow, flows_find(a.built, "course"));
    assert_non_null(flows_command(a.built, "?"));
    assert_non_null(flows_command_named(a.built, "aide"));
    author_free(&a);
}

TEST(the_cases_of_an_event_keep_their_order_and_their_folded_words)
{
    struct author a;
    const struct event_rule *r;

    (void)state;
    author_clean(&a,
        "message 'n1' { fr = '{reference} acceptée' } message 'n2' { fr = 'Livrée' }\n"
        "template 'mission_accepted' { category = 'utility', params = { 'reference' }, example = { 'C-1' }, fr = 'Bonjour, votre course {reference} est acceptée.' }\n"
        "on 'mission.status_changed' {\n"
        "  to = 'contact', by = 'statut', key = 'numero', once = 'id', limit = 4, vars = { reference = 'numero' },\n"
        "  cases = { { is = { 'Acceptée', 'assigned' }, say = { 'n1', 'n2' }, outside = 'mission_accepted' }, { is = 'livree', say = 'n2' } } }\n");
    r = flows_event(a.built, "mission.status_changed");
    assert_non_null(r);
    assert_int_equal(r->case_count, 2);
    assert_string_equal(r->cases[0].is[0], "acceptee");
    assert_int_equal(r->cases[0].say_count, 2);
    assert_true(wording_is_template(r->cases[0].outside));
    assert_string_equal(r->cases[1].is[0], "livree");
    assert_int_equal(r->limit, 4);
    assert_string_equal(r->vars[0].path, "numero");
    author_free(&a);
}

TEST(an_event_without_cases_has_one)
{
    struct author a;

    (void)state;
    author_clean(&a, "message 'n1' { fr = 'Oui' }\non 'x' { to = 'tel', say = 'n1' }\n");
    assert_int_equal(flows_event(a.built, "x")->case_count, 1);
    assert_null(flows_event(a.built, "y"));
    author_free(&a);
}

TEST(exits_name_the_key_that_leads_out)
{
    struct author a;
    struct step_exit exits[8];

    (void)state;
    author_clean(&a,
        "local f = flow 'course'\nf.words = 'course'\n"
        "message 'm' { fr = 'Et ?\\n[oui] Oui\\n[non] Non' } message 'q' { fr = 'Quoi ?' }\n"
        "f:choose 'un' { say = 'm', on = { oui = 'fin', non = 'un' }, tries = 2, give_up = 'fin' }\n"
        "f:finish 'fin' { say = 'q' }\n");
    assert_int_equal(step_exits(flow_step(flows_find(a.built, "course"), "un"), exits, 8), 4);
    assert_string_equal(exits[0].label, "on oui");
    assert_string_equal(exits[2].label, "give_up");
    assert_string_equal(exits[3].label, "expire");
    assert_null(exits[3].to.step);
    assert_int_equal(step_exits(flow_step(flows_find(a.built, "course"), "fin"), exits, 8), 0);
    author_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_is_followed_by_the_next_one_in_the_file),
        cmocka_unit_test(a_day_without_an_answer_ends_a_flow_that_says_nothing_else),
        cmocka_unit_test(all_keys_of_a_question_are_read),
        cmocka_unit_test(a_text_without_a_limit_gets_one),
        cmocka_unit_test(a_phone_without_a_country_is_the_deployments),
        cmocka_unit_test(choices_lead_to_steps_and_edits_to_steps_that_are_asked_once),
        cmocka_unit_test(a_call_is_read_with_its_ways_out),
        cmocka_unit_test(a_sub_flow_takes_and_hands_back),
        cmocka_unit_test(the_menu_starts_flows),
        cmocka_unit_test(the_cases_of_an_event_keep_their_order_and_their_folded_words),
        cmocka_unit_test(an_event_without_cases_has_one),
        cmocka_unit_test(exits_name_the_key_that_leads_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
