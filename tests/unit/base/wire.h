/*
 * wire - sockets on loopback, byte by byte: what a client library or a server of ours would not let a test do.
 */
#ifndef TESTS_BASE_WIRE_H
#define TESTS_BASE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WIRE_WAIT_MS = 10000 };       /* a test that waits longer has failed */

struct wire_answer {
    int    status;                   /* 0: closed before a whole answer */
    bool   reset;                    /* by RST, not by FIN */
    char   head[2048];
    char  *body;                     /* free(); NUL-terminated */
    size_t len;
};

int     wire_dial(uint16_t port);                            /* 127.0.0.1 */
bool    wire_put(int fd, const void *data, size_t len);      /* false: the other side is gone */
bool    wire_puts(int fd, const char *text);
/* One answer with a Content-Length, or the end. */
void    wire_answer(int fd, struct wire_answer *out);
void    wire_answer_free(struct wire_answer *a);
/* Sends, reads one answer, returns its status. */
int     wire_ask(int fd, const char *text);
/* Nothing comes and nothing ends for so long. */
bool    wire_quiet(int fd, int ms);
/* The other side has closed, within WIRE_WAIT_MS; what it said before is thrown away. */
bool    wire_closed(int fd);

int      wire_listen(uint16_t *port);
int      wire_accept(int listener);
/* One request with its body by Content-Length; false when the connection ends before. */
bool     wire_request(int fd, char *text, size_t size);

int64_t wire_ms(void);
void    wire_sleep(int ms);
void    wire_files(void);            /* thousands of sockets may be open */

#endif
