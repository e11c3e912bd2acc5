#include "language.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static const struct language_facts FACTS[LANGUAGES] = {
    [LANGUAGE_FR] = {
        .code = "fr", .name = "French", .meta = "fr",
        .group = "\u202F", .decimal = ",",
        .yes = "oui", .no = "non",
        .months = { "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
                    "novembre", "décembre" },
        .days = { "dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi" },
        .date_long = "{d1} {MONTH} {y}", .date_short = "{dd}/{MM}/{y}", .date_day = "{DAY} {d1} {MONTH}",
    },
    [LANGUAGE_EN] = {
        .code = "en", .name = "English", .meta = "en",
        .group = ",", .decimal = ".", .currency_first = true,
        .yes = "yes", .no = "no",
        .months = { "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                    "November", "December" },
        .days = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday" },
        .date_long = "{MONTH} {d}, {y}", .date_short = "{M}/{d}/{y}", .date_day = "{DAY}, {MONTH} {d}",
        .twelve_hours = true,
    },
    [LANGUAGE_LN] = {
        .code = "ln", .name = "Lingala", .meta = NULL,
        .group = ".", .decimal = ",",
        .yes = "iyo", .no = "te",
        .months = { "sánzá ya yambo", "sánzá ya míbalé", "sánzá ya mísáto", "sánzá ya mínei", "sánzá ya mítáno",
                    "sánzá ya motóbá", "sánzá ya nsambo", "sánzá ya mwambe", "sánzá ya libwa", "sánzá ya zómi",
                    "sánzá ya zómi na mɔ̌kɔ́", "sánzá ya zómi na míbalé" },
        .days = { "eyenga", "mokɔlɔ mwa yambo", "mokɔlɔ mwa míbalé", "mokɔlɔ mwa mísáto", "mokɔlɔ ya mínéi",
                  "mokɔlɔ ya mítáno", "mpɔ́sɔ" },
        .date_long = "{d} {MONTH} {y}", .date_short = "{d}/{M}/{y}", .date_day = "{DAY} {d} {MONTH}",
    },
};

const struct language_facts *language_facts(enum language l)
{
    return &FACTS[l];
}

enum language language_find(const char *code)
{
    if (code == NULL)
        return LANGUAGE_NONE;
    for (int l = 0; l < LANGUAGES; l++) {
        size_t len = strlen(FACTS[l].code);

        if (strncmp(code, FACTS[l].code, len) == 0 && strchr("_-", code[len]) != NULL)   /* strchr finds the NUL too */
            return (enum language)l;
    }
    return LANGUAGE_NONE;
}

/*
 * CLDR plural rules. fr: one for an integer part of 0 or 1, many for whole millions; en: exactly 1; ln: 0 and 1. A number
 * comes from JSON, so 1.0 cannot be told from 1.
 */
enum plural language_plural(enum language l, double number)
{
    double n = fabs(number);
    bool whole = n == floor(n);

    switch (l) {
    case LANGUAGE_FR:
        if (floor(n) == 0 || floor(n) == 1)
            return PLURAL_ONE;
        return whole && fmod(n, 1e6) == 0 ? PLURAL_MANY : PLURAL_OTHER;
    case LANGUAGE_LN:
        return n == 0 || n == 1 ? PLURAL_ONE : PLURAL_OTHER;
    default:
        return n == 1 ? PLURAL_ONE : PLURAL_OTHER;
    }
}
