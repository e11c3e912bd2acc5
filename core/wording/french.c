/*
 * French typography, so that nobody who writes wording has to know it. Apostrophes: ’ between letters, whichever was typed.
 * No-break spaces: a narrow one before ? ! ; and a full one before :
 * and inside « », whether a plain space was typed or none; in numbers a narrow one between thousands (8 000) and a full one
 * before FCFA, % and €, where a plain space was typed.
 *
 * Left alone: values, `code`, links, hours (12:30), smileys and :shortcuts:, telephone numbers.
 */
#include <string.h>

#include "lisolo/base/utf8.h"
#include "private.h"

#define NO_BREAK "\u00A0"
#define NARROW "\u202F"

enum { A_VALUE = 'a' /* stands for a letter */, GUILLEMET_OPEN = 0xAB, GUILLEMET_CLOSE = 0xBB };

struct french {
    const struct phrase *p;
    size_t      node;
    struct buf *out;
    int32_t     prev;           /* 0 at the start of the line */
    int32_t     word;           /* first character of the word that we are in; 0 between words */
    int         digits;         /* of a number that is being read, up to here; more than 3 or after a 0 or +: not one in thousands */
    bool        in_code, in_link;
    bool       *in_fence;
};

static bool is_space(int32_t c)
{
    return c == ' ' || c == 0xA0 || c == 0x202F;
}

/* The character behind `at`, past what closes emphasis; 0 at the end of the line. */
static int32_t after(const struct french *f, const char *at, const char *closers)
{
    at += strspn(at, closers);
    if (*at != '\0')
        return utf8_next(&at);
    return f->node + 1 < f->p->count ? A_VALUE : 0;
}

static bool starts_link(const char *at)
{
    return strncmp(at, "https://", 8) == 0 || strncmp(at, "http://", 7) == 0 || strncmp(at, "www.", 4) == 0;
}

/* Is the mark at `at` - 1 punctuation here, not part of an hour, a smiley, an address? */
static bool is_punctuation(const struct french *f, int32_t mark, const char *at)
{
    int32_t next;

    if (f->prev == 0 || f->prev == '(' || f->prev == '[')
        return false;
    if (mark == GUILLEMET_CLOSE)
        return true;
    if (mark == ':' && f->word == ':')
        return false;
    if (mark == ':' || mark == ';') {
        next = after(f, at, "*_~\"");
        return next == 0 || is_space(next) || next == GUILLEMET_CLOSE || (next == A_VALUE && *at == '\0' && f->prev == ' ');
    }
    if (f->prev == '?' || f->prev == '!')
        return false;
    next = after(f, at, "");
    return !((next >= '0' && next <= '9') || (next >= 'A' && next <= 'Z') || (next >= 'a' && next <= 'z') || next == '=' ||
             next == '/' || next == '&');
}

/* Puts the space before a mark: instead of a plain one, or where there is none. */
static void space_before(struct french *f, const char *space)
{
    if (!buf_ok(f->out))
        return;
    if (f->prev == ' ')
        f->out->data[--f->out->len] = '\0';
    else if (is_space(f->prev))
        return;
    buf_adds(f->out, space);
}

/* Behind «: moves *at over a plain space. */
static void space_behind(struct french *f, const char **at)
{
    if (**at == ' ')
        (*at)++;
    else if (is_space(after(f, *at, "")))
        return;
    buf_adds(f->out, NO_BREAK);
    f->prev = 0xA0;
    f->word = 0;
}

/* `code` and ```code``` at *at: copies the marks, switches, and says so. */
static bool code_mark(struct french *f, const char **at)
{
    size_t len;

    if (**at != '`')
        return false;
    len = strncmp(*at, "```", 3) == 0 ? 3 : 1;
    if (len == 3)
        *f->in_fence = !*f->in_fence;
    else if (!*f->in_fence)
        f->in_code = !f->in_code;
    buf_add(f->out, *at, len);
    *at += len;
    f->prev = '`';
    return true;
}

enum { NOT_THOUSANDS = 4 };

/* How many digits may stand before a space between thousands: "8", "12 000" but not "06 612" or "+242 06". */
static void count_digits(struct french *f, int32_t c)
{
    if (c >= '0' && c <= '9') {
        bool starts = f->digits == 0;

        f->digits = starts && (c == '0' || f->prev == '+' || f->prev == '-') ? NOT_THOUSANDS : f->digits + 1;
    } else if (!is_space(c) || f->digits < NOT_THOUSANDS) {
        f->digits = 0;             /* the groups behind a telephone number's first one belong to it */
    }
}

/* Exactly three digits, and behind them no two others: those are pairs of a telephone number. */
static bool starts_thousand(const char *at)
{
    size_t digits = strspn(at, "0123456789");

    if (digits != 3)
        return false;
    at += 3;
    return *at != ' ' || strspn(at + 1, "0123456789") == 0 || starts_thousand(at + 1);
}

static bool starts_unit(const char *at)
{
    return strncmp(at, "FCFA", 4) == 0 || strncmp(at, "F CFA", 5) == 0 || *at == '%' || strncmp(at, "€", strlen("€")) == 0;
}

/* A plain space behind a digit or a value, at *at: writes what belongs there in a number and moves over it. */
static bool number_space(struct french *f, const char **at)
{
    bool digit = f->prev >= '0' && f->prev <= '9';
    bool thousand = digit && f->digits > 0 && f->digits < NOT_THOUSANDS && starts_thousand(*at + (**at == ' '));
    bool unit = (digit || f->prev == A_VALUE) && starts_unit(*at + (**at == ' '));

    if (**at != ' ' || f->in_link || f->in_code || *f->in_fence || !(thousand || unit))
        return false;
    buf_adds(f->out, thousand ? NARROW : NO_BREAK);
    f->prev = thousand ? 0x202F : 0xA0;
    f->digits = 0;
    f->word = 0;
    (*at)++;
    return true;
}

static bool is_letter(int32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c < 0x2000);
}

/* ' between two letters, or before a value: l'adresse, d'{ville}. */
static bool is_apostrophe(const struct french *f, int32_t c, const char *at)
{
    return c == '\'' && !f->in_link && !f->in_code && !*f->in_fence && is_letter(f->prev) && is_letter(after(f, at, "*_~"));
}

static void one_character(struct french *f, const char **at)
{
    const char *from = *at;
    int32_t c = utf8_next(at);

    if (c < 0) {                 /* not UTF-8: copied as it is; the loader refuses such files */
        *at = from + 1;
        buf_add(f->out, from, 1);
        return;
    }
    count_digits(f, c);
    if (f->in_link && is_space(c))
        f->in_link = false;
    if (!f->in_link && !f->in_code && !*f->in_fence) {
        if ((c == '?' || c == '!' || c == ';' || c == ':' || c == GUILLEMET_CLOSE) && is_punctuation(f, c, *at))
            space_before(f, c == ':' || c == GUILLEMET_CLOSE ? NO_BREAK : NARROW);
        f->in_link = f->word == 0 && starts_link(from);
    }
    if (is_apostrophe(f, c, *at))
        buf_adds(f->out, "’");
    else
        buf_add(f->out, from, (size_t)(*at - from));
    f->prev = c;
    if (is_space(c))
        f->word = 0;
    else if (f->word == 0 && strchr("*_~(\"", c < 0x80 ? (int)c : 'x') == NULL)
        f->word = c;
    if (c == GUILLEMET_OPEN && !f->in_link && !f->in_code && !*f->in_fence)
        space_behind(f, at);
}

bool french_spaces(struct arena *a, struct phrase *p, bool *in_fence)
{
    struct buf out;
    struct french f = { .p = p, .out = &out, .in_fence = in_fence };
    bool ok = false;

    buf_init(&out, BODY_BYTES_MAX * 4);
    for (; f.node < p->count; f.node++) {
        struct node *node = &p->nodes[f.node];

        if (node->value != NULL) {
            f.prev = A_VALUE;
            f.word = f.word == 0 ? A_VALUE : f.word;
            continue;
        }
        buf_clear(&out);
        for (const char *at = node->text; *at != '\0';)
            if (!code_mark(&f, &at) && !number_space(&f, &at))
                one_character(&f, &at);
        if (!buf_ok(&out))
            goto out;
        node->text = arena_text(a, buf_str(&out), out.len);
        node->len = out.len;
        if (node->text == NULL)
            goto out;
    }
    ok = true;
out:
    buf_free(&out);
    return ok;
}
