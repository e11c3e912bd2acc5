#include "cm.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lisolo/base/file.h"

static char folder[] = "/tmp/lisolo-file-XXXXXX";
static struct error err;

static const char *path(const char *name)
{
    static char full[256];

    (void)snprintf(full, sizeof full, "%s/%s", folder, name);
    return full;
}

static int enter(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int leave(void **state)
{
    char command[64];

    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static void what_was_written_is_read_back_exactly(void **state)
{
    char *text = NULL;
    size_t len = 0;
    struct stat st;

    (void)state;
    assert_true(file_write(path("a"), "x\0y\n", 4, 0640, &err));
    assert_true(file_read(AT_FDCWD, path("a"), 4, &text, &len, &err));
    assert_int_equal(len, 4);
    assert_memory_equal(text, "x\0y\n", 5);
    free(text);
    assert_int_equal(stat(path("a"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    assert_true(file_write(path("a"), "", 0, 0600, &err));
    assert_true(file_read(AT_FDCWD, path("a"), 0, &text, NULL, &err));
    assert_string_equal(text, "");
    free(text);
}

static void reading_refuses_what_is_no_small_regular_file(void **state)
{
    char *text = NULL;
    int dir = open(folder, O_RDONLY | O_DIRECTORY);

    (void)state;
    assert_true(file_write(path("five"), "12345", 5, 0600, &err));
    assert_false(file_read(dir, "five", 4, &text, NULL, &err));
    assert_string_equal(err.text, "five: larger than 4 bytes");
    assert_false(file_read(dir, "none", 4, &text, NULL, &err));
    assert_string_equal(err.text, "none: No such file or directory");
    assert_int_equal(symlink("five", path("link")), 0);
    assert_false(file_read(dir, "link", 9, &text, NULL, &err));
    assert_string_equal(err.text, "link: is a symbolic link");
    assert_int_equal(mkfifo(path("fifo"), 0600), 0);
    assert_false(file_read(dir, "fifo", 9, &text, NULL, &err));
    assert_string_equal(err.text, "fifo: not a regular file");
    assert_false(file_read(AT_FDCWD, folder, 9, &text, NULL, &err));
    assert_null(text);
    close(dir);
}

/* A file of /proc says 0 bytes and gives more: the same sight as a file that grows while it is read. */
static void reading_refuses_a_file_that_grows(void **state)
{
    char *text = NULL;

    (void)state;
    assert_false(file_read(AT_FDCWD, "/proc/self/status", 65536, &text, NULL, &err));
    assert_string_equal(err.text, "/proc/self/status: changed while being read");
}

static void a_write_that_fails_leaves_nothing_behind(void **state)
{
    struct dirent *entry;
    DIR *list;

    (void)state;
    assert_false(file_write(path("no/such/folder/x"), "1", 1, 0600, &err));
    assert_int_equal(mkdir(path("busy"), 0700), 0);
    assert_false(file_write(path("busy"), "1", 1, 0600, &err));
    list = opendir(folder);
    assert_non_null(list);
    while ((entry = readdir(list)) != NULL)
        assert_null(strstr(entry->d_name, ".tmp"));
    closedir(list);
}

static void folders_are_made_with_their_parents(void **state)
{
    struct stat st;

    (void)state;
    assert_true(file_make_dir(path("p/q//r/"), &err));
    assert_true(file_make_dir(path("p/q/r"), &err));
    assert_int_equal(stat(path("p/q/r"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_true(file_write(path("p/f"), "", 0, 0600, &err));
    assert_false(file_make_dir(path("p/f"), &err));
    assert_non_null(strstr(err.text, "not a folder"));
    assert_false(file_make_dir(path("p/f/g"), &err));
    assert_false(file_make_dir("", &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read_back_exactly),
        cmocka_unit_test(reading_refuses_what_is_no_small_regular_file),
        cmocka_unit_test(reading_refuses_a_file_that_grows),
        cmocka_unit_test(a_write_that_fails_leaves_nothing_behind),
        cmocka_unit_test(folders_are_made_with_their_parents),
    };

    return cmocka_run_group_tests(tests, enter, leave);
}
