#include <lauxlib.h>
#include <stdint.h>
#include <string.h>

#include "library.h"
#include "sandbox.h"
#include "text_out.h"

enum { LAST_CODE_POINT = 0x10FFFF };

/* One valid code point (no surrogates, no overlong forms) at `s`; its bytes, or 0. */
static size_t decode(const unsigned char *s, const unsigned char *end, uint32_t *out)
{
    static const uint32_t LEAST[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t n = *s < 0x80 ? 1 : *s >= 0xC2 && *s < 0xE0 ? 2 : *s >= 0xE0 && *s < 0xF0 ? 3 : *s >= 0xF0 && *s < 0xF5 ? 4 : 0;
    uint32_t c = n == 1 ? *s : n == 0 ? 0 : *s & (0x7Fu >> n);

    if (n == 0 || (size_t)(end - s) < n)
        return 0;
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
        c = c << 6 | (s[i] & 0x3Fu);
    }
    if (n > 1 && (c < LEAST[n] || c > LAST_CODE_POINT || (c >= 0xD800 && c <= 0xDFFF)))
        return 0;
    *out = c;
    return n;
}

static lua_Integer place(lua_Integer i, size_t len)
{
    if (i >= 0)
        return i;
    return (size_t)-(i + 1) >= len ? 0 : (lua_Integer)len + i + 1;
}

static bool continues(const char *s, lua_Integer at, size_t len)
{
    return at >= 0 && (size_t)at < len && ((unsigned char)s[at] & 0xC0) == 0x80;
}

static int utf8_char(lua_State *L)
{
    int n = lua_gettop(L);
    struct text_out out;

    text_out_init(L, &out);
    for (int i = 1; i <= n; i++) {
        lua_Integer c = luaL_checkinteger(L, i);
        char *to;

        luaL_argcheck(L, c >= 0 && c <= LAST_CODE_POINT && (c < 0xD800 || c > 0xDFFF), i, "not a code point");
        to = text_out_room(&out, 4);
        if (c < 0x80) {
            to[0] = (char)c;
            out.len += 1;
            continue;
        }
        size_t more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
        static const unsigned LEAD[] = { 0, 0xC0, 0xE0, 0xF0 };

        for (size_t k = more; k > 0; k--, c >>= 6)
            to[k] = (char)(0x80 | (c & 0x3F));
        to[0] = (char)(LEAD[more] | (unsigned)c);
        out.len += more + 1;
    }
    text_out_push(&out);
    return 1;
}

static int utf8_codepoint(lua_State *L)
{
    size_t len;
    const char *s = luaL_checklstring(L, 1, &len);
    lua_Integer from = place(luaL_optinteger(L, 2, 1), len), to = place(luaL_optinteger(L, 3, from), len);
    int n = 0;

    luaL_argcheck(L, from >= 1, 2, "out of bounds");
    luaL_argcheck(L, to <= (lua_Integer)len, 3, "out of bounds");
    luaL_checkstack(L, LIBRARY_RESULTS_MAX, NULL);
    for (lua_Integer at = from - 1; at < to; n++) {
        uint32_t c;
        size_t bytes = decode((const unsigned char *)s + at, (const unsigned char *)s + len, &c);

        if (bytes == 0)
            return luaL_error(L, "invalid UTF-8 code");
        if (n == LIBRARY_RESULTS_MAX)
            return luaL_error(L, "string slice too long (at most %d characters)", LIBRARY_RESULTS_MAX);
        lua_pushinteger(L, c);
        at += (lua_Integer)bytes;
    }
    return n;
}

static int utf8_len(lua_State *L)
{
    size_t len;
    const char *s = luaL_checklstring(L, 1, &len);
    lua_Integer from = place(luaL_optinteger(L, 2, 1), len), to = place(luaL_optinteger(L, 3, -1), len), n = 0;

    luaL_argcheck(L, from >= 1 && from <= (lua_Integer)len + 1, 2, "initial position out of bounds");
    luaL_argcheck(L, to <= (lua_Integer)len, 3, "final position out of bounds");
    sandbox_charge(L, to > from ? (uint64_t)(to - from) / 8 : 0);
    for (lua_Integer at = from - 1; at < to; n++) {
        uint32_t c;
        size_t bytes = decode((const unsigned char *)s + at, (const unsigned char *)s + len, &c);

        if (bytes == 0) {
            lua_pushnil(L);
            lua_pushinteger(L, at + 1);
            return 2;
        }
        at += (lua_Integer)bytes;
    }
    lua_pushinteger(L, n);
    return 1;
}

/* Moves n characters from `at` (0-based); the result is 0-based, or -1 when the text ends before. */
static lua_Integer walk(const char *s, size_t len, lua_Integer at, lua_Integer n)
{
    if (n == 0) {
        while (at > 0 && continues(s, at, len))
            at--;
        return at;
    }
    for (; n < 0 && at > 0; n++) {
        at--;
        while (at > 0 && continues(s, at, len))
            at--;
    }
    for (n = n > 0 ? n - 1 : n; n > 0 && at < (lua_Integer)len; n--) {
        at++;
        while (continues(s, at, len))
            at++;
    }
    return n == 0 ? at : -1;
}

static int utf8_offset(lua_State *L)
{
    size_t len;
    const char *s = luaL_checklstring(L, 1, &len);
    lua_Integer n = luaL_checkinteger(L, 2), at = place(luaL_optinteger(L, 3, n > 0 ? 1 : (lua_Integer)len + 1), len) - 1;

    luaL_argcheck(L, at >= 0 && at <= (lua_Integer)len, 3, "position out of bounds");
    sandbox_charge(L, len / 8);
    if (n != 0 && continues(s, at, len))
        return luaL_error(L, "initial position is a continuation byte");
    at = walk(s, len, at, n);
    if (at < 0)
        lua_pushnil(L);
    else
        lua_pushinteger(L, at + 1);
    return 1;
}

static int next_code(lua_State *L)
{
    size_t len, bytes;
    const char *s = luaL_checklstring(L, 1, &len);
    lua_Integer at = luaL_checkinteger(L, 2);
    uint32_t c;

    /* `at` is where the character before starts, 1-based, so its second byte 0-based; no character has more than four. */
    luaL_argcheck(L, at >= 0, 2, "not a place in the text");
    for (int i = 0; i < 3 && at > 0 && continues(s, at, len); i++)
        at++;
    if (at >= (lua_Integer)len)
        return 0;
    bytes = decode((const unsigned char *)s + at, (const unsigned char *)s + len, &c);
    if (bytes == 0 || continues(s, at + (lua_Integer)bytes, len))
        return luaL_error(L, "invalid UTF-8 code");
    lua_pushinteger(L, at + 1);
    lua_pushinteger(L, c);
    return 2;
}

static int utf8_codes(lua_State *L)
{
    (void)luaL_checkstring(L, 1);
    lua_pushcfunction(L, next_code);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    return 3;
}

void library_utf8(lua_State *L)
{
    static const luaL_Reg FUNCTIONS[] = {
        { "char", utf8_char }, { "codepoint", utf8_codepoint }, { "codes", utf8_codes }, { "len", utf8_len }, { "offset", utf8_offset },
        { NULL, NULL },
    };

    luaL_newlib(L, FUNCTIONS);
    lua_pushlstring(L, "[\0-\x7F\xC2-\xF4][\x80-\xBF]*", 14);
    lua_setfield(L, -2, "charpattern");
}
