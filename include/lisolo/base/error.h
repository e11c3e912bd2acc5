/*
 * error - the one way in which Lisolo reports that something could not be done.
 *
 * Fixed text, never allocated, so that running out of memory can be reported too.
 * Messages start with the place ("flows/course.lua:14: …", "lisolo.conf.lua: graph.token: …").
 */
#ifndef LISOLO_BASE_ERROR_H
#define LISOLO_BASE_ERROR_H

#include <stdbool.h>

enum { ERROR_TEXT_MAX = 512 };

struct error {
    char text[ERROR_TEXT_MAX];
};

/* Writes the text (cut at ERROR_TEXT_MAX) and is false. `err` may be NULL. */
#define error_set(err, ...) error_false(error_write((err), __VA_ARGS__))

/* Puts "place: " before what `err` already says, and is false. */
#define error_prefix(err, ...) error_false(error_write_before((err), __VA_ARGS__))

bool error_write(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool error_write_before(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Inline, so that compilers and analyzers see that `return error_set(…)` never means success. */
static inline bool error_false(bool written)
{
    (void)written;
    return false;
}

#endif
