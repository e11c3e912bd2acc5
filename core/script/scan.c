#include "scan.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    const char  *text;
    size_t       len, at;
    int          line;
    size_t       line_at;          /* where the line starts */
    size_t       counted_at;       /* up to where columns of this line were counted… */
    int          counted;          /* …and how many they were */
    struct scan *out;
    size_t       cap;
};

static const char *const KEYWORDS[] = {
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
    "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
};

/* Longest first. */
static const char *const SYMBOLS[] = { "...", "..", "==", "~=", "<=", ">=", "//", "::", "<<", ">>" };

/* `while … do` and `for … do` open with their do; until closes repeat. */
static const char *const OPENING[] = { "{", "(", "[", "function", "do", "if", "repeat" };
static const char *const CLOSING[] = { "}", ")", "]", "end", "until" };

static bool is_one_of(const char *text, size_t len, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(list[i]) == len && memcmp(list[i], text, len) == 0)
            return true;
    return false;
}

static char peek(const struct reader *r, size_t ahead)
{
    return r->at + ahead < r->len ? r->text[r->at + ahead] : '\0';
}

static void new_line(struct reader *r)
{
    r->line++;
    r->line_at = r->counted_at = r->at;
    r->counted = 0;
}

/* Counts each line once, however many tokens it has. */
static int column(struct reader *r, size_t at)
{
    if (at < r->counted_at) {
        r->counted_at = r->line_at;
        r->counted = 0;
    }
    for (; r->counted_at < at; r->counted_at++)
        if (((unsigned char)r->text[r->counted_at] & 0xC0) != 0x80)
            r->counted++;
    return r->counted + 1;
}

static struct token *add(struct reader *r, enum token_type type)
{
    struct scan *s = r->out;
    struct token *t;

    if (s->count == r->cap) {
        size_t cap = r->cap == 0 ? 256 : r->cap * 2;

        t = realloc(s->tokens, cap * sizeof *t);
        if (t == NULL)
            return NULL;
        s->tokens = t;
        r->cap = cap;
    }
    t = &s->tokens[s->count++];
    *t = (struct token){ .type = type, .line = r->line, .last_line = r->line, .column = column(r, r->at), .at = r->at };
    return t;
}

static bool finish(struct reader *r, struct token *t, size_t end)
{
    const char *text = r->text + t->at;

    t->len = end - t->at;
    if (t->type == TOKEN_SYMBOL || t->type == TOKEN_KEYWORD)
        t->nesting = is_one_of(text, t->len, OPENING, sizeof OPENING / sizeof *OPENING) -
                     is_one_of(text, t->len, CLOSING, sizeof CLOSING / sizeof *CLOSING);
    t->last_line = r->line;
    r->at = end;
    return true;
}

/* At "[": how many "=" a long bracket has, or -1 when it is none. */
static int long_level(const struct reader *r)
{
    size_t n = 1;

    while (peek(r, n) == '=')
        n++;
    return peek(r, n) == '[' ? (int)n - 1 : -1;
}

/* Just behind the opening bracket. True when the closing one was found; then r->at is behind it and *text_end before it. */
static bool skip_long(struct reader *r, int level, size_t *text_end)
{
    for (; r->at < r->len; r->at++) {
        if (r->text[r->at] == '\n') {
            r->at++;
            new_line(r);
            r->at--;
        } else if (r->text[r->at] == ']') {
            size_t n = 1;

            while (peek(r, n) == '=')
                n++;
            if ((int)n - 1 == level && peek(r, n) == ']') {
                *text_end = r->at;
                r->at += n + 1;
                return true;
            }
        }
    }
    *text_end = r->at;
    return false;
}

static bool read_long_string(struct reader *r, int level)
{
    struct token *t = add(r, TOKEN_LONG_STRING);
    size_t start, end;

    if (t == NULL)
        return false;
    r->at += (size_t)level + 2;
    if (peek(r, 0) == '\r' && peek(r, 1) == '\n')
        r->at++;
    if (peek(r, 0) == '\n') {
        r->at++;
        new_line(r);
    }
    start = r->at;
    t->text_at = start;
    t->text_line = r->line;
    t->text_column = column(r, start);
    if (!skip_long(r, level, &end))
        t->type = TOKEN_OPEN_LONG;
    t->text_len = end - start;
    return finish(r, t, r->at);
}

static bool skip_comment(struct reader *r)
{
    size_t end;
    int level;

    if (peek(r, 2) == '[') {
        struct reader inside = *r;

        inside.at += 2;
        level = long_level(&inside);
        if (level >= 0) {
            struct token opened = { .type = TOKEN_OPEN_COMMENT, .line = r->line, .column = column(r, r->at), .at = r->at };

            r->at += 2 + (size_t)level + 2;
            if (skip_long(r, level, &end))
                return true;
            struct token *t = add(r, TOKEN_OPEN_COMMENT);

            if (t == NULL)
                return false;
            opened.len = r->at - opened.at;
            opened.last_line = r->line;
            *t = opened;
            return true;
        }
    }
    while (r->at < r->len && r->text[r->at] != '\n')
        r->at++;
    return true;
}

/* Behind a backslash that is followed by a line's end, or by z and white space, the text goes on in the next line. */
static void skip_escape(struct reader *r)
{
    r->at++;
    if (r->at >= r->len)
        return;
    if (r->text[r->at] == 'z') {
        r->at++;
        while (r->at < r->len && isspace((unsigned char)r->text[r->at])) {
            if (r->text[r->at++] == '\n')
                new_line(r);
        }
        return;
    }
    if (r->text[r->at] == '\r' && peek(r, 1) == '\n')
        r->at++;
    if (r->text[r->at++] == '\n')
        new_line(r);
}

static bool read_string(struct reader *r)
{
    struct token *t = add(r, TOKEN_STRING);
    char quote = peek(r, 0);

    if (t == NULL)
        return false;
    r->at++;
    t->text_at = r->at;
    t->text_line = r->line;
    t->text_column = t->column + 1;
    while (r->at < r->len && r->text[r->at] != quote && r->text[r->at] != '\n') {
        if (r->text[r->at] == '\\')
            skip_escape(r);
        else
            r->at++;
    }
    if (r->at > r->len)
        r->at = r->len;
    t->text_len = r->at - t->text_at;
    if (peek(r, 0) != quote) {
        t->type = TOKEN_OPEN_STRING;
        return finish(r, t, r->at);
    }
    return finish(r, t, r->at + 1);
}

static bool read_name(struct reader *r)
{
    struct token *t = add(r, TOKEN_NAME);
    size_t n = 0;

    if (t == NULL)
        return false;
    while (isalnum((unsigned char)peek(r, n)) || peek(r, n) == '_')
        n++;
    if (is_one_of(r->text + r->at, n, KEYWORDS, sizeof KEYWORDS / sizeof *KEYWORDS))
        t->type = TOKEN_KEYWORD;
    return finish(r, t, r->at + n);
}

static bool read_number(struct reader *r)
{
    struct token *t = add(r, TOKEN_NUMBER);
    bool hex = peek(r, 0) == '0' && (peek(r, 1) == 'x' || peek(r, 1) == 'X');
    size_t n = 0;

    if (t == NULL)
        return false;
    for (;; n++) {
        char c = peek(r, n);
        bool exponent = n > 0 && strchr(hex ? "pP" : "eE", peek(r, n - 1)) != NULL;

        if (!isalnum((unsigned char)c) && c != '.' && !((c == '+' || c == '-') && exponent))
            break;
        if (c == '.' && peek(r, n + 1) == '.')
            break;                 /* 1..2 is a mistake for Lua, and two numbers for people */
    }
    return finish(r, t, r->at + n);
}

/* A letter with an accent, a typographic quote: one token for each code point. */
static bool read_symbol(struct reader *r)
{
    struct token *t = add(r, TOKEN_SYMBOL);
    size_t n = 1;

    if (t == NULL)
        return false;
    if (strchr("+-*/%^#&~|<>=(){}[];:,.", peek(r, 0)) == NULL || peek(r, 0) == '\0') {
        t->type = TOKEN_BAD_CHARACTER;
        while (((unsigned char)peek(r, n) & 0xC0) == 0x80)
            n++;
        return finish(r, t, r->at + n);
    }
    for (size_t i = 0; i < sizeof SYMBOLS / sizeof *SYMBOLS; i++) {
        size_t len = strlen(SYMBOLS[i]);

        if (r->len - r->at >= len && memcmp(r->text + r->at, SYMBOLS[i], len) == 0)
            return finish(r, t, r->at + len);
    }
    return finish(r, t, r->at + 1);
}

static bool read_token(struct reader *r)
{
    char c = peek(r, 0);
    int level = c == '[' ? long_level(r) : -1;

    if (c == '\n') {
        r->at++;
        new_line(r);
        return true;
    }
    if (isspace((unsigned char)c)) {
        r->at++;
        return true;
    }
    if (c == '-' && peek(r, 1) == '-')
        return skip_comment(r);
    if (level >= 0)
        return read_long_string(r, level);
    if (c == '"' || c == '\'')
        return read_string(r);
    if (isalpha((unsigned char)c) || c == '_')
        return read_name(r);
    if (isdigit((unsigned char)c) || (c == '.' && isdigit((unsigned char)peek(r, 1))))
        return read_number(r);
    return read_symbol(r);
}

bool scan_text(const char *text, size_t len, struct scan *out)
{
    struct reader r = { .text = text, .len = len, .line = 1, .out = out };

    *out = (struct scan){ .text = text, .len = len };
    if (len > 0 && text[0] == '#')             /* Lua passes over a first line that starts so */
        while (r.at < len && text[r.at] != '\n')
            r.at++;
    while (r.at < len) {
        if (!read_token(&r)) {
            scan_free(out);
            return false;
        }
    }
    if (add(&r, TOKEN_END) == NULL) {
        scan_free(out);
        return false;
    }
    return true;
}

void scan_free(struct scan *s)
{
    free(s->tokens);
    s->tokens = NULL;
    s->count = 0;
}

bool scan_is(const struct scan *s, size_t token, const char *text)
{
    const struct token *t;

    if (token >= s->count)
        return false;
    t = &s->tokens[token];
    return (t->type == TOKEN_SYMBOL || t->type == TOKEN_KEYWORD || t->type == TOKEN_NAME) && t->len == strlen(text) &&
           memcmp(s->text + t->at, text, t->len) == 0;
}

bool scan_string_is(const struct scan *s, size_t token, const char *text)
{
    const struct token *t;

    if (token >= s->count)
        return false;
    t = &s->tokens[token];
    return (t->type == TOKEN_STRING || t->type == TOKEN_LONG_STRING) && t->text_len == strlen(text) &&
           memcmp(s->text + t->text_at, text, t->text_len) == 0;
}

bool scan_ends_expression(const struct scan *s, size_t token)
{
    switch (s->tokens[token].type) {
    case TOKEN_NAME: case TOKEN_NUMBER: case TOKEN_STRING: case TOKEN_LONG_STRING: case TOKEN_OPEN_STRING:
        return true;
    case TOKEN_KEYWORD:
        return scan_is(s, token, "end") || scan_is(s, token, "nil") || scan_is(s, token, "true") || scan_is(s, token, "false");
    case TOKEN_SYMBOL:
        return scan_is(s, token, ")") || scan_is(s, token, "]") || scan_is(s, token, "}") || scan_is(s, token, "...");
    default:
        return false;
    }
}

size_t scan_close(const struct scan *s, size_t token)
{
    int depth = 0;

    for (; token + 1 < s->count; token++) {
        depth += s->tokens[token].nesting;
        if (depth <= 0)
            return token;
    }
    return s->count - 1;
}

size_t scan_name_on_line(const struct scan *s, int line, const char *text)
{
    for (size_t i = 0; i + 1 < s->count; i++)
        if (s->tokens[i].line == line && s->tokens[i].type == TOKEN_NAME && scan_is(s, i, text))
            return i;
    return s->count;
}

int scan_first_column(const struct scan *s, int line)
{
    for (size_t i = 0; i + 1 < s->count; i++)
        if (s->tokens[i].line == line)
            return s->tokens[i].column;
    return 0;
}
