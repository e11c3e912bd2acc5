/*
 * Button ids: choice~turn~mac. The id comes back from a telephone, so it is believed only when we have signed it: for this
 * conversation, this choice and this turn (decisions.md "Sending").
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/crypto.h"
#include "private.h"

/* 50 bits in base 32: a forger has a thousand million million ids to try, one message each. */
enum { MAC_LEN = 10, MAC_INPUT_MAX = 128 };

static bool mac(const uint8_t key[32], int64_t conv, const char *choice, uint64_t turn, char out[MAC_LEN + 1])
{
    static const char DIGITS[] = "abcdefghijklmnopqrstuvwxyz234567";
    char input[MAC_INPUT_MAX];
    uint8_t hash[SHA256_BYTES];
    uint64_t bits = 0;
    int len = snprintf(input, sizeof input, "%" PRId64 "\x1f%s\x1f%" PRIu64, conv, choice, turn);

    if (len < 0 || (size_t)len >= sizeof input || !crypto_hmac_sha256(key, 32, input, (size_t)len, hash))
        return false;
    for (int i = 0; i < 8; i++)
        bits = bits << 8 | hash[i];
    for (int i = 0; i < MAC_LEN; i++)
        out[i] = DIGITS[bits >> (59 - 5 * i) & 31];
    out[MAC_LEN] = '\0';
    return true;
}

bool choice_sign(const struct turn_keys *keys, int64_t conv, const char *choice, uint64_t turn,
                 char out[CHOICE_SIZE])
{
    char sum[MAC_LEN + 1];

    if (strlen(choice) > TALK_NAME_MAX || !mac(keys->current, conv, choice, turn, sum))
        return false;
    (void)snprintf(out, CHOICE_SIZE, "%s~%" PRIu64 "~%s", choice, turn, sum);
    return true;
}

/* Where the parts of "choice~turn~mac" are; a choice may not hold a ~, so the first one ends it. */
static bool split(const char *id, char choice[TALK_NAME_MAX + 1], uint64_t *turn, const char **sum)
{
    const char *first = strchr(id, '~'), *second = first == NULL ? NULL : strchr(first + 1, '~');
    char *end;

    if (second == NULL || first == id || first - id > TALK_NAME_MAX || first[1] < '1' || first[1] > '9'
        || second - first > 20)
        return false;
    *turn = strtoull(first + 1, &end, 10);
    if (end != second || strlen(second + 1) != MAC_LEN)
        return false;
    memcpy(choice, id, (size_t)(first - id));
    choice[first - id] = '\0';
    *sum = second + 1;
    return true;
}

enum choice_verdict choice_read(const struct turn_keys *keys, int64_t conv, const char *id,
                                char choice[TALK_NAME_MAX + 1], uint64_t *turn)
{
    char sum[MAC_LEN + 1];
    const char *claimed;

    if (!split(id, choice, turn, &claimed))
        return CHOICE_FORGED;
    if (!mac(keys->current, conv, choice, *turn, sum))
        return CHOICE_NO_MAC;
    if (crypto_equal(sum, claimed, MAC_LEN))
        return CHOICE_GENUINE;
    if (!keys->has_previous)
        return CHOICE_FORGED;
    if (!mac(keys->previous, conv, choice, *turn, sum))
        return CHOICE_NO_MAC;
    return crypto_equal(sum, claimed, MAC_LEN) ? CHOICE_GENUINE : CHOICE_FORGED;
}
