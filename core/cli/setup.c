/*
 * lisolo stand-in and lisolo load: our own tests and benches start the parts of `lab` alone. Their set-up is a JSON file, so
 * that no secret stands in the list of processes.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "lisolo/base/file.h"
#include "lisolo/lab.h"

enum { SETUP_MAX = 256 * 1024, TEXTS_MAX = 64 };

static cJSON *read_setup(const struct arguments *a)
{
    const char *path = argument(a, "setup");
    struct error err = { "" };
    char *text = NULL;
    size_t len = 0;
    cJSON *tree = NULL;

    if (path == NULL) {
        say_error("%s: --setup FILE is needed (JSON with the fields of include/lisolo/lab.h)", a->command->name);
        return NULL;
    }
    if (file_read(AT_FDCWD, path, SETUP_MAX, &text, &len, &err))
        tree = json_parse(text, len, &err);
    if (tree == NULL)
        say_error("%s: %s", path, err.text);
    free(text);
    return tree;
}

static double real(const cJSON *tree, const char *key)
{
    const cJSON *n = json_get(tree, key);

    return cJSON_IsNumber(n) ? n->valuedouble : 0;
}

static int whole(const cJSON *tree, const char *key) { return (int)real(tree, key); }

static bool graph(const cJSON *t, struct error *err)
{
    struct lab_graph_options o = {
        .address = json_str(t, "address"), .port = (uint16_t)whole(t, "port"), .token = json_str(t, "token"), .number = json_str(t, "number"),
        .display_number = json_str(t, "display_number"), .waba = json_str(t, "waba"), .webhook_url = json_str(t, "webhook_url"),
        .app_secret = json_str(t, "app_secret"), .templates_file = json_str(t, "templates_file"),
        .record_max = (size_t)real(t, "record_max"), .number_per_s = real(t, "number_per_s"), .pair_per_s = real(t, "pair_per_s"),
        .pair_burst = real(t, "pair_burst"), .sent_ms = whole(t, "sent_ms"), .delivered_ms = whole(t, "delivered_ms"),
        .read_ms = whole(t, "read_ms"), .status_batch = (unsigned)whole(t, "status_batch"), .idle_ms = whole(t, "idle_ms"),
    };

    return lab_graph_run(&o, err);
}

static bool backend(const cJSON *t, struct error *err)
{
    struct lab_backend_options o = {
        .address = json_str(t, "address"), .port = (uint16_t)whole(t, "port"), .token = json_str(t, "token"),
        .event_url = json_str(t, "event_url"), .event_secret = json_str(t, "event_secret"), .script = json_str(t, "script"),
        .vocabulary = json_str(t, "vocabulary"),
    };

    return lab_backend_run(&o, err);
}

int run_stand_in(const struct arguments *a)
{
    bool is_graph = a->count == 1 && strcmp(a->list[0], "graph") == 0, is_backend = a->count == 1 && strcmp(a->list[0], "backend") == 0;
    struct error err = { "" };
    cJSON *tree;
    bool ok;

    if (!is_graph && !is_backend) {
        say_error("stand-in: say which: graph or backend");
        return EXIT_USAGE;
    }
    tree = read_setup(a);
    if (tree == NULL)
        return EXIT_USAGE;
    ok = is_graph ? graph(tree, &err) : backend(tree, &err);
    if (!ok)
        say_error("%s", err.text);
    cJSON_Delete(tree);
    return ok ? EXIT_OK : EXIT_INTERNAL;
}

int run_load(const struct arguments *a)
{
    const char *texts[TEXTS_MAX + 1] = { NULL };
    struct error err = { "" };
    const cJSON *text;
    cJSON *t = read_setup(a);
    size_t n = 0;
    bool ok;

    if (t == NULL)
        return EXIT_USAGE;
    cJSON_ArrayForEach(text, json_get(t, "texts"))
        if (cJSON_IsString(text) && n < TEXTS_MAX)
            texts[n++] = text->valuestring;
    struct lab_load_options o = {
        .webhook_url = json_str(t, "webhook_url"), .app_secret = json_str(t, "app_secret"), .token = json_str(t, "token"),
        .number = json_str(t, "number"), .display_number = json_str(t, "display_number"), .waba = json_str(t, "waba"),
        .graph_port = (uint16_t)whole(t, "graph_port"), .people = (unsigned)whole(t, "people"),
        .connections = (unsigned)whole(t, "connections"), .rate = real(t, "rate"), .replies = (unsigned)whole(t, "replies"),
        .ack_only = json_bool(t, "ack_only"), .warm_s = real(t, "warm_s"), .seconds = real(t, "seconds"),
        .messages = (uint64_t)real(t, "messages"), .texts = n > 0 ? texts : NULL, .statuses = json_bool(t, "statuses"),
        .graph_ms = whole(t, "graph_ms"), .reply_timeout_ms = whole(t, "reply_timeout_ms"),
    };
    ok = lab_load(&o, &err);
    if (!ok)
        say_error("%s", err.text);
    cJSON_Delete(t);
    return ok ? EXIT_OK : EXIT_PROBLEMS;
}
