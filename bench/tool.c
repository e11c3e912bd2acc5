#include "tool.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

_Noreturn void give_up(const char *format, ...)
{
    int code = errno;
    va_list args;

    (void)fprintf(stderr, "%s: ", program_invocation_short_name);
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fprintf(stderr, "%s%s\n", code != 0 ? ": " : "", code != 0 ? strerror(code) : "");
    exit(2);
}

int64_t tool_us(void)
{
    struct timespec ts;

    if (clock_gettime(CLOCK_MONOTONIC, &ts) == -1)
        give_up("clock_gettime");
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

unsigned long tool_number(const char *text, unsigned long least, unsigned long most)
{
    char *end;
    unsigned long n;

    errno = 0;
    n = strtoul(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || n < least || n > most) {
        errno = 0;
        give_up("'%s' is not a number from %lu to %lu", text, least, most);
    }
    return n;
}

void samples_add(struct samples *s, int64_t value)
{
    if (s->count == s->cap) {
        size_t cap = s->cap == 0 ? 1024 : s->cap * 2;
        int64_t *list = reallocarray(s->list, cap, sizeof *list);

        if (list == NULL)
            give_up("samples");
        s->list = list;
        s->cap = cap;
    }
    s->list[s->count++] = value;
}

static int order(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

void samples_sort(struct samples *s)
{
    if (s->count > 0)
        qsort(s->list, s->count, sizeof *s->list, order);
}

int64_t samples_at(const struct samples *s, double share)
{
    size_t at = (size_t)((double)s->count * share);

    if (s->count == 0)
        return 0;
    return s->list[at < s->count ? at : s->count - 1];
}

void samples_free(struct samples *s)
{
    free(s->list);
    *s = (struct samples){ 0 };
}

static sigset_t stop_signals(void)
{
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    return set;
}

void tool_block_stop(void)
{
    sigset_t set = stop_signals();

    if (sigprocmask(SIG_BLOCK, &set, NULL) == -1 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        give_up("signals");
}

void tool_wait_stop(void)
{
    sigset_t set = stop_signals();
    int number;

    if (sigwait(&set, &number) != 0)
        give_up("sigwait");
}
