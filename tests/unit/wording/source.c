#include "source.h"

#include <fcntl.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lisolo/base/file.h"

/* Records what message "x" { … } gives: a list of { verb, name, line, body }. */
static const char PRELUDE[] =
    "statements = {}\n"
    "for _, verb in ipairs { 'message', 'template', 'labels' } do\n"
    "  _G[verb] = function(name)\n"
    "    local line = debug.getinfo(2, 'l').currentline\n"
    "    return function(body) statements[#statements + 1] = { verb = verb, name = name, line = line, body = body } end\n"
    "  end\n"
    "end\n"
    "function links(body)\n"
    "  statements[#statements + 1] = { verb = 'links', line = debug.getinfo(2, 'l').currentline, body = body }\n"
    "end\n";

struct place { int line, column; };

static const char *line_start(const char *text, int line)
{
    for (; line > 1 && *text != '\0'; text++)
        line -= *text == '\n';
    return text;
}

/* Where the value of `key` begins, at or after `from`. */
static struct place find_value(const char *text, int from, const char *key)
{
    const char *at = line_start(text, from);
    struct place p = { from, 1 };

    for (const char *found = strstr(at, key); found != NULL; found = strstr(found + 1, key)) {
        const char *value = found + strlen(key) + strspn(found + strlen(key), " ");
        const char *start = found;

        if (*value != '=' || (found > text && strchr(" {\n,", found[-1]) == NULL))
            continue;
        value += 1 + strspn(value + 1, " ");
        for (const char *c = text; c < found; c++)
            p.line += (c >= at) && *c == '\n';
        while (start > text && start[-1] != '\n')
            start--;
        p.column = (int)(value - start) + 1;
        if (value[0] == '[' && strchr("[=", value[1]) != NULL && strcspn(value, "\n") == strspn(value, "[=")) {
            p.line++;
            p.column = 1;
        }
        return p;
    }
    return p;
}

static void convert(lua_State *L, int index, struct decl *out, const char *text, int from);

static void add_entry(lua_State *L, struct decl *table, const char *name, const char *text, int from)
{
    struct decl_entry *e;

    table->entries = realloc(table->entries, (table->count + 1) * sizeof *table->entries);
    assert_non_null(table->entries);
    e = &table->entries[table->count++];
    *e = (struct decl_entry){ .line = from, .column = 3 };
    if (name != NULL) {
        struct place p = find_value(text, from, name);

        e->name = strdup(name);
        e->line = p.line - (p.column == 1);
        from = p.line;
        convert(L, -1, &e->value, text, from);
        e->value.line = p.line;
        e->value.column = p.column;
        return;
    }
    convert(L, -1, &e->value, text, from);
}

static void convert_table(lua_State *L, int index, struct decl *out, const char *text, int from)
{
    lua_Integer items = (lua_Integer)lua_rawlen(L, index);

    out->type = DECL_TABLE;
    for (lua_Integer i = 1; i <= items; i++) {
        lua_rawgeti(L, index, i);
        add_entry(L, out, NULL, text, from);
        lua_pop(L, 1);
    }
    for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1))
        if (lua_type(L, -2) == LUA_TSTRING)
            add_entry(L, out, lua_tostring(L, -2), text, from);
}

static void convert(lua_State *L, int index, struct decl *out, const char *text, int from)
{
    const char *string;
    size_t len;

    index = lua_absindex(L, index);
    *out = (struct decl){ .line = from, .column = 1 };
    switch (lua_type(L, index)) {
    case LUA_TSTRING:
        string = lua_tolstring(L, index, &len);
        out->type = DECL_STRING;
        out->string = malloc(len + 1);
        assert_non_null(out->string);
        memcpy(out->string, string, len + 1);
        out->length = len;
        break;
    case LUA_TNUMBER:
        out->type = DECL_INTEGER;
        out->integer = lua_tointeger(L, index);
        break;
    case LUA_TBOOLEAN:
        out->type = DECL_BOOLEAN;
        out->boolean = lua_toboolean(L, index);
        break;
    case LUA_TTABLE:
        convert_table(L, index, out, text, from);
        break;
    default:
        out->type = DECL_NIL;
    }
}

static char *field(lua_State *L, const char *name)
{
    char *copy = NULL;

    if (lua_getfield(L, -1, name) == LUA_TSTRING)
        copy = strdup(lua_tostring(L, -1));
    lua_pop(L, 1);
    return copy;
}

static void add_statement(lua_State *L, struct source *s, const char *file, const char *text)
{
    struct statement *one;

    s->statements.list = realloc(s->statements.list, (s->statements.count + 1) * sizeof *one);
    assert_non_null(s->statements.list);
    one = &s->statements.list[s->statements.count++];
    *one = (struct statement){ .file = strdup(file), .column = 1 };
    one->verb = field(L, "verb");
    one->name = field(L, "name");
    lua_getfield(L, -1, "line");
    one->line = (int)lua_tointeger(L, -1);
    lua_pop(L, 1);
    lua_getfield(L, -1, "body");
    convert(L, -1, &one->body, text, one->line);
    lua_pop(L, 1);
}

static void read_lua(struct source *s, const char *file, const char *text)
{
    lua_State *L = luaL_newstate();

    assert_non_null(L);
    luaL_openlibs(L);
    assert_int_equal(luaL_dostring(L, PRELUDE), LUA_OK);
    if (luaL_loadbuffer(L, text, strlen(text), file) != LUA_OK || lua_pcall(L, 0, 0, 0) != LUA_OK)
        fail_msg("%s: %s", file, lua_tostring(L, -1));
    lua_getglobal(L, "statements");
    for (lua_Integer i = 1; i <= (lua_Integer)lua_rawlen(L, 1); i++) {
        lua_rawgeti(L, 1, i);
        add_statement(L, s, file, text);
        lua_pop(L, 1);
    }
    lua_close(L);
}

void source_build(struct source *s, const char *file, const char *lua)
{
    *s = (struct source){ 0 };
    problems_init(&s->problems);
    read_lua(s, file, lua);
    s->wording = wording_build(&s->statements, "CG", &s->problems);
    assert_non_null(s->wording);
    problems_sort(&s->problems);
}

void source_build_files(struct source *s, const char *const *names, size_t count)
{
    *s = (struct source){ 0 };
    problems_init(&s->problems);
    for (size_t i = 0; i < count; i++) {
        char path[256], *text;
        size_t len;
        struct error err;

        snprintf(path, sizeof path, "scripts/templates/%s", names[i]);
        if (!file_read(AT_FDCWD, path, 1 << 20, &text, &len, &err))
            fail_msg("%s", err.text);
        read_lua(s, path + strlen("scripts/"), text);
        free(text);
    }
    s->wording = wording_build(&s->statements, "CG", &s->problems);
    assert_non_null(s->wording);
}

static void print_problems(const struct problems *p)
{
    for (size_t i = 0; i < p->count; i++)
        print_message("%s:%d:%d: %s %s (%s)\n", p->list[i].file, p->list[i].line, p->list[i].column, p->list[i].code, p->list[i].text, p->list[i].hint);
}

void source_build_clean(struct source *s, const char *lua)
{
    source_build(s, "templates/t.lua", lua);
    if (s->problems.count > 0) {
        print_problems(&s->problems);
        fail_msg("%zu problems", s->problems.count);
    }
}

void source_free(struct source *s)
{
    wording_free(s->wording);
    statements_free(&s->statements);
    problems_free(&s->problems);
}

static const cJSON *get(void *ctx, const char *name)
{
    return json_get(ctx, name);
}

bool source_render(const struct source *s, const char *id, const char *language, const char *vars, const char *rows, struct wording_output *out, struct error *err)
{
    const struct wording_message *m = wording_find(s->wording, id);
    cJSON *values = vars == NULL ? NULL : json_parse(vars, strlen(vars), err);
    cJSON *list = rows == NULL ? NULL : json_parse(rows, strlen(rows), err);
    struct wording_context c = { .language = language, .values = { get, values }, .rows = list };
    bool ok;

    if (m == NULL)
        fail_msg("no message %s", id);
    if ((vars != NULL && values == NULL) || (rows != NULL && list == NULL))
        fail_msg("%s", err->text);
    ok = wording_render(s->wording, m, &c, out, err);
    cJSON_Delete(values);
    cJSON_Delete(list);
    return ok;
}

const char *source_body(const struct source *s, const char *id, const char *language, const char *vars)
{
    static char text[8192];
    struct wording_output out;
    struct error err;

    if (!source_render(s, id, language, vars, NULL, &out, &err))
        fail_msg("%s", err.text);
    assert_int_equal(out.count, 1);
    snprintf(text, sizeof text, "%s", out.parts[0].body == NULL ? "" : out.parts[0].body);
    wording_output_free(&out);
    return text;
}
