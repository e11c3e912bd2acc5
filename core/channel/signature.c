/*
 * The signature of a webhook: HMAC-SHA256 of the raw body with the app secret (whatsapp.md §1.3).
 */
#include <string.h>

#include "lisolo/base/crypto.h"
#include "private.h"

static const char SCHEME[] = "sha256=";
enum { SCHEME_LEN = sizeof SCHEME - 1, DIGEST_CHARS = 2 * SHA256_BYTES };

/* Meta writes lower case; anything else is not from Meta, so it is refused before any hash is computed. */
static bool well_formed(const char *header)
{
    return header != NULL && strncmp(header, SCHEME, SCHEME_LEN) == 0 &&
           strspn(header + SCHEME_LEN, "0123456789abcdef") == DIGEST_CHARS && header[SCHEME_LEN + DIGEST_CHARS] == '\0';
}

bool channel_signature_ok(const void *body, size_t len, const char *header, const char *const *secrets, size_t secret_count)
{
    uint8_t given[SHA256_BYTES], ours[SHA256_BYTES];
    bool ok = false;

    if (!well_formed(header) || !crypto_unhex(header + SCHEME_LEN, DIGEST_CHARS, given, sizeof given))
        return false;
    for (size_t i = 0; i < secret_count; i++) {
        if (secrets[i] == NULL || secrets[i][0] == '\0')
            continue;                          /* a secret that is not configured verifies nothing, least of all everything */
        if (crypto_hmac_sha256(secrets[i], strlen(secrets[i]), body, len, ours) && crypto_equal(given, ours, sizeof ours))
            ok = true;                         /* goes on, so that the time does not tell which secret it was */
    }
    return ok;
}
