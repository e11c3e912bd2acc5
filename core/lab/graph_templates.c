#include "graph_templates.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lisolo/base/file.h"

enum { FILE_MAX = 4 * 1024 * 1024 };

struct templates {
    cJSON           *tree;
    struct template *list;
    size_t           count;
};

/* Adds {{name}} or {{1}} unless it is there already: one value may be used twice. */
static bool add_param(struct template *t, const char *name, size_t len)
{
    char text[TEMPLATE_PARAM_NAME];

    if (len == 0 || len >= TEMPLATE_PARAM_NAME)
        return false;
    memcpy(text, name, len);
    text[len] = '\0';
    for (int i = 0; i < t->params; i++)
        if (strcmp(t->names[i], text) == 0)
            return true;
    if (t->params == TEMPLATE_PARAMS_MAX)
        return false;
    memcpy(t->names[t->params++], text, len + 1);
    t->named = t->named || !isdigit((unsigned char)text[0]);
    return true;
}

static bool scan_params(struct template *t, const char *text)
{
    const char *open = text, *close;

    while ((open = strstr(open, "{{")) != NULL) {
        close = strstr(open, "}}");
        if (close == NULL || !add_param(t, open + 2, (size_t)(close - open - 2)))
            return false;
        open = close + 2;
    }
    return true;
}

static bool add_button(struct template *t, const char *type, const char *text, const char *url)
{
    if (t->buttons == LIMIT_TEMPLATE_BUTTONS)
        return false;
    t->button[t->buttons].kind = strcasecmp(type, "QUICK_REPLY") == 0 ? BUTTON_QUICK_REPLY
                               : strcasecmp(type, "URL") == 0         ? BUTTON_URL
                               : strcasecmp(type, "COPY_CODE") == 0   ? BUTTON_CODE
                                                                      : BUTTON_OTHER;
    t->button[t->buttons].text = text;
    t->button[t->buttons++].variable = url != NULL && strstr(url, "{{") != NULL;
    return true;
}

static bool read_header(struct template *t, const cJSON *component)
{
    const char *format = json_str(component, "format"), *text = json_str(component, "text");

    if (format == NULL)
        return false;
    t->header_format = format;
    t->header = strcasecmp(format, "TEXT") == 0 ? HEADER_TEXT : strcasecmp(format, "LOCATION") == 0 ? HEADER_LOCATION : HEADER_MEDIA;
    t->header_variable = text != NULL && strstr(text, "{{") != NULL;
    return true;
}

static bool read_components(struct template *t, const cJSON *components)
{
    const cJSON *component, *button;

    t->body_only = cJSON_GetArraySize(components) == 1;
    cJSON_ArrayForEach(component, components) {
        const char *type = json_str(component, "type"), *text = json_str(component, "text");

        if (type == NULL)
            return false;
        if (strcasecmp(type, "HEADER") == 0 && !read_header(t, component))
            return false;
        if (strcasecmp(type, "FOOTER") == 0)
            t->footer = text;
        if (strcasecmp(type, "BODY") == 0) {
            if (text == NULL || !scan_params(t, text))
                return false;
            t->body = text;
        }
        if (strcasecmp(type, "BUTTONS") == 0)
            cJSON_ArrayForEach(button, json_get(component, "buttons")) {
                const char *kind = json_str(button, "type");

                if (kind == NULL || !add_button(t, kind, json_str(button, "text"), json_str(button, "url")))
                    return false;
            }
    }
    return t->body != NULL;
}

static bool read_short(struct template *t, const cJSON *item)
{
    const cJSON *params = json_get(item, "params"), *buttons = json_get(item, "buttons"), *one;
    int64_t count = 0;

    t->body = json_str(item, "body");
    t->body_only = buttons == NULL;
    if (t->body != NULL && !scan_params(t, t->body))
        return false;
    if (t->body == NULL && json_int(item, "params", &count)) {
        if (count < 0 || count > TEMPLATE_PARAMS_MAX)
            return false;
        t->params = (int)count;
    }
    if (t->body == NULL && cJSON_IsArray(params))
        cJSON_ArrayForEach(one, params)
            if (!cJSON_IsString(one) || !add_param(t, one->valuestring, strlen(one->valuestring)))
                return false;
    if (json_get(item, "named") != NULL)
        t->named = json_bool(item, "named");
    cJSON_ArrayForEach(one, buttons)
        if (!cJSON_IsString(one) || !add_button(t, "QUICK_REPLY", one->valuestring, NULL))
            return false;
    return true;
}

static bool read_one(struct template *t, const cJSON *item)
{
    const cJSON *components = json_get(item, "components");
    const char *format = json_str(item, "parameter_format");

    t->name = json_str(item, "name");
    t->language = json_str(item, "language");
    t->category = json_str(item, "category");
    t->status = json_str(item, "status");
    if (t->name == NULL || t->language == NULL)
        return false;
    if (!(cJSON_IsArray(components) ? read_components(t, components) : read_short(t, item)))
        return false;
    if (format != NULL)
        t->named = strcasecmp(format, "NAMED") == 0;
    return true;
}

struct templates *templates_read(cJSON *tree, struct error *err)
{
    struct templates *t = calloc(1, sizeof *t);
    const cJSON *item;

    if (t == NULL || !cJSON_IsArray(tree)) {
        error_set(err, t == NULL ? "templates: out of memory" : "templates: not a JSON array");
        goto fail;
    }
    t->list = calloc((size_t)cJSON_GetArraySize(tree) + 1, sizeof *t->list);
    if (t->list == NULL) {
        error_set(err, "templates: out of memory");
        goto fail;
    }
    cJSON_ArrayForEach(item, tree) {
        if (!read_one(&t->list[t->count], item)) {
            error_set(err, "templates: item %zu: not a template", t->count + 1);
            goto fail;
        }
        t->count++;
    }
    t->tree = tree;
    return t;
fail:
    cJSON_Delete(tree);
    templates_free(t);
    return NULL;
}

struct templates *templates_load(const char *file, struct error *err)
{
    struct templates *t = NULL;
    char *text = NULL;
    size_t len;
    cJSON *tree;

    if (!file_read(AT_FDCWD, file, FILE_MAX, &text, &len, err))
        return NULL;
    tree = json_parse(text, len, err);
    if (tree != NULL)
        t = templates_read(tree, err);
    if (t == NULL)
        error_prefix(err, "%s", file);
    free(text);
    return t;
}

void templates_free(struct templates *t)
{
    if (t == NULL)
        return;
    cJSON_Delete(t->tree);
    free(t->list);
    free(t);
}

const cJSON *templates_tree(const struct templates *t) { return t->tree; }

const struct template *templates_find(const struct templates *t, const char *name, const char *language, bool *known)
{
    *known = false;
    for (size_t i = 0; i < t->count; i++) {
        if (strcmp(t->list[i].name, name) != 0)
            continue;
        *known = true;
        if (strcmp(t->list[i].language, language) == 0)
            return &t->list[i];
    }
    return NULL;
}
