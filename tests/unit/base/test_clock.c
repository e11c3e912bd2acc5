#include "cm.h"

#include <stdlib.h>
#include <time.h>

#include "lisolo/base/clock.h"

static void the_real_clock_agrees_with_the_machine(void **state)
{
    int64_t wall = clock_wall_ms(clock_real());

    (void)state;
    assert_true(llabs(wall - (int64_t)time(NULL) * 1000) < 5000);
    assert_true(clock_mono_ms(clock_real()) > 0);
}

static void shifting_moves_wall_and_monotonic_time_together(void **state)
{
    int64_t wall = clock_wall_ms(clock_real()), mono = clock_mono_ms(clock_real());

    (void)state;
    clock_shift(7200000);
    assert_in_range(clock_wall_ms(clock_real()) - wall, 7200000, 7205000);
    assert_in_range(clock_mono_ms(clock_real()) - mono, 7200000, 7205000);
}

static void the_fake_clock_stands_still_until_told(void **state)
{
    struct clock_fake f;
    int64_t mono;

    (void)state;
    clock_fake_init(&f, 1793000000000);
    mono = clock_mono_ms(&f.clock);
    assert_int_equal(clock_wall_ms(&f.clock), 1793000000000);
    assert_int_equal(clock_mono_ms(&f.clock), mono);
    clock_fake_advance(&f, 1500);
    assert_int_equal(clock_wall_ms(&f.clock), 1793000001500);
    assert_int_equal(clock_mono_ms(&f.clock), mono + 1500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_real_clock_agrees_with_the_machine),
        cmocka_unit_test(shifting_moves_wall_and_monotonic_time_together),
        cmocka_unit_test(the_fake_clock_stands_still_until_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
