/*
 * What outlives a flow about a person: the values that `person { … }` declares, each within its quota, and forgetting them all.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/utf8.h"
#include "private.h"

/* As functions and messages see it: a list that nobody has begun is empty, and the language is the person's. */
cJSON *lasting_person(const struct turn *t)
{
    cJSON *person = cJSON_CreateObject();
    bool ok = person != NULL;

    for (size_t i = 0; ok && i < t->flows->person_count; i++) {
        const struct person_value *v = &t->flows->person[i];
        const cJSON *own = json_get(t->st.person, v->name);

        if (strcmp(v->name, "langue") == 0)
            ok = json_add_str(person, v->name, t->st.lang);
        else if (own != NULL)
            ok = json_add(person, v->name, cJSON_Duplicate(own, true));
        else if (v->kind == PERSON_LIST)
            ok = json_add(person, v->name, cJSON_CreateArray());
    }
    if (ok)
        return person;
    cJSON_Delete(person);
    return NULL;
}

/* ---- quotas ---- */

static bool refuse(struct turn *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool refuse(struct turn *t, const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return turn_fail(t, t->step == NULL ? "" : t->step->file, t->step == NULL ? 0 : t->step->line, "%s", text);
}

static bool is_over(struct turn *t, const cJSON *value, size_t max)
{
    size_t len = 0;
    char *text = json_print(value, &len);

    if (text == NULL)
        (void)turn_broken(t);          /* nothing is refused for that: the turn runs again */
    free(text);
    return text == NULL || len > max;
}

static bool is_kind(const struct person_value *v, const cJSON *value)
{
    switch (v->kind) {
    case PERSON_TEXT:    return cJSON_IsString(value);
    case PERSON_NUMBER:  return cJSON_IsNumber(value);
    case PERSON_BOOLEAN: return cJSON_IsBool(value);
    case PERSON_LIST:    return cJSON_IsArray(value) || (cJSON_IsObject(value) && value->child == NULL);   /* Lua's {} has no kind */
    case PERSON_TABLE:   return cJSON_IsObject(value) || cJSON_IsArray(value);
    }
    return false;
}

static bool fits(struct turn *t, const struct person_value *v, cJSON *value)
{
    static const char *const KINDS[] = { "text", "number", "boolean", "list", "table" };

    if (!is_kind(v, value))
        return refuse(t, "person.%.64s is declared as %s, and this is none", v->name, KINDS[v->kind]);
    if (v->kind == PERSON_TEXT && utf8_points(value->valuestring) > (size_t)v->max)
        return refuse(t, "person.%.64s has more than %d characters", v->name, v->max);
    if (v->kind == PERSON_TABLE && is_over(t, value, PERSON_TABLE_BYTES_MAX))
        return refuse(t, "person.%.64s has more than %d bytes", v->name, PERSON_TABLE_BYTES_MAX);
    while (v->kind == PERSON_LIST && v->drop_oldest && cJSON_GetArraySize(value) > v->max)
        cJSON_DeleteItemFromArray(value, 0);
    if (v->kind == PERSON_LIST && cJSON_GetArraySize(value) > v->max)
        return refuse(t, "person.%.64s has more than %d items", v->name, v->max);
    return true;
}

/* ---- writing ---- */

static bool store(struct turn *t, const char *name, cJSON *value)
{
    cJSON_DeleteItemFromObjectCaseSensitive(t->st.person, name);
    if (!json_add(t->st.person, name, value))
        return turn_broken(t);
    if (is_over(t, t->st.person, PERSON_BYTES_MAX))
        return refuse(t, "person.%.64s is too large: all values of a person may have %d bytes", name, PERSON_BYTES_MAX);
    return turn_vars_changed(t);
}

bool lasting_set(struct turn *t, const char *name, cJSON *value)
{
    const struct person_value *v = flows_person(t->flows, name);
    cJSON *list;

    if (v == NULL) {
        cJSON_Delete(value);
        return refuse(t, "`person` does not declare \"%.64s\"", name);
    }
    if (strcmp(name, "langue") == 0)
        return turn_set(t, name, value);
    if (value == NULL || cJSON_IsNull(value)) {
        cJSON_Delete(value);
        cJSON_DeleteItemFromObjectCaseSensitive(t->st.person, name);
        return turn_vars_changed(t);
    }
    if (!fits(t, v, value)) {
        cJSON_Delete(value);
        return false;
    }
    if (v->kind != PERSON_LIST || cJSON_IsArray(value))
        return store(t, name, value);
    cJSON_Delete(value);
    list = cJSON_CreateArray();
    return list == NULL ? turn_broken(t) : store(t, name, list);
}

/* ---- forgetting ---- */

/* Nothing stays: values, context, plans, the flow, what was announced, the language. */
bool turn_forget(struct turn *t)
{
    struct state fresh;

    if (t->in->person == NULL)
        return true;
    if (!plan_forget_all(t) || (t->st.armed && !timer_remove(t)) || !state_init(&fresh))
        return t->failed ? false : turn_broken(t);
    state_free(&t->st);
    t->st = fresh;
    t->flow = NULL;
    t->step = NULL;
    return turn_vars_changed(t) && turn_note(t, "forgotten: everything that was kept about this person");
}
