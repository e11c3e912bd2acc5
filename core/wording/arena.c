/*
 * Blocks of at least BLOCK_BYTES, newest first. A list that grows leaves its old copies behind: at most as much again as it
 * holds, and builds are short-lived compared with what they build.
 */
#include "arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 16 * 1024, ALIGN = alignof(max_align_t) };

struct arena_block {
    struct arena_block *next;
    size_t              size;     /* of `data` */
    alignas(max_align_t) unsigned char data[];
};

void arena_init(struct arena *a)
{
    *a = (struct arena){ 0 };
}

void arena_free(struct arena *a)
{
    for (struct arena_block *b = a->blocks, *next; b != NULL; b = next) {
        next = b->next;
        free(b);
    }
    arena_init(a);
}

void *arena_take(struct arena *a, size_t size)
{
    struct arena_block *b = a->blocks;
    size_t room;
    void *taken;

    if (size > SIZE_MAX / 2)
        return NULL;
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    if (b == NULL || a->left < size) {
        room = size > BLOCK_BYTES ? size : BLOCK_BYTES;
        b = calloc(1, sizeof *b + room);
        if (b == NULL)
            return NULL;
        b->next = a->blocks;
        b->size = room;
        a->blocks = b;
        a->left = room;
    }
    taken = b->data + (b->size - a->left);
    a->left -= size;
    return taken;
}

char *arena_text(struct arena *a, const char *text, size_t len)
{
    char *copy = arena_take(a, len + 1);

    if (copy != NULL && len > 0)
        memcpy(copy, text, len);
    return copy;
}

void *arena_more(struct arena *a, void *list, size_t count, size_t size)
{
    void *bigger;

    /* Room is 4, 8, 16…: it is full exactly when the count is one of those. */
    if (count != 0 && (count < 4 || (count & (count - 1)) != 0))
        return list;
    if (count > SIZE_MAX / 4 / size)
        return NULL;
    bigger = arena_take(a, (count == 0 ? 4 : count * 2) * size);
    if (bigger != NULL && count > 0)
        memcpy(bigger, list, count * size);
    return bigger;
}
