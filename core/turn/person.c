/*
 * A message from the person. In this order: a command that is the whole message; the answer to the pending question (a
 * tap, a typed title, a value); words that start a flow; else "not understood", or the menu when nothing is pending.
 */
#include <stdio.h>
#include <string.h>

#include "lisolo/base/utf8.h"
#include "private.h"

struct tap {
    enum { TAP_NONE, TAP_GENUINE } kind;
    char     choice[TALK_NAME_MAX + 1];
    uint64_t turn;
};

/* ---- reading the message ---- */

bool turn_read_words(struct turn *t, const char *text)
{
    size_t room = 2 * strlen(text) + 16;   /* folding makes some letters longer: ß, ligatures */
    char *word = pool_take(t->pool, room);

    if (word == NULL)
        return turn_broken(t);
    t->text = text;
    if (!utf8_fold(text, word, room))
        return true;
    if (word[0] == '\0')               /* "?" is a word, although folding leaves nothing of it */
        (void)snprintf(word, room, "%.*s", (int)strcspn(text + strspn(text, " "), " "), text + strspn(text, " "));
    t->word = word;
    return true;
}

/* An id that we did not sign for this person is only a title that somebody sent. */
static bool read_input(struct turn *t, struct tap *tap)
{
    const struct event *e = t->in->event;

    tap->kind = TAP_NONE;
    if (e->kind == EVENT_CHOICE && e->choice != NULL) {
        enum choice_verdict verdict = choice_read(t->in->keys, t->in->conv, e->choice, tap->choice, &tap->turn);

        if (verdict == CHOICE_NO_MAC)
            return turn_broken(t);
        if (verdict == CHOICE_GENUINE) {
            tap->kind = TAP_GENUINE;
            return true;
        }
    }
    if (e->kind == EVENT_TEXT || e->kind == EVENT_CHOICE)
        return turn_read_words(t, e->text == NULL ? "" : e->text);
    return true;
}

/* ---- saying ---- */

static bool say_if(struct turn *t, const struct wording_message *m) { return m == NULL || turn_say(t, m); }

bool turn_show_menu(struct turn *t)
{
    if (!turn_end(t))
        return false;
    t->st.turn = t->in->seq;
    return say_if(t, t->flows->menu_say != NULL ? t->flows->menu_say : t->flows->common.not_understood);
}

bool turn_ask_last(struct turn *t)
{
    const struct step *last = trail_pop(t);

    while (last != NULL && !step_waits(last))
        last = trail_pop(t);
    if (t->broken)
        return false;
    t->st.calling = false;
    return last == NULL ? turn_show_menu(t) : turn_go(t, last);
}

/* ---- after an answer ---- */

static bool onward(struct turn *t)
{
    const struct step *after = t->st.after[0] == '\0' ? NULL : place_step(t->flow, t->st.after);

    t->handled = true;
    t->st.after[0] = '\0';
    return turn_go(t, after != NULL ? after : t->step->next.step);
}

static bool not_understood(struct turn *t, const struct wording_message *why)
{
    const struct step *s = t->step;

    t->handled = true;
    t->rearm = true;
    t->st.tries++;
    turn_mark(t, MARK_RETRY, s, NULL);
    if (s->tries > 0 && t->st.tries >= s->tries && s->give_up.step != NULL) {
        t->st.after[0] = '\0';
        turn_mark(t, MARK_GIVE_UP, s, NULL);
        return turn_go(t, s->give_up.step);
    }
    return say_if(t, why != NULL ? why : s->retry != NULL ? s->retry : t->flows->common.not_understood);
}

/* A photo where words were asked for is not a wrong answer: it does not count as a try. */
static bool unsupported(struct turn *t)
{
    t->handled = true;
    t->rearm = true;
    if (!say_if(t, t->flows->common.unsupported))
        return false;
    return t->step->retry != NULL ? turn_say(t, t->step->retry) : turn_repeat(t);
}

/* ---- choices ---- */

static bool switched_off(const struct turn *t, enum command_does does);
static bool command(struct turn *t, const struct command *c);

static const struct choice_target *find_choice(const struct choice_target *on, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(on[i].id, id) == 0)
            return &on[i];
    return NULL;
}

static bool take_row(struct turn *t, const char *id)
{
    const struct step *s = t->step;
    struct wording_output out;
    cJSON *rows = NULL, *copy;
    const cJSON *row;

    if (strcmp(id, "suite") == 0) {
        t->st.page++;
        t->handled = true;
        return turn_repeat(t);
    }
    if (!choose_render(t, s, &out, &rows)) {
        cJSON_Delete(rows);
        return false;
    }
    wording_output_free(&out);
    row = row_find(rows, id);
    copy = row == NULL ? NULL : cJSON_Duplicate(row, true);
    cJSON_Delete(rows);
    if (row == NULL)
        return not_understood(t, NULL);
    if (copy == NULL)
        return turn_broken(t);
    trail_push(t);
    return turn_set(t, s->save, copy) && onward(t);
}

bool turn_take_choice(struct turn *t, const char *id)
{
    const struct step *s = t->step;
    const struct choice_target *on = find_choice(s->on, s->on_count, id);
    const struct command *c = on == NULL ? flows_command_named(t->flows, id) : NULL;
    bool keeps = s->kind == STEP_CHOOSE && s->list == DECL_NO_FUNCTION && s->save != NULL;
    cJSON *copy;

    if (c != NULL && !switched_off(t, c->does))
        return command(t, c);
    if (on == NULL)
        return s->list != DECL_NO_FUNCTION ? take_row(t, id) : not_understood(t, NULL);
    turn_mark(t, MARK_CHOICE, s, id);
    trail_push(t);
    t->handled = true;
    if (!keeps)
        return turn_go_target(t, on->to);
    copy = cJSON_CreateString(id);
    if (copy == NULL)
        return turn_broken(t);
    if (!turn_set(t, s->save, copy))
        return false;
    return t->st.after[0] != '\0' ? onward(t) : turn_go_target(t, on->to);
}

/* ---- values ---- */

/* true, or nil and the id of the message that says what is wrong */
static bool check(struct turn *t, const cJSON *value, bool *fine, const struct wording_message **why)
{
    cJSON *results[2];
    const struct step *s = t->step;

    *why = NULL;
    *fine = true;
    if (s->check == DECL_NO_FUNCTION)
        return true;
    if (!turn_script(t, s->check, value, results))
        return false;
    *fine = results[0] != NULL && !cJSON_IsNull(results[0]) && !cJSON_IsFalse(results[0]);
    if (!*fine && cJSON_IsString(results[1])) {
        *why = wording_find(t->gen->wording, results[1]->valuestring);
        if (*why == NULL)
            (void)turn_fail(t, s->file, s->line,
                            "`check` of the step \"%.64s\" names the message \"%.100s\", which does not exist", s->name, results[1]->valuestring);
    }
    cJSON_Delete(results[0]);
    cJSON_Delete(results[1]);
    return !t->failed;
}

/* Not a letter of it is changed: case and spaces are part of a password. */
static bool take_secret(struct turn *t)
{
    t->commit->wipe = true;
    if (t->in->event->kind != EVENT_TEXT || t->text == NULL)
        return unsupported(t);
    if (!secret_fits(&t->step->expect, t->text))
        return not_understood(t, NULL);
    trail_push(t);
    return secret_keep(t, t->step->save, t->text) && onward(t);
}

static bool take_value(struct turn *t)
{
    const struct wording_message *why;
    bool other, fine;
    cJSON *value = t->gathered != NULL ? gather_value(t, &t->step->expect, &other) : expect_value(t, &t->step->expect, &other);

    if (t->broken)
        return false;
    if (value == NULL)
        return other ? unsupported(t) : not_understood(t, NULL);
    if (!check(t, value, &fine, &why)) {
        cJSON_Delete(value);
        return false;
    }
    if (!fine) {
        cJSON_Delete(value);
        return not_understood(t, why);
    }
    trail_push(t);
    return turn_set(t, t->step->save, value) && onward(t);
}

bool turn_take_answer(struct turn *t)
{
    char choice[TALK_NAME_MAX + 1];
    const struct step *s = t->step;
    const struct flow *other;
    bool chooses = s->kind == STEP_CHOOSE, kept = false;

    if (choose_answer(t, s, choice))
        return turn_take_choice(t, choice);
    if (t->failed || t->broken)
        return false;
    if (!chooses && s->gather_ms > 0 && t->gathered == NULL && (!gather_keep(t, &kept) || kept))
        return !t->failed && !t->broken;
    if (!chooses)
        return secret_awaited(s) ? take_secret(t) : take_value(t);
    if (t->text == NULL)
        return unsupported(t);
    other = t->word == NULL ? NULL : flows_by_word(t->flows, t->word);
    if (other != NULL && other != t->flow)
        return turn_start(t, other, NULL);   /* buttons were offered and another service was named: that is what is wanted */
    return not_understood(t, NULL);
}

/* ---- commands ---- */

static bool switched_off(const struct turn *t, enum command_does does)
{
    const struct step *s = t->step;

    if (s == NULL)
        return false;
    switch (does) {
    case DOES_MENU:   return false;    /* works everywhere */
    case DOES_CANCEL: return s->no_cancel;
    case DOES_BACK:   return s->no_back;
    case DOES_HELP:   return s->no_help;
    case DOES_LANGUAGE: return false;
    }
    return false;
}

static bool cancel(struct turn *t, const struct command *c)
{
    if (t->flow == NULL)
        return t->flows->common.nothing != NULL ? turn_say(t, t->flows->common.nothing) : turn_show_menu(t);
    if (!turn_end(t))
        return false;
    return c->say != NULL ? turn_say(t, c->say) : turn_show_menu(t);
}

/* From the first question of a sub-flow back into its caller; from the first of all to the menu. */
static bool back(struct turn *t)
{
    const struct step *before = t->flow == NULL ? NULL : trail_pop(t);

    while (before == NULL && t->flow != NULL && cJSON_GetArraySize(t->st.stack) > 0) {
        if (!turn_leave(t))
            return false;
        before = t->flow == NULL ? NULL : trail_pop(t);
    }
    if (t->broken)
        return false;
    t->st.after[0] = '\0';
    return before == NULL ? turn_show_menu(t) : turn_go(t, before);
}

static bool help(struct turn *t, const struct command *c)
{
    const struct wording_message *m = c->say != NULL ? c->say : t->flows->common.help;

    if (t->step != NULL && t->step->help != NULL)
        m = t->step->help;
    if (!say_if(t, m))
        return false;
    return t->step == NULL || !step_waits(t->step) || turn_repeat(t);
}

static bool speak(struct turn *t, const struct command *c)
{
    (void)snprintf(t->st.lang, sizeof t->st.lang, "%.8s", c->language);
    return turn_vars_changed(t);       /* {langue} is one of them */
}

/* The question again, in words that can now be read; without one the menu. */
static bool change_language(struct turn *t, const struct command *c)
{
    if (!speak(t, c) || !say_if(t, c->say))
        return false;
    if (t->flow == NULL)
        return turn_show_menu(t);
    return t->st.calling || t->step == NULL || !step_waits(t->step) || turn_repeat(t);
}

/* "Hello, I need a courier": the first word that somebody ever writes tells the language that they speak. */
static void greet(struct turn *t)
{
    const struct command *c = t->in->state.len > 0 || t->word == NULL ? NULL : flows_greeting(t->flows, t->word);

    if (c != NULL)
        (void)speak(t, c);
}

static bool command(struct turn *t, const struct command *c)
{
    gather_drop(t);
    switch (c->does) {
    case DOES_MENU:   return turn_show_menu(t);
    case DOES_CANCEL: return cancel(t, c);
    case DOES_BACK:   return back(t);
    case DOES_HELP:   return help(t, c);
    case DOES_LANGUAGE: return change_language(t, c);
    }
    return false;
}

/* ---- the whole ---- */

/* True: the menu has this button, and what it leads to was tried. */
static bool take_menu(struct turn *t, const char *id)
{
    const struct choice_target *on = find_choice(t->flows->menu_on, t->flows->menu_on_count, id);
    const struct command *c = on == NULL ? flows_command_named(t->flows, id) : NULL;

    if (on != NULL)
        turn_mark(t, MARK_CHOICE, NULL, id);
    if (on != NULL)
        (void)turn_start(t, on->to.flow, NULL);
    else if (c != NULL)
        (void)command(t, c);
    return on != NULL || c != NULL;
}

/* A button that shows the menu does so from everywhere, however old it is. NULL: it is none, or its question is pending. */
static const struct command *menu_button(const struct turn *t, const struct tap *tap)
{
    const struct command *c = tap->kind == TAP_GENUINE && tap->turn != t->st.turn ? flows_command_named(t->flows, tap->choice) : NULL;

    return c != NULL && c->does == DOES_MENU ? c : NULL;
}

static bool tapped(struct turn *t, const struct tap *tap)
{
    const struct command *menu = menu_button(t, tap);
    bool known = false;

    if (tap->turn == t->st.turn && t->flow != NULL && !t->moved && step_waits(t->step))
        return turn_take_choice(t, tap->choice);
    if (tap->turn == t->st.turn && t->flow == NULL && take_menu(t, tap->choice))
        return !t->failed && !t->broken;
    if (!notice_tap(t, tap->choice, tap->turn, &known) || known)
        return !t->failed && !t->broken;
    return menu != NULL ? command(t, menu) : late_tap(t, tap->choice, tap->turn);
}

static bool nothing_runs(struct turn *t)
{
    const struct flow *f = t->word == NULL ? NULL : flows_by_word(t->flows, t->word);
    char choice[TALK_NAME_MAX + 1];
    bool known;

    if (!after_words(t, f, &known) || known)
        return !t->failed && !t->broken;
    if (f != NULL)
        return turn_start(t, f, NULL);
    if (t->flows->menu_say != NULL && choose_typed(t, t->flows->menu_say, NULL, t->st.turn != 0, choice)
        && take_menu(t, choice))
        return !t->failed && !t->broken;
    if (t->failed || t->broken)
        return false;
    if ((t->in->event->kind == EVENT_MEDIA || t->in->event->kind == EVENT_UNSUPPORTED)
        && !say_if(t, t->flows->common.unsupported))
        return false;
    return turn_show_menu(t);
}

bool turn_person(struct turn *t)
{
    const struct command *c;
    struct tap tap;

    if (!read_input(t, &tap) || !turn_find_place(t))
        return false;
    greet(t);
    c = t->word == NULL ? NULL : flows_command(t->flows, t->word);
    if (c != NULL && secret_awaited(t->step) && c->does != DOES_MENU && c->does != DOES_CANCEL)
        c = NULL;
    if (turn_is_held(t)) {
        if (c == NULL && tap.kind == TAP_GENUINE)
            c = flows_command_named(t->flows, tap.choice);
        if (c == NULL || c->does != DOES_MENU)
            return turn_hears(t);
        turn_leave_staff(t);
    }
    /* While a call is under way the question before it is answered and the next is not asked: only leaving is possible. */
    if (t->st.calling && c == NULL)
        c = menu_button(t, &tap);
    if (t->st.calling && (c == NULL || c->does == DOES_BACK || c->does == DOES_HELP))
        return (tap.kind == TAP_GENUINE && late_ignored(t, tap.turn)) || say_if(t, t->flows->common.wait);
    if (c != NULL && !switched_off(t, c->does))
        return command(t, c);
    if (tap.kind == TAP_GENUINE)
        return tapped(t, &tap);
    if (t->flow == NULL)
        return nothing_runs(t);
    if (t->moved || t->st.unasked)
        return turn_go(t, t->step);
    return step_waits(t->step) ? turn_take_answer(t) : turn_ask_last(t);
}
