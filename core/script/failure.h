/* failure - what a failed or stopped run says: place first, one hint for what to do. */
#ifndef LISOLO_SCRIPT_FAILURE_H
#define LISOLO_SCRIPT_FAILURE_H

#include "sandbox.h"
#include "texts.h"

/* Reads it from the coroutine, which still stands where it ended. Allocates nothing. `out` may be NULL. Afterwards
 * sb->error_code is the code of that very error, or NULL. */
void failure_read(struct sandbox *sb, enum script_status status, struct script_failure *out);

/* Cuts "file:line: " off the front: the rest, or `text` itself when it has no such place. */
const char *failure_split(const char *text, char *file, size_t file_size, int *line);

/* Raises like luaL_error, with a code that sb->error_code gives back when this error is the one that ends the run. */
int failure_raise(lua_State *L, const char *code, const char *format, ...);
/* The same for the complete text at the top of the stack. */
int failure_raise_text(lua_State *L, const char *code);
/* The same for a text of the table, with its hint. */
int failure_raise_id(lua_State *L, enum text_id id, const char *a, const char *b);

/* A failure that the host found: "file:line: text". */
void failure_set(struct script_failure *out, const char *file, int line, const char *text);

#endif
