/*
 * box - a value that one thread puts and others read whole: counters, secrets, the state of a part.
 *
 * Holds a copy of fixed size. Any thread; both calls are short.
 */
#ifndef LISOLO_BASE_BOX_H
#define LISOLO_BASE_BOX_H

#include <stddef.h>

struct box;

struct box *box_new(size_t size);          /* zeroed; NULL: out of memory */
void        box_free(struct box *b);       /* NULL is fine; the content is wiped */
void        box_put(struct box *b, const void *value);
void        box_get(struct box *b, void *value);

#endif
