#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <stdlib.h>

#include "lisolo/base/buf.h"
#include "lisolo/base/clock.h"
#include "lisolo/control.h"

enum { ANSWER_MAX = 16 * 1024 * 1024 };

static int connect_to(const char *path, struct error *err)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd;

    if (strlen(path) >= sizeof address.sun_path) {
        error_set(err, "%s: a socket path may have at most %zu bytes", path, sizeof address.sun_path - 1);
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd == -1) {
        error_set(err, "socket: %s", strerror(errno));
        return -1;
    }
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == -1) {
        error_set(err, errno == ENOENT || errno == ECONNREFUSED
                           ? "%s: no host is running there (start one with lisolo dev or lisolo serve)"
                           : "%s: cannot connect",
                  path);
        (void)close(fd);
        return -1;
    }
    return fd;
}

static bool send_line(int fd, const cJSON *request, struct error *err)
{
    size_t len = 0, at = 0;
    char *text = json_print(request, &len);
    bool ok = text != NULL;

    if (!ok)
        error_set(err, "out of memory");
    if (ok)
        text[len] = '\n';              /* over the NUL: lines end the requests */
    while (ok && at < len + 1) {
        ssize_t n = send(fd, text + at, len + 1 - at, MSG_NOSIGNAL);

        if (n > 0)
            at += (size_t)n;
        else if (errno != EINTR)
            ok = error_set(err, "the host closed the connection: %s", strerror(errno));
    }
    free(text);
    return ok;
}

static bool read_line(int fd, struct buf *answer, int64_t until_ms, struct error *err)
{
    char part[16384];

    for (;;) {
        struct pollfd p = { .fd = fd, .events = POLLIN };
        int64_t left = until_ms - clock_mono_ms(clock_real());
        ssize_t n;

        if (left <= 0 || poll(&p, 1, (int)left) == 0)
            return error_set(err, "the host did not answer in time");
        n = read(fd, part, sizeof part);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return error_set(err, "the host closed the connection without an answer");
        if (!buf_add(answer, part, (size_t)n))
            return error_set(err, "the host's answer is longer than %d bytes", ANSWER_MAX);
        if (answer->data[answer->len - 1] == '\n')
            return true;
    }
}

cJSON *control_ask(const char *socket_path, const cJSON *request, int timeout_ms, struct error *err)
{
    struct buf answer;
    cJSON *tree = NULL;
    int fd = connect_to(socket_path, err);

    if (fd == -1)
        return NULL;
    buf_init(&answer, ANSWER_MAX);
    if (send_line(fd, request, err) && read_line(fd, &answer, clock_mono_ms(clock_real()) + timeout_ms, err))
        tree = json_parse(answer.data, answer.len - 1, err);
    buf_free(&answer);
    (void)close(fd);
    return tree;
}
