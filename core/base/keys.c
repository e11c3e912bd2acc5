#include <string.h>

#include "lisolo/base/keys.h"
#include "lisolo/base/nearest.h"

const struct key_doc *keys_exact(const struct key_doc *list, size_t count, const char *place, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].place, place) == 0 && strcmp(list[i].key, key) == 0)
            return &list[i];
    return NULL;
}

const struct key_doc *keys_find(const struct key_doc *list, size_t count, const char *place, const char *key, const char **near)
{
    const struct key_doc *any = keys_exact(list, count, place, "*"), *found = keys_exact(list, count, place, key);
    struct nearest n = { .word = key };

    if (near != NULL)
        *near = NULL;
    if (found != NULL || any != NULL)
        return found != NULL ? found : any;
    for (size_t i = 0; i < count && near != NULL; i++)
        if (strcmp(list[i].place, place) == 0 && strcmp(list[i].key, "[]") != 0)
            nearest_offer(&n, list[i].key);
    if (near != NULL)
        *near = n.best;
    return NULL;
}

bool keys_has_place(const struct key_doc *list, size_t count, const char *place)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].place, place) == 0)
            return true;
    return false;
}
