#include "graph.h"

#include <ctype.h>
#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "graph_limits.h"
#include "graph_private.h"
#include "lisolo/base/crypto.h"
#include "lisolo/base/log.h"
#include "serve.h"
#include "wire.h"

enum {
    CONNECTIONS_MAX = 4096,
    REPLY_MS        = LATER_SILENCE_MS + 60 * 1000,   /* the server must not speak before a silent stand-in gives up */
    RECORD_MAX      = 100 * 1000,
};

/* ---- answers ---- */

static void count_code(struct graph *g, int code)
{
    size_t i = 0;

    g->refused++;
    while (i < g->code_count && g->codes[i].code != code)
        i++;
    if (i == g->code_count) {
        if (i == GRAPH_CODES_MAX)
            return;
        g->codes[g->code_count++].code = code;
    }
    g->codes[i].count++;
}

static struct answer refusal_answer(struct graph *g, const struct refusal *why)
{
    struct answer a = { .status = why->status };

    count_code(g, why->code);
    a.body = refusal_print(why, g->run ^ g->made, &a.len);
    return a;
}

void graph_refuse(struct graph *g, struct web_request *rq, const struct refusal *why)
{
    struct answer a = refusal_answer(g, why);

    LOG(LOG_INFO, "refused", log_int("status", why->status), log_int("code", why->code), log_str("details", why->details));
    answer_give(rq, &a);
}

static struct answer accepted_answer(const struct graph_message *m, const char *wamid)
{
    struct answer a = { .status = 200 };
    struct buf b;

    buf_init(&b, 8192);
    buf_adds(&b, "{\"messaging_product\":\"whatsapp\",\"contacts\":[{\"input\":");
    wire_string(&b, m->input);
    if (m->bsuid) {
        buf_adds(&b, ",\"user_id\":");
        wire_string(&b, m->input);
    } else {
        buf_addf(&b, ",\"wa_id\":\"%" PRIu64 "\"", m->person);
    }
    buf_addf(&b, "}],\"messages\":[{\"id\":\"%s\",\"message_status\":\"accepted\"}]}", wamid);
    a.body = buf_take(&b, &a.len);
    return a;
}

static struct answer success_answer(void)
{
    struct answer a = { .status = 200, .body = strdup("{\"success\":true}") };

    a.len = a.body == NULL ? 0 : strlen(a.body);
    return a;
}

/* The answer that a rule wants in place of the right one. */
static struct answer fault_answer(struct graph *g, const struct rule *rule)
{
    struct refusal why = { .status = rule->status };
    struct answer a;

    refuse(&why, rule->code != 0 ? rule->code : rule->status == 429 ? CODE_THROUGHPUT : rule->status == 401 ? CODE_TOKEN
                 : rule->status >= 500 ? CODE_SERVICE : CODE_PARAMETER, "Asked for by a rule.");
    why.status = rule->status;
    a = refusal_answer(g, &why);
    if (rule->body != NULL) {
        free(a.body);
        a.body = strdup(rule->body);
        a.len = a.body == NULL ? 0 : strlen(a.body);
    }
    if (rule->retry_after_s >= 0) {
        snprintf(a.name, sizeof a.name, "Retry-After");
        snprintf(a.value, sizeof a.value, "%" PRId64, rule->retry_after_s);
    }
    return a;
}

/* ---- one message ---- */

static bool check_limits(struct graph *g, const struct graph_message *m, struct refusal *why)
{
    int64_t last = people_last_message(g->people, m->person);

    if (!m->bsuid && g->display_number != NULL && wire_phone(g->display_number) == m->person)
        return refuse(why, CODE_SELF, "Recipient phone number must not be the sender's.");
    if (last != 0 && strcmp(m->type, "template") != 0 && clock_wall_ms(clock_real()) - last > LIMIT_WINDOW_MS)
        return refuse(why, CODE_WINDOW, "More than 24 hours have passed since the recipient last replied.");
    switch (people_take(g->people, m->person, graph_mono_ms())) {
    case PEOPLE_NUMBER_LIMIT: return refuse(why, CODE_THROUGHPUT, "Cloud API message throughput has been reached.");
    case PEOPLE_PAIR_LIMIT:   return refuse(why, CODE_PAIR, "Too many messages to the same phone number.");
    case PEOPLE_OK:           break;
    }
    return true;
}

static bool record(struct graph *g, const struct graph_message *m, const char *wamid, const char *body, size_t len)
{
    struct record_item item = { .read = m->read, .at_ms = clock_wall_ms(clock_real()), .wamid = wamid, .to = m->input,
                                .callback = m->callback, .body = body, .len = len };

    return record_add(g->record, &item);
}

static bool accept_message(struct graph *g, const struct graph_message *m, const struct rule *rule, const char *body, size_t len,
                           struct answer *answer, struct refusal *why)
{
    char wamid[WIRE_WAMID_SIZE];

    if (m->read) {
        if (!record(g, m, m->message_id, body, len))
            return refuse(why, CODE_SERVICE, "Out of memory.");
        *answer = success_answer();
        return true;
    }
    if (!check_limits(g, m, why))
        return false;
    wire_wamid(wamid, g->run, ++g->made, m->person);
    if (!record(g, m, wamid, body, len))
        return refuse(why, CODE_SERVICE, "Out of memory.");
    if (g->statuses != NULL)
        statuses_make(g->statuses, m, wamid, rule);
    *answer = accepted_answer(m, wamid);
    return true;
}

static void give(struct graph *g, struct web_request *rq, const struct rule *rule, struct answer *a)
{
    later_add(&g->later, graph_mono_ms(), rule == NULL ? 0 : rule->latency_ms, rq, a);
}

static void cut(struct graph *g, struct web_request *rq, int64_t delay_ms)
{
    struct answer nothing = { .status = 0 };

    later_add(&g->later, graph_mono_ms(), delay_ms, rq, &nothing);
}

/* Gives the answer, or what the rule wants to happen to it; takes it. */
static void finish(struct graph *g, struct web_request *rq, const struct rule *rule, struct answer *a)
{
    enum rule_fault fault = rule == NULL ? FAULT_NONE : rule->fault;

    if (fault == FAULT_NONE) {
        give(g, rq, rule, a);
        return;
    }
    g->faults++;
    free(a->body);
    a->body = NULL;
    if (fault == FAULT_REFUSE || fault == FAULT_FAIL_AFTER_ACCEPT) {
        *a = fault_answer(g, rule);
        give(g, rq, rule, a);
    } else if (fault == FAULT_SILENCE_BEFORE || fault == FAULT_SILENCE_AFTER) {
        cut(g, rq, LATER_SILENCE_MS);
    } else {
        cut(g, rq, rule->latency_ms);
    }
}

static bool before_accept(const struct rule *rule)
{
    return rule != NULL && (rule->fault == FAULT_REFUSE || rule->fault == FAULT_RESET_BEFORE || rule->fault == FAULT_SILENCE_BEFORE);
}

static void handle_checked(struct graph *g, struct web_request *rq, const struct graph_message *m)
{
    const struct rule *rule = rules_match(g->rules, m->person, m->read ? "read" : m->type);
    struct answer answer = { .status = 0 };
    struct refusal why;
    size_t len;
    const char *body = web_body(rq, &len);

    if (!before_accept(rule) && !accept_message(g, m, rule, body, len, &answer, &why)) {
        answer = refusal_answer(g, &why);
        give(g, rq, rule, &answer);
        return;
    }
    finish(g, rq, rule, &answer);
}

/* ---- the request around it ---- */

static bool check_token(const struct graph *g, struct web_request *rq, struct refusal *why)
{
    const char *header = web_header(rq, "Authorization");
    size_t len = strlen(g->token);

    if (header == NULL)
        return refuse(why, CODE_TOKEN, "An access token is required to request this resource.");
    if (strncmp(header, "Bearer ", 7) != 0 || strlen(header + 7) != len || CRYPTO_memcmp(header + 7, g->token, len) != 0)
        return refuse(why, CODE_TOKEN, "Invalid OAuth access token - Cannot parse access token");
    return true;
}

/* "/v26.0/<number>/messages" */
static bool check_path(const struct graph *g, struct web_request *rq, const char *path, struct refusal *why)
{
    const char *p = path + 1, *number;
    size_t len;

    if (*p != 'v' || !isdigit((unsigned char)p[1]))
        return refuse(why, CODE_GRAPH, "Unknown path components: %.80s", path);
    p += 1 + strspn(p + 1, "0123456789");
    if (*p != '.' || !isdigit((unsigned char)p[1]))
        return refuse(why, CODE_GRAPH, "Unknown path components: %.80s", path);
    p += 1 + strspn(p + 1, "0123456789");
    number = *p == '/' ? p + 1 : p;
    len = strcspn(number, "/");
    if (len == 0 || strcmp(number + len, "/messages") != 0)
        return refuse(why, CODE_GRAPH, "Unknown path components: %.80s", path);
    if (strlen(g->number) != len || memcmp(g->number, number, len) != 0 || strcmp(web_method(rq), "POST") != 0)
        return refuse(why, CODE_PARAMETER,
                      "Unsupported %s request. Object with ID '%.*s' does not exist, cannot be loaded due to missing permissions, "
                      "or does not support this operation.", web_method(rq), (int)(len > 40 ? 40 : len), number);
    return true;
}

static cJSON *read_body(struct web_request *rq, struct refusal *why)
{
    const char *type = web_header(rq, "Content-Type"), *body;
    struct error err;
    size_t len;
    cJSON *tree;

    body = web_body(rq, &len);
    /* Without that type Graph looks for form parameters, and finds none. */
    if (type == NULL || strncasecmp(type, "application/json", 16) != 0) {
        refuse(why, CODE_PARAMETER, "The parameter messaging_product is required.");
        return NULL;
    }
    tree = json_parse(body, len, &err);
    if (tree == NULL)
        refuse(why, CODE_PARAMETER, "Invalid JSON: %.200s", err.text);
    return tree;
}

static void handle_message(struct graph *g, struct web_request *rq, const char *path)
{
    struct graph_message m;
    struct refusal why;
    cJSON *tree = NULL;

    if (!check_token(g, rq, &why) || !check_path(g, rq, path, &why) || (tree = read_body(rq, &why)) == NULL ||
        !graph_check(tree, g->templates, &m, &why))
        graph_refuse(g, rq, &why);
    else
        handle_checked(g, rq, &m);
    cJSON_Delete(tree);
}

static int accept_request(void *ctx, const char *method, const char *path, size_t *body_max, const char **allow)
{
    (void)ctx;
    (void)method;
    (void)allow;
    *body_max = strncmp(path, "/_lab/", 6) == 0 ? GRAPH_LAB_BODY_MAX : LIMIT_BODY_BYTES;
    return 0;
}

static void handle(void *ctx, struct web_request *rq)
{
    struct graph *g = ctx;
    const char *path = web_path(rq);

    if (g->closing)
        web_reply(rq, 503, NULL, NULL, 0);
    else if (strncmp(path, "/_lab/", 6) == 0)
        graph_lab(g, rq, path + 6);
    else
        handle_message(g, rq, path);
}

/* ---- life ---- */

static bool check_options(const struct lab_graph_options *o, struct error *err)
{
    if (o->token == NULL || o->number == NULL)
        return error_set(err, "graph stand-in: token and number are required");
    if (o->webhook_url != NULL && o->app_secret == NULL)
        return error_set(err, "graph stand-in: statuses need the app secret");
    return true;
}

static bool open_parts(struct graph *g, const struct lab_graph_options *o, struct error *err)
{
    struct people_limits limits = { .number_per_s = o->number_per_s == 0 ? 80 : o->number_per_s,   /* whatsapp.md §8.1 */
                                    .pair_per_s = o->pair_per_s == 0 ? 1.0 / 6 : o->pair_per_s,
                                    .pair_burst = o->pair_burst == 0 ? 45 : o->pair_burst };
    struct web_options web = { .address = o->address == NULL ? "127.0.0.1" : o->address, .port = o->port,
                               .connections_max = CONNECTIONS_MAX, .request_ms = o->idle_ms, .reply_ms = REPLY_MS, .accept = accept_request,
                               .handler = handle, .ctx = g };

    crypto_random(&g->run, sizeof g->run);
    g->token = strdup(o->token);
    g->number = strdup(o->number);
    g->display_number = strdup(o->display_number == NULL ? "242060000000" : o->display_number);
    g->record = record_new(o->record_max == 0 ? RECORD_MAX : o->record_max);
    g->rules = rules_new(g->run);
    g->people = people_new(&limits);
    if (g->token == NULL || g->number == NULL || g->display_number == NULL || g->record == NULL || g->rules == NULL || g->people == NULL)
        return error_set(err, "graph stand-in: out of memory");
    if (o->templates_file != NULL && (g->templates = templates_load(o->templates_file, err)) == NULL)
        return false;
    if (o->webhook_url != NULL && (g->statuses = statuses_start(o, err)) == NULL)
        return false;
    g->web = web_open(&web, err);
    return g->web != NULL;
}

struct graph *graph_open(const struct lab_graph_options *options, struct error *err)
{
    struct graph *g;

    if (!check_options(options, err))
        return NULL;
    g = calloc(1, sizeof *g);
    if (g == NULL) {
        error_set(err, "graph stand-in: out of memory");
        return NULL;
    }
    if (!open_parts(g, options, err)) {
        graph_close(g);
        return NULL;
    }
    return g;
}

void graph_close(struct graph *g)
{
    if (g == NULL)
        return;
    g->closing = true;
    later_cut(&g->later);
    for (size_t i = 0; i < g->waiter_count; i++)
        web_reset(g->waiters[i].rq);
    if (g->web != NULL)
        web_close(g->web, 0);
    statuses_stop(g->statuses);
    templates_free(g->templates);
    people_free(g->people);
    rules_free(g->rules);
    record_free(g->record);
    free(g->display_number);
    free(g->number);
    free(g->token);
    free(g);
}

uint16_t graph_port(const struct graph *g) { return web_port(g->web); }

void graph_wake(struct graph *g) { web_wake(g->web); }

static int sooner(int a, int b) { return a < 0 || (b >= 0 && b < a) ? b : a; }

void graph_step(struct graph *g, int timeout_ms)
{
    int64_t now_ms = graph_mono_ms();

    timeout_ms = sooner(timeout_ms, due_next_ms(&g->later.due, now_ms));
    timeout_ms = sooner(timeout_ms, graph_waiters_next_ms(g, now_ms));
    web_step(g->web, timeout_ms);
    later_step(&g->later, graph_mono_ms());
    graph_serve_waiters(g);
}

static void step(void *ctx, int timeout_ms) { graph_step(ctx, timeout_ms); }

static void wake(void *ctx) { graph_wake(ctx); }

bool lab_graph_run(const struct lab_graph_options *options, struct error *err)
{
    sigset_t before;
    struct graph *g;
    bool ok;

    serve_block(&before);
    g = graph_open(options, err);
    if (g == NULL) {
        serve_unblock(&before);
        return false;
    }
    ok = serve_loop(&(struct served){ step, wake, g }, "graph", options->address == NULL ? "127.0.0.1" : options->address,
                    graph_port(g), err);
    serve_unblock(&before);
    graph_close(g);
    return ok;
}
