#include "wire.h"

#include <openssl/evp.h>
#include <string.h>

#include "lisolo/base/utf8.h"

enum { REPLACEMENT = 0xFFFD, DIGITS_MAX = 15 };

static bool escape_unit(struct buf *b, unsigned unit)
{
    return buf_addf(b, "\\u%04x", unit);
}

static bool escape_point(struct buf *b, int32_t point)
{
    if (point < 0x10000)
        return escape_unit(b, (unsigned)point);
    point -= 0x10000;
    return escape_unit(b, 0xD800u + ((unsigned)point >> 10)) && escape_unit(b, 0xDC00u + ((unsigned)point & 0x3FFu));
}

static bool add_point(struct buf *b, int32_t point)
{
    switch (point) {
    case '"':  return buf_adds(b, "\\\"");
    case '\\': return buf_adds(b, "\\\\");
    case '/':  return buf_adds(b, "\\/");
    case '\n': return buf_adds(b, "\\n");
    case '\r': return buf_adds(b, "\\r");
    case '\t': return buf_adds(b, "\\t");
    default:   break;
    }
    if (point < 0x20 || point > 0x7E)
        return escape_point(b, point);
    return buf_addc(b, (char)point);
}

bool wire_string(struct buf *b, const char *text)
{
    if (text == NULL)
        return buf_adds(b, "null");
    buf_addc(b, '"');
    while (*text != '\0') {
        const char *before = text;
        int32_t point = utf8_next(&text);

        if (point < 0) {
            point = REPLACEMENT;
            text = before + 1;
        }
        add_point(b, point);
    }
    return buf_addc(b, '"');
}

void wire_wamid(char out[WIRE_WAMID_SIZE], uint64_t run, uint64_t n, uint64_t to)
{
    unsigned char bytes[24];

    memcpy(bytes, &run, 8);
    memcpy(bytes + 8, &n, 8);
    memcpy(bytes + 16, &to, 8);
    memcpy(out, "wamid.", 6);
    EVP_EncodeBlock((unsigned char *)out + 6, bytes, sizeof bytes);
}

uint64_t wire_hash(const void *data, size_t len, uint64_t seed)
{
    const unsigned char *p = data;
    uint64_t hash = 0xcbf29ce484222325u ^ seed;

    for (size_t i = 0; i < len; i++)
        hash = (hash ^ p[i]) * 0x100000001b3u;
    return hash;
}

uint64_t wire_phone(const char *text)
{
    uint64_t number = 0;
    int digits = 0;

    for (const char *p = text; *p != '\0'; p++) {
        if (*p >= '0' && *p <= '9') {
            if (++digits > DIGITS_MAX)
                return 0;
            number = number * 10 + (uint64_t)(*p - '0');
        } else if (strchr(" -()", *p) == NULL && !(*p == '+' && p == text)) {
            return 0;
        }
    }
    return number;
}
