#include "cm.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lisolo/base/queue.h"
#include "lisolo/base/web.h"
#include "wire.h"

/* ---- a site: a server in a thread of its own, and a second thread that answers ---- */

enum { REQUEST_MS = 500, REPLY_MS = 400, BODY_MAX = 1000, BIG = 16 * 1024 * 1024 /* more than the socket buffers of both sides */ };

static char big[BIG];

struct job {
    struct queue_item   item;
    struct web_request *rq;
};

struct site {
    struct web   *web;
    struct queue *later;             /* for the answering thread */
    struct queue *held;              /* for the test */
    pthread_t     server, answerer;
    atomic_bool   stop;
};

static int decide(void *ctx, const char *method, const char *path, size_t *body_max, const char **allow)
{
    (void)ctx;
    if (strcmp(path, "/echo") == 0) {
        *allow = "POST";
        *body_max = BODY_MAX;
        return strcmp(method, "POST") == 0 ? 0 : 405;
    }
    return strcmp(path, "/none") == 0 ? 404 : 0;
}

static void push(struct queue *q, struct web_request *rq)
{
    struct job *job = calloc(1, sizeof *job);

    assert_non_null(job);
    job->rq = rq;
    assert_true(queue_push(q, &job->item));
}

static struct web_request *take(struct queue *q)
{
    struct web_request *rq = NULL;
    struct job *job;

    if (queue_wait(q, WIRE_WAIT_MS) && (job = (struct job *)queue_take(q)) != NULL) {
        rq = job->rq;
        free(job);
    }
    return rq;
}

static void tell(struct web_request *rq)
{
    char text[512];
    const char *a = web_query(rq, "a"), *h = web_header(rq, "x-name"), *none = web_query(rq, "b");
    int n = snprintf(text, sizeof text, "%s %s a=%s b=%s h=%s", web_method(rq), web_path(rq), a, none == NULL ? "-" : none, h);

    web_reply_with(rq, 200, "text/plain", text, (size_t)n, (const char *const[]){ "X-One", "1", "X-Two", "2", NULL });
}

static void handle(void *ctx, struct web_request *rq)
{
    struct site *s = ctx;
    const char *path = web_path(rq), *body;
    size_t len;

    body = web_body(rq, &len);
    if (strcmp(path, "/echo") == 0)
        web_reply(rq, 200, "application/octet-stream", body, len);
    else if (strcmp(path, "/later") == 0)
        push(s->later, rq);
    else if (strcmp(path, "/hold") == 0)
        push(s->held, rq);
    else if (strcmp(path, "/reset") == 0)
        web_reset(rq);
    else if (strcmp(path, "/big") == 0)
        web_reply(rq, 200, "text/plain", big, BIG);
    else if (strcmp(path, "/split") == 0)
        web_reply_with(rq, 200, NULL, NULL, 0, (const char *const[]){ "X-A", "1\r\nX-B: 2", NULL });
    else if (path[1] == 't')
        tell(rq);
    else
        web_reply(rq, 200, NULL, NULL, 0);
}

static void *serve(void *ctx)
{
    struct site *s = ctx;

    while (!s->stop)
        web_step(s->web, -1);
    return NULL;
}

static void *answer(void *ctx)
{
    struct site *s = ctx;

    while (queue_wait(s->later, -1)) {
        struct queue_item *list = queue_take_all(s->later);

        while (list != NULL) {
            struct job *job = (struct job *)list;

            list = list->next;
            web_reply(job->rq, 200, "text/plain", "later", 5);
            free(job);
        }
    }
    return NULL;
}

static void site_open(struct site *s, const struct web_options *with)
{
    struct web_options o = *with;
    struct error err = { "" };

    memset(s, 0, sizeof *s);
    s->later = queue_new(SIZE_MAX, QUEUE_PLAIN);
    s->held = queue_new(SIZE_MAX, QUEUE_PLAIN);
    assert_true(s->later != NULL && s->held != NULL);
    if (o.handler == NULL)
        o.handler = handle;
    o.accept = decide;
    o.ctx = s;
    s->web = web_open(&o, &err);
    assert_string_equal(err.text, "");
    assert_non_null(s->web);
    assert_int_equal(pthread_create(&s->server, NULL, serve, s), 0);
    assert_int_equal(pthread_create(&s->answerer, NULL, answer, s), 0);
}

static void site_stop(struct site *s)
{
    s->stop = true;
    web_wake(s->web);
    assert_int_equal(pthread_join(s->server, NULL), 0);
}

static void site_free(struct site *s)
{
    queue_close(s->later);
    assert_int_equal(pthread_join(s->answerer, NULL), 0);
    queue_free(s->later);
    queue_free(s->held);
}

static void site_close(struct site *s)
{
    site_stop(s);
    web_close(s->web, 1000);
    site_free(s);
}

static const struct web_options quick = { .request_ms = REQUEST_MS, .reply_ms = REPLY_MS };
static const struct web_options patient = { .request_ms = 60000, .reply_ms = 60000 };

static struct web_counts counts(struct site *s)
{
    struct web_counts c;

    web_counts(s->web, &c);
    return c;
}

/* Counters move a moment after the client has seen the effect. */
static bool comes_true(struct site *s, bool (*test)(const struct web_counts *c))
{
    for (int i = 0; i < 200; i++) {
        struct web_counts c = counts(s);

        if (test(&c))
            return true;
        wire_sleep(10);
    }
    return false;
}

static bool one_late(const struct web_counts *c) { return c->late_replies == 1; }
static bool one_timed_out(const struct web_counts *c) { return c->timed_out == 1; }
static bool nobody(const struct web_counts *c) { return c->connections == 0; }

/* ---- what a handler is told and what it can say ---- */

static void a_request_is_told_whole(void **state)
{
    struct site s;
    struct wire_answer a;
    int fd;

    (void)state;
    site_open(&s, &patient);
    fd = wire_dial(web_port(s.web));
    assert_true(wire_puts(fd, "GET /t%C3%A9l%20x?a=1%262+3&c HTTP/1.1\r\nHost: a\r\nX-NAME: Prisca\r\n\r\n"));
    wire_answer(fd, &a);
    assert_int_equal(a.status, 200);
    assert_string_equal(a.body, "GET /tél x a=1&2 3 b=- h=Prisca");
    assert_non_null(strstr(a.head, "X-One: 1\r\n"));
    assert_non_null(strstr(a.head, "X-Two: 2\r\n"));
    assert_non_null(strstr(a.head, "Content-Type: text/plain\r\n"));
    wire_answer_free(&a);
    close(fd);
    site_close(&s);
}

static void a_connection_is_kept_for_many_requests(void **state)
{
    struct site s;
    struct wire_answer a;
    int fd;

    (void)state;
    site_open(&s, &patient);
    fd = wire_dial(web_port(s.web));
    for (int i = 0; i < 100; i++) {
        const char *ask[] = { "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /later HTTP/1.1\r\nHost: a\r\n\r\n",
                              "GET /none HTTP/1.1\r\nHost: a\r\n\r\n", "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n" };
        const int want[] = { 200, 200, 404, 405 };

        assert_int_equal(wire_ask(fd, ask[i % 4]), want[i % 4]);
    }
    assert_true(wire_puts(fd, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel"));
    assert_true(wire_put(fd, "\0o", 2));
    wire_answer(fd, &a);
    assert_int_equal(a.status, 200);
    assert_int_equal(a.len, 5);
    assert_memory_equal(a.body, "hel\0o", 5);
    wire_answer_free(&a);
    assert_int_equal(counts(&s).requests, 101);
    assert_int_equal(counts(&s).connections, 1);
    assert_int_equal(counts(&s).refused_method, 25);
    close(fd);
    assert_true(comes_true(&s, nobody));
    site_close(&s);
}

static void requests_sent_ahead_are_answered_in_order(void **state)
{
    struct site s;
    char text[4096] = "";
    int fd, later = 0;

    (void)state;
    site_open(&s, &patient);
    fd = wire_dial(web_port(s.web));
    for (int i = 0; i < 20; i++)
        strcat(text, i % 2 == 0 ? "GET / HTTP/1.1\r\nHost: a\r\n\r\n" : "GET /later HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
    strcat(text, "GET /none HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert_true(wire_puts(fd, text));
    {
        char got[8192];
        size_t len = 0;
        ssize_t n;

        while ((n = recv(fd, got + len, sizeof got - 1 - len, 0)) > 0)
            len += (size_t)n;
        got[len] = '\0';
        for (const char *at = got; (at = strstr(at, "\r\n\r\nlater")) != NULL; at++)
            later++;
        assert_non_null(strstr(got, "HTTP/1.1 404"));
    }
    assert_int_equal(later, 10);
    close(fd);
    site_close(&s);
}

static void a_method_that_is_not_allowed_is_told_which_are(void **state)
{
    struct site s;
    struct wire_answer a;
    int fd;

    (void)state;
    site_open(&s, &patient);
    fd = wire_dial(web_port(s.web));
    assert_true(wire_puts(fd, "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n"));
    wire_answer(fd, &a);
    assert_int_equal(a.status, 405);
    assert_non_null(strstr(a.head, "Allow: POST\r\n"));
    wire_answer_free(&a);
    close(fd);
    site_close(&s);
}

static void a_header_that_would_split_the_answer_is_never_sent(void **state)
{
    struct site s;
    struct wire_answer a;
    int fd;

    (void)state;
    site_open(&s, &patient);
    fd = wire_dial(web_port(s.web));
    assert_true(wire_puts(fd, "GET /split HTTP/1.1\r\nHost: a\r\n\r\n"));
    wire_answer(fd, &a);
    assert_int_equal(a.status, 500);
    assert_null(strstr(a.head, "X-B"));
    wire_answer_free(&a);
    close(fd);
    site_close(&s);
}

static void a_large_answer_arrives_whole(void **state)
{
    struct site s;
    struct wire_answer a;
    int fd;

    (void)state;
    site_open(&s, &patient);
    fd = wire_dial(web_port(s.web));
    for (int i = 0; i < 3; i++) {
        assert_true(wire_puts(fd, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n"));
        wire_answer(fd, &a);
        assert_int_equal(a.status, 200);
        assert_int_equal(a.len, BIG);
        assert_true(strspn(a.body, "b") == BIG);
        wire_answer_free(&a);
    }
    close(fd);
    site_close(&s);
}

/* ---- what is refused ---- */

static int refused(struct site *s, const char *text)
{
    int fd = wire_dial(web_port(s->web)), status = wire_ask(fd, text);

    close(fd);
    return status;
}

static void a_body_over_the_limit_is_refused_before_it_is_sent(void **state)
{
    struct site s;

    (void)state;
    site_open(&s, &patient);
    assert_int_equal(refused(&s, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n"), 413);
    assert_int_equal(refused(&s, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n"), 413);
    assert_int_equal(refused(&s, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n"), 413);
    assert_int_equal(refused(&s, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n"), 413);
    assert_int_equal(refused(&s, "GET /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"), 413);
    assert_int_equal(counts(&s).refused_size, 4);      /* the library says the third by itself */
    site_close(&s);
}

static void a_chunked_body_is_counted(void **state)
{
    struct site s;
    struct wire_answer a;
    char text[4096], chunk[1100];
    int fd;

    (void)state;
    site_open(&s, &patient);
    fd = wire_dial(web_port(s.web));
    assert_true(wire_puts(fd, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"));
    wire_answer(fd, &a);
    assert_int_equal(a.status, 200);
    assert_string_equal(a.body, "abcde");
    wire_answer_free(&a);
    close(fd);
    memset(chunk, 'x', sizeof chunk);
    fd = wire_dial(web_port(s.web));
    (void)snprintf(text, sizeof text, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n%.1000s\r\n", chunk);
    assert_true(wire_puts(fd, text));
    assert_true(wire_quiet(fd, 50));
    assert_true(wire_puts(fd, "1\r\nx"));
    wire_answer(fd, &a);
    assert_int_equal(a.status, 413);
    wire_answer_free(&a);
    assert_true(wire_closed(fd));
    close(fd);
    assert_int_equal(counts(&s).refused_size, 1);
    site_close(&s);
}

static void what_a_proxy_could_read_otherwise_is_refused(void **state)
{
    struct site s;
    const char *post = "POST /echo HTTP/1.1\r\nHost: a\r\n";
    char text[512];
    const struct { const char *headers; int status; } cases[] = {
        { "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400 },
        { "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 400 },
        { "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400 },
        { "Transfer-Encoding: gzip\r\n\r\nabc", 501 },
        { "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501 },
        { "Content-Length: 3x\r\n\r\nabc", 400 },
        { "Content-Length: -1\r\n\r\n", 400 },
        { "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400 },
    };

    (void)state;
    site_open(&s, &patient);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)snprintf(text, sizeof text, "%s%s", post, cases[i].headers);
        assert_int_equal(refused(&s, text), cases[i].status);
    }
    assert_int_equal(refused(&s, "GET / HTTP/1.1\r\n\r\n"), 400);                          /* no Host */
    assert_int_equal(refused(&s, "METHODOFSIXTEENS / HTTP/1.1\r\nHost: a\r\n\r\n"), 501);
    site_close(&s);
}

/* A refused body must not be taken for the next request. */
static void a_refused_body_is_not_read_as_a_request(void **state)
{
    struct site s;
    struct wire_answer a;
    int fd;

    (void)state;
    site_open(&s, &patient);
    fd = wire_dial(web_port(s.web));
    assert_true(wire_puts(fd, "DELETE /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 31\r\n\r\nGET /big HTTP/1.1\r\nHost: a\r\n\r\n\r\n"));
    wire_answer(fd, &a);
    assert_int_equal(a.status, 405);
    wire_answer_free(&a);
    wire_answer(fd, &a);
    assert_int_equal(a.status, 0);
    assert_int_equal(counts(&s).requests, 1);
    close(fd);
    site_close(&s);
}

/* ---- deadlines ---- */

static int64_t trickle(struct site *s, const char *start, int *status)
{
    int fd = wire_dial(web_port(s->web));
    int64_t from = wire_ms(), took = 0;
    struct wire_answer a;

    assert_true(wire_puts(fd, start));
    while (took < 5 * REQUEST_MS && wire_quiet(fd, 20)) {
        (void)wire_puts(fd, "x");
        took = wire_ms() - from;
    }
    wire_answer(fd, &a);
    *status = a.status;
    wire_answer_free(&a);
    close(fd);
    return took;
}

static void a_byte_now_and_then_is_cut_at_the_deadline_while_others_are_served(void **state)
{
    const char *const starts[] = { "GET / HTTP/1.1\r\nX-A: ", "G", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" };
    struct site s;
    int fd, status;

    (void)state;
    site_open(&s, &quick);
    for (size_t i = 0; i < 3; i++) {
        int64_t took = trickle(&s, starts[i], &status);

        assert_in_range(took, REQUEST_MS - 50, REQUEST_MS + 400);
        assert_int_equal(status, i == 2 ? 408 : 0);
        assert_int_equal(counts(&s).timed_out, i + 1);
        fd = wire_dial(web_port(s.web));
        assert_int_equal(wire_ask(fd, "GET /later HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
        close(fd);
    }
    site_close(&s);
}

static void a_busy_connection_lives_longer_than_one_deadline(void **state)
{
    struct site s;
    int fd;

    (void)state;
    site_open(&s, &quick);
    fd = wire_dial(web_port(s.web));
    for (int i = 0; i < 10; i++) {
        assert_int_equal(wire_ask(fd, "GET /later HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
        wire_sleep(REQUEST_MS / 5);
    }
    assert_int_equal(counts(&s).timed_out, 0);
    close(fd);
    site_close(&s);
}

static void an_idle_connection_is_closed_in_silence(void **state)
{
    struct site s;
    struct wire_answer a;
    int64_t from;
    int fd;

    (void)state;
    site_open(&s, &quick);
    fd = wire_dial(web_port(s.web));
    assert_int_equal(wire_ask(fd, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
    from = wire_ms();
    wire_answer(fd, &a);
    assert_int_equal(a.status, 0);
    assert_string_equal(a.head, "");
    assert_false(a.reset);
    assert_in_range(wire_ms() - from, REQUEST_MS - 50, REQUEST_MS + 400);
    assert_int_equal(counts(&s).timed_out, 0);
    close(fd);
    site_close(&s);
}

static void a_client_that_does_not_read_its_answer_is_cut(void **state)
{
    struct site s;
    int fd;

    (void)state;
    site_open(&s, &quick);
    fd = wire_dial(web_port(s.web));
    assert_true(wire_puts(fd, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n"));
    assert_true(comes_true(&s, one_timed_out));
    assert_true(comes_true(&s, nobody));
    close(fd);
    site_close(&s);
}

static void a_request_that_nobody_answers_gets_503_and_the_late_answer_is_dropped(void **state)
{
    struct site s;
    struct web_request *rq;
    struct wire_answer a;
    int64_t from = wire_ms();
    size_t len;
    int fd;

    (void)state;
    site_open(&s, &quick);
    fd = wire_dial(web_port(s.web));
    assert_true(wire_puts(fd, "GET /hold?a=7 HTTP/1.1\r\nHost: a\r\nX-Name: Junior\r\n\r\n"));
    wire_answer(fd, &a);
    assert_int_equal(a.status, 503);
    wire_answer_free(&a);
    assert_in_range(wire_ms() - from, REPLY_MS - 50, REPLY_MS + 400);
    assert_int_equal(wire_ask(fd, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 200);      /* the connection goes on */
    close(fd);
    assert_true(comes_true(&s, nobody));
    rq = take(s.held);
    assert_non_null(rq);
    assert_string_equal(web_path(rq), "/hold");                                    /* still valid: nobody has answered it */
    assert_string_equal(web_query(rq, "a"), "7");
    assert_string_equal(web_header(rq, "X-Name"), "Junior");
    assert_string_equal(web_body(rq, &len), "");
    web_reply(rq, 200, "text/plain", "late", 4);
    assert_true(comes_true(&s, one_late));
    site_close(&s);
}

/* The answer and the time-out meet at the same moment, many times; each request has exactly one answer. */
static void an_answer_at_the_very_deadline_is_harmless(void **state)
{
    enum { COUNT = 200 };
    struct site s;
    int fds[COUNT], busy = 0, ok = 0;

    (void)state;
    site_open(&s, &quick);
    for (int i = 0; i < COUNT; i++)
        fds[i] = wire_dial(web_port(s.web));
    for (int i = 0; i < COUNT; i++)
        assert_true(wire_puts(fds[i], "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n"));
    for (int i = 0; i < COUNT; i++) {
        struct web_request *rq = take(s.held);

        assert_non_null(rq);
        if (i == 0)
            wire_sleep(REPLY_MS - 3);
        web_reply(rq, 200, NULL, NULL, 0);
    }
    for (int i = 0; i < COUNT; i++) {
        struct wire_answer a;

        wire_answer(fds[i], &a);
        ok += a.status == 200;
        busy += a.status == 503;
        wire_answer_free(&a);
        assert_int_equal(wire_ask(fds[i], "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
        close(fds[i]);
    }
    assert_int_equal(ok + busy, COUNT);
    assert_int_equal(counts(&s).timed_out, busy);
    site_close(&s);
}

/* ---- clients that go away, and answers that do ---- */

static void a_client_that_leaves_while_its_answer_is_made_is_harmless(void **state)
{
    struct site s;
    struct web_request *rq[50];
    int fd;

    (void)state;
    site_open(&s, &patient);
    for (int i = 0; i < 50; i++) {
        fd = wire_dial(web_port(s.web));
        assert_true(wire_puts(fd, "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n"));
        rq[i] = take(s.held);
        assert_non_null(rq[i]);
        close(fd);
    }
    for (int i = 0; i < 50; i++)
        web_reply(rq[i], 200, "text/plain", "gone", 4);
    assert_true(comes_true(&s, nobody));
    assert_int_equal(refused(&s, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
    site_close(&s);
}

static void a_reset_ends_the_connection_without_an_answer(void **state)
{
    struct site s;
    struct wire_answer a;
    int fd;

    (void)state;
    site_open(&s, &patient);
    fd = wire_dial(web_port(s.web));
    assert_true(wire_puts(fd, "GET /reset HTTP/1.1\r\nHost: a\r\n\r\n"));
    wire_answer(fd, &a);
    assert_int_equal(a.status, 0);
    assert_string_equal(a.head, "");
    close(fd);
    fd = wire_dial(web_port(s.web));
    assert_true(wire_puts(fd, "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n"));
    web_reset(take(s.held));
    wire_answer(fd, &a);
    assert_int_equal(a.status, 0);
    close(fd);
    assert_true(comes_true(&s, nobody));
    site_close(&s);
}

/* ---- many ---- */

/*
 * libmicrohttpd's own epoll thread answers nobody from 128 busy connections on (decisions.md). Each of these keeps a request under
 * way all the time.
 */
static void a_thousand_busy_connections_are_all_answered(void **state)
{
    enum { COUNT = 1000, EACH = 10 };
    static struct pollfd fds[COUNT];
    static int done[COUNT];
    struct site s;
    int left = COUNT * EACH;
    int64_t until;

    (void)state;
    wire_files();
    site_open(&s, &patient);
    for (int i = 0; i < COUNT; i++)
        fds[i] = (struct pollfd){ .fd = wire_dial(web_port(s.web)), .events = POLLIN };
    for (int i = 0; i < COUNT; i++)
        assert_true(wire_puts(fds[i].fd, "GET /later HTTP/1.1\r\nHost: a\r\n\r\n"));
    until = wire_ms() + 3 * WIRE_WAIT_MS;
    while (left > 0 && wire_ms() < until) {
        assert_true(poll(fds, COUNT, WIRE_WAIT_MS) > 0);
        for (int i = 0; i < COUNT; i++) {
            struct wire_answer a;

            if ((fds[i].revents & POLLIN) == 0)
                continue;
            wire_answer(fds[i].fd, &a);
            assert_int_equal(a.status, 200);
            assert_string_equal(a.body, "later");
            wire_answer_free(&a);
            left--;
            if (++done[i] < EACH)
                assert_true(wire_puts(fds[i].fd, "GET /later HTTP/1.1\r\nHost: a\r\n\r\n"));
        }
    }
    assert_int_equal(left, 0);
    assert_int_equal(counts(&s).requests, COUNT * EACH);
    assert_int_equal(counts(&s).connections, COUNT);
    for (int i = 0; i < COUNT; i++)
        close(fds[i].fd);
    site_close(&s);
}

static void connections_over_the_limit_wait_until_one_ends(void **state)
{
    const struct web_options few = { .connections_max = 4, .request_ms = 60000 };
    struct site s;
    int fds[6];

    (void)state;
    site_open(&s, &few);
    for (int i = 0; i < 4; i++) {
        fds[i] = wire_dial(web_port(s.web));
        assert_int_equal(wire_ask(fds[i], "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
    }
    fds[4] = wire_dial(web_port(s.web));
    fds[5] = wire_dial(web_port(s.web));
    assert_true(wire_puts(fds[4], "GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    assert_true(wire_quiet(fds[4], 100));
    close(fds[0]);
    assert_false(wire_quiet(fds[4], WIRE_WAIT_MS));
    close(fds[1]);
    assert_int_equal(wire_ask(fds[5], "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
    for (int i = 2; i < 6; i++)
        close(fds[i]);
    site_close(&s);
}

/* ---- the end ---- */

static void closing_answers_what_is_under_way_and_refuses_the_rest(void **state)
{
    struct site s;
    struct web_request *rq;
    struct wire_answer a;
    int idle, held, half;

    (void)state;
    site_open(&s, &patient);
    idle = wire_dial(web_port(s.web));
    held = wire_dial(web_port(s.web));
    half = wire_dial(web_port(s.web));
    assert_int_equal(wire_ask(idle, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
    assert_true(wire_puts(half, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc"));
    assert_true(wire_puts(held, "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n"));
    rq = take(s.held);
    assert_non_null(rq);
    site_stop(&s);
    web_close(s.web, 200);
    wire_answer(held, &a);
    assert_int_equal(a.status, 503);
    assert_non_null(strcasestr(a.head, "Connection: close"));
    wire_answer_free(&a);
    assert_true(wire_closed(idle));
    assert_true(wire_closed(half));
    web_reply(rq, 200, "text/plain", "after the end", 13);      /* the server is gone, the request was not */
    close(idle);
    close(held);
    close(half);
    site_free(&s);
}

static void *reply_soon(void *ctx)
{
    wire_sleep(100);
    web_reply(ctx, 200, "text/plain", "in time", 7);
    return NULL;
}

static void closing_waits_for_an_answer_that_comes(void **state)
{
    struct site s;
    struct wire_answer a;
    pthread_t thread;
    int64_t from;
    int fd;

    (void)state;
    site_open(&s, &patient);
    fd = wire_dial(web_port(s.web));
    assert_true(wire_puts(fd, "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n"));
    assert_int_equal(pthread_create(&thread, NULL, reply_soon, take(s.held)), 0);
    site_stop(&s);
    from = wire_ms();
    web_close(s.web, 5000);
    assert_in_range(wire_ms() - from, 50, 2000);
    wire_answer(fd, &a);
    assert_int_equal(a.status, 200);
    assert_string_equal(a.body, "in time");
    wire_answer_free(&a);
    assert_int_equal(pthread_join(thread, NULL), 0);
    close(fd);
    site_free(&s);
}

static void opening_says_what_is_wrong(void **state)
{
    struct site s;
    struct error err;
    struct web_options o = { .address = "brazzaville.example", .handler = handle };

    (void)state;
    assert_null(web_open(&o, &err));
    assert_non_null(strstr(err.text, "brazzaville.example: not a numeric address"));
    site_open(&s, &patient);
    o.address = "127.0.0.1";
    o.port = web_port(s.web);
    assert_null(web_open(&o, &err));
    assert_non_null(strstr(err.text, "Address already in use"));
    site_close(&s);
}

static void it_listens_on_ipv6(void **state)
{
    struct web_options o = { .address = "::1", .handler = handle };
    struct error err;
    struct web *w = web_open(&o, &err);

    (void)state;
    if (w == NULL)
        skip();                          /* a machine without IPv6 */
    assert_int_not_equal(web_port(w), 0);
    web_close(w, 0);
}

static void a_step_ends_when_it_is_told_to(void **state)
{
    struct web_options o = { .handler = handle };
    struct error err;
    struct web *w = web_open(&o, &err);
    int64_t from = wire_ms();

    (void)state;
    assert_non_null(w);
    web_step(w, 0);
    web_step(w, 100);
    assert_in_range(wire_ms() - from, 90, 1000);
    web_wake(w);
    web_step(w, -1);
    assert_in_range(wire_ms() - from, 90, 1000);
    web_close(w, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_told_whole),
        cmocka_unit_test(a_connection_is_kept_for_many_requests),
        cmocka_unit_test(requests_sent_ahead_are_answered_in_order),
        cmocka_unit_test(a_method_that_is_not_allowed_is_told_which_are),
        cmocka_unit_test(a_header_that_would_split_the_answer_is_never_sent),
        cmocka_unit_test(a_large_answer_arrives_whole),
        cmocka_unit_test(a_body_over_the_limit_is_refused_before_it_is_sent),
        cmocka_unit_test(a_chunked_body_is_counted),
        cmocka_unit_test(what_a_proxy_could_read_otherwise_is_refused),
        cmocka_unit_test(a_refused_body_is_not_read_as_a_request),
        cmocka_unit_test(a_byte_now_and_then_is_cut_at_the_deadline_while_others_are_served),
        cmocka_unit_test(a_busy_connection_lives_longer_than_one_deadline),
        cmocka_unit_test(an_idle_connection_is_closed_in_silence),
        cmocka_unit_test(a_client_that_does_not_read_its_answer_is_cut),
        cmocka_unit_test(a_request_that_nobody_answers_gets_503_and_the_late_answer_is_dropped),
        cmocka_unit_test(an_answer_at_the_very_deadline_is_harmless),
        cmocka_unit_test(a_client_that_leaves_while_its_answer_is_made_is_harmless),
        cmocka_unit_test(a_reset_ends_the_connection_without_an_answer),
        cmocka_unit_test(a_thousand_busy_connections_are_all_answered),
        cmocka_unit_test(connections_over_the_limit_wait_until_one_ends),
        cmocka_unit_test(closing_answers_what_is_under_way_and_refuses_the_rest),
        cmocka_unit_test(closing_waits_for_an_answer_that_comes),
        cmocka_unit_test(opening_says_what_is_wrong),
        cmocka_unit_test(it_listens_on_ipv6),
        cmocka_unit_test(a_step_ends_when_it_is_told_to),
    };

    memset(big, 'b', BIG);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
