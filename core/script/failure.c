#include "failure.h"

#include <ctype.h>
#include <lauxlib.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "texts.h"

_Static_assert(sizeof(((struct script_failure *)0)->file) == SANDBOX_FILE_MAX, "a place fits");

const char *failure_split(const char *text, char *file, size_t file_size, int *line)
{
    const char *colon = strchr(text, ':'), *at;
    long n = 0;

    if (colon == NULL || colon == text || (size_t)(colon - text) >= file_size || memchr(text, ' ', (size_t)(colon - text)) != NULL)
        return text;
    for (at = colon + 1; isdigit((unsigned char)*at) && n < 1000000; at++)
        n = n * 10 + (*at - '0');
    if (at == colon + 1 || at[0] != ':' || at[1] != ' ')
        return text;
    memcpy(file, text, (size_t)(colon - text));
    file[colon - text] = '\0';
    *line = (int)n;
    return at + 2;
}

/* "1000000" -> "1,000,000" */
static void number_text(uint64_t n, char *out, size_t size)
{
    char digits[24];
    size_t len = (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)n), to = 0;

    for (size_t i = 0; i < len && to + 2 < size; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            out[to++] = ',';
        out[to++] = digits[i];
    }
    out[to] = '\0';
}

/* More than this deep, a block that is too large is the stack of a function that calls itself. */
enum { DEEP = 2000 };

static enum text_id stop_text(struct sandbox *sb, char *amount, size_t size)
{
    lua_Debug ar;

    switch (sb->stopped) {
    case LIMIT_STEPS:
        number_text(sb->steps_max, amount, size);
        return TEXT_STOP_STEPS;
    case LIMIT_MEMORY:
        sandbox_size_text(sb->limits.memory_bytes, amount, size);
        return TEXT_STOP_MEMORY;
    case LIMIT_BLOCK:
        sandbox_size_text(sb->limits.block_bytes, amount, size);
        return lua_getstack(sb->co, DEEP, &ar) ? TEXT_STOP_DEPTH : TEXT_STOP_BLOCK;
    case LIMIT_CHURN:
        sandbox_size_text(sb->limits.churn_bytes, amount, size);
        return TEXT_STOP_CHURN;
    default:
        (void)snprintf(amount, size, "%u", sb->limits.cpu_ms);
        return TEXT_STOP_CPU;
    }
}

/* The outermost file on the stack: a library that it uses may be on top of it. */
static int find_chunk_line(lua_State *co)
{
    lua_Debug ar;
    int line = 0;

    for (int level = 0; level < 1000 && lua_getstack(co, level, &ar); level++)
        if (lua_getinfo(co, "Sl", &ar) && strcmp(ar.what, "main") == 0)
            line = ar.currentline;
    return line > 0 ? line : 0;
}

int failure_raise_text(lua_State *L, const char *code)
{
    struct sandbox *sb = sandbox_of(L);

    sb->error_code = code;
    sb->error_text = lua_tostring(L, -1);
    sb->error_hint[0] = '\0';
    return lua_error(L);
}

int failure_raise_id(lua_State *L, enum text_id id, const char *a, const char *b)
{
    struct sandbox *sb = sandbox_of(L);
    char text[256];

    text_say(text, sizeof text, sb->language, id, a, b, NULL);
    luaL_where(L, 1);
    lua_pushstring(L, text);
    lua_concat(L, 2);
    sb->error_code = text_code(id);
    sb->error_text = lua_tostring(L, -1);
    text_hint(sb->error_hint, sizeof sb->error_hint, sb->language, id, a, b);
    return lua_error(L);
}

int failure_raise(lua_State *L, const char *code, const char *format, ...)
{
    va_list args;

    luaL_where(L, 1);
    va_start(args, format);
    lua_pushvfstring(L, problem_text_in(sandbox_of(L)->language, format), args);
    va_end(args);
    lua_concat(L, 2);
    return failure_raise_text(L, code);
}

/* The error value as text; the type's name when it is none. */
static const char *error_text(lua_State *co, char *room, size_t size)
{
    if (lua_gettop(co) > 0 && lua_type(co, -1) == LUA_TSTRING)
        return lua_tostring(co, -1);
    text_say(room, size, sandbox_of(co)->language, TEXT_ERROR_VALUE, lua_gettop(co) > 0 ? luaL_typename(co, -1) : "nil", NULL, NULL);
    return room;
}

void failure_set(struct script_failure *out, const char *file, int line, const char *text)
{
    if (file != out->file)
        (void)snprintf(out->file, sizeof out->file, "%s", file);
    out->line = line;
    if (*file != '\0')
        (void)snprintf(out->text, sizeof out->text, "%s:%d: %s", file, line, text);
    else
        (void)snprintf(out->text, sizeof out->text, "%s", text);
    out->hint[0] = '\0';
}

void failure_read(struct sandbox *sb, enum script_status status, struct script_failure *out)
{
    char room[sizeof out->text], amount[32];
    const char *text;

    if (status == SCRIPT_STOPPED || lua_gettop(sb->co) == 0 || lua_type(sb->co, -1) != LUA_TSTRING ||
        lua_tostring(sb->co, -1) != sb->error_text)
        sb->error_code = NULL;
    sb->chunk_line = find_chunk_line(sb->co);
    if (out == NULL)
        return;
    *out = (struct script_failure){ .line = 0 };
    if (!sandbox_place(sb->co, out->file, sizeof out->file, &out->line))
        out->line = 0;
    if (status == SCRIPT_STOPPED) {
        enum text_id id = stop_text(sb, amount, sizeof amount);

        if (sb->stop_line > 0) {
            memcpy(out->file, sb->stop_file, sizeof out->file);
            out->line = sb->stop_line;
        }

        sb->error_code = text_code(id);
        text_say(room, sizeof room, sb->language, id, amount, NULL, NULL);
        failure_set(out, out->file, out->line, room);
        text_hint(out->hint, sizeof out->hint, sb->language, id, NULL, NULL);
        return;
    }
    text = failure_split(error_text(sb->co, room, sizeof room), out->file, sizeof out->file, &out->line);
    failure_set(out, out->file, out->line, text);
    if (sb->error_code != NULL && *sb->error_hint != '\0')
        (void)snprintf(out->hint, sizeof out->hint, "%s", sb->error_hint);
    else
        text_hint_for(out->hint, sizeof out->hint, sb->language, text);
}
