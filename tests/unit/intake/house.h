/*
 * A house with intake in it: a memory store stepped by one thread, intake by another, a clock that stands still, and what the
 * store's hooks told. Include it instead of cmocka.h.
 */
#ifndef TESTS_INTAKE_HOUSE_H
#define TESTS_INTAKE_HOUSE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>

#include "lisolo/intake.h"

#define NOW_MS     INT64_C(1793000060000)
#define NOW_S      (NOW_MS / 1000)
#define NUMBER     "555000111222333"
#define APP_SECRET "app-secret-example"                          /* whatsapp.md §13.1 */
#define KEY_A      "whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcY"        /* bytes 1 to 24 */
#define KEY_B      "ISIjJCUmJygpKissLS4vMDEyMzQ1Njc4"              /* bytes 33 to 56 */
#define SOURCE     "/events/toktok"

struct heard {
    int64_t  conv;
    uint64_t seq;
    bool     person;
    char     phone[32];
    char    *body;
};

struct house {
    struct clock_fake clock;
    struct store     *store;
    struct intake    *in;
    pthread_t         store_thread, intake_thread;
    atomic_bool       stop_store, stop_intake, pause, resting, ready;
    pthread_mutex_t   lock;
    struct heard     *heard;
    size_t            heard_count, heard_room;
};

struct answer {
    int    status;               /* 0: closed without one */
    char   head[2048];
    char  *body;
    size_t len;
};

/* A source "toktok" at SOURCE with KEY_A and the subject data.numero_mission; one app secret; verify token "bonjour". */
void house_secrets(struct intake_secrets *s);
void house_open(struct house *h);
void house_open_with(struct house *h, const struct intake_secrets *secrets, size_t queue_bytes);
void house_close(struct house *h);
void house_pause(struct house *h, bool pause);       /* the store takes nothing meanwhile */
void house_fill(struct house *h, bool full);         /* the disk */

size_t house_heard(struct house *h);
struct heard house_event(struct house *h, size_t index);
int64_t house_count(struct house *h, const char *name);     /* of intake_report() */

/* `headers`: whole lines, each with its CRLF. `body` NULL: only the head is sent. */
int  house_ask(struct house *h, const char *method, const char *target, const char *headers, const void *body, size_t len, struct answer *out);
void answer_free(struct answer *a);
int  house_send(struct house *h, const char *method, const char *target, const char *headers, const void *body, size_t len);

/* A line with the signature. Free with free(). */
char *sign_meta(const char *secret, const void *body, size_t len);
int   post_meta(struct house *h, const void *body, size_t len);            /* signed with APP_SECRET */
int   post_text(struct house *h, const char *body);

/* "v1,…" of the secret. */
void sign_event(const char *secret, const char *id, const char *time, const void *body, size_t len, char out[64]);
/* Posts with these headers; a NULL one is left out. */
int  post_event(struct house *h, const char *id, const char *time, const char *signature, const void *body, size_t len);
/* Signed with KEY_A now. */
int  post_signed(struct house *h, const char *id, const char *body);

/* A webhook that holds one text message of +242066123456. */
char *message_body(const char *wamid, const char *text);

void wait_ms(int ms);

#endif
