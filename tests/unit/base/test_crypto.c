#include "cm.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "lisolo/base/crypto.h"

/* The sheet's vectors: whatsapp.md §13.1, computed by two other implementations. */
static const char secret[] = "app-secret-example";
static const char body_a[] = "{\"a\":\"\\u00e9\"}";
static const char body_b[] =
    "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"100200300400500\",\"changes\":[{\"field\":\"messages\","
    "\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{\"display_phone_number\":\"15550100001\","
    "\"phone_number_id\":\"555000111222333\"},\"contacts\":[{\"profile\":{\"name\":\"Zo\\u00e9\"},"
    "\"wa_id\":\"33600000001\"}],\"messages\":[{\"from\":\"33600000001\",\"id\":\"wamid.T001\","
    "\"timestamp\":\"1793000000\",\"type\":\"text\",\"text\":{\"body\":\"\\u00e7a va \\ud83d\\ude00 a\\/b\"}}]}}]}]}";

static void expect_hmac(const void *key, size_t key_len, const char *data, size_t len, const char *hex)
{
    uint8_t mac[SHA256_BYTES];
    char text[2 * SHA256_BYTES + 1];

    assert_true(crypto_hmac_sha256(key, key_len, data, len, mac));
    crypto_hex(mac, sizeof mac, text);
    assert_string_equal(text, hex);
}

static void webhook_vector_a_has_the_published_signature(void **state)
{
    (void)state;
    assert_int_equal(strlen(body_a), 14);
    expect_hmac(secret, strlen(secret), body_a, strlen(body_a),
                "f06a34740cf278039c4de50b1aaac65cc70f807121c5a2dd7dc107529c2fc6aa");
}

static void webhook_vector_b_has_the_published_signature(void **state)
{
    (void)state;
    assert_int_equal(strlen(body_b), 440);
    expect_hmac(secret, strlen(secret), body_b, strlen(body_b),
                "4be36aac967a26aca7ee9c62b03895ed6b304cd1193435a97dd7836bc5710164");
}

/* RFC 4231, cases 2 and 6 (a key longer than the block), between them an empty key. */
static void a_key_never_survives_into_the_next_signature(void **state)
{
    uint8_t long_key[131];

    (void)state;
    memset(long_key, 0xAA, sizeof long_key);
    expect_hmac("Jefe", 4, "what do ya want for nothing?", 28,
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    expect_hmac("", 0, "", 0, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    expect_hmac(NULL, 0, "", 0, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    expect_hmac(long_key, sizeof long_key, "Test Using Larger Than Block-Size Key - Hash Key First", 54,
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

/* FIPS 180-4's examples. */
static void sha256_has_the_standard_values(void **state)
{
    uint8_t out[SHA256_BYTES];
    char text[2 * SHA256_BYTES + 1];

    (void)state;
    assert_true(crypto_sha256("abc", 3, out));
    crypto_hex(out, sizeof out, text);
    assert_string_equal(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_true(crypto_sha256("", 0, out));
    crypto_hex(out, sizeof out, text);
    assert_string_equal(text, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void *sign_many(void *wrong)
{
    uint8_t mac[SHA256_BYTES], again[SHA256_BYTES];
    int i;

    if (!crypto_hmac_sha256(wrong, sizeof(int), body_b, strlen(body_b), mac))
        *(int *)wrong = -1;
    for (i = 0; i < 500; i++) {
        if (!crypto_hmac_sha256(wrong, sizeof(int), body_b, strlen(body_b), again) ||
            memcmp(mac, again, sizeof mac) != 0 || !crypto_sha256(body_a, 14, again))
            *(int *)wrong = -1;
    }
    return NULL;
}

static void threads_sign_side_by_side(void **state)
{
    int keys[4] = { 1, 2, 3, 4 };
    pthread_t threads[4];
    int i;

    (void)state;
    for (i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, sign_many, &keys[i]), 0);
    for (i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(keys[i], i + 1);
    }
}

static void equal_sees_every_byte(void **state)
{
    (void)state;
    assert_true(crypto_equal("abcd", "abcd", 4));
    assert_false(crypto_equal("abcd", "abce", 4));
    assert_false(crypto_equal("Xbcd", "abcd", 4));
    assert_true(crypto_equal("", "", 0));
}

static void random_bytes_differ(void **state)
{
    uint8_t a[32], b[32];

    (void)state;
    crypto_random(a, sizeof a);
    crypto_random(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
}

static void unhex_is_exact(void **state)
{
    uint8_t out[2];

    (void)state;
    assert_true(crypto_unhex("0aFf", 4, out, 2));
    assert_memory_equal(out, "\x0a\xff", 2);
    assert_false(crypto_unhex("0aff0", 5, out, 2));
    assert_false(crypto_unhex("0aff00", 6, out, 2));
    assert_false(crypto_unhex("0a", 2, out, 2));
    assert_false(crypto_unhex("0ag0", 4, out, 2));
    assert_false(crypto_unhex("0a 0", 4, out, 2));
}

/* RFC 4648 §10. */
static void base64_has_the_standard_values_both_ways(void **state)
{
    static const char *const plain[] = { "", "f", "fo", "foo", "foob", "fooba", "foobar" };
    static const char *const coded[] = { "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" };
    char text[16];
    uint8_t bytes[16];
    size_t i, n;

    (void)state;
    for (i = 0; i < 7; i++) {
        crypto_base64(plain[i], strlen(plain[i]), text);
        assert_string_equal(text, coded[i]);
        assert_true(crypto_unbase64(coded[i], strlen(coded[i]), bytes, &n));
        assert_int_equal(n, strlen(plain[i]));
        assert_memory_equal(bytes, plain[i], n);
    }
    assert_true(crypto_unbase64("+/+/", 4, bytes, &n));
    assert_memory_equal(bytes, "\xfb\xff\xbf", 3);
}

static void base64_that_is_not_exact_is_refused(void **state)
{
    static const char *const bad[] = {
        "Zg", "Zg=", "Zg===", "=", "====", "Z===", "Zm8=Zm8=", "Zm 8", "Zm8\n", "Zm_-", "Zh==", "Zm9=", "Zg=A",
    };
    uint8_t bytes[16];
    size_t i, n;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (crypto_unbase64(bad[i], strlen(bad[i]), bytes, &n))
            fail_msg("accepted: %s", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(webhook_vector_a_has_the_published_signature),
        cmocka_unit_test(webhook_vector_b_has_the_published_signature),
        cmocka_unit_test(a_key_never_survives_into_the_next_signature),
        cmocka_unit_test(sha256_has_the_standard_values),
        cmocka_unit_test(threads_sign_side_by_side),
        cmocka_unit_test(equal_sees_every_byte),
        cmocka_unit_test(random_bytes_differ),
        cmocka_unit_test(unhex_is_exact),
        cmocka_unit_test(base64_has_the_standard_values_both_ways),
        cmocka_unit_test(base64_that_is_not_exact_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
