/*
 * What the files of the sender share. Everything here belongs to the sender's thread, except the queue and the
 * copies made by the hooks.
 *
 *   sender.c   the queue, the step, the options
 *   lane.c     who may send next: one lane a person, ordered by time and class; number and pair buckets
 *   graph.c    one row: mark, post, read the answer, record
 *   doubt.c    rows whose fate is unknown
 *   call.c     backend calls
 *   pages.c    the pages of a list, as one answer
 */
#ifndef SENDER_PRIVATE_H
#define SENDER_PRIVATE_H

#include <stdatomic.h>
#include <stdio.h>

#include "lisolo/base/box.h"
#include "lisolo/base/queue.h"
#include "lisolo/channel.h"
#include "lisolo/sender.h"

enum { CLASSES = 3, PROOF_MAX = 64, PROOF_NEEDED = 5 };

#define UNKNOWN_MIN_MS (60 * 1000)         /* reliability.md §1.4: never before it, whatever the statuses say */
#define LANE_KEEP_MS   (5 * 60 * 1000)     /* a full pair bucket (45 x 6 s) has been refilled by then: the lane may be forgotten */
#define BACKOFF_BASE_MS 1000
#define BACKOFF_CAP_MS (5 * 60 * 1000)
#define STOP_PROBE_MS  (60 * 1000)         /* a stopped number tries one row a minute */

enum note_kind { NOTE_ROW, NOTE_CALL, NOTE_STATUS, NOTE_MARKED, NOTE_CALL_MARKED, NOTE_ANSWERED, NOTE_TOKENS };

/* What travels through the queue: first member of rows, calls and statuses. */
struct note {
    struct queue_item item;
    enum note_kind    kind;
};

enum phase { PHASE_WAITING, PHASE_MARKING, PHASE_POSTING, PHASE_RECORDING, PHASE_UNKNOWN };

struct row {
    struct note       note;
    struct store_mark mark;
    struct sender    *sender;
    struct lane      *lane;
    struct row       *next;            /* in its lane's class, or among the unknown */
    int64_t           id, conv;
    enum store_class  class;
    enum phase        phase;
    int               attempt;
    int64_t           due_ms, expires_ms, started_ms, heard_ms;
    bool              use_template;    /* the API said that the window is closed */
    bool              beside;          /* goes with a part whose template leaves instead of it */
    bool              lane_free;       /* the lane went on before the record was durable */
    unsigned          proof;           /* later rows whose status has been seen, while this one is unknown */
    char              answer_wamid[256];
    char              answer_note[320];
    const char       *number, *phone, *bsuid, *body;   /* in `text` */
    char              text[];
};

struct lane {
    int64_t      conv;
    struct lane *hash_next;
    struct row  *head[CLASSES], *tail[CLASSES];
    struct row  *current;              /* in flight, or unknown and waited for */
    int64_t      not_before_ms;        /* 131056: this person must wait */
    double       pair_tokens;
    int64_t      pair_at_ms;
    int          pair_strikes;
    int64_t      used_ms;
    int64_t      key_ms;               /* when its next row may leave */
    size_t       heap_at;              /* index + 1 in its heap; 0: in none */
    enum store_class heap_class;
};

struct heap { struct lane **list; size_t count, cap; };

struct number {                        /* the business number's own pace */
    double  tokens, rate, rate_max;
    int64_t at_ms;
    int64_t slow_until_ms;             /* after 130429: no growth before */
    int64_t open_until_ms;             /* breaker: nothing leaves before, then one probe */
    int64_t open_ms;
    int     failures;                  /* in a row */
    bool    probing, stopped;
};

/* What has been read of a list with pages. */
struct paging {
    cJSON *first, *items;
    size_t bytes;
    int    count;
    bool   cut;                        /* there was more */
    char  *path;                       /* of the page that is being read; NULL: the first */
};

struct call {
    struct note             note;
    struct store_call_mark  mark;
    struct store_answer     answer;
    struct sender          *sender;
    struct call            *next;
    int64_t                 id, conv, due_ms;
    int                     attempt, timeout_ms, pages;
    struct paging           paging;
    uint64_t                guard;
    char                   *event;     /* the answer event's JSON */
    const char             *step, *method, *path, *key, *auth, *body;   /* auth NULL: the service's own token */
    size_t                  body_len;
    char                    text[];
};

struct status_note {
    struct note    note;
    int64_t        out_id;
    enum out_state state;
    bool           duplicate;
};

struct token_note {
    struct note note;
    char       *graph, *backend;       /* NULL: unchanged */
};

struct sender {
    struct sender_options o;
    char    *graph_base, *graph_version, *number, *install, *backend_base;
    char    *graph_token, *backend_token;
    struct queue *queue;
    struct lane **lanes; size_t lane_slots, lane_count;
    struct heap   heaps[CLASSES];
    struct number pace;
    struct row   *unknown;
    struct { int64_t id; int64_t started_ms; } proof[PROOF_MAX]; size_t proof_next;
    struct call  *calls, **calls_end;  /* waiting for their time, in the order in which they came */
    size_t        in_flight, waiting, calls_in_flight;
    uint64_t      rng;
    bool          draining;
    int64_t       swept_ms, stepped_ms;
    _Atomic int   unknown_count;       /* from before the doubt is recorded, so that no status that resolves it is passed over */
    struct sender_counts counts;
    struct box   *shown;               /* the counts, for other threads */
};

/* sender.c */
int64_t  sender_now(const struct sender *s);
uint64_t sender_random(struct sender *s);                     /* xorshift: jitter only */
int64_t  sender_jitter(struct sender *s, int64_t up_to_ms);   /* 0 … up_to */

/* lane.c */
struct lane *lane_of(struct sender *s, int64_t conv);          /* NULL: out of memory */
bool lane_add(struct sender *s, struct row *row, bool at_front);
void lane_plan(struct sender *s, struct lane *lane);           /* puts it where it belongs after any change */
struct row *lane_pick(struct sender *s, int64_t now);          /* the next row that may leave now, taken out; NULL none */
int64_t lane_next_ms(struct sender *s, int64_t now);           /* INT64_MAX: nothing waits for time */
void lane_sweep(struct sender *s, int64_t now);
void lanes_back(struct sender *s, int64_t by_ms);              /* the wall clock was put back: see sender.c */
void lanes_free(struct sender *s);
void pace_sent(struct sender *s, bool not_sent_or_5xx, int64_t now);
void pace_throttled(struct sender *s, int64_t now);
void pace_stopped(struct sender *s, const char *reason, int64_t now);

/* graph.c */
void graph_begin(struct sender *s, struct row *row, int64_t now);
void graph_marked(struct sender *s, struct row *row);
void graph_finish(struct sender *s, struct row *row, enum out_state to, int64_t due_ms);
void row_free(struct row *row);

/* doubt.c */
void doubt_add(struct sender *s, struct row *row);
void doubt_status(struct sender *s, const struct status_note *status);
void doubt_began(struct sender *s, const struct row *row);     /* a later POST: its status will prove the stream alive */
void doubt_step(struct sender *s, int64_t now);
void doubt_back(struct sender *s, int64_t by_ms);
int64_t doubt_next_ms(const struct sender *s);

/* call.c */
void call_add(struct sender *s, struct call *call);
void call_marked(struct sender *s, struct call *call);
void call_answered(struct sender *s, struct call *call);
void call_step(struct sender *s, int64_t now);
void calls_back(struct sender *s, int64_t by_ms);
int64_t call_next_ms(const struct sender *s);
void call_free(struct call *call);

/* pages.c */
enum page_verdict { PAGE_MORE, PAGE_LAST, PAGE_NO_LIST, PAGE_WRONG };
/* Takes data, except on PAGE_NO_LIST. MORE: the path of the next page is in call->paging. WRONG: a page that is none came in the middle. */
enum page_verdict pages_take(struct sender *s, struct call *call, cJSON *data);
cJSON *pages_join(struct call *call);                          /* all that was read, in the shape of the first page; the caller's */
void   pages_free(struct call *call);
bool   page_path(const char *base, const char *current, const char *next, char **out);
void calls_free(struct sender *s);

#endif
