/*
 * The terminal chat: how words are laid out, what a line means, which webhook it becomes, how cards look, and a whole
 * conversation from a script with a toy host on the other side.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../../core/lab/chat_card.h"
#include "../../../core/lab/chat_said.h"
#include "../../../core/lab/chat_text.h"
#include "../../../core/lab/chat_view.h"
#include "../../../core/lab/graph.h"
#include "helper.h"
#include "lisolo/base/fetch.h"
#include "lisolo/base/log.h"
#include "lisolo/base/web.h"
#include "lisolo/lab.h"

/* ---- layout ---- */

/* One line a row, styles as <b i s m>. */
static void expect_layout(const char *words, int columns, bool marks, const char *expected)
{
    struct text t;
    char out[2048] = "";
    size_t n = 0;
    unsigned style = 0;

    assert_true(text_layout(&t, words, columns, marks, 0));
    for (size_t i = 0; i < t.line_count; i++) {
        for (size_t g = t.lines[i].from; g < t.lines[i].to; g++) {
            if (t.glyphs[g].style != style) {
                style = t.glyphs[g].style;
                n += (size_t)sprintf(out + n, "<%s%s%s%s>", style & TEXT_BOLD ? "b" : "", style & TEXT_ITALIC ? "i" : "",
                                     style & TEXT_STRIKE ? "s" : "", style & TEXT_MONO ? "m" : "");
            }
            n += (size_t)sprintf(out + n, "%.*s", t.glyphs[g].len, t.glyphs[g].bytes);
        }
        n += (size_t)sprintf(out + n, i + 1 < t.line_count ? "|" : "");
        assert_true(t.lines[i].width <= columns);
    }
    text_free(&t);
    assert_string_equal(out, expected);
}

static void words_wrap_at_spaces(void **state)
{
    (void)state;
    expect_layout("un deux trois", 8, true, "un deux|trois");
    expect_layout("un deux trois", 7, true, "un deux|trois");
    expect_layout("anticonstitutionnellement", 10, true, "anticonsti|tutionnell|ement");
    expect_layout("a\n\nb", 10, true, "a||b");
    expect_layout("", 10, true, "");
    expect_layout("fin ", 3, true, "fin");
    expect_layout("ab\r\ncd", 10, true, "ab|cd");
}

static void marks_become_styles_only_around_words(void **state)
{
    (void)state;
    expect_layout("*gras* et _italique_ ~non~", 80, true, "<b>gras<> et <i>italique<> <s>non");
    expect_layout("*_les deux_*", 80, true, "<bi>les deux");
    expect_layout("2 * 3 * 4", 80, true, "2 * 3 * 4");
    expect_layout("snake_case_name", 80, true, "snake_case_name");
    expect_layout("*pas\nici*", 80, true, "*pas|ici*");
    expect_layout("`COUR-*1*` et ```a\nb```", 80, true, "<m>COUR-*1*<> et <m>a|b");
    expect_layout("- un\n* deux", 80, true, "\xE2\x80\xA2 un|\xE2\x80\xA2 deux");
    expect_layout("*gras* `m` - x", 80, false, "*gras* `m` - x");
    expect_layout("(*gras*), *x*.", 80, true, "(<b>gras<>), <b>x<>.");
}

static void columns_are_what_terminals_use(void **state)
{
    (void)state;
    assert_int_equal(text_width("abc"), 3);
    assert_int_equal(text_width("\xC3\xA9t\xC3\xA9"), 3);
    assert_int_equal(text_width("e\xCC\x81"), 1);                                    /* e and a combining accent */
    assert_int_equal(text_width("\xF0\x9F\x93\xA6"), 2);                             /* 📦 */
    assert_int_equal(text_width("\xE2\x9C\x8F\xEF\xB8\x8F"), 2);                     /* ✏️ */
    assert_int_equal(text_width("\xF0\x9F\x87\xA8\xF0\x9F\x87\xAC"), 2);             /* 🇨🇬 */
    assert_int_equal(text_width("\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9"), 2); /* joined */
    assert_int_equal(text_cut("abc", 2), 2);
    assert_int_equal(text_cut("\xF0\x9F\x93\xA6x", 1), 0);
    assert_int_equal(text_before_last("ab\xC3\xA9"), 2);
    assert_int_equal(text_before_last("e\xCC\x81"), 0);
    assert_int_equal(text_before_last(""), 0);
}

static void strangers_cannot_steer_the_terminal(void **state)
{
    (void)state;
    expect_layout("a\033[2Jb\007", 80, true, "a\xEF\xBF\xBD[2Jb\xEF\xBF\xBD");
    expect_layout("\xC2\x9Bx", 80, true, "\xEF\xBF\xBDx");
}

/* ---- cards ---- */

static struct card read_card(const char *body, const char *templates)
{
    char text[8192];
    struct error err;
    struct card card;
    struct templates *t = templates == NULL ? NULL : templates_read(json_parse(templates, strlen(templates), &err), &err);
    cJSON *item;

    snprintf(text, sizeof text, "{\"at_ms\":1737993600000,\"wamid\":\"wamid.OUT\",\"body\":%s}", body);
    item = json_parse(text, strlen(text), &err);
    assert_non_null(item);
    assert_true(card_read(item, t, &card));
    templates_free(t);
    return card;
}

static const char buttons[] =
    "{\"type\":\"interactive\",\"interactive\":{\"type\":\"button\",\"header\":{\"type\":\"text\",\"text\":\"Titre\"},\"body\":{\"text\":\"On *confirme* ?\"},"
    "\"footer\":{\"text\":\"TokTok\"},\"action\":{\"buttons\":[{\"type\":\"reply\",\"reply\":{\"id\":\"oui~1~m\",\"title\":\"\xE2\x9C\x85 Oui\"}},"
    "{\"type\":\"reply\",\"reply\":{\"id\":\"non~1~m\",\"title\":\"Non\"}}]}}}";
static const char rows[] =
    "{\"type\":\"interactive\",\"interactive\":{\"type\":\"list\",\"body\":{\"text\":\"Choisissez\"},\"action\":{\"button\":\"Voir\",\"sections\":[{\"title\":\"A\","
    "\"rows\":[{\"id\":\"r1\",\"title\":\"Un\",\"description\":\"premier\"},{\"id\":\"r2\",\"title\":\"Deux\"}]}]}}}";
static const char template[] =
    "{\"type\":\"template\",\"template\":{\"name\":\"mission_accepted\",\"language\":{\"code\":\"fr\"},\"components\":[{\"type\":\"body\",\"parameters\":["
    "{\"type\":\"text\",\"text\":\"Prisca\"},{\"type\":\"text\",\"text\":\"COUR-1\"}]},{\"type\":\"button\",\"sub_type\":\"quick_reply\",\"index\":\"0\","
    "\"parameters\":[{\"type\":\"payload\",\"payload\":\"suivre:1\"}]}]}}";
static const char approved[] = "[{\"name\":\"mission_accepted\",\"language\":\"fr\",\"body\":\"Bonjour {{1}}, {{2}} est prise. {{1}} !\",\"buttons\":[\"Suivre\"]}]";

static void expect_plain(const char *body, const char *templates, const char *expected)
{
    struct card card = read_card(body, templates);
    struct view v = { .look = VIEW_PLAIN, .width = 72, .french = true };
    char *out = NULL;
    size_t len;

    v.out = open_memstream(&out, &len);
    view_card(&v, &card);
    fclose(v.out);
    assert_string_equal(out, expected);
    free(out);
    card_free(&card);
}

static void plain_cards_read_like_chat_files(void **state)
{
    (void)state;
    expect_plain("{\"type\":\"text\",\"text\":{\"body\":\"un\\ndeux\"}}", NULL, "< un\n| deux\n");
    expect_plain(buttons, NULL, "< @header Titre\n| On *confirme* ?\n| @footer TokTok\n| [1] \xE2\x9C\x85 Oui\n| [2] Non\n");
    expect_plain(rows, NULL, "< Choisissez\n| @menu Voir\n| [1] Un :: premier\n| [2] Deux\n");
    expect_plain(template, NULL, "< @template mission_accepted (fr)\n| Prisca\n| COUR-1\n");
    expect_plain(template, approved, "< @template mission_accepted (fr)\n| Bonjour Prisca, COUR-1 est prise. Prisca !\n| [1] Suivre\n");
    expect_plain("{\"type\":\"interactive\",\"interactive\":{\"type\":\"location_request_message\",\"body\":{\"text\":\"O\xC3\xB9 ?\"},\"action\":{\"name\":\"send_location\"}}}",
                 NULL, "< O\xC3\xB9 ?\n| @ask-location\n");
    expect_plain("{\"type\":\"image\",\"image\":{\"link\":\"https://a.b/c.jpg\",\"caption\":\"Poulet\"}}", NULL, "< @image https://a.b/c.jpg\n| Poulet\n");
    expect_plain("{\"type\":\"interactive\",\"interactive\":{\"type\":\"cta_url\",\"body\":{\"text\":\"a\"},\"action\":{\"name\":\"cta_url\",\"parameters\":{\"display_text\":\"Ouvrir\","
                 "\"url\":\"https://a.b\"}}}}", NULL, "< a\n| @link Ouvrir :: https://a.b\n");
    expect_plain("{\"type\":\"contacts\",\"contacts\":[{\"name\":{\"formatted_name\":\"Junior\"},\"phones\":[{\"phone\":\"+242069876543\"}]}]}", NULL,
                 "< @contact\n| *Junior*\n| +242069876543\n");
    expect_plain("{\"type\":\"document\",\"document\":{\"link\":\"https://a.b/7.pdf\",\"caption\":\"Voici\",\"filename\":\"facture.pdf\"}}", NULL,
                 "< @document https://a.b/7.pdf :: facture.pdf\n| Voici\n");
    expect_plain("{\"type\":\"interactive\",\"interactive\":{\"type\":\"cta_url\",\"header\":{\"type\":\"video\",\"video\":{\"link\":\"https://a.b/v\"}},\"body\":{\"text\":\"a\"},"
                 "\"action\":{\"name\":\"cta_url\",\"parameters\":{\"display_text\":\"Ouvrir\",\"url\":\"https://a.b\"}}}}", NULL, "< @video https://a.b/v\n| a\n| @link Ouvrir :: https://a.b\n");
    expect_plain("{\"type\":\"hologram\",\"hologram\":{}}", NULL, "< @hologram \n");
}

static void boxes_are_straight_whatever_is_in_them(void **state)
{
    static const char *const bodies[] = {
        buttons, rows, template, "{\"type\":\"text\",\"text\":{\"body\":\"\xF0\x9F\x93\xA6 *Nouvelle course* \xE2\x9C\x8F\xEF\xB8\x8F \xC3\xA9\\nune ligne bien trop longue pour tenir dans une seule rang\xC3\xA9" "e de la bulle\"}}",
        "{\"type\":\"image\",\"image\":{\"link\":\"https://cdn.example.org/un/chemin/vraiment/tres/long/qui/ne/tient/pas/dans/la/bulle.jpg\",\"caption\":\"c\"}}",
        "{\"type\":\"text\",\"text\":{\"body\":\"\"}}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct card card = read_card(bodies[i], approved);
        struct view v = { .look = VIEW_BOXES, .width = 64, .french = true };
        char *out = NULL, *plain, *p;
        size_t len;
        int width = -1;

        v.out = open_memstream(&out, &len);
        view_card(&v, &card);
        fclose(v.out);
        plain = malloc(len + 1);
        p = plain;
        for (const char *q = out; *q != '\0';) {   /* without the styles */
            if (*q == '\033') {
                q = strchr(q, 'm') + 1;
                continue;
            }
            *p++ = *q++;
        }
        *p = '\0';
        for (char *rest = NULL, *line = strtok_r(plain, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
            if (width >= 0 && text_width(line) != width)
                fail_msg("not straight: \"%s\" has %d columns, the others %d", line, text_width(line), width);
            width = text_width(line);
        }
        assert_in_range(width, 8, 64);
        free(plain);
        free(out);
        card_free(&card);
    }
}

/* ---- lines ---- */

struct talk {
    struct history history;
    struct said    said;
    char           line[1024];
};

static void hear(struct talk *t, const char *body, const char *templates)
{
    struct card card = read_card(body, templates);

    history_add(&t->history, &card);
}

static const struct said *write_line(struct talk *t, const char *line)
{
    snprintf(t->line, sizeof t->line, "%s", line);
    said_read(t->line, &t->history, true, &t->said);
    return &t->said;
}

static void numbers_and_titles_tap_the_last_choices(void **state)
{
    struct talk *t = calloc(1, sizeof *t);

    (void)state;
    assert_int_equal(write_line(t, "1")->kind, SAID_TEXT);   /* nothing to tap yet */
    hear(t, buttons, NULL);
    assert_int_equal(write_line(t, "2")->kind, SAID_TAP);
    assert_string_equal(t->said.choice->id, "non~1~m");
    assert_int_equal(write_line(t, "NON.")->kind, SAID_TAP);
    assert_int_equal(write_line(t, "\xE2\x9C\x85 oui")->kind, SAID_TAP);
    assert_string_equal(t->said.words, "\xE2\x9C\x85 Oui");
    assert_int_equal(write_line(t, "3")->kind, SAID_TEXT);
    assert_int_equal(write_line(t, "8000")->kind, SAID_TEXT);
    assert_int_equal(write_line(t, "/texte 2")->kind, SAID_TEXT);
    assert_string_equal(t->said.text, "2");
    hear(t, "{\"type\":\"text\",\"text\":{\"body\":\"a\"}}", NULL);
    hear(t, rows, NULL);
    assert_int_equal(write_line(t, "2")->kind, SAID_TAP);
    assert_string_equal(t->said.choice->id, "r2");
    assert_int_equal(write_line(t, "/tap 1 2")->kind, SAID_TAP);
    assert_string_equal(t->said.choice->id, "non~1~m");
    assert_int_equal(write_line(t, "/tap 2")->kind, SAID_WRONG);
    assert_int_equal(write_line(t, "/tap 1 3")->kind, SAID_WRONG);
    assert_int_equal(write_line(t, "/tap 99")->kind, SAID_WRONG);
    history_free(&t->history);
    free(t);
}

static void commands_in_both_languages(void **state)
{
    struct talk *t = calloc(1, sizeof *t);

    (void)state;
    assert_int_equal(write_line(t, "/lieu -4.2634,15.2429 \"March\xC3\xA9 Total\"")->kind, SAID_PLACE);
    assert_true(t->said.latitude < -4.26 && t->said.longitude > 15.24);
    assert_string_equal(t->said.more, "March\xC3\xA9 Total");
    assert_int_equal(write_line(t, "/location 0,0")->kind, SAID_PLACE);
    assert_int_equal(write_line(t, "/lieu ici")->kind, SAID_WRONG);
    assert_int_equal(write_line(t, "/lieu 95,0")->kind, SAID_WRONG);
    assert_int_equal(write_line(t, "/image https://a.b/c.png \"une photo\"")->kind, SAID_IMAGE);
    assert_int_equal(write_line(t, "/image")->kind, SAID_WRONG);
    assert_int_equal(write_line(t, "/raw {\"type\":\"sticker\"}")->kind, SAID_RAW);
    assert_int_equal(write_line(t, "/wait 2")->kind, SAID_WAIT);
    assert_int_equal(t->said.wait_ms, 2000);
    assert_int_equal(write_line(t, "/attendre")->kind, SAID_WAIT);
    assert_int_equal(write_line(t, "/statut COUR-1 delivered")->kind, SAID_STATUS);
    assert_int_equal(write_line(t, "/statut COUR-1")->kind, SAID_WRONG);
    assert_int_equal(write_line(t, "/aide")->kind, SAID_HELP);
    assert_int_equal(write_line(t, "/quit")->kind, SAID_QUIT);
    assert_int_equal(write_line(t, "/dance")->kind, SAID_WRONG);
    assert_int_equal(write_line(t, "   ")->kind, SAID_NOTHING);
    assert_int_equal(write_line(t, "  Bonjour  ")->kind, SAID_TEXT);
    assert_string_equal(t->said.text, "Bonjour");
    free(t);
}

static void history_forgets_the_oldest_cards(void **state)
{
    struct history *h = calloc(1, sizeof *h);

    (void)state;
    for (int i = 0; i < HISTORY_KEPT + 5; i++) {
        struct card card = read_card(buttons, NULL);

        assert_int_equal(history_add(h, &card)->number, i + 1);
    }
    assert_null(history_find(h, 0));
    assert_null(history_find(h, 5));
    assert_non_null(history_find(h, 6));
    assert_int_equal(history_find(h, HISTORY_KEPT + 5)->number, HISTORY_KEPT + 5);
    assert_null(history_find(h, HISTORY_KEPT + 6));
    history_free(h);
    free(h);
}

/* ---- webhooks ---- */

static cJSON *webhook(struct talk *t, const char *line)
{
    static const struct lab_chat_options o = { .number = "555000111222333", .phone = "+242066123456", .name = "Zo\xC3\xA9" };
    struct error err = { "" };
    struct buf b;
    cJSON *tree;

    write_line(t, line);
    buf_init(&b, 1024 * 1024);
    if (!said_webhook(&t->said, &o, "wamid.IN1", &b, &err))
        fail_msg("%s: %s", line, err.text);
    for (size_t i = 0; i < b.len && t->said.kind != SAID_RAW; i++)
        assert_true((unsigned char)b.data[i] < 0x80);   /* escaped, as Meta does */
    tree = json_parse(buf_str(&b), b.len, &err);
    if (tree == NULL)
        fail_msg("%s: %s", buf_str(&b), err.text);
    buf_free(&b);
    return tree;
}

static const cJSON *message_of(const cJSON *tree) { return json_path(tree, "entry.1.changes.1.value.messages.1"); }

static void lines_become_metas_webhooks(void **state)
{
    struct talk *t = calloc(1, sizeof *t);
    cJSON *tree = webhook(t, "\xC3\xA7" "a va \xF0\x9F\x98\x80 a/b");
    const cJSON *m = message_of(tree);

    (void)state;
    assert_string_equal(json_str(tree, "object"), "whatsapp_business_account");
    assert_string_equal(json_str(json_path(tree, "entry.1.changes.1.value.contacts.1.profile"), "name"), "Zo\xC3\xA9");
    assert_string_equal(json_str(json_path(tree, "entry.1.changes.1.value.metadata"), "phone_number_id"), "555000111222333");
    assert_string_equal(json_str(m, "from"), "242066123456");
    assert_string_equal(json_str(m, "id"), "wamid.IN1");
    assert_string_equal(json_str(json_get(m, "text"), "body"), "\xC3\xA7" "a va \xF0\x9F\x98\x80 a/b");
    cJSON_Delete(tree);
    hear(t, buttons, NULL);
    tree = webhook(t, "2");
    m = message_of(tree);
    assert_string_equal(json_str(json_get(m, "context"), "id"), "wamid.OUT");
    assert_string_equal(json_str(json_path(m, "interactive.button_reply"), "id"), "non~1~m");
    cJSON_Delete(tree);
    hear(t, rows, NULL);
    tree = webhook(t, "1");
    assert_string_equal(json_str(json_path(message_of(tree), "interactive.list_reply"), "description"), "premier");
    cJSON_Delete(tree);
    hear(t, template, approved);
    tree = webhook(t, "Suivre");
    assert_string_equal(json_str(json_get(message_of(tree), "button"), "payload"), "suivre:1");
    cJSON_Delete(tree);
    tree = webhook(t, "/lieu -4.2634,15.2429 \"Total\"");
    assert_string_equal(json_str(json_get(message_of(tree), "location"), "name"), "Total");
    assert_true(cJSON_IsNumber(json_path(message_of(tree), "location.latitude")));
    cJSON_Delete(tree);
    tree = webhook(t, "/image https://a.b/c.png \"photo\"");
    assert_string_equal(json_str(json_get(message_of(tree), "image"), "mime_type"), "image/png");
    assert_string_equal(json_str(json_get(message_of(tree), "image"), "caption"), "photo");
    cJSON_Delete(tree);
    tree = webhook(t, "/raw {\"type\":\"sticker\",\"sticker\":{\"id\":\"1\"}}");
    assert_string_equal(json_str(message_of(tree), "from"), "242066123456");
    assert_string_equal(json_str(message_of(tree), "type"), "sticker");
    cJSON_Delete(tree);
    tree = webhook(t, "/raw {\"object\":\"whatsapp_business_account\",\"entry\":[]}");
    assert_int_equal(cJSON_GetArraySize(json_get(tree, "entry")), 0);
    cJSON_Delete(tree);
    history_free(&t->history);
    free(t);
}

/* ---- a whole conversation ---- */

struct toy {                     /* a host that offers two buttons for every text, and says which one was tapped */
    struct web    *web;
    struct fetch  *fetch;
    struct runner *runner;
    uint16_t       graph_port;
    int            refuse;
};

static void replied(void *ctx, const struct fetch_result *r)
{
    (void)ctx;
    assert_int_equal(r->status, 200);
}

static void reply_with(struct toy *t, const char *to, const char *rest)
{
    static const char *const headers[] = { "Authorization: Bearer T", "Content-Type: application/json", NULL };
    char url[128], body[2048];
    struct fetch_request rq = { .method = "POST", .url = url, .headers = headers, .body = body, .timeout_ms = 5000 };
    struct error err;

    snprintf(url, sizeof url, "http://127.0.0.1:%u/v26.0/555000111222333/messages", (unsigned)t->graph_port);
    rq.body_len = (size_t)snprintf(body, sizeof body, "{\"messaging_product\":\"whatsapp\",\"to\":\"+%s\",%s}", to, rest);
    assert_true(fetch_start(t->fetch, &rq, replied, t, &err));
}

static void take(void *ctx, struct web_request *rq)
{
    struct toy *t = ctx;
    struct error err;
    size_t len;
    const char *body = web_body(rq, &len), *from, *tapped;
    cJSON *tree = json_parse(body, len, &err);
    const cJSON *m = message_of(tree);
    char text[1024];

    assert_non_null(tree);
    web_reply(rq, t->refuse > 0 ? 503 : 200, NULL, NULL, 0);
    if (t->refuse > 0) {
        t->refuse--;
        cJSON_Delete(tree);
        return;
    }
    from = json_str(m, "from");
    tapped = json_str(json_path(m, "interactive.button_reply"), "title");
    snprintf(text, sizeof text, "\"type\":\"text\",\"text\":{\"body\":\"Choix : %s\"}", tapped == NULL ? "" : tapped);
    if (tapped == NULL)   /* without the braces around it */
        snprintf(text, sizeof text, "%.*s", (int)strlen(buttons) - 2, buttons + 1);
    reply_with(t, from, text);
    cJSON_Delete(tree);
}

static void toy_step(void *ctx, int timeout_ms)
{
    struct toy *t = ctx;

    (void)timeout_ms;
    web_step(t->web, 1);
    fetch_step(t->fetch, 0);
}

static void toy_wake(void *ctx) { web_wake(((struct toy *)ctx)->web); }

static void graph_step_for(void *ctx, int timeout_ms) { graph_step(ctx, timeout_ms); }

static void graph_wake_for(void *ctx) { graph_wake(ctx); }

/* Runs lab_chat() with the script on stdin; *out is what it printed, the caller's to free. */
static bool run_script(struct toy *t, const char *script, char **out)
{
    struct error err = { "" };
    struct graph *graph = graph_open(&(struct lab_graph_options){ .token = "T", .number = "555000111222333" }, &err);
    struct runner *graph_runner;
    struct lab_chat_options o = { .app_secret = "s", .number = "555000111222333", .phone = "+242066123456", .language = "fr", .quiet_ms = 150, .wait_ms = 3000 };
    char hook[64], base[64];
    FILE *in = tmpfile(), *file = tmpfile();
    int saved_in = dup(0), saved_out;
    long len;
    bool ok;

    assert_non_null(graph);
    t->graph_port = graph_port(graph);
    t->web = web_open(&(struct web_options){ .address = "127.0.0.1", .handler = take, .ctx = t }, &err);
    t->fetch = fetch_new(&(struct fetch_options){ .allow_private = true, .allow_http = true }, &err);
    assert_true(t->web != NULL && t->fetch != NULL && in != NULL && file != NULL);
    graph_runner = runner_start(graph_step_for, graph_wake_for, graph);
    t->runner = runner_start(toy_step, toy_wake, t);
    snprintf(hook, sizeof hook, "http://127.0.0.1:%u/whatsapp", (unsigned)web_port(t->web));
    snprintf(base, sizeof base, "http://127.0.0.1:%u", (unsigned)graph_port(graph));
    o.webhook_url = hook;
    o.graph_url = base;
    fputs(script, in);
    fflush(in);
    rewind(in);
    fflush(stdout);
    saved_out = dup(1);
    dup2(fileno(in), 0);
    dup2(fileno(file), 1);
    ok = lab_chat(&o, &err);
    fflush(stdout);
    dup2(saved_in, 0);
    dup2(saved_out, 1);
    close(saved_in);
    close(saved_out);
    runner_stop(t->runner);
    runner_stop(graph_runner);
    web_close(t->web, 0);
    fetch_free(t->fetch);
    graph_close(graph);
    len = lseek(fileno(file), 0, SEEK_END);
    *out = calloc(1, (size_t)len + 1);
    assert_non_null(*out);
    assert_int_equal(pread(fileno(file), *out, (size_t)len, 0), len);
    fclose(file);
    fclose(in);
    return ok;
}

static const char menu[] = "< @header Titre\n| On *confirme* ?\n| @footer TokTok\n| [1] \xE2\x9C\x85 Oui\n| [2] Non\n";

static void a_script_is_a_conversation(void **state)
{
    struct toy t = { 0 };
    char *out, expected[1024];

    (void)state;
    assert_true(run_script(&t, "# a comment\nBonjour\n2\n/lieu -4.2,15.2 \"Total\"\n\xE2\x9C\x85 Oui", &out));
    snprintf(expected, sizeof expected, "> Bonjour\n%s> Non\n< Choix : Non\n> \xF0\x9F\x93\x8D Total\n| -4.2,15.2\n%s> \xE2\x9C\x85 Oui\n< Choix : \xE2\x9C\x85 Oui\n",
             menu, menu);
    assert_string_equal(out, expected);
    free(out);
}

static void a_host_that_is_busy_gets_the_message_again(void **state)
{
    struct toy t = { .refuse = 2 };
    char *out;

    (void)state;
    assert_true(run_script(&t, "Bonjour\n", &out));
    assert_non_null(strstr(out, menu));
    assert_non_null(strstr(out, "# L'h\xC3\xB4te ne r\xC3\xA9pond pas"));
    free(out);
}

static void what_cannot_be_carried_out_fails_the_script(void **state)
{
    struct toy t = { 0 };
    char *out;

    (void)state;
    assert_false(run_script(&t, "/lieu nulle part\n/raw {broken\n", &out));
    assert_non_null(strstr(out, "# /lieu LAT,LON"));
    free(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_wrap_at_spaces),
        cmocka_unit_test(marks_become_styles_only_around_words),
        cmocka_unit_test(columns_are_what_terminals_use),
        cmocka_unit_test(strangers_cannot_steer_the_terminal),
        cmocka_unit_test(plain_cards_read_like_chat_files),
        cmocka_unit_test(boxes_are_straight_whatever_is_in_them),
        cmocka_unit_test(numbers_and_titles_tap_the_last_choices),
        cmocka_unit_test(commands_in_both_languages),
        cmocka_unit_test(history_forgets_the_oldest_cards),
        cmocka_unit_test(lines_become_metas_webhooks),
        cmocka_unit_test(a_script_is_a_conversation),
        cmocka_unit_test(a_host_that_is_busy_gets_the_message_again),
        cmocka_unit_test(what_cannot_be_carried_out_fails_the_script),
    };

    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
