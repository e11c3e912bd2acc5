/*
 * Events of other systems, signed as Standard Webhooks 1.0.0 says: the signature covers "<id>.<timestamp>.<body>", a list of
 * signatures may hold several versions and keys, a timestamp is good for five minutes both ways (reliability.md §1.2).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/buf.h"
#include "lisolo/base/crypto.h"
#include "lisolo/talk.h"
#include "private.h"

enum {
    TOLERANCE_S    = 300,
    ID_MAX         = 256,
    SUBJECT_MAX    = 256,        /* bytes of a routing key; a longer one names nothing that must stay in order */
    SIGNATURES_MAX = 4096,       /* bytes of the header: 80 signatures */
    BASE64_LEN     = 44,         /* of 32 bytes */
};

/* Decimal digits only; -1 otherwise. */
static int64_t read_seconds(const char *text)
{
    size_t n = strspn(text, "0123456789");

    if (n == 0 || n > 12 || text[n] != '\0')
        return -1;
    return strtoll(text, NULL, 10);
}

/* One "v1,<base64 of 32 bytes>"; other versions are skipped. */
static bool signature_is(const char *text, size_t len, const uint8_t wanted[SHA256_BYTES])
{
    uint8_t given[3 * (BASE64_LEN / 4)];
    size_t given_len = 0;

    return len == 3 + BASE64_LEN && memcmp(text, "v1,", 3) == 0 && crypto_unbase64(text + 3, BASE64_LEN, given, &given_len) &&
           given_len == SHA256_BYTES && crypto_equal(given, wanted, SHA256_BYTES);
}

static bool any_signature_is(const char *list, const uint8_t wanted[SHA256_BYTES])
{
    bool found = false;

    while (*list != '\0') {
        size_t len = strcspn(list, " ");

        found |= signature_is(list, len, wanted);
        list += len;
        list += strspn(list, " ");
    }
    return found;
}

/* A dot in the id would let two events have the same signed bytes. */
static bool id_ok(const char *id) { return id != NULL && id[0] != '\0' && strlen(id) <= ID_MAX && strchr(id, '.') == NULL; }

bool event_signature_ok(const struct signing_keys *keys, const char *id, const char *timestamp, const char *signatures, const void *body,
                        size_t len, int64_t now_ms)
{
    int64_t seconds, away;
    struct buf b;
    bool ok = false;

    if (!id_ok(id) || timestamp == NULL || signatures == NULL || strlen(signatures) > SIGNATURES_MAX)
        return false;
    seconds = read_seconds(timestamp);
    away = now_ms / 1000 - seconds;
    if (seconds < 0 || away > TOLERANCE_S || away < -TOLERANCE_S)
        return false;
    buf_init(&b, len + ID_MAX + 32);
    buf_addf(&b, "%s.%s.", id, timestamp);
    buf_add(&b, body, len);
    for (size_t i = 0; buf_ok(&b) && i < keys->count; i++) {
        uint8_t wanted[SHA256_BYTES];

        ok |= crypto_hmac_sha256(keys->key[i].bytes, keys->key[i].len, b.data, b.len, wanted) && any_signature_is(signatures, wanted);
    }
    buf_free(&b);
    return ok;
}

/* The value that keeps events in order: a text or a whole number at the source's path, else the event's own id. */
char *event_route(const char *name, const char *subject, const cJSON *root, const char *id)
{
    const cJSON *at = subject == NULL ? NULL : json_path(root, subject);
    struct buf b;
    char *route;

    buf_init(&b, 4096);
    buf_addf(&b, "%s\x1f", name);
    if (cJSON_IsString(at) && at->valuestring[0] != '\0' && strlen(at->valuestring) <= SUBJECT_MAX)
        buf_adds(&b, at->valuestring);
    else if (cJSON_IsNumber(at) && at->valuedouble == floor(at->valuedouble))
        buf_addf(&b, "%.0f", at->valuedouble);
    else
        buf_adds(&b, id);
    route = buf_take(&b, NULL);
    buf_free(&b);
    return route;
}

static void accept_event(const struct post *p, const struct source *source, const cJSON *root, const char *type)
{
    const char *id = web_header(p->rq, "webhook-id");
    const cJSON *data = json_get(root, "data");
    struct event e = { .kind = EVENT_BACKEND, .at_ms = read_seconds(web_header(p->rq, "webhook-timestamp")) * 1000, .id = id, .name = type,
                       .data = data != NULL && !cJSON_IsNull(data) ? data : root };
    struct store_item item = { .kind = STORE_EVENT, .at_ms = e.at_ms };
    char *route = event_route(source->name, source->subject, root, id);
    size_t len = 0;
    char *body = event_print(&e, &len);

    store_key(item.key, "wh", source->name, id, NULL);
    item.route = route;
    item.body = (struct blob){ body, len };
    receive_event(p, &item, body, route);
}

void event_receive(const struct post *p, size_t index)
{
    const struct source *source = &p->in->sources[index];
    struct error err = { "" };
    size_t len = 0;
    const char *body = web_body(p->rq, &len), *type;
    cJSON *root;

    if (!event_signature_ok(&p->in->secrets->sources[index], web_header(p->rq, "webhook-id"), web_header(p->rq, "webhook-timestamp"),
                            web_header(p->rq, "webhook-signature"), body, len, clock_wall_ms(p->in->clock))) {
        post_refuse(p, source->name);
        return;
    }
    root = json_parse(body, len, &err);
    type = json_str(root, "type");
    if (root == NULL)
        receive_park(p, source->name, err.text, 200);
    else if (type == NULL || type[0] == '\0')
        receive_park(p, source->name, "the event has no \"type\"", 200);
    else
        accept_event(p, source, root, type);
    cJSON_Delete(root);
}
