#include <stdlib.h>
#include <string.h>

#include "private.h"

static bool is_health(const char *path) { return strcmp(path, "/healthz") == 0 || strcmp(path, "/readyz") == 0; }

/* Before a body is read. Runs on intake's thread. */
static int on_accept(void *ctx, const char *method, const char *path, size_t *body_max, const char **allow)
{
    struct intake *in = ctx;
    bool get = strcmp(method, "GET") == 0, post = strcmp(method, "POST") == 0;

    *body_max = 0;
    if (strcmp(path, INTAKE_WHATSAPP_PATH) == 0) {
        *allow = "GET, POST";
        *body_max = post ? CHANNEL_WEBHOOK_MAX : 0;
        return get || post ? 0 : 405;
    }
    if (secrets_source(in->secrets, path) != NULL) {
        *allow = "POST";
        *body_max = EVENT_BODY_MAX;
        return post ? 0 : 405;
    }
    if (is_health(path)) {
        *allow = "GET";
        return get ? 0 : 405;
    }
    return 404;
}

static void answer_ready(struct intake *in, struct web_request *rq)
{
    char text[512] = "{}";
    bool up = in->o.ready == NULL || in->o.ready(in->o.ctx, text, sizeof text);

    web_reply(rq, up ? 200 : 503, "application/json", text, strlen(text));
}

static void on_request(void *ctx, struct web_request *rq)
{
    struct intake *in = ctx;
    struct secrets *fresh = atomic_exchange(&in->fresh, NULL);
    const char *path = web_path(rq);
    const struct source *source;

    if (fresh != NULL) {
        secrets_free(in->secrets);
        in->secrets = fresh;
    }
    source = secrets_source(in->secrets, path);
    if (source != NULL)
        event_receive(in, rq, source);
    else if (strcmp(path, "/healthz") == 0)
        web_reply(rq, 200, "text/plain", "ok", 2);
    else if (strcmp(path, "/readyz") == 0)
        answer_ready(in, rq);
    else if (strcmp(web_method(rq), "GET") == 0)
        whatsapp_verify(in, rq);
    else
        whatsapp_receive(in, rq);
}

struct intake *intake_open(const struct intake_options *options, struct error *err)
{
    struct intake *in = calloc(1, sizeof *in);
    struct web_options web = { .address = options->address, .port = options->port, .accept = on_accept, .handler = on_request, .ctx = in };

    if (in == NULL) {
        error_set(err, "intake: out of memory");
        return NULL;
    }
    in->o = *options;
    in->secrets = secrets_copy(&options->secrets, err);
    if (in->secrets != NULL)
        in->web = web_open(&web, err);
    if (in->web == NULL) {
        secrets_free(in->secrets);
        free(in);
        return NULL;
    }
    return in;
}

uint16_t intake_port(const struct intake *in) { return web_port(in->web); }

void intake_step(struct intake *in, int timeout_ms) { web_step(in->web, timeout_ms); }

void intake_wake(struct intake *in) { web_wake(in->web); }

void intake_close(struct intake *in, int drain_ms)
{
    int64_t until = clock_mono_ms(clock_real()) + drain_ms;

    while (atomic_load(&in->open) > 0 && clock_mono_ms(clock_real()) < until)
        web_step(in->web, 10);
    web_close(in->web, drain_ms);
    secrets_free(in->secrets);
    secrets_free(atomic_load(&in->fresh));
    free(in);
}

void intake_report(struct intake *in, cJSON *to)
{
    static const char *const names[VERDICTS] = { "accepted", "duplicate", "bad_signature", "parked", "busy", "no_space", "ignored", "stale" };
    struct web_counts web;
    cJSON *report = cJSON_CreateObject();

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
