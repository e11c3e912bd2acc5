#include "declare.h"

#include <lauxlib.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "library.h"
#include "lisolo/base/utf8.h"
#include "readonly.h"
#include "sandbox.h"

const char DECLARE_TAG;

/* Instead of a token: the table's entries are the file's own assignments. */
static const size_t WHOLE_FILE = SIZE_MAX;

struct named { const char *name; const struct place *place; };    /* an entry on its way into the tree */

static void fail(lua_State *L, const struct declare *d, int line, const char *format, ...)
{
    va_list args;

    lua_pushfstring(L, "%s:%d: ", d->file, line);
    va_start(args, format);
    lua_pushvfstring(L, problem_text_in(sandbox_of(L)->language, format), args);
    va_end(args);
    lua_concat(L, 2);
    failure_raise_text(L, "E008");
}

static void *need(lua_State *L, void *p)
{
    if (p == NULL)
        luaL_error(L, "not enough memory");
    return p;
}

/* Everything is counted: a table that others share is copied into each of them. */
static void count(lua_State *L, struct declare *d, int line, size_t bytes)
{
    *d->bytes += bytes;
    if (++d->nodes > DECLARE_NODES_MAX || *d->bytes > d->bytes_max)
        fail(L, d, line, "this table is too large: a statement has at most %d values", DECLARE_NODES_MAX);
    sandbox_charge(L, 1 + bytes / 64);
}

static char *copy(lua_State *L, const char *text, size_t len)
{
    char *p = need(L, malloc(len + 1));

    memcpy(p, text, len);
    p[len] = '\0';
    return p;
}

/* ---- paths ---- */

static size_t path_push(struct declare *d, const char *name, size_t index)
{
    size_t before = d->path_len;
    int n;

    if (name != NULL)
        n = snprintf(d->path + before, sizeof d->path - before, "%s%s", before > 0 ? "/" : "", name);
    else
        n = snprintf(d->path + before, sizeof d->path - before, "%s%zu", before > 0 ? "/" : "", index + 1);
    d->path_len = n < 0 || (size_t)n >= sizeof d->path - before ? sizeof d->path - 1 : before + (size_t)n;
    return before;
}

static void path_pop(struct declare *d, size_t before)
{
    d->path_len = before;
    d->path[before] = '\0';
}

/* ---- tables ---- */

/* What is written where: nothing when the value is not written as a table here (a local, a function's result). */
static struct places read_places(lua_State *L, struct declare *d, size_t token)
{
    struct places found = { 0 };
    size_t open = token == WHOLE_FILE ? 0 : scan_constructor(d->scan, token);
    struct place *list;

    if (open >= d->scan->count)
        return found;
    if (token == WHOLE_FILE ? !scan_assignments(d->scan, &found) : !scan_places(d->scan, open, &found))
        luaL_error(L, "not enough memory");
    list = pool_array(d->pool, found.count + 1, sizeof *list);
    if (list != NULL && found.count > 0)
        memcpy(list, found.list, found.count * sizeof *list);
    free(found.list);
    found.list = need(L, list);
    for (size_t i = 1; i < found.count && d->twice != NULL; i++) {
        const struct place *a = &found.list[i - 1], *b = &found.list[i];

        if (a->name != NULL && a->name_len > 0 && a->name_len == b->name_len && memcmp(a->name, b->name, a->name_len) == 0)
            d->twice(d->ctx, b, a->key_line);
    }
    return found;
}

/* The last of that name counts for Lua. */
static const struct place *find_named(const struct places *p, const char *name)
{
    size_t len = strlen(name), low = 0, high = p->count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct place *at = &p->list[middle];
        size_t least = at->name_len < len ? at->name_len : len;
        int c = at->name == NULL ? -1 : memcmp(at->name, name, least);

        if (c < 0 || (c == 0 && at->name_len <= len))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || p->list[low - 1].name == NULL || p->list[low - 1].name_len != len || memcmp(p->list[low - 1].name, name, len) != 0)
        return NULL;
    return &p->list[low - 1];
}

/* Positional entries come first in the sorted list, in order. */
static const struct place *find_positional(const struct places *p, size_t index)
{
    return index < p->count && p->list[index].name == NULL ? &p->list[index] : NULL;
}

static int as_written(const void *a, const void *b)
{
    const struct named *x = a, *y = b;

    if (x->place != NULL && y->place != NULL)
        return x->place->order < y->place->order ? -1 : x->place->order > y->place->order;
    if (x->place != NULL || y->place != NULL)
        return x->place != NULL ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Names of the table at `table`, as written, then by alphabet. Refuses keys that a definition cannot have. */
static struct named *read_names(lua_State *L, struct declare *d, int table, size_t items, int line, const struct places *places, size_t *found)
{
    size_t n = 0, at = 0, len;
    struct named *list;

    for (lua_pushnil(L); lua_next(L, table) != 0; lua_pop(L, 1))
        n++;
    list = need(L, pool_array(d->pool, n + 1, sizeof *list));
    for (lua_pushnil(L); lua_next(L, table) != 0; lua_pop(L, 1)) {
        if (readonly_hidden_key(L, -2))
            continue;
        if (lua_type(L, -2) == LUA_TSTRING) {
            list[at].name = lua_tolstring(L, -2, &len);
            if (strlen(list[at].name) != len)
                fail(L, d, line, "a name with a zero byte in it");
            list[at].place = find_named(places, list[at].name);
            at++;
        } else if (!lua_isinteger(L, -2) || lua_tointeger(L, -2) < 1 || (lua_Unsigned)lua_tointeger(L, -2) > items) {
            fail(L, d, line, "a table holds names, or a list without gaps: not a %s as key", luaL_typename(L, -2));
        }
    }
    qsort(list, at, sizeof *list, as_written);
    *found = at;
    return list;
}

static struct decl_entry *add_entry(lua_State *L, struct decl *out, const char *name)
{
    struct decl_entry *e = &out->entries[out->count];

    if (name != NULL)
        e->name = copy(L, name, strlen(name));
    out->count++;
    return e;
}

/* Reads the value at the top into a new entry and pops it. */
static void read_entry(lua_State *L, struct declare *d, const char *name, const struct place *p, size_t token, int line, int column, struct decl *out)
{
    struct decl_entry *e = add_entry(L, out, name);
    size_t before = path_push(d, name, out->count - 1);

    e->line = p != NULL ? p->key_line : line;
    e->column = p != NULL ? p->key_column : column;
    declare_value(L, d, -1, p != NULL ? p->value : token, p != NULL ? p->line : line, p != NULL ? p->column : column, &e->value);
    path_pop(d, before);
    lua_pop(L, 1);
}

/* `edit "depart"`: the text stands where the table's only item is written. */
static size_t called_with_text(const struct scan *s, size_t token)
{
    if (token + 1 >= s->count || s->tokens[token].type != TOKEN_NAME)
        return s->count;
    token += scan_is(s, token + 1, "(") ? 2 : 1;
    return token < s->count && s->tokens[token].type == TOKEN_STRING ? token : s->count;
}

static void read_table(lua_State *L, struct declare *d, int table, size_t token, int line, int column, struct decl *out)
{
    struct places places = read_places(L, d, token);
    lua_Unsigned items = lua_rawlen(L, table);
    size_t names = 0, text = token == WHOLE_FILE ? d->scan->count : called_with_text(d->scan, token);
    struct named *named;

    if (items > DECLARE_NODES_MAX)
        fail(L, d, line, "this table is too large: a statement has at most %d values", DECLARE_NODES_MAX);
    named = read_names(L, d, table, items, line, &places, &names);
    if (lua_rawgetp(L, table, &DECLARE_TAG) == LUA_TSTRING)
        out->tag = copy(L, lua_tostring(L, -1), lua_rawlen(L, -1));
    lua_pop(L, 1);
    out->entries = need(L, calloc(items + names + 1, sizeof *out->entries));
    for (size_t i = 0; i < items; i++) {
        const struct place *p = find_positional(&places, i);
        int item_line = line, item_column = column;

        if (lua_rawgeti(L, table, (lua_Integer)i + 1) == LUA_TNIL)
            fail(L, d, line, "item %d of this list is nil", (int)i + 1);
        if (p == NULL && text < d->scan->count)
            scan_value_place(d->scan, text, &item_line, &item_column);
        read_entry(L, d, NULL, p, d->scan->count, item_line, item_column, out);
    }
    for (size_t i = 0; i < names; i++) {
        lua_pushstring(L, named[i].name);
        lua_rawget(L, table);
        read_entry(L, d, named[i].name, named[i].place, d->scan->count, line, column, out);
    }
}

/* ---- values ---- */

/* `expect = text` without braces gives the constructor itself. */
static void refuse_function(lua_State *L, const struct declare *d, int index, int line)
{
    library_push_names(L);
    for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1))
        if (lua_type(L, -2) == LUA_TSTRING && lua_rawequal(L, -1, index))
            fail(L, d, line, "'%s' alone is no value: write %s { }", lua_tostring(L, -2), lua_tostring(L, -2));
    fail(L, d, line, d->function == NULL ? "a function cannot stand here: this file holds only data" : "a function of Lisolo cannot stand here");
}

static void read_string(lua_State *L, struct declare *d, int index, int line, struct decl *out)
{
    size_t len;
    const char *text = lua_tolstring(L, index, &len);

    if (strlen(text) != len || !utf8_valid(text, len))
        fail(L, d, line, "this text is not UTF-8, or has a zero byte in it");
    out->string = copy(L, text, len);
    out->length = len;
    out->type = DECL_STRING;
}

static void read_number(lua_State *L, int index, struct decl *out)
{
    out->type = lua_isinteger(L, index) ? DECL_INTEGER : DECL_NUMBER;
    if (out->type == DECL_INTEGER)
        out->integer = lua_tointeger(L, index);
    out->number = lua_tonumber(L, index);
}

static void read_function(lua_State *L, struct declare *d, int index, int line, struct decl *out)
{
    if (lua_iscfunction(L, index) || d->function == NULL)
        refuse_function(L, d, index, line);
    lua_pushvalue(L, index);
    out->function = d->function(d->ctx, L, d->path);
    out->type = DECL_FUNCTION;
    lua_pop(L, 1);
}

void declare_value(lua_State *L, struct declare *d, int index, size_t token, int line, int column, struct decl *out)
{
    index = lua_absindex(L, index);
    out->line = line;
    out->column = column;
    luaL_checkstack(L, 12, NULL);
    count(L, d, line, sizeof(struct decl_entry) + (lua_type(L, index) == LUA_TSTRING ? lua_rawlen(L, index) : 0));
    switch (lua_type(L, index)) {
    case LUA_TNIL:
        break;
    case LUA_TBOOLEAN:
        out->type = DECL_BOOLEAN;
        out->boolean = lua_toboolean(L, index) != 0;
        break;
    case LUA_TNUMBER:
        read_number(L, index, out);
        break;
    case LUA_TSTRING:
        read_string(L, d, index, line, out);
        break;
    case LUA_TFUNCTION:
        read_function(L, d, index, line, out);
        break;
    case LUA_TTABLE:
        if (d->depth == DECLARE_DEPTH_MAX)
            fail(L, d, line, "tables nested more than %d deep", DECLARE_DEPTH_MAX);
        d->depth++;
        out->type = DECL_TABLE;
        if (!readonly_real(L, index))
            lua_pushvalue(L, index);
        read_table(L, d, lua_gettop(L), token, line, column, out);
        lua_pop(L, 1);
        d->depth--;
        break;
    default:
        fail(L, d, line, "a %s cannot stand here", luaL_typename(L, index));
    }
}

void declare_globals(lua_State *L, struct declare *d, int index, struct decl *out)
{
    out->type = DECL_TABLE;
    out->line = out->column = 1;
    read_table(L, d, lua_absindex(L, index), WHOLE_FILE, 1, 1, out);
}
