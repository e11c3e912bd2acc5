/*
 * Reading "short 24" or "plural one:"# jour" other:"# jours"": what stands behind a | in a value.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

static const struct {
    const char *name;
    const char *usage;      /* NULL: takes nothing */
} FORMAT_FACTS[FORMATS] = {
    [FORMAT_FCFA] = { "fcfa", NULL },
    [FORMAT_NUMBER] = { "number", "{n|number} or, with two decimals, {n|number 2}" },
    [FORMAT_DATE] = { "date", "{jour|date}, {jour|date short} or {jour|date day}" },
    [FORMAT_TIME] = { "time", NULL },
    [FORMAT_PHONE] = { "phone", NULL },
    [FORMAT_SHORT] = { "short", "how many characters may stay: {nom|short 24}" },
    [FORMAT_PLURAL] = { "plural", "{n|plural =0:\"rien\" one:\"# jour\" other:\"# jours\"}" },
    [FORMAT_LABEL] = { "label", "the name of a labels statement: {statut|label statut}" },
    [FORMAT_TIMELINE] = { "timeline", "a labels statement and where the hours are: {statut|timeline statut heures}" },
    [FORMAT_UPPER] = { "upper", NULL },
    [FORMAT_LINK] = { "link", NULL },
    [FORMAT_OR] = { "or", "what stands in for a missing value: {livreur|or \"Un livreur\"}" },
};

const char *format_name(enum format f)
{
    return FORMAT_FACTS[f].name;
}

void complain(struct complaint *c, const char *code, const char *hint, const char *format, ...)
{
    va_list args;

    snprintf(c->code, sizeof c->code, "%s", code);
    snprintf(c->hint, sizeof c->hint, "%s", hint == NULL ? "" : hint);
    va_start(args, format);
    vsnprintf(c->text, sizeof c->text, c->problems != NULL ? problems_text(c->problems, format) : format, args);
    va_end(args);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_path(const char *text, size_t len)
{
    bool part_empty = true;

    if (len == 1 && *text == '.')
        return true;
    if (len == 0 || !is_letter(*text))
        return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '.') {
            if (part_empty)
                return false;
            part_empty = true;
        } else if (is_letter(text[i]) || is_digit(text[i])) {
            part_empty = false;
        } else {
            return false;
        }
    }
    return !part_empty;
}

bool path_read(struct arena *a, const char *text, size_t len, struct path *out, bool *memory)
{
    const char *dot;
    size_t top;

    *memory = false;
    if (!is_path(text, len))
        return false;
    dot = len == 1 ? NULL : memchr(text, '.', len);
    top = dot == NULL ? len : (size_t)(dot - text);
    out->text = arena_text(a, text, len);
    out->top = arena_text(a, text, top);
    *memory = out->text == NULL || out->top == NULL;
    out->rest = dot == NULL || *memory ? NULL : out->text + top + 1;
    return !*memory;
}

/* ---- arguments ---- */

static bool read_count(const char *text, long least, long most, int *out)
{
    char *end;
    long n = strtol(text, &end, 10);

    if (end == text || *end != '\0' || n < least || n > most)
        return false;
    *out = (int)n;
    return true;
}

static bool read_date_style(const char *args, enum date_style *out)
{
    if (*args == '\0')
        *out = DATE_LONG;
    else if (strcmp(args, "short") == 0)
        *out = DATE_SHORT;
    else if (strcmp(args, "day") == 0)
        *out = DATE_DAY;
    else
        return false;
    return true;
}

/* `one` `many` `other` `=0`, up to a colon. */
static bool read_form_name(const char *text, size_t len, struct plural_form *form)
{
    static const struct { const char *name; enum plural plural; } NAMES[] = {
        { "one", PLURAL_ONE }, { "many", PLURAL_MANY }, { "other", PLURAL_OTHER },
    };
    char digits[16];

    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (strlen(NAMES[i].name) == len && memcmp(text, NAMES[i].name, len) == 0) {
            form->plural = NAMES[i].plural;
            return true;
        }
    if (len < 2 || len > sizeof digits || *text != '=')
        return false;
    memcpy(digits, text + 1, len - 1);
    digits[len - 1] = '\0';
    form->exact = true;
    return number_read(digits, &form->number);
}

/* The text between quotes at *at; \" is a quote. Moves *at behind it. NULL: not closed, or out of memory (*memory). */
static char *read_quoted(struct arena *a, const char **at, bool *memory)
{
    size_t len = 0, room = strlen(*at) + 1;
    char *text = arena_take(a, room);
    const char *s = *at + 1;

    *memory = text == NULL;
    if (text == NULL)
        return NULL;
    for (; *s != '\0' && *s != '"'; s++) {
        if (*s == '\\' && s[1] == '"')
            s++;
        text[len++] = *s;
    }
    if (*s != '"')
        return NULL;
    *at = s + 1;
    return text;
}

static bool read_plural(struct arena *a, const char *args, struct filter *f, struct complaint *c)
{
    bool other = false, memory = false;

    for (const char *at = args + strspn(args, " ,"); *at != '\0'; at += strspn(at, " ,")) {
        struct plural_form form = { 0 };
        size_t name = strcspn(at, ": \"");

        if (at[name] != ':' || at[name + 1] != '"' || !read_form_name(at, name, &form)) {
            complain(c, "M07", FORMAT_FACTS[FORMAT_PLURAL].usage, "plural: cannot read \"%s\"", at);
            return false;
        }
        at += name + 1;
        form.text = read_quoted(a, &at, &memory);
        if (form.text == NULL) {
            if (!memory)
                complain(c, "M07", FORMAT_FACTS[FORMAT_PLURAL].usage, "plural: a quote is not closed");
            return false;
        }
        f->forms = arena_more(a, f->forms, f->form_count, sizeof *f->forms);
        if (f->forms == NULL)
            return false;
        f->forms[f->form_count++] = form;
        other |= !form.exact && form.plural == PLURAL_OTHER;
    }
    if (!other) {
        complain(c, "M08", "add other:\"# …\", which every number may need", "plural without other:");
        return false;
    }
    return true;
}

static bool read_or(struct arena *a, const char *args, struct filter *f, struct complaint *c)
{
    bool memory = false;
    const char *at = args;

    f->forms = arena_take(a, sizeof *f->forms);
    if (f->forms == NULL)
        return false;
    if (*at == '"')
        f->forms[0].text = read_quoted(a, &at, &memory);
    f->form_count = 1;
    if (f->forms[0].text != NULL && f->forms[0].text[0] != '\0' && *at == '\0')
        return true;
    if (!memory)
        complain(c, "M07", FORMAT_FACTS[FORMAT_OR].usage, "|or: needs words between quotes");
    return false;
}

static bool read_set(struct arena *a, const struct wording *sets, const char *args, struct filter *f, struct complaint *c)
{
    size_t name = strcspn(args, " ");
    const char *times = args + name + strspn(args + name, " ");
    char id[NAME_BYTES_MAX + 1];
    bool memory;

    if (name == 0 || name > NAME_BYTES_MAX || (*times != '\0' && f->format == FORMAT_LABEL)) {
        complain(c, "M07", FORMAT_FACTS[f->format].usage, "|%s needs the name of a labels statement", format_name(f->format));
        return false;
    }
    memcpy(id, args, name);
    id[name] = '\0';
    f->set = sets == NULL ? NULL : labels_find(sets, id);
    if (f->set == NULL) {
        c->set_missing = true;
        complain(c, "M07", "write labels \"…\" { fr = [[ … ]] } in a file of scripts/templates",
                 "there are no labels \"%s\"", id);
        return false;
    }
    if (*times == '\0')
        return true;
    if (path_read(a, times, strlen(times), &f->times, &memory))
        return true;
    if (!memory)
        complain(c, "M07", FORMAT_FACTS[f->format].usage, "|timeline: \"%s\" is not a value's name", times);
    return false;
}

static bool read_arguments(struct arena *a, const struct wording *sets, const char *args, struct filter *f, struct complaint *c)
{
    bool ok = true;

    switch (f->format) {
    case FORMAT_SHORT:
        ok = read_count(args, 2, SHORT_MAX, &f->number);
        break;
    case FORMAT_NUMBER:
        f->number = -1;
        ok = *args == '\0' || read_count(args, 0, 6, &f->number);
        break;
    case FORMAT_DATE:
        ok = read_date_style(args, &f->date);
        break;
    case FORMAT_PLURAL:
        return read_plural(a, args, f, c);
    case FORMAT_OR:
        return read_or(a, args, f, c);
    case FORMAT_LABEL:
    case FORMAT_TIMELINE:
        return read_set(a, sets, args, f, c);
    default:
        if (*args != '\0') {
            complain(c, "M07", NULL, "|%s takes nothing behind it", format_name(f->format));
            return false;
        }
    }
    if (!ok)
        complain(c, "M07", FORMAT_FACTS[f->format].usage, "|%s: cannot read \"%s\"", format_name(f->format), args);
    return ok;
}

static bool find_format(const char *name, size_t len, enum format *out)
{
    for (int f = 0; f < FORMATS; f++)
        if (strlen(FORMAT_FACTS[f].name) == len && memcmp(FORMAT_FACTS[f].name, name, len) == 0) {
            *out = (enum format)f;
            return true;
        }
    return false;
}

static void complain_of_format(const char *name, struct complaint *c)
{
    const char *names[FORMATS], *near;
    char hint[sizeof c->hint];

    for (int f = 0; f < FORMATS; f++)
        names[f] = FORMAT_FACTS[f].name;
    near = nearest_name(name, names, FORMATS);
    if (near != NULL)
        snprintf(hint, sizeof hint, c->problems != NULL ? problems_text(c->problems, "did you mean |%s?") : "did you mean |%s?", near);
    else
        snprintf(hint, sizeof hint, "formats are fcfa number date time phone short plural label timeline upper link or");
    complain(c, "M07", hint, "unknown format |%s", name);
}

bool filter_read(struct arena *a, const struct wording *sets, const char *text, size_t len, struct filter *out,
                 struct complaint *c)
{
    char *copy = arena_text(a, text, len), *args, *end;
    size_t name;

    *out = (struct filter){ 0 };
    c->code[0] = '\0';
    if (copy == NULL)
        return false;
    copy += strspn(copy, " ");
    end = copy + strlen(copy);
    while (end > copy && end[-1] == ' ')
        *--end = '\0';
    name = strcspn(copy, " ");
    args = copy + name + strspn(copy + name, " ");
    if (!find_format(copy, name, &out->format)) {
        copy[name] = '\0';
        complain_of_format(copy, c);
        return false;
    }
    return read_arguments(a, sets, args, out, c);
}
