#include "lisolo/base/log.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lisolo/base/clock.h"
#include "utf8_sequence.h"

enum {
    LINE_MAX_BYTES = 4096,     /* PIPE_BUF: the kernel never mixes two writes of that size in a pipe */
    TEXT_MAX_BYTES = 1000,     /* of one field, before escaping: ERROR_TEXT_MAX fits */
    TAIL_BYTES = 16,           /* `,"cut":1}` and the end of the line always fit */
};

/* The logger is the process's: set at start, read by every thread. */
static _Atomic int least_level = LOG_INFO;
static _Atomic int line_style = LOG_JSON;
static _Atomic int line_fd = STDERR_FILENO;

static const char *const level_names[] = { "debug", "info", "warn", "error" };

struct line {
    char   data[LINE_MAX_BYTES];
    size_t len;
    size_t room;       /* what may be used now */
    bool   full;       /* something did not fit since this was last reset */
};

static void put(struct line *l, const char *text, size_t len)
{
    if (len > l->room - l->len) {
        l->full = true;
        return;
    }
    memcpy(l->data + l->len, text, len);
    l->len += len;
}

static void puts_line(struct line *l, const char *text)
{
    put(l, text, strlen(text));
}

static void put_number(struct line *l, int64_t number)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t n = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n != 0);
    if (number < 0)
        digits[--at] = '-';
    put(l, digits + at, sizeof digits - at);
}

static void put_escape(struct line *l, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    char escape[6] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };

    switch (c) {
    case '"':  put(l, "\\\"", 2); break;
    case '\\': put(l, "\\\\", 2); break;
    case '\n': put(l, "\\n", 2); break;
    case '\r': put(l, "\\r", 2); break;
    case '\t': put(l, "\\t", 2); break;
    default:   put(l, escape, sizeof escape); break;
    }
}

static bool plain_byte(unsigned char c)
{
    return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

/* The inside of a JSON string. Bytes that are not UTF-8 become U+FFFD, so that a line can always be read. */
static void put_text(struct line *l, const char *text)
{
    const unsigned char *p = (const unsigned char *)text, *run, *start = p;
    size_t n;

    while (*p != '\0') {
        if (p - start >= TEXT_MAX_BYTES) {
            puts_line(l, "\xE2\x80\xA6");
            return;
        }
        for (run = p; plain_byte(*p) && p - start < TEXT_MAX_BYTES; p++)
            continue;
        if (p > run) {
            put(l, (const char *)run, (size_t)(p - run));
        } else if (*p < 0x80) {
            put_escape(l, *p++);
        } else {
            n = utf8_sequence(p, 4);
            if (n == 0)
                puts_line(l, "\xEF\xBF\xBD");
            else
                put(l, (const char *)p, n);
            p += n == 0 ? 1 : n;
        }
    }
}

static void put_quoted(struct line *l, const char *text)
{
    put(l, "\"", 1);
    put_text(l, text);
    put(l, "\"", 1);
}

static void two(char *at, int value)
{
    at[0] = (char)('0' + value / 10);
    at[1] = (char)('0' + value % 10);
}

/* "2026-01-27T10:15:30." is made once a second a thread: gmtime_r() takes a lock of the C library. */
static void put_time(struct line *l)
{
    static _Thread_local char text[24] = "0000-00-00T00:00:00.000Z";
    static _Thread_local int64_t second = -1;
    int64_t now_ms = clock_wall_ms(clock_real());
    time_t now = (time_t)(now_ms / 1000);
    struct tm tm;
    int ms = (int)(now_ms % 1000);

    if (now != second && gmtime_r(&now, &tm) != NULL) {
        two(text, (tm.tm_year + 1900) / 100);
        two(text + 2, (tm.tm_year + 1900) % 100);
        two(text + 5, tm.tm_mon + 1);
        two(text + 8, tm.tm_mday);
        two(text + 11, tm.tm_hour);
        two(text + 14, tm.tm_min);
        two(text + 17, tm.tm_sec);
        second = now;
    }
    text[20] = (char)('0' + ms / 100);
    two(text + 21, ms % 100);
    put(l, text, sizeof text);
}

static void put_json_field(struct line *l, const struct log_field *field)
{
    put(l, ",", 1);
    put_quoted(l, field->key);
    put(l, ":", 1);
    if (field->text == NULL)
        put_number(l, field->number);
    else
        put_quoted(l, field->text);
}

static void put_plain_field(struct line *l, const struct log_field *field)
{
    const char *p;

    put(l, " ", 1);
    puts_line(l, field->key);
    put(l, "=", 1);
    if (field->text == NULL) {
        put_number(l, field->number);
        return;
    }
    for (p = field->text; *p != '\0' && *p != ' ' && *p != '=' && plain_byte((unsigned char)*p); p++)
        continue;
    if (*p == '\0' && p > field->text)
        puts_line(l, field->text);
    else
        put_quoted(l, field->text);
}

static void put_head(struct line *l, enum log_level level, const char *event, bool json)
{
    puts_line(l, json ? "{\"ts\":\"" : "");
    put_time(l);
    puts_line(l, json ? "\",\"level\":\"" : " ");
    puts_line(l, level_names[level]);
    puts_line(l, json ? "\",\"event\":\"" : " ");
    put_text(l, event);
    puts_line(l, json ? "\"" : "");
}

/* A field goes in whole or not at all; a line that lost one says so. */
static void put_fields(struct line *l, const struct log_field *fields, bool json)
{
    bool cut = false;
    size_t before;

    for (; fields->key != NULL; fields++) {
        before = l->len;
        l->full = false;
        if (json)
            put_json_field(l, fields);
        else
            put_plain_field(l, fields);
        if (l->full) {
            l->len = before;
            cut = true;
        }
    }
    l->room = sizeof l->data;
    if (cut)
        puts_line(l, json ? ",\"cut\":1" : " cut=1");
}

void log_write(enum log_level level, const char *event, const struct log_field *fields)
{
    bool json = atomic_load_explicit(&line_style, memory_order_relaxed) == LOG_JSON;
    struct line l;
    ssize_t n;
    int saved = errno;       /* callers log first and look at errno after */

    if ((int)level < atomic_load_explicit(&least_level, memory_order_relaxed))
        return;
    l.len = 0;
    l.full = false;
    l.room = sizeof l.data - TAIL_BYTES;
    put_head(&l, level, event, json);
    put_fields(&l, fields, json);
    puts_line(&l, json ? "}\n" : "\n");
    do
        n = write(atomic_load_explicit(&line_fd, memory_order_relaxed), l.data, l.len);
    while (n == -1 && errno == EINTR);
    errno = saved;
}

void log_set_level(enum log_level least)
{
    atomic_store(&least_level, (int)least);
}

void log_set_style(enum log_style style)
{
    atomic_store(&line_style, (int)style);
}

void log_set_fd(int fd)
{
    atomic_store(&line_fd, fd);
}
