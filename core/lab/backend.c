#include "backend.h"

#include <fcntl.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>

#include "backend_json.h"
#include "later.h"
#include "lisolo/base/clock.h"
#include "lisolo/base/crypto.h"
#include "lisolo/base/file.h"
#include "lisolo/base/log.h"
#include "lisolo/base/web.h"
#include "poster.h"
#include "serve.h"
#include "wire.h"

/* The built-in scripts, as they stand in the source tree: the marketplace, and the service that offers it. */
__asm__(".pushsection .rodata\n"
        ".global lab_market_script\n"
        ".global lab_market_script_end\n"
        "lab_market_script: .incbin \"core/lab/market.lua\"\n"
        "lab_market_script_end: .byte 0\n"
        ".global lab_backend_script\n"
        ".global lab_backend_script_end\n"
        "lab_backend_script: .incbin \"core/lab/backend.lua\"\n"
        "lab_backend_script_end: .byte 0\n"
        ".popsection\n");

extern const char lab_backend_script[], lab_backend_script_end[], lab_market_script[], lab_market_script_end[];

enum {
    SCRIPT_MAX  = 1024 * 1024,
    BODY_MAX    = 1024 * 1024,
    ANSWER_MAX  = 16 * 1024 * 1024,
    RANDOM_MAX  = 32,
    REPLY_MS    = LATER_SILENCE_MS + 60 * 1000,
};

struct backend {
    lua_State          *L;
    int                 handler;   /* reference of the script's function */
    struct web         *web;
    struct later        later;
    struct poster      *poster;    /* NULL: no events */
    struct web_request *current;   /* while the script runs */
    bool                closing;
};

static int64_t mono_ms(void) { return clock_mono_ms(clock_real()); }

static struct backend *self(lua_State *L) { return lua_touserdata(L, lua_upvalueindex(1)); }

/* ---- what the script may call ---- */

static int lua_decode(lua_State *L)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    struct error err;

    if (backend_push_json(L, text, len, &err))
        return 1;
    lua_pushnil(L);
    lua_pushstring(L, err.text);
    return 2;
}

static int lua_encode(lua_State *L)
{
    struct buf *b;

    luaL_checkany(L, 1);
    b = backend_push_buf(L, ANSWER_MAX);
    backend_print_json(L, 1, b);
    lua_pushlstring(L, buf_str(b), b->len);
    return 1;
}

static int lua_list(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    backend_mark_list(L);
    return 1;
}

static int lua_now_ms(lua_State *L)
{
    lua_pushinteger(L, clock_wall_ms(clock_real()));
    return 1;
}

static int lua_random(lua_State *L)
{
    lua_Integer bytes = luaL_checkinteger(L, 1);
    unsigned char data[RANDOM_MAX];
    char hex[2 * RANDOM_MAX + 1];

    luaL_argcheck(L, bytes >= 1 && bytes <= RANDOM_MAX, 1, "1 to 32");
    crypto_random(data, (size_t)bytes);
    crypto_hex(data, (size_t)bytes, hex);
    lua_pushstring(L, hex);
    return 1;
}

static int lua_emit(lua_State *L)
{
    struct backend *b = self(L);
    const char *id = luaL_checkstring(L, 1);
    lua_Integer delay_ms = luaL_optinteger(L, 3, 0);
    struct buf *body;

    luaL_checkany(L, 2);
    if (b->poster == NULL) {
        lua_pushnil(L);
        lua_pushstring(L, "no event_url was given");
        return 2;
    }
    body = backend_push_buf(L, ANSWER_MAX);
    backend_print_json(L, 2, body);
    lua_pushboolean(L, poster_push(b->poster, delay_ms, id, buf_str(body), body->len));
    return 1;
}

static int lua_events(lua_State *L)
{
    struct backend *b = self(L);
    struct poster_counts c = { 0 };

    if (b->poster != NULL)
        poster_counts(b->poster, &c);
    lua_createtable(L, 0, 5);
    lua_pushinteger(L, (lua_Integer)c.items);
    lua_setfield(L, -2, "made");
    lua_pushinteger(L, (lua_Integer)c.posts);
    lua_setfield(L, -2, "posts");
    lua_pushinteger(L, (lua_Integer)c.done);
    lua_setfield(L, -2, "taken");
    lua_pushinteger(L, (lua_Integer)c.retries);
    lua_setfield(L, -2, "retries");
    lua_pushinteger(L, (lua_Integer)c.dropped);
    lua_setfield(L, -2, "dropped");
    return 1;
}

/* __index of request.query and request.headers: alive only while the request is answered. */
static int lua_query(lua_State *L)
{
    struct backend *b = self(L);

    lua_pushstring(L, b->current == NULL ? NULL : web_query(b->current, luaL_checkstring(L, 2)));
    return 1;
}

static int lua_header(lua_State *L)
{
    struct backend *b = self(L);

    lua_pushstring(L, b->current == NULL ? NULL : web_header(b->current, luaL_checkstring(L, 2)));
    return 1;
}

/* ---- setting up ---- */

static void set_lookup(lua_State *L, const char *name, lua_CFunction index, struct backend *b)
{
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushlightuserdata(L, b);
    lua_pushcclosure(L, index, 1);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_setfield(L, LUA_REGISTRYINDEX, name);
}

static void set_options(lua_State *L, const struct lab_backend_options *o)
{
    lua_createtable(L, 0, 2);
    lua_pushstring(L, o->token == NULL ? "backend-token" : o->token);
    lua_setfield(L, -2, "token");
    lua_pushstring(L, o->vocabulary == NULL ? "en" : o->vocabulary);
    lua_setfield(L, -2, "vocabulary");
    lua_setglobal(L, "options");
}

struct set_up {
    struct backend *backend;
    const struct lab_backend_options *options;
    const char *script, *name;
    size_t len;
};

/* Everything that may raise, so that running out of memory while setting up is an error like any other. */
static int set_up(lua_State *L)
{
    static const luaL_Reg functions[] = {
        { "decode", lua_decode }, { "encode", lua_encode }, { "list", lua_list },     { "now_ms", lua_now_ms },
        { "random", lua_random }, { "emit", lua_emit },     { "events", lua_events }, { NULL, NULL },
    };
    struct set_up *s = lua_touserdata(L, 1);

    luaL_openlibs(L);
    backend_json_init(L);
    luaL_newlibtable(L, functions);
    lua_pushlightuserdata(L, s->backend);
    luaL_setfuncs(L, functions, 1);
    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, -2, "null");
    lua_setglobal(L, "lab");
    set_lookup(L, "lab.query", lua_query, s->backend);
    set_lookup(L, "lab.headers", lua_header, s->backend);
    set_options(L, s->options);
    if (luaL_loadbuffer(L, lab_market_script, (size_t)(lab_market_script_end - lab_market_script), "=market.lua") != LUA_OK)
        return lua_error(L);
    lua_call(L, 0, 0);
    if (luaL_loadbuffer(L, s->script, s->len, s->name) != LUA_OK)
        return lua_error(L);
    lua_call(L, 0, 1);
    if (!lua_isfunction(L, -1))
        return luaL_error(L, "%s: must return a function that answers requests", s->name + 1);
    s->backend->handler = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

static bool load_script(struct backend *b, const struct lab_backend_options *o, struct error *err)
{
    struct set_up s = { .backend = b, .options = o, .script = lab_backend_script, .name = "=backend.lua",
                        .len = (size_t)(lab_backend_script_end - lab_backend_script) };
    char *text = NULL;
    bool ok = false;

    if (o->script != NULL) {
        if (!file_read(AT_FDCWD, o->script, SCRIPT_MAX, &text, &s.len, err))
            return false;
        s.script = text;
        s.name = "=script";
    }
    b->L = luaL_newstate();
    if (b->L == NULL) {
        error_set(err, "backend stand-in: out of memory");
        goto out;
    }
    lua_pushcfunction(b->L, set_up);
    lua_pushlightuserdata(b->L, &s);
    if (lua_pcall(b->L, 1, 0, 0) != LUA_OK) {
        error_set(err, "backend stand-in: %s", lua_tostring(b->L, -1));
        goto out;
    }
    ok = true;
out:
    free(text);
    return ok;
}

/* ---- one request ---- */

static void push_request(lua_State *L, struct web_request *rq)
{
    struct error ignored;
    size_t len;
    const char *body = web_body(rq, &len);

    lua_createtable(L, 0, 6);
    lua_pushstring(L, web_method(rq));
    lua_setfield(L, -2, "method");
    lua_pushstring(L, web_path(rq));
    lua_setfield(L, -2, "path");
    lua_pushlstring(L, body == NULL ? "" : body, len);
    lua_setfield(L, -2, "text");
    if (len > 0 && backend_push_json(L, body, len, &ignored))
        lua_setfield(L, -2, "json");
    lua_getfield(L, LUA_REGISTRYINDEX, "lab.query");
    lua_setfield(L, -2, "query");
    lua_getfield(L, LUA_REGISTRYINDEX, "lab.headers");
    lua_setfield(L, -2, "headers");
}

struct call {
    struct backend *backend;
    struct answer   answer;
    int64_t         latency_ms;
    bool            silence;
};

static int64_t field_integer(lua_State *L, const char *name, int64_t otherwise)
{
    int64_t value;

    lua_getfield(L, -1, name);
    value = lua_isinteger(L, -1) ? lua_tointeger(L, -1) : otherwise;
    lua_pop(L, 1);
    return value;
}

static bool field_boolean(lua_State *L, const char *name)
{
    bool value;

    lua_getfield(L, -1, name);
    value = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return value;
}

static void field_string(lua_State *L, const char *name, char *out, size_t size)
{
    const char *text;

    lua_getfield(L, -1, name);
    text = lua_tostring(L, -1);
    if (text != NULL && strlen(text) < size)
        memcpy(out, text, strlen(text) + 1);
    lua_pop(L, 1);
}

static void read_body(lua_State *L, struct answer *a)
{
    struct buf *b;

    lua_getfield(L, -1, "text");
    lua_getfield(L, -2, "json");
    b = backend_push_buf(L, ANSWER_MAX);
    if (lua_isstring(L, -3)) {
        size_t len;
        const char *text = lua_tolstring(L, -3, &len);

        buf_add(b, text, len);
    } else if (!lua_isnil(L, -2)) {
        backend_print_json(L, -2, b);
    }
    a->body = b->len == 0 ? strdup("") : buf_take(b, &a->len);
    lua_pop(L, 3);
}

static int run_script(lua_State *L)
{
    struct call *call = lua_touserdata(L, 1);

    lua_rawgeti(L, LUA_REGISTRYINDEX, call->backend->handler);
    push_request(L, call->backend->current);
    lua_call(L, 1, 1);
    if (!lua_istable(L, -1))
        return luaL_error(L, "the script's function must return a table");
    call->latency_ms = field_integer(L, "latency_ms", 0);
    call->silence = field_boolean(L, "silence");
    field_string(L, "header", call->answer.name, sizeof call->answer.name);
    field_string(L, "header_value", call->answer.value, sizeof call->answer.value);
    call->answer.status = field_boolean(L, "reset") ? 0 : (int)field_integer(L, "status", 200);
    if (call->answer.status != 0)
        read_body(L, &call->answer);
    return 0;
}

static int trace(lua_State *L)
{
    luaL_traceback(L, L, lua_tostring(L, 1), 1);
    return 1;
}

static void handle(void *ctx, struct web_request *rq)
{
    struct backend *b = ctx;
    struct call call = { .backend = b };
    static const char failed[] = "{\"detail\":\"the stand-in's script failed\"}";

    if (b->closing) {
        web_reply(rq, 503, NULL, NULL, 0);
        return;
    }
    b->current = rq;
    lua_settop(b->L, 0);
    lua_pushcfunction(b->L, trace);
    lua_pushcfunction(b->L, run_script);
    lua_pushlightuserdata(b->L, &call);
    if (lua_pcall(b->L, 1, 0, 1) != LUA_OK) {
        LOG(LOG_ERROR, "backend script", log_str("error", lua_tostring(b->L, -1)));
        free(call.answer.body);
        call = (struct call){ .answer = { .status = 500, .body = strdup(failed), .len = sizeof failed - 1 } };
    }
    b->current = NULL;
    if (call.silence) {
        free(call.answer.body);
        call.answer = (struct answer){ .status = 0 };
        call.latency_ms = LATER_SILENCE_MS;
    }
    later_add(&b->later, mono_ms(), call.latency_ms, rq, &call.answer);
}

/* ---- life ---- */

static int accept_request(void *ctx, const char *method, const char *path, size_t *body_max, const char **allow)
{
    (void)ctx;
    (void)method;
    (void)path;
    (void)allow;
    *body_max = BODY_MAX;
    return 0;
}

static bool open_parts(struct backend *b, const struct lab_backend_options *o, struct error *err)
{
    struct web_options web = { .address = o->address == NULL ? "127.0.0.1" : o->address, .port = o->port, .connections_max = 1024,
                               .reply_ms = REPLY_MS, .accept = accept_request, .handler = handle, .ctx = b };
    struct poster_options events = { .manner = POSTER_STANDARD, .url = o->event_url, .secret = o->event_secret, .batch_max = 1 };

    if (o->event_url != NULL && o->event_secret == NULL)
        return error_set(err, "backend stand-in: events need a secret");
    if (o->vocabulary != NULL && strcmp(o->vocabulary, "en") != 0 && strcmp(o->vocabulary, "fr") != 0)
        return error_set(err, "backend stand-in: vocabulary must be en or fr");
    if (o->event_url != NULL && (b->poster = poster_start(&events, err)) == NULL)
        return false;
    if (!load_script(b, o, err))
        return false;
    b->web = web_open(&web, err);
    return b->web != NULL;
}

struct backend *backend_open(const struct lab_backend_options *options, struct error *err)
{
    struct backend *b = calloc(1, sizeof *b);

    if (b == NULL) {
        error_set(err, "backend stand-in: out of memory");
        return NULL;
    }
    if (!open_parts(b, options, err)) {
        backend_close(b);
        return NULL;
    }
    return b;
}

void backend_close(struct backend *b)
{
    if (b == NULL)
        return;
    b->closing = true;
    later_cut(&b->later);
    if (b->web != NULL)
        web_close(b->web, 0);
    poster_stop(b->poster);
    if (b->L != NULL)
        lua_close(b->L);
    free(b);
}

uint16_t backend_port(const struct backend *b) { return web_port(b->web); }

void backend_wake(struct backend *b) { web_wake(b->web); }

void backend_step(struct backend *b, int timeout_ms)
{
    int next = due_next_ms(&b->later.due, mono_ms());

    web_step(b->web, next >= 0 && (timeout_ms < 0 || next < timeout_ms) ? next : timeout_ms);
    later_step(&b->later, mono_ms());
}

static void step(void *ctx, int timeout_ms) { backend_step(ctx, timeout_ms); }

static void wake(void *ctx) { backend_wake(ctx); }

bool lab_backend_run(const struct lab_backend_options *options, struct error *err)
{
    sigset_t before;
    struct backend *b;
    bool ok;

    serve_block(&before);
    b = backend_open(options, err);
    if (b == NULL) {
        serve_unblock(&before);
        return false;
    }
    ok = serve_loop(&(struct served){ step, wake, b }, "backend", options->address == NULL ? "127.0.0.1" : options->address,
                    backend_port(b), err);
    serve_unblock(&before);
    backend_close(b);
    return ok;
}
