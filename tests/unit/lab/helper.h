/*
 * For the tests of the stand-ins: one of them on a thread of its own, a client, and a small host that takes webhooks.
 */
#ifndef TEST_LAB_HELPER_H
#define TEST_LAB_HELPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lisolo/base/fetch.h"
#include "lisolo/base/json.h"

/* ---- something that is stepped, on a thread ---- */

struct runner;
struct runner *runner_start(void (*step)(void *ctx, int timeout_ms), void (*wake)(void *ctx), void *ctx);
void           runner_stop(struct runner *r);

/* ---- a client ---- */

struct reply {
    enum fetch_outcome outcome;
    int    status;
    bool   timed_out;
    int64_t retry_after_ms;
    char  *text;
    cJSON *json;       /* NULL when it is none */
};

/* Waits for the answer. `header` is NULL or more headers, "Name: value" each, a line each. A body makes the request application/json. */
struct reply call(const char *method, const char *url, const char *header, const char *body, int timeout_ms);
void         reply_free(struct reply *r);

/* ---- a host that takes webhooks and checks their signature by base/crypto ---- */

struct host;
/* Answers `refuse` requests with `refuse_status` first, then 200. `secret` is the raw key; `standard` expects Standard Webhooks. */
struct host *host_start(const void *secret, size_t secret_len, bool standard, int refuse, int refuse_status);
void         host_stop(struct host *h);
uint16_t     host_port(const struct host *h);
/* Waits up to ms until at least n were taken (200). Returns how many. */
size_t       host_wait(struct host *h, size_t n, int ms);
size_t       host_bad_signatures(struct host *h);
/* The n-th taken body (0-based) and its webhook-id header; valid until host_stop(). */
const char  *host_body(struct host *h, size_t n);
const char  *host_id(struct host *h, size_t n);

#endif
