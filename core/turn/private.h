/*
 * What the files of turn share.
 *
 *   run.c      the frame: one event in, a state and effects out; failures
 *   state.c    the state and its JSON form
 *   place.c    where the conversation stands after a reload
 *   person.c   a message: commands, taps, words, answers
 *   expect.c   a value out of a message
 *   date.c     "demain", "27/01/2025"
 *   walk.c     from step to step until somebody is asked, a call is made or the flow ends
 *   stack.c    the trail, and the callers of a sub-flow
 *   choose.c   lists that come from data, and what was meant by a typed word
 *   call.c     a call to the backend, and its answer
 *   say.c      messages to outbox rows
 *   values.c   variables, as messages and functions see them
 *   choice.c   signed button ids
 *   timer.c    reminders and the end of waiting
 *   notice.c   backend events, for the routing conversation and for the person
 */
#ifndef TURN_PRIVATE_H
#define TURN_PRIVATE_H

#include "lisolo/base/pool.h"
#include "lisolo/turn.h"

enum {
    TRAIL_MAX   = 40,      /* steps that `retour` can go back; older ones are forgotten */
    STACK_MAX   = 8,       /* sub-flows in sub-flows: flow/graph.c refuses circles, this stops what a reload leaves behind */
    SUBJECTS_MAX = 20,     /* of notifications, whose rank is remembered: the latest ones */
    REPLY_MINUTES = 10,    /* a reply that is older answers a question that nobody remembers: reliability.md §5 */
    NOTICE_HOURS  = 24,    /* reliability.md §5 */
    CHOICE_SIZE   = 128,   /* a signed id with its NUL: choice 64, turn 20, mac 10, two ~; also Meta's limit for a template payload */
};

/* ---- the state ---- */

struct state {
    char     flow[TALK_NAME_MAX + 1], step[TALK_NAME_MAX + 1];   /* "" when no flow is running */
    char     lang[9];
    char     after[TALK_NAME_MAX + 1];       /* an edited or missing value was asked for: the step that comes when it is there */
    char     error[TALK_NAME_MAX + 1];       /* how the last call failed: c.error */
    char     failed_at[2 * TALK_NAME_MAX + 2];   /* "flow/step" of the last script failure */
    int      tries, failures, page;
    uint64_t turn;                           /* number of the turn that asked or called; 0: nobody waits */
    uint64_t run;                            /* number of the turn that started this flow, or its outermost caller */
    int64_t  group;                          /* of idempotency keys: decisions.md "Sending" */
    int64_t  asked_ms;
    bool     calling;                        /* the answer of a call is awaited */
    bool     reminded;
    bool     armed;                          /* the timer "wait" is set */
    cJSON   *vars, *trail, *stack, *notices;
};

bool state_init(struct state *s);                               /* false: out of memory */
void state_free(struct state *s);
/* An unreadable state is none: *lost says so. False: out of memory. */
bool state_read(struct blob json, struct state *out, bool *lost);
/* False: out of memory. */
bool state_print(const struct state *s, const char *rev, struct pool *pool, struct blob *out);
bool state_end_flow(struct state *s);                           /* language and notices stay */

/* ---- one turn ---- */

struct turn {
    const struct turn_input   *in;
    const struct generation   *gen;
    const struct flows        *flows;
    struct pool               *pool;         /* the result's */
    struct store_turn         *commit;
    struct state               st;
    const struct flow         *flow;         /* NULL when none is running */
    const struct step         *step;
    const struct event_rule   *rule;         /* of the notification that is being made; else NULL */
    const char                *word;         /* what was typed, folded; NULL when nothing was */
    const char                *text;         /* what was typed; NULL */
    cJSON                     *derived;      /* values that functions computed; emptied when a variable changes */
    const cJSON               *extra;        /* variables of a notification, instead of the flow's */
    const char                *missing;      /* the name that wording did not find, when it was the last one it looked for */
    int                        steps;
    bool                       moved;        /* the step that was pending is gone, `step` must be asked anew */
    bool                       rearm;        /* the wait for an answer begins anew */
    bool                       handled;      /* the pending step got an answer that it could use */
    bool                       failed;       /* `failure` says what an author must mend */
    bool                       broken;       /* out of memory, or no MAC: the turn gives no result */
    struct script_failure      failure;
};

/* Both return false, so that a caller can end with them. */
bool turn_broken(struct turn *t);
bool turn_fail(struct turn *t, const char *file, int line, const char *format, ...) __attribute__((format(printf, 4, 5)));

/* place.c: sets t->flow, t->step and t->moved. False: out of memory. */
bool turn_find_place(struct turn *t);
const struct step *place_step(const struct flow *f, const char *name);    /* by its name or by what it was called before */

/* person.c */
bool turn_person(struct turn *t);
bool turn_show_menu(struct turn *t);         /* ends the flow */
bool turn_ask_last(struct turn *t);          /* the last question of the trail again; the menu without one */

/* expect.c: NULL when the event is not such an answer. *other: it is no answer of any kind that this step could read. */
cJSON *expect_value(struct turn *t, const struct expect *e, bool *other);
bool   date_read(const char *text, int64_t now_ms, const char *country, char out[11]);   /* "2025-01-27" */

/* walk.c */
bool turn_end(struct turn *t);                                            /* no flow is running any more; nothing is said */
bool turn_start(struct turn *t, const struct flow *f, cJSON *vars);       /* takes vars (NULL: none) */
bool turn_go(struct turn *t, const struct step *to);                      /* NULL: the flow ends */
bool turn_go_target(struct turn *t, struct target to);                    /* with edit */
bool turn_repeat(struct turn *t);                                         /* the pending question, its buttons as valid as before */
bool turn_interrupt(struct turn *t, const struct flow *f, cJSON *vars);   /* as turn_start(), but a flow under way comes back afterwards */

/* stack.c */
void trail_push(struct turn *t);
const struct step *trail_pop(struct turn *t);                             /* NULL when it is empty */
void trail_cut(struct turn *t, const char *step);
bool stack_push(struct turn *t, bool resume);                             /* resume: the question is asked again afterwards */
/* Back to the caller: *next is its step that comes now. Without a result nothing is saved there. */
bool stack_pop(struct turn *t, const cJSON *result, const struct step **next);
bool turn_leave(struct turn *t);                                          /* out of a sub-flow without a result, standing on its caller */

/* choose.c */
bool choose_render(struct turn *t, const struct step *s, struct wording_output *out, cJSON **rows);   /* all rows, owned by the caller */
bool choose_typed(struct turn *t, const struct wording_message *say, const struct step *s, bool numbers, char choice[TALK_NAME_MAX + 1]);
const cJSON *row_find(const cJSON *rows, const char *id);

/* call.c */
bool turn_call(struct turn *t);
bool turn_answer(struct turn *t);

/* say.c: the buttons of replies are signed with st.turn, those of notifications with this turn's number */
bool turn_say(struct turn *t, const struct wording_message *m);
bool turn_say_output(struct turn *t, const struct wording_message *m, struct wording_output *out);   /* takes the parts */
bool turn_render(struct turn *t, const struct wording_message *m, const cJSON *rows, struct wording_output *out);
/* One notification: the free forms of `says`, the first row with the template too. */
bool turn_notify(struct turn *t, const struct event_case *c);
bool turn_window_open(const struct turn *t);

/* values.c */
bool turn_set(struct turn *t, const char *name, cJSON *value);            /* takes value; NULL removes */
void turn_new_vars(struct turn *t, cJSON *vars);                          /* takes vars */
bool turn_vars_changed(struct turn *t);                                   /* what was computed from them is forgotten; false: out of memory */
const cJSON *turn_value(struct turn *t, const char *name);                /* NULL when there is none */
const cJSON *turn_path(struct turn *t, const char *path);
bool turn_script(struct turn *t, uint32_t function, const cJSON *argument, cJSON *results[2]);
bool turn_scalar(const cJSON *value, char *out, size_t size);             /* text, number, boolean as text; false: none of these */
void turn_percent(struct buf *out, const char *text);                     /* percent-encoded */
bool turn_fill(struct turn *t, const char *text, bool percent, struct buf *out);   /* {var} places */

/* choice.c */
bool choice_sign(const struct turn_keys *keys, int64_t conv, const char *choice, uint64_t turn, char out[CHOICE_SIZE]);   /* false: no MAC */
enum choice_verdict { CHOICE_GENUINE, CHOICE_FORGED, CHOICE_NO_MAC };
enum choice_verdict choice_read(const struct turn_keys *keys, int64_t conv, const char *id, char choice[TALK_NAME_MAX + 1], uint64_t *turn);

/* timer.c */
bool turn_timer(struct turn *t);
bool timer_set(struct turn *t);                                           /* at the end of every turn: what must be waiting now */
void timer_failed(struct turn *t);                                        /* a reminder or an end could not be carried out */

/* notice.c */
bool turn_backend(struct turn *t);
bool turn_notice(struct turn *t);
/* A tap on a button of an earlier notification. *known: it was one, and it has been handled. */
bool notice_tap(struct turn *t, const char *choice, uint64_t turn, bool *known);

#endif
