/*
 * Opening one file, for one process, with what SQLite would otherwise leave to chance set and read back.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "lisolo/base/crypto.h"
#include "lisolo/base/file.h"
#include "lisolo/base/log.h"
#include "sqlite.h"

enum {
    APPLICATION_ID    = 0x4c69536f,    /* "LiSo" */
    WAL_RESET_FIXED   = 3051003,
    BUSY_MS           = 5000,
    PATH_BYTES        = 4096,
    KEY_FILE_MAX      = 4096,          /* of what may lie where the key should: it is refused by its size */
};

/* ---- one process ---- */

static bool side_path(const struct sqlite *db, const char *suffix, char out[PATH_BYTES])
{
    int n = snprintf(out, PATH_BYTES, "%s%s", db->path, suffix);

    return n > 0 && n < PATH_BYTES;
}

static bool refuse_second(const struct sqlite *db, struct error *err)
{
    char pid[24] = "";
    ssize_t n = pread(db->lock_fd, pid, sizeof pid - 1, 0);

    pid[n > 0 ? n : 0] = '\0';
    pid[strcspn(pid, "\n")] = '\0';
    return error_set(err, "%s: another process uses it%s%s; only one may", db->path, pid[0] != '\0' ? ": process " : "", pid);
}

/* A side file, never the database: closing any descriptor of that one would drop SQLite's own locks. */
static bool lock(struct sqlite *db, struct error *err)
{
    char path[PATH_BYTES], pid[24];
    int n;

    if (!side_path(db, ".lock", path))
        return error_set(err, "%s: the path is too long", db->path);
    db->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (db->lock_fd == -1)
        return error_set(err, "%s: %s", path, strerror(errno));
    if (flock(db->lock_fd, LOCK_EX | LOCK_NB) == -1)
        return errno == EWOULDBLOCK ? refuse_second(db, err) : error_set(err, "%s: %s", path, strerror(errno));
    n = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    if (ftruncate(db->lock_fd, 0) == -1 || pwrite(db->lock_fd, pid, (size_t)n, 0) != n)
        return error_set(err, "%s: %s", path, strerror(errno));
    return true;
}

/* Locks and fsync do not mean what they must on a network. */
static bool check_local(const struct sqlite *db, struct error *err)
{
    struct statfs fs;

    if (fstatfs(db->lock_fd, &fs) == -1)
        return error_set(err, "%s: %s", db->path, strerror(errno));
    if (fs.f_type == NFS_SUPER_MAGIC || fs.f_type == SMB_SUPER_MAGIC || fs.f_type == 0xff534d42L /* CIFS */ ||
        fs.f_type == 0xfe534d42L /* SMB2 */)
        return error_set(err, "%s: it is on a network file system; put it on a local disk", db->path);
    return true;
}

/* SQLite would create it readable by everybody whom the umask allows. */
static bool create_private(const struct sqlite *db, struct error *err)
{
    int fd;

    if (access(db->path, F_OK) == 0)
        return true;
    fd = open(db->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd == -1)
        return error_set(err, "%s: %s", db->path, strerror(errno));
    (void)close(fd);                   /* before SQLite opens it: no lock can be lost */
    return true;
}

/* ---- talking to SQLite before anything is prepared ---- */

static bool fail(const struct sqlite *db, struct error *err)
{
    return error_set(err, "%s: %s (SQLite code %d)", db->path, sqlite3_errmsg(db->db), sqlite3_extended_errcode(db->db));
}

static bool run(const struct sqlite *db, const char *sql, struct error *err)
{
    return sqlite3_exec(db->db, sql, NULL, NULL, NULL) == SQLITE_OK || fail(db, err);
}

/* The first column of the first row, as text. */
static bool ask(const struct sqlite *db, const char *sql, char *out, size_t size, struct error *err)
{
    sqlite3_stmt *q = NULL;
    bool ok = sqlite3_prepare_v2(db->db, sql, -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW;

    if (ok)
        (void)snprintf(out, size, "%s", (const char *)sqlite3_column_text(q, 0));
    else
        fail(db, err);
    (void)sqlite3_finalize(q);
    return ok;
}

static bool ask_number(const struct sqlite *db, const char *sql, long *out, struct error *err)
{
    char text[32] = "";

    if (!ask(db, sql, text, sizeof text, err))
        return false;
    *out = strtol(text, NULL, 10);
    return true;
}

static bool expect(const struct sqlite *db, const char *sql, const char *wanted, struct error *err)
{
    char text[32] = "";

    if (!ask(db, sql, text, sizeof text, err))
        return false;
    return strcmp(text, wanted) == 0 || error_set(err, "%s: \"%s\" gave %s, not %s", db->path, sql, text, wanted);
}

static bool connect(struct sqlite *db, struct error *err)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;

    const char *vfs = sqlite_vfs();

    if (vfs == NULL)
        return error_set(err, "%s: SQLite has no way to files", db->path);
    if (sqlite3_open_v2(db->path, &db->db, flags, vfs) != SQLITE_OK)
        return fail(db, err);
    if (sqlite3_busy_timeout(db->db, BUSY_MS) != SQLITE_OK ||
        sqlite3_db_config(db->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) != SQLITE_OK ||
        sqlite3_db_config(db->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL) != SQLITE_OK ||
        sqlite3_db_config(db->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL) != SQLITE_OK)
        return fail(db, err);
    /* Before the first look at the file: the WAL index then lives in our memory and no second connection is possible. */
    return run(db, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA trusted_schema = OFF", err);
}

/* ---- whose file it is ---- */

static bool check_ours(const struct sqlite *db, long *version, struct error *err)
{
    long application, tables;

    if (!ask_number(db, "PRAGMA application_id", &application, err) || !ask_number(db, "PRAGMA user_version", version, err) ||
        !ask_number(db, "SELECT COUNT(*) FROM sqlite_schema", &tables, err))
        return false;
    if (application != APPLICATION_ID && (application != 0 || tables != 0 || *version != 0))
        return error_set(err, "%s: it belongs to another program (application id %ld)", db->path, application);
    if (*version > SQLITE_VERSION_NEWEST)
        return error_set(err, "%s: it was written by a newer version (%ld; this one knows %d)", db->path, *version,
                         SQLITE_VERSION_NEWEST);
    return true;
}

/* After an exit on an I/O error the file is read whole before it is trusted. Only then: it takes minutes on a large one. */
static bool check_suspect(const struct sqlite *db, struct error *err)
{
    char path[PATH_BYTES], verdict[256] = "";

    if (!side_path(db, ".suspect", path))
        return error_set(err, "%s: the path is too long", db->path);
    if (access(path, F_OK) != 0)
        return true;
    LOG(LOG_WARN, "store_checking", log_str("reason", "the last process ended on an I/O error"));
    if (!ask(db, "PRAGMA quick_check(1)", verdict, sizeof verdict, err))
        return false;
    if (strcmp(verdict, "ok") != 0)
        return error_set(err, "%s: the file is damaged (%s); restore a backup", db->path, verdict);
    LOG(LOG_INFO, "store_checked", log_str("result", "ok"));
    return unlink(path) == 0 || error_set(err, "%s: %s", path, strerror(errno));
}

void sqlite_mark_suspect(const struct sqlite *db)
{
    char path[PATH_BYTES];
    int fd;

    if (!side_path(db, ".suspect", path))
        return;
    fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd != -1)
        (void)close(fd);
}

/* ---- what must be so ---- */

static bool configure(const struct sqlite *db, struct error *err)
{
    /* The cache is small because the file is not: 100,000 conversations must fit a process of 64 MiB. */
    return expect(db, "PRAGMA journal_mode = WAL", "wal", err) &&
           run(db, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;"
                   "PRAGMA cache_size = -8000; PRAGMA journal_size_limit = 67108864; PRAGMA wal_autocheckpoint = 0;"
                   "PRAGMA cell_size_check = ON; PRAGMA secure_delete = ON", err) &&   /* what is wiped must not stay in a free page */
           expect(db, "PRAGMA synchronous", "2", err) && expect(db, "PRAGMA locking_mode", "exclusive", err) &&
           expect(db, "PRAGMA foreign_keys", "1", err) && expect(db, "PRAGMA trusted_schema", "0", err) &&
           expect(db, "PRAGMA secure_delete", "1", err);
}

static bool make_secrets(const struct sqlite *db, struct error *err)
{
    static const char *const names[] = { "alias", "button", "install" };
    sqlite3_stmt *q = NULL;
    uint8_t secret[32];
    bool ok = sqlite3_prepare_v2(db->db, "INSERT INTO meta (name, value) VALUES (?1, ?2)", -1, &q, NULL) == SQLITE_OK;

    for (size_t i = 0; ok && i < sizeof names / sizeof names[0]; i++) {
        crypto_random(secret, sizeof secret);
        ok = sqlite3_bind_text(q, 1, names[i], -1, SQLITE_STATIC) == SQLITE_OK &&
             sqlite3_bind_blob(q, 2, secret, sizeof secret, SQLITE_STATIC) == SQLITE_OK && sqlite3_step(q) == SQLITE_DONE &&
             sqlite3_reset(q) == SQLITE_OK;
    }
    explicit_bzero(secret, sizeof secret);
    if (!ok)
        fail(db, err);
    (void)sqlite3_finalize(q);
    return ok;
}

/*
 * The key of what is sealed is no part of the database: who gets hold of a copy of that one reads no secret in it. Sealed rows
 * live for minutes, so a lost key costs the few people who are typing a password another try, and a new one is made.
 */
static bool read_key(struct sqlite *db, struct error *err)
{
    char path[PATH_BYTES], *text = NULL;
    size_t len = 0;
    struct stat st;
    bool ok;

    if (!side_path(db, ".key", path))
        return error_set(err, "%s: the path is too long", db->path);
    if (access(path, F_OK) == -1 && errno == ENOENT) {
        crypto_random(db->seal_key, sizeof db->seal_key);
        return file_write(path, db->seal_key, sizeof db->seal_key, 0600, err);
    }
    if (stat(path, &st) == 0 && (st.st_mode & S_IROTH) != 0)
        return error_set(err, "%s: everybody can read it; run: chmod 600 %s", path, path);
    if (!file_read(AT_FDCWD, path, KEY_FILE_MAX, &text, &len, err))
        return false;
    ok = len == sizeof db->seal_key;
    if (ok)
        memcpy(db->seal_key, text, len);
    explicit_bzero(text, len);
    free(text);
    return ok || error_set(err, "%s: it must hold %zu bytes; remove it to get a new key", path, sizeof db->seal_key);
}

/* Each version in a transaction of its own: a crash in between leaves a file of a version that exists. */
static bool migrate(const struct sqlite *db, long version, struct error *err)
{
    char mark[96];

    for (long next = version + 1; next <= SQLITE_VERSION_NEWEST; next++) {
        (void)snprintf(mark, sizeof mark, "PRAGMA application_id = %d; PRAGMA user_version = %ld", APPLICATION_ID, next);
        if (!run(db, "BEGIN IMMEDIATE", err) || !run(db, sqlite_migration((int)next), err) ||
            (next == 1 && !make_secrets(db, err)) || !run(db, mark, err) || !run(db, "COMMIT", err))
            return error_prefix(err, "version %ld", next);
    }
    if (version != 0 && version < SQLITE_VERSION_NEWEST)
        LOG(LOG_INFO, "store_upgraded", log_int("from", version), log_int("to", SQLITE_VERSION_NEWEST));
    return true;
}

static int count_frames(void *ctx, sqlite3 *db, const char *name, int frames)
{
    (void)db;
    (void)name;
    ((struct sqlite *)ctx)->wal_frames = frames;
    return SQLITE_OK;
}

static bool prepare(struct sqlite *db, struct error *err)
{
    long version;

    if (!lock(db, err) || !check_local(db, err) || !create_private(db, err) || !connect(db, err) ||
        !check_ours(db, &version, err) || !read_key(db, err) || !check_suspect(db, err) || !configure(db, err) || !migrate(db, version, err) ||
        !sqlite_prepare(db, err))
        return false;
    (void)sqlite3_wal_hook(db->db, count_frames, db);
    if (sqlite3_libversion_number() < WAL_RESET_FIXED)
        LOG(LOG_WARN, "sqlite_old", log_str("version", sqlite3_libversion()),
            log_str("why", "before 3.51.3 a second connection can lose committed data; this host keeps to one and shuts out others"));
    return true;
}

static void discard(struct sqlite *db)
{
    for (enum q id = 0; id < Q_COUNT; id++)
        (void)sqlite3_finalize(db->q[id]);
    (void)sqlite3_close(db->db);
    if (db->lock_fd != -1)
        (void)close(db->lock_fd);
    explicit_bzero(db->seal_key, sizeof db->seal_key);
    free(db->path);
    free(db);
}

void sqlite_close(struct store *s)
{
    struct sqlite *db = sqlite_of(s);

    if (s->broken)
        (void)sqlite3_db_config(db->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    discard(db);                       /* closing the only connection checkpoints and removes the WAL */
}

struct store *store_open_sqlite(const struct store_options *options, struct error *err)
{
    struct sqlite *db = calloc(1, sizeof *db);

    if (db == NULL) {
        error_set(err, "store: out of memory");
        return NULL;
    }
    /* Nobody asks SQLite how much memory it uses, and counting took 6 % of all instructions (measured). Refused for a second
     * file in one process, which does no harm. */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    db->lock_fd = -1;
    db->path = strdup(options->path);
    if (db->path == NULL)
        error_set(err, "store: out of memory");
    if (db->path == NULL || !prepare(db, err)) {
        discard(db);
        return NULL;
    }
    return store_make(&sqlite_driver, db, options, err);
}
