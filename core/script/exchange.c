/*
 * Wording out to translators and back (authoring.md §2.1): PO is what their tools read. An entry comes back only if its French is
 * still the one that was translated.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/po.h"
#include "lisolo/base/utf8.h"
#include "lisolo/script.h"

static const char LABELS[] = "labels ";

static bool no_memory(struct error *err) { return error_set(err, "out of memory"); }

/* ---- out ---- */

static bool export_text(const struct script_texts *all, const struct script_text *french, const char *language, struct buf *out)
{
    const struct script_text *other = script_texts_find(all, french->verb, french->id, language);
    const struct script_text *note = script_texts_find(all, french->verb, french->id, "note");
    char context[160], place[160];
    const struct po_entry e = {
        .context = context, .id = french->text, .place = place,
        .text = other == NULL || other->text == NULL ? "" : other->text,
        .note = note == NULL ? NULL : note->text,
    };

    (void)snprintf(context, sizeof context, "%s%.120s", strcmp(french->verb, "labels") == 0 ? LABELS : "", french->id);
    (void)snprintf(place, sizeof place, "%.120s:%d", french->file, french->line);
    po_write_entry(out, &e);
    return buf_ok(out);
}

bool script_export_po(const struct script_sources *sources, const char *language, struct buf *out, struct error *err)
{
    po_write_header(out, "lisolo", language);
    for (size_t i = 0; i < sources->count; i++) {
        struct script_texts all;
        bool ok;

        ok = script_texts_read(&sources->list[i], &all);
        for (size_t k = 0; ok && k < all.count; k++)
            if (strcmp(all.list[k].key, "fr") == 0 && all.list[k].text != NULL && *all.list[k].text != '\0')
                ok = export_text(&all, &all.list[k], language, out);
        script_texts_free(&all);
        if (!ok)
            return no_memory(err);
    }
    return true;
}

/* ---- back ---- */

struct import {
    struct script_sources *sources;
    struct script_texts   *texts;        /* of each source, as it stands now */
    struct script_import  *out;
    struct problems       *problems;
    const char            *po_name, *language;
    struct error          *err;
};

/* False: not there. */
static bool find_french(const struct import *j, const char *context, size_t *file, const struct script_text **french)
{
    bool labels = strncmp(context, LABELS, sizeof LABELS - 1) == 0;
    const char *id = labels ? context + sizeof LABELS - 1 : context;

    for (size_t i = 0; i < j->sources->count; i++)
        for (size_t k = 0; k < j->texts[i].count; k++) {
            const struct script_text *t = &j->texts[i].list[k];

            if (strcmp(t->key, "fr") != 0 || strcmp(t->id, id) != 0 || (strcmp(t->verb, "labels") == 0) != labels)
                continue;
            *file = i;
            *french = t;
            return true;
        }
    return false;
}

static bool put(struct import *j, size_t file, const struct script_text *french, const char *text)
{
    struct script_source *source = &j->sources->list[file];
    struct script_texts again;
    char *changed;
    size_t len;

    if (!script_texts_put(source, &j->texts[file], french, j->language, text, &changed, &len, j->err))
        return false;
    free(source->text);
    source->text = changed;
    source->len = len;
    j->out->changed[file] = true;
    j->out->put++;
    if (!script_texts_read(source, &again))
        return no_memory(j->err);
    script_texts_free(&j->texts[file]);
    j->texts[file] = again;
    return true;
}

/* What tools add at the end is not part of a text. */
static char *without_end(const char *text)
{
    size_t len = strlen(text);

    while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == ' '))
        len--;
    return strndup(text, len);
}

static bool import_entry(struct import *j, const struct po_entry *e)
{
    const struct script_text *french = NULL, *old;
    size_t file = 0;
    char *text;
    bool ok = true;

    if (e->fuzzy || *e->text == '\0') {
        j->out->untranslated++;
        return true;
    }
    if (e->context == NULL || !find_french(j, e->context, &file, &french)) {
        j->out->refused++;
        problems_add(j->problems, PROBLEM_ERROR, "M24", j->po_name, e->line, 1, NULL,
                     "\"%.80s\": there is no message of this name", e->context == NULL ? "" : e->context);
        return true;
    }
    if (french->text == NULL || strcmp(french->text, e->id) != 0) {
        j->out->refused++;
        problems_add(j->problems, PROBLEM_ERROR, "M24", j->po_name, e->line, 1, "export again and translate the new text",
                     "\"%.80s\": the French has changed since", e->context);
        return true;
    }
    text = without_end(e->text);
    if (text == NULL)
        return no_memory(j->err);
    old = script_texts_find(&j->texts[file], french->verb, french->id, j->language);
    if (old != NULL && old->text != NULL && strcmp(old->text, text) == 0)
        j->out->same++;
    else
        ok = put(j, file, french, text);
    free(text);
    return ok;
}

static bool read_all(struct import *j)
{
    j->out->changed = calloc(j->sources->count + 1, sizeof *j->out->changed);
    j->texts = calloc(j->sources->count + 1, sizeof *j->texts);
    if (j->out->changed == NULL || j->texts == NULL)
        return no_memory(j->err);
    for (size_t i = 0; i < j->sources->count; i++)
        if (!script_texts_read(&j->sources->list[i], &j->texts[i]))
            return no_memory(j->err);
    return true;
}

bool script_import_po(struct script_sources *sources, const struct po *po, const char *po_name, struct script_import *out,
                      struct problems *problems, struct error *err)
{
    struct import j = { .sources = sources, .out = out, .problems = problems, .po_name = po_name, .language = po->language, .err = err };
    bool ok;

    *out = (struct script_import){ .put = 0 };
    if (strcmp(po->language, "en") != 0 && strcmp(po->language, "ln") != 0)
        return error_set(err, "%s: its header names no language that can be put in: en or ln, not \"%.15s\"", po_name, po->language);
    ok = read_all(&j);
    for (size_t i = 0; ok && i < po->count; i++)
        ok = import_entry(&j, &po->list[i]);
    for (size_t i = 0; j.texts != NULL && i < sources->count; i++)
        script_texts_free(&j.texts[i]);
    free(j.texts);
    if (!ok) {
        free(out->changed);
        out->changed = NULL;
    }
    return ok;
}

/* ---- how much there is ---- */

/* Runs of letters, outside {values}, ids and directives. */
static size_t count_words(const char *text)
{
    size_t words = 0;
    bool in_word = false, start = true;

    for (const char *at = text; *at != '\0'; at++) {
        bool letter = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || ((unsigned char)*at >= 0xC3 && (unsigned char)*at < 0xE0);
        const char *close = *at == '{' ? strchr(at, '}') : start && *at == '[' ? strchr(at, ']') : NULL;

        if (start && *at == '@')
            close = at + strcspn(at, " \n") - 1;
        start = *at == '\n';
        if (close != NULL && close > at) {
            at = close;
            in_word = false;
            continue;
        }
        words += letter && !in_word;
        in_word = letter || (in_word && ((unsigned char)*at >= 0x80 || *at == '\''));
    }
    return words;
}

void script_count_texts(const struct script_texts *all, size_t files, const char *language, struct script_count *out)
{
    *out = (struct script_count){ .language = language };
    for (size_t i = 0; i < files; i++)
        for (size_t k = 0; k < all[i].count; k++) {
            const struct script_text *t = &all[i].list[k];
            size_t points;

            if (strcmp(t->key, "fr") == 0 && script_texts_find(&all[i], t->verb, t->id, language) == NULL)
                out->missing++;
            if (strcmp(t->key, language) != 0)
                continue;
            out->texts++;
            points = t->text == NULL ? 0 : utf8_points(t->text);
            out->words += t->text == NULL ? 0 : count_words(t->text);
            if (points <= out->longest)
                continue;
            out->longest = points;
            (void)snprintf(out->longest_id, sizeof out->longest_id, "%s", t->id);
        }
}
