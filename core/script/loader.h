/*
 * loader - running the top levels of a generation's files and keeping what they declare. Private to load*.c, dsl.c, statement.c and digest.c.
 */
#ifndef LISOLO_SCRIPT_LOADER_H
#define LISOLO_SCRIPT_LOADER_H

#include "lisolo/base/pool.h"
#include "sandbox.h"
#include "scan.h"
#include "texts.h"

struct definitions {                   /* what the files declared */
    struct statements statements;
    char            **functions;       /* names by index: "course/envoyer/body" */
    size_t            function_count;
    char              digest[65];
};

enum file_kind { FILE_LIBRARY, FILE_FLOW, FILE_TEMPLATE };

enum use_state { USE_NEW, USE_RUNNING, USE_DONE, USE_FAILED };

struct source_file {
    const struct script_source *source;
    enum file_kind kind;
    char          *text;               /* its own copy: broken statements are blanked in it */
    bool           scanned;
    struct scan    scan;
    struct blocks  blocks;
    bool           broken;             /* something in it was reported */
    bool           skip;               /* cannot run at all */
    enum use_state use;                /* libraries */
};

struct opened {                        /* a statement whose { … } has not come yet */
    char   label[96];
    size_t file;
    int    line;
    bool   done;
};

enum {
    STATEMENTS_MAX     = 20000,        /* of all files: 2,000 files of ten each */
    FUNCTIONS_MAX      = 100000,
    DEFINITION_BYTES_MAX = 64 << 20,   /* of all statements: a table shared by others is copied into each */
};

struct loader {
    struct sandbox     *sb;
    struct problems    *problems;
    struct source_file *files;         /* in the order in which they run: libraries, flows, templates */
    size_t              file_count;
    struct source_file *last_found;    /* nearly every look-up asks for the file that runs */
    struct definitions *out;
    size_t              statement_cap, function_cap;
    size_t              bytes;         /* that `out` holds, about */
    struct opened      *opened;
    size_t              opened_count, opened_cap;
    struct pool         pool;          /* scratch of one statement; freed with the next one */
};

/* One problem a place and code: what is found twice, or again in a second run, is said once. */
void loader_report(struct loader *ld, enum text_id text, const char *file, int line, int column, const char *a, const char *b, const char *c);
void loader_report_as(struct loader *ld, const char *code, const char *file, int line, int column, const char *hint, const char *text);

/* The file that the Lua function `level` comes from and the line where it is; NULL when it is none of ours. Allocates nothing. */
struct source_file *loader_caller(struct loader *ld, lua_State *L, int level, int *line);
struct source_file *loader_find(struct loader *ld, const char *name);

/* What is wrong with a file before anything of it runs: size, encoding, syntax, names. Fills scan, blocks, text, skip. False: out
 * of memory. Compiles in the sandbox. */
bool loader_check(struct loader *ld, struct source_file *f);
/* Unknown names, assigned globals and upvalues of the compiled file at the top of the stack. False: out of memory. Raises. */
bool loader_check_names(lua_State *L, struct loader *ld, const struct source_file *f);
/* Spaces instead of statement `block`. A `local` that is gone would make everything behind it wrong, so then the file is skipped. */
void loader_blank(struct source_file *f, size_t block);
/* Notes what a statement, or every one of a file, is called although it cannot be read (lost.c). False: out of memory. */
bool loader_lose(struct loader *ld, const struct source_file *f, size_t block);
bool loader_lose_all(struct loader *ld, const struct source_file *f);
/* The block that has `line`; blocks.count when none. */
size_t loader_block_at(const struct source_file *f, int line);

/* Compiles the file's text into a function with the environment; leaves it on the stack. Raises. */
void loader_compile(lua_State *L, const struct source_file *f);
/* Loads a library once, or gives what it returned before: pushes that. Call last, as in `return`. Raises. */
int  loader_use(lua_State *L, struct source_file *library);

/* ---- dsl.c ---- */

/* Adds the language's names and makes the environment of all files. Raises. */
void dsl_open(lua_State *L);
/* The environment; the table in which readonly_freeze() remembers. */
void dsl_push_environment(lua_State *L);
void dsl_push_seen(lua_State *L);

/* ---- statements: statement.c ---- */

/* A new statement at the end of the list, empty. Raises when memory is out or there are too many. */
struct statement *loader_add(struct loader *ld, lua_State *L, const char *verb, const char *owner, const char *name,
                             const struct source_file *f, int line, int column);

/* Fills the body of the last statement from the value at `index`, written at token `value` of the file (count: unknown). Numbers
 * the functions in it in the order in which they are written. Raises. */
void loader_fill(struct loader *ld, lua_State *L, int index, const struct source_file *f, size_t value);

/* Drops statements and functions beyond these counts. */
void loader_cut(struct loader *ld, size_t statements, size_t functions);

/* The key of the table of functions in the registry; function i is item i + 1. */
extern const char LOADER_FUNCTIONS;
/* The key of the table of `shared` tables, by name, frozen. */
extern const char LOADER_SHARED;

/* ---- load.c ---- */

/* Runs every source in the sandbox. False when something is an error or memory is out; `problems` says what. */
bool definitions_load(struct sandbox *sb, const struct script_sources *sources, struct problems *problems, struct definitions *out);
void definitions_free(struct definitions *d);

/* ---- digest.c ---- */

/* The sha256 of the definitions, places left out: moving a statement changes nothing. False: out of memory. */
bool definitions_digest(struct definitions *d);

#endif
