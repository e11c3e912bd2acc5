#include "graph_record.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tally.h"
#include "wire.h"

enum { DOUBLES_KEPT = 100, CALLBACK_BYTES = 2048 };

struct entry {
    uint64_t seq;
    int64_t  at_ms;
    bool     read;
    uint32_t wamid, to, body, len;   /* offsets into text */
    char     text[];                 /* three strings, each with its NUL */
};

struct record {
    struct entry **ring;
    size_t         keep;
    uint64_t       last;
    struct tally  *callbacks, *rows;
    struct record_counts counts;
    char          *doubles[DOUBLES_KEPT];
    size_t         double_count;
};

struct record *record_new(size_t keep)
{
    struct record *r = calloc(1, sizeof *r);

    if (r == NULL)
        return NULL;
    r->keep = keep;
    r->ring = calloc(keep, sizeof(struct entry *));
    r->callbacks = tally_new(RECORD_KEYS_MAX);
    r->rows = tally_new(RECORD_KEYS_MAX);
    if (r->ring == NULL || r->callbacks == NULL || r->rows == NULL) {
        record_free(r);
        return NULL;
    }
    return r;
}

void record_clear(struct record *r)
{
    for (size_t i = 0; r->ring != NULL && i < r->keep; i++) {
        free(r->ring[i]);
        r->ring[i] = NULL;
    }
    for (size_t i = 0; i < r->double_count; i++)
        free(r->doubles[i]);
    r->double_count = 0;
    r->last = 0;
    r->counts = (struct record_counts){ 0 };
    if (r->callbacks != NULL)
        tally_clear(r->callbacks);
    if (r->rows != NULL)
        tally_clear(r->rows);
}

void record_free(struct record *r)
{
    if (r == NULL)
        return;
    record_clear(r);
    free(r->ring);
    tally_free(r->callbacks);
    tally_free(r->rows);
    free(r);
}

static struct entry *make_entry(const struct record_item *item)
{
    const char *to = item->to == NULL ? "" : item->to;
    size_t wamid_len = strlen(item->wamid) + 1, to_len = strlen(to) + 1;
    struct entry *e = malloc(sizeof *e + wamid_len + to_len + item->len + 1);

    if (e == NULL)
        return NULL;
    *e = (struct entry){ .at_ms = item->at_ms, .read = item->read, .to = (uint32_t)wamid_len,
                         .body = (uint32_t)(wamid_len + to_len), .len = (uint32_t)item->len };
    memcpy(e->text, item->wamid, wamid_len);
    memcpy(e->text + e->to, to, to_len);
    memcpy(e->text + e->body, item->body, item->len);
    e->text[e->body + e->len] = '\0';
    return e;
}

/* "v1.abc.17.2" -> length of "v1.abc.17": hosts that number their attempts put the number last. */
static size_t without_attempt(const char *callback, size_t len)
{
    size_t at = len;

    while (at > 0 && isdigit((unsigned char)callback[at - 1]))
        at--;
    return at > 1 && at < len && callback[at - 1] == '.' ? at - 1 : len;
}

static void count_callback(struct record *r, const char *callback)
{
    size_t len = strlen(callback);
    uint32_t times = tally_add(r->callbacks, callback, len);

    if (tally_add(r->rows, callback, without_attempt(callback, len)) > 1) {
        r->counts.row_doubles++;
        if (r->double_count < DOUBLES_KEPT && (r->doubles[r->double_count] = strndup(callback, CALLBACK_BYTES)) != NULL)
            r->double_count++;
    }
    if (times > 1)
        r->counts.doubles++;
    if (times == 0)
        r->counts.uncounted++;
}

bool record_add(struct record *r, const struct record_item *item)
{
    struct entry *e = make_entry(item);

    if (e == NULL)
        return false;
    e->seq = ++r->last;
    free(r->ring[e->seq % r->keep]);
    r->ring[e->seq % r->keep] = e;
    if (item->read) {
        r->counts.reads++;
        return true;
    }
    r->counts.messages++;
    if (item->callback != NULL)
        count_callback(r, item->callback);
    return true;
}

uint64_t record_last(const struct record *r) { return r->last; }

static void print_entry(const struct entry *e, struct buf *b)
{
    buf_addf(b, "{\"seq\":%" PRIu64 ",\"at_ms\":%" PRId64 ",\"kind\":\"%s\",\"wamid\":", e->seq, e->at_ms, e->read ? "read" : "message");
    wire_string(b, e->text + e->wamid);
    if (!e->read) {
        buf_adds(b, ",\"to\":");
        wire_string(b, e->text + e->to);
    }
    buf_adds(b, ",\"body\":");
    buf_add(b, e->text + e->body, e->len);
    buf_addc(b, '}');
}

size_t record_print(const struct record *r, struct buf *b, uint64_t after, size_t limit, bool reads)
{
    uint64_t oldest = r->last > r->keep ? r->last - r->keep + 1 : 1;
    uint64_t missed = after + 1 < oldest ? oldest - after - 1 : 0;
    uint64_t seq = after + missed;
    size_t count = 0;

    if (after > r->last)   /* from before a reset */
        seq = r->last;
    buf_adds(b, "{\"messages\":[");
    while (seq < r->last && count < limit) {
        const struct entry *e = r->ring[++seq % r->keep];

        if (e->read && !reads)
            continue;
        if (count++ > 0)
            buf_addc(b, ',');
        print_entry(e, b);
    }
    buf_addf(b, "],\"next\":%" PRIu64 ",\"missed\":%" PRIu64 "}", seq, missed);
    return count;
}

void record_counts(const struct record *r, struct record_counts *out)
{
    *out = r->counts;
    out->callbacks = tally_keys(r->callbacks);
}

bool record_print_doubles(const struct record *r, struct buf *b)
{
    buf_addc(b, '[');
    for (size_t i = 0; i < r->double_count; i++) {
        if (i > 0)
            buf_addc(b, ',');
        wire_string(b, r->doubles[i]);
    }
    return buf_addc(b, ']');
}
