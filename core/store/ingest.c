#include <stdlib.h>

#include "lisolo/base/crypto.h"
#include "lisolo/base/fail.h"
#include "lisolo/base/log.h"
#include "private.h"

/* Gives the event its number. `owned`, when not NULL, is event->body's memory: the news free it. */
bool store_enter(struct store *s, struct conv *c, const struct inbox_row *event, char *owned, uint64_t *seq)
{
    struct inbox_row row = *event;
    struct blob sealed = { NULL, 0 };
    struct news *n;
    bool ok;

    row.conv = c->r.id;
    row.seq = c->r.in_seq + 1;
    row.before = c->r.last_event;
    n = store_news(s, NEWS_EVENT);
    if (n == NULL) {
        free(owned);
        return false;
    }
    n->owned = owned;
    n->id = row.conv;
    n->seq = row.seq;
    n->body = row.body;
    n->now_ms = row.committed_ms;
    if (row.sealed) {
        if (!store_seal(s, row.body, &sealed))
            return false;
        row.body = sealed;
    }
    ok = s->driver->inbox_add(s, &row, &c->r.last_event);
    store_forget(&sealed);
    if (!ok)
        return false;
    c->r.in_seq = row.seq;
    if (row.heard_ms > c->r.heard_ms)
        c->r.heard_ms = row.heard_ms;
    *seq = row.seq;
    return true;
}

bool store_take_event(struct store *s, struct store_item *it, int64_t now_ms)
{
    struct inbox_row row = { .key = it->key, .body = it->body, .at_ms = it->at_ms, .committed_ms = now_ms };
    struct conv *c;

    if (it->route == NULL && it->phone == NULL && it->bsuid == NULL) {
        LOG(LOG_ERROR, "event_names_nobody");
        it->verdict = STORE_NO_ROW;
        return true;
    }
    if (!s->driver->inbox_seen(s, it->key, &it->conv, &it->seq))
        return false;
    if (it->conv != 0 && FAIL_ERR("bug.no_dedupe") != 0) {      /* seeded: the campaign's checker must notice */
        crypto_random(it->key, STORE_KEY_BYTES);
        it->conv = 0;
    }
    if (it->conv != 0) {
        it->verdict = STORE_DUPLICATE;
        s->counts.duplicates++;
        return true;
    }
    if (!store_identify(s, it, now_ms, &c))
        return false;
    row.sealed = it->from_person && c->r.secret_next;
    if (it->from_person)
        row.heard_ms = it->at_ms > 0 && it->at_ms < now_ms ? it->at_ms : now_ms;   /* a clock ahead of ours opens nothing */
    if (!store_enter(s, c, &row, NULL, &it->seq))
        return false;
    it->conv = c->r.id;
    it->verdict = STORE_NEW;
    s->counts.events++;
    return true;
}

bool store_do_ingest(struct store *s, struct store_ingest *in)
{
    FAIL_HERE("store.item.ingest");
    for (size_t i = 0; i < in->count; i++) {
        struct store_item *it = &in->items[i];

        if (!(it->kind == STORE_EVENT ? store_take_event : store_take_status)(s, it, in->now_ms))
            return false;
    }
    return true;
}
