/* Taps, typed answers, commands and values, on small flows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stage.h"

#define TEST(name) static void name(void **state)

#define YES_NO \
    "local f = flow 'essai'\nf.words = 'essai'\n" \
    "message 'nom' { fr = 'Quel nom ?' }\nmessage 'm' { fr = 'Oui ou non ?\\n[oui] ✅ Oui\\n[non] Nön' }\nmessage 'fini' { fr = 'Fini.' }\nmessage 'fou' { fr = 'Mal écrit.' }\n" \
    "f:ask 'nom' { say = 'nom', expect = text { min = 2 }, retry = 'fou' }\n" \
    "f:choose 'choix' { say = 'm', on = { oui = 'fin', non = 'nom' } }\n" \
    "f:finish 'fin' { say = 'fini' }\n"

/* ---- buttons ---- */

TEST(a_tap_of_the_pending_question_is_its_answer)
{
    struct stage s;

    (void)state;
    stage_open(&s, YES_NO);
    stage_text(&s, "essai");
    stage_text(&s, "Luc");
    stage_tap(&s, "oui");
    stage_said(&s, "fini");
    stage_close(&s);
}

TEST(a_forged_id_is_only_a_title)
{
    struct stage s;
    char id[256];

    (void)state;
    stage_open(&s, YES_NO);
    stage_text(&s, "essai");
    stage_text(&s, "Luc");
    stage_tap_id(&s, "oui~2~aaaaaaaaaa", "peut-être");
    stage_said(&s, "commun.pas_compris");
    stage_tap_id(&s, "oui", "peut-être");
    stage_said(&s, "commun.pas_compris");
    stage_tap_id(&s, "~~", "peut-être");
    stage_said(&s, "commun.pas_compris");
    stage_tap_id(&s, "oui~2~aaaaaaaaaa", "Oui");
    stage_said(&s, "fini");
    stage_text(&s, "essai");
    stage_text(&s, "Luc");
    (void)snprintf(id, sizeof id, "%s", stage_choice(&s, "oui"));
    memcpy(id, "non", 3);                        /* another choice under the signature of this one */
    stage_tap_id(&s, id, "peut-être");
    stage_said(&s, "commun.pas_compris");
    stage_close(&s);
}

TEST(an_id_signed_for_somebody_else_is_forged)
{
    struct stage s, other;
    char id[256];

    (void)state;
    stage_open(&s, YES_NO);
    stage_open(&other, YES_NO);
    other.person.conv = 13;
    for (int i = 0; i < 2; i++) {
        stage_text(i == 0 ? &s : &other, "essai");
        stage_text(i == 0 ? &s : &other, "Luc");
    }
    (void)snprintf(id, sizeof id, "%s", stage_choice(&other, "oui"));
    stage_tap_id(&s, id, "peut-être");
    stage_said(&s, "commun.pas_compris");
    stage_close(&s);
    stage_close(&other);
}

TEST(the_previous_key_is_still_accepted_and_the_one_before_is_not)
{
    struct stage s;
    char id[256];

    (void)state;
    stage_open(&s, YES_NO);
    stage_text(&s, "essai");
    stage_text(&s, "Luc");
    (void)snprintf(id, sizeof id, "%s", stage_choice(&s, "oui"));
    memcpy(s.keys.previous, s.keys.current, sizeof s.keys.current);
    memset(s.keys.current, 9, sizeof s.keys.current);
    stage_tap_id(&s, id, "peut-être");
    stage_said(&s, "commun.pas_compris");
    s.keys.has_previous = true;
    stage_tap_id(&s, "oui~2~aaaaaaaaaa", "peut-être");
    stage_said(&s, "commun.pas_compris");
    stage_tap_id(&s, id, "peut-être");
    stage_said(&s, "fini");
    stage_close(&s);
}

TEST(a_button_of_a_question_that_is_over_is_explained_and_the_pending_one_repeated)
{
    struct stage s;
    char yes[256];

    (void)state;
    stage_open(&s, YES_NO);
    stage_text(&s, "essai");
    stage_text(&s, "Luc");
    (void)snprintf(yes, sizeof yes, "%s", stage_choice(&s, "oui"));
    stage_tap(&s, "non");
    stage_said(&s, "nom");
    stage_tap_id(&s, yes, "Oui");
    stage_said(&s, "commun.bouton_ancien + nom");
    stage_text(&s, "menu");
    stage_tap_id(&s, yes, "Oui");
    stage_said(&s, "commun.bouton_ancien + commun.menu");
    stage_close(&s);
}

TEST(every_copy_of_the_pending_question_has_buttons_that_work)
{
    struct stage s;
    char first[256];

    (void)state;
    stage_open(&s, YES_NO);
    stage_text(&s, "essai");
    stage_text(&s, "Luc");
    (void)snprintf(first, sizeof first, "%s", stage_choice(&s, "oui"));
    stage_text(&s, "aide");
    stage_said(&s, "commun.aide + m");
    assert_string_equal(stage_choice(&s, "oui"), first);
    stage_text(&s, "bof");
    stage_tap_id(&s, first, "x");
    stage_said(&s, "fini");
    stage_close(&s);
}

TEST(what_is_typed_may_be_a_title_an_id_or_a_place_in_the_list)
{
    static const char *const YES[] = { "oui", "OUI !", "✅ Oui", "1" }, *const NO[] = { "non", "Nön", "nôn.", "2" };

    (void)state;
    for (size_t i = 0; i < 8; i++) {
        struct stage s;

        stage_open(&s, YES_NO);
        stage_text(&s, "essai");
        stage_text(&s, "Luc");
        stage_text(&s, i < 4 ? YES[i] : NO[i - 4]);
        stage_said(&s, i < 4 ? "fini" : "nom");
        stage_close(&s);
    }
}

TEST(no_place_beyond_the_list_is_meant)
{
    struct stage s;

    (void)state;
    stage_open(&s, YES_NO);
    stage_text(&s, "essai");
    stage_text(&s, "Luc");
    stage_text(&s, "3");
    stage_said(&s, "commun.pas_compris");
    stage_text(&s, "0");
    stage_said(&s, "commun.pas_compris");
    stage_close(&s);
}

TEST(a_question_with_buttons_takes_both)
{
    struct stage s;

    (void)state;
    stage_open(&s, "local f = flow 'essai'\nf.words = 'essai'\n"
                   "message 'm' { fr = 'Quel étage ?\\n[passer] Je ne sais pas' }\nmessage 'fini' { fr = 'Fini.\\n@if etage: {etage}' }\n"
                   "f:ask 'etage' { say = 'm', expect = number { min = 0, max = 30 }, on = { passer = 'fin' } }\nf:finish 'fin' { say = 'fini' }\n");
    stage_text(&s, "essai");
    stage_text(&s, "3");
    assert_non_null(strstr(stage_body(&s, 0), "3"));
    stage_text(&s, "essai");
    stage_text(&s, "je ne sais pas");
    assert_string_equal(stage_body(&s, 0), "Fini.");
    stage_close(&s);
}

TEST(at_buttons_the_word_of_another_service_starts_it)
{
    struct stage s;

    (void)state;
    stage_open(&s, YES_NO
               "--- flows/suivi.lua\nlocal f = flow 'suivi'\nf.words = 'suivre'\nmessage 'quelle' { fr = 'Quelle référence ?' }\n"
               "f:ask 'reference' { say = 'quelle', expect = text {} }\nf:finish 'fin' { say = 'fini' }\n");
    stage_text(&s, "essai");
    stage_text(&s, "suivre");                    /* a question about a name takes it as a name */
    assert_string_equal(stage_place(&s), "essai/choix");
    stage_text(&s, "essai");                     /* this service's own word is no answer */
    stage_said(&s, "commun.pas_compris");
    stage_text(&s, "Suivre");
    stage_said(&s, "quelle");
    stage_close(&s);
}

/* ---- menu and commands ---- */

TEST(the_menu_takes_taps_titles_and_numbers_once_it_was_shown)
{
    struct stage s;

    (void)state;
    stage_open(&s, YES_NO);
    stage_text(&s, "1");
    stage_said(&s, "commun.menu");
    stage_text(&s, "1");
    stage_said(&s, "nom");
    stage_text(&s, "menu");
    stage_tap(&s, "essai");
    stage_said(&s, "nom");
    stage_text(&s, "annuler");
    stage_text(&s, "Essayer");
    stage_said(&s, "nom");
    stage_close(&s);
}

TEST(help_at_a_step_has_the_steps_own_words)
{
    struct stage s;

    (void)state;
    stage_open(&s, "local f = flow 'essai'\nf.words = 'essai'\nmessage 'q' { fr = 'Quoi ?' }\nmessage 'comment' { fr = 'Ainsi.' }\n"
                   "f:ask 'x' { say = 'q', expect = text {}, help = 'comment' }\nf:finish 'fin' {}\n");
    stage_text(&s, "aide");
    stage_said(&s, "commun.aide");
    stage_text(&s, "essai");
    stage_text(&s, "?");
    stage_said(&s, "comment + q");
    stage_close(&s);
}

TEST(a_command_that_a_step_switches_off_is_an_answer)
{
    struct stage s;

    (void)state;
    stage_open(&s, "local f = flow 'essai'\nf.words = 'essai'\nmessage 'q' { fr = 'Quoi ?' }\nmessage 'fini' { fr = 'Voilà {x}.' }\n"
                   "f:ask 'x' { say = 'q', expect = text {}, commands = { retour = false } }\nf:finish 'fin' { say = 'fini' }\n");
    stage_text(&s, "essai");
    stage_text(&s, "Retour");
    assert_string_equal(stage_body(&s, 0), "Voilà Retour.");
    stage_close(&s);
}

/* ---- answers ---- */

#define ASK(expect) \
    "local f = flow 'essai'\nf.words = 'essai'\nmessage 'q' { fr = 'Quoi ?' }\nmessage 'non' { fr = 'Non.' }\n" \
    "f:ask 'x' { say = 'q', retry = 'non', expect = " expect " }\nf:ask 'y' { say = 'q', expect = text {} }\nf:finish 'fin' {}\n"

static void gives(struct stage *s, const char *text, const char *value)
{
    stage_text(s, "menu");
    stage_text(s, "essai");
    stage_text(s, text);
    if (strcmp(stage_var(s, "vars.x"), value) != 0)
        fail_msg("\"%s\" became %s instead of %s", text, stage_var(s, "vars.x"), value);
}

TEST(texts_are_trimmed_and_measured_in_letters)
{
    struct stage s;

    (void)state;
    stage_open(&s, ASK("text { min = 2, max = 5 }"));
    gives(&s, "  éàü  ", "\"éàü\"");
    gives(&s, "a", "");
    gives(&s, "ééééé", "\"ééééé\"");
    gives(&s, "éééééé", "");
    stage_close(&s);
}

TEST(one_of_some_words_is_kept_as_it_was_written)
{
    struct stage s;

    (void)state;
    stage_open(&s, ASK("text { only = { 'Passer', 'Plus tard' } }"));
    gives(&s, "PLUS TARD", "\"Plus tard\"");
    gives(&s, "jamais", "");
    stage_close(&s);
}

TEST(numbers_have_one_reading)
{
    struct stage s;

    (void)state;
    stage_open(&s, ASK("number { min = -2, max = 100 }"));
    gives(&s, "12", "12");
    gives(&s, "2,5", "2.5");
    gives(&s, " -1 ", "-1");
    gives(&s, "5.000", "");
    gives(&s, "101", "");
    gives(&s, "1e2", "");
    gives(&s, "0x10", "");
    gives(&s, "douze", "");
    stage_close(&s);
}

TEST(dates_are_read_as_they_are_said_here)
{
    struct stage s;

    (void)state;
    stage_open(&s, ASK("date {}"));          /* today is Monday 27 January 2025 */
    gives(&s, "27/01/2025", "\"2025-01-27\"");
    gives(&s, "1.2.25", "\"2025-02-01\"");
    gives(&s, "2025-02-03", "\"2025-02-03\"");
    gives(&s, "Aujourd’hui", "\"2025-01-27\"");
    gives(&s, "demain", "\"2025-01-28\"");
    gives(&s, "28/01", "\"2025-01-28\"");
    gives(&s, "26/01", "\"2026-01-26\"");
    gives(&s, "le 3 février", "\"2025-02-03\"");
    gives(&s, "1er mars 2026", "\"2026-03-01\"");
    gives(&s, "29/02/2025", "");
    gives(&s, "31/04", "");
    gives(&s, "bientôt", "");
    s.now_ms = STAGE_START + (14 * 60 + 30) * 60000;   /* 23:30 UTC is tomorrow in Brazzaville */
    gives(&s, "aujourd'hui", "\"2025-01-28\"");
    stage_close(&s);
}

TEST(a_place_without_a_name_is_shown_by_its_point)
{
    struct stage s;

    (void)state;
    stage_open(&s, ASK("location {}"));
    stage_text(&s, "essai");
    stage_location(&s, 0.0, 15.5, NULL);     /* B-03: latitude 0 is a place */
    assert_string_equal(stage_var(&s, "vars.x"), "{\"adresse\":\"0.00000, 15.50000\",\"point\":\"0.00000,15.50000\"}");
    stage_close(&s);
}

TEST(photos_and_voices_are_kept_by_their_id)
{
    struct stage s;

    (void)state;
    stage_open(&s, ASK("one_of { photo {}, text { only = { 'passer' } } }"));
    stage_text(&s, "essai");
    stage_media(&s, "audio");
    stage_said(&s, "commun.non_pris_en_charge + non");
    stage_media(&s, "image");
    assert_string_equal(stage_var(&s, "vars.x.id"), "\"m1\"");
    assert_string_equal(stage_var(&s, "vars.x.legende"), "\"légende\"");
    gives(&s, "passer", "\"passer\"");
    stage_close(&s);
}

TEST(a_shared_contact_answers_a_question_about_a_number)
{
    struct stage s;
    cJSON *data = cJSON_Parse("[{\"name\":\"Luc B\",\"phones\":[\"06 600 00 02\"]}]");
    const struct event card = { .kind = EVENT_CONTACTS, .data = data };

    (void)state;
    stage_open(&s, ASK("phone {}"));
    stage_text(&s, "essai");
    stage_event(&s, &card);
    assert_string_equal(stage_var(&s, "vars.x"), "\"+242066000002\"");
    stage_close(&s);
    stage_open(&s, ASK("contact()"));
    stage_text(&s, "essai");
    stage_event(&s, &card);
    assert_string_equal(stage_var(&s, "vars.x"), "{\"nom\":\"Luc B\",\"telephone\":\"+242066000002\"}");
    stage_close(&s);
    cJSON_Delete(data);
}

TEST(a_check_decides_and_names_its_words)
{
    struct stage s;

    (void)state;
    stage_open(&s, "local f = flow 'essai'\nf.words = 'essai'\nmessage 'q' { fr = 'Combien ?' }\nmessage 'trop' { fr = 'Il en reste {stock}.' }\nmessage 'fini' { fr = '{n} pris.' }\n"
                   "f:set 'stock' { stock = function(c) return 5 end }\n"
                   "f:ask 'n' { say = 'q', expect = number {}, check = function(c, n)\n  if n > c.stock then return nil, 'trop' end\n  return n ~= 3\nend }\n"
                   "f:finish 'fin' { say = 'fini' }\n");
    stage_text(&s, "essai");
    stage_text(&s, "7");
    assert_string_equal(stage_body(&s, 0), "Il en reste 5.");
    stage_text(&s, "3");
    stage_said(&s, "commun.pas_compris");
    stage_text(&s, "4");
    assert_string_equal(stage_body(&s, 0), "4 pris.");
    stage_close(&s);
}

TEST(the_language_that_somebody_chooses_stays_theirs)
{
    struct stage s;

    (void)state;
    stage_open(&s, "local f = flow 'essai'\nf.words = 'essai'\nmessage 'm' { fr = 'Langue ?\\n[fr] Français\\n[en] English', en = 'Language?\\n[fr] Français\\n[en] English' }\n"
                   "message 'fini' { fr = 'Merci.', en = 'Thanks.' }\n"
                   "f:choose 'langue' { say = 'm', on = { fr = 'fin', en = 'fin' }, save = 'langue' }\nf:finish 'fin' { say = 'fini' }\n");
    stage_text(&s, "essai");
    stage_tap(&s, "en");
    assert_string_equal(stage_body(&s, 0), "Thanks.");
    stage_text(&s, "essai");
    assert_non_null(strstr(stage_body(&s, 0), "Language?"));
    stage_close(&s);
}

TEST(reactions_edits_and_receipts_say_nothing_and_change_nothing)
{
    static const enum event_kind KINDS[] = { EVENT_REACTION, EVENT_EDIT, EVENT_REVOKE, EVENT_SYSTEM, EVENT_SENT };
    struct stage s;

    (void)state;
    stage_open(&s, YES_NO);
    stage_text(&s, "essai");
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        char *before = strndup(s.state, s.state_len);

        stage_event(&s, &(struct event){ .kind = KINDS[i], .text = "menu", .name = "x", .outcome = "accepted" });
        assert_int_equal(stage_count(&s), 0);
        assert_null(stage_timer_set(&s));
        assert_int_equal(s.state_len, strlen(before));
        assert_memory_equal(s.state, before, s.state_len);
        free(before);
    }
    stage_close(&s);
}

TEST(nobody_is_stranded_by_an_event_without_words)
{
    struct stage s;

    (void)state;
    stage_open(&s, YES_NO);
    stage_media(&s, "sticker");
    stage_said(&s, "commun.non_pris_en_charge + commun.menu");
    stage_text(&s, "");
    stage_said(&s, "commun.menu");
    stage_event(&s, &(struct event){ .kind = EVENT_UNSUPPORTED, .name = "poll" });
    stage_said(&s, "commun.non_pris_en_charge + commun.menu");
    stage_event(&s, &(struct event){ .kind = EVENT_CHOICE });
    stage_said(&s, "commun.menu");
    stage_text(&s, "essai");
    stage_event(&s, &(struct event){ .kind = EVENT_UNSUPPORTED, .name = "poll" });
    stage_said(&s, "commun.non_pris_en_charge + fou");
    stage_close(&s);
}

TEST(somebody_without_a_name_is_greeted_all_the_same)
{
    struct stage s;

    (void)state;
    stage_open(&s, "message 'commun.menu' { fr = 'Bonjour {prenom}.' }\nmenu { say = 'commun.menu' }\nlocal f = flow 'essai'\nf.words = 'essai'\nf:finish 'fin' {}\n");
    s.person.name = NULL;
    stage_text(&s, "salut");
    stage_said(&s, "commun.menu");
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tap_of_the_pending_question_is_its_answer),
        cmocka_unit_test(a_forged_id_is_only_a_title),
        cmocka_unit_test(an_id_signed_for_somebody_else_is_forged),
        cmocka_unit_test(the_previous_key_is_still_accepted_and_the_one_before_is_not),
        cmocka_unit_test(a_button_of_a_question_that_is_over_is_explained_and_the_pending_one_repeated),
        cmocka_unit_test(every_copy_of_the_pending_question_has_buttons_that_work),
        cmocka_unit_test(what_is_typed_may_be_a_title_an_id_or_a_place_in_the_list),
        cmocka_unit_test(no_place_beyond_the_list_is_meant),
        cmocka_unit_test(a_question_with_buttons_takes_both),
        cmocka_unit_test(at_buttons_the_word_of_another_service_starts_it),
        cmocka_unit_test(the_menu_takes_taps_titles_and_numbers_once_it_was_shown),
        cmocka_unit_test(help_at_a_step_has_the_steps_own_words),
        cmocka_unit_test(a_command_that_a_step_switches_off_is_an_answer),
        cmocka_unit_test(texts_are_trimmed_and_measured_in_letters),
        cmocka_unit_test(one_of_some_words_is_kept_as_it_was_written),
        cmocka_unit_test(numbers_have_one_reading),
        cmocka_unit_test(dates_are_read_as_they_are_said_here),
        cmocka_unit_test(a_place_without_a_name_is_shown_by_its_point),
        cmocka_unit_test(photos_and_voices_are_kept_by_their_id),
        cmocka_unit_test(a_shared_contact_answers_a_question_about_a_number),
        cmocka_unit_test(a_check_decides_and_names_its_words),
        cmocka_unit_test(the_language_that_somebody_chooses_stays_theirs),
        cmocka_unit_test(reactions_edits_and_receipts_say_nothing_and_change_nothing),
        cmocka_unit_test(nobody_is_stranded_by_an_event_without_words),
        cmocka_unit_test(somebody_without_a_name_is_greeted_all_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
