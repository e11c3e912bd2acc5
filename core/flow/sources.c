/*
 * `source "name" { … }`: another system's webhook, and the pure function that makes an event of its body. The signature is
 * intake's, the secrets are the configuration's; here is only what a script may say.
 */
#include <ctype.h>
#include <string.h>

#include "private.h"

enum { PATH_MAX_BYTES = 128, HEADER_MAX_BYTES = 64, SOURCES_MAX = 8 };

/* What the host itself answers on its public port (include/lisolo/intake.h), each with everything below it. */
static const char *const OWN_PATHS[] = { "/webhooks/whatsapp", "/healthz", "/readyz" };

static bool is_below(const char *path, const char *own)
{
    size_t len = strlen(own);

    return strncmp(path, own, len) == 0 && (path[len] == '\0' || path[len] == '/');
}

static bool path_ok(const char *path)
{
    static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./";
    size_t len = strlen(path);

    return path[0] == '/' && len > 1 && len <= PATH_MAX_BYTES && strspn(path, LETTERS) == len && path[len - 1] != '/'
        && strstr(path, "//") == NULL;
}

static void check_path(struct build *b, const struct statement *s, const struct decl_entry *e, const struct source_rule *source)
{
    if (!path_ok(source->path)) {
        flow_report(b, CODE_SOURCE_PATH, flow_at_value(s, &e->value), "path = \"/in/momo\"",
                    "\"%.100s\" cannot be a path: it begins with / and holds letters, digits, - _ . /", source->path);
        return;
    }
    for (size_t i = 0; i < sizeof OWN_PATHS / sizeof OWN_PATHS[0]; i++)
        if (is_below(source->path, OWN_PATHS[i]))
            flow_report(b, CODE_SOURCE_PATH, flow_at_value(s, &e->value), "path = \"/in/momo\"",
                        "\"%.100s\" belongs to Lisolo itself", source->path);
    for (size_t i = 0; i < b->flows->source_count; i++) {
        const struct source_rule *other = &b->flows->sources[i];

        if (other != source && other->path != NULL && strcmp(other->path, source->path) == 0)
            flow_report(b, CODE_SOURCE_TWICE, flow_at_value(s, &e->value), "give each source a path of its own",
                        "\"%.100s\" is the path of the source \"%.64s\" too", source->path, other->name);
    }
}

static void read_signature(struct build *b, const struct statement *s, struct source_rule *source)
{
    const struct decl_entry *e = decl_entry(&s->body, "signature"), *header = decl_entry(&s->body, "header");
    char *kind = NULL;

    if (!flow_read_text(b, s, e, &kind))
        return;
    if (strcmp(kind, "standard-webhooks") == 0) {
        source->signature = SOURCE_STANDARD_WEBHOOKS;
        if (header != NULL)
            flow_report(b, CODE_WRONG_VALUE, flow_at_entry(s, header), "take `header` out",
                        "standard-webhooks fixes its headers itself");
        return;
    }
    if (strcmp(kind, "hmac-sha256") != 0) {
        flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &e->value), "signature = \"hmac-sha256\"",
                    "there is no signature \"%.40s\": hmac-sha256 or standard-webhooks", kind);
        return;
    }
    if (header == NULL) {
        flow_report(b, CODE_MISSING_KEY, flow_at(s), "header = \"X-Signature\"", "source \"%.64s\" needs `%s`", source->name, "header");
        return;
    }
    if (!flow_read_text(b, s, header, &source->header))
        return;
    for (const char *at = source->header; *at != '\0'; at++)
        if (!isalnum((unsigned char)*at) && *at != '-') {
            flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &header->value), "header = \"X-Signature\"",
                        "\"%.64s\" cannot be the name of a header", source->header);
            return;
        }
    if (source->header[0] == '\0' || strlen(source->header) > HEADER_MAX_BYTES)
        flow_report(b, CODE_WRONG_VALUE, flow_at_value(s, &header->value), "header = \"X-Signature\"",
                    "\"%.64s\" cannot be the name of a header", source->header);
}

static void read_source(struct build *b, const struct statement *s, struct source_rule *source)
{
    static const struct { const char *key, *hint; } NEEDED[] = {
        { "path", "path = \"/in/momo\"" },
        { "signature", "signature = \"hmac-sha256\"" },
        { "event", "event = function(body) return { type = \"paiement.recu\", data = body } end" },
    };
    const struct decl_entry *path = decl_entry(&s->body, "path");

    flow_read_keys(b, s, &s->body, "source");
    for (size_t i = 0; i < sizeof NEEDED / sizeof NEEDED[0]; i++)
        if (decl_entry(&s->body, NEEDED[i].key) == NULL)
            flow_report(b, CODE_MISSING_KEY, flow_at(s), NEEDED[i].hint, "source \"%.64s\" needs `%s`", source->name, NEEDED[i].key);
    if (flow_read_text(b, s, path, &source->path))
        check_path(b, s, path, source);
    read_signature(b, s, source);
    (void)flow_read_text(b, s, decl_entry(&s->body, "id"), &source->id);
    (void)flow_read_text(b, s, decl_entry(&s->body, "subject"), &source->subject);
    (void)flow_read_function(b, s, decl_entry(&s->body, "event"), &source->event);
}

static bool add_source(struct build *b, const struct statement *s)
{
    struct source_rule *source = &b->flows->sources[b->flows->source_count];
    const struct source_rule *other = s->name == NULL ? NULL : flows_source(b->flows, s->name);

    if (!flow_read_name(b, flow_at(s), s->name, "source"))
        return true;
    if (other != NULL) {
        flow_report(b, CODE_SOURCE_TWICE, flow_at(s), "give one of them another name",
                    "the source \"%.64s\" stands on line %d of %.100s already", s->name, other->line, other->file);
        return true;
    }
    if (b->flows->source_count == SOURCES_MAX) {
        flow_report(b, CODE_SOURCE_TWICE, flow_at(s), NULL, "more than %d sources", SOURCES_MAX);
        return true;
    }
    *source = (struct source_rule){ .name = pool_text(b->pool, s->name), .file = pool_text(b->pool, s->file), .line = s->line,
                                    .event = DECL_NO_FUNCTION };
    if (source->name == NULL || source->file == NULL)
        return false;
    b->flows->source_count++;
    read_source(b, s, source);
    return true;
}

void flow_read_sources(struct build *b)
{
    b->flows->sources = pool_array(b->pool, SOURCES_MAX, sizeof *b->flows->sources);
    for (size_t i = 0; i < b->statements->count && b->flows->sources != NULL; i++)
        if (strcmp(b->statements->list[i].verb, "source") == 0 && !add_source(b, &b->statements->list[i]))
            return;
}

const struct source_rule *flows_source(const struct flows *f, const char *name)
{
    for (size_t i = 0; i < f->source_count; i++)
        if (strcmp(f->sources[i].name, name) == 0)
            return &f->sources[i];
    return NULL;
}
