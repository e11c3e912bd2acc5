/*
 * A sender with everything around it played: a memory store, a clock that stands still, a network whose answers the test gives.
 * One thread: world_run() steps store and sender until nothing moves.
 */
#ifndef WORLD_H
#define WORLD_H

#include "lisolo/sender.h"

enum { POSTS_MAX = 4096 };

struct post {
    char      *url, *body, *token, *key;
    fetch_done done;
    void      *ctx;
    bool       answered;
    int64_t    at_ms;
};

struct world {
    struct clock_fake clock;
    struct store     *store;
    struct sender    *sender;
    struct post       posts[POSTS_MAX];
    size_t            count;
    bool              accept_all;      /* every post is answered 200 with a wamid at once, on the next run */
    uint64_t          statuses;
    char              *heard;          /* the last event that entered a conversation */
};

void world_open(struct world *w, const struct sender_options *overrides);
void world_close(struct world *w);
void world_run(struct world *w);
void world_advance(struct world *w, int64_t ms);   /* and runs */

/* A turn of conversation `phone` that leaves `n` messages "text 1"… of a class; returns the conversation. */
int64_t world_say(struct world *w, const char *phone, enum store_class class, int n);
/* The same with a body of one's own: {"free":…,"template":…}. */
int64_t world_send(struct world *w, const char *phone, enum store_class class, const char *body, int64_t heard_ms, int64_t expires_ms);
int64_t world_call(struct world *w, const char *phone, const char *path);
void world_make_call(struct world *w, const char *phone, struct store_call call);

void world_answer(struct world *w, size_t post, int status, const char *body);
void world_accept(struct world *w, size_t post);                        /* 200 and a wamid */
void world_refuse(struct world *w, size_t post, int status, int code);  /* Meta's error shape */
void world_lose(struct world *w, size_t post, enum fetch_outcome outcome, bool timed_out);
/* A status webhook for a row, by its callback string. */
void world_status(struct world *w, int64_t out_id, int attempt, const char *wamid, enum store_rank rank);

/* Row and attempt of a post, from its callback string. */
int64_t world_row(const struct world *w, size_t post, int *attempt);
struct sender_counts world_counts(struct world *w);

#endif
