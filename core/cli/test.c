#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "lisolo/lab.h"

static bool speaks_french(void)
{
    static const char *const NAMES[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const char *value = getenv(NAMES[i]);

        if (value != NULL && value[0] != '\0')
            return strncmp(value, "fr", 2) == 0;
    }
    return false;
}

static bool read_format(const struct arguments *a, struct lab_test_options *o)
{
    static const char *const NAMES[] = { [LAB_TEST_TEXT] = "text", [LAB_TEST_TAP] = "tap", [LAB_TEST_JUNIT] = "junit", [LAB_TEST_JSON] = "json" };
    const char *form = argument(a, "format");

    for (size_t i = 0; form != NULL && i < sizeof NAMES / sizeof *NAMES; i++)
        if (strcmp(form, NAMES[i]) == 0) {
            o->format = (enum lab_test_format)i;
            return true;
        }
    if (form != NULL)
        say_error("test: --format is text, tap, junit or json, not '%s'", form);
    return form == NULL;
}

static bool read_options(const struct arguments *a, struct lab_test_options *o)
{
    long jobs = 1, repeat = 1, least = 0, seed = 1;
    const char *ci = getenv("CI");

    *o = (struct lab_test_options){
        .scripts = argument(a, "scripts"), .country = argument(a, "country"), .only = argument(a, "only"), .french = speaks_french(),
        .update = argument(a, "update") != NULL, .review = argument(a, "review") != NULL, .chaos = argument(a, "chaos") != NULL,
        .shuffle = argument(a, "shuffle") != NULL, .coverage = argument(a, "coverage") != NULL, .watch = argument(a, "watch") != NULL,
        .dry = ci != NULL && strcmp(ci, "true") == 0, .paths = (const char *const *)(uintptr_t)a->list, .path_count = (size_t)a->count,
    };
    if (!read_format(a, o) || !argument_number(a, "jobs", 1, 64, &jobs) || !argument_number(a, "repeat", 1, 1000000, &repeat) ||
        !argument_number(a, "min-coverage", 0, 100, &least) || !argument_number(a, "shuffle", 0, 1000000000, &seed))
        return false;
    o->jobs = (unsigned)jobs;
    o->repeat = (unsigned)repeat;
    o->min_coverage = (int)least;
    o->seed = (uint64_t)seed;
    if (o->dry && (o->update || o->review))
        say_error("test: CI=true, so nothing is written");
    return true;
}

int run_test(const struct arguments *a)
{
    struct lab_test_options o;
    struct problems problems;
    struct error err = { "" };
    int code = EXIT_OK;

    if (!read_options(a, &o))
        return EXIT_USAGE;
    for (int i = 0; i < a->count; i++)
        if (access(a->list[i], R_OK) == -1) {
            say_error("test: %s: %s", a->list[i], strerror(errno));
            return EXIT_UNREACHED;
        }
    problems_init(&problems);
    problems_speak(&problems, say_language());
    switch (lab_test(&o, &problems, &err)) {
    case LAB_TEST_PASSED: break;
    case LAB_TEST_FAILED: code = EXIT_PROBLEMS; break;
    case LAB_TEST_NONE:
        say_error(o.only != NULL ? "test: there is no .chat file in %s that --only names" : "test: there is no .chat file in %s",
                  o.path_count > 0 ? o.paths[0] : "tests/chat");
        code = EXIT_NO_TESTS;
        break;
    case LAB_TEST_SCRIPTS:
        problems_sort(&problems);
        show_problems(&problems, o.scripts == NULL ? "scripts" : o.scripts, false);
        code = EXIT_PROBLEMS;
        break;
    case LAB_TEST_BROKEN:
        say_error("test: %s", err.text);
        code = EXIT_INTERNAL;
        break;
    }
    problems_free(&problems);
    return code;
}
