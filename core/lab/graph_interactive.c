/*
 * Interactive messages, whatsapp.md §4.8: reply buttons, lists, location requests, links.
 */
#include <stdio.h>
#include <string.h>

#include "graph_check.h"
#include "graph_limits.h"
#include "graph_shape.h"

static const char *const place = "interactive";

static bool check_header(const cJSON *interactive, bool media, struct refusal *why)
{
    static const char *const known[] = { "type", "text", "image", "video", "document", NULL };
    static const char *const where = "interactive['header']";
    const cJSON *header = json_get(interactive, "header");
    const char *type, *text;

    if (header == NULL)
        return true;
    if (!cJSON_IsObject(header))
        return refuse(why, CODE_PARAMETER, "Param %s must be a JSON object.", where);
    if (!shape_keys(why, header, where, known) || !shape_text(why, header, where, "type", 20, 0, &type))
        return false;
    if (strcmp(type, "text") == 0)
        return shape_text(why, header, where, "text", LIMIT_HEADER, SHAPE_LINE, &text);
    if (strcmp(type, "image") != 0 && strcmp(type, "video") != 0 && strcmp(type, "document") != 0)
        return refuse(why, CODE_VALUE, "%s['type'] must be one of text, image, video, document.", where);
    if (!media)
        return refuse(why, CODE_VALUE, "%s['type'] must be text for this interactive type.", where);
    return shape_media(why, header, where, type, strcmp(type, "document") == 0 ? SHAPE_FILENAME : 0);
}

static bool check_words(const cJSON *interactive, const char *key, size_t max, bool optional, struct refusal *why)
{
    static const char *const known[] = { "text", NULL };
    const cJSON *object = json_get(interactive, key);
    const char *text;
    char where[SHAPE_WHERE];

    if (object == NULL && optional)
        return true;
    object = shape_object(why, interactive, place, key);
    if (object == NULL)
        return false;
    snprintf(where, sizeof where, "interactive['%s']", key);
    return shape_keys(why, object, where, known) && shape_text(why, object, where, "text", max, 0, &text);
}

static bool check_button(const cJSON *button, const char *where, const char **id, const char **title, struct refusal *why)
{
    static const char *const known[] = { "type", "reply", NULL };
    static const char *const known_reply[] = { "id", "title", NULL };
    const cJSON *reply;
    const char *type;
    char inner[SHAPE_WHERE];

    if (!cJSON_IsObject(button))
        return refuse(why, CODE_PARAMETER, "Param %s must be a JSON object.", where);
    if (!shape_keys(why, button, where, known) || !shape_text(why, button, where, "type", 20, 0, &type))
        return false;
    if (strcmp(type, "reply") != 0)
        return refuse(why, CODE_VALUE, "%s['type'] must be reply.", where);
    reply = shape_object(why, button, where, "reply");
    snprintf(inner, sizeof inner, "%.120s['reply']", where);
    return reply != NULL && shape_keys(why, reply, inner, known_reply) &&
           shape_text(why, reply, inner, "id", LIMIT_BUTTON_ID, SHAPE_TIGHT, id) &&
           shape_text(why, reply, inner, "title", LIMIT_BUTTON_TITLE, SHAPE_TIGHT | SHAPE_LINE, title);
}

static bool check_buttons(const cJSON *action, struct refusal *why)
{
    static const char *const known[] = { "buttons", NULL };
    const char *ids[LIMIT_BUTTONS], *titles[LIMIT_BUTTONS];
    const cJSON *buttons, *button;
    char where[SHAPE_WHERE];
    int n = 0;

    if (!shape_keys(why, action, "interactive['action']", known))
        return false;
    buttons = shape_list(why, action, "interactive['action']", "buttons", 1, LIMIT_BUTTONS);
    if (buttons == NULL)
        return false;
    cJSON_ArrayForEach(button, buttons) {
        snprintf(where, sizeof where, "interactive['action']['buttons'][%d]", n);
        if (!check_button(button, where, &ids[n], &titles[n], why))
            return false;
        for (int i = 0; i < n; i++)
            if (strcmp(ids[i], ids[n]) == 0 || strcmp(titles[i], titles[n]) == 0)
                return refuse(why, CODE_VALUE, "%s: duplicated button %s.", where, strcmp(ids[i], ids[n]) == 0 ? "id" : "title");
        n++;
    }
    return true;
}

static bool check_row(const cJSON *row, const char *where, const char **id, struct refusal *why)
{
    static const char *const known[] = { "id", "title", "description", NULL };
    const char *text;

    if (!cJSON_IsObject(row))
        return refuse(why, CODE_PARAMETER, "Param %s must be a JSON object.", where);
    return shape_keys(why, row, where, known) && shape_text(why, row, where, "id", LIMIT_ROW_ID, SHAPE_TIGHT, id) &&
           shape_text(why, row, where, "title", LIMIT_ROW_TITLE, SHAPE_TIGHT | SHAPE_LINE, &text) &&
           shape_text(why, row, where, "description", LIMIT_ROW_DESCRIPTION, SHAPE_OPTIONAL | SHAPE_LINE, &text);
}

struct rows {
    const char *ids[LIMIT_LIST_ROWS];
    int         count;
};

static bool check_section(const cJSON *section, const char *where, bool titled, struct rows *seen, struct refusal *why)
{
    static const char *const known[] = { "title", "rows", NULL };
    const cJSON *rows, *row;
    const char *title;
    char inner[SHAPE_WHERE];
    int n = 0;

    if (!cJSON_IsObject(section))
        return refuse(why, CODE_PARAMETER, "Param %s must be a JSON object.", where);
    if (!shape_keys(why, section, where, known) ||
        !shape_text(why, section, where, "title", LIMIT_SECTION_TITLE, (titled ? 0 : SHAPE_OPTIONAL) | SHAPE_LINE, &title))
        return false;
    rows = shape_list(why, section, where, "rows", 1, LIMIT_LIST_ROWS);
    if (rows == NULL)
        return false;
    cJSON_ArrayForEach(row, rows) {
        snprintf(inner, sizeof inner, "%.120s['rows'][%d]", where, n++);
        if (seen->count == LIMIT_LIST_ROWS)
            return refuse(why, CODE_VALUE, "interactive['action']['sections']: total row count exceeds max allowed count: %d.",
                          LIMIT_LIST_ROWS);
        if (!check_row(row, inner, &seen->ids[seen->count], why))
            return false;
        for (int i = 0; i < seen->count; i++)
            if (strcmp(seen->ids[i], seen->ids[seen->count]) == 0)
                return refuse(why, CODE_VALUE, "%s: duplicated row id.", inner);
        seen->count++;
    }
    return true;
}

static bool check_list(const cJSON *action, struct refusal *why)
{
    static const char *const known[] = { "button", "sections", NULL };
    const cJSON *sections, *section;
    struct rows seen = { .count = 0 };
    const char *button;
    char where[SHAPE_WHERE];
    int n = 0;

    if (!shape_keys(why, action, "interactive['action']", known) ||
        !shape_text(why, action, "interactive['action']", "button", LIMIT_LIST_BUTTON, SHAPE_TIGHT | SHAPE_LINE, &button))
        return false;
    sections = shape_list(why, action, "interactive['action']", "sections", 1, LIMIT_LIST_SECTIONS);
    if (sections == NULL)
        return false;
    cJSON_ArrayForEach(section, sections) {
        snprintf(where, sizeof where, "interactive['action']['sections'][%d]", n++);
        if (!check_section(section, where, cJSON_GetArraySize(sections) > 1, &seen, why))
            return false;
    }
    return true;
}

static bool check_name(const cJSON *action, const char *name, struct refusal *why)
{
    const char *given;

    if (!shape_text(why, action, "interactive['action']", "name", 40, 0, &given))
        return false;
    if (strcmp(given, name) != 0)
        return refuse(why, CODE_VALUE, "interactive['action']['name'] must be %s.", name);
    return true;
}

static bool check_location_request(const cJSON *action, struct refusal *why)
{
    static const char *const known[] = { "name", NULL };

    return shape_keys(why, action, "interactive['action']", known) && check_name(action, "send_location", why);
}

static bool check_cta(const cJSON *action, struct refusal *why)
{
    static const char *const known[] = { "name", "parameters", NULL };
    static const char *const known_parameters[] = { "display_text", "url", NULL };
    static const char *const where = "interactive['action']['parameters']";
    const cJSON *parameters;
    const char *text, *url;

    if (!shape_keys(why, action, "interactive['action']", known) || !check_name(action, "cta_url", why))
        return false;
    parameters = shape_object(why, action, "interactive['action']", "parameters");
    return parameters != NULL && shape_keys(why, parameters, where, known_parameters) &&
           shape_text(why, parameters, where, "display_text", LIMIT_CTA_TEXT, SHAPE_TIGHT | SHAPE_LINE, &text) &&
           shape_text(why, parameters, where, "url", LIMIT_URL, SHAPE_TIGHT, &url) && shape_url(why, url, where, "url", true);
}

static const struct kind {
    const char *type;
    bool (*check)(const cJSON *action, struct refusal *why);
    size_t body_max;
    bool   header, media;   /* a header is allowed; it may be a picture */
} kinds[] = {
    { "button",                   check_buttons,          LIMIT_INTERACTIVE_BODY, true,  true },
    { "list",                     check_list,             LIMIT_LIST_BODY,        true,  false },
    { "cta_url",                  check_cta,              LIMIT_INTERACTIVE_BODY, true,  true },
    { "location_request_message", check_location_request, LIMIT_INTERACTIVE_BODY, false, false },
};

bool graph_check_interactive(const cJSON *body, struct refusal *why)
{
    static const char *const known[] = { "type", "header", "body", "footer", "action", NULL };
    const cJSON *interactive = json_get(body, "interactive"), *action;
    const struct kind *kind = NULL;
    const char *type;

    if (!shape_keys(why, interactive, place, known) || !shape_text(why, interactive, place, "type", 40, 0, &type))
        return false;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].type, type) == 0)
            kind = &kinds[i];
    if (kind == NULL)
        return refuse(why, CODE_TYPE, "interactive['type'] \"%.40s\" is not one that this stand-in knows.", type);
    if (!kind->header && json_get(interactive, "header") != NULL)
        return refuse(why, CODE_PARAMETER, "Unexpected key \"header\" on param \"interactive\".");
    action = shape_object(why, interactive, place, "action");
    return action != NULL && check_header(interactive, kind->media, why) &&
           check_words(interactive, "body", kind->body_max, false, why) &&
           check_words(interactive, "footer", LIMIT_FOOTER, true, why) && kind->check(action, why);
}
