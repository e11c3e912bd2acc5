/*
 * backend - the backend stand-in, stepped by its owner's thread: a server whose data and habits are one Lua file.
 *
 * The file runs once, with the standard library, `lab` and `options`, and returns a function that answers requests:
 *
 *   function(request) -> { status = 200, json = value, headers name/value = "…", latency_ms = 0, silence = true, reset = true }
 *   request: method, path, query.<name>, headers.<name> (any case), text, json (nil when it is none)
 *   lab.decode(text) -> value | nil, message      lab.encode(value) -> text
 *   lab.null                                      lab.list(table) -> the table, encoded as an array also when empty
 *   lab.now_ms(), lab.random(bytes) -> hex
 *   lab.emit(id, value, delay_ms) -> true | nil, message        posts a signed event until the host takes it
 *   lab.events() -> { made, posts, taken, retries, dropped }
 *
 * An error in the function is answered with 500 and logged; the server goes on.
 */
#ifndef LAB_BACKEND_H
#define LAB_BACKEND_H

#include "lisolo/lab.h"

struct backend;

struct backend *backend_open(const struct lab_backend_options *options, struct error *err);
void            backend_close(struct backend *b);   /* NULL is fine */
uint16_t        backend_port(const struct backend *b);
void            backend_step(struct backend *b, int timeout_ms);
void            backend_wake(struct backend *b);    /* any thread */

#endif
