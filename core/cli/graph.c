/*
 * lisolo graph: where flows go, as text, as Mermaid or as a picture. The picture is drawn by graphviz's `dot`, a child with fixed
 * arguments that reads our text and writes to our output: nothing of it is linked in, and without it the other forms work.
 */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"
#include "lisolo/base/nearest.h"
#include "picture.h"
#include "scripts.h"

static bool write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        data += n;
        len -= (size_t)n;
    }
    return true;
}

/* Starts dot with `in` as its input; 0 or what went wrong. */
static int start_dot(int in, int other, pid_t *pid)
{
    static char name[] = "dot", form[] = "-Tsvg";
    char *const argv[] = { name, form, NULL };
    posix_spawn_file_actions_t actions;
    int e = posix_spawn_file_actions_init(&actions);

    if (e != 0)
        return e;
    e = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    if (e == 0)
        e = posix_spawn_file_actions_addclose(&actions, other);
    if (e == 0)
        e = posix_spawnp(pid, name, &actions, NULL, argv, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    return e;
}

static int draw(const struct buf *dot)
{
    void (*before)(int);
    int ends[2], status = 0, e;
    pid_t pid;
    bool ok;

    if (pipe(ends) != 0) {
        say_error("graph: %s", strerror(errno));
        return EXIT_INTERNAL;
    }
    (void)fflush(stdout);
    e = start_dot(ends[0], ends[1], &pid);
    (void)close(ends[0]);
    if (e != 0) {
        (void)close(ends[1]);
        say_error("graph: `dot` cannot be started (%s). It comes with the package graphviz; --format mermaid and text do without it", strerror(e));
        return EXIT_UNREACHED;
    }
    before = signal(SIGPIPE, SIG_IGN);
    ok = write_all(ends[1], buf_str(dot), dot->len);
    (void)close(ends[1]);
    (void)signal(SIGPIPE, before);
    while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
        continue;
    if (ok && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return EXIT_OK;
    say_error("graph: `dot` failed");
    return EXIT_INTERNAL;
}

static const struct flow *find_flow(const struct flows *flows, const char *name)
{
    const struct flow *f = flows_find(flows, name);
    struct nearest near = { .word = name };

    for (size_t i = 0; f == NULL && i < flows->count; i++)
        nearest_offer(&near, flows->list[i].name);
    if (f == NULL && near.best != NULL)
        say_error("graph: there is no flow '%s'. Did you mean '%s'?", name, near.best);
    else if (f == NULL)
        say_error("graph: there is no flow '%s'", name);
    return f;
}

static int show(const struct flows *flows, const struct flow *only, const char *form)
{
    struct picture p;
    struct buf out;
    int code = EXIT_OK;

    buf_init(&out, PICTURE_BYTES_MAX);
    if (picture_make(flows, only, &p))
        (strcmp(form, "svg") == 0 ? picture_dot : strcmp(form, "mermaid") == 0 ? picture_mermaid : picture_text)(&p, &out);
    if (p.failed || !buf_ok(&out)) {
        say_error("graph: out of memory");
        code = EXIT_INTERNAL;
    } else if (strcmp(form, "svg") == 0) {
        code = draw(&out);
    } else {
        (void)fputs(buf_str(&out), stdout);
    }
    picture_free(&p);
    buf_free(&out);
    return code;
}

int run_graph(const struct arguments *a)
{
    const char *form = argument(a, "format") == NULL ? "text" : argument(a, "format"), *folder = argument(a, "scripts");
    const struct flow *only = NULL;
    struct problems problems;
    struct generation *g;
    int code = EXIT_PROBLEMS;

    if ((strcmp(form, "svg") != 0 && strcmp(form, "mermaid") != 0 && strcmp(form, "text") != 0) || a->count > 1) {
        say_error(a->count > 1 ? "graph: one flow, or none for all" : "graph: --format is svg, mermaid or text, not '%s'", form);
        return EXIT_USAGE;
    }
    if (!scripts_there(a, folder == NULL ? "scripts" : folder))
        return EXIT_UNREACHED;
    g = scripts_load(folder == NULL ? "scripts" : folder, NULL, &problems);
    if (g == NULL)
        say_error("graph: the scripts have errors, so nobody knows where they go. See: lisolo check %s", folder == NULL ? "scripts" : folder);
    else if (a->count == 0 || (only = find_flow(g->flows, a->list[0])) != NULL)
        code = show(g->flows, only, form);
    if (g != NULL)
        generation_drop(g);
    problems_free(&problems);
    return code;
}
