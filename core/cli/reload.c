#include <stdio.h>
#include <unistd.h>

#include "cli.h"

enum { RELOAD_WAIT_MS = 60 * 1000 };

static void print_restart(const cJSON *answer)
{
    const cJSON *key, *keys = json_get(answer, "needs_restart");

    if (keys == NULL)
        return;
    (void)printf("needs a restart:");
    cJSON_ArrayForEach(key, keys)
        (void)printf(" %s", key->valuestring == NULL ? "" : key->valuestring);
    (void)printf("\n");
}

static int64_t number(const cJSON *answer, const char *key)
{
    int64_t n = 0;

    (void)json_int(answer, key, &n);
    return n;
}

static int print_verdict(const cJSON *answer)
{
    struct problems problems;
    const char *error = json_str(answer, "error");
    bool ok = json_bool(answer, "ok");

    problems_init(&problems);
    (void)problems_from_json(json_get(answer, "problems"), &problems);
    if (ok) {
        (void)printf("%sreload ok%s: generation %lld -> %lld, %lld flows, %lld messages, %lld ms\n", say_green(STDOUT_FILENO),
                     say_reset(STDOUT_FILENO), (long long)number(answer, "from"), (long long)number(answer, "generation"),
                     (long long)number(answer, "flows"), (long long)number(answer, "messages"), (long long)number(answer, "ms"));
        print_restart(answer);
    } else {
        (void)fprintf(stderr, "%sreload refused%s, generation %lld stays live: %s\n", say_red(STDERR_FILENO), say_reset(STDERR_FILENO),
                      (long long)number(answer, "generation"), error == NULL ? "see below" : error);
    }
    for (size_t i = 0; i < problems.count; i++) {
        const struct problem *p = &problems.list[i];

        (void)fprintf(stderr, "%s:%d:%d: %s [%s]\n", p->file, p->line, p->column, p->text, p->code);
        if (p->hint[0] != '\0')
            (void)fprintf(stderr, "    %s\n", p->hint);
    }
    problems_free(&problems);
    return ok ? EXIT_OK : EXIT_PROBLEMS;
}

int run_reload(const struct arguments *a)
{
    cJSON *request, *answer;
    struct error err;
    char path[512];
    int code;

    if (!socket_of(a, path, sizeof path))
        return EXIT_UNREACHED;
    request = cJSON_CreateObject();
    if (request == NULL || !json_add_str(request, "do", "reload")) {
        say_error("out of memory");
        return EXIT_INTERNAL;
    }
    answer = control_ask(path, request, RELOAD_WAIT_MS, &err);
    cJSON_Delete(request);
    if (answer == NULL) {
        say_error("%s", err.text);
        return EXIT_UNREACHED;
    }
    code = print_verdict(answer);
    cJSON_Delete(answer);
    return code;
}
