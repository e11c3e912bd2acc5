#include "help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *webhook_of(const char *number, const char *field, const char *members)
{
    char *body = NULL;
    int n = asprintf(&body,
                     "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"777000111\",\"changes\":[{\"field\":\"%s\",\"value\":{"
                     "\"messaging_product\":\"whatsapp\",\"metadata\":{\"display_phone_number\":\"242066000000\",\"phone_number_id\":\"%s\"}"
                     "%s%s}}]}]}", field, number, members[0] == '\0' ? "" : ",", members);

    assert_true(n > 0);
    return body;
}

char *webhook(const char *members)
{
    return webhook_of(NUMBER, "messages", members);
}

void read_body(const char *body, struct channel_inbound *out)
{
    static const char *const numbers[] = { "242555000999999", NUMBER };
    struct channel_options options = { .numbers = numbers, .number_count = 2, .install = INSTALL, .now_ms = NOW_MS };
    struct error err;

    if (!channel_read_webhook(body, strlen(body), &options, out, &err))
        fail_msg("%s: %s", err.text, body);
}

void read_members(const char *members, struct channel_inbound *out)
{
    char *body = webhook(members);

    read_body(body, out);
    free(body);
}

const char *event_of(const struct channel_inbound *in, size_t index)
{
    assert_true(index < in->count);
    assert_int_equal(in->items[index].kind, STORE_EVENT);
    assert_int_equal(in->items[index].body.len, strlen(in->items[index].body.data));
    return in->items[index].body.data;
}

void becomes(const char *message, const char *event)
{
    struct channel_inbound in;
    struct event back;
    struct error err;
    char *members = NULL, *expected = NULL;
    const char *kind_end = strchr(event, ',');
    int kind_len = kind_end == NULL ? (int)strlen(event) : (int)(kind_end - event);

    assert_true(asprintf(&members, "\"messages\":[{" PRISCA ",\"id\":\"wamid.P1\",%s}]", message) > 0);
    assert_true(asprintf(&expected, "{\"kind\":%.*s," AT ",\"id\":\"wamid.P1\"%s}", kind_len, event, kind_end == NULL ? "" : kind_end) > 0);
    read_members(members, &in);
    assert_int_equal(in.count, 1);
    assert_int_equal(in.ignored + in.stale + in.errors, 0);
    assert_string_equal(event_of(&in, 0), expected);
    if (!event_parse(in.items[0].body.data, in.items[0].body.len, &back, &err))
        fail_msg("%s: %s", err.text, expected);
    assert_int_equal(in.items[0].from_person, event_from_person(back.kind));
    event_free(&back);
    channel_inbound_free(&in);
    free(members);
    free(expected);
}
