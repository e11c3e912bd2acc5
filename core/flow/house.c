/*
 * What belongs to no flow: commands, the menu, the host's own messages; and every word, which may mean one thing only.
 */
#include <stdio.h>
#include <string.h>

#include "lisolo/base/nearest.h"
#include "private.h"

static const char *const DOES[] = { [DOES_MENU] = "menu", [DOES_CANCEL] = "cancel", [DOES_BACK] = "back",
                                    [DOES_HELP] = "help", [DOES_LANGUAGE] = "language" };

static bool read_does(struct build *b, const struct statement *s, const struct decl_entry *e,
                      enum command_does *out)
{
    char *does = NULL;

    if (!flow_read_text(b, s, e, &does))
        return false;
    for (size_t i = 0; i < sizeof DOES / sizeof DOES[0]; i++) {
        if (strcmp(DOES[i], does) != 0)
            continue;
        *out = (enum command_does)i;
        return true;
    }
    flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &e->value), "menu, cancel, back, help or language",
                "a command cannot do \"%.40s\"", does);
    return false;
}

/* { does = "language", language = "en" }: each needs the other. */
static void read_language(struct build *b, const struct statement *s, const struct decl_entry *e, struct command *c)
{
    static const char HINT[] = "{ words = { \"english\", \"hello\" }, does = \"language\", language = \"en\" }";
    const struct decl_entry *language = decl_entry(&e->value, "language");

    if (language == NULL && c->does == DOES_LANGUAGE)
        flow_report(b, CODE_MISSING_KEY, flow_at_entry(s, e), HINT, "the command \"%.64s\" needs `language`", e->name);
    else if (language != NULL && c->does != DOES_LANGUAGE)
        flow_report(b, CODE_WRONG_VALUE, flow_at_entry(s, language), HINT, "`language` belongs to a command that does \"language\"");
    else if (language != NULL && flow_read_text(b, s, language, &c->language) && !wording_language_known(c->language))
        flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &language->value), "fr, en or ln",
                    "no message can be in the language \"%.40s\"", c->language);
}

static void read_commands(struct build *b, const struct statement *s)
{
    const struct decl *d = &s->body;

    b->flows->commands = pool_array(b->pool, d->count, sizeof *b->flows->commands);
    for (size_t i = 0; i < d->count && b->flows->commands != NULL; i++) {
        const struct decl_entry *e = &d->entries[i];
        struct command *c = &b->flows->commands[b->flows->command_count];
        const struct decl_entry *does = decl_entry(&e->value, "does"), *words = decl_entry(&e->value, "words");

        if (!flow_read_name(b, flow_at_entry(s, e), e->name, "command") || !flow_read_table(b, s, e))
            continue;
        flow_read_keys(b, s, &e->value, "command");
        if (does == NULL || words == NULL)
            flow_report(b, CODE_MISSING_KEY, flow_at_entry(s, e), "{ words = { \"menu\" }, does = \"menu\" }",
                        "the command \"%.64s\" needs `%s`", e->name, does == NULL ? "does" : "words");
        (void)flow_read_texts(b, s, words, true, &c->words, &c->word_count);
        (void)flow_read_message(b, s, decl_entry(&e->value, "say"), &c->say);
        c->name = pool_text(b->pool, e->name);
        if (!read_does(b, s, does, &c->does) || c->name == NULL)
            continue;
        read_language(b, s, e, c);
        b->flows->command_count++;
    }
}

static void read_menu(struct build *b, const struct statement *s)
{
    const struct decl_entry *say = decl_entry(&s->body, "say"), *on = decl_entry(&s->body, "on");

    flow_read_keys(b, s, &s->body, "menu");
    if (say == NULL)
        flow_report(b, CODE_MISSING_KEY, flow_at(s), "say = \"commun.menu\"", "the menu needs `say`");
    (void)flow_read_message(b, s, say, &b->flows->menu_say);
    if (!flow_read_table(b, s, on))
        return;
    b->flows->menu_on = pool_array(b->pool, on->value.count, sizeof *b->flows->menu_on);
    for (size_t i = 0; i < on->value.count && b->flows->menu_on != NULL; i++) {
        const struct decl_entry *c = &on->value.entries[i];
        struct choice_target *out = &b->flows->menu_on[b->flows->menu_on_count];

        if (c->name == NULL) {
            flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &c->value), "on = { course = \"course\" }",
                        "`on` must name the button that each flow belongs to");
            continue;
        }
        out->id = pool_text(b->pool, c->name);
        out->line = c->line;
        (void)flow_read_flow(b, s, &c->value, &out->to.flow);
        if (out->id != NULL)                         /* even so: the button has its entry */
            b->flows->menu_on_count++;
    }
}

static void read_common(struct build *b, bool needed)
{
    struct flow_common *common = &b->flows->common;
    const struct { const char *id; const struct wording_message **out; bool required; } MESSAGES[] = {
        { "commun.pas_compris", &common->not_understood, true }, { "commun.probleme", &common->problem, true },
        { "commun.bouton_ancien", &common->late_tap, true },     { "commun.aide", &common->help, true },
        { "commun.non_pris_en_charge", &common->unsupported, true },
        { "commun.patientez", &common->wait, false },            { "commun.rien_a_annuler", &common->nothing,
            false },
        { "commun.expire", &common->expired, false },
    };

    for (size_t i = 0; i < sizeof MESSAGES / sizeof MESSAGES[0]; i++) {
        *MESSAGES[i].out = wording_find(b->wording, MESSAGES[i].id);
        if (*MESSAGES[i].out == NULL && MESSAGES[i].required && needed)
            flow_report(b, CODE_COMMON, (struct where){ "", 0, 0 }, "write it in scripts/templates/commun.lua",
                        "the message \"%s\" is missing", MESSAGES[i].id);
    }
}

void flow_read_house(struct build *b)
{
    const struct statement *commands = NULL, *menu = NULL;
    struct where nowhere = { "", 0, 0 };

    for (size_t i = 0; i < b->statements->count; i++) {
        const struct statement *s = &b->statements->list[i];
        bool is_commands = strcmp(s->verb, "commands") == 0, is_menu = strcmp(s->verb, "menu") == 0;
        const struct statement **seen = is_commands ? &commands : &menu;

        if (!is_commands && !is_menu)
            continue;
        if (*seen != NULL) {
            flow_report(b, CODE_STATEMENT_TWICE, flow_at(s), "keep them in one file",
                        "a second `%s`; the first is in %.100s on line %d", s->verb, (*seen)->file, (*seen)->line);
            continue;
        }
        *seen = s;
        if (s->body.type != DECL_TABLE)
            flow_report(b, CODE_WRONG_VALUE, flow_at(s), NULL, "`%s` needs { … }", s->verb);
        else if (is_commands)
            read_commands(b, s);
        else
            read_menu(b, s);
    }
    if (menu == NULL && b->flows->count > 0)
        flow_report(b, CODE_NO_MENU, nowhere, "menu { say = \"commun.menu\", on = { course = \"course\" } }",
                    "there is no menu: who writes something unexpected is not told what is possible");
    read_common(b, b->flows->count > 0);
}

/* ---- words ---- */

struct word { const char *text, *what, *name; struct where at; };

static void words_of(struct build *b, struct word *list, size_t *count, const char *what, const char *name,
                     char **words, size_t n, struct where at)
{
    for (size_t i = 0; i < n; i++) {
        struct word new = { words[i], what, name, at };

        for (size_t k = 0; k < *count; k++)
            if (strcmp(list[k].text, new.text) == 0 && (list[k].what != what || strcmp(list[k].name, name) != 0))
                flow_report(b, CODE_WORD_TWICE, at, "give the word to one of them",
                            "\"%.64s\" is a word of the %s \"%.64s\" and of the %s \"%.64s\"", new.text,
                            problems_text(b->out, list[k].what), list[k].name, problems_text(b->out, what), name);
        list[(*count)++] = new;
    }
}

void flow_check_words(struct build *b)
{
    const struct flows *f = b->flows;
    struct where commands = { "", 0, 0 };
    struct word *list;
    size_t count = 0, room = 0;

    for (size_t i = 0; i < b->statements->count; i++)
        if (strcmp(b->statements->list[i].verb, "commands") == 0)
            commands = flow_at(&b->statements->list[i]);
    for (size_t i = 0; i < f->command_count; i++)
        room += f->commands[i].word_count;
    for (size_t i = 0; i < f->count; i++)
        room += f->list[i].word_count;
    list = pool_array(b->pool, room, sizeof *list);
    if (list == NULL)
        return;
    for (size_t i = 0; i < f->command_count; i++)
        words_of(b, list, &count, "command", f->commands[i].name, f->commands[i].words,
                 f->commands[i].word_count, commands);
    for (size_t i = 0; i < f->count; i++)
        words_of(b, list, &count, "flow", f->list[i].name, f->list[i].words, f->list[i].word_count,
                 (struct where){ f->list[i].file, f->list[i].line, 1 });
}
