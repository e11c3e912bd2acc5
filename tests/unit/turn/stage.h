/*
 * stage - one person and one generation of scripts: events in, what is said out. Time is the test's.
 *
 * Every turn is run twice and must give the same bytes; the state goes through its JSON form after each.
 */
#ifndef TEST_TURN_STAGE_H
#define TEST_TURN_STAGE_H

#include "lisolo/turn.h"

struct stage {
    struct generation    *g;
    struct script_worker *w;
    struct turn_keys      keys;
    struct store_person   person;
    bool                  routing;      /* no person: a routing conversation */
    char                 *state;
    size_t                state_len;
    uint64_t              seq;
    int64_t               now_ms;
    struct turn_result    last;
    char                 *notes;        /* of problems at load */
};

#define STAGE_START 1737968400000LL     /* 2025-01-27 09:00 UTC */

/* Files in one text: it begins with flows/essai.lua, "--- templates/x.lua" begins another. The host's messages and a menu with
 * nothing in it are added unless the text has a menu. */
void stage_open(struct stage *s, const char *lua);
void stage_open_scripts(struct stage *s);            /* the product's own: scripts/ */
void stage_close(struct stage *s);
/* Other scripts, the same conversation. */
void stage_reload(struct stage *s, const char *lua);

void stage_event(struct stage *s, const struct event *e);
void stage_text(struct stage *s, const char *text);
void stage_tap(struct stage *s, const char *choice);                /* a button of the last turn's messages */
void stage_tap_id(struct stage *s, const char *id, const char *title);
void stage_location(struct stage *s, double latitude, double longitude, const char *place);
void stage_media(struct stage *s, const char *media);
void stage_answer(struct stage *s, const char *outcome, int status, const char *json);   /* to the last turn's call, or the one before */
void stage_timer(struct stage *s);                                  /* "wait", now */
void stage_notice(struct stage *s, const char *type, const char *id, const char *json);
void stage_later(struct stage *s, int64_t minutes);

/* What the last turn did. */
size_t      stage_count(const struct stage *s);
bool        stage_is(const struct stage *s, size_t index, const char *message);     /* message id of a row */
const char *stage_body(const struct stage *s, size_t index);        /* of its free form; until the next call */
const char *stage_row(const struct stage *s, size_t index);         /* its JSON */
void        stage_said(const struct stage *s, const char *messages);   /* "course.depart" or "a + b": exactly these; the test fails else */
const char *stage_choice(const struct stage *s, const char *choice);   /* signed id in the last turn's messages; NULL */
const char *stage_place(const struct stage *s);                     /* "course/depart", "-" when no flow is running */
const char *stage_var(const struct stage *s, const char *path);     /* JSON of a path of the state, "" when absent: "vars.nom" */
const struct store_call  *stage_call(const struct stage *s);
const struct store_timer *stage_timer_set(const struct stage *s);

#endif
