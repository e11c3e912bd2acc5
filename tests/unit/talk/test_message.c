/*
 * The message's JSON form and its ownership.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lisolo/talk.h"

static char *copy(const char *text)
{
    char *out = strdup(text);

    assert_non_null(out);
    return out;
}

static void read_message(const char *json, struct message *out)
{
    struct error err;
    cJSON *tree = json_parse(json, strlen(json), &err);

    assert_non_null(tree);
    if (!message_from_json(tree, out, &err))
        fail_msg("%s", err.text);
    cJSON_Delete(tree);
}

static void becomes(const struct message *m, const char *expected)
{
    cJSON *tree = message_to_json(m);
    char *text;

    assert_non_null(tree);
    text = json_print(tree, &(size_t){ 0 });
    assert_non_null(text);
    assert_string_equal(text, expected);
    free(text);
    cJSON_Delete(tree);
}

static void returns_whole(const char *json)
{
    struct message m;

    read_message(json, &m);
    becomes(&m, json);
    message_free(&m);
}

static void every_kind_returns_with_all_its_parts(void **state)
{
    static const char *const messages[] = {
        "{\"kind\":\"text\",\"body\":\"Mbote Prisca\",\"language\":\"ln\",\"source\":\"commun.accueil\"}",
        "{\"kind\":\"buttons\",\"body\":\"On confirme ?\",\"header\":\"Course\",\"footer\":\"TokTok\",\"choices\":["
            "{\"id\":\"oui~12~ab\",\"title\":\"Oui\"},{\"id\":\"non~12~ab\",\"title\":\"Non\"}]}",
        "{\"kind\":\"list\",\"body\":\"Choisissez\",\"menu\":\"Créneaux\",\"choices\":["
            "{\"id\":\"a\",\"title\":\"10 h\",\"description\":\"mardi\"},{\"id\":\"b\",\"title\":\"11 h\"},{\"id\":\"c\",\"title\":\"12 h\"},"
            "{\"id\":\"d\",\"title\":\"13 h\"},{\"id\":\"e\",\"title\":\"14 h\"},{\"id\":\"f\",\"title\":\"15 h\"},"
            "{\"id\":\"g\",\"title\":\"16 h\"},{\"id\":\"h\",\"title\":\"17 h\"},{\"id\":\"i\",\"title\":\"18 h\"},{\"id\":\"j\",\"title\":\"19 h\"}]}",
        "{\"kind\":\"location_request\",\"body\":\"Où êtes-vous ?\"}",
        "{\"kind\":\"image\",\"body\":\"La carte\",\"image\":\"https://cartes.example.org/m1.jpg\"}",
        "{\"kind\":\"link\",\"body\":\"Votre dossier\",\"footer\":\"TokTok\",\"url\":\"https://example.org/d/42\",\"url_title\":\"Ouvrir\"}",
        "{\"kind\":\"video\",\"body\":\"Voici\",\"video\":\"https://v.example.org/a.mp4\"}",
        "{\"kind\":\"document\",\"document\":\"https://d.example.org/a.pdf\",\"file_name\":\"facture.pdf\"}",
        "{\"kind\":\"audio\",\"audio\":\"https://a.example.org/a.ogg\"}",
        "{\"kind\":\"sticker\",\"sticker\":\"https://s.example.org/a.webp\"}",
        "{\"kind\":\"contacts\",\"contacts\":[{\"name\":\"Junior Okemba\",\"phone\":\"+242066123456\"},{\"name\":\"Aide\",\"phone\":\"+242055000001\"}]}",
        "{\"kind\":\"template\",\"template\":\"mission_accepted\",\"language\":\"fr\",\"params\":[\"Prisca\",\"8\"],"
            "\"param_names\":[\"client\",\"minutes\"],\"choices\":[{\"id\":\"suivre\"}]}",
        "{\"kind\":\"template\",\"template\":\"promotional_offer\",\"language\":\"fr\",\"params\":[\"Junior Okemba\"]}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++)
        returns_whole(messages[i]);
}

static void every_kind_has_its_own_name(void **state)
{
    static const char *const names[] = { "text", "buttons", "list", "location_request", "image", "template",
                                         "link", "video", "document", "audio", "sticker", "contacts" };

    (void)state;
    for (int k = MESSAGE_TEXT; k <= MESSAGE_CONTACTS; k++)
        assert_string_equal(message_kind_name((enum message_kind)k), names[k]);
}

static void a_message_can_be_built_and_keeps_its_choices_in_order(void **state)
{
    struct message m;
    char id[8];

    (void)state;
    message_init(&m, MESSAGE_LIST);
    m.body = copy("Choisissez");
    for (int i = 0; i < 40; i++) {             /* more than WhatsApp takes: it is `check` that says so */
        (void)snprintf(id, sizeof id, "r%d", i);
        assert_true(message_add_choice(&m, id, "titre", i % 2 == 0 ? NULL : "d"));
    }
    assert_int_equal(m.choice_count, 40);
    for (int i = 0; i < 40; i++) {
        (void)snprintf(id, sizeof id, "r%d", i);
        assert_string_equal(m.choices[i].id, id);
        assert_int_equal(m.choices[i].description == NULL, i % 2 == 0);
    }
    message_free(&m);
    assert_int_equal(m.choice_count, 0);
    assert_null(m.body);
}

static void only_what_was_written_is_read(void **state)
{
    static const char *const bad[] = {
        "null", "[]", "{}", "{\"body\":\"x\"}", "{\"kind\":\"fax\"}", "{\"kind\":1}", "{\"kind\":\"text\",\"body\":5}", "{\"kind\":\"text\",\"body\":null}",
        "{\"kind\":\"text\",\"bodi\":\"x\"}", "{\"kind\":\"list\",\"choices\":[]}", "{\"kind\":\"list\",\"choices\":{}}", "{\"kind\":\"list\",\"choices\":[1]}",
        "{\"kind\":\"list\",\"choices\":[{\"id\":1}]}", "{\"kind\":\"list\",\"choices\":[{\"id\":\"a\",\"url\":\"b\"}]}", "{\"kind\":\"template\",\"params\":[]}",
        "{\"kind\":\"template\",\"params\":[\"a\",1]}", "{\"kind\":\"template\",\"params\":{\"a\":\"b\"}}", "{\"kind\":\"template\",\"param_names\":[\"a\"]}",
        "{\"kind\":\"template\",\"params\":[\"a\",\"b\"],\"param_names\":[\"a\"]}", "{\"kind\":\"template\",\"params\":[\"a\"],\"param_names\":[\"a\",\"b\"]}",
        "{\"kind\":\"contacts\",\"contacts\":[]}", "{\"kind\":\"contacts\",\"contacts\":[{\"name\":\"a\"}]}", "{\"kind\":\"contacts\",\"contacts\":[\"a\"]}",
        "{\"kind\":\"contacts\",\"contacts\":[{\"name\":\"a\",\"phone\":1}]}", "{\"kind\":\"contacts\",\"contacts\":[{\"name\":\"a\",\"phone\":\"1\",\"x\":1}]}",
        "{\"kind\":\"contacts\",\"contacts\":[{\"name\":\"a\",\"phone\":\"1\"},{\"name\":\"a\",\"phone\":\"1\"},{\"name\":\"a\",\"phone\":\"1\"},"
        "{\"name\":\"a\",\"phone\":\"1\"},{\"name\":\"a\",\"phone\":\"1\"},{\"name\":\"a\",\"phone\":\"1\"}]}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct message m;
        struct error err = { "" };
        cJSON *tree = json_parse(bad[i], strlen(bad[i]), &err);

        assert_non_null(tree);
        if (message_from_json(tree, &m, &err))
            fail_msg("read: %s", bad[i]);
        assert_memory_equal(err.text, "message: ", 9);
        cJSON_Delete(tree);
    }
}

static void a_tree_with_one_key_twice_is_refused_without_a_leak(void **state)
{
    static const char *const keys[] = { "body", "params", "param_names", "choices" };

    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        cJSON *tree = cJSON_CreateObject();
        struct message m;
        struct error err = { "" };

        cJSON_AddStringToObject(tree, "kind", "list");
        for (int twice = 0; twice < 2; twice++) {
            if (i == 0) {
                cJSON_AddStringToObject(tree, keys[i], "x");
            } else {
                cJSON *list = cJSON_AddArrayToObject(tree, keys[i]);

                if (i == 3)
                    cJSON_AddStringToObject(list, NULL, "x");
                cJSON_AddItemToArray(list, i == 3 ? cJSON_CreateObject() : cJSON_CreateString("x"));
            }
        }
        assert_false(message_from_json(tree, &m, &err));
        cJSON_Delete(tree);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_returns_with_all_its_parts),
        cmocka_unit_test(every_kind_has_its_own_name),
        cmocka_unit_test(a_message_can_be_built_and_keeps_its_choices_in_order),
        cmocka_unit_test(only_what_was_written_is_read),
        cmocka_unit_test(a_tree_with_one_key_twice_is_refused_without_a_leak),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
