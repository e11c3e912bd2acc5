#include "readonly.h"

#include <lauxlib.h>

#include "library.h"
#include "sandbox.h"

/* Addresses that serve as keys. */
static const char REAL, DATA, LIST;

enum { FREEZE_DEPTH_MAX = 100 };   /* far below Lua's 200 C levels */

static int refuse_change(lua_State *L)
{
    if (lua_type(L, 2) == LUA_TSTRING)
        return luaL_error(L, "'%s' cannot be changed: this table is read-only", lua_tostring(L, 2));
    return luaL_error(L, "this table is read-only");
}

static int data_index(lua_State *L)
{
    lua_rawgetp(L, 1, &REAL);
    lua_pushvalue(L, 2);
    lua_rawget(L, -2);
    return 1;
}

static int data_length(lua_State *L)
{
    lua_rawgetp(L, 1, &REAL);
    lua_pushinteger(L, (lua_Integer)lua_rawlen(L, -1));
    return 1;
}

static void make_metatable(lua_State *L, const void *key)
{
    lua_createtable(L, 0, 4);
    lua_pushcfunction(L, data_index);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, refuse_change);
    lua_setfield(L, -2, "__newindex");
    lua_pushcfunction(L, data_length);
    lua_setfield(L, -2, "__len");
    lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

void readonly_open(lua_State *L)
{
    make_metatable(L, &DATA);
    make_metatable(L, &LIST);
}

/* The table at the top becomes an empty one that holds it. */
static void stand_in(lua_State *L)
{
    lua_createtable(L, 0, 1);
    lua_insert(L, -2);
    lua_rawsetp(L, -2, &REAL);
}

void readonly_data(lua_State *L, bool list)
{
    luaL_checkstack(L, 2, NULL);
    stand_in(L);
    lua_rawgetp(L, LUA_REGISTRYINDEX, list ? &LIST : &DATA);
    lua_setmetatable(L, -2);
}

static int unknown_field(lua_State *L)
{
    if (lua_type(L, 2) != LUA_TSTRING)
        return 0;
    return library_unknown(L, 1, lua_tostring(L, lua_upvalueindex(1)), lua_tostring(L, 2));
}

void readonly_library(lua_State *L, const char *name)
{
    luaL_checkstack(L, 4, NULL);
    lua_createtable(L, 0, 1);
    lua_pushstring(L, name);
    lua_pushcclosure(L, unknown_field, 1);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);

    lua_createtable(L, 0, 2);
    lua_pushvalue(L, -2);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, refuse_change);
    lua_setfield(L, -2, "__newindex");
    lua_insert(L, -2);
    stand_in(L);
    lua_insert(L, -2);
    lua_setmetatable(L, -2);
}

bool readonly_real(lua_State *L, int index)
{
    if (lua_type(L, index) != LUA_TTABLE)
        return false;
    if (lua_rawgetp(L, index, &REAL) == LUA_TTABLE)
        return true;
    lua_pop(L, 1);
    return false;
}

bool readonly_is_list(lua_State *L, int index)
{
    bool is;

    if (lua_type(L, index) != LUA_TTABLE || !lua_getmetatable(L, index))
        return false;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &LIST);
    is = lua_rawequal(L, -1, -2) != 0;
    lua_pop(L, 2);
    return is;
}

bool readonly_hidden_key(lua_State *L, int index)
{
    return lua_type(L, index) == LUA_TLIGHTUSERDATA;
}

/* ---- freezing ---- */

static void freeze(lua_State *L, int seen, int depth);

static bool has_been_seen(lua_State *L, int seen)
{
    lua_pushvalue(L, -1);
    if (lua_rawget(L, seen) == LUA_TNIL) {
        lua_pop(L, 1);
        return false;
    }
    lua_replace(L, -2);            /* the value becomes its frozen form */
    return true;
}

static void freeze_table(lua_State *L, int seen, int depth)
{
    int table = lua_gettop(L);

    lua_pushvalue(L, table);
    readonly_data(L, false);
    lua_pushvalue(L, table);
    lua_pushvalue(L, -2);
    lua_rawset(L, seen);           /* before its content: a table may hold itself */
    lua_pushnil(L);
    while (lua_next(L, table) != 0) {
        if (lua_type(L, -2) == LUA_TTABLE || lua_type(L, -2) == LUA_TFUNCTION)
            luaL_error(L, "a table or function is the key of a table that functions use: use a name or a number");
        if (lua_type(L, -1) == LUA_TTABLE || lua_type(L, -1) == LUA_TFUNCTION) {
            freeze(L, seen, depth + 1);
            lua_pushvalue(L, -2);
            lua_pushvalue(L, -2);
            lua_rawset(L, table);
        }
        lua_pop(L, 1);
    }
    lua_replace(L, table);
}

static void freeze_function(lua_State *L, int seen, int depth)
{
    int function = lua_gettop(L);

    lua_pushvalue(L, function);
    lua_pushvalue(L, function);
    lua_rawset(L, seen);
    for (int i = 1; lua_getupvalue(L, function, i) != NULL; i++) {
        if (lua_type(L, -1) == LUA_TTABLE || lua_type(L, -1) == LUA_TFUNCTION) {
            freeze(L, seen, depth + 1);
            lua_pushvalue(L, -1);
            (void)lua_setupvalue(L, function, i);
        }
        lua_pop(L, 1);
    }
}

/* Replaces the value at the top. Every table with a metatable is the host's and read-only already. */
static void freeze(lua_State *L, int seen, int depth)
{
    if (depth > FREEZE_DEPTH_MAX)
        luaL_error(L, "tables or functions nested more than %d deep", FREEZE_DEPTH_MAX);
    luaL_checkstack(L, 8, NULL);
    sandbox_charge(L, 1);
    if (lua_type(L, -1) == LUA_TTABLE) {
        if (lua_getmetatable(L, -1)) {
            lua_pop(L, 1);
            return;
        }
        if (!has_been_seen(L, seen))
            freeze_table(L, seen, depth);
    } else if (lua_iscfunction(L, -1)) {
        if (library_keeps_state(lua_tocfunction(L, -1)))
            luaL_error(L, "what gmatch or pairs gives back cannot be kept outside a function: call it again where it is used");
    } else if (lua_type(L, -1) == LUA_TFUNCTION) {
        if (!has_been_seen(L, seen))
            freeze_function(L, seen, depth);
    }
}

void readonly_freeze(lua_State *L, int index, int seen)
{
    seen = lua_absindex(L, seen);
    lua_pushvalue(L, index);
    freeze(L, seen, 0);
}
