/*
 * history - what a campaign did and saw, and the invariants that must hold of it (I1-I4 and I8).
 *
 * The driver notes an intent before each webhook POST and an ack after its 200; what the host handled is read from the replies
 * that the Graph API accepted: "c=<count> m=<message>". Knows nothing of the host's code.
 */
#ifndef HISTORY_H
#define HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct history;

struct history *history_new(unsigned people);
void history_free(struct history *h);

void history_intent(struct history *h, unsigned person, unsigned message);
void history_ack(struct history *h, unsigned person, unsigned message);
/* A reply that the provider accepted, in the order of acceptance. `row` is the callback string without its attempt. */
void history_reply(struct history *h, unsigned person, unsigned count, unsigned message, const char *row);

struct history_verdict {
    size_t acked, handled, recovered;      /* recovered: never acked, but handled: allowed */
    size_t lost;                           /* I1: acked, never handled */
    size_t twice;                          /* I2: handled more than once */
    size_t unexpected;                     /* I3: never sent */
    size_t out_of_order;                   /* I4 */
    size_t doubled;                        /* I8: a row that the provider accepted more than once */
};

/* True when no invariant is broken. */
bool history_check(const struct history *h, struct history_verdict *out);

#endif
