#include "library.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "lisolo/base/nearest.h"
#include "readonly.h"
#include "sandbox.h"

static const char NAMES;       /* its address is the registry's key */

/* Names that people know from Lua elsewhere, and what to do here. */
static const struct { const char *name, *instead; } INSTEAD[] = {
    { "os",               "the time is c.now" },
    { "io",               "a script reads no files; values come from c" },
    { "print",            "a script only returns values; try it with `lisolo chat`" },
    { "require",          "write use \"money\" for scripts/flows/lib/money.lua" },
    { "dofile",           "write use \"money\" for scripts/flows/lib/money.lua" },
    { "loadfile",         "write use \"money\" for scripts/flows/lib/money.lua" },
    { "load",             "write the function itself" },
    { "package",          "write use \"money\" for scripts/flows/lib/money.lua" },
    { "xpcall",           "use pcall" },
    { "setmetatable",     "plain tables are enough here" },
    { "getmetatable",     "plain tables are enough here" },
    { "rawset",           "write t[key] = value" },
    { "rawget",           "write t[key]" },
    { "rawlen",           "write #t" },
    { "rawequal",         "write a == b" },
    { "coroutine",        "a function returns its value at once; waiting is a step" },
    { "collectgarbage",   "memory is the host's business" },
    { "debug",            "errors name file and line by themselves" },
    { "_G",               "use local names" },
    { "_ENV",             "use local names" },
    { "math.random",      "the same event must always give the same answer" },
    { "math.randomseed",  "the same event must always give the same answer" },
    { "table.move",       "use a for loop" },
    { "table.pack",       "write { ... }" },
    { "string.dump",      "write the function itself" },
    { "string.pack",      "use string.format" },
    { "string.unpack",    "use string.match" },
};

const char *library_instead(const char *name)
{
    for (size_t i = 0; i < sizeof INSTEAD / sizeof *INSTEAD; i++)
        if (strcmp(INSTEAD[i].name, name) == 0)
            return INSTEAD[i].instead;
    return NULL;
}

int library_unknown(lua_State *L, int names, const char *where, const char *name)
{
    struct nearest near = { .word = name };
    const char *dot = *where == '\0' ? "" : ".", *instead, *full;

    names = lua_absindex(L, names);
    full = lua_pushfstring(L, "%s%s%s", where, dot, name);
    instead = library_instead(full);
    if (instead != NULL)
        return failure_raise(L, "E003", "'%s' is not defined (%s)", full, problem_text_in(sandbox_of(L)->language, instead));
    lua_pushnil(L);
    while (lua_next(L, names) != 0) {
        lua_pop(L, 1);
        if (lua_type(L, -1) == LUA_TSTRING)
            nearest_offer(&near, lua_tostring(L, -1));
    }
    if (near.best == NULL)
        return failure_raise(L, "E003", "'%s' is not defined", full);
    return failure_raise(L, "E003", "'%s' is not defined (did you mean '%s%s%s'?)", full, where, dot, near.best);
}

bool library_keeps_state(lua_CFunction f)
{
    return library_string_keeps_state(f) || library_base_keeps_state(f);
}

void library_push_names(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &NAMES);
}

static int unknown_name(lua_State *L)
{
    if (lua_type(L, 2) != LUA_TSTRING)
        return 0;
    return library_unknown(L, 1, "", lua_tostring(L, 2));
}

static int refuse_global(lua_State *L)
{
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?";

    library_push_names(L);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, -2) != LUA_TNIL)
        return failure_raise(L, "E003", "'%s' is a name of Lisolo and cannot be changed (choose another name and write 'local')", name);
    return failure_raise(L, "E003", "assignment to undeclared name '%s' (did you forget 'local'?)", name);
}

void library_push_environment(lua_State *L)
{
    lua_createtable(L, 0, 0);
    lua_createtable(L, 0, 2);
    lua_rotate(L, -3, -1);         /* names on top */
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, refuse_global);
    lua_setfield(L, -2, "__newindex");
    lua_setmetatable(L, -2);
}

/* Methods of a text: s:upper(). The library itself, since nothing gives a script its metatable. */
static void open_strings(lua_State *L)
{
    library_string(L);
    lua_pushliteral(L, "");
    lua_createtable(L, 0, 2);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
    readonly_library(L, "string");
}

void library_open(lua_State *L)
{
    static const struct { const char *name; void (*push)(lua_State *); } LIBRARIES[] = {
        { "table", library_table }, { "math", library_math }, { "utf8", library_utf8 },
    };

    readonly_open(L);
    lua_createtable(L, 0, 64);
    library_base(L);
    open_strings(L);
    lua_setfield(L, -2, "string");
    for (size_t i = 0; i < sizeof LIBRARIES / sizeof *LIBRARIES; i++) {
        LIBRARIES[i].push(L);
        readonly_library(L, LIBRARIES[i].name);
        lua_setfield(L, -2, LIBRARIES[i].name);
    }
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, unknown_name);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &NAMES);
}
