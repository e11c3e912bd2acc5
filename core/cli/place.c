#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "lisolo/base/file.h"

bool dev_place(const char *folder, struct dev_place *out, struct error *err)
{
    if (folder == NULL)
        folder = "var";
    if (strlen(folder) >= sizeof out->folder)
        return error_set(err, "%s: the path is too long", folder);
    (void)snprintf(out->folder, sizeof out->folder, "%s", folder);
    (void)snprintf(out->database, sizeof out->database, "%s/lisolo.db", folder);
    (void)snprintf(out->socket, sizeof out->socket, "%s/control.sock", folder);
    (void)snprintf(out->file, sizeof out->file, "%s/dev.json", folder);
    return true;
}

cJSON *dev_read(const struct dev_place *p, struct error *err)
{
    char *text = NULL;
    size_t len = 0;
    cJSON *tree;

    if (!file_read(AT_FDCWD, p->file, 64 * 1024, &text, &len, err)) {
        error_set(err, "no development host has been started here (%s is missing); run: lisolo dev", p->file);
        return NULL;
    }
    tree = json_parse(text, len, err);
    explicit_bzero(text, len);
    free(text);
    if (tree == NULL)
        error_prefix(err, "%s", p->file);
    return tree;
}

bool socket_of(const struct arguments *a, char *out, size_t size)
{
    const char *path = argument(a, "socket"), *file = argument(a, "config");
    struct host_config c = { 0 };
    struct dev_place place;
    struct error err;
    bool ok = true;
    int n;

    if (path == NULL && file != NULL) {
        ok = config_read(file, &c, &err);
        path = c.socket;
    } else if (path == NULL) {
        ok = dev_place(argument(a, "var"), &place, &err);
        path = place.socket;
    }
    n = ok ? snprintf(out, size, "%s", path) : -1;
    if (!ok)
        say_error("%s", err.text);
    else if (n < 0 || (size_t)n >= size) {
        say_error("%s: the path is too long", path);
        ok = false;
    }
    host_config_free(&c);
    return ok;
}
