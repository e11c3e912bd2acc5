#include "format.h"

#include <ctype.h>
#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "library.h"
#include "sandbox.h"
#include "text_out.h"

/* %99.99f of 1e308 is 309 + 1 + 99 characters. */
enum { FIELD_BYTES_MAX = 512, SPEC_MAX = 32 };

struct spec {
    char   text[SPEC_MAX];     /* "%-5.2" + modifier + conversion, for the C library */
    size_t len;
    bool   has_precision;
    char   conversion;
};

static const char *bad_conversion(lua_State *L, const char *from, const char *to)
{
    lua_pushlstring(L, from, (size_t)(to - from));
    luaL_error(L, "invalid conversion '%%%s' to 'format'", lua_tostring(L, -1));
    return NULL;
}

/* From just after "%". At most two digits of width and of precision, as in Lua; returns what follows. */
static const char *read_spec(lua_State *L, const char *s, const char *end, struct spec *spec)
{
    const char *at = s;
    int digits;

    while (at < end && strchr("-+ #0", *at) != NULL && *at != '\0')
        at++;
    if (at - s > 5)
        return bad_conversion(L, s, at);
    for (digits = 0; at < end && isdigit((unsigned char)*at) && digits < 2; digits++)
        at++;
    spec->has_precision = at < end && *at == '.';
    if (spec->has_precision) {
        at++;
        for (digits = 0; at < end && isdigit((unsigned char)*at) && digits < 2; digits++)
            at++;
    }
    if (at == end || !isalpha((unsigned char)*at))
        return bad_conversion(L, s, at == end ? at : at + 1);
    spec->conversion = *at;
    spec->text[0] = '%';
    memcpy(spec->text + 1, s, (size_t)(at - s));
    spec->len = (size_t)(at - s) + 1;
    return at + 1;
}

static const char *printf_text(struct spec *spec, const char *modifier)
{
    (void)snprintf(spec->text + spec->len, sizeof spec->text - spec->len, "%s%c", modifier, spec->conversion);
    return spec->text;
}

/* The formats below were put together from checked parts: flags, at most two digits twice, one known letter. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static void add_integer(struct text_out *out, struct spec *spec, lua_Integer n)
{
    char *to = text_out_room(out, FIELD_BYTES_MAX);

    out->len += (size_t)snprintf(to, FIELD_BYTES_MAX, printf_text(spec, LUA_INTEGER_FRMLEN), (LUAI_UACINT)n);
}

static void add_float(struct text_out *out, struct spec *spec, lua_Number n)
{
    char *to = text_out_room(out, FIELD_BYTES_MAX);

    out->len += (size_t)snprintf(to, FIELD_BYTES_MAX, printf_text(spec, ""), n);
}

static void add_char(struct text_out *out, struct spec *spec, int c)
{
    char *to = text_out_room(out, FIELD_BYTES_MAX);

    out->len += (size_t)snprintf(to, FIELD_BYTES_MAX, printf_text(spec, ""), c);
}

static void add_text(lua_State *L, struct text_out *out, struct spec *spec, int arg)
{
    size_t len;
    const char *s = library_text(L, arg, &len);

    if (spec->len == 1 || (!spec->has_precision && len >= 100)) {
        text_out_add(out, s, len);
    } else {
        char *to;

        luaL_argcheck(L, strlen(s) == len, arg, "string contains zeros");
        to = text_out_room(out, FIELD_BYTES_MAX);      /* ≤ 99 of width or precision */
        out->len += (size_t)snprintf(to, FIELD_BYTES_MAX, printf_text(spec, ""), s);
    }
    lua_pop(L, 1);
}

#pragma GCC diagnostic pop

static void add_quoted_text(struct text_out *out, const char *s, size_t len)
{
    text_out_char(out, '"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        char code[8];

        if (c == '"' || c == '\\' || c == '\n') {
            text_out_char(out, '\\');
            text_out_char(out, (char)c);
        } else if (iscntrl(c)) {
            bool digit_follows = i + 1 < len && isdigit((unsigned char)s[i + 1]);
            int n = snprintf(code, sizeof code, digit_follows ? "\\%03d" : "\\%d", c);

            text_out_add(out, code, (size_t)n);
        } else {
            text_out_char(out, (char)c);
        }
    }
    text_out_char(out, '"');
}

/* A literal that Lua reads back as the same value. */
static void add_quoted(lua_State *L, struct text_out *out, int arg)
{
    char number[64];
    size_t len;
    const char *s;

    switch (lua_type(L, arg)) {
    case LUA_TSTRING:
        s = lua_tolstring(L, arg, &len);
        sandbox_charge(L, len / 8);
        add_quoted_text(out, s, len);
        return;
    case LUA_TNUMBER:
        if (lua_isinteger(L, arg) && lua_tointeger(L, arg) == LUA_MININTEGER)
            (void)snprintf(number, sizeof number, "0x%llx", (unsigned long long)LUA_MININTEGER);
        else if (lua_isinteger(L, arg))
            (void)snprintf(number, sizeof number, "%lld", (long long)lua_tointeger(L, arg));
        else if (isinf(lua_tonumber(L, arg)))
            (void)snprintf(number, sizeof number, "%s", lua_tonumber(L, arg) > 0 ? "1e9999" : "-1e9999");
        else if (isnan(lua_tonumber(L, arg)))
            (void)snprintf(number, sizeof number, "(0/0)");
        else
            (void)snprintf(number, sizeof number, "%a", lua_tonumber(L, arg));
        text_out_add(out, number, strlen(number));
        return;
    case LUA_TNIL:
    case LUA_TBOOLEAN:
        s = library_text(L, arg, &len);
        if (lua_isnil(L, arg))
            text_out_add(out, "nil", 3);
        else
            text_out_add(out, s, len);
        lua_pop(L, 1);
        return;
    default:
        luaL_argerror(L, arg, "value has no literal form");
    }
}

static void add_value(lua_State *L, struct text_out *out, struct spec *spec, int arg)
{
    switch (spec->conversion) {
    case 'c':
        add_char(out, spec, (int)luaL_checkinteger(L, arg));
        break;
    case 'd': case 'i': case 'u': case 'o': case 'x': case 'X':
        add_integer(out, spec, luaL_checkinteger(L, arg));
        break;
    case 'a': case 'A': case 'e': case 'E': case 'f': case 'F': case 'g': case 'G':
        add_float(out, spec, luaL_checknumber(L, arg));
        break;
    case 's':
        luaL_checkany(L, arg);
        add_text(L, out, spec, arg);
        break;
    case 'q':
        if (spec->len > 1)
            luaL_error(L, "specifier '%%q' cannot have modifiers");
        luaL_checkany(L, arg);
        add_quoted(L, out, arg);
        break;
    case 'p':
        luaL_error(L, "%%p is not available: addresses are not for scripts");
        break;
    default: {
        const char letter[] = { spec->conversion, '\0' };

        luaL_error(L, "invalid conversion '%s%s' to 'format'", spec->text, letter);
    }
    }
}

int format_string(lua_State *L)
{
    size_t len;
    const char *s = luaL_checklstring(L, 1, &len), *end = s + len;
    struct text_out out;
    int arg = 1;

    sandbox_charge(L, 1 + len / 16);
    text_out_init(L, &out);
    while (s < end) {
        struct spec spec = { .len = 0 };

        if (*s != '%') {
            text_out_char(&out, *s++);
        } else if (s + 1 < end && s[1] == '%') {
            text_out_char(&out, '%');
            s += 2;
        } else {
            s = read_spec(L, s + 1, end, &spec);
            luaL_argcheck(L, ++arg < out.slot, arg, "no value");
            add_value(L, &out, &spec, arg);
        }
    }
    text_out_push(&out);
    return 1;
}
