#include "cm.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "lisolo/base/queue.h"

struct job {
    struct queue_item item;
    int               from;
    int               number;
};

static bool readable(struct queue *q)
{
    struct pollfd p = { .fd = queue_fd(q), .events = POLLIN };

    return poll(&p, 1, 0) == 1;
}

static void items_come_out_in_the_order_in_which_they_went_in(void **state)
{
    struct queue *q = queue_new(100, QUEUE_PLAIN);
    struct job a = { .item.bytes = 10 }, b = { .item.bytes = 20 }, c = { .item.bytes = 0 };
    struct queue_item *list;

    (void)state;
    assert_null(queue_take(q));
    assert_true(queue_push(q, &a.item));
    assert_true(queue_push(q, &b.item));
    assert_int_equal(queue_count(q), 2);
    assert_int_equal(queue_bytes(q), 30);
    assert_ptr_equal(queue_take(q), &a.item);
    assert_int_equal(queue_bytes(q), 20);
    assert_true(queue_push(q, &c.item));
    list = queue_take_all(q);
    assert_ptr_equal(list, &b.item);
    assert_ptr_equal(list->next, &c.item);
    assert_null(list->next->next);
    assert_null(queue_take_all(q));
    assert_int_equal(queue_bytes(q), 0);
    assert_int_equal(queue_fd(q), -1);
    assert_true(queue_push(q, &a.item));
    assert_ptr_equal(queue_take(q), &a.item);
    queue_free(q);
}

static void the_limit_is_in_bytes_and_durable_work_passes_it(void **state)
{
    struct queue *q = queue_new(30, QUEUE_PLAIN);
    struct job a = { .item.bytes = 20 }, b = { .item.bytes = 11 }, c = { .item.bytes = SIZE_MAX }, d = { .item.bytes = 10 };

    (void)state;
    assert_true(queue_push(q, &a.item));
    assert_false(queue_push(q, &b.item));
    assert_false(queue_push(q, &c.item));
    assert_true(queue_push(q, &d.item));
    assert_true(queue_push_always(q, &b.item));
    assert_false(queue_push(q, &c.item));
    assert_int_equal(queue_bytes(q), 41);
    assert_ptr_equal(queue_take_all(q), &a.item);
    queue_free(q);
}

static void the_descriptor_is_readable_exactly_while_something_waits(void **state)
{
    struct queue *q = queue_new(100, QUEUE_FD);
    struct job a = { 0 }, b = { 0 };

    (void)state;
    assert_false(readable(q));
    queue_push(q, &a.item);
    assert_true(readable(q));
    queue_push(q, &b.item);
    queue_take(q);
    assert_true(readable(q));
    queue_take(q);
    assert_false(readable(q));
    queue_push(q, &a.item);
    assert_true(readable(q));
    queue_take_all(q);
    assert_false(readable(q));
    queue_free(q);
}

static void closing_refuses_wakes_once_and_leaves_what_waits(void **state)
{
    struct queue *q = queue_new(100, QUEUE_FD);
    struct job a = { 0 }, b = { 0 };

    (void)state;
    queue_push(q, &a.item);
    assert_false(queue_closed(q));
    queue_close(q);
    assert_true(queue_closed(q));
    assert_false(queue_push(q, &b.item));
    assert_false(queue_push_always(q, &b.item));
    assert_true(queue_wait(q, -1));
    assert_ptr_equal(queue_take(q), &a.item);
    assert_false(queue_wait(q, -1));
    assert_false(readable(q));
    queue_close(q);
    assert_true(readable(q));
    assert_null(queue_take(q));
    assert_false(readable(q));
    queue_free(q);
}

static void waiting_ends_by_itself(void **state)
{
    struct queue *q = queue_new(100, QUEUE_PLAIN);
    struct timespec from, to;
    long waited_ms;

    (void)state;
    assert_false(queue_wait(q, 0));
    clock_gettime(CLOCK_MONOTONIC, &from);
    assert_false(queue_wait(q, 30));
    clock_gettime(CLOCK_MONOTONIC, &to);
    waited_ms = (to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000;
    assert_in_range(waited_ms, 29, 5000);
    queue_free(q);
    queue_free(NULL);
}

enum { PUSHERS = 4, JOBS = 4000 };

static struct queue *shared;
static _Atomic int   refused;

static void *push_jobs(void *from)
{
    struct job *job;
    int i;

    for (i = 0; i < JOBS; i++) {
        job = malloc(sizeof *job);
        if (job == NULL)
            abort();
        *job = (struct job){ .item.bytes = sizeof *job, .from = *(int *)from, .number = i };
        while (!queue_push(shared, &job->item))
            atomic_fetch_add(&refused, 1);
    }
    return NULL;
}

static void *close_soon(void *unused)
{
    const struct timespec pause_ns = { 0, 20000000 };

    nanosleep(&pause_ns, NULL);
    queue_close(shared);
    return unused;
}

static void a_close_from_another_thread_ends_a_wait(void **state)
{
    pthread_t thread;

    (void)state;
    shared = queue_new(10, QUEUE_FD);
    assert_int_equal(pthread_create(&thread, NULL, close_soon, NULL), 0);
    assert_false(queue_wait(shared, -1));
    pthread_join(thread, NULL);
    queue_free(shared);
}

/* Small limit: pushers are refused all the time and the taker sleeps and wakes often. */
static void run_threads(enum queue_flags flags)
{
    int names[PUSHERS] = { 0, 1, 2, 3 }, next[PUSHERS] = { 0 }, i, got = 0;
    pthread_t threads[PUSHERS];
    struct queue_item *list, *following;
    struct job *job;

    shared = queue_new(50 * sizeof(struct job), flags);
    for (i = 0; i < PUSHERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, push_jobs, &names[i]), 0);
    while (got < PUSHERS * JOBS) {
        assert_true(queue_wait(shared, 10000));
        for (list = got % 3 == 0 ? queue_take(shared) : queue_take_all(shared); list != NULL; list = following) {
            following = list->next;
            job = (struct job *)list;
            assert_int_equal(job->number, next[job->from]++);
            free(job);
            got++;
        }
    }
    for (i = 0; i < PUSHERS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(next[i], JOBS);
    }
    assert_int_equal(queue_count(shared), 0);
    queue_free(shared);
}

static void many_threads_lose_double_or_reorder_nothing(void **state)
{
    (void)state;
    run_threads(QUEUE_PLAIN);
    run_threads(QUEUE_FD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_come_out_in_the_order_in_which_they_went_in),
        cmocka_unit_test(the_limit_is_in_bytes_and_durable_work_passes_it),
        cmocka_unit_test(the_descriptor_is_readable_exactly_while_something_waits),
        cmocka_unit_test(closing_refuses_wakes_once_and_leaves_what_waits),
        cmocka_unit_test(waiting_ends_by_itself),
        cmocka_unit_test(a_close_from_another_thread_ends_a_wait),
        cmocka_unit_test(many_threads_lose_double_or_reorder_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
