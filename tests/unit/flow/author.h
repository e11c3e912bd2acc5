/*
 * author - flows as product staff write them, for tests: Lua text to statements, messages to wording.
 *
 * A plain Lua state stands in for the script module, which is above this one: functions get numbers and are never called.
 */
#ifndef TEST_FLOW_AUTHOR_H
#define TEST_FLOW_AUTHOR_H

#include "lisolo/flow.h"

struct author {
    struct statements flows, words;
    struct problems   problems;
    struct wording   *wording;
    struct flows     *built;
};

/* `lua` is the file flows/course.lua; a line "--- flows/paiement.lua" begins another one. Messages that it needs are written in the same text: message "id" { fr = … }. The host's
 * own messages and a menu are added unless the text has them. */
void author_write(struct author *a, const char *lua);
void author_free(struct author *a);

/* The test fails unless nothing is wrong. */
void author_clean(struct author *a, const char *lua);
/* The test fails unless there is exactly one problem, with this code, and with `words` in its text or hint. */
void author_one(const char *lua, const char *code, const char *words);
/* How many problems have this code. */
size_t author_count(const struct author *a, const char *code);
const struct problem *author_problem(const struct author *a, const char *code);

#endif
