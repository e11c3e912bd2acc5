/*
 * Rows whose fate is unknown: the request may have been received, and nobody told us.
 *
 * Their status comes back with our callback string: then they were accepted. Never posting again before that is what keeps
 * "sent once" true, so a second post needs the absence rule (reliability.md §1.4): at least a minute has passed, and the
 * status stream is proven alive past it, by PROOF_NEEDED rows posted later whose status has come. What is still in doubt
 * after hold_max is held for an operator, and the person's later rows go on.
 */
#include "private.h"

#include <stdio.h>
#include <stdlib.h>

#include "lisolo/base/fail.h"
#include "lisolo/base/log.h"

void doubt_add(struct sender *s, struct row *row)
{
    struct lane *lane = row->lane != NULL ? row->lane : lane_of(s, row->conv);

    if (lane == NULL)
        abort();
    row->lane = lane;
    row->phase = PHASE_UNKNOWN;
    row->proof = 0;
    row->lane_free = lane->current != NULL && lane->current != row;
    if (!row->lane_free)
        lane->current = row;
    lane_plan(s, lane);
    if (row->started_ms == 0)
        row->started_ms = sender_now(s);
    row->next = s->unknown;
    s->unknown = row;
}

static void take_out(struct sender *s, struct row *row)
{
    struct row **at = &s->unknown;

    while (*at != row)
        at = &(*at)->next;
    *at = row->next;
    row->next = NULL;
    atomic_fetch_sub(&s->unknown_count, 1);
}

void doubt_began(struct sender *s, const struct row *row)
{
    if (s->unknown == NULL)
        return;
    s->proof[s->proof_next % PROOF_MAX].id = row->id;
    s->proof[s->proof_next % PROOF_MAX].started_ms = row->started_ms;
    s->proof_next++;
}

/* Counts once for every row that was posted after an unknown one began. */
static void count_proof(struct sender *s, int64_t out_id)
{
    for (size_t i = 0; i < PROOF_MAX; i++) {
        if (s->proof[i].id != out_id)
            continue;
        for (struct row *row = s->unknown; row != NULL; row = row->next)
            if (s->proof[i].started_ms > row->started_ms)
                row->proof++;
        s->proof[i].id = 0;
        return;
    }
}

void doubt_status(struct sender *s, const struct status_note *status)
{
    if (status->duplicate) {
        s->counts.provider_duplicates++;
        LOG(LOG_ERROR, "provider_duplicate", log_int("row", status->out_id));
    }
    for (struct row *row = s->unknown; row != NULL; row = row->next) {
        if (row->id != status->out_id || status->state < OUT_ACCEPTED)
            continue;
        take_out(s, row);
        s->counts.resolved_by_status++;
        if (!row->lane_free) {
            row->lane->current = NULL;
            lane_plan(s, row->lane);
        }
        row_free(row);                 /* the store has recorded it already */
        break;
    }
    count_proof(s, status->out_id);
}

/* Replies and notifications are worth sending again; a campaign is not worth a double. */
static void absent(struct sender *s, struct row *row, int64_t now)
{
    s->counts.resolved_by_absence++;
    s->in_flight++;
    if (row->class == CLASS_CAMPAIGN) {
        (void)snprintf(row->answer_note, sizeof row->answer_note, "no status came: not sent again (campaign)");
        graph_finish(s, row, OUT_DROPPED, 0);
    } else {
        (void)snprintf(row->answer_note, sizeof row->answer_note, "no status came while later ones did: sent again");
        graph_finish(s, row, OUT_READY, now);
    }
}

static void hold(struct sender *s, struct row *row)
{
    s->counts.held++;
    s->in_flight++;
    LOG(LOG_ERROR, "message_held", log_int("row", row->id), log_int("conversation", row->conv),
        log_str("reason", "its fate is unknown: see lisolo why"));
    (void)snprintf(row->answer_note, sizeof row->answer_note, "held: it may have been sent, and no status came");
    graph_finish(s, row, OUT_HELD, 0);
}

void doubt_step(struct sender *s, int64_t now)
{
    struct row *row, *next;

    for (row = s->unknown; row != NULL; row = next) {
        int64_t age = now - row->started_ms;

        next = row->next;
        if (FAIL_ERR("bug.no_patience") != 0) {        /* seeded: the campaign's checker must notice */
            take_out(s, row);
            absent(s, row, now);
        } else if (age >= s->o.hold_max_ms) {
            take_out(s, row);
            hold(s, row);
        } else if (age >= UNKNOWN_MIN_MS && row->proof >= PROOF_NEEDED) {
            take_out(s, row);
            absent(s, row, now);
        }
    }
}

void doubt_back(struct sender *s, int64_t by_ms)
{
    for (struct row *row = s->unknown; row != NULL; row = row->next)
        row->started_ms -= by_ms;
    for (size_t i = 0; i < PROOF_MAX; i++)
        s->proof[i].started_ms -= by_ms;
}

int64_t doubt_next_ms(const struct sender *s)
{
    int64_t at = INT64_MAX;

    for (const struct row *row = s->unknown; row != NULL; row = row->next) {
        int64_t hold_at = row->started_ms + s->o.hold_max_ms, may = row->started_ms + UNKNOWN_MIN_MS;

        if (row->proof >= PROOF_NEEDED && may < at)
            at = may;
        if (hold_at < at)
            at = hold_at;
    }
    return at;
}
