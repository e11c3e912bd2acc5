#include "bytecode.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Lua 5.4's dump and instructions (ldump.c, lopcodes.h): one format for all 5.4 releases, named in the header. */
enum {
    TAG_FALSE = 1, TAG_TRUE = 17, TAG_INTEGER = 3, TAG_FLOAT = 19, TAG_SHORT = 4, TAG_LONG = 20,
    OP_MOVE = 0, OP_SETUPVAL = 10, OP_GETTABUP = 11, OP_GETTABLE = 12, OP_GETI = 13, OP_GETFIELD = 14, OP_SETTABUP = 15, OP_SETFIELD = 18,
    OP_SELF = 20,
    LINE_IS_ABSOLUTE = -128,
};

enum { HEADER_BYTES = 31, FUNCTIONS_DEEP_MAX = 200 };   /* Lua's own limit for nested functions */

static const unsigned char HEADER[] = "\x1bLua\x54\x00\x19\x93\r\n\x1a\n\x04\x08\x08";

struct upvalue { bool in_stack; uint8_t index; };

struct function {
    const struct function *parent;
    int                    line_defined;
    const unsigned char   *code;
    size_t                 code_count;
    const char           **constants;          /* texts, NULL for others */
    size_t                 constant_count;
    struct upvalue         upvalues[256];
    size_t                 upvalue_count;
    const unsigned char   *lines;              /* one signed byte an instruction */
    size_t                 line_count;
    const unsigned char   *absolute;           /* where the whole line numbers are listed */
    size_t                 absolute_count;
};

struct bytes { unsigned char *data; size_t len, cap; };

struct cursor {
    const unsigned char *at, *end;
    bool                 bad;
    char                *pool;                 /* copies of constants, terminated */
    size_t               pool_used, pool_size;
    bytecode_found      *found;
    void                *ctx;
};

static int keep(lua_State *L, const void *data, size_t len, void *ud)
{
    struct bytes *b = ud;

    (void)L;
    if (b->cap - b->len < len) {
        size_t cap = (b->len + len) * 2;
        unsigned char *p = realloc(b->data, cap);

        if (p == NULL)
            return 1;
        b->data = p;
        b->cap = cap;
    }
    memcpy(b->data + b->len, data, len);
    b->len += len;
    return 0;
}

static const unsigned char *take(struct cursor *c, size_t n)
{
    const unsigned char *p = c->at;

    if (c->bad || (size_t)(c->end - c->at) < n) {
        c->bad = true;
        return NULL;
    }
    c->at += n;
    return p;
}

static uint8_t take_byte(struct cursor *c)
{
    const unsigned char *p = take(c, 1);

    return p != NULL ? *p : 0;
}

/* Seven bits a byte, the last one marked. */
static size_t take_size(struct cursor *c)
{
    size_t n = 0;

    for (int i = 0; i < 10; i++) {
        uint8_t b = take_byte(c);

        n = n << 7 | (b & 0x7Fu);
        if (b & 0x80u)
            return n;
    }
    c->bad = true;
    return 0;
}

/* A count that the rest of the dump can hold. */
static size_t take_count(struct cursor *c, size_t bytes_each)
{
    size_t n = take_size(c);

    if (bytes_each > 0 && n > (size_t)(c->end - c->at) / bytes_each)
        c->bad = true;
    return c->bad ? 0 : n;
}

/* A terminated copy; NULL for the text that the dump leaves out. The pool is as large as the dump, so it always fits. */
static const char *take_text(struct cursor *c)
{
    size_t n = take_size(c);
    const unsigned char *p;
    char *copy;

    if (n == 0)
        return NULL;
    p = take(c, n - 1);
    if (p == NULL)
        return NULL;
    copy = c->pool + c->pool_used;
    memcpy(copy, p, n - 1);
    copy[n - 1] = '\0';
    c->pool_used += n;
    return copy;
}

static bool take_constants(struct cursor *c, struct function *f)
{
    f->constant_count = take_count(c, 1);
    f->constants = calloc(f->constant_count + 1, sizeof *f->constants);
    if (f->constants == NULL)
        return false;
    for (size_t i = 0; i < f->constant_count && !c->bad; i++) {
        switch (take_byte(c)) {
        case TAG_SHORT: case TAG_LONG:
            f->constants[i] = take_text(c);
            break;
        case TAG_INTEGER: case TAG_FLOAT:
            (void)take(c, 8);
            break;
        case 0: case TAG_FALSE: case TAG_TRUE:
            break;
        default:
            c->bad = true;
        }
    }
    return !c->bad;
}

static void take_lines(struct cursor *c, struct function *f)
{
    f->line_count = take_count(c, 1);
    f->lines = take(c, f->line_count);
    f->absolute_count = take_count(c, 2);
    f->absolute = c->at;
    for (size_t i = 0; i < f->absolute_count; i++) {
        (void)take_size(c);
        (void)take_size(c);
    }
}

/* Names of locals with their ranges. The upvalues' names come last: found[i] is that of upvalue i. */
static void take_names(struct cursor *c, const char *names[256])
{
    size_t n = take_count(c, 3);

    for (size_t i = 0; i < n; i++) {
        (void)take_text(c);
        (void)take_size(c);
        (void)take_size(c);
    }
    n = take_count(c, 1);
    for (size_t i = 0; i < n; i++) {
        const char *name = take_text(c);

        if (i < 256)
            names[i] = name;
    }
}

/* True when upvalue `index` of `f` is, in the end, a local of the file itself (or the file's own upvalue: _ENV). */
static bool is_of_file(const struct function *f, size_t index, bool *environment)
{
    *environment = false;
    while (f->parent != NULL) {
        const struct upvalue *u = &f->upvalues[index & 255];

        f = f->parent;
        if (u->in_stack)
            return f->parent == NULL;
        index = u->index;
    }
    *environment = true;
    return true;
}

static const char *constant(const struct function *f, unsigned index)
{
    return index < f->constant_count ? f->constants[index] : NULL;
}

struct instruction { unsigned op, a, b, c; };

static struct instruction instruction_at(const struct function *f, size_t pc)
{
    uint32_t i;

    memcpy(&i, f->code + pc * 4, 4);
    return (struct instruction){ .op = i & 0x7F, .a = i >> 7 & 0xFF, .b = i >> 16 & 0xFF, .c = i >> 24 & 0xFF };
}

static void look_at_name(struct cursor *c, const struct function *f, size_t pc, int line)
{
    struct instruction i = instruction_at(f, pc), next;
    const char *name, *field;
    bool environment;

    (void)is_of_file(f, i.op == OP_GETTABUP ? i.b : i.a, &environment);
    name = constant(f, i.op == OP_GETTABUP ? i.c : i.b);
    if (!environment || name == NULL)
        return;
    c->found(c->ctx, i.op == OP_GETTABUP ? FOUND_READ : FOUND_WRITE, name, NULL, line);
    if (i.op != OP_GETTABUP || pc + 1 >= f->code_count)
        return;
    next = instruction_at(f, pc + 1);
    field = next.op == OP_GETFIELD && next.b == i.a ? constant(f, next.c) : NULL;
    if (field != NULL)
        c->found(c->ctx, FOUND_FIELD, name, field, line);
}

/*
 * How many look-ups lead to each register, in the order of the code: jumps are not followed, which is enough to see what a person
 * could have written by a program. What gets past costs at most 0.1 s: a file has 64 KiB.
 */
static bool look_at_chain(unsigned depth[256], struct instruction i)
{
    switch (i.op) {
    case OP_GETTABLE: case OP_GETI: case OP_GETFIELD: case OP_SELF:
        depth[i.a] = depth[i.b] + 1;
        return depth[i.a] == BYTECODE_CHAIN_MAX + 1;
    case OP_MOVE:
        depth[i.a] = depth[i.b];
        return false;
    default:
        if (i.op != OP_SETUPVAL && !(i.op >= OP_SETTABUP && i.op <= OP_SETFIELD))
            depth[i.a] = 0;
        return false;
    }
}

static void look_at_code(struct cursor *c, const struct function *f, const char *const names[256])
{
    unsigned depth[256] = { 0 };
    struct cursor absolute = { .at = f->absolute, .end = c->end };
    int line = f->line_defined;
    bool environment;

    for (size_t pc = 0; pc < f->code_count; pc++) {
        struct instruction i = instruction_at(f, pc);
        int step = pc < f->line_count ? (signed char)f->lines[pc] : 0;

        if (step == LINE_IS_ABSOLUTE) {
            (void)take_size(&absolute);
            line = (int)take_size(&absolute);
        } else {
            line += step;
        }
        if (i.op == OP_GETTABUP || i.op == OP_SETTABUP)
            look_at_name(c, f, pc, line);
        if (look_at_chain(depth, i))
            c->found(c->ctx, FOUND_CHAIN, "", NULL, line);
        if (i.op == OP_SETUPVAL && f->parent != NULL && is_of_file(f, i.b, &environment) && !environment)
            c->found(c->ctx, FOUND_UPVALUE, names[i.b] != NULL ? names[i.b] : "?", NULL, line);
    }
}

static bool take_function(struct cursor *c, const struct function *parent, int depth)
{
    const char *names[256] = { NULL };
    struct function *f = calloc(1, sizeof *f);
    size_t inner;
    bool ok = false;

    if (f == NULL || depth > FUNCTIONS_DEEP_MAX)
        goto out;
    f->parent = parent;
    (void)take_text(c);                        /* source */
    f->line_defined = (int)take_size(c);
    (void)take_size(c);                        /* last line */
    (void)take(c, 3);                          /* parameters, vararg, stack */
    f->code_count = take_count(c, 4);
    f->code = take(c, f->code_count * 4);
    if (c->bad || !take_constants(c, f))
        goto out;
    f->upvalue_count = take_count(c, 3);
    for (size_t i = 0; i < f->upvalue_count; i++) {
        const unsigned char *u = take(c, 3);

        if (u != NULL && i < 256)
            f->upvalues[i] = (struct upvalue){ .in_stack = u[0] != 0, .index = u[1] };
    }
    inner = take_count(c, 1);
    for (size_t i = 0; i < inner; i++)
        if (!take_function(c, f, depth + 1))
            goto out;
    take_lines(c, f);
    take_names(c, names);
    if (c->bad)
        goto out;
    look_at_code(c, f, names);
    ok = true;
out:
    if (f != NULL)
        free(f->constants);
    free(f);
    return ok;
}

bool bytecode_read(lua_State *L, bytecode_found *found, void *ctx)
{
    struct bytes dump = { NULL, 0, 0 };
    struct cursor c = { .found = found, .ctx = ctx };
    const unsigned char *header;
    bool ok = false;

    if (lua_dump(L, keep, &dump, 0) != 0)
        goto out;
    c.pool_size = dump.len + 1;
    c.pool = malloc(c.pool_size);
    if (c.pool == NULL)
        goto out;
    c.at = dump.data;
    c.end = dump.data + dump.len;
    header = take(&c, HEADER_BYTES);
    if (header == NULL || memcmp(header, HEADER, sizeof HEADER - 1) != 0)
        goto out;
    (void)take_byte(&c);                       /* the file's own upvalues: _ENV alone */
    ok = take_function(&c, NULL, 0) && !c.bad && c.at == c.end;
out:
    free(c.pool);
    free(dump.data);
    return ok;
}
