#include <string.h>

#include "private.h"

const struct flow *flows_find(const struct flows *f, const char *name)
{
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->list[i].name, name) == 0)
            return &f->list[i];
    return NULL;
}

const struct step *flow_step(const struct flow *f, const char *name)
{
    for (size_t i = 0; i < f->step_count; i++)
        if (strcmp(f->steps[i].name, name) == 0)
            return &f->steps[i];
    return NULL;
}

const char *flow_moved(const struct flow *f, const char *name)
{
    for (size_t i = 0; i < f->moved_count; i++)
        if (strcmp(f->moved[i].from, name) == 0)
            return f->moved[i].to;
    return NULL;
}

static bool among(char *const *words, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

const struct command *flows_command(const struct flows *f, const char *word)
{
    for (size_t i = 0; i < f->command_count; i++)
        if (among(f->commands[i].words, f->commands[i].word_count, word))
            return &f->commands[i];
    return NULL;
}

static bool begins_with(const char *text, const char *words)
{
    size_t len = strlen(words);

    return strncmp(text, words, len) == 0 && strchr(" ,.!?:;", text[len]) != NULL;      /* strchr finds the NUL too */
}

const struct command *flows_greeting(const struct flows *f, const char *folded)
{
    for (size_t i = 0; i < f->command_count; i++)
        for (size_t k = 0; f->commands[i].does == DOES_LANGUAGE && k < f->commands[i].word_count; k++)
            if (begins_with(folded, f->commands[i].words[k]))
                return &f->commands[i];
    return NULL;
}

const struct command *flows_command_named(const struct flows *f, const char *name)
{
    for (size_t i = 0; i < f->command_count; i++)
        if (strcmp(f->commands[i].name, name) == 0)
            return &f->commands[i];
    return NULL;
}

const struct flow *flows_by_word(const struct flows *f, const char *word)
{
    for (size_t i = 0; i < f->count; i++)
        if (among(f->list[i].words, f->list[i].word_count, word))
            return &f->list[i];
    return NULL;
}

const struct event_rule *flows_event(const struct flows *f, const char *type)
{
    for (size_t i = 0; i < f->event_count; i++)
        if (strcmp(f->events[i].type, type) == 0)
            return &f->events[i];
    return NULL;
}

const char *step_kind_name(enum step_kind kind)
{
    static const char *const NAMES[] = { "ask", "choose", "call", "branch", "say", "set", "run", "finish" };

    return NAMES[kind];
}

bool step_waits(const struct step *s) { return s->kind == STEP_ASK || s->kind == STEP_CHOOSE; }

size_t flow_step_index(const struct step *s) { return (size_t)(s - s->flow->steps); }

bool flow_profile_name(const char *name)
{
    return strcmp(name, "prenom") == 0 || strcmp(name, "telephone") == 0 || strcmp(name, "langue") == 0
        || strcmp(name, "person") == 0 || strcmp(name, "shared") == 0;
}

const struct person_value *flows_person(const struct flows *f, const char *name)
{
    for (size_t i = 0; i < f->person_count; i++)
        if (strcmp(f->person[i].name, name) == 0)
            return &f->person[i];
    return NULL;
}

const struct schedule *flows_schedule(const struct flows *f, const char *name)
{
    for (size_t i = 0; i < f->schedule_count; i++)
        if (strcmp(f->schedules[i].name, name) == 0)
            return &f->schedules[i];
    return NULL;
}

const struct plan_rule *plan_find(const struct plan_rule *plans, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (plans[i].kind != PLAN_CANCEL && strcmp(plans[i].name, name) == 0)
            return &plans[i];
    return NULL;
}

const char *flow_person_part(const char *path)
{
    static const char HEAD[] = "person.";

    return strncmp(path, HEAD, sizeof HEAD - 1) == 0 ? path + sizeof HEAD - 1 : NULL;
}
