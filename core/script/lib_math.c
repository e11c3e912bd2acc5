#include <float.h>
#include <lauxlib.h>
#include <math.h>

#include "library.h"

/* A float without a fraction becomes an integer when it fits. */
static void push_whole(lua_State *L, lua_Number n)
{
    lua_Integer i;

    if (lua_numbertointeger(n, &i))
        lua_pushinteger(L, i);
    else
        lua_pushnumber(L, n);
}

static int round_with(lua_State *L, lua_Number (*f)(lua_Number))
{
    if (lua_isinteger(L, 1))
        lua_settop(L, 1);
    else
        push_whole(L, f(luaL_checknumber(L, 1)));
    return 1;
}

static int math_floor(lua_State *L) { return round_with(L, floor); }
static int math_ceil(lua_State *L)  { return round_with(L, ceil); }

static int math_abs(lua_State *L)
{
    if (lua_isinteger(L, 1)) {
        lua_Integer n = lua_tointeger(L, 1);

        lua_pushinteger(L, n < 0 ? (lua_Integer)(0u - (lua_Unsigned)n) : n);
    } else {
        lua_pushnumber(L, fabs(luaL_checknumber(L, 1)));
    }
    return 1;
}

static int math_fmod(lua_State *L)
{
    if (lua_isinteger(L, 1) && lua_isinteger(L, 2)) {
        lua_Integer d = lua_tointeger(L, 2);

        luaL_argcheck(L, d != 0, 2, "zero");
        lua_pushinteger(L, d == -1 ? 0 : lua_tointeger(L, 1) % d);   /* the smallest integer % -1 traps */
    } else {
        lua_pushnumber(L, fmod(luaL_checknumber(L, 1), luaL_checknumber(L, 2)));
    }
    return 1;
}

static int math_modf(lua_State *L)
{
    lua_Number n = luaL_checknumber(L, 1), whole = n < 0 ? ceil(n) : floor(n);

    push_whole(L, whole);
    lua_pushnumber(L, isinf(n) ? 0.0 : n - whole);
    return 2;
}

static int math_sqrt(lua_State *L)
{
    lua_pushnumber(L, sqrt(luaL_checknumber(L, 1)));
    return 1;
}

static int math_tointeger(lua_State *L)
{
    lua_Integer n;
    int ok = 0;

    luaL_checkany(L, 1);
    n = lua_tointegerx(L, 1, &ok);
    if (ok)
        lua_pushinteger(L, n);
    else
        lua_pushnil(L);
    return 1;
}

static int math_type(lua_State *L)
{
    luaL_checkany(L, 1);
    if (lua_type(L, 1) == LUA_TNUMBER)
        lua_pushstring(L, lua_isinteger(L, 1) ? "integer" : "float");
    else
        lua_pushnil(L);
    return 1;
}

static int best_of(lua_State *L, bool largest)
{
    int n = lua_gettop(L), best = 1;

    (void)luaL_checknumber(L, 1);
    for (int i = 2; i <= n; i++) {
        (void)luaL_checknumber(L, i);
        if (largest ? lua_compare(L, best, i, LUA_OPLT) : lua_compare(L, i, best, LUA_OPLT))
            best = i;
    }
    lua_pushvalue(L, best);
    return 1;
}

static int math_max(lua_State *L) { return best_of(L, true); }
static int math_min(lua_State *L) { return best_of(L, false); }

void library_math(lua_State *L)
{
    static const luaL_Reg FUNCTIONS[] = {
        { "abs", math_abs },   { "ceil", math_ceil }, { "floor", math_floor }, { "fmod", math_fmod },           { "max", math_max },
        { "min", math_min },   { "modf", math_modf }, { "sqrt", math_sqrt },   { "tointeger", math_tointeger }, { "type", math_type },
        { NULL, NULL },
    };

    luaL_newlib(L, FUNCTIONS);
    lua_pushnumber(L, HUGE_VAL);
    lua_setfield(L, -2, "huge");
    lua_pushnumber(L, 3.14159265358979323846);
    lua_setfield(L, -2, "pi");
    lua_pushinteger(L, LUA_MAXINTEGER);
    lua_setfield(L, -2, "maxinteger");
    lua_pushinteger(L, LUA_MININTEGER);
    lua_setfield(L, -2, "mininteger");
}
