#include "cm.h"

#include <stdlib.h>
#include <string.h>

#include "lisolo/base/decl.h"

static char *copy(const char *text)
{
    char *out = strdup(text);

    assert_non_null(out);
    return out;
}

static struct decl string(const char *text)
{
    return (struct decl){ .type = DECL_STRING, .string = copy(text), .length = strlen(text) };
}

/* { "a", "b", ask = "q", n = 3 } */
static struct decl sample(void)
{
    struct decl d = { .type = DECL_TABLE, .tag = copy("text"), .count = 4 };

    d.entries = calloc(4, sizeof *d.entries);
    assert_non_null(d.entries);
    d.entries[0].value = string("a");
    d.entries[1].value = string("b");
    d.entries[2].name = copy("ask");
    d.entries[2].line = 7;
    d.entries[2].value = string("q");
    d.entries[3].name = copy("n");
    d.entries[3].value = (struct decl){ .type = DECL_INTEGER, .integer = 3 };
    return d;
}

static void named_entries_are_found_by_name(void **state)
{
    struct decl d = sample();

    (void)state;
    assert_int_equal(decl_entry(&d, "ask")->line, 7);
    assert_string_equal(decl_string(&d, "ask"), "q");
    assert_int_equal(decl_get(&d, "n")->integer, 3);
    assert_null(decl_string(&d, "n"));
    assert_null(decl_get(&d, "none"));
    decl_free(&d);
    assert_int_equal(d.type, DECL_NIL);
    decl_free(&d);
}

static void positional_entries_are_found_by_number(void **state)
{
    struct decl d = sample();

    (void)state;
    assert_int_equal(decl_items(&d), 2);
    assert_string_equal(decl_item(&d, 1)->string, "b");
    assert_null(decl_item(&d, 2));
    assert_null(decl_item(&d, 99));
    decl_free(&d);
}

static void looking_into_what_is_no_table_finds_nothing(void **state)
{
    struct decl d = string("x");

    (void)state;
    assert_null(decl_entry(NULL, "a"));
    assert_null(decl_get(NULL, "a"));
    assert_null(decl_item(NULL, 0));
    assert_int_equal(decl_items(NULL), 0);
    assert_null(decl_string(&d, "a"));
    assert_null(decl_item(&d, 0));
    assert_int_equal(decl_items(&d), 0);
    decl_free(&d);
    decl_free(NULL);
}

static void statements_free_all_that_they_hold(void **state)
{
    struct statements s = { .list = calloc(1, sizeof *s.list), .count = 1 };

    (void)state;
    assert_non_null(s.list);
    s.list[0] = (struct statement){ .verb = copy("ask"), .owner = copy("course"), .file = copy("flows/course.lua"), .body = sample() };
    statements_free(&s);
    assert_null(s.list);
    assert_int_equal(s.count, 0);
    statements_free(&s);
    statements_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(named_entries_are_found_by_name),
        cmocka_unit_test(positional_entries_are_found_by_number),
        cmocka_unit_test(looking_into_what_is_no_table_finds_nothing),
        cmocka_unit_test(statements_free_all_that_they_hold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
