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
 *   late.c     taps on buttons of questions that are over
 *   gather.c   one answer in several messages
 *   afterwards.c  what a flow that has ended leaves behind
 *   choose.c   lists that come from data, and what was meant by a typed word
 *   call.c     a call to the backend, and its answer
 *   secret.c   what nobody may read
 *   session.c  the person's token at the backend
 *   say.c      messages to outbox rows
 *   values.c   variables, as messages and functions see them
 *   choice.c   signed button ids
 *   timer.c    reminders and the end of waiting
 *   staff.c    the conversation is with staff, and comes back
 *   asking.c   a notification in the middle of a question
 *   source.c   another system's webhook becomes a backend event
 *   cost.c     what each step of the turn cost
 *   plan.c     messages that were promised for later
 *   schedule.c `every` at the top of a file, in its routing conversation
 *   hours.c    days and quiet hours of the country
 *   lasting.c  the person's values that outlive a flow; forgetting
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

enum { STATE_MESSAGE_MAX = 128 };            /* bytes of a message's id; longer ones are not kept */

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
    bool     unasked;                        /* the question could not be said outside the window: it comes before its answer */
    uint64_t gather;                         /* number of the turn that set the timer "gather"; 0: it is not set */
    cJSON   *vars, *trail, *stack, *notices;
    cJSON   *asked;                          /* late.c */
    cJSON   *parts;                          /* gather.c */
    cJSON   *ended;                          /* afterwards.c */
    cJSON   *plans;                          /* plan.c */
    cJSON   *person;                         /* lasting.c: values by name */
    cJSON   *schedule;                       /* schedule.c, of a routing conversation; NULL */
    int64_t  quiet_ms;                       /* so long the reminder was held back by quiet hours */
    uint64_t staff;                          /* with staff: number of the turn that began it, also of its timer; 0: no */
    char     back[STATE_MESSAGE_MAX + 1];    /* id of the message that is said when the bot has it again */
    cJSON   *secrets;                        /* secret.c: of the running flow, sealed */
    cJSON   *sessions;                       /* session.c: tokens, sealed */
    int      auth;                           /* session.c: what was tried to get a token for the pending call */
    bool     renewing;                       /* the answer that is awaited is the refresh's */
    bool     spent;                          /* the pending call carries the secrets: its answer ends them */
    bool     secret;                         /* secret_is_next() */
    int64_t  called_ms;                      /* when the call whose answer is awaited was made */
    cJSON   *later;                          /* notifications that wait for the pending question: asking.c */
};

bool state_init(struct state *s);                               /* false: out of memory */
void state_free(struct state *s);
/* An unreadable state is none: *lost says so. False: out of memory. */
bool state_read(struct blob json, struct state *out, bool *lost);
/* False: out of memory. */
bool state_print(const struct state *s, const char *rev, struct pool *pool, struct blob *out);
bool state_end_flow(struct state *s);                           /* language, notices and what ended flows leave behind stay */

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
    cJSON                     *gathered;     /* the pieces of the answer that is being taken; NULL: it came in one message */
    cJSON                     *derived;      /* values that functions computed; emptied when a variable changes */
    const cJSON               *extra;        /* variables of a notification, instead of the flow's */
    const char                *missing;      /* the name that wording did not find, when it was the last one it looked for */
    const struct plan_rule    *plan;         /* that is being carried out; else NULL */
    int                        steps;
    bool                       moved;        /* the step that was pending is gone, `step` must be asked anew */
    bool                       rearm;        /* the wait for an answer begins anew */
    bool                       wait_set;     /* the timer "wait" is as it must be */
    bool                       handled;      /* the pending step got an answer that it could use */
    bool                       saying_kept;  /* a notification that has waited for its question */
    int64_t                    staff_due_ms; /* the timer "staff": when; 0: it goes; -1: as it is */
    struct step_cost          *costs;        /* one a step; NULL: nothing has cost anything yet */
    size_t                     cost_count;
    const cJSON               *secrets, *session;   /* in clear, while a `body` runs: secret_script() */
    bool                       secret_read;  /* it has read one */
    bool                       logged_in;    /* a login flow has just ended: there is a token now, or there will be none */
    bool                       failed;       /* `failure` says what an author must mend */
    bool                       broken;       /* out of memory, or no MAC: the turn gives no result */
    struct script_failure      failure;
};

/* Both return false, so that a caller can end with them. */
bool turn_broken(struct turn *t);
bool turn_fail(struct turn *t, const char *file, int line, const char *format, ...) __attribute__((format(printf, 4, 5)));

void turn_mark(const struct turn *t, enum turn_mark mark, const struct step *s, const char *detail);

/* place.c: sets t->flow, t->step and t->moved. False: out of memory. */
bool turn_find_place(struct turn *t);
const struct step *place_step(const struct flow *f, const char *name);    /* by its name or by what it was called before */

/* person.c */
bool turn_person(struct turn *t);
bool turn_show_menu(struct turn *t);         /* ends the flow */
bool turn_read_words(struct turn *t, const char *text);                   /* t->text, t->word */
bool turn_take_answer(struct turn *t);                                    /* of the pending question, from the words or the event */
bool turn_take_choice(struct turn *t, const char *id);                    /* of the pending question */
bool turn_ask_last(struct turn *t);          /* the last question of the trail again; the menu without one */

/* expect.c: NULL when the event is not such an answer. *other: it is no answer of any kind that this step could read. */
cJSON *expect_value(struct turn *t, const struct expect *e, bool *other);
cJSON *expect_one(struct turn *t, const struct expect *e);                /* the same for one kind */
int    date_hours_east(const char *country);                               /* of Greenwich; no summer time in any of them */
bool   date_read(const char *text, int64_t now_ms, const char *country, char out[11]);   /* "2025-01-27" */

/* walk.c */
bool turn_end(struct turn *t);                                            /* no flow is running any more; nothing is said */
bool turn_start(struct turn *t, const struct flow *f, cJSON *vars);       /* takes vars (NULL: none) */
bool turn_go(struct turn *t, const struct step *to);                      /* NULL: the flow ends */
void turn_stand_on(struct turn *t, const struct step *s);                 /* as a step that has just been come to */
bool turn_go_target(struct turn *t, struct target to);                    /* with edit */
bool turn_enter(struct turn *t, const struct flow *f, const struct step **next);   /* the caller is on the stack; a run of its own */
bool turn_repeat(struct turn *t);                                         /* the pending question, its buttons as valid as before */
bool turn_interrupt(struct turn *t, const struct flow *f, cJSON *vars);   /* as turn_start(), but a flow under way comes back afterwards */

bool turn_render_step(struct turn *t, const struct step *s, struct wording_output *out, const struct step **instead);

/* stack.c */
void trail_push(struct turn *t);
const struct step *trail_pop(struct turn *t);                             /* NULL when it is empty */
void trail_cut(struct turn *t, const char *step);
bool stack_push_login(struct turn *t);                                    /* the call that stands here is made again afterwards, under its key */
bool stack_push(struct turn *t, bool resume);                             /* resume: the question is asked again afterwards */
/* Back to the caller: *next is its step that comes now. Without a result nothing is saved there. */
bool stack_pop(struct turn *t, const cJSON *result, const struct step **next);
bool stack_resumes(const struct turn *t);                                 /* the caller was interrupted: it did not call */
bool turn_leave(struct turn *t);                                          /* out of a sub-flow without a result, standing on its caller */

/* late.c */
bool late_note(struct turn *t, const struct step *s);                     /* `s` is being asked under st.turn */
bool late_tap(struct turn *t, const char *choice, uint64_t turn);
bool late_ignored(const struct turn *t, uint64_t turn);                   /* nothing may be said to it */
void late_flow_entered(struct turn *t, const struct flow *f);             /* as a sub-flow: an earlier run of it is over */
void late_flow_over(struct turn *t);

/* gather.c */
bool gather_keep(struct turn *t, bool *kept);                             /* *kept: it is a piece, nothing else is to be done */
void gather_drop(struct turn *t);
bool gather_pending(const struct turn *t);
bool gather_take(struct turn *t);                                         /* the pieces are the answer */
bool gather_is_timer(const struct event *e);
bool gather_timer(struct turn *t);
bool gather_set(struct turn *t);                                          /* at the end of every turn */
cJSON *gather_value(struct turn *t, const struct expect *e, bool *other); /* as expect_value(), from the pieces */

/* afterwards.c */
bool after_keep(struct turn *t);                                          /* the flow is about to end by itself */
/* No flow is running. *known: words of a flow that has ended, and they have been handled. `named`: the flow whose word the message is. */
bool after_words(struct turn *t, const struct flow *named, bool *known);

/* choose.c */
bool choose_render(struct turn *t, const struct step *s, struct wording_output *out, cJSON **rows);   /* all rows, owned by the caller */
bool choose_typed(struct turn *t, const struct wording_message *say, const struct step *s, bool numbers, char choice[TALK_NAME_MAX + 1]);
bool choose_answer(struct turn *t, const struct step *s, char choice[TALK_NAME_MAX + 1]);   /* typed at the question `s`: as choose_typed() */
const cJSON *row_find(const cJSON *rows, const char *id);

/* call.c */
bool turn_call(struct turn *t, const struct step **next, bool *stop);       /* *stop: its answer is awaited; else *next comes */
bool turn_answer(struct turn *t);
struct store_call *call_new(struct turn *t, const struct step *s, const char *method, int timeout_ms);     /* NULL: too many */
bool call_key(struct turn *t, const struct step *s, const char *what, struct store_call *call);            /* what: "" the call itself */
bool call_body(struct turn *t, cJSON *results[2], const char *what, const char *file, int line, struct store_call *call);   /* takes results */
void call_made(struct turn *t);                                           /* its answer is awaited */
bool call_again(struct turn *t);                                          /* the pending call, under its key */
const struct step *call_failed(struct turn *t, const char *outcome, int status);   /* where its `fail` leads; sets c.error */

/* secret.c */
cJSON *secret_seal(struct turn *t, const char *label, const char *plain); /* NULL: broken */
char  *secret_open(struct turn *t, const cJSON *sealed);                  /* NULL: none, or of another key */
void   secret_free(char *plain);
bool   secret_awaited(const struct step *s);
bool   secret_is_next(const struct turn *t);
bool   secret_fits(const struct expect *e, const char *text);
bool   secret_keep(struct turn *t, const char *name, const char *text);
void   secret_drop(struct turn *t, const char *name);
void   secrets_drop(struct turn *t);
cJSON *secrets_open(struct turn *t);                                      /* in clear, by name; secrets_wipe() */
void   secrets_wipe(cJSON *open);
bool   secret_script(struct turn *t, uint32_t function, const cJSON *secrets, const cJSON *session, cJSON *results[2]);   /* a `body` */

/* session.c */
/* *token NULL: the step has no session; or there is none yet, and *next and *stop say what was done about it, as turn_call() does. */
bool session_token(struct turn *t, const struct step *s, const char **token, const struct step **next, bool *stop);
bool session_open(struct turn *t, const struct step *s, const cJSON *data, bool *opened);     /* from the answer of a call that `opens` */
cJSON *session_strip(struct turn *t, const struct step *s, const cJSON *data);
void session_close(struct turn *t, const struct session *session);
void session_expired(struct turn *t, const struct session *session);      /* the token goes, what refreshes it stays */
bool session_renewed(struct turn *t, const char *outcome);                /* the answer of a refresh */

/* say.c: the buttons of replies are signed with st.turn, those of notifications with this turn's number */
bool turn_say(struct turn *t, const struct wording_message *m);
bool turn_say_output(struct turn *t, const struct wording_message *m, struct wording_output *out);   /* takes the parts */
bool turn_render(struct turn *t, const struct wording_message *m, const cJSON *rows, struct wording_output *out);
bool turn_say_part(struct turn *t, const struct wording_message *m, struct message *part, enum store_class class);
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
bool timer_is_wait(const struct event *e);
void timer_failed(struct turn *t);                                        /* a reminder or an end could not be carried out */

bool timer_remove(struct turn *t);

/* plan.c */
struct plan_place { const char *flow, *step, *on, *word; };               /* where the declaration stands */
bool turn_note(struct turn *t, const char *format, ...) __attribute__((format(printf, 2, 3)));   /* for `why` */
bool turn_timer_row(struct turn *t, const char *head, const char *name, int64_t due_ms);
bool turn_plans(struct turn *t, const struct plan_rule *plans, size_t count, const struct plan_place *place);
bool turn_step_plans(struct turn *t, const struct step *s);               /* the step has done its work */
bool plan_saw(struct turn *t, const char *variable, bool has_value);      /* it got one, or lost it */
bool plan_is_due(const struct event *e);
bool plan_fire(struct turn *t);
void plan_failed(struct turn *t);
bool plan_forget_all(struct turn *t);

/* schedule.c */
bool schedule_is_due(const struct event *e);
bool turn_schedule(struct turn *t);

/* hours.c */
int64_t hours_next(const struct turn *t, const struct every_rule *every, int64_t anchor_ms, int64_t now_ms);   /* after now */
int64_t hours_loud(const struct turn *t, const struct quiet_hours *own, int64_t at_ms);   /* at_ms, or the end of the quiet hours that it is in */

/* lasting.c */
cJSON *lasting_person(const struct turn *t);                              /* {person.…}; the caller's; NULL: out of memory */
bool lasting_set(struct turn *t, const char *name, cJSON *value);         /* takes value; NULL removes */
bool turn_forget(struct turn *t);

/* staff.c */
bool turn_is_held(const struct turn *t);                                  /* with staff when this turn began */
bool turn_is_silent(const struct turn *t);                                /* with staff when this turn ends */
void turn_hand_over(struct turn *t, const struct step *s);
void turn_leave_staff(struct turn *t);                                    /* the person asked for the menu */
bool turn_hears(struct turn *t);                                          /* the person said something to staff */
bool turn_staff(struct turn *t);
bool staff_timer(struct turn *t, bool *mine);
bool staff_timer_failed(struct turn *t);                                  /* it was that timer: the bot is there again, without its words */
void staff_timer_set(struct turn *t);                                     /* at the end of every turn */

/* asking.c */
/* A notification of a rule that lets a pending question be answered first. *kept: it waits. */
bool asking_keep(struct turn *t, const struct event_rule *rule, const char *key, size_t rank, bool *kept);
bool asking_repeat(struct turn *t);                                       /* after a notification: the question again, if it is old */
bool asking_say_kept(struct turn *t);                                     /* at the end of every turn: those whose question is over */

/* source.c */
bool turn_source(struct turn *t);

/* cost.c: counted for the step that the turn is at */
void cost_pass(struct turn *t);
void cost_script(struct turn *t);                                         /* after each call of a function */
void cost_message(struct turn *t);
void cost_backend(struct turn *t, int64_t ms);

/* notice.c */
bool turn_backend(struct turn *t);
bool turn_notice(struct turn *t);
/* A tap on a button of an earlier notification. *known: it was one, and it has been handled. */
bool notice_tap(struct turn *t, const char *choice, uint64_t turn, bool *known);

#endif
