/*
 * The one file that owns threads.
 *
 *   store    loops over timers and store_step(); hooks of engine and sender run there
 *   worker n engine_step(): Lua, with an 8 MiB stack
 *   sender   sender_step() and libcurl
 *   intake   libmicrohttpd
 *   caller   signals, control socket, reloads
 */
#include "private.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "lisolo/base/log.h"

enum {
    WORKER_WAIT_MS = 1000, DRAIN_MS = 5000, SWEEP_EVERY_MS = 60 * 1000, SWEEP_AGAIN_MS = 50, EXIT_INTERNAL = 3,
    STORE_STACK_BYTES = 1024 * 1024,
};

static void progress(struct host *h, const char *step, const char *detail)
{
    if (h->o.progress != NULL)
        h->o.progress(h->o.ctx, step, detail);
}

/* ---- hooks: the store's thread hands on what is durable ---- */

static void on_event(void *ctx, const struct store_event *event) { engine_on_event(((struct host *)ctx)->engine, event); }
static void on_timer(void *ctx, int64_t due_ms) { engine_on_timer(((struct host *)ctx)->engine, due_ms); }
static void on_send(void *ctx, const struct store_send_row *row) { sender_on_send(((struct host *)ctx)->sender, row); }
static void on_call(void *ctx, const struct store_call_row *row) { sender_on_call(((struct host *)ctx)->sender, row); }
static void on_status(void *ctx, const struct store_status *status) { sender_on_status(((struct host *)ctx)->sender, status); }

/* ---- threads ---- */

/* A failed write or fsync: nothing that was not acknowledged counts, and nothing more may be. systemd starts us again. */
static _Noreturn void store_failed(struct host *h, const struct error *err)
{
    engine_forgive(h->engine);
    LOG(LOG_ERROR, "store_failed", log_str("reason", err->text), log_str("remedy", "check the disk; the host recovers at its next start"));
    _exit(EXIT_INTERNAL);
}

struct sweeper {
    struct store_sweep op;
    int64_t            next_ms;
    bool               running;
};

static void swept(struct store_op *op)
{
    struct sweeper *s = op->ctx;

    s->running = false;
    s->next_ms = clock_mono_ms(clock_real()) + (s->op.deleted > 0 ? SWEEP_AGAIN_MS : SWEEP_EVERY_MS);
}

/* Retention, one slice at a time, between groups. Returns when it wants to be asked again. */
static int sweep(struct host *h, struct sweeper *s)
{
    int64_t wait = s->next_ms - clock_mono_ms(clock_real());

    if (s->running)
        return SWEEP_EVERY_MS;
    if (wait > 0)
        return (int)wait;
    s->op = (struct store_sweep){ .op = { .kind = STORE_SWEEP, .done = swept, .ctx = s }, .now_ms = clock_wall_ms(clock_real()) };
    s->running = store_submit(h->store, &s->op.op);
    return SWEEP_EVERY_MS;
}

static void *store_loop(void *ctx)
{
    struct host *h = ctx;
    struct sweeper sweeper = { .next_ms = clock_mono_ms(clock_real()) + SWEEP_EVERY_MS };
    struct error err = { "" };
    size_t did;

    if (!store_recover(h->store, &err))
        store_failed(h, &err);
    atomic_store(&h->store_ready, true);
    while (!atomic_load(&h->stop_store)) {
        int wait = engine_tick(h->engine), other = sweep(h, &sweeper);

        (void)store_wait(h->store, wait < other ? wait : other);
        if (!store_step(h->store, &did, &err))
            store_failed(h, &err);
    }
    return NULL;
}

static void *worker_loop(void *ctx)
{
    struct engine_worker *w = ctx;

    while (engine_step(w, WORKER_WAIT_MS) || !engine_stopping(w))
        ;
    return NULL;
}

static void *sender_loop(void *ctx)
{
    struct host *h = ctx;
    int64_t until = INT64_MAX;

    for (;;) {
        bool idle;
        int wait;

        sender_step(h->sender);
        if (atomic_load(&h->stop_sender)) {
            idle = sender_drain(h->sender);
            if (until == INT64_MAX)
                until = clock_mono_ms(clock_real()) + DRAIN_MS;
            if (idle || clock_mono_ms(clock_real()) >= until)
                return NULL;
        }
        wait = sender_next_ms(h->sender);
        fetch_step(h->fetch, atomic_load(&h->stop_sender) ? 50 : wait < 0 ? 60 * 1000 : wait);
    }
}

static void *intake_loop(void *ctx)
{
    struct host *h = ctx;

    while (!atomic_load(&h->stop_intake))
        intake_step(h->intake, 60 * 1000);
    return NULL;
}

static bool spawn(pthread_t *thread, const char *name, size_t stack, void *(*run)(void *), void *ctx, struct error *err)
{
    pthread_attr_t attributes;
    int rc = pthread_attr_init(&attributes);

    if (rc == 0) {
        rc = pthread_attr_setstacksize(&attributes, stack);
        if (rc == 0)
            rc = pthread_create(thread, &attributes, run, ctx);
        (void)pthread_attr_destroy(&attributes);
    }
    if (rc != 0)
        return error_set(err, "thread %s: %s", name, strerror(rc));
    (void)pthread_setname_np(*thread, name);
    return true;
}

/* ---- start ---- */

static bool open_store(struct host *h, struct error *err)
{
    struct store_options options = { .path = h->c->database, .clock = clock_real() };

    progress(h, "database", h->c->database);
    h->store = store_open_sqlite(&options, err);
    return h->store != NULL;
}

static bool open_engine(struct host *h, struct error *err)
{
    char guard[600];
    struct engine_options options = { .store = h->store, .clock = clock_real(), .number = h->c->number, .workers = h->c->workers,
                                      .guard_path = guard };
    uint8_t previous[32];
    int n = snprintf(guard, sizeof guard, "%s.inflight", h->c->database);

    if (n < 0 || (size_t)n >= sizeof guard)
        return error_set(err, "%s: the path is too long", h->c->database);
    if (!store_secret(h->store, "button", options.keys.current) || !store_secret(h->store, "seal", options.keys.seal))
        return error_set(err, "%s: the keys cannot be read", h->c->database);
    options.keys.has_previous = store_secret(h->store, "button_previous", previous);
    if (options.keys.has_previous)
        memcpy(options.keys.previous, previous, sizeof previous);
    h->engine = engine_new(&options, err);
    return h->engine != NULL;
}

static bool open_workers(struct host *h, struct error *err)
{
    for (unsigned i = 0; i < h->c->workers; i++)
        if ((h->workers[i] = engine_worker_new(h->engine, i, err)) == NULL)
            return false;
    return true;
}

static bool start_fetch(void *ctx, const struct fetch_request *request, fetch_done done, void *done_ctx, struct error *err)
{
    return fetch_start(ctx, request, done, done_ctx, err);
}

static bool open_sender(struct host *h, struct error *err)
{
    const struct host_config *c = h->c;
    struct fetch_options net = { .connections_max = c->connections, .per_host_max = c->connections, .allow_http = c->plain_http,
                                 .allow_private = c->plain_http };
    struct sender_options options = {
        .store = h->store, .clock = clock_real(), .graph_base = c->graph_base, .graph_version = c->graph_version,
        .graph_token = c->graph_token, .number = c->number, .install = store_install_id(h->store), .number_per_s = c->number_per_s,
        .pair_burst = c->pair_burst, .pair_per_s = c->pair_per_s, .in_flight_max = c->connections,
        .backend_base = c->backend_base, .backend_token = c->backend_token,
    };

    h->fetch = fetch_new(&net, err);
    if (h->fetch == NULL)
        return false;
    options.net.start = start_fetch;
    options.net.ctx = h->fetch;
    h->sender = sender_new(&options, err);
    if (h->sender == NULL)
        return false;
    if (!fetch_watch(h->fetch, sender_fd(h->sender)))
        return error_set(err, "sender: the queue cannot be watched");
    return true;
}

static bool ready(void *ctx, char *text, size_t size)
{
    struct host *h = ctx;
    bool up = atomic_load(&h->store_ready);

    (void)snprintf(text, size, "{\"ready\":%s,\"durability\":\"local\"}", up ? "true" : "false");
    return up;
}

static void fill_secrets(const struct host_config *c, struct intake_secrets *out)
{
    *out = (struct intake_secrets){ .verify_token = c->verify_token, .app_secret_count = c->app_secret_count, .source_count = c->source_count };
    for (size_t i = 0; i < c->app_secret_count; i++)
        out->app_secrets[i] = c->app_secrets[i];
    for (size_t i = 0; i < c->source_count; i++) {
        struct intake_source *s = &out->sources[i];

        *s = (struct intake_source){ .name = c->sources[i].name, .path = c->sources[i].path, .subject = c->sources[i].subject,
                                     .secret_count = c->sources[i].secret_count };
        for (size_t j = 0; j < s->secret_count; j++)
            s->secrets[j] = c->sources[i].secrets[j];
    }
}

bool host_set_secrets(struct host *h, const struct host_config *fresh, struct error *err)
{
    struct intake_secrets secrets;

    fill_secrets(fresh, &secrets);
    host_know_secrets(h, fresh);
    return intake_set_secrets(h->intake, &secrets, err);
}

static bool open_intake(struct host *h, struct error *err)
{
    const char *const *numbers = (const char *const *)&h->c->number;
    struct intake_options options = { .address = h->c->address, .port = h->c->port, .clock = clock_real(), .store = h->store,
                                      .numbers = numbers, .number_count = 1, .ready = ready, .ctx = h };

    fill_secrets(h->c, &options.secrets);
    host_know_secrets(h, h->c);
    h->intake = intake_open(&options, err);
    return h->intake != NULL;
}

static bool run_threads(struct host *h, struct error *err)
{
    h->store_runs = spawn(&h->store_thread, "store", STORE_STACK_BYTES, store_loop, h, err);
    if (!h->store_runs)
        return false;
    for (; h->workers_run < h->c->workers; h->workers_run++)
        if (!spawn(&h->worker_threads[h->workers_run], "worker", SCRIPT_STACK_BYTES, worker_loop, h->workers[h->workers_run], err))
            return false;
    h->sender_runs = spawn(&h->sender_thread, "sender", STORE_STACK_BYTES, sender_loop, h, err);
    if (!h->sender_runs)
        return false;
    h->intake_runs = spawn(&h->intake_thread, "intake", STORE_STACK_BYTES, intake_loop, h, err);
    return h->intake_runs;
}

static struct generation *load_scripts(struct host *h, struct problems *problems, struct error *err)
{
    struct script_sources sources = { 0 };
    struct generation *g;
    char detail[128];

    progress(h, "scripts", h->c->scripts);
    if (!script_sources_read(h->c->scripts, &sources, problems)) {
        error_set(err, "%s: the scripts could not be read", h->c->scripts);
        return NULL;
    }
    g = generation_load(&sources, &h->c->limits, h->c->country, problems);
    if (g == NULL) {
        error_set(err, problems_text(problems, "the scripts have %zu error%s"), problems->errors, problems->errors == 1 ? "" : "s");
        return NULL;
    }
    (void)snprintf(detail, sizeof detail, problems_text(problems, "%zu flows, %zu messages"), g->flows->count, wording_count(g->wording));
    progress(h, "checked", detail);
    return g;
}

bool host_block_signals(struct error *err)
{
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        return error_set(err, "signals: %s", strerror(errno));
    return true;
}

static bool open_signals(struct host *h, struct error *err)
{
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    h->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return h->signal_fd != -1 || error_set(err, "signalfd: %s", strerror(errno));
}

static bool start(struct host *h, struct problems *problems, struct error *err)
{
    static const struct store_hooks names = { .event = on_event, .send = on_send, .call = on_call, .status = on_status, .timer = on_timer };
    struct store_hooks hooks = names;
    struct generation *g = load_scripts(h, problems, err);
    char detail[128];

    if (g == NULL)
        return false;
    h->answers = queue_new(SIZE_MAX, QUEUE_PLAIN);
    if (h->answers == NULL || !open_store(h, err) || !open_engine(h, err) || !engine_swap(h->engine, g, err)) {
        generation_drop(g);
        return false;
    }
    hooks.ctx = h;
    if (!open_workers(h, err) || !open_sender(h, err))
        return false;
    store_set_hooks(h->store, &hooks);
    if (!open_intake(h, err) || !host_set_routes(h, g, err) || !open_signals(h, err))
        return false;
    h->server = server_open(h->c->socket, err);
    if (h->server == NULL || !run_threads(h, err))
        return false;
    (void)snprintf(detail, sizeof detail, "http://%s:%u", h->c->address, host_port(h));
    progress(h, "listening", detail);
    LOG(LOG_INFO, "started", log_str("version", LISOLO_VERSION), log_int("port", host_port(h)), log_int("workers", h->c->workers));
    notify("READY=1\nSTATUS=running");
    return true;
}

struct host *host_start(const struct host_options *options, struct problems *problems, struct error *err)
{
    struct host *h = calloc(1, sizeof *h);

    if (h == NULL) {
        error_set(err, "host: out of memory");
        return NULL;
    }
    h->o = *options;
    h->c = options->config;
    h->signal_fd = -1;
    h->last_reload_ok = true;
    h->started_ms = clock_mono_ms(clock_real());
    if (!start(h, problems, err)) {
        host_stop(h);
        return NULL;
    }
    return h;
}

uint16_t host_port(const struct host *h) { return intake_port(h->intake); }

/* Time has been moved: everybody looks at the clock again. */
void host_wake(struct host *h)
{
    host_nudge(h);
    fetch_wake(h->fetch);
}

/* ---- run ---- */

static void hang_up(struct host *h)
{
    cJSON *answer = cJSON_CreateObject();

    if (answer == NULL)
        return;
    host_reload(h, PROBLEMS_ENGLISH, answer);
    cJSON_Delete(answer);
}

bool host_serve(struct host *h, int wait_ms)
{
    struct signalfd_siginfo info;

    if (!server_step(h->server, h, h->signal_fd, wait_ms))
        return true;
    while (read(h->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo != SIGHUP)
            return false;
        hang_up(h);
    }
    return true;
}

int host_run(struct host *h)
{
    while (host_serve(h, 60 * 1000))
        ;
    return 0;
}

/* ---- stop ---- */

struct last_word {
    struct store_query query;
    struct host       *host;
};

static void stop_now(struct store_op *op)
{
    struct last_word *last = op->ctx;

    cJSON_Delete(last->query.answer);
    atomic_store(&last->host->stop_store, true);
}

/*
 * The flag is raised by the store's thread itself, when it comes to our last operation, which also wakes it. The store is closed
 * only after the join: whoever handed something over may still be giving the signal of its queue.
 */
static void stop_store(struct host *h)
{
    struct last_word last = { .host = h, .query = { .op = { .kind = STORE_QUERY, .done = stop_now, .ctx = &last },
                                                    .question = ASK_PARKED, .limit = 1 } };
    bool taken = store_submit(h->store, &last.query.op);

    assert(taken);                               /* nobody has closed it */
    (void)pthread_join(h->store_thread, NULL);
}

void host_stop(struct host *h)
{
    if (h == NULL)
        return;
    notify("STOPPING=1");
    atomic_store(&h->stop_intake, true);
    if (h->intake_runs) {
        intake_wake(h->intake);
        (void)pthread_join(h->intake_thread, NULL);
    }
    if (h->intake != NULL)
        intake_close(h->intake, DRAIN_MS);       /* what was received is committed and answered: the store still runs */
    if (h->engine != NULL)
        engine_stop(h->engine);
    for (unsigned i = 0; i < h->workers_run; i++)
        (void)pthread_join(h->worker_threads[i], NULL);
    atomic_store(&h->stop_sender, true);
    if (h->sender_runs) {
        fetch_wake(h->fetch);
        (void)pthread_join(h->sender_thread, NULL);
    }
    if (h->fetch != NULL)
        fetch_free(h->fetch);                    /* ends what is still in flight as unknown; the marks reach the store */
    if (h->store_runs)
        stop_store(h);
    if (h->store != NULL)
        store_close(h->store);
    for (unsigned i = 0; i < ENGINE_WORKERS_MAX; i++)
        engine_worker_free(h->workers[i]);
    engine_free(h->engine);
    sender_free(h->sender);
    server_close(h->server);
    if (h->answers != NULL)
        queue_free(h->answers);
    if (h->signal_fd != -1)
        (void)close(h->signal_fd);
    LOG(LOG_INFO, "stopped");
    free(h);
}
