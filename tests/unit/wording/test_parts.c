/* What stands beside a text: media, links, contact cards, and the items that a list leaves over. */
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

/* Every part of message "m" as JSON, one a line, without what they all have; "!" and the reason when it fails. */
static const char *parts(const char *lua, const char *vars)
{
    static char text[32768];
    static const char TAIL[] = ",\"language\":\"fr\",\"source\":\"m\"";
    struct wording_output out;
    struct source s;
    struct error err;
    size_t used = 0;

    text[0] = '\0';
    source_build_clean(&s, lua);
    if (!source_render(&s, "m", "fr", vars, NULL, &out, &err)) {
        source_free(&s);
        snprintf(text, sizeof text, "!%s", err.text);
        return text;
    }
    for (size_t i = 0; i < out.count; i++) {
        cJSON *json = message_to_json(&out.parts[i]);
        char *line = json == NULL ? NULL : json_print(json, NULL), *tail;

        assert_non_null(line);
        if (!channel_fits(&out.parts[i], &err))
            fail_msg("%s: %s", line, err.text);
        tail = strstr(line, TAIL);
        if (tail != NULL)
            memmove(tail, tail + strlen(TAIL), strlen(tail + strlen(TAIL)) + 1);
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i == 0 ? "" : "\n", line);
        free(line);
        cJSON_Delete(json);
    }
    wording_output_free(&out);
    source_free(&s);
    return text;
}

/* ---- contact cards ---- */

#define CARD "message \"m\" { fr = [[\nVotre livreur arrive.\n@contact {livreur} :: {tel|phone}\n]] }"

static void a_contact_is_a_card_behind_the_text(void **state)
{
    (void)state;
    assert_string_equal(parts(CARD, "{\"livreur\":\"Junior Okemba\",\"tel\":\"06 612 34 56\"}"),
                        "{\"kind\":\"text\",\"body\":\"Votre livreur arrive.\"}\n"
                        "{\"kind\":\"contacts\",\"contacts\":[{\"name\":\"Junior Okemba\",\"phone\":\"+242066123456\"}]}");
}

static void a_contact_without_a_number_is_left_out(void **state)
{
    (void)state;
    assert_string_equal(parts(CARD, "{\"livreur\":\"Junior\"}"), "{\"kind\":\"text\",\"body\":\"Votre livreur arrive.\"}");
    assert_string_equal(parts(CARD, "{\"livreur\":\"Junior\",\"tel\":null}"), "{\"kind\":\"text\",\"body\":\"Votre livreur arrive.\"}");
    assert_string_equal(parts(CARD, "{\"livreur\":\"Junior\",\"tel\":\"  \"}"), "{\"kind\":\"text\",\"body\":\"Votre livreur arrive.\"}");
    assert_string_equal(parts(CARD, "{\"livreur\":\"Junior\",\"tel\":\"demandez-lui\"}"), "{\"kind\":\"text\",\"body\":\"Votre livreur arrive.\"}");
}

static void a_contact_without_a_name_is_called_by_its_number(void **state)
{
    (void)state;
    assert_non_null(strstr(parts(CARD, "{\"tel\":\"+242 05 512 34 56\"}"), "[{\"name\":\"+242055123456\",\"phone\":\"+242055123456\"}]"));
}

static void several_contacts_are_one_message(void **state)
{
    (void)state;
    assert_string_equal(parts("message \"m\" { fr = [[\nQui appeler ?\n@contact Aide :: 05 500 00 01\n@contact {a} :: {b}\n@contact Bureau :: +242 05 500 00 02\n[ok] OK\n]] }", NULL),
                        "{\"kind\":\"buttons\",\"body\":\"Qui appeler\u202F?\",\"choices\":[{\"id\":\"ok\",\"title\":\"OK\"}]}\n"
                        "{\"kind\":\"contacts\",\"contacts\":[{\"name\":\"Aide\",\"phone\":\"+242055000001\"},{\"name\":\"Bureau\",\"phone\":\"+242055000002\"}]}");
}

static void a_contact_needs_no_variable_of_the_flow(void **state)
{
    struct source s;
    const struct wording_message *m;

    (void)state;
    source_build_clean(&s, CARD);
    m = wording_find(s.wording, "m");
    assert_int_equal(wording_variable_count(m), 2);
    for (size_t i = 0; i < wording_variable_count(m); i++)
        assert_false(wording_variable_required(m, i));
    source_free(&s);
}

/* ---- links ---- */

static void a_link_is_a_button_that_opens_a_page(void **state)
{
    (void)state;
    assert_string_equal(parts("message \"m\" { fr = [[\n@header Suivi\nVotre course part.\n@link Suivre :: https://example.org/suivi\n@footer TokTok\n]] }", NULL),
                        "{\"kind\":\"link\",\"body\":\"Votre course part.\",\"header\":\"Suivi\",\"footer\":\"TokTok\",\"url\":\"https://example.org/suivi\",\"url_title\":\"Suivre\"}");
}

static void values_in_a_link_are_percent_encoded(void **state)
{
    static const char LUA[] = "message \"m\" { fr = [[\nIci.\n@link Voir :: https://example.org/p/{r}?q={q}&v=1\n]] }";

    (void)state;
    assert_non_null(strstr(parts(LUA, "{\"r\":\"COUR-1_a.b~\",\"q\":\"été & ?/#%\"}"), "\"url\":\"https://example.org/p/COUR-1_a.b~?q=%C3%A9t%C3%A9%20%26%20%3F%2F%23%25&v=1\""));
    assert_non_null(strstr(parts(LUA, "{\"r\":12,\"q\":\"../x@evil\"}"), "https://example.org/p/12?q=..%2Fx%40evil&v=1"));
    assert_string_equal(parts(LUA, "{\"r\":12}"), "!templates/t.lua:3: {q}: no value");
}

static void a_link_that_is_too_long_is_not_cut(void **state)
{
    char vars[2200];

    (void)state;
    snprintf(vars, sizeof vars, "{\"r\":\"%02000d\"}", 7);
    assert_string_equal(parts("message \"m\" { fr = [[\nIci.\n@link Voir :: https://example.org/{r|short 4000}\n]] }", vars), "!templates/t.lua:3: the link is longer than 2000");
}

/* ---- media ---- */

static void every_medium_goes_as_its_own_kind(void **state)
{
    (void)state;
    assert_string_equal(parts("message \"m\" { video = \"https://e.org/v.mp4\", fr = \"Voici\" }", NULL), "{\"kind\":\"video\",\"body\":\"Voici\",\"video\":\"https://e.org/v.mp4\"}");
    assert_string_equal(parts("message \"m\" { document = \"https://e.org/{r}.pdf\", document_name = \"facture-{r}.pdf\", fr = \"Voici\" }", "{\"r\":\"7\"}"),
                        "{\"kind\":\"document\",\"body\":\"Voici\",\"document\":\"https://e.org/7.pdf\",\"file_name\":\"facture-7.pdf\"}");
    assert_string_equal(parts("message \"m\" { audio = \"https://e.org/a.ogg\", fr = \"Voici\" }", NULL), "{\"kind\":\"audio\",\"audio\":\"https://e.org/a.ogg\"}\n{\"kind\":\"text\",\"body\":\"Voici\"}");
    assert_string_equal(parts("message \"m\" { sticker = \"https://e.org/a.webp\", fr = \"Voici\\n[a] A\" }", NULL),
                        "{\"kind\":\"sticker\",\"sticker\":\"https://e.org/a.webp\"}\n{\"kind\":\"buttons\",\"body\":\"Voici\",\"choices\":[{\"id\":\"a\",\"title\":\"A\"}]}");
}

static void video_and_document_stand_above_buttons_and_links(void **state)
{
    (void)state;
    assert_string_equal(parts("message \"m\" { video = \"{v}\", fr = \"Voici\\n[a] A\" }", "{\"v\":\"https://e.org/v.mp4\"}"),
                        "{\"kind\":\"buttons\",\"body\":\"Voici\",\"video\":\"https://e.org/v.mp4\",\"choices\":[{\"id\":\"a\",\"title\":\"A\"}]}");
    assert_string_equal(parts("message \"m\" { document = \"https://e.org/d\", document_name = \"{r}\", fr = \"Voici\\n@link Voir :: https://e.org\" }", NULL),
                        "{\"kind\":\"link\",\"body\":\"Voici\",\"document\":\"https://e.org/d\",\"url\":\"https://e.org\",\"url_title\":\"Voir\"}");
    assert_string_equal(parts("message \"m\" { video = \"https://e.org/v.mp4\", image_mode = \"before\", fr = \"Voici\\n[a] A\" }", NULL),
                        "{\"kind\":\"video\",\"video\":\"https://e.org/v.mp4\"}\n{\"kind\":\"buttons\",\"body\":\"Voici\",\"choices\":[{\"id\":\"a\",\"title\":\"A\"}]}");
}

static void a_medium_that_cannot_be_shown_gives_way(void **state)
{
    static const char LUA[] = "message \"m\" { video = \"{v}\", video_fallback = \"{w}\", fr = \"Voici\" }";
    static const char *const BAD[] = { "{}", "{\"v\":null}", "{\"v\":\"\"}", "{\"v\":\"http://e.org/v.mp4\"}", "{\"v\":\"https://\"}", "{\"v\":\"https://e.org/a b\"}", "{\"v\":{}}" };

    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        assert_string_equal(parts(LUA, BAD[i]), "{\"kind\":\"text\",\"body\":\"Voici\"}");
    assert_string_equal(parts(LUA, "{\"v\":\"http://e.org/v\",\"w\":\"https://e.org/w\"}"), "{\"kind\":\"video\",\"body\":\"Voici\",\"video\":\"https://e.org/w\"}");
    assert_string_equal(parts("message \"m\" { document = \"{v}\", document_fallback = \"https://e.org/w.pdf\", document_name = \"{r}\", fr = \"Voici\" }", "{\"r\":\" \"}"),
                        "{\"kind\":\"document\",\"body\":\"Voici\",\"document\":\"https://e.org/w.pdf\"}");
    assert_string_equal(parts("message \"m\" { audio = \"{v}\", audio_fallback = \"https://e.org/w.ogg\", fr = \"Voici\" }", NULL),
                        "{\"kind\":\"audio\",\"audio\":\"https://e.org/w.ogg\"}\n{\"kind\":\"text\",\"body\":\"Voici\"}");
    assert_string_equal(parts("message \"m\" { sticker = \"{v}\", sticker_fallback = \"{w}\", fr = \"Voici\" }", NULL), "{\"kind\":\"text\",\"body\":\"Voici\"}");
}

/* ---- what a list leaves over ---- */

static void rest_says_how_many_items_are_not_shown(void **state)
{
    static const char LUA[] = "message \"m\" { fr = [[\nPanier :\n@each p max 2: • {.}\n@rest: … et {rest|plural one:\"un autre\" other:\"# autres\"}\nFin\n]] }";

    (void)state;
    assert_string_equal(parts(LUA, "{\"p\":[\"a\",\"b\",\"c\"]}"), "{\"kind\":\"text\",\"body\":\"Panier" NB ":\\n• a\\n• b\\n… et un autre\\nFin\"}");
    assert_string_equal(parts(LUA, "{\"p\":[1,2,3,4,5]}"), "{\"kind\":\"text\",\"body\":\"Panier" NB ":\\n• 1\\n• 2\\n… et 3 autres\\nFin\"}");
    assert_string_equal(parts(LUA, "{\"p\":[1,2]}"), "{\"kind\":\"text\",\"body\":\"Panier" NB ":\\n• 1\\n• 2\\nFin\"}");
    assert_string_equal(parts(LUA, NULL), "{\"kind\":\"text\",\"body\":\"Panier" NB ":\\nFin\"}");
}

static void rest_outside_its_line_is_a_variable_like_any_other(void **state)
{
    (void)state;
    assert_string_equal(parts("message \"m\" { fr = [[\n@each p max 1: {.}\n@rest: {rest}\nReste {rest}\n]] }", "{\"p\":[1,2],\"rest\":\"peu\"}"),
                        "{\"kind\":\"text\",\"body\":\"1\\n1\\nReste peu\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_contact_is_a_card_behind_the_text),
        cmocka_unit_test(a_contact_without_a_number_is_left_out),
        cmocka_unit_test(a_contact_without_a_name_is_called_by_its_number),
        cmocka_unit_test(several_contacts_are_one_message),
        cmocka_unit_test(a_contact_needs_no_variable_of_the_flow),
        cmocka_unit_test(a_link_is_a_button_that_opens_a_page),
        cmocka_unit_test(values_in_a_link_are_percent_encoded),
        cmocka_unit_test(a_link_that_is_too_long_is_not_cut),
        cmocka_unit_test(every_medium_goes_as_its_own_kind),
        cmocka_unit_test(video_and_document_stand_above_buttons_and_links),
        cmocka_unit_test(a_medium_that_cannot_be_shown_gives_way),
        cmocka_unit_test(rest_says_how_many_items_are_not_shown),
        cmocka_unit_test(rest_outside_its_line_is_a_variable_like_any_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
