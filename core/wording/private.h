/*
 * wording, inside - what a message is once it has been read, and who reads, checks and prints it.
 *
 *   build.c      statements -> messages: keys, languages, fallbacks
 *   body.c       the line grammar of one language of one message; directives.c: the lines that add something
 *   phrase.c     {values} inside a line
 *   french.c     no-break spaces
 *   labels.c     `labels` statements and the timeline
 *   lint*.c      what is wrong with what was read
 *   print.c      phrases and lines filled in
 *   render.c     message -> parts; render_parts.c: media, links, contact cards
 *
 * Everything here lives in the arena of its wording and is read-only once wording_build() has returned.
 */
#ifndef WORDING_PRIVATE_H
#define WORDING_PRIVATE_H

#include "arena.h"
#include "format.h"
#include "language.h"
#include "lisolo/wording.h"

enum {
    BODY_BYTES_MAX = 64 * 1024,     /* what one language of a message may hold: a script file holds no more (script.h) */
    RENDER_BYTES_MAX = 64 * 1024,   /* one text while it is filled; it is cut to WhatsApp's limit afterwards */
    EACH_ITEMS = 10,                /* lines of an @each when it names no maximum */
    NAME_BYTES_MAX = TALK_NAME_MAX,
};

/* ---- text with values ---- */

struct value {
    struct path    path;
    struct filter *filters;
    size_t         filter_count;
    bool           broken;          /* a filter could not be read: reported, nothing else can be said about it */
    int            line, column;
};

struct node {                  /* a piece of text, or a value */
    const char         *text;
    size_t              len;
    const struct value *value;
};

struct phrase {
    struct node *nodes;
    size_t       count;
    int          line, column;
};

/* ---- one language of one message ---- */

enum line_kind { LINE_TEXT, LINE_IF, LINE_UNLESS, LINE_EACH, LINE_REST /* what an @each left over: {rest} */ };

struct line {
    enum line_kind kind;
    struct path    test;       /* @if, @each */
    int            max;        /* @each */
    struct phrase  phrase;     /* no nodes: a blank line */
};

struct block {
    struct line *lines;
    size_t       count;
};

struct choice {
    const char   *id;
    struct phrase title;
    struct phrase description;
    bool          described;
    bool          model;       /* [row]: one for each item of context.rows */
    int           line, column;
};

struct contact {
    struct phrase name, phone;
    int           line;
};

struct version {
    bool           present;
    int            line;            /* of its first text line */
    struct block   text;
    struct block   after;           /* what stands after @ask-location: words of the choices, when there are any */
    bool           ask_location;
    bool           has_menu, has_header, has_footer;
    struct phrase  menu, header, footer;
    struct choice *choices;
    size_t         choice_count;
    bool           has_link;
    struct phrase  link_title, link_url;
    struct contact *contacts;
    size_t         contact_count;
    const struct value **params;    /* a template's, in their order */
};

struct variable {
    const char *name;
    bool        required;
};

enum category { CATEGORY_NONE, CATEGORY_UTILITY, CATEGORY_MARKETING };

enum medium { MEDIUM_NONE, MEDIUM_IMAGE, MEDIUM_VIDEO, MEDIUM_DOCUMENT, MEDIUM_AUDIO, MEDIUM_STICKER, MEDIA };

/* Can it stand above the text, and have the text as its caption? Sound and stickers cannot (whatsapp.md §4.3, §4.8). */
bool medium_has_words(enum medium medium);
const char *medium_key(enum medium medium);      /* "image" */

struct param {
    const char *name;
    int         line, column;
};

struct wording_message {
    const char     *id;
    const char     *file;
    int             line;
    bool            is_template;
    enum medium     medium;
    bool            media_first;             /* a message of its own before the text */
    struct phrase   media, spare_media;      /* links; no nodes: none */
    struct phrase   file_name;               /* of a document; no nodes: none */
    struct version  versions[LANGUAGES];
    enum language   fallback[LANGUAGES];     /* as declared; LANGUAGE_NONE */
    enum language   shown[LANGUAGES];        /* which version a reader of each language gets */
    struct variable *variables;
    size_t          variable_count;
    const char    **paths;               /* of its values, whole: "shared.tarifs.moto" */
    size_t          path_count;
    enum category   category;            /* from here on: templates */
    struct param   *params, *examples;
    size_t          param_count, example_count;
};

/* ---- labels ---- */

enum label_place { LABEL_ON_PATH, LABEL_OFF_PATH, LABEL_OTHERWISE };

struct label {
    enum label_place place;
    const char     **keys;        /* the first is its name, the others are what else the backend calls it */
    size_t           key_count;
    const char      *text;
    int              line;
};

struct label_list {
    bool          present;
    struct label *list;
    size_t        count;
};

struct labels {
    const char       *id;
    const char       *file;
    int               line;
    struct label_list versions[LANGUAGES];
    enum language     fallback[LANGUAGES];
    enum language     shown[LANGUAGES];
};

struct wording {
    struct arena            arena;
    char                    country[3];
    bool                    has_country;
    struct wording_message *messages;      /* sorted by id once built */
    size_t                  count;
    struct labels          *sets;
    size_t                  set_count;
};

const struct labels *labels_find(const struct wording *w, const char *id);
const struct label  *labels_get(const struct labels *set, enum language l, const char *key);
/* The stages, one a line; `key` unknown to the set shows one neutral line. */
bool timeline_print(const struct labels *set, const struct format_env *env, const char *key, struct buf *out);
/* Reads the lines "key, other key = Text". False: out of memory. */
struct reader;
bool labels_read(struct reader *r, const struct decl *text, struct label_list *out);

/* ---- reading ---- */

struct reader {
    struct wording  *w;
    struct problems *problems;
    const char      *file;
    enum language    language;
    bool             in_fence;      /* inside a ``` that an earlier line opened */
    const struct decl *hosts;       /* the list of `links`; NULL: nobody has written one */
    bool             labels_lost;   /* some labels statement could not be read: of |label and |timeline nobody says that theirs is missing */
};

/* Reports at the place; false so that a caller can end with it. */
void report(const struct reader *r, enum problem_severity severity, const char *code, int line, int column, const char *hint,
            const char *format, ...) __attribute__((format(printf, 7, 8)));

/* M22 for keys that its statement does not know. */
void check_keys(const struct reader *r, const struct statement *s);
/* `links { … }`: r->hosts. */
void links_read(struct reader *r, const struct statements *statements);

/* Bytes up to `stop` or the end, past what stands in quotes. */
size_t phrase_span(const char *text, size_t len, char stop);
/* One line of text with its values; in French with its no-break spaces. False: out of memory (problems are not false). */
bool phrase_read(struct reader *r, const char *text, size_t len, int line, int column, struct phrase *out);
/* A whole body. False: out of memory. */
bool body_read(struct reader *r, const struct decl *text, struct version *out);

/* French no-break spaces in nodes[]. False: out of memory. */
bool french_spaces(struct arena *a, struct phrase *p, bool *in_fence);

/* Where line `index` of a string begins. */
int  text_line(const struct decl *d, int index);
int  text_column(const struct decl *d, int index);
/* Code points in `len` bytes of UTF-8. */
int  text_columns(const char *text, size_t len);

/* "did you mean": the entry of `names` that is close to `word`, NULL when none is. */
const char *nearest_name(const char *word, const char *const *names, size_t count);

/* ---- checking ---- */

/* Reports the languages that most messages lack, once each, and returns those of which each gap is worth a word. */
unsigned lint_translations(const struct wording *w, unsigned languages, struct problems *problems);
/* `languages`: a bit for each whose gaps are told. False: out of memory. */
bool lint_message(const struct wording_message *m, unsigned languages, struct problems *problems);
void lint_labels(const struct labels *set, unsigned languages, struct problems *problems);
void lint_choices(const struct wording_message *m, const struct version *v, enum language l, struct problems *problems);
void lint_template(const struct wording_message *m, struct problems *problems);
/* One text of a message as it is written. */
void lint_words(struct reader *r, const struct decl *text, const struct wording_message *m);
/* All files. */
void lint_apostrophes(const struct reader *r, const struct statements *statements);
/* WhatsApp's * _ ~ in one line of text, and the links in it. */
struct row;
void lint_marks(const struct reader *r, const struct row *row);
void lint_links(const struct reader *r, const struct row *row);
/* M14 M15: the address of a @link; an image, video… (`key`: "image", "image_fallback"). */
void lint_address(const struct reader *r, const struct phrase *p);
void lint_media(const struct reader *r, const char *key, const struct phrase *p);
/* M10: a header, title… of at most `max` characters. */
void lint_length(const struct wording_message *m, const char *what, const struct phrase *p, size_t max, enum language l,
                 struct problems *problems);

/* How long a phrase may become: words as they are, values at their largest. */
struct extent { size_t fixed; size_t most; bool open; /* holds a value */ bool guessed; /* one whose length nobody declares */ };
struct extent phrase_extent(const struct phrase *p, enum language l);
struct longest { size_t (*of)(void *ctx, const char *path); void *ctx; };   /* declared lengths; 0: none */
struct extent block_extent(const struct block *b, enum language l, const struct longest *known);   /* NULL: nothing is declared */

/* Fills m->variables. False: out of memory. */
bool variables_collect(struct arena *a, struct wording_message *m);

/* ---- printing ---- */

struct scope {
    const struct wording_values *values;
    const cJSON                 *item;      /* of a row or an @each line; NULL */
    const cJSON                 *rest;      /* how many items an @each left over, in its @rest line; NULL */
};

const cJSON *scope_get(const struct scope *s, const struct path *p);
/* Is there something to say about it? nil, false, 0, "", {} are nothing. */
bool         scope_says(const struct scope *s, const struct path *p);

struct printer {
    const struct wording_message *m;
    struct format_env             env;
    struct scope                  scope;
    struct error                 *err;
};

/* Nothing to see: spaces, no-break ones too, and line ends. */
bool text_is_blank(const char *text);
/* Has it words that stand in when it is missing? */
bool value_has_stand_in(const struct value *v);
bool value_print(struct printer *p, const struct value *v, struct buf *out);
bool phrase_print(struct printer *p, const struct phrase *phrase, struct buf *out);
bool block_print(struct printer *p, const struct block *b, struct buf *out);

#endif
