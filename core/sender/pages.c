/*
 * The pages of a list. A backend answers {"results": […], "next": url, …}; the pages that follow are read here and handed over as
 * one answer. Nothing is written down between two pages: a GET may begin anew after a crash.
 *
 * Of `next` only the path and the query below our own base are used, whoever it names as host: a backend that is wrong or taken
 * over sends us nowhere else. What is more than a script can take is cut after a whole item, and said so.
 */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#include "lisolo/base/log.h"

/* Below what a script takes as one value (64 KiB), with room for the members beside the list. */
enum { LIST_BYTES_MAX = 60 * 1024, PAGE_PATH_MAX = 2048 };

/* ---- where the next page is ---- */

/* The path of a URL; a path is its own. NULL: neither. */
static const char *path_of(const char *url)
{
    const char *host = strncmp(url, "http://", 7) == 0 ? url + 7 : strncmp(url, "https://", 8) == 0 ? url + 8 : NULL;

    if (host == NULL)
        return url[0] == '/' && url[1] != '/' ? url : NULL;
    host += strcspn(host, "/?#");
    return *host == '/' ? host : NULL;
}

/* A client tidies "." and ".." away, whatever their spelling, and so would leave the base. */
static bool climbs(const char *path)
{
    size_t len = strcspn(path, "?");

    for (size_t i = 0; i < len; i++) {
        size_t dots = 0, at = i + 1;

        if (path[i] != '/')
            continue;
        for (; at < len; dots++)
            if (path[at] == '.')
                at++;
            else if (strncasecmp(path + at, "%2e", 3) == 0)
                at += 3;
            else
                break;
        if (dots > 0 && dots < 3 && (at == len || path[at] == '/'))
            return true;
    }
    return false;
}

static bool is_plain(const char *path)
{
    for (const unsigned char *c = (const unsigned char *)path; *c != '\0'; c++)
        if (*c <= ' ' || *c >= 0x7f || *c == '\\')
            return false;
    return true;
}

/* *out is the caller's to free(). False: it is no path below our base. */
bool page_path(const char *base, const char *current, const char *next, char **out)
{
    const char *root = base == NULL ? NULL : path_of(base), *path;
    size_t len = root == NULL ? 0 : strlen(root);

    *out = NULL;
    if (next[0] == '?') {              /* "?page=2": of the same list */
        if (!is_plain(next))
            return false;
        return asprintf(out, "%.*s%.*s", (int)strcspn(current, "?"), current, (int)strcspn(next, "#"), next) > 0;
    }
    path = path_of(next);
    if (path == NULL || strlen(path) > PAGE_PATH_MAX || !is_plain(path) || climbs(path))
        return false;
    while (len > 0 && root[len - 1] == '/')
        len--;
    if (strncmp(path, root == NULL ? "" : root, len) != 0 || path[len] != '/')
        return false;
    *out = strndup(path + len, strcspn(path + len, "#"));
    return *out != NULL;
}

/* ---- the list ---- */

static bool add_items(struct call *call, cJSON *list)
{
    struct paging *p = &call->paging;
    cJSON *item;

    while ((item = cJSON_DetachItemFromArray(list, 0)) != NULL) {
        size_t len = 0;
        char *text = json_print(item, &len);

        free(text);
        if (text == NULL || p->bytes + len + 1 > LIST_BYTES_MAX) {
            cJSON_Delete(item);
            p->cut = true;
            return false;
        }
        p->bytes += len + 1;
        if (!json_add(p->items, NULL, item))
            abort();
    }
    return true;
}

static cJSON *list_of(cJSON *data) { return cJSON_IsArray(data) ? data : cJSON_GetObjectItemCaseSensitive(data, "results"); }

/* The first page gives the shape and what stands beside the list. */
static void begin(struct call *call, cJSON *data)
{
    struct paging *p = &call->paging;

    if (p->items == NULL)
        p->items = cJSON_CreateArray();
    if (p->items == NULL)
        abort();
    if (p->first == NULL)
        p->first = data;
}

static bool go_on(struct sender *s, struct call *call, const char *next)
{
    struct paging *p = &call->paging;
    char *path = NULL;

    if (next == NULL || next[0] == '\0')
        return false;
    if (p->count >= call->pages || !page_path(s->backend_base, p->path != NULL ? p->path : call->path, next, &path)) {
        if (p->count < call->pages)
            LOG(LOG_WARN, "call_page_refused", log_int("call", call->id), log_str("step", call->step),
                log_str("reason", "`next` is no address below the backend's base"));
        p->cut = true;
        return false;
    }
    free(p->path);
    p->path = path;
    return true;
}

enum page_verdict pages_take(struct sender *s, struct call *call, cJSON *data)
{
    struct paging *p = &call->paging;
    cJSON *list = list_of(data), *next = cJSON_GetObjectItemCaseSensitive(data, "next");
    char *to = NULL;
    bool more;

    if (!cJSON_IsArray(list)) {
        if (p->count == 0)
            return PAGE_NO_LIST;
        cJSON_Delete(data);
        return PAGE_WRONG;
    }
    p->count++;
    if (cJSON_IsString(next) && (to = strdup(next->valuestring)) == NULL)
        abort();
    begin(call, data);
    more = add_items(call, list) && go_on(s, call, to);
    free(to);
    if (p->first != data)
        cJSON_Delete(data);
    return more ? PAGE_MORE : PAGE_LAST;
}

cJSON *pages_join(struct call *call)
{
    struct paging *p = &call->paging;
    cJSON *all = p->first, *items = p->items;

    p->first = p->items = NULL;
    if (p->cut)
        LOG(LOG_WARN, "call_list_cut", log_int("call", call->id), log_str("step", call->step), log_int("pages", p->count),
            log_int("items", cJSON_GetArraySize(items)));
    if (cJSON_IsArray(all)) {
        cJSON_Delete(all);
        return items;
    }
    cJSON_DeleteItemFromObjectCaseSensitive(all, "next");
    cJSON_DeleteItemFromObjectCaseSensitive(all, "results");
    if (!json_add(all, "results", items) || (p->cut && !json_add_bool(all, "truncated", true)))
        abort();
    return all;
}

void pages_free(struct call *call)
{
    struct paging *p = &call->paging;

    cJSON_Delete(p->first);
    cJSON_Delete(p->items);
    free(p->path);
    *p = (struct paging){ .count = 0 };
}
