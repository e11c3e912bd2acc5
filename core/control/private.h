/*
 * What the files of the control module share.
 *
 *   host.c     the threads, start and stop
 *   server.c   the unix socket: one line of JSON in, one out
 *   answers.c  what each request does: reload, status, why, parked, clock
 *   person.c   what is kept about somebody, and forgetting it
 *   sources.c  the sources of the live scripts, for intake
 *   staff.c    who is with staff
 *   bill.c     what the steps cost
 *   notify.c   systemd's readiness protocol
 *   client.c   the other end, for the subcommands
 */
#ifndef CONTROL_PRIVATE_H
#define CONTROL_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "lisolo/base/fetch.h"
#include "lisolo/base/queue.h"
#include "lisolo/control.h"
#include "lisolo/engine.h"
#include "lisolo/intake.h"
#include "lisolo/sender.h"
#include "lisolo/store.h"

struct server;

struct host {
    struct host_options   o;
    struct host_config   *c;
    struct store         *store;
    struct engine        *engine;
    struct engine_worker *workers[ENGINE_WORKERS_MAX];
    struct fetch         *fetch;
    struct sender        *sender;
    struct intake        *intake;
    struct server        *server;
    struct queue         *answers;        /* finished store queries */
    pthread_t             store_thread, sender_thread, intake_thread, worker_threads[ENGINE_WORKERS_MAX];
    bool                  store_runs, sender_runs, intake_runs;
    unsigned              workers_run;
    _Atomic bool          stop_store, stop_sender, stop_intake;
    _Atomic bool          store_ready;
    int                   signal_fd;
    int64_t               started_ms;
    int64_t               reloads_ok, reloads_refused;
    bool                  last_reload_ok;
    char                  secrets_of[HOST_SOURCES_MAX][TALK_NAME_MAX + 1];    /* sources of the scripts that the configuration has secrets for */
    char                  database_lock[512];
};

/* server.c */
struct server *server_open(const char *path, struct error *err);
void           server_close(struct server *s);
/* Waits for a request, `also_fd` to become readable, or the time. True: also_fd is readable. */
bool           server_step(struct server *s, struct host *h, int also_fd, int wait_ms);

/* host.c */
bool           host_set_secrets(struct host *h, const struct host_config *fresh, struct error *err);   /* intake's */
void           host_wake(struct host *h);      /* time was moved: everybody looks at the clock again */

/* answers.c */
enum { HOST_ANSWER_MS = 10 * 1000 };           /* how long the store may take before the log says so */
/* The store's answer, or NULL when nothing was found; *late: it did not come. */
cJSON         *host_ask(struct host *h, enum store_question what, const char *subject, bool *late);
void           host_nudge(struct host *h);     /* makes the store's thread go round once */
/* never NULL unless out of memory */
cJSON *answer_request(struct host *h, const cJSON *request);
/* Reads scripts and secrets again. Fills the answer: ok, generation, problems (in that language), ms, restart (keys that need one). */
void   host_reload(struct host *h, enum problem_language language, cJSON *answer);

/* person.c */
void   answer_person(struct host *h, const cJSON *request, cJSON *answer);

/* sources.c */
void   host_know_secrets(struct host *h, const struct host_config *c);
/* Tells intake where the scripts' sources post, and the log which of them have no secret. */
bool   host_set_routes(struct host *h, const struct generation *g, struct error *err);

/* staff.c, bill.c */
void   answer_handover(struct host *h, const cJSON *request, cJSON *answer);
void   answer_bill(struct host *h, const cJSON *request, cJSON *answer);

/* notify.c */
void notify(const char *state);

#endif
