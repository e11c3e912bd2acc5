/*
 * What the files of intake share.
 *
 *   intake.c    the server, routes, health
 *   secrets.c   secrets and their rotation
 *   receive.c   one request on its way into the store and back
 *   whatsapp.c  Meta's webhook
 *   events.c    Standard Webhooks
 */
#ifndef INTAKE_PRIVATE_H
#define INTAKE_PRIVATE_H

#include <stdatomic.h>

#include "lisolo/base/web.h"
#include "lisolo/channel.h"
#include "lisolo/intake.h"

enum { SIGNING_KEY_MIN = 24, SIGNING_KEY_MAX = 64, EVENT_BODY_MAX = 256 * 1024 };

struct signing_key { uint8_t bytes[SIGNING_KEY_MAX]; size_t len; };

struct source {
    char              *name, *path, *subject;
    struct signing_key keys[INTAKE_SECRETS_MAX];
    size_t             key_count;
};

struct secrets {
    char         *verify_token;
    char         *app[INTAKE_SECRETS_MAX];
    size_t        app_count;
    struct source sources[INTAKE_SOURCES_MAX];
    size_t        source_count;
};

enum verdict { ACCEPTED, DUPLICATE, BAD_SIGNATURE, PARKED, BUSY, NO_SPACE, IGNORED, STALE, VERDICTS };

struct intake {
    struct intake_options o;
    struct web           *web;
    struct secrets       *secrets;            /* intake's thread */
    _Atomic(struct secrets *) fresh;          /* to be taken up at the next request */
    _Atomic uint64_t      counts[VERDICTS];
    _Atomic size_t        open;               /* requests that the store holds */
    int64_t               last_bad_ms;        /* when a bad signature was last logged */
};

/* secrets.c */
struct secrets *secrets_copy(const struct intake_secrets *from, struct error *err);
void secrets_free(struct secrets *s);
const struct source *secrets_source(const struct secrets *s, const char *path);

/* receive.c: both take the request and answer it, at once or after the commit */
void receive_items(struct intake *in, struct web_request *rq, struct channel_inbound *inbound);   /* takes what *inbound owns */
void receive_event(struct intake *in, struct web_request *rq, struct store_item *item, char *body, char *route);   /* takes body and route */
void receive_park(struct intake *in, struct web_request *rq, const char *source, const char *reason);
void refuse_signature(struct intake *in, struct web_request *rq, const char *source);
void count(struct intake *in, enum verdict v, uint64_t n);

/* whatsapp.c, events.c */
void whatsapp_verify(struct intake *in, struct web_request *rq);
void whatsapp_receive(struct intake *in, struct web_request *rq);
void event_receive(struct intake *in, struct web_request *rq, const struct source *source);
/* The checks of Standard Webhooks 1.0.0; on its own for the tests. */
bool event_signature_ok(const struct source *source, const char *id, const char *timestamp, const char *signatures, const void *body, size_t len,
                        int64_t now_ms);

#endif
