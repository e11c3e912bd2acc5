/*
 * engine - takes the next event of a conversation, runs its turn, commits.
 *
 * A conversation has one turn in flight. The next starts from the state just committed, held in memory; only cold
 * conversations are read from the store, and a failed commit drops the cached state. The table of conversations belongs to
 * the store's thread: the hooks and the completions run there, so it needs no lock. Workers take ready turns from one queue,
 * so a slow script delays itself only.
 *
 * Step functions: nothing here waits (except engine_step() when told to) or starts a thread.
 */
#ifndef LISOLO_ENGINE_H
#define LISOLO_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lisolo/base/clock.h"
#include "lisolo/base/error.h"
#include "lisolo/script.h"
#include "lisolo/store.h"
#include "lisolo/turn.h"

struct engine;
struct engine_worker;

enum { ENGINE_WORKERS_MAX = 64 };

struct engine_options {
    struct store       *store;
    const struct clock *clock;
    const char         *number;        /* business number for events that name none (backend events) */
    struct turn_keys    keys;
    size_t              cache_bytes;   /* idle conversations kept in memory; default 8 MiB */
    size_t              backlog_bytes; /* waiting events kept in memory, the rest is read again from the store; default 16 MiB */
    const char         *guard_path;    /* crash guard file; NULL: none (tests) */
    unsigned            workers;
    /* For runs in one thread (`.chat` tests): called by the worker with every turn before it is committed. May be NULL. */
    void              (*watch)(void *ctx, const struct turn_input *in, const struct turn_result *out);
    void               *watch_ctx;
    const struct turn_trace *trace;    /* of every turn; NULL */
};

struct engine *engine_new(const struct engine_options *options, struct error *err);
void           engine_free(struct engine *e);     /* after the workers and the store have stopped */

/*
 * As after a kill: what was in memory is forgotten, the scripts stay loaded. Continues on `store`, which may be another one; then
 * comes store_recover(). Only where one thread does everything, and with no turn or commit under way. False: out of memory.
 */
bool engine_renew(struct engine *e, struct store *store, const struct turn_keys *keys);

/* Store hooks; on the store's thread. */
void engine_on_event(void *engine, const struct store_event *event);
void engine_on_timer(void *engine, int64_t due_ms);

/* Timers, on the store's thread, after store_recover(): fires what is due. Returns how many milliseconds until the next, at most 60,000. */
int engine_tick(struct engine *e);
/* When the earliest timer is due, INT64_MAX: none. For whoever owns the clock and wants to jump; on the store's thread. */
int64_t engine_due_ms(const struct engine *e);

/* One of options.workers; `index` from 0. Each belongs to one thread that has an SCRIPT_STACK_BYTES stack. */
struct engine_worker *engine_worker_new(struct engine *e, unsigned index, struct error *err);
void                  engine_worker_free(struct engine_worker *w);

/* Runs one turn if one is ready within wait_ms (0: does not wait). False: there was none. */
bool engine_step(struct engine_worker *w, int wait_ms);
bool engine_stopping(const struct engine_worker *w);      /* engine_stop() was called */

/*
 * Makes `g` live: builds a script state for each worker here, on the caller's thread, then lets the workers change over between
 * two turns. A conversation never goes back to an older generation. Takes one use of `g` when true. False: nothing changed.
 */
bool engine_swap(struct engine *e, struct generation *g, struct error *err);
struct generation *engine_generation(struct engine *e);       /* the live one, with a use for the caller (generation_drop) */
unsigned engine_generations(struct engine *e);                /* alive: 1, or 2 while workers change over */

/* No turn starts any more; wakes the workers so that their threads can end. */
void engine_stop(struct engine *e);

/* The process is about to end for a reason that no turn has caused (a disk error): nothing in flight is suspected for it. Any thread. */
void engine_forgive(struct engine *e);

struct engine_counts {
    uint64_t turns, script_failures, lost, parked, loads;
    uint64_t waiting;                  /* turns ready to run */
    uint64_t cached;                   /* conversations in memory */
    int64_t  turn_us_max;
    bool     timers_held;              /* the machine's clock stepped by more than five minutes */
};
void engine_counts(struct engine *e, struct engine_counts *out);   /* any thread */

#endif
