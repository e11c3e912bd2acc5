/*
 * The message and its JSON form. A message owns its strings: it is built piece by piece by `wording`, stored, and built
 * again from its JSON when it leaves.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/talk.h"

static const char *const KIND_NAMES[] = {
    [MESSAGE_TEXT] = "text",
    [MESSAGE_BUTTONS] = "buttons",
    [MESSAGE_LIST] = "list",
    [MESSAGE_LOCATION_REQUEST] = "location_request",
    [MESSAGE_IMAGE] = "image",
    [MESSAGE_TEMPLATE] = "template",
    [MESSAGE_LINK] = "link",
    [MESSAGE_VIDEO] = "video",
    [MESSAGE_DOCUMENT] = "document",
    [MESSAGE_AUDIO] = "audio",
    [MESSAGE_STICKER] = "sticker",
    [MESSAGE_CONTACTS] = "contacts",
};
enum { KINDS = sizeof KIND_NAMES / sizeof KIND_NAMES[0] };
_Static_assert(KINDS == MESSAGE_CONTACTS + 1, "every kind of message has a name");

struct field {
    const char *key;
    size_t      offset;
};

static const struct field FIELDS[] = {
    { "body", offsetof(struct message, body) },
    { "header", offsetof(struct message, header) },
    { "footer", offsetof(struct message, footer) },
    { "image", offsetof(struct message, image) },
    { "video", offsetof(struct message, video) },
    { "document", offsetof(struct message, document) },
    { "audio", offsetof(struct message, audio) },
    { "sticker", offsetof(struct message, sticker) },
    { "file_name", offsetof(struct message, file_name) },
    { "url", offsetof(struct message, url) },
    { "url_title", offsetof(struct message, url_title) },
    { "menu", offsetof(struct message, menu) },
    { "template", offsetof(struct message, template_name) },
    { "language", offsetof(struct message, language) },
    { "source", offsetof(struct message, source) },
};
enum { FIELD_COUNT = sizeof FIELDS / sizeof FIELDS[0] };

static char **member(struct message *m, const struct field *f)
{
    return (char **)(void *)((char *)m + f->offset);
}

const char *message_kind_name(enum message_kind kind)
{
    assert((size_t)kind < KINDS);
    return KIND_NAMES[kind];
}

/* ---- life ---- */

void message_init(struct message *m, enum message_kind kind)
{
    *m = (struct message){ .kind = kind };
}

static void free_strings(char **list, size_t count)
{
    if (list == NULL)
        return;
    for (size_t i = 0; i < count; i++)
        free(list[i]);
    free(list);
}

static void choice_free(struct message_choice *c)
{
    free(c->id);
    free(c->title);
    free(c->description);
}

static void contact_free(struct message_contact *c)
{
    free(c->name);
    free(c->phone);
}

void message_free(struct message *m)
{
    for (size_t i = 0; i < FIELD_COUNT; i++)
        free(*member(m, &FIELDS[i]));
    free_strings(m->params, m->param_count);
    free_strings(m->param_names, m->param_count);
    for (size_t i = 0; i < m->choice_count; i++)
        choice_free(&m->choices[i]);
    free(m->choices);
    for (size_t i = 0; i < m->contact_count; i++)
        contact_free(&m->contacts[i]);
    free(m->contacts);
    *m = (struct message){ .kind = m->kind };
}

/* The room for choices is 4, 8, 16…: it is full exactly when the count is one of those. */
static bool grow_choices(struct message *m)
{
    size_t count = m->choice_count;
    struct message_choice *bigger;

    if (count != 0 && (count < 4 || (count & (count - 1)) != 0))
        return true;
    bigger = reallocarray(m->choices, count == 0 ? 4 : count * 2, sizeof *bigger);
    if (bigger == NULL)
        return false;
    m->choices = bigger;
    return true;
}

bool message_add_choice(struct message *m, const char *id, const char *title, const char *description)
{
    struct message_choice c = { 0 };

    c.id = id == NULL ? NULL : strdup(id);
    c.title = title == NULL ? NULL : strdup(title);
    c.description = description == NULL ? NULL : strdup(description);
    if ((c.id == NULL) != (id == NULL) || (c.title == NULL) != (title == NULL) ||
        (c.description == NULL) != (description == NULL) || !grow_choices(m)) {
        choice_free(&c);
        return false;
    }
    m->choices[m->choice_count++] = c;
    return true;
}

/* The room is made at once: cards are few. */
bool message_add_contact(struct message *m, const char *name, const char *phone)
{
    struct message_contact c;

    if (m->contacts == NULL)
        m->contacts = calloc(TALK_CONTACTS_MAX, sizeof *m->contacts);
    if (m->contacts == NULL || m->contact_count == TALK_CONTACTS_MAX)
        return false;
    c = (struct message_contact){ strdup(name), strdup(phone) };
    if (c.name == NULL || c.phone == NULL) {
        contact_free(&c);
        return false;
    }
    m->contacts[m->contact_count++] = c;
    return true;
}

/* ---- to JSON ---- */

static bool add_strings(cJSON *to, const char *key, char *const *list, size_t count)
{
    cJSON *array;

    if (list == NULL || count == 0)
        return true;
    array = cJSON_CreateArray();
    if (array == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        assert(list[i] != NULL);       /* a hole would shift the ones after it */
        if (!json_add_str(array, NULL, list[i])) {
            cJSON_Delete(array);
            return false;
        }
    }
    return json_add(to, key, array);
}

static cJSON *choice_to_json(const struct message_choice *c)
{
    cJSON *object = cJSON_CreateObject();

    if (object == NULL || !json_add_str(object, "id", c->id) || !json_add_str(object, "title", c->title) ||
        !json_add_str(object, "description", c->description)) {
        cJSON_Delete(object);
        return NULL;
    }
    return object;
}

static bool add_choices(cJSON *to, const struct message *m)
{
    cJSON *array;

    if (m->choice_count == 0)
        return true;
    array = cJSON_CreateArray();
    if (array == NULL)
        return false;
    for (size_t i = 0; i < m->choice_count; i++) {
        cJSON *choice = choice_to_json(&m->choices[i]);

        if (choice == NULL || !json_add(array, NULL, choice)) {
            cJSON_Delete(array);
            return false;
        }
    }
    return json_add(to, "choices", array);
}

static bool add_contacts(cJSON *to, const struct message *m)
{
    cJSON *array;
    bool ok;

    if (m->contact_count == 0)
        return true;
    array = cJSON_CreateArray();
    ok = array != NULL;
    for (size_t i = 0; ok && i < m->contact_count; i++) {
        cJSON *one = cJSON_CreateObject();

        ok = one != NULL && json_add_str(one, "name", m->contacts[i].name) && json_add_str(one, "phone", m->contacts[i].phone);
        if (!ok)
            cJSON_Delete(one);
        else
            ok = json_add(array, NULL, one);
    }
    if (ok)
        return json_add(to, "contacts", array);
    cJSON_Delete(array);
    return false;
}

cJSON *message_to_json(const struct message *m)
{
    cJSON *json = cJSON_CreateObject();
    bool ok = json != NULL && json_add_str(json, "kind", message_kind_name(m->kind));

    for (size_t i = 0; ok && i < FIELD_COUNT; i++)
        ok = json_add_str(json, FIELDS[i].key, *member((struct message *)(uintptr_t)m, &FIELDS[i]));
    ok = ok && add_strings(json, "params", m->params, m->param_count);
    ok = ok && add_strings(json, "param_names", m->param_names, m->param_count);
    ok = ok && add_choices(json, m) && add_contacts(json, m);
    if (!ok) {
        cJSON_Delete(json);
        return NULL;
    }
    return json;
}

/* ---- from JSON ---- */

static bool no_memory(struct error *err) { return error_set(err, "message: out of memory"); }

static bool read_string(const cJSON *item, char **out, struct error *err)
{
    if (!cJSON_IsString(item))
        return error_set(err, "message: \"%s\" is not a string", item->string == NULL ? "an item" : item->string);
    *out = strdup(item->valuestring);
    return *out != NULL || no_memory(err);
}

static bool read_kind(const cJSON *item, enum message_kind *out, struct error *err)
{
    if (!cJSON_IsString(item))
        return error_set(err, "message: \"kind\" is not a string");
    for (int i = 0; i < KINDS; i++)
        if (strcmp(item->valuestring, KIND_NAMES[i]) == 0) {
            *out = (enum message_kind)i;
            return true;
        }
    return error_set(err, "message: unknown kind \"%.40s\"", item->valuestring);
}

/* An absent list and one without items are the same message, so the latter is never written. */
static bool read_strings(const cJSON *array, char ***out, size_t *count, struct error *err)
{
    size_t size = cJSON_IsArray(array) ? (size_t)cJSON_GetArraySize(array) : 0;
    size_t n = 0;

    if (size == 0)
        return error_set(err, "message: \"%s\" is not a list of strings", array->string);
    *out = calloc(size, sizeof **out);
    if (*out == NULL)
        return no_memory(err);
    *count = size;
    for (const cJSON *item = array->child; item != NULL; item = item->next)
        if (!read_string(item, &(*out)[n++], err))
            return false;
    return true;
}

static bool read_choice(const cJSON *object, struct message *m, struct error *err)
{
    const char *id = NULL, *title = NULL, *description = NULL;

    if (!cJSON_IsObject(object))
        return error_set(err, "message: a choice is not an object");
    for (const cJSON *item = object->child; item != NULL; item = item->next) {
        const char **to = strcmp(item->string, "id") == 0 ? &id :
                          strcmp(item->string, "title") == 0 ? &title :
                          strcmp(item->string, "description") == 0 ? &description : NULL;

        if (to == NULL)
            return error_set(err, "message: unknown key \"%.40s\" in a choice", item->string);
        if (!cJSON_IsString(item))
            return error_set(err, "message: \"%s\" of a choice is not a string", item->string);
        *to = item->valuestring;
    }
    return message_add_choice(m, id, title, description) || no_memory(err);
}

static bool read_choices(const cJSON *array, struct message *m, struct error *err)
{
    if (!cJSON_IsArray(array) || array->child == NULL)
        return error_set(err, "message: \"choices\" is not a list");
    for (const cJSON *item = array->child; item != NULL; item = item->next)
        if (!read_choice(item, m, err))
            return false;
    return true;
}

static bool read_contacts(const cJSON *array, struct message *m, struct error *err)
{
    if (!cJSON_IsArray(array) || array->child == NULL || cJSON_GetArraySize(array) > TALK_CONTACTS_MAX)
        return error_set(err, "message: \"contacts\" is not a list of 1 to %d", TALK_CONTACTS_MAX);
    for (const cJSON *item = array->child; item != NULL; item = item->next) {
        const char *name = json_str(item, "name"), *phone = json_str(item, "phone");

        if (!cJSON_IsObject(item) || name == NULL || phone == NULL || cJSON_GetArraySize(item) != 2)
            return error_set(err, "message: a contact is a name and a phone");
        if (!message_add_contact(m, name, phone))
            return no_memory(err);
    }
    return true;
}

struct names {                         /* kept apart until the parameters are known too: message_free() goes by their count */
    char **list;
    size_t count;
};

static bool read_member(const cJSON *item, struct message *m, struct names *names, bool *has_kind, struct error *err)
{
    if (strcmp(item->string, "kind") == 0) {
        *has_kind = true;
        return read_kind(item, &m->kind, err);
    }
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (strcmp(item->string, FIELDS[i].key) == 0 && *member(m, &FIELDS[i]) == NULL)
            return read_string(item, member(m, &FIELDS[i]), err);
    if (strcmp(item->string, "params") == 0 && m->params == NULL)
        return read_strings(item, &m->params, &m->param_count, err);
    if (strcmp(item->string, "param_names") == 0 && names->list == NULL)
        return read_strings(item, &names->list, &names->count, err);
    if (strcmp(item->string, "choices") == 0 && m->choices == NULL)
        return read_choices(item, m, err);
    if (strcmp(item->string, "contacts") == 0 && m->contacts == NULL)
        return read_contacts(item, m, err);
    return error_set(err, "message: unknown or repeated key \"%.40s\"", item->string);
}

bool message_from_json(const cJSON *json, struct message *out, struct error *err)
{
    bool ok = false, has_kind = false;
    struct names names = { 0 };

    message_init(out, MESSAGE_TEXT);
    if (!cJSON_IsObject(json))
        return error_set(err, "message: not an object");
    for (const cJSON *item = json->child; item != NULL; item = item->next)
        if (!read_member(item, out, &names, &has_kind, err))
            goto out;
    if (!has_kind) {
        error_set(err, "message: \"kind\" is missing");
        goto out;
    }
    if (names.list != NULL && names.count != out->param_count) {
        error_set(err, "message: %zu parameters and %zu names of parameters", out->param_count, names.count);
        goto out;
    }
    out->param_names = names.list;
    names.list = NULL;                 /* handed over */
    ok = true;
out:
    free_strings(names.list, names.count);
    if (!ok)
        message_free(out);
    return ok;
}
