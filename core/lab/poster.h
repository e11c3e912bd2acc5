/*
 * poster - posts signed webhooks to a host from a thread of its own, and goes on until each is answered.
 *
 * At-least-once and unordered, as Meta and Standard Webhooks senders are: the same bytes are posted again with growing gaps
 * until the host says 200 (Meta's rule) or 2xx (Standard Webhooks), also across restarts of the host.
 */
#ifndef LAB_POSTER_H
#define LAB_POSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lisolo/base/error.h"

struct poster;

enum poster_manner {
    POSTER_META,        /* X-Hub-Signature-256, ends at exactly 200 */
    POSTER_STANDARD,    /* webhook-id, webhook-timestamp (of the attempt), webhook-signature; ends at 2xx, 410 gives up */
};

struct poster_options {
    enum poster_manner manner;
    const char *url;         /* copied, as all strings here */
    const char *secret;
    const char *prefix;      /* a body is prefix + items joined by "," + suffix */
    const char *suffix;
    unsigned    batch_max;   /* most items in one body; at least 1 */
};

struct poster *poster_start(const struct poster_options *options, struct error *err);
void           poster_stop(struct poster *p);   /* what is still to be posted is dropped; NULL is fine */

/* Any thread. `id` names a Standard Webhooks event and is ignored for Meta. Copies. False: too much waits, or out of memory. */
bool poster_push(struct poster *p, int64_t delay_ms, const char *id, const char *item, size_t len);

struct poster_counts { uint64_t items, posts, done, retries, dropped; };
void poster_counts(struct poster *p, struct poster_counts *out);   /* any thread; items less done less dropped is what waits */

#endif
