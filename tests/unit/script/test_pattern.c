/* Our string functions against Lua's own, on random patterns and subjects: whatever Lua answers, we answer. */
#include "support.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>

#include "../../../core/script/library.h"

enum { ROUNDS = 60000 };

static uint32_t seed = 20250127;

static unsigned pick(unsigned n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

static size_t random_pattern(char *out)
{
    static const char *const PIECES[] = {
        "a", "b", "c", "(", ")", "()", ".", "%a", "%d", "%s", "%w", "%A", "%x", "%p", "%l", "%u", "%g", "%c", "[ab]", "[^a]", "[a-c]", "[%a_]", "[]a]",
        "[^]]", "[a-]", "[%]]", "%b()", "%bab", "%f[%a]", "%f[^a]", "%1", "%2", "%0", "*", "+", "-", "?", "^", "$", "%%", "%.", "%-", "%z", "%y",
        "%", "[", "]", "[a", "%b", "%f", "1", " ", "-", "(a)", "(b*)", "(.-)", "a*", "b-", "c+", ".*",
    };
    size_t len = 0;

    out[0] = '\0';
    for (unsigned n = pick(7); n > 0; n--) {
        const char *piece = PIECES[pick(sizeof PIECES / sizeof *PIECES)];

        memcpy(out + len, piece, strlen(piece));
        len += strlen(piece);
    }
    return len;
}

static size_t random_subject(char *out)
{
    static const char LETTERS[] = "aabbbc()(1 ]-%_Az\0.";
    size_t len = pick(12);

    for (size_t i = 0; i < len; i++)
        out[i] = LETTERS[pick(sizeof LETTERS - 1)];
    return len;
}

/* Pushes all results of library.name(arguments above `base`) as one text: "true,1,2,nil" or "error". */
static void describe(lua_State *L, int library, const char *name, int base)
{
    int top = lua_gettop(L), status;
    luaL_Buffer b;

    lua_getfield(L, library, name);
    for (int i = base + 1; i <= top; i++)
        lua_pushvalue(L, i);
    status = lua_pcall(L, top - base, LUA_MULTRET, 0);
    if (status != LUA_OK) {
        lua_settop(L, top);
        lua_pushstring(L, "error");
        return;
    }
    luaL_buffinit(L, &b);
    for (int i = top + 1; i <= lua_gettop(L) && i < top + 40; i++) {
        size_t len;
        const char *s;

        if (lua_type(L, i) == LUA_TUSERDATA || lua_type(L, i) == LUA_TLIGHTUSERDATA)
            break;                         /* the buffer's own */
        lua_pushvalue(L, i);
        s = luaL_tolstring(L, -1, &len);
        lua_remove(L, -2);
        (void)s;
        luaL_addvalue(&b);
        luaL_addchar(&b, ',');
    }
    luaL_pushresult(&b);
    lua_insert(L, top + 1);
    lua_settop(L, top + 1);
}

static void same(lua_State *L, int stock, int ours, const char *name, int base)
{
    size_t a_len, b_len;
    const char *a, *b;

    describe(L, stock, name, base);
    lua_insert(L, base + 1);
    describe(L, ours, name, base + 1);
    a = lua_tolstring(L, base + 1, &a_len);
    b = lua_tolstring(L, -1, &b_len);
    if (a_len != b_len || memcmp(a, b, a_len) != 0)
        fail_msg("%s(\"%s\", \"%s\"): Lua says %s, we say %s", name, lua_tostring(L, base + 2), lua_tostring(L, base + 3), a, b);
    lua_settop(L, base);
}

/* Every match of gmatch, joined. Upvalue-free: the library's gmatch is given. */
static int join_matches(lua_State *L)
{
    luaL_Buffer b;
    int n = 0;

    lua_call(L, lua_gettop(L) - 1, 1);
    luaL_buffinit(L, &b);
    for (;;) {
        size_t len;

        lua_pushvalue(L, 1);
        lua_call(L, 0, 1);
        if (lua_isnil(L, -1) || ++n > 60)
            break;
        (void)luaL_tolstring(L, -1, &len);
        lua_remove(L, -2);
        luaL_addvalue(&b);
        luaL_addchar(&b, '|');
    }
    lua_pop(L, 1);
    luaL_pushresult(&b);
    return 1;
}

static void same_gmatch(lua_State *L, int stock, int ours, const char *subject, size_t len, const char *pattern, size_t pattern_len)
{
    int base = lua_gettop(L), status[2];

    for (int i = 0; i < 2; i++) {
        lua_pushcfunction(L, join_matches);
        lua_getfield(L, i == 0 ? stock : ours, "gmatch");
        lua_pushlstring(L, subject, len);
        lua_pushlstring(L, pattern, pattern_len);
        status[i] = lua_pcall(L, 3, 1, 0);
    }
    assert_int_equal(status[0], status[1]);
    if (status[0] == LUA_OK && !lua_rawequal(L, -1, -2))
        fail_msg("gmatch(\"%s\", \"%s\"): Lua says %s, we say %s", subject, pattern, lua_tostring(L, -2), lua_tostring(L, -1));
    lua_settop(L, base);
}

static int upper_callback(lua_State *L)
{
    lua_pushfstring(L, "<%s>", lua_type(L, 1) == LUA_TSTRING ? "t" : "n");
    return 1;
}

static void push_replacement(lua_State *L)
{
    static const char *const TEMPLATES[] = { "x", "%0%0", "<%1>", "%%", "%2", "%", "%x", "" };
    unsigned kind = pick(10);

    if (kind < 8) {
        lua_pushstring(L, TEMPLATES[kind]);
    } else if (kind == 8) {
        lua_createtable(L, 0, 1);
        lua_pushstring(L, "A");
        lua_setfield(L, -2, "a");
    } else {
        lua_pushcfunction(L, upper_callback);
    }
}

static int compare(lua_State *L)
{
    char pattern[128], subject[64];

    luaL_requiref(L, "stock", luaopen_string, 0);
    library_string(L);
    for (int round = 0; round < ROUNDS; round++) {
        size_t pattern_len = random_pattern(pattern), len = random_subject(subject);
        int base = lua_gettop(L);
        static const char *const NAMES[] = { "find", "match" };

        pattern[pattern_len] = subject[len] = '\0';
        for (int k = 0; k < 2; k++) {
            lua_pushlstring(L, subject, len);
            lua_pushlstring(L, pattern, pattern_len);
            lua_pushinteger(L, (lua_Integer)pick(16) - 4);
            same(L, 2, 3, NAMES[k], base);
        }
        lua_pushlstring(L, subject, len);
        lua_pushlstring(L, pattern, pattern_len);
        push_replacement(L);
        if (pick(3) == 0)
            lua_pushinteger(L, pick(4));
        same(L, 2, 3, "gsub", base);
        same_gmatch(L, 2, 3, subject, len, pattern, pattern_len);
    }
    return 0;
}

static void patterns_match_as_in_lua(void **state)
{
    struct script_limits limits = script_limits_default();
    struct sandbox *sb = sandbox_new(&limits);
    struct error err = { "" };

    (void)state;
    assert_non_null(sb);
    if (!sandbox_protect(sb, compare, NULL, &err))
        fail_msg("%s", err.text);
    sandbox_free(sb);
}

/* ---- the other functions, on random places, counts and formats ---- */

static void push_number(lua_State *L)
{
    static const lua_Integer EDGES[] = { 0, 1, -1, 2, -2, 5, 100, -100, LUA_MAXINTEGER, LUA_MININTEGER };

    if (pick(4) == 0)
        lua_pushinteger(L, EDGES[pick(sizeof EDGES / sizeof *EDGES)]);
    else
        lua_pushinteger(L, (lua_Integer)pick(20) - 8);
}

static void random_format(char *out, size_t size)
{
    static const char FLAGS[] = "-+ #0", CONVERSIONS[] = "diouxXcaAeEfgGsq";
    size_t len = 0;

    out[len++] = '%';
    for (unsigned n = pick(3); n > 0; n--)
        out[len++] = FLAGS[pick(5)];
    if (pick(2) == 0)
        len += (size_t)snprintf(out + len, size - len, "%u", pick(30));
    if (pick(2) == 0)
        len += (size_t)snprintf(out + len, size - len, ".%u", pick(20));
    out[len++] = CONVERSIONS[pick(sizeof CONVERSIONS - 1)];
    (void)snprintf(out + len, size - len, "%s", pick(2) == 0 ? "%%" : "");
}

/* Lua 5.4.4 refuses some flags for some conversions and passes others to the C library: only what both accept is compared. */
static void compare_format(lua_State *L, int base)
{
    char format[64];
    int both;

    random_format(format, sizeof format);
    lua_pushstring(L, format);
    switch (pick(4)) {
    case 0: lua_pushinteger(L, (lua_Integer)pick(100000) - 5000); break;
    case 1: lua_pushnumber(L, (double)pick(100000) / 7 - 5000); break;
    case 2: lua_pushstring(L, "Marché\nTotal \"x\" \t9"); break;
    default: lua_pushboolean(L, 1);
    }
    describe(L, 2, "format", base);
    both = strcmp(lua_tostring(L, -1), "error") != 0;
    lua_pop(L, 1);
    if (both)
        same(L, 2, 3, "format", base);
    lua_settop(L, base);
}

static int compare_others(lua_State *L)
{
    static const char *const PLAIN[] = { "sub", "byte", "rep", "len", "reverse", "upper", "lower" };
    char subject[64];

    luaL_requiref(L, "stock", luaopen_string, 0);
    library_string(L);
    for (int round = 0; round < ROUNDS; round++) {
        int base = lua_gettop(L);
        unsigned k = pick(7);
        size_t len = random_subject(subject);

        lua_pushlstring(L, subject, len);
        if (k == 2) {
            lua_pushinteger(L, (lua_Integer)pick(10) - 2);
            lua_pushstring(L, pick(2) == 0 ? "" : ", ");
        } else if (k < 2) {
            push_number(L);
            push_number(L);
        }
        same(L, 2, 3, PLAIN[k], base);
        compare_format(L, base);
    }
    return 0;
}

static void the_other_functions_answer_as_in_lua(void **state)
{
    struct script_limits limits = script_limits_default();
    struct sandbox *sb = sandbox_new(&limits);
    struct error err = { "" };

    (void)state;
    assert_non_null(sb);
    if (!sandbox_protect(sb, compare_others, NULL, &err))
        fail_msg("%s", err.text);
    sandbox_free(sb);
}

/* ---- what we do otherwise ---- */

static void a_pattern_that_cannot_end_is_stopped(void **state)
{
    (void)state;
    assert_string_equal(value_of("return (('a'):rep(40)):find(('a*'):rep(20)..'b')"),
                        "flows/x.lua:1: stopped: more than 1,000,000 steps (limit \"steps\")");
}

static void a_pattern_may_be_long_and_nested(void **state)
{
    (void)state;
    assert_string_equal(value_of("return (('x'):find(('x?'):rep(300)))"), "1");
    assert_string_equal(value_of("return (('a'):rep(200000)):match('^(a*)$'):len()"), "200000");
    assert_string_equal(value_of("return (('('):rep(2000)):match(('%b()'):rep(50))"), "nil");
}

static void no_more_than_32_captures(void **state)
{
    (void)state;
    assert_string_equal(value_of("return ('x'):match(('('):rep(40)..'x')"), "flows/x.lua:1: too many captures");
    assert_string_equal(value_of("return (select('#', (('a'):rep(32)):match(('(a)'):rep(32))))"), "32");
}

static void plain_find_takes_linear_time(void **state)
{
    (void)state;
    assert_string_equal(value_of("local n = 400000 return (('a'):rep(n)):find(('a'):rep(n // 2)..'b', 1, true)"), "nil");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(patterns_match_as_in_lua),
        EACH(the_other_functions_answer_as_in_lua),
        EACH(a_pattern_that_cannot_end_is_stopped),
        EACH(a_pattern_may_be_long_and_nested),
        EACH(no_more_than_32_captures),
        EACH(plain_find_takes_linear_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
