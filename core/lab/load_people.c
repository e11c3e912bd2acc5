/*
 * Who writes next, and when a message is done with: one message a person is under way.
 */
#include <assert.h>
#include <stdlib.h>
#include <time.h>

#include "load_private.h"

enum { AGAIN_MS = 100, PATIENCE_MS = 10000 };

bool load_over(const struct load *l, int64_t now_us) { return now_us >= l->count_to_us; }

bool load_counting(const struct load *l, int64_t now_us) { return now_us >= l->count_from_us && now_us < l->count_to_us; }

int64_t load_patience_us(const struct load *l)
{
    return (int64_t)(l->options->reply_timeout_ms == 0 ? PATIENCE_MS : l->options->reply_timeout_ms) * 1000;
}

static uint32_t wanted(const struct load *l)
{
    return l->options->ack_only ? 0 : l->options->replies == 0 ? 1 : l->options->replies;
}

/* ---- two rings: people who have something to say, and (at a fixed rate) people who rest ---- */

static void make_ready(struct load *l, uint32_t person)
{
    assert(l->ready_count < l->people_count);   /* a person is in one place: resting, ready, under way, or waiting to say it again */
    l->ready[(l->ready_head + l->ready_count++) % l->people_count] = person;
}

static void rest(struct load *l, uint32_t person)
{
    l->rested[(l->rested_head + l->rested_count++) % l->people_count] = person;
}

void load_begin(struct load *l)
{
    for (uint32_t i = 0; i < l->people_count; i++) {
        if (l->options->rate > 0)
            rest(l, i);
        else
            make_ready(l, i);
    }
}

/* Latencies count from when a message was due, so that a slow host cannot hide behind messages that were never sent. */
void load_release_due(struct load *l, int64_t now_us)
{
    double rate = l->options->rate;
    uint64_t due = (uint64_t)((double)(now_us - l->begin_us) * rate / 1e6);

    while (rate > 0 && l->released < due && l->rested_count > 0 && !load_over(l, now_us)) {
        uint32_t person = l->rested[l->rested_head];

        l->rested_head = (l->rested_head + 1) % l->people_count;
        l->rested_count--;
        l->people[person].start_us = l->begin_us + (int64_t)((double)l->released++ * 1e6 / rate);
        make_ready(l, person);
    }
}

bool load_next_person(struct load *l, int64_t now_us, uint32_t *person)
{
    while (l->ready_count > 0) {
        struct person *p;

        *person = l->ready[l->ready_head];
        p = &l->people[*person];
        l->ready_head = (l->ready_head + 1) % l->people_count;
        l->ready_count--;
        if (p->busy && !p->acked)   /* once more */
            return true;
        if (p->busy || load_over(l, now_us))
            continue;
        p->busy = true;
        p->acked = false;
        p->replies = 0;
        p->timestamp = (uint32_t)time(NULL);
        if (l->options->rate <= 0)
            p->start_us = now_us;
        l->sent++;
        return true;
    }
    return false;
}

/* ---- a message's life ---- */

static void begin_next(struct load *l, uint32_t person)
{
    l->people[person].busy = false;
    l->people[person].said++;
    if (l->options->rate > 0)
        rest(l, person);
    else
        make_ready(l, person);
}

static void finish_if_done(struct load *l, uint32_t person, int64_t now_us)
{
    struct person *p = &l->people[person];

    if (!p->busy || !p->acked || p->replies < wanted(l))
        return;
    if (load_counting(l, now_us)) {
        l->completed++;
        if (l->options->messages > 0 && l->completed >= l->options->messages)
            l->count_to_us = now_us;
    }
    begin_next(l, person);
}

void load_acked(struct load *l, uint32_t person, int64_t now_us)
{
    struct person *p = &l->people[person];

    if (!p->busy || p->acked)
        return;
    p->acked = true;
    l->acked++;
    if (load_counting(l, now_us))
        histogram_add(&l->acks, now_us - p->start_us);
    finish_if_done(l, person, now_us);
}

void load_replied(struct load *l, uint32_t person, int64_t now_us)
{
    struct person *p = &l->people[person];

    l->answered++;
    if (!p->busy || p->replies >= wanted(l)) {
        l->extra++;
        return;
    }
    if (++p->replies == wanted(l) && load_counting(l, now_us))
        histogram_add(&l->replies, now_us - p->start_us);
    finish_if_done(l, person, now_us);
}

void load_say_again(struct load *l, uint32_t person, int64_t now_us)
{
    l->resent++;
    /* Items are person + 1: NULL means that nothing is due. */
    if (!due_push(&l->again, now_us / 1000 + AGAIN_MS, (void *)(uintptr_t)(person + 1)))
        l->lost++;
}

void load_take_again(struct load *l, int64_t now_us)
{
    void *item;

    while ((item = due_pop(&l->again, now_us / 1000)) != NULL)
        make_ready(l, (uint32_t)(uintptr_t)item - 1);
}

/* An unacknowledged message is still being posted: only the missing reply to an acknowledged one is lost. */
void load_sweep_people(struct load *l, int64_t now_us)
{
    for (uint32_t i = 0; i < l->people_count; i++) {
        struct person *p = &l->people[i];

        if (p->busy && p->acked && now_us - p->start_us > load_patience_us(l)) {
            l->lost++;
            begin_next(l, i);
        }
    }
}

bool load_resting(const struct load *l)
{
    if (l->status_head != NULL)
        return false;
    for (uint32_t i = 0; i < l->client_count; i++)
        if (l->clients[i].work != WORK_NONE)
            return false;
    for (uint32_t i = 0; i < l->people_count; i++)
        if (l->people[i].busy)
            return false;
    return true;
}
