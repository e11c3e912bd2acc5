/*
 * graph_record - what the stand-in accepted: a bounded ring of bodies, and counts by callback for ever.
 *
 * Recording is one allocation and two hash look-ups (measured: see bench), because the stand-in must not be what a bench measures.
 * Belongs to one thread.
 */
#ifndef LAB_GRAPH_RECORD_H
#define LAB_GRAPH_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lisolo/base/buf.h"

struct record;

struct record_item {
    bool        read;        /* a read mark */
    int64_t     at_ms;       /* wall clock */
    const char *wamid;       /* of the message, or the one that was read */
    const char *to;          /* as given; NULL for read marks */
    const char *callback;    /* NULL: none */
    const char *body;
    size_t      len;
};

struct record *record_new(size_t keep);   /* NULL: out of memory */
void           record_free(struct record *r);
void           record_clear(struct record *r);

/* Copies. False: out of memory, nothing was recorded. */
bool record_add(struct record *r, const struct record_item *item);

/* Number of the last thing recorded; numbers start at 1 and have no gaps. */
uint64_t record_last(const struct record *r);

/*
 * {"messages": [{"seq", "at_ms", "wamid", "to", "body": {…}}], "next": N, "missed": M}: what came after number `after`, at most
 * `limit`. `next` is the `after` of the next call; `missed` counts what the ring has forgotten. Returns how many were printed.
 */
size_t record_print(const struct record *r, struct buf *b, uint64_t after, size_t limit, bool reads);

struct record_counts {
    uint64_t messages, reads;
    uint64_t callbacks;        /* different ones */
    uint64_t doubles;          /* messages whose callback had been accepted before */
    uint64_t row_doubles;      /* the same for the callback without its last ".digits": another attempt of one row */
    uint64_t uncounted;        /* beyond what is counted (RECORD_KEYS_MAX) */
};
enum { RECORD_KEYS_MAX = 16 * 1024 * 1024 };
void record_counts(const struct record *r, struct record_counts *out);

/* JSON array of up to 100 callbacks that came more than once. */
bool record_print_doubles(const struct record *r, struct buf *b);

#endif
