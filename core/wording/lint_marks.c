/*
 * M16: *bold*, _italics_ and ~struck~ come in pairs on one line; **this** is Markdown and shows its asterisks (whatsapp.md
 * §10).
 *
 * A mark counts only where WhatsApp would see one: at the edge of a word. So snake_case, 5*3, bullets and links are no
 * marks.
 */
#include <string.h>

#include "lisolo/base/utf8.h"
#include "private.h"

enum { LINE_MAX_CHARACTERS = 4096, A_VALUE = 'a' };

struct characters {
    int32_t list[LINE_MAX_CHARACTERS];
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

static void add(struct characters *out, int32_t c)
{
    if (out->count < LINE_MAX_CHARACTERS)
        out->list[out->count++] = c;
}

/* Without `code` and without links; a value is one letter. */
static void read_line(const struct phrase *p, struct characters *out)
{
    bool code = false, link = false;

    out->count = 0;
    for (size_t i = 0; i < p->count; i++) {
        if (p->nodes[i].value != NULL) {
            add(out, A_VALUE);
            continue;
        }
        for (const char *at = p->nodes[i].text, *from = at; *at != '\0'; from = at) {
            int32_t c = utf8_next(&at);

            if (c < 0)
                return;
            code = c == '`' ? !code : code;
            link = link ? !is_space(c) : strncmp(from, "https://", 8) == 0 || strncmp(from, "http://", 7) == 0;
            add(out, code || link ? A_VALUE : c);
        }
    }
}

static bool pairs_up(const struct characters *line, int32_t mark)
{
    bool open = false;

    for (size_t i = 0; i < line->count; i++) {
        int32_t before = i == 0 ? 0 : line->list[i - 1], after = i + 1 == line->count ? 0 : line->list[i + 1];

        if (line->list[i] != mark)
            continue;
        if (!open && !is_word(before) && !is_space(after))
            open = true;
        else if (open && !is_space(before) && !is_word(after))
            open = false;
        else if (!is_word(before) && !is_space(after))
            return false;
    }
    return !open;
}

static bool is_doubled(const struct characters *line)
{
    for (size_t i = 0; i + 2 < line->count; i++)
        if (line->list[i] == '*' && line->list[i + 1] == '*' && !is_space(line->list[i + 2]) && line->list[i + 2] != '*')
            return true;
    return false;
}

void lint_marks(const char *file, const struct phrase *p, struct problems *problems)
{
    static const char MARKS[] = "*_~";
    struct characters line;

    read_line(p, &line);
    if (is_doubled(&line)) {
        problems_add(problems, PROBLEM_WARNING, "M16", file, p->line, p->column, "WhatsApp's bold is *one* asterisk",
                     "** shows as asterisks");
        return;
    }
    for (const char *mark = MARKS; *mark != '\0'; mark++)
        if (!pairs_up(&line, *mark))
            problems_add(problems, PROBLEM_WARNING, "M16", file, p->line, p->column, "marks come in pairs, on one line",
                         "a %c without its partner", *mark);
}
