/*
 * graph_check - is this body a message that Meta would accept? Pure: no clock, no state but the list of templates.
 */
#ifndef LAB_GRAPH_CHECK_H
#define LAB_GRAPH_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "graph_refusal.h"
#include "graph_templates.h"
#include "lisolo/base/json.h"

struct graph_message {          /* strings live as long as the tree */
    bool        read;           /* a read mark: only message_id and typing are set */
    const char *message_id;
    bool        typing;

    const char *input;          /* `to` or `recipient` as given */
    uint64_t    person;         /* the number itself, or a hash of the BSUID with the top bit set */
    bool        bsuid;
    const char *type;
    const char *callback;       /* biz_opaque_callback_data; NULL */
    const struct template *template;   /* NULL: no template, or nothing is known about it */
};

/* `templates` NULL: any template of the right shape passes. */
bool graph_check(const cJSON *body, const struct templates *templates, struct graph_message *out, struct refusal *why);

/* The key of a person as in struct graph_message: "+242…" or a BSUID. 0: neither. */
uint64_t graph_person(const char *text);

/* By file: each takes the whole body. */
bool graph_check_interactive(const cJSON *body, struct refusal *why);
bool graph_check_template(const cJSON *body, const struct templates *templates, const struct template **out, struct refusal *why);

#endif
