#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/crypto.h"
#include "private.h"

/* ---- routes ---- */

static bool is_health(const char *path) { return strcmp(path, "/healthz") == 0 || strcmp(path, "/readyz") == 0; }

/* Its index, or the number of sources. */
static size_t find_source(const struct intake *in, const char *path)
{
    size_t i = 0;

    while (i < in->source_count && strcmp(in->sources[i].path, path) != 0)
        i++;
    return i;
}

/* Before a body is read. Runs on intake's thread. */
static int on_accept(void *ctx, const char *method, const char *path, size_t *body_max, const char **allow)
{
    struct intake *in = ctx;
    bool get = strcmp(method, "GET") == 0, post = strcmp(method, "POST") == 0;

    if (strcmp(path, INTAKE_WHATSAPP_PATH) == 0) {
        *allow = "GET, POST";
        *body_max = post ? CHANNEL_WEBHOOK_MAX : 0;
        return get || post ? 0 : 405;
    }
    if (find_source(in, path) < in->source_count) {
        *allow = "POST";
        *body_max = EVENT_BODY_MAX;
        return post ? 0 : 405;
    }
    if (is_health(path)) {
        *allow = "GET, HEAD";
        return get || strcmp(method, "HEAD") == 0 ? 0 : 405;
    }
    routes_take_up(in);
    if (routes_find(in, path) != NULL) {
        *allow = "POST";
        *body_max = EVENT_BODY_MAX;
        return post ? 0 : 405;
    }
    return 404;
}

static void answer_ready(struct intake *in, struct web_request *rq)
{
    char text[1024] = "{}";
    bool up = in->ready == NULL || in->ready(in->ctx, text, sizeof text);

    web_reply(rq, up ? 200 : 503, "application/json", text, strlen(text));
}

static void take_up_secrets(struct intake *in)
{
    struct secrets *fresh;

    if (atomic_load_explicit(&in->fresh, memory_order_relaxed) == NULL)
        return;
    fresh = atomic_exchange(&in->fresh, NULL);
    if (fresh != NULL) {
        secrets_free(in->secrets);
        in->secrets = fresh;
    }
}

/* A reload may have taken a source's path away while its body was being read. */
static void receive(const struct post *p, const char *path)
{
    size_t source = find_source(p->in, path);
    const struct route *route = source < p->in->source_count ? NULL : routes_find(p->in, path);

    if (strcmp(path, INTAKE_WHATSAPP_PATH) == 0)
        whatsapp_receive(p);
    else if (source < p->in->source_count)
        event_receive(p, source);
    else if (route != NULL)
        scripted_receive(p, route);
    else
        post_answer(p, 404);
}

static void on_request(void *ctx, struct web_request *rq)
{
    struct intake *in = ctx;
    struct post p = { .in = in, .rq = rq };
    const char *path = web_path(rq);

    take_up_secrets(in);
    if (strcmp(path, "/healthz") == 0) {
        web_reply(rq, 200, "text/plain", "ok", 2);
    } else if (strcmp(path, "/readyz") == 0) {
        answer_ready(in, rq);
    } else if (strcmp(web_method(rq), "POST") != 0) {
        whatsapp_verify(in, rq);
    } else {
        (void)snprintf(p.id, sizeof p.id, "%016" PRIx64, in->next_id++);
        receive(&p, path);
    }
}

/* ---- life ---- */

void intake_drop(struct intake *in)
{
    if (atomic_fetch_sub(&in->uses, 1) != 1)
        return;
    secrets_free(in->secrets);
    secrets_free(atomic_load(&in->fresh));
    routes_free(in->routes);
    routes_free(atomic_load(&in->fresh_routes));
    sources_free(in);
    free(in);
}

struct intake *intake_open(const struct intake_options *options, struct error *err)
{
    struct web_options web = { .address = options->address, .port = options->port, .accept = on_accept, .handler = on_request };
    struct intake *in = calloc(1, sizeof *in);

    if (in == NULL) {
        error_set(err, "intake: out of memory");
        return NULL;
    }
    atomic_init(&in->uses, 1);
    in->clock = options->clock;
    in->store = options->store;
    in->numbers = options->numbers;
    in->number_count = options->number_count;
    in->ready = options->ready;
    in->ctx = options->ctx;
    crypto_random(&in->next_id, sizeof in->next_id);
    if (!sources_copy(in, &options->secrets, err))
        goto fail;
    in->secrets = secrets_copy(in, &options->secrets, err);
    if (in->secrets == NULL)
        goto fail;
    web.ctx = in;
    in->web = web_open(&web, err);
    if (in->web == NULL)
        goto fail;
    return in;
fail:
    intake_drop(in);
    return NULL;
}

uint16_t intake_port(const struct intake *in) { return web_port(in->web); }

void intake_step(struct intake *in, int timeout_ms) { web_step(in->web, timeout_ms); }

void intake_wake(struct intake *in) { web_wake(in->web); }

void intake_close(struct intake *in, int drain_ms)
{
    web_close(in->web, drain_ms);
    intake_drop(in);
}

void intake_report(struct intake *in, cJSON *to)
{
    static const char *const names[VERDICTS] = {
        [ACCEPTED] = "accepted", [DUPLICATE] = "duplicate", [EMPTY] = "empty", [PARKED] = "parked", [BAD_SIGNATURE] = "bad_signature",
        [BUSY] = "busy", [NO_SPACE] = "no_space",
        [EVENTS] = "events", [STATUSES] = "statuses", [UNMATCHED] = "statuses_unmatched", [STALE] = "stale", [IGNORED] = "ignored",
    };
    struct web_counts web;
    cJSON *report = cJSON_CreateObject();

    if (report == NULL)
        return;
    web_counts(in->web, &web);
    for (int i = 0; i < VERDICTS; i++)
        (void)json_add_int(report, names[i], (int64_t)atomic_load(&in->counts[i]));
    (void)json_add_int(report, "requests", (int64_t)web.requests);
    (void)json_add_int(report, "too_large", (int64_t)web.refused_size);
    (void)json_add_int(report, "timed_out", (int64_t)web.timed_out);
    (void)json_add_int(report, "late_replies", (int64_t)web.late_replies);
    (void)json_add_int(report, "connections", web.connections);
    (void)json_add(to, "intake", report);
}
