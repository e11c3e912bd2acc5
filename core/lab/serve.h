/*
 * serve - runs a stand-in on the calling thread until SIGTERM or SIGINT.
 */
#ifndef LAB_SERVE_H
#define LAB_SERVE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "lisolo/base/error.h"

struct served {
    void (*step)(void *ctx, int timeout_ms);
    void (*wake)(void *ctx);   /* any thread */
    void  *ctx;
};

/* Call before anything starts a thread: those signals must reach nobody but serve_loop(). SIGPIPE is ignored from then on. */
void serve_block(sigset_t *before);
void serve_unblock(const sigset_t *before);
/* Prints "ready <name> http://<address>:<port>", then steps. */
bool serve_loop(const struct served *served, const char *name, const char *address, uint16_t port, struct error *err);

#endif
