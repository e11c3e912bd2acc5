#include "house.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../../../core/store/memory/memory.h"
#include "lisolo/base/buf.h"
#include "lisolo/base/crypto.h"

void wait_ms(int ms)
{
    struct timespec ts = { ms / 1000, (long)(ms % 1000) * 1000000 };

    (void)nanosleep(&ts, NULL);
}

/* ---- the house ---- */

static void on_event(void *ctx, const struct store_event *e)
{
    struct house *h = ctx;
    struct heard *one;

    pthread_mutex_lock(&h->lock);
    if (h->heard_count == h->heard_room) {
        h->heard_room = h->heard_room == 0 ? 64 : h->heard_room * 2;
        h->heard = realloc(h->heard, h->heard_room * sizeof *h->heard);
        if (h->heard == NULL)
            abort();
    }
    one = &h->heard[h->heard_count++];
    *one = (struct heard){ .conv = e->conv, .seq = e->seq, .person = e->person != NULL, .body = strndup(e->body.data, e->body.len) };
    if (e->person != NULL && e->person->phone != NULL)
        (void)snprintf(one->phone, sizeof one->phone, "%s", e->person->phone);
    pthread_mutex_unlock(&h->lock);
}

static void *run_store(void *ctx)
{
    struct house *h = ctx;
    struct error err;
    size_t did;

    while (!h->stop_store) {
        h->resting = h->pause;
        if (h->resting) {
            wait_ms(1);
            continue;
        }
        (void)store_wait(h->store, 5);
        if (!store_step(h->store, &did, &err))
            abort();
    }
    store_close(h->store);
    return NULL;
}

static void *run_intake(void *ctx)
{
    struct house *h = ctx;

    while (!h->stop_intake)
        intake_step(h->in, -1);
    return NULL;
}

static bool is_ready(void *ctx, char *text, size_t size)
{
    struct house *h = ctx;

    (void)snprintf(text, size, "{\"ready\":%s}", h->ready ? "true" : "false");
    return h->ready;
}

void house_secrets(struct intake_secrets *s)
{
    *s = (struct intake_secrets){
        .verify_token = "bonjour", .app_secrets = { APP_SECRET }, .app_secret_count = 1,
        .sources = { { .name = "toktok", .path = SOURCE, .subject = "data.numero_mission", .secrets = { KEY_A }, .secret_count = 1 } },
        .source_count = 1,
    };
}

void house_open_with(struct house *h, const struct intake_secrets *secrets, size_t queue_bytes)
{
    static const char *const numbers[] = { NUMBER };
    struct store_options so = { .clock = &h->clock.clock, .queue_bytes = queue_bytes };
    struct store_hooks hooks = { .ctx = h, .event = on_event };
    struct intake_options io = { .address = "127.0.0.1", .clock = &h->clock.clock, .numbers = numbers, .number_count = 1,
                                 .secrets = *secrets, .ready = is_ready, .ctx = h };
    struct error err = { "" };

    memset(h, 0, sizeof *h);
    h->ready = true;
    clock_fake_init(&h->clock, NOW_MS);
    assert_int_equal(pthread_mutex_init(&h->lock, NULL), 0);
    h->store = store_open_memory(&so, &err);
    assert_non_null(h->store);
    store_set_hooks(h->store, &hooks);
    assert_true(store_recover(h->store, &err));
    io.store = h->store;
    h->in = intake_open(&io, &err);
    assert_string_equal(err.text, "");
    assert_non_null(h->in);
    assert_int_equal(pthread_create(&h->store_thread, NULL, run_store, h), 0);
    assert_int_equal(pthread_create(&h->intake_thread, NULL, run_intake, h), 0);
}

void house_open(struct house *h)
{
    struct intake_secrets secrets;

    house_secrets(&secrets);
    house_open_with(h, &secrets, 0);
}

static void stop_intake(struct house *h)
{
    h->stop_intake = true;
    intake_wake(h->in);
    assert_int_equal(pthread_join(h->intake_thread, NULL), 0);
}

void house_close(struct house *h)
{
    stop_intake(h);
    intake_close(h->in, h->pause ? 50 : 2000);
    h->pause = false;
    h->stop_store = true;
    assert_int_equal(pthread_join(h->store_thread, NULL), 0);
    for (size_t i = 0; i < h->heard_count; i++)
        free(h->heard[i].body);
    free(h->heard);
    pthread_mutex_destroy(&h->lock);
}

void house_pause(struct house *h, bool pause)
{
    h->pause = pause;
    while (h->resting != pause)
        wait_ms(1);
}

void house_fill(struct house *h, bool full)
{
    house_pause(h, true);
    memory_of(h->store)->full = full;
    house_pause(h, false);
}

size_t house_heard(struct house *h)
{
    size_t count;

    pthread_mutex_lock(&h->lock);
    count = h->heard_count;
    pthread_mutex_unlock(&h->lock);
    return count;
}

struct heard house_event(struct house *h, size_t index)
{
    struct heard one;

    pthread_mutex_lock(&h->lock);
    assert_true(index < h->heard_count);
    one = h->heard[index];
    pthread_mutex_unlock(&h->lock);
    return one;
}

int64_t house_count(struct house *h, const char *name)
{
    cJSON *root = cJSON_CreateObject();
    int64_t value = -1;

    intake_report(h->in, root);
    assert_true(json_int(json_get(root, "intake"), name, &value));
    cJSON_Delete(root);
    return value;
}

/* ---- a client ---- */

static bool put(int fd, const void *data, size_t len)
{
    const char *at = data;

    while (len > 0) {
        ssize_t n = send(fd, at, len, MSG_NOSIGNAL);

        if (n <= 0)
            return false;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

static void read_answer(int fd, struct answer *out)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    char text[8192], *end = NULL;
    size_t len = 0;

    memset(out, 0, sizeof *out);
    while (len < sizeof text - 1 && poll(&p, 1, 20000) == 1) {
        ssize_t n = recv(fd, text + len, sizeof text - 1 - len, 0);

        if (n <= 0)
            break;
        len += (size_t)n;
        text[len] = '\0';
        end = strstr(text, "\r\n\r\n");
        if (end != NULL) {
            const char *length = strcasestr(text, "\r\ncontent-length: ");

            if (length != NULL && len - (size_t)(end + 4 - text) >= strtoul(length + 18, NULL, 10))
                break;
        }
    }
    if (end == NULL || sscanf(text, "HTTP/1.1 %d", &out->status) != 1)
        return;
    end[2] = '\0';
    (void)snprintf(out->head, sizeof out->head, "%.*s", (int)sizeof out->head - 1, text);
    out->len = len - (size_t)(end + 4 - text);
    out->body = strndup(end + 4, out->len);
}

int house_ask(struct house *h, const char *method, const char *target, const char *headers, const void *body, size_t len, struct answer *out)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(intake_port(h->in)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct buf head;

    assert_true(fd != -1 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    buf_init(&head, 16384);
    buf_addf(&head, "%s %s HTTP/1.1\r\nHost: localhost\r\n%s", method, target, headers == NULL ? "" : headers);
    if (strcmp(method, "POST") == 0 && strcasestr(buf_str(&head), "transfer-encoding") == NULL)
        buf_addf(&head, "Content-Length: %zu\r\n", len);
    buf_adds(&head, "\r\n");
    assert_true(buf_ok(&head) && put(fd, head.data, head.len));
    if (body != NULL && len > 0)
        (void)put(fd, body, len);
    read_answer(fd, out);
    buf_free(&head);
    close(fd);
    return out->status;
}

void answer_free(struct answer *a)
{
    free(a->body);
    a->body = NULL;
}

int house_send(struct house *h, const char *method, const char *target, const char *headers, const void *body, size_t len)
{
    struct answer a;
    int status = house_ask(h, method, target, headers, body, len, &a);

    answer_free(&a);
    return status;
}

char *sign_meta(const char *secret, const void *body, size_t len)
{
    uint8_t digest[SHA256_BYTES];
    char hex[2 * SHA256_BYTES + 1], *line;

    assert_true(crypto_hmac_sha256(secret, strlen(secret), body, len, digest));
    crypto_hex(digest, sizeof digest, hex);
    assert_true(asprintf(&line, "X-Hub-Signature-256: sha256=%s\r\n", hex) > 0);
    return line;
}

int post_meta(struct house *h, const void *body, size_t len)
{
    char *line = sign_meta(APP_SECRET, body, len);
    int status = house_send(h, "POST", INTAKE_WHATSAPP_PATH, line, body, len);

    free(line);
    return status;
}

int post_text(struct house *h, const char *body) { return post_meta(h, body, strlen(body)); }

void sign_event(const char *secret, const char *id, const char *time, const void *body, size_t len, char out[64])
{
    uint8_t key[96], digest[SHA256_BYTES];
    size_t key_len = 0;
    struct buf b;

    if (strncmp(secret, "whsec_", 6) == 0)
        secret += 6;
    assert_true(crypto_unbase64(secret, strlen(secret), key, &key_len));
    buf_init(&b, len + 1024);
    buf_addf(&b, "%s.%s.", id, time);
    buf_add(&b, body, len);
    assert_true(crypto_hmac_sha256(key, key_len, b.data, b.len, digest));
    memcpy(out, "v1,", 3);
    crypto_base64(digest, sizeof digest, out + 3);
    buf_free(&b);
}

int post_event(struct house *h, const char *id, const char *time, const char *signature, const void *body, size_t len)
{
    struct buf b;
    int status;

    buf_init(&b, 8192);
    if (id != NULL)
        buf_addf(&b, "webhook-id: %s\r\n", id);
    if (time != NULL)
        buf_addf(&b, "webhook-timestamp: %s\r\n", time);
    if (signature != NULL)
        buf_addf(&b, "webhook-signature: %s\r\n", signature);
    assert_true(buf_ok(&b));
    status = house_send(h, "POST", SOURCE, buf_str(&b), body, len);
    buf_free(&b);
    return status;
}

int post_signed(struct house *h, const char *id, const char *body)
{
    char time[32], signature[64];

    (void)snprintf(time, sizeof time, "%lld", (long long)NOW_S);
    sign_event(KEY_A, id, time, body, strlen(body), signature);
    return post_event(h, id, time, signature, body, strlen(body));
}

char *message_body(const char *wamid, const char *text)
{
    char *body;

    assert_true(asprintf(&body,
                         "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"100200300400500\",\"changes\":[{\"field\":\"messages\","
                         "\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{\"phone_number_id\":\"" NUMBER "\"},"
                         "\"contacts\":[{\"profile\":{\"name\":\"Prisca\"},\"wa_id\":\"242066123456\"}],"
                         "\"messages\":[{\"from\":\"242066123456\",\"id\":\"%s\",\"timestamp\":\"1793000000\",\"type\":\"text\","
                         "\"text\":{\"body\":\"%s\"}}]}}]}]}", wamid, text) > 0);
    return body;
}
