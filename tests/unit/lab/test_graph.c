/*
 * The Graph API stand-in over HTTP: who is let in, what is recorded, how it misbehaves, which statuses follow.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../../core/lab/graph.h"
#include "helper.h"
#include "lisolo/base/clock.h"
#include "lisolo/base/log.h"

static const char token[] = "EAAtoken", number[] = "555000111222333", secret[] = "app-secret-example";

struct scene {
    struct graph  *graph;
    struct runner *runner;
    struct host   *host;      /* NULL: no statuses */
    char           hook[64];
};

static void step(void *ctx, int timeout_ms) { graph_step(ctx, timeout_ms); }

static void wake(void *ctx) { graph_wake(ctx); }

static void begin(struct scene *s, struct lab_graph_options *o, struct host *host)
{
    struct error err = { "" };

    *s = (struct scene){ .host = host };
    o->token = token;
    o->number = number;
    if (host != NULL) {
        snprintf(s->hook, sizeof s->hook, "http://127.0.0.1:%u/whatsapp", (unsigned)host_port(host));
        o->webhook_url = s->hook;
        o->app_secret = secret;
    }
    s->graph = graph_open(o, &err);
    if (s->graph == NULL)
        fail_msg("%s", err.text);
    s->runner = runner_start(step, wake, s->graph);
}

static void end(struct scene *s)
{
    runner_stop(s->runner);
    graph_close(s->graph);
    if (s->host != NULL)
        host_stop(s->host);
}

static struct reply ask(struct scene *s, const char *method, const char *path, const char *body, int timeout_ms)
{
    char url[256];

    snprintf(url, sizeof url, "http://127.0.0.1:%u%s", (unsigned)graph_port(s->graph), path);
    return call(method, url, "Authorization: Bearer EAAtoken", body, timeout_ms);
}

static struct reply send_body(struct scene *s, const char *body, int timeout_ms)
{
    return ask(s, "POST", "/v26.0/555000111222333/messages", body, timeout_ms);
}

static const char hello[] = "{\"messaging_product\":\"whatsapp\",\"to\":\"+242066123456\",\"type\":\"text\",\"text\":{\"body\":\"Bonjour\"},"
                            "\"biz_opaque_callback_data\":\"v1.i.1.1\"}";

static int code_of(const struct reply *r)
{
    int64_t code = 0;

    json_int(json_get(r->json, "error"), "code", &code);
    return (int)code;
}

static void behave(struct scene *s, const char *rule)
{
    struct reply r = ask(s, "POST", "/_lab/behave", rule, 5000);

    if (r.status != 200)
        fail_msg("%s", r.text);
    reply_free(&r);
}

static int64_t stat(struct scene *s, const char *name)
{
    struct reply r = ask(s, "GET", "/_lab/stats", NULL, 5000);
    int64_t value = -1;

    assert_int_equal(r.status, 200);
    assert_true(json_int(r.json, name, &value));
    reply_free(&r);
    return value;
}

static void expect_send(struct scene *s, const char *body, int status, int code)
{
    struct reply r = send_body(s, body, 5000);

    if (r.status != status || code_of(&r) != code)
        fail_msg("%.200s\nexpected %d/%d, got %d/%d: %s", body, status, code, r.status, code_of(&r), r.text);
    reply_free(&r);
}

static void an_accepted_message_is_answered_and_recorded_as_sent(void **state)
{
    struct scene s;
    struct reply r;
    const cJSON *message;

    (void)state;
    begin(&s, &(struct lab_graph_options){ 0 }, NULL);
    r = send_body(&s, hello, 5000);
    assert_int_equal(r.status, 200);
    assert_string_equal(json_str(json_path(r.json, "contacts.1"), "input"), "+242066123456");
    assert_string_equal(json_str(json_path(r.json, "contacts.1"), "wa_id"), "242066123456");
    assert_string_equal(json_str(json_path(r.json, "messages.1"), "message_status"), "accepted");
    assert_memory_equal(json_str(json_path(r.json, "messages.1"), "id"), "wamid.", 6);
    reply_free(&r);
    r = ask(&s, "GET", "/_lab/messages?after=0", NULL, 5000);
    message = json_path(r.json, "messages.1");
    assert_string_equal(json_str(message, "to"), "+242066123456");
    assert_string_equal(json_str(json_get(json_get(message, "body"), "text"), "body"), "Bonjour");
    reply_free(&r);
    end(&s);
}

static void a_bsuid_is_answered_with_a_user_id_and_no_wa_id(void **state)
{
    struct scene s;
    struct reply r;

    (void)state;
    begin(&s, &(struct lab_graph_options){ 0 }, NULL);
    r = send_body(&s, "{\"messaging_product\":\"whatsapp\",\"recipient\":\"CG.9081\",\"text\":{\"body\":\"a\"}}", 5000);
    assert_string_equal(json_str(json_path(r.json, "contacts.1"), "user_id"), "CG.9081");
    assert_null(json_str(json_path(r.json, "contacts.1"), "wa_id"));
    reply_free(&r);
    end(&s);
}

static void strangers_and_wrong_paths_are_refused(void **state)
{
    static const struct { const char *path, *header; int status, code; } cases[] = {
        { "/v26.0/555000111222333/messages", NULL, 401, 190 },
        { "/v26.0/555000111222333/messages", "Authorization: Bearer wrong", 401, 190 },
        { "/v26.0/555000111222333/messages", "Authorization: Basic EAAtoken", 401, 190 },
        { "/555000111222333/messages", "Authorization: Bearer EAAtoken", 400, 2500 },
        { "/v26/555000111222333/messages", "Authorization: Bearer EAAtoken", 400, 2500 },
        { "/v26.0/555000111222333/message", "Authorization: Bearer EAAtoken", 400, 2500 },
        { "/v26.0/999/messages", "Authorization: Bearer EAAtoken", 400, 100 },
    };
    struct scene s;
    char url[256];

    (void)state;
    begin(&s, &(struct lab_graph_options){ 0 }, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reply r;

        snprintf(url, sizeof url, "http://127.0.0.1:%u%s", (unsigned)graph_port(s.graph), cases[i].path);
        r = call("POST", url, cases[i].header, hello, 5000);
        if (r.status != cases[i].status || code_of(&r) != cases[i].code)
            fail_msg("case %zu: %d %s", i, r.status, r.text);
        reply_free(&r);
    }
    assert_int_equal(stat(&s, "accepted"), 0);
    assert_int_equal(stat(&s, "refused"), 7);
    end(&s);
}

static void what_is_no_json_is_refused(void **state)
{
    struct scene s;
    struct reply r;
    char url[256];

    (void)state;
    begin(&s, &(struct lab_graph_options){ 0 }, NULL);
    expect_send(&s, "{\"messaging_product\":", 400, 100);
    expect_send(&s, "{\"a\":\"\xFF\"}", 400, 100);
    snprintf(url, sizeof url, "http://127.0.0.1:%u/v26.0/555000111222333/messages", (unsigned)graph_port(s.graph));
    r = call("POST", url, "Authorization: Bearer EAAtoken", NULL, 5000);   /* no JSON type */
    assert_int_equal(code_of(&r), 100);
    assert_non_null(strstr(r.text, "messaging_product is required"));
    reply_free(&r);
    end(&s);
}

static void the_window_is_enforced_once_it_is_told(void **state)
{
    static const char template[] = "{\"messaging_product\":\"whatsapp\",\"to\":\"+242066123456\",\"type\":\"template\",\"template\":{\"name\":\"a\",\"language\":{\"code\":\"fr\"}}}";
    struct scene s;
    struct reply r;
    char body[128];

    (void)state;
    begin(&s, &(struct lab_graph_options){ 0 }, NULL);
    expect_send(&s, hello, 200, 0);
    r = ask(&s, "POST", "/_lab/people", "{\"to\":\"+242066123456\",\"window\":\"closed\"}", 5000);
    assert_int_equal(r.status, 200);
    reply_free(&r);
    expect_send(&s, hello, 400, 131047);
    expect_send(&s, template, 200, 0);
    snprintf(body, sizeof body, "{\"to\":\"+242066123456\",\"last_message_ms\":%lld}", (long long)clock_wall_ms(clock_real()) - 24 * 3600 * 1000 + 60000);
    r = ask(&s, "POST", "/_lab/people", body, 5000);
    reply_free(&r);
    expect_send(&s, hello, 200, 0);
    snprintf(body, sizeof body, "{\"to\":\"+242066123456\",\"last_message_ms\":%lld}", (long long)clock_wall_ms(clock_real()) - 24 * 3600 * 1000 - 1);
    r = ask(&s, "POST", "/_lab/people", body, 5000);
    reply_free(&r);
    expect_send(&s, hello, 400, 131047);
    end(&s);
}

static void limits_are_metas_unless_told_otherwise(void **state)
{
    struct scene s;

    (void)state;
    begin(&s, &(struct lab_graph_options){ 0 }, NULL);
    for (int i = 0; i < 45; i++)
        expect_send(&s, hello, 200, 0);
    expect_send(&s, hello, 429, 131056);
    end(&s);
    begin(&s, &(struct lab_graph_options){ .number_per_s = 3, .pair_per_s = -1 }, NULL);
    for (int i = 0; i < 3; i++)
        expect_send(&s, hello, 200, 0);
    expect_send(&s, hello, 429, 130429);
    end(&s);
}

static void the_sender_cannot_write_to_itself(void **state)
{
    struct scene s;

    (void)state;
    begin(&s, &(struct lab_graph_options){ .display_number = "+242 066 123 456" }, NULL);
    expect_send(&s, hello, 400, 131021);
    end(&s);
}

static void templates_can_be_told_while_it_runs(void **state)
{
    static const char send[] = "{\"messaging_product\":\"whatsapp\",\"to\":\"+242066123456\",\"type\":\"template\",\"template\":{\"name\":\"mission_accepted\","
                               "\"language\":{\"code\":\"fr\"},\"components\":[{\"type\":\"body\",\"parameters\":[{\"type\":\"text\",\"text\":\"Prisca\"}]}]}}";
    struct scene s;
    struct reply r;

    (void)state;
    begin(&s, &(struct lab_graph_options){ 0 }, NULL);
    expect_send(&s, send, 200, 0);
    r = ask(&s, "POST", "/_lab/templates", "[]", 5000);
    assert_int_equal(r.status, 200);
    reply_free(&r);
    expect_send(&s, send, 404, 132001);
    r = ask(&s, "POST", "/_lab/templates", "[{\"name\":\"mission_accepted\",\"language\":\"fr\",\"params\":2}]", 5000);
    reply_free(&r);
    expect_send(&s, send, 400, 132000);
    r = ask(&s, "POST", "/_lab/templates", "{\"not\":\"a list\"}", 5000);
    assert_int_equal(r.status, 400);
    reply_free(&r);
    r = ask(&s, "GET", "/_lab/templates", NULL, 5000);
    assert_int_equal(cJSON_GetArraySize(r.json), 1);
    reply_free(&r);
    end(&s);
}

static void read_marks_are_taken_and_listed_on_demand(void **state)
{
    struct scene s;
    struct reply r;

    (void)state;
    begin(&s, &(struct lab_graph_options){ 0 }, NULL);
    r = send_body(&s, "{\"messaging_product\":\"whatsapp\",\"status\":\"read\",\"message_id\":\"wamid.T1\",\"typing_indicator\":{\"type\":\"text\"}}", 5000);
    assert_string_equal(r.text, "{\"success\":true}");
    reply_free(&r);
    assert_int_equal(stat(&s, "reads"), 1);
    assert_int_equal(stat(&s, "accepted"), 0);
    r = ask(&s, "GET", "/_lab/messages?reads=1", NULL, 5000);
    assert_string_equal(json_str(json_path(r.json, "messages.1"), "wamid"), "wamid.T1");
    reply_free(&r);
    end(&s);
}

struct late { struct scene *scene; };

static void *send_soon(void *ctx)
{
    struct late *l = ctx;
    struct reply r;

    usleep(100 * 1000);
    r = send_body(l->scene, hello, 5000);
    reply_free(&r);
    return NULL;
}

static void a_long_poll_ends_with_the_next_message_or_its_time(void **state)
{
    struct scene s;
    struct late late = { &s };
    pthread_t thread;
    struct reply r;
    int64_t start;

    (void)state;
    begin(&s, &(struct lab_graph_options){ 0 }, NULL);
    start = clock_mono_ms(clock_real());
    assert_int_equal(pthread_create(&thread, NULL, send_soon, &late), 0);
    r = ask(&s, "GET", "/_lab/messages?after=0&wait_ms=5000", NULL, 10000);
    assert_int_equal(cJSON_GetArraySize(json_get(r.json, "messages")), 1);
    assert_in_range(clock_mono_ms(clock_real()) - start, 80, 3000);
    reply_free(&r);
    pthread_join(thread, NULL);
    start = clock_mono_ms(clock_real());
    r = ask(&s, "GET", "/_lab/messages?after=1&wait_ms=150", NULL, 10000);
    assert_int_equal(cJSON_GetArraySize(json_get(r.json, "messages")), 0);
    assert_in_range(clock_mono_ms(clock_real()) - start, 140, 3000);
    reply_free(&r);
    /* A number that it never reached: answered at once, so that nobody waits for what will not come. */
    r = ask(&s, "GET", "/_lab/messages?after=99&wait_ms=5000", NULL, 1000);
    assert_non_null(strstr(r.text, "\"next\":1"));
    reply_free(&r);
    end(&s);
}

static void every_fault_does_what_it_says(void **state)
{
    static const struct { const char *rule; enum fetch_outcome outcome; int status, code; bool accepted; } cases[] = {
        { "{\"count\":1,\"status\":503}", FETCH_ANSWERED, 503, 2, false },
        { "{\"count\":1,\"code\":131056}", FETCH_ANSWERED, 429, 131056, false },
        { "{\"count\":1,\"status\":400,\"code\":130429}", FETCH_ANSWERED, 400, 130429, false },
        { "{\"count\":1,\"code\":190}", FETCH_ANSWERED, 401, 190, false },
        { "{\"count\":1,\"fault\":\"refuse\",\"status\":500,\"code\":131000}", FETCH_ANSWERED, 500, 131000, false },
        { "{\"count\":1,\"fault\":\"fail_after_accept\",\"status\":500,\"code\":131000}", FETCH_ANSWERED, 500, 131000, true },
        { "{\"count\":1,\"fault\":\"fail_after_accept\",\"status\":200,\"body\":\"\"}", FETCH_ANSWERED, 200, 0, true },
        { "{\"count\":1,\"fault\":\"fail_after_accept\",\"status\":200,\"body\":\"<html>\"}", FETCH_ANSWERED, 200, 0, true },
        { "{\"count\":1,\"fault\":\"reset_before\"}", FETCH_UNKNOWN, 0, 0, false },
        { "{\"count\":1,\"fault\":\"reset_after\"}", FETCH_UNKNOWN, 0, 0, true },
        { "{\"count\":1,\"fault\":\"silence_before\"}", FETCH_UNKNOWN, 0, 0, false },
        { "{\"count\":1,\"fault\":\"silence_after\"}", FETCH_UNKNOWN, 0, 0, true },
    };
    struct scene s;
    int64_t accepted = 0;

    (void)state;
    begin(&s, &(struct lab_graph_options){ .pair_per_s = -1 }, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reply r;

        behave(&s, cases[i].rule);
        r = send_body(&s, hello, 300);
        accepted += cases[i].accepted;
        if (r.outcome != cases[i].outcome || r.status != cases[i].status || code_of(&r) != cases[i].code || stat(&s, "accepted") != accepted)
            fail_msg("%s: outcome %d status %d code %d accepted %lld: %s", cases[i].rule, (int)r.outcome, r.status, code_of(&r),
                     (long long)stat(&s, "accepted"), r.text);
        reply_free(&r);
        expect_send(&s, hello, 200, 0);   /* the rule is used up */
        accepted++;
    }
    assert_int_equal(stat(&s, "faults"), (int64_t)(sizeof cases / sizeof cases[0]));
    end(&s);
}

static void latency_delays_the_answer_and_retry_after_is_said(void **state)
{
    struct scene s;
    struct reply r;
    int64_t start;

    (void)state;
    begin(&s, &(struct lab_graph_options){ 0 }, NULL);
    behave(&s, "{\"rules\":[{\"count\":1,\"latency_ms\":200},{\"count\":1,\"code\":130429,\"retry_after_s\":7}]}");
    start = clock_mono_ms(clock_real());
    r = send_body(&s, hello, 5000);
    assert_int_equal(r.status, 200);
    assert_in_range(clock_mono_ms(clock_real()) - start, 195, 3000);
    reply_free(&r);
    r = send_body(&s, hello, 5000);
    assert_int_equal(r.status, 429);
    assert_int_equal(r.retry_after_ms, 7000);
    reply_free(&r);
    end(&s);
}

static void reset_forgets_rules_or_everything(void **state)
{
    struct scene s;
    struct reply r;

    (void)state;
    begin(&s, &(struct lab_graph_options){ 0 }, NULL);
    expect_send(&s, hello, 200, 0);
    behave(&s, "{\"status\":503}");
    expect_send(&s, hello, 503, 2);
    r = ask(&s, "POST", "/_lab/reset", "{\"what\":\"rules\"}", 5000);
    reply_free(&r);
    expect_send(&s, hello, 200, 0);
    assert_int_equal(stat(&s, "accepted"), 2);
    assert_int_equal(stat(&s, "doubles"), 1);
    r = ask(&s, "POST", "/_lab/reset", "", 5000);
    assert_int_equal(r.status, 200);
    reply_free(&r);
    assert_int_equal(stat(&s, "accepted"), 0);
    assert_int_equal(stat(&s, "doubles"), 0);
    assert_int_equal(stat(&s, "last"), 0);
    end(&s);
}

static void lab_endpoints_refuse_nonsense(void **state)
{
    static const struct { const char *method, *path, *body; int status; } cases[] = {
        { "GET", "/_lab/nothing", NULL, 404 },         { "GET", "/_lab/behave", NULL, 405 },
        { "POST", "/_lab/behave", "{\"x\":1}", 400 },  { "POST", "/_lab/behave", "{", 400 },
        { "POST", "/_lab/people", "{\"to\":\"x\"}", 400 }, { "POST", "/_lab/people", "{\"to\":\"+242066123456\"}", 400 },
    };
    struct scene s;

    (void)state;
    begin(&s, &(struct lab_graph_options){ 0 }, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reply r = ask(&s, cases[i].method, cases[i].path, cases[i].body, 5000);

        if (r.status != cases[i].status)
            fail_msg("%s: %d", cases[i].path, r.status);
        reply_free(&r);
    }
    end(&s);
}

/* ---- statuses ---- */

static const cJSON *status_of(struct scene *s, size_t n, cJSON **tree)
{
    struct error err;

    *tree = json_parse(host_body(s->host, n), strlen(host_body(s->host, n)), &err);
    assert_non_null(*tree);
    return json_path(*tree, "entry.1.changes.1.value.statuses.1");
}

static void expect_statuses(struct scene *s, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        cJSON *tree;
        const cJSON *status = status_of(s, i, &tree);

        assert_string_equal(json_str(status, "status"), names[i]);
        cJSON_Delete(tree);
    }
}

static void signed_statuses_follow_an_accepted_message(void **state)
{
    static const char *const names[] = { "sent", "delivered", "read" };
    struct lab_graph_options o = { .sent_ms = 1, .delivered_ms = 60, .read_ms = 120 };
    struct scene s;
    cJSON *tree;
    const cJSON *status;

    (void)state;
    begin(&s, &o, host_start(secret, strlen(secret), false, 0, 0));
    expect_send(&s, hello, 200, 0);
    assert_int_equal(host_wait(s.host, 3, 5000), 3);
    assert_int_equal(host_bad_signatures(s.host), 0);
    expect_statuses(&s, names, 3);
    status = status_of(&s, 0, &tree);
    assert_string_equal(json_str(status, "recipient_id"), "242066123456");
    assert_string_equal(json_str(status, "biz_opaque_callback_data"), "v1.i.1.1");
    assert_memory_equal(json_str(status, "id"), "wamid.", 6);
    assert_string_equal(json_str(json_path(tree, "entry.1.changes.1.value.metadata"), "phone_number_id"), number);
    assert_string_equal(json_str(json_get(status, "pricing"), "category"), "service");
    cJSON_Delete(tree);
    end(&s);
}

static void statuses_are_posted_again_until_the_host_takes_them(void **state)
{
    struct lab_graph_options o = { .sent_ms = 1, .delivered_ms = -1, .read_ms = -1 };
    struct scene s;

    (void)state;
    begin(&s, &o, host_start(secret, strlen(secret), false, 2, 204));   /* 204 is not 200: Meta's rule */
    expect_send(&s, hello, 200, 0);
    assert_int_equal(host_wait(s.host, 1, 5000), 1);
    end(&s);
}

static void statuses_misbehave_on_command(void **state)
{
    static const char *const reordered[] = { "read", "delivered", "sent" };
    struct lab_graph_options o = { .sent_ms = 1, .delivered_ms = 80, .read_ms = 160 };
    struct scene s;
    cJSON *tree;
    const cJSON *status;
    int64_t code = 0;

    (void)state;
    begin(&s, &o, host_start(secret, strlen(secret), false, 0, 0));
    behave(&s, "{\"rules\":[{\"count\":1,\"statuses\":\"reordered\"},{\"count\":1,\"statuses\":\"off\"},{\"count\":1,\"statuses\":\"failed\",\"failed_code\":131053},"
               "{\"count\":1,\"statuses\":\"duplicate\"}]}");
    expect_send(&s, hello, 200, 0);
    assert_int_equal(host_wait(s.host, 3, 5000), 3);
    expect_statuses(&s, reordered, 3);
    expect_send(&s, hello, 200, 0);
    expect_send(&s, hello, 200, 0);
    assert_int_equal(host_wait(s.host, 4, 5000), 4);
    status = status_of(&s, 3, &tree);
    assert_string_equal(json_str(status, "status"), "failed");
    assert_true(json_int(json_path(status, "errors.1"), "code", &code));
    assert_int_equal(code, 131053);
    cJSON_Delete(tree);
    expect_send(&s, hello, 200, 0);
    assert_int_equal(host_wait(s.host, 10, 5000), 10);
    end(&s);
}

static void statuses_can_arrive_before_the_answer(void **state)
{
    struct lab_graph_options o = { .sent_ms = 1, .delivered_ms = 2, .read_ms = -1 };
    struct scene s;
    struct reply r;
    int64_t start;

    (void)state;
    begin(&s, &o, host_start(secret, strlen(secret), false, 0, 0));
    behave(&s, "{\"latency_ms\":600}");
    start = clock_mono_ms(clock_real());
    r = send_body(&s, hello, 250);   /* the client gives up; the statuses are there already */
    assert_true(r.timed_out);
    reply_free(&r);
    assert_int_equal(host_wait(s.host, 2, 300), 2);
    assert_true(clock_mono_ms(clock_real()) - start < 600);
    end(&s);
}

static void statuses_come_in_batches_when_asked_to(void **state)
{
    struct lab_graph_options o = { .sent_ms = 300, .delivered_ms = -1, .read_ms = -1, .status_batch = 1000, .pair_per_s = -1, .number_per_s = -1 };
    struct scene s;
    struct error err;
    size_t posts, total = 0;

    (void)state;
    begin(&s, &o, host_start(secret, strlen(secret), false, 0, 0));
    for (int i = 0; i < 40; i++)
        expect_send(&s, hello, 200, 0);
    for (int tries = 0; total < 40 && tries < 100; tries++) {
        usleep(50 * 1000);
        total = 0;
        posts = host_wait(s.host, 1, 5000);
        for (size_t i = 0; i < posts; i++) {
            cJSON *tree = json_parse(host_body(s.host, i), strlen(host_body(s.host, i)), &err);

            total += (size_t)cJSON_GetArraySize(json_path(tree, "entry.1.changes.1.value.statuses"));
            cJSON_Delete(tree);
        }
    }
    assert_int_equal(total, 40);
    assert_true(host_wait(s.host, 1, 0) < 40);
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_accepted_message_is_answered_and_recorded_as_sent),
        cmocka_unit_test(a_bsuid_is_answered_with_a_user_id_and_no_wa_id),
        cmocka_unit_test(strangers_and_wrong_paths_are_refused),
        cmocka_unit_test(what_is_no_json_is_refused),
        cmocka_unit_test(the_window_is_enforced_once_it_is_told),
        cmocka_unit_test(limits_are_metas_unless_told_otherwise),
        cmocka_unit_test(the_sender_cannot_write_to_itself),
        cmocka_unit_test(templates_can_be_told_while_it_runs),
        cmocka_unit_test(read_marks_are_taken_and_listed_on_demand),
        cmocka_unit_test(a_long_poll_ends_with_the_next_message_or_its_time),
        cmocka_unit_test(every_fault_does_what_it_says),
        cmocka_unit_test(latency_delays_the_answer_and_retry_after_is_said),
        cmocka_unit_test(reset_forgets_rules_or_everything),
        cmocka_unit_test(lab_endpoints_refuse_nonsense),
        cmocka_unit_test(signed_statuses_follow_an_accepted_message),
        cmocka_unit_test(statuses_are_posted_again_until_the_host_takes_them),
        cmocka_unit_test(statuses_misbehave_on_command),
        cmocka_unit_test(statuses_can_arrive_before_the_answer),
        cmocka_unit_test(statuses_come_in_batches_when_asked_to),
    };

    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
