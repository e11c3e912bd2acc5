#include "private.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lisolo/base/buf.h"
#include "lisolo/base/log.h"

enum { CLIENTS_MAX = 16, REQUEST_MAX = 64 * 1024 };

struct client {
    int        fd;                     /* -1: free */
    uint64_t   number;                 /* in the order in which they came */
    struct buf in;
};

struct server {
    int           fd;
    char          path[sizeof(((struct sockaddr_un *)0)->sun_path)];
    uint64_t      accepted;
    struct client clients[CLIENTS_MAX];
};

struct server *server_open(const char *path, struct error *err)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    struct server *s;

    if (strlen(path) >= sizeof address.sun_path) {
        error_set(err, "%s: a socket path may have at most %zu bytes", path, sizeof address.sun_path - 1);
        return NULL;
    }
    s = calloc(1, sizeof *s);
    if (s == NULL) {
        error_set(err, "control: out of memory");
        return NULL;
    }
    for (size_t i = 0; i < CLIENTS_MAX; i++)
        s->clients[i].fd = -1;
    memcpy(s->path, path, strlen(path) + 1);
    memcpy(address.sun_path, path, strlen(path) + 1);
    s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    /* The store's lock is held by now, so whoever left this socket is gone. */
    if (s->fd == -1 || (unlink(path) == -1 && errno != ENOENT) || bind(s->fd, (struct sockaddr *)&address, sizeof address) == -1 ||
        chmod(path, 0660) == -1 || listen(s->fd, CLIENTS_MAX) == -1) {
        error_set(err, "%s: %s", path, strerror(errno));
        if (s->fd != -1)
            (void)close(s->fd);
        free(s);
        return NULL;
    }
    return s;
}

static void client_close(struct client *c)
{
    (void)close(c->fd);
    c->fd = -1;
    buf_free(&c->in);
}

void server_close(struct server *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < CLIENTS_MAX; i++)
        if (s->clients[i].fd != -1)
            client_close(&s->clients[i]);
    (void)close(s->fd);
    (void)unlink(s->path);
    free(s);
}

static void client_accept(struct server *s)
{
    struct client *c = &s->clients[0];
    int fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC);

    if (fd == -1)
        return;
    for (size_t i = 1; i < CLIENTS_MAX && c->fd != -1; i++)
        if (s->clients[i].fd == -1 || s->clients[i].number < c->number)
            c = &s->clients[i];
    if (c->fd != -1)
        client_close(c);               /* the one that has asked nothing for the longest: it must not lock an operator out */
    *c = (struct client){ .fd = fd, .number = ++s->accepted };
    buf_init(&c->in, REQUEST_MAX);
}

static void reply(int fd, const cJSON *answer)
{
    size_t len = 0, at = 0;
    char *text = json_print(answer, &len);

    if (text == NULL)
        return;
    text[len] = '\n';
    while (at < len + 1) {
        struct pollfd p = { .fd = fd, .events = POLLOUT };
        ssize_t n = send(fd, text + at, len + 1 - at, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (n > 0)
            at += (size_t)n;
        else if (errno == EAGAIN ? poll(&p, 1, 2000) <= 0 : errno != EINTR)
            break;                     /* the operator went away, or reads nothing for two seconds */
    }
    free(text);
}

static void client_line(struct host *h, struct client *c)
{
    struct error err;
    cJSON *request = json_parse(c->in.data, c->in.len - 1, &err), *answer = NULL;

    if (request == NULL) {
        answer = cJSON_CreateObject();
        (void)json_add_bool(answer, "ok", false);
        (void)json_add_str(answer, "error", err.text);
    } else {
        answer = answer_request(h, request);
    }
    if (answer != NULL)
        reply(c->fd, answer);
    cJSON_Delete(answer);
    cJSON_Delete(request);
}

static void client_read(struct host *h, struct client *c)
{
    char part[4096];
    ssize_t n = recv(c->fd, part, sizeof part, MSG_DONTWAIT);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0 || !buf_add(&c->in, part, (size_t)n)) {
        client_close(c);
        return;
    }
    if (c->in.data[c->in.len - 1] != '\n')
        return;
    client_line(h, c);
    client_close(c);                   /* one request a connection */
}

bool server_step(struct server *s, struct host *h, int also_fd, int wait_ms)
{
    struct pollfd fds[CLIENTS_MAX + 2] = { { .fd = s->fd, .events = POLLIN }, { .fd = also_fd, .events = POLLIN } };

    for (size_t i = 0; i < CLIENTS_MAX; i++)
        fds[i + 2] = (struct pollfd){ .fd = s->clients[i].fd, .events = POLLIN };
    if (poll(fds, CLIENTS_MAX + 2, wait_ms) <= 0)
        return false;
    if (fds[0].revents != 0)
        client_accept(s);
    for (size_t i = 0; i < CLIENTS_MAX; i++)
        if (fds[i + 2].fd != -1 && fds[i + 2].revents != 0 && s->clients[i].fd == fds[i + 2].fd)
            client_read(h, &s->clients[i]);
    return fds[1].revents != 0;
}
