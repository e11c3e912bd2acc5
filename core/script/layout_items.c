#include <stdlib.h>
#include <string.h>

#include "layout.h"

int layout_width(const char *text, size_t len)
{
    int n = 0;

    for (size_t i = 0; i < len; i++)
        n += ((unsigned char)text[i] & 0xC0) != 0x80;
    return n;
}

bool item_is(const struct items *x, size_t i, const char *text)
{
    return i < x->count && !x->list[i].comment && x->list[i].len == strlen(text) && memcmp(x->list[i].text, text, x->list[i].len) == 0;
}

bool item_first(const struct items *x, size_t i) { return i == 0 || x->list[i].newlines > 0; }

size_t item_before(const struct items *x, size_t i)
{
    while (i-- > 0)
        if (!x->list[i].comment)
            return i;
    return x->count;
}

/* ---- taking apart ---- */

struct taker { struct items *x; const char *text; size_t at; int newlines, gap, column; };

static bool push(struct taker *t, struct item one)
{
    struct items *x = t->x;

    if (x->count == x->cap) {
        size_t cap = x->cap == 0 ? 256 : x->cap * 2;
        struct item *list = reallocarray(x->list, cap, sizeof *list);

        if (list == NULL)
            return false;
        x->list = list;
        x->cap = cap;
    }
    one.newlines = t->newlines;
    one.gap = t->gap;
    one.column = t->column;
    one.partner = x->count;
    x->list[x->count++] = one;
    t->newlines = t->gap = 0;
    return true;
}

/* Moves over `len` bytes of an item or of blanks. */
static void move(struct taker *t, size_t len)
{
    for (size_t end = t->at + len; t->at < end; t->at++) {
        if (t->text[t->at] == '\n')
            t->column = 0;
        else if (((unsigned char)t->text[t->at] & 0xC0) != 0x80 && t->text[t->at] != '\r')
            t->column++;
    }
}

/* How long the comment at `at` is: to the end of its line, or to its ]==]. */
static size_t comment_length(const char *text, size_t at, size_t end)
{
    size_t level = at + 3, close = at + 2;

    while (level < end && text[level] == '=')
        level++;
    if (at + 2 < end && text[at + 2] == '[' && level < end && text[level] == '[') {
        size_t marks = level - (at + 3);

        for (size_t i = level + 1; i + marks + 1 < end; i++)
            if (text[i] == ']' && text[i + marks + 1] == ']' && strspn(text + i + 1, "=") == marks)
                return i + marks + 2 - at;
        return end - at;
    }
    while (close < end && text[close] != '\n' && text[close] != '\r')
        close++;
    while (close > at + 2 && strchr(" \t", text[close - 1]) != NULL)
        close--;
    return close - at;
}

/* Blanks and comments up to `end`. */
static bool take_gap(struct taker *t, size_t end)
{
    while (t->at < end) {
        char c = t->text[t->at];

        if (c == '-' && t->at + 1 < end) {
            size_t len = comment_length(t->text, t->at, end);

            if (!push(t, (struct item){ .text = t->text + t->at, .len = len, .comment = true }))
                return false;
            move(t, len);
            continue;
        }
        t->gap = c == '\n' ? 0 : t->gap + (c == ' ' || c == '\t');
        t->newlines += c == '\n';
        move(t, 1);
    }
    return true;
}

static void find_partners(struct items *x)
{
    size_t open[256], depth = 0;      /* deeper than Lua's own limit of 200 levels */

    for (size_t i = 0; i < x->count; i++) {
        if (x->list[i].nesting > 0) {
            if (depth < sizeof open / sizeof open[0])
                open[depth] = i;
            depth++;
        } else if (x->list[i].nesting < 0 && depth > 0) {
            depth--;
            if (depth < sizeof open / sizeof open[0]) {
                x->list[i].partner = open[depth];
                x->list[open[depth]].partner = i;
            }
        }
    }
}

bool items_take(const struct scan *s, struct items *out)
{
    struct taker t = { .x = out, .text = s->text };

    *out = (struct items){ .count = 0 };
    for (size_t i = 0; i < s->count; i++) {
        const struct token *token = &s->tokens[i];
        struct item one = { .text = s->text + token->at, .len = token->len, .type = token->type, .nesting = token->nesting };

        if (!take_gap(&t, token->at))
            goto no_memory;
        if (token->type == TOKEN_END)
            break;
        if (!push(&t, one))
            goto no_memory;
        move(&t, token->len);
    }
    find_partners(out);
    return true;
no_memory:
    free(out->list);
    *out = (struct items){ .count = 0 };
    return false;
}

/* ---- commas ---- */

/* Does the table that opens at `i` have its } on a line of its own? */
static bool is_tall(const struct items *x, size_t i) { return item_first(x, x->list[i].partner); }

static bool is_wide(const struct items *x, size_t i)
{
    for (size_t k = i + 1; k <= x->list[i].partner; k++)
        if (item_first(x, k) || x->list[k].comment || memchr(x->list[k].text, '\n', x->list[k].len) != NULL)
            return false;
    return true;
}

bool items_commas(struct items *x)
{
    static const char COMMA[] = ",";
    struct items out = { .count = 0 };
    bool *add = calloc(x->count + 1, sizeof *add), *drop = calloc(x->count + 1, sizeof *drop);
    bool ok = add != NULL && drop != NULL;

    for (size_t i = 0; ok && i < x->count; i++) {
        size_t last;

        if (!item_is(x, i, "{") || x->list[i].partner == i)
            continue;
        last = item_before(x, x->list[i].partner);
        if (is_tall(x, i) && last != i && !item_is(x, last, ",") && !item_is(x, last, ";"))
            add[last] = true;
        else if (is_wide(x, i) && item_is(x, last, ","))
            drop[last] = true;
    }
    out.list = ok ? reallocarray(NULL, x->count * 2 + 1, sizeof *out.list) : NULL;
    ok = out.list != NULL;
    for (size_t i = 0; ok && i < x->count; i++) {
        if (!drop[i])
            out.list[out.count++] = x->list[i];
        if (add[i])
            out.list[out.count++] = (struct item){ .text = COMMA, .len = 1, .type = TOKEN_SYMBOL, .column = -1 };
    }
    free(add);
    free(drop);
    if (!ok)
        return false;
    free(x->list);
    *x = out;
    x->cap = x->count;
    for (size_t i = 0; i < x->count; i++)
        x->list[i].partner = i;
    find_partners(x);
    return true;
}

/* ---- fields ---- */

/* `name =` at the start of a line. */
static bool is_field(const struct items *x, size_t i)
{
    return item_first(x, i) && x->list[i].type == TOKEN_NAME && !x->list[i].comment && item_is(x, i + 1, "=") && !item_first(x, i + 1);
}

/* Where the value of the field at `i` ends: the item behind it, a comma or the table's }. */
static size_t field_end(const struct items *x, size_t i, size_t close)
{
    for (size_t k = i; k < close; k++) {
        if (item_is(x, k, ",") || item_is(x, k, ";"))
            return k;
        if (x->list[k].nesting > 0 && x->list[k].partner > k)
            k = x->list[k].partner;
    }
    return close;
}

static bool is_over_lines(const struct items *x, size_t from, size_t to)
{
    for (size_t k = from; k < to; k++)
        if ((k > from && item_first(x, k)) || memchr(x->list[k].text, '\n', x->list[k].len) != NULL)
            return true;
    return false;
}

static int width_of(const struct items *x, size_t i) { return layout_width(x->list[i].text, x->list[i].len); }

/* The fields of one group: as they are when their `=` stand below each other, else as close as the longest name lets them. */
static void align_group(struct items *x, const size_t *fields, size_t count)
{
    int widest = 0, same = count > 0 ? width_of(x, fields[0]) + x->list[fields[0] + 1].gap : 0;
    bool aligned = true;

    for (size_t i = 0; i < count; i++) {
        int width = width_of(x, fields[i]), gap = x->list[fields[i] + 1].gap;

        aligned = aligned && gap > 0 && width + gap == same;
        widest = width > widest ? width : widest;
    }
    for (size_t i = 0; i < count; i++)
        x->list[fields[i] + 1].pad = (aligned ? same : widest + 1) - width_of(x, fields[i]);
}

/* A value over several lines ends a group, which the eye does not see as one; a long text has its own. */
static void align_table(struct items *x, size_t open, size_t *fields)
{
    size_t close = x->list[open].partner, count = 0;

    for (size_t i = open + 1; i < close; i++) {
        size_t end = field_end(x, i, close);
        bool field = is_field(x, i), tall = field && is_over_lines(x, i, end);

        if (field && tall && x->list[i + 2].type == TOKEN_LONG_STRING)
            x->list[i + 1].pad = 1;
        else if (field)
            fields[count++] = i;
        if (tall) {
            align_group(x, fields, count);
            count = 0;
        }
        i = end;
    }
    align_group(x, fields, count);
}

bool items_align(struct items *x)
{
    size_t *fields = reallocarray(NULL, x->count + 1, sizeof *fields);

    if (fields == NULL)
        return false;
    for (size_t i = 0; i < x->count; i++)
        if (item_is(x, i, "{") && x->list[i].partner > i)
            align_table(x, i, fields);
    free(fields);
    return true;
}
