/*
 * `session "client" { … }`: how a person gets a token of their own at the backend, and the keys of steps that use one: `auth`,
 * `opens`, `closes`. The token is nowhere in a flow: a call names the session, and the host does the rest.
 */
#include <stdio.h>
#include <string.h>

#include "lisolo/base/nearest.h"
#include "private.h"

enum { SESSIONS_MAX = 8, REFRESH_TIMEOUT_MS = 15 * 1000 };

static bool is_part(const char *name) { return strcmp(name, "token") == 0 || strcmp(name, "refresh") == 0; }

/* ---- what a session keeps of an answer ---- */

/* token = "access", or a function; false: it is something else, which has been reported. */
static bool read_part(struct build *b, const struct statement *s, const struct decl_entry *e, struct save_rule *out)
{
    *out = (struct save_rule){ .function = DECL_NO_FUNCTION };
    if (e->value.type == DECL_FUNCTION)
        out->function = e->value.function;
    else if (e->value.type == DECL_STRING && e->value.length > 0)
        out->path = pool_text(b->pool, e->value.string);
    else
        flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &e->value), "save = { token = \"access\" }",
                    "`%.64s` of a session is a path of the answer or a function", e->name);
    out->name = pool_text(b->pool, e->name);
    return out->name != NULL && (out->path != NULL || out->function != DECL_NO_FUNCTION);
}

/* `token` and `refresh` of `save`. The token must be among them. */
void flow_read_keeps(struct build *b, const struct statement *s, const struct decl_entry *save, bool refresh, struct keep_rules *out)
{
    const struct decl *d = save == NULL ? NULL : &save->value;
    bool token = false;

    out->list = pool_array(b->pool, 2, sizeof *out->list);
    for (size_t i = 0; d != NULL && d->type == DECL_TABLE && i < d->count && out->list != NULL && out->count < 2; i++) {
        const struct decl_entry *e = &d->entries[i];

        if (e->name == NULL || !is_part(e->name))
            continue;
        token = token || strcmp(e->name, "token") == 0;
        if (read_part(b, s, e, &out->list[out->count]))
            out->count++;
    }
    if (token)
        return;
    if (refresh)
        flow_report(b, CODE_SESSION, save == NULL ? flow_at(s) : flow_at_entry(s, save), "save = { token = \"access\" }",
                    "`refresh` must say where the answer has the token");
    else
        flow_report(b, CODE_SESSION, save == NULL ? flow_at(s) : flow_at_entry(s, save), "save = { token = \"access\" }",
                    "a call that opens a session must say where the answer has the token");
}

bool flow_is_keep(const struct step *s, const char *name) { return s->opens != NULL && name != NULL && is_part(name); }

/* ---- session "client" { login = "connexion", refresh = { … } } ---- */

static void read_refresh(struct build *b, const struct statement *s, const struct decl_entry *e, struct session *session)
{
    const struct decl *d = &e->value;
    const struct decl_entry *save, *post;

    if (!flow_read_table(b, s, e))
        return;
    flow_read_keys(b, s, d, "refresh");
    post = decl_entry(d, "POST");
    save = decl_entry(d, "save");
    if (!flow_read_text(b, s, post, &session->refresh_path) || session->refresh_path[0] != '/')
        flow_report(b, CODE_SESSION, post == NULL ? flow_at_entry(s, e) : flow_at_value(s, &post->value), "POST = \"/auth/refresh/\"",
                    "`refresh` needs the path that gives a new token");
    if (!flow_read_function(b, s, decl_entry(d, "body"), &session->refresh_body))
        flow_report(b, CODE_SESSION, flow_at_entry(s, e), "body = function(c) return { refresh = c.session.refresh } end",
                    "`refresh` needs a `body` that sends what was kept");
    flow_read_keeps(b, s, save, true, &session->refresh_keeps);
    session->refreshes = true;
}

static void read_session(struct build *b, const struct statement *s, struct session *session)
{
    const struct decl_entry *login = decl_entry(&s->body, "login"), *refresh = decl_entry(&s->body, "refresh");

    session->refresh_body = DECL_NO_FUNCTION;
    session->refresh_timeout_ms = REFRESH_TIMEOUT_MS;
    flow_read_keys(b, s, &s->body, "session");
    if (login == NULL)
        flow_report(b, CODE_MISSING_KEY, flow_at(s), "login = \"connexion\"", "session \"%.64s\" needs `%s`", session->name, "login");
    else
        (void)flow_read_flow(b, s, &login->value, &session->login);
    if (refresh != NULL)
        read_refresh(b, s, refresh, session);
}

static const struct session *find(const struct flows *f, const char *name)
{
    for (size_t i = 0; i < f->session_count; i++)
        if (strcmp(f->sessions[i].name, name) == 0)
            return &f->sessions[i];
    return NULL;
}

static void add_session(struct build *b, const struct statement *s)
{
    struct session *session = &b->flows->sessions[b->flows->session_count];

    if (s->name == NULL || !flow_read_name(b, flow_at(s), s->name, "session"))
        return;
    if (find(b->flows, s->name) != NULL) {
        flow_report(b, CODE_STATEMENT_TWICE, flow_at(s), "keep one of them", "the session \"%.64s\" exists already", s->name);
        return;
    }
    if (b->flows->session_count == SESSIONS_MAX) {
        flow_report(b, CODE_SESSION, flow_at(s), NULL, "more than %d sessions", SESSIONS_MAX);
        return;
    }
    session->name = pool_text(b->pool, s->name);
    session->file = pool_text(b->pool, s->file);
    session->line = s->line;
    if (session->name == NULL || session->file == NULL)
        return;
    b->flows->session_count++;
    if (s->body.type == DECL_TABLE)
        read_session(b, s, session);
    else
        flow_report(b, CODE_WRONG_VALUE, flow_at(s), "session \"client\" { login = \"connexion\" }", "session \"%.64s\" has no { … }", s->name);
}

void flow_read_sessions(struct build *b)
{
    b->flows->sessions = pool_array(b->pool, SESSIONS_MAX, sizeof *b->flows->sessions);
    for (size_t i = 0; i < b->statements->count && b->flows->sessions != NULL; i++)
        if (strcmp(b->statements->list[i].verb, "session") == 0)
            add_session(b, &b->statements->list[i]);
}

bool flow_is_login(const struct flows *all, const struct flow *f)
{
    for (size_t i = 0; i < all->session_count; i++)
        if (all->sessions[i].login == f)
            return true;
    return false;
}

/* ---- keys of steps ---- */

const struct session *flow_read_session_name(struct build *b, const struct statement *s, const char *key)
{
    const struct decl_entry *e = decl_entry(&s->body, key);
    const struct session *found;
    struct nearest near;
    char *name = NULL, hint[160];

    if (!flow_read_text(b, s, e, &name))
        return NULL;
    found = find(b->flows, name);
    if (found != NULL || statements_lost(b->statements, "session", NULL, name))
        return found;
    near = (struct nearest){ .word = name };
    for (size_t i = 0; i < b->flows->session_count; i++)
        nearest_offer(&near, b->flows->sessions[i].name);
    if (near.best != NULL)
        (void)snprintf(hint, sizeof hint, problems_text(b->out, "did you mean `%.64s`?"), near.best);
    else
        (void)snprintf(hint, sizeof hint, problems_text(b->out, "session \"%.64s\" { login = \"connexion\" }"), name);
    flow_report(b, CODE_SESSION, flow_at_value(s, &e->value), hint, "there is no session \"%.64s\"", name);
    return NULL;
}

/* Of a call, before its `save` is read. */
void flow_read_auth(struct build *b, const struct statement *s, struct step *step)
{
    step->auth = flow_read_session_name(b, s, "auth");
    step->opens = flow_read_session_name(b, s, "opens");
    if (step->opens != NULL)
        flow_read_keeps(b, s, decl_entry(&s->body, "save"), false, &step->keeps);
    if (step->auth != NULL && step->auth->login == step->flow)
        flow_report(b, CODE_SESSION, flow_at_entry(s, decl_entry(&s->body, "auth")), "take `auth` out: the login has no token yet",
                    "the flow \"%.64s\" is the login of this session itself", step->flow->name);
}

void flow_read_pages(struct build *b, const struct statement *s, struct step *step)
{
    const struct decl_entry *e = decl_entry(&s->body, "pages");
    int64_t pages = 0;

    if (!flow_read_integer(b, s, e, 1, PAGES_MAX, &pages))
        return;
    step->pages = (int)pages;
    if (step->method != NULL && strcmp(step->method, "GET") != 0)
        flow_report(b, CODE_WRONG_VALUE, flow_at_entry(s, e), "take `pages` out", "`pages` is for GET: only reading can be repeated");
}

/* Whatever looks at the answer of a question could keep it or say it. */
void flow_check_secret(struct build *b, const struct statement *s, const struct step *step)
{
    static const char *const NOT_HERE[] = { "check", "gather" };

    if (step->expect.kind != EXPECT_SECRET)
        return;
    for (size_t i = 0; i < sizeof NOT_HERE / sizeof NOT_HERE[0]; i++) {
        const struct decl_entry *e = decl_entry(&s->body, NOT_HERE[i]);

        if (e != NULL)
            flow_report(b, CODE_SECRET, flow_at_entry(s, e), "take it out", "`%s` cannot go with a secret", NOT_HERE[i]);
    }
    if (step->save != NULL && (flow_person_part(step->save) != NULL || flow_profile_name(step->save)))
        flow_report(b, CODE_SECRET, flow_at_entry(s, decl_entry(&s->body, "save")), "save = \"mot_de_passe\"",
                    "a secret is kept until its call has been answered, not with the person");
}
