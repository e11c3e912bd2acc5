/*
 * histogram - latencies in microseconds, kept to 1.6 % in 16 KiB: 64 steps to each power of two, up to 71 minutes.
 */
#ifndef LAB_HISTOGRAM_H
#define LAB_HISTOGRAM_H

#include <stdint.h>

#include "lisolo/base/buf.h"

enum { HISTOGRAM_STEPS = 64, HISTOGRAM_POWERS = 27 };

struct histogram {                /* starts zeroed */
    uint64_t counts[HISTOGRAM_POWERS][HISTOGRAM_STEPS];
    uint64_t count, sum_us, max_us;
};

void     histogram_add(struct histogram *h, int64_t us);
/* The smallest kept value that `part` (0…1) of all values do not pass; 0 when there are none. */
uint64_t histogram_at(const struct histogram *h, double part);
/* {"count", "mean", "p50", "p90", "p99", "p999", "max"} in milliseconds. */
void     histogram_print(const struct histogram *h, struct buf *b);

#endif
