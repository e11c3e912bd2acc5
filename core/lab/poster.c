#include "poster.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "due.h"
#include "lisolo/base/buf.h"
#include "lisolo/base/clock.h"
#include "lisolo/base/fetch.h"
#include "lisolo/base/log.h"
#include "lisolo/base/queue.h"
#include "sign.h"

enum {
    QUEUE_BYTES   = 64 * 1024 * 1024,
    IN_FLIGHT_MAX = 32,                  /* Meta calls concurrently: whatsapp.md §1.4 */
    RETRY_FIRST_MS = 100, RETRY_MAX_MS = 5000,
    BODY_MAX      = 3 * 1024 * 1024,     /* as Meta's webhooks: whatsapp.md §1.2 */
    TIMEOUT_MS    = 15000,
    ID_SIZE       = 64,
};

struct item {
    struct queue_item queue;
    int64_t due_ms;
    char    id[ID_SIZE];
    size_t  len;
    char    text[];
};

struct post {
    struct poster *poster;
    char    id[ID_SIZE];
    unsigned attempts;
    size_t  items, len;
    char   *body;
};

struct poster {
    enum poster_manner manner;
    char          *url, *prefix, *suffix;
    unsigned       batch_max;
    struct signer *signer;
    struct fetch  *fetch;
    struct queue  *queue;
    struct due     items;     /* struct item: not yet in a body */
    struct due     posts;     /* struct post: bodies to post, again or for the first time */
    bool           ending;
    pthread_t      thread;
    bool           started;
    atomic_bool    stop;
    _Atomic uint64_t count_items, count_posts, count_done, count_retries, count_dropped;
};

static int64_t now(void) { return clock_mono_ms(clock_real()); }

static void post_free(struct post *p)
{
    free(p->body);
    free(p);
}

static void drop(struct post *p)
{
    p->poster->count_dropped += p->items;
    post_free(p);
}

static void again(struct post *p, int64_t delay_ms)
{
    if (!due_push(&p->poster->posts, now() + delay_ms, p))
        drop(p);
}

static void done(void *ctx, const struct fetch_result *result)
{
    struct post *p = ctx;
    struct poster *poster = p->poster;
    bool meta = poster->manner == POSTER_META;
    int64_t delay_ms = RETRY_FIRST_MS;

    if (result->outcome == FETCH_ANSWERED && (meta ? result->status == 200 : result->status / 100 == 2)) {
        poster->count_done += p->items;
        post_free(p);
        return;
    }
    if (poster->ending || (!meta && result->outcome == FETCH_ANSWERED && result->status == 410)) {
        drop(p);
        return;
    }
    if (p->attempts == 1)
        LOG(LOG_WARN, "webhook not taken", log_int("status", result->status), log_str("reason", result->reason));
    for (unsigned i = 1; i < p->attempts && delay_ms < RETRY_MAX_MS; i++)
        delay_ms *= 2;
    poster->count_retries++;
    again(p, delay_ms > RETRY_MAX_MS ? RETRY_MAX_MS : delay_ms);
}

static bool print_headers(struct post *p, char signature[160], char id[128], char time[64])
{
    struct poster *poster = p->poster;
    char value[SIGN_HUB_SIZE];
    int64_t seconds = clock_wall_ms(clock_real()) / 1000;

    id[0] = time[0] = '\0';
    if (poster->manner == POSTER_META) {
        if (!signer_hub(poster->signer, p->body, p->len, value))
            return false;
        snprintf(signature, 160, "X-Hub-Signature-256: %s", value);
        return true;
    }
    if (!signer_standard(poster->signer, p->id, seconds, p->body, p->len, value))
        return false;
    snprintf(signature, 160, "webhook-signature: %s", value);
    snprintf(id, 128, "webhook-id: %s", p->id);
    snprintf(time, 64, "webhook-timestamp: %" PRId64, seconds);
    return true;
}

static void post_start(struct post *p)
{
    struct poster *poster = p->poster;
    char signature[160], id[128], time[64];
    const char *headers[6] = { "Content-Type: application/json", "User-Agent: lisolo-lab", signature, NULL };
    struct fetch_request rq = { .method = "POST", .url = poster->url, .headers = headers, .body = p->body,
                                .body_len = p->len, .timeout_ms = TIMEOUT_MS };
    struct error err;

    if (!print_headers(p, signature, id, time)) {
        drop(p);
        return;
    }
    if (id[0] != '\0') {
        headers[3] = id;
        headers[4] = time;
    }
    p->attempts++;
    poster->count_posts++;
    if (!fetch_start(poster->fetch, &rq, done, p, &err)) {
        LOG(LOG_ERROR, "webhook cannot be posted", log_str("reason", err.text));
        drop(p);
    }
}

/* Takes items that are due into one body. NULL: none is due. */
static struct post *gather(struct poster *poster)
{
    struct item *item = due_pop(&poster->items, now());
    struct post *p;
    struct buf b;

    if (item == NULL)
        return NULL;
    p = calloc(1, sizeof *p);
    buf_init(&b, BODY_MAX);
    buf_adds(&b, poster->prefix);
    for (size_t count = 0; item != NULL; item = count < poster->batch_max ? due_pop(&poster->items, now()) : NULL) {
        if (count++ > 0)
            buf_addc(&b, ',');
        buf_add(&b, item->text, item->len);
        if (p != NULL) {
            memcpy(p->id, item->id, ID_SIZE);
            p->items = count;
            p->poster = poster;
        }
        free(item);
    }
    buf_adds(&b, poster->suffix);
    if (p != NULL)
        p->body = buf_take(&b, &p->len);
    if (p == NULL || p->body == NULL) {
        poster->count_dropped++;
        buf_free(&b);
        free(p);
        return NULL;
    }
    return p;
}

static void take_pushed(struct poster *poster)
{
    struct queue_item *list = queue_take_all(poster->queue);

    while (list != NULL) {
        struct item *item = (struct item *)list;

        list = list->next;
        if (!due_push(&poster->items, item->due_ms, item)) {
            poster->count_dropped++;
            free(item);
        }
    }
}

static int wait_ms(const struct poster *poster)
{
    int items = due_next_ms(&poster->items, now()), posts = due_next_ms(&poster->posts, now());
    int wait = items < 0 || (posts >= 0 && posts < items) ? posts : items;

    if (fetch_active(poster->fetch) >= IN_FLIGHT_MAX || wait < 0 || wait > 1000)
        return 1000;
    return wait;
}

static void *run(void *ctx)
{
    struct poster *poster = ctx;

    while (!poster->stop) {
        struct post *p;

        take_pushed(poster);
        while (fetch_active(poster->fetch) < IN_FLIGHT_MAX &&
               ((p = due_pop(&poster->posts, now())) != NULL || (p = gather(poster)) != NULL))
            post_start(p);
        fetch_step(poster->fetch, wait_ms(poster));
    }
    return NULL;
}

struct poster *poster_start(const struct poster_options *options, struct error *err)
{
    struct poster *p = calloc(1, sizeof *p);

    if (p == NULL) {
        error_set(err, "webhooks: out of memory");
        return NULL;
    }
    p->manner = options->manner;
    p->batch_max = options->batch_max == 0 ? 1 : options->batch_max;
    p->url = strdup(options->url);
    p->prefix = strdup(options->prefix == NULL ? "" : options->prefix);
    p->suffix = strdup(options->suffix == NULL ? "" : options->suffix);
    p->queue = queue_new(QUEUE_BYTES, QUEUE_FD);
    if (p->url == NULL || p->prefix == NULL || p->suffix == NULL || p->queue == NULL) {
        error_set(err, "webhooks: out of memory");
        goto fail;
    }
    p->signer = p->manner == POSTER_META ? signer_new(options->secret, strlen(options->secret), err)
                                         : signer_new_standard(options->secret, err);
    if (p->signer == NULL)
        goto fail;
    p->fetch = fetch_new(&(struct fetch_options){ .allow_private = true, .allow_http = true }, err);
    if (p->fetch == NULL)
        goto fail;
    if (!fetch_watch(p->fetch, queue_fd(p->queue)) || pthread_create(&p->thread, NULL, run, p) != 0) {
        error_set(err, "webhooks: cannot start the thread");
        goto fail;
    }
    p->started = true;
    return p;
fail:
    poster_stop(p);
    return NULL;
}

void poster_stop(struct poster *p)
{
    struct queue_item *list;
    struct item *item;
    struct post *post;

    if (p == NULL)
        return;
    if (p->started) {
        p->stop = true;
        fetch_wake(p->fetch);
        pthread_join(p->thread, NULL);
    }
    p->ending = true;
    if (p->fetch != NULL)
        fetch_free(p->fetch);
    if (p->queue != NULL) {
        for (list = queue_take_all(p->queue); list != NULL; free(item)) {
            item = (struct item *)list;
            list = list->next;
        }
        queue_free(p->queue);
    }
    while ((item = due_pop(&p->items, INT64_MAX)) != NULL)
        free(item);
    while ((post = due_pop(&p->posts, INT64_MAX)) != NULL)
        post_free(post);
    due_free(&p->items);
    due_free(&p->posts);
    signer_free(p->signer);
    free(p->url);
    free(p->prefix);
    free(p->suffix);
    free(p);
}

bool poster_push(struct poster *p, int64_t delay_ms, const char *id, const char *text, size_t len)
{
    struct item *item = calloc(1, sizeof *item + len);

    if (item == NULL)
        return false;
    item->due_ms = now() + (delay_ms > 0 ? delay_ms : 0);
    snprintf(item->id, sizeof item->id, "%s", id == NULL ? "" : id);
    item->len = len;
    memcpy(item->text, text, len);
    item->queue.bytes = sizeof *item + len;
    if (!queue_push(p->queue, &item->queue)) {
        p->count_dropped++;
        free(item);
        return false;
    }
    p->count_items++;
    return true;
}

void poster_counts(struct poster *p, struct poster_counts *out)
{
    *out = (struct poster_counts){ p->count_items, p->count_posts, p->count_done, p->count_retries, p->count_dropped };
}
