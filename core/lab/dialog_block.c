/*
 * A message as the lines that a test shows. What is not words stands in lines that begin with @, what can be tapped in lines
 * that begin with [id]. The JSON form is read, not the struct, so that a kind of message that is new is shown all the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialog.h"

void lines_free(struct lines *l)
{
    for (size_t i = 0; i < l->count; i++)
        free(l->list[i]);
    free(l->list);
    *l = (struct lines){ 0 };
}

static bool lines_take(struct lines *l, char *text)
{
    char **list = text == NULL ? NULL : reallocarray(l->list, l->count + 1, sizeof *list);

    if (list == NULL) {
        free(text);
        return false;
    }
    l->list = list;
    list[l->count++] = text;
    return true;
}

bool lines_add(struct lines *l, const char *text) { return lines_take(l, match_fold(text)); }

bool lines_split(struct lines *l, const char *text)
{
    while (text != NULL) {
        size_t len = strcspn(text, "\n");
        char *one = strndup(text, len);
        bool ok = one != NULL && lines_add(l, one);

        free(one);
        if (!ok)
            return false;
        text = text[len] == '\0' ? NULL : text + len + 1;
    }
    return true;
}

void block_choice(const char *signed_id, char out[TALK_NAME_MAX + 1])
{
    (void)snprintf(out, TALK_NAME_MAX + 1, "%.*s", (int)strcspn(signed_id, "~"), signed_id);
}

/* "@word a" or "@word a b" */
static bool directive(struct lines *l, const char *word, const char *a, const char *b)
{
    struct buf text;
    bool ok;

    if (a == NULL)
        return true;
    buf_init(&text, DIALOG_TEXT_BYTES_MAX);
    buf_addf(&text, "@%s %s", word, a);
    if (b != NULL)
        buf_addf(&text, " %s", b);
    ok = buf_ok(&text) && lines_add(l, buf_str(&text));
    buf_free(&text);
    return ok;
}

static bool choice(struct lines *l, const cJSON *one)
{
    const char *id = json_str(one, "id"), *title = json_str(one, "title"), *description = json_str(one, "description");
    char name[TALK_NAME_MAX + 1];
    struct buf text;
    bool ok;

    block_choice(id == NULL ? "" : id, name);
    buf_init(&text, DIALOG_TEXT_BYTES_MAX);
    buf_addf(&text, "[%s]", name);
    if (title != NULL)
        buf_addf(&text, " %s", title);
    if (description != NULL && description[0] != '\0')
        buf_addf(&text, " :: %s", description);
    ok = buf_ok(&text) && lines_add(l, buf_str(&text));
    buf_free(&text);
    return ok;
}

static bool contact(struct lines *l, const cJSON *one)
{
    const char *name = json_str(one, "name"), *phone = json_str(one, "phone");
    struct buf text;
    bool ok;

    buf_init(&text, DIALOG_TEXT_BYTES_MAX);
    buf_addf(&text, "@contact %s :: %s", name == NULL ? "" : name, phone == NULL ? "" : phone);
    ok = buf_ok(&text) && lines_add(l, buf_str(&text));
    buf_free(&text);
    return ok;
}

/* Members that a line of its own shows, or that say nothing to a reader. */
static bool is_known(const char *key)
{
    static const char *const KNOWN[] = { "kind", "body", "header", "footer", "image", "menu", "template", "language", "source", "params",
                                         "param_names", "choices", "contacts", "url", "url_title" };

    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
        if (strcmp(KNOWN[i], key) == 0)
            return true;
    return false;
}

/* @video, @document, @audio… and whatever comes: the member's name and its value. */
static bool others(struct lines *l, const cJSON *form)
{
    const cJSON *one;

    cJSON_ArrayForEach(one, form) {
        char *text;
        bool ok;

        if (is_known(one->string))
            continue;
        text = cJSON_IsString(one) ? strdup(one->valuestring) : json_print(one, NULL);
        ok = text != NULL && directive(l, one->string, text, NULL);
        free(text);
        if (!ok)
            return false;
    }
    return true;
}

static bool link_line(struct lines *l, const cJSON *form)
{
    const char *url = json_str(form, "url"), *title = json_str(form, "url_title");
    struct buf text;
    bool ok;

    if (url == NULL)
        return true;
    buf_init(&text, DIALOG_TEXT_BYTES_MAX);
    buf_addf(&text, "@link %s :: %s", title == NULL ? "" : title, url);
    ok = buf_ok(&text) && lines_add(l, buf_str(&text));
    buf_free(&text);
    return ok;
}

static bool each(struct lines *l, const cJSON *list, bool (*add)(struct lines *, const cJSON *))
{
    const cJSON *one;

    cJSON_ArrayForEach(one, list)
        if (!add(l, one))
            return false;
    return true;
}

bool block_lines(const cJSON *form, struct lines *out)
{
    const char *body = json_str(form, "body"), *kind = json_str(form, "kind");
    bool template = json_str(form, "template") != NULL;

    *out = (struct lines){ 0 };
    if (directive(out, "template", json_str(form, "template"), template ? json_str(form, "language") : NULL) &&
        directive(out, "image", json_str(form, "image"), NULL) && others(out, form) && directive(out, "header", json_str(form, "header"), NULL) &&
        (body == NULL || body[0] == '\0' || lines_split(out, body)) && each(out, json_get(form, "contacts"), contact) &&
        (kind == NULL || strcmp(kind, "location_request") != 0 || lines_add(out, "@ask-location")) &&
        directive(out, "footer", json_str(form, "footer"), NULL) && link_line(out, form) &&
        directive(out, "menu", json_str(form, "menu"), NULL) && each(out, json_get(form, "choices"), choice))
        return true;
    lines_free(out);
    return false;
}
