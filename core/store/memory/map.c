/*
 * A treap: a search tree that stays balanced because every node has a random rank and no child outranks its parent. Short,
 * ordered, and fast enough for tests with 100,000 rows.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

struct node {
    struct node   *left, *right;
    uint32_t       rank;
    void          *value;
    struct map_key key;                /* allocated as long as the key is */
};

struct map {
    struct node *root;
    size_t       count;
    uint32_t     random;
    bool         owns;
};

struct change {
    struct change *before;
    struct map    *map;
    void          *old;                /* NULL: there was none */
    struct map_key key;
};

struct map *store_map_new(bool owns_values)
{
    struct map *m = calloc(1, sizeof *m);

    if (m != NULL) {
        m->owns = owns_values;
        m->random = 2463534242u;
    }
    return m;
}

static void drop(const struct map *m, void *value)
{
    if (m->owns)
        free(value);
}

static void free_nodes(struct map *m, struct node *n)
{
    if (n == NULL)
        return;
    free_nodes(m, n->left);
    free_nodes(m, n->right);
    drop(m, n->value);
    free(n);
}

void store_map_free(struct map *m)
{
    if (m == NULL)
        return;
    free_nodes(m, m->root);
    free(m);
}

size_t store_map_count(const struct map *m) { return m->count; }

static int compare(const struct map_key *a, const struct map_key *b)
{
    int order = memcmp(a->bytes, b->bytes, a->len < b->len ? a->len : b->len);

    return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

static void copy_key(struct map_key *to, const struct map_key *from)
{
    to->len = from->len;
    memcpy(to->bytes, from->bytes, from->len);
}

static size_t key_size(const struct map_key *k) { return offsetof(struct map_key, bytes) + k->len; }

/* ---- looking ---- */

static struct node *find(const struct map *m, const struct map_key *k)
{
    struct node *n = m->root;

    while (n != NULL) {
        int order = compare(k, &n->key);

        if (order == 0)
            break;
        n = order < 0 ? n->left : n->right;
    }
    return n;
}

void *store_map_get(const struct map *m, const struct map_key *k)
{
    struct node *n = find(m, k);

    return n == NULL ? NULL : n->value;
}

static void *give(const struct node *n, struct map_key *found)
{
    if (n == NULL)
        return NULL;
    if (found != NULL)
        copy_key(found, &n->key);
    return n->value;
}

void *store_map_from(const struct map *m, const struct map_key *k, bool after, struct map_key *found)
{
    const struct node *n = m->root, *best = NULL;
    struct map_key from;

    copy_key(&from, k);                /* `found` may be `k` */
    while (n != NULL) {
        int order = compare(&from, &n->key);

        if (order < 0 || (order == 0 && !after)) {
            best = n;
            n = n->left;
        } else {
            n = n->right;
        }
    }
    return give(best, found);
}

void *store_map_before(const struct map *m, const struct map_key *k, struct map_key *found)
{
    const struct node *n = m->root, *best = NULL;

    while (n != NULL) {
        if (compare(&n->key, k) < 0) {
            best = n;
            n = n->right;
        } else {
            n = n->left;
        }
    }
    return give(best, found);
}

void *store_map_last(const struct map *m, struct map_key *found)
{
    const struct node *n = m->root;

    while (n != NULL && n->right != NULL)
        n = n->right;
    return give(n, found);
}

/* ---- changing ---- */

static uint32_t next_random(struct map *m)
{
    m->random ^= m->random << 13;
    m->random ^= m->random >> 17;
    m->random ^= m->random << 5;
    return m->random;
}

static struct node *turn_right(struct node *n)
{
    struct node *up = n->left;

    n->left = up->right;
    up->right = n;
    return up;
}

static struct node *turn_left(struct node *n)
{
    struct node *up = n->right;

    n->right = up->left;
    up->left = n;
    return up;
}

static struct node *insert(struct node *n, struct node *fresh)
{
    if (n == NULL)
        return fresh;
    if (compare(&fresh->key, &n->key) < 0) {
        n->left = insert(n->left, fresh);
        return n->left->rank > n->rank ? turn_right(n) : n;
    }
    n->right = insert(n->right, fresh);
    return n->right->rank > n->rank ? turn_left(n) : n;
}

static struct node *join(struct node *left, struct node *right)
{
    if (left == NULL || right == NULL)
        return left == NULL ? right : left;
    if (left->rank > right->rank) {
        left->right = join(left->right, right);
        return left;
    }
    right->left = join(left, right->left);
    return right;
}

/* Without a journal. A NULL value removes. Returns what was there. False in *ok: out of memory. */
static void *replace(struct map *m, const struct map_key *k, void *value, bool *ok)
{
    struct node **at = &m->root, *n;
    void *old;

    *ok = true;
    while (*at != NULL && compare(k, &(*at)->key) != 0)
        at = compare(k, &(*at)->key) < 0 ? &(*at)->left : &(*at)->right;
    n = *at;
    if (n == NULL && value == NULL)
        return NULL;
    if (n == NULL) {
        n = calloc(1, offsetof(struct node, key) + key_size(k));
        *ok = n != NULL;
        if (n == NULL)
            return NULL;
        n->rank = next_random(m);
        n->value = value;
        copy_key(&n->key, k);
        m->root = insert(m->root, n);
        m->count++;
        return NULL;
    }
    old = n->value;
    n->value = value;
    if (value == NULL) {
        *at = join(n->left, n->right);
        free(n);
        m->count--;
    }
    return old;
}

static bool change(struct map *m, const struct map_key *k, void *value, struct journal *j)
{
    struct change *c = malloc(offsetof(struct change, key) + key_size(k));
    bool ok = c != NULL;

    if (ok)
        c->old = replace(m, k, value, &ok);
    if (!ok) {
        free(c);
        return false;
    }
    c->map = m;
    copy_key(&c->key, k);
    c->before = j->last;
    j->last = c;
    return true;
}

bool store_map_put(struct map *m, const struct map_key *k, void *value, struct journal *j)
{
    if (value == NULL)
        return false;
    if (change(m, k, value, j))
        return true;
    drop(m, value);
    return false;
}

bool store_map_remove(struct map *m, const struct map_key *k, struct journal *j)
{
    return find(m, k) == NULL || change(m, k, NULL, j);
}

void store_journal_keep(struct journal *j)
{
    while (j->last != NULL) {
        struct change *c = j->last;

        j->last = c->before;
        drop(c->map, c->old);
        free(c);
    }
}

void store_journal_undo(struct journal *j)
{
    while (j->last != NULL) {
        struct change *c = j->last;
        bool ok;

        j->last = c->before;
        drop(c->map, replace(c->map, &c->key, c->old, &ok));
        if (!ok)
            abort();                   /* half undone is worse than ended; only a removed row can need memory here */
        free(c);
    }
}

/* ---- keys ---- */

static void add_int(struct map_key *k, int64_t v)
{
    uint64_t u = (uint64_t)v ^ 1ULL << 63;         /* negative ones first */

    for (int shift = 56; shift >= 0; shift -= 8)
        k->bytes[k->len++] = (uint8_t)(u >> shift);
}

static void add_bytes(struct map_key *k, const void *data, size_t len)
{
    assert(len <= MAP_KEY_MAX - k->len);
    memcpy(k->bytes + k->len, data, len);
    k->len += len;
}

struct map_key store_map_key1(int64_t a)
{
    struct map_key k = { .len = 0 };

    add_int(&k, a);
    return k;
}

struct map_key store_map_key2(int64_t a, int64_t b)
{
    struct map_key k = store_map_key1(a);

    add_int(&k, b);
    return k;
}

struct map_key store_map_key3(int64_t a, int64_t b, const char *name)
{
    struct map_key k = store_map_key2(a, b);

    add_bytes(&k, name, strlen(name));
    return k;
}

struct map_key store_map_key_named(int64_t a, const char *name)
{
    struct map_key k = store_map_key1(a);

    add_bytes(&k, name, strlen(name));
    return k;
}

struct map_key store_map_key_bytes(const void *data, size_t len)
{
    struct map_key k = { .len = 0 };

    add_bytes(&k, data, len);
    return k;
}

int64_t store_map_key_int(const struct map_key *k, size_t which)
{
    uint64_t u = 0;

    assert(8 * which + 8 <= k->len);
    for (size_t i = 0; i < 8; i++)
        u = u << 8 | k->bytes[8 * which + i];
    return (int64_t)(u ^ 1ULL << 63);
}
