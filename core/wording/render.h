/*
 * render - one message on its way to its parts: what render.c and render_parts.c share.
 *
 * The functions are false when rendering must end: memory is out, or j->err says what is wrong with the message.
 */
#ifndef WORDING_RENDER_H
#define WORDING_RENDER_H

#include "private.h"

struct job {
    const struct wording_message *m;
    const struct version         *v;
    const struct wording_context *context;
    enum language                 language;
    struct printer                print;
    struct wording_output        *out;
    struct error                 *err;
};

bool            render_no_memory(const struct job *j);       /* false, to end with */
struct message *render_part(struct job *j, enum message_kind kind);

/* A text of several lines that must say something. */
bool render_block(struct job *j, const struct block *block, size_t max, char **text);
/* One line that must say something: a title, a header… */
bool render_line(struct job *j, const struct phrase *phrase, size_t max, char **text);
/* The same for what may be left out: *text stays NULL. False: out of memory only. */
bool render_optional(struct job *j, const struct phrase *phrase, size_t max, char **text);

/* ---- render_parts.c ---- */

/* The medium, or what stands in for it; *link NULL: none can be shown. */
bool render_media(struct job *j, char **link);
/* Takes *link: above the text of `m`, with the document's name. */
bool render_above(struct job *j, struct message *m, char **link);
/* Takes *link: a message of its own, with the text as its caption or alone. */
bool render_medium(struct job *j, char **link, bool caption);
/* The button that opens a page. */
bool render_link(struct job *j, struct message *m);
/* The cards of those whose number is known; no part when there are none. */
bool render_contacts(struct job *j);

#endif
