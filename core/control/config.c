#include <stdlib.h>
#include <string.h>

#include "lisolo/control.h"

static void secret_free(char *secret)
{
    if (secret == NULL)
        return;
    explicit_bzero(secret, strlen(secret));
    free(secret);
}

void host_config_free(struct host_config *c)
{
    char *const plain[] = { c->file, c->database, c->scripts, c->country, c->socket, c->address,
                            c->graph_base, c->graph_version, c->number, c->backend_base };

    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        free(plain[i]);
    secret_free(c->verify_token);
    secret_free(c->graph_token);
    secret_free(c->backend_token);
    for (size_t i = 0; i < c->app_secret_count; i++)
        secret_free(c->app_secrets[i]);
    for (size_t i = 0; i < c->source_count; i++) {
        free(c->sources[i].name);
        free(c->sources[i].path);
        free(c->sources[i].subject);
        for (size_t j = 0; j < c->sources[i].secret_count; j++)
            secret_free(c->sources[i].secrets[j]);
    }
    *c = (struct host_config){ 0 };
}
