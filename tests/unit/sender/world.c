#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/channel.h"

static const char *header(const char *const *headers, const char *name)
{
    for (; headers != NULL && *headers != NULL; headers++)
        if (strncmp(*headers, name, strlen(name)) == 0)
            return *headers + strlen(name);
    return NULL;
}

static bool play(void *ctx, const struct fetch_request *r, fetch_done done, void *done_ctx, struct error *err)
{
    struct world *w = ctx;
    struct post *p = &w->posts[w->count];
    const char *token = header(r->headers, "Authorization: Bearer "), *key = header(r->headers, "Idempotency-Key: ");

    (void)err;
    assert_true(w->count < POSTS_MAX);
    *p = (struct post){ .url = strdup(r->url), .body = strndup(r->body == NULL ? "" : r->body, r->body_len), .done = done, .ctx = done_ctx,
                        .token = strdup(token == NULL ? "" : token), .key = strdup(key == NULL ? "" : key),
                        .at_ms = clock_wall_ms(&w->clock.clock) };
    w->count++;
    return true;
}

static void on_send(void *ctx, const struct store_send_row *row) { sender_on_send(((struct world *)ctx)->sender, row); }
static void on_call(void *ctx, const struct store_call_row *row) { sender_on_call(((struct world *)ctx)->sender, row); }
static void on_event(void *ctx, const struct store_event *e)
{
    struct world *w = ctx;

    free(w->heard);
    w->heard = strndup(e->body.len == 0 ? "" : e->body.data, e->body.len);
    assert_non_null(w->heard);
}

static void on_status(void *ctx, const struct store_status *s)
{
    struct world *w = ctx;

    w->statuses++;
    sender_on_status(w->sender, s);
}

void world_open(struct world *w, const struct sender_options *overrides)
{
    struct sender_options o = overrides != NULL ? *overrides : (struct sender_options){ 0 };
    struct store_options so;
    struct store_hooks hooks = { .ctx = w, .send = on_send, .call = on_call, .status = on_status, .event = on_event };
    struct error err = { "" };

    memset(w, 0, sizeof *w);
    clock_fake_init(&w->clock, 1793000000000);
    so = (struct store_options){ .clock = &w->clock.clock };
    w->store = store_open_memory(&so, &err);
    assert_non_null(w->store);
    o.store = w->store;
    o.clock = &w->clock.clock;
    o.net.start = play;
    o.net.ctx = w;
    o.seed = 7;
    o.graph_base = "http://graph.test";
    o.graph_version = "v26.0";
    o.graph_token = "token-1";
    o.number = "555000111222333";
    o.install = store_install_id(w->store);
    if (o.backend_base == NULL)
        o.backend_base = "http://backend.test";
    w->sender = sender_new(&o, &err);
    assert_non_null(w->sender);
    store_set_hooks(w->store, &hooks);
    assert_true(store_recover(w->store, &err));
}

void world_run(struct world *w)
{
    struct error err = { "" };
    size_t did, before;

    do {
        before = w->count;
        assert_true(store_step(w->store, &did, &err));
        sender_step(w->sender);
        for (size_t i = 0; w->accept_all && i < w->count; i++)
            if (!w->posts[i].answered) {
                world_accept(w, i);
                did++;
            }
    } while (did > 0 || w->count != before || store_wait(w->store, 0));
}

void world_advance(struct world *w, int64_t ms)
{
    clock_fake_advance(&w->clock, ms);
    world_run(w);
}

void world_close(struct world *w)
{
    while (!sender_drain(w->sender)) {
        for (size_t i = 0; i < w->count; i++)
            if (!w->posts[i].answered)
                world_lose(w, i, FETCH_UNKNOWN, false);
        world_run(w);
    }
    world_run(w);
    store_close(w->store);
    sender_free(w->sender);
    free(w->heard);
    for (size_t i = 0; i < w->count; i++) {
        free(w->posts[i].url);
        free(w->posts[i].body);
        free(w->posts[i].token);
        free(w->posts[i].key);
    }
}

/* ---- turns ---- */

static void nothing(struct store_op *op) { (void)op; }

static int64_t person(struct world *w, const char *phone, int64_t heard_ms, uint64_t *seq)
{
    static unsigned serial;
    struct store_item item = { .kind = STORE_EVENT, .number = "555000111222333", .phone = phone, .from_person = heard_ms > 0,
                               .at_ms = heard_ms > 0 ? heard_ms : clock_wall_ms(&w->clock.clock) };
    struct store_ingest in = { .op = { .kind = STORE_INGEST, .done = nothing }, .items = &item, .count = 1,
                               .now_ms = clock_wall_ms(&w->clock.clock) };
    char id[32];

    (void)snprintf(id, sizeof id, "e%u", ++serial);
    store_key(item.key, "test", id, NULL);
    item.body = (struct blob){ "{\"kind\":\"text\",\"at\":1,\"text\":\"x\"}", 33 };
    assert_true(store_submit(w->store, &in.op));
    world_run(w);
    assert_int_equal(in.op.result, STORE_OK);
    *seq = item.seq;
    return item.conv;
}

static void turn(struct world *w, struct store_turn *t)
{
    t->op = (struct store_op){ .kind = STORE_TURN, .done = nothing };
    t->now_ms = clock_wall_ms(&w->clock.clock);
    assert_true(store_submit(w->store, &t->op));
    world_run(w);
    assert_int_equal(t->op.result, STORE_OK);
}

int64_t world_send(struct world *w, const char *phone, enum store_class class, const char *body, int64_t heard_ms, int64_t expires_ms)
{
    struct store_send send = { .class = class, .body = { body, strlen(body) }, .due_ms = clock_wall_ms(&w->clock.clock), .expires_ms = expires_ms };
    struct store_turn t = { .sends = &send, .send_count = 1, .state = { "{}", 2 } };

    t.conv = person(w, phone, heard_ms, &t.seq);
    t.to = (struct store_person){ .conv = t.conv, .number = "555000111222333", .phone = phone, .heard_ms = heard_ms };
    turn(w, &t);
    return t.conv;
}

int64_t world_say(struct world *w, const char *phone, enum store_class class, int n)
{
    struct store_send sends[64] = { 0 };
    char bodies[64][160];
    int64_t now = clock_wall_ms(&w->clock.clock);
    struct store_turn t = { .sends = sends, .send_count = (size_t)n, .state = { "{}", 2 } };

    assert_true(n <= 64);
    for (int i = 0; i < n; i++) {
        int len = snprintf(bodies[i], sizeof bodies[i], "{\"free\":{\"kind\":\"text\",\"body\":\"text %d to %s\"}}", i + 1, phone);

        sends[i] = (struct store_send){ .class = class, .body = { bodies[i], (size_t)len }, .due_ms = now, .expires_ms = now + 24 * 3600 * 1000 };
    }
    t.conv = person(w, phone, now, &t.seq);
    t.to = (struct store_person){ .conv = t.conv, .number = "555000111222333", .phone = phone, .heard_ms = now };
    turn(w, &t);
    return t.conv;
}

int64_t world_call(struct world *w, const char *phone, const char *path)
{
    struct store_call call = { .step = "envoyer", .method = "POST", .path = path, .body = { "{\"a\":1}", 7 }, .key = "key-1", .timeout_ms = 1000 };
    struct store_turn t = { .calls = &call, .call_count = 1, .state = { "{}", 2 } };

    t.conv = person(w, phone, clock_wall_ms(&w->clock.clock), &t.seq);
    call.guard = t.seq;
    turn(w, &t);
    return t.conv;
}

void world_make_call(struct world *w, const char *phone, struct store_call call)
{
    struct store_turn t = { .calls = &call, .call_count = 1, .state = { "{}", 2 } };

    t.conv = person(w, phone, clock_wall_ms(&w->clock.clock), &t.seq);
    call.guard = t.seq;
    turn(w, &t);
}

/* ---- answers ---- */

static void finish(struct world *w, size_t at, const struct fetch_result *r)
{
    struct post *p = &w->posts[at];

    assert_true(at < w->count && !p->answered);
    p->answered = true;
    p->done(p->ctx, r);
}

void world_answer(struct world *w, size_t at, int status, const char *body)
{
    struct fetch_result r = { .outcome = FETCH_ANSWERED, .status = status, .body = body, .body_len = strlen(body), .retry_after_ms = -1 };

    finish(w, at, &r);
}

void world_accept(struct world *w, size_t at)
{
    char body[256];

    (void)snprintf(body, sizeof body,
                   "{\"messaging_product\":\"whatsapp\",\"contacts\":[{\"input\":\"x\",\"wa_id\":\"1\"}],\"messages\":[{\"id\":\"wamid.P%zu\"}]}", at);
    world_answer(w, at, 200, body);
}

void world_refuse(struct world *w, size_t at, int status, int code)
{
    char body[256];

    (void)snprintf(body, sizeof body,
                   "{\"error\":{\"message\":\"(#%d) no\",\"type\":\"OAuthException\",\"code\":%d,\"error_data\":{\"messaging_product\":\"whatsapp\","
                   "\"details\":\"details\"},\"fbtrace_id\":\"A\"}}", code, code);
    world_answer(w, at, status, body);
}

void world_lose(struct world *w, size_t at, enum fetch_outcome outcome, bool timed_out)
{
    struct fetch_result r = { .outcome = outcome, .timed_out = timed_out, .retry_after_ms = -1, .reason = "the connection was lost" };

    finish(w, at, &r);
}

void world_status(struct world *w, int64_t out_id, int attempt, const char *wamid, enum store_rank rank)
{
    struct store_item item = { .kind = STORE_STATUS, .out_id = out_id, .attempt = attempt, .wamid = wamid, .rank = rank,
                               .at_ms = clock_wall_ms(&w->clock.clock), .number = "555000111222333" };
    struct store_ingest in = { .op = { .kind = STORE_INGEST, .done = nothing }, .items = &item, .count = 1, .now_ms = item.at_ms };

    assert_true(store_submit(w->store, &in.op));
    world_run(w);
    assert_int_equal(in.op.result, STORE_OK);
}

int64_t world_row(const struct world *w, size_t at, int *attempt)
{
    const char *key = "\"biz_opaque_callback_data\":\"", *from = strstr(w->posts[at].body, key);
    char text[CHANNEL_CALLBACK_SIZE] = "";
    int64_t id = -1;

    assert_non_null(from);
    from += strlen(key);
    (void)snprintf(text, sizeof text, "%.*s", (int)strcspn(from, "\""), from);
    assert_true(channel_callback_read(text, store_install_id(w->store), &id, attempt));
    return id;
}

struct sender_counts world_counts(struct world *w)
{
    struct sender_counts c;

    sender_step(w->sender);
    sender_counts(w->sender, &c);
    return c;
}
