/*
 * tally - how often each of many keys was seen, in 16 bytes a key, so that ten million messages can be counted.
 *
 * Keys are kept as 64-bit hashes: at ten million keys the chance that two share one is 3 in a million.
 * Beyond `max` keys new ones are not kept; tally_lost() says how many.
 */
#ifndef LAB_TALLY_H
#define LAB_TALLY_H

#include <stddef.h>
#include <stdint.h>

struct tally;

struct tally *tally_new(size_t max);   /* NULL: out of memory */
void          tally_free(struct tally *t);
void          tally_clear(struct tally *t);

/* Counts the key and returns how often it has been seen, this time included. 0: not kept. */
uint32_t      tally_add(struct tally *t, const void *key, size_t len);
size_t        tally_keys(const struct tally *t);
uint64_t      tally_lost(const struct tally *t);

#endif
