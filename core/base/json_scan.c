#include "json_scan.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/json.h"
#include "utf8_sequence.h"

enum {
    EXACT_DIGITS = 15,       /* every integer of 15 digits is below 2^53; some of 16 are not */
    NUMBER_BYTES_MAX = 63,   /* cJSON 1.7.15, parse_number(): copies into char[64] and misreads what is longer */
};

struct scan {
    const unsigned char *start, *at, *end;
    const char          *wrong;      /* what, when a step returned false */
    size_t               long_integers;
};

static bool wrong(struct scan *s, const char *what)
{
    s->wrong = what;
    return false;
}

static void skip_space(struct scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\n' || *s->at == '\r' || *s->at == '\t'))
        s->at++;
}

static bool is_digit(const struct scan *s)
{
    return s->at < s->end && *s->at >= '0' && *s->at <= '9';
}

static size_t digits(struct scan *s)
{
    const unsigned char *from = s->at;

    while (is_digit(s))
        s->at++;
    return (size_t)(s->at - from);
}

static bool scan_number(struct scan *s)
{
    const unsigned char *from = s->at, *integer;
    size_t whole;
    bool exact = true;

    if (*s->at == '-')
        s->at++;
    integer = s->at;
    whole = digits(s);
    if (whole == 0 || (whole > 1 && *integer == '0'))
        return wrong(s, "not a number that JSON knows");
    if (s->at < s->end && *s->at == '.') {
        s->at++;
        exact = false;
        if (digits(s) == 0)
            return wrong(s, "not a number that JSON knows");
    }
    if (s->at < s->end && (*s->at == 'e' || *s->at == 'E')) {
        s->at++;
        exact = false;
        if (s->at < s->end && (*s->at == '+' || *s->at == '-'))
            s->at++;
        if (digits(s) == 0)
            return wrong(s, "not a number that JSON knows");
    }
    if (exact && whole > EXACT_DIGITS)
        s->long_integers++;
    else if (s->at - from > NUMBER_BYTES_MAX)
        return wrong(s, "number too long");
    return true;
}

/* The four digits after \u, or -1. */
static int32_t hex4(const struct scan *s, const unsigned char *p)
{
    int32_t value = 0;
    int i;

    if (s->end - p < 4)
        return -1;
    for (i = 0; i < 4; i++) {
        if (p[i] >= '0' && p[i] <= '9')
            value = value << 4 | (p[i] - '0');
        else if ((p[i] | 0x20) >= 'a' && (p[i] | 0x20) <= 'f')
            value = value << 4 | ((p[i] | 0x20) - 'a' + 10);
        else
            return -1;
    }
    return value;
}

/* At the backslash. */
static bool scan_escape(struct scan *s)
{
    int32_t unit, low;

    if (s->end - s->at < 2)
        return wrong(s, "unfinished string");
    if (s->at[1] != 'u') {
        if (s->at[1] == '\0' || strchr("\"\\/bfnrt", s->at[1]) == NULL)
            return wrong(s, "unknown escape in a string");
        s->at += 2;
        return true;
    }
    unit = hex4(s, s->at + 2);
    if (unit < 0)
        return wrong(s, "unknown escape in a string");
    if (unit == 0)
        return wrong(s, "\\u0000 in a string");
    if (unit >= 0xDC00 && unit <= 0xDFFF)
        return wrong(s, "half a surrogate pair");
    if (unit >= 0xD800 && unit <= 0xDBFF) {
        if (s->end - s->at < 12 || s->at[6] != '\\' || s->at[7] != 'u')
            return wrong(s, "half a surrogate pair");
        low = hex4(s, s->at + 8);
        if (low < 0xDC00 || low > 0xDFFF)
            return wrong(s, "half a surrogate pair");
        s->at += 6;
    }
    s->at += 6;
    return true;
}

/* Is any of the eight bytes a quote, a backslash, a control character or part of something longer than ASCII? */
static bool is_special(uint64_t eight)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = UINT64_C(0x8080808080808080);
    uint64_t quote = eight ^ ones * '"', slash = eight ^ ones * '\\';

    return (((quote - ones) & ~quote) | ((slash - ones) & ~slash) | (eight - ones * 0x20) | eight) & high;
}

/* At the quote. */
static bool scan_string(struct scan *s)
{
    uint64_t eight;
    size_t n;

    s->at++;
    while (s->at < s->end) {
        while (s->end - s->at >= (ptrdiff_t)sizeof eight) {
            memcpy(&eight, s->at, sizeof eight);
            if (is_special(eight))
                break;
            s->at += sizeof eight;
        }
        while (s->at < s->end && *s->at >= 0x20 && *s->at < 0x80 && *s->at != '"' && *s->at != '\\')
            s->at++;
        if (s->at == s->end)
            break;
        if (*s->at == '"') {
            s->at++;
            return true;
        }
        if (*s->at == '\\') {
            if (!scan_escape(s))
                return false;
        } else if (*s->at < 0x20) {
            return wrong(s, "control character in a string");
        } else {
            n = utf8_sequence(s->at, (size_t)(s->end - s->at));
            if (n == 0)
                return wrong(s, "not UTF-8");
            s->at += n;
        }
    }
    return wrong(s, "unfinished string");
}

static bool scan_word(struct scan *s, const char *word, size_t len)
{
    if ((size_t)(s->end - s->at) < len || memcmp(s->at, word, len) != 0)
        return wrong(s, "not a value");
    s->at += len;
    return true;
}

static bool scan_value(struct scan *s, int depth);

/* At [ or {. */
static bool scan_container(struct scan *s, int depth)
{
    bool object = *s->at == '{';
    unsigned char close = object ? '}' : ']';

    if (depth == JSON_DEPTH_MAX)
        return wrong(s, "more levels than are allowed");
    s->at++;
    skip_space(s);
    if (s->at < s->end && *s->at == close) {
        s->at++;
        return true;
    }
    for (;;) {
        if (object) {
            skip_space(s);
            if (s->at == s->end || *s->at != '"')
                return wrong(s, "a key in quotes is missing");
            if (!scan_string(s))
                return false;
            skip_space(s);
            if (s->at == s->end || *s->at != ':')
                return wrong(s, "\":\" is missing");
            s->at++;
        }
        if (!scan_value(s, depth + 1))
            return false;
        skip_space(s);
        if (s->at < s->end && *s->at == close) {
            s->at++;
            return true;
        }
        if (s->at == s->end || *s->at != ',')
            return wrong(s, object ? "\",\" or \"}\" is missing" : "\",\" or \"]\" is missing");
        s->at++;
    }
}

static bool scan_value(struct scan *s, int depth)
{
    skip_space(s);
    if (s->at == s->end)
        return wrong(s, "a value is missing");
    switch (*s->at) {
    case '{': case '[':
        return scan_container(s, depth);
    case '"':
        return scan_string(s);
    case 't':
        return scan_word(s, "true", 4);
    case 'f':
        return scan_word(s, "false", 5);
    case 'n':
        return scan_word(s, "null", 4);
    case '-': case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
        return scan_number(s);
    default:
        return wrong(s, "not a value");
    }
}

bool json_scan(const char *text, size_t len, size_t *long_integers, struct error *err)
{
    const unsigned char *start = (const unsigned char *)text;
    struct scan s = { .start = start, .at = start, .end = start + len };
    bool ok = scan_value(&s, 0);

    if (ok) {
        skip_space(&s);
        if (s.at != s.end)
            ok = wrong(&s, "text after the end");
    }
    if (!ok)
        return error_set(err, "json: byte %zu: %s", (size_t)(s.at - s.start) + 1, s.wrong);
    *long_integers = s.long_integers;
    return true;
}

/* Past the string that starts at `p`, which json_scan() has found sound. */
static const char *past_string(const char *p)
{
    for (p++; *p != '"'; p++)
        if (*p == '\\')
            p++;
    return p + 1;
}

char *json_quote_long_integers(const char *text, size_t len, size_t long_integers, size_t *out_len)
{
    const char *p = text, *end = text + len, *from;
    char *copy = malloc(len + 2 * long_integers), *to = copy;
    size_t whole;
    bool quote;

    if (copy == NULL)
        return NULL;
    while (p < end) {
        from = p;
        quote = false;
        if (*p == '"') {
            p = past_string(p);
        } else if (*p == '-' || (*p >= '0' && *p <= '9')) {
            p += *p == '-' ? 1 : 0;
            whole = 0;
            for (; p < end && *p >= '0' && *p <= '9'; p++)
                whole++;
            quote = whole > EXACT_DIGITS && (p == end || (*p != '.' && *p != 'e' && *p != 'E'));
            while (p < end && *p != '\0' && strchr("0123456789.eE+-", *p) != NULL)
                p++;
        } else {
            p++;
        }
        if (quote)
            *to++ = '"';
        memcpy(to, from, (size_t)(p - from));
        to += p - from;
        if (quote)
            *to++ = '"';
    }
    *out_len = (size_t)(to - copy);
    return copy;
}
