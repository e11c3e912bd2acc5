#include "cm.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lisolo/base/fail.h"
#include "lisolo/base/log.h"

#ifdef LISOLO_FAILPOINTS

static char log_path[] = "/tmp/lisolo-fail-XXXXXX";

static int make_log(void **state)
{
    int fd = mkstemp(log_path);

    (void)state;
    if (fd == -1)
        return -1;
    close(fd);
    return setenv("LISOLO_FAIL_LOG", log_path, 1);
}

static int remove_log(void **state)
{
    (void)state;
    return unlink(log_path);
}

static int log_lines(const char *name)
{
    FILE *f = fopen(log_path, "r");
    char line[128];
    int n = 0;

    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL)
        n += strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ' ';
    fclose(f);
    return n;
}

/* The environment is read once a process, so each case runs in a child of its own. Returns its wait status. */
static int in_child(const char *points, int (*run)(void))
{
    int status = 0;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        log_set_fd(-1);
        setenv("LISOLO_FAIL", points, 1);
        _exit(run());
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static int hit_five_times(void)
{
    int i, errors = 0;

    for (i = 0; i < 5; i++)
        errors += FAIL_ERR("p.err") == 5;
    FAIL_HERE("p.kill");
    return errors;
}

static void expect_exit(int status, int code)
{
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), code);
}

static void points_act_as_the_environment_says(void **state)
{
    (void)state;
    expect_exit(in_child("other=kill", hit_five_times), 0);
    expect_exit(in_child("p.err=err(5)", hit_five_times), 5);
    expect_exit(in_child("p.err=3*err(5);p.kill=off", hit_five_times), 1);
    expect_exit(in_child("p.err=6*err(5)", hit_five_times), 0);
    expect_exit(in_child("p.err=0%err(5)", hit_five_times), 0);
    expect_exit(in_child("p.err=100%err(5)", hit_five_times), 5);
}

static void a_kill_is_noted_and_lets_nothing_run_on(void **state)
{
    int before = log_lines("p.kill"), status = in_child("p.kill=1*kill", hit_five_times);

    (void)state;
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
    assert_int_equal(log_lines("p.kill"), before + 1);
}

static int thousand_hits(void)
{
    int i, errors = 0;

    for (i = 0; i < 1000; i++)
        errors += FAIL_ERR("p.half") == 1;
    return errors >= 400 && errors <= 600;      /* 6.3 standard deviations on either side */
}

static void a_probability_is_kept(void **state)
{
    (void)state;
    expect_exit(in_child("p.half=50%err(1)", thousand_hits), 1);
}

static int hits_as_bits(void)
{
    int i, bits = 0;

    for (i = 0; i < 7; i++)
        bits = bits << 1 | (FAIL_ERR("p.half") == 1);
    return bits;
}

static int seeded(const char *seed)
{
    int status;

    assert_int_equal(setenv("LISOLO_FAIL_SEED", seed, 1), 0);
    status = in_child("p.half=50%err(1)", hits_as_bits);
    assert_int_equal(unsetenv("LISOLO_FAIL_SEED"), 0);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void a_seed_makes_the_same_hits_act_again(void **state)
{
    (void)state;
    assert_int_equal(seeded("7"), seeded("7"));
    assert_true(seeded("7") != seeded("8") || seeded("7") != seeded("9"));
}

static int sleep_once(void)
{
    struct timespec from, to;

    clock_gettime(CLOCK_MONOTONIC, &from);
    FAIL_HERE("p.sleep");
    clock_gettime(CLOCK_MONOTONIC, &to);
    return (to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000 >= 29;
}

static void a_sleep_lasts(void **state)
{
    (void)state;
    expect_exit(in_child("p.sleep=sleep(30)", sleep_once), 1);
}

static void a_misspelt_point_ends_the_process(void **state)
{
    static const char *const bad[] = { "p", "p=", "p=kil", "=kill", "p=err()", "p=err(0)", "p=err(5", "p=5%", "p=sleep(-1)", "p=0*kill" };
    size_t i;
    int status;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        status = in_child(bad[i], hit_five_times);
        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT)
            fail_msg("accepted: %s", bad[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_act_as_the_environment_says),
        cmocka_unit_test(a_kill_is_noted_and_lets_nothing_run_on),
        cmocka_unit_test(a_probability_is_kept),
        cmocka_unit_test(a_seed_makes_the_same_hits_act_again),
        cmocka_unit_test(a_sleep_lasts),
        cmocka_unit_test(a_misspelt_point_ends_the_process),
    };

    return cmocka_run_group_tests(tests, make_log, remove_log);
}

#else

static void in_a_release_a_point_does_nothing(void **state)
{
    (void)state;
    assert_int_equal(setenv("LISOLO_FAIL", "p=kill;q=err(5)", 1), 0);
    FAIL_HERE("p");
    assert_int_equal(FAIL_ERR("q"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_a_release_a_point_does_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
