/*
 * graph - the Graph API stand-in, stepped by its owner's thread. What it does is said in lab.h.
 */
#ifndef LAB_GRAPH_H
#define LAB_GRAPH_H

#include "lisolo/lab.h"

struct graph;

struct graph *graph_open(const struct lab_graph_options *options, struct error *err);
void          graph_close(struct graph *g);   /* NULL is fine */
uint16_t      graph_port(const struct graph *g);
void          graph_step(struct graph *g, int timeout_ms);
void          graph_wake(struct graph *g);    /* any thread */

#endif
