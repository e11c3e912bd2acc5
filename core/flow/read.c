/*
 * Values out of declarations. An author sees every complaint of a file at once, so nothing here stops at the first.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/nearest.h"
#include "lisolo/base/utf8.h"
#include "private.h"

enum { HINT_BYTES = 160, WORD_BYTES = 256 };

struct where flow_at(const struct statement *s)
{
    return (struct where){ s->file, s->line, s->column };
}

struct where flow_at_entry(const struct statement *s, const struct decl_entry *e)
{
    if (e == NULL || e->line == 0)
        return flow_at(s);
    return (struct where){ s->file, e->line, e->column };
}

struct where flow_at_value(const struct statement *s, const struct decl *d)
{
    if (d == NULL || d->line == 0)
        return flow_at(s);
    return (struct where){ s->file, d->line, d->column };
}

struct where flow_at_step(const struct step *s)
{
    return (struct where){ s->file, s->line, 1 };
}

static const char *did_you_mean(const struct build *b, char hint[HINT_BYTES], const char *best)
{
    if (best == NULL)
        return NULL;
    (void)snprintf(hint, HINT_BYTES, problems_text(b->out, "did you mean `%.100s`?"), best);
    return hint;
}

static const char *kind_of(const struct decl *d)
{
    static const char *const NAMES[] = { "nothing", "true or false", "a number", "a number", "a text",
                                         "a table", "a function" };

    return NAMES[d->type];
}

static const char *key_of(const struct decl_entry *e) { return e->name == NULL ? "this entry" : e->name; }

static void wrong(struct build *b, const struct statement *s, const struct decl_entry *e, const char *wanted, const char *hint)
{
    flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &e->value), hint, "`%.64s` must be %s, this is %s",
                e->name == NULL ? problems_text(b->out, "this entry") : e->name, problems_text(b->out, wanted),
                problems_text(b->out, kind_of(&e->value)));
}

/* ---- keys ---- */

void flow_read_keys(struct build *b, const struct statement *s, const struct decl *body, const char *place)
{
    char hint[HINT_BYTES];
    size_t count;
    const struct key_doc *keys = flow_keys(&count);

    for (size_t i = 0; i < body->count; i++) {
        const struct decl_entry *e = &body->entries[i];
        const char *near = NULL;

        if (e->name == NULL && keys_exact(keys, count, place, "[]") != NULL)
            continue;
        if (e->name == NULL)
            flow_report(b, CODE_UNKNOWN_KEY, flow_at_value(s, &e->value), "write `key = value`",
                        "a value without a key");
        else if (keys_find(keys, count, place, e->name, &near) == NULL)
            flow_report(b, CODE_UNKNOWN_KEY, flow_at_entry(s, e), did_you_mean(b, hint, near),
                        "unknown key `%.64s`", e->name);
    }
}

bool flow_read_name(struct build *b, struct where at, const char *name, const char *what)
{
    size_t len = name == NULL ? 0 : strlen(name);

    if (len > 0 && len <= TALK_NAME_MAX && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == len)
        return true;
    flow_report(b, CODE_BAD_NAME, at, "use small letters without accents, digits and _, at most 64",
                "\"%.64s\" cannot be the name of a %s",
           name == NULL ? "" : name, problems_text(b->out, what));
    return false;
}

/* ---- simple values ---- */

bool flow_read_text(struct build *b, const struct statement *s, const struct decl_entry *e, char **out)
{
    if (e == NULL)
        return false;
    if (e->value.type != DECL_STRING) {
        wrong(b, s, e, "a text", "put it between quotes");
        return false;
    }
    *out = pool_text(b->pool, e->value.string);
    return *out != NULL;
}

bool flow_read_function(struct build *b, const struct statement *s, const struct decl_entry *e, uint32_t *out)
{
    if (e == NULL)
        return false;
    if (e->value.type != DECL_FUNCTION) {
        wrong(b, s, e, "a function", "write function(c) return … end");
        return false;
    }
    *out = e->value.function;
    return true;
}

bool flow_read_integer(struct build *b, const struct statement *s, const struct decl_entry *e, int64_t min,
                       int64_t max, int64_t *out)
{
    if (e == NULL)
        return false;
    if (e->value.type != DECL_INTEGER) {
        wrong(b, s, e, "a whole number", "write figures, without quotes");
        return false;
    }
    if (e->value.integer < min || e->value.integer > max) {
        flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &e->value), NULL,
                    "`%.64s` must be between %" PRId64 " and %" PRId64, key_of(e), min, max);
        return false;
    }
    *out = e->value.integer;
    return true;
}

bool flow_read_table(struct build *b, const struct statement *s, const struct decl_entry *e)
{
    if (e == NULL)
        return false;
    if (e->value.type == DECL_TABLE && e->value.tag == NULL)
        return true;
    wrong(b, s, e, "a table", "put it between { and }");
    return false;
}

bool flow_read_message_id(struct build *b, const struct statement *s, const struct decl *d,
                          const struct wording_message **out)
{
    char hint[HINT_BYTES];

    if (d->type != DECL_STRING) {
        flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, d),
                    "write the message's id: say = \"course.depart\"", "a message's id must be a text, this is %s", problems_text(b->out, kind_of(d)));
        return false;
    }
    *out = wording_find(b->wording, d->string);
    if (*out != NULL || statements_lost(b->statements, "message", NULL, d->string) ||
        statements_lost(b->statements, "template", NULL, d->string))
        return *out != NULL;
    flow_report(b, CODE_UNKNOWN_MESSAGE, flow_at_value(s, d), did_you_mean(b, hint,
        wording_nearest(b->wording, d->string)),
           "there is no message \"%.100s\"", d->string);
    return false;
}

bool flow_read_message(struct build *b, const struct statement *s, const struct decl_entry *e,
                       const struct wording_message **out)
{
    return e != NULL && flow_read_message_id(b, s, &e->value, out);
}

enum { DAYS_MAX = 30 };                /* longer than any window, draft or token that a conversation could wait for */

bool flow_read_span(struct build *b, const struct statement *s, const struct decl *d, int days_max, int64_t *ms)
{
    static const struct { const char *unit; int64_t ms; } UNITS[] = {
        { "s", 1000 }, { "min", 60 * 1000 }, { "h", 3600 * 1000 }, { "j", 86400 * 1000 }, { "jour", 86400 * 1000 },
        { "jours", 86400 * 1000 }, { "d", 86400 * 1000 }, { "day", 86400 * 1000 }, { "days", 86400 * 1000 },
    };
    const char *text = d->type == DECL_STRING ? d->string : "";
    char *end;
    long n = strtol(text, &end, 10);

    while (*end == ' ')
        end++;
    for (size_t i = 0; end != text && n > 0 && i < sizeof UNITS / sizeof UNITS[0]; i++) {
        if (strcmp(end, UNITS[i].unit) != 0 || n > days_max * 86400L * 1000 / UNITS[i].ms)
            continue;
        *ms = n * UNITS[i].ms;
        return true;
    }
    flow_report(b, CODE_DURATION, flow_at_value(s, d),
                days_max == DAYS_MAX ? "write a number and s, min, h or j: \"10 min\"; at most 30 j"
                                     : "write a number and min, h or j: \"7 j\"; at most 90 j", "\"%.40s\" is not a length of time", text);
    return false;
}

bool flow_read_duration(struct build *b, const struct statement *s, const struct decl *d, int64_t *ms)
{
    return flow_read_span(b, s, d, DAYS_MAX, ms);
}

/* ---- lists ---- */

/* "?" folds to nothing, and is a word all the same. */
char *flow_fold(struct build *b, const char *text)
{
    char word[WORD_BYTES];

    return pool_text(b->pool, utf8_fold(text, word, sizeof word) && word[0] != '\0' ? word : text);
}

/* One text, or a list of them. */
bool flow_read_texts(struct build *b, const struct statement *s, const struct decl_entry *e, bool fold,
                     char ***list, size_t *count)
{
    const struct decl *d = e == NULL ? NULL : &e->value;
    size_t n;

    if (d == NULL)
        return false;
    n = d->type == DECL_STRING ? 1 : decl_items(d);
    if (n == 0 || (d->type == DECL_TABLE && (d->tag != NULL || n != d->count))) {
        wrong(b, s, e, "a list of texts", "write { \"…\", \"…\" }");
        return false;
    }
    *list = pool_array(b->pool, n, sizeof **list);
    for (size_t i = 0; i < n && *list != NULL; i++) {
        const struct decl *item = d->type == DECL_STRING ? d : decl_item(d, i);

        if (item->type != DECL_STRING || item->length == 0) {
            flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, item), NULL, "`%.64s` must be a list of texts",
                        key_of(e));
            continue;
        }
        (*list)[*count] = fold ? flow_fold(b, item->string) : pool_text(b->pool, item->string);
        if ((*list)[*count] != NULL)
            (*count)++;
    }
    return *list != NULL;
}

/* { name = "path", … } */
bool flow_read_pairs(struct build *b, const struct statement *s, const struct decl_entry *e,
                     struct event_var **list, size_t *count)
{
    if (!flow_read_table(b, s, e))
        return false;
    *list = pool_array(b->pool, e->value.count, sizeof **list);
    for (size_t i = 0; i < e->value.count && *list != NULL; i++) {
        const struct decl_entry *pair = &e->value.entries[i];
        struct event_var *out = &(*list)[*count];

        if (pair->name == NULL || pair->value.type != DECL_STRING || pair->value.length == 0) {
            flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &pair->value), NULL,
                        "`%.64s` must be a table of `name = \"path\"`", key_of(e));
            continue;
        }
        if (!flow_read_name(b, flow_at_entry(s, pair), pair->name, "variable"))
            continue;
        out->name = pool_text(b->pool, pair->name);
        out->path = pool_text(b->pool, pair->value.string);
        if (out->name != NULL && out->path != NULL)
            (*count)++;
    }
    return *list != NULL;
}

/* ---- places to go ---- */

bool flow_read_target(struct build *b, const struct statement *s, const struct flow *f, const struct decl *d,
                      bool edit, struct target *out)
{
    const struct decl *name = d;
    bool was = b->doubtful[f - b->flows->list];
    struct nearest near;
    char hint[HINT_BYTES];

    b->doubtful[f - b->flows->list] = true;
    if (d->type == DECL_TABLE && d->tag != NULL && strcmp(d->tag, "edit") == 0 && edit) {
        name = decl_item(d, 0);
        out->edit = true;
    }
    if (name == NULL || name->type != DECL_STRING) {
        flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, d), edit ? "write \"step\" or edit \"step\""
                    : "write \"step\"", "a step's name must be a text, this is %s", problems_text(b->out, kind_of(d)));
        return false;
    }
    out->step = flow_step(f, name->string);
    if (out->step != NULL) {
        b->doubtful[f - b->flows->list] = was;
        return true;
    }
    if (statements_lost(b->statements, NULL, f->name, name->string))
        return false;
    near = (struct nearest){ .word = name->string };
    for (size_t i = 0; i < f->step_count; i++)
        nearest_offer(&near, f->steps[i].name);
    flow_report(b, CODE_UNKNOWN_STEP, flow_at_value(s, name), did_you_mean(b, hint, near.best),
                "the flow \"%.64s\" has no step \"%.64s\"", f->name, name->string);
    return false;
}

bool flow_read_flow(struct build *b, const struct statement *s, const struct decl *d, const struct flow **out)
{
    struct nearest near;
    char hint[HINT_BYTES];

    if (d->type != DECL_STRING) {
        flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, d), "write \"flow\"",
                    "a flow's name must be a text, this is %s", problems_text(b->out, kind_of(d)));
        return false;
    }
    *out = flows_find(b->flows, d->string);
    if (*out != NULL)
        return true;
    if (statements_lost(b->statements, "flow", NULL, d->string))
        return false;
    near = (struct nearest){ .word = d->string };
    for (size_t i = 0; i < b->flows->count; i++)
        nearest_offer(&near, b->flows->list[i].name);
    flow_report(b, CODE_UNKNOWN_FLOW, flow_at_value(s, d), did_you_mean(b, hint, near.best),
                "there is no flow \"%.64s\"", d->string);
    return false;
}
