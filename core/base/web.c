#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lisolo/base/log.h"
#include "web_private.h"

enum {
    CONNECTIONS_DEFAULT = 1024,
    REQUEST_MS_DEFAULT  = 30 * 1000,     /* reliability.md §6 */
    REPLY_MS_DEFAULT    = 10 * 1000,     /* decisions.md, "Durability and order" */
    CONNECTION_BYTES    = 32 * 1024,     /* a connection's memory, so the limit of its headers: hosts.md §6 */
    RUNS_MAX            = 4,             /* one reads and handles, one sends what was resumed; then answers are collected again */
    FLUSH_MS            = 200,           /* at the end of web_close(): the last 503s leave */
};

/* Not base's clock: when a test moves time by two hours, sockets have not waited for two hours. */
static int64_t now(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* ---- deadlines ---- */

void phase_enter(struct web *w, struct live *l, struct phase *phase)
{
    struct phase *old = l->phase;

    if (old != NULL) {
        *(l->prev == NULL ? &old->first : &l->prev->next) = l->next;
        *(l->next == NULL ? &old->last : &l->next->prev) = l->prev;
        old->count--;
    }
    l->phase = phase;
    if (phase == NULL)
        return;
    l->until_ms = w->now_ms + phase->span_ms;
    l->prev = phase->last;
    l->next = NULL;
    *(phase->last == NULL ? &phase->first : &phase->last->next) = l;
    phase->last = l;
    phase->count++;
}

static void reap(struct web *w)
{
    while (w->reading.first != NULL && w->reading.first->until_ms <= w->now_ms)
        serve_cut(w, w->reading.first);
    while (w->sending.first != NULL && w->sending.first->until_ms <= w->now_ms)
        serve_cut(w, w->sending.first);
    while (w->waiting.first != NULL && w->waiting.first->until_ms <= w->now_ms)
        serve_expire(w, w->waiting.first);
}

static int64_t sooner(int64_t a, const struct phase *phase)
{
    return phase->first == NULL || phase->first->until_ms > a ? a : phase->first->until_ms;
}

static int wait_ms(const struct web *w, int timeout_ms)
{
    int64_t until = INT64_MAX, at = now(), left;

    if (w->more || timeout_ms == 0)
        return 0;
    until = sooner(sooner(sooner(until, &w->reading), &w->waiting), &w->sending);
    if (until == INT64_MAX)
        return timeout_ms;
    left = until <= at ? 0 : until - at;
    if (left > INT_MAX)
        left = INT_MAX;
    return timeout_ms >= 0 && timeout_ms < left ? timeout_ms : (int)left;
}

/* ---- one step ---- */

static void take_answers(struct web *w)
{
    struct queue_item *list = queue_take_all(w->hub->answered);

    while (list != NULL) {
        struct web_request *rq = (struct web_request *)list;

        list = list->next;
        serve_answered(w, rq);
    }
}

/*
 * It has to run again when it says so, and after a connection has ended: only then does it listen again if it was full, and its
 * descriptor does not tell.
 */
static void run(struct web *w)
{
    MHD_UNSIGNED_LONG_LONG ms;
    int runs = 0;

    do {
        w->more = w->closed_some = false;
        if (MHD_run(w->daemon) != MHD_YES) {
            LOG(LOG_ERROR, "http_server", log_str("reason", "libmicrohttpd cannot run"));
            return;
        }
        w->more = w->closed_some || (MHD_get_timeout(w->daemon, &ms) == MHD_YES && ms == 0);
    } while (w->more && ++runs < RUNS_MAX);
}

void web_step(struct web *w, int timeout_ms)
{
    struct epoll_event events[3];
    int n = epoll_wait(w->epoll_fd, events, 3, wait_ms(w, timeout_ms));
    uint64_t count;

    for (int i = 0; i < n; i++)
        if (events[i].data.fd == w->wake_fd)
            (void)!read(w->wake_fd, &count, sizeof count);
    w->now_ms = now();
    take_answers(w);
    reap(w);
    run(w);
}

void web_wake(struct web *w)
{
    const uint64_t one = 1;

    (void)!write(w->wake_fd, &one, sizeof one);      /* full means that it is readable already */
}

/* ---- open ---- */

static bool read_port(int fd, uint16_t *port, struct error *err)
{
    struct sockaddr_storage ss;
    socklen_t len = sizeof ss;

    if (getsockname(fd, (struct sockaddr *)&ss, &len) == -1)
        return error_set(err, "getsockname: %s", strerror(errno));
    *port = ntohs(ss.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&ss)->sin6_port : ((struct sockaddr_in *)&ss)->sin_port);
    return true;
}

static bool listen_on(struct web *w, const struct web_options *o, struct error *err)
{
    const struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM };
    const char *address = o->address == NULL ? "127.0.0.1" : o->address;
    const int yes = 1;
    struct addrinfo *found = NULL;
    char port[8];
    bool ok = false;
    int rc;

    (void)snprintf(port, sizeof port, "%u", o->port);
    rc = getaddrinfo(address, port, &hints, &found);
    if (rc != 0)
        return error_set(err, "%s: not a numeric address: %s", address, gai_strerror(rc));
    w->listen_fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (w->listen_fd == -1 || setsockopt(w->listen_fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == -1 ||
        bind(w->listen_fd, found->ai_addr, found->ai_addrlen) == -1 || listen(w->listen_fd, SOMAXCONN) == -1) {
        error_set(err, "%s port %u: %s", address, o->port, strerror(errno));
        goto out;
    }
    ok = read_port(w->listen_fd, &w->port, err);
out:
    freeaddrinfo(found);
    return ok;
}

static void library_says(void *ctx, const char *format, va_list args)
{
    char text[256];

    (void)ctx;
    (void)vsnprintf(text, sizeof text, format, args);
    text[strcspn(text, "\r\n")] = '\0';
    LOG(LOG_DEBUG, "http_server", log_str("library", text));
}

static bool start_daemon(struct web *w, unsigned connections_max, struct error *err)
{
    w->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL, serve_request, w,
                                 MHD_OPTION_EXTERNAL_LOGGER, library_says, NULL,
                                 MHD_OPTION_LISTEN_SOCKET, w->listen_fd,
                                 MHD_OPTION_CONNECTION_LIMIT, connections_max,
                                 MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
                                 MHD_OPTION_STRICT_FOR_CLIENT, 1,
                                 MHD_OPTION_NOTIFY_COMPLETED, serve_completed, w,
                                 MHD_OPTION_NOTIFY_CONNECTION, serve_connection, w, MHD_OPTION_END);
    if (w->daemon != NULL)
        return true;
    w->listen_fd = -1;                   /* it may have closed it */
    return error_set(err, "libmicrohttpd does not start");
}

static bool make_responses(struct web *w, struct error *err)
{
    w->empty = MHD_create_response_from_buffer(0, (void *)(uintptr_t)"", MHD_RESPMEM_PERSISTENT);
    w->last = MHD_create_response_from_buffer(0, (void *)(uintptr_t)"", MHD_RESPMEM_PERSISTENT);
    if (w->empty == NULL || w->last == NULL || MHD_add_response_header(w->last, MHD_HTTP_HEADER_CONNECTION, "close") != MHD_YES)
        return error_set(err, "out of memory");
    return true;
}

static bool watch(struct web *w, int fd, struct error *err)
{
    struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

    return epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0 || error_set(err, "epoll_ctl: %s", strerror(errno));
}

static bool open_loop(struct web *w, struct error *err)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(w->daemon, MHD_DAEMON_INFO_EPOLL_FD);

    if (info == NULL || info->epoll_fd < 0)
        return error_set(err, "libmicrohttpd has no epoll");
    w->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    w->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (w->epoll_fd == -1 || w->wake_fd == -1)
        return error_set(err, "%s", strerror(errno));
    return watch(w, info->epoll_fd, err) && watch(w, w->wake_fd, err) && watch(w, queue_fd(w->hub->answered), err);
}

/* What web_open() made, in reverse; no connection is left. */
static void release(struct web *w)
{
    if (w->daemon != NULL) {
        (void)MHD_quiesce_daemon(w->daemon);         /* now the listening socket is ours to close */
        MHD_stop_daemon(w->daemon);
    }
    if (w->hub != NULL) {
        queue_close(w->hub->answered);
        take_answers(w);
    }
    while (w->unused != NULL) {
        struct web_request *rq = w->unused;

        w->unused = rq->next_free;
        request_free(rq);
    }
    if (w->empty != NULL)
        MHD_destroy_response(w->empty);
    if (w->last != NULL)
        MHD_destroy_response(w->last);
    if (w->wake_fd != -1)
        (void)close(w->wake_fd);
    if (w->epoll_fd != -1)
        (void)close(w->epoll_fd);
    if (w->listen_fd != -1)
        (void)close(w->listen_fd);
    if (w->hub != NULL)
        hub_drop(w->hub);
    free(w);
}

struct web *web_open(const struct web_options *options, struct error *err)
{
    unsigned connections_max = options->connections_max == 0 ? CONNECTIONS_DEFAULT : options->connections_max;
    struct web *w = calloc(1, sizeof *w);

    if (w == NULL) {
        error_set(err, "http server: out of memory");
        return NULL;
    }
    w->epoll_fd = w->wake_fd = w->listen_fd = -1;
    w->accept = options->accept;
    w->handler = options->handler;
    w->ctx = options->ctx;
    w->reading.span_ms = w->sending.span_ms = options->request_ms > 0 ? options->request_ms : REQUEST_MS_DEFAULT;
    w->waiting.span_ms = options->reply_ms > 0 ? options->reply_ms : REPLY_MS_DEFAULT;
    w->now_ms = now();
    w->hub = hub_new();
    if (w->hub == NULL) {
        error_set(err, "out of memory");
        goto fail;
    }
    if (!listen_on(w, options, err) || !make_responses(w, err) || !start_daemon(w, connections_max, err) || !open_loop(w, err))
        goto fail;
    w->more = true;                      /* its first run puts the listening socket under watch */
    return w;
fail:
    error_prefix(err, "http server");
    release(w);
    return NULL;
}

uint16_t web_port(const struct web *w) { return w->port; }

void web_counts(struct web *w, struct web_counts *out)
{
    *out = (struct web_counts){
        .requests = atomic_load(&w->requests), .refused_size = atomic_load(&w->refused_size),
        .refused_method = atomic_load(&w->refused_method), .timed_out = atomic_load(&w->timed_out),
        .late_replies = atomic_load(&w->late_replies), .connections = atomic_load(&w->connections),
    };
}

/* ---- close ---- */

static void cut_idle(struct web *w)
{
    struct live *next;

    for (struct live *l = w->reading.first; l != NULL; l = next) {
        next = l->next;
        if (l->rq == NULL) {
            phase_enter(w, l, NULL);
            (void)shutdown(l->fd, SHUT_RDWR);
        }
    }
}

static size_t under_way(const struct web *w)
{
    return w->reading.count + w->waiting.count + w->sending.count;
}

void web_close(struct web *w, int drain_ms)
{
    int64_t until;

    web_step(w, 0);                      /* what has been sent already is under way */
    w->closing = true;
    (void)MHD_quiesce_daemon(w->daemon);
    (void)close(w->listen_fd);
    w->listen_fd = -1;
    cut_idle(w);
    until = now() + drain_ms;
    while (under_way(w) > 0 && now() < until) {
        web_step(w, (int)(until - now()));
        cut_idle(w);
    }
    while (w->waiting.first != NULL)
        serve_expire(w, w->waiting.first);
    until = now() + FLUSH_MS;
    while (w->sending.count > 0 && now() < until)
        web_step(w, (int)(until - now()));
    release(w);
}
