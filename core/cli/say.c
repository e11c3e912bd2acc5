#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/* How long the control sign at `at` is, 0: it is none. U+0080 to U+009F are some too: terminals take U+009B for ESC [. */
static size_t control_sign(const char *at)
{
    if ((unsigned char)*at < ' ' || *at == '\x7f')
        return 1;
    return (unsigned char)at[0] == 0xC2 && (unsigned char)at[1] >= 0x80 && (unsigned char)at[1] <= 0x9F ? 2 : 0;
}

void say_words(const char *words, size_t most)
{
    size_t n = 0, control;

    for (; *words != '\0' && n < most; words += control > 0 ? control : 1, n++) {
        control = control_sign(words);
        if (control > 0)
            (void)fputs(*words == '\n' ? " ⏎ " : " ", stdout);
        else
            (void)putchar(*words);
    }
    while (((unsigned char)*words & 0xC0) == 0x80)     /* not in the middle of a letter */
        (void)putchar(*words++);
    if (*words != '\0')
        (void)printf("…");
}

enum { ERROR_BYTES = 2048 };

/* What comes from below the command line or from the host is English, often behind a place: "FILE: No such file or directory". */
static void put_reason(const char *text)
{
    const char *reason = text;

    while (reason != NULL && say_text(reason) == reason) {
        const char *colon = strstr(reason, ": ");

        reason = colon == NULL ? NULL : colon + 2;
    }
    if (reason == NULL)
        (void)fputs(text, stderr);
    else
        (void)fprintf(stderr, "%.*s%s", (int)(reason - text), text, say_text(reason));
}

void say_error(const char *format, ...)
{
    char text[ERROR_BYTES];
    va_list args;

    (void)fflush(stdout);
    (void)fprintf(stderr, "%slisolo:%s ", say_red(STDERR_FILENO), say_reset(STDERR_FILENO));
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, say_text(format), args);
    va_end(args);
    put_reason(text);
    (void)fputc('\n', stderr);
}
