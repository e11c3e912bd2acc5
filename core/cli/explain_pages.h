/*
 * explain_pages - a page for every code that a problem can have: what it means and why in French and English, a wrong example and a
 * right one. The pages are the Markdown files below core/cli/explain, one a family, built into the program.
 */
#ifndef CLI_EXPLAIN_PAGES_H
#define CLI_EXPLAIN_PAGES_H

#include <stdbool.h>
#include <stddef.h>

struct span { const char *text; size_t len; };

struct page {
    char        code[8];
    const char *family;            /* "Flows" */
    struct span title[2], body[2]; /* by enum problem_language */
    struct span wrong, right;      /* fenced blocks, each with the name of its file behind ```lua */
};

struct example { struct span file, text; };

/* False past the last one. In the order of the files. */
bool page_at(size_t index, struct page *out);
bool page_find(const char *code, struct page *out);          /* "c110" is C110 */

/* The next fenced block of an example; moves *rest behind it. False: there is none. */
bool page_example(struct span *rest, struct example *out);

#endif
