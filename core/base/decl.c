#include "lisolo/base/decl.h"

#include <stdlib.h>
#include <string.h>

void decl_free(struct decl *d)
{
    size_t i;

    if (d == NULL)
        return;
    for (i = 0; i < d->count; i++) {
        free(d->entries[i].name);
        decl_free(&d->entries[i].value);
    }
    free(d->entries);
    free(d->string);
    free(d->tag);
    *d = (struct decl){ .type = DECL_NIL };
}

void statements_free(struct statements *s)
{
    size_t i;

    if (s == NULL)
        return;
    for (i = 0; i < s->count; i++) {
        free(s->list[i].verb);
        free(s->list[i].owner);
        free(s->list[i].name);
        free(s->list[i].file);
        decl_free(&s->list[i].body);
    }
    free(s->list);
    for (i = 0; i < s->lost_count; i++) {
        free(s->lost[i].verb);
        free(s->lost[i].owner);
        free(s->lost[i].name);
    }
    free(s->lost);
    *s = (struct statements){ 0 };
}

static bool may_be(const char *wanted, const char *is)
{
    return wanted == NULL || is == NULL || strcmp(wanted, is) == 0;
}

bool statements_lost(const struct statements *s, const char *verb, const char *owner, const char *name)
{
    for (size_t i = 0; i < s->lost_count; i++) {
        const struct lost_statement *l = &s->lost[i];

        if (may_be(verb, l->verb) && (owner == NULL || (l->owner != NULL && strcmp(owner, l->owner) == 0)) && may_be(name, l->name))
            return true;
    }
    return false;
}

const struct decl_entry *decl_entry(const struct decl *d, const char *name)
{
    size_t i;

    if (d == NULL || d->type != DECL_TABLE)
        return NULL;
    for (i = 0; i < d->count; i++)
        if (d->entries[i].name != NULL && strcmp(d->entries[i].name, name) == 0)
            return &d->entries[i];
    return NULL;
}

const struct decl *decl_get(const struct decl *d, const char *name)
{
    const struct decl_entry *entry = decl_entry(d, name);

    return entry == NULL ? NULL : &entry->value;
}

size_t decl_items(const struct decl *d)
{
    size_t n = 0;

    if (d == NULL || d->type != DECL_TABLE)
        return 0;
    while (n < d->count && d->entries[n].name == NULL)
        n++;
    return n;
}

const struct decl *decl_item(const struct decl *d, size_t index)
{
    if (d == NULL || d->type != DECL_TABLE || index >= d->count || d->entries[index].name != NULL)
        return NULL;
    return &d->entries[index].value;
}

const char *decl_string(const struct decl *d, const char *name)
{
    const struct decl *value = decl_get(d, name);

    return value != NULL && value->type == DECL_STRING ? value->string : NULL;
}
