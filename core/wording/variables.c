/*
 * Which variables a message uses, and which it cannot do without: those outside @if, @each and @contact that have no |or. What
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

static bool add_path(struct arena *a, struct wording_message *m, const struct path *p, bool required)
{
    if (!add(a, m, p->top, required))
        return false;
    for (size_t i = 0; i < m->path_count; i++)
        if (strcmp(m->paths[i], p->text) == 0)
            return true;
    m->paths = arena_more(a, m->paths, m->path_count, sizeof *m->paths);
    if (m->paths == NULL)
        return false;
    m->paths[m->path_count++] = p->text;
    return true;
}

/* `rest`: of an @rest line, where {rest} is the host's. */
static bool add_words(struct arena *a, struct wording_message *m, const struct phrase *p, bool required, bool rest)
{
    for (size_t i = 0; i < p->count; i++) {
        const struct value *v = p->nodes[i].value;

        if (v == NULL || v->path.top[0] == '.' || (rest && strcmp(v->path.text, "rest") == 0))
            continue;
        if (!add_path(a, m, &v->path, required && !value_has_stand_in(v)))
            return false;
        for (size_t f = 0; f < v->filter_count; f++)
            if (v->filters[f].times.text != NULL && !add_path(a, m, &v->filters[f].times, false))
                return false;
    }
    return true;
}

static bool add_phrase(struct arena *a, struct wording_message *m, const struct phrase *p, bool required)
{
    return add_words(a, m, p, required, false);
}

static bool add_block(struct arena *a, struct wording_message *m, const struct block *b)
{
    for (size_t i = 0; i < b->count; i++) {
        const struct line *line = &b->lines[i];

        if (line->kind != LINE_TEXT && line->kind != LINE_REST && !add_path(a, m, &line->test, false))
            return false;
        if (line->kind != LINE_EACH &&
            !add_words(a, m, &line->phrase, line->kind == LINE_TEXT, line->kind == LINE_REST))
            return false;
    }
    return true;
}

static bool add_version(struct arena *a, struct wording_message *m, const struct version *v)
{
    if (!add_block(a, m, &v->text) || !add_block(a, m, &v->after) || !add_phrase(a, m, &v->menu, true) ||
        !add_phrase(a, m, &v->header, true) || !add_phrase(a, m, &v->footer, true) ||
        !add_phrase(a, m, &v->link_title, true) || !add_phrase(a, m, &v->link_url, true))
        return false;
    for (size_t i = 0; i < v->contact_count; i++)
        if (!add_phrase(a, m, &v->contacts[i].name, false) || !add_phrase(a, m, &v->contacts[i].phone, false))
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
    return add_phrase(a, m, &m->media, false) && add_phrase(a, m, &m->spare_media, false) &&
           add_phrase(a, m, &m->file_name, false);
}
