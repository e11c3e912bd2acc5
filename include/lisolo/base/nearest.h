/*
 * nearest - "did you mean …?": how far two names are apart.
 */
#ifndef LISOLO_BASE_NEAREST_H
#define LISOLO_BASE_NEAREST_H

#include <stddef.h>

/* Edit distance (insert, delete, change, swap of neighbours), bytes; `max` + 1 when it is more. Names over 64 bytes are far. */
size_t nearest_distance(const char *a, const char *b, size_t max);

/* Keeps the best candidate: start with {word}, offer each, read .best (NULL: none is near enough to be meant). */
struct nearest {
    const char *word;
    const char *best;
    size_t      distance;
};

void nearest_offer(struct nearest *n, const char *candidate);

#endif
