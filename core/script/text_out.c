#include "text_out.h"

#include <lauxlib.h>
#include <string.h>

#include "sandbox.h"

enum { HEADER_BYTES = 64 };    /* more than Lua puts before a string or a userdata */

void text_check_length(lua_State *L, size_t len)
{
    size_t limit = sandbox_of(L)->limits.block_bytes;
    char size[32];

    if (len + HEADER_BYTES <= limit)
        return;
    sandbox_size_text(limit, size, sizeof size);
    luaL_error(L, "this text would be longer than %s", size);
}

void text_out_init(lua_State *L, struct text_out *out)
{
    out->L = L;
    out->data = out->room;
    out->len = 0;
    out->cap = sizeof out->room;
    lua_pushnil(L);
    out->slot = lua_gettop(L);
}

char *text_out_room(struct text_out *out, size_t len)
{
    size_t cap = out->cap, limit = sandbox_of(out->L)->limits.block_bytes - HEADER_BYTES;
    char *data;

    if (out->cap - out->len >= len)
        return out->data + out->len;
    text_check_length(out->L, out->len + len);
    while (cap < out->len + len)
        cap *= 2;
    if (cap > limit)
        cap = limit;
    sandbox_charge(out->L, out->len / 64);
    luaL_checkstack(out->L, 1, NULL);
    data = lua_newuserdatauv(out->L, cap, 0);
    memcpy(data, out->data, out->len);
    lua_replace(out->L, out->slot);
    out->data = data;
    out->cap = cap;
    return data + out->len;
}

void text_out_add(struct text_out *out, const char *text, size_t len)
{
    if (len == 0)
        return;
    memcpy(text_out_room(out, len), text, len);
    out->len += len;
}

void text_out_char(struct text_out *out, char c)
{
    *text_out_room(out, 1) = c;
    out->len++;
}

void text_out_push(struct text_out *out)
{
    sandbox_charge(out->L, out->len / 64);
    lua_pushlstring(out->L, out->data, out->len);
}
