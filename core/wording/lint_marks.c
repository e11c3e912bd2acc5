/*
 * M16: *bold*, _italics_ and ~struck~ come in pairs on one line; **this** is Markdown and shows its asterisks (whatsapp.md
 * §10). Looks at the line as it is written, so that the place is exact.
 *
 * A mark counts only where WhatsApp would see one: at the edge of a word. So snake_case, 5*3, bullets and links are no
 * marks.
 */
#include <string.h>

#include "body.h"
#include "lisolo/base/utf8.h"

enum { LINE_MAX_CHARACTERS = 4096, A_VALUE = 'a' };

struct characters {
    int32_t list[LINE_MAX_CHARACTERS];
    int     columns[LINE_MAX_CHARACTERS];
    size_t  count;
};

static bool is_space(int32_t c)
{
    return c == 0 || c == ' ' || c == '\t' || c == 0xA0 || c == 0x202F;
}

static bool is_word(int32_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c >= 0xC0;
}

static void add(struct characters *out, int32_t c, int column)
{
    if (out->count == LINE_MAX_CHARACTERS)
        return;
    out->columns[out->count] = column;
    out->list[out->count++] = c;
}

static bool is_escape(const char *at, const char *end)
{
    return *at == '\\' && at + 1 < end && (at[1] == '{' || at[1] == '}');
}

/* Without `code` and without links; a value is one letter. */
static void read_line(const struct row *row, struct characters *out)
{
    const char *end = row->text + row->len;
    bool code = false, link = false;
    int column = row->column;

    out->count = 0;
    for (const char *at = row->text, *from = at; at < end; column += text_columns(from, (size_t)(at - from)), from = at) {
        int32_t c = utf8_next(&at);

        if (c < 0)
            return;
        if (c == '{') {
            at += phrase_span(at, (size_t)(end - at), '}');
            at += at < end;
            add(out, A_VALUE, column);
            continue;
        }
        if (is_escape(from, end))
            c = (unsigned char)*at++;
        code = c == '`' ? !code : code;
        link = link ? !is_space(c) : strncmp(from, "https://", 8) == 0 || strncmp(from, "http://", 7) == 0;
        add(out, code || link ? A_VALUE : c, column);
    }
}

/* The mark that has no partner; the count when each has one. */
static size_t find_stray(const struct characters *line, int32_t mark)
{
    size_t open = line->count;

    for (size_t i = 0; i < line->count; i++) {
        int32_t before = i == 0 ? 0 : line->list[i - 1], after = i + 1 == line->count ? 0 : line->list[i + 1];

        if (line->list[i] != mark)
            continue;
        if (open == line->count && !is_word(before) && !is_space(after))
            open = i;
        else if (open < line->count && !is_space(before) && !is_word(after))
            open = line->count;
        else if (!is_word(before) && !is_space(after))
            return open;
    }
    return open;
}

static size_t find_doubled(const struct characters *line)
{
    for (size_t i = 0; i + 2 < line->count; i++)
        if (line->list[i] == '*' && line->list[i + 1] == '*' && !is_space(line->list[i + 2]) && line->list[i + 2] != '*')
            return i;
    return line->count;
}

void lint_marks(const struct reader *r, const struct row *row)
{
    static const char MARKS[] = "*_~";
    struct characters line;
    size_t at;

    read_line(row, &line);
    at = find_doubled(&line);
    if (at < line.count) {
        report(r, PROBLEM_WARNING, "M16", row->line, line.columns[at], "WhatsApp's bold is *one* asterisk", "** shows as asterisks");
        return;
    }
    for (const char *mark = MARKS; *mark != '\0'; mark++) {
        at = find_stray(&line, *mark);
        if (at < line.count)
            report(r, PROBLEM_WARNING, "M16", row->line, line.columns[at], "marks come in pairs, on one line", "a %c without its partner", *mark);
    }
}
