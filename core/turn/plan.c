/*
 * Plans: messages that were promised for later. They outlive the flow that made them and the scripts that declared them: what is
 * kept is where the declaration stands and the values that its words need, and the rest is looked up when the time has come.
 *
 * One plan in the state: {"n": name, "flow": …, "step": …} or {"n": …, "on": type, "case": first word}, {"vars": {…}, "u": what `unless`
 * names, "turn": number of the turn that set its timer, "due": ms, "until": ms}. Its timer is "plan:<name>".
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "private.h"

static const char TIMER_HEAD[] = "plan:";

/* ---- timers ---- */

/* "wait", "gather" and "staff" are set when everything else has been done: their rows must not be taken by then. */
enum { OWN_TIMERS = 3, ROWS_MAX = TURN_TIMERS_MAX - OWN_TIMERS };

/* One row for each name: what is set twice in a turn is set once. due_ms 0 takes it away. */
bool turn_timer_row(struct turn *t, const char *head, const char *name, int64_t due_ms)
{
    char full[sizeof t->commit->timers->name] = "";      /* the whole row is the same for the same turn */
    struct store_timer *row = NULL;

    (void)snprintf(full, sizeof full, "%s%s", head, name);
    for (size_t i = 0; i < t->commit->timer_count && row == NULL; i++)
        if (strcmp(t->commit->timers[i].name, full) == 0)
            row = &t->commit->timers[i];
    if (row == NULL && t->commit->timer_count >= ROWS_MAX)
        return turn_fail(t, t->step == NULL ? "" : t->step->file, t->step == NULL ? 0 : t->step->line, "more than %d timers in one turn", ROWS_MAX);
    if (row == NULL)
        row = &t->commit->timers[t->commit->timer_count++];
    *row = (struct store_timer){ .guard = t->in->seq, .due_ms = due_ms };
    memcpy(row->name, full, sizeof full);
    return true;
}

/* ---- the list ---- */

static cJSON *find(const struct turn *t, const char *name)
{
    cJSON *item;

    cJSON_ArrayForEach(item, t->st.plans) {
        const char *own = json_str(item, "n");

        if (own != NULL && strcmp(own, name) == 0)
            return item;
    }
    return NULL;
}

static bool drop(struct turn *t, cJSON *item)
{
    cJSON_Delete(cJSON_DetachItemViaPointer(t->st.plans, item));
    return true;
}

static bool put_int(cJSON *item, const char *key, int64_t n)
{
    cJSON_DeleteItemFromObjectCaseSensitive(item, key);
    return json_add_int(item, key, n);
}

/* What falls into quiet hours waits for their end, unless it would rather be dropped: then it is looked at in its own time. */
static bool arm(struct turn *t, const struct plan_rule *rule, cJSON *item, int64_t due_ms)
{
    int64_t at = rule->drop ? due_ms : hours_loud(t, &rule->quiet, due_ms);

    if (!put_int(item, "due", due_ms) || !put_int(item, "turn", (int64_t)t->in->seq))
        return turn_broken(t);
    return turn_timer_row(t, TIMER_HEAD, rule->name, at);
}

/* A courier's `telephone` that the event named is not the person's, which would be read when the time has come. */
static bool keep_named(struct turn *t, cJSON *vars)
{
    bool ok = true;

    for (size_t i = 0; ok && t->rule != NULL && i < t->rule->var_count; i++) {
        const char *name = t->rule->vars[i].name;
        const cJSON *value = flow_profile_name(name) ? json_get(t->extra, name) : NULL;

        ok = value == NULL || json_add(vars, name, cJSON_Duplicate(value, true));
    }
    return ok;
}

static cJSON *values(struct turn *t, const struct plan_rule *rule)
{
    cJSON *vars = cJSON_CreateObject();

    for (size_t i = 0; vars != NULL && i < rule->keep_count; i++) {
        const cJSON *value = turn_value(t, rule->keeps[i]);

        if (!t->failed && !t->broken && (value == NULL || json_add(vars, rule->keeps[i], cJSON_Duplicate(value, true))))
            continue;
        cJSON_Delete(vars);
        vars = NULL;
    }
    if (vars != NULL && !keep_named(t, vars)) {
        cJSON_Delete(vars);
        vars = NULL;
    }
    if (vars == NULL && !t->failed)
        (void)turn_broken(t);
    return vars;
}

static bool is_there(const cJSON *value) { return value != NULL && !cJSON_IsNull(value); }

static cJSON *new_item(struct turn *t, const struct plan_rule *rule, const struct plan_place *place)
{
    cJSON *vars = values(t, rule), *item = vars == NULL ? NULL : cJSON_CreateObject();
    bool ok;

    if (item == NULL) {
        cJSON_Delete(vars);
        if (!t->failed)
            (void)turn_broken(t);
        return NULL;
    }
    ok = json_add_str(item, "n", rule->name) && json_add_str(item, "flow", place->flow) && json_add_str(item, "step", place->step)
        && json_add_str(item, "on", place->on) && json_add_str(item, "case", place->word) && json_add_str(item, "u", rule->unless);
    /* `values` are computed and may be anything: what was answered is what the flow has kept. */
    ok = ok && (rule->unless == NULL || json_get(vars, rule->unless) != NULL || !is_there(json_get(t->extra != NULL ? t->extra : t->st.vars, rule->unless))
                || json_add_bool(vars, rule->unless, true));
    ok = json_add(item, "vars", vars) && ok;
    if (ok && (rule->kind != PLAN_EVERY || json_add_int(item, "until", t->in->now_ms + rule->last_ms)))
        return item;
    cJSON_Delete(item);
    (void)turn_broken(t);
    return NULL;
}

static bool make(struct turn *t, const struct plan_rule *rule, const struct plan_place *place)
{
    cJSON *old = find(t, rule->name), *item;
    int64_t now = t->in->now_ms, due = rule->kind == PLAN_AFTER ? now + rule->after_ms : hours_next(t, &rule->every, now, now);

    if (rule->kind == PLAN_EVERY && due > now + rule->last_ms)     /* it would be over before it began */
        return old == NULL || (drop(t, old) && turn_timer_row(t, TIMER_HEAD, rule->name, 0));
    if (old == NULL && cJSON_GetArraySize(t->st.plans) >= PLANS_MAX)
        return turn_fail(t, rule->file, rule->line, "more than %d plans for one person: \"%.64s\" is one too many", PLANS_MAX, rule->name);
    item = new_item(t, rule, place);
    if (item == NULL)
        return false;
    if (old != NULL)
        (void)drop(t, old);
    if (!json_add(t->st.plans, NULL, item))
        return turn_broken(t);
    return arm(t, rule, item, due);
}

bool turn_plans(struct turn *t, const struct plan_rule *plans, size_t count, const struct plan_place *place)
{
    for (size_t i = 0; i < count; i++) {
        const struct plan_rule *rule = &plans[i];
        cJSON *old = rule->kind == PLAN_CANCEL ? find(t, rule->name) : NULL;

        if (rule->kind != PLAN_CANCEL && !make(t, rule, place))
            return false;
        if (old != NULL && (!drop(t, old) || !turn_timer_row(t, TIMER_HEAD, rule->name, 0)))
            return false;
    }
    return true;
}

bool turn_step_plans(struct turn *t, const struct step *s)
{
    struct plan_place place = { .flow = s->flow->name, .step = s->name };

    return s->plan_count == 0 || turn_plans(t, s->plans, s->plan_count, &place);
}

/* The flow may be over long before the plan is due: that its `unless` was answered is kept with it. */
bool plan_saw(struct turn *t, const char *variable, bool has_value)
{
    cJSON *item;

    cJSON_ArrayForEach(item, t->st.plans) {
        const char *unless = json_str(item, "u"), *flow = json_str(item, "flow");
        cJSON *vars = cJSON_GetObjectItemCaseSensitive(item, "vars");

        if (unless == NULL || flow == NULL || strcmp(unless, variable) != 0 || strcmp(flow, t->st.flow) != 0)
            continue;
        cJSON_DeleteItemFromObjectCaseSensitive(vars, variable);
        if (has_value && !json_add_bool(vars, variable, true))
            return turn_broken(t);
    }
    return true;
}

/* ---- when the time has come ---- */

static const struct event_case *case_named(const struct event_rule *rule, const char *word)
{
    for (size_t i = 0; i < rule->case_count; i++)
        for (size_t k = 0; k < rule->cases[i].is_count; k++)
            if (strcmp(rule->cases[i].is[k], word) == 0)
                return &rule->cases[i];
    return NULL;
}

/* Where it was declared, in the scripts of now; NULL: it is gone. */
static const struct plan_rule *declared(const struct turn *t, const cJSON *item)
{
    const char *name = json_str(item, "n"), *flow = json_str(item, "flow"), *step = json_str(item, "step"), *on = json_str(item, "on");
    const char *word = json_str(item, "case");
    const struct event_rule *event = on == NULL ? NULL : flows_event(t->flows, on);
    const struct event_case *c = event == NULL || word == NULL ? NULL : case_named(event, word);
    const struct flow *f = flow == NULL ? NULL : flows_find(t->flows, flow);
    const struct step *s = f == NULL || step == NULL ? NULL : place_step(f, step);

    if (s != NULL)
        return plan_find(s->plans, s->plan_count, name);
    if (event == NULL)
        return NULL;
    if (word == NULL)
        return plan_find(event->plans, event->plan_count, name);
    return c == NULL ? NULL : plan_find(c->plans, c->plan_count, name);
}

static bool is_answered(const struct turn *t, const struct plan_rule *rule, const cJSON *item)
{
    const char *part = rule->unless == NULL ? NULL : flow_person_part(rule->unless), *flow = json_str(item, "flow");

    if (rule->unless == NULL)
        return false;
    if (part != NULL)
        return is_there(json_path(t->st.person, part));
    if (is_there(json_get(json_get(item, "vars"), rule->unless)))
        return true;
    return flow != NULL && strcmp(flow, t->st.flow) == 0 && is_there(json_get(t->st.vars, rule->unless));
}

/* What `every` said comes again until its end; everything else is over. */
static bool go_on(struct turn *t, const struct plan_rule *rule, cJSON *item)
{
    int64_t due = t->in->now_ms, until = 0;

    (void)json_int(item, "due", &due);
    (void)json_int(item, "until", &until);
    if (rule == NULL || rule->kind != PLAN_EVERY)
        return drop(t, item);
    due = hours_next(t, &rule->every, due, t->in->now_ms);
    return due > until ? drop(t, item) : arm(t, rule, item, due);
}

static bool say(struct turn *t, const struct plan_rule *rule, const cJSON *item)
{
    cJSON *vars = cJSON_Duplicate(json_get(item, "vars"), true);
    bool ok;

    if (vars == NULL && (vars = cJSON_CreateObject()) == NULL)
        return turn_broken(t);
    t->extra = vars;
    t->plan = rule;
    t->rule = json_str(item, "on") == NULL ? NULL : flows_event(t->flows, json_str(item, "on"));   /* what it names is not the person's */
    ok = turn_vars_changed(t) && turn_notify(t, &rule->says);
    t->extra = NULL;
    t->plan = NULL;
    t->rule = NULL;
    cJSON_Delete(vars);
    return ok && turn_vars_changed(t);
}

static bool carry_out(struct turn *t, const struct plan_rule *rule, cJSON *item)
{
    int64_t loud = hours_loud(t, &rule->quiet, t->in->now_ms);

    if (is_answered(t, rule, item))
        return turn_note(t, "the plan \"%.64s\" said nothing: %.64s has a value", rule->name, rule->unless) && go_on(t, rule, item);
    if (loud > t->in->now_ms && rule->drop)
        return turn_note(t, "the plan \"%.64s\" was dropped: quiet hours", rule->name) && go_on(t, rule, item);
    if (loud > t->in->now_ms)          /* the hours have changed since, or the host was down */
        return put_int(item, "turn", (int64_t)t->in->seq) ? turn_timer_row(t, TIMER_HEAD, rule->name, loud) : turn_broken(t);
    if (!turn_window_open(t) && rule->says.outside == NULL)
        return turn_note(t, "the plan \"%.64s\" was dropped: the 24 hours are over, and it has no `outside`", rule->name) && go_on(t, rule, item);
    return say(t, rule, item) && go_on(t, rule, item);
}

bool plan_is_due(const struct event *e)
{
    return e->kind == EVENT_TIMER && e->name != NULL && strncmp(e->name, TIMER_HEAD, sizeof TIMER_HEAD - 1) == 0;
}

/* The plan whose timer this is; NULL: cancelled or set anew since. */
static cJSON *due_item(const struct turn *t)
{
    const struct event *e = t->in->event;
    cJSON *item = find(t, e->name + sizeof TIMER_HEAD - 1);
    int64_t turn = 0;

    return item != NULL && json_int(item, "turn", &turn) && (uint64_t)turn == e->guard ? item : NULL;
}

bool plan_fire(struct turn *t)
{
    cJSON *item = due_item(t);
    const struct plan_rule *rule = item == NULL ? NULL : declared(t, item);

    t->wait_set = true;                /* a plan changes nothing about the question that may be pending */
    if (item == NULL)
        return true;
    if (rule != NULL)
        return carry_out(t, rule, item);
    return turn_note(t, "the plan \"%.64s\" is not in the scripts any more", json_str(item, "n")) && drop(t, item);
}

/* What it should have said could not be said. The note says why; a plan that comes again tries again. */
void plan_failed(struct turn *t)
{
    cJSON *item = due_item(t);

    t->wait_set = true;
    if (item != NULL)
        (void)go_on(t, declared(t, item), item);
}

bool plan_forget_all(struct turn *t)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, t->st.plans)
        if (json_str(item, "n") != NULL && !turn_timer_row(t, TIMER_HEAD, json_str(item, "n"), 0))
            return false;
    return true;
}
