/*
 * lisolo person: what is kept about somebody, and forgetting it. To forget is an event of that person's conversation, so that it
 * takes its turn among the others and no turn under way can bring anything back.
 */
#include "private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/log.h"
#include "lisolo/talk.h"

/* Where somebody stands and what is kept, in the words of the scripts. */
static cJSON *shown(cJSON *found)
{
    static const char *const PARTS[] = { "person", "lang", "flow", "step", "vars", "ended", "plans", "notices" };
    cJSON *out = cJSON_CreateObject(), *state = cJSON_GetObjectItemCaseSensitive(found, "state");
    static const char *const WHO[] = { "conversation", "phone", "name", "heard_ms" };

    for (size_t i = 0; out != NULL && i < sizeof WHO / sizeof WHO[0]; i++)
        (void)json_add(out, WHO[i], cJSON_DetachItemFromObjectCaseSensitive(found, WHO[i]));
    for (size_t i = 0; out != NULL && i < sizeof PARTS / sizeof PARTS[0]; i++)
        (void)json_add(out, PARTS[i], cJSON_DetachItemFromObjectCaseSensitive(state, PARTS[i]));
    return out;
}

/* ---- an event of our own, waited for ---- */

struct told {
    struct store_ingest ingest;
    struct store_item   event;
    struct queue_item   item;
    struct queue       *back;
};

static void told_done(struct store_op *op)
{
    struct told *t = op->ctx;

    (void)queue_push_always(t->back, &t->item);
}

/* True when it is durable. */
static bool tell(struct host *h, const struct store_item *event, struct error *err)
{
    struct told *t = calloc(1, sizeof *t);
    enum store_result result;

    if (t == NULL)
        return error_set(err, "out of memory");
    t->back = h->answers;
    t->event = *event;
    t->ingest = (struct store_ingest){ .op = { .kind = STORE_INGEST, .done = told_done, .ctx = t }, .items = &t->event, .count = 1, .now_ms = event->at_ms };
    if (!store_submit(h->store, &t->ingest.op)) {
        free(t);
        return error_set(err, "the host is busy or closing; try again in a moment");
    }
    while (!queue_wait(h->answers, HOST_ANSWER_MS))
        LOG(LOG_WARN, "store_slow", log_int("waited_ms", HOST_ANSWER_MS));
    (void)queue_take(h->answers);
    result = t->ingest.op.result;
    free(t);
    return result == STORE_OK || error_set(err, result == STORE_NO_SPACE ? "the disk is full" : "the store is closing");
}

static bool forget(struct host *h, const char *phone, struct error *err)
{
    struct event e = { .kind = EVENT_FORGET, .at_ms = clock_wall_ms(clock_real()) };
    struct store_item item = { .kind = STORE_EVENT, .number = h->c->number, .phone = phone, .at_ms = e.at_ms };
    char once[32];
    size_t len = 0;
    char *body = event_print(&e, &len);
    bool ok;

    if (body == NULL)
        return error_set(err, "out of memory");
    (void)snprintf(once, sizeof once, "%lld", (long long)e.at_ms);
    store_key(item.key, "forget", phone, once, NULL);
    item.body = (struct blob){ body, len };
    ok = tell(h, &item, err);
    free(body);
    return ok;
}

void answer_person(struct host *h, const cJSON *request, cJSON *answer)
{
    const char *phone = json_str(request, "phone");
    struct error err = { "" };
    cJSON *found = NULL, *who;
    bool late = false, ok;

    if (phone != NULL && phone[0] == '+')
        found = host_ask(h, ASK_PERSON, phone, &late);
    ok = found != NULL;
    if (!ok)
        error_set(&err, late ? "the store is closing" : "nobody with this number has written here, and nothing is kept");
    if (ok && json_bool(request, "forget"))
        ok = forget(h, phone, &err);
    who = ok ? shown(found) : NULL;
    cJSON_Delete(found);
    (void)json_add_bool(answer, "ok", ok);
    (void)json_add(answer, "person", who);
    if (!ok)
        (void)json_add_str(answer, "error", err.text);
}
