#include "convert.h"

#include <lauxlib.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/utf8.h"
#include "readonly.h"
#include "sandbox.h"

/* Pushes "flows/course.lua:14: the result". */
static void push_place(lua_State *L, struct convert_place place)
{
    lua_Debug ar;

    if (place.function == 0) {
        luaL_where(L, 1);
        lua_pushstring(L, place.what);
        lua_concat(L, 2);
        return;
    }
    lua_pushvalue(L, place.function);
    if (lua_getinfo(L, ">S", &ar) && *ar.source == '@')
        lua_pushfstring(L, "%s:%d: %s", ar.source + 1, ar.linedefined, place.what);
    else
        lua_pushstring(L, place.what);
}

/* ---- JSON to Lua ---- */

struct pushing { struct convert_place place; size_t bytes; };

static void refuse_push(lua_State *L, const struct pushing *p, const char *format, int limit)
{
    luaL_checkstack(L, 4, NULL);
    push_place(L, p->place);
    lua_pushfstring(L, format, limit);
    lua_concat(L, 2);
    lua_error(L);
}

static void push(lua_State *L, struct pushing *p, const cJSON *item, int depth);

static void count_push(lua_State *L, struct pushing *p, size_t bytes)
{
    p->bytes += bytes;
    if (p->bytes > CONVERT_BYTES_MAX)
        refuse_push(L, p, " is larger than %d KiB: a script cannot take it", CONVERT_BYTES_MAX / 1024);
    sandbox_charge(L, 1 + bytes / 64);
}

static void push_number(lua_State *L, double n)
{
    lua_Integer i;

    if (n == floor(n) && lua_numbertointeger(n, &i))
        lua_pushinteger(L, i);
    else
        lua_pushnumber(L, n);
}

static void push_table(lua_State *L, struct pushing *p, const cJSON *item, int depth)
{
    bool list = cJSON_IsArray(item);
    const cJSON *child;
    int n = 0;

    if (depth == CONVERT_DEPTH_MAX)
        refuse_push(L, p, " is nested more than %d deep: a script cannot take it", CONVERT_DEPTH_MAX);
    luaL_checkstack(L, 8, NULL);
    cJSON_ArrayForEach(child, item)
        n++;
    if (!list && n > CONVERT_KEYS_MAX)
        refuse_push(L, p, " has more than %d names in one table: a script cannot take it", CONVERT_KEYS_MAX);
    lua_createtable(L, list ? n : 0, list ? 0 : n);
    n = 0;
    cJSON_ArrayForEach(child, item) {
        if (list && cJSON_IsNull(child))
            lua_pushboolean(L, 0);
        else
            push(L, p, child, depth + 1);
        if (list) {
            lua_rawseti(L, -2, ++n);
            continue;
        }
        count_push(L, p, strlen(child->string));
        lua_pushstring(L, child->string);
        lua_insert(L, -2);
        lua_rawset(L, -3);
    }
    readonly_data(L, list);
}

static void push(lua_State *L, struct pushing *p, const cJSON *item, int depth)
{
    count_push(L, p, 2 + (cJSON_IsString(item) || cJSON_IsRaw(item) ? strlen(item->valuestring) : 0));
    if (cJSON_IsBool(item))
        lua_pushboolean(L, cJSON_IsTrue(item));
    else if (cJSON_IsNumber(item))
        push_number(L, item->valuedouble);
    else if (cJSON_IsString(item) || cJSON_IsRaw(item))
        lua_pushstring(L, item->valuestring);
    else if (cJSON_IsObject(item) || cJSON_IsArray(item))
        push_table(L, p, item, depth);
    else
        lua_pushnil(L);
}

void convert_push(lua_State *L, const cJSON *item, struct convert_place place)
{
    struct pushing p = { .place = place };

    if (item == NULL)
        lua_pushnil(L);
    else
        push(L, &p, item, 0);
}

/* ---- Lua to JSON ---- */

struct taking {
    struct convert_place place;
    size_t      bytes;
    int         depth;
    const void *tables[CONVERT_DEPTH_MAX + 1];     /* on the way to the value: one of them again is a cycle */
    char        path[192];
    size_t      path_len;
};

static void take(lua_State *L, struct taking *t, int index, cJSON *parent, const char *key, cJSON **root);

static void refuse(lua_State *L, const struct taking *t, const char *format, ...)
{
    va_list args;

    luaL_checkstack(L, 6, NULL);
    push_place(L, t->place);
    lua_pushfstring(L, "%s ", t->path);
    va_start(args, format);
    lua_pushvfstring(L, format, args);
    va_end(args);
    lua_concat(L, 3);
    lua_error(L);
}

/* Every node hangs on the tree as soon as it exists. */
static cJSON *hang(lua_State *L, cJSON *node, cJSON *parent, const char *key, cJSON **root)
{
    bool ok = node != NULL;

    if (ok && parent == NULL)
        *root = node;
    else if (ok)
        ok = key != NULL ? cJSON_AddItemToObject(parent, key, node) != 0 : cJSON_AddItemToArray(parent, node) != 0;
    if (!ok) {
        cJSON_Delete(node);
        luaL_error(L, "not enough memory");
    }
    return node;
}

static void count_take(lua_State *L, struct taking *t, size_t bytes)
{
    t->bytes += bytes;
    if (t->bytes > CONVERT_BYTES_MAX)
        refuse(L, t, "makes the result larger than %d KiB", CONVERT_BYTES_MAX / 1024);
    sandbox_charge(L, 1 + bytes / 64);
}

static const char *check_text(lua_State *L, const struct taking *t, int index)
{
    size_t len;
    const char *text = lua_tolstring(L, index, &len);

    if (strlen(text) != len)
        refuse(L, t, "holds a zero byte");
    if (!utf8_valid(text, len))
        refuse(L, t, "is not UTF-8 (was a text cut inside a letter?)");
    return text;
}

/* A double is exact up to 15 digits; longer integers travel as digits, as they do when JSON is read (base/json.h). */
static cJSON *make_number(lua_State *L, const struct taking *t, int index)
{
    static const lua_Integer EXACT = 999999999999999;
    lua_Number n = lua_tonumber(L, index);
    char digits[32];

    if (!lua_isinteger(L, index)) {
        if (isnan(n) || isinf(n))
            refuse(L, t, isnan(n) ? "is not a number (0/0)" : "is infinite (a division by zero?)");
        return cJSON_CreateNumber(n);
    }
    if (lua_tointeger(L, index) <= EXACT && lua_tointeger(L, index) >= -EXACT)
        return cJSON_CreateNumber((double)lua_tointeger(L, index));
    (void)snprintf(digits, sizeof digits, "%lld", (long long)lua_tointeger(L, index));
    return cJSON_CreateString(digits);
}

static int by_key(const void *a, const void *b)
{
    return strcmp((*(cJSON *const *)a)->string, (*(cJSON *const *)b)->string);
}

/* Allocates with malloc and calls no Lua in between. False: out of memory. */
static bool sort_members(cJSON *object, size_t count)
{
    cJSON **list = malloc((count + 1) * sizeof *list), *child;
    size_t n = 0;

    if (list == NULL)
        return false;
    cJSON_ArrayForEach(child, object)
        list[n++] = child;
    qsort(list, n, sizeof *list, by_key);
    for (size_t i = 0; i < n; i++) {
        list[i]->prev = list[i > 0 ? i - 1 : n - 1];       /* cJSON: the first one's prev is the last */
        list[i]->next = i + 1 < n ? list[i + 1] : NULL;
    }
    object->child = n > 0 ? list[0] : NULL;
    free(list);
    return true;
}

static size_t path_add(struct taking *t, const char *key, lua_Integer item)
{
    size_t before = t->path_len;
    int n;

    if (key != NULL)
        n = snprintf(t->path + before, sizeof t->path - before, ".%s", key);
    else
        n = snprintf(t->path + before, sizeof t->path - before, "[%lld]", (long long)item);
    t->path_len = n < 0 || (size_t)n >= sizeof t->path - before ? sizeof t->path - 1 : before + (size_t)n;
    return before;
}

static void path_cut(struct taking *t, size_t before)
{
    t->path_len = before;
    t->path[before] = '\0';
}

/* A list without gaps, or names alone. */
static bool is_list(lua_State *L, const struct taking *t, int table, lua_Unsigned items, size_t *names)
{
    lua_Unsigned places = 0;

    *names = 0;
    for (lua_pushnil(L); lua_next(L, table) != 0; lua_pop(L, 1)) {
        if (lua_type(L, -2) == LUA_TSTRING)
            ++*names;
        else if (lua_isinteger(L, -2) && lua_tointeger(L, -2) >= 1 && (lua_Unsigned)lua_tointeger(L, -2) <= items)
            places++;
        else if (readonly_hidden_key(L, -2))
            refuse(L, t, "is a text { }, phone { }…: those belong at the top of a file");
        else
            refuse(L, t, "has a key that is neither a name nor a place in a list without gaps");
    }
    if (places != items)
        refuse(L, t, "is a list with gaps: an item is nil");
    if (items > 0 && *names > 0)
        refuse(L, t, "mixes a list with names");
    if (*names > CONVERT_KEYS_MAX)
        refuse(L, t, "has more than %d names", CONVERT_KEYS_MAX);
    return items > 0;
}

static void take_list(lua_State *L, struct taking *t, int table, lua_Unsigned items, cJSON *node)
{
    for (lua_Unsigned i = 1; i <= items; i++) {
        size_t before = path_add(t, NULL, (lua_Integer)i);

        lua_rawgeti(L, table, (lua_Integer)i);
        take(L, t, -1, node, NULL, NULL);
        lua_pop(L, 1);
        path_cut(t, before);
    }
}

static void take_names(lua_State *L, struct taking *t, int table, size_t names, cJSON *node)
{
    for (lua_pushnil(L); lua_next(L, table) != 0; lua_pop(L, 1)) {
        const char *key = check_text(L, t, -2);
        size_t before = path_add(t, key, 0);

        count_take(L, t, strlen(key));
        take(L, t, -1, node, key, NULL);
        path_cut(t, before);
    }
    if (!sort_members(node, names))
        luaL_error(L, "not enough memory");
}

static void take_table(lua_State *L, struct taking *t, int index, cJSON *parent, const char *key, cJSON **root)
{
    bool list = readonly_is_list(L, index);
    int table = lua_gettop(L) + 1;
    size_t names;
    cJSON *node;

    if (t->depth == CONVERT_DEPTH_MAX)
        refuse(L, t, "is nested more than %d deep", CONVERT_DEPTH_MAX);
    luaL_checkstack(L, 8, NULL);
    if (!readonly_real(L, index)) {
        if (lua_getmetatable(L, index))
            refuse(L, t, "is c itself: return what it holds, c.name");
        lua_pushvalue(L, index);
    }
    t->tables[t->depth] = lua_topointer(L, table);
    for (int i = 0; i < t->depth; i++)
        if (t->tables[i] == t->tables[t->depth])
            refuse(L, t, "holds itself");
    t->depth++;
    list = is_list(L, t, table, lua_rawlen(L, table), &names) || (list && names == 0);
    node = hang(L, list ? cJSON_CreateArray() : cJSON_CreateObject(), parent, key, root);
    if (list)
        take_list(L, t, table, lua_rawlen(L, table), node);
    else
        take_names(L, t, table, names, node);
    t->depth--;
    lua_pop(L, 1);
}

static void take(lua_State *L, struct taking *t, int index, cJSON *parent, const char *key, cJSON **root)
{
    index = lua_absindex(L, index);
    count_take(L, t, 2 + (lua_type(L, index) == LUA_TSTRING ? lua_rawlen(L, index) : 0));
    switch (lua_type(L, index)) {
    case LUA_TBOOLEAN:
        (void)hang(L, cJSON_CreateBool(lua_toboolean(L, index)), parent, key, root);
        break;
    case LUA_TNUMBER:
        (void)hang(L, make_number(L, t, index), parent, key, root);
        break;
    case LUA_TSTRING:
        (void)hang(L, cJSON_CreateString(check_text(L, t, index)), parent, key, root);
        break;
    case LUA_TTABLE:
        take_table(L, t, index, parent, key, root);
        break;
    default:
        refuse(L, t, "is a %s: only texts, numbers, true, false and tables of these can be kept", luaL_typename(L, index));
    }
}

void convert_take(lua_State *L, int index, struct convert_place place, cJSON **out)
{
    struct taking t = { .place = place };

    *out = NULL;
    if (lua_isnil(L, index))
        return;
    take(L, &t, index, NULL, NULL, out);
}
