#include <string.h>

#include "cm.h"
#include "lisolo/base/crypto.h"
#include "lisolo/base/seal.h"

static const uint8_t ZERO[SEAL_KEY_BYTES];

/* The GCM specification's test cases 13 and 14: AES-256, key and nonce of zeros. */
static void the_published_vectors_come_out(void **state)
{
    static const uint8_t sixteen[16];
    uint8_t out[16 + SEAL_EXTRA_BYTES], wanted[16 + SEAL_TAG_BYTES];

    (void)state;
    assert_true(seal(ZERO, ZERO, "", 0, out));
    assert_true(crypto_unhex("530f8afbc74536b9a963b4f1c4cb738b", 32, wanted, 16));
    assert_memory_equal(out + SEAL_NONCE_BYTES, wanted, 16);
    assert_true(seal(ZERO, ZERO, sixteen, 16, out));
    assert_true(crypto_unhex("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919", 64, wanted, 32));
    assert_memory_equal(out + SEAL_NONCE_BYTES, wanted, 32);
}

static void what_was_sealed_opens_again(void **state)
{
    uint8_t key[SEAL_KEY_BYTES], nonce[SEAL_NONCE_BYTES], sealed[64 + SEAL_EXTRA_BYTES], plain[64];
    const char *text = "Brazza-2025, avec un é";

    (void)state;
    crypto_random(key, sizeof key);
    crypto_random(nonce, sizeof nonce);
    for (size_t len = 0; len <= strlen(text); len++) {
        assert_true(seal(key, nonce, text, len, sealed));
        assert_int_equal(seal_open(key, sealed, len + SEAL_EXTRA_BYTES, plain), SEAL_OPENED);
        assert_memory_equal(plain, text, len);
        assert_true(len < 6 || memcmp(sealed + SEAL_NONCE_BYTES, text, len) != 0);
    }
}

static void a_changed_bit_a_missing_byte_or_another_key_opens_nothing(void **state)
{
    uint8_t key[SEAL_KEY_BYTES] = { 1 }, sealed[8 + SEAL_EXTRA_BYTES], plain[8];

    (void)state;
    assert_true(seal(key, ZERO, "password", 8, sealed));
    for (size_t i = 0; i < sizeof sealed; i++) {
        sealed[i] ^= 0x10;
        assert_int_equal(seal_open(key, sealed, sizeof sealed, plain), SEAL_FOREIGN);
        sealed[i] ^= 0x10;
    }
    for (size_t len = 0; len < sizeof sealed; len++)
        assert_int_equal(seal_open(key, sealed, len, plain), SEAL_FOREIGN);
    key[31] ^= 1;
    assert_int_equal(seal_open(key, sealed, sizeof sealed, plain), SEAL_FOREIGN);
    key[31] ^= 1;
    assert_int_equal(seal_open(key, sealed, sizeof sealed, plain), SEAL_OPENED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_vectors_come_out),
        cmocka_unit_test(what_was_sealed_opens_again),
        cmocka_unit_test(a_changed_bit_a_missing_byte_or_another_key_opens_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
