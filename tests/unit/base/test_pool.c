#include "cm.h"

#include <stdalign.h>
#include <string.h>

#include "lisolo/base/pool.h"

static void pieces_are_zeroed_aligned_and_apart(void **state)
{
    struct pool p;
    char *piece[100];
    size_t i, j;

    (void)state;
    pool_init(&p, 256);
    for (i = 0; i < 100; i++) {
        piece[i] = pool_take(&p, i);
        assert_non_null(piece[i]);
        assert_int_equal((uintptr_t)piece[i] % alignof(max_align_t), 0);
        for (j = 0; j < i; j++)
            assert_int_equal(piece[i][j], 0);
        memset(piece[i], (int)i, i);
    }
    for (i = 0; i < 100; i++)
        for (j = 0; j < i; j++)
            assert_int_equal(piece[i][j], (char)i);
    assert_true(pool_ok(&p));
    pool_free(&p);
    pool_free(&p);
}

static void texts_are_copies(void **state)
{
    char text[] = "Okemba";
    struct pool p;
    char *copy;

    (void)state;
    pool_init(&p, 16);
    copy = pool_text(&p, text);
    text[0] = 'X';
    assert_string_equal(copy, "Okemba");
    assert_memory_equal(pool_bytes(&p, "a\0b", 3), "a\0b", 4);
    assert_string_equal(pool_bytes(&p, NULL, 0), "");
    assert_null(pool_text(&p, NULL));
    assert_true(pool_ok(&p));
    pool_free(&p);
}

static void what_cannot_be_is_refused_and_remembered(void **state)
{
    struct pool p;

    (void)state;
    pool_init(&p, 16);
    assert_null(pool_array(&p, SIZE_MAX / 2, 3));
    assert_false(pool_ok(&p));
    assert_non_null(pool_take(&p, 8));
    assert_false(pool_ok(&p));
    assert_null(pool_take(&p, SIZE_MAX));
    pool_free(&p);
    assert_true(pool_ok(&p));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
        cmocka_unit_test(texts_are_copies),
        cmocka_unit_test(what_cannot_be_is_refused_and_remembered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
