/*
 * project - a set of script files in memory: tests/broken/base.txt with files of one's own beside or in place of its files.
 */
#ifndef TEST_PROJECT_H
#define TEST_PROJECT_H

#include <stdbool.h>
#include <stddef.h>

#include "lisolo/base/problems.h"

enum { PROJECT_FILES_MAX = 24 };

struct project_file { char *name, *text; bool own; };

struct project { struct project_file files[PROJECT_FILES_MAX]; size_t count; };

/* All of these end the program when something is missing: a test cannot go on then. */
void  project_open(struct project *p);                         /* the base alone */
void  project_copy(struct project *to, const struct project *from);
void  project_free(struct project *p);
void  project_put(struct project *p, const char *name, const char *text, size_t len);
void  project_rename(struct project *p, const char *from, const char *to);
/* The text of one of its files, NULL when there is none; writes through project_put(). */
const char *project_text(const struct project *p, const char *name);
/* Reads "-- file: NAME" parts; gives each line before the first one to `line` (may be NULL). */
void  project_read(struct project *p, const char *path, void (*line)(void *ctx, const char *text), void *ctx);
/* Everything that lisolo check would report. The caller frees it. */
void  project_check(const struct project *p, enum problem_language language, struct problems *out);

#endif
