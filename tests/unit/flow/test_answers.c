/* How answers come in, and what outlives a flow: late, gather, safe, afterwards, and what is refused of them. */
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
    "message 'q' { fr = 'Quoi ?' } message 'm' { fr = 'Et ?\\n[oui] Oui\\n[non] Non' } message 'fin' { fr = 'Fini.' } message 'r' { fr = 'Ref {reference}.' }\n"
#define ASK(keys) "f:ask 'reference' { say = 'q', expect = text {}" keys " }\n"
#define END "f:finish 'fin' { say = 'fin' }\n"
#define OTHER "--- flows/suivi.lua\nlocal f = flow 'suivi'\nf.takes = { 'no' }\nf:finish 'fin' { say = 'fin' }\n"

TEST(old_buttons_explain_unless_the_flow_or_the_step_says_otherwise)
{
    struct author a;
    const struct flow *f;

    (void)state;
    author_clean(&a, HEAD "f:choose 'un' { say = 'm', on = { oui = 'fin', non = 'fin' } }\n" END);
    assert_int_equal(flow_step(flows_find(a.built, "course"), "un")->late, LATE_EXPLAIN);
    author_free(&a);
    author_clean(&a, HEAD "f:choose 'un' { say = 'm', on = { oui = 'deux', non = 'fin' }, late = 'explain' }\n" ASK(", late = 'ignore'")
                 "f:choose 'deux' { say = 'm', on = { oui = 'fin', non = 'reference' } }\nf.late = 'jump'\n" END);
    f = flows_find(a.built, "course");
    assert_int_equal(flow_step(f, "un")->late, LATE_EXPLAIN);
    assert_int_equal(flow_step(f, "reference")->late, LATE_IGNORE);
    assert_int_equal(flow_step(f, "deux")->late, LATE_JUMP);     /* f.late stands below it: the order is free */
    author_free(&a);
    author_one(HEAD ASK(", late = 'jmup'") END, "C102", "did you mean \"jump\"?");
    author_one(HEAD "f.late = 'jamais'\n" ASK("") END, "C102", "write \"explain\", \"ignore\" or \"jump\"");
    author_one(HEAD ASK(", late = true") END, "C102", "a text");
}

TEST(only_words_and_photos_come_in_pieces)
{
    static const char *const KINDS[] = { "text {}", "photo {}", "one_of { location(), text {} }" };
    static const char *const OTHERS[] = { "number {}", "phone {}", "date {}", "location()", "any()", "one_of { location(), number {} }" };
    struct author a;
    char text[1024];

    (void)state;
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        (void)snprintf(text, sizeof text, "%sf:ask 'un' { say = 'q', gather = '3 s', expect = %s }\n%s", HEAD, KINDS[i], END);
        author_clean(&a, text);
        assert_int_equal(flow_step(flows_find(a.built, "course"), "un")->gather_ms, 3000);
        author_free(&a);
    }
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++) {
        (void)snprintf(text, sizeof text, "%sf:ask 'un' { say = 'q', gather = '3 s', expect = %s }\n%s", HEAD, OTHERS[i], END);
        author_one(text, "C102", "take `gather` out");
    }
    author_one(HEAD ASK(", gather = '2 min'") END, "C102", "at most 60 s");
    author_one(HEAD ASK(", gather = 3") END, "C108", "length of time");
    author_one(HEAD "f:choose 'un' { say = 'm', on = { oui = 'fin', non = 'fin' }, gather = '3 s' }\n" END, "C101", "gather");
}

TEST(nobody_switches_the_menu_off)
{
    (void)state;
    author_one(HEAD "commands { menu = { words = 'menu', does = 'menu' } }\n" ASK(", commands = { menu = false }") END, "C102", "works everywhere");
}

TEST(a_safe_step_is_reached_and_may_use_what_was_saved)
{
    struct author a;

    (void)state;
    author_clean(&a, HEAD "f.safe = 'reprise'\n" ASK("") END "f:finish 'reprise' { say = 'r' }\n");
    assert_string_equal(flows_find(a.built, "course")->safe->name, "reprise");
    author_free(&a);
    author_one(HEAD "f.safe = 'fni'\n" ASK("") END, "C110", "did you mean `fin`?");
}

#define AFTER(keep, rules) HEAD "f.afterwards = { last = '12 h', keep = { " keep " }, on = { " rules " } }\n" ASK("") END OTHER

TEST(what_lives_on_is_read_whole)
{
    struct author a;
    const struct afterwards *w;

    (void)state;
    author_clean(&a, AFTER("'reference'", "{ words = { 'Où est mon livreur ?', 'suivi' }, flow = 'suivi', give = { no = 'reference' } }, { words = 'Merci', say = 'r' }"));
    w = &flows_find(a.built, "course")->afterwards;
    assert_int_equal(w->last_ms, 12 * 3600 * 1000);
    assert_int_equal(w->keep_count, 1);
    assert_int_equal(w->rule_count, 2);
    assert_string_equal(w->rules[0].words[0], "ou est mon livreur");
    assert_ptr_equal(w->rules[0].flow, flows_find(a.built, "suivi"));
    assert_string_equal(w->rules[0].gives[0].path, "reference");
    assert_null(w->rules[1].flow);
    assert_string_equal(wording_id(w->rules[1].say), "r");
    author_free(&a);
    author_clean(&a, HEAD "f.afterwards = { on = { { words = 'merci', say = 'fin' } } }\n" ASK("") END);
    assert_int_equal(flows_find(a.built, "course")->afterwards.last_ms, 24 * 3600 * 1000);
    author_free(&a);
    author_clean(&a, HEAD ASK("") END);
    assert_int_equal(flows_find(a.built, "course")->afterwards.last_ms, 0);
    author_free(&a);
}

TEST(what_cannot_live_on_is_refused_with_its_remedy)
{
    (void)state;
    author_one(AFTER("'refrence'", "{ words = 'x', flow = 'suivi' }"), "C144", "did you mean `reference`?");
    author_one(AFTER("'reference'", "{ words = 'x', flow = 'suivi', give = { numero = 'reference' } }"), "C102", "name it in f.takes there");
    author_one(AFTER("'reference'", "{ words = 'x', flow = 'suivi', give = { no = 'autre' } }"), "C144", "add \"autre\" to `keep`");
    author_one(AFTER("'reference'", "{ words = 'x', flow = 'suivie' }") "--- flows/x.lua\nlocal f = flow 'x'\nf:run 'a' { flow = 'suivi' }\nf:finish 'b' {}\nf.words = 'x'\n",
               "C111", "did you mean `suivi`?");
    author_one(HEAD "f.afterwards = { on = { { words = 'x', say = 'r' } } }\n" ASK("") END, "C144", "add \"reference\" to `keep`");
    author_one(HEAD "f.afterwards = { on = { { words = 'x', say = 'rr' } } }\n" ASK("") END, "C112", "rr");
    author_one(HEAD "f.afterwards = { on = { { words = 'x', say = 'm' } } }\n" ASK("") END, "C132", "buttons");
    author_one(HEAD "f.afterwards = { on = { { say = 'fin' } } }\n" ASK("") END, "C103", "words");
    author_one(HEAD "f.afterwards = { on = { { words = 'x' } } }\n" ASK("") END, "C103", "either `flow` or `say`");
    author_one(HEAD "f.afterwards = { on = { { words = 'x', say = 'fin', give = { no = 'reference' } } } }\n" ASK("") END, "C102", "take `give` out");
    author_one(HEAD "f.afterwards = { last = 'demain', on = { { words = 'x', say = 'fin' } } }\n" ASK("") END, "C108", "demain");
    author_one(HEAD "f.afterwards = { last = '1 h' }\n" ASK("") END, "C103", "needs a list `on`");
    author_one(HEAD "f.afterwards = { on = { 'merci' } }\n" ASK("") END, "C102", "words");
    author_one(HEAD "f.afterwards = { on = { { words = 'x', say = 'fin' } }, kep = { 'reference' } }\n" ASK("") END, "C101", "keep");
    author_one(HEAD "f.afterwards = { on = { { words = 'x', sya = 'fin', say = 'fin' } } }\n" ASK("") END, "C101", "say");
}

TEST(a_flow_that_only_words_afterwards_lead_to_is_started)
{
    struct author a;

    (void)state;
    author_write(&a, HEAD ASK("") END OTHER);
    assert_int_equal(author_count(&a, "C123"), 1);
    author_free(&a);
    author_clean(&a, AFTER("'reference'", "{ words = 'x', flow = 'suivi', give = { no = 'reference' } }"));
    author_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(old_buttons_explain_unless_the_flow_or_the_step_says_otherwise),
        cmocka_unit_test(only_words_and_photos_come_in_pieces),
        cmocka_unit_test(nobody_switches_the_menu_off),
        cmocka_unit_test(a_safe_step_is_reached_and_may_use_what_was_saved),
        cmocka_unit_test(what_lives_on_is_read_whole),
        cmocka_unit_test(what_cannot_live_on_is_refused_with_its_remedy),
        cmocka_unit_test(a_flow_that_only_words_afterwards_lead_to_is_started),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
