/*
 * context - `c`, what an author's function sees of its conversation: read-only, each part converted when it is first read.
 */
#ifndef LISOLO_SCRIPT_CONTEXT_H
#define LISOLO_SCRIPT_CONTEXT_H

#include <lua.h>

#include "sandbox.h"

struct call {
    const struct script_context *context;
    const cJSON *argument;
    uint32_t     index;
    cJSON       *results[2];
    bool         cached;               /* something was remembered for this call */
    int          computing;            /* derived values that are being computed: they see no secrets */
};

/* Makes the one `c` of a state. Raises. */
void context_open(lua_State *L);
void context_push(lua_State *L);
/* Forgets what the last call remembered. Allocates nothing. */
void context_clear(lua_State *L);

#endif
