/*
 * What is wrong with a message before anybody has read it (authoring.md §2.4). Codes are stable; `lisolo explain` names them.
 *
 *   M05 language missing      M06 languages differ      M10 too long a title      M11 empty or twice
 *   M12 too long a text       M13 value in a title      M20 parts that do not go together
 * (M07 M08 M17 M21 M22 M23 are found while reading, M09 M11 M13 in lint_choices.c, M14 M15 in lint_links.c, M16 in lint_marks.c.)
 */
#include <string.h>

#include "lisolo/channel.h"
#include "private.h"

static void find(struct problems *out, enum problem_severity severity, const char *code, const struct wording_message *m,
                 const struct phrase *p, const char *hint, const char *text)
{
    problems_add(out, severity, code, m->file, p->line, p->column, hint, "%s", problems_text(out, text));
}

void lint_length(const struct wording_message *m, const char *what, const struct phrase *p, size_t max, enum language l,
                 struct problems *problems)
{
    struct extent e = phrase_extent(p, l);

    if (e.fixed > max)
        problems_add(problems, PROBLEM_ERROR, "M10", m->file, p->line, p->column, "make it shorter; an emoji counts as two",
                     "%s has %zu characters, WhatsApp accepts %zu", problems_text(problems, what), e.fixed, max);
    else if (e.open && e.most > max && !m->is_template)      /* lint_template() forbids them altogether */
        problems_add(problems, PROBLEM_WARNING, "M13", m->file, p->line, p->column, "cut the value with |short",
                     "%s may become longer than the %zu characters that WhatsApp accepts; it is then cut",
                     problems_text(problems, what), max);
}

/* ---- languages ---- */

static void lint_languages(const char *file, int line, const char *kind, const char *id, const bool present[LANGUAGES],
                           const enum language fallback[LANGUAGES], unsigned languages, struct problems *problems)
{
    if (!present[LANGUAGE_FR])
        problems_add(problems, PROBLEM_ERROR, "M05", file, line, 1, "add `fr = [[ … ]]`", "%s \"%s\" has no French text",
                     kind, id);
    for (int l = 1; l < LANGUAGES; l++) {
        const struct language_facts *facts = language_facts((enum language)l);

        if ((languages & 1u << l) != 0 && !present[l] && fallback[l] == LANGUAGE_NONE)
            problems_add(problems, PROBLEM_WARNING, "M05", file, line, 1,
                         "write it, or say which language stands in: fallback = { … = \"fr\" }",
                         "%s \"%s\" has no %s text (%s); its readers get French", kind, id,
                         problems_text(problems, facts->name), facts->code);
    }
}

enum { GAPS_TOLD = 5 };   /* a translation that has just begun would bury everything else under its gaps */

unsigned lint_translations(const struct wording *w, unsigned languages, struct problems *problems)
{
    for (int l = 1; l < LANGUAGES; l++) {
        const struct language_facts *facts = language_facts((enum language)l);
        const struct wording_message *first = NULL;
        size_t gaps = 0;

        for (size_t i = 0; (languages & 1u << l) != 0 && i < w->count; i++) {
            if (w->messages[i].versions[l].present || w->messages[i].fallback[l] != LANGUAGE_NONE)
                continue;
            first = first == NULL ? &w->messages[i] : first;
            gaps++;
        }
        if (gaps <= GAPS_TOLD)
            continue;
        problems_add(problems, PROBLEM_WARNING, "M05", first->file, first->line, 1, "`lisolo wording stats` counts them, `lisolo wording export` gives them to a translator",
                     "%zu messages have no %s text (%s); their readers get French. The first one is \"%s\"", gaps,
                     problems_text(problems, facts->name), facts->code, first->id);
        languages &= ~(1u << l);
    }
    return languages;
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
                 "\"%s\": %s has %s%s%s, %s has not", m->id, problems_text(problems, language_facts(has)->name), open, what,
                 close, problems_text(problems, language_facts(lacks)->name));
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

static void lint_body(const struct wording_message *m, const struct version *v, const struct block *b, size_t max,
                      enum language l, struct problems *problems)
{
    struct extent e = block_extent(b, l, NULL);
    int line = b->count > 0 ? b->lines[0].phrase.line : v->line;

    if (e.fixed > max)
        problems_add(problems, PROBLEM_ERROR, "M12", m->file, line, 1, "make two messages of it",
                     "the text has %zu characters, WhatsApp accepts %zu", e.fixed, max);
}

static size_t body_max(const struct wording_message *m, const struct version *v)
{
    bool plain = v->choice_count == 0 && !v->ask_location && !v->has_link && m->medium == MEDIUM_NONE && !m->is_template;

    return plain ? CHANNEL_TEXT_MAX : CHANNEL_BODY_MAX;
}

static void check_length(const struct wording_message *m, const struct block *b, size_t max, enum language l, const struct longest *known,
                         struct problems *problems)
{
    struct extent e = block_extent(b, l, known);

    if (b->count == 0 || !e.open || e.fixed > max || e.most <= max)
        return;
    problems_add(problems, e.guessed ? PROBLEM_WARNING : PROBLEM_ERROR, "M12", m->file, b->lines[0].phrase.line, 1,
                 "cut long values with |short; what is over is cut",
                 "with long values the text may reach %zu characters, WhatsApp accepts %zu", e.most, max);
}

void wording_check_length(const struct wording_message *m, size_t (*most)(void *ctx, const char *path), void *ctx, struct problems *out)
{
    const struct longest known = { most, ctx };

    for (int l = 0; l < LANGUAGES; l++) {
        const struct version *v = &m->versions[l];

        if (!v->present)
            continue;
        check_length(m, &v->text, body_max(m, v), (enum language)l, &known, out);
        check_length(m, &v->after, CHANNEL_BODY_MAX, (enum language)l, &known, out);
    }
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

    if (!says_something(&v->text) && (choices || m->medium == MEDIUM_NONE || v->ask_location || v->has_link))
        find(problems, PROBLEM_ERROR, "M12", m, &here, "WhatsApp refuses a message without text", "there is no text");
    if (v->has_header && !choices && !v->has_link && !m->is_template)
        find(problems, PROBLEM_ERROR, "M20", m, &v->header, "write it as the first line, *in bold*",
             "@header needs buttons, a @menu or a @link");
    if (v->has_footer && !choices && !v->has_link && !m->is_template)
        find(problems, PROBLEM_ERROR, "M20", m, &v->footer, "write it as the last line, _in italics_",
             "@footer needs buttons, a @menu or a @link");
    if (v->has_header && medium_has_words(m->medium) && !m->media_first && !v->has_menu && !v->ask_location)
        find(problems, PROBLEM_ERROR, "M20", m, &v->header, "take one out, or write image_mode = \"before\"",
             "a header and an image take the same place");
    if (v->has_link && (choices || v->has_menu || v->ask_location) && !m->is_template)
        find(problems, PROBLEM_ERROR, "M20", m, &v->link_title, "send the link in a message of its own",
             "@link cannot stand beside buttons, a @menu or @ask-location");
    if (v->ask_location && choices && !says_something(&v->after))
        find(problems, PROBLEM_ERROR, "M20", m, &v->choices[0].title,
             "write a line of text between @ask-location and the buttons",
             "behind a location request the buttons are a second message, and it needs a text");
}

static void lint_version(const struct wording_message *m, enum language l, struct problems *problems)
{
    const struct version *v = &m->versions[l];

    lint_shape(m, v, problems);
    lint_body(m, v, &v->text, body_max(m, v), l, problems);
    lint_body(m, v, &v->after, CHANNEL_BODY_MAX, l, problems);
    lint_length(m, "the header", &v->header, CHANNEL_HEADER_MAX, l, problems);
    lint_length(m, "the footer", &v->footer, CHANNEL_FOOTER_MAX, l, problems);
    lint_length(m, "the word of @menu", &v->menu, CHANNEL_MENU_MAX, l, problems);
    lint_length(m, "the word of @link", &v->link_title, CHANNEL_LINK_TITLE_MAX, l, problems);
    lint_choices(m, v, l, problems);
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
                             problems_text(problems, language_facts((enum language)l)->name));
}
