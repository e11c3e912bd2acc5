/*
 * What the files of fetch share.
 *
 *   fetch.c            the loop: epoll, libcurl's timer, what has ended
 *   fetch_transfer.c   one request: its checks, its options, its outcome
 *   fetch_address.c    which addresses are nobody's business
 */
#ifndef BASE_FETCH_PRIVATE_H
#define BASE_FETCH_PRIVATE_H

#include <curl/curl.h>
#include <sys/socket.h>

#include "lisolo/base/buf.h"
#include "lisolo/base/fetch.h"

enum {
    FETCH_WATCHED_MAX = 4,
    FETCH_HEADERS_MAX = 32,
    FETCH_BYTES_KEPT  = 64 * 1024,       /* a transfer's buffers larger than this are not kept for the next one */
};

/* One request under way, or waiting to be used again with its handle and buffers. */
struct transfer {
    struct transfer  *prev, *next;       /* in the list of the active ones; `next` also of the unused ones */
    struct fetch     *f;
    CURL             *easy;
    fetch_done        done;
    void             *ctx;
    struct curl_slist lines[FETCH_HEADERS_MAX + 2];      /* ours, not libcurl's: they point into `head` */
    struct buf        head, body, answer;
    size_t            answer_head_bytes;
    bool              answer_head_ended;
    unsigned          departures;        /* how often libcurl was about to send it */
    bool              address_refused, too_large;
    char              error[CURL_ERROR_SIZE];
};

struct fetch {
    CURLM            *multi;
    CURLU            *url;               /* to check URLs with */
    int               epoll_fd, wake_fd;
    int64_t           timer_at_ms;       /* when libcurl wants to be called; INT64_MAX: not */
    struct transfer  *active, *unused;
    size_t            active_count, unused_count;
    unsigned          watched;
    bool              allow_private, allow_http, closing;
};

/* fetch_transfer.c */
struct transfer *transfer_take(struct fetch *f, struct error *err);
void             transfer_recycle(struct fetch *f, struct transfer *t);
void             transfer_free(struct transfer *t);
/* Checks and copies the request and tells libcurl. */
bool             transfer_prepare(struct transfer *t, const struct fetch_request *request, struct error *err);
/* Calls `done`. */
void             transfer_end(struct transfer *t, CURLcode rc);

/* fetch_address.c: reachable from outside, as far as an address can tell. hosts.md §6 */
bool address_is_public(const struct sockaddr *address);

#endif
