/*
 * Questions of operators, except ASK_STATUS (survey.c). They run between two groups, so they see what is committed.
 */
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "lisolo/base/crypto.h"
#include "lisolo/base/utf8.h"

enum { RAW_BYTES_MAX = 4096, ANSWER_ROWS = 50 };

static const char *const OUT_NAMES[] = { "ready", "sending", "unknown", "held", "accepted", "failed", "expired", "dropped" };

const char *store_ask_out_state(enum out_state state)
{
    return (size_t)state < sizeof OUT_NAMES / sizeof OUT_NAMES[0] ? OUT_NAMES[state] : "?";
}

static cJSON *attach(cJSON *to, const char *key, cJSON *child)
{
    return to != NULL && json_add(to, key, child) ? child : NULL;
}

cJSON *store_ask_object(cJSON *to, const char *key) { return attach(to, key, cJSON_CreateObject()); }
cJSON *store_ask_array(cJSON *to, const char *key) { return attach(to, key, cJSON_CreateArray()); }

/* What is neither JSON nor text is shown as base64, and only its beginning. */
static bool add_raw(cJSON *to, const char *key, struct blob body)
{
    size_t len = body.len < RAW_BYTES_MAX ? body.len : RAW_BYTES_MAX;
    char *text = malloc(4 * ((len + 2) / 3) + 1);
    bool ok = text != NULL, words;

    if (!ok)
        return false;
    words = len == body.len && utf8_valid(body.data, len) && memchr(body.data, 0, len) == NULL;
    if (words) {
        memcpy(text, body.data, len);
        text[len] = '\0';
    } else {
        crypto_base64(body.data, len, text);
    }
    ok = json_add_bool(to, "base64", !words) && json_add_str(to, key, text);
    free(text);
    return ok;
}

bool store_ask_body(cJSON *to, const char *key, struct blob body)
{
    struct error err;
    cJSON *tree;

    if (body.len == 0)
        return true;
    tree = json_parse(body.data, body.len, &err);
    return tree != NULL ? json_add(to, key, tree) : add_raw(to, key, body);
}

bool store_ask_no_memory(struct store *s) { return store_trouble(s, TROUBLE_BROKEN, "out of memory"); }

/* ---- ASK_PARKED ---- */

static bool add_parked(void *ctx, const struct parked_row *p)
{
    struct asking *a = ctx;
    cJSON *o = store_ask_object(a->list, NULL);

    a->found = true;
    a->ok = o != NULL && json_add_int(o, "id", p->id) && json_add_int(o, "at_ms", p->at_ms) &&
            json_add_str(o, "source", p->source) && json_add_str(o, "reason", p->reason) &&
            json_add_int(o, "bytes", (int64_t)p->body.len) && store_ask_body(o, "body", p->body);
    return a->ok;
}

static bool ask_parked(struct store *s, struct asking *a)
{
    a->list = store_ask_array(a->root, "parked");
    a->ok = a->list != NULL;
    return !a->ok || s->driver->parked(s, a->limit, add_parked, a);
}

/* Everything hangs on the root from the moment it is made, so there is one thing to free. */
bool store_do_query(struct store *s, struct store_query *q)
{
    struct asking a = { .s = s, .root = cJSON_CreateObject(), .limit = q->limit > 0 ? q->limit : ANSWER_ROWS, .ok = true };
    bool ok = a.root != NULL || store_ask_no_memory(s);

    q->answer = NULL;
    if (ok && q->question == ASK_PARKED)
        ok = ask_parked(s, &a);
    else if (ok && q->question == ASK_HELD)
        ok = store_ask_held(s, &a, q->numbers);
    else if (ok && q->question == ASK_PERSON)
        ok = store_ask_person(s, &a, q);
    else if (ok)
        ok = store_ask_why(s, &a, q);
    if (ok && !a.ok)
        ok = store_ask_no_memory(s);
    if (ok && a.found)
        q->answer = a.root;
    else
        cJSON_Delete(a.root);
    return ok;
}
