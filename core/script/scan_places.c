#include <stdlib.h>
#include <string.h>

#include "scan.h"

static int by_name(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    int c;

    if (x->name == NULL || y->name == NULL) {
        if (x->name == NULL && y->name == NULL)
            return x->order < y->order ? -1 : 1;
        return x->name == NULL ? -1 : 1;
    }
    c = memcmp(x->name, y->name, x->name_len < y->name_len ? x->name_len : y->name_len);
    if (c == 0 && x->name_len != y->name_len)
        c = x->name_len < y->name_len ? -1 : 1;
    return c != 0 ? c : x->order < y->order ? -1 : 1;
}

void scan_value_place(const struct scan *s, size_t token, int *line, int *column)
{
    const struct token *t = &s->tokens[token < s->count ? token : s->count - 1];
    bool is_long = t->type == TOKEN_LONG_STRING;

    *line = is_long ? t->text_line : t->line;
    *column = !is_long ? t->column : t->text_column > 1 ? t->text_column - 1 : 1;      /* behind [[: at its last bracket, as at a quote */
}

static bool is_string(const struct scan *s, size_t token)
{
    return token < s->count && (s->tokens[token].type == TOKEN_STRING || s->tokens[token].type == TOKEN_LONG_STRING);
}

size_t scan_constructor(const struct scan *s, size_t token)
{
    if (token < s->count && s->tokens[token].type == TOKEN_NAME)
        token++;
    if (is_string(s, token))
        token++;                       /* after "30 min" { … } */
    if (scan_is(s, token, "("))
        token++;
    return scan_is(s, token, "{") ? token : s->count;
}

/* The key at `token` if there is one; returns where the value starts. */
static size_t read_key(const struct scan *s, size_t token, struct place *p)
{
    const struct token *t = &s->tokens[token];

    if (t->type == TOKEN_NAME && scan_is(s, token + 1, "=")) {
        p->name = s->text + t->at;
        p->name_len = t->len;
        token += 2;
    } else if (scan_is(s, token, "[") && is_string(s, token + 1) && scan_is(s, token + 2, "]") && scan_is(s, token + 3, "=")) {
        t = &s->tokens[token + 1];
        p->name = s->text + t->text_at;
        p->name_len = t->text_len;
        token += 4;
    } else if (scan_is(s, token, "[") && scan_is(s, scan_close(s, token) + 1, "=")) {
        p->name = s->text + t->at;         /* a computed key: no name of a table is empty */
        token = scan_close(s, token) + 2;
    }
    p->key_line = t->line;
    p->key_column = t->column;
    return token < s->count ? token : s->count - 1;
}

/* From a value to the separator behind it, or to what closes the constructor. */
static size_t skip_value(const struct scan *s, size_t token, size_t end)
{
    while (token < end && !scan_is(s, token, ",") && !scan_is(s, token, ";"))
        token = scan_close(s, token) + 1;
    return token < end ? token : end;
}

/* One more, zeroed; NULL and an empty list when out of memory. */
static struct place *add(struct places *out, size_t *cap)
{
    struct place *p;

    if (out->count == *cap) {
        size_t want = *cap == 0 ? 16 : *cap * 2;

        p = realloc(out->list, want * sizeof *p);
        if (p == NULL) {
            free(out->list);
            *out = (struct places){ .list = NULL };
            return NULL;
        }
        out->list = p;
        *cap = want;
    }
    p = &out->list[out->count];
    *p = (struct place){ .order = out->count };
    out->count++;
    return p;
}

static bool sorted(struct places *out)
{
    if (out->count > 1)
        qsort(out->list, out->count, sizeof *out->list, by_name);
    return true;
}

bool scan_places(const struct scan *s, size_t open, struct places *out)
{
    size_t end = scan_close(s, open), cap = 0;

    *out = (struct places){ .list = NULL };
    for (size_t token = open + 1; token < end; token++) {
        struct place *p = add(out, &cap);

        if (p == NULL)
            return false;
        p->value = read_key(s, token, p);
        scan_value_place(s, p->value, &p->line, &p->column);
        if (p->name == NULL) {
            p->key_line = p->line;
            p->key_column = p->column;
        }
        token = skip_value(s, p->value, end);
    }
    return sorted(out);
}

bool scan_assignments(const struct scan *s, struct places *out)
{
    size_t cap = 0;

    *out = (struct places){ .list = NULL };
    for (size_t token = 0; token + 2 < s->count; token = scan_close(s, token) + 1) {
        struct place *p;

        if (s->tokens[token].type != TOKEN_NAME || !scan_is(s, token + 1, "=") || (token > 0 && scan_is(s, token - 1, ".")))
            continue;
        p = add(out, &cap);
        if (p == NULL)
            return false;
        p->value = read_key(s, token, p);
        scan_value_place(s, p->value, &p->line, &p->column);
    }
    return sorted(out);
}
