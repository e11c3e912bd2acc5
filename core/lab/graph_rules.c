#include "graph_rules.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "graph_check.h"
#include "graph_refusal.h"
#include "wire.h"

enum { RULES_MAX = 64, LATENCY_MAX_MS = 10 * 60 * 1000 };

struct rules {
    struct rule list[RULES_MAX];
    size_t      count;
    uint64_t    seed;
};

struct word {
    const char *name;
    int         value;
};

static const struct word faults[] = {
    { "none", FAULT_NONE },
    { "refuse", FAULT_REFUSE },
    { "fail_after_accept", FAULT_FAIL_AFTER_ACCEPT },
    { "reset_before", FAULT_RESET_BEFORE },
    { "reset_after", FAULT_RESET_AFTER },
    { "silence_before", FAULT_SILENCE_BEFORE },
    { "silence_after", FAULT_SILENCE_AFTER },
    { NULL, 0 },
};

static const struct word statuses[] = {
    { "normal", STATUSES_NORMAL },
    { "off", STATUSES_OFF },
    { "duplicate", STATUSES_DUPLICATE },
    { "reordered", STATUSES_REORDERED },
    { "failed", STATUSES_FAILED },
    { NULL, 0 },
};

static const char *const known[] = {
    "to", "type", "skip", "count", "probability", "latency_ms", "fault", "status", "code", "retry_after_s", "body", "statuses",
    "failed_code", "status_delay_ms", NULL,
};

struct rules *rules_new(uint64_t seed)
{
    struct rules *r = calloc(1, sizeof *r);

    if (r != NULL)
        r->seed = seed | 1;
    return r;
}

void rules_clear(struct rules *r)
{
    for (size_t i = 0; i < r->count; i++)
        free(r->list[i].body);
    r->count = 0;
}

void rules_free(struct rules *r)
{
    if (r == NULL)
        return;
    rules_clear(r);
    free(r);
}

static bool read_word(const cJSON *rule, const char *key, const struct word *words, int *out, struct error *err)
{
    const cJSON *item = json_get(rule, key);

    if (item == NULL)
        return true;
    for (const struct word *w = words; cJSON_IsString(item) && w->name != NULL; w++)
        if (strcmp(w->name, item->valuestring) == 0) {
            *out = w->value;
            return true;
        }
    return error_set(err, "%s: not one of the known words", key);
}

static bool read_number(const cJSON *rule, const char *key, int64_t min, int64_t max, int64_t *out, struct error *err)
{
    if (json_get(rule, key) == NULL)
        return true;
    if (!json_int(rule, key, out) || *out < min || *out > max)
        return error_set(err, "%s: not a number from %" PRId64 " to %" PRId64, key, min, max);
    return true;
}

static bool read_who(const cJSON *rule, struct rule *out, struct error *err)
{
    const cJSON *to = json_get(rule, "to"), *type = json_get(rule, "type"), *chance = json_get(rule, "probability");

    out->count = -1;
    out->probability = 1;
    if (to != NULL && (!cJSON_IsString(to) || (out->person = graph_person(to->valuestring)) == 0))
        return error_set(err, "to: not a phone number or user id");
    if (type != NULL && (!cJSON_IsString(type) || strlen(type->valuestring) >= sizeof out->type))
        return error_set(err, "type: not a message type");
    if (type != NULL)
        memcpy(out->type, type->valuestring, strlen(type->valuestring) + 1);
    if (chance != NULL && (!cJSON_IsNumber(chance) || !(chance->valuedouble >= 0 && chance->valuedouble <= 1)))
        return error_set(err, "probability: not a number from 0 to 1");
    if (chance != NULL)
        out->probability = chance->valuedouble;
    return read_number(rule, "skip", 0, INT64_MAX, &out->skip, err) && read_number(rule, "count", 0, INT64_MAX, &out->count, err);
}

static bool read_what(const cJSON *rule, struct rule *out, struct error *err)
{
    const cJSON *body = json_get(rule, "body");
    int fault = -1, words = STATUSES_NORMAL;
    int64_t status = 0, code = 0, failed = 131026;   /* undeliverable: the commonest asynchronous failure */

    out->retry_after_s = -1;
    if (!read_number(rule, "latency_ms", 0, LATENCY_MAX_MS, &out->latency_ms, err) || !read_word(rule, "fault", faults, &fault, err) ||
        !read_number(rule, "status", 200, 599, &status, err) || !read_number(rule, "code", 0, 9999999, &code, err) ||
        !read_number(rule, "retry_after_s", 0, 86400, &out->retry_after_s, err) ||
        !read_word(rule, "statuses", statuses, &words, err) || !read_number(rule, "failed_code", 1, 9999999, &failed, err) ||
        !read_number(rule, "status_delay_ms", 0, LATENCY_MAX_MS, &out->status_delay_ms, err))
        return false;
    if (body != NULL && !cJSON_IsString(body))
        return error_set(err, "body: not a string");
    if (fault < 0)
        fault = status != 0 || code != 0 || body != NULL ? FAULT_REFUSE : FAULT_NONE;
    out->fault = (enum rule_fault)fault;
    out->statuses = (enum rule_statuses)words;
    out->code = (int)code;
    out->status = status != 0 ? (int)status : code != 0 ? refusal_status((int)code) : 503;
    out->failed_code = (int)failed;
    if (body != NULL && (out->body = strdup(body->valuestring)) == NULL)
        return error_set(err, "out of memory");
    return true;
}

static bool add_one(struct rules *r, const cJSON *tree, struct error *err)
{
    struct rule rule = { 0 };

    if (!cJSON_IsObject(tree))
        return error_set(err, "a rule is a JSON object");
    for (const cJSON *item = tree->child; item != NULL; item = item->next) {
        const char *const *name = known;

        while (*name != NULL && strcmp(*name, item->string) != 0)
            name++;
        if (*name == NULL)
            return error_set(err, "%.40s: no such key in a rule", item->string);
    }
    if (r->count == RULES_MAX)
        return error_set(err, "more than %d rules", RULES_MAX);
    if (!read_who(tree, &rule, err) || !read_what(tree, &rule, err)) {
        free(rule.body);
        return false;
    }
    r->list[r->count++] = rule;
    return true;
}

bool rules_add(struct rules *r, const cJSON *tree, struct error *err)
{
    const cJSON *list = json_get(tree, "rules"), *one;
    size_t before = r->count;

    if (list == NULL)
        return add_one(r, tree, err);
    if (!cJSON_IsArray(list))
        return error_set(err, "rules: not a list");
    cJSON_ArrayForEach(one, list) {
        if (!add_one(r, one, err)) {
            while (r->count > before)
                free(r->list[--r->count].body);
            return false;
        }
    }
    return true;
}

/* xorshift64*: repeatable from the seed, and no more is asked of it. */
static double chance(struct rules *r)
{
    r->seed ^= r->seed >> 12;
    r->seed ^= r->seed << 25;
    r->seed ^= r->seed >> 27;
    return (double)((r->seed * 0x2545F4914F6CDD1Du) >> 11) / 9007199254740992.0;
}

const struct rule *rules_match(struct rules *r, uint64_t person, const char *type)
{
    for (size_t i = 0; i < r->count; i++) {
        struct rule *rule = &r->list[i];

        if ((rule->person != 0 && rule->person != person) || (rule->type[0] != '\0' && strcmp(rule->type, type) != 0))
            continue;
        /* Read marks only where they are asked for by name: a rule "the next message fails" must not be used up by one. */
        if (rule->type[0] == '\0' && strcmp(type, "read") == 0)
            continue;
        if (rule->count == 0 || (rule->probability < 1 && chance(r) >= rule->probability))
            continue;
        if (rule->skip > 0) {
            rule->skip--;
            continue;
        }
        if (rule->count > 0)
            rule->count--;
        rule->hits++;
        return rule;
    }
    return NULL;
}

bool rules_print(const struct rules *r, struct buf *b)
{
    buf_addc(b, '[');
    for (size_t i = 0; i < r->count; i++) {
        const struct rule *rule = &r->list[i];

        buf_adds(b, i == 0 ? "{\"fault\":" : ",{\"fault\":");
        wire_string(b, faults[rule->fault].name);
        buf_addf(b, ",\"hits\":%" PRIu64 ",\"left\":%" PRId64 "}", rule->hits, rule->count);
    }
    return buf_addc(b, ']');
}
