/*
 * declare - a Lua value as the decl tree that says where each part of it is written.
 *
 * Lua forgets the order of named entries and every position; the tokens of the file have both.
 */
#ifndef LISOLO_SCRIPT_DECLARE_H
#define LISOLO_SCRIPT_DECLARE_H

#include <lua.h>

#include "lisolo/base/decl.h"
#include "lisolo/base/pool.h"
#include "scan.h"

enum {
    DECLARE_NODES_MAX = 20000,     /* values of one statement: more cannot be written by hand in 64 KiB */
    DECLARE_DEPTH_MAX = 32,
};

struct declare {
    const char        *file;
    const struct scan *scan;
    struct pool       *pool;       /* scratch, the caller's to free */
    size_t             nodes;      /* so far */
    size_t            *bytes, bytes_max;
    /* What becomes of a function, called with it at the top of the stack; may raise. NULL: functions are refused. */
    uint32_t         (*function)(void *ctx, lua_State *L, const char *path);
    void             (*twice)(void *ctx, const struct place *again, int first_line);
    void              *ctx;
    int                depth;
    char               path[256];  /* of the value being read: "course/envoyer/body" */
    size_t             path_len;
};

/*
 * Fills `out` from the value at `index`, which is written at token `token` (scan->count: unknown; then line and column stand for
 * all of it). What `out` holds is the caller's to decl_free() at every moment, so this may raise: for values that are no
 * definitions, naming file and line (E008), and when memory or steps are out.
 */
void declare_value(lua_State *L, struct declare *d, int index, size_t token, int line, int column, struct decl *out);

/* The same for the table of globals at `index` that the whole file assigned. */
void declare_globals(lua_State *L, struct declare *d, int index, struct decl *out);

/* The key, in a constructor's table, of its tag ("text", "edit"…). */
extern const char DECLARE_TAG;

#endif
