/*
 * The texts of message files where they stand, read and replaced without touching anything around them. Works on tokens, not on
 * what Lua would make of the file: a translation must come back to the very place it left.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/buf.h"
#include "lisolo/script.h"
#include "scan.h"

static const char *const VERBS[] = { "message", "template", "labels" };
static const char *const KEYS[] = { "fr", "en", "ln", "note" };

static bool is_string(const struct scan *s, size_t token)
{
    return token < s->count && (s->tokens[token].type == TOKEN_STRING || s->tokens[token].type == TOKEN_LONG_STRING);
}

/* ---- what a string says ---- */

/* A text between quotes; NULL: it holds an escape that is rare in wording, or memory is out (*memory). */
static char *plain_text(const char *text, size_t len, bool *memory)
{
    static const char ESCAPES[] = "n\nt\t\"\"''\\\\";
    char *out = malloc(len + 1);
    size_t n = 0;

    *memory = out == NULL;
    if (out == NULL)
        return NULL;
    for (size_t i = 0; i < len; i++) {
        const char *e = ESCAPES;

        if (text[i] != '\\') {
            out[n++] = text[i];
            continue;
        }
        while (*e != '\0' && (i + 1 == len || *e != text[i + 1]))
            e += 2;
        if (*e == '\0') {
            free(out);
            return NULL;
        }
        out[n++] = e[1];
        i++;
    }
    out[n] = '\0';
    return out;
}

static char *string_text(const struct scan *s, const struct token *t, bool *memory)
{
    size_t len = t->text_len;
    const char *text = s->text + t->text_at;
    char *out;

    if (t->type == TOKEN_STRING)
        return plain_text(text, len, memory);
    if (len > 0 && text[len - 1] == '\n')
        len--;
    out = strndup(text, len);
    *memory = out == NULL;
    return out;
}

/* ---- reading ---- */

struct head { const char *verb; size_t name, open, close; };    /* tokens */

/* message "id" { … } at the start of a line. */
static bool read_head(const struct scan *s, size_t token, struct head *out)
{
    size_t name = token + 1;

    if (s->tokens[token].type != TOKEN_NAME || s->tokens[token].column != 1)
        return false;
    for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++) {
        if (!scan_is(s, token, VERBS[i]))
            continue;
        name += scan_is(s, name, "(");
        out->verb = VERBS[i];
        out->name = name;
        out->open = name + 1 + scan_is(s, name + 1, ")");
        if (!is_string(s, name) || !scan_is(s, out->open, "{"))
            return false;
        out->close = scan_close(s, out->open);
        return scan_is(s, out->close, "}");
    }
    return false;
}

static bool add(struct script_texts *out, const struct script_text *one)
{
    if ((out->count & (out->count - 1)) == 0) {        /* room for 1, 2, 4, 8… */
        struct script_text *more = reallocarray(out->list, out->count == 0 ? 1 : out->count * 2, sizeof *more);

        if (more == NULL)
            return false;
        out->list = more;
    }
    out->list[out->count++] = *one;
    return true;
}

static void clear(struct script_text *t)
{
    free(t->verb);
    free(t->id);
    free(t->key);
    free(t->text);
}

static bool read_text(const struct script_source *file, const struct scan *s, const struct head *h, const struct place *p,
                      const char *key, struct script_texts *out)
{
    const struct token *name = &s->tokens[h->name], *t = &s->tokens[p->value];
    struct script_text one = { .file = file->name, .line = p->line, .at = t->at, .len = t->len, .close = s->tokens[h->close].at };
    bool memory = false, alone = scan_is(s, p->value + 1, ",") || scan_is(s, p->value + 1, ";") || p->value + 1 == h->close;

    one.verb = strdup(h->verb);
    one.id = strndup(s->text + name->text_at, name->text_len);
    one.key = strdup(key);
    if (alone && is_string(s, p->value))
        one.text = string_text(s, t, &memory);
    if (!memory && one.verb != NULL && one.id != NULL && one.key != NULL && add(out, &one))
        return true;
    clear(&one);
    return false;
}

static int by_place(const void *a, const void *b)
{
    const struct script_text *x = a, *y = b;

    return (x->at > y->at) - (x->at < y->at);
}

static bool read_statement(const struct script_source *file, const struct scan *s, const struct head *h, struct script_texts *out)
{
    struct places places;
    bool ok = scan_places(s, h->open, &places);

    for (size_t i = 0; ok && i < places.count; i++) {
        const struct place *p = &places.list[i];

        for (size_t k = 0; ok && k < sizeof KEYS / sizeof *KEYS; k++)
            if (p->name != NULL && strlen(KEYS[k]) == p->name_len && memcmp(KEYS[k], p->name, p->name_len) == 0)
                ok = read_text(file, s, h, p, KEYS[k], out);
    }
    free(places.list);
    return ok;
}

bool script_texts_read(const struct script_source *file, struct script_texts *out)
{
    struct scan s;
    bool ok = true;

    *out = (struct script_texts){ .count = 0 };
    if (strncmp(file->name, "templates/", strlen("templates/")) != 0)
        return true;
    if (!scan_text(file->text, file->len, &s))
        return false;
    for (size_t token = 0; ok && token < s.count; token++) {
        struct head h;

        if (!read_head(&s, token, &h))
            continue;
        ok = read_statement(file, &s, &h, out);
        token = h.close;
    }
    scan_free(&s);
    if (!ok)
        script_texts_free(out);
    else if (out->count > 1)
        qsort(out->list, out->count, sizeof *out->list, by_place);
    return ok;
}

void script_texts_free(struct script_texts *t)
{
    for (size_t i = 0; i < t->count; i++)
        clear(&t->list[i]);
    free(t->list);
    *t = (struct script_texts){ .count = 0 };
}

const struct script_text *script_texts_find(const struct script_texts *t, const char *verb, const char *id, const char *key)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->list[i].verb, verb) == 0 && strcmp(t->list[i].id, id) == 0 && strcmp(t->list[i].key, key) == 0)
            return &t->list[i];
    return NULL;
}

/* ---- writing ---- */

/* "=" as many times as it takes for the text not to close its own long string. */
static size_t level_for(const char *text)
{
    enum { LEVEL_MAX = 16 };
    char end[LEVEL_MAX + 3];

    for (size_t level = 0; level < LEVEL_MAX; level++) {
        (void)snprintf(end, sizeof end, "]%.*s]", (int)level, "================");
        if (strstr(text, end) == NULL)
            return level;
    }
    return LEVEL_MAX;
}

static void write_long(struct buf *out, const char *text)
{
    int level = (int)level_for(text);

    buf_addf(out, "[%.*s[\n%s\n]%.*s]", level, "================", text, level, "================");
}

static void write_short(struct buf *out, const char *text)
{
    buf_addc(out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            buf_addc(out, '\\');
        buf_addc(out, *text);
    }
    buf_addc(out, '"');
}

/* In the way in which the French is written, when it can be. */
static void write_value(struct buf *out, const struct script_source *file, const struct script_text *like, const char *text)
{
    if (file->text[like->at] != '[' && strchr(text, '\n') == NULL)
        write_short(out, text);
    else
        write_long(out, text);
}

/* Behind the last text of the statement: French always stands in it. */
static const struct script_text *last_of(const struct script_texts *all, const struct script_text *french)
{
    const struct script_text *last = french;

    for (size_t i = 0; i < all->count; i++)
        if (all->list[i].close == french->close && all->list[i].at > last->at && strcmp(all->list[i].key, "note") != 0)
            last = &all->list[i];
    return last;
}

bool script_texts_put(const struct script_source *file, const struct script_texts *all, const struct script_text *french,
                      const char *key, const char *text, char **out, size_t *len, struct error *err)
{
    const struct script_text *old = script_texts_find(all, french->verb, french->id, key), *last = last_of(all, french);
    size_t cut = old != NULL ? old->at : last->at + last->len, rest = old != NULL ? old->at + old->len : cut;
    struct buf b;

    if (old != NULL && old->text == NULL)
        return error_set(err, "%s:%d: %s is not one plain text", file->name, old->line, key);

    buf_init(&b, SCRIPT_FILE_BYTES_MAX);
    buf_add(&b, file->text, cut);
    if (old == NULL)
        buf_addf(&b, ",\n  %s = ", key);
    write_value(&b, file, old != NULL ? old : french, text);
    buf_add(&b, file->text + rest, file->len - rest);
    *out = buf_take(&b, len);
    buf_free(&b);
    return *out != NULL || error_set(err, "%s: out of memory, or larger than a script may be", file->name);
}
