/*
 * bytecode - what a compiled file does with names, read from Lua's own dump of it.
 *
 * The compiler has resolved every scope, so this is exact where reading tokens would have to guess: which functions assign a local
 * of the file (their value would differ from worker to worker), and which names are looked up outside every function.
 */
#ifndef LISOLO_SCRIPT_BYTECODE_H
#define LISOLO_SCRIPT_BYTECODE_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

enum found {
    FOUND_READ,       /* a global name is read */
    FOUND_FIELD,      /* a field of a global name is read: name "math", field "floor" */
    FOUND_WRITE,      /* a global name is assigned */
    FOUND_UPVALUE,    /* a function assigns a local of the file */
    FOUND_CHAIN,      /* one value is reached by more than BYTECODE_CHAIN_MAX look-ups in a row */
};

/*
 * Lua 5.4.4 looks for the name of a nil value along that chain, by recursion and in quadratic time that no hook sees: 0.9 s at
 * 32,000 links (hosts.md §0.1). Nobody writes 64 by hand.
 */
enum { BYTECODE_CHAIN_MAX = 64 };

typedef void bytecode_found(void *ctx, enum found what, const char *name, const char *field, int line);

/* The Lua function at the top of the stack stays there. False when the dump is not of the kind that this Lua makes or memory is
 * out. `name` and `field` are valid during the call. */
bool bytecode_read(lua_State *L, bytecode_found *found, void *ctx);

#endif
