/*
 * A JSON string, written straight into a buffer: events and messages are printed two or three times each, and a cJSON
 * tree only to print it costs more than everything else on that way.
 */
#include <stdint.h>

#include "lisolo/talk.h"

static void quote_escape(struct buf *out, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    char code[] = "\\u00..";

    switch (c) {
    case '"':  buf_add(out, "\\\"", 2); return;
    case '\\': buf_add(out, "\\\\", 2); return;
    case '\n': buf_add(out, "\\n", 2); return;
    case '\r': buf_add(out, "\\r", 2); return;
    case '\t': buf_add(out, "\\t", 2); return;
    default:
        code[4] = hex[c >> 4];
        code[5] = hex[c & 15];
        buf_add(out, code, sizeof code - 1);
    }
}

void talk_quote(struct buf *out, const char *text)
{
    const char *run = text;

    buf_addc(out, '"');
    for (;; text++) {
        unsigned char c = (unsigned char)*text;

        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        if (text > run)
            buf_add(out, run, (size_t)(text - run));
        if (c == '\0')
            break;
        quote_escape(out, c);
        run = text + 1;
    }
    buf_addc(out, '"');
}
