/*
 * scan - Lua source as tokens with lines and columns.
 *
 * The arrows of every diagnostic come from here, and what Lua's own compiler does not tell: where each key of a table is written,
 * which statements start in column 0, what was probably meant by a character that cannot stand where it stands. It also reads
 * sources that do not compile.
 */
#ifndef LISOLO_SCRIPT_SCAN_H
#define LISOLO_SCRIPT_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum token_type {
    TOKEN_NAME, TOKEN_KEYWORD, TOKEN_NUMBER, TOKEN_STRING, TOKEN_LONG_STRING, TOKEN_SYMBOL,
    TOKEN_BAD_CHARACTER,      /* one code point that Lua does not know outside texts */
    TOKEN_OPEN_STRING,        /* not closed on its line */
    TOKEN_OPEN_LONG,          /* [[ without ]] */
    TOKEN_OPEN_COMMENT,
    TOKEN_END,                /* always the last one, just behind the text */
};

struct token {
    enum token_type type;
    int    nesting;                   /* +1: opens ( [ { function do if repeat; -1: closes one */
    int    line, column;              /* 1-based; columns in code points */
    int    last_line;                 /* of its last character */
    size_t at, len;                   /* its bytes, quotes included */
    size_t text_at, text_len;         /* strings: what is between the quotes, escapes as written */
    int    text_line, text_column;    /* strings: where that starts; a long string's first newline is not part of it */
};

struct scan {
    const char   *text;               /* borrowed */
    size_t        len;
    struct token *tokens;
    size_t        count;              /* TOKEN_END included */
};

/* False when out of memory. `text` must outlive the scan. */
bool scan_text(const char *text, size_t len, struct scan *out);
void scan_free(struct scan *s);

bool scan_is(const struct scan *s, size_t token, const char *text);              /* this symbol, keyword or name; false beyond the end */
bool scan_string_is(const struct scan *s, size_t token, const char *text);       /* a string of this content, without escapes */
bool scan_ends_expression(const struct scan *s, size_t token);                   /* name, number, text, ) ] } or a constant keyword */

/* The bracket, function, do, if or repeat that `token` opens is closed by…; count - 1 (TOKEN_END) when it is not. */
size_t scan_close(const struct scan *s, size_t token);

/* The first name token `text` of `line`, for a column; count when there is none. */
size_t scan_name_on_line(const struct scan *s, int line, const char *text);
int    scan_first_column(const struct scan *s, int line);       /* of the line's first token; 0 when none */

/* ---- table constructors ---- */

struct place {                 /* one entry as it is written */
    const char *name;          /* not terminated; NULL when positional */
    size_t      name_len;
    int         key_line, key_column;
    size_t      value;         /* the value's first token */
    int         line, column;  /* of the value; a long string's first text line */
    size_t      order;
};

struct places { struct place *list; size_t count; };

/* The entries of the constructor whose { is `open`, named ones sorted by name. The list is malloc'ed; false: out of memory. */
bool scan_places(const struct scan *s, size_t open, struct places *out);
/* The same for `name = value` outside every bracket and function. */
bool scan_assignments(const struct scan *s, struct places *out);
/* The { that the value at `token` consists of: itself, or that of `text { … }`, `one_of({ … })`; count when there is none. */
size_t scan_constructor(const struct scan *s, size_t token);
/* Where the value that starts at `token` starts, for people. */
void scan_value_place(const struct scan *s, size_t token, int *line, int *column);

/* ---- statements ---- */

struct block { size_t first, end; int line, last_line; };   /* tokens [first, end); last_line: up to the next block */

struct blocks { struct block *list; size_t count; };

/*
 * Splits at what starts in column 0. Inside brackets only something that looks like a statement of its own does
 * (`f:ask "…"`, `message "…"`, `local …`), so an unclosed brace stays within its statement. malloc'ed; false: out of memory.
 */
bool scan_blocks(const struct scan *s, struct blocks *out);

/* The line on which the words of a long string or an unclosed comment look like the head of a statement; 0 when none does. */
int scan_swallowed_line(const struct scan *s, size_t token);

#endif
