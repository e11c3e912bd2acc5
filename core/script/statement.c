/* The list of statements being built: everything in it belongs to the loader at every moment, so that Lua may raise anywhere. */
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "declare.h"
#include "failure.h"
#include "loader.h"

const char LOADER_FUNCTIONS, LOADER_SHARED;

static bool grow(void **list, size_t *cap, size_t count, size_t item, size_t most)
{
    size_t want = *cap == 0 ? 64 : *cap * 2;
    void *p;

    if (count < *cap)
        return true;
    if (count >= most)
        return false;
    p = realloc(*list, want * item);
    if (p == NULL)
        return false;
    *list = p;
    *cap = want;
    return true;
}

static char *copy_or_null(lua_State *L, const char *text)
{
    char *p;

    if (text == NULL)
        return NULL;
    p = strdup(text);
    if (p == NULL)
        luaL_error(L, "not enough memory");
    return p;
}

struct statement *loader_add(struct loader *ld, lua_State *L, const char *verb, const char *owner, const char *name,
                             const struct source_file *f, int line, int column)
{
    struct statements *all = &ld->out->statements;
    struct statement *s;

    if (!grow((void **)&all->list, &ld->statement_cap, all->count, sizeof *all->list, STATEMENTS_MAX))
        luaL_error(L, all->count >= STATEMENTS_MAX ? "more statements than fit" : "not enough memory");
    s = &all->list[all->count++];
    *s = (struct statement){ .line = line, .column = column };
    s->verb = copy_or_null(L, verb);
    s->owner = copy_or_null(L, owner);
    s->name = copy_or_null(L, name);
    s->file = copy_or_null(L, f->source->name);
    return s;
}

/* The function at the top of the stack gets the next number. */
static uint32_t number_function(void *ctx, lua_State *L, const char *path)
{
    struct loader *ld = ctx;
    struct definitions *out = ld->out;
    size_t index = out->function_count;

    if (!grow((void **)&out->functions, &ld->function_cap, index, sizeof *out->functions, FUNCTIONS_MAX))
        luaL_error(L, index >= FUNCTIONS_MAX ? "more functions than fit" : "not enough memory");
    out->functions[index] = copy_or_null(L, path);
    out->function_count++;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &LOADER_FUNCTIONS);
    lua_pushvalue(L, -2);
    lua_rawseti(L, -2, (lua_Integer)index + 1);
    lua_pop(L, 1);
    return (uint32_t)index;
}

struct filling { struct loader *ld; const struct source_file *f; };

static void report_twice(void *ctx, const struct place *again, int first_line)
{
    const struct filling *filling = ctx;
    char name[64], line[16];

    (void)snprintf(name, sizeof name, "%.*s", (int)(again->name_len < 60 ? again->name_len : 60), again->name);
    (void)snprintf(line, sizeof line, "%d", first_line);
    loader_report(filling->ld, TEXT_KEY_TWICE, filling->f->source->name, again->key_line, again->key_column, name, line, NULL);
}

static uint32_t number_in_filling(void *ctx, lua_State *L, const char *path)
{
    const struct filling *filling = ctx;

    return number_function(filling->ld, L, path);
}

void loader_fill(struct loader *ld, lua_State *L, int index, const struct source_file *f, size_t value)
{
    struct statement *s = &ld->out->statements.list[ld->out->statements.count - 1];
    struct filling filling = { ld, f };
    struct declare d = {
        .file = f->source->name, .scan = &f->scan, .pool = &ld->pool, .bytes = &ld->bytes, .bytes_max = DEFINITION_BYTES_MAX,
        .function = number_in_filling, .twice = report_twice, .ctx = &filling,
    };
    int line = s->line, column = s->column;

    pool_free(&ld->pool);
    if (value < f->scan.count)
        scan_value_place(&f->scan, value, &line, &column);
    (void)snprintf(d.path, sizeof d.path, "%s%s%s", s->owner != NULL ? s->owner : s->verb, s->name != NULL ? "/" : "",
                   s->name != NULL ? s->name : "");
    d.path_len = strlen(d.path);
    declare_value(L, &d, index, value, line, column, &s->body);
}

static void clear(struct statement *s)
{
    free(s->verb);
    free(s->owner);
    free(s->name);
    free(s->file);
    decl_free(&s->body);
}

void loader_cut(struct loader *ld, size_t statements, size_t functions)
{
    struct definitions *out = ld->out;

    while (out->statements.count > statements)
        clear(&out->statements.list[--out->statements.count]);
    while (out->function_count > functions)
        free(out->functions[--out->function_count]);
}
