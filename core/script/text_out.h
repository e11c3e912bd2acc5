/*
 * text_out - a text being built inside a Lua function: every byte belongs to Lua, so an error on the way leaks nothing.
 */
#ifndef LISOLO_SCRIPT_TEXT_OUT_H
#define LISOLO_SCRIPT_TEXT_OUT_H

#include <lua.h>
#include <stddef.h>

struct text_out {
    lua_State *L;
    char      *data;
    size_t     len, cap;
    int        slot;           /* where the stack holds what is too long for `room` */
    char       room[512];
};

/* Takes one stack slot, which must stay below what the caller pushes and pops. All may raise. */
void text_out_init(lua_State *L, struct text_out *out);
void text_out_add(struct text_out *out, const char *text, size_t len);
void text_out_char(struct text_out *out, char c);
/* Room for `len` more bytes; the caller adds what it used to out->len. */
char *text_out_room(struct text_out *out, size_t len);
void text_out_push(struct text_out *out);

/* Raises when a text of `len` bytes would be longer than a script may have; the limit leaves room for Lua's own header. */
void text_check_length(lua_State *L, size_t len);

#endif
