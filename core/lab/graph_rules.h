/*
 * graph_rules - misbehaviour on command. The JSON of a rule is in lab.h. Belongs to one thread.
 */
#ifndef LAB_GRAPH_RULES_H
#define LAB_GRAPH_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lisolo/base/buf.h"
#include "lisolo/base/error.h"
#include "lisolo/base/json.h"

enum rule_fault {
    FAULT_NONE, FAULT_REFUSE, FAULT_FAIL_AFTER_ACCEPT, FAULT_RESET_BEFORE, FAULT_RESET_AFTER, FAULT_SILENCE_BEFORE, FAULT_SILENCE_AFTER,
};
enum rule_statuses { STATUSES_NORMAL, STATUSES_OFF, STATUSES_DUPLICATE, STATUSES_REORDERED, STATUSES_FAILED };

struct rule {
    /* who */
    uint64_t person;            /* 0: everybody */
    char     type[24];          /* "": all; "read" for read marks */
    int64_t  skip, count;       /* count -1: without end */
    double   probability;
    /* what */
    int64_t  latency_ms;
    enum rule_fault    fault;
    int      status, code;      /* 0: not said */
    int64_t  retry_after_s;     /* -1: not said */
    char    *body;              /* NULL: not said */
    enum rule_statuses statuses;
    int      failed_code;
    int64_t  status_delay_ms;

    uint64_t hits;
};

struct rules;

struct rules *rules_new(uint64_t seed);   /* NULL: out of memory */
void          rules_free(struct rules *r);
void          rules_clear(struct rules *r);

/* One rule, or {"rules": […]}. All of them or, with `err`, none: a word that it does not know is refused, so that a typing error
 * in a test does not look like a well-behaved provider. */
bool rules_add(struct rules *r, const cJSON *tree, struct error *err);

/* The rule that applies to this message, counted; NULL: none. Valid until the next change. */
const struct rule *rules_match(struct rules *r, uint64_t person, const char *type);

/* JSON array of the rules with their hits. */
bool rules_print(const struct rules *r, struct buf *b);

#endif
