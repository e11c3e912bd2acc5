/*
 * A verified request goes into the store and is answered when it is durable. The completions run on the store's thread and only
 * count, reply and free.
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
    struct post            post;
    char                  *body, *route;
};

struct parking {
    struct store_park park;
    struct post       post;
    int               status;
    char              source[64], reason[200];
};

enum { LOG_BAD_EVERY_MS = 10 * 1000 };       /* anybody can make them */

void count(struct intake *in, enum verdict v, uint64_t n)
{
    if (n > 0)
        atomic_fetch_add_explicit(&in->counts[v], n, memory_order_relaxed);
}

/* ---- answers ---- */

void post_answer(const struct post *p, int status)
{
    web_reply_with(p->rq, status, NULL, NULL, 0, (const char *const[]){ "X-Request-Id", p->id, NULL });
}

void post_busy(const struct post *p)
{
    count(p->in, BUSY, 1);
    post_answer(p, 503);
}

void post_refuse(const struct post *p, const char *source)
{
    struct intake *in = p->in;
    int64_t now = clock_mono_ms(in->clock);

    count(in, BAD_SIGNATURE, 1);
    if (in->last_bad_ms == 0 || now - in->last_bad_ms >= LOG_BAD_EVERY_MS) {
        in->last_bad_ms = now;
        LOG(LOG_WARN, "bad_signature", log_str("source", source), log_str("request", p->id),
            log_int("since_start", (int64_t)atomic_load(&in->counts[BAD_SIGNATURE])));
    }
    post_answer(p, 401);
}

static int status_of(struct intake *in, enum store_result result)
{
    if (result == STORE_OK)
        return 200;
    count(in, result == STORE_NO_SPACE ? NO_SPACE : BUSY, 1);
    return 503;
}

/* Hands the op over. False: the queue is full, and nobody else knows of it. */
static bool submit(struct intake *in, struct store_op *op)
{
    atomic_fetch_add(&in->uses, 1);
    if (store_submit(in->store, op))
        return true;
    intake_drop(in);
    return false;
}

/* ---- events and statuses ---- */

static void reception_free(struct reception *r)
{
    if (r->inbound.items != NULL)
        channel_inbound_free(&r->inbound);
    free(r->body);
    free(r->route);
    free(r);
}

static void count_items(struct intake *in, const struct store_ingest *ingest)
{
    uint64_t events = 0, statuses = 0, unmatched = 0;

    for (size_t i = 0; i < ingest->count; i++) {
        const struct store_item *item = &ingest->items[i];

        events += item->kind == STORE_EVENT && item->verdict == STORE_NEW;
        statuses += item->kind == STORE_STATUS && item->verdict == STORE_NEW;
        unmatched += item->verdict == STORE_NO_ROW;
    }
    count(in, EVENTS, events);
    count(in, STATUSES, statuses);
    count(in, UNMATCHED, unmatched);
    count(in, events + statuses + unmatched > 0 ? ACCEPTED : DUPLICATE, 1);
}

static void received(struct store_op *op)
{
    struct reception *r = op->ctx;
    struct intake *in = r->post.in;
    int status = status_of(in, op->result);

    if (status == 200)
        count_items(in, &r->ingest);
    if (r->post.rq != NULL)
        post_answer(&r->post, status);
    reception_free(r);
    intake_drop(in);
}

static void ingest(struct reception *r)
{
    struct intake *in = r->post.in;

    r->ingest.op = (struct store_op){ .kind = STORE_INGEST, .done = received, .ctx = r };
    r->ingest.now_ms = clock_wall_ms(in->clock);
    if (FAIL_ERR("bug.ack_before_commit") != 0) {      /* a seeded bug that the campaign's checker must notice */
        post_answer(&r->post, 200);
        r->post.rq = NULL;
    }
    if (submit(in, &r->ingest.op))
        return;
    if (r->post.rq != NULL)
        post_busy(&r->post);
    reception_free(r);
}

void receive_items(const struct post *p, struct channel_inbound *inbound)
{
    struct reception *r;

    count(p->in, IGNORED, inbound->ignored);
    count(p->in, STALE, inbound->stale);
    if (inbound->count == 0) {
        channel_inbound_free(inbound);
        count(p->in, EMPTY, 1);
        post_answer(p, 200);
        return;
    }
    r = calloc(1, sizeof *r);
    if (r == NULL) {
        channel_inbound_free(inbound);
        post_busy(p);
        return;
    }
    r->inbound = *inbound;
    r->post = *p;
    r->ingest.items = r->inbound.items;
    r->ingest.count = r->inbound.count;
    ingest(r);
}

void receive_event(const struct post *p, struct store_item *item, char *body, char *route)
{
    struct reception *r = calloc(1, sizeof *r);

    if (r == NULL || body == NULL || route == NULL) {
        free(r);
        free(body);
        free(route);
        post_busy(p);
        return;
    }
    r->single = *item;
    r->body = body;
    r->route = route;
    r->post = *p;
    r->ingest.items = &r->single;
    r->ingest.count = 1;
    ingest(r);
}

/* ---- what cannot be read ---- */

static void parked(struct store_op *op)
{
    struct parking *p = op->ctx;
    struct intake *in = p->post.in;
    int status = status_of(in, op->result);

    if (status == 200 && p->park.fresh)
        LOG(LOG_WARN, "webhook_parked", log_str("source", p->source), log_str("reason", p->reason), log_str("request", p->post.id),
            log_str("remedy", "it was signed and is kept: see the parked bodies of lisolo status"));
    count(in, PARKED, status == 200);
    post_answer(&p->post, status == 200 ? p->status : status);
    free(p);
    intake_drop(in);
}

void receive_park(const struct post *p, const char *source, const char *reason, int status)
{
    struct parking *k = calloc(1, sizeof *k);
    uint8_t digest[SHA256_BYTES];
    size_t len = 0;
    const char *body = web_body(p->rq, &len);

    if (k == NULL || !crypto_sha256(body, len, digest)) {
        free(k);
        post_busy(p);
        return;
    }
    (void)snprintf(k->source, sizeof k->source, "%s", source);
    (void)snprintf(k->reason, sizeof k->reason, "%.*s", (int)sizeof k->reason - 1, reason);
    k->post = *p;
    k->status = status;
    k->park = (struct store_park){ .op = { .kind = STORE_PARK, .done = parked, .ctx = k }, .source = k->source, .reason = k->reason,
                                   .body = { body, len }, .now_ms = clock_wall_ms(p->in->clock) };      /* the body lives until the answer */
    memcpy(k->park.key, digest, STORE_KEY_BYTES);
    if (submit(p->in, &k->park.op))
        return;
    free(k);
    post_busy(p);
}
