/*
 * sender - everything that leaves: messages to the Graph API, calls to the backend.
 *
 * A step function: sender_step() never waits and never starts a thread. It owns its lanes, buckets and rows on one thread;
 * the store's hooks (another thread) hand it committed rows through a queue. The network is a function table, so that
 * tests play it.
 *
 * Promises (reliability.md §1.4, §5; decisions.md "Sending"):
 *   - a row is marked `sending` and that mark is durable before the first byte leaves;
 *   - one row in flight a person; a reply overtakes that person's waiting notifications and campaigns;
 *   - what may have been received is never posted again on a guess: it is `unknown` until its status comes back, the absence
 *     rule holds, or hold_max has passed (then it is held, counted, and the person's later rows go on).
 */
#ifndef LISOLO_SENDER_H
#define LISOLO_SENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lisolo/base/clock.h"
#include "lisolo/base/error.h"
#include "lisolo/base/fetch.h"
#include "lisolo/store.h"

struct sender;

struct sender_net {              /* fetch_start() with its first argument as ctx, or a test's */
    bool (*start)(void *ctx, const struct fetch_request *request, fetch_done done, void *done_ctx, struct error *err);
    void  *ctx;
};

struct sender_options {
    struct store       *store;
    const struct clock *clock;
    struct sender_net   net;
    uint64_t            seed;             /* of the jitter; 0: from the kernel */
    bool                unwatched;        /* nobody waits for sender_fd(), which is -1: saves two system calls a row where one thread steps everything */

    const char *graph_base;               /* "https://graph.facebook.com" */
    const char *graph_version;            /* "v26.0" */
    const char *graph_token;              /* see sender_set_token() */
    const char *number;                   /* phone_number_id for rows that name none */
    const char *install;                  /* store_install_id() */
    double      number_per_s;             /* default 80: whatsapp.md §8.1 */
    double      pair_burst;               /* default 45, refilled at pair_per_s */
    double      pair_per_s;               /* default 1/6 */
    unsigned    in_flight_max;            /* default 1,024 */
    int         graph_timeout_ms;         /* default 20,000 */
    int         hold_max_ms;              /* default 90,000 */

    const char *backend_base;             /* "https://api.example.org"; NULL: calls fail with `network` */
    const char *backend_token;            /* NULL: none */
};

struct sender *sender_new(const struct sender_options *options, struct error *err);
void           sender_free(struct sender *s);

/* Store hooks; on the store's thread. They copy what they need. */
void sender_on_send(void *sender, const struct store_send_row *row);
void sender_on_call(void *sender, const struct store_call_row *row);
void sender_on_status(void *sender, const struct store_status *status);

/* Does everything that is due at the clock's now. Then sender_next_ms() says how long until something is due by itself (-1: nothing). */
void sender_step(struct sender *s);
int  sender_next_ms(struct sender *s);
/* Readable when a hook has handed something over: give it to fetch_watch(). */
int  sender_fd(const struct sender *s);

/* A new token (rotation): any thread; a number that was stopped for its token starts again. */
bool sender_set_token(struct sender *s, const char *graph_token, const char *backend_token);

/* Stops starting new rows; what is in flight ends. True when nothing is in flight any more. */
bool sender_drain(struct sender *s);

struct sender_counts {
    uint64_t accepted, refused, retried, unknown, resolved_by_status, resolved_by_absence, held, expired, failed, throttled, calls, late;
    uint64_t provider_duplicates;
    uint64_t waiting, in_flight, lanes;
    bool     stopped;             /* the number is stopped: token or account */
    char     stop_reason[160];
};
void sender_counts(struct sender *s, struct sender_counts *out);   /* any thread; figures of the last step */

#endif
