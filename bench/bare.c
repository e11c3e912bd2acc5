/*
 * bare - the HTTP ceiling: the server that intake stands on, which verifies nothing, stores nothing and answers every POST 200
 * from another thread, as a commit would.
 *
 *     bare PORT                  prints "ready", then serves until SIGTERM
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "lisolo/base/queue.h"
#include "lisolo/base/web.h"
#include "tool.h"

struct waiting {
    struct queue_item   item;
    struct web_request *rq;
};

static void handle(void *ctx, struct web_request *rq)
{
    struct waiting *w = calloc(1, sizeof *w);

    if (w == NULL)
        give_up("out of memory");
    w->rq = rq;
    if (!queue_push_always(ctx, &w->item)) {            /* it is stopping */
        free(w);
        web_reply(rq, 503, NULL, NULL, 0);
    }
}

static void *answer(void *ctx)
{
    struct queue_item *item, *next;

    while (queue_wait(ctx, -1))
        for (item = queue_take_all(ctx); item != NULL; item = next) {
            next = item->next;
            web_reply(((struct waiting *)item)->rq, 200, NULL, NULL, 0);
            free(item);
        }
    return NULL;
}

static void *serve(void *ctx)
{
    for (;;)
        web_step(ctx, -1);
    return NULL;
}

int main(int argc, char **argv)
{
    struct web_options options = { .address = "127.0.0.1", .handler = handle };
    struct error err;
    struct web *web;
    pthread_t thread;

    if (argc != 2) {
        (void)fprintf(stderr, "usage: bare PORT\n");
        return 2;
    }
    options.port = (uint16_t)tool_number(argv[1], 1, 65535);
    tool_block_stop();
    options.ctx = queue_new(SIZE_MAX, QUEUE_PLAIN);
    web = options.ctx == NULL ? NULL : web_open(&options, &err);
    if (web == NULL) {
        errno = 0;
        give_up("%s", options.ctx == NULL ? "out of memory" : err.text);
    }
    if (pthread_create(&thread, NULL, answer, options.ctx) != 0 || pthread_create(&thread, NULL, serve, web) != 0)
        give_up("pthread_create");
    (void)printf("ready\n");
    (void)fflush(stdout);
    tool_wait_stop();
    return 0;                              /* nothing is kept: the threads end with the process */
}
