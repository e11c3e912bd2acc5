#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "fetch_private.h"
#include "lisolo/base/log.h"

enum { CONNECTIONS_DEFAULT = 1024, EVENTS_MAX = 128 };

#define NOT_CURLS (1ULL << 32)       /* beside the descriptor in an event: not one of libcurl's */

/* Not base's clock: libcurl counts real time too. */
static int64_t now(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* ---- what libcurl wants to be told ---- */

static int on_timer(CURLM *multi, long timeout_ms, void *ctx)
{
    struct fetch *f = ctx;

    (void)multi;
    f->timer_at_ms = timeout_ms < 0 ? INT64_MAX : now() + timeout_ms;
    return 0;
}

/*
 * `known` is set once the socket is in the epoll set. An error is only logged: -1 would end every transfer of the handle, now and
 * later; so the one that is not watched runs into its time-out.
 */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *known)
{
    struct epoll_event event = { .data.u64 = (uint64_t)(unsigned)fd };
    struct fetch *f = ctx;
    int op = known == NULL ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        (void)epoll_ctl(f->epoll_fd, EPOLL_CTL_DEL, fd, NULL);      /* it may be closed already */
        return 0;
    }
    if ((what & CURL_POLL_IN) != 0)
        event.events |= EPOLLIN;
    if ((what & CURL_POLL_OUT) != 0)
        event.events |= EPOLLOUT;
    if (epoll_ctl(f->epoll_fd, op, fd, &event) == -1 &&
        (errno != ENOENT || epoll_ctl(f->epoll_fd, EPOLL_CTL_ADD, fd, &event) == -1) &&
        (errno != EEXIST || epoll_ctl(f->epoll_fd, EPOLL_CTL_MOD, fd, &event) == -1))
        LOG(LOG_ERROR, "fetch", log_str("reason", strerror(errno)));
    else if (known == NULL && curl_multi_assign(f->multi, fd, f) != CURLM_OK)
        LOG(LOG_ERROR, "fetch", log_str("reason", "libcurl does not know its socket"));
    return 0;
}

/* ---- open ---- */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static CURLcode global_rc;

static void init_libcurl(void) { global_rc = curl_global_init(CURL_GLOBAL_DEFAULT); }

#define SET(option, value) (rc == CURLM_OK ? (void)(rc = curl_multi_setopt(f->multi, option, value)) : (void)0)

static bool set_options(struct fetch *f, const struct fetch_options *o)
{
    long total = o->connections_max > 0 ? (long)o->connections_max : CONNECTIONS_DEFAULT;
    CURLMcode rc = CURLM_OK;

    SET(CURLMOPT_SOCKETFUNCTION, on_socket);
    SET(CURLMOPT_SOCKETDATA, f);
    SET(CURLMOPT_TIMERFUNCTION, on_timer);
    SET(CURLMOPT_TIMERDATA, f);
    SET(CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    SET(CURLMOPT_MAX_TOTAL_CONNECTIONS, total);
    SET(CURLMOPT_MAX_HOST_CONNECTIONS, o->per_host_max > 0 ? (long)o->per_host_max : CONNECTIONS_DEFAULT);
    SET(CURLMOPT_MAXCONNECTS, total);
    return rc == CURLM_OK;
}

static bool watch(struct fetch *f, int fd)
{
    struct epoll_event event = { .events = EPOLLIN, .data.u64 = NOT_CURLS | (uint64_t)(unsigned)fd };

    return epoll_ctl(f->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static void release(struct fetch *f)
{
    while (f->unused != NULL) {
        struct transfer *t = f->unused;

        f->unused = t->next;
        transfer_free(t);
    }
    if (f->multi != NULL)
        (void)curl_multi_cleanup(f->multi);
    if (f->url != NULL)
        curl_url_cleanup(f->url);
    if (f->wake_fd != -1)
        (void)close(f->wake_fd);
    if (f->epoll_fd != -1)
        (void)close(f->epoll_fd);
    free(f);
}

struct fetch *fetch_new(const struct fetch_options *options, struct error *err)
{
    struct fetch *f;

    if (pthread_once(&once, init_libcurl) != 0 || global_rc != CURLE_OK) {
        error_set(err, "fetch: libcurl does not start");
        return NULL;
    }
    f = calloc(1, sizeof *f);
    if (f == NULL) {
        error_set(err, "fetch: out of memory");
        return NULL;
    }
    f->timer_at_ms = INT64_MAX;
    f->allow_private = options->allow_private;
    f->allow_http = options->allow_http;
    f->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    f->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (f->epoll_fd == -1 || f->wake_fd == -1 || !watch(f, f->wake_fd)) {
        error_set(err, "fetch: %s", strerror(errno));
        goto fail;
    }
    f->multi = curl_multi_init();
    f->url = curl_url();
    if (f->multi == NULL || f->url == NULL || !set_options(f, options)) {
        error_set(err, "fetch: libcurl: out of memory, or an option that it does not know");
        goto fail;
    }
    return f;
fail:
    release(f);
    return NULL;
}

bool fetch_watch(struct fetch *f, int fd)
{
    if (f->watched == FETCH_WATCHED_MAX || !watch(f, fd))
        return false;
    f->watched++;
    return true;
}

/* ---- requests ---- */

static void unlink_active(struct fetch *f, struct transfer *t)
{
    *(t->prev == NULL ? &f->active : &t->prev->next) = t->next;
    if (t->next != NULL)
        t->next->prev = t->prev;
    f->active_count--;
}

bool fetch_start(struct fetch *f, const struct fetch_request *request, fetch_done done, void *ctx, struct error *err)
{
    struct transfer *t;

    if (f->closing)
        return error_set(err, "fetch: closing");
    t = transfer_take(f, err);
    if (t == NULL)
        return false;
    if (!transfer_prepare(t, request, err))
        goto refused;
    t->done = done;
    t->ctx = ctx;
    if (curl_multi_add_handle(f->multi, t->easy) != CURLM_OK) {
        error_set(err, "fetch: libcurl: out of memory");
        goto refused;
    }
    t->prev = NULL;
    t->next = f->active;
    if (f->active != NULL)
        f->active->prev = t;
    f->active = t;
    f->active_count++;
    return true;
refused:
    transfer_recycle(f, t);
    return false;
}

/* Takes it out of libcurl's hands, tells its owner, keeps the handle. */
static void end(struct fetch *f, struct transfer *t, CURLcode rc)
{
    (void)curl_multi_remove_handle(f->multi, t->easy);
    unlink_active(f, t);
    transfer_end(t, rc);
    transfer_recycle(f, t);
}

static void end_finished(struct fetch *f)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(f->multi, &left)) != NULL) {
        CURLcode rc = message->data.result;          /* the message dies with curl_multi_remove_handle() */
        char *private = NULL;

        if (message->msg == CURLMSG_DONE && curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private) == CURLE_OK &&
            private != NULL)
            end(f, (struct transfer *)(void *)private, rc);
    }
}

static int wait_ms(const struct fetch *f, int timeout_ms)
{
    int64_t left;

    if (timeout_ms == 0 || f->timer_at_ms == INT64_MAX)
        return timeout_ms;
    left = f->timer_at_ms - now();
    if (left < 0)
        left = 0;
    if (left > INT_MAX)
        left = INT_MAX;
    return timeout_ms >= 0 && timeout_ms < left ? timeout_ms : (int)left;
}

static void act(struct fetch *f, curl_socket_t fd, uint32_t events)
{
    int bits = 0, running;

    if ((events & (EPOLLIN | EPOLLHUP)) != 0)
        bits |= CURL_CSELECT_IN;
    if ((events & EPOLLOUT) != 0)
        bits |= CURL_CSELECT_OUT;
    if ((events & EPOLLERR) != 0)
        bits |= CURL_CSELECT_ERR;
    if (curl_multi_socket_action(f->multi, fd, bits, &running) != CURLM_OK)
        LOG(LOG_ERROR, "fetch", log_str("reason", "libcurl cannot go on"));
}

void fetch_step(struct fetch *f, int timeout_ms)
{
    struct epoll_event events[EVENTS_MAX];
    int n = epoll_wait(f->epoll_fd, events, EVENTS_MAX, wait_ms(f, timeout_ms));
    uint64_t count;

    for (int i = 0; i < n; i++) {
        int fd = (int)(uint32_t)events[i].data.u64;

        if ((events[i].data.u64 & NOT_CURLS) == 0)
            act(f, fd, events[i].events);
        else if (fd == f->wake_fd)
            (void)!read(f->wake_fd, &count, sizeof count);
    }
    if (f->timer_at_ms <= now()) {
        f->timer_at_ms = INT64_MAX;
        act(f, CURL_SOCKET_TIMEOUT, 0);
    }
    end_finished(f);
}

void fetch_wake(struct fetch *f)
{
    const uint64_t one = 1;

    (void)!write(f->wake_fd, &one, sizeof one);      /* full means that it is readable already */
}

size_t fetch_active(const struct fetch *f) { return f->active_count; }

void fetch_free(struct fetch *f)
{
    if (f == NULL)
        return;
    f->closing = true;
    end_finished(f);
    while (f->active != NULL)
        end(f, f->active, CURLE_ABORTED_BY_CALLBACK);
    release(f);
}
