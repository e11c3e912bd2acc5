#include "cm.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lisolo/base/json.h"
#include "lisolo/base/log.h"

static int  ends[2];
static char text[1 << 16];

static int open_pipe(void **state)
{
    (void)state;
    log_set_style(LOG_JSON);
    log_set_level(LOG_INFO);
    if (pipe2(ends, O_NONBLOCK) != 0)
        return -1;
    log_set_fd(ends[1]);
    return 0;
}

static int close_pipe(void **state)
{
    (void)state;
    log_set_fd(STDERR_FILENO);
    close(ends[0]);
    close(ends[1]);
    return 0;
}

/* What one read(2) gives. */
static const char *written(void)
{
    ssize_t n = read(ends[0], text, sizeof text - 1);

    text[n < 0 ? 0 : n] = '\0';
    return text;
}

static cJSON *written_json(void)
{
    const char *line = written();
    size_t len = strlen(line);
    struct error err = { "" };
    cJSON *tree;

    assert_true(len > 0 && line[len - 1] == '\n');
    assert_null(strchr(line, '\n') == line + len - 1 ? NULL : line);
    tree = json_parse(line, len, &err);
    if (tree == NULL)
        fail_msg("%s in: %s", err.text, line);
    return tree;
}

static void a_line_is_json_with_time_level_event_and_fields(void **state)
{
    cJSON *tree;
    const char *ts;
    int64_t n = 0;

    (void)state;
    LOG(LOG_INFO, "reload", log_str("result", "ok"), log_int("generation", -9));
    tree = written_json();
    ts = json_str(tree, "ts");
    assert_int_equal(strlen(ts), 24);
    assert_int_equal(ts[4], '-');
    assert_int_equal(ts[10], 'T');
    assert_int_equal(ts[19], '.');
    assert_int_equal(ts[23], 'Z');
    assert_string_equal(json_str(tree, "level"), "info");
    assert_string_equal(json_str(tree, "event"), "reload");
    assert_string_equal(json_str(tree, "result"), "ok");
    assert_true(json_int(tree, "generation", &n) && n == -9);
    cJSON_Delete(tree);
}

static void whatever_a_field_holds_the_line_stays_one_line_of_json(void **state)
{
    cJSON *tree;

    (void)state;
    LOG(LOG_ERROR, "x", log_str("text", "a\"b\\c\nd\r\te\x01\x7F \xC3\xA9 \xF0\x9F\x93\xA6 \xFF\xC3"), log_str("none", NULL));
    tree = written_json();
    assert_string_equal(json_str(tree, "text"),
                        "a\"b\\c\nd\r\te\x01\x7F \xC3\xA9 \xF0\x9F\x93\xA6 \xEF\xBF\xBD\xEF\xBF\xBD");
    assert_string_equal(json_str(tree, "none"), "");
    cJSON_Delete(tree);
}

static void a_line_without_fields_is_fine(void **state)
{
    cJSON *tree;

    (void)state;
    LOG(LOG_WARN, "start");
    tree = written_json();
    assert_string_equal(json_str(tree, "event"), "start");
    cJSON_Delete(tree);
}

static void a_long_text_is_cut_and_a_line_that_is_too_long_says_so(void **state)
{
    char *huge = malloc(20001);
    cJSON *tree;
    int64_t n = 0;

    (void)state;
    assert_non_null(huge);
    memset(huge, 'y', 20000);
    huge[20000] = '\0';
    LOG(LOG_INFO, "long", log_str("a", huge));
    tree = written_json();
    assert_int_equal(strlen(json_str(tree, "a")), 1003);
    assert_null(json_get(tree, "cut"));
    cJSON_Delete(tree);

    memset(huge, '\x01', 20000);
    LOG(LOG_INFO, "long", log_str("a", huge), log_str("b", "kept"));
    tree = written_json();
    assert_null(json_get(tree, "a"));
    assert_string_equal(json_str(tree, "b"), "kept");
    assert_true(json_int(tree, "cut", &n) && n == 1);
    cJSON_Delete(tree);
    free(huge);
}

static void lines_below_the_level_are_not_written(void **state)
{
    (void)state;
    LOG(LOG_DEBUG, "quiet");
    assert_string_equal(written(), "");
    log_set_level(LOG_DEBUG);
    LOG(LOG_DEBUG, "loud");
    assert_non_null(strstr(written(), "\"level\":\"debug\",\"event\":\"loud\""));
    log_set_level(LOG_ERROR);
    LOG(LOG_WARN, "quiet");
    assert_string_equal(written(), "");
}

static void the_plain_style_quotes_only_what_needs_it(void **state)
{
    const char *line;

    (void)state;
    log_set_style(LOG_PLAIN);
    LOG(LOG_INFO, "reload", log_str("result", "ok"), log_int("n", INT64_MIN), log_str("why", "two words"), log_str("empty", ""));
    line = written();
    assert_non_null(strstr(line, " info reload result=ok n=-9223372036854775808 why=\"two words\" empty=\"\"\n"));
}

static void logging_leaves_errno_alone(void **state)
{
    (void)state;
    log_set_fd(-1);
    errno = EDOM;
    LOG(LOG_INFO, "nowhere");
    assert_int_equal(errno, EDOM);
}

enum { THREADS = 4, LINES = 100 };

static void *write_lines(void *unused)
{
    int i;

    for (i = 0; i < LINES; i++)
        LOG(LOG_INFO, "thread", log_int("i", i), log_str("pad", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"));
    return unused;
}

static void threads_never_mix_their_lines(void **state)
{
    pthread_t threads[THREADS];
    char *line, *end;
    int i, lines = 0;
    cJSON *tree;
    ssize_t n;

    (void)state;
    for (i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_lines, NULL), 0);
    for (i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    n = read(ends[0], text, sizeof text - 1);
    assert_true(n > 0);
    text[n] = '\0';
    for (line = text; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        tree = json_parse(line, (size_t)(end - line), NULL);
        assert_non_null(tree);
        cJSON_Delete(tree);
        lines++;
    }
    assert_int_equal(lines, THREADS * LINES);
}

#define WITH_PIPE(test) cmocka_unit_test_setup_teardown(test, open_pipe, close_pipe)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PIPE(a_line_is_json_with_time_level_event_and_fields),
        WITH_PIPE(whatever_a_field_holds_the_line_stays_one_line_of_json),
        WITH_PIPE(a_line_without_fields_is_fine),
        WITH_PIPE(a_long_text_is_cut_and_a_line_that_is_too_long_says_so),
        WITH_PIPE(lines_below_the_level_are_not_written),
        WITH_PIPE(the_plain_style_quotes_only_what_needs_it),
        WITH_PIPE(logging_leaves_errno_alone),
        WITH_PIPE(threads_never_mix_their_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
