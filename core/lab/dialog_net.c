/*
 * The network that the sender sees. What goes to the Graph API is accepted at once and kept as "said"; what goes to the backend
 * is answered by the test's stubs. A stub for POST /messages stands for the Graph API: refusals, throttling, silence.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialog.h"

static const char GRAPH[] = "http://graph/", BACKEND[] = "http://backend", GRAPH_PATH[] = "/messages";

static const char *header(const char *const *headers, const char *name)
{
    for (; headers != NULL && *headers != NULL; headers++)
        if (strncmp(*headers, name, strlen(name)) == 0)
            return *headers + strlen(name);
    return "";
}

/* ---- stubs: a queue for each path, the last one stays ---- */

static bool stub_fits(const struct stub *s, const char *method, const char *path)
{
    char bare[2048];

    if (strcmp(s->method, method) != 0)
        return false;
    if (strchr(s->path, '?') != NULL)
        return match_line(s->path, path, NULL);
    (void)snprintf(bare, sizeof bare, "%.*s", (int)strcspn(path, "?"), path);
    return match_line(s->path, bare, NULL);
}

static struct stub *stub_next(struct world *w, const char *method, const char *path)
{
    struct stub *last = NULL;

    for (size_t i = 0; i < w->stub_count; i++) {
        struct stub *s = &w->stubs[i];

        if (!stub_fits(s, method, path))
            continue;
        if (s->used == 0)
            return s;
        last = s;
    }
    return last;
}

/* ---- requests under way ---- */

/* Not a pointer: the list of stubs moves when the test adds one while the answer is awaited. 0: none. */
static size_t stub_place(const struct world *w, const struct stub *s) { return s == NULL ? 0 : (size_t)(s - w->stubs) + 1; }

static struct open_request *open_add(struct world *w, fetch_done done, void *ctx)
{
    struct open_request *o;

    if (w->open_count == w->open_cap) {
        size_t cap = w->open_cap == 0 ? 16 : w->open_cap * 2;
        struct open_request *list = reallocarray(w->open, cap, sizeof *list);

        if (list == NULL) {
            (void)world_broken(w, SAY("out of memory", "mémoire insuffisante"));
            return NULL;
        }
        w->open = list;
        w->open_cap = cap;
    }
    o = &w->open[w->open_count++];
    *o = (struct open_request){ .done = done, .ctx = ctx, .due_ms = world_now(w) };
    return o;
}

static bool keep_call(struct world *w, const struct fetch_request *r, const char *path)
{
    struct called *list = reallocarray(w->called, w->called_count + 1, sizeof *list), *c;

    if (list == NULL)
        return world_broken(w, SAY("out of memory", "mémoire insuffisante"));
    w->called = list;
    c = &list[w->called_count];
    *c = (struct called){ .method = strdup(r->method), .path = strdup(path), .body = strndup(r->body == NULL ? "" : r->body, r->body_len) };
    w->called_count++;
    return (c->method != NULL && c->path != NULL && c->body != NULL) || world_broken(w, SAY("out of memory", "mémoire insuffisante"));
}

/* A call that was cut off by the end of the host comes again with its key: the backend knows it and does nothing twice. */
static struct open_request *cut_off(struct world *w, const char *key)
{
    for (size_t i = 0; i < w->open_count; i++)
        if (w->open[i].cut && key[0] != '\0' && strcmp(w->open[i].key, key) == 0)
            return &w->open[i];
    return NULL;
}

static bool backend(struct world *w, const struct fetch_request *r, fetch_done done, void *ctx, struct error *err)
{
    const char *path = r->url + strlen(BACKEND), *key = header(r->headers, "Idempotency-Key: ");
    struct open_request *o = cut_off(w, key);
    struct stub *s;

    if (o != NULL) {
        o->cut = false;
        o->done = done;
        o->ctx = ctx;
        return true;
    }
    s = stub_next(w, r->method, path);
    if (!keep_call(w, r, path))
        return error_set(err, "%s", w->why.text);
    if (s == NULL && w->unstubbed[0] == '\0')
        (void)snprintf(w->unstubbed, sizeof w->unstubbed, "%s %.200s", r->method, path);
    o = open_add(w, done, ctx);
    if (o == NULL)
        return error_set(err, "%s", w->why.text);
    (void)snprintf(o->key, sizeof o->key, "%s", key);
    o->stub = stub_place(w, s);
    if (s != NULL) {
        s->used++;
        o->due_ms += s->after_ms;
    }
    return true;
}

/* "v1.<install>.<row>.<attempt>" */
static bool read_callback(const char *request, int64_t *row, int *attempt)
{
    static const char KEY[] = "\"biz_opaque_callback_data\":\"v1.";
    const char *at = strstr(request, KEY);

    at = at == NULL ? NULL : strchr(at + sizeof KEY - 1, '.');
    return at != NULL && sscanf(at, ".%" SCNd64 ".%d", row, attempt) == 2;
}

static bool graph(struct world *w, const struct fetch_request *r, fetch_done done, void *ctx, struct error *err)
{
    struct stub *s = stub_next(w, "POST", GRAPH_PATH);
    struct open_request *o;
    struct out_row *row;
    int64_t id = 0;
    int attempt = 0;

    row = read_callback(r->body, &id, &attempt) ? world_row(w, id) : NULL;
    if (row == NULL)
        return error_set(err, "a request to the Graph API that belongs to no row");
    row->posted = true;
    o = open_add(w, done, ctx);
    if (o == NULL)
        return error_set(err, "%s", w->why.text);
    o->graph = true;
    o->stub = stub_place(w, s);
    if (s != NULL) {
        s->used++;
        o->due_ms += s->after_ms;
    }
    if (s != NULL && s->status != 200)
        return true;
    (void)snprintf(o->body, sizeof o->body, "{\"messages\":[{\"id\":\"wamid.C%" PRId64 ".%d\"}]}", id, attempt);
    return net_sent(w, row, r->body, attempt) || error_set(err, "%s", w->why.text);
}

bool net_start(void *ctx, const struct fetch_request *request, fetch_done done, void *done_ctx, struct error *err)
{
    struct world *w = ctx;

    if (w->broken)
        return error_set(err, "%s", w->why.text);
    if (strncmp(request->url, GRAPH, sizeof GRAPH - 1) == 0)
        return graph(w, request, done, done_ctx, err);
    return backend(w, request, done, done_ctx, err);
}

/* ---- answers ---- */

static void finish(const struct world *w, const struct open_request *o)
{
    static const char NONE[] = "no stub";
    const struct stub *s = o->stub == 0 ? NULL : &w->stubs[o->stub - 1];
    struct fetch_result r = { .outcome = FETCH_ANSWERED, .status = 200, .retry_after_ms = -1 };

    if (o->body[0] != '\0') {
        r.body = o->body;
    } else if (s == NULL || s->network || s->timeout) {
        r.outcome = FETCH_UNKNOWN;
        r.timed_out = s != NULL && s->timeout;
        (void)snprintf(r.reason, sizeof r.reason, "%s", s == NULL ? NONE : s->timeout ? "timed out" : "the connection was lost");
    } else {
        r.status = s->status;
        r.body = s->body == NULL ? "" : s->body;
    }
    r.body_len = r.body == NULL ? 0 : strlen(r.body);
    o->done(o->ctx, &r);
}

bool net_answer(struct world *w)
{
    int64_t now = world_now(w);

    for (size_t i = 0; i < w->open_count; i++) {
        struct open_request o = w->open[i];

        if (o.cut || o.due_ms > now)
            continue;
        memmove(&w->open[i], &w->open[i + 1], (w->open_count - i - 1) * sizeof *w->open);
        w->open_count--;
        finish(w, &o);
        return true;
    }
    return false;
}

int64_t net_next_ms(const struct world *w)
{
    int64_t at = INT64_MAX;

    for (size_t i = 0; i < w->open_count; i++)
        if (!w->open[i].cut && w->open[i].due_ms < at)
            at = w->open[i].due_ms;
    return at;
}

void net_cut(struct world *w)
{
    struct fetch_result r = { .outcome = FETCH_UNKNOWN, .retry_after_ms = -1, .reason = "the host stopped" };

    for (size_t i = 0; i < w->open_count; i++) {
        struct open_request *o = &w->open[i];

        if (o->cut)
            continue;
        o->cut = true;
        o->done(o->ctx, &r);
    }
}

void net_clear(struct world *w)
{
    for (size_t i = 0; i < w->stub_count; i++) {
        free(w->stubs[i].method);
        free(w->stubs[i].path);
        free(w->stubs[i].body);
    }
    for (size_t i = 0; i < w->called_count; i++) {
        free(w->called[i].method);
        free(w->called[i].path);
        free(w->called[i].body);
    }
    w->stub_count = w->called_count = w->open_count = 0;
}
