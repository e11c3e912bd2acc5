/*
 * utf8_sequence - how long the UTF-8 sequence at `p` is, for those who walk bytes (json, log, utf8).
 */
#ifndef CORE_BASE_UTF8_SEQUENCE_H
#define CORE_BASE_UTF8_SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>

static inline bool utf8_continues(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/*
 * 1 to 4, or 0 when it is not UTF-8 (overlong forms, surrogates and what lies over U+10FFFF included:
 * Unicode 15, table 3-7). Looks at a byte only when the one before it was right, so in NUL-terminated
 * text `left` may be 4 always.
 */
static inline size_t utf8_sequence(const unsigned char *p, size_t left)
{
    unsigned char low = 0x80, high = 0xBF;
    size_t n, i;

    if (left == 0)
        return 0;
    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xC2 || p[0] > 0xF4)
        return 0;
    n = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    if (left < n)
        return 0;
    switch (p[0]) {
    case 0xE0: low = 0xA0; break;
    case 0xED: high = 0x9F; break;
    case 0xF0: low = 0x90; break;
    case 0xF4: high = 0x8F; break;
    default: break;
    }
    if (p[1] < low || p[1] > high)
        return 0;
    for (i = 2; i < n; i++)
        if (!utf8_continues(p[i]))
            return 0;
    return n;
}

#endif
