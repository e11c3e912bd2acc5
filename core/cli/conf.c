/*
 * lisolo.conf.lua: a Lua file that is only data, read into struct host_config. One table says every key; whatever is wrong
 * becomes one line that names file, line, key and remedy. Secrets are never written in it, only where they are.
 */
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"
#include "lisolo/base/file.h"
#include "lisolo/base/nearest.h"
#include "lisolo/base/phone.h"
#include "lisolo/script.h"

enum { SECRET_MAX = 4096, PATH_BYTES = 160 };

enum key_type { KEY_STRING, KEY_URL, KEY_PORT, KEY_RATE, KEY_COUNT, KEY_SIZE, KEY_STEPS, KEY_SECRET, KEY_SECRETS, KEY_FLAG, KEY_GROUP, KEY_SOURCES };

struct key {
    const char   *path;
    enum key_type type;
    size_t        at;          /* in struct host_config */
    bool          required;
    const char   *remedy;      /* how it should look */
};

#define AT(field) offsetof(struct host_config, field)

static const struct key keys[] = {
    { "database", KEY_STRING, AT(database), true, "database = \"/var/lib/lisolo/lisolo.db\"" },
    { "scripts", KEY_STRING, AT(scripts), true, "scripts = \"/etc/lisolo/scripts\"" },
    { "country", KEY_STRING, AT(country), true, "country = \"CG\"" },
    { "workers", KEY_COUNT, AT(workers), false, "workers = 2" },
    { "control", KEY_GROUP, 0, true, "control = { socket = \"/run/lisolo/control.sock\" }" },
    { "control.socket", KEY_STRING, AT(socket), true, "control = { socket = \"/run/lisolo/control.sock\" }" },
    { "listen", KEY_GROUP, 0, true, "listen = { address = \"127.0.0.1\", port = 8080 }" },
    { "listen.address", KEY_STRING, AT(address), true, "listen = { address = \"127.0.0.1\", port = 8080 }" },
    { "listen.port", KEY_PORT, AT(port), true, "listen = { address = \"127.0.0.1\", port = 8080 }" },
    { "webhook", KEY_GROUP, 0, true, "webhook = { verify_token = { file = \"…\" }, app_secrets = { { file = \"…\" } } }" },
    { "webhook.verify_token", KEY_SECRET, AT(verify_token), true, "verify_token = { file = \"/etc/lisolo/verify-token\" }" },
    { "webhook.app_secrets", KEY_SECRETS, AT(app_secrets), true, "app_secrets = { { file = \"/etc/lisolo/app-secret\" } }" },
    { "graph", KEY_GROUP, 0, true, "graph = { base = \"https://graph.facebook.com\", version = \"v26.0\", number = \"…\", token = { file = \"…\" } }" },
    { "graph.base", KEY_URL, AT(graph_base), true, "base = \"https://graph.facebook.com\"" },
    { "graph.version", KEY_STRING, AT(graph_version), true, "version = \"v26.0\"" },
    { "graph.number", KEY_STRING, AT(number), true, "number = \"555000111222333\"  (the phone number id, not the number)" },
    { "graph.token", KEY_SECRET, AT(graph_token), true, "token = { credential = \"graph-token\" }" },
    { "graph.messages_per_second", KEY_RATE, AT(number_per_s), false, "messages_per_second = 80" },
    { "graph.pair_burst", KEY_RATE, AT(pair_burst), false, "pair_burst = 45" },
    { "graph.pair_per_second", KEY_RATE, AT(pair_per_s), false, "pair_per_second = 0.1666" },
    { "graph.connections", KEY_COUNT, AT(connections), false, "connections = 1024" },
    { "backend", KEY_GROUP, 0, false, "backend = { base = \"https://api.example.org\" }" },
    { "backend.base", KEY_URL, AT(backend_base), false, "base = \"https://api.example.org\"" },
    { "backend.token", KEY_SECRET, AT(backend_token), false, "token = { file = \"/etc/lisolo/backend-token\" }" },
    { "sources", KEY_SOURCES, 0, false, "sources = { toktok = { path = \"/events/toktok\", secrets = { { file = \"…\" } } } }" },
    { "limits", KEY_GROUP, 0, false, "limits = { steps = 1000000 }" },
    { "limits.memory_bytes", KEY_SIZE, AT(limits.memory_bytes), false, "memory_bytes = 33554432" },
    { "limits.block_bytes", KEY_SIZE, AT(limits.block_bytes), false, "block_bytes = 1048576" },
    { "limits.churn_bytes", KEY_SIZE, AT(limits.churn_bytes), false, "churn_bytes = 134217728" },
    { "limits.steps", KEY_STEPS, AT(limits.steps), false, "steps = 1000000" },
    { "limits.load_steps", KEY_STEPS, AT(limits.load_steps), false, "load_steps = 5000000" },
    { "allow_plain_http", KEY_FLAG, AT(plain_http), false, "allow_plain_http = true  (tests on loopback only)" },
    { "test_clock", KEY_FLAG, AT(test_clock), false, "test_clock = true  (tests only: `lisolo clock` may move the time)" },
};

enum { KEYS = sizeof keys / sizeof keys[0] };

struct reading {
    const char         *file;
    struct host_config *c;
    bool                given[KEYS];
    struct error       *err;
};

static bool wrong(struct reading *r, int line, const char *path, const char *what, const char *remedy)
{
    return error_set(r->err, "%s:%d: %s: %s; write: %s", r->file, line, path, what, remedy);
}

static bool set_string(struct reading *r, char **to, const char *text)
{
    free(*to);
    *to = strdup(text);
    return *to != NULL || error_set(r->err, "%s: out of memory", r->file);
}

/* ---- secrets ---- */

static bool secret_path(struct reading *r, const struct decl *d, const char *path, char out[512])
{
    const char *file = decl_string(d, "file"), *credential = decl_string(d, "credential"), *folder = getenv("CREDENTIALS_DIRECTORY");
    int n;

    if (d->type != DECL_TABLE || (file == NULL) == (credential == NULL))
        return wrong(r, d->line, path, "a secret is never written here, only where it is",
                     "{ file = \"/path\" } or { credential = \"name\" }");
    if (credential != NULL && (folder == NULL || strchr(credential, '/') != NULL))
        return wrong(r, d->line, path, folder == NULL ? "systemd passed no credentials ($CREDENTIALS_DIRECTORY is not set)"
                                                       : "a credential is a plain name",
                     "LoadCredential=name:/path in the unit, or { file = \"/path\" }");
    n = file != NULL ? snprintf(out, 512, "%s", file) : snprintf(out, 512, "%s/%s", folder, credential);
    return (n >= 0 && n < 512) || wrong(r, d->line, path, "the path is too long", "a shorter path");
}

static bool read_secret(struct reading *r, const struct decl *d, const char *path, char **to)
{
    char place[512], *text = NULL;
    struct error why;
    struct stat st;
    size_t len = 0;

    if (!secret_path(r, d, path, place))
        return false;
    if (!file_read(AT_FDCWD, place, SECRET_MAX, &text, &len, &why))
        return wrong(r, d->line, path, why.text, "the path of a file that holds the secret and nothing else");
    while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r' || text[len - 1] == ' '))
        text[--len] = '\0';
    if (len == 0 || strlen(text) != len) {
        free(text);
        return error_set(r->err, "%s:%d: %s: %s holds no secret; put it there, alone on one line", r->file, d->line, path, place);
    }
    if (stat(place, &st) == 0 && (st.st_mode & S_IROTH) != 0) {
        free(text);
        return error_set(r->err, "%s:%d: %s: everybody can read %s; run: chmod 640 %s", r->file, d->line, path, place, place);
    }
    free(*to);
    *to = text;
    return true;
}

static bool read_secrets(struct reading *r, const struct decl *d, const char *path, char **list, size_t *count)
{
    size_t n = decl_items(d);

    if (n == 0 || n > HOST_SECRETS_MAX)
        return wrong(r, d->line, path, "needs one to four secrets (several while one is being replaced)", "{ { file = \"/path\" } }");
    for (size_t i = 0; i < n; i++) {
        if (!read_secret(r, decl_item(d, i), path, &list[i]))
            return false;
        *count = i + 1;
    }
    return true;
}

/* ---- values ---- */

static bool read_number(struct reading *r, const struct decl *d, const struct key *k, double least, double most, double *out)
{
    *out = d->type == DECL_INTEGER ? (double)d->integer : d->number;
    if ((d->type != DECL_INTEGER && d->type != DECL_NUMBER) || !(*out >= least && *out <= most))
        return wrong(r, d->line, k->path, "is not a number that makes sense here", k->remedy);
    return true;
}

static bool read_text(struct reading *r, const struct decl *d, const struct key *k)
{
    if (d->type != DECL_STRING || d->length == 0 || strlen(d->string) != d->length)
        return wrong(r, d->line, k->path, "must be a text", k->remedy);
    if (k->type == KEY_URL && strncmp(d->string, "https://", 8) != 0 && strncmp(d->string, "http://", 7) != 0)
        return wrong(r, d->line, k->path, "must be an address that begins with https://", k->remedy);
    if (k->type == KEY_URL && d->string[d->length - 1] == '/')
        return wrong(r, d->line, k->path, "must not end with /", k->remedy);
    return set_string(r, (char **)((char *)r->c + k->at), d->string);
}

static bool read_key(struct reading *r, const struct decl *d, const struct key *k)
{
    char *at = (char *)r->c + k->at;
    double n = 0;

    switch (k->type) {
    case KEY_STRING:
    case KEY_URL:
        return read_text(r, d, k);
    case KEY_SECRET:
        return read_secret(r, d, k->path, (char **)at);
    case KEY_SECRETS:
        return read_secrets(r, d, k->path, r->c->app_secrets, &r->c->app_secret_count);
    case KEY_PORT:
        if (!read_number(r, d, k, 1, 65535, &n))
            return false;
        *(uint16_t *)at = (uint16_t)n;
        return true;
    case KEY_RATE:
        return read_number(r, d, k, 0.001, 1e6, (double *)at);
    case KEY_COUNT:
        if (!read_number(r, d, k, 1, 65536, &n))
            return false;
        *(unsigned *)at = (unsigned)n;
        return true;
    case KEY_SIZE:
        if (!read_number(r, d, k, 64 * 1024, 4e9, &n))
            return false;
        *(size_t *)at = (size_t)n;
        return true;
    case KEY_STEPS:
        if (!read_number(r, d, k, 1000, 1e12, &n))
            return false;
        *(uint64_t *)at = (uint64_t)n;
        return true;
    case KEY_FLAG:
        if (d->type != DECL_BOOLEAN)
            return wrong(r, d->line, k->path, "is true or false", k->remedy);
        *(bool *)at = d->boolean;
        return true;
    case KEY_GROUP:
    case KEY_SOURCES:
        break;
    }
    return true;
}

/* ---- sources: one table a name ---- */

static bool read_source(struct reading *r, const struct decl_entry *e)
{
    struct host_source *s = &r->c->sources[r->c->source_count];
    const char *remedy = "toktok = { path = \"/events/toktok\", subject = \"data.numero_mission\", secrets = { { file = \"…\" } } }";
    char path[PATH_BYTES];

    (void)snprintf(path, sizeof path, "sources.%s", e->name == NULL ? "?" : e->name);
    if (e->name == NULL || e->value.type != DECL_TABLE)
        return wrong(r, e->line, path, "must be a table with a name", remedy);
    r->c->source_count++;
    for (size_t i = 0; i < e->value.count; i++) {
        const struct decl_entry *field = &e->value.entries[i];
        const char *name = field->name == NULL ? "" : field->name;

        (void)snprintf(path, sizeof path, "sources.%s.%s", e->name, name);
        if (strcmp(name, "secrets") == 0) {
            if (!read_secrets(r, &field->value, path, s->secrets, &s->secret_count))
                return false;
        } else if ((strcmp(name, "path") != 0 && strcmp(name, "subject") != 0) || field->value.type != DECL_STRING) {
            return wrong(r, field->line, path, "is not a key of a source", remedy);
        } else if (!set_string(r, strcmp(name, "path") == 0 ? &s->path : &s->subject, field->value.string)) {
            return false;
        }
    }
    (void)snprintf(path, sizeof path, "sources.%s", e->name);
    if (s->secret_count == 0 || (s->path != NULL && s->path[0] != '/') || (s->path == NULL && s->subject != NULL))
        return wrong(r, e->line, path, "needs at least one secret, and a path that begins with / unless the scripts have a `source` of that name", remedy);
    return set_string(r, &s->name, e->name);
}

static bool read_sources(struct reading *r, const struct decl *d, const struct key *k)
{
    if (d->type != DECL_TABLE || d->count > HOST_SOURCES_MAX)
        return wrong(r, d->line, k->path, "must be a table of at most eight sources", k->remedy);
    for (size_t i = 0; i < d->count; i++)
        if (!read_source(r, &d->entries[i]))
            return false;
    return true;
}

/* ---- the tree ---- */

static bool unknown_key(struct reading *r, int line, const char *path)
{
    struct nearest n = { .word = path };

    for (size_t i = 0; i < KEYS; i++)
        nearest_offer(&n, keys[i].path);
    if (n.best != NULL)
        return error_set(r->err, "%s:%d: there is no key '%s'; did you mean '%s'?", r->file, line, path, n.best);
    return error_set(r->err, "%s:%d: there is no key '%s'; the known ones are in packaging/lisolo.conf.lua", r->file, line, path);
}

static bool read_table(struct reading *r, const struct decl *d, const char *prefix)
{
    for (size_t i = 0; i < d->count; i++) {
        const struct decl_entry *e = &d->entries[i];
        char path[PATH_BYTES];
        size_t k = 0;
        int n = snprintf(path, sizeof path, "%s%s%s", prefix, prefix[0] == '\0' ? "" : ".", e->name == NULL ? "?" : e->name);

        if (n < 0 || (size_t)n >= sizeof path)
            return error_set(r->err, "%s:%d: a key's name is too long", r->file, e->line);
        while (k < KEYS && strcmp(keys[k].path, path) != 0)
            k++;
        if (k == KEYS)
            return unknown_key(r, e->line, path);
        r->given[k] = true;
        if (keys[k].type == KEY_GROUP) {
            if (e->value.type != DECL_TABLE)
                return wrong(r, e->line, path, "must be a table", keys[k].remedy);
            if (!read_table(r, &e->value, path))
                return false;
        } else if (keys[k].type == KEY_SOURCES ? !read_sources(r, &e->value, &keys[k]) : !read_key(r, &e->value, &keys[k])) {
            return false;
        }
    }
    return true;
}

static bool complete(struct reading *r)
{
    struct host_config *c = r->c;

    for (size_t i = 0; i < KEYS; i++)
        if (keys[i].required && !r->given[i])
            return error_set(r->err, "%s: %s is missing; write: %s", r->file, keys[i].path, keys[i].remedy);
    if (!phone_country_known(c->country))
        return error_set(r->err, "%s: country: '%s' is not known; write a country's two letters, as in: country = \"CG\"", r->file, c->country);
    if (!c->plain_http && (strncmp(c->graph_base, "https://", 8) != 0 || (c->backend_base != NULL && strncmp(c->backend_base, "https://", 8) != 0)))
        return error_set(r->err, "%s: graph.base and backend.base must begin with https://; for tests on loopback write: allow_plain_http = true",
                         r->file);
    if (c->workers > 64)
        return error_set(r->err, "%s: workers: at most 64; write: workers = 2", r->file);
    return true;
}

bool config_read(const char *path, struct host_config *out, struct error *err)
{
    struct reading r = { .file = path, .c = out, .err = err };
    struct decl tree = { .type = DECL_NIL };
    bool ok;

    *out = (struct host_config){ .number_per_s = 80, .pair_burst = 45, .pair_per_s = 1.0 / 6, .workers = 2, .connections = 1024,
                                 .limits = script_limits_default() };
    ok = script_read_config(path, &tree, err) && set_string(&r, &out->file, path) && read_table(&r, &tree, "") && complete(&r);
    decl_free(&tree);
    if (!ok)
        host_config_free(out);
    return ok;
}
