/* generation - what a generation holds beyond its public part. Private to generation.c, worker.c and their tests. */
#ifndef LISOLO_SCRIPT_GENERATION_H
#define LISOLO_SCRIPT_GENERATION_H

#include "loader.h"

struct script_worker;

/* The part of generation_load() that is Lua: definitions without wording and flows. Takes `sources`; NULL: problems say why. The
 * statements are the caller's to statements_free(). */
struct generation *generation_define(struct script_sources *sources, const struct script_limits *limits, const char *country,
                                     struct problems *problems, struct statements *statements);

struct sandbox *script_worker_sandbox(struct script_worker *w);

/* unused.c: messages that nothing sends, answers that nothing reads. False: out of memory. */
bool script_check_unused(const struct script_sources *sources, const struct wording *w, const struct flows *f, struct problems *problems);

#endif
