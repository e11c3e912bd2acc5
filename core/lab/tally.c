#include "tally.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "wire.h"

enum { FIRST_SLOTS = 1024 };

struct slot {
    uint64_t hash;    /* 0: empty */
    uint32_t count;
};

struct tally {
    struct slot *slots;
    size_t       size;    /* a power of two */
    size_t       used, max;
    uint64_t     lost;
};

struct tally *tally_new(size_t max)
{
    struct tally *t = calloc(1, sizeof *t);

    if (t == NULL)
        return NULL;
    t->max = max;
    t->size = FIRST_SLOTS;
    t->slots = calloc(t->size, sizeof *t->slots);
    if (t->slots == NULL) {
        free(t);
        return NULL;
    }
    return t;
}

void tally_free(struct tally *t)
{
    if (t == NULL)
        return;
    free(t->slots);
    free(t);
}

void tally_clear(struct tally *t)
{
    memset(t->slots, 0, t->size * sizeof *t->slots);
    t->used = 0;
    t->lost = 0;
}

static struct slot *find(struct slot *slots, size_t size, uint64_t hash)
{
    size_t at = (size_t)hash & (size - 1);

    while (slots[at].hash != 0 && slots[at].hash != hash)
        at = (at + 1) & (size - 1);
    return &slots[at];
}

static bool grow(struct tally *t)
{
    size_t size = t->size * 2;
    struct slot *slots = calloc(size, sizeof *slots);

    if (slots == NULL)
        return false;
    for (size_t i = 0; i < t->size; i++)
        if (t->slots[i].hash != 0)
            *find(slots, size, t->slots[i].hash) = t->slots[i];
    free(t->slots);
    t->slots = slots;
    t->size = size;
    return true;
}

uint32_t tally_add(struct tally *t, const void *key, size_t len)
{
    uint64_t hash = wire_hash(key, len, 0) | 1;   /* never 0, which marks an empty slot */
    struct slot *slot = find(t->slots, t->size, hash);

    if (slot->hash == 0) {
        if (t->used >= t->max || (t->used * 4 >= t->size * 3 && !grow(t))) {
            t->lost++;
            return 0;
        }
        slot = find(t->slots, t->size, hash);
        slot->hash = hash;
        t->used++;
    }
    if (slot->count < UINT32_MAX)
        slot->count++;
    return slot->count;
}

size_t tally_keys(const struct tally *t) { return t->used; }

uint64_t tally_lost(const struct tally *t) { return t->lost; }
