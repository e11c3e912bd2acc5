/*
 * One webhook POST: every entry, every change, every message and status of it (whatsapp.md §1.2: each level is an array
 * and single items are only the norm). What we know becomes an item; what we do not is counted, never an error.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

/* A webhook has at most 1,000 updates (§1.2). More people than that would only make the search for one of them long. */
enum { CONTACTS_MAX = 1000 };

/* ---- the envelope ---- */

static bool number_is_ours(const struct channel_options *o, const char *number)
{
    if (o->numbers == NULL)
        return true;
    for (size_t i = 0; i < o->number_count; i++)
        if (strcmp(o->numbers[i], number) == 0)
            return true;
    return false;
}

/* They are matched to messages by id, not by place (§1.2), so they are looked up a thousand times in a full webhook. */
static void read_contacts(struct reader *r, const cJSON *contacts)
{
    const cJSON *item;

    r->contact_count = r->contact_next = 0;
    cJSON_ArrayForEach(item, contacts) {
        struct contact c = { .phone = wa_some_id(item, "wa_id"), .bsuid = wa_some_id(item, "user_id"),
                             .name = wa_some(json_get(item, "profile"), "name") };

        if (c.phone == NULL && c.bsuid == NULL)
            continue;
        if (r->contact_count == CONTACTS_MAX)
            return;
        if (r->contact_count == r->contact_room) {
            size_t room = r->contact_room == 0 ? 4 : r->contact_room * 4;
            struct contact *bigger = reallocarray(r->contacts, room, sizeof *bigger);

            if (bigger == NULL) {
                r->failed = true;
                return;
            }
            r->contacts = bigger;
            r->contact_room = room;
        }
        r->contacts[r->contact_count++] = c;
    }
}

static void read_errors(struct reader *r, const cJSON *errors)
{
    const cJSON *item;
    int64_t code;

    cJSON_ArrayForEach(item, errors) {
        r->out->errors++;
        if (r->out->error_code == 0 && json_int(item, "code", &code) && code > 0 && code <= INT32_MAX)
            r->out->error_code = (int)code;
    }
}

static void read_value(struct reader *r, const cJSON *value)
{
    const cJSON *list, *item;

    read_contacts(r, json_get(value, "contacts"));
    cJSON_ArrayForEach(list, value) {
        if (!cJSON_IsArray(list))
            continue;
        if (strcmp(list->string, "messages") == 0) {
            cJSON_ArrayForEach(item, list) {
                if (!r->failed)
                    wa_message_read(r, item);
            }
        } else if (strcmp(list->string, "statuses") == 0) {
            cJSON_ArrayForEach(item, list) {
                if (!r->failed)
                    wa_status_read(r, item);
            }
        } else if (strcmp(list->string, "errors") == 0) {
            read_errors(r, list);
        }
    }
}

/* Only `messages` is handled; of the other fields (§1.5) nothing is lost that a later webhook or an API call does not give. */
static void read_change(struct reader *r, const cJSON *change)
{
    const char *field = json_str(change, "field");
    const cJSON *value = json_get(change, "value");
    const char *number = wa_some_id(json_get(value, "metadata"), "phone_number_id");

    if (field == NULL || strcmp(field, "messages") != 0 || !cJSON_IsObject(value)) {
        r->out->ignored++;
        return;
    }
    if (number == NULL) {              /* errors of the whole account name no number (§2.4) */
        const cJSON *errors = json_get(value, "errors");

        if (cJSON_IsArray(errors))
            read_errors(r, errors);
        else
            r->out->ignored++;
        return;
    }
    if (!number_is_ours(r->options, number)) {
        r->out->ignored++;
        return;
    }
    r->number = wa_reader_keep(r, number);
    if (!r->failed)
        read_value(r, value);
}

static void read_entries(struct reader *r, const cJSON *entries)
{
    const cJSON *entry, *change;

    cJSON_ArrayForEach(entry, entries) {
        const cJSON *changes = json_get(entry, "changes");

        if (!cJSON_IsArray(changes)) {
            r->out->ignored++;
            continue;
        }
        cJSON_ArrayForEach(change, changes) {
            if (!r->failed)
                read_change(r, change);
        }
    }
}

static cJSON *parse_body(const char *body, size_t len, bool *no_memory, struct error *err)
{
    struct error why = { "" };
    cJSON *tree = json_parse(body, len, &why);
    char *mended = NULL;

    if (tree == NULL && !wa_was_memory(&why))
        mended = wa_mend_escapes(body, len, no_memory);
    if (mended != NULL)
        tree = json_parse(mended, len, &why);
    free(mended);
    if (tree == NULL) {
        *no_memory |= wa_was_memory(&why);
        error_set(err, "webhook: %s", *no_memory ? "out of memory" : why.text);
    }
    return tree;
}

static bool check_envelope(const cJSON *tree, struct error *err)
{
    const char *object = json_str(tree, "object");

    if (object == NULL || strcmp(object, "whatsapp_business_account") != 0)
        return error_set(err, "webhook: \"object\" is not \"whatsapp_business_account\"");
    if (!cJSON_IsArray(json_get(tree, "entry")))
        return error_set(err, "webhook: \"entry\" is not a list");
    return true;
}

bool channel_read_webhook(const char *body, size_t len, const struct channel_options *options, struct channel_inbound *out,
                          struct error *err)
{
    struct reader r = { .options = options, .out = out };
    bool ok = false;
    cJSON *tree;

    memset(out, 0, sizeof *out);
    buf_init(&r.scratch, CHANNEL_WEBHOOK_MAX + 64 * 1024);      /* an event is no longer than what it was made from, and its frame */
    tree = parse_body(body, len, &out->no_memory, err);
    if (tree == NULL)
        goto out;
    if (!check_envelope(tree, err))
        goto out;
    r.failed = !wa_strings_init(&r.strings, len + 512);      /* mostly the only block: the frames of events are what is added */
    if (!r.failed)
        read_entries(&r, json_get(tree, "entry"));
    if (r.failed) {
        out->no_memory = true;
        error_set(err, "webhook: out of memory");
        goto out;
    }
    out->memory = r.strings.blocks;
    r.strings.blocks = NULL;             /* handed over */
    ok = true;
out:
    cJSON_Delete(tree);
    wa_strings_free(r.strings.blocks);
    buf_free(&r.scratch);
    free(r.contacts);
    if (!ok) {
        free(out->items);
        out->items = NULL;
        out->count = 0;
    }
    return ok;
}

void channel_inbound_free(struct channel_inbound *in)
{
    free(in->items);
    wa_strings_free(in->memory);
    memset(in, 0, sizeof *in);
}
