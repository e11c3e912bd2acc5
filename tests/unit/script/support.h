/* What the tests of `script` share: sources from texts, a generation without wording and flows, one function called. */
#ifndef LISOLO_TESTS_SCRIPT_SUPPORT_H
#define LISOLO_TESTS_SCRIPT_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../../core/script/generation.h"

/* One test binary may hold many: `EACH(name)` in the list of main(). */
#define EACH(name) cmocka_unit_test(name)

/* Pairs of name and text, NULL at the end. */
struct script_sources sources_of(const char *name, ...);

/* Fails the test when there is a problem. */
struct generation *define(struct script_sources sources, struct statements *statements);
/* The problems of sources that cannot be loaded, one a line: "E001 flows/x.lua:3:4 text | hint". Free with free(). "" when none. */
char *problems_of(struct script_sources sources);

/* A worker with one function, "x/calcul/y" = function(c, v) body end; the body starts in line 1. */
struct script_worker *worker_for(const char *body, const struct script_limits *limits);
/* `head` stands before the flow, on lines of its own. */
struct script_worker *worker_with(const char *head, const char *body, const struct script_limits *limits);

/* Calls function 0 with vars and argument given as JSON (NULL: none): the first result as JSON, or the failure's text. Static memory. */
const char *call(struct script_worker *w, const char *vars, const char *argument);
/* worker_for() and call() in one, with the default limits. */
const char *value_of(const char *body);

#endif
