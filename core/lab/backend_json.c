#include "backend_json.h"

#include <lauxlib.h>
#include <math.h>
#include <string.h>

#include "wire.h"

static const char *const list_type = "lab.list", *const tree_type = "lab.tree", *const buf_type = "lab.buf";

static int free_tree(lua_State *L)
{
    cJSON **tree = lua_touserdata(L, 1);

    cJSON_Delete(*tree);
    *tree = NULL;
    return 0;
}

static int free_buf(lua_State *L)
{
    buf_free(lua_touserdata(L, 1));
    return 0;
}

static void make_type(lua_State *L, const char *name, lua_CFunction collect)
{
    luaL_newmetatable(L, name);
    if (collect != NULL) {
        lua_pushcfunction(L, collect);
        lua_setfield(L, -2, "__gc");
    }
    lua_pop(L, 1);
}

void backend_json_init(lua_State *L)
{
    make_type(L, list_type, NULL);
    make_type(L, tree_type, free_tree);
    make_type(L, buf_type, free_buf);
}

void backend_mark_list(lua_State *L) { luaL_setmetatable(L, list_type); }

struct buf *backend_push_buf(lua_State *L, size_t limit)
{
    struct buf *b = lua_newuserdatauv(L, sizeof *b, 0);

    buf_init(b, limit);
    luaL_setmetatable(L, buf_type);
    return b;
}

/* ---- to Lua ---- */

static void push_value(lua_State *L, const cJSON *value);

static void push_number(lua_State *L, double value)
{
    if (value == floor(value) && fabs(value) < 9007199254740992.0)
        lua_pushinteger(L, (lua_Integer)value);
    else
        lua_pushnumber(L, value);
}

static void push_container(lua_State *L, const cJSON *value)
{
    const cJSON *item;
    lua_Integer n = 0;

    lua_newtable(L);
    cJSON_ArrayForEach(item, value) {
        push_value(L, item);
        if (cJSON_IsArray(value))
            lua_seti(L, -2, ++n);
        else
            lua_setfield(L, -2, item->string);
    }
    if (cJSON_IsArray(value))
        backend_mark_list(L);
}

static void push_value(lua_State *L, const cJSON *value)
{
    luaL_checkstack(L, 4, "JSON");
    if (cJSON_IsString(value))
        lua_pushstring(L, value->valuestring);
    else if (cJSON_IsNumber(value))
        push_number(L, value->valuedouble);
    else if (cJSON_IsBool(value))
        lua_pushboolean(L, cJSON_IsTrue(value));
    else if (cJSON_IsArray(value) || cJSON_IsObject(value))
        push_container(L, value);
    else
        lua_pushlightuserdata(L, NULL);
}

bool backend_push_json(lua_State *L, const char *text, size_t len, struct error *err)
{
    cJSON **tree = lua_newuserdatauv(L, sizeof *tree, 0);

    *tree = NULL;
    luaL_setmetatable(L, tree_type);
    *tree = json_parse(text, len, err);
    if (*tree == NULL) {
        lua_pop(L, 1);
        return false;
    }
    push_value(L, *tree);
    cJSON_Delete(*tree);
    *tree = NULL;
    lua_remove(L, -2);
    return true;
}

/* ---- from Lua ---- */

static void print_value(lua_State *L, int index, struct buf *b, int depth);

static bool is_list(lua_State *L, int index)
{
    bool marked = false;

    if (lua_getmetatable(L, index)) {
        luaL_getmetatable(L, list_type);
        marked = lua_rawequal(L, -1, -2);
        lua_pop(L, 2);
    }
    return marked || lua_rawlen(L, index) > 0;
}

static void print_list(lua_State *L, int index, struct buf *b, int depth)
{
    size_t count = lua_rawlen(L, index);

    buf_addc(b, '[');
    for (size_t i = 1; i <= count; i++) {
        if (i > 1)
            buf_addc(b, ',');
        lua_rawgeti(L, index, (lua_Integer)i);
        print_value(L, lua_gettop(L), b, depth + 1);
        lua_pop(L, 1);
    }
    buf_addc(b, ']');
}

/* Pushes a list of the keys, in order, so that answers do not change from run to run. */
static size_t push_keys(lua_State *L, int index)
{
    size_t count = 0;

    lua_newtable(L);
    for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            luaL_error(L, "JSON: an object's keys must be strings");
        lua_pushvalue(L, -2);
        lua_rawseti(L, -4, (lua_Integer)++count);
    }
    lua_getglobal(L, "table");
    lua_getfield(L, -1, "sort");
    lua_pushvalue(L, -3);
    lua_call(L, 1, 0);
    lua_pop(L, 1);
    return count;
}

static void print_object(lua_State *L, int index, struct buf *b, int depth)
{
    size_t count = push_keys(L, index);

    buf_addc(b, '{');
    for (size_t i = 1; i <= count; i++) {
        if (i > 1)
            buf_addc(b, ',');
        lua_rawgeti(L, -1, (lua_Integer)i);
        wire_string(b, lua_tostring(L, -1));
        buf_addc(b, ':');
        lua_rawget(L, index);
        print_value(L, lua_gettop(L), b, depth + 1);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    buf_addc(b, '}');
}

static void print_number(lua_State *L, int index, struct buf *b)
{
    if (lua_isinteger(L, index))
        buf_addf(b, LUA_INTEGER_FMT, lua_tointeger(L, index));
    else if (isfinite(lua_tonumber(L, index)))
        buf_addf(b, "%.15g", lua_tonumber(L, index));
    else
        luaL_error(L, "JSON: a number that it does not know");
}

static void print_value(lua_State *L, int index, struct buf *b, int depth)
{
    luaL_checkstack(L, 8, "JSON");
    if (depth > JSON_DEPTH_MAX)
        luaL_error(L, "JSON: too deep, or a table that holds itself");
    switch (lua_type(L, index)) {
    case LUA_TNIL:
    case LUA_TLIGHTUSERDATA: buf_adds(b, "null"); break;
    case LUA_TBOOLEAN:       buf_adds(b, lua_toboolean(L, index) ? "true" : "false"); break;
    case LUA_TSTRING:        wire_string(b, lua_tostring(L, index)); break;
    case LUA_TNUMBER:        print_number(L, index, b); break;
    case LUA_TTABLE:
        if (is_list(L, index))
            print_list(L, index, b, depth);
        else
            print_object(L, index, b, depth);
        break;
    default:
        luaL_error(L, "JSON: a %s is none", luaL_typename(L, index));
    }
}

void backend_print_json(lua_State *L, int index, struct buf *b)
{
    print_value(L, lua_absindex(L, index), b, 0);
    if (!buf_ok(b))
        luaL_error(L, "JSON: too long, or out of memory");
}
