/*
 * Expected and sent, line by line. A mismatch that nobody can see is the worst of all, so what is invisible gets a shape:
 * ⍽ a no-break space, → a tab, · a blank at the end, ‹U+200B› and its kind by their number.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialog.h"
#include "lisolo/base/utf8.h"

enum { CONTEXT = 1 };

static bool is_hidden(int32_t point)
{
    return (point >= 0x200B && point <= 0x200F) || (point >= 0x202A && point <= 0x202E) || (point >= 0x2060 && point <= 0x2064) ||
           point == 0xFEFF || point == 0xAD;
}

void diff_visible(struct buf *out, const char *text)
{
    while (*text != '\0') {
        const char *from = text;
        int32_t point = utf8_next(&text);

        if (point == 0xA0 || point == 0x202F || point == 0x2009)
            buf_adds(out, "⍽");
        else if (point == '\t')
            buf_adds(out, "→");
        else if (point == ' ' && *text == '\0')
            buf_adds(out, "·");
        else if (is_hidden(point) && point != 0x200D)     /* joins the parts of an emoji */
            buf_addf(out, "‹U+%04X›", (unsigned)point);
        else if (point >= 0)
            buf_add(out, from, (size_t)(text - from));
        else
            text = from + 1;
    }
}

/* The longest common part, by lines: same[i][j] for the rests from i and j on. */
struct table { size_t *cells, wide; };

static size_t *cell(const struct table *t, size_t i, size_t j) { return &t->cells[i * t->wide + j]; }

static bool same(const char *want, const char *got)
{
    return strcmp(want, "...") != 0 && match_line(want, got, NULL);
}

static bool fill(struct table *t, char *const *want, size_t n, char *const *got, size_t m)
{
    t->wide = m + 1;
    t->cells = calloc((n + 1) * (m + 1), sizeof *t->cells);
    if (t->cells == NULL)
        return false;
    for (size_t i = n; i-- > 0;)
        for (size_t j = m; j-- > 0;) {
            size_t down = *cell(t, i + 1, j), right = *cell(t, i, j + 1);

            *cell(t, i, j) = same(want[i], got[j]) ? *cell(t, i + 1, j + 1) + 1 : down > right ? down : right;
        }
    return true;
}

struct mark { char sign; const char *text; };

static void print_equal(struct buf *out, const struct mark *marks, size_t from, size_t to, bool last, const char *margin)
{
    size_t head = CONTEXT, tail = last ? 0 : CONTEXT, count = to - from;

    if (count <= head + tail + 1) {
        head = count;
        tail = 0;
    }
    for (size_t i = from; i < from + head; i++)
        buf_addf(out, "%s  %s\n", margin, marks[i].text);
    if (count > head + tail)
        buf_addf(out, SAY("%s  …%zu identical lines…\n", "%s  …%zu lignes identiques…\n"), margin, count - head - tail);
    for (size_t i = to - tail; i < to; i++)
        buf_addf(out, "%s  %s\n", margin, marks[i].text);
}

static void print(struct buf *out, const struct mark *marks, size_t count, const char *margin)
{
    for (size_t i = 0; i < count;) {
        size_t to = i;

        while (to < count && marks[to].sign == ' ')
            to++;
        if (to > i) {
            print_equal(out, marks, i, to, to == count, margin);
            i = to;
            continue;
        }
        buf_addf(out, "%s%c ", margin, marks[i].sign);
        diff_visible(out, marks[i].text);
        buf_addc(out, '\n');
        i++;
    }
}

/* How many expected lines at the end have nothing beside them. */
static size_t lonely(const struct mark *marks, size_t n)
{
    size_t minus = 0, plus = 0;

    for (; n > 0 && marks[n - 1].sign != ' '; n--) {
        minus += marks[n - 1].sign == '-';
        plus += marks[n - 1].sign == '+';
    }
    return minus > plus ? minus - plus : 0;
}

bool diff_lines(struct buf *out, char *const *want, size_t want_count, char *const *got, size_t got_count, const char *margin)
{
    struct table t = { 0 };
    struct mark *marks = calloc(want_count + got_count + 1, sizeof *marks);
    size_t i = 0, j = 0, n = 0;

    if (marks == NULL || !fill(&t, want, want_count, got, got_count)) {
        free(marks);
        return false;
    }
    while (i < want_count || j < got_count) {
        if (i < want_count && strcmp(want[i], "...") == 0) {
            /* It stands for the rest, not for what came in the place of the lines above. */
            for (size_t k = lonely(marks, n); k > 0 && j < got_count && *cell(&t, i, j + 1) == *cell(&t, i, j); k--)
                marks[n++] = (struct mark){ '+', got[j++] };
            marks[n++] = (struct mark){ ' ', want[i++] };
            while (j < got_count && *cell(&t, i, j + 1) == *cell(&t, i, j))
                j++;                   /* what it stands for, up to the next line that both have */
        } else if (i < want_count && j < got_count && same(want[i], got[j])) {
            marks[n++] = (struct mark){ ' ', got[j++] };
            i++;
        } else if (i < want_count && (j == got_count || *cell(&t, i + 1, j) >= *cell(&t, i, j + 1))) {
            marks[n++] = (struct mark){ '-', want[i++] };
        } else {
            marks[n++] = (struct mark){ '+', got[j++] };
        }
    }
    print(out, marks, n, margin);
    free(t.cells);
    free(marks);
    return true;
}
