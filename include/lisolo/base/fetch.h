/*
 * fetch - HTTP out, on one libcurl multi handle driven by epoll. One thread owns it.
 *
 * libcurl 7.88 posts a request again by itself when a kept-alive connection dies before the first byte of the
 * answer (measured: the server saw it twice, the client one success). A PREREQ callback that counts stops that:
 * the second attempt is aborted and the outcome is FETCH_UNKNOWN. So the outcomes here can be trusted:
 */
#ifndef LISOLO_BASE_FETCH_H
#define LISOLO_BASE_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lisolo/base/error.h"

struct fetch;

enum fetch_outcome {
    FETCH_ANSWERED,   /* a complete HTTP answer: look at `status` */
    FETCH_NOT_SENT,   /* no byte of the request left: resolve, connect, TLS failed, cancelled before */
    FETCH_UNKNOWN,    /* it may have been received: time-out, reset, half an answer, answer over the limit */
};

struct fetch_result {
    enum fetch_outcome outcome;
    int         status;          /* HTTP status when answered, else 0 */
    const char *body;            /* NUL-terminated; valid during the callback */
    size_t      body_len;
    int64_t     retry_after_ms;  /* -1 when the server did not say */
    bool        timed_out;
    char        reason[128];     /* why it was not answered; never holds the URL's query or a header */
};

typedef void (*fetch_done)(void *ctx, const struct fetch_result *result);

struct fetch_request {
    const char        *method;         /* "GET", "POST", "PATCH", "PUT", "DELETE" */
    const char        *url;
    const char *const *headers;        /* "Name: value" lines, NULL ends; a CR, LF or NUL in one refuses the request. May be NULL */
    const void        *body;           /* copied */
    size_t             body_len;
    int                timeout_ms;     /* whole request; default 20,000 */
    int                connect_ms;     /* default 5,000 */
    size_t             answer_max;     /* bytes; default 1 MiB */
};

struct fetch_options {
    unsigned connections_max;      /* default 1,024 */
    unsigned per_host_max;         /* default 1,024 */
    bool     allow_private;        /* loopback, private, link-local… addresses are refused (SSRF) unless true */
    bool     allow_http;           /* plain http is refused unless true */
};

struct fetch *fetch_new(const struct fetch_options *options, struct error *err);
void          fetch_free(struct fetch *f);      /* what is in flight ends FETCH_UNKNOWN or FETCH_NOT_SENT, callbacks are called */

/* Starts a request; `done` is called from a later fetch_step(), exactly once. False: refused at once (bad URL, header), `done` is not called. */
bool fetch_start(struct fetch *f, const struct fetch_request *request, fetch_done done, void *ctx, struct error *err);

/* Does what is ready; waits at most timeout_ms (0: does not wait) for sockets, timers or fetch_wake(). Never blocks on DNS. */
void   fetch_step(struct fetch *f, int timeout_ms);
void   fetch_wake(struct fetch *f);             /* any thread: ends a wait in fetch_step() */
/* An fd of the caller's that also ends the wait when readable (a queue's eventfd). At most 4. */
bool   fetch_watch(struct fetch *f, int fd);
size_t fetch_active(const struct fetch *f);

#endif
