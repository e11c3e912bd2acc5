/*
 * One of value.statuses[]: the fate of a message of ours (§3). The row is found by the callback string, which also comes
 * when the answer to our request was lost, else by the wamid.
 */
#include <inttypes.h>
#include <string.h>

#include "lisolo/base/utf8.h"
#include "private.h"

enum { DETAILS_POINTS = 200 };         /* Meta's longest known details are about 130 characters */

struct fate {
    const char     *word;
    enum store_rank rank;
    bool            failed;
};

/* `deleted` and `warning` of old payloads are left out on purpose: they move nothing. */
static const struct fate FATES[] = {
    { "sent", RANK_SENT, false },
    { "delivered", RANK_DELIVERED, false },
    { "read", RANK_READ, false },
    { "played", RANK_PLAYED, false },
    { "failed", RANK_NONE, true },
};

static const struct fate *find_fate(const char *word)
{
    for (size_t i = 0; word != NULL && i < sizeof FATES / sizeof FATES[0]; i++)
        if (strcmp(FATES[i].word, word) == 0)
            return &FATES[i];
    return NULL;
}

static void write_member(struct buf *out, const char *key, const char *value)
{
    if (value == NULL)
        return;
    if (out->data != NULL && out->len > 0 && out->data[out->len - 1] != '{')
        buf_addc(out, ',');
    talk_quote(out, key);
    buf_addc(out, ':');
    talk_quote(out, value);
}

static void write_error(struct reader *r, const cJSON *error)
{
    const char *details = wa_some(json_get(error, "error_data"), "details");
    int64_t code = 0;

    (void)json_int(error, "code", &code);
    buf_addf(&r->scratch, "{\"code\":%" PRId64, code);
    write_member(&r->scratch, "title", wa_some(error, "title"));
    if (details != NULL) {
        const char *cut = wa_strings_copy(&r->strings, details, utf8_cut(details, DETAILS_POINTS));

        r->failed |= cut == NULL;
        write_member(&r->scratch, "details", cut);
    }
    buf_addc(&r->scratch, '}');
}

/* What an operator wants to know later: what, when, why, and what it cost (§3: pricing must be kept by message). */
static void write_status(struct reader *r, const cJSON *status, const struct fate *fate, int64_t at_ms)
{
    const cJSON *errors = json_get(status, "errors"), *pricing = json_get(status, "pricing"), *item;
    struct buf *out = &r->scratch;

    buf_clear(out);
    buf_addf(out, "{\"status\":\"%s\",\"timestamp\":%" PRId64, fate->word, at_ms / 1000);
    if (cJSON_IsArray(errors) && errors->child != NULL) {
        buf_adds(out, ",\"errors\":[");
        cJSON_ArrayForEach(item, errors) {
            if (item != errors->child)
                buf_addc(out, ',');
            write_error(r, item);
        }
        buf_addc(out, ']');
    }
    if (cJSON_IsObject(pricing)) {
        buf_adds(out, ",\"pricing\":{");
        write_member(out, "pricing_model", wa_some(pricing, "pricing_model"));
        write_member(out, "type", wa_some(pricing, "type"));
        write_member(out, "category", wa_some(pricing, "category"));
        buf_addc(out, '}');
    }
    buf_addc(out, '}');
}

/* 0: none. */
static int first_code(const cJSON *status)
{
    const cJSON *errors = json_get(status, "errors"), *item;
    int64_t code;

    if (!cJSON_IsArray(errors))
        return 0;
    cJSON_ArrayForEach(item, errors) {
        if (json_int(item, "code", &code) && code > 0 && code <= INT32_MAX)
            return (int)code;
    }
    return 0;
}

static bool is_group(const cJSON *status)
{
    const char *type = json_str(status, "recipient_type");

    return type != NULL && strcmp(type, "group") == 0;
}

void wa_status_read(struct reader *r, const cJSON *status)
{
    const struct fate *fate = find_fate(json_str(status, "status"));
    const char *wamid = wa_some_id(status, "id");
    struct store_item *item;
    struct blob text;
    int64_t out_id = 0;
    int attempt = 0;

    (void)channel_callback_read(json_str(status, "biz_opaque_callback_data"), r->options->install, &out_id, &attempt);
    if (fate == NULL || is_group(status) || (wamid == NULL && out_id == 0)) {
        r->out->ignored++;
        return;
    }
    item = wa_reader_item(r);
    if (item == NULL)
        return;
    item->kind = STORE_STATUS;
    item->number = r->number;
    item->at_ms = wa_reader_time(r, status);
    item->out_id = out_id;
    item->attempt = attempt;
    item->wamid = wa_reader_keep(r, wamid);
    item->rank = fate->rank;
    item->failed = fate->failed;
    item->error_code = fate->failed ? first_code(status) : 0;
    write_status(r, status, fate, item->at_ms);
    if (wa_reader_take_scratch(r, &text))
        item->status_json = text.data;
}
