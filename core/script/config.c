#include <fcntl.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "declare.h"
#include "failure.h"
#include "library.h"
#include "lisolo/base/file.h"
#include "lisolo/base/utf8.h"
#include "sandbox.h"
#include "syntax.h"

/* A configuration is read by hand; what it says is a few hundred values. */
enum { CONFIG_BYTES_MAX = 1 << 20 };

struct config {
    const char  *name;                 /* the path's last part: Lua would cut a longer one */
    char        *text;
    size_t       len;
    struct scan  scan;
    struct pool  pool;
    size_t       bytes;
    struct decl *out;
    struct slip  slip;                 /* of a syntax error */
    bool         slipped;
};

static int unknown(lua_State *L)
{
    if (lua_type(L, 2) != LUA_TSTRING)
        return 0;
    return luaL_error(L, "'%s' is not defined: this file holds only data (texts go between quotes)", lua_tostring(L, 2));
}

/* What the file assigns lands in the table itself; nothing else can be read. */
static void push_environment(lua_State *L)
{
    lua_createtable(L, 0, 16);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, unknown);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
}

/* Stack: the config, its globals, what it returned. */
static int finish(lua_State *L, int status, lua_KContext ctx)
{
    struct config *c = lua_touserdata(L, 1);
    struct declare d = { .file = c->name, .scan = &c->scan, .pool = &c->pool, .bytes = &c->bytes, .bytes_max = CONFIG_BYTES_MAX };
    size_t value = c->scan.count;
    bool assigned;

    (void)status;
    (void)ctx;
    lua_pushnil(L);
    assigned = lua_next(L, 2) != 0;
    lua_settop(L, 3);
    if (lua_isnil(L, 3)) {
        declare_globals(L, &d, 2, c->out);
        return 0;
    }
    if (lua_type(L, 3) != LUA_TTABLE)
        return luaL_error(L, "%s: this file returns a %s, not a table", c->name, luaL_typename(L, 3));
    if (assigned)
        return luaL_error(L, "%s: this file returns a table and assigns names too: do one of them", c->name);
    for (size_t i = 0; i + 1 < c->scan.count; i++)
        if (scan_is(&c->scan, i, "return"))
            value = i + 1;
    declare_value(L, &d, 3, value, 1, 1, c->out);
    return 0;
}

static int run_entry(lua_State *L)
{
    struct config *c = lua_touserdata(L, 1);
    char name[72], file[72];
    struct block all = { .first = 0, .end = c->scan.count - 1, .line = 1, .last_line = c->scan.tokens[c->scan.count - 1].line };
    int status, line = 1;

    (void)snprintf(name, sizeof name, "@%.60s", c->name);
    status = luaL_loadbufferx(L, c->text, c->len, name, "t");
    if (status == LUA_ERRSYNTAX && lua_type(L, -1) == LUA_TSTRING) {
        const char *message = failure_split(lua_tostring(L, -1), file, sizeof file, &line);

        syntax_explain(&c->scan, &all, message, line, &c->slip);
        c->slipped = true;
        return 0;
    }
    if (status != LUA_OK)
        return lua_error(L);
    push_environment(L);
    lua_pushvalue(L, -1);
    (void)lua_setupvalue(L, 2, 1);
    lua_insert(L, 2);
    lua_callk(L, 0, 1, 0, finish);
    return finish(L, LUA_OK, 0);
}

static bool check_text(const struct config *c, struct error *err)
{
    if (memchr(c->text, '\0', c->len) != NULL || !utf8_valid(c->text, c->len))
        return error_set(err, "%s: not a UTF-8 text file", c->name);
    for (size_t i = 0; i + 1 < c->scan.count; i++)
        if (c->scan.tokens[i].type == TOKEN_NAME && scan_is(&c->scan, i, "_ENV"))
            return error_set(err, "%s:%d: '_ENV' cannot be used", c->name, c->scan.tokens[i].line);
    return true;
}

static bool run(struct config *c, struct error *err)
{
    struct script_limits limits = script_limits_default();
    struct sandbox *sb = sandbox_new(&limits);
    struct script_failure failure;
    char text[256], hint[256];
    bool ok = false;

    if (sb == NULL)
        return error_set(err, "%s: out of memory", c->name);
    if (sandbox_run(sb, run_entry, c, limits.load_steps, &failure) != SCRIPT_DONE) {
        error_set(err, "%s%s%s", failure.text, *failure.hint != '\0' ? ": " : "", failure.hint);
    } else if (c->slipped) {
        text_say(text, sizeof text, PROBLEMS_ENGLISH, c->slip.text, c->slip.a, c->slip.b, c->slip.c);
        text_hint(hint, sizeof hint, PROBLEMS_ENGLISH, c->slip.text, c->slip.a, c->slip.b);
        error_set(err, "%s:%d: %s%s%s", c->name, c->slip.line, text, *hint != '\0' ? ": " : "", hint);
    } else {
        ok = true;
    }
    sandbox_free(sb);
    return ok;
}

bool script_read_config(const char *path, struct decl *out, struct error *err)
{
    const char *slash = strrchr(path, '/');
    struct config c = { .name = slash != NULL ? slash + 1 : path, .out = out };
    bool ok = false;

    *out = (struct decl){ .type = DECL_NIL };
    pool_init(&c.pool, 4096);
    if (!file_read(AT_FDCWD, path, SCRIPT_FILE_BYTES_MAX, &c.text, &c.len, err))
        return false;
    if (!scan_text(c.text, c.len, &c.scan)) {
        error_set(err, "%s: out of memory", c.name);
        goto out;
    }
    ok = check_text(&c, err) && run(&c, err);
out:
    if (!ok)
        decl_free(out);
    scan_free(&c.scan);
    pool_free(&c.pool);
    free(c.text);
    return ok;
}
