/*
 * tool - the few things that every program of the bench needs. They are measuring sticks: an error ends them at once.
 */
#ifndef BENCH_TOOL_H
#define BENCH_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Says "<program>: <what>" with errno's text when there is one, and exits with 2. */
_Noreturn void give_up(const char *format, ...) __attribute__((format(printf, 1, 2)));

int64_t tool_us(void);                                     /* monotonic */
unsigned long tool_number(const char *text, unsigned long least, unsigned long most);   /* of the command line, or gives up */

/* Samples, kept whole: exact percentiles. */
struct samples {
    int64_t *list;
    size_t   count, cap;
};

void    samples_add(struct samples *s, int64_t value);
void    samples_sort(struct samples *s);
int64_t samples_at(const struct samples *s, double share);  /* sorted; 0.99 is the 99th percentile; 0 when empty */
void    samples_free(struct samples *s);

/* Blocks SIGTERM and SIGINT for this thread and those it starts; then waits for one of them. */
void tool_block_stop(void);
void tool_wait_stop(void);

#endif
