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

/* The column just behind a token, on its last line. */
static int column_behind(const struct scan *s, size_t token)
{
    const struct token *t = &s->tokens[token];
    int column = t->column;

    for (size_t k = 0; k < t->len; k++) {
        column += ((unsigned char)s->text[t->at + k] & 0xC0) != 0x80;
        if (s->text[t->at + k] == '\n')
            column = 1;
    }
    return column;
}

static void comma_behind(const struct scan *s, size_t token, struct slip *out)
{
    set(out, TEXT_COMMA, s->tokens[token].last_line, column_behind(s, token));
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
            comma_behind(s, i - 1, out);
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

/* `message "course.depart"` and then `fr = …`: the { was forgotten. */
static bool explain_head(const struct scan *s, const struct block *b, struct slip *out)
{
    size_t i = b->first;

    if (!head_text(s, b, out->a, sizeof out->a))
        return false;
    while (s->tokens[i].type != TOKEN_STRING)
        i++;
    if (i + 2 >= b->end || s->tokens[i + 1].type != TOKEN_NAME || !scan_is(s, i + 2, "="))
        return false;
    set(out, TEXT_BRACE_FIRST, s->tokens[i].line, column_behind(s, i));
    return head_text(s, b, out->a, sizeof out->a);
}

/* What is open where an error is: the openers not closed in [first, end). Returns how many; the innermost last. */
static size_t open_at(const struct scan *s, size_t first, size_t end, size_t stack[DEPTH_MAX])
{
    size_t depth = 0;

    for (size_t i = first; i < end; i++) {
        if (s->tokens[i].nesting > 0 && depth < DEPTH_MAX)
            stack[depth++] = i;
        else if (s->tokens[i].nesting < 0 && depth > 0)
            depth--;
    }
    return depth;
}

/* The token that Lua's "near 'x'" means: the last such one of the line. b->end for "near <eof>" or when there is none. */
static size_t near_token(const struct scan *s, const struct block *b, const char *message, int line)
{
    const char *near = strstr(message, "near '"), *end = near != NULL ? strrchr(near + 6, '\'') : NULL;
    size_t found = b->end;

    if (end == NULL)
        return found;
    for (size_t i = b->first; i < b->end; i++) {
        const struct token *t = &s->tokens[i];

        if (t->line == line && t->len == (size_t)(end - near - 6) && memcmp(s->text + t->at, near + 6, t->len) == 0)
            found = i;
    }
    return found;
}

static void say_token(const struct scan *s, size_t token, char *out, size_t size)
{
    copy(out, size, s->text + s->tokens[token].at, s->tokens[token].len);
}

static bool is_word(const struct scan *s, size_t token)
{
    return s->tokens[token].type == TOKEN_KEYWORD;
}

/* Something is open that must not be: a bracket at the end of the statement, a function at a comma. */
static bool explain_open(const struct scan *s, const struct block *b, size_t near, struct slip *out)
{
    size_t stack[DEPTH_MAX], depth = open_at(s, b->first, near, stack), opener;
    int line = near < b->end ? s->tokens[near].line : b->last_line + 1;

    if (depth == 0)
        return false;
    opener = stack[depth - 1];
    if (is_word(s, opener)) {
        if (near < b->end && !scan_is(s, near, ",") && !scan_is(s, near, "}") && !scan_is(s, near, ")") && !scan_is(s, near, "="))
            return false;
        at_token(out, TEXT_END_MISSING, &s->tokens[opener]);
        say_token(s, opener, out->a, sizeof out->a);
        (void)snprintf(out->b, sizeof out->b, "%d", line);
        return true;
    }
    if (near < b->end)
        return false;
    at_token(out, TEXT_BRACE_OPEN, &s->tokens[opener]);
    if (!head_text(s, b, out->a, sizeof out->a))
        (void)snprintf(out->a, sizeof out->a, "this statement");
    say_token(s, opener, out->b, sizeof out->b);
    (void)snprintf(out->c, sizeof out->c, "%d", line);
    return true;
}

static bool explain_message(const struct scan *s, const struct block *b, const char *message, int line, struct slip *out)
{
    size_t near = near_token(s, b, message, line), stack[DEPTH_MAX], depth = open_at(s, b->first, near, stack);

    if (strstr(message, "C levels") != NULL || strstr(message, "C stack overflow") != NULL) {
        set(out, TEXT_DEEP, line > 0 ? line : b->line, 0);
        return true;
    }
    if (near < b->end && depth == 0 && s->tokens[near].nesting < 0) {
        at_token(out, TEXT_TOO_MANY_CLOSED, &s->tokens[near]);
        say_token(s, near, out->a, sizeof out->a);
        return true;
    }
    if (explain_open(s, b, near, out))
        return true;
    if (near > b->first && near < b->end && strncmp(message, "'}' expected", 12) == 0 && scan_ends_expression(s, near - 1)) {
        comma_behind(s, near - 1, out);
        return true;
    }
    if (near > b->first && near < b->end && strncmp(message, "unexpected symbol", 17) == 0 && !scan_ends_expression(s, near - 1)) {
        at_token(out, TEXT_VALUE_MISSING, &s->tokens[near]);
        say_token(s, near, out->a, sizeof out->a);
        return true;
    }
    if (near == b->end && b->end > b->first && strstr(message, "near <eof>") != NULL && !scan_ends_expression(s, b->end - 1)) {
        at_token(out, TEXT_VALUE_AFTER, &s->tokens[b->end - 1]);
        say_token(s, b->end - 1, out->a, sizeof out->a);
        return true;
    }
    return false;
}

void syntax_explain(const struct scan *s, const struct block *b, const char *message, int line, struct slip *out)
{
    for (size_t i = b->first; i < b->end && i + 1 < s->count; i++)
        if (explain_text(s, i, out))
            return;
    if (explain_head(s, b, out) || explain_entries(s, b, out))
        return;
    if (!explain_message(s, b, message, line, out)) {
        set(out, TEXT_SYNTAX, line, 0);
        (void)snprintf(out->a, sizeof out->a, "%s", message);
    }
    if (out->column == 0 && near_token(s, b, message, out->line) < b->end)
        out->column = s->tokens[near_token(s, b, message, out->line)].column;
    if (out->column == 0)
        out->column = scan_first_column(s, out->line);
}
