/*
 * load_http - the least HTTP/1.1 that a load generator needs, on sockets that never block. For load.c only.
 *
 * Why not base/web: measured side by side on two busy cores, the Graph stand-in on it costs 20 to 23 us a message on a thread of
 * its own, the client 12, and then each reply still has to be handed to the client's thread. In one loop both together cost 30,
 * and a reply is timed where it arrives. Nine tenths of that are the kernel's sockets.
 * It knows what libcurl and libmicrohttpd say to each other: Content-Length, keep-alive, one request at a time. Anything else
 * closes the connection.
 */
#ifndef LAB_LOAD_HTTP_H
#define LAB_LOAD_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lisolo/base/error.h"

struct http {
    int    fd;               /* -1: closed */
    char  *in;
    size_t in_len, in_cap;
    char  *out;              /* what the socket would not take yet */
    size_t out_len, out_cap;
};

struct http_message {        /* points into the connection's buffer, valid until http_done() */
    const char *line;        /* first line, NUL-terminated */
    char       *headers;     /* the rest of the head, NUL-terminated */
    const char *body;
    size_t      body_len, total;
    int         status;      /* of an answer */
    bool        close;       /* the peer closes after this */
};

enum http_state { HTTP_MORE, HTTP_WHOLE, HTTP_BROKEN };

void http_close(struct http *h);                              /* frees everything */
/* Reads what is there. HTTP_WHOLE: *out is the next message. HTTP_BROKEN: closed or not understood. */
enum http_state http_read(struct http *h, struct http_message *out);
void http_done(struct http *h, const struct http_message *m);
/* False: broken. Afterwards out_len > 0 means: wait for EPOLLOUT and call http_flush(). */
bool http_send(struct http *h, const char *data, size_t len);
bool http_flush(struct http *h);

/* A header's value into out (cut at size); false when absent. */
bool http_header(const struct http_message *m, const char *name, char *out, size_t size);

struct http_url { char host[64]; uint16_t port; char path[256]; };
/* http:// and a numeric address or "localhost". */
bool http_url(const char *text, struct http_url *out, struct error *err);
int  http_connect(const struct http_url *url);                 /* begun or done; -1: failed */
int  http_listen(uint16_t *port, struct error *err);           /* loopback; *port is filled in; -1: failed */
int  http_accept(int listener);                                /* -1: nobody is there */

#endif
