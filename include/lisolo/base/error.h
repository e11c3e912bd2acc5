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

/* Writes the text (cut at ERROR_TEXT_MAX) and returns false. `err` may be NULL. */
bool error_set(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts "place: " before what `err` already says, and returns false. */
bool error_prefix(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
