/*
 * Our own printer: cJSON 1.7.15 prints 2^53 as 9.00719925474099e+15 (it compares with a tolerance), walks
 * the text of a string twice, and grows its buffer for each token.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/buf.h"
#include "lisolo/base/json.h"
#include "utf8_sequence.h"

enum { PRINT_DEPTH_MAX = 4 * JSON_DEPTH_MAX };   /* trees built in memory; a deeper one is a loop */

/* The way of nearly every token: there is room, and the NUL comes at the end. */
static inline void put(struct buf *out, const char *bytes, size_t len)
{
    if (len < out->cap - out->len && !out->failed) {
        memcpy(out->data + out->len, bytes, len);
        out->len += len;
    } else {
        buf_add(out, bytes, len);
    }
}

static inline void put_char(struct buf *out, char c)
{
    put(out, &c, 1);
}

static void print_integer(struct buf *out, int64_t number)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t n = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n != 0);
    if (number < 0)
        digits[--at] = '-';
    put(out, digits + at, sizeof digits - at);
}

static void print_number(struct buf *out, double number)
{
    const double exact_max = (double)(INT64_C(1) << 53);
    char text[40];
    int precision;

    if (!isfinite(number)) {             /* JSON has no word for it */
        put(out, "null", 4);
    } else if (fabs(number) <= exact_max && number == floor(number)) {
        print_integer(out, (int64_t)number);
    } else {
        for (precision = 15; precision <= 17; precision++) {
            (void)snprintf(text, sizeof text, "%.*g", precision, number);
            if (strtod(text, NULL) == number)
                break;
        }
        buf_adds(out, text);
    }
}

static void print_escape(struct buf *out, unsigned char c)
{
    switch (c) {
    case '"':  put(out, "\\\"", 2); break;
    case '\\': put(out, "\\\\", 2); break;
    case '\n': put(out, "\\n", 2); break;
    case '\r': put(out, "\\r", 2); break;
    case '\t': put(out, "\\t", 2); break;
    default:   buf_addf(out, "\\u%04x", c); break;
    }
}

/* What stands for itself in a string: printable ASCII but for the quote and the backslash. */
static const bool plain[256] = {
    [0x20 ... 0x21] = true, [0x23 ... 0x5B] = true, [0x5D ... 0x7F] = true,
};

/* Bytes that are not UTF-8 become U+FFFD: what we write can always be read. */
static void print_string(struct buf *out, const char *text)
{
    const unsigned char *p = (const unsigned char *)(text == NULL ? "" : text), *run = p;
    size_t n;

    put_char(out, '"');
    for (;;) {
        while (plain[*p])
            p++;
        if (*p == '\0')
            break;
        n = *p < 0x80 ? 0 : utf8_sequence(p, 4);
        if (n > 0) {
            p += n;
            continue;
        }
        put(out, (const char *)run, (size_t)(p - run));
        if (*p < 0x80)
            print_escape(out, *p);
        else
            put(out, "\xEF\xBF\xBD", 3);
        run = ++p;
    }
    put(out, (const char *)run, (size_t)(p - run));
    put_char(out, '"');
}

static void print_value(struct buf *out, const cJSON *tree, int depth);

static void print_container(struct buf *out, const cJSON *tree, const char *brackets, int depth)
{
    const cJSON *item;

    if (depth == PRINT_DEPTH_MAX) {
        out->failed = true;
        return;
    }
    put_char(out, brackets[0]);
    cJSON_ArrayForEach(item, tree) {
        if (item != tree->child)
            put_char(out, ',');
        if (brackets[0] == '{') {
            print_string(out, item->string);
            put_char(out, ':');
        }
        print_value(out, item, depth + 1);
    }
    put_char(out, brackets[1]);
}

static void print_value(struct buf *out, const cJSON *tree, int depth)
{
    switch (tree == NULL ? cJSON_NULL : tree->type & 0xFF) {
    case cJSON_String: print_string(out, tree->valuestring); break;
    case cJSON_Number: print_number(out, tree->valuedouble); break;
    case cJSON_True:   put(out, "true", 4); break;
    case cJSON_False:  put(out, "false", 5); break;
    case cJSON_Raw:    buf_adds(out, tree->valuestring == NULL ? "null" : tree->valuestring); break;
    case cJSON_Object: print_container(out, tree, "{}", depth); break;
    case cJSON_Array:  print_container(out, tree, "[]", depth); break;
    default:           put(out, "null", 4); break;
    }
}

char *json_print(const cJSON *tree, size_t *len)
{
    struct buf out;
    char *text;

    buf_init(&out, SIZE_MAX - 1);
    print_value(&out, tree, 0);
    text = buf_take(&out, len);
    buf_free(&out);
    return text;
}
