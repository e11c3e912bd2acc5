#include "graph_statuses.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/clock.h"
#include "wire.h"

enum { ITEM_MAX = 16 * 1024, STEPS = 3 };

struct statuses {
    struct poster *poster;
    int            delays[STEPS];   /* below 0: never */
};

static const char *const names[STEPS] = { "sent", "delivered", "read" };

static int delay(int given, int otherwise) { return given == 0 ? otherwise : given; }

struct statuses *statuses_start(const struct lab_graph_options *options, struct error *err)
{
    struct statuses *s = calloc(1, sizeof *s);
    struct poster_options po = { .manner = POSTER_META, .url = options->webhook_url, .secret = options->app_secret,
                                 .suffix = "]},\"field\":\"messages\"}]}]}", .batch_max = options->status_batch };
    struct buf prefix;

    buf_init(&prefix, 4096);
    buf_adds(&prefix, "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":");
    wire_string(&prefix, options->waba == NULL ? "100200300400500" : options->waba);
    buf_adds(&prefix, ",\"changes\":[{\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{\"display_phone_number\":");
    wire_string(&prefix, options->display_number == NULL ? "242060000000" : options->display_number);
    buf_adds(&prefix, ",\"phone_number_id\":");
    wire_string(&prefix, options->number);
    buf_adds(&prefix, "},\"statuses\":[");
    po.prefix = buf_str(&prefix);
    if (s == NULL || !buf_ok(&prefix)) {
        error_set(err, "statuses: out of memory");
        goto fail;
    }
    s->delays[0] = delay(options->sent_ms, 20);
    s->delays[1] = delay(options->delivered_ms, 120);
    s->delays[2] = delay(options->read_ms, 400);
    s->poster = poster_start(&po, err);
    if (s->poster == NULL)
        goto fail;
    buf_free(&prefix);
    return s;
fail:
    buf_free(&prefix);
    free(s);
    return NULL;
}

void statuses_stop(struct statuses *s)
{
    if (s == NULL)
        return;
    poster_stop(s->poster);
    free(s);
}

void statuses_counts(struct statuses *s, struct poster_counts *out) { poster_counts(s->poster, out); }

/* §3: pricing comes with `sent` and with one of delivered and read. Replies to a customer are free, templates are not. */
static void add_pricing(struct buf *b, const struct graph_message *m)
{
    bool template = strcmp(m->type, "template") == 0;
    bool marketing = m->template != NULL && m->template->category != NULL && strcasecmp(m->template->category, "marketing") == 0;

    buf_addf(b, ",\"pricing\":{\"billable\":%s,\"pricing_model\":\"PMP\",\"type\":\"%s\",\"category\":\"%s\"}",
             template ? "true" : "false", template ? "regular" : "free_customer_service",
             marketing ? "marketing" : template ? "utility" : "service");
}

static void add_errors(struct buf *b, int code)
{
    buf_addf(b, ",\"errors\":[{\"code\":%d,\"title\":", code);
    wire_string(b, refusal_title(code));
    buf_adds(b, ",\"message\":");
    wire_string(b, refusal_title(code));
    buf_adds(b, ",\"error_data\":{\"details\":");
    wire_string(b, refusal_title(code));
    buf_adds(b, "}}]");
}

static void push(struct statuses *s, const struct graph_message *m, const char *wamid, const char *status, int64_t delay_ms, int code)
{
    struct buf b;

    buf_init(&b, ITEM_MAX);
    buf_adds(&b, "{\"id\":");
    wire_string(&b, wamid);
    buf_addf(&b, ",\"status\":\"%s\",\"timestamp\":\"%" PRId64 "\"", status, (clock_wall_ms(clock_real()) + delay_ms) / 1000);
    if (m->bsuid) {
        buf_adds(&b, ",\"recipient_user_id\":");
        wire_string(&b, m->input);
    } else {
        buf_addf(&b, ",\"recipient_id\":\"%" PRIu64 "\"", m->person);
    }
    if (m->callback != NULL) {
        buf_adds(&b, ",\"biz_opaque_callback_data\":");
        wire_string(&b, m->callback);
    }
    if (code != 0)
        add_errors(&b, code);
    else if (strcmp(status, "read") != 0)
        add_pricing(&b, m);
    buf_addc(&b, '}');
    if (buf_ok(&b))
        poster_push(s->poster, delay_ms, NULL, b.data, b.len);
    buf_free(&b);
}

void statuses_make(struct statuses *s, const struct graph_message *m, const char *wamid, const struct rule *rule)
{
    enum rule_statuses how = rule == NULL ? STATUSES_NORMAL : rule->statuses;
    int64_t extra = rule == NULL ? 0 : rule->status_delay_ms;
    int times = how == STATUSES_DUPLICATE ? 2 : 1;

    if (how == STATUSES_OFF)
        return;
    if (how == STATUSES_FAILED) {
        push(s, m, wamid, "failed", extra + (s->delays[0] < 0 ? 0 : s->delays[0]), rule->failed_code);
        return;
    }
    for (int i = 0; i < STEPS * times; i++) {
        int step = i % STEPS;
        /* The last comes at the first one's time, and the first at the last one's. */
        int wait = s->delays[how == STATUSES_REORDERED ? STEPS - 1 - step : step];

        if (s->delays[step] >= 0)
            push(s, m, wamid, names[step], extra + (wait < 0 ? 0 : wait), 0);
    }
}
