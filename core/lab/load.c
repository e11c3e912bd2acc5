#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "lisolo/base/crypto.h"
#include "load_private.h"

enum { EVENTS = 256, SWEEP_US = 250 * 1000, AGAIN_MS = 100, START_US = 30 * 1000 * 1000, RECORD_KEPT = 100 * 1000 };

int64_t load_now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

bool load_counting(const struct load *l, int64_t now_us) { return now_us >= l->count_from_us && now_us < l->count_to_us; }

void load_count_code(int code, void *codes)
{
    struct { int code; uint64_t count; } *list = codes;

    for (int i = 0; i < LOAD_CODES_MAX; i++)
        if (list[i].count == 0 || list[i].code == code) {
            list[i].code = code;
            list[i].count++;
            return;
        }
}

/* ---- people ---- */

static void make_ready(struct load *l, uint32_t person)
{
    l->people[person].queued = true;
    l->ready[(l->ready_head + l->ready_count++) % l->people_count] = person;
}

static void rest(struct load *l, uint32_t person)
{
    l->rested[(l->rested_head + l->rested_count++) % l->people_count] = person;
}

static bool over(const struct load *l, int64_t now_us) { return now_us >= l->count_to_us; }

/* The person's message is done with; the next one starts now, or when the rate says so. */
static void begin_next(struct load *l, uint32_t person, int64_t now_us)
{
    struct person *p = &l->people[person];

    p->busy = false;
    p->said++;
    if (over(l, now_us))
        return;
    if (l->options->rate > 0) {
        rest(l, person);
        return;
    }
    p->start_us = 0;   /* set when it is written */
    make_ready(l, person);
}

static void finish_if_done(struct load *l, uint32_t person, int64_t now_us)
{
    struct person *p = &l->people[person];
    uint32_t wanted = l->options->ack_only ? 0 : l->options->replies == 0 ? 1 : l->options->replies;

    if (!p->busy || !p->acked || p->replies < wanted)
        return;
    if (load_counting(l, now_us)) {
        l->completed++;
        if (l->options->messages > 0 && l->completed >= l->options->messages)
            l->count_to_us = now_us;
    }
    begin_next(l, person, now_us);
}

void load_replied(struct load *l, uint32_t person, int64_t now_us)
{
    struct person *p = &l->people[person];
    uint32_t wanted = l->options->replies == 0 ? 1 : l->options->replies;

    l->answered++;
    if (!p->busy || p->queued || p->replies >= wanted) {
        l->extra++;
        return;
    }
    if (++p->replies == wanted && load_counting(l, now_us))
        histogram_add(&l->replies, now_us - p->start_us);
    finish_if_done(l, person, now_us);
}

/* At a fixed rate latencies count from when a message was due, so a slow host cannot hide behind messages never sent. */
static void release_due(struct load *l, int64_t now_us)
{
    uint64_t due = (uint64_t)((double)(now_us - l->begin_us) * l->options->rate / 1e6);

    while (l->released < due && l->rested_count > 0 && !over(l, now_us)) {
        uint32_t person = l->rested[l->rested_head];

        l->rested_head = (l->rested_head + 1) % l->people_count;
        l->rested_count--;
        l->people[person].start_us = l->begin_us + (int64_t)((double)l->released++ * 1e6 / l->options->rate);
        make_ready(l, person);
    }
}

/* ---- connections to the host ---- */

static bool watch(struct load *l, struct load_conn *c, int operation)
{
    struct epoll_event ev = { .events = EPOLLIN | (c->connecting || c->http.out_len > 0 ? EPOLLOUT : 0u), .data.ptr = c };

    return epoll_ctl(l->epoll, operation, c->http.fd, &ev) == 0;
}

static void connect_client(struct load *l, struct load_conn *c)
{
    c->http.fd = http_connect(&l->url);
    c->connecting = c->http.fd >= 0;
    if (c->http.fd >= 0 && !watch(l, c, EPOLL_CTL_ADD))
        http_close(&c->http);
}

static void set_idle(struct load *l, struct load_conn *c)
{
    c->work = WORK_NONE;
    l->idle[l->idle_count++] = c->index;
}

static void again(struct load *l, uint32_t person, int64_t now_us)
{
    l->resent++;
    if (!due_push(&l->again, now_us / 1000 + AGAIN_MS, (void *)(uintptr_t)(person + 1)))
        l->lost++;
}

static void queue_status(struct load *l, struct status_post *post)
{
    post->next = NULL;
    *l->status_tail = post;
    l->status_tail = &post->next;
}

/* The host went away, or said something else than HTTP: what was under way is posted again, as Meta does. */
static void drop_client(struct load *l, struct load_conn *c, int64_t now_us)
{
    if (c->work == WORK_MESSAGE)
        again(l, c->person, now_us);
    if (c->work == WORK_STATUS)
        queue_status(l, c->post);
    else if (c->work == WORK_NONE)
        for (uint32_t i = 0; i < l->idle_count; i++)
            if (l->idle[i] == c->index)
                l->idle[i--] = l->idle[--l->idle_count];
    c->work = WORK_NONE;
    c->post = NULL;
    http_close(&c->http);
    l->reconnects++;
}

static void answered(struct load *l, struct load_conn *c, const struct http_message *m, int64_t now_us)
{
    if (c->work == WORK_MESSAGE) {
        struct person *p = &l->people[c->person];

        if (m->status != 200) {
            load_count_code(m->status, l->host_codes);
            again(l, c->person, now_us);
        } else if (p->busy && !p->acked) {
            p->acked = true;
            l->acked++;
            if (load_counting(l, now_us))
                histogram_add(&l->acks, now_us - p->start_us);
            finish_if_done(l, c->person, now_us);
        }
    } else if (c->work == WORK_STATUS) {
        if (m->status == 200) {
            l->statuses++;
            free(c->post);
        } else {
            load_count_code(m->status, l->host_codes);
            queue_status(l, c->post);
        }
        c->post = NULL;
    }
}

static void client_event(struct load *l, struct load_conn *c, uint32_t events, int64_t now_us)
{
    struct http_message m;
    enum http_state state;

    if (c->connecting && (events & (EPOLLERR | EPOLLHUP))) {
        drop_client(l, c, now_us);
        return;
    }
    if (c->connecting && (events & EPOLLOUT)) {
        c->connecting = false;
        set_idle(l, c);
        if (!watch(l, c, EPOLL_CTL_MOD))
            drop_client(l, c, now_us);
        return;
    }
    if ((events & EPOLLOUT) && c->http.out_len > 0) {
        if (!http_flush(&c->http) || !watch(l, c, EPOLL_CTL_MOD)) {
            drop_client(l, c, now_us);
            return;
        }
    }
    if (!(events & (EPOLLIN | EPOLLERR | EPOLLHUP)))
        return;
    state = http_read(&c->http, &m);
    if (state == HTTP_MORE)
        return;
    if (state == HTTP_BROKEN || c->work == WORK_NONE) {
        drop_client(l, c, now_us);
        return;
    }
    answered(l, c, &m, now_us);
    http_done(&c->http, &m);
    set_idle(l, c);
    if (m.close)
        drop_client(l, c, now_us);
}

static bool start_message(struct load *l, struct load_conn *c, int64_t now_us)
{
    uint32_t person = l->ready[l->ready_head];
    struct person *p = &l->people[person];

    l->ready_head = (l->ready_head + 1) % l->people_count;
    l->ready_count--;
    c->work = WORK_MESSAGE;
    c->person = person;
    p->queued = false;
    if (!p->busy) {
        p->busy = true;
        p->acked = false;
        p->replies = 0;
        p->timestamp = (uint32_t)time(NULL);
        if (l->options->rate <= 0)
            p->start_us = now_us;
        l->sent++;
    }
    return load_send_message(l, c, person);
}

static void start_work(struct load *l)
{
    while (l->idle_count > 0 && (l->ready_count > 0 || l->status_head != NULL)) {
        struct load_conn *c = &l->clients[l->idle[--l->idle_count]];
        int64_t now_us = load_now_us();
        bool ok;

        if (l->ready_count > 0) {
            ok = start_message(l, c, now_us);
        } else {
            c->work = WORK_STATUS;
            c->post = l->status_head;
            l->status_head = c->post->next;
            if (l->status_head == NULL)
                l->status_tail = &l->status_head;
            ok = load_send_status(l, c, c->post);
        }
        if (!ok || (c->http.out_len > 0 && !watch(l, c, EPOLL_CTL_MOD)))
            drop_client(l, c, now_us);
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
        if (!watch(l, &l->servers[i], EPOLL_CTL_ADD))
            http_close(&l->servers[i].http);
    }
}

static void server_event(struct load *l, struct load_conn *c, uint32_t events)
{
    struct http_message m;
    enum http_state state;

    if ((events & EPOLLOUT) && c->http.out_len > 0) {
        if (!http_flush(&c->http) || !watch(l, c, EPOLL_CTL_MOD)) {
            http_close(&c->http);
            return;
        }
    }
    if (!(events & (EPOLLIN | EPOLLERR | EPOLLHUP)))
        return;
    state = http_read(&c->http, &m);
    if (state == HTTP_MORE)
        return;
    if (state == HTTP_BROKEN || !load_answer(l, c, &m) || m.close) {
        http_close(&c->http);
        return;
    }
    http_done(&c->http, &m);
    if (c->http.out_len > 0 && !watch(l, c, EPOLL_CTL_MOD))
        http_close(&c->http);
}

/* ---- the loop ---- */

static void sweep(struct load *l, int64_t now_us)
{
    int64_t patience = (int64_t)(l->options->reply_timeout_ms == 0 ? 10000 : l->options->reply_timeout_ms) * 1000;

    for (uint32_t i = 0; i < l->client_count; i++)
        if (l->clients[i].http.fd < 0)
            connect_client(l, &l->clients[i]);
    for (uint32_t i = 0; i < l->people_count; i++) {
        struct person *p = &l->people[i];

        /* Unacknowledged ones are still being posted: only a missing reply to an acknowledged message is lost. */
        if (p->busy && p->acked && now_us - p->start_us > patience) {
            l->lost++;
            begin_next(l, i, now_us);
        }
    }
}

static void take_again(struct load *l, int64_t now_us)
{
    void *item;

    while ((item = due_pop(&l->again, now_us / 1000)) != NULL) {
        uint32_t person = (uint32_t)(uintptr_t)item - 1;

        if (l->people[person].busy && !l->people[person].acked)
            make_ready(l, person);
    }
}

static bool resting(const struct load *l)
{
    if (l->status_head != NULL || l->ready_count > 0)
        return false;
    for (uint32_t i = 0; i < l->people_count; i++)
        if (l->people[i].busy)
            return false;
    return true;
}

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
            client_event(l, c, events[i].events, load_now_us());
    }
}

/* A host that is being started may take its time. */
static bool wait_for_host(struct load *l, struct error *err)
{
    int64_t until = load_now_us() + START_US;

    while (load_now_us() < until) {
        struct epoll_event events[EVENTS];
        int count;

        for (uint32_t i = 0; i < l->client_count; i++)
            if (l->clients[i].http.fd < 0)
                connect_client(l, &l->clients[i]);
        count = epoll_wait(l->epoll, events, EVENTS, 100);
        handle_events(l, events, count);
        if (l->idle_count == l->client_count) {
            l->reconnects = 0;
            return true;
        }
    }
    return error_set(err, "load: %s:%u does not take %u connections", l->url.host, (unsigned)l->url.port, l->client_count);
}

static void run(struct load *l)
{
    int64_t patience = (int64_t)(l->options->reply_timeout_ms == 0 ? 10000 : l->options->reply_timeout_ms) * 1000, swept_us = 0, now_us;

    for (uint32_t i = 0; i < l->people_count; i++) {
        if (l->options->rate > 0)
            rest(l, i);
        else
            make_ready(l, i);
    }
    while ((now_us = load_now_us()) < l->count_to_us + patience && !(over(l, now_us) && resting(l))) {
        struct epoll_event events[EVENTS];
        int count;

        if (over(l, now_us))
            l->ready_count = 0;     /* nothing new; what is under way may end */
        else if (l->options->rate > 0)
            release_due(l, now_us);
        take_again(l, now_us);
        start_work(l);
        count = epoll_wait(l->epoll, events, EVENTS, l->options->rate > 0 ? 1 : 20);
        handle_events(l, events, count);
        if (now_us - swept_us > SWEEP_US) {
            swept_us = now_us;
            sweep(l, now_us);
        }
    }
    l->end_us = now_us;
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
