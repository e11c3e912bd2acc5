/*
 * buf - bytes that grow up to a limit given when the buffer is made.
 *
 * A failed addition (out of memory, over the limit) is remembered: later additions do
 * nothing and return false, so a caller may build whole and ask once, with buf_ok().
 */
#ifndef LISOLO_BASE_BUF_H
#define LISOLO_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
    char  *data;   /* always NUL-terminated when not NULL */
    size_t len;
    size_t cap;
    size_t limit;
    bool   failed;
};

void        buf_init(struct buf *b, size_t limit);
void        buf_free(struct buf *b);
void        buf_clear(struct buf *b);   /* keeps the memory, forgets content and failure */
bool        buf_add(struct buf *b, const void *data, size_t len);
bool        buf_adds(struct buf *b, const char *text);
bool        buf_addc(struct buf *b, char c);
bool        buf_addf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool        buf_ok(const struct buf *b);
const char *buf_str(const struct buf *b);   /* "" when empty; valid until the next change */

/* Gives the bytes away (NUL-terminated, free with free()) and empties `b`. NULL when it failed. */
char       *buf_take(struct buf *b, size_t *len);

#endif
