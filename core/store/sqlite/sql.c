/*
 * The .sql files, built into the program. They are named from the root of the project, where `make` runs.
 */
#include <assert.h>
#include <string.h>

#include "sqlite.h"

#define BUILD_IN(name, file) \
    __asm__(".section .rodata\n.global " #name "\n" #name ":\n.incbin \"core/store/sqlite/" file "\"\n.byte 0\n.previous\n"); \
    extern const char name[];

BUILD_IN(store_sql_001, "001_base.sql")
BUILD_IN(store_sql_002, "002_parked.sql")
BUILD_IN(store_sql_003, "003_held.sql")
BUILD_IN(store_sql_004, "004_secrets.sql")
BUILD_IN(store_sql_statements, "statements.sql")

const char *sqlite_migration(int version)
{
    static const char *const files[SQLITE_VERSION_NEWEST] = { store_sql_001, store_sql_002, store_sql_003, store_sql_004 };

    assert(version >= 1 && version <= SQLITE_VERSION_NEWEST);
    return files[version - 1];
}

#define STATEMENT_NAME(name) #name,
static const char *const NAMES[Q_COUNT] = { STATEMENTS(STATEMENT_NAME) };
static const char MARK[] = "-- name: ";

static enum q find(const char *name, size_t len)
{
    enum q id = 0;

    while (id < Q_COUNT && (strlen(NAMES[id]) != len || memcmp(NAMES[id], name, len) != 0))
        id++;
    return id;
}

/* A statement without a name in the enum is a mistake as much as a name without a statement. */
bool sqlite_prepare(struct sqlite *db, struct error *err)
{
    const char *at = strstr(store_sql_statements, MARK);

    while (at != NULL) {
        const char *name = at + sizeof MARK - 1, *sql = strchr(name, '\n'), *next = strstr(name, MARK);
        size_t len = (size_t)(sql - name);
        enum q id = find(name, len);
        int bytes = next == NULL ? -1 : (int)(next - sql);

        if (id == Q_COUNT || db->q[id] != NULL)
            return error_set(err, "statements.sql: %.*s is unknown, or there twice", (int)len, name);
        if (sqlite3_prepare_v3(db->db, sql, bytes, SQLITE_PREPARE_PERSISTENT, &db->q[id], NULL) != SQLITE_OK)
            return error_set(err, "statements.sql: %.*s: %s", (int)len, name, sqlite3_errmsg(db->db));
        at = next;
    }
    for (enum q id = 0; id < Q_COUNT; id++)
        if (db->q[id] == NULL)
            return error_set(err, "statements.sql: %s is missing", NAMES[id]);
    return true;
}
