#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "loader.h"
#include "readonly.h"

/* After a statement that fails the file runs again without it, so that all are found; a file with more than this is another case. */
enum { RUNS_MAX = 20, STOPS_MAX = 2 };

/* ---- reporting ---- */

void loader_report_as(struct loader *ld, const char *code, const char *file, int line, int column, const char *hint, const char *text)
{
    const struct problems *p = ld->problems;

    for (size_t i = 0; i < p->count; i++)
        if (p->list[i].line == line && strcmp(p->list[i].code, code) == 0 && strcmp(p->list[i].file, file) == 0 &&
            (p->list[i].column == column || column == 0 || strcmp(p->list[i].text, text) == 0))
            return;
    problems_add(ld->problems, PROBLEM_ERROR, code, file, line, column, hint, "%s", text);
}

void loader_report(struct loader *ld, enum text_id id, const char *file, int line, int column, const char *a, const char *b, const char *c)
{
    char text[400], hint[256];

    text_say(text, sizeof text, ld->problems->language, id, a, b, c);
    text_hint(hint, sizeof hint, ld->problems->language, id, a, b);
    loader_report_as(ld, text_code(id), file, line, column, hint, text);
}

/* "… (did you mean 'x'?)": for a list of problems the bracket is the hint. */
static void report_failure(struct loader *ld, const struct source_file *f, const struct script_failure *failure)
{
    const char *code = ld->sb->error_code != NULL ? ld->sb->error_code : "E004", *name = failure->line > 0 ? failure->file : f->source->name;
    const struct source_file *where = loader_find(ld, name);
    char file[128], text[512], hint[256];
    char *bracket;
    int line = failure->line, column;

    if (*code == '\0')
        return;
    (void)snprintf(text, sizeof text, "%s", failure_split(failure->text, file, sizeof file, &line));
    (void)snprintf(hint, sizeof hint, "%s", failure->hint);
    bracket = strstr(text, " (");
    if (bracket != NULL && (strcmp(code, "E003") == 0 || strcmp(code, "E009") == 0) && text[strlen(text) - 1] == ')') {
        (void)snprintf(hint, sizeof hint, "%s", bracket + 2);
        hint[strlen(hint) - 1] = '\0';
        *bracket = '\0';
    }
    column = where != NULL && where->scanned ? scan_first_column(&where->scan, line) : 0;
    loader_report_as(ld, code, name, line, column, hint, text);
}

/* ---- files ---- */

struct source_file *loader_find(struct loader *ld, const char *name)
{
    if (ld->last_found != NULL && strcmp(ld->last_found->source->name, name) == 0)
        return ld->last_found;
    for (size_t i = 0; i < ld->file_count; i++)
        if (strcmp(ld->files[i].source->name, name) == 0)
            return ld->last_found = &ld->files[i];
    return NULL;
}

struct source_file *loader_caller(struct loader *ld, lua_State *L, int level, int *line)
{
    lua_Debug ar;

    if (!lua_getstack(L, level, &ar) || !lua_getinfo(L, "Sl", &ar) || ar.currentline <= 0 || *ar.source != '@')
        return NULL;
    *line = ar.currentline;
    return loader_find(ld, ar.source + 1);
}

void loader_compile(lua_State *L, const struct source_file *f)
{
    char name[sizeof(((struct script_failure *)0)->file)];

    (void)snprintf(name, sizeof name, "@%s", f->source->name);
    if (luaL_loadbufferx(L, f->text, f->scan.len, name, "t") != LUA_OK)
        lua_error(L);
    dsl_push_environment(L);
    (void)lua_setupvalue(L, -2, 1);
}

static enum file_kind kind_of(const char *name)
{
    if (strncmp(name, "flows/lib/", 10) == 0)
        return FILE_LIBRARY;
    return strncmp(name, "templates/", 10) == 0 ? FILE_TEMPLATE : FILE_FLOW;
}

static bool take_files(struct loader *ld, const struct script_sources *sources)
{
    static const enum file_kind ORDER[] = { FILE_LIBRARY, FILE_FLOW, FILE_TEMPLATE };

    ld->files = calloc(sources->count + 1, sizeof *ld->files);
    if (ld->files == NULL)
        return false;
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < sources->count; i++)
            if (kind_of(sources->list[i].name) == ORDER[k])
                ld->files[ld->file_count++] = (struct source_file){ .source = &sources->list[i], .kind = ORDER[k] };
    return true;
}

static void free_files(struct loader *ld)
{
    for (size_t i = 0; i < ld->file_count; i++) {
        scan_free(&ld->files[i].scan);
        free(ld->files[i].blocks.list);
        free(ld->files[i].text);
    }
    free(ld->files);
}

/* ---- running ---- */

static int finish_run(lua_State *L, int status, lua_KContext ctx)
{
    (void)L;
    (void)status;
    (void)ctx;
    return 0;
}

static int run_entry(lua_State *L)
{
    struct source_file *f = lua_touserdata(L, 1);

    if (f->kind == FILE_LIBRARY)
        return loader_use(L, f);
    loader_compile(L, f);
    lua_callk(L, 0, 0, 0, finish_run);
    return finish_run(L, LUA_OK, 0);
}

static void report_open(struct loader *ld, struct source_file *f)
{
    for (size_t i = 0; i < ld->opened_count; i++) {
        const struct opened *o = &ld->opened[i];

        if (o->done || &ld->files[o->file] != f)
            continue;
        f->broken = true;
        loader_report(ld, TEXT_BODY_MISSING, f->source->name, o->line, scan_first_column(&f->scan, o->line), o->label, NULL, NULL);
    }
}

/* A library that failed half-way cannot be used by the next file either. */
static void give_up_libraries(struct loader *ld)
{
    for (size_t i = 0; i < ld->file_count; i++)
        if (ld->files[i].use == USE_RUNNING)
            ld->files[i].use = USE_FAILED;
}

static void run_file(struct loader *ld, struct source_file *f)
{
    size_t statements = ld->out->statements.count, functions = ld->out->function_count, block;
    struct script_failure failure;
    enum script_status status;
    int stops = 0;

    for (int runs = 0; runs < RUNS_MAX && !f->skip; runs++) {
        ld->opened_count = 0;
        status = sandbox_run(ld->sb, run_entry, f, ld->sb->limits.load_steps, &failure);
        give_up_libraries(ld);
        if (status == SCRIPT_DONE) {
            report_open(ld, f);
            return;
        }
        f->broken = true;
        report_failure(ld, f, &failure);
        loader_cut(ld, statements, functions);
        stops += status == SCRIPT_STOPPED;
        block = loader_block_at(f, ld->sb->chunk_line);
        if (f->kind == FILE_LIBRARY || stops == STOPS_MAX || block >= f->blocks.count) {
            f->skip = true;
            return;
        }
        (void)loader_lose(ld, f, block);
        loader_blank(f, block);
    }
}

/* ---- freezing ---- */

struct frozen { size_t index; char file[128]; int line; };

static int freeze_entry(lua_State *L)
{
    struct frozen *job = lua_touserdata(L, 1);
    lua_Debug ar;

    lua_rawgetp(L, LUA_REGISTRYINDEX, &LOADER_FUNCTIONS);
    lua_rawgeti(L, -1, (lua_Integer)job->index + 1);
    lua_pushvalue(L, -1);
    if (lua_getinfo(L, ">S", &ar) && *ar.source == '@') {
        (void)snprintf(job->file, sizeof job->file, "%s", ar.source + 1);
        job->line = ar.linedefined;
    }
    dsl_push_seen(L);
    readonly_freeze(L, -2, -1);
    return 0;
}

/* What a function captured must not change from call to call: workers would differ (decisions.md, "Structure"). */
static void freeze_functions(struct loader *ld)
{
    for (size_t i = 0; i < ld->out->function_count; i++) {
        struct frozen job = { .index = i };
        struct error err;

        if (!sandbox_protect(ld->sb, freeze_entry, &job, &err))
            loader_report_as(ld, "E008", job.file, job.line, 0, "", err.text);
    }
}

static int open_entry(lua_State *L)
{
    dsl_open(L);
    return 0;
}

/* ---- the whole ---- */

bool definitions_load(struct sandbox *sb, const struct script_sources *sources, struct problems *problems, struct definitions *out)
{
    struct loader ld = { .sb = sb, .problems = problems, .out = out };
    size_t before = problems->errors;
    bool ok = false;

    *out = (struct definitions){ .function_count = 0 };
    pool_init(&ld.pool, 16 * 1024);
    sb->loader = &ld;
    sb->language = problems->language;
    if (!sandbox_protect(sb, open_entry, NULL, NULL) || !take_files(&ld, sources))
        goto out;
    for (size_t i = 0; i < ld.file_count; i++)
        if (!loader_check(&ld, &ld.files[i]))
            goto out;
    for (size_t i = 0; i < ld.file_count; i++)
        if (ld.files[i].kind != FILE_LIBRARY || ld.files[i].use == USE_NEW)
            run_file(&ld, &ld.files[i]);
    for (size_t i = 0; i < ld.file_count; i++)
        if (ld.files[i].skip && !loader_lose_all(&ld, &ld.files[i]))
            goto out;
    freeze_functions(&ld);
    ok = definitions_digest(out);
out:
    if (!ok && problems->errors == before)
        loader_report(&ld, TEXT_NO_MEMORY, "", 0, 0, NULL, NULL, NULL);
    sb->loader = NULL;
    pool_free(&ld.pool);
    free(ld.opened);
    free_files(&ld);
    return ok && problems->errors == before;
}

void definitions_free(struct definitions *d)
{
    statements_free(&d->statements);
    for (size_t i = 0; i < d->function_count; i++)
        free(d->functions[i]);
    free(d->functions);
    *d = (struct definitions){ .function_count = 0 };
}
