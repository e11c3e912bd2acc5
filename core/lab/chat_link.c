#include "chat_link.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/buf.h"
#include "lisolo/base/clock.h"
#include "lisolo/base/fetch.h"
#include "sign.h"
#include "wire.h"

enum {
    POLL_MS = 25000, POLL_AGAIN_MS = 500,
    POST_FIRST_MS = 200, POST_MAX_MS = 2000, POST_TIMEOUT_MS = 15000,
    ANSWER_MAX = 64 * 1024 * 1024, URL_MAX = 1024,
};

struct link {
    const struct lab_chat_options *options;
    struct link_events events;
    struct fetch     *fetch;
    struct signer    *signer;
    struct templates *templates;
    uint64_t          person;
    bool              ready, lost, closing;

    uint64_t after;
    bool     polling;
    int64_t  poll_at_ms;

    char    *body;              /* being posted; NULL: nothing is */
    size_t   len;
    bool     in_flight;
    int      attempts, post_ms;
    int64_t  post_at_ms, give_up_ms;
};

static int64_t now(void) { return clock_mono_ms(clock_real()); }

static void say_state(struct link *l, bool ok, const char *why)
{
    if (l->lost == !ok)
        return;
    l->lost = !ok;
    l->events.state(l->events.ctx, ok, why);
}

/* ---- listening ---- */

static bool for_us(const struct link *l, const cJSON *item)
{
    const char *kind = json_str(item, "kind"), *to = json_str(item, "to");

    return (kind != NULL && strcmp(kind, "read") == 0) || (to != NULL && wire_phone(to) == l->person);
}

static bool take_messages(struct link *l, const char *body, size_t len)
{
    struct error err;
    cJSON *tree = json_parse(body, len, &err), *list, *item;
    int64_t next = 0;

    if (tree == NULL || !json_int(tree, "next", &next)) {
        cJSON_Delete(tree);
        return false;
    }
    l->after = (uint64_t)next;
    list = cJSON_GetObjectItemCaseSensitive(tree, "messages");
    while (l->ready && list != NULL && (item = cJSON_DetachItemFromArray(list, 0)) != NULL) {
        if (for_us(l, item))
            l->events.item(l->events.ctx, item);
        else
            cJSON_Delete(item);
    }
    l->ready = true;
    cJSON_Delete(tree);
    return true;
}

static void polled(void *ctx, const struct fetch_result *r)
{
    struct link *l = ctx;
    bool ok = r->outcome == FETCH_ANSWERED && r->status == 200;

    l->polling = false;
    if (l->closing)
        return;
    if (ok)
        ok = take_messages(l, r->body, r->body_len);
    say_state(l, ok, "graph");
    l->poll_at_ms = ok ? 0 : now() + POLL_AGAIN_MS;
}

static void poll_start(struct link *l)
{
    char url[URL_MAX];
    struct fetch_request rq = { .method = "GET", .url = url, .timeout_ms = POLL_MS + 10000, .answer_max = ANSWER_MAX };
    struct error err;

    /* The first time: only where the record ends, so that what was said before this chat is not shown. */
    snprintf(url, sizeof url, "%s/_lab/messages?after=%" PRIu64 "&wait_ms=%d&reads=1", l->options->graph_url,
             l->ready ? l->after : (uint64_t)INT64_MAX, l->ready ? POLL_MS : 0);
    l->polling = fetch_start(l->fetch, &rq, polled, l, &err);
    if (!l->polling) {
        say_state(l, false, err.text);
        l->poll_at_ms = now() + POLL_AGAIN_MS;
    }
}

static void got_templates(void *ctx, const struct fetch_result *r)
{
    struct link *l = ctx;
    struct error err;
    cJSON *tree;

    if (l->closing || r->outcome != FETCH_ANSWERED || r->status != 200)
        return;
    tree = json_parse(r->body, r->body_len, &err);
    if (tree != NULL)
        l->templates = templates_read(tree, &err);
}

static bool ask_templates(struct link *l, struct error *err)
{
    char url[URL_MAX];
    struct fetch_request rq = { .method = "GET", .url = url, .timeout_ms = 5000, .answer_max = ANSWER_MAX };

    snprintf(url, sizeof url, "%s/_lab/templates", l->options->graph_url);
    return fetch_start(l->fetch, &rq, got_templates, l, err);
}

/* ---- speaking ---- */

static void post_end(struct link *l, bool ok, const char *why)
{
    free(l->body);
    l->body = NULL;
    l->events.posted(l->events.ctx, ok, why);
}

static void posted(void *ctx, const struct fetch_result *r)
{
    struct link *l = ctx;
    bool answered = r->outcome == FETCH_ANSWERED;
    int64_t delay_ms = POST_FIRST_MS;
    char why[200];

    l->in_flight = false;
    if (l->closing)
        return;
    if (answered && r->status == 200) {
        say_state(l, true, "host");
        post_end(l, true, NULL);
        return;
    }
    snprintf(why, sizeof why, "HTTP %d", r->status);
    if (!answered)
        snprintf(why, sizeof why, "%s", r->reason);
    /* Meta posts again whatever the host said; for a person who waits, a 4xx is an answer. */
    if ((answered && r->status / 100 == 4 && r->status != 408 && r->status != 429) || now() >= l->give_up_ms) {
        post_end(l, false, why);
        return;
    }
    say_state(l, false, "host");
    for (int i = 1; i < l->attempts && delay_ms < POST_MAX_MS; i++)
        delay_ms *= 2;
    l->post_at_ms = now() + (delay_ms > POST_MAX_MS ? POST_MAX_MS : delay_ms);
}

static void post_start(struct link *l)
{
    char header[SIGN_HUB_SIZE + 32], signature[SIGN_HUB_SIZE];
    const char *headers[] = { "Content-Type: application/json", header, NULL };
    struct fetch_request rq = { .method = "POST", .url = l->options->webhook_url, .headers = headers, .body = l->body,
                                .body_len = l->len, .timeout_ms = POST_TIMEOUT_MS };
    struct error err;

    if (!signer_hub(l->signer, l->body, l->len, signature)) {
        post_end(l, false, "cannot sign");
        return;
    }
    snprintf(header, sizeof header, "X-Hub-Signature-256: %s", signature);
    l->attempts++;
    l->in_flight = fetch_start(l->fetch, &rq, posted, l, &err);
    if (!l->in_flight)
        post_end(l, false, err.text);
}

bool link_post(struct link *l, const char *body, size_t len, struct error *err)
{
    if (l->body != NULL)
        return error_set(err, "another message is being delivered");
    l->body = malloc(len + 1);
    if (l->body == NULL)
        return error_set(err, "out of memory");
    memcpy(l->body, body, len);
    l->body[len] = '\0';
    l->len = len;
    l->attempts = 0;
    l->post_at_ms = now();
    l->give_up_ms = now() + l->post_ms;
    return true;
}

bool link_posting(const struct link *l) { return l->body != NULL; }

static void advanced(void *ctx, const struct fetch_result *r)
{
    struct link *l = ctx;

    if (!l->closing)
        l->events.advanced(l->events.ctx, r->outcome == FETCH_ANSWERED && r->status == 200,
                           r->outcome == FETCH_ANSWERED ? r->body : r->reason);
}

bool link_advance(struct link *l, const char *reference, const char *word, struct error *err)
{
    static const char *const headers[] = { "Content-Type: application/json", NULL };
    struct fetch_request rq = { .method = "POST", .headers = headers, .timeout_ms = 5000 };
    char url[URL_MAX];
    struct buf b;
    bool ok;

    if (l->options->backend_url == NULL)
        return error_set(err, "no backend stand-in is known");
    snprintf(url, sizeof url, "%s/_lab/advance", l->options->backend_url);
    buf_init(&b, 4096);
    buf_adds(&b, "{\"numero_mission\":");
    wire_string(&b, reference);
    buf_adds(&b, ",\"statut\":");
    wire_string(&b, word);
    buf_addc(&b, '}');
    rq.url = url;
    rq.body = buf_str(&b);
    rq.body_len = b.len;
    ok = buf_ok(&b) ? fetch_start(l->fetch, &rq, advanced, l, err) : error_set(err, "too long");
    buf_free(&b);
    return ok;
}

/* ---- life ---- */

bool link_ready(const struct link *l) { return l->ready; }

const struct templates *link_templates(const struct link *l) { return l->templates; }

bool link_watch(struct link *l, int fd) { return fetch_watch(l->fetch, fd); }

struct link *link_open(const struct lab_chat_options *options, int post_ms, const struct link_events *events, struct error *err)
{
    struct link *l = calloc(1, sizeof *l);

    if (l == NULL) {
        error_set(err, "out of memory");
        return NULL;
    }
    l->options = options;
    l->events = *events;
    l->post_ms = post_ms;
    l->person = wire_phone(options->phone);
    l->signer = signer_new(options->app_secret, strlen(options->app_secret), err);
    if (l->signer != NULL)
        l->fetch = fetch_new(&(struct fetch_options){ .allow_private = true, .allow_http = true }, err);
    if (l->fetch == NULL || !ask_templates(l, err)) {
        link_close(l);
        return NULL;
    }
    return l;
}

void link_close(struct link *l)
{
    if (l == NULL)
        return;
    l->closing = true;
    if (l->fetch != NULL)
        fetch_free(l->fetch);
    signer_free(l->signer);
    templates_free(l->templates);
    free(l->body);
    free(l);
}

void link_step(struct link *l, int timeout_ms)
{
    int64_t at = now();

    if (!l->polling && at >= l->poll_at_ms)
        poll_start(l);
    if (l->body != NULL && !l->in_flight && at >= l->post_at_ms)
        post_start(l);
    if (!l->polling && l->poll_at_ms - at < timeout_ms)
        timeout_ms = l->poll_at_ms > at ? (int)(l->poll_at_ms - at) : 0;
    if (l->body != NULL && !l->in_flight && l->post_at_ms - at < timeout_ms)
        timeout_ms = l->post_at_ms > at ? (int)(l->post_at_ms - at) : 0;
    fetch_step(l->fetch, timeout_ms);
}
