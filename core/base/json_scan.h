/*
 * json_scan - reads JSON text once, strictly, before cJSON sees it.
 */
#ifndef CORE_BASE_JSON_SCAN_H
#define CORE_BASE_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "lisolo/base/error.h"

/*
 * Holds `text` against RFC 8259 and the refusals that json_parse() promises (all but keys that stand
 * twice). *long_integers: how many integers have so many digits that a double may lose some.
 */
bool json_scan(const char *text, size_t len, size_t *long_integers, struct error *err);

/* A copy of scanned text in which those integers stand in quotes: *out_len = len + 2 * long_integers. NULL: out of memory. */
char *json_quote_long_integers(const char *text, size_t len, size_t long_integers, size_t *out_len);

#endif
