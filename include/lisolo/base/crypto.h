/*
 * crypto - hashes, signatures, encodings and random bytes, all by libcrypto. Any thread.
 */
#ifndef LISOLO_BASE_CRYPTO_H
#define LISOLO_BASE_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = 32 };

bool crypto_sha256(const void *data, size_t len, uint8_t out[SHA256_BYTES]);
bool crypto_hmac_sha256(const void *key, size_t key_len, const void *data, size_t len,
                        uint8_t out[SHA256_BYTES]);

/* Takes the same time wherever the bytes differ. */
bool crypto_equal(const void *a, const void *b, size_t len);

/* Bytes from the kernel. A failure ends the process: nothing is safe without them. */
void crypto_random(void *out, size_t len);

/* `out` needs 2 * len + 1 bytes. */
void crypto_hex(const void *data, size_t len, char *out);
bool crypto_unhex(const char *text, size_t text_len, void *out, size_t out_len);   /* exact length */

/* `out` needs 4 * ((len + 2) / 3) + 1 bytes. */
void crypto_base64(const void *data, size_t len, char *out);
/* Strict: standard alphabet, padding required. `out` needs 3 * (text_len / 4) bytes. */
bool crypto_unbase64(const char *text, size_t text_len, void *out, size_t *out_len);

#endif
