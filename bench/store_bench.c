/*
 * What one message costs the store's thread: its event, its turn with one message out, and that message's two marks.
 *
 *   make build/libstore.a build/libbase.a
 *   gcc -std=gnu11 -D_GNU_SOURCE -O2 -Iinclude bench/store_bench.c -Wl,--start-group build/libstore.a build/libbase.a \
 *       -Wl,--end-group $(pkg-config --cflags --libs sqlite3 libcjson libcrypto libutf8proc libcurl libmicrohttpd) -lpthread -o /tmp/store_bench
 *   /tmp/store_bench /var/tmp/bench.db 100000 20000 16 1000000
 *
 * Arguments: file (made anew), people, messages, messages a group, pending timers for the recovery. Prints one line a figure.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "lisolo/base/log.h"
#include "lisolo/store.h"

enum { GROUP_LIMIT = 256, BODY = 300, STATE = 600, MESSAGE = 400 };

static struct store *s;
static char body[BODY + 1], state[STATE + 1], message[MESSAGE + 1];
static int64_t sent[GROUP_LIMIT];
static size_t sent_count;
static uint64_t key_count;

static int64_t now_us(clockid_t id)
{
    struct timespec ts;

    (void)clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static int64_t now_ms(void) { return clock_wall_ms(clock_real()); }

static void die(const char *what)
{
    (void)fprintf(stderr, "store_bench: %s\n", what);
    exit(1);
}

static void on_send(void *ctx, const struct store_send_row *row)
{
    (void)ctx;
    if (sent_count < GROUP_LIMIT)
        sent[sent_count++] = row->id;
}

static void on_event(void *ctx, const struct store_event *event)
{
    (void)ctx;
    (void)event;
}

static void step(void)
{
    struct error err;
    size_t did;

    if (!store_step(s, &did, &err))
        die(err.text);
}

static struct store_item items[GROUP_LIMIT];
static char phones[GROUP_LIMIT][24];

/* One POST each. */
static void ingest(const int64_t *people, size_t count)
{
    static struct store_ingest ops[GROUP_LIMIT];

    for (size_t i = 0; i < count; i++) {
        (void)snprintf(phones[i], sizeof phones[i], "+24206%07lld", (long long)people[i]);
        items[i] = (struct store_item){ .kind = STORE_EVENT, .number = "15550100001", .phone = phones[i], .name = "Prisca",
                                        .body = { body, BODY }, .at_ms = now_ms(), .from_person = true };
        key_count++;
        for (size_t b = 0; b < STORE_KEY_BYTES; b++)
            items[i].key[b] = (uint8_t)(key_count * 0x9E3779B97F4A7C15ULL >> (8 * (b % 8)) ^ b * key_count);
        ops[i] = (struct store_ingest){ .op = { .kind = STORE_INGEST }, .items = &items[i], .count = 1, .now_ms = now_ms() };
        if (!store_submit(s, &ops[i].op))
            die("the queue is full");
    }
    step();
}

static void turn(size_t count, struct store_timer *timers, size_t timer_count, bool sends)
{
    static struct store_turn ops[GROUP_LIMIT];
    static struct store_send out[GROUP_LIMIT];

    sent_count = 0;
    for (size_t i = 0; i < count; i++) {
        out[i] = (struct store_send){ .class = CLASS_REPLY, .body = { message, MESSAGE }, .due_ms = now_ms(),
                                      .expires_ms = now_ms() + 600000, .source = "course.depart (flows/course.lua:12)" };
        ops[i] = (struct store_turn){ .op = { .kind = STORE_TURN }, .conv = items[i].conv, .seq = items[i].seq,
                                      .state = { state, STATE }, .flow = "course", .step = "depart", .generation = 1,
                                      .now_ms = now_ms(), .sends = &out[i], .send_count = sends, .timers = timers,
                                      .timer_count = timer_count };
        if (!store_submit(s, &ops[i].op))
            die("closing");
    }
    step();
    for (size_t i = 0; i < count; i++)
        if (ops[i].op.result != STORE_OK)
            die("a turn was lost");
}

static void mark(size_t count, enum out_state from, enum out_state to)
{
    static struct store_mark ops[GROUP_LIMIT];
    static char wamids[GROUP_LIMIT][80];

    for (size_t i = 0; i < count; i++) {
        (void)snprintf(wamids[i], sizeof wamids[i], "wamid.HBgNMjQyMDY2MTIzNDU2FQIAERgSQzE4RkE5NkE4%012lld", (long long)sent[i]);
        ops[i] = (struct store_mark){ .op = { .kind = STORE_MARK }, .out_id = sent[i], .from = from, .to = to, .attempt = 1,
                                      .wamid = wamids[i], .now_ms = now_ms() };
        if (!store_submit(s, &ops[i].op))
            die("closing");
    }
    step();
    for (size_t i = 0; i < count; i++)
        if (ops[i].op.result != STORE_OK)
            die("a mark was lost");
}

static long resident_kib(void)
{
    long pages = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "r");

    if (f == NULL || fscanf(f, "%ld %ld", &pages, &resident) != 2)
        die("/proc/self/statm");
    (void)fclose(f);
    return resident * sysconf(_SC_PAGESIZE) / 1024;
}

static void people_with_timers(int64_t people, int64_t timers)
{
    static struct store_timer t[64];
    int64_t group[GROUP_LIMIT];
    int64_t each = people > 0 ? timers / people : 0;

    if (each > 64)
        each = 64;
    for (int64_t i = 0; i < each; i++) {
        (void)snprintf(t[i].name, sizeof t[i].name, "timer-%lld", (long long)i);
        t[i].due_ms = now_ms() + 3600000 + i * 1000;
    }
    for (int64_t at = 0; at < people;) {
        size_t n = 0;

        while (n < GROUP_LIMIT && at < people)
            group[n++] = at++;
        ingest(group, n);
        turn(n, t, (size_t)each, false);
    }
}

struct cost { int64_t cpu_us, wall_us; };

static void add(struct cost *c, int64_t cpu, int64_t wall)
{
    c->cpu_us += now_us(CLOCK_THREAD_CPUTIME_ID) - cpu;
    c->wall_us += now_us(CLOCK_MONOTONIC) - wall;
}

#define COSTS(c, call) \
    do { \
        int64_t cpu_ = now_us(CLOCK_THREAD_CPUTIME_ID), wall_ = now_us(CLOCK_MONOTONIC); \
        call; \
        add(c, cpu_, wall_); \
    } while (0)

static void messages(int64_t people, int64_t count, size_t group)
{
    static const char *const names[] = { "event", "turn", "mark sending", "mark accepted" };
    struct cost cost[4] = { { 0, 0 } };
    int64_t who[GROUP_LIMIT], cpu = 0, wall = 0, done = 0;
    uint64_t random = 88172645463325252ULL;

    while (done < count) {
        for (size_t i = 0; i < group; i++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            who[i] = (int64_t)(random % (uint64_t)people);
            for (size_t j = 0; j < i; j++)
                if (who[j] == who[i])
                    who[i] = (who[i] + 1) % people, j = (size_t)-1;
        }
        COSTS(&cost[0], ingest(who, group));
        COSTS(&cost[1], turn(group, NULL, 0, true));
        COSTS(&cost[2], mark(group, OUT_READY, OUT_SENDING));
        COSTS(&cost[3], mark(group, OUT_SENDING, OUT_ACCEPTED));
        done += (int64_t)group;
    }
    for (size_t i = 0; i < 4; i++) {
        printf("%-14s %6.1f us cpu %7.1f us wall\n", names[i], (double)cost[i].cpu_us / (double)done,
               (double)cost[i].wall_us / (double)done);
        cpu += cost[i].cpu_us;
        wall += cost[i].wall_us;
    }
    printf("%-14s %6.1f us cpu %7.1f us wall, groups of %zu\n", "whole message", (double)cpu / (double)done,
           (double)wall / (double)done, group);
}

int main(int argc, char **argv)
{
    struct store_options options = { .path = argc > 1 ? argv[1] : NULL, .clock = clock_real() };
    struct store_hooks hooks = { .event = on_event, .send = on_send };
    int64_t people = argc > 2 ? atoll(argv[2]) : 100000, count = argc > 3 ? atoll(argv[3]) : 20000;
    size_t group = argc > 4 ? (size_t)atoll(argv[4]) : 16;
    int64_t timers = argc > 5 ? atoll(argv[5]) : 0, began;
    struct error err;
    struct store_counts counts;

    if (options.path == NULL || group == 0 || group > GROUP_LIMIT || people < (int64_t)group)
        die("usage: store_bench FILE [people [messages [group [timers]]]]");
    log_set_level(LOG_ERROR);
    (void)unlink(options.path);
    memset(body, 'b', BODY);
    memset(state, 's', STATE);
    memset(message, 'm', MESSAGE);
    if ((s = store_open_sqlite(&options, &err)) == NULL)
        die(err.text);
    store_set_hooks(s, &hooks);
    if (!store_recover(s, &err))
        die(err.text);
    people_with_timers(people, timers);
    messages(people, count, group);
    store_counts(s, &counts);
    printf("%-14s %6lld us, last; %lld us, slowest\n", "commit", (long long)counts.commit_us_last, (long long)counts.commit_us_max);
    store_close(s);
    began = now_us(CLOCK_MONOTONIC);
    if ((s = store_open_sqlite(&options, &err)) == NULL)
        die(err.text);
    store_set_hooks(s, &hooks);
    printf("%-14s %6.1f ms\n", "open", (double)(now_us(CLOCK_MONOTONIC) - began) / 1000);
    began = now_us(CLOCK_MONOTONIC);
    if (!store_recover(s, &err))
        die(err.text);
    printf("%-14s %6.1f ms\n", "recover", (double)(now_us(CLOCK_MONOTONIC) - began) / 1000);
    began = now_us(CLOCK_MONOTONIC);
    {
        struct store_query q = { .op = { .kind = STORE_QUERY }, .question = ASK_STATUS };

        if (!store_submit(s, &q.op))
            die("closing");
        do
            step();
        while (q.answer == NULL);
        cJSON_Delete(q.answer);
    }
    printf("%-14s %6.1f ms\n", "status", (double)(now_us(CLOCK_MONOTONIC) - began) / 1000);
    messages(people, count / 4, group);
    printf("%-14s %6ld KiB\n", "resident", resident_kib());
    store_close(s);
    return 0;
}
