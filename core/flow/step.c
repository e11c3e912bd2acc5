/*
 * One step: a reader a kind. The keys that each kind knows are in keys.c.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lisolo/base/nearest.h"
#include "private.h"

/* The backend's own limit is 15 s in the system that we replace (toktok.md §2): nobody waits longer for an answer on a phone. */
enum { CALL_TIMEOUT_MS = 15 * 1000, CALL_TIMEOUT_MAX_MS = 120 * 1000, TRIES_MAX = 20 };

static const char *const VERBS[] = {
    [STEP_ASK] = "ask", [STEP_CHOOSE] = "choose", [STEP_CALL] = "call", [STEP_BRANCH] = "branch",
    [STEP_SAY] = "say", [STEP_SET] = "set",       [STEP_RUN] = "run",   [STEP_FINISH] = "finish",
};

int flow_step_verb(const char *verb)
{
    for (size_t i = 0; i < sizeof VERBS / sizeof VERBS[0]; i++)
        if (strcmp(VERBS[i], verb) == 0)
            return (int)i;
    return -1;
}

/* `sya` is reported as such; that `say` is missing then needs no saying. */
static bool is_misspelt(const struct statement *s, const char *key)
{
    for (size_t i = 0; i < s->body.count; i++) {
        struct nearest near = { .word = s->body.entries[i].name };

        if (near.word != NULL)
            nearest_offer(&near, key);
        if (near.best != NULL)
            return true;
    }
    return false;
}

static void need(struct build *b, const struct statement *s, const char *key, const char *hint)
{
    if (!is_misspelt(s, key))
        flow_report(b, CODE_MISSING_KEY, flow_at(s), hint, "%s \"%.64s\" needs `%s`", s->verb, s->name, key);
}

/* ---- keys of several kinds ---- */

static void read_save(struct build *b, const struct statement *s, struct step *step)
{
    const struct decl_entry *e = decl_entry(&s->body, "save");
    char *name = NULL;

    if (e == NULL && step->kind == STEP_CHOOSE && step->list == DECL_NO_FUNCTION)
        return;                        /* a choice is a way to go; its id is kept only when somebody asks for it */
    if (e != NULL && !flow_read_text(b, s, e, &name))
        return;
    if (name != NULL && !flow_saves_to_person(b, flow_at_value(s, &e->value), name, NULL)
        && !flow_read_name(b, flow_at_value(s, &e->value), name, "variable"))
        return;
    step->save = name != NULL ? name : step->name;
    if (flow_profile_name(step->save) && strcmp(step->save, "langue") != 0)
        flow_report(b, CODE_PROFILE_NAME, flow_at_entry(s, e), "choose another name: save = \"mon_nom\"",
                    "\"%.64s\" is known already and cannot be saved to", step->save);
}

static void read_on(struct build *b, const struct statement *s, struct step *step)
{
    const struct decl_entry *e = decl_entry(&s->body, "on");

    if (!flow_read_table(b, s, e))
        return;
    step->on = pool_array(b->pool, e->value.count, sizeof *step->on);
    for (size_t i = 0; i < e->value.count && step->on != NULL; i++) {
        const struct decl_entry *c = &e->value.entries[i];
        struct choice_target *out = &step->on[step->on_count];

        if (c->name == NULL) {
            flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &c->value), "on = { oui = \"step\" }",
                        "`on` must name the button that each step belongs to");
            continue;
        }
        (void)flow_read_target(b, s, step->flow, &c->value, true, &out->to);
        out->id = pool_text(b->pool, c->name);       /* even so: the button has its entry */
        out->line = c->line;
        if (out->id != NULL)
            step->on_count++;
    }
}

static void read_tries(struct build *b, const struct statement *s, struct step *step)
{
    const struct decl_entry *tries = decl_entry(&s->body, "tries"), *give_up = decl_entry(&s->body, "give_up");
    int64_t n = 0;

    if (flow_read_integer(b, s, tries, 1, TRIES_MAX, &n))
        step->tries = (int)n;
    if (give_up != NULL)
        (void)flow_read_target(b, s, step->flow, &give_up->value, false, &step->give_up);
    if (tries != NULL && give_up == NULL)
        flow_report(b, CODE_TRIES, flow_at_entry(s, tries), "tries = 3, give_up = \"step\"",
                    "`tries` without `give_up`: where does the customer go?");
    if (give_up != NULL && tries == NULL)
        flow_report(b, CODE_TRIES, flow_at_entry(s, give_up), "tries = 3, give_up = \"step\"",
                    "`give_up` without `tries` never happens");
}

/* "2 h", or { "2 h", "step" }. */
bool flow_read_expire(struct build *b, const struct statement *s, const struct flow *f,
                      const struct decl_entry *e, struct wait_rule *out)
{
    const struct decl *d = &e->value, *span = d->type == DECL_TABLE ? decl_item(d, 0) : d;

    if (span == NULL || d->tag != NULL || (d->type == DECL_TABLE && (d->count > 2 || decl_items(d) != d->count))) {
        flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, d), "expire = { \"2 h\", \"step\" }",
                    "`expire` must be a length of time and a step");
        return false;
    }
    if (!flow_read_duration(b, s, span, &out->after_ms))
        return false;
    return d->type != DECL_TABLE || d->count < 2 || flow_read_target(b, s, f, decl_item(d, 1), false, &out->to);
}

static void read_waits(struct build *b, const struct statement *s, struct step *step)
{
    const struct decl_entry *remind = decl_entry(&s->body, "remind"), *expire = decl_entry(&s->body, "expire");
    const struct wait_rule *end = &step->flow->expire;

    if (expire != NULL)
        step->has_expire = flow_read_expire(b, s, step->flow, expire, &step->expire);
    if (step->has_expire)
        end = &step->expire;
    if (remind == NULL)
        return;
    if (decl_items(&remind->value) != 2 || remind->value.count != 2) {
        flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &remind->value),
                    "remind = { \"10 min\", \"message.id\" }", "`remind` must be a length of time and a message");
        return;
    }
    step->has_remind = flow_read_duration(b, s, decl_item(&remind->value, 0), &step->remind.after_ms);
    if (!flow_read_message_id(b, s, decl_item(&remind->value, 1), &step->remind.say))
        step->has_remind = false;
    if (step->has_remind && step->remind.after_ms >= end->after_ms)
        flow_report(b, CODE_REMIND_LATE, flow_at_entry(s, remind),
                    "remind earlier, or let the step expire later", "the reminder comes when the step has expired already");
}

static void read_commands(struct build *b, const struct statement *s, struct step *step)
{
    const struct decl_entry *e = decl_entry(&s->body, "commands");
    char hint[160];

    if (!flow_read_table(b, s, e))
        return;
    for (size_t i = 0; i < e->value.count; i++) {
        const struct decl_entry *c = &e->value.entries[i];
        const struct command *found = NULL;
        struct nearest near = { .word = c->name == NULL ? "" : c->name };

        for (size_t k = 0; k < b->flows->command_count; k++) {
            if (c->name != NULL && strcmp(b->flows->commands[k].name, c->name) == 0)
                found = &b->flows->commands[k];
            nearest_offer(&near, b->flows->commands[k].name);
        }
        if (near.best != NULL)
            (void)snprintf(hint, sizeof hint, problems_text(b->out, "did you mean `%.100s`?"), near.best);
        if (found == NULL)
            flow_report(b, CODE_UNKNOWN_COMMAND, flow_at_entry(s, c), near.best == NULL ? NULL : hint,
                        "there is no command `%.64s`", c->name == NULL ? "" : c->name);
        else if (c->value.type != DECL_BOOLEAN)
            flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &c->value), "commands = { retour = false }",
                        "`%.64s` must be true or false", c->name);
        else if (!c->value.boolean && (found->does == DOES_MENU || found->does == DOES_LANGUAGE))
            flow_report(b, CODE_WRONG_VALUE, flow_at_entry(s, c), "take it out of `commands`",
                        "`%.64s` works everywhere: nobody may be locked into a question", c->name);
        else if (!c->value.boolean)
            *(found->does == DOES_BACK ? &step->no_back : found->does == DOES_CANCEL ? &step->no_cancel : &step->no_help) = true;
    }
}

static void read_next(struct build *b, const struct statement *s, struct step *step)
{
    const struct decl_entry *e = decl_entry(&s->body, "next");
    size_t follow = flow_step_index(step) + 1;

    if (e != NULL)
        (void)flow_read_target(b, s, step->flow, &e->value, false, &step->next);
    else if (follow < step->flow->step_count)
        step->next.step = &step->flow->steps[follow];
}

static void read_say(struct build *b, const struct statement *s, struct step *step, bool required)
{
    const struct decl_entry *e = decl_entry(&s->body, "say");

    if (e == NULL && required)
        need(b, s, "say", "say = \"message.id\"");
    (void)flow_read_message(b, s, e, &step->say);
}

/* ---- the kinds ---- */

static bool answer_kind(const struct step *step, enum person_kind *out)
{
    static const int KIND_OF[] = {
        [EXPECT_TEXT] = PERSON_TEXT, [EXPECT_PHONE] = PERSON_TEXT, [EXPECT_DATE] = PERSON_TEXT, [EXPECT_NUMBER] = PERSON_NUMBER,
        [EXPECT_AMOUNT] = PERSON_NUMBER, [EXPECT_LOCATION] = PERSON_TABLE, [EXPECT_PHOTO] = PERSON_TABLE,
        [EXPECT_AUDIO] = PERSON_TABLE, [EXPECT_DOCUMENT] = PERSON_TABLE, [EXPECT_CONTACT] = PERSON_TABLE,
    };

    if (step->kind == STEP_CHOOSE) {
        *out = PERSON_TEXT;
        return step->list == DECL_NO_FUNCTION;
    }
    if ((size_t)step->expect.kind >= sizeof KIND_OF / sizeof KIND_OF[0])
        return false;                  /* any, one_of: what comes is seen when it comes */
    *out = (enum person_kind)KIND_OF[step->expect.kind];
    return true;
}

static void check_saved_kind(struct build *b, const struct statement *s, const struct step *step)
{
    const char *part = step->save == NULL ? NULL : flow_person_part(step->save);
    enum person_kind kind;

    if (part != NULL && flows_person(b->flows, part) != NULL && answer_kind(step, &kind))
        (void)flow_saves_to_person(b, flow_at_entry(s, decl_entry(&s->body, "save")), step->save, &kind);
}

static void read_waiting(struct build *b, const struct statement *s, struct step *step)
{
    const struct decl_entry *expect = decl_entry(&s->body, "expect");

    read_say(b, s, step, true);
    (void)flow_read_function(b, s, decl_entry(&s->body, "list"), &step->list);
    (void)flow_read_function(b, s, decl_entry(&s->body, "check"), &step->check);
    (void)flow_read_message(b, s, decl_entry(&s->body, "retry"), &step->retry);
    (void)flow_read_message(b, s, decl_entry(&s->body, "help"), &step->help);
    read_save(b, s, step);
    read_on(b, s, step);
    read_next(b, s, step);
    read_tries(b, s, step);
    read_waits(b, s, step);
    read_commands(b, s, step);
    if (step->kind == STEP_ASK && expect == NULL)
        need(b, s, "expect", "expect = text {}");
    else if (step->kind == STEP_ASK)
        (void)flow_read_expect(b, s, &expect->value, &step->expect);
    step->late = step->flow->late;
    flow_read_late(b, s, decl_entry(&s->body, "late"), &step->late);
    flow_read_gather(b, s, decl_entry(&s->body, "gather"), step);
    flow_check_secret(b, s, step);
    if (step->kind == STEP_CHOOSE && decl_entry(&s->body, "on") == NULL && step->list == DECL_NO_FUNCTION)
        need(b, s, "on", "on = { oui = \"step\" }");
    check_saved_kind(b, s, step);
}

static void read_branch(struct build *b, const struct statement *s, struct step *step)
{
    const struct decl *d = &s->body;
    bool always = false;

    read_next(b, s, step);
    step->cases = pool_array(b->pool, d->count, sizeof *step->cases);
    for (size_t i = 0; i < d->count && step->cases != NULL; i++) {
        const struct decl_entry *e = &d->entries[i];
        const struct decl_entry *go = decl_entry(&e->value, "go");
        struct branch_case *c = &step->cases[step->case_count];

        if (e->name != NULL) {
            if (strcmp(e->name, "next") != 0 && strcmp(e->name, "plan") != 0 && strcmp(e->name, "budget") != 0)
                flow_report(b, CODE_UNKNOWN_KEY, flow_at_entry(s, e),
                            "f:branch \"nom\" { { when = function(c) … end, go = \"step\" }, … }", "unknown key `%.64s`", e->name);
            continue;
        }
        if (e->value.type != DECL_TABLE || go == NULL) {
            flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &e->value),
                        "{ when = function(c) … end, go = \"step\" }", "a case must say where to go");
            continue;
        }
        flow_read_keys(b, s, &e->value, "branch case");
        c->when = DECL_NO_FUNCTION;
        (void)flow_read_function(b, s, decl_entry(&e->value, "when"), &c->when);
        if (always)
            flow_report(b, CODE_DEAD_CASE, flow_at_value(s, &e->value), "put the case without `when` last",
                        "this case can never be reached");
        always = always || c->when == DECL_NO_FUNCTION;
        if (flow_read_target(b, s, step->flow, &go->value, false, &c->to))
            step->case_count++;
    }
    if (step->case_count == 0 && decl_items(d) == 0)
        need(b, s, "a case", "{ when = function(c) … end, go = \"step\" }");
}

static bool outcome_known(const char *name)
{
    static const char *const NAMES[] = { "timeout", "http_4xx", "http_5xx", "network", "other" };

    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (strcmp(NAMES[i], name) == 0)
            return true;
    return strncmp(name, "http_", 5) == 0 && strlen(name) == 8 && isdigit((unsigned char)name[5])
        && isdigit((unsigned char)name[6])
        && isdigit((unsigned char)name[7]);
}

static void read_fail(struct build *b, const struct statement *s, struct step *step)
{
    const struct decl_entry *e = decl_entry(&s->body, "fail");
    bool other = false;

    if (e == NULL)
        need(b, s, "fail", "fail = { other = \"step\" }");
    if (!flow_read_table(b, s, e))
        return;
    step->fails = pool_array(b->pool, e->value.count, sizeof *step->fails);
    for (size_t i = 0; i < e->value.count && step->fails != NULL; i++) {
        const struct decl_entry *f = &e->value.entries[i];
        struct fail_rule *out = &step->fails[step->fail_count];

        if (f->name == NULL || !outcome_known(f->name)) {
            flow_report(b, CODE_UNKNOWN_KEY, flow_at_entry(s, f),
                        "timeout, network, http_4xx, http_5xx, a status as http_404, other", "unknown key `%.64s` in `fail`", f->name == NULL ? "" : f->name);
            continue;
        }
        other = other || strcmp(f->name, "other") == 0;
        if (!flow_read_target(b, s, step->flow, &f->value, false, &out->to))
            continue;
        out->outcome = pool_text(b->pool, f->name);
        if (out->outcome != NULL)
            step->fail_count++;
    }
    if (!other)
        flow_report(b, CODE_FAIL_OTHER, flow_at_entry(s, e), "add `other = \"step\"`",
                    "`fail` does not say where all other failures go");
}

static void read_saves(struct build *b, const struct statement *s, struct step *step)
{
    const struct decl_entry *e = decl_entry(&s->body, "save");

    if (!flow_read_table(b, s, e))
        return;
    step->saves = pool_array(b->pool, e->value.count, sizeof *step->saves);
    for (size_t i = 0; i < e->value.count && step->saves != NULL; i++) {
        const struct decl_entry *v = &e->value.entries[i];
        struct save_rule *out = &step->saves[step->save_count];

        if (flow_is_keep(step, v->name))
            continue;
        if (v->name == NULL || (!flow_saves_to_person(b, flow_at_entry(s, v), v->name, NULL)
            && !flow_read_name(b, flow_at_entry(s, v), v->name, "variable")))
            continue;
        if (flow_profile_name(v->name))
            flow_report(b, CODE_PROFILE_NAME, flow_at_entry(s, v), "choose another name",
                        "\"%.64s\" is known already and cannot be saved to", v->name);
        out->name = pool_text(b->pool, v->name);
        out->function = DECL_NO_FUNCTION;
        if (v->value.type == DECL_FUNCTION)
            out->function = v->value.function;
        else if (v->value.type == DECL_STRING && v->value.length > 0)
            out->path = pool_text(b->pool, v->value.string);
        else if (v->value.type == DECL_TABLE)
            (void)flow_read_texts(b, s, v, false, &out->fields, &out->field_count);
        else
            flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &v->value),
                        "\"path\", { \"field\", … } or function(c, r) … end", "`%.64s` cannot be read from an answer this way", v->name);
        if (out->name != NULL)
            step->save_count++;
    }
}

static void read_method(struct build *b, const struct statement *s, struct step *step)
{
    static const char *const METHODS[] = { "GET", "POST", "PUT", "PATCH", "DELETE" };
    const struct decl_entry *found = NULL;

    for (size_t i = 0; i < sizeof METHODS / sizeof METHODS[0]; i++) {
        const struct decl_entry *e = decl_entry(&s->body, METHODS[i]);

        if (e == NULL)
            continue;
        if (found != NULL)
            flow_report(b, CODE_WRONG_VALUE, flow_at_entry(s, e), "one step, one call",
                        "a second method in one call");
        found = e;
        step->method = pool_text(b->pool, METHODS[i]);
        if (flow_read_text(b, s, e, &step->path) && step->path[0] != '/')
            flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &e->value), "GET = \"/api/…\"",
                        "a path begins with /");
    }
    if (found == NULL)
        need(b, s, "GET or POST", "POST = \"/api/…\"");
}

/* The tree belongs to the statements, which do not live as long as the flows. */
static bool copy_query(struct build *b, const struct statement *s, const struct decl_entry *e, struct decl *out)
{
    *out = (struct decl){ .type = DECL_TABLE, .line = e->value.line, .column = e->value.column };
    out->entries = pool_array(b->pool, e->value.count, sizeof *out->entries);
    for (size_t i = 0; i < e->value.count && out->entries != NULL; i++) {
        const struct decl_entry *from = &e->value.entries[i];
        struct decl_entry *to = &out->entries[out->count];

        if (from->name == NULL || from->value.type == DECL_TABLE || from->value.type == DECL_NIL) {
            flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &from->value),
                        "query = { page = 1, q = \"{recherche}\" }", "`query` must be a table of texts, numbers and functions");
            continue;
        }
        *to = *from;
        to->value.tag = NULL;
        to->name = pool_text(b->pool, from->name);
        to->value.string = pool_text(b->pool, from->value.string);
        if (to->name != NULL)
            out->count++;
    }
    return out->entries != NULL;
}

static void read_call(struct build *b, const struct statement *s, struct step *step)
{
    const struct decl_entry *query = decl_entry(&s->body, "query"), *ok = decl_entry(&s->body,
        "ok"), *timeout = decl_entry(&s->body, "timeout");
    int64_t ms = CALL_TIMEOUT_MS;
    size_t follow = flow_step_index(step) + 1;

    read_method(b, s, step);
    (void)flow_read_function(b, s, decl_entry(&s->body, "body"), &step->body);
    if (step->body != DECL_NO_FUNCTION && step->method != NULL && strcmp(step->method, "GET") == 0)
        flow_report(b, CODE_WRONG_VALUE, flow_at_entry(s, decl_entry(&s->body, "body")), "use query = { … }",
                    "a GET has no body");
    if (flow_read_table(b, s, query))
        (void)copy_query(b, s, query, &step->query);
    flow_read_auth(b, s, step);
    flow_read_pages(b, s, step);
    read_saves(b, s, step);
    if (ok != NULL)
        (void)flow_read_target(b, s, step->flow, &ok->value, false, &step->ok);
    else if (follow < step->flow->step_count)
        step->ok.step = &step->flow->steps[follow];
    read_fail(b, s, step);
    if (timeout != NULL && flow_read_duration(b, s, &timeout->value, &ms) && ms > CALL_TIMEOUT_MAX_MS)
        flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &timeout->value), NULL, "`timeout` is at most %d s",
                    CALL_TIMEOUT_MAX_MS / 1000);
    step->timeout_ms = (int)(ms > CALL_TIMEOUT_MAX_MS ? CALL_TIMEOUT_MAX_MS : ms);
}

/* f:set "ajouter" { person = { panier = function(c) … end } } */
static void set_person(struct build *b, const struct statement *s, struct step *step, const struct decl *d)
{
    for (size_t i = 0; i < d->count; i++) {
        const struct decl_entry *e = &d->entries[i];
        char name[TALK_NAME_MAX + 16];

        (void)snprintf(name, sizeof name, "person.%.64s", e->name == NULL ? "" : e->name);
        if (!flow_need_person(b, flow_at_entry(s, e), e->name == NULL ? "" : e->name)
            || !flow_read_function(b, s, e, &step->sets[step->set_count].function))
            continue;
        step->sets[step->set_count].name = pool_text(b->pool, name);
        if (step->sets[step->set_count].name != NULL)
            step->set_count++;
    }
}

static size_t decl_count(const struct decl *d) { return d != NULL && d->type == DECL_TABLE ? d->count : 0; }

static void read_set(struct build *b, const struct statement *s, struct step *step)
{
    const struct decl *d = &s->body;

    step->sets = pool_array(b->pool, d->count + decl_count(decl_get(d, "person")), sizeof *step->sets);
    for (size_t i = 0; i < d->count && step->sets != NULL; i++) {
        const struct decl_entry *e = &d->entries[i];

        if (e->name != NULL && strcmp(e->name, "next") == 0 && e->value.type == DECL_STRING)
            continue;
        if (e->name != NULL && (strcmp(e->name, "plan") == 0 || strcmp(e->name, "budget") == 0) && e->value.type == DECL_TABLE)
            continue;
        if (e->name != NULL && strcmp(e->name, "person") == 0 && e->value.type == DECL_TABLE) {
            set_person(b, s, step, &e->value);
            continue;
        }
        if (!flow_read_name(b, flow_at_entry(s, e), e->name, "variable"))
            continue;
        if (flow_profile_name(e->name) && strcmp(e->name, "langue") != 0)
            flow_report(b, CODE_PROFILE_NAME, flow_at_entry(s, e), "choose another name",
                        "\"%.64s\" is known already and cannot be set", e->name);
        if (!flow_read_function(b, s, e, &step->sets[step->set_count].function))
            continue;
        step->sets[step->set_count].name = pool_text(b->pool, e->name);
        if (step->sets[step->set_count].name != NULL)
            step->set_count++;
    }
    if (decl_entry(d, "next") == NULL || decl_entry(d, "next")->value.type == DECL_STRING)
        read_next(b, s, step);
    if (d->count == 0)
        need(b, s, "a variable", "f:set \"nom\" { total = function(c) … end }");
}

static void read_run(struct build *b, const struct statement *s, struct step *step)
{
    const struct decl_entry *flow = decl_entry(&s->body, "flow");
    struct event_var *saves = NULL;
    size_t count = 0;

    if (flow == NULL)
        need(b, s, "flow", "flow = \"paiement\"");
    else
        (void)flow_read_flow(b, s, &flow->value, &step->run);
    (void)flow_read_pairs(b, s, decl_entry(&s->body, "give"), &step->gives, &step->give_count);
    if (flow_read_pairs(b, s, decl_entry(&s->body, "save"), &saves, &count))
        step->saves = pool_array(b->pool, count, sizeof *step->saves);
    for (size_t i = 0; i < count && step->saves != NULL; i++)
        step->saves[step->save_count++] = (struct save_rule){ .name = saves[i].name, .path = saves[i].path,
            .function = DECL_NO_FUNCTION };
    read_next(b, s, step);
    for (size_t i = 0; step->run != NULL && i < step->give_count; i++) {
        bool taken = false;

        for (size_t k = 0; k < step->run->take_count; k++)
            taken = taken || strcmp(step->run->takes[k], step->gives[i].name) == 0;
        if (!taken)
            flow_report(b, CODE_WRONG_VALUE, flow_at_entry(s, decl_entry(&s->body, "give")),
                        "name it in f.takes there", "the flow \"%.64s\" does not take \"%.64s\"", step->run->name, step->gives[i].name);
    }
}

static void read_finish(struct build *b, const struct statement *s, struct step *step)
{
    read_say(b, s, step, false);
    step->closes = flow_read_session_name(b, s, "closes");
    flow_read_handover(b, s, decl_entry(&s->body, "handover"), step);
    (void)flow_read_pairs(b, s, decl_entry(&s->body, "result"), &step->results, &step->result_count);
}

bool flow_read_step(struct build *b, const struct statement *s, struct flow *f, struct step *step)
{
    step->flow = f;
    step->body = step->check = step->list = DECL_NO_FUNCTION;
    if (s->body.type != DECL_TABLE) {
        flow_report(b, CODE_WRONG_VALUE, flow_at(s), "f:ask \"nom\" { … }", "%s \"%.64s\" has no { … }",
                    s->verb, s->name);
        return pool_ok(b->pool);
    }
    if (step->kind != STEP_BRANCH && step->kind != STEP_SET)      /* these name what else may stand in them */
        flow_read_keys(b, s, &s->body, VERBS[step->kind]);
    switch (step->kind) {
    case STEP_ASK:
    case STEP_CHOOSE: read_waiting(b, s, step); break;
    case STEP_CALL:   read_call(b, s, step); break;
    case STEP_BRANCH: read_branch(b, s, step); break;
    case STEP_SAY:    read_say(b, s, step, true); read_next(b, s, step); break;
    case STEP_SET:    read_set(b, s, step); break;
    case STEP_RUN:    read_run(b, s, step); break;
    case STEP_FINISH: read_finish(b, s, step); break;
    }
    flow_read_plans(b, s, decl_entry(&s->body, "plan"), &step->plans, &step->plan_count);
    step->budget = f->budget;
    flow_read_budget(b, s, decl_entry(&s->body, "budget"), &step->budget);
    return pool_ok(b->pool);
}
