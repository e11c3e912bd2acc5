#include "lisolo/base/phone.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <utf8proc.h>

#include "lisolo/base/utf8.h"

enum {
    DIGITS_MAX = 15,      /* E.164 */
    DIGITS_MIN = 7,       /* the shortest numbers that countries give out, country code included */
    TYPED_MAX = 24,       /* 00, country code, (0) and a number */
    SHAPES_MAX = 4,
};

/* Numbers that begin with one of the digits pairs in `leads` and have `digits` digits after the country code. */
struct shape {
    const char *leads;    /* separated by spaces */
    size_t      digits;
    const char *groups;   /* how many digits stand together, as people there write it */
};

struct plan {
    const char  *country;
    const char  *code;
    const char  *trunk;   /* dialled at home only and no part of the number; "" when there is none */
    struct shape shapes[SHAPES_MAX];
};

/*
 * From the countries' numbering plans. Congo and Côte d'Ivoire keep the leading 0 in the international
 * form too; Gabon drops it since its change of 2019.
 */
static const struct plan plans[] = {
    { "CG", "242", "",  { { "04 05 06 07 22", 9, "2322" } } },
    { "CD", "243", "0", { { "8 9", 9, "333" }, { "1 2 3 4 5 6", 7, "223" }, { "1 2 3 4 5 6", 9, "333" } } },
    { "GA", "241", "0", { { "11 6 7", 8, "2222" } } },
    { "CM", "237", "",  { { "2 6", 9, "12222" } } },
    { "CF", "236", "",  { { "2 7", 8, "2222" } } },
    { "TD", "235", "",  { { "2 3 6 7 9", 8, "2222" } } },
    { "AO", "244", "",  { { "2 9", 9, "333" } } },
    { "SN", "221", "",  { { "3 7", 9, "2322" } } },
    { "CI", "225", "",  { { "01 05 07 21 25 27", 10, "22222" } } },
    { "FR", "33",  "0", { { "1 2 3 4 5 6 7 8 9", 9, "12222" } } },
    { "BE", "32",  "0", { { "45 46 47 48 49", 9, "3222" }, { "2 3 4 9", 8, "1322" }, { "1 5 6 7 8", 8, "2222" } } },
};

enum { PLANS = sizeof plans / sizeof plans[0] };

static const struct plan *plan_of(const char *country)
{
    size_t i;

    for (i = 0; country != NULL && i < PLANS; i++)
        if (strcasecmp(plans[i].country, country) == 0)
            return &plans[i];
    return NULL;
}

/* No code of the table begins another one. */
static const struct plan *plan_by_code(const char *digits)
{
    size_t i;

    for (i = 0; i < PLANS; i++)
        if (strncmp(digits, plans[i].code, strlen(plans[i].code)) == 0)
            return &plans[i];
    return NULL;
}

static bool has_lead(const char *leads, const char *number)
{
    size_t len;

    for (;;) {
        len = strcspn(leads, " ");
        if (strncmp(number, leads, len) == 0)
            return true;
        if (leads[len] == '\0')
            return false;
        leads += len + 1;
    }
}

static const struct shape *shape_of(const struct plan *plan, const char *number)
{
    size_t digits = strlen(number), i;

    for (i = 0; i < SHAPES_MAX && plan->shapes[i].leads != NULL; i++)
        if (plan->shapes[i].digits == digits && has_lead(plan->shapes[i].leads, number))
            return &plan->shapes[i];
    return NULL;
}

/* The number without what is only dialled; NULL when the plan does not have it. */
static const char *within(const struct plan *plan, const char *number)
{
    size_t trunk = strlen(plan->trunk);

    if (shape_of(plan, number) != NULL)
        return number;
    if (trunk > 0 && strncmp(number, plan->trunk, trunk) == 0 && shape_of(plan, number + trunk) != NULL)
        return number + trunk;
    return NULL;
}

/* Digits of every script stand in runs of ten from their zero (Unicode 15, §4.6); runs may touch each other. */
static int digit_value(int32_t point)
{
    int32_t first = point;

    if (utf8proc_category(point) != UTF8PROC_CATEGORY_ND)
        return -1;
    while (first > 0 && utf8proc_category(first - 1) == UTF8PROC_CATEGORY_ND)
        first--;
    return (point - first) % 10;
}

static bool separates(int32_t point)
{
    if (point < 0x80)
        return point != 0 && strchr(" \t\r\n.-/()", (int)point) != NULL;
    switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_CF:      /* copied contacts carry invisible direction marks */
        return true;
    default:
        return point == 0x2212 || point == 0xB7;
    }
}

/* What was typed as plain digits; *plus when + or 00 stood before them. */
static bool read_digits(const char *text, char digits[TYPED_MAX + 1], bool *plus)
{
    size_t n = 0;
    int32_t point;
    int value;

    *plus = false;
    while ((point = utf8_next(&text)) != -1) {
        value = digit_value(point);
        if (value >= 0) {
            if (n == TYPED_MAX)
                return false;
            digits[n++] = (char)('0' + value);
        } else if ((point == '+' || point == 0xFF0B) && n == 0 && !*plus) {
            *plus = true;
        } else if (!separates(point)) {
            return false;
        }
    }
    digits[n] = '\0';
    if (*text != '\0')
        return false;
    if (!*plus && n > 2 && digits[0] == '0' && digits[1] == '0') {
        memmove(digits, digits + 2, n - 1);
        *plus = true;
    }
    return true;
}

static bool write_e164(char out[PHONE_MAX], const char *code, const char *number)
{
    int n = snprintf(out, PHONE_MAX, "+%s%s", code, number);

    return n > DIGITS_MIN && n <= DIGITS_MAX + 1;
}

static bool international(const char *digits, char out[PHONE_MAX])
{
    const struct plan *plan = plan_by_code(digits);
    const char *number;

    if (plan == NULL)
        return digits[0] != '0' && write_e164(out, "", digits);
    number = within(plan, digits + strlen(plan->code));
    return number != NULL && write_e164(out, plan->code, number);
}

bool phone_parse(const char *text, const char *country, char out[PHONE_MAX])
{
    const struct plan *plan = plan_of(country);
    char digits[TYPED_MAX + 1];
    const char *number;
    bool plus, ok = false;

    if (!read_digits(text, digits, &plus))
        goto out;
    if (plus) {
        ok = international(digits, out);
        goto out;
    }
    if (plan == NULL)
        goto out;
    number = within(plan, digits);
    /* "242061234567": the form that WhatsApp gives, without its + */
    if (number == NULL && strncmp(digits, plan->code, strlen(plan->code)) == 0)
        number = within(plan, digits + strlen(plan->code));
    ok = number != NULL && write_e164(out, plan->code, number);
out:
    if (!ok)
        out[0] = '\0';
    return ok;
}

void phone_show(const char *e164, char *out, size_t size)
{
    const struct plan *plan = e164[0] == '+' ? plan_by_code(e164 + 1) : NULL;
    const struct shape *shape = NULL;
    const char *number = NULL, *group;
    size_t used;
    int n;

    if (plan != NULL) {
        number = e164 + 1 + strlen(plan->code);
        shape = shape_of(plan, number);
    }
    if (shape == NULL) {
        (void)snprintf(out, size, "%s", e164);
        return;
    }
    n = snprintf(out, size, "+%s", plan->code);
    used = n < 0 ? 0 : (size_t)n;
    for (group = shape->groups; *group != '\0' && used < size; group++) {
        n = snprintf(out + used, size - used, "\xC2\xA0%.*s", *group - '0', number);
        used += n < 0 ? 0 : (size_t)n;
        number += *group - '0';
    }
}

bool phone_country_known(const char *country)
{
    return plan_of(country) != NULL;
}
