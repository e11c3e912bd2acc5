/* The parts of the load generator; each file has one, and what it shows to the others stands at the end. */
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
    bool     busy, acked;
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
    bool        waiting;       /* the host's request is answered later: `asked` */
    struct http_message asked;
    uint32_t    index;
    enum work   work;
    uint32_t    person;
    struct status_post *post;
};

struct code_count {
    int      code;
    uint64_t count;            /* 0: a free place */
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
    struct due       later;    /* connections from the host whose answer waits (graph_ms) */

    struct request_form forms[LOAD_TEXTS_MAX];
    uint32_t         form_count;
    char            *scratch;  /* one request while it is made */

    int64_t          begin_us, count_from_us, count_to_us, end_us;
    uint64_t         released; /* at a fixed rate: messages that were due */

    struct histogram acks, replies;
    uint64_t sent, completed, acked, answered, extra, strangers, resent, reconnects, lost, reads, statuses;
    struct code_count host_codes[LOAD_CODES_MAX], graph_codes[LOAD_CODES_MAX];
};

int64_t load_now_us(void);
void    load_count_code(struct code_count codes[LOAD_CODES_MAX], int code);

/* load_people.c: who writes next. */
bool load_over(const struct load *l, int64_t now_us);            /* nothing new is begun */
bool load_counting(const struct load *l, int64_t now_us);        /* in the measured part */
void load_begin(struct load *l);
void load_release_due(struct load *l, int64_t now_us);           /* at a fixed rate */
/* The next person with something to say; false: nobody. */
bool load_next_person(struct load *l, int64_t now_us, uint32_t *person);
void load_acked(struct load *l, uint32_t person, int64_t now_us);
void load_replied(struct load *l, uint32_t person, int64_t now_us);
void load_say_again(struct load *l, uint32_t person, int64_t now_us);   /* after a while, the same message */
void load_take_again(struct load *l, int64_t now_us);
void load_sweep_people(struct load *l, int64_t now_us);          /* gives up on replies that are too late */
int64_t load_patience_us(const struct load *l);
bool load_resting(const struct load *l);

/* load_host.c: connections to the host. */
void load_connect(struct load *l);                               /* those that are closed */
void load_host_event(struct load *l, struct load_conn *c, uint32_t events, int64_t now_us);
void load_start_work(struct load *l);
bool load_watch(struct load *l, struct load_conn *c, int operation);

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

/* load_report.c */
bool load_report(const struct load *l, double cpu_s, struct error *err);

#endif
