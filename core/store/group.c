/*
 * One group: what was queued while the last one was being synced.
 *
 * Reads come first and see what is committed. Then everything that writes runs in one transaction, and only when that is
 * durable does anybody hear of it. A full disk undoes the whole group: what came from outside is answered NO_SPACE (its
 * sender comes again), what the host needs for itself is kept and tried again, alone and first, until there is space.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "lisolo/base/fail.h"
#include "lisolo/base/log.h"
#include "private.h"

struct ran {
    struct store_op *op;
    size_t           news_end;
};

struct ran *store_ran_new(size_t count) { return calloc(count, sizeof(struct ran)); }

bool store_trouble(struct store *s, enum trouble kind, const char *format, ...)
{
    va_list args;

    if (s->trouble != TROUBLE_NONE)
        return false;
    s->trouble = kind;
    va_start(args, format);
    (void)vsnprintf(s->why.text, sizeof s->why.text, format, args);
    va_end(args);
    return false;
}

static void finish(struct store_op *op, enum store_result result)
{
    op->result = result;
    if (op->done != NULL)
        op->done(op);
}

void store_refuse(struct queue_item *list)
{
    struct queue_item *next;

    for (; list != NULL; list = next) {
        next = list->next;
        finish((struct store_op *)list, STORE_REFUSED);
    }
}

static void append(struct queue_item ***tail, struct store_op *op)
{
    op->item.next = NULL;
    **tail = &op->item;
    *tail = &op->item.next;
}

/* Somebody waits for the answer of these, and can come again. */
static bool from_outside(const struct store_op *op)
{
    return op->kind == STORE_INGEST || op->kind == STORE_PARK || op->kind == STORE_HOLD;
}

static bool only_reads(const struct store_op *op) { return op->kind == STORE_LOAD || op->kind == STORE_QUERY; }

/* ---- gathering ---- */

/* While there was no space a moment ago: nothing new is tried. */
static void defer(struct store *s, struct store_op *op)
{
    if (from_outside(op)) {
        s->counts.no_space++;
        finish(op, STORE_NO_SPACE);
    } else {
        append(&s->held_tail, op);
    }
}

/* The held ones alone: they are small, and they are what empties the queues. */
static void gather_held(struct store *s)
{
    while (s->held != NULL && s->ran_count < s->o.group_max) {
        struct queue_item *item = s->held;

        s->held = item->next;
        if (s->held == NULL)
            s->held_tail = &s->held;
        s->ran[s->ran_count++].op = (struct store_op *)item;
    }
}

static bool read_one(struct store *s, struct store_op *op)
{
    bool ok = op->kind == STORE_LOAD ? store_do_load(s, (struct store_load *)op) : store_do_query(s, (struct store_query *)op);

    if (ok)
        finish(op, STORE_OK);
    else
        append(&s->dead_tail, op);
    return ok;
}

/* Reads run at once: nothing is open yet, so they see what is committed. */
static bool gather(struct store *s, size_t *did)
{
    bool waiting = s->held != NULL;
    size_t taken;

    if (waiting && clock_mono_ms(s->o.clock) >= s->retry_ms)
        gather_held(s);
    for (taken = 0; taken < s->o.group_max && s->ran_count < s->o.group_max; taken++) {
        struct store_op *op = (struct store_op *)queue_take(s->queue);

        if (op == NULL)
            break;
        if (op->kind == STORE_QUERY && ((struct store_query *)op)->question == ASK_STATUS) {
            store_survey_add(s->survey, (struct store_query *)op);
        } else if (only_reads(op)) {
            if (!read_one(s, op))
                return false;
            ++*did;
        } else if (waiting) {
            defer(s, op);
        } else {
            s->ran[s->ran_count++].op = op;
        }
    }
    return true;
}

/* ---- the transaction ---- */

static bool dispatch(struct store *s, struct store_op *op)
{
    op->result = STORE_OK;
    switch (op->kind) {
    case STORE_INGEST:    return store_do_ingest(s, (struct store_ingest *)op);
    case STORE_TURN:      return store_do_turn(s, (struct store_turn *)op);
    case STORE_MARK:      return store_do_mark(s, (struct store_mark *)op);
    case STORE_CALL_MARK: return store_do_call_mark(s, (struct store_call_mark *)op);
    case STORE_ANSWER:    return store_do_answer(s, (struct store_answer *)op);
    case STORE_FIRE:      return store_do_fire(s, (struct store_fire *)op);
    case STORE_PARK:      return store_do_park(s, (struct store_park *)op);
    case STORE_SWEEP:     return store_do_sweep(s, (struct store_sweep *)op);
    case STORE_HOLD:      return store_do_hold(s, (struct store_hold *)op);
    case STORE_LOAD:
    case STORE_QUERY:     break;
    }
    return store_trouble(s, TROUBLE_BROKEN, "an operation of an unknown kind (%d)", (int)op->kind);
}

static int64_t now_us(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static bool commit(struct store *s)
{
    int64_t began = now_us(), took;
    bool ok;

    FAIL_HERE("store.commit.before");
    if (FAIL_ERR("store.commit.full") != 0)
        return store_trouble(s, TROUBLE_FULL, "failpoint: the disk is full");
    if (FAIL_ERR("store.commit.io") != 0)
        return store_trouble(s, TROUBLE_BROKEN, "failpoint: the commit could not be synced");
    ok = s->driver->commit(s);
    FAIL_HERE("store.commit.after");
    took = now_us() - began;
    s->counts.commit_us_last = took;
    if (took > s->counts.commit_us_max)
        s->counts.commit_us_max = took;
    return ok;
}

static bool write_all(struct store *s)
{
    FAIL_HERE("store.group.begin");
    if (!s->driver->begin(s))
        return false;
    for (size_t i = 0; i < s->ran_count; i++) {
        if (!dispatch(s, s->ran[i].op))
            return false;
        s->ran[i].news_end = s->news_count;
    }
    return commit(s);
}

/* ---- the outcome ---- */

static void tell_all(struct store *s)
{
    size_t from = 0;

    FAIL_HERE("store.hooks.before");
    for (size_t i = 0; i < s->ran_count; i++) {
        struct store_op *op = s->ran[i].op;

        store_news_tell(s, from, s->ran[i].news_end);
        from = s->ran[i].news_end;
        if (op->result == STORE_LOST)
            s->counts.lost++;
        finish(op, op->result);
    }
}

/* Held ones keep their order: those of this group were first. */
static void answer_no_space(struct store *s)
{
    struct queue_item *list = NULL, **tail = &list, *rest = s->held;

    LOG(LOG_ERROR, "store_no_space", log_int("operations", (int64_t)s->ran_count), log_str("reason", s->why.text));
    s->retry_ms = clock_mono_ms(s->o.clock) + NO_SPACE_RETRY_MS;
    for (size_t i = 0; i < s->ran_count; i++)
        if (!from_outside(s->ran[i].op))
            append(&tail, s->ran[i].op);
    if (list != NULL) {
        *tail = rest;
        s->held = list;
        if (rest == NULL)
            s->held_tail = tail;
    }
    for (size_t i = 0; i < s->ran_count; i++)
        if (from_outside(s->ran[i].op)) {
            s->counts.no_space++;
            finish(s->ran[i].op, STORE_NO_SPACE);
        }
}

static bool undo(struct store *s, const struct store_counts *before)
{
    s->driver->rollback(s);
    store_news_drop(s);
    store_cache_forget(s);
    s->counts.events = before->events;
    s->counts.duplicates = before->duplicates;
    s->counts.turns = before->turns;
    if (s->trouble == TROUBLE_FULL) {
        answer_no_space(s);
        s->trouble = TROUBLE_NONE;
        return true;
    }
    for (size_t i = 0; i < s->ran_count; i++)
        append(&s->dead_tail, s->ran[i].op);
    return false;
}

static bool survey(struct store *s, size_t *did)
{
    struct store_op *done;

    if (!store_survey_pending(s->survey))
        return true;
    if (!store_survey_step(s, &done))
        return false;
    if (done != NULL) {
        finish(done, STORE_OK);
        ++*did;
    }
    return true;
}

bool store_group(struct store *s, size_t *did)
{
    struct store_counts before = s->counts;
    bool ok = true;

    s->ran_count = 0;
    if (!gather(s, did)) {
        for (size_t i = 0; i < s->ran_count; i++)
            append(&s->dead_tail, s->ran[i].op);
        return false;
    }
    if (s->ran_count > 0) {
        if (!write_all(s))
            return undo(s, &before);
        *did += s->ran_count;
        s->counts.groups++;
        s->counts.items += s->ran_count;
        tell_all(s);
        store_news_drop(s);
        ok = s->trouble == TROUBLE_NONE;
    }
    store_cache_settle(s);
    return ok && survey(s, did) && s->driver->tidy(s, &s->counts);
}
