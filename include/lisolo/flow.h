/*
 * flow - definitions: flows, steps, expectations, commands, the menu, backend events.
 *
 * Built once for each generation from statements (authoring.md §1.2, decisions.md "Language"), then read-only and shared by all
 * threads. Tables say where to go, so the whole graph is known here: unknown steps, dead ends and missing wording are problems
 * at load, not a customer's. Knows wording; does not know Lua: a function is an index that `script` can call.
 */
#ifndef LISOLO_FLOW_H
#define LISOLO_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lisolo/base/decl.h"
#include "lisolo/base/json.h"
#include "lisolo/base/keys.h"
#include "lisolo/base/problems.h"
#include "lisolo/talk.h"
#include "lisolo/wording.h"

enum step_kind { STEP_ASK, STEP_CHOOSE, STEP_CALL, STEP_BRANCH, STEP_SAY, STEP_SET, STEP_RUN, STEP_FINISH };

enum expect_kind {
    EXPECT_TEXT, EXPECT_NUMBER, EXPECT_AMOUNT, EXPECT_PHONE, EXPECT_DATE, EXPECT_LOCATION, EXPECT_PHOTO, EXPECT_AUDIO, EXPECT_DOCUMENT,
    EXPECT_CONTACT, EXPECT_ANY, EXPECT_ONE_OF, EXPECT_SECRET,
};

struct expect {
    enum expect_kind kind;
    bool     has_min, has_max;
    double   min, max;             /* text, secret: code points; number, amount: value */
    char     country[3];
    char   **only;                 /* text { only = {…} } */
    size_t   only_count;
    struct expect *choices;        /* ONE_OF, in order */
    size_t   choice_count;
};

struct flow;
struct step;

struct target {                    /* where to go */
    const struct step *step;       /* NULL: see the others */
    const struct flow *flow;       /* menus and words start flows */
    bool edit;                     /* go there once, then to the asking step's `next` */
};

struct event_var { char *name; char *path; };      /* a name and where its value is found: "client.prenom" */

struct choice_target {
    char *id;
    struct target to;
    int   line;
    struct event_var *gives; size_t give_count;     /* event taps: variables of the flow that it starts, from the rule's `vars` */
};

struct branch_case { uint32_t when; /* DECL_NO_FUNCTION: always */ struct target to; };

struct save_rule { char *name; char *path; uint32_t function; char **fields; size_t field_count; };   /* from an answer: a path, a function, or some fields */

struct keep_rules { struct save_rule *list; size_t count; };     /* `token` and `refresh` of an answer */

enum { PAGES_MAX = 20 };           /* a person waits for all of them */

struct session {                   /* session "client" { login = …, refresh = { … } } */
    char *name;
    char *file; int line;
    const struct flow *login;      /* opens it; NULL only when that was reported */
    bool     refreshes;
    char    *refresh_path;         /* POST */
    uint32_t refresh_body;         /* function(c): the only one that reads c.session */
    struct keep_rules refresh_keeps;
    int      refresh_timeout_ms;
};

struct fail_rule { char *outcome; struct target to; };      /* "timeout" "http_4xx" "http_5xx" "network" "other" */

struct wait_rule { int64_t after_ms; const struct wording_message *say; struct target to; };   /* remind: say; expire: to */

/* ---- answers ---- */

enum late_policy { LATE_EXPLAIN, LATE_IGNORE, LATE_JUMP };      /* what a button of a question does that is not pending any more */

struct after_rule {                /* { words = { "suivi" }, flow = "suivi", give = { … } } or { words = { "merci" }, say = "…" } */
    char **words; size_t word_count;                /* folded phrases */
    const struct flow *flow;                        /* or NULL: `say` */
    struct event_var *gives; size_t give_count;     /* variables of the flow that it starts, from what was kept */
    const struct wording_message *say;
};

struct afterwards {                /* f.afterwards: what words mean when the flow has ended */
    int64_t last_ms;               /* 0: nothing lives on */
    char  **keep; size_t keep_count;
    struct after_rule *rules; size_t rule_count;
};

/* ---- schedules ---- */

enum { PLANS_MAX = 8 };            /* a person: more promises than that are an author's mistake, and each has a row and a place in the state */

enum every_kind { EVERY_SPAN, EVERY_DAY, EVERY_WEEKDAY };

struct every_rule {                /* "2 h", "day 08:00", "monday 09:00": local time of the deployment's country */
    enum every_kind kind;
    int64_t span_ms;
    int     weekday;               /* 0 monday … 6 sunday */
    int     minute;                /* of the day */
    char   *text;                  /* as written */
};

struct quiet_hours { bool set; int from, to; };   /* minutes of the day; from > to: over midnight; from == to: never */

struct event_case { char **is; size_t is_count; const struct wording_message **say; size_t say_count; const struct wording_message *outside;
                    struct plan_rule *plans; size_t plan_count; };

enum plan_kind { PLAN_AFTER, PLAN_EVERY, PLAN_CANCEL };

struct plan_rule {                 /* plan = { after "30 min" {…}, every "day 08:00" {…}, cancel "nom" } */
    enum plan_kind kind;
    char   *name;
    char   *file;
    int     line;
    int64_t after_ms;
    struct every_rule every;
    int64_t last_ms;               /* every: until when */
    struct event_case says;        /* say, outside */
    char   *unless;                /* not sent when this variable has a value by then; "person.x" too; NULL */
    struct quiet_hours quiet;      /* its own; not set: the project's */
    bool    drop;                  /* what falls into quiet hours is dropped, not moved */
    char  **keeps; size_t keep_count;   /* variables that its messages use: their values are kept with it */
};

struct schedule {                  /* every "day 08:00" { … } at the top of a file */
    char *name;
    char *file;
    int   line;
    struct every_rule every;
    char *event;                   /* type that an `on` statement handles */
    cJSON *data;                   /* object; NULL: none */
};

/* ---- values that outlive a flow ---- */

enum { PERSON_BYTES_MAX = 8 * 1024, PERSON_TABLE_BYTES_MAX = 2 * 1024, SHARED_BYTES_MAX = 8 * 1024, SHARED_ALL_BYTES_MAX = 64 * 1024 };

enum person_kind { PERSON_TEXT, PERSON_NUMBER, PERSON_BOOLEAN, PERSON_LIST, PERSON_TABLE };

struct person_value {              /* person { panier = list { max = 20 } } */
    char *name;
    enum person_kind kind;
    int   max;                     /* text: code points; list: items */
    bool  drop_oldest;             /* a list over its quota loses its first items; else that is an error */
};

/* ---- the bill ---- */

struct budget {                    /* of one pass of a step; 0: no limit */
    uint64_t steps, memory_bytes;
    int64_t  backend_ms;
    int      messages;
};

struct step {
    enum step_kind kind;
    char *name;
    const struct flow *flow;
    char *file;
    int   line;
    const struct wording_message *say;     /* NULL when the kind has none */
    struct target next;                    /* resolved: the next step in the file unless `next` says otherwise; .step NULL: the flow ends */
    /* ask, choose */
    struct expect expect;
    char    *save;
    uint32_t check;
    const struct wording_message *retry;
    int      tries;                        /* 0: no limit */
    struct target give_up;
    bool     has_remind; struct wait_rule remind;
    bool     has_expire; struct wait_rule expire;
    enum late_policy late;
    int64_t  gather_ms;                    /* ask: what comes within that time of each other is one answer; 0: every message is one */
    const struct wording_message *help;
    bool     no_back, no_cancel, no_help;              /* commands = { retour = false } by what the command does; the menu works everywhere */
    struct choice_target *on; size_t on_count;
    uint32_t list;                         /* choose: rows from data */
    /* branch */
    struct branch_case *cases; size_t case_count;
    /* call */
    char    *method; char *path;           /* path with {var} places */
    uint32_t body;
    struct decl query;                     /* table or nil */
    struct save_rule *saves; size_t save_count;
    struct target ok;
    struct fail_rule *fails; size_t fail_count;
    int      timeout_ms;
    int      pages;                        /* GET: pages of a list that are read; 0: what comes */
    const struct session *auth, *opens;    /* whose token it carries; which session its answer opens, with `keeps` of it */
    struct keep_rules keeps;
    /* set */
    struct { char *name; uint32_t function; } *sets; size_t set_count;
    /* run: `saves` are (variable here, name in the sub-flow's result) */
    const struct flow *run;
    struct event_var *gives; size_t give_count;     /* (variable there, path here) */
    /* finish */
    bool     handover;                     /* to staff: the bot is silent until they give back, or handover_ms are over */
    int64_t  handover_ms;
    const struct wording_message *handover_back;    /* said then; NULL: nothing */
    struct event_var *results; size_t result_count; /* (name, path here): what a sub-flow hands back */
    const struct session *closes;          /* its token is forgotten */
    /* every kind: made when the step has done its work: the question asked, the answer saved, the values set */
    struct plan_rule *plans; size_t plan_count;
    struct budget budget;                  /* its own figures, else the flow's */
};

/* Where a step can go, with the key that says so ("next", "on oui", "fail timeout"…): the edges of the graph. */
struct step_exit { char label[TALK_NAME_MAX + 16]; struct target to; };

struct flow {
    char *name;
    char *file;
    int   line;
    const struct step *start;
    char **words; size_t word_count;       /* folded (utf8_fold) */
    char **takes; size_t take_count;       /* variables that a `run` or a tap gives */
    struct { char *from; char *to; } *moved; size_t moved_count;
    struct { char *name; uint32_t function; } *values; size_t value_count;
    struct wait_rule expire;               /* default for its steps: 24 h to the end */
    enum late_policy late;                 /* the same */
    const struct step *safe;               /* where the second failure in a row leads; NULL: the menu */
    struct afterwards afterwards;
    struct budget budget;
    struct step *steps; size_t step_count;
};

enum command_does { DOES_MENU, DOES_CANCEL, DOES_BACK, DOES_HELP, DOES_LANGUAGE };

struct command { char *name; char **words; size_t word_count; enum command_does does; const struct wording_message *say;
                 char *language; /* LANGUAGE: "en"; its words also count as the first word of somebody's first message */ };

enum asking_policy { ASKING_NOW, ASKING_REPEAT, ASKING_AFTER };    /* a notification in the middle of a question */

struct event_rule {                        /* on "mission.accepted" { … } */
    char *type;
    char *file; int line;
    char *to;                              /* path of the telephone number */
    char *by;                              /* path of the word that selects a case; NULL: `cases[0]` always */
    char *key;                             /* path: coalesce key; NULL */
    char *once;                            /* path of an id: at most once a person for each value; NULL */
    int   limit;                           /* notifications a person for each value of `key`; 0: no limit */
    struct event_var *vars; size_t var_count;
    struct event_case *cases; size_t case_count;
    struct choice_target *taps; size_t tap_count;
    struct plan_rule *plans; size_t plan_count;    /* made with every notification of this statement */
    enum asking_policy when_asking;
};

enum source_signature { SOURCE_HMAC_SHA256, SOURCE_STANDARD_WEBHOOKS };

struct source_rule {                       /* source "mobile_money" { … }: another system's webhook */
    char *name;
    char *file; int line;
    char *path;                            /* on the public port */
    enum source_signature signature;
    char *header;                          /* that holds an HMAC; NULL for standard-webhooks */
    char *id;                              /* path of what makes a webhook the same one again; NULL: its webhook-id, else its bytes */
    char *subject;                         /* path of what keeps webhooks in order; NULL: each by itself */
    uint32_t event;                        /* function(body): { type, data, id } or nil */
};

/* Messages that the host itself needs words for; the first five must exist (a problem at load otherwise). */
struct flow_common {
    const struct wording_message *not_understood;   /* commun.pas_compris */
    const struct wording_message *problem;          /* commun.probleme: the declared apology */
    const struct wording_message *late_tap;         /* commun.bouton_ancien */
    const struct wording_message *help;             /* commun.aide */
    const struct wording_message *unsupported;      /* commun.non_pris_en_charge */
    const struct wording_message *wait;             /* commun.patientez: somebody writes while a call is under way; NULL: silence */
    const struct wording_message *expired;          /* commun.expire: a question expired and its step says nothing about it; NULL: silence */
    const struct wording_message *nothing;          /* commun.rien_a_annuler: "annuler" when no flow is running; NULL: the menu */
};

struct flows {
    struct flow *list; size_t count;
    struct command *commands; size_t command_count;
    const struct wording_message *menu_say;         /* menu { say, on } */
    struct choice_target *menu_on; size_t menu_on_count;   /* targets are flows */
    struct event_rule *events; size_t event_count;
    struct source_rule *sources; size_t source_count;
    struct session *sessions; size_t session_count;
    struct quiet_hours quiet;                        /* quiet "21:00-07:00": nothing scheduled leaves in these hours */
    struct schedule *schedules; size_t schedule_count;
    struct person_value *person; size_t person_count;
    cJSON *shared;                                   /* {"tarifs": {…}}: read-only, as all of this; NULL: nothing is shared */
    struct flow_common common;
};

/* Reports every problem; NULL only when out of memory. The result points into `w`, which must outlive it. */
struct flows *flows_build(const struct statements *statements, const struct wording *w, const char *country, struct problems *out);
void          flows_free(struct flows *f);

const struct flow *flows_find(const struct flows *f, const char *name);
const struct step *flow_step(const struct flow *f, const char *name);      /* not through `moved` */
const char        *flow_moved(const struct flow *f, const char *name);     /* NULL when not moved */
const struct command *flows_command(const struct flows *f, const char *folded);
const struct command *flows_greeting(const struct flows *f, const char *folded);      /* the language command with whose words it begins */
const struct command *flows_command_named(const struct flows *f, const char *name);   /* a button with a command's name does what the command does */
const struct flow *flows_by_word(const struct flows *f, const char *folded);
const struct event_rule *flows_event(const struct flows *f, const char *type);
const struct source_rule *flows_source(const struct flows *f, const char *name);
const char *step_kind_name(enum step_kind kind);
bool        step_waits(const struct step *s);                              /* for the person: ask, choose */
/* Fills at most `max` exits and returns how many there are. A target with neither step nor flow ends the flow. */
size_t      step_exits(const struct step *s, struct step_exit *out, size_t max);
const struct person_value *flows_person(const struct flows *f, const char *name);      /* NULL: not declared */
const struct schedule *flows_schedule(const struct flows *f, const char *name);
const struct plan_rule *plan_find(const struct plan_rule *plans, size_t count, const char *name);   /* not a `cancel` */
/* "person.x" -> "x"; NULL: another name. */
const char *flow_person_part(const char *path);
/* Names that messages may use in any flow and that no step may save to: prenom, telephone, person, shared. `langue` may be saved: it is the person's language. */
bool        flow_profile_name(const char *name);

/* Every key of every place, in the order of the reference page. */
const struct key_doc   *flow_keys(size_t *count);
const struct place_doc *flow_places(size_t *count);
bool                    flow_has_property(const char *name);              /* f.start, f.words… */

/* The problems that flows_build() reports, by code, for `lisolo explain` and tests. */
struct flow_code { const char *code; const char *meaning; };
const struct flow_code *flow_codes(size_t *count);

#endif
