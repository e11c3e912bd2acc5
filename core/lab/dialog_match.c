/*
 * Expected text against what was sent. `{` is the only special character:
 *
 *     {*}  anything     {ref}  anything, kept     {ref=%d+}  what the pattern takes, kept     {=ref}  what was kept     {{  a brace
 *
 * Patterns are Lua's (%d %a %w %s %u %l %p, sets, * + - ?), because that is what the authors of the scripts know.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialog.h"

enum { STEPS_MAX = 200000, NAME_MAX_BYTES = 64 };      /* a pattern that backtracks for longer is no match */

struct matcher {
    struct captures *c;
    size_t           fresh;            /* captures from here on were made by this match */
    unsigned         steps;
};

void captures_free(struct captures *c)
{
    for (size_t i = 0; i < c->count; i++) {
        free(c->names[i]);
        free(c->values[i]);
    }
    free(c->names);
    free(c->values);
    *c = (struct captures){ 0 };
}

static bool captures_add(struct captures *c, const char *name, size_t name_len, const char *value, size_t len)
{
    char **names = reallocarray(c->names, c->count + 1, sizeof *names), **values;

    if (names == NULL)
        return false;
    c->names = names;
    values = reallocarray(c->values, c->count + 1, sizeof *values);
    if (values == NULL)
        return false;
    c->values = values;
    names[c->count] = strndup(name, name_len);
    values[c->count] = strndup(value, len);
    if (names[c->count] == NULL || values[c->count] == NULL) {
        free(names[c->count]);
        free(values[c->count]);
        return false;
    }
    c->count++;
    return true;
}

static void captures_cut(struct captures *c, size_t count)
{
    while (c->count > count) {
        c->count--;
        free(c->names[c->count]);
        free(c->values[c->count]);
    }
}

static const char *captured(const struct captures *c, const char *name, size_t len)
{
    for (size_t i = c == NULL ? 0 : c->count; i > 0; i--)
        if (strlen(c->names[i - 1]) == len && memcmp(c->names[i - 1], name, len) == 0)
            return c->values[i - 1];
    return NULL;
}

/* What French typography sets by itself, and what is typed for it: U+00A0, U+202F and U+2009 are spaces, U+2019 is an apostrophe. */
static size_t typography(const char *at, char *typed)
{
    *typed = ' ';
    if (memcmp(at, "\xC2\xA0", 2) == 0)
        return 2;
    if (strncmp(at, "\xE2\x80\xAF", 3) == 0 || strncmp(at, "\xE2\x80\x89", 3) == 0)
        return 3;
    *typed = '\'';
    return strncmp(at, "\xE2\x80\x99", 3) == 0 ? 3 : 0;
}

char *match_fold(const char *text)
{
    size_t n = 0, len = strlen(text);
    char *out = malloc(len + 1);

    if (out == NULL)
        return NULL;
    for (const char *at = text; *at != '\0';) {
        char typed = ' ';
        size_t wide = at[1] == '\0' ? 0 : typography(at, &typed);

        out[n++] = wide > 0 ? typed : *at;
        at += wide > 0 ? wide : 1;
    }
    while (n > 0 && (out[n - 1] == ' ' || out[n - 1] == '\t' || out[n - 1] == '\r'))
        n--;
    out[n] = '\0';
    return out;
}

char *match_escape(const char *text)
{
    size_t n = 0;
    char *out = malloc(2 * strlen(text) + 1);

    for (; out != NULL && *text != '\0'; text++) {
        out[n++] = *text;
        if (*text == '{')
            out[n++] = '{';
    }
    if (out != NULL)
        out[n] = '\0';
    return out;
}

/* ---- Lua's patterns, one item at a time ---- */

static bool class_has(char class, unsigned char c)
{
    bool has;

    switch (tolower((unsigned char)class)) {
    case 'd': has = isdigit(c) != 0; break;
    case 'a': has = isalpha(c) != 0 || c >= 0x80; break;
    case 'w': has = isalnum(c) != 0 || c >= 0x80; break;
    case 's': has = isspace(c) != 0; break;
    case 'u': has = isupper(c) != 0; break;
    case 'l': has = islower(c) != 0; break;
    case 'p': has = ispunct(c) != 0; break;
    case 'x': has = isxdigit(c) != 0; break;
    default: return class == (char)c;
    }
    return isupper((unsigned char)class) ? !has : has;
}

/* Behind one item: "%d", "[…]" or a character. NULL: broken. */
static const char *item_end(const char *p, const char *end)
{
    if (*p == '%')
        return p + 1 < end ? p + 2 : NULL;
    if (*p != '[')
        return p + 1;
    p++;
    if (p < end && *p == '^')
        p++;
    for (bool first = true; p < end && (*p != ']' || first); first = false)
        p += *p == '%' && p + 1 < end ? 2 : 1;
    return p < end ? p + 1 : NULL;
}

static bool set_has(const char *p, const char *end, unsigned char c)
{
    bool no = *p == '^', has = false;

    for (p += no; p < end; p++) {
        if (*p == '%' && p + 1 < end) {
            has = has || class_has(*++p, c);
        } else if (p + 2 < end && p[1] == '-') {
            has = has || ((unsigned char)*p <= c && c <= (unsigned char)p[2]);
            p += 2;
        } else {
            has = has || (unsigned char)*p == c;
        }
    }
    return has != no;
}

static bool item_has(const char *p, const char *end, char c)
{
    if (c == '\0')
        return false;
    if (*p == '.')
        return true;
    if (*p == '%')
        return class_has(p[1], (unsigned char)c);
    if (*p == '[')
        return set_has(p + 1, end - 1, (unsigned char)c);
    return *p == c;
}

static bool rest(struct matcher *m, const char *pattern, const char *text);

/* What the pattern p…end takes is kept as name, then the rest must match. */
struct taking { const char *name; size_t name_len; const char *from, *after; };

static bool take(struct matcher *m, const char *p, const char *end, const char *text, const struct taking *t)
{
    const char *next;
    char how;
    size_t most = 0;

    if (++m->steps > STEPS_MAX)
        return false;
    if (p >= end) {
        size_t had = m->c == NULL ? 0 : m->c->count;

        if (t->name_len > 0 && m->c != NULL && !captures_add(m->c, t->name, t->name_len, t->from, (size_t)(text - t->from)))
            return false;
        if (rest(m, t->after, text))
            return true;
        if (m->c != NULL)
            captures_cut(m->c, had);
        return false;
    }
    next = item_end(p, end);
    if (next == NULL)
        return false;
    how = next < end ? *next : '\0';
    if (how == '?')
        return (item_has(p, next, *text) && take(m, next + 1, end, text + 1, t)) || take(m, next + 1, end, text, t);
    if (how == '-') {
        for (;; text++) {
            if (take(m, next + 1, end, text, t))
                return true;
            if (!item_has(p, next, *text))
                return false;
        }
    }
    if (how != '*' && how != '+')
        return item_has(p, next, *text) && take(m, next, end, text + 1, t);
    while (item_has(p, next, text[most]))
        most++;
    for (size_t n = most + 1; n-- > (how == '+' ? 1u : 0u);)
        if (take(m, next + 1, end, text + n, t))
            return true;
    return false;
}

static bool name_ok(const char *name, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)name[i]) && name[i] != '_')
            return false;
    return len > 0 && len <= NAME_MAX_BYTES;
}

/* `pattern` is behind a "{". */
static bool special(struct matcher *m, const char *pattern, const char *text)
{
    const char *end = strchr(pattern, '}'), *equals;
    struct taking t;

    if (end == NULL)
        return *text == '{' && rest(m, pattern, text + 1);
    t = (struct taking){ .from = text, .after = end + 1 };
    if (*pattern == '*' && end == pattern + 1)
        return take(m, ".-", ".-" + 2, text, &t);
    if (*pattern == '=') {
        const char *value = captured(m->c, pattern + 1, (size_t)(end - pattern - 1));
        size_t len = value == NULL ? 0 : strlen(value);

        return value != NULL && strncmp(text, value, len) == 0 && rest(m, end + 1, text + len);
    }
    equals = memchr(pattern, '=', (size_t)(end - pattern));
    t.name = pattern;
    t.name_len = (size_t)((equals == NULL ? end : equals) - pattern);
    if (!name_ok(t.name, t.name_len))
        return *text == '{' && rest(m, pattern, text + 1);
    if (equals == NULL)
        return take(m, ".-", ".-" + 2, text, &t);
    return take(m, equals + 1, end, text, &t);
}

static bool rest(struct matcher *m, const char *pattern, const char *text)
{
    while (*pattern != '\0') {
        if (pattern[0] == '{' && pattern[1] != '{')
            return special(m, pattern + 1, text);
        if (*pattern != *text)
            return false;
        pattern += pattern[0] == '{' ? 2 : 1;
        text++;
    }
    return *text == '\0';
}

bool match_line(const char *pattern, const char *text, struct captures *c)
{
    struct matcher m = { .c = c };
    size_t had = c == NULL ? 0 : c->count;

    if (strchr(pattern, '{') == NULL)
        return strcmp(pattern, text) == 0;
    if (rest(&m, pattern, text))
        return true;
    if (c != NULL)
        captures_cut(c, had);
    return false;
}

bool match_lines(char *const *patterns, size_t pattern_count, char *const *lines, size_t line_count, struct captures *c)
{
    size_t had = c->count;

    if (pattern_count == 0)
        return line_count == 0;
    if (strcmp(patterns[0], "...") == 0) {
        for (size_t skip = 0; skip <= line_count; skip++)
            if (match_lines(patterns + 1, pattern_count - 1, lines + skip, line_count - skip, c))
                return true;
        return false;
    }
    if (line_count > 0 && match_line(patterns[0], lines[0], c) &&
        match_lines(patterns + 1, pattern_count - 1, lines + 1, line_count - 1, c))
        return true;
    captures_cut(c, had);
    return false;
}

/* ---- JSON ---- */

static bool differs(struct buf *where, const char *what)
{
    struct buf before;

    buf_init(&before, 4096);
    buf_adds(&before, buf_str(where));
    buf_clear(where);
    buf_adds(where, what);
    if (before.len > 0)
        buf_addf(where, "%s%s", buf_str(&before)[0] == '[' ? "" : ".", buf_str(&before));
    buf_free(&before);
    return false;
}

static bool match_members(const cJSON *want, const cJSON *got, struct captures *c, struct buf *where)
{
    const cJSON *one;

    cJSON_ArrayForEach(one, want) {
        const cJSON *other = json_get(got, one->string);

        if (other == NULL || !match_json(one, other, c, where))
            return differs(where, one->string);
    }
    return true;
}

bool match_json(const cJSON *want, const cJSON *got, struct captures *c, struct buf *where)
{
    char at[24];

    if (cJSON_IsObject(want) && cJSON_IsObject(got))
        return match_members(want, got, c, where);
    if (cJSON_IsArray(want) && cJSON_IsArray(got)) {
        const cJSON *one = want->child, *other = got->child;

        for (int i = 1; one != NULL && other != NULL; i++, one = one->next, other = other->next)
            if (!match_json(one, other, c, where)) {
                (void)snprintf(at, sizeof at, "[%d]", i);
                return differs(where, at);
            }
        return one == NULL && other == NULL;
    }
    if (cJSON_IsString(want) && cJSON_IsString(got)) {
        char *a = match_fold(want->valuestring), *b = match_fold(got->valuestring);
        bool same = a != NULL && b != NULL && match_line(a, b, c);

        free(a);
        free(b);
        return same;
    }
    return cJSON_Compare(want, got, true);
}
