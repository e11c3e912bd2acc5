/*
 * What a file says although it could not be read. A statement that is broken has been reported; its name is kept, so that
 * nobody says of what points at it that it points at nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "loader.h"

struct head { const char *verb, *name; size_t verb_len, name_len; bool step; };

/* The words of a string token up to what cannot be part of a name: an unclosed one runs to the end of its line. */
static void read_name(const struct scan *s, size_t token, struct head *out)
{
    static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyz0123456789_.";
    const struct token *t = &s->tokens[token];

    if (t->type != TOKEN_STRING && t->type != TOKEN_OPEN_STRING)
        return;
    out->name = s->text + t->at + 1;
    while (out->name_len + 1 < t->len && memchr(LETTERS, out->name[out->name_len], sizeof LETTERS - 1) != NULL)
        out->name_len++;
    if (out->name_len == 0)
        out->name = NULL;
}

static void take_verb(const struct scan *s, size_t token, struct head *out)
{
    out->verb = s->text + s->tokens[token].at;
    out->verb_len = s->tokens[token].len;
}

/* `f:ask "nom"`, `local f = flow "nom"`, `message "id"`, `commands {`, `f.start =`. False: nothing of the kind. */
static bool read_head(const struct scan *s, const struct block *b, struct head *out)
{
    size_t at = b->first, name;

    *out = (struct head){ .verb = NULL };
    if (scan_is(s, at, "local") && scan_is(s, at + 2, "="))
        at += 3;
    if (at + 1 >= b->end || s->tokens[at].type != TOKEN_NAME)
        return false;
    out->step = scan_is(s, at + 1, ":") || scan_is(s, at + 1, ".");
    if (out->step)
        at += 2;
    if (at >= b->end || s->tokens[at].type != TOKEN_NAME)
        return false;
    take_verb(s, at, out);
    name = scan_is(s, at + 1, "(") ? at + 2 : at + 1;
    if (name < b->end)
        read_name(s, name, out);
    return true;
}

/* The flow that a file is about: what it says itself, else its name. */
static void find_owner(const struct source_file *f, struct head *out)
{
    const char *base = strrchr(f->source->name, '/');

    for (size_t i = 0; i + 1 < f->scan.count; i++)
        if (scan_is(&f->scan, i, "flow") && f->scan.tokens[i + 1].type == TOKEN_STRING) {
            read_name(&f->scan, i + 1, out);
            break;
        }
    if (out->name != NULL)
        return;                        /* a string without its end has no name in it */
    out->name = base == NULL ? f->source->name : base + 1;
    out->name_len = strcspn(out->name, ".");
}

bool loader_lose(struct loader *ld, const struct source_file *f, size_t block)
{
    struct statements *all = &ld->out->statements;
    struct head head, owner = { .verb = NULL };
    struct lost_statement one = { .verb = NULL }, *list;

    if (!read_head(&f->scan, &f->blocks.list[block], &head))
        return true;
    if (head.step)
        find_owner(f, &owner);
    list = realloc(all->lost, (all->lost_count + 1) * sizeof *list);
    if (list == NULL)
        return false;
    all->lost = list;
    one.verb = strndup(head.verb, head.verb_len);
    one.owner = head.step ? strndup(owner.name, owner.name_len) : NULL;
    one.name = head.name == NULL ? NULL : strndup(head.name, head.name_len);
    list[all->lost_count++] = one;
    return one.verb != NULL && (one.owner != NULL || !head.step) && (one.name != NULL || head.name == NULL);
}

bool loader_lose_all(struct loader *ld, const struct source_file *f)
{
    for (size_t i = 0; i < f->blocks.count; i++)
        if (!loader_lose(ld, f, i))
            return false;
    return true;
}
