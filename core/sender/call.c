/*
 * Backend calls. A call carries its idempotency key, so repeating it is safe; it is still repeated only when the request
 * surely did not arrive, because every other outcome is an answer that the flow declares what to do about.
 */
#include "private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/fail.h"
#include "lisolo/base/log.h"
#include "lisolo/talk.h"

enum {
    CALL_TRIES = 3, CALL_ANSWER_MAX = 256 * 1024, CALL_TIMEOUT_MS = 15 * 1000,
    BEARER_MAX = 4096 + 32,            /* a token of turn's TOKEN_BYTES_MAX, and the words before it */
};

static void mark_done(struct store_op *op)
{
    struct call *call = op->ctx;

    call->note.kind = NOTE_CALL_MARKED;
    (void)queue_push_always(call->sender->queue, &call->note.item);
}

static void mark(struct sender *s, struct call *call, enum call_state from, enum call_state to, int64_t due_ms)
{
    struct store_call_mark *m = &call->mark;

    m->op.kind = STORE_CALL_MARK;
    m->op.done = mark_done;
    m->op.ctx = call;
    m->call_id = call->id;
    m->from = from;
    m->to = to;
    m->attempt = call->attempt;
    m->due_ms = due_ms;
    m->now_ms = sender_now(s);
    if (!store_submit(s->o.store, &m->op)) {
        m->op.result = STORE_REFUSED;
        mark_done(&m->op);
    }
}

void call_add(struct sender *s, struct call *call)
{
    call->next = NULL;
    *s->calls_end = call;
    s->calls_end = &call->next;
}

static void answer_done(struct store_op *op)
{
    struct call *call = op->ctx;

    call->note.kind = NOTE_ANSWERED;
    (void)queue_push_always(call->sender->queue, &call->note.item);
}

/* The answer becomes an event of the conversation, in the commit that ends the call. Takes data. */
static void answer(struct sender *s, struct call *call, const char *outcome, int status, cJSON *data)
{
    struct event e = { .kind = EVENT_ANSWER, .at_ms = sender_now(s), .name = call->step, .guard = call->guard,
                       .outcome = outcome, .status = status, .data = data };
    size_t size = 0;

    call->event = event_print(&e, &size);
    cJSON_Delete(data);
    if (call->event == NULL)
        abort();
    LOG(LOG_INFO, "call", log_int("call", call->id), log_int("conversation", call->conv), log_str("step", call->step),
        log_str("outcome", outcome), log_int("status", status));
    call->answer = (struct store_answer){ .op = { .kind = STORE_ANSWER, .done = answer_done, .ctx = call }, .call_id = call->id,
                                          .body = { call->event, size }, .now_ms = e.at_ms };
    if (!store_submit(s->o.store, &call->answer.op))
        answer_done(&call->answer.op);
}

static bool start(struct sender *s, struct call *call, struct error *err);

static void not_started(struct sender *s, struct call *call, const struct error *err)
{
    LOG(LOG_ERROR, "call_not_started", log_int("call", call->id), log_str("reason", err->text));
    answer(s, call, "network", 0, NULL);
}

/* The next page is another request of the same call. */
static void read_on(struct sender *s, struct call *call)
{
    struct error err;

    if (s->draining) {                 /* the next start reads the list from its beginning */
        s->calls_in_flight--;
        call_free(call);
        return;
    }
    s->counts.calls++;
    if (!start(s, call, &err))
        not_started(s, call, &err);
}

static void succeeded(struct sender *s, struct call *call, const struct fetch_result *r)
{
    struct error err;
    cJSON *data = r->body != NULL && r->body_len > 0 ? json_parse(r->body, r->body_len, &err) : NULL;

    switch (call->pages > 0 ? pages_take(s, call, data) : PAGE_NO_LIST) {
    case PAGE_MORE:    read_on(s, call); break;
    case PAGE_LAST:    answer(s, call, "ok", r->status, pages_join(call)); break;
    case PAGE_NO_LIST: answer(s, call, "ok", r->status, data); break;
    case PAGE_WRONG:   answer(s, call, "other", r->status, NULL); break;
    }
}

static void failed(struct sender *s, struct call *call, const struct fetch_result *r)
{
    struct error err;
    cJSON *data = r->body != NULL && r->body_len > 0 ? json_parse(r->body, r->body_len, &err) : NULL;

    answer(s, call, r->status >= 500 ? "http_5xx" : "http_4xx", r->status, data);
}

static void called(void *ctx, const struct fetch_result *r)
{
    struct call *call = ctx;
    struct sender *s = call->sender;

    FAIL_HERE("sender.call.after");
    if (s->draining && r->outcome != FETCH_ANSWERED) {
        s->calls_in_flight--;
        call_free(call);               /* cut off by the stop: it is still RUNNING, so the next start repeats it with its key */
        return;
    }
    if (r->outcome == FETCH_NOT_SENT && call->attempt < CALL_TRIES) {
        int64_t step = BACKOFF_BASE_MS << call->attempt;

        pages_free(call);              /* from the first page */
        mark(s, call, CALL_RUNNING, CALL_READY, sender_now(s) + sender_jitter(s, step));
        return;
    }
    if (r->outcome != FETCH_ANSWERED)
        answer(s, call, r->timed_out ? "timeout" : "network", 0, NULL);
    else if (r->status >= 200 && r->status < 300)
        succeeded(s, call, r);
    else
        failed(s, call, r);
}

/* A token that came from outside must not be able to write a header of its own. */
static bool token_fits(const char *token)
{
    const unsigned char *c = (const unsigned char *)token;

    while (*c > ' ' && *c < 0x7f)
        c++;
    return *c == '\0';
}

/* Every page has a key of its own: a backend that remembers keys would answer each with the first. */
static void write_key(const struct call *call, char out[128])
{
    if (call->paging.count == 0)
        (void)snprintf(out, 128, "Idempotency-Key: %s", call->key);
    else
        (void)snprintf(out, 128, "Idempotency-Key: %s-%d", call->key, call->paging.count + 1);
}

static bool start(struct sender *s, struct call *call, struct error *err)
{
    const char *path = call->paging.path != NULL ? call->paging.path : call->path;
    const char *token = call->auth != NULL ? call->auth : s->backend_token;
    char url[2048], bearer[BEARER_MAX], key[128];
    const char *headers[6] = { "Content-Type: application/json", "Accept: application/json", key };
    struct fetch_request request = { .method = call->method, .url = url, .headers = headers, .body = call->body,
                                     .body_len = call->body_len, .answer_max = CALL_ANSWER_MAX,
                                     .timeout_ms = call->timeout_ms > 0 ? call->timeout_ms : CALL_TIMEOUT_MS };
    int n = snprintf(url, sizeof url, "%s%s", s->backend_base == NULL ? "" : s->backend_base, path);
    bool ok;

    write_key(call, key);
    if (s->backend_base == NULL)
        return error_set(err, "no backend is configured (backend.base)");
    if (n < 0 || (size_t)n >= sizeof url)
        return error_set(err, "the call's address is longer than %zu bytes", sizeof url);
    if (token != NULL) {
        int m = snprintf(bearer, sizeof bearer, "Authorization: Bearer %s", token);

        if (m < 0 || (size_t)m >= sizeof bearer || !token_fits(token))
            return error_set(err, "the backend's token is too long, or is none");
        headers[3] = bearer;
    }
    ok = s->o.net.start(s->o.net.ctx, &request, called, call, err);
    explicit_bzero(bearer, sizeof bearer);
    return ok;
}

static void run(struct sender *s, struct call *call)
{
    struct error err;

    s->counts.calls++;
    FAIL_HERE("sender.call.before");
    if (!start(s, call, &err))
        not_started(s, call, &err);
}

void call_marked(struct sender *s, struct call *call)
{
    if (call->mark.op.result == STORE_OK && call->mark.to == CALL_RUNNING && !s->draining) {
        run(s, call);
        return;
    }
    s->calls_in_flight--;
    if (call->mark.op.result == STORE_OK && call->mark.to == CALL_READY) {
        call->due_ms = call->mark.due_ms;
        call->mark.from = CALL_READY;
        call_add(s, call);
    } else {
        call_free(call);               /* it is done already, or the host stops and finds it again at its next start */
    }
}

void call_free(struct call *call)
{
    size_t len = call->event == NULL ? 0 : strlen(call->event);

    pages_free(call);
    if (len > 0)
        explicit_bzero(call->event, len);     /* a login's answer */
    if (call->body_len > 0)
        explicit_bzero((char *)(uintptr_t)call->body, call->body_len);
    if (call->auth != NULL)
        explicit_bzero((char *)(uintptr_t)call->auth, strlen(call->auth));
    free(call->event);
    free(call);
}

void call_answered(struct sender *s, struct call *call)
{
    s->calls_in_flight--;
    call_free(call);
}

void call_step(struct sender *s, int64_t now)
{
    struct call **at = &s->calls;

    while (!s->draining && *at != NULL) {
        struct call *call = *at;

        if (call->due_ms > now || s->calls_in_flight >= s->o.in_flight_max) {
            at = &call->next;
            continue;
        }
        *at = call->next;
        if (call->next == NULL)
            s->calls_end = at;
        call->next = NULL;
        call->attempt++;
        s->calls_in_flight++;
        mark(s, call, call->mark.from, CALL_RUNNING, 0);
    }
}

void calls_back(struct sender *s, int64_t by_ms)
{
    for (struct call *call = s->calls; call != NULL; call = call->next)
        call->due_ms -= by_ms;
}

int64_t call_next_ms(const struct sender *s)
{
    int64_t at = INT64_MAX;

    if (s->draining || s->calls_in_flight >= s->o.in_flight_max)
        return at;
    for (const struct call *call = s->calls; call != NULL; call = call->next)
        if (call->due_ms < at)
            at = call->due_ms;
    return at;
}

void calls_free(struct sender *s)
{
    while (s->calls != NULL) {
        struct call *call = s->calls;

        s->calls = call->next;
        call_free(call);
    }
}
