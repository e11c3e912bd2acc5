/*
 * The multi handle is driven by curl_multi_socket_action() from our own epoll: curl_multi_poll() looks at every connection
 * at every step, which costs more than the requests themselves from some hundred connections on.
 */
#include "lisolo/base/fetch.h"

#include <assert.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "lisolo/base/buf.h"
#include "lisolo/base/clock.h"
#include "fetch_address.h"

enum {
    EVENTS_MAX = 256, WATCHED_MAX = 4, POOL_MAX = 1024, TIMEOUT_MS = 20 * 1000, CONNECT_MS = 5 * 1000, ANSWER_MAX = 1024 * 1024,
    RETRY_AFTER_MAX_S = 3600,       /* a server that asks for more is asked again after an hour */
    IDLE_CONNECTION_S = 30,         /* below the idle time-outs of the usual servers (60 s and more): fewer stale connections */
};

struct transfer {
    struct fetch      *fetch;
    struct transfer   *next, *before;    /* among the active, or the pool */
    CURL              *easy;
    struct curl_slist *headers;
    char              *body;
    struct buf         answer;
    int                left;             /* how often a request was about to leave: libcurl retries by itself */
    bool               refused;          /* an address that may not be reached */
    fetch_done         done;
    void              *ctx;
    char               error[CURL_ERROR_SIZE];
};

struct fetch {
    struct fetch_options o;
    CURLM           *multi;
    int              epoll, wake;
    int              watched[WATCHED_MAX];
    size_t           watched_count;
    int64_t          timer_at_ms;        /* monotonic; INT64_MAX: none */
    struct transfer *active, *pool;
    size_t           active_count, pool_count;
};

/* ---- libcurl's callbacks ---- */

static size_t on_body(char *data, size_t size, size_t n, void *ctx)
{
    struct transfer *t = ctx;

    return buf_add(&t->answer, data, size * n) ? size * n : 0;
}

/* The last user code before bytes leave. Once is a request; twice is libcurl posting again on its own account. */
static int on_prereq(void *ctx, char *primary_ip, char *local_ip, int primary_port, int local_port)
{
    struct transfer *t = ctx;

    (void)primary_ip, (void)local_ip, (void)primary_port, (void)local_port;
    return ++t->left > 1 ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static curl_socket_t on_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct transfer *t = ctx;

    if (purpose == CURLSOCKTYPE_IPCXN && !t->fetch->o.allow_private && !fetch_address_public(&address->addr)) {
        t->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *known)
{
    struct fetch *f = ctx;
    struct epoll_event e = { .data = { .fd = fd } };

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        (void)epoll_ctl(f->epoll, EPOLL_CTL_DEL, fd, NULL);      /* closed already: gone by itself */
        return 0;
    }
    e.events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
    if (known == NULL)
        (void)curl_multi_assign(f->multi, fd, f);
    if (epoll_ctl(f->epoll, known == NULL ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &e) == -1 &&
        epoll_ctl(f->epoll, errno == EEXIST ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &e) == -1)
        return -1;
    return 0;
}

static int on_timer(CURLM *multi, long timeout_ms, void *ctx)
{
    struct fetch *f = ctx;

    (void)multi;
    f->timer_at_ms = timeout_ms < 0 ? INT64_MAX : clock_mono_ms(clock_real()) + timeout_ms;
    return 0;
}

/* ---- making and freeing ---- */

struct fetch *fetch_new(const struct fetch_options *options, struct error *err)
{
    struct fetch *f = calloc(1, sizeof *f);
    struct epoll_event e = { .events = EPOLLIN };

    if (f == NULL) {
        error_set(err, "fetch: out of memory");
        return NULL;
    }
    f->o = *options;
    if (f->o.connections_max == 0)
        f->o.connections_max = 1024;
    if (f->o.per_host_max == 0)
        f->o.per_host_max = 1024;
    f->timer_at_ms = INT64_MAX;
    f->multi = curl_multi_init();
    f->epoll = epoll_create1(EPOLL_CLOEXEC);
    f->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    e.data.fd = f->wake;
    if (f->multi == NULL || f->epoll == -1 || f->wake == -1 || epoll_ctl(f->epoll, EPOLL_CTL_ADD, f->wake, &e) == -1) {
        error_set(err, "fetch: %s", strerror(errno));
        fetch_free(f);
        return NULL;
    }
    (void)curl_multi_setopt(f->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    (void)curl_multi_setopt(f->multi, CURLMOPT_SOCKETDATA, f);
    (void)curl_multi_setopt(f->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    (void)curl_multi_setopt(f->multi, CURLMOPT_TIMERDATA, f);
    (void)curl_multi_setopt(f->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)f->o.connections_max);
    (void)curl_multi_setopt(f->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)f->o.per_host_max);
    (void)curl_multi_setopt(f->multi, CURLMOPT_MAXCONNECTS, (long)f->o.connections_max);
    (void)curl_multi_setopt(f->multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
    return f;
}

static void transfer_clear(struct transfer *t)
{
    curl_slist_free_all(t->headers);
    free(t->body);
    t->headers = NULL;
    t->body = NULL;
    buf_clear(&t->answer);
}

static void transfer_free(struct transfer *t)
{
    transfer_clear(t);
    buf_free(&t->answer);
    curl_easy_cleanup(t->easy);
    free(t);
}

static void finish(struct transfer *t, CURLcode code);

void fetch_free(struct fetch *f)
{
    if (f == NULL)
        return;
    while (f->active != NULL)
        finish(f->active, CURLE_ABORTED_BY_CALLBACK);
    while (f->pool != NULL) {
        struct transfer *t = f->pool;

        f->pool = t->next;
        transfer_free(t);
    }
    if (f->multi != NULL)
        (void)curl_multi_cleanup(f->multi);
    if (f->wake != -1)
        (void)close(f->wake);
    if (f->epoll != -1)
        (void)close(f->epoll);
    free(f);
}

/* ---- starting ---- */

static struct transfer *transfer_take(struct fetch *f)
{
    struct transfer *t = f->pool;

    if (t != NULL) {
        f->pool = t->next;
        f->pool_count--;
        return t;
    }
    t = calloc(1, sizeof *t);
    if (t == NULL)
        return NULL;
    t->fetch = f;
    t->easy = curl_easy_init();
    if (t->easy == NULL) {
        free(t);
        return NULL;
    }
    return t;
}

static void transfer_give(struct fetch *f, struct transfer *t)
{
    transfer_clear(t);
    if (t->answer.cap > 64 * 1024)
        buf_free(&t->answer);
    if (f->pool_count >= POOL_MAX) {
        transfer_free(t);
        return;
    }
    t->next = f->pool;
    f->pool = t;
    f->pool_count++;
}

static bool add_headers(struct transfer *t, const char *const *headers, struct error *err)
{
    struct curl_slist *list;

    /* No "Expect: 100-continue": it costs a round trip, and a server that ignores it a second. */
    t->headers = curl_slist_append(NULL, "Expect:");
    if (t->headers == NULL)
        return error_set(err, "fetch: out of memory");
    for (; headers != NULL && *headers != NULL; headers++) {
        if (strpbrk(*headers, "\r\n") != NULL || strchr(*headers, ':') == NULL)
            return error_set(err, "fetch: a header may not hold a line break and needs a colon");
        list = curl_slist_append(t->headers, *headers);
        if (list == NULL)
            return error_set(err, "fetch: out of memory");
        t->headers = list;
    }
    return true;
}

static bool set_method(struct transfer *t, const struct fetch_request *r)
{
    bool post = strcmp(r->method, "POST") == 0, get = strcmp(r->method, "GET") == 0;
    CURLcode code;

    if (get && r->body_len == 0)
        return curl_easy_setopt(t->easy, CURLOPT_HTTPGET, 1L) == CURLE_OK;
    if (!post && r->body_len == 0)
        return curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, r->method) == CURLE_OK;
    code = curl_easy_setopt(t->easy, CURLOPT_POST, 1L);
    code = code != CURLE_OK ? code : curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, t->body);
    code = code != CURLE_OK ? code : curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_len);
    if (!post)
        code = code != CURLE_OK ? code : curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, r->method);
    return code == CURLE_OK;
}

static bool set_up(struct transfer *t, const struct fetch_request *r)
{
    const struct fetch_options *o = &t->fetch->o;
    CURL *e = t->easy;

    curl_easy_reset(e);
    return curl_easy_setopt(e, CURLOPT_URL, r->url) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, o->allow_http ? "http,https" : "https") == CURLE_OK && set_method(t, r) &&
           curl_easy_setopt(e, CURLOPT_HTTPHEADER, t->headers) == CURLE_OK && curl_easy_setopt(e, CURLOPT_PRIVATE, t) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_ERRORBUFFER, t->error) == CURLE_OK && curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_WRITEDATA, t) == CURLE_OK && curl_easy_setopt(e, CURLOPT_PREREQFUNCTION, on_prereq) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_PREREQDATA, t) == CURLE_OK && curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, on_open) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, t) == CURLE_OK && curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           /* Without it a cancelled transfer waits for getaddrinfo(): measured 3.7 s for everybody (hosts.md §0.7). */
           curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L) == CURLE_OK && curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_PROXY, "") == CURLE_OK && curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)(r->timeout_ms > 0 ? r->timeout_ms : TIMEOUT_MS)) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)(r->connect_ms > 0 ? r->connect_ms : CONNECT_MS)) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_MAXAGE_CONN, (long)IDLE_CONNECTION_S) == CURLE_OK;
}

static bool prepare(struct transfer *t, const struct fetch_request *r, struct error *err)
{
    size_t limit = r->answer_max > 0 ? r->answer_max : ANSWER_MAX;

    if (t->answer.data == NULL)
        buf_init(&t->answer, limit);
    t->answer.limit = limit;
    t->left = 0;
    t->refused = false;
    t->error[0] = '\0';
    if (strncmp(r->url, "https://", 8) != 0 && !(t->fetch->o.allow_http && strncmp(r->url, "http://", 7) == 0))
        return error_set(err, "fetch: the address must begin with https://");
    if (r->body_len > 0) {
        t->body = malloc(r->body_len);
        if (t->body == NULL)
            return error_set(err, "fetch: out of memory");
        memcpy(t->body, r->body, r->body_len);
    }
    return add_headers(t, r->headers, err) && (set_up(t, r) || error_set(err, "fetch: libcurl refused the request"));
}

bool fetch_start(struct fetch *f, const struct fetch_request *request, fetch_done done, void *ctx, struct error *err)
{
    struct transfer *t = transfer_take(f);

    if (t == NULL)
        return error_set(err, "fetch: out of memory");
    t->done = done;
    t->ctx = ctx;
    if (!prepare(t, request, err) || curl_multi_add_handle(f->multi, t->easy) != CURLM_OK) {
        transfer_give(f, t);
        return err == NULL || err->text[0] != '\0' ? false : error_set(err, "fetch: libcurl refused the request");
    }
    t->before = NULL;
    t->next = f->active;
    if (f->active != NULL)
        f->active->before = t;
    f->active = t;
    f->active_count++;
    return true;
}

/* ---- ending ---- */

static int64_t retry_after(CURL *easy)
{
    curl_off_t seconds = 0;

    if (curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds) != CURLE_OK || seconds <= 0)
        return -1;
    return (seconds > RETRY_AFTER_MAX_S ? RETRY_AFTER_MAX_S : seconds) * 1000;
}

/* Why it failed, without what libcurl likes to quote (the host is fine, a query or header is not). */
static void explain(const struct transfer *t, CURLcode code, struct fetch_result *r)
{
    if (t->refused)
        (void)snprintf(r->reason, sizeof r->reason, "the address is private and not allowed");
    else if (t->left > 1)
        (void)snprintf(r->reason, sizeof r->reason, "the connection was lost after the request had left");
    else if (t->answer.failed)
        (void)snprintf(r->reason, sizeof r->reason, "the answer is longer than %zu bytes", t->answer.limit);
    else
        (void)snprintf(r->reason, sizeof r->reason, "%s", curl_easy_strerror(code));
}

static void finish(struct transfer *t, CURLcode code)
{
    struct fetch *f = t->fetch;
    struct fetch_result r = { .retry_after_ms = -1, .timed_out = code == CURLE_OPERATION_TIMEDOUT };
    long status = 0;

    (void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK && !t->answer.failed) {
        r.outcome = FETCH_ANSWERED;
        r.status = (int)status;
        r.retry_after_ms = retry_after(t->easy);
        r.body = buf_str(&t->answer);
        r.body_len = t->answer.len;
    } else {
        r.outcome = t->left == 0 ? FETCH_NOT_SENT : FETCH_UNKNOWN;
        r.body = "";
        explain(t, code, &r);
    }
    if (t->before != NULL)
        t->before->next = t->next;
    else
        f->active = t->next;
    if (t->next != NULL)
        t->next->before = t->before;
    f->active_count--;
    (void)curl_multi_remove_handle(f->multi, t->easy);
    t->done(t->ctx, &r);
    transfer_give(f, t);
}

static void read_ends(struct fetch *f)
{
    CURLMsg *m;
    int left;

    while ((m = curl_multi_info_read(f->multi, &left)) != NULL) {
        struct transfer *t = NULL;
        CURLcode code = m->data.result;

        if (m->msg != CURLMSG_DONE || curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&t) != CURLE_OK || t == NULL)
            continue;
        finish(t, code);
    }
}

/* ---- the step ---- */

static bool is_watched(const struct fetch *f, int fd)
{
    for (size_t i = 0; i < f->watched_count; i++)
        if (f->watched[i] == fd)
            return true;
    return false;
}

static void on_event(struct fetch *f, const struct epoll_event *e)
{
    int mask = 0, running;
    uint64_t ignored;

    if (e->data.fd == f->wake) {
        ssize_t n = read(f->wake, &ignored, sizeof ignored);

        (void)n;                         /* EAGAIN: somebody else's wake was read already */
        return;
    }
    if (is_watched(f, e->data.fd))
        return;                          /* its owner reads it */
    mask |= e->events & EPOLLIN ? CURL_CSELECT_IN : 0;
    mask |= e->events & EPOLLOUT ? CURL_CSELECT_OUT : 0;
    mask |= e->events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0;
    (void)curl_multi_socket_action(f->multi, e->data.fd, mask, &running);
}

static int wait_ms(const struct fetch *f, int timeout_ms)
{
    int64_t left = f->timer_at_ms == INT64_MAX ? INT64_MAX : f->timer_at_ms - clock_mono_ms(clock_real());

    if (left <= 0)
        return 0;
    return timeout_ms >= 0 && timeout_ms < left ? timeout_ms : left > 3600 * 1000 ? (timeout_ms < 0 ? -1 : timeout_ms) : (int)left;
}

void fetch_step(struct fetch *f, int timeout_ms)
{
    struct epoll_event events[EVENTS_MAX];
    int running, n = epoll_wait(f->epoll, events, EVENTS_MAX, wait_ms(f, timeout_ms));

    for (int i = 0; i < n; i++)
        on_event(f, &events[i]);
    if (f->timer_at_ms != INT64_MAX && clock_mono_ms(clock_real()) >= f->timer_at_ms) {
        f->timer_at_ms = INT64_MAX;
        (void)curl_multi_socket_action(f->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    read_ends(f);
}

void fetch_wake(struct fetch *f)
{
    uint64_t one = 1;
    ssize_t n = write(f->wake, &one, sizeof one);

    (void)n;                             /* full: it is awake already */
}

bool fetch_watch(struct fetch *f, int fd)
{
    struct epoll_event e = { .events = EPOLLIN, .data = { .fd = fd } };

    if (f->watched_count == WATCHED_MAX || epoll_ctl(f->epoll, EPOLL_CTL_ADD, fd, &e) == -1)
        return false;
    f->watched[f->watched_count++] = fd;
    return true;
}

size_t fetch_active(const struct fetch *f) { return f->active_count; }
