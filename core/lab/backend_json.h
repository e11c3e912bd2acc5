/*
 * backend_json - JSON to Lua values and back, for the backend stand-in's script.
 *
 * All of these may raise Lua errors. What they allocate in C belongs to userdata, so nothing is lost when they do.
 */
#ifndef LAB_BACKEND_JSON_H
#define LAB_BACKEND_JSON_H

#include <lua.h>

#include "lisolo/base/buf.h"
#include "lisolo/base/json.h"

/* Registers the metatables; once a state, first. */
void backend_json_init(lua_State *L);

/* Pushes what the text says and returns true; else false, `err` filled and nothing pushed. null becomes a light userdata NULL. */
bool backend_push_json(lua_State *L, const char *text, size_t len, struct error *err);

/* Pushes a buffer that the collector frees. Bytes beyond `limit` raise in backend_print_json(). */
struct buf *backend_push_buf(lua_State *L, size_t limit);

/* Prints the value at `index`. Raises for functions, tables that hold themselves, keys that are no strings. */
void backend_print_json(lua_State *L, int index, struct buf *b);

/* Marks the table on top of the stack as an array. */
void backend_mark_list(lua_State *L);

#endif
