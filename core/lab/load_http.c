#include "load_http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { IN_FIRST = 8192, IN_MAX = 1024 * 1024 };

void http_close(struct http *h)
{
    if (h->fd >= 0)
        close(h->fd);
    free(h->in);
    free(h->out);
    *h = (struct http){ .fd = -1 };
}

bool http_header(const struct http_message *m, const char *name, char *out, size_t size)
{
    size_t len = strlen(name);

    for (const char *p = m->headers; *p != '\0';) {
        const char *end = strstr(p, "\r\n");
        size_t line = end == NULL ? strlen(p) : (size_t)(end - p);

        if (line > len && p[len] == ':' && strncasecmp(p, name, len) == 0) {
            const char *value = p + len + 1;

            value += strspn(value, " ");
            snprintf(out, size, "%.*s", (int)(p + line - value), value);
            return true;
        }
        p += end == NULL ? line : line + 2;
    }
    return false;
}

/* Fills `out` once head and body are there. */
static enum http_state parse(struct http *h, struct http_message *out)
{
    char *end = memmem(h->in, h->in_len, "\r\n\r\n", 4), *line_end, value[32];
    unsigned long long len = 0;
    size_t head;

    if (end == NULL)
        return HTTP_MORE;
    head = (size_t)(end - h->in) + 4;
    *end = '\0';
    line_end = strstr(h->in, "\r\n");
    *out = (struct http_message){ .line = h->in, .headers = line_end == NULL ? end : line_end + 2 };
    if (http_header(out, "Transfer-Encoding", value, sizeof value))
        return HTTP_BROKEN;
    if (http_header(out, "Content-Length", value, sizeof value))
        len = strtoull(value, NULL, 10);
    if (len > IN_MAX)
        return HTTP_BROKEN;
    if (h->in_len < head + len) {
        *end = '\r';           /* looked at again from the start when more has come */
        return HTTP_MORE;
    }
    out->close = http_header(out, "Connection", value, sizeof value) && strcasecmp(value, "close") == 0;
    if (line_end != NULL)
        *line_end = '\0';
    if (strncmp(h->in, "HTTP/1.1 ", 9) == 0)
        out->status = atoi(h->in + 9);
    out->body = h->in + head;
    out->body_len = (size_t)len;
    out->total = head + (size_t)len;
    return HTTP_WHOLE;
}

enum http_state http_read(struct http *h, struct http_message *out)
{
    ssize_t n;

    if (h->in_len + 1 >= h->in_cap) {
        size_t cap = h->in_cap == 0 ? IN_FIRST : h->in_cap * 2;
        char *in = cap > 2 * IN_MAX ? NULL : realloc(h->in, cap);

        if (in == NULL)
            return HTTP_BROKEN;
        h->in = in;
        h->in_cap = cap;
    }
    n = recv(h->fd, h->in + h->in_len, h->in_cap - h->in_len - 1, 0);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        return HTTP_BROKEN;
    if (n > 0)
        h->in_len += (size_t)n;
    return h->in_len == 0 ? HTTP_MORE : parse(h, out);
}

void http_done(struct http *h, const struct http_message *m)
{
    h->in_len -= m->total;
    memmove(h->in, h->in + m->total, h->in_len);
}

static bool keep(struct http *h, const char *data, size_t len)
{
    if (h->out_len + len > h->out_cap) {
        char *out = realloc(h->out, h->out_len + len);

        if (out == NULL)
            return false;
        h->out = out;
        h->out_cap = h->out_len + len;
    }
    memcpy(h->out + h->out_len, data, len);
    h->out_len += len;
    return true;
}

bool http_send(struct http *h, const char *data, size_t len)
{
    ssize_t n = 0;

    if (h->out_len == 0) {
        n = send(h->fd, data, len, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN && errno != EINTR && errno != ENOTCONN)
            return false;
        if (n < 0)
            n = 0;
    }
    return (size_t)n == len || keep(h, data + n, len - (size_t)n);
}

bool http_flush(struct http *h)
{
    ssize_t n = send(h->fd, h->out, h->out_len, MSG_NOSIGNAL);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    h->out_len -= (size_t)n;
    memmove(h->out, h->out + n, h->out_len);
    return true;
}

bool http_url(const char *text, struct http_url *out, struct error *err)
{
    const char *host = text + 7, *end, *port;
    struct in_addr ignored;

    if (strncmp(text, "http://", 7) != 0)
        return error_set(err, "%s: not an http:// address", text);
    end = host + strcspn(host, "/");
    port = memchr(host, ':', (size_t)(end - host));
    if ((size_t)((port == NULL ? end : port) - host) >= sizeof out->host)
        return error_set(err, "%s: host too long", text);
    snprintf(out->host, sizeof out->host, "%.*s", (int)((port == NULL ? end : port) - host), host);
    if (strcmp(out->host, "localhost") == 0)
        snprintf(out->host, sizeof out->host, "127.0.0.1");
    if (inet_pton(AF_INET, out->host, &ignored) != 1)
        return error_set(err, "%s: not a numeric IPv4 address", text);
    out->port = port == NULL ? 80 : (uint16_t)atoi(port + 1);
    if (out->port == 0 || snprintf(out->path, sizeof out->path, "%s", *end == '\0' ? "/" : end) >= (int)sizeof out->path)
        return error_set(err, "%s: bad port or path", text);
    return true;
}

static void no_delay(int fd)
{
    int one = 1;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

int http_connect(const struct http_url *url)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(url->port) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    inet_pton(AF_INET, url->host, &a.sin_addr);
    no_delay(fd);
    if (connect(fd, (struct sockaddr *)&a, sizeof a) < 0 && errno != EINPROGRESS) {
        close(fd);
        return -1;
    }
    return fd;
}

int http_listen(uint16_t *port, struct error *err)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(*port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;

    if (fd < 0) {
        error_set(err, "socket: %s", strerror(errno));
        return -1;
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, 1024) < 0 || getsockname(fd, (struct sockaddr *)&a, &len) < 0) {
        error_set(err, "port %u: %s", (unsigned)*port, strerror(errno));
        close(fd);
        return -1;
    }
    *port = ntohs(a.sin_port);
    return fd;
}

int http_accept(int listener)
{
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd >= 0)
        no_delay(fd);
    return fd;
}
