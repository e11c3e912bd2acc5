#include <lauxlib.h>
#include <stdint.h>
#include <string.h>

#include "library.h"
#include "readonly.h"
#include "sandbox.h"
#include "text_out.h"

lua_Integer library_list(lua_State *L, int index, bool writable)
{
    lua_Unsigned n;

    luaL_checktype(L, index, LUA_TTABLE);
    if (!readonly_real(L, index))
        lua_pushvalue(L, index);
    else if (writable)
        luaL_error(L, "this list is read-only: copy it first");
    n = lua_rawlen(L, -1);
    /* The length of a sparse table may be 2^40 with 41 entries (hosts.md §2.3). */
    if (n > LIBRARY_ITEMS_MAX)
        luaL_error(L, "this table has more than %d items", LIBRARY_ITEMS_MAX);
    return (lua_Integer)n;
}

static int table_insert(lua_State *L)
{
    lua_Integer n = library_list(L, 1, true), at;

    lua_pop(L, 1);
    if (lua_gettop(L) == 2) {
        lua_rawseti(L, 1, n + 1);
        return 0;
    }
    if (lua_gettop(L) != 3)
        return luaL_error(L, "table.insert takes a list, perhaps a place, and a value");
    at = luaL_checkinteger(L, 2);
    luaL_argcheck(L, at >= 1 && at <= n + 1, 2, "place outside the list");
    sandbox_charge(L, (uint64_t)(n + 1 - at) / 4 + 1);
    for (lua_Integer i = n; i >= at; i--) {
        lua_rawgeti(L, 1, i);
        lua_rawseti(L, 1, i + 1);
    }
    lua_settop(L, 3);
    lua_rawseti(L, 1, at);
    return 0;
}

static int table_remove(lua_State *L)
{
    lua_Integer n = library_list(L, 1, true), at;

    lua_pop(L, 1);
    at = luaL_optinteger(L, 2, n);
    if (!lua_isnoneornil(L, 2))
        luaL_argcheck(L, (at >= 1 && at <= n + 1) || (n == 0 && at == 0), 2, "place outside the list");
    sandbox_charge(L, at < n ? (uint64_t)(n - at) / 4 + 1 : 1);
    lua_rawgeti(L, 1, at);
    for (; at < n; at++) {
        lua_rawgeti(L, 1, at + 1);
        lua_rawseti(L, 1, at);
    }
    if (at <= n || at == n + 1) {
        lua_pushnil(L);
        lua_rawseti(L, 1, at);
    }
    return 1;
}

static int table_concat(lua_State *L)
{
    lua_Integer n, from, to;
    int list = 5;
    struct text_out out;
    const char *between, *text;
    size_t between_len, len;

    lua_settop(L, 4);
    n = library_list(L, 1, false);
    between = luaL_optlstring(L, 2, "", &between_len);
    from = luaL_optinteger(L, 3, 1);
    to = luaL_optinteger(L, 4, n);
    if (to >= from && (lua_Unsigned)to - (lua_Unsigned)from >= LIBRARY_ITEMS_MAX)
        return luaL_error(L, "table.concat takes at most %d items", LIBRARY_ITEMS_MAX);
    text_out_init(L, &out);
    for (lua_Integer i = from; i <= to; i++) {
        lua_rawgeti(L, list, i);
        if (lua_type(L, -1) != LUA_TSTRING && lua_type(L, -1) != LUA_TNUMBER)
            return luaL_error(L, "item %I of the list is a %s, not a text", (LUAI_UACINT)i, luaL_typename(L, -1));
        if ((i - from) % 64 == 63)
            sandbox_charge(L, 64);
        text = lua_tolstring(L, -1, &len);
        text_out_add(&out, text, len);
        lua_pop(L, 1);
        if (i < to)
            text_out_add(&out, between, between_len);
        else
            break;                 /* `to` may be the largest integer */
    }
    text_out_push(&out);
    return 1;
}

static int table_unpack(lua_State *L)
{
    lua_Integer n, from, to;
    int list = 4;

    lua_settop(L, 3);
    n = library_list(L, 1, false);
    from = luaL_optinteger(L, 2, 1);
    to = luaL_optinteger(L, 3, n);
    if (from > to)
        return 0;
    if ((lua_Unsigned)to - (lua_Unsigned)from >= LIBRARY_RESULTS_MAX)
        return luaL_error(L, "too many results to unpack (at most %d)", LIBRARY_RESULTS_MAX);
    n = to - from + 1;
    luaL_checkstack(L, (int)n, "too many results to unpack");
    sandbox_charge(L, (uint64_t)n);
    for (lua_Integer i = 0; i < n; i++)
        lua_rawgeti(L, list, from + i);
    return (int)n;
}

/* ---- sort ---- */

/* A comparison fetches two values and may call a function; the charge makes 60,000 items cost what their time is worth. */
static bool before(lua_State *L, lua_Integer a, lua_Integer b)
{
    bool is;

    if (!lua_isnil(L, 2)) {
        lua_pushvalue(L, 2);
        lua_rawgeti(L, 1, a);
        lua_rawgeti(L, 1, b);
        lua_call(L, 2, 1);
        is = lua_toboolean(L, -1) != 0;
        lua_pop(L, 1);
        return is;
    }
    lua_rawgeti(L, 1, a);
    lua_rawgeti(L, 1, b);
    is = lua_compare(L, -2, -1, LUA_OPLT) != 0;
    lua_pop(L, 2);
    return is;
}

/*
 * Merges places, not values: a comparator that contradicts itself or changes the table can then spoil the order and nothing
 * else. Stable, and never more than n·log2(n) comparisons.
 */
static uint32_t *merge_sort(lua_State *L, uint32_t *order, uint32_t *other, uint32_t n)
{
    for (uint32_t width = 1; width < n; width *= 2) {
        for (uint32_t left = 0; left < n; left += 2 * width) {
            uint32_t middle = left + width < n ? left + width : n, right = middle + width < n ? middle + width : n;
            uint32_t i = left, j = middle;

            sandbox_charge(L, right - left);
            for (uint32_t k = left; k < right; k++) {
                if (i < middle && (j == right || !before(L, order[j], order[i])))
                    other[k] = order[i++];
                else
                    other[k] = order[j++];
            }
        }
        uint32_t *done = other;

        other = order;
        order = done;
    }
    return order;
}

static int table_sort(lua_State *L)
{
    uint32_t *order, *other;
    lua_Integer n;

    lua_settop(L, 2);
    n = library_list(L, 1, true);
    if (!lua_isnil(L, 2))
        luaL_checktype(L, 2, LUA_TFUNCTION);
    if (n < 2)
        return 0;
    order = lua_newuserdatauv(L, (size_t)n * sizeof *order, 0);
    other = lua_newuserdatauv(L, (size_t)n * sizeof *other, 0);
    for (uint32_t i = 0; i < (uint32_t)n; i++)
        order[i] = i + 1;
    order = merge_sort(L, order, other, (uint32_t)n);
    lua_createtable(L, (int)n, 0);
    for (lua_Integer i = 0; i < n; i++) {
        lua_rawgeti(L, 1, order[i]);
        lua_rawseti(L, -2, i + 1);
    }
    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(L, -1, i);
        lua_rawseti(L, 1, i);
    }
    return 0;
}

void library_table(lua_State *L)
{
    static const luaL_Reg FUNCTIONS[] = {
        { "concat", table_concat }, { "insert", table_insert }, { "remove", table_remove },
        { "sort", table_sort },     { "unpack", table_unpack }, { NULL, NULL },
    };

    luaL_newlib(L, FUNCTIONS);
}
