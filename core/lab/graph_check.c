#include "graph_check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graph_limits.h"
#include "graph_shape.h"
#include "wire.h"

enum { PHONE_MIN = 10000 /* five digits */, WAMID_MAX = 256, EMOJI_MAX = 32 };

static const uint64_t bsuid_bit = 1ULL << 63;

/* "FR." or "FR.ENT." and 1 to 128 letters and digits: whatsapp.md §2.5 */
static bool is_bsuid(const char *text)
{
    size_t len;

    if (text[0] < 'A' || text[0] > 'Z' || text[1] < 'A' || text[1] > 'Z' || text[2] != '.')
        return false;
    text += 3;
    if (strncmp(text, "ENT.", 4) == 0)
        text += 4;
    len = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
    return len > 0 && len <= LIMIT_BSUID && text[len] == '\0';
}

static uint64_t phone_key(const char *text)
{
    uint64_t number = wire_phone(text);

    return number < PHONE_MIN ? 0 : number;
}

uint64_t graph_person(const char *text)
{
    if (is_bsuid(text))
        return wire_hash(text, strlen(text), 0) | bsuid_bit;
    return phone_key(text);
}

static bool check_recipient(const cJSON *body, struct graph_message *out, struct refusal *why)
{
    const cJSON *to = json_get(body, "to"), *recipient = json_get(body, "recipient");
    const cJSON *kind = json_get(body, "recipient_type");
    const cJSON *given = to != NULL ? to : recipient;   /* if both are given `to` wins: §2.5 */

    if (kind != NULL && (!cJSON_IsString(kind) ||
                         (strcmp(kind->valuestring, "individual") != 0 && strcmp(kind->valuestring, "group") != 0)))
        return refuse(why, CODE_PARAMETER, "Param recipient_type must be one of {INDIVIDUAL, GROUP}.");
    if (given == NULL || cJSON_IsNull(given))
        return refuse(why, CODE_PARAMETER, "The parameter to is required.");
    if (!cJSON_IsString(given))
        return refuse(why, CODE_PARAMETER, "Param %s must be a string.", to != NULL ? "to" : "recipient");
    if (kind != NULL && strcmp(kind->valuestring, "group") == 0)
        return refuse(why, CODE_GROUP, "Group not found.");
    out->input = given->valuestring;
    out->bsuid = to == NULL;
    out->person = out->bsuid ? (is_bsuid(out->input) ? graph_person(out->input) : 0) : phone_key(out->input);
    if (out->person == 0)
        return refuse(why, CODE_VALUE, "%s is not a valid %s.", to != NULL ? "to" : "recipient",
                      to != NULL ? "phone number" : "user ID");
    return true;
}

static bool check_context(const cJSON *body, struct refusal *why)
{
    static const char *const known[] = { "message_id", NULL };
    const cJSON *context = json_get(body, "context");
    const char *id;

    if (context == NULL)
        return true;
    if (!cJSON_IsObject(context))
        return refuse(why, CODE_PARAMETER, "Param context must be a JSON object.");
    return shape_keys(why, context, "context", known) && shape_text(why, context, "context", "message_id", WAMID_MAX, SHAPE_TIGHT, &id);
}

static bool check_callback(const cJSON *body, struct graph_message *out, struct refusal *why)
{
    const cJSON *callback = json_get(body, "biz_opaque_callback_data");

    if (callback == NULL)
        return true;
    if (!cJSON_IsString(callback))
        return refuse(why, CODE_PARAMETER, "Param biz_opaque_callback_data must be a string.");
    if (shape_units(callback->valuestring) > LIMIT_CALLBACK)
        return refuse(why, CODE_PARAMETER, "Param biz_opaque_callback_data must be at most %d characters long.", LIMIT_CALLBACK);
    out->callback = callback->valuestring;
    return true;
}

/* ---- the types that have no file of their own ---- */

static bool check_text(const cJSON *body, struct refusal *why)
{
    static const char *const known[] = { "body", "preview_url", NULL };
    const cJSON *text = json_get(body, "text"), *preview = json_get(text, "preview_url");
    const cJSON *words = json_get(text, "body");
    const char *ignored;

    if (!shape_keys(why, text, "text", known))
        return false;
    if (preview != NULL && !cJSON_IsBool(preview))
        return refuse(why, CODE_PARAMETER, "Param text['preview_url'] must be a boolean.");
    /* Meta answers 100 here and 131009 for the same fault in an interactive body. */
    if (cJSON_IsString(words) && shape_units(words->valuestring) > LIMIT_TEXT_BODY)
        return refuse(why, CODE_PARAMETER, "Param text['body'] must be at most %d characters long.", LIMIT_TEXT_BODY);
    return shape_text(why, text, "text", "body", LIMIT_TEXT_BODY, 0, &ignored);
}

static bool check_image(const cJSON *body, struct refusal *why) { return shape_media(why, body, "message", "image", SHAPE_CAPTION); }
static bool check_video(const cJSON *body, struct refusal *why) { return shape_media(why, body, "message", "video", SHAPE_CAPTION); }
static bool check_audio(const cJSON *body, struct refusal *why) { return shape_media(why, body, "message", "audio", SHAPE_VOICE); }
static bool check_sticker(const cJSON *body, struct refusal *why) { return shape_media(why, body, "message", "sticker", 0); }

static bool check_document(const cJSON *body, struct refusal *why)
{
    return shape_media(why, body, "message", "document", SHAPE_CAPTION | SHAPE_FILENAME);
}

/* §4.4: numbers or strings are accepted. */
static bool coordinate(const cJSON *location, const char *key, double limit, struct refusal *why)
{
    const cJSON *item = json_get(location, key);
    double value;

    if (item == NULL || cJSON_IsNull(item))
        return refuse(why, CODE_MISSING, "location['%s'] is required.", key);
    if (cJSON_IsNumber(item)) {
        value = item->valuedouble;
    } else if (cJSON_IsString(item)) {
        char *end;

        value = strtod(item->valuestring, &end);
        if (end == item->valuestring || *end != '\0')
            value = NAN;
    } else {
        return refuse(why, CODE_PARAMETER, "Param location['%s'] must be a number.", key);
    }
    if (!(value >= -limit && value <= limit))
        return refuse(why, CODE_VALUE, "location['%s'] is not a valid coordinate.", key);
    return true;
}

static bool check_location(const cJSON *body, struct refusal *why)
{
    static const char *const known[] = { "latitude", "longitude", "name", "address", NULL };
    const cJSON *location = json_get(body, "location");
    const char *text;

    return shape_keys(why, location, "location", known) && coordinate(location, "latitude", 90, why) &&
           coordinate(location, "longitude", 180, why) &&
           shape_text(why, location, "location", "name", 1000, SHAPE_OPTIONAL, &text) &&
           shape_text(why, location, "location", "address", 1000, SHAPE_OPTIONAL, &text);
}

static bool check_reaction(const cJSON *body, struct refusal *why)
{
    static const char *const known[] = { "message_id", "emoji", NULL };
    const cJSON *reaction = json_get(body, "reaction"), *emoji = json_get(reaction, "emoji");
    const char *id;

    if (!shape_keys(why, reaction, "reaction", known) ||
        !shape_text(why, reaction, "reaction", "message_id", WAMID_MAX, SHAPE_TIGHT, &id))
        return false;
    if (emoji == NULL)
        return refuse(why, CODE_MISSING, "reaction['emoji'] is required.");
    if (!cJSON_IsString(emoji) || shape_units(emoji->valuestring) > EMOJI_MAX)
        return refuse(why, CODE_VALUE, "reaction['emoji'] must be one emoji, or empty.");   /* "" removes: §4.5 */
    return true;
}

/* §4.7: a number as it may be dialled; wa_id is the same in digits, and both must be one person's. */
static bool check_phone(const cJSON *phone, const char *where, struct refusal *why)
{
    static const char *const known[] = { "phone", "type", "wa_id", NULL };
    static const char *const kinds[] = { "CELL", "MAIN", "IPHONE", "HOME", "WORK", NULL };
    const char *number, *kind, *wa_id;
    size_t i = 0;

    if (!cJSON_IsObject(phone))
        return refuse(why, CODE_PARAMETER, "Param %s must be an array of JSON objects.", where);
    if (!shape_keys(why, phone, where, known) ||
        !shape_text(why, phone, where, "phone", LIMIT_CONTACT_PHONE, SHAPE_LINE | SHAPE_TIGHT, &number) ||
        !shape_text(why, phone, where, "type", 20, SHAPE_OPTIONAL, &kind) ||
        !shape_text(why, phone, where, "wa_id", LIMIT_CONTACT_PHONE, SHAPE_OPTIONAL | SHAPE_TIGHT, &wa_id))
        return false;
    while (kind != NULL && kinds[i] != NULL && strcmp(kinds[i], kind) != 0)
        i++;
    if (kind != NULL && kinds[i] == NULL)
        return refuse(why, CODE_VALUE, "%s['type'] must be one of {CELL, MAIN, IPHONE, HOME, WORK}.", where);
    if (phone_key(number) == 0)
        return refuse(why, CODE_VALUE, "%s['phone'] is not a valid phone number.", where);
    if (wa_id != NULL && (wa_id[strspn(wa_id, "0123456789")] != '\0' || phone_key(wa_id) != phone_key(number)))
        return refuse(why, CODE_VALUE, "%s['wa_id'] is not the WhatsApp ID of this number.", where);
    return true;
}

/* §4.7: formatted_name and at least one other part of a name. */
static bool check_card(const cJSON *card, const char *where, struct refusal *why)
{
    static const char *const known[] = { "name", "phones", "emails", "org", "addresses", "urls", "birthday", NULL };
    static const char *const parts[] = { "first_name", "last_name", "middle_name", "suffix", "prefix", NULL };
    const cJSON *name, *phones = json_get(card, "phones"), *phone;
    const char *text;
    char place[SHAPE_WHERE];
    bool part = false;

    if (!shape_keys(why, card, where, known))
        return false;
    name = shape_object(why, card, where, "name");
    snprintf(place, sizeof place, "%.100s['name']", where);
    if (name == NULL || !shape_text(why, name, place, "formatted_name", 1000, 0, &text))
        return false;
    for (size_t i = 0; parts[i] != NULL; i++)
        part = part || json_str(name, parts[i]) != NULL;
    if (!part)
        return refuse(why, CODE_MISSING, "%s needs one more part beside formatted_name.", place);
    if (phones != NULL && !cJSON_IsArray(phones))
        return refuse(why, CODE_PARAMETER, "Param %s['phones'] must be an array.", where);
    snprintf(place, sizeof place, "%.100s['phones']", where);
    cJSON_ArrayForEach(phone, phones) {
        if (!check_phone(phone, place, why))
            return false;
    }
    return true;
}

static bool check_contacts(const cJSON *body, struct refusal *why)
{
    const cJSON *cards = shape_list(why, body, "message", "contacts", 1, LIMIT_CONTACTS), *card;
    char where[SHAPE_WHERE];
    int i = 0;

    if (cards == NULL)
        return false;
    cJSON_ArrayForEach(card, cards) {
        snprintf(where, sizeof where, "contacts[%d]", i++);
        if (!cJSON_IsObject(card))
            return refuse(why, CODE_PARAMETER, "Param %s must be a JSON object.", where);
        if (!check_card(card, where, why))
            return false;
    }
    return true;
}

static const struct { const char *type; bool (*check)(const cJSON *body, struct refusal *why); } types[] = {
    { "text", check_text },         { "interactive", graph_check_interactive }, { "image", check_image },
    { "template", NULL },           { "location", check_location },             { "contacts", check_contacts },
    { "document", check_document }, { "video", check_video },                   { "audio", check_audio },
    { "sticker", check_sticker },   { "reaction", check_reaction },
};

static bool check_typed(const cJSON *body, const struct templates *templates, struct graph_message *out, struct refusal *why)
{
    const cJSON *type = json_get(body, "type"), *object;
    size_t i = 0;

    if (type != NULL && !cJSON_IsString(type))
        return refuse(why, CODE_PARAMETER, "Param type must be a string.");
    out->type = type == NULL ? "text" : type->valuestring;
    while (i < sizeof types / sizeof types[0] && strcmp(types[i].type, out->type) != 0)
        i++;
    if (i == sizeof types / sizeof types[0])
        return refuse(why, CODE_PARAMETER,
                      "Param type must be one of {AUDIO, CONTACTS, DOCUMENT, IMAGE, INTERACTIVE, LOCATION, REACTION, STICKER, "
                      "TEMPLATE, TEXT, VIDEO} - got \"%.40s\".", out->type);
    object = json_get(body, out->type);
    if (object == NULL || cJSON_IsNull(object))
        return refuse(why, CODE_MISSING, "Parameter '%s' is mandatory for type '%s'", out->type, out->type);
    if (!cJSON_IsObject(object) && strcmp(out->type, "contacts") != 0)
        return refuse(why, CODE_PARAMETER, "Param %s must be a JSON object.", out->type);
    if (types[i].check == NULL)
        return graph_check_template(body, templates, &out->template, why);
    return types[i].check(body, why);
}

/* §4.6 */
static bool check_read(const cJSON *body, struct graph_message *out, struct refusal *why)
{
    const cJSON *status = json_get(body, "status"), *typing = json_get(body, "typing_indicator");
    const char *kind = json_str(typing, "type");

    out->read = true;
    if (!cJSON_IsString(status) || strcmp(status->valuestring, "read") != 0)
        return refuse(why, CODE_PARAMETER, "Param status must be one of {READ}.");
    if (json_get(body, "message_id") == NULL)
        return refuse(why, CODE_PARAMETER, "The parameter message_id is required.");
    out->message_id = json_str(body, "message_id");
    if (out->message_id == NULL || strncmp(out->message_id, "wamid.", 6) != 0 || strlen(out->message_id) > WAMID_MAX)
        return refuse(why, CODE_VALUE, "message_id is not the ID of a message.");
    if (typing != NULL && !cJSON_IsObject(typing))
        return refuse(why, CODE_PARAMETER, "Param typing_indicator must be a JSON object.");
    if (typing != NULL && (kind == NULL || strcmp(kind, "text") != 0))
        return refuse(why, CODE_VALUE, "typing_indicator['type'] must be text.");
    out->typing = typing != NULL;
    return true;
}

bool graph_check(const cJSON *body, const struct templates *templates, struct graph_message *out, struct refusal *why)
{
    const cJSON *product = json_get(body, "messaging_product");

    *out = (struct graph_message){ 0 };
    if (!cJSON_IsObject(body))
        return refuse(why, CODE_PARAMETER, "The body must be a JSON object.");
    if (product == NULL)
        return refuse(why, CODE_PARAMETER, "The parameter messaging_product is required.");
    if (!cJSON_IsString(product) || strcmp(product->valuestring, "whatsapp") != 0)
        return refuse(why, CODE_PARAMETER, "Param messaging_product must be one of {WHATSAPP}.");
    if (json_get(body, "status") != NULL)
        return check_read(body, out, why);
    return check_recipient(body, out, why) && check_context(body, why) && check_callback(body, out, why) &&
           check_typed(body, templates, out, why);
}
