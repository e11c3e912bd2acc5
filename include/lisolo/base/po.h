/*
 * po - gettext's exchange format, as translators' tools read and write it: one entry a text, with a context.
 *
 * Strict: what a tool of ours did not write is refused with its line, never guessed. No plurals (our texts hold their own).
 * Not gettext's own library: that one is GPL and reports to callbacks which must not return.
 */
#ifndef LISOLO_BASE_PO_H
#define LISOLO_BASE_PO_H

#include <stdbool.h>
#include <stddef.h>

#include "lisolo/base/buf.h"
#include "lisolo/base/error.h"

enum { PO_BYTES_MAX = 8 * 1024 * 1024, PO_TEXT_BYTES_MAX = 64 * 1024 };

struct po_entry {
    const char *context;       /* msgctxt; NULL */
    const char *id;            /* msgid: the text that is translated */
    const char *text;          /* msgstr: its translation, "" when there is none */
    const char *note;          /* for the translator, several lines; NULL. Written, not read */
    const char *place;         /* "templates/course.lua:12"; NULL. Written, not read */
    bool        fuzzy;         /* a tool's guess that nobody has looked at */
    int         line;          /* of its msgid, when it was read */
};

struct po {
    struct po_entry *list;
    size_t           count;
    char             language[16];     /* of the header; "" when it names none */
    void            *memory;           /* private: owns the strings */
};

/* False: err names the line. The header is no entry. Free with po_free() when true. */
bool po_read(const char *text, size_t len, struct po *out, struct error *err);
void po_free(struct po *po);

/* buf_ok() tells whether it went well. */
void po_write_header(struct buf *out, const char *project, const char *language);
void po_write_entry(struct buf *out, const struct po_entry *e);

#endif
