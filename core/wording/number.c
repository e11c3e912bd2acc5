/*
 * Numbers in digits. cJSON holds doubles, so whole numbers are exact up to 2^53 (nine million billion francs).
 */
#include "format.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NO_BREAK "\u00A0"

enum { DECIMALS_MOST = 3 };   /* CLDR's default */

static void add_grouped(const char *digits, size_t len, const char *separator, struct buf *out)
{
    size_t first = len % 3 == 0 ? 3 : len % 3;

    if (len < first)
        first = len;
    buf_add(out, digits, first);
    for (size_t i = first; i < len; i += 3) {
        buf_adds(out, separator);
        buf_add(out, digits + i, 3);
    }
}

/* Digits before the point of an absolute value; snprintf on doubles costs six times as much (measured). */
static size_t whole_digits(double n, char out[24])
{
    uint64_t left = (uint64_t)n;
    char reversed[24];
    size_t len = 0;

    do
        reversed[len++] = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    for (size_t i = 0; i < len; i++)
        out[i] = reversed[len - 1 - i];
    return len;
}

static bool print_absolute(const struct language_facts *facts, double n, int decimals, struct buf *out)
{
    char text[64] = "";
    char *point;
    size_t len;

    if (n == floor(n) && decimals <= 0) {
        len = whole_digits(n, text);
        add_grouped(text, len, facts->group, out);
        return buf_ok(out);
    }
    len = (size_t)snprintf(text, sizeof text, "%.*f", decimals < 0 ? DECIMALS_MOST : decimals, n);
    point = strchr(text, '.');
    if (decimals < 0) {
        while (len > 0 && text[len - 1] == '0')
            text[--len] = '\0';
        if (len > 0 && text[len - 1] == '.')
            text[--len] = '\0', point = NULL;
    }
    add_grouped(text, point == NULL ? len : (size_t)(point - text), facts->group, out);
    if (point != NULL) {
        buf_adds(out, facts->decimal);
        buf_adds(out, point + 1);
    }
    return buf_ok(out);
}

static bool is_negative(double number, int decimals)
{
    return number < 0 && fabs(number) >= 0.5 * pow(10, -(decimals < 0 ? DECIMALS_MOST : decimals));
}

bool number_print(enum language l, double number, int decimals, struct buf *out)
{
    if (is_negative(number, decimals))
        buf_addc(out, '-');
    return print_absolute(language_facts(l), fabs(number), decimals, out);
}

/* XAF has no cents: CLDR shows whole francs, halves to even. */
bool fcfa_print(enum language l, double amount, struct buf *out)
{
    const struct language_facts *facts = language_facts(l);
    double francs = nearbyint(amount);

    if (francs < 0)
        buf_addc(out, '-');
    if (facts->currency_first)
        buf_adds(out, "FCFA" NO_BREAK);
    print_absolute(facts, fabs(francs), 0, out);
    if (!facts->currency_first)
        buf_adds(out, NO_BREAK "FCFA");
    return buf_ok(out);
}

bool number_read(const char *text, double *out)
{
    const char *at = text + (*text == '-');
    size_t digits = strspn(at, "0123456789");
    double number;

    if (digits == 0 || digits > 15)
        return false;
    at += digits;
    if (*at == '.') {
        digits = strspn(at + 1, "0123456789");
        if (digits == 0 || digits > 15)
            return false;
        at += 1 + digits;
    }
    if (*at != '\0')
        return false;
    number = strtod(text, NULL);
    *out = number;
    return true;
}
