/* The parts of the load generator: load.c is the loop, load_send.c makes requests, load_graph.c plays the Graph API. */
#ifndef LAB_LOAD_PRIVATE_H
#define LAB_LOAD_PRIVATE_H

#include "due.h"
#include "graph_record.h"
#include "histogram.h"
#include "lisolo/lab.h"
#include "load_http.h"
#include "sign.h"
#include "wire.h"

enum { LOAD_TEXTS_MAX = 64, LOAD_CODES_MAX = 32, LOAD_SERVER_MAX = 4096 };

struct person {
    int64_t  start_us;         /* when its message was due or sent */
    uint32_t said;             /* messages so far: names the message */
    uint32_t replies;          /* received for the message under way */
    bool     busy, queued, acked, counted;
    uint32_t timestamp;
};

struct status_post {           /* a status to be posted */
    struct status_post *next;
    size_t len;
    char   body[];
};

enum work { WORK_NONE, WORK_MESSAGE, WORK_STATUS };

struct load_conn {
    struct http http;
    bool        server;        /* the host came to us */
    bool        connecting;
    uint32_t    index;
    enum work   work;
    uint32_t    person;
    struct status_post *post;
};

struct request_form {          /* a whole request with places for what changes; one for each text */
    char  *bytes;
    size_t len, head, signature, from, contact, wamid, timestamp;
};

struct load {
    const struct lab_load_options *options;
    struct http_url  url;
    struct signer   *signer;
    struct record   *record;
    uint64_t         run, made;
    int              epoll, listener;
    uint16_t         port;

    struct load_conn *clients, *servers;
    uint32_t         client_count;
    uint32_t        *idle;     /* clients without work */
    uint32_t         idle_count;

    struct person   *people;
    uint32_t         people_count;
    uint32_t        *ready;    /* ring of people who have something to say */
    uint32_t         ready_head, ready_count;
    uint32_t        *rested;   /* ring of people who have nothing under way (fixed rate) */
    uint32_t         rested_head, rested_count;
    struct status_post *status_head, **status_tail;
    struct due       again;    /* people (index + 1) whose message is posted once more */

    struct request_form forms[LOAD_TEXTS_MAX];
    uint32_t         form_count;
    char            *scratch;  /* one request while it is made */

    int64_t          begin_us, count_from_us, count_to_us, end_us;
    uint64_t         released; /* at a fixed rate: messages that were due */

    struct histogram acks, replies;
    uint64_t sent, completed, acked, answered, extra, strangers, resent, reconnects, lost, reads, statuses;
    struct { int code; uint64_t count; } host_codes[LOAD_CODES_MAX], graph_codes[LOAD_CODES_MAX];
};

int64_t load_now_us(void);
bool    load_counting(const struct load *l, int64_t now_us);   /* in the measured part */
void    load_count_code(int code, void *codes);

/* load_send.c */
bool load_forms(struct load *l, struct error *err);
void load_forms_free(struct load *l);
bool load_send_message(struct load *l, struct load_conn *c, uint32_t person);
bool load_send_status(struct load *l, struct load_conn *c, const struct status_post *post);
uint64_t load_phone(uint32_t person);
/* False: not one of ours. */
bool load_person(const struct load *l, uint64_t phone, uint32_t *person);

/* load_graph.c: answers one request of the host; false: the connection is broken. */
bool load_answer(struct load *l, struct load_conn *c, const struct http_message *m);

/* load.c: a reply for this person is here. */
void load_replied(struct load *l, uint32_t person, int64_t now_us);

/* load_report.c */
bool load_report(const struct load *l, double cpu_s, struct error *err);

#endif
