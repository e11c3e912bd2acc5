/*
 * clock - the only way to ask what time it is, so that tests own time.
 *
 * Wall time is Unix milliseconds. Monotonic time is CLOCK_BOOTTIME milliseconds: it goes on
 * while the machine sleeps and never goes back. Both functions may be called by any thread.
 */
#ifndef LISOLO_BASE_CLOCK_H
#define LISOLO_BASE_CLOCK_H

#include <stdint.h>

struct clock {
    int64_t (*wall_ms)(const struct clock *c);
    int64_t (*mono_ms)(const struct clock *c);
};

static inline int64_t clock_wall_ms(const struct clock *c) { return c->wall_ms(c); }
static inline int64_t clock_mono_ms(const struct clock *c) { return c->mono_ms(c); }

/* The machine's clock. clock_shift() moves its wall and monotonic time forward (tests, `clock advance`). */
const struct clock *clock_real(void);
void                clock_shift(int64_t ms);

/* A clock that stands still until it is told to move. */
struct clock_fake {
    struct clock clock;
    _Atomic int64_t wall_ms;
    _Atomic int64_t mono_ms;
};

void clock_fake_init(struct clock_fake *f, int64_t wall_ms);
void clock_fake_advance(struct clock_fake *f, int64_t ms);

#endif
