#include "author.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char PRELUDE[] =
    "statements = {}\n"
    "local function note(verb, owner, name, body, line) statements[#statements + 1] = { verb = verb, owner = owner, name = name, body = body, line = line } end\n"
    "local function here() return debug.getinfo(3, 'l').currentline end\n"
    "for _, verb in ipairs { 'on', 'source', 'message', 'template', 'labels' } do\n"
    "  _G[verb] = function(name) local line = here() return function(body) note(verb, nil, name, body, line) end end\n"
    "end\n"
    "for _, verb in ipairs { 'commands', 'menu' } do _G[verb] = function(body) note(verb, nil, nil, body, here()) end end\n"
    "for _, verb in ipairs { 'after', 'every' } do\n"      /* the script module tells them apart by where they stand */
    "  _G[verb] = function(when) local line = here() return function(body)\n"
    "    if body.event then return note(verb, nil, when, body, line) end\n"
    "    body[1] = when body.__tag = verb return body\n"
    "  end end\n"
    "end\n"
    "function quiet(hours) note('quiet', nil, hours, nil, here()) end\n"
    "function person(body) note('person', nil, nil, body, here()) end\n"
    "function session(name) local line = here() return function(body) note('session', nil, name, body, line) end end\n"
    "function shared(name) local line = here() return function(body) note('shared', nil, name, body, line) end end\n"
    "for _, tag in ipairs { 'boolean', 'list', 'cancel', 'text', 'number', 'amount', 'phone', 'date', 'location', 'photo', 'audio', 'document', 'contact', 'any', 'one_of', 'secret', 'edit' } do\n"
    "  _G[tag] = function(t) if type(t) == 'string' then t = { t } end t = t or {} t.__tag = tag return t end\n"
    "end\n"
    "function flow(name)\n"
    "  note('flow', nil, name, nil, here())\n"
    "  local f = {}\n"
    "  for _, verb in ipairs { 'say', 'ask', 'choose', 'branch', 'call', 'run', 'set', 'finish' } do\n"
    "    f[verb] = function(_, step) local line = here() return function(body) note(verb, name, step, body, line) end end\n"
    "  end\n"
    "  return setmetatable({}, { __index = f, __newindex = function(_, key, value) note(key == 'values' and 'values' or 'set', name, key, value, here()) end })\n"
    "end\n";

/* Where `key =` stands, at or after line `from`. */
static void find_key(const char *text, int from, const char *key, int *line, int *column)
{
    int at_line = 1;
    const char *start = text;

    *line = from;
    *column = 1;
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '\n') {
            at_line++;
            start = c + 1;
            continue;
        }
        if (at_line >= from && strncmp(c, key, strlen(key)) == 0 && (c == text || strchr(" {\n,", c[-1]) != NULL)
            && c[strlen(key) + strspn(c + strlen(key), " ")] == '=') {
            *line = at_line;
            *column = (int)(c - start) + 1;
            return;
        }
    }
}

struct reading { lua_State *L; const char *text; uint32_t *functions; };

static void convert(struct reading *r, int index, struct decl *out, int from);

static struct decl_entry *more(struct decl *d)
{
    d->entries = realloc(d->entries, (d->count + 1) * sizeof *d->entries);
    assert_non_null(d->entries);
    d->entries[d->count] = (struct decl_entry){ 0 };
    return &d->entries[d->count++];
}

static int as_written(const void *a, const void *b)
{
    const struct decl_entry *x = a, *y = b;

    return x->line != y->line ? x->line - y->line : x->column - y->column;
}

static void convert_table(struct reading *r, int index, struct decl *out, int from)
{
    lua_State *L = r->L;
    lua_Integer items = (lua_Integer)lua_rawlen(L, index);

    out->type = DECL_TABLE;
    for (lua_Integer i = 1; i <= items; i++) {
        lua_rawgeti(L, index, i);
        convert(r, -1, &more(out)->value, from);
        lua_pop(L, 1);
    }
    for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1)) {
        struct decl_entry *e;

        if (lua_type(L, -2) != LUA_TSTRING)
            continue;
        if (strcmp(lua_tostring(L, -2), "__tag") == 0) {
            out->tag = strdup(lua_tostring(L, -1));
            continue;
        }
        e = more(out);
        e->name = strdup(lua_tostring(L, -2));
        find_key(r->text, from, e->name, &e->line, &e->column);
        convert(r, -1, &e->value, e->line);
    }
    if (out->count > (size_t)items)
        qsort(out->entries + items, out->count - (size_t)items, sizeof *out->entries, as_written);
}

static void convert(struct reading *r, int index, struct decl *out, int from)
{
    lua_State *L = r->L;
    size_t len;

    index = lua_absindex(L, index);
    *out = (struct decl){ .line = from, .column = 1 };
    switch (lua_type(L, index)) {
    case LUA_TSTRING:
        out->type = DECL_STRING;
        out->string = strdup(lua_tolstring(L, index, &len));
        out->length = len;
        break;
    case LUA_TNUMBER:
        out->type = lua_isinteger(L, index) ? DECL_INTEGER : DECL_NUMBER;
        out->integer = lua_tointeger(L, index);
        out->number = lua_tonumber(L, index);
        break;
    case LUA_TBOOLEAN:
        out->type = DECL_BOOLEAN;
        out->boolean = lua_toboolean(L, index);
        break;
    case LUA_TFUNCTION:
        out->type = DECL_FUNCTION;
        out->function = (*r->functions)++;
        break;
    case LUA_TTABLE:
        convert_table(r, index, out, from);
        break;
    default:
        break;
    }
}

static char *field(lua_State *L, const char *name)
{
    char *copy = lua_getfield(L, -1, name) == LUA_TSTRING ? strdup(lua_tostring(L, -1)) : NULL;

    lua_pop(L, 1);
    return copy;
}

static void add_statement(struct reading *r, struct statements *all, const char *file)
{
    struct statement *s;

    all->list = realloc(all->list, (all->count + 1) * sizeof *all->list);
    assert_non_null(all->list);
    s = &all->list[all->count++];
    *s = (struct statement){ .file = strdup(file), .column = 1 };
    s->verb = field(r->L, "verb");
    s->owner = field(r->L, "owner");
    s->name = field(r->L, "name");
    lua_getfield(r->L, -1, "line");
    s->line = (int)lua_tointeger(r->L, -1);
    lua_pop(r->L, 1);
    lua_getfield(r->L, -1, "body");
    convert(r, -1, &s->body, s->line);
    lua_pop(r->L, 1);
}

static void read_file(struct author *a, const char *file, const char *text, uint32_t *functions)
{
    struct reading r = { luaL_newstate(), text, functions };

    assert_non_null(r.L);
    luaL_openlibs(r.L);
    assert_int_equal(luaL_dostring(r.L, PRELUDE), LUA_OK);
    if (luaL_loadbuffer(r.L, text, strlen(text), file) != LUA_OK || lua_pcall(r.L, 0, 0, 0) != LUA_OK)
        fail_msg("%s", lua_tostring(r.L, -1));
    lua_getglobal(r.L, "statements");
    for (lua_Integer i = 1; i <= (lua_Integer)lua_rawlen(r.L, 1); i++) {
        lua_rawgeti(r.L, 1, i);
        add_statement(&r, &a->flows, file);
        lua_pop(r.L, 1);
    }
    lua_close(r.L);
}

static const char HOUSE[] =
    "message 'commun.pas_compris' { fr = 'Pas compris.' }\n"
    "message 'commun.probleme' { fr = 'Un souci.' }\n"
    "message 'commun.bouton_ancien' { fr = 'Trop tard.' }\n"
    "message 'commun.aide' { fr = 'Voici comment faire.' }\n"
    "message 'commun.non_pris_en_charge' { fr = 'Des mots, merci.' }\n";
static const char MENU[] = "message 'commun.menu' { fr = 'Bonjour.' }\nmenu { say = 'commun.menu' }\n";

/* "--- flows/paiement.lua" on a line of its own begins another file. */
static void read_files(struct author *a, const char *lua, uint32_t *functions)
{
    char file[64] = "flows/course.lua";

    while (lua != NULL) {
        const char *mark = strstr(lua, "\n--- ");
        char *text = strndup(lua, mark == NULL ? strlen(lua) : (size_t)(mark - lua));

        assert_non_null(text);
        read_file(a, file, text, functions);
        free(text);
        if (mark != NULL)
            (void)snprintf(file, sizeof file, "%.*s", (int)strcspn(mark + 5, "\n"), mark + 5);
        lua = mark == NULL ? NULL : strchr(mark + 1, '\n');
    }
}

void author_write(struct author *a, const char *lua)
{
    struct problems words;
    uint32_t functions = 0;

    *a = (struct author){ 0 };
    problems_init(&a->problems);
    problems_init(&words);
    read_files(a, lua, &functions);
    if (strstr(lua, "commun.pas_compris' {") == NULL && strstr(lua, "no house") == NULL)
        read_file(a, "templates/commun.lua", HOUSE, &functions);
    if (strstr(lua, "menu {") == NULL && strstr(lua, "no house") == NULL)
        read_file(a, "flows/commandes.lua", MENU, &functions);
    a->wording = wording_build(&a->flows, "CG", &words);   /* what is wrong with words is wording's to test */
    assert_non_null(a->wording);
    problems_free(&words);
    a->built = flows_build(&a->flows, a->wording, "CG", &a->problems);
    assert_non_null(a->built);
    problems_sort(&a->problems);
}

void author_free(struct author *a)
{
    flows_free(a->built);
    wording_free(a->wording);
    statements_free(&a->flows);
    problems_free(&a->problems);
}

static void show(const struct author *a)
{
    for (size_t i = 0; i < a->problems.count; i++) {
        const struct problem *p = &a->problems.list[i];

        print_message("%s:%d:%d %s %s (%s)\n", p->file, p->line, p->column, p->code, p->text, p->hint);
    }
}

void author_clean(struct author *a, const char *lua)
{
    author_write(a, lua);
    if (a->problems.count > 0)
        show(a);
    assert_int_equal(a->problems.count, 0);
}

size_t author_count(const struct author *a, const char *code)
{
    size_t n = 0;

    for (size_t i = 0; i < a->problems.count; i++)
        n += strcmp(a->problems.list[i].code, code) == 0;
    return n;
}

const struct problem *author_problem(const struct author *a, const char *code)
{
    for (size_t i = 0; i < a->problems.count; i++)
        if (strcmp(a->problems.list[i].code, code) == 0)
            return &a->problems.list[i];
    show(a);
    fail_msg("no problem %s", code);
    return NULL;
}

void author_one(const char *lua, const char *code, const char *words)
{
    struct author a;
    const struct problem *p;

    author_write(&a, lua);
    if (a.problems.count != 1)
        show(&a);
    assert_int_equal(a.problems.count, 1);
    p = author_problem(&a, code);
    if (strstr(p->text, words) == NULL && strstr(p->hint, words) == NULL)
        fail_msg("%s: \"%s\" (\"%s\") does not say \"%s\"", code, p->text, p->hint, words);
    author_free(&a);
}
