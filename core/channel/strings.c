/*
 * One webhook can hold a thousand messages with a dozen strings each; they all live until its commit. So they share a few
 * blocks of memory instead of having one each.
 */
#include <stdlib.h>
#include <string.h>

#include "private.h"

struct wa_block {
    struct wa_block *next;
    char             bytes[];
};

enum { BLOCK_BYTES = 64 * 1024 };

static bool add_block(struct wa_strings *s, size_t bytes)
{
    struct wa_block *b = malloc(sizeof *b + bytes);

    if (b == NULL)
        return false;
    b->next = s->blocks;
    s->blocks = b;
    s->at = b->bytes;
    s->end = b->bytes + bytes;
    return true;
}

bool wa_strings_init(struct wa_strings *s, size_t first_bytes)
{
    *s = (struct wa_strings){ 0 };
    return add_block(s, first_bytes < BLOCK_BYTES ? first_bytes : BLOCK_BYTES);
}

char *wa_strings_room(struct wa_strings *s, size_t len)
{
    char *room;

    if ((size_t)(s->end - s->at) < len && !add_block(s, len > BLOCK_BYTES ? len : BLOCK_BYTES))
        return NULL;
    room = s->at;
    s->at += len;
    return room;
}

char *wa_strings_copy(struct wa_strings *s, const char *text, size_t len)
{
    char *copy = wa_strings_room(s, len + 1);

    if (copy == NULL)
        return NULL;
    memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

void wa_strings_free(struct wa_block *blocks)
{
    while (blocks != NULL) {
        struct wa_block *next = blocks->next;

        free(blocks);
        blocks = next;
    }
}
