/*
 * ASK_PERSON: what is kept about one person, whole: for whoever must show it to them, or is asked to forget it.
 */
#include "ask.h"

static bool add_state(void *ctx, struct blob state)
{
    struct asking *a = ctx;

    a->ok = store_ask_body(a->root, "state", state);
    return a->ok;
}

bool store_ask_person(struct store *s, struct asking *a, const struct store_query *q)
{
    uint8_t hash[STORE_KEY_BYTES];
    struct conv *c = NULL;
    int64_t id = 0;

    if (q->subject == NULL || q->subject[0] != '+')
        return true;
    store_alias_hash(s, q->number, 'p', q->subject, hash);
    if (!store_alias(s, hash, &id))
        return false;
    if (id == 0)
        return true;
    if (!store_conv(s, id, &c))
        return false;
    if (c == NULL)
        return true;
    a->found = true;
    a->ok = json_add_int(a->root, "conversation", id) && json_add_str(a->root, "phone", c->r.phone) && json_add_str(a->root, "name", c->r.name)
        && json_add_int(a->root, "heard_ms", c->r.heard_ms);
    return !a->ok || s->driver->state_find(s, id, add_state, a);
}
