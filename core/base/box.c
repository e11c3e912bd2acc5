#include "lisolo/base/box.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct box {
    pthread_mutex_t lock;
    size_t          size;
    unsigned char   bytes[];
};

struct box *box_new(size_t size)
{
    struct box *b = calloc(1, sizeof *b + size);

    if (b == NULL)
        return NULL;
    if (pthread_mutex_init(&b->lock, NULL) != 0) {
        free(b);
        return NULL;
    }
    b->size = size;
    return b;
}

void box_free(struct box *b)
{
    if (b == NULL)
        return;
    explicit_bzero(b->bytes, b->size);
    pthread_mutex_destroy(&b->lock);
    free(b);
}

void box_put(struct box *b, const void *value)
{
    pthread_mutex_lock(&b->lock);
    memcpy(b->bytes, value, b->size);
    pthread_mutex_unlock(&b->lock);
}

void box_get(struct box *b, void *value)
{
    pthread_mutex_lock(&b->lock);
    memcpy(value, b->bytes, b->size);
    pthread_mutex_unlock(&b->lock);
}
