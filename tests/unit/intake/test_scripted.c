/*
 * Webhooks of sources that the scripts declare: verified over the raw bytes, durable before they are answered, theirs only while the
 * scripts say so.
 */
#include "house.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/crypto.h"
#include "lisolo/base/log.h"

#define PATH "/in/momo"
#define TEXT_SECRET "momo-secret-example"
#define BODY "{\"transaction\":\"T1\",\"numero\":\"+242066123456\",\"montant\":2500}"

enum form { HEX, PREFIXED_HEX, BASE64 };

static const struct intake_route MOMO = { .name = "mobile_money", .path = PATH, .signature = INTAKE_HMAC_SHA256, .header = "X-Signature",
                                          .id = "transaction", .subject = "numero" };

static void open_with_secrets(struct house *h, const char *secret, const char *second)
{
    struct intake_secrets s;
    struct error err;

    house_secrets(&s);
    s.sources[1] = (struct intake_source){ .name = "mobile_money", .secrets = { secret, second }, .secret_count = second != NULL ? 2 : 1 };
    s.source_count = secret == NULL ? 1 : 2;
    house_open_with(h, &s, 0);
    assert_true(intake_set_routes(h->in, &MOMO, 1, &err));
}

static void sign(const char *secret, enum form form, const void *body, size_t len, char *out, size_t size)
{
    uint8_t mac[SHA256_BYTES];
    char text[2 * SHA256_BYTES + 1];

    assert_true(crypto_hmac_sha256(secret, strlen(secret), body, len, mac));
    if (form == BASE64)
        crypto_base64(mac, sizeof mac, text);
    else
        crypto_hex(mac, sizeof mac, text);
    (void)snprintf(out, size, "X-Signature: %s%s\r\n", form == PREFIXED_HEX ? "sha256=" : "", text);
}

static int post(struct house *h, const char *secret, enum form form, const char *body)
{
    char line[128];

    sign(secret, form, body, strlen(body), line, sizeof line);
    return house_send(h, "POST", PATH, line, body, strlen(body));
}

static void a_signed_webhook_becomes_an_event_as_it_came(void **state)
{
    struct house h;
    struct heard e;

    (void)state;
    open_with_secrets(&h, TEXT_SECRET, NULL);
    assert_int_equal(post(&h, TEXT_SECRET, HEX, BODY), 200);
    assert_int_equal(house_heard(&h), 1);
    e = house_event(&h, 0);
    assert_false(e.person);
    assert_string_equal(e.body, "{\"kind\":\"source\",\"at\":1793000060000,\"id\":\"T1\",\"name\":\"mobile_money\",\"data\":" BODY "}");
    house_close(&h);
}

static void every_spelling_of_a_signature_is_read_and_no_other(void **state)
{
    static const char *const WRONG[] = { "X-Signature: \r\n", "X-Signature: sha256=\r\n", "X-Signature: 00\r\n", "X-Other: 00\r\n",
                                         "X-Signature: sha1=0000000000000000000000000000000000000000000000000000000000000000\r\n",
                                         "X-Signature: zz00000000000000000000000000000000000000000000000000000000000000\r\n" };
    struct house h;
    char line[128];

    (void)state;
    open_with_secrets(&h, TEXT_SECRET, NULL);
    assert_int_equal(post(&h, TEXT_SECRET, PREFIXED_HEX, BODY), 200);
    assert_int_equal(post(&h, TEXT_SECRET, BASE64, BODY), 200);
    assert_int_equal(post(&h, "another", HEX, BODY), 401);
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++)
        assert_int_equal(house_send(&h, "POST", PATH, WRONG[i], BODY, strlen(BODY)), 401);
    assert_int_equal(house_send(&h, "POST", PATH, NULL, BODY, strlen(BODY)), 401);
    sign(TEXT_SECRET, HEX, BODY, strlen(BODY), line, sizeof line);
    assert_int_equal(house_send(&h, "POST", PATH, line, BODY " ", strlen(BODY) + 1), 401);      /* one byte more */
    assert_int_equal(house_heard(&h), 1);
    house_close(&h);
}

static void either_secret_fits_while_one_is_replaced_and_a_reload_takes_the_old_one_away(void **state)
{
    struct intake_secrets s;
    struct error err;
    struct house h;

    (void)state;
    open_with_secrets(&h, TEXT_SECRET, "second");
    assert_int_equal(post(&h, TEXT_SECRET, HEX, "{\"transaction\":1}"), 200);
    assert_int_equal(post(&h, "second", HEX, "{\"transaction\":2}"), 200);
    house_secrets(&s);
    s.sources[1] = (struct intake_source){ .name = "mobile_money", .secrets = { "second" }, .secret_count = 1 };
    s.source_count = 2;
    assert_true(intake_set_secrets(h.in, &s, &err));
    assert_int_equal(post(&h, TEXT_SECRET, HEX, "{\"transaction\":3}"), 401);
    assert_int_equal(post(&h, "second", HEX, "{\"transaction\":3}"), 200);
    house_close(&h);
}

static void the_same_transaction_is_one_event(void **state)
{
    struct house h;

    (void)state;
    open_with_secrets(&h, TEXT_SECRET, NULL);
    assert_int_equal(post(&h, TEXT_SECRET, HEX, BODY), 200);
    assert_int_equal(post(&h, TEXT_SECRET, HEX, "{\"transaction\":\"T1\",\"essai\":2}"), 200);
    assert_int_equal(house_heard(&h), 1);
    assert_int_equal(post(&h, TEXT_SECRET, HEX, "{\"sans\":1}"), 200);          /* by its bytes */
    assert_int_equal(post(&h, TEXT_SECRET, HEX, "{\"sans\":1}"), 200);
    assert_int_equal(post(&h, TEXT_SECRET, HEX, "{\"sans\":2}"), 200);
    assert_int_equal(house_heard(&h), 3);
    house_close(&h);
}

static void webhooks_of_one_subject_share_a_conversation(void **state)
{
    struct house h;

    (void)state;
    open_with_secrets(&h, TEXT_SECRET, NULL);
    assert_int_equal(post(&h, TEXT_SECRET, HEX, "{\"transaction\":1,\"numero\":\"a\"}"), 200);
    assert_int_equal(post(&h, TEXT_SECRET, HEX, "{\"transaction\":2,\"numero\":\"b\"}"), 200);
    assert_int_equal(post(&h, TEXT_SECRET, HEX, "{\"transaction\":3,\"numero\":\"a\"}"), 200);
    assert_int_equal(house_event(&h, 0).conv, house_event(&h, 2).conv);
    assert_int_not_equal(house_event(&h, 0).conv, house_event(&h, 1).conv);
    house_close(&h);
}

static void without_a_secret_it_is_503_and_comes_again(void **state)
{
    struct house h;

    (void)state;
    open_with_secrets(&h, NULL, NULL);
    assert_int_equal(post(&h, TEXT_SECRET, HEX, BODY), 503);
    assert_int_equal(house_heard(&h), 0);
    house_close(&h);
}

static void the_paths_are_those_of_the_scripts_that_are_live(void **state)
{
    struct intake_route other = MOMO;
    struct error err;
    struct house h;

    (void)state;
    open_with_secrets(&h, TEXT_SECRET, NULL);
    assert_int_equal(post(&h, TEXT_SECRET, HEX, BODY), 200);
    other.path = "/in/nouveau";
    assert_true(intake_set_routes(h.in, &other, 1, &err));
    assert_int_equal(post(&h, TEXT_SECRET, HEX, BODY), 404);
    assert_true(intake_set_routes(h.in, NULL, 0, &err));
    assert_int_equal(house_send(&h, "POST", "/in/nouveau", NULL, BODY, strlen(BODY)), 404);
    assert_int_equal(post_signed(&h, "evt_1", "{\"type\":\"t\",\"data\":{}}"), 200);      /* the configured ones stay */
    house_close(&h);
}

static void a_path_cannot_be_taken_from_the_host(void **state)
{
    struct intake_route routes[3] = { MOMO, MOMO, MOMO };
    struct error err;
    struct house h;
    char *body;

    (void)state;
    open_with_secrets(&h, TEXT_SECRET, NULL);
    routes[0].path = INTAKE_WHATSAPP_PATH;
    routes[1].path = SOURCE;
    routes[2].path = "/healthz";
    assert_true(intake_set_routes(h.in, routes, 3, &err));
    body = message_body("wamid.1", "Bonjour");
    assert_int_equal(post_text(&h, body), 200);
    free(body);
    assert_int_equal(post_signed(&h, "evt_1", "{\"type\":\"t\",\"data\":{}}"), 200);
    assert_int_equal(house_send(&h, "GET", "/healthz", NULL, NULL, 0), 200);
    house_close(&h);
}

static void other_methods_and_large_bodies_are_refused_before_they_are_read(void **state)
{
    struct house h;
    char line[128], *large = malloc(300 * 1024);

    (void)state;
    assert_non_null(large);
    memset(large, ' ', 300 * 1024);
    open_with_secrets(&h, TEXT_SECRET, NULL);
    assert_int_equal(house_send(&h, "GET", PATH, NULL, NULL, 0), 405);
    sign(TEXT_SECRET, HEX, large, 300 * 1024, line, sizeof line);
    assert_int_equal(house_send(&h, "POST", PATH, line, large, 300 * 1024), 413);
    free(large);
    house_close(&h);
}

static void what_is_signed_and_no_json_is_400_and_kept(void **state)
{
    struct house h;

    (void)state;
    open_with_secrets(&h, TEXT_SECRET, NULL);
    assert_int_equal(post(&h, TEXT_SECRET, HEX, "montant=2500"), 400);
    assert_int_equal(house_count(&h, "parked"), 1);
    assert_int_equal(post(&h, "another", HEX, "montant=2500"), 401);
    assert_int_equal(house_count(&h, "parked"), 1);
    house_close(&h);
}

static void standard_webhooks_are_understood_too(void **state)
{
    struct intake_route route = MOMO;
    struct error err;
    struct house h;
    char signature[64], headers[256];

    (void)state;
    open_with_secrets(&h, KEY_A, NULL);
    route.signature = INTAKE_STANDARD_WEBHOOKS;
    route.header = route.id = NULL;
    assert_true(intake_set_routes(h.in, &route, 1, &err));
    sign_event(KEY_A, "msg_1", "1793000060", BODY, strlen(BODY), signature);
    (void)snprintf(headers, sizeof headers, "webhook-id: msg_1\r\nwebhook-timestamp: 1793000060\r\nwebhook-signature: %s\r\n", signature);
    assert_int_equal(house_send(&h, "POST", PATH, headers, BODY, strlen(BODY)), 200);
    assert_int_equal(house_send(&h, "POST", PATH, headers, BODY, strlen(BODY)), 200);
    assert_int_equal(house_heard(&h), 1);
    assert_non_null(strstr(house_event(&h, 0).body, "\"id\":\"msg_1\""));
    assert_int_equal(house_send(&h, "POST", PATH, headers, BODY " ", strlen(BODY) + 1), 401);
    house_close(&h);

    open_with_secrets(&h, "not base64 at all", NULL);
    assert_true(intake_set_routes(h.in, &route, 1, &err));
    assert_int_equal(house_send(&h, "POST", PATH, headers, BODY, strlen(BODY)), 503);
    house_close(&h);
}

static void more_sources_than_there_is_room_for_are_refused(void **state)
{
    struct intake_route routes[INTAKE_SOURCES_MAX + 1];
    struct error err = { "" };
    struct house h;

    (void)state;
    for (size_t i = 0; i <= INTAKE_SOURCES_MAX; i++)
        routes[i] = MOMO;
    open_with_secrets(&h, TEXT_SECRET, NULL);
    assert_false(intake_set_routes(h.in, routes, INTAKE_SOURCES_MAX + 1, &err));
    assert_int_equal(post(&h, TEXT_SECRET, HEX, BODY), 200);
    house_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signed_webhook_becomes_an_event_as_it_came),
        cmocka_unit_test(every_spelling_of_a_signature_is_read_and_no_other),
        cmocka_unit_test(either_secret_fits_while_one_is_replaced_and_a_reload_takes_the_old_one_away),
        cmocka_unit_test(the_same_transaction_is_one_event),
        cmocka_unit_test(webhooks_of_one_subject_share_a_conversation),
        cmocka_unit_test(without_a_secret_it_is_503_and_comes_again),
        cmocka_unit_test(the_paths_are_those_of_the_scripts_that_are_live),
        cmocka_unit_test(a_path_cannot_be_taken_from_the_host),
        cmocka_unit_test(other_methods_and_large_bodies_are_refused_before_they_are_read),
        cmocka_unit_test(what_is_signed_and_no_json_is_400_and_kept),
        cmocka_unit_test(standard_webhooks_are_understood_too),
        cmocka_unit_test(more_sources_than_there_is_room_for_are_refused),
    };

    log_set_level(LOG_ERROR + 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
