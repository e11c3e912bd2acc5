/*
 * Amounts as people and backends write them: "2 500 FCFA", "5.000", "2500.00", "FCFA 8,000".
 *
 * One clear amount of whole francs, or none: "10 a 20", "4500,50", "-50", "Ei102" are refused (toktok.md §6, B-13),
 * because a wrong amount is worse than one more question.
 */
#include "format.h"

#include <math.h>
#include <string.h>

#include "lisolo/base/utf8.h"
#include "lisolo/wording.h"

enum { AMOUNT_DIGITS_MAX = 15, PLAIN_MAX = 64 };

static bool is_space(int32_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == 0xA0 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F ||
           c == 0x3000;
}

/* Lower-case ASCII with one kind of space, trimmed, final punctuation off. False: holds anything else, or is too long. */
static bool plain(const char *text, char out[PLAIN_MAX])
{
    const char *at = text;
    size_t len = 0;

    while (*at != '\0') {
        int32_t c = utf8_next(&at);

        if (is_space(c)) {
            if (len == 0 || out[len - 1] == ' ')
                continue;
            c = ' ';
        }
        if (c < 0x20 || c > 0x7E || len + 1 >= PLAIN_MAX)
            return false;
        out[len++] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    }
    while (len > 0 && strchr(" .!?", out[len - 1]) != NULL)
        len--;
    out[len] = '\0';
    return len > 0;
}

/* After the figures, and before them in English. */
static bool is_currency(const char *text, size_t len)
{
    static const char *const WORDS[] = { "fcfa", "f cfa", "f.cfa", "cfa", "xaf", "f", "fr", "frs", "franc", "francs",
                                         "franc cfa", "francs cfa" };

    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strlen(WORDS[i]) == len && memcmp(WORDS[i], text, len) == 0)
            return true;
    return len == 0;
}

static size_t digit_run(const char *text)
{
    return strspn(text, "0123456789");
}

static bool all_zeros(const char *text, size_t len)
{
    return strspn(text, "0") >= len;
}

/*
 * "12 345 678", "12.345", "2500.00": groups of exactly three behind one separator, then at most two cents that are zero.
 * Moves *at behind the figures.
 */
static bool read_figures(const char **at, int64_t *out)
{
    const char *s = *at;
    size_t run = digit_run(s), digits = run;
    char separator = '\0';
    int64_t amount = 0;

    if (run == 0 || (run > 1 && *s == '0'))   /* "06 612 34 56" is a telephone number */
        return false;
    for (size_t i = 0; i < run; i++)
        amount = digits > AMOUNT_DIGITS_MAX ? 0 : amount * 10 + (s[i] - '0');
    s += run;
    while (*s != '\0' && strchr(" .,'", *s) != NULL && digit_run(s + 1) == 3 &&
           (separator == '\0' ? run <= 3 : *s == separator)) {
        separator = *s;
        for (size_t i = 1; i <= 3; i++)
            amount = digits > AMOUNT_DIGITS_MAX ? 0 : amount * 10 + (s[i] - '0');
        digits += 3;
        s += 4;
    }
    if ((*s == '.' || *s == ',') && *s != separator && digit_run(s + 1) > 0) {
        run = digit_run(s + 1);
        if (run > 2 || !all_zeros(s + 1, run))
            return false;
        s += 1 + run;
    }
    *at = s;
    *out = amount;
    return digits <= AMOUNT_DIGITS_MAX;
}

bool amount_read(const char *text, int64_t *out)
{
    char buffer[PLAIN_MAX];
    const char *at = buffer;
    size_t before;

    if (!plain(text, buffer))
        return false;
    before = strcspn(at, "0123456789");
    if (before > 0) {
        size_t word = at[before - 1] == ' ' ? before - 1 : before;

        if (!is_currency(at, word))
            return false;
        at += before;
    }
    if (!read_figures(&at, out))
        return false;
    if (*at == ' ')
        at++;
    return is_currency(at, strlen(at)) && (before == 0 || *at == '\0');
}

bool wording_read_amount(const cJSON *value, int64_t *out)
{
    if (cJSON_IsString(value))
        return amount_read(value->valuestring, out);
    if (!cJSON_IsNumber(value) || value->valuedouble != floor(value->valuedouble) || fabs(value->valuedouble) > 9e15)
        return false;
    *out = (int64_t)value->valuedouble;
    return true;
}
