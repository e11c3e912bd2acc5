/*
 * Who is with staff. The column is read where a turn writes its rows, so nothing that a turn believes can let the bot speak
 * between two sentences of a person who works for the house. The event that goes with a change is built here, because it must be
 * in the same commit; its JSON form is talk's.
 */
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "lisolo/base/fail.h"

enum { LAST_EVENTS = 40 };             /* among which the person's last words are looked for */

bool store_is_held(const struct conv *c, int64_t now_ms) { return c->r.held_until_ms > now_ms; }

bool store_hold(struct store *s, struct conv *c, int64_t since_ms, int64_t until_ms)
{
    if (!s->driver->conv_hold(s, c->r.id, since_ms, until_ms))
        return false;
    c->r.held_since_ms = since_ms;
    c->r.held_until_ms = until_ms;
    return true;
}

/* ---- by an operator ---- */

/* *out NULL: nobody whom an operator could mean. */
static bool whom(struct store *s, const struct store_hold *h, struct conv **out)
{
    const char *subject = h->subject == NULL ? "" : h->subject;
    uint8_t hash[STORE_KEY_BYTES];
    int64_t id = 0;

    *out = NULL;
    if (subject[0] == '+') {
        store_alias_hash(s, h->number, 'p', subject, hash);
        if (!store_alias(s, hash, &id))
            return false;
    } else if (subject[0] != '\0' && strspn(subject, "0123456789") == strlen(subject)) {
        id = strtoll(subject, NULL, 10);
    }
    while (id != 0) {
        if (!store_conv(s, id, out))
            return false;
        id = *out == NULL ? 0 : (*out)->r.merged_into;
    }
    if (*out != NULL && (*out)->r.route)
        *out = NULL;
    return true;
}

static char *print_event(const struct store_hold *h, size_t *len)
{
    cJSON *o = cJSON_CreateObject();
    char *text = NULL;

    if (o != NULL && json_add_str(o, "kind", "staff") && json_add_int(o, "at", h->now_ms) &&
        json_add_str(o, "outcome", h->take ? "take" : "back"))
        text = json_print(o, len);
    cJSON_Delete(o);
    return text;
}

bool store_do_hold(struct store *s, struct store_hold *h)
{
    struct inbox_row row = { .at_ms = h->now_ms, .committed_ms = h->now_ms };
    struct conv *c;
    uint64_t seq;
    char *body;

    FAIL_HERE("store.item.hold");
    h->op.result = STORE_LOST;
    h->conv = 0;
    if (!whom(s, h, &c))
        return false;
    if (c == NULL)
        return true;
    h->conv = c->r.id;
    if (store_is_held(c, h->now_ms) == h->take)
        return true;
    body = print_event(h, &row.body.len);
    if (body == NULL)
        return store_ask_no_memory(s);
    row.body.data = body;
    h->op.result = STORE_OK;
    return store_enter(s, c, &row, body, &seq) && store_hold(s, c, h->take ? h->now_ms : 0, h->take ? h->until_ms : 0);
}

/* ---- ASK_HELD ---- */

struct words {
    cJSON *to;
    bool   ok;
};

/* The latest thing that the person said; what has no words is named by its kind. */
static bool add_words(void *ctx, const struct inbox_row *r)
{
    struct words *w = ctx;
    const char *text;
    struct error err;
    cJSON *event;

    if (r->heard_ms == 0)
        return true;
    event = json_parse(r->body.data, r->body.len, &err);
    text = json_str(event, "text");
    w->ok = json_add_int(w->to, "said_ms", r->heard_ms) &&
            (text != NULL ? json_add_str(w->to, "words", text) : json_add_str(w->to, "said", json_str(event, "kind")));
    cJSON_Delete(event);
    return false;
}

struct held {
    struct asking *a;
    bool           numbers;
};

static bool add_held(void *ctx, const struct conv_row *r)
{
    struct held *h = ctx;
    struct asking *a = h->a;
    struct words w = { .to = store_ask_object(a->list, NULL) };
    char masked[STORE_MASK_SIZE];
    struct conv *c;

    if (!store_conv(a->s, r->id, &c) || c == NULL)
        return false;
    w.ok = w.to != NULL && json_add_int(w.to, "conversation", r->id) &&
           json_add_str(w.to, "phone", h->numbers ? c->r.phone : store_ask_mask(c->r.phone, masked)) &&
           json_add_str(w.to, "name", c->r.name) && json_add_int(w.to, "since_ms", r->held_since_ms) &&
           json_add_int(w.to, "until_ms", r->held_until_ms);
    if (w.ok && !a->s->driver->inbox_story(a->s, r->id, INT64_MAX, LAST_EVENTS, add_words, &w))
        return false;
    a->ok = w.ok;
    return a->ok;
}

bool store_ask_held(struct store *s, struct asking *a, bool numbers)
{
    struct held h = { .a = a, .numbers = numbers };

    a->list = store_ask_array(a->root, "held");
    a->ok = a->found = a->list != NULL;
    return !a->ok || s->driver->conv_held(s, clock_wall_ms(s->o.clock), a->limit, add_held, &h);
}
