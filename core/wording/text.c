/*
 * Text as it may be shown: what people and the backend typed, without what could break a message.
 */
#include "format.h"

#include <assert.h>
#include <string.h>

#include "lisolo/base/utf8.h"

/* Bidirectional controls could show a reference backwards; the byte order mark and line separators are no letters. */
static bool is_hidden(int32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) ||
           c == 0x200E || c == 0x200F || c == 0xFEFF || c == 0xFFFE;
}

/* Looks at bytes only: every character of is_hidden(), a line end or a separator begins with one of these. */
bool text_is_clean(const char *text)
{
    for (const unsigned char *s = (const unsigned char *)text; *s != '\0'; s++) {
        if (*s < 0x20 || *s == 0x7F)
            return false;
        if (*s < 0xC2)
            continue;
        if ((*s == 0xC2 && s[1] < 0xA0) || *s == 0xEF)
            return false;
        if (*s == 0xE2 && (s[1] == 0x80 || s[1] == 0x81))
            return false;
    }
    return true;
}

bool text_clean(const char *text, struct buf *out)
{
    const char *at = text;
    int ends = 0;

    for (const char *from = at; *at != '\0'; from = at) {
        int32_t c = utf8_next(&at);

        if (c < 0)
            break;   /* not UTF-8: json_parse() refuses it, so this is a value of our own gone wrong; end rather than send it */
        if (c == '\n' || c == 0x2028 || c == 0x2029) {
            ends++;
            if (ends <= 2)
                buf_addc(out, '\n');
            continue;
        }
        if (c == '\t') {
            buf_addc(out, ' ');
            continue;
        }
        if (is_hidden(c))
            continue;
        ends = 0;
        buf_add(out, from, (size_t)(at - from));
    }
    return buf_ok(out);
}

void text_one_line(struct buf *b, size_t from_byte)
{
    char *text = b->data + from_byte, *to = text;

    if (!buf_ok(b) || b->data == NULL)
        return;
    for (const char *from = text; *from != '\0'; from++) {
        bool space = *from == ' ' || *from == '\n' || *from == '\t' || *from == '\r';

        if (!space)
            *to++ = *from;
        else if (to > text && to[-1] != ' ')
            *to++ = ' ';
    }
    if (to > text && to[-1] == ' ')
        to--;
    *to = '\0';
    b->len = from_byte + (size_t)(to - text);
}

size_t text_measure(const char *text)
{
    return utf8_units(text);
}

bool text_shorten(struct buf *b, size_t from, size_t max)
{
    size_t points = max - 1, bytes;
    char *text = b->data + from, kept;

    assert(max >= 2);
    if (!buf_ok(b) || b->len - from <= max || text_measure(text) <= max)   /* a character is at least one byte */
        return buf_ok(b);
    for (;;) {
        bytes = utf8_cut(text, points);
        kept = text[bytes];
        text[bytes] = '\0';
        if (text_measure(text) <= max - 1)
            break;
        text[bytes] = kept;
        points--;
    }
    while (bytes > 0 && (text[bytes - 1] == ' ' || text[bytes - 1] == '\n'))
        bytes--;
    text[bytes] = '\0';
    b->len = from + bytes;
    return buf_adds(b, "…");
}
