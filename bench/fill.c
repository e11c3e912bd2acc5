/*
 * fill - makes the large files that the bench starts a host on, through the store's own interface: every person has written once,
 * their turn has been committed, and (people) the reply was accepted.
 *
 *     fill people FILE PEOPLE FIRST_PHONE NUMBER
 *     fill timers FILE PEOPLE FIRST_PHONE NUMBER TIMERS_EACH DUE SPREAD_S LEAD_S
 *
 * Everybody stands at the question of bench/scripts and waits for an answer, with a timer a week away. With `timers` each has
 * TIMERS_EACH of them, and those of the last DUE people that end the waiting fall due one after the other within SPREAD_S seconds,
 * beginning LEAD_S seconds after that part was begun. Prints {"conversations","timers","due_first_ms","due_last_ms"}.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/store.h"
#include "tool.h"

enum { BLOCK = 256 /* the store's group */, TIMERS_MAX = 32, TEXT_MAX = 1024 };
#define WEEK_MS (7LL * 24 * 3600 * 1000)

struct person {
    char                phone[24], id[32], event[TEXT_MAX], state[TEXT_MAX], wamid[40];
    struct store_item   item;
    struct store_ingest ingest;
    struct store_turn   turn;
    struct store_send   send;
    struct store_timer  timers[TIMERS_MAX];
    struct store_mark   mark;
    int64_t             out_id;
};

struct filling {
    struct store *store;
    const char   *number;
    uint64_t      first_phone, people, timers_each, due, spread_ms, lead_ms;
    bool          sends;
    int64_t       due_first_ms, due_last_ms;
    size_t        block_count;
    struct person block[BLOCK];
};

static int64_t now_ms(void) { return clock_wall_ms(clock_real()); }

static _Noreturn void refused(const char *what, const struct error *err)
{
    errno = 0;
    give_up("%s%s%s", what, err != NULL ? ": " : "", err != NULL ? err->text : "");
}

/* The reply's id, by the conversation that it belongs to. */
static void on_send(void *ctx, const struct store_send_row *row)
{
    struct filling *f = ctx;

    for (size_t i = 0; i < f->block_count; i++)
        if (f->block[i].turn.conv == row->conv)
            f->block[i].out_id = row->id;
}

/* Runs what was submitted, and insists that all of it went through. */
static void run(struct filling *f, size_t offset_of_op)
{
    size_t did, done = 0;
    struct error err;

    while (done < f->block_count) {
        if (!store_step(f->store, &did, &err))
            refused("store", &err);
        done += did;
    }
    for (size_t i = 0; i < f->block_count; i++) {
        const struct store_op *op = (const struct store_op *)(const void *)((const char *)&f->block[i] + offset_of_op);

        if (op->result != STORE_OK)
            refused("the store did not take everything", NULL);
    }
}

static void submit(struct filling *f, struct store_op *op)
{
    if (!store_submit(f->store, op))
        refused("the store's queue is full", NULL);
}

static void write_event(struct filling *f, struct person *p, uint64_t n)
{
    int64_t now = now_ms();
    int len;

    (void)snprintf(p->phone, sizeof p->phone, "+%" PRIu64, f->first_phone + n);
    (void)snprintf(p->id, sizeof p->id, "wamid.FILL%" PRIu64, n);
    len = snprintf(p->event, sizeof p->event,
                   "{\"kind\":\"text\",\"at\":%" PRId64 ",\"id\":\"%s\",\"text\":\"Bonjour, je voudrais envoyer un colis de Poto-Poto à Bacongo\"}",
                   now, p->id);
    p->item = (struct store_item){ .kind = STORE_EVENT, .number = f->number, .phone = p->phone, .name = "Prisca", .at_ms = now,
                                   .from_person = true, .body = { p->event, (size_t)len } };
    store_key(p->item.key, "wa", f->number, p->id, NULL);
    p->ingest = (struct store_ingest){ .op.kind = STORE_INGEST, .items = &p->item, .count = 1, .now_ms = now };
    submit(f, &p->ingest.op);
}

static void set_timers(struct filling *f, struct person *p, uint64_t n)
{
    uint64_t first_due = f->people - f->due;

    for (uint64_t i = 0; i < f->timers_each; i++) {
        struct store_timer *t = &p->timers[i];

        *t = (struct store_timer){ .guard = 1, .due_ms = now_ms() + WEEK_MS + (int64_t)(n * 1000 + i) };
        if (i == 0)
            (void)snprintf(t->name, sizeof t->name, "wait");
        else
            (void)snprintf(t->name, sizeof t->name, "later%" PRIu64, i);
    }
    if (n < first_due)
        return;
    if (n == first_due)
        f->due_first_ms = now_ms() + (int64_t)f->lead_ms;
    f->due_last_ms = f->due_first_ms + (int64_t)((n - first_due) * f->spread_ms / f->due);
    p->timers[0].due_ms = f->due_last_ms;
}

static void write_turn(struct filling *f, struct person *p, uint64_t n)
{
    static const char reply[] = "{\"free\":{\"kind\":\"text\",\"body\":\"Qu'est-ce que nous transportons ?\"}}";
    int64_t now = now_ms();
    int len = snprintf(p->state, sizeof p->state,
                       "{\"flow\":\"bench\",\"step\":\"question\",\"lang\":\"fr\",\"turn\":1,\"run\":1,\"group\":1,\"asked_ms\":%" PRId64
                       ",\"armed\":true,\"vars\":{\"messages\":1,\"mot\":\"Bonjour, je voudrais envoyer un colis de Poto-Poto à Bacongo\"},"
                       "\"trail\":[{\"step\":\"question\"}]}", now);

    p->send = (struct store_send){ .class = CLASS_REPLY, .body = { reply, sizeof reply - 1 }, .due_ms = now,
                                   .expires_ms = now + 24 * 3600 * 1000, .source = "bench.question" };
    p->turn = (struct store_turn){ .op.kind = STORE_TURN, .conv = p->item.conv, .seq = p->item.seq, .flow = "bench",
                                   .step = "question", .state = { p->state, (size_t)len }, .generation = 1, .now_ms = now,
                                   .sends = &p->send, .send_count = f->sends ? 1 : 0, .timers = p->timers,
                                   .timer_count = f->timers_each,
                                   .to = { .conv = p->item.conv, .number = f->number, .phone = p->phone, .heard_ms = now } };
    set_timers(f, p, n);
    submit(f, &p->turn.op);
}

static void write_mark(struct filling *f, struct person *p, enum out_state from, enum out_state to, uint64_t n)
{
    (void)snprintf(p->wamid, sizeof p->wamid, "wamid.FILLED%" PRIu64, n);
    p->mark = (struct store_mark){ .op.kind = STORE_MARK, .out_id = p->out_id, .from = from, .to = to, .attempt = 1,
                                   .wamid = to == OUT_ACCEPTED ? p->wamid : NULL, .now_ms = now_ms() };
    submit(f, &p->mark.op);
}

static void fill_block(struct filling *f, uint64_t from)
{
    f->block_count = f->people - from < BLOCK ? (size_t)(f->people - from) : BLOCK;
    for (size_t i = 0; i < f->block_count; i++)
        write_event(f, &f->block[i], from + i);
    run(f, offsetof(struct person, ingest));
    for (size_t i = 0; i < f->block_count; i++)
        write_turn(f, &f->block[i], from + i);
    run(f, offsetof(struct person, turn));
    if (!f->sends)
        return;
    for (size_t i = 0; i < f->block_count; i++)
        write_mark(f, &f->block[i], OUT_READY, OUT_SENDING, from + i);
    run(f, offsetof(struct person, mark));
    for (size_t i = 0; i < f->block_count; i++)
        write_mark(f, &f->block[i], OUT_SENDING, OUT_ACCEPTED, from + i);
    run(f, offsetof(struct person, mark));
}

static void read_arguments(struct filling *f, int argc, char **argv)
{
    bool people = argc == 6 && strcmp(argv[1], "people") == 0, timers = argc == 10 && strcmp(argv[1], "timers") == 0;

    if (!people && !timers) {
        (void)fprintf(stderr, "usage: fill people FILE PEOPLE FIRST_PHONE NUMBER\n"
                              "       fill timers FILE PEOPLE FIRST_PHONE NUMBER TIMERS_EACH DUE SPREAD_S LEAD_S\n");
        exit(2);
    }
    f->people = tool_number(argv[3], 1, 10000000);
    f->first_phone = tool_number(argv[4], 1, 999999999999999);
    f->number = argv[5];
    f->sends = people;
    f->timers_each = people ? 1 : tool_number(argv[6], 1, TIMERS_MAX);
    f->due = people ? 0 : tool_number(argv[7], 1, f->people);
    f->spread_ms = people ? 0 : tool_number(argv[8], 1, 3600) * 1000;
    f->lead_ms = people ? 0 : tool_number(argv[9], 1, 3600) * 1000;
}

int main(int argc, char **argv)
{
    static struct filling f;
    struct store_options options = { .queue_bytes = 64u << 20 };
    struct store_hooks hooks = { .ctx = &f, .send = on_send };
    struct error err;

    read_arguments(&f, argc, argv);
    options.path = argv[2];
    f.store = store_open_sqlite(&options, &err);
    if (f.store == NULL)
        refused("fill", &err);
    store_set_hooks(f.store, &hooks);
    for (uint64_t from = 0; from < f.people; from += BLOCK)
        fill_block(&f, from);
    store_close(f.store);
    (void)printf("{\"conversations\":%" PRIu64 ",\"timers\":%" PRIu64 ",\"due_first_ms\":%" PRId64 ",\"due_last_ms\":%" PRId64 "}\n",
                 f.people, f.people * f.timers_each, f.due_first_ms, f.due_last_ms);
    return 0;
}
