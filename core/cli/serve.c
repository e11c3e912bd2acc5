#include <stdio.h>
#include <unistd.h>

#include "cli.h"

static bool reread(void *ctx, struct host_config *fresh, struct error *err) { return config_read(ctx, fresh, err); }

static bool check_scripts(const struct host_config *c, struct problems *problems)
{
    struct script_sources sources = { 0 };
    struct generation *g = NULL;

    if (script_sources_read(c->scripts, &sources, problems))
        g = generation_load(&sources, &c->limits, c->country, problems);
    if (g != NULL)
        generation_drop(g);
    return g != NULL;
}

int run_serve(const struct arguments *a)
{
    const char *file = argument(a, "config");
    struct host_config c = { 0 };
    struct problems problems;
    struct error err = { "" };
    struct host *h = NULL;
    int code = EXIT_PROBLEMS;

    if (file == NULL) {
        say_error("serve: --config FILE is needed; packaging/lisolo.conf.lua is a commented example");
        return EXIT_USAGE;
    }
    if (!config_read(file, &c, &err)) {
        say_error("%s", err.text);
        return access(file, R_OK) == 0 ? EXIT_PROBLEMS : EXIT_UNREACHED;
    }
    problems_init(&problems);
    problems_speak(&problems, say_language());
    if (argument(a, "check") != NULL) {
        if (check_scripts(&c, &problems)) {
            (void)printf(say_text("%s: it would start\n"), file);
            code = EXIT_OK;
        }
    } else if (host_block_signals(&err)) {
        struct host_options options = { .config = &c, .reread = reread, .ctx = (void *)(uintptr_t)file };

        h = host_start(&options, &problems, &err);
    }
    problems_sort(&problems);
    show_problems(&problems, c.scripts, !isatty(STDOUT_FILENO));
    problems_free(&problems);
    if (h != NULL) {
        code = host_run(h);
        host_stop(h);
    } else if (err.text[0] != '\0') {
        say_error("%s", err.text);
    }
    host_config_free(&c);
    return code;
}
