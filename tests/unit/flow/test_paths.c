/* What a whole flow promises: values on every way, free text within 24 hours, texts within WhatsApp's limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "author.h"

#define TEST(name) static void name(void **state)

#define HEAD \
    "local f = flow 'course'\n" \
    "f.words = 'course'\n" \
    "message 'q' { fr = 'Quoi ?' } message 'm' { fr = 'Et ?\\n[oui] Oui\\n[non] Non' } message 'fin' { fr = 'Fini.' }\n" \
    "message 'ref' { fr = 'Référence {reference}' } message 'ref_ou_pas' { fr = 'Fini.\\n@if reference: Référence {reference}' }\n"
#define CALL(ok, other) "f:call 'appel' { GET = '/x', save = { reference = 'numero' }, ok = '" ok "', fail = { other = '" other "' } }\n"
#define REF "f:finish 'bien' { say = 'ref' }\n"
#define END "f:finish 'fin' { say = 'fin' }\n"

/* ---- values ---- */

TEST(what_only_a_good_answer_sets_is_missing_behind_a_failure)
{
    (void)state;
    author_one(HEAD CALL("bien", "bien") REF, "C145", "from the step \"appel\"");
}

TEST(what_is_said_on_the_good_way_only_is_fine)
{
    struct author a;

    (void)state;
    author_clean(&a, HEAD CALL("bien", "fin") REF END);
    author_free(&a);
}

TEST(the_way_that_lacks_the_value_may_be_long)
{
    struct author a;

    (void)state;
    author_write(&a, HEAD CALL("bien", "quoi") "f:choose 'quoi' { say = 'm', on = { oui = 'appel', non = 'bien' } }\n" REF);
    assert_int_equal(author_count(&a, "C145"), 1);
    assert_non_null(strstr(author_problem(&a, "C145")->text, "\"quoi\""));
    author_free(&a);
}

TEST(a_line_with_if_needs_no_value)
{
    struct author a;

    (void)state;
    author_clean(&a, HEAD CALL("bien", "bien") "f:finish 'bien' { say = 'ref_ou_pas' }\n");
    author_free(&a);
}

TEST(a_branch_may_have_looked_at_the_value)
{
    struct author a;

    (void)state;
    author_clean(&a, HEAD CALL("voir", "voir") "f:branch 'voir' { { when = function(c) return c.reference end, go = 'bien' }, { go = 'fin' } }\n"
                 REF END);
    author_free(&a);
}

TEST(what_a_question_asks_for_is_asked_when_it_is_needed)
{
    struct author a;

    (void)state;
    author_clean(&a, HEAD "f:choose 'a' { say = 'm', on = { oui = 'reference', non = 'bien' } }\n"
                 "f:ask 'reference' { say = 'q', expect = text {} }\n" REF);
    author_free(&a);
}

TEST(what_is_chosen_is_asked_when_it_is_needed_too)
{
    struct author a;

    (void)state;
    author_clean(&a, HEAD "f:choose 'a' { say = 'm', on = { oui = 'b', non = 'bien' } }\n"
                 "f:choose 'b' { say = 'm', on = { oui = 'bien', non = 'bien' }, save = 'reference' }\n" REF);
    author_free(&a);
}

TEST(what_the_flow_takes_is_there)
{
    struct author a;

    (void)state;
    author_clean(&a, HEAD "f.takes = { 'reference' }\n" CALL("bien", "bien") REF);
    author_free(&a);
}

/* ---- the window ---- */

TEST(free_text_a_day_after_the_last_message_is_refused)
{
    (void)state;
    author_one(HEAD "f:ask 'un' { say = 'q', expect = text {}, expire = { '24 h', 'tard' } }\n" END "f:finish 'tard' { say = 'fin' }\n", "C146",
               "24 hours after the person last wrote");
}

TEST(silences_add_up)
{
    (void)state;
    author_one(HEAD "f:ask 'un' { say = 'q', expect = text {}, expire = { '20 h', 'deux' } }\n"
               "f:ask 'deux' { say = 'q', expect = text {}, expire = { '10 h', 'tard' } }\n" END "f:finish 'tard' { say = 'fin' }\n", "C146",
               "30 hours after");
}

TEST(an_answer_opens_the_window_again)
{
    struct author a;

    (void)state;
    author_clean(&a, HEAD "f:ask 'un' { say = 'q', expect = text {}, expire = { '20 h', 'fin' } }\n"
                 "f:ask 'deux' { say = 'q', expect = text {}, expire = { '20 h', 'fin' } }\n" END);
    author_free(&a);
}

TEST(two_questions_that_expire_into_each_other_are_found_once_each)
{
    struct author a;

    (void)state;
    author_write(&a, HEAD "f:ask 'un' { say = 'q', expect = text {}, expire = { '5 h', 'deux' }, next = 'fin' }\n"
                 "f:ask 'deux' { say = 'q', expect = text {}, expire = { '5 h', 'un' } }\n" END);
    assert_int_equal(author_count(&a, "C146"), 2);
    author_free(&a);
}

/* In steps of a second it is a million rounds to the longest silence: it must not be a minute of `check`. */
TEST(questions_that_expire_into_each_other_every_second_are_told_at_once)
{
    static char lua[64 * 1024];
    struct author a;
    clock_t before = clock();
    size_t len = (size_t)snprintf(lua, sizeof lua, "%s", HEAD "f:ask 'un' { say = 'q', expect = text {}, expire = { '1 s', 'deux' }, next = 'q1' }\n"
                                  "f:ask 'deux' { say = 'q', expect = text {}, expire = { '1 s', 'un' } }\n");

    (void)state;
    for (int i = 1; i < 300; i++)
        len += (size_t)snprintf(lua + len, sizeof lua - len, "f:ask 'q%d' { say = 'q', expect = text {} }\n", i);
    (void)snprintf(lua + len, sizeof lua - len, END);
    author_write(&a, lua);
    assert_int_equal(author_count(&a, "C146"), 2);
    assert_true(clock() - before < CLOCKS_PER_SEC);
    author_free(&a);
}

TEST(a_reminder_after_a_day_is_refused)
{
    (void)state;
    author_one(HEAD "f:ask 'un' { say = 'q', expect = text {}, remind = { '26 h', 'fin' }, expire = { '30 h' } }\n" END, "C146", "26 hours");
}

TEST(the_end_of_waiting_in_a_sub_flow_counts_for_its_caller)
{
    struct author a;

    (void)state;
    author_write(&a, HEAD "f:run 'sous' { flow = 'sous' }\n" END "--- flows/sous.lua\nlocal g = flow 'sous'\n"
                 "g:ask 'un' { say = 'q', expect = text {}, expire = { '25 h', 'vide' }, next = 'vide' }\ng:finish 'vide' {}\n");
    assert_int_equal(author_count(&a, "C146"), 1);
    assert_string_equal(author_problem(&a, "C146")->file, "flows/course.lua");
    author_free(&a);
}

TEST(a_plan_for_the_next_day_needs_a_template)
{
    struct author a;

    (void)state;
    author_one(HEAD "f:finish 'un' { say = 'q', plan = { after '30 h' { name = 'avis', say = 'fin' } } }\n", "C147", "30 hours");
    author_one(HEAD "f:finish 'un' { say = 'q', plan = { every 'day 08:00' { name = 'avis', say = 'fin', last = '3 d' } } }\n", "C147", "still comes");
    author_clean(&a, HEAD "f:finish 'un' { say = 'q', plan = { after '20 h' { name = 'avis', say = 'fin' } } }\n");
    author_free(&a);
}

/* ---- lengths ---- */

TEST(a_text_is_measured_with_what_its_questions_accept)
{
    struct author a;

    (void)state;
    author_write(&a, HEAD "message 'r' { fr = 'Recap {un}\\n[oui] Oui', en = 'Summary {un}\\n[oui] Yes' }\n"
                 "f:ask 'un' { say = 'q', expect = text { max = 1017 } }\nf:choose 'deux' { say = 'r', on = { oui = 'fin' } }\n" END);
    assert_int_equal(author_count(&a, "M12"), 1);        /* French: 6 + 1017 characters; English has two more */
    assert_int_equal(author_problem(&a, "M12")->severity, PROBLEM_ERROR);
    assert_non_null(strstr(author_problem(&a, "M12")->text, "1024"));
    author_free(&a);
}

TEST(a_format_that_cuts_keeps_a_text_short)
{
    struct author a;

    (void)state;
    author_write(&a, HEAD "message 'r' { fr = 'Récapitulatif {un|short 200}\\n[oui] Oui' }\n"
                 "f:ask 'un' { say = 'q', expect = text { max = 4000 } }\nf:choose 'deux' { say = 'r', on = { oui = 'fin' } }\n" END);
    assert_int_equal(author_count(&a, "M12"), 0);
    author_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_only_a_good_answer_sets_is_missing_behind_a_failure),
        cmocka_unit_test(what_is_said_on_the_good_way_only_is_fine),
        cmocka_unit_test(the_way_that_lacks_the_value_may_be_long),
        cmocka_unit_test(a_line_with_if_needs_no_value),
        cmocka_unit_test(a_branch_may_have_looked_at_the_value),
        cmocka_unit_test(what_a_question_asks_for_is_asked_when_it_is_needed),
        cmocka_unit_test(what_the_flow_takes_is_there),
        cmocka_unit_test(free_text_a_day_after_the_last_message_is_refused),
        cmocka_unit_test(silences_add_up),
        cmocka_unit_test(an_answer_opens_the_window_again),
        cmocka_unit_test(two_questions_that_expire_into_each_other_are_found_once_each),
        cmocka_unit_test(questions_that_expire_into_each_other_every_second_are_told_at_once),
        cmocka_unit_test(a_reminder_after_a_day_is_refused),
        cmocka_unit_test(the_end_of_waiting_in_a_sub_flow_counts_for_its_caller),
        cmocka_unit_test(a_plan_for_the_next_day_needs_a_template),
        cmocka_unit_test(a_text_is_measured_with_what_its_questions_accept),
        cmocka_unit_test(a_format_that_cuts_keeps_a_text_short),
        cmocka_unit_test(what_is_chosen_is_asked_when_it_is_needed_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
