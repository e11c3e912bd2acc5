/*
 * The lines around a place, as they are written, and an arrow below the very character: tabs, wide characters and emoji take
 * the columns that a terminal gives them.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <utf8proc.h>

#include "cli.h"
#include "excerpt.h"
#include "lisolo/base/utf8.h"

enum { TAB = 4, BEFORE = 2, BEHIND = 1, EMOJI_STYLE = 0xFE0F };

/* The n-th line of a text, without its end; NULL past the end. */
static const char *line_at(const char *text, int n, int *len)
{
    while (--n > 0 && text != NULL) {
        text = strchr(text, '\n');
        if (text != NULL)
            text++;
    }
    if (text == NULL || *text == '\0')
        return NULL;
    *len = (int)strcspn(text, "\r\n");
    return text;
}

/* How many columns the character takes that follows what took `before`. `last` is the width of the one before it: U+FE0F asks for its
 * picture, which is two columns wide. */
static int width_of(int32_t c, int before, int last)
{
    if (c == '\t')
        return TAB - before % TAB;
    if (c == EMOJI_STYLE)
        return last == 1 ? 1 : 0;
    return c < 0x20 || c == 0x7F ? 1 : utf8proc_charwidth(c);
}

int excerpt_width(const char *line, int len, int points)
{
    const char *at = line;
    int width = 0, last = 0;

    for (int i = 0; i < points; i++) {
        int32_t c = at < line + len ? utf8_next(&at) : ' ';      /* just behind the line is a place too */

        if (c < 0)
            return width;
        last = width_of(c, width, last);
        width += last;
    }
    return width;
}

static bool is_word(int32_t c) { return c == '_' || c >= 0x80 || (c < 0x80 && isalnum(c)); }

static const char *skip_points(const char *line, int len, int points)
{
    const char *at = line;

    while (points-- > 0 && at < line + len)
        if (utf8_next(&at) < 0)
            break;
    return at;
}

static int points_between(const char *from, const char *to)
{
    int points = 0;

    for (; from < to; from++)
        points += ((unsigned char)*from & 0xC0) != 0x80;
    return points;
}

/* Up to and with `close`, when it comes before a space that would make it something else. */
static int up_to(const char *at, const char *end, char close)
{
    const char *stop = memchr(at + 1, close, (size_t)(end - at - 1));

    if (stop == NULL || (close != '"' && memchr(at, '=', (size_t)(stop - at)) != NULL))
        return 1;
    return points_between(at, stop + 1);
}

int excerpt_points(const char *line, int len, int column)
{
    const char *at = skip_points(line, len, column - 1), *end = line + len;
    int points = 0;

    if (at >= end)
        return 1;
    if (*at == '"' || *at == '\'')
        return up_to(at, end, *at);
    if (*at == '[' || *at == '{')
        return up_to(at, end, *at == '[' ? ']' : '}');
    points = *at == '@' || *at == '|' ? 1 : 0;
    for (at += points; at < end && (*at == '.' || is_word((unsigned char)*at)); points++)
        if (utf8_next(&at) < 0)
            break;
    return points > 0 ? points : 1;
}

/* Tabs as the spaces that they stand for; what a terminal would obey as a dot. */
static void print_line(const char *line, int len)
{
    const char *at = line;
    int width = 0, last = 0;

    while (at < line + len) {
        const char *from = at;
        int32_t c = utf8_next(&at);

        if (c < 0)
            break;
        last = width_of(c, width, last);
        width += last;
        if (c == '\t')
            (void)printf("%*s", last, "");
        else if (c < 0x20 || c == 0x7F)
            (void)fputs("·", stdout);
        else
            (void)printf("%.*s", (int)(at - from), from);
    }
    (void)putchar('\n');
}

static void arrow(const char *line, int len, int column)
{
    int before = excerpt_width(line, len, column - 1);
    int width = excerpt_width(line, len, column - 1 + excerpt_points(line, len, column)) - before;

    (void)printf("       │ %*s%s▲", before, "", say_red(1));
    while (--width > 0)
        (void)fputs("─", stdout);
    (void)printf("%s\n", say_reset(1));
}

void excerpt_show(const char *text, int at, int column)
{
    for (int n = at > BEFORE ? at - BEFORE : 1; n <= at + BEHIND; n++) {
        int len = 0;
        const char *line = line_at(text, n, &len);

        if (line == NULL)
            continue;
        (void)printf("  %4d │ ", n);
        print_line(line, len);
        if (n == at && column > 0)
            arrow(line, len, column);
    }
}
