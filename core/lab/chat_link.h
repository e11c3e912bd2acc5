/*
 * chat_link - the chat's two connections: messages to the host, as Meta delivers them, and what the Graph stand-in accepted.
 *
 * One thread. Everything happens in link_step(), which calls the functions of struct link_events.
 */
#ifndef LAB_CHAT_LINK_H
#define LAB_CHAT_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "graph_templates.h"
#include "lisolo/base/json.h"
#include "lisolo/lab.h"

struct link;

struct link_events {
    /* One item of GET /_lab/messages for this person (a message), or any read mark; taken. */
    void (*item)(void *ctx, cJSON *item);
    /* The message that link_post() was given is with the host (status 200), or it never will be. */
    void (*posted)(void *ctx, bool ok, const char *why);
    /* A connection is lost (`ok` false: `why` says which), or there again. */
    void (*state)(void *ctx, bool ok, const char *why);
    /* The answer of link_advance(). */
    void (*advanced)(void *ctx, bool ok, const char *answer);
    void *ctx;
};

struct link *link_open(const struct lab_chat_options *options, int post_ms, const struct link_events *events, struct error *err);
void         link_close(struct link *l);   /* NULL is fine; no event is called */

/* Ready once it knows from which message on to listen. */
bool link_ready(const struct link *l);
bool link_posting(const struct link *l);

/* Signs and posts a webhook body; posts it again with growing gaps for `post_ms`, as Meta would for days. Copies. One at a time. */
bool link_post(struct link *l, const char *body, size_t len, struct error *err);
/* Asks the backend stand-in to move a mission. */
bool link_advance(struct link *l, const char *reference, const char *word, struct error *err);

void link_step(struct link *l, int timeout_ms);
bool link_watch(struct link *l, int fd);   /* ends a wait when readable */

/* The business's templates, once they are there; NULL. */
const struct templates *link_templates(const struct link *l);

#endif
