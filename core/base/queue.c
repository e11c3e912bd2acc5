#include "lisolo/base/queue.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

struct queue {
    pthread_mutex_t     lock;
    pthread_cond_t      there;
    struct queue_item  *head;
    struct queue_item **tail;
    size_t              bytes;
    size_t              count;
    unsigned            waiters;   /* threads in queue_wait() */
    unsigned            asleep;    /* those that no push has woken yet */
    size_t              limit;
    int                 fd;        /* -1 without QUEUE_FD */
    bool                raised;    /* the eventfd is readable */
    bool                closed;
};

static bool init_cond(pthread_cond_t *cond)
{
    pthread_condattr_t attr;
    bool ok;

    if (pthread_condattr_init(&attr) != 0)
        return false;
    ok = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 && pthread_cond_init(cond, &attr) == 0;
    pthread_condattr_destroy(&attr);
    return ok;
}

struct queue *queue_new(size_t limit_bytes, enum queue_flags flags)
{
    struct queue *q = calloc(1, sizeof *q);

    if (q == NULL)
        return NULL;
    q->limit = limit_bytes;
    q->tail = &q->head;
    q->fd = -1;
    if (flags == QUEUE_FD) {
        q->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        if (q->fd == -1)
            goto no_fd;
    }
    if (pthread_mutex_init(&q->lock, NULL) != 0)
        goto no_lock;
    if (!init_cond(&q->there))
        goto no_cond;
    return q;
no_cond:
    pthread_mutex_destroy(&q->lock);
no_lock:
    if (q->fd != -1)
        close(q->fd);
no_fd:
    free(q);
    return NULL;
}

void queue_free(struct queue *q)
{
    if (q == NULL)
        return;
    assert(q->head == NULL);
    pthread_cond_destroy(&q->there);
    pthread_mutex_destroy(&q->lock);
    if (q->fd != -1)
        close(q->fd);
    free(q);
}

/*
 * Both are called with the lock held, so that the eventfd says exactly what the list says; it costs
 * one system call a batch, not one an item.
 */
static void raise_fd(struct queue *q)
{
    uint64_t one = 1;
    ssize_t n;

    if (q->fd == -1 || q->raised)
        return;
    n = write(q->fd, &one, sizeof one);
    assert(n == sizeof one);
    q->raised = true;
}

static void lower_fd(struct queue *q)
{
    uint64_t count;
    ssize_t n;

    if (!q->raised)
        return;
    n = read(q->fd, &count, sizeof count);
    assert(n == sizeof count);
    q->raised = false;
}

/*
 * Every sleeper is woken once: with two workers asleep, two pushed turns wake both, and ten wake no more. The signal is given
 * after the lock is free, else the woken thread meets it at once and sleeps again (measured under load: two futex calls a push,
 * a sixth of the store thread's time).
 */
static bool push(struct queue *q, struct queue_item *item, bool bounded)
{
    bool ok = false, wake = false;

    pthread_mutex_lock(&q->lock);
    if (!q->closed && (!bounded || (q->bytes <= q->limit && item->bytes <= q->limit - q->bytes))) {
        item->next = NULL;
        *q->tail = item;
        q->tail = &item->next;
        q->bytes += item->bytes;
        if (q->count++ == 0)
            raise_fd(q);
        wake = q->asleep > 0;
        q->asleep -= wake;
        ok = true;
    }
    pthread_mutex_unlock(&q->lock);
    if (wake)
        pthread_cond_signal(&q->there);
    return ok;
}

bool queue_push(struct queue *q, struct queue_item *item)
{
    return push(q, item, true);
}

bool queue_push_always(struct queue *q, struct queue_item *item)
{
    return push(q, item, false);
}

struct queue_item *queue_take(struct queue *q)
{
    struct queue_item *item;

    pthread_mutex_lock(&q->lock);
    item = q->head;
    if (item != NULL) {
        q->head = item->next;
        item->next = NULL;
        q->bytes -= item->bytes;
        q->count--;
    }
    if (q->head == NULL) {
        q->tail = &q->head;
        lower_fd(q);
    }
    pthread_mutex_unlock(&q->lock);
    return item;
}

struct queue_item *queue_take_all(struct queue *q)
{
    struct queue_item *list;

    pthread_mutex_lock(&q->lock);
    list = q->head;
    q->head = NULL;
    q->tail = &q->head;
    q->bytes = 0;
    q->count = 0;
    lower_fd(q);
    pthread_mutex_unlock(&q->lock);
    return list;
}

static struct timespec deadline_after(int timeout_ms)
{
    struct timespec ts;
    int rc = clock_gettime(CLOCK_MONOTONIC, &ts);

    assert(rc == 0);
    ts.tv_sec += timeout_ms / 1000;
    ts.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
    if (ts.tv_nsec >= 1000000000) {
        ts.tv_sec++;
        ts.tv_nsec -= 1000000000;
    }
    return ts;
}

bool queue_wait(struct queue *q, int timeout_ms)
{
    struct timespec deadline = { 0, 0 };
    bool there;
    int rc = 0;

    if (timeout_ms > 0)
        deadline = deadline_after(timeout_ms);
    pthread_mutex_lock(&q->lock);
    while (q->head == NULL && !q->closed && timeout_ms != 0 && rc != ETIMEDOUT) {
        q->waiters++;
        q->asleep++;
        if (timeout_ms < 0)
            rc = pthread_cond_wait(&q->there, &q->lock);
        else
            rc = pthread_cond_timedwait(&q->there, &q->lock, &deadline);
        q->waiters--;
        if (q->asleep > q->waiters)    /* nobody woke us: it was the time, or nothing */
            q->asleep = q->waiters;
    }
    there = q->head != NULL;
    pthread_mutex_unlock(&q->lock);
    return there;
}

int queue_fd(const struct queue *q)
{
    return q->fd;
}

size_t queue_bytes(struct queue *q)
{
    size_t bytes;

    pthread_mutex_lock(&q->lock);
    bytes = q->bytes;
    pthread_mutex_unlock(&q->lock);
    return bytes;
}

size_t queue_count(struct queue *q)
{
    size_t count;

    pthread_mutex_lock(&q->lock);
    count = q->count;
    pthread_mutex_unlock(&q->lock);
    return count;
}

/* The eventfd of a closed queue stays readable until the owner next takes: it wakes once and does not spin. */
void queue_close(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->closed = true;
    raise_fd(q);
    pthread_cond_broadcast(&q->there);
    pthread_mutex_unlock(&q->lock);
}

bool queue_closed(struct queue *q)
{
    bool closed;

    pthread_mutex_lock(&q->lock);
    closed = q->closed;
    pthread_mutex_unlock(&q->lock);
    return closed;
}
