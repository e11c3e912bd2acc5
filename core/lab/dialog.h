/*
 * dialog - `lisolo test`: conversations written as text (authoring.md §3.2), played against the product's own engine, sender and
 * store, stepped in one thread on a fake clock and a played network. No sleeps, no ports, no files but the tests themselves.
 *
 *   dialog_file.c    a .chat file read into statements
 *   dialog_order.c   the `! …` statements: words, arguments, what is wrong with them
 *   dialog_match.c   expected text with wildcards and captures against what was sent
 *   dialog_block.c   a message as the lines that a test shows
 *   dialog_world.c   the host in one thread: clock, store, engine, sender
 *   dialog_people.c  who is in the test, and what each turn leaves them
 *   dialog_said.c    what leaves, and its statuses
 *   dialog_net.c     the network that it sees: Graph API and backend stubs
 *   dialog_input.c   what people write, as events
 *   dialog_play.c    one file, statement by statement
 *   dialog_do.c      what each `!` statement does
 *   dialog_diff.c    expected and sent side by side, invisible characters shown
 *   dialog_update.c  a file rewritten in place
 *   dialog_review.c  each change asked about
 *   dialog_cover.c   what the tests have reached
 *   dialog_report.c  text, TAP, JUnit, JSON
 *   dialog_suite.c   all files: threads, order, repetition
 *   dialog_watch.c   again when a file changes
 */
#ifndef LAB_DIALOG_H
#define LAB_DIALOG_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lisolo/base/buf.h"
#include "lisolo/base/clock.h"
#include "lisolo/base/error.h"
#include "lisolo/base/json.h"
#include "lisolo/engine.h"
#include "lisolo/lab.h"
#include "lisolo/script.h"
#include "lisolo/sender.h"
#include "lisolo/store.h"
#include "lisolo/talk.h"

/* What people read, in their language; set once, before any thread. */
extern bool dialog_french;
#define SAY(english, french) (dialog_french ? (french) : (english))

enum { DIALOG_LINES_MAX = 200, DIALOG_FILE_BYTES_MAX = 1024 * 1024, DIALOG_TIMERS_MAX = 64, DIALOG_PEOPLE_MAX = 64, DIALOG_TEXT_BYTES_MAX = 8 * 1024 * 1024 };

/* ---- a file ---- */

enum order_kind {
    ORDER_PERSON, ORDER_CLOCK, ORDER_PASS, ORDER_STUB, ORDER_SENT, ORDER_EVENT, ORDER_STATUS, ORDER_STATE, ORDER_TIMERS, ORDER_TIMER,
    ORDER_SILENCE, ORDER_AGAIN, ORDER_RESTART, ORDER_RELOAD, ORDER_INCLUDE, ORDER_AT, ORDER_PACING, ORDER_LANGUE,
};

struct order {
    enum order_kind kind;
    char   *name;              /* person, method, event, status, timer, folder, flow.step, language: the first word behind the order's own */
    char   *value;             /* telephone, path, message of a status */
    char   *extra;             /* profile name */
    char   *language;
    int64_t ms;                /* a span, or the clock */
    int     number;            /* HTTP status, count of timers, error code */
    bool    has_number, on;
    cJSON  *json;
    char  **keys, **values; size_t pair_count;     /* name=value */
};

enum entry_kind { ENTRY_INPUT, ENTRY_EXPECT, ENTRY_ORDER, ENTRY_PHASE };

struct entry {
    enum entry_kind kind;
    size_t source;             /* index in the file's sources: itself, or what it includes */
    int    line, last;         /* 1-based, in that source */
    char  *who;                /* NULL: the default person */
    char **lines; size_t count;
    struct order order;
};

struct dialog {
    char  *path, *title;
    char **sources; size_t source_count;           /* paths; the first is `path` */
    struct entry *list; size_t count, cap;
};

/* False: err says file:line, what is wrong and what to write instead. `root`: where includes are looked for besides the file's folder. */
bool dialog_read(const char *root, const char *path, struct dialog *out, struct error *err);
void dialog_free(struct dialog *d);
bool order_read(const char *text, struct order *out, struct error *err);
void order_free(struct order *o);
bool order_span(const char **at, int64_t *ms);     /* "10 min" */
char *dialog_word(const char **at);                /* the next word or "quoted text", to free(); NULL: none, or out of memory */

/* ---- matching ---- */

struct captures { char **names, **values; size_t count; };

void captures_free(struct captures *c);
/* A line as it is compared: no-break spaces plain, trailing blanks away. To free(). */
char *match_fold(const char *text);
/* `pattern` and `text` folded. Captures are added when it matches. */
bool match_line(const char *pattern, const char *text, struct captures *c);
/* All lines of a message; "..." stands for any number of them. */
bool match_lines(char *const *patterns, size_t pattern_count, char *const *lines, size_t line_count, struct captures *c);
/* Members of `want` are in `got`, lists have the same length, texts may hold wildcards. *where: the first path that differs. */
bool match_json(const cJSON *want, const cJSON *got, struct captures *c, struct buf *where);
/* Text as it must stand in a test to match itself: { doubled. To free(). */
char *match_escape(const char *text);

/* ---- messages ---- */

struct lines { char **list; size_t count; };

void lines_free(struct lines *l);
bool lines_add(struct lines *l, const char *text);                       /* copies */
bool lines_split(struct lines *l, const char *text);                     /* at \n */
/* A message's JSON form as the lines that a test shows. False: out of memory. */
bool block_lines(const cJSON *form, struct lines *out);
/* "oui" of "oui~12~abc…". */
void block_choice(const char *signed_id, char out[TALK_NAME_MAX + 1]);

/* ---- the world ---- */

struct dialog_timer { char name[65]; uint64_t guard, seq; int64_t due_ms, delay_ms; bool after_send; };

struct person {
    char   *who, *phone, *name, *language;
    cJSON  *fields;
    int64_t conv;
    char   *state; size_t state_len;
    struct dialog_timer timers[DIALOG_TIMERS_MAX]; size_t timer_count;
};

struct said {                  /* a message that the Graph API was asked to send */
    size_t   person;
    int64_t  row;
    uint64_t seq;
    int      attempt;
    char     wamid[40];
    cJSON   *form;
    struct lines lines;
    const char *id;            /* of the message in scripts/templates; in `form` */
    char     place[160];       /* who said it: "course.depart flows/course.lua:8" */
    char     step[2 * TALK_NAME_MAX + 2];
    bool     read;             /* an expectation has taken it */
    bool     statused;         /* chaos: its statuses came, shuffled */
};

struct out_row { int64_t id, conv; uint64_t seq; char *body; char place[160], step[2 * TALK_NAME_MAX + 2]; bool posted; };

struct stub { char *method, *path; const struct entry *from; int status; bool timeout, network; int64_t after_ms; char *body; size_t used; };

struct called { char *method, *path, *body; bool matched; };

enum { ANSWER_NOW = 0 };
struct open_request { fetch_done done; void *ctx; int64_t due_ms; size_t stub; char key[80]; char body[160]; bool graph, cut; };

/* What the tests have reached; dialog_cover.c. */
struct cover;

struct world {
    struct clock_fake  clock;
    struct store      *store;
    struct engine     *engine;
    struct engine_worker *worker;
    struct generation *generation;     /* of this thread */
    bool               other_scripts;  /* `! reload` has put others in place */
    struct sender     *sender;
    struct cover      *cover;
    struct turn_trace *trace;
    bool               pacing, chaos, broken;
    uint64_t           random;
    struct error       why;            /* when broken */
    struct person     *people; size_t people_count;
    struct said       *said; size_t said_count, said_cap;
    struct out_row    *rows; size_t row_count, row_cap;
    struct { int64_t conv; uint64_t seq; char place[160], step[2 * TALK_NAME_MAX + 2]; } *places; size_t place_count, place_cap;
    struct stub       *stubs; size_t stub_count;
    struct called     *called; size_t called_count;
    struct open_request *open; size_t open_count, open_cap;
    size_t             told;           /* events that the store handed over since the last restart */
    uint64_t           serial;
    char               unstubbed[256]; /* the first call for which there is no stub */
    char               failure[512];   /* the last script failure */
    char               unsent[512];    /* the first message that could not leave */
    struct store_item  last;           /* the latest webhook, for `again` */
    bool               has_last;
    uint64_t           failed_seen;
};

/* One a thread. NULL: err says why. `generation` is borrowed for as long. */
struct world *world_new(struct generation *g, struct cover *cover, struct error *err);
void world_free(struct world *w);
/* Empties it for the next test. */
bool world_begin(struct world *w, int64_t now_ms, bool chaos, uint64_t seed);
void world_end(struct world *w);
bool world_settle(struct world *w);                    /* until nothing moves; false: broken */
bool world_pass(struct world *w, int64_t ms);          /* time passes, what is due happens in its order */
bool world_restart(struct world *w);                   /* as after a kill: only what the store holds is left */
bool world_scripts(struct world *w, const char *folder, struct error *err);
int64_t world_now(const struct world *w);
/* Found by label or telephone; made when it is a telephone. NULL: there is no such person. */
struct person *world_person(struct world *w, const char *who);
struct person *world_person_add(struct world *w, const char *who, const char *phone, const char *name, const char *language);
struct person *world_by_conv(struct world *w, int64_t conv);
void world_person_free(struct person *p);                /* what it holds */
void world_timer_drop(struct person *p, const char *name);
/* The engine's watch: every turn before it is committed. */
void world_watch(void *world, const struct turn_input *in, const struct turn_result *out);
/* An event of a person (`p`), or of the backend (NULL). */
bool world_event(struct world *w, const struct person *p, const struct event *e);
bool world_again(struct world *w);
bool world_status(struct world *w, const struct said *to, enum store_rank rank, bool failed, int code);
/* Puts a state in place without a turn: somebody who is mid-way. `state` JSON text; the timer named "wait" when due_ms > 0. */
bool world_plant(struct world *w, struct person *p, const char *state, int64_t wait_ms, bool heard, uint64_t *seq);
/* The statuses of everything sent, in an order of their own. */
bool world_statuses(struct world *w);
bool world_broken(struct world *w, const char *why);   /* false */
bool world_no_memory(struct world *w);                  /* false */

/* dialog_net.c */
bool net_start(void *ctx, const struct fetch_request *request, fetch_done done, void *done_ctx, struct error *err);
bool net_answer(struct world *w);                      /* what is due; true: something was */
int64_t net_next_ms(const struct world *w);            /* when the next answer is due; INT64_MAX none */
void net_cut(struct world *w);                         /* the host dies: what is under way is never heard */
void net_clear(struct world *w);
/* The Graph API accepts a row. */
bool net_sent(struct world *w, struct out_row *row, const char *request, int attempt);
struct out_row *world_row(struct world *w, int64_t id);
bool world_row_add(struct world *w, const struct store_send_row *from);

/* ---- playing ---- */

struct edit { size_t source; int line, last; char *text; };      /* lines line…last become text; last < line: inserted before `line` */

struct outcome {
    bool    passed;
    int     line;
    size_t  source;
    char   *text;              /* of the failure, several lines */
    char   *phases;            /* that passed, "a · b" */
    size_t  phase_count;       /* that passed */
    int64_t us;
    size_t  turns;
    struct edit *edits; size_t edit_count;
};

struct play {
    struct world        *w;
    const struct dialog *d;
    const struct entry *at;            /* being played */
    const struct entry *prev;          /* the last one before it that says or causes something: what is missing is written behind it */
    struct outcome      *out;
    struct captures      captures;
    bool                 update, input_before, timers_known;
    const char          *root;
};

void dialog_play(struct world *w, const struct dialog *d, const char *root, bool update, bool chaos, uint64_t seed, struct outcome *out);
void outcome_free(struct outcome *o);
/* All return false, so that a caller can end with them. */
bool play_fail(struct play *p, const struct buf *body, const struct said *about);
bool play_fails(struct play *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool play_order(struct play *p, const struct order *o);
bool play_input(struct play *p, const struct entry *s);
bool play_leftover(struct play *p, const struct person *whose);  /* unread messages fail; NULL: of anybody */
bool play_edit(struct play *p, int line, int last, char *text);  /* takes text */
struct said *play_unread(struct play *p, const struct person *who);
struct person *play_who(struct play *p, const char *who);

/* The lines of a `<` block that would say this message: what still matches of the old one stays. To free(). */
char *update_block(const struct entry *old, const char *who, const struct lines *now, const char *id);
char *update_sent(const struct entry *old, const cJSON *want, const char *got);
bool  update_write(const struct dialog *d, struct edit *edits, size_t count, struct error *err);
bool  update_text(const char *source, const struct edit *edits, size_t count, struct buf *out);

/* Expected and sent; `-` and `+` in front of what differs. */
bool diff_lines(struct buf *out, char *const *want, size_t want_count, char *const *got, size_t got_count, const char *margin);
void diff_visible(struct buf *out, const char *text);  /* invisible characters shown */

/* ---- coverage ---- */

struct cover *cover_new(const struct generation *g);
void cover_free(struct cover *c);
struct turn_trace cover_trace(struct cover *c);
void cover_message(struct cover *c, const char *id, const char *language);
void cover_add(struct cover *to, const struct cover *from);
void cover_text(const struct cover *c, struct buf *out);
cJSON *cover_json(const struct cover *c);
int  cover_percent(const struct cover *c);

/* ---- the suite ---- */

struct test { struct dialog dialog; struct error broken; bool readable; };

struct run { size_t test; uint64_t seed; struct outcome outcome; };      /* a test, once */

struct suite {
    struct lab_test_options o;
    struct test  *tests; size_t count;
    struct run   *runs; size_t run_count;
    _Atomic size_t next;               /* run to be taken by a thread */
    struct generation *generation;
    struct cover *cover;
    size_t  passed, failed, turns;
    int64_t us;
};

void report_all(const struct suite *s);
void report_failure(struct buf *out, const struct suite *s, const struct run *r);
/* Asks for each change of a run; those that are refused are taken out. */
void review_edits(const struct suite *s, struct run *r);
int64_t dialog_now_us(void);       /* real time, for how long things took */
bool watch_wait(const char *const *folders, size_t count, struct error *err);    /* until something below them changes */

#endif
