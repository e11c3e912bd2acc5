#include "bad_disk.h"

#include <assert.h>
#include <sqlite3.h>
#include <stddef.h>

struct file {
    sqlite3_file  base;
    sqlite3_file *real;
};

static sqlite3_vfs *unix_vfs;
static enum disk    disk;

void bad_disk_is(enum disk state) { disk = state; }

static sqlite3_file *real(sqlite3_file *f) { return ((struct file *)(void *)f)->real; }
static const sqlite3_io_methods *ops(sqlite3_file *f) { return real(f)->pMethods; }

static int x_close(sqlite3_file *f) { return ops(f)->xClose(real(f)); }
static int x_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at) { return ops(f)->xRead(real(f), to, n, at); }
static int x_truncate(sqlite3_file *f, sqlite3_int64 size) { return ops(f)->xTruncate(real(f), size); }
static int x_size(sqlite3_file *f, sqlite3_int64 *size) { return ops(f)->xFileSize(real(f), size); }
static int x_lock(sqlite3_file *f, int level) { return ops(f)->xLock(real(f), level); }
static int x_unlock(sqlite3_file *f, int level) { return ops(f)->xUnlock(real(f), level); }
static int x_reserved(sqlite3_file *f, int *out) { return ops(f)->xCheckReservedLock(real(f), out); }
static int x_control(sqlite3_file *f, int op, void *arg) { return ops(f)->xFileControl(real(f), op, arg); }
static int x_sector(sqlite3_file *f) { return ops(f)->xSectorSize(real(f)); }
static int x_traits(sqlite3_file *f) { return ops(f)->xDeviceCharacteristics(real(f)); }

static int x_write(sqlite3_file *f, const void *data, int n, sqlite3_int64 at)
{
    if (disk == DISK_FULL)
        return SQLITE_FULL;
    if (disk == DISK_NO_WRITE)
        return SQLITE_IOERR_WRITE;
    return ops(f)->xWrite(real(f), data, n, at);
}

static int x_sync(sqlite3_file *f, int flags)
{
    return disk == DISK_NO_SYNC ? SQLITE_IOERR_FSYNC : ops(f)->xSync(real(f), flags);
}

/* Version 1 has no shared memory: the driver needs none, because it never shares the file. */
static const sqlite3_io_methods METHODS = {
    .iVersion = 1,        .xClose = x_close,     .xRead = x_read,         .xWrite = x_write,
    .xTruncate = x_truncate, .xSync = x_sync,    .xFileSize = x_size,     .xLock = x_lock,
    .xUnlock = x_unlock,  .xCheckReservedLock = x_reserved, .xFileControl = x_control, .xSectorSize = x_sector,
    .xDeviceCharacteristics = x_traits,
};

static int x_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
    struct file *file = (struct file *)(void *)f;
    int rc;

    (void)vfs;
    file->real = (sqlite3_file *)(void *)(file + 1);
    rc = unix_vfs->xOpen(unix_vfs, name, file->real, flags, out);
    f->pMethods = file->real->pMethods == NULL ? NULL : &METHODS;
    return rc;
}

void bad_disk_install(void)
{
    static sqlite3_vfs vfs;

    unix_vfs = sqlite3_vfs_find(NULL);
    assert(unix_vfs != NULL);
    vfs = *unix_vfs;
    vfs.szOsFile = (int)sizeof(struct file) + unix_vfs->szOsFile;
    vfs.zName = "bad-disk";
    vfs.xOpen = x_open;
    (void)sqlite3_vfs_register(&vfs, 1);
}
