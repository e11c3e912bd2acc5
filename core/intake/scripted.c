/*
 * A webhook of a source that the scripts declare. Its signature is an HMAC of the raw body in a header, in the two spellings that
 * systems use (hex or base64, with or without "sha256=" before it), or Standard Webhooks. What it means is the source's function to
 * say, in its turn: here it becomes an event as it came.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/crypto.h"
#include "lisolo/base/log.h"
#include "lisolo/talk.h"
#include "private.h"

enum { HEX_LEN = 2 * SHA256_BYTES, BASE64_LEN = 44, ID_MAX = 256 };

/* ---- the signature ---- */

static bool read_mac(const char *text, uint8_t mac[SHA256_BYTES])
{
    uint8_t bytes[3 * (BASE64_LEN / 4)];
    size_t len, out = 0;

    if (strncmp(text, "sha256=", 7) == 0)
        text += 7;
    len = strlen(text);
    if (len == HEX_LEN)
        return crypto_unhex(text, len, mac, SHA256_BYTES);
    if (len != BASE64_LEN || !crypto_unbase64(text, len, bytes, &out) || out != SHA256_BYTES)
        return false;
    memcpy(mac, bytes, SHA256_BYTES);
    return true;
}

/* Every secret is tried, whichever fits: nobody learns from the time which one it was. */
bool scripted_mac_ok(const struct named_secret *s, const char *header, const void *body, size_t len)
{
    uint8_t given[SHA256_BYTES], wanted[SHA256_BYTES];
    bool ok = false;

    if (header == NULL || !read_mac(header, given))
        return false;
    for (size_t i = 0; i < s->count; i++)
        ok |= crypto_hmac_sha256(s->text[i], strlen(s->text[i]), body, len, wanted) && crypto_equal(given, wanted, SHA256_BYTES);
    return ok;
}

static const struct named_secret *secrets_of(const struct intake *in, const char *name)
{
    for (size_t i = 0; i < in->secrets->scripted_count; i++)
        if (strcmp(in->secrets->scripted[i].name, name) == 0 && in->secrets->scripted[i].count > 0)
            return &in->secrets->scripted[i];
    return NULL;
}

/* *usable false: none of its secrets can be a key of Standard Webhooks, which no sender can do anything about. */
static bool standard_ok(const struct post *p, const struct named_secret *s, const void *body, size_t len, bool *usable)
{
    struct signing_keys keys = { .count = 0 };
    struct error err;
    bool ok;

    for (size_t i = 0; i < s->count; i++)
        keys.count += signing_key_read(&keys.key[keys.count], s->text[i], s->name, &err);
    *usable = keys.count > 0;
    ok = event_signature_ok(&keys, web_header(p->rq, "webhook-id"), web_header(p->rq, "webhook-timestamp"),
                            web_header(p->rq, "webhook-signature"), body, len, clock_wall_ms(p->in->clock));
    explicit_bzero(&keys, sizeof keys);
    return ok;
}

/* ---- the event ---- */

/* What is the same when it comes again: the value at `id`, the webhook's id, or all its bytes. */
static bool find_id(const struct post *p, const struct route *r, const cJSON *root, const void *body, size_t len, char id[ID_MAX + 1])
{
    const cJSON *at = r->id == NULL ? NULL : json_path(root, r->id);
    const char *header = web_header(p->rq, "webhook-id");
    uint8_t digest[SHA256_BYTES];

    if (cJSON_IsString(at) && at->valuestring[0] != '\0' && strlen(at->valuestring) <= ID_MAX)
        (void)snprintf(id, ID_MAX + 1, "%s", at->valuestring);
    else if (cJSON_IsNumber(at))
        (void)snprintf(id, ID_MAX + 1, "%.15g", at->valuedouble);
    else if (r->id == NULL && header != NULL && header[0] != '\0' && strlen(header) <= ID_MAX)
        (void)snprintf(id, ID_MAX + 1, "%s", header);
    else if (crypto_sha256(body, len, digest))
        crypto_hex(digest, SHA256_BYTES, id);
    else
        return false;
    return true;
}

static void accept_event(const struct post *p, const struct route *r, const cJSON *root, const char *id)
{
    struct event e = { .kind = EVENT_SOURCE, .at_ms = clock_wall_ms(p->in->clock), .id = id, .name = r->name, .data = root };
    struct store_item item = { .kind = STORE_EVENT, .at_ms = e.at_ms };
    char *route = event_route(r->name, r->subject, root, id);
    size_t len = 0;
    char *body = event_print(&e, &len);

    store_key(item.key, "src", r->name, id, NULL);
    item.route = route;
    item.body = (struct blob){ body, len };
    receive_event(p, &item, body, route);
}

static bool verify(const struct post *p, const struct route *r, const struct named_secret *s, const char *body, size_t len)
{
    bool usable = true, ok;

    ok = r->signature == INTAKE_STANDARD_WEBHOOKS ? standard_ok(p, s, body, len, &usable)
                                                  : scripted_mac_ok(s, web_header(p->rq, r->header), body, len);
    if (ok)
        return true;
    if (usable)
        post_refuse(p, r->name);
    else
        post_busy(p);
    return false;
}

void scripted_receive(const struct post *p, const struct route *r)
{
    const struct named_secret *s = secrets_of(p->in, r->name);
    struct error err = { "" };
    char id[ID_MAX + 1];
    size_t len = 0;
    const char *body = web_body(p->rq, &len);
    cJSON *root;

    if (s == NULL) {
        post_busy(p);                  /* a warning was logged when the scripts went live: host.c */
        return;
    }
    if (!verify(p, r, s, body, len))
        return;
    root = json_parse(body, len, &err);
    if (root == NULL)
        receive_park(p, r->name, err.text, 400);
    else if (!find_id(p, r, root, body, len, id))
        post_busy(p);
    else
        accept_event(p, r, root, id);
    cJSON_Delete(root);
}
