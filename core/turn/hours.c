/*
 * Hours of the deployment's country: when something happens next, and when quiet hours are over. Pure arithmetic: none of these
 * countries has summer time (date.c).
 */
#include "private.h"

static const int64_t MINUTE_MS = 60 * 1000, DAY_MS = 24 * 3600 * 1000;

enum { FIRST_WEEKDAY = 3 /* 1970-01-01 was a Thursday */ };

static int64_t offset_ms(const struct turn *t) { return (int64_t)date_hours_east(t->gen->country) * 3600 * 1000; }

int64_t hours_next(const struct turn *t, const struct every_rule *every, int64_t anchor_ms, int64_t now_ms)
{
    int64_t local = now_ms + offset_ms(t), day = local / DAY_MS, at;

    if (every->kind == EVERY_SPAN)
        return anchor_ms > now_ms ? anchor_ms : anchor_ms + every->span_ms * ((now_ms - anchor_ms) / every->span_ms + 1);
    if (every->kind == EVERY_WEEKDAY)
        day += (every->weekday - (day + FIRST_WEEKDAY) % 7 + 7) % 7;
    at = day * DAY_MS + every->minute * MINUTE_MS;
    if (at <= local)
        at += every->kind == EVERY_WEEKDAY ? 7 * DAY_MS : DAY_MS;
    return at - offset_ms(t);
}

/* The moment itself when it is not in quiet hours. */
int64_t hours_loud(const struct turn *t, const struct quiet_hours *own, int64_t at_ms)
{
    const struct quiet_hours *q = own != NULL && own->set ? own : &t->flows->quiet;
    int64_t local = at_ms + offset_ms(t), day = local / DAY_MS;
    int minute = (int)((local % DAY_MS) / MINUTE_MS);
    bool over_midnight = q->from > q->to, quiet = over_midnight ? minute >= q->from || minute < q->to : minute >= q->from && minute < q->to;

    if (!q->set || !quiet)
        return at_ms;
    if (over_midnight && minute >= q->from)
        day++;
    return day * DAY_MS + q->to * MINUTE_MS - offset_ms(t);
}
