/*
 * later - answers that a stand-in gives later than it could: added latency, silence, a connection to be cut.
 *
 * Belongs to the thread that steps the server. Times are the server clock's monotonic milliseconds.
 */
#ifndef LAB_LATER_H
#define LAB_LATER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "due.h"
#include "lisolo/base/web.h"

/* How long a silent stand-in keeps a request before it cuts the connection: longer than any client waits. */
enum { LATER_SILENCE_MS = 10 * 60 * 1000 };

struct answer {
    int    status;        /* 0: cut the connection instead */
    char  *body;          /* taken; NULL (out of memory) is answered with 500 */
    size_t len;
    char   name[64], value[128];   /* one more header; name "" is none */
};

/* Gives the answer now (application/json) and frees its body. */
void answer_give(struct web_request *rq, struct answer *a);

struct later { struct due due; };   /* starts zeroed */

void later_cut(struct later *l);    /* cuts what still waits and frees all memory */

/* Takes the request and the answer's body; answers at once when delay_ms is 0, cuts the connection when out of memory. */
void later_add(struct later *l, int64_t now_ms, int64_t delay_ms, struct web_request *rq, struct answer *a);
void later_step(struct later *l, int64_t now_ms);

#endif
