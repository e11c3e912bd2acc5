#include "support.h"

#include <stdlib.h>

static void a_function_computes_a_value(void **state)
{
    (void)state;
    assert_string_equal(value_of("return 1 + 1"), "2");
    assert_string_equal(value_of("return"), "nil");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(a_function_computes_a_value),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
