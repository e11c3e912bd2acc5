/*
 * Another system's webhook, in its routing conversation: the source's pure function says which event it is, and from there on it is
 * one of the backend's (notice.c).
 */
#include <string.h>

#include "private.h"

enum { ID_BYTES = 256 };

/* As if it had come signed from the backend. `made` lives as long as the call. */
static bool handle_as_event(struct turn *t, const struct source_rule *source, const cJSON *made)
{
    const struct turn_input *in = t->in;
    const cJSON *data = json_get(made, "data");
    char id[ID_BYTES];
    struct event e = { .kind = EVENT_BACKEND, .at_ms = in->event->at_ms, .id = in->event->id, .name = json_str(made, "type"), .data = data };
    struct turn_input as = *in;
    bool ok;

    if (e.name == NULL || e.name[0] == '\0')
        return turn_fail(t, source->file, source->line,
                         "`event` of the source \"%.64s\" must return { type = \"…\", data = { … } }, or nil", source->name);
    if (data != NULL && !cJSON_IsObject(data) && !cJSON_IsNull(data))
        return turn_fail(t, source->file, source->line, "`data` of the event that the source \"%.64s\" makes must be a table", source->name);
    if (turn_scalar(json_get(made, "id"), id, sizeof id))
        e.id = id;
    as.event = &e;
    t->in = &as;
    ok = turn_backend(t);
    t->in = in;
    return ok;
}

bool turn_source(struct turn *t)
{
    const struct event *e = t->in->event;
    const struct source_rule *source = e->name == NULL ? NULL : flows_source(t->flows, e->name);
    cJSON *results[2] = { NULL, NULL };
    bool ok;

    if (source == NULL || source->event == DECL_NO_FUNCTION)
        return turn_note(t, "the scripts have no source \"%.64s\"", e->name == NULL ? "" : e->name);
    if (script_call(t->in->worker, source->event, NULL, e->data, results, &t->failure) != SCRIPT_DONE) {
        t->failed = true;
        return false;
    }
    if (results[0] == NULL || cJSON_IsNull(results[0]))
        ok = turn_note(t, "ignored by `event` of the source \"%.64s\"", source->name);
    else
        ok = handle_as_event(t, source, results[0]);
    cJSON_Delete(results[0]);
    cJSON_Delete(results[1]);
    return ok;
}
