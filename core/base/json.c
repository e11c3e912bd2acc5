#include "lisolo/base/json.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_scan.h"

#define NO_MEMORY "json: out of memory"

static const int64_t exact_max = INT64_C(1) << 53;   /* every integer up to it is a double */

static int compare_keys(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted, because comparing each with each takes quadratic time, and the body is the sender's choice. */
static bool many_keys_unique(const cJSON *object, size_t count, struct error *err)
{
    const char **keys = malloc(count * sizeof *keys);
    const cJSON *item;
    size_t i = 0;
    bool ok = true;

    if (keys == NULL)
        return error_set(err, NO_MEMORY);
    cJSON_ArrayForEach(item, object)
        keys[i++] = item->string;
    qsort(keys, count, sizeof *keys, compare_keys);
    for (i = 1; ok && i < count; i++)
        if (strcmp(keys[i - 1], keys[i]) == 0)
            ok = error_set(err, "json: the key \"%.60s\" stands twice in an object", keys[i]);
    free(keys);
    return ok;
}

static bool keys_unique(const cJSON *object, struct error *err)
{
    enum { FEW = 24 };       /* what WhatsApp and backends send has fewer keys: no allocation, few comparisons */
    const cJSON *item, *other;
    size_t count = 0;

    cJSON_ArrayForEach(item, object)
        count++;
    if (count > FEW)
        return many_keys_unique(object, count, err);
    cJSON_ArrayForEach(item, object)
        for (other = item->next; other != NULL; other = other->next)
            if (item->string[0] == other->string[0] && strcmp(item->string, other->string) == 0)
                return error_set(err, "json: the key \"%.60s\" stands twice in an object", item->string);
    return true;
}

/* What only the tree shows. Recursion ends: json_scan() has counted the levels. */
static bool check_tree(const cJSON *tree, struct error *err)
{
    const cJSON *item;

    if (tree->type == cJSON_Number && !isfinite(tree->valuedouble))
        return error_set(err, "json: a number is too large");
    if (tree->type == cJSON_Object && !keys_unique(tree, err))
        return false;
    cJSON_ArrayForEach(item, tree)
        if (item->type != cJSON_String && !check_tree(item, err))
            return false;
    return true;
}

bool json_no_memory(const struct error *err) { return strcmp(err->text, NO_MEMORY) == 0; }

cJSON *json_parse(const char *text, size_t len, struct error *err)
{
    size_t long_integers = 0;
    char *copy = NULL;
    cJSON *tree;

    if (!json_scan(text, len, &long_integers, err))
        return NULL;
    if (long_integers > 0) {
        copy = json_quote_long_integers(text, len, long_integers, &len);
        if (copy == NULL) {
            error_set(err, NO_MEMORY);
            return NULL;
        }
        text = copy;
    }
    tree = cJSON_ParseWithLength(text, len);
    free(copy);
    if (tree == NULL) {
        error_set(err, NO_MEMORY);
        return NULL;
    }
    if (!check_tree(tree, err)) {
        cJSON_Delete(tree);
        return NULL;
    }
    return tree;
}

static bool is(const cJSON *item, int type)
{
    return item != NULL && (item->type & 0xFF) == type;
}

const cJSON *json_get(const cJSON *object, const char *key)
{
    return is(object, cJSON_Object) ? cJSON_GetObjectItemCaseSensitive(object, key) : NULL;
}

const char *json_str(const cJSON *object, const char *key)
{
    const cJSON *item = json_get(object, key);

    return is(item, cJSON_String) ? item->valuestring : NULL;
}

static bool digits_only(const char *text)
{
    if (*text == '-')
        text++;
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++)
        if (*text < '0' || *text > '9')
            return false;
    return true;
}

bool json_int(const cJSON *object, const char *key, int64_t *out)
{
    const cJSON *item = json_get(object, key);
    long long value;
    double number;

    if (is(item, cJSON_Number)) {
        number = item->valuedouble;
        if (!(fabs(number) <= (double)exact_max) || number != floor(number))
            return false;
        *out = (int64_t)number;
        return true;
    }
    if (!is(item, cJSON_String) || !digits_only(item->valuestring))
        return false;
    errno = 0;
    value = strtoll(item->valuestring, NULL, 10);
    if (errno != 0)
        return false;
    *out = value;
    return true;
}

bool json_bool(const cJSON *object, const char *key)
{
    return is(json_get(object, key), cJSON_True);
}

static const cJSON *member(const cJSON *object, const char *key, size_t len)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, object)
        if (item->string != NULL && strncmp(item->string, key, len) == 0 && item->string[len] == '\0')
            return item;
    return NULL;
}

/* "3" is the third. NULL for anything but a plain number from 1 on. */
static const cJSON *nth(const cJSON *array, const char *text, size_t len)
{
    const cJSON *item;
    size_t index = 0, i;

    if (len == 0 || len > 9)
        return NULL;
    for (i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return NULL;
        index = index * 10 + (size_t)(text[i] - '0');
    }
    cJSON_ArrayForEach(item, array)
        if (--index == 0)
            return item;
    return NULL;
}

const cJSON *json_path(const cJSON *root, const char *path)
{
    const cJSON *at = root;
    size_t len;

    if (strcmp(path, ".") == 0)
        return root;
    for (;;) {
        len = strcspn(path, ".");
        if (len == 0)
            return NULL;
        if (is(at, cJSON_Array))
            at = nth(at, path, len);
        else
            at = is(at, cJSON_Object) ? member(at, path, len) : NULL;
        if (at == NULL || path[len] == '\0')
            return at;
        path += len + 1;
    }
}

bool json_add(cJSON *to, const char *key, cJSON *value)
{
    bool ok;

    if (value == NULL)
        return true;
    ok = key == NULL ? cJSON_AddItemToArray(to, value) : cJSON_AddItemToObject(to, key, value);
    if (!ok)
        cJSON_Delete(value);
    return ok;
}

/* As json_add(), for a value just made: NULL is "out of memory". */
static bool add_new(cJSON *to, const char *key, cJSON *value)
{
    return value != NULL && json_add(to, key, value);
}

bool json_add_str(cJSON *to, const char *key, const char *value)
{
    return value == NULL || add_new(to, key, cJSON_CreateString(value));
}

bool json_add_int(cJSON *to, const char *key, int64_t value)
{
    char text[24];

    if (value <= exact_max && value >= -exact_max)
        return add_new(to, key, cJSON_CreateNumber((double)value));
    (void)snprintf(text, sizeof text, "%lld", (long long)value);
    return add_new(to, key, cJSON_CreateString(text));
}

bool json_add_bool(cJSON *to, const char *key, bool value)
{
    return add_new(to, key, cJSON_CreateBool(value));
}
