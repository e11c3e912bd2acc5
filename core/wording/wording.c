/*
 * Looking things up in a wording that is built.
 */
#include <stdlib.h>
#include <string.h>

#include "private.h"

static int by_id(const void *id, const void *message)
{
    return strcmp(id, ((const struct wording_message *)message)->id);
}

const struct wording_message *wording_find(const struct wording *w, const char *id)
{
    return w->count == 0 ? NULL : bsearch(id, w->messages, w->count, sizeof *w->messages, by_id);
}

const char *wording_nearest(const struct wording *w, const char *id)
{
    const char **names = reallocarray(NULL, w->count + 1, sizeof *names);
    const char *near;

    if (names == NULL)
        return NULL;
    for (size_t i = 0; i < w->count; i++)
        names[i] = w->messages[i].id;
    near = nearest_name(id, names, w->count);
    free(names);
    return near;
}

size_t wording_count(const struct wording *w)
{
    return w->count;
}

const struct wording_message *wording_at(const struct wording *w, size_t index) { return &w->messages[index]; }

size_t wording_languages(const struct wording_message *m, const char **out, size_t max)
{
    size_t n = 0;

    for (int l = 0; l < LANGUAGES; l++) {
        if (!m->versions[l].present)
            continue;
        if (n < max)
            out[n] = language_facts((enum language)l)->code;
        n++;
    }
    return n;
}

const char *wording_id(const struct wording_message *m)
{
    return m->id;
}

bool wording_language_known(const char *code)
{
    for (int l = 0; l < LANGUAGES; l++)
        if (strcmp(language_facts((enum language)l)->code, code) == 0)
            return true;
    return false;
}

bool wording_is_template(const struct wording_message *m)
{
    return m->is_template;
}

const char *wording_place(const struct wording_message *m, int *line)
{
    if (line != NULL)
        *line = m->line;
    return m->file;
}

/* The French side; another one only in a wording that has problems. */
static const struct version *main_version(const struct wording_message *m)
{
    return &m->versions[m->shown[LANGUAGE_FR]];
}

static const struct choice *choice_at(const struct wording_message *m, size_t index)
{
    const struct version *v = main_version(m);

    for (size_t i = 0; i < v->choice_count; i++)
        if (!v->choices[i].model && index-- == 0)
            return &v->choices[i];
    return NULL;
}

size_t wording_choice_count(const struct wording_message *m)
{
    size_t n = 0;

    while (choice_at(m, n) != NULL)
        n++;
    return n;
}

const char *wording_choice_id(const struct wording_message *m, size_t index)
{
    const struct choice *c = choice_at(m, index);

    return c == NULL ? NULL : c->id;
}

bool wording_has_menu(const struct wording_message *m)
{
    return main_version(m)->has_menu;
}

bool wording_has_model_row(const struct wording_message *m)
{
    const struct version *v = main_version(m);

    for (size_t i = 0; i < v->choice_count; i++)
        if (v->choices[i].model)
            return true;
    return false;
}

bool wording_asks_location(const struct wording_message *m)
{
    return main_version(m)->ask_location;
}

size_t wording_variable_count(const struct wording_message *m)
{
    return m->variable_count;
}

const char *wording_variable(const struct wording_message *m, size_t index)
{
    return index < m->variable_count ? m->variables[index].name : NULL;
}

bool wording_variable_required(const struct wording_message *m, size_t index)
{
    return index < m->variable_count && m->variables[index].required;
}

size_t wording_path_count(const struct wording_message *m) { return m->path_count; }

const char *wording_path(const struct wording_message *m, size_t index)
{
    return index < m->path_count ? m->paths[index] : NULL;
}

/* ---- formats on their own ---- */

static bool apply_format(const struct filter *f, enum language l, const cJSON *value, char *out, size_t size, struct error *err)
{
    struct format_env env = { .language = l };
    struct atom atom = { 0 };
    struct buf text, clean;
    const char *why = NULL;
    bool ok = false;

    buf_init(&text, RENDER_BYTES_MAX);
    buf_init(&clean, RENDER_BYTES_MAX);
    if (cJSON_IsNumber(value)) {
        atom = (struct atom){ .is_number = true, .number = value->valuedouble };
    } else if (cJSON_IsString(value)) {
        if (!text_clean(value->valuestring, &clean)) {
            error_set(err, "|%s: the value is too long", format_name(f->format));
            goto out;
        }
        atom.text = buf_str(&clean);
    } else {
        error_set(err, "|%s: needs a text or a number", format_name(f->format));
        goto out;
    }
    if (!format_apply(f, &env, &atom, &text, &why)) {
        error_set(err, "|%s: %s", format_name(f->format), why);
        goto out;
    }
    if (text.len >= size) {
        error_set(err, "|%s: more than %zu bytes", format_name(f->format), size);
        goto out;
    }
    memcpy(out, buf_str(&text), text.len + 1);
    ok = true;
out:
    buf_free(&text);
    buf_free(&clean);
    return ok;
}

bool wording_format(const char *format, const char *args, const char *language, const cJSON *value, char *out, size_t size,
                    struct error *err)
{
    struct arena arena;
    struct buf written;
    struct complaint c = { .problems = NULL };
    struct filter filter;
    enum language l = language_find(language);
    bool ok = false;

    arena_init(&arena);
    buf_init(&written, BODY_BYTES_MAX);
    buf_adds(&written, format);
    if (args != NULL)
        buf_addf(&written, " %s", args);
    if (!buf_ok(&written))
        error_set(err, "|%s: out of memory", format);
    else if (!filter_read(&arena, NULL, buf_str(&written), written.len, &filter, &c))
        error_set(err, "%s", c.code[0] == '\0' ? "out of memory" : c.text);
    else
        ok = apply_format(&filter, l == LANGUAGE_NONE ? LANGUAGE_FR : l, value, out, size, err);
    buf_free(&written);
    arena_free(&arena);
    return ok;
}
