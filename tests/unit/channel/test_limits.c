/*
 * Every limit of a message (whatsapp.md §4.2, §4.8, §4.9, §14): accepted at n, refused at n + 1, under the right code.
 */
#include "help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/json.h"

static const struct channel_place PLACE = { "templates/course.lua", 78, 4 };

static void read_message(const char *json, struct message *m)
{
    struct error err;
    cJSON *tree = json_parse(json, strlen(json), &err);

    if (tree == NULL || !message_from_json(tree, m, &err))
        fail_msg("%s: %s", err.text, json);
    cJSON_Delete(tree);
}

/* Exactly these problems ("M10" or "M10 M11", "" for none), by channel_check() and by channel_fits() alike. */
static void check_message(const struct message *m, const char *codes)
{
    struct problems p;
    struct error err = { "" };
    char found[256] = "";
    bool ok, fits;

    problems_init(&p);
    ok = channel_check(m, &PLACE, &p);
    fits = channel_fits(m, &err);
    for (size_t i = 0; i < p.count; i++) {
        size_t len = strlen(found);

        (void)snprintf(found + len, sizeof found - len, "%s%s%s", i == 0 ? "" : " ", p.list[i].code,
                       p.list[i].severity == PROBLEM_WARNING ? "?" : "");
        assert_string_equal(p.list[i].file, PLACE.file);
        assert_int_equal(p.list[i].line, PLACE.line);
        assert_int_equal(p.list[i].column, PLACE.column);
    }
    if (strcmp(found, codes) != 0)
        fail_msg("\"%s\" instead of \"%s\": %s", found, codes, p.count > 0 ? p.list[0].text : "");
    assert_int_equal(ok, p.errors == 0);
    assert_int_equal(fits, ok);
    if (!ok) {
        char first[ERROR_TEXT_MAX];
        size_t i = 0;

        while (p.list[i].severity != PROBLEM_ERROR)
            i++;
        (void)snprintf(first, sizeof first, "%s: %.400s", p.list[i].code, p.list[i].text);
        assert_string_equal(err.text, first);
    }
    problems_free(&p);
}

static void check(const char *json, const char *codes)
{
    struct message m;

    read_message(json, &m);
    check_message(&m, codes);
    message_free(&m);
}

/* In `pattern`, %s stands for a text: one of exactly `max` characters is accepted there, and one more is not. */
static void limit(const char *pattern, size_t max, const char *code)
{
    const char *place = strstr(pattern, "%s");
    static const struct { const char *character; size_t units; } alphabets[] = { { "x", 1 }, { "é", 1 }, { "€", 1 }, { "😀", 2 } };
    char *json = NULL, *text = malloc(4 * (max + 2) + 1);

    for (size_t a = 0; a < sizeof alphabets / sizeof alphabets[0]; a++) {
        size_t bytes = strlen(alphabets[a].character), fitting = max / alphabets[a].units;

        for (size_t count = fitting; count <= fitting + 1; count++) {
            for (size_t i = 0; i < count; i++)
                memcpy(text + i * bytes, alphabets[a].character, bytes);
            text[count * bytes] = '\0';
            assert_true(asprintf(&json, "%.*s%s%s", (int)(place - pattern), pattern, text, place + 2) > 0);
            check(json, count == fitting ? "" : code);
            free(json);
        }
    }
    free(text);
}

static void every_text_has_its_limit(void **state)
{
    (void)state;
    limit("{\"kind\":\"text\",\"body\":\"%s\"}", 4096, "M12");
    limit("{\"kind\":\"buttons\",\"body\":\"%s\",\"choices\":[{\"id\":\"a\",\"title\":\"Oui\"}]}", 1024, "M12");
    limit("{\"kind\":\"list\",\"menu\":\"Voir\",\"body\":\"%s\",\"choices\":[{\"id\":\"a\",\"title\":\"Oui\"}]}", 1024, "M12");
    limit("{\"kind\":\"location_request\",\"body\":\"%s\"}", 1024, "M12");
    limit("{\"kind\":\"image\",\"image\":\"https://i.example.org/a.png\",\"body\":\"%s\"}", 1024, "M12");
    limit("{\"kind\":\"template\",\"template\":\"t\",\"language\":\"fr\",\"body\":\"%s\"}", 1024, "M12");
    limit("{\"kind\":\"template\",\"template\":\"t\",\"language\":\"fr\",\"params\":[\"%s\"]}", 1024, "M12");
    limit("{\"kind\":\"buttons\",\"body\":\"b\",\"header\":\"%s\",\"choices\":[{\"id\":\"a\",\"title\":\"Oui\"}]}", 60, "M10");
    limit("{\"kind\":\"buttons\",\"body\":\"b\",\"footer\":\"%s\",\"choices\":[{\"id\":\"a\",\"title\":\"Oui\"}]}", 60, "M10");
    limit("{\"kind\":\"list\",\"menu\":\"Voir\",\"body\":\"b\",\"header\":\"%s\",\"choices\":[{\"id\":\"a\",\"title\":\"Oui\"}]}", 60, "M10");
    limit("{\"kind\":\"list\",\"menu\":\"Voir\",\"body\":\"b\",\"footer\":\"%s\",\"choices\":[{\"id\":\"a\",\"title\":\"Oui\"}]}", 60, "M10");
    limit("{\"kind\":\"buttons\",\"body\":\"b\",\"choices\":[{\"id\":\"a\",\"title\":\"%s\"}]}", 20, "M10");
    limit("{\"kind\":\"buttons\",\"body\":\"b\",\"choices\":[{\"id\":\"%s\",\"title\":\"Oui\"}]}", 256, "M10");
    limit("{\"kind\":\"list\",\"menu\":\"%s\",\"body\":\"b\",\"choices\":[{\"id\":\"a\",\"title\":\"Oui\"}]}", 20, "M10");
    limit("{\"kind\":\"list\",\"menu\":\"Voir\",\"body\":\"b\",\"choices\":[{\"id\":\"a\",\"title\":\"%s\"}]}", 24, "M10");
    limit("{\"kind\":\"list\",\"menu\":\"Voir\",\"body\":\"b\",\"choices\":[{\"id\":\"a\",\"title\":\"Oui\",\"description\":\"%s\"}]}", 72, "M10");
    limit("{\"kind\":\"list\",\"menu\":\"Voir\",\"body\":\"b\",\"choices\":[{\"id\":\"%s\",\"title\":\"Oui\"}]}", 200, "M10");
    limit("{\"kind\":\"template\",\"template\":\"t\",\"language\":\"fr\",\"choices\":[{\"id\":\"%s\"}]}", 128, "M10");
    limit("{\"kind\":\"template\",\"template\":\"t\",\"language\":\"fr\",\"choices\":[{\"id\":\"a\",\"title\":\"%s\"}]}", 25, "M10");
}

static void links_and_names_have_their_limit(void **state)
{
    char json[4096], filler[2100];

    (void)state;
    memset(filler, 'a', sizeof filler);
    for (int extra = 0; extra <= 1; extra++) {
        (void)snprintf(json, sizeof json, "{\"kind\":\"image\",\"image\":\"https://i.example.org/%.*s\"}", 2000 - 22 + extra, filler);
        check(json, extra == 0 ? "" : "M14");
        (void)snprintf(json, sizeof json, "{\"kind\":\"template\",\"template\":\"%.*s\",\"language\":\"fr\"}", 512 + extra, filler);
        check(json, extra == 0 ? "" : "T01");
    }
}

static void every_count_has_its_limit(void **state)
{
    static const struct { enum message_kind kind; size_t most; } kinds[] = { { MESSAGE_BUTTONS, 3 }, { MESSAGE_LIST, 10 }, { MESSAGE_TEMPLATE, 10 } };

    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        for (size_t count = 0; count <= kinds[k].most + 1; count++) {
            struct message m;
            char id[24];
            bool fits = count <= kinds[k].most && (count > 0 || kinds[k].kind == MESSAGE_TEMPLATE);

            message_init(&m, kinds[k].kind);
            m.body = strdup("texte");
            m.menu = kinds[k].kind == MESSAGE_LIST ? strdup("Voir") : NULL;
            m.template_name = kinds[k].kind == MESSAGE_TEMPLATE ? strdup("t") : NULL;
            m.language = strdup("fr");
            for (size_t i = 0; i < count; i++) {
                (void)snprintf(id, sizeof id, "c%zu", i);
                assert_true(message_add_choice(&m, id, id, NULL));
            }
            check_message(&m, fits ? "" : "M09");
            message_free(&m);
        }
}

static void titles_and_ids_are_one_line_without_space_around(void **state)
{
    static const char *const bad[] = { "", " ", " Oui", "Oui ", "O\\nui", "O\\tui", "Oui\\r" };
    char json[256];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        (void)snprintf(json, sizeof json, "{\"kind\":\"buttons\",\"body\":\"b\",\"choices\":[{\"id\":\"a\",\"title\":\"%s\"}]}", bad[i]);
        check(json, "M11");
        (void)snprintf(json, sizeof json, "{\"kind\":\"buttons\",\"body\":\"b\",\"choices\":[{\"id\":\"%s\",\"title\":\"Oui\"}]}", bad[i]);
        check(json, "M11");
        (void)snprintf(json, sizeof json, "{\"kind\":\"list\",\"menu\":\"%s\",\"body\":\"b\",\"choices\":[{\"id\":\"a\",\"title\":\"Oui\"}]}", bad[i]);
        check(json, "M11");
        (void)snprintf(json, sizeof json, "{\"kind\":\"template\",\"template\":\"t\",\"language\":\"fr\",\"choices\":[{\"id\":\"%s\"}]}", bad[i]);
        check(json, "M11");
    }
    check("{\"kind\":\"buttons\",\"body\":\"b\",\"choices\":[{\"id\":\"a\"}]}", "M11");
    check("{\"kind\":\"buttons\",\"body\":\"b\",\"choices\":[{\"title\":\"Oui\"}]}", "M11");
    check("{\"kind\":\"buttons\",\"body\":\"b\",\"header\":\" \",\"footer\":\"\",\"choices\":[{\"id\":\"a\",\"title\":\"Oui\"}]}", "M11 M11");
}

static void twins_are_refused_where_whatsapp_refuses_them(void **state)
{
    (void)state;
    check("{\"kind\":\"buttons\",\"body\":\"b\",\"choices\":[{\"id\":\"a\",\"title\":\"Oui\"},{\"id\":\"b\",\"title\":\"Oui\"}]}", "M11");
    check("{\"kind\":\"buttons\",\"body\":\"b\",\"choices\":[{\"id\":\"a\",\"title\":\"Oui\"},{\"id\":\"a\",\"title\":\"Non\"}]}", "M11");
    check("{\"kind\":\"buttons\",\"body\":\"b\",\"choices\":[{\"id\":\"a\",\"title\":\"Oui\"},{\"id\":\"A\",\"title\":\"oui\"}]}", "");
    check("{\"kind\":\"list\",\"menu\":\"m\",\"body\":\"b\",\"choices\":[{\"id\":\"a\",\"title\":\"Bacongo\"},{\"id\":\"b\",\"title\":\"Bacongo\"}]}", "M11?");
    check("{\"kind\":\"list\",\"menu\":\"m\",\"body\":\"b\",\"choices\":[{\"id\":\"a\",\"title\":\"Bacongo\"},{\"id\":\"a\",\"title\":\"Moungali\"}]}", "M11");
    check("{\"kind\":\"template\",\"template\":\"t\",\"language\":\"fr\",\"choices\":[{\"id\":\"a\"},{\"id\":\"a\"}]}", "M11");
}

static void an_empty_text_is_refused_where_one_is_needed(void **state)
{
    static const char *const empty[] = { "", " ", "\\n\\t " };
    char json[256];

    (void)state;
    for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++) {
        (void)snprintf(json, sizeof json, "{\"kind\":\"text\",\"body\":\"%s\"}", empty[i]);
        check(json, "M12");
        (void)snprintf(json, sizeof json, "{\"kind\":\"location_request\",\"body\":\"%s\"}", empty[i]);
        check(json, "M12");
        (void)snprintf(json, sizeof json, "{\"kind\":\"image\",\"image\":\"https://i.example.org/a\",\"body\":\"%s\"}", empty[i]);
        check(json, "");
    }
    check("{\"kind\":\"text\"}", "M21");
    check("{\"kind\":\"list\",\"body\":\"b\",\"choices\":[{\"id\":\"a\",\"title\":\"Oui\"}]}", "M21");
    check("{\"kind\":\"image\",\"body\":\"b\"}", "M21");
}

static void a_part_that_would_be_lost_is_refused(void **state)
{
    (void)state;
    check("{\"kind\":\"text\",\"body\":\"b\",\"header\":\"h\",\"footer\":\"f\",\"image\":\"https://i.example.org/a\",\"menu\":\"m\",\"choices\":[{\"id\":\"a\",\"title\":\"b\"}]}",
          "M20 M20 M20 M20 M20 M20");
    check("{\"kind\":\"text\",\"body\":\"b\",\"params\":[\"p\"]}", "M20");
    check("{\"kind\":\"text\",\"body\":\"b\",\"template\":\"t\"}", "M20");
    check("{\"kind\":\"list\",\"body\":\"b\",\"menu\":\"m\",\"image\":\"https://i.example.org/a\",\"choices\":[{\"id\":\"a\",\"title\":\"b\"}]}", "M20");
    check("{\"kind\":\"buttons\",\"body\":\"b\",\"choices\":[{\"id\":\"a\",\"title\":\"b\",\"description\":\"d\"}]}", "M20");
    check("{\"kind\":\"buttons\",\"body\":\"b\",\"menu\":\"m\",\"choices\":[{\"id\":\"a\",\"title\":\"b\"}]}", "M20");
    check("{\"kind\":\"buttons\",\"body\":\"b\",\"header\":\"h\",\"image\":\"https://i.example.org/a\",\"choices\":[{\"id\":\"a\",\"title\":\"b\"}]}", "M20");
}

static void a_link_has_a_word_and_an_address(void **state)
{
    (void)state;
    limit("{\"kind\":\"link\",\"body\":\"b\",\"url\":\"https://e.org\",\"url_title\":\"%s\"}", 20, "M10");
    limit("{\"kind\":\"link\",\"body\":\"%s\",\"url\":\"https://e.org\",\"url_title\":\"t\"}", 1024, "M12");
    check("{\"kind\":\"link\",\"body\":\"b\",\"url\":\"https://e.org\"}", "M21");
    check("{\"kind\":\"link\",\"body\":\"b\",\"url_title\":\"t\"}", "M21");
    check("{\"kind\":\"link\",\"body\":\"b\",\"url\":\"http://e.org\",\"url_title\":\"t\"}", "M14");
    check("{\"kind\":\"link\",\"body\":\"b\",\"url\":\"https://e.org\",\"url_title\":\"t\",\"choices\":[{\"id\":\"a\",\"title\":\"b\"}]}", "M20");
    check("{\"kind\":\"text\",\"body\":\"b\",\"url\":\"https://e.org\",\"url_title\":\"t\"}", "M20 M20");
}

static void a_contact_has_a_number_in_full(void **state)
{
    static const char *const bad[] = { "", "242066123456", "+", "+242 06", "+123456", "+1234567890123456", "+24206612345a" };
    char json[256];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        (void)snprintf(json, sizeof json, "{\"kind\":\"contacts\",\"contacts\":[{\"name\":\"n\",\"phone\":\"%s\"}]}", bad[i]);
        check(json, "M20");
    }
    limit("{\"kind\":\"contacts\",\"contacts\":[{\"name\":\"%s\",\"phone\":\"+242066123456\"}]}", 100, "M10");
    check("{\"kind\":\"contacts\",\"contacts\":[{\"name\":\"\",\"phone\":\"+242066123456\"}]}", "M11");
    check("{\"kind\":\"contacts\"}", "M21");
    check("{\"kind\":\"contacts\",\"body\":\"b\",\"contacts\":[{\"name\":\"n\",\"phone\":\"+242066123456\"}]}", "M20");
}

static void media_have_what_whatsapp_gives_them(void **state)
{
    (void)state;
    check("{\"kind\":\"video\",\"video\":\"https://e.org/v\",\"body\":\"b\"}", "");
    check("{\"kind\":\"video\",\"image\":\"https://e.org/v\"}", "M20 M21");
    check("{\"kind\":\"audio\",\"audio\":\"https://e.org/v\",\"body\":\"b\"}", "M20");
    check("{\"kind\":\"sticker\",\"sticker\":\"http://e.org/v\"}", "M14");
    check("{\"kind\":\"buttons\",\"body\":\"b\",\"audio\":\"https://e.org/v\",\"choices\":[{\"id\":\"a\",\"title\":\"b\"}]}", "M20");
    check("{\"kind\":\"buttons\",\"body\":\"b\",\"video\":\"https://e.org/v\",\"image\":\"https://e.org/i\",\"choices\":[{\"id\":\"a\",\"title\":\"b\"}]}", "M20");
    check("{\"kind\":\"image\",\"image\":\"https://e.org/v\",\"file_name\":\"a.png\"}", "M20");
    limit("{\"kind\":\"document\",\"document\":\"https://e.org/v\",\"file_name\":\"%s\"}", 240, "M10");
    limit("{\"kind\":\"document\",\"document\":\"https://e.org/v\",\"body\":\"%s\"}", 1024, "M12");
}

static void an_image_is_a_public_https_link(void **state)
{
    static const char *const bad[] = { "", "http://i.example.org/a", "HTTPS://i.example.org/a", "i.example.org/a", "https://", "https:///a", "https://?a", "https://:80",
                                       "https://i.example.org/a b", "https://i.example.org/a\\nb", "https://i.example.org/\\\"" };
    char json[256];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        (void)snprintf(json, sizeof json, "{\"kind\":\"image\",\"image\":\"%s\"}", bad[i]);
        check(json, "M14");
    }
    check("{\"kind\":\"image\",\"image\":\"https://i.example.org\"}", "");
}

static void a_template_keeps_metas_rules(void **state)
{
    static const char *const names[] = { "", "Mission", "mission-accepted", "mission accepted", "réf" };
    static const struct { const char *text, *code; } params[] = {
        { "", "T05" }, { "   ", "T05" }, { "\\n", "T05" }, { "a\\nb", "T08" }, { "a\\tb", "T08" }, { "a\\rb", "T08" }, { "a     b", "T08" }, { "a    b", "" }, { " a ", "" },
    };
    char json[256];

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)snprintf(json, sizeof json, "{\"kind\":\"template\",\"template\":\"%s\",\"language\":\"fr\"}", names[i]);
        check(json, "T01");
        (void)snprintf(json, sizeof json, "{\"kind\":\"template\",\"template\":\"t\",\"language\":\"fr\",\"params\":[\"x\"],\"param_names\":[\"%s\"]}", names[i]);
        check(json, "T01");
    }
    for (size_t i = 0; i < sizeof params / sizeof params[0]; i++) {
        (void)snprintf(json, sizeof json, "{\"kind\":\"template\",\"template\":\"t\",\"language\":\"fr\",\"params\":[\"x\",\"%s\"]}", params[i].text);
        check(json, params[i].code);
    }
    check("{\"kind\":\"template\",\"language\":\"fr\"}", "T01");
    check("{\"kind\":\"template\",\"template\":\"t\"}", "T07");
    check("{\"kind\":\"template\",\"template\":\"t\",\"language\":\" \"}", "T07");
}

static void the_sum_of_parameters_counts(void **state)
{
    char json[2300], filler[1025];

    (void)state;
    memset(filler, 'p', sizeof filler);
    for (int extra = 0; extra <= 1; extra++) {
        (void)snprintf(json, sizeof json, "{\"kind\":\"template\",\"template\":\"t\",\"language\":\"fr\",\"params\":[\"%.*s\",\"%.*s\"]}", 1000, filler, 24 + extra, filler);
        check(json, extra == 0 ? "" : "M12");
    }
}

static void bytes_that_are_not_utf8_are_refused(void **state)
{
    struct message m;

    (void)state;
    message_init(&m, MESSAGE_BUTTONS);
    m.body = strdup("\xff");
    m.header = strdup("\xc3");
    assert_true(message_add_choice(&m, "a\x80", "\xed\xa0\x80", NULL));
    check_message(&m, "M20 M20 M20 M20");
    message_free(&m);
}

static void a_finding_names_the_limit_and_the_figure(void **state)
{
    struct message m;
    struct problems p;

    (void)state;
    read_message("{\"kind\":\"buttons\",\"body\":\"b\",\"choices\":[{\"id\":\"a\",\"title\":\"✏️ Modifier ma demande\"},{\"id\":\"b\",\"title\":\"😀 Oui, je confirme là\"}]}", &m);
    problems_init(&p);
    assert_false(channel_check(&m, NULL, &p));
    assert_int_equal(p.count, 2);
    assert_string_equal(p.list[0].text, "a button's title has 22 characters, WhatsApp accepts 20: \"✏️ Modifier ma demande\"");
    assert_string_equal(p.list[1].text, "a button's title has 21 characters, WhatsApp accepts 20: \"😀 Oui, je confirme là\"");
    assert_string_equal(p.list[0].file, "");
    problems_free(&p);
    message_free(&m);
    read_message("{\"kind\":\"buttons\",\"body\":\"b\",\"choices\":[{\"id\":\"b\",\"title\":\"😀 Oui, je confirme !\"}]}", &m);
    problems_init(&p);
    assert_false(channel_check(&m, NULL, &p));
    assert_string_equal(p.list[0].text, "a button's title has 20 characters, but 21 with its emoji counted as WhatsApp may count them; it accepts 20: "
                                        "\"😀 Oui, je confirme !\"");
    problems_free(&p);
    message_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_has_its_limit),
        cmocka_unit_test(links_and_names_have_their_limit),
        cmocka_unit_test(every_count_has_its_limit),
        cmocka_unit_test(titles_and_ids_are_one_line_without_space_around),
        cmocka_unit_test(twins_are_refused_where_whatsapp_refuses_them),
        cmocka_unit_test(an_empty_text_is_refused_where_one_is_needed),
        cmocka_unit_test(a_part_that_would_be_lost_is_refused),
        cmocka_unit_test(a_link_has_a_word_and_an_address),
        cmocka_unit_test(a_contact_has_a_number_in_full),
        cmocka_unit_test(media_have_what_whatsapp_gives_them),
        cmocka_unit_test(an_image_is_a_public_https_link),
        cmocka_unit_test(a_template_keeps_metas_rules),
        cmocka_unit_test(the_sum_of_parameters_counts),
        cmocka_unit_test(bytes_that_are_not_utf8_are_refused),
        cmocka_unit_test(a_finding_names_the_limit_and_the_figure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
