/*
 * What is wrong with a message before anybody has read it (authoring.md §2.4). Codes are stable; `lisolo explain` names them.
 *
 *   M05 language missing      M06 languages differ      M10 too long a title      M11 empty or twice
 *   M12 too long a text       M13 value in a title      M14 http:// link          M16 * _ ~ not in pairs
 *   M20 parts that do not go together
 * (M07 M08 M17 M21 M22 M23 are found while reading, M09 M11 M13 in lint_choices.c.)
 */
#include <string.h>

#include "lisolo/channel.h"
#include "private.h"

static void find(struct problems *out, enum problem_severity severity, const char *code, const struct wording_message *m,
                 const struct phrase *p, const char *hint, const char *text)
{
    problems_add(out, severity, code, m->file, p->line, p->column, hint, "%s", text);
}

void lint_length(const struct wording_message *m, const char *what, const struct phrase *p, size_t max, enum language l,
                 struct problems *problems)
{
    struct extent e = phrase_extent(p, l);

    if (e.fixed > max)
        problems_add(problems, PROBLEM_ERROR, "M10", m->file, p->line, p->column, "make it shorter; an emoji counts as two",
                     "%s has %zu characters, WhatsApp accepts %zu", what, e.fixed, max);
    else if (e.open && e.most > max && !m->is_template)      /* lint_template() forbids them altogether */
        problems_add(problems, PROBLEM_WARNING, "M13", m->file, p->line, p->column, "cut the value with |short",
                     "%s may become longer than the %zu characters that WhatsApp accepts; it is then cut", what, max);
}

/* ---- languages ---- */

static void lint_languages(const char *file, int line, const char *kind, const char *id, const bool present[LANGUAGES],
                           const enum language fallback[LANGUAGES], unsigned languages, struct problems *problems)
{
    if (!present[LANGUAGE_FR])
        problems_add(problems, PROBLEM_ERROR, "M05", file, line, 1, "add fr = [[ … ]]", "%s \"%s\" has no French text",
                     kind, id);
    for (int l = 1; l < LANGUAGES; l++) {
        const struct language_facts *facts = language_facts((enum language)l);

        if ((languages & 1u << l) != 0 && !present[l] && fallback[l] == LANGUAGE_NONE)
            problems_add(problems, PROBLEM_WARNING, "M05", file, line, 1,
                         "write it, or say which language stands in: fallback = { … = \"fr\" }",
                         "%s \"%s\" has no %s text (%s); its readers get French", kind, id, facts->name, facts->code);
    }
}

static bool has_choice(const struct version *v, const char *id)
{
    for (size_t i = 0; i < v->choice_count; i++)
        if (strcmp(v->choices[i].id, id) == 0)
            return true;
    return false;
}

static bool has_variable(const struct wording_message *m, const char *name)
{
    for (size_t i = 0; i < m->variable_count; i++)
        if (strcmp(m->variables[i].name, name) == 0)
            return true;
    return false;
}

static void differ(const struct wording_message *m, int line, enum language has, enum language lacks, const char *open,
                   const char *what, const char *close, struct problems *problems)
{
    problems_add(problems, PROBLEM_WARNING, "M06", m->file, line, 1, "the same values and buttons belong in every language",
                 "\"%s\": %s has %s%s%s, %s has not", m->id, language_facts(has)->name, open, what, close,
                 language_facts(lacks)->name);
}

/* What `a` has and `b` lacks. One language of a message is looked at as a message of its own. */
static bool lint_difference(const struct wording_message *m, enum language a, enum language b, enum language place,
                            struct problems *problems)
{
    struct wording_message one = { .versions[0] = m->versions[a] }, other = { .versions[0] = m->versions[b] };
    const struct version *v = &m->versions[a];
    int line = m->versions[place].line;
    struct arena arena;
    bool ok;

    arena_init(&arena);
    ok = variables_collect(&arena, &one) && variables_collect(&arena, &other);
    for (size_t i = 0; ok && i < one.variable_count; i++)
        if (!has_variable(&other, one.variables[i].name))
            differ(m, line, a, b, "{", one.variables[i].name, "}", problems);
    for (size_t i = 0; ok && i < v->choice_count; i++)
        if (!has_choice(&m->versions[b], v->choices[i].id))
            differ(m, line, a, b, "[", v->choices[i].id, "]", problems);
    arena_free(&arena);
    return ok;
}

static bool lint_differences(const struct wording_message *m, struct problems *problems)
{
    for (int l = 1; l < LANGUAGES; l++) {
        enum language other = (enum language)l;

        if (!m->versions[LANGUAGE_FR].present || !m->versions[l].present)
            continue;
        if (!lint_difference(m, LANGUAGE_FR, other, other, problems) ||
            !lint_difference(m, other, LANGUAGE_FR, other, problems))
            return false;
    }
    return true;
}

/* ---- texts ---- */

static bool holds(const struct phrase *p, const char *text)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->nodes[i].value == NULL && strstr(p->nodes[i].text, text) != NULL)
            return true;
    return false;
}

static void lint_lines(const struct wording_message *m, const struct block *b, struct problems *problems)
{
    for (size_t i = 0; i < b->count; i++) {
        const struct phrase *p = &b->lines[i].phrase;

        lint_marks(m->file, p, problems);
        if (holds(p, "http://"))
            find(problems, PROBLEM_WARNING, "M14", m, p, "use https://", "a link with http://");
    }
}

static void lint_body(const struct wording_message *m, const struct version *v, const struct block *b, size_t max,
                      enum language l, struct problems *problems)
{
    struct extent e = block_extent(b, l);
    int line = b->count > 0 ? b->lines[0].phrase.line : v->line;

    if (e.fixed > max)
        problems_add(problems, PROBLEM_ERROR, "M12", m->file, line, 1, "make two messages of it",
                     "the text has %zu characters, WhatsApp accepts %zu", e.fixed, max);
    else if (e.open && e.most > max)
        problems_add(problems, PROBLEM_WARNING, "M12", m->file, line, 1, "cut long values with |short; what is over is cut",
                     "with long values the text may reach %zu characters, WhatsApp accepts %zu", e.most, max);
    lint_lines(m, b, problems);
}

/* Is there a line that always says something? */
static bool says_something(const struct block *b)
{
    for (size_t i = 0; i < b->count; i++)
        if (b->lines[i].phrase.count > 0)
            return true;
    return false;
}

static void lint_shape(const struct wording_message *m, const struct version *v, struct problems *problems)
{
    const struct phrase here = { .line = v->line, .column = 1 };
    bool choices = v->choice_count > 0;

    if (!says_something(&v->text) && (choices || !m->has_image || v->ask_location))
        find(problems, PROBLEM_ERROR, "M12", m, &here, "WhatsApp refuses a message without text", "there is no text");
    if (v->has_header && !choices && !m->is_template)
        find(problems, PROBLEM_ERROR, "M20", m, &v->header, "write it as the first line, *in bold*",
             "@header needs buttons or a @menu");
    if (v->has_footer && !choices && !m->is_template)
        find(problems, PROBLEM_ERROR, "M20", m, &v->footer, "write it as the last line, _in italics_",
             "@footer needs buttons or a @menu");
    if (v->has_header && m->has_image && !m->image_first && !v->has_menu && !v->ask_location)
        find(problems, PROBLEM_ERROR, "M20", m, &v->header, "take one out, or write image_mode = \"before\"",
             "a header and an image take the same place");
    if (v->ask_location && choices && !says_something(&v->after))
        find(problems, PROBLEM_ERROR, "M20", m, &v->choices[0].title,
             "write a line of text between @ask-location and the buttons",
             "behind a location request the buttons are a second message, and it needs a text");
}

static void lint_version(const struct wording_message *m, enum language l, struct problems *problems)
{
    const struct version *v = &m->versions[l];
    bool plain = v->choice_count == 0 && !v->ask_location && !m->has_image && !m->is_template;

    lint_shape(m, v, problems);
    lint_body(m, v, &v->text, plain ? CHANNEL_TEXT_MAX : CHANNEL_BODY_MAX, l, problems);
    lint_body(m, v, &v->after, CHANNEL_BODY_MAX, l, problems);
    lint_length(m, "the header", &v->header, CHANNEL_HEADER_MAX, l, problems);
    lint_length(m, "the footer", &v->footer, CHANNEL_FOOTER_MAX, l, problems);
    lint_length(m, "the word of @menu", &v->menu, CHANNEL_MENU_MAX, l, problems);
    lint_choices(m, v, l, problems);
}

/* A link that is a value may be anything; one that begins with words must begin with https://. */
static void lint_image(const struct wording_message *m, const struct phrase *p, const char *key, struct problems *problems)
{
    if (p->count == 0 || p->nodes[0].value != NULL || strncmp(p->nodes[0].text, "https://", 8) == 0)
        return;
    problems_add(problems, PROBLEM_ERROR, "M14", m->file, p->line, p->column, "Meta fetches the image itself, by https only",
                 "%s must be an https:// link", key);
}

bool lint_message(const struct wording_message *m, unsigned languages, struct problems *problems)
{
    bool present[LANGUAGES];

    for (int l = 0; l < LANGUAGES; l++)
        present[l] = m->versions[l].present;
    lint_languages(m->file, m->line, m->is_template ? "template" : "message", m->id, present, m->fallback, languages, problems);
    for (int l = 0; l < LANGUAGES; l++)
        if (present[l])
            lint_version(m, (enum language)l, problems);
    lint_image(m, &m->image, "image", problems);
    lint_image(m, &m->spare_image, "image_fallback", problems);
    if (m->is_template)
        lint_template(m, problems);
    return lint_differences(m, problems);
}

/* ---- labels ---- */

static bool has_label(const struct label_list *labels, const struct label *wanted)
{
    for (size_t i = 0; i < labels->count; i++) {
        const struct label *l = &labels->list[i];

        if (l->place == LABEL_OTHERWISE && wanted->place == LABEL_OTHERWISE)
            return true;
        if (l->key_count > 0 && wanted->key_count > 0 && strcmp(l->keys[0], wanted->keys[0]) == 0)
            return true;
    }
    return false;
}

void lint_labels(const struct labels *set, unsigned languages, struct problems *problems)
{
    const struct label_list *french = &set->versions[LANGUAGE_FR];
    bool present[LANGUAGES];

    for (int l = 0; l < LANGUAGES; l++)
        present[l] = set->versions[l].present;
    lint_languages(set->file, set->line, "labels", set->id, present, set->fallback, languages, problems);
    for (int l = 1; l < LANGUAGES; l++)
        for (size_t i = 0; present[l] && i < french->count; i++)
            if (!has_label(&set->versions[l], &french->list[i]))
                problems_add(problems, PROBLEM_WARNING, "M06", set->file, french->list[i].line, 1,
                             "the same labels belong in every language", "labels \"%s\": \"%s\" has no %s text", set->id,
                             french->list[i].key_count > 0 ? french->list[i].keys[0] : "*",
                             language_facts((enum language)l)->name);
}
