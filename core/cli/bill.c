/*
 * lisolo bill: what the steps of the live scripts have cost, the dearest first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

enum { BILL_WAIT_MS = 15 * 1000, LINES_DEFAULT = 20 };

static const char *const KINDS[] = { "steps", "memory", "backend", "messages" };

static long long number(const cJSON *tree, const char *key)
{
    int64_t n = 0;

    (void)json_int(tree, key, &n);
    return (long long)n;
}

static void print_memory(long long bytes)
{
    if (bytes >= 1024 * 1024)
        (void)printf("%9.1f MiB", (double)bytes / (1024 * 1024));
    else
        (void)printf("%9.1f KiB", (double)bytes / 1024);
}

static void print_line(const cJSON *line)
{
    const cJSON *one, *over = json_get(line, "over");
    char place[140];

    (void)snprintf(place, sizeof place, "%s/%s", json_str(line, "flow") == NULL ? "" : json_str(line, "flow"),
                   json_str(line, "step") == NULL ? "" : json_str(line, "step"));
    (void)printf("%-32s %8lld %10lld %8lld ", place, number(line, "passes"), number(line, "steps"), number(line, "steps_most"));
    print_memory(number(line, "memory_most"));
    (void)printf(" %7lld ms %9lld ms %9lld", number(line, "backend_most"), number(line, "backend"), number(line, "messages"));
    if (cJSON_GetArraySize(over) > 0)
        (void)printf(say_text("  %s! over its budget:%s"), say_red(STDOUT_FILENO), say_reset(STDOUT_FILENO));
    cJSON_ArrayForEach(one, over)
        (void)printf(" %s", one->valuestring);
    (void)printf("\n");
}

static void print_table(const cJSON *answer, bool all)
{
    const cJSON *line, *steps = json_get(answer, "steps");
    int shown = 0;

    if (cJSON_GetArraySize(steps) == 0) {
        (void)printf(say_text("nothing has cost anything since generation %lld went live\n"), number(answer, "generation"));
        return;
    }
    (void)printf("%s%s%s\n", say_bold(STDOUT_FILENO),
                 say_text("step                               passes   VM steps     most   most memory    longest      backend  messages"),
                 say_reset(STDOUT_FILENO));
    cJSON_ArrayForEach(line, steps)
        if (shown++ < LINES_DEFAULT || all)
            print_line(line);
    if (shown > LINES_DEFAULT && !all)
        (void)printf(say_text("… and %d more: lisolo bill --all\n"), shown - LINES_DEFAULT);
}

static bool kind_known(const char *by)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
        if (strcmp(by, KINDS[i]) == 0)
            return true;
    return false;
}

static cJSON *ask(const char *path, const char *by, struct error *err)
{
    cJSON *request = cJSON_CreateObject(), *answer = NULL;

    if (request != NULL && json_add_str(request, "do", "bill") && json_add_str(request, "by", by))
        answer = control_ask(path, request, BILL_WAIT_MS, err);
    else
        error_set(err, "out of memory");
    cJSON_Delete(request);
    return answer;
}

int run_bill(const struct arguments *a)
{
    const char *by = argument(a, "by");
    struct error err = { "" };
    cJSON *answer;
    char path[512], *json;

    if (by != NULL && !kind_known(by)) {
        say_error("bill: --by is steps, memory, backend or messages, not '%s'", by);
        return EXIT_USAGE;
    }
    if (!socket_of(a, path, sizeof path))
        return EXIT_UNREACHED;
    answer = ask(path, by == NULL ? "steps" : by, &err);
    if (answer == NULL) {
        say_error("%s", err.text);
        return EXIT_UNREACHED;
    }
    if (argument(a, "json") == NULL) {
        print_table(answer, argument(a, "all") != NULL);
    } else if ((json = json_print(answer, NULL)) != NULL) {
        (void)printf("%s\n", json);
        free(json);
    }
    cJSON_Delete(answer);
    return EXIT_OK;
}
