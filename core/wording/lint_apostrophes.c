/*
 * M18: ' and ’ in one file (authoring.md §2.4). Either is fine; both together are most often a text that was pasted, and a word
 * that somebody searches for is then found in one half of the file only.
 */
#include <string.h>

#include "lisolo/base/utf8.h"
#include "private.h"

struct kind {
    size_t count;
    int    line, column;        /* of the first */
};

struct file {
    const char *name;
    struct kind straight, curly;
};

static void note(struct kind *kind, int line, int column)
{
    if (kind->count++ > 0)
        return;
    kind->line = line;
    kind->column = column;
}

/* A straight one counts between letters: elsewhere it is a quote. */
static bool is_letter(int32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0xC0;
}

static void count(struct file *f, const struct decl *text)
{
    int line = 0, column = text_column(text, 0);
    int32_t before = 0;

    for (const char *at = text->string; *at != '\0';) {
        int32_t c = utf8_next(&at);
        const char *behind = at;

        if (c < 0)
            return;
        if (c == 0x2018 || c == 0x2019)
            note(&f->curly, text_line(text, line), column);
        else if (c == '\'' && is_letter(before) && (*at == '{' || is_letter(utf8_next(&behind))))
            note(&f->straight, text_line(text, line), column);
        before = c;
        column++;
        if (c == '\n')
            column = text_column(text, ++line);
    }
}

/* At the first of those that are fewer. */
static void tell(const struct reader *r, const struct file *f)
{
    struct reader here = *r;

    here.file = f->name;
    if (f->straight.count == 0 || f->curly.count == 0)
        return;
    if (f->straight.count < f->curly.count)
        report(&here, PROBLEM_WARNING, "M18", f->straight.line, f->straight.column, "write ’ everywhere in this file",
               "this apostrophe is ', most of the file has ’");
    else
        report(&here, PROBLEM_WARNING, "M18", f->curly.line, f->curly.column, "write ' everywhere in this file",
               "this apostrophe is ’, most of the file has '");
}

void lint_apostrophes(const struct reader *r, const struct statements *statements)
{
    struct file file = { .name = NULL };

    for (size_t i = 0; i < statements->count; i++) {
        const struct statement *s = &statements->list[i];

        if (strcmp(s->verb, "message") != 0 && strcmp(s->verb, "template") != 0 && strcmp(s->verb, "labels") != 0)
            continue;
        if (file.name == NULL || strcmp(file.name, s->file) != 0) {
            tell(r, &file);
            file = (struct file){ .name = s->file };
        }
        for (int l = 0; l < LANGUAGES; l++) {
            const struct decl *text = decl_get(&s->body, language_facts((enum language)l)->code);

            if (text != NULL && text->type == DECL_STRING)
                count(&file, text);
        }
    }
    tell(r, &file);
}
