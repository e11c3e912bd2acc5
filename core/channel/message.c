/*
 * One of value.messages[]: who wrote it, when, under which key, and its event. A person may be known by a telephone number,
 * by a business-scoped id, or by both (§2.5).
 */
#include <string.h>

#include "lisolo/base/crypto.h"
#include "private.h"

static bool same(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* The contact of this person, or NULL. */
static const struct contact *find_contact(struct reader *r, const char *from, const char *bsuid)
{
    for (size_t tried = 0; tried < r->contact_count; tried++) {
        const struct contact *c = &r->contacts[r->contact_next];

        if (same(c->phone, from) || same(c->bsuid, bsuid))
            return c;                  /* stays there: the next message is often by the same person */
        r->contact_next = r->contact_next + 1 == r->contact_count ? 0 : r->contact_next + 1;
    }
    return NULL;
}

static void read_person(struct reader *r, const cJSON *message, struct store_item *item)
{
    const char *from = wa_some_id(message, "from");
    const char *bsuid = wa_some_id(message, "from_user_id");
    const struct contact *c = find_contact(r, from, bsuid);

    item->phone = wa_reader_phone(r, from);
    if (c != NULL) {
        item->name = wa_reader_name(r, c->name);
        if (bsuid == NULL)
            bsuid = c->bsuid;
        if (item->phone == NULL)
            item->phone = wa_reader_phone(r, c->phone);
    }
    item->bsuid = wa_reader_keep(r, bsuid);
}

/* A new alias takes the place of the one that the message came from, which becomes the old one. */
static void move_alias(const char **current, const char **old, const char *fresh)
{
    if (fresh == NULL || same(fresh, *current))
        return;
    if (*old == NULL)
        *old = *current;
    *current = fresh;
}

/* `system` says that the person has another number or id now: the conversation follows them (§2.2, §2.5). */
static void read_move(struct reader *r, const cJSON *message, struct store_item *item)
{
    const cJSON *system = json_get(message, "system");
    const char *type = json_str(system, "type");
    const char *previous = wa_some_id(system, "previous_user_id");

    if (!same(json_str(message, "type"), "system") ||
        (!same(type, "user_changed_number") && !same(type, "user_changed_user_id")))
        return;
    if (previous != NULL && !same(previous, item->bsuid))
        item->old_bsuid = wa_reader_keep(r, previous);
    move_alias(&item->phone, &item->old_phone, wa_reader_phone(r, wa_some(system, "wa_id")));
    move_alias(&item->bsuid, &item->old_bsuid, wa_reader_keep(r, wa_some_id(system, "user_id")));
    if (same(item->old_bsuid, item->bsuid))
        item->old_bsuid = NULL;
}

/* A message without an id is known by what it says. */
static bool make_key(const struct reader *r, const struct content *c, struct store_item *item)
{
    uint8_t digest[SHA256_BYTES];
    char hex[2 * SHA256_BYTES + 1];

    if (c->event.id != NULL) {
        store_key(item->key, "wa", r->number, c->event.id, (const char *)NULL);
        return true;
    }
    if (!crypto_sha256(item->body.data, item->body.len, digest))
        return false;
    crypto_hex(digest, sizeof digest, hex);
    store_key(item->key, "wa", r->number, "", item->phone == NULL ? item->bsuid : item->phone, hex, (const char *)NULL);
    return true;
}

static void print_event(struct reader *r, const struct content *c, struct store_item *item)
{
    buf_clear(&r->scratch);
    event_write(&r->scratch, &c->event);
    if (!wa_reader_take_scratch(r, &item->body))
        return;
    if (!make_key(r, c, item))
        r->failed = true;
    item->at_ms = c->event.at_ms;
    item->from_person = event_from_person(c->event.kind);
}

void wa_message_read(struct reader *r, const cJSON *message)
{
    struct content c;
    struct store_item *item;
    int64_t at_ms;

    if (!cJSON_IsObject(message) || wa_some(message, "group_id") != NULL) {
        r->out->ignored++;
        return;
    }
    at_ms = wa_reader_time(r, message);
    if (at_ms < r->options->now_ms - STORE_SEEN_MS) {      /* its key may be forgotten: it could be a second time */
        r->out->stale++;
        return;
    }
    item = wa_reader_item(r);
    if (item == NULL)
        return;
    item->kind = STORE_EVENT;
    item->number = r->number;
    read_person(r, message, item);
    read_move(r, message, item);
    if (item->phone == NULL && item->bsuid == NULL) {      /* nobody to keep it for */
        r->out->count--;
        r->out->ignored++;
        return;
    }
    wa_content_read(message, &c);
    c.event.at_ms = at_ms;
    r->failed |= c.failed;
    if (!r->failed)
        print_event(r, &c, item);
    wa_content_free(&c);
}
