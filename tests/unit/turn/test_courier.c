/* The product's own scripts, from "Bonjour" to the reference: toktok.md §6.1 is the list of what must not happen again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stage.h"

#define TEST(name) static void name(void **state)

static void open_at_recap(struct stage *s)
{
    stage_open_scripts(s);
    stage_text(s, "course");
    stage_text(s, "Rond-point Moungali");
    stage_text(s, "12 rue Mbochi, Poto-Poto");
    stage_text(s, "Junior Okemba");
    stage_text(s, "06 612 34 56");
    stage_text(s, "Deux pagnes et une enveloppe");
    stage_text(s, "8 000 FCFA");
    stage_said(s, "course.recapitulatif");
    assert_string_equal(stage_place(s), "course/confirmer");
}

TEST(a_courier_request_from_hello_to_the_reference)
{
    struct stage s;
    const struct store_call *call;
    cJSON *body;

    (void)state;
    stage_open_scripts(&s);
    stage_text(&s, "Bonjour");
    stage_said(&s, "commun.menu");
    assert_non_null(strstr(stage_body(&s, 0), "Prisca"));
    stage_tap(&s, "course");
    stage_said(&s, "course.depart");
    stage_location(&s, -4.2634, 15.2429, "Marché Total, Bacongo");
    stage_said(&s, "course.arrivee");
    assert_string_equal(stage_var(&s, "vars.depart"), "{\"adresse\":\"Marché Total, Bacongo\",\"point\":\"-4.26340,15.24290\"}");
    stage_text(&s, "12 rue Mbochi, Poto-Poto");
    stage_said(&s, "course.destinataire_nom");
    assert_string_equal(stage_var(&s, "vars.arrivee"), "{\"adresse\":\"12 rue Mbochi, Poto-Poto\"}");
    stage_text(&s, "Junior Okemba");
    stage_said(&s, "course.destinataire_tel");
    assert_non_null(strstr(stage_body(&s, 0), "Junior Okemba"));
    stage_text(&s, "06 612 34 56");
    stage_said(&s, "course.description");
    stage_text(&s, "Deux pagnes et une enveloppe");
    stage_said(&s, "course.valeur");
    stage_text(&s, "8000 FCFA");
    stage_said(&s, "course.recapitulatif");
    stage_tap(&s, "oui");
    stage_said(&s, "");
    call = stage_call(&s);
    assert_string_equal(call->method, "POST");
    assert_string_equal(call->path, "/api/v1/coursier/missions/");
    assert_int_equal(call->timeout_ms, 15000);
    assert_int_equal(call->guard, s.seq);
    assert_int_equal(strlen(call->key), 32);
    body = cJSON_ParseWithLength(call->body.data, call->body.len);
    assert_string_equal(json_str(body, "entreprise_demandeur"), "Prisca");
    assert_string_equal(json_str(body, "contact_entreprise"), "+242061234567");
    assert_string_equal(json_str(body, "adresse_recuperation"), "Marché Total, Bacongo");
    assert_string_equal(json_str(body, "coordonnees_recuperation"), "-4.26340,15.24290");
    assert_string_equal(json_str(body, "adresse_livraison"), "12 rue Mbochi, Poto-Poto");
    assert_null(json_get(body, "coordonnees_livraison"));
    assert_string_equal(json_str(body, "nom_client_final"), "Junior Okemba");
    assert_string_equal(json_str(body, "telephone_client_final"), "+242066123456");
    assert_string_equal(json_str(body, "description_produit"), "Deux pagnes et une enveloppe");
    assert_string_equal(json_str(body, "valeur_produit"), "8000");
    assert_string_equal(json_str(body, "type_paiement"), "entreprise_paie");
    cJSON_Delete(body);
    stage_answer(&s, "ok", 201, "{\"numero_mission\":\"COUR-20250127-061\"}");
    stage_said(&s, "course.fait");
    assert_non_null(strstr(stage_body(&s, 0), "COUR-20250127-061"));
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
}

TEST(a_mission_without_a_number_is_known_by_its_id)
{
    struct stage s;

    (void)state;
    open_at_recap(&s);
    stage_tap(&s, "oui");
    stage_answer(&s, "ok", 201, "{\"id\":12}");
    assert_non_null(strstr(stage_body(&s, 0), "M-12"));
    stage_close(&s);
}

/* B-14, B-15 */
TEST(only_what_is_corrected_is_asked_again)
{
    struct stage s;

    (void)state;
    open_at_recap(&s);
    stage_tap(&s, "modifier");
    stage_said(&s, "course.quoi_modifier");
    stage_tap(&s, "arrivee");
    stage_said(&s, "course.arrivee");
    stage_text(&s, "CHU de Brazzaville, entrée principale");
    stage_said(&s, "course.recapitulatif");
    assert_non_null(strstr(stage_body(&s, 0), "CHU de Brazzaville"));
    assert_non_null(strstr(stage_body(&s, 0), "Rond-point Moungali"));
    stage_text(&s, "retour");
    stage_said(&s, "course.valeur");
    stage_text(&s, "9000");
    stage_said(&s, "course.recapitulatif");
    stage_close(&s);
}

/* B-07: emoji, accents and capitals of a title do not matter */
TEST(a_typed_title_counts_as_a_tap)
{
    static const char *const WORDS[] = { "Modifier", "✏️ Modifier", "✏ modifier", "MODIFIER.", "2" };

    (void)state;
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        struct stage s;

        open_at_recap(&s);
        stage_text(&s, WORDS[i]);
        stage_said(&s, "course.quoi_modifier");
        stage_text(&s, "Adresse d’arrivée");
        stage_said(&s, "course.arrivee");
        stage_close(&s);
    }
}

/* B-05 */
TEST(words_of_commands_and_services_inside_an_answer_are_the_answer)
{
    struct stage s;

    (void)state;
    stage_open_scripts(&s);
    stage_text(&s, "course");
    stage_text(&s, "Menu des Saveurs, Plateau des 15 ans");
    stage_said(&s, "course.arrivee");
    stage_text(&s, "Livraison : restaurant Mami Wata");
    stage_said(&s, "course.destinataire_nom");
    stage_text(&s, "Course");
    stage_said(&s, "course.destinataire_tel");
    stage_text(&s, "066123456");
    stage_text(&s, "Aide au déménagement");
    stage_said(&s, "course.valeur");
    stage_close(&s);
}

/* B-13 */
TEST(only_one_clear_amount_is_an_amount)
{
    static const char *const BAD[] = { "10 a 20", "5000,50", "-50", "Ei102", "pas cher", "6000000" };
    struct stage s;

    (void)state;
    open_at_recap(&s);
    stage_text(&s, "retour");
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        stage_text(&s, BAD[i]);
        if (!stage_is(&s, 0, "course.valeur_incorrecte"))
            fail_msg("\"%s\" was taken as an amount", BAD[i]);
    }
    stage_text(&s, "5.000");
    stage_said(&s, "course.recapitulatif");
    assert_string_equal(stage_var(&s, "vars.valeur"), "5000");
    stage_close(&s);
}

/* B-16 */
TEST(every_way_to_write_a_number_is_read_and_kept_in_one_form)
{
    static const char *const GOOD[] = { "+242 06 612 34 56", "242066123456", "00242 06 612 34 56", "06.612.34.56", "066123456" };

    (void)state;
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
        struct stage s;

        stage_open_scripts(&s);
        stage_text(&s, "course");
        stage_text(&s, "Rond-point Moungali");
        stage_text(&s, "Aéroport Maya-Maya");
        stage_text(&s, "Grâce");
        stage_text(&s, GOOD[i]);
        stage_said(&s, "course.description");
        assert_string_equal(stage_var(&s, "vars.destinataire_tel"), "\"+242066123456\"");
        stage_close(&s);
    }
}

TEST(three_bad_numbers_lead_to_an_adviser)
{
    struct stage s;

    (void)state;
    stage_open_scripts(&s);
    stage_text(&s, "course");
    stage_text(&s, "Rond-point Moungali");
    stage_text(&s, "Aéroport Maya-Maya");
    stage_text(&s, "Grâce");
    stage_text(&s, "12345");
    stage_said(&s, "course.tel_incorrect");
    stage_text(&s, "12345");
    stage_said(&s, "course.tel_incorrect");
    stage_text(&s, "12345");
    stage_said(&s, "commun.conseiller");
    assert_string_equal(stage_place(&s), "-");
    assert_non_null(s.last.commit.note);
    stage_close(&s);
}

TEST(a_photo_where_a_number_is_asked_for_is_explained_and_is_no_try)
{
    struct stage s;

    (void)state;
    stage_open_scripts(&s);
    stage_text(&s, "course");
    stage_text(&s, "Rond-point Moungali");
    stage_text(&s, "Aéroport Maya-Maya");
    stage_text(&s, "Grâce");
    for (int i = 0; i < 4; i++) {
        stage_media(&s, "image");
        stage_said(&s, "commun.non_pris_en_charge + course.tel_incorrect");
    }
    stage_text(&s, "066123456");
    stage_said(&s, "course.description");
    stage_close(&s);
}

TEST(back_walks_back_question_by_question_and_then_to_the_menu)
{
    struct stage s;

    (void)state;
    stage_open_scripts(&s);
    stage_text(&s, "course");
    stage_text(&s, "Rond-point Moungali");
    stage_text(&s, "Aéroport Maya-Maya");
    stage_said(&s, "course.destinataire_nom");
    stage_text(&s, "Retour");
    stage_said(&s, "course.arrivee");
    stage_text(&s, "RETOUR !");
    stage_said(&s, "course.depart");
    stage_text(&s, "retour");
    stage_said(&s, "commun.menu");
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
}

/* B-06 */
TEST(cancel_menu_and_help_work_at_every_question)
{
    struct stage s;

    (void)state;
    open_at_recap(&s);
    stage_text(&s, "Aide");
    stage_said(&s, "commun.aide + course.recapitulatif");
    stage_tap(&s, "oui");
    assert_int_equal(s.last.commit.call_count, 1);
    stage_close(&s);
    open_at_recap(&s);
    stage_text(&s, "Annuler");
    stage_said(&s, "commun.annule");
    assert_string_equal(stage_place(&s), "-");
    stage_text(&s, "annuler");
    stage_said(&s, "commun.rien_a_annuler");
    stage_close(&s);
    open_at_recap(&s);
    stage_text(&s, "Menu");
    stage_said(&s, "commun.menu");
    stage_tap(&s, "aide");
    stage_said(&s, "commun.aide");
    stage_text(&s, "Envoyer un colis");
    stage_said(&s, "course.depart");
    stage_close(&s);
}

/* B-18 */
TEST(a_lost_answer_and_a_second_yes_carry_one_idempotency_key)
{
    struct stage s;
    char first[65], second[65];

    (void)state;
    open_at_recap(&s);
    stage_tap(&s, "oui");
    (void)snprintf(first, sizeof first, "%s", stage_call(&s)->key);
    stage_answer(&s, "timeout", 0, NULL);
    stage_said(&s, "course.panne");
    assert_string_equal(stage_place(&s), "course/panne");
    stage_tap(&s, "reessayer");
    assert_string_equal(stage_call(&s)->key, first);
    stage_answer(&s, "http_5xx", 503, NULL);
    stage_said(&s, "course.panne");
    stage_tap(&s, "reessayer");
    (void)snprintf(second, sizeof second, "%s", stage_call(&s)->key);
    assert_string_equal(second, first);
    stage_answer(&s, "ok", 201, "{\"numero_mission\":\"COUR-20250127-062\"}");
    stage_said(&s, "course.fait");
    stage_text(&s, "course");
    stage_text(&s, "Rond-point Moungali");
    stage_text(&s, "12 rue Mbochi, Poto-Poto");
    stage_text(&s, "Junior Okemba");
    stage_text(&s, "06 612 34 56");
    stage_text(&s, "Deux pagnes et une enveloppe");
    stage_text(&s, "8 000 FCFA");
    stage_tap(&s, "oui");
    assert_string_not_equal(stage_call(&s)->key, first);
    stage_close(&s);
}

TEST(a_refusal_ends_the_request_with_its_own_words)
{
    struct stage s;

    (void)state;
    open_at_recap(&s);
    stage_tap(&s, "oui");
    stage_answer(&s, "http_4xx", 400, "{\"message\":\"non\"}");
    stage_said(&s, "course.refus");
    stage_close(&s);
}

TEST(whoever_writes_while_the_service_is_asked_is_told_to_wait)
{
    struct stage s;

    (void)state;
    open_at_recap(&s);
    stage_tap(&s, "oui");
    stage_text(&s, "alors ?");
    stage_said(&s, "commun.patientez");
    assert_string_equal(stage_place(&s), "course/envoyer");
    stage_answer(&s, "ok", 201, "{\"numero_mission\":\"COUR-20250127-061\"}");
    stage_said(&s, "course.fait");
    stage_close(&s);
}

TEST(an_answer_that_comes_after_the_person_has_left_is_ignored)
{
    struct stage s;
    uint64_t guard;

    (void)state;
    open_at_recap(&s);
    stage_tap(&s, "oui");
    guard = s.seq;
    stage_text(&s, "annuler");
    stage_said(&s, "commun.annule");
    stage_event(&s, &(struct event){ .kind = EVENT_ANSWER, .name = "envoyer", .guard = guard, .outcome = "ok", .status = 201 });
    stage_said(&s, "");
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
}

TEST(a_reminder_comes_once_and_the_request_ends_by_itself)
{
    struct stage s;
    const struct store_timer *timer;

    (void)state;
    stage_open_scripts(&s);
    stage_text(&s, "course");
    timer = stage_timer_set(&s);
    assert_non_null(timer);
    assert_string_equal(timer->name, "wait");
    assert_true(timer->after_send);
    assert_int_equal(timer->due_ms, 10 * 60 * 1000);
    stage_later(&s, 10);
    stage_timer(&s);
    stage_said(&s, "course.toujours_la");
    timer = stage_timer_set(&s);
    assert_false(timer->after_send);
    assert_int_equal(timer->due_ms, s.now_ms + (24 * 60 - 10) * 60 * 1000LL);
    stage_later(&s, 24 * 60 - 10);
    stage_timer(&s);
    stage_said(&s, "");
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
}

TEST(an_unconfirmed_request_is_dropped_after_two_hours_and_says_so)
{
    struct stage s;

    (void)state;
    open_at_recap(&s);
    assert_int_equal(stage_timer_set(&s)->due_ms, 2 * 3600 * 1000);
    stage_later(&s, 120);
    stage_timer(&s);
    stage_said(&s, "course.abandon");
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
}

TEST(a_timer_of_a_question_that_was_answered_does_nothing)
{
    struct stage s;
    uint64_t guard;

    (void)state;
    stage_open_scripts(&s);
    stage_text(&s, "course");
    guard = s.seq;
    stage_text(&s, "Rond-point Moungali");
    stage_event(&s, &(struct event){ .kind = EVENT_TIMER, .name = "wait", .guard = guard });
    stage_said(&s, "");
    assert_string_equal(stage_place(&s), "course/arrivee");
    stage_close(&s);
}

TEST(english_customers_are_served_in_english)
{
    struct stage s;

    (void)state;
    stage_open_scripts(&s);
    s.state = strdup("{\"lang\":\"en\"}");
    s.state_len = strlen(s.state);
    stage_text(&s, "hello");
    assert_non_null(strstr(stage_body(&s, 0), "Hello Prisca"));
    stage_text(&s, "send a parcel");
    assert_non_null(strstr(stage_body(&s, 0), "New delivery"));
    stage_text(&s, "cancel");
    stage_text(&s, "hello");
    assert_non_null(strstr(stage_body(&s, 0), "Hello Prisca"));
    stage_close(&s);
}

/* Whatever people send, nobody is stranded: each message is answered, no script fails, the state stays small. */
TEST(no_walk_strands_anybody)
{
    static const char *const WORDS[] = {
        "course", "menu", "retour", "annuler", "aide", "?", "Rond-point Moungali", "Junior", "06 612 34 56", "8000", "oui", "non", "modifier", "1", "2", "6",
        "Adresse de départ", "a", "", "🙂", "-50", "COUR-20250127-061", "menu menu", "Réessayer", "confirmer", "12345678901234567890",
    };
    static const char *const TAPS[] = { "oui", "non", "modifier", "course", "aide", "depart", "valeur", "tel", "reessayer" };
    /* One for whoever creates something, one for whoever reads lists; each also comes to the other, as if the service had gone mad. */
    static const char *const ANSWERS[] = {
        "{\"numero_mission\":\"COUR-1\",\"numero_commande\":\"CMD-1\"}",
        "[{\"id\":1,\"nom\":\"Restaurants\",\"nom_entreprise\":\"Chez Mama\",\"entreprise\":1,\"prix\":\"2 500 FCFA\",\"stock\":3}]",
    };
    static const char *const OUTCOMES[] = { "ok", "timeout", "http_4xx", "http_5xx", "network" };
    struct stage s;
    unsigned seed = 20250127;

    (void)state;
    stage_open_scripts(&s);
    for (int i = 0; i < 6000; i++) {
        unsigned dice = (seed = seed * 1103515245 + 12345) >> 16 & 0x7FFF, which = (seed = seed * 1103515245 + 12345) >> 16 & 0x7FFF;
        const char *id = stage_choice(&s, TAPS[which % (sizeof TAPS / sizeof TAPS[0])]);
        bool asked = strcmp(stage_var(&s, "wait"), "\"call\"") == 0;
        char copy[256];

        stage_later(&s, 1);
        if (asked && dice % 3 > 0)
            stage_answer(&s, OUTCOMES[which % 5], which % 5 == 0 ? 201 : 0, which % 5 == 0 ? ANSWERS[dice % 2] : NULL);
        else if (dice % 16 == 0)
            stage_location(&s, -4.2, 15.2, NULL);
        else if (dice % 16 == 1)
            stage_media(&s, "audio");
        else if (dice % 16 == 2 && strcmp(stage_var(&s, "armed"), "true") == 0)
            stage_timer(&s);
        else if (dice % 2 == 0 && id != NULL && snprintf(copy, sizeof copy, "%s", id) > 0)
            stage_tap_id(&s, copy, "titre");
        else
            stage_text(&s, WORDS[which % (sizeof WORDS / sizeof WORDS[0])]);
        assert_false(s.last.script_failed);
        assert_true(stage_count(&s) > 0 || s.last.commit.call_count > 0 || dice % 16 == 2);
        assert_true(strcmp(stage_place(&s), "-") == 0 || stage_timer_set(&s) != NULL || asked || strcmp(stage_var(&s, "wait"), "\"call\"") == 0);
    }
    stage_close(&s);
}

/* ---- notifications ---- */

#define STATUS(word) "{\"numero_mission\":\"COUR-20250127-061\",\"contact_entreprise\":\"06 123 45 67\",\"statut\":\"" word "\",\"livreur_nom\":\"Junior Okemba\"," \
                     "\"livreur_telephone\":null,\"adresse_recuperation\":\"Bacongo\",\"adresse_livraison\":\"Mpila\"}"

static bool row_has(const struct stage *s, size_t row, const char *words)
{
    const struct blob *b = &s->last.commit.sends[row].body;

    return memmem(b->data, b->len, words, strlen(words)) != NULL;
}

/* Outside the window the template says it all: what follows it must say so itself, or the sender would count a failure. */
TEST(what_follows_the_row_with_the_template_stands_beside_it)
{
    struct stage s;

    (void)state;
    stage_open_scripts(&s);
    stage_notice(&s, "mission.status_changed", "e-1", "{\"numero_mission\":\"COUR-20250127-061\",\"statut\":\"accepted\",\"livreur_nom\":\"Junior Okemba\",\"livreur_telephone\":\"06 612 34 56\"}");
    assert_int_equal(stage_count(&s), 3);                /* the news, the words before the card, the card */
    assert_true(row_has(&s, 0, "\"template\""));
    assert_false(row_has(&s, 0, "\"beside\""));
    assert_true(row_has(&s, 1, "\"beside\":true") && !row_has(&s, 1, "\"template\""));
    assert_true(row_has(&s, 2, "\"beside\":true") && row_has(&s, 2, "+242066123456"));
    stage_close(&s);
}

TEST(a_backend_event_becomes_one_for_the_person_it_names)
{
    struct stage s;
    const struct store_item *item;
    struct event notice;
    struct error err;
    cJSON *data = cJSON_Parse(STATUS("accepted"));

    (void)state;
    stage_open_scripts(&s);
    s.routing = true;
    stage_event(&s, &(struct event){ .kind = EVENT_BACKEND, .at_ms = 5, .id = "e-1", .name = "mission.status_changed", .data = data });
    assert_int_equal(s.last.commit.notice_count, 1);
    item = &s.last.commit.notices[0];
    assert_int_equal(item->kind, STORE_EVENT);
    assert_string_equal(item->phone, "+242061234567");
    assert_null(item->number);
    assert_null(item->route);
    assert_false(item->from_person);
    assert_true(event_parse(item->body.data, item->body.len, &notice, &err));
    assert_int_equal(notice.kind, EVENT_NOTICE);
    assert_string_equal(notice.name, "mission.status_changed");
    assert_string_equal(notice.id, "e-1");
    assert_string_equal(json_str(notice.data, "statut"), "accepted");
    event_free(&notice);
    cJSON_Delete(data);
    stage_close(&s);
}

TEST(an_event_for_nobody_is_noted)
{
    struct stage s;
    cJSON *data = cJSON_Parse("{\"contact_entreprise\":\"douze\"}");

    (void)state;
    stage_open_scripts(&s);
    s.routing = true;
    stage_event(&s, &(struct event){ .kind = EVENT_BACKEND, .id = "e-1", .name = "mission.status_changed", .data = data });
    assert_int_equal(s.last.commit.notice_count, 0);
    assert_non_null(s.last.commit.note);
    stage_event(&s, &(struct event){ .kind = EVENT_BACKEND, .id = "e-1", .name = "inconnu", .data = data });
    assert_int_equal(s.last.commit.notice_count, 0);
    assert_non_null(s.last.commit.note);
    cJSON_Delete(data);
    stage_close(&s);
}

TEST(a_notification_has_a_form_for_each_side_of_the_window)
{
    struct stage s;
    cJSON *row;

    (void)state;
    stage_open_scripts(&s);
    stage_notice(&s, "mission.status_changed", "e-1", STATUS("Assigned"));
    stage_said(&s, "notif.acceptee");
    assert_non_null(strstr(stage_body(&s, 0), "Junior Okemba"));
    assert_null(strstr(stage_body(&s, 0), "06 123"));           /* the customer's own number is not the courier's */
    row = cJSON_Parse(stage_row(&s, 0));
    assert_int_equal(cJSON_GetArraySize(row), 2);
    assert_string_equal(json_str(json_get(row, "template"), "kind"), "template");
    cJSON_Delete(row);
    assert_int_equal(s.last.commit.sends[0].class, CLASS_NOTIFICATION);
    assert_int_equal(s.last.commit.sends[0].expires_ms, s.now_ms + 24 * 3600 * 1000);
    stage_close(&s);
}

TEST(a_stage_is_announced_once_and_never_after_a_later_one)
{
    struct stage s;

    (void)state;
    stage_open_scripts(&s);
    stage_notice(&s, "mission.status_changed", "e-1", STATUS("accepted"));
    stage_said(&s, "notif.acceptee");
    stage_notice(&s, "mission.status_changed", "e-2", STATUS("assignee"));
    stage_said(&s, "");
    stage_notice(&s, "mission.status_changed", "e-3", STATUS("in_transit"));
    stage_said(&s, "notif.en_route");
    stage_notice(&s, "mission.status_changed", "e-4", STATUS("au_depart"));
    stage_said(&s, "");
    stage_notice(&s, "mission.status_changed", "e-5", STATUS("livree"));
    stage_said(&s, "notif.livree");
    stage_notice(&s, "mission.status_changed", "e-6", STATUS("pending"));
    stage_said(&s, "");
    stage_close(&s);
}

TEST(a_notification_leaves_the_question_as_it_was)
{
    struct stage s;
    char yes[256];

    (void)state;
    open_at_recap(&s);
    (void)snprintf(yes, sizeof yes, "%s", stage_choice(&s, "oui"));
    stage_notice(&s, "mission.status_changed", "e-1", STATUS("accepted"));
    stage_said(&s, "notif.acceptee");
    assert_string_equal(stage_place(&s), "course/confirmer");
    assert_null(stage_timer_set(&s));
    stage_tap_id(&s, yes, "Confirmer");
    assert_int_equal(s.last.commit.call_count, 1);
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_courier_request_from_hello_to_the_reference),
        cmocka_unit_test(a_mission_without_a_number_is_known_by_its_id),
        cmocka_unit_test(only_what_is_corrected_is_asked_again),
        cmocka_unit_test(a_typed_title_counts_as_a_tap),
        cmocka_unit_test(words_of_commands_and_services_inside_an_answer_are_the_answer),
        cmocka_unit_test(only_one_clear_amount_is_an_amount),
        cmocka_unit_test(every_way_to_write_a_number_is_read_and_kept_in_one_form),
        cmocka_unit_test(three_bad_numbers_lead_to_an_adviser),
        cmocka_unit_test(a_photo_where_a_number_is_asked_for_is_explained_and_is_no_try),
        cmocka_unit_test(back_walks_back_question_by_question_and_then_to_the_menu),
        cmocka_unit_test(cancel_menu_and_help_work_at_every_question),
        cmocka_unit_test(a_lost_answer_and_a_second_yes_carry_one_idempotency_key),
        cmocka_unit_test(a_refusal_ends_the_request_with_its_own_words),
        cmocka_unit_test(whoever_writes_while_the_service_is_asked_is_told_to_wait),
        cmocka_unit_test(an_answer_that_comes_after_the_person_has_left_is_ignored),
        cmocka_unit_test(a_reminder_comes_once_and_the_request_ends_by_itself),
        cmocka_unit_test(an_unconfirmed_request_is_dropped_after_two_hours_and_says_so),
        cmocka_unit_test(a_timer_of_a_question_that_was_answered_does_nothing),
        cmocka_unit_test(english_customers_are_served_in_english),
        cmocka_unit_test(no_walk_strands_anybody),
        cmocka_unit_test(what_follows_the_row_with_the_template_stands_beside_it),
        cmocka_unit_test(a_backend_event_becomes_one_for_the_person_it_names),
        cmocka_unit_test(an_event_for_nobody_is_noted),
        cmocka_unit_test(a_notification_has_a_form_for_each_side_of_the_window),
        cmocka_unit_test(a_stage_is_announced_once_and_never_after_a_later_one),
        cmocka_unit_test(a_notification_leaves_the_question_as_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
