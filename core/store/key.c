#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/buf.h"
#include "lisolo/base/crypto.h"
#include "private.h"

enum { KEY_TEXT_MAX = 64 * 1024, SEPARATOR = 0x1f };

/* Short of memory or of SHA-256 there is no key, and a wrong one would lose an event: the process ends. */
static void hash_text(const struct buf *text, uint8_t key[STORE_KEY_BYTES])
{
    uint8_t digest[SHA256_BYTES];
    bool ok = buf_ok(text) && crypto_sha256(buf_str(text), text->len, digest);

    if (!ok)
        abort();
    memcpy(key, digest, STORE_KEY_BYTES);
}

void store_key(uint8_t key[STORE_KEY_BYTES], const char *first, ...)
{
    struct buf text;
    va_list rest;

    buf_init(&text, KEY_TEXT_MAX);
    va_start(rest, first);
    for (const char *part = first; part != NULL; part = va_arg(rest, const char *)) {
        if (part != first)
            buf_addc(&text, SEPARATOR);
        buf_adds(&text, part);
    }
    va_end(rest);
    hash_text(&text, key);
    buf_free(&text);
}

/* Kind 'p' is a phone, 'b' a bsuid, 'r' a route. The key is the file's own, so that a copied table of aliases names nobody. */
void store_alias_hash(const struct store *s, const char *number, char kind, const char *value, uint8_t out[STORE_KEY_BYTES])
{
    uint8_t digest[SHA256_BYTES];
    struct buf text;
    bool ok;

    buf_init(&text, KEY_TEXT_MAX);
    buf_adds(&text, number == NULL ? "" : number);
    buf_addc(&text, SEPARATOR);
    buf_addc(&text, kind);
    buf_addc(&text, SEPARATOR);
    buf_adds(&text, value);
    ok = buf_ok(&text) && crypto_hmac_sha256(s->alias_key, sizeof s->alias_key, buf_str(&text), text.len, digest);
    if (!ok)
        abort();
    memcpy(out, digest, STORE_KEY_BYTES);
    buf_free(&text);
}

/* For an index of 8 bytes a row instead of 60. Two wamids with one hash are told apart by the row's text. */
int64_t store_wamid_hash(const char *wamid)
{
    uint8_t digest[SHA256_BYTES];
    int64_t hash;

    if (!crypto_sha256(wamid, strlen(wamid), digest))
        abort();
    memcpy(&hash, digest, sizeof hash);
    return hash;
}
