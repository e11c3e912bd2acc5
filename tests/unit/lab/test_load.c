/*
 * The load generator against a toy host that answers every message: what it counts, and that it notices what goes wrong.
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../../core/lab/histogram.h"
#include "helper.h"
#include "lisolo/base/crypto.h"
#include "lisolo/base/fetch.h"
#include "lisolo/base/log.h"
#include "lisolo/base/web.h"
#include "lisolo/lab.h"

static const char secret[] = "app-secret-example";

/* ---- a host in one thread: checks the signature, answers 200, sends one message back ---- */

struct toy {
    struct web    *web;
    struct fetch  *fetch;
    struct runner *runner;
    uint16_t       graph_port;
    uint64_t       taken, bad, statuses, sent;
    int            refuse;         /* so many webhooks are answered 503 first */
    int            silent_every;   /* every n-th message gets no reply; 0: none */
    bool           twice;          /* each reply is sent twice, as another attempt */
    bool           broken;         /* replies are no valid messages */
};

static void replied(void *ctx, const struct fetch_result *r)
{
    (void)ctx;
    (void)r;
}

static void reply_to(struct toy *t, const char *from, int attempt)
{
    static const char *const headers[] = { "Authorization: Bearer T", "Content-Type: application/json", NULL };
    char url[128], body[512];
    struct fetch_request rq = { .method = "POST", .url = url, .headers = headers, .body = body, .timeout_ms = 5000 };
    struct error err;

    snprintf(url, sizeof url, "http://127.0.0.1:%u/v26.0/555000111222333/messages", (unsigned)t->graph_port);
    rq.body_len = (size_t)snprintf(body, sizeof body, "{\"messaging_product\":\"whatsapp\",\"to\":\"+%s\",\"type\":\"text\",\"text\":{\"body\":\"%s\"},"
                                   "\"biz_opaque_callback_data\":\"v1.i.%" PRIu64 ".%d\"}", from, t->broken ? "" : "Bonjour", t->sent, attempt);
    if (!fetch_start(t->fetch, &rq, replied, t, &err))
        fail_msg("%s", err.text);
}

static bool signature_ok(struct web_request *rq, const char *body, size_t len)
{
    const char *given = web_header(rq, "X-Hub-Signature-256");
    uint8_t digest[SHA256_BYTES];
    char hex[2 * SHA256_BYTES + 1];

    if (!crypto_hmac_sha256(secret, strlen(secret), body, len, digest))
        return false;
    crypto_hex(digest, sizeof digest, hex);
    return given != NULL && strncmp(given, "sha256=", 7) == 0 && strcmp(given + 7, hex) == 0;
}

static void take(void *ctx, struct web_request *rq)
{
    struct toy *t = ctx;
    struct error err;
    size_t len;
    const char *body = web_body(rq, &len), *from;
    cJSON *tree = json_parse(body, len, &err);

    if (tree == NULL || !signature_ok(rq, body, len)) {
        t->bad++;
        web_reply(rq, 401, NULL, NULL, 0);
    } else if (t->refuse > 0) {
        t->refuse--;
        web_reply(rq, 503, NULL, NULL, 0);
    } else {
        from = json_str(json_path(tree, "entry.1.changes.1.value.messages.1"), "from");
        web_reply(rq, 200, NULL, NULL, 0);
        if (from == NULL) {
            t->statuses++;
        } else if (++t->taken, t->silent_every == 0 || t->taken % (uint64_t)t->silent_every != 0) {
            t->sent++;
            reply_to(t, from, 1);
            if (t->twice)
                reply_to(t, from, 2);
        }
    }
    cJSON_Delete(tree);
}

static void toy_step(void *ctx, int timeout_ms)
{
    struct toy *t = ctx;

    (void)timeout_ms;
    web_step(t->web, 1);
    fetch_step(t->fetch, 0);
}

static void toy_wake(void *ctx) { web_wake(((struct toy *)ctx)->web); }

static uint16_t free_port(void)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
    close(fd);
    return ntohs(a.sin_port);
}

/* Runs lab_load() with its stdout in a file, and reads the report. */
static cJSON *run_load(struct toy *t, struct lab_load_options *o)
{
    char url[64], text[64 * 1024];
    struct error err = { "" };
    int saved, out;
    ssize_t n;
    bool ok;
    cJSON *report;
    FILE *file = tmpfile();

    assert_non_null(file);
    t->graph_port = free_port();
    t->web = web_open(&(struct web_options){ .address = "127.0.0.1", .handler = take, .ctx = t }, &err);
    t->fetch = fetch_new(&(struct fetch_options){ .allow_private = true, .allow_http = true }, &err);
    assert_non_null(t->web);
    assert_non_null(t->fetch);
    t->runner = runner_start(toy_step, toy_wake, t);
    snprintf(url, sizeof url, "http://127.0.0.1:%u/whatsapp", (unsigned)web_port(t->web));
    o->webhook_url = url;
    o->app_secret = secret;
    o->token = "T";
    o->number = "555000111222333";
    o->graph_port = t->graph_port;
    out = fileno(file);
    fflush(stdout);
    saved = dup(1);
    dup2(out, 1);
    ok = lab_load(o, &err);
    fflush(stdout);
    dup2(saved, 1);
    close(saved);
    runner_stop(t->runner);
    web_close(t->web, 0);
    fetch_free(t->fetch);
    if (!ok)
        fail_msg("%s", err.text);
    n = pread(out, text, sizeof text - 1, 0);
    assert_true(n > 0);
    report = json_parse(text, (size_t)n - 1, &err);
    if (report == NULL)
        fail_msg("%s: %.*s", err.text, (int)n, text);
    fclose(file);
    return report;
}

static int64_t figure(const cJSON *report, const char *part, const char *name)
{
    int64_t value = -1;

    assert_true(json_int(part == NULL ? report : json_get(report, part), name, &value));
    return value;
}

static void every_message_is_acked_and_answered_once(void **state)
{
    struct toy t = { 0 };
    struct lab_load_options o = { .people = 200, .connections = 16, .warm_s = -1, .seconds = 30, .messages = 1000 };
    cJSON *report = run_load(&t, &o);

    (void)state;
    assert_int_equal(t.bad, 0);
    assert_true(figure(report, NULL, "messages") >= 1000);
    assert_int_equal(figure(report, "total", "sent"), t.taken);
    assert_int_equal(figure(report, "total", "acked"), t.taken);
    assert_int_equal(figure(report, "total", "replies"), t.sent);
    assert_int_equal(figure(report, "total", "extra_replies"), 0);
    assert_int_equal(figure(report, "total", "lost"), 0);
    assert_int_equal(figure(report, "total", "resent"), 0);
    assert_int_equal(figure(report, "graph", "accepted"), t.sent);
    assert_int_equal(figure(report, "graph", "row_doubles"), 0);
    assert_true(figure(report, "reply_ms", "count") >= 1000);
    cJSON_Delete(report);
}

static void refused_webhooks_are_posted_again(void **state)
{
    struct toy t = { .refuse = 50 };
    struct lab_load_options o = { .people = 100, .connections = 8, .warm_s = -1, .seconds = 30, .messages = 500 };
    cJSON *report = run_load(&t, &o);

    (void)state;
    assert_int_equal(figure(report, "refused_by_host", "503"), 50);
    assert_int_equal(figure(report, "total", "resent"), 50);
    assert_int_equal(figure(report, "total", "lost"), 0);
    assert_int_equal(figure(report, "total", "acked"), t.taken);
    cJSON_Delete(report);
}

static void missing_replies_are_counted_as_lost(void **state)
{
    struct toy t = { .silent_every = 100 };
    struct lab_load_options o = { .people = 100, .connections = 8, .warm_s = -1, .seconds = 30, .messages = 950, .reply_timeout_ms = 400 };
    cJSON *report = run_load(&t, &o);

    (void)state;
    assert_in_range(figure(report, "total", "lost"), 8, 11);
    cJSON_Delete(report);
}

static void doubled_replies_are_counted(void **state)
{
    struct toy t = { .twice = true };
    struct lab_load_options o = { .people = 50, .connections = 8, .warm_s = -1, .seconds = 30, .messages = 200 };
    cJSON *report = run_load(&t, &o);
    int64_t doubles = figure(report, "graph", "row_doubles");

    (void)state;
    assert_true(doubles >= 200);
    assert_int_equal(figure(report, "graph", "doubles"), 0);   /* another attempt has another callback */
    cJSON_Delete(report);
}

static void invalid_replies_are_refused_like_metas(void **state)
{
    struct toy t = { .broken = true };
    struct lab_load_options o = { .people = 20, .connections = 4, .warm_s = -1, .seconds = 0.5, .reply_timeout_ms = 300 };
    cJSON *report = run_load(&t, &o);

    (void)state;
    assert_true(figure(report, "refused_by_graph", "131009") >= 20);
    assert_int_equal(figure(report, "graph", "accepted"), 0);
    cJSON_Delete(report);
}

static void statuses_follow_replies(void **state)
{
    struct toy t = { 0 };
    struct lab_load_options o = { .people = 50, .connections = 8, .warm_s = -1, .seconds = 30, .messages = 200, .statuses = true };
    cJSON *report = run_load(&t, &o);

    (void)state;
    assert_int_equal(t.bad, 0);
    assert_int_equal(t.statuses, 3 * t.sent);
    assert_int_equal(figure(report, "total", "statuses"), 3 * t.sent);
    cJSON_Delete(report);
}

static void a_fixed_rate_is_kept(void **state)
{
    struct toy t = { 0 };
    /* More people than messages: a slow machine delays messages, it does not make them fewer. */
    struct lab_load_options o = { .people = 2000, .connections = 8, .warm_s = -1, .seconds = 2, .rate = 200 };
    cJSON *report = run_load(&t, &o);

    (void)state;
    assert_in_range(figure(report, "total", "sent"), 300, 401);
    assert_int_equal(figure(report, "total", "lost"), 0);
    cJSON_Delete(report);
}

static void a_histogram_is_right_to_two_percent(void **state)
{
    struct histogram *h = calloc(1, sizeof *h);

    (void)state;
    for (int64_t us = 1; us <= 100000; us++)
        histogram_add(h, us);
    assert_in_range(histogram_at(h, 0.50), 50000, 51000);
    assert_in_range(histogram_at(h, 0.99), 99000, 100000);
    assert_int_equal(histogram_at(h, 1), 100000);
    histogram_add(h, (int64_t)1 << 50);
    assert_true(histogram_at(h, 1) > 0);
    free(h);
    h = calloc(1, sizeof *h);
    assert_int_equal(histogram_at(h, 0.5), 0);
    histogram_add(h, 7);
    assert_int_equal(histogram_at(h, 0.5), 7);
    assert_int_equal(histogram_at(h, 0.001), 7);
    free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_histogram_is_right_to_two_percent),
        cmocka_unit_test(every_message_is_acked_and_answered_once),
        cmocka_unit_test(refused_webhooks_are_posted_again),
        cmocka_unit_test(missing_replies_are_counted_as_lost),
        cmocka_unit_test(doubled_replies_are_counted),
        cmocka_unit_test(invalid_replies_are_refused_like_metas),
        cmocka_unit_test(statuses_follow_replies),
        cmocka_unit_test(a_fixed_rate_is_kept),
    };

    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
