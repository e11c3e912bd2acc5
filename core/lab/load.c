/*
 * The load generator: one thread, one epoll for connections to the host and from it. See lab.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "lisolo/base/crypto.h"
#include "load_private.h"

enum {
    EVENTS = 256, SWEEP_US = 250 * 1000, START_US = 30 * 1000 * 1000,
    RECORD_KEPT = 1000,   /* bodies are not asked for here; a ring of 100,000 costs page faults (12 % of all, measured) */
};

int64_t load_now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void load_count_code(struct code_count codes[LOAD_CODES_MAX], int code)
{
    for (int i = 0; i < LOAD_CODES_MAX; i++)
        if (codes[i].count == 0 || codes[i].code == code) {
            codes[i].code = code;
            codes[i].count++;
            return;
        }
}

/* ---- connections from the host ---- */

static void take_servers(struct load *l)
{
    int fd;

    while ((fd = http_accept(l->listener)) >= 0) {
        uint32_t i = 0;

        while (i < LOAD_SERVER_MAX && l->servers[i].http.fd >= 0)
            i++;
        if (i == LOAD_SERVER_MAX) {
            close(fd);
            continue;
        }
        l->servers[i].http.fd = fd;
        l->servers[i].waiting = false;
        if (!load_watch(l, &l->servers[i], EPOLL_CTL_ADD))
            http_close(&l->servers[i].http);
    }
}

static void give_answer(struct load *l, struct load_conn *c, const struct http_message *m)
{
    if (!load_answer(l, c, m) || m->close) {
        http_close(&c->http);
        return;
    }
    http_done(&c->http, m);
    if (c->http.out_len > 0 && !load_watch(l, c, EPOLL_CTL_MOD))
        http_close(&c->http);
}

static void take_later(struct load *l, int64_t now_us)
{
    struct load_conn *c;

    while ((c = due_pop(&l->later, now_us / 1000)) != NULL)
        if (c->waiting && c->http.fd >= 0) {        /* else it was closed meanwhile */
            c->waiting = false;
            give_answer(l, c, &c->asked);
        }
}

static void server_event(struct load *l, struct load_conn *c, uint32_t events)
{
    struct http_message m;
    enum http_state state;

    if ((events & EPOLLOUT) && c->http.out_len > 0) {
        if (!http_flush(&c->http) || !load_watch(l, c, EPOLL_CTL_MOD)) {
            http_close(&c->http);
            return;
        }
    }
    if (!(events & (EPOLLIN | EPOLLERR | EPOLLHUP)))
        return;
    if (c->waiting) {                               /* nobody asks twice: the host went away */
        http_close(&c->http);
        return;
    }
    state = http_read(&c->http, &m);
    if (state == HTTP_MORE)
        return;
    if (state == HTTP_BROKEN) {
        http_close(&c->http);
    } else if (l->options->graph_ms <= 0) {
        give_answer(l, c, &m);
    } else {
        c->asked = m;
        c->waiting = due_push(&l->later, load_now_us() / 1000 + l->options->graph_ms, c);
        if (!c->waiting)
            http_close(&c->http);
    }
}

/* ---- the loop ---- */

static void handle_events(struct load *l, const struct epoll_event *events, int count)
{
    for (int i = 0; i < count; i++) {
        struct load_conn *c = events[i].data.ptr;

        if (c == NULL)
            take_servers(l);
        else if (c->http.fd < 0)
            continue;
        else if (c->server)
            server_event(l, c, events[i].events);
        else
            load_host_event(l, c, events[i].events, load_now_us());
    }
}

/* A host that is being started may take its time. */
static bool wait_for_host(struct load *l, struct error *err)
{
    int64_t until = load_now_us() + START_US;

    while (load_now_us() < until) {
        struct epoll_event events[EVENTS];
        int count;

        load_connect(l);
        count = epoll_wait(l->epoll, events, EVENTS, 100);
        handle_events(l, events, count);
        if (l->idle_count == l->client_count) {
            l->reconnects = 0;
            return true;
        }
    }
    return error_set(err, "load: %s:%u does not take %u connections", l->url.host, (unsigned)l->url.port, l->client_count);
}

static int wait_ms(const struct load *l, int64_t now_us)
{
    int most = l->options->rate > 0 ? 1 : 20, next = due_next_ms(&l->later, now_us / 1000);

    return next >= 0 && next < most ? next : most;
}

static void run(struct load *l)
{
    int64_t swept_us = 0, now_us;

    load_begin(l);
    while ((now_us = load_now_us()) < l->count_to_us + load_patience_us(l) + 2 * SWEEP_US && !(load_over(l, now_us) && load_resting(l))) {
        struct epoll_event events[EVENTS];
        int count;

        load_release_due(l, now_us);
        load_take_again(l, now_us);
        take_later(l, now_us);
        load_start_work(l);
        count = epoll_wait(l->epoll, events, EVENTS, wait_ms(l, now_us));
        handle_events(l, events, count);
        if (now_us - swept_us > SWEEP_US) {
            swept_us = now_us;
            load_connect(l);
            load_sweep_people(l, now_us);
        }
    }
}

/* ---- life ---- */

static bool check_options(const struct lab_load_options *o, struct error *err)
{
    if (o->webhook_url == NULL || o->app_secret == NULL || o->token == NULL || o->number == NULL)
        return error_set(err, "load: webhook_url, app_secret, token and number are required");
    if (o->people > 1000000 || o->connections > 4096)
        return error_set(err, "load: at most 1,000,000 people and 4,096 connections");
    return true;
}

static bool allocate(struct load *l, struct error *err)
{
    l->people = calloc(l->people_count, sizeof *l->people);
    l->ready = calloc(l->people_count, sizeof *l->ready);
    l->rested = calloc(l->people_count, sizeof *l->rested);
    l->clients = calloc(l->client_count, sizeof *l->clients);
    l->idle = calloc(l->client_count, sizeof *l->idle);
    l->servers = calloc(LOAD_SERVER_MAX, sizeof *l->servers);
    l->record = record_new(RECORD_KEPT);
    if (l->people == NULL || l->ready == NULL || l->rested == NULL || l->clients == NULL || l->idle == NULL || l->servers == NULL || l->record == NULL)
        return error_set(err, "load: out of memory");
    for (uint32_t i = 0; i < l->client_count; i++)
        l->clients[i] = (struct load_conn){ .http.fd = -1, .index = i };
    for (uint32_t i = 0; i < LOAD_SERVER_MAX; i++)
        l->servers[i] = (struct load_conn){ .http.fd = -1, .server = true };
    return true;
}

static bool open_sockets(struct load *l, struct error *err)
{
    struct epoll_event ev = { .events = EPOLLIN };

    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    l->listener = http_listen(&l->port, err);
    if (l->listener < 0)
        return false;
    if (l->epoll < 0 || epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->listener, &ev) < 0)
        return error_set(err, "load: epoll: %s", strerror(errno));
    fprintf(stderr, "ready load http://127.0.0.1:%u\n", (unsigned)l->port);
    return true;
}

static void set_times(struct load *l)
{
    const struct lab_load_options *o = l->options;

    l->begin_us = load_now_us();
    l->count_from_us = l->begin_us + (int64_t)((o->warm_s == 0 ? 2 : o->warm_s < 0 ? 0 : o->warm_s) * 1e6);
    l->count_to_us = l->count_from_us + (int64_t)((o->seconds == 0 ? 10 : o->seconds) * 1e6);
}

static void destroy(struct load *l)
{
    struct status_post *post;

    for (uint32_t i = 0; l->clients != NULL && i < l->client_count; i++) {
        free(l->clients[i].post);
        http_close(&l->clients[i].http);
    }
    for (uint32_t i = 0; l->servers != NULL && i < LOAD_SERVER_MAX; i++)
        http_close(&l->servers[i].http);
    while ((post = l->status_head) != NULL) {
        l->status_head = post->next;
        free(post);
    }
    if (l->listener >= 0)
        close(l->listener);
    if (l->epoll >= 0)
        close(l->epoll);
    due_free(&l->again);
    due_free(&l->later);
    load_forms_free(l);
    signer_free(l->signer);
    record_free(l->record);
    free(l->people);
    free(l->ready);
    free(l->rested);
    free(l->clients);
    free(l->idle);
    free(l->servers);
    free(l);
}

static double cpu_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

bool lab_load(const struct lab_load_options *options, struct error *err)
{
    struct load *l;
    bool ok = false;
    double cpu;

    if (!check_options(options, err))
        return false;
    l = calloc(1, sizeof *l);
    if (l == NULL)
        return error_set(err, "load: out of memory");
    l->options = options;
    l->epoll = l->listener = -1;
    l->port = options->graph_port;
    l->people_count = options->people == 0 ? 1000 : options->people;
    l->client_count = options->connections == 0 ? 64 : options->connections;
    l->status_tail = &l->status_head;
    crypto_random(&l->run, sizeof l->run);
    l->signer = signer_new(options->app_secret, strlen(options->app_secret), err);
    if (l->signer == NULL || !http_url(options->webhook_url, &l->url, err) || !allocate(l, err) || !load_forms(l, err) ||
        !open_sockets(l, err) || !wait_for_host(l, err))
        goto out;
    set_times(l);
    cpu = cpu_s();
    run(l);
    ok = load_report(l, cpu_s() - cpu, err);
out:
    destroy(l);
    return ok;
}
