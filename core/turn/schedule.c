/*
 * `every` at the top of a file. Each schedule has a routing conversation of its own, named after it, whose timer "every:<name>" raises
 * the event. The engine asks after every schedule at its start and at each reload (a timer event with guard 0): what runs already
 * goes on, so asking twice changes nothing. State: {"schedule": {"every": as written, "due": ms, "turn": number}}.
 */
#include <stdio.h>
#include <string.h>

#include "private.h"

bool schedule_is_due(const struct event *e)
{
    return e->kind == EVENT_TIMER && e->name != NULL && strncmp(e->name, TURN_SCHEDULE_TIMER, sizeof TURN_SCHEDULE_TIMER - 1) == 0;
}

static bool arm(struct turn *t, const struct schedule *s, int64_t due)
{
    cJSON *state = cJSON_CreateObject();

    if (state == NULL || !json_add_str(state, "every", s->every.text) || !json_add_int(state, "due", due)
        || !json_add_int(state, "turn", (int64_t)t->in->seq)) {
        cJSON_Delete(state);
        return turn_broken(t);
    }
    cJSON_Delete(t->st.schedule);
    t->st.schedule = state;
    return turn_timer_row(t, TURN_SCHEDULE_TIMER, s->name, due);
}

/* As if the event had come from outside: who gets it is for its `on` statement to say. */
static bool raise_event(struct turn *t, const struct schedule *s)
{
    cJSON *none = s->data == NULL ? cJSON_CreateObject() : NULL;
    struct event event = { .kind = EVENT_BACKEND, .at_ms = t->in->now_ms, .name = s->event, .data = s->data == NULL ? none : s->data };
    struct turn_input in = *t->in;
    const struct turn_input *outer = t->in;
    bool ok;

    if (event.data == NULL)
        return turn_broken(t);
    in.event = &event;
    t->in = &in;
    ok = turn_backend(t);
    t->in = outer;
    cJSON_Delete(none);
    return ok;
}

static bool runs(const struct turn *t, const struct schedule *s)
{
    const char *every = json_str(t->st.schedule, "every");

    return every != NULL && strcmp(every, s->every.text) == 0;
}

bool turn_schedule(struct turn *t)
{
    const struct event *e = t->in->event;
    const char *name = e->name + sizeof TURN_SCHEDULE_TIMER - 1;
    const struct schedule *s = flows_schedule(t->flows, name);
    int64_t now = t->in->now_ms, due = now, turn = 0;

    t->wait_set = true;
    (void)json_int(t->st.schedule, "due", &due);
    (void)json_int(t->st.schedule, "turn", &turn);
    if (s == NULL) {
        cJSON_Delete(t->st.schedule);
        t->st.schedule = NULL;
        return turn_note(t, "the schedule \"%.64s\" is not in the scripts any more", name);
    }
    if (e->guard == 0 && runs(t, s))
        return due > now || arm(t, s, due);       /* overdue: its timer is about to fire, or was lost with a turn that was given up */
    if (e->guard == 0)
        return arm(t, s, hours_next(t, &s->every, now, now));
    if ((uint64_t)turn != e->guard)
        return true;                   /* set anew since */
    return raise_event(t, s) && arm(t, s, hours_next(t, &s->every, due, now));
}
