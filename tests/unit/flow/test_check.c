/* What is wrong is found at load, all of it, each with a code and a hint: authoring.md §1.6. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "author.h"

#define TEST(name) static void name(void **state)

#define HEAD \
    "local f = flow 'course'\n" \
    "f.words = 'course'\n" \
    "message 'q' { fr = 'Quoi ?' } message 'm' { fr = 'Et ?\\n[oui] Oui\\n[non] Non' } message 'fin' { fr = 'Fini.' }\n"
#define END "f:finish 'fin' { say = 'fin' }\n"

TEST(an_unknown_key_is_named_with_the_one_that_was_meant)
{
    struct author a;
    const struct problem *p;

    (void)state;
    author_write(&a, HEAD "f:ask 'un' {\n  say = 'q', expect = text {},\n  rety = 'q' }\n" END);
    assert_int_equal(a.problems.count, 1);
    p = author_problem(&a, "C101");
    assert_string_equal(p->text, "unknown key `rety`");
    assert_string_equal(p->hint, "did you mean `retry`?");
    assert_string_equal(p->file, "flows/course.lua");
    assert_int_equal(p->line, 6);
    assert_int_equal(p->column, 3);
    author_free(&a);
}

TEST(values_of_the_wrong_kind_are_refused)
{
    (void)state;
    author_one(HEAD "f:ask 'un' { say = 'q', expect = text {}, tries = 'trois', give_up = 'fin' }\n" END, "C102", "whole number");
    author_one(HEAD "f:ask 'un' { say = 'q', expect = {} }\n" END, "C102", "kind of answer");
    author_one(HEAD "f:ask 'un' { say = 'q', expect = text { min = 5, max = 2 } }\n" END, "C102", "larger");
    author_one(HEAD "f:ask 'un' { say = 'q', expect = one_of { text {} } }\n" END, "C102", "two kinds");
    author_one(HEAD "f:ask 'un' { say = 'q', expect = phone { country = 'XX' } }\n" END, "C102", "XX");
    author_one(HEAD "f:ask 'un' { say = 'q', expect = text {}, check = 'oui' }\n" END, "C102", "function");
    author_one(HEAD "f:call 'un' { GET = 'api/x', fail = { other = 'fin' } }\n" END, "C102", "begins with /");
    author_one(HEAD "f:call 'un' { GET = '/x', POST = '/y', fail = { other = 'fin' } }\n" END, "C102", "second method");
    author_one(HEAD "f:call 'un' { GET = '/x', body = function() end, fail = { other = 'fin' } }\n" END, "C102", "GET has no body");
    author_one(HEAD "f:branch 'un' { { when = function() end } }\n" END, "C102", "where to go");
    author_one(HEAD "f:set 'un' { x = 3 }\n" END, "C102", "function");
}

TEST(what_must_be_there_is_asked_for)
{
    (void)state;
    author_one(HEAD "f:ask 'un' { expect = text {} }\n" END, "C103", "`say`");
    author_one(HEAD "f:ask 'un' { say = 'q' }\n" END, "C103", "`expect`");
    author_one(HEAD "f:run 'un' {}\n" END, "C103", "`flow`");
    author_one(HEAD "f:call 'un' { fail = { other = 'fin' } }\n" END, "C103", "GET or POST");
    author_one(HEAD "f:call 'un' { GET = '/x' }\n" END, "C103", "`fail`");
    author_one(HEAD END "on 'x' { say = 'q' }\n", "C103", "`to`");
    author_one("local f = flow 'course'\nf.words = 'course'\n", "C103", "no step");
}

TEST(two_steps_or_flows_of_one_name_are_an_error)
{
    (void)state;
    author_one(HEAD "f:ask 'un' { say = 'q', expect = text {} }\nf:ask 'un' { say = 'q', expect = text {} }\n" END, "C104", "line 4");
    author_one(HEAD END "local g = flow 'course'\n", "C105", "course");
}

TEST(a_flow_stands_in_a_file_of_its_name)
{
    (void)state;
    author_one("local f = flow 'autre'\nf.words = 'x'\nmessage 'q' { fr = 'Quoi ?' }\nf:finish 'fin' { say = 'q' }\n", "C106", "autre.lua");
}

TEST(names_are_plain)
{
    (void)state;
    author_one(HEAD "f:ask 'Étage' { say = 'q', expect = text {} }\n" END, "C107", "small letters");
    author_one(HEAD "f:ask 'un' { say = 'q', expect = text {}, save = 'le nom' }\n" END, "C107", "variable");
}

TEST(a_length_of_time_has_a_unit)
{
    (void)state;
    author_one(HEAD "f:ask 'un' { say = 'q', expect = text {}, remind = { '10 minutes', 'q' } }\n" END, "C108", "10 minutes");
    author_one(HEAD "f:ask 'un' { say = 'q', expect = text {}, expire = { '0 h', 'fin' } }\n" END, "C108", "0 h");
    author_one(HEAD "f:ask 'un' { say = 'q', expect = text {}, expire = { '99 j', 'fin' } }\n" END, "C108", "99 j");
}

TEST(every_place_to_go_must_exist)
{
    static const char *const KEYS[] = {
        "f:choose 'un' { say = 'm', on = { oui = 'fni', non = 'fin' } }\n",
        "f:ask 'un' { say = 'q', expect = text {}, next = 'fni' }\n",
        "f:ask 'un' { say = 'q', expect = text {}, tries = 2, give_up = 'fni' }\n",
        "f:ask 'un' { say = 'q', expect = text {}, expire = { '1 h', 'fni' } }\n",
        "f:call 'un' { GET = '/x', fail = { timeout = 'fni', other = 'fin' } }\n",
        "f:call 'un' { GET = '/x', ok = 'fni', fail = { other = 'fin' } }\n",
        "f:branch 'un' { { go = 'fni' } }\n",
        "f.start = 'fni'\n",
        "f.moved = { vieux = 'fni' }\n",
        "f.expire = { '1 h', 'fni' }\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++) {
        char text[1024];
        struct author a;

        (void)snprintf(text, sizeof text, "%s%s%s", HEAD, KEYS[i], END);
        author_write(&a, text);
        assert_int_equal(author_count(&a, "C110"), 1);
        assert_string_equal(author_problem(&a, "C110")->hint, "did you mean `fin`?");
        author_free(&a);
    }
}

TEST(flows_messages_and_commands_must_exist)
{
    (void)state;
    author_one(HEAD "f:run 'un' { flow = 'corse' }\n" END, "C111", "did you mean `course`?");
    author_one(HEAD "f:ask 'un' { say = 'commun.aid', expect = text {} }\n" END, "C112", "did you mean `commun.aide`?");
    author_one(HEAD "commands { retour = { words = 'retour', does = 'back' } }\nf:ask 'un' { say = 'q', expect = text {}, commands = { retou = false } }\n" END, "C113",
               "did you mean `retour`?");
}

TEST(a_step_that_nothing_leads_to_is_found)
{
    struct author a;

    (void)state;
    author_write(&a, HEAD "f:ask 'un' { say = 'q', expect = text {}, next = 'fin' }\nf:ask 'perdu' { say = 'q', expect = text {} }\n" END);
    assert_int_equal(a.problems.count, 1);
    assert_int_equal(author_problem(&a, "C120")->line, 5);
    author_free(&a);
}

TEST(a_step_after_which_nothing_comes_is_found)
{
    (void)state;
    author_one(HEAD "f:ask 'un' { say = 'q', expect = text {} }\n", "C121", "`next`");
    author_one(HEAD "f:set 'un' { a = function() end }\n", "C121", "`next`");
    author_one(HEAD "f:say 'zero' { say = 'q', next = 'un' }\n" END "f:call 'un' { GET = '/x', fail = { other = 'fin' } }\n", "C121", "`ok`");
    author_one(HEAD "f:say 'zero' { say = 'q', next = 'un' }\n" END "f:branch 'un' { { when = function() end, go = 'fin' } }\n", "C121", "`next`");
}

TEST(a_flow_may_end_with_a_message)
{
    struct author a;

    (void)state;
    author_clean(&a, HEAD "f:ask 'un' { say = 'q', expect = text {} }\nf:say 'deux' { say = 'fin' }\n");
    author_free(&a);
}

TEST(one_wrong_name_is_one_problem)
{
    (void)state;
    author_one("local f = flow 'course'\nf.words = 'course'\nmessage 'q' { fr = 'Quoi ?' } message 'r' { fr = 'Bonjour {nom}' }\n"
               "f:branch 'b' { { when = function() end, go = 'nm' }, { go = 'fin' } }\nf:ask 'nom' { say = 'q', expect = text {} }\n"
               "f:finish 'fin' { say = 'r' }\n", "C110", "did you mean `nom`?");
}

TEST(a_circle_without_a_question_is_found_once)
{
    struct author a;

    (void)state;
    author_write(&a, HEAD "f:say 'un' { say = 'q' }\nf:set 'deux' { n = function() return 1 end }\nf:branch 'trois' { { when = function() end, go = 'fin' }, { go = 'un' } }\n" END);
    assert_int_equal(a.problems.count, 1);
    assert_int_equal(author_problem(&a, "C122")->line, 4);
    author_free(&a);
}

TEST(a_call_that_fails_into_itself_never_stops_and_is_found)
{
    (void)state;
    author_one(HEAD "f:call 'un' { GET = '/x', fail = { other = 'un' } }\n" END, "C122", "for ever");
}

TEST(a_circle_with_a_question_is_fine)
{
    struct author a;

    (void)state;
    author_clean(&a, HEAD "f:call 'un' { GET = '/x', ok = 'fin', fail = { other = 'panne' } }\nf:choose 'panne' { say = 'm', on = { oui = 'un', non = 'fin' } }\n" END);
    author_free(&a);
}

TEST(a_flow_that_runs_itself_is_found)
{
    (void)state;
    author_one(HEAD "f:run 'un' { flow = 'course' }\n" END, "C122", "runs itself");
}

TEST(a_flow_that_nothing_starts_is_a_warning)
{
    struct author a;

    (void)state;
    author_write(&a, "local f = flow 'course'\nmessage 'q' { fr = 'Quoi ?' }\nf:finish 'fin' { say = 'q' }\n");
    assert_int_equal(a.problems.count, 1);
    assert_int_equal(author_problem(&a, "C123")->severity, PROBLEM_WARNING);
    assert_int_equal(a.problems.errors, 0);
    author_free(&a);
}

TEST(a_case_behind_one_that_always_holds_is_a_warning)
{
    (void)state;
    author_one(HEAD "f:branch 'un' { { go = 'fin' }, { when = function() end, go = 'fin' } }\n" END, "C124", "never be reached");
}

TEST(buttons_and_ways_belong_together)
{
    struct author a;

    (void)state;
    author_one(HEAD "f:choose 'un' { say = 'm', on = { oui = 'fin' } }\n" END, "C130", "[non]");
    author_one(HEAD "f:choose 'un' { say = 'm', on = { oui = 'fin', non = 'fin', peut = 'fin' } }\n" END, "C131", "`peut`");
    author_write(&a, HEAD "f:choose 'un' { say = 'm', on = { oui = 'fin', nom = 'fin' } }\n" END);
    assert_string_equal(author_problem(&a, "C130")->hint, "did you mean [nom], which `on` has?");
    assert_string_equal(author_problem(&a, "C131")->hint, "did you mean `non`?");
    author_free(&a);
    author_one(HEAD "f:say 'un' { say = 'm' }\n" END, "C132", "does not wait");
    author_one(HEAD "f:ask 'un' { say = 'm', expect = text {}, on = { oui = 'fin' } }\n" END, "C130", "[non]");
}

TEST(a_button_with_the_name_of_a_command_needs_no_way)
{
    struct author a;

    (void)state;
    author_clean(&a, "local f = flow 'course'\nf.words = 'course'\nmessage 'm' { fr = 'Et ?\\n[oui] Oui\\n[menu] Menu' }\n"
                     "commands { menu = { words = 'menu', does = 'menu' } }\nf:choose 'un' { say = 'm', on = { oui = 'fin' } }\nf:finish 'fin' {}\n");
    author_free(&a);
}

TEST(more_than_ten_rows_do_not_fit)
{
    struct author a;

    (void)state;
    author_write(&a, "local f = flow 'course'\nf.words = 'course'\n"
                     "message 'm' { fr = 'Et ?\\n@menu Choisir\\n[a] A\\n[b] B\\n[c] C\\n[d] D\\n[e] E\\n[g] G\\n[h] H\\n[i] I\\n[j] J\\n[k] K\\n[l] L' }\n"
                     "f:choose 'un' { say = 'm', on = { a = 'fin', b = 'fin', c = 'fin', d = 'fin', e = 'fin', g = 'fin', h = 'fin', i = 'fin', j = 'fin', k = 'fin', l = 'fin' } }\n"
                     "f:finish 'fin' {}\n");
    assert_int_equal(author_count(&a, "C133"), 1);
    author_free(&a);
}

TEST(a_list_needs_a_model_row_and_a_model_row_a_list)
{
    (void)state;
    author_one(HEAD "f:choose 'un' { say = 'm', on = { oui = 'fin', non = 'fin' }, list = function() return {} end }\n" END, "C134", "no model row");
    author_one("local f = flow 'course'\nf.words = 'course'\nmessage 'm' { fr = 'Et ?\\n@menu Choisir\\n[row] {nom}\\n[oui] Oui' }\n"
               "f:choose 'un' { say = 'm', on = { oui = 'fin' } }\nf:finish 'fin' {}\n", "C134", "no `list`");
}

TEST(fail_says_where_everything_else_goes)
{
    (void)state;
    author_one(HEAD "f:call 'un' { GET = '/x', fail = { timeout = 'fin' } }\n" END, "C140", "other");
    author_one(HEAD "f:call 'un' { GET = '/x', fail = { http_4x = 'fin', other = 'fin' } }\n" END, "C101", "http_4x");
}

TEST(tries_and_give_up_go_together)
{
    (void)state;
    author_one(HEAD "f:ask 'un' { say = 'q', expect = text {}, tries = 3 }\n" END, "C141", "where does the customer go");
    author_one(HEAD "f:ask 'un' { say = 'q', expect = text {}, give_up = 'fin' }\n" END, "C141", "never happens");
}

TEST(a_reminder_after_the_end_is_found)
{
    (void)state;
    author_one(HEAD "f:ask 'un' { say = 'q', expect = text {}, remind = { '3 h', 'q' }, expire = { '2 h', 'fin' } }\n" END, "C142", "expired already");
    author_one(HEAD "f:ask 'un' { say = 'q', expect = text {}, remind = { '2 j', 'q' } }\n" END, "C142", "expired already");
}

TEST(what_is_known_about_the_person_is_not_saved_over)
{
    struct author a;

    (void)state;
    author_one(HEAD "f:ask 'prenom' { say = 'q', expect = text {} }\n" END, "C143", "prenom");
    author_one(HEAD "f:ask 'un' { say = 'q', expect = text {}, save = 'telephone' }\n" END, "C143", "telephone");
    author_clean(&a, HEAD "f:choose 'langue' { say = 'm', on = { oui = 'fin', non = 'fin' }, save = 'langue' }\n" END);
    author_free(&a);
}

TEST(a_variable_that_no_path_sets_is_found)
{
    (void)state;
    author_one("local f = flow 'course'\nf.words = 'course'\nmessage 'q' { fr = 'Quoi, {nom} ?' }\nf:ask 'un' { say = 'q', expect = text {} }\nf:finish 'fin' {}\n", "C144", "{nom}");
    author_one("local f = flow 'course'\nf.words = 'course'\nmessage 'q' { fr = 'Quoi ?' } message 'r' { fr = 'Bonjour {prenom} {nomm}' }\n"
               "f:ask 'nom' { say = 'q', expect = text {} }\nf:finish 'fin' { say = 'r' }\n", "C144", "did you mean `nom`?");
    author_one("local f = flow 'course'\nf.words = 'course'\nmessage 'q' { fr = 'Quoi ?' } message 'r' { fr = 'Bonjour {nom}' }\n"
               "f:ask 'un' { say = 'r', expect = text {} }\nf:ask 'nom' { say = 'q', expect = text {} }\nf:finish 'fin' {}\n", "C144", "come later");
    author_one("local f = flow 'course'\nf.words = 'course'\nf:call 'un' { GET = '/p/{produit.id}/', fail = { other = 'fin' } }\nf:finish 'fin' {}\n", "C144", "{produit}");
}

TEST(a_variable_that_some_path_sets_is_not_reported)
{
    struct author a;

    (void)state;
    author_clean(&a, "local f = flow 'course'\nf.words = 'course'\nmessage 'q' { fr = 'Quoi ?' } message 'r' { fr = 'Bonjour {nom}, {depart.adresse}' }\n"
                     "f:ask 'depart' { say = 'q', expect = location {} }\n"
                     "f:branch 'b' { { when = function() end, go = 'fin' } }\nf:ask 'nom' { say = 'q', expect = text {} }\nf:finish 'fin' { say = 'r' }\n");
    author_free(&a);
}

TEST(a_loop_brings_what_was_set_behind_it)
{
    struct author a;

    (void)state;
    author_clean(&a, "local f = flow 'course'\nf.words = 'course'\nmessage 'q' { fr = 'Quoi ?' } message 'r' { fr = 'Encore {nom} ?\\n[oui] Oui\\n[non] Non' }\n"
                     "f:branch 'b' { { when = function() end, go = 'encore' } }\nf:ask 'nom' { say = 'q', expect = text {}, next = 'b' }\n"
                     "f:choose 'encore' { say = 'r', on = { oui = 'b', non = 'fin' } }\nf:finish 'fin' {}\n");
    author_free(&a);
}

TEST(a_line_that_may_stay_away_asks_for_no_variable)
{
    struct author a;

    (void)state;
    author_clean(&a, "local f = flow 'course'\nf.words = 'course'\nmessage 'q' { fr = 'Quoi ?\\n@if note: {note}' }\nf:ask 'un' { say = 'q', expect = text {} }\nf:finish 'fin' {}\n");
    author_free(&a);
}

TEST(what_is_said_outside_a_flow_knows_only_the_person)
{
    (void)state;
    author_one(HEAD END "message 'b' { fr = 'Bonjour {prenom}, {reference}' }\nmenu { say = 'b' }\n", "C144", "{reference}");
    author_one("message 'n' { fr = 'Votre course {reference}' }\non 'x' { to = 'tel', say = 'n', vars = { ref = 'numero' } }\n", "C144", "{reference}");
}

TEST(a_word_means_one_thing)
{
    (void)state;
    author_one(HEAD END "commands { a = { words = 'stopper', does = 'menu' }, b = { words = { 'Stoppér' }, does = 'cancel' } }\n", "C150", "stopper");
    author_one(HEAD END "commands { a = { words = 'course', does = 'menu' } }\n", "C150", "flow \"course\"");
}

TEST(the_hosts_own_messages_must_exist)
{
    struct author a;

    (void)state;
    author_write(&a, HEAD END "-- no house\n");
    assert_int_equal(author_count(&a, "C151"), 5);
    assert_int_equal(author_count(&a, "C152"), 1);
    assert_int_equal(a.problems.errors, 5);
    author_free(&a);
}

TEST(without_any_flow_nothing_is_asked_for)
{
    struct author a;

    (void)state;
    author_clean(&a, "-- no house\n");
    author_free(&a);
}

TEST(there_is_one_menu)
{
    (void)state;
    author_one(HEAD END "menu { say = 'q' }\nmenu { say = 'q' }\n", "C153", "second `menu`");
}

TEST(events_and_their_cases_are_not_written_twice)
{
    (void)state;
    author_one(HEAD END "on 'x' { to = 't', say = 'q' }\non 'x' { to = 't', say = 'q' }\n", "C160", "line 5");
    author_one(HEAD END "on 'x' { to = 't', by = 's', cases = { { is = 'a', say = 'q' }, { is = { 'b', 'A' }, say = 'q' } } }\n", "C161", "\"a\"");
    author_one(HEAD END "on 'x' { to = 't', say = 'q', outside = 'q' }\n", "C162", "template");
}

TEST(a_button_of_a_notification_that_starts_nothing_is_a_warning)
{
    (void)state;
    author_one(HEAD END "on 'x' { to = 't', say = 'm', taps = { oui = 'course' } }\n", "C135", "[non]");
}

TEST(a_property_that_a_flow_does_not_have_is_named)
{
    (void)state;
    author_one(HEAD END "f.wrods = { 'x' }\n", "C101", "f.words");
}

TEST(everything_is_said_at_once)
{
    struct author a;

    (void)state;
    author_write(&a, HEAD "f:ask 'un' { sya = 'q', expect = text {} }\nf:choose 'deux' { say = 'm', on = { oui = 'fni' } }\nf:call 'trois' { GET = 'x' }\n" END);
    assert_int_equal(author_count(&a, "C101"), 1);   /* sya */
    assert_int_equal(author_count(&a, "C103"), 1);   /* fail; `say` is there, misspelt */
    assert_int_equal(author_count(&a, "C110"), 1);   /* fni */
    assert_int_equal(author_count(&a, "C130"), 1);   /* non; oui leads to fni, which is told */
    assert_int_equal(author_count(&a, "C102"), 1);   /* path */
    assert_true(a.problems.errors >= 5);
    author_free(&a);
}

TEST(every_code_has_a_meaning_and_no_code_is_used_twice)
{
    size_t n;
    const struct flow_code *codes = flow_codes(&n);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        assert_non_null(codes[i].code);
        assert_non_null(codes[i].meaning);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(codes[i].code, codes[k].code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_key_is_named_with_the_one_that_was_meant),
        cmocka_unit_test(values_of_the_wrong_kind_are_refused),
        cmocka_unit_test(what_must_be_there_is_asked_for),
        cmocka_unit_test(two_steps_or_flows_of_one_name_are_an_error),
        cmocka_unit_test(a_flow_stands_in_a_file_of_its_name),
        cmocka_unit_test(names_are_plain),
        cmocka_unit_test(a_length_of_time_has_a_unit),
        cmocka_unit_test(every_place_to_go_must_exist),
        cmocka_unit_test(flows_messages_and_commands_must_exist),
        cmocka_unit_test(a_step_that_nothing_leads_to_is_found),
        cmocka_unit_test(a_step_after_which_nothing_comes_is_found),
        cmocka_unit_test(a_flow_may_end_with_a_message),
        cmocka_unit_test(one_wrong_name_is_one_problem),
        cmocka_unit_test(a_circle_without_a_question_is_found_once),
        cmocka_unit_test(a_call_that_fails_into_itself_never_stops_and_is_found),
        cmocka_unit_test(a_circle_with_a_question_is_fine),
        cmocka_unit_test(a_flow_that_runs_itself_is_found),
        cmocka_unit_test(a_flow_that_nothing_starts_is_a_warning),
        cmocka_unit_test(a_case_behind_one_that_always_holds_is_a_warning),
        cmocka_unit_test(buttons_and_ways_belong_together),
        cmocka_unit_test(a_button_with_the_name_of_a_command_needs_no_way),
        cmocka_unit_test(more_than_ten_rows_do_not_fit),
        cmocka_unit_test(a_list_needs_a_model_row_and_a_model_row_a_list),
        cmocka_unit_test(fail_says_where_everything_else_goes),
        cmocka_unit_test(tries_and_give_up_go_together),
        cmocka_unit_test(a_reminder_after_the_end_is_found),
        cmocka_unit_test(what_is_known_about_the_person_is_not_saved_over),
        cmocka_unit_test(a_variable_that_no_path_sets_is_found),
        cmocka_unit_test(a_variable_that_some_path_sets_is_not_reported),
        cmocka_unit_test(a_loop_brings_what_was_set_behind_it),
        cmocka_unit_test(a_line_that_may_stay_away_asks_for_no_variable),
        cmocka_unit_test(what_is_said_outside_a_flow_knows_only_the_person),
        cmocka_unit_test(a_word_means_one_thing),
        cmocka_unit_test(the_hosts_own_messages_must_exist),
        cmocka_unit_test(without_any_flow_nothing_is_asked_for),
        cmocka_unit_test(there_is_one_menu),
        cmocka_unit_test(events_and_their_cases_are_not_written_twice),
        cmocka_unit_test(a_button_of_a_notification_that_starts_nothing_is_a_warning),
        cmocka_unit_test(a_property_that_a_flow_does_not_have_is_named),
        cmocka_unit_test(everything_is_said_at_once),
        cmocka_unit_test(every_code_has_a_meaning_and_no_code_is_used_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
