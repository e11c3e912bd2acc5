/* The functions that scripts have: the same as Lua's where we have them, and nothing else. */
#include "support.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdlib.h>

#include "../../../core/script/library.h"
#include "../../../core/script/readonly.h"

/* ---- the list ---- */

static const char NAMES[] =
    "assert error fcfa ipairs math next pairs pcall select string table tonumber tostring type utf8 "
    "math: abs ceil floor fmod huge max maxinteger min mininteger modf pi sqrt tointeger type "
    "string: byte char find format gmatch gsub len lower match rep reverse sub upper "
    "table: concat insert remove sort unpack "
    "utf8: char charpattern codepoint codes len offset ";

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_names(lua_State *L, int table, luaL_Buffer *b)
{
    const char *list[100];
    size_t n = 0;

    for (lua_pushnil(L); lua_next(L, table) != 0; lua_pop(L, 1))
        if (lua_type(L, -2) == LUA_TSTRING)
            list[n++] = lua_tostring(L, -2);
    qsort(list, n, sizeof *list, by_text);
    for (size_t i = 0; i < n; i++) {
        luaL_addstring(b, list[i]);
        luaL_addchar(b, ' ');
    }
}

static int compare_list(lua_State *L)
{
    static const char *const LIBRARIES[] = { "math", "string", "table", "utf8" };
    luaL_Buffer b;

    library_push_names(L);
    for (size_t i = 0; i < 4; i++) {
        lua_getfield(L, 2, LIBRARIES[i]);
        if (!readonly_real(L, -1))
            return luaL_error(L, "%s is not read-only", LIBRARIES[i]);
        lua_replace(L, -2);
    }
    luaL_buffinit(L, &b);
    add_names(L, 2, &b);
    for (int i = 0; i < 4; i++) {
        luaL_addstring(&b, LIBRARIES[i]);
        luaL_addstring(&b, ": ");
        add_names(L, 3 + i, &b);
    }
    luaL_pushresult(&b);
    if (strcmp(lua_tostring(L, -1), NAMES) != 0)
        return luaL_error(L, "%s", lua_tostring(L, -1));
    return 0;
}

static void scripts_have_these_names_and_no_others(void **state)
{
    struct script_limits limits = script_limits_default();
    struct sandbox *sb = sandbox_new(&limits);
    struct error err = { "" };

    (void)state;
    assert_non_null(sb);
    if (!sandbox_protect(sb, compare_list, NULL, &err))
        fail_msg("%s", err.text);
    sandbox_free(sb);
}

/* ---- the same expression here and in Lua ---- */

static void same_as_lua(const char *expression)
{
    lua_State *L = luaL_newstate();
    char body[1024], *ours;

    assert_non_null(L);
    luaL_openlibs(L);
    (void)snprintf(body, sizeof body,
                   "local r, s = { pcall(function() return %s end) }, {} if not r[1] then return 'error' end for i = 2, 8 do s[#s + 1] = tostring(r[i]) end "
                   "return table.concat(s, ',')", expression);
    ours = strdup(value_of(body));
    assert_non_null(ours);
    if (luaL_dostring(L, body) != LUA_OK)
        fail_msg("%s", lua_tostring(L, -1));
    lua_pushfstring(L, "\"%s\"", lua_tostring(L, -1));
    if (strcmp(ours, lua_tostring(L, -1)) != 0)
        fail_msg("%s: Lua says %s, we say %s", expression, lua_tostring(L, -1), ours);
    free(ours);
    lua_close(L);
}

static void the_basic_functions_answer_as_in_lua(void **state)
{
    static const char *const EXPRESSIONS[] = {
        "select('#')", "select('#', nil, nil)", "select(2, 'a', 'b', 'c')", "select(-1, 'a', 'b')", "select(-3, 'a', 'b')", "select(0)", "select(5, 1)",
        "tonumber('10')", "tonumber(' 0x1F ')", "tonumber('1e2')", "tonumber('')", "tonumber('1 2')", "tonumber('ff', 16)", "tonumber('-zz', 36)", "tonumber('8', 8)",
        "tonumber('10', 1)", "tonumber(nil)", "tonumber()", "tonumber('1e')", "tonumber({})", "tonumber('7fffffffffffffff', 16)", "tonumber(' 11 ', 2)",
        "tostring(nil)", "tostring(true)", "tostring(1.0)", "tostring(-0.0)", "tostring(1e100)", "tostring(2^53)", "tostring('x')", "tostring()",
        "type(nil)", "type({})", "type(type)", "type()", "assert(1, 2, 3)", "assert(false)", "assert(nil, 'x')", "assert()",
        "pcall(error, 'x', 0)", "pcall(error)", "pcall(error, nil)", "pcall()", "select(2, pcall(error, {})) ~= nil",
        "next({})", "next({ 10 })", "next({ 10 }, 1)", "ipairs()", "pairs()",
        "#'abc'", "('x'):rep(3, ',')", "('abc'):upper():reverse()",
    };

    (void)state;
    for (size_t i = 0; i < sizeof EXPRESSIONS / sizeof *EXPRESSIONS; i++)
        same_as_lua(EXPRESSIONS[i]);
}

static void tables_answer_as_in_lua(void **state)
{
    static const char *const EXPRESSIONS[] = {
        "table.concat({})", "table.concat({ 1, 2, 'x' }, '-')", "table.concat({ 1, 2, 3 }, ',', 2)", "table.concat({ 1, 2, 3 }, ',', 2, 2)", "table.concat({ 1, 2, 3 }, ',', 3, 2)",
        "table.concat({ 1, {}, 3 })", "table.concat({ 1 }, ',', 1, 3)", "table.concat({ [5] = 'x' }, ',', 5, 5)", "table.concat({ 'a' }, 'x', math.maxinteger, math.maxinteger)",
        "table.unpack({ 1, 2, 3 })", "table.unpack({ 1, 2, 3 }, 2)", "table.unpack({ 1, 2, 3 }, -1, 1)", "table.unpack({ 1, nil, 3 }, 1, 3)", "table.unpack({}, 2, 1)",
        "table.concat((function() local t = { 1, 2 } table.insert(t, 3) return t end)(), ',')",
        "table.concat((function() local t = { 1, 2 } table.insert(t, 1, 0) return t end)(), ',')",
        "table.concat((function() local t = { 1, 2 } table.insert(t, 3, 9) return t end)(), ',')",
        "table.insert({ 1 }, 5, 1)", "table.insert({ 1 }, 0, 1)", "table.insert({})", "table.insert({}, 1, 2, 3)", "table.insert(nil, 1)",
        "(function() local t = { 1, 2, 3 } local r = table.remove(t, 1) return r, #t, t[1], t[3] end)()",
        "(function() local t = { 1, 2, 3 } local r = table.remove(t) return r, #t end)()",
        "(function() local t = { 1, 2, 3 } local r = table.remove(t, 4) return r, #t end)()",
        "(function() local t = {} local r = table.remove(t) return r, #t end)()", "table.remove({}, 0)", "table.remove({ 1 }, 7)", "table.remove({ 1 }, -1)",
        "(function() local t = { 3, 1, 2 } table.sort(t) return table.concat(t) end)()",
        "(function() local t = { 3, 1, 2 } table.sort(t, function(a, b) return a > b end) return table.concat(t) end)()",
        "(function() local t = { 'b', 'a', 'C' } table.sort(t) return table.concat(t) end)()", "table.sort({ 1, 'x' })", "table.sort({ 1, 2 }, 5)", "table.sort({})",
        "table.sort({ 2, 1 }, nil)",
    };

    (void)state;
    for (size_t i = 0; i < sizeof EXPRESSIONS / sizeof *EXPRESSIONS; i++)
        same_as_lua(EXPRESSIONS[i]);
}

static void math_answers_as_in_lua(void **state)
{
    static const char *const EXPRESSIONS[] = {
        "math.floor(2.7)", "math.floor(-2.7)", "math.floor(5)", "math.floor(1e300)", "math.ceil(2.1)", "math.ceil(-2.1)", "math.floor('x')", "math.floor(2^62)",
        "math.abs(-5)", "math.abs(-5.5)", "math.abs(math.mininteger)", "math.fmod(7, 3)", "math.fmod(-7, 3)", "math.fmod(7, -3)", "math.fmod(7.5, 2)", "math.fmod(1, 0)",
        "math.fmod(math.mininteger, -1)", "math.fmod(1.0, 0)", "math.modf(3.7)", "math.modf(-3.7)", "math.modf(5)", "math.sqrt(16)", "math.sqrt(-1) ~= math.sqrt(-1)",
        "math.max(1, 2.5, 2)", "math.min(3, 1, 2)", "math.max()", "math.max(1, 'x')", "math.min(-0.0, 0)", "math.tointeger(3.0)", "math.tointeger(3.5)", "math.tointeger('8')",
        "math.tointeger({})", "math.type(1)", "math.type(1.0)", "math.type('1')", "math.type()", "math.huge", "math.pi", "math.maxinteger", "math.mininteger",
    };

    (void)state;
    for (size_t i = 0; i < sizeof EXPRESSIONS / sizeof *EXPRESSIONS; i++)
        same_as_lua(EXPRESSIONS[i]);
}

static void utf8_answers_as_in_lua(void **state)
{
    static const char *const EXPRESSIONS[] = {
        "utf8.char()", "utf8.char(72, 233, 0x20AC, 0x1F4E6)", "utf8.char(-1)", "utf8.len('Marché')", "utf8.len('')", "utf8.len('caf\\xe9')", "utf8.len('é', 2)", "utf8.len('éa', 3)",
        "utf8.len('abc', 4)", "utf8.len('abc', 5)", "utf8.len('abc', -1)", "utf8.len('abc', 1, -2)", "utf8.len('\\xed\\xa0\\x80')", "utf8.len('\\xc0\\x80')", "utf8.len('\\xf4\\x90\\x80\\x80')",
        "utf8.codepoint('é€')", "utf8.codepoint('é€', 1, -1)", "utf8.codepoint('é', 2)", "utf8.codepoint('', 1)", "utf8.codepoint('abc', 2, 3)", "utf8.codepoint('abc', 3, 2)",
        "utf8.offset('aé€x', 3)", "utf8.offset('aé€x', -1)", "utf8.offset('aé€x', -2)", "utf8.offset('aé€x', 5)", "utf8.offset('aé€x', 9)", "utf8.offset('aé€x', 0, 5)", "utf8.offset('aé', 1, 3)",
        "utf8.offset('', 1)", "utf8.offset('é', 2)", "utf8.offset('abc', 1, 9)",
        "(function() local s = '' for p, c in utf8.codes('aé€📦') do s = s .. p .. ':' .. c .. ' ' end return s end)()",
        "(function() for p, c in utf8.codes('a\\xff') do end end)()",
        "(('aé€'):gsub(utf8.charpattern, '<%0>'))",
    };

    (void)state;
    for (size_t i = 0; i < sizeof EXPRESSIONS / sizeof *EXPRESSIONS; i++)
        same_as_lua(EXPRESSIONS[i]);
}

/* ---- what is ours ---- */

static void the_library_cannot_be_changed(void **state)
{
    (void)state;
    assert_string_equal(value_of("string.rep = nil"), "flows/x.lua:1: 'rep' cannot be changed: this table is read-only");
    assert_string_equal(value_of("local _, t = pairs(math) t.pi = 3"), "flows/x.lua:1: 'pi' cannot be changed: this table is read-only");
    assert_string_equal(value_of("local n = 0 for name, f in pairs(table) do n = n + 1 end return n"), "5");
    assert_string_equal(value_of("return ('x').nope"), "flows/x.lua:1: 'string.nope' is not defined");
}

static void nothing_shows_an_address(void **state)
{
    (void)state;
    assert_string_equal(value_of("return { tostring({}), tostring(type), ('%s'):format({}), select(2, pcall(string.format, '%p', {})) }"),
                        "[\"table\",\"function\",\"table\",\"%p is not available: addresses are not for scripts\"]");
    assert_string_equal(value_of("return select(2, pcall(error, {})) and 1"), "1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(scripts_have_these_names_and_no_others),
        EACH(the_basic_functions_answer_as_in_lua),
        EACH(tables_answer_as_in_lua),
        EACH(math_answers_as_in_lua),
        EACH(utf8_answers_as_in_lua),
        EACH(the_library_cannot_be_changed),
        EACH(nothing_shows_an_address),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
