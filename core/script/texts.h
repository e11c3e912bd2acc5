/*
 * texts - every sentence that staff read from this module, in one table: English and French beside each other.
 *
 * {1} {2} {3} are filled in. Codes are stable and never translated.
 */
#ifndef LISOLO_SCRIPT_TEXTS_H
#define LISOLO_SCRIPT_TEXTS_H

#include <stddef.h>

#include "lisolo/base/problems.h"

enum text_id {
    /* E001: syntax */
    TEXT_COMMA, TEXT_BRACE_OPEN, TEXT_BRACE_FIRST, TEXT_END_MISSING, TEXT_TOO_MANY_CLOSED, TEXT_QUOTES, TEXT_SPACE, TEXT_ACCENT,
    TEXT_COLON, TEXT_APOSTROPHE, TEXT_INNER_QUOTE, TEXT_TEXT_OPEN, TEXT_LONG_OPEN, TEXT_LONG_SWALLOWS, TEXT_COMMENT_OPEN, TEXT_COMMENT_SWALLOWS, TEXT_DEEP,
    TEXT_VALUE_MISSING, TEXT_VALUE_AFTER, TEXT_SYNTAX,
    /* E002: what a file may be and hold */
    TEXT_FILE_READ, TEXT_FILE_LARGE, TEXT_FILE_NAME, TEXT_FILE_BINARY, TEXT_FILE_UTF8, TEXT_FILES_MANY, TEXT_FILES_NONE, TEXT_ENV_WORD,
    TEXT_CHAIN, TEXT_PLACE, TEXT_LIBRARY_PLACE, TEXT_CALL_TIME, TEXT_BODY_MISSING, TEXT_NAME_MISSING, TEXT_BODY_TABLE, TEXT_FLOW_FILE,
    /* E003: names */
    TEXT_NAME_UNKNOWN, TEXT_GLOBAL,
    /* E004, E005: the top level */
    TEXT_RUN_FAILED, TEXT_STOP_STEPS, TEXT_STOP_MEMORY, TEXT_STOP_BLOCK, TEXT_STOP_DEPTH, TEXT_STOP_CHURN, TEXT_STOP_CPU,
    TEXT_ERROR_VALUE, TEXT_NO_MEMORY, TEXT_OTHER_LUA,
    /* E006, E007, E008, E009 */
    TEXT_UPVALUE, TEXT_TWICE, TEXT_KEY_TWICE, TEXT_NOT_DATA, TEXT_USE,
    TEXT_COUNT
};

const char *text_code(enum text_id id);

/* NULL arguments stand for "". Cut at `size`. */
void text_say(char *out, size_t size, enum problem_language language, enum text_id id, const char *a, const char *b, const char *c);

/* The hint that belongs to a text, with the same first two arguments; "" when none. */
void text_hint(char *out, size_t size, enum problem_language language, enum text_id id, const char *a, const char *b);

/* A hint for what Lua itself said, by the shape of its message ("attempt to index a nil value (field 'adresse')"); "" when none. */
void text_hint_for(char *out, size_t size, enum problem_language language, const char *message);

#endif
