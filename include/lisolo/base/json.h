/*
 * json - the one door to cJSON: strict in what it reads, exact in what it writes.
 *
 * cJSON 1.7.15 holds every number as a double, so integers of 16 or more digits are turned into
 * strings before it sees them; it stops at a NUL, so \u0000 is refused, and it does not look at
 * UTF-8, so we do. Any thread; a tree belongs to one thread at a time.
 */
#ifndef LISOLO_BASE_JSON_H
#define LISOLO_BASE_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lisolo/base/error.h"

enum {
    JSON_DEPTH_MAX = 32,   /* research: hash flooding and recursion, hosts.md §2.3 */
};

/*
 * Parses exactly `len` bytes. Refuses: invalid UTF-8, \u0000, control characters in strings,
 * trailing text, more than JSON_DEPTH_MAX levels, numbers that JSON does not know (01, 1., NaN),
 * lone surrogates, an object that has one key twice. The error says at which byte.
 * Free with cJSON_Delete().
 */
cJSON *json_parse(const char *text, size_t len, struct error *err);

/* Of an error of json_parse(): the text may be right, there was no memory to read it. */
bool json_no_memory(const struct error *err);

/* Without white space. Integers up to 2^53 are printed as integers. Free with free(). NULL: out of memory. */
char  *json_print(const cJSON *tree, size_t *len);

/* Members of an object, case-sensitive. The string is NULL and the item NULL when absent or of another type. */
const cJSON *json_get(const cJSON *object, const char *key);
const char  *json_str(const cJSON *object, const char *key);
bool         json_int(const cJSON *object, const char *key, int64_t *out);   /* number, or a string of digits */
bool         json_bool(const cJSON *object, const char *key);                /* false when absent */

/* "a.b.2.c": members and 1-based array items. NULL when something on the way is missing. "." is the root. */
const cJSON *json_path(const cJSON *root, const char *path);

/*
 * Add to an object or append (key NULL) to an array. A NULL value adds nothing and is fine. False: out of memory.
 * An integer beyond 2^53 is added as a text of its digits, as json_parse() reads it.
 */
bool json_add_str(cJSON *to, const char *key, const char *value);
bool json_add_int(cJSON *to, const char *key, int64_t value);
bool json_add_bool(cJSON *to, const char *key, bool value);
bool json_add(cJSON *to, const char *key, cJSON *value);   /* takes value, also when it fails */

#endif
