/*
 * What can be said about words as they are written, before anything is filled in (authoring.md §2.4):
 *
 *   M19 hard to read on a small screen      T06 more emoji than a marketing text may have
 *   T11 advertising in a utility template
 *
 * Looks at the source, not at what was read from it, so that every place is exact.
 */
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#include "lisolo/base/utf8.h"
#include "private.h"

enum { LINE_ADVISED = 200, LINES_ADVISED = 8, EMOJI_ADVISED = 3, MARKETING_EMOJI_MAX = 10, WORD_BYTES_MAX = 48, WORDS_MAX = 4 };

/*
 * Folded, words apart by one space. Meta calls a template promotional whose purpose is to sell (whatsapp.md §6.2: it then
 * becomes MARKETING, and repeated misclassification restricts the account); these are the words by which an offer shows.
 */
static const char *const ADVERTISING[LANGUAGES][32] = {
    [LANGUAGE_FR] = { "promo", "promos", "promotion", "promotions", "promotionnel", "promotionnelle", "code promo", "offre speciale",
                      "offre exclusive", "offre limitee", "offres speciales", "reduction", "reductions", "remise", "remises", "rabais",
                      "soldes", "gratuit", "gratuite", "gratuitement", "cadeau", "cadeaux", "bon plan", "bons plans", "profitez",
                      "meilleur prix", "meilleurs prix", "derniere chance", "ne manquez pas", "vente flash" },
    [LANGUAGE_EN] = { "promo", "promos", "promotion", "promotions", "promotional", "promo code", "special offer", "special offers",
                      "exclusive offer", "limited offer", "limited time", "discount", "discounts", "coupon", "voucher", "sale", "free",
                      "gift", "gifts", "bargain", "best price", "best prices", "last chance", "do not miss", "don t miss", "buy now",
                      "shop now", "flash sale" },
};

static bool is_letter(int32_t c)
{
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return utf8proc_category(c) <= UTF8PROC_CATEGORY_LO && utf8proc_category(c) >= UTF8PROC_CATEGORY_LU;
}

/* Pictures, not the arrows, dots and typographic marks that look like text. */
static bool is_emoji(int32_t c)
{
    return (c >= 0x1F300 && c <= 0x1FAFF && !(c >= 0x1F3FB && c <= 0x1F3FF)) || (c >= 0x2600 && c <= 0x27BF) ||
           (c >= 0x2B1B && c <= 0x2B55) || (c >= 0x23E9 && c <= 0x23FA);
}

/* ---- one line ---- */

struct word {
    char        folded[WORD_BYTES_MAX];
    const char *at;                         /* as the author wrote it */
    int         column;
};

struct look {
    struct reader                *r;
    const struct wording_message *m;
    int         line;
    struct word words[WORDS_MAX];           /* the last ones, the newest at the end */
    size_t      lines, emoji, all_emoji;    /* so far in this text */
};

static bool is_utility(const struct look *k) { return k->m->is_template && k->m->category == CATEGORY_UTILITY; }
static bool is_marketing(const struct look *k) { return k->m->is_template && k->m->category == CATEGORY_MARKETING; }

/* Do the newest words spell `phrase`? Then its first one, else NULL. */
static const struct word *ends_with(const struct look *k, const char *phrase)
{
    size_t count = 1;
    const char *at = phrase;

    for (const char *c = phrase; *c != '\0'; c++)
        count += *c == ' ';
    for (size_t i = WORDS_MAX - count; i < WORDS_MAX; i++) {
        size_t len = strcspn(at, " ");

        if (strlen(k->words[i].folded) != len || memcmp(k->words[i].folded, at, len) != 0)
            return NULL;
        at += len + (at[len] == ' ');
    }
    return &k->words[WORDS_MAX - count];
}

static void add_word(struct look *k, const char *text, size_t len, int column)
{
    char word[WORD_BYTES_MAX], said[WORDS_MAX * WORD_BYTES_MAX];

    memmove(k->words, k->words + 1, (WORDS_MAX - 1) * sizeof *k->words);
    k->words[WORDS_MAX - 1] = (struct word){ .at = text, .column = column };
    if (len >= sizeof word)
        return;
    memcpy(word, text, len);
    word[len] = '\0';
    if (!utf8_fold(word, k->words[WORDS_MAX - 1].folded, WORD_BYTES_MAX))
        return;
    for (size_t i = 0; ADVERTISING[k->r->language][i] != NULL; i++) {
        const struct word *first = ends_with(k, ADVERTISING[k->r->language][i]);

        if (first == NULL)
            continue;
        (void)snprintf(said, sizeof said, "%.*s", (int)(text + len - first->at), first->at);
        report(k->r, PROBLEM_WARNING, "T11", k->line, first->column,
               "say what happened to the customer's order, or write category = \"marketing\"",
               "\"%s\" is advertising: Meta may make a marketing template of this one", said);
    }
}

static void look_for_advertising(struct look *k, const char *text, size_t len, int column)
{
    const char *at = text, *end = text + len, *word = NULL;
    int started = column;

    memset(k->words, 0, sizeof k->words);
    while (at < end) {
        const char *from = at;
        int32_t c = utf8_next(&at);

        if (c < 0)
            return;
        if (is_letter(c) && word == NULL) {
            word = from;
            started = column;
        } else if (!is_letter(c) && word != NULL) {
            add_word(k, word, (size_t)(from - word), started);
            word = NULL;
        }
        column++;
    }
    if (word != NULL)
        add_word(k, word, (size_t)(end - word), started);
}

/* One that begins its line is a bullet, and does not make it harder to read. Meta counts all of them. */
static void note_emoji(struct look *k, int column, bool bullet)
{
    k->all_emoji++;
    k->emoji += !bullet;
    if (is_marketing(k) && k->all_emoji == MARKETING_EMOJI_MAX + 1)
        report(k->r, PROBLEM_WARNING, "T06", k->line, column, "Meta may reject it: take some out",
               "a marketing text with more than ten emoji");
    else if (!bullet && k->emoji == EMOJI_ADVISED + 1)
        report(k->r, PROBLEM_NOTE, "M19", k->line, column, "one for each idea is enough", "more than three emoji in one message");
}

/* Where the words of a line begin: behind "@if depart: " or "[oui] ". */
static const char *first_word(const char *text, size_t len)
{
    const char *mark = len == 0         ? NULL
                       : *text == '@' ? memmem(text, len, ": ", 2)
                       : *text == '[' ? memmem(text, len, "] ", 2)
                                      : NULL;

    return mark == NULL ? text : mark + 2;
}

static void look_for_emoji(struct look *k, const char *text, size_t len, int column)
{
    const char *first = first_word(text, len);

    for (const char *at = text, *end = text + len; at < end; column++) {
        const char *from = at;
        int32_t c = utf8_next(&at);

        if (c < 0)
            return;
        if (is_emoji(c))
            note_emoji(k, column, from == first);
    }
}

static void look_at_line(struct look *k, const char *text, size_t len, int column)
{
    bool words = len > 0 && *text != '[' && *text != '@';

    look_for_emoji(k, text, len, column);
    if (is_utility(k))
        look_for_advertising(k, text, len, column);
    if (!words)
        return;
    k->lines++;
    if (k->lines == LINES_ADVISED + 1)
        report(k->r, PROBLEM_NOTE, "M19", k->line, 1, "a small screen shows eight: make two messages of it",
               "more than eight lines in one message");
    if (text_columns(text, len) > LINE_ADVISED)
        report(k->r, PROBLEM_NOTE, "M19", k->line, column + LINE_ADVISED, "break it where one would take a breath",
               "a line of more than 200 characters");
}

void lint_words(struct reader *r, const struct decl *text, const struct wording_message *m)
{
    struct look k = { .r = r, .m = m };
    const char *at = text->string;

    for (int index = 0; *at != '\0'; index++) {
        size_t len = strcspn(at, "\n");

        k.line = text_line(text, index);
        look_at_line(&k, at, len, text_column(text, index));
        at += len + (at[len] == '\n');
    }
}
