/*
 * chat_line - the line that is being typed: on a terminal with its own small editor, so that bubbles can appear above it;
 * else lines read as they come.
 */
#ifndef LAB_CHAT_LINE_H
#define LAB_CHAT_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "lisolo/base/error.h"

struct line;

enum line_event { LINE_NONE, LINE_READY, LINE_END };

/* `editor`: take the terminal over (stdin must be one); given back by line_close() and when a signal ends the process. */
struct line *line_open(int fd, bool editor, const char *prompt, int columns, struct error *err);   /* prompt: static */
void         line_close(struct line *l);   /* NULL is fine */

/* Reads what is there without waiting, and keeps it. False at the end of the input, or when Ctrl-C is in it. */
bool            line_fill(struct line *l);
/* The next of what was read. LINE_READY: *text is a line, the caller's to free(). LINE_NONE: nothing more. */
enum line_event line_take(struct line *l, char **text);
/* True when line_take() has something to look at. */
bool            line_waiting(const struct line *l);

void line_hide(struct line *l);   /* before something is drawn */
void line_show(struct line *l);   /* after it */

#endif
