/*
 * What the load generator found, as one JSON object on stdout.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "load_private.h"

static void add_codes(struct buf *b, const char *name, const struct code_count codes[LOAD_CODES_MAX])
{
    buf_addf(b, ",\"%s\":{", name);
    for (int i = 0; i < LOAD_CODES_MAX && codes[i].count > 0; i++)
        buf_addf(b, "%s\"%d\":%" PRIu64, i == 0 ? "" : ",", codes[i].code, codes[i].count);
    buf_addc(b, '}');
}

bool load_report(const struct load *l, double cpu_s, struct error *err)
{
    double seconds = (double)(l->count_to_us - l->count_from_us) / 1e6;
    const struct lab_load_options *o = l->options;
    struct record_counts c;
    struct buf b;
    bool ok;

    record_counts(l->record, &c);
    buf_init(&b, 64 * 1024);
    buf_addf(&b, "{\"mode\":\"%s\",\"people\":%u,\"connections\":%u,\"rate\":%.1f,\"statuses\":%s,\"seconds\":%.3f", o->rate > 0 ? "rate" : "closed",
             l->people_count, l->client_count, o->rate, o->statuses ? "true" : "false", seconds);
    buf_addf(&b, ",\"messages\":%" PRIu64 ",\"per_second\":%.1f,\"acks_per_second\":%.1f", l->completed, (double)l->completed / seconds,
             (double)l->acks.count / seconds);
    buf_adds(&b, ",\"ack_ms\":");
    histogram_print(&l->acks, &b);
    buf_adds(&b, ",\"reply_ms\":");
    histogram_print(&l->replies, &b);
    buf_addf(&b, ",\"total\":{\"sent\":%" PRIu64 ",\"acked\":%" PRIu64 ",\"replies\":%" PRIu64 ",\"extra_replies\":%" PRIu64 ",\"strangers\":%" PRIu64
             ",\"lost\":%" PRIu64 ",\"resent\":%" PRIu64 ",\"reconnects\":%" PRIu64 ",\"reads\":%" PRIu64 ",\"statuses\":%" PRIu64 "}",
             l->sent, l->acked, l->answered, l->extra, l->strangers, l->lost, l->resent, l->reconnects, l->reads, l->statuses);
    buf_addf(&b, ",\"graph\":{\"accepted\":%" PRIu64 ",\"doubles\":%" PRIu64 ",\"row_doubles\":%" PRIu64 "}", c.messages, c.doubles, c.row_doubles);
    add_codes(&b, "refused_by_host", l->host_codes);
    add_codes(&b, "refused_by_graph", l->graph_codes);
    buf_addf(&b, ",\"generator_us_per_message\":%.2f}\n", l->acked == 0 ? 0.0 : cpu_s * 1e6 / (double)l->acked);
    ok = buf_ok(&b) && fwrite(b.data, 1, b.len, stdout) == b.len && fflush(stdout) == 0;
    buf_free(&b);
    return ok || error_set(err, "load: the report cannot be written");
}
