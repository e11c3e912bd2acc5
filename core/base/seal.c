#include "lisolo/base/seal.h"

#include <limits.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <string.h>

/* Fetched once a process: a look-up by name goes through libcrypto's locks each time (see crypto.c). */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_CIPHER    *gcm;

static void fetch_cipher(void) { gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL); }

static EVP_CIPHER_CTX *begin(const uint8_t *key, const uint8_t *nonce, int encrypt)
{
    EVP_CIPHER_CTX *c;

    if (pthread_once(&once, fetch_cipher) != 0 || gcm == NULL)
        return NULL;
    c = EVP_CIPHER_CTX_new();
    if (c != NULL && EVP_CipherInit_ex2(c, gcm, key, nonce, encrypt, NULL) != 1) {
        EVP_CIPHER_CTX_free(c);
        c = NULL;
    }
    return c;
}

bool seal(const uint8_t key[SEAL_KEY_BYTES], const uint8_t nonce[SEAL_NONCE_BYTES], const void *plain, size_t len, uint8_t *out)
{
    EVP_CIPHER_CTX *c = len > INT_MAX / 2 ? NULL : begin(key, nonce, 1);
    int n = 0, rest = 0;
    bool ok = c != NULL;

    memcpy(out, nonce, SEAL_NONCE_BYTES);
    out += SEAL_NONCE_BYTES;
    ok = ok && (len == 0 || EVP_CipherUpdate(c, out, &n, plain, (int)len) == 1) && EVP_CipherFinal_ex(c, out + n, &rest) == 1 &&
         EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, SEAL_TAG_BYTES, out + len) == 1;
    EVP_CIPHER_CTX_free(c);
    return ok;
}

enum seal_result seal_open(const uint8_t key[SEAL_KEY_BYTES], const void *sealed, size_t len, uint8_t *out)
{
    const uint8_t *nonce = sealed, *text = nonce + SEAL_NONCE_BYTES;
    uint8_t tag[SEAL_TAG_BYTES];
    EVP_CIPHER_CTX *c;
    int n = 0, rest = 0;
    size_t plain;
    bool ok;

    if (len < SEAL_EXTRA_BYTES || len > INT_MAX / 2)
        return SEAL_FOREIGN;
    plain = len - SEAL_EXTRA_BYTES;
    memcpy(tag, text + plain, sizeof tag);
    c = begin(key, nonce, 0);
    if (c == NULL)
        return SEAL_BROKEN;
    ok = EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, sizeof tag, tag) == 1 &&
         (plain == 0 || EVP_CipherUpdate(c, out, &n, text, (int)plain) == 1) && EVP_CipherFinal_ex(c, out + n, &rest) == 1;
    EVP_CIPHER_CTX_free(c);
    if (!ok)
        explicit_bzero(out, plain);
    return ok ? SEAL_OPENED : SEAL_FOREIGN;
}
