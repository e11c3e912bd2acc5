#include "sign.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGEST_BYTES = 32, SECRET_MAX = 256 };

struct signer {
    EVP_MAC     *mac;
    EVP_MAC_CTX *ctx;
};

struct signer *signer_new(const void *key, size_t len, struct error *err)
{
    char digest[] = "SHA256";
    OSSL_PARAM params[] = { OSSL_PARAM_utf8_string("digest", digest, sizeof digest - 1), OSSL_PARAM_END };
    struct signer *s;

    if (len == 0) {
        error_set(err, "signing secret: empty");
        return NULL;
    }
    s = calloc(1, sizeof *s);
    if (s != NULL) {
        s->mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
        s->ctx = s->mac == NULL ? NULL : EVP_MAC_CTX_new(s->mac);
    }
    if (s == NULL || s->ctx == NULL || EVP_MAC_init(s->ctx, key, len, params) != 1) {
        signer_free(s);
        error_set(err, "signing secret: libcrypto cannot make an HMAC");
        return NULL;
    }
    return s;
}

struct signer *signer_new_standard(const char *secret, struct error *err)
{
    unsigned char key[SECRET_MAX];
    struct signer *s;
    size_t len;
    int bytes;

    if (strncmp(secret, "whsec_", 6) == 0)
        secret += 6;
    len = strlen(secret);
    if (len == 0 || len % 4 != 0 || len > SECRET_MAX) {
        error_set(err, "event secret: not base64 of 1 to %d bytes", SECRET_MAX * 3 / 4);
        return NULL;
    }
    bytes = EVP_DecodeBlock(key, (const unsigned char *)secret, (int)len);
    if (bytes < 0) {
        error_set(err, "event secret: not base64");
        return NULL;
    }
    /* EVP_DecodeBlock counts the padding as zero bytes. */
    bytes -= secret[len - 1] == '=';
    bytes -= secret[len - 2] == '=';
    s = signer_new(key, (size_t)bytes, err);
    OPENSSL_cleanse(key, sizeof key);
    return s;
}

void signer_free(struct signer *s)
{
    if (s == NULL)
        return;
    EVP_MAC_CTX_free(s->ctx);
    EVP_MAC_free(s->mac);
    free(s);
}

struct piece {
    const void *data;
    size_t      len;
};

static bool digest(struct signer *s, const struct piece *pieces, size_t count, unsigned char out[DIGEST_BYTES])
{
    size_t size = 0;

    if (EVP_MAC_init(s->ctx, NULL, 0, NULL) != 1)
        return false;
    for (size_t i = 0; i < count; i++)
        if (EVP_MAC_update(s->ctx, pieces[i].data, pieces[i].len) != 1)
            return false;
    return EVP_MAC_final(s->ctx, out, &size, DIGEST_BYTES) == 1 && size == DIGEST_BYTES;
}

bool signer_hub(struct signer *s, const void *body, size_t len, char out[SIGN_HUB_SIZE])
{
    static const char hex[] = "0123456789abcdef";
    unsigned char bytes[DIGEST_BYTES];

    if (!digest(s, &(struct piece){ body, len }, 1, bytes))
        return false;
    memcpy(out, "sha256=", 7);
    for (size_t i = 0; i < DIGEST_BYTES; i++) {
        out[7 + 2 * i] = hex[bytes[i] >> 4];
        out[8 + 2 * i] = hex[bytes[i] & 15];
    }
    out[SIGN_HUB_SIZE - 1] = '\0';
    return true;
}

bool signer_standard(struct signer *s, const char *id, int64_t timestamp, const void *body, size_t len,
                     char out[SIGN_STANDARD_SIZE])
{
    unsigned char bytes[DIGEST_BYTES];
    char time[32];
    int n = snprintf(time, sizeof time, ".%" PRId64 ".", timestamp);

    if (!digest(s, (struct piece[]){ { id, strlen(id) }, { time, (size_t)n }, { body, len } }, 3, bytes))
        return false;
    memcpy(out, "v1,", 3);
    EVP_EncodeBlock((unsigned char *)out + 3, bytes, DIGEST_BYTES);
    return true;
}
