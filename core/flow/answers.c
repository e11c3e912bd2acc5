/*
 * How answers come in: what an old button does, and which messages are one answer.
 */
#include <stdio.h>
#include <string.h>

#include "lisolo/base/nearest.h"
#include "private.h"

/* A person who types on goes on within seconds; nobody may wait longer than this for the reply to a single message. */
enum { GATHER_MAX_MS = 60 * 1000 };

static const char *const POLICIES[] = { [LATE_EXPLAIN] = "explain", [LATE_IGNORE] = "ignore", [LATE_JUMP] = "jump" };

void flow_read_late(struct build *b, const struct statement *s, const struct decl_entry *e, enum late_policy *out)
{
    struct nearest near;
    char *word = NULL, hint[160];

    if (!flow_read_text(b, s, e, &word))
        return;
    near = (struct nearest){ .word = word };
    for (size_t i = 0; i < sizeof POLICIES / sizeof POLICIES[0]; i++) {
        if (strcmp(POLICIES[i], word) == 0) {
            *out = (enum late_policy)i;
            return;
        }
        nearest_offer(&near, POLICIES[i]);
    }
    if (near.best != NULL)
        (void)snprintf(hint, sizeof hint, problems_text(b->out, "did you mean \"%s\"?"), near.best);
    flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &e->value), near.best != NULL ? hint : "write \"explain\", \"ignore\" or \"jump\"",
                "an old button cannot do \"%.40s\"", word);
}

/* A number, a date or a telephone number comes in one message; words and pictures come in several. */
static bool comes_in_pieces(const struct expect *e)
{
    if (e->kind == EXPECT_TEXT || e->kind == EXPECT_PHOTO)
        return true;
    for (size_t i = 0; i < e->choice_count; i++)
        if (comes_in_pieces(&e->choices[i]))
            return true;
    return false;
}

void flow_read_gather(struct build *b, const struct statement *s, const struct decl_entry *e, struct step *step)
{
    int64_t ms = 0;

    if (e == NULL || !flow_read_duration(b, s, &e->value, &ms))
        return;
    if (ms > GATHER_MAX_MS)
        flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &e->value), "write \"3 s\"",
                    "`gather` is at most %d s: so long nobody gets a reply", GATHER_MAX_MS / 1000);
    else if (!comes_in_pieces(&step->expect))
        flow_report(b, CODE_WRONG_VALUE, flow_at_entry(s, e), "take `gather` out",
                    "`gather` is for words and photos: this answer comes in one message");
    else
        step->gather_ms = ms;
}
