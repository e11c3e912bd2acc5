/*
 * The person's own token at the backend. It lives in the state, sealed, outside any flow; a call that names its session carries it.
 * Without one, or when the backend says 401, it is refreshed once, then the login flow is run in the middle of the flow that calls,
 * and the call is made again, under the key that it had.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

enum { TOKEN_BYTES_MAX = 4096, REFRESHED = 1, LOGGED_IN = 2 };

static const char TOKEN[] = "token", REFRESH[] = "refresh";

/* ---- what is kept ---- */

static cJSON *kept(const struct turn *t, const struct session *session)
{
    return cJSON_GetObjectItemCaseSensitive(t->st.sessions, session->name);
}

static char *open_part(struct turn *t, const struct session *session, const char *part)
{
    return secret_open(t, cJSON_GetObjectItemCaseSensitive(kept(t, session), part));
}

void session_close(struct turn *t, const struct session *session)
{
    cJSON_DeleteItemFromObjectCaseSensitive(t->st.sessions, session->name);
}

void session_expired(struct turn *t, const struct session *session)
{
    cJSON_DeleteItemFromObjectCaseSensitive(kept(t, session), TOKEN);
}

/* It becomes a part of a header. */
static bool is_token(const cJSON *value)
{
    size_t len = cJSON_IsString(value) ? strlen(value->valuestring) : 0;

    for (size_t i = 0; i < len; i++)
        if (value->valuestring[i] <= ' ' || value->valuestring[i] >= 0x7f)
            return false;
    return len > 0 && len <= TOKEN_BYTES_MAX;
}

static bool put_part(struct turn *t, const struct session *session, const char *part, const char *plain)
{
    cJSON *entry = kept(t, session), *sealed;

    if (entry == NULL) {
        entry = cJSON_CreateObject();
        if (entry == NULL || !json_add(t->st.sessions, session->name, entry))
            return turn_broken(t);
    }
    sealed = secret_seal(t, part, plain);
    cJSON_DeleteItemFromObjectCaseSensitive(entry, part);
    return sealed != NULL && (json_add(entry, part, sealed) || turn_broken(t));
}

/* *opened: the answer had a token. */
static bool keep(struct turn *t, const struct session *session, const struct keep_rules *rules, const cJSON *data, bool *opened)
{
    *opened = false;
    for (size_t i = 0; i < rules->count; i++) {
        const struct save_rule *r = &rules->list[i];
        cJSON *results[2] = { NULL, NULL };
        const cJSON *value;
        bool ok = true;

        if (r->function != DECL_NO_FUNCTION && !turn_script(t, r->function, data, results))
            return false;
        value = r->function != DECL_NO_FUNCTION ? results[0] : json_path(data, r->path);
        if (is_token(value)) {
            ok = put_part(t, session, r->name, value->valuestring);
            *opened = *opened || strcmp(r->name, TOKEN) == 0;
        }
        secrets_wipe(results[0]);
        cJSON_Delete(results[1]);
        if (!ok)
            return false;
    }
    return true;
}

bool session_open(struct turn *t, const struct step *s, const cJSON *data, bool *opened)
{
    session_close(t, s->opens);        /* whoever was logged in before is not any more */
    if (!keep(t, s->opens, &s->keeps, data, opened))
        return false;
    if (!*opened)
        session_close(t, s->opens);
    return true;
}

/* What else is saved from that answer is read from it without the tokens. NULL: out of memory. */
cJSON *session_strip(struct turn *t, const struct step *s, const cJSON *data)
{
    cJSON *rest = cJSON_Duplicate(data, true);

    for (size_t i = 0; rest != NULL && i < s->keeps.count; i++) {
        const char *path = s->keeps.list[i].path, *dot = path == NULL ? NULL : strrchr(path, '.');
        char parent[2 * TALK_NAME_MAX];
        cJSON *at = rest;

        if (path == NULL)
            continue;
        if (dot != NULL) {
            (void)snprintf(parent, sizeof parent, "%.*s", (int)(dot - path), path);
            at = (cJSON *)(uintptr_t)json_path(rest, parent);
        }
        cJSON_DeleteItemFromObjectCaseSensitive(at, dot == NULL ? path : dot + 1);
    }
    if (rest == NULL && data != NULL)
        t->broken = true;
    return rest;
}

/* ---- a new token ---- */

static bool refresh_body(struct turn *t, const struct session *session, const char *token, struct store_call *call)
{
    cJSON *parts = cJSON_CreateObject(), *results[2] = { NULL, NULL };
    bool ok;

    if (parts == NULL || !json_add_str(parts, REFRESH, token)) {
        secrets_wipe(parts);
        return turn_broken(t);
    }
    ok = secret_script(t, session->refresh_body, NULL, parts, results);
    secrets_wipe(parts);
    return ok && call_body(t, results, "refresh", session->file, session->line, call);
}

static bool start_refresh(struct turn *t, const struct step *s, const char *token)
{
    const struct session *session = s->auth;
    struct store_call *call = call_new(t, s, "POST", session->refresh_timeout_ms);

    if (call == NULL || !call_key(t, s, REFRESH, call) || !refresh_body(t, session, token, call))
        return false;
    call->path = pool_text(t->pool, session->refresh_path);
    call->seal = true;
    if (call->path == NULL)
        return turn_broken(t);
    call_made(t);
    t->st.renewing = true;
    return true;
}

/* In the middle of the flow that calls: its draft waits on the stack, at the call. */
static bool start_login(struct turn *t, const struct step *s, const struct step **next, bool *stop)
{
    *stop = false;
    return stack_push_login(t) && turn_enter(t, s->auth->login, next);
}

/* There is no token that is good. */
static bool obtain(struct turn *t, const struct step *s, const struct step **next, bool *stop)
{
    char *refresh = s->auth->refreshes && (t->st.auth & REFRESHED) == 0 ? open_part(t, s->auth, REFRESH) : NULL;
    bool ok;

    if (t->broken)
        return false;
    if (refresh != NULL) {
        ok = start_refresh(t, s, refresh);
        secret_free(refresh);
        return ok;
    }
    if (s->auth->login != NULL && (t->st.auth & LOGGED_IN) == 0)
        return start_login(t, s, next, stop);
    *stop = false;
    *next = call_failed(t, "http_4xx", 401);
    t->st.group++;
    if (t->st.spent)
        secrets_drop(t);
    return true;
}

bool session_token(struct turn *t, const struct step *s, const char **token, const struct step **next, bool *stop)
{
    char *plain;

    *token = NULL;
    if (s->auth == NULL)
        return true;
    if (t->logged_in)
        t->st.auth = REFRESHED | LOGGED_IN;
    t->logged_in = false;
    plain = open_part(t, s->auth, TOKEN);
    if (plain == NULL)
        return !t->broken && obtain(t, s, next, stop);
    *token = pool_text(t->pool, plain);
    secret_free(plain);
    return *token != NULL || turn_broken(t);
}

/* A refusal means that the person must log in; when the backend is not there, neither is the login. */
bool session_renewed(struct turn *t, const char *outcome)
{
    const struct event *e = t->in->event;
    const struct session *session = t->step->auth;
    bool ok = strcmp(outcome, "ok") == 0, opened = false;

    t->st.renewing = false;
    t->st.auth |= REFRESHED;
    if (session == NULL)
        return turn_go(t, t->step);    /* a reload has taken `auth` away */
    if (ok && !keep(t, session, &session->refresh_keeps, e->data, &opened))
        return false;
    if (!ok && strcmp(outcome, "http_4xx") != 0)
        return turn_go(t, call_failed(t, outcome, e->status));
    if (!opened)
        session_close(t, session);
    return call_again(t);
}
