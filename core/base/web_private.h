/*
 * What the files of the server share.
 *
 *   web.c           life: open, step, deadlines, close
 *   web_request.c   a request and its answer, as the handler and other threads see them
 *   web_serve.c     what libmicrohttpd calls
 *
 * libmicrohttpd runs on the thread of web_step() alone: no other thread calls into it or touches a connection. What comes from
 * other threads is one queue of answered requests. A request belongs to the server until the handler is called, then to whoever
 * will call web_reply(), and comes back through that queue; so it stays valid however late the answer is.
 */
#ifndef BASE_WEB_PRIVATE_H
#define BASE_WEB_PRIVATE_H

#include <microhttpd.h>
#include <stdatomic.h>

#include "lisolo/base/buf.h"
#include "lisolo/base/queue.h"
#include "lisolo/base/web.h"

enum {
    WEB_BODY_KEPT     = 64 * 1024,       /* a request's buffers larger than this are not kept for the next one */
    WEB_BODY_DEFAULT  = 1024 * 1024,     /* without an `accept` */
    WEB_HEADERS_MAX   = 8,
};

/* Outlives the server while a request is out: the last one frees it. */
struct web_hub {
    struct queue  *answered;
    _Atomic size_t uses;                 /* the server, and each request that the handler was given */
};

struct web_request {
    struct queue_item  item;             /* first: how it comes back */
    struct web_hub    *hub;

    /* The server's. */
    struct live       *live;             /* its connection; NULL when that is gone or has another request */
    struct MHD_Connection *connection;
    bool               given;            /* the handler was called */
    bool               came_back;        /* and has answered */
    bool               expired;          /* answered with 503 in its place */
    int                refuse;           /* status to answer with instead of calling the handler */
    const char        *allow;
    struct web_request *next_free;

    /* What was asked; does not change while the handler or another thread has it. */
    char               method[16];
    struct buf         head;             /* path, then names and values of the query, then of the headers; each with its NUL */
    size_t             query_at, header_at;
    struct buf         body;

    /* The answer; written by whoever has the request. */
    int                status;
    bool               reset;
    struct buf         extra;            /* names and values of headers, each with its NUL */
    struct buf         answer;
};

/* A connection stands in the list of what it waits for. The time is the same for all of a list, so its order is the order of deadlines. */
struct phase {
    struct live *first, *last;
    size_t       count;
    int          span_ms;
};

struct live {
    struct live        *prev, *next;
    struct phase       *phase;           /* NULL: none, it has been cut */
    int64_t             until_ms;
    int                 fd;
    bool                used;            /* has had an answer already: now it may be idle */
    struct web_request *rq;              /* from the end of the headers to the end of the answer */
};

struct web {
    struct MHD_Daemon  *daemon;
    struct MHD_Response *empty;          /* shared by every answer without body or header */
    struct MHD_Response *last;           /* the same with "Connection: close" */
    int                 epoll_fd, wake_fd, listen_fd;
    uint16_t            port;
    web_accept          accept;
    web_handler         handler;
    void               *ctx;
    struct phase        reading;         /* for a complete request, or for the next one */
    struct phase        waiting;         /* for web_reply() */
    struct phase        sending;         /* for the client to take the answer */
    struct web_hub     *hub;
    struct web_request *unused;
    size_t              unused_count;
    int64_t             now_ms;          /* of this step */
    bool                more;            /* libmicrohttpd has work that no file descriptor tells of */
    bool                closed_some;
    bool                closing;
    _Atomic uint64_t    requests, refused_size, refused_method, timed_out, late_replies;
    _Atomic unsigned    connections;
};

/* web.c */
void phase_enter(struct web *w, struct live *l, struct phase *phase);    /* leaves the one where it was; NULL: only leaves */

/* web_request.c */
struct web_hub     *hub_new(void);
void                hub_drop(struct web_hub *hub);
struct web_request *request_take(struct web *w);                         /* NULL: out of memory */
void                request_recycle(struct web *w, struct web_request *rq);
void                request_free(struct web_request *rq);
/* Copies path, query and headers. False: out of memory. */
bool                request_read(struct web_request *rq, struct MHD_Connection *connection, const char *path);
/* Calls the handler. True: it answered at once. */
bool                request_give(struct web *w, struct web_request *rq);

/* web_serve.c */
enum MHD_Result serve_request(void *ctx, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
                              const char *upload, size_t *upload_len, void **context);
void serve_completed(void *ctx, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode why);
void serve_connection(void *ctx, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode what);
/* A request came back from web_reply(). */
void serve_answered(struct web *w, struct web_request *rq);
/* Its time is over: 408, or nothing for a connection that was idle; 503 for a request that nobody answered. */
void serve_cut(struct web *w, struct live *l);
void serve_expire(struct web *w, struct live *l);

#endif
