/*
 * ASK_WHY: the joined story of a person or of a message, oldest first. Each event with what came of it: where the turn
 * stopped, what it sent, what became of that, which calls it made.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"

const char *store_ask_mask(const char *phone, char out[STORE_MASK_SIZE])
{
    size_t len = phone == NULL ? 0 : strlen(phone);

    if (phone == NULL)
        return NULL;
    if (len < 8)
        return "…";
    (void)snprintf(out, STORE_MASK_SIZE, "%.4s…%.2s", phone, phone + len - 2);
    return out;
}

/* ---- rows ---- */

static const char *class_name(enum store_class class)
{
    return class == CLASS_REPLY ? "reply" : class == CLASS_NOTIFICATION ? "notification" : "campaign";
}

static const char *rank_name(enum store_rank rank)
{
    static const char *const names[] = { NULL, "sent", "delivered", "read", "played" };

    return (size_t)rank < sizeof names / sizeof names[0] ? names[rank] : NULL;
}

static bool add_time(cJSON *to, const char *key, int64_t ms) { return ms == 0 || json_add_int(to, key, ms); }

static bool add_history(cJSON *to, const char *history)
{
    size_t len = history == NULL ? 0 : strlen(history);
    char *text;
    bool ok;

    if (len == 0)
        return true;
    text = malloc(len + 3);
    if (text == NULL)
        return false;
    text[0] = '[';
    memcpy(text + 1, history, len);
    text[len + 1] = ']';
    text[len + 2] = '\0';
    ok = store_ask_body(to, "statuses", (struct blob){ text, len + 2 });
    free(text);
    return ok;
}

static bool add_send(void *ctx, const struct outbox_row *r)
{
    struct asking *a = ctx;
    cJSON *o = store_ask_object(a->list, NULL);

    a->ok = o != NULL && json_add_int(o, "id", r->id) && json_add_str(o, "class", class_name(r->class)) &&
            json_add_str(o, "state", store_ask_out_state(r->state)) && json_add_int(o, "attempts", r->attempt) &&
            json_add_str(o, "source", r->source) && json_add_int(o, "created_ms", r->created_ms) &&
            add_time(o, "due_ms", r->due_ms) && add_time(o, "expires_ms", r->expires_ms) &&
            add_time(o, "sent_ms", r->sent_ms) && add_time(o, "done_ms", r->done_ms) && json_add_str(o, "wamid", r->wamid) &&
            json_add_str(o, "second_wamid", r->twin) && json_add_str(o, "rank", rank_name(r->rank)) &&
            (!r->failed || json_add_bool(o, "failed", true)) &&
            (r->error_code == 0 || json_add_int(o, "error_code", r->error_code)) && json_add_str(o, "note", r->note) &&
            add_history(o, r->history) && store_ask_body(o, "body", r->body);
    return a->ok;
}

static bool add_call(void *ctx, const struct call_row *r)
{
    static const char *const states[] = { "ready", "running", "done" };
    struct asking *a = ctx;
    cJSON *o = store_ask_object(a->list, NULL);

    a->ok = o != NULL && json_add_int(o, "id", r->id) && json_add_str(o, "state", states[r->state]) &&
            json_add_int(o, "attempts", r->attempt) && json_add_str(o, "step", r->step) &&
            json_add_str(o, "method", r->method) && json_add_str(o, "path", r->path) && json_add_str(o, "key", r->key) &&
            json_add_int(o, "created_ms", r->created_ms) && add_time(o, "done_ms", r->done_ms);
    return a->ok;
}

/* ---- events ---- */

static bool add_turn(cJSON *event, const struct inbox_row *r)
{
    cJSON *turn;

    if (r->handled_ms == 0)
        return true;
    turn = store_ask_object(event, "turn");
    return turn != NULL && json_add_int(turn, "at_ms", r->handled_ms) &&
           json_add_int(turn, "generation", (int64_t)r->generation) && json_add_str(turn, "flow", r->flow) &&
           json_add_str(turn, "step", r->step) && (!r->failed || json_add_bool(turn, "failed", true)) &&
           json_add_str(turn, "note", r->note);
}

/* Rows that retention has taken are simply not there any more. */
static bool add_effects(struct asking *a, cJSON *event, const struct inbox_row *r)
{
    struct asking inner = *a;

    inner.list = r->out_count > 0 ? store_ask_array(event, "sends") : event;
    inner.ok = inner.list != NULL;
    for (size_t i = 0; inner.ok && i < r->out_count; i++)
        if (!a->s->driver->outbox_find(a->s, r->out_first + (int64_t)i, add_send, &inner))
            return false;
    if (inner.ok && r->call_count > 0) {
        inner.list = store_ask_array(event, "calls");
        inner.ok = inner.list != NULL;
    }
    for (size_t i = 0; inner.ok && i < r->call_count; i++)
        if (!a->s->driver->call_find(a->s, r->call_first + (int64_t)i, add_call, &inner))
            return false;
    a->ok = inner.ok;
    return a->ok;
}

/* What it said is nobody's to read; when it came and what came of it is told as of any other. */
static bool add_secret(cJSON *to, const struct inbox_row *r)
{
    cJSON *body = store_ask_object(to, "body");

    return body != NULL && json_add_str(body, "kind", r->heard_ms != 0 ? "text" : "answer") && json_add_str(body, "text", "(secret)");
}

static bool add_event(void *ctx, const struct inbox_row *r)
{
    struct asking *a = ctx;
    int64_t after = r->out_first + (int64_t)r->out_count;
    cJSON *o;

    if (a->only_row != 0 && (a->only_row < r->out_first || a->only_row >= after))
        return false;
    o = cJSON_CreateObject();
    a->ok = o != NULL && cJSON_InsertItemInArray(a->list, 0, o);       /* they come newest first */
    if (!a->ok) {
        cJSON_Delete(o);
        return false;
    }
    a->ok = json_add_int(o, "seq", (int64_t)r->seq) && add_time(o, "at_ms", r->at_ms) &&
            json_add_int(o, "committed_ms", r->committed_ms) &&
            (r->sealed ? add_secret(o, r) : store_ask_body(o, "body", r->body)) && add_turn(o, r);
    return a->ok && add_effects(a, o, r);
}

/* ---- whom ---- */

static bool add_merged(void *ctx, const struct conv_row *r)
{
    struct asking *a = ctx;

    a->ok = json_add_int(a->list, NULL, r->id);
    return a->ok;
}

static bool add_person(struct asking *a, const struct conv *c)
{
    char phone[STORE_MASK_SIZE];
    cJSON *p;

    if (c->r.route)
        return json_add_bool(a->root, "routing", true);
    p = store_ask_object(a->root, "person");
    return p != NULL && json_add_str(p, "number", c->r.number) && json_add_str(p, "phone", store_ask_mask(c->r.phone, phone)) &&
           json_add_bool(p, "bsuid", c->r.bsuid != NULL) && json_add_str(p, "name", c->r.name) &&
           add_time(p, "with_staff_until_ms", c->r.held_until_ms) &&
           (c->r.merged_into != 0 || add_time(p, "heard_ms", c->r.heard_ms));
}

static bool tell_story(struct store *s, struct asking *a, int64_t conv, uint64_t seq)
{
    struct conv *c;

    if (!store_conv(s, conv, &c))
        return false;
    if (c == NULL)
        return true;
    a->found = true;
    a->ok = json_add_int(a->root, "conversation", conv) && add_person(a, c) &&
            (c->r.merged_into != 0 ? json_add_int(a->root, "merged_into", c->r.merged_into)
                                   : json_add_int(a->root, "done_seq", (int64_t)c->r.done_seq) &&
                                     json_add_int(a->root, "in_seq", (int64_t)c->r.in_seq));
    a->list = a->ok ? store_ask_array(a->root, "merged") : NULL;
    if (a->list != NULL && !s->driver->conv_merged(s, conv, add_merged, a))
        return false;
    a->list = a->ok ? store_ask_array(a->root, "events") : NULL;
    a->ok = a->list != NULL;
    return !a->ok || s->driver->inbox_story(s, conv, seq, seq == INT64_MAX ? a->limit : 1, add_event, a);
}

/* ---- which ---- */

struct place {
    int64_t  conv;
    uint64_t seq;
    int64_t  row;
};

static bool take_row(void *ctx, const struct outbox_row *r)
{
    *(struct place *)ctx = (struct place){ r->conv, r->seq, r->id };
    return false;
}

/* "#12", or the callback string "v1.<install>.<id>.<attempt>". 0: it is neither. */
static int64_t row_of(const char *subject)
{
    const char *dot = strncmp(subject, "v1.", 3) == 0 ? strchr(subject + 3, '.') : NULL;

    if (subject[0] == '#')
        return strtoll(subject + 1, NULL, 10);
    return dot == NULL ? 0 : strtoll(dot + 1, NULL, 10);
}

static bool by_alias(struct store *s, const struct store_query *q, char kind, struct place *p)
{
    uint8_t hash[STORE_KEY_BYTES];

    store_alias_hash(s, q->number, kind, q->subject, hash);
    return store_alias(s, hash, &p->conv);
}

/* A message's id: one that we sent, or one that came in within the last days. */
static bool by_message(struct store *s, const struct store_query *q, struct place *p)
{
    uint8_t key[STORE_KEY_BYTES];

    if (!s->driver->outbox_wamid(s, q->subject, take_row, p))
        return false;
    if (p->conv != 0 || q->number == NULL)
        return true;
    store_key(key, "wa", q->number, q->subject, NULL);
    return s->driver->inbox_seen(s, key, &p->conv, &p->seq);
}

static bool find(struct store *s, const struct store_query *q, struct place *p)
{
    int64_t row = row_of(q->subject);

    if (row != 0)
        return s->driver->outbox_find(s, row, take_row, p);
    if (q->subject[0] == '+')
        return by_alias(s, q, 'p', p);
    if (strspn(q->subject, "0123456789") == strlen(q->subject)) {
        p->conv = strtoll(q->subject, NULL, 10);
        return true;
    }
    if (!by_message(s, q, p))
        return false;
    return p->conv != 0 || by_alias(s, q, 'b', p);
}

bool store_ask_why(struct store *s, struct asking *a, const struct store_query *q)
{
    struct place p = { .seq = INT64_MAX };

    if (q->subject == NULL || q->subject[0] == '\0')
        return true;
    if (!find(s, q, &p))
        return false;
    if (p.conv == 0)
        return true;
    if (p.row != 0) {
        a->only_row = p.row;
        a->list = store_ask_array(a->root, "messages");
        a->ok = a->list != NULL;
        if (a->ok && !s->driver->outbox_find(s, p.row, add_send, a))
            return false;
        if (!a->ok)
            return true;
    }
    return tell_story(s, a, p.conv, p.seq == 0 ? INT64_MAX : p.seq);
}
