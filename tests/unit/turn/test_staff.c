/* The conversation is with staff: who speaks, when, and how it comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stage.h"

#define TEST(name) static void name(void **state)
#define FLOW "local f = flow 'essai'\nf.words = 'essai'\n" \
    "message 'q' { fr = 'Ton nom ?\\n[menu] Menu' }\nmessage 'passe' { fr = 'Un collègue te répond.' }\nmessage 'retour' { fr = 'Me revoilà.' }\n"
#define HANDS FLOW "f:ask 'nom' { say = 'q', expect = text {} }\n" \
    "f:finish 'conseiller' { say = 'passe', handover = { last = '4 h', back = 'retour' } }\n"
enum { HOUR = 3600 * 1000 };

/* What the store would do with what the turn says. */
static void follow(struct stage *s)
{
    const struct store_turn *c = &s->last.commit;

    if (c->hold == HOLD_TAKE)
        s->person.held_until_ms = c->held_until_ms;
    if (c->hold == HOLD_BACK && s->person.held_until_ms == c->held_until_ms)
        s->person.held_until_ms = 0;
}

static void hand_over(struct stage *s)
{
    stage_text(s, "essai");
    stage_text(s, "Prisca");
    follow(s);
}

static const struct store_timer *timer_named(const struct stage *s, const char *name)
{
    for (size_t i = 0; i < s->last.commit.timer_count; i++)
        if (strcmp(s->last.commit.timers[i].name, name) == 0)
            return &s->last.commit.timers[i];
    return NULL;
}

static void staff_timer(struct stage *s, uint64_t guard)
{
    stage_event(s, &(struct event){ .kind = EVENT_TIMER, .at_ms = s->now_ms, .name = "staff", .guard = guard });
    follow(s);
}

static void staff(struct stage *s, const char *what)
{
    s->person.held_until_ms = strcmp(what, "take") == 0 ? s->now_ms + 24 * HOUR : 0;
    stage_event(s, &(struct event){ .kind = EVENT_STAFF, .at_ms = s->now_ms, .outcome = what });
    follow(s);
}

TEST(a_finish_hands_over_with_its_own_words_and_a_timer_for_the_end)
{
    struct stage s;

    (void)state;
    stage_open(&s, HANDS);
    hand_over(&s);
    stage_said(&s, "passe");
    assert_int_equal(s.last.commit.hold, HOLD_TAKE);
    assert_int_equal(s.last.commit.held_until_ms, STAGE_START + 4 * HOUR);
    assert_string_equal(s.last.commit.note, "handed over to staff");
    assert_string_equal(stage_place(&s), "-");
    assert_non_null(timer_named(&s, "staff"));
    assert_int_equal(timer_named(&s, "staff")->due_ms, STAGE_START + 4 * HOUR);
    assert_int_equal(timer_named(&s, "staff")->guard, s.seq);
    assert_int_equal(timer_named(&s, "wait")->due_ms, 0);
    stage_close(&s);
}

TEST(handover_true_lasts_a_day_and_comes_back_without_words)
{
    struct stage s;
    uint64_t guard;

    (void)state;
    stage_open(&s, FLOW "f:ask 'nom' { say = 'q', expect = text {} }\nf:finish 'conseiller' { say = 'passe', handover = true }\n");
    hand_over(&s);
    guard = s.seq;
    assert_int_equal(s.last.commit.held_until_ms, STAGE_START + 24 * HOUR);
    s.now_ms += 24 * HOUR;
    staff_timer(&s, guard);
    assert_int_equal(stage_count(&s), 0);
    assert_int_equal(s.last.commit.hold, HOLD_BACK);
    stage_close(&s);
}

TEST(what_the_person_says_to_staff_is_heard_and_not_answered)
{
    struct stage s;

    (void)state;
    stage_open(&s, HANDS);
    hand_over(&s);
    stage_text(&s, "Mon colis est cassé");
    assert_int_equal(stage_count(&s), 0);
    assert_string_equal(s.last.commit.note, "with staff");
    stage_text(&s, "essai");
    stage_media(&s, "image");
    assert_int_equal(stage_count(&s), 0);
    stage_text(&s, "aide");
    stage_text(&s, "annuler");
    assert_int_equal(stage_count(&s), 0);
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
}

TEST(menu_works_from_there_too)
{
    struct stage s;

    (void)state;
    stage_open(&s, HANDS);
    hand_over(&s);
    stage_text(&s, "MENU");
    follow(&s);
    stage_said(&s, "commun.menu");
    assert_int_equal(s.last.commit.hold, HOLD_BACK);
    assert_int_equal(s.person.held_until_ms, 0);
    assert_int_equal(timer_named(&s, "staff")->due_ms, 0);
    stage_text(&s, "essai");
    stage_said(&s, "q");
    stage_close(&s);
}

TEST(an_old_menu_button_works_and_other_old_buttons_do_not)
{
    struct stage s;
    char menu[256];

    (void)state;
    stage_open(&s, HANDS);
    stage_text(&s, "essai");
    (void)snprintf(menu, sizeof menu, "%s", stage_choice(&s, "menu"));
    stage_text(&s, "Prisca");
    follow(&s);
    stage_tap_id(&s, "essai~1~0000000000", "Essayer");
    assert_int_equal(stage_count(&s), 0);
    stage_tap_id(&s, menu, "Menu");
    stage_said(&s, "commun.menu");
    stage_close(&s);
}

TEST(when_the_time_is_over_the_bot_says_that_it_is_back)
{
    struct stage s;
    uint64_t guard;

    (void)state;
    stage_open(&s, HANDS);
    hand_over(&s);
    guard = s.seq;
    s.now_ms += 4 * HOUR;
    staff_timer(&s, guard);
    stage_said(&s, "retour");
    assert_int_equal(s.last.commit.hold, HOLD_BACK);
    assert_string_equal(stage_var(&s, "staff"), "");
    assert_string_equal(stage_var(&s, "back"), "");
    staff_timer(&s, guard);
    assert_int_equal(stage_count(&s), 0);
    stage_close(&s);
}

TEST(outside_the_window_it_comes_back_silently)
{
    struct stage s;
    uint64_t guard;

    (void)state;
    stage_open(&s, FLOW "f:ask 'nom' { say = 'q', expect = text {} }\n"
                        "f:finish 'conseiller' { say = 'passe', handover = { last = '2 j', back = 'retour' } }\n");
    hand_over(&s);
    guard = s.seq;
    s.now_ms += 48 * HOUR;
    staff_timer(&s, guard);
    assert_int_equal(stage_count(&s), 0);
    assert_int_equal(s.last.commit.hold, HOLD_BACK);
    stage_close(&s);
}

TEST(an_earlier_handovers_timer_does_not_end_a_later_one)
{
    struct stage s;
    uint64_t first;

    (void)state;
    stage_open(&s, HANDS);
    hand_over(&s);
    first = s.seq;
    stage_text(&s, "menu");
    follow(&s);
    hand_over(&s);
    staff_timer(&s, first);
    assert_int_equal(stage_count(&s), 0);
    assert_int_equal(s.last.commit.hold, HOLD_SAME);
    stage_text(&s, "allô");
    assert_int_equal(stage_count(&s), 0);
    stage_close(&s);
}

TEST(staff_who_give_back_let_the_bot_say_so)
{
    struct stage s;

    (void)state;
    stage_open(&s, HANDS);
    hand_over(&s);
    staff(&s, "back");
    stage_said(&s, "retour");
    assert_int_equal(s.last.commit.hold, HOLD_SAME);       /* the store has done it */
    assert_int_equal(timer_named(&s, "staff")->due_ms, 0);
    stage_close(&s);
}

TEST(a_question_that_was_pending_when_staff_came_is_asked_again)
{
    struct stage s;

    (void)state;
    stage_open(&s, HANDS);
    stage_text(&s, "essai");
    staff(&s, "take");
    assert_int_equal(stage_count(&s), 0);
    assert_string_equal(s.last.commit.note, "taken by staff");
    assert_int_equal(timer_named(&s, "wait")->due_ms, 0);
    assert_int_equal(timer_named(&s, "staff")->due_ms, STAGE_START + 24 * HOUR);
    stage_text(&s, "Prisca");
    assert_int_equal(stage_count(&s), 0);
    assert_string_equal(stage_place(&s), "essai/nom");
    staff(&s, "back");
    stage_said(&s, "q");
    assert_non_null(timer_named(&s, "wait"));
    stage_text(&s, "Prisca");
    stage_said(&s, "passe");
    stage_close(&s);
}

TEST(what_waits_neither_reminds_nor_ends_while_staff_has_the_conversation)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW "message 'alors' { fr = 'Alors ?' }\n"
                        "f:ask 'nom' { say = 'q', expect = text {}, remind = { '10 min', 'alors' }, expire = '1 h' }\nf:finish 'fin' {}\n");
    stage_text(&s, "essai");
    staff(&s, "take");
    stage_later(&s, 10);
    stage_timer(&s);
    assert_int_equal(stage_count(&s), 0);
    assert_string_equal(stage_place(&s), "essai/nom");
    stage_close(&s);
}

TEST(an_answer_that_comes_meanwhile_is_not_lost)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW "f:call 'prix' { GET = '/prix', save = { n = 'n' }, fail = { other = 'fin' } }\n"
                        "f:ask 'nom' { say = 'q', expect = text {} }\nf:finish 'fin' {}\n");
    stage_text(&s, "essai");
    staff(&s, "take");
    stage_answer(&s, "ok", 200, "{\"n\":3}");
    assert_string_equal(stage_place(&s), "essai/nom");
    assert_string_equal(stage_var(&s, "vars.n"), "3");
    staff(&s, "back");
    stage_said(&s, "q");
    stage_close(&s);
}

TEST(notifications_are_made_as_ever)
{
    struct stage s;

    (void)state;
    stage_open(&s, HANDS "message 'notif' { fr = 'Accepté.' }\non 'course.acceptee' { to = 't', say = 'notif', when_asking = 'after' }\n");
    stage_text(&s, "essai");
    staff(&s, "take");
    stage_notice(&s, "course.acceptee", "e1", "{}");
    stage_said(&s, "notif");
    assert_int_equal(s.last.commit.sends[0].class, CLASS_NOTIFICATION);
    stage_close(&s);
}

/* The message is gone since a reload, or lacks a value: an author's mistake must not silence the bot for ever. */
TEST(words_that_cannot_be_said_do_not_keep_the_bot_away)
{
    struct stage s;
    uint64_t guard;

    (void)state;
    stage_open(&s, HANDS);
    hand_over(&s);
    guard = s.seq;
    stage_reload(&s, "local f = flow 'essai'\nf.words = 'essai'\nmessage 'q' { fr = 'Ton nom ?' }\n"
                     "f:ask 'nom' { say = 'q', expect = text {} }\nf:finish 'fin' {}\n");
    s.now_ms += 4 * HOUR;
    staff_timer(&s, guard);
    assert_int_equal(stage_count(&s), 0);
    assert_int_equal(s.last.commit.hold, HOLD_BACK);
    assert_int_equal(s.person.held_until_ms, 0);
    stage_close(&s);
}

TEST(a_question_that_cannot_be_asked_again_still_ends_some_day)
{
    struct stage s;
    uint64_t guard;

    (void)state;
    stage_open(&s, FLOW "f:ask 'nom' { say = 'q', expect = text {} }\nf:finish 'fin' {}\n");
    stage_text(&s, "essai");
    staff(&s, "take");
    guard = s.seq;
    s.now_ms += 24 * HOUR;
    s.person.heard_ms = s.now_ms;
    stage_reload(&s, "local f = flow 'essai'\nf.words = 'essai'\nf.values = { casse = function(c) error('non') end }\nmessage 'q' { fr = 'Ton nom, {casse} ?' }\n"
                     "f:ask 'nom' { say = 'q', expect = text {} }\nf:finish 'fin' {}\n");
    staff_timer(&s, guard);
    assert_true(s.last.script_failed);
    assert_int_equal(s.last.commit.hold, HOLD_BACK);
    assert_non_null(timer_named(&s, "wait"));
    assert_true(timer_named(&s, "wait")->due_ms > 0);
    stage_close(&s);
}

TEST(a_handover_that_cannot_say_its_words_hands_nobody_over)
{
    struct stage s;

    (void)state;
    stage_open(&s, "local f = flow 'essai'\nf.words = 'essai'\nmessage 'q' { fr = 'Ton nom ?' }\n"
                   "f.values = { casse = function(c) error('non') end }\nmessage 'passe' { fr = '{casse}' }\n"
                   "f:ask 'nom' { say = 'q', expect = text {} }\nf:finish 'conseiller' { say = 'passe', handover = true }\n");
    stage_text(&s, "essai");
    stage_text(&s, "Prisca");
    stage_said(&s, "commun.probleme");
    assert_int_equal(s.last.commit.hold, HOLD_SAME);
    assert_null(timer_named(&s, "staff"));
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_finish_hands_over_with_its_own_words_and_a_timer_for_the_end),
        cmocka_unit_test(handover_true_lasts_a_day_and_comes_back_without_words),
        cmocka_unit_test(what_the_person_says_to_staff_is_heard_and_not_answered),
        cmocka_unit_test(menu_works_from_there_too),
        cmocka_unit_test(an_old_menu_button_works_and_other_old_buttons_do_not),
        cmocka_unit_test(when_the_time_is_over_the_bot_says_that_it_is_back),
        cmocka_unit_test(outside_the_window_it_comes_back_silently),
        cmocka_unit_test(an_earlier_handovers_timer_does_not_end_a_later_one),
        cmocka_unit_test(staff_who_give_back_let_the_bot_say_so),
        cmocka_unit_test(a_question_that_was_pending_when_staff_came_is_asked_again),
        cmocka_unit_test(what_waits_neither_reminds_nor_ends_while_staff_has_the_conversation),
        cmocka_unit_test(an_answer_that_comes_meanwhile_is_not_lost),
        cmocka_unit_test(notifications_are_made_as_ever),
        cmocka_unit_test(words_that_cannot_be_said_do_not_keep_the_bot_away),
        cmocka_unit_test(a_handover_that_cannot_say_its_words_hands_nobody_over),
        cmocka_unit_test(a_question_that_cannot_be_asked_again_still_ends_some_day),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
