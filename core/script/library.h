/*
 * library - the functions and names that scripts can use, built up from nothing (hosts.md §2.4).
 *
 * Each is our own, since a C function can do more than constant work unseen by the hook: it charges first. Nothing here knows
 * the clock, random numbers, files or an address in memory.
 */
#ifndef LISOLO_SCRIPT_LIBRARY_H
#define LISOLO_SCRIPT_LIBRARY_H

#include <lua.h>
#include <stdbool.h>

/* Makes the read-only machinery, the string metatable and the table of names. Raises when out of memory. */
void library_open(lua_State *L);

/* Pushes the table of names: what every script can read. The host adds its own before scripts run. */
void library_push_names(lua_State *L);

/* Pushes a new environment: names of `names` (at the top, popped) are read through it, nothing can be assigned. */
void library_push_environment(lua_State *L);

/* What helps instead of a name that Lua has and we do not ("os", "math.random"); NULL. */
const char *library_instead(const char *name);

/* Raises "'name' is not defined (did you mean …?)": names is the index of the table that should have it, `where` e.g. "math". */
int library_unknown(lua_State *L, int names, const char *where, const char *name);

/* Each pushes its table, still open to changes. */
void library_string(lua_State *L);
void library_table(lua_State *L);
void library_math(lua_State *L);
void library_utf8(lua_State *L);
/* Adds to the table at the top. */
void library_base(lua_State *L);

/* True for what gmatch and pairs give back: it moves on with each call, so nothing may keep it from one call to the next. */
bool library_keeps_state(lua_CFunction f);
bool library_string_keeps_state(lua_CFunction f);
bool library_base_keeps_state(lua_CFunction f);

/* Most values that one call may give back at once: byte, codepoint, unpack. */
enum { LIBRARY_RESULTS_MAX = 250, LIBRARY_ITEMS_MAX = 65536 };

/* The real table behind argument `index` and its length, ≤ LIBRARY_ITEMS_MAX: pushes the table. Raises otherwise. */
lua_Integer library_list(lua_State *L, int index, bool writable);

/* The C text of any value, as tostring gives it but never with an address: pushes it. */
const char *library_text(lua_State *L, int index, size_t *len);

#endif
