/*
 * From step to step until somebody is asked, a call is made or the flow ends.
 */
#include <stdio.h>
#include <string.h>

#include "private.h"

static cJSON *result_of(struct turn *t, const struct step *finish)
{
    cJSON *result = cJSON_CreateObject();
    bool ok = result != NULL;

    for (size_t i = 0; ok && finish != NULL && i < finish->result_count; i++) {
        const cJSON *value = turn_path(t, finish->results[i].path);

        ok = value == NULL || json_add(result, finish->results[i].name, cJSON_Duplicate(value, true));
    }
    if (ok && !t->failed && !t->broken)
        return result;
    cJSON_Delete(result);
    if (!t->failed)
        t->broken = true;
    return NULL;
}

/* The flow is over; *next is the caller's step, NULL when there is no caller. */
static bool end(struct turn *t, const struct step *finish, const struct step **next)
{
    cJSON *result;
    bool ok;

    *next = NULL;
    if (cJSON_GetArraySize(t->st.stack) == 0 || (finish != NULL && finish->handover))
        return after_keep(t) && turn_end(t);
    if (stack_resumes(t) && !after_keep(t))
        return false;
    result = result_of(t, finish);
    if (result == NULL)
        return false;
    ok = stack_pop(t, result, next);
    cJSON_Delete(result);
    return ok;
}

/* ---- the kinds ---- */

/*
 * A message needs a variable that nobody asked for: a question was inserted while this customer was further on. The step
 * that saves it is asked, and then the one that needs it (authoring.md §1.5).
 */
static const struct step *who_saves(struct turn *t, const struct step *s)
{
    bool required = false;

    for (size_t i = 0; t->missing != NULL && i < wording_variable_count(s->say); i++)
        required = required || (strcmp(wording_variable(s->say, i), t->missing) == 0
                                && wording_variable_required(s->say, i));
    for (size_t i = 0; required && i < t->flow->step_count; i++) {
        const struct step *ask = &t->flow->steps[i];

        if (ask != s && step_waits(ask) && ask->save != NULL && strcmp(ask->save, t->missing) == 0)
            return ask;
    }
    return NULL;
}

bool turn_render_step(struct turn *t, const struct step *s, struct wording_output *out, const struct step **instead)
{
    cJSON *rows = NULL;
    bool ok = s->list != DECL_NO_FUNCTION ? choose_render(t, s, out, &rows) : turn_render(t, s->say, NULL, out);

    cJSON_Delete(rows);
    *instead = NULL;
    if (ok || t->broken)
        return ok;
    *instead = who_saves(t, s);
    if (*instead == NULL)
        return false;
    t->failed = false;
    if (t->st.after[0] == '\0')       /* a question that lacks a value of its own: both are asked before the first that lacked one */
        (void)snprintf(t->st.after, sizeof t->st.after, "%s", s->name);
    return true;
}

static bool ask(struct turn *t, const struct step *s, const struct step **next)
{
    struct wording_output out;

    t->st.turn = t->in->seq;
    t->st.asked_ms = t->in->now_ms;
    if (!turn_render_step(t, s, &out, next))
        return false;
    if (*next != NULL)
        return true;
    if (t->st.after[0] == '\0')
        trail_cut(t, s->name);
    t->rearm = true;
    t->st.unasked = !turn_window_open(t);
    if (late_note(t, s))
        return turn_say_output(t, s->say, &out) && turn_step_plans(t, s);
    wording_output_free(&out);
    return false;
}

static bool say(struct turn *t, const struct step *s, const struct step **next)
{
    struct wording_output out;
    const struct step *instead;

    if (s->say == NULL)
        return true;
    if (!turn_render_step(t, s, &out, &instead))
        return false;
    if (instead == NULL)
        return turn_say_output(t, s->say, &out) && (s->kind != STEP_SAY || turn_step_plans(t, s));
    *next = instead;
    return true;
}

static bool set(struct turn *t, const struct step *s)
{
    for (size_t i = 0; i < s->set_count; i++) {
        cJSON *results[2];

        if (!turn_script(t, s->sets[i].function, NULL, results))
            return false;
        cJSON_Delete(results[1]);
        if (!turn_set(t, s->sets[i].name, results[0]))
            return false;
    }
    return true;
}

static bool branch(struct turn *t, const struct step *s, const struct step **next)
{
    *next = s->next.step;
    for (size_t i = 0; i < s->case_count; i++) {
        bool holds = s->cases[i].when == DECL_NO_FUNCTION;
        cJSON *results[2];

        if (!holds) {
            if (!turn_script(t, s->cases[i].when, NULL, results))
                return false;
            holds = results[0] != NULL && !cJSON_IsNull(results[0]) && !cJSON_IsFalse(results[0]);
            cJSON_Delete(results[0]);
            cJSON_Delete(results[1]);
        }
        if (!holds)
            continue;
        *next = s->cases[i].to.step;
        break;
    }
    return true;
}

/* A sub-flow belongs to the run of its caller: when it is run again after a lost answer, its calls carry the same key. */
static bool enter_flow(struct turn *t, const struct flow *f, const struct step **next)
{
    (void)snprintf(t->st.flow, sizeof t->st.flow, "%s", f->name);
    t->st.after[0] = t->st.error[0] = '\0';
    t->flow = f;
    *next = f->start;
    return true;
}

bool turn_enter(struct turn *t, const struct flow *f, const struct step **next)
{
    t->st.run = t->in->seq;
    late_flow_entered(t, f);
    return enter_flow(t, f, next);
}

static bool run(struct turn *t, const struct step *s, const struct step **next)
{
    cJSON *vars = cJSON_CreateObject();
    bool ok = vars != NULL && turn_step_plans(t, s);

    for (size_t i = 0; ok && i < s->give_count; i++) {
        const cJSON *value = turn_path(t, s->gives[i].path);

        ok = value == NULL || json_add(vars, s->gives[i].name, cJSON_Duplicate(value, true));
    }
    if (!ok || t->failed || t->broken || !stack_push(t, false)) {
        cJSON_Delete(vars);
        return t->failed ? false : turn_broken(t);
    }
    turn_new_vars(t, vars);
    late_flow_entered(t, s->run);
    return enter_flow(t, s->run, next);
}

static bool finish(struct turn *t, const struct step *s, const struct step **next)
{
    *next = NULL;
    if (!say(t, s, next))
        return false;
    if (*next != NULL)
        return true;
    if (s->closes != NULL)
        session_close(t, s->closes);
    if (s->handover)
        turn_hand_over(t, s);
    return turn_step_plans(t, s) && end(t, s, next);
}

/* ---- the walk ---- */

void turn_stand_on(struct turn *t, const struct step *s)
{
    gather_drop(t);
    t->step = s;
    (void)snprintf(t->st.step, sizeof t->st.step, "%s", s->name);
    t->st.tries = t->st.page = t->st.auth = 0;
    t->st.renewing = false;
    t->st.reminded = t->st.calling = t->st.unasked = t->moved = false;
    turn_mark(t, MARK_STEP, s, NULL);
    cost_pass(t);
}

/* *stop: the turn ends here, somebody or something is waited for. */
static bool do_step(struct turn *t, const struct step *s, const struct step **next, bool *stop)
{
    *next = s->next.step;
    switch (s->kind) {
    case STEP_ASK:
    case STEP_CHOOSE:
        if (!ask(t, s, next))
            return false;
        *stop = *next == NULL;
        return true;
    case STEP_CALL:   return turn_call(t, next, stop);
    case STEP_BRANCH: return branch(t, s, next) && turn_step_plans(t, s);
    case STEP_SAY:    return say(t, s, next);
    case STEP_SET:    return set(t, s) && turn_step_plans(t, s);
    case STEP_RUN:    return run(t, s, next);
    case STEP_FINISH: return finish(t, s, next);
    }
    return false;
}

bool turn_go(struct turn *t, const struct step *to)
{
    bool stop = false;

    while (!stop) {
        if (to == NULL && t->flow != NULL && !end(t, NULL, &to))
            return false;
        if (to == NULL)
            return true;
        if (++t->steps > TURN_STEPS_MAX)
            return turn_fail(t, to->file, to->line,
                             "the flow \"%.64s\" took more than %d steps without asking anything", to->flow->name, TURN_STEPS_MAX);
        turn_stand_on(t, to);
        if (!do_step(t, to, &to, &stop))
            return false;
    }
    return true;
}

bool turn_go_target(struct turn *t, struct target to)
{
    const struct step *then = t->step->next.step;

    (void)snprintf(t->st.after, sizeof t->st.after, "%s", to.edit && then != NULL ? then->name : "");
    return turn_go(t, to.step);
}

bool turn_start(struct turn *t, const struct flow *f, cJSON *vars)
{
    const struct step *start;

    if (!turn_end(t)) {
        cJSON_Delete(vars);
        return false;
    }
    if (vars != NULL)
        turn_new_vars(t, vars);
    t->st.run = t->in->seq;
    return enter_flow(t, f, &start) && turn_go(t, start);
}

/* The question that will be asked again afterwards. False: there is none. */
static bool stand_on_question(struct turn *t)
{
    const struct step *s = t->step;

    while (s != NULL && !step_waits(s))
        s = trail_pop(t);
    if (s == NULL)
        return false;
    t->step = s;
    (void)snprintf(t->st.step, sizeof t->st.step, "%s", s->name);
    return true;
}

bool turn_interrupt(struct turn *t, const struct flow *f, cJSON *vars)
{
    const struct step *start;

    if (t->flow == NULL || !stand_on_question(t))
        return turn_start(t, f, vars);
    if (!stack_push(t, true)) {
        cJSON_Delete(vars);
        return false;
    }
    if (vars != NULL)
        turn_new_vars(t, vars);
    t->st.run = t->in->seq;
    return enter_flow(t, f, &start) && turn_go(t, start);
}

bool turn_repeat(struct turn *t)
{
    struct wording_output out;
    const struct step *instead;

    if (t->moved)
        return turn_go(t, t->step);
    t->rearm = true;
    if (!turn_render_step(t, t->step, &out, &instead))
        return false;
    if (instead != NULL)
        return turn_go(t, instead);
    t->st.unasked = !turn_window_open(t);
    return turn_say_output(t, t->step->say, &out);
}
