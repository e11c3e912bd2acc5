/*
 * What each `! …` does.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialog.h"

enum { STATE_TEXT_MAX = 64 * 1024 };

static bool no_memory(struct play *p) { return play_fails(p, "%s", SAY("out of memory", "mémoire insuffisante")); }

/* ---- people ---- */

/* A number, true, "a text" or {…} as it is meant; anything else is a text. */
static cJSON *value_of(const char *text)
{
    struct error err = { "" };
    cJSON *json = text[0] == '\0' ? NULL : json_parse(text, strlen(text), &err);

    return json != NULL ? json : cJSON_CreateString(text);
}

static cJSON *pairs_of(const struct order *o)
{
    cJSON *all = cJSON_CreateObject();

    for (size_t i = 0; all != NULL && i < o->pair_count; i++)
        if (!json_add(all, o->keys[i], value_of(o->values[i]))) {
            cJSON_Delete(all);
            all = NULL;
        }
    return all;
}

static bool plant(struct play *p, struct person *who, const cJSON *state, int64_t wait_ms, bool heard)
{
    char *text = json_print(state, NULL);
    uint64_t seq = 0;
    bool ok = text != NULL && world_plant(p->w, who, text, wait_ms, heard, &seq);

    free(text);
    return ok;
}

static bool add_lasting(cJSON *state, const struct person *who)
{
    return json_add_str(state, "lang", who->language) &&
           (who->fields == NULL || json_add(state, "person", cJSON_Duplicate(who->fields, true)));
}

static bool do_person(struct play *p, const struct order *o)
{
    struct person *who;
    cJSON *state;
    bool ok;

    for (size_t i = 0; i < p->w->people_count; i++)
        if (strcmp(p->w->people[i].who, o->name) == 0)
            return play_fails(p, SAY("%s is here already", "%s est déjà là"), o->name);
    who = world_person_add(p->w, o->name, o->value, o->extra, o->language);
    if (who == NULL)
        return false;
    if (o->pair_count > 0 && (who->fields = pairs_of(o)) == NULL)
        return no_memory(p);
    if (strcmp(who->language, "fr") == 0 && who->fields == NULL)
        return true;
    state = cJSON_CreateObject();
    ok = state != NULL && add_lasting(state, who);
    ok = ok ? plant(p, who, state, 0, false) : no_memory(p);
    cJSON_Delete(state);
    return ok;
}

static bool do_langue(struct play *p, const struct order *o)
{
    struct person *who = play_who(p, NULL);
    struct error err = { "" };
    cJSON *state = NULL;
    char *language;
    bool ok;

    if (who == NULL)
        return false;
    state = who->state == NULL ? cJSON_CreateObject() : json_parse(who->state, who->state_len, &err);
    language = strdup(o->name);
    if (state == NULL || language == NULL) {
        cJSON_Delete(state);
        free(language);
        return no_memory(p);
    }
    free(who->language);
    who->language = language;
    cJSON_DeleteItemFromObjectCaseSensitive(state, "lang");
    ok = json_add_str(state, "lang", language);
    cJSON_DeleteItemFromObjectCaseSensitive(state, "turn");
    cJSON_DeleteItemFromObjectCaseSensitive(state, "run");
    ok = ok ? plant(p, who, state, 0, false) : no_memory(p);
    cJSON_Delete(state);
    return ok;
}

static const struct step *step_named(struct play *p, const char *name)
{
    const char *dot = strrchr(name, '.');
    char flow[TALK_NAME_MAX + 1];
    const struct flow *f;
    const struct step *s;

    (void)snprintf(flow, sizeof flow, "%.*s", (int)(dot - name), name);
    f = flows_find(p->w->generation->flows, flow);
    s = f == NULL ? NULL : flow_step(f, dot + 1);
    if (f == NULL)
        (void)play_fails(p, SAY("there is no flow \"%s\"", "il n'y a pas de parcours « %s »"), flow);
    else if (s == NULL)
        (void)play_fails(p, SAY("the flow \"%s\" has no step \"%s\"", "le parcours « %s » n'a pas d'étape « %s »"), flow, dot + 1);
    return s;
}

static bool do_at(struct play *p, const struct order *o)
{
    struct person *who = play_who(p, NULL);
    const struct step *s = who == NULL ? NULL : step_named(p, o->name);
    cJSON *state = s == NULL ? NULL : cJSON_CreateObject();
    int64_t wait;
    bool ok;

    if (s == NULL)
        return false;
    if (!step_waits(s)) {
        cJSON_Delete(state);
        return play_fails(p, SAY("nobody is asked at %s: begin at an `ask` or a `choose`", "personne n'est interrogé à %s : commencez à un `ask` ou un `choose`"), o->name);
    }
    wait = s->has_remind ? s->remind.after_ms : s->has_expire ? s->expire.after_ms : s->flow->expire.after_ms;
    ok = state != NULL && json_add_str(state, "flow", s->flow->name) && json_add_str(state, "step", s->name) && add_lasting(state, who) &&
         json_add_int(state, "asked_ms", world_now(p->w)) && json_add_bool(state, "armed", true) && json_add(state, "vars", pairs_of(o));
    ok = ok ? plant(p, who, state, wait, true) : no_memory(p);
    cJSON_Delete(state);
    return ok;
}

/* ---- the backend ---- */

static bool do_stub(struct play *p, const struct order *o)
{
    struct world *w = p->w;
    struct stub *list = reallocarray(w->stubs, w->stub_count + 1, sizeof *list), *s;

    if (list == NULL)
        return no_memory(p);
    w->stubs = list;
    s = &list[w->stub_count++];
    *s = (struct stub){ .method = strdup(o->name), .path = strdup(o->value), .from = p->at, .status = o->number, .after_ms = o->ms,
                        .timeout = o->extra != NULL && strcmp(o->extra, "timeout") == 0,
                        .network = o->extra != NULL && strcmp(o->extra, "network") == 0,
                        .body = o->json == NULL ? NULL : json_print(o->json, NULL) };
    return (s->method != NULL && s->path != NULL && (o->json == NULL || s->body != NULL)) || no_memory(p);
}

static bool path_fits(const struct called *c, const char *path)
{
    char bare[2048];

    (void)snprintf(bare, sizeof bare, "%.*s", strchr(path, '?') != NULL ? (int)strlen(c->path) : (int)strcspn(c->path, "?"), c->path);
    return match_line(path, bare, NULL);
}

static bool not_called(struct play *p, const struct order *o)
{
    struct buf body;

    buf_init(&body, STATE_TEXT_MAX);
    buf_addf(&body, SAY("      the backend did not receive %s %s", "      le service n'a pas reçu %s %s"), o->name, o->value);
    for (size_t i = 0; i < p->w->called_count; i++)
        if (!p->w->called[i].matched)
            buf_addf(&body, SAY("\n      but it received %s %s", "\n      mais il a reçu %s %s"), p->w->called[i].method, p->w->called[i].path);
    buf_addc(&body, '\n');
    (void)play_fail(p, &body, NULL);
    buf_free(&body);
    return false;
}

static bool body_fits(struct play *p, const struct order *o, const struct called *c)
{
    struct error err = { "" };
    cJSON *got = json_parse(c->body, strlen(c->body), &err);
    struct buf where, body;
    bool ok;

    buf_init(&where, 4096);
    ok = got != NULL && match_json(o->json, got, &p->captures, &where);
    if (!ok && p->update) {
        ok = play_edit(p, p->at->line, p->at->last, update_sent(p->at, o->json, c->body));
    } else if (!ok) {
        char *want = json_print(o->json, NULL);

        buf_init(&body, STATE_TEXT_MAX);
        buf_addf(&body, SAY("      the backend received something else, first at %s:\n    - %s\n    + %s\n",
                            "      le service a reçu autre chose, d'abord à %s :\n    - %s\n    + %s\n"),
                 where.len > 0 ? buf_str(&where) : ".", want == NULL ? "" : want, c->body);
        (void)play_fail(p, &body, NULL);
        buf_free(&body);
        free(want);
    }
    buf_free(&where);
    cJSON_Delete(got);
    return ok;
}

static bool do_sent(struct play *p, const struct order *o)
{
    for (size_t i = 0; i < p->w->called_count; i++) {
        struct called *c = &p->w->called[i];

        if (c->matched || strcmp(c->method, o->name) != 0 || !path_fits(c, o->value))
            continue;
        c->matched = true;
        return o->json == NULL || body_fits(p, o, c);
    }
    return not_called(p, o);
}

static bool do_event(struct play *p, const struct order *o)
{
    struct world *w = p->w;
    struct event e = { .kind = EVENT_BACKEND, .at_ms = world_now(w), .name = o->name, .data = o->json, .id = json_str(o->json, "event_id") };
    char id[40];

    if (e.id == NULL) {
        (void)snprintf(id, sizeof id, "evt-%" PRIu64, ++w->serial);
        e.id = id;
    }
    return world_event(w, NULL, &e);
}

/* ---- WhatsApp ---- */

static const struct said *status_of(struct play *p, const struct order *o)
{
    struct world *w = p->w;
    bool last = o->value == NULL || strcmp(o->value, "last") == 0;

    for (size_t i = w->said_count; i > 0; i--)
        if (last || (w->said[i - 1].id != NULL && strcmp(w->said[i - 1].id, o->value) == 0))
            return &w->said[i - 1];
    (void)play_fails(p, SAY("no such message was sent: %s", "aucun message de ce nom n'est parti : %s"), last ? "last" : o->value);
    return NULL;
}

static bool do_status(struct play *p, const struct order *o)
{
    const struct said *s = status_of(p, o);
    bool failed = strcmp(o->name, "failed") == 0;
    enum store_rank rank = strcmp(o->name, "read") == 0 ? RANK_READ : strcmp(o->name, "delivered") == 0 ? RANK_DELIVERED : RANK_SENT;

    return s != NULL && world_status(p->w, s, failed ? RANK_NONE : rank, failed, o->number) && world_settle(p->w);
}

static bool do_silence(struct play *p) { return play_leftover(p, NULL); }

/* ---- what is waiting ---- */

static bool state_value(const cJSON *state, const char *key, char *out, size_t size)
{
    const cJSON *value = json_path(state, key);
    char *text = value == NULL || cJSON_IsString(value) ? NULL : json_print(value, NULL);

    if (value == NULL && (strcmp(key, "step") == 0 || strcmp(key, "flow") == 0))
        (void)snprintf(out, size, "none");
    else
        (void)snprintf(out, size, "%s", value == NULL ? "none" : cJSON_IsString(value) ? value->valuestring : text == NULL ? "" : text);
    free(text);
    return true;
}

static bool do_state(struct play *p, const struct order *o)
{
    struct person *who = play_who(p, NULL);
    struct error err = { "" };
    cJSON *state = who == NULL ? NULL : who->state == NULL ? cJSON_CreateObject() : json_parse(who->state, who->state_len, &err);
    bool ok = state != NULL;

    for (size_t i = 0; ok && i < o->pair_count; i++) {
        char text[4096], *want, *got;

        (void)state_value(state, o->keys[i], text, sizeof text);
        want = match_fold(o->values[i]);
        got = match_fold(text);
        ok = want != NULL && got != NULL && match_line(want, got, &p->captures);
        if (!ok)
            (void)play_fails(p, SAY("the state has %s=%.300s, expected was %.300s", "l'état a %s=%.300s, on attendait %.300s"), o->keys[i], text, o->values[i]);
        free(want);
        free(got);
    }
    cJSON_Delete(state);
    return ok;
}

static bool do_timers(struct play *p, const struct order *o)
{
    struct person *who = play_who(p, NULL);

    if (who == NULL)
        return false;
    p->timers_known = true;
    return who->timer_count == (size_t)o->number ||
           play_fails(p, SAY("%zu timers are waiting, expected were %d", "%zu échéances attendent, on en attendait %d"), who->timer_count, o->number);
}

/* The message that "wait" will say, as long as it will. */
static const char *reminder(const struct play *p, const struct person *who)
{
    struct error err = { "" };
    cJSON *state = who->state == NULL ? NULL : json_parse(who->state, who->state_len, &err);
    const char *flow = json_str(state, "flow"), *name = json_str(state, "step");
    const struct flow *f = flow == NULL ? NULL : flows_find(p->w->generation->flows, flow);
    const struct step *s = f == NULL || name == NULL ? NULL : flow_step(f, name);
    const char *id = s != NULL && s->has_remind && !json_bool(state, "reminded") ? wording_id(s->remind.say) : NULL;

    cJSON_Delete(state);
    return id;
}

static bool do_timer(struct play *p, const struct order *o)
{
    struct person *who = play_who(p, NULL);
    const char *says = who == NULL ? NULL : reminder(p, who);

    for (size_t i = 0; who != NULL && i < who->timer_count; i++) {
        const struct dialog_timer *t = &who->timers[i];
        int64_t left = t->due_ms - world_now(p->w);

        if (strcmp(t->name, o->name) != 0 && (strcmp(t->name, "wait") != 0 || says == NULL || strcmp(says, o->name) != 0))
            continue;
        p->timers_known = true;
        return left == o->ms || play_fails(p, SAY("%s comes in %.1f min, expected were %.1f", "%s vient dans %.1f min, on attendait %.1f"), o->name,
                                           (double)left / 60000, (double)o->ms / 60000);
    }
    return who != NULL && play_fails(p, SAY("no timer for %s is waiting", "aucune échéance n'attend pour %s"), o->name);
}

/* ---- time and the host ---- */

static bool do_clock(struct play *p, const struct order *o)
{
    int64_t ahead = o->ms - world_now(p->w);

    return ahead < 0 ? play_fails(p, "%s", SAY("the clock does not go back", "l'horloge ne recule pas")) : world_pass(p->w, ahead);
}

static bool do_reload(struct play *p, const struct order *o)
{
    const char *from = p->d->sources[p->at->source], *slash = strrchr(from, '/');
    char folder[1024];
    struct error err = { "" };

    if (o->name[0] == '/')
        (void)snprintf(folder, sizeof folder, "%s", o->name);
    else
        (void)snprintf(folder, sizeof folder, "%.*s%s", slash == NULL ? 0 : (int)(slash - from + 1), from, o->name);
    return world_scripts(p->w, folder, &err) || play_fails(p, SAY("the scripts are refused: %s", "les scripts sont refusés : %s"), err.text);
}

static bool changes(enum order_kind kind)
{
    return kind == ORDER_EVENT || kind == ORDER_PASS || kind == ORDER_AT || kind == ORDER_RELOAD;
}

bool play_order(struct play *p, const struct order *o)
{
    if (changes(o->kind)) {
        p->timers_known = false;
        if (!play_leftover(p, NULL))
            return false;
    }
    switch (o->kind) {
    case ORDER_PERSON:  return do_person(p, o);
    case ORDER_CLOCK:   return do_clock(p, o);
    case ORDER_PASS:    return world_pass(p->w, o->ms);
    case ORDER_STUB:    return do_stub(p, o);
    case ORDER_SENT:    return do_sent(p, o);
    case ORDER_EVENT:   return do_event(p, o);
    case ORDER_STATUS:  return do_status(p, o);
    case ORDER_STATE:   return do_state(p, o);
    case ORDER_TIMERS:  return do_timers(p, o);
    case ORDER_TIMER:   return do_timer(p, o);
    case ORDER_SILENCE: return do_silence(p);
    case ORDER_AGAIN:   return world_again(p->w) && world_settle(p->w);
    case ORDER_RESTART: return world_restart(p->w) && world_settle(p->w);
    case ORDER_RELOAD:  return do_reload(p, o);
    case ORDER_AT:      return do_at(p, o);
    case ORDER_LANGUE:  return do_langue(p, o);
    case ORDER_PACING:
        p->w->pacing = o->on;
        return world_restart(p->w);
    case ORDER_INCLUDE: return true;   /* read with the file */
    }
    return false;
}
