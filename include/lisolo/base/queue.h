/*
 * queue - how threads talk: many push, one takes, items are owned by whoever holds them.
 *
 * Bounded in bytes. Intrusive: put a struct queue_item first in your own struct. When opened with
 * QUEUE_FD an eventfd becomes readable while something waits, for threads that sit in epoll.
 */
#ifndef LISOLO_BASE_QUEUE_H
#define LISOLO_BASE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

struct queue;

struct queue_item {
    struct queue_item *next;
    size_t             bytes;   /* what it counts against the limit */
};

enum queue_flags { QUEUE_PLAIN = 0, QUEUE_FD = 1 };

struct queue *queue_new(size_t limit_bytes, enum queue_flags flags);   /* NULL: out of memory */
void          queue_free(struct queue *q);                             /* must be empty */

/* Takes the item. False when it would pass the limit or the queue is closed: the caller keeps it. */
bool queue_push(struct queue *q, struct queue_item *item);
/* As queue_push, but never refused for size: for work that is already durable. False only when closed. */
bool queue_push_always(struct queue *q, struct queue_item *item);

/* One item, or NULL. */
struct queue_item *queue_take(struct queue *q);
/* All items in order, as a list. NULL when there are none. */
struct queue_item *queue_take_all(struct queue *q);
/* Waits until something is there, the queue is closed, or timeout_ms have passed (-1: for ever). True: something is there. */
bool   queue_wait(struct queue *q, int timeout_ms);
int    queue_fd(const struct queue *q);    /* -1 without QUEUE_FD */
size_t queue_bytes(struct queue *q);
size_t queue_count(struct queue *q);
/* Refuses pushes from now on and wakes every waiter; the eventfd is readable until the owner next takes. */
void   queue_close(struct queue *q);
bool   queue_closed(struct queue *q);

#endif
