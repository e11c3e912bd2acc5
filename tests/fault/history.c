#include "history.h"

#include <stdlib.h>
#include <string.h>

enum { MESSAGES_MAX = 4000 };

struct handled { unsigned count, message; };

struct person {
    unsigned        intents, acks[MESSAGES_MAX / 32 + 1];
    struct handled *replies;
    size_t          reply_count, reply_cap;
};

struct history {
    struct person *people;
    unsigned       count;
    char         **rows;
    size_t         row_count, row_cap;
};

static void *need(void *p)
{
    if (p == NULL)
        abort();
    return p;
}

struct history *history_new(unsigned people)
{
    struct history *h = need(calloc(1, sizeof *h));

    h->people = need(calloc(people, sizeof *h->people));
    h->count = people;
    return h;
}

void history_free(struct history *h)
{
    for (unsigned i = 0; i < h->count; i++)
        free(h->people[i].replies);
    for (size_t i = 0; i < h->row_count; i++)
        free(h->rows[i]);
    free(h->rows);
    free(h->people);
    free(h);
}

void history_intent(struct history *h, unsigned person, unsigned message)
{
    if (message >= h->people[person].intents)
        h->people[person].intents = message + 1;
}

static bool acked(const struct person *p, unsigned message) { return (p->acks[message / 32] >> (message % 32) & 1) != 0; }

void history_ack(struct history *h, unsigned person, unsigned message)
{
    if (message < MESSAGES_MAX)
        h->people[person].acks[message / 32] |= 1u << (message % 32);
}

void history_reply(struct history *h, unsigned person, unsigned count, unsigned message, const char *row)
{
    struct person *p = &h->people[person];

    if (p->reply_count == p->reply_cap) {
        p->reply_cap = p->reply_cap == 0 ? 64 : p->reply_cap * 2;
        p->replies = need(reallocarray(p->replies, p->reply_cap, sizeof *p->replies));
    }
    p->replies[p->reply_count++] = (struct handled){ count, message };
    if (h->row_count == h->row_cap) {
        h->row_cap = h->row_cap == 0 ? 4096 : h->row_cap * 2;
        h->rows = need(reallocarray(h->rows, h->row_cap, sizeof *h->rows));
    }
    h->rows[h->row_count++] = need(strdup(row));
}

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static size_t count_doubles(const struct history *h)
{
    char **sorted = need(calloc(h->row_count + 1, sizeof *sorted));
    size_t doubles = 0;

    memcpy(sorted, h->rows, h->row_count * sizeof *sorted);
    qsort(sorted, h->row_count, sizeof *sorted, by_text);
    for (size_t i = 1; i < h->row_count; i++)
        doubles += strcmp(sorted[i], sorted[i - 1]) == 0;
    free(sorted);
    return doubles;
}

/* The state's count rises by one for each handled event, so a count that comes with two messages, or a message with two counts,
 * was handled twice (or the state was lost). */
static void check_person(const struct person *p, struct history_verdict *v)
{
    unsigned times[MESSAGES_MAX] = { 0 }, count_of[MESSAGES_MAX] = { 0 };

    for (size_t i = 0; i < p->reply_count; i++) {
        const struct handled *r = &p->replies[i];

        if (r->message >= p->intents || r->message >= MESSAGES_MAX) {
            v->unexpected++;
            continue;
        }
        if (times[r->message]++ > 0 && count_of[r->message] != r->count)
            v->twice++;
        count_of[r->message] = r->count;
        if (r->count != r->message + 1)
            v->twice += r->count > r->message + 1;
        if (i > 0 && (r->count < p->replies[i - 1].count || r->message < p->replies[i - 1].message))
            v->out_of_order++;
    }
    for (unsigned m = 0; m < p->intents && m < MESSAGES_MAX; m++) {
        v->acked += acked(p, m);
        v->handled += times[m] > 0;
        v->recovered += times[m] > 0 && !acked(p, m);
        v->lost += acked(p, m) && times[m] == 0;
    }
}

bool history_check(const struct history *h, struct history_verdict *out)
{
    *out = (struct history_verdict){ 0 };
    for (unsigned i = 0; i < h->count; i++)
        check_person(&h->people[i], out);
    out->doubled = count_doubles(h);
    return out->lost + out->twice + out->unexpected + out->out_of_order + out->doubled == 0;
}
