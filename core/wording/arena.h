/*
 * arena - memory of one build: taken piece by piece, given back all at once.
 *
 * A wording is thousands of small strings and lists that live and die together. One thread; nothing is freed alone.
 */
#ifndef WORDING_ARENA_H
#define WORDING_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks;
    size_t              left;     /* bytes that are free in the newest block */
};

void  arena_init(struct arena *a);
void  arena_free(struct arena *a);

/* Zeroed and aligned for anything. NULL: out of memory. */
void *arena_take(struct arena *a, size_t size);
/* `len` bytes and a NUL. */
char *arena_text(struct arena *a, const char *text, size_t len);
/* `list` holds `count` items of `size` bytes: returns it, or a larger copy, with room for one more. */
void *arena_more(struct arena *a, void *list, size_t count, size_t size);

#endif
