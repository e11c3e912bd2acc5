#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "web_private.h"

enum { HEAD_MAX = 128 * 1024 };      /* libmicrohttpd's own memory for a connection is far smaller (web.c) */

/* Set while the handler runs: an answer given there needs neither the queue nor a suspended connection. */
static _Thread_local struct web_request *handling;
static _Thread_local bool handled;

/* ---- the part that outlives the server ---- */

struct web_hub *hub_new(void)
{
    struct web_hub *hub = calloc(1, sizeof *hub);

    if (hub == NULL)
        return NULL;
    hub->answered = queue_new(SIZE_MAX, QUEUE_FD);
    if (hub->answered == NULL) {
        free(hub);
        return NULL;
    }
    atomic_init(&hub->uses, 1);
    return hub;
}

void hub_drop(struct web_hub *hub)
{
    if (atomic_fetch_sub(&hub->uses, 1) != 1)
        return;
    queue_free(hub->answered);
    free(hub);
}

/* ---- requests ---- */

void request_free(struct web_request *rq)
{
    buf_free(&rq->head);
    buf_free(&rq->body);
    buf_free(&rq->extra);
    buf_free(&rq->answer);
    free(rq);
}

struct web_request *request_take(struct web *w)
{
    struct web_request *rq = w->unused;

    if (rq != NULL) {
        w->unused = rq->next_free;
        w->unused_count--;
        return rq;
    }
    rq = calloc(1, sizeof *rq);
    if (rq == NULL)
        return NULL;
    rq->hub = w->hub;
    buf_init(&rq->head, HEAD_MAX);
    buf_init(&rq->body, 0);
    buf_init(&rq->extra, HEAD_MAX);
    buf_init(&rq->answer, SIZE_MAX / 2);
    return rq;
}

static void shrink(struct buf *b)
{
    if (b->cap > WEB_BODY_KEPT)
        buf_free(b);
    else
        buf_clear(b);
}

void request_recycle(struct web *w, struct web_request *rq)
{
    enum { UNUSED_MAX = 1024 };      /* of a burst; more would only hold memory */

    if (w->unused_count == UNUSED_MAX) {
        request_free(rq);
        return;
    }
    shrink(&rq->body);
    shrink(&rq->answer);
    buf_clear(&rq->head);
    buf_clear(&rq->extra);
    rq->live = NULL;
    rq->connection = NULL;
    rq->given = rq->came_back = rq->expired = rq->reset = false;
    rq->refuse = rq->status = 0;
    rq->allow = NULL;
    rq->next_free = w->unused;
    w->unused = rq;
    w->unused_count++;
}

static enum MHD_Result add_pair(void *ctx, enum MHD_ValueKind kind, const char *key, const char *value)
{
    struct buf *head = ctx;

    (void)kind;
    if (key == NULL)
        return MHD_YES;
    if (value == NULL)
        value = "";
    return buf_add(head, key, strlen(key) + 1) && buf_add(head, value, strlen(value) + 1) ? MHD_YES : MHD_NO;
}

bool request_read(struct web_request *rq, struct MHD_Connection *connection, const char *path)
{
    buf_add(&rq->head, path, strlen(path) + 1);
    rq->query_at = rq->head.len;
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, add_pair, &rq->head);
    rq->header_at = rq->head.len;
    MHD_get_connection_values(connection, MHD_HEADER_KIND, add_pair, &rq->head);
    return buf_ok(&rq->head);
}

bool request_give(struct web *w, struct web_request *rq)
{
    rq->given = true;
    atomic_fetch_add(&rq->hub->uses, 1);
    handling = rq;
    handled = false;
    w->handler(w->ctx, rq);
    handling = NULL;
    if (handled)
        hub_drop(rq->hub);
    return handled;
}

/* ---- what the handler may ask ---- */

const char *web_method(const struct web_request *rq) { return rq->method; }
const char *web_path(const struct web_request *rq) { return buf_str(&rq->head); }

static const char *find(const struct web_request *rq, size_t at, size_t end, const char *name, int (*compare)(const char *, const char *))
{
    while (at < end) {
        const char *key = rq->head.data + at, *value = key + strlen(key) + 1;

        if (compare(key, name) == 0)
            return value;
        at = (size_t)(value - rq->head.data) + strlen(value) + 1;
    }
    return NULL;
}

const char *web_query(const struct web_request *rq, const char *name)
{
    return find(rq, rq->query_at, rq->header_at, name, strcmp);
}

const char *web_header(const struct web_request *rq, const char *name)
{
    return find(rq, rq->header_at, rq->head.len, name, strcasecmp);
}

const char *web_body(const struct web_request *rq, size_t *len)
{
    *len = rq->body.len;
    return buf_str(&rq->body);
}

/* ---- its answer ---- */

static void give_back(struct web_request *rq)
{
    struct web_hub *hub = rq->hub;

    if (handling == rq) {
        handled = true;
        return;
    }
    if (!queue_push_always(hub->answered, &rq->item)) {      /* the server is gone */
        request_free(rq);
        hub_drop(hub);
    }
}

static void add_header(struct web_request *rq, const char *name, const char *value)
{
    buf_add(&rq->extra, name, strlen(name) + 1);
    buf_add(&rq->extra, value, strlen(value) + 1);
}

void web_reply_with(struct web_request *rq, int status, const char *content_type, const void *body, size_t len, const char *const *headers)
{
    rq->status = status;
    if (content_type != NULL)
        add_header(rq, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
    for (size_t i = 0; headers != NULL && i < WEB_HEADERS_MAX && headers[2 * i] != NULL; i++)
        add_header(rq, headers[2 * i], headers[2 * i + 1]);
    if (len > 0)
        buf_add(&rq->answer, body, len);
    give_back(rq);
}

void web_reply(struct web_request *rq, int status, const char *content_type, const void *body, size_t len)
{
    web_reply_with(rq, status, content_type, body, len, NULL);
}

void web_reset(struct web_request *rq)
{
    rq->reset = true;
    give_back(rq);
}
