/*
 * french - the French of every text that problems and the command line show, by its English. One table a subject, so that a
 * translator finds his way; an English text stands in one of them only.
 */
#ifndef LISOLO_BASE_FRENCH_H
#define LISOLO_BASE_FRENCH_H

#include <stddef.h>

struct french { const char *english, *french; };

/* NULL when there is none. */
const char *french_of(const char *english);

/* Each ends with a NULL entry. */
extern const struct french FRENCH_FLOW[], FRENCH_WORDING[], FRENCH_SCRIPT[], FRENCH_CLI[], FRENCH_COMMANDS[];

#endif
