/*
 * Items back to text: how far each line is indented, how many blanks stand between two items.
 */
#include <string.h>

#include "layout.h"

static bool is_one_of(const struct items *x, size_t i, const char *const *list)
{
    for (; *list != NULL; list++)
        if (item_is(x, i, *list))
            return true;
    return false;
}

/* ---- between two items of a line ---- */

static const char *const SPACED[] = { "=", "==", "~=", "<=", ">=", "..", NULL };
static const char *const TIGHT_BEFORE[] = { ",", ";", ")", NULL };
static const char *const JOINTS[] = { ".", ":", NULL };

static bool is_text(const struct item *i) { return i->type == TOKEN_STRING || i->type == TOKEN_LONG_STRING; }

static bool is_word(const struct item *i) { return i->type == TOKEN_NAME || i->type == TOKEN_KEYWORD || i->type == TOKEN_NUMBER; }

/* The least that stands between `a` and `b`; -1: as written, at most one. */
static int least(const struct items *x, size_t a, size_t b)
{
    const struct item *p = &x->list[a], *n = &x->list[b];

    if (n->comment || p->comment)
        return 1;
    if ((item_is(x, a, "{") && item_is(x, b, "}")) || (item_is(x, a, "(") && item_is(x, b, ")")) || is_one_of(x, b, TIGHT_BEFORE))
        return 0;
    if (item_is(x, a, "("))
        return 0;
    if (is_one_of(x, a, JOINTS) || is_one_of(x, b, JOINTS))
        return 0;
    if (item_is(x, a, ",") || item_is(x, a, ";") || is_one_of(x, a, SPACED) || is_one_of(x, b, SPACED))
        return 1;
    if (item_is(x, a, "{") || item_is(x, b, "{") || item_is(x, b, "}"))
        return item_is(x, a, "[") ? -1 : 1;
    if (item_is(x, b, "("))
        return p->type == TOKEN_KEYWORD && !item_is(x, a, "function") ? 1 : p->type == TOKEN_NAME || item_is(x, a, "function") ? 0 : -1;
    if (p->type == TOKEN_KEYWORD || n->type == TOKEN_KEYWORD)
        return item_is(x, a, "[") || item_is(x, b, "]") ? -1 : 1;
    if ((is_word(p) || is_text(p)) && (is_word(n) || is_text(n)))
        return 1;
    return -1;
}

/* Does something in a line of the same paragraph start in the column of `i`? Then the blanks before it are there for the eye. */
static bool is_in_column(const struct items *x, size_t i)
{
    size_t start = i, end = i;

    while (start > 0 && x->list[start].newlines < 2)
        start--;
    while (end + 1 < x->count && x->list[end + 1].newlines < 2)
        end++;
    for (size_t k = start; k <= end; k++)
        if (k != i && x->list[k].column == x->list[i].column && !item_first(x, k))
            return true;
    return false;
}

static int blanks(const struct items *x, size_t i)
{
    const struct item *it = &x->list[i];
    int want = least(x, i - 1, i);

    if (it->pad > 0)
        return it->pad;
    if (it->comment)
        return it->gap > 1 ? it->gap : 1;
    if (want == -1)
        return it->gap > 0;
    return want == 1 && it->gap > 1 && it->column >= 0 && is_in_column(x, i) ? it->gap : want;
}

/* ---- how far a line is indented ---- */

static const char *const OPERATORS[] = { "or", "and", "..", "+", "*", "/", "//", "%", "^", "==", "~=", "<", ">", "<=", ">=", "=", ".", ":", "|", "&",
                                         "<<", ">>", NULL };
static const char *const HANGING[] = { "-", "~", "not", "#", "return", NULL };
static const char *const DIVIDERS[] = { "else", "elseif", NULL };

static bool is_bracket(const struct items *x, size_t i)
{
    return item_is(x, i, "{") || item_is(x, i, "(") || item_is(x, i, "[");
}

/* Is the line that starts with `i` the rest of what the line above began? */
static bool continues(const struct items *x, size_t i, size_t open)
{
    size_t before = item_before(x, i);

    if (x->list[i].comment || before == x->count || before == open)
        return false;
    if (is_one_of(x, i, OPERATORS))
        return true;
    if (open < x->count && item_is(x, open, "{"))
        return !item_is(x, before, ",") && !item_is(x, before, ";");
    if (open < x->count && is_bracket(x, open))
        return !item_is(x, before, ",");
    return is_one_of(x, before, OPERATORS) || (is_one_of(x, before, HANGING) && !item_is(x, before, "return")) || item_is(x, before, ",");
}

/* `open`: the innermost that is open where the line starts; count when none. */
static int indent_of(const struct items *x, size_t i, size_t open)
{
    const struct item *o = open < x->count ? &x->list[open] : NULL;
    int base = 0;

    if (x->list[i].nesting < 0 && x->list[i].partner < i)
        return x->list[x->list[i].partner].indent;
    if (o != NULL && is_one_of(x, i, DIVIDERS))
        return o->indent;
    if (o != NULL)
        base = is_bracket(x, open) && open + 1 < x->count && !item_first(x, open + 1) && !x->list[open + 1].comment && open + 1 < i
                   ? x->list[open + 1].at : o->indent + LAYOUT_INDENT;
    return base + (continues(x, i, open) ? LAYOUT_INDENT : 0);
}

/* ---- the whole ---- */

/* `fr = [[`: what customers read. Blanks at the end of its lines and tabs are invisible; nothing else is touched. */
static bool is_body(const struct items *x, size_t i)
{
    static const char *const LANGUAGES[] = { "fr", "en", "ln", NULL };

    return x->list[i].type == TOKEN_LONG_STRING && i >= 2 && item_is(x, i - 1, "=") && is_one_of(x, i - 2, LANGUAGES);
}

static void add_text(const char *text, size_t len, bool body, struct buf *out)
{
    const char *first = memchr(text, '\n', len);
    size_t head = first == NULL ? len : (size_t)(first - text) + 1, kept = 0;

    for (size_t i = 0; i < len; i++) {
        bool last = text[i] == '\n' || (text[i] == '\r' && i + 1 < len && text[i + 1] == '\n');

        if (!body || i < head) {              /* the first line is the [[ itself: blanks behind it would make it a line of text */
            if (text[i] != '\r' || !last)
                (void)buf_addc(out, text[i]);
            kept = i + 1;
            continue;
        }
        if (strchr(" \t", text[i]) != NULL && text[i] != '\0')
            continue;
        for (; kept < i && !last; kept++)
            (void)buf_addc(out, ' ');
        kept = i + 1;
        if (text[i] != '\r' || !last)
            (void)buf_addc(out, text[i]);
    }
}

static void add_item(const struct items *x, size_t i, struct buf *out)
{
    add_text(x->list[i].text, x->list[i].len, is_body(x, i), out);
}

/* The column behind an item that starts in column `at`. */
static int column_behind(const struct item *it, int at)
{
    const char *last = memrchr(it->text, '\n', it->len);

    return last == NULL ? at + layout_width(it->text, it->len) : layout_width(last + 1, it->len - (size_t)(last + 1 - it->text));
}

void items_print(struct items *x, struct buf *out)
{
    size_t open[256], depth = 0;
    int column = 0, indent = 0;

    for (size_t i = 0; i < x->count; i++) {
        struct item *it = &x->list[i];
        size_t inner = depth > 0 && depth <= sizeof open / sizeof open[0] ? open[depth - 1] : x->count;
        int gap;

        if (item_first(x, i)) {
            for (int n = it->newlines > 2 ? 2 : it->newlines; i > 0 && n > 0; n--)
                (void)buf_addc(out, '\n');
            column = 0;
            gap = indent = indent_of(x, i, inner);
        } else {
            gap = blanks(x, i);
        }
        for (int n = 0; n < gap; n++)
            (void)buf_addc(out, ' ');
        it->indent = indent;
        it->at = column + gap;
        column = column_behind(it, it->at);
        add_item(x, i, out);
        if (it->nesting > 0) {
            if (depth < sizeof open / sizeof open[0])
                open[depth] = i;
            depth++;
        } else if (it->nesting < 0 && depth > 0) {
            depth--;
        }
    }
    if (x->count > 0)
        (void)buf_addc(out, '\n');
}
