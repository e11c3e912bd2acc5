/*
 * A value out of a message. What is kept is what a flow can use: a number in one form, an address with its point, never the
 * event itself.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/phone.h"
#include "lisolo/base/utf8.h"
#include "private.h"

enum { WORD_MAX = 4 * 1024 };

static cJSON *made(struct turn *t, cJSON *value)
{
    if (value == NULL)
        t->broken = true;
    return value;
}

static cJSON *number_value(struct turn *t, double n) { return made(t, cJSON_CreateNumber(n)); }

static bool in_range(const struct expect *e, double n)
{
    return !(e->has_min && n < e->min) && !(e->has_max && n > e->max);
}

/* ---- from words ---- */

static cJSON *text_value(struct turn *t, const struct expect *e)
{
    const char *from = t->text + strspn(t->text, " \t\r\n");
    size_t len = strlen(from);
    char word[WORD_MAX], *plain;

    while (len > 0 && strchr(" \t\r\n", from[len - 1]) != NULL)
        len--;
    for (size_t i = 0; i < e->only_count; i++)
        if (t->word != NULL && utf8_fold(e->only[i], word, sizeof word) && strcmp(word, t->word) == 0)
            return made(t, cJSON_CreateString(e->only[i]));
    if (e->only_count > 0)
        return NULL;
    plain = pool_bytes(t->pool, from, len);
    if (plain == NULL)
        return made(t, NULL);
    return in_range(e, (double)utf8_points(plain)) ? made(t, cJSON_CreateString(plain)) : NULL;
}

/* "5.000" is five thousand to one reader and five to another, so it is no number; an amount of francs is always the first. */
static bool read_number(const char *word, double *out)
{
    const char *at = word + (*word == '-');
    size_t whole, part = 0;
    char plain[32];

    whole = strspn(at, "0123456789");
    if (at[whole] == ',' || at[whole] == '.')
        part = strspn(at + whole + 1, "0123456789");
    if (whole == 0 || whole > 15 || part == 3 || part > 6)
        return false;
    if (at[whole] != '\0' && (part == 0 || at[whole + 1 + part] != '\0'))
        return false;
    (void)snprintf(plain, sizeof plain, "%.*s%s%.*s", (int)(whole + (size_t)(at - word)), word, part > 0 ? "."
                   : "", (int)part, part > 0 ? at + whole + 1 : "");
    *out = strtod(plain, NULL);
    return true;
}

static cJSON *numeric_value(struct turn *t, const struct expect *e)
{
    double n;

    return t->word != NULL && read_number(t->word, &n) && in_range(e, n) ? number_value(t, n) : NULL;
}

static cJSON *amount_value(struct turn *t, const struct expect *e)
{
    cJSON typed = { .type = cJSON_String, .valuestring = (char *)t->text };
    int64_t n;

    return wording_read_amount(&typed, &n) && n >= 0 && in_range(e, (double)n) ? number_value(t, (double)n) : NULL;
}

static cJSON *phone_value(struct turn *t, const struct expect *e, const char *text)
{
    char phone[PHONE_MAX];

    return text != NULL && phone_parse(text, e->country[0] == '\0' ? NULL : e->country, phone)
        ? made(t, cJSON_CreateString(phone)) : NULL;
}

static cJSON *date_value(struct turn *t)
{
    char day[11];

    return date_read(t->text, t->in->now_ms, t->gen->country, day) ? made(t, cJSON_CreateString(day)) : NULL;
}

static cJSON *typed_value(struct turn *t, const struct expect *e)
{
    if (t->text == NULL)
        return NULL;
    switch (e->kind) {
    case EXPECT_TEXT:   return text_value(t, e);
    case EXPECT_NUMBER: return numeric_value(t, e);
    case EXPECT_AMOUNT: return amount_value(t, e);
    case EXPECT_PHONE:  return phone_value(t, e, t->text);
    case EXPECT_DATE:   return date_value(t);
    case EXPECT_ANY:    return made(t, cJSON_CreateString(t->text));
    default:            return NULL;
    }
}

/* ---- from everything else ---- */

/* authoring.md §1.3: { adresse, point = "lat,lng" }, five decimals: a metre. */
static cJSON *location_value(struct turn *t)
{
    const struct event *e = t->in->event;
    cJSON *value = cJSON_CreateObject();
    char point[64], shown[64];

    (void)snprintf(point, sizeof point, "%.5f,%.5f", e->latitude, e->longitude);
    (void)snprintf(shown, sizeof shown, "%.5f, %.5f", e->latitude, e->longitude);
    if (value != NULL && json_add_str(value, "adresse", e->place != NULL ? e->place : e->address != NULL
                                      ? e->address : shown)
        && json_add_str(value, "point", point))
        return value;
    cJSON_Delete(value);
    return made(t, NULL);
}

static cJSON *media_value(struct turn *t)
{
    const struct event *e = t->in->event;
    cJSON *value = cJSON_CreateObject();

    if (value != NULL && json_add_str(value, "type", e->media) && json_add_str(value, "id", e->media_id)
        && json_add_str(value, "mime", e->mime)
        && json_add_str(value, "sha256", e->sha256) && json_add_str(value, "nom", e->file_name)
            && json_add_str(value, "legende", e->text))
        return value;
    cJSON_Delete(value);
    return made(t, NULL);
}

static const char *contact_phone(const struct event *e)
{
    const cJSON *phone = cJSON_GetArrayItem(json_get(cJSON_GetArrayItem(e->data, 0), "phones"), 0);

    return cJSON_IsString(phone) ? phone->valuestring : NULL;
}

static cJSON *contact_value(struct turn *t)
{
    const char *name = json_str(cJSON_GetArrayItem(t->in->event->data, 0),
                                "name"), *typed = contact_phone(t->in->event);
    char phone[PHONE_MAX];
    cJSON *value;

    if (typed == NULL)
        return NULL;                   /* a card without a number is no contact that a courier can call */
    if (phone_parse(typed, t->gen->country, phone))
        typed = phone;
    value = cJSON_CreateObject();
    if (value != NULL && json_add_str(value, "nom", name) && json_add_str(value, "telephone", typed))
        return value;
    cJSON_Delete(value);
    return made(t, NULL);
}

static cJSON *data_value(struct turn *t)
{
    return t->in->event->data == NULL ? NULL : made(t, cJSON_Duplicate(t->in->event->data, true));
}

static bool is_media(const struct event *e, const char *what)
{
    return e->kind == EVENT_MEDIA && e->media != NULL && strcmp(e->media, what) == 0;
}

static cJSON *sent_value(struct turn *t, const struct expect *want)
{
    const struct event *e = t->in->event;
    bool any = want->kind == EXPECT_ANY;

    if (e->kind == EVENT_LOCATION && e->has_point && (any || want->kind == EXPECT_LOCATION))
        return location_value(t);
    if (e->kind == EVENT_MEDIA && (any || (want->kind == EXPECT_PHOTO && is_media(e, "image"))
                                   || (want->kind == EXPECT_AUDIO && is_media(e, "audio"))
                                   || (want->kind == EXPECT_DOCUMENT && is_media(e, "document"))))
        return media_value(t);
    if (e->kind == EVENT_CONTACTS && (any || want->kind == EXPECT_CONTACT))
        return contact_value(t);
    if (e->kind == EVENT_CONTACTS && want->kind == EXPECT_PHONE)
        return phone_value(t, want, contact_phone(e));
    if (any && (e->kind == EVENT_FORM || e->kind == EVENT_ORDER))
        return data_value(t);
    return NULL;
}

/* ---- one of several ---- */

static bool offers(const struct expect *e, enum expect_kind kind)
{
    for (size_t i = 0; i < e->choice_count; i++)
        if (e->choices[i].kind == kind)
            return true;
    return false;
}

/* Whoever reads an address must not have to ask whether it was typed or shared. */
static cJSON *as_address(struct turn *t, cJSON *text)
{
    cJSON *value = cJSON_CreateObject();

    if (value != NULL && json_add(value, "adresse", text))
        return value;
    if (value == NULL)
        cJSON_Delete(text);
    cJSON_Delete(value);
    return made(t, NULL);
}

cJSON *expect_one(struct turn *t, const struct expect *e)
{
    return t->text != NULL ? typed_value(t, e) : sent_value(t, e);
}

cJSON *expect_value(struct turn *t, const struct expect *e, bool *other)
{
    cJSON *value = NULL;

    *other = t->text == NULL;
    if (e->kind != EXPECT_ONE_OF)
        return expect_one(t, e);
    for (size_t i = 0; value == NULL && !t->broken && i < e->choice_count; i++) {
        value = expect_one(t, &e->choices[i]);
        if (value != NULL && e->choices[i].kind == EXPECT_TEXT && offers(e, EXPECT_LOCATION))
            return as_address(t, value);
    }
    return value;
}
