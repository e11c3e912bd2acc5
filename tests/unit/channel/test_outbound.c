/*
 * A neutral message is exactly this JSON at Meta (whatsapp.md §4).
 */
#include "help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/json.h"

static const struct channel_to PHONE = { .phone = "+242066123456", .bsuid = "CG.1" };

static void read_message(const char *json, struct message *m)
{
    struct error err;
    cJSON *tree = json_parse(json, strlen(json), &err);

    if (tree == NULL || !message_from_json(tree, m, &err))
        fail_msg("%s: %s", err.text, json);
    cJSON_Delete(tree);
}

static char *print(const char *json, const struct channel_to *to, const char *callback, struct error *err)
{
    struct message m;
    size_t len = 0;
    char *text;

    read_message(json, &m);
    text = channel_print_message(&m, to, callback, &len, err);
    if (text != NULL)
        assert_int_equal(len, strlen(text));
    message_free(&m);
    return text;
}

static void prints(const char *json, const char *rest)
{
    static const char envelope[] = "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+242066123456\","
                                   "\"biz_opaque_callback_data\":\"v1." INSTALL ".7.1\",";
    struct error err = { "" };
    char *text = print(json, &PHONE, "v1." INSTALL ".7.1", &err);
    size_t at = sizeof envelope - 1;
    cJSON *tree;

    if (text == NULL)
        fail_msg("%s", err.text);
    assert_true(strlen(text) > at);
    assert_memory_equal(text, envelope, at);
    assert_string_equal(text + at, rest);
    tree = json_parse(text, strlen(text), &err);
    assert_non_null(tree);
    cJSON_Delete(tree);
    free(text);
}

static void refuses(const char *json, const struct channel_to *to, const char *callback, const char *why)
{
    struct error err = { "" };
    char *text = print(json, to, callback, &err);

    if (text != NULL)
        fail_msg("printed: %s", text);
    if (strstr(err.text, why) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", why, err.text);
}

static void a_text(void **state)
{
    (void)state;
    prints("{\"kind\":\"text\",\"body\":\"Mbote *Prisca*\\n😀 \\\"ok\\\"\",\"language\":\"fr\",\"source\":\"commun.accueil\"}",
           "\"type\":\"text\",\"text\":{\"body\":\"Mbote *Prisca*\\n😀 \\\"ok\\\"\",\"preview_url\":false}}");
}

static void a_text_asks_for_a_preview_only_when_it_has_a_link(void **state)
{
    static const char *const with[] = { "https://example.org/x", "voir http://example.org", "httpx https://a.b" };
    static const char *const without[] = { "http", "https:// rien", "http://", "ftp://example.org", "example.org", "https:/x" };

    (void)state;
    for (size_t i = 0; i < 9; i++) {
        char json[128], rest[128];
        const char *text = i < 3 ? with[i] : without[i - 3];

        (void)snprintf(json, sizeof json, "{\"kind\":\"text\",\"body\":\"%s\"}", text);
        (void)snprintf(rest, sizeof rest, "\"type\":\"text\",\"text\":{\"body\":\"%s\",\"preview_url\":%s}}", text, i < 3 ? "true" : "false");
        prints(json, rest);
    }
}

static void an_image_goes_by_link(void **state)
{
    (void)state;
    prints("{\"kind\":\"image\",\"image\":\"https://cartes.example.org/m1.jpg?v=2\",\"body\":\"La carte\"}",
           "\"type\":\"image\",\"image\":{\"link\":\"https://cartes.example.org/m1.jpg?v=2\",\"caption\":\"La carte\"}}");
    prints("{\"kind\":\"image\",\"image\":\"https://cartes.example.org/m1.jpg\",\"body\":\"\"}",
           "\"type\":\"image\",\"image\":{\"link\":\"https://cartes.example.org/m1.jpg\"}}");
    prints("{\"kind\":\"image\",\"image\":\"https://cartes.example.org/m1.jpg\"}",
           "\"type\":\"image\",\"image\":{\"link\":\"https://cartes.example.org/m1.jpg\"}}");
}

static void media_go_by_link(void **state)
{
    (void)state;
    prints("{\"kind\":\"video\",\"video\":\"https://v.example.org/a.mp4\",\"body\":\"Voici\"}",
           "\"type\":\"video\",\"video\":{\"link\":\"https://v.example.org/a.mp4\",\"caption\":\"Voici\"}}");
    prints("{\"kind\":\"document\",\"document\":\"https://d.example.org/a.pdf\",\"file_name\":\"facture \\\"7\\\".pdf\",\"body\":\"Voici\"}",
           "\"type\":\"document\",\"document\":{\"link\":\"https://d.example.org/a.pdf\",\"caption\":\"Voici\",\"filename\":\"facture \\\"7\\\".pdf\"}}");
    prints("{\"kind\":\"audio\",\"audio\":\"https://a.example.org/a.ogg\"}", "\"type\":\"audio\",\"audio\":{\"link\":\"https://a.example.org/a.ogg\"}}");
    prints("{\"kind\":\"sticker\",\"sticker\":\"https://s.example.org/a.webp\"}", "\"type\":\"sticker\",\"sticker\":{\"link\":\"https://s.example.org/a.webp\"}}");
}

static void a_contact_card_says_message_and_not_invite(void **state)
{
    (void)state;
    prints("{\"kind\":\"contacts\",\"contacts\":[{\"name\":\"Junior Okemba\",\"phone\":\"+242066123456\"},{\"name\":\"Aide\",\"phone\":\"+242055000001\"}]}",
           "\"type\":\"contacts\",\"contacts\":[{\"name\":{\"formatted_name\":\"Junior Okemba\",\"first_name\":\"Junior Okemba\"},\"phones\":[{\"phone\":\"+242066123456\",\"type\":\"CELL\",\"wa_id\":\"242066123456\"}]},"
           "{\"name\":{\"formatted_name\":\"Aide\",\"first_name\":\"Aide\"},\"phones\":[{\"phone\":\"+242055000001\",\"type\":\"CELL\",\"wa_id\":\"242055000001\"}]}]}");
}

static void a_link_is_a_button(void **state)
{
    (void)state;
    prints("{\"kind\":\"link\",\"body\":\"Votre dossier\",\"footer\":\"TokTok\",\"url\":\"https://example.org/d/42?a=1&b=2\",\"url_title\":\"Ouvrir\"}",
           "\"type\":\"interactive\",\"interactive\":{\"type\":\"cta_url\",\"body\":{\"text\":\"Votre dossier\"},\"footer\":{\"text\":\"TokTok\"},"
           "\"action\":{\"name\":\"cta_url\",\"parameters\":{\"display_text\":\"Ouvrir\",\"url\":\"https://example.org/d/42?a=1&b=2\"}}}}");
    prints("{\"kind\":\"link\",\"body\":\"Voir\",\"document\":\"https://d.example.org/a.pdf\",\"file_name\":\"a.pdf\",\"url\":\"https://example.org\",\"url_title\":\"Ouvrir\"}",
           "\"type\":\"interactive\",\"interactive\":{\"type\":\"cta_url\",\"header\":{\"type\":\"document\",\"document\":{\"link\":\"https://d.example.org/a.pdf\",\"filename\":\"a.pdf\"}},"
           "\"body\":{\"text\":\"Voir\"},\"action\":{\"name\":\"cta_url\",\"parameters\":{\"display_text\":\"Ouvrir\",\"url\":\"https://example.org\"}}}}");
}

static void buttons(void **state)
{
    (void)state;
    prints("{\"kind\":\"buttons\",\"body\":\"On confirme ?\",\"choices\":[{\"id\":\"oui~12~ab\",\"title\":\"Oui\"},{\"id\":\"non~12~ab\",\"title\":\"Non\"}]}",
           "\"type\":\"interactive\",\"interactive\":{\"type\":\"button\",\"body\":{\"text\":\"On confirme ?\"},\"action\":{\"buttons\":["
           "{\"type\":\"reply\",\"reply\":{\"id\":\"oui~12~ab\",\"title\":\"Oui\"}},{\"type\":\"reply\",\"reply\":{\"id\":\"non~12~ab\",\"title\":\"Non\"}}]}}}");
    prints("{\"kind\":\"buttons\",\"body\":\"On confirme ?\",\"header\":\"Course\",\"footer\":\"TokTok\",\"choices\":[{\"id\":\"a\",\"title\":\"Oui\"}]}",
           "\"type\":\"interactive\",\"interactive\":{\"type\":\"button\",\"header\":{\"type\":\"text\",\"text\":\"Course\"},\"body\":{\"text\":\"On confirme ?\"},"
           "\"footer\":{\"text\":\"TokTok\"},\"action\":{\"buttons\":[{\"type\":\"reply\",\"reply\":{\"id\":\"a\",\"title\":\"Oui\"}}]}}}");
    prints("{\"kind\":\"buttons\",\"body\":\"Bissap\",\"image\":\"https://i.example.org/b.png\",\"choices\":[{\"id\":\"a\",\"title\":\"Commander\"}]}",
           "\"type\":\"interactive\",\"interactive\":{\"type\":\"button\",\"header\":{\"type\":\"image\",\"image\":{\"link\":\"https://i.example.org/b.png\"}},"
           "\"body\":{\"text\":\"Bissap\"},\"action\":{\"buttons\":[{\"type\":\"reply\",\"reply\":{\"id\":\"a\",\"title\":\"Commander\"}}]}}}");
}

static void a_list_is_one_section(void **state)
{
    (void)state;
    prints("{\"kind\":\"list\",\"body\":\"Choisissez\",\"menu\":\"Créneaux\",\"header\":\"Mardi\",\"footer\":\"TokTok\",\"choices\":["
           "{\"id\":\"t1\",\"title\":\"10 h\"},{\"id\":\"t2\",\"title\":\"11 h\",\"description\":\"en ligne\"},{\"id\":\"t3\",\"title\":\"12 h\",\"description\":\"\"}]}",
           "\"type\":\"interactive\",\"interactive\":{\"type\":\"list\",\"header\":{\"type\":\"text\",\"text\":\"Mardi\"},\"body\":{\"text\":\"Choisissez\"},"
           "\"footer\":{\"text\":\"TokTok\"},\"action\":{\"button\":\"Créneaux\",\"sections\":[{\"rows\":[{\"id\":\"t1\",\"title\":\"10 h\"},"
           "{\"id\":\"t2\",\"title\":\"11 h\",\"description\":\"en ligne\"},{\"id\":\"t3\",\"title\":\"12 h\"}]}]}}}");
}

static void a_location_request(void **state)
{
    (void)state;
    prints("{\"kind\":\"location_request\",\"body\":\"Où êtes-vous ?\"}",
           "\"type\":\"interactive\",\"interactive\":{\"type\":\"location_request_message\",\"body\":{\"text\":\"Où êtes-vous ?\"},\"action\":{\"name\":\"send_location\"}}}");
}

static void a_template_with_everything_and_with_nothing(void **state)
{
    (void)state;
    prints("{\"kind\":\"template\",\"template\":\"feedback_request\",\"language\":\"fr\"}",
           "\"type\":\"template\",\"template\":{\"name\":\"feedback_request\",\"language\":{\"code\":\"fr\"}}}");
    prints("{\"kind\":\"template\",\"template\":\"mission_accepted\",\"language\":\"fr\",\"params\":[\"Prisca\",\"8\"],\"body\":\"Prisca, 8 minutes\"}",
           "\"type\":\"template\",\"template\":{\"name\":\"mission_accepted\",\"language\":{\"code\":\"fr\"},\"components\":[{\"type\":\"body\",\"parameters\":["
           "{\"type\":\"text\",\"text\":\"Prisca\"},{\"type\":\"text\",\"text\":\"8\"}]}]}}");
    prints("{\"kind\":\"template\",\"template\":\"mission_accepted\",\"language\":\"en\",\"params\":[\"Prisca\"],\"param_names\":[\"client\"],"
           "\"image\":\"https://i.example.org/h.png\",\"choices\":[{\"id\":\"suivre~9~ef\"},{\"id\":\"aide~9~ef\",\"title\":\"Aide\"}]}",
           "\"type\":\"template\",\"template\":{\"name\":\"mission_accepted\",\"language\":{\"code\":\"en\"},\"components\":["
           "{\"type\":\"header\",\"parameters\":[{\"type\":\"image\",\"image\":{\"link\":\"https://i.example.org/h.png\"}}]},"
           "{\"type\":\"body\",\"parameters\":[{\"type\":\"text\",\"parameter_name\":\"client\",\"text\":\"Prisca\"}]},"
           "{\"type\":\"button\",\"sub_type\":\"quick_reply\",\"index\":\"0\",\"parameters\":[{\"type\":\"payload\",\"payload\":\"suivre~9~ef\"}]},"
           "{\"type\":\"button\",\"sub_type\":\"quick_reply\",\"index\":\"1\",\"parameters\":[{\"type\":\"payload\",\"payload\":\"aide~9~ef\"}]}]}}");
    prints("{\"kind\":\"template\",\"template\":\"delivery_delayed\",\"language\":\"fr\",\"choices\":[{\"id\":\"s\"}]}",
           "\"type\":\"template\",\"template\":{\"name\":\"delivery_delayed\",\"language\":{\"code\":\"fr\"},\"components\":["
           "{\"type\":\"button\",\"sub_type\":\"quick_reply\",\"index\":\"0\",\"parameters\":[{\"type\":\"payload\",\"payload\":\"s\"}]}]}}");
}

static void the_recipient_is_the_number_when_it_is_known(void **state)
{
    static const char text[] = "{\"kind\":\"text\",\"body\":\"x\"}";
    struct channel_to no_phone = { .phone = "", .bsuid = "CG.4815162342" };
    struct error err;
    char *out;

    (void)state;
    out = print(text, &no_phone, NULL, &err);
    assert_string_equal(out, "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"recipient\":\"CG.4815162342\","
                             "\"type\":\"text\",\"text\":{\"body\":\"x\",\"preview_url\":false}}");
    free(out);
    refuses(text, &(struct channel_to){ 0 }, NULL, "no recipient");
    refuses(text, &(struct channel_to){ .phone = "", .bsuid = "" }, NULL, "no recipient");
    refuses(text, &(struct channel_to){ .phone = "242066123456" }, NULL, "+ and digits");
    refuses(text, &(struct channel_to){ .phone = "+" }, NULL, "+ and digits");
    refuses(text, &(struct channel_to){ .phone = "+242 06" }, NULL, "+ and digits");
}

static void what_meta_would_refuse_is_not_printed(void **state)
{
    char callback[CHANNEL_CALLBACK_MAX + 2];

    (void)state;
    refuses("{\"kind\":\"text\"}", &PHONE, NULL, "message text: M21: a text needs a text");
    refuses("{\"kind\":\"buttons\",\"body\":\"x\",\"source\":\"course.depart\",\"choices\":[{\"id\":\"a\",\"title\":\"Modifier ma demande !\"}]}", &PHONE, NULL,
            "message course.depart: M10: a button's title has 21 characters, WhatsApp accepts 20");
    memset(callback, 'c', sizeof callback);
    callback[CHANNEL_CALLBACK_MAX + 1] = '\0';
    refuses("{\"kind\":\"text\",\"body\":\"x\"}", &PHONE, callback, "callback");
}

static void the_longest_messages_fit(void **state)
{
    struct message m;
    struct error err;
    char text[CHANNEL_TEXT_MAX + 1], id[CHANNEL_ROW_ID_MAX + 1], title[CHANNEL_ROW_TITLE_MAX + 1], description[CHANNEL_ROW_DESCRIPTION_MAX + 1];
    char *out;
    size_t len;

    (void)state;
    memset(text, '\x01', sizeof text);          /* six bytes each when escaped */
    text[CHANNEL_TEXT_MAX] = '\0';
    message_init(&m, MESSAGE_TEXT);
    m.body = text;
    out = channel_print_message(&m, &PHONE, NULL, &len, &err);
    assert_non_null(out);
    assert_true(len > 6 * CHANNEL_TEXT_MAX);
    free(out);
    message_init(&m, MESSAGE_LIST);
    text[CHANNEL_BODY_MAX] = '\0';
    m.body = text;
    m.menu = (char[]){ "Menu" };
    memset(description, '\x01', sizeof description);
    description[CHANNEL_ROW_DESCRIPTION_MAX] = '\0';
    memset(id, '\x01', sizeof id);
    memset(title, '\x01', sizeof title);
    id[CHANNEL_ROW_ID_MAX] = title[CHANNEL_ROW_TITLE_MAX] = '\0';
    for (int i = 0; i < CHANNEL_ROWS_MAX; i++) {
        id[0] = (char)('a' + i);
        assert_true(message_add_choice(&m, id, title, description));
    }
    out = channel_print_message(&m, &PHONE, NULL, &len, &err);
    assert_non_null(out);
    free(out);
    m.body = m.menu = NULL;
    message_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text),
        cmocka_unit_test(a_text_asks_for_a_preview_only_when_it_has_a_link),
        cmocka_unit_test(an_image_goes_by_link),
        cmocka_unit_test(media_go_by_link),
        cmocka_unit_test(a_contact_card_says_message_and_not_invite),
        cmocka_unit_test(a_link_is_a_button),
        cmocka_unit_test(buttons),
        cmocka_unit_test(a_list_is_one_section),
        cmocka_unit_test(a_location_request),
        cmocka_unit_test(a_template_with_everything_and_with_nothing),
        cmocka_unit_test(the_recipient_is_the_number_when_it_is_known),
        cmocka_unit_test(what_meta_would_refuse_is_not_printed),
        cmocka_unit_test(the_longest_messages_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
