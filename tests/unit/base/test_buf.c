#include "cm.h"

#include <stdlib.h>
#include <string.h>

#include "lisolo/base/buf.h"

static void an_empty_buffer_reads_as_an_empty_text(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 10);
    assert_string_equal(buf_str(&b), "");
    assert_true(buf_ok(&b));
    buf_free(&b);
}

static void additions_stand_behind_each_other(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 100);
    assert_true(buf_adds(&b, "ab"));
    assert_true(buf_addc(&b, 'c'));
    assert_true(buf_add(&b, "d\0e", 3));
    assert_true(buf_addf(&b, "%d-%s", 42, "f"));
    assert_int_equal(b.len, 10);
    assert_memory_equal(buf_str(&b), "abcd\0e42-f", 11);
    buf_free(&b);
}

static void the_limit_is_exact_and_remembered(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 4);
    assert_true(buf_adds(&b, "abcd"));
    assert_false(buf_addc(&b, 'e'));
    assert_false(buf_ok(&b));
    assert_false(buf_add(&b, "", 0));
    assert_string_equal(buf_str(&b), "abcd");
    assert_null(buf_take(&b, NULL));
    buf_clear(&b);
    assert_true(buf_ok(&b));
    assert_true(buf_addf(&b, "%s", "wxyz"));
    assert_false(buf_addf(&b, "%c", 'e'));
    assert_string_equal(buf_str(&b), "wxyz");
    buf_free(&b);
}

static void a_format_longer_than_the_memory_so_far_is_kept_whole(void **state)
{
    char text[1001];
    struct buf b;

    (void)state;
    memset(text, 'x', 1000);
    text[1000] = '\0';
    buf_init(&b, 5000);
    assert_true(buf_addf(&b, "%s|", text));
    assert_true(buf_addf(&b, "%s", text));
    assert_int_equal(b.len, 2001);
    assert_int_equal(b.data[1000], '|');
    assert_int_equal(strlen(b.data), 2001);
    buf_free(&b);
}

static void growing_byte_by_byte_never_passes_the_limit(void **state)
{
    struct buf b;
    int i;

    (void)state;
    buf_init(&b, 3000);
    for (i = 0; i < 3000; i++)
        assert_true(buf_addc(&b, (char)('a' + i % 26)));
    assert_false(buf_addc(&b, 'x'));
    assert_int_equal(b.len, 3000);
    assert_true(b.cap <= 3001);
    buf_free(&b);
}

static void take_gives_the_bytes_away_and_leaves_it_usable(void **state)
{
    struct buf b;
    size_t len = 99;
    char *text;

    (void)state;
    buf_init(&b, 100);
    buf_adds(&b, "moto");
    text = buf_take(&b, &len);
    assert_string_equal(text, "moto");
    assert_int_equal(len, 4);
    free(text);
    assert_int_equal(b.len, 0);
    text = buf_take(&b, &len);
    assert_string_equal(text, "");
    assert_int_equal(len, 0);
    free(text);
    assert_true(buf_adds(&b, "again"));
    buf_free(&b);
}

static void a_buffer_without_limit_does_not_overflow_its_sum(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, SIZE_MAX);
    assert_true(buf_adds(&b, "x"));
    assert_false(buf_add(&b, "y", SIZE_MAX - 1));
    assert_false(buf_ok(&b));
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_buffer_reads_as_an_empty_text),
        cmocka_unit_test(additions_stand_behind_each_other),
        cmocka_unit_test(the_limit_is_exact_and_remembered),
        cmocka_unit_test(a_format_longer_than_the_memory_so_far_is_kept_whole),
        cmocka_unit_test(growing_byte_by_byte_never_passes_the_limit),
        cmocka_unit_test(take_gives_the_bytes_away_and_leaves_it_usable),
        cmocka_unit_test(a_buffer_without_limit_does_not_overflow_its_sum),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
