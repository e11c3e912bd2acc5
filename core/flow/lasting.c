/*
 * What outlives a flow: `person { … }`, the declared values of each person, and `shared "name" { … }`, plain data for all.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/nearest.h"
#include "private.h"

/* What a value may take without a quota of its own; the largest that an author may give still leaves room for the flow's variables. */
enum { TEXT_DEFAULT = 500, TEXT_MAX = 2000, LIST_DEFAULT = 20, LIST_MAX = 100, VALUES_MAX = 32, DATA_DEPTH_MAX = 16, NAME_BYTES = 160 };

static const char *const KINDS[] = { [PERSON_TEXT] = "text", [PERSON_NUMBER] = "number", [PERSON_BOOLEAN] = "boolean",
                                     [PERSON_LIST] = "list", [PERSON_TABLE] = "table" };
enum { KIND_COUNT = sizeof KINDS / sizeof KINDS[0] };

/* ---- person { … } ---- */

static bool kind_named(const char *name, enum person_kind *out)
{
    for (size_t i = 0; name != NULL && i < KIND_COUNT; i++)
        if (strcmp(KINDS[i], name) == 0) {
            *out = (enum person_kind)i;
            return true;
        }
    return false;
}

static void read_quota(struct build *b, const struct statement *s, const struct decl *d, struct person_value *v)
{
    static const char *const PLACES[] = { [PERSON_TEXT] = "person text", [PERSON_NUMBER] = "person number", [PERSON_BOOLEAN] = "person boolean",
                                          [PERSON_LIST] = "person list", [PERSON_TABLE] = "person table" };
    const struct decl_entry *drop = decl_entry(d, "drop");
    int64_t max = 0;

    flow_read_keys(b, s, d, PLACES[v->kind]);
    if (flow_read_integer(b, s, decl_entry(d, "max"), 1, v->kind == PERSON_TEXT ? TEXT_MAX : LIST_MAX, &max))
        v->max = (int)max;
    if (drop == NULL || v->kind != PERSON_LIST)
        return;
    v->drop_oldest = drop->value.type == DECL_STRING && strcmp(drop->value.string, "oldest") == 0;
    if (!v->drop_oldest)
        flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &drop->value), "drop = \"oldest\"", "`drop` of a list can only be \"oldest\"");
}

/* "text", or text { max = 200 } */
static bool read_value(struct build *b, const struct statement *s, const struct decl_entry *e, struct person_value *v)
{
    const struct decl *d = &e->value;
    const char *kind = d->type == DECL_STRING ? d->string : d->type == DECL_TABLE ? d->tag : NULL;

    if (!flow_read_name(b, flow_at_entry(s, e), e->name, "value"))
        return false;
    if (!kind_named(kind, &v->kind)) {
        flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, d), "text {}, number {}, boolean {}, list {} or \"table\"",
                    "`%.64s` must say which kind of value it is", e->name);
        return false;
    }
    v->max = v->kind == PERSON_TEXT ? TEXT_DEFAULT : LIST_DEFAULT;
    if (d->type == DECL_TABLE)
        read_quota(b, s, d, v);
    v->name = pool_text(b->pool, e->name);
    return v->name != NULL;
}

static void read_person(struct build *b, const struct statement *s)
{
    const struct decl *d = &s->body;

    if (d->type != DECL_TABLE || d->count > VALUES_MAX) {
        flow_report(b, CODE_WRONG_VALUE, flow_at(s), "person { adresse = text { max = 200 } }", "`person` must be a table of at most %d values", VALUES_MAX);
        return;
    }
    b->flows->person = pool_array(b->pool, d->count, sizeof *b->flows->person);
    for (size_t i = 0; i < d->count && b->flows->person != NULL; i++)
        b->flows->person_count += read_value(b, s, &d->entries[i], &b->flows->person[b->flows->person_count]);
}

/* ---- plain data ---- */

static cJSON *scalar(const struct decl *d)
{
    switch (d->type) {
    case DECL_BOOLEAN: return cJSON_CreateBool(d->boolean);
    case DECL_INTEGER: return cJSON_CreateNumber((double)d->integer);
    case DECL_NUMBER:  return cJSON_CreateNumber(d->number);
    case DECL_STRING:  return cJSON_CreateString(d->string);
    default:           return NULL;
    }
}

static cJSON *plain(struct build *b, const struct statement *s, const struct decl *d, int depth);

static cJSON *plain_table(struct build *b, const struct statement *s, const struct decl *d, int depth)
{
    size_t items = decl_items(d);
    cJSON *to;

    if (items > 0 && items != d->count) {
        flow_report(b, CODE_SHARED, flow_at_value(s, d), "write names, or a list", "a table of data has names or is a list, not both");
        return NULL;
    }
    to = items > 0 ? cJSON_CreateArray() : cJSON_CreateObject();
    for (size_t i = 0; to != NULL && i < d->count; i++) {
        cJSON *value = plain(b, s, &d->entries[i].value, depth + 1);

        if (value != NULL && json_add(to, d->entries[i].name, value))
            continue;
        b->pool->failed = b->pool->failed || value != NULL;
        cJSON_Delete(to);
        return NULL;
    }
    b->pool->failed = b->pool->failed || to == NULL;
    return to;
}

/* What cJSON has no memory for counts as a piece of the pool that is missing: the definitions are not built. */
static cJSON *plain(struct build *b, const struct statement *s, const struct decl *d, int depth)
{
    cJSON *value;

    if (d->type == DECL_FUNCTION || d->type == DECL_NIL || (d->type == DECL_TABLE && (d->tag != NULL || depth > DATA_DEPTH_MAX))) {
        flow_report(b, CODE_SHARED, flow_at_value(s, d), "texts, numbers, true, false and tables of them", "data holds plain values only");
        return NULL;
    }
    if (d->type == DECL_TABLE)
        return plain_table(b, s, d, depth);
    value = scalar(d);
    b->pool->failed = b->pool->failed || value == NULL;
    return value;
}

cJSON *flow_plain_data(struct build *b, const struct statement *s, const struct decl *d) { return plain(b, s, d, 0); }

/* ---- shared "name" { … } ---- */

static size_t printed_size(struct build *b, const cJSON *data)
{
    size_t len = 0;
    char *text = json_print(data, &len);

    b->pool->failed = b->pool->failed || text == NULL;
    free(text);
    return len;
}

static void read_shared(struct build *b, const struct statement *s, size_t *all)
{
    size_t len;
    cJSON *data;

    if (!flow_read_name(b, flow_at(s), s->name, "shared table"))
        return;
    if (s->body.type != DECL_TABLE || json_get(b->flows->shared, s->name) != NULL) {
        flow_report(b, CODE_SHARED, flow_at(s), "shared \"tarifs\" { moto = 1500 }", "shared \"%.64s\" must be one table, written once", s->name);
        return;
    }
    data = flow_plain_data(b, s, &s->body);
    if (data == NULL)
        return;
    len = printed_size(b, data);
    *all += len;
    if (len > SHARED_BYTES_MAX || *all > SHARED_ALL_BYTES_MAX)
        flow_report(b, CODE_SHARED, flow_at(s), "large lists belong to the backend: f:call",
                    "shared \"%.64s\" has %zu bytes: one may have %d, all together %d", s->name, len, SHARED_BYTES_MAX, SHARED_ALL_BYTES_MAX);
    if (b->flows->shared == NULL)
        b->flows->shared = cJSON_CreateObject();
    if (b->flows->shared == NULL)
        cJSON_Delete(data);
    if (b->flows->shared == NULL || !json_add(b->flows->shared, s->name, data))
        b->pool->failed = true;
}

void flow_read_lasting(struct build *b)
{
    const struct statement *person = NULL;
    size_t all = 0;

    for (size_t i = 0; i < b->statements->count; i++) {
        const struct statement *s = &b->statements->list[i];

        if (strcmp(s->verb, "shared") == 0) {
            read_shared(b, s, &all);
        } else if (strcmp(s->verb, "person") == 0 && person != NULL) {
            flow_report(b, CODE_STATEMENT_TWICE, flow_at(s), "keep them in one file", "a second `%s`; the first is in %.100s on line %d", s->verb,
                        person->file, person->line);
        } else if (strcmp(s->verb, "person") == 0) {
            person = s;
            read_person(b, s);
        }
    }
}

/* ---- who uses it ---- */

bool flow_need_person(struct build *b, struct where at, const char *path)
{
    char name[TALK_NAME_MAX + 1], hint[NAME_BYTES];
    struct nearest near = { .word = name };

    (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(path, "."), path);
    if (flows_person(b->flows, name) != NULL)
        return true;
    for (size_t i = 0; i < b->flows->person_count; i++)
        nearest_offer(&near, b->flows->person[i].name);
    if (near.best != NULL)
        (void)snprintf(hint, sizeof hint, problems_text(b->out, "did you mean `person.%.64s`?"), near.best);
    else
        (void)snprintf(hint, sizeof hint, problems_text(b->out, "declare it: person { %.64s = text {} }"), name);
    flow_report(b, CODE_PERSON, at, hint, "`person` does not declare \"%.64s\"", name);
    return false;
}

bool flow_saves_to_person(struct build *b, struct where at, const char *name, const enum person_kind *kind)
{
    const char *part = flow_person_part(name);
    const struct person_value *v = part == NULL ? NULL : flows_person(b->flows, part);

    if (part == NULL)
        return false;
    if (v == NULL)
        (void)flow_need_person(b, at, part);
    else if (kind != NULL && v->kind != *kind)
        flow_report(b, CODE_PERSON_KIND, at, "save it elsewhere, or declare it so", "person.%.64s is declared as %s, this gives a %s", v->name,
                    KINDS[v->kind], KINDS[*kind]);
    return true;
}

static void offer_names(const cJSON *table, struct nearest *near)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, table)
        if (item->string != NULL)
            nearest_offer(near, item->string);
}

/* The first part of the path that is not there is named, with what stands at its place. */
static void check_shared(struct build *b, struct where at, const char *path)
{
    const cJSON *table = b->flows->shared;
    char part[TALK_NAME_MAX + 1], hint[NAME_BYTES];

    for (const char *from = path + strlen("shared."); *from != '\0';) {
        size_t len = strcspn(from, ".");
        struct nearest near = { .word = part };
        const cJSON *next;

        (void)snprintf(part, sizeof part, "%.*s", (int)len, from);
        next = table == NULL ? NULL : json_path(table, part);
        if (next != NULL) {
            table = next;
            from += len + (from[len] == '.');
            continue;
        }
        offer_names(table, &near);
        if (near.best != NULL)
            (void)snprintf(hint, sizeof hint, problems_text(b->out, "did you mean `%.64s`?"), near.best);
        flow_report(b, CODE_SHARED_PATH, at, near.best == NULL ? NULL : hint, "{%.100s}: shared data has no \"%.64s\" there", path, part);
        return;
    }
}

void flow_check_lasting(struct build *b, struct where at, const char *path)
{
    const char *part = flow_person_part(path);

    if (part != NULL)
        (void)flow_need_person(b, at, part);
    else if (strncmp(path, "shared.", strlen("shared.")) == 0)
        check_shared(b, at, path);
}
