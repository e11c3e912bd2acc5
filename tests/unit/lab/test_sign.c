/*
 * The stand-ins' signatures against vectors that they did not make: whatsapp.md §13.1, RFC 4231, the Standard Webhooks reference.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../../core/lab/sign.h"
#include "../../../core/lab/wire.h"

static void check_hub(const char *key, const char *body, const char *expected)
{
    char out[SIGN_HUB_SIZE];
    struct error err;
    struct signer *s = signer_new(key, strlen(key), &err);

    assert_non_null(s);
    assert_true(signer_hub(s, body, strlen(body), out));
    assert_string_equal(out, expected);
    /* A signer is used again and again: the second signature must not depend on the first. */
    assert_true(signer_hub(s, body, strlen(body), out));
    assert_string_equal(out, expected);
    signer_free(s);
}

static void hub_signature_agrees_with_vector_a(void **state)
{
    (void)state;
    check_hub("app-secret-example", "{\"a\":\"\\u00e9\"}", "sha256=f06a34740cf278039c4de50b1aaac65cc70f807121c5a2dd7dc107529c2fc6aa");
}

static void hub_signature_agrees_with_vector_b(void **state)
{
    static const char body[] =
        "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"100200300400500\",\"changes\":[{\"field\":\"messages\",\"value\":{"
        "\"messaging_product\":\"whatsapp\",\"metadata\":{\"display_phone_number\":\"15550100001\",\"phone_number_id\":\"555000111222333\"},"
        "\"contacts\":[{\"profile\":{\"name\":\"Zo\\u00e9\"},\"wa_id\":\"33600000001\"}],\"messages\":[{\"from\":\"33600000001\",\"id\":"
        "\"wamid.T001\",\"timestamp\":\"1793000000\",\"type\":\"text\",\"text\":{\"body\":\"\\u00e7a va \\ud83d\\ude00 a\\/b\"}}]}}]}]}";

    (void)state;
    assert_int_equal(strlen(body), 440);
    check_hub("app-secret-example", body, "sha256=4be36aac967a26aca7ee9c62b03895ed6b304cd1193435a97dd7836bc5710164");
}

static void hub_signature_agrees_with_rfc_4231_case_2(void **state)
{
    (void)state;
    check_hub("Jefe", "what do ya want for nothing?", "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

/* The example of the Standard Webhooks text. */
static void standard_signature_agrees_with_the_reference(void **state)
{
    static const char *const secrets[] = { "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" };
    static const char body[] = "{\"test\": 2432232314}";
    char out[SIGN_STANDARD_SIZE];
    struct error err;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct signer *s = signer_new_standard(secrets[i], &err);

        assert_non_null(s);
        assert_true(signer_standard(s, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body, strlen(body), out));
        assert_string_equal(out, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        signer_free(s);
    }
}

static void unusable_secrets_are_refused(void **state)
{
    struct error err;

    (void)state;
    assert_null(signer_new("", 0, &err));
    assert_null(signer_new_standard("", &err));
    assert_null(signer_new_standard("whsec_", &err));
    assert_null(signer_new_standard("whsec_a", &err));
    assert_null(signer_new_standard("whsec_!!!!", &err));
}

static void wire_strings_look_like_metas(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 1024);
    wire_string(&b, "\xC3\xA7" "a va \xF0\x9F\x98\x80 a/b \"\\\n\x01");
    assert_string_equal(buf_str(&b), "\"\\u00e7a va \\ud83d\\ude00 a\\/b \\\"\\\\\\n\\u0001\"");
    buf_clear(&b);
    wire_string(&b, "bad \xFF byte");
    assert_string_equal(buf_str(&b), "\"bad \\ufffd byte\"");
    buf_clear(&b);
    wire_string(&b, NULL);
    assert_string_equal(buf_str(&b), "null");
    buf_free(&b);
}

static void phone_numbers_are_their_own_key(void **state)
{
    (void)state;
    assert_true(wire_phone("+242066123456") == 242066123456u);
    assert_true(wire_phone("+242 (06) 612-34-56") == 242066123456u);
    assert_true(wire_phone("242066123456") == 242066123456u);
    assert_true(wire_phone("") == 0);
    assert_true(wire_phone("06.61") == 0);
    assert_true(wire_phone("abc") == 0);
    assert_true(wire_phone("2+42") == 0);
    assert_true(wire_phone("+1234567890123456") == 0);
}

static void wamids_differ_and_look_real(void **state)
{
    char a[WIRE_WAMID_SIZE], b[WIRE_WAMID_SIZE];

    (void)state;
    wire_wamid(a, 1, 1, 1);
    wire_wamid(b, 1, 2, 1);
    assert_string_not_equal(a, b);
    assert_int_equal(strlen(a), WIRE_WAMID_SIZE - 1);
    assert_memory_equal(a, "wamid.", 6);
    wire_wamid(b, 2, 1, 1);
    assert_string_not_equal(a, b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hub_signature_agrees_with_vector_a),
        cmocka_unit_test(hub_signature_agrees_with_vector_b),
        cmocka_unit_test(hub_signature_agrees_with_rfc_4231_case_2),
        cmocka_unit_test(standard_signature_agrees_with_the_reference),
        cmocka_unit_test(unusable_secrets_are_refused),
        cmocka_unit_test(wire_strings_look_like_metas),
        cmocka_unit_test(phone_numbers_are_their_own_key),
        cmocka_unit_test(wamids_differ_and_look_real),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
