/*
 * The crash guard: a mapped file with one record a worker, written without fsync. The page cache outlives a killed process,
 * which is all that it must survive; after a power loss it may be stale, which costs nothing.
 */
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CRASHES_MAX = 3, MAGIC = 0x4c47 };

struct record {
    int64_t  conv;
    uint64_t seq;                      /* 0: nothing in flight */
};

struct suspect {
    struct record event;
    uint32_t      crashes;
    uint32_t      magic;
};

struct guard_file {
    struct record  now[ENGINE_WORKERS_MAX];
    struct suspect suspects[ENGINE_WORKERS_MAX];   /* in flight at the last crash, and how often in a row */
};

struct guard {
    struct guard_file *file;
    int                fd;
};

static uint32_t crashes_of(const struct guard_file *f, struct record event)
{
    for (size_t i = 0; i < ENGINE_WORKERS_MAX; i++)
        if (f->suspects[i].magic == MAGIC && f->suspects[i].event.conv == event.conv && f->suspects[i].event.seq == event.seq)
            return f->suspects[i].crashes;
    return 0;
}

/* What was in flight when the last process ended has crashed once more. Everything else is cleared. */
static void count_crashes(struct guard_file *f)
{
    struct suspect found[ENGINE_WORKERS_MAX] = { 0 };

    for (size_t i = 0; i < ENGINE_WORKERS_MAX; i++)
        if (f->now[i].seq != 0)
            found[i] = (struct suspect){ f->now[i], crashes_of(f, f->now[i]) + 1, MAGIC };
    memcpy(f->suspects, found, sizeof found);
    memset(f->now, 0, sizeof f->now);
}

struct guard *guard_open(const char *path, struct error *err)
{
    struct guard *g = calloc(1, sizeof *g);

    if (g == NULL) {
        error_set(err, "engine: out of memory");
        return NULL;
    }
    g->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (g->fd == -1 || ftruncate(g->fd, sizeof(struct guard_file)) == -1) {
        error_set(err, "%s: %s", path, strerror(errno));
        guard_close(g);
        return NULL;
    }
    g->file = mmap(NULL, sizeof(struct guard_file), PROT_READ | PROT_WRITE, MAP_SHARED, g->fd, 0);
    if (g->file == MAP_FAILED) {
        g->file = NULL;
        error_set(err, "%s: %s", path, strerror(errno));
        guard_close(g);
        return NULL;
    }
    count_crashes(g->file);
    return g;
}

void guard_close(struct guard *g)
{
    if (g == NULL)
        return;
    if (g->file != NULL)
        (void)munmap(g->file, sizeof(struct guard_file));
    if (g->fd != -1)
        (void)close(g->fd);
    free(g);
}

/* seq is written last and cleared first, so that a record is whole or empty. */
void guard_enter(struct guard *g, unsigned worker, int64_t conv, uint64_t seq)
{
    __atomic_store_n(&g->file->now[worker].conv, conv, __ATOMIC_RELAXED);
    __atomic_store_n(&g->file->now[worker].seq, seq, __ATOMIC_RELEASE);
}

void guard_leave(struct guard *g, unsigned worker)
{
    __atomic_store_n(&g->file->now[worker].seq, 0, __ATOMIC_RELEASE);
}

void guard_forgive(struct guard *g)
{
    for (unsigned i = 0; i < ENGINE_WORKERS_MAX; i++)
        guard_leave(g, i);
}

bool guard_bad(const struct guard *g, int64_t conv, uint64_t seq)
{
    return crashes_of(g->file, (struct record){ conv, seq }) >= CRASHES_MAX;
}
