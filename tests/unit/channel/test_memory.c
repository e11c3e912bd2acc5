/*
 * When the n-th allocation fails, for every n: nothing leaks, nothing crashes, and the failure is told as what it is. A
 * webhook that could not be read for memory must come again; parked, it would be lost to its sender.
 */
#include "help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/json.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
int main(void)
{
    puts("skipped: the sanitizers own malloc");
    return 0;
}
#else

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void  __libc_free(void *p);

static long countdown = -1;            /* allocations until one fails; negative: none */
static long living;                    /* blocks, while counting */
static bool counting;

static bool refuse(void)
{
    return countdown >= 0 && countdown-- == 0;
}

void *malloc(size_t size)
{
    void *p = refuse() ? NULL : __libc_malloc(size);

    living += counting && p != NULL;
    return p;
}

void *calloc(size_t count, size_t size)
{
    void *p = refuse() ? NULL : __libc_calloc(count, size);

    living += counting && p != NULL;
    return p;
}

void *realloc(void *old, size_t size)
{
    void *p = refuse() ? NULL : __libc_realloc(old, size);

    living += counting && old == NULL && p != NULL;
    return p;
}

void free(void *p)
{
    living -= counting && p != NULL;
    __libc_free(p);
}

/* The store's own ends the process when it has no memory; that is its rule, and not what is tried here. */
void store_key(uint8_t key[STORE_KEY_BYTES], const char *first, ...)
{
    (void)first;
    memset(key, 7, STORE_KEY_BYTES);
}

/* Runs `work` with the 0th, 1st, 2nd… allocation failing until it succeeds. */
static void survive(const char *what, bool (*work)(const void *), const void *ctx)
{
    long n = 0;
    bool ok = false;

    assert_true(work(ctx));            /* caches that stay are made here */
    for (; !ok && n < 100000; n++) {
        countdown = n;
        living = 0;
        counting = true;
        ok = work(ctx);
        counting = false;
        countdown = -1;
        if (living != 0)
            fail_msg("%s: %ld blocks leak when allocation %ld fails", what, living, n);
    }
    assert_true(ok);
    assert_true(n > 1);
    print_message("%s: %ld allocations\n", what, n - 1);
}

#define FROM "{\"from\":\"242066123456\",\"from_user_id\":\"CG.1\",\"timestamp\":\"1793000000\",\"id\":\"wamid.P1\","

static const char MEMBERS[] =
    "\"contacts\":[{\"profile\":{\"name\":\"A\"},\"wa_id\":\"1\"},{\"wa_id\":\"2\"},{\"wa_id\":\"3\"},{\"wa_id\":\"4\"},{\"wa_id\":\"242066123456\"}],\"messages\":["
    FROM "\"type\":\"text\",\"text\":{\"body\":\"\\ud83d\"},\"context\":{\"forwarded\":true,\"referred_product\":{\"catalog_id\":\"9\"}},\"referral\":{\"source_id\":\"1\"}},"
    FROM "\"type\":\"contacts\",\"contacts\":[{\"name\":{\"formatted_name\":\"J\"},\"phones\":[{\"phone\":\"06\"},{\"wa_id\":\"242\"}]}]},"
    FROM "\"type\":\"order\",\"order\":{\"catalog_id\":\"9\",\"product_items\":[{\"product_retailer_id\":\"S\",\"quantity\":2,\"item_price\":\"3\"}]}},"
    FROM "\"type\":\"interactive\",\"interactive\":{\"type\":\"nfm_reply\",\"nfm_reply\":{\"response_json\":\"{\\\"a\\\":12345678901234567890}\"}}},"
    FROM "\"type\":\"poll\",\"errors\":[{\"code\":1,\"title\":\"t\"}]}],"
    "\"statuses\":[{\"id\":\"w\",\"status\":\"failed\",\"errors\":[{\"code\":131047,\"title\":\"t\",\"error_data\":{\"details\":\"d\"}}]}]";

static bool read_webhook(const void *ctx)
{
    const char *body = ctx;
    struct channel_options options = { .install = INSTALL, .now_ms = NOW_MS };
    struct channel_inbound in;
    struct error err = { "" };
    bool ok = channel_read_webhook(body, strlen(body), &options, &in, &err);

    if (ok) {
        if (in.count != 6 || strstr(in.items[3].body.data, "\"kind\":\"form\"") == NULL)
            abort();                   /* what was read with a failed allocation is what is read with none */
    } else if (!in.no_memory || strstr(err.text, "out of memory") == NULL || in.count != 0 || in.items != NULL) {
        abort();
    }
    channel_inbound_free(&in);
    return ok;
}

static void a_webhook_is_read_whole_or_asked_for_again(void **state)
{
    char *body = webhook(MEMBERS);

    (void)state;
    survive("webhook", read_webhook, body);
    free(body);
}

static bool event_returns(const void *ctx)
{
    const char *json = ctx;
    struct event e;
    struct error err;
    size_t len;
    char *text;

    if (!event_parse(json, strlen(json), &e, &err))
        return false;
    text = event_print(&e, &len);
    event_free(&e);
    if (text != NULL && strcmp(text, json) != 0)
        abort();
    free(text);
    return text != NULL;
}

static void an_event_is_read_and_printed_or_not_at_all(void **state)
{
    (void)state;
    survive("event", event_returns, "{\"kind\":\"answer\",\"at\":1,\"point\":[1.5,2],\"guard\":12345678901234567,\"data\":{\"a\":[1,\"x\"],\"b\":{\"c\":null}}}");
}

static bool message_returns(const void *ctx)
{
    static const struct channel_to to = { .phone = "+242066123456" };
    const char *json = ctx;
    struct error err;
    cJSON *tree = json_parse(json, strlen(json), &err), *again = NULL;
    char *text = NULL;
    struct message m;
    size_t len;

    if (tree != NULL && message_from_json(tree, &m, &err)) {
        again = message_to_json(&m);
        if (again != NULL)
            text = channel_print_message(&m, &to, "v1." INSTALL ".1.1", &len, &err);
        message_free(&m);
    }
    cJSON_Delete(tree);
    cJSON_Delete(again);
    free(text);
    return text != NULL;
}

static void a_message_is_built_whole_or_not_at_all(void **state)
{
    (void)state;
    survive("list", message_returns, "{\"kind\":\"list\",\"body\":\"b\",\"menu\":\"m\",\"choices\":[{\"id\":\"a\",\"title\":\"A\",\"description\":\"d\"},"
            "{\"id\":\"b\",\"title\":\"B\"},{\"id\":\"c\",\"title\":\"C\"},{\"id\":\"d\",\"title\":\"D\"},{\"id\":\"e\",\"title\":\"E\"}]}");
    survive("template", message_returns, "{\"kind\":\"template\",\"template\":\"t\",\"language\":\"fr\",\"params\":[\"a\",\"b\"],\"param_names\":[\"x\",\"y\"]}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_webhook_is_read_whole_or_asked_for_again),
        cmocka_unit_test(an_event_is_read_and_printed_or_not_at_all),
        cmocka_unit_test(a_message_is_built_whole_or_not_at_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
