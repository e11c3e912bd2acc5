/*
 * One store with a clock that stands still, hooks that write everything down, and calls that submit, step and look.
 */
#ifndef TESTS_STORE_WORLD_H
#define TESTS_STORE_WORLD_H

#include "contract.h"

enum { SEEN_MAX = 8192, TEXT_MAX = 512 };

#define T0 1800000000000LL             /* 15 January 2027: where the clock starts */
#define NUMBER "15550100001"

struct seen_event {
    int64_t  conv;
    uint64_t seq, done_seq;
    bool     has_state, person;
    char     state[TEXT_MAX], body[TEXT_MAX], phone[32], bsuid[32], name[64];
    int64_t  heard_ms, held_until_ms, state_now_ms, committed_ms;
};

struct seen_send { int64_t id, conv, heard_ms, due_ms, expires_ms, sent_ms; uint64_t seq; enum out_state state; int attempt; char body[TEXT_MAX], phone[32]; };
struct seen_call { int64_t id, conv, due_ms; enum call_state state; int attempt, timeout_ms; uint64_t guard; char step[65], method[8], path[128], key[65], body[TEXT_MAX], auth[64]; int pages; };

struct world {
    const struct contract_driver *driver;
    struct store       *s;
    struct clock_fake   clock;
    struct store_options options;
    struct seen_event  *events;   size_t event_count;
    struct seen_send   *sends;    size_t send_count;
    struct seen_call   *calls;    size_t call_count;
    struct store_status statuses[64]; size_t status_count;
    int64_t             timers[64];   size_t timer_count;
    int                 next_key;
};

void world_open(struct world *w, const struct contract_driver *driver);
void world_reopen(struct world *w);                    /* and recover, with everything seen forgotten */
void world_close(struct world *w);
void world_forget(struct world *w);                    /* what the hooks have told */
int64_t world_now(const struct world *w);

size_t step(struct world *w);                          /* one group; must not fail */
enum store_result submit(struct world *w, void *op);   /* alone in its group */
void queue(struct world *w, void *op);                 /* for a group of several */

/* An item of a person; the key is made of `id`, or a new one when NULL. */
struct store_item item(struct world *w, const char *id, const char *phone, const char *bsuid, const char *body);
struct store_ingest ingest_op(struct world *w, struct store_item *items, size_t count);
/* One event in a group of its own. Returns the item as it came back. */
struct store_item says(struct world *w, const char *phone, const char *body);
struct store_item gives(struct world *w, struct store_item it);

struct store_turn turn_op(struct world *w, int64_t conv, uint64_t seq, const char *state);
enum store_result turn(struct world *w, int64_t conv, uint64_t seq, const char *state);
struct store_send send_of(const char *body);
/* A turn with that many sends; *first is the id of the first. */
void turn_sending(struct world *w, int64_t conv, uint64_t seq, size_t count, int64_t *first);

struct store_mark mark_op(struct world *w, int64_t id, enum out_state from, enum out_state to, int attempt);
enum store_result mark(struct world *w, int64_t id, enum out_state from, enum out_state to, int attempt);
void accept_row(struct world *w, int64_t id, const char *wamid);      /* READY -> SENDING -> ACCEPTED */

struct store_item status_of(int64_t out_id, int attempt, const char *wamid, enum store_rank rank);
struct store_item failure_of(int64_t out_id, int attempt, const char *wamid, int code);
enum store_verdict status(struct world *w, struct store_item it);
const struct store_status *last_status(const struct world *w);

size_t load(struct world *w, int64_t conv, size_t limit, bool *more);
struct store_fire fire(struct world *w, size_t limit);
cJSON *ask(struct world *w, enum store_question question, const char *subject);   /* the caller deletes it */
int64_t figure(struct world *w, const char *path);     /* of ASK_STATUS */
cJSON *row_of(struct world *w, int64_t id);            /* the message as `why` tells it; the caller deletes it */

const struct seen_event *last_event(const struct world *w);

#endif
