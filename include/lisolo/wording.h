/*
 * wording - what customers read: messages, templates and labels in several languages.
 *
 * Built once for each generation from `message`, `template` and `labels` statements (authoring.md §2.2, architecture.md), then
 * read-only and shared by all threads. Rendering is pure: no clock, no I/O, no Lua. Knows channel's limits, not WhatsApp's JSON.
 *
 * The line grammar of a body heads core/wording/body.c, that of labels core/wording/labels.c. A text in which nothing is wrong
 * is accepted by WhatsApp whatever its values are: what they make too long is cut with an ellipsis. (Two buttons that values
 * make alike are the exception: channel_fits() tells.)
 */
#ifndef LISOLO_WORDING_H
#define LISOLO_WORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lisolo/base/decl.h"
#include "lisolo/base/error.h"
#include "lisolo/base/json.h"
#include "lisolo/base/keys.h"
#include "lisolo/base/problems.h"
#include "lisolo/talk.h"

struct wording;
struct wording_message;

enum { WORDING_PARTS_MAX = 4 };   /* one message id may become several API calls: media, location request, choices, contact cards */

/* Takes nothing: copies what it needs. Reports every problem; NULL only when out of memory. `country` reads and shows numbers. */
struct wording *wording_build(const struct statements *statements, const char *country, struct problems *out);
void            wording_free(struct wording *w);

const struct wording_message *wording_find(const struct wording *w, const char *id);       /* message or template; NULL */
const char                   *wording_nearest(const struct wording *w, const char *id);    /* "did you mean"; NULL */
size_t                        wording_count(const struct wording *w);

/* All of them, sorted by id; index below wording_count(). */
const struct wording_message *wording_at(const struct wording *w, size_t index);
/* The languages it is written in, "fr" first; returns how many, at most `max` are filled in. */
size_t wording_languages(const struct wording_message *m, const char **out, size_t max);

const char *wording_id(const struct wording_message *m);
bool        wording_language_known(const char *code);                                      /* "fr" "en" "ln" */
bool        wording_is_template(const struct wording_message *m);
const char *wording_place(const struct wording_message *m, int *line);                     /* file */
/* Buttons or rows that are written in the message (French side), in order; a model row ("[row]") is not one. */
size_t      wording_choice_count(const struct wording_message *m);
const char *wording_choice_id(const struct wording_message *m, size_t index);
/* In a few words for lists and pictures: the first line that says something, or a choice's title; values as {path}. "" when none fits. */
void        wording_words(const struct wording_message *m, char *out, size_t size);
void        wording_choice_words(const struct wording_message *m, const char *id, char *out, size_t size);
bool        wording_has_menu(const struct wording_message *m);         /* @menu: a list */
bool        wording_has_model_row(const struct wording_message *m);    /* rows come from data */
bool        wording_asks_location(const struct wording_message *m);
/* Top names of the variables that it uses ("depart" for {depart.adresse}), each once. */
size_t      wording_variable_count(const struct wording_message *m);
const char *wording_variable(const struct wording_message *m, size_t index);
/* False: used only in @if, @each and @contact lines, row descriptions or media, which do without it. */
bool        wording_variable_required(const struct wording_message *m, size_t index);
/* Their whole paths ("depart.adresse"), each once; what is only a field of a row or of an item of a list is among them. */
size_t      wording_path_count(const struct wording_message *m);
const char *wording_path(const struct wording_message *m, size_t index);

/* Reports M12 where the text may become longer than WhatsApp accepts when each value is as long as `most` says (code points; 0: nobody
 * declares it, then something is assumed and it is a warning). Each language by itself. */
void wording_check_length(const struct wording_message *m, size_t (*most)(void *ctx, const char *path), void *ctx, struct problems *out);

/* Where values come from. Returns a borrowed value or NULL; a dotted path is resolved by wording itself on the top name's value. */
struct wording_values {
    const cJSON *(*get)(void *ctx, const char *name);
    void *ctx;
};

struct wording_context {
    const char *language;                  /* wanted; falls back as declared, at last to fr */
    struct wording_values values;
    const cJSON *rows;                     /* data for a model row: array of objects; NULL */
    const char *fallback_image;            /* not used here; kept by the message */
};

struct wording_output {
    struct message parts[WORDING_PARTS_MAX];
    size_t         count;
    bool           nothing;    /* it was refused because all its lines are left out or empty: who says several messages skips it */
};

/* Fills parts in the order in which they must leave; choice ids are as written (the turn signs them). Free with
 * wording_output_free() when true. False: a value is missing or nothing is left to say; err names file, line and variable. */
bool wording_render(const struct wording *w, const struct wording_message *m, const struct wording_context *c, struct wording_output *out, struct error *err);
void wording_output_free(struct wording_output *out);

/* "2 500 FCFA", "2500.00", 2500 -> 2500. False: no amount in it. Used by |fcfa and by `expect = amount`. */
bool wording_read_amount(const cJSON *value, int64_t *out);
/* What `|fcfa` and friends print, for tests and for Lua's own formatting. */
bool wording_format(const char *format, const char *args, const char *language, const cJSON *value, char *out, size_t size, struct error *err);

/* A label of a `labels` statement, by any of its keys, any case; the text of `*` for other words; NULL when unknown. */
const char *wording_label(const struct wording *w, const char *set, const char *key, const char *language);

/* Every key of every place, in the order of the reference page. */
const struct key_doc   *wording_keys(size_t *count);
const struct place_doc *wording_places(size_t *count);

/* The problems that wording_build() reports, by code, for `lisolo explain` and tests. */
struct wording_code { const char *code; const char *meaning; };
const struct wording_code *wording_codes(size_t *count);

#endif
