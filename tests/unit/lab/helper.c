#include "helper.h"

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lisolo/base/clock.h"
#include "lisolo/base/crypto.h"
#include "lisolo/base/web.h"

/* ---- runner ---- */

struct runner {
    void (*step)(void *ctx, int timeout_ms);
    void (*wake)(void *ctx);
    void       *ctx;
    pthread_t   thread;
    atomic_bool stop;
};

static void *run(void *ctx)
{
    struct runner *r = ctx;

    while (!r->stop)
        r->step(r->ctx, 1000);
    return NULL;
}

struct runner *runner_start(void (*step)(void *ctx, int timeout_ms), void (*wake)(void *ctx), void *ctx)
{
    struct runner *r = calloc(1, sizeof *r);

    assert(r != NULL);
    r->step = step;
    r->wake = wake;
    r->ctx = ctx;
    assert(pthread_create(&r->thread, NULL, run, r) == 0);
    return r;
}

void runner_stop(struct runner *r)
{
    r->stop = true;
    r->wake(r->ctx);
    pthread_join(r->thread, NULL);
    free(r);
}

/* ---- client ---- */

struct waiting {
    struct reply *reply;
    bool          done;
};

static void on_done(void *ctx, const struct fetch_result *result)
{
    struct waiting *w = ctx;
    struct error err;

    w->done = true;
    *w->reply = (struct reply){ .outcome = result->outcome, .status = result->status, .timed_out = result->timed_out,
                                .retry_after_ms = result->retry_after_ms };
    w->reply->text = strdup(result->body == NULL ? "" : result->body);
    w->reply->json = json_parse(w->reply->text, strlen(w->reply->text), &err);
}

struct reply call(const char *method, const char *url, const char *header, const char *body, int timeout_ms)
{
    char *lines = strdup(header == NULL ? "" : header), *rest = NULL;
    const char *headers[8] = { body == NULL ? "Accept: */*" : "Content-Type: application/json" };
    struct fetch_request rq = { .method = method, .url = url, .headers = headers, .body = body,
                                .body_len = body == NULL ? 0 : strlen(body), .timeout_ms = timeout_ms, .answer_max = 64 * 1024 * 1024 };
    struct reply reply = { .outcome = FETCH_NOT_SENT };
    struct waiting w = { .reply = &reply };
    size_t count = 1;
    struct error err;
    struct fetch *f = fetch_new(&(struct fetch_options){ .allow_private = true, .allow_http = true }, &err);

    assert(f != NULL && lines != NULL);
    for (char *line = strtok_r(lines, "\n", &rest); line != NULL && count < 7; line = strtok_r(NULL, "\n", &rest))
        headers[count++] = line;
    if (!fetch_start(f, &rq, on_done, &w, &err)) {
        fprintf(stderr, "%s\n", err.text);
        abort();
    }
    while (!w.done)
        fetch_step(f, 1000);
    fetch_free(f);
    free(lines);
    return reply;
}

void reply_free(struct reply *r)
{
    free(r->text);
    cJSON_Delete(r->json);
    *r = (struct reply){ 0 };
}

/* ---- host ---- */

enum { TAKEN_MAX = 20000 };

struct host {
    struct web    *web;
    struct runner *runner;
    unsigned char  secret[64];
    size_t         secret_len;
    bool           standard;
    int            refuse, refuse_status;
    atomic_size_t  taken, bad;
    char          *bodies[TAKEN_MAX], *ids[TAKEN_MAX];
};

static bool hub_ok(const struct host *h, struct web_request *rq, const char *body, size_t len)
{
    const char *given = web_header(rq, "X-Hub-Signature-256");
    uint8_t digest[SHA256_BYTES];
    char hex[2 * SHA256_BYTES + 1];

    assert(crypto_hmac_sha256(h->secret, h->secret_len, body, len, digest));
    crypto_hex(digest, sizeof digest, hex);
    return given != NULL && strncmp(given, "sha256=", 7) == 0 && strcmp(given + 7, hex) == 0;
}

static bool standard_ok(const struct host *h, struct web_request *rq, const char *body, size_t len)
{
    const char *id = web_header(rq, "webhook-id"), *time = web_header(rq, "webhook-timestamp"), *given = web_header(rq, "webhook-signature");
    uint8_t digest[SHA256_BYTES];
    char base64[64], *signed_bytes;
    int64_t age;
    int n;

    if (id == NULL || time == NULL || given == NULL)
        return false;
    age = clock_wall_ms(clock_real()) / 1000 - strtoll(time, NULL, 10);
    signed_bytes = malloc(len + 256);
    assert(signed_bytes != NULL);
    n = snprintf(signed_bytes, 256, "%s.%s.", id, time);
    memcpy(signed_bytes + n, body, len);
    assert(crypto_hmac_sha256(h->secret, h->secret_len, signed_bytes, (size_t)n + len, digest));
    free(signed_bytes);
    crypto_base64(digest, sizeof digest, base64);
    return age >= -5 && age <= 5 && strncmp(given, "v1,", 3) == 0 && strcmp(given + 3, base64) == 0;
}

static void take(void *ctx, struct web_request *rq)
{
    struct host *h = ctx;
    size_t len, n = h->taken;
    const char *body = web_body(rq, &len), *id = web_header(rq, "webhook-id");

    if (!(h->standard ? standard_ok(h, rq, body, len) : hub_ok(h, rq, body, len))) {
        h->bad++;
        web_reply(rq, 401, NULL, NULL, 0);
        return;
    }
    if (h->refuse > 0) {
        h->refuse--;
        web_reply(rq, h->refuse_status, NULL, NULL, 0);
        return;
    }
    assert(n < TAKEN_MAX);
    h->bodies[n] = strndup(body, len);
    h->ids[n] = strdup(id == NULL ? "" : id);
    h->taken = n + 1;
    web_reply(rq, 200, NULL, NULL, 0);
}

static void host_step(void *ctx, int timeout_ms) { web_step(((struct host *)ctx)->web, timeout_ms); }

static void host_wake(void *ctx) { web_wake(((struct host *)ctx)->web); }

struct host *host_start(const void *secret, size_t secret_len, bool standard, int refuse, int refuse_status)
{
    struct host *h = calloc(1, sizeof *h);
    struct error err;

    assert(h != NULL && secret_len <= sizeof h->secret);
    memcpy(h->secret, secret, secret_len);
    h->secret_len = secret_len;
    h->standard = standard;
    h->refuse = refuse;
    h->refuse_status = refuse_status;
    h->web = web_open(&(struct web_options){ .address = "127.0.0.1", .handler = take, .ctx = h }, &err);
    assert(h->web != NULL);
    h->runner = runner_start(host_step, host_wake, h);
    return h;
}

void host_stop(struct host *h)
{
    runner_stop(h->runner);
    web_close(h->web, 0);
    for (size_t i = 0; i < h->taken; i++) {
        free(h->bodies[i]);
        free(h->ids[i]);
    }
    free(h);
}

uint16_t host_port(const struct host *h) { return web_port(h->web); }

size_t host_wait(struct host *h, size_t n, int ms)
{
    int64_t until = clock_mono_ms(clock_real()) + ms;

    while (h->taken < n && clock_mono_ms(clock_real()) < until)
        usleep(2000);
    return h->taken;
}

size_t host_bad_signatures(struct host *h) { return h->bad; }

const char *host_body(struct host *h, size_t n) { return h->bodies[n]; }

const char *host_id(struct host *h, size_t n) { return h->ids[n]; }
