/* From a message id to the parts that leave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lisolo/channel.h"
#include "source.h"

#define NB "\u00A0"

static struct wording_output out;
static struct error err;

/* Renders and prints every part as JSON, one a line; "!" and the reason when it fails. Each part must pass WhatsApp's limits. */
static const char *rendered(const struct source *s, const char *id, const char *language, const char *vars, const char *rows)
{
    static char text[32768];
    size_t used = 0;

    text[0] = '\0';
    if (!source_render(s, id, language, vars, rows, &out, &err)) {
        snprintf(text, sizeof text, "!%s", err.text);
        return text;
    }
    for (size_t i = 0; i < out.count; i++) {
        cJSON *json = message_to_json(&out.parts[i]);
        char *line = json == NULL ? NULL : json_print(json, NULL);

        assert_non_null(line);
        if (!channel_fits(&out.parts[i], &err))
            fail_msg("%s: %s", line, err.text);
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i == 0 ? "" : "\n", line);
        free(line);
        cJSON_Delete(json);
    }
    wording_output_free(&out);
    return text;
}

/* Builds one message "m" with this French body, renders it with `vars`. */
static const char *once(const char *body, const char *vars, const char *rows)
{
    static char lua[16384];
    static char result[32768];
    struct source s;

    snprintf(lua, sizeof lua, "message \"m\" { fr = [==[\n%s\n]==] }\n", body);
    source_build(&s, "templates/t.lua", lua);
    if (s.problems.errors > 0)
        fail_msg("%d: %s", s.problems.list[0].line, s.problems.list[0].text);
    snprintf(result, sizeof result, "%s", rendered(&s, "m", "fr", vars, rows));
    source_free(&s);
    return result;
}

#define TEXT(body) "{\"kind\":\"text\",\"body\":\"" body "\",\"language\":\"fr\",\"source\":\"m\"}"

/* ---- lines ---- */

static void text_is_sent_as_it_is_written(void **state)
{
    (void)state;
    assert_string_equal(once("\n\n*gras* _italique_ ~barré~ `code`\n\n  en retrait  \n\n", NULL, NULL),
                        TEXT("*gras* _italique_ ~barré~ `code`\\n\\n  en retrait"));
}

static void a_backslash_makes_anything_text(void **state)
{
    (void)state;
    assert_string_equal(once("\\[oui] pas un bouton\n\\@menu\n\\\\ vu\n\\{a\\}", NULL, NULL), TEXT("[oui] pas un bouton\\n@menu\\n\\\\ vu\\n{a}"));
}

static void values_come_from_dotted_paths(void **state)
{
    (void)state;
    assert_string_equal(once("{depart.adresse} {produits.2.nom} {n} {d} {oui}",
                             "{\"depart\":{\"adresse\":\"Bacongo\"},\"produits\":[{},{\"nom\":\"Manioc\"}],\"n\":8000,\"d\":2.5,\"oui\":true}", NULL),
                        TEXT("Bacongo Manioc 8000 2,5 oui"));
}

static void a_missing_value_names_file_line_and_variable(void **state)
{
    (void)state;
    assert_string_equal(once("Bonjour\n\nDépart : {depart.adresse}", "{\"depart\":{}}", NULL), "!templates/t.lua:4: {depart.adresse}: no value");
    assert_string_equal(once("{prix|fcfa}", "{\"prix\":\"cher\"}", NULL), "!templates/t.lua:2: {prix|fcfa}: not an amount");
    assert_string_equal(once("{prix}", "{\"prix\":null}", NULL), "!templates/t.lua:2: {prix}: no value");
    assert_string_equal(once("{prix}", "{\"prix\":[1]}", NULL), "!templates/t.lua:2: {prix}: a table, not a text");
    assert_string_equal(once("[a] {prix}\n.", "{\"prix\":\"  \"}", NULL), "!templates/t.lua:2: empty once its values are filled in");
}

static void if_lines_wait_for_something_to_say(void **state)
{
    static const char BODY[] = "@if prenom: Bonjour {prenom}\n@if not prenom: Bonjour\nEt après";

    (void)state;
    assert_string_equal(once(BODY, "{\"prenom\":\"Prisca\"}", NULL), TEXT("Bonjour Prisca\\nEt après"));
    assert_string_equal(once(BODY, "{}", NULL), TEXT("Bonjour\\nEt après"));
    for (size_t i = 0; i < 6; i++) {
        static const char *const NOTHING[] = { "null", "\" \\n\"", "0", "false", "[]", "{}" };
        char vars[64];

        snprintf(vars, sizeof vars, "{\"prenom\":%s}", NOTHING[i]);
        assert_string_equal(once(BODY, vars, NULL), TEXT("Bonjour\\nEt après"));
    }
    assert_string_equal(once("@if a.b: oui\n.", "{\"a\":{\"b\":1}}", NULL), TEXT("oui\\n."));
}

static void a_line_that_is_left_out_leaves_no_hole(void **state)
{
    (void)state;
    assert_string_equal(once("un\n\n@if x: deux\n\ntrois", NULL, NULL), TEXT("un\\n\\ntrois"));
    assert_string_equal(once("un\n@if x: deux\n\ntrois", NULL, NULL), TEXT("un\\n\\ntrois"));
    assert_string_equal(once("@if x: un\n\ndeux\n\n@if x: trois", NULL, NULL), TEXT("deux"));
    assert_string_equal(once("un\n\n\ndeux", NULL, NULL), TEXT("un\\n\\n\\ndeux"));
    assert_string_equal(once("@if x: un", NULL, NULL), "!templates/t.lua:2: message m has nothing to say: its lines are left out or empty");
}

static void each_repeats_its_line_for_every_item(void **state)
{
    (void)state;
    assert_string_equal(once("Panier\n@each panier: • {nom} × {n}, pour {client}\nfin", "{\"client\":\"Prisca\",\"panier\":[{\"nom\":\"Manioc\",\"n\":2},{\"nom\":\"Pain\",\"n\":1}]}", NULL),
                        TEXT("Panier\\n• Manioc × 2, pour Prisca\\n• Pain × 1, pour Prisca\\nfin"));
    assert_string_equal(once("@each mots max 2: {.}\n.", "{\"mots\":[\"a\",\"b\",\"c\"]}", NULL), TEXT("a\\nb\\n."));
    assert_string_equal(once("un\n\n@each rien: {.}\n\ndeux", "{\"rien\":[]}", NULL), TEXT("un\\n\\ndeux"));
    assert_string_equal(once("@each n: {.}\n.", "{\"n\":[1,2,3,4,5,6,7,8,9,10,11,12]}", NULL), TEXT("1\\n2\\n3\\n4\\n5\\n6\\n7\\n8\\n9\\n10\\n."));
}

/* ---- values from people ---- */

static void control_and_direction_characters_are_taken_out(void **state)
{
    (void)state;
    assert_string_equal(once("{v}|", "{\"v\":\"a\\u0007b\\u202Ec\\u200F\\uFEFF\\td\"}", NULL), TEXT("abc d|"));
    assert_string_equal(once("{v}|", "{\"v\":\"a\\n\\n\\n\\nb\\r\\nc\\u2028d\"}", NULL), TEXT("a\\n\\nb\\nc\\nd|"));
    assert_string_equal(once("{v}|", "{\"v\":\"👨‍👩‍👧 ’é\\u00A0»\"}", NULL), TEXT("👨‍👩‍👧 ’é\u00A0»|"));
}

static void titles_are_one_line(void **state)
{
    (void)state;
    assert_string_equal(once(".\n[a] {v}", "{\"v\":\"  un\\n deux\\t\"}", NULL),
                        "{\"kind\":\"buttons\",\"body\":\".\",\"language\":\"fr\",\"source\":\"m\",\"choices\":[{\"id\":\"a\",\"title\":\"un deux\"}]}");
}

/* ---- kinds ---- */

static void up_to_three_choices_are_buttons(void **state)
{
    (void)state;
    assert_string_equal(once("@header Haut\nOn confirme ?\n@footer Bas\n[oui] ✅ Oui\n[non] Non", NULL, NULL),
                        "{\"kind\":\"buttons\",\"body\":\"On confirme\u202F?\",\"header\":\"Haut\",\"footer\":\"Bas\",\"language\":\"fr\",\"source\":\"m\","
                        "\"choices\":[{\"id\":\"oui\",\"title\":\"✅ Oui\"},{\"id\":\"non\",\"title\":\"Non\"}]}");
}

static void a_menu_makes_a_list(void **state)
{
    (void)state;
    assert_string_equal(once("Quoi ?\n@menu Choisir\n[a] Un :: premier {x}\n[b] Deux :: {absent}\n[c] Trois", "{\"x\":\"!\"}", NULL),
                        "{\"kind\":\"list\",\"body\":\"Quoi\u202F?\",\"menu\":\"Choisir\",\"language\":\"fr\",\"source\":\"m\",\"choices\":["
                        "{\"id\":\"a\",\"title\":\"Un\",\"description\":\"premier !\"},{\"id\":\"b\",\"title\":\"Deux\"},{\"id\":\"c\",\"title\":\"Trois\"}]}");
}

static void a_location_request_comes_before_its_buttons(void **state)
{
    (void)state;
    assert_string_equal(once("Où ?\n@ask-location\nici", NULL, NULL),
                        "{\"kind\":\"location_request\",\"body\":\"Où\u202F?\\nici\",\"language\":\"fr\",\"source\":\"m\"}");
    assert_string_equal(once("Où ?\n@ask-location\n\nOu bien\n[maison] Chez moi", NULL, NULL),
                        "{\"kind\":\"location_request\",\"body\":\"Où\u202F?\",\"language\":\"fr\",\"source\":\"m\"}\n"
                        "{\"kind\":\"buttons\",\"body\":\"Ou bien\",\"language\":\"fr\",\"source\":\"m\",\"choices\":[{\"id\":\"maison\",\"title\":\"Chez moi\"}]}");
}

/* ---- images ---- */

#define IMAGE "https://cdn.exemple.cg/manioc.jpg"
#define SPARE "https://cdn.exemple.cg/sans-photo.jpg"
#define PHOTO "{\"photo\":\"" IMAGE "\"}"

static const char *with_image(const char *keys, const char *body, const char *vars)
{
    static char lua[8192], result[8192];
    struct source s;

    snprintf(lua, sizeof lua, "message \"m\" { image = \"{photo}\", %s fr = [[\n%s\n]] }\n", keys, body);
    source_build_clean(&s, lua);
    snprintf(result, sizeof result, "%s", rendered(&s, "m", "fr", vars, NULL));
    source_free(&s);
    return result;
}

static void an_image_without_choices_carries_the_text(void **state)
{
    (void)state;
    assert_string_equal(with_image("", "Manioc", PHOTO), "{\"kind\":\"image\",\"body\":\"Manioc\",\"image\":\"" IMAGE "\",\"language\":\"fr\",\"source\":\"m\"}");
    assert_string_equal(with_image("image_mode = \"before\",", "Manioc", PHOTO),
                        "{\"kind\":\"image\",\"image\":\"" IMAGE "\",\"language\":\"fr\",\"source\":\"m\"}\n" TEXT("Manioc"));
}

static void an_image_stands_above_buttons(void **state)
{
    (void)state;
    assert_string_equal(with_image("", "Manioc\n[ok] Oui", PHOTO),
                        "{\"kind\":\"buttons\",\"body\":\"Manioc\",\"image\":\"" IMAGE "\",\"language\":\"fr\",\"source\":\"m\",\"choices\":[{\"id\":\"ok\",\"title\":\"Oui\"}]}");
    assert_string_equal(with_image("image_mode = \"before\",", "@header Ici\nManioc\n[ok] Oui", PHOTO),
                        "{\"kind\":\"image\",\"image\":\"" IMAGE "\",\"language\":\"fr\",\"source\":\"m\"}\n"
                        "{\"kind\":\"buttons\",\"body\":\"Manioc\",\"header\":\"Ici\",\"language\":\"fr\",\"source\":\"m\",\"choices\":[{\"id\":\"ok\",\"title\":\"Oui\"}]}");
}

static void an_image_goes_before_a_list_and_a_location_request(void **state)
{
    (void)state;
    assert_string_equal(with_image("", "Manioc\n@menu Voir\n[ok] Oui", PHOTO),
                        "{\"kind\":\"image\",\"image\":\"" IMAGE "\",\"language\":\"fr\",\"source\":\"m\"}\n"
                        "{\"kind\":\"list\",\"body\":\"Manioc\",\"menu\":\"Voir\",\"language\":\"fr\",\"source\":\"m\",\"choices\":[{\"id\":\"ok\",\"title\":\"Oui\"}]}");
    assert_string_equal(with_image("", "Où\n@ask-location\nOu\n[ok] Oui", PHOTO),
                        "{\"kind\":\"image\",\"image\":\"" IMAGE "\",\"language\":\"fr\",\"source\":\"m\"}\n"
                        "{\"kind\":\"location_request\",\"body\":\"Où\",\"language\":\"fr\",\"source\":\"m\"}\n"
                        "{\"kind\":\"buttons\",\"body\":\"Ou\",\"language\":\"fr\",\"source\":\"m\",\"choices\":[{\"id\":\"ok\",\"title\":\"Oui\"}]}");
}

static void a_spare_image_stands_in_and_then_words_alone(void **state)
{
    static const char *const BAD[] = { "{}", "{\"photo\":null}", "{\"photo\":\"\"}", "{\"photo\":\"http://cdn.exemple.cg/a.jpg\"}", "{\"photo\":\"https://a b\"}", "{\"photo\":\"https://\"}" };

    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        assert_string_equal(with_image("image_fallback = \"" SPARE "\",", "Manioc", BAD[i]), "{\"kind\":\"image\",\"body\":\"Manioc\",\"image\":\"" SPARE "\",\"language\":\"fr\",\"source\":\"m\"}");
        assert_string_equal(with_image("", "Manioc", BAD[i]), TEXT("Manioc"));
    }
}

/* ---- rows from data ---- */

#define LIST(choices) "{\"kind\":\"list\",\"body\":\"Quoi\",\"menu\":\"Voir\",\"language\":\"fr\",\"source\":\"m\",\"choices\":[" choices "]}"

static void a_model_row_shows_every_item(void **state)
{
    (void)state;
    assert_string_equal(once("Quoi\n@menu Voir\n[row] {nom|short 24} :: {prix|fcfa}\n[retour] Retour", NULL,
                             "[{\"id\":12,\"nom\":\"Panier de maniocs du jour bien frais\",\"prix\":\"8000.00\"},{\"id\":\"p-2\",\"nom\":\"Pain\",\"prix\":null}]"),
                        LIST("{\"id\":\"12\",\"title\":\"Panier de maniocs du jo…\",\"description\":\"8\u202F000" NB "FCFA\"},{\"id\":\"p-2\",\"title\":\"Pain\"},{\"id\":\"retour\",\"title\":\"Retour\"}"));
}

static void items_that_cannot_be_shown_are_left_out(void **state)
{
    (void)state;
    assert_string_equal(once("Quoi\n@menu Voir\n[row] {nom}", "{\"nom\":\"du dehors\"}", "[{\"nom\":\"sans id\"},{\"id\":1,\"nom\":\"\"},{\"id\":2},{\"id\":2,\"nom\":\"deux fois\"},3,{\"id\":-1,\"nom\":\"x\"}]"),
                        LIST("{\"id\":\"2\",\"title\":\"du dehors\"}"));
    assert_string_equal(once("Quoi\n@menu Voir\n[row] {nom}", NULL, "[]"), "!templates/t.lua:2: message m has no row to show");
    assert_string_equal(once("Quoi\n@menu Voir\n[row] {nom}", NULL, NULL), "!templates/t.lua:2: message m has no row to show");
}

static void rows_from_data_leave_room_for_written_ones(void **state)
{
    char rows[1024] = "[";
    const char *json;

    (void)state;
    for (int i = 1; i <= 15; i++)
        snprintf(rows + strlen(rows), sizeof rows - strlen(rows), "%s{\"id\":%d,\"nom\":\"n%d\"}", i == 1 ? "" : ",", i, i);
    strcat(rows, "]");
    json = once("Quoi\n@menu Voir\n[row] {nom}\n[suite] Suite", NULL, rows);
    assert_non_null(strstr(json, "\"n9\""));
    assert_null(strstr(json, "\"n10\""));
    assert_non_null(strstr(json, "suite"));
}

/* ---- too long ---- */

static void what_values_make_too_long_is_cut(void **state)
{
    char vars[6000] = "{\"v\":\"";
    struct source s;

    (void)state;
    for (int i = 0; i < 5000; i++)
        strcat(vars, "x");
    strcat(vars, "\"}");
    source_build(&s, "templates/t.lua", "message \"m\" { fr = [[\n{v}\n]] }\nmessage \"b\" { fr = [[\n{v}\n[a] {v}\n]] }\nmessage \"l\" { fr = [[\n{v}\n@menu {v}\n@header {v}\n@footer {v}\n[a] {v} :: {v}\n]] }\n");
    assert_int_equal(s.problems.errors, 0);
    assert_true(source_render(&s, "m", "fr", vars, NULL, &out, &err));
    assert_int_equal(strlen(out.parts[0].body), CHANNEL_TEXT_MAX - 1 + strlen("…"));
    wording_output_free(&out);
    assert_true(source_render(&s, "b", "fr", vars, NULL, &out, &err));
    assert_int_equal(strlen(out.parts[0].body), CHANNEL_BODY_MAX - 1 + strlen("…"));
    assert_int_equal(strlen(out.parts[0].choices[0].title), CHANNEL_BUTTON_TITLE_MAX - 1 + strlen("…"));
    wording_output_free(&out);
    assert_int_not_equal(rendered(&s, "l", "fr", vars, NULL)[0], '!');
    source_free(&s);
}

static void emoji_count_double_when_titles_are_cut(void **state)
{
    (void)state;
    assert_non_null(strstr(once(".\n[a] {v}", "{\"v\":\"👍👍👍👍👍👍👍👍👍👍👍\"}", NULL), "\"title\":\"👍👍👍👍👍👍👍👍👍…\""));
}

/* ---- languages ---- */

static void readers_get_their_language_or_what_stands_in(void **state)
{
    struct source s;

    (void)state;
    source_build(&s, "templates/t.lua", "message \"m\" { fr = \"un {n|number}\", en = \"one {n|number}\", fallback = { ln = \"en\" } }\nmessage \"f\" { fr = \"deux\" }\n"
                                        "message \"l\" { fr = \"trois\", ln = \"misato {n|number}\" }\n");
    assert_string_equal(source_body(&s, "m", "fr", "{\"n\":1000}"), "un 1\u202F000");
    assert_string_equal(source_body(&s, "m", "en", "{\"n\":1000}"), "one 1,000");
    assert_string_equal(source_body(&s, "m", "ln", "{\"n\":1000}"), "one 1,000");
    assert_string_equal(source_body(&s, "m", "en_US", "{\"n\":1}"), "one 1");
    assert_string_equal(source_body(&s, "m", "pt", "{\"n\":1}"), "un 1");
    assert_string_equal(source_body(&s, "m", NULL, "{\"n\":1}"), "un 1");
    assert_string_equal(source_body(&s, "f", "ln", NULL), "deux");
    assert_string_equal(source_body(&s, "l", "ln", "{\"n\":1000}"), "misato 1.000");
    assert_true(source_render(&s, "m", "ln", "{\"n\":1}", NULL, &out, &err));
    assert_string_equal(out.parts[0].language, "en");
    wording_output_free(&out);
    source_free(&s);
}

/* ---- templates ---- */

static const char MODEL[] = "template \"mission_acceptee\" {\n"
                            "  category = \"utility\",\n"
                            "  params = { \"client\", \"minutes\", \"prix\" },\n"
                            "  example = { \"Prisca\", \"environ 8 minutes\", \"2 500 FCFA\" },\n"
                            "  fallback = { ln = \"fr\" },\n"
                            "  fr = [[\nBonjour {client}, un livreur arrive dans {minutes|plural one:\"une minute\" other:\"# minutes\"} au point de départ.\nLe prix de la course est de {prix|fcfa}, à payer au livreur.\n[suivre] Suivre ma course\n]],\n"
                            "  en = [[\nHello {client}, a courier arrives in {minutes|plural one:\"one minute\" other:\"# minutes\"} at the pick-up point.\nThe price of this delivery is {prix|fcfa}, to be paid to the courier.\n[suivre] Track my delivery\n]],\n"
                            "  ln = [[\nMbote {client}, livreur azali koya na {minutes|plural one:\"miniti moko\" other:\"miniti #\"} na esika ya kobanda.\nNtalo ya course ezali {prix|fcfa}, ya kofuta na livreur.\n[suivre] Landa course\n]],\n"
                            "}\n";

static void a_template_sends_its_values_formatted_and_in_order(void **state)
{
    struct source s;

    (void)state;
    source_build_clean(&s, MODEL);
    assert_string_equal(rendered(&s, "mission_acceptee", "fr", "{\"client\":\"Prisca\",\"minutes\":8,\"prix\":2500}", NULL),
                        "{\"kind\":\"template\",\"body\":\"Bonjour Prisca, un livreur arrive dans 8 minutes au point de départ.\\nLe prix de la course est de 2\u202F500" NB "FCFA, à payer au livreur.\","
                        "\"template\":\"mission_acceptee\",\"language\":\"fr\",\"source\":\"mission_acceptee\",\"params\":[\"Prisca\",\"8 minutes\",\"2\u202F500" NB "FCFA\"],"
                        "\"choices\":[{\"id\":\"suivre\",\"title\":\"Suivre ma course\"}]}");
    assert_true(source_render(&s, "mission_acceptee", "en", "{\"client\":\"Gloire\",\"minutes\":1,\"prix\":2500}", NULL, &out, &err));
    assert_string_equal(out.parts[0].language, "en");
    assert_string_equal(out.parts[0].params[1], "one minute");
    assert_string_equal(out.parts[0].params[2], "FCFA" NB "2,500");
    wording_output_free(&out);
    source_free(&s);
}

static void a_template_never_leaves_in_a_language_that_meta_lacks(void **state)
{
    struct source s;

    (void)state;
    source_build_clean(&s, MODEL);
    assert_true(source_render(&s, "mission_acceptee", "ln", "{\"client\":\"Prisca\",\"minutes\":8,\"prix\":2500}", NULL, &out, &err));
    assert_string_equal(out.parts[0].language, "fr");
    assert_string_equal(out.parts[0].params[1], "8 minutes");
    wording_output_free(&out);
    source_free(&s);
}

static void parameters_are_one_clean_line_and_never_empty(void **state)
{
    struct source s;

    (void)state;
    source_build_clean(&s, MODEL);
    assert_true(source_render(&s, "mission_acceptee", "fr", "{\"client\":\" Pris\\n\\n ca\\t\\u0007      B \",\"minutes\":8,\"prix\":1}", NULL, &out, &err));
    assert_string_equal(out.parts[0].params[0], "Pris ca B");
    assert_true(channel_fits(&out.parts[0], &err));
    wording_output_free(&out);
    assert_string_equal(rendered(&s, "mission_acceptee", "fr", "{\"client\":\" \\n\",\"minutes\":8,\"prix\":1}", NULL), "!templates/t.lua:7: empty once its values are filled in");
    assert_string_equal(rendered(&s, "mission_acceptee", "fr", "{\"minutes\":8,\"prix\":1}", NULL), "!templates/t.lua:7: {client}: no value");
    source_free(&s);
}

static void long_parameters_leave_room_for_the_text(void **state)
{
    char vars[4000] = "{\"minutes\":8,\"prix\":1,\"client\":\"";
    struct source s;

    (void)state;
    for (int i = 0; i < 1500; i++)
        strcat(vars, "é");
    strcat(vars, "\"}");
    source_build_clean(&s, MODEL);
    assert_true(source_render(&s, "mission_acceptee", "fr", vars, NULL, &out, &err));
    assert_true(channel_fits(&out.parts[0], &err));
    assert_true(strlen(out.parts[0].params[0]) < 700);
    wording_output_free(&out);
    source_free(&s);
}

static void a_template_with_an_image_refuses_to_leave_without_it(void **state)
{
    struct source s;
    static const char LUA[] = "template \"promo\" { category = \"marketing\", image = \"{photo}\", fr = [[\nNos maniocs du jour sont arrivés au marché.\n]] }\n";

    (void)state;
    source_build_clean(&s, LUA);
    assert_non_null(strstr(rendered(&s, "promo", "fr", PHOTO, NULL), "\"image\":\"" IMAGE "\""));
    assert_string_equal(rendered(&s, "promo", "fr", "{}", NULL), "!templates/t.lua:1: image: not an https:// link");
    source_free(&s);
}

/* ---- labels and the timeline ---- */

#define STATUT "labels \"statut\" { fr = [[\npending, en_attente = Demande créée\naccepted = Livreur trouvé\nin_transit, en_route = En transit\ndelivered = Livré\n! cancelled, annule = Course annulée\n]], en = [[\npending, en_attente = Created\naccepted = Courier found\nin_transit, en_route = On its way\ndelivered = Delivered\n! cancelled, annule = Cancelled\n]] }\n"

static void labels_translate_the_words_of_the_backend(void **state)
{
    struct source s;

    (void)state;
    source_build_clean(&s, STATUT "labels \"avis\" { fr = [[\nbon = Bien\n* = Sans avis\n]], en = [[\nbon = Good\n* = No opinion\n]] }\n"
                                  "message \"m\" { fr = \"{s|label statut}, {a|label avis}\", en = \"{s|label statut}, {a|label avis}\" }\n");
    assert_string_equal(source_body(&s, "m", "fr", "{\"s\":\"EN_ROUTE\",\"a\":\"bon\"}"), "En transit, Bien");
    assert_string_equal(source_body(&s, "m", "en", "{\"s\":\"in_transit\",\"a\":\"x\"}"), "On its way, No opinion");
    assert_string_equal(source_body(&s, "m", "fr", "{\"s\":\"perdu\",\"a\":\"x\"}"), "perdu, Sans avis");
    assert_string_equal(wording_label(s.wording, "statut", "annule", "fr"), "Course annulée");
    assert_string_equal(wording_label(s.wording, "statut", "pending", "ln"), "Demande créée");
    assert_null(wording_label(s.wording, "statut", "perdu", "fr"));
    assert_null(wording_label(s.wording, "nulle part", "perdu", "fr"));
    source_free(&s);
}

static void the_timeline_shows_one_stage_as_the_current_one(void **state)
{
    struct source s;

    (void)state;
    source_build_clean(&s, STATUT "message \"m\" { fr = [[\nSuivi\n{s|timeline statut h}\n]], en = [[\nTracking\n{s|timeline statut h}\n]], fallback = { } }\n");
    assert_string_equal(source_body(&s, "m", "fr", "{\"s\":\"en_route\",\"h\":{\"en_attente\":\"09:02\",\"accepted\":\"2025-01-27T08:05:00Z\",\"en_route\":1737968520}}"),
                        "Suivi\n✅ Demande créée · 09:02\n✅ Livreur trouvé · 09:05\n🔵 *En transit* · 10:02\n⚪ Livré");
    assert_string_equal(source_body(&s, "m", "en", "{\"s\":\"pending\"}"), "Tracking\n🔵 *Created*\n⚪ Courier found\n⚪ On its way\n⚪ Delivered");
    assert_string_equal(source_body(&s, "m", "fr", "{\"s\":\"delivered\"}"), "Suivi\n✅ Demande créée\n✅ Livreur trouvé\n✅ En transit\n✅ Livré");
    assert_string_equal(source_body(&s, "m", "fr", "{\"s\":\"cancelled\",\"h\":{\"pending\":\"09:02\",\"accepted\":\"09:05\"}}"),
                        "Suivi\n✅ Demande créée · 09:02\n✅ Livreur trouvé · 09:05\n❌ *Course annulée*");
    assert_string_equal(source_body(&s, "m", "fr", "{\"s\":\"annule\"}"), "Suivi\n✅ Demande créée\n❌ *Course annulée*");
    assert_string_equal(source_body(&s, "m", "fr", "{\"s\":\"perdu\"}"), "Suivi\n⚪ perdu");
    source_free(&s);
}

/* ---- what a message says of itself ---- */

static void a_message_says_what_it_needs(void **state)
{
    const struct wording_message *m;
    struct source s;
    int line = 0;
    static const struct { const char *name; bool required; } VARIABLES[] = {
        { "b", false }, { "a", false }, { "depart", true }, { "panier", false }, { "titre", true }, { "statut", true }, { "heures", false }, { "livreur", false }, { "photo", false },
    };

    (void)state;
    source_build_clean(&s, "labels \"statut\" { fr = \"x = X\" }\nmessage \"b\" { fr = \"b\" }\nmessage \"a.c\" { image = \"{photo}\",\nfr = [[\n@if b: {a}\n{depart.adresse} {depart.point}\n@each panier max 3: {nom}\n{statut|timeline statut heures} {livreur|or \"x\"}\n@menu Voir\n[row] {nom|short 9}\n[x] {titre|short 9} :: {a}\n[y] Y\n]] }\n");
    assert_int_equal(wording_count(s.wording), 2);
    assert_null(wording_find(s.wording, "a"));
    assert_string_equal(wording_nearest(s.wording, "a.x"), "a.c");
    assert_null(wording_nearest(s.wording, "tout autre chose"));
    m = wording_find(s.wording, "a.c");
    assert_string_equal(wording_id(m), "a.c");
    assert_string_equal(wording_place(m, &line), "templates/t.lua");
    assert_int_equal(line, 3);
    assert_false(wording_is_template(m));
    assert_true(wording_has_menu(m));
    assert_true(wording_has_model_row(m));
    assert_false(wording_asks_location(m));
    assert_int_equal(wording_choice_count(m), 2);
    assert_string_equal(wording_choice_id(m, 0), "x");
    assert_string_equal(wording_choice_id(m, 1), "y");
    assert_null(wording_choice_id(m, 2));
    for (size_t i = 0; i < sizeof VARIABLES / sizeof *VARIABLES; i++) {
        size_t found = 0;

        while (found < wording_variable_count(m) && strcmp(wording_variable(m, found), VARIABLES[i].name) != 0)
            found++;
        if (found == wording_variable_count(m) || wording_variable_required(m, found) != VARIABLES[i].required)
            fail_msg("%s", VARIABLES[i].name);
    }
    assert_int_equal(wording_variable_count(m), sizeof VARIABLES / sizeof *VARIABLES);
    source_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_sent_as_it_is_written),
        cmocka_unit_test(a_backslash_makes_anything_text),
        cmocka_unit_test(values_come_from_dotted_paths),
        cmocka_unit_test(a_missing_value_names_file_line_and_variable),
        cmocka_unit_test(if_lines_wait_for_something_to_say),
        cmocka_unit_test(a_line_that_is_left_out_leaves_no_hole),
        cmocka_unit_test(each_repeats_its_line_for_every_item),
        cmocka_unit_test(control_and_direction_characters_are_taken_out),
        cmocka_unit_test(titles_are_one_line),
        cmocka_unit_test(up_to_three_choices_are_buttons),
        cmocka_unit_test(a_menu_makes_a_list),
        cmocka_unit_test(a_location_request_comes_before_its_buttons),
        cmocka_unit_test(an_image_without_choices_carries_the_text),
        cmocka_unit_test(an_image_stands_above_buttons),
        cmocka_unit_test(an_image_goes_before_a_list_and_a_location_request),
        cmocka_unit_test(a_spare_image_stands_in_and_then_words_alone),
        cmocka_unit_test(a_model_row_shows_every_item),
        cmocka_unit_test(items_that_cannot_be_shown_are_left_out),
        cmocka_unit_test(rows_from_data_leave_room_for_written_ones),
        cmocka_unit_test(what_values_make_too_long_is_cut),
        cmocka_unit_test(emoji_count_double_when_titles_are_cut),
        cmocka_unit_test(readers_get_their_language_or_what_stands_in),
        cmocka_unit_test(a_template_sends_its_values_formatted_and_in_order),
        cmocka_unit_test(a_template_never_leaves_in_a_language_that_meta_lacks),
        cmocka_unit_test(parameters_are_one_clean_line_and_never_empty),
        cmocka_unit_test(long_parameters_leave_room_for_the_text),
        cmocka_unit_test(a_template_with_an_image_refuses_to_leave_without_it),
        cmocka_unit_test(labels_translate_the_words_of_the_backend),
        cmocka_unit_test(the_timeline_shows_one_stage_as_the_current_one),
        cmocka_unit_test(a_message_says_what_it_needs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
