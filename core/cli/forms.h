/*
 * forms - the kinds of value that keys take (include/lisolo/base/keys.h), taken apart for the reference page and for editors.
 */
#ifndef CLI_FORMS_H
#define CLI_FORMS_H

#include "lisolo/base/buf.h"
#include "lisolo/base/keys.h"

enum { FORM_PARTS_MAX = 16, FORM_WORD_MAX = 64 };

struct form_part {
    bool list;
    bool inside;                      /* "in:branch case": `word` is the place */
    char word[FORM_WORD_MAX];
};

struct form {
    bool             by_name;
    size_t           count;
    struct form_part parts[FORM_PARTS_MAX];
};

/* False: it is not made of the words of keys.h. */
bool form_read(const char *form, struct form *out);

/* As people read it: "a message or a list of messages", with `\|` for nothing: fit for a Markdown cell. */
void form_say(struct buf *b, const struct form *f, bool french);
/* As LuaLS reads it: "Message|Message[]". */
void form_type(struct buf *b, const struct form *f);
/* "branch case" -> "BranchCase": the name of a place's class. */
void form_class(struct buf *b, const char *place);
/* What a heading becomes when Markdown makes a link of it: "branch case" -> "branch-case". */
void form_anchor(struct buf *b, const char *place);

/* Every key and place of the language: those of flow, then those of wording. */
struct language { const struct place_doc *places[2]; const struct key_doc *keys[2]; size_t place_count[2], key_count[2]; };
struct language language_all(void);

#endif
