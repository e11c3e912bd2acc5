/*
 * syntax - Lua's own syntax errors in words that name the slip (authoring.md §1.6).
 */
#ifndef LISOLO_SCRIPT_SYNTAX_H
#define LISOLO_SCRIPT_SYNTAX_H

#include "scan.h"
#include "texts.h"

struct slip {
    enum text_id text;
    int          line, column;
    char         a[160], b[64], c[64];     /* what fills {1} {2} {3} */
};

/*
 * Why the statement `b` does not compile; `message` is what Lua said, without its place, about `line`. Always finds something:
 * at worst what Lua said.
 */
void syntax_explain(const struct scan *s, const struct block *b, const char *message, int line, struct slip *out);

#endif
