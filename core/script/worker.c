#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "convert.h"
#include "failure.h"
#include "generation.h"
#include "loader.h"

struct script_worker {
    struct generation *generation;
    struct sandbox    *sb;
};

static int open_entry(lua_State *L)
{
    context_open(L);
    return 0;
}

/* A worker's own state arrives at the same definitions, or its functions would not be the ones that their numbers name. */
static bool load(struct script_worker *w, struct error *err)
{
    const struct generation *g = w->generation;
    struct definitions mine;
    struct problems problems;
    bool ok = false;

    problems_init(&problems);
    if (!definitions_load(w->sb, &g->sources, &problems, &mine)) {
        const struct problem *first = problems.count > 0 ? &problems.list[0] : NULL;

        if (first != NULL)
            error_set(err, "%s:%d: %s", first->file, first->line, first->text);
        else
            error_set(err, "scripts: out of memory");
        goto out;
    }
    if (strcmp(mine.digest, g->digest) != 0) {
        error_set(err, "scripts: a worker arrived at other definitions than the loader: something in them changes from run to run");
        goto out;
    }
    ok = true;
out:
    definitions_free(&mine);
    problems_free(&problems);
    return ok;
}

struct script_worker *script_worker_new(struct generation *g, struct error *err)
{
    struct script_worker *w = calloc(1, sizeof *w);

    if (w == NULL) {
        error_set(err, "scripts: out of memory");
        return NULL;
    }
    w->generation = g;
    generation_use(g);
    w->sb = sandbox_new(&g->limits);
    if (w->sb == NULL) {
        error_set(err, "scripts: out of memory");
        goto fail;
    }
    if (!load(w, err) || !sandbox_protect(w->sb, open_entry, NULL, err))
        goto fail;
    lua_gc(w->sb->L, LUA_GCCOLLECT);
    return w;
fail:
    script_worker_free(w);
    return NULL;
}

void script_worker_free(struct script_worker *w)
{
    if (w == NULL)
        return;
    sandbox_free(w->sb);
    generation_drop(w->generation);
    free(w);
}

struct generation *script_worker_generation(const struct script_worker *w)
{
    return w->generation;
}

struct sandbox *script_worker_sandbox(struct script_worker *w)
{
    return w->sb;
}

/* ---- calls ---- */

/* Stack: the call, the function, its two results. */
static int finish_call(lua_State *L, int status, lua_KContext ctx)
{
    struct call *call = lua_touserdata(L, 1);

    (void)status;
    (void)ctx;
    convert_take(L, 3, (struct convert_place){ "the result", 2 }, &call->results[0]);
    convert_take(L, 4, (struct convert_place){ "the second result", 2 }, &call->results[1]);
    return 0;
}

static int call_entry(lua_State *L)
{
    struct call *call = lua_touserdata(L, 1);

    lua_rawgetp(L, LUA_REGISTRYINDEX, &LOADER_FUNCTIONS);
    if (lua_rawgeti(L, -1, (lua_Integer)call->index + 1) != LUA_TFUNCTION)
        return luaL_error(L, "there is no function %d", (int)call->index);
    lua_replace(L, 2);
    lua_pushvalue(L, 2);
    if (call->context != NULL)
        context_push(L);
    convert_push(L, call->argument, (struct convert_place){ "the value given to this function", 2 });
    lua_callk(L, call->context != NULL ? 2 : 1, 2, 0, finish_call);
    return finish_call(L, LUA_OK, 0);
}

void script_worker_usage(const struct script_worker *w, struct script_usage *out)
{
    *out = (struct script_usage){ .steps = w->sb->steps, .churn_bytes = w->sb->churn };
}

enum script_status script_call(struct script_worker *w, uint32_t index, const struct script_context *c, const cJSON *argument,
                               cJSON *results[2], struct script_failure *failure)
{
    struct call call = { .context = c, .argument = argument, .index = index };
    enum script_status status;

    w->sb->call = &call;
    status = sandbox_run(w->sb, call_entry, &call, w->sb->limits.steps, failure);
    w->sb->call = NULL;
    if (call.cached)
        context_clear(w->sb->L);
    for (int i = 0; i < 2; i++) {
        if (status != SCRIPT_DONE) {
            cJSON_Delete(call.results[i]);
            call.results[i] = NULL;
        }
        results[i] = call.results[i];
    }
    return status;
}
