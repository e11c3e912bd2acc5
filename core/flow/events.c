/*
 * `on "type" { … }`: what a backend event says to whom. The order of the cases is their rank.
 */
#include <string.h>

#include "private.h"

enum { LIMIT_MAX = 100 };

void flow_read_says(struct build *b, const struct statement *s, const struct decl *d, struct event_case *out)
{
    const struct decl_entry *say = decl_entry(d, "say"), *outside = decl_entry(d, "outside");
    size_t n = say == NULL ? 0 : say->value.type == DECL_TABLE ? decl_items(&say->value) : 1;

    if (n == 0)
        flow_report(b, CODE_MISSING_KEY, flow_at_value(s, d), "say = \"notif.livree\"",
                    "a notification needs `say`");
    out->say = pool_array(b->pool, n, sizeof *out->say);
    for (size_t i = 0; i < n && out->say != NULL; i++) {
        const struct decl *id = say->value.type == DECL_TABLE ? decl_item(&say->value, i) : &say->value;

        if (flow_read_message_id(b, s, id, &out->say[out->say_count]))
            out->say_count++;
    }
    if (flow_read_message(b, s, outside, &out->outside) && !wording_is_template(out->outside))
        flow_report(b, CODE_OUTSIDE, flow_at_value(s, &outside->value),
                    "name a template: outside = \"mission_accepted\"", "\"%.100s\" is a message, not a template",
               outside->value.string);
}

static void check_words(struct build *b, const struct statement *s, const struct decl_entry *is,
                        const struct event_rule *rule, const struct event_case *new)
{
    for (size_t i = 0; i < new->is_count; i++)
        for (size_t k = 0; k < rule->case_count; k++)
            for (size_t w = 0; w < rule->cases[k].is_count; w++)
                if (strcmp(rule->cases[k].is[w], new->is[i]) == 0)
                    flow_report(b, CODE_CASE_TWICE, flow_at_entry(s, is), "keep it in one case",
                                "\"%.64s\" is in an earlier case already", new->is[i]);
}

static void read_cases(struct build *b, const struct statement *s, const struct decl_entry *e,
                       struct event_rule *rule)
{
    size_t n = decl_items(&e->value);

    if (n == 0 || n != e->value.count) {
        flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &e->value),
                    "cases = { { is = { \"accepted\" }, say = \"…\" }, … }", "`cases` must be a list of { is = …, say = … }");
        return;
    }
    rule->cases = pool_array(b->pool, n, sizeof *rule->cases);
    for (size_t i = 0; i < n && rule->cases != NULL; i++) {
        const struct decl *d = decl_item(&e->value, i);
        struct event_case c = { 0 };

        if (d->type != DECL_TABLE) {
            flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, d), NULL,
                        "`cases` must be a list of { is = …, say = … }");
            continue;
        }
        flow_read_keys(b, s, d, "case");
        if (!flow_read_texts(b, s, decl_entry(d, "is"), true, &c.is, &c.is_count))
            flow_report(b, CODE_MISSING_KEY, flow_at_value(s, d), "is = { \"accepted\", \"assigned\" }",
                        "a case needs `is`");
        check_words(b, s, decl_entry(d, "is"), rule, &c);
        flow_read_says(b, s, d, &c);
        flow_read_plans(b, s, decl_entry(d, "plan"), &c.plans, &c.plan_count);
        rule->cases[rule->case_count++] = c;
    }
}

/* { suivre = "suivi" } or { suivre = { flow = "suivi", give = { reference = "reference" } } } */
static void read_taps(struct build *b, const struct statement *s, const struct decl_entry *e,
                      struct event_rule *rule)
{
    if (!flow_read_table(b, s, e))
        return;
    rule->taps = pool_array(b->pool, e->value.count, sizeof *rule->taps);
    for (size_t i = 0; i < e->value.count && rule->taps != NULL; i++) {
        const struct decl_entry *t = &e->value.entries[i];
        const struct decl *flow = t->value.type == DECL_TABLE ? decl_get(&t->value, "flow") : &t->value;
        struct choice_target *out = &rule->taps[rule->tap_count];

        if (t->name == NULL || flow == NULL) {
            flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &t->value),
                        "taps = { suivre = { flow = \"suivi\" } }", "a tap must name its button and a flow");
            continue;
        }
        if (t->value.type == DECL_TABLE)
            flow_read_keys(b, s, &t->value, "tap");
        out->id = pool_text(b->pool, t->name);
        out->line = t->line;
        if (t->value.type == DECL_TABLE)
            (void)flow_read_pairs(b, s, decl_entry(&t->value, "give"), &out->gives, &out->give_count);
        if (flow_read_flow(b, s, flow, &out->to.flow) && out->id != NULL)
            rule->tap_count++;
    }
}

static void need(struct build *b, const struct statement *s, const char *key, const char *hint)
{
    flow_report(b, CODE_MISSING_KEY, flow_at(s), hint, "on \"%.64s\" needs `%s`", s->name, key);
}

static void read_when_asking(struct build *b, const struct statement *s, struct event_rule *rule)
{
    static const char *const WORDS[] = { [ASKING_NOW] = "now", [ASKING_REPEAT] = "repeat", [ASKING_AFTER] = "after" };
    const struct decl_entry *e = decl_entry(&s->body, "when_asking");
    char *word = NULL;

    if (!flow_read_text(b, s, e, &word))
        return;
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        if (strcmp(WORDS[i], word) != 0)
            continue;
        rule->when_asking = (enum asking_policy)i;
        return;
    }
    flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &e->value), "when_asking = \"now\"",
                "`when_asking` is \"now\", \"repeat\" or \"after\", not \"%.40s\"", word);
}

static void read_event(struct build *b, const struct statement *s, struct event_rule *rule)
{
    const struct decl *d = &s->body;
    const struct decl_entry *cases = decl_entry(d, "cases"), *by = decl_entry(d, "by");
    int64_t limit = 0;

    flow_read_keys(b, s, d, "on");
    if (decl_entry(d, "to") == NULL)
        need(b, s, "to", "to = \"client.telephone\"");
    (void)flow_read_text(b, s, decl_entry(d, "to"), &rule->to);
    (void)flow_read_text(b, s, by, &rule->by);
    (void)flow_read_text(b, s, decl_entry(d, "key"), &rule->key);
    (void)flow_read_text(b, s, decl_entry(d, "once"), &rule->once);
    if (flow_read_integer(b, s, decl_entry(d, "limit"), 1, LIMIT_MAX, &limit))
        rule->limit = (int)limit;
    if (rule->limit > 0 && rule->key == NULL)
        need(b, s, "key", "key = \"numero_mission\": `limit` counts for each key");
    (void)flow_read_pairs(b, s, decl_entry(d, "vars"), &rule->vars, &rule->var_count);
    if ((cases != NULL) != (by != NULL))
        need(b, s, cases == NULL ? "cases" : "by", "by = \"statut\", cases = { { is = { … }, say = … } }");
    if (cases != NULL) {
        if (decl_entry(d, "say") != NULL || decl_entry(d, "outside") != NULL)
            flow_report(b, CODE_WRONG_VALUE, flow_at_entry(s, cases), "write `say` in the cases",
                        "`cases` and `say` in one statement");
        read_cases(b, s, cases, rule);
    } else {
        rule->cases = pool_array(b->pool, 1, sizeof *rule->cases);
        if (rule->cases != NULL)
            flow_read_says(b, s, d, &rule->cases[rule->case_count++]);
    }
    read_taps(b, s, decl_entry(d, "taps"), rule);
    read_when_asking(b, s, rule);
    flow_read_plans(b, s, decl_entry(d, "plan"), &rule->plans, &rule->plan_count);
}

void flow_read_events(struct build *b)
{
    size_t n = 0;

    for (size_t i = 0; i < b->statements->count; i++)
        n += strcmp(b->statements->list[i].verb, "on") == 0;
    b->flows->events = pool_array(b->pool, n, sizeof *b->flows->events);
    for (size_t i = 0; i < b->statements->count && b->flows->events != NULL; i++) {
        const struct statement *s = &b->statements->list[i];
        struct event_rule *rule = &b->flows->events[b->flows->event_count];

        if (strcmp(s->verb, "on") != 0)
            continue;
        if (s->name == NULL || s->name[0] == '\0' || strlen(s->name) > TALK_NAME_MAX
            || s->body.type != DECL_TABLE) {
            flow_report(b, CODE_BAD_NAME, flow_at(s), "on \"mission.accepted\" { … }",
                        "an event needs a name of at most %d bytes and { … }", TALK_NAME_MAX);
            continue;
        }
        if (flows_event(b->flows, s->name) != NULL) {
            flow_report(b, CODE_EVENT_TWICE, flow_at(s), "put both into one statement",
                        "the event \"%.64s\" is handled on line %d of %.100s already", s->name,
                   flows_event(b->flows, s->name)->line, flows_event(b->flows, s->name)->file);
            continue;
        }
        rule->type = pool_text(b->pool, s->name);
        rule->file = pool_text(b->pool, s->file);
        rule->line = s->line;
        if (rule->type == NULL || rule->file == NULL)
            return;
        b->flows->event_count++;
        read_event(b, s, rule);
    }
}
