/*
 * language - what changes from one language to the next: separators, plurals, dates, names.
 *
 * One table, from CLDR (checked against ICU 72). Adding a language is adding a row.
 */
#ifndef WORDING_LANGUAGE_H
#define WORDING_LANGUAGE_H

#include <stdbool.h>

enum language { LANGUAGE_FR, LANGUAGE_EN, LANGUAGE_LN, LANGUAGES, LANGUAGE_NONE = -1 };

enum plural { PLURAL_ONE, PLURAL_MANY, PLURAL_OTHER };

struct language_facts {
    const char *code;
    const char *name;
    const char *meta;           /* its code for templates; NULL: Meta does not offer it (whatsapp.md §6.2) */
    const char *group;          /* between thousands */
    const char *decimal;
    bool        currency_first;
    const char *yes, *no;
    const char *months[12];
    const char *days[7];        /* Sunday first */
    const char *date_long;      /* d, dd, M, MM, MONTH, DAY, y: see dates.c */
    const char *date_short;
    const char *date_day;
    bool        twelve_hours;
};

const struct language_facts *language_facts(enum language l);
/* "fr", and "fr_CG" or "fr-FR" by their first part. LANGUAGE_NONE: not in the table, or NULL. */
enum language                language_find(const char *code);
enum plural                  language_plural(enum language l, double number);

#endif
