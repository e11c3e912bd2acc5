/*
 * Free text may only leave within 24 hours of the person's last message. Time passes where a question expires, where a call
 * is waited for and before a reminder; so for each step the longest silence before it is computed, and what would speak
 * after 24 hours is found before a customer misses it.
 *
 * Flows are started by something that the person does, so a start is at 0; a sub-flow is at what its callers are at. An
 * answer is a message: behind it the silence is 0 again. Silences only grow while this runs, and none grows beyond
 * SILENCE_MAX_MS. No way without a circle is longer than there are steps: whatever is still raised after that many rounds is
 * on one, where questions expire into one another for ever, or behind it, and gets the most at once. So it ends, and soon.
 */
#include <string.h>

#include "lisolo/channel.h"
#include "private.h"

static const int64_t SILENCE_MAX_MS = 30LL * 24 * 3600 * 1000;
static const int64_t HOUR_MS = 3600 * 1000;

struct silence {
    int64_t           *ms;             /* one for each step of all flows: -1 not reached */
    size_t            *first;          /* of each flow */
    const struct step **from;          /* whose end of waiting made it that long; NULL */
    const struct step **runs;          /* those that run a sub-flow */
    size_t             run_count;
    const struct flows *flows;
    bool               news;
    bool               grows;          /* a circle of ends of waiting: what it still raises grows for ever */
};

static size_t flow_index(const struct silence *x, const struct flow *f) { return (size_t)(f - x->flows->list); }

static size_t at_step(const struct silence *x, const struct step *s)
{
    return x->first[flow_index(x, s->flow)] + flow_step_index(s);
}

static void raise_to(struct silence *x, const struct step *to, int64_t ms, const struct step *from)
{
    size_t i;

    if (to == NULL)
        return;
    i = at_step(x, to);
    if (ms > SILENCE_MAX_MS || (x->grows && ms > x->ms[i]))
        ms = SILENCE_MAX_MS;
    if (ms <= x->ms[i])
        return;
    x->ms[i] = ms;
    x->from[i] = from;
    x->news = true;
}

/* Where a sub-flow hands back to: the callers' next steps. */
static void hand_back(struct silence *x, const struct step *finish)
{
    size_t at = at_step(x, finish);

    for (size_t i = 0; i < x->run_count; i++)
        if (x->runs[i]->run == finish->flow && x->ms[at_step(x, x->runs[i])] >= 0)
            raise_to(x, x->runs[i]->next.step, x->ms[at], x->from[at]);
}

static void pass_waiting(struct silence *x, const struct step *s)
{
    const struct wait_rule *end = s->has_expire ? &s->expire : &s->flow->expire;
    size_t at = at_step(x, s);

    for (size_t i = 0; i < s->on_count; i++)
        raise_to(x, s->on[i].to.step, 0, NULL);
    raise_to(x, s->next.step, 0, NULL);
    raise_to(x, s->give_up.step, 0, NULL);
    raise_to(x, end->to.step, x->ms[at] + end->after_ms, s);
}

static void pass_quiet(struct silence *x, const struct step *s)
{
    size_t at = at_step(x, s);
    int64_t ms = x->ms[at] + (s->kind == STEP_CALL ? s->timeout_ms : 0);
    const struct step *from = x->from[at];

    if (s->run != NULL)
        raise_to(x, s->run->start, ms, from);
    else
        raise_to(x, s->next.step, ms, from);
    for (size_t i = 0; i < s->case_count; i++)
        raise_to(x, s->cases[i].to.step, ms, from);
    for (size_t i = 0; i < s->fail_count; i++)
        raise_to(x, s->fails[i].to.step, ms, from);
    raise_to(x, s->ok.step, ms, from);
    if (s->kind == STEP_FINISH)
        hand_back(x, s);
}

static bool init(struct build *b, struct silence *x, size_t *count)
{
    size_t steps = 0;

    x->flows = b->flows;
    x->first = pool_array(b->pool, b->flows->count, sizeof *x->first);
    for (size_t i = 0; x->first != NULL && i < b->flows->count; i++) {
        x->first[i] = steps;
        steps += b->flows->list[i].step_count;
    }
    *count = steps;
    x->ms = pool_array(b->pool, steps, sizeof *x->ms);
    x->from = pool_array(b->pool, steps, sizeof *x->from);
    x->runs = pool_array(b->pool, steps, sizeof *x->runs);
    if (x->first == NULL || x->ms == NULL || x->from == NULL || x->runs == NULL)
        return false;
    for (size_t i = 0; i < b->flows->count; i++)
        for (size_t k = 0; k < b->flows->list[i].step_count; k++)
            if (b->flows->list[i].steps[k].run != NULL)
                x->runs[x->run_count++] = &b->flows->list[i].steps[k];
    for (size_t i = 0; i < steps; i++)
        x->ms[i] = -1;
    return true;
}

static void spread(struct silence *x, size_t steps)
{
    size_t rounds = 0;

    for (size_t i = 0; i < x->flows->count; i++)
        raise_to(x, x->flows->list[i].start, 0, NULL);
    do {
        x->news = false;
        x->grows = rounds++ > steps;
        for (size_t i = 0; i < x->flows->count; i++)
            for (size_t k = 0; k < x->flows->list[i].step_count; k++) {
                const struct step *s = &x->flows->list[i].steps[k];

                if (x->ms[at_step(x, s)] < 0)
                    continue;
                if (step_waits(s))
                    pass_waiting(x, s);
                else
                    pass_quiet(x, s);
            }
    } while (x->news);
}

static int hours(int64_t ms) { return (int)((ms + HOUR_MS - 1) / HOUR_MS); }

static void check_step(struct build *b, const struct silence *x, const struct step *s)
{
    size_t at = at_step(x, s);
    const struct step *from = x->from[at];
    int64_t reminded = x->ms[at] + s->remind.after_ms;
    bool comes = s->has_remind && s->remind.after_ms < (s->has_expire ? s->expire.after_ms : s->flow->expire.after_ms);   /* else it is C142 */

    if (x->ms[at] >= CHANNEL_WINDOW_MS && s->say != NULL && !wording_is_template(s->say) && from != NULL)
        flow_report(b, CODE_WINDOW, flow_at_step(s), "let the question expire earlier, or end here without `say`",
                    "\"%.100s\" may be said %d hours after the person last wrote, when \"%.64s\" has expired: WhatsApp accepts free text for 24 hours",
                    wording_id(s->say), hours(x->ms[at]), from->name);
    else if (x->ms[at] >= 0 && comes && reminded >= CHANNEL_WINDOW_MS && !wording_is_template(s->remind.say))
        flow_report(b, CODE_WINDOW, flow_at_step(s), "remind earlier",
                    "the reminder \"%.100s\" may come %d hours after the person last wrote: WhatsApp accepts free text for 24 hours",
                    wording_id(s->remind.say), hours(reminded));
}

/* Plans speak by themselves; one that comes after a day is dropped for whoever has not written since, unless it has a template. */
static void check_plans(struct build *b, const struct plan_rule *plans, size_t count, int64_t silence_ms)
{
    for (size_t i = 0; i < count; i++) {
        const struct plan_rule *p = &plans[i];
        struct where at = { p->file, p->line, 1 };
        int64_t ms = (silence_ms > 0 ? silence_ms : 0) + p->after_ms;
        bool free_text = p->says.outside == NULL && p->says.say_count > 0 && !wording_is_template(p->says.say[0]);

        if (free_text && p->kind == PLAN_AFTER && ms >= CHANNEL_WINDOW_MS)
            flow_report(b, CODE_PLAN_WINDOW, at, "add `outside = \"template\"`, or let it come earlier",
                        "the plan \"%.64s\" may come %d hours after the person last wrote: WhatsApp accepts free text for 24 hours", p->name,
                        hours(ms));
        else if (free_text && p->kind == PLAN_EVERY && p->last_ms > CHANNEL_WINDOW_MS)
            flow_report(b, CODE_PLAN_WINDOW, at, "add `outside = \"template\"`, or let it end earlier",
                        "the plan \"%.64s\" still comes when the person has not written for 24 hours: WhatsApp refuses free text then", p->name);
    }
}

static void check_event_plans(struct build *b)
{
    for (size_t i = 0; i < b->flows->event_count; i++) {
        const struct event_rule *rule = &b->flows->events[i];

        check_plans(b, rule->plans, rule->plan_count, 0);
        for (size_t k = 0; k < rule->case_count; k++)
            check_plans(b, rule->cases[k].plans, rule->cases[k].plan_count, 0);
    }
}

void flow_check_window(struct build *b)
{
    struct silence x = { 0 };
    size_t steps;

    if (!init(b, &x, &steps))
        return;
    spread(&x, steps);
    for (size_t i = 0; i < b->flows->count; i++)
        for (size_t k = 0; !b->doubtful[i] && k < b->flows->list[i].step_count; k++) {
            const struct step *s = &b->flows->list[i].steps[k];

            check_step(b, &x, s);
            check_plans(b, s->plans, s->plan_count, x.ms[at_step(&x, s)]);
        }
    check_event_plans(b);
}
