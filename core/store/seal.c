/*
 * Rows that hold a secret are sealed with a key that is not in the database: a copy of the file tells nothing, and what was
 * wiped is gone from every older page of it too. key_id 1 marks them; a handled one is empty.
 */
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/crypto.h"
#include "lisolo/base/log.h"
#include "lisolo/base/seal.h"
#include "private.h"

bool store_seal(struct store *s, struct blob plain, struct blob *out)
{
    uint8_t nonce[SEAL_NONCE_BYTES], *sealed = malloc(plain.len + SEAL_EXTRA_BYTES);

    crypto_random(nonce, sizeof nonce);
    if (sealed == NULL || !seal(s->seal_key, nonce, plain.data, plain.len, sealed)) {
        free(sealed);
        return store_trouble(s, TROUBLE_BROKEN, "a secret could not be sealed");
    }
    *out = (struct blob){ sealed, plain.len + SEAL_EXTRA_BYTES };
    return true;
}

bool store_unseal(struct store *s, struct blob sealed, struct blob *out)
{
    uint8_t *plain = calloc(1, sealed.len + 1);
    enum seal_result result;

    if (plain == NULL)
        return store_trouble(s, TROUBLE_BROKEN, "out of memory");
    *out = (struct blob){ plain, 0 };
    result = seal_open(s->seal_key, sealed.data, sealed.len, plain);
    if (result == SEAL_BROKEN) {
        store_forget(out);
        return store_trouble(s, TROUBLE_BROKEN, "a secret could not be opened");
    }
    if (result == SEAL_OPENED)
        out->len = sealed.len - SEAL_EXTRA_BYTES;
    else
        LOG(LOG_ERROR, "secret_unreadable", log_str("reason", "it was sealed with another key: was the key file lost or replaced?"));
    return true;
}

void store_forget(struct blob *b)
{
    if (b->data != NULL)
        explicit_bzero((void *)(uintptr_t)b->data, b->len);
    free((void *)(uintptr_t)b->data);
    *b = (struct blob){ NULL, 0 };
}
