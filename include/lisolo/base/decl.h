/*
 * decl - what an author wrote, as plain C data: the value trees that `script` makes of Lua
 * statements and that `flow`, `wording` and the configuration read. Nothing here knows Lua.
 *
 * A list of statements belongs to one thread until it is built, then it is read-only.
 */
#ifndef LISOLO_BASE_DECL_H
#define LISOLO_BASE_DECL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum decl_type {
    DECL_NIL, DECL_BOOLEAN, DECL_INTEGER, DECL_NUMBER, DECL_STRING, DECL_TABLE, DECL_FUNCTION,
};

enum { DECL_NO_FUNCTION = UINT32_MAX };

struct decl_entry;

struct decl {
    enum decl_type type;
    int       line, column;     /* where the value is written, 1-based; 0 unknown. For a long string: where its first text line is, or the bracket before it */
    bool      boolean;
    int64_t   integer;
    double    number;
    char     *string;           /* NUL-terminated, `length` bytes */
    size_t    length;
    uint32_t  function;         /* index in the generation's table of functions */
    char     *tag;              /* table made by a constructor: "text", "one_of", "edit"…; else NULL */
    struct decl_entry *entries; /* positional ones first (1, 2, 3…), then named ones as written */
    size_t    count;
};

struct decl_entry {
    char       *name;           /* NULL for a positional entry */
    int         line, column;   /* of the key, or of the value when positional */
    struct decl value;
};

/* One top-level statement: `f:ask "depart" {…}` is verb "ask", owner "course", name "depart". */
struct statement {
    char *verb;                 /* flow set values ask choose branch call say run finish commands menu on message template labels */
    char *owner;                /* flow name for steps and sets; NULL otherwise */
    char *name;                 /* step, message or event id; the key for "set"; NULL when there is none */
    char *file;                 /* "flows/course.lua" */
    int   line, column;
    struct decl body;
};

/* A statement that is written but could not be read, which has been reported: nobody should say that it is missing. */
struct lost_statement {
    char *verb, *owner, *name;  /* name NULL: unknown, or there is none */
};

struct statements {
    struct statement      *list;
    size_t                 count;
    struct lost_statement *lost;
    size_t                 lost_count;
};

void decl_free(struct decl *d);              /* frees what it holds, not `d` itself */
void statements_free(struct statements *s);

/* May such a statement have been lost? NULL: any verb, owner, name. */
bool statements_lost(const struct statements *s, const char *verb, const char *owner, const char *name);

/* Look-ups. NULL when absent; `d` may be NULL or not a table. */
const struct decl_entry *decl_entry(const struct decl *d, const char *name);
const struct decl       *decl_get(const struct decl *d, const char *name);
const struct decl       *decl_item(const struct decl *d, size_t index);   /* 0-based among positional ones */
size_t                   decl_items(const struct decl *d);
const char              *decl_string(const struct decl *d, const char *name);   /* NULL when absent or not a string */

#endif
