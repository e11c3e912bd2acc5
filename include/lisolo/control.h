/*
 * control - a running host: its threads, its unix socket, its reload; and the client's side of that socket.
 *
 * host.c is the one file that owns threads: the store's, the workers', the sender's and intake's. The thread that calls
 * host_run() takes signals and serves the control socket, so reloads and questions of operators happen there, one at a time.
 */
#ifndef LISOLO_CONTROL_H
#define LISOLO_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lisolo/base/error.h"
#include "lisolo/base/json.h"
#include "lisolo/base/problems.h"
#include "lisolo/script.h"

#define LISOLO_VERSION "0.1.0"

enum { HOST_SECRETS_MAX = 4, HOST_SOURCES_MAX = 8, HOST_NUMBERS_MAX = 1 };

struct host_source {                 /* another system that signs its events (Standard Webhooks) */
    char *name;
    char *path;                      /* "/events/toktok"; NULL: secrets of a `source` of the scripts */
    char *subject;                   /* JSON path of the routing key; NULL: the event's id */
    char *secrets[HOST_SECRETS_MAX];
    size_t secret_count;
};

/* Everything that a host is told. Strings belong to the configuration (host_config_free()). */
struct host_config {
    char *file;                      /* where it was read from; "" built in */
    char *database;
    char *scripts;                   /* folder with flows/ and templates/ */
    char *country;                   /* ISO 3166, reads numbers without a country */
    char *socket;                    /* control socket */
    char *address;                   /* intake */
    uint16_t port;
    char *verify_token;
    char *app_secrets[HOST_SECRETS_MAX];
    size_t app_secret_count;
    struct host_source sources[HOST_SOURCES_MAX];
    size_t source_count;
    char *graph_base, *graph_version, *graph_token, *number;
    double number_per_s, pair_burst, pair_per_s;
    char *backend_base, *backend_token;
    bool  plain_http;                /* stand-ins on loopback: http and private addresses are allowed out */
    bool  test_clock;                /* `clock advance` is allowed */
    unsigned workers;
    unsigned connections;            /* out, to the Graph API */
    struct script_limits limits;
};

void host_config_free(struct host_config *c);

/* Reads the configuration again for a reload: fills a fresh one. NULL: nothing is read again. */
typedef bool (*host_reread)(void *ctx, struct host_config *fresh, struct error *err);
/* Progress of the start: "scripts", "9 flows, 41 messages". */
typedef void (*host_progress)(void *ctx, const char *step, const char *detail);

struct host_options {
    struct host_config *config;      /* borrowed while the host lives */
    host_reread   reread;
    host_progress progress;
    void         *ctx;
};

struct host;

/* Starts everything. NULL: err, or problems when the scripts are wrong; nothing is left running. */
struct host *host_start(const struct host_options *options, struct problems *problems, struct error *err);
uint16_t     host_port(const struct host *h);
/* Until SIGTERM or SIGINT: takes signals and serves the control socket. Returns an exit code. */
int          host_run(struct host *h);
/* As host_run(), but returns after at most wait_ms. False: a signal asked to stop. */
bool         host_serve(struct host *h, int wait_ms);
/* In order: no new webhook, no new turn, what is in flight ends, the store closes. */
void         host_stop(struct host *h);

/* Blocks the signals that host_run() takes. Before any thread is started. */
bool host_block_signals(struct error *err);

/* ---- the client's side ---- */

/* Sends one request and waits for its answer: {"ok":bool,…}. NULL: err says why the host could not be reached. */
cJSON *control_ask(const char *socket_path, const cJSON *request, int timeout_ms, struct error *err);

#endif
