/*
 * One timer a conversation, named "wait": the reminder if it is still to come, else the end of waiting. It starts when the
 * question has been accepted by WhatsApp, so an outage reminds nobody of a question never seen (decisions.md).
 */
#include <stdio.h>
#include <string.h>

#include "private.h"

static const char TIMER_NAME[] = "wait";

static const struct wait_rule *end_of_waiting(const struct step *s) { return s->has_expire ? &s->expire
    : &s->flow->expire; }

static bool reminds(const struct turn *t)
{
    return t->step->has_remind && !t->st.reminded && t->step->remind.after_ms < end_of_waiting(t->step)->after_ms;
}

static bool add(struct turn *t, int64_t due_ms, bool after_send)
{
    struct store_timer *timer = &t->commit->timers[t->commit->timer_count++];

    (void)snprintf(timer->name, sizeof timer->name, "%s", TIMER_NAME);
    timer->guard = t->st.turn;
    timer->due_ms = due_ms;
    timer->after_send = after_send;
    t->st.armed = due_ms != 0;
    return true;
}

/* After a reminder the end stays where it was. */
static bool arm_rest(struct turn *t)
{
    return add(t, t->in->now_ms + end_of_waiting(t->step)->after_ms - t->step->remind.after_ms, false);
}

bool timer_set(struct turn *t)
{
    bool waits = t->flow != NULL && t->step != NULL && step_waits(t->step) && !t->st.calling;
    int64_t delay;

    if (t->commit->timer_count > 0)
        return true;                   /* a reminder has set the rest */
    if (!waits)
        return !t->st.armed || add(t, 0, false);
    if (!t->rearm)
        return true;
    delay = reminds(t) ? t->step->remind.after_ms : end_of_waiting(t->step)->after_ms;
    if (t->commit->send_count > 0)
        return add(t, delay, true);
    return add(t, t->in->now_ms + delay, false);
}

bool turn_timer(struct turn *t)
{
    const struct event *e = t->in->event;
    struct target to;

    if (e->name == NULL || strcmp(e->name, TIMER_NAME) != 0 || e->guard != t->st.turn || !t->st.armed)
        return true;                   /* set for a question that has been answered since */
    t->st.armed = false;
    if (!turn_find_place(t))
        return false;
    if (t->flow == NULL || !step_waits(t->step) || t->st.calling)
        return true;
    if (t->moved) {                    /* asked anew when the person writes; until then it may end by itself */
        t->rearm = true;
        return true;
    }
    if (reminds(t)) {
        t->st.reminded = true;
        return (!turn_window_open(t) || turn_say(t, t->step->remind.say)) && arm_rest(t);
    }
    to = end_of_waiting(t->step)->to;
    t->st.after[0] = '\0';
    return to.step == NULL ? turn_end(t) : turn_go(t, to.step);
}

/*
 * The timer was the right one, what it should have done went wrong. An author's mistake must not keep a conversation
 * waiting for ever.
 */
void timer_failed(struct turn *t)
{
    if (!turn_find_place(t) || t->flow == NULL || !step_waits(t->step))
        return;
    if (reminds(t)) {
        t->st.reminded = true;
        (void)arm_rest(t);
        return;
    }
    t->st.armed = false;
    (void)turn_end(t);
}
