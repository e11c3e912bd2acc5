#include "lisolo/base/crypto.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/*
 * OpenSSL 3 looks an algorithm up by name, under locks, in every one-shot call. So each is fetched once a
 * process, and each thread keeps its two contexts until it ends.
 */
struct contexts {
    EVP_MD_CTX  *digest;
    EVP_MAC_CTX *mac;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t  at_thread_end;      /* only its destructor is used */
static EVP_MD        *sha256;
static EVP_MAC       *hmac;
static bool           ready;
static _Thread_local struct contexts *mine;

static void contexts_free(void *p)
{
    struct contexts *c = p;

    EVP_MD_CTX_free(c->digest);
    EVP_MAC_CTX_free(c->mac);
    free(c);
}

static void fetch_algorithms(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    ready = sha256 != NULL && hmac != NULL && pthread_key_create(&at_thread_end, contexts_free) == 0;
}

static struct contexts *contexts_new(void)
{
    char digest[] = "SHA256";
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    struct contexts *c = calloc(1, sizeof *c);

    if (c == NULL)
        return NULL;
    c->digest = EVP_MD_CTX_new();
    c->mac = EVP_MAC_CTX_new(hmac);
    if (c->digest == NULL || c->mac == NULL || EVP_MAC_CTX_set_params(c->mac, params) != 1 ||
        pthread_setspecific(at_thread_end, c) != 0) {
        contexts_free(c);
        return NULL;
    }
    return c;
}

/* NULL: out of memory, or a libcrypto without SHA-256. */
static struct contexts *contexts_mine(void)
{
    if (mine == NULL && pthread_once(&once, fetch_algorithms) == 0 && ready)
        mine = contexts_new();
    return mine;
}

bool crypto_sha256(const void *data, size_t len, uint8_t out[SHA256_BYTES])
{
    struct contexts *c = contexts_mine();
    unsigned int n = 0;

    return c != NULL && EVP_DigestInit_ex2(c->digest, sha256, NULL) == 1 &&
           EVP_DigestUpdate(c->digest, data, len) == 1 && EVP_DigestFinal_ex(c->digest, out, &n) == 1 &&
           n == SHA256_BYTES;
}

bool crypto_hmac_sha256(const void *key, size_t key_len, const void *data, size_t len,
                        uint8_t out[SHA256_BYTES])
{
    static const unsigned char nothing[1];
    struct contexts *c = contexts_mine();
    size_t n = 0;

    /* A NULL key would mean "as last time" to EVP_MAC_init(). */
    return c != NULL && EVP_MAC_init(c->mac, key_len == 0 ? nothing : key, key_len, NULL) == 1 &&
           EVP_MAC_update(c->mac, data, len) == 1 && EVP_MAC_final(c->mac, out, &n, SHA256_BYTES) == 1 &&
           n == SHA256_BYTES;
}

bool crypto_equal(const void *a, const void *b, size_t len)
{
    return CRYPTO_memcmp(a, b, len) == 0;
}

void crypto_random(void *out, size_t len)
{
    unsigned char *p = out;
    ssize_t n;

    while (len > 0) {
        n = getrandom(p, len, 0);
        if (n == -1 && errno == EINTR)
            continue;
        if (n <= 0) {
            perror("crypto: getrandom");
            abort();
        }
        p += n;
        len -= (size_t)n;
    }
}

void crypto_hex(const void *data, size_t len, char *out)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *p = data;
    size_t i;

    for (i = 0; i < len; i++) {
        *out++ = digits[p[i] >> 4];
        *out++ = digits[p[i] & 15];
    }
    *out = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool crypto_unhex(const char *text, size_t text_len, void *out, size_t out_len)
{
    unsigned char *p = out;
    size_t i;
    int high, low;

    if (text_len % 2 != 0 || text_len / 2 != out_len)
        return false;
    for (i = 0; i < out_len; i++) {
        high = hex_value(text[2 * i]);
        low = hex_value(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        p[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

void crypto_base64(const void *data, size_t len, char *out)
{
    assert(len <= INT_MAX / 2);      /* EVP_EncodeBlock counts in int */
    EVP_EncodeBlock((unsigned char *)out, data, (int)len);
    out[4 * ((len + 2) / 3)] = '\0';
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

/* EVP_DecodeBlock() skips white space and counts padding as data, so it cannot be strict. */
bool crypto_unbase64(const char *text, size_t text_len, void *out, size_t *out_len)
{
    unsigned char *p = out;
    size_t pad = 0, i, n = 0;
    uint32_t bits = 0;
    int value;

    if (text_len % 4 != 0)
        return false;
    while (pad < 2 && pad < text_len && text[text_len - 1 - pad] == '=')
        pad++;
    for (i = 0; i < text_len - pad; i++) {
        value = base64_value(text[i]);
        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        if (i % 4 == 3) {
            p[n++] = (unsigned char)(bits >> 16);
            p[n++] = (unsigned char)(bits >> 8);
            p[n++] = (unsigned char)bits;
            bits = 0;
        }
    }
    /* Bits that no byte uses must be zero, or two texts would stand for the same bytes. */
    if ((pad == 1 && (bits & 3) != 0) || (pad == 2 && (bits & 15) != 0))
        return false;
    if (pad == 1) {
        p[n++] = (unsigned char)(bits >> 10);
        p[n++] = (unsigned char)(bits >> 2);
    } else if (pad == 2) {
        p[n++] = (unsigned char)(bits >> 4);
    }
    *out_len = n;
    return true;
}
