/*
 * Which variables a message uses, and which it cannot do without: those outside @if and @each lines that have no |or. What
 * a row of data or an item of a list holds is not the flow's to set, so a model row counts for nothing and an @each line
 * for its list.
 */
#include <string.h>

#include "private.h"

static bool add(struct arena *a, struct wording_message *m, const char *name, bool required)
{
    for (size_t i = 0; i < m->variable_count; i++)
        if (strcmp(m->variables[i].name, name) == 0) {
            m->variables[i].required |= required;
            return true;
        }
    m->variables = arena_more(a, m->variables, m->variable_count, sizeof *m->variables);
    if (m->variables == NULL)
        return false;
    m->variables[m->variable_count++] = (struct variable){ name, required };
    return true;
}

static bool add_phrase(struct arena *a, struct wording_message *m, const struct phrase *p, bool required)
{
    for (size_t i = 0; i < p->count; i++) {
        const struct value *v = p->nodes[i].value;

        if (v == NULL || v->path.top[0] == '.')
            continue;
        if (!add(a, m, v->path.top, required && !value_has_stand_in(v)))
            return false;
        for (size_t f = 0; f < v->filter_count; f++)
            if (v->filters[f].times.text != NULL && !add(a, m, v->filters[f].times.top, false))
                return false;
    }
    return true;
}

static bool add_block(struct arena *a, struct wording_message *m, const struct block *b)
{
    for (size_t i = 0; i < b->count; i++) {
        const struct line *line = &b->lines[i];

        if (line->kind != LINE_TEXT && !add(a, m, line->test.top, false))
            return false;
        if (line->kind != LINE_EACH && !add_phrase(a, m, &line->phrase, line->kind == LINE_TEXT))
            return false;
    }
    return true;
}

static bool add_version(struct arena *a, struct wording_message *m, const struct version *v)
{
    if (!add_block(a, m, &v->text) || !add_block(a, m, &v->after) || !add_phrase(a, m, &v->menu, true) ||
        !add_phrase(a, m, &v->header, true) || !add_phrase(a, m, &v->footer, true))
        return false;
    for (size_t i = 0; i < v->choice_count; i++) {
        const struct choice *c = &v->choices[i];

        if (!c->model && (!add_phrase(a, m, &c->title, true) || !add_phrase(a, m, &c->description, false)))
            return false;
    }
    return true;
}

bool variables_collect(struct arena *a, struct wording_message *m)
{
    for (int l = 0; l < LANGUAGES; l++)
        if (!add_version(a, m, &m->versions[l]))
            return false;
    return add_phrase(a, m, &m->image, false) && add_phrase(a, m, &m->spare_image, false);
}
