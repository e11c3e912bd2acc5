/*
 * f.afterwards: what a customer's words mean some hours after the flow has ended. Read last, because it names what the
 * flow's steps set and what other flows take.
 */
#include <stdio.h>
#include <string.h>

#include "lisolo/base/nearest.h"
#include "private.h"

enum { LAST_DEFAULT_MS = 24 * 3600 * 1000 };   /* as long as an answer may be free text: whatsapp.md §7 */

/* ---- keep ---- */

static bool is_set(const struct flow *f, const char *name, struct nearest *near)
{
    bool found = false;

    for (size_t i = 0; i < f->take_count; i++) {
        found = found || strcmp(f->takes[i], name) == 0;
        nearest_offer(near, f->takes[i]);
    }
    for (size_t i = 0; i < f->value_count; i++) {
        found = found || strcmp(f->values[i].name, name) == 0;
        nearest_offer(near, f->values[i].name);
    }
    for (size_t i = 0; i < f->step_count; i++) {
        const struct step *s = &f->steps[i];

        found = found || (s->save != NULL && strcmp(s->save, name) == 0);
        if (s->save != NULL)
            nearest_offer(near, s->save);
        for (size_t k = 0; k < s->save_count; k++) {
            found = found || strcmp(s->saves[k].name, name) == 0;
            nearest_offer(near, s->saves[k].name);
        }
        for (size_t k = 0; k < s->set_count; k++) {
            found = found || strcmp(s->sets[k].name, name) == 0;
            nearest_offer(near, s->sets[k].name);
        }
    }
    return found;
}

static void read_keep(struct build *b, const struct statement *s, const struct decl_entry *e, struct flow *f)
{
    char hint[160];

    if (!flow_read_texts(b, s, e, false, &f->afterwards.keep, &f->afterwards.keep_count))
        return;
    for (size_t i = 0; i < f->afterwards.keep_count; i++) {
        const char *name = f->afterwards.keep[i];
        struct nearest near = { .word = name };

        if (is_set(f, name, &near))
            continue;
        if (near.best != NULL)
            (void)snprintf(hint, sizeof hint, problems_text(b->out, "did you mean `%.64s`?"), near.best);
        else
            (void)snprintf(hint, sizeof hint, problems_text(b->out, "take `%.64s` out of `keep`"), name);
        flow_report(b, CODE_NEVER_SET, flow_at_value(s, &e->value), hint,
                    "`keep` names \"%.64s\", which no step of the flow \"%.64s\" sets", name, f->name);
    }
}

static bool is_kept(const struct flow *f, const char *path)
{
    size_t len = strcspn(path, ".");
    char name[TALK_NAME_MAX + 1];

    (void)snprintf(name, sizeof name, "%.*s", (int)(len > TALK_NAME_MAX ? TALK_NAME_MAX : len), path);
    for (size_t i = 0; i < f->afterwards.keep_count; i++)
        if (strcmp(f->afterwards.keep[i], name) == 0)
            return true;
    return flow_profile_name(name);
}

static void need_kept(struct build *b, const struct flow *f, struct where at, const char *path)
{
    char hint[160];
    int len = (int)strcspn(path, ".");

    if (is_kept(f, path))
        return;
    (void)snprintf(hint, sizeof hint, problems_text(b->out, "add \"%.*s\" to `keep`"), len > TALK_NAME_MAX ? TALK_NAME_MAX : len, path);
    flow_report(b, CODE_NEVER_SET, at, hint, "`afterwards` uses \"%.64s\", which `keep` does not name", path);
}

/* ---- on ---- */

static void check_give(struct build *b, const struct statement *s, const struct flow *f, const struct decl_entry *give,
                       const struct after_rule *rule)
{
    for (size_t i = 0; i < rule->give_count; i++) {
        bool taken = false;

        for (size_t k = 0; k < rule->flow->take_count; k++)
            taken = taken || strcmp(rule->flow->takes[k], rule->gives[i].name) == 0;
        if (!taken)
            flow_report(b, CODE_WRONG_VALUE, flow_at_entry(s, give), "name it in f.takes there",
                        "the flow \"%.64s\" does not take \"%.64s\"", rule->flow->name, rule->gives[i].name);
        need_kept(b, f, flow_at_entry(s, give), rule->gives[i].path);
    }
}

static void check_say(struct build *b, const struct flow *f, struct where at, const struct wording_message *m)
{
    for (size_t i = 0; i < wording_variable_count(m); i++)
        if (wording_variable_required(m, i))
            need_kept(b, f, at, wording_variable(m, i));
    if (wording_choice_count(m) > 0 || wording_has_model_row(m))
        flow_report(b, CODE_BUTTON_NOBODY, at, "take the buttons out of the message, or write flow = \"…\" instead of `say`",
                    "\"%.100s\" has buttons, but no flow waits for one when it is said afterwards", wording_id(m));
}

static void read_rule(struct build *b, const struct statement *s, struct flow *f, const struct decl *d)
{
    const struct decl_entry *words = decl_entry(d, "words"), *flow = decl_entry(d, "flow"), *say = decl_entry(d, "say");
    const struct decl_entry *give = decl_entry(d, "give");
    struct after_rule rule = { 0 };

    flow_read_keys(b, s, d, "afterwards case");
    if (words == NULL)
        flow_report(b, CODE_MISSING_KEY, flow_at_value(s, d), "words = { \"merci\" }", "what is said afterwards needs `words`");
    if ((flow == NULL) == (say == NULL))
        flow_report(b, flow == NULL ? CODE_MISSING_KEY : CODE_WRONG_VALUE, flow_at_value(s, d), "write flow = \"…\" or say = \"…\"",
                    "these words need either `flow` or `say`");
    if (give != NULL && flow == NULL)
        flow_report(b, CODE_WRONG_VALUE, flow_at_entry(s, give), "take `give` out", "`give` without `flow`: nobody takes it");
    if (!flow_read_texts(b, s, words, true, &rule.words, &rule.word_count) || (flow == NULL) == (say == NULL))
        return;
    (void)flow_read_pairs(b, s, give, &rule.gives, &rule.give_count);
    if (flow != NULL && flow_read_flow(b, s, &flow->value, &rule.flow))
        check_give(b, s, f, give, &rule);
    if (flow_read_message(b, s, say, &rule.say))
        check_say(b, f, flow_at_value(s, &say->value), rule.say);
    if (rule.flow != NULL || rule.say != NULL)
        f->afterwards.rules[f->afterwards.rule_count++] = rule;
}

static void read_rules(struct build *b, const struct statement *s, struct flow *f, const struct decl_entry *on)
{
    size_t n = on == NULL ? 0 : decl_items(&on->value);

    if (n == 0 || n != on->value.count) {
        flow_report(b, on == NULL ? CODE_MISSING_KEY : CODE_WRONG_VALUE, on == NULL ? flow_at(s) : flow_at_value(s, &on->value),
                    "on = { { words = { \"merci\" }, say = \"commun.de_rien\" } }", "`afterwards` needs a list `on` of what words mean");
        return;
    }
    f->afterwards.rules = pool_array(b->pool, n, sizeof *f->afterwards.rules);
    for (size_t i = 0; i < n && f->afterwards.rules != NULL; i++) {
        const struct decl *d = decl_item(&on->value, i);

        if (d->type == DECL_TABLE && d->tag == NULL)
            read_rule(b, s, f, d);
        else
            flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, d), "{ words = { \"merci\" }, say = \"commun.de_rien\" }",
                        "an entry of `on` must be a table with `words`");
    }
}

static void read_one(struct build *b, const struct statement *s, struct flow *f)
{
    const struct decl_entry *last = decl_entry(&s->body, "last");

    if (s->body.type != DECL_TABLE || s->body.tag != NULL) {
        flow_report(b, CODE_WRONG_VALUE, flow_at(s), "f.afterwards = { last = \"12 h\", on = { … } }", "`afterwards` must be a table");
        return;
    }
    flow_read_keys(b, s, &s->body, "afterwards");
    f->afterwards.last_ms = LAST_DEFAULT_MS;
    if (last != NULL)
        (void)flow_read_duration(b, s, &last->value, &f->afterwards.last_ms);
    read_keep(b, s, decl_entry(&s->body, "keep"), f);
    read_rules(b, s, f, decl_entry(&s->body, "on"));
}

void flow_read_afterwards(struct build *b)
{
    for (size_t i = 0; i < b->statements->count; i++) {
        const struct statement *s = &b->statements->list[i];
        const struct flow *f = s->owner == NULL ? NULL : flows_find(b->flows, s->owner);

        if (f != NULL && strcmp(s->verb, "set") == 0 && s->name != NULL && strcmp(s->name, "afterwards") == 0)
            read_one(b, s, &b->flows->list[f - b->flows->list]);
    }
}

bool flow_afterwards_starts(const struct build *b, const struct flow *f)
{
    for (size_t i = 0; i < b->flows->count; i++)
        for (size_t k = 0; k < b->flows->list[i].afterwards.rule_count; k++)
            if (b->flows->list[i].afterwards.rules[k].flow == f)
                return true;
    return false;
}
