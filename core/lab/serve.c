#include "serve.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

struct waiter {
    const struct served *served;
    sigset_t             set;
    atomic_bool          stop;
};

static void fill(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
}

void serve_block(sigset_t *before)
{
    sigset_t set;

    fill(&set);
    signal(SIGPIPE, SIG_IGN);
    pthread_sigmask(SIG_BLOCK, &set, before);
}

void serve_unblock(const sigset_t *before) { pthread_sigmask(SIG_SETMASK, before, NULL); }

static void *wait_for_signal(void *ctx)
{
    struct waiter *w = ctx;
    int number;

    while (sigwait(&w->set, &number) != 0)
        continue;
    w->stop = true;
    w->served->wake(w->served->ctx);
    return NULL;
}

bool serve_loop(const struct served *served, const char *name, const char *address, uint16_t port, struct error *err)
{
    struct waiter w = { .served = served };
    pthread_t thread;
    int failed;

    fill(&w.set);
    failed = pthread_create(&thread, NULL, wait_for_signal, &w);
    if (failed != 0)
        return error_set(err, "%s: cannot start a thread: %s", name, strerror(failed));
    printf("ready %s http://%s:%u\n", name, address, (unsigned)port);
    fflush(stdout);
    while (!w.stop)
        served->step(served->ctx, -1);
    pthread_join(thread, NULL);
    return true;
}
