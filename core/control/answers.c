#include "private.h"

#include <stdlib.h>
#include <string.h>

#include "lisolo/base/log.h"

enum { WHY_LIMIT = 50 };

static void fail(cJSON *answer, const char *text)
{
    (void)json_add_bool(answer, "ok", false);
    (void)json_add_str(answer, "error", text);
}

/* ---- questions to the store: it answers on its own thread, we wait here ---- */

struct question {
    struct store_query query;
    struct queue_item  item;
    struct queue      *back;
};

static void answered(struct store_op *op)
{
    struct question *q = op->ctx;

    (void)queue_push_always(q->back, &q->item);
}

/* The answer, or NULL when nothing was found, or with err when it did not come. */
cJSON *host_ask(struct host *h, enum store_question what, const char *subject, bool *late)
{
    struct question *q = calloc(1, sizeof *q);
    cJSON *found = NULL;

    *late = true;
    if (q == NULL)
        return NULL;
    q->back = h->answers;
    q->query = (struct store_query){ .op = { .kind = STORE_QUERY, .done = answered, .ctx = q }, .question = what,
                                     .subject = subject, .number = h->c->number, .limit = WHY_LIMIT };
    if (!store_submit(h->store, &q->query.op)) {
        free(q);
        return NULL;
    }
    /* It cannot be abandoned: the store holds a pointer to it. A group takes milliseconds; a stuck disk ends the process. */
    while (!queue_wait(h->answers, HOST_ANSWER_MS))
        LOG(LOG_WARN, "store_slow", log_int("waited_ms", HOST_ANSWER_MS));
    (void)queue_take(h->answers);
    found = q->query.answer;
    *late = false;
    free(q);
    return found;
}

void host_nudge(struct host *h)
{
    bool late;

    cJSON_Delete(host_ask(h, ASK_PARKED, NULL, &late));
}

/* ---- status ---- */

static void add_counts(struct host *h, cJSON *answer)
{
    struct engine_counts e;
    struct sender_counts s;
    cJSON *engine = cJSON_CreateObject(), *sender = cJSON_CreateObject();

    engine_counts(h->engine, &e);
    sender_counts(h->sender, &s);
    (void)json_add_int(engine, "turns", (int64_t)e.turns);
    (void)json_add_int(engine, "script_failures", (int64_t)e.script_failures);
    (void)json_add_int(engine, "parked", (int64_t)e.parked);
    (void)json_add_int(engine, "lost", (int64_t)e.lost);
    (void)json_add_int(engine, "waiting", (int64_t)e.waiting);
    (void)json_add_int(engine, "cached", (int64_t)e.cached);
    (void)json_add_int(engine, "turn_us_max", e.turn_us_max);
    if (e.timers_held)
        (void)json_add_bool(engine, "timers_held", true);
    (void)json_add(answer, "engine", engine);
    (void)json_add_int(sender, "accepted", (int64_t)s.accepted);
    (void)json_add_int(sender, "failed", (int64_t)s.failed);
    (void)json_add_int(sender, "retried", (int64_t)s.retried);
    (void)json_add_int(sender, "unknown", (int64_t)s.unknown);
    (void)json_add_int(sender, "resolved_by_status", (int64_t)s.resolved_by_status);
    (void)json_add_int(sender, "resolved_by_absence", (int64_t)s.resolved_by_absence);
    (void)json_add_int(sender, "held", (int64_t)s.held);
    (void)json_add_int(sender, "expired", (int64_t)s.expired);
    (void)json_add_int(sender, "throttled", (int64_t)s.throttled);
    (void)json_add_int(sender, "calls", (int64_t)s.calls);
    (void)json_add_int(sender, "provider_duplicates", (int64_t)s.provider_duplicates);
    (void)json_add_int(sender, "waiting", (int64_t)s.waiting);
    (void)json_add_int(sender, "in_flight", (int64_t)s.in_flight);
    if (s.stopped)
        (void)json_add_str(sender, "stopped", s.stop_reason);
    (void)json_add(answer, "sender", sender);
}

static void status(struct host *h, cJSON *answer)
{
    struct generation *g = engine_generation(h->engine);
    cJSON *scripts = cJSON_CreateObject(), *store;
    bool late;

    (void)json_add_bool(answer, "ok", true);
    (void)json_add_str(answer, "version", LISOLO_VERSION);
    (void)json_add_int(answer, "up_ms", clock_mono_ms(clock_real()) - h->started_ms);
    (void)json_add_int(answer, "port", host_port(h));
    (void)json_add_int(scripts, "generation", (int64_t)g->number);
    (void)json_add_str(scripts, "digest", g->digest);
    (void)json_add_int(scripts, "flows", (int64_t)g->flows->count);
    (void)json_add_int(scripts, "messages", (int64_t)wording_count(g->wording));
    (void)json_add_int(scripts, "generations_alive", engine_generations(h->engine));
    (void)json_add_int(scripts, "reloads_ok", h->reloads_ok);
    (void)json_add_int(scripts, "reloads_refused", h->reloads_refused);
    (void)json_add_bool(scripts, "last_reload_ok", h->last_reload_ok);
    (void)json_add_int(scripts, "over_budget", (int64_t)generation_over_budget(g));
    (void)json_add(answer, "scripts", scripts);
    generation_drop(g);
    add_counts(h, answer);
    intake_report(h->intake, answer);
    store = host_ask(h, ASK_STATUS, NULL, &late);
    (void)json_add(answer, "store", store);
}

static void story(struct host *h, cJSON *answer, enum store_question what, const char *subject)
{
    bool late;
    cJSON *found;

    if (what == ASK_WHY && subject == NULL) {
        fail(answer, "name a message id, a row (#12), a conversation (12) or a telephone number (+242…)");
        return;
    }
    found = host_ask(h, what, subject, &late);
    (void)json_add_bool(answer, "ok", found != NULL);
    if (found != NULL)
        (void)json_add(answer, "story", found);
    else
        (void)json_add_str(answer, "error", late ? "the store is closing" : "nothing is known about it");
}

static void advance(struct host *h, cJSON *answer, const cJSON *request)
{
    int64_t ms = 0;

    if (!h->c->test_clock) {
        fail(answer, "this host keeps real time (start it with lisolo dev to move its clock)");
    } else if (!json_int(request, "ms", &ms) || ms < 0) {
        fail(answer, "\"ms\" must be a number of milliseconds, 0 or more");
    } else {
        clock_shift(ms);
        host_wake(h);
        (void)json_add_bool(answer, "ok", true);
        (void)json_add_int(answer, "now_ms", clock_wall_ms(clock_real()));
    }
}

/* "lang": the language of whoever asked. */
static bool speaks_french(const cJSON *request)
{
    const char *language = json_str(request, "lang");

    return language != NULL && strcmp(language, "fr") == 0;
}

cJSON *answer_request(struct host *h, const cJSON *request)
{
    const char *what = json_str(request, "do");
    cJSON *answer = cJSON_CreateObject();

    if (answer == NULL)
        return NULL;
    if (what == NULL)
        fail(answer, "the request names nothing to do");
    else if (strcmp(what, "reload") == 0)
        host_reload(h, speaks_french(request) ? PROBLEMS_FRENCH : PROBLEMS_ENGLISH, answer);
    else if (strcmp(what, "status") == 0)
        status(h, answer);
    else if (strcmp(what, "why") == 0)
        story(h, answer, ASK_WHY, json_str(request, "subject"));
    else if (strcmp(what, "person") == 0)
        answer_person(h, request, answer);
    else if (strcmp(what, "handover") == 0)
        answer_handover(h, request, answer);
    else if (strcmp(what, "bill") == 0)
        answer_bill(h, request, answer);
    else if (strcmp(what, "parked") == 0)
        story(h, answer, ASK_PARKED, NULL);
    else if (strcmp(what, "clock") == 0)
        advance(h, answer, request);
    else
        fail(answer, "this host does not know that request; is its version older than the command's?");
    return answer;
}
