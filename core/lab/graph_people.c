#include "graph_people.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 1024, PEOPLE_MAX = 1 << 21 };

struct person {
    uint64_t key;              /* 0: empty */
    int64_t  last_message_ms;
    int64_t  filled_ms;        /* when `left` was right */
    double   left;             /* messages that may go at once */
};

struct people {
    struct people_limits limits;
    struct person *slots;
    size_t  size, used;
    int64_t number_filled_ms;
    double  number_left;
};

struct people *people_new(const struct people_limits *limits)
{
    struct people *p = calloc(1, sizeof *p);

    if (p == NULL)
        return NULL;
    p->limits = *limits;
    p->number_left = limits->number_per_s;   /* one second's worth at once */
    p->size = FIRST_SLOTS;
    p->slots = calloc(p->size, sizeof *p->slots);
    if (p->slots == NULL) {
        free(p);
        return NULL;
    }
    return p;
}

void people_free(struct people *p)
{
    if (p == NULL)
        return;
    free(p->slots);
    free(p);
}

void people_clear(struct people *p)
{
    memset(p->slots, 0, p->size * sizeof *p->slots);
    p->used = 0;
    p->number_left = p->limits.number_per_s;
}

size_t people_count(const struct people *p) { return p->used; }

static struct person *slot(struct person *slots, size_t size, uint64_t key)
{
    /* Phone numbers of one country differ in their last digits only: spread them (Fibonacci hashing). */
    size_t at = (size_t)((key * 0x9E3779B97F4A7C15u) >> 20) & (size - 1);

    while (slots[at].key != 0 && slots[at].key != key)
        at = (at + 1) & (size - 1);
    return &slots[at];
}

static bool grow(struct people *p)
{
    size_t size = p->size * 2;
    struct person *slots;

    if (size > PEOPLE_MAX)
        return false;
    slots = calloc(size, sizeof *slots);
    if (slots == NULL)
        return false;
    for (size_t i = 0; i < p->size; i++)
        if (p->slots[i].key != 0)
            *slot(slots, size, p->slots[i].key) = p->slots[i];
    free(p->slots);
    p->slots = slots;
    p->size = size;
    return true;
}

static struct person *get(struct people *p, uint64_t key)
{
    struct person *person = slot(p->slots, p->size, key);

    if (person->key == key)
        return person;
    if (p->used * 4 >= p->size * 3) {
        if (!grow(p))
            return NULL;
        person = slot(p->slots, p->size, key);
    }
    *person = (struct person){ .key = key, .left = p->limits.pair_burst };
    p->used++;
    return person;
}

bool people_heard(struct people *p, uint64_t key, int64_t last_message_ms)
{
    struct person *person = get(p, key);

    if (person != NULL)
        person->last_message_ms = last_message_ms;
    return person != NULL;
}

int64_t people_last_message(const struct people *p, uint64_t key)
{
    const struct person *person = slot(p->slots, p->size, key);

    return person->key == key ? person->last_message_ms : 0;
}

static void refill(double *left, int64_t *filled_ms, int64_t now_ms, double per_s, double max)
{
    if (*filled_ms != 0)
        *left += (double)(now_ms - *filled_ms) / 1000.0 * per_s;
    *filled_ms = now_ms;
    if (*left > max)
        *left = max;
}

enum people_verdict people_take(struct people *p, uint64_t key, int64_t mono_ms)
{
    const struct people_limits *limits = &p->limits;
    struct person *person = NULL;

    if (limits->number_per_s > 0) {
        refill(&p->number_left, &p->number_filled_ms, mono_ms, limits->number_per_s, limits->number_per_s);
        if (p->number_left < 1)
            return PEOPLE_NUMBER_LIMIT;
    }
    if (limits->pair_per_s > 0 && (person = get(p, key)) != NULL) {
        refill(&person->left, &person->filled_ms, mono_ms, limits->pair_per_s, limits->pair_burst);
        if (person->left < 1)
            return PEOPLE_PAIR_LIMIT;
        person->left -= 1;
    }
    if (limits->number_per_s > 0)
        p->number_left -= 1;
    return PEOPLE_OK;
}
