/*
 * sign - the signatures that the stand-ins make, on libcrypto directly.
 *
 * Deliberately not base/crypto and not channel: a signer that shares code with the verifier proves nothing.
 * A signer belongs to one thread; its key is set up once, so that a signature costs one pass over the bytes.
 */
#ifndef LAB_SIGN_H
#define LAB_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lisolo/base/error.h"

struct signer;

enum {
    SIGN_HUB_SIZE      = 7 + 64 + 1,   /* "sha256=" and 64 hex digits: whatsapp.md §1.3 */
    SIGN_STANDARD_SIZE = 3 + 44 + 1,   /* "v1," and base64 of 32 bytes: reliability.md §1.2 */
};

struct signer *signer_new(const void *key, size_t len, struct error *err);
/* From "whsec_<base64>" or the bare base64. Refuses an empty secret. */
struct signer *signer_new_standard(const char *secret, struct error *err);
void           signer_free(struct signer *s);   /* NULL is fine */

bool signer_hub(struct signer *s, const void *body, size_t len, char out[SIGN_HUB_SIZE]);
bool signer_standard(struct signer *s, const char *id, int64_t timestamp, const void *body, size_t len,
                     char out[SIGN_STANDARD_SIZE]);

#endif
