/*
 * store - the durable state, behind one interface shaped by partitions and epochs.
 *
 * Work is submitted as items (struct store_op, owned by the submitter until its `done` is called). store_step() takes
 * whatever is queued, runs it in one transaction, commits (fsync), and then calls hooks and `done`s. An item decides before
 * it writes, so a lost one has nothing to undo. There is no timer: a group is what came in while the last one was being
 * synced. One thread calls store_step() and everything that reads or writes the file happens there; `done` and the hooks run
 * on that thread too, after the commit. store_submit() may be called from any thread.
 *
 * Rules that every driver keeps (tests/unit/store/contract.c):
 *   - an event key is accepted once (kept STORE_SEEN_MS); its event gets the next dense number (seq) of its conversation;
 *   - a turn commits only if the conversation's done_seq is seq - 1 and the partition's epoch is ours; else STORE_LOST and
 *     nothing of that item remains; other items of the group are not touched;
 *   - hooks see only what is durable, and everything durable that needs work is seen by a hook: after its commit, or again
 *     after store_recover().
 */
#ifndef LISOLO_STORE_H
#define LISOLO_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lisolo/base/clock.h"
#include "lisolo/base/error.h"
#include "lisolo/base/json.h"
#include "lisolo/base/queue.h"

enum {
    STORE_KEY_BYTES  = 16,
    STORE_PARTITIONS = 256,          /* fixed when a store is made: part = conversation id % 256 */
    STORE_STATE_MAX  = 32 * 1024,    /* bytes of a conversation's state; decisions.md */
};
#define STORE_SEEN_MS (8LL * 24 * 3600 * 1000)   /* Meta retries for 7 days: whatsapp.md §1.4 */

struct store;

struct blob {                /* borrowed bytes; {NULL, 0} is "none" */
    const void *data;
    size_t      len;
};

/* ---- the person and the conversation ---- */

struct store_person {        /* borrowed; any string may be NULL */
    int64_t     conv;        /* the conversation's id; people and conversations are one to one for each business number */
    const char *number;      /* business number id (phone_number_id) they talk to */
    const char *phone;       /* E.164 with + */
    const char *bsuid;
    const char *name;        /* profile name: untrusted text */
    int64_t     heard_ms;    /* their last message, 0 never: the 24-hour window starts there */
    int64_t     held_until_ms;   /* the conversation is with staff until then at the latest; 0: the bot has it */
};

/* ---- items that come in ---- */

enum store_item_kind { STORE_EVENT, STORE_STATUS };
/* A status: it moved its row, it said nothing new, there is no such row. An event that names nobody is NO_ROW too. */
enum store_verdict   { STORE_NEW, STORE_DUPLICATE, STORE_NO_ROW };

/* Outbox ranks: a status only ever moves a row up. `failed` applies only below delivered (delivered beats failed). */
enum store_rank { RANK_NONE, RANK_SENT, RANK_DELIVERED, RANK_READ, RANK_PLAYED };

struct store_item {
    enum store_item_kind kind;

    /* EVENT */
    uint8_t     key[STORE_KEY_BYTES];   /* dedupe; see store_key() */
    const char *route;       /* not NULL: a routing conversation of this name ("source\x1fsubject") instead of a person */
    const char *number;      /* business number id; NULL for a route */
    const char *phone;       /* aliases: at least one of the two for a person */
    const char *bsuid;
    const char *old_phone;   /* the person changed it: this alias moves to `phone`; else NULL */
    const char *old_bsuid;
    const char *name;
    struct blob body;        /* event JSON */
    int64_t     at_ms;       /* the event's own time */
    bool        from_person; /* sets heard_ms */

    /* STATUS */
    int64_t     out_id;      /* from the callback string; 0: look for the wamid */
    int         attempt;
    const char *wamid;
    enum store_rank rank;
    bool        failed;
    int         error_code;
    const char *status_json; /* kept on the row for `why`; NULL */

    /* filled in before `done` */
    enum store_verdict verdict;
    int64_t     conv;
    uint64_t    seq;
};

/* "wa", number, wamid -> the 16 bytes of a SHA-256. Any parts, joined with \x1f. NULL ends. */
void store_key(uint8_t key[STORE_KEY_BYTES], const char *first, ...) __attribute__((sentinel));

/* ---- what a turn leaves behind ---- */

enum store_class { CLASS_REPLY, CLASS_NOTIFICATION, CLASS_CAMPAIGN };

/* Outbox states are ordered: below OUT_ACCEPTED the row still needs work (the partial index is `state < 4`). */
enum out_state { OUT_READY, OUT_SENDING, OUT_UNKNOWN, OUT_HELD, OUT_ACCEPTED, OUT_FAILED, OUT_EXPIRED, OUT_DROPPED };

struct store_send {          /* one row = one API call */
    enum store_class class;
    struct blob body;        /* {"free": message, "template": message…} JSON */
    int64_t     due_ms;      /* not before */
    int64_t     expires_ms;
    char        source[160]; /* message id and script place, for `why` */
};

enum call_state { CALL_READY, CALL_RUNNING, CALL_DONE };

struct store_call {
    char        step[65];
    char        method[8];
    const char *path;        /* below the backend's base URL, query included */
    struct blob body;        /* JSON or none */
    char        key[65];     /* idempotency key */
    int         timeout_ms;
    uint64_t    guard;       /* the turn's number: copied into the answer */
    const char *auth;        /* the person's own token, sealed at rest; NULL: the service's */
    bool        seal;        /* body and answer hold a secret: sealed at rest, and gone once they are used */
    int         pages;       /* GET: so many pages of a list may be read; 0: what comes */
};

struct store_timer {         /* one row for each (conversation, name); setting replaces, due_ms 0 removes */
    char        name[65];
    uint64_t    guard;       /* turn number; a handler ignores a timer whose guard is old */
    int64_t     due_ms;      /* absolute; when `after_send` it is a delay that starts when this turn's last row is accepted or given up */
    bool        after_send;
};

/* ---- operations ---- */

enum store_op_kind {
    STORE_INGEST, STORE_TURN, STORE_MARK, STORE_CALL_MARK, STORE_ANSWER, STORE_FIRE, STORE_LOAD, STORE_PARK, STORE_SWEEP, STORE_QUERY,
    STORE_HOLD,
};

enum store_result {
    STORE_OK,
    STORE_LOST,      /* compare-and-set failed: somebody else did it, or the row moved on */
    STORE_NO_SPACE,  /* INGEST, PARK and HOLD only: the disk is full and nothing remains; try again later. The host's own items wait
                        in the store and are tried again until there is space */
    STORE_REFUSED,   /* the store is closing */
};

struct store_op {
    struct queue_item  item;      /* first; item.bytes is set by store_submit() for INGEST, PARK */
    enum store_op_kind kind;
    enum store_result  result;
    void (*done)(struct store_op *op);   /* may free op */
    void              *ctx;              /* the submitter's */
};

/* A webhook POST, or anything else that enters. All items or none. */
struct store_ingest {
    struct store_op    op;
    struct store_item *items;
    size_t             count;
    int64_t            now_ms;
};

/* What a turn does to who speaks with the person: nothing, gives them to staff, takes them back. */
enum store_hold_change { HOLD_SAME, HOLD_TAKE, HOLD_BACK };

/*
 * The commit of one turn. While the conversation is with staff its replies and campaigns are written as OUT_DROPPED, with the
 * note "with staff"; notifications leave. What counts is who had it before this turn, except that HOLD_BACK counts at once:
 * so the words of the turn that hands over leave, and so do those of the one that takes back. HOLD_BACK takes back what the turn
 * saw and nothing else: when somebody of the house has taken the conversation meanwhile, it stays with them.
 */
struct store_turn {
    struct store_op    op;
    int64_t            conv;
    uint64_t           seq;          /* the event that was handled */
    struct blob        state;        /* new state JSON; len 0: conversation without state */
    char               flow[65];     /* plain columns for reload plans and status; "" none */
    char               step[65];
    bool               failed;       /* the turn ended in a script failure (counted, `why` shows `note`) */
    const char        *note;         /* script place and what happened, for `why`; NULL */
    bool               secret_next;  /* a secret is awaited: what the person writes until the next turn is sealed at rest */
    bool               wipe;         /* the event held a secret: its body goes in this commit, as that of a sealed one always does */
    uint64_t           generation;
    int64_t            now_ms;
    struct store_send *sends;        size_t send_count;
    struct store_call *calls;        size_t call_count;
    struct store_timer *timers;      size_t timer_count;
    struct store_item *notices;      size_t notice_count;   /* events for other people (STORE_EVENT) */
    struct store_person to;          /* handed to the send hook with the new rows; not stored */
    enum store_hold_change hold;
    int64_t            held_until_ms;   /* of HOLD_TAKE; of HOLD_BACK the one that the turn saw */
};

/* An outbox row changes state: compare-and-set on (from, attempt). */
struct store_mark {
    struct store_op op;
    int64_t         out_id;
    enum out_state  from, to;
    int             attempt;         /* for READY -> SENDING the new attempt's number, else the row's */
    int64_t         due_ms;          /* for -> READY: not before */
    const char     *wamid;           /* for -> ACCEPTED */
    int             error_code;
    const char     *note;            /* API answer or reason, kept for `why`; NULL keeps the old one */
    int64_t         now_ms;
};

struct store_call_mark {             /* READY -> RUNNING before it is sent; RUNNING -> READY to try again */
    struct store_op op;
    int64_t         call_id;
    enum call_state from, to;
    int             attempt;
    int64_t         due_ms;
    int64_t         now_ms;
};

struct store_answer {                /* RUNNING -> DONE and the answer event, in one commit; twice is STORE_LOST */
    struct store_op op;
    int64_t         call_id;
    struct blob     body;            /* event JSON (EVENT_ANSWER) */
    int64_t         now_ms;
};

struct store_fire {                  /* due timers become events */
    struct store_op op;
    int64_t         now_ms;
    size_t          limit;           /* at most so many; see `more` */
    size_t          fired;           /* result */
    bool            more;            /* result: others are due already */
    int64_t         next_due_ms;     /* result: the earliest that is left, INT64_MAX none */
};

/* A cold conversation: its state and its next events. Delivered through hooks.event with state, in order. */
struct store_load {
    struct store_op op;
    int64_t         conv;
    size_t          limit;           /* at most so many events */
    size_t          found;           /* result */
    bool            more;            /* result */
};

/* A signed body that could not be read: kept for an operator. */
struct store_park {
    struct store_op op;
    uint8_t         key[STORE_KEY_BYTES];   /* twice is one row */
    const char     *source;
    const char     *reason;
    struct blob     body;
    int64_t         now_ms;
    bool            fresh;           /* result: not seen before */
};

/* One slice of retention: at most 500 rows; op.result OK. */
struct store_sweep {
    struct store_op op;
    int64_t         now_ms;
    size_t          deleted;         /* result: 0 when there is nothing left to do */
};

/* Staff takes a conversation, or gives it back. The person's conversation gets an event of it: {"kind":"staff","outcome":"take"}
 * or "back". LOST: nobody is known by that name (conv 0), or it is so already. */
struct store_hold {
    struct store_op op;
    const char     *subject;         /* conversation id "12" or phone "+242…" */
    const char     *number;          /* business number of the phone */
    bool            take;
    int64_t         until_ms;        /* of take */
    int64_t         now_ms;
    int64_t         conv;            /* result */
};

enum store_question {
    ASK_STATUS,    /* counts: conversations, unhandled, outbox by state, timers, calls, parked, file and WAL bytes, by flow and step */
    ASK_WHY,       /* the joined story of a person or a message: events, turns, rows, answers, statuses */
    ASK_PARKED,
    ASK_PERSON,    /* what is kept about one person: conversation, phone, name, heard_ms, state; `subject`: phone */
    ASK_HELD,      /* who is with staff, the longest first: since when, until when, their last words */
};

/* Reads for operators; runs between groups. `answer` is the submitter's to cJSON_Delete(). */
struct store_query {
    struct store_op     op;
    enum store_question question;
    const char         *subject;     /* WHY: wamid, callback string, outbox id "#12", conversation id "12", phone "+242…" */
    const char         *number;
    size_t              limit;
    bool                numbers;     /* HELD: telephone numbers in full, not masked */
    cJSON              *answer;      /* result; NULL when nothing was found */
};

/* ---- hooks: what is durable now and needs work ---- */

struct store_event {
    int64_t     conv;
    uint64_t    seq;
    struct blob body;                /* event JSON */
    bool        has_state;           /* done_seq == seq - 1, so this is the state to start from */
    struct blob state;
    int64_t     state_now_ms;        /* `now` of the last turn: within a conversation time never goes back */
    uint64_t    done_seq;
    const struct store_person *person;   /* NULL for a routing conversation */
    int64_t     committed_ms;
};

struct store_send_row {
    int64_t          id;
    int64_t          conv;
    uint64_t         seq;            /* of the turn */
    enum store_class class;
    enum out_state   state;          /* READY after a commit; whatever it was after store_recover() */
    int              attempt;        /* tries so far */
    int64_t          due_ms, expires_ms, sent_ms;
    struct blob      body;
    const char      *number, *phone, *bsuid;
    int64_t          heard_ms;       /* the person's last message */
};

struct store_call_row {
    int64_t          id;
    int64_t          conv;
    enum call_state  state;
    int              attempt;
    int64_t          due_ms;
    int              timeout_ms;
    uint64_t         guard;
    const char      *step, *method, *path, *key;
    const char      *auth;           /* NULL: none */
    int              pages;
    struct blob      body;
};

struct store_status {                /* a status moved a row */
    int64_t          out_id, conv;
    int              attempt;        /* that the status names; 0 unknown */
    const char      *wamid;
    enum out_state   state;          /* of the row now: a late `unknown` is ACCEPTED by its status */
    enum store_rank  rank;
    bool             failed;
    int              error_code;
    bool             duplicate;      /* a second wamid for one row: the provider sent it twice */
};

/* All are called on the store's thread with borrowed data. Any may be NULL. */
struct store_hooks {
    void *ctx;
    void (*event)(void *ctx, const struct store_event *event);
    void (*send)(void *ctx, const struct store_send_row *row);
    void (*call)(void *ctx, const struct store_call_row *row);
    void (*status)(void *ctx, const struct store_status *status);
    void (*timer)(void *ctx, int64_t due_ms);   /* a timer was set that may be earlier than what you knew */
};

/* ---- life ---- */

struct store_options {
    const char         *path;            /* the database file; NULL for the memory driver */
    const struct clock *clock;
    size_t              queue_bytes;     /* INGEST and PARK are refused beyond it; default 32 MiB. The host's own items never are */
    size_t              group_max;       /* items a group; default 256 */
};

struct store_counts {
    uint64_t groups, items, events, duplicates, turns, lost, no_space;
    int64_t  commit_us_last, commit_us_max;
    uint64_t wal_bytes, disk_free_bytes;
};

struct store *store_open_sqlite(const struct store_options *options, struct error *err);
struct store *store_open_memory(const struct store_options *options, struct error *err);   /* tests and `.chat` runs: as strict, gone at close */

/* Before the first store_step(). */
void store_set_hooks(struct store *s, const struct store_hooks *hooks);

/* Takes over all partitions (their epoch rises) and calls the hooks for everything that still needs work: unhandled events
 * (at most the next few of each conversation), outbox rows below OUT_ACCEPTED (`sending` ones as OUT_UNKNOWN: they were in
 * flight), calls not done, the earliest timer. On the store's thread. */
bool store_recover(struct store *s, struct error *err);

/* Any thread. False: the queue is full or the store is closing; the caller keeps the op and `done` is not called. */
bool store_submit(struct store *s, struct store_op *op);

/* Runs one group if something is queued; returns how many items it did in *did. False: a failed write or fsync, or a broken
 * file. Nothing of the group was acknowledged; the process must end now (err says why). */
bool store_step(struct store *s, size_t *did, struct error *err);
/* Waits for work: true when there is some. For the thread that loops over store_step(). */
bool store_wait(struct store *s, int timeout_ms);

void store_counts(struct store *s, struct store_counts *out);   /* any thread */

/* Small secrets that must live as long as the file, made at creation: "button" (MAC key), "alias", "install". "seal", the key of what
 * is sealed, lives in a file of its own beside it (FILE.key). False: no such. */
bool store_secret(struct store *s, const char *name, uint8_t out[32]);      /* before the first step */
const char *store_install_id(const struct store *s);                        /* 8 hex digits */

/* Refuses new items, runs what is queued, checkpoints, closes. */
void store_close(struct store *s);

#endif
