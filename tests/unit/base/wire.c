#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int64_t wire_ms(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void wire_sleep(int ms)
{
    struct timespec ts = { ms / 1000, (long)(ms % 1000) * 1000000 };

    (void)nanosleep(&ts, NULL);
}

void wire_files(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int wire_dial(uint16_t port)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const int yes = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd == -1 || connect(fd, (struct sockaddr *)&to, sizeof to) == -1) {
        perror("wire_dial");
        abort();
    }
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return fd;
}

bool wire_put(int fd, const void *data, size_t len)
{
    const char *at = data;

    while (len > 0) {
        ssize_t n = send(fd, at, len, MSG_NOSIGNAL);

        if (n <= 0)
            return false;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

bool wire_puts(int fd, const char *text) { return wire_put(fd, text, strlen(text)); }

/* Appends what has come; false at the end, after an error or too long a wait. */
static bool more(int fd, char **text, size_t *len, bool *reset)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    char *bigger;
    ssize_t n;

    if (poll(&p, 1, WIRE_WAIT_MS) != 1)
        return false;
    bigger = realloc(*text, *len + 65537);
    if (bigger == NULL)
        abort();
    *text = bigger;
    n = recv(fd, *text + *len, 65536, 0);
    *reset = n == -1 && errno == ECONNRESET;
    if (n <= 0)
        return false;
    *len += (size_t)n;
    (*text)[*len] = '\0';
    return true;
}

static size_t content_length(const char *head)
{
    const char *at = strcasestr(head, "\r\ncontent-length:");

    return at == NULL ? 0 : (size_t)strtoul(at + 17, NULL, 10);
}

void wire_answer(int fd, struct wire_answer *out)
{
    char *text = NULL, *end = NULL;
    size_t len = 0, head, body;

    memset(out, 0, sizeof *out);
    while (end == NULL && more(fd, &text, &len, &out->reset))
        end = strstr(text, "\r\n\r\n");
    if (end == NULL)
        goto out;
    head = (size_t)(end - text) + 4;
    end[2] = '\0';
    (void)snprintf(out->head, sizeof out->head, "%s", text);
    body = content_length(out->head);
    while (len - head < body)
        if (!more(fd, &text, &len, &out->reset))
            goto out;
    (void)sscanf(out->head, "HTTP/1.1 %d", &out->status);
    out->body = malloc(body + 1);
    if (out->body == NULL)
        abort();
    memcpy(out->body, text + head, body);
    out->body[body] = '\0';
    out->len = body;
out:
    free(text);
}

void wire_answer_free(struct wire_answer *a)
{
    free(a->body);
    a->body = NULL;
}

int wire_ask(int fd, const char *text)
{
    struct wire_answer a;

    if (!wire_puts(fd, text))
        return 0;
    wire_answer(fd, &a);
    wire_answer_free(&a);
    return a.status;
}

bool wire_quiet(int fd, int ms)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };

    return poll(&p, 1, ms) == 0;
}

bool wire_closed(int fd)
{
    char *text = NULL;
    size_t len = 0;
    bool reset = false;
    int64_t until = wire_ms() + WIRE_WAIT_MS;

    while (more(fd, &text, &len, &reset))
        ;
    free(text);
    return wire_ms() < until;
}

int wire_listen(uint16_t *port)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd == -1 || bind(fd, (struct sockaddr *)&at, len) == -1 || listen(fd, 128) == -1 ||
        getsockname(fd, (struct sockaddr *)&at, &len) == -1) {
        perror("wire_listen");
        abort();
    }
    *port = ntohs(at.sin_port);
    return fd;
}

int wire_accept(int listener)
{
    struct pollfd p = { .fd = listener, .events = POLLIN };

    return poll(&p, 1, WIRE_WAIT_MS) == 1 ? accept(listener, NULL, NULL) : -1;
}

bool wire_request(int fd, char *text, size_t size)
{
    size_t len = 0;

    for (;;) {
        char *end;
        ssize_t n = recv(fd, text + len, size - 1 - len, 0);

        if (n <= 0)
            return false;
        len += (size_t)n;
        text[len] = '\0';
        end = strstr(text, "\r\n\r\n");
        if (end != NULL && len >= (size_t)(end - text) + 4 + content_length(text))
            return true;
        if (len == size - 1)
            return false;
    }
}
