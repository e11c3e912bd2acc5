/*
 * With staff: a finish hands the conversation over, or somebody of the house takes it. The bot then hears and says nothing, and the
 * store sees to that too (store.h, struct store_turn). It ends with the timer "staff", with `lisolo handover back`, or when the
 * person asks for the menu.
 */
#include <stdio.h>
#include <string.h>

#include "private.h"

static const char TIMER_NAME[] = "staff";

static bool note(struct turn *t, const char *text)
{
    t->commit->note = text;
    return true;
}

bool turn_is_held(const struct turn *t)
{
    const struct store_person *p = t->in->person;

    return p != NULL && p->held_until_ms > t->in->now_ms;
}

bool turn_is_silent(const struct turn *t)
{
    return t->commit->hold == HOLD_TAKE || (t->commit->hold != HOLD_BACK && turn_is_held(t));
}

/* ---- the beginning ---- */

/* The timer's number is this turn's: one that was set for an earlier handover finds another in the state. */
static void begins(struct turn *t, const char *back, int64_t until_ms)
{
    t->st.staff = t->in->seq;
    (void)snprintf(t->st.back, sizeof t->st.back, "%s", back);
    t->staff_due_ms = until_ms;
}

void turn_hand_over(struct turn *t, const struct step *s)
{
    t->commit->hold = HOLD_TAKE;
    t->commit->held_until_ms = t->in->now_ms + s->handover_ms;
    begins(t, s->handover_back == NULL ? "" : wording_id(s->handover_back), t->commit->held_until_ms);
    (void)note(t, "handed over to staff");
}

/* ---- the end ---- */

/* The message may be gone since a reload; without it the bot is simply there again. */
static bool say_back(struct turn *t, const char *id)
{
    const struct wording_message *m = id[0] == '\0' ? NULL : wording_find(t->gen->wording, id);

    return m == NULL || !turn_window_open(t) || turn_say(t, m);
}

/* A question that was pending when staff came is asked again: what was said since may be anything. */
static bool ask_again(struct turn *t)
{
    if (!turn_find_place(t))
        return false;
    if (t->flow == NULL || t->st.calling || !turn_window_open(t)) {
        t->rearm = true;
        return true;
    }
    if (t->moved)
        return turn_go(t, t->step);
    return !step_waits(t->step) || turn_repeat(t);
}

static void ends(struct turn *t, char back[sizeof((struct state *)0)->back])
{
    memcpy(back, t->st.back, sizeof t->st.back);
    t->st.back[0] = '\0';
    t->staff_due_ms = t->st.staff == 0 ? t->staff_due_ms : 0;
    t->st.staff = 0;
}

static bool given_back(struct turn *t, const char *how)
{
    char back[sizeof t->st.back];

    ends(t, back);
    return note(t, how) && say_back(t, back) && ask_again(t);
}

/* What the store has now counts: somebody of the house may have taken the conversation again meanwhile. */
static void take_back(struct turn *t)
{
    t->commit->hold = HOLD_BACK;
    t->commit->held_until_ms = t->in->person == NULL ? 0 : t->in->person->held_until_ms;
}

void turn_leave_staff(struct turn *t)
{
    char back[sizeof t->st.back];

    take_back(t);
    ends(t, back);
    (void)note(t, "taken back from staff: the person asked for the menu");
}

bool turn_hears(struct turn *t) { return note(t, "with staff"); }

bool staff_timer(struct turn *t, bool *mine)
{
    const struct event *e = t->in->event;

    *mine = e->name != NULL && strcmp(e->name, TIMER_NAME) == 0;
    if (!*mine || e->guard != t->st.staff || turn_is_held(t))
        return true;
    take_back(t);
    return given_back(t, "taken back from staff: the time is over");
}

bool staff_timer_failed(struct turn *t)
{
    const struct event *e = t->in->event;
    char back[sizeof t->st.back];

    if (e->name == NULL || strcmp(e->name, TIMER_NAME) != 0)
        return false;
    if (e->guard == t->st.staff && !turn_is_held(t)) {
        take_back(t);
        ends(t, back);
        t->rearm = turn_find_place(t);   /* what is pending ends some day, although it was not asked again */
    }
    return true;
}

/* The store has changed it already, in the commit that made this event. */
bool turn_staff(struct turn *t)
{
    const char *what = t->in->event->outcome;

    if (what != NULL && strcmp(what, "take") == 0) {
        if (turn_is_held(t))
            begins(t, "", t->in->person->held_until_ms);
        return note(t, "taken by staff");
    }
    if (turn_is_held(t))
        return true;
    return given_back(t, "given back by staff");
}

void staff_timer_set(struct turn *t)
{
    struct store_timer *timer = &t->commit->timers[t->commit->timer_count];

    if (t->staff_due_ms < 0 || t->commit->timer_count == TURN_TIMERS_MAX)
        return;
    (void)snprintf(timer->name, sizeof timer->name, "%s", TIMER_NAME);
    timer->guard = t->st.staff;
    timer->due_ms = t->staff_due_ms;
    timer->after_send = false;
    t->commit->timer_count++;
}
