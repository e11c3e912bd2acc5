/*
 * convert - JSON to Lua, read-only, and Lua to JSON, plain data only.
 */
#ifndef LISOLO_SCRIPT_CONVERT_H
#define LISOLO_SCRIPT_CONVERT_H

#include <lua.h>

#include "lisolo/base/json.h"

enum {
    CONVERT_BYTES_MAX = 64 * 1024,     /* one value, about as it would be printed (hosts.md §2.3, "hash flooding") */
    CONVERT_KEYS_MAX  = 2000,          /* of one table */
    CONVERT_DEPTH_MAX = 32,            /* JSON_DEPTH_MAX */
};

/* What an error names: "flows/course.lua:14: the result.prix is …". Worked out only then: a call must not pay for it. */
struct convert_place {
    const char *what;          /* "the result" */
    int         function;      /* index of the Lua function whose place leads; 0: none, the running one's */
};

/*
 * Pushes `item` (NULL: nil). Objects and arrays become read-only tables; null is nil in an object and false in an array, so that
 * what follows keeps its place. Numbers without a fraction become integers. Raises when it is too large.
 */
void convert_push(lua_State *L, const cJSON *item, struct convert_place place);

/*
 * The value at `index` as JSON in *out, which is the caller's at every moment. nil gives NULL. Raises for what is no plain data,
 * naming the path to it. Members are sorted by name: Lua's order differs from state to state, and a turn must not.
 */
void convert_take(lua_State *L, int index, struct convert_place place, cJSON **out);

#endif
