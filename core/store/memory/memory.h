/*
 * memory - the driver for tests and `.chat` runs: the same rules on ordered maps, gone when it closes.
 *
 *   map.c      ordered maps of byte keys, with a journal so that a group can be undone
 *   driver.c   transactions, opening, the table           people.c  aliases, conversations, states
 *   inbox.c    events                                     outbox.c  messages
 *   work.c     calls and timers                           keep.c    parked bodies, retention, figures
 *
 * Tables and indexes are those of sqlite/001_base.sql. An index holds ids as values.
 */
#ifndef STORE_MEMORY_H
#define STORE_MEMORY_H

#include "../private.h"

/* ---- map.c ---- */

enum { MAP_KEY_MAX = 96 };             /* two numbers and a timer's name */

struct map_key {
    size_t  len;
    uint8_t bytes[MAP_KEY_MAX];
};

struct map;
struct change;

struct journal { struct change *last; };   /* what one transaction has replaced, newest first */

struct map *store_map_new(bool owns_values);     /* owned values are freed with free(). NULL: out of memory */
void        store_map_free(struct map *m);
size_t      store_map_count(const struct map *m);
void       *store_map_get(const struct map *m, const struct map_key *k);
/* The first value at or after `k` (after it, when `after`); NULL at the end. `found`, its key, may be NULL. */
void       *store_map_from(const struct map *m, const struct map_key *k, bool after, struct map_key *found);
void       *store_map_last(const struct map *m, struct map_key *found);
void       *store_map_before(const struct map *m, const struct map_key *k, struct map_key *found);   /* the last below `k` */
/* Takes `value`. False: out of memory (also when `value` is NULL), and the value is freed. */
bool        store_map_put(struct map *m, const struct map_key *k, void *value, struct journal *j);
bool        store_map_remove(struct map *m, const struct map_key *k, struct journal *j);   /* fine when there is none */
void        store_journal_keep(struct journal *j);
void        store_journal_undo(struct journal *j);

/* Keys sort as their numbers do. */
struct map_key store_map_key1(int64_t a);
struct map_key store_map_key2(int64_t a, int64_t b);
struct map_key store_map_key3(int64_t a, int64_t b, const char *name);
struct map_key store_map_key_bytes(const void *data, size_t len);
struct map_key store_map_key_named(int64_t a, const char *name);
int64_t        store_map_key_int(const struct map_key *k, size_t which);    /* the which-th number */

/* ids as values */
static inline void *value_of(int64_t id) { return (void *)(intptr_t)id; }
static inline int64_t id_of(const void *value) { return (int64_t)(intptr_t)value; }

/* ---- rows: one allocation each, never changed, only replaced ---- */

struct person {
    struct conv_row r;                 /* in_seq and unhandled heard_ms are looked up */
    uint64_t        generation;
    int64_t         failures, created_ms;
    char            flow[65], step[65];
    char            text[];
};

struct event    { struct inbox_row r; uint8_t key[STORE_KEY_BYTES]; char text[]; };
struct sending  { struct outbox_row r; char text[]; };
struct calling  { struct call_row r; char text[]; };
struct timing   { struct timer_row r; int64_t out_id; char text[]; };
struct parking  { struct parked_row r; uint8_t key[STORE_KEY_BYTES]; char text[]; };
struct kept     { size_t len; char bytes[]; };
struct archived { int64_t at_ms, conv, keeper; char flow[65], step[65]; size_t len; char state[]; };

struct memory {
    struct map *secrets;               /* name -> 32 bytes */
    struct map *aliases;               /* hash -> conversation */
    struct map *people;                /* id -> person */
    struct map *merged;                /* keeper, conversation */
    struct map *states;                /* conversation -> kept */
    struct map *archive;               /* id -> archived */
    struct map *inbox;                 /* id -> event */
    struct map *places, *todo;         /* conversation, seq -> id */
    struct map *keys;                  /* key -> id */
    struct map *outbox;                /* id -> sending */
    struct map *open_sends;            /* conversation, id -> id */
    struct map *wamids;                /* hash, id -> id */
    struct map *calls;                 /* id -> calling */
    struct map *open_calls;            /* conversation, id -> id */
    struct map *timers;                /* conversation, name -> timing */
    struct map *due;                   /* time, conversation, name -> conversation */
    struct map *waits;                 /* outbox id, conversation, name -> conversation */
    struct map *parked;                /* id -> parking */
    struct map *parked_keys;           /* key -> id */
    struct journal journal;
    int64_t        epoch[STORE_PARTITIONS];
    bool           full;               /* for tests: commits as on a full disk */
};

static inline struct memory *memory_of(struct store *s) { return s->db; }

bool    memory_put(struct store *s, struct map *m, struct map_key k, void *value);   /* false: trouble */
bool    memory_remove(struct store *s, struct map *m, struct map_key k);
int64_t memory_next_id(const struct map *m);

/* A row's memory: the struct, then its texts. `lay` copies one behind the others; NULL stays NULL. */
size_t      memory_len(const char *text);
const char *memory_lay(char **at, const char *text);
struct blob memory_lay_blob(char **at, struct blob b);

/* ---- signatures as in driver.h ---- */

bool memory_alias_find(struct store *s, const uint8_t hash[STORE_KEY_BYTES], int64_t *conv);
bool memory_alias_put(struct store *s, const uint8_t hash[STORE_KEY_BYTES], int64_t conv);
bool memory_alias_drop(struct store *s, const uint8_t hash[STORE_KEY_BYTES]);
bool memory_conv_find(struct store *s, int64_t id, each_conv each, void *ctx);
bool memory_conv_add(struct store *s, const struct conv_row *row, int64_t now_ms, int64_t *id);
bool memory_conv_identity(struct store *s, int64_t id, const char *phone, const char *bsuid, const char *name);
bool memory_conv_turn(struct store *s, const struct store_turn *t, int64_t heard_ms, int64_t epoch, bool *won);
bool memory_conv_merge(struct store *s, int64_t loser, int64_t keeper, int64_t heard_ms, int64_t now_ms);
bool memory_conv_merged(struct store *s, int64_t keeper, each_conv each, void *ctx);
bool memory_conv_hold(struct store *s, int64_t id, int64_t since_ms, int64_t until_ms);
bool memory_conv_held(struct store *s, int64_t now_ms, size_t limit, each_conv each, void *ctx);
bool memory_state_find(struct store *s, int64_t conv, each_state each, void *ctx);

bool memory_inbox_seen(struct store *s, const uint8_t key[STORE_KEY_BYTES], int64_t *conv, uint64_t *seq);
bool memory_inbox_add(struct store *s, const struct inbox_row *row, int64_t *id);
bool memory_inbox_handled(struct store *s, const struct inbox_row *row);
bool memory_inbox_next(struct store *s, int64_t conv, uint64_t seq, size_t limit, each_inbox each, void *ctx);
bool memory_inbox_todo(struct store *s, int64_t conv, uint64_t seq, each_inbox each, void *ctx);
bool memory_inbox_move(struct store *s, int64_t loser, const struct conv_row *keeper, size_t *count);
bool memory_inbox_story(struct store *s, int64_t conv, uint64_t seq, size_t limit, each_inbox each, void *ctx);
bool memory_inbox_forget_key(struct store *s, int64_t id, bool *had);
bool memory_inbox_drop(struct store *s, int64_t id);
void memory_inbox_last(struct store *s, int64_t conv, uint64_t *seq, int64_t *heard_ms);    /* the highest, and of the unhandled */

bool memory_outbox_add(struct store *s, int64_t conv, uint64_t seq, const struct store_send *send, int64_t now_ms, int64_t *id);
bool memory_outbox_mark(struct store *s, const struct store_mark *m, bool *won);
bool memory_outbox_find(struct store *s, int64_t id, each_outbox each, void *ctx);
bool memory_outbox_wamid(struct store *s, const char *wamid, each_outbox each, void *ctx);
bool memory_outbox_change(struct store *s, const struct outbox_change *change);
bool memory_outbox_open(struct store *s, each_outbox each, void *ctx);
bool memory_outbox_doubt(struct store *s);
bool memory_outbox_give(struct store *s, int64_t loser, int64_t keeper);
bool memory_outbox_drop(struct store *s, int64_t id);

bool memory_call_add(struct store *s, const struct call_row *row, int64_t *id);
bool memory_call_mark(struct store *s, const struct store_call_mark *m, bool *won);
bool memory_call_done(struct store *s, int64_t id, int64_t now_ms, int64_t *conv, bool *sealed);
bool memory_call_find(struct store *s, int64_t id, each_call each, void *ctx);
bool memory_call_open(struct store *s, each_call each, void *ctx);
bool memory_call_give(struct store *s, int64_t loser, int64_t keeper);
bool memory_timer_set(struct store *s, int64_t conv, const char *name, uint64_t guard, int64_t due_ms, int64_t out_id);
bool memory_timer_drop(struct store *s, int64_t conv, const char *name);
bool memory_timer_drop_all(struct store *s, int64_t conv);
bool memory_timer_start(struct store *s, int64_t out_id, int64_t now_ms, int64_t *earliest_ms);
bool memory_timer_first(struct store *s, int64_t now_ms, each_timer each, void *ctx);
bool memory_timer_next(struct store *s, int64_t *due_ms);

bool memory_park(struct store *s, const struct store_park *p, bool *fresh);
bool memory_parked(struct store *s, size_t limit, each_parked each, void *ctx);
bool memory_sweep(struct store *s, enum swept table, int64_t *at, int64_t before_ms, size_t limit, size_t *deleted);
bool memory_figures(struct store *s, struct figures *out);
bool memory_places(struct store *s, int64_t *after, size_t limit, each_place each, void *ctx);

#endif
