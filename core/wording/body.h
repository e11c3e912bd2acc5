/*
 * body - one line of a body while it is read: what body.c and directives.c share.
 */
#ifndef WORDING_BODY_H
#define WORDING_BODY_H

#include "private.h"

struct row {                  /* one line of the source, or what is left of it */
    const char *text;
    size_t      len;
    int         line, column;
};

void row_skip(struct row *row, size_t bytes);
void row_skip_spaces(struct row *row);
/* Where " :: " stands, NULL when it does not. */
const char *row_mark(const struct row *row);
/* "cannot read this line" */
void row_bad(const struct reader *r, const struct row *row, const char *hint);

/* These are false when memory is out only: problems are reported. */
bool row_phrase(struct reader *r, const struct row *row, struct phrase *out);
/* A line of text: checked as it is written, read, added. */
bool body_add_text(struct reader *r, const struct row *row, struct version *v, struct line line);

/* Moves behind the colon that text follows. False: reported. */
bool body_read_colon(struct reader *r, struct row *row, const char *hint);

/* directives.c: each gets what stands behind its word. */
bool body_read_rest(struct reader *r, struct row row, struct version *v);
bool body_read_contact(struct reader *r, struct row row, struct version *v);
bool body_read_link(struct reader *r, struct row row, struct version *v);

#endif
