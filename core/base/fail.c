#include "lisolo/base/fail.h"

#ifdef LISOLO_FAILPOINTS

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lisolo/base/crypto.h"
#include "lisolo/base/log.h"

enum { POINTS_MAX = 64, NAME_BYTES = 64 };

enum action { OFF, KILL, ERR, SLEEP };

struct point {
    char           name[NAME_BYTES];
    double         percent;      /* 100: always */
    unsigned long  only_hit;     /* 0: every hit */
    enum action    action;
    int            number;       /* of err(n), sleep(ms) */
    _Atomic unsigned long hits;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct point   points[POINTS_MAX];
static size_t         count;
static int            log_fd = -1;
static const char    *seed_text;       /* LISOLO_FAIL_SEED */

/* "err(5)" for "err" */
static bool read_call(const char *text, const char *verb, int *number)
{
    size_t len = strlen(verb);
    int end = 0;

    return strncmp(text, verb, len) == 0 && sscanf(text + len, "(%d)%n", number, &end) == 1 && end > 0 &&
           text[len + (size_t)end] == '\0';
}

static bool read_action(struct point *p, const char *text)
{
    if (strcmp(text, "off") == 0)
        p->action = OFF;
    else if (strcmp(text, "kill") == 0)
        p->action = KILL;
    else if (read_call(text, "err", &p->number) && p->number != 0)
        p->action = ERR;
    else if (read_call(text, "sleep", &p->number) && p->number >= 0)
        p->action = SLEEP;
    else
        return false;
    return true;
}

/* "name=1%kill", "name=3*err(5)" */
static bool read_point(struct point *p, const char *text)
{
    const char *equals = strchr(text, '=');
    char *after;
    double factor;

    if (equals == NULL || equals == text || equals - text >= NAME_BYTES)
        return false;
    memcpy(p->name, text, (size_t)(equals - text));
    p->percent = 100;
    text = equals + 1;
    factor = strtod(text, &after);
    if (after > text && *after == '%') {
        p->percent = factor;
        text = after + 1;
    } else if (after > text && *after == '*' && factor >= 1) {
        p->only_hit = (unsigned long)factor;
        text = after + 1;
    }
    return read_action(p, text);
}

/* A campaign with a misspelt point would prove nothing, so it ends here. */
static void refuse(const char *text)
{
    LOG(LOG_ERROR, "fail.bad_point", log_str("text", text));
    abort();
}

static void read_environment(void)
{
    const char *all = getenv("LISOLO_FAIL"), *path = getenv("LISOLO_FAIL_LOG");
    char *copy, *one, *state = NULL;

    seed_text = getenv("LISOLO_FAIL_SEED");
    if (path != NULL) {
        log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
        if (log_fd == -1)
            refuse(path);
    }
    if (all == NULL)
        return;
    copy = strdup(all);
    if (copy == NULL)
        refuse("out of memory");
    for (one = strtok_r(copy, ";", &state); one != NULL; one = strtok_r(NULL, ";", &state)) {
        if (count == POINTS_MAX || !read_point(&points[count], one))
            refuse(one);
        count++;
    }
    free(copy);
}

/* For the n-th hit of a point: by the kernel, or by the seed, so that a campaign can be run again. */
static uint32_t draw(const char *name, unsigned long hit)
{
    unsigned char hash[SHA256_BYTES];
    char text[NAME_BYTES + 64];
    uint32_t random;
    int n;

    if (seed_text == NULL) {
        crypto_random(&random, sizeof random);
        return random;
    }
    n = snprintf(text, sizeof text, "%.20s %s %lu", seed_text, name, hit);
    if (n < 0 || !crypto_sha256(text, (size_t)n, hash))
        refuse("no hash");
    memcpy(&random, hash, sizeof random);
    return random;
}

static bool happens(struct point *p)
{
    unsigned long hit = atomic_fetch_add(&p->hits, 1) + 1;

    if (p->action == OFF || (p->only_hit != 0 && hit != p->only_hit))
        return false;
    if (p->percent >= 100)
        return true;
    return (double)draw(p->name, hit) < p->percent / 100 * 4294967296.0;
}

static void note(const struct point *p)
{
    char line[NAME_BYTES + 32];
    int n = snprintf(line, sizeof line, "%s %ld\n", p->name, (long)getpid());

    if (log_fd != -1 && write(log_fd, line, (size_t)n) != n)
        refuse("the log cannot be written");
}

static void sleep_ms(int ms)
{
    struct timespec left = { ms / 1000, (long)(ms % 1000) * 1000000 };

    while (nanosleep(&left, &left) == -1 && errno == EINTR)
        continue;
}

static int act(const struct point *p)
{
    note(p);
    switch (p->action) {
    case KILL:
        kill(getpid(), SIGKILL);
        pause();             /* the signal is on its way: nothing may run past the point */
        abort();
    case ERR:
        return p->number;
    case SLEEP:
        sleep_ms(p->number);
        return 0;
    case OFF:
    default:
        return 0;
    }
}

int fail_hit(const char *name)
{
    int number = 0, n;
    size_t i;

    pthread_once(&once, read_environment);
    for (i = 0; i < count; i++) {
        if (strcmp(points[i].name, name) != 0 || !happens(&points[i]))
            continue;
        n = act(&points[i]);
        if (n != 0)
            number = n;
    }
    return number;
}

#endif
