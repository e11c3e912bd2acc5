/* Schedules, quiet hours and lasting values: what is wrong with them is found at load. */
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
    "message 'q' { fr = 'Quoi ?' } message 'm' { fr = 'Alors ?' } message 'v' { fr = 'Alors, {nom} ?' }\n" \
    "template 't' { category = 'utility', fr = 'Alors, comment était-ce, dites-nous ?' }\n"
#define ASK(keys) HEAD "f:ask 'nom' { say = 'q', expect = text {}" keys " }\n"
#define END "f:finish 'fin' {}\n"
#define PLAN(plan) ASK(", plan = { " plan " }") END

TEST(plans_are_read_with_all_their_keys)
{
    struct author a;
    const struct plan_rule *p;

    (void)state;
    author_clean(&a, HEAD "quiet '21:00-07:00'\nf:ask 'nom' { say = 'q', expect = text {} }\n"
                 "f:finish 'fin' { plan = {\n"
                 "  after '30 min' { name = 'avis', say = 'v', outside = 't', unless = 'note', quiet = '20:00-08:00', drop = true },\n"
                 "  every 'monday 09:05' { name = 'lundi', say = { 'm', 'v' }, outside = 't', last = '90 d' },\n"
                 "  cancel 'rappel' } }\n");
    assert_true(a.built->quiet.set);
    assert_int_equal(a.built->quiet.from, 21 * 60);
    assert_int_equal(a.built->quiet.to, 7 * 60);
    assert_int_equal(a.built->list[0].steps[1].plan_count, 3);
    p = a.built->list[0].steps[1].plans;
    assert_int_equal(p[0].kind, PLAN_AFTER);
    assert_string_equal(p[0].name, "avis");
    assert_int_equal(p[0].after_ms, 30 * 60 * 1000);
    assert_non_null(p[0].says.outside);
    assert_string_equal(p[0].unless, "note");
    assert_true(p[0].drop && p[0].quiet.set);
    assert_int_equal(p[0].keep_count, 1);
    assert_string_equal(p[0].keeps[0], "nom");
    assert_int_equal(p[1].kind, PLAN_EVERY);
    assert_int_equal(p[1].every.kind, EVERY_WEEKDAY);
    assert_int_equal(p[1].every.weekday, 0);
    assert_int_equal(p[1].every.minute, 9 * 60 + 5);
    assert_int_equal(p[1].last_ms, 90LL * 24 * 3600 * 1000);
    assert_int_equal(p[1].says.say_count, 2);
    assert_int_equal(p[2].kind, PLAN_CANCEL);
    assert_string_equal(p[2].name, "rappel");
    author_free(&a);
}

TEST(times_that_say_nothing_are_refused)
{
    (void)state;
    author_one(PLAN("every 'day 24:00' { name = 'a', say = 'm', last = '2 d' }"), "C109", "day 08:00");
    author_one(PLAN("every 'lundi 09:00' { name = 'a', say = 'm', last = '2 d' }"), "C109", "monday 09:00");
    author_one(PLAN("every '4 min' { name = 'a', say = 'm', last = '2 d' }"), "C109", "too often");
    author_one(PLAN("every '2 lunes' { name = 'a', say = 'm', last = '2 d' }"), "C108", "length of time");
    author_one(PLAN("after 'day 08:00' { name = 'a', say = 'm' }"), "C108", "length of time");
    author_one(PLAN("after '1 h' { name = 'a', say = 'm', quiet = '21-07' }"), "C109", "quiet");
    author_one("quiet '21:00'\n" PLAN("after '1 h' { name = 'a', say = 'm' }"), "C109", "21:00-07:00");
    author_one("quiet '21:00-06:00'\nquiet '21:00-07:00'\n" PLAN("after '1 h' { name = 'a', say = 'm' }"), "C153", "second `quiet`");
}

TEST(what_a_plan_needs_is_asked_for)
{
    (void)state;
    author_one(PLAN("after '1 h' { say = 'm' }"), "C103", "`name`");
    author_one(PLAN("after '1 h' { name = 'a' }"), "C103", "`say`");
    author_one(PLAN("every '1 h' { name = 'a', say = 'm' }"), "C103", "`last`");
    author_one(PLAN("every '1 h' { name = 'a', say = 'm', last = '91 d' }"), "C108", "90 j");
    author_one(PLAN("after '1 h' { name = 'a', say = 'm', outside = 'q' }"), "C162", "not a template");
    author_one(PLAN("after '1 h' { name = 'a', say = 'm', unles = 'x' }"), "C101", "unless");
    author_one(PLAN("after '1 h' { name = 'a', say = 'm', drop = 'oui' }"), "C102", "true or false");
    author_one(PLAN("'avis'"), "C102", "cancel");
    author_one(PLAN("after '1 h' { name = 'a', say = 'm' }, after '2 h' { name = 'a', say = 'm' }"), "C170", "replaces");
    author_one(ASK(", plan = after '1 h' { name = 'a', say = 'm' }") END, "C102", "list");
}

TEST(a_plan_may_use_what_is_set_when_it_is_made)
{
    struct author a;

    (void)state;
    author_one(PLAN("after '1 h' { name = 'a', say = 'v' }"), "C144", "{nom}");      /* asked, not answered */
    author_clean(&a, HEAD "f:ask 'x' { say = 'q', expect = text {} }\nf:set 's' { nom = function() end, plan = { after '1 h' { name = 'a', say = 'v' } } }\n" END);
    author_free(&a);
    author_clean(&a, HEAD "f:ask 'x' { say = 'q', expect = text {} }\n"
                 "f:call 'c' { GET = '/x/', save = { nom = 'nom' }, fail = { other = 'fin' }, plan = { after '1 h' { name = 'a', say = 'v' } } }\n" END);
    author_free(&a);
}

TEST(schedules_raise_events_that_somebody_handles)
{
    struct author a;

    (void)state;
    author_clean(&a, ASK("") END "on 'interne.x' { to = 'to', say = 'm' }\nevery 'day 08:00' { name = 'x', event = 'interne.x', data = { to = { '+242066000001' } } }\n");
    assert_int_equal(a.built->schedule_count, 1);
    assert_string_equal(a.built->schedules[0].event, "interne.x");
    assert_string_equal(json_path(a.built->schedules[0].data, "to.1")->valuestring, "+242066000001");
    author_free(&a);
    author_one(ASK("") END "every 'day 08:00' { name = 'x', event = 'interne.x' }\n", "C171", "interne.x");
    author_one(ASK("") END "on 'e' { to = 'to', say = 'm' }\nevery 'day 08:00' { event = 'e' }\n", "C103", "`name`");
    author_one(ASK("") END "on 'e' { to = 'to', say = 'm' }\nevery 'day 08:00' { name = 'x', event = 'e' }\nevery '2 h' { name = 'x', event = 'e' }\n", "C170", "two schedules");
    author_one(ASK("") END "on 'e' { to = 'to', say = 'm' }\nevery 'day 08:00' { name = 'x', event = 'e', data = { f = function() end } }\n", "C182", "plain");
}

TEST(only_declared_values_of_the_person_are_read_and_written)
{
    struct author a;

    (void)state;
    author_clean(&a, HEAD "person { langue = 'text', nom = text { max = 40 }, panier = list { max = 5, drop = 'oldest' }, points = number {}, pro = boolean {}, t = 'table' }\n"
                 "message 'p' { fr = '{person.nom} {prenom}' }\n"
                 "f:ask 'nom' { say = 'q', expect = text {}, save = 'person.nom' }\nf:ask 'ou' { say = 'q', expect = location(), save = 'person.t' }\n"
                 "f:set 's' { person = { panier = function() end } }\nf:finish 'fin' { say = 'p' }\n");
    assert_int_equal(a.built->person_count, 6);
    assert_int_equal(a.built->person[2].max, 5);
    assert_true(a.built->person[2].drop_oldest);
    author_free(&a);
#define PERSON HEAD "person { panier = list {}, nom = text {} }\n"
    author_one(PERSON "message 'p' { fr = '{person.panierr.1}' }\nf:ask 'a' { say = 'q', expect = text {} }\nf:finish 'fin' { say = 'p' }\n", "C180", "did you mean `person.panier`?");
    author_one(PERSON "f:ask 'a' { say = 'q', expect = text {}, save = 'person.nim' }\n" END, "C180", "did you mean `person.nom`?");
    author_one(PERSON "f:ask 'a' { say = 'q', expect = number {}, save = 'person.nom' }\n" END, "C181", "declared as text");
    author_one(PERSON "f:ask 'a' { say = 'q', expect = text {} }\nf:set 's' { person = { points = function() end } }\n" END, "C180", "points");
    author_one(PERSON "f:ask 'a' { say = 'q', expect = text {} }\nf:call 'c' { GET = '/x/{person.rue}/', fail = { other = 'fin' } }\n" END, "C180", "rue");
    author_one(PERSON "f:ask 'a' { say = 'q', expect = text {}, save = 'person' }\n" END, "C143", "person");
    author_one(ASK("") END "person { nom = 'mot' }\n", "C102", "which kind");
    author_one(ASK("") END "person { nom = list { drop = 'newest' } }\n", "C102", "oldest");
    author_one(PERSON END "f:ask 'a' { say = 'q', expect = text {}, next = 'fin' }\nf.start = 'a'\nperson { x = text {} }\n", "C153", "second `person`");
}

TEST(shared_data_is_plain_small_and_its_paths_exist)
{
    struct author a;
    char lua[12000];

    (void)state;
    author_clean(&a, HEAD "shared 'tarifs' { moto = 1500, zones = { 'a', 'b' } }\nmessage 'p' { fr = '{shared.tarifs.moto|fcfa} {shared.tarifs.zones.2}' }\n"
                 "f:ask 'a' { say = 'q', expect = text {} }\nf:finish 'fin' { say = 'p' }\n");
    assert_int_equal(json_path(a.built->shared, "tarifs.moto")->valueint, 1500);
    author_free(&a);
    author_one(HEAD "shared 'tarifs' { moto = 1500 }\nmessage 'p' { fr = '{shared.tarifs.motto|fcfa}' }\nf:ask 'a' { say = 'q', expect = text {} }\nf:finish 'fin' { say = 'p' }\n",
               "C183", "did you mean `moto`?");
    author_one(HEAD "message 'p' { fr = '{shared.tarifs.moto|fcfa}' }\nf:ask 'a' { say = 'q', expect = text {} }\nf:finish 'fin' { say = 'p' }\n", "C183", "tarifs");
    author_one(ASK("") END "shared 't' { f = function() end }\n", "C182", "plain");
    author_one(ASK("") END "shared 't' { 1, a = 2 }\n", "C182", "not both");
    author_one(ASK("") END "shared 't' { a = 1 }\nshared 't' { b = 1 }\n", "C182", "written once");
    (void)snprintf(lua, sizeof lua, "%sshared 't' { a = '%8200s' }\n", ASK("") END, "x");
    author_one(lua, "C182", "8192");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_are_read_with_all_their_keys),
        cmocka_unit_test(times_that_say_nothing_are_refused),
        cmocka_unit_test(what_a_plan_needs_is_asked_for),
        cmocka_unit_test(a_plan_may_use_what_is_set_when_it_is_made),
        cmocka_unit_test(schedules_raise_events_that_somebody_handles),
        cmocka_unit_test(only_declared_values_of_the_person_are_read_and_written),
        cmocka_unit_test(shared_data_is_plain_small_and_its_paths_exist),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
