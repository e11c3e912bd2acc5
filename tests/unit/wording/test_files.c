/* The wording that we ship: nothing is wrong with it, flows find what they use, and each message reads as it should. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lisolo/channel.h"
#include "source.h"

static const char *const FILES[] = { "commun.lua", "course.lua", "boutique.lua", "notifications.lua" };

static struct source shipped;

static int open_files(void **state)
{
    (void)state;
    source_build_files(&shipped, FILES, sizeof FILES / sizeof *FILES);
    return 0;
}

static int close_files(void **state)
{
    (void)state;
    source_free(&shipped);
    return 0;
}

/* A course in full, as the flow keeps it. */
static const char COURSE[] =
    "{\"depart\":{\"adresse\":\"Marché Total, Bacongo\"},\"arrivee\":{\"adresse\":\"12 rue Mbochis, Poto-Poto\"},\"destinataire_nom\":\"Junior Okemba\","
    "\"destinataire_tel\":\"+242066123456\",\"description\":\"Deux pagnes et une enveloppe\",\"valeur\":8000,\"reference\":\"COUR-20250127-061\"}";

/* As the backend's event gives it. */
static const char EVENT[] = "{\"reference\":\"COUR-20250127-061\",\"livreur\":\"Junior Okemba\",\"telephone\":\"06 612 34 56\",\"depart\":\"Marché Total\",\"arrivee\":\"Poto-Poto\",\"statut\":\"accepted\"}";
static const char BARE_EVENT[] = "{\"reference\":\"COUR-20250127-061\",\"livreur\":null,\"statut\":\"accepted\"}";

/* An order, with what the flow computes. The photo cannot be shown: WhatsApp takes no http:// link. */
static const char ORDER[] =
    "{\"categorie\":{\"id\":1,\"nom\":\"Restaurants\"},\"marchand\":{\"id\":1,\"nom_entreprise\":\"Chez Mama Ngudi\"},\"produit\":{\"nom\":\"Panier de manioc\","
    "\"prix\":8000,\"stock\":3,\"image\":\"http://images.example.cg/manioc.jpg\"},\"quantite\":2,\"total\":16000,\"adresse\":{\"adresse\":\"12 rue Loby\"},"
    "\"paiement\":\"mobile_money\",\"commande\":\"CMD-20250127-001\"}";

/* Kind and choices of every message that flows name, and what it is rendered with. */
static const struct {
    const char *id, *kind, *choices, *vars;
} MESSAGES[] = {
    { "commun.menu", "buttons", "course boutique aide", NULL },
    { "commun.de_rien", "text", "", NULL },
    { "commun.aide", "text", "", NULL },
    { "commun.annule", "text", "", NULL },
    { "commun.rien_a_annuler", "text", "", NULL },
    { "commun.pas_compris", "text", "", NULL },
    { "commun.non_pris_en_charge", "text", "", NULL },
    { "commun.bouton_ancien", "text", "", NULL },
    { "commun.patientez", "text", "", NULL },
    { "commun.probleme", "text", "", NULL },
    { "commun.conseiller", "text", "", NULL },
    { "course.depart", "location_request", "", NULL },
    { "course.adresse_floue", "text", "", NULL },
    { "course.toujours_la", "text", "", NULL },
    { "course.arrivee", "location_request", "", NULL },
    { "course.destinataire_nom", "text", "", NULL },
    { "course.destinataire_tel", "text", "", COURSE },
    { "course.tel_incorrect", "text", "", NULL },
    { "course.description", "text", "", NULL },
    { "course.valeur", "text", "", NULL },
    { "course.valeur_incorrecte", "text", "", NULL },
    { "course.recapitulatif", "buttons", "oui modifier non", COURSE },
    { "course.quoi_modifier", "list", "depart arrivee nom tel colis valeur", COURSE },
    { "course.fait", "text", "", COURSE },
    { "course.rappel", "text", "", COURSE },
    { "course.panne", "buttons", "reessayer non", NULL },
    { "course.refus", "text", "", NULL },
    { "course.abandon", "text", "", NULL },
    { "boutique.aucun_marchand", "buttons", "autres fermer", ORDER },
    { "boutique.aucun_produit", "buttons", "autres fermer", ORDER },
    { "boutique.fiche", "buttons", "choisir autres", ORDER },
    { "boutique.quantite", "text", "", NULL },
    { "boutique.quantite_incorrecte", "text", "", NULL },
    { "boutique.stock_insuffisant", "text", "", ORDER },
    { "boutique.adresse", "location_request", "", NULL },
    { "boutique.toujours_la", "text", "", NULL },
    { "boutique.paiement", "buttons", "especes mobile_money virement", NULL },
    { "boutique.recapitulatif", "buttons", "oui modifier non", ORDER },
    { "boutique.quoi_modifier", "buttons", "quantite adresse paiement", NULL },
    { "boutique.panne", "buttons", "reessayer non", NULL },
    { "boutique.fait", "text", "", ORDER },
    { "boutique.rappel", "text", "", ORDER },
    { "boutique.refus", "text", "", NULL },
    { "boutique.abandon", "text", "", NULL },
    { "boutique.a_bientot", "text", "", NULL },
    { "boutique.indisponible", "text", "", NULL },
    { "notif.acceptee", "text", "", BARE_EVENT },
    { "notif.au_depart", "text", "", BARE_EVENT },
    { "notif.en_route", "text", "", BARE_EVENT },
    { "notif.livree", "text", "", BARE_EVENT },
    { "mission_accepted", "template", "", BARE_EVENT },
    { "mission_delivered", "template", "", BARE_EVENT },
};
enum { MESSAGE_COUNT = sizeof MESSAGES / sizeof *MESSAGES };

/* Those that are more than one part, or need rows: tests/chat shows them. */
enum { SHOWN_ELSEWHERE = 4 /* notif.contact, the lists of categories, merchants and products */ };

static void nothing_is_wrong_with_the_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < shipped.problems.count; i++)
        print_message("%s:%d: %s %s\n", shipped.problems.list[i].file, shipped.problems.list[i].line, shipped.problems.list[i].code, shipped.problems.list[i].text);
    assert_int_equal(shipped.problems.count, 0);
    assert_int_equal(wording_count(shipped.wording), MESSAGE_COUNT + SHOWN_ELSEWHERE);
}

static void every_message_that_flows_name_can_be_sent_in_every_language(void **state)
{
    static const char *const LANGUAGES_ASKED[] = { "fr", "en", "ln" };

    (void)state;
    for (size_t i = 0; i < MESSAGE_COUNT; i++)
        for (size_t l = 0; l < 3; l++) {
            struct wording_output out;
            struct error err;
            char choices[256] = "";

            if (!source_render(&shipped, MESSAGES[i].id, LANGUAGES_ASKED[l], MESSAGES[i].vars, NULL, &out, &err))
                fail_msg("%s: %s", MESSAGES[i].id, err.text);
            assert_int_equal(out.count, 1);
            if (!channel_fits(&out.parts[0], &err))
                fail_msg("%s: %s", MESSAGES[i].id, err.text);
            for (size_t c = 0; c < out.parts[0].choice_count; c++)
                snprintf(choices + strlen(choices), sizeof choices - strlen(choices), "%s%s", c == 0 ? "" : " ", out.parts[0].choices[c].id);
            assert_string_equal(message_kind_name(out.parts[0].kind), MESSAGES[i].kind);
            assert_string_equal(choices, MESSAGES[i].choices);
            assert_string_equal(out.parts[0].language, l == 1 ? "en" : "fr");
            wording_output_free(&out);
        }
}

/* No-break spaces as plain ones, so that the words can be read here. */
static const char *words(const char *id, const char *language, const char *vars)
{
    static char text[8192];
    const char *body = source_body(&shipped, id, language, vars);
    size_t len = 0;

    for (const char *at = body; *at != '\0'; len++) {
        size_t space = strncmp(at, "\u00A0", 2) == 0 ? 2 : strncmp(at, "\u202F", 3) == 0 ? 3 : 0;

        text[len] = space > 0 ? ' ' : *at;
        at += space > 0 ? space : 1;
    }
    text[len] = '\0';
    return text;
}

static void the_menu_greets_by_name_when_it_knows_one(void **state)
{
    (void)state;
    assert_string_equal(words("commun.menu", "fr", "{\"prenom\":\"Prisca\"}"), "Bonjour Prisca 👋\nQue pouvons-nous faire pour vous ?");
    assert_string_equal(words("commun.menu", "fr", "{}"), "Bonjour 👋\nQue pouvons-nous faire pour vous ?");
    assert_string_equal(words("commun.menu", "en", "{}"), "Hello 👋\nWhat can we do for you?");
}

static void the_summary_shows_every_answer(void **state)
{
    (void)state;
    assert_string_equal(words("course.recapitulatif", "fr", COURSE),
                        "*Votre course, en résumé*\n\n📍 Départ : Marché Total, Bacongo\n🏁 Arrivée : 12 rue Mbochis, Poto-Poto\n"
                        "👤 Destinataire : Junior Okemba, +242 06 612 34 56\n📦 Contenu : Deux pagnes et une enveloppe\n💰 Valeur : 8 000 FCFA\n\nTout est juste ?");
    assert_non_null(strstr(words("course.recapitulatif", "en", COURSE), "💰 Value: FCFA 8,000\n"));
    /* The spaces are those that do not break. */
    assert_non_null(strstr(source_body(&shipped, "course.recapitulatif", "fr", COURSE), "Valeur\u00A0: 8\u202F000\u00A0FCFA\n\nTout est juste\u202F?"));
}

static void long_answers_still_fit_the_list_of_corrections(void **state)
{
    struct wording_output out;
    struct error err;

    (void)state;
    assert_true(source_render(&shipped, "course.quoi_modifier", "fr",
                              "{\"depart\":{\"adresse\":\"Avenue de la Paix, en face de la pharmacie Mavré, deuxième portail vert après le marché\"},\"arrivee\":{},\"valeur\":25000}", NULL, &out, &err));
    assert_string_equal(out.parts[0].menu, "Choisir");
    assert_string_equal(out.parts[0].choices[0].description, "Avenue de la Paix, en face de la pharmacie Mavré, deuxième portail vert…");
    assert_null(out.parts[0].choices[1].description);
    assert_string_equal(out.parts[0].choices[5].description, "25\u202F000\u00A0FCFA");
    wording_output_free(&out);
}

static void a_notification_says_only_what_is_known(void **state)
{
    static const char STAGES[] = "✅ Demande créée\n🔵 *Livreur assigné*\n⚪ Récupération\n⚪ En transit\n⚪ Livré\n\nNous vous écrivons à chaque étape.";
    char wanted[1024];

    (void)state;
    snprintf(wanted, sizeof wanted, "🛵 *Votre course est acceptée*\nRéférence : *COUR-20250127-061*\n\n👤 Junior Okemba se rend au point de départ.\n"
             "📞 +242 06 612 34 56\n📍 Départ : Marché Total\n🏁 Arrivée : Poto-Poto\n\n%s", STAGES);
    assert_string_equal(words("notif.acceptee", "fr", EVENT), wanted);
    snprintf(wanted, sizeof wanted, "🛵 *Votre course est acceptée*\nRéférence : *COUR-20250127-061*\n\n👤 Un livreur se rend au point de départ.\n\n%s", STAGES);
    assert_string_equal(words("notif.acceptee", "fr", BARE_EVENT), wanted);
}

static void a_courier_without_a_name_is_a_courier(void **state)
{
    struct wording_output out;
    struct error err;

    (void)state;
    assert_non_null(strstr(words("notif.au_depart", "fr", BARE_EVENT), "Votre livreur vient récupérer"));
    assert_true(source_render(&shipped, "mission_accepted", "ln", BARE_EVENT, NULL, &out, &err));
    assert_string_equal(out.parts[0].template_name, "mission_accepted");
    assert_string_equal(out.parts[0].language, "fr");
    assert_int_equal(out.parts[0].param_count, 2);
    assert_string_equal(out.parts[0].params[0], "COUR-20250127-061");
    assert_string_equal(out.parts[0].params[1], "Un livreur");
    wording_output_free(&out);
}

static void the_menu_needs_no_variable(void **state)
{
    const struct wording_message *m = wording_find(shipped.wording, "commun.menu");

    (void)state;
    assert_int_equal(wording_variable_count(m), 1);
    assert_string_equal(wording_variable(m, 0), "prenom");
    assert_false(wording_variable_required(m, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_wrong_with_the_files),
        cmocka_unit_test(every_message_that_flows_name_can_be_sent_in_every_language),
        cmocka_unit_test(the_menu_greets_by_name_when_it_knows_one),
        cmocka_unit_test(the_summary_shows_every_answer),
        cmocka_unit_test(long_answers_still_fit_the_list_of_corrections),
        cmocka_unit_test(a_notification_says_only_what_is_known),
        cmocka_unit_test(a_courier_without_a_name_is_a_courier),
        cmocka_unit_test(the_menu_needs_no_variable),
    };

    return cmocka_run_group_tests(tests, open_files, close_files);
}
