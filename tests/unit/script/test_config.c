/* Configuration files: data with line numbers, and nothing that could do anything. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lisolo/base/file.h"

static char folder[64];

static const char *write_file(const char *text, size_t len)
{
    static char path[128];
    struct error err = { "" };

    (void)snprintf(path, sizeof path, "%s/lisolo.conf.lua", folder);
    if (!file_write(path, text, len, 0600, &err))
        fail_msg("%s", err.text);
    return path;
}

static struct decl read_text(const char *text)
{
    struct error err = { "" };
    struct decl d;

    if (!script_read_config(write_file(text, strlen(text)), &d, &err))
        fail_msg("%s", err.text);
    assert_int_equal(d.type, DECL_TABLE);
    return d;
}

static void expect_error(const char *text, const char *wanted)
{
    struct error err = { "" };
    struct decl d;

    assert_false(script_read_config(write_file(text, strlen(text)), &d, &err));
    assert_string_equal(err.text, wanted);
    assert_int_equal(d.type, DECL_NIL);
}

static void assigned_names_become_entries_as_written(void **state)
{
    struct decl d = read_text("-- Lisolo\nport = 8080\n\ngraph = {\n  token_file = \"/etc/lisolo/token\",\n  hosts = { 'a', 'b' },\n}\nname = 'Lisolo ' .. 'Brazzaville'\nlocal n = 2\nlimit = n * 2.5\n");

    (void)state;
    assert_int_equal(d.count, 4);
    assert_string_equal(d.entries[0].name, "port");
    assert_int_equal(d.entries[0].line, 2);
    assert_int_equal(d.entries[0].value.integer, 8080);
    assert_int_equal(d.entries[0].value.column, 8);
    assert_string_equal(d.entries[1].name, "graph");
    assert_int_equal(decl_entry(&d.entries[1].value, "token_file")->line, 5);
    assert_int_equal(decl_items(decl_get(&d.entries[1].value, "hosts")), 2);
    assert_string_equal(decl_string(&d, "name"), "Lisolo Brazzaville");
    assert_true(decl_get(&d, "limit")->number == 5.0);
    assert_int_equal(decl_get(&d, "limit")->line, 10);
    decl_free(&d);
}

static void a_returned_table_is_the_same(void **state)
{
    struct decl d = read_text("return {\n  port = 8080,\n  graph = { version = 'v23.0' },\n}\n");

    (void)state;
    assert_int_equal(d.count, 2);
    assert_int_equal(d.entries[0].line, 2);
    assert_int_equal(decl_entry(decl_get(&d, "graph"), "version")->line, 3);
    decl_free(&d);
}

static void an_empty_file_is_an_empty_table(void **state)
{
    struct decl d = read_text("");

    (void)state;
    assert_int_equal(d.count, 0);
    decl_free(&d);
}

static void mistakes_name_file_and_line(void **state)
{
    (void)state;
    expect_error("port = 8080\nname = lisolo\n", "lisolo.conf.lua:2: 'lisolo' is not defined: this file holds only data (texts go between quotes)");
    expect_error("graph = {\n  a = 1\n  b = 2,\n}\n", "lisolo.conf.lua:2: a comma is missing here: in { … } commas separate the entries: every line ends with one");
    expect_error("graph = {\n  f = function() end,\n}\n", "lisolo.conf.lua:2: a function cannot stand here: this file holds only data");
    expect_error("x = os.getenv('HOME')\n", "lisolo.conf.lua:1: 'os' is not defined: this file holds only data (texts go between quotes)");
    expect_error("x = print\n", "lisolo.conf.lua:1: 'print' is not defined: this file holds only data (texts go between quotes)");
    expect_error("\nreturn 5\n", "lisolo.conf.lua: this file returns a number, not a table");
    expect_error("a = 1\nreturn { b = 2 }\n", "lisolo.conf.lua: this file returns a table and assigns names too: do one of them");
    expect_error("a = 1\n_ENV = {}\n", "lisolo.conf.lua:2: '_ENV' cannot be used");
    expect_error("while true do end\n", "lisolo.conf.lua:1: stopped: more than 5,000,000 steps (limit \"steps\"): a loop may have no end, or do this work in smaller parts");
    expect_error("a = { [1.5] = 2 }\n", "lisolo.conf.lua:1: a table holds names, or a list without gaps: not a number as key");
    expect_error("a = 'caf\xe9'\n", "lisolo.conf.lua: not a UTF-8 text file");
}

static void a_file_that_is_not_there_or_no_text_is_an_error(void **state)
{
    struct error err = { "" };
    struct decl d;

    (void)state;
    assert_false(script_read_config("/nowhere/lisolo.conf.lua", &d, &err));
    assert_non_null(strstr(err.text, "/nowhere/lisolo.conf.lua: "));
    assert_false(script_read_config(write_file("a = '\0'", 8), &d, &err));
    assert_string_equal(err.text, "lisolo.conf.lua: not a UTF-8 text file");
    assert_false(script_read_config(write_file("\x1bLua", 4), &d, &err));
}

static int make_folder(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/lisolo-config-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
    char path[128];

    (void)state;
    (void)snprintf(path, sizeof path, "%s/lisolo.conf.lua", folder);
    (void)unlink(path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(assigned_names_become_entries_as_written),
        EACH(a_returned_table_is_the_same),
        EACH(an_empty_file_is_an_empty_table),
        EACH(mistakes_name_file_and_line),
        EACH(a_file_that_is_not_there_or_no_text_is_an_error),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
