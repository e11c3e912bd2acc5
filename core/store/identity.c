/*
 * Which conversation an event belongs to.
 *
 * A person is known by a phone, a business-scoped user id (bsuid), or both; either may come alone (whatsapp.md §2.5). An event
 * that carries aliases of two people says that they are one: the older one stays. Two exceptions keep strangers apart. A
 * bsuid is made anew only when Meta says so (old_bsuid) or when the person changes the number (old_phone); so a phone that
 * comes with another bsuid than its owner's has changed hands, and moves without the conversation.
 */
#include <string.h>

#include "lisolo/base/log.h"
#include "lisolo/base/utf8.h"
#include "private.h"

enum { NAME_POINTS_MAX = 64, NAME_BYTES_MAX = 256 };

struct alias {
    bool    given;
    uint8_t hash[STORE_KEY_BYTES];
    int64_t conv;                      /* 0: nobody */
};

struct aliases { struct alias phone, bsuid, old_phone, old_bsuid; };

static bool look_up(struct store *s, const char *number, char kind, const char *value, struct alias *a)
{
    struct conv *c;

    if (value == NULL)
        return true;
    a->given = true;
    store_alias_hash(s, number, kind, value, a->hash);
    if (!store_alias(s, a->hash, &a->conv))
        return false;
    while (a->conv != 0) {
        if (!store_conv(s, a->conv, &c))
            return false;
        if (c == NULL)
            return store_trouble(s, TROUBLE_BROKEN, "an alias names conversation %lld, which is missing", (long long)a->conv);
        if (c->r.merged_into == 0)
            break;
        a->conv = c->r.merged_into;
    }
    return true;
}

static bool look_up_all(struct store *s, const struct store_item *it, struct aliases *a)
{
    *a = (struct aliases){ 0 };
    return look_up(s, it->number, 'p', it->phone, &a->phone) && look_up(s, it->number, 'b', it->bsuid, &a->bsuid) &&
           look_up(s, it->number, 'p', it->old_phone, &a->old_phone) &&
           look_up(s, it->number, 'b', it->old_bsuid, &a->old_bsuid);
}

static bool same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* The phone belongs to somebody with another bsuid, and nobody announced a change: it has a new owner. */
static bool take_from_stranger(struct store *s, const struct store_item *it, struct aliases *a)
{
    struct conv *c;

    if (a->phone.conv == 0 || !a->bsuid.given || a->bsuid.conv == a->phone.conv || a->old_phone.conv != 0 ||
        a->old_bsuid.conv != 0)
        return true;
    if (!store_conv(s, a->phone.conv, &c))
        return false;
    if (c->r.bsuid == NULL || same(c->r.bsuid, it->bsuid))
        return true;
    LOG(LOG_INFO, "phone_changed_hands", log_int("conversation", c->r.id));
    if (same(c->r.phone, it->phone)) {
        if (!s->driver->conv_identity(s, c->r.id, NULL, c->r.bsuid, c->r.name))
            return false;
        store_conv_reload(s, c->r.id);
    }
    a->phone.conv = 0;
    return store_alias_drop(s, a->phone.hash);
}

/* ---- merge ---- */

static bool move_alias(struct store *s, const struct conv *loser, char kind, const char *value, int64_t keeper)
{
    uint8_t hash[STORE_KEY_BYTES];

    if (value == NULL)
        return true;
    store_alias_hash(s, loser->r.number, kind, value, hash);
    return store_alias_put(s, hash, keeper);
}

static bool move_events(struct store *s, int64_t loser, int64_t keeper, int64_t now_ms)
{
    struct conv *k;
    size_t count;

    if (!store_conv(s, keeper, &k) || !s->driver->inbox_move(s, loser, &k->r, &count))
        return false;
    for (size_t i = 1; i <= count; i++) {
        struct news *n = store_news(s, NEWS_EVENT);

        if (n == NULL)
            return false;
        n->id = keeper;
        n->seq = k->r.in_seq + i;
        n->now_ms = now_ms;
    }
    store_conv_reload(s, keeper);
    return true;
}

/* Whoever of the two is with staff, both are: nobody may be spoken to by the bot because of a merge. */
static bool keep_held(struct store *s, const struct conv *loser, struct conv *keeper)
{
    if (loser->r.held_until_ms <= keeper->r.held_until_ms)
        return true;
    return store_hold(s, keeper, loser->r.held_since_ms, loser->r.held_until_ms);
}

static bool merge(struct store *s, int64_t loser, int64_t keeper, int64_t now_ms)
{
    struct conv *k, *l;
    const char *phone, *bsuid, *name;

    if (!store_conv(s, keeper, &k) || !store_conv(s, loser, &l))
        return false;
    LOG(LOG_INFO, "people_merged", log_int("conversation", keeper), log_int("merged", loser));
    phone = k->r.phone != NULL ? k->r.phone : l->r.phone;
    bsuid = k->r.bsuid != NULL ? k->r.bsuid : l->r.bsuid;
    name = k->r.name != NULL ? k->r.name : l->r.name;
    if (!s->driver->conv_merge(s, loser, keeper, l->r.heard_ms, now_ms) || !keep_held(s, l, k) ||
        !s->driver->conv_identity(s, keeper, phone, bsuid, name) ||
        !move_alias(s, l, 'p', l->r.phone, keeper) || !move_alias(s, l, 'b', l->r.bsuid, keeper))
        return false;
    store_conv_reload(s, keeper);
    store_conv_reload(s, loser);
    return move_events(s, loser, keeper, now_ms);
}

static int64_t oldest(const struct aliases *a)
{
    const int64_t ids[] = { a->phone.conv, a->bsuid.conv, a->old_phone.conv, a->old_bsuid.conv };
    int64_t keeper = 0;

    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
        if (ids[i] != 0 && (keeper == 0 || ids[i] < keeper))
            keeper = ids[i];
    return keeper;
}

/* Everybody whom the aliases name becomes the oldest of them. Ids are given in the order in which people came. */
static bool merge_all(struct store *s, struct aliases *a, int64_t now_ms)
{
    int64_t *ids[] = { &a->phone.conv, &a->bsuid.conv, &a->old_phone.conv, &a->old_bsuid.conv };
    int64_t keeper = oldest(a);

    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        int64_t loser = *ids[i];

        if (loser == 0 || loser == keeper)
            continue;
        if (!merge(s, loser, keeper, now_ms))
            return false;
        for (size_t j = i; j < sizeof ids / sizeof ids[0]; j++)
            if (*ids[j] == loser)
                *ids[j] = keeper;
    }
    return true;
}

/* ---- what is known about the person now ---- */

/* An alias that the person had before, or that an event says is over, names nobody any more. */
static bool forget_alias(struct store *s, const struct store_item *it, char kind, const char *old, const char *now)
{
    uint8_t hash[STORE_KEY_BYTES];

    if (old == NULL || now == NULL || same(old, now))
        return true;
    store_alias_hash(s, it->number, kind, old, hash);
    return store_alias_drop(s, hash);
}

static bool know(struct store *s, const struct store_item *it, const struct aliases *a, const char *name, int64_t id)
{
    struct conv *c;
    const char *phone, *bsuid;

    if (!store_conv(s, id, &c))
        return false;
    phone = it->phone != NULL ? it->phone : c->r.phone;
    bsuid = it->bsuid != NULL ? it->bsuid : c->r.bsuid;
    if (name == NULL)
        name = c->r.name;
    if ((a->old_phone.conv == id && !forget_alias(s, it, 'p', it->old_phone, it->phone)) ||
        (a->old_bsuid.conv == id && !forget_alias(s, it, 'b', it->old_bsuid, it->bsuid)))
        return false;
    if (same(phone, c->r.phone) && same(bsuid, c->r.bsuid) && same(name, c->r.name))
        return true;
    if (!forget_alias(s, it, 'p', c->r.phone, it->phone) || !forget_alias(s, it, 'b', c->r.bsuid, it->bsuid) ||
        !s->driver->conv_identity(s, id, phone, bsuid, name))
        return false;
    store_conv_reload(s, id);
    return (!a->phone.given || store_alias_put(s, a->phone.hash, id)) &&
           (!a->bsuid.given || store_alias_put(s, a->bsuid.hash, id));
}

static bool create(struct store *s, const struct store_item *it, const struct aliases *a, const char *name, int64_t now_ms,
                   int64_t *id)
{
    struct conv_row row = { .number = it->number, .phone = it->phone, .bsuid = it->bsuid, .name = name };

    return s->driver->conv_add(s, &row, now_ms, id) && (!a->phone.given || store_alias_put(s, a->phone.hash, *id)) &&
           (!a->bsuid.given || store_alias_put(s, a->bsuid.hash, *id));
}

/* A profile name is anybody's text: as much of it as a line shows. */
static const char *trim(const char *name, char out[NAME_BYTES_MAX])
{
    size_t len;

    if (name == NULL || name[0] == '\0')
        return NULL;
    len = utf8_cut(name, NAME_POINTS_MAX);
    if (len == 0 || len >= NAME_BYTES_MAX)
        return NULL;
    memcpy(out, name, len);
    out[len] = '\0';
    return out;
}

static bool person(struct store *s, const struct store_item *it, int64_t now_ms, int64_t *id)
{
    char text[NAME_BYTES_MAX];
    const char *name = trim(it->name, text);
    struct aliases a;

    if (!look_up_all(s, it, &a) || !take_from_stranger(s, it, &a))
        return false;
    *id = oldest(&a);
    if (*id == 0)
        return create(s, it, &a, name, now_ms, id);
    return merge_all(s, &a, now_ms) && know(s, it, &a, name, *id);
}

static bool route(struct store *s, const struct store_item *it, int64_t now_ms, int64_t *id)
{
    uint8_t hash[STORE_KEY_BYTES];
    struct conv_row row = { .route = true };

    store_alias_hash(s, NULL, 'r', it->route, hash);
    if (!store_alias(s, hash, id))
        return false;
    return *id != 0 || (s->driver->conv_add(s, &row, now_ms, id) && store_alias_put(s, hash, *id));
}

bool store_identify(struct store *s, const struct store_item *it, int64_t now_ms, struct conv **out)
{
    int64_t id;

    if (!(it->route != NULL ? route(s, it, now_ms, &id) : person(s, it, now_ms, &id)) || !store_conv(s, id, out))
        return false;
    return *out != NULL || store_trouble(s, TROUBLE_BROKEN, "conversation %lld is missing", (long long)id);
}
