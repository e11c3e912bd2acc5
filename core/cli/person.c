/*
 * lisolo person: what the host keeps about one person, as JSON; with --forget it is erased.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cli.h"

enum { PERSON_WAIT_MS = 30 * 1000 };

static cJSON *ask(const char *path, const char *phone, bool forget, struct error *err)
{
    cJSON *request = cJSON_CreateObject(), *answer = NULL;

    if (request != NULL && json_add_str(request, "do", "person") && json_add_str(request, "phone", phone)
        && (!forget || json_add_bool(request, "forget", true)))
        answer = control_ask(path, request, PERSON_WAIT_MS, err);
    else
        error_set(err, "out of memory");
    cJSON_Delete(request);
    return answer;
}

/* Indented, for people too. */
static bool print(const cJSON *person)
{
    char *text = cJSON_Print(person);

    if (text == NULL)
        return false;
    (void)printf("%s\n", text);
    cJSON_free(text);
    return true;
}

int run_person(const struct arguments *a)
{
    bool forget = argument(a, "forget") != NULL;
    struct error err = { "" };
    int code = EXIT_OK;
    cJSON *answer;
    char path[512];

    if (a->count != 1 || a->list[0][0] != '+') {
        say_error("person: name one telephone number with its country: +242066123456");
        return EXIT_USAGE;
    }
    if (!socket_of(a, path, sizeof path))
        return EXIT_UNREACHED;
    answer = ask(path, a->list[0], forget, &err);
    if (answer == NULL) {
        say_error("%s", err.text);
        return EXIT_UNREACHED;
    }
    if (!json_bool(answer, "ok")) {
        say_error("%s: %s", a->list[0], json_str(answer, "error") == NULL ? "refused" : json_str(answer, "error"));
        code = EXIT_PROBLEMS;
    } else if (forget) {
        (void)printf(say_text("%s: forgotten. What was kept until now:\n"), a->list[0]);
    }
    if (code == EXIT_OK && !print(json_get(answer, "person")))
        code = EXIT_INTERNAL;
    cJSON_Delete(answer);
    return code;
}
