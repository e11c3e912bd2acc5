/*
 * What a flow leaves behind for some hours: {"flow": name, "until": ms, "vars": {…}}. It gives words a meaning that they have
 * nowhere else ("merci", "où est mon livreur ?"), only while no flow is running, and until a newer flow leaves its own.
 */
#include <ctype.h>
#include <string.h>

#include "private.h"

/* ---- leaving it ---- */

static cJSON *kept_values(struct turn *t, const struct afterwards *a)
{
    cJSON *vars = cJSON_CreateObject();

    for (size_t i = 0; vars != NULL && i < a->keep_count; i++) {
        const cJSON *value = turn_value(t, a->keep[i]);

        if (t->failed || t->broken || (value != NULL && !json_add(vars, a->keep[i], cJSON_Duplicate(value, true)))) {
            cJSON_Delete(vars);
            vars = NULL;
        }
    }
    if (vars == NULL && !t->failed)
        t->broken = true;
    return vars;
}

bool after_keep(struct turn *t)
{
    const struct afterwards *a = &t->flow->afterwards;
    cJSON *ended, *vars;

    if (a->last_ms == 0)
        return true;
    vars = kept_values(t, a);
    if (vars == NULL)
        return false;
    ended = cJSON_CreateObject();
    if (ended == NULL || !json_add_str(ended, "flow", t->flow->name) || !json_add_int(ended, "until", t->in->now_ms + a->last_ms)) {
        cJSON_Delete(ended);
        cJSON_Delete(vars);
        return turn_broken(t);
    }
    if (!json_add(ended, "vars", vars)) {
        cJSON_Delete(ended);
        return turn_broken(t);
    }
    cJSON_Delete(t->st.ended);
    t->st.ended = ended;
    return true;
}

/* ---- words in a message ---- */

static bool is_letter(char c) { return isalnum((unsigned char)c) || (c & 0x80) != 0; }

/* The next word at or after *at; its length, 0 at the end. */
static size_t next_word(const char **at)
{
    size_t len = 0;

    while (**at != '\0' && !is_letter(**at))
        (*at)++;
    while (is_letter((*at)[len]))
        len++;
    return len;
}

/* How many words the phrase has when the message goes on with it, else 0. */
static size_t begins_with(const char *message, const char *phrase)
{
    size_t words = 0;

    for (size_t len = next_word(&phrase); len > 0; len = next_word(&phrase)) {
        if (next_word(&message) != len || memcmp(message, phrase, len) != 0)
            return 0;
        message += len;
        phrase += len;
        words++;
    }
    return words;
}

static size_t count_words(const char *text)
{
    size_t words = 0;

    for (size_t len = next_word(&text); len > 0; len = next_word(&text)) {
        text += len;
        words++;
    }
    return words;
}

/* *whole: the message says nothing else. */
static bool holds(const char *message, const char *phrase, bool *whole)
{
    const char *at = message;

    for (size_t len = next_word(&at); len > 0; len = next_word(&at)) {
        size_t words = begins_with(at, phrase);

        *whole = words > 0 && words == count_words(message);
        if (words > 0)
            return true;
        at += len;
    }
    return false;
}

/* ---- answering ---- */

/* Whatever it needs was kept; t->extra is what was kept. */
static bool can_answer(struct turn *t, const struct after_rule *r)
{
    for (size_t i = 0; i < r->give_count; i++)
        if (turn_path(t, r->gives[i].path) == NULL)
            return false;
    for (size_t i = 0; r->say != NULL && i < wording_variable_count(r->say); i++)
        if (wording_variable_required(r->say, i) && turn_value(t, wording_variable(r->say, i)) == NULL)
            return false;
    return true;
}

static const struct after_rule *find_rule(struct turn *t, const struct afterwards *a, const struct flow *named)
{
    for (size_t i = 0; i < a->rule_count; i++)
        for (size_t k = 0; k < a->rules[i].word_count; k++) {
            bool whole = false;

            /* The word of another service is meant before a part of it. */
            if (holds(t->word, a->rules[i].words[k], &whole) && (whole || named == NULL || named == a->rules[i].flow)
                && can_answer(t, &a->rules[i]))
                return &a->rules[i];
        }
    return NULL;
}

static bool start(struct turn *t, const struct after_rule *r)
{
    cJSON *vars = cJSON_CreateObject();
    bool ok = vars != NULL;

    for (size_t i = 0; ok && i < r->give_count; i++)
        ok = json_add(vars, r->gives[i].name, cJSON_Duplicate(turn_path(t, r->gives[i].path), true));
    t->extra = NULL;
    if (ok)
        return turn_start(t, r->flow, vars);
    cJSON_Delete(vars);
    return turn_broken(t);
}

bool after_words(struct turn *t, const struct flow *named, bool *known)
{
    const char *flow = json_str(t->st.ended, "flow");
    const struct flow *f = flow == NULL ? NULL : flows_find(t->flows, flow);
    const struct after_rule *r;
    int64_t until = 0;
    bool ok;

    *known = false;
    if (f == NULL || t->word == NULL)
        return true;
    if (!json_int(t->st.ended, "until", &until) || t->in->now_ms >= until) {
        cJSON *none = cJSON_CreateObject();

        if (none == NULL)
            return turn_broken(t);
        cJSON_Delete(t->st.ended);
        t->st.ended = none;
        return true;
    }
    t->extra = json_get(t->st.ended, "vars");
    r = find_rule(t, &f->afterwards, named);
    *known = r != NULL;
    ok = r == NULL ? !t->failed && !t->broken : r->flow != NULL ? start(t, r) : turn_say(t, r->say);
    t->extra = NULL;
    return ok;
}
