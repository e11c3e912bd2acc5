#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"

enum { RELOAD_WAIT_MS = 60 * 1000 };

static void print_restart(const cJSON *answer)
{
    const cJSON *key, *keys = json_get(answer, "needs_restart");

    if (keys == NULL)
        return;
    (void)fputs(say_text("needs a restart:"), stdout);
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

/* What is wrong is what the answer lists; its own word is about the host where it lists nothing. */
static void print_refusal(const cJSON *answer, const struct problems *p, enum problem_form form)
{
    const char *error = json_str(answer, "error");

    if (form == FORM_HUMAN)
        (void)fputc('\n', stderr);
    (void)fprintf(stderr, "%s%s%s", say_red(STDERR_FILENO), say_text("reload refused"), say_reset(STDERR_FILENO));
    (void)fprintf(stderr, say_text(", generation %lld stays live: "), (long long)number(answer, "generation"));
    if (p->errors > 0)
        show_counts(stderr, p->errors, p->warnings);
    else
        (void)fputs(error == NULL ? "?" : error, stderr);
    (void)fputc('\n', stderr);
}

static void print_success(const cJSON *answer)
{
    (void)printf("%s%s%s", say_green(STDOUT_FILENO), say_text("reload ok"), say_reset(STDOUT_FILENO));
    (void)printf(say_text(": generation %lld -> %lld, %lld flows, %lld messages, %lld ms\n"), (long long)number(answer, "from"),
                 (long long)number(answer, "generation"), (long long)number(answer, "flows"), (long long)number(answer, "messages"),
                 (long long)number(answer, "ms"));
    print_restart(answer);
}

static void print_whole(const cJSON *answer)
{
    char *text = json_print(answer, NULL);

    if (text != NULL)
        (void)printf("%s\n", text);
    free(text);
}

static int print_verdict(const cJSON *answer, enum problem_form form)
{
    const char *scripts = json_str(answer, "scripts");
    bool ok = json_bool(answer, "ok");
    struct problems problems;

    problems_init(&problems);
    (void)problems_from_json(json_get(answer, "problems"), &problems);
    if (form == FORM_JSON)
        print_whole(answer);
    else
        show_problems_as(&problems, scripts == NULL ? "" : scripts, form);
    (void)fflush(stdout);
    if (form != FORM_JSON && ok)
        print_success(answer);
    else if (form != FORM_JSON)
        print_refusal(answer, &problems, form);
    problems_free(&problems);
    return ok ? EXIT_OK : EXIT_PROBLEMS;
}

static bool make_request(cJSON *request)
{
    return request != NULL && json_add_str(request, "do", "reload") &&
           json_add_str(request, "lang", say_language() == PROBLEMS_FRENCH ? "fr" : "en");
}

int run_reload(const struct arguments *a)
{
    cJSON *request, *answer;
    enum problem_form form;
    struct error err;
    char path[512];
    int code;

    if (!say_language_read(a))
        return EXIT_USAGE;
    if (!problem_form(argument(a, "format"), &form)) {
        say_error("reload: --format is human, short, json, gcc or github, not '%s'", argument(a, "format"));
        return EXIT_USAGE;
    }
    if (!socket_of(a, path, sizeof path))
        return EXIT_UNREACHED;
    request = cJSON_CreateObject();
    if (!make_request(request)) {
        cJSON_Delete(request);
        say_error("out of memory");
        return EXIT_INTERNAL;
    }
    answer = control_ask(path, request, RELOAD_WAIT_MS, &err);
    cJSON_Delete(request);
    if (answer == NULL) {
        say_error("%s", err.text);
        return EXIT_UNREACHED;
    }
    code = print_verdict(answer, form);
    cJSON_Delete(answer);
    return code;
}
