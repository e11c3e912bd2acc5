/*
 * The sources of the live scripts. Where they post and how they sign stands in the scripts, their secrets in the configuration; here
 * the two meet.
 */
#include <stdio.h>
#include <string.h>

#include "lisolo/base/log.h"
#include "private.h"

void host_know_secrets(struct host *h, const struct host_config *c)
{
    size_t known = 0;

    memset(h->secrets_of, 0, sizeof h->secrets_of);
    for (size_t i = 0; i < c->source_count && known < HOST_SOURCES_MAX; i++)
        if (c->sources[i].path == NULL && c->sources[i].secret_count > 0)
            (void)snprintf(h->secrets_of[known++], sizeof h->secrets_of[0], "%s", c->sources[i].name);
}

static bool has_secret(const struct host *h, const char *name)
{
    for (size_t i = 0; i < HOST_SOURCES_MAX; i++)
        if (strcmp(h->secrets_of[i], name) == 0)
            return true;
    return false;
}

static bool path_is_taken(const struct host *h, const char *path)
{
    for (size_t i = 0; i < h->c->source_count; i++)
        if (h->c->sources[i].path != NULL && strcmp(h->c->sources[i].path, path) == 0)
            return true;
    return false;
}

static void warn(const struct host *h, const struct source_rule *s)
{
    char remedy[200];

    if (!has_secret(h, s->name)) {
        (void)snprintf(remedy, sizeof remedy, "sources = { %s = { secrets = { { file = \"…\" } } } } in the configuration, then lisolo reload", s->name);
        LOG(LOG_WARN, "source_without_secret", log_str("source", s->name), log_str("path", s->path),
            log_str("effect", "its webhooks are answered 503"), log_str("remedy", remedy));
    }
    if (path_is_taken(h, s->path))
        LOG(LOG_WARN, "source_path_taken", log_str("source", s->name), log_str("path", s->path),
            log_str("effect", "the source of the configuration that has this path gets its webhooks"), log_str("remedy", "give it another path"));
}

bool host_set_routes(struct host *h, const struct generation *g, struct error *err)
{
    struct intake_route routes[INTAKE_SOURCES_MAX];
    size_t count = 0;

    for (size_t i = 0; i < g->flows->source_count && count < INTAKE_SOURCES_MAX; i++) {
        const struct source_rule *s = &g->flows->sources[i];

        warn(h, s);
        routes[count++] = (struct intake_route){
            .name = s->name, .path = s->path, .header = s->header, .id = s->id, .subject = s->subject,
            .signature = s->signature == SOURCE_STANDARD_WEBHOOKS ? INTAKE_STANDARD_WEBHOOKS : INTAKE_HMAC_SHA256,
        };
    }
    return intake_set_routes(h->intake, routes, count, err);
}
