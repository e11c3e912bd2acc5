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
#include "lisolo/base/problems.h"
#include "lisolo/talk.h"
#include "lisolo/wording.h"

enum step_kind { STEP_ASK, STEP_CHOOSE, STEP_CALL, STEP_BRANCH, STEP_SAY, STEP_SET, STEP_RUN, STEP_FINISH };

enum expect_kind {
    EXPECT_TEXT, EXPECT_NUMBER, EXPECT_AMOUNT, EXPECT_PHONE, EXPECT_DATE, EXPECT_LOCATION, EXPECT_PHOTO, EXPECT_AUDIO, EXPECT_DOCUMENT,
    EXPECT_CONTACT, EXPECT_ANY, EXPECT_ONE_OF,
};

struct expect {
    enum expect_kind kind;
    bool     has_min, has_max;
    double   min, max;             /* text: code points; number, amount: value */
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

struct fail_rule { char *outcome; struct target to; };      /* "timeout" "http_4xx" "http_5xx" "network" "other" */

struct wait_rule { int64_t after_ms; const struct wording_message *say; struct target to; };   /* remind: say; expire: to */

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
    const struct wording_message *help;
    bool     no_back, no_cancel, no_menu, no_help;     /* commands = { retour = false } by what the command does */
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
    /* set */
    struct { char *name; uint32_t function; } *sets; size_t set_count;
    /* run: `saves` are (variable here, name in the sub-flow's result) */
    const struct flow *run;
    struct event_var *gives; size_t give_count;     /* (variable there, path here) */
    /* finish */
    bool     handover;
    struct event_var *results; size_t result_count; /* (name, path here): what a sub-flow hands back */
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
    struct step *steps; size_t step_count;
};

enum command_does { DOES_MENU, DOES_CANCEL, DOES_BACK, DOES_HELP };

struct command { char *name; char **words; size_t word_count; enum command_does does; const struct wording_message *say; };

struct event_case { char **is; size_t is_count; const struct wording_message **say; size_t say_count; const struct wording_message *outside; };

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
};

/* Messages that the host itself needs words for; the first five must exist (a problem at load otherwise). */
struct flow_common {
    const struct wording_message *not_understood;   /* commun.pas_compris */
    const struct wording_message *problem;          /* commun.probleme: the declared apology */
    const struct wording_message *late_tap;         /* commun.bouton_ancien */
    const struct wording_message *help;             /* commun.aide */
    const struct wording_message *unsupported;      /* commun.non_pris_en_charge */
    const struct wording_message *wait;             /* commun.patientez: somebody writes while a call is under way; NULL: silence */
    const struct wording_message *nothing;          /* commun.rien_a_annuler: "annuler" when no flow is running; NULL: the menu */
};

struct flows {
    struct flow *list; size_t count;
    struct command *commands; size_t command_count;
    const struct wording_message *menu_say;         /* menu { say, on } */
    struct choice_target *menu_on; size_t menu_on_count;   /* targets are flows */
    struct event_rule *events; size_t event_count;
    struct flow_common common;
};

/* Reports every problem; NULL only when out of memory. The result points into `w`, which must outlive it. */
struct flows *flows_build(const struct statements *statements, const struct wording *w, const char *country, struct problems *out);
void          flows_free(struct flows *f);

const struct flow *flows_find(const struct flows *f, const char *name);
const struct step *flow_step(const struct flow *f, const char *name);      /* not through `moved` */
const char        *flow_moved(const struct flow *f, const char *name);     /* NULL when not moved */
const struct command *flows_command(const struct flows *f, const char *folded);
const struct command *flows_command_named(const struct flows *f, const char *name);   /* a button with a command's name does what the command does */
const struct flow *flows_by_word(const struct flows *f, const char *folded);
const struct event_rule *flows_event(const struct flows *f, const char *type);
const char *step_kind_name(enum step_kind kind);
bool        step_waits(const struct step *s);                              /* for the person: ask, choose */
/* Fills at most `max` exits and returns how many there are. A target with neither step nor flow ends the flow. */
size_t      step_exits(const struct step *s, struct step_exit *out, size_t max);
/* Names that messages may use in any flow and that no step may save to: prenom, telephone. `langue` may be saved: it is the person's language. */
bool        flow_profile_name(const char *name);

/* The problems that flows_build() reports, by code, for `lisolo explain` and tests. */
struct flow_code { const char *code; const char *meaning; };
const struct flow_code *flow_codes(size_t *count);

#endif
