/*
 * The names of the language: each only notes what is written. What a key means is for `flow` and `wording` to say.
 */
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "declare.h"
#include "failure.h"
#include "library.h"
#include "lisolo/base/nearest.h"
#include "lisolo/flow.h"
#include "loader.h"
#include "readonly.h"

/* Addresses that serve as keys: a flow object's name and metatable, the environment, what is frozen, what libraries returned. */
static const char FLOW_NAME, FLOW_META, ENVIRONMENT, SEEN, USES;

enum { IN_FLOWS = 1, IN_TEMPLATES = 2 };

struct verb { const char *name; bool named, body; int where; };

static const struct verb VERBS[] = {
    { "flow",     true,  false, IN_FLOWS },
    { "commands", false, true,  IN_FLOWS },
    { "menu",     false, true,  IN_FLOWS },
    { "on",       true,  true,  IN_FLOWS },
    { "source",   true,  true,  IN_FLOWS },
    { "session",  true,  true,  IN_FLOWS },
    { "message",  true,  true,  IN_FLOWS | IN_TEMPLATES },
    { "template", true,  true,  IN_FLOWS | IN_TEMPLATES },
    { "labels",   true,  true,  IN_FLOWS | IN_TEMPLATES },
    { "links",    false, true,  IN_FLOWS | IN_TEMPLATES },
    { "person",   false, true,  IN_FLOWS },
    { "shared",   true,  true,  IN_FLOWS },
    { "quiet",    true,  false, IN_FLOWS },
};
enum { VERB_COUNT = sizeof VERBS / sizeof *VERBS };

static const char *const STEPS[] = { "say", "ask", "choose", "branch", "call", "run", "set", "finish", NULL };
static const char *const CONSTRUCTORS[] = {
    "text", "number", "amount", "phone", "date", "location", "photo", "audio", "document", "contact", "any", "one_of", "secret", "edit", "boolean", "list", "cancel", NULL,
};

static const char *const LATER[] = { "after", "every", NULL };

static bool is_listed(const char *const *list, const char *name, struct nearest *near)
{
    for (; *list != NULL; list++) {
        if (strcmp(*list, name) == 0)
            return true;
        nearest_offer(near, *list);
    }
    return false;
}

/* ---- where a statement is written ---- */

struct spot { struct source_file *file; int line, column; size_t value; };

static size_t last_token_up_to(const struct scan *s, int line)
{
    size_t low = 0, high = s->count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (s->tokens[middle].line <= line)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* `verb "name"` at or above the line that the call is on; a multi-line statement's call has the line of its start. */
static struct spot find_statement(struct source_file *f, int line, const char *verb, const char *name)
{
    const struct scan *s = &f->scan;
    struct spot spot = { .file = f, .line = line, .column = scan_first_column(s, line), .value = s->count };

    for (size_t i = last_token_up_to(s, line); i-- > 0;) {
        size_t next = i + 1;

        if (!scan_is(s, i, verb))
            continue;
        next += scan_is(s, next, "(");
        if (name != NULL && !scan_string_is(s, next, name))
            continue;
        next += name != NULL;
        next += scan_is(s, next, ")");
        next += scan_is(s, next, "(");
        if (i >= 2 && scan_is(s, i - 1, ":"))
            i -= 2;
        spot.line = s->tokens[i].line;
        spot.column = s->tokens[i].column;
        spot.value = next;
        return spot;
    }
    return spot;
}

/* `f.key = value`: the assignment has the line where the value ends. */
static struct spot find_property(struct source_file *f, int line, const char *key)
{
    const struct scan *s = &f->scan;
    struct spot spot = { .file = f, .line = line, .column = scan_first_column(s, line), .value = s->count };

    for (size_t i = last_token_up_to(s, line); i-- > 2;) {
        if (!scan_is(s, i, key) || !scan_is(s, i - 1, ".") || !scan_is(s, i + 1, "="))
            continue;
        spot.line = s->tokens[i - 2].line;
        spot.column = s->tokens[i - 2].column;
        spot.value = i + 2;
        return spot;
    }
    return spot;
}

/* The loader and the file that calls; raises outside the top level of a file. */
static struct loader *calling(lua_State *L, const char *verb, struct source_file **file, int *line)
{
    struct loader *ld = sandbox_of(L)->loader;

    if (ld == NULL)
        failure_raise_id(L, TEXT_CALL_TIME, verb, NULL);
    *file = loader_caller(ld, L, 1, line);
    if (*file == NULL)
        luaL_error(L, "'%s' called in a way that hides where: write it as a statement of its own", verb);
    return ld;
}

static void check_place(lua_State *L, const char *verb, int where, const struct source_file *f)
{
    if (f->kind == FILE_LIBRARY)
        failure_raise_id(L, TEXT_LIBRARY_PLACE, verb, NULL);
    if (f->kind == FILE_TEMPLATE && (where & IN_TEMPLATES) == 0)
        failure_raise_id(L, TEXT_PLACE, verb, NULL);
}

/* ---- statements with a body ---- */

static struct opened *open_statement(lua_State *L, struct loader *ld, const struct source_file *f, int line, const char *verb, const char *name)
{
    struct opened *o;

    if (ld->opened_count == ld->opened_cap) {
        size_t cap = ld->opened_cap == 0 ? 32 : ld->opened_cap * 2;

        o = cap <= STATEMENTS_MAX * 2 ? realloc(ld->opened, cap * sizeof *o) : NULL;
        if (o == NULL)
            luaL_error(L, "not enough memory for so many statements");
        ld->opened = o;
        ld->opened_cap = cap;
    }
    o = &ld->opened[ld->opened_count++];
    *o = (struct opened){ .file = (size_t)(f - ld->files), .line = line };
    (void)snprintf(o->label, sizeof o->label, "%s \"%s\"", verb, name);
    return o;
}

/* Functions read it as it was declared, without a conversion: c.shared. */
static void keep_shared(lua_State *L, const char *name, int body)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &LOADER_SHARED);
    dsl_push_seen(L);
    readonly_freeze(L, body, -1);
    lua_setfield(L, -3, name);
    lua_pop(L, 2);
}

static void take_body(lua_State *L, struct loader *ld, const struct spot *spot, const char *verb, const char *owner, const char *name, int body)
{
    char label[96];

    (void)snprintf(label, sizeof label, name != NULL ? "%s \"%s\"" : "%s", verb, name);
    if (lua_type(L, body) != LUA_TTABLE)
        failure_raise_id(L, TEXT_BODY_TABLE, label, NULL);
    sandbox_charge(L, 20);
    (void)loader_add(ld, L, verb, owner, name, spot->file, spot->line, spot->column);
    loader_fill(ld, L, body, spot->file, spot->value);
    if (strcmp(verb, "shared") == 0)
        keep_shared(L, name, body);
}

/* The { … } behind `verb "name"`. Upvalues: verb, owner or nil, name, number of the opened statement. */
static int finish_statement(lua_State *L)
{
    const char *verb = lua_tostring(L, lua_upvalueindex(1)), *owner = lua_tostring(L, lua_upvalueindex(2)),
               *name = lua_tostring(L, lua_upvalueindex(3));
    size_t opened = (size_t)lua_tointeger(L, lua_upvalueindex(4));
    struct source_file *f;
    struct spot spot;
    int line;
    struct loader *ld = calling(L, verb, &f, &line);

    spot = find_statement(f, line, verb, name);
    if (opened < ld->opened_count)
        ld->opened[opened].done = true;
    take_body(L, ld, &spot, verb, owner, name, 1);
    return 0;
}

/* Raises unless argument `index` is a name. */
static const char *check_name(lua_State *L, int index, const char *verb)
{
    size_t len;
    const char *name;

    if (lua_type(L, index) != LUA_TSTRING)
        failure_raise_id(L, TEXT_NAME_MISSING, verb, NULL);
    name = lua_tolstring(L, index, &len);
    if (len == 0 || len > 200 || strlen(name) != len)
        failure_raise_id(L, TEXT_NAME_MISSING, verb, NULL);
    return name;
}

static void push_finish(lua_State *L, struct loader *ld, const struct source_file *f, int line, const char *verb, const char *owner, const char *name)
{
    size_t opened = ld->opened_count;

    (void)open_statement(L, ld, f, line, verb, name);
    lua_pushstring(L, verb);
    lua_pushstring(L, owner);
    lua_pushstring(L, name);
    lua_pushinteger(L, (lua_Integer)opened);
    lua_pushcclosure(L, finish_statement, 4);
}

/* ---- flows ---- */

static int step(lua_State *L)
{
    const char *verb = lua_tostring(L, lua_upvalueindex(1)), *name, *owner;
    struct source_file *f;
    int line;
    struct loader *ld = calling(L, verb, &f, &line);

    if (lua_type(L, 1) != LUA_TTABLE || lua_rawgetp(L, 1, &FLOW_NAME) != LUA_TSTRING)
        return failure_raise(L, "E004", "write f:%s with a colon", verb);
    owner = lua_tostring(L, -1);
    name = check_name(L, 2, verb);
    check_place(L, verb, IN_FLOWS, f);
    push_finish(L, ld, f, line, verb, owner, name);
    return 1;
}

static int flow_index(lua_State *L)
{
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?";
    struct nearest near = { .word = key };

    if (is_listed(STEPS, key, &near)) {
        lua_pushvalue(L, 2);
        lua_pushcclosure(L, step, 1);
        return 1;
    }
    if (near.best != NULL)
        return failure_raise(L, "E003", "a flow has no step kind '%s' (did you mean '%s'?)", key, near.best);
    return failure_raise(L, "E003", "a flow has no step kind '%s'", key);
}

static void report_twice(struct loader *ld, const struct spot *spot, const char *owner, const char *key)
{
    const struct statements *all = &ld->out->statements;

    for (size_t i = all->count; i-- > 0 && strcmp(all->list[i].file, spot->file->source->name) == 0;) {
        const struct statement *s = &all->list[i];
        char what[160], first[160];

        if (s->owner == NULL || strcmp(s->owner, owner) != 0 || s->name == NULL || strcmp(s->name, key) != 0 ||
            (strcmp(s->verb, "set") != 0 && strcmp(s->verb, "values") != 0))
            continue;
        (void)snprintf(what, sizeof what, "'%s' of flow '%s'", key, owner);
        (void)snprintf(first, sizeof first, "line %d", s->line);
        loader_report(ld, TEXT_TWICE, spot->file->source->name, spot->line, spot->column, what, first, NULL);
        return;
    }
}

/* f.start = "depart" */
static int flow_newindex(lua_State *L)
{
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?", *owner;
    const char *near;
    size_t count;
    const struct key_doc *keys = flow_keys(&count);
    struct source_file *f;
    struct spot spot;
    int line;
    struct loader *ld = calling(L, key, &f, &line);

    spot = find_property(f, line, key);
    lua_rawgetp(L, 1, &FLOW_NAME);
    owner = lua_tostring(L, -1);
    if (keys_find(keys, count, "flow", key, &near) == NULL) {
        char text[160], hint[96] = "f.start, f.words, f.moved, f.expire, f.values, f.takes";

        (void)snprintf(text, sizeof text, problems_text(ld->problems, "a flow has no '%.64s'"), key);
        if (near != NULL)
            (void)snprintf(hint, sizeof hint, problems_text(ld->problems, "did you mean '%s'?"), near);
        loader_report_as(ld, "E003", f->source->name, spot.line, spot.column, hint, text);
        return 0;
    }
    report_twice(ld, &spot, owner, key);
    sandbox_charge(L, 20);
    (void)loader_add(ld, L, strcmp(key, "values") == 0 ? "values" : "set", owner, key, f, spot.line, spot.column);
    loader_fill(ld, L, 3, f, spot.value);
    return 0;
}

static int push_flow(lua_State *L, struct loader *ld, struct source_file *f, int line, const char *name)
{
    struct spot spot = find_statement(f, line, "flow", name);

    (void)loader_add(ld, L, "flow", NULL, name, f, spot.line, spot.column);
    lua_createtable(L, 0, 1);
    lua_pushstring(L, name);
    lua_rawsetp(L, -2, &FLOW_NAME);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &FLOW_META);
    lua_setmetatable(L, -2);
    return 1;
}

/* ---- statements at the top of a file ---- */

static int statement(lua_State *L)
{
    const struct verb *verb = &VERBS[lua_tointeger(L, lua_upvalueindex(1))];
    const char *name = NULL;
    struct source_file *f;
    struct spot spot;
    int line;
    struct loader *ld = calling(L, verb->name, &f, &line);

    check_place(L, verb->name, verb->where, f);
    if (verb->named)
        name = check_name(L, 1, verb->name);
    if (strcmp(verb->name, "quiet") == 0) {
        spot = find_statement(f, line, verb->name, name);
        (void)loader_add(ld, L, verb->name, NULL, name, f, spot.line, spot.column);
        return 0;
    }
    if (!verb->body)
        return push_flow(L, ld, f, line, name);
    if (verb->named) {
        push_finish(L, ld, f, line, verb->name, NULL, name);
        return 1;
    }
    spot = find_statement(f, line, verb->name, NULL);
    take_body(L, ld, &spot, verb->name, NULL, NULL, 1);
    return 0;
}

static bool takes_text(const char *tag) { return strcmp(tag, "edit") == 0 || strcmp(tag, "cancel") == 0; }

/* text { … }: the table itself, marked. edit "step", cancel "plan": a table that holds the name. */
static int constructor(lua_State *L)
{
    const char *tag = lua_tostring(L, lua_upvalueindex(1));

    if (sandbox_of(L)->loader == NULL)
        return failure_raise_id(L, TEXT_CALL_TIME, tag, NULL);
    if (lua_gettop(L) > 1)
        return failure_raise(L, "E004", "%s takes one table: %s { … }", tag, tag);
    if (lua_isnoneornil(L, 1)) {
        lua_settop(L, 0);
        lua_createtable(L, 0, 1);
    } else if (takes_text(tag) && lua_type(L, 1) == LUA_TSTRING) {
        lua_createtable(L, 1, 1);
        lua_insert(L, 1);
        lua_rawseti(L, 1, 1);
    } else if (lua_type(L, 1) != LUA_TTABLE || lua_getmetatable(L, 1)) {
        return luaL_error(L, !takes_text(tag) ? "%s takes a table: { … }" : tag[0] == 'e' ? "%s takes a step's name: edit \"depart\""
                                                                          : "%s takes a plan's name: cancel \"rappel\"", tag);
    }
    if (lua_rawgetp(L, 1, &DECLARE_TAG) != LUA_TNIL)
        return failure_raise(L, "E004", "%s of something that is '%s' already", tag, lua_tostring(L, -1));
    lua_pushstring(L, tag);
    lua_rawsetp(L, 1, &DECLARE_TAG);
    lua_settop(L, 1);
    return 1;
}

/* ---- after "30 min" { … }, every "day 08:00" { … } ---- */

/* Is what stands at this token inside a table or a call? At the top of a file `every` is a statement, inside `plan` a value. */
static bool is_inside(const struct scan *s, int line, int column)
{
    int depth = 0;

    for (size_t i = 0; i < s->count && (s->tokens[i].line < line || (s->tokens[i].line == line && s->tokens[i].column < column)); i++)
        depth += (scan_is(s, i, "{") || scan_is(s, i, "(")) - (scan_is(s, i, "}") || scan_is(s, i, ")"));
    return depth > 0;
}

/* The { … } behind it. Upvalues: verb, what was named, number of the opened statement. */
static int finish_later(lua_State *L)
{
    const char *verb = lua_tostring(L, lua_upvalueindex(1)), *when = lua_tostring(L, lua_upvalueindex(2));
    size_t opened = (size_t)lua_tointeger(L, lua_upvalueindex(3));
    struct source_file *f;
    struct spot spot;
    int line;
    struct loader *ld = calling(L, verb, &f, &line);

    spot = find_statement(f, line, verb, when);
    if (opened < ld->opened_count)
        ld->opened[opened].done = true;
    if (!is_inside(&f->scan, spot.line, spot.column)) {
        if (strcmp(verb, "after") == 0)
            return luaL_error(L, "after \"%s\" belongs into the plan of a step: plan = { after \"%s\" { … } }", when, when);
        take_body(L, ld, &spot, verb, NULL, when, 1);
        return 0;
    }
    if (lua_type(L, 1) != LUA_TTABLE || lua_getmetatable(L, 1))
        return luaL_error(L, "%s \"%s\" takes a table: { … }", verb, when);
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_rawseti(L, 1, 1);
    lua_pushstring(L, verb);
    lua_rawsetp(L, 1, &DECLARE_TAG);
    lua_settop(L, 1);
    return 1;
}

static int later(lua_State *L)
{
    const char *verb = lua_tostring(L, lua_upvalueindex(1)), *when;
    struct source_file *f;
    int line;
    struct loader *ld = calling(L, verb, &f, &line);
    size_t opened = ld->opened_count;

    check_place(L, verb, IN_FLOWS, f);
    when = check_name(L, 1, verb);
    (void)open_statement(L, ld, f, line, verb, when);
    lua_pushstring(L, verb);
    lua_pushstring(L, when);
    lua_pushinteger(L, (lua_Integer)opened);
    lua_pushcclosure(L, finish_later, 3);
    return 1;
}

/* ---- libraries ---- */

static int finish_use(lua_State *L, int status, lua_KContext ctx)
{
    struct loader *ld = sandbox_of(L)->loader;
    struct source_file *library = &ld->files[ctx];

    (void)status;
    if (lua_type(L, -1) != LUA_TTABLE) {
        lua_pushfstring(L, "%s:%d: a library returns a table of functions", library->source->name, library->scan.tokens[library->scan.count - 1].line);
        return failure_raise_text(L, "E009");
    }
    dsl_push_seen(L);
    readonly_freeze(L, -2, -1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &USES);
    lua_pushvalue(L, -2);
    lua_rawseti(L, -2, (lua_Integer)ctx + 1);
    lua_pop(L, 1);
    library->use = USE_DONE;
    return 1;
}

int loader_use(lua_State *L, struct source_file *library)
{
    struct loader *ld = sandbox_of(L)->loader;
    lua_KContext index = library - ld->files;

    if (library->skip || library->use == USE_FAILED)      /* "": its own problem has been reported */
        return failure_raise(L, "", "%s has an error of its own", library->source->name);
    if (library->use == USE_RUNNING)
        return failure_raise(L, "E009", "%s uses itself, by way of this file", library->source->name);
    if (library->use == USE_DONE) {
        lua_rawgetp(L, LUA_REGISTRYINDEX, &USES);
        lua_rawgeti(L, -1, (lua_Integer)index + 1);
        return 1;
    }
    library->use = USE_RUNNING;
    loader_compile(L, library);
    lua_callk(L, 0, 1, index, finish_use);
    return finish_use(L, LUA_OK, index);
}

static int use(lua_State *L)
{
    struct source_file *f, *library;
    const char *name;
    char path[256];
    int line;
    struct loader *ld = calling(L, "use", &f, &line);
    struct nearest near;

    name = check_name(L, 1, "use");
    if (f->kind == FILE_TEMPLATE)
        return failure_raise_id(L, TEXT_PLACE, "use", NULL);
    (void)snprintf(path, sizeof path, "flows/lib/%s.lua", name);
    library = loader_find(ld, path);
    if (library != NULL)
        return loader_use(L, library);
    near = (struct nearest){ .word = path };
    for (size_t i = 0; i < ld->file_count; i++)
        if (ld->files[i].kind == FILE_LIBRARY)
            nearest_offer(&near, ld->files[i].source->name);
    if (near.best != NULL) {           /* what is written is the name alone */
        lua_pushlstring(L, near.best + strlen("flows/lib/"), strlen(near.best) - strlen("flows/lib/.lua"));
        return failure_raise(L, "E009", "there is no %s (did you mean '%s'?)", path, lua_tostring(L, -1));
    }
    return failure_raise(L, "E009", "there is no %s", path);
}

/* ---- opening ---- */

static void open_flow_metatable(lua_State *L)
{
    lua_createtable(L, 0, 2);
    lua_pushcfunction(L, flow_index);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, flow_newindex);
    lua_setfield(L, -2, "__newindex");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &FLOW_META);
}

void dsl_open(lua_State *L)
{
    static const void *const TABLES[] = { &SEEN, &USES, &LOADER_FUNCTIONS, &LOADER_SHARED };

    library_push_names(L);
    for (int i = 0; i < VERB_COUNT; i++) {
        lua_pushinteger(L, i);
        lua_pushcclosure(L, statement, 1);
        lua_setfield(L, -2, VERBS[i].name);
    }
    for (size_t i = 0; CONSTRUCTORS[i] != NULL; i++) {
        lua_pushstring(L, CONSTRUCTORS[i]);
        lua_pushcclosure(L, constructor, 1);
        lua_setfield(L, -2, CONSTRUCTORS[i]);
    }
    for (size_t i = 0; LATER[i] != NULL; i++) {
        lua_pushstring(L, LATER[i]);
        lua_pushcclosure(L, later, 1);
        lua_setfield(L, -2, LATER[i]);
    }
    lua_pushcfunction(L, use);
    lua_setfield(L, -2, "use");
    library_push_environment(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &ENVIRONMENT);
    open_flow_metatable(L);
    for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++) {
        lua_createtable(L, 0, 0);
        lua_rawsetp(L, LUA_REGISTRYINDEX, TABLES[i]);
    }
}

void dsl_push_environment(lua_State *L) { lua_rawgetp(L, LUA_REGISTRYINDEX, &ENVIRONMENT); }
void dsl_push_seen(lua_State *L)        { lua_rawgetp(L, LUA_REGISTRYINDEX, &SEEN); }
