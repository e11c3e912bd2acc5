/*
 * driver - what a database does for the store: row-sized steps, and one transaction at a time.
 *
 * The rules (who wins, what moves, what is announced) are written once, in core/store/, over these steps, so two drivers
 * cannot keep them differently. A rule decides by reading and by one conditional write, and writes the rest only after it
 * has won: so a lost operation has nothing to undo, and only whole groups are ever rolled back.
 *
 * Every function runs on the store's thread. False: store_trouble() has been told what happened and the group is over.
 * Rows and bytes that a callback gets are borrowed for that call. A callback may use other functions of the driver, but not
 * the one that is calling it. A callback that returns false ends the walk (which is no trouble).
 */
#ifndef STORE_DRIVER_H
#define STORE_DRIVER_H

#include "lisolo/store.h"

struct conv_row {
    int64_t     id;
    bool        route;         /* a routing conversation: nobody to talk to */
    int64_t     merged_into;   /* 0: it is itself */
    uint64_t    in_seq;        /* the last number given to an event */
    uint64_t    done_seq;
    int64_t     heard_ms;      /* unhandled events included */
    int64_t     now_ms;        /* of the last turn */
    int64_t     last_event;    /* the row of event in_seq */
    int64_t     held_since_ms; /* with staff since; 0 while the bot has it */
    int64_t     held_until_ms;
    bool        secret_next;   /* what the person writes now is sealed */
    const char *number, *phone, *bsuid, *name;   /* NULL: none */
};

struct inbox_row {
    int64_t        conv;
    uint64_t       seq;
    int64_t        before;     /* the row of the conversation's event before this one: what `why` walks back along */
    const uint8_t *key;        /* NULL: an event of our own, which cannot come twice */
    bool           sealed;     /* key_id 1: `body` is sealed, or empty when it was wiped */
    struct blob    body;
    int64_t        at_ms;
    int64_t        heard_ms;   /* at_ms when the person said it, else 0 */
    int64_t        committed_ms;

    int64_t        handled_ms; /* 0: not yet; the rest is about its turn */
    uint64_t       generation;
    bool           failed;
    bool           wipe;       /* for inbox_handled(): the body goes; that of a sealed row goes in any case */
    const char    *flow, *step, *note;
    int64_t        out_first;  /* the turn's outbox rows have consecutive ids, and so have its calls */
    size_t         out_count;
    int64_t        call_first;
    size_t         call_count;
};

struct outbox_row {
    int64_t          id, conv;
    uint64_t         seq;
    enum store_class class;
    enum out_state   state;
    int              attempt;
    enum store_rank  rank;
    bool             failed;      /* said by a status, after it had been accepted */
    int              error_code;
    int64_t          created_ms, due_ms, expires_ms, sent_ms, done_ms;
    const char      *wamid;
    const char      *twin;        /* a second wamid: the provider sent it twice */
    const char      *source, *note;
    const char      *history;     /* status objects, with commas between */
    struct blob      body;
};

/* What a status changes. */
struct outbox_change {
    int64_t         id;
    enum out_state  state;
    enum store_rank rank;
    bool            failed;
    int             error_code;
    int64_t         done_ms;
    const char     *wamid, *twin;   /* NULL: as it was */
    const char     *entry;          /* appended to the history */
};

struct call_row {
    int64_t         id, conv;
    uint64_t        seq;
    enum call_state state;
    int             attempt, timeout_ms;
    uint64_t        guard;
    int64_t         created_ms, due_ms, done_ms;
    int             pages;
    const char     *step, *method, *path, *key;
    bool            sealed;          /* `body` is sealed */
    struct blob     auth;            /* always sealed; none */
    struct blob     body;
};

struct timer_row {
    int64_t     conv;
    const char *name;
    uint64_t    guard;
    int64_t     due_ms;
};

struct parked_row {
    int64_t     id, at_ms;
    const char *source, *reason;
    struct blob body;
};

struct figures {                   /* ASK_STATUS */
    int64_t conversations, unhandled, timers, calls, parked, merged;
    int64_t out[OUT_ACCEPTED];     /* rows that still need work, by state */
    int64_t file_bytes;
};

/* Tables that retention walks, oldest first. */
enum swept { SWEPT_KEYS, SWEPT_EVENTS, SWEPT_SENDS, SWEPT_CALLS, SWEPT_PARKED, SWEPT_MERGED, SWEPT_TABLES };

typedef bool (*each_conv)(void *ctx, const struct conv_row *row);
typedef bool (*each_inbox)(void *ctx, const struct inbox_row *row);
typedef bool (*each_outbox)(void *ctx, const struct outbox_row *row);
typedef bool (*each_call)(void *ctx, const struct call_row *row);
typedef bool (*each_timer)(void *ctx, const struct timer_row *row);
typedef bool (*each_parked)(void *ctx, const struct parked_row *row);
typedef bool (*each_state)(void *ctx, struct blob state);
typedef bool (*each_place)(void *ctx, const char *flow, const char *step);

struct driver {
    void (*close)(struct store *s);

    /* One transaction at a time. commit() is durable when it returns true; false leaves nothing of it. */
    bool (*begin)(struct store *s);
    bool (*commit)(struct store *s);
    void (*rollback)(struct store *s);
    /* After a group has been answered: work that can wait (checkpoint), figures for store_counts(). */
    bool (*tidy)(struct store *s, struct store_counts *counts);

    bool (*secret)(struct store *s, const char *name, uint8_t out[32]);     /* false: there is no such secret */
    /* With take_over every epoch rises by one first. */
    bool (*epochs)(struct store *s, bool take_over, int64_t epoch[STORE_PARTITIONS]);

    bool (*alias_find)(struct store *s, const uint8_t hash[STORE_KEY_BYTES], int64_t *conv);    /* 0: none */
    bool (*alias_put)(struct store *s, const uint8_t hash[STORE_KEY_BYTES], int64_t conv);
    bool (*alias_drop)(struct store *s, const uint8_t hash[STORE_KEY_BYTES]);

    bool (*conv_find)(struct store *s, int64_t id, each_conv each, void *ctx);
    bool (*conv_add)(struct store *s, const struct conv_row *row, int64_t now_ms, int64_t *id);
    bool (*conv_identity)(struct store *s, int64_t id, const char *phone, const char *bsuid, const char *name);
    /* The compare-and-set of a turn: done_seq is seq - 1, nobody merged it away, and the epoch is ours. Puts the state too. */
    bool (*conv_turn)(struct store *s, const struct store_turn *t, int64_t heard_ms, int64_t epoch, bool *won);
    /* Archives the loser's state, marks it merged, gives its open rows and calls to the keeper, drops its timers. */
    bool (*conv_merge)(struct store *s, int64_t loser, int64_t keeper, int64_t heard_ms, int64_t now_ms);
    bool (*conv_merged)(struct store *s, int64_t keeper, each_conv each, void *ctx);   /* ids only */
    bool (*conv_hold)(struct store *s, int64_t id, int64_t since_ms, int64_t until_ms);   /* 0, 0: the bot has it again */
    /* Held beyond now_ms, the longest first: id, held_since_ms and held_until_ms only. */
    bool (*conv_held)(struct store *s, int64_t now_ms, size_t limit, each_conv each, void *ctx);
    bool (*state_find)(struct store *s, int64_t conv, each_state each, void *ctx);     /* not called when there is none */

    bool (*inbox_seen)(struct store *s, const uint8_t key[STORE_KEY_BYTES], int64_t *conv, uint64_t *seq);  /* conv 0: no */
    bool (*inbox_add)(struct store *s, const struct inbox_row *row, int64_t *id);
    bool (*inbox_handled)(struct store *s, const struct inbox_row *row);
    /* Unhandled events: of one conversation after `seq`; of all, by (conv, seq), after that place. */
    bool (*inbox_next)(struct store *s, int64_t conv, uint64_t seq, size_t limit, each_inbox each, void *ctx);
    bool (*inbox_todo)(struct store *s, int64_t conv, uint64_t seq, each_inbox each, void *ctx);
    /* The loser's unhandled events, in order, become keeper's, after its last one. */
    bool (*inbox_move)(struct store *s, int64_t loser, const struct conv_row *keeper, size_t *count);
    /* The last `limit` events with a number of at most `seq`, newest first, handled or not. */
    bool (*inbox_story)(struct store *s, int64_t conv, uint64_t seq, size_t limit, each_inbox each, void *ctx);

    bool (*outbox_add)(struct store *s, int64_t conv, uint64_t seq, const struct store_send *send, int64_t now_ms, int64_t *id);
    bool (*outbox_mark)(struct store *s, const struct store_mark *m, bool *won);
    bool (*outbox_find)(struct store *s, int64_t id, each_outbox each, void *ctx);
    bool (*outbox_wamid)(struct store *s, const char *wamid, each_outbox each, void *ctx);
    bool (*outbox_change)(struct store *s, const struct outbox_change *change);
    bool (*outbox_open)(struct store *s, each_outbox each, void *ctx);                 /* state < OUT_ACCEPTED, by (conv, id) */
    bool (*outbox_doubt)(struct store *s);                                             /* every SENDING becomes UNKNOWN */

    bool (*call_add)(struct store *s, const struct call_row *row, int64_t *id);
    bool (*call_mark)(struct store *s, const struct store_call_mark *m, bool *won);
    /* Body and token go. conv 0: it was not RUNNING. *sealed: its body was. */
    bool (*call_done)(struct store *s, int64_t id, int64_t now_ms, int64_t *conv, bool *sealed);
    bool (*call_find)(struct store *s, int64_t id, each_call each, void *ctx);
    bool (*call_open)(struct store *s, each_call each, void *ctx);

    /* out_id 0: due_ms is a time; else it is a delay that starts when that row is finished. */
    bool (*timer_set)(struct store *s, int64_t conv, const char *name, uint64_t guard, int64_t due_ms, int64_t out_id);
    bool (*timer_drop)(struct store *s, int64_t conv, const char *name);
    bool (*timer_start)(struct store *s, int64_t out_id, int64_t now_ms, int64_t *earliest_ms);   /* INT64_MAX: none waited */
    bool (*timer_first)(struct store *s, int64_t now_ms, each_timer each, void *ctx);             /* the earliest that is due */
    bool (*timer_next)(struct store *s, int64_t *due_ms);                                         /* INT64_MAX: none */

    bool (*park)(struct store *s, const struct store_park *p, bool *fresh);
    bool (*parked)(struct store *s, size_t limit, each_parked each, void *ctx);        /* newest first */
    /*
     * Looks at no more than `limit` rows after *at (an id; moved) that are older than before_ms, and forgets those that are
     * finished. *at becomes 0 when it came to a younger row or the end. The youngest outbox row and call stay for ever, so
     * that their numbers are never given again.
     */
    bool (*sweep)(struct store *s, enum swept table, int64_t *at, int64_t before_ms, size_t limit, size_t *deleted);
    bool (*figures)(struct store *s, struct figures *out);
    /* Where `limit` conversations after *after (moved; 0 at the end) stand; those without a flow are left out. */
    bool (*places)(struct store *s, int64_t *after, size_t limit, each_place each, void *ctx);
};

#endif
