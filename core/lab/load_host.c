/*
 * The load generator's connections to the host: one request at a time on each.
 */
#include <stdlib.h>
#include <sys/epoll.h>

#include "load_private.h"

bool load_watch(struct load *l, struct load_conn *c, int operation)
{
    struct epoll_event ev = { .events = EPOLLIN | (c->connecting || c->http.out_len > 0 ? EPOLLOUT : 0u), .data.ptr = c };

    return epoll_ctl(l->epoll, operation, c->http.fd, &ev) == 0;
}

static void connect_client(struct load *l, struct load_conn *c)
{
    c->http.fd = http_connect(&l->url);
    c->connecting = c->http.fd >= 0;
    if (c->http.fd >= 0 && !load_watch(l, c, EPOLL_CTL_ADD))
        http_close(&c->http);
}

static void set_idle(struct load *l, struct load_conn *c)
{
    c->work = WORK_NONE;
    l->idle[l->idle_count++] = c->index;
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
        load_say_again(l, c->person, now_us);
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
        if (m->status == 200) {
            load_acked(l, c->person, now_us);
        } else {
            load_count_code(l->host_codes, m->status);
            load_say_again(l, c->person, now_us);
        }
    } else if (c->work == WORK_STATUS) {
        if (m->status == 200) {
            l->statuses++;
            free(c->post);
        } else {
            load_count_code(l->host_codes, m->status);
            queue_status(l, c->post);
        }
        c->post = NULL;
    }
}

void load_host_event(struct load *l, struct load_conn *c, uint32_t events, int64_t now_us)
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
        if (!load_watch(l, c, EPOLL_CTL_MOD))
            drop_client(l, c, now_us);
        return;
    }
    if ((events & EPOLLOUT) && c->http.out_len > 0) {
        if (!http_flush(&c->http) || !load_watch(l, c, EPOLL_CTL_MOD)) {
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

void load_start_work(struct load *l)
{
    while (l->idle_count > 0) {
        struct load_conn *c = &l->clients[l->idle[l->idle_count - 1]];
        int64_t now_us = load_now_us();
        bool ok;

        if (load_next_person(l, now_us, &c->person)) {
            c->work = WORK_MESSAGE;
            ok = load_send_message(l, c, c->person);
        } else if (l->status_head != NULL) {
            c->work = WORK_STATUS;
            c->post = l->status_head;
            l->status_head = c->post->next;
            if (l->status_head == NULL)
                l->status_tail = &l->status_head;
            ok = load_send_status(l, c, c->post);
        } else {
            return;
        }
        l->idle_count--;
        if (!ok || (c->http.out_len > 0 && !load_watch(l, c, EPOLL_CTL_MOD)))
            drop_client(l, c, now_us);
    }
}

void load_connect(struct load *l)
{
    for (uint32_t i = 0; i < l->client_count; i++)
        if (l->clients[i].http.fd < 0)
            connect_client(l, &l->clients[i]);
}
