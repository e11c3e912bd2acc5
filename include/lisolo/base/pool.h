/*
 * pool - many small pieces of memory that live and die together.
 *
 * A failed piece is remembered, so that a builder may go on and ask once, with pool_ok(). Belongs to one thread at a time.
 */
#ifndef LISOLO_BASE_POOL_H
#define LISOLO_BASE_POOL_H

#include <stdbool.h>
#include <stddef.h>

struct pool_block;

struct pool {
    struct pool_block *blocks;
    char  *at, *end;
    size_t block_bytes;
    bool   failed;
};

void  pool_init(struct pool *p, size_t block_bytes);   /* allocates nothing yet */
void  pool_free(struct pool *p);                       /* every piece at once */
bool  pool_ok(const struct pool *p);

/* Zeroed and aligned for anything; NULL when out of memory. A size of 0 gives a valid pointer. */
void *pool_take(struct pool *p, size_t bytes);
void *pool_array(struct pool *p, size_t count, size_t bytes);   /* NULL on overflow too */
/* Copies; `text` NULL gives NULL, which is no failure. */
char *pool_text(struct pool *p, const char *text);
char *pool_bytes(struct pool *p, const void *data, size_t len);   /* a NUL is added */

#endif
