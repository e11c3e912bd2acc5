/*
 * Events of other systems, signed as Standard Webhooks 1.0.0 says: the signature covers "<id>.<timestamp>.<body>", a list of
 * signatures may hold several versions and keys, a timestamp is good for five minutes both ways.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/buf.h"
#include "lisolo/base/crypto.h"
#include "lisolo/talk.h"
#include "private.h"

enum { TOLERANCE_S = 300, ID_MAX = 256, SUBJECT_MAX = 256, SIGNATURES_MAX = 4096 };

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
    uint8_t given[3 * (44 / 4)];
    size_t given_len = 0;

    return len == 3 + 44 && memcmp(text, "v1,", 3) == 0 && crypto_unbase64(text + 3, 44, given, &given_len) && given_len == SHA256_BYTES &&
           crypto_equal(given, wanted, SHA256_BYTES);
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

bool event_signature_ok(const struct source *source, const char *id, const char *timestamp, const char *signatures, const void *body, size_t len,
                        int64_t now_ms)
{
    int64_t seconds, away;
    struct buf b;
    bool ok = false;

    if (id == NULL || timestamp == NULL || signatures == NULL || id[0] == '\0' || strlen(id) > ID_MAX || strchr(id, '.') != NULL ||
        strlen(signatures) > SIGNATURES_MAX)
        return false;
    seconds = read_seconds(timestamp);
    away = now_ms / 1000 - seconds;
    if (seconds < 0 || away > TOLERANCE_S || away < -TOLERANCE_S)
        return false;
    buf_init(&b, len + ID_MAX + 32);
    buf_addf(&b, "%s.%s.", id, timestamp);
    buf_add(&b, body, len);
    for (size_t i = 0; buf_ok(&b) && i < source->key_count; i++) {
        uint8_t wanted[SHA256_BYTES];

        ok |= crypto_hmac_sha256(source->keys[i].bytes, source->keys[i].len, b.data, b.len, wanted) && any_signature_is(signatures, wanted);
    }
    buf_free(&b);
    return ok;
}

/* The value that keeps events in order: a text or a whole number at the source's path, else the event's own id. */
static char *make_route(const struct source *source, const cJSON *root, const char *id)
{
    const cJSON *at = source->subject == NULL ? NULL : json_path(root, source->subject);
    struct buf b;

    buf_init(&b, 4096);
    buf_addf(&b, "%s\x1f", source->name);
    if (cJSON_IsString(at) && at->valuestring[0] != '\0' && strlen(at->valuestring) <= SUBJECT_MAX)
        buf_adds(&b, at->valuestring);
    else if (cJSON_IsNumber(at))
        buf_addf(&b, "%.0f", at->valuedouble);
    else
        buf_adds(&b, id);
    return buf_take(&b, NULL);
}

static void accept(struct intake *in, struct web_request *rq, const struct source *source, const cJSON *root, const char *type)
{
    const char *id = web_header(rq, "webhook-id");
    const cJSON *data = json_get(root, "data");
    struct event e = { .kind = EVENT_BACKEND, .at_ms = read_seconds(web_header(rq, "webhook-timestamp")) * 1000, .id = id, .name = type,
                       .data = data != NULL ? data : root };
    struct store_item item = { .kind = STORE_EVENT, .at_ms = e.at_ms };
    char *route = make_route(source, root, id);
    size_t len = 0;
    char *body = event_print(&e, &len);

    store_key(item.key, "wh", source->name, id, NULL);
    item.route = route;
    item.body = (struct blob){ body, len };
    receive_event(in, rq, &item, body, route);
}

void event_receive(struct intake *in, struct web_request *rq, const struct source *source)
{
    struct error err = { "" };
    size_t len = 0;
    const char *body = web_body(rq, &len), *type;
    cJSON *root;

    if (!event_signature_ok(source, web_header(rq, "webhook-id"), web_header(rq, "webhook-timestamp"), web_header(rq, "webhook-signature"), body, len,
                            clock_wall_ms(in->o.clock))) {
        refuse_signature(in, rq, source->name);
        return;
    }
    root = json_parse(body, len, &err);
    type = json_str(root, "type");
    if (root == NULL)
        receive_park(in, rq, source->name, err.text);
    else if (type == NULL || type[0] == '\0')
        receive_park(in, rq, source->name, "the event has no \"type\"");
    else
        accept(in, rq, source, root, type);
    cJSON_Delete(root);
}
