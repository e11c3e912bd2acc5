#include "cm.h"

#include <pthread.h>
#include <stdatomic.h>

#include "lisolo/base/box.h"

struct pair { uint64_t a[8]; };

static void a_new_box_holds_zeros_and_then_the_last_value(void **state)
{
    struct box *b = box_new(sizeof(struct pair));
    struct pair in = { { 1, 2, 3 } }, out;

    (void)state;
    assert_non_null(b);
    box_get(b, &out);
    assert_int_equal(out.a[0] | out.a[7], 0);
    box_put(b, &in);
    in.a[0] = 9;
    box_get(b, &out);
    assert_int_equal(out.a[0], 1);
    assert_int_equal(out.a[2], 3);
    box_free(b);
    box_free(NULL);
}

enum { ROUNDS = 20000 };

static _Atomic int stop;

static void *put_many(void *b)
{
    struct pair value;
    uint64_t i;
    size_t k;

    for (i = 1; i <= ROUNDS; i++) {
        for (k = 0; k < 8; k++)
            value.a[k] = i;
        box_put(b, &value);
    }
    atomic_store(&stop, 1);
    return NULL;
}

static void a_reader_sees_whole_values_only(void **state)
{
    struct box *b = box_new(sizeof(struct pair));
    struct pair value;
    pthread_t thread;
    size_t k;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, put_many, b), 0);
    do {
        box_get(b, &value);
        for (k = 1; k < 8; k++)
            assert_int_equal(value.a[k], value.a[0]);
    } while (!atomic_load(&stop));
    pthread_join(thread, NULL);
    box_get(b, &value);
    assert_int_equal(value.a[7], ROUNDS);
    box_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_box_holds_zeros_and_then_the_last_value),
        cmocka_unit_test(a_reader_sees_whole_values_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
