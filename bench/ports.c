/*
 * ports - prints N loopback ports that are free, one a line: a host and its stand-ins must know each other's before they start.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tool.h"

enum { PORTS_MAX = 16 };

int main(int argc, char **argv)
{
    int fds[PORTS_MAX];
    unsigned long count;

    if (argc != 2) {
        (void)fprintf(stderr, "usage: ports N\n");
        return 2;
    }
    count = tool_number(argv[1], 1, PORTS_MAX);
    for (unsigned long i = 0; i < count; i++) {         /* all are held until the last is known, so that none comes twice */
        struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        socklen_t len = sizeof a;

        fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fds[i] == -1 || bind(fds[i], (struct sockaddr *)&a, len) == -1 || getsockname(fds[i], (struct sockaddr *)&a, &len) == -1)
            give_up("no free port");
        (void)printf("%u\n", ntohs(a.sin_port));
    }
    for (unsigned long i = 0; i < count; i++)
        (void)close(fds[i]);
    return 0;
}
