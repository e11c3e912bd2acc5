/*
 * lisolo handover: who waits for a person of the team, and taking or giving back a conversation.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

enum { HANDOVER_WAIT_MS = 30 * 1000, WORDS_MAX = 160 };

static long long number(const cJSON *tree, const char *key)
{
    int64_t n = 0;

    (void)json_int(tree, key, &n);
    return (long long)n;
}

enum { SPAN_BYTES = 48 };

static const char *span(long long ms, char out[SPAN_BYTES])
{
    long long minutes = ms < 0 ? 0 : ms / 60000;

    if (minutes >= 24 * 60)
        (void)snprintf(out, SPAN_BYTES, say_text("%lld d %lld h"), minutes / (24 * 60), minutes / 60 % 24);
    else if (minutes >= 60)
        (void)snprintf(out, SPAN_BYTES, "%lld h %lld min", minutes / 60, minutes % 60);
    else
        (void)snprintf(out, SPAN_BYTES, "%lld min", minutes);
    return out;
}

static void print_words(const char *words) { say_words(words, WORDS_MAX); }

static void print_one(const cJSON *one, long long now_ms)
{
    const char *phone = json_str(one, "phone"), *name = json_str(one, "name"), *words = json_str(one, "words"), *said = json_str(one, "said");
    char since[SPAN_BYTES], left[SPAN_BYTES];

    (void)printf("%s%lld%s  %s  ", say_bold(STDOUT_FILENO), number(one, "conversation"), say_reset(STDOUT_FILENO), phone == NULL ? "" : phone);
    print_words(name == NULL ? "" : name);
    (void)printf(say_text("\n    with staff for %s, at most %s more\n"), span(now_ms - number(one, "since_ms"), since),
                 span(number(one, "until_ms") - now_ms, left));
    if (words == NULL && said == NULL)
        return;
    (void)printf(say_text("    %s ago: "), span(now_ms - number(one, "said_ms"), since));
    if (words != NULL) {
        (void)fputs(say_text("“"), stdout);
        print_words(words);
        (void)printf("%s\n", say_text("”"));
    } else {
        (void)printf("[%s]\n", said);
    }
}

static void print_all(const cJSON *answer)
{
    const cJSON *one, *held = json_get(answer, "held");

    if (cJSON_GetArraySize(held) == 0)
        (void)fputs(say_text("nobody is with staff\n"), stdout);
    cJSON_ArrayForEach(one, held)
        print_one(one, number(answer, "now_ms"));
}

static cJSON *ask(const char *path, const char *what, const char *who, bool numbers, struct error *err)
{
    cJSON *request = cJSON_CreateObject(), *answer = NULL;

    if (request != NULL && json_add_str(request, "do", "handover") && (what == NULL || json_add_str(request, what, who)) &&
        (!numbers || json_add_bool(request, "numbers", true)))
        answer = control_ask(path, request, HANDOVER_WAIT_MS, err);
    else
        error_set(err, "out of memory");
    cJSON_Delete(request);
    return answer;
}

static int show(const struct arguments *a, const cJSON *answer, const char *what)
{
    char *json;

    if (!json_bool(answer, "ok")) {
        say_error("handover: %s", json_str(answer, "error") == NULL ? "refused" : json_str(answer, "error"));
        return EXIT_PROBLEMS;
    }
    if (what != NULL) {
        if (strcmp(what, "take") == 0)
            (void)printf(say_text("conversation %lld is with staff, for a day at most: lisolo handover back %lld\n"), number(answer, "conversation"),
                         number(answer, "conversation"));
        else
            (void)printf(say_text("the bot has conversation %lld again\n"), number(answer, "conversation"));
    } else if (argument(a, "json") == NULL) {
        print_all(answer);
    } else if ((json = json_print(json_get(answer, "held"), NULL)) != NULL) {
        (void)printf("%s\n", json);
        free(json);
    }
    return EXIT_OK;
}

int run_handover(const struct arguments *a)
{
    bool list = a->count == 0 || (a->count == 1 && strcmp(a->list[0], "list") == 0);
    const char *what = list ? NULL : a->list[0];
    struct error err = { "" };
    char path[512];
    cJSON *answer;
    int code;

    if (!list && (a->count != 2 || (strcmp(what, "take") != 0 && strcmp(what, "back") != 0))) {
        say_error("handover: write lisolo handover list, or lisolo handover take or back with a conversation (12) or a telephone number (+242…)");
        return EXIT_USAGE;
    }
    if (!socket_of(a, path, sizeof path))
        return EXIT_UNREACHED;
    answer = ask(path, what, a->count == 2 ? a->list[1] : NULL, argument(a, "show-numbers") != NULL, &err);
    if (answer == NULL) {
        say_error("%s", err.text);
        return EXIT_UNREACHED;
    }
    code = show(a, answer, what);
    cJSON_Delete(answer);
    return code;
}
