/*
 * disk - how long this disk takes to make 4 KiB durable: appended, then fdatasync(), which is what a commit waits for.
 *
 *     disk FILE SECONDS          {"fdatasync_us_p50":…,"fdatasync_us_p99":…}
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "tool.h"

enum { BLOCK = 4096 };

int main(int argc, char **argv)
{
    static const char block[BLOCK] = { 1 };
    struct samples took = { 0 };
    int64_t until;
    int fd;

    if (argc != 3) {
        (void)fprintf(stderr, "usage: disk FILE SECONDS\n");
        return 2;
    }
    fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd == -1)
        give_up("%s", argv[1]);
    until = tool_us() + (int64_t)tool_number(argv[2], 1, 60) * 1000000;
    while (tool_us() < until) {
        int64_t began;

        if (write(fd, block, sizeof block) != (ssize_t)sizeof block)
            give_up("%s", argv[1]);
        began = tool_us();
        if (fdatasync(fd) == -1)
            give_up("%s", argv[1]);
        samples_add(&took, tool_us() - began);
    }
    samples_sort(&took);
    (void)printf("{\"fdatasync_us_p50\":%" PRId64 ",\"fdatasync_us_p99\":%" PRId64 "}\n", samples_at(&took, 0.5), samples_at(&took, 0.99));
    samples_free(&took);
    if (close(fd) == -1 || unlink(argv[1]) == -1)
        give_up("%s", argv[1]);
    return 0;
}
