/*
 * chat_view - draws a conversation in a terminal as WhatsApp shows it, or as plain lines that scripts and people can read.
 *
 * Only colours and styles are used, no cursor movement, so that what is drawn can be recorded and replayed anywhere.
 */
#ifndef LAB_CHAT_VIEW_H
#define LAB_CHAT_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "chat_card.h"

enum view_look {
    VIEW_PLAIN,    /* "< …" and "| …" lines, as in .chat files */
    VIEW_BOXES,    /* drawn boxes, bold and italic, no colour (NO_COLOR) */
    VIEW_COLOUR,   /* filled bubbles, 256 colours */
    VIEW_TRUE,     /* the same in 24-bit colour */
};

enum view_ticks { TICKS_NONE, TICKS_SENT, TICKS_DELIVERED, TICKS_READ, TICKS_FAILED };

struct view {
    FILE *out;
    enum view_look look;
    int   width;        /* columns used: 60 to 72 */
    bool  french;
};

/* Looks at the terminal behind `out`, NO_COLOR, TERM and COLORTERM. */
void view_init(struct view *v, FILE *out, bool french);

void view_title(struct view *v, const char *title, const char *name, const char *phone);
void view_card(struct view *v, const struct card *card);
void view_own(struct view *v, const char *words, int64_t at_ms, enum view_ticks ticks);
/* A line of the program itself: help, what went wrong. May hold several lines. */
void view_note(struct view *v, const char *words);

#endif
