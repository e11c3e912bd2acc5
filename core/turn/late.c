/*
 * A tap on a button of a question that is not pending any more. What it does is declared with the question: it is explained,
 * it is nothing, or the conversation comes back to that question and takes the choice.
 *
 * The state remembers which turn asked what, {"t": turn, "f": flow, "s": step, "r": run}, of the latest questions whose late
 * taps are not simply explained. Without "r" the flow that asked is over: nobody can come back into it.
 */
#include <stdio.h>
#include <string.h>

#include "private.h"

enum { ASKED_MAX = 8 };                /* a screen or two of a telephone: older buttons are explained */

bool late_note(struct turn *t, const struct step *s)
{
    cJSON *item;

    if (s->late == LATE_EXPLAIN || (s->on_count == 0 && s->list == DECL_NO_FUNCTION))
        return true;
    item = cJSON_CreateObject();
    if (item == NULL || !json_add_int(item, "t", (int64_t)t->st.turn) || !json_add_str(item, "f", t->st.flow)
        || !json_add_str(item, "s", t->st.step) || !json_add_int(item, "r", (int64_t)t->st.run)) {
        cJSON_Delete(item);
        return turn_broken(t);
    }
    if (!json_add(t->st.asked, NULL, item))
        return turn_broken(t);
    while (cJSON_GetArraySize(t->st.asked) > ASKED_MAX)
        cJSON_DeleteItemFromArray(t->st.asked, 0);
    return true;
}

static const struct step *step_of(const struct turn *t, const cJSON *item)
{
    const char *flow = json_str(item, "f"), *step = json_str(item, "s");
    const struct flow *f = flow == NULL || step == NULL ? NULL : flows_find(t->flows, flow);

    return f == NULL ? NULL : place_step(f, step);
}

static const cJSON *find(const struct turn *t, uint64_t turn)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, t->st.asked) {
        const cJSON *number = json_get(item, "t");

        if (cJSON_IsNumber(number) && number->valuedouble == (double)turn)
            return item;
    }
    return NULL;
}

void late_flow_entered(struct turn *t, const struct flow *f)
{
    cJSON *item;

    cJSON_ArrayForEach(item, t->st.asked)
        if (json_str(item, "f") != NULL && strcmp(json_str(item, "f"), f->name) == 0)
            cJSON_DeleteItemFromObjectCaseSensitive(item, "r");
}

/* What is to be ignored stays so when the flow is over. */
void late_flow_over(struct turn *t)
{
    for (int i = cJSON_GetArraySize(t->st.asked) - 1; i >= 0; i--) {
        const struct step *s = step_of(t, cJSON_GetArrayItem(t->st.asked, i));

        if (s == NULL || s->late != LATE_IGNORE)
            cJSON_DeleteItemFromArray(t->st.asked, i);
    }
}

bool late_ignored(const struct turn *t, uint64_t turn)
{
    const cJSON *item = find(t, turn);
    const struct step *s = item == NULL ? NULL : step_of(t, item);

    return s != NULL && s->late == LATE_IGNORE;
}

/* ---- the tap ---- */

static bool same_run(const struct turn *t, const cJSON *item, const struct step *s)
{
    int64_t run = 0;

    return t->flow != NULL && s->flow == t->flow && json_int(item, "r", &run) && run > 0 && (uint64_t)run == t->st.run;
}

/* As if it had just been asked: what was answered before it stays known, what was passed after it is passed again. */
static bool jump(struct turn *t, const struct step *s, const char *was, const char *choice)
{
    if (s != t->step)
        t->st.after[0] = '\0';
    trail_cut(t, was);
    trail_cut(t, s->name);
    turn_stand_on(t, s);
    t->st.turn = t->in->seq;
    t->st.asked_ms = t->in->now_ms;
    t->rearm = true;
    if (!turn_take_choice(t, choice))
        return false;
    return t->step != s || t->st.turn != t->in->seq || late_note(t, s);     /* its buttons are those of this turn now */
}

static bool explain(struct turn *t)
{
    const struct wording_message *m = t->flows->common.late_tap;

    if (m != NULL && !turn_say(t, m))
        return false;
    return t->flow == NULL ? turn_show_menu(t) : step_waits(t->step) ? turn_repeat(t) : turn_ask_last(t);
}

bool late_tap(struct turn *t, const char *choice, uint64_t turn)
{
    const cJSON *item = find(t, turn);
    const struct step *s = item == NULL ? NULL : step_of(t, item);

    if (s != NULL && s->late == LATE_IGNORE) {
        t->commit->note = "an old button, which its question ignores";
        return true;
    }
    if (s != NULL && s->late == LATE_JUMP && step_waits(s) && same_run(t, item, s)) {
        char was[TALK_NAME_MAX + 1];   /* the item may be forgotten on the way */

        (void)snprintf(was, sizeof was, "%s", json_str(item, "s"));
        return jump(t, s, was, choice);
    }
    return explain(t);
}
