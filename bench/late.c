/*
 * late - reads from the file that a stopped host left how late things were.
 *
 *     late timers FILE              timers: from the time they were set for until their turn began
 *     late reloads FILE WINDOWS     turns: from the commit of their event until they began, for events that came within
 *                                   windows of time (lines "from_ms to_ms" of wall clock) and for all others
 *
 * Prints one JSON object; times are milliseconds.
 */
#include <errno.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

enum { WINDOWS_MAX = 256 };

struct windows {
    int64_t from[WINDOWS_MAX], to[WINDOWS_MAX];
    size_t  count;
};

typedef void (*each_row)(void *ctx, int64_t since_ms, int64_t at_ms);

static void query(const char *path, const char *sql, each_row each, void *ctx)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;
    int rc = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(db, sql, -1, &q, NULL);
    while (rc == SQLITE_OK || rc == SQLITE_ROW) {
        rc = sqlite3_step(q);
        if (rc == SQLITE_ROW)
            each(ctx, sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1));
    }
    if (rc != SQLITE_DONE) {
        errno = 0;
        give_up("%s: %s", path, db == NULL ? "out of memory" : sqlite3_errmsg(db));
    }
    (void)sqlite3_finalize(q);
    (void)sqlite3_close(db);
}

/* ---- timers ---- */

static void add_timer(void *ctx, int64_t due_ms, int64_t began_ms) { samples_add(ctx, began_ms - due_ms); }

static void timers(const char *path)
{
    struct samples late = { 0 };

    query(path, "SELECT at_ms, handled_ms FROM inbox WHERE handled_ms IS NOT NULL AND key IS NULL "
                "AND CAST(body AS TEXT) LIKE '{\"kind\":\"timer\"%'", add_timer, &late);
    samples_sort(&late);
    (void)printf("{\"fired\":%zu,\"p50\":%" PRId64 ",\"p99\":%" PRId64 ",\"max\":%" PRId64 "}\n", late.count, samples_at(&late, 0.5),
                 samples_at(&late, 0.99), samples_at(&late, 1));
    samples_free(&late);
}

/* ---- reloads ---- */

struct split {
    const struct windows *windows;
    struct samples        inside, outside;
};

static void add_turn(void *ctx, int64_t committed_ms, int64_t began_ms)
{
    struct split *s = ctx;
    bool inside = false;

    for (size_t i = 0; i < s->windows->count && !inside; i++)
        inside = committed_ms >= s->windows->from[i] && committed_ms <= s->windows->to[i];
    samples_add(inside ? &s->inside : &s->outside, began_ms - committed_ms);
}

static void read_windows(const char *path, struct windows *w)
{
    FILE *f = fopen(path, "r");

    if (f == NULL)
        give_up("%s", path);
    while (w->count < WINDOWS_MAX && fscanf(f, "%" SCNd64 " %" SCNd64, &w->from[w->count], &w->to[w->count]) == 2)
        w->count++;
    (void)fclose(f);
}

static void print_part(const char *name, struct samples *s)
{
    samples_sort(s);
    (void)printf("\"%s\":{\"turns\":%zu,\"p50\":%" PRId64 ",\"p99\":%" PRId64 ",\"max\":%" PRId64 "}", name, s->count,
                 samples_at(s, 0.5), samples_at(s, 0.99), samples_at(s, 1));
}

static void reloads(const char *path, const char *windows_path)
{
    struct windows w = { .count = 0 };
    struct split s = { .windows = &w };

    read_windows(windows_path, &w);
    query(path, "SELECT committed_ms, handled_ms FROM inbox WHERE handled_ms IS NOT NULL AND key IS NOT NULL", add_turn, &s);
    (void)printf("{\"windows\":%zu,", w.count);
    print_part("inside", &s.inside);
    (void)printf(",");
    print_part("outside", &s.outside);
    (void)printf("}\n");
    samples_free(&s.inside);
    samples_free(&s.outside);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "timers") == 0) {
        timers(argv[2]);
    } else if (argc == 4 && strcmp(argv[1], "reloads") == 0) {
        reloads(argv[2], argv[3]);
    } else {
        (void)fprintf(stderr, "usage: late timers FILE | late reloads FILE WINDOWS\n");
        return 2;
    }
    return 0;
}
