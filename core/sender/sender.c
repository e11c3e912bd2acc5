#include "private.h"

#include <stdlib.h>
#include <string.h>

#include "lisolo/base/crypto.h"
#include "lisolo/base/log.h"

int64_t sender_now(const struct sender *s) { return clock_wall_ms(s->o.clock); }

uint64_t sender_random(struct sender *s)
{
    s->rng ^= s->rng << 13;
    s->rng ^= s->rng >> 7;
    s->rng ^= s->rng << 17;
    return s->rng;
}

int64_t sender_jitter(struct sender *s, int64_t up_to_ms)
{
    return up_to_ms <= 0 ? 0 : (int64_t)(sender_random(s) % (uint64_t)(up_to_ms + 1));
}

/* ---- making and freeing ---- */

static bool copy(char **to, const char *from)
{
    if (from == NULL)
        return true;
    *to = strdup(from);
    return *to != NULL;
}

static void defaults(struct sender_options *o)
{
    if (o->number_per_s <= 0)
        o->number_per_s = 80;
    if (o->pair_burst <= 0)
        o->pair_burst = 45;
    if (o->pair_per_s <= 0)
        o->pair_per_s = 1.0 / 6;
    if (o->in_flight_max == 0)
        o->in_flight_max = 1024;
    if (o->graph_timeout_ms <= 0)
        o->graph_timeout_ms = 20 * 1000;
    if (o->hold_max_ms <= 0)
        o->hold_max_ms = 90 * 1000;
}

struct sender *sender_new(const struct sender_options *options, struct error *err)
{
    struct sender *s = calloc(1, sizeof *s);

    if (s == NULL) {
        error_set(err, "sender: out of memory");
        return NULL;
    }
    s->o = *options;
    defaults(&s->o);
    s->calls_end = &s->calls;
    s->stepped_ms = sender_now(s);
    s->lane_slots = 1024;
    s->lanes = calloc(s->lane_slots, sizeof(struct lane *));
    s->queue = queue_new(SIZE_MAX, options->unwatched ? QUEUE_PLAIN : QUEUE_FD);
    s->shown = box_new(sizeof s->counts);
    if (s->lanes == NULL || s->queue == NULL || s->shown == NULL ||
        !copy(&s->graph_base, options->graph_base) || !copy(&s->graph_version, options->graph_version) ||
        !copy(&s->graph_token, options->graph_token) || !copy(&s->number, options->number) ||
        !copy(&s->install, options->install) || !copy(&s->backend_base, options->backend_base) ||
        !copy(&s->backend_token, options->backend_token)) {
        error_set(err, "sender: out of memory");
        sender_free(s);
        return NULL;
    }
    s->rng = options->seed;
    while (s->rng == 0)
        crypto_random(&s->rng, sizeof s->rng);
    s->pace = (struct number){ .tokens = s->o.number_per_s, .rate = s->o.number_per_s, .rate_max = s->o.number_per_s,
                               .at_ms = sender_now(s) };
    return s;
}

static void token_free(char *token)
{
    if (token == NULL)
        return;
    explicit_bzero(token, strlen(token));
    free(token);
}

static void note_drop(struct note *note)
{
    struct token_note *t = (struct token_note *)note;

    if (note->kind == NOTE_ROW) {
        row_free((struct row *)note);
    } else if (note->kind == NOTE_TOKENS) {
        token_free(t->graph);
        token_free(t->backend);
        free(t);
    } else if (note->kind == NOTE_STATUS) {
        free(note);
    } else if (note->kind == NOTE_MARKED) {
        row_free((struct row *)note);
    } else {
        call_free((struct call *)note);
    }
}

void sender_free(struct sender *s)
{
    struct queue_item *item;

    if (s == NULL)
        return;
    if (s->queue != NULL) {
        while ((item = queue_take(s->queue)) != NULL)
            note_drop((struct note *)item);
        queue_free(s->queue);
    }
    if (s->lanes != NULL)
        lanes_free(s);
    calls_free(s);
    while (s->unknown != NULL) {
        struct row *row = s->unknown;

        s->unknown = row->next;
        row_free(row);
    }
    box_free(s->shown);
    token_free(s->graph_token);
    token_free(s->backend_token);
    free(s->graph_base);
    free(s->graph_version);
    free(s->number);
    free(s->install);
    free(s->backend_base);
    free(s);
}

/* ---- the hooks: copies into the queue ---- */

static void push(struct sender *s, struct note *note, enum note_kind kind)
{
    note->kind = kind;
    /* Refused only while the host stops: what the row needs is durable and will be seen again by store_recover(). */
    if (!queue_push_always(s->queue, &note->item))
        note_drop(note);
}

/* Copies a text to *at and moves it. NULL stays NULL. */
static const char *lay(char **at, const char *text, size_t len)
{
    char *to = *at;

    if (text == NULL)
        return NULL;
    memcpy(to, text, len);
    to[len] = '\0';
    *at += len + 1;
    return to;
}

static size_t length(const char *text) { return text == NULL ? 0 : strlen(text); }

/* Out of memory here only delays: the row is durable. The process is in trouble anyway, so it says so and ends. */
static void *take_memory(size_t size)
{
    void *p = calloc(1, size);

    if (p == NULL) {
        LOG(LOG_ERROR, "out_of_memory", log_str("where", "sender"), log_int("bytes", (int64_t)size));
        abort();
    }
    return p;
}

void sender_on_send(void *sender, const struct store_send_row *from)
{
    struct sender *s = sender;
    size_t number = length(from->number), phone = length(from->phone), bsuid = length(from->bsuid);
    struct row *row = take_memory(sizeof *row + from->body.len + number + phone + bsuid + 4);
    char *at = row->text;

    row->sender = s;
    row->id = from->id;
    row->conv = from->conv;
    row->class = from->class;
    row->attempt = from->attempt;
    row->due_ms = from->due_ms;
    row->expires_ms = from->expires_ms;
    row->heard_ms = from->heard_ms;
    row->phase = from->state == OUT_UNKNOWN || from->state == OUT_SENDING ? PHASE_UNKNOWN : PHASE_WAITING;
    /* Found in doubt at a start: while we were away, Meta held its statuses back, so the waiting begins now. */
    row->started_ms = row->phase == PHASE_UNKNOWN ? sender_now(s) : from->sent_ms;
    if (row->phase == PHASE_UNKNOWN)
        atomic_fetch_add(&s->unknown_count, 1);
    row->number = lay(&at, from->number, number);
    row->phone = lay(&at, from->phone, phone);
    row->bsuid = lay(&at, from->bsuid, bsuid);
    row->body = lay(&at, from->body.data, from->body.len);
    if (from->state == OUT_HELD)
        row_free(row);                 /* an operator decides about it, not we */
    else
        push(s, &row->note, NOTE_ROW);
}

void sender_on_call(void *sender, const struct store_call_row *from)
{
    struct sender *s = sender;
    size_t step = length(from->step), method = length(from->method), path = length(from->path), key = length(from->key),
           auth = length(from->auth);
    struct call *call = take_memory(sizeof *call + step + method + path + key + auth + from->body.len + 6);
    char *at = call->text;

    call->sender = s;
    call->id = from->id;
    call->conv = from->conv;
    call->due_ms = from->due_ms;
    call->attempt = from->attempt;
    call->timeout_ms = from->timeout_ms;
    call->guard = from->guard;
    call->pages = from->pages;
    /* A call in flight at a crash is repeated with its key: the backend answers it once. */
    call->mark.from = from->state;
    call->step = lay(&at, from->step, step);
    call->method = lay(&at, from->method, method);
    call->path = lay(&at, from->path, path);
    call->key = lay(&at, from->key, key);
    call->auth = from->auth == NULL ? NULL : lay(&at, from->auth, auth);
    call->body = lay(&at, from->body.data, from->body.len);
    call->body_len = from->body.len;
    push(s, &call->note, NOTE_CALL);
}

void sender_on_status(void *sender, const struct store_status *status)
{
    struct sender *s = sender;
    struct status_note *n;

    if (atomic_load_explicit(&s->unknown_count, memory_order_relaxed) == 0 && !status->duplicate)
        return;
    n = take_memory(sizeof *n);
    n->out_id = status->out_id;
    n->state = status->state;
    n->duplicate = status->duplicate;
    push(s, &n->note, NOTE_STATUS);
}

bool sender_set_token(struct sender *s, const char *graph_token, const char *backend_token)
{
    struct token_note *t = calloc(1, sizeof *t);

    if (t == NULL)
        return false;
    if (!copy(&t->graph, graph_token) || !copy(&t->backend, backend_token)) {
        token_free(t->graph);
        free(t);
        return false;
    }
    push(s, &t->note, NOTE_TOKENS);
    return true;
}

/* ---- the step ---- */

static void change_tokens(struct sender *s, struct token_note *t)
{
    if (t->graph != NULL) {
        token_free(s->graph_token);
        s->graph_token = t->graph;
        s->pace.stopped = false;
        s->pace.open_until_ms = 0;
        s->counts.stopped = false;
        s->counts.stop_reason[0] = '\0';
    }
    if (t->backend != NULL) {
        token_free(s->backend_token);
        s->backend_token = t->backend;
    }
    free(t);
}

static void row_arrived(struct sender *s, struct row *row)
{
    if (row->phase == PHASE_UNKNOWN)
        doubt_add(s, row);
    else if (!lane_add(s, row, false))
        abort();
}

static void handle(struct sender *s, struct note *note)
{
    switch (note->kind) {
    case NOTE_ROW:         row_arrived(s, (struct row *)note); break;
    case NOTE_MARKED:      graph_marked(s, (struct row *)note); break;
    case NOTE_CALL:        call_add(s, (struct call *)note); break;
    case NOTE_CALL_MARKED: call_marked(s, (struct call *)note); break;
    case NOTE_ANSWERED:    call_answered(s, (struct call *)note); break;
    case NOTE_TOKENS:      change_tokens(s, (struct token_note *)note); break;
    case NOTE_STATUS:
        doubt_status(s, (struct status_note *)note);
        free(note);
        break;
    }
}

/*
 * The wall clock was put back. Pauses, doubts and tries were measured with it as it was: they move with it, so that what
 * waits for seconds does not wait for the length of the correction.
 */
static void clock_back(struct sender *s, int64_t by_ms)
{
    lanes_back(s, by_ms);
    doubt_back(s, by_ms);
    calls_back(s, by_ms);
}

void sender_step(struct sender *s)
{
    struct queue_item *item = queue_take_all(s->queue), *next;
    struct row *row;
    int64_t now;

    for (; item != NULL; item = next) {
        next = item->next;
        handle(s, (struct note *)item);
    }
    now = sender_now(s);
    if (now < s->stepped_ms)
        clock_back(s, s->stepped_ms - now);
    s->stepped_ms = now;
    doubt_step(s, now);
    call_step(s, now);
    while (!s->draining && s->in_flight < s->o.in_flight_max && (row = lane_pick(s, now)) != NULL)
        graph_begin(s, row, now);
    if (now - s->swept_ms >= LANE_KEEP_MS / 10 || now < s->swept_ms)
        lane_sweep(s, now);
    s->counts.waiting = s->waiting;
    s->counts.in_flight = s->in_flight;
    s->counts.lanes = s->lane_count;
    box_put(s->shown, &s->counts);
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

int sender_next_ms(struct sender *s)
{
    int64_t now = sender_now(s), at = least(doubt_next_ms(s), call_next_ms(s));

    if (!s->draining && s->in_flight < s->o.in_flight_max)
        at = least(at, lane_next_ms(s, now));
    if (at == INT64_MAX)
        return -1;
    return at <= now ? 0 : at - now > 60 * 1000 ? 60 * 1000 : (int)(at - now);
}

int sender_fd(const struct sender *s) { return queue_fd(s->queue); }

bool sender_drain(struct sender *s)
{
    s->draining = true;
    return s->in_flight == 0 && s->calls_in_flight == 0;
}

void sender_counts(struct sender *s, struct sender_counts *out) { box_get(s->shown, out); }
