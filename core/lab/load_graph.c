/*
 * The Graph API inside the load generator: the stand-in's own checks and record, without its misbehaviour.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "graph_check.h"
#include "load_private.h"

enum { HEAD_MAX = 256, BODY_MAX = 4096 };

static bool answer(struct load_conn *c, int status, const char *body, size_t len)
{
    char out[HEAD_MAX + BODY_MAX];
    int n = snprintf(out, sizeof out, "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n", status,
                     status == 200 ? "OK" : "Bad Request", len);

    if ((size_t)n + len > sizeof out)
        return false;
    memcpy(out + n, body, len);
    return http_send(&c->http, out, (size_t)n + len);
}

static bool refuse_with(struct load *l, struct load_conn *c, const struct refusal *why)
{
    size_t len;
    char *text = refusal_print(why, l->made, &len);
    bool ok = text != NULL && answer(c, why->status, text, len);

    load_count_code(l->graph_codes, why->code);
    free(text);
    return ok;
}

/* "POST /v26.0/<number>/messages HTTP/1.1" and the token. */
static bool check_head(const struct load *l, const struct http_message *m, struct refusal *why)
{
    const char *p = m->line;
    char value[512];
    size_t len = strlen(l->options->number);

    if (strncmp(p, "POST /v", 7) != 0)
        return refuse(why, CODE_GRAPH, "Unknown path components");
    p += 7 + strspn(p + 7, "0123456789.");
    if (*p != '/' || strncmp(p + 1, l->options->number, len) != 0 || strcmp(p + 1 + len, "/messages HTTP/1.1") != 0)
        return refuse(why, CODE_GRAPH, "Unknown path components");
    if (!http_header(m, "Authorization", value, sizeof value) || strncmp(value, "Bearer ", 7) != 0 || strcmp(value + 7, l->options->token) != 0)
        return refuse(why, CODE_TOKEN, "Invalid OAuth access token");
    return true;
}

static void add_status(struct load *l, const struct graph_message *m, const char *wamid, const char *status)
{
    const struct lab_load_options *o = l->options;
    struct status_post *post;
    struct buf b;

    buf_init(&b, BODY_MAX);
    buf_addf(&b, "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"%s\",\"changes\":[{\"value\":{\"messaging_product\":\"whatsapp\","
             "\"metadata\":{\"display_phone_number\":\"%s\",\"phone_number_id\":\"%s\"},\"statuses\":[{\"id\":\"%s\",\"status\":\"%s\",\"timestamp\":"
             "\"%lld\",\"recipient_id\":\"%" PRIu64 "\",\"biz_opaque_callback_data\":", o->waba == NULL ? "100200300400500" : o->waba,
             o->display_number == NULL ? "242060000000" : o->display_number, o->number, wamid, status, (long long)time(NULL), m->person);
    wire_string(&b, m->callback == NULL ? "" : m->callback);
    buf_adds(&b, "}]},\"field\":\"messages\"}]}]}");
    post = buf_ok(&b) ? malloc(sizeof *post + b.len) : NULL;
    if (post != NULL) {
        post->next = NULL;
        post->len = b.len;
        memcpy(post->body, b.data, b.len);
        *l->status_tail = post;
        l->status_tail = &post->next;
    }
    buf_free(&b);
}

static bool accept_message(struct load *l, struct load_conn *c, const struct graph_message *m, const struct http_message *request)
{
    static const char success[] = "{\"success\":true}";
    struct record_item item = { .read = m->read, .at_ms = load_now_us() / 1000, .to = m->input, .callback = m->callback,
                                .body = request->body, .len = request->body_len };
    char wamid[WIRE_WAMID_SIZE], out[BODY_MAX];
    uint32_t person;
    int n;

    wire_wamid(wamid, l->run, ++l->made, m->person);
    item.wamid = m->read ? m->message_id : wamid;
    if (!record_add(l->record, &item))
        return false;
    if (m->read) {
        l->reads++;
        return answer(c, 200, success, sizeof success - 1);
    }
    n = snprintf(out, sizeof out, "{\"messaging_product\":\"whatsapp\",\"contacts\":[{\"input\":\"%s\",\"wa_id\":\"%" PRIu64
                 "\"}],\"messages\":[{\"id\":\"%s\",\"message_status\":\"accepted\"}]}", m->input, m->person, wamid);
    if (m->bsuid || !load_person(l, m->person, &person))
        l->strangers++;
    else
        load_replied(l, person, load_now_us());
    if (l->options->statuses) {
        add_status(l, m, wamid, "sent");
        add_status(l, m, wamid, "delivered");
        add_status(l, m, wamid, "read");
    }
    return answer(c, 200, out, (size_t)n);
}

bool load_answer(struct load *l, struct load_conn *c, const struct http_message *m)
{
    struct graph_message message;
    struct refusal why;
    struct error err;
    cJSON *tree;
    bool ok;

    if (!check_head(l, m, &why))
        return refuse_with(l, c, &why);
    tree = json_parse(m->body, m->body_len, &err);
    if (tree == NULL) {
        refuse(&why, CODE_PARAMETER, "Invalid JSON: %.200s", err.text);
        return refuse_with(l, c, &why);
    }
    ok = graph_check(tree, NULL, &message, &why) ? accept_message(l, c, &message, m) : refuse_with(l, c, &why);
    cJSON_Delete(tree);
    return ok;
}
