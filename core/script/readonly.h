/*
 * readonly - tables that scripts can read and not change.
 *
 * A read-only table is an empty one that stands for a real one, which it holds under a key that no script can name. Our own
 * next, ipairs, table.* and type read through it; # and indexing work by metatable. Scripts have neither rawset nor
 * getmetatable, and pairs() hands out the empty table, never the real one.
 */
#ifndef LISOLO_SCRIPT_READONLY_H
#define LISOLO_SCRIPT_READONLY_H

#include <lua.h>
#include <stdbool.h>

void readonly_open(lua_State *L);

/* Replaces the table at the top. `list`: it came from a JSON array, so that an empty one goes back as one. Raises. */
void readonly_data(lua_State *L, bool list);

/* Replaces the table at the top by a library: fast to read; an unknown field is an error that names `name`. Raises. */
void readonly_library(lua_State *L, const char *name);

/* Pushes the real table when the value at `index` is read-only; pushes nothing otherwise. Allocates nothing. */
bool readonly_real(lua_State *L, int index);
bool readonly_is_list(lua_State *L, int index);

/* True for every key that is the host's, not an author's: next and the readers of tables skip it. */
bool readonly_hidden_key(lua_State *L, int index);

/*
 * Freezes the value at `index` for good: a table becomes read-only together with all that it holds, a function keeps working
 * but everything that it captured is frozen (a change would live on after the call, and differ from worker to worker). The
 * table at `seen` remembers what was done, so that what was one table stays one. Pushes the frozen value. Raises.
 */
void readonly_freeze(lua_State *L, int index, int seen);

#endif
