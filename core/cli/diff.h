/*
 * diff - what differs between two texts, line by line, as `diff -u` shows it.
 */
#ifndef CLI_DIFF_H
#define CLI_DIFF_H

#include "lisolo/base/buf.h"

/* Adds nothing when they are equal. Ends in " ⏎" what has no line end. False: out of memory. */
bool diff_texts(struct buf *out, const char *name, const char *before, const char *after);

#endif
