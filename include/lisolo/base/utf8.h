/*
 * utf8 - text as people see it: lengths, folding, cutting. Built on utf8proc.
 */
#ifndef LISOLO_BASE_UTF8_H
#define LISOLO_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool   utf8_valid(const char *text, size_t len);

/* Code points, and UTF-16 units (WhatsApp does not say which it counts: whatsapp.md §14, so take the larger). */
size_t utf8_points(const char *text);
size_t utf8_units(const char *text);

/* Reads one code point at *at (moves it). -1 at the end or on a bad byte. */
int32_t utf8_next(const char **at);

/*
 * Folds for comparison: lower case, accents removed, typographic quotes and spaces of every kind
 * made plain, runs of spaces made one, ends trimmed, final dots, commas, ! and ? removed (unless the text
 * is nothing else: "?" stays a word). Lingala's open vowels become e and o, as they are typed.
 * Writes at most `size` bytes with the NUL; false when it does not fit or is not UTF-8.
 */
bool   utf8_fold(const char *text, char *out, size_t size);

/* Bytes of the longest prefix that has at most `points` code points and does not split a grapheme. */
size_t utf8_cut(const char *text, size_t points);

#endif
