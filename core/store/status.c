/*
 * Statuses of messages. They come in any order, more than once, sometimes before the answer to our own request, and they
 * are the only proof of a message whose answer was lost (reliability.md §1.4). So a row only ever moves up, and whatever its
 * state: a status that it was sent makes it accepted.
 */
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/json.h"
#include "private.h"

enum { WAMID_BYTES = 256, STATUS_JSON_MAX = 1024 };

struct found {
    bool            there;
    struct outbox_row row;             /* numbers only */
    char            wamid[WAMID_BYTES], twin[WAMID_BYTES];
};

static void copy(char to[WAMID_BYTES], const char *from)
{
    size_t len = from == NULL ? 0 : strlen(from);

    if (len >= WAMID_BYTES)
        len = WAMID_BYTES - 1;
    if (len > 0)
        memcpy(to, from, len);
    to[len] = '\0';
}

static bool take(void *ctx, const struct outbox_row *row)
{
    struct found *f = ctx;

    f->there = true;
    f->row = *row;
    copy(f->wamid, row->wamid);
    copy(f->twin, row->twin);
    return false;
}

/* By our own id when the callback string came back, and if that names an attempt that was made; else by the provider's. */
static bool find(struct store *s, const struct store_item *it, struct found *f)
{
    f->there = false;
    if (it->out_id != 0 && !s->driver->outbox_find(s, it->out_id, take, f))
        return false;
    if (f->there && (it->attempt > f->row.attempt || f->row.attempt == 0))
        f->there = false;
    return f->there || it->wamid == NULL || s->driver->outbox_wamid(s, it->wamid, take, f);
}

static const char *rank_name(enum store_rank rank)
{
    static const char *const names[] = { "none", "sent", "delivered", "read", "played" };

    return (size_t)rank < sizeof names / sizeof names[0] ? names[rank] : "none";
}

/* The status as it is kept for `why`, its errors where they are seen. NULL: out of memory. */
static char *print_entry(const struct store_item *it, int64_t now_ms)
{
    cJSON *o = cJSON_CreateObject();
    struct error err;
    cJSON *raw = it->status_json != NULL && strlen(it->status_json) <= STATUS_JSON_MAX
                     ? json_parse(it->status_json, strlen(it->status_json), &err) : NULL;
    char *text = NULL;
    size_t len;
    bool ok = o != NULL;

    ok = ok && json_add_int(o, "at_ms", it->at_ms > 0 ? it->at_ms : now_ms);
    ok = ok && json_add_str(o, "status", it->failed ? "failed" : rank_name(it->rank));
    ok = ok && (it->attempt == 0 || json_add_int(o, "attempt", it->attempt));
    ok = ok && (it->error_code == 0 || json_add_int(o, "error_code", it->error_code));
    ok = ok && json_add_str(o, "wamid", it->wamid);
    ok = ok && json_add(o, "errors", cJSON_DetachItemFromObjectCaseSensitive(raw, "errors"));
    if (ok)
        ok = json_add(o, "raw", raw);
    else
        cJSON_Delete(raw);
    if (ok)
        text = json_print(o, &len);
    cJSON_Delete(o);
    return text;
}

/* A failure counts where the message may still have been under way: not for a newer try, not for the twin, not once delivered. */
static bool failure_counts(const struct found *f, const struct store_item *it, bool other)
{
    bool this_try = it->out_id == 0 || it->attempt == 0 || it->attempt == f->row.attempt;
    bool under_way = f->row.state == OUT_SENDING || f->row.state == OUT_UNKNOWN || f->row.state == OUT_HELD ||
                     f->row.state == OUT_ACCEPTED;

    return this_try && under_way && !other && !f->row.failed && f->row.rank < RANK_DELIVERED;
}

/* What the status changes. False: nothing. */
static bool decide(const struct found *f, const struct store_item *it, struct outbox_change *c, bool *duplicate)
{
    bool has = it->wamid != NULL && it->wamid[0] != '\0';
    bool other = has && f->wamid[0] != '\0' && strcmp(f->wamid, it->wamid) != 0;
    bool up = !it->failed && it->rank > f->row.rank;
    bool fails = it->failed && failure_counts(f, it, other);

    *c = (struct outbox_change){ .id = f->row.id, .state = f->row.state, .rank = f->row.rank, .failed = f->row.failed,
                                 .error_code = f->row.error_code };
    *duplicate = other && strcmp(f->twin, it->wamid) != 0;
    if (up)
        c->rank = it->rank;
    if (c->rank >= RANK_DELIVERED)
        c->failed = false;
    if (fails) {
        c->failed = true;
        c->error_code = it->error_code;
    }
    if (fails || !it->failed)
        c->state = OUT_ACCEPTED;
    if (*duplicate)
        c->twin = it->wamid;
    if (has && f->wamid[0] == '\0' && c->state == OUT_ACCEPTED)
        c->wamid = it->wamid;
    return up || fails || *duplicate || c->state != f->row.state;
}

static bool announce(struct store *s, const struct found *f, const struct store_item *it, const struct outbox_change *c,
                     bool duplicate)
{
    struct news *n = store_news(s, NEWS_STATUS);
    struct conv *conv;
    int64_t id = f->row.conv;

    if (n == NULL || !store_conv(s, id, &conv))
        return false;
    while (conv != NULL && conv->r.merged_into != 0) {
        id = conv->r.merged_into;
        if (!store_conv(s, id, &conv))
            return false;
    }
    n->status = (struct store_status){ .out_id = c->id, .conv = id, .attempt = it->attempt, .wamid = it->wamid,
                                       .state = c->state, .rank = c->rank, .failed = c->failed,
                                       .error_code = c->error_code, .duplicate = duplicate };
    return true;
}

bool store_take_status(struct store *s, struct store_item *it, int64_t now_ms)
{
    struct found f = { 0 };
    struct outbox_change c;
    bool duplicate, ok;
    char *entry;

    if (!find(s, it, &f))
        return false;
    if (!f.there) {
        it->verdict = STORE_NO_ROW;
        return true;
    }
    it->conv = f.row.conv;
    it->seq = f.row.seq;
    if (!decide(&f, it, &c, &duplicate)) {
        it->verdict = STORE_DUPLICATE;
        s->counts.duplicates++;
        return true;
    }
    it->verdict = STORE_NEW;
    c.done_ms = f.row.done_ms != 0 ? f.row.done_ms : now_ms;
    entry = print_entry(it, now_ms);
    if (entry == NULL)
        return store_trouble(s, TROUBLE_BROKEN, "out of memory");
    c.entry = entry;
    ok = s->driver->outbox_change(s, &c) && announce(s, &f, it, &c, duplicate);
    free(entry);
    if (ok && c.state != f.row.state)
        ok = store_timers_start(s, f.row.id, now_ms);
    return ok;
}
