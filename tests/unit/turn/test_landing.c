/* Soft landings: failures, ends of waiting, the window that closes, values that nobody has asked for yet. */
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

/* ---- the safe step ---- */

#define SAFE(safe, on_safe) \
    FLOW "f.safe = '" safe "'\nmessage 'q' { fr = 'Quoi ?' }\nmessage 'sauf' { fr = 'On reprend, {nom} ?' }\n" \
    "f:ask 'nom' { say = 'q', expect = text {} }\nf:ask 'x' { say = 'q', expect = text {}, check = function(c, v) return c.rien.du.tout end }\nf:finish 'fin' {}\n" \
    "f:ask 'sauf' { say = 'sauf', expect = text {}, next = 'fin'" on_safe " }\n"

TEST(the_second_failure_in_a_row_leads_to_the_safe_step_with_what_is_known)
{
    struct stage s;

    (void)state;
    stage_open(&s, SAFE("sauf", ""));
    stage_text(&s, "essai");
    stage_text(&s, "Luc");
    stage_text(&s, "a");
    stage_said(&s, "commun.probleme");
    assert_string_equal(stage_place(&s), "essai/x");
    assert_true(s.last.commit.failed);
    assert_non_null(strstr(s.last.commit.note, "flows/essai.lua"));
    stage_text(&s, "b");
    stage_said(&s, "commun.probleme + sauf");
    assert_string_equal(stage_body(&s, 1), "On reprend, Luc ?");
    assert_string_equal(stage_place(&s), "essai/sauf");
    assert_non_null(stage_timer_set(&s));
    stage_text(&s, "oui");
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
}

TEST(a_safe_step_that_fails_too_leads_to_the_menu)
{
    struct stage s;

    (void)state;
    stage_open(&s, SAFE("sauf", ", check = function(c, v) return c.rien.du.tout end"));
    stage_text(&s, "essai");
    stage_text(&s, "Luc");
    stage_text(&s, "a");
    stage_text(&s, "b");
    stage_said(&s, "commun.probleme + sauf");
    stage_text(&s, "c");
    stage_said(&s, "commun.probleme");
    stage_text(&s, "d");
    stage_said(&s, "commun.probleme + commun.menu");
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
    stage_open(&s, FLOW "f.safe = 'p'\nmessage 'q' { fr = 'Quoi ?' }\n"
                   "f:ask 'x' { say = 'q', expect = text {}, check = function(c, v) return c.rien.du.tout end }\nf:finish 'fin' {}\n"
                   "f:set 'p' { y = function(c) return c.rien.du.tout end, next = 'fin' }\n");
    stage_text(&s, "essai");
    stage_text(&s, "a");
    stage_text(&s, "b");
    stage_said(&s, "commun.probleme + commun.menu");
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
}

/* ---- the menu ---- */

TEST(the_menu_works_in_the_middle_of_a_call)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW "message 'q' { fr = 'Quoi ?' }\nmessage 'commun.patientez' { fr = 'Un instant.' }\n"
                   "f:ask 'x' { say = 'q', expect = text {}, commands = { retour = false, annuler = false, aide = false } }\n"
                   "f:call 'c' { POST = '/x', ok = 'fin', fail = { other = 'fin' } }\nf:finish 'fin' {}\n");
    stage_text(&s, "essai");
    stage_text(&s, "menu");                                  /* whatever else a step switches off */
    stage_said(&s, "commun.menu");
    stage_text(&s, "essai");
    stage_text(&s, "annuler");
    assert_int_equal(s.last.commit.call_count, 1);
    stage_text(&s, "Menu.");
    stage_said(&s, "commun.menu");
    stage_event(&s, &(struct event){ .kind = EVENT_ANSWER, .name = "c", .guard = s.seq - 1, .outcome = "ok", .status = 200 });
    stage_said(&s, "");                                      /* the answer of a call that nobody waits for */
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
}

/* ---- ends of waiting ---- */

#define END(expire, more) \
    FLOW "message 'q' { fr = 'Quoi ?' }\nmessage 'la' { fr = 'Vous êtes là ?' }\nmessage 'tard' { fr = 'Tard ?' }\n" more \
    "f:ask 'x' { say = 'q', expect = text {}" expire " }\nf:finish 'fin' {}\nf:ask 'tard' { say = 'tard', expect = text {}, next = 'fin' }\n"
#define SAID_AT_THE_END "message 'commun.expire' { fr = 'Nous en restons là, {prenom}.' }\n"

static void end_after(struct stage *s, const char *lua, int minutes)
{
    stage_open(s, lua);
    stage_text(s, "essai");
    stage_said(s, "q");
    stage_later(s, minutes);
    stage_timer(s);
}

TEST(a_wait_that_ends_without_a_step_says_so_once_or_nothing)
{
    struct stage s;

    (void)state;
    end_after(&s, END(", expire = '2 h', give_up = 'tard', tries = 9", ""), 120);
    stage_said(&s, "");
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
    end_after(&s, END(", expire = '2 h', give_up = 'tard', tries = 9", SAID_AT_THE_END), 120);
    stage_said(&s, "commun.expire");
    assert_string_equal(stage_body(&s, 0), "Nous en restons là, Prisca.");
    assert_string_equal(stage_place(&s), "-");
    stage_timer(&s);
    stage_said(&s, "");
    stage_close(&s);
}

TEST(nothing_is_attempted_when_the_window_has_closed)
{
    struct stage s;

    (void)state;
    end_after(&s, END(", expire = '25 h', give_up = 'tard', tries = 9", SAID_AT_THE_END), 25 * 60);
    stage_said(&s, "");
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
    end_after(&s, END(", give_up = 'tard', tries = 9", SAID_AT_THE_END), 24 * 60);      /* by default: exactly the window */
    stage_said(&s, "");
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
}

TEST(a_question_that_could_not_be_said_is_asked_before_it_is_answered)
{
    struct stage s;

    (void)state;
    end_after(&s, END(", expire = { '2 h', 'tard' }", ""), 25 * 60);      /* the host was away */
    stage_said(&s, "");
    assert_string_equal(stage_place(&s), "essai/tard");
    assert_int_equal(stage_timer_set(&s)->due_ms, s.now_ms + 24 * 3600 * 1000);         /* this wait has an end too */
    stage_text(&s, "me revoilà");
    stage_said(&s, "tard");
    assert_string_equal(stage_var(&s, "vars.tard"), "");
    stage_text(&s, "oui");
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
    end_after(&s, END(", expire = { '2 h', 'tard' }", ""), 25 * 60);
    stage_text(&s, "menu");                                  /* commands work all the same */
    stage_said(&s, "commun.menu");
    stage_close(&s);
    end_after(&s, END(", expire = { '2 h', 'tard' }", ""), 2 * 60);
    stage_said(&s, "tard");                                  /* inside the window it was said */
    stage_text(&s, "oui");
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
}

TEST(help_asks_a_question_that_could_not_be_said)
{
    struct stage s;

    (void)state;
    end_after(&s, END(", expire = { '2 h', 'tard' }", ""), 25 * 60);
    stage_text(&s, "aide");
    stage_said(&s, "commun.aide + tard");
    stage_text(&s, "oui");
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
}

TEST(a_reminder_is_inside_the_window_or_not_at_all)
{
    struct stage s;

    (void)state;
    end_after(&s, END(", remind = { '10 min', 'la' }, expire = { '1 h', 'tard' }", ""), 10);
    stage_said(&s, "la");
    stage_close(&s);
    stage_open(&s, END(", remind = { '10 min', 'la' }, expire = { '1 h', 'tard' }", ""));
    stage_text(&s, "essai");
    stage_later(&s, 24 * 60);                                /* the host was away */
    stage_timer(&s);
    stage_said(&s, "");
    assert_int_equal(stage_timer_set(&s)->due_ms, s.now_ms + 50 * 60000);
    stage_later(&s, 50);
    stage_timer(&s);
    stage_said(&s, "");
    assert_string_equal(stage_place(&s), "essai/tard");
    stage_close(&s);
}

/* ---- backfill ---- */

#define BEFORE \
    FLOW "message 'a' { fr = 'A ?' }\nmessage 'b' { fr = 'B ?' }\nmessage 'fini' { fr = '{a}, {b}.' }\n" \
    "f:ask 'a' { say = 'a', expect = text {} }\nf:ask 'b' { say = 'b', expect = text {} }\nf:finish 'fin' { say = 'fini' }\n"

static void reload_at_b(struct stage *s, const char *lua)
{
    stage_open(s, BEFORE);
    stage_text(s, "essai");
    stage_text(s, "1");
    stage_said(s, "b");
    stage_reload(s, lua);
    stage_text(s, "2");
}

TEST(a_question_that_lacks_a_value_is_asked_when_it_has_it)
{
    struct stage s;

    (void)state;
    reload_at_b(&s, FLOW "message 'a' { fr = 'A ?' }\nmessage 'b' { fr = 'B ?' }\nmessage 'c' { fr = 'C ?' }\nmessage 'm' { fr = '{a}, {c}, {b} ?\\n[oui] Oui' }\n"
                "f:ask 'a' { say = 'a', expect = text { max = 40 } }\nf:ask 'c' { say = 'c', expect = text { max = 40 } }\nf:ask 'b' { say = 'b', expect = text { max = 40 } }\n"
                "f:choose 'm' { say = 'm', on = { oui = 'fin' } }\nf:finish 'fin' {}\n");
    stage_said(&s, "c");
    stage_text(&s, "3");
    assert_string_equal(stage_body(&s, 0), "1, 3, 2 ?");
    stage_text(&s, "retour");
    stage_said(&s, "c");                                     /* what was answered last */
    stage_close(&s);
}

TEST(several_values_are_asked_one_after_the_other)
{
    struct stage s;

    (void)state;
    reload_at_b(&s, FLOW "message 'a' { fr = 'A ?' }\nmessage 'b' { fr = 'B ?' }\nmessage 'c' { fr = 'C ?' }\nmessage 'd' { fr = 'D ?' }\nmessage 'fini' { fr = '{a}, {b}, {c}, {d}.' }\n"
                "f:ask 'a' { say = 'a', expect = text {} }\nf:ask 'c' { say = 'c', expect = text {} }\nf:ask 'd' { say = 'd', expect = text {} }\n"
                "f:ask 'b' { say = 'b', expect = text {} }\nf:finish 'fin' { say = 'fini' }\n");
    stage_said(&s, "c");
    stage_text(&s, "3");
    stage_said(&s, "d");
    stage_text(&s, "4");
    assert_string_equal(stage_body(&s, 0), "1, 2, 3, 4.");
    stage_close(&s);
}

TEST(an_inserted_question_that_lacks_a_value_itself_comes_second)
{
    struct stage s;

    (void)state;
    reload_at_b(&s, FLOW "message 'a' { fr = 'A ?' }\nmessage 'b' { fr = 'B ?' }\nmessage 'c' { fr = 'C ?' }\nmessage 'd' { fr = 'D avec {c} ?' }\nmessage 'fini' { fr = '{a}, {b}, {d}.' }\n"
                "f:ask 'a' { say = 'a', expect = text {} }\nf:ask 'c' { say = 'c', expect = text {} }\nf:ask 'd' { say = 'd', expect = text {} }\n"
                "f:ask 'b' { say = 'b', expect = text {} }\nf:finish 'fin' { say = 'fini' }\n");
    stage_said(&s, "c");
    stage_text(&s, "3");
    stage_said(&s, "d");
    assert_string_equal(stage_body(&s, 0), "D avec 3 ?");
    stage_text(&s, "4");
    assert_string_equal(stage_body(&s, 0), "1, 2, 4.");      /* nobody is asked b again */
    stage_close(&s);
}

TEST(a_choice_that_was_inserted_is_asked_too)
{
    struct stage s;

    (void)state;
    reload_at_b(&s, FLOW "message 'a' { fr = 'A ?' }\nmessage 'b' { fr = 'B ?' }\nmessage 'c' { fr = 'C ?\\n[x] Ex\\n[y] Ygrec' }\nmessage 'fini' { fr = '{a}, {b}, {c}.' }\n"
                "f:ask 'a' { say = 'a', expect = text {} }\nf:choose 'c' { say = 'c', save = 'c', on = { x = 'b', y = 'b' } }\n"
                "f:ask 'b' { say = 'b', expect = text {} }\nf:finish 'fin' { say = 'fini' }\n");
    stage_said(&s, "c");
    stage_tap(&s, "y");
    assert_string_equal(stage_body(&s, 0), "1, 2, y.");
    stage_close(&s);
}

TEST(questions_that_lack_each_other_are_a_failure_not_a_circle)
{
    struct stage s;

    (void)state;
    reload_at_b(&s, FLOW "message 'a' { fr = 'A ?' }\nmessage 'b' { fr = 'B ?' }\nmessage 'c' { fr = '{d} ?' }\nmessage 'd' { fr = '{c} ?' }\nmessage 'fini' { fr = '{c}.' }\n"
                "f.takes = { 'c', 'd' }\n"
                "f:ask 'a' { say = 'a', expect = text {} }\nf:ask 'c' { say = 'c', expect = text {} }\nf:ask 'd' { say = 'd', expect = text {} }\n"
                "f:ask 'b' { say = 'b', expect = text {} }\nf:finish 'fin' { say = 'fini' }\n");
    stage_said(&s, "commun.probleme");
    assert_true(s.last.script_failed);
    assert_string_equal(stage_place(&s), "essai/b");
    stage_close(&s);
}

TEST(a_value_of_a_caller_is_asked_in_the_flow_that_needs_it)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW "message 'a' { fr = 'A ?' }\nf:ask 'a' { say = 'a', expect = text {} }\nf:run 'sous' { flow = 'sous', give = { a = 'a' } }\nf:finish 'fin' {}\n"
                   "--- flows/sous.lua\nlocal f = flow 'sous'\nf.takes = { 'a' }\nmessage 'b' { fr = 'B ?' }\nmessage 'm' { fr = '{a}, {b}.' }\n"
                   "f:ask 'b' { say = 'b', expect = text {} }\nf:finish 'fin' { say = 'm' }\n");
    stage_text(&s, "essai");
    stage_text(&s, "1");
    stage_reload(&s, FLOW "message 'a' { fr = 'A ?' }\nf:ask 'a' { say = 'a', expect = text {} }\nf:run 'sous' { flow = 'sous', give = { a = 'a' } }\nf:finish 'fin' {}\n"
                     "--- flows/sous.lua\nlocal f = flow 'sous'\nf.takes = { 'a' }\nmessage 'b' { fr = 'B ?' }\nmessage 'c' { fr = 'C ?' }\nmessage 'm' { fr = '{a}, {b}, {c}.' }\n"
                     "f:ask 'c' { say = 'c', expect = text {} }\nf:ask 'b' { say = 'b', expect = text {} }\nf:finish 'fin' { say = 'm' }\n");
    stage_text(&s, "2");
    stage_said(&s, "c");
    stage_text(&s, "3");
    assert_string_equal(stage_body(&s, 0), "1, 2, 3.");
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_second_failure_in_a_row_leads_to_the_safe_step_with_what_is_known),
        cmocka_unit_test(a_safe_step_that_fails_too_leads_to_the_menu),
        cmocka_unit_test(the_menu_works_in_the_middle_of_a_call),
        cmocka_unit_test(a_wait_that_ends_without_a_step_says_so_once_or_nothing),
        cmocka_unit_test(nothing_is_attempted_when_the_window_has_closed),
        cmocka_unit_test(a_question_that_could_not_be_said_is_asked_before_it_is_answered),
        cmocka_unit_test(help_asks_a_question_that_could_not_be_said),
        cmocka_unit_test(a_reminder_is_inside_the_window_or_not_at_all),
        cmocka_unit_test(a_question_that_lacks_a_value_is_asked_when_it_has_it),
        cmocka_unit_test(several_values_are_asked_one_after_the_other),
        cmocka_unit_test(an_inserted_question_that_lacks_a_value_itself_comes_second),
        cmocka_unit_test(a_choice_that_was_inserted_is_asked_too),
        cmocka_unit_test(questions_that_lack_each_other_are_a_failure_not_a_circle),
        cmocka_unit_test(a_value_of_a_caller_is_asked_in_the_flow_that_needs_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
