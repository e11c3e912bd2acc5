#include "chat_card.h"

#include <stdlib.h>
#include <string.h>

#include "lisolo/base/buf.h"

enum { TEXT_MAX = 64 * 1024 };

void card_free(struct card *c)
{
    cJSON_Delete(c->tree);
    for (size_t i = 0; i < c->own_count; i++)
        free(c->own[i]);
    *c = (struct card){ 0 };
}

/* Makes the card the owner of the text, which may be NULL (out of memory): the same pointer back. */
static const char *own(struct card *c, char *text)
{
    if (text == NULL || c->own_count == CARD_OWN_MAX) {
        free(text);
        return NULL;
    }
    return c->own[c->own_count++] = text;
}

static void add_choice(struct card *c, enum choice_kind kind, const char *id, const char *title, const char *description)
{
    if (c->choice_count == CARD_CHOICES_MAX || id == NULL || title == NULL)
        return;
    c->choices[c->choice_count++] = (struct choice){ kind, id, title, description, NULL };
}

static void read_media(struct card *c, const cJSON *object, const char *kind)
{
    const cJSON *media = json_get(object, kind);

    c->media = kind;
    c->link = json_str(media, "link");
    if (c->link == NULL)
        c->link = json_str(media, "id");
    if (c->body == NULL)
        c->body = json_str(media, "caption");
    c->file_name = json_str(media, "filename");
}

static void read_buttons(struct card *c, const cJSON *action)
{
    const cJSON *button;

    cJSON_ArrayForEach(button, json_get(action, "buttons")) {
        const cJSON *reply = json_get(button, "reply");

        add_choice(c, CHOICE_BUTTON, json_str(reply, "id"), json_str(reply, "title"), NULL);
    }
}

static void read_list(struct card *c, const cJSON *action)
{
    const cJSON *section, *row;

    c->menu = json_str(action, "button");
    cJSON_ArrayForEach(section, json_get(action, "sections")) {
        size_t first = c->choice_count;

        cJSON_ArrayForEach(row, json_get(section, "rows"))
            add_choice(c, CHOICE_ROW, json_str(row, "id"), json_str(row, "title"), json_str(row, "description"));
        if (c->choice_count > first)
            c->choices[first].section = json_str(section, "title");
    }
}

static bool read_interactive(struct card *c, const cJSON *body)
{
    const cJSON *interactive = json_get(body, "interactive"), *header = json_get(interactive, "header");
    const cJSON *action = json_get(interactive, "action"), *parameters = json_get(action, "parameters");
    const char *type = json_str(interactive, "type"), *kind = json_str(header, "type");

    c->body = json_str(json_get(interactive, "body"), "text");
    c->footer = json_str(json_get(interactive, "footer"), "text");
    if (kind != NULL && strcmp(kind, "text") == 0)
        c->header = json_str(header, "text");
    else if (kind != NULL)
        read_media(c, header, kind);
    if (type == NULL)
        return true;
    if (strcmp(type, "button") == 0)
        read_buttons(c, action);
    else if (strcmp(type, "list") == 0)
        read_list(c, action);
    else if (strcmp(type, "location_request_message") == 0)
        c->asks_location = true;
    else if (strcmp(type, "cta_url") == 0) {
        c->url_title = json_str(parameters, "display_text");
        c->url = json_str(parameters, "url");
    } else {
        c->label = type;
    }
    return true;
}

/* The parameter that fills {{name}}: by name, or by position. */
static const char *param(const cJSON *parameters, const char *name, size_t len, int position)
{
    const cJSON *item;
    int n = 0;

    cJSON_ArrayForEach(item, parameters) {
        const char *given = json_str(item, "parameter_name");

        n++;
        if (given != NULL ? strlen(given) == len && memcmp(given, name, len) == 0 : n == position)
            return json_str(item, "text");
    }
    return NULL;
}

static void fill(struct buf *b, const char *text, const cJSON *parameters)
{
    const char *open, *close;

    while ((open = strstr(text, "{{")) != NULL && (close = strstr(open, "}}")) != NULL) {
        const char *value = param(parameters, open + 2, (size_t)(close - open - 2), atoi(open + 2));

        buf_add(b, text, (size_t)(open - text));
        if (value != NULL)
            buf_adds(b, value);
        else
            buf_add(b, open, (size_t)(close + 2 - open));
        text = close + 2;
    }
    buf_adds(b, text);
}

static const cJSON *component(const cJSON *template, const char *type)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, json_get(template, "components")) {
        const char *given = json_str(item, "type");

        if (given != NULL && strcmp(given, type) == 0)
            return item;
    }
    return NULL;
}

/* Quick replies: the title from the approved template, the payload from the send (else Meta gives the title back). */
static void read_quick_replies(struct card *c, const cJSON *template, const struct template *known)
{
    const cJSON *item;

    for (int i = 0; known != NULL && i < known->buttons; i++) {
        const char *title, *payload;

        if (known->button[i].kind != BUTTON_QUICK_REPLY || known->button[i].text == NULL)
            continue;
        payload = title = own(c, strdup(known->button[i].text));
        cJSON_ArrayForEach(item, json_get(template, "components")) {
            const char *type = json_str(item, "type"), *given = NULL;
            int64_t index;

            if (type != NULL && strcmp(type, "button") == 0 && json_int(item, "index", &index) && index == i)
                given = json_str(cJSON_GetArrayItem(json_get(item, "parameters"), 0), "payload");
            if (given != NULL)
                payload = given;
        }
        add_choice(c, CHOICE_QUICK_REPLY, payload, title, NULL);
    }
}

static bool read_template(struct card *c, const cJSON *body, const struct templates *templates)
{
    const cJSON *template = json_get(body, "template"), *item;
    const cJSON *parameters = json_get(component(template, "body"), "parameters"), *header = json_get(component(template, "header"), "parameters");
    const char *name = json_str(template, "name"), *language = json_str(json_get(template, "language"), "code");
    const char *kind = json_str(cJSON_GetArrayItem(header, 0), "type");
    const struct template *known = NULL;
    bool exists;
    struct buf b;

    if (name == NULL || language == NULL)
        return true;
    if (templates != NULL)
        known = templates_find(templates, name, language, &exists);
    buf_init(&b, TEXT_MAX);
    buf_addf(&b, "template %s (%s)", name, language);
    c->label = own(c, buf_take(&b, NULL));
    buf_init(&b, TEXT_MAX);
    if (known != NULL && known->body != NULL) {
        fill(&b, known->body, parameters);
    } else {
        cJSON_ArrayForEach(item, parameters)
            buf_addf(&b, "%s%s", b.len > 0 ? "\n" : "", json_str(item, "text") == NULL ? "" : json_str(item, "text"));
    }
    c->body = own(c, buf_take(&b, NULL));
    if (kind != NULL && strcmp(kind, "text") != 0)
        read_media(c, cJSON_GetArrayItem(header, 0), kind);
    if (known != NULL && known->footer != NULL)
        c->footer = own(c, strdup(known->footer));
    read_quick_replies(c, template, known);
    return c->label != NULL && c->body != NULL;
}

static bool read_contacts(struct card *c, const cJSON *body)
{
    const cJSON *contact, *phone;
    struct buf b;

    buf_init(&b, TEXT_MAX);
    cJSON_ArrayForEach(contact, json_get(body, "contacts")) {
        const char *name = json_str(json_get(contact, "name"), "formatted_name");

        buf_addf(&b, "%s*%s*", b.len > 0 ? "\n" : "", name == NULL ? "?" : name);
        cJSON_ArrayForEach(phone, json_get(contact, "phones"))
            buf_addf(&b, "\n%s", json_str(phone, "phone") == NULL ? "?" : json_str(phone, "phone"));
    }
    c->label = "contact";
    c->body = own(c, buf_take(&b, NULL));
    return c->body != NULL;
}

static bool read_place(struct card *c, const cJSON *body)
{
    const cJSON *location = json_get(body, "location");
    const char *name = json_str(location, "name"), *address = json_str(location, "address");
    const cJSON *latitude = json_get(location, "latitude"), *longitude = json_get(location, "longitude");
    struct buf b;

    buf_init(&b, TEXT_MAX);
    if (name != NULL)
        buf_addf(&b, "*%s*\n", name);
    if (address != NULL)
        buf_addf(&b, "%s\n", address);
    if (cJSON_IsNumber(latitude) && cJSON_IsNumber(longitude))
        buf_addf(&b, "%.6g, %.6g", latitude->valuedouble, longitude->valuedouble);
    c->label = "location";
    c->body = own(c, buf_take(&b, NULL));
    return c->body != NULL;
}

bool card_read(cJSON *item, const struct templates *templates, struct card *out)
{
    const cJSON *body = json_get(item, "body");
    const char *type = json_str(body, "type");
    bool ok = true;

    *out = (struct card){ .tree = item, .wamid = json_str(item, "wamid") };
    if (!cJSON_IsObject(body) || out->wamid == NULL || !json_int(item, "at_ms", &out->at_ms)) {
        card_free(out);
        return false;
    }
    if (type == NULL || strcmp(type, "text") == 0)
        out->body = json_str(json_get(body, "text"), "body");
    else if (strcmp(type, "interactive") == 0)
        ok = read_interactive(out, body);
    else if (strcmp(type, "template") == 0)
        ok = read_template(out, body, templates);
    else if (strcmp(type, "contacts") == 0)
        ok = read_contacts(out, body);
    else if (strcmp(type, "location") == 0)
        ok = read_place(out, body);
    else if (strcmp(type, "reaction") == 0)
        out->label = "reaction", out->body = json_str(json_get(body, "reaction"), "emoji");
    else
        read_media(out, body, type);
    if (!ok)
        card_free(out);
    return ok;
}
