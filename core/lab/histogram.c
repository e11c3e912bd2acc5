#include "histogram.h"

#include <inttypes.h>

/* Values below 64 have a step each in row 0; then row r holds [64 << (r - 1), 64 << r) in 64 equal steps. */
void histogram_add(struct histogram *h, int64_t us)
{
    uint64_t value = us < 0 ? 0 : (uint64_t)us, scaled = value;
    int row = 0;

    while (scaled >= 2 * HISTOGRAM_STEPS) {
        scaled >>= 1;
        row++;
    }
    if (scaled >= HISTOGRAM_STEPS) {
        scaled -= HISTOGRAM_STEPS;
        row++;
    }
    if (row >= HISTOGRAM_POWERS) {
        row = HISTOGRAM_POWERS - 1;
        scaled = HISTOGRAM_STEPS - 1;
    }
    h->counts[row][scaled]++;
    h->count++;
    h->sum_us += value;
    if (value > h->max_us)
        h->max_us = value;
}

/* The upper end of a step, so that a percentile is never better than what was measured. */
static uint64_t upper(int row, int step)
{
    if (row == 0)
        return (uint64_t)step;
    return ((uint64_t)(HISTOGRAM_STEPS + step + 1) << (row - 1)) - 1;
}

uint64_t histogram_at(const struct histogram *h, double part)
{
    uint64_t wanted = (uint64_t)(part * (double)h->count + 0.999999), seen = 0;

    if (h->count == 0)
        return 0;
    for (int row = 0; row < HISTOGRAM_POWERS; row++)
        for (int step = 0; step < HISTOGRAM_STEPS; step++) {
            seen += h->counts[row][step];
            if (seen >= wanted && seen > 0)
                return upper(row, step) < h->max_us ? upper(row, step) : h->max_us;
        }
    return h->max_us;
}

static void add_ms(struct buf *b, const char *name, uint64_t us)
{
    buf_addf(b, ",\"%s\":%" PRIu64 ".%03" PRIu64, name, us / 1000, us % 1000);
}

void histogram_print(const struct histogram *h, struct buf *b)
{
    buf_addf(b, "{\"count\":%" PRIu64, h->count);
    add_ms(b, "mean", h->count == 0 ? 0 : h->sum_us / h->count);
    add_ms(b, "p50", histogram_at(h, 0.50));
    add_ms(b, "p90", histogram_at(h, 0.90));
    add_ms(b, "p99", histogram_at(h, 0.99));
    add_ms(b, "p999", histogram_at(h, 0.999));
    add_ms(b, "max", h->max_us);
    buf_addc(b, '}');
}
