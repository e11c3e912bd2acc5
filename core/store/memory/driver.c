#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/crypto.h"
#include "memory.h"

bool memory_put(struct store *s, struct map *m, struct map_key k, void *value)
{
    return store_map_put(m, &k, value, &memory_of(s)->journal) || store_trouble(s, TROUBLE_BROKEN, "out of memory");
}

bool memory_remove(struct store *s, struct map *m, struct map_key k)
{
    return store_map_remove(m, &k, &memory_of(s)->journal) || store_trouble(s, TROUBLE_BROKEN, "out of memory");
}

int64_t memory_next_id(const struct map *m)
{
    struct map_key last;

    return store_map_last(m, &last) == NULL ? 1 : store_map_key_int(&last, 0) + 1;
}

size_t memory_len(const char *text) { return text == NULL ? 0 : strlen(text) + 1; }

const char *memory_lay(char **at, const char *text)
{
    size_t len = memory_len(text);
    char *to = *at;

    if (text == NULL)
        return NULL;
    memcpy(to, text, len);
    *at += len;
    return to;
}

struct blob memory_lay_blob(char **at, struct blob b)
{
    struct blob to = { *at, b.len };

    if (b.len > 0)
        memcpy(*at, b.data, b.len);
    (*at)[b.len] = '\0';
    *at += b.len + 1;
    return to;
}

/* ---- transactions ---- */

static bool begin(struct store *s)
{
    assert(memory_of(s)->journal.last == NULL);
    return true;
}

static bool commit(struct store *s)
{
    if (memory_of(s)->full)
        return store_trouble(s, TROUBLE_FULL, "no space is left");
    store_journal_keep(&memory_of(s)->journal);
    return true;
}

static void rollback(struct store *s) { store_journal_undo(&memory_of(s)->journal); }

static bool tidy(struct store *s, struct store_counts *counts)
{
    (void)s;
    (void)counts;
    return true;
}

static bool secret(struct store *s, const char *name, uint8_t out[32])
{
    struct map_key k = store_map_key_bytes(name, strlen(name));
    const void *found = store_map_get(memory_of(s)->secrets, &k);

    if (found == NULL)
        return false;
    memcpy(out, found, 32);
    return true;
}

/* Not undone with a group: an epoch that has risen once too often fences nobody who should not be. */
static bool epochs(struct store *s, bool take_over, int64_t epoch[STORE_PARTITIONS])
{
    struct memory *db = memory_of(s);

    for (int i = 0; i < STORE_PARTITIONS; i++)
        epoch[i] = db->epoch[i] += take_over;
    return true;
}

/* ---- life ---- */

#define MAP(name, owns) { offsetof(struct memory, name), owns }

static const struct { size_t offset; bool owns; } MAPS[] = {
    MAP(secrets, true),     MAP(aliases, false), MAP(people, true),     MAP(merged, false),    MAP(states, true),
    MAP(archive, true),     MAP(inbox, true),    MAP(places, false),    MAP(todo, false),      MAP(keys, false),
    MAP(outbox, true),      MAP(wamids, false),  MAP(open_sends, false), MAP(calls, true),     MAP(open_calls, false),
    MAP(timers, true),      MAP(due, false),     MAP(waits, false),     MAP(parked, true),     MAP(parked_keys, false),
};
enum { MAP_COUNT = sizeof MAPS / sizeof MAPS[0] };

static struct map **map_at(struct memory *db, size_t i) { return (struct map **)(void *)((char *)db + MAPS[i].offset); }

static void discard(struct memory *db)
{
    store_journal_undo(&db->journal);
    for (size_t i = 0; i < MAP_COUNT; i++)
        store_map_free(*map_at(db, i));
    free(db);
}

static void close_memory(struct store *s) { discard(memory_of(s)); }

static bool make_secrets(struct memory *db)
{
    static const char *const names[] = { "alias", "button", "install", "seal" };
    struct map_key k;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct secret { uint8_t bytes[32]; } *secret = malloc(sizeof *secret);

        if (secret == NULL)
            return false;
        crypto_random(secret, sizeof *secret);
        k = store_map_key_bytes(names[i], strlen(names[i]));
        if (!store_map_put(db->secrets, &k, secret, &db->journal))
            return false;
    }
    store_journal_keep(&db->journal);
    return true;
}

static const struct driver memory_driver = {
    .close = close_memory,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .tidy = tidy,
    .secret = secret,
    .epochs = epochs,
    .alias_find = memory_alias_find,
    .alias_put = memory_alias_put,
    .alias_drop = memory_alias_drop,
    .conv_find = memory_conv_find,
    .conv_add = memory_conv_add,
    .conv_identity = memory_conv_identity,
    .conv_turn = memory_conv_turn,
    .conv_merge = memory_conv_merge,
    .conv_merged = memory_conv_merged,
    .conv_hold = memory_conv_hold,
    .conv_held = memory_conv_held,
    .state_find = memory_state_find,
    .inbox_seen = memory_inbox_seen,
    .inbox_add = memory_inbox_add,
    .inbox_handled = memory_inbox_handled,
    .inbox_next = memory_inbox_next,
    .inbox_todo = memory_inbox_todo,
    .inbox_move = memory_inbox_move,
    .inbox_story = memory_inbox_story,
    .outbox_add = memory_outbox_add,
    .outbox_mark = memory_outbox_mark,
    .outbox_find = memory_outbox_find,
    .outbox_wamid = memory_outbox_wamid,
    .outbox_change = memory_outbox_change,
    .outbox_open = memory_outbox_open,
    .outbox_doubt = memory_outbox_doubt,
    .call_add = memory_call_add,
    .call_mark = memory_call_mark,
    .call_done = memory_call_done,
    .call_find = memory_call_find,
    .call_open = memory_call_open,
    .timer_set = memory_timer_set,
    .timer_drop = memory_timer_drop,
    .timer_start = memory_timer_start,
    .timer_first = memory_timer_first,
    .timer_next = memory_timer_next,
    .park = memory_park,
    .parked = memory_parked,
    .sweep = memory_sweep,
    .figures = memory_figures,
    .places = memory_places,
};

struct store *store_open_memory(const struct store_options *options, struct error *err)
{
    struct memory *db = calloc(1, sizeof *db);
    bool ok = db != NULL;

    for (size_t i = 0; ok && i < MAP_COUNT; i++) {
        *map_at(db, i) = store_map_new(MAPS[i].owns);
        ok = *map_at(db, i) != NULL;
    }
    if (ok && make_secrets(db))
        return store_make(&memory_driver, db, options, err);
    if (db != NULL)
        discard(db);
    error_set(err, "store: out of memory");
    return NULL;
}
