/*
 * Waits until something below some folders changes. A change that comes with others (an editor writes, renames, syncs) is one.
 */
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dialog.h"

enum { DEPTH_MAX = 8, QUIET_MS = 50, PATH_BYTES = 1024 };

static bool watch_below(int fd, const char *path, int depth, struct error *err)
{
    char inner[PATH_BYTES];
    struct stat st;
    struct dirent *entry;
    DIR *dir;
    bool ok = true;

    if (inotify_add_watch(fd, path, IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE) == -1)
        return error_set(err, "%s: %s", path, strerror(errno));
    dir = depth == DEPTH_MAX ? NULL : opendir(path);
    while (ok && dir != NULL && (entry = readdir(dir)) != NULL) {
        int n = snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);

        if (entry->d_name[0] == '.' || n < 0 || (size_t)n >= sizeof inner)
            continue;
        if (stat(inner, &st) == 0 && S_ISDIR(st.st_mode))
            ok = watch_below(fd, inner, depth + 1, err);
    }
    if (dir != NULL)
        (void)closedir(dir);
    return ok;
}

bool watch_wait(const char *const *folders, size_t count, struct error *err)
{
    int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    struct pollfd ready = { .fd = fd, .events = POLLIN };
    char events[4096];
    bool ok = fd != -1 || error_set(err, "inotify: %s", strerror(errno));

    for (size_t i = 0; ok && i < count; i++)
        ok = watch_below(fd, folders[i], 0, err);
    if (ok && poll(&ready, 1, -1) == -1)
        ok = error_set(err, "poll: %s", strerror(errno));
    while (ok && poll(&ready, 1, QUIET_MS) > 0)
        while (read(fd, events, sizeof events) > 0)
            ;
    if (fd != -1)
        (void)close(fd);
    return ok;
}
