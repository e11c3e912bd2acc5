#include "lisolo/base/problems.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "french.h"
#include "utf8_sequence.h"

enum { TEXT_BYTES = 512 };

void problems_init(struct problems *p)
{
    *p = (struct problems){ 0 };
}

static void forget(struct problem *one)
{
    free(one->file);
    free(one->text);
    free(one->hint);
}

void problems_free(struct problems *p)
{
    size_t i;

    for (i = 0; i < p->count; i++)
        forget(&p->list[i]);
    free(p->list);
    *p = (struct problems){ .language = p->language };
}

void problems_speak(struct problems *p, enum problem_language language)
{
    p->language = language;
}

const char *problem_text_in(enum problem_language language, const char *english)
{
    const char *french = language == PROBLEMS_FRENCH ? french_of(english) : NULL;

    return french != NULL ? french : english;
}

const char *problems_text(const struct problems *p, const char *english)
{
    return problem_text_in(p->language, english);
}

/* A cut text must not end inside a character: terminals and JSON would refuse all of it. */
static void trim_half_character(char *text, size_t len)
{
    size_t start = len;

    while (start > 0 && utf8_continues((unsigned char)text[start - 1]))
        start--;
    if (start > 0 && utf8_sequence((unsigned char *)text + start - 1, len - start + 1) == 0)
        text[start - 1] = '\0';
}

static bool keep(struct problems *p, const struct problem *one)
{
    struct problem *list;

    if (one->file == NULL || one->text == NULL || one->hint == NULL)
        return false;
    if (p->list == NULL) {
        list = malloc(PROBLEMS_MAX * sizeof *list);
        if (list == NULL)
            return false;
        p->list = list;
    }
    p->list[p->count++] = *one;
    return true;
}

void problems_add(struct problems *p, enum problem_severity severity, const char *code, const char *file,
                  int line, int column, const char *hint, const char *format, ...)
{
    struct problem one = { .severity = severity, .line = line, .column = column };
    char text[TEXT_BYTES];
    va_list args;
    int n;

    if (severity == PROBLEM_ERROR)
        p->errors++;
    else if (severity == PROBLEM_WARNING)
        p->warnings++;
    if (p->count == PROBLEMS_MAX) {
        p->dropped++;
        return;
    }
    va_start(args, format);
    n = vsnprintf(text, sizeof text, problems_text(p, format), args);
    va_end(args);
    if (n < 0)
        text[0] = '\0';
    else if ((size_t)n >= sizeof text)
        trim_half_character(text, sizeof text - 1);
    (void)snprintf(one.code, sizeof one.code, "%s", code);
    one.file = strdup(file == NULL ? "" : file);
    one.text = strdup(text);
    one.hint = strdup(hint == NULL ? "" : problems_text(p, hint));
    if (!keep(p, &one)) {
        forget(&one);
        p->dropped++;
    }
}

static int compare(const struct problem *a, const struct problem *b)
{
    int by = strcmp(a->file, b->file);

    if (by == 0)
        by = (a->line > b->line) - (a->line < b->line);
    if (by == 0)
        by = (a->column > b->column) - (a->column < b->column);
    if (by == 0)
        by = strcmp(a->code, b->code);
    return by;
}

/* By insertion: it keeps the order of equals, which qsort() does not promise, and 200 is the most there are. */
void problems_sort(struct problems *p)
{
    struct problem one;
    size_t i, at;

    for (i = 1; i < p->count; i++) {
        one = p->list[i];
        for (at = i; at > 0 && compare(&p->list[at - 1], &one) > 0; at--)
            p->list[at] = p->list[at - 1];
        p->list[at] = one;
    }
}
