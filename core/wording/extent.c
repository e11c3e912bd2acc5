/*
 * How long a text may become. Words count as they stand; a value counts with the largest that its format prints, or with what
 * is assumed of people and backends when it has none.
 */
#include <string.h>

#include "private.h"

/* Addresses may be 200 long (authoring.md §1.3); descriptions 300, but none of our limits hangs on the difference. */
enum {
    VALUE_ASSUMED = 200,
    ITEM_ASSUMED = 40 /* a name */,
    FCFA_MOST = 18,
    NUMBER_MOST = 15,
    DATE_MOST = 40,
    TIME_MOST = 8,
    PHONE_MOST = 20,
    LINK_MOST = 200
};

static size_t longest_form(const struct filter *f)
{
    size_t most = 0;

    for (size_t i = 0; i < f->form_count; i++) {
        size_t n = text_measure(f->forms[i].text);

        for (const char *at = f->forms[i].text; *at != '\0'; at++)
            n += *at == '#' ? NUMBER_MOST : 0;
        most = n > most ? n : most;
    }
    return most;
}

static size_t longest_label(const struct filter *f, enum language l)
{
    const struct label_list *labels = &f->set->versions[f->set->shown[l]];
    size_t most = 0, all = 0;

    for (size_t i = 0; i < labels->count; i++) {
        size_t n = text_measure(labels->list[i].text);

        most = n > most ? n : most;
        all += n + TIME_MOST + 8;      /* mark, bold, dot and line end */
    }
    return f->format == FORMAT_TIMELINE ? all : most;
}

static size_t filter_most(const struct filter *f, enum language l, size_t before)
{
    switch (f->format) {
    case FORMAT_FCFA:
        return FCFA_MOST;
    case FORMAT_NUMBER:
        return NUMBER_MOST + 4;
    case FORMAT_DATE:
        return DATE_MOST;
    case FORMAT_TIME:
        return TIME_MOST;
    case FORMAT_PHONE:
        return PHONE_MOST;
    case FORMAT_SHORT:
        return before < (size_t)f->number ? before : (size_t)f->number;
    case FORMAT_PLURAL:
        return longest_form(f);
    case FORMAT_LABEL:
    case FORMAT_TIMELINE:
        return longest_label(f, l);
    case FORMAT_LINK:
        return LINK_MOST;
    case FORMAT_OR:
        return before > text_measure(f->forms[0].text) ? before : text_measure(f->forms[0].text);
    default:
        return before;
    }
}

static struct extent extent_of(const struct phrase *p, enum language l, size_t assumed, const struct longest *known)
{
    struct extent e = { 0 };

    for (size_t i = 0; i < p->count; i++) {
        const struct value *v = p->nodes[i].value;
        size_t declared = v == NULL || known == NULL ? 0 : known->of(known->ctx, v->path.text);
        size_t most = declared > 0 ? declared : assumed;

        if (v == NULL) {
            e.fixed += text_measure(p->nodes[i].text);
            continue;
        }
        if (v->broken)
            continue;
        e.open = true;
        for (size_t f = 0; f < v->filter_count; f++)
            most = filter_most(&v->filters[f], l, most);
        e.guessed |= declared == 0 && most == assumed;
        e.most += most;
    }
    e.most += e.fixed;
    return e;
}

struct extent phrase_extent(const struct phrase *p, enum language l)
{
    return extent_of(p, l, VALUE_ASSUMED, NULL);
}

struct extent block_extent(const struct block *b, enum language l, const struct longest *known)
{
    struct extent all = { 0 };

    for (size_t i = 0; i < b->count; i++) {
        const struct line *line = &b->lines[i];
        struct extent e = extent_of(&line->phrase, l, line->kind == LINE_EACH ? ITEM_ASSUMED : VALUE_ASSUMED, known);
        size_t times = line->kind == LINE_EACH ? (size_t)line->max : 1;

        all.fixed += line->kind == LINE_TEXT ? e.fixed + 1 : 0;
        all.most += (e.most + 1) * times;
        all.open |= e.open || line->kind != LINE_TEXT;
        all.guessed |= e.guessed;
    }
    all.fixed -= all.fixed > 0;      /* no line end behind the last line */
    all.most -= all.most > 0;
    return all;
}
