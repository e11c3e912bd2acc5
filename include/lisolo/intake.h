/*
 * intake - the public HTTP server: WhatsApp's webhook, signed events of other systems, health.
 *
 * Nothing is parsed before its signature has been verified over the raw bytes, and nothing is answered 200 before its events are
 * durable. What is signed but cannot be read is kept for an operator and answered 200 too: its sender would only send it again.
 * What the store has no room for is answered 503 and comes again. One thread owns it (intake_step()).
 *
 *   GET  /webhooks/whatsapp   Meta's verification: the raw challenge, or 403
 *   POST /webhooks/whatsapp   X-Hub-Signature-256; 200 with an empty body after the commit
 *   POST <source's path>      Standard Webhooks; the same
 *   POST <a script's path>    a `source` of the live scripts: HMAC or Standard Webhooks; 503 while it has no secret, 400 when it is signed and
 *                             cannot be read (and kept: an unknown sender may mend it)
 *   GET  /healthz, /readyz
 */
#ifndef LISOLO_INTAKE_H
#define LISOLO_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lisolo/base/clock.h"
#include "lisolo/base/error.h"
#include "lisolo/base/json.h"
#include "lisolo/store.h"

struct intake;

enum { INTAKE_SECRETS_MAX = 4, INTAKE_SOURCES_MAX = 8 };

#define INTAKE_WHATSAPP_PATH "/webhooks/whatsapp"

struct intake_source {
    const char *name;                 /* letters, digits, "-" and "_": it is part of keys and routes */
    const char *path;                 /* NULL: only the secrets of a `source` of the scripts, any text */
    const char *subject;              /* JSON path in the body: events with one value stay in order; NULL: each event by itself */
    const char *secrets[INTAKE_SECRETS_MAX];   /* "whsec_…" or bare base64, 24 to 64 bytes */
    size_t      secret_count;
};

struct intake_secrets {
    const char *verify_token;
    const char *app_secrets[INTAKE_SECRETS_MAX];
    size_t      app_secret_count;
    struct intake_source sources[INTAKE_SOURCES_MAX];
    size_t      source_count;
};

struct intake_options {
    const char         *address;
    uint16_t            port;
    const struct clock *clock;
    struct store       *store;
    const char *const  *numbers;      /* phone_number_ids that are ours; kept by the caller */
    size_t              number_count;
    struct intake_secrets secrets;    /* copied */
    bool (*ready)(void *ctx, char *text, size_t size);   /* /readyz: fills a JSON text; any answer but true is 503. On intake's thread */
    void               *ctx;
};

/* NULL: err names the source or address that is wrong. */
struct intake *intake_open(const struct intake_options *options, struct error *err);
uint16_t intake_port(const struct intake *in);
void     intake_step(struct intake *in, int timeout_ms);
void     intake_wake(struct intake *in);                 /* any thread */
/* Takes no new connection, waits at most drain_ms for what the store still holds, closes. What the store finishes later is
 * harmless. The store must still run. */
void     intake_close(struct intake *in, int drain_ms);

/*
 * New secrets for the requests that begin from now on. Sources keep their names and paths: they are matched by name, one that is
 * not in `secrets` has none from now on, so all of its events are refused. Any thread.
 */
bool     intake_set_secrets(struct intake *in, const struct intake_secrets *secrets, struct error *err);

enum intake_signature { INTAKE_HMAC_SHA256, INTAKE_STANDARD_WEBHOOKS };

struct intake_route {                 /* a `source` of the scripts; copied */
    const char *name, *path;
    enum intake_signature signature;
    const char *header;               /* that holds an HMAC of the body: hex or base64, "sha256=" before it or not */
    const char *id, *subject;         /* JSON paths in the body; NULL */
};

/* The sources of the live scripts, for the requests that begin from now on; all that are not named are gone. Any thread. */
bool     intake_set_routes(struct intake *in, const struct intake_route *routes, size_t count, struct error *err);

/* Adds {"intake": {…}}: POSTs by verdict, items, connections. Any thread. */
void     intake_report(struct intake *in, cJSON *to);

#endif
