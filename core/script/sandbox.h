/*
 * sandbox - one Lua state whose scripts cannot hang, fill or crash the host (hosts.md §2).
 *
 * A sandbox belongs to one thread at a time. Scripts run only in sandbox_run(), which returns when the function ends, fails or
 * is stopped because it went over a limit. A stopped call never resumes; the state stays usable afterwards.
 */
#ifndef LISOLO_SCRIPT_SANDBOX_H
#define LISOLO_SCRIPT_SANDBOX_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lisolo/script.h"

enum limit { LIMIT_NONE, LIMIT_STEPS, LIMIT_MEMORY, LIMIT_BLOCK, LIMIT_CHURN, LIMIT_CPU };

struct loader;
struct call;

enum { SANDBOX_FILE_MAX = 128 };

struct sandbox {
    lua_State           *L;            /* never runs a script */
    lua_State           *co;           /* runs them all, one after the other */
    struct script_limits limits;
    size_t               used;         /* bytes that Lua holds */

    /* the run in progress, or the last one */
    bool                 running;
    enum limit           stopped;
    uint64_t             steps, steps_max;
    size_t               churn;
    uint64_t             wall_ns, cpu_ns;      /* when the first 1,000 steps were over; 0 before */
    char                 stop_file[SANDBOX_FILE_MAX];
    int                  stop_line;            /* where a script was when it was first told to stop */
    void                *refused_block;
    size_t               refused_bytes;

    /* the last error that the host raised with a code, and the text that tells it from a later one */
    const char          *error_code, *error_text;
    char                 error_hint[256];

    int                  chunk_line;   /* where the file that ran was, when the run failed: 0 unknown */

    enum problem_language language;    /* of what is raised; English but for somebody who checks */

    /* what the bindings work for */
    struct loader       *loader;       /* while top levels run, else NULL */
    struct call         *call;         /* while an author's function runs, else NULL */

    /* a test makes the `fail_at`-th request fail (1-based; 0: none), and with `fail_on` all that follow */
    uint64_t             requests, fail_at;
    bool                 fail_on;
};

/* NULL when out of memory. The state has the safe string metatable and nothing else. */
struct sandbox *sandbox_new(const struct script_limits *limits);
void            sandbox_free(struct sandbox *sb);      /* NULL is fine */

struct sandbox *sandbox_of(lua_State *L);

/* Runs `f(lightuserdata arg)` for the host itself: protected, without limits. */
bool sandbox_protect(struct sandbox *sb, lua_CFunction f, void *arg, struct error *err);

/*
 * Runs `entry(lightuserdata arg)` on the coroutine under the limits, with `steps` instead of the limit of that name. The entry
 * calls scripts with lua_callk() and a continuation, so that they can be stopped by yielding: pcall does not see that.
 */
enum script_status sandbox_run(struct sandbox *sb, lua_CFunction entry, void *arg, uint64_t steps, struct script_failure *failure);

/* Charges steps for C work done for a script. Raises when they are spent, so call it before taking what Lua does not own. */
void sandbox_charge(lua_State *L, uint64_t n);

/* The innermost script function on the stack and its line; false when there is none. Allocates nothing. */
bool sandbox_place(lua_State *L, char *file, size_t size, int *line);

/* "1 MiB", "64 KiB", "100 bytes" */
void sandbox_size_text(size_t bytes, char *out, size_t size);

#endif
