#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put(char *to, size_t size, const char *text) { (void)snprintf(to, size, "%s", text == NULL ? "" : text); }

static void put_blob(char *to, size_t size, struct blob b)
{
    (void)snprintf(to, size, "%.*s", (int)b.len, b.len == 0 ? "" : (const char *)b.data);
}

/* ---- hooks ---- */

static void on_event(void *ctx, const struct store_event *e)
{
    struct world *w = ctx;
    struct seen_event *seen = &w->events[w->event_count];

    if (w->event_count == SEEN_MAX)
        return;
    w->event_count++;
    *seen = (struct seen_event){ .conv = e->conv, .seq = e->seq, .done_seq = e->done_seq, .has_state = e->has_state,
                                 .person = e->person != NULL, .state_now_ms = e->state_now_ms,
                                 .committed_ms = e->committed_ms };
    put_blob(seen->state, sizeof seen->state, e->state);
    put_blob(seen->body, sizeof seen->body, e->body);
    if (e->person == NULL)
        return;
    assert_int_equal(e->person->conv, e->conv);
    put(seen->phone, sizeof seen->phone, e->person->phone);
    put(seen->bsuid, sizeof seen->bsuid, e->person->bsuid);
    put(seen->name, sizeof seen->name, e->person->name);
    seen->heard_ms = e->person->heard_ms;
    seen->held_until_ms = e->person->held_until_ms;
}

static void on_send(void *ctx, const struct store_send_row *r)
{
    struct world *w = ctx;
    struct seen_send *seen = &w->sends[w->send_count];

    assert_true(w->send_count++ < SEEN_MAX);
    *seen = (struct seen_send){ .id = r->id, .conv = r->conv, .seq = r->seq, .state = r->state, .attempt = r->attempt,
                                .heard_ms = r->heard_ms, .due_ms = r->due_ms, .expires_ms = r->expires_ms,
                                .sent_ms = r->sent_ms };
    put_blob(seen->body, sizeof seen->body, r->body);
    put(seen->phone, sizeof seen->phone, r->phone);
}

static void on_call(void *ctx, const struct store_call_row *r)
{
    struct world *w = ctx;
    struct seen_call *seen = &w->calls[w->call_count];

    assert_true(w->call_count++ < SEEN_MAX);
    *seen = (struct seen_call){ .id = r->id, .conv = r->conv, .state = r->state, .attempt = r->attempt, .guard = r->guard,
                                .due_ms = r->due_ms, .timeout_ms = r->timeout_ms };
    put(seen->step, sizeof seen->step, r->step);
    put(seen->method, sizeof seen->method, r->method);
    put(seen->path, sizeof seen->path, r->path);
    put(seen->key, sizeof seen->key, r->key);
    put(seen->auth, sizeof seen->auth, r->auth);
    seen->pages = r->pages;
    put_blob(seen->body, sizeof seen->body, r->body);
}

static void on_status(void *ctx, const struct store_status *st)
{
    struct world *w = ctx;

    assert_true(w->status_count < 64);
    w->statuses[w->status_count] = *st;
    w->statuses[w->status_count++].wamid = NULL;
}

static void on_timer(void *ctx, int64_t due_ms)
{
    struct world *w = ctx;

    assert_true(w->timer_count < 64);
    w->timers[w->timer_count++] = due_ms;
}

/* ---- life ---- */

static void listen(struct world *w)
{
    struct store_hooks hooks = { .ctx = w, .event = on_event, .send = on_send, .call = on_call, .status = on_status,
                                 .timer = on_timer };
    struct error err = { "" };

    store_set_hooks(w->s, &hooks);
    if (!store_recover(w->s, &err))
        fail_msg("%s", err.text);
}

void world_open(struct world *w, const struct contract_driver *driver)
{
    *w = (struct world){ .driver = driver };
    clock_fake_init(&w->clock, T0);
    w->options = (struct store_options){ .clock = &w->clock.clock };
    w->events = calloc(SEEN_MAX, sizeof *w->events);
    w->sends = calloc(SEEN_MAX, sizeof *w->sends);
    w->calls = calloc(SEEN_MAX, sizeof *w->calls);
    assert_true(w->events != NULL && w->sends != NULL && w->calls != NULL);
    w->s = driver->open(&w->options);
    listen(w);
}

void world_forget(struct world *w)
{
    w->event_count = w->send_count = w->call_count = w->status_count = w->timer_count = 0;
}

void world_reopen(struct world *w)
{
    world_forget(w);
    w->s = w->driver->reopen(w->s, &w->options);
    listen(w);
}

void world_close(struct world *w)
{
    store_close(w->s);
    free(w->events);
    free(w->sends);
    free(w->calls);
    if (w->driver->end != NULL)
        w->driver->end();
}

int64_t world_now(const struct world *w) { return clock_wall_ms(&w->clock.clock); }

/* ---- operations ---- */

size_t step(struct world *w)
{
    struct error err = { "" };
    size_t did;

    if (!store_step(w->s, &did, &err))
        fail_msg("%s", err.text);
    return did;
}

void queue(struct world *w, void *op) { assert_true(store_submit(w->s, op)); }

static void note_done(struct store_op *op) { op->ctx = op; }

enum store_result submit(struct world *w, void *op)
{
    struct store_op *o = op;

    o->done = note_done;
    o->ctx = NULL;
    queue(w, op);
    assert_int_equal(step(w), 1);
    assert_ptr_equal(o->ctx, o);
    return o->result;
}

struct store_item item(struct world *w, const char *id, const char *phone, const char *bsuid, const char *body)
{
    struct store_item it = { .kind = STORE_EVENT, .number = NUMBER, .phone = phone, .bsuid = bsuid,
                             .body = { body, strlen(body) }, .at_ms = world_now(w), .from_person = true };
    char own[32];

    (void)snprintf(own, sizeof own, "own-%d", w->next_key++);
    store_key(it.key, "wa", NUMBER, id != NULL ? id : own, NULL);
    return it;
}

struct store_ingest ingest_op(struct world *w, struct store_item *items, size_t count)
{
    return (struct store_ingest){ .op = { .kind = STORE_INGEST }, .items = items, .count = count, .now_ms = world_now(w) };
}

struct store_item gives(struct world *w, struct store_item it)
{
    struct store_ingest in = ingest_op(w, &it, 1);

    assert_int_equal(submit(w, &in), STORE_OK);
    return it;
}

struct store_item says(struct world *w, const char *phone, const char *body)
{
    struct store_item it = gives(w, item(w, NULL, phone, NULL, body));

    assert_int_equal(it.verdict, STORE_NEW);
    return it;
}

struct store_turn turn_op(struct world *w, int64_t conv, uint64_t seq, const char *state)
{
    struct store_turn t = { .op = { .kind = STORE_TURN }, .conv = conv, .seq = seq, .state = { state, strlen(state) },
                            .flow = "course", .step = "depart", .generation = 7, .now_ms = world_now(w),
                            .to = { .conv = conv, .number = NUMBER, .phone = "+242066123456", .heard_ms = T0 } };

    return t;
}

enum store_result turn(struct world *w, int64_t conv, uint64_t seq, const char *state)
{
    struct store_turn t = turn_op(w, conv, seq, state);

    return submit(w, &t);
}

struct store_send send_of(const char *body)
{
    return (struct store_send){ .class = CLASS_REPLY, .body = { body, strlen(body) }, .due_ms = T0, .expires_ms = T0 + 600000,
                                .source = "course.depart (flows/course.lua:12)" };
}

void turn_sending(struct world *w, int64_t conv, uint64_t seq, size_t count, int64_t *first)
{
    struct store_turn t = turn_op(w, conv, seq, "{\"etape\":1}");
    struct store_send sends[8];
    size_t before = w->send_count;

    assert_true(count <= 8);
    for (size_t i = 0; i < count; i++)
        sends[i] = send_of("{\"free\":{\"kind\":\"text\",\"body\":\"Bonjour\"}}");
    t.sends = sends;
    t.send_count = count;
    assert_int_equal(submit(w, &t), STORE_OK);
    assert_int_equal(w->send_count, before + count);
    *first = w->sends[before].id;
}

struct store_mark mark_op(struct world *w, int64_t id, enum out_state from, enum out_state to, int attempt)
{
    return (struct store_mark){ .op = { .kind = STORE_MARK }, .out_id = id, .from = from, .to = to, .attempt = attempt,
                                .now_ms = world_now(w) };
}

enum store_result mark(struct world *w, int64_t id, enum out_state from, enum out_state to, int attempt)
{
    struct store_mark m = mark_op(w, id, from, to, attempt);

    return submit(w, &m);
}

void accept_row(struct world *w, int64_t id, const char *wamid)
{
    struct store_mark m = mark_op(w, id, OUT_SENDING, OUT_ACCEPTED, 1);

    assert_int_equal(mark(w, id, OUT_READY, OUT_SENDING, 1), STORE_OK);
    m.wamid = wamid;
    assert_int_equal(submit(w, &m), STORE_OK);
}

struct store_item status_of(int64_t out_id, int attempt, const char *wamid, enum store_rank rank)
{
    return (struct store_item){ .kind = STORE_STATUS, .out_id = out_id, .attempt = attempt, .wamid = wamid, .rank = rank };
}

struct store_item failure_of(int64_t out_id, int attempt, const char *wamid, int code)
{
    return (struct store_item){ .kind = STORE_STATUS, .out_id = out_id, .attempt = attempt, .wamid = wamid, .failed = true,
                                .error_code = code };
}

enum store_verdict status(struct world *w, struct store_item it) { return gives(w, it).verdict; }

const struct store_status *last_status(const struct world *w)
{
    assert_true(w->status_count > 0);
    return &w->statuses[w->status_count - 1];
}

size_t load(struct world *w, int64_t conv, size_t limit, bool *more)
{
    struct store_load l = { .op = { .kind = STORE_LOAD }, .conv = conv, .limit = limit };

    assert_int_equal(submit(w, &l), STORE_OK);
    *more = l.more;
    return l.found;
}

struct store_fire fire(struct world *w, size_t limit)
{
    struct store_fire f = { .op = { .kind = STORE_FIRE }, .now_ms = world_now(w), .limit = limit };

    assert_int_equal(submit(w, &f), STORE_OK);
    return f;
}

cJSON *ask(struct world *w, enum store_question question, const char *subject)
{
    struct store_query q = { .op = { .kind = STORE_QUERY }, .question = question, .subject = subject, .number = NUMBER };

    assert_int_equal(submit(w, &q), STORE_OK);
    return q.answer;
}

int64_t figure(struct world *w, const char *path)
{
    cJSON *answer = ask(w, ASK_STATUS, NULL);
    const cJSON *found = json_path(answer, path);
    int64_t value;

    if (!cJSON_IsNumber(found))
        fail_msg("status has no number at %s", path);
    value = (int64_t)found->valuedouble;
    cJSON_Delete(answer);
    return value;
}

cJSON *row_of(struct world *w, int64_t id)
{
    char subject[32];
    cJSON *answer, *row;

    (void)snprintf(subject, sizeof subject, "#%lld", (long long)id);
    answer = ask(w, ASK_WHY, subject);
    assert_non_null(answer);
    row = cJSON_Duplicate(json_path(answer, "messages.1"), true);
    assert_non_null(row);
    cJSON_Delete(answer);
    return row;
}

const struct seen_event *last_event(const struct world *w)
{
    assert_true(w->event_count > 0);
    return &w->events[w->event_count - 1];
}
