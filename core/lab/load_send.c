/*
 * Webhooks as the load generator sends them: one buffer a text, in which a message's own bytes are put in place, then one HMAC.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load_private.h"

enum { FORM_MAX = 64 * 1024, PHONE_DIGITS = 12 };

/* Mobile numbers of Congo: 242 06 and seven digits, far from the stand-ins' own. */
static const uint64_t first_phone = 242061000000u;

uint64_t load_phone(uint32_t person) { return first_phone + person; }

bool load_person(const struct load *l, uint64_t phone, uint32_t *person)
{
    *person = (uint32_t)(phone - first_phone);
    return phone >= first_phone && phone - first_phone < l->people_count;
}

static void body_form(struct buf *b, const struct lab_load_options *o, const char *text, struct request_form *f)
{
    buf_adds(b, "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":");
    wire_string(b, o->waba == NULL ? "100200300400500" : o->waba);
    buf_adds(b, ",\"changes\":[{\"field\":\"messages\",\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{\"display_phone_number\":");
    wire_string(b, o->display_number == NULL ? "242060000000" : o->display_number);
    buf_adds(b, ",\"phone_number_id\":");
    wire_string(b, o->number);
    buf_adds(b, "},\"contacts\":[{\"profile\":{\"name\":\"Prisca\"},\"wa_id\":\"");
    f->contact = b->len;
    buf_adds(b, "000000000000\"}],\"messages\":[{\"from\":\"");
    f->from = b->len;
    buf_adds(b, "000000000000\",\"id\":\"");
    f->wamid = b->len;
    buf_adds(b, "wamid.00000000000000000000000000000000\",\"timestamp\":\"");
    f->timestamp = b->len;
    buf_adds(b, "0000000000\",\"type\":\"text\",\"text\":{\"body\":");
    wire_string(b, text);
    buf_adds(b, "}}]}}]}]}");
}

static void add_head(struct buf *b, const struct load *l, size_t body_len, size_t *signature)
{
    buf_addf(b, "POST %s HTTP/1.1\r\nHost: %s:%u\r\nUser-Agent: lisolo-load\r\nContent-Type: application/json\r\nX-Hub-Signature-256: ",
             l->url.path, l->url.host, (unsigned)l->url.port);
    *signature = b->len;
    buf_addf(b, "sha256=0000000000000000000000000000000000000000000000000000000000000000\r\nContent-Length: %zu\r\n\r\n", body_len);
}

static bool make_form(struct load *l, const char *text, struct request_form *f)
{
    struct buf body, all;

    buf_init(&body, FORM_MAX);
    buf_init(&all, 2 * FORM_MAX);
    body_form(&body, l->options, text, f);
    add_head(&all, l, body.len, &f->signature);
    f->head = all.len;
    buf_add(&all, buf_str(&body), body.len);
    if (!buf_ok(&body))
        all.failed = true;
    buf_free(&body);
    f->bytes = buf_take(&all, &f->len);
    buf_free(&all);
    return f->bytes != NULL;
}

bool load_forms(struct load *l, struct error *err)
{
    static const char *const otherwise[] = { "Bonjour", NULL };
    const char *const *texts = l->options->texts == NULL ? otherwise : l->options->texts;
    size_t longest = 0;

    for (; texts[l->form_count] != NULL; l->form_count++) {
        struct request_form *f = &l->forms[l->form_count];

        if (l->form_count == LOAD_TEXTS_MAX)
            return error_set(err, "load: more than %d texts", LOAD_TEXTS_MAX);
        if (!make_form(l, texts[l->form_count], f))
            return error_set(err, "load: a text is too long");
        if (f->len > longest)
            longest = f->len;
    }
    if (l->form_count == 0)
        return error_set(err, "load: no text to send");
    l->scratch = malloc(longest + FORM_MAX);
    return l->scratch != NULL || error_set(err, "load: out of memory");
}

void load_forms_free(struct load *l)
{
    for (uint32_t i = 0; i < LOAD_TEXTS_MAX; i++)
        free(l->forms[i].bytes);
    free(l->scratch);
}

/* Decimal digits, right to left, into `width` places. */
static void put_digits(char *at, uint64_t value, int width)
{
    while (width-- > 0) {
        at[width] = (char)('0' + value % 10);
        value /= 10;
    }
}

bool load_send_message(struct load *l, struct load_conn *c, uint32_t person)
{
    const struct person *p = &l->people[person];
    const struct request_form *f = &l->forms[p->said % l->form_count];
    char wamid[WIRE_WAMID_SIZE], signature[SIGN_HUB_SIZE], *body = l->scratch + f->head;

    memcpy(l->scratch, f->bytes, f->len);
    put_digits(body + f->contact, load_phone(person), PHONE_DIGITS);
    put_digits(body + f->from, load_phone(person), PHONE_DIGITS);
    put_digits(body + f->timestamp, p->timestamp, 10);
    wire_wamid(wamid, l->run, p->said, load_phone(person));
    memcpy(body + f->wamid, wamid, WIRE_WAMID_SIZE - 1);
    if (!signer_hub(l->signer, body, f->len - f->head, signature))
        return false;
    memcpy(l->scratch + f->signature, signature, SIGN_HUB_SIZE - 1);
    return http_send(&c->http, l->scratch, f->len);
}

bool load_send_status(struct load *l, struct load_conn *c, const struct status_post *post)
{
    char signature[SIGN_HUB_SIZE];
    struct buf b;
    size_t at;
    bool ok;

    if (!signer_hub(l->signer, post->body, post->len, signature))
        return false;
    buf_init(&b, FORM_MAX);
    add_head(&b, l, post->len, &at);
    ok = buf_ok(&b);
    if (ok) {
        memcpy(b.data + at, signature, SIGN_HUB_SIZE - 1);
        ok = buf_add(&b, post->body, post->len) && http_send(&c->http, b.data, b.len);
    }
    buf_free(&b);
    return ok;
}
