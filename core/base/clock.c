#include "lisolo/base/clock.h"

#include <assert.h>
#include <stdatomic.h>
#include <time.h>

/* One for the process: whoever asks for the time must see the same shift. */
static _Atomic int64_t shift_ms;

static int64_t read_ms(clockid_t id)
{
    struct timespec ts;
    int rc = clock_gettime(id, &ts);

    assert(rc == 0);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int64_t real_wall(const struct clock *c)
{
    (void)c;
    return read_ms(CLOCK_REALTIME) + atomic_load_explicit(&shift_ms, memory_order_relaxed);
}

static int64_t real_mono(const struct clock *c)
{
    (void)c;
    return read_ms(CLOCK_BOOTTIME) + atomic_load_explicit(&shift_ms, memory_order_relaxed);
}

const struct clock *clock_real(void)
{
    static const struct clock real = { real_wall, real_mono };

    return &real;
}

void clock_shift(int64_t ms)
{
    assert(ms >= 0);
    atomic_fetch_add(&shift_ms, ms);
}

static int64_t fake_wall(const struct clock *c)
{
    return atomic_load(&((struct clock_fake *)(uintptr_t)c)->wall_ms);
}

static int64_t fake_mono(const struct clock *c)
{
    return atomic_load(&((struct clock_fake *)(uintptr_t)c)->mono_ms);
}

void clock_fake_init(struct clock_fake *f, int64_t wall_ms)
{
    f->clock = (struct clock){ fake_wall, fake_mono };
    atomic_init(&f->wall_ms, wall_ms);
    /* An hour of uptime: a caller that subtracts an interval from it stays above zero. */
    atomic_init(&f->mono_ms, 3600000);
}

void clock_fake_advance(struct clock_fake *f, int64_t ms)
{
    assert(ms >= 0);
    atomic_fetch_add(&f->wall_ms, ms);
    atomic_fetch_add(&f->mono_ms, ms);
}
