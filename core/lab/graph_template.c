/*
 * Template messages: their own shape (whatsapp.md §4.9), then what the approved template asks for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "graph_check.h"
#include "graph_limits.h"
#include "graph_shape.h"

struct given {                       /* what the components of one send hold */
    int         body;                /* parameters; -1: no body component */
    const char *names[TEMPLATE_PARAMS_MAX];
    size_t      body_units;
    enum template_header header;
    bool        button[LIMIT_TEMPLATE_BUTTONS];
    enum template_button kind[LIMIT_TEMPLATE_BUTTONS];
};

/* §4.9: no line break, no tab, not more than four spaces in a row. */
static bool check_value(const char *text, const char *where, struct refusal *why)
{
    if (strpbrk(text, "\r\n\t") != NULL || strstr(text, "     ") != NULL)
        return refuse(why, CODE_PARAM_VALUE, "%s: param text cannot have new-line or tab characters or more than 4 consecutive spaces.",
                      where);
    return true;
}

static bool check_text_param(const cJSON *param, const char *where, size_t max, const char **text, struct refusal *why)
{
    static const char *const known[] = { "type", "text", "parameter_name", NULL };

    return shape_keys(why, param, where, known) && shape_text(why, param, where, "text", max, 0, text) &&
           check_value(*text, where, why);
}

static bool check_body(const cJSON *parameters, const char *where, struct given *given, struct refusal *why)
{
    const cJSON *param;
    char place[SHAPE_WHERE];

    given->body = 0;
    cJSON_ArrayForEach(param, parameters) {
        const char *type = json_str(param, "type"), *text;

        snprintf(place, sizeof place, "%.100s['parameters'][%d]", where, given->body);
        if (given->body == TEMPLATE_PARAMS_MAX)
            return refuse(why, CODE_PARAM_COUNT, "%s: too many parameters.", where);
        if (type == NULL || strcmp(type, "text") != 0)
            return refuse(why, type == NULL ? CODE_MISSING : CODE_PARAM_FORMAT, "%s['type'] must be text.", place);
        if (!check_text_param(param, place, LIMIT_TEMPLATE_BODY_ONLY, &text, why))
            return false;
        given->names[given->body++] = json_str(param, "parameter_name");
        given->body_units += shape_units(text);
    }
    return true;
}

static bool check_header(const cJSON *parameters, const char *where, struct given *given, struct refusal *why)
{
    const cJSON *param = cJSON_GetArrayItem(parameters, 0);
    const char *type = json_str(param, "type"), *text;
    char place[SHAPE_WHERE];

    snprintf(place, sizeof place, "%.100s['parameters'][0]", where);
    if (cJSON_GetArraySize(parameters) != 1)
        return refuse(why, CODE_PARAM_COUNT, "%s takes one parameter.", where);
    if (type == NULL)
        return refuse(why, CODE_MISSING, "%s['type'] is required.", place);
    if (strcmp(type, "text") == 0) {
        given->header = HEADER_TEXT;
        return check_text_param(param, place, LIMIT_TEMPLATE_HEADER, &text, why);
    }
    if (strcmp(type, "location") == 0) {
        given->header = HEADER_LOCATION;
        return shape_object(why, param, place, "location") != NULL;
    }
    if (strcmp(type, "image") != 0 && strcmp(type, "video") != 0 && strcmp(type, "document") != 0)
        return refuse(why, CODE_PARAM_FORMAT, "%s['type'] is not one that a header takes.", place);
    given->header = HEADER_MEDIA;
    return shape_media(why, param, place, type, strcmp(type, "document") == 0 ? SHAPE_FILENAME : 0);
}

static bool check_button_param(const cJSON *component, const cJSON *parameters, const char *where, enum template_button *kind,
                               struct refusal *why)
{
    static const char *const known_payload[] = { "type", "payload", NULL };
    static const char *const known_coupon[] = { "type", "coupon_code", NULL };
    const cJSON *param = cJSON_GetArrayItem(parameters, 0);
    const char *sub = json_str(component, "sub_type"), *type = json_str(param, "type"), *text;
    char place[SHAPE_WHERE];

    snprintf(place, sizeof place, "%.100s['parameters'][0]", where);
    if (cJSON_GetArraySize(parameters) != 1)
        return refuse(why, CODE_PARAM_COUNT, "%s takes one parameter.", where);
    if (sub == NULL || type == NULL)
        return refuse(why, CODE_MISSING, sub == NULL ? "%s['sub_type'] is required." : "%s['parameters'][0]['type'] is required.", where);
    if (strcasecmp(sub, "quick_reply") == 0 && strcmp(type, "payload") == 0) {
        *kind = BUTTON_QUICK_REPLY;
        return shape_keys(why, param, place, known_payload) && shape_text(why, param, place, "payload", LIMIT_PAYLOAD, 0, &text);
    }
    if (strcasecmp(sub, "url") == 0 && strcmp(type, "text") == 0) {
        *kind = BUTTON_URL;
        return check_text_param(param, place, LIMIT_URL, &text, why);
    }
    if (strcasecmp(sub, "copy_code") == 0 && strcmp(type, "coupon_code") == 0) {
        *kind = BUTTON_CODE;
        return shape_keys(why, param, place, known_coupon) && shape_text(why, param, place, "coupon_code", LIMIT_COUPON, SHAPE_LINE, &text);
    }
    return refuse(why, CODE_PARAM_FORMAT, "%s: sub_type \"%.20s\" does not take a parameter of type \"%.20s\".", where, sub, type);
}

static bool check_button(const cJSON *component, const cJSON *parameters, const char *where, struct given *given, struct refusal *why)
{
    const cJSON *index = json_get(component, "index");
    int64_t at = -1;

    if (index == NULL)
        return refuse(why, CODE_MISSING, "%s['index'] is required.", where);
    if (!json_int(component, "index", &at) || at < 0 || at >= LIMIT_TEMPLATE_BUTTONS)
        return refuse(why, CODE_PARAMETER, "Param %s['index'] must be a number from 0 to %d.", where, LIMIT_TEMPLATE_BUTTONS - 1);
    if (given->button[at])
        return refuse(why, CODE_PARAMETER, "%s: button %d is given twice.", where, (int)at);
    given->button[at] = true;
    return check_button_param(component, parameters, where, &given->kind[at], why);
}

static bool check_component(const cJSON *component, const char *where, struct given *given, struct refusal *why)
{
    static const char *const known[] = { "type", "parameters", "sub_type", "index", NULL };
    const cJSON *parameters;
    const char *type;

    if (!cJSON_IsObject(component))
        return refuse(why, CODE_PARAMETER, "Param %s must be a JSON object.", where);
    if (!shape_keys(why, component, where, known) || !shape_text(why, component, where, "type", 20, 0, &type))
        return false;
    parameters = shape_list(why, component, where, "parameters", 1, TEMPLATE_PARAMS_MAX);
    if (parameters == NULL)
        return false;
    if (strcasecmp(type, "body") == 0)
        return given->body >= 0 ? refuse(why, CODE_PARAMETER, "%s: body is given twice.", where)
                                : check_body(parameters, where, given, why);
    if (strcasecmp(type, "header") == 0)
        return given->header != HEADER_NONE ? refuse(why, CODE_PARAMETER, "%s: header is given twice.", where)
                             : check_header(parameters, where, given, why);
    if (strcasecmp(type, "button") == 0)
        return check_button(component, parameters, where, given, why);
    return refuse(why, CODE_PARAMETER, "Param %s['type'] must be one of {HEADER, BODY, BUTTON}.", where);
}

/* ---- against the approved template ---- */

static bool match_params(const struct template *t, const struct given *given, struct refusal *why)
{
    int count = given->body < 0 ? 0 : given->body;
    size_t literal = 0, max = t->body_only ? LIMIT_TEMPLATE_BODY_ONLY : LIMIT_TEMPLATE_BODY;

    if (count != t->params)
        return refuse(why, CODE_PARAM_COUNT, "body: number of localizable_params (%d) does not match the expected number of params (%d)",
                      count, t->params);
    for (int i = 0; i < count; i++) {
        bool found = false;

        if ((given->names[i] != NULL) != t->named)
            return refuse(why, CODE_PARAM_FORMAT, "body: this template takes %s parameters.", t->named ? "named" : "positional");
        for (int n = 0; t->named && n < t->params && !found; n++)
            found = strcmp(t->names[n], given->names[i]) == 0;
        if (t->named && t->names[0][0] != '\0' && !found)
            return refuse(why, CODE_PARAM_FORMAT, "body: unknown parameter_name \"%.60s\".", given->names[i]);
    }
    /* What stands between the variables; a variable that is used twice is counted once, so this is the least it can be. */
    for (const char *p = t->body; p != NULL && *p != '\0'; p++) {
        if (p[0] == '{' && p[1] == '{' && strstr(p, "}}") != NULL)
            p = strstr(p, "}}") + 1;
        else
            literal += ((unsigned char)*p & 0xC0) != 0x80;
    }
    if (literal + given->body_units > max)
        return refuse(why, CODE_TEMPLATE_LONG, "body: %zu characters, at most %zu.", literal + given->body_units, max);
    return true;
}

static bool match_rest(const struct template *t, const struct given *given, struct refusal *why)
{
    enum template_header wanted = t->header == HEADER_TEXT && !t->header_variable ? HEADER_NONE : t->header;

    if (wanted != given->header)   /* a picture must be given on every send: the approved sample is not used again (§4.9) */
        return refuse(why, CODE_PARAM_FORMAT, "header: Format mismatch, expected %s.",
                      wanted == HEADER_NONE ? "no parameter" : t->header_format);
    for (int i = 0; i < LIMIT_TEMPLATE_BUTTONS; i++) {
        if (given->button[i] && (i >= t->buttons || t->button[i].kind != given->kind[i]))
            return refuse(why, CODE_PARAM_FORMAT, "buttons: there is no such button at index %d.", i);
        if (given->button[i] && t->button[i].kind == BUTTON_URL && !t->button[i].variable)
            return refuse(why, CODE_PARAM_COUNT, "buttons: Button at index %d of type Url takes no parameter.", i);
        if (!given->button[i] && i < t->buttons && t->button[i].kind == BUTTON_URL && t->button[i].variable)
            return refuse(why, CODE_MISSING, "buttons: Button at index %d of type Url requires a parameter.", i);
    }
    return true;
}

static bool match(const struct template *t, const struct given *given, struct refusal *why)
{
    if (t->status != NULL && strcasecmp(t->status, "PAUSED") == 0)
        return refuse(why, CODE_TEMPLATE_PAUSED, "template name (%.80s) is paused.", t->name);
    if (t->status != NULL && strcasecmp(t->status, "DISABLED") == 0)
        return refuse(why, CODE_TEMPLATE_DISABLED, "template name (%.80s) is disabled.", t->name);
    if (t->status != NULL && strcasecmp(t->status, "APPROVED") != 0)
        return refuse(why, CODE_NO_TEMPLATE, "template name (%.80s) is not approved.", t->name);
    return match_params(t, given, why) && match_rest(t, given, why);
}

bool graph_check_template(const cJSON *body, const struct templates *templates, const struct template **out, struct refusal *why)
{
    static const char *const known[] = { "name", "language", "components", NULL };
    static const char *const known_language[] = { "code", "policy", NULL };
    const cJSON *given_template = json_get(body, "template"), *language, *components, *component;
    struct given given = { .body = -1 };
    const char *name, *code;
    char where[SHAPE_WHERE];
    bool exists;
    int n = 0;

    *out = NULL;
    if (!shape_keys(why, given_template, "template", known) ||
        !shape_text(why, given_template, "template", "name", LIMIT_TEMPLATE_NAME, SHAPE_LINE, &name))
        return false;
    language = shape_object(why, given_template, "template", "language");
    if (language == NULL || !shape_keys(why, language, "template['language']", known_language) ||
        !shape_text(why, language, "template['language']", "code", 10, SHAPE_TIGHT, &code))
        return false;
    components = json_get(given_template, "components");
    if (components != NULL && !cJSON_IsArray(components))
        return refuse(why, CODE_PARAMETER, "Param template['components'] must be an array.");
    cJSON_ArrayForEach(component, components) {
        snprintf(where, sizeof where, "template['components'][%d]", n++);
        if (!check_component(component, where, &given, why))
            return false;
    }
    if (templates == NULL)
        return true;
    *out = templates_find(templates, name, code, &exists);
    if (*out == NULL)
        return refuse(why, CODE_NO_TEMPLATE, "template name (%.80s) does not exist in %.10s", name, code);
    return match(*out, &given, why);
}
