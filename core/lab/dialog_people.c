/*
 * The people of a test, and what each turn leaves them: a state, timers, who says the rows that follow.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialog.h"

/* ---- people ---- */

struct person *world_by_conv(struct world *w, int64_t conv)
{
    for (size_t i = 0; i < w->people_count; i++)
        if (w->people[i].conv == conv)
            return &w->people[i];
    return NULL;
}

struct person *world_person_add(struct world *w, const char *who, const char *phone, const char *name, const char *language)
{
    struct person *p;

    if (w->people_count == DIALOG_PEOPLE_MAX) {
        (void)world_broken(w, SAY("more than 64 people in one test: split it", "plus de 64 personnes dans un test : coupez-le"));
        return NULL;
    }
    p = &w->people[w->people_count++];     /* never moved: others point to it */
    *p = (struct person){ .who = strdup(who), .phone = strdup(phone), .name = name == NULL ? NULL : strdup(name),
                          .language = strdup(language == NULL ? "fr" : language) };
    if (p->who != NULL && p->phone != NULL && p->language != NULL && (name == NULL || p->name != NULL))
        return p;
    (void)world_no_memory(w);
    return NULL;
}

struct person *world_person(struct world *w, const char *who)
{
    for (size_t i = 0; i < w->people_count; i++)
        if (strcmp(w->people[i].who, who) == 0 || strcmp(w->people[i].phone, who) == 0)
            return &w->people[i];
    return who[0] == '+' ? world_person_add(w, who, who, NULL, NULL) : NULL;
}

void world_person_free(struct person *p)
{
    free(p->who);
    free(p->phone);
    free(p->name);
    free(p->language);
    free(p->state);
    cJSON_Delete(p->fields);
}

/* ---- what the turns leave ---- */

/* The same text when it has gone through JSON, or at least the same tree. */
static bool is_plain(const struct blob *state)
{
    struct error err = { "" };
    cJSON *tree = json_parse(state->data, state->len, &err), *again = NULL;
    size_t len = 0;
    char *text = tree == NULL ? NULL : json_print(tree, &len);
    bool same = text != NULL && len == state->len && memcmp(text, state->data, len) == 0;

    if (!same && text != NULL) {
        again = json_parse(text, len, &err);
        same = again != NULL && cJSON_Compare(tree, again, true);
    }
    cJSON_Delete(tree);
    cJSON_Delete(again);
    free(text);
    return same;
}

void world_timer_drop(struct person *p, const char *name)
{
    for (size_t i = 0; i < p->timer_count; i++)
        if (strcmp(p->timers[i].name, name) == 0)
            p->timers[i--] = p->timers[--p->timer_count];
}

static void timers_follow(struct world *w, struct person *p, const struct turn_input *in, const struct store_turn *commit)
{
    if (in->event->kind == EVENT_TIMER && in->event->name != NULL)
        world_timer_drop(p, in->event->name);
    for (size_t i = 0; i < commit->timer_count; i++) {
        const struct store_timer *from = &commit->timers[i];
        struct dialog_timer *t;

        world_timer_drop(p, from->name);
        if (from->due_ms == 0)
            continue;
        if (p->timer_count == DIALOG_TIMERS_MAX) {
            (void)world_broken(w, "more than 64 timers for one person");
            return;
        }
        t = &p->timers[p->timer_count++];
        *t = (struct dialog_timer){ .guard = from->guard, .seq = in->seq, .after_send = from->after_send, .delay_ms = from->due_ms,
                                    .due_ms = from->after_send ? world_now(w) + from->due_ms : from->due_ms };
        memcpy(t->name, from->name, sizeof t->name);
    }
}

/* Who says each row, until the store tells the row's number. */
static bool place_add(struct world *w, const struct turn_input *in, const struct store_turn *commit, size_t i)
{
    if (w->place_count == w->place_cap) {
        size_t cap = w->place_cap == 0 ? 16 : w->place_cap * 2;
        void *list = reallocarray(w->places, cap, sizeof *w->places);

        if (list == NULL)
            return world_no_memory(w);
        w->places = list;
        w->place_cap = cap;
    }
    w->places[w->place_count].conv = in->conv;
    w->places[w->place_count].seq = in->seq;
    (void)snprintf(w->places[w->place_count].place, sizeof w->places[0].place, "%s", commit->sends[i].source);
    (void)snprintf(w->places[w->place_count].step, sizeof w->places[0].step, "%s%s%s", commit->flow, commit->step[0] == '\0' ? "" : "/", commit->step);
    w->place_count++;
    return true;
}

void world_watch(void *ctx, const struct turn_input *in, const struct turn_result *out)
{
    struct world *w = ctx;
    const struct store_turn *commit = &out->commit;
    struct person *p = in->person == NULL || in->person->phone == NULL ? NULL : world_person(w, in->person->phone);
    char *state;

    if (out->script_failed && w->failure[0] == '\0')
        (void)snprintf(w->failure, sizeof w->failure, "%s", out->failure.text);
    if (commit->state.len > 0 && !is_plain(&commit->state))
        (void)world_broken(w, SAY("a state did not come back from JSON as it was", "un état n'est pas revenu identique du JSON"));
    for (size_t i = 0; i < commit->send_count; i++)
        if (!place_add(w, in, commit, i))
            return;
    if (p == NULL)
        return;
    p->conv = in->conv;
    state = malloc(commit->state.len + 1);
    if (state == NULL) {
        (void)world_no_memory(w);
        return;
    }
    if (commit->state.len > 0)
        memcpy(state, commit->state.data, commit->state.len);
    state[commit->state.len] = '\0';
    free(p->state);
    p->state = state;
    p->state_len = commit->state.len;
    timers_follow(w, p, in, commit);
}
