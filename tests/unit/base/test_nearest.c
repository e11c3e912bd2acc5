#include "cm.h"

#include <string.h>

#include "lisolo/base/nearest.h"

static void a_change_an_insertion_a_loss_or_a_swap_is_one_apart(void **state)
{
    (void)state;
    assert_int_equal(nearest_distance("course", "course", 3), 0);
    assert_int_equal(nearest_distance("course", "coursa", 3), 1);
    assert_int_equal(nearest_distance("course", "courses", 3), 1);
    assert_int_equal(nearest_distance("course", "corse", 3), 1);
    assert_int_equal(nearest_distance("course", "cuorse", 3), 1);
    assert_int_equal(nearest_distance("", "abc", 3), 3);
    assert_int_equal(nearest_distance("abc", "", 9), 3);
}

static void what_is_farther_than_asked_is_one_more_than_asked(void **state)
{
    char far[80];

    (void)state;
    memset(far, 'a', sizeof far - 1);
    far[sizeof far - 1] = '\0';
    assert_int_equal(nearest_distance("course", "suivi", 2), 3);
    assert_int_equal(nearest_distance(far, far, 2), 3);
    far[64] = '\0';
    assert_int_equal(nearest_distance(far, far, 2), 0);
}

static const char *guess(const char *word)
{
    static const char *const known[] = { "course", "confirmer", "suivi", "menu", "on" };
    struct nearest n = { .word = word };
    size_t i;

    for (i = 0; i < sizeof known / sizeof known[0]; i++)
        nearest_offer(&n, known[i]);
    return n.best;
}

static void a_guess_is_near_enough_to_be_meant(void **state)
{
    (void)state;
    assert_string_equal(guess("confirmr"), "confirmer");
    assert_string_equal(guess("cuorse"), "course");
    assert_string_equal(guess("mnu"), "menu");
    assert_string_equal(guess("no"), "on");
    assert_null(guess("livraison"));
    assert_null(guess("xyz"));
}

static void the_first_of_equals_is_kept(void **state)
{
    struct nearest n = { .word = "abcd" };

    (void)state;
    nearest_offer(&n, "abce");
    nearest_offer(&n, "abcf");
    assert_string_equal(n.best, "abce");
    nearest_offer(&n, "abcd");
    assert_string_equal(n.best, "abcd");
    nearest_offer(&n, "abce");
    assert_string_equal(n.best, "abcd");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_an_insertion_a_loss_or_a_swap_is_one_apart),
        cmocka_unit_test(what_is_farther_than_asked_is_one_more_than_asked),
        cmocka_unit_test(a_guess_is_near_enough_to_be_meant),
        cmocka_unit_test(the_first_of_equals_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
