/*
 * A button that leads nowhere and a way that has no button are the same mistake seen from two files.
 */
#include <stdio.h>
#include <string.h>

#include "lisolo/base/nearest.h"
#include "private.h"

static bool leads(const struct choice_target *on, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(on[i].id, id) == 0)
            return true;
    return false;
}

static bool has_button(const struct wording_message *m, const char *id)
{
    for (size_t i = 0; i < wording_choice_count(m); i++)
        if (strcmp(wording_choice_id(m, i), id) == 0)
            return true;
    return false;
}

/* The row that turns the page of a long list: the turn handles it (turn/choose.c). */
static bool is_page_row(const struct step *s, const char *id)
{
    return s != NULL && s->list != DECL_NO_FUNCTION && strcmp(id, "suite") == 0;
}

static void check_message(struct build *b, struct where at, const struct step *step,
                          const struct wording_message *m, const struct choice_target *on, size_t count)
{
    char hint[160];

    for (size_t i = 0; m != NULL && i < wording_choice_count(m); i++) {
        const char *id = wording_choice_id(m, i);
        struct nearest near = { .word = id };

        if (leads(on, count, id) || is_page_row(step, id) || flows_command_named(b->flows, id) != NULL)
            continue;
        for (size_t k = 0; k < count; k++)
            nearest_offer(&near, on[k].id);
        if (near.best != NULL)
            (void)snprintf(hint, sizeof hint, problems_text(b->out, "did you mean [%.64s], which `on` has?"), near.best);
        else
            (void)snprintf(hint, sizeof hint, problems_text(b->out, "add `%.64s = \"step\"` to `on`"), id);
        flow_report(b, CODE_BUTTON_WITHOUT_ON, at, hint,
                    "the button [%.64s] of \"%.100s\" has no entry in `on`", id, wording_id(m));
    }
}

static void check_on(struct build *b, const char *file, int line, const struct wording_message *m,
                     const struct choice_target *on, size_t count)
{
    char hint[160];

    for (size_t i = 0; m != NULL && i < count; i++) {
        struct nearest near = { .word = on[i].id };

        if (has_button(m, on[i].id))
            continue;
        for (size_t k = 0; k < wording_choice_count(m); k++)
            nearest_offer(&near, wording_choice_id(m, k));
        if (near.best != NULL)
            (void)snprintf(hint, sizeof hint, problems_text(b->out, "did you mean `%.100s`?"), near.best);
        else
            (void)snprintf(hint, sizeof hint, problems_text(b->out, "add a line `[%.64s] Titre` to the message, or take it out of `on`"), on[i].id);
        flow_report(b, CODE_ON_WITHOUT_BUTTON, (struct where){ file, on[i].line > 0 ? on[i].line : line, 0 },
                    hint, "`on` has `%.64s`, the message \"%.100s\" has no such button",
               on[i].id, wording_id(m));
    }
}

static void check_rows(struct build *b, const struct step *s)
{
    size_t n = s->say == NULL ? 0 : wording_choice_count(s->say);
    bool model = s->say != NULL && wording_has_model_row(s->say), list = s->list != DECL_NO_FUNCTION;

    if (n > TALK_CHOICES_MAX)
        flow_report(b, CODE_ROWS, flow_at_step(s), "make two messages of it, or a `list`, which turns pages",
                    "\"%.100s\" has %zu rows, WhatsApp shows at most %d", wording_id(s->say), n, TALK_CHOICES_MAX);
    if (s->say != NULL && list && !model)
        flow_report(b, CODE_MODEL_ROW, flow_at_step(s), "add a line [row] {nom|short 24}",
                    "the step has a `list`, but \"%.100s\" has no model row", wording_id(s->say));
    if (s->say != NULL && model && !list)
        flow_report(b, CODE_MODEL_ROW, flow_at_step(s), "add list = function(c) … end",
                    "\"%.100s\" has a model row, but the step has no `list`", wording_id(s->say));
}

static void check_quiet(struct build *b, const struct step *s)
{
    if (s->say != NULL && (wording_choice_count(s->say) > 0 || wording_has_model_row(s->say)))
        flow_report(b, CODE_BUTTON_NOBODY, flow_at_step(s),
                    "use f:choose, or take the buttons out of the message", "\"%.100s\" has buttons, but a `%s` step does not wait for one", wording_id(s->say),
               step_kind_name(s->kind));
}

static void check_step(struct build *b, const struct step *s)
{
    if (!step_waits(s)) {
        check_quiet(b, s);
        return;
    }
    check_message(b, flow_at_step(s), s, s->say, s->on, s->on_count);
    check_message(b, flow_at_step(s), s, s->retry, s->on, s->on_count);
    check_message(b, flow_at_step(s), s, s->remind.say, s->on, s->on_count);
    check_on(b, s->file, s->line, s->say, s->on, s->on_count);
    check_rows(b, s);
}

static void check_taps(struct build *b, const struct event_rule *rule, const struct wording_message *m)
{
    for (size_t i = 0; m != NULL && i < wording_choice_count(m); i++)
        if (!leads(rule->taps, rule->tap_count, wording_choice_id(m, i)))
            flow_report(b, CODE_TAP, (struct where){ rule->file, rule->line, 1 },
                        "taps = { suivre = { flow = \"suivi\" } }", "the button [%.64s] of \"%.100s\" starts nothing: who taps it reads commun.bouton_ancien",
                   wording_choice_id(m, i), wording_id(m));
}

/* A plan has no taps: what its buttons would mean days later is nobody's to say. */
static void check_plans(struct build *b, const struct plan_rule *plans, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t m = 0; m <= plans[i].says.say_count; m++) {
            const struct wording_message *say = m < plans[i].says.say_count ? plans[i].says.say[m] : plans[i].says.outside;

            for (size_t k = 0; say != NULL && k < wording_choice_count(say); k++)
                flow_report(b, CODE_TAP, (struct where){ plans[i].file, plans[i].line, 1 }, "take the buttons out of what a plan says",
                            "the button [%.64s] of \"%.100s\" starts nothing: who taps it reads commun.bouton_ancien", wording_choice_id(say, k),
                            wording_id(say));
        }
}

void flow_check_buttons(struct build *b)
{
    const struct flows *f = b->flows;
    struct where menu = { "", 0, 0 };

    for (size_t i = 0; i < b->statements->count; i++)
        if (strcmp(b->statements->list[i].verb, "menu") == 0)
            menu = flow_at(&b->statements->list[i]);
    check_message(b, menu, NULL, f->menu_say, f->menu_on, f->menu_on_count);
    check_on(b, menu.file, menu.line, f->menu_say, f->menu_on, f->menu_on_count);
    for (size_t i = 0; i < f->count; i++)
        for (size_t k = 0; k < f->list[i].step_count; k++) {
            check_step(b, &f->list[i].steps[k]);
            check_plans(b, f->list[i].steps[k].plans, f->list[i].steps[k].plan_count);
        }
    for (size_t i = 0; i < f->event_count; i++) {
        const struct event_rule *rule = &f->events[i];

        for (size_t k = 0; k < rule->case_count; k++) {
            for (size_t m = 0; m < rule->cases[k].say_count; m++)
                check_taps(b, rule, rule->cases[k].say[m]);
            check_taps(b, rule, rule->cases[k].outside);
            check_plans(b, rule->cases[k].plans, rule->cases[k].plan_count);
        }
        check_plans(b, rule->plans, rule->plan_count);
    }
}
