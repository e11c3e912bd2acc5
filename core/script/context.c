#include "context.h"

#include <lauxlib.h>
#include <string.h>

#include "convert.h"
#include "failure.h"
#include "loader.h"
#include "readonly.h"

/* Addresses that serve as keys in the registry; BUSY and NOTHING as values in what is remembered. */
static const char CONTEXT, REMEMBERED, BUSY, NOTHING, SHARED;

static const struct script_context *current(lua_State *L, struct call **call)
{
    *call = sandbox_of(L)->call;
    if (*call == NULL || (*call)->context == NULL)
        luaL_error(L, "c can only be read while its function runs");
    return (*call)->context;
}

/* Pushes the table of what this call has read so far. */
static void push_remembered(lua_State *L, struct call *call)
{
    if (call->cached) {
        lua_rawgetp(L, LUA_REGISTRYINDEX, &REMEMBERED);
        return;
    }
    lua_createtable(L, 0, 4);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &REMEMBERED);
    call->cached = true;
}

/* Remembers the value at the top under the name at index 2; leaves the value. */
static void remember(lua_State *L, struct call *call)
{
    push_remembered(L, call);
    lua_pushvalue(L, 2);
    if (lua_isnil(L, -3))
        lua_pushlightuserdata(L, (void *)(uintptr_t)&NOTHING);
    else
        lua_pushvalue(L, -3);
    lua_rawset(L, -3);
    lua_pop(L, 1);
}

/* Pushes what is remembered under the name at index 2, or nothing. */
static bool recall(lua_State *L, struct call *call)
{
    if (!call->cached)
        return false;
    push_remembered(L, call);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, -2) == LUA_TNIL) {
        lua_pop(L, 2);
        return false;
    }
    lua_remove(L, -2);
    if (lua_touserdata(L, -1) == &BUSY)
        luaL_error(L, "the value '%s' needs itself to be computed", lua_tostring(L, 2));
    if (lua_touserdata(L, -1) == &NOTHING) {
        lua_pop(L, 1);
        lua_pushnil(L);
    }
    return true;
}

/* ---- reading ---- */

static bool push_special(lua_State *L, const struct script_context *c, const char *name)
{
    if (strcmp(name, "now") == 0)
        lua_pushinteger(L, c->now_ms / 1000);
    else if (strcmp(name, "langue") == 0)
        lua_pushstring(L, c->language);
    else if (strcmp(name, "prenom") == 0)
        lua_pushstring(L, c->name);
    else if (strcmp(name, "telephone") == 0)
        lua_pushstring(L, c->phone);
    else if (strcmp(name, "error") == 0)
        lua_pushstring(L, c->error);
    else if (strcmp(name, "shared") == 0)
        lua_rawgetp(L, LUA_REGISTRYINDEX, &SHARED);
    else
        return false;
    return true;
}

/* Where a secret may be read it is an ordinary value; everywhere else asking for it is a mistake that is told at once. */
static bool push_hidden(lua_State *L, const struct script_context *c, struct call *call, const char *name)
{
    bool secret = strcmp(name, "secret") == 0;
    const cJSON *hidden = secret ? c->secrets : c->session;

    if (!secret && strcmp(name, "session") != 0)
        return false;
    if (hidden == NULL || call->computing > 0)
        luaL_error(L, secret ? "c.secret can only be read in the `body` of a call" : "c.session can only be read in the `body` of a session's refresh");
    if (secret && c->secret_read != NULL)
        *c->secret_read = true;
    convert_push(L, hidden, (struct convert_place){ name, 0 });
    return true;
}

static int finish_value(lua_State *L, int status, lua_KContext ctx)
{
    struct call *call;

    (void)status;
    (void)ctx;
    (void)current(L, &call);
    call->computing--;
    lua_createtable(L, 0, 0);
    readonly_freeze(L, -2, -1);
    remember(L, call);
    return 1;
}

/* A derived value is computed when it is first read, at most once a call. */
static int compute(lua_State *L, struct call *call, uint32_t function)
{
    lua_pushlightuserdata(L, (void *)(uintptr_t)&BUSY);
    remember(L, call);
    call->computing++;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &LOADER_FUNCTIONS);
    lua_rawgeti(L, -1, (lua_Integer)function + 1);
    lua_pushvalue(L, 1);
    lua_callk(L, 1, 1, 0, finish_value);
    return finish_value(L, LUA_OK, 0);
}

static const uint32_t *find_value(const struct script_context *c, const char *name)
{
    for (size_t i = 0; c->flow != NULL && i < c->flow->value_count; i++)
        if (strcmp(c->flow->values[i].name, name) == 0)
            return &c->flow->values[i].function;
    return NULL;
}

static int context_index(lua_State *L)
{
    struct call *call;
    const struct script_context *c = current(L, &call);
    const cJSON *item;
    const uint32_t *function;
    const char *name;

    if (lua_type(L, 2) != LUA_TSTRING)
        return 0;
    name = lua_tostring(L, 2);
    if (push_special(L, c, name) || push_hidden(L, c, call, name) || recall(L, call))
        return 1;
    function = find_value(c, name);
    if (function != NULL)
        return compute(L, call, *function);
    item = strcmp(name, "person") == 0 ? c->person : cJSON_GetObjectItemCaseSensitive(c->vars, name);
    convert_push(L, item, (struct convert_place){ name, 0 });
    if (lua_type(L, -1) == LUA_TTABLE)
        remember(L, call);
    return 1;
}

static int context_newindex(lua_State *L)
{
    return luaL_error(L, "c is read-only: return the value, and let the step save it");
}

static int context_length(lua_State *L)
{
    return luaL_error(L, "c has names, not a length");
}

/* What pairs(c) walks: all variables as one read-only table. Derived values are not among them. */
static int context_pairs(lua_State *L)
{
    struct call *call;
    const struct script_context *c = current(L, &call);

    if (c->vars != NULL) {
        convert_push(L, c->vars, (struct convert_place){ "c", 0 });
    } else {
        lua_createtable(L, 0, 0);
        readonly_data(L, false);
    }
    return 1;
}

void context_open(lua_State *L)
{
    lua_createtable(L, 0, 0);
    lua_createtable(L, 0, 4);
    lua_pushcfunction(L, context_index);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, context_newindex);
    lua_setfield(L, -2, "__newindex");
    lua_pushcfunction(L, context_length);
    lua_setfield(L, -2, "__len");
    lua_pushcfunction(L, context_pairs);
    lua_setfield(L, -2, "__pairs");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &CONTEXT);
    lua_pushboolean(L, 0);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &REMEMBERED);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &LOADER_SHARED);
    readonly_data(L, false);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &SHARED);
}

void context_push(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &CONTEXT);
}

void context_clear(lua_State *L)
{
    lua_pushboolean(L, 0);             /* the key exists, so nothing is allocated */
    lua_rawsetp(L, LUA_REGISTRYINDEX, &REMEMBERED);
}
