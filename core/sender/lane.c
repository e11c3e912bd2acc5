/*
 * Who may send next. A lane is one person's waiting rows; it stands in the heap of the class of its next row, ordered by
 * when that row may leave, so a blocked person leaves the way free for all others.
 */
#include "private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/fail.h"
#include "lisolo/base/log.h"

/* ---- a heap of lanes by key_ms ---- */

static void heap_set(struct heap *h, size_t at, struct lane *lane)
{
    h->list[at] = lane;
    lane->heap_at = at + 1;
}

static void heap_up(struct heap *h, size_t at)
{
    struct lane *lane = h->list[at];

    while (at > 0 && h->list[(at - 1) / 2]->key_ms > lane->key_ms) {
        heap_set(h, at, h->list[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    heap_set(h, at, lane);
}

static void heap_down(struct heap *h, size_t at)
{
    struct lane *lane = h->list[at];

    for (;;) {
        size_t child = 2 * at + 1;

        if (child + 1 < h->count && h->list[child + 1]->key_ms < h->list[child]->key_ms)
            child++;
        if (child >= h->count || h->list[child]->key_ms >= lane->key_ms)
            break;
        heap_set(h, at, h->list[child]);
        at = child;
    }
    heap_set(h, at, lane);
}

static void heap_remove(struct heap *h, struct lane *lane)
{
    size_t at = lane->heap_at - 1;
    struct lane *last = h->list[--h->count];

    lane->heap_at = 0;
    if (last == lane)
        return;
    heap_set(h, at, last);
    heap_up(h, at);
    heap_down(h, last->heap_at - 1);
}

static bool heap_insert(struct heap *h, struct lane *lane)
{
    if (h->count == h->cap) {
        size_t cap = h->cap == 0 ? 256 : h->cap * 2;
        struct lane **list = reallocarray(h->list, cap, sizeof *list);

        if (list == NULL)
            return false;
        h->list = list;
        h->cap = cap;
    }
    heap_set(h, h->count, lane);
    heap_up(h, h->count++);
    return true;
}

/* ---- lanes ---- */

static size_t slot_of(const struct sender *s, int64_t conv)
{
    return (size_t)((uint64_t)conv * 0x9E3779B97F4A7C15ULL >> 32) & (s->lane_slots - 1);
}

static void grow(struct sender *s)
{
    size_t old = s->lane_slots;
    struct lane **from = s->lanes, **to = calloc(old * 2, sizeof(struct lane *));

    if (to == NULL)
        return;                        /* longer chains, nothing worse */
    s->lanes = to;
    s->lane_slots = old * 2;
    for (size_t i = 0; i < old; i++) {
        struct lane *lane = from[i], *next;

        for (; lane != NULL; lane = next) {
            size_t at = slot_of(s, lane->conv);

            next = lane->hash_next;
            lane->hash_next = to[at];
            to[at] = lane;
        }
    }
    free(from);
}

struct lane *lane_of(struct sender *s, int64_t conv)
{
    struct lane *lane;
    size_t at = slot_of(s, conv);

    for (lane = s->lanes[at]; lane != NULL; lane = lane->hash_next)
        if (lane->conv == conv)
            return lane;
    lane = calloc(1, sizeof *lane);
    if (lane == NULL)
        return NULL;
    lane->conv = conv;
    lane->pair_tokens = s->o.pair_burst;
    lane->pair_at_ms = lane->used_ms = sender_now(s);
    lane->hash_next = s->lanes[at];
    s->lanes[at] = lane;
    if (++s->lane_count > s->lane_slots)
        grow(s);
    return lane;
}

static struct row *lane_first(const struct lane *lane)
{
    for (int c = 0; c < CLASSES; c++)
        if (lane->head[c] != NULL)
            return lane->head[c];
    return NULL;
}

/* A bucket that cannot hold one whole message would never let one go. */
static double pair_most(const struct sender *s) { return s->o.pair_burst < 1 ? 1 : s->o.pair_burst; }

static void pair_refill(const struct sender *s, struct lane *lane, int64_t now)
{
    if (now > lane->pair_at_ms)
        lane->pair_tokens += (double)(now - lane->pair_at_ms) / 1000 * s->o.pair_per_s;
    if (lane->pair_tokens > pair_most(s))
        lane->pair_tokens = pair_most(s);
    lane->pair_at_ms = now;
}

static int64_t when_free(const struct sender *s, struct lane *lane, const struct row *row)
{
    int64_t now = sender_now(s), at = row->due_ms;

    pair_refill(s, lane, now);
    if (lane->pair_tokens < 1) {
        int64_t pair = now + (int64_t)((1 - lane->pair_tokens) / s->o.pair_per_s * 1000) + 1;

        at = at > pair ? at : pair;
    }
    return at > lane->not_before_ms ? at : lane->not_before_ms;
}

void lane_plan(struct sender *s, struct lane *lane)
{
    struct row *row = lane->current == NULL ? lane_first(lane) : NULL;

    if (lane->heap_at != 0)
        heap_remove(&s->heaps[lane->heap_class], lane);
    if (row == NULL)
        return;
    lane->key_ms = when_free(s, lane, row);
    lane->heap_class = row->class;
    if (!heap_insert(&s->heaps[row->class], lane))
        abort();
}

bool lane_add(struct sender *s, struct row *row, bool at_front)
{
    struct lane *lane = lane_of(s, row->conv);
    enum store_class c = row->class;

    if (lane == NULL)
        return false;
    assert(c <= CLASS_CAMPAIGN);
    row->lane = lane;
    row->phase = PHASE_WAITING;
    s->waiting++;
    at_front |= FAIL_ERR("bug.last_first") != 0;       /* seeded: the campaign's checker must notice */
    if (at_front || lane->head[c] == NULL) {
        row->next = lane->head[c];
        lane->head[c] = row;
        if (row->next == NULL)
            lane->tail[c] = row;
    } else {
        row->next = NULL;
        lane->tail[c]->next = row;
        lane->tail[c] = row;
    }
    lane_plan(s, lane);
    return true;
}

/* ---- the number's pace ---- */

static bool pace_free(struct sender *s, int64_t now)
{
    struct number *p = &s->pace;

    if (now > p->at_ms) {
        double seconds = (double)(now - p->at_ms) / 1000;

        if (now >= p->slow_until_ms && p->rate < p->rate_max)
            p->rate += p->rate_max * 0.05 * seconds;          /* +5 % a second: reliability.md §5 */
        if (p->rate > p->rate_max)
            p->rate = p->rate_max;
        p->tokens += p->rate * seconds;
    }
    if (p->tokens > (p->rate < 1 ? 1 : p->rate))              /* a burst of one second's worth, and never less than one message */
        p->tokens = p->rate < 1 ? 1 : p->rate;
    p->at_ms = now;
    return now >= p->open_until_ms && !(p->probing && s->in_flight > 0) && p->tokens >= 1;
}

void pace_throttled(struct sender *s, int64_t now)
{
    struct number *p = &s->pace;

    s->counts.throttled++;
    if (now < p->slow_until_ms)
        return;                                               /* one halving for the whole burst of refusals */
    p->rate = p->rate > 2 ? p->rate / 2 : 1;
    p->tokens = 0;
    p->slow_until_ms = now + 10 * 1000;
}

void pace_sent(struct sender *s, bool not_sent_or_5xx, int64_t now)
{
    struct number *p = &s->pace;

    if (!not_sent_or_5xx) {
        p->failures = 0;
        p->probing = false;
        p->open_ms = 0;
        return;
    }
    p->failures++;
    if ((p->failures < 5 && !p->probing) || now < p->open_until_ms)
        return;                                               /* open already: what was under way then says nothing new */
    p->open_ms = p->open_ms == 0 ? 5000 : p->open_ms * 2 > 60000 ? 60000 : p->open_ms * 2;
    p->open_until_ms = now + p->open_ms;
    if (!p->probing)
        LOG(LOG_WARN, "graph_unreachable", log_int("failures", p->failures), log_int("pause_ms", p->open_ms));
    p->probing = true;
}

void pace_stopped(struct sender *s, const char *reason, int64_t now)
{
    s->pace.open_until_ms = now + STOP_PROBE_MS;
    s->pace.probing = true;
    if (!s->pace.stopped)
        LOG(LOG_ERROR, "number_stopped", log_str("reason", reason),
            log_str("remedy", "check the token and the account, then: lisolo reload"));
    s->pace.stopped = true;
    s->counts.stopped = true;
    (void)snprintf(s->counts.stop_reason, sizeof s->counts.stop_reason, "%s", reason);
}

/* ---- choosing ---- */

struct row *lane_pick(struct sender *s, int64_t now)
{
    for (int c = 0; c < CLASSES; c++) {
        struct heap *h = &s->heaps[c];
        struct lane *lane = h->count > 0 ? h->list[0] : NULL;
        struct row *row;

        if (lane == NULL || lane->key_ms > now)
            continue;
        if (!pace_free(s, now))
            return NULL;
        row = lane->head[c];
        lane->head[c] = row->next;
        if (row->next == NULL)
            lane->tail[c] = NULL;
        row->next = NULL;
        lane->current = row;
        lane->used_ms = now;
        lane->pair_tokens -= 1;
        s->pace.tokens -= 1;
        s->waiting--;
        lane_plan(s, lane);            /* takes it out of its heap: it has a current row */
        return row;
    }
    return NULL;
}

int64_t lane_next_ms(struct sender *s, int64_t now)
{
    int64_t at = INT64_MAX, paced = s->pace.open_until_ms;

    for (int c = 0; c < CLASSES; c++)
        if (s->heaps[c].count > 0 && s->heaps[c].list[0]->key_ms < at)
            at = s->heaps[c].list[0]->key_ms;
    if (at == INT64_MAX || (s->pace.probing && s->in_flight > 0))
        return INT64_MAX;
    if (s->pace.tokens < 1) {
        int64_t token = now + (int64_t)((1 - s->pace.tokens) / s->pace.rate * 1000) + 1;

        paced = paced > token ? paced : token;
    }
    return at > paced ? at : paced;
}

/* Times that were measured with the clock as it was; a row whose time was to come by the wall's own calendar keeps it. */
static void lane_back(struct sender *s, struct lane *lane, int64_t by_ms)
{
    lane->not_before_ms -= by_ms;
    lane->used_ms -= by_ms;
    lane->pair_at_ms -= by_ms;
    if (lane->current != NULL && lane->current->phase != PHASE_UNKNOWN)
        lane->current->started_ms -= by_ms;
    for (int c = 0; c < CLASSES; c++)
        for (struct row *row = lane->head[c]; row != NULL; row = row->next)
            if (row->attempt > 0 || row->due_ms <= s->stepped_ms)
                row->due_ms -= by_ms;
    lane_plan(s, lane);
}

void lanes_back(struct sender *s, int64_t by_ms)
{
    s->pace.at_ms -= by_ms;
    s->pace.slow_until_ms -= by_ms;
    s->pace.open_until_ms -= by_ms;
    s->swept_ms -= by_ms;
    for (size_t i = 0; i < s->lane_slots; i++)
        for (struct lane *lane = s->lanes[i]; lane != NULL; lane = lane->hash_next)
            lane_back(s, lane, by_ms);
}

/* Forgets lanes that hold nothing and whose pair bucket is full again. */
void lane_sweep(struct sender *s, int64_t now)
{
    s->swept_ms = now;
    for (size_t i = 0; i < s->lane_slots; i++) {
        struct lane **at = &s->lanes[i];

        while (*at != NULL) {
            struct lane *lane = *at;

            if (lane->current != NULL || lane_first(lane) != NULL || now - lane->used_ms < LANE_KEEP_MS) {
                at = &lane->hash_next;
                continue;
            }
            *at = lane->hash_next;
            s->lane_count--;
            free(lane);
        }
    }
}

void lanes_free(struct sender *s)
{
    for (size_t i = 0; i < s->lane_slots; i++) {
        struct lane *lane = s->lanes[i], *next;

        for (; lane != NULL; lane = next) {
            next = lane->hash_next;
            for (int c = 0; c < CLASSES; c++)
                while (lane->head[c] != NULL) {
                    struct row *row = lane->head[c];

                    lane->head[c] = row->next;
                    row_free(row);
                }
            free(lane);
        }
    }
    for (int c = 0; c < CLASSES; c++)
        free(s->heaps[c].list);
    free(s->lanes);
}
