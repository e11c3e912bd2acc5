/*
 * `handover` of a finish: true, or { last = "24 h", back = "commun.de_retour" }. Every wait has an end, this one too: staff who
 * forget somebody must not silence the bot for ever.
 */
#include "private.h"

enum { HANDOVER_HOURS = 24 };

static const int64_t HOUR_MS = 3600 * 1000;

void flow_read_handover(struct build *b, const struct statement *s, const struct decl_entry *e, struct step *step)
{
    const struct decl_entry *last;

    if (e == NULL)
        return;
    step->handover_ms = HANDOVER_HOURS * HOUR_MS;
    step->handover = e->value.type == DECL_TABLE || (e->value.type == DECL_BOOLEAN && e->value.boolean);
    if (e->value.type == DECL_BOOLEAN)
        return;
    if (e->value.type != DECL_TABLE || e->value.tag != NULL) {
        flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &e->value), "handover = true",
                    "`handover` must be true, or { last = \"24 h\", back = \"commun.de_retour\" }");
        return;
    }
    flow_read_keys(b, s, &e->value, "handover");
    last = decl_entry(&e->value, "last");
    if (last != NULL)
        (void)flow_read_duration(b, s, &last->value, &step->handover_ms);
    (void)flow_read_message(b, s, decl_entry(&e->value, "back"), &step->handover_back);
}
