#include "drivers.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../../core/store/memory/memory.h"
#include "../../../core/store/sqlite/sqlite.h"
#include "bad_disk.h"

/* ---- memory ---- */

static struct store *open_memory(const struct store_options *options)
{
    struct error err = { "" };
    struct store *s = store_open_memory(options, &err);

    if (s == NULL)
        fail_msg("%s", err.text);
    return s;
}

/* A new process takes over the same memory. */
static struct store *same(struct store *s, const struct store_options *options)
{
    (void)options;
    return s;
}

static void steal_memory(struct store *s, int64_t conv) { memory_of(s)->epoch[conv % STORE_PARTITIONS]++; }

static void fill_memory(struct store *s, bool full) { memory_of(s)->full = full; }

const struct contract_driver on_memory = { .name = "memory", .open = open_memory, .reopen = same, .steal = steal_memory,
                                           .fill = fill_memory };

/* ---- SQLite ---- */

static char folder[64], path[128];

/* In memory when possible: opening a fresh file syncs a dozen times, and no test here needs the platter. */
bool sqlite_folder_make(void)
{
    (void)snprintf(folder, sizeof folder, "%s/lisolo-store-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (mkdtemp(folder) == NULL)
        return false;
    (void)snprintf(path, sizeof path, "%s/lisolo.db", folder);
    bad_disk_install();
    return true;
}

const char *sqlite_path(void) { return path; }

void sqlite_remove_files(void)
{
    static const char *const suffixes[] = { "", "-wal", "-shm", "-journal", ".lock", ".suspect", ".key" };
    char name[160];

    bad_disk_is(DISK_GOOD);
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        (void)snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
        (void)unlink(name);
    }
}

void sqlite_folder_remove(void)
{
    sqlite_remove_files();
    (void)rmdir(folder);
}

struct store *sqlite_try(const struct store_options *options, struct error *err)
{
    struct store_options o = *options;

    o.path = path;
    return store_open_sqlite(&o, err);
}

static struct store *open_sqlite(const struct store_options *options)
{
    struct error err = { "" };
    struct store *s = sqlite_try(options, &err);

    if (s == NULL)
        fail_msg("%s", err.text);
    return s;
}

static struct store *reopen_sqlite(struct store *s, const struct store_options *options)
{
    store_close(s);
    return open_sqlite(options);
}

static void steal_sqlite(struct store *s, int64_t conv)
{
    char sql[96];

    (void)snprintf(sql, sizeof sql, "UPDATE part SET epoch = epoch + 1 WHERE part = %lld", (long long)conv % STORE_PARTITIONS);
    if (sqlite3_exec(sqlite_of(s)->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(sqlite_of(s)->db));
}

static void fill_sqlite(struct store *s, bool full)
{
    (void)s;
    bad_disk_is(full ? DISK_FULL : DISK_GOOD);
}

const struct contract_driver on_sqlite = { .name = "sqlite", .open = open_sqlite, .reopen = reopen_sqlite,
                                           .steal = steal_sqlite, .fill = fill_sqlite, .end = sqlite_remove_files };
