/*
 * lisolo why: one story, oldest first: words in, where the turn stopped, what left, what the API and the statuses said.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

enum { WHY_WAIT_MS = 30 * 1000, WORDS_MAX = 300 };

static long long number(const cJSON *tree, const char *key)
{
    int64_t n = 0;

    (void)json_int(tree, key, &n);
    return (long long)n;
}

static const char *text(const cJSON *tree, const char *key)
{
    const char *t = json_str(tree, key);

    return t == NULL ? "" : t;
}

static void print_time(long long ms)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm parts;
    char out[40] = "?";

    if (localtime_r(&seconds, &parts) != NULL)
        (void)strftime(out, sizeof out, "%Y-%m-%d %H:%M:%S", &parts);
    (void)printf("%s%s.%03lld%s  ", say_dim(STDOUT_FILENO), out, ms % 1000, say_reset(STDOUT_FILENO));
}

static void print_words(const char *words) { say_words(words, WORDS_MAX); }

static void print_in(const cJSON *event)
{
    const cJSON *body = json_get(event, "body");
    const char *kind = text(body, "kind"), *words = json_str(body, "text"), *choice = json_str(body, "choice"), *name = json_str(body, "name");
    const char *outcome = json_str(body, "outcome");

    (void)printf("\n");
    print_time(number(event, "committed_ms"));
    (void)printf("%s→ %s%s #%lld", say_bold(STDOUT_FILENO), kind[0] != '\0' ? kind : say_text("event"), say_reset(STDOUT_FILENO), number(event, "seq"));
    if (name != NULL) {
        (void)putchar(' ');
        print_words(name);
    }
    if (outcome != NULL)
        (void)printf(" %s", outcome);
    if (number(body, "status") != 0)
        (void)printf(" (HTTP %lld)", number(body, "status"));
    if (words != NULL) {
        (void)fputs(say_text(" “"), stdout);
        print_words(words);
        (void)fputs(say_text("”"), stdout);
    }
    if (choice != NULL) {
        (void)printf(" [");
        print_words(choice);
        (void)putchar(']');
    }
    if (json_str(body, "id") != NULL)
        (void)printf("  %s%s%s", say_dim(STDOUT_FILENO), json_str(body, "id"), say_reset(STDOUT_FILENO));
    (void)printf("\n");
}

static void print_turn(const cJSON *event)
{
    const cJSON *turn = json_get(event, "turn");
    const char *flow = text(turn, "flow"), *note = json_str(turn, "note");

    if (turn == NULL) {
        (void)fputs(say_text("    not handled yet\n"), stdout);
        return;
    }
    (void)printf(say_text("    %sturn%s generation %lld, then "), json_bool(turn, "failed") ? say_red(STDOUT_FILENO) : "",
                 json_bool(turn, "failed") ? say_reset(STDOUT_FILENO) : "", number(turn, "generation"));
    if (flow[0] == '\0')
        (void)fputs(say_text("no flow is running"), stdout);
    else
        (void)printf(say_text("waits at %s / %s"), flow, text(turn, "step"));
    if (note != NULL) {
        (void)printf("\n    %s", json_bool(turn, "failed") ? say_red(STDOUT_FILENO) : "");
        print_words(note);
        (void)printf("%s", json_bool(turn, "failed") ? say_reset(STDOUT_FILENO) : "");
    }
    (void)printf("\n");
}

static void print_statuses(const cJSON *send)
{
    const cJSON *one, *list = json_get(send, "statuses");

    if (list == NULL)
        return;
    (void)fputs(say_text("      statuses:"), stdout);
    cJSON_ArrayForEach(one, list)
    {
        const cJSON *error;

        (void)printf(" %s", text(one, "status"));
        cJSON_ArrayForEach(error, json_get(one, "errors"))
            (void)printf(" (%lld %s)", number(error, "code"), text(error, "title"));
    }
    (void)printf("\n");
}

static void print_send(const cJSON *send)
{
    const cJSON *body = json_get(send, "body"), *form = json_get(body, "free");
    const char *state = text(send, "state"), *wamid = json_str(send, "wamid"), *note = json_str(send, "note");
    bool good = strcmp(state, "accepted") == 0;

    if (form == NULL)
        form = json_get(body, "template");
    (void)printf("    ← #%lld %s, %s%s%s", number(send, "id"), text(send, "class"),
                 good ? say_green(STDOUT_FILENO) : say_bold(STDOUT_FILENO), state, say_reset(STDOUT_FILENO));
    if (number(send, "attempts") > 1)
        (void)printf(say_text(" after %lld attempts"), number(send, "attempts"));
    (void)printf("  %s%s%s\n", say_dim(STDOUT_FILENO), text(send, "source"), say_reset(STDOUT_FILENO));
    (void)printf("     ");
    (void)fputs(say_text(" “"), stdout);
    print_words(json_str(form, "body") != NULL ? text(form, "body") : text(form, "template"));
    (void)printf("%s\n", say_text("”"));
    if (wamid != NULL)
        (void)printf("      %s\n", wamid);
    if (json_str(send, "second_wamid") != NULL)
        (void)printf(say_text("      %ssent twice by the provider:%s %s\n"), say_red(STDOUT_FILENO), say_reset(STDOUT_FILENO), text(send, "second_wamid"));
    if (note != NULL)
        (void)printf(say_text("      API: %s\n"), note);
    print_statuses(send);
}

static void print_call(const cJSON *call)
{
    (void)printf(say_text("    ⇄ %s %s, %s, attempt %lld  %skey %.12s… step %s%s\n"), text(call, "method"), text(call, "path"), text(call, "state"),
                 number(call, "attempts"), say_dim(STDOUT_FILENO), text(call, "key"), text(call, "step"), say_reset(STDOUT_FILENO));
}

static void print_story(const cJSON *story)
{
    const cJSON *one, *effect, *person = json_get(story, "person");

    (void)printf("conversation %lld", number(story, "conversation"));
    if (person != NULL) {
        (void)printf(", ");
        print_words(text(person, "name"));
        (void)printf(" %s", text(person, "phone"));
    }
    if (json_bool(story, "routing"))
        (void)fputs(say_text(", routes events"), stdout);
    (void)printf(say_text(", %lld of %lld events handled\n"), number(story, "done_seq"), number(story, "in_seq"));
    cJSON_ArrayForEach(one, json_get(story, "events"))
    {
        print_in(one);
        print_turn(one);
        cJSON_ArrayForEach(effect, json_get(one, "calls"))
            print_call(effect);
        cJSON_ArrayForEach(effect, json_get(one, "sends"))
            print_send(effect);
    }
}

static cJSON *ask(const char *path, const char *subject, struct error *err)
{
    cJSON *request = cJSON_CreateObject(), *answer = NULL;

    if (request != NULL && json_add_str(request, "do", "why") && json_add_str(request, "subject", subject))
        answer = control_ask(path, request, WHY_WAIT_MS, err);
    else
        error_set(err, "out of memory");
    cJSON_Delete(request);
    return answer;
}

int run_why(const struct arguments *a)
{
    struct error err = { "" };
    cJSON *answer;
    char path[512], *json;
    int code = EXIT_OK;

    if (a->count != 1) {
        say_error("why: name one message id, row ('#12'), conversation (12) or telephone number (+242…)");
        return EXIT_USAGE;
    }
    if (!socket_of(a, path, sizeof path))
        return EXIT_UNREACHED;
    answer = ask(path, a->list[0], &err);
    if (answer == NULL) {
        say_error("%s", err.text);
        return EXIT_UNREACHED;
    }
    if (!json_bool(answer, "ok")) {
        say_error("%s: %s", a->list[0], text(answer, "error"));
        code = EXIT_PROBLEMS;
    } else if (argument(a, "json") == NULL) {
        print_story(json_get(answer, "story"));
    } else if ((json = json_print(json_get(answer, "story"), NULL)) != NULL) {
        (void)printf("%s\n", json);
        free(json);
    }
    cJSON_Delete(answer);
    return code;
}
