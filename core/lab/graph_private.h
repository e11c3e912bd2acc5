/* The parts of the Graph API stand-in, for its own files: graph.c serves messages, graph_lab.c serves /_lab. */
#ifndef LAB_GRAPH_PRIVATE_H
#define LAB_GRAPH_PRIVATE_H

#include "graph.h"
#include "graph_people.h"
#include "graph_record.h"
#include "graph_rules.h"
#include "graph_statuses.h"
#include "graph_templates.h"
#include "later.h"
#include "lisolo/base/clock.h"
#include "lisolo/base/web.h"

enum { GRAPH_WAITERS_MAX = 64, GRAPH_CODES_MAX = 64, GRAPH_WAIT_MAX_MS = 60 * 1000, GRAPH_LAB_BODY_MAX = 4 * 1024 * 1024 };

struct graph_waiter {            /* a GET /_lab/messages that waits for something new */
    struct web_request *rq;
    uint64_t after;
    size_t   limit;
    bool     reads;
    int64_t  due_ms;
};

struct graph {
    char              *token, *number, *display_number;
    struct web        *web;
    struct later       later;
    struct record     *record;
    struct rules      *rules;
    struct people     *people;
    struct templates  *templates;    /* NULL: not checked */
    struct statuses   *statuses;     /* NULL: none are made */
    uint64_t           run, made;    /* wamids are unique by (run, made) */
    bool               closing;

    struct graph_waiter waiters[GRAPH_WAITERS_MAX];
    size_t              waiter_count;
    uint64_t            served;      /* record_last() when waiters were last looked at */

    struct { int code; uint64_t count; } codes[GRAPH_CODES_MAX];
    size_t   code_count;
    uint64_t refused, faults;
};

static inline int64_t graph_mono_ms(void) { return clock_mono_ms(clock_real()); }

/* /_lab/…: answers, or keeps the request among the waiters. */
void graph_lab(struct graph *g, struct web_request *rq, const char *path);
/* Answers waiters for whom there is something, or whose time is up. */
void graph_serve_waiters(struct graph *g);
int  graph_waiters_next_ms(const struct graph *g, int64_t now_ms);

/* {"error": …} with `status` in Meta's shape. */
void graph_refuse(struct graph *g, struct web_request *rq, const struct refusal *why);

#endif
