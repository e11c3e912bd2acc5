/*
 * Variables, as messages, paths and the authors' functions see them: the flow's own, then what its `values` compute, then
 * what is known about the person.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

/* ---- the person ---- */

/* The profile name is whatever somebody typed; its first word is how people are addressed (authoring.md §1.3). */
static void first_word(const char *name, char out[TALK_NAME_MAX + 1])
{
    size_t len;

    out[0] = '\0';
    if (name == NULL)
        return;
    name += strspn(name, " \t\n");
    len = strcspn(name, " \t\n");
    if (len <= TALK_NAME_MAX)
        (void)snprintf(out, TALK_NAME_MAX + 1, "%.*s", (int)len, name);
}

static const cJSON *keep(struct turn *t, const char *name, cJSON *value)
{
    if (value == NULL || !cJSON_AddItemToObject(t->derived, name, value)) {
        cJSON_Delete(value);
        t->broken = true;
        return NULL;
    }
    return value;
}

static const cJSON *profile(struct turn *t, const char *name)
{
    const struct store_person *p = t->in->person;
    char word[TALK_NAME_MAX + 1];

    if (strcmp(name, "langue") == 0)
        return keep(t, name, cJSON_CreateString(t->st.lang));
    if (strcmp(name, "shared") == 0)
        return t->flows->shared;
    if (strcmp(name, "person") == 0)
        return t->flows->person_count == 0 ? NULL : keep(t, name, lasting_person(t));
    if (p == NULL)
        return NULL;
    if (strcmp(name, "telephone") == 0)
        return p->phone == NULL ? NULL : keep(t, name, cJSON_CreateString(p->phone));
    if (strcmp(name, "prenom") != 0)
        return NULL;
    first_word(p->name, word);         /* "" without a name: nobody goes without a menu for that */
    return keep(t, name, cJSON_CreateString(word));
}

/* ---- look-ups ---- */

static const cJSON *compute(struct turn *t, const char *name)
{
    cJSON *results[2] = { NULL, NULL };

    for (size_t i = 0; t->flow != NULL && i < t->flow->value_count; i++) {
        if (strcmp(t->flow->values[i].name, name) != 0)
            continue;
        if (!turn_script(t, t->flow->values[i].function, NULL, results))
            return NULL;
        cJSON_Delete(results[1]);
        return results[0] == NULL ? NULL : keep(t, name, results[0]);
    }
    return NULL;
}

/* A notification that names its courier's `telephone` must not show the customer's when there is none. */
static bool is_named(const struct event_rule *rule, const char *name)
{
    for (size_t i = 0; rule != NULL && i < rule->var_count; i++)
        if (strcmp(rule->vars[i].name, name) == 0)
            return true;
    return false;
}

const cJSON *turn_value(struct turn *t, const char *name)
{
    const cJSON *vars = t->extra != NULL ? t->extra : t->st.vars;
    const cJSON *found = cJSON_GetObjectItemCaseSensitive(vars, name);

    if (found == NULL)
        found = cJSON_GetObjectItemCaseSensitive(t->derived, name);
    if (found == NULL && t->extra == NULL)
        found = compute(t, name);
    if (found == NULL && !t->failed && !t->broken && !is_named(t->rule, name))
        found = profile(t, name);
    return found == NULL || cJSON_IsNull(found) ? NULL : found;
}

const cJSON *turn_path(struct turn *t, const char *path)
{
    char name[TALK_NAME_MAX + 1];
    size_t len = strcspn(path, ".");
    const cJSON *top;

    if (len > TALK_NAME_MAX)
        return NULL;
    (void)snprintf(name, sizeof name, "%.*s", (int)len, path);
    top = turn_value(t, name);
    if (top == NULL || path[len] == '\0')
        return top;
    top = json_path(top, path + len + 1);
    return top == NULL || cJSON_IsNull(top) ? NULL : top;
}

/* ---- changes ---- */

bool turn_vars_changed(struct turn *t)
{
    cJSON *fresh;

    if (t->derived != NULL && t->derived->child == NULL)
        return true;
    fresh = cJSON_CreateObject();
    if (fresh == NULL)
        return turn_broken(t);
    cJSON_Delete(t->derived);
    t->derived = fresh;
    return true;
}

void turn_new_vars(struct turn *t, cJSON *vars)
{
    cJSON_Delete(t->st.vars);
    t->st.vars = vars;
    (void)turn_vars_changed(t);
}

bool turn_set(struct turn *t, const char *name, cJSON *value)
{
    const char *part = flow_person_part(name);

    if (part != NULL)
        return lasting_set(t, part, value);
    if (strcmp(name, "langue") == 0) {
        if (cJSON_IsString(value) && strlen(value->valuestring) < sizeof t->st.lang)
            memcpy(t->st.lang, value->valuestring, strlen(value->valuestring) + 1);
        cJSON_Delete(value);
        return turn_vars_changed(t);
    }
    cJSON_DeleteItemFromObjectCaseSensitive(t->st.vars, name);
    if (value != NULL && cJSON_IsNull(value)) {
        cJSON_Delete(value);
        value = NULL;
    }
    if (value != NULL && !cJSON_AddItemToObject(t->st.vars, name, value)) {
        cJSON_Delete(value);
        return turn_broken(t);
    }
    return plan_saw(t, name, value != NULL) && turn_vars_changed(t);
}

/* ---- the authors' functions ---- */

bool turn_script(struct turn *t, uint32_t function, const cJSON *argument, cJSON *results[2])
{
    const struct store_person *p = t->in->person;
    char name[TALK_NAME_MAX + 1];
    struct script_context c = {
        .vars = t->st.vars, .flow = t->flow, .now_ms = t->in->now_ms, .language = t->st.lang,
        .phone = p == NULL ? NULL : p->phone, .error = t->st.error[0] == '\0' ? NULL : t->st.error,
        .secrets = t->secrets, .session = t->session, .secret_read = &t->secret_read,
    };

    c.person = turn_value(t, "person");
    enum script_status status;

    first_word(p == NULL ? NULL : p->name, name);
    c.name = name[0] == '\0' ? NULL : name;
    results[0] = results[1] = NULL;
    status = script_call(t->in->worker, function, &c, argument, results, &t->failure);
    cost_script(t);
    if (status == SCRIPT_DONE)
        return true;
    t->failed = true;
    return false;
}

/* ---- values as text ---- */

bool turn_scalar(const cJSON *value, char *out, size_t size)
{
    if (cJSON_IsString(value))
        return snprintf(out, size, "%s", value->valuestring) < (int)size;
    if (cJSON_IsBool(value))
        return snprintf(out, size, "%s", cJSON_IsTrue(value) ? "true" : "false") < (int)size;
    if (!cJSON_IsNumber(value) || !isfinite(value->valuedouble))
        return false;
    if (value->valuedouble == floor(value->valuedouble) && fabs(value->valuedouble) < 9007199254740992.0)
        return snprintf(out, size, "%.0f", value->valuedouble) < (int)size;
    return snprintf(out, size, "%.15g", value->valuedouble) < (int)size;
}

/* RFC 3986, 2.3: what is not unreserved is written as %XX, so no value can become a path of its own. */
void turn_percent(struct buf *out, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        if ((*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z')
            || strchr("-._~", *c) != NULL)
            buf_addc(out, (char)*c);
        else
            buf_addf(out, "%%%02X", *c);
    }
}

bool turn_fill(struct turn *t, const char *text, bool percent, struct buf *out)
{
    char path[2 * TALK_NAME_MAX], value[4096];

    while (*text != '\0') {
        size_t plain = strcspn(text, "{"), len;
        const cJSON *found;

        buf_add(out, text, plain);
        text += plain;
        if (*text == '\0')
            break;
        len = strcspn(++text, "}");
        (void)snprintf(path, sizeof path, "%.*s", (int)len, text);
        text += len + (text[len] == '}');
        found = turn_path(t, path);
        if (t->failed || t->broken)
            return false;
        if (found == NULL || !turn_scalar(found, value, sizeof value))
            return turn_fail(t, t->step->file, t->step->line, found == NULL ? "{%.64s} has no value"
                             : "{%.64s} is not a text or a number of at most 4,095 bytes", path);
        /* "", "." and ".." would change which path this is, whatever their spelling: clients and servers tidy them away */
        if (percent && strspn(value, ".") == strlen(value) && strlen(value) < 3)
            return turn_fail(t, t->step->file, t->step->line,
                             "{%.64s} is \"%s\", which cannot be a part of a path", path, value);
        if (percent)
            turn_percent(out, value);
        else
            buf_adds(out, value);
    }
    return true;
}
