/*
 * graph_statuses - what Meta says about a message after it was accepted: signed webhooks with sent, delivered, read, failed.
 */
#ifndef LAB_GRAPH_STATUSES_H
#define LAB_GRAPH_STATUSES_H

#include <stdbool.h>
#include <stdint.h>

#include "graph_check.h"
#include "graph_rules.h"
#include "lisolo/lab.h"
#include "poster.h"

struct statuses;

/* Uses webhook_url, app_secret, waba, number, display_number and the delays of the options. */
struct statuses *statuses_start(const struct lab_graph_options *options, struct error *err);
void             statuses_stop(struct statuses *s);   /* NULL is fine */

/* `rule` may be NULL. Any thread may call, one at a time. */
void statuses_make(struct statuses *s, const struct graph_message *m, const char *wamid, const struct rule *rule);
void statuses_counts(struct statuses *s, struct poster_counts *out);

#endif
