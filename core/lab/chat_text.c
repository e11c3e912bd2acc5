#include "chat_text.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { MARKS = 3, VARIATION_EMOJI = 0xFE0F, REGIONAL_FIRST = 0x1F1E6, REGIONAL_LAST = 0x1F1FF };

void text_free(struct text *t)
{
    free(t->glyphs);
    free(t->lines);
    *t = (struct text){ 0 };
}

/* ---- graphemes ---- */

/*
 * The grapheme at `p`: its bytes and columns. An emoji with U+FE0F takes two columns in today's terminals, whatever the
 * width of its first code point; joined emoji take as much as their first one.
 */
static int read_grapheme(const char *p, int *width)
{
    utf8proc_int32_t state = 0, point, before = -1;
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)p;
    int bytes = 0;

    *width = 0;
    for (;;) {
        utf8proc_ssize_t n = at[bytes] == '\0' ? 0 : utf8proc_iterate(at + bytes, -1, &point);

        if (n <= 0) {
            if (bytes == 0 && at[0] != '\0') {   /* a stray byte stands for itself */
                *width = 1;
                return 1;
            }
            return bytes;
        }
        if (before >= 0 && utf8proc_grapheme_break_stateful(before, point, &state))
            return bytes;
        if (before < 0)
            *width = utf8proc_charwidth(point);
        if (point == VARIATION_EMOJI || (point >= REGIONAL_FIRST && point <= REGIONAL_LAST))
            *width = 2;
        before = point;
        bytes += (int)n;
    }
}

int text_width(const char *words)
{
    int total = 0, width;

    for (int n; *words != '\0'; words += n) {
        n = read_grapheme(words, &width);
        total += width;
    }
    return total;
}

size_t text_before_last(const char *words)
{
    const char *p = words;
    int width;

    while (*p != '\0') {
        int n = read_grapheme(p, &width);

        if (p[n] == '\0')
            break;
        p += n;
    }
    return (size_t)(p - words);
}

size_t text_cut(const char *words, int columns)
{
    const char *p = words;
    int total = 0, width;

    while (*p != '\0') {
        int n = read_grapheme(p, &width);

        if (total + width > columns)
            break;
        total += width;
        p += n;
    }
    return (size_t)(p - words);
}

static bool add_glyph(struct text *t, const char *bytes, int len, int width, unsigned style)
{
    if (t->count == t->cap) {
        size_t cap = t->cap == 0 ? 256 : t->cap * 2;
        struct glyph *glyphs = realloc(t->glyphs, cap * sizeof *glyphs);

        if (glyphs == NULL)
            return false;
        t->glyphs = glyphs;
        t->cap = cap;
    }
    t->glyphs[t->count++] = (struct glyph){ bytes, len, width, style };
    return true;
}

/* ---- marks ---- */

static bool wordy(const char *p)
{
    unsigned char c = (unsigned char)*p;

    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

static bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\0'; }

/* Where the mark at `p` closes on its line; NULL when it is only a character. Marks hug the word and stand at its edges. */
static const char *closing(const char *start, const char *p)
{
    char mark = *p;

    if (blank(p[1]) || p[1] == mark || (p > start && (unsigned char)p[-1] < 0x80 && wordy(p - 1)))
        return NULL;
    for (const char *q = p + 2; *q != '\0' && *q != '\n'; q++)
        if (*q == mark && !blank(q[-1]) && ((unsigned char)q[1] >= 0x80 || !wordy(q + 1)))
            return q;
    return NULL;
}

struct reading {
    struct text *text;
    const char  *start;
    bool         marks;
    unsigned     style;
    const char  *close[MARKS];   /* where each open mark ends */
};

static const char mark_chars[MARKS] = { '*', '_', '~' };
static const unsigned mark_styles[MARKS] = { TEXT_BOLD, TEXT_ITALIC, TEXT_STRIKE };

/* Consumes a mark that opens or closes at `p`. */
static bool take_mark(struct reading *r, const char *p)
{
    for (int i = 0; i < MARKS; i++) {
        if (*p != mark_chars[i])
            continue;
        if (r->close[i] == p) {
            r->close[i] = NULL;
            r->style &= ~mark_styles[i];
            return true;
        }
        if (r->close[i] == NULL && (r->close[i] = closing(r->start, p)) != NULL) {
            r->style |= mark_styles[i];
            return true;
        }
    }
    return false;
}

/* `mono` and ```mono```: everything inside is literal. Returns the bytes consumed, 0 when it is none, -1 out of memory. */
static int take_mono(struct reading *r, const char *p)
{
    int fence = strncmp(p, "```", 3) == 0 ? 3 : 1;
    const char *end = strstr(p + fence, fence == 3 ? "```" : "`");
    int width;

    if (end == NULL || end == p + fence || (fence == 1 && memchr(p, '\n', (size_t)(end - p)) != NULL))
        return 0;
    for (const char *q = p + fence; q < end;) {
        int n = read_grapheme(q, &width);

        if (!add_glyph(r->text, q, n, width, r->style | TEXT_MONO))
            return -1;
        q += n;
    }
    return (int)(end - p) + fence;
}

/* ESC and its like come from strangers: they must not steer the terminal. C1 controls are U+0080 to U+009F. */
static bool control(const char *p)
{
    unsigned char first = (unsigned char)p[0];

    return (first < 0x20 && first != '\n') || first == 0x7F || (first == 0xC2 && (unsigned char)p[1] < 0xA0);
}

static bool read_words(struct reading *r, const char *p)
{
    static const char bullet[] = "\xE2\x80\xA2", replacement[] = "\xEF\xBF\xBD";   /* • and U+FFFD */
    int n, width;

    while (*p != '\0') {
        bool line_start = p == r->start || p[-1] == '\n';

        if (r->marks && line_start && (p[0] == '-' || p[0] == '*') && p[1] == ' ') {
            if (!add_glyph(r->text, bullet, 3, 1, r->style))
                return false;
            p++;
            continue;
        }
        if (r->marks && *p == '`') {
            n = take_mono(r, p);
            if (n < 0)
                return false;
            if (n > 0) {
                p += n;
                continue;
            }
        }
        if (r->marks && take_mark(r, p)) {
            p++;
            continue;
        }
        if (*p == '\r') {
            p++;
            continue;
        }
        n = read_grapheme(p, &width);
        if (!(control(p) ? add_glyph(r->text, replacement, 3, 1, r->style) : add_glyph(r->text, p, n, width, r->style)))
            return false;
        p += n;
    }
    return true;
}

/* ---- lines ---- */

static bool add_line(struct text *t, size_t from, size_t to)
{
    int width = 0;

    if (t->line_count == t->line_cap) {
        size_t cap = t->line_cap == 0 ? 32 : t->line_cap * 2;
        struct text_line *lines = realloc(t->lines, cap * sizeof *lines);

        if (lines == NULL)
            return false;
        t->lines = lines;
        t->line_cap = cap;
    }
    for (size_t i = from; i < to; i++)
        width += t->glyphs[i].width;
    t->lines[t->line_count++] = (struct text_line){ from, to, width };
    if (width > t->width)
        t->width = width;
    return true;
}

static bool is(const struct glyph *g, char c) { return g->len == 1 && g->bytes[0] == c; }

static bool wrap(struct text *t, int columns)
{
    size_t from = 0, space = 0, i = 0;   /* `space`: last blank of the line, 0 when none */
    int width = 0;

    while (i < t->count) {
        struct glyph *g = &t->glyphs[i];

        if (is(g, '\n')) {
            if (!add_line(t, from, i))
                return false;
            from = ++i;
            width = 0;
            space = 0;
            continue;
        }
        if (width + g->width > columns && i > from) {
            size_t to = is(g, ' ') || space <= from ? i : space;

            if (!add_line(t, from, to))
                return false;
            from = is(&t->glyphs[to], ' ') ? to + 1 : to;
            if (from == t->count)   /* the blank that did not fit was the last thing */
                return true;
            i = from;
            width = 0;
            space = 0;
            continue;
        }
        if (is(g, ' '))
            space = i;
        width += g->width;
        i++;
    }
    return add_line(t, from, t->count);
}

bool text_layout(struct text *out, const char *words, int columns, bool marks, unsigned style)
{
    struct reading r = { .text = out, .start = words, .marks = marks, .style = style };

    *out = (struct text){ 0 };
    return read_words(&r, words) && wrap(out, columns < 1 ? 1 : columns);
}
