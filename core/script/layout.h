/*
 * layout - a script laid out as the shipped ones are. Private to layout*.c; script_layout() is the door.
 *
 * A file is taken apart into items: its tokens and its comments, in order. Only what is between two items is made anew, and a
 * comma is put behind the last field of a table over several lines (or taken away when it is on one). So the words cannot
 * change; tests/unit/script/test_layout.c holds every mutation of every shipped script to that.
 */
#ifndef LISOLO_SCRIPT_LAYOUT_H
#define LISOLO_SCRIPT_LAYOUT_H

#include "lisolo/base/buf.h"
#include "scan.h"

enum { LAYOUT_BYTES_MAX = 1024 * 1024, LAYOUT_INDENT = 2 };

struct item {
    const char *text;
    size_t      len;
    bool        comment;
    enum token_type type;
    int         nesting;          /* as in scan.h */
    int         newlines, gap;    /* written before it: line ends, then columns of blanks */
    int         column;           /* as written, 0-based, tabs as one */
    size_t      partner;          /* of what opens or closes; itself otherwise */
    int         pad;              /* for the `=` of an aligned field: the column behind its name; 0: none */
    /* as laid out */
    int         indent;           /* of its line */
    int         at;               /* its own column */
};

struct items { struct item *list; size_t count, cap; };

/* False: out of memory. */
bool items_take(const struct scan *s, struct items *out);
bool item_is(const struct items *x, size_t i, const char *text);      /* a token of this text; false for comments and beyond the end */
bool item_first(const struct items *x, size_t i);                     /* the first of its line */
size_t item_before(const struct items *x, size_t i);                  /* the token before it, over comments; count when none */
int  layout_width(const char *text, size_t len);                        /* code points */

/* Commas behind last fields. False: out of memory. */
bool items_commas(struct items *x);
/* `=` below each other in every table. False: out of memory. */
bool items_align(struct items *x);
void items_print(struct items *x, struct buf *out);

/* Blanks and quotes that Lua does not know outside texts. False: nothing had to be changed, or out of memory (then `out` has failed). */
bool layout_mend(const struct scan *s, struct buf *out);

#endif
