/* A notification in the middle of a question; another system's webhook; what a turn cost. */
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
    "message 'q' { fr = 'Ton nom ?\\n[passer] Passer' }\nmessage 'r' { fr = 'Ton âge ?' }\nmessage 'notif' { fr = 'Accepté : {ref}.' }\n" \
    "message 'fin' { fr = 'Merci.' }\n" \
    "f:ask 'nom' { say = 'q', expect = text {}, on = { passer = 'age' } }\nf:ask 'age' { say = 'r', expect = number {} }\nf:finish 'fin' { say = 'fin' }\n"
#define ON(how) "on 'course.acceptee' { to = 't', key = 'ref', limit = 9, vars = { ref = 'ref' }, say = 'notif', when_asking = '" how "' }\n"

TEST(now_is_what_happens_without_a_word)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW "on 'course.acceptee' { to = 't', vars = { ref = 'ref' }, say = 'notif' }\n");
    stage_text(&s, "essai");
    stage_later(&s, 30);
    stage_notice(&s, "course.acceptee", "e1", "{\"ref\":\"C1\"}");
    stage_said(&s, "notif");
    stage_close(&s);
}

TEST(repeat_asks_an_old_question_again_behind_the_notification)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW ON("repeat"));
    stage_text(&s, "essai");
    stage_later(&s, 3);
    stage_notice(&s, "course.acceptee", "e1", "{\"ref\":\"C1\"}");
    stage_said(&s, "notif + q");
    assert_int_equal(s.last.commit.sends[1].class, CLASS_NOTIFICATION);     /* the lane of the first, so it cannot overtake it */
    stage_tap(&s, "passer");
    stage_said(&s, "r");
    stage_close(&s);
}

TEST(repeat_leaves_a_young_question_alone_and_does_not_do_it_twice_in_a_row)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW ON("repeat"));
    stage_text(&s, "essai");
    stage_later(&s, 1);
    stage_notice(&s, "course.acceptee", "e1", "{\"ref\":\"C1\"}");
    stage_said(&s, "notif");
    stage_later(&s, 2);
    stage_notice(&s, "course.acceptee", "e2", "{\"ref\":\"C2\"}");
    stage_said(&s, "notif + q");
    stage_later(&s, 1);
    stage_notice(&s, "course.acceptee", "e3", "{\"ref\":\"C3\"}");
    stage_said(&s, "notif");
    stage_close(&s);
}

TEST(repeat_without_a_question_or_outside_the_window_says_the_notification_alone)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW ON("repeat"));
    stage_notice(&s, "course.acceptee", "e1", "{\"ref\":\"C1\"}");
    stage_said(&s, "notif");
    stage_text(&s, "essai");
    stage_later(&s, 23 * 60 + 59);
    stage_notice(&s, "course.acceptee", "e2", "{\"ref\":\"C2\"}");
    stage_said(&s, "notif + q");
    stage_later(&s, 3);
    stage_notice(&s, "course.acceptee", "e3", "{\"ref\":\"C3\"}");
    stage_said(&s, "notif");
    stage_close(&s);
}

TEST(the_repeated_question_is_short)
{
    struct stage s;

    (void)state;
    stage_open(&s, "local f = flow 'essai'\nf.words = 'essai'\nmessage 'notif' { fr = 'Accepté.' }\n"
                   "message 'q' { fr = '@header Étape 1\\nConfirmes-tu ?\\n[oui] Oui\\n[non] Non\\n@footer TokTok' }\n"
                   "f:choose 'q' { say = 'q', on = { oui = 'fin', non = 'fin' } }\nf:finish 'fin' {}\n"
                   "on 'course.acceptee' { to = 't', say = 'notif', when_asking = 'repeat' }\n");
    stage_text(&s, "essai");
    assert_non_null(strstr(stage_row(&s, 0), "TokTok"));
    stage_later(&s, 5);
    stage_notice(&s, "course.acceptee", "e1", "{}");
    stage_said(&s, "notif + q");
    assert_string_equal(stage_body(&s, 1), "Confirmes-tu ?");
    assert_null(strstr(stage_row(&s, 1), "TokTok"));
    assert_null(strstr(stage_row(&s, 1), "tape 1"));
    assert_non_null(stage_choice(&s, "oui"));
    stage_close(&s);
}

TEST(a_question_with_a_film_a_paper_or_a_link_is_repeated_too)
{
    static const struct { const char *message, *gone, *stays; } CASES[] = {
        { "video = 'https://x.cg/f.mp4', fr = 'Ton nom ?'", "f.mp4", "\"text\"" },
        { "document = 'https://x.cg/f.pdf', fr = 'Ton nom ?'", "f.pdf", "\"text\"" },
        { "video = 'https://x.cg/f.mp4', fr = 'Ton nom ?\\n[menu] Menu'", "f.mp4", "menu~" },
        { "fr = 'Ton nom ?\\n@link Voir :: https://x.cg/page'", "@link", "https://x.cg/page" },
    };
    char lua[1024];

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct stage s;

        (void)snprintf(lua, sizeof lua, "local f = flow 'essai'\nf.words = 'essai'\nmessage 'notif' { fr = 'Accepté : {ref}.' }\nmessage 'q' { %s }\n"
                       "f:ask 'nom' { say = 'q', expect = text {} }\nf:finish 'fin' {}\n" ON("repeat"), CASES[i].message);
        stage_open(&s, lua);
        stage_text(&s, "essai");
        stage_later(&s, 3);
        stage_notice(&s, "course.acceptee", "e1", "{\"ref\":\"C1\"}");
        stage_said(&s, "notif + q");
        assert_string_equal(stage_body(&s, 1), "Ton nom ?");
        assert_null(strstr(stage_row(&s, 1), CASES[i].gone));
        assert_non_null(strstr(stage_row(&s, 1), CASES[i].stays));
        stage_close(&s);
    }
}

TEST(after_waits_for_the_answer)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW ON("after"));
    stage_text(&s, "essai");
    stage_notice(&s, "course.acceptee", "e1", "{\"ref\":\"C1\"}");
    assert_int_equal(stage_count(&s), 0);
    assert_string_equal(s.last.commit.note, "kept until the pending question is answered");
    stage_text(&s, "aide");
    stage_said(&s, "commun.aide + q");
    stage_text(&s, "Prisca");
    stage_said(&s, "r + notif");
    assert_int_equal(s.last.commit.sends[1].class, CLASS_NOTIFICATION);
    assert_string_equal(stage_body(&s, 1), "Accepté : C1.");
    stage_text(&s, "31");
    stage_said(&s, "fin");
    assert_string_equal(stage_var(&s, "later"), "");
    stage_close(&s);
}

TEST(after_waits_until_the_flow_ends_by_itself)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW ON("after"));
    stage_text(&s, "essai");
    stage_notice(&s, "course.acceptee", "e1", "{\"ref\":\"C1\"}");
    stage_later(&s, 24 * 60);
    stage_timer(&s);
    assert_string_equal(stage_place(&s), "-");
    stage_said(&s, "notif");
    stage_close(&s);
}

TEST(after_without_a_question_is_now)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW ON("after"));
    stage_notice(&s, "course.acceptee", "e1", "{\"ref\":\"C1\"}");
    stage_said(&s, "notif");
    stage_close(&s);
}

TEST(of_one_subject_only_the_latest_waits)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW ON("after"));
    stage_text(&s, "essai");
    stage_notice(&s, "course.acceptee", "e1", "{\"ref\":\"C1\",\"n\":1}");
    stage_notice(&s, "course.acceptee", "e2", "{\"ref\":\"C1\",\"n\":2}");
    assert_string_equal(stage_var(&s, "later.1.d.n"), "2");
    assert_string_equal(stage_var(&s, "later.2"), "");
    stage_text(&s, "Prisca");
    stage_said(&s, "r + notif");
    stage_close(&s);
}

TEST(what_waits_is_bounded_and_the_rest_is_said_at_once)
{
    struct stage s;
    char json[64], large[4096];

    (void)state;
    stage_open(&s, FLOW ON("after"));
    stage_text(&s, "essai");
    for (int i = 0; i < 5; i++) {
        (void)snprintf(json, sizeof json, "{\"ref\":\"C%d\"}", i);
        stage_notice(&s, "course.acceptee", json, json);
        assert_int_equal(stage_count(&s), 0);
    }
    stage_notice(&s, "course.acceptee", "e6", "{\"ref\":\"C6\"}");
    stage_said(&s, "notif");
    stage_text(&s, "Prisca");
    assert_int_equal(stage_count(&s), 6);
    (void)snprintf(large, sizeof large, "{\"ref\":\"C7\",\"x\":\"%03000d\"}", 7);
    stage_notice(&s, "course.acceptee", "e7", large);
    stage_said(&s, "notif");
    stage_close(&s);
}

#define TAPS "local f = flow 'essai'\nf.words = 'essai'\n" \
    "message 'q' { fr = 'Ton nom ?' }\nmessage 'm' { fr = 'Alors ?\\n[oui] Oui\\n[non] Non' }\nmessage 'voir' { fr = 'Suivi de {ref}.' }\n" \
    "message 'notif' { fr = 'Accepté : {ref}.\\n[oui] Suivre' }\nmessage 'fin' { fr = 'Merci.' }\n" \
    "f:ask 'nom' { say = 'q', expect = text {} }\nf:choose 'c' { say = 'm', on = { oui = 'fin', non = 'fin' } }\nf:finish 'fin' { say = 'fin' }\n" \
    "on 'course.acceptee' { to = 't', key = 'ref', vars = { ref = 'ref' }, say = 'notif', when_asking = 'after', taps = { oui = { flow = 'suivi', give = { ref = 'ref' } } } }\n" \
    "--- flows/suivi.lua\nlocal g = flow 'suivi'\ng.takes = { 'ref' }\ng:finish 'voir' { say = 'voir' }\n"

/* The nth row's button `choice`, as a telephone would send it back. */
static void tap_row(struct stage *s, size_t row, const char *choice)
{
    const char *at = strstr(stage_row(s, row), choice);
    char id[160];

    assert_non_null(at);
    (void)snprintf(id, sizeof id, "%.*s", (int)strcspn(at, "\""), at);
    stage_tap_id(s, id, "Suivre");
}

TEST(each_notification_that_waited_keeps_its_own_buttons)
{
    (void)state;
    for (size_t row = 0; row < 3; row++) {
        struct stage s;

        stage_open(&s, TAPS);
        stage_text(&s, "essai");
        stage_notice(&s, "course.acceptee", "e1", "{\"ref\":\"C1\"}");
        stage_notice(&s, "course.acceptee", "e2", "{\"ref\":\"C2\"}");
        stage_text(&s, "Prisca");
        stage_said(&s, "m + notif + notif");
        tap_row(&s, row, "oui~");
        if (row == 0) {
            stage_said(&s, "fin");
        } else {
            stage_said(&s, "voir + m");
            assert_string_equal(stage_body(&s, 0), row == 1 ? "Suivi de C1." : "Suivi de C2.");
        }
        stage_close(&s);
    }
}

TEST(a_stage_that_comes_late_does_not_drive_out_the_later_one_that_waits)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW "message 'livre' { fr = 'Livré.' }\non 'course' { to = 't', key = 'ref', by = 'etat', vars = { ref = 'ref' }, when_asking = 'after',\n"
                   "  cases = { { is = 'acceptee', say = 'notif' }, { is = 'livree', say = 'livre' } } }\n");
    stage_text(&s, "essai");
    stage_notice(&s, "course", "e2", "{\"ref\":\"C1\",\"etat\":\"livree\"}");
    stage_notice(&s, "course", "e1", "{\"ref\":\"C1\",\"etat\":\"acceptee\"}");
    stage_said(&s, "");
    stage_text(&s, "Prisca");
    stage_said(&s, "r + livre");
    stage_close(&s);
}

TEST(what_the_state_has_no_room_for_is_said_at_once)
{
    struct stage s;
    char large[2048];

    (void)state;
    stage_open(&s, "local f = flow 'essai'\nf.words = 'essai'\nmessage 'q' { fr = 'Ton nom ?' }\nmessage 'notif' { fr = 'Accepté : {ref}.' }\n"
                   "f:set 'plein' { x = function(c) return string.rep('x', 31500) end }\nf:ask 'nom' { say = 'q', expect = text {} }\nf:finish 'fin' {}\n" ON("after"));
    stage_text(&s, "essai");
    (void)snprintf(large, sizeof large, "{\"ref\":\"C7\",\"x\":\"%01500d\"}", 7);
    stage_notice(&s, "course.acceptee", "e7", large);
    assert_false(s.last.script_failed);
    stage_said(&s, "notif");
    stage_close(&s);
}

/* A reload has made `after` into `repeat`; what waited is said in a later turn of the person. */
TEST(a_question_that_is_repeated_behind_a_kept_notification_still_ends)
{
    static const char LONG[] = "local f = flow 'essai'\nf.words = 'essai'\nmessage 'q' { fr = 'Ton nom ?' }\nmessage 'r' { fr = 'Ton âge ?' }\nmessage 'notif' { fr = 'Accepté : {ref}.' }\n"
        "f:ask 'nom' { say = 'q', expect = text {} }\nf:say 'a' { say = 'q' }\nf:say 'b' { say = 'q' }\nf:say 'c' { say = 'q' }\nf:say 'd' { say = 'q' }\n"
        "f:say 'e' { say = 'q' }\nf:say 'g' { say = 'q' }\nf:ask 'age' { say = 'r', expect = number {} }\nf:finish 'fin' {}\n";
    struct stage s;
    char lua[2048];

    (void)state;
    (void)snprintf(lua, sizeof lua, "%s" ON("after"), LONG);
    stage_open(&s, lua);
    stage_text(&s, "essai");
    stage_notice(&s, "course.acceptee", "e1", "{\"ref\":\"C1\"}");
    stage_text(&s, "Prisca");
    assert_int_equal(stage_count(&s), 7);       /* too many: the notification waits on */
    (void)snprintf(lua, sizeof lua, "%s" ON("repeat"), LONG);
    stage_reload(&s, lua);
    stage_later(&s, 5);
    stage_text(&s, "aide");
    stage_said(&s, "commun.aide + r + notif + r");
    assert_string_equal(stage_var(&s, "armed"), "true");
    stage_close(&s);
}

TEST(a_kept_notification_that_cannot_be_said_spoils_nobodys_answer)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW ON("after"));
    stage_text(&s, "essai");
    stage_notice(&s, "course.acceptee", "e1", "{\"x\":1}");      /* without `ref` */
    stage_text(&s, "Prisca");
    stage_said(&s, "r");
    assert_false(s.last.script_failed);
    assert_non_null(strstr(s.last.commit.note, "ref"));
    assert_string_equal(stage_var(&s, "later"), "");
    stage_close(&s);
}

/* ---- sources ---- */

#define SOURCE "local f = flow 'essai'\nf.words = 'essai'\nf:finish 'fin' {}\nmessage 'notif' { fr = 'Reçu : {montant|fcfa}.' }\n" \
    "on 'paiement.recu' { to = 'client', vars = { montant = 'montant' }, say = 'notif' }\n" \
    "source 'mobile_money' { path = '/in/momo', signature = 'hmac-sha256', header = 'X-Signature', id = 'transaction', subject = 'numero',\n" \
    "  event = function(body)\n    if body.etat ~= 'SUCCESS' then return nil end\n" \
    "    return { type = 'paiement.recu', id = body.transaction, data = { client = body.numero, montant = body.montant } }\n  end }\n"

static void source_event(struct stage *s, const char *name, const char *json)
{
    cJSON *data = cJSON_Parse(json);

    s->routing = true;
    stage_event(s, &(struct event){ .kind = EVENT_SOURCE, .at_ms = s->now_ms, .id = "tx-1", .name = name, .data = data });
    cJSON_Delete(data);
}

TEST(a_webhook_becomes_the_event_that_an_on_handles)
{
    struct stage s;
    const char *body;

    (void)state;
    stage_open(&s, SOURCE);
    source_event(&s, "mobile_money", "{\"etat\":\"SUCCESS\",\"transaction\":\"T9\",\"numero\":\"06 612 34 56\",\"montant\":2500}");
    assert_int_equal(s.last.commit.notice_count, 1);
    assert_string_equal(s.last.commit.notices[0].phone, "+242066123456");
    body = s.last.commit.notices[0].body.data;
    assert_non_null(strstr(body, "\"notice\""));
    assert_non_null(strstr(body, "\"T9\""));
    assert_non_null(strstr(body, "2500"));
    stage_close(&s);
}

TEST(a_source_may_ignore_a_webhook_and_why_says_so)
{
    struct stage s;

    (void)state;
    stage_open(&s, SOURCE);
    source_event(&s, "mobile_money", "{\"etat\":\"PENDING\"}");
    assert_int_equal(s.last.commit.notice_count, 0);
    assert_false(s.last.script_failed);
    assert_non_null(strstr(s.last.commit.note, "ignored"));
    source_event(&s, "autre", "{}");
    assert_non_null(strstr(s.last.commit.note, "no source"));
    stage_close(&s);
}

TEST(a_source_that_fails_or_makes_no_event_is_a_failure_with_its_place)
{
    struct stage s;

    (void)state;
    stage_open(&s, "local f = flow 'essai'\nf.words = 'essai'\nf:finish 'fin' {}\n"
                   "source 'a' { path = '/in/a', signature = 'standard-webhooks', event = function(body) return { data = body.x.y } end }\n"
                   "source 'b' { path = '/in/b', signature = 'standard-webhooks', event = function(body) return { kind = 'x' } end }\n"
                   "source 'c' { path = '/in/c', signature = 'standard-webhooks', event = function(body) return { type = 't', data = 3 } end }\n");
    source_event(&s, "a", "{}");
    assert_true(s.last.script_failed);
    assert_non_null(strstr(s.last.failure.text, "flows/essai.lua:4"));
    source_event(&s, "b", "{}");
    assert_true(s.last.script_failed);
    assert_non_null(strstr(s.last.failure.text, "flows/essai.lua:5"));
    source_event(&s, "c", "{}");
    assert_true(s.last.script_failed);
    stage_close(&s);
}

TEST(a_source_sees_no_conversation)
{
    struct stage s;

    (void)state;
    stage_open(&s, "local f = flow 'essai'\nf.words = 'essai'\nf:finish 'fin' {}\n"
                   "source 'a' { path = '/in/a', signature = 'standard-webhooks', event = function(body, c) return c == nil and { type = 'seul' } or nil end }\n");
    source_event(&s, "a", "{}");
    assert_non_null(strstr(s.last.commit.note, "\"seul\""));     /* no `on` for it */
    stage_close(&s);
}

/* ---- what it cost ---- */

static const struct step_cost *cost(const struct stage *s, const char *step)
{
    for (size_t i = 0; i < s->last.cost_count; i++)
        if (strcmp(s->last.costs[i].step->name, step) == 0)
            return &s->last.costs[i];
    return NULL;
}

TEST(each_step_has_what_it_cost)
{
    struct stage s;

    (void)state;
    stage_open(&s, "local f = flow 'essai'\nf.words = 'essai'\nmessage 'q' { fr = 'Combien ?' }\nmessage 'x' { fr = 'Voilà {n}.' }\n"
                   "f:ask 'n' { say = 'q', expect = number {}, check = function(c, v) local t = {} for i = 1, 5000 do t[i] = i end return true end }\n"
                   "f:call 'prix' { GET = '/prix', save = { p = 'p' }, fail = { other = 'fin' } }\nf:finish 'fin' { say = 'x' }\n");
    stage_text(&s, "essai");
    assert_int_equal(cost(&s, "n")->passes, 1);
    assert_int_equal(cost(&s, "n")->messages, 1);
    assert_int_equal(cost(&s, "n")->steps, 0);
    stage_text(&s, "3");
    assert_int_equal(cost(&s, "n")->passes, 0);
    assert_true(cost(&s, "n")->steps >= 5000);
    assert_true(cost(&s, "n")->memory_bytes >= 5000 * 16);
    assert_int_equal(cost(&s, "prix")->passes, 1);
    s.now_ms += 700;
    stage_answer(&s, "ok", 200, "{\"p\":1}");
    assert_int_equal(cost(&s, "prix")->passes, 0);
    assert_int_equal(cost(&s, "prix")->backend_ms, 700);
    assert_int_equal(cost(&s, "fin")->messages, 1);
    stage_text(&s, "menu");
    assert_int_equal(s.last.cost_count, 0);
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(now_is_what_happens_without_a_word),
        cmocka_unit_test(repeat_asks_an_old_question_again_behind_the_notification),
        cmocka_unit_test(repeat_leaves_a_young_question_alone_and_does_not_do_it_twice_in_a_row),
        cmocka_unit_test(repeat_without_a_question_or_outside_the_window_says_the_notification_alone),
        cmocka_unit_test(the_repeated_question_is_short),
        cmocka_unit_test(after_waits_for_the_answer),
        cmocka_unit_test(after_waits_until_the_flow_ends_by_itself),
        cmocka_unit_test(after_without_a_question_is_now),
        cmocka_unit_test(of_one_subject_only_the_latest_waits),
        cmocka_unit_test(what_waits_is_bounded_and_the_rest_is_said_at_once),
        cmocka_unit_test(a_kept_notification_that_cannot_be_said_spoils_nobodys_answer),
        cmocka_unit_test(a_webhook_becomes_the_event_that_an_on_handles),
        cmocka_unit_test(a_source_may_ignore_a_webhook_and_why_says_so),
        cmocka_unit_test(a_source_that_fails_or_makes_no_event_is_a_failure_with_its_place),
        cmocka_unit_test(a_source_sees_no_conversation),
        cmocka_unit_test(each_step_has_what_it_cost),
        cmocka_unit_test(each_notification_that_waited_keeps_its_own_buttons),
        cmocka_unit_test(a_stage_that_comes_late_does_not_drive_out_the_later_one_that_waits),
        cmocka_unit_test(what_the_state_has_no_room_for_is_said_at_once),
        cmocka_unit_test(a_question_that_is_repeated_behind_a_kept_notification_still_ends),
        cmocka_unit_test(a_question_with_a_film_a_paper_or_a_link_is_repeated_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
