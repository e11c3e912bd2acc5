/* What goes wrong, what is waited for, and what comes unasked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "stage.h"

#define TEST(name) static void name(void **state)
#define FLOW "local f = flow 'essai'\nf.words = 'essai'\n"

/* ---- failures ---- */

#define BAD \
    FLOW "message 'q' { fr = 'Quoi ?' }\nmessage 'fini' { fr = 'Fini.' }\n" \
    "f:ask 'x' { say = 'q', expect = text {},\n  check = function(c, v)\n    if v == 'bon' then return true end\n    return c.rien.du.tout\n  end }\n" \
    "f:ask 'y' { say = 'q', expect = text {}, next = 'fin' }\nf:finish 'fin' { say = 'fini' }\n"

TEST(the_first_failure_apologizes_and_keeps_the_place_the_second_ends_at_the_menu)
{
    struct stage s;

    (void)state;
    stage_open(&s, BAD);
    stage_text(&s, "essai");
    stage_text(&s, "mauvais");
    stage_said(&s, "commun.probleme");
    assert_true(s.last.script_failed);
    assert_true(s.last.commit.failed);
    assert_string_equal(s.last.commit.note, s.last.failure.text);
    assert_non_null(strstr(s.last.failure.text, "flows/essai.lua:8"));
    assert_string_equal(stage_place(&s), "essai/x");
    assert_string_equal(stage_var(&s, "vars"), "");
    stage_text(&s, "mauvais");
    stage_said(&s, "commun.probleme + commun.menu");
    assert_string_equal(stage_place(&s), "-");
    stage_tap(&s, "essai");
    stage_said(&s, "q");
    stage_text(&s, "mauvais");
    stage_said(&s, "commun.probleme");
    assert_string_equal(stage_place(&s), "essai/x");
    stage_close(&s);
}

TEST(an_answer_that_works_forgets_the_failure_before_it)
{
    struct stage s;

    (void)state;
    stage_open(&s, BAD);
    stage_text(&s, "essai");
    stage_text(&s, "mauvais");
    stage_text(&s, "bon");
    stage_said(&s, "q");
    stage_text(&s, "retour");
    stage_text(&s, "mauvais");
    stage_said(&s, "commun.probleme");
    assert_string_equal(stage_place(&s), "essai/x");
    stage_close(&s);
}

TEST(a_check_that_names_no_message_is_a_failure_that_says_which)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW "message 'q' { fr = 'Quoi ?' }\nf:ask 'x' { say = 'q', expect = text {}, check = function(c, v) return nil, 'perdu' end }\nf:finish 'fin' {}\n");
    stage_text(&s, "essai");
    stage_text(&s, "a");
    stage_said(&s, "commun.probleme");
    assert_non_null(strstr(s.last.failure.text, "\"perdu\""));
    stage_close(&s);
}

TEST(a_message_without_its_value_is_a_failure_that_names_it)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW "message 'q' { fr = 'Quoi ?' }\nmessage 'fini' { fr = 'Voilà {p.nom}.' }\nf:set 'p' { p = function(c) return { autre = 1 } end }\n"
                        "f:ask 'x' { say = 'q', expect = text {} }\nf:finish 'fin' { say = 'fini' }\n");
    stage_text(&s, "essai");
    stage_text(&s, "a");
    stage_said(&s, "commun.probleme");
    assert_non_null(strstr(s.last.failure.text, "flows/essai.lua"));
    assert_non_null(strstr(s.last.failure.text, "p.nom"));
    assert_string_equal(stage_place(&s), "essai/x");
    stage_close(&s);
}

TEST(an_answer_that_cannot_be_saved_repeats_its_key_and_then_gives_up)
{
    struct stage s;
    char key[65];

    (void)state;
    stage_open(&s, FLOW "message 'm' { fr = 'Oui ?\\n[oui] Oui' }\nmessage 'fini' { fr = 'Fini {ref}.' }\nf:choose 'c' { say = 'm', on = { oui = 'envoyer' } }\n"
                        "f:call 'envoyer' { POST = '/x', save = { ref = function(c, r) return r.a.b end }, fail = { other = 'fin2' } }\nf:finish 'fin' { say = 'fini' }\nf:finish 'fin2' {}\n");
    stage_text(&s, "essai");
    stage_tap(&s, "oui");
    (void)snprintf(key, sizeof key, "%s", stage_call(&s)->key);
    stage_answer(&s, "ok", 201, "{}");
    stage_said(&s, "commun.probleme");
    assert_string_equal(stage_place(&s), "essai/envoyer");
    stage_text(&s, "alors ?");
    stage_said(&s, "m");
    stage_tap(&s, "oui");
    assert_string_equal(stage_call(&s)->key, key);
    stage_answer(&s, "ok", 201, "{}");
    stage_said(&s, "commun.probleme + commun.menu");
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
}

TEST(a_state_that_grows_too_large_names_the_variable)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW "message 'q' { fr = 'Quoi ?' }\nf:set 'p' { petit = function(c) return 'a' end, gros = function(c) return string.rep('x', 40000) end }\n"
                        "f:ask 'x' { say = 'q', expect = text {} }\nf:finish 'fin' {}\n");
    stage_text(&s, "essai");
    stage_said(&s, "commun.probleme");
    assert_non_null(strstr(s.last.failure.text, "\"gros\""));
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
}

TEST(a_function_that_never_ends_is_stopped_and_apologized_for)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW "message 'q' { fr = 'Quoi ?' }\nf:ask 'x' { say = 'q', expect = text {}, check = function() while true do end end }\nf:finish 'fin' {}\n");
    stage_text(&s, "essai");
    stage_text(&s, "a");
    stage_said(&s, "commun.probleme");
    assert_non_null(strstr(s.last.failure.text, "stopped"));
    stage_close(&s);
}

TEST(a_broken_menu_still_gives_an_apology)
{
    struct stage s;

    (void)state;
    stage_open(&s, "message 'commun.menu' { fr = 'Bonjour {telephone}.' }\nmenu { say = 'commun.menu' }\n" FLOW "f:finish 'fin' {}\n");
    s.person.phone = NULL;
    stage_text(&s, "salut");
    stage_said(&s, "commun.probleme");
    stage_text(&s, "salut");
    stage_said(&s, "commun.probleme");
    stage_close(&s);
}

/* ---- waiting ---- */

#define WAIT \
    FLOW "message 'q' { fr = 'Quoi ?' }\nmessage 'non' { fr = 'Non.' }\nmessage 'la' { fr = 'Vous êtes là ?' }\nmessage 'tard' { fr = 'Trop tard.' }\n" \
    "f:ask 'x' { say = 'q', expect = number {}, retry = 'non', remind = { '10 min', 'la' }, expire = { '1 h', 'tard' } }\nf:finish 'fin' {}\nf:finish 'tard' { say = 'tard' }\n"

TEST(a_wrong_answer_starts_the_wait_anew_and_a_reminder_comes_once)
{
    struct stage s;

    (void)state;
    stage_open(&s, WAIT);
    stage_text(&s, "essai");
    assert_int_equal(stage_timer_set(&s)->due_ms, 10 * 60000);
    assert_int_equal(stage_timer_set(&s)->guard, 1);
    stage_later(&s, 10);
    stage_timer(&s);
    stage_said(&s, "la");
    assert_int_equal(stage_timer_set(&s)->due_ms, s.now_ms + 50 * 60000);
    assert_int_equal(stage_timer_set(&s)->guard, 1);
    stage_text(&s, "abc");
    stage_said(&s, "non");
    assert_int_equal(stage_timer_set(&s)->due_ms, 60 * 60000);
    assert_true(stage_timer_set(&s)->after_send);
    stage_later(&s, 60);
    stage_timer(&s);
    stage_said(&s, "tard");
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
}

TEST(an_answer_takes_the_timer_away)
{
    struct stage s;

    (void)state;
    stage_open(&s, WAIT);
    stage_text(&s, "essai");
    stage_text(&s, "3");
    assert_string_equal(stage_place(&s), "-");
    assert_non_null(stage_timer_set(&s));
    assert_int_equal(stage_timer_set(&s)->due_ms, 0);
    stage_text(&s, "salut");
    assert_null(stage_timer_set(&s));
    stage_close(&s);
}

TEST(nobody_is_reminded_outside_the_window_but_the_end_comes)
{
    struct stage s;

    (void)state;
    stage_open(&s, WAIT);
    stage_text(&s, "essai");
    stage_later(&s, 25 * 60);
    stage_timer(&s);
    stage_said(&s, "");
    assert_int_equal(stage_timer_set(&s)->due_ms, s.now_ms + 50 * 60000);
    stage_close(&s);
}

TEST(a_reminder_that_cannot_be_said_does_not_keep_the_flow_alive)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW "message 'q' { fr = 'Quoi ?' }\nmessage 'la' { fr = '{p.x} ?' }\nf:set 'p' { p = function(c) return { y = 1 } end }\n"
                        "f:ask 'x' { say = 'q', expect = number {}, remind = { '10 min', 'la' } }\nf:finish 'fin' {}\n");
    stage_text(&s, "essai");
    stage_later(&s, 10);
    stage_timer(&s);
    stage_said(&s, "");
    assert_true(s.last.script_failed);
    assert_int_equal(stage_timer_set(&s)->due_ms, s.now_ms + (24 * 60 - 10) * 60000);
    stage_later(&s, 24 * 60 - 10);
    stage_timer(&s);
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
}

TEST(a_call_is_not_waited_for_with_a_timer)
{
    struct stage s;

    (void)state;
    stage_open(&s, FLOW "message 'q' { fr = 'Quoi ?' }\nf:ask 'x' { say = 'q', expect = text {} }\nf:call 'lire' { GET = '/x', fail = { other = 'x' } }\nf:finish 'fin' {}\n");
    stage_text(&s, "essai");
    stage_text(&s, "a");
    assert_int_equal(s.last.commit.call_count, 1);
    assert_int_equal(stage_timer_set(&s)->due_ms, 0);
    stage_text(&s, "alors ?");                    /* no commun.patientez here: silence */
    stage_said(&s, "");
    stage_close(&s);
}

/* ---- notifications ---- */

#define NOTE \
    FLOW "message 'q' { fr = 'Quoi ?' }\nmessage 'n' { fr = 'Course {ref}.\\n[suivre] Suivre' }\nmessage 'deux' { fr = 'Appelez-le.' }\nmessage 'suivi' { fr = 'Course {reference} : voir quoi ?' }\n" \
    "template 'course_ok' { category = 'utility', params = { 'ref' }, example = { 'C-1' }, fr = 'Bonjour, votre course {ref} est bien acceptée.' }\n" \
    "f:ask 'x' { say = 'q', expect = number {} }\nf:finish 'fin' {}\n" \
    "on 'course' { to = 'tel', by = 'statut', key = 'no', vars = { ref = 'no' },\n" \
    "  cases = { { is = 'ok', say = { 'n', 'deux' }, outside = 'course_ok' }, { is = 'fini', say = 'deux' } }, taps = { suivre = { flow = 'suivi', give = { reference = 'ref' } } } }\n" \
    "on 'promo' { to = 'tel', once = 'id', say = 'deux' }\non 'rappel' { to = 'tel', key = 'no', limit = 2, say = 'deux' }\n" \
    "--- flows/suivi.lua\nlocal f = flow 'suivi'\nf.takes = { 'reference' }\nf:ask 'quoi' { say = 'suivi', expect = text {} }\nf:finish 'fin' {}\n"

#define COURSE(status) "{\"tel\":\"06 123 45 67\",\"no\":\"C-1\",\"statut\":\"" status "\"}"

TEST(a_notification_of_several_messages_has_one_template)
{
    struct stage s;

    (void)state;
    stage_open(&s, NOTE);
    stage_notice(&s, "course", "e1", COURSE("ok"));
    stage_said(&s, "n + deux");
    assert_non_null(strstr(stage_row(&s, 0), "\"template\":{"));
    assert_non_null(strstr(stage_row(&s, 0), "\"C-1\""));
    assert_null(strstr(stage_row(&s, 1), "\"template\":{"));
    assert_int_equal(s.last.commit.sends[1].class, CLASS_NOTIFICATION);
    assert_string_equal(s.last.commit.sends[0].source, "n flows/essai.lua:10");
    stage_close(&s);
}

TEST(a_tap_on_a_notification_works_days_later)
{
    struct stage s;
    char id[256];

    (void)state;
    stage_open(&s, NOTE);
    stage_notice(&s, "course", "e1", COURSE("ok"));
    (void)snprintf(id, sizeof id, "%s", stage_choice(&s, "suivre"));
    stage_later(&s, 3 * 24 * 60);
    stage_notice(&s, "course", "e2", COURSE("fini"));
    stage_tap_id(&s, id, "Suivre");
    assert_string_equal(stage_body(&s, 0), "Course C-1 : voir quoi ?");
    stage_close(&s);
}

TEST(a_tap_on_a_notification_comes_back_to_the_pending_question)
{
    struct stage s;
    char id[256];

    (void)state;
    stage_open(&s, NOTE);
    stage_text(&s, "essai");
    stage_notice(&s, "course", "e1", COURSE("ok"));
    (void)snprintf(id, sizeof id, "%s", stage_choice(&s, "suivre"));
    stage_tap_id(&s, id, "Suivre");
    stage_said(&s, "suivi");
    assert_string_equal(stage_place(&s), "suivi/quoi");
    stage_text(&s, "rien");
    stage_said(&s, "q");
    assert_string_equal(stage_place(&s), "essai/x");
    stage_close(&s);
}

TEST(an_id_that_was_seen_is_said_once)
{
    struct stage s;

    (void)state;
    stage_open(&s, NOTE);
    stage_notice(&s, "promo", "e1", "{\"id\":\"p-1\"}");
    stage_said(&s, "deux");
    stage_notice(&s, "promo", "e2", "{\"id\":\"p-1\"}");
    stage_said(&s, "");
    stage_notice(&s, "promo", "e3", "{\"id\":\"p-2\"}");
    stage_said(&s, "deux");
    stage_close(&s);
}

TEST(a_limit_counts_for_each_subject)
{
    struct stage s;

    (void)state;
    stage_open(&s, NOTE);
    for (int i = 0; i < 4; i++) {
        stage_notice(&s, "rappel", "e", "{\"no\":\"C-1\"}");
        stage_said(&s, i < 2 ? "deux" : "");
    }
    stage_notice(&s, "rappel", "e", "{\"no\":\"C-2\"}");
    stage_said(&s, "deux");
    stage_close(&s);
}

TEST(what_is_remembered_of_notifications_is_bounded_and_outlives_flows)
{
    struct stage s;

    (void)state;
    stage_open(&s, NOTE);
    for (int i = 0; i < 40; i++) {
        char json[64];

        (void)snprintf(json, sizeof json, "{\"no\":\"C-%d\",\"statut\":\"ok\"}", i);
        stage_notice(&s, "course", "e", json);
        stage_said(&s, "n + deux");
    }
    assert_string_not_equal(stage_var(&s, "notices.20"), "");
    assert_string_equal(stage_var(&s, "notices.21"), "");
    stage_text(&s, "essai");
    stage_text(&s, "3");
    stage_notice(&s, "course", "e", "{\"no\":\"C-39\",\"statut\":\"ok\"}");
    stage_said(&s, "");
    stage_close(&s);
}

TEST(a_notification_that_cannot_be_said_says_nothing_at_all)
{
    struct stage s;

    (void)state;
    stage_open(&s, NOTE);
    stage_text(&s, "essai");
    stage_notice(&s, "course", "e1", "{\"statut\":\"ok\"}");
    stage_said(&s, "");
    assert_true(s.last.script_failed);
    assert_string_equal(stage_place(&s), "essai/x");
    stage_text(&s, "3");
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
}

TEST(an_event_for_several_people_is_an_event_for_each_and_each_once)
{
    struct stage s;
    cJSON *data = cJSON_Parse("{\"tel\":[\"06 123 45 67\",\"+242055550011\",7],\"id\":\"p-1\"}");
    uint8_t key[STORE_KEY_BYTES];

    (void)state;
    stage_open(&s, NOTE);
    s.routing = true;
    stage_event(&s, &(struct event){ .kind = EVENT_BACKEND, .id = "e1", .name = "promo", .data = data });
    assert_int_equal(s.last.commit.notice_count, 2);
    assert_string_equal(s.last.commit.notices[0].phone, "+242061234567");
    assert_string_equal(s.last.commit.notices[1].phone, "+242055550011");
    assert_memory_not_equal(s.last.commit.notices[0].key, s.last.commit.notices[1].key, STORE_KEY_BYTES);
    memcpy(key, s.last.commit.notices[0].key, sizeof key);
    stage_event(&s, &(struct event){ .kind = EVENT_BACKEND, .id = "e2", .name = "promo", .data = data });
    assert_memory_equal(s.last.commit.notices[0].key, key, STORE_KEY_BYTES);     /* `once`: another webhook id changes nothing */
    cJSON_Delete(data);
    stage_close(&s);
}

TEST(an_event_may_name_its_country)
{
    struct stage s;
    cJSON *data = cJSON_Parse("{\"tel\":\"081 234 5678\",\"country\":\"CD\"}");

    (void)state;
    stage_open(&s, NOTE);
    s.routing = true;
    stage_event(&s, &(struct event){ .kind = EVENT_BACKEND, .id = "e1", .name = "promo", .data = data });
    assert_int_equal(s.last.commit.notice_count, 1);
    assert_string_equal(s.last.commit.notices[0].phone, "+243812345678");
    cJSON_Delete(data);
    stage_close(&s);
}

/* ---- what an older host, or a broken disk, may have left ---- */

TEST(no_state_brings_a_turn_down)
{
    static const char *const STATES[] = {
        "{\"flow\":\"essai\",\"step\":\"x\",\"vars\":[],\"trail\":{},\"stack\":7,\"notices\":true}",
        "{\"flow\":\"essai\",\"step\":\"x\",\"trail\":[1,null,{\"a\":1},\"x\"],\"stack\":[1]}",
        "{\"flow\":\"suivi\",\"step\":\"quoi\",\"stack\":[1]}",
        "{\"flow\":\"suivi\",\"step\":\"quoi\",\"vars\":{\"reference\":\"C\"},\"stack\":[{\"flow\":\"essai\",\"step\":\"perdu\",\"trail\":7}]}",
        "{\"flow\":\"suivi\",\"step\":\"quoi\",\"vars\":{\"reference\":\"C\"},\"stack\":[{\"flow\":\"essai\",\"step\":\"x\",\"resume\":true,\"vars\":[]}]}",
        "{\"flow\":\"suivi\",\"step\":\"fin\",\"wait\":\"call\",\"turn\":1}",
        "{\"turn\":-1,\"run\":1e300,\"page\":99999999999,\"tries\":99999999999,\"lang\":\"une langue trop longue\"}",
        "{\"flow\":5,\"step\":[],\"after\":\"rien\",\"failed_at\":{}}",
        "{\"notices\":[1,{\"t\":1},{\"t\":\"course\",\"k\":\"C-1\",\"r\":\"x\",\"turns\":7,\"vars\":[]}]}",
        "[]", "null", "\"\"", "{}", " ",
    };
    static const char *const WORDS[] = { "3", "retour", "aide", "annuler", "menu" };

    (void)state;
    for (size_t i = 0; i < sizeof STATES / sizeof STATES[0]; i++)
        for (size_t w = 0; w <= sizeof WORDS / sizeof WORDS[0]; w++) {
            struct stage s;

            stage_open(&s, NOTE);
            s.state = strdup(STATES[i]);
            s.state_len = strlen(s.state);
            stage_notice(&s, "course", "e1", COURSE("ok"));
            if (w < sizeof WORDS / sizeof WORDS[0])
                stage_text(&s, WORDS[w]);
            else if (stage_choice(&s, "suivre") != NULL)
                stage_tap(&s, "suivre");
            assert_true(stage_count(&s) > 0 || strcmp(stage_place(&s), "-") == 0 || strcmp(stage_var(&s, "wait"), "\"call\"") == 0);
            stage_text(&s, "menu");
            stage_said(&s, "commun.menu");
            stage_close(&s);
        }
}

/* ---- speed ---- */

static double run_us(struct stage *s, const struct event *e, int n)
{
    struct turn_input in = { .worker = s->w, .keys = &s->keys, .state = { s->state, s->state_len }, .event = e, .person = &s->person, .conv = 12, .seq = 99, .now_ms = s->now_ms };
    struct timespec a, b;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
    for (int i = 0; i < n; i++) {
        struct turn_result r;
        struct error err;

        assert_true(turn_run(&in, &r, &err));
        turn_result_free(&r);
    }
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
    return ((double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec)) / 1000 / n;
}

/* The target is 25 µs a turn on the machine of the design; the assertion only catches what has become wildly slower. */
TEST(a_turn_takes_microseconds)
{
    struct stage s;
    const struct event text = { .kind = EVENT_TEXT, .text = "Deux pagnes et une enveloppe" };

    (void)state;
    stage_open_scripts(&s);
    stage_text(&s, "course");
    stage_text(&s, "Rond-point Moungali");
    stage_text(&s, "12 rue Mbochi, Poto-Poto");
    print_message("a turn (answer saved, next question): %.1f us\n", run_us(&s, &text, 2000));
    stage_text(&s, "Junior Okemba");
    stage_text(&s, "06 612 34 56");
    stage_text(&s, "Deux pagnes et une enveloppe");
    stage_text(&s, "8 000");
    assert_true(run_us(&s, &(struct event){ .kind = EVENT_TEXT, .text = "modifier" }, 500) < 2000);
    print_message("a turn (typed title, list of six rows): %.1f us\n", run_us(&s, &(struct event){ .kind = EVENT_TEXT, .text = "modifier" }, 2000));
    print_message("a turn (call with a body of 11 fields): %.1f us\n", run_us(&s, &(struct event){ .kind = EVENT_TEXT, .text = "confirmer" }, 2000));
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_failure_apologizes_and_keeps_the_place_the_second_ends_at_the_menu),
        cmocka_unit_test(an_answer_that_works_forgets_the_failure_before_it),
        cmocka_unit_test(a_check_that_names_no_message_is_a_failure_that_says_which),
        cmocka_unit_test(a_message_without_its_value_is_a_failure_that_names_it),
        cmocka_unit_test(an_answer_that_cannot_be_saved_repeats_its_key_and_then_gives_up),
        cmocka_unit_test(a_state_that_grows_too_large_names_the_variable),
        cmocka_unit_test(a_function_that_never_ends_is_stopped_and_apologized_for),
        cmocka_unit_test(a_broken_menu_still_gives_an_apology),
        cmocka_unit_test(a_wrong_answer_starts_the_wait_anew_and_a_reminder_comes_once),
        cmocka_unit_test(an_answer_takes_the_timer_away),
        cmocka_unit_test(nobody_is_reminded_outside_the_window_but_the_end_comes),
        cmocka_unit_test(a_reminder_that_cannot_be_said_does_not_keep_the_flow_alive),
        cmocka_unit_test(a_call_is_not_waited_for_with_a_timer),
        cmocka_unit_test(a_notification_of_several_messages_has_one_template),
        cmocka_unit_test(a_tap_on_a_notification_works_days_later),
        cmocka_unit_test(a_tap_on_a_notification_comes_back_to_the_pending_question),
        cmocka_unit_test(an_id_that_was_seen_is_said_once),
        cmocka_unit_test(a_limit_counts_for_each_subject),
        cmocka_unit_test(what_is_remembered_of_notifications_is_bounded_and_outlives_flows),
        cmocka_unit_test(a_notification_that_cannot_be_said_says_nothing_at_all),
        cmocka_unit_test(an_event_for_several_people_is_an_event_for_each_and_each_once),
        cmocka_unit_test(an_event_may_name_its_country),
        cmocka_unit_test(no_state_brings_a_turn_down),
        cmocka_unit_test(a_turn_takes_microseconds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
