/*
 * The line grammar of a body (authoring.md §2.2):
 *
 *     [id] Title                      a button; with @menu a row: [id] Title :: description
 *     [row] {nom} :: {prix|fcfa}      with @menu: one row for each item that the flow gives
 *     @menu Word                      a list, opened by a button with this word
 *     @header Text   @footer Text     above and below the text of a message with choices
 *     @ask-location                   asks for the position; text behind it goes with the choices, as a second message
 *     @if var: text                   only when var says something; @if not var: only when it does not
 *     @each list: text                once for each item; @each list max 5: at most five
 *     @rest: text                     behind an @each, when items were left over: {rest} says how many
 *     @contact {nom} :: {tel|phone}   a contact card, as a message behind the others; none when the number is empty
 *     @link Title :: https://…        a button that opens a page; values in its address are percent-encoded
 *     \anything                       text, whatever it looks like
 *
 * Everything else is text. Directives stand at the start of a line.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "body.h"

static const char *const DIRECTIVES[] = { "menu", "header", "footer", "ask-location", "if", "each", "rest", "contact", "link" };
enum { DIRECTIVE_COUNT = sizeof DIRECTIVES / sizeof *DIRECTIVES };

/* ---- helpers that the other readers share ---- */

void report(const struct reader *r, enum problem_severity severity, const char *code, int line, int column, const char *hint,
            const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, problems_text(r->problems, format), args);
    va_end(args);
    problems_add(r->problems, severity, code, r->file, line, column, hint, "%s", text);
}

int text_line(const struct decl *d, int index)
{
    return d->line == 0 ? 0 : d->line + index;
}

/* The first line of a short string begins behind its quote; every other line begins at the margin. */
int text_column(const struct decl *d, int index)
{
    return index == 0 && d->column > 1 ? d->column + 1 : 1;
}

int text_columns(const char *text, size_t len)
{
    int columns = 0;

    for (size_t i = 0; i < len; i++)
        columns += ((unsigned char)text[i] & 0xC0) != 0x80;
    return columns;
}

/* ---- lines ---- */

void row_skip(struct row *row, size_t bytes)
{
    row->column += text_columns(row->text, bytes);
    row->text += bytes;
    row->len -= bytes;
}

void row_skip_spaces(struct row *row)
{
    size_t n = 0;

    while (n < row->len && row->text[n] == ' ')
        n++;
    row_skip(row, n);
}

bool row_phrase(struct reader *r, const struct row *row, struct phrase *out)
{
    return phrase_read(r, row->text, row->len, row->line, row->column, out);
}

static bool add_line(struct reader *r, struct version *v, struct line line)
{
    struct block *b = v->ask_location ? &v->after : &v->text;

    b->lines = arena_more(&r->w->arena, b->lines, b->count, sizeof *b->lines);
    if (b->lines == NULL)
        return false;
    b->lines[b->count++] = line;
    return true;
}

bool body_add_text(struct reader *r, const struct row *row, struct version *v, struct line line)
{
    lint_marks(r, row);
    lint_links(r, row);
    return row_phrase(r, row, &line.phrase) && add_line(r, v, line);
}

static bool read_text(struct reader *r, const struct row *row, struct version *v)
{
    return body_add_text(r, row, v, (struct line){ .kind = LINE_TEXT });
}

/* ---- choices ---- */

static bool is_choice_letter(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* "[id] Title": bytes of the id, 0 when the line is not a choice. */
static size_t choice_id(const struct row *row)
{
    size_t n = 1;

    if (row->len < 3 || row->text[0] != '[')
        return 0;
    while (n < row->len && is_choice_letter(row->text[n]))
        n++;
    if (n == 1 || n > NAME_BYTES_MAX + 1 || n == row->len || row->text[n] != ']' ||
        (n + 1 < row->len && row->text[n + 1] != ' '))
        return 0;
    return n - 1;
}

/* Where " :: " stands, NULL when it does not. */
const char *row_mark(const struct row *row)
{
    return row->len < 4 ? NULL : memmem(row->text, row->len, " :: ", 4);
}

static bool read_choice(struct reader *r, struct row row, size_t id_len, struct version *v)
{
    struct choice choice = { .line = row.line, .column = row.column };
    struct row description = row;
    const char *mark;

    choice.id = arena_text(&r->w->arena, row.text + 1, id_len);
    if (choice.id == NULL)
        return false;
    choice.model = strcmp(choice.id, "row") == 0;
    row_skip(&row, id_len + 2);
    row_skip_spaces(&row);
    mark = row_mark(&row);
    if (mark != NULL) {
        size_t title = (size_t)(mark - row.text);

        description = row;
        row_skip(&description, title + 4);
        row_skip_spaces(&description);
        row.len = title;
        choice.described = true;
        if (!row_phrase(r, &description, &choice.description))
            return false;
    }
    if (!row_phrase(r, &row, &choice.title))
        return false;
    v->choices = arena_more(&r->w->arena, v->choices, v->choice_count, sizeof *v->choices);
    if (v->choices == NULL)
        return false;
    v->choices[v->choice_count++] = choice;
    return true;
}

/* ---- directives ---- */

void row_bad(const struct reader *r, const struct row *row, const char *hint)
{
    report(r, PROBLEM_ERROR, "M21", row->line, row->column, hint, "cannot read this line");
}

/* A variable's name up to a space or a colon; moves behind it. False: reported (*memory: out of memory). */
static bool read_test(struct reader *r, struct row *row, struct path *out, const char *hint, bool *memory)
{
    size_t n = 0;

    while (n < row->len && row->text[n] != ':' && row->text[n] != ' ')
        n++;
    if (!path_read(&r->w->arena, row->text, n, out, memory)) {
        if (!*memory)
            row_bad(r, row, hint);
        return false;
    }
    row_skip(row, n);
    row_skip_spaces(row);
    return true;
}

bool body_read_colon(struct reader *r, struct row *row, const char *hint)
{
    if (row->len == 0 || *row->text != ':') {
        row_bad(r, row, hint);
        return false;
    }
    row_skip(row, 1);
    row_skip_spaces(row);
    if (row->len == 0) {
        row_bad(r, row, hint);
        return false;
    }
    if (choice_id(row) > 0 || *row->text == '@')
        report(r, PROBLEM_ERROR, "M17", row->line, row->column, "send another message where the choice differs",
               "only text can stand behind @if or @each");
    return true;
}

static bool starts_with(const struct row *row, const char *word)
{
    size_t len = strlen(word);

    return row->len >= len && memcmp(row->text, word, len) == 0;
}

static bool read_if(struct reader *r, struct row row, struct version *v)
{
    static const char HINT[] = "@if prenom: Bonjour {prenom}, or @if not prenom: Bonjour";
    struct line line = { .kind = LINE_IF };
    bool memory = false;

    if (starts_with(&row, "not ")) {
        line.kind = LINE_UNLESS;
        row_skip(&row, 4);
        row_skip_spaces(&row);
    }
    if (!read_test(r, &row, &line.test, HINT, &memory))
        return !memory;
    if (!body_read_colon(r, &row, HINT))
        return true;
    return body_add_text(r, &row, v, line);
}

static bool read_each(struct reader *r, struct row row, struct version *v)
{
    static const char HINT[] = "@each articles: {nom}, or @each articles max 5: {nom}";
    struct line line = { .kind = LINE_EACH, .max = EACH_ITEMS };
    bool memory = false;

    if (!read_test(r, &row, &line.test, HINT, &memory))
        return !memory;
    if (starts_with(&row, "max ")) {
        size_t digits = 0;

        row_skip(&row, 4);
        while (digits < row.len && digits < 3 && isdigit((unsigned char)row.text[digits]))
            digits++;
        line.max = digits == 0 ? 0 : atoi(row.text);
        if (line.max < 1) {
            row_bad(r, &row, HINT);
            return true;
        }
        row_skip(&row, digits);
    }
    if (!body_read_colon(r, &row, HINT))
        return true;
    return body_add_text(r, &row, v, line);
}

static bool read_once(struct reader *r, const struct row *row, const char *word, bool *seen, struct phrase *out)
{
    if (*seen)
        report(r, PROBLEM_ERROR, "M20", row->line, 1, NULL, "a second @%s", word);
    *seen = true;
    if (row->len == 0)
        report(r, PROBLEM_ERROR, "M21", row->line, 1, NULL, "@%s without text", word);
    return row_phrase(r, row, out);
}

/* "@foo": a slip of the pen, or text that begins with @. */
static bool read_unknown(struct reader *r, const struct row *row, const char *word, struct version *v)
{
    const char *near = nearest_name(word, DIRECTIVES, DIRECTIVE_COUNT);
    char hint[128];

    if (near != NULL)
        snprintf(hint, sizeof hint, problems_text(r->problems, "did you mean @%s? Write \\@%s for text"), near, word);
    else
        snprintf(hint, sizeof hint, problems_text(r->problems, "it is sent as text; write \\@%s to say that you mean it"), word);
    report(r, near != NULL ? PROBLEM_ERROR : PROBLEM_WARNING, "M17", row->line, row->column, hint, "@%s is not a directive",
           word);
    return read_text(r, row, v);
}

static bool read_directive(struct reader *r, const struct row *row, struct version *v)
{
    char word[32];
    size_t len = 1;
    struct row rest = *row;

    while (len < row->len && len < sizeof word && (isalpha((unsigned char)row->text[len]) || row->text[len] == '-'))
        len++;
    if (len == 1 || len == sizeof word)
        return read_text(r, row, v);
    memcpy(word, row->text + 1, len - 1);
    word[len - 1] = '\0';
    row_skip(&rest, len);
    row_skip_spaces(&rest);
    if (strcmp(word, "menu") == 0)
        return read_once(r, &rest, word, &v->has_menu, &v->menu);
    if (strcmp(word, "header") == 0)
        return read_once(r, &rest, word, &v->has_header, &v->header);
    if (strcmp(word, "footer") == 0)
        return read_once(r, &rest, word, &v->has_footer, &v->footer);
    if (strcmp(word, "if") == 0)
        return read_if(r, rest, v);
    if (strcmp(word, "each") == 0)
        return read_each(r, rest, v);
    if (strcmp(word, "rest") == 0)
        return body_read_rest(r, rest, v);
    if (strcmp(word, "contact") == 0)
        return body_read_contact(r, rest, v);
    if (strcmp(word, "link") == 0)
        return body_read_link(r, rest, v);
    if (strcmp(word, "ask-location") != 0)
        return read_unknown(r, row, word, v);
    if (rest.len > 0)
        report(r, PROBLEM_ERROR, "M21", row->line, rest.column, "write the question in lines of its own",
               "@ask-location stands alone");
    v->ask_location = true;
    return true;
}

/* Text that looks like a choice or a directive and is not one: most often a slip. */
static void look_for_slips(const struct reader *r, const struct row *row)
{
    struct row inner = *row;

    row_skip_spaces(&inner);
    if (inner.len < row->len && (choice_id(&inner) > 0 || starts_with(&inner, "@menu ") || starts_with(&inner, "@if ") ||
                                 starts_with(&inner, "@each ") || starts_with(&inner, "@rest:") ||
                                 starts_with(&inner, "@contact ") || starts_with(&inner, "@link ") ||
                                 starts_with(&inner, "@ask-location")))
        report(r, PROBLEM_WARNING, "M17", row->line, inner.column, "remove the spaces before it, or write \\ for text",
               "buttons and directives stand at the start of a line");
    else if (*row->text == '[')
        report(r, PROBLEM_WARNING, "M17", row->line, row->column,
               "a button is [id] Title, with a-z, 0-9, _ in its id and a space behind it; write \\[ for text",
               "this looks like a button and is sent as text");
}

static bool read_row(struct reader *r, struct row row, struct version *v)
{
    size_t id;

    if (row.len > 0 && *row.text == '\\' && !starts_with(&row, "\\{")) {
        row_skip(&row, 1);
        return read_text(r, &row, v);
    }
    if (row.len > 0 && *row.text == '@')
        return read_directive(r, &row, v);
    id = choice_id(&row);
    if (id > 0)
        return read_choice(r, row, id, v);
    if (row.len > 0)
        look_for_slips(r, &row);
    return read_text(r, &row, v);
}

static bool is_blank(const struct line *line)
{
    return line->kind == LINE_TEXT && line->phrase.count == 0;
}

static void trim_block(struct block *b)
{
    while (b->count > 0 && is_blank(&b->lines[b->count - 1]))
        b->count--;
    while (b->count > 0 && is_blank(b->lines)) {
        b->lines++;
        b->count--;
    }
}

/* Without choices the text behind @ask-location belongs to the question. */
static bool join_blocks(struct reader *r, struct version *v)
{
    struct block after = v->after;

    if (v->choice_count > 0)
        return true;
    v->after = (struct block){ 0 };
    v->ask_location = false;
    for (size_t i = 0; i < after.count; i++)
        if (!add_line(r, v, after.lines[i]))
            return false;
    v->ask_location = true;
    return true;
}

bool body_read(struct reader *r, const struct decl *text, struct version *out)
{
    const char *at = text->string;

    *out = (struct version){ .present = true, .line = text->line };
    r->in_fence = false;
    for (int index = 0; *at != '\0'; index++) {
        size_t len = strcspn(at, "\n"), kept = len;
        struct row row = { .text = at, .line = text_line(text, index), .column = text_column(text, index) };

        while (kept > 0 && strchr(" \t\r", at[kept - 1]) != NULL)
            kept--;
        row.len = kept;
        if (!read_row(r, row, out))
            return false;
        at += len + (at[len] == '\n');
    }
    if (!out->ask_location || join_blocks(r, out)) {
        trim_block(&out->text);
        trim_block(&out->after);
        return true;
    }
    return false;
}
