/*
 * picture - flows as nodes and edges, and the forms in which they are drawn. What belongs to a generation is borrowed from it.
 */
#ifndef CLI_PICTURE_H
#define CLI_PICTURE_H

#include "lisolo/base/buf.h"
#include "lisolo/script.h"

enum node_kind { NODE_STEP, NODE_START, NODE_END, NODE_MENU, NODE_EVENT, NODE_FLOW /* one that is not drawn itself */ };

enum { WORDS_MAX = 200, LABEL_MAX = 400, PICTURE_BYTES_MAX = 16 * 1024 * 1024, PICTURE_WORDS = 44 /* code points of a message */ };

struct picture_node {
    enum node_kind     kind;
    const struct flow *flow;          /* whose box it stands in; NULL: beside all */
    const struct step *step;
    const char        *name;
    char               words[WORDS_MAX];      /* of its message, or the words that start a flow; "" */
};

struct picture_edge {
    size_t from, to;
    bool   beside;                    /* not the way that a customer goes by answering: run, tap, give_up, expire, fail */
    char   label[LABEL_MAX];
};

struct picture {
    const struct flows  *flows;
    const struct flow   *only;        /* NULL: all */
    struct picture_node *nodes;
    size_t               node_count, node_cap;
    struct picture_edge *edges;       /* by `from`, in the order of the step's exits */
    size_t               edge_count, edge_cap;
    bool                 failed;
};

/* `only` NULL: all flows, the menu and the events. False: out of memory. Free with picture_free() in either case. */
bool picture_make(const struct flows *flows, const struct flow *only, struct picture *out);
void picture_free(struct picture *p);

void picture_text(const struct picture *p, struct buf *out);
void picture_mermaid(const struct picture *p, struct buf *out);
void picture_dot(const struct picture *p, struct buf *out);

#endif
