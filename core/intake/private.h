/*
 * What the files of intake share.
 *
 *   intake.c    the server, routes, health
 *   secrets.c   secrets and their rotation
 *   receive.c   one request on its way into the store and back
 *   whatsapp.c  Meta's webhook
 *   events.c    Standard Webhooks
 *   routes.c    the sources of the live scripts
 *   scripted.c  their webhooks
 */
#ifndef INTAKE_PRIVATE_H
#define INTAKE_PRIVATE_H

#include <stdatomic.h>

#include "lisolo/base/web.h"
#include "lisolo/channel.h"
#include "lisolo/intake.h"

enum {
    SIGNING_KEY_MIN = 24, SIGNING_KEY_MAX = 64,      /* Standard Webhooks 1.0.0 */
    EVENT_BODY_MAX  = 256 * 1024,                    /* reliability.md §6 */
};

struct signing_key { uint8_t bytes[SIGNING_KEY_MAX]; size_t len; };

struct signing_keys {
    struct signing_key key[INTAKE_SECRETS_MAX];
    size_t             count;
};

struct source {                      /* fixed while the server runs */
    char *name, *path, *subject;
};

struct named_secret {                /* of a source of the scripts */
    char  *name;
    char  *text[INTAKE_SECRETS_MAX];
    size_t count;
};

struct route {                       /* a source of the scripts */
    char *name, *path, *header, *id, *subject;
    enum intake_signature signature;
};

struct routes {
    struct route list[INTAKE_SOURCES_MAX];
    size_t       count;
};

struct secrets {
    char               *verify_token;
    char               *app[INTAKE_SECRETS_MAX];
    size_t              app_count;
    struct signing_keys sources[INTAKE_SOURCES_MAX]; /* in the order of the intake's sources */
    struct named_secret scripted[INTAKE_SOURCES_MAX];
    size_t              scripted_count;
};

enum verdict {
    /* of a POST */
    ACCEPTED, DUPLICATE, EMPTY, PARKED, BAD_SIGNATURE, BUSY, NO_SPACE,
    /* of what it held */
    EVENTS, STATUSES, UNMATCHED, STALE, IGNORED,
    VERDICTS,
};

struct intake {
    struct web           *web;
    const struct clock   *clock;
    struct store         *store;
    const char *const    *numbers;
    size_t                number_count;
    bool                (*ready)(void *ctx, char *text, size_t size);
    void                 *ctx;
    struct source         sources[INTAKE_SOURCES_MAX];
    size_t                source_count;
    struct secrets       *secrets;            /* intake's thread */
    _Atomic(struct secrets *) fresh;          /* to be taken up at the next request */
    struct routes        *routes;             /* intake's thread; NULL: none yet */
    _Atomic(struct routes *) fresh_routes;    /* as `fresh` */
    _Atomic uint64_t      counts[VERDICTS];
    _Atomic size_t        uses;               /* the owner's, and each request that the store holds */
    uint64_t              next_id;            /* of requests; starts anywhere */
    int64_t               last_bad_ms;        /* when a bad signature was last logged */
};

struct post {                        /* a POST on its way */
    struct intake      *in;
    struct web_request *rq;
    char                id[20];      /* X-Request-Id */
};

/* intake.c */
void intake_drop(struct intake *in);          /* the last use frees it; any thread */

/* secrets.c */
bool sources_copy(struct intake *in, const struct intake_secrets *from, struct error *err);
void sources_free(struct intake *in);
struct secrets *secrets_copy(const struct intake *in, const struct intake_secrets *from, struct error *err);
void secrets_free(struct secrets *s);
bool signing_key_read(struct signing_key *key, const char *text, const char *source, struct error *err);

/* routes.c */
void routes_free(struct routes *r);
void routes_take_up(struct intake *in);
const struct route *routes_find(const struct intake *in, const char *path);

/* receive.c: each takes the request and answers it, at once or after the commit */
void post_answer(const struct post *p, int status);
void post_busy(const struct post *p);
void post_refuse(const struct post *p, const char *source);          /* 401 */
void receive_items(const struct post *p, struct channel_inbound *inbound);   /* takes what *inbound owns */
void receive_event(const struct post *p, struct store_item *item, char *body, char *route);   /* takes body and route */
void receive_park(const struct post *p, const char *source, const char *reason, int status);   /* `status` when it is kept */
void count(struct intake *in, enum verdict v, uint64_t n);

/* whatsapp.c, events.c */
void whatsapp_verify(struct intake *in, struct web_request *rq);
void whatsapp_receive(const struct post *p);
void event_receive(const struct post *p, size_t source);
/* The routing key: what is at the path of the body, else the id. NULL: out of memory. Free with free(). */
char *event_route(const char *name, const char *subject, const cJSON *root, const char *id);
/* scripted.c */
void scripted_receive(const struct post *p, const struct route *r);
bool scripted_mac_ok(const struct named_secret *s, const char *header, const void *body, size_t len);
/* The checks of Standard Webhooks 1.0.0. */
bool event_signature_ok(const struct signing_keys *keys, const char *id, const char *timestamp, const char *signatures, const void *body,
                        size_t len, int64_t now_ms);

#endif
