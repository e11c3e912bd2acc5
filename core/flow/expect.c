/*
 * What an `ask` expects: text { … }, phone { … }, one_of { … }. The constructors are the script module's; here their
 * tables get a meaning.
 */
#include <stdio.h>
#include <string.h>

#include "lisolo/base/nearest.h"
#include "lisolo/base/phone.h"
#include "private.h"

/* An answer lives in the state, which may have 32 KiB in all (decisions.md): a text without a limit of its own gets the first. */
enum { TEXT_DEFAULT_MAX = 1000, TEXT_MAX = 4096 /* a WhatsApp text message: whatsapp.md §4.2 */ };

static const struct { const char *tag; enum expect_kind kind; } KINDS[] = {
    { "text", EXPECT_TEXT },         { "number", EXPECT_NUMBER }, { "amount", EXPECT_AMOUNT }, { "phone", EXPECT_PHONE },
    { "date", EXPECT_DATE },         { "location", EXPECT_LOCATION }, { "photo", EXPECT_PHOTO }, { "audio", EXPECT_AUDIO },
    { "document", EXPECT_DOCUMENT }, { "contact", EXPECT_CONTACT }, { "any", EXPECT_ANY },     { "one_of", EXPECT_ONE_OF },
    { "secret", EXPECT_SECRET },
};
enum { KIND_COUNT = sizeof KINDS / sizeof KINDS[0] };

static bool read_limit(struct build *b, const struct statement *s, const struct decl *d, const char *key,
                       double *out)
{
    const struct decl_entry *e = decl_entry(d, key);

    if (e == NULL)
        return false;
    if (e->value.type == DECL_INTEGER)
        *out = (double)e->value.integer;
    else if (e->value.type == DECL_NUMBER)
        *out = e->value.number;
    else {
        flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &e->value), NULL, "`%s` must be a number", key);
        return false;
    }
    return true;
}

static void read_country(struct build *b, const struct statement *s, const struct decl *d, struct expect *out)
{
    const struct decl_entry *e = decl_entry(d, "country");
    const char *country = e == NULL ? b->country : e->value.type == DECL_STRING ? e->value.string : "";

    if (country == NULL)
        return;
    if (e != NULL && !phone_country_known(country)) {
        flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &e->value), "two capital letters, as in \"CG\"",
                    "the numbers of the country \"%.8s\" are not known here", country);
        return;
    }
    (void)snprintf(out->country, sizeof out->country, "%s", country);
}

static void read_limits(struct build *b, const struct statement *s, const struct decl *d, struct expect *out)
{
    out->has_min = read_limit(b, s, d, "min", &out->min);
    out->has_max = read_limit(b, s, d, "max", &out->max);
    if (out->kind == EXPECT_TEXT || out->kind == EXPECT_SECRET) {
        if (!out->has_min)
            out->min = 1;
        if (!out->has_max)
            out->max = TEXT_DEFAULT_MAX;
        out->has_min = out->has_max = true;
        if (out->max > TEXT_MAX)
            flow_report(b, CODE_WRONG_VALUE, flow_at_entry(s, decl_entry(d, "max")), NULL,
                        "a text has at most %d characters", TEXT_MAX);
    }
    if (out->has_min && out->has_max && out->min > out->max)
        flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, d), NULL,
                    "`min` is larger than `max`: nothing could be right");
}

static bool read_choices(struct build *b, const struct statement *s, const struct decl *d, struct expect *out)
{
    size_t n = decl_items(d);

    if (n < 2 || n != d->count) {
        flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, d), "one_of { location(), text {} }",
                    "`one_of` needs at least two kinds of answer");
        return false;
    }
    out->choices = pool_array(b->pool, n, sizeof *out->choices);
    for (size_t i = 0; i < n && out->choices != NULL; i++) {
        const struct decl *item = decl_item(d, i);

        if (item->tag != NULL && strcmp(item->tag, "one_of") == 0)
            flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, item), "write all kinds in one list",
                        "`one_of` inside `one_of`");
        else if (item->tag != NULL && strcmp(item->tag, "secret") == 0)
            flow_report(b, CODE_SECRET, flow_at_value(s, item), "expect = secret { min = 4 }", "a secret is asked for alone, not in `one_of`");
        else if (flow_read_expect(b, s, item, &out->choices[out->choice_count]))
            out->choice_count++;
    }
    return out->choice_count == n;
}

static bool unknown_kind(struct build *b, const struct statement *s, const struct decl *d)
{
    struct nearest near = { .word = d->tag == NULL ? "" : d->tag };
    char hint[160];

    for (size_t i = 0; d->tag != NULL && i < KIND_COUNT; i++)
        nearest_offer(&near, KINDS[i].tag);
    if (near.best != NULL)
        (void)snprintf(hint, sizeof hint, problems_text(b->out, "did you mean `%s`?"), near.best);
    else
        (void)snprintf(hint, sizeof hint,
                       problems_text(b->out, "text {}, number {}, amount {}, phone {}, date {}, location(), photo {}, audio {}, document {}, contact(), any(), secret {}, one_of {…}"));
    flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, d), hint, "this is not a kind of answer");
    return false;
}

bool flow_read_expect(struct build *b, const struct statement *s, const struct decl *d, struct expect *out)
{
    size_t i = 0;

    while (i < KIND_COUNT && (d->type != DECL_TABLE || d->tag == NULL || strcmp(d->tag, KINDS[i].tag) != 0))
        i++;
    if (i == KIND_COUNT)
        return unknown_kind(b, s, d);
    out->kind = KINDS[i].kind;
    if (out->kind == EXPECT_ONE_OF)
        return read_choices(b, s, d, out);
    flow_read_keys(b, s, d, KINDS[i].tag);
    if (out->kind == EXPECT_PHONE)
        read_country(b, s, d, out);
    if (out->kind == EXPECT_TEXT || out->kind == EXPECT_SECRET || out->kind == EXPECT_NUMBER || out->kind == EXPECT_AMOUNT)
        read_limits(b, s, d, out);
    (void)flow_read_texts(b, s, decl_entry(d, "only"), false, &out->only, &out->only_count);
    return true;
}
