/* format - string.format without addresses, its result bounded like every text. */
#ifndef LISOLO_SCRIPT_FORMAT_H
#define LISOLO_SCRIPT_FORMAT_H

#include <lua.h>

int format_string(lua_State *L);

#endif
