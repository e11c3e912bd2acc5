/*
 * web - a small HTTP/1.1 server on libmicrohttpd, used by intake and by the stand-ins.
 *
 * libmicrohttpd 0.9.75 stalls at 128 busy connections with its own epoll thread, so we drive it: one thread
 * waits on web_fd() (epoll) and calls web_step(). Its time-out is an idle timer that one byte a second defeats,
 * so the deadlines here are absolute and ours. The handler runs on that thread once a request is complete;
 * web_reply() may be called from any thread, at once or later, exactly once a request.
 */
#ifndef LISOLO_BASE_WEB_H
#define LISOLO_BASE_WEB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lisolo/base/error.h"

struct web;
struct web_request;

/* Decides on the request line, before a body is read. Returns 0 to go on (and sets *body_max), or the status to refuse with
 * (404, 405, 413…; for 405 set *allow to "GET, POST"). `body_max` 0: a body is refused with 413. */
typedef int  (*web_accept)(void *ctx, const char *method, const char *path, size_t *body_max, const char **allow);
typedef void (*web_handler)(void *ctx, struct web_request *rq);

struct web_options {
    const char *address;          /* "127.0.0.1", "::", … or "unix:/path" is not supported here */
    uint16_t    port;             /* 0: any free port, see web_port() */
    unsigned    connections_max;  /* default 1,024 */
    int         request_ms;       /* from connect (or the previous answer) to a complete request: 408 or a closed socket. Default 30,000; an idle kept-alive connection that has sent nothing of its next request is closed silently after it */
    int         reply_ms;         /* from complete request to web_reply(): then 503 is sent and a late reply is dropped. Default 10,000 */
    web_accept  accept;           /* NULL: everything, bodies to 1 MiB */
    web_handler handler;
    void       *ctx;
};

struct web *web_open(const struct web_options *options, struct error *err);
uint16_t    web_port(const struct web *w);
/* The thread that calls web_step() owns the server. Waits at most timeout_ms (-1: until something happens or web_wake()). */
void        web_step(struct web *w, int timeout_ms);
void        web_wake(struct web *w);                 /* any thread */
/* Refuses new connections, answers what is under way (at most `drain_ms`), then closes. Pending requests get 503. */
void        web_close(struct web *w, int drain_ms);

const char *web_method(const struct web_request *rq);
const char *web_path(const struct web_request *rq);                       /* percent-decoded, no query */
const char *web_query(const struct web_request *rq, const char *name);    /* percent-decoded; NULL when absent */
const char *web_header(const struct web_request *rq, const char *name);   /* case-insensitive; NULL when absent */
const char *web_body(const struct web_request *rq, size_t *len);          /* raw bytes; valid until web_reply() */

/* Answers and gives the request up: nothing of `rq` may be used after. content_type may be NULL when there is no body. Copies the body. */
void web_reply(struct web_request *rq, int status, const char *content_type, const void *body, size_t len);
/* As web_reply, with up to 8 extra headers: names and values alternate, NULL ends. */
void web_reply_with(struct web_request *rq, int status, const char *content_type, const void *body, size_t len, const char *const *headers);
/* Misbehaving on purpose (stand-ins): closes the connection without an answer. */
void web_reset(struct web_request *rq);

struct web_counts { uint64_t requests, refused_size, refused_method, timed_out, late_replies; unsigned connections; };
void web_counts(struct web *w, struct web_counts *out);   /* any thread */

#endif
