#include <ctype.h>
#include <lauxlib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "library.h"
#include "lisolo/wording.h"
#include "readonly.h"
#include "sandbox.h"

static int base_assert(lua_State *L)
{
    luaL_checkany(L, 1);
    if (lua_toboolean(L, 1))
        return lua_gettop(L);
    lua_remove(L, 1);
    if (lua_gettop(L) == 0)
        return luaL_error(L, "assertion failed");
    lua_settop(L, 1);
    return lua_error(L);
}

static int base_error(lua_State *L)
{
    int level = (int)luaL_optinteger(L, 2, 1);

    lua_settop(L, 1);
    if (lua_type(L, 1) == LUA_TSTRING && level > 0) {
        luaL_where(L, level);
        lua_pushvalue(L, 1);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

static int next_item(lua_State *L)
{
    lua_Integer i = luaL_checkinteger(L, 2);

    i = (lua_Integer)((lua_Unsigned)i + 1);
    lua_pushinteger(L, i);
    return lua_geti(L, 1, i) == LUA_TNIL ? 1 : 2;
}

static int base_ipairs(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_pushcfunction(L, next_item);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    return 3;
}

/* ---- next and pairs ----
 *
 * Lua's order of names depends on a seed that differs from state to state, and the same event must always give the same answer.
 * So what is not a name comes first, in Lua's order, and names follow by alphabet.
 */

static int compare_text(lua_State *L, int a, int b)
{
    size_t a_len, b_len;
    const char *x = lua_tolstring(L, a, &a_len), *y = lua_tolstring(L, b, &b_len);
    int c = memcmp(x, y, a_len < b_len ? a_len : b_len);

    return c != 0 ? c : a_len < b_len ? -1 : a_len > b_len;
}

/* Pushes the first name of `table` behind the one at `after` (0: of all). False: there is none, nothing is pushed. */
static bool push_next_name(lua_State *L, int table, int after)
{
    int best;
    uint64_t seen = 0;

    lua_pushnil(L);
    best = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, table) != 0; lua_pop(L, 1), seen++) {
        if (lua_type(L, -2) != LUA_TSTRING || (after != 0 && compare_text(L, -2, after) <= 0))
            continue;
        if (lua_isnil(L, best) || compare_text(L, -2, best) < 0)
            lua_copy(L, -2, best);
    }
    sandbox_charge(L, seen / 4);
    if (!lua_isnil(L, best))
        return true;
    lua_pop(L, 1);
    return false;
}

/* Reads through read-only tables and past the host's own keys. */
static int base_next(lua_State *L)
{
    bool named;

    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    if (!readonly_real(L, 1))
        lua_pushvalue(L, 1);
    lua_replace(L, 1);
    named = lua_type(L, 2) == LUA_TSTRING;
    if (!named) {
        lua_pushvalue(L, 2);
        while (lua_next(L, 1) != 0) {
            if (lua_type(L, -2) != LUA_TSTRING && !readonly_hidden_key(L, -2))
                return 2;
            lua_pop(L, 1);
        }
    }
    if (push_next_name(L, 1, named ? 2 : 0)) {
        lua_pushvalue(L, -1);
        lua_rawget(L, 1);
        return 2;
    }
    lua_pushnil(L);
    return 1;
}

/* More names than this are sorted once; fewer are looked for one by one. */
enum { FEW_NAMES = 12 };

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Upvalues: the table, its keys in order, how many were given. */
static int next_key(lua_State *L)
{
    lua_Integer i = lua_tointeger(L, lua_upvalueindex(3));

    for (;;) {
        i++;
        if (lua_rawgeti(L, lua_upvalueindex(2), i) == LUA_TNIL)
            return 1;
        lua_pushvalue(L, -1);
        if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
            break;
        lua_pop(L, 2);             /* taken away meanwhile */
    }
    lua_pushinteger(L, i);
    lua_replace(L, lua_upvalueindex(3));
    return 2;
}

/* Pushes the keys of the table at `real`: others first, then `names` names sorted. */
static void push_keys(lua_State *L, int real, size_t names)
{
    const char **list = lua_newuserdatauv(L, (names + 1) * sizeof *list, 0);
    int keys = lua_gettop(L) + 1;
    lua_Integer n = 0;
    size_t at = 0;

    lua_createtable(L, (int)names, 0);
    for (lua_pushnil(L); lua_next(L, real) != 0; lua_pop(L, 1)) {
        if (lua_type(L, -2) == LUA_TSTRING) {
            list[at++] = lua_tostring(L, -2);
        } else if (!readonly_hidden_key(L, -2)) {
            lua_pushvalue(L, -2);
            lua_rawseti(L, keys, ++n);
        }
    }
    qsort(list, names, sizeof *list, by_text);
    for (size_t i = 0; i < names; i++) {
        lua_pushstring(L, list[i]);
        lua_rawseti(L, keys, ++n);
    }
    lua_remove(L, keys - 1);
}

/* Names with a zero byte in them cannot be sorted as C texts; nobody has them. */
static size_t count_names(lua_State *L, int real, bool *sortable)
{
    size_t n = 0, all = 0, len;

    *sortable = true;
    for (lua_pushnil(L); lua_next(L, real) != 0; lua_pop(L, 1)) {
        if (++all % 64 == 0)
            sandbox_charge(L, 16);
        if (lua_type(L, -2) != LUA_TSTRING)
            continue;
        n++;
        *sortable = *sortable && strlen(lua_tolstring(L, -2, &len)) == len;
    }
    return n;
}

static int base_pairs(lua_State *L)
{
    size_t names;
    bool sortable;

    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_call(L, 1, 1);         /* only c has one: a C function that gives a table */
        lua_replace(L, 1);
    }
    if (!readonly_real(L, 1))
        lua_pushvalue(L, 1);
    names = count_names(L, 2, &sortable);
    sandbox_charge(L, names);
    if (names <= FEW_NAMES || !sortable) {
        lua_pushcfunction(L, base_next);
        lua_pushvalue(L, 1);
        lua_pushnil(L);
        return 3;
    }
    push_keys(L, 2, names);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, next_key, 3);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

static int finish_pcall(lua_State *L, int status, lua_KContext ctx)
{
    (void)ctx;
    if (status == LUA_OK || status == LUA_YIELD) {
        lua_pushboolean(L, 1);
        lua_insert(L, 1);
        return lua_gettop(L);
    }
    lua_pushboolean(L, 0);
    lua_pushvalue(L, -2);
    return 2;
}

static int base_pcall(lua_State *L)
{
    int status;

    luaL_checkany(L, 1);
    status = lua_pcallk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, 0, finish_pcall);
    return finish_pcall(L, status, 0);
}

static int base_select(lua_State *L)
{
    lua_Integer n = lua_gettop(L), i;

    if (lua_type(L, 1) == LUA_TSTRING && strcmp(lua_tostring(L, 1), "#") == 0) {
        lua_pushinteger(L, n - 1);
        return 1;
    }
    i = luaL_checkinteger(L, 1);
    if (i < 0)
        i = n + i;
    else if (i > n)
        i = n;
    luaL_argcheck(L, i >= 1, 1, "index out of range");
    return (int)(n - i);
}

/* Digits of `base` in all of the text, spaces around allowed. */
static bool read_digits(const char *s, const char *end, int base, lua_Integer *out)
{
    lua_Unsigned value = 0;
    bool negative = false;

    while (s < end && isspace((unsigned char)*s))
        s++;
    while (s < end && isspace((unsigned char)end[-1]))
        end--;
    if (s < end && (*s == '-' || *s == '+'))
        negative = *s++ == '-';
    if (s == end)
        return false;
    for (; s < end; s++) {
        int c = tolower((unsigned char)*s), digit = isdigit(c) ? c - '0' : isalpha(c) ? c - 'a' + 10 : 36;

        if (digit >= base)
            return false;
        value = value * (lua_Unsigned)base + (lua_Unsigned)digit;
    }
    *out = (lua_Integer)(negative ? 0u - value : value);
    return true;
}

static int base_tonumber(lua_State *L)
{
    lua_Integer base, value;
    const char *s;
    size_t len;

    luaL_checkany(L, 1);
    if (lua_isnoneornil(L, 2)) {
        if (lua_type(L, 1) == LUA_TNUMBER) {
            lua_settop(L, 1);
            return 1;
        }
        s = lua_type(L, 1) == LUA_TSTRING ? lua_tolstring(L, 1, &len) : NULL;
        if (s != NULL) {
            sandbox_charge(L, len / 8);
            if (lua_stringtonumber(L, s) == len + 1)
                return 1;
        }
        lua_pushnil(L);
        return 1;
    }
    base = luaL_checkinteger(L, 2);
    luaL_checktype(L, 1, LUA_TSTRING);
    luaL_argcheck(L, base >= 2 && base <= 36, 2, "base out of range");
    s = lua_tolstring(L, 1, &len);
    sandbox_charge(L, len / 8);
    if (read_digits(s, s + len, (int)base, &value))
        lua_pushinteger(L, value);
    else
        lua_pushnil(L);
    return 1;
}

const char *library_text(lua_State *L, int index, size_t *len)
{
    switch (lua_type(L, index)) {
    case LUA_TSTRING:
    case LUA_TNUMBER:
        lua_pushvalue(L, index);
        break;
    case LUA_TBOOLEAN:
        lua_pushstring(L, lua_toboolean(L, index) ? "true" : "false");
        break;
    default:                       /* never an address: it would weaken the seed of Lua's hashes */
        lua_pushstring(L, luaL_typename(L, index));
    }
    return lua_tolstring(L, -1, len);
}

static int base_tostring(lua_State *L)
{
    luaL_checkany(L, 1);
    (void)library_text(L, 1, NULL);
    return 1;
}

static int base_type(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_pushstring(L, luaL_typename(L, 1));
    return 1;
}

/* fcfa("2 500 FCFA") -> 2500, or nil: every shape that a price arrives in (decisions.md, "Language"). */
static int base_fcfa(lua_State *L)
{
    cJSON item = { 0 };
    int64_t amount;
    size_t len;

    luaL_checkany(L, 1);
    if (lua_type(L, 1) == LUA_TSTRING) {
        item.type = cJSON_String;
        item.valuestring = (char *)(uintptr_t)lua_tolstring(L, 1, &len);   /* read only: wording takes it const */
        sandbox_charge(L, len / 8);
    } else if (lua_type(L, 1) == LUA_TNUMBER) {
        item.type = cJSON_Number;
        item.valuedouble = lua_tonumber(L, 1);
    } else {
        item.type = cJSON_NULL;
    }
    if (item.type != cJSON_NULL && wording_read_amount(&item, &amount))
        lua_pushinteger(L, amount);
    else
        lua_pushnil(L);
    return 1;
}

bool library_base_keeps_state(lua_CFunction f) { return f == next_key; }

void library_base(lua_State *L)
{
    static const luaL_Reg FUNCTIONS[] = {
        { "assert", base_assert },     { "error", base_error },       { "ipairs", base_ipairs }, { "next", base_next },
        { "pairs", base_pairs },       { "pcall", base_pcall },       { "select", base_select }, { "tonumber", base_tonumber },
        { "tostring", base_tostring }, { "type", base_type },         { "fcfa", base_fcfa },     { NULL, NULL },
    };

    luaL_setfuncs(L, FUNCTIONS, 0);
}
