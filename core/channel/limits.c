/*
 * WhatsApp's limits on a message. One violation rejects the whole message at Meta (131009, whatsapp.md §4.1), so they are
 * all known at load (`lisolo check`) and looked at again before a message is queued.
 *
 * WhatsApp does not say whether it counts code points or UTF-16 units (§14). There are never fewer units than points,
 * so units are what counts here.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lisolo/base/utf8.h"
#include "private.h"

enum { IDENTIFIER_MAX = 512 /* §6.2, where Meta gives it for templates */, CONTACT_NAME_MAX = 100 /* our own: a name */ };

/* ---- where findings go: into a list of problems, or only the first into an error ---- */

struct sink {
    const struct channel_place *where;
    struct problems            *out;       /* NULL: only `first` */
    struct error               *first;
    size_t                      errors;
};

static void report(struct sink *s, enum problem_severity severity, const char *code, const char *hint, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

static void report(struct sink *s, enum problem_severity severity, const char *code, const char *hint, const char *format, ...)
{
    char text[ERROR_TEXT_MAX - 16];
    va_list args;

    if (severity == PROBLEM_ERROR)
        s->errors++;
    else if (s->out == NULL)
        return;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (s->out != NULL)
        problems_add(s->out, severity, code, s->where == NULL ? "" : s->where->file, s->where == NULL ? 0 : s->where->line,
                     s->where == NULL ? 0 : s->where->column, hint, "%s", text);
    else if (s->errors == 1)
        error_set(s->first, "%s: %s", code, text);
}

/* ---- single texts ---- */

/* False: reported, and nothing else can be said about it. */
static bool readable(struct sink *s, const char *what, const char *text)
{
    if (utf8_valid(text, strlen(text)))
        return true;
    report(s, PROBLEM_ERROR, "M20", NULL, "%s is not UTF-8", what);
    return false;
}

static bool blank(const char *text)
{
    return text == NULL || text[strspn(text, " \t\r\n")] == '\0';
}

static void too_long(struct sink *s, const char *code, const char *what, const char *text, size_t max)
{
    size_t units, points;

    if (strlen(text) <= max)               /* never fewer bytes than units */
        return;
    units = utf8_units(text);
    if (units <= max)
        return;
    points = utf8_points(text);
    if (points > max)
        report(s, PROBLEM_ERROR, code, NULL, "%s has %zu characters, WhatsApp accepts %zu: \"%.60s\"", what, points, max, text);
    else
        report(s, PROBLEM_ERROR, code, "An emoji counts as two or more.", "%s has %zu characters, but %zu with its emoji counted "
               "as WhatsApp may count them; it accepts %zu: \"%.60s\"", what, points, units, max, text);
}

/* A header, footer or description. NULL is fine. */
static void short_text(struct sink *s, const char *what, const char *text, size_t max)
{
    if (text == NULL || !readable(s, what, text))
        return;
    if (blank(text))
        report(s, PROBLEM_ERROR, "M11", NULL, "%s is empty", what);
    too_long(s, "M10", what, text, max);
}

/* A title, id or menu word: one line, without space around it (§4.8, §10). NULL is fine. */
static void title_text(struct sink *s, const char *what, const char *text, size_t max)
{
    short_text(s, what, text, max);
    if (text == NULL || blank(text))
        return;
    if (strpbrk(text, "\r\n\t") != NULL)
        report(s, PROBLEM_ERROR, "M11", NULL, "%s holds a line break or a tab: \"%.60s\"", what, text);
    else if (text[0] == ' ' || text[strlen(text) - 1] == ' ')
        report(s, PROBLEM_ERROR, "M11", "Remove the space.", "%s begins or ends with a space: \"%.60s\"", what, text);
}

static void link_text(struct sink *s, const char *what, const char *link)
{
    static const char scheme[] = "https://";

    if (link == NULL || !readable(s, what, link))
        return;
    if (strncmp(link, scheme, sizeof scheme - 1) != 0)
        report(s, PROBLEM_ERROR, "M14", "Meta fetches it itself, by https only.", "%s does not begin with https://: \"%.100s\"",
               what, link);
    else if (strchr("/?#:", link[sizeof scheme - 1]) != NULL)      /* the NUL is found too */
        report(s, PROBLEM_ERROR, "M14", NULL, "%s names no host: \"%.100s\"", what, link);
    else if (strlen(link) > CHANNEL_URL_MAX)
        report(s, PROBLEM_ERROR, "M14", NULL, "%s is longer than %d: \"%.100s\"", what, CHANNEL_URL_MAX, link);
    else if (strpbrk(link, " \t\r\n\"<>\\") != NULL)
        report(s, PROBLEM_ERROR, "M14", NULL, "%s holds a character that a link cannot hold: \"%.100s\"", what, link);
}

/* ---- what each kind of message is made of ---- */

enum need { NEVER, MAYBE, ALWAYS };

struct shape {
    const char *name;
    enum need   body, header, footer, image, video, document, audio, sticker, menu, description;
    enum need   link, contacts;            /* link: url and url_title */
    size_t      body_max;
    size_t      choices_min, choices_max;
    size_t      title_max, id_max;
    const char *choice, *title, *id;       /* how a choice and its parts are called */
};

static const struct shape SHAPES[] = {
    [MESSAGE_TEXT] = { .name = "a text", .body = ALWAYS, .body_max = CHANNEL_TEXT_MAX },
    [MESSAGE_BUTTONS] = { .name = "a message with buttons", .body = ALWAYS, .header = MAYBE, .footer = MAYBE, .image = MAYBE,
                          .video = MAYBE, .document = MAYBE,
                          .body_max = CHANNEL_BODY_MAX, .choices_min = 1, .choices_max = CHANNEL_BUTTONS_MAX,
                          .title_max = CHANNEL_BUTTON_TITLE_MAX, .id_max = CHANNEL_BUTTON_ID_MAX,
                          .choice = "button", .title = "a button's title", .id = "a button's id" },
    [MESSAGE_LIST] = { .name = "a list", .body = ALWAYS, .header = MAYBE, .footer = MAYBE, .menu = ALWAYS, .description = MAYBE,
                       .body_max = CHANNEL_BODY_MAX, .choices_min = 1, .choices_max = CHANNEL_ROWS_MAX,
                       .title_max = CHANNEL_ROW_TITLE_MAX, .id_max = CHANNEL_ROW_ID_MAX,
                       .choice = "row", .title = "a row's title", .id = "a row's id" },
    [MESSAGE_LOCATION_REQUEST] = { .name = "a location request", .body = ALWAYS, .body_max = CHANNEL_BODY_MAX },
    [MESSAGE_IMAGE] = { .name = "an image", .body = MAYBE, .image = ALWAYS, .body_max = CHANNEL_BODY_MAX },
    [MESSAGE_TEMPLATE] = { .name = "a template", .body = MAYBE, .image = MAYBE, .body_max = CHANNEL_BODY_MAX,
                           .choices_max = CHANNEL_TEMPLATE_BUTTONS_MAX, .title_max = CHANNEL_TEMPLATE_BUTTON_MAX,
                           .id_max = CHANNEL_PAYLOAD_MAX,
                           .choice = "button", .title = "a button's title", .id = "a button's payload" },
    [MESSAGE_LINK] = { .name = "a message with a link", .body = ALWAYS, .header = MAYBE, .footer = MAYBE, .image = MAYBE,
                       .video = MAYBE, .document = MAYBE, .link = ALWAYS, .body_max = CHANNEL_BODY_MAX },
    [MESSAGE_VIDEO] = { .name = "a video", .body = MAYBE, .video = ALWAYS, .body_max = CHANNEL_BODY_MAX },
    [MESSAGE_DOCUMENT] = { .name = "a document", .body = MAYBE, .document = ALWAYS, .body_max = CHANNEL_BODY_MAX },
    [MESSAGE_AUDIO] = { .name = "an audio file", .audio = ALWAYS },
    [MESSAGE_STICKER] = { .name = "a sticker", .sticker = ALWAYS },
    [MESSAGE_CONTACTS] = { .name = "a contact card", .contacts = ALWAYS },
};

static void part(struct sink *s, const struct shape *shape, enum need need, const char *what, const char *text)
{
    if (need == ALWAYS && text == NULL)
        report(s, PROBLEM_ERROR, "M21", NULL, "%s needs %s", shape->name, what);
    if (need == NEVER && text != NULL)
        report(s, PROBLEM_ERROR, "M20", NULL, "%s cannot have %s", shape->name, what);
}

static void check_body(struct sink *s, const struct message *m, const struct shape *shape)
{
    if (m->body == NULL || shape->body == NEVER || !readable(s, "the text", m->body))
        return;
    if (blank(m->body) && shape->body == ALWAYS)
        report(s, PROBLEM_ERROR, "M12", NULL, "the text is empty");
    too_long(s, "M12", shape->choices_max == 0 && shape->body == MAYBE ? "the caption" : "the text", m->body, shape->body_max);
}

static void check_media(struct sink *s, const struct message *m, const struct shape *shape)
{
    int above = (m->header != NULL) + (m->image != NULL) + (m->video != NULL) + (m->document != NULL);

    part(s, shape, shape->image, "an image", m->image);
    part(s, shape, shape->video, "a video", m->video);
    part(s, shape, shape->document, "a document", m->document);
    part(s, shape, shape->audio, "an audio file", m->audio);
    part(s, shape, shape->sticker, "a sticker", m->sticker);
    if (above > 1)
        report(s, PROBLEM_ERROR, "M20", "Keep one of them.", "a header and an image take the same place");
    link_text(s, "the image", m->image);
    link_text(s, "the video", m->video);
    link_text(s, "the document", m->document);
    link_text(s, "the audio file", m->audio);
    link_text(s, "the sticker", m->sticker);
    if (m->file_name != NULL && m->document == NULL)
        report(s, PROBLEM_ERROR, "M20", NULL, "only a document has a file name");
    title_text(s, "the file name", m->file_name, CHANNEL_FILE_NAME_MAX);
}

static void check_link(struct sink *s, const struct message *m, const struct shape *shape)
{
    part(s, shape, shape->link, "a link", m->url);
    part(s, shape, shape->link, "a word for its link", m->url_title);
    link_text(s, "the link", m->url);
    title_text(s, "the word of the link", m->url_title, CHANNEL_LINK_TITLE_MAX);
}

/* "+" and 7 to 15 digits, E.164. */
static bool is_number(const char *phone)
{
    size_t digits = phone == NULL || phone[0] != '+' ? 0 : strspn(phone + 1, "0123456789");

    return digits >= 7 && digits <= 15 && phone[1 + digits] == '\0';
}

static void check_contacts(struct sink *s, const struct message *m, const struct shape *shape)
{
    part(s, shape, shape->contacts, "a contact", m->contact_count == 0 ? NULL : "");
    for (size_t i = 0; i < m->contact_count; i++) {
        title_text(s, "a contact's name", m->contacts[i].name, CONTACT_NAME_MAX);
        if (!is_number(m->contacts[i].phone))
            report(s, PROBLEM_ERROR, "M20", NULL, "a contact's number is not + and 7 to 15 digits: \"%.40s\"", m->contacts[i].phone);
    }
}

static void check_parts(struct sink *s, const struct message *m, const struct shape *shape)
{
    part(s, shape, shape->body, "a text", m->body);
    part(s, shape, shape->header, "a header", m->header);
    part(s, shape, shape->footer, "a footer", m->footer);
    part(s, shape, shape->menu, "a menu word", m->menu);
    check_media(s, m, shape);
    check_link(s, m, shape);
    check_contacts(s, m, shape);
    check_body(s, m, shape);
    short_text(s, "the header", m->header, CHANNEL_HEADER_MAX);
    short_text(s, "the footer", m->footer, CHANNEL_FOOTER_MAX);
    title_text(s, "the menu word", m->menu, CHANNEL_MENU_MAX);
}

/* ---- choices ---- */

static void check_count(struct sink *s, const struct message *m, const struct shape *shape)
{
    if (m->choice_count > shape->choices_max && shape->choices_max == 0)
        report(s, PROBLEM_ERROR, "M20", NULL, "%s cannot have buttons", shape->name);
    else if (m->choice_count > shape->choices_max)
        report(s, PROBLEM_ERROR, "M09", m->kind == MESSAGE_BUTTONS ? "With a menu (@menu) it becomes a list of up to 10 rows." : NULL,
               "%zu %ss, WhatsApp accepts %zu", m->choice_count, shape->choice, shape->choices_max);
    else if (m->choice_count < shape->choices_min)
        report(s, PROBLEM_ERROR, "M09", NULL, "%s needs at least one %s", shape->name, shape->choice);
}

static void check_choice(struct sink *s, const struct message *m, const struct shape *shape, const struct message_choice *c)
{
    if (c->id == NULL || blank(c->id))
        report(s, PROBLEM_ERROR, "M11", NULL, "%s is empty", shape->id);
    else
        title_text(s, shape->id, c->id, shape->id_max);
    if (c->title == NULL && m->kind != MESSAGE_TEMPLATE)       /* a template's titles are Meta's copy */
        report(s, PROBLEM_ERROR, "M11", NULL, "%s is empty", shape->title);
    title_text(s, shape->title, c->title, shape->title_max);
    if (shape->description == NEVER)
        part(s, shape, NEVER, "descriptions", c->description);
    if (shape->description != NEVER && c->description != NULL && c->description[0] != '\0')
        short_text(s, "a row's description", c->description, CHANNEL_ROW_DESCRIPTION_MAX);
}

static bool same(const char *a, const char *b) { return a != NULL && b != NULL && strcmp(a, b) == 0; }

/* Rows of data may well be called the same (two parcels for one address); buttons may not (§4.8). */
static void check_twins(struct sink *s, const struct message *m, const struct shape *shape)
{
    for (size_t i = 0; i < m->choice_count; i++)
        for (size_t j = 0; j < i; j++) {
            const struct message_choice *a = &m->choices[j], *b = &m->choices[i];

            if (same(a->title, b->title))
                report(s, m->kind == MESSAGE_LIST ? PROBLEM_WARNING : PROBLEM_ERROR, "M11", NULL, "two %ss have the title \"%.60s\"",
                       shape->choice, b->title);
            if (same(a->id, b->id))
                report(s, PROBLEM_ERROR, "M11", NULL, "two %ss have the id \"%.60s\"", shape->choice, b->id);
        }
}

/* ---- templates ---- */

/* Meta's identifiers: template names (§6.2) and names of parameters are [a-z0-9_]. */
static bool identifier(const char *name, size_t max)
{
    size_t len = name == NULL ? 0 : strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

    return len > 0 && len <= max && name[len] == '\0';
}

static void check_param(struct sink *s, const char *text, size_t number)
{
    char what[40];

    (void)snprintf(what, sizeof what, "parameter %zu", number);
    if (blank(text))
        report(s, PROBLEM_ERROR, "T05", NULL, "%s is empty", what);
    else if (!readable(s, what, text))
        return;
    else if (strpbrk(text, "\r\n\t") != NULL)
        report(s, PROBLEM_ERROR, "T08", NULL, "%s holds a line break or a tab: \"%.60s\"", what, text);
    else if (strstr(text, "     ") != NULL)                    /* no more than four in a row, §4.9 */
        report(s, PROBLEM_ERROR, "T08", NULL, "%s holds five spaces in a row: \"%.60s\"", what, text);
}

static void check_template(struct sink *s, const struct message *m)
{
    size_t units = 0;

    if (!identifier(m->template_name, IDENTIFIER_MAX))
        report(s, PROBLEM_ERROR, "T01", NULL, "a template's name is made of a-z, 0-9 and _, at most %d: \"%.60s\"",
               IDENTIFIER_MAX, m->template_name == NULL ? "" : m->template_name);
    if (blank(m->language))
        report(s, PROBLEM_ERROR, "T07", NULL, "a template needs a language");
    else
        (void)readable(s, "the language", m->language);
    for (size_t i = 0; i < m->param_count; i++) {
        check_param(s, m->params[i], i + 1);
        if (m->param_names != NULL && !identifier(m->param_names[i], IDENTIFIER_MAX))
            report(s, PROBLEM_ERROR, "T01", NULL, "the name of parameter %zu is made of a-z, 0-9 and _: \"%.60s\"", i + 1,
                   m->param_names[i] == NULL ? "" : m->param_names[i]);
        if (m->params[i] != NULL)
            units += utf8_units(m->params[i]);
    }
    if (units > CHANNEL_BODY_MAX)
        report(s, PROBLEM_ERROR, "M12", NULL, "the parameters alone have %zu characters, WhatsApp accepts %d for the whole text",
               units, CHANNEL_BODY_MAX);
}

/* ---- all of it ---- */

static bool check(struct sink *s, const struct message *m)
{
    const struct shape *shape;

    if ((size_t)m->kind >= sizeof SHAPES / sizeof SHAPES[0]) {
        report(s, PROBLEM_ERROR, "M20", NULL, "an unknown kind of message");
        return false;
    }
    shape = &SHAPES[m->kind];
    check_parts(s, m, shape);
    check_count(s, m, shape);
    for (size_t i = 0; i < m->choice_count && shape->choices_max > 0; i++)
        check_choice(s, m, shape, &m->choices[i]);
    check_twins(s, m, shape);
    if (m->kind == MESSAGE_TEMPLATE)
        check_template(s, m);
    else if (m->template_name != NULL || m->param_count > 0)
        report(s, PROBLEM_ERROR, "M20", NULL, "%s cannot have a template or parameters", shape->name);
    return s->errors == 0;
}

bool channel_check(const struct message *m, const struct channel_place *where, struct problems *out)
{
    struct sink s = { .where = where, .out = out };

    return check(&s, m);
}

bool channel_fits(const struct message *m, struct error *err)
{
    struct sink s = { .first = err };

    return check(&s, m);
}
