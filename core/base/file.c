#include "lisolo/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lisolo/base/crypto.h"

/* Bytes read, at most `size`; -1 with errno. */
static ssize_t read_all(int fd, char *out, size_t size)
{
    size_t got = 0;
    ssize_t n;

    while (got < size) {
        n = read(fd, out + got, size - got);
        if (n == -1 && errno == EINTR)
            continue;
        if (n == -1)
            return -1;
        if (n == 0)
            break;
        got += (size_t)n;
    }
    return (ssize_t)got;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Reads one byte more than fstat() promised, so that a file that grows is seen. */
static char *read_whole(int fd, const char *name, const struct stat *before, struct error *err)
{
    size_t size = (size_t)before->st_size;
    char *data = malloc(size + 2);
    struct stat after;
    ssize_t n;

    if (data == NULL) {
        error_set(err, "%s: out of memory", name);
        return NULL;
    }
    n = read_all(fd, data, size + 1);
    if (n == -1 || fstat(fd, &after) == -1) {
        error_set(err, "%s: %s", name, strerror(errno));
        goto refused;
    }
    if ((size_t)n != size || !same_file(before, &after)) {
        error_set(err, "%s: changed while being read", name);
        goto refused;
    }
    data[size] = '\0';
    return data;
refused:
    free(data);
    return NULL;
}

bool file_read(int dir, const char *name, size_t limit, char **text, size_t *len, struct error *err)
{
    struct stat st;
    char *data;
    bool ok = false;
    /* O_NONBLOCK: opening a FIFO must not wait for somebody who writes to it */
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd == -1)
        return error_set(err, "%s: %s", name, errno == ELOOP ? "is a symbolic link" : strerror(errno));
    if (fstat(fd, &st) == -1) {
        error_set(err, "%s: %s", name, strerror(errno));
        goto out;
    }
    if (!S_ISREG(st.st_mode)) {
        error_set(err, "%s: not a regular file", name);
        goto out;
    }
    if ((uintmax_t)st.st_size > limit || st.st_size >= SSIZE_MAX - 2) {
        error_set(err, "%s: larger than %zu bytes", name, limit);
        goto out;
    }
    data = read_whole(fd, name, &st, err);
    if (data == NULL)
        goto out;
    *text = data;
    if (len != NULL)
        *len = (size_t)st.st_size;
    ok = true;
out:
    close(fd);
    return ok;
}

static bool write_all(int fd, const char *data, size_t len)
{
    ssize_t n;

    while (len > 0) {
        n = write(fd, data, len);
        if (n == -1 && errno == EINTR)
            continue;
        if (n == -1)
            return false;
        data += n;
        len -= (size_t)n;
    }
    return true;
}

/* Makes a rename in the folder of `path` durable. */
static bool sync_folder(const char *path, struct error *err)
{
    const char *slash = strrchr(path, '/');
    char folder[PATH_MAX];
    bool ok;
    int fd;

    if (slash == NULL)
        (void)snprintf(folder, sizeof folder, ".");
    else
        (void)snprintf(folder, sizeof folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd == -1)
        return error_set(err, "%s: %s", folder, strerror(errno));
    ok = fsync(fd) == 0;
    if (!ok)
        error_set(err, "%s: cannot sync the folder: %s", folder, strerror(errno));
    close(fd);
    return ok;
}

/* Creates `temporary` with the content, on disk when it returns. */
static bool write_new(const char *temporary, const void *data, size_t len, unsigned mode, struct error *err)
{
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd == -1)
        return error_set(err, "%s: %s", temporary, strerror(errno));
    /* fchmod: the mode asked for, whatever the umask takes away from open() */
    if (fchmod(fd, (mode_t)mode) == -1 || !write_all(fd, data, len) || fsync(fd) == -1) {
        error_set(err, "%s: %s", temporary, strerror(errno));
        close(fd);
        return false;
    }
    if (close(fd) == -1)
        return error_set(err, "%s: %s", temporary, strerror(errno));
    return true;
}

bool file_write(const char *name, const void *data, size_t len, unsigned mode, struct error *err)
{
    char temporary[PATH_MAX], tag[13];
    unsigned char random[6];
    int n;

    crypto_random(random, sizeof random);
    crypto_hex(random, sizeof random, tag);
    n = snprintf(temporary, sizeof temporary, "%s.%s.tmp", name, tag);
    if (n < 0 || (size_t)n >= sizeof temporary)
        return error_set(err, "%s: name too long", name);
    if (!write_new(temporary, data, len, mode, err))
        goto failed;
    if (rename(temporary, name) == -1) {
        error_set(err, "%s: %s", name, strerror(errno));
        goto failed;
    }
    return sync_folder(name, err);
failed:
    (void)unlink(temporary);
    return false;
}

static bool make_one(const char *path, struct error *err)
{
    struct stat st;

    if (mkdir(path, 0700) == 0)
        return true;
    if (errno != EEXIST)
        return error_set(err, "%s: %s", path, strerror(errno));
    if (stat(path, &st) == -1)
        return error_set(err, "%s: %s", path, strerror(errno));
    return S_ISDIR(st.st_mode) ? true : error_set(err, "%s: not a folder", path);
}

bool file_make_dir(const char *path, struct error *err)
{
    char part[PATH_MAX];
    size_t len = strlen(path), i;

    if (len == 0 || len >= sizeof part)
        return error_set(err, "%s: not a usable folder name", path);
    memcpy(part, path, len + 1);
    for (i = 1; i < len; i++) {
        if (part[i] != '/' || part[i - 1] == '/')
            continue;
        part[i] = '\0';
        if (!make_one(part, err))
            return false;
        part[i] = '/';
    }
    return make_one(path, err);
}
