/*
 * due - things that wait for their time, earliest first; equal times keep their order. Belongs to one thread.
 */
#ifndef LAB_DUE_H
#define LAB_DUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct due_entry;

struct due {
    struct due_entry *heap;
    size_t            count, cap;
    uint64_t          order;
};

/* Starts zeroed. due_free() frees the heap; its items must have been taken out. */
void   due_free(struct due *d);
bool   due_push(struct due *d, int64_t at_ms, void *item);   /* false: out of memory, the caller keeps the item */
void  *due_pop(struct due *d, int64_t now_ms);               /* NULL: nothing is due yet */
int    due_next_ms(const struct due *d, int64_t now_ms);     /* 0: something is due; -1: nothing waits */

#endif
