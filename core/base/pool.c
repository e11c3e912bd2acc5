#include "lisolo/base/pool.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct pool_block {
    struct pool_block *next;
    alignas(max_align_t) char bytes[];
};

void pool_init(struct pool *p, size_t block_bytes)
{
    *p = (struct pool){ .block_bytes = block_bytes };
}

void pool_free(struct pool *p)
{
    for (struct pool_block *b = p->blocks, *next; b != NULL; b = next) {
        next = b->next;
        free(b);
    }
    *p = (struct pool){ .block_bytes = p->block_bytes };
}

bool pool_ok(const struct pool *p) { return !p->failed; }

static bool add_block(struct pool *p, size_t bytes)
{
    struct pool_block *b;

    if (bytes < p->block_bytes)
        bytes = p->block_bytes;
    b = malloc(sizeof *b + bytes);
    if (b == NULL)
        return false;
    b->next = p->blocks;
    p->blocks = b;
    p->at = b->bytes;
    p->end = b->bytes + bytes;
    return true;
}

void *pool_take(struct pool *p, size_t bytes)
{
    enum { ALIGN = alignof(max_align_t) };
    size_t room;
    void *piece;

    if (bytes > PTRDIFF_MAX - ALIGN) {
        p->failed = true;
        return NULL;
    }
    room = (bytes + ALIGN - 1) / ALIGN * ALIGN;
    if (room == 0)
        room = ALIGN;
    if ((size_t)(p->end - p->at) < room && !add_block(p, room)) {
        p->failed = true;
        return NULL;
    }
    piece = p->at;
    p->at += room;
    return memset(piece, 0, room);
}

void *pool_array(struct pool *p, size_t count, size_t bytes)
{
    if (bytes != 0 && count > PTRDIFF_MAX / bytes) {
        p->failed = true;
        return NULL;
    }
    return pool_take(p, count * bytes);
}

char *pool_bytes(struct pool *p, const void *data, size_t len)
{
    char *copy = pool_take(p, len + 1);

    if (copy != NULL && len > 0)
        memcpy(copy, data, len);
    return copy;
}

char *pool_text(struct pool *p, const char *text)
{
    return text == NULL ? NULL : pool_bytes(p, text, strlen(text));
}
