/* Sets of variable names, small enough to be looked through. */
#include <string.h>

#include "private.h"

size_t names_find(const struct names *n, const char *name, size_t len)
{
    for (size_t i = 0; i < n->count; i++)
        if (strlen(n->list[i]) == len && memcmp(n->list[i], name, len) == 0)
            return i;
    return SIZE_MAX;
}

void names_add(struct names *n, const char *name)
{
    if (n->count < n->room && names_find(n, name, strlen(name)) == SIZE_MAX)
        n->list[n->count++] = name;
}
