#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"

bool say_colour(int fd)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

    return (no == NULL || no[0] == '\0') && isatty(fd) && !(term != NULL && term[0] == 'd');   /* TERM=dumb */
}

const char *say_bold(int fd) { return say_colour(fd) ? "\x1b[1m" : ""; }
const char *say_dim(int fd) { return say_colour(fd) ? "\x1b[2m" : ""; }
const char *say_green(int fd) { return say_colour(fd) ? "\x1b[32m" : ""; }
const char *say_red(int fd) { return say_colour(fd) ? "\x1b[31m" : ""; }
const char *say_reset(int fd) { return say_colour(fd) ? "\x1b[0m" : ""; }

void say_error(const char *format, ...)
{
    va_list args;

    (void)fflush(stdout);
    (void)fprintf(stderr, "%slisolo:%s ", say_red(STDERR_FILENO), say_reset(STDERR_FILENO));
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputc('\n', stderr);
}
