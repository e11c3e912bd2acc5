/*
 * graph_people - what the Graph API knows about the people of a business number: their 24-hour window (when told), and how
 * fast they and the number were written to. Belongs to one thread.
 */
#ifndef LAB_GRAPH_PEOPLE_H
#define LAB_GRAPH_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct people;

struct people_limits {
    double number_per_s;   /* <= 0: none */
    double pair_per_s;     /* <= 0: none */
    double pair_burst;
};

struct people *people_new(const struct people_limits *limits);   /* NULL: out of memory */
void           people_free(struct people *p);
void           people_clear(struct people *p);
size_t         people_count(const struct people *p);

/* 0: nothing is known, and the window is not checked. Negative: never wrote. False: out of memory. */
bool    people_heard(struct people *p, uint64_t person, int64_t last_message_ms);
int64_t people_last_message(const struct people *p, uint64_t person);

enum people_verdict { PEOPLE_OK, PEOPLE_NUMBER_LIMIT, PEOPLE_PAIR_LIMIT };

/* Counts one message; not when it is over a limit. */
enum people_verdict people_take(struct people *p, uint64_t person, int64_t mono_ms);

#endif
