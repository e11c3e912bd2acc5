/*
 * The event and its JSON form. One table says which member of the struct is which key, so that what is printed and what
 * is read cannot drift apart. Reading copies nothing: the strings of an event are those of its tree.
 */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/talk.h"

/* An event holds at most one webhook message or one backend event, whose bodies are capped far below by intake. */
enum { EVENT_BYTES_MAX = 8 * 1024 * 1024 };

static const char *const KIND_NAMES[] = {
    [EVENT_TEXT] = "text",         [EVENT_CHOICE] = "choice",     [EVENT_LOCATION] = "location",
    [EVENT_MEDIA] = "media",       [EVENT_CONTACTS] = "contacts", [EVENT_FORM] = "form",
    [EVENT_ORDER] = "order",       [EVENT_REACTION] = "reaction", [EVENT_EDIT] = "edit",
    [EVENT_REVOKE] = "revoke",     [EVENT_SYSTEM] = "system",     [EVENT_UNSUPPORTED] = "unsupported",
    [EVENT_TIMER] = "timer",       [EVENT_ANSWER] = "answer",     [EVENT_BACKEND] = "backend",
    [EVENT_NOTICE] = "notice",     [EVENT_FORGET] = "forget",     [EVENT_SENT] = "sent",
    [EVENT_STAFF] = "staff",       [EVENT_SOURCE] = "source",
};
enum { KINDS = sizeof KIND_NAMES / sizeof KIND_NAMES[0] };
_Static_assert(KINDS == EVENT_SOURCE + 1, "every kind of event has a name");

enum field_type { FIELD_KIND, FIELD_TIME, FIELD_STRING, FIELD_POINT, FIELD_FLAG, FIELD_GUARD, FIELD_STATUS, FIELD_DATA };

struct field {
    const char     *key;
    enum field_type type;
    size_t          offset;
};

static const struct field FIELDS[] = {       /* in the order in which they are printed */
    { "kind", FIELD_KIND, offsetof(struct event, kind) },
    { "at", FIELD_TIME, offsetof(struct event, at_ms) },
    { "id", FIELD_STRING, offsetof(struct event, id) },
    { "text", FIELD_STRING, offsetof(struct event, text) },
    { "choice", FIELD_STRING, offsetof(struct event, choice) },
    { "reply_to", FIELD_STRING, offsetof(struct event, reply_to) },
    { "point", FIELD_POINT, offsetof(struct event, has_point) },
    { "place", FIELD_STRING, offsetof(struct event, place) },
    { "address", FIELD_STRING, offsetof(struct event, address) },
    { "media", FIELD_STRING, offsetof(struct event, media) },
    { "media_id", FIELD_STRING, offsetof(struct event, media_id) },
    { "mime", FIELD_STRING, offsetof(struct event, mime) },
    { "sha256", FIELD_STRING, offsetof(struct event, sha256) },
    { "file_name", FIELD_STRING, offsetof(struct event, file_name) },
    { "voice", FIELD_FLAG, offsetof(struct event, voice) },
    { "name", FIELD_STRING, offsetof(struct event, name) },
    { "guard", FIELD_GUARD, offsetof(struct event, guard) },
    { "outcome", FIELD_STRING, offsetof(struct event, outcome) },
    { "status", FIELD_STATUS, offsetof(struct event, status) },
    { "data", FIELD_DATA, offsetof(struct event, data) },
};
enum { FIELD_COUNT = sizeof FIELDS / sizeof FIELDS[0] };

const char *event_kind_name(enum event_kind kind)
{
    assert((size_t)kind < KINDS);
    return KIND_NAMES[kind];
}

/* Edits, reactions and revocations are the person's doing; whether they open the window is not documented (whatsapp.md §14).
 * Believing so is the mistake that mends itself: Meta answers 131047 and the template leaves instead. */
bool event_from_person(enum event_kind kind)
{
    return kind <= EVENT_UNSUPPORTED && kind != EVENT_SYSTEM;
}

/* ---- printing ---- */

static void write_int(struct buf *out, int64_t value)
{
    char digits[24], *at = digits + sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (value < 0)
        *--at = '-';
    buf_add(out, at, (size_t)(digits + sizeof digits - at));
}

/* The shortest form that reads back as the same number; the decimal point whatever the process's locale. */
static void write_number(struct buf *out, double value)
{
    char text[40];
    char *comma;

    if (!isfinite(value)) {
        out->failed = true;            /* JSON cannot say it, and nobody may be somewhere else because of it */
        return;
    }
    (void)snprintf(text, sizeof text, "%.15g", value);
    if (strtod(text, NULL) != value)
        (void)snprintf(text, sizeof text, "%.17g", value);
    comma = strchr(text, ',');
    if (comma != NULL)
        *comma = '.';
    buf_adds(out, text);
}

static void write_tree(struct buf *out, const cJSON *tree)
{
    size_t len = 0;
    char *text = json_print(tree, &len);

    if (text == NULL) {
        out->failed = true;
        return;
    }
    buf_add(out, text, len);
    free(text);
}

static void write_key(struct buf *out, const char *key)
{
    buf_add(out, ",\"", 2);
    buf_adds(out, key);
    buf_add(out, "\":", 2);
}

static void write_field(struct buf *out, const struct field *f, const struct event *e)
{
    const void *member = (const char *)e + f->offset;

    switch (f->type) {
    case FIELD_KIND:
        buf_adds(out, "{\"kind\":\"");
        buf_adds(out, event_kind_name(e->kind));
        buf_addc(out, '"');
        break;
    case FIELD_TIME:
        write_key(out, f->key);
        write_int(out, e->at_ms);
        break;
    case FIELD_STRING: {
        const char *text = *(const char *const *)member;

        if (text != NULL) {
            write_key(out, f->key);
            talk_quote(out, text);
        }
        break;
    }
    case FIELD_POINT:
        if (e->has_point) {
            write_key(out, f->key);
            buf_addc(out, '[');
            write_number(out, e->latitude);
            buf_addc(out, ',');
            write_number(out, e->longitude);
            buf_addc(out, ']');
        }
        break;
    case FIELD_FLAG:
        if (*(const bool *)member) {
            write_key(out, f->key);
            buf_adds(out, "true");
        }
        break;
    case FIELD_GUARD:
        if (e->guard != 0) {
            write_key(out, f->key);
            buf_addf(out, "%" PRIu64, e->guard);
        }
        break;
    case FIELD_STATUS:
        if (e->status != 0) {
            write_key(out, f->key);
            write_int(out, e->status);
        }
        break;
    case FIELD_DATA:
        if (e->data != NULL) {
            write_key(out, f->key);
            write_tree(out, e->data);
        }
        break;
    }
}

void event_write(struct buf *out, const struct event *e)
{
    for (size_t i = 0; i < FIELD_COUNT; i++)
        write_field(out, &FIELDS[i], e);
    buf_addc(out, '}');
}

char *event_print(const struct event *e, size_t *len)
{
    struct buf out;
    char *text;

    buf_init(&out, EVENT_BYTES_MAX);
    event_write(&out, e);
    text = buf_take(&out, len);
    buf_free(&out);
    return text;
}

/* ---- reading ---- */

static bool read_kind(const cJSON *item, enum event_kind *out)
{
    if (!cJSON_IsString(item))
        return false;
    for (int i = 0; i < KINDS; i++)
        if (strcmp(item->valuestring, KIND_NAMES[i]) == 0) {
            *out = (enum event_kind)i;
            return true;
        }
    return false;
}

/* A whole number. json_parse() hands those of 16 and more digits over as strings of digits, and only those. */
static bool read_int(const cJSON *item, int64_t *out)
{
    if (cJSON_IsNumber(item)) {
        double value = item->valuedouble;

        if (!(fabs(value) <= 9007199254740992.0) || value != floor(value))
            return false;
        *out = (int64_t)value;
        return true;
    }
    if (cJSON_IsString(item)) {
        const char *digits = item->valuestring + (item->valuestring[0] == '-');
        char *end;

        if (strlen(digits) < 16 || digits[strspn(digits, "0123456789")] != '\0')
            return false;
        errno = 0;
        *out = strtoll(item->valuestring, &end, 10);
        return errno == 0;
    }
    return false;
}

static bool read_guard(const cJSON *item, uint64_t *out)
{
    int64_t value;

    if (read_int(item, &value)) {
        *out = (uint64_t)value;
        return value >= 0;
    }
    if (!cJSON_IsString(item) || strlen(item->valuestring) < 19 ||
        item->valuestring[strspn(item->valuestring, "0123456789")] != '\0')
        return false;
    errno = 0;
    *out = strtoull(item->valuestring, NULL, 10);
    return errno == 0;
}

static bool read_point(const cJSON *item, struct event *e)
{
    const cJSON *latitude, *longitude;

    if (!cJSON_IsArray(item) || cJSON_GetArraySize(item) != 2)
        return false;
    latitude = item->child;
    longitude = latitude->next;
    if (!cJSON_IsNumber(latitude) || !cJSON_IsNumber(longitude) || !isfinite(latitude->valuedouble) ||
        !isfinite(longitude->valuedouble))
        return false;
    e->has_point = true;
    e->latitude = latitude->valuedouble;
    e->longitude = longitude->valuedouble;
    return true;
}

static bool read_field(const struct field *f, const cJSON *item, struct event *e)
{
    void *member = (char *)e + f->offset;
    int64_t value;

    switch (f->type) {
    case FIELD_KIND:
        return read_kind(item, &e->kind);
    case FIELD_TIME:
        return read_int(item, &e->at_ms);
    case FIELD_STRING:
        *(const char **)member = item->valuestring;
        return cJSON_IsString(item);
    case FIELD_POINT:
        return read_point(item, e);
    case FIELD_FLAG:
        *(bool *)member = cJSON_IsTrue(item);
        return cJSON_IsBool(item);
    case FIELD_GUARD:
        return read_guard(item, &e->guard);
    case FIELD_STATUS:
        if (!read_int(item, &value) || value < 0 || value > 999)      /* HTTP: three digits */
            return false;
        e->status = (int)value;
        return true;
    case FIELD_DATA:
        e->data = item;
        return true;
    }
    return false;
}

/* Keys come in the order of the table nearly always, so the search goes on where the last one ended. */
static const struct field *find_field(const char *key, size_t *next)
{
    for (size_t tried = 0; tried < FIELD_COUNT; tried++) {
        const struct field *f = &FIELDS[*next];

        *next = *next + 1 == FIELD_COUNT ? 0 : *next + 1;
        if (strcmp(f->key, key) == 0)
            return f;
    }
    return NULL;
}

static bool read_members(const cJSON *tree, struct event *e, struct error *err)
{
    bool has_kind = false, has_time = false;
    size_t next = 0;

    if (!cJSON_IsObject(tree))
        return error_set(err, "event: not an object");
    for (const cJSON *item = tree->child; item != NULL; item = item->next) {
        const struct field *f = find_field(item->string, &next);

        if (f == NULL)
            return error_set(err, "event: unknown key \"%.40s\"", item->string);
        if (!read_field(f, item, e))
            return error_set(err, "event: the value of \"%s\" is of the wrong type", f->key);
        has_kind |= f->type == FIELD_KIND;
        has_time |= f->type == FIELD_TIME;
    }
    if (!has_kind || !has_time)
        return error_set(err, "event: \"%s\" is missing", has_kind ? "at" : "kind");
    return true;
}

bool event_parse(const char *json, size_t len, struct event *out, struct error *err)
{
    cJSON *tree;

    memset(out, 0, sizeof *out);
    tree = json_parse(json, len, err);
    if (tree == NULL)
        return error_prefix(err, "event");
    if (!read_members(tree, out, err)) {
        memset(out, 0, sizeof *out);
        cJSON_Delete(tree);
        return false;
    }
    out->tree = tree;
    return true;
}

void event_free(struct event *e)
{
    cJSON *tree = e->tree;

    memset(e, 0, sizeof *e);
    cJSON_Delete(tree);
}
