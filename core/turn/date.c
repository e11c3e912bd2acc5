/*
 * Days as people type them: 27/01/2025, 27.1.25, 2025-01-27, 27 janvier, aujourd'hui, demain. Day before month: nobody
 * whom this host serves writes it the other way round.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/utf8.h"
#include "private.h"

enum { DAY_S = 86400, HOUR_S = 3600, WORDS_MAX = 4 };

struct day { int year, month, day; };

/* What "today" is: hours east of Greenwich, without summer time in any of them. Elsewhere the day is Greenwich's. */
int date_hours_east(const char *country)
{
    static const struct { char country[3]; int hours; } ZONES[] = {
        { "CG", 1 }, { "CD", 1 }, { "GA", 1 }, { "CM", 1 }, { "CF", 1 }, { "TD", 1 }, { "AO", 1 }, { "BJ",
            1 }, { "NE", 1 }, { "NG", 1 },
        { "RW", 2 }, { "BI", 2 }, { "ZA", 2 }, { "KE", 3 }, { "UG", 3 }, { "TZ", 3 },
    };

    for (size_t i = 0; i < sizeof ZONES / sizeof ZONES[0]; i++)
        if (strcmp(ZONES[i].country, country) == 0)
            return ZONES[i].hours;
    return 0;
}

/* Days since 1970-01-01 to a date, after Howard Hinnant's published calendar arithmetic. */
static struct day civil(int64_t days)
{
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365, doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153, month = mp < 10 ? mp + 3 : mp - 9;

    return (struct day){ (int)(yoe + era * 400 + (month <= 2)), (int)month, (int)(doy - (153 * mp + 2) / 5 + 1) };
}

static bool exists(struct day d)
{
    static const int DAYS[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (d.year % 4 == 0 && d.year % 100 != 0) || d.year % 400 == 0;

    return d.year >= 1900 && d.year <= 2100 && d.month >= 1 && d.month <= 12 && d.day >= 1
        && d.day <= DAYS[d.month - 1] + (d.month == 2 && leap);
}

static int month_named(const char *word)
{
    static const char *const MONTHS[] = {
        "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre",
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
    };

    for (size_t i = 0; i < sizeof MONTHS / sizeof MONTHS[0]; i++)
        if (strcmp(MONTHS[i], word) == 0)
            return (int)(i % 12) + 1;
    return 0;
}

/* A year that is not written is this one, or the next when the day is over. */
static void add_year(struct day *d, struct day today)
{
    d->year = today.year;
    if (d->month < today.month || (d->month == today.month && d->day < today.day))
        d->year++;
}

static bool words_to_day(char *words[WORDS_MAX], size_t count, struct day today, struct day *out)
{
    char *end;
    size_t at = count > 0 && strcmp(words[0], "le") == 0;
    long day = at < count ? strtol(words[at], &end, 10) : 0;
    int month = at + 1 < count ? month_named(words[at + 1]) : 0;

    if (month == 0 || day < 1 || day > 31 || (*end != '\0' && strcmp(end, "er") != 0))
        return false;
    *out = (struct day){ 0, month, (int)day };
    if (at + 2 == count) {
        add_year(out, today);
        return true;
    }
    out->year = (int)strtol(words[at + 2], &end, 10);
    return at + 3 == count && *end == '\0';
}

static bool digits_to_day(const char *text, struct day today, struct day *out)
{
    int a = 0, b = 0, c = 0, end = 0;
    char first[2] = "", second[2] = "";

    if (sscanf(text, "%4d%1[-/. ]%2d%1[-/. ]%4d%n", &a, first, &b, second, &c, &end) == 5 && text[end] == '\0'
        && first[0] == second[0]) {
        *out = a > 31 ? (struct day){ a, b, c } : (struct day){ c < 100 ? 2000 + c : c, b, a };
        return true;
    }
    end = 0;
    if (sscanf(text, "%2d%1[-/.]%2d%n", &a, first, &b, &end) == 3 && text[end] == '\0') {
        *out = (struct day){ 0, b, a };
        add_year(out, today);
        return true;
    }
    return false;
}

static bool named_day(const char *word, int *ahead)
{
    static const struct { const char *word; int ahead; } NAMES[] = {
        { "aujourd'hui", 0 }, { "aujourdhui", 0 }, { "demain", 1 }, { "apres-demain", 2 }, { "apres demain", 2 },
        { "today", 0 }, { "tomorrow", 1 }, { "hier", -1 }, { "yesterday", -1 },
    };

    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (strcmp(NAMES[i].word, word) != 0)
            continue;
        *ahead = NAMES[i].ahead;
        return true;
    }
    return false;
}

bool date_read(const char *text, int64_t now_ms, const char *country, char out[11])
{
    int64_t today_days = (now_ms / 1000 + (int64_t)date_hours_east(country) * HOUR_S) / DAY_S;
    struct day today = civil(today_days), d = { 0 };
    char word[128], *words[WORDS_MAX], *rest = word, *next;
    size_t count = 0;
    int ahead;

    if (!utf8_fold(text, word, sizeof word))
        return false;
    if (named_day(word, &ahead)) {
        d = civil(today_days + ahead);
    } else if (!digits_to_day(word, today, &d)) {
        while (count < WORDS_MAX && (next = strsep(&rest, " ")) != NULL)
            words[count++] = next;
        if (rest != NULL || !words_to_day(words, count, today, &d))
            return false;
    }
    if (!exists(d))
        return false;
    (void)snprintf(out, 11, "%04d-%02d-%02d", d.year % 10000, d.month % 100, d.day % 100);
    return true;
}
