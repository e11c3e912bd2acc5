#include <assert.h>
#include <string.h>

#include "sqlite.h"

struct arg sqlite_arg_text(const char *t)
{
    return (struct arg){ t == NULL ? ARG_NULL : ARG_TEXT, 0, t, t == NULL ? 0 : strlen(t) };
}

struct arg sqlite_arg_words(const char *t)
{
    return (struct arg){ t == NULL ? ARG_NULL : ARG_BLOB, 0, t, t == NULL ? 0 : strlen(t) };
}

/* Out of space is the only trouble that passes. Everything else ends the process, and a disk that lies leaves a mark. */
bool sqlite_failed(struct store *s, int rc)
{
    struct sqlite *db = sqlite_of(s);
    int kind = rc & 0xff;

    if (kind == SQLITE_IOERR || kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB)
        sqlite_mark_suspect(db);
    return store_trouble(s, kind == SQLITE_FULL ? TROUBLE_FULL : TROUBLE_BROKEN, "%s: %s (SQLite code %d)", db->path,
                         sqlite3_errmsg(db->db), rc);
}

static int bind(sqlite3_stmt *q, int i, const struct arg *a)
{
    switch (a->type) {
    case ARG_INT:  return sqlite3_bind_int64(q, i, a->number);
    case ARG_TEXT: return sqlite3_bind_text64(q, i, a->data, a->len, SQLITE_STATIC, SQLITE_UTF8);
    case ARG_BLOB: return sqlite3_bind_blob64(q, i, a->data, a->len, SQLITE_STATIC);
    case ARG_NULL: break;
    }
    return SQLITE_OK;                  /* unbound is NULL */
}

static int bind_all(sqlite3_stmt *q, const struct arg *args, size_t count)
{
    int rc = SQLITE_OK;

    for (size_t i = 0; i < count && rc == SQLITE_OK; i++)
        rc = bind(q, (int)i + 1, &args[i]);
    return rc;
}

/* The arguments are borrowed for the call, so nothing of them may stay bound. */
static void clear(sqlite3_stmt *q)
{
    (void)sqlite3_reset(q);
    (void)sqlite3_clear_bindings(q);
}

bool sqlite_write(struct store *s, enum q id, const struct arg *args, size_t count)
{
    sqlite3_stmt *q = sqlite_of(s)->q[id];
    int rc = bind_all(q, args, count);
    bool ok;

    if (rc == SQLITE_OK)
        rc = sqlite3_step(q);
    ok = rc == SQLITE_DONE || sqlite_failed(s, rc);
    clear(q);
    return ok;
}

int sqlite_changed(struct store *s) { return sqlite3_changes(sqlite_of(s)->db); }

void sqlite_read(struct reading *r, struct store *s, enum q id, const struct arg *args, size_t count)
{
    r->s = s;
    r->q = sqlite_of(s)->q[id];
    assert(!sqlite3_stmt_busy(r->q));  /* a callback must not call the function that calls it */
    r->rc = bind_all(r->q, args, count);
}

bool sqlite_row(struct reading *r)
{
    if (r->rc == SQLITE_OK || r->rc == SQLITE_ROW)
        r->rc = sqlite3_step(r->q);
    return r->rc == SQLITE_ROW;
}

bool sqlite_end(struct reading *r)
{
    bool ok = r->rc == SQLITE_ROW || r->rc == SQLITE_DONE || r->rc == SQLITE_OK || sqlite_failed(r->s, r->rc);

    clear(r->q);
    return ok;
}

const char *sqlite_text(struct reading *r, int i) { return (const char *)sqlite3_column_text(r->q, i); }

struct blob sqlite_blob(struct reading *r, int i)
{
    const void *data = sqlite3_column_blob(r->q, i);

    return (struct blob){ data, data == NULL ? 0 : (size_t)sqlite3_column_bytes(r->q, i) };
}
