/*
 * The Graph API stand-in's own endpoints, /_lab/…: what it accepted, how it is to misbehave. See lab.h.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "graph_check.h"
#include "graph_private.h"
#include "wire.h"

enum { PRINT_MAX = 64 * 1024 * 1024, LIMIT_DEFAULT = 1000, LIMIT_MAX = 100 * 1000 };

static void reply(struct web_request *rq, int status, struct buf *b)
{
    if (buf_ok(b))
        web_reply(rq, status, "application/json", buf_str(b), b->len);
    else
        web_reply(rq, 500, NULL, NULL, 0);
    buf_free(b);
}

static void reply_error(struct web_request *rq, int status, const char *text)
{
    struct buf b;

    buf_init(&b, 4096);
    buf_adds(&b, "{\"error\":");
    wire_string(&b, text);
    buf_addc(&b, '}');
    reply(rq, status, &b);
}

static void reply_done(struct web_request *rq) { web_reply(rq, 200, "application/json", "{\"done\":true}", 13); }

/* ---- messages ---- */

static uint64_t number(struct web_request *rq, const char *name, uint64_t otherwise, uint64_t max)
{
    const char *text = web_query(rq, name);
    char *end;
    uint64_t value;

    if (text == NULL || *text == '\0')
        return otherwise;
    value = strtoull(text, &end, 10);
    return *end != '\0' ? otherwise : value > max ? max : value;
}

/* True when it was answered. */
static bool answer_messages(struct graph *g, const struct graph_waiter *w, bool anyway)
{
    struct buf b;

    buf_init(&b, PRINT_MAX);
    if (record_print(g->record, &b, w->after, w->limit, w->reads) == 0 && !anyway) {
        buf_free(&b);
        return false;
    }
    reply(w->rq, 200, &b);
    return true;
}

static void get_messages(struct graph *g, struct web_request *rq)
{
    int64_t wait_ms = (int64_t)number(rq, "wait_ms", 0, GRAPH_WAIT_MAX_MS);
    struct graph_waiter w = { .rq = rq, .after = number(rq, "after", 0, UINT64_MAX - 1), .limit = number(rq, "limit", LIMIT_DEFAULT, LIMIT_MAX),
                              .reads = number(rq, "reads", 0, 1) == 1, .due_ms = graph_mono_ms() + wait_ms };

    /* A number from before a reset is answered at once, so that the asker starts again from what is there. */
    if (answer_messages(g, &w, wait_ms == 0 || w.after > record_last(g->record)))
        return;
    if (g->waiter_count == GRAPH_WAITERS_MAX) {
        reply_error(rq, 503, "too many wait already");
        return;
    }
    g->waiters[g->waiter_count++] = w;
}

void graph_serve_waiters(struct graph *g)
{
    bool news = record_last(g->record) != g->served;
    int64_t now_ms = graph_mono_ms();

    g->served = record_last(g->record);
    for (size_t i = 0; i < g->waiter_count;) {
        bool late = g->waiters[i].due_ms <= now_ms;

        if ((news || late) && answer_messages(g, &g->waiters[i], late))
            g->waiters[i] = g->waiters[--g->waiter_count];
        else
            i++;
    }
}

int graph_waiters_next_ms(const struct graph *g, int64_t now_ms)
{
    int64_t next = -1;

    for (size_t i = 0; i < g->waiter_count; i++) {
        int64_t left = g->waiters[i].due_ms > now_ms ? g->waiters[i].due_ms - now_ms : 0;

        if (next < 0 || left < next)
            next = left;
    }
    return (int)next;
}

/* ---- the rest ---- */

static void get_stats(struct graph *g, struct web_request *rq)
{
    struct poster_counts posted = { 0 };
    struct record_counts c;
    struct buf b;

    record_counts(g->record, &c);
    if (g->statuses != NULL)
        statuses_counts(g->statuses, &posted);
    buf_init(&b, PRINT_MAX);
    buf_addf(&b, "{\"accepted\":%" PRIu64 ",\"reads\":%" PRIu64 ",\"refused\":%" PRIu64 ",\"faults\":%" PRIu64 ",\"last\":%" PRIu64,
             c.messages, c.reads, g->refused, g->faults, record_last(g->record));
    buf_addf(&b, ",\"callbacks\":%" PRIu64 ",\"doubles\":%" PRIu64 ",\"row_doubles\":%" PRIu64 ",\"uncounted\":%" PRIu64 ",\"people\":%zu",
             c.callbacks, c.doubles, c.row_doubles, c.uncounted, people_count(g->people));
    buf_adds(&b, ",\"double_callbacks\":");
    record_print_doubles(g->record, &b);
    buf_addf(&b, ",\"statuses\":{\"made\":%" PRIu64 ",\"posts\":%" PRIu64 ",\"taken\":%" PRIu64 ",\"retries\":%" PRIu64 ",\"dropped\":%" PRIu64
             "},\"codes\":{", posted.items, posted.posts, posted.done, posted.retries, posted.dropped);
    for (size_t i = 0; i < g->code_count; i++)
        buf_addf(&b, "%s\"%d\":%" PRIu64, i == 0 ? "" : ",", g->codes[i].code, g->codes[i].count);
    buf_adds(&b, "},\"rules\":");
    rules_print(g->rules, &b);
    buf_addc(&b, '}');
    reply(rq, 200, &b);
}

static void post_behave(struct graph *g, struct web_request *rq, const cJSON *tree)
{
    struct error err;

    if (rules_add(g->rules, tree, &err))
        reply_done(rq);
    else
        reply_error(rq, 400, err.text);
}

static void post_reset(struct graph *g, struct web_request *rq, const cJSON *tree)
{
    const char *what = json_str(tree, "what");

    rules_clear(g->rules);
    if (what == NULL || strcmp(what, "all") == 0) {
        record_clear(g->record);
        people_clear(g->people);
        g->code_count = 0;
        g->refused = g->faults = g->served = 0;
    }
    reply_done(rq);
}

static void post_people(struct graph *g, struct web_request *rq, const cJSON *tree)
{
    const char *to = json_str(tree, "to"), *window = json_str(tree, "window");
    uint64_t person = to == NULL ? 0 : graph_person(to);
    int64_t last = 0;

    if (person == 0) {
        reply_error(rq, 400, "to: not a phone number or user id");
        return;
    }
    if (window != NULL)
        last = strcmp(window, "open") == 0 ? clock_wall_ms(clock_real()) : strcmp(window, "closed") == 0 ? -1 : 0;
    else if (!json_int(tree, "last_message_ms", &last)) {
        reply_error(rq, 400, "window or last_message_ms is required");
        return;
    }
    if (people_heard(g->people, person, last))
        reply_done(rq);
    else
        reply_error(rq, 503, "out of memory");
}

static void get_templates(struct graph *g, struct web_request *rq)
{
    char *text;
    size_t len;

    if (g->templates == NULL) {
        web_reply(rq, 200, "application/json", "[]", 2);
        return;
    }
    text = json_print(templates_tree(g->templates), &len);
    if (text == NULL)
        web_reply(rq, 500, NULL, NULL, 0);
    else
        web_reply(rq, 200, "application/json", text, len);
    free(text);
}

static void post_templates(struct graph *g, struct web_request *rq, const cJSON *tree)
{
    cJSON *copy = cJSON_Duplicate(tree, true);
    struct templates *read;
    struct error err;

    read = copy == NULL ? NULL : templates_read(copy, &err);
    if (read == NULL) {
        reply_error(rq, copy == NULL ? 503 : 400, copy == NULL ? "out of memory" : err.text);
        return;
    }
    templates_free(g->templates);
    g->templates = read;
    reply_done(rq);
}

static const struct { const char *path; void (*get)(struct graph *, struct web_request *);
                      void (*post)(struct graph *, struct web_request *, const cJSON *); } endpoints[] = {
    { "messages", get_messages, NULL }, { "stats", get_stats, NULL }, { "behave", NULL, post_behave }, { "reset", NULL, post_reset },
    { "people", NULL, post_people },    { "templates", get_templates, post_templates },
};

void graph_lab(struct graph *g, struct web_request *rq, const char *path)
{
    const char *method = web_method(rq);
    struct error err;
    size_t i = 0, len;
    const char *body = web_body(rq, &len);
    cJSON *tree;

    while (i < sizeof endpoints / sizeof endpoints[0] && strcmp(endpoints[i].path, path) != 0)
        i++;
    if (i == sizeof endpoints / sizeof endpoints[0]) {
        reply_error(rq, 404, "no such endpoint");
    } else if (strcmp(method, "GET") == 0 && endpoints[i].get != NULL) {
        endpoints[i].get(g, rq);
    } else if (strcmp(method, "POST") == 0 && endpoints[i].post != NULL) {
        tree = json_parse(len == 0 ? "{}" : body, len == 0 ? 2 : len, &err);
        if (tree == NULL)
            reply_error(rq, 400, err.text);
        else
            endpoints[i].post(g, rq, tree);
        cJSON_Delete(tree);
    } else {
        reply_error(rq, 405, "not that method");
    }
}
