#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "web_private.h"

/* ---- answers ---- */

static struct MHD_Response *with_headers(struct web *w, struct web_request *rq)
{
    struct MHD_Response *r = MHD_create_response_from_buffer(rq->answer.len, (void *)(uintptr_t)buf_str(&rq->answer), MHD_RESPMEM_PERSISTENT);
    const char *at = rq->extra.data, *end = at + rq->extra.len;

    if (r == NULL)
        return NULL;
    while (at < end) {
        const char *value = at + strlen(at) + 1;

        if (MHD_add_response_header(r, at, value) != MHD_YES)      /* a line break in it, or out of memory */
            goto fail;
        at = value + strlen(value) + 1;
    }
    if (w->closing && MHD_add_response_header(r, MHD_HTTP_HEADER_CONNECTION, "close") != MHD_YES)
        goto fail;
    return r;
fail:
    MHD_destroy_response(r);
    return NULL;
}

static enum MHD_Result queue(struct web *w, struct web_request *rq, int status, struct MHD_Response *response)
{
    if (rq->live->phase != &w->sending)
        phase_enter(w, rq->live, &w->sending);
    return MHD_queue_response(rq->connection, (unsigned)status, response);
}

static enum MHD_Result queue_empty(struct web *w, struct web_request *rq, int status)
{
    return queue(w, rq, status, w->closing ? w->last : w->empty);
}

static enum MHD_Result send_answer(struct web *w, struct web_request *rq)
{
    const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
    struct MHD_Response *r;
    enum MHD_Result ok;

    if (rq->reset) {
        (void)setsockopt(rq->live->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        return MHD_NO;
    }
    if (!buf_ok(&rq->answer) || !buf_ok(&rq->extra))
        return queue_empty(w, rq, MHD_HTTP_INTERNAL_SERVER_ERROR);
    if (rq->answer.len == 0 && rq->extra.len == 0)
        return queue_empty(w, rq, rq->status);
    r = with_headers(w, rq);
    if (r == NULL)
        return queue_empty(w, rq, MHD_HTTP_INTERNAL_SERVER_ERROR);
    ok = queue(w, rq, rq->status, r);
    MHD_destroy_response(r);
    return ok;
}

static enum MHD_Result send_refusal(struct web *w, struct web_request *rq)
{
    rq->status = rq->refuse;
    if (rq->refuse == MHD_HTTP_METHOD_NOT_ALLOWED && rq->allow != NULL) {
        buf_adds(&rq->extra, MHD_HTTP_HEADER_ALLOW);
        buf_add(&rq->extra, "", 1);
        buf_add(&rq->extra, rq->allow, strlen(rq->allow) + 1);
    }
    return send_answer(w, rq);
}

/* Straight into the socket, where libmicrohttpd would not say anything any more: no answer has been begun there. */
static void say(int fd, const char *line)
{
    char text[128];
    int n = snprintf(text, sizeof text, "HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", line);

    (void)send(fd, text, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* ---- a request arrives ---- */

static size_t count_header(const struct web_request *rq, const char *name)
{
    const char *at = rq->head.data + rq->header_at, *end = rq->head.data + rq->head.len;
    size_t count = 0;

    while (at < end) {
        const char *value = at + strlen(at) + 1;

        count += strcasecmp(at, name) == 0;
        at = value + strlen(value) + 1;
    }
    return count;
}

/*
 * How the body is framed, and 0, or the status to refuse with. Two lengths, or a length beside a coding, let a proxy and us see
 * different requests; libmicrohttpd 0.9.75 takes one of them, and reads any coding but "chunked" until the end of the connection.
 */
static int read_framing(const struct web_request *rq, bool *has_body, unsigned long long *length)
{
    const char *coding = web_header(rq, MHD_HTTP_HEADER_TRANSFER_ENCODING);
    size_t lengths = count_header(rq, MHD_HTTP_HEADER_CONTENT_LENGTH);

    *has_body = false;
    *length = 0;
    if (lengths > 1 || (coding != NULL && lengths > 0) || count_header(rq, MHD_HTTP_HEADER_TRANSFER_ENCODING) > 1) {
        *has_body = true;
        return MHD_HTTP_BAD_REQUEST;
    }
    if (coding != NULL) {
        *has_body = true;
        return strcasecmp(coding, "chunked") == 0 ? 0 : MHD_HTTP_NOT_IMPLEMENTED;
    }
    if (lengths == 1)
        *length = strtoull(web_header(rq, MHD_HTTP_HEADER_CONTENT_LENGTH), NULL, 10);      /* libmicrohttpd has checked it */
    *has_body = *length > 0;
    return 0;
}

static int decide(struct web *w, struct web_request *rq, bool *has_body)
{
    unsigned long long length;
    size_t body_max = 0;
    int status = read_framing(rq, has_body, &length);

    if (status != 0)
        return status;
    if (rq->method[0] == '\0')
        return MHD_HTTP_NOT_IMPLEMENTED;
    if (w->accept == NULL)
        body_max = WEB_BODY_DEFAULT;
    else
        status = w->accept(w->ctx, rq->method, web_path(rq), &body_max, &rq->allow);
    if (status == 0 && *has_body && (body_max == 0 || length > body_max))
        status = MHD_HTTP_CONTENT_TOO_LARGE;
    rq->body.limit = body_max;
    return status;
}

static enum MHD_Result begin(struct web *w, struct MHD_Connection *connection, const char *url, const char *method, void **context)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct live *live = info == NULL ? NULL : info->socket_context;
    struct web_request *rq = live == NULL ? NULL : request_take(w);
    bool has_body;

    if (rq == NULL)
        return MHD_NO;
    *context = rq;
    rq->connection = connection;
    rq->live = live;
    live->rq = rq;
    atomic_fetch_add_explicit(&w->requests, 1, memory_order_relaxed);
    rq->method[0] = '\0';
    if (strlen(method) < sizeof rq->method)
        memcpy(rq->method, method, strlen(method) + 1);
    if (!request_read(rq, connection, url))
        return MHD_NO;
    rq->refuse = decide(w, rq, &has_body);
    if (rq->refuse == MHD_HTTP_CONTENT_TOO_LARGE)
        atomic_fetch_add_explicit(&w->refused_size, 1, memory_order_relaxed);
    if (rq->refuse == MHD_HTTP_METHOD_NOT_ALLOWED)
        atomic_fetch_add_explicit(&w->refused_method, 1, memory_order_relaxed);
    /* An answer now closes the connection, so it is kept for a body that must not be read. */
    return rq->refuse != 0 && has_body ? send_refusal(w, rq) : MHD_YES;
}

static enum MHD_Result take_body(struct web *w, struct web_request *rq, const char *upload, size_t *upload_len)
{
    size_t len = *upload_len;

    *upload_len = 0;
    if (buf_add(&rq->body, upload, len))
        return MHD_YES;
    if (len > rq->body.limit - rq->body.len) {                   /* chunked; else it was refused by its length */
        atomic_fetch_add_explicit(&w->refused_size, 1, memory_order_relaxed);
        say(rq->live->fd, "413 Content Too Large");
    } else {
        say(rq->live->fd, "503 Service Unavailable");            /* out of memory */
    }
    return MHD_NO;
}

static enum MHD_Result finish(struct web *w, struct web_request *rq)
{
    if (rq->refuse != 0)
        return send_refusal(w, rq);
    if (rq->expired)
        return queue_empty(w, rq, MHD_HTTP_SERVICE_UNAVAILABLE);
    if (!rq->given)
        rq->came_back = request_give(w, rq);
    if (rq->came_back)
        return send_answer(w, rq);
    phase_enter(w, rq->live, &w->waiting);
    MHD_suspend_connection(rq->connection);
    return MHD_YES;
}

enum MHD_Result serve_request(void *ctx, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
                              const char *upload, size_t *upload_len, void **context)
{
    struct web *w = ctx;

    (void)version;
    if (*context == NULL)
        return begin(w, connection, url, method, context);
    if (*upload_len > 0)
        return take_body(w, *context, upload, upload_len);
    return finish(w, *context);
}

/* ---- a request ends ---- */

void serve_completed(void *ctx, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode why)
{
    struct web *w = ctx;
    struct web_request *rq = *context;

    (void)connection;
    (void)why;
    if (rq == NULL)
        return;
    *context = NULL;
    if (rq->live != NULL) {
        rq->live->rq = NULL;
        rq->live->used = true;
        phase_enter(w, rq->live, &w->reading);
    }
    rq->live = NULL;
    rq->connection = NULL;
    if (!rq->given || rq->came_back)
        request_recycle(w, rq);
}

void serve_answered(struct web *w, struct web_request *rq)
{
    hub_drop(rq->hub);
    rq->came_back = true;
    if (rq->expired)
        atomic_fetch_add_explicit(&w->late_replies, 1, memory_order_relaxed);
    if (rq->live == NULL) {
        request_recycle(w, rq);
    } else if (!rq->expired) {
        phase_enter(w, rq->live, &w->sending);
        MHD_resume_connection(rq->connection);
        w->more = true;
    }
}

void serve_cut(struct web *w, struct live *l)
{
    if (l->rq != NULL || !l->used)
        atomic_fetch_add_explicit(&w->timed_out, 1, memory_order_relaxed);
    if (l->phase == &w->reading && l->rq != NULL)
        say(l->fd, "408 Request Timeout");
    phase_enter(w, l, NULL);
    (void)shutdown(l->fd, SHUT_RDWR);
}

void serve_expire(struct web *w, struct live *l)
{
    l->rq->expired = true;
    atomic_fetch_add_explicit(&w->timed_out, 1, memory_order_relaxed);
    phase_enter(w, l, &w->sending);
    MHD_resume_connection(l->rq->connection);
    w->more = true;
}

/* ---- connections ---- */

void serve_connection(void *ctx, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode what)
{
    struct web *w = ctx;
    struct live *l = *context;

    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

        if (info == NULL)
            return;
        l = calloc(1, sizeof *l);
        if (l == NULL) {
            (void)shutdown(info->connect_fd, SHUT_RDWR);
            return;
        }
        l->fd = info->connect_fd;
        phase_enter(w, l, &w->reading);
        atomic_fetch_add_explicit(&w->connections, 1, memory_order_relaxed);
        *context = l;
    } else if (l != NULL) {
        if (l->rq != NULL)
            l->rq->live = NULL;
        phase_enter(w, l, NULL);
        atomic_fetch_sub_explicit(&w->connections, 1, memory_order_relaxed);
        w->closed_some = true;
        *context = NULL;
        free(l);
    }
}
