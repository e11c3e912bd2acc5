/*
 * wire - JSON text as Meta puts it on the wire, and small things that every stand-in needs.
 *
 * Meta escapes everything that is not ASCII, and `/` (whatsapp.md §1.3, §13.1): hosts that sign a re-serialised body are
 * found only when the wire looks like that.
 */
#ifndef LAB_WIRE_H
#define LAB_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lisolo/base/buf.h"

/* A JSON string in quotes, pure ASCII. Bytes that are not UTF-8 become U+FFFD. NULL is written as null. */
bool wire_string(struct buf *b, const char *text);

/* "wamid." and base64 of 24 bytes: a run's random start, a number, and a hash of `to`. Unique for each (run, n). */
enum { WIRE_WAMID_SIZE = 6 + 32 + 1 };
void wire_wamid(char out[WIRE_WAMID_SIZE], uint64_t run, uint64_t n, uint64_t to);

/* FNV-1a with a seed. For tables of our own tools: nobody attacks those. */
uint64_t wire_hash(const void *data, size_t len, uint64_t seed);

/* Copies the digits of a phone number; "+", spaces, dashes and parentheses are skipped. 0 when anything else is in it or it
 * has no digits or more than 15 (E.164). A number fits 64 bits, so it is its own key. */
uint64_t wire_phone(const char *text);

#endif
