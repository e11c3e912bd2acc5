/*
 * The state of a conversation: plain data with names (architecture.md, idea 4). Keys whose value is the usual one are not
 * written, so that a state stays small and a state of last year is read as it was meant.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

enum { STATE_BUF_MAX = 32 * 1024 * 1024 };   /* far above what may be kept: run.c says which variable is too large */

bool state_init(struct state *s)
{
    *s = (struct state){ .lang = "fr" };
    s->vars = cJSON_CreateObject();
    s->trail = cJSON_CreateArray();
    s->stack = cJSON_CreateArray();
    s->notices = cJSON_CreateArray();
    s->later = cJSON_CreateArray();
    s->asked = cJSON_CreateArray();
    s->parts = cJSON_CreateArray();
    s->ended = cJSON_CreateObject();
    s->plans = cJSON_CreateArray();
    s->person = cJSON_CreateObject();
    s->secrets = cJSON_CreateObject();
    s->sessions = cJSON_CreateObject();
    if (s->vars != NULL && s->trail != NULL && s->stack != NULL && s->notices != NULL && s->asked != NULL
        && s->parts != NULL && s->ended != NULL && s->plans != NULL && s->person != NULL && s->later != NULL
        && s->secrets != NULL && s->sessions != NULL)
        return true;
    state_free(s);
    return false;
}

void state_free(struct state *s)
{
    cJSON_Delete(s->vars);
    cJSON_Delete(s->trail);
    cJSON_Delete(s->stack);
    cJSON_Delete(s->notices);
    cJSON_Delete(s->later);
    cJSON_Delete(s->asked);
    cJSON_Delete(s->parts);
    cJSON_Delete(s->ended);
    cJSON_Delete(s->plans);
    cJSON_Delete(s->person);
    cJSON_Delete(s->secrets);
    cJSON_Delete(s->sessions);
    cJSON_Delete(s->schedule);
    *s = (struct state){ 0 };
}

/* Moves what outlives the flow. */
static void hand_over(cJSON **from, cJSON **to)
{
    cJSON_Delete(*to);
    *to = *from;
    *from = NULL;
}

bool state_end_flow(struct state *s)
{
    struct state fresh;

    if (!state_init(&fresh))
        return false;
    memcpy(fresh.lang, s->lang, sizeof fresh.lang);
    memcpy(fresh.failed_at, s->failed_at, sizeof fresh.failed_at);
    fresh.failures = s->failures;
    fresh.armed = s->armed;
    fresh.staff = s->staff;
    memcpy(fresh.back, s->back, sizeof fresh.back);
    fresh.gather = s->gather;
    hand_over(&s->notices, &fresh.notices);
    hand_over(&s->later, &fresh.later);
    hand_over(&s->asked, &fresh.asked);
    hand_over(&s->ended, &fresh.ended);
    hand_over(&s->plans, &fresh.plans);
    hand_over(&s->person, &fresh.person);
    hand_over(&s->sessions, &fresh.sessions);
    hand_over(&s->schedule, &fresh.schedule);
    state_free(s);
    *s = fresh;
    return true;
}

/* ---- reading ---- */

static void take_text(const cJSON *json, const char *key, char *out, size_t size)
{
    const char *text = json_str(json, key);

    if (text != NULL && strlen(text) < size)
        memcpy(out, text, strlen(text) + 1);
}

static int64_t take_int(const cJSON *json, const char *key)
{
    int64_t n = 0;

    return json_int(json, key, &n) && n >= 0 ? n : 0;
}

static int take_count(const cJSON *json, const char *key)
{
    int64_t n = take_int(json, key);

    return n > 1000000 ? 1000000 : (int)n;   /* whoever wrote more than that was not this host */
}

static void take_tree(cJSON *json, const char *key, cJSON_bool (*is)(const cJSON *), cJSON **out)
{
    cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);

    if (item == NULL || !is(item))
        return;
    cJSON_Delete(*out);
    *out = cJSON_DetachItemViaPointer(json, item);
}

static void take_all(cJSON *json, struct state *s)
{
    const char *wait = json_str(json, "wait");

    take_text(json, "flow", s->flow, sizeof s->flow);
    take_text(json, "step", s->step, sizeof s->step);
    take_text(json, "lang", s->lang, sizeof s->lang);
    take_text(json, "after", s->after, sizeof s->after);
    take_text(json, "error", s->error, sizeof s->error);
    take_text(json, "failed_at", s->failed_at, sizeof s->failed_at);
    s->tries = take_count(json, "tries");
    s->failures = take_count(json, "failures");
    s->page = take_count(json, "page");
    s->turn = (uint64_t)take_int(json, "turn");
    s->run = (uint64_t)take_int(json, "run");
    s->group = take_int(json, "group");
    s->asked_ms = take_int(json, "asked_ms");
    s->quiet_ms = take_int(json, "quiet_ms");
    s->calling = wait != NULL && strcmp(wait, "call") == 0;
    s->reminded = json_bool(json, "reminded");
    s->auth = take_count(json, "auth");
    s->renewing = json_bool(json, "renewing");
    s->spent = json_bool(json, "spent");
    s->secret = json_bool(json, "secret");
    take_tree(json, "secrets", cJSON_IsObject, &s->secrets);
    take_tree(json, "sessions", cJSON_IsObject, &s->sessions);
    s->armed = json_bool(json, "armed");
    s->unasked = json_bool(json, "unasked");
    s->gather = (uint64_t)take_int(json, "gather");
    s->staff = (uint64_t)take_int(json, "staff");
    take_text(json, "back", s->back, sizeof s->back);
    s->called_ms = take_int(json, "called_ms");
    take_tree(json, "later", cJSON_IsArray, &s->later);
    take_tree(json, "vars", cJSON_IsObject, &s->vars);
    take_tree(json, "trail", cJSON_IsArray, &s->trail);
    take_tree(json, "stack", cJSON_IsArray, &s->stack);
    take_tree(json, "notices", cJSON_IsArray, &s->notices);
    take_tree(json, "asked", cJSON_IsArray, &s->asked);
    take_tree(json, "parts", cJSON_IsArray, &s->parts);
    take_tree(json, "ended", cJSON_IsObject, &s->ended);
    take_tree(json, "plans", cJSON_IsArray, &s->plans);
    take_tree(json, "person", cJSON_IsObject, &s->person);
    take_tree(json, "schedule", cJSON_IsObject, &s->schedule);
}

bool state_read(struct blob json, struct state *out, bool *lost)
{
    struct error err;
    cJSON *tree;

    *lost = false;
    if (!state_init(out))
        return false;
    if (json.len == 0)
        return true;
    tree = json_parse(json.data, json.len, &err);
    if (tree == NULL && json_no_memory(&err)) {
        state_free(out);
        return false;
    }
    if (tree == NULL || !cJSON_IsObject(tree))
        *lost = true;
    else
        take_all(tree, out);
    cJSON_Delete(tree);
    return true;
}

/* ---- printing ---- */

static void put_key(struct buf *b, const char *key)
{
    if (b->len > 1)
        buf_addc(b, ',');
    buf_addc(b, '"');
    buf_adds(b, key);
    buf_add(b, "\":", 2);
}

static void put_text(struct buf *b, const char *key, const char *text)
{
    if (text[0] == '\0')
        return;
    put_key(b, key);
    talk_quote(b, text);
}

static void put_int(struct buf *b, const char *key, int64_t n)
{
    if (n == 0)
        return;
    put_key(b, key);
    buf_addf(b, "%" PRId64, n);
}

static void put_flag(struct buf *b, const char *key, bool flag)
{
    if (!flag)
        return;
    put_key(b, key);
    buf_adds(b, "true");
}

static void put_tree(struct buf *b, const char *key, const cJSON *tree)
{
    char *text;
    size_t len = 0;

    if (tree == NULL || tree->child == NULL)
        return;
    text = json_print(tree, &len);
    put_key(b, key);
    if (text == NULL)
        b->failed = true;
    else
        buf_add(b, text, len);
    free(text);
}

bool state_print(const struct state *s, const char *rev, struct pool *pool, struct blob *out)
{
    struct buf b;

    buf_init(&b, STATE_BUF_MAX);
    buf_addc(&b, '{');
    put_text(&b, "flow", s->flow);
    put_text(&b, "step", s->step);
    put_text(&b, "rev", s->flow[0] == '\0' ? "" : rev);
    put_text(&b, "lang", s->lang);
    put_int(&b, "tries", s->tries);
    put_int(&b, "turn", (int64_t)s->turn);
    put_int(&b, "run", (int64_t)s->run);
    put_int(&b, "group", s->group);
    put_text(&b, "wait", s->calling ? "call" : "");
    put_int(&b, "asked_ms", s->asked_ms);
    put_int(&b, "quiet_ms", s->quiet_ms);
    put_flag(&b, "reminded", s->reminded);
    put_int(&b, "auth", s->auth);
    put_flag(&b, "renewing", s->renewing);
    put_flag(&b, "spent", s->spent);
    put_flag(&b, "secret", s->secret);
    put_flag(&b, "armed", s->armed);
    put_flag(&b, "unasked", s->unasked);
    put_int(&b, "gather", (int64_t)s->gather);
    put_int(&b, "page", s->page);
    put_text(&b, "after", s->after);
    put_text(&b, "error", s->error);
    put_int(&b, "failures", s->failures);
    put_text(&b, "failed_at", s->failed_at);
    put_int(&b, "staff", (int64_t)s->staff);
    put_text(&b, "back", s->back);
    put_int(&b, "called_ms", s->calling ? s->called_ms : 0);
    put_tree(&b, "later", s->later);
    put_tree(&b, "secrets", s->secrets);
    put_tree(&b, "sessions", s->sessions);
    put_tree(&b, "vars", s->vars);
    put_tree(&b, "trail", s->trail);
    put_tree(&b, "stack", s->stack);
    put_tree(&b, "notices", s->notices);
    put_tree(&b, "asked", s->asked);
    put_tree(&b, "parts", s->parts);
    put_tree(&b, "ended", s->ended);
    put_tree(&b, "plans", s->plans);
    put_tree(&b, "person", s->person);
    put_tree(&b, "schedule", s->schedule);
    buf_addc(&b, '}');
    *out = (struct blob){ pool_bytes(pool, buf_str(&b), b.len), b.len };
    if (!buf_ok(&b))
        out->data = NULL;
    buf_free(&b);
    return out->data != NULL;
}

bool turn_state_place(struct blob json, char flow[TALK_NAME_MAX + 1], char step[TALK_NAME_MAX + 1])
{
    struct state s;
    bool lost;

    flow[0] = step[0] = '\0';
    if (!state_read(json, &s, &lost))
        return false;
    memcpy(flow, s.flow, sizeof s.flow);
    memcpy(step, s.step, sizeof s.step);
    state_free(&s);
    return !lost;
}

bool turn_state_secret(struct blob json)
{
    struct state s;
    bool lost, secret;

    if (!state_read(json, &s, &lost))
        return true;                   /* out of memory: rather sealed for nothing */
    secret = s.secret;
    state_free(&s);
    return secret;
}
