/*
 * lisolo handover: who is with staff, and taking or giving back a conversation. The store changes who has it and leaves an event for
 * the conversation's next turn, in one commit.
 */
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/log.h"
#include "private.h"

enum { HELD_LIMIT = 500 };
static const int64_t TAKEN_MS = 24 * 3600 * 1000;   /* as `handover = true`: staff who forget somebody must not silence the bot for ever */

static void fail(cJSON *answer, const char *text)
{
    (void)json_add_bool(answer, "ok", false);
    (void)json_add_str(answer, "error", text);
}

/* An operation of the store that this thread waits for. */
struct waited {
    union {
        struct store_op    op;
        struct store_hold  hold;
        struct store_query query;
    } u;
    struct queue_item item;
    struct queue     *back;
};

static void waited_done(struct store_op *op)
{
    struct waited *w = op->ctx;

    (void)queue_push_always(w->back, &w->item);
}

/* False: the store is closing. It cannot be abandoned: the store holds a pointer to it. */
static bool wait_for(struct host *h, struct waited *w)
{
    w->back = h->answers;
    w->u.op.done = waited_done;
    w->u.op.ctx = w;
    if (!store_submit(h->store, &w->u.op))
        return false;
    while (!queue_wait(h->answers, HOST_ANSWER_MS))
        LOG(LOG_WARN, "store_slow", log_int("waited_ms", HOST_ANSWER_MS));
    (void)queue_take(h->answers);
    return w->u.op.result != STORE_REFUSED;
}

static void list(struct host *h, struct waited *w, bool numbers, cJSON *answer)
{
    w->u.query = (struct store_query){ .op = { .kind = STORE_QUERY }, .question = ASK_HELD, .limit = HELD_LIMIT, .numbers = numbers };
    if (!wait_for(h, w)) {
        fail(answer, "the store is closing");
        return;
    }
    (void)json_add_bool(answer, "ok", true);
    (void)json_add_int(answer, "now_ms", clock_wall_ms(clock_real()));
    (void)json_add(answer, "held", cJSON_DetachItemFromObjectCaseSensitive(w->u.query.answer, "held"));
    cJSON_Delete(w->u.query.answer);
}

static void change(struct host *h, struct waited *w, const char *who, bool take, cJSON *answer)
{
    int64_t now = clock_wall_ms(clock_real());

    w->u.hold = (struct store_hold){ .op = { .kind = STORE_HOLD }, .subject = who, .number = h->c->number, .take = take,
                                     .until_ms = now + TAKEN_MS, .now_ms = now };
    if (!wait_for(h, w)) {
        fail(answer, "the store is closing");
        return;
    }
    if (w->u.op.result == STORE_NO_SPACE) {
        fail(answer, "the disk is full");
    } else if (w->u.op.result == STORE_OK) {
        LOG(LOG_INFO, take ? "taken_by_staff" : "given_back", log_int("conversation", w->u.hold.conv));
        (void)json_add_bool(answer, "ok", true);
        (void)json_add_int(answer, "conversation", w->u.hold.conv);
    } else if (w->u.hold.conv == 0) {
        fail(answer, "nobody is known by that number; name a conversation (12) or a telephone number (+242…)");
    } else {
        fail(answer, take ? "staff has that conversation already" : "the bot has that conversation");
    }
}

void answer_handover(struct host *h, const cJSON *request, cJSON *answer)
{
    const char *take = json_str(request, "take"), *back = json_str(request, "back");
    struct waited *w = calloc(1, sizeof *w);

    if (w == NULL)
        fail(answer, "out of memory");
    else if (take != NULL || back != NULL)
        change(h, w, take != NULL ? take : back, take != NULL, answer);
    else
        list(h, w, json_bool(request, "numbers"), answer);
    free(w);
}
