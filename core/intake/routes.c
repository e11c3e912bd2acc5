/*
 * The sources of the live scripts: a reload changes them, so they are handed over like secrets. Where a path is the host's own, or a
 * configured source's, that one has it.
 */
#include <stdlib.h>
#include <string.h>

#include "private.h"

static bool copy(char **to, const char *from)
{
    *to = from == NULL ? NULL : strdup(from);
    return from == NULL || *to != NULL;
}

void routes_free(struct routes *r)
{
    for (size_t i = 0; r != NULL && i < r->count; i++) {
        free(r->list[i].name);
        free(r->list[i].path);
        free(r->list[i].header);
        free(r->list[i].id);
        free(r->list[i].subject);
    }
    free(r);
}

bool intake_set_routes(struct intake *in, const struct intake_route *routes, size_t count, struct error *err)
{
    struct routes *r = count > INTAKE_SOURCES_MAX ? NULL : calloc(1, sizeof *r);

    if (count > INTAKE_SOURCES_MAX)
        return error_set(err, "the scripts have more than %d sources", INTAKE_SOURCES_MAX);
    if (r == NULL)
        return error_set(err, "intake: out of memory");
    for (size_t i = 0; i < count; i++) {
        const struct intake_route *from = &routes[i];
        struct route *to = &r->list[r->count++];

        to->signature = from->signature;
        if (!copy(&to->name, from->name) || !copy(&to->path, from->path) || !copy(&to->header, from->header) ||
            !copy(&to->id, from->id) || !copy(&to->subject, from->subject)) {
            routes_free(r);
            return error_set(err, "intake: out of memory");
        }
    }
    routes_free(atomic_exchange(&in->fresh_routes, r));
    return true;
}

void routes_take_up(struct intake *in)
{
    struct routes *fresh;

    if (atomic_load_explicit(&in->fresh_routes, memory_order_relaxed) == NULL)
        return;
    fresh = atomic_exchange(&in->fresh_routes, NULL);
    if (fresh == NULL)
        return;
    routes_free(in->routes);
    in->routes = fresh;
}

const struct route *routes_find(const struct intake *in, const char *path)
{
    for (size_t i = 0; in->routes != NULL && i < in->routes->count; i++)
        if (strcmp(in->routes->list[i].path, path) == 0)
            return &in->routes->list[i];
    return NULL;
}
