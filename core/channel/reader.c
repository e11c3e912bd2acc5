/*
 * What the readers of messages and statuses share: items, strings that outlive the tree, numbers, times.
 */
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/utf8.h"
#include "private.h"

enum {
    PHONE_DIGITS_MAX = 15,             /* E.164 */
    NAME_POINTS_MAX = 100,             /* WhatsApp allows 25; the text is the person's choice */
};
#define TIMESTAMP_MAX 99999999999LL    /* seconds, of ten digits until 2286; what is longer is no such time and must not overflow */

const char *wa_some(const cJSON *object, const char *key)
{
    const char *text = json_str(object, key);

    return text != NULL && text[0] != '\0' ? text : NULL;
}

const char *wa_some_id(const cJSON *object, const char *key)
{
    const char *id = wa_some(object, key);

    return id != NULL && strlen(id) <= ID_BYTES_MAX ? id : NULL;
}

bool wa_was_memory(const struct error *err)
{
    return strcmp(err->text, "json: out of memory") == 0;
}

struct store_item *wa_reader_item(struct reader *r)
{
    struct channel_inbound *out = r->out;

    if (out->count == r->item_room) {
        size_t room = r->item_room == 0 ? 1 : r->item_room * 4;
        struct store_item *bigger = reallocarray(out->items, room, sizeof *bigger);

        if (bigger == NULL) {
            r->failed = true;
            return NULL;
        }
        out->items = bigger;
        r->item_room = room;
    }
    memset(&out->items[out->count], 0, sizeof out->items[0]);
    return &out->items[out->count++];
}

const char *wa_reader_keep(struct reader *r, const char *text)
{
    const char *copy;

    if (text == NULL)
        return NULL;
    copy = wa_strings_copy(&r->strings, text, strlen(text));
    if (copy == NULL)
        r->failed = true;
    return copy;
}

const char *wa_reader_name(struct reader *r, const char *name)
{
    const char *copy;

    if (name == NULL)
        return NULL;
    copy = wa_strings_copy(&r->strings, name, utf8_cut(name, NAME_POINTS_MAX));
    if (copy == NULL)
        r->failed = true;
    return copy;
}

const char *wa_reader_phone(struct reader *r, const char *digits)
{
    size_t len;
    char *phone;

    if (digits == NULL)
        return NULL;
    digits += digits[0] == '+';
    len = strlen(digits);
    if (len == 0 || len > PHONE_DIGITS_MAX || strspn(digits, "0123456789") != len)
        return NULL;
    phone = wa_strings_room(&r->strings, len + 2);
    if (phone == NULL) {
        r->failed = true;
        return NULL;
    }
    phone[0] = '+';
    memcpy(phone + 1, digits, len + 1);
    return phone;
}

bool wa_reader_take_scratch(struct reader *r, struct blob *out)
{
    const char *copy = NULL;

    if (buf_ok(&r->scratch))
        copy = wa_strings_copy(&r->strings, buf_str(&r->scratch), r->scratch.len);
    if (copy == NULL) {
        r->failed = true;
        return false;
    }
    out->data = copy;
    out->len = r->scratch.len;
    return true;
}

/* A time after ours means that our clock is slow. Then ours is the one to keep: the window is judged by it too. */
int64_t wa_reader_time(const struct reader *r, const cJSON *object)
{
    int64_t seconds;

    if (!json_int(object, "timestamp", &seconds) || seconds <= 0 || seconds > TIMESTAMP_MAX ||
        seconds * 1000 > r->options->now_ms)
        return r->options->now_ms;
    return seconds * 1000;
}
