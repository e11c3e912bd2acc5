#include "syntax.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/utf8.h"

enum { DEPTH_MAX = 200 };      /* deeper than Lua compiles */

static void set(struct slip *out, enum text_id text, int line, int column)
{
    *out = (struct slip){ .text = text, .line = line, .column = column };
}

static void at_token(struct slip *out, enum text_id text, const struct token *t)
{
    set(out, text, t->line, t->column);
}

static void copy(char *out, size_t size, const char *text, size_t len)
{
    (void)snprintf(out, size, "%.*s", (int)len, text);
}

/* ---- characters and texts ---- */

static bool is_quote(int32_t c)
{
    return c == 0x201C || c == 0x201D || c == 0x201E || c == 0x00AB || c == 0x00BB || c == 0x2018 || c == 0x2019 || c == 0x2039 ||
           c == 0x203A;
}

static bool is_space(int32_t c)
{
    return c == 0x00A0 || c == 0x202F || c == 0x2007 || c == 0x200B || c == 0xFEFF || (c >= 0x2000 && c <= 0x200A);
}

static void explain_character(const struct scan *s, const struct token *t, struct slip *out)
{
    char text[8];
    const char *at = text;
    int32_t c;

    copy(text, sizeof text, s->text + t->at, t->len);
    c = utf8_next(&at);
    at_token(out, is_quote(c) ? TEXT_QUOTES : is_space(c) ? TEXT_SPACE : TEXT_ACCENT, t);
    copy(out->a, sizeof out->a, text, strlen(text));
}

/* 'l'adresse': a text that ends right before a letter. */
static bool is_cut_text(const struct scan *s, size_t i)
{
    const struct token *t = &s->tokens[i], *next = &s->tokens[i + 1];

    return t->type == TOKEN_STRING && next->at == t->at + t->len &&
           (next->type == TOKEN_NAME || next->type == TOKEN_BAD_CHARACTER || next->type == TOKEN_NUMBER);
}

static bool explain_text(const struct scan *s, size_t i, struct slip *out)
{
    const struct token *t = &s->tokens[i];
    int line = scan_swallowed_line(s, i);

    if (is_cut_text(s, i)) {
        at_token(out, s->text[t->at] == '\'' ? TEXT_APOSTROPHE : TEXT_INNER_QUOTE, t);
        return true;
    }
    if (line != 0) {
        at_token(out, TEXT_LONG_SWALLOWS, t);
        (void)snprintf(out->a, sizeof out->a, "%d", line);
        return true;
    }
    switch (t->type) {
    case TOKEN_BAD_CHARACTER:
        explain_character(s, t, out);
        return true;
    case TOKEN_OPEN_STRING:
        at_token(out, TEXT_TEXT_OPEN, t);
        copy(out->a, sizeof out->a, s->text + t->at, 1);
        return true;
    case TOKEN_OPEN_LONG:
        at_token(out, TEXT_LONG_OPEN, t);
        return true;
    case TOKEN_OPEN_COMMENT:
        at_token(out, TEXT_COMMENT_OPEN, t);
        return true;
    default:
        return false;
    }
}

/* ---- entries of a table ---- */

/* Where an entry starts: just behind the { or a separator of the innermost bracket. */
static bool starts_entry(const struct scan *s, size_t i)
{
    return scan_is(s, i - 1, "{") || scan_is(s, i - 1, ",") || scan_is(s, i - 1, ";");
}

static bool starts_value(const struct scan *s, size_t i)
{
    enum token_type type = s->tokens[i].type;

    return type == TOKEN_NAME || type == TOKEN_NUMBER || type == TOKEN_STRING || type == TOKEN_LONG_STRING || scan_is(s, i, "{") ||
           scan_is(s, i, "function");
}

/* `say : "x"`, but not the call `f:ask "x"`. */
static bool is_colon_for_equals(const struct scan *s, size_t i)
{
    bool call = s->tokens[i + 2].type == TOKEN_NAME &&
                (scan_is(s, i + 3, "(") || scan_is(s, i + 3, "{") || s->tokens[i + 3].type == TOKEN_STRING);

    return starts_entry(s, i) && s->tokens[i].type == TOKEN_NAME && scan_is(s, i + 1, ":") && !call;
}

static bool is_comma_missing(const struct scan *s, size_t i)
{
    const struct token *before = &s->tokens[i - 1], *t = &s->tokens[i];
    bool call;

    if (starts_entry(s, i) || !scan_ends_expression(s, i - 1))
        return false;
    if (t->type == TOKEN_NAME && scan_is(s, i + 1, "="))
        return true;
    /* A name may be called with the text or table of the next line. */
    call = before->type == TOKEN_NAME || scan_is(s, i - 1, ")");
    return before->last_line < t->line && starts_value(s, i) && !(call && t->type != TOKEN_NAME);
}

static bool explain_entries(const struct scan *s, const struct block *b, struct slip *out)
{
    bool in_table[DEPTH_MAX] = { false };
    int depth = 0;

    for (size_t i = b->first; i < b->end && i + 3 < s->count; i++) {
        if (i > b->first && in_table[depth] && is_colon_for_equals(s, i)) {
            at_token(out, TEXT_COLON, &s->tokens[i + 1]);
            copy(out->a, sizeof out->a, s->text + s->tokens[i].at, s->tokens[i].len);
            return true;
        }
        if (i > b->first && in_table[depth] && is_comma_missing(s, i)) {
            const struct token *t = &s->tokens[i - 1];
            size_t points = 0;

            for (size_t k = 0; k < t->len && t->line == t->last_line; k++)
                points += ((unsigned char)s->text[t->at + k] & 0xC0) != 0x80;
            set(out, TEXT_COMMA, t->last_line, t->line == t->last_line ? t->column + (int)points : 0);
            return true;
        }
        if (s->tokens[i].nesting > 0 && depth + 1 < DEPTH_MAX)
            in_table[++depth] = scan_is(s, i, "{");
        else if (s->tokens[i].nesting < 0 && depth > 0)
            depth--;
    }
    return false;
}

/* ---- brackets ---- */

/* `f:ask "depart"` as it is written, when the statement has such a head. */
static bool head_text(const struct scan *s, const struct block *b, char *out, size_t size)
{
    size_t i = b->first;

    while (i < b->end && i < b->first + 8 && s->tokens[i].type != TOKEN_STRING)
        i++;
    if (i >= b->end || s->tokens[i].type != TOKEN_STRING || s->tokens[i].line != s->tokens[b->first].line)
        return false;
    copy(out, size, s->text + s->tokens[b->first].at, s->tokens[i].at + s->tokens[i].len - s->tokens[b->first].at);
    return true;
}

/* "'}' expected (to close '{' at line 31) near <eof>" */
static bool explain_unclosed(const struct scan *s, const struct block *b, const char *message, int line, struct slip *out)
{
    const char *open = strstr(message, "(to close '");
    char word[16], last[16];
    int opened = line;

    if (strncmp(message, "'end' expected", 14) != 0 && (open == NULL || strstr(message, "near <eof>") == NULL))
        return false;
    (void)snprintf(word, sizeof word, "%s", "function");
    if (open != NULL) {
        const char *end = strchr(open + 11, '\''), *at = strstr(open, " at line ");

        if (end != NULL)
            copy(word, sizeof word, open + 11, (size_t)(end - open - 11));
        if (at != NULL)
            opened = atoi(at + 9);
    } else if (opened > b->last_line) {
        opened = b->last_line;
    }
    (void)snprintf(last, sizeof last, "%d", b->last_line + 1);
    if (strncmp(message, "'end' expected", 14) == 0) {
        set(out, TEXT_END_MISSING, opened, 0);
        (void)snprintf(out->a, sizeof out->a, "%s", word);
        (void)snprintf(out->b, sizeof out->b, "%s", last);
        return true;
    }
    set(out, TEXT_BRACE_OPEN_IN, opened, 0);
    if (!head_text(s, b, out->a, sizeof out->a))
        (void)snprintf(out->a, sizeof out->a, "this statement");
    (void)snprintf(out->b, sizeof out->b, "%s", word);
    (void)snprintf(out->c, sizeof out->c, "%s", last);
    return true;
}

static bool explain_message(const struct scan *s, const struct block *b, const char *message, int line, struct slip *out)
{
    static const char *const CLOSING[] = { "}", ")", "]", "end" };

    if (strstr(message, "C levels") != NULL || strstr(message, "C stack overflow") != NULL) {
        set(out, TEXT_DEEP, line, 0);
        return true;
    }
    if (explain_unclosed(s, b, message, line, out))
        return true;
    if (strncmp(message, "<eof> expected", 14) != 0 && strncmp(message, "'<eof>' expected", 16) != 0 &&
        strncmp(message, "unexpected symbol", 17) != 0)
        return false;
    for (size_t i = 0; i < sizeof CLOSING / sizeof *CLOSING; i++) {
        char near[16];

        (void)snprintf(near, sizeof near, "near '%s'", CLOSING[i]);
        if (strstr(message, near) == NULL)
            continue;
        set(out, TEXT_TOO_MANY_CLOSED, line, 0);
        (void)snprintf(out->a, sizeof out->a, "%s", CLOSING[i]);
        return true;
    }
    return false;
}

/* The column of the token that Lua's "near 'x'" means: the last such one of the line. */
static int near_column(const struct scan *s, const char *message, int line)
{
    const char *near = strstr(message, "near '"), *end;
    int column = 0;

    end = near != NULL ? strrchr(near + 6, '\'') : NULL;
    if (end == NULL)
        return 0;
    for (size_t i = 0; i + 1 < s->count; i++) {
        const struct token *t = &s->tokens[i];

        if (t->line == line && t->len == (size_t)(end - near - 6) && memcmp(s->text + t->at, near + 6, t->len) == 0)
            column = t->column;
    }
    return column;
}

void syntax_explain(const struct scan *s, const struct block *b, const char *message, int line, struct slip *out)
{
    for (size_t i = b->first; i < b->end && i + 1 < s->count; i++)
        if (explain_text(s, i, out))
            return;
    if (explain_entries(s, b, out))
        return;
    if (!explain_message(s, b, message, line, out)) {
        set(out, TEXT_SYNTAX, line, 0);
        (void)snprintf(out->a, sizeof out->a, "%s", message);
    }
    if (out->column == 0)
        out->column = near_column(s, message, out->line);
    if (out->column == 0)
        out->column = scan_first_column(s, out->line);
}
