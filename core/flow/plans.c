/*
 * What happens later: plan = { after …, every …, cancel … } of a step or an event, `every` at the top of a file, quiet hours.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

enum {
    MINUTE_MS       = 60 * 1000,
    EVERY_MIN_MS    = 5 * MINUTE_MS,   /* oftener than that is not news, and each turn of it costs one */
    SPAN_DAYS_MAX   = 30,
    LAST_DAYS_MAX   = 90,              /* nobody remembers after three months what they agreed to be told every day */
    PLAN_NAME_MAX   = TALK_NAME_MAX - 5,   /* the timer's name is "plan:" and this */
    SCHEDULES_MAX   = 32,              /* each is a conversation of its own, asked after at every start and reload */
};

/* ---- hours and days ---- */

/* "08:00" in exactly `len` bytes; -1: no hour. */
static int read_minute(const char *text, size_t len)
{
    int hour, minute;

    if (len != 5 || strspn(text, "0123456789") < 2 || text[2] != ':' || strspn(text + 3, "0123456789") < 2)
        return -1;
    hour = (text[0] - '0') * 10 + text[1] - '0';
    minute = (text[3] - '0') * 10 + text[4] - '0';
    return hour < 24 && minute < 60 ? hour * 60 + minute : -1;
}

static bool read_quiet(struct build *b, struct where at, const char *text, struct quiet_hours *out)
{
    size_t len = strcspn(text, "-");

    out->from = read_minute(text, len);
    out->to = text[len] == '-' ? read_minute(text + len + 1, strlen(text + len + 1)) : -1;
    out->set = out->from >= 0 && out->to >= 0;
    if (!out->set)
        flow_report(b, CODE_TIME, at, "write quiet \"21:00-07:00\"", "\"%.40s\" are no quiet hours", text);
    return out->set;
}

static int weekday_named(const char *word, size_t len)
{
    static const char *const DAYS[] = { "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" };

    for (int i = 0; i < 7; i++)
        if (strlen(DAYS[i]) == len && memcmp(DAYS[i], word, len) == 0)
            return i;
    return -1;
}

static bool read_every(struct build *b, const struct statement *s, const struct decl *d, struct every_rule *out)
{
    const char *text = d->type == DECL_STRING ? d->string : "";
    size_t word = strcspn(text, " ");
    int minute = text[word] == ' ' ? read_minute(text + word + 1, strlen(text + word + 1)) : -1;

    out->text = pool_text(b->pool, text);
    if (minute >= 0) {
        bool day = word == 3 && memcmp(text, "day", 3) == 0;

        out->weekday = day ? 0 : weekday_named(text, word);
        out->kind = day ? EVERY_DAY : EVERY_WEEKDAY;
        out->minute = minute;
        if (out->weekday >= 0)
            return out->text != NULL;
    } else if (text[0] >= '0' && text[0] <= '9') {
        if (!flow_read_duration(b, s, d, &out->span_ms))
            return false;
        if (out->span_ms >= EVERY_MIN_MS)
            return out->text != NULL;
        flow_report(b, CODE_TIME, flow_at_value(s, d), "\"5 min\" or more", "\"%.40s\" is too often", text);
        return false;
    }
    flow_report(b, CODE_TIME, flow_at_value(s, d), "\"day 08:00\", \"monday 09:00\", \"2 h\" or \"30 min\"",
                "\"%.40s\" does not say when", text);
    return false;
}

/* ---- plans ---- */

static bool keeps_already(const struct plan_rule *p, const char *name)
{
    for (size_t i = 0; i < p->keep_count; i++)
        if (strcmp(p->keeps[i], name) == 0)
            return true;
    return false;
}

static void keep_of(struct build *b, struct plan_rule *p, const struct wording_message *m)
{
    for (size_t i = 0; m != NULL && i < wording_variable_count(m); i++) {
        const char *name = wording_variable(m, i);

        if (flow_profile_name(name) || keeps_already(p, name))
            continue;                  /* what is known about the person is read when the time has come */
        p->keeps[p->keep_count] = pool_text(b->pool, name);
        p->keep_count += p->keeps[p->keep_count] != NULL;
    }
}

static void collect_keeps(struct build *b, struct plan_rule *p)
{
    size_t room = p->says.outside == NULL ? 0 : wording_variable_count(p->says.outside);

    for (size_t i = 0; i < p->says.say_count; i++)
        room += wording_variable_count(p->says.say[i]);
    p->keeps = pool_array(b->pool, room, sizeof *p->keeps);
    if (p->keeps == NULL)
        return;
    for (size_t i = 0; i < p->says.say_count; i++)
        keep_of(b, p, p->says.say[i]);
    keep_of(b, p, p->says.outside);
}

static bool read_plan_name(struct build *b, struct where at, const struct decl *d, char **out)
{
    const char *name = d != NULL && d->type == DECL_STRING ? d->string : NULL;

    if (name != NULL && strlen(name) > PLAN_NAME_MAX) {
        flow_report(b, CODE_BAD_NAME, at, "choose a shorter one", "the name of a plan has at most %d letters", PLAN_NAME_MAX);
        return false;
    }
    if (!flow_read_name(b, at, name, "plan"))
        return false;
    *out = pool_text(b->pool, name);
    return *out != NULL;
}

static void read_unless(struct build *b, const struct statement *s, const struct decl *d, struct plan_rule *p)
{
    const struct decl_entry *e = decl_entry(d, "unless");
    const char *part;

    if (!flow_read_text(b, s, e, &p->unless))
        return;
    part = flow_person_part(p->unless);
    if (part != NULL)
        (void)flow_need_person(b, flow_at_value(s, &e->value), part);
    else
        (void)flow_read_name(b, flow_at_value(s, &e->value), p->unless, "variable");
}

static void read_last(struct build *b, const struct statement *s, const struct decl *d, struct plan_rule *p)
{
    const struct decl_entry *e = decl_entry(d, "last");

    if (p->kind == PLAN_EVERY && e == NULL)
        flow_report(b, CODE_MISSING_KEY, flow_at_value(s, d), "last = \"7 d\"", "every \"%.40s\" needs `last`: until when?", p->every.text);
    if (e != NULL)
        (void)flow_read_span(b, s, &e->value, LAST_DAYS_MAX, &p->last_ms);
}

static bool read_later(struct build *b, const struct statement *s, const struct decl *d, struct plan_rule *p)
{
    const struct decl *when = decl_item(d, 0);
    const struct decl_entry *name = decl_entry(d, "name"), *quiet = decl_entry(d, "quiet"), *drop = decl_entry(d, "drop");
    char *hours = NULL;
    bool ok;

    flow_read_keys(b, s, d, p->kind == PLAN_AFTER ? "after" : "every");
    ok = when != NULL && (p->kind == PLAN_AFTER ? flow_read_duration(b, s, when, &p->after_ms) : read_every(b, s, when, &p->every));
    if (name == NULL) {
        flow_report(b, CODE_MISSING_KEY, flow_at_value(s, d), "name = \"rappel\"", "a plan needs `name`: it is cancelled and replaced by it");
        ok = false;
    } else {
        ok = read_plan_name(b, flow_at_value(s, &name->value), &name->value, &p->name) && ok;
    }
    flow_read_says(b, s, d, &p->says);
    read_unless(b, s, d, p);
    if (ok)
        read_last(b, s, d, p);
    if (flow_read_text(b, s, quiet, &hours))
        (void)read_quiet(b, flow_at_value(s, &quiet->value), hours, &p->quiet);
    if (drop != NULL && drop->value.type != DECL_BOOLEAN)
        flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &drop->value), "drop = true", "`drop` must be true or false");
    p->drop = drop != NULL && drop->value.boolean;
    collect_keeps(b, p);
    return ok;
}

static bool read_plan(struct build *b, const struct statement *s, const struct decl *d, struct plan_rule *p)
{
    const char *tag = d->type == DECL_TABLE && d->tag != NULL ? d->tag : "";

    p->file = pool_text(b->pool, s->file);
    p->line = d->line != 0 ? d->line : s->line;
    if (strcmp(tag, "cancel") == 0) {
        p->kind = PLAN_CANCEL;
        return read_plan_name(b, flow_at_value(s, d), decl_item(d, 0), &p->name);
    }
    if (strcmp(tag, "after") == 0 || strcmp(tag, "every") == 0) {
        p->kind = tag[0] == 'a' ? PLAN_AFTER : PLAN_EVERY;
        return read_later(b, s, d, p);
    }
    flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, d), "after \"30 min\" { name = \"avis\", say = \"course.avis\" }",
                "a plan is after \"…\" { … }, every \"…\" { … } or cancel \"…\"");
    return false;
}

void flow_read_plans(struct build *b, const struct statement *s, const struct decl_entry *e, struct plan_rule **list, size_t *count)
{
    size_t n = e == NULL ? 0 : decl_items(&e->value);

    if (e == NULL)
        return;
    if (e->value.type != DECL_TABLE || e->value.tag != NULL || n != e->value.count || n > PLANS_MAX) {
        flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &e->value), "plan = { after \"30 min\" { name = \"avis\", say = \"course.avis\" } }",
                    "`plan` must be a list of at most %d plans", PLANS_MAX);
        return;
    }
    *list = pool_array(b->pool, n, sizeof **list);
    for (size_t i = 0; i < n && *list != NULL; i++) {
        struct plan_rule *p = &(*list)[*count];

        *p = (struct plan_rule){ .kind = PLAN_AFTER };
        if (!read_plan(b, s, decl_item(&e->value, i), p))
            continue;
        if (p->kind != PLAN_CANCEL && plan_find(*list, *count, p->name) != NULL)
            flow_report(b, CODE_PLAN_TWICE, flow_at_value(s, decl_item(&e->value, i)), "give one of them another name",
                        "two plans \"%.64s\": the second replaces the first", p->name);
        (*count)++;
    }
}

/* ---- at the top of a file ---- */

static void read_quiet_statement(struct build *b, const struct statement *s, const struct statement **first)
{
    if (*first != NULL) {
        flow_report(b, CODE_STATEMENT_TWICE, flow_at(s), "keep them in one file", "a second `%s`; the first is in %.100s on line %d", s->verb,
                    (*first)->file, (*first)->line);
        return;
    }
    *first = s;
    (void)read_quiet(b, flow_at(s), s->name == NULL ? "" : s->name, &b->flows->quiet);
}

static void read_schedule(struct build *b, const struct statement *s)
{
    const struct decl_entry *name = decl_entry(&s->body, "name"), *event = decl_entry(&s->body, "event"), *data = decl_entry(&s->body, "data");
    struct schedule *out = &b->flows->schedules[b->flows->schedule_count];
    const struct decl when = { .type = DECL_STRING, .string = s->name, .line = s->line, .column = s->column };

    flow_read_keys(b, s, &s->body, "schedule");
    *out = (struct schedule){ .line = s->line, .file = pool_text(b->pool, s->file) };
    if (!read_every(b, s, &when, &out->every))
        return;
    if (name == NULL || event == NULL) {
        flow_report(b, CODE_MISSING_KEY, flow_at(s), "every \"day 08:00\" { name = \"resume\", event = \"interne.resume\" }",
                    "every \"%.40s\" needs `%s`", s->name, name == NULL ? "name" : "event");
        return;
    }
    if (!read_plan_name(b, flow_at_value(s, &name->value), &name->value, &out->name) || !flow_read_text(b, s, event, &out->event))
        return;
    if (flows_schedule(b->flows, out->name) != NULL) {
        flow_report(b, CODE_PLAN_TWICE, flow_at_value(s, &name->value), "give one of them another name",
                    "two schedules \"%.64s\", the other on line %d of %.100s", out->name, flows_schedule(b->flows, out->name)->line,
                    flows_schedule(b->flows, out->name)->file);
        return;
    }
    if (b->flows->schedule_count == SCHEDULES_MAX) {
        flow_report(b, CODE_WRONG_VALUE, flow_at(s), NULL, "more than %d schedules", SCHEDULES_MAX);
        return;
    }
    if (data != NULL && flow_read_table(b, s, data))
        out->data = flow_plain_data(b, s, &data->value);
    b->flows->schedule_count++;
}

static bool is_schedule(const struct statement *s) { return strcmp(s->verb, "every") == 0 && s->name != NULL; }

void flow_read_schedules(struct build *b)
{
    const struct statement *quiet = NULL;
    size_t n = 0;

    for (size_t i = 0; i < b->statements->count; i++)
        n += is_schedule(&b->statements->list[i]);
    b->flows->schedules = pool_array(b->pool, n, sizeof *b->flows->schedules);
    for (size_t i = 0; i < b->statements->count && b->flows->schedules != NULL; i++) {
        const struct statement *s = &b->statements->list[i];

        if (strcmp(s->verb, "quiet") == 0)
            read_quiet_statement(b, s, &quiet);
        else if (is_schedule(s))
            read_schedule(b, s);
    }
}

/* An event that nobody handles would be raised for nothing. */
void flow_check_schedules(struct build *b)
{
    for (size_t i = 0; i < b->flows->schedule_count; i++) {
        const struct schedule *s = &b->flows->schedules[i];

        if (flows_event(b->flows, s->event) == NULL)
            flow_report(b, CODE_NO_HANDLER, (struct where){ s->file, s->line, 1 }, "write on \"…\" { to = …, say = … } for it",
                        "every \"%.40s\" raises \"%.64s\", which no `on` statement handles", s->every.text, s->event);
    }
}
