#include "lisolo/base/utf8.h"

#include <string.h>
#include <utf8proc.h>

#include "utf8_sequence.h"

bool utf8_valid(const char *text, size_t len)
{
    const unsigned char *p = (const unsigned char *)text;
    const uint64_t high_bits = UINT64_C(0x8080808080808080);
    uint64_t eight;
    size_t n;

    while (len > 0) {
        if (len >= sizeof eight) {
            memcpy(&eight, p, sizeof eight);
            if ((eight & high_bits) == 0) {
                p += sizeof eight;
                len -= sizeof eight;
                continue;
            }
        }
        n = utf8_sequence(p, len);
        if (n == 0)
            return false;
        p += n;
        len -= n;
    }
    return true;
}

/* Bytes to step over: a bad byte counts as one character. 0 at the end. */
static size_t step(const unsigned char *p)
{
    size_t n;

    if (*p == '\0')
        return 0;
    n = utf8_sequence(p, 4);
    return n == 0 ? 1 : n;
}

size_t utf8_points(const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t n, count = 0;

    for (; (n = step(p)) > 0; p += n)
        count++;
    return count;
}

size_t utf8_units(const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t n, count = 0;

    for (; (n = step(p)) > 0; p += n)
        count += n == 4 ? 2 : 1;
    return count;
}

int32_t utf8_next(const char **at)
{
    const unsigned char *p = (const unsigned char *)*at;
    int32_t point;
    size_t n, i;

    if (*p == '\0' || (n = utf8_sequence(p, 4)) == 0)
        return -1;
    if (n == 1) {
        point = p[0];
    } else {
        point = p[0] & (0x7F >> n);
        for (i = 1; i < n; i++)
            point = point << 6 | (p[i] & 0x3F);
    }
    *at += n;
    return point;
}

/*
 * What people type for one another but Unicode keeps apart. ´ and ` stand for apostrophes on many
 * telephones; ɛ and ɔ are how Lingala is spelt, e and o how it is typed.
 */
static int32_t plain(int32_t c)
{
    switch (c) {
    case 0x60: case 0xB4: case 0x2BC: case 0x2018: case 0x2019: case 0x201A: case 0x201B: case 0x2032:
    case 0x2039: case 0x203A:
        return '\'';
    case 0xAB: case 0xBB: case 0x201C: case 0x201D: case 0x201E: case 0x201F: case 0x2033:
        return '"';
    case 0x2010: case 0x2011: case 0x2012: case 0x2013: case 0x2014: case 0x2015: case 0x2212:
        return '-';
    case 0x25B: case 0x190:
        return 'e';
    case 0x254: case 0x186:
        return 'o';
    case '\t': case '\n': case '\v': case '\f': case '\r': case 0x85: case 0x2028: case 0x2029:
        return ' ';
    default:
        return c;
    }
}

struct folded {
    char  *out;
    size_t size;
    size_t len;
    size_t kept;      /* without the spaces and signs that would be removed if the text ended here */
    bool   over;      /* something did not fit; harmless as long as only removable ones follow */
    bool   space;     /* one is due before the next character */
};

static bool removable(int32_t c)
{
    return c == '.' || c == ',' || c == '!' || c == '?';
}

static bool put(struct folded *f, int32_t c)
{
    utf8proc_uint8_t bytes[4];
    bool light = removable(c);
    size_t n;

    if (c == ' ') {
        f->space = f->len > 0 || f->over;
        return true;
    }
    n = (size_t)utf8proc_encode_char(c, bytes);
    if (f->over || f->len + (f->space ? 1 : 0) + n >= f->size) {
        f->over = true;
        return light;
    }
    if (f->space)
        f->out[f->len++] = ' ';
    f->space = false;
    memcpy(f->out + f->len, bytes, n);
    f->len += n;
    if (!light)
        f->kept = f->len;
    return true;
}

/* One character of the source: several of the result, or none. */
static bool fold_point(struct folded *f, int32_t c)
{
    const utf8proc_option_t options = UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                                      UTF8PROC_STRIPMARK | UTF8PROC_IGNORE;
    utf8proc_int32_t parts[32];      /* the longest compatibility form, U+FDFA, has 18 */
    int bound = 0;
    utf8proc_ssize_t n, i;

    c = plain(c);
    if (c < 0x80)
        return put(f, c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    if (c == 0x152 || c == 0x153)
        return put(f, 'o') && put(f, 'e');
    if (c == 0xC6 || c == 0xE6)
        return put(f, 'a') && put(f, 'e');
    n = utf8proc_decompose_char(c, parts, sizeof parts / sizeof parts[0], options, &bound);
    if (n < 0 || (size_t)n > sizeof parts / sizeof parts[0])
        return false;
    for (i = 0; i < n; i++) {
        c = plain(parts[i]);
        if (!put(f, utf8proc_category(c) == UTF8PROC_CATEGORY_ZS ? ' ' : c))
            return false;
    }
    return true;
}

bool utf8_fold(const char *text, char *out, size_t size)
{
    struct folded f = { .out = out, .size = size };
    int32_t c;

    if (size == 0)
        return false;
    out[0] = '\0';
    while ((c = utf8_next(&text)) != -1)
        if (!fold_point(&f, c))
            goto refused;
    if (*text != '\0')
        goto refused;
    if (f.kept == 0) {               /* "?" alone is a word, not a final sign */
        if (f.over)
            goto refused;
        f.kept = f.len;
    }
    out[f.kept] = '\0';
    return true;
refused:
    out[0] = '\0';
    return false;
}

size_t utf8_cut(const char *text, size_t points)
{
    const char *at = text, *before;
    utf8proc_int32_t state = 0;
    size_t boundary = 0, count = 0;
    int32_t last = -1, c;

    for (;;) {
        before = at;
        c = utf8_next(&at);
        if (c == -1)
            return (size_t)(before - text);
        if (last != -1 && utf8proc_grapheme_break_stateful(last, c, &state))
            boundary = (size_t)(before - text);
        if (++count > points)
            return boundary;
        last = c;
    }
}
