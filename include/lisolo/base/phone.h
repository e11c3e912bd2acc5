/*
 * phone - telephone numbers: what people type to E.164 and back to how a country writes it.
 *
 * A small table of numbering plans; a country that is not in it accepts only numbers written with + or 00.
 */
#ifndef LISOLO_BASE_PHONE_H
#define LISOLO_BASE_PHONE_H

#include <stdbool.h>
#include <stddef.h>

enum { PHONE_MAX = 24 };   /* "+" and up to 15 digits (E.164), with room for the spaces of phone_show() */

/*
 * "06 612 34 56", "00242 06-612-3456", "(+242) 06.612.34.56" with country "CG" -> "+242066123456".
 * Without + or 00 the number is read as one of `country` (ISO 3166 alpha-2, may be NULL: then refused).
 * Digits of any script and spaces of any kind are read; letters refuse. False: not a possible number.
 */
bool phone_parse(const char *text, const char *country, char out[PHONE_MAX]);

/* "+242066123456" -> "+242 06 612 34 56", with no-break spaces (U+00A0). Unknown plans: unchanged. `size` >= 64. */
void phone_show(const char *e164, char *out, size_t size);

/* Is the country in the table? */
bool phone_country_known(const char *country);

#endif
