/*
 * M02: a message that nothing names. M04: an answer that is saved and that nothing reads (authoring.md §2.4).
 *
 * Flows name messages in tables, and functions name them too (`return nil, "course.adresse_floue"`), so what counts is the
 * sources: a message is used when some flow file has its id as a text, a variable when some flow file has its name anywhere
 * but behind `save =`. Comments do not count. All of them are sorted once: there may be thousands of each.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "generation.h"
#include "scan.h"

struct word { const char *text; size_t len; };

struct words { struct word *list; size_t count, room; bool failed; };

struct unused {
    const struct script_sources *sources;
    struct scan                 *scans;       /* of each source; templates have none */
    struct words                 texts;       /* strings of flow files, whole */
    struct words                 names;       /* names in flow files, inside strings too, and the variables of messages */
    const struct wording        *wording;
    const struct flows          *flows;
    struct problems             *problems;
};

static bool is_flow_file(const struct script_source *s) { return strncmp(s->name, "templates/", strlen("templates/")) != 0; }

/* ---- lists of words ---- */

static void add(struct words *w, const char *text, size_t len)
{
    if (w->count == w->room) {
        size_t room = w->room == 0 ? 1024 : w->room * 2;
        struct word *more = reallocarray(w->list, room, sizeof *more);

        w->failed |= more == NULL;
        if (more == NULL)
            return;
        w->list = more;
        w->room = room;
    }
    w->list[w->count++] = (struct word){ text, len };
}

static int by_text(const void *a, const void *b)
{
    const struct word *x = a, *y = b;
    int order = memcmp(x->text, y->text, x->len < y->len ? x->len : y->len);

    return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

static void sort(struct words *w)
{
    if (w->count > 1)
        qsort(w->list, w->count, sizeof *w->list, by_text);
}

static bool has(const struct words *w, const char *text)
{
    const struct word key = { text, strlen(text) };

    return w->count > 0 && bsearch(&key, w->list, w->count, sizeof *w->list, by_text) != NULL;
}

/* ---- what the files say ---- */

static bool is_string(const struct token *t) { return t->type == TOKEN_STRING || t->type == TOKEN_LONG_STRING; }

/* save = "name" */
static bool is_save(const struct scan *s, size_t token)
{
    return token >= 2 && scan_is(s, token - 1, "=") && scan_is(s, token - 2, "save");
}

static void add_names(struct words *names, const char *text, size_t len)
{
    for (size_t i = 0, n; i < len; i += n) {
        n = 0;
        while (i + n < len && (isalnum((unsigned char)text[i + n]) || text[i + n] == '_'))
            n++;
        if (n > 0)
            add(names, text + i, n);
        n += n == 0;
    }
}

static void read_file(struct unused *u, const struct scan *s)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct token *t = &s->tokens[i];

        if (is_string(t))
            add(&u->texts, s->text + t->text_at, t->text_len);
        if (is_string(t) && is_save(s, i))
            continue;
        if (is_string(t) || t->type == TOKEN_NAME)
            add_names(&u->names, s->text + t->at, t->len);
    }
}

static bool read_all(struct unused *u)
{
    u->scans = calloc(u->sources->count + 1, sizeof *u->scans);
    if (u->scans == NULL)
        return false;
    for (size_t i = 0; i < u->sources->count; i++) {
        const struct script_source *s = &u->sources->list[i];

        if (!is_flow_file(s))
            continue;
        if (!scan_text(s->text, s->len, &u->scans[i]))
            return false;
        read_file(u, &u->scans[i]);
    }
    for (size_t i = 0; i < wording_count(u->wording); i++)
        for (size_t v = 0; v < wording_variable_count(wording_at(u->wording, i)); v++) {
            const char *name = wording_variable(wording_at(u->wording, i), v);

            add(&u->names, name, strlen(name));
        }
    sort(&u->texts);
    sort(&u->names);
    return !u->texts.failed && !u->names.failed;
}

/* ---- what is missing in them ---- */

static bool is_common(const struct flows *f, const struct wording_message *m)
{
    const struct flow_common *c = &f->common;

    return m == c->not_understood || m == c->problem || m == c->late_tap || m == c->help || m == c->unsupported || m == c->wait ||
           m == c->nothing || m == c->expired;
}

/* A template may be sent by hand, to many at once, so that no flow needs to name it. */
static void check_messages(const struct unused *u)
{
    for (size_t i = 0; i < wording_count(u->wording); i++) {
        const struct wording_message *m = wording_at(u->wording, i);
        const char *file;
        int line = 0;

        if (wording_is_template(m) || is_common(u->flows, m) || has(&u->texts, wording_id(m)))
            continue;
        file = wording_place(m, &line);
        problems_add(u->problems, PROBLEM_WARNING, "M02", file, line, 1, "take it out, or name it in a flow",
                     "the message \"%s\" is never sent", wording_id(m));
    }
}

/* The step's `save`, else the step. */
static void report_save(const struct unused *u, const struct step *step)
{
    int line = step->line, column = 1;

    for (size_t i = 0; i < u->sources->count; i++)
        for (size_t t = u->scans[i].count; strcmp(u->sources->list[i].name, step->file) == 0 && t-- > 0;) {
            const struct scan *s = &u->scans[i];

            if (s->tokens[t].line < step->line || !scan_string_is(s, t, step->save) || !is_save(s, t))
                continue;
            line = s->tokens[t].line;
            column = s->tokens[t].column;
        }
    problems_add(u->problems, PROBLEM_NOTE, "M04", step->file, line, column, NULL, "\"%s\" is saved here and never used", step->save);
}

static void check_saves(const struct unused *u)
{
    for (size_t i = 0; i < u->flows->count; i++)
        for (size_t k = 0; k < u->flows->list[i].step_count; k++) {
            const struct step *step = &u->flows->list[i].steps[k];

            /* what has a dot belongs to the person, and `langue` is read by the host */
            if (step->save != NULL && strchr(step->save, '.') == NULL && !flow_profile_name(step->save) && !has(&u->names, step->save))
                report_save(u, step);
        }
}

/* ---- all ---- */

bool script_check_unused(const struct script_sources *sources, const struct wording *w, const struct flows *f, struct problems *problems)
{
    struct unused u = { .sources = sources, .wording = w, .flows = f, .problems = problems };
    bool ok = read_all(&u);

    if (ok) {
        check_messages(&u);
        check_saves(&u);
    }
    for (size_t i = 0; u.scans != NULL && i < sources->count; i++)
        scan_free(&u.scans[i]);
    free(u.scans);
    free(u.texts.list);
    free(u.names.list);
    return ok;
}
