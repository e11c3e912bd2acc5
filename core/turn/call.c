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
bool call_key(struct turn *t, const struct step *s, const char *what, struct store_call *call)
{
    char text[320];
    uint8_t hash[SHA256_BYTES];
    int len = snprintf(text, sizeof text, "%" PRId64 "\x1f%" PRIu64 "\x1f%s\x1f%s\x1f%" PRId64, t->in->conv,
                       t->st.run, s->flow->name, s->name, t->st.group);

    if (what[0] != '\0' && len > 0 && (size_t)len < sizeof text)      /* each refresh is one of its own */
        len += snprintf(text + len, sizeof text - (size_t)len, "\x1f%s\x1f%" PRIu64, what, t->in->seq);

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

bool call_body(struct turn *t, cJSON *results[2], const char *what, const char *file, int line, struct store_call *call)
{
    size_t len = 0;
    char *text = NULL;
    bool table = cJSON_IsObject(results[0]) || cJSON_IsArray(results[0]);

    if (table)
        text = json_print(results[0], &len);
    secrets_wipe(results[0]);
    cJSON_Delete(results[1]);
    if (!table)
        return turn_fail(t, file, line, "`body` of \"%.64s\" must give a table", what);
    if (text == NULL)
        return turn_broken(t);
    call->body = (struct blob){ pool_bytes(t->pool, text, len), len };
    explicit_bzero(text, len);
    free(text);
    return call->body.data != NULL || turn_broken(t);
}

static bool make_body(struct turn *t, const struct step *s, struct store_call *call)
{
    cJSON *results[2], *secrets;
    bool ok;

    if (s->body == DECL_NO_FUNCTION) {
        if (strcmp(s->method, "GET") != 0 && strcmp(s->method, "DELETE") != 0)
            call->body = (struct blob){ "{}", 2 };   /* what the backend is used to: toktok.md §2.1, rows 9 and 17 */
        return true;
    }
    secrets = secrets_open(t);
    ok = !t->broken && secret_script(t, s->body, secrets, NULL, results);
    secrets_wipe(secrets);
    if (ok && t->secret_read)
        call->seal = t->st.spent = true;
    return ok && call_body(t, results, s->name, s->file, s->line, call);
}

/* ---- the row ---- */

struct store_call *call_new(struct turn *t, const struct step *s, const char *method, int timeout_ms)
{
    struct store_call *call;

    if (t->commit->call_count == TURN_CALLS_MAX) {
        (void)turn_fail(t, s->file, s->line, "more than %d calls in one turn", TURN_CALLS_MAX);
        return NULL;
    }
    call = &t->commit->calls[t->commit->call_count];
    *call = (struct store_call){ .timeout_ms = timeout_ms, .guard = t->in->seq };
    (void)snprintf(call->step, sizeof call->step, "%s", s->name);
    (void)snprintf(call->method, sizeof call->method, "%s", method);
    return call;
}

void call_made(struct turn *t)
{
    t->commit->call_count++;
    t->st.calling = true;
    t->st.called_ms = t->in->now_ms;
    t->st.turn = t->in->seq;
    t->st.error[0] = '\0';
}

bool turn_call(struct turn *t, const struct step **next, bool *stop)
{
    const struct step *s = t->step;
    struct store_call *call;
    const char *token;

    *stop = true;
    if (!session_token(t, s, &token, next, stop))
        return false;
    if (s->auth != NULL && token == NULL)
        return true;                   /* it is being fetched, or the person logs in first */
    call = call_new(t, s, s->method, s->timeout_ms);
    if (call == NULL || !call_key(t, s, "", call) || !make_path(t, s, call) || !make_body(t, s, call))
        return false;
    call->auth = token;
    call->pages = s->pages;
    call->seal = call->seal || s->opens != NULL;
    call_made(t);
    return true;
}

bool call_again(struct turn *t)
{
    const struct step *next = NULL;
    bool stop;

    return turn_call(t, &next, &stop) && (stop || turn_go(t, next));
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

/* What `pages` has read is a list, whether the backend gives it bare or as {"results": […]}: fields are those of its items. */
static const cJSON *items_of(const struct turn *t, const cJSON *data)
{
    const cJSON *items = t->step->pages > 0 ? json_get(data, "results") : NULL;

    return cJSON_IsArray(items) ? items : data;
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
    results[0] = r->field_count > 0 ? some_fields(t, r, items_of(t, data)) : r->path != NULL
        ? copy_of(t, json_path(data, r->path)) : NULL;
    return !t->broken && turn_set(t, r->name, results[0]);
}

/* http_404 before http_4xx before other */
static const struct step *fail_target(const struct turn *t, const struct step *s, const char *outcome, int status)
{
    char exact[16];
    const char *names[] = { exact, outcome, "other" };

    (void)snprintf(exact, sizeof exact, "http_%d", status);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        for (size_t k = 0; k < s->fail_count; k++)
            if (strcmp(s->fails[k].outcome, names[i]) == 0) {
                turn_mark(t, MARK_FAIL, s, names[i]);
                return s->fails[k].to.step;
            }
    return NULL;
}

const struct step *call_failed(struct turn *t, const char *outcome, int status)
{
    (void)snprintf(t->st.error, sizeof t->st.error, "%s", outcome);
    return fail_target(t, t->step, outcome, status);
}

static bool save_all(struct turn *t)
{
    const struct step *s = t->step;
    cJSON *stripped = s->opens != NULL && s->save_count > 0 ? session_strip(t, s, t->in->event->data) : NULL;
    const cJSON *data = s->opens != NULL ? stripped : t->in->event->data;
    bool ok = !t->broken;

    for (size_t i = 0; ok && i < s->save_count; i++)
        ok = save(t, &s->saves[i], data);
    secrets_wipe(stripped);
    return ok;
}

/* The answer of a call that logs in. Without a token it has failed, whatever its status says. */
static bool opens(struct turn *t, bool *ok, const char **outcome)
{
    if (!*ok || t->step->opens == NULL)
        return true;
    if (!session_open(t, t->step, t->in->event->data, ok))
        return false;
    if (!*ok)
        *outcome = "other";
    return true;
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
    if (t->st.called_ms > 0 && e->at_ms > t->st.called_ms)
        cost_backend(t, e->at_ms - t->st.called_ms);
    if (t->st.renewing)
        return session_renewed(t, outcome);
    if (t->step->auth != NULL && e->status == 401) {
        session_expired(t, t->step->auth);
        return call_again(t);
    }
    if (decided && t->st.spent)
        secrets_drop(t);
    if (!opens(t, &ok, &outcome))
        return false;
    (void)snprintf(t->st.error, sizeof t->st.error, "%s", ok ? "" : outcome);
    if (ok && !save_all(t))
        return false;
    t->st.group += decided;
    if (ok && !turn_step_plans(t, t->step))
        return false;
    return turn_go(t, ok ? t->step->ok.step : fail_target(t, t->step, outcome, e->status));
}
