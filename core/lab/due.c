#include "due.h"

#include <limits.h>
#include <stdlib.h>

struct due_entry {
    int64_t  at_ms;
    uint64_t order;
    void    *item;
};

void due_free(struct due *d)
{
    free(d->heap);
    d->heap = NULL;
    d->count = d->cap = 0;
}

static bool before(const struct due_entry *a, const struct due_entry *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

static void swap(struct due_entry *a, struct due_entry *b)
{
    struct due_entry t = *a;

    *a = *b;
    *b = t;
}

bool due_push(struct due *d, int64_t at_ms, void *item)
{
    size_t i = d->count;

    if (d->count == d->cap) {
        size_t cap = d->cap == 0 ? 64 : d->cap * 2;
        struct due_entry *heap = realloc(d->heap, cap * sizeof *heap);

        if (heap == NULL)
            return false;
        d->heap = heap;
        d->cap = cap;
    }
    d->heap[d->count++] = (struct due_entry){ at_ms, d->order++, item };
    for (; i > 0 && before(&d->heap[i], &d->heap[(i - 1) / 2]); i = (i - 1) / 2)
        swap(&d->heap[i], &d->heap[(i - 1) / 2]);
    return true;
}

static void sift_down(struct due *d)
{
    size_t i = 0;

    for (;;) {
        size_t least = i, left = 2 * i + 1;

        for (size_t c = left; c < left + 2 && c < d->count; c++)
            if (before(&d->heap[c], &d->heap[least]))
                least = c;
        if (least == i)
            return;
        swap(&d->heap[i], &d->heap[least]);
        i = least;
    }
}

void *due_pop(struct due *d, int64_t now_ms)
{
    void *item;

    if (d->count == 0 || d->heap[0].at_ms > now_ms)
        return NULL;
    item = d->heap[0].item;
    d->heap[0] = d->heap[--d->count];
    sift_down(d);
    return item;
}

int due_next_ms(const struct due *d, int64_t now_ms)
{
    if (d->count == 0)
        return -1;
    if (d->heap[0].at_ms <= now_ms)
        return 0;
    return d->heap[0].at_ms - now_ms > INT_MAX ? INT_MAX : (int)(d->heap[0].at_ms - now_ms);
}
