/*
 * script - Lua: the sandbox, loading a generation of scripts, calling the authors' functions.
 *
 * Product staff write the scripts, so nothing in them may hang, fill or crash the host (hosts.md §2). A generation is loaded on
 * one thread in a scratch state; each worker then makes its own state from the same sources. A script_worker belongs to one
 * thread at a time; threads that run Lua need an 8 MiB stack (SCRIPT_STACK_BYTES, hosts.md §0.1).
 */
#ifndef LISOLO_SCRIPT_H
#define LISOLO_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lisolo/base/decl.h"
#include "lisolo/base/error.h"
#include "lisolo/base/json.h"
#include "lisolo/base/problems.h"
#include "lisolo/flow.h"
#include "lisolo/wording.h"

enum {
    SCRIPT_FILE_BYTES_MAX = 64 * 1024,
    SCRIPT_STACK_BYTES    = 8 * 1024 * 1024,
    SCRIPT_FILES_MAX      = 2000,
};

struct script_limits {             /* all from the configuration; script_limits_default() */
    size_t   memory_bytes;         /* whole state, code included: 32 MiB */
    size_t   block_bytes;          /* largest single string or table part: 1 MiB */
    size_t   churn_bytes;          /* total that a single call may allocate: 128 MiB */
    uint64_t steps;                /* VM instructions plus charged C work, a call: 1,000,000 */
    uint64_t load_steps;           /* the same for loading one file: 5,000,000 */
    uint32_t cpu_ms;               /* backstop: 250 */
};
struct script_limits script_limits_default(void);

/* ---- sources: every file read once ---- */

struct script_source { char *name; char *text; size_t len; };   /* "flows/course.lua" */
struct script_sources { struct script_source *list; size_t count; char digest[65]; };

/* Reads flows/, flows/lib/ and templates/ below `folder` (or below `folder`/scripts), files *.lua, sorted by name. Reads a file twice
 * when it changes meanwhile. False: something was reported, and *out is empty. */
bool script_sources_read(const char *folder, struct script_sources *out, struct problems *problems);
void script_sources_free(struct script_sources *s);

/* ---- a generation: immutable, counted ---- */

struct generation {
    uint64_t              number;      /* set by the engine */
    char                  digest[65];  /* of the definitions */
    struct script_sources sources;
    struct wording       *wording;
    struct flows         *flows;
    size_t                function_count;
    struct script_limits  limits;
    char                  country[3];
    _Atomic int           users;
};

/* Compiles, runs the top levels under budget, builds wording and flows. Takes `sources`. NULL when a problem is an error;
 * then `problems` says everything that is wrong, not just the first, sorted. The caller is the first user. Codes of its own: E001
 * syntax, E002 what a file may be and hold, E003 unknown name, E004 error at the top level, E005 limit, E006 a function assigns a
 * local of the file, E007 the same key twice, E008 no definition, E009 library. */
struct generation *generation_load(struct script_sources *sources, const struct script_limits *limits, const char *country, struct problems *problems);
void generation_use(struct generation *g);
void generation_drop(struct generation *g);    /* frees with the last user */

/* ---- calling an author's function ---- */

struct script_worker;

/* NULL: err says why (a state whose definitions differ from the generation's is an error here). Uses the generation. */
struct script_worker *script_worker_new(struct generation *g, struct error *err);
void                  script_worker_free(struct script_worker *w);
struct generation    *script_worker_generation(const struct script_worker *w);

/* Values of JSON are read-only tables in Lua; null is nil in an object and false in a list. A value over 64 KiB, over 32 levels or
 * over 2,000 names in one object is not handed over (SCRIPT_FAILED). */
struct script_context {            /* what `c` shows to the function */
    const cJSON *vars;             /* c.name; the flow's derived `values` are computed on reading */
    const struct flow *flow;       /* whose values; NULL */
    int64_t      now_ms;           /* c.now, in seconds */
    const char  *language;         /* c.langue */
    const char  *name;             /* c.prenom: the profile name's first word; NULL */
    const char  *phone;            /* c.telephone */
    const char  *error;            /* c.error in fail steps; NULL */
};

enum script_status { SCRIPT_DONE, SCRIPT_FAILED, SCRIPT_STOPPED };

struct script_failure {            /* for FAILED and STOPPED */
    char text[512];                /* "flows/course.lua:14: attempt to …" or "flows/course.lua:22: stopped: more than 1,000,000 steps (limit \"steps\")" */
    char hint[256];                /* "" when none */
    char file[128];
    int  line;
};

/* Calls function `index` with (c, argument). Results become JSON: results[0..1], NULL for nil; the caller cJSON_Delete()s them.
 * `argument` and `failure` may be NULL. What the function returned must be plain data, else SCRIPT_FAILED naming the path. Members
 * are sorted by name; integers of 16 or more digits become texts, as in json.h; a table without anything becomes {}, also
 * where a list was meant (an empty list of c comes back as []). */
enum script_status script_call(struct script_worker *w, uint32_t index, const struct script_context *c, const cJSON *argument,
                               cJSON *results[2], struct script_failure *failure);
const char *script_function_name(const struct generation *g, uint32_t index);   /* "course/envoyer/body" */

/* ---- configuration files: Lua that is only data ---- */

/* Runs `path` in a sandbox with no functions at all except string concatenation; what it returns, or the globals that it
 * assigns, becomes `out` (a DECL_TABLE). Errors name file and line. */
bool script_read_config(const char *path, struct decl *out, struct error *err);

#endif
