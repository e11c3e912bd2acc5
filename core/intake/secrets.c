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

static bool copy(char **to, const char *from)
{
    *to = from == NULL ? NULL : strdup(from);
    return from == NULL || *to != NULL;
}

/* ---- sources ---- */

void sources_free(struct intake *in)
{
    for (size_t i = 0; i < INTAKE_SOURCES_MAX; i++) {
        free(in->sources[i].name);
        free(in->sources[i].path);
        free(in->sources[i].subject);
    }
}

static bool check_source(const struct intake *in, const struct intake_source *s, struct error *err)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    if (s->name == NULL || s->name[0] == '\0' || s->name[strspn(s->name, letters)] != '\0')
        return error_set(err, "sources: a name may hold letters, digits, \"-\" and \"_\" only");
    if (s->path[0] != '/' || strcmp(s->path, INTAKE_WHATSAPP_PATH) == 0 || strcmp(s->path, "/healthz") == 0 ||
        strcmp(s->path, "/readyz") == 0)
        return error_set(err, "sources.%s: the path must begin with / and be none of the host's own, such as /events/%s", s->name, s->name);
    for (size_t i = 0; i < in->source_count; i++)
        if (strcmp(in->sources[i].name, s->name) == 0 || strcmp(in->sources[i].path, s->path) == 0)
            return error_set(err, "sources.%s: its name or its path is another source's too", s->name);
    return true;
}

bool sources_copy(struct intake *in, const struct intake_secrets *from, struct error *err)
{
    if (from->source_count > INTAKE_SOURCES_MAX)
        return error_set(err, "sources: more than %d", INTAKE_SOURCES_MAX);
    for (size_t i = 0; i < from->source_count; i++) {
        const struct intake_source *s = &from->sources[i];
        struct source *to = &in->sources[in->source_count];

        if (s->path == NULL)
            continue;                  /* the scripts say where it posts */
        if (!check_source(in, s, err))
            return false;
        if (!copy(&to->name, s->name) || !copy(&to->path, s->path) || !copy(&to->subject, s->subject))
            return error_set(err, "intake: out of memory");
        in->source_count++;
    }
    return true;
}

/* ---- secrets ---- */

void secrets_free(struct secrets *s)
{
    if (s == NULL)
        return;
    wipe(s->verify_token);
    for (size_t i = 0; i < s->app_count; i++)
        wipe(s->app[i]);
    for (size_t i = 0; i < s->scripted_count; i++) {
        free(s->scripted[i].name);
        for (size_t k = 0; k < s->scripted[i].count; k++)
            wipe(s->scripted[i].text[k]);
    }
    explicit_bzero(s, sizeof *s);
    free(s);
}

/* "whsec_" and base64, or base64 alone. */
bool signing_key_read(struct signing_key *key, const char *text, const char *source, struct error *err)
{
    uint8_t bytes[3 * 128];
    size_t len = 0, text_len;
    bool ok;

    if (strncmp(text, "whsec_", 6) == 0)
        text += 6;
    text_len = strlen(text);
    ok = text_len <= 4 * 128 && crypto_unbase64(text, text_len, bytes, &len) && len >= SIGNING_KEY_MIN && len <= SIGNING_KEY_MAX;
    if (ok) {
        memcpy(key->bytes, bytes, len);
        key->len = len;
    }
    explicit_bzero(bytes, sizeof bytes);
    return ok || error_set(err, "sources.%s: a secret must be base64 of 24 to 64 random bytes, with or without whsec_ before it; make one with: "
                                "echo whsec_$(openssl rand -base64 32)", source);
}

static bool copy_keys(struct signing_keys *to, const struct intake_source *from, struct error *err)
{
    if (from->secret_count > INTAKE_SECRETS_MAX)
        return error_set(err, "sources.%s: more than %d secrets", from->name, INTAKE_SECRETS_MAX);
    for (size_t i = 0; i < from->secret_count; i++) {
        if (!signing_key_read(&to->key[i], from->secrets[i], from->name, err))
            return false;
        to->count = i + 1;
    }
    return true;
}

/* From the sources of the same name. */
static bool copy_all_keys(struct secrets *s, const struct intake *in, const struct intake_secrets *from, struct error *err)
{
    for (size_t i = 0; i < in->source_count; i++)
        for (size_t j = 0; j < from->source_count; j++)
            if (from->sources[j].name != NULL && from->sources[j].path != NULL && strcmp(in->sources[i].name, from->sources[j].name) == 0 &&
                !copy_keys(&s->sources[i], &from->sources[j], err))
                return false;
    return true;
}

/* Of the sources that only the scripts know: which kind of text a secret is, their `signature` says. */
static bool copy_scripted(struct secrets *s, const struct intake_secrets *from)
{
    for (size_t i = 0; i < from->source_count; i++) {
        const struct intake_source *source = &from->sources[i];
        struct named_secret *to = &s->scripted[s->scripted_count];

        if (source->path != NULL || source->name == NULL)
            continue;
        s->scripted_count++;
        if (!copy(&to->name, source->name))
            return false;
        for (size_t k = 0; k < source->secret_count && k < INTAKE_SECRETS_MAX; k++) {
            if (!copy(&to->text[k], source->secrets[k]))
                return false;
            to->count = k + 1;
        }
    }
    return true;
}

struct secrets *secrets_copy(const struct intake *in, const struct intake_secrets *from, struct error *err)
{
    struct secrets *s = NULL;

    if (from->app_secret_count > INTAKE_SECRETS_MAX || from->source_count > INTAKE_SOURCES_MAX) {
        error_set(err, "webhook: more than %d app secrets, or more than %d sources", INTAKE_SECRETS_MAX, INTAKE_SOURCES_MAX);
        return NULL;
    }
    s = calloc(1, sizeof *s);
    if (s == NULL || !copy(&s->verify_token, from->verify_token))
        goto no_memory;
    for (size_t i = 0; i < from->app_secret_count; i++) {
        if (!copy(&s->app[i], from->app_secrets[i]))
            goto no_memory;
        s->app_count = i + 1;
    }
    if (!copy_scripted(s, from))
        goto no_memory;
    if (copy_all_keys(s, in, from, err))
        return s;
    secrets_free(s);
    return NULL;
no_memory:
    error_set(err, "intake: out of memory");
    secrets_free(s);
    return NULL;
}

bool intake_set_secrets(struct intake *in, const struct intake_secrets *secrets, struct error *err)
{
    struct secrets *s = secrets_copy(in, secrets, err);

    if (s == NULL)
        return false;
    secrets_free(atomic_exchange(&in->fresh, s));
    return true;
}
