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
enum problem_language { PROBLEMS_ENGLISH, PROBLEMS_FRENCH };

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
    enum problem_language language;
};

/* Speaks English until it is told otherwise; problems_free() leaves it an empty list of the same language. */
void problems_init(struct problems *p);
void problems_speak(struct problems *p, enum problem_language language);
void problems_free(struct problems *p);

/*
 * The same text in the list's language, from one table (core/base/french*.c); itself where the table has nothing. Callers keep
 * their texts as English literals: `make lint` finds those without French, a test compares the conversions.
 */
const char *problems_text(const struct problems *p, const char *english) __attribute__((format_arg(2)));
const char *problem_text_in(enum problem_language language, const char *english) __attribute__((format_arg(2)));

/* `hint` may be NULL. The text is printf-style and cut at 511 bytes. Both are looked up with problems_text(); what was made by
 * snprintf() must have been made from a translated format. */
void problems_add(struct problems *p, enum problem_severity severity, const char *code, const char *file,
                  int line, int column, const char *hint, const char *format, ...)
    __attribute__((format(printf, 8, 9)));

/* By file, line, column, code; errors keep their order otherwise. */
void problems_sort(struct problems *p);

#endif
