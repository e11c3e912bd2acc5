/*
 * A webhook is read whole or not at all, and one POST may hold a thousand people's messages. The two escapes that our JSON
 * reader refuses, \u0000 and half a surrogate pair, can come from anybody's keyboard: one such character must not park
 * the other 999. So they become U+FFFD and the body is read again. The signature was verified over the bytes as they came.
 */
#include <stdlib.h>
#include <string.h>

#include "private.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The value of "\uXXXX" at `at`, or -1. */
static int escape_value(const char *at, const char *end)
{
    int value = 0;

    if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
        return -1;
    for (int i = 2; i < 6; i++) {
        int digit = hex_value(at[i]);

        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

static bool is_high(int value) { return value >= 0xD800 && value <= 0xDBFF; }
static bool is_low(int value) { return value >= 0xDC00 && value <= 0xDFFF; }

char *wa_mend_escapes(const char *body, size_t len, bool *no_memory)
{
    char *copy = malloc(len + 1);
    char *at, *end;
    size_t mended = 0;

    *no_memory = copy == NULL;
    if (copy == NULL)
        return NULL;
    memcpy(copy, body, len);
    copy[len] = '\0';
    end = copy + len;
    for (at = memchr(copy, '\\', len); at != NULL; at = memchr(at, '\\', (size_t)(end - at))) {
        int value = escape_value(at, end);

        if (value < 0) {
            at += end - at >= 2 ? 2 : 1;       /* another escape, "\\" among them */
        } else if (is_high(value) && is_low(escape_value(at + 6, end))) {
            at += 12;
        } else {
            if (value == 0 || is_high(value) || is_low(value)) {
                memcpy(at, "\\ufffd", 6);
                mended++;
            }
            at += 6;
        }
    }
    if (mended == 0) {
        free(copy);
        return NULL;
    }
    return copy;
}
