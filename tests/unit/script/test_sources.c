/* Reading the scripts' folder: which files, in which order, and what the digest stands for. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lisolo/base/file.h"

static char folder[64];

static const char *path_of(const char *name)
{
    static char path[256];

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void put(const char *name, const char *text)
{
    struct error err = { "" };

    if (!file_write(path_of(name), text, strlen(text), 0600, &err))
        fail_msg("%s", err.text);
}

static bool read_again(struct script_sources *s, char *problem, size_t size)
{
    struct problems p;
    bool ok;

    problems_init(&p);
    ok = script_sources_read(folder, s, &p);
    assert_true(ok == (p.errors == 0));
    (void)snprintf(problem, size, "%s", p.count > 0 ? p.list[0].text : "");
    problems_free(&p);
    return ok;
}

static void every_script_is_read_sorted_by_name(void **state)
{
    static const char *const NAMES[] = { "flows/b.lua", "flows/lib/money.lua", "templates/a.lua" };
    struct script_sources s;
    char problem[256];

    (void)state;
    put("flows/b.lua", "-- b");
    put("flows/lib/money.lua", "return {}");
    put("templates/a.lua", "");
    put("flows/.cache.lua", "x");
    put("flows/b.lua~", "x");
    put("flows/notes.txt", "x");
    assert_true(read_again(&s, problem, sizeof problem));
    assert_int_equal(s.count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(s.list[i].name, NAMES[i]);
    assert_string_equal(s.list[1].text, "return {}");
    assert_int_equal(s.list[1].len, 9);
    assert_int_equal(strlen(s.digest), 64);
    script_sources_free(&s);
    assert_int_equal(s.count, 0);
}

static void the_digest_changes_with_a_name_or_a_byte(void **state)
{
    struct script_sources a, b, c;
    char problem[256];

    (void)state;
    assert_true(read_again(&a, problem, sizeof problem));
    put("flows/b.lua", "-- c");
    assert_true(read_again(&b, problem, sizeof problem));
    assert_string_not_equal(a.digest, b.digest);
    put("flows/b.lua", "-- b");
    assert_true(read_again(&c, problem, sizeof problem));
    assert_string_equal(a.digest, c.digest);
    script_sources_free(&a);
    script_sources_free(&b);
    script_sources_free(&c);
}

static void what_cannot_be_read_is_said(void **state)
{
    struct script_sources s;
    struct problems p;
    char problem[256], *large = calloc(1, 70001);

    (void)state;
    assert_non_null(large);
    memset(large, ' ', 70000);
    put("flows/large.lua", large);
    free(large);
    assert_false(read_again(&s, problem, sizeof problem));
    assert_string_equal(problem, "cannot be read: larger than 65536 bytes");
    assert_int_equal(s.count, 0);
    (void)unlink(path_of("flows/large.lua"));
    assert_int_equal(symlink("/etc/passwd", path_of("flows/link.lua")), 0);
    assert_false(read_again(&s, problem, sizeof problem));
    assert_string_equal(problem, "cannot be read: is a symbolic link");
    (void)unlink(path_of("flows/link.lua"));
    problems_init(&p);
    assert_false(script_sources_read("/nowhere", &s, &p));
    assert_int_equal(p.errors, 1);
    assert_false(script_sources_read(path_of("flows/lib"), &s, &p));
    assert_string_equal(p.list[1].code, "E002");
    problems_free(&p);
}

static int make_folder(void **state)
{
    struct error err;

    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/lisolo-sources-XXXXXX");
    return mkdtemp(folder) == NULL || !file_make_dir(path_of("flows/lib"), &err) || !file_make_dir(path_of("templates"), &err);
}

static int remove_folder(void **state)
{
    static const char *const FILES[] = { "flows/b.lua", "flows/lib/money.lua", "templates/a.lua", "flows/.cache.lua", "flows/b.lua~", "flows/notes.txt" };
    static const char *const FOLDERS[] = { "flows/lib", "flows", "templates", "" };

    (void)state;
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++)
        (void)unlink(path_of(FILES[i]));
    for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++)
        if (rmdir(path_of(FOLDERS[i])) != 0)
            return 1;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(every_script_is_read_sorted_by_name),
        EACH(the_digest_changes_with_a_name_or_a_byte),
        EACH(what_cannot_be_read_is_said),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
