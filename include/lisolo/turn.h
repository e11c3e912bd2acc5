/*
 * turn - the pure turn: (state, event, now) -> (new state, effects).
 *
 * No I/O, no clock, no random: the same input gives the same output, byte for byte. Runs on a worker, with that worker's Lua.
 *
 * A person's message means, in this order: a command that is the whole message; the answer to the pending question (a tap, a
 * typed title, its number, a value); at a choice, the word of another flow; else "not understood". With no flow running: a
 * flow's word, a choice of the menu, else the menu. While a call is under way only `menu` and `annuler` work; everything else is
 * answered with commun.patientez and is not kept for later. A tap on an older question's button is explained, never carried out.
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
};

enum { TURN_SENDS_MAX = 12, TURN_CALLS_MAX = 4, TURN_TIMERS_MAX = 4, TURN_NOTICES_MAX = 64, TURN_STEPS_MAX = 50 };

struct turn_result {                 /* in the store's own shapes, so that the engine only hands it on */
    struct store_turn commit;        /* op is the engine's; everything else is filled in */
    bool   script_failed;            /* a function failed or was stopped: the declared apology went out */
    struct script_failure failure;
    void  *memory;                   /* private: owns what `commit` points to */
};

/* False only when out of memory or when a MAC cannot be made. A state that cannot be read, a step that is gone, a script that fails:
 * all are handled as declared (decisions.md, "Failure" and reload) and give a result. */
bool turn_run(const struct turn_input *in, struct turn_result *out, struct error *err);
void turn_result_free(struct turn_result *r);

/* The state, for people: flow, step, variables' names (not their values). For `status` and `why`. */
bool turn_state_place(struct blob state, char flow[TALK_NAME_MAX + 1], char step[TALK_NAME_MAX + 1]);

#endif
