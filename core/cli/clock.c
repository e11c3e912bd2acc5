#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

enum { CLOCK_WAIT_MS = 10 * 1000 };

/* "90s", "10min", "2h", "1d" -> milliseconds; -1: not a time. */
static int64_t read_time(const char *text)
{
    static const struct { const char *unit; int64_t ms; } units[] = {
        { "ms", 1 }, { "s", 1000 }, { "min", 60 * 1000 }, { "m", 60 * 1000 }, { "h", 3600 * 1000 }, { "d", 24 * 3600 * 1000 }, { "j", 24 * 3600 * 1000 },
    };
    char *end;
    long n;

    errno = 0;
    n = strtol(text, &end, 10);
    while (*end == ' ')
        end++;
    if (errno != 0 || end == text || n < 0 || n > 1000000)
        return -1;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcmp(end, units[i].unit) == 0)
            return n * units[i].ms;
    return -1;
}

int run_clock(const struct arguments *a)
{
    cJSON *request, *answer;
    struct error err;
    char path[512];
    int64_t ms = a->count == 2 && strcmp(a->list[0], "advance") == 0 ? read_time(a->list[1]) : -1;
    int code = EXIT_OK;

    if (ms < 0) {
        say_error("clock: say how far, as in: lisolo clock advance 10min (ms, s, min, h, d)");
        return EXIT_USAGE;
    }
    if (!socket_of(a, path, sizeof path))
        return EXIT_UNREACHED;
    request = cJSON_CreateObject();
    if (request == NULL || !json_add_str(request, "do", "clock") || !json_add_int(request, "ms", ms)) {
        say_error("out of memory");
        return EXIT_INTERNAL;
    }
    answer = control_ask(path, request, CLOCK_WAIT_MS, &err);
    cJSON_Delete(request);
    if (answer == NULL) {
        say_error("%s", err.text);
        return EXIT_UNREACHED;
    }
    if (json_bool(answer, "ok")) {
        (void)printf(say_text("the clock was moved by %s\n"), a->list[1]);
    } else {
        say_error("%s", json_str(answer, "error") == NULL ? "refused" : json_str(answer, "error"));
        code = EXIT_PROBLEMS;
    }
    cJSON_Delete(answer);
    return code;
}
