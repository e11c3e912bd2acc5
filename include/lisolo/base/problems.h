/*
 * problems - the one list to which script, flow, wording and channel report what is wrong with
 * somebody's files. Belongs to one thread. At most PROBLEMS_MAX are kept; the rest are counted.
 */
#ifndef LISOLO_BASE_PROBLEMS_H
#define LISOLO_BASE_PROBLEMS_H

#include <stdbool.h>
#include <stddef.h>

enum { PROBLEMS_MAX = 200 };
enum problem_severity { PROBLEM_ERROR, PROBLEM_WARNING, PROBLEM_NOTE };

struct problem {
    enum problem_severity severity;
    char  code[8];      /* "C012": stable, never translated */
    char *file;         /* as in "flows/course.lua"; "" when none */
    int   line;         /* 1-based; 0 unknown */
    int   column;       /* 1-based, in code points; 0 unknown */
    char *text;         /* what is wrong, one line */
    char *hint;         /* what to do, one line; "" when none */
};

struct problems {
    struct problem *list;
    size_t          count;
    size_t          errors;     /* counted even when the list is full */
    size_t          warnings;
    size_t          dropped;
};

void problems_init(struct problems *p);
void problems_free(struct problems *p);

/* `hint` may be NULL. The text is printf-style and cut at 511 bytes. */
void problems_add(struct problems *p, enum problem_severity severity, const char *code, const char *file,
                  int line, int column, const char *hint, const char *format, ...)
    __attribute__((format(printf, 8, 9)));

/* By file, line, column, code; errors keep their order otherwise. */
void problems_sort(struct problems *p);

#endif
