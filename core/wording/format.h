/*
 * format - one value to the text that a customer reads: {prix|fcfa}, {nom|short 24|upper}.
 *
 * A filter is read once, when the wording is built, and applied at every rendering. Reading needs an arena; applying does not
 * allocate beyond the buffer that it writes to.
 */
#ifndef WORDING_FORMAT_H
#define WORDING_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "language.h"
#include "lisolo/base/buf.h"
#include "lisolo/base/json.h"

enum format {
    FORMAT_FCFA, FORMAT_NUMBER, FORMAT_DATE, FORMAT_TIME, FORMAT_PHONE, FORMAT_SHORT, FORMAT_PLURAL, FORMAT_LABEL,
    FORMAT_TIMELINE, FORMAT_UPPER, FORMAT_LINK, FORMAT_OR, FORMATS,
};

enum { SHORT_MAX = 4096 };   /* a text message holds no more: whatsapp.md §4.2 */

enum date_style { DATE_LONG, DATE_SHORT, DATE_DAY };

/* "depart.adresse": `top` is "depart", `rest` is "adresse", NULL when there is none. "." is the item of an @each line. */
struct path {
    const char *text;
    const char *top;
    const char *rest;
};

struct plural_form {
    bool        exact;        /* =0: */
    double      number;
    enum plural plural;       /* one: many: other: */
    const char *text;         /* # is the number, \# a # */
};

struct labels;

struct filter {
    enum format          format;
    int                  number;       /* short N; number N (decimals), -1 without */
    enum date_style      date;
    struct plural_form  *forms;        /* plural; or: one, the words that stand in */
    size_t               form_count;
    const struct labels *set;
    struct path          times;        /* timeline: where the hours are; .text NULL without */
};

/* What is wrong with something that was written; code "" when nothing is. */
struct complaint {
    const struct problems *problems;   /* whose language it speaks; NULL: English */
    bool set_missing;                  /* it is about labels that do not exist */
    char code[8];
    char text[256];
    char hint[160];
};

void complain(struct complaint *c, const char *code, const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

struct wording;

/* "fcfa", "short 24", "plural one:"…" other:"…"". `sets` may be NULL: then label and timeline are refused. False: out of
 * memory, or `c` says what is wrong. */
bool filter_read(struct arena *a, const struct wording *sets, const char *text, size_t len, struct filter *out,
                 struct complaint *c);
/* "depart.adresse". False: not a path (c->code stays ""), or out of memory (*memory is set). */
bool path_read(struct arena *a, const char *text, size_t len, struct path *out, bool *memory);
const char *format_name(enum format f);

/* A value on its way through the filters. Text is clean. */
struct atom {
    bool        is_number;
    double      number;
    const char *text;          /* when not a number */
};

struct format_env {
    enum language language;
    const char   *country;     /* of numbers without one, and whose clock `date` and `time` show; NULL */
    const cJSON  *times;       /* timeline */
};

/* Adds to `out`. False: the value is not of a kind that the format shows; *why says so. */
bool format_apply(const struct filter *f, const struct format_env *env, const struct atom *in, struct buf *out,
                  const char **why);

/* Numbers: digits with the language's separators; at most 3 decimals, or exactly `decimals` when it is not -1. */
bool number_print(enum language l, double number, int decimals, struct buf *out);
bool fcfa_print(enum language l, double amount, struct buf *out);
/* "12", "-12.50": how a machine writes a number. */
bool number_read(const char *text, double *out);
/* "2 500 FCFA", what people write: amount.c */
bool amount_read(const char *text, int64_t *out);

bool date_print(const struct format_env *env, enum date_style style, const struct atom *in, struct buf *out);
bool time_print(const struct format_env *env, const struct atom *in, struct buf *out);

/* Control and direction characters out; tabs and other line ends plain; at most one blank line in a row. */
bool text_is_clean(const char *text);
bool text_clean(const char *text, struct buf *out);
/* From byte `from` on: lines become spaces, runs of spaces one, ends are trimmed. */
void text_one_line(struct buf *b, size_t from);
/* Characters as WhatsApp may count them: it does not say whether code points or UTF-16 units, of which there are never fewer
 * (whatsapp.md §14). */
size_t text_measure(const char *text);
/* Cuts what stands from byte `from` on to at most `max` ≥ 2 by that measure, the last one an ellipsis. */
bool text_shorten(struct buf *b, size_t from, size_t max);

#endif
