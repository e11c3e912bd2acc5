/*
 * file - small whole-file reads and writes that check everything.
 */
#ifndef LISOLO_BASE_FILE_H
#define LISOLO_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "lisolo/base/error.h"

/*
 * Reads a regular file whole (opened below `dir`, AT_FDCWD for the working directory; never follows
 * a symbolic link as last part). Refuses more than `limit` bytes and a file that changes meanwhile.
 * *text is NUL-terminated and the caller's to free().
 */
bool file_read(int dir, const char *name, size_t limit, char **text, size_t *len, struct error *err);

/* Writes to a temporary neighbour with `mode`, fsyncs it, renames it over `name`, fsyncs the folder. */
bool file_write(const char *name, const void *data, size_t len, unsigned mode, struct error *err);

/* Makes the folder and its missing parents (mode 0700). */
bool file_make_dir(const char *path, struct error *err);

#endif
