/*
 * What is wrong with a file before anything of it runs. Everything at once: a file that does not compile is compiled statement by
 * statement, and what is left without the broken ones is looked at like any other (authoring.md §1.6).
 */
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytecode.h"
#include "failure.h"
#include "lisolo/base/utf8.h"
#include "loader.h"
#include "syntax.h"

/* "@name" longer than this is cut at the front in Lua's messages (LUA_IDSIZE 60), and the place could not be found again. */
enum { NAME_BYTES_MAX = 56 };

static void report(struct loader *ld, struct source_file *f, enum text_id text, int line, int column, const char *a)
{
    f->broken = true;
    loader_report(ld, text, f->source->name, line, column, a, NULL, NULL);
}

/* ---- the file as bytes ---- */

static int first_bad_line(const char *text, size_t len)
{
    int line = 1;

    for (const char *at = text, *end = text + len; at < end; line++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));

        if (stop == NULL)
            stop = end;
        if (!utf8_valid(at, (size_t)(stop - at)))
            return line;
        at = stop + 1;
    }
    return 0;
}

static bool bytes_are_fine(struct loader *ld, struct source_file *f)
{
    const struct script_source *s = f->source;
    char limit[32];

    if (strlen(s->name) > NAME_BYTES_MAX) {
        (void)snprintf(limit, sizeof limit, "%d", NAME_BYTES_MAX);
        report(ld, f, TEXT_FILE_NAME, 0, 0, limit);
    } else if (s->len > SCRIPT_FILE_BYTES_MAX) {
        sandbox_size_text(SCRIPT_FILE_BYTES_MAX, limit, sizeof limit);
        report(ld, f, TEXT_FILE_LARGE, 0, 0, limit);
    } else if (memchr(s->text, '\0', s->len) != NULL || (s->len > 0 && s->text[0] == '\x1b')) {
        report(ld, f, TEXT_FILE_BINARY, 1, 0, NULL);
    } else if (!utf8_valid(s->text, s->len)) {
        report(ld, f, TEXT_FILE_UTF8, first_bad_line(s->text, s->len), 0, NULL);
    } else {
        return true;
    }
    f->skip = true;
    return false;
}

/* ---- the file as tokens ---- */

/*
 * Look-ups in a row at each depth of brackets. Lua 5.4.4 recurses over them for the name of a nil value, which ends the process at
 * 16,000 links on a stack of a megabyte (hosts.md §0.1).
 */
static void check_chains(struct loader *ld, struct source_file *f)
{
    enum { DEPTH = 64 };
    const struct scan *s = &f->scan;
    int counts[DEPTH] = { 0 }, depth = 0;
    char limit[16];

    (void)snprintf(limit, sizeof limit, "%d", BYTECODE_CHAIN_MAX);
    for (size_t i = 0; i + 1 < s->count; i++) {
        bool after = i > 0 && scan_ends_expression(s, i - 1);
        bool opens = s->tokens[i].nesting > 0, dot = scan_is(s, i, ".") || scan_is(s, i, ":");

        if (s->tokens[i].nesting < 0) {
            depth -= depth > 0;
            continue;
        }
        if (dot || (after && (opens || s->tokens[i].type == TOKEN_STRING || s->tokens[i].type == TOKEN_LONG_STRING)))
            counts[depth]++;
        else if (!(s->tokens[i].type == TOKEN_NAME && i > 0 && (scan_is(s, i - 1, ".") || scan_is(s, i - 1, ":"))))
            counts[depth] = 0;
        if (counts[depth] == BYTECODE_CHAIN_MAX + 1) {
            report(ld, f, TEXT_CHAIN, s->tokens[i].line, s->tokens[i].column, limit);
            f->skip = true;
        }
        if (opens && depth + 1 < DEPTH)
            counts[++depth] = 0;
    }
}

static void check_tokens(struct loader *ld, struct source_file *f)
{
    for (size_t i = 0; i + 1 < f->scan.count; i++) {
        const struct token *t = &f->scan.tokens[i];

        if (t->type == TOKEN_NAME && scan_is(&f->scan, i, "_ENV")) {
            report(ld, f, TEXT_ENV_WORD, t->line, t->column, NULL);
            f->skip = true;
        }
    }
    check_chains(ld, f);
}

/* ---- the file as Lua ---- */

struct compile {
    const struct source_file *f;
    const char *text;
    size_t      len;
    bool        ok;
    char        message[256];      /* without its place */
    int         line;
    struct loader *ld;             /* not NULL: look at the names as well */
    bool        names_read;        /* false then: out of memory */
};

static int compile_entry(lua_State *L)
{
    struct compile *job = lua_touserdata(L, 1);
    char name[NAME_BYTES_MAX + 8], file[NAME_BYTES_MAX + 8];
    const char *text;
    int status;

    (void)snprintf(name, sizeof name, "@%s", job->f->source->name);
    status = luaL_loadbufferx(L, job->text, job->len, name, "t");
    job->ok = status == LUA_OK;
    if (status == LUA_OK) {
        if (job->ld != NULL)
            job->names_read = loader_check_names(L, job->ld, job->f);
        return 0;
    }
    if (lua_type(L, -1) != LUA_TSTRING || (status != LUA_ERRSYNTAX && strstr(lua_tostring(L, -1), "C stack overflow") == NULL))
        return lua_error(L);
    text = failure_split(lua_tostring(L, -1), file, sizeof file, &job->line);
    (void)snprintf(job->message, sizeof job->message, "%s", text);
    return 0;
}

/* False: memory or steps are out; reported. */
static bool compile(struct loader *ld, struct source_file *f, struct compile *job)
{
    struct script_failure failure;

    if (sandbox_run(ld->sb, compile_entry, job, ld->sb->limits.load_steps, &failure) == SCRIPT_DONE)
        return true;
    f->broken = true;
    f->skip = true;
    loader_report_as(ld, "E005", f->source->name, failure.line, 0, failure.hint, failure.text);
    return false;
}

static void report_slip(struct loader *ld, struct source_file *f, const struct block *b, const struct compile *job)
{
    struct slip slip;

    syntax_explain(&f->scan, b, job->message, job->line, &slip);
    f->broken = true;
    loader_report(ld, slip.text, f->source->name, slip.line, slip.column, slip.a, slip.b, slip.c);
}

/* Compiles one statement alone, behind as many newlines as there are lines before it. False: it cannot go on. */
static bool check_block(struct loader *ld, struct source_file *f, size_t index, char *room, bool *broken)
{
    const struct block *b = &f->blocks.list[index];
    size_t at = f->scan.tokens[b->first].at, end = f->scan.tokens[b->end].at, lines = (size_t)b->line - 1;
    struct compile job = { .f = f, .text = room };

    memset(room, '\n', lines);
    memcpy(room + lines, f->text + at, end - at);
    job.len = lines + end - at;
    if (!compile(ld, f, &job))
        return false;
    if (job.ok)
        return true;
    *broken = true;
    report_slip(ld, f, b, &job);
    if (!loader_lose(ld, f, index))
        return false;
    loader_blank(f, index);
    return true;
}

static bool check_blocks(struct loader *ld, struct source_file *f, const struct compile *whole)
{
    struct block all = { .first = 0, .end = f->scan.count - 1, .line = 1, .last_line = f->scan.tokens[f->scan.count - 1].line };
    char *room = malloc(2 * f->scan.len + 2);
    bool broken = false;

    if (room == NULL)
        return false;
    for (size_t i = 0; i < f->blocks.count; i++)
        if (!check_block(ld, f, i, room, &broken))
            break;
    free(room);
    if (!broken && !f->skip) {      /* wrong only as a whole: more than 200 locals, say */
        report_slip(ld, f, &all, whole);
        f->skip = true;
    }
    return true;
}

static bool copy_text(struct source_file *f)
{
    static const char BOM[] = "\xEF\xBB\xBF";          /* what Windows editors put first */
    const char *text = f->source->text;
    size_t len = f->source->len;

    if (len >= 3 && memcmp(text, BOM, 3) == 0) {
        text += 3;
        len -= 3;
    }
    f->text = malloc(len + 1);
    if (f->text == NULL)
        return false;
    memcpy(f->text, text, len);
    f->text[len] = '\0';
    f->scanned = scan_text(f->text, len, &f->scan) && scan_blocks(&f->scan, &f->blocks);
    return f->scanned;
}

/* ---- texts and comments that nobody closed ---- */

static size_t line_start(const struct scan *s, int line)
{
    size_t at = 0;

    for (; line > 1 && at < s->len; at++)
        line -= s->text[at] == '\n';
    return at;
}

static size_t block_of_token(const struct source_file *f, size_t token)
{
    size_t i = f->blocks.count;

    while (i > 0 && f->blocks.list[i - 1].first > token)
        i--;
    return i > 0 ? i - 1 : 0;
}

/* Is something open at `token` that its statement opened before? */
static bool is_inside(const struct source_file *f, const struct block *b, size_t token)
{
    int depth = 0;

    for (size_t i = b->first; i < token; i++)
        depth += f->scan.tokens[i].nesting;
    return depth > 0;
}

/*
 * A text or comment without its ]] takes the statements behind it with it. It is reported and blanked up to where the next statement
 * starts, together with the statement that it is a part of; what follows is then read as if it had been closed there.
 */
static bool take_out_unclosed(struct loader *ld, struct source_file *f)
{
    for (size_t i = 0; i + 1 < f->scan.count; i++) {
        const struct token *t = &f->scan.tokens[i];
        int line = scan_swallowed_line(&f->scan, i);
        size_t block = block_of_token(f, i), from = t->at, to;
        char number[16];

        if (line == 0)
            continue;
        (void)snprintf(number, sizeof number, "%d", line);
        report(ld, f, t->type == TOKEN_OPEN_COMMENT ? TEXT_COMMENT_SWALLOWS : TEXT_LONG_SWALLOWS, t->line, t->column, number);
        if (t->type != TOKEN_OPEN_COMMENT || is_inside(f, &f->blocks.list[block], i)) {
            from = f->scan.tokens[f->blocks.list[block].first].at;
            if (!loader_lose(ld, f, block))
                return false;
        }
        to = line_start(&f->scan, line);
        for (; from < to; from++)
            if (f->text[from] != '\n')
                f->text[from] = ' ';
        to = f->scan.len;
        scan_free(&f->scan);
        free(f->blocks.list);
        f->blocks = (struct blocks){ .list = NULL };
        f->scanned = scan_text(f->text, to, &f->scan) && scan_blocks(&f->scan, &f->blocks);
        if (!f->scanned)
            return false;
        i = SIZE_MAX;                  /* from the start */
    }
    return true;
}

bool loader_check(struct loader *ld, struct source_file *f)
{
    struct compile job = { .f = f, .ld = ld };
    size_t before;

    if (!bytes_are_fine(ld, f))
        return true;
    if (!copy_text(f) || !take_out_unclosed(ld, f))
        return false;
    check_tokens(ld, f);
    if (f->skip)
        return true;
    job.text = f->text;
    job.len = f->scan.len;
    before = ld->problems->errors;
    if (!compile(ld, f, &job))
        return true;
    if (!job.ok) {
        if (!check_blocks(ld, f, &job))
            return false;
        if (f->skip)
            return true;
        before = ld->problems->errors;
        job.names_read = false;
        if (!compile(ld, f, &job) || !job.ok) {
            f->skip = true;
            return true;
        }
    }
    if (ld->problems->errors > before)
        f->broken = true;
    return job.names_read;
}

size_t loader_block_at(const struct source_file *f, int line)
{
    for (size_t i = f->blocks.count; i-- > 0;)
        if (f->blocks.list[i].line <= line && line <= f->blocks.list[i].last_line)
            return i;
    return f->blocks.count;
}

void loader_blank(struct source_file *f, size_t block)
{
    const struct block *b = &f->blocks.list[block];
    size_t at = f->scan.tokens[b->first].at, end = f->scan.tokens[b->end].at;

    if (scan_is(&f->scan, b->first, "local"))
        f->skip = true;
    for (; at < end; at++)
        if (f->text[at] != '\n')
            f->text[at] = ' ';
}
