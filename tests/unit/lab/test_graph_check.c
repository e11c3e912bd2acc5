/*
 * What the Graph API stand-in accepts and refuses, one line a case: whatsapp.md §4 and §8.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../../core/lab/graph_check.h"
#include "../../../core/lab/graph_people.h"
#include "../../../core/lab/graph_record.h"
#include "../../../core/lab/graph_rules.h"
#include "../../../core/lab/tally.h"

#define TO "\"messaging_product\":\"whatsapp\",\"to\":\"+242066123456\""

struct sample {
    int         code;      /* 0: accepted */
    const char *body;      /* %A…%Z: a run of letters, see grow() */
    const char *details;   /* part of them; NULL: any */
};

/* "%x20" -> twenty x. Keeps the samples readable. */
static char *grow(const char *pattern)
{
    char *out = malloc(64 * 1024), *p = out;

    assert_non_null(out);
    while (*pattern != '\0') {
        if (*pattern == '%') {
            char *end;
            long n = strtol(pattern + 2, &end, 10);

            memset(p, pattern[1], (size_t)n);
            p += n;
            pattern = *end == ';' ? end + 1 : end;
        } else {
            *p++ = *pattern++;
        }
    }
    *p = '\0';
    return out;
}

static struct templates *templates;

static void try_sample(const struct sample *s)
{
    char *body = grow(s->body);
    struct graph_message m;
    struct refusal why = { 0 };
    struct error err;
    cJSON *tree = json_parse(body, strlen(body), &err);
    bool ok;

    if (tree == NULL)
        fail_msg("%s\nis not JSON: %s", body, err.text);
    ok = graph_check(tree, templates, &m, &why);
    if (ok != (s->code == 0) || (!ok && why.code != s->code))
        fail_msg("%.300s\nexpected %d, got %d %s", body, s->code, ok ? 0 : why.code, ok ? "" : why.details);
    if (!ok && s->details != NULL && strstr(why.details, s->details) == NULL)
        fail_msg("%.300s\nexpected details with \"%s\", got \"%s\"", body, s->details, why.details);
    cJSON_Delete(tree);
    free(body);
}

#define TRY(samples) \
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) \
        try_sample(&samples[i])

static void envelope(void **state)
{
    static const struct sample samples[] = {
        { 0, "{" TO ",\"type\":\"text\",\"text\":{\"body\":\"Bonjour\"}}", NULL },
        { 0, "{" TO ",\"text\":{\"body\":\"type defaults to text\"}}", NULL },
        { 0, "{" TO ",\"unknown_at_the_top\":1,\"text\":{\"body\":\"ignored\"}}", NULL },
        { 0, "{" TO ",\"recipient_type\":\"individual\",\"context\":{\"message_id\":\"wamid.T1\"},\"biz_opaque_callback_data\":\"v1.a.1.1\","
             "\"type\":\"text\",\"text\":{\"body\":\"a\",\"preview_url\":true}}", NULL },
        { 0, "{\"messaging_product\":\"whatsapp\",\"recipient\":\"CG.90817263544536271809\",\"type\":\"text\",\"text\":{\"body\":\"a\"}}", NULL },
        { 0, "{\"messaging_product\":\"whatsapp\",\"recipient\":\"CG.ENT.9081\",\"type\":\"text\",\"text\":{\"body\":\"a\"}}", NULL },
        { 0, "{\"messaging_product\":\"whatsapp\",\"to\":\"+242 06 612-34-56\",\"type\":\"text\",\"text\":{\"body\":\"a\"}}", NULL },
        { 100, "[]", NULL },
        { 100, "{\"to\":\"+242066123456\",\"text\":{\"body\":\"a\"}}", "messaging_product is required" },
        { 100, "{\"messaging_product\":\"telegram\",\"to\":\"+242066123456\"}", "messaging_product" },
        { 100, "{\"messaging_product\":\"whatsapp\",\"text\":{\"body\":\"a\"}}", "parameter to is required" },
        { 100, "{\"messaging_product\":\"whatsapp\",\"to\":242066123456,\"text\":{\"body\":\"a\"}}", "must be a string" },
        { 131009, "{\"messaging_product\":\"whatsapp\",\"to\":\"prisca\",\"text\":{\"body\":\"a\"}}", "phone number" },
        { 131009, "{\"messaging_product\":\"whatsapp\",\"to\":\"+12\",\"text\":{\"body\":\"a\"}}", "phone number" },
        { 131009, "{\"messaging_product\":\"whatsapp\",\"to\":\"CG.908\",\"text\":{\"body\":\"a\"}}", "phone number" },
        { 131009, "{\"messaging_product\":\"whatsapp\",\"recipient\":\"908\",\"text\":{\"body\":\"a\"}}", "user ID" },
        { 131009, "{\"messaging_product\":\"whatsapp\",\"recipient\":\"CG.%x129\",\"text\":{\"body\":\"a\"}}", "user ID" },
        { 100, "{" TO ",\"recipient_type\":\"crowd\",\"text\":{\"body\":\"a\"}}", "recipient_type" },
        { 131041, "{" TO ",\"recipient_type\":\"group\",\"text\":{\"body\":\"a\"}}", NULL },
        { 100, "{" TO ",\"type\":\"fax\",\"fax\":{}}", "must be one of" },
        { 100, "{" TO ",\"type\":7}", "type must be a string" },
        { 131008, "{" TO ",\"type\":\"text\"}", "mandatory for type 'text'" },
        { 100, "{" TO ",\"type\":\"text\",\"text\":\"Bonjour\"}", "must be a JSON object" },
        { 100, "{" TO ",\"context\":\"wamid.T1\",\"text\":{\"body\":\"a\"}}", "context" },
        { 131008, "{" TO ",\"context\":{},\"text\":{\"body\":\"a\"}}", "message_id" },
        { 100, "{" TO ",\"biz_opaque_callback_data\":5,\"text\":{\"body\":\"a\"}}", "callback" },
        { 0, "{" TO ",\"biz_opaque_callback_data\":\"%x512\",\"text\":{\"body\":\"a\"}}", NULL },
        { 100, "{" TO ",\"biz_opaque_callback_data\":\"%x513\",\"text\":{\"body\":\"a\"}}", "at most 512" },
    };

    (void)state;
    TRY(samples);
}

static void text(void **state)
{
    static const struct sample samples[] = {
        { 0, "{" TO ",\"text\":{\"body\":\"%x4096\"}}", NULL },
        { 100, "{" TO ",\"text\":{\"body\":\"%x4097\"}}", "at most 4096" },
        /* UTF-16 units count: 2,048 emoji fill it, one more letter is too much. */
        { 100, "{" TO ",\"text\":{\"body\":\"\xF0\x9F\x98\x80%x4095\"}}", "at most 4096" },
        { 0, "{" TO ",\"text\":{\"body\":\"\xC3\xA9%x4095\"}}", NULL },
        { 131008, "{" TO ",\"text\":{}}", "text['body'] is required" },
        { 131009, "{" TO ",\"text\":{\"body\":\"\"}}", "length invalid" },
        { 131009, "{" TO ",\"text\":{\"body\":\" \\n \"}}", "length invalid" },
        { 100, "{" TO ",\"text\":{\"body\":12}}", "must be a string" },
        { 100, "{" TO ",\"text\":{\"body\":\"a\",\"preview_url\":\"yes\"}}", "boolean" },
        { 100, "{" TO ",\"text\":{\"body\":\"a\",\"bold\":true}}", "Unexpected key \"bold\" on param \"text\"" },
    };

    (void)state;
    TRY(samples);
}

#define CARD(phone) "{" TO ",\"type\":\"contacts\",\"contacts\":[{\"name\":{\"formatted_name\":\"J\",\"first_name\":\"J\"},\"phones\":[{" phone "}]}]}"

static void media(void **state)
{
    static const struct sample samples[] = {
        { 0, "{" TO ",\"type\":\"image\",\"image\":{\"link\":\"https://cdn.example.org/p.jpg\",\"caption\":\"Poulet\"}}", NULL },
        { 0, "{" TO ",\"type\":\"image\",\"image\":{\"id\":\"700101\"}}", NULL },
        { 131008, "{" TO ",\"type\":\"image\",\"image\":{}}", "exactly one of" },
        { 131009, "{" TO ",\"type\":\"image\",\"image\":{\"id\":\"1\",\"link\":\"https://a.b/c\"}}", "exactly one of" },
        { 131009, "{" TO ",\"type\":\"image\",\"image\":{\"link\":\"http://a.b/c.jpg\"}}", "valid URL" },
        { 131009, "{" TO ",\"type\":\"image\",\"image\":{\"link\":\"https:///c.jpg\"}}", "valid URL" },
        { 131009, "{" TO ",\"type\":\"image\",\"image\":{\"link\":\"https://a.b/c d.jpg\"}}", "valid URL" },
        { 131009, "{" TO ",\"type\":\"image\",\"image\":{\"id\":\"abc\"}}", "attachment ID" },
        { 131009, "{" TO ",\"type\":\"image\",\"image\":{\"link\":\"https://a.b/c\",\"caption\":\"%x1025\"}}", "caption" },
        { 100, "{" TO ",\"type\":\"image\",\"image\":{\"link\":\"https://a.b/c\",\"filename\":\"c.jpg\"}}", "Unexpected key \"filename\"" },
        { 0, "{" TO ",\"type\":\"document\",\"document\":{\"link\":\"https://a.b/c.pdf\",\"filename\":\"c.pdf\",\"caption\":\"d\"}}", NULL },
        { 0, "{" TO ",\"type\":\"audio\",\"audio\":{\"id\":\"1\",\"voice\":true}}", NULL },
        { 100, "{" TO ",\"type\":\"audio\",\"audio\":{\"id\":\"1\",\"caption\":\"no\"}}", "caption" },
        { 100, "{" TO ",\"type\":\"audio\",\"audio\":{\"id\":\"1\",\"voice\":1}}", "boolean" },
        { 0, "{" TO ",\"type\":\"location\",\"location\":{\"latitude\":-4.26,\"longitude\":\"15.24\",\"name\":\"Total\"}}", NULL },
        { 131008, "{" TO ",\"type\":\"location\",\"location\":{\"latitude\":-4.26}}", "longitude" },
        { 131009, "{" TO ",\"type\":\"location\",\"location\":{\"latitude\":-94.26,\"longitude\":15}}", "coordinate" },
        { 0, "{" TO ",\"type\":\"reaction\",\"reaction\":{\"message_id\":\"wamid.T1\",\"emoji\":\"\"}}", NULL },
        { 131008, "{" TO ",\"type\":\"reaction\",\"reaction\":{\"message_id\":\"wamid.T1\"}}", "emoji" },
        { 0, "{" TO ",\"type\":\"contacts\",\"contacts\":[{\"name\":{\"formatted_name\":\"Junior Okemba\",\"first_name\":\"Junior\"},"
             "\"phones\":[{\"phone\":\"+242069876543\",\"type\":\"CELL\",\"wa_id\":\"242069876543\"}]}]}", NULL },
        { 131008, "{" TO ",\"type\":\"contacts\",\"contacts\":[{\"name\":{\"formatted_name\":\"Junior\"}}]}", "one more part" },
        { 131009, "{" TO ",\"type\":\"contacts\",\"contacts\":[]}", "0 items" },
        { 131009, CARD("\"phone\":\"le voisin\""), "not a valid phone number" },
        { 131009, CARD("\"phone\":\"+242069876543\",\"wa_id\":\"242069876544\""), "wa_id" },
        { 131009, CARD("\"phone\":\"+242069876543\",\"wa_id\":\"+242069876543\""), "wa_id" },
        { 131009, CARD("\"phone\":\"+242069876543\",\"type\":\"mobile\""), "CELL" },
        { 131008, CARD("\"type\":\"CELL\""), "phone" },
        { 100, CARD("\"phone\":\"+242069876543\",\"ext\":\"1\""), "Unexpected key" },
    };

    (void)state;
    TRY(samples);
}

#define BUTTON(id, title) "{\"type\":\"reply\",\"reply\":{\"id\":\"" id "\",\"title\":\"" title "\"}}"
#define BUTTONS(list) "{" TO ",\"type\":\"interactive\",\"interactive\":{\"type\":\"button\",\"body\":{\"text\":\"On confirme ?\"},\"action\":{\"buttons\":[" list "]}}}"

static void buttons(void **state)
{
    static const struct sample samples[] = {
        { 0, BUTTONS(BUTTON("oui", "Oui") "," BUTTON("non", "Non") "," BUTTON("retour", "Retour")), NULL },
        { 131009, BUTTONS(""), "0 items" },
        { 131009, BUTTONS(BUTTON("a", "A") "," BUTTON("b", "B") "," BUTTON("c", "C") "," BUTTON("d", "D")), "4 items" },
        { 0, BUTTONS(BUTTON("%x256", "%y20")), NULL },
        { 131009, BUTTONS(BUTTON("%x257", "A")), "['id'] length" },
        { 131009, BUTTONS(BUTTON("a", "%y21")), "['title'] length" },
        { 131009, BUTTONS(BUTTON("a", "")), "['title'] length" },
        { 131009, BUTTONS(BUTTON("a", " Oui")), "white space" },
        { 131009, BUTTONS(BUTTON("a", "O\\nui")), "line break" },
        { 131009, BUTTONS(BUTTON("a", "Oui") "," BUTTON("a", "Non")), "duplicated button id" },
        { 131009, BUTTONS(BUTTON("a", "Oui") "," BUTTON("b", "Oui")), "duplicated button title" },
        { 131009, BUTTONS("{\"type\":\"url\",\"reply\":{\"id\":\"a\",\"title\":\"A\"}}"), "must be reply" },
        { 131008, BUTTONS("{\"type\":\"reply\"}"), "['reply'] is required" },
        { 100, BUTTONS("{\"type\":\"reply\",\"reply\":{\"id\":\"a\",\"title\":\"A\",\"emoji\":\"x\"}}"), "Unexpected key \"emoji\"" },
        { 0, "{" TO ",\"type\":\"interactive\",\"interactive\":{\"type\":\"button\",\"header\":{\"type\":\"image\",\"image\":{\"link\":\"https://a.b/c\"}},"
             "\"body\":{\"text\":\"%x1024\"},\"footer\":{\"text\":\"%f60\"},\"action\":{\"buttons\":[" BUTTON("a", "A") "]}}}", NULL },
        { 131009, "{" TO ",\"type\":\"interactive\",\"interactive\":{\"type\":\"button\",\"body\":{\"text\":\"%x1025\"},\"action\":{\"buttons\":["
             BUTTON("a", "A") "]}}}", "max length: 1024" },
        { 131009, "{" TO ",\"type\":\"interactive\",\"interactive\":{\"type\":\"button\",\"body\":{\"text\":\"a\"},\"footer\":{\"text\":\"%f61\"},"
             "\"action\":{\"buttons\":[" BUTTON("a", "A") "]}}}", "footer" },
        { 131009, "{" TO ",\"type\":\"interactive\",\"interactive\":{\"type\":\"button\",\"header\":{\"type\":\"text\",\"text\":\"%h61\"},"
             "\"body\":{\"text\":\"a\"},\"action\":{\"buttons\":[" BUTTON("a", "A") "]}}}", "header" },
        { 131008, "{" TO ",\"type\":\"interactive\",\"interactive\":{\"type\":\"button\",\"action\":{\"buttons\":[" BUTTON("a", "A") "]}}}", "body" },
        { 131008, "{" TO ",\"type\":\"interactive\",\"interactive\":{\"type\":\"button\",\"body\":{\"text\":\"a\"}}}", "action" },
        { 131008, "{" TO ",\"type\":\"interactive\",\"interactive\":{\"body\":{\"text\":\"a\"}}}", "['type'] is required" },
        { 131051, "{" TO ",\"type\":\"interactive\",\"interactive\":{\"type\":\"poll\",\"body\":{\"text\":\"a\"},\"action\":{}}}", "poll" },
    };

    (void)state;
    TRY(samples);
}

#define LIST_BODY(action, body) "{" TO ",\"type\":\"interactive\",\"interactive\":{\"type\":\"list\",\"body\":{\"text\":\"" body "\"},\"action\":{" action "}}}"
#define LIST(action) LIST_BODY(action, "Choisissez")
#define ROW(id) "{\"id\":\"" id "\",\"title\":\"Ligne\"}"
#define FIVE(p) ROW(p "1") "," ROW(p "2") "," ROW(p "3") "," ROW(p "4") "," ROW(p "5")

static void lists(void **state)
{
    static const struct sample samples[] = {
        { 0, LIST("\"button\":\"Voir\",\"sections\":[{\"rows\":[" ROW("a") "]}]"), NULL },
        { 0, LIST("\"button\":\"Voir\",\"sections\":[{\"title\":\"A\",\"rows\":[" FIVE("a") "]},{\"title\":\"B\",\"rows\":[" FIVE("b") "]}]"), NULL },
        { 131009, LIST("\"button\":\"Voir\",\"sections\":[{\"title\":\"A\",\"rows\":[" FIVE("a") "]},{\"title\":\"B\",\"rows\":[" FIVE("b") "," ROW("c") "]}]"),
          "total row count" },
        { 131008, LIST("\"button\":\"Voir\",\"sections\":[{\"rows\":[" ROW("a") "]},{\"title\":\"B\",\"rows\":[" ROW("b") "]}]"), "['title'] is required" },
        { 131009, LIST("\"button\":\"Voir\",\"sections\":[]"), "0 items" },
        { 131009, LIST("\"button\":\"Voir\",\"sections\":[{\"title\":\"A\",\"rows\":[]}]"), "0 items" },
        { 131008, LIST("\"sections\":[{\"rows\":[" ROW("a") "]}]"), "['button'] is required" },
        { 131009, LIST("\"button\":\"%b21\",\"sections\":[{\"rows\":[" ROW("a") "]}]"), "max length: 20" },
        { 131009, LIST("\"button\":\"Voir\",\"sections\":[{\"title\":\"%t25\",\"rows\":[" ROW("a") "]}]"), "max length: 24" },
        { 131009, LIST("\"button\":\"Voir\",\"sections\":[{\"rows\":[{\"id\":\"a\",\"title\":\"%t25\"}]}]"), "max length: 24" },
        { 131009, LIST("\"button\":\"Voir\",\"sections\":[{\"rows\":[{\"id\":\"%t201\",\"title\":\"t\"}]}]"), "max length: 200" },
        { 131009, LIST("\"button\":\"Voir\",\"sections\":[{\"rows\":[{\"id\":\"a\",\"title\":\"t\",\"description\":\"%d73\"}]}]"), "max length: 72" },
        { 131009, LIST("\"button\":\"Voir\",\"sections\":[{\"rows\":[" ROW("a") "," ROW("a") "]}]"), "duplicated row id" },
        { 0, LIST_BODY("\"button\":\"Voir\",\"sections\":[{\"rows\":[" ROW("a") "]}]", "%x4096"), NULL },
        { 131009, LIST_BODY("\"button\":\"Voir\",\"sections\":[{\"rows\":[" ROW("a") "]}]", "%x4097"), "max length: 4096" },
        { 131009, "{" TO ",\"type\":\"interactive\",\"interactive\":{\"type\":\"list\",\"header\":{\"type\":\"image\",\"image\":{\"link\":\"https://a.b/c\"}},"
          "\"body\":{\"text\":\"a\"},\"action\":{\"button\":\"V\",\"sections\":[{\"rows\":[" ROW("a") "]}]}}}", "must be text" },
    };

    (void)state;
    TRY(samples);
}

static void places_and_links(void **state)
{
    static const struct sample samples[] = {
        { 0, "{" TO ",\"type\":\"interactive\",\"interactive\":{\"type\":\"location_request_message\",\"body\":{\"text\":\"O\xC3\xB9 ?\"},\"action\":{\"name\":\"send_location\"}}}", NULL },
        { 131009, "{" TO ",\"type\":\"interactive\",\"interactive\":{\"type\":\"location_request_message\",\"body\":{\"text\":\"a\"},\"action\":{\"name\":\"locate\"}}}", "send_location" },
        { 100, "{" TO ",\"type\":\"interactive\",\"interactive\":{\"type\":\"location_request_message\",\"header\":{\"type\":\"text\",\"text\":\"h\"},\"body\":{\"text\":\"a\"},"
               "\"action\":{\"name\":\"send_location\"}}}", "Unexpected key \"header\"" },
        { 100, "{" TO ",\"type\":\"interactive\",\"interactive\":{\"type\":\"location_request_message\",\"body\":{\"text\":\"a\"},\"action\":{\"name\":\"send_location\",\"buttons\":[]}}}",
          "Unexpected key \"buttons\"" },
        { 0, "{" TO ",\"type\":\"interactive\",\"interactive\":{\"type\":\"cta_url\",\"body\":{\"text\":\"a\"},\"action\":{\"name\":\"cta_url\",\"parameters\":"
             "{\"display_text\":\"Ouvrir\",\"url\":\"https://a.b/c\"}}}}", NULL },
        { 131009, "{" TO ",\"type\":\"interactive\",\"interactive\":{\"type\":\"cta_url\",\"body\":{\"text\":\"a\"},\"action\":{\"name\":\"cta_url\",\"parameters\":"
             "{\"display_text\":\"%o21\",\"url\":\"https://a.b/c\"}}}}", "max length: 20" },
        { 131009, "{" TO ",\"type\":\"interactive\",\"interactive\":{\"type\":\"cta_url\",\"body\":{\"text\":\"a\"},\"action\":{\"name\":\"cta_url\",\"parameters\":"
             "{\"display_text\":\"Ouvrir\",\"url\":\"tel:1\"}}}}", "valid URL" },
        { 131008, "{" TO ",\"type\":\"interactive\",\"interactive\":{\"type\":\"cta_url\",\"body\":{\"text\":\"a\"},\"action\":{\"name\":\"cta_url\"}}}", "parameters" },
    };

    (void)state;
    TRY(samples);
}

static void read_marks(void **state)
{
    static const struct sample samples[] = {
        { 0, "{\"messaging_product\":\"whatsapp\",\"status\":\"read\",\"message_id\":\"wamid.T1\"}", NULL },
        { 0, "{\"messaging_product\":\"whatsapp\",\"status\":\"read\",\"message_id\":\"wamid.T1\",\"typing_indicator\":{\"type\":\"text\"}}", NULL },
        { 100, "{\"messaging_product\":\"whatsapp\",\"status\":\"seen\",\"message_id\":\"wamid.T1\"}", "status" },
        { 100, "{\"messaging_product\":\"whatsapp\",\"status\":\"read\"}", "message_id is required" },
        { 131009, "{\"messaging_product\":\"whatsapp\",\"status\":\"read\",\"message_id\":\"T1\"}", "message_id" },
        { 131009, "{\"messaging_product\":\"whatsapp\",\"status\":\"read\",\"message_id\":\"wamid.T1\",\"typing_indicator\":{\"type\":\"audio\"}}", "typing" },
        { 100, "{\"messaging_product\":\"whatsapp\",\"status\":\"read\",\"message_id\":\"wamid.T1\",\"typing_indicator\":true}", "typing" },
    };

    (void)state;
    TRY(samples);
}

#define TEMPLATE(name, language, rest) "{" TO ",\"type\":\"template\",\"template\":{\"name\":\"" name "\",\"language\":{\"code\":\"" language "\"}" rest "}}"
#define PARAMS(list) ",\"components\":[{\"type\":\"body\",\"parameters\":[" list "]}]"
#define TEXT(text) "{\"type\":\"text\",\"text\":\"" text "\"}"
#define NAMED(name, text) "{\"type\":\"text\",\"parameter_name\":\"" name "\",\"text\":\"" text "\"}"

static const char approved[] =
    "[{\"name\":\"mission_accepted\",\"language\":\"fr\",\"params\":2,\"buttons\":[\"Suivre\"]},"
    "{\"name\":\"plain\",\"language\":\"fr\",\"body\":\"Bonjour {{1}}, {{2}} puis encore {{1}}.\"},"
    "{\"name\":\"none\",\"language\":\"fr\",\"params\":0},"
    "{\"name\":\"pause\",\"language\":\"fr\",\"params\":0,\"status\":\"PAUSED\"},"
    "{\"name\":\"off\",\"language\":\"fr\",\"params\":0,\"status\":\"DISABLED\"},"
    "{\"name\":\"pending\",\"language\":\"fr\",\"params\":0,\"status\":\"PENDING\"},"
    "{\"name\":\"rdv\",\"language\":\"fr\",\"category\":\"UTILITY\",\"status\":\"APPROVED\",\"parameter_format\":\"NAMED\",\"components\":["
    "{\"type\":\"HEADER\",\"format\":\"IMAGE\"},{\"type\":\"BODY\",\"text\":\"Bonjour {{prenom}}, le {{date}}.\"},{\"type\":\"FOOTER\",\"text\":\"STOP\"},"
    "{\"type\":\"BUTTONS\",\"buttons\":[{\"type\":\"QUICK_REPLY\",\"text\":\"Oui\"},{\"type\":\"URL\",\"text\":\"Voir\",\"url\":\"https://a.b/{{1}}\"}]}]}]";

#define IMAGE_HEADER "{\"type\":\"header\",\"parameters\":[{\"type\":\"image\",\"image\":{\"link\":\"https://a.b/c.png\"}}]}"
#define RDV_BODY "{\"type\":\"body\",\"parameters\":[" NAMED("prenom", "Ana") "," NAMED("date", "mardi") "]}"
#define URL_BUTTON "{\"type\":\"button\",\"sub_type\":\"url\",\"index\":\"1\",\"parameters\":[" TEXT("42") "]}"

static void templates_by_shape(void **state)
{
    static const struct sample samples[] = {
        { 0, TEMPLATE("any", "fr", PARAMS(TEXT("a") "," TEXT("b"))), NULL },
        { 0, TEMPLATE("any", "fr", ""), NULL },
        { 131008, "{" TO ",\"type\":\"template\",\"template\":{\"language\":{\"code\":\"fr\"}}}", "['name'] is required" },
        { 131008, "{" TO ",\"type\":\"template\",\"template\":{\"name\":\"a\"}}", "['language'] is required" },
        { 131008, "{" TO ",\"type\":\"template\",\"template\":{\"name\":\"a\",\"language\":{}}}", "['code'] is required" },
        { 100, "{" TO ",\"type\":\"template\",\"template\":{\"name\":\"a\",\"language\":\"fr\"}}", "JSON object" },
        { 100, TEMPLATE("a", "fr", ",\"components\":{}"), "must be an array" },
        { 100, TEMPLATE("a", "fr", ",\"text\":\"a\""), "Unexpected key \"text\"" },
        { 132018, TEMPLATE("a", "fr", PARAMS(TEXT("a\\nb"))), "new-line" },
        { 132018, TEMPLATE("a", "fr", PARAMS(TEXT("a\\tb"))), "new-line" },
        { 132018, TEMPLATE("a", "fr", PARAMS(TEXT("a     b"))), "4 consecutive spaces" },
        { 0, TEMPLATE("a", "fr", PARAMS(TEXT("a    b"))), NULL },
        { 131009, TEMPLATE("a", "fr", PARAMS(TEXT(""))), "length invalid" },
        { 131008, TEMPLATE("a", "fr", PARAMS("{\"text\":\"a\"}")), "['type']" },
        { 131009, TEMPLATE("a", "fr", PARAMS("")), "0 items" },
        { 0, TEMPLATE("a", "fr", ",\"components\":[{\"type\":\"button\",\"sub_type\":\"quick_reply\",\"index\":0,\"parameters\":[{\"type\":\"payload\",\"payload\":\"%p128\"}]}]"), NULL },
        { 131009, TEMPLATE("a", "fr", ",\"components\":[{\"type\":\"button\",\"sub_type\":\"quick_reply\",\"index\":0,\"parameters\":[{\"type\":\"payload\",\"payload\":\"%p129\"}]}]"),
          "max length: 128" },
        { 131008, TEMPLATE("a", "fr", ",\"components\":[{\"type\":\"button\",\"sub_type\":\"quick_reply\",\"parameters\":[{\"type\":\"payload\",\"payload\":\"p\"}]}]"), "index" },
        { 100, TEMPLATE("a", "fr", ",\"components\":[{\"type\":\"button\",\"sub_type\":\"quick_reply\",\"index\":10,\"parameters\":[{\"type\":\"payload\",\"payload\":\"p\"}]}]"), "index" },
        { 132012, TEMPLATE("a", "fr", ",\"components\":[{\"type\":\"button\",\"sub_type\":\"quick_reply\",\"index\":0,\"parameters\":[{\"type\":\"text\",\"text\":\"p\"}]}]"), "sub_type" },
        { 100, TEMPLATE("a", "fr", ",\"components\":[{\"type\":\"footer\",\"parameters\":[{\"type\":\"text\",\"text\":\"p\"}]}]"), "HEADER, BODY, BUTTON" },
    };

    (void)state;
    TRY(samples);
}

static void templates_against_the_list(void **state)
{
    static const struct sample samples[] = {
        { 0, TEMPLATE("mission_accepted", "fr", PARAMS(TEXT("Prisca") "," TEXT("COUR-1"))), NULL },
        { 0, TEMPLATE("none", "fr", ""), NULL },
        { 132001, TEMPLATE("mission_refused", "fr", ""), "does not exist in fr" },
        { 132001, TEMPLATE("mission_accepted", "en", PARAMS(TEXT("a") "," TEXT("b"))), "does not exist in en" },
        { 132000, TEMPLATE("mission_accepted", "fr", PARAMS(TEXT("a"))), "(1) does not match the expected number of params (2)" },
        { 132000, TEMPLATE("mission_accepted", "fr", ""), "(0)" },
        { 132000, TEMPLATE("none", "fr", PARAMS(TEXT("a"))), NULL },
        { 132012, TEMPLATE("mission_accepted", "fr", PARAMS(NAMED("client", "a") "," NAMED("reference", "b"))), "positional" },
        { 132015, TEMPLATE("pause", "fr", ""), NULL },
        { 132016, TEMPLATE("off", "fr", ""), NULL },
        { 132001, TEMPLATE("pending", "fr", ""), "not approved" },
        { 0, TEMPLATE("plain", "fr", PARAMS(TEXT("a") "," TEXT("b"))), NULL },
        { 132005, TEMPLATE("mission_accepted", "fr", PARAMS(TEXT("%a600") "," TEXT("%b600"))), "at most 1024" },
        { 0, TEMPLATE("plain", "fr", PARAMS(TEXT("%a600") "," TEXT("%b600"))), NULL },   /* only a body: 32,768 */
        { 132012, TEMPLATE("mission_accepted", "fr", ",\"components\":[{\"type\":\"body\",\"parameters\":[" TEXT("a") "," TEXT("b") "]},"
                           "{\"type\":\"button\",\"sub_type\":\"quick_reply\",\"index\":1,\"parameters\":[{\"type\":\"payload\",\"payload\":\"p\"}]}]"), "no such button" },
        { 0, TEMPLATE("rdv", "fr", ",\"components\":[" IMAGE_HEADER "," RDV_BODY "," URL_BUTTON "]"), NULL },
        { 132012, TEMPLATE("rdv", "fr", ",\"components\":[" RDV_BODY "," URL_BUTTON "]"), "expected IMAGE" },
        { 131008, TEMPLATE("rdv", "fr", ",\"components\":[" IMAGE_HEADER "," RDV_BODY "]"), "requires a parameter" },
        { 132012, TEMPLATE("rdv", "fr", ",\"components\":[" IMAGE_HEADER "," URL_BUTTON ",{\"type\":\"body\",\"parameters\":[" TEXT("a") "," TEXT("b") "]}]"), "named" },
        { 132012, TEMPLATE("rdv", "fr", ",\"components\":[" IMAGE_HEADER "," URL_BUTTON ",{\"type\":\"body\",\"parameters\":[" NAMED("prenom", "a") "," NAMED("jour", "b") "]}]"),
          "unknown parameter_name" },
    };
    struct error err;

    (void)state;
    templates = templates_read(json_parse(approved, strlen(approved), &err), &err);
    assert_non_null(templates);
    TRY(samples);
    templates_free(templates);
    templates = NULL;
}

static void bad_template_lists_are_refused(void **state)
{
    static const char *const lists[] = { "{}", "[1]", "[{\"name\":\"a\"}]", "[{\"name\":\"a\",\"language\":\"fr\",\"params\":99}]",
                                         "[{\"name\":\"a\",\"language\":\"fr\",\"components\":[]}]",
                                         "[{\"name\":\"a\",\"language\":\"fr\",\"body\":\"{{open\"}]" };
    struct error err;

    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        assert_null(templates_read(json_parse(lists[i], strlen(lists[i]), &err), &err));
}

static void refusals_have_metas_shape(void **state)
{
    struct refusal why = { 0 };
    struct error err;
    size_t len;
    char *text;
    cJSON *tree;
    const cJSON *error;

    (void)state;
    refuse(&why, 131009, "%s is too long.", "title");
    assert_int_equal(why.status, 400);
    text = refusal_print(&why, 7, &len);
    tree = json_parse(text, len, &err);
    error = json_get(tree, "error");
    assert_string_equal(json_str(error, "message"), "(#131009) Parameter value is not valid");
    assert_string_equal(json_str(json_get(error, "error_data"), "details"), "title is too long.");
    assert_string_equal(json_str(error, "type"), "OAuthException");
    assert_non_null(json_str(error, "fbtrace_id"));
    cJSON_Delete(tree);
    free(text);
    assert_int_equal(refusal_status(131056), 429);
    assert_int_equal(refusal_status(132001), 404);
    assert_int_equal(refusal_status(190), 401);
}

/* ---- the state behind the checks ---- */

static void pair_limit_is_a_bucket(void **state)
{
    struct people *p = people_new(&(struct people_limits){ .pair_per_s = 1.0 / 6, .pair_burst = 45 });

    (void)state;
    for (int i = 0; i < 45; i++)
        assert_int_equal(people_take(p, 242066123456u, 1000), PEOPLE_OK);
    assert_int_equal(people_take(p, 242066123456u, 1000), PEOPLE_PAIR_LIMIT);
    assert_int_equal(people_take(p, 242055010203u, 1000), PEOPLE_OK);
    assert_int_equal(people_take(p, 242066123456u, 6900), PEOPLE_PAIR_LIMIT);
    assert_int_equal(people_take(p, 242066123456u, 7100), PEOPLE_OK);
    assert_int_equal(people_take(p, 242066123456u, 7100), PEOPLE_PAIR_LIMIT);
    people_free(p);
}

static void number_limit_is_a_bucket_that_refusals_do_not_empty(void **state)
{
    struct people *p = people_new(&(struct people_limits){ .number_per_s = 80 });
    int taken = 0;

    (void)state;
    for (uint64_t i = 0; i < 200; i++)
        taken += people_take(p, 242060000001u + i, 5000) == PEOPLE_OK;
    assert_int_equal(taken, 80);
    assert_int_equal(people_take(p, 1, 5010), PEOPLE_NUMBER_LIMIT);
    assert_int_equal(people_take(p, 1, 5030), PEOPLE_OK);
    people_free(p);
}

static void thousands_of_people_are_told_apart(void **state)
{
    struct people *p = people_new(&(struct people_limits){ .pair_per_s = 1, .pair_burst = 1 });

    (void)state;
    for (uint64_t i = 0; i < 20000; i++)
        assert_true(people_heard(p, 242060000000u + i, (int64_t)i + 1));
    assert_int_equal(people_count(p), 20000);
    for (uint64_t i = 0; i < 20000; i++)
        assert_int_equal(people_last_message(p, 242060000000u + i), (int64_t)i + 1);
    assert_int_equal(people_last_message(p, 242070000000u), 0);
    people_free(p);
}

static bool add_rules(struct rules *r, const char *text)
{
    struct error err;
    cJSON *tree = json_parse(text, strlen(text), &err);
    bool ok = rules_add(r, tree, &err);

    cJSON_Delete(tree);
    return ok;
}

static void rules_apply_to_whom_they_name_as_often_as_they_say(void **state)
{
    struct rules *r = rules_new(1);

    (void)state;
    assert_true(add_rules(r, "{\"to\":\"+242066123456\",\"type\":\"text\",\"skip\":1,\"count\":2,\"code\":131056}"));
    assert_null(rules_match(r, 242055010203u, "text"));
    assert_null(rules_match(r, 242066123456u, "image"));
    assert_null(rules_match(r, 242066123456u, "text"));
    assert_int_equal(rules_match(r, 242066123456u, "text")->status, 429);
    assert_int_equal(rules_match(r, 242066123456u, "text")->fault, FAULT_REFUSE);
    assert_null(rules_match(r, 242066123456u, "text"));
    rules_free(r);
}

static void a_rule_for_everything_leaves_read_marks_alone(void **state)
{
    struct rules *r = rules_new(1);

    (void)state;
    assert_true(add_rules(r, "{\"rules\":[{\"status\":503,\"count\":1},{\"type\":\"read\",\"status\":500}]}"));
    assert_int_equal(rules_match(r, 0, "read")->status, 500);
    assert_int_equal(rules_match(r, 5, "text")->status, 503);
    rules_free(r);
}

static void probability_is_kept_on_average(void **state)
{
    struct rules *r = rules_new(42);
    int hits = 0;

    (void)state;
    assert_true(add_rules(r, "{\"probability\":0.25,\"fault\":\"reset_after\"}"));
    for (int i = 0; i < 10000; i++)
        hits += rules_match(r, 1, "text") != NULL;
    assert_in_range(hits, 2300, 2700);
    rules_free(r);
}

static void misspelt_rules_are_refused_whole(void **state)
{
    static const char *const bad[] = {
        "[]", "{\"probabilty\":1}", "{\"fault\":\"explode\"}", "{\"probability\":2}", "{\"status\":99}", "{\"to\":\"x\"}", "{\"count\":-1}",
        "{\"statuses\":\"none\"}", "{\"rules\":5}", "{\"rules\":[{\"status\":503},{\"oops\":1}]}", "{\"latency_ms\":\"long\"}", "{\"body\":1}",
    };
    struct rules *r = rules_new(1);

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(add_rules(r, bad[i]));
    assert_null(rules_match(r, 1, "text"));
    rules_free(r);
}

static void put(struct record *r, const char *callback, bool read)
{
    struct record_item item = { .read = read, .at_ms = 1, .wamid = "wamid.A", .to = "+242066123456", .callback = callback, .body = "{\"a\":1}", .len = 7 };

    assert_true(record_add(r, &item));
}

static void the_record_forgets_the_oldest_and_says_so(void **state)
{
    struct record *r = record_new(4);
    struct buf b;

    (void)state;
    for (int i = 0; i < 6; i++)
        put(r, NULL, false);
    buf_init(&b, 65536);
    assert_int_equal(record_print(r, &b, 0, 100, false), 4);
    assert_non_null(strstr(buf_str(&b), "\"seq\":3,"));
    assert_null(strstr(buf_str(&b), "\"seq\":2,"));
    assert_non_null(strstr(buf_str(&b), "\"next\":6,\"missed\":2"));
    buf_clear(&b);
    assert_int_equal(record_print(r, &b, 4, 1, false), 1);
    assert_non_null(strstr(buf_str(&b), "\"next\":5,\"missed\":0"));
    buf_clear(&b);
    assert_int_equal(record_print(r, &b, 6, 100, false), 0);
    buf_free(&b);
    record_free(r);
}

static void read_marks_are_listed_only_when_asked_for(void **state)
{
    struct record *r = record_new(10);
    struct buf b;

    (void)state;
    put(r, NULL, true);
    put(r, NULL, false);
    buf_init(&b, 65536);
    assert_int_equal(record_print(r, &b, 0, 100, false), 1);
    buf_clear(&b);
    assert_int_equal(record_print(r, &b, 0, 100, true), 2);
    assert_non_null(strstr(buf_str(&b), "\"kind\":\"read\""));
    buf_free(&b);
    record_free(r);
}

static void doubles_are_counted_by_callback_and_by_row(void **state)
{
    struct record *r = record_new(2);
    struct record_counts c;

    (void)state;
    put(r, "v1.abc.17.1", false);
    put(r, "v1.abc.18.1", false);
    put(r, "v1.abc.17.2", false);   /* another attempt of row 17 */
    put(r, "v1.abc.18.1", false);   /* the same once more */
    put(r, "free text", false);
    put(r, NULL, false);
    put(r, NULL, false);
    record_counts(r, &c);
    assert_int_equal(c.messages, 7);
    assert_int_equal(c.callbacks, 4);
    assert_int_equal(c.doubles, 1);
    assert_int_equal(c.row_doubles, 2);
    record_free(r);
}

static void a_tally_counts_past_its_first_size_and_says_what_it_lost(void **state)
{
    struct tally *t = tally_new(5000);
    char key[32];

    (void)state;
    for (int i = 0; i < 6000; i++) {
        snprintf(key, sizeof key, "key %d", i);
        assert_int_equal(tally_add(t, key, strlen(key)), i < 5000 ? 1 : 0);
    }
    assert_int_equal(tally_add(t, "key 4999", 8), 2);
    assert_int_equal(tally_keys(t), 5000);
    assert_int_equal(tally_lost(t), 1000);
    tally_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(envelope),
        cmocka_unit_test(text),
        cmocka_unit_test(media),
        cmocka_unit_test(buttons),
        cmocka_unit_test(lists),
        cmocka_unit_test(places_and_links),
        cmocka_unit_test(read_marks),
        cmocka_unit_test(templates_by_shape),
        cmocka_unit_test(templates_against_the_list),
        cmocka_unit_test(bad_template_lists_are_refused),
        cmocka_unit_test(refusals_have_metas_shape),
        cmocka_unit_test(pair_limit_is_a_bucket),
        cmocka_unit_test(number_limit_is_a_bucket_that_refusals_do_not_empty),
        cmocka_unit_test(thousands_of_people_are_told_apart),
        cmocka_unit_test(rules_apply_to_whom_they_name_as_often_as_they_say),
        cmocka_unit_test(a_rule_for_everything_leaves_read_marks_alone),
        cmocka_unit_test(probability_is_kept_on_average),
        cmocka_unit_test(misspelt_rules_are_refused_whole),
        cmocka_unit_test(the_record_forgets_the_oldest_and_says_so),
        cmocka_unit_test(read_marks_are_listed_only_when_asked_for),
        cmocka_unit_test(doubles_are_counted_by_callback_and_by_row),
        cmocka_unit_test(a_tally_counts_past_its_first_size_and_says_what_it_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
