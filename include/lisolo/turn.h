/*
 * turn - the pure turn: (state, event, now) -> (new state, effects).
 *
 * No I/O, no clock, no random: the same input gives the same output, byte for byte. Runs on a worker, with that worker's Lua.
 *
 * A person's message means, in this order: a command that is the whole message; the answer to the pending question (a tap, a
 * typed title, its number, a value); at a choice, the word of another flow; else "not understood". With no flow running: words of
 * a flow that has ended, a flow's word, a choice of the menu, else the menu. While a call is under way only `menu` and `annuler`
 * work; everything else is answered with commun.patientez and is not kept for later. A tap on an older question's button does what
 * that question declares: it is explained, it is nothing, or it leads back. A button that shows the menu always does.
 *
 * Nothing free is said outside the person's window: a question that an end of waiting leads to then is asked when they write.
 */
#ifndef LISOLO_TURN_H
#define LISOLO_TURN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lisolo/script.h"
#include "lisolo/store.h"
#include "lisolo/talk.h"

struct turn_keys {                   /* button ids are choice~turn~mac; the previous key is still accepted */
    uint8_t current[32];
    uint8_t previous[32];
    bool    has_previous;
    uint8_t seal[32];                /* of secrets and tokens in the state */
};

/* What a turn passes on its way, for coverage. The callback may only take notes: a turn is the same with and without it. */
enum turn_mark {
    MARK_STEP,       /* entered */
    MARK_CHOICE,     /* a button, row or word of `on`; detail: its id. step NULL: of the menu */
    MARK_RETRY,      /* an answer that was not understood */
    MARK_GIVE_UP, MARK_REMIND, MARK_EXPIRE,
    MARK_FAIL,       /* a call failed; detail: the outcome whose branch was taken, NULL none */
};

struct turn_trace {
    void (*mark)(void *ctx, enum turn_mark mark, const struct step *step, const char *detail);
    void  *ctx;
};

struct turn_input {
    struct script_worker     *worker;     /* its generation's definitions are used */
    const struct turn_keys   *keys;
    struct blob               state;      /* JSON of the last turn, or none */
    const struct event       *event;
    const struct store_person *person;    /* NULL for a routing conversation */
    int64_t                   conv;
    uint64_t                  seq;        /* the event's number: names this turn */
    int64_t                   now_ms;     /* never before the last turn's */
    const struct turn_trace  *trace;      /* NULL: nobody listens */
};

enum { TURN_SENDS_MAX = 12, TURN_CALLS_MAX = 4, TURN_TIMERS_MAX = 16, TURN_NOTICES_MAX = 64, TURN_STEPS_MAX = 50 };

/* Of the routing conversation of a schedule, with the schedule's name behind it; guard 0 asks it to run if it does not. */
#define TURN_SCHEDULE_TIMER "every:"

struct turn_result {                 /* in the store's own shapes, so that the engine only hands it on */
    struct store_turn commit;        /* op is the engine's; everything else is filled in */
    bool   script_failed;            /* a function failed or was stopped: the declared apology went out */
    struct script_failure failure;
    struct step_cost *costs; size_t cost_count;   /* one a step that was met; for generation_charge() of the worker's generation */
    void  *memory;                   /* private: owns what `commit` points to */
};

/* False only when out of memory or when a MAC cannot be made. A state that cannot be read, a step that is gone, a script that fails:
 * all are handled as declared (decisions.md, "Failure" and reload) and give a result. */
bool turn_run(const struct turn_input *in, struct turn_result *out, struct error *err);
void turn_result_free(struct turn_result *r);

/* The state, for people: flow, step, variables' names (not their values). For `status` and `why`. */
bool turn_state_place(struct blob state, char flow[TALK_NAME_MAX + 1], char step[TALK_NAME_MAX + 1]);

/* Does the state wait for a secret? For a turn that is given up: store_turn.secret_next must stay as it was. */
bool turn_state_secret(struct blob state);

#endif
