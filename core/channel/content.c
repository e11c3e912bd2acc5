/*
 * What one message says, as a neutral event (whatsapp.md §2.2). Each type has a reader that returns false when the message
 * is not what its type promises; then it is EVENT_UNSUPPORTED under the name of its type, as is every type that we do not know.
 */
#include <math.h>
#include <string.h>

#include "private.h"

/* A type or an `unsupported.type` is Meta's word, but of no known length. */
static void set_name(struct content *c, const char *name)
{
    size_t len = strlen(name);

    if (len > TALK_NAME_MAX) {
        len = TALK_NAME_MAX;
        while (len > 0 && ((unsigned char)name[len] & 0xC0) == 0x80)
            len--;                     /* not inside a character */
    }
    memcpy(c->name, name, len);
    c->name[len] = '\0';
    c->event.name = c->name;
}

static bool read_text(const cJSON *message, struct content *c)
{
    c->event.kind = EVENT_TEXT;
    c->event.text = json_str(json_get(message, "text"), "body");
    return c->event.text != NULL;
}

/* Without its id a medium cannot be fetched: then `errors` says why (131052: larger than 100 MB). */
static bool read_media(const cJSON *message, struct content *c)
{
    const char *type = json_str(message, "type");
    const cJSON *media = json_get(message, type);
    struct event *e = &c->event;

    e->kind = EVENT_MEDIA;
    e->media = type;
    e->media_id = wa_some(media, "id");
    e->mime = wa_some(media, "mime_type");
    e->sha256 = wa_some(media, "sha256");
    e->file_name = wa_some(media, "filename");
    e->text = wa_some(media, "caption");
    e->voice = json_bool(media, "voice");
    return e->media_id != NULL;
}

static bool read_location(const cJSON *message, struct content *c)
{
    const cJSON *place = json_get(message, "location");
    const cJSON *latitude = json_get(place, "latitude"), *longitude = json_get(place, "longitude");
    struct event *e = &c->event;

    if (!cJSON_IsNumber(latitude) || !cJSON_IsNumber(longitude) || !(fabs(latitude->valuedouble) <= 90) ||
        !(fabs(longitude->valuedouble) <= 180))
        return false;
    e->kind = EVENT_LOCATION;
    e->has_point = true;
    e->latitude = latitude->valuedouble;
    e->longitude = longitude->valuedouble;
    e->place = wa_some(place, "name");
    e->address = wa_some(place, "address");
    return true;
}

static bool take_data(struct content *c, cJSON *data)
{
    c->made = data;
    c->event.data = data;
    c->failed |= data == NULL;
    return true;
}

static bool read_contacts(const cJSON *message, struct content *c)
{
    const cJSON *contacts = json_get(message, "contacts");

    c->event.kind = EVENT_CONTACTS;
    return cJSON_IsArray(contacts) && take_data(c, wa_bundle_contacts(contacts));
}

static bool read_order(const cJSON *message, struct content *c)
{
    const cJSON *order = json_get(message, "order");

    c->event.kind = EVENT_ORDER;
    c->event.text = wa_some(order, "text");
    return cJSON_IsObject(order) && take_data(c, wa_bundle_order(order));
}

/* A quick reply of a template. Its payload is the words on the button when none was given. */
static bool read_button(const cJSON *message, struct content *c)
{
    const cJSON *button = json_get(message, "button");

    c->event.kind = EVENT_CHOICE;
    c->event.text = wa_some(button, "text");
    c->event.choice = wa_some(button, "payload");
    if (c->event.choice == NULL)
        c->event.choice = c->event.text;
    return c->event.choice != NULL;
}

static bool read_reply(const cJSON *reply, struct content *c)
{
    c->event.kind = EVENT_CHOICE;
    c->event.choice = wa_some(reply, "id");
    c->event.text = wa_some(reply, "title");
    return c->event.choice != NULL;
}

/* The answers of a form are JSON inside a string. */
static bool read_form(const cJSON *reply, struct content *c)
{
    const char *text = json_str(reply, "response_json");
    struct error err = { "" };
    cJSON *form = text == NULL ? NULL : json_parse(text, strlen(text), &err);

    if (!cJSON_IsObject(form)) {
        c->failed |= wa_was_memory(&err);
        cJSON_Delete(form);
        return false;
    }
    c->event.kind = EVENT_FORM;
    c->event.text = wa_some(reply, "body");
    set_name(c, wa_some(reply, "name") == NULL ? "flow" : wa_some(reply, "name"));
    return take_data(c, form);
}

static bool read_interactive(const cJSON *message, struct content *c)
{
    const cJSON *interactive = json_get(message, "interactive");
    const char *type = wa_some(interactive, "type");
    const cJSON *reply;

    if (type == NULL)                  /* seen without the object, beside error 131000 */
        return false;
    reply = json_get(interactive, type);
    if ((strcmp(type, "button_reply") == 0 || strcmp(type, "list_reply") == 0) && read_reply(reply, c))
        return true;
    if (strcmp(type, "nfm_reply") == 0 && read_form(reply, c))
        return true;
    set_name(c, type);
    return false;
}

static bool read_reaction(const cJSON *message, struct content *c)
{
    const cJSON *reaction = json_get(message, "reaction");

    c->event.kind = EVENT_REACTION;
    c->event.reply_to = wa_some_id(reaction, "message_id");
    c->event.text = wa_some(reaction, "emoji");      /* taken away: "" or no key at all */
    return c->event.reply_to != NULL;
}

static bool read_edit(const cJSON *message, struct content *c)
{
    const cJSON *edit = json_get(message, "edit");
    const cJSON *fresh = json_get(edit, "message");
    const char *type = wa_some(fresh, "type");

    c->event.kind = EVENT_EDIT;
    c->event.reply_to = wa_some_id(edit, "original_message_id");
    c->event.text = wa_some(json_get(fresh, "text"), "body");
    if (c->event.text == NULL && type != NULL)
        c->event.text = wa_some(json_get(fresh, type), "caption");
    return c->event.reply_to != NULL;
}

static bool read_revoke(const cJSON *message, struct content *c)
{
    c->event.kind = EVENT_REVOKE;
    c->event.reply_to = wa_some_id(json_get(message, "revoke"), "original_message_id");
    return c->event.reply_to != NULL;
}

static bool read_system(const cJSON *message, struct content *c)
{
    const cJSON *system = json_get(message, "system");
    const char *type = wa_some(system, "type");

    c->event.kind = EVENT_SYSTEM;
    c->event.text = wa_some(system, "body");
    set_name(c, type == NULL ? "system" : type);
    return cJSON_IsObject(system);
}

static bool read_unsupported(const cJSON *message, struct content *c)
{
    const char *type = wa_some(json_get(message, "unsupported"), "type");

    if (type != NULL)
        set_name(c, type);
    return false;
}

struct type_reader {
    const char *type;
    bool (*read)(const cJSON *message, struct content *c);
};

static const struct type_reader TYPES[] = {
    { "text", read_text },         { "interactive", read_interactive }, { "location", read_location },
    { "image", read_media },       { "audio", read_media },             { "button", read_button },
    { "video", read_media },       { "document", read_media },          { "sticker", read_media },
    { "reaction", read_reaction }, { "contacts", read_contacts },       { "order", read_order },
    { "edit", read_edit },         { "revoke", read_revoke },           { "system", read_system },
    { "unsupported", read_unsupported },
};

static bool read_type(const cJSON *message, const char *type, struct content *c)
{
    if (type == NULL)
        return false;
    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++)
        if (strcmp(TYPES[i].type, type) == 0)
            return TYPES[i].read(message, c);
    return false;
}

static void be_unsupported(const cJSON *message, const char *type, struct content *c)
{
    const cJSON *errors = json_get(message, "errors");
    const cJSON *error = cJSON_IsArray(errors) ? errors->child : NULL;
    bool named = c->name[0] != '\0';

    wa_content_free(c);
    c->event = (struct event){ .kind = EVENT_UNSUPPORTED };
    if (named)
        c->event.name = c->name;
    else
        set_name(c, type == NULL ? "unknown" : type);
    if (cJSON_IsObject(error))
        (void)take_data(c, wa_bundle_reason(error));
}

void wa_content_read(const cJSON *message, struct content *c)
{
    const char *type = wa_some(message, "type");

    *c = (struct content){ 0 };
    if (!read_type(message, type, c))
        be_unsupported(message, type, c);
    c->event.id = wa_some_id(message, "id");
    if (c->event.reply_to == NULL)
        c->event.reply_to = wa_some_id(json_get(message, "context"), "id");
    if (c->made == NULL && c->event.data == NULL) {
        c->made = wa_bundle_extras(message, &c->failed);
        c->event.data = c->made;
    }
}

void wa_content_free(struct content *c)
{
    cJSON_Delete(c->made);
    c->made = NULL;
    c->event.data = NULL;
}
