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
    return add(t, t->in->now_ms + end_of_waiting(t->step)->after_ms - t->step->remind.after_ms - t->st.quiet_ms, false);
}

bool timer_remove(struct turn *t) { return add(t, 0, false); }

bool timer_set(struct turn *t)
{
    bool waits = !turn_is_silent(t) && t->flow != NULL && t->step != NULL && step_waits(t->step) && !t->st.calling;
    int64_t delay;

    if (t->wait_set)
        return true;
    for (size_t i = 0; i < t->commit->timer_count; i++)
        if (strcmp(t->commit->timers[i].name, TIMER_NAME) == 0)
            return true;               /* a reminder has set the rest */
    if (!waits)
        return !t->st.armed || add(t, 0, false);
    if (!t->rearm)
        return true;
    t->st.quiet_ms = 0;
    delay = reminds(t) ? t->step->remind.after_ms : end_of_waiting(t->step)->after_ms;
    if (t->commit->send_count > 0)
        return add(t, delay, true);
    return add(t, t->in->now_ms + delay, false);
}

bool timer_is_wait(const struct event *e) { return e->kind == EVENT_TIMER && e->name != NULL && strcmp(e->name, TIMER_NAME) == 0; }

/* In quiet hours it waits for their end; the end of waiting stays where it was, and a reminder that would come after it is none. */
static bool remind(struct turn *t)
{
    int64_t now = t->in->now_ms, held = hours_loud(t, NULL, now) - now;

    if (held > 0 && held < end_of_waiting(t->step)->after_ms - t->step->remind.after_ms - t->st.quiet_ms) {
        t->st.quiet_ms += held;
        return add(t, now + held, false);
    }
    t->st.reminded = true;
    turn_mark(t, MARK_REMIND, t->step, NULL);
    return (held > 0 || !turn_window_open(t) || turn_say(t, t->step->remind.say)) && arm_rest(t);
}

bool turn_timer(struct turn *t)
{
    const struct event *e = t->in->event;
    struct target to;
    bool mine;

    if (!staff_timer(t, &mine) || mine)
        return !t->failed && !t->broken;
    if (plan_is_due(e))
        return plan_fire(t);
    if (schedule_is_due(e))
        return turn_schedule(t);
    if (gather_is_timer(e))
        return gather_timer(t);
    if (turn_is_held(t))
        return true;                   /* what is pending is asked again when the bot has the conversation again */
    if (!timer_is_wait(e) || e->guard != t->st.turn || !t->st.armed)
        return true;                   /* set for a question that has been answered since */
    t->st.armed = false;
    if (!turn_find_place(t))
        return false;
    if (t->flow == NULL || !step_waits(t->step) || t->st.calling)
        return true;
    if (gather_pending(t))             /* the answer is there already, only not yet taken */
        return gather_take(t);
    if (t->moved) {                    /* asked anew when the person writes; until then it may end by itself */
        t->rearm = true;
        return true;
    }
    if (reminds(t))
        return remind(t);
    turn_mark(t, MARK_EXPIRE, t->step, NULL);
    to = end_of_waiting(t->step)->to;
    t->st.after[0] = '\0';
    if (to.step != NULL)
        return turn_go(t, to.step);
    return (t->flows->common.expired == NULL || turn_say(t, t->flows->common.expired)) && turn_end(t);
}

/*
 * The timer was the right one, what it should have done went wrong. An author's mistake must not keep a conversation
 * waiting for ever.
 */
void timer_failed(struct turn *t)
{
    if (staff_timer_failed(t) || !turn_find_place(t) || t->flow == NULL || !step_waits(t->step))
        return;
    if (reminds(t)) {
        t->st.reminded = true;
        (void)arm_rest(t);
        return;
    }
    t->st.armed = false;
    (void)turn_end(t);
}
