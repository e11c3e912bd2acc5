/*
 * Buttons and rows: how many, how long, which twice (M09 M10 M11 M13 M20).
 */
#include <string.h>

#include "lisolo/channel.h"
#include "private.h"

struct count { size_t fixed, models; };

static struct count count_choices(const struct version *v)
{
    struct count n = { 0 };

    for (size_t i = 0; i < v->choice_count; i++) {
        n.models += v->choices[i].model;
        n.fixed += !v->choices[i].model;
    }
    return n;
}

static void at_column(const struct wording_message *m, const struct choice *c, int column, enum problem_severity severity, const char *code,
                      const char *hint, const char *text, struct problems *problems)
{
    problems_add(problems, severity, code, m->file, c->line, column, hint, "[%s] %s", c->id, problems_text(problems, text));
}

static void at_choice(const struct wording_message *m, const struct choice *c, enum problem_severity severity, const char *code,
                      const char *hint, const char *text, struct problems *problems)
{
    at_column(m, c, c->column, severity, code, hint, text, problems);
}

static void lint_rows(const struct wording_message *m, const struct version *v, struct problems *problems)
{
    struct count n = count_choices(v);

    if (v->choice_count == 0)
        problems_add(problems, PROBLEM_ERROR, "M09", m->file, v->menu.line, 1, "add rows: [id] Title :: description",
                     "@menu without rows");
    else if (n.fixed > CHANNEL_ROWS_MAX)
        at_choice(m, &v->choices[CHANNEL_ROWS_MAX], PROBLEM_ERROR, "M09", "make two messages of it",
                  "is the eleventh row, WhatsApp shows ten", problems);
    else if (n.models > 1)
        at_choice(m, &v->choices[v->choice_count - 1], PROBLEM_ERROR, "M20", NULL, "stands twice: a list has one model row",
                  problems);
    else if (n.models == 1 && n.fixed == CHANNEL_ROWS_MAX)
        at_choice(m, &v->choices[0], PROBLEM_ERROR, "M09", "take rows out",
                  "leaves no room for rows from data: WhatsApp shows ten", problems);
}

static void lint_buttons(const struct wording_message *m, const struct version *v, struct problems *problems)
{
    size_t most = m->is_template ? CHANNEL_TEMPLATE_BUTTONS_MAX : CHANNEL_BUTTONS_MAX;

    if (v->choice_count > most)
        at_choice(m, &v->choices[most], PROBLEM_ERROR, "M09",
                  m->is_template ? "take some out" : "add a line `@menu Choisir`: a list of up to ten rows",
                  m->is_template ? "is the eleventh button, a template has ten at most"
                                 : "is the fourth button, WhatsApp shows three",
                  problems);
    for (size_t i = 0; i < v->choice_count; i++) {
        const struct choice *c = &v->choices[i];

        if (c->model)
            at_choice(m, c, PROBLEM_ERROR, "M20", "add a line @menu Choisir", "rows from data need a @menu", problems);
        else if (c->described)
            at_column(m, c, c->description.column, PROBLEM_ERROR, "M20", "add a line @menu Choisir, or take the description out",
                      "only rows of a @menu have descriptions", problems);
    }
}

/* Compares as they are written, values by their names. */
static bool same_phrase(const struct phrase *a, const struct phrase *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        const struct node *m = &a->nodes[i], *n = &b->nodes[i];

        if ((m->value == NULL) != (n->value == NULL))
            return false;
        if (strcmp(m->value == NULL ? m->text : m->value->path.text, n->value == NULL ? n->text : n->value->path.text) != 0)
            return false;
    }
    return true;
}

/* Buttons may not be called the same; rows may, but nobody could tell them apart. */
static void lint_twins(const struct wording_message *m, const struct version *v, size_t index, struct problems *problems)
{
    const struct choice *c = &v->choices[index];

    for (size_t i = 0; i < index; i++) {
        if (strcmp(v->choices[i].id, c->id) == 0 && !c->model)
            at_choice(m, c, PROBLEM_ERROR, "M11", "give it another id", "stands twice", problems);
        if (c->title.count > 0 && same_phrase(&v->choices[i].title, &c->title))
            at_column(m, c, c->title.column, v->has_menu ? PROBLEM_WARNING : PROBLEM_ERROR, "M11", "give it another title",
                      "has the title of another one", problems);
    }
}

void lint_choices(const struct wording_message *m, const struct version *v, enum language l, struct problems *problems)
{
    size_t most = m->is_template ? CHANNEL_TEMPLATE_BUTTON_MAX : v->has_menu ? CHANNEL_ROW_TITLE_MAX : CHANNEL_BUTTON_TITLE_MAX;
    const char *what = v->has_menu ? "the title of this row" : "the title of this button";

    if (v->has_menu && !m->is_template)
        lint_rows(m, v, problems);
    else
        lint_buttons(m, v, problems);
    for (size_t i = 0; i < v->choice_count; i++) {
        const struct choice *c = &v->choices[i];

        if (c->title.count == 0)
            at_choice(m, c, PROBLEM_ERROR, "M11", "write the title behind it, or \\[ for text", "has no title", problems);
        if (m->is_template && phrase_extent(&c->title, l).open)
            at_column(m, c, c->title.column, PROBLEM_ERROR, "M13", "write words", "a template's button cannot hold a value", problems);
        else
            lint_length(m, what, &c->title, most, l, problems);
        if (v->has_menu && phrase_extent(&c->description, l).fixed > CHANNEL_ROW_DESCRIPTION_MAX)
            lint_length(m, "the description of this row", &c->description, CHANNEL_ROW_DESCRIPTION_MAX, l, problems);
        lint_twins(m, v, i, problems);
    }
}
