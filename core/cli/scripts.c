#include "scripts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static bool is_there(const char *folder, const char *name)
{
    char path[1024];
    int n = snprintf(path, sizeof path, "%s/%s", folder, name);

    return n > 0 && (size_t)n < sizeof path && access(path, F_OK) == 0;
}

bool scripts_root(const char *folder, char *out, size_t size)
{
    bool here = is_there(folder, "flows") || is_there(folder, "templates") || !is_there(folder, "scripts");
    int n = snprintf(out, size, "%s%s", folder, here ? "" : "/scripts");

    return n > 0 && (size_t)n < size;
}

bool scripts_there(const struct arguments *a, const char *folder)
{
    if (access(folder, F_OK) == 0)
        return true;
    say_error("%s: %s: %s", a->command->name, folder, strerror(errno));
    return false;
}

struct generation *scripts_load(const char *folder, const char *country, struct problems *problems)
{
    struct script_limits limits = script_limits_default();
    struct script_sources sources = { 0 };
    struct generation *g = NULL;

    problems_init(problems);
    problems_speak(problems, say_language());
    if (script_sources_read(folder, &sources, problems))
        g = generation_load(&sources, &limits, country == NULL ? "CG" : country, problems);
    problems_sort(problems);
    return g;
}
