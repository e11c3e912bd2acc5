#include "sandbox.h"

#include <assert.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "failure.h"
#include "library.h"
#include "lisolo/base/log.h"

/*
 * The interval does not change the cost (any hook traps every instruction: 1.1 to 2.4 times on pure loops, hosts.md §2.3),
 * so it is short enough for a look at the clock.
 */
enum { HOOK_STEPS = 1000 };

/* Above the limits once a call is being stopped: making the error's own text may need memory (hosts.md §2.2, 25da574f). */
enum { RESERVE_BYTES = 64 * 1024 };

struct script_limits script_limits_default(void)
{
    return (struct script_limits){
        .memory_bytes = 32u << 20,
        .block_bytes  = 1u << 20,
        .churn_bytes  = 128u << 20,
        .steps        = 1000000,
        .load_steps   = 5000000,
        .cpu_ms       = 250,
    };
}

struct sandbox *sandbox_of(lua_State *L)
{
    return *(struct sandbox **)lua_getextraspace(L);
}

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec t;

    if (clock_gettime(clock, &t) == -1)
        return 0;
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void on_count(lua_State *L, lua_Debug *ar);

/* The first limit wins. The hook runs before the very next instruction. */
static void stop(struct sandbox *sb, enum limit why)
{
    if (sb->stopped == LIMIT_NONE)
        sb->stopped = why;
    lua_sethook(sb->co, on_count, LUA_MASKCOUNT, 1);
}

/* A thread's time is a system call, the wall clock is not; what takes less wall time takes less of the processor too. */
static void look_at_clock(struct sandbox *sb)
{
    uint64_t limit_ns = (uint64_t)sb->limits.cpu_ms * 1000000u;

    if (sb->wall_ns == 0) {
        sb->wall_ns = clock_ns(CLOCK_MONOTONIC);
        sb->cpu_ns  = clock_ns(CLOCK_THREAD_CPUTIME_ID);
        return;
    }
    if (clock_ns(CLOCK_MONOTONIC) - sb->wall_ns <= limit_ns)
        return;
    if (clock_ns(CLOCK_THREAD_CPUTIME_ID) - sb->cpu_ns > limit_ns)
        stop(sb, LIMIT_CPU);
}

static void spend(struct sandbox *sb, uint64_t n)
{
    uint64_t before = sb->steps / HOOK_STEPS;

    sb->steps += n;
    if (sb->steps > sb->steps_max)
        stop(sb, LIMIT_STEPS);
    else if (sb->steps / HOOK_STEPS != before)
        look_at_clock(sb);
}

/* Bindings may be on top of the script; fifty levels of them are never real. */
bool sandbox_place(lua_State *L, char *file, size_t size, int *line)
{
    lua_Debug ar;

    for (int level = 0; level < 50 && lua_getstack(L, level, &ar); level++) {
        if (!lua_getinfo(L, "Sl", &ar) || ar.currentline <= 0 || *ar.source != '@')
            continue;
        (void)snprintf(file, size, "%s", ar.source + 1);
        *line = ar.currentline;
        return true;
    }
    return false;
}

/* Now, since yielding in a hook leaves the function one instruction back, which may be another line. */
static void note_place(lua_State *L, struct sandbox *sb)
{
    if (sb->stop_line == 0)
        (void)sandbox_place(L, sb->stop_file, sizeof sb->stop_file, &sb->stop_line);
}

/*
 * Ends the run by yielding, since an error could be caught by pcall. Inside a callback of sort or gsub Lua cannot yield: there it
 * raises, and the first instruction outside comes back here.
 */
static void on_count(lua_State *L, lua_Debug *ar)
{
    struct sandbox *sb = sandbox_of(L);

    (void)ar;
    if (sb->stopped == LIMIT_NONE)
        spend(sb, HOOK_STEPS);
    if (sb->stopped == LIMIT_NONE)
        return;
    note_place(L, sb);
    if (lua_isyieldable(L))
        lua_yield(L, 0);
    else
        luaL_error(L, "stopped");
}

void sandbox_charge(lua_State *L, uint64_t n)
{
    struct sandbox *sb = sandbox_of(L);

    if (!sb->running)
        return;
    spend(sb, n);
    if (sb->stopped == LIMIT_NONE)
        return;
    note_place(L, sb);
    luaL_error(L, "stopped");
}

/*
 * Lua answers a refusal with a full collection and asks the same once more; only that second time the script is over its limit.
 * Nothing can make a block that is too large fit.
 */
static void *refuse(struct sandbox *sb, void *block, size_t size)
{
    if (size > sb->limits.block_bytes)
        stop(sb, LIMIT_BLOCK);
    else if (sb->refused_bytes == size && sb->refused_block == block)
        stop(sb, LIMIT_MEMORY);
    sb->refused_block = block;
    sb->refused_bytes = size;
    return NULL;
}

static bool over_limit(struct sandbox *sb, size_t old, size_t size)
{
    size_t reserve = sb->stopped != LIMIT_NONE ? RESERVE_BYTES : 0;

    sb->churn += size - old;
    if (sb->churn > sb->limits.churn_bytes)
        stop(sb, LIMIT_CHURN);
    return size > sb->limits.block_bytes || sb->used - old + size > sb->limits.memory_bytes + reserve;
}

static bool fails_for_test(struct sandbox *sb)
{
    if (sb->fail_at == 0)
        return false;
    sb->requests++;
    return sb->fail_on ? sb->requests >= sb->fail_at : sb->requests == sb->fail_at;
}

static void *allocate(void *ud, void *block, size_t old, size_t size)
{
    struct sandbox *sb = ud;
    void *p;

    if (block == NULL)
        old = 0;               /* Lua passes the kind of object here */
    if (size == 0) {
        free(block);
        sb->used -= old;
        return NULL;
    }
    if (size > old) {
        if (fails_for_test(sb))
            return NULL;
        if (sb->running && over_limit(sb, old, size))
            return refuse(sb, block, size);
    }
    p = realloc(block, size);
    if (p == NULL)
        return NULL;
    sb->used += size - old;
    if (size > old)
        sb->refused_bytes = 0;
    return p;
}

/* The texts that Lua makes outside protection exist from the start, so that making them again allocates nothing. */
static const char *const OUTSIDE_TEXTS[] = { "error in error handling", "C stack overflow", "stopped" };

static int set_up(lua_State *L)
{
    struct sandbox *sb = lua_touserdata(L, 1);

    lua_createtable(L, 4, 0);
    for (size_t i = 0; i < sizeof OUTSIDE_TEXTS / sizeof *OUTSIDE_TEXTS; i++) {
        lua_pushstring(L, OUTSIDE_TEXTS[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_rawsetp(L, LUA_REGISTRYINDEX, OUTSIDE_TEXTS);
    sb->co = lua_newthread(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, sb);
    library_open(L);
    return 0;
}

/* An error outside protection is a broken rule of ours ("no allocating lua_* outside lua_resume"): say so before the end. */
static int on_panic(lua_State *L)
{
    LOG(LOG_ERROR, "lua_panic", log_str("text", lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "?"));
    return 0;
}

struct sandbox *sandbox_new(const struct script_limits *limits)
{
    struct sandbox *sb = calloc(1, sizeof *sb);

    if (sb == NULL)
        return NULL;
    sb->limits = *limits;
    sb->L = lua_newstate(allocate, sb);
    if (sb->L == NULL) {
        free(sb);
        return NULL;
    }
    *(struct sandbox **)lua_getextraspace(sb->L) = sb;
    (void)lua_atpanic(sb->L, on_panic);
    if (!sandbox_protect(sb, set_up, sb, NULL)) {
        sandbox_free(sb);
        return NULL;
    }
    return sb;
}

void sandbox_free(struct sandbox *sb)
{
    if (sb == NULL)
        return;
    lua_close(sb->L);
    assert(sb->used == 0);
    free(sb);
}

bool sandbox_protect(struct sandbox *sb, lua_CFunction f, void *arg, struct error *err)
{
    bool ok;

    lua_pushcfunction(sb->L, f);
    lua_pushlightuserdata(sb->L, arg);
    ok = lua_pcall(sb->L, 1, 0, 0) == LUA_OK;
    if (!ok)
        error_set(err, "%s", lua_type(sb->L, -1) == LUA_TSTRING ? lua_tostring(sb->L, -1) : "an error without a text");
    lua_settop(sb->L, 0);
    return ok;
}

static int replace_coroutine(lua_State *L)
{
    struct sandbox *sb = lua_touserdata(L, 1);
    lua_State *fresh = lua_newthread(L);

    lua_rawsetp(L, LUA_REGISTRYINDEX, sb);
    sb->co = fresh;
    return 0;
}

/*
 * A stopped coroutine may hold a stack of a megabyte and 20,000 call records, of which each collection frees half; a new one
 * costs 0.7 µs (hosts.md §2.4). Without memory for it the old one, emptied, does.
 */
static void clean_up(struct sandbox *sb, enum script_status status)
{
    size_t before;

    (void)lua_resetthread(sb->co);
    lua_settop(sb->co, 0);
    if (status != SCRIPT_STOPPED)
        return;
    (void)sandbox_protect(sb, replace_coroutine, sb, NULL);
    do {                       /* the table of short strings, too, gives back one half at a time */
        before = sb->used;
        lua_gc(sb->L, LUA_GCCOLLECT);
    } while (sb->used < before);
}

enum script_status sandbox_run(struct sandbox *sb, lua_CFunction entry, void *arg, uint64_t steps, struct script_failure *failure)
{
    enum script_status status = SCRIPT_DONE;
    int rc, results = 0;

    assert(!sb->running);
    sb->running = true;
    sb->stopped = LIMIT_NONE;
    sb->steps = 0;
    sb->steps_max = steps;
    sb->churn = 0;
    sb->wall_ns = 0;
    sb->stop_line = 0;
    sb->refused_bytes = 0;
    sb->error_code = sb->error_text = NULL;
    lua_sethook(sb->co, on_count, LUA_MASKCOUNT, HOOK_STEPS);
    lua_pushcfunction(sb->co, entry);
    lua_pushlightuserdata(sb->co, arg);
    rc = lua_resume(sb->co, NULL, 1, &results);
    sb->running = false;
    if (sb->stopped != LIMIT_NONE)
        status = SCRIPT_STOPPED;
    else if (rc != LUA_OK)
        status = SCRIPT_FAILED;
    if (status == SCRIPT_DONE) {
        lua_settop(sb->co, 0);
        return status;
    }
    failure_read(sb, status, failure);
    clean_up(sb, status);
    return status;
}

void sandbox_size_text(size_t bytes, char *out, size_t size)
{
    if (bytes >= 1u << 20 && bytes % (1u << 20) == 0)
        (void)snprintf(out, size, "%zu MiB", bytes >> 20);
    else if (bytes >= 1024 && bytes % 1024 == 0)
        (void)snprintf(out, size, "%zu KiB", bytes >> 10);
    else
        (void)snprintf(out, size, "%zu bytes", bytes);
}
