/*
 * seal - bytes that only the holder of a key can read, and that nobody can change unnoticed: AES-256-GCM, by libcrypto. Any thread.
 *
 * Sealed bytes are nonce, ciphertext and tag. A nonce must never be used for two texts under one key: take a random one, or one
 * that is derived from the text itself.
 */
#ifndef LISOLO_BASE_SEAL_H
#define LISOLO_BASE_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SEAL_KEY_BYTES = 32, SEAL_NONCE_BYTES = 12, SEAL_TAG_BYTES = 16, SEAL_EXTRA_BYTES = SEAL_NONCE_BYTES + SEAL_TAG_BYTES };

/* `out` needs len + SEAL_EXTRA_BYTES bytes. False: out of memory, or a libcrypto without AES-GCM. */
bool seal(const uint8_t key[SEAL_KEY_BYTES], const uint8_t nonce[SEAL_NONCE_BYTES], const void *plain, size_t len, uint8_t *out);

/* FOREIGN: another key, other bytes, or too few of them. BROKEN: as when seal() is false. `out` then holds nothing. */
enum seal_result { SEAL_OPENED, SEAL_FOREIGN, SEAL_BROKEN };
/* `out` needs len - SEAL_EXTRA_BYTES bytes. */
enum seal_result seal_open(const uint8_t key[SEAL_KEY_BYTES], const void *sealed, size_t len, uint8_t *out);

#endif
