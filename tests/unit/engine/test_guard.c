/*
 * The story: an event whose turn kills the process (a bug in C, say) would kill it again at every start, for ever.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../../core/engine/private.h"

static char path[32];

static void crash_with(int64_t conv, uint64_t seq)
{
    struct error err;
    struct guard *g = guard_open(path, &err);

    assert_non_null(g);
    guard_enter(g, 0, conv, seq);
    guard_close(g);                    /* as a kill leaves it: entered, not left */
}

static bool bad(int64_t conv, uint64_t seq)
{
    struct error err;
    struct guard *g = guard_open(path, &err);
    bool is;

    assert_non_null(g);
    is = guard_bad(g, conv, seq);
    guard_enter(g, 0, conv, seq);      /* put back what the look cleared */
    guard_close(g);
    return is;
}

static int fresh(void **state)
{
    int fd;

    (void)state;
    (void)snprintf(path, sizeof path, "/tmp/lisolo-guard-XXXXXX");
    fd = mkstemp(path);
    return fd == -1 || close(fd) != 0;
}

static int gone(void **state)
{
    (void)state;
    return unlink(path);
}

static void an_event_is_bad_after_three_crashes_in_a_row(void **state)
{
    (void)state;
    crash_with(7, 3);
    crash_with(7, 3);
    assert_false(bad(7, 3));           /* two counted so far */
    assert_true(bad(7, 3));
    assert_false(bad(7, 4));
}

static void crashes_of_other_events_do_not_add_up(void **state)
{
    (void)state;
    crash_with(7, 3);
    crash_with(7, 3);
    crash_with(8, 1);
    crash_with(7, 3);
    assert_false(bad(7, 3));
}

static void an_event_that_was_handled_is_not_suspected(void **state)
{
    struct error err;
    struct guard *g;

    (void)state;
    for (int i = 0; i < 5; i++) {
        g = guard_open(path, &err);
        assert_non_null(g);
        guard_enter(g, 2, 9, 1);
        guard_leave(g, 2);
        guard_close(g);
    }
    g = guard_open(path, &err);
    assert_non_null(g);
    assert_false(guard_bad(g, 9, 1));
    guard_close(g);
}

static void a_disk_error_blames_no_event(void **state)
{
    struct error err;

    (void)state;
    crash_with(7, 3);
    crash_with(7, 3);
    for (int i = 0; i < 3; i++) {
        struct guard *g = guard_open(path, &err);

        assert_non_null(g);
        guard_enter(g, 0, 7, 3);
        guard_forgive(g);
        guard_close(g);
    }
    assert_false(bad(7, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_event_is_bad_after_three_crashes_in_a_row, fresh, gone),
        cmocka_unit_test_setup_teardown(crashes_of_other_events_do_not_add_up, fresh, gone),
        cmocka_unit_test_setup_teardown(an_event_that_was_handled_is_not_suspected, fresh, gone),
        cmocka_unit_test_setup_teardown(a_disk_error_blames_no_event, fresh, gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
