#include "graph_shape.h"

#include <stdio.h>
#include <string.h>

#include "graph_limits.h"

bool shape_keys(struct refusal *why, const cJSON *object, const char *where, const char *const *known)
{
    for (const cJSON *item = object->child; item != NULL; item = item->next) {
        const char *const *name = known;

        while (*name != NULL && strcmp(*name, item->string) != 0)
            name++;
        if (*name == NULL)
            return refuse(why, CODE_PARAMETER, "Unexpected key \"%.60s\" on param \"%s\".", item->string, where);
    }
    return true;
}

const cJSON *shape_object(struct refusal *why, const cJSON *parent, const char *where, const char *key)
{
    const cJSON *item = json_get(parent, key);

    if (item == NULL || cJSON_IsNull(item)) {
        refuse(why, CODE_MISSING, "%s['%s'] is required.", where, key);
        return NULL;
    }
    if (!cJSON_IsObject(item)) {
        refuse(why, CODE_PARAMETER, "Param %s['%s'] must be a JSON object.", where, key);
        return NULL;
    }
    return item;
}

const cJSON *shape_list(struct refusal *why, const cJSON *parent, const char *where, const char *key, int min, int max)
{
    const cJSON *item = json_get(parent, key);
    int count;

    if (item == NULL || cJSON_IsNull(item)) {
        refuse(why, CODE_MISSING, "%s['%s'] is required.", where, key);
        return NULL;
    }
    if (!cJSON_IsArray(item)) {
        refuse(why, CODE_PARAMETER, "Param %s['%s'] must be an array.", where, key);
        return NULL;
    }
    count = cJSON_GetArraySize(item);
    if (count < min || count > max) {
        refuse(why, CODE_VALUE, "%s['%s'] has %d items. Min allowed: %d, max allowed: %d.", where, key, count, min, max);
        return NULL;
    }
    return item;
}

size_t shape_units(const char *text)
{
    size_t units = 0;

    /* A lead byte counts one unit, one of four bytes counts two. */
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++)
        units += (*p & 0xC0) != 0x80 ? (*p >= 0xF0 ? 2u : 1u) : 0u;
    return units;
}

bool shape_blank(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '\0';
}

static bool space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool shape_text(struct refusal *why, const cJSON *parent, const char *where, const char *key, size_t max, unsigned flags,
                const char **out)
{
    const cJSON *item = json_get(parent, key);
    const char *text;
    size_t units, len;

    *out = NULL;
    if (item == NULL || cJSON_IsNull(item)) {
        if (flags & SHAPE_OPTIONAL)
            return true;
        return refuse(why, CODE_MISSING, "%s['%s'] is required.", where, key);
    }
    if (!cJSON_IsString(item))
        return refuse(why, CODE_PARAMETER, "Param %s['%s'] must be a string.", where, key);
    text = item->valuestring;
    units = shape_units(text);
    len = strlen(text);
    if (shape_blank(text) || units > max)
        return refuse(why, CODE_VALUE, "%s['%s'] length invalid (%zu). Min length: 1, max length: %zu.", where, key,
                      shape_blank(text) ? (size_t)0 : units, max);
    if ((flags & SHAPE_LINE) && strpbrk(text, "\r\n") != NULL)
        return refuse(why, CODE_VALUE, "%s['%s'] must not contain a line break.", where, key);
    if ((flags & SHAPE_TIGHT) && (space(text[0]) || space(text[len - 1])))
        return refuse(why, CODE_VALUE, "%s['%s'] must not start or end with white space.", where, key);
    *out = text;
    return true;
}

bool shape_url(struct refusal *why, const char *url, const char *where, const char *key, bool schemes_http)
{
    const char *host = NULL;

    if (strncmp(url, "https://", 8) == 0)
        host = url + 8;
    else if (schemes_http && strncmp(url, "http://", 7) == 0)
        host = url + 7;
    if (host == NULL || *host == '\0' || *host == '/' || strpbrk(url, " \t\r\n<>\"") != NULL)
        return refuse(why, CODE_VALUE, "%s['%s'] is not a valid URL.", where, key);
    return true;
}

static bool digits(const char *text)
{
    return *text != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static bool media_keys(struct refusal *why, const cJSON *media, const char *where, unsigned flags)
{
    const char *known[6] = { "id", "link" };
    int n = 2;

    if (flags & SHAPE_CAPTION)
        known[n++] = "caption";
    if (flags & SHAPE_FILENAME)
        known[n++] = "filename";
    if (flags & SHAPE_VOICE)
        known[n++] = "voice";
    return shape_keys(why, media, where, known);
}

bool shape_media(struct refusal *why, const cJSON *parent, const char *where, const char *key, unsigned flags)
{
    const cJSON *media = shape_object(why, parent, where, key), *voice;
    const char *id, *link, *text;
    char place[SHAPE_WHERE];

    if (media == NULL)
        return false;
    snprintf(place, sizeof place, "%.100s['%.40s']", where, key);
    if (!media_keys(why, media, place, flags) || !shape_text(why, media, place, "id", 64, SHAPE_OPTIONAL | SHAPE_TIGHT, &id) ||
        !shape_text(why, media, place, "link", LIMIT_URL, SHAPE_OPTIONAL | SHAPE_TIGHT, &link))
        return false;
    if ((id == NULL) == (link == NULL))
        return refuse(why, id == NULL ? CODE_MISSING : CODE_VALUE, "%s needs exactly one of 'id' and 'link'.", place);
    if (id != NULL && !digits(id))
        return refuse(why, CODE_VALUE, "%s['id'] is not a valid media attachment ID.", place);
    if (link != NULL && !shape_url(why, link, place, "link", false))
        return false;
    voice = json_get(media, "voice");
    if (voice != NULL && !cJSON_IsBool(voice))
        return refuse(why, CODE_PARAMETER, "Param %s['voice'] must be a boolean.", place);
    return shape_text(why, media, place, "caption", LIMIT_CAPTION, SHAPE_OPTIONAL, &text) &&
           shape_text(why, media, place, "filename", LIMIT_FILENAME, SHAPE_OPTIONAL | SHAPE_LINE, &text);
}
