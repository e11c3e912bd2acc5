/*
 * chat_text - words as WhatsApp shows them, in terminal columns: formatting marks become styles, lines are wrapped.
 */
#ifndef LAB_CHAT_TEXT_H
#define LAB_CHAT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

enum text_style { TEXT_BOLD = 1, TEXT_ITALIC = 2, TEXT_STRIKE = 4, TEXT_MONO = 8, TEXT_DIM = 16, TEXT_ACCENT = 32, TEXT_RULE = 64 };

struct glyph {             /* what a person sees as one character */
    const char *bytes;     /* borrowed from the text */
    int         len;
    int         width;     /* columns: 0, 1 or 2 */
    unsigned    style;
};

struct text_line {
    size_t from, to;       /* glyphs [from, to) */
    int    width;
};

struct text {
    struct glyph     *glyphs;
    size_t            count, cap;
    struct text_line *lines;
    size_t            line_count, line_cap;
    int               width;         /* of the widest line */
};

/*
 * Reads `words` (whatsapp.md §10: *bold* _italic_ ~strike~ `mono` ```mono```, "- " bullets) and wraps it at `columns`.
 * With `marks` false the marks stay in the text and nothing is styled. `style` is given to everything. `words` must outlive *out.
 * False: out of memory. Free with text_free() in any case.
 */
bool text_layout(struct text *out, const char *words, int columns, bool marks, unsigned style);
void text_free(struct text *t);

/* Columns of a string on one line. */
int  text_width(const char *words);

/* Bytes before the last grapheme: what is left after one backspace. */
size_t text_before_last(const char *words);

/* Bytes of the longest prefix of at most `columns`. */
size_t text_cut(const char *words, int columns);

#endif
