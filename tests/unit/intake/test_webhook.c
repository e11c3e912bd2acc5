/*
 * WhatsApp's webhook: verified over the raw bytes, durable before 200, alive whatever it is given.
 */
#include "house.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lisolo/base/buf.h"
#include "lisolo/base/fetch.h"
#include "lisolo/base/log.h"
#include "lisolo/channel.h"

/* ---- routes ---- */

static void the_subscription_check_returns_the_raw_challenge(void **state)
{
    struct house h;
    struct answer a;
    const char *const wrong[] = {
        "?hub.mode=subscribe&hub.challenge=42&hub.verify_token=bonsoir", "?hub.mode=subscribe&hub.challenge=42",
        "?hub.mode=unsubscribe&hub.challenge=42&hub.verify_token=bonjour", "?hub.challenge=42&hub.verify_token=bonjour",
        "?hub.mode=subscribe&hub.verify_token=bonjour", "?hub.mode=subscribe&hub.challenge=42&hub.verify_token=",
        "?hub.mode=subscribe&hub.challenge=42&hub.verify_token=bonjou", "?hub.mode=subscribe&hub.challenge=42&hub.verify_token=bonjourr", "",
    };
    char target[160];

    (void)state;
    house_open(&h);
    assert_int_equal(house_ask(&h, "GET", INTAKE_WHATSAPP_PATH "?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=bon%6Aour", NULL, NULL, 0, &a), 200);
    assert_string_equal(a.body, "1158201444");
    assert_non_null(strstr(a.head, "Content-Type: text/plain\r\n"));
    answer_free(&a);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        (void)snprintf(target, sizeof target, "%s%s", INTAKE_WHATSAPP_PATH, wrong[i]);
        assert_int_equal(house_ask(&h, "GET", target, NULL, NULL, 0, &a), 403);
        assert_int_equal(a.len, 0);
        answer_free(&a);
    }
    house_close(&h);
}

static void without_a_verify_token_every_check_is_refused(void **state)
{
    struct intake_secrets s;
    struct house h;

    (void)state;
    house_secrets(&s);
    s.verify_token = "";
    house_open_with(&h, &s, 0);
    assert_int_equal(house_send(&h, "GET", INTAKE_WHATSAPP_PATH "?hub.mode=subscribe&hub.challenge=1&hub.verify_token=", NULL, NULL, 0), 403);
    house_close(&h);
}

static void every_route_answers_its_methods_only(void **state)
{
    struct house h;
    struct answer a;
    const struct { const char *method, *target; int status; const char *allow; } cases[] = {
        { "GET", "/healthz", 200, NULL }, { "HEAD", "/healthz", 200, NULL }, { "POST", "/healthz", 405, "Allow: GET, HEAD\r\n" },
        { "GET", "/readyz", 200, NULL }, { "PUT", INTAKE_WHATSAPP_PATH, 405, "Allow: GET, POST\r\n" },
        { "HEAD", INTAKE_WHATSAPP_PATH, 405, "Allow: GET, POST\r\n" }, { "GET", SOURCE, 405, "Allow: POST\r\n" },
        { "GET", "/", 404, NULL }, { "POST", "/", 404, NULL }, { "GET", "/events", 404, NULL }, { "GET", "/healthz/", 404, NULL },
        { "GET", "/metrics", 404, NULL },
    };

    (void)state;
    house_open(&h);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (house_ask(&h, cases[i].method, cases[i].target, NULL, NULL, 0, &a) != cases[i].status)
            fail_msg("%s %s: %d", cases[i].method, cases[i].target, a.status);
        if (cases[i].allow != NULL)
            assert_non_null(strstr(a.head, cases[i].allow));
        answer_free(&a);
    }
    assert_int_equal(house_ask(&h, "GET", "/healthz", NULL, NULL, 0, &a), 200);
    assert_string_equal(a.body, "ok");
    answer_free(&a);
    h.ready = false;
    assert_int_equal(house_ask(&h, "GET", "/readyz", NULL, NULL, 0, &a), 503);
    assert_string_equal(a.body, "{\"ready\":false}");
    answer_free(&a);
    house_close(&h);
}

/* ---- durable, once ---- */

struct poster {
    struct house *h;
    const char   *body;
    int           status;
    struct answer answer;
    pthread_t     thread;
    atomic_bool   ended;
};

static void *post_in_background(void *ctx)
{
    struct poster *p = ctx;
    char *line = sign_meta(APP_SECRET, p->body, strlen(p->body));

    p->status = house_ask(p->h, "POST", INTAKE_WHATSAPP_PATH, line, p->body, strlen(p->body), &p->answer);
    free(line);
    p->ended = true;
    return NULL;
}

static void poster_start(struct poster *p, struct house *h, const char *body)
{
    *p = (struct poster){ .h = h, .body = body };
    assert_int_equal(pthread_create(&p->thread, NULL, post_in_background, p), 0);
}

static void a_message_is_answered_when_it_is_durable_and_not_before(void **state)
{
    char *body = message_body("wamid.1", "Bonjour");
    struct house h;
    struct poster p;
    struct heard e;

    (void)state;
    house_open(&h);
    house_pause(&h, true);
    poster_start(&p, &h, body);
    wait_ms(150);
    assert_false(p.ended);
    assert_int_equal(house_heard(&h), 0);
    house_pause(&h, false);
    assert_int_equal(pthread_join(p.thread, NULL), 0);
    assert_int_equal(p.status, 200);
    assert_int_equal(p.answer.len, 0);
    assert_non_null(strstr(p.answer.head, "X-Request-Id: "));
    answer_free(&p.answer);
    assert_int_equal(house_heard(&h), 1);
    e = house_event(&h, 0);
    assert_true(e.person);
    assert_string_equal(e.phone, "+242066123456");
    assert_non_null(strstr(e.body, "\"text\":\"Bonjour\""));
    assert_int_equal(house_count(&h, "accepted"), 1);
    assert_int_equal(house_count(&h, "events"), 1);
    free(body);
    house_close(&h);
}

static void a_redelivery_is_answered_and_nothing_else(void **state)
{
    char *body = message_body("wamid.1", "Bonjour");
    struct house h;

    (void)state;
    house_open(&h);
    for (int i = 0; i < 5; i++)
        assert_int_equal(post_text(&h, body), 200);
    assert_int_equal(house_heard(&h), 1);
    assert_int_equal(house_count(&h, "accepted"), 1);
    assert_int_equal(house_count(&h, "duplicate"), 4);
    free(body);
    house_close(&h);
}

static void a_thousand_updates_in_one_post_are_all_taken_in_order(void **state)
{
    enum { COUNT = 1000 };
    struct house h;
    struct buf b;

    (void)state;
    house_open(&h);
    buf_init(&b, CHANNEL_WEBHOOK_MAX);
    buf_adds(&b, "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\",\"changes\":[{\"field\":\"messages\",\"value\":{"
                 "\"metadata\":{\"phone_number_id\":\"" NUMBER "\"},\"messages\":[");
    for (int i = 0; i < COUNT; i++)
        buf_addf(&b, "%s{\"from\":\"24206600%04d\",\"id\":\"wamid.%d\",\"timestamp\":\"1793000000\",\"type\":\"text\",\"text\":{\"body\":\"n %d.\"}}",
                 i == 0 ? "" : ",", i % 10, i, i);
    buf_adds(&b, "]}}]}]}");
    assert_true(buf_ok(&b));
    assert_int_equal(post_meta(&h, b.data, b.len), 200);
    assert_int_equal(house_heard(&h), COUNT);
    for (int i = 0; i < COUNT; i++) {
        struct heard e = house_event(&h, (size_t)i);
        char want[32];

        (void)snprintf(want, sizeof want, "\"n %d.\"", i);
        assert_non_null(strstr(e.body, want));
        assert_int_equal(e.seq, i / 10 + 1);
    }
    assert_int_equal(post_meta(&h, b.data, b.len), 200);
    assert_int_equal(house_heard(&h), COUNT);
    assert_int_equal(house_count(&h, "accepted"), 1);
    assert_int_equal(house_count(&h, "duplicate"), 1);
    buf_free(&b);
    house_close(&h);
}

/* What holds nothing for us does not go through the store: a paused one cannot hold it up. */
static void a_webhook_with_nothing_for_us_is_answered_at_once(void **state)
{
    struct house h;

    (void)state;
    house_open(&h);
    house_pause(&h, true);
    assert_int_equal(post_text(&h, "{\"object\":\"whatsapp_business_account\",\"entry\":[]}"), 200);
    assert_int_equal(post_text(&h, "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"changes\":[{\"field\":\"account_update\",\"value\":{}}]}]}"), 200);
    assert_int_equal(post_text(&h, "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"changes\":[{\"field\":\"messages\",\"value\":{"
                                   "\"metadata\":{\"phone_number_id\":\"999\"},\"messages\":[{\"from\":\"242066123456\",\"id\":\"w\"}]}}]}]}"), 200);
    assert_int_equal(house_count(&h, "empty"), 3);
    assert_int_equal(house_count(&h, "ignored"), 2);
    house_close(&h);
}

/* ---- signatures ---- */

/* whatsapp.md §13.1, HMAC B: 440 bytes with escapes as they are on the wire. */
static void the_signature_covers_the_raw_bytes(void **state)
{
    static const char body[] =
        "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"100200300400500\",\"changes\":[{\"field\":\"messages\",\"value\":"
        "{\"messaging_product\":\"whatsapp\",\"metadata\":{\"display_phone_number\":\"15550100001\",\"phone_number_id\":\"555000111222333\"},"
        "\"contacts\":[{\"profile\":{\"name\":\"Zo\\u00e9\"},\"wa_id\":\"33600000001\"}],\"messages\":[{\"from\":\"33600000001\",\"id\":\"wamid.T001\","
        "\"timestamp\":\"1793000000\",\"type\":\"text\",\"text\":{\"body\":\"\\u00e7a va \\ud83d\\ude00 a\\/b\"}}]}}]}]}";
    static const char line[] = "x-hub-signature-256: sha256=4be36aac967a26aca7ee9c62b03895ed6b304cd1193435a97dd7836bc5710164\r\n";
    char other[sizeof body], *slash;
    struct house h;

    (void)state;
    assert_int_equal(sizeof body - 1, 440);
    house_open(&h);
    assert_int_equal(house_send(&h, "POST", INTAKE_WHATSAPP_PATH, line, body, sizeof body - 1), 200);
    assert_non_null(strstr(house_event(&h, 0).body, "ça va 😀 a/b"));
    memcpy(other, body, sizeof body);
    slash = strstr(other, "\\/");
    memmove(slash, slash + 1, strlen(slash));              /* the same JSON, serialised again */
    assert_int_equal(house_send(&h, "POST", INTAKE_WHATSAPP_PATH, line, other, strlen(other)), 401);
    house_close(&h);
}

static void a_wrong_or_missing_signature_is_refused_and_nothing_is_kept(void **state)
{
    char *body = message_body("wamid.1", "Bonjour"), *good = sign_meta(APP_SECRET, body, strlen(body)), *other = sign_meta("another", body, strlen(body));
    const char *const lines[] = {
        NULL, other, "X-Hub-Signature-256: \r\n", "X-Hub-Signature-256: sha256=\r\n", "X-Hub-Signature-256: sha1=0123456789\r\n",
        "X-Hub-Signature: sha256=f06a34740cf278039c4de50b1aaac65cc70f807121c5a2dd7dc107529c2fc6aa\r\n",
        "X-Hub-Signature-256: sha256=zz6a34740cf278039c4de50b1aaac65cc70f807121c5a2dd7dc107529c2fc6aa\r\n",
    };
    struct house h;
    struct answer a;

    (void)state;
    house_open(&h);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        assert_int_equal(house_ask(&h, "POST", INTAKE_WHATSAPP_PATH, lines[i], body, strlen(body), &a), 401);
        assert_int_equal(a.len, 0);
        assert_non_null(strstr(a.head, "X-Request-Id: "));
        answer_free(&a);
    }
    good[40] = good[40] == 'a' ? 'b' : 'a';
    assert_int_equal(house_send(&h, "POST", INTAKE_WHATSAPP_PATH, good, body, strlen(body)), 401);
    assert_int_equal(house_count(&h, "bad_signature"), 8);
    assert_int_equal(house_heard(&h), 0);
    assert_int_equal(house_count(&h, "parked"), 0);
    free(body);
    free(good);
    free(other);
    house_close(&h);
}

static int post_with(struct house *h, const char *secret, const char *wamid)
{
    char *body = message_body(wamid, "Bonjour"), *line = sign_meta(secret, body, strlen(body));
    int status = house_send(h, "POST", INTAKE_WHATSAPP_PATH, line, body, strlen(body));

    free(body);
    free(line);
    return status;
}

static void two_secrets_hold_while_one_replaces_the_other(void **state)
{
    struct intake_secrets s;
    struct error err;
    struct house h;

    (void)state;
    house_secrets(&s);
    s.app_secrets[1] = "the-new-one";
    s.app_secret_count = 2;
    house_open_with(&h, &s, 0);
    assert_int_equal(post_with(&h, APP_SECRET, "wamid.1"), 200);
    assert_int_equal(post_with(&h, "the-new-one", "wamid.2"), 200);
    s.app_secrets[0] = "the-new-one";
    s.app_secret_count = 1;
    s.verify_token = "mbote";
    assert_true(intake_set_secrets(h.in, &s, &err));
    assert_int_equal(post_with(&h, APP_SECRET, "wamid.3"), 401);
    assert_int_equal(post_with(&h, "the-new-one", "wamid.4"), 200);
    assert_int_equal(house_send(&h, "GET", INTAKE_WHATSAPP_PATH "?hub.mode=subscribe&hub.challenge=1&hub.verify_token=bonjour", NULL, NULL, 0), 403);
    assert_int_equal(house_send(&h, "GET", INTAKE_WHATSAPP_PATH "?hub.mode=subscribe&hub.challenge=1&hub.verify_token=mbote", NULL, NULL, 0), 200);
    house_close(&h);
}

static void without_a_secret_nothing_is_taken(void **state)
{
    struct intake_secrets s;
    struct house h;

    (void)state;
    house_secrets(&s);
    s.app_secret_count = 0;
    house_open_with(&h, &s, 0);
    assert_int_equal(post_with(&h, APP_SECRET, "wamid.1"), 401);
    assert_int_equal(post_with(&h, "", "wamid.1"), 401);
    house_close(&h);
}

/* ---- sizes ---- */

/* A message in a body of exactly `size` bytes. */
static char *padded(size_t size)
{
    char *body = message_body("wamid.big", "Bonjour"), *big = malloc(size + 1);
    size_t len = strlen(body), fixed = len + strlen(",\"pad\":\"\"");

    assert_non_null(big);
    memcpy(big, body, len - 1);
    (void)snprintf(big + len - 1, size - len + 2, ",\"pad\":\"");
    memset(big + len - 1 + 8, 'x', size - fixed);
    memcpy(big + size - 2, "\"}", 3);
    free(body);
    return big;
}

static void three_megabytes_are_read_and_more_than_four_are_refused(void **state)
{
    enum { THREE = 3 * 1024 * 1024 };
    char *three = padded(THREE), *four = padded(CHANNEL_WEBHOOK_MAX), *line;
    struct house h;

    (void)state;
    house_open(&h);
    assert_int_equal(post_meta(&h, three, THREE), 200);
    assert_int_equal(house_heard(&h), 1);
    assert_int_equal(post_meta(&h, four, CHANNEL_WEBHOOK_MAX), 200);
    assert_int_equal(house_count(&h, "duplicate"), 1);
    line = sign_meta(APP_SECRET, four, CHANNEL_WEBHOOK_MAX);
    assert_int_equal(house_send(&h, "POST", INTAKE_WHATSAPP_PATH, line, NULL, CHANNEL_WEBHOOK_MAX + 1), 413);
    assert_int_equal(house_count(&h, "too_large"), 1);
    free(line);
    free(three);
    free(four);
    house_close(&h);
}

static void a_chunked_body_is_verified_whole(void **state)
{
    char *body = message_body("wamid.1", "Bonjour"), *line = sign_meta(APP_SECRET, body, strlen(body)), *chunked, *headers;
    struct house h;
    int n;

    (void)state;
    house_open(&h);
    n = asprintf(&chunked, "a\r\n%.10s\r\n%zx\r\n%s\r\n0\r\n\r\n", body, strlen(body) - 10, body + 10);
    assert_true(n > 0 && asprintf(&headers, "%sTransfer-Encoding: chunked\r\n", line) > 0);
    assert_int_equal(house_send(&h, "POST", INTAKE_WHATSAPP_PATH, headers, chunked, (size_t)n), 200);
    assert_int_equal(house_heard(&h), 1);
    free(headers);
    free(chunked);
    free(line);
    free(body);
    house_close(&h);
}

/* ---- what cannot be read ---- */

static char *repeated(const char *before, const char *piece, size_t count, const char *after)
{
    struct buf b;

    buf_init(&b, CHANNEL_WEBHOOK_MAX);
    buf_adds(&b, before);
    for (size_t i = 0; i < count; i++)
        buf_adds(&b, piece);
    buf_adds(&b, after);
    assert_true(buf_ok(&b));
    return buf_take(&b, NULL);
}

#define AROUND(value) "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"changes\":[{\"field\":\"messages\",\"value\":{\"metadata\":" \
                      "{\"phone_number_id\":\"" NUMBER "\"},\"messages\":[" value "]}}]}]}"

static void hostile_json_is_kept_and_never_ends_the_host(void **state)
{
    char *deep = repeated("", "[", 100000, ""), *deeper = repeated("", "{\"a\":", 100000, "");
    const char *const bodies[] = {
        "", " ", "{", "null", "[]", "\"text\"", "12", "{}", "{\"object\":\"page\",\"entry\":[]}", deep, deeper,
        "{\"object\":\"whatsapp_business_account\",\"object\":\"whatsapp_business_account\",\"entry\":[]}",
        AROUND("{\"id\":\"\xff\xfe\"}"), AROUND("{\"id\":\"a\\u0000b\"}"), AROUND("{\"id\":\"\\ud800\"}"), AROUND("{\"id\":01}"),
        AROUND("{\"id\":1e99999}"), AROUND("{\"id\":123456789012345678901234567890}"), AROUND("{\"id\":NaN}"), AROUND("{\"id\":\"w\"} trailing"),
        AROUND("{\"from\":\"242066123456\",\"id\":\"wamid.x1\",\"timestamp\":\"99999999999999999999\",\"type\":\"text\",\"text\":{\"body\":\"a\"}}"),
        AROUND("{\"from\":\"242066123456\",\"id\":\"wamid.x2\",\"timestamp\":\"1793000000\",\"type\":\"hologram\",\"hologram\":{}}"),
        AROUND("{\"from\":\"\",\"id\":\"wamid.x3\",\"timestamp\":\"1793000000\",\"type\":\"text\",\"text\":{\"body\":\"a\"}}"),
        AROUND("{\"from\":[],\"id\":{},\"timestamp\":null,\"type\":7,\"text\":\"a\"}"), AROUND("null"), AROUND("[[[]]]"), AROUND("7"),
        "{\"object\":\"whatsapp_business_account\",\"entry\":[[],7,null,{\"changes\":7},{\"changes\":[null,{\"field\":\"messages\",\"value\":7}]}]}",
    };
    struct house h;

    (void)state;
    house_open(&h);
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
        if (post_text(&h, bodies[i]) != 200)
            fail_msg("body %zu: %.60s", i, bodies[i]);
    assert_true(house_count(&h, "parked") >= 10);
    assert_int_equal(post_with(&h, APP_SECRET, "wamid.alive"), 200);
    house_close(&h);
    free(deep);
    free(deeper);
}

static size_t count_in(const char *text, const char *what)
{
    size_t count = 0;

    for (; (text = strstr(text, what)) != NULL; text++)
        count++;
    return count;
}

static void what_is_parked_is_told_once_and_logs_hold_nothing_of_a_body(void **state)
{
    static const char body[] = "{\"from\":\"242066123456\",\"text\":\"mot-de-passe\",";
    int fd = memfd_create("log", MFD_CLOEXEC);
    char log[16384] = "";
    struct house h;

    (void)state;
    assert_true(fd != -1);
    log_set_level(LOG_DEBUG);
    log_set_fd(fd);
    house_open(&h);
    assert_int_equal(post_text(&h, body), 200);
    assert_int_equal(post_text(&h, body), 200);
    assert_int_equal(house_send(&h, "POST", INTAKE_WHATSAPP_PATH, "X-Hub-Signature-256: sha256=mot-de-passe\r\n", body, strlen(body)), 401);
    assert_int_equal(house_send(&h, "POST", INTAKE_WHATSAPP_PATH, NULL, body, strlen(body)), 401);
    assert_int_equal(house_count(&h, "parked"), 2);
    house_close(&h);
    log_set_fd(STDERR_FILENO);
    log_set_level(LOG_ERROR);
    assert_true(pread(fd, log, sizeof log - 1, 0) > 0);
    assert_int_equal(count_in(log, "webhook_parked"), 1);
    assert_int_equal(count_in(log, "bad_signature"), 1);       /* one in ten seconds */
    assert_null(strstr(log, "242066123456"));
    assert_null(strstr(log, "mot-de-passe"));
    close(fd);
}

/* ---- the store says no ---- */

static void a_full_queue_is_503_and_the_redelivery_is_taken(void **state)
{
    char *large = repeated("", "x", 4000, ""), *first = message_body("wamid.1", large), *second = message_body("wamid.2", large);
    struct intake_secrets s;
    struct poster p;
    struct house h;

    (void)state;
    house_secrets(&s);
    house_open_with(&h, &s, 6000);
    house_pause(&h, true);
    poster_start(&p, &h, first);
    wait_ms(150);
    assert_false(p.ended);
    assert_int_equal(post_text(&h, second), 503);
    assert_int_equal(house_count(&h, "busy"), 1);
    house_pause(&h, false);
    assert_int_equal(pthread_join(p.thread, NULL), 0);
    assert_int_equal(p.status, 200);
    answer_free(&p.answer);
    assert_int_equal(post_text(&h, second), 200);
    assert_int_equal(house_heard(&h), 2);
    free(large);
    free(first);
    free(second);
    house_close(&h);
}

static void a_full_disk_is_503_and_the_redelivery_is_taken(void **state)
{
    struct house h;

    (void)state;
    house_open(&h);
    house_fill(&h, true);
    assert_int_equal(post_with(&h, APP_SECRET, "wamid.1"), 503);
    assert_int_equal(post_text(&h, "not json"), 503);
    assert_int_equal(house_count(&h, "no_space"), 2);
    assert_int_equal(house_count(&h, "parked"), 0);
    assert_int_equal(house_heard(&h), 0);
    house_fill(&h, false);
    assert_int_equal(post_with(&h, APP_SECRET, "wamid.1"), 200);
    assert_int_equal(post_text(&h, "not json"), 200);
    assert_int_equal(house_heard(&h), 1);
    assert_int_equal(house_count(&h, "parked"), 1);
    house_close(&h);
}

/* The store finishes both items after intake has gone: the one that waited got 503, so it will come again. */
static void closing_while_the_store_holds_items_is_harmless(void **state)
{
    char *body = message_body("wamid.1", "Bonjour");
    struct poster p, q;
    struct house h;

    (void)state;
    house_open(&h);
    house_pause(&h, true);
    poster_start(&p, &h, body);
    poster_start(&q, &h, "not json");
    wait_ms(150);
    house_close(&h);
    assert_int_equal(pthread_join(p.thread, NULL), 0);
    assert_int_equal(pthread_join(q.thread, NULL), 0);
    assert_int_equal(p.status, 503);
    assert_int_equal(q.status, 503);
    answer_free(&p.answer);
    answer_free(&q.answer);
    free(body);
}

/* ---- many at once ---- */

struct crowd {
    struct fetch *f;
    char          url[64];
    int           started, ok, total;
};

static void start_one(struct crowd *c);

static void one_done(void *ctx, const struct fetch_result *r)
{
    struct crowd *c = ctx;

    c->ok += r->outcome == FETCH_ANSWERED && r->status == 200 && r->body_len == 0;
    if (c->started < c->total)
        start_one(c);
}

static void start_one(struct crowd *c)
{
    char wamid[32], *body, *line;
    struct error err;

    (void)snprintf(wamid, sizeof wamid, "wamid.%d", c->started++ / 2);       /* each comes twice */
    body = message_body(wamid, "Bonjour");
    line = sign_meta(APP_SECRET, body, strlen(body));
    line[strlen(line) - 2] = '\0';
    assert_true(fetch_start(c->f, &(struct fetch_request){ .method = "POST", .url = c->url, .headers = (const char *const[]){ line, NULL },
                                                           .body = body, .body_len = strlen(body) }, one_done, c, &err));
    free(body);
    free(line);
}

static void many_posts_at_once_are_each_answered_and_each_message_is_kept_once(void **state)
{
    struct fetch_options o = { .allow_private = true, .allow_http = true };
    struct crowd c = { .total = 2000 };
    struct error err;
    struct house h;

    (void)state;
    house_open(&h);
    c.f = fetch_new(&o, &err);
    assert_non_null(c.f);
    (void)snprintf(c.url, sizeof c.url, "http://127.0.0.1:%u" INTAKE_WHATSAPP_PATH, intake_port(h.in));
    for (int i = 0; i < 200; i++)
        start_one(&c);
    while (fetch_active(c.f) > 0)
        fetch_step(c.f, 1000);
    assert_int_equal(c.ok, c.total);
    assert_int_equal(house_heard(&h), c.total / 2);
    assert_int_equal(house_count(&h, "accepted"), c.total / 2);
    assert_int_equal(house_count(&h, "duplicate"), c.total / 2);
    fetch_free(c.f);
    house_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_subscription_check_returns_the_raw_challenge),
        cmocka_unit_test(without_a_verify_token_every_check_is_refused),
        cmocka_unit_test(every_route_answers_its_methods_only),
        cmocka_unit_test(a_message_is_answered_when_it_is_durable_and_not_before),
        cmocka_unit_test(a_redelivery_is_answered_and_nothing_else),
        cmocka_unit_test(a_thousand_updates_in_one_post_are_all_taken_in_order),
        cmocka_unit_test(a_webhook_with_nothing_for_us_is_answered_at_once),
        cmocka_unit_test(the_signature_covers_the_raw_bytes),
        cmocka_unit_test(a_wrong_or_missing_signature_is_refused_and_nothing_is_kept),
        cmocka_unit_test(two_secrets_hold_while_one_replaces_the_other),
        cmocka_unit_test(without_a_secret_nothing_is_taken),
        cmocka_unit_test(three_megabytes_are_read_and_more_than_four_are_refused),
        cmocka_unit_test(a_chunked_body_is_verified_whole),
        cmocka_unit_test(hostile_json_is_kept_and_never_ends_the_host),
        cmocka_unit_test(what_is_parked_is_told_once_and_logs_hold_nothing_of_a_body),
        cmocka_unit_test(a_full_queue_is_503_and_the_redelivery_is_taken),
        cmocka_unit_test(a_full_disk_is_503_and_the_redelivery_is_taken),
        cmocka_unit_test(closing_while_the_store_holds_items_is_harmless),
        cmocka_unit_test(many_posts_at_once_are_each_answered_and_each_message_is_kept_once),
    };

    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
