/* What the channel prints is what the stand-in, which was written from Meta's pages alone, takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../../core/lab/graph_check.h"
#include "lisolo/channel.h"

static void every_kind_of_message_is_accepted(void **state)
{
    static const char *const messages[] = {
        "{\"kind\":\"text\",\"body\":\"Mbote\"}",
        "{\"kind\":\"buttons\",\"body\":\"Oui ?\",\"video\":\"https://e.org/v.mp4\",\"footer\":\"TokTok\",\"choices\":[{\"id\":\"a\",\"title\":\"A\"}]}",
        "{\"kind\":\"buttons\",\"body\":\"Oui ?\",\"document\":\"https://e.org/v.pdf\",\"file_name\":\"v.pdf\",\"choices\":[{\"id\":\"a\",\"title\":\"A\"}]}",
        "{\"kind\":\"list\",\"body\":\"Lequel ?\",\"header\":\"H\",\"menu\":\"Voir\",\"choices\":[{\"id\":\"a\",\"title\":\"A\",\"description\":\"d\"}]}",
        "{\"kind\":\"location_request\",\"body\":\"Où ?\"}",
        "{\"kind\":\"image\",\"image\":\"https://e.org/i.png\",\"body\":\"b\"}",
        "{\"kind\":\"template\",\"template\":\"t\",\"language\":\"fr\",\"params\":[\"a\"],\"image\":\"https://e.org/i.png\",\"choices\":[{\"id\":\"p\",\"title\":\"P\"}]}",
        "{\"kind\":\"link\",\"body\":\"Ici\",\"header\":\"H\",\"footer\":\"F\",\"url\":\"https://e.org/a?b=%20\",\"url_title\":\"Ouvrir\"}",
        "{\"kind\":\"link\",\"body\":\"Ici\",\"image\":\"https://e.org/i.png\",\"url\":\"https://e.org\",\"url_title\":\"Ouvrir\"}",
        "{\"kind\":\"video\",\"video\":\"https://e.org/v.mp4\",\"body\":\"b\"}",
        "{\"kind\":\"document\",\"document\":\"https://e.org/v.pdf\",\"file_name\":\"v.pdf\",\"body\":\"b\"}",
        "{\"kind\":\"audio\",\"audio\":\"https://e.org/a.ogg\"}",
        "{\"kind\":\"sticker\",\"sticker\":\"https://e.org/a.webp\"}",
        "{\"kind\":\"contacts\",\"contacts\":[{\"name\":\"Junior Okemba\",\"phone\":\"+242066123456\"},{\"name\":\"Aide\",\"phone\":\"+242055000001\"}]}",
    };
    const struct channel_to to = { .phone = "+242066123456" };
    unsigned kinds = 0;

    (void)state;
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        struct error err = { "" };
        struct refusal why = { 0 };
        struct graph_message read;
        struct message m;
        cJSON *tree = json_parse(messages[i], strlen(messages[i]), &err);
        char *body;
        size_t len;

        assert_true(message_from_json(tree, &m, &err));
        cJSON_Delete(tree);
        kinds |= 1u << m.kind;
        body = channel_print_message(&m, &to, "v1.x.1.1", &len, &err);
        if (body == NULL)
            fail_msg("%s: %s", messages[i], err.text);
        tree = json_parse(body, len, &err);
        assert_non_null(tree);
        if (!graph_check(tree, NULL, &read, &why))
            fail_msg("%s\n%s", body, why.details);
        cJSON_Delete(tree);
        free(body);
        message_free(&m);
    }
    assert_int_equal(kinds, (1u << (MESSAGE_CONTACTS + 1)) - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_message_is_accepted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
