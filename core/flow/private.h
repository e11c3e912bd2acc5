/*
 * What the files of flow share.
 *
 *   build.c      the statements of a generation, in order; flows and their properties
 *   step.c       one step
 *   keys.c       every key of the language, with its meaning
 *   expect.c     what an `ask` expects
 *   answers.c    old buttons, and answers in several messages
 *   afterwards.c what words mean when the flow has ended
 *   house.c      commands, menu, the host's own messages, words
 *   events.c     `on` statements
 *   sources.c    `source` statements
 *   handover.c   a finish that gives the conversation to staff
 *   budget.c     what a step may cost
 *   plans.c      what happens later: plans of steps and events, schedules, quiet hours
 *   session.c    `session` statements; `auth`, `opens`, `closes`, `pages`; secrets
 *   lasting.c    values that outlive a flow: `person`, `shared`
 *   read.c       values out of declarations, each with its complaint
 *   graph.c      where a flow can go: unreachable, dead end, endless
 *   buttons.c    the buttons of a message against the step that shows it
 *   variables.c  variables that no path sets; paths.c: those that some path does not set
 *   names.c      the sets of names that both work with
 *   window.c     what would speak more than 24 hours after the person did
 *   lengths.c    how long the values of a message may be
 *   codes.c      the one table of problem codes
 *   find.c       look-ups
 */
#ifndef FLOW_PRIVATE_H
#define FLOW_PRIVATE_H

#include "lisolo/base/pool.h"
#include "lisolo/flow.h"

enum code {
    CODE_UNKNOWN_KEY, CODE_WRONG_VALUE, CODE_MISSING_KEY, CODE_STEP_TWICE, CODE_FLOW_TWICE, CODE_FLOW_FILE, CODE_BAD_NAME, CODE_DURATION,
    CODE_UNKNOWN_STEP, CODE_UNKNOWN_FLOW, CODE_UNKNOWN_MESSAGE, CODE_UNKNOWN_COMMAND,
    CODE_UNREACHABLE, CODE_NO_EXIT, CODE_ENDLESS, CODE_NOT_STARTED, CODE_DEAD_CASE,
    CODE_BUTTON_WITHOUT_ON, CODE_ON_WITHOUT_BUTTON, CODE_BUTTON_NOBODY, CODE_ROWS, CODE_MODEL_ROW, CODE_TAP,
    CODE_FAIL_OTHER, CODE_TRIES, CODE_REMIND_LATE, CODE_PROFILE_NAME, CODE_NEVER_SET,
    CODE_WORD_TWICE, CODE_COMMON, CODE_NO_MENU, CODE_STATEMENT_TWICE, CODE_EVENT_TWICE, CODE_CASE_TWICE, CODE_OUTSIDE,
    CODE_TIME, CODE_PLAN_TWICE, CODE_NO_HANDLER, CODE_PERSON, CODE_PERSON_KIND, CODE_SHARED, CODE_SHARED_PATH,
    CODE_SOURCE_TWICE, CODE_SOURCE_PATH, CODE_SIZE, CODE_SESSION, CODE_SECRET,
    CODE_SOME_PATH, CODE_WINDOW, CODE_PLAN_WINDOW,
    CODE_COUNT,
};

struct build {
    struct pool             *pool;
    struct flows            *flows;
    const struct statements *statements;
    const struct wording    *wording;
    const char              *country;
    struct problems         *out;
    bool                    *doubtful;   /* one for each flow: it names a step that does not exist, so what its graph lacks is not known */
};

struct where { const char *file; int line, column; };

/* codes.c */
void flow_report(struct build *b, enum code code, struct where at, const char *hint, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* read.c: each reports what it refuses. `e` may be NULL where a key is optional: then nothing is read and the answer is false. */
struct where flow_at(const struct statement *s);
struct where flow_at_entry(const struct statement *s, const struct decl_entry *e);      /* the key */
struct where flow_at_value(const struct statement *s, const struct decl *d);
void flow_read_keys(struct build *b, const struct statement *s, const struct decl *body, const char *place);   /* of keys.c: "ask", "branch case" */
bool flow_read_text(struct build *b, const struct statement *s, const struct decl_entry *e, char **out);
bool flow_read_function(struct build *b, const struct statement *s, const struct decl_entry *e, uint32_t *out);
bool flow_read_integer(struct build *b, const struct statement *s, const struct decl_entry *e, int64_t min, int64_t max, int64_t *out);
bool flow_read_message(struct build *b, const struct statement *s, const struct decl_entry *e, const struct wording_message **out);
bool flow_read_message_id(struct build *b, const struct statement *s, const struct decl *d, const struct wording_message **out);
bool flow_read_duration(struct build *b, const struct statement *s, const struct decl *d, int64_t *ms);
bool flow_read_span(struct build *b, const struct statement *s, const struct decl *d, int days_max, int64_t *ms);
bool flow_read_texts(struct build *b, const struct statement *s, const struct decl_entry *e, bool fold, char ***list, size_t *count);
bool flow_read_pairs(struct build *b, const struct statement *s, const struct decl_entry *e, struct event_var **list, size_t *count);
bool flow_read_table(struct build *b, const struct statement *s, const struct decl_entry *e);
bool flow_read_name(struct build *b, struct where at, const char *name, const char *what);   /* 1-64 bytes of a-z 0-9 _ */
/* A step of `f`; `edit "step"` where `edit` is not NULL. */
bool flow_read_target(struct build *b, const struct statement *s, const struct flow *f, const struct decl *d, bool edit, struct target *out);
bool flow_read_flow(struct build *b, const struct statement *s, const struct decl *d, const struct flow **out);
char *flow_fold(struct build *b, const char *text);

/* the others */
void flow_read_says(struct build *b, const struct statement *s, const struct decl *d, struct event_case *out);   /* events.c: say, outside */
void flow_read_plans(struct build *b, const struct statement *s, const struct decl_entry *e, struct plan_rule **list, size_t *count);
void flow_read_schedules(struct build *b);
void flow_check_schedules(struct build *b);
void flow_read_lasting(struct build *b);                                      /* before steps: they save to it */
bool flow_need_person(struct build *b, struct where at, const char *name);    /* declared, or reported; its first name up to a dot */
/* `save = "person.x"`: true when it is such a name, which is then checked. `kind`: what will be saved; NULL: not known here. */
bool flow_saves_to_person(struct build *b, struct where at, const char *name, const enum person_kind *kind);
void flow_check_lasting(struct build *b, struct where at, const char *path);  /* of "person.x" and "shared.x.y": does it exist? */
cJSON *flow_plain_data(struct build *b, const struct statement *s, const struct decl *d);   /* NULL: reported, or out of memory; the caller's */
bool flow_read_expect(struct build *b, const struct statement *s, const struct decl *d, struct expect *out);
bool flow_read_step(struct build *b, const struct statement *s, struct flow *f, struct step *step);
int  flow_step_verb(const char *verb);                                        /* enum step_kind, or -1 */
bool flow_read_expire(struct build *b, const struct statement *s, const struct flow *f, const struct decl_entry *e, struct wait_rule *out);
void flow_read_late(struct build *b, const struct statement *s, const struct decl_entry *e, enum late_policy *out);
void flow_read_gather(struct build *b, const struct statement *s, const struct decl_entry *e, struct step *step);   /* after `expect` */
void flow_read_afterwards(struct build *b);                                  /* after all steps */
bool flow_afterwards_starts(const struct build *b, const struct flow *f);    /* some flow's afterwards leads to it */
void flow_read_house(struct build *b);
void flow_check_words(struct build *b);
void flow_read_events(struct build *b);
void flow_read_sources(struct build *b);
void flow_read_sessions(struct build *b);                                     /* before steps: they name them */
bool flow_is_login(const struct flows *all, const struct flow *f);
const struct session *flow_read_session_name(struct build *b, const struct statement *s, const char *key);   /* NULL: no such key, or reported */
void flow_read_keeps(struct build *b, const struct statement *s, const struct decl_entry *save, bool refresh, struct keep_rules *out);
bool flow_is_keep(const struct step *s, const char *name);                    /* of `save`: the session's, not a variable's */
void flow_read_auth(struct build *b, const struct statement *s, struct step *step);
void flow_read_pages(struct build *b, const struct statement *s, struct step *step);
void flow_check_secret(struct build *b, const struct statement *s, const struct step *step);
void flow_read_handover(struct build *b, const struct statement *s, const struct decl_entry *e, struct step *step);
void flow_read_budget(struct build *b, const struct statement *s, const struct decl_entry *e, struct budget *out);   /* keeps what it does not name */
struct edges { size_t *to; size_t count; };                             /* steps by index */
struct edges *flow_edges(struct build *b, const struct flow *f);           /* one for each step; NULL: out of memory */
void flow_check_graph(struct build *b, const struct flow *f, const struct edges *edges, bool *reached);   /* fills reached[step index] */
void flow_check_buttons(struct build *b);
struct names { const char **list; size_t count, room; };                   /* room: of `list`, made by whoever fills it */
size_t names_find(const struct names *n, const char *name, size_t len);    /* SIZE_MAX: not there */
void   names_add(struct names *n, const char *name);                       /* each once */
void flow_check_paths(struct build *b, const struct flow *f);
void flow_check_window(struct build *b);
void flow_check_lengths(struct build *b);
void flow_check_variables(struct build *b, const struct flow *f, const struct edges *edges, const bool *reached);
void flow_check_house(struct build *b);
size_t flow_step_index(const struct step *s);
struct where flow_at_step(const struct step *s);

#endif
