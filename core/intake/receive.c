/*
 * A verified request goes into the store and is answered when it is durable. The completions run on the store's thread and only
 * reply and free.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/crypto.h"
#include "lisolo/base/fail.h"
#include "lisolo/base/log.h"
#include "private.h"

struct reception {
    struct store_ingest    ingest;
    struct store_item      single;
    struct channel_inbound inbound;
    struct intake         *in;
    struct web_request    *rq;
    char                  *body, *route;
};

struct parking {
    struct store_park   park;
    struct intake      *in;
    struct web_request *rq;
    char                source[64], reason[200];
};

enum { LOG_BAD_EVERY_MS = 1000 };

void count(struct intake *in, enum verdict v, uint64_t n) { atomic_fetch_add(&in->counts[v], n); }

static void reply(struct web_request *rq, int status) { web_reply(rq, status, NULL, NULL, 0); }

static int status_of(struct intake *in, enum store_result result)
{
    if (result == STORE_OK)
        return 200;
    count(in, result == STORE_NO_SPACE ? NO_SPACE : BUSY, 1);
    return 503;
}

static void reception_free(struct reception *r)
{
    if (r->inbound.items != NULL)
        channel_inbound_free(&r->inbound);
    free(r->body);
    free(r->route);
    free(r);
}

static void received(struct store_op *op)
{
    struct reception *r = op->ctx;
    struct intake *in = r->in;

    for (size_t i = 0; op->result == STORE_OK && i < r->ingest.count; i++)
        count(in, r->ingest.items[i].verdict == STORE_DUPLICATE ? DUPLICATE : ACCEPTED, 1);
    reply(r->rq, status_of(in, op->result));
    reception_free(r);
    atomic_fetch_sub(&in->open, 1);
}

static void submit(struct intake *in, struct reception *r)
{
    r->ingest.op = (struct store_op){ .kind = STORE_INGEST, .done = received, .ctx = r };
    r->ingest.now_ms = clock_wall_ms(in->o.clock);
    r->in = in;
    if (FAIL_ERR("bug.ack_before_commit") != 0) {      /* a seeded bug that the campaign's checker must notice */
        reply(r->rq, 200);
        r->rq = NULL;
    }
    atomic_fetch_add(&in->open, 1);
    if (store_submit(in->o.store, &r->ingest.op))
        return;
    atomic_fetch_sub(&in->open, 1);
    count(in, BUSY, 1);
    reply(r->rq, 503);
    reception_free(r);
}

void receive_items(struct intake *in, struct web_request *rq, struct channel_inbound *inbound)
{
    struct reception *r;

    count(in, IGNORED, inbound->ignored);
    count(in, STALE, inbound->stale);
    if (inbound->count == 0) {
        channel_inbound_free(inbound);
        reply(rq, 200);
        return;
    }
    r = calloc(1, sizeof *r);
    if (r == NULL) {
        channel_inbound_free(inbound);
        count(in, BUSY, 1);
        reply(rq, 503);
        return;
    }
    r->inbound = *inbound;
    r->rq = rq;
    r->ingest.items = r->inbound.items;
    r->ingest.count = r->inbound.count;
    submit(in, r);
}

void receive_event(struct intake *in, struct web_request *rq, struct store_item *item, char *body, char *route)
{
    struct reception *r = calloc(1, sizeof *r);

    if (r == NULL || body == NULL || route == NULL) {
        free(r);
        free(body);
        free(route);
        count(in, BUSY, 1);
        reply(rq, 503);
        return;
    }
    r->single = *item;
    r->body = body;
    r->route = route;
    r->rq = rq;
    r->ingest.items = &r->single;
    r->ingest.count = 1;
    submit(in, r);
}

static void parked(struct store_op *op)
{
    struct parking *p = op->ctx;
    struct intake *in = p->in;

    if (op->result == STORE_OK && p->park.fresh)
        LOG(LOG_WARN, "webhook_parked", log_str("source", p->source), log_str("reason", p->reason),
            log_str("remedy", "it was signed and is kept: see the parked bodies of lisolo status"));
    count(in, PARKED, op->result == STORE_OK);
    reply(p->rq, status_of(in, op->result));
    free(p);
    atomic_fetch_sub(&in->open, 1);
}

void receive_park(struct intake *in, struct web_request *rq, const char *source, const char *reason)
{
    struct parking *p = calloc(1, sizeof *p);
    uint8_t digest[SHA256_BYTES];
    size_t len = 0;
    const char *body = web_body(rq, &len);

    if (p == NULL || !crypto_sha256(body, len, digest)) {
        free(p);
        count(in, BUSY, 1);
        reply(rq, 503);
        return;
    }
    (void)snprintf(p->source, sizeof p->source, "%s", source);
    (void)snprintf(p->reason, sizeof p->reason, "%s", reason);
    p->in = in;
    p->rq = rq;
    p->park = (struct store_park){ .op = { .kind = STORE_PARK, .done = parked, .ctx = p }, .source = p->source, .reason = p->reason,
                                   .body = { body, len }, .now_ms = clock_wall_ms(in->o.clock) };
    memcpy(p->park.key, digest, STORE_KEY_BYTES);
    atomic_fetch_add(&in->open, 1);
    if (store_submit(in->o.store, &p->park.op))
        return;
    atomic_fetch_sub(&in->open, 1);
    count(in, BUSY, 1);
    reply(rq, 503);
    free(p);
}

void refuse_signature(struct intake *in, struct web_request *rq, const char *source)
{
    int64_t now = clock_mono_ms(in->o.clock);

    count(in, BAD_SIGNATURE, 1);
    if (now - in->last_bad_ms >= LOG_BAD_EVERY_MS || in->last_bad_ms == 0) {
        in->last_bad_ms = now;
        LOG(LOG_WARN, "bad_signature", log_str("source", source), log_int("since_start", (int64_t)atomic_load(&in->counts[BAD_SIGNATURE])));
    }
    reply(rq, 401);
}
