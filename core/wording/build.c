/*
 * Statements -> wording: which keys a statement has, which languages, and who falls back on whom.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/nearest.h"
#include "private.h"

enum { PARAMS_MAX = 32 };      /* far beyond T04's five */

const char *nearest_name(const char *word, const char *const *names, size_t count)
{
    struct nearest n = { .word = word };

    for (size_t i = 0; i < count; i++)
        nearest_offer(&n, names[i]);
    return n.best;
}

/* ---- what every statement has ---- */

void check_keys(const struct reader *r, const struct statement *s)
{
    size_t count;
    const struct key_doc *keys = wording_keys(&count);

    for (size_t i = 0; i < s->body.count; i++) {
        const struct decl_entry *e = &s->body.entries[i];
        const char *near = NULL;
        char hint[96] = "";

        if (e->name == NULL) {
            report(r, PROBLEM_ERROR, "M22", e->line, e->column, "write fr = [[ … ]]", "a value without a key");
            continue;
        }
        if (keys_find(keys, count, s->verb, e->name, &near) != NULL)
            continue;
        if (near != NULL)
            snprintf(hint, sizeof hint, problems_text(r->problems, "did you mean `%s`?"), near);
        else if (strlen(e->name) == 2)
            snprintf(hint, sizeof hint, "%s", problems_text(r->problems, "languages are fr, en and ln"));
        report(r, PROBLEM_ERROR, "M22", e->line, e->column, hint, "unknown key `%s` in %s", e->name, s->verb);
    }
}

/* NULL when absent, or reported because it is no text. */
static const struct decl *read_string(const struct reader *r, const struct statement *s, const char *key)
{
    const struct decl_entry *e = decl_entry(&s->body, key);

    if (e == NULL || e->value.type == DECL_STRING)
        return e == NULL ? NULL : &e->value;
    report(r, PROBLEM_ERROR, "M22", e->value.line, e->value.column, NULL, "%s must be a text", key);
    return NULL;
}

static void read_fallback(const struct reader *r, const struct statement *s, enum language fallback[LANGUAGES])
{
    const struct decl_entry *e = decl_entry(&s->body, "fallback");

    for (int l = 0; l < LANGUAGES; l++)
        fallback[l] = LANGUAGE_NONE;
    if (e == NULL)
        return;
    if (e->value.type != DECL_TABLE) {
        report(r, PROBLEM_ERROR, "M22", e->line, e->column, "fallback = { ln = \"fr\" }", "fallback must be a table");
        return;
    }
    for (size_t i = 0; i < e->value.count; i++) {
        const struct decl_entry *one = &e->value.entries[i];
        enum language from = language_find(one->name);
        enum language to = one->value.type == DECL_STRING ? language_find(one->value.string) : LANGUAGE_NONE;

        if (from == LANGUAGE_NONE || to == LANGUAGE_NONE || from == to)
            report(r, PROBLEM_ERROR, "M22", one->line, one->column, "languages are fr, en and ln: fallback = { ln = \"fr\" }",
                   "cannot read this fallback");
        else
            fallback[from] = to;
    }
}

/* Which version a reader of each language gets: his own, else along the fallbacks, else French, else any. */
static void choose_versions(const bool usable[LANGUAGES], const enum language fallback[LANGUAGES],
                            enum language shown[LANGUAGES])
{
    enum language last = LANGUAGE_FR;

    for (int l = LANGUAGES - 1; l >= 0; l--)
        if (usable[l])
            last = (enum language)l;
    for (int l = 0; l < LANGUAGES; l++) {
        enum language at = (enum language)l;

        for (int hops = 0; hops < LANGUAGES && at != LANGUAGE_NONE && !usable[at]; hops++)
            at = fallback[at];
        shown[l] = at != LANGUAGE_NONE && usable[at] ? at : last;
    }
}

/* A language that stands in for another one, and has no text and nobody that stands in for it. */
static void check_fallback(const struct reader *r, const struct statement *s, const bool usable[LANGUAGES],
                           const enum language fallback[LANGUAGES])
{
    const struct decl *d = decl_get(&s->body, "fallback");

    for (size_t i = 0; d != NULL && i < d->count; i++) {
        const struct decl *to = &d->entries[i].value;
        enum language from = language_find(d->entries[i].name), at = from;

        if (from == LANGUAGE_NONE || fallback[from] == LANGUAGE_NONE || usable[from] || to->string == NULL)
            continue;
        for (int hops = 0; hops < LANGUAGES && at != LANGUAGE_NONE && !usable[at]; hops++)
            at = fallback[at];
        if ((at == LANGUAGE_NONE || !usable[at]) && usable[LANGUAGE_FR])
            report(r, PROBLEM_WARNING, "M05", to->line, to->column, "did you mean \"fr\"?",
                   "%s falls back on \"%s\", in which nothing is written; its readers get French", d->entries[i].name, to->string);
    }
}

static bool is_name(const char *name, const char *letters)
{
    size_t len = strlen(name);

    return len > 0 && len <= NAME_BYTES_MAX && strspn(name, letters) == len;
}

/* False: reported, the statement is left out. */
static bool check_statement(struct reader *r, const struct statement *s)
{
    r->file = s->file;
    if (s->name == NULL || !is_name(s->name, "abcdefghijklmnopqrstuvwxyz0123456789_.")) {
        report(r, PROBLEM_ERROR, strcmp(s->verb, "template") == 0 ? "T01" : "M22", s->line, s->column,
               "a name is made of a-z, 0-9, _ and dots, at most 64: \"course.depart\"", "%s \"%s\": not a name", s->verb,
               s->name == NULL ? "" : s->name);
        return false;
    }
    if (s->body.type == DECL_TABLE)
        return true;
    report(r, PROBLEM_ERROR, "M22", s->line, s->column, "write { fr = [[ … ]] } behind its name", "%s \"%s\" has no text",
           s->verb, s->name);
    return false;
}

static bool is_verb(const struct statement *s, const char *verb)
{
    return strcmp(s->verb, verb) == 0;
}

/* ---- labels ---- */

static bool read_labels(struct reader *r, const struct statement *s, struct labels *out)
{
    bool usable[LANGUAGES];

    *out = (struct labels){ .line = s->line };
    out->id = arena_text(&r->w->arena, s->name, strlen(s->name));
    out->file = arena_text(&r->w->arena, s->file, strlen(s->file));
    if (out->id == NULL || out->file == NULL)
        return false;
    check_keys(r, s);
    read_fallback(r, s, out->fallback);
    for (int l = 0; l < LANGUAGES; l++) {
        const struct decl *text = read_string(r, s, language_facts((enum language)l)->code);

        r->language = (enum language)l;
        if (text != NULL && !labels_read(r, text, &out->versions[l]))
            return false;
        usable[l] = out->versions[l].present;
    }
    check_fallback(r, s, usable, out->fallback);
    choose_versions(usable, out->fallback, out->shown);
    return true;
}

static bool read_all_labels(struct reader *r, const struct statements *statements)
{
    r->labels_lost = statements_lost(statements, "labels", NULL, NULL);
    for (size_t i = 0; i < statements->count; i++) {
        const struct statement *s = &statements->list[i];
        const struct labels *twin;
        struct labels set;

        if (!is_verb(s, "labels") || !check_statement(r, s))
            continue;
        twin = labels_find(r->w, s->name);
        if (twin != NULL) {
            report(r, PROBLEM_ERROR, "M23", s->line, s->column, NULL, "labels \"%s\" stand in %s:%d already", s->name,
                   twin->file, twin->line);
            continue;
        }
        if (!read_labels(r, s, &set))
            return false;
        r->w->sets = arena_more(&r->w->arena, r->w->sets, r->w->set_count, sizeof *r->w->sets);
        if (r->w->sets == NULL)
            return false;
        r->w->sets[r->w->set_count++] = set;
    }
    return true;
}

/* ---- messages ---- */

/* A link with values in it; no language's typography. */
static bool read_link(struct reader *r, const struct statement *s, const char *key, struct phrase *out)
{
    const struct decl *text = read_string(r, s, key);

    r->language = LANGUAGE_EN;
    return text == NULL || phrase_read(r, text->string, text->length, text_line(text, 0), text_column(text, 0), out);
}

static void read_mode(const struct reader *r, const struct statement *s, struct wording_message *m)
{
    const struct decl *mode = read_string(r, s, "image_mode");

    if (mode != NULL && strcmp(mode->string, "before") == 0)
        m->media_first = true;
    else if (mode != NULL && strcmp(mode->string, "header") != 0)
        report(r, PROBLEM_ERROR, "M22", mode->line, mode->column,
               "\"header\": above the text, in one message; \"before\": a message of its own",
               "image_mode is \"header\" or \"before\"");
}

/* One of image, video, document, audio, sticker, with what stands in for it. */
static bool read_media(struct reader *r, const struct statement *s, struct wording_message *m)
{
    const struct decl_entry *name = decl_entry(&s->body, "document_name");
    char spare[32];

    read_mode(r, s, m);
    for (int k = MEDIUM_IMAGE; k < MEDIA; k++) {
        const char *key = medium_key((enum medium)k);
        const struct decl_entry *e = decl_entry(&s->body, key), *other;

        snprintf(spare, sizeof spare, "%s_fallback", key);
        other = decl_entry(&s->body, spare);
        if (e == NULL && other != NULL)
            report(r, PROBLEM_ERROR, "M20", other->line, other->column, NULL, "%s without %s", spare, key);
        if (e == NULL)
            continue;
        if (m->medium != MEDIUM_NONE) {
            report(r, PROBLEM_ERROR, "M20", e->line, e->column, "send the other one in a message of its own",
                   "a message has one image, video, document, audio file or sticker");
            continue;
        }
        m->medium = (enum medium)k;
        if (!read_link(r, s, key, &m->media) || !read_link(r, s, spare, &m->spare_media))
            return false;
        lint_media(r, key, &m->media);
        lint_media(r, spare, &m->spare_media);
    }
    if (name != NULL && m->medium != MEDIUM_DOCUMENT)
        report(r, PROBLEM_ERROR, "M20", name->line, name->column, "document = \"https://…\"", "document_name without document");
    return read_link(r, s, "document_name", &m->file_name);
}

static bool read_versions(struct reader *r, const struct statement *s, struct wording_message *m)
{
    for (int l = 0; l < LANGUAGES; l++) {
        const struct decl *text = read_string(r, s, language_facts((enum language)l)->code);

        r->language = (enum language)l;
        if (text == NULL)
            continue;
        lint_words(r, text, m);
        if (!body_read(r, text, &m->versions[l]))
            return false;
    }
    return true;
}

/* A template's list of texts: params, example. */
static bool read_list(struct reader *r, const struct statement *s, const char *key, struct param **list, size_t *count)
{
    const struct decl_entry *e = decl_entry(&s->body, key);
    size_t n = e == NULL ? 0 : decl_items(&e->value);

    if (e != NULL && (e->value.type != DECL_TABLE || n != e->value.count || n > PARAMS_MAX)) {
        report(r, PROBLEM_ERROR, "M22", e->line, e->column, "params = { \"reference\", \"livreur\" }",
               "%s must be a list of texts", key);
        return true;
    }
    for (size_t i = 0; i < n; i++) {
        const struct decl *one = decl_item(&e->value, i);

        if (one->type != DECL_STRING) {
            report(r, PROBLEM_ERROR, "M22", one->line, one->column, "put it between quotes", "%s must be a list of texts", key);
            continue;
        }
        *list = arena_more(&r->w->arena, *list, *count, sizeof **list);
        if (*list == NULL)
            return false;
        (*list)[*count] = (struct param){ arena_text(&r->w->arena, one->string, one->length), one->line, one->column };
        if ((*list)[(*count)++].name == NULL)
            return false;
    }
    return true;
}

static void read_category(const struct reader *r, const struct statement *s, struct wording_message *m)
{
    const struct decl *d = read_string(r, s, "category");
    const char *name = d == NULL ? "" : d->string;

    if (strcmp(name, "utility") == 0)
        m->category = CATEGORY_UTILITY;
    else if (strcmp(name, "marketing") == 0)
        m->category = CATEGORY_MARKETING;
    else
        report(r, PROBLEM_ERROR, "M22", d == NULL ? s->line : d->line, d == NULL ? s->column : d->column,
               "utility: about something the customer asked for; marketing: everything else",
               "category must be \"utility\" or \"marketing\"");
}

static const struct value *find_value(const struct block *b, const char *name)
{
    for (size_t i = 0; i < b->count; i++)
        for (size_t n = 0; n < b->lines[i].phrase.count; n++) {
            const struct value *v = b->lines[i].phrase.nodes[n].value;

            if (v != NULL && strcmp(v->path.text, name) == 0)
                return v;
        }
    return NULL;
}

/* What each parameter is in each language: the place in the text where it stands. lint_template() says what is missing. */
static bool bind_params(struct arena *a, struct wording_message *m)
{
    for (int l = 0; l < LANGUAGES; l++) {
        struct version *v = &m->versions[l];

        if (!v->present || m->param_count == 0)
            continue;
        v->params = arena_take(a, m->param_count * sizeof *v->params);
        if (v->params == NULL)
            return false;
        for (size_t i = 0; i < m->param_count; i++)
            v->params[i] = find_value(&v->text, m->params[i].name);
    }
    return true;
}

static bool read_message(struct reader *r, const struct statement *s, struct wording_message *m)
{
    bool usable[LANGUAGES];

    *m = (struct wording_message){ .line = s->line, .is_template = is_verb(s, "template") };
    m->id = arena_text(&r->w->arena, s->name, strlen(s->name));
    m->file = arena_text(&r->w->arena, s->file, strlen(s->file));
    if (m->id == NULL || m->file == NULL)
        return false;
    check_keys(r, s);
    read_fallback(r, s, m->fallback);
    if (m->is_template)
        read_category(r, s, m);
    if (!read_media(r, s, m) || !read_versions(r, s, m))
        return false;
    if (m->is_template && (!read_list(r, s, "params", &m->params, &m->param_count) ||
                           !read_list(r, s, "example", &m->examples, &m->example_count) || !bind_params(&r->w->arena, m)))
        return false;
    for (int l = 0; l < LANGUAGES; l++)
        usable[l] = m->versions[l].present && (!m->is_template || language_facts((enum language)l)->meta != NULL);
    check_fallback(r, s, usable, m->fallback);
    choose_versions(usable, m->fallback, m->shown);
    return variables_collect(&r->w->arena, m);
}

static bool read_all_messages(struct reader *r, const struct statements *statements)
{
    for (size_t i = 0; i < statements->count; i++) {
        const struct statement *s = &statements->list[i];

        if ((!is_verb(s, "message") && !is_verb(s, "template")) || !check_statement(r, s))
            continue;
        r->w->messages = arena_more(&r->w->arena, r->w->messages, r->w->count, sizeof *r->w->messages);
        if (r->w->messages == NULL || !read_message(r, s, &r->w->messages[r->w->count]))
            return false;
        r->w->count++;
    }
    return true;
}

/* ---- all together ---- */

static int by_id_and_place(const void *a, const void *b)
{
    const struct wording_message *m = a, *n = b;
    int order = strcmp(m->id, n->id);

    if (order == 0)
        order = strcmp(m->file, n->file);
    return order != 0 ? order : (m->line > n->line) - (m->line < n->line);
}

/* The first one stays. */
static void drop_twins(struct reader *r)
{
    struct wording *w = r->w;
    size_t kept = 0;

    if (w->count > 0)
        qsort(w->messages, w->count, sizeof *w->messages, by_id_and_place);
    for (size_t i = 0; i < w->count; i++) {
        const struct wording_message *m = &w->messages[i], *before = kept > 0 ? &w->messages[kept - 1] : NULL;

        if (before != NULL && strcmp(before->id, m->id) == 0) {
            r->file = m->file;
            report(r, PROBLEM_ERROR, "M23", m->line, 1, "give it another name", "\"%s\" stands in %s:%d already", m->id,
                   before->file, before->line);
        } else {
            w->messages[kept++] = *m;
        }
    }
    w->count = kept;
}

static bool lint_all(struct wording *w, struct problems *problems)
{
    unsigned languages = 0, told;

    for (size_t i = 0; i < w->count; i++)
        for (int l = 0; l < LANGUAGES; l++)
            if (w->messages[i].versions[l].present)
                languages |= 1u << l;
    told = lint_translations(w, languages, problems);
    for (size_t i = 0; i < w->count; i++)
        if (!lint_message(&w->messages[i], told, problems))
            return false;
    for (size_t i = 0; i < w->set_count; i++)
        lint_labels(&w->sets[i], told, problems);
    return true;
}

struct wording *wording_build(const struct statements *statements, const char *country, struct problems *out)
{
    struct wording *w = calloc(1, sizeof *w);
    struct reader r = { .w = w, .problems = out };

    if (w == NULL)
        return NULL;
    arena_init(&w->arena);
    if (country != NULL && strlen(country) == 2) {
        memcpy(w->country, country, sizeof w->country);
        w->has_country = true;
    }
    lint_apostrophes(&r, statements);
    links_read(&r, statements);
    if (read_all_labels(&r, statements) && read_all_messages(&r, statements)) {
        drop_twins(&r);
        if (lint_all(w, out))
            return w;
    }
    wording_free(w);
    return NULL;
}

void wording_free(struct wording *w)
{
    if (w == NULL)
        return;
    arena_free(&w->arena);
    free(w);
}
