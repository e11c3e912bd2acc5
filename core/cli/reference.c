/*
 * lisolo reference: every statement and key of the language as a Markdown page. docs/reference.md and docs/reference.fr.md are
 * what it prints; tests/e2e/45-tools.sh compares.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "forms.h"

enum { PAGE_MAX = 512 * 1024 };

struct page { struct buf out; bool french; struct language language; };

static const char *in(const struct page *p, const char *en, const char *fr) { return p->french ? fr : en; }

/* A `|` would end the cell; French signs keep their distance without a line break. */
static void add_prose(struct page *p, const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '|')
            (void)buf_adds(&p->out, "\\|");
        else if (p->french && *at == ' ' && at[1] != '\0' && strchr(":;?!", at[1]) != NULL && (at[2] == ' ' || at[2] == '\0'))
            (void)buf_adds(&p->out, "\u00a0");
        else
            (void)buf_addc(&p->out, *at);
    }
}

static void add_sentence(struct page *p, const char *text)
{
    struct buf *b = &p->out;

    if (text[0] >= 'a' && text[0] <= 'z' && text[1] != '.' && strncmp(text, "true", 4) != 0) {
        (void)buf_addc(b, (char)(text[0] - 'a' + 'A'));
        text++;
    } else if (strncmp(text, "à ", 3) == 0) {
        (void)buf_adds(b, "À");
        text += 2;
    } else if (strncmp(text, "é", 2) == 0) {
        (void)buf_adds(b, "É");
        text += 2;
    }
    add_prose(p, text);
}

static void add_key(struct page *p, const struct key_doc *k)
{
    struct buf *b = &p->out;
    struct form form;

    (void)buf_adds(b, "| ");
    if (strcmp(k->key, "*") == 0)
        (void)buf_adds(b, in(p, "*any name*", "*un nom*"));
    else if (strcmp(k->key, "[]") == 0)
        (void)buf_adds(b, in(p, "*in a list*", "*en liste*"));
    else
        (void)buf_addf(b, "`%s`", k->key);
    (void)buf_adds(b, " | ");
    if (form_read(k->form, &form))
        form_say(b, &form, p->french);
    else
        add_prose(p, k->form);
    (void)buf_adds(b, " | ");
    if (k->required)
        (void)buf_adds(b, in(p, "**required**", "**obligatoire**"));
    else if (k->standard != NULL)
        (void)buf_addf(b, "`%s`", k->standard);
    (void)buf_adds(b, " | ");
    add_sentence(p, p->french ? k->fr : k->en);
    (void)buf_adds(b, " |\n");
}

static void add_place(struct page *p, const struct place_doc *place, const struct key_doc *keys, size_t count)
{
    struct buf *b = &p->out;

    (void)buf_addf(b, "\n### %s\n\n", place->place);
    if (place->shape != NULL)
        (void)buf_addf(b, "```lua\n%s\n```\n\n", place->shape);
    add_sentence(p, in(p, place->en, place->fr));
    (void)buf_adds(b, ".\n");
    if (!keys_has_place(keys, count, place->place))
        return;
    (void)buf_adds(b, in(p, "\n| key | value | default | meaning |\n|---|---|---|---|\n",
                         "\n| clé | valeur | par défaut | ce qu’elle veut dire |\n|---|---|---|---|\n"));
    for (size_t i = 0; i < count; i++)
        if (strcmp(keys[i].place, place->place) == 0)
            add_key(p, &keys[i]);
}

static void add_page(struct page *p)
{
    static const char *const HEADS[2][2] = { { "Flows", "Parcours" }, { "Wording", "Textes" } };
    struct buf *b = &p->out;

    (void)buf_adds(b, in(p, "# The language, key by key\n\n"
                            "Every statement that a script may hold, and every key of it. This page is printed by `lisolo reference`; what is\n"
                            "not on it, `lisolo check` reports.\n",
                            "# Le langage, clé par clé\n\n"
                            "Toutes les instructions qu’un script peut contenir, et toutes leurs clés. Cette page est imprimée par\n"
                            "`lisolo reference --lang fr` ; ce qui n’y figure pas, `lisolo check` le signale.\n"));
    for (int part = 0; part < 2; part++) {
        (void)buf_addf(b, "\n## %s\n", HEADS[part][p->french]);
        for (size_t i = 0; i < p->language.place_count[part]; i++)
            add_place(p, &p->language.places[part][i], p->language.keys[part], p->language.key_count[part]);
    }
}

int run_reference(const struct arguments *a)
{
    const char *lang = argument(a, "lang");
    struct page p = { .french = lang != NULL && strcmp(lang, "fr") == 0, .language = language_all() };
    bool ok;

    if (lang != NULL && !p.french && strcmp(lang, "en") != 0) {
        say_error("reference: --lang is en or fr, not '%s'", lang);
        return EXIT_USAGE;
    }
    buf_init(&p.out, PAGE_MAX);
    add_page(&p);
    ok = buf_ok(&p.out);
    if (ok)
        (void)fputs(buf_str(&p.out), stdout);
    else
        say_error("reference: out of memory");
    buf_free(&p.out);
    return ok ? EXIT_OK : EXIT_INTERNAL;
}
