#include "cm.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../../../core/base/fetch_private.h"
#include "lisolo/base/web.h"
#include "wire.h"

/* ---- a server that does exactly what a test says, one connection at a time ---- */

struct server {
    int         listener;
    uint16_t    port;
    void      (*serve)(struct server *s, int fd);
    const char *text;                /* for the simple ones */
    pthread_t   thread;
    atomic_int  connections, requests;
    pthread_mutex_t lock;            /* around `last`: sockets order the two threads, which a race checker cannot see */
    char        last[8192];          /* the last request */
};

static void *server_run(void *ctx)
{
    struct server *s = ctx;

    for (;;) {
        int fd = accept(s->listener, NULL, NULL);

        if (fd == -1)
            return NULL;
        s->connections++;
        s->serve(s, fd);
        close(fd);
    }
}

static void server_start(struct server *s, void (*serve)(struct server *, int), const char *text)
{
    memset(s, 0, sizeof *s);
    s->listener = wire_listen(&s->port);
    s->serve = serve;
    s->text = text;
    assert_int_equal(pthread_mutex_init(&s->lock, NULL), 0);
    assert_int_equal(pthread_create(&s->thread, NULL, server_run, s), 0);
}

static void server_stop(struct server *s)
{
    (void)shutdown(s->listener, SHUT_RDWR);
    assert_int_equal(pthread_join(s->thread, NULL), 0);
    close(s->listener);
    pthread_mutex_destroy(&s->lock);
}

static bool hear(struct server *s, int fd)
{
    char text[sizeof s->last];

    if (!wire_request(fd, text, sizeof text))
        return false;
    pthread_mutex_lock(&s->lock);
    memcpy(s->last, text, strlen(text) + 1);
    pthread_mutex_unlock(&s->lock);
    s->requests++;
    return true;
}

static void heard(struct server *s, char *text, size_t size)
{
    pthread_mutex_lock(&s->lock);
    (void)snprintf(text, size, "%s", s->last);
    pthread_mutex_unlock(&s->lock);
}

/* `text` to every request, for as long as the client keeps the connection. */
static void answers(struct server *s, int fd)
{
    while (hear(s, fd) && wire_puts(fd, s->text))
        ;
}

/* `text`, then the end. */
static void answers_and_closes(struct server *s, int fd)
{
    if (hear(s, fd))
        (void)wire_puts(fd, s->text);
}

static void resets(struct server *s, int fd)
{
    const struct linger at_once = { 1, 0 };

    (void)hear(s, fd);
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

static void is_silent(struct server *s, int fd)
{
    char byte;

    (void)hear(s, fd);
    (void)recv(fd, &byte, 1, 0);     /* until the client leaves */
}

static const char OK[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/* Answers the first request of a connection; reads the second and closes, as a restarting server does. */
static void dies_after_the_second_request(struct server *s, int fd)
{
    if (hear(s, fd) && wire_puts(fd, OK))
        (void)hear(s, fd);
}

/* ---- what came of a request ---- */

struct outcome {
    int  calls;
    enum fetch_outcome outcome;
    int  status;
    bool timed_out;
    int64_t retry_after_ms;
    char body[256], reason[128];
    size_t body_len;
};

static void done(void *ctx, const struct fetch_result *r)
{
    struct outcome *o = ctx;

    o->calls++;
    o->outcome = r->outcome;
    o->status = r->status;
    o->timed_out = r->timed_out;
    o->retry_after_ms = r->retry_after_ms;
    o->body_len = r->body_len;
    (void)snprintf(o->body, sizeof o->body, "%s", r->body);
    (void)snprintf(o->reason, sizeof o->reason, "%s", r->reason);
    assert_int_equal(r->outcome == FETCH_ANSWERED, r->reason[0] == '\0');
    assert_int_equal(r->outcome == FETCH_ANSWERED, r->status != 0);
}

static const struct fetch_options open_to_all = { .allow_private = true, .allow_http = true };

static struct fetch *fetch_with(const struct fetch_options *o)
{
    struct error err = { "" };
    struct fetch *f = fetch_new(o, &err);

    assert_string_equal(err.text, "");
    assert_non_null(f);
    return f;
}

static void run(struct fetch *f)
{
    int64_t until = wire_ms() + WIRE_WAIT_MS;

    while (fetch_active(f) > 0 && wire_ms() < until)
        fetch_step(f, 1000);
    assert_int_equal(fetch_active(f), 0);
}

static struct outcome ask(struct fetch *f, const struct fetch_request *request)
{
    struct outcome o = { 0 };
    struct error err = { "" };

    assert_true(fetch_start(f, request, done, &o, &err));
    assert_int_equal(o.calls, 0);
    run(f);
    assert_int_equal(o.calls, 1);
    return o;
}

static struct outcome post(struct fetch *f, uint16_t port, const char *body)
{
    char url[64];

    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/messages", port);
    return ask(f, &(struct fetch_request){ .method = "POST", .url = url, .body = body, .body_len = strlen(body), .timeout_ms = 2000 });
}

/* One request to a server that behaves so. */
static struct outcome once(void (*serve)(struct server *, int), const char *text)
{
    struct fetch *f = fetch_with(&open_to_all);
    struct server s;
    struct outcome o;

    server_start(&s, serve, text);
    o = post(f, s.port, "{}");
    fetch_free(f);
    server_stop(&s);
    assert_int_equal(s.requests, 1);
    return o;
}

/* ---- never twice ---- */

/*
 * libcurl 7.88.1 posts again by itself when a kept connection ends before the answer (reliability.md §0.1). The server here has
 * read the second message; it must not see it again, and we must say that we do not know.
 */
static void a_request_is_sent_once_even_when_the_kept_connection_dies(void **state)
{
    struct fetch *f = fetch_with(&open_to_all);
    struct server s;
    struct outcome o;

    (void)state;
    server_start(&s, dies_after_the_second_request, NULL);
    for (int i = 1; i <= 5; i++) {
        o = post(f, s.port, "first");
        assert_int_equal(o.outcome, FETCH_ANSWERED);
        assert_string_equal(o.body, "ok");
        o = post(f, s.port, "second");
        assert_int_equal(o.outcome, FETCH_UNKNOWN);
        assert_int_equal(o.status, 0);
        assert_false(o.timed_out);
        assert_int_equal(s.requests, 2 * i);
    }
    fetch_free(f);
    server_stop(&s);
    assert_int_equal(s.requests, 10);
}

static void a_kept_connection_that_was_closed_in_time_is_replaced(void **state)
{
    struct fetch *f = fetch_with(&open_to_all);
    struct server s;

    (void)state;
    server_start(&s, answers_and_closes, OK);
    for (int i = 1; i <= 5; i++) {
        struct outcome o = post(f, s.port, "{}");

        assert_int_equal(o.outcome, FETCH_ANSWERED);
        wire_sleep(30);              /* its end arrives before the next request */
        assert_int_equal(s.requests, i);
    }
    assert_int_equal(s.connections, 5);
    fetch_free(f);
    server_stop(&s);
}

static void a_connection_is_kept_for_the_next_request(void **state)
{
    struct fetch *f = fetch_with(&open_to_all);
    struct server s;

    (void)state;
    server_start(&s, answers, OK);
    for (int i = 0; i < 20; i++)
        assert_int_equal(post(f, s.port, "{}").outcome, FETCH_ANSWERED);
    assert_int_equal(s.connections, 1);
    assert_int_equal(s.requests, 20);
    fetch_free(f);
    server_stop(&s);
}

/* ---- outcomes ---- */

static void a_refused_connection_is_not_sent(void **state)
{
    struct fetch *f = fetch_with(&open_to_all);
    uint16_t port;
    int fd = wire_listen(&port);
    struct outcome o;

    (void)state;
    close(fd);
    o = post(f, port, "{}");
    assert_int_equal(o.outcome, FETCH_NOT_SENT);
    assert_false(o.timed_out);
    assert_non_null(strstr(o.reason, "Failed to connect to 127.0.0.1"));
    fetch_free(f);
}

static void a_name_that_nobody_knows_is_not_sent(void **state)
{
    struct fetch *f = fetch_with(&open_to_all);
    struct outcome o = ask(f, &(struct fetch_request){ .method = "GET", .url = "http://nobody.invalid/", .connect_ms = 3000 });

    (void)state;
    assert_int_equal(o.outcome, FETCH_NOT_SENT);
    fetch_free(f);
}

static void a_failed_tls_handshake_is_not_sent(void **state)
{
    struct fetch *f = fetch_with(&open_to_all);
    struct server s;
    struct outcome o;
    char url[64];

    (void)state;
    server_start(&s, answers_and_closes, "HTTP/1.1 400 Bad Request\r\n\r\n");
    (void)snprintf(url, sizeof url, "https://127.0.0.1:%u/", s.port);
    o = ask(f, &(struct fetch_request){ .method = "POST", .url = url, .body = "secret", .body_len = 6, .timeout_ms = 500 });
    assert_int_equal(o.outcome, FETCH_NOT_SENT);
    fetch_free(f);
    server_stop(&s);
    assert_int_equal(s.requests, 0);
}

static void a_reset_after_the_request_is_unknown(void **state)
{
    struct outcome o = once(resets, NULL);

    (void)state;
    assert_int_equal(o.outcome, FETCH_UNKNOWN);
    assert_int_equal(o.status, 0);
}

static void an_end_before_the_answer_is_unknown(void **state)
{
    (void)state;
    assert_int_equal(once(answers_and_closes, "").outcome, FETCH_UNKNOWN);
}

static void half_an_answer_is_unknown(void **state)
{
    const char *const halves[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"messages\":",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    };

    (void)state;
    for (size_t i = 0; i < sizeof halves / sizeof halves[0]; i++) {
        struct outcome o = once(answers_and_closes, halves[i]);

        assert_int_equal(o.outcome, FETCH_UNKNOWN);
        assert_int_equal(o.status, 0);
    }
}

static void what_is_no_http_is_unknown(void **state)
{
    (void)state;
    assert_int_equal(once(answers_and_closes, "hello there, this is no HTTP at all\r\n\r\n").outcome, FETCH_UNKNOWN);
}

static void silence_is_unknown_after_the_time_out(void **state)
{
    struct fetch *f = fetch_with(&open_to_all);
    struct server s;
    struct outcome o;
    char url[64];
    int64_t from = wire_ms();

    (void)state;
    server_start(&s, is_silent, NULL);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/?token=s3cret", s.port);
    o = ask(f, &(struct fetch_request){ .method = "POST", .url = url, .headers = (const char *const[]){ "Authorization: Bearer s3cret", NULL },
                                        .timeout_ms = 300 });
    assert_int_equal(o.outcome, FETCH_UNKNOWN);
    assert_true(o.timed_out);
    assert_in_range(wire_ms() - from, 250, 2000);
    assert_null(strstr(o.reason, "s3cret"));
    fetch_free(f);
    server_stop(&s);
    assert_int_equal(s.requests, 1);
}

static void an_error_status_is_an_answer_with_its_body(void **state)
{
    struct outcome o = once(answers, "HTTP/1.1 503 Busy\r\nContent-Length: 15\r\n\r\n{\"error\":\"busy\"");

    (void)state;
    assert_int_equal(o.outcome, FETCH_ANSWERED);
    assert_int_equal(o.status, 503);
    assert_string_equal(o.body, "{\"error\":\"busy\"");
    assert_int_equal(o.retry_after_ms, -1);
    o = once(answers, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n2\r\nfg\r\n0\r\n\r\n");
    assert_int_equal(o.outcome, FETCH_ANSWERED);
    assert_string_equal(o.body, "abcdefg");
    o = once(answers, "HTTP/1.1 204 No Content\r\n\r\n");
    assert_int_equal(o.status, 204);
    assert_int_equal(o.body_len, 0);
}

static int64_t retry_after(const char *value)
{
    char text[256];

    (void)snprintf(text, sizeof text, "HTTP/1.1 429 Slow\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n", value);
    return once(answers, text).retry_after_ms;
}

static void retry_after_is_read_and_has_a_limit(void **state)
{
    char date[64];
    time_t then = time(NULL) + 30;
    struct tm tm;

    (void)state;
    assert_int_equal(retry_after("7"), 7000);
    assert_int_equal(retry_after("0"), 0);
    assert_int_equal(retry_after("3600"), 3600000);
    assert_int_equal(retry_after("86400"), 3600000);
    assert_int_equal(retry_after("99999999999999999999"), 3600000);
    assert_int_equal(retry_after("soon"), 0);
    assert_true(gmtime_r(&then, &tm) != NULL);
    assert_int_not_equal(strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &tm), 0);
    assert_in_range(retry_after(date), 25000, 30000);
    assert_int_equal(retry_after("Mon, 06 Jan 2020 08:00:00 GMT"), 0);
}

static void an_answer_over_the_limit_is_unknown(void **state)
{
    struct fetch *f = fetch_with(&open_to_all);
    char text[1100];
    struct server s;
    struct outcome o;
    char url[64];
    int n = snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1001\r\n\r\n");   /* else the second request may meet the end of the first one's connection */

    (void)state;
    memset(text + n, 'x', 1001);
    text[n + 1001] = '\0';
    server_start(&s, answers_and_closes, text);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/", s.port);
    o = ask(f, &(struct fetch_request){ .method = "GET", .url = url, .answer_max = 1001 });
    assert_int_equal(o.outcome, FETCH_ANSWERED);
    assert_int_equal(o.body_len, 1001);
    o = ask(f, &(struct fetch_request){ .method = "GET", .url = url, .answer_max = 1000 });
    assert_int_equal(o.outcome, FETCH_UNKNOWN);
    assert_string_equal(o.reason, "the answer is over the limit");
    fetch_free(f);
    server_stop(&s);
}

static void headers_without_end_are_over_the_limit_too(void **state)
{
    static char text[200 * 1024];
    int n = snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\n");
    struct outcome o;

    (void)state;
    for (int i = 0; i < 2000; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "X-Filler-%d: some forty bytes of no use to anybody\r\n", i);
    (void)snprintf(text + n, sizeof text - (size_t)n, "Content-Length: 0\r\n\r\n");
    o = once(answers_and_closes, text);
    assert_int_equal(o.outcome, FETCH_UNKNOWN);
    assert_string_equal(o.reason, "the answer is over the limit");
}

static void a_redirect_is_an_answer_and_is_not_followed(void **state)
{
    struct outcome o = once(answers, "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");

    (void)state;
    assert_int_equal(o.outcome, FETCH_ANSWERED);
    assert_int_equal(o.status, 302);
}

static void a_proxy_in_the_environment_is_not_used(void **state)
{
    uint16_t nobody;
    int fd = wire_listen(&nobody);
    char proxy[64];

    (void)state;
    close(fd);
    (void)snprintf(proxy, sizeof proxy, "http://127.0.0.1:%u", nobody);
    assert_int_equal(setenv("http_proxy", proxy, 1), 0);
    assert_int_equal(setenv("all_proxy", proxy, 1), 0);
    assert_int_equal(once(answers, OK).outcome, FETCH_ANSWERED);
    unsetenv("http_proxy");
    unsetenv("all_proxy");
}

/* ---- what is sent ---- */

static void a_request_leaves_as_it_was_given(void **state)
{
    struct fetch *f = fetch_with(&open_to_all);
    struct server s;
    char url[64], last[8192];
    const char *const headers[] = { "Authorization: Bearer abc", "Content-Type: application/json", "X-Empty:", NULL };
    const struct { const char *method, *body, *start, *length; } cases[] = {
        { "POST", "{}", "POST /a?b=c HTTP/1.1\r\n", "Content-Length: 2\r\n" },
        { "GET", NULL, "GET /a?b=c HTTP/1.1\r\n", NULL },
        { "PATCH", "abc", "PATCH /a?b=c HTTP/1.1\r\n", "Content-Length: 3\r\n" },
        { "DELETE", NULL, "DELETE /a?b=c HTTP/1.1\r\n", NULL },
        { "PUT", NULL, "PUT /a?b=c HTTP/1.1\r\n", "Content-Length: 0\r\n" },
        { "POST", NULL, "POST /a?b=c HTTP/1.1\r\n", "Content-Length: 0\r\n" },
        { "DELETE", "{}", "DELETE /a?b=c HTTP/1.1\r\n", "Content-Length: 2\r\n" },
    };

    (void)state;
    server_start(&s, answers, OK);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/a?b=c", s.port);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fetch_request r = { .method = cases[i].method, .url = url, .headers = i % 2 == 0 ? headers : NULL, .body = cases[i].body,
                                   .body_len = cases[i].body == NULL ? 0 : strlen(cases[i].body) };

        assert_int_equal(ask(f, &r).outcome, FETCH_ANSWERED);
        heard(&s, last, sizeof last);
        assert_ptr_equal(strstr(last, cases[i].start), last);
        if (cases[i].length != NULL)
            assert_non_null(strstr(last, cases[i].length));
        else
            assert_null(strstr(last, "Content-Length"));
        assert_string_equal(strstr(last, "\r\n\r\n") + 4, cases[i].body == NULL ? "" : cases[i].body);
        assert_int_equal(strstr(last, "Authorization: Bearer abc\r\n") != NULL, i % 2 == 0);
        assert_int_equal(strstr(last, "Content-Type: application/json\r\n") != NULL, i % 2 == 0);
        assert_int_equal(strstr(last, "X-Empty:\r\n") != NULL, i % 2 == 0);
        assert_null(strstr(last, "x-www-form-urlencoded"));
        assert_null(strstr(last, "Expect:"));
    }
    assert_int_equal(s.connections, 1);
    fetch_free(f);
    server_stop(&s);
}

static bool refuses(const struct fetch_options *options, const struct fetch_request *r, const char *why)
{
    struct fetch *f = fetch_with(options);
    struct outcome o = { 0 };
    struct error err = { "" };
    bool started = fetch_start(f, r, done, &o, &err);

    assert_int_equal(fetch_active(f), started ? 1 : 0);
    fetch_free(f);
    return !started && o.calls == 0 && strstr(err.text, why) != NULL;
}

static void a_header_that_would_split_the_request_is_refused(void **state)
{
    const char *const bad[] = { "X-A: 1\r\nX-B: 2", "X-A: 1\nX-B: 2", "X-A: 1\r", "X\r\n-A: 1", "X-A : 1", "no colon", ": nothing", "X A: 1",
                                "X-A: \x01", "X-A: \x7f", "Content-Length: 5", "transfer-encoding: chunked", "Connection: close" };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_true(refuses(&open_to_all, &(struct fetch_request){ .method = "GET", .url = "http://127.0.0.1/",
                                                                   .headers = (const char *const[]){ bad[i], NULL } }, "header"));
}

static void a_url_or_method_that_is_not_for_us_is_refused(void **state)
{
    const struct fetch_options strict = { 0 };
    const char *const bad[] = { "ftp://example.org/", "file:///etc/passwd", "example.org", "http://", "http://a b/", "http://a/\r\nX: 1",
                                "http://user:pass@example.org/", "http://example.org:99999/", "", NULL };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_true(refuses(&open_to_all, &(struct fetch_request){ .method = "GET", .url = bad[i] }, "URL"));
    assert_true(refuses(&strict, &(struct fetch_request){ .method = "GET", .url = "http://example.org/" }, "must start with https://"));
    assert_true(refuses(&open_to_all, &(struct fetch_request){ .method = "TRACE", .url = "http://example.org/" }, "TRACE"));
    assert_true(refuses(&open_to_all, &(struct fetch_request){ .method = "GET\r\n", .url = "http://example.org/" }, "method"));
}

/* ---- addresses ---- */

static void private_addresses_are_refused_however_they_are_written(void **state)
{
    const struct fetch_options strict = { .allow_http = true };
    struct fetch *f = fetch_with(&strict);
    struct server s;
    char url[96];
    const char *const hosts[] = { "127.0.0.1", "0x7f000001", "2130706433", "127.1", "localhost", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]" };

    (void)state;
    server_start(&s, answers, OK);
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        struct outcome o;

        (void)snprintf(url, sizeof url, "http://%s:%u/", hosts[i], s.port);
        o = ask(f, &(struct fetch_request){ .method = "GET", .url = url, .timeout_ms = 2000 });
        assert_int_equal(o.outcome, FETCH_NOT_SENT);
        assert_string_equal(o.reason, "the address is private, local or reserved");
    }
    fetch_free(f);
    server_stop(&s);
    assert_int_equal(s.connections, 0);
}

static bool is_public(const char *text)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return address_is_public((struct sockaddr *)&v4);
    assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
    return address_is_public((struct sockaddr *)&v6);
}

static void every_reserved_net_is_refused_to_its_edges(void **state)
{
    const char *const refused[] = {
        "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1", "127.255.255.255",
        "169.254.0.0", "169.254.169.254", "172.16.0.0", "172.31.255.255", "192.0.0.0", "192.0.0.255", "192.168.0.0", "192.168.255.255",
        "198.18.0.0", "198.19.255.255", "224.0.0.0", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::10.0.0.1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::8.8.8.8", "2002:7f00:1::", "2001:0:1::", "fc00::1",
        "fdff::1", "fe80::1", "febf::1", "fec0::1", "ff02::1",
    };
    const char *const fine[] = {
        "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255",
        "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
        "223.255.255.255", "::ffff:8.8.8.8", "2606:4700::1111", "2001:4860::8888", "2003::1",
    };
    const struct sockaddr local = { .sa_family = AF_UNIX };

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (is_public(refused[i]))
            fail_msg("%s passed", refused[i]);
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++)
        if (!is_public(fine[i]))
            fail_msg("%s was refused", fine[i]);
    assert_false(address_is_public(&local));
}

/* ---- many ---- */

struct site {
    struct web *web;
    pthread_t   thread;
    atomic_bool stop, expected;
    atomic_uint most;
};

static void echo(void *ctx, struct web_request *rq)
{
    struct site *s = ctx;
    struct web_counts c;
    size_t len;
    const char *body = web_body(rq, &len);

    s->expected = s->expected || web_header(rq, "Expect") != NULL;
    web_counts(s->web, &c);
    if (c.connections > s->most)
        s->most = c.connections;
    web_reply(rq, 200, "application/json", body, len);
}

static int accept_all(void *ctx, const char *method, const char *path, size_t *body_max, const char **allow)
{
    (void)ctx, (void)method, (void)path, (void)allow;
    *body_max = 4 * 1024 * 1024;
    return 0;
}

static void *site_run(void *ctx)
{
    struct site *s = ctx;

    while (!s->stop)
        web_step(s->web, -1);
    return NULL;
}

static void site_open(struct site *s)
{
    struct web_options o = { .handler = echo, .accept = accept_all, .ctx = s };
    struct error err;

    memset(s, 0, sizeof *s);
    s->web = web_open(&o, &err);
    assert_non_null(s->web);
    assert_int_equal(pthread_create(&s->thread, NULL, site_run, s), 0);
}

static void site_close(struct site *s)
{
    s->stop = true;
    web_wake(s->web);
    assert_int_equal(pthread_join(s->thread, NULL), 0);
    web_close(s->web, 100);
}

struct crowd {
    struct fetch *f;
    char          url[64];
    int           started, ended, wrong, total;
};

struct one {
    struct crowd *crowd;
    int           number;
};

static void start_one(struct crowd *c);

static void one_done(void *ctx, const struct fetch_result *r)
{
    struct one *one = ctx;
    struct crowd *c = one->crowd;
    char want[16];

    (void)snprintf(want, sizeof want, "%d", one->number);
    c->ended++;
    c->wrong += r->outcome != FETCH_ANSWERED || r->status != 200 || strcmp(r->body, want) != 0;
    free(one);
    if (c->started < c->total)
        start_one(c);
}

static void start_one(struct crowd *c)
{
    struct one *one = calloc(1, sizeof *one);
    struct fetch_request r = { .method = "POST", .url = c->url };
    char body[16];

    assert_non_null(one);
    one->crowd = c;
    one->number = c->started++;
    r.body = body;
    r.body_len = (size_t)snprintf(body, sizeof body, "%d", one->number);
    assert_true(fetch_start(c->f, &r, one_done, one, NULL));
}

static unsigned crowd(const struct fetch_options *options, int total, int at_once)
{
    struct site s;
    struct crowd c = { .total = total };
    unsigned most;

    site_open(&s);
    c.f = fetch_with(options);
    (void)snprintf(c.url, sizeof c.url, "http://127.0.0.1:%u/", web_port(s.web));
    for (int i = 0; i < at_once; i++)
        start_one(&c);
    run(c.f);
    assert_int_equal(c.ended, total);
    assert_int_equal(c.wrong, 0);
    fetch_free(c.f);
    site_close(&s);
    most = s.most;
    return most;
}

static void many_requests_each_get_their_own_answer(void **state)
{
    (void)state;
    wire_files();
    assert_in_range(crowd(&open_to_all, 3000, 64), 1, 64);
    assert_in_range(crowd(&open_to_all, 3000, 500), 1, 500);
}

static void connections_have_a_limit_and_the_rest_waits(void **state)
{
    const struct fetch_options few = { .allow_private = true, .allow_http = true, .connections_max = 4 };
    const struct fetch_options few_each = { .allow_private = true, .allow_http = true, .per_host_max = 3 };

    (void)state;
    assert_in_range(crowd(&few, 500, 100), 1, 4);
    assert_in_range(crowd(&few_each, 500, 100), 1, 3);
}

static void a_large_body_arrives_whole(void **state)
{
    enum { SIZE = 2 * 1024 * 1024 };
    struct fetch *f = fetch_with(&open_to_all);
    char *body = malloc(SIZE + 1), url[64];
    struct site s;
    struct outcome o;

    (void)state;
    assert_non_null(body);
    memset(body, 'm', SIZE);
    site_open(&s);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/", web_port(s.web));
    o = ask(f, &(struct fetch_request){ .method = "POST", .url = url, .body = body, .body_len = SIZE, .answer_max = SIZE });
    assert_int_equal(o.outcome, FETCH_ANSWERED);
    assert_int_equal(o.body_len, SIZE);
    assert_false(s.expected);                        /* libcurl would wait a second for "100 Continue" */
    free(body);
    fetch_free(f);
    site_close(&s);
}

/* ---- the end, and waiting ---- */

static void freeing_ends_what_is_in_flight_exactly_once(void **state)
{
    const struct fetch_options one = { .allow_private = true, .allow_http = true, .connections_max = 1 };
    struct fetch *f = fetch_with(&one);
    struct outcome sent = { 0 }, waiting = { 0 }, fresh = { 0 };
    struct server s;
    char url[64];
    struct fetch_request r = { .method = "POST", .url = url };
    int64_t until = wire_ms() + WIRE_WAIT_MS;

    (void)state;
    server_start(&s, is_silent, NULL);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/", s.port);
    assert_true(fetch_start(f, &r, done, &sent, NULL));
    assert_true(fetch_start(f, &r, done, &waiting, NULL));
    while (s.requests == 0 && wire_ms() < until)
        fetch_step(f, 10);
    assert_true(fetch_start(f, &r, done, &fresh, NULL));
    assert_int_equal(fetch_active(f), 3);
    fetch_free(f);
    assert_int_equal(sent.calls, 1);
    assert_int_equal(sent.outcome, FETCH_UNKNOWN);
    assert_int_equal(waiting.calls, 1);
    assert_int_equal(waiting.outcome, FETCH_NOT_SENT);
    assert_int_equal(fresh.calls, 1);
    assert_int_equal(fresh.outcome, FETCH_NOT_SENT);
    server_stop(&s);
}

static void *wake_soon(void *ctx)
{
    wire_sleep(50);
    fetch_wake(ctx);
    return NULL;
}

static void a_wait_ends_by_a_wake_or_a_watched_descriptor(void **state)
{
    struct fetch *f = fetch_with(&open_to_all);
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int64_t from = wire_ms();
    pthread_t thread;

    (void)state;
    fetch_step(f, 0);
    assert_in_range(wire_ms() - from, 0, 40);
    assert_int_equal(pthread_create(&thread, NULL, wake_soon, f), 0);
    fetch_step(f, 10000);
    assert_in_range(wire_ms() - from, 30, 5000);
    assert_int_equal(pthread_join(thread, NULL), 0);
    for (int i = 0; i < 4; i++) {
        int other = i == 0 ? fd : eventfd(0, EFD_CLOEXEC);

        assert_true(fetch_watch(f, other));
    }
    assert_false(fetch_watch(f, STDIN_FILENO));
    assert_int_equal(eventfd_write(fd, 1), 0);
    fetch_step(f, 10000);
    fetch_step(f, 10000);            /* still readable: it is the caller's to read */
    assert_in_range(wire_ms() - from, 30, 5000);
    fetch_free(f);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_sent_once_even_when_the_kept_connection_dies),
        cmocka_unit_test(a_kept_connection_that_was_closed_in_time_is_replaced),
        cmocka_unit_test(a_connection_is_kept_for_the_next_request),
        cmocka_unit_test(a_refused_connection_is_not_sent),
        cmocka_unit_test(a_name_that_nobody_knows_is_not_sent),
        cmocka_unit_test(a_failed_tls_handshake_is_not_sent),
        cmocka_unit_test(a_reset_after_the_request_is_unknown),
        cmocka_unit_test(an_end_before_the_answer_is_unknown),
        cmocka_unit_test(half_an_answer_is_unknown),
        cmocka_unit_test(what_is_no_http_is_unknown),
        cmocka_unit_test(silence_is_unknown_after_the_time_out),
        cmocka_unit_test(an_error_status_is_an_answer_with_its_body),
        cmocka_unit_test(retry_after_is_read_and_has_a_limit),
        cmocka_unit_test(an_answer_over_the_limit_is_unknown),
        cmocka_unit_test(headers_without_end_are_over_the_limit_too),
        cmocka_unit_test(a_redirect_is_an_answer_and_is_not_followed),
        cmocka_unit_test(a_proxy_in_the_environment_is_not_used),
        cmocka_unit_test(a_request_leaves_as_it_was_given),
        cmocka_unit_test(a_header_that_would_split_the_request_is_refused),
        cmocka_unit_test(a_url_or_method_that_is_not_for_us_is_refused),
        cmocka_unit_test(private_addresses_are_refused_however_they_are_written),
        cmocka_unit_test(every_reserved_net_is_refused_to_its_edges),
        cmocka_unit_test(many_requests_each_get_their_own_answer),
        cmocka_unit_test(connections_have_a_limit_and_the_rest_waits),
        cmocka_unit_test(a_large_body_arrives_whole),
        cmocka_unit_test(freeing_ends_what_is_in_flight_exactly_once),
        cmocka_unit_test(a_wait_ends_by_a_wake_or_a_watched_descriptor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
