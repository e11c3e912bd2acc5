#include "lisolo/base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Most texts of a turn are shorter, so they cost one allocation. */
enum { FIRST_BYTES = 256 };

void buf_init(struct buf *b, size_t limit)
{
    *b = (struct buf){ .limit = limit };
}

void buf_free(struct buf *b)
{
    free(b->data);
    buf_init(b, b->limit);
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    b->failed = false;
    if (b->data != NULL)
        b->data[0] = '\0';
}

static bool fail(struct buf *b)
{
    b->failed = true;
    return false;
}

/* Makes room for `more` bytes and the NUL. */
static bool reserve(struct buf *b, size_t more)
{
    size_t need, cap;
    char *data;

    if (b->failed)
        return false;
    if (more > b->limit - b->len || b->len + more == SIZE_MAX)
        return fail(b);
    need = b->len + more + 1;
    if (need <= b->cap)
        return true;
    cap = b->cap < FIRST_BYTES ? FIRST_BYTES : b->cap;
    while (cap < need)
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    if (cap - 1 > b->limit)
        cap = b->limit + 1;
    data = realloc(b->data, cap);
    if (data == NULL)
        return fail(b);
    b->data = data;
    b->cap = cap;
    return true;
}

bool buf_add(struct buf *b, const void *data, size_t len)
{
    if (!reserve(b, len))
        return false;
    if (len > 0)
        memcpy(b->data + b->len, data, len);
    b->len += len;
    b->data[b->len] = '\0';
    return true;
}

bool buf_adds(struct buf *b, const char *text)
{
    return buf_add(b, text, strlen(text));
}

bool buf_addc(struct buf *b, char c)
{
    return buf_add(b, &c, 1);
}

bool buf_addf(struct buf *b, const char *format, ...)
{
    size_t room;
    va_list args;
    int n;

    if (!reserve(b, 0))
        return false;
    room = b->cap - b->len;
    va_start(args, format);
    n = vsnprintf(b->data + b->len, room, format, args);
    va_end(args);
    if (n < 0)
        goto failed;
    if ((size_t)n >= room) {
        b->data[b->len] = '\0';          /* nothing of it stays when there is no room */
        if (!reserve(b, (size_t)n))
            return false;
        va_start(args, format);
        n = vsnprintf(b->data + b->len, b->cap - b->len, format, args);
        va_end(args);
        if (n < 0)
            goto failed;
    }
    b->len += (size_t)n;
    return true;
failed:
    b->data[b->len] = '\0';
    return fail(b);
}

bool buf_ok(const struct buf *b)
{
    return !b->failed;
}

const char *buf_str(const struct buf *b)
{
    return b->data == NULL ? "" : b->data;
}

char *buf_take(struct buf *b, size_t *len)
{
    char *data;

    if (!reserve(b, 0))
        return NULL;
    data = b->data;
    data[b->len] = '\0';
    if (len != NULL)
        *len = b->len;
    buf_init(b, b->limit);
    return data;
}
