/*
 * acks - intake and store as the host has them, with nobody behind: what is committed is answered, no turn runs. So the way of an
 * acknowledgement can be laid beside its ceilings, which have nobody behind them either.
 *
 *     acks FILE PORT             prints "ready"; at SIGTERM {"groups":…,"items":…,"events":…,"body_bytes":…}
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "lisolo/intake.h"
#include "lisolo/store.h"
#include "tool.h"

enum { STORE_WAIT_MS = 100, DRAIN_MS = 2000 };

struct parts {
    struct store  *store;
    struct intake *intake;
    _Atomic bool   stop_store, stop_intake;
    uint64_t       bodies, bytes;      /* the store's thread */
};

static _Noreturn void refused(const struct error *err)
{
    errno = 0;
    give_up("%s", err->text);
}

static void on_event(void *ctx, const struct store_event *event)
{
    struct parts *p = ctx;

    p->bodies++;
    p->bytes += event->body.len;
}

static bool ready(void *ctx, char *text, size_t size)
{
    (void)ctx;
    (void)snprintf(text, size, "{}");
    return true;
}

static void *run_store(void *ctx)
{
    struct parts *p = ctx;
    struct error err;
    size_t did;

    while (!atomic_load(&p->stop_store)) {
        (void)store_wait(p->store, STORE_WAIT_MS);
        if (!store_step(p->store, &did, &err))
            refused(&err);
    }
    return NULL;
}

static void *run_intake(void *ctx)
{
    struct parts *p = ctx;

    while (!atomic_load(&p->stop_intake))
        intake_step(p->intake, 1000);
    return NULL;
}

static void open_parts(struct parts *p, const char *file, uint16_t port)
{
    static const char *const numbers[] = { "555000111222333" };
    struct store_options so = { .path = file, .clock = clock_real() };
    struct store_hooks hooks = { .ctx = p, .event = on_event };
    struct intake_options io = { .address = "127.0.0.1", .port = port, .clock = clock_real(), .numbers = numbers, .number_count = 1,
                                 .secrets = { .verify_token = "bench-token", .app_secrets = { "bench-app-secret" }, .app_secret_count = 1 },
                                 .ready = ready };
    struct error err = { "" };

    p->store = store_open_sqlite(&so, &err);
    if (p->store == NULL)
        refused(&err);
    store_set_hooks(p->store, &hooks);
    if (!store_recover(p->store, &err))
        refused(&err);
    io.store = p->store;
    p->intake = intake_open(&io, &err);
    if (p->intake == NULL)
        refused(&err);
}

int main(int argc, char **argv)
{
    static struct parts p;
    pthread_t store, intake;
    struct store_counts c;

    if (argc != 3) {
        (void)fprintf(stderr, "usage: acks FILE PORT\n");
        return 2;
    }
    tool_block_stop();
    open_parts(&p, argv[1], (uint16_t)tool_number(argv[2], 1, 65535));
    if (pthread_create(&store, NULL, run_store, &p) != 0 || pthread_create(&intake, NULL, run_intake, &p) != 0)
        give_up("pthread_create");
    (void)printf("ready\n");
    (void)fflush(stdout);
    tool_wait_stop();
    atomic_store(&p.stop_intake, true);
    intake_wake(p.intake);
    (void)pthread_join(intake, NULL);
    intake_close(p.intake, DRAIN_MS);
    atomic_store(&p.stop_store, true);
    (void)pthread_join(store, NULL);
    store_counts(p.store, &c);
    store_close(p.store);
    (void)printf("{\"groups\":%" PRIu64 ",\"items\":%" PRIu64 ",\"events\":%" PRIu64 ",\"body_bytes\":%.0f}\n", c.groups, c.items, c.events,
                 p.bodies == 0 ? 0.0 : (double)p.bytes / (double)p.bodies);
    return 0;
}
