/* Plans: they outlive the flow that made them, keep quiet hours, and say nothing that is not wanted any more. */
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
#define HOUR_MS (3600 * 1000LL)
#define DAY_MS (24 * HOUR_MS)

static const struct store_timer *timer_named(const struct stage *s, const char *name)
{
    for (size_t i = 0; i < s->last.commit.timer_count; i++)
        if (strcmp(s->last.commit.timers[i].name, name) == 0)
            return &s->last.commit.timers[i];
    return NULL;
}

/* The row as the store would keep it: the newest of that name. */
static struct store_timer set_timer(const struct stage *s, const char *name)
{
    const struct store_timer *found = timer_named(s, name);

    if (found == NULL)
        fail_msg("no timer %s was set", name);
    return *found;
}

static void fire(struct stage *s, const struct store_timer *timer)
{
    if (s->now_ms < timer->due_ms)
        s->now_ms = timer->due_ms;
    stage_event(s, &(struct event){ .kind = EVENT_TIMER, .at_ms = s->now_ms, .name = timer->name, .guard = timer->guard });
}

#define AVIS \
    FLOW "message 'q' { fr = 'Nom ?' }\nmessage 'fini' { fr = 'Fini.' }\nmessage 'avis' { fr = 'Alors, {nom} ?' }\n" \
    "f:ask 'nom' { say = 'q', expect = text {} }\n" \
    "f:finish 'fin' { say = 'fini', plan = { after '30 min' { name = 'avis', say = 'avis' } } }\n"

/* ---- after ---- */

TEST(a_plan_outlives_its_flow_with_the_values_that_it_needs)
{
    struct stage s;
    struct store_timer timer;

    (void)state;
    stage_open(&s, AVIS);
    stage_text(&s, "essai");
    stage_text(&s, "Prisca");
    assert_string_equal(stage_place(&s), "-");
    timer = set_timer(&s, "plan:avis");
    assert_int_equal(timer.due_ms, s.now_ms + HOUR_MS / 2);
    fire(&s, &timer);
    stage_said(&s, "avis");
    assert_string_equal(stage_body(&s, 0), "Alors, Prisca ?");
    assert_int_equal(s.last.commit.sends[0].class, CLASS_NOTIFICATION);
    assert_string_equal(stage_var(&s, "plans"), "");
    fire(&s, &timer);                  /* twice is once */
    stage_said(&s, "");
    stage_close(&s);
}

TEST(a_plan_does_not_touch_the_question_that_is_pending)
{
    struct stage s;
    struct store_timer timer;

    (void)state;
    stage_open(&s, FLOW "message 'q' { fr = 'Nom ?' }\nmessage 'r' { fr = 'Toujours là ?' }\nmessage 'avis' { fr = 'Alors ?' }\n"
                   "f:ask 'nom' { say = 'q', expect = text {}, remind = { '1 h', 'r' }, plan = { after '30 min' { name = 'avis', say = 'avis' } } }\n"
                   "f:finish 'fin' {}\n");
    stage_text(&s, "essai");
    timer = set_timer(&s, "plan:avis");
    fire(&s, &timer);
    stage_said(&s, "avis");
    assert_string_equal(stage_place(&s), "essai/nom");
    assert_null(timer_named(&s, "wait"));
    assert_string_equal(stage_var(&s, "armed"), "true");
    stage_text(&s, "Prisca");
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
}

TEST(the_same_name_replaces_and_cancel_takes_back)
{
    struct stage s;
    struct store_timer first;

    (void)state;
    stage_open(&s, FLOW "message 'q' { fr = 'Quoi ?\\n[encore] Encore\\n[stop] Stop' }\nmessage 'avis' { fr = 'Alors ?' }\nmessage 'ok' { fr = 'Bien.' }\n"
                   "f:choose 'quoi' { say = 'q', on = { encore = 'quoi', stop = 'fin' }, plan = { after '30 min' { name = 'avis', say = 'avis' } } }\n"
                   "f:finish 'fin' { say = 'ok', plan = { cancel 'avis' } }\n");
    stage_text(&s, "essai");
    first = set_timer(&s, "plan:avis");
    stage_later(&s, 10);
    stage_tap(&s, "encore");
    assert_int_equal(set_timer(&s, "plan:avis").due_ms, s.now_ms + HOUR_MS / 2);
    fire(&s, &first);                  /* its row was replaced; an event that was under way says nothing */
    stage_said(&s, "");
    stage_text(&s, "Stop");
    stage_said(&s, "ok");
    assert_int_equal(set_timer(&s, "plan:avis").due_ms, 0);
    assert_string_equal(stage_var(&s, "plans"), "");
    stage_close(&s);
}

TEST(unless_is_answered_even_when_the_flow_is_long_over)
{
    struct stage s;
    struct store_timer timer;

    (void)state;
    stage_open(&s, FLOW "message 'q' { fr = 'Une note ?' }\nmessage 'avis' { fr = 'Alors ?' }\n"
                   "f:ask 'note' { say = 'q', expect = number {}, plan = { after '30 min' { name = 'avis', say = 'avis', unless = 'note' } } }\nf:finish 'fin' {}\n");
    stage_text(&s, "essai");
    timer = set_timer(&s, "plan:avis");
    stage_text(&s, "4");
    assert_string_equal(stage_place(&s), "-");
    fire(&s, &timer);
    stage_said(&s, "");
    assert_non_null(strstr(s.last.commit.note, "note has a value"));
    stage_text(&s, "essai");
    timer = set_timer(&s, "plan:avis");
    fire(&s, &timer);
    stage_said(&s, "avis");            /* nobody answered this time */
    stage_close(&s);
}

TEST(outside_the_window_a_template_leaves_or_nothing)
{
    static const char *const OUTSIDE[] = { "", ", outside = 'modele'" };
    char lua[1024];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct stage s;
        struct store_timer timer;

        (void)snprintf(lua, sizeof lua, FLOW "message 'q' { fr = 'Nom ?' }\nmessage 'avis' { fr = 'Alors ?' }\n"
                       "template 'modele' { category = 'utility', params = { 'nom' }, example = { 'Prisca' }, fr = 'Alors, dites-nous, {nom}, comment était-ce ?' }\n"
                       "f:ask 'nom' { say = 'q', expect = text {} }\n"
                       "f:finish 'fin' { plan = { after '2 d' { name = 'avis', say = 'avis'%s } } }\n", OUTSIDE[i]);
        stage_open(&s, lua);
        stage_text(&s, "essai");
        stage_text(&s, "Prisca");
        timer = set_timer(&s, "plan:avis");
        fire(&s, &timer);
        assert_int_equal(stage_count(&s), i);
        if (i == 0)
            assert_non_null(strstr(s.last.commit.note, "no `outside`"));
        else
            assert_non_null(strstr(stage_row(&s, 0), "\"template\":\"modele\""));
        stage_close(&s);
    }
}

TEST(what_is_declared_no_more_is_dropped_with_a_note_and_what_moved_is_found)
{
    struct stage s;
    struct store_timer timer;

    (void)state;
    stage_open(&s, AVIS);
    stage_text(&s, "essai");
    stage_text(&s, "Prisca");
    timer = set_timer(&s, "plan:avis");
    stage_reload(&s, FLOW "f.moved = { fin = 'la_fin' }\nmessage 'q' { fr = 'Nom ?' }\nmessage 'avis' { fr = 'Et alors, {nom} ?' }\n"
                     "f:ask 'nom' { say = 'q', expect = text {} }\nf:finish 'la_fin' { plan = { after '1 h' { name = 'avis', say = 'avis' } } }\n");
    fire(&s, &timer);
    assert_string_equal(stage_body(&s, 0), "Et alors, Prisca ?");
    stage_text(&s, "essai");
    stage_text(&s, "Prisca");
    timer = set_timer(&s, "plan:avis");
    stage_reload(&s, FLOW "message 'q' { fr = 'Nom ?' }\nf:ask 'nom' { say = 'q', expect = text {} }\nf:finish 'la_fin' {}\n");
    fire(&s, &timer);
    stage_said(&s, "");
    assert_non_null(strstr(s.last.commit.note, "not in the scripts any more"));
    assert_string_equal(stage_var(&s, "plans"), "");
    stage_close(&s);
}

TEST(a_plan_that_cannot_be_said_is_noted_and_leaves_the_flow_alone)
{
    struct stage s;
    struct store_timer timer;

    (void)state;
    stage_open(&s, FLOW "message 'q' { fr = 'Nom ?' }\nmessage 'avis' { fr = 'Alors, {person.surnom} ?' }\nperson { surnom = text {} }\n"
                   "f:ask 'nom' { say = 'q', expect = text {}, plan = { after '30 min' { name = 'avis', say = 'avis' } } }\nf:finish 'fin' {}\n");
    stage_text(&s, "essai");
    timer = set_timer(&s, "plan:avis");
    fire(&s, &timer);
    stage_said(&s, "");
    assert_true(s.last.script_failed);
    assert_string_equal(stage_var(&s, "plans"), "");
    assert_string_equal(stage_var(&s, "failures"), "");
    assert_string_equal(stage_place(&s), "essai/nom");
    assert_null(timer_named(&s, "wait"));
    stage_close(&s);
}

TEST(nine_plans_are_one_too_many)
{
    struct stage s;
    char lua[4096] = FLOW "message 'avis' { fr = 'Alors ?' }\nmessage 'q' { fr = 'Quoi ?' }\nf:ask 'a' { say = 'q', expect = text {} }\n";

    (void)state;
    for (int step = 0; step < 3; step++) {
        (void)snprintf(lua + strlen(lua), sizeof lua - strlen(lua), "f:say 's%d' { say = 'q', plan = {", step);
        for (int i = 0; i < 3; i++)
            (void)snprintf(lua + strlen(lua), sizeof lua - strlen(lua), " after '1 h' { name = 'p%d%d', say = 'avis' },", step, i);
        (void)snprintf(lua + strlen(lua), sizeof lua - strlen(lua), " } }\n");
    }
    (void)snprintf(lua + strlen(lua), sizeof lua - strlen(lua), "f:finish 'fin' {}\n");
    stage_open(&s, lua);
    stage_text(&s, "essai");
    stage_text(&s, "oui");
    stage_said(&s, "commun.probleme");
    assert_non_null(strstr(s.last.failure.text, "more than 8 plans"));
    stage_close(&s);
}

/* Memory of 16 rows, and the one of the question that is asked behind them. */
TEST(plans_leave_room_for_the_timers_of_the_host)
{
    struct stage s;
    char lua[8192] = FLOW "message 'avis' { fr = 'Alors ?' }\nmessage 'q' { fr = 'Quoi ?' }\nf:ask 'a' { say = 'q', expect = text {} }\n";

    (void)state;
    for (int step = 0; step < 4; step++) {
        (void)snprintf(lua + strlen(lua), sizeof lua - strlen(lua), "f:say 's%d' { say = 'q', plan = {", step);
        for (int i = 0; i < 8; i++)
            if (step % 2 == 0)
                (void)snprintf(lua + strlen(lua), sizeof lua - strlen(lua), " after '1 h' { name = 'p%d%d', say = 'avis' },", step, i);
            else
                (void)snprintf(lua + strlen(lua), sizeof lua - strlen(lua), " cancel 'p%d%d',", step - 1, i);
        (void)snprintf(lua + strlen(lua), sizeof lua - strlen(lua), " } }\n");
    }
    (void)snprintf(lua + strlen(lua), sizeof lua - strlen(lua), "f:ask 'b' { say = 'q', expect = text {} }\nf:finish 'fin' {}\n");
    stage_open(&s, lua);
    stage_text(&s, "essai");
    stage_text(&s, "oui");
    assert_true(s.last.commit.timer_count <= TURN_TIMERS_MAX);
    stage_said(&s, "commun.probleme");
    assert_non_null(strstr(s.last.failure.text, "timers in one turn"));
    stage_close(&s);
}

TEST(unless_counts_what_was_answered_before_the_plan_was_made)
{
    struct stage s;
    struct store_timer timer;

    (void)state;
    stage_open(&s, FLOW "message 'q' { fr = 'Une note ?' }\nmessage 'avis' { fr = 'Alors ?' }\n"
                   "f:ask 'note' { say = 'q', expect = number {} }\nf:finish 'fin' { plan = { after '30 min' { name = 'avis', say = 'avis', unless = 'note' } } }\n");
    stage_text(&s, "essai");
    stage_text(&s, "4");
    assert_string_equal(stage_place(&s), "-");
    timer = set_timer(&s, "plan:avis");
    fire(&s, &timer);
    stage_said(&s, "");
    stage_close(&s);
}

TEST(unless_names_the_flow_s_variable_not_the_person_s_value_of_that_name)
{
    struct stage s;
    struct store_timer timer;

    (void)state;
    stage_open(&s, FLOW "person { note = number {} }\nmessage 'q' { fr = 'Une note ?' }\nmessage 'avis' { fr = 'Alors ?' }\n"
                   "f:ask 'n' { say = 'q', expect = number {}, save = 'person.note' }\n"
                   "f:ask 'note' { say = 'q', expect = number {}, plan = { after '30 min' { name = 'avis', say = 'avis', unless = 'note' } } }\nf:finish 'fin' {}\n");
    stage_text(&s, "essai");
    stage_text(&s, "4");
    timer = set_timer(&s, "plan:avis");
    fire(&s, &timer);
    stage_said(&s, "avis");
    stage_close(&s);
}

/* ---- quiet hours: Brazzaville is an hour east; STAGE_START is Monday 2025-01-27, 10:00 there ---- */

TEST(what_falls_into_quiet_hours_waits_for_their_end_or_is_dropped)
{
    static const struct { const char *keys; int64_t after_ms; } CASES[] = {
        { "", 21 * HOUR_MS },                                   /* due at 22:00, sent at 07:00 */
        { ", quiet = '20:00-08:30'", 22 * HOUR_MS + HOUR_MS / 2 },
        { ", quiet = '00:00-00:00'", 12 * HOUR_MS },            /* never quiet */
        { ", drop = true", 12 * HOUR_MS },
    };
    char lua[1024];

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct stage s;
        struct store_timer timer;

        (void)snprintf(lua, sizeof lua, FLOW "quiet '21:00-07:00'\nmessage 'q' { fr = 'Nom ?' }\nmessage 'avis' { fr = 'Alors ?' }\n"
                       "f:ask 'nom' { say = 'q', expect = text {}, plan = { after '12 h' { name = 'avis', say = 'avis'%s } } }\nf:finish 'fin' {}\n", CASES[i].keys);
        stage_open(&s, lua);
        stage_text(&s, "essai");
        timer = set_timer(&s, "plan:avis");
        assert_int_equal(timer.due_ms, STAGE_START + CASES[i].after_ms);
        fire(&s, &timer);
        assert_int_equal(stage_count(&s), i == 3 ? 0 : 1);
        if (i == 3)
            assert_non_null(strstr(s.last.commit.note, "quiet hours"));
        stage_close(&s);
    }
}

TEST(a_host_that_was_down_until_the_night_does_not_wake_anybody)
{
    struct stage s;
    struct store_timer timer;

    (void)state;
    stage_open(&s, FLOW "quiet '21:00-07:00'\nmessage 'q' { fr = 'Nom ?' }\nmessage 'avis' { fr = 'Alors ?' }\n"
                   "f:ask 'nom' { say = 'q', expect = text {}, plan = { after '1 h' { name = 'avis', say = 'avis' } } }\nf:finish 'fin' {}\n");
    stage_text(&s, "essai");
    timer = set_timer(&s, "plan:avis");
    s.now_ms = STAGE_START + 15 * HOUR_MS;      /* 01:00 */
    fire(&s, &timer);
    stage_said(&s, "");
    timer = set_timer(&s, "plan:avis");
    assert_int_equal(timer.due_ms, STAGE_START + 21 * HOUR_MS);
    fire(&s, &timer);
    stage_said(&s, "avis");
    stage_close(&s);
}

TEST(a_reminder_waits_for_the_morning_and_the_end_stays_where_it_was)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW "quiet '21:00-07:00'\nmessage 'q' { fr = 'Nom ?' }\nmessage 'r' { fr = 'Toujours là ?' }\n"
                   "f:ask 'nom' { say = 'q', expect = text {}, remind = { '30 min', 'r' }, expire = '20 h' }\nf:finish 'fin' {}\n");
    s.now_ms = STAGE_START + 11 * HOUR_MS;      /* 21:00 */
    stage_text(&s, "essai");
    s.now_ms += HOUR_MS / 2;
    stage_timer(&s);
    stage_said(&s, "");
    assert_int_equal(set_timer(&s, "wait").due_ms, STAGE_START + 21 * HOUR_MS);
    s.now_ms = STAGE_START + 21 * HOUR_MS;
    stage_timer(&s);
    stage_said(&s, "r");
    assert_int_equal(set_timer(&s, "wait").due_ms, STAGE_START + 31 * HOUR_MS);
    stage_close(&s);
    stage_open(&s, FLOW "quiet '21:00-07:00'\nmessage 'q' { fr = 'Nom ?' }\nmessage 'r' { fr = 'Toujours là ?' }\n"
                   "f:ask 'nom' { say = 'q', expect = text {}, remind = { '30 min', 'r' }, expire = '2 h' }\nf:finish 'fin' {}\n");
    s.now_ms = STAGE_START + 11 * HOUR_MS;
    stage_text(&s, "essai");
    s.now_ms += HOUR_MS / 2;
    stage_timer(&s);
    stage_said(&s, "");                /* it would come after the end */
    assert_int_equal(set_timer(&s, "wait").due_ms, STAGE_START + 13 * HOUR_MS);
    stage_close(&s);
}

/* ---- every ---- */

TEST(every_comes_again_until_its_end)
{
    struct stage s;
    struct store_timer timer;

    (void)state;
    stage_open(&s, FLOW "message 'q' { fr = 'Nom ?' }\nmessage 'jour' { fr = 'Bonjour {nom}.' }\n"
                   "f:ask 'nom' { say = 'q', expect = text {} }\n"
                   "f:finish 'fin' { plan = { every 'day 08:00' { name = 'jour', say = 'jour', last = '3 d', outside = 'm' } } }\n"
                   "template 'm' { category = 'utility', params = { 'nom' }, example = { 'Prisca' }, fr = 'Voici votre message du jour, {nom}, comme promis.' }\n");
    stage_text(&s, "essai");
    stage_text(&s, "Prisca");
    timer = set_timer(&s, "plan:jour");
    assert_int_equal(timer.due_ms, STAGE_START + 22 * HOUR_MS);     /* 08:00 the next day */
    for (int day = 0; day < 3; day++) {
        fire(&s, &timer);
        stage_said(&s, "jour");
        if (day < 2)
            timer = set_timer(&s, "plan:jour");
    }
    assert_null(timer_named(&s, "plan:jour"));
    assert_string_equal(stage_var(&s, "plans"), "");
    stage_close(&s);
}

TEST(days_of_the_week_and_spans_are_the_country_s_and_do_not_pile_up)
{
    static const struct { const char *when; int64_t first_ms, late_ms, then_ms; } CASES[] = {
        { "monday 09:00", 7 * DAY_MS - HOUR_MS, 7 * DAY_MS - HOUR_MS, 14 * DAY_MS - HOUR_MS },      /* it is Monday, 10:00 */
        { "monday 11:00", HOUR_MS, HOUR_MS, 7 * DAY_MS + HOUR_MS },
        { "sunday 10:30", 6 * DAY_MS + HOUR_MS / 2, 6 * DAY_MS + HOUR_MS / 2, 13 * DAY_MS + HOUR_MS / 2 },
        { "day 10:00", DAY_MS, DAY_MS, 2 * DAY_MS },
        { "2 h", 2 * HOUR_MS, 2 * HOUR_MS, 4 * HOUR_MS },
        { "2 h", 2 * HOUR_MS, 7 * HOUR_MS, 8 * HOUR_MS },                                           /* two were missed: one is said */
    };
    char lua[1024];

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct stage s;
        struct store_timer timer;

        (void)snprintf(lua, sizeof lua, FLOW "message 'q' { fr = 'Nom ?' }\nmessage 'm' { fr = 'Bonjour.' }\n"
                       "f:ask 'nom' { say = 'q', expect = text {}, plan = { every '%s' { name = 'm', say = 'm', last = '60 d' } } }\nf:finish 'fin' {}\n", CASES[i].when);
        stage_open(&s, lua);
        stage_text(&s, "essai");
        timer = set_timer(&s, "plan:m");
        assert_int_equal(timer.due_ms - STAGE_START, CASES[i].first_ms);
        s.now_ms = STAGE_START + CASES[i].late_ms;
        fire(&s, &timer);
        assert_int_equal(set_timer(&s, "plan:m").due_ms - STAGE_START, CASES[i].then_ms);
        stage_close(&s);
    }
}

TEST(every_says_nothing_when_its_first_time_is_behind_its_end)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW "message 'q' { fr = 'Nom ?' }\nmessage 'm' { fr = 'Bonjour.' }\n"      /* it is Monday, 10:00 */
                   "f:ask 'nom' { say = 'q', expect = text {}, plan = { every 'sunday 10:30' { name = 'm', say = 'm', last = '2 d' } } }\nf:finish 'fin' {}\n");
    stage_text(&s, "essai");
    assert_null(timer_named(&s, "plan:m"));
    assert_string_equal(stage_var(&s, "plans"), "");
    stage_close(&s);
}

/* ---- from an event ---- */

TEST(a_notification_makes_plans_with_the_event_s_own_values)
{
    struct stage s;
    struct store_timer timer;

    (void)state;
    stage_open(&s, FLOW "message 'q' { fr = 'Nom ?' }\nf:ask 'nom' { say = 'q', expect = text {} }\nf:finish 'fin' {}\n"
                   "message 'livre' { fr = 'Livré.' }\nmessage 'note' { fr = 'Votre avis sur {ref} ?' }\nmessage 'tous' { fr = 'Tous : {ref}.' }\n"
                   "on 'mission' { to = 'tel', by = 'statut', vars = { ref = 'reference' }, plan = { after '2 h' { name = 'tous', say = 'tous' } },\n"
                   "  cases = { { is = { 'livree', 'delivered' }, say = 'livre', plan = { after '1 h' { name = 'note', say = 'note' } } } } }\n");
    s.person.heard_ms = s.now_ms;
    stage_notice(&s, "mission", "w1", "{\"tel\":\"x\",\"statut\":\"delivered\",\"reference\":\"COUR-1\"}");
    stage_said(&s, "livre");
    assert_int_equal(set_timer(&s, "plan:tous").due_ms, s.now_ms + 2 * HOUR_MS);
    timer = set_timer(&s, "plan:note");
    fire(&s, &timer);
    assert_string_equal(stage_body(&s, 0), "Votre avis sur COUR-1 ?");
    stage_close(&s);
}

TEST(a_plan_of_an_event_shows_the_event_s_telephone_and_never_the_person_s)
{
    static const struct { const char *json, *body; } CASES[] = {
        { "{\"tel\":\"x\",\"numero\":\"+242066000009\"}", "Appelez +242066000009." }, { "{\"tel\":\"x\"}", "Appelez personne." } };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct stage s;
        struct store_timer timer;

        stage_open(&s, FLOW "message 'q' { fr = 'Nom ?' }\nf:ask 'nom' { say = 'q', expect = text {} }\nf:finish 'fin' {}\n"
                       "message 'parti' { fr = 'Parti.' }\nmessage 'appel' { fr = 'Appelez {telephone|or \"personne\"}.' }\n"
                       "on 'mission' { to = 'tel', vars = { telephone = 'numero' }, say = 'parti', plan = { after '1 h' { name = 'appel', say = 'appel' } } }\n");
        s.person.heard_ms = s.now_ms;
        stage_notice(&s, "mission", "w1", CASES[i].json);
        timer = set_timer(&s, "plan:appel");
        fire(&s, &timer);
        assert_string_equal(stage_body(&s, 0), CASES[i].body);
        stage_close(&s);
    }
}

/* ---- at the top of a file ---- */

#define RESUME(when) \
    FLOW "message 'q' { fr = 'Nom ?' }\nf:ask 'nom' { say = 'q', expect = text {} }\nf:finish 'fin' {}\nmessage 'resume' { fr = 'Bonjour, {jour}.' }\n" \
    "on 'interne.resume' { to = 'to', say = 'resume', vars = { jour = 'jour' } }\n" \
    "every '" when "' { name = 'resume', event = 'interne.resume', data = { to = { '+242066000001', '066000002' }, jour = 'lundi' } }\n"

static void ask_schedule(struct stage *s)
{
    stage_event(s, &(struct event){ .kind = EVENT_TIMER, .at_ms = s->now_ms, .name = TURN_SCHEDULE_TIMER "resume" });
}

TEST(a_schedule_runs_once_however_often_it_is_asked_and_raises_its_event)
{
    struct stage s;
    struct store_timer timer;

    (void)state;
    stage_open(&s, RESUME("day 08:00"));
    s.routing = true;
    ask_schedule(&s);
    timer = set_timer(&s, "every:resume");
    assert_int_equal(timer.due_ms, STAGE_START + 22 * HOUR_MS);
    stage_later(&s, 60);
    ask_schedule(&s);
    assert_int_equal(s.last.commit.timer_count, 0);
    s.now_ms = STAGE_START + 3 * DAY_MS;        /* the host was down for three days */
    fire(&s, &timer);
    assert_int_equal(s.last.commit.notice_count, 2);
    assert_string_equal(s.last.commit.notices[0].phone, "+242066000001");
    assert_string_equal(s.last.commit.notices[1].phone, "+242066000002");
    assert_non_null(strstr((const char *)s.last.commit.notices[0].body.data, "\"jour\":\"lundi\""));
    assert_int_equal(set_timer(&s, "every:resume").due_ms, STAGE_START + 3 * DAY_MS + 22 * HOUR_MS);
    fire(&s, &timer);                  /* its row was replaced */
    assert_int_equal(s.last.commit.notice_count, 0);
    stage_close(&s);
}

TEST(a_schedule_that_changed_is_set_anew_and_one_that_is_gone_dies)
{
    struct stage s;
    struct store_timer timer;

    (void)state;
    stage_open(&s, RESUME("day 08:00"));
    s.routing = true;
    ask_schedule(&s);
    stage_reload(&s, RESUME("day 12:00"));
    ask_schedule(&s);
    timer = set_timer(&s, "every:resume");
    assert_int_equal(timer.due_ms, STAGE_START + 2 * HOUR_MS);
    stage_reload(&s, FLOW "message 'q' { fr = 'Nom ?' }\nf:ask 'nom' { say = 'q', expect = text {} }\nf:finish 'fin' {}\n");
    fire(&s, &timer);
    assert_int_equal(s.last.commit.notice_count, 0);
    assert_int_equal(s.last.commit.timer_count, 0);
    assert_non_null(strstr(s.last.commit.note, "not in the scripts any more"));
    assert_string_equal(stage_var(&s, "schedule"), "");
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_outlives_its_flow_with_the_values_that_it_needs),
        cmocka_unit_test(a_plan_does_not_touch_the_question_that_is_pending),
        cmocka_unit_test(the_same_name_replaces_and_cancel_takes_back),
        cmocka_unit_test(unless_is_answered_even_when_the_flow_is_long_over),
        cmocka_unit_test(outside_the_window_a_template_leaves_or_nothing),
        cmocka_unit_test(what_is_declared_no_more_is_dropped_with_a_note_and_what_moved_is_found),
        cmocka_unit_test(a_plan_that_cannot_be_said_is_noted_and_leaves_the_flow_alone),
        cmocka_unit_test(nine_plans_are_one_too_many),
        cmocka_unit_test(what_falls_into_quiet_hours_waits_for_their_end_or_is_dropped),
        cmocka_unit_test(a_host_that_was_down_until_the_night_does_not_wake_anybody),
        cmocka_unit_test(a_reminder_waits_for_the_morning_and_the_end_stays_where_it_was),
        cmocka_unit_test(every_comes_again_until_its_end),
        cmocka_unit_test(days_of_the_week_and_spans_are_the_country_s_and_do_not_pile_up),
        cmocka_unit_test(a_notification_makes_plans_with_the_event_s_own_values),
        cmocka_unit_test(a_schedule_runs_once_however_often_it_is_asked_and_raises_its_event),
        cmocka_unit_test(a_schedule_that_changed_is_set_anew_and_one_that_is_gone_dies),
        cmocka_unit_test(plans_leave_room_for_the_timers_of_the_host),
        cmocka_unit_test(unless_counts_what_was_answered_before_the_plan_was_made),
        cmocka_unit_test(unless_names_the_flow_s_variable_not_the_person_s_value_of_that_name),
        cmocka_unit_test(a_plan_of_an_event_shows_the_event_s_telephone_and_never_the_person_s),
        cmocka_unit_test(every_says_nothing_when_its_first_time_is_behind_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
