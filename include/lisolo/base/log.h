/*
 * log - one line an event, JSON on stderr (or "key=value" for people, log_set_style()).
 *
 * Never give it a message body, a phone number or a token; a conversation is named by its
 * internal id. Any thread may write; one line is one write(2).
 *
 *     LOG(LOG_INFO, "reload", log_str("result", "ok"), log_int("generation", 9));
 */
#ifndef LISOLO_BASE_LOG_H
#define LISOLO_BASE_LOG_H

#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_style { LOG_JSON, LOG_PLAIN };

struct log_field {
    const char *key;    /* NULL ends the list */
    const char *text;   /* NULL: a number */
    int64_t     number;
};

static inline struct log_field log_str(const char *key, const char *text)
{
    return (struct log_field){ key, text == 0 ? "" : text, 0 };
}

static inline struct log_field log_int(const char *key, int64_t number)
{
    return (struct log_field){ key, 0, number };
}

#define LOG(level, ...)             LOG_LINE(level, __VA_ARGS__, log_int(0, 0))
#define LOG_LINE(level, event, ...) log_write(level, event, (const struct log_field[]){ __VA_ARGS__ })

void log_write(enum log_level level, const char *event, const struct log_field *fields);
void log_set_level(enum log_level least);
void log_set_style(enum log_style style);

/* Sends lines to `fd` instead of stderr; the caller keeps it open. */
void log_set_fd(int fd);

#endif
