/*
 * What is behind the conversation: the questions that were answered, for `retour`, and the flows that wait for a sub-flow.
 */
#include <stdio.h>
#include <string.h>

#include "private.h"

/* ---- the trail ---- */

void trail_push(struct turn *t)
{
    cJSON *name = cJSON_CreateString(t->st.step);

    if (name == NULL || !cJSON_AddItemToArray(t->st.trail, name)) {
        cJSON_Delete(name);
        t->broken = true;
        return;
    }
    if (cJSON_GetArraySize(t->st.trail) > TRAIL_MAX)
        cJSON_DeleteItemFromArray(t->st.trail, 0);
}

/* Takes the last step that still exists from the trail, with the value that it saved: it will be asked again. */
const struct step *trail_pop(struct turn *t)
{
    const struct step *s = NULL;

    while (s == NULL && cJSON_GetArraySize(t->st.trail) > 0) {
        cJSON *last = cJSON_DetachItemFromArray(t->st.trail, cJSON_GetArraySize(t->st.trail) - 1);

        if (cJSON_IsString(last))
            s = place_step(t->flow, last->valuestring);
        cJSON_Delete(last);
    }
    if (secret_awaited(s))
        secret_drop(t, s->save);
    if (s != NULL && s->save != NULL && strcmp(s->save, "langue") != 0 && flow_person_part(s->save) == NULL)
        (void)turn_set(t, s->save, NULL);
    return s;
}

/* A step that is asked again was already passed: going back from it must not lead round the circle that came back to it. */
void trail_cut(struct turn *t, const char *step)
{
    for (int i = 0; i < cJSON_GetArraySize(t->st.trail); i++) {
        const cJSON *item = cJSON_GetArrayItem(t->st.trail, i);

        if (!cJSON_IsString(item) || strcmp(item->valuestring, step) != 0)
            continue;
        while (cJSON_GetArraySize(t->st.trail) > i)
            cJSON_DeleteItemFromArray(t->st.trail, i);
    }
}

/* ---- sub-flows ---- */

bool stack_push(struct turn *t, bool resume)
{
    cJSON *frame, *vars = cJSON_CreateObject(), *trail = cJSON_CreateArray();
    bool ok;

    if (cJSON_GetArraySize(t->st.stack) >= STACK_MAX) {
        cJSON_Delete(vars);
        cJSON_Delete(trail);
        return turn_fail(t, t->step->file, t->step->line, "more than %d flows in one another", STACK_MAX);
    }
    frame = cJSON_CreateObject();
    ok = frame != NULL && vars != NULL && trail != NULL && json_add_str(frame, "flow", t->st.flow)
        && json_add_str(frame, "step", t->st.step)
        && json_add_str(frame, "after", t->st.after[0] == '\0' ? NULL : t->st.after)
        && json_add_int(frame, "run", (int64_t)t->st.run)
        && (!resume || json_add_bool(frame, "resume", true));
    if (ok)                            /* they belong to the flow that asked for them */
        ok = json_add(frame, "secrets", cJSON_Duplicate(t->st.secrets, true));
    if (!ok) {
        cJSON_Delete(frame);
        cJSON_Delete(vars);
        cJSON_Delete(trail);
        return turn_broken(t);
    }
    ok = json_add(frame, "vars", t->st.vars);
    t->st.vars = vars;
    ok = json_add(frame, "trail", t->st.trail) && ok;
    t->st.trail = trail;
    ok = json_add(t->st.stack, NULL, frame) && ok;
    secrets_drop(t);
    return (turn_vars_changed(t) && ok) || turn_broken(t);
}

/* The group is kept too: the login's own calls advance it, and the call that waits must have the key that it had. */
bool stack_push_login(struct turn *t)
{
    int64_t group = t->st.group;
    cJSON *frame;

    if (!stack_push(t, false))
        return false;
    frame = cJSON_GetArrayItem(t->st.stack, cJSON_GetArraySize(t->st.stack) - 1);
    return (json_add_bool(frame, "login", true) && json_add_int(frame, "group", group)) || turn_broken(t);
}

bool turn_end(struct turn *t)
{
    t->flow = NULL;
    t->step = NULL;
    late_flow_over(t);
    return (state_end_flow(&t->st) && turn_vars_changed(t)) || turn_broken(t);
}

static void frame_text(const cJSON *frame, const char *key, char *out, size_t size)
{
    const char *text = json_str(frame, key);

    (void)snprintf(out, size, "%s", text == NULL ? "" : text);
}

static void frame_tree(cJSON *frame, const char *key, cJSON_bool (*is)(const cJSON *), cJSON **out)
{
    cJSON *item = cJSON_GetObjectItemCaseSensitive(frame, key);

    if (item == NULL || !is(item))
        return;
    cJSON_Delete(*out);
    *out = cJSON_DetachItemViaPointer(frame, item);
}

bool stack_pop(struct turn *t, const cJSON *result, const struct step **next)
{
    cJSON *frame = cJSON_DetachItemFromArray(t->st.stack, cJSON_GetArraySize(t->st.stack) - 1);
    bool resume = json_bool(frame, "resume");
    int64_t run = 0;

    frame_text(frame, "flow", t->st.flow, sizeof t->st.flow);
    frame_text(frame, "step", t->st.step, sizeof t->st.step);
    frame_text(frame, "after", t->st.after, sizeof t->st.after);
    (void)json_int(frame, "run", &run);
    t->st.run = (uint64_t)run;
    t->logged_in = result != NULL && json_bool(frame, "login");
    if (t->logged_in)
        (void)json_int(frame, "group", &t->st.group);
    secrets_drop(t);
    frame_tree(frame, "secrets", cJSON_IsObject, &t->st.secrets);
    frame_tree(frame, "vars", cJSON_IsObject, &t->st.vars);
    frame_tree(frame, "trail", cJSON_IsArray, &t->st.trail);
    cJSON_Delete(frame);
    if (!turn_vars_changed(t) || !turn_find_place(t))
        return false;
    *next = t->step;
    if (t->flow == NULL)
        return turn_end(t);            /* the caller is gone: nothing of it may stay behind */
    if (result == NULL || t->moved || resume || t->step->kind != STEP_RUN)
        return true;
    for (size_t i = 0; i < t->step->save_count; i++) {
        const cJSON *from = json_path(result, t->step->saves[i].path);

        if (!turn_set(t, t->step->saves[i].name, from == NULL ? NULL : cJSON_Duplicate(from, true)))
            return false;
    }
    *next = t->step->next.step;
    return true;
}

bool stack_resumes(const struct turn *t)
{
    return json_bool(cJSON_GetArrayItem(t->st.stack, cJSON_GetArraySize(t->st.stack) - 1), "resume");
}

bool turn_leave(struct turn *t)
{
    const struct step *next;

    return stack_pop(t, NULL, &next);
}
