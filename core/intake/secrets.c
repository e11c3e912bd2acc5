#include <stdlib.h>
#include <string.h>

#include "lisolo/base/crypto.h"
#include "private.h"

static void wipe(char *text)
{
    if (text == NULL)
        return;
    explicit_bzero(text, strlen(text));
    free(text);
}

void secrets_free(struct secrets *s)
{
    if (s == NULL)
        return;
    wipe(s->verify_token);
    for (size_t i = 0; i < s->app_count; i++)
        wipe(s->app[i]);
    for (size_t i = 0; i < s->source_count; i++) {
        free(s->sources[i].name);
        free(s->sources[i].path);
        free(s->sources[i].subject);
    }
    explicit_bzero(s, sizeof *s);
    free(s);
}

static bool copy(char **to, const char *from)
{
    *to = from == NULL ? NULL : strdup(from);
    return from == NULL || *to != NULL;
}

/* "whsec_" and base64, or base64 alone; 24 to 64 bytes, as the specification says. */
static bool read_key(struct signing_key *key, const char *text, const char *source, struct error *err)
{
    uint8_t bytes[3 * 128];
    size_t len = 0, text_len;
    bool ok;

    if (strncmp(text, "whsec_", 6) == 0)
        text += 6;
    text_len = strlen(text);
    ok = text_len <= 4 * 96 && crypto_unbase64(text, text_len, bytes, &len) && len >= SIGNING_KEY_MIN && len <= SIGNING_KEY_MAX;
    if (ok) {
        memcpy(key->bytes, bytes, len);
        key->len = len;
    }
    explicit_bzero(bytes, sizeof bytes);
    return ok || error_set(err, "sources.%s: a secret must be base64 of 24 to 64 random bytes, with or without whsec_ before it; make one with: "
                                "echo whsec_$(openssl rand -base64 32)", source);
}

static bool copy_source(struct source *to, const struct intake_source *from, struct error *err)
{
    if (!copy(&to->name, from->name) || !copy(&to->path, from->path) || !copy(&to->subject, from->subject))
        return error_set(err, "intake: out of memory");
    for (size_t i = 0; i < from->secret_count && i < INTAKE_SECRETS_MAX; i++) {
        if (!read_key(&to->keys[i], from->secrets[i], from->name, err))
            return false;
        to->key_count = i + 1;
    }
    return true;
}

struct secrets *secrets_copy(const struct intake_secrets *from, struct error *err)
{
    struct secrets *s = calloc(1, sizeof *s);
    bool ok = s != NULL && copy(&s->verify_token, from->verify_token);

    for (size_t i = 0; ok && i < from->app_secret_count && i < INTAKE_SECRETS_MAX; i++) {
        ok = copy(&s->app[i], from->app_secrets[i]);
        s->app_count = i + 1;
    }
    if (!ok)
        error_set(err, "intake: out of memory");
    for (size_t i = 0; ok && i < from->source_count && i < INTAKE_SOURCES_MAX; i++) {
        s->source_count = i + 1;
        ok = copy_source(&s->sources[i], &from->sources[i], err);
    }
    if (ok)
        return s;
    secrets_free(s);
    return NULL;
}

const struct source *secrets_source(const struct secrets *s, const char *path)
{
    for (size_t i = 0; i < s->source_count; i++)
        if (strcmp(s->sources[i].path, path) == 0)
            return &s->sources[i];
    return NULL;
}

bool intake_set_secrets(struct intake *in, const struct intake_secrets *secrets, struct error *err)
{
    struct secrets *s = secrets_copy(secrets, err);

    if (s == NULL)
        return false;
    secrets_free(atomic_exchange(&in->fresh, s));
    return true;
}
