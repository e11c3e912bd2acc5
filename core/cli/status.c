#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

enum { STATUS_WAIT_MS = 15 * 1000 };

static long long number(const cJSON *tree, const char *key)
{
    int64_t n = 0;

    (void)json_int(tree, key, &n);
    return (long long)n;
}

static void heading(const char *text) { (void)printf("\n%s%s%s\n", say_bold(STDOUT_FILENO), say_text(text), say_reset(STDOUT_FILENO)); }

static void up(long long ms)
{
    long long s = ms / 1000;

    if (s >= 86400)
        (void)printf(say_text("%lld d %lld h"), s / 86400, s % 86400 / 3600);
    else if (s >= 3600)
        (void)printf("%lld h %lld min", s / 3600, s % 3600 / 60);
    else if (s >= 60)
        (void)printf("%lld min %lld s", s / 60, s % 60);
    else
        (void)printf("%lld s", s);
}

/* One line for each number below `tree`; tables inside are indented under their name. */
static void print_tree(const cJSON *tree, int indent)
{
    const cJSON *one;

    cJSON_ArrayForEach(one, tree)
    {
        const char *name = one->string == NULL ? "-" : one->string;

        if (cJSON_IsObject(one) || cJSON_IsArray(one)) {
            if (one->child == NULL)
                continue;
            (void)printf("%*s%s\n", indent, "", name);
            print_tree(one, indent + 2);
        } else if (cJSON_IsString(one)) {
            (void)printf("%*s%-*s %s\n", indent, "", 26 - indent, name, one->valuestring);
        } else if (cJSON_IsBool(one)) {
            (void)printf("%*s%-*s %s\n", indent, "", 26 - indent, name, say_text(cJSON_IsTrue(one) ? "yes" : "no"));
        } else if (cJSON_IsNumber(one)) {
            (void)printf("%*s%-*s %.0f\n", indent, "", 26 - indent, name, one->valuedouble);
        }
    }
}

static void print_alarms(const cJSON *answer)
{
    const cJSON *sender = json_get(answer, "sender"), *engine = json_get(answer, "engine"), *scripts = json_get(answer, "scripts");
    const char *red = say_red(STDOUT_FILENO), *reset = say_reset(STDOUT_FILENO), *stopped = json_str(sender, "stopped");

    if (stopped != NULL)
        (void)printf(say_text("%s! the number is stopped:%s %s\n"), red, reset, stopped);
    if (number(sender, "held") > 0)
        (void)printf(say_text("%s! %lld messages are held:%s they may have been sent, and no status came\n"), red, number(sender, "held"), reset);
    if (number(sender, "provider_duplicates") > 0)
        (void)printf(say_text("%s! %lld messages were sent twice by the provider%s\n"), red, number(sender, "provider_duplicates"), reset);
    if (number(scripts, "over_budget") > 0)
        (void)printf(say_text("%s! %lld steps went over their budget%s (see lisolo bill)\n"), red, number(scripts, "over_budget"), reset);
    if (number(engine, "script_failures") > 0)
        (void)printf(say_text("%s! %lld turns ended in a script failure%s (see script_failed in the log)\n"), red, number(engine, "script_failures"), reset);
    if (json_bool(engine, "timers_held"))
        (void)printf(say_text("%s! the machine's clock stepped:%s timers are held (see clock_stepped in the log)\n"), red, reset);
    if (!json_bool(scripts, "last_reload_ok"))
        (void)printf(say_text("%s! the last reload was refused%s: the old scripts are live\n"), red, reset);
}

static void print_human(const cJSON *answer)
{
    const cJSON *scripts = json_get(answer, "scripts");

    (void)printf(say_text("Lisolo %s, up "), json_str(answer, "version") == NULL ? "?" : json_str(answer, "version"));
    up(number(answer, "up_ms"));
    (void)printf(say_text(", port %lld, generation %lld (%lld flows, %lld messages)\n"), number(answer, "port"), number(scripts, "generation"),
                 number(scripts, "flows"), number(scripts, "messages"));
    print_alarms(answer);
    heading("Received");
    print_tree(json_get(answer, "intake"), 2);
    heading("Turns");
    print_tree(json_get(answer, "engine"), 2);
    heading("Sent");
    print_tree(json_get(answer, "sender"), 2);
    heading("Stored");
    print_tree(json_get(answer, "store"), 2);
}

int run_status(const struct arguments *a)
{
    cJSON *request, *answer;
    struct error err;
    char path[512], *text;

    if (!socket_of(a, path, sizeof path))
        return EXIT_UNREACHED;
    request = cJSON_CreateObject();
    if (request == NULL || !json_add_str(request, "do", "status")) {
        say_error("out of memory");
        return EXIT_INTERNAL;
    }
    answer = control_ask(path, request, STATUS_WAIT_MS, &err);
    cJSON_Delete(request);
    if (answer == NULL) {
        say_error("%s", err.text);
        return EXIT_UNREACHED;
    }
    if (argument(a, "json") == NULL) {
        print_human(answer);
    } else if ((text = json_print(answer, NULL)) != NULL) {
        (void)printf("%s\n", text);
        free(text);
    }
    cJSON_Delete(answer);
    return EXIT_OK;
}
