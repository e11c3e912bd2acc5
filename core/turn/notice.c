/*
 * Backend events. In the routing conversation the `on` statement says whose they are, and each of those people gets an
 * event of their own; at the person its words leave, once, and never about a stage that a later one has overtaken.
 *
 * What is remembered a subject: {"t": type, "k": key, "r": rank, "n": how many were sent, "turns": […], "vars": {…}}.
 * The turns and the variables are for taps on a notification's buttons, days later.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/phone.h"
#include "lisolo/base/utf8.h"
#include "private.h"

enum { VALUE_MAX = 256, TURNS_MAX = 8 };

/* ---- whose it is ---- */

/* A number without a country is the deployment's, unless the event names one; never the customer's (decisions.md). */
static const char *country_of(const struct turn *t, const cJSON *data)
{
    const char *named = json_str(data, "country");

    if (named == NULL)
        named = json_str(data, "pays");
    return named != NULL && phone_country_known(named) ? named : t->gen->country;
}

/* Webhook ids are the sender's; an `once` is the author's own idea of what is the same, and then the id does not matter. */
static const char *event_id(const struct turn *t, const struct event_rule *rule, char own[VALUE_MAX])
{
    if (rule->once != NULL && turn_scalar(json_path(t->in->event->data, rule->once), own, VALUE_MAX))
        return own;
    if (t->in->event->id != NULL)
        return t->in->event->id;
    (void)snprintf(own, VALUE_MAX, "%" PRId64 ":%" PRIu64, t->in->conv, t->in->seq);
    return own;
}

static bool route_to(struct turn *t, const struct event_rule *rule, const cJSON *number)
{
    const struct event *e = t->in->event;
    struct event notice = { .kind = EVENT_NOTICE, .at_ms = e->at_ms, .id = e->id, .name = rule->type,
                            .text = rule->type, .data = e->data };
    char typed[VALUE_MAX], own[VALUE_MAX], phone[PHONE_MAX], *body;
    struct store_item *item;
    size_t len = 0;

    if (!turn_scalar(number, typed, sizeof typed) || !phone_parse(typed, country_of(t, e->data), phone))
        return turn_note(t, "`to` = \"%.64s\" is not a telephone number", rule->to);
    if (t->commit->notice_count == TURN_NOTICES_MAX)
        return turn_note(t, "\"%.64s\" is for too many people: the rest got nothing", rule->type);
    body = event_print(&notice, &len);
    if (body == NULL)
        return turn_broken(t);
    item = &t->commit->notices[t->commit->notice_count++];
    item->kind = STORE_EVENT;
    item->phone = pool_text(t->pool, phone);
    item->body = (struct blob){ pool_bytes(t->pool, body, len), len };
    item->at_ms = e->at_ms;
    free(body);
    if (item->phone == NULL || item->body.data == NULL)
        return turn_broken(t);
    store_key(item->key, "notice", rule->type, event_id(t, rule, own), item->phone, NULL);
    return true;
}

bool turn_backend(struct turn *t)
{
    const struct event *e = t->in->event;
    const struct event_rule *rule = e->name == NULL ? NULL : flows_event(t->flows, e->name);
    const cJSON *to, *number;

    if (rule == NULL)
        return turn_note(t, "no `on` statement for \"%.64s\"", e->name == NULL ? "" : e->name);
    to = json_path(e->data, rule->to);
    if (!cJSON_IsArray(to))
        return route_to(t, rule, to);
    cJSON_ArrayForEach(number, to)
        if (!route_to(t, rule, number))
            return false;
    return true;
}

/* ---- subjects ---- */

static cJSON *find_subject(const struct turn *t, const char *type, const char *key)
{
    cJSON *item;

    cJSON_ArrayForEach(item, t->st.notices) {
        const char *own_type = json_str(item, "t"), *own_key = json_str(item, "k");

        if (own_type != NULL && own_key != NULL && strcmp(own_type, type) == 0 && strcmp(own_key, key) == 0)
            return item;
    }
    return NULL;
}

/* The latest stand last; the oldest is forgotten. */
static cJSON *renew_subject(struct turn *t, const char *type, const char *key)
{
    cJSON *item = find_subject(t, type, key);

    if (item != NULL) {
        item = cJSON_DetachItemViaPointer(t->st.notices, item);
    } else {
        item = cJSON_CreateObject();
        if (item == NULL || !json_add_str(item, "t", type) || !json_add_str(item, "k", key)) {
            cJSON_Delete(item);
            item = NULL;
        }
    }
    if (item == NULL || !json_add(t->st.notices, NULL, item)) {
        (void)turn_broken(t);
        return NULL;
    }
    while (cJSON_GetArraySize(t->st.notices) > SUBJECTS_MAX)
        cJSON_DeleteItemFromArray(t->st.notices, 0);
    return item;
}

static bool put(cJSON *subject, const char *key, cJSON *value)
{
    cJSON_DeleteItemFromObjectCaseSensitive(subject, key);
    return json_add(subject, key, value);
}

/* What the taps of this statement give to their flows, from the variables of this notification. */
static cJSON *tap_values(const struct event_rule *rule, const cJSON *vars)
{
    cJSON *kept = cJSON_CreateObject();

    for (size_t i = 0; kept != NULL && i < rule->tap_count; i++)
        for (size_t k = 0; k < rule->taps[i].give_count; k++) {
            const struct event_var *give = &rule->taps[i].gives[k];
            const cJSON *value = json_path(vars, give->path);

            if (value == NULL || cJSON_GetObjectItemCaseSensitive(kept, give->path) != NULL)
                continue;
            if (!json_add(kept, give->path, cJSON_Duplicate(value, true))) {
                cJSON_Delete(kept);
                return NULL;
            }
        }
    return kept;
}

static bool remember_taps(struct turn *t, const struct event_rule *rule, cJSON *subject)
{
    cJSON *turns = cJSON_DetachItemFromObjectCaseSensitive(subject, "turns"), *vars = tap_values(rule, t->extra);

    if (turns == NULL)
        turns = cJSON_CreateArray();
    if (turns == NULL || vars == NULL || !json_add_int(turns, NULL, (int64_t)t->in->seq)) {
        cJSON_Delete(turns);
        cJSON_Delete(vars);
        return false;
    }
    while (cJSON_GetArraySize(turns) > TURNS_MAX)
        cJSON_DeleteItemFromArray(turns, 0);
    if (!put(subject, "turns", turns)) {
        cJSON_Delete(vars);
        return false;
    }
    return put(subject, "vars", vars);
}

static bool remember(struct turn *t, const struct event_rule *rule, const char *key, size_t rank)
{
    cJSON *subject = renew_subject(t, rule->type, key);
    int64_t n = 0;

    if (subject == NULL)
        return false;
    (void)json_int(subject, "n", &n);
    if (!put(subject, "r", cJSON_CreateNumber((double)rank)) || !put(subject, "n",
                                                                     cJSON_CreateNumber((double)n + 1)))
        return turn_broken(t);
    return rule->tap_count == 0 || remember_taps(t, rule, subject) || turn_broken(t);
}

/* ---- at the person ---- */

static const struct event_case *find_case(const struct event_rule *rule, const cJSON *data)
{
    char typed[VALUE_MAX], word[VALUE_MAX];

    if (rule->by == NULL)
        return rule->case_count > 0 ? &rule->cases[0] : NULL;
    if (!turn_scalar(json_path(data, rule->by), typed, sizeof typed) || !utf8_fold(typed, word, sizeof word))
        return NULL;
    for (size_t i = 0; i < rule->case_count; i++)
        for (size_t k = 0; k < rule->cases[i].is_count; k++)
            if (strcmp(rule->cases[i].is[k], word) == 0)
                return &rule->cases[i];
    return NULL;
}

/* What is the same subject: the author's `key`; else the event itself. */
static void subject_key(const struct turn *t, const struct event_rule *rule, char key[VALUE_MAX])
{
    char own[VALUE_MAX];

    if (rule->key != NULL && turn_scalar(json_path(t->in->event->data, rule->key), key, VALUE_MAX))
        return;
    (void)snprintf(key, VALUE_MAX, "#%.200s", event_id(t, rule, own));
}

/* A stage that was announced, or a later one: nothing is said about it any more. */
static bool is_over(const struct turn *t, const struct event_rule *rule, const char *key, size_t rank)
{
    const cJSON *subject = find_subject(t, rule->type, key);
    int64_t said = 0, n = 0;

    if (subject == NULL)
        return false;
    (void)json_int(subject, "r", &said);
    (void)json_int(subject, "n", &n);
    if (rule->limit > 0 && n >= rule->limit)
        return true;
    return rule->by != NULL ? (int64_t)rank <= said : rule->key == NULL || rule->once != NULL;
}

static cJSON *variables(struct turn *t, const struct event_rule *rule)
{
    cJSON *vars = cJSON_CreateObject();

    for (size_t i = 0; vars != NULL && i < rule->var_count; i++) {
        const cJSON *value = json_path(t->in->event->data, rule->vars[i].path);

        if (value == NULL || cJSON_IsNull(value))
            continue;
        if (!json_add(vars, rule->vars[i].name, cJSON_Duplicate(value, true))) {
            cJSON_Delete(vars);
            vars = NULL;
        }
    }
    if (vars == NULL)
        t->broken = true;
    return vars;
}

static bool make_plans(struct turn *t, const struct event_rule *rule, const struct event_case *found)
{
    struct plan_place of_rule = { .on = rule->type }, of_case = { .on = rule->type, .word = found->is_count > 0 ? found->is[0] : NULL };

    return turn_plans(t, rule->plans, rule->plan_count, &of_rule) && turn_plans(t, found->plans, found->plan_count, &of_case);
}

bool turn_notice(struct turn *t)
{
    const struct event *e = t->in->event;
    const struct event_rule *rule = e->name == NULL ? NULL : flows_event(t->flows, e->name);
    const struct event_case *found = rule == NULL ? NULL : find_case(rule, e->data);
    char key[VALUE_MAX];
    cJSON *vars;
    bool ok, kept;

    if (rule == NULL)
        return turn_note(t, "no `on` statement for \"%.64s\"", e->name == NULL ? "" : e->name);
    if (found == NULL)
        return turn_note(t, "\"%.64s\": no case for this event", rule->type);
    subject_key(t, rule, key);
    if (is_over(t, rule, key, (size_t)(found - rule->cases)))
        return turn_note(t, "\"%.64s\": said already, or overtaken", rule->type);
    if (!t->saying_kept && (!asking_keep(t, rule, key, (size_t)(found - rule->cases), &kept) || kept))
        return !t->broken;
    vars = variables(t, rule);
    if (vars == NULL)
        return false;
    t->extra = vars;
    t->rule = rule;
    ok = turn_notify(t, found) && remember(t, rule, key, (size_t)(found - rule->cases)) && make_plans(t, rule, found);
    t->extra = NULL;
    t->rule = NULL;
    cJSON_Delete(vars);
    return ok && (rule->when_asking != ASKING_REPEAT || asking_repeat(t));
}

/* ---- taps ---- */

static const cJSON *subject_of_turn(const struct turn *t, uint64_t turn)
{
    const cJSON *subject, *number;

    cJSON_ArrayForEach(subject, t->st.notices)
        cJSON_ArrayForEach(number, json_get(subject, "turns"))
            if (cJSON_IsNumber(number) && number->valuedouble == (double)turn)
                return subject;
    return NULL;
}

static const struct choice_target *find_tap(const struct turn *t, const cJSON *subject, const char *choice)
{
    const struct event_rule *rule = subject == NULL || json_str(subject, "t") == NULL ? NULL
        : flows_event(t->flows, json_str(subject, "t"));

    for (size_t i = 0; rule != NULL && i < rule->tap_count; i++)
        if (strcmp(rule->taps[i].id, choice) == 0)
            return &rule->taps[i];
    return NULL;
}

bool notice_tap(struct turn *t, const char *choice, uint64_t turn, bool *known)
{
    const cJSON *subject = subject_of_turn(t, turn), *kept = json_get(subject, "vars");
    const struct choice_target *tap = find_tap(t, subject, choice);
    cJSON *vars;

    *known = tap != NULL;
    if (tap == NULL)
        return true;
    vars = cJSON_CreateObject();
    for (size_t i = 0; vars != NULL && i < tap->give_count; i++) {
        const cJSON *value = json_get(kept, tap->gives[i].path);

        if (value != NULL && !json_add(vars, tap->gives[i].name, cJSON_Duplicate(value, true))) {
            cJSON_Delete(vars);
            vars = NULL;
        }
    }
    if (vars == NULL)
        return turn_broken(t);
    return turn_interrupt(t, tap->to.flow, vars);
}
