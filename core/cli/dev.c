/*
 * lisolo dev: the host as it runs for real, with the Graph API and the backend played by child processes on loopback.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"
#include "lisolo/base/crypto.h"
#include "lisolo/base/file.h"
#include "lisolo/base/log.h"
#include "lisolo/base/utf8.h"
#include "lisolo/lab.h"

enum { DEFAULT_PORT = 8080, LOOK_MS = 500, URL_BYTES = 128 };

struct child { pid_t pid; const char *name; char url[URL_BYTES]; };

struct dev {
    struct dev_place place;
    const char  *scripts, *backend_script;
    uint16_t     port;
    char         number[24], token[65], app_secret[65], verify_token[33], event_secret[64], backend_token[33];
    char         webhook_url[URL_BYTES], event_url[URL_BYTES];
    struct child graph, backend;
    struct host_config config;
};

static void step(const char *what, const char *detail)
{
    const char *text = say_text(what);
    int width = 24 + (int)(strlen(text) - utf8_points(text));      /* printf counts bytes */

    (void)printf("  %s✓%s %-*s %s\n", say_green(STDOUT_FILENO), say_reset(STDOUT_FILENO), width, text, detail);
    (void)fflush(stdout);
}

static void progress(void *ctx, const char *what, const char *detail)
{
    (void)ctx;
    step(what, detail);
}

static void random_hex(char *out, size_t bytes)
{
    uint8_t raw[32];

    crypto_random(raw, bytes);
    crypto_hex(raw, bytes, out);
}

/* A port that is free now: the wanted one, or any. The stand-ins must know it before the host listens. */
static uint16_t free_port(uint16_t wanted)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(wanted), .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    uint16_t port = 0;

    if (fd == -1)
        return 0;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(fd, 1) == 0 && getsockname(fd, (struct sockaddr *)&at, &len) == 0)
        port = ntohs(at.sin_port);
    (void)close(fd);
    return port != 0 || wanted == 0 ? port : free_port(0);
}

/* ---- the stand-ins ---- */

static _Noreturn void play_graph(const struct dev *d)
{
    struct lab_graph_options o = { .token = d->token, .number = d->number, .webhook_url = d->webhook_url, .app_secret = d->app_secret };
    struct error err = { "" };

    if (!lab_graph_run(&o, &err))
        (void)fprintf(stderr, "lisolo: stand-in for WhatsApp: %s\n", err.text);
    exit(err.text[0] == '\0' ? EXIT_OK : EXIT_INTERNAL);
}

static _Noreturn void play_backend(const struct dev *d)
{
    struct lab_backend_options o = { .token = d->backend_token, .event_url = d->event_url, .event_secret = d->event_secret,
                                     .script = d->backend_script };
    struct error err = { "" };

    if (!lab_backend_run(&o, &err))
        (void)fprintf(stderr, "lisolo: stand-in for the backend: %s\n", err.text);
    exit(err.text[0] == '\0' ? EXIT_OK : EXIT_INTERNAL);
}

/* Reads "ready graph http://…" from the child. */
static bool read_ready(int fd, struct child *c)
{
    char line[URL_BYTES + 32] = "", kind[32];
    size_t at = 0;
    ssize_t n;

    while (at < sizeof line - 1 && (n = read(fd, line + at, 1)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        if (line[at++] == '\n')
            break;
    }
    line[at] = '\0';
    return sscanf(line, "ready %31s %127s", kind, c->url) == 2;
}

static bool start_child(struct dev *d, struct child *c, void (*play)(const struct dev *), struct error *err)
{
    int ends[2];
    bool ok;

    if (pipe2(ends, O_CLOEXEC) == -1)
        return error_set(err, "pipe: %s", strerror(errno));
    (void)fflush(stdout);
    c->pid = fork();
    if (c->pid == -1) {
        (void)close(ends[0]);
        (void)close(ends[1]);
        return error_set(err, "fork: %s", strerror(errno));
    }
    if (c->pid == 0) {
        /* Ends with its parent, whatever happens to that one; Ctrl-C is the parent's to handle in order. */
        if (prctl(PR_SET_PDEATHSIG, SIGTERM) == -1 || setpgid(0, 0) == -1 || dup2(ends[1], STDOUT_FILENO) == -1)
            _exit(EXIT_INTERNAL);
        play(d);
        _exit(EXIT_OK);
    }
    (void)close(ends[1]);
    ok = read_ready(ends[0], c);
    (void)close(ends[0]);
    if (!ok)
        return error_set(err, "the %s did not start", c->name);
    step(c->name, c->url);
    return true;
}

static void stop_child(struct child *c)
{
    if (c->pid <= 0)
        return;
    (void)kill(c->pid, SIGTERM);
    (void)waitpid(c->pid, NULL, 0);
    c->pid = 0;
}

static bool child_lives(struct child *c)
{
    if (waitpid(c->pid, NULL, WNOHANG) != c->pid)
        return true;
    say_error("the %s ended; see its message above", c->name);
    c->pid = 0;
    return false;
}

/* ---- the host ---- */

static bool set(char **to, const char *from)
{
    *to = strdup(from);
    return *to != NULL;
}

static bool configure(struct dev *d, struct error *err)
{
    struct host_config *c = &d->config;
    struct host_source *s = &c->sources[0];

    *c = (struct host_config){ .port = d->port, .number_per_s = 80, .pair_burst = 45, .pair_per_s = 1.0 / 6, .plain_http = true,
                               .test_clock = true, .workers = 2, .connections = 256, .limits = script_limits_default() };
    if (!set(&c->file, "") || !set(&c->database, d->place.database) || !set(&c->scripts, d->scripts) || !set(&c->country, "CG") ||
        !set(&c->socket, d->place.socket) || !set(&c->address, "127.0.0.1") || !set(&c->verify_token, d->verify_token) ||
        !set(&c->app_secrets[0], d->app_secret) || !set(&c->graph_base, d->graph.url) || !set(&c->graph_version, "v26.0") ||
        !set(&c->graph_token, d->token) || !set(&c->number, d->number) || !set(&c->backend_base, d->backend.url) ||
        !set(&c->backend_token, d->backend_token) || !set(&s->name, "toktok") || !set(&s->path, "/events/toktok") ||
        !set(&s->subject, "data.numero_mission") || !set(&s->secrets[0], d->event_secret))
        return error_set(err, "out of memory");
    c->app_secret_count = 1;
    c->source_count = 1;
    s->secret_count = 1;
    return true;
}

/* What `lisolo chat` needs to know. Owner only: it holds the development secrets. */
static bool write_place(const struct dev *d, struct error *err)
{
    const struct { const char *key, *value; } fields[] = {
        { "webhook_url", d->webhook_url }, { "app_secret", d->app_secret }, { "verify_token", d->verify_token },
        { "graph_url", d->graph.url }, { "graph_token", d->token }, { "number", d->number }, { "backend_url", d->backend.url },
        { "event_url", d->event_url }, { "event_secret", d->event_secret }, { "control_socket", d->place.socket },
    };
    cJSON *tree = cJSON_CreateObject();
    size_t len = 0;
    char *text = NULL;
    bool ok = tree != NULL;

    for (size_t i = 0; ok && i < sizeof fields / sizeof fields[0]; i++)
        ok = json_add_str(tree, fields[i].key, fields[i].value);
    if (ok)
        text = json_print(tree, &len);
    ok = text != NULL ? file_write(d->place.file, text, len, 0600, err) : error_set(err, "out of memory");
    free(text);
    cJSON_Delete(tree);
    return ok;
}

static void forget_database(const struct dev *d)
{
    static const char *const ends[] = { "", "-wal", "-shm", ".inflight", ".key" };
    char path[320];

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        (void)snprintf(path, sizeof path, "%s%s", d->place.database, ends[i]);
        if (unlink(path) == -1 && errno != ENOENT)
            say_error("%s: %s", path, strerror(errno));
    }
}

static bool open_log(const struct dev *d, struct error *err)
{
    char path[320];
    int fd;

    (void)snprintf(path, sizeof path, "%s/lisolo.log", d->place.folder);
    fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd == -1)
        return error_set(err, "%s: %s", path, strerror(errno));
    log_set_fd(fd);
    log_set_style(LOG_PLAIN);
    return true;
}

static void say_next(const struct dev *d)
{
    const char *bold = say_bold(STDOUT_FILENO), *reset = say_reset(STDOUT_FILENO);

    (void)printf(say_text("\n%sNow, in another terminal:%s\n"), bold, reset);
    (void)printf(say_text("  %s chat        talk to the bot: write Bonjour\n"), program_invocation_name);
    (void)printf(say_text("  %s status      how it is doing\n"), program_invocation_name);
    (void)printf(say_text("  %s reload      after you changed something in %s/\n"), program_invocation_name, d->scripts);
    (void)printf(say_text("\nThe log is %s/lisolo.log. Ctrl-C stops everything.\n"), d->place.folder);
    (void)fflush(stdout);
}

static int run_until_stopped(struct dev *d, struct host *h)
{
    while (host_serve(h, LOOK_MS))
        if (!child_lives(&d->graph) || !child_lives(&d->backend))
            return EXIT_INTERNAL;
    (void)fputs(say_text("\nStopping: what is in flight ends first.\n"), stdout);
    (void)fflush(stdout);
    return EXIT_OK;
}

static int run_host(struct dev *d, struct error *err)
{
    struct host_options options = { .config = &d->config, .progress = progress };
    struct problems problems;
    struct host *h = NULL;
    int code = EXIT_PROBLEMS;

    problems_init(&problems);
    problems_speak(&problems, say_language());
    if (host_block_signals(err) && configure(d, err) && (h = host_start(&options, &problems, err)) != NULL && write_place(d, err)) {
        say_next(d);
        code = run_until_stopped(d, h);
    }
    problems_sort(&problems);
    show_problems(&problems, d->scripts, false);
    if (err->text[0] != '\0')
        say_error("%s", err->text);
    if (h != NULL)                       /* else it is another one's, who runs on */
        (void)unlink(d->place.file);
    host_stop(h);
    problems_free(&problems);
    host_config_free(&d->config);
    return code;
}

/* Before --fresh takes its database away, and before two stand-ins are started for nothing. */
static bool is_running(const struct dev_place *place)
{
    cJSON *request = cJSON_CreateObject(), *answer = NULL;
    struct error err;
    bool running;

    if (request != NULL && json_add_str(request, "do", "status"))
        answer = control_ask(place->socket, request, LOOK_MS, &err);
    running = answer != NULL;
    cJSON_Delete(request);
    cJSON_Delete(answer);
    return running;
}

static bool prepare(struct dev *d, const struct arguments *a, struct error *err)
{
    long port = DEFAULT_PORT;
    uint8_t raw[32];

    if (!argument_number(a, "port", 0, 65535, &port))
        return false;
    d->scripts = argument(a, "scripts") != NULL ? argument(a, "scripts") : "scripts";
    d->backend_script = argument(a, "backend-script");
    if (access(d->scripts, F_OK) == -1)
        return error_set(err, "dev: %s: %s", d->scripts, strerror(errno));
    if (!dev_place(argument(a, "var"), &d->place, err) || !file_make_dir(d->place.folder, err) || !open_log(d, err))
        return false;
    if (is_running(&d->place))
        return error_set(err, "%s: a host is running there already; stop it, or name another folder: lisolo dev --var OTHER", d->place.folder);
    if (argument(a, "fresh") != NULL)
        forget_database(d);
    d->port = free_port((uint16_t)port);
    if (d->port == 0)
        return error_set(err, "no port is free on 127.0.0.1");
    (void)snprintf(d->number, sizeof d->number, "555000111222333");
    random_hex(d->token, 32);
    random_hex(d->app_secret, 32);
    random_hex(d->verify_token, 16);
    random_hex(d->backend_token, 16);
    crypto_random(raw, sizeof raw);
    memcpy(d->event_secret, "whsec_", 7);
    crypto_base64(raw, sizeof raw, d->event_secret + 6);
    (void)snprintf(d->webhook_url, sizeof d->webhook_url, "http://127.0.0.1:%u/webhooks/whatsapp", d->port);
    (void)snprintf(d->event_url, sizeof d->event_url, "http://127.0.0.1:%u/events/toktok", d->port);
    d->graph.name = "stand-in for WhatsApp";
    d->backend.name = "stand-in for the backend";
    return true;
}

int run_dev(const struct arguments *a)
{
    static struct dev d;
    struct error err = { "" };
    int code = EXIT_INTERNAL;

    (void)printf("%sLisolo%s %s\n\n", say_bold(STDOUT_FILENO), say_reset(STDOUT_FILENO), LISOLO_VERSION);
    if (!prepare(&d, a, &err)) {
        if (err.text[0] != '\0')
            say_error("%s", err.text);
        return err.text[0] != '\0' ? EXIT_UNREACHED : EXIT_USAGE;
    }
    if (start_child(&d, &d.graph, play_graph, &err) && start_child(&d, &d.backend, play_backend, &err))
        code = run_host(&d, &err);
    else
        say_error("%s", err.text);
    stop_child(&d.graph);
    stop_child(&d.backend);
    return code;
}
