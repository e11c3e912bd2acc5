/*
 * pattern - Lua's patterns, matched without recursion and charged for every step.
 *
 * The stock matcher is the hole that the count hook cannot see: ('a*'):rep(20)..'b' runs for ever (hosts.md §0.4). A pattern is a
 * straight line of items without alternatives, so it is compiled once, each quantified item keeps its own place to go back to,
 * and neither depth nor memory grows with the subject. Mistakes in a pattern are raised when matching reaches them, as in Lua.
 */
#ifndef LISOLO_SCRIPT_PATTERN_H
#define LISOLO_SCRIPT_PATTERN_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PATTERN_CAPTURES  = 32,    /* as in Lua */
    PATTERN_ROOM      = 48,    /* items that need no memory of Lua's: nearly every pattern that people write */
    PATTERN_NO_ITEM   = UINT32_MAX,
};

struct pattern_item {
    uint8_t     kind;          /* enum item_kind in pattern.c */
    uint8_t     quantifier;    /* 0 * + - ? */
    uint8_t     first, second; /* the character, the class letter, the capture, the two of %b */
    uint32_t    previous;      /* nearest quantified item before this one */
    uint32_t    set[8];        /* one bit a byte value */
    const char *error;
    const char *at;            /* while matching, when quantified: where its part of the subject starts… */
    size_t      taken;         /* …and how many bytes it takes now */
};

struct pattern_capture {
    const char *start;
    ptrdiff_t   len;           /* PATTERN_POSITION: the capture is the place itself; PATTERN_UNFINISHED */
};

enum {
    PATTERN_POSITION   = -1,
    PATTERN_UNFINISHED = -2,   /* a ( without ): wrong when somebody asks for it */
};

struct pattern {
    lua_State             *L;
    const char            *subject, *subject_end;
    struct pattern_item   *items;
    uint32_t               count;
    size_t                 captures;
    uint32_t               steps;           /* not charged yet */
    struct pattern_capture capture[PATTERN_CAPTURES];
    struct pattern_item    room[PATTERN_ROOM];
};

/* Makes `p` ready for `text` (without a leading ^, which is the caller's). A long pattern leaves a userdata on the stack that
 * must stay there as long as `p` is used: one slot is pushed always. May raise. */
void pattern_compile(lua_State *L, struct pattern *p, const char *text, size_t len);

/* Both must outlive the matching. */
void pattern_subject(struct pattern *p, const char *subject, size_t len);

/* The end of a match that starts exactly at `from`, or NULL. Raises for a malformed pattern and when the steps are spent. */
const char *pattern_match(struct pattern *p, const char *from);

/* Pushes capture `index`; the whole match (from…to) stands for capture 0 of a pattern without captures. Raises. */
void pattern_push(struct pattern *p, size_t index, const char *from, const char *to);
/* Pushes them all, or the whole match when `from` is not NULL and there are none. Returns how many. */
int  pattern_push_all(struct pattern *p, const char *from, const char *to);

/* True when no character of it means anything special. */
bool pattern_is_plain(const char *text, size_t len);

#endif
