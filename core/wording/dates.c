/*
 * Dates and times: ISO 8601 text or Unix seconds, shown on the clock of the deployment's country.
 *
 * Text without a zone ("2025-01-27", "09:02") is somebody's local time already and stays as it is.
 */
#include "format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct moment {
    bool has_date, has_time;
    int  year, month, day;      /* month and day from 1 */
    int  hour, minute;
    int  weekday;               /* 0 = Sunday */
};

/* Countries that have one clock all year, in hours from UTC (IANA). Elsewhere a moment is shown as it was written. */
static const struct { char country[3]; int hours; } CLOCKS[] = {
    { "AO", 1 }, { "BF", 0 }, { "BI", 2 }, { "BJ", 1 }, { "CF", 1 }, { "CG", 1 }, { "CI", 0 }, { "CM", 1 }, { "GA", 1 },
    { "GN", 0 }, { "GQ", 1 }, { "KE", 3 }, { "ML", 0 }, { "NE", 1 }, { "NG", 1 }, { "RW", 2 }, { "SN", 0 }, { "TD", 1 },
    { "TG", 0 }, { "TZ", 3 }, { "UG", 3 }, { "ZM", 2 },
};

static bool clock_of(const char *country, int *hours)
{
    for (size_t i = 0; country != NULL && i < sizeof CLOCKS / sizeof *CLOCKS; i++)
        if (strcmp(CLOCKS[i].country, country) == 0) {
            *hours = CLOCKS[i].hours;
            return true;
        }
    return false;
}

/* Days since 1970-01-01 of the proleptic Gregorian calendar; years are counted from March, so that leap days come last. */
static int64_t days_from_date(int64_t y, int m, int d)
{
    int64_t era, of_era, of_year;

    y -= m <= 2;
    era = (y >= 0 ? y : y - 399) / 400;
    of_era = y - era * 400;
    of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void date_from_days(int64_t days, struct moment *out)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t of_era = z - era * 146097;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t m = (5 * of_year + 2) / 153;

    out->day = (int)(of_year - (153 * m + 2) / 5 + 1);
    out->month = (int)(m < 10 ? m + 3 : m - 9);
    out->year = (int)(year_of_era + era * 400 + (out->month <= 2));
}

static int weekday(int64_t days)
{
    return (int)(((days + 4) % 7 + 7) % 7);   /* 1970-01-01 was a Thursday */
}

static void from_seconds(int64_t s, struct moment *out)
{
    int64_t days = s / 86400 - (s % 86400 < 0);
    int64_t of_day = s - days * 86400;

    *out = (struct moment){
        .has_date = true, .has_time = true, .hour = (int)(of_day / 3600), .minute = (int)(of_day / 60 % 60)
    };
    date_from_days(days, out);
    out->weekday = weekday(days);
}

static int64_t to_seconds(const struct moment *m)
{
    return days_from_date(m->year, m->month, m->day) * 86400 + m->hour * 3600 + m->minute * 60;
}

static bool two_digits(const char *s, int most, int *out)
{
    if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
        return false;
    *out = (s[0] - '0') * 10 + s[1] - '0';
    return *out <= most;
}

static int days_in(int year, int month)
{
    static const int DAYS[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    return month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : DAYS[month - 1];
}

/* "2025-01-27" at *at, which moves behind it. */
static bool read_date(const char **at, struct moment *m)
{
    const char *s = *at;
    int century, year;

    if (!two_digits(s, 99, &century) || !two_digits(s + 2, 99, &year) || s[4] != '-' || !two_digits(s + 5, 12, &m->month) ||
        s[7] != '-' || !two_digits(s + 8, 31, &m->day))
        return false;
    m->year = century * 100 + year;
    if (m->month < 1 || m->day < 1 || m->day > days_in(m->year, m->month))
        return false;
    m->has_date = true;
    m->weekday = weekday(days_from_date(m->year, m->month, m->day));
    *at = s + 10;
    return true;
}

/* "09:02", "09:02:31", "09:02:31.250" at *at. */
static bool read_time(const char **at, struct moment *m)
{
    const char *s = *at;
    int second;

    if (!two_digits(s, 23, &m->hour) || s[2] != ':' || !two_digits(s + 3, 59, &m->minute))
        return false;
    s += 5;
    if (*s == ':') {
        if (!two_digits(s + 1, 60, &second))
            return false;
        s += 3;
        if (*s == '.' || *s == ',')
            s += 1 + strspn(s + 1, "0123456789");
    }
    m->has_time = true;
    *at = s;
    return true;
}

/* "", "Z", "+01:00", "+0100": seconds east of UTC. False: something else. */
static bool read_zone(const char *s, bool *zoned, int *seconds)
{
    int hours, minutes;

    *zoned = *s != '\0';
    *seconds = 0;
    if (*s == '\0' || strcmp(s, "Z") == 0)
        return true;
    if ((*s != '+' && *s != '-') || !two_digits(s + 1, 14, &hours))
        return false;
    if (!two_digits(s + 3 + (s[3] == ':'), 59, &minutes) || s[5 + (s[3] == ':')] != '\0')
        return false;
    *seconds = (hours * 60 + minutes) * 60 * (*s == '-' ? -1 : 1);
    return true;
}

static bool read_text(const char *text, const char *country, struct moment *out)
{
    const char *at = text;
    struct moment m = { 0 };
    bool zoned;
    int zone, here;

    if (read_date(&at, &m)) {
        if ((*at == 'T' || *at == ' ') && at++ && !read_time(&at, &m))
            return false;
    } else if (!read_time(&at, &m)) {
        return false;
    }
    if (!read_zone(at, &zoned, &zone) || (zoned && !m.has_time))
        return false;
    if (zoned && m.has_date && clock_of(country, &here))
        from_seconds(to_seconds(&m) - zone + here * 3600, &m);
    *out = m;
    return true;
}

static bool read_moment(const struct format_env *env, const struct atom *in, struct moment *out)
{
    double seconds;
    int hours = 0;

    if (!in->is_number)
        return read_text(in->text, env->country, out);
    seconds = in->number > 1e11 ? in->number / 1000 : in->number;   /* milliseconds: as seconds they would be the year 5138 */
    if (seconds < 0 || seconds > 253402300799.0)                      /* 9999-12-31 */
        return false;
    clock_of(env->country, &hours);
    from_seconds((int64_t)seconds + hours * 3600, out);
    return true;
}

static void add_part(const struct language_facts *facts, const struct moment *m, const char *part, size_t len, struct buf *out)
{
    if (len == 2 && memcmp(part, "d1", 2) == 0)
        buf_addf(out, m->day == 1 ? "%der" : "%d", m->day);          /* le 1er : CLDR writes 1, French readers do not */
    else if (len == 2 && memcmp(part, "dd", 2) == 0)
        buf_addf(out, "%02d", m->day);
    else if (len == 2 && memcmp(part, "MM", 2) == 0)
        buf_addf(out, "%02d", m->month);
    else if (len == 5 && memcmp(part, "MONTH", 5) == 0)
        buf_adds(out, facts->months[m->month - 1]);
    else if (len == 3 && memcmp(part, "DAY", 3) == 0)
        buf_adds(out, facts->days[m->weekday]);
    else
        buf_addf(out, "%d", *part == 'd' ? m->day : *part == 'M' ? m->month : m->year);
}

/* False: not a date, and nothing was added. */
bool date_print(const struct format_env *env, enum date_style style, const struct atom *in, struct buf *out)
{
    const struct language_facts *facts = language_facts(env->language);
    const char *pattern = style == DATE_SHORT ? facts->date_short : style == DATE_DAY ? facts->date_day : facts->date_long;
    struct moment m;

    if (!read_moment(env, in, &m) || !m.has_date)
        return false;
    while (*pattern != '\0') {
        size_t plain = strcspn(pattern, "{"), part;

        buf_add(out, pattern, plain);
        pattern += plain;
        if (*pattern == '\0')
            break;
        part = strcspn(pattern + 1, "}");
        add_part(facts, &m, pattern + 1, part, out);
        pattern += part + 2;
    }
    return true;
}

bool time_print(const struct format_env *env, const struct atom *in, struct buf *out)
{
    struct moment m;
    int hour;

    if (!read_moment(env, in, &m) || !m.has_time)
        return false;
    if (!language_facts(env->language)->twelve_hours) {
        buf_addf(out, "%02d:%02d", m.hour, m.minute);
        return true;
    }
    hour = m.hour % 12 == 0 ? 12 : m.hour % 12;
    buf_addf(out, "%d:%02d\u202F%s", hour, m.minute, m.hour < 12 ? "AM" : "PM");
    return true;
}
