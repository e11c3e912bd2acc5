/*
 * What the files of the engine share.
 *
 *   table.c    conversations in memory (store's thread)
 *   engine.c   events in, commits back, timers (store's thread)
 *   worker.c   one turn (worker's thread), change of generation
 *   schedules.c  `every` at the top of a file: who must run
 *   guard.c    which event was in flight when the process died
 */
#ifndef ENGINE_PRIVATE_H
#define ENGINE_PRIVATE_H

#include <stdatomic.h>

#include "lisolo/base/box.h"
#include "lisolo/base/queue.h"
#include "lisolo/engine.h"

struct pending {                       /* an event that waits for its turn */
    struct pending *next;
    uint64_t        seq;
    size_t          len;
    char            body[];
};

struct text { char *data; size_t len; };

struct conversation {
    int64_t              id;
    struct conversation *hash_next;
    struct conversation *older, *newer;   /* among the idle ones, by last use */
    uint64_t             done_seq;
    uint64_t             last_seq;        /* the highest event that we know of */
    struct text          state;
    int64_t              state_now_ms;
    bool                 known;           /* state and done_seq are right */
    bool                 busy;            /* a turn or a load is under way */
    bool                 unsure;          /* first told of by store_recover(), which tells the next few events only */
    bool                 is_person;
    char                *number, *phone, *bsuid, *name;
    int64_t              heard_ms, held_until_ms;
    struct pending      *head, *tail;
    size_t               bytes;
};

/* A turn on its way: owned by one side at a time. */
struct job {
    struct queue_item    item;
    struct engine       *engine;
    int64_t              conv;
    uint64_t             seq;
    struct pending      *event;
    struct text          state;
    int64_t              state_now_ms;
    bool                 is_person;
    struct store_person  person;          /* strings in `text`: the conversation's may change while the turn runs */
    struct turn_result   result;
    bool                 has_result;
    char                 text[];
};

struct table {
    struct conversation **slots;
    size_t                slot_count, count;
    struct conversation  *newest, *oldest;
    size_t                idle_bytes, idle_max;
};

struct worker_box;                        /* what a swap leaves for a worker */

struct engine {
    struct engine_options o;
    char          *number;
    struct table   table;
    struct queue  *ready;
    size_t         backlog;               /* bytes of waiting events in memory */
    int64_t        timer_due_ms;          /* earliest known; INT64_MAX none */
    bool           firing;
    int64_t        offset_ms;             /* wall time less time since boot, as we trust it */
    bool           offset_known;
    bool           ticked;                /* store_recover() is over */
    struct store_fire fire;
    struct guard  *guard;
    struct box    *shown;
    struct engine_counts counts;          /* store's thread */
    _Atomic uint64_t turns, script_failures, parked, turn_us_max;
    _Atomic uint64_t wanted;              /* number of the generation that the next turn must run on */
    struct box    *live;                  /* struct generation * */
    _Atomic(struct script_worker *) next[ENGINE_WORKERS_MAX];
    _Atomic unsigned swapping;            /* workers that have not changed over */
    _Atomic bool   stopped;
    _Atomic bool   unscheduled;           /* the schedules could not be asked: again later */
    int64_t        ask_again_ms;          /* not before; store's thread */
};

struct engine_worker {
    struct engine        *engine;
    unsigned              index;
    struct script_worker *script;
    uint64_t              generation;
};

/* table.c */
bool table_init(struct table *t, size_t idle_max);
void table_free(struct table *t);
struct conversation *table_find(struct table *t, int64_t id);
struct conversation *table_make(struct table *t, int64_t id);      /* found or new; NULL: out of memory */
void table_busy(struct table *t, struct conversation *c);          /* takes it out of the idle list */
void table_idle(struct table *t, struct conversation *c);          /* may free the longest idle ones, and `c` itself never */
bool conversation_person(struct conversation *c, const struct store_person *p);
bool conversation_state(struct conversation *c, struct blob state, uint64_t done_seq, int64_t now_ms);
size_t conversation_forget(struct conversation *c);                /* state unknown, events dropped (so many bytes): read again */

/* engine.c */
void engine_committed(struct store_op *op);

/* schedules.c */
void schedules_ask(struct engine *e, const struct generation *g);  /* any thread */
void schedules_again(struct engine *e);                            /* when the last time was for nothing */

/* guard.c: a small mapped file with one record a worker. The page cache outlives a killed process. */
struct guard *guard_open(const char *path, struct error *err);
void guard_close(struct guard *g);
void guard_enter(struct guard *g, unsigned worker, int64_t conv, uint64_t seq);
void guard_leave(struct guard *g, unsigned worker);
void guard_forgive(struct guard *g);                               /* what is in flight is not to blame for how this process ends */
/* Has this event been in flight at three crashes in a row? */
bool guard_bad(const struct guard *g, int64_t conv, uint64_t seq);

#endif
