/*
 * Conversations and aliases that were used lately, so that a message of somebody who is talking reads nothing.
 *
 * Both are sets of four with the least recently used one replaced. They hold what the open transaction sees; when a group is
 * rolled back everything is forgotten. A conversation that is replaced stays valid until its group ends, because a rule may
 * still look at it.
 */
#include <stdlib.h>
#include <string.h>

#include "private.h"

enum { WAYS = 4, CONV_SETS = 2048, ALIAS_SETS = 4096 };

struct alias {
    uint8_t  hash[STORE_KEY_BYTES];
    int64_t  conv;                     /* 0: empty */
};

struct cache {
    struct conv *convs[CONV_SETS][WAYS];        /* about 200 bytes each: 1.6 MB when full */
    struct alias aliases[ALIAS_SETS][WAYS];     /* 384 KiB */
    struct conv *old;                           /* replaced in this group */
};

struct cache *store_cache_new(void)
{
    return calloc(1, sizeof(struct cache));
}

static void settle(struct cache *cache)
{
    struct conv *c, *next;

    for (c = cache->old; c != NULL; c = next) {
        next = c->next;
        free(c);
    }
    cache->old = NULL;
}

void store_cache_settle(struct store *s) { settle(s->cache); }

static void retire(struct cache *cache, struct conv *c)
{
    if (c == NULL)
        return;
    c->next = cache->old;
    cache->old = c;
}

static void forget(struct cache *cache)
{
    for (size_t i = 0; i < CONV_SETS; i++)
        for (size_t w = 0; w < WAYS; w++) {
            retire(cache, cache->convs[i][w]);
            cache->convs[i][w] = NULL;
        }
    memset(cache->aliases, 0, sizeof cache->aliases);
    settle(cache);
}

void store_cache_forget(struct store *s) { forget(s->cache); }

void store_cache_free(struct cache *c)
{
    if (c == NULL)
        return;
    forget(c);
    free(c);
}

/* ---- conversations ---- */

static size_t length(const char *text) { return text == NULL ? 0 : strlen(text) + 1; }

static const char *lay(char **at, const char *text)
{
    size_t len = length(text);
    char *to = *at;

    if (text == NULL)
        return NULL;
    memcpy(to, text, len);
    *at += len;
    return to;
}

static bool keep(void *ctx, const struct conv_row *row)
{
    struct conv **out = ctx, *c;
    char *at;

    c = malloc(sizeof *c + length(row->number) + length(row->phone) + length(row->bsuid) + length(row->name));
    if (c == NULL)
        return false;
    at = c->text;
    c->r = *row;
    c->r.number = lay(&at, row->number);
    c->r.phone = lay(&at, row->phone);
    c->r.bsuid = lay(&at, row->bsuid);
    c->r.name = lay(&at, row->name);
    c->next = NULL;
    *out = c;
    return false;
}

static struct conv **conv_set(struct cache *cache, int64_t id)
{
    return cache->convs[(uint64_t)id * 0x9E3779B97F4A7C15ULL >> 53];   /* 11 bits: CONV_SETS */
}

/* Way 0 is the latest. */
static void conv_to_front(struct conv **set, size_t way)
{
    struct conv *c = set[way];

    for (; way > 0; way--)
        set[way] = set[way - 1];
    set[0] = c;
}

bool store_conv(struct store *s, int64_t id, struct conv **out)
{
    struct conv **set = conv_set(s->cache, id), *c = NULL;

    _Static_assert(CONV_SETS == 1 << 11, "the shift in conv_set()");
    for (size_t w = 0; w < WAYS; w++)
        if (set[w] != NULL && set[w]->r.id == id) {
            conv_to_front(set, w);
            *out = set[0];
            return true;
        }
    if (!s->driver->conv_find(s, id, keep, &c))
        return false;
    *out = c;
    if (c == NULL)
        return true;
    retire(s->cache, set[WAYS - 1]);
    set[WAYS - 1] = c;
    conv_to_front(set, WAYS - 1);
    return true;
}

void store_conv_reload(struct store *s, int64_t id)
{
    struct conv **set = conv_set(s->cache, id);

    for (size_t w = 0; w < WAYS; w++)
        if (set[w] != NULL && set[w]->r.id == id) {
            retire(s->cache, set[w]);
            set[w] = NULL;
        }
}

/* ---- aliases: the hash is random, so its first bytes choose the set ---- */

static struct alias *alias_set(struct cache *cache, const uint8_t hash[STORE_KEY_BYTES])
{
    return cache->aliases[(hash[0] | hash[1] << 8) & (ALIAS_SETS - 1)];
}

static void alias_lose(struct alias *set, const uint8_t hash[STORE_KEY_BYTES])
{
    for (size_t w = 0; w < WAYS; w++)
        if (memcmp(set[w].hash, hash, STORE_KEY_BYTES) == 0)
            set[w].conv = 0;
}

static void alias_keep(struct cache *cache, const uint8_t hash[STORE_KEY_BYTES], int64_t conv)
{
    struct alias *set = alias_set(cache, hash);
    size_t w = 0;

    alias_lose(set, hash);
    while (w < WAYS - 1 && set[w].conv != 0)
        w++;
    memmove(set + 1, set, w * sizeof *set);
    memcpy(set[0].hash, hash, STORE_KEY_BYTES);
    set[0].conv = conv;
}

bool store_alias(struct store *s, const uint8_t hash[STORE_KEY_BYTES], int64_t *conv)
{
    struct alias *set = alias_set(s->cache, hash);

    for (size_t w = 0; w < WAYS; w++)
        if (set[w].conv != 0 && memcmp(set[w].hash, hash, STORE_KEY_BYTES) == 0) {
            *conv = set[w].conv;
            if (w > 0)
                alias_keep(s->cache, hash, *conv);
            return true;
        }
    if (!s->driver->alias_find(s, hash, conv))
        return false;
    if (*conv != 0)
        alias_keep(s->cache, hash, *conv);
    return true;
}

bool store_alias_put(struct store *s, const uint8_t hash[STORE_KEY_BYTES], int64_t conv)
{
    if (!s->driver->alias_put(s, hash, conv))
        return false;
    alias_keep(s->cache, hash, conv);
    return true;
}

bool store_alias_drop(struct store *s, const uint8_t hash[STORE_KEY_BYTES])
{
    alias_lose(alias_set(s->cache, hash), hash);
    return s->driver->alias_drop(s, hash);
}
