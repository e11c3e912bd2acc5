/*
 * Secrets: what a person answered to `expect = secret {}`, and the tokens of sessions. In the state they are sealed; in clear they
 * exist only while the `body` of a call is computed, and in the row of that call.
 *
 * The turn draws no random bytes, so a nonce is made of the text itself: the same text at the same place gives the same bytes,
 * which tells nobody anything, and two texts never share one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/crypto.h"
#include "lisolo/base/seal.h"
#include "lisolo/base/utf8.h"
#include "private.h"

/* ---- sealing ---- */

static bool make_nonce(const struct turn *t, const char *label, const char *plain, uint8_t nonce[SEAL_NONCE_BYTES])
{
    char place[TALK_NAME_MAX + 80];
    uint8_t key[SHA256_BYTES], hash[SHA256_BYTES];
    int len = snprintf(place, sizeof place, "nonce\x1f%lld\x1f%llu\x1f%s", (long long)t->in->conv, (unsigned long long)t->in->seq, label);
    bool ok = len > 0 && (size_t)len < sizeof place
              && crypto_hmac_sha256(t->in->keys->seal, sizeof t->in->keys->seal, place, (size_t)len, key)
              && crypto_hmac_sha256(key, sizeof key, plain, strlen(plain), hash);

    if (ok)
        memcpy(nonce, hash, SEAL_NONCE_BYTES);
    explicit_bzero(key, sizeof key);
    return ok;
}

cJSON *secret_seal(struct turn *t, const char *label, const char *plain)
{
    uint8_t nonce[SEAL_NONCE_BYTES];
    size_t len = strlen(plain), sealed_len = len + SEAL_EXTRA_BYTES;
    uint8_t *sealed = malloc(sealed_len);
    char *text = malloc(4 * ((sealed_len + 2) / 3) + 1);
    cJSON *made = NULL;

    if (sealed != NULL && text != NULL && make_nonce(t, label, plain, nonce) && seal(t->in->keys->seal, nonce, plain, len, sealed)) {
        crypto_base64(sealed, sealed_len, text);
        made = cJSON_CreateString(text);
    }
    free(sealed);
    free(text);
    if (made == NULL)
        t->broken = true;
    return made;
}

char *secret_open(struct turn *t, const cJSON *sealed)
{
    size_t room = cJSON_IsString(sealed) ? strlen(sealed->valuestring) : 0, len = 0;
    uint8_t *bytes, *plain;
    enum seal_result result = SEAL_FOREIGN;

    if (room == 0)
        return NULL;
    bytes = malloc(room);
    plain = calloc(1, room + 1);
    if (bytes == NULL || plain == NULL)
        t->broken = true;
    if (!t->broken && crypto_unbase64(sealed->valuestring, room, bytes, &len))
        result = seal_open(t->in->keys->seal, bytes, len, plain);
    if (result == SEAL_BROKEN)
        t->broken = true;
    free(bytes);
    if (result == SEAL_OPENED)
        return (char *)plain;
    free(plain);
    return NULL;
}

void secret_free(char *plain)
{
    if (plain != NULL)
        explicit_bzero(plain, strlen(plain));
    free(plain);
}

/* ---- what the person told ---- */

bool secret_awaited(const struct step *s) { return s != NULL && s->kind == STEP_ASK && s->expect.kind == EXPECT_SECRET; }

/* What comes next must be sealed on arrival: a secret is asked for, or one is on its way and may be sent once more. */
bool secret_is_next(const struct turn *t)
{
    const struct flow *f = t->st.flow[0] == '\0' ? NULL : flows_find(t->flows, t->st.flow);

    return t->st.secrets->child != NULL || (f != NULL && !t->st.calling && secret_awaited(place_step(f, t->st.step)));
}

bool secret_fits(const struct expect *e, const char *text)
{
    double points = (double)utf8_points(text);

    return points >= e->min && points <= e->max;
}

bool secret_keep(struct turn *t, const char *name, const char *text)
{
    cJSON *sealed = secret_seal(t, name, text);

    if (sealed == NULL)
        return false;
    secret_drop(t, name);
    return json_add(t->st.secrets, name, sealed) || turn_broken(t);
}

void secret_drop(struct turn *t, const char *name) { cJSON_DeleteItemFromObjectCaseSensitive(t->st.secrets, name); }

void secrets_drop(struct turn *t)
{
    while (t->st.secrets->child != NULL)
        cJSON_Delete(cJSON_DetachItemViaPointer(t->st.secrets, t->st.secrets->child));
    t->st.spent = false;
}

cJSON *secrets_open(struct turn *t)
{
    cJSON *all = cJSON_CreateObject();
    const cJSON *item;

    if (all == NULL)
        t->broken = true;
    cJSON_ArrayForEach(item, t->st.secrets) {
        char *plain = t->broken ? NULL : secret_open(t, item);

        if (plain != NULL && !json_add_str(all, item->string, plain))
            t->broken = true;
        secret_free(plain);
    }
    return all;
}

void secrets_wipe(cJSON *open)
{
    const cJSON *item;

    if (open == NULL)
        return;
    cJSON_ArrayForEach(item, open)
        if (cJSON_IsString(item))
            explicit_bzero(item->valuestring, strlen(item->valuestring));
    cJSON_Delete(open);
}

/* An error text may quote what the function was given. */
bool secret_script(struct turn *t, uint32_t function, const cJSON *secrets, const cJSON *session, cJSON *results[2])
{
    bool ok;

    t->secrets = secrets;
    t->session = session;
    t->secret_read = session != NULL;
    ok = turn_script(t, function, NULL, results);
    t->secrets = t->session = NULL;
    if (!ok && t->secret_read) {
        (void)snprintf(t->failure.text, sizeof t->failure.text, "%.96s:%d: a `body` failed that had read a secret: what it said is not shown",
                       t->failure.file, t->failure.line);
        t->failure.hint[0] = '\0';
    }
    return ok;
}
