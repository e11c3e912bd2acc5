/*
 * A call to the backend is a row of the turn's commit; its answer comes back as an event. The turn that called is the
 * answer's guard, so an answer that comes after the person has left is ignored.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/crypto.h"
#include "private.h"

enum { PATH_BYTES_MAX = 4096, KEY_HEX = 32 };

/* ---- the request ---- */

/*
 * The same for every repetition of what the person confirmed once: the group advances only when an answer says that the
 * backend has decided (2xx, 4xx). A lost answer and a second "yes" therefore carry one key.
 */
static bool make_key(struct turn *t, const struct step *s, struct store_call *call)
{
    char text[256];
    uint8_t hash[SHA256_BYTES];
    int len = snprintf(text, sizeof text, "%" PRId64 "\x1f%" PRIu64 "\x1f%s\x1f%s\x1f%" PRId64, t->in->conv,
                       t->st.run, s->flow->name, s->name, t->st.group);

    if (len < 0 || (size_t)len >= sizeof text || !crypto_sha256(text, (size_t)len, hash))
        return turn_broken(t);
    crypto_hex(hash, KEY_HEX / 2, call->key);
    return true;
}

static bool query_value(struct turn *t, const struct decl *d, struct buf *filled)
{
    cJSON *results[2];
    char value[1024];
    bool ok;

    switch (d->type) {
    case DECL_STRING:
        return turn_fill(t, d->string, false, filled);
    case DECL_FUNCTION:
        if (!turn_script(t, d->function, NULL, results))
            return false;
        ok = results[0] == NULL || cJSON_IsNull(results[0]) || turn_scalar(results[0], value, sizeof value);
        if (ok && results[0] != NULL && !cJSON_IsNull(results[0]))
            buf_adds(filled, value);
        cJSON_Delete(results[0]);
        cJSON_Delete(results[1]);
        return ok || turn_fail(t, t->step->file, d->line, "a value of `query` must be a text or a number");
    case DECL_BOOLEAN:
        return buf_adds(filled, d->boolean ? "true" : "false");
    case DECL_INTEGER:
        return buf_addf(filled, "%" PRId64, d->integer);
    case DECL_NUMBER:
        return buf_addf(filled, "%.15g", d->number);
    default:
        return true;
    }
}

/* A value that is nothing leaves its name out. */
static bool add_query(struct turn *t, const struct step *s, struct buf *path)
{
    char mark = '?';

    for (size_t i = 0; i < s->query.count; i++) {
        struct buf filled;
        bool ok;

        buf_init(&filled, PATH_BYTES_MAX);
        ok = query_value(t, &s->query.entries[i].value, &filled);
        if (ok && filled.len > 0) {
            buf_addc(path, mark);
            turn_percent(path, s->query.entries[i].name);
            buf_addc(path, '=');
            turn_percent(path, buf_str(&filled));
            mark = '&';
        }
        ok = ok && buf_ok(&filled);
        buf_free(&filled);
        if (!ok)
            return t->failed ? false : turn_fail(t, s->file, s->line, "a value of `query` is too long");
    }
    return true;
}

static bool make_path(struct turn *t, const struct step *s, struct store_call *call)
{
    struct buf path;
    bool ok;

    buf_init(&path, PATH_BYTES_MAX);
    ok = turn_fill(t, s->path, true, &path) && add_query(t, s, &path);
    if (ok && !buf_ok(&path))
        ok = turn_fail(t, s->file, s->line, "the path of the call is longer than %d bytes", PATH_BYTES_MAX);
    if (ok)
        call->path = pool_bytes(t->pool, buf_str(&path), path.len);
    buf_free(&path);
    return ok && (call->path != NULL || turn_broken(t));
}

static bool make_body(struct turn *t, const struct step *s, struct store_call *call)
{
    cJSON *results[2];
    size_t len = 0;
    char *text;

    if (s->body == DECL_NO_FUNCTION) {
        if (strcmp(s->method, "GET") != 0 && strcmp(s->method, "DELETE") != 0)
            call->body = (struct blob){ "{}", 2 };   /* what the backend is used to: toktok.md §2.1, rows 9 and 17 */
        return true;
    }
    if (!turn_script(t, s->body, NULL, results))
        return false;
    cJSON_Delete(results[1]);
    if (!cJSON_IsObject(results[0]) && !cJSON_IsArray(results[0])) {
        cJSON_Delete(results[0]);
        return turn_fail(t, s->file, s->line, "`body` of the step \"%.64s\" must give a table", s->name);
    }
    text = json_print(results[0], &len);
    cJSON_Delete(results[0]);
    if (text == NULL)
        return turn_broken(t);
    call->body = (struct blob){ pool_bytes(t->pool, text, len), len };
    free(text);
    return call->body.data != NULL || turn_broken(t);
}

bool turn_call(struct turn *t)
{
    const struct step *s = t->step;
    struct store_call *call;

    if (t->commit->call_count == TURN_CALLS_MAX)
        return turn_fail(t, s->file, s->line, "more than %d calls in one turn", TURN_CALLS_MAX);
    call = &t->commit->calls[t->commit->call_count];
    (void)snprintf(call->step, sizeof call->step, "%s", s->name);
    (void)snprintf(call->method, sizeof call->method, "%s", s->method);
    call->timeout_ms = s->timeout_ms;
    call->guard = t->in->seq;
    if (!make_key(t, s, call) || !make_path(t, s, call) || !make_body(t, s, call))
        return false;
    t->commit->call_count++;
    t->st.calling = true;
    t->st.turn = t->in->seq;
    t->st.error[0] = '\0';
    return true;
}

/* ---- the answer ---- */

static cJSON *copy_of(struct turn *t, const cJSON *value)
{
    cJSON *copy = value == NULL || cJSON_IsNull(value) ? NULL : cJSON_Duplicate(value, true);

    if (copy == NULL && value != NULL && !cJSON_IsNull(value))
        t->broken = true;
    return copy;
}

/* Puts the value at "a.b.c" of `from` at the same place of `to`. */
static bool copy_field(struct turn *t, const cJSON *from, const char *path, cJSON *to)
{
    char name[TALK_NAME_MAX + 1];
    cJSON *value = copy_of(t, json_path(from, path)), *inner;

    if (value == NULL)
        return !t->broken;
    for (size_t len = strcspn(path, "."); path[len] == '.'; path += len + 1, len = strcspn(path, ".")) {
        (void)snprintf(name, sizeof name, "%.*s", (int)len, path);
        inner = cJSON_GetObjectItemCaseSensitive(to, name);
        if (inner == NULL)
            inner = cJSON_AddObjectToObject(to, name);
        if (!cJSON_IsObject(inner)) {
            cJSON_Delete(value);
            return inner != NULL || turn_broken(t);
        }
        to = inner;
    }
    cJSON_DeleteItemFromObjectCaseSensitive(to, path);
    return json_add(to, path, value) || turn_broken(t);
}

static cJSON *some_fields(struct turn *t, const struct save_rule *r, const cJSON *data)
{
    cJSON *kept = cJSON_IsArray(data) ? cJSON_CreateArray() : cJSON_CreateObject();
    const cJSON *item;
    bool ok = kept != NULL;

    if (cJSON_IsArray(data)) {
        cJSON_ArrayForEach(item, data)
            ok = ok && json_add(kept, NULL, some_fields(t, r, item)) && !t->broken;
    } else {
        for (size_t i = 0; ok && i < r->field_count; i++)
            ok = copy_field(t, data, r->fields[i], kept);
    }
    if (ok)
        return kept;
    cJSON_Delete(kept);
    t->broken = true;
    return NULL;
}

static bool save(struct turn *t, const struct save_rule *r, const cJSON *data)
{
    cJSON *results[2] = { NULL, NULL };

    if (r->function != DECL_NO_FUNCTION) {
        if (!turn_script(t, r->function, data, results))
            return false;
        cJSON_Delete(results[1]);
        return turn_set(t, r->name, results[0]);
    }
    results[0] = r->field_count > 0 ? some_fields(t, r, data) : r->path != NULL
        ? copy_of(t, json_path(data, r->path)) : NULL;
    return !t->broken && turn_set(t, r->name, results[0]);
}

/* http_404 before http_4xx before other */
static const struct step *fail_target(const struct step *s, const char *outcome, int status)
{
    char exact[16];
    const char *names[] = { exact, outcome, "other" };

    (void)snprintf(exact, sizeof exact, "http_%d", status);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        for (size_t k = 0; k < s->fail_count; k++)
            if (strcmp(s->fails[k].outcome, names[i]) == 0)
                return s->fails[k].to.step;
    return NULL;
}

bool turn_answer(struct turn *t)
{
    const struct event *e = t->in->event;
    const char *outcome = e->outcome == NULL ? "other" : e->outcome;
    bool ok = strcmp(outcome, "ok") == 0, decided = ok || strcmp(outcome, "http_4xx") == 0;

    if (!t->st.calling || e->guard != t->st.turn || e->name == NULL || strcmp(e->name, t->st.step) != 0)
        return true;                   /* the person has left, or the answer came twice */
    if (!turn_find_place(t))
        return false;
    t->st.calling = false;
    t->handled = true;
    if (t->flow == NULL)
        return turn_show_menu(t);
    if (t->moved || t->step->kind != STEP_CALL)
        return turn_go(t, t->step);
    (void)snprintf(t->st.error, sizeof t->st.error, "%s", ok ? "" : outcome);
    for (size_t i = 0; ok && i < t->step->save_count; i++)
        if (!save(t, &t->step->saves[i], e->data))
            return false;
    t->st.group += decided;
    return turn_go(t, ok ? t->step->ok.step : fail_target(t->step, outcome, e->status));
}
