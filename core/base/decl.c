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
    *s = (struct statements){ 0 };
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
