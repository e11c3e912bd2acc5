/*
 * What the files of the store share. Everything here belongs to the store's thread.
 *
 *   store.c     life: open, submit, wait, close; counts
 *   group.c     one group: reads, the transaction, who is told what
 *   cache.c     conversations and aliases in memory
 *   key.c       hashes
 *   news.c      what the hooks hear after a commit
 *   identity.c  which conversation an event belongs to; merges
 *   ingest.c    events in
 *   status.c    statuses of messages
 *   turn.c      the commit of a turn
 *   hold.c      who is with staff
 *   mark.c      outbox rows and calls change state; answers
 *   timer.c     timers fire
 *   keep.c      parked bodies, retention
 *   seal.c      rows that hold secrets
 *   recover.c   taking over, cold conversations
 *   ask.c       questions of operators;  why.c  the story of a person or a message;  survey.c  counts
 */
#ifndef STORE_PRIVATE_H
#define STORE_PRIVATE_H

#include "driver.h"

enum {
    GROUP_MAX_DEFAULT = 256,           /* reliability.md §3: fsync is 15 % of the cost from 64 on; more only adds latency */
    NO_SPACE_RETRY_MS = 250,
    NEXT_EVENTS       = 16,            /* "the next few" of a conversation at recovery; the engine asks for the rest */
    SWEEP_ROWS        = 500,           /* decisions.md: between two groups, nobody may notice it */
};
#define QUEUE_BYTES_DEFAULT ((size_t)32 << 20)

enum trouble { TROUBLE_NONE, TROUBLE_FULL, TROUBLE_BROKEN };

/* A conversation in memory, with whatever the open transaction has done to it. */
struct conv {
    struct conv_row r;
    struct conv    *next;              /* among those replaced during this group */
    char            text[];
};

enum news_kind { NEWS_EVENT, NEWS_SEND, NEWS_CALL, NEWS_STATUS, NEWS_TIMER };

struct news {
    enum news_kind           kind;
    int64_t                  id;       /* conversation, row or call; time for a timer */
    uint64_t                 seq;
    int64_t                  now_ms;
    struct blob              body;     /* NULL for an event that must be read again */
    char                    *owned;    /* what `body` points to, when the store made it */
    const struct store_turn *turn;
    const void              *what;     /* store_send, store_call */
    struct store_status      status;   /* its wamid is the item's */
};

struct cache;
struct survey;
struct ran;

struct store {
    const struct driver *driver;
    void                *db;           /* the driver's */
    struct store_options o;
    struct store_hooks   hooks;
    struct queue        *queue;
    struct cache        *cache;
    struct survey       *survey;
    struct box          *shown;        /* counts, for other threads */
    struct store_counts  counts;
    int64_t              epoch[STORE_PARTITIONS];
    uint8_t              alias_key[32];
    uint8_t              seal_key[32];
    char                 install[9];

    struct ran          *ran;          /* the operations of the group, with where their news end */
    size_t               ran_count;
    struct news         *news;
    size_t               news_count, news_cap;

    struct queue_item   *held, **held_tail;   /* the host's own operations, waiting for space on the disk */
    int64_t              retry_ms;
    struct queue_item   *dead, **dead_tail;   /* of the group that broke: never acknowledged */

    enum trouble         trouble;
    struct error         why;
    bool                 broken;
    int64_t              sweep_at[SWEPT_TABLES];
};

/* Says what went wrong; returns false. The first trouble of a group is the one that counts. */
bool store_trouble(struct store *s, enum trouble kind, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Makes what the drivers have in common. `db` is closed by driver->close() from now on, also when it returns NULL. */
struct store *store_make(const struct driver *driver, void *db, const struct store_options *options, struct error *err);

/* group.c */
struct ran *store_ran_new(size_t count);
bool store_group(struct store *s, size_t *did);
void store_refuse(struct queue_item *list);

/* survey.c */
struct survey *store_survey_new(void);
void store_survey_free(struct survey *v);
bool store_survey_pending(const struct survey *v);
void store_survey_add(struct survey *v, struct store_query *q);
bool store_survey_step(struct store *s, struct store_op **done);
struct queue_item *store_survey_take(struct survey *v);               /* all that are not answered */

/* cache.c */
struct cache *store_cache_new(void);
void store_cache_free(struct cache *c);
bool store_conv(struct store *s, int64_t id, struct conv **out);      /* *out NULL: no such conversation. Valid until the group ends */
void store_conv_reload(struct store *s, int64_t id);                  /* its row has changed */
void store_cache_settle(struct store *s);                             /* the group is over */
void store_cache_forget(struct store *s);                             /* the group was rolled back */
bool store_alias(struct store *s, const uint8_t hash[STORE_KEY_BYTES], int64_t *conv);
bool store_alias_put(struct store *s, const uint8_t hash[STORE_KEY_BYTES], int64_t conv);
bool store_alias_drop(struct store *s, const uint8_t hash[STORE_KEY_BYTES]);

/* key.c */
void    store_alias_hash(const struct store *s, const char *number, char kind, const char *value, uint8_t out[STORE_KEY_BYTES]);
int64_t store_wamid_hash(const char *wamid);

/* seal.c: the results are the caller's to store_forget(). False: trouble */
bool store_seal(struct store *s, struct blob plain, struct blob *out);
bool store_unseal(struct store *s, struct blob sealed, struct blob *out);   /* none of it when the key is another one */
void store_forget(struct blob *b);                                    /* nothing stays in memory */

/* news.c */
struct news *store_news(struct store *s, enum news_kind kind);        /* NULL: trouble */
void store_news_tell(struct store *s, size_t from, size_t to);        /* calls the hooks */
void store_news_drop(struct store *s);
void store_tell_event(struct store *s, const struct inbox_row *row);  /* calls the hook, with state and person */

/* the rules */
bool store_identify(struct store *s, const struct store_item *it, int64_t now_ms, struct conv **out);
bool store_enter(struct store *s, struct conv *c, const struct inbox_row *event, char *owned, uint64_t *seq);
bool store_take_event(struct store *s, struct store_item *it, int64_t now_ms);
bool store_take_status(struct store *s, struct store_item *it, int64_t now_ms);
bool store_do_ingest(struct store *s, struct store_ingest *in);
bool store_do_turn(struct store *s, struct store_turn *t);
bool store_do_mark(struct store *s, struct store_mark *m);
bool store_do_call_mark(struct store *s, struct store_call_mark *m);
bool store_do_answer(struct store *s, struct store_answer *a);
bool store_do_fire(struct store *s, struct store_fire *f);
bool store_do_park(struct store *s, struct store_park *p);
bool store_do_sweep(struct store *s, struct store_sweep *w);
bool store_do_load(struct store *s, struct store_load *l);
bool store_do_query(struct store *s, struct store_query *q);
bool store_do_hold(struct store *s, struct store_hold *h);
bool store_hold(struct store *s, struct conv *c, int64_t since_ms, int64_t until_ms);   /* 0, 0: the bot has it again */
bool store_is_held(const struct conv *c, int64_t now_ms);
bool store_timers_start(struct store *s, int64_t out_id, int64_t now_ms);   /* the row is finished: what waited for it begins */

#endif
