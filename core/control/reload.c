/*
 * A reload: read every file once, check everything, and only if nothing is wrong make it live between two turns. A broken
 * script changes nothing, and whoever asked is told file, line and remedy.
 */
#include "private.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lisolo/base/log.h"

enum { CHANGE_WAIT_MS = 3000 };

static void add_problems(cJSON *answer, const struct problems *problems)
{
    static const char *const severities[] = { "error", "warning", "note" };
    cJSON *list = cJSON_CreateArray();

    for (size_t i = 0; i < problems->count; i++) {
        const struct problem *p = &problems->list[i];
        cJSON *one = cJSON_CreateObject();

        (void)json_add_str(one, "severity", severities[p->severity]);
        (void)json_add_str(one, "code", p->code);
        (void)json_add_str(one, "file", p->file);
        (void)json_add_int(one, "line", p->line);
        (void)json_add_int(one, "column", p->column);
        (void)json_add_str(one, "text", p->text);
        (void)json_add_str(one, "hint", p->hint);
        (void)json_add(list, NULL, one);
    }
    (void)json_add(answer, "problems", list);
}

static bool differs(const char *a, const char *b) { return strcmp(a == NULL ? "" : a, b == NULL ? "" : b) != 0; }

static bool unlike(double a, double b) { return a < b || a > b; }

static bool limits_differ(const struct script_limits *a, const struct script_limits *b)
{
    return a->memory_bytes != b->memory_bytes || a->block_bytes != b->block_bytes || a->churn_bytes != b->churn_bytes ||
           a->steps != b->steps || a->load_steps != b->load_steps;
}

/* The next source with a path of its own; the others are secrets only, which a reload reads again. NULL: none is left. */
static const struct host_source *with_path(const struct host_config *c, size_t *i)
{
    while (*i < c->source_count && c->sources[*i].path == NULL)
        ++*i;
    return *i < c->source_count ? &c->sources[(*i)++] : NULL;
}

static bool sources_differ(const struct host_config *a, const struct host_config *b)
{
    size_t i = 0, k = 0;
    const struct host_source *x, *y;

    do {
        x = with_path(a, &i);
        y = with_path(b, &k);
        if ((x == NULL) != (y == NULL) || (x != NULL && (differs(x->name, y->name) || differs(x->path, y->path) || differs(x->subject, y->subject))))
            return true;
    } while (x != NULL);
    return false;
}

/* Keys that are read only at the start; the verdict names those that changed. */
static void add_restart_keys(const struct host_config *old, const struct host_config *fresh, cJSON *answer)
{
    const struct { const char *key; bool changed; } keys[] = {
        { "database", differs(old->database, fresh->database) },
        { "scripts", differs(old->scripts, fresh->scripts) },
        { "country", differs(old->country, fresh->country) },
        { "control.socket", differs(old->socket, fresh->socket) },
        { "listen.address", differs(old->address, fresh->address) },
        { "listen.port", old->port != fresh->port },
        { "graph.base", differs(old->graph_base, fresh->graph_base) },
        { "graph.version", differs(old->graph_version, fresh->graph_version) },
        { "graph.number", differs(old->number, fresh->number) },
        { "backend.base", differs(old->backend_base, fresh->backend_base) },
        { "sources", sources_differ(old, fresh) },
        { "workers", old->workers != fresh->workers },
        { "graph.messages_per_second", unlike(old->number_per_s, fresh->number_per_s) },
        { "graph.pair_burst", unlike(old->pair_burst, fresh->pair_burst) },
        { "graph.pair_per_second", unlike(old->pair_per_s, fresh->pair_per_s) },
        { "graph.connections", old->connections != fresh->connections },
        { "limits", limits_differ(&old->limits, &fresh->limits) },
        { "allow_plain_http", old->plain_http != fresh->plain_http },
        { "test_clock", old->test_clock != fresh->test_clock },
    };
    cJSON *list = cJSON_CreateArray();

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (keys[i].changed)
            (void)json_add(list, NULL, cJSON_CreateString(keys[i].key));
    if (cJSON_GetArraySize(list) > 0)
        (void)json_add(answer, "needs_restart", list);
    else
        cJSON_Delete(list);
}

static bool reread_secrets(struct host *h, cJSON *answer, struct error *err)
{
    struct host_config fresh = { 0 };
    bool ok;

    if (h->o.reread == NULL)
        return true;
    if (!h->o.reread(h->o.ctx, &fresh, err)) {
        host_config_free(&fresh);
        return false;
    }
    add_restart_keys(h->c, &fresh, answer);
    ok = host_set_secrets(h, &fresh, err) && sender_set_token(h->sender, fresh.graph_token, fresh.backend_token);
    host_config_free(&fresh);
    return ok;
}

static bool load(struct host *h, struct problems *problems, struct generation **out, struct error *err)
{
    struct script_sources sources = { 0 };

    if (!script_sources_read(h->c->scripts, &sources, problems))
        return error_set(err, "%s: the scripts could not be read", h->c->scripts);
    *out = generation_load(&sources, &h->c->limits, h->c->country, problems);
    if (*out == NULL)
        return error_set(err, "the scripts have %zu error%s", problems->errors, problems->errors == 1 ? "" : "s");
    return true;
}

/* Idle workers change over within a second: wait for them rather than refuse a reload that follows another closely. */
static void let_workers_change(struct host *h)
{
    struct timespec pause = { 0, 10 * 1000 * 1000 };

    for (int i = 0; i < CHANGE_WAIT_MS / 10 && engine_generations(h->engine) > 1; i++)
        (void)nanosleep(&pause, NULL);
}

static void log_verdict(const struct host *h, bool ok, const struct problems *problems, int64_t ms, const struct error *err,
                        uint64_t generation)
{
    const struct problem *first = problems->count > 0 ? &problems->list[0] : NULL;
    char place[256] = "";

    if (ok) {
        LOG(LOG_INFO, "reload", log_str("result", "ok"), log_int("generation", (int64_t)generation), log_int("ms", ms));
        return;
    }
    if (first != NULL)
        (void)snprintf(place, sizeof place, "%.80s:%d: %.150s", first->file, first->line, first->text);
    LOG(LOG_ERROR, "reload", log_str("result", "refused"), log_int("generation", (int64_t)generation),
        log_int("problems", (int64_t)problems->errors), log_str("first", first != NULL ? place : err->text),
        log_str("remedy", first != NULL ? first->hint : ""), log_int("ms", ms), log_int("refused_since_start", h->reloads_refused));
}

void host_reload(struct host *h, enum problem_language language, cJSON *answer)
{
    int64_t began = clock_mono_ms(clock_real()), ms;
    struct generation *live = engine_generation(h->engine), *fresh = NULL;
    uint64_t before = live->number, after = before;
    struct problems problems;
    struct error err = { "" };
    bool ok;

    generation_drop(live);
    problems_init(&problems);
    problems_speak(&problems, language);
    notify("RELOADING=1");
    let_workers_change(h);
    ok = load(h, &problems, &fresh, &err) && reread_secrets(h, answer, &err) && engine_swap(h->engine, fresh, &err);
    if (ok && !host_set_routes(h, fresh, &err))
        LOG(LOG_ERROR, "sources", log_str("reason", err.text), log_str("effect", "webhooks of the scripts' sources still go by the old scripts"));
    if (ok)
        after = fresh->number;
    else if (fresh != NULL)
        generation_drop(fresh);
    problems_sort(&problems);
    ms = clock_mono_ms(clock_real()) - began;
    h->last_reload_ok = ok;
    h->reloads_ok += ok;
    h->reloads_refused += !ok;
    log_verdict(h, ok, &problems, ms, &err, after);
    (void)json_add_bool(answer, "ok", ok);
    (void)json_add_int(answer, "from", (int64_t)before);
    (void)json_add_int(answer, "generation", (int64_t)after);
    (void)json_add_int(answer, "ms", ms);
    if (!ok)
        (void)json_add_str(answer, "error", err.text);
    else {
        (void)json_add_int(answer, "flows", (int64_t)fresh->flows->count);
        (void)json_add_int(answer, "messages", (int64_t)wording_count(fresh->wording));
    }
    (void)json_add_str(answer, "scripts", h->c->scripts);
    add_problems(answer, &problems);
    problems_free(&problems);
    notify(ok ? "READY=1\nSTATUS=last reload went live" : "READY=1\nSTATUS=last reload was refused, the old scripts stay live");
}
