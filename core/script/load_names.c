/* Which names a file uses, found in its compiled form before anything of it runs. */
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytecode.h"
#include "library.h"
#include "lisolo/base/nearest.h"
#include "loader.h"
#include "readonly.h"

struct finding { enum found what; const char *name, *field; int line; };

struct findings { struct pool *pool; struct finding *list; size_t count, cap; };

/* Called while C memory is held, so it must not raise: it only notes. */
static void note(void *ctx, enum found what, const char *name, const char *field, int line)
{
    struct findings *all = ctx;

    if (all->count == all->cap) {
        size_t cap = all->cap == 0 ? 64 : all->cap * 2;
        struct finding *list = pool_array(all->pool, cap, sizeof *list);

        if (list == NULL)
            return;
        if (all->count > 0)
            memcpy(list, all->list, all->count * sizeof *list);
        all->list = list;
        all->cap = cap;
    }
    all->list[all->count++] = (struct finding){ what, pool_text(all->pool, name), pool_text(all->pool, field), line };
}

static void report_unknown(lua_State *L, struct loader *ld, const struct source_file *f, int names, const char *where, const struct finding *n)
{
    const char *name = n->field != NULL ? n->field : n->name, *dot = n->field != NULL ? "." : "";
    struct nearest near = { .word = name };
    char full[128], hint[160] = "", text[192];
    size_t token = scan_name_on_line(&f->scan, n->line, name);

    (void)snprintf(full, sizeof full, "%.50s%s%.64s", where, dot, name);
    for (lua_pushnil(L); lua_next(L, names) != 0; lua_pop(L, 1))
        if (lua_type(L, -2) == LUA_TSTRING)
            nearest_offer(&near, lua_tostring(L, -2));
    if (library_instead(full) != NULL)
        (void)snprintf(hint, sizeof hint, "%s", problems_text(ld->problems, library_instead(full)));
    else if (near.best != NULL)
        (void)snprintf(hint, sizeof hint, problems_text(ld->problems, "did you mean '%s%s%s'?"), where, dot, near.best);
    else if (token + 1 < f->scan.count && (f->scan.tokens[token + 1].type == TOKEN_STRING || scan_is(&f->scan, token + 1, "{")))
        (void)snprintf(hint, sizeof hint, problems_text(ld->problems, "if it is a key, an = is missing: %s = …"), full);
    else if (strcmp(full, "f") == 0)
        (void)snprintf(hint, sizeof hint, "%s", problems_text(ld->problems, "begin the file with: local f = flow \"name\""));
    else if (n->field == NULL)
        (void)snprintf(hint, sizeof hint, problems_text(ld->problems, "a text stands between quotes; a function reads a variable of the flow as c.%s"), full);
    text_say(text, sizeof text, ld->problems->language, TEXT_NAME_UNKNOWN, full, NULL, NULL);
    loader_report_as(ld, "E003", f->source->name, n->line, token < f->scan.count ? f->scan.tokens[token].column : 0, hint, text);
}

static void judge(lua_State *L, struct loader *ld, const struct source_file *f, int names, const struct finding *n)
{
    size_t token = scan_name_on_line(&f->scan, n->line, n->name);
    int column = token < f->scan.count ? f->scan.tokens[token].column : 0;
    char limit[16];

    lua_pushstring(L, n->name);
    lua_rawget(L, names);
    switch (n->what) {
    case FOUND_READ:
        if (lua_isnil(L, -1))
            report_unknown(L, ld, f, names, "", n);
        break;
    case FOUND_FIELD:
        if (!readonly_real(L, -1))
            break;
        lua_pushstring(L, n->field);
        lua_rawget(L, -2);
        if (lua_isnil(L, -1))
            report_unknown(L, ld, f, lua_gettop(L) - 1, n->name, n);
        break;
    case FOUND_WRITE:
        loader_report(ld, TEXT_GLOBAL, f->source->name, n->line, column, n->name, NULL, NULL);
        break;
    case FOUND_UPVALUE:
        loader_report(ld, TEXT_UPVALUE, f->source->name, n->line, column, n->name, NULL, NULL);
        break;
    case FOUND_CHAIN:
        (void)snprintf(limit, sizeof limit, "%d", BYTECODE_CHAIN_MAX);
        loader_report(ld, TEXT_CHAIN, f->source->name, n->line, 0, limit, NULL, NULL);
        break;
    }
    lua_settop(L, names);
}

bool loader_check_names(lua_State *L, struct loader *ld, const struct source_file *f)
{
    struct findings all = { .pool = &ld->pool };
    int names;

    pool_free(&ld->pool);
    if (!bytecode_read(L, note, &all))
        loader_report(ld, TEXT_OTHER_LUA, f->source->name, 0, 0, NULL, NULL, NULL);
    if (!pool_ok(&ld->pool))
        return false;
    luaL_checkstack(L, 12, NULL);
    library_push_names(L);
    names = lua_gettop(L);
    for (size_t i = 0; i < all.count; i++)
        judge(L, ld, f, names, &all.list[i]);
    return true;
}
