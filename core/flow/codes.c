/*
 * The codes are promises: pages, tests and people's notes name them. A code is never used again for something else.
 */
#include <stdarg.h>
#include <stdio.h>

#include "private.h"

static const struct flow_code CODES[CODE_COUNT] = {
    [CODE_UNKNOWN_KEY]       = { "C101", "a key that this statement does not know" },
    [CODE_WRONG_VALUE]       = { "C102", "a value of the wrong kind" },
    [CODE_MISSING_KEY]       = { "C103", "a key that must be there is missing" },
    [CODE_STEP_TWICE]        = { "C104", "two steps of a flow have one name" },
    [CODE_FLOW_TWICE]        = { "C105", "two flows have one name" },
    [CODE_FLOW_FILE]         = { "C106", "a flow stands in a file of another name" },
    [CODE_BAD_NAME]          = { "C107", "a name that cannot be used" },
    [CODE_DURATION]          = { "C108", "a length of time that cannot be read" },
    [CODE_UNKNOWN_STEP]      = { "C110", "a step that does not exist" },
    [CODE_UNKNOWN_FLOW]      = { "C111", "a flow that does not exist" },
    [CODE_UNKNOWN_MESSAGE]   = { "C112", "a message that does not exist" },
    [CODE_UNKNOWN_COMMAND]   = { "C113", "a command that does not exist" },
    [CODE_UNREACHABLE]       = { "C120", "a step that nothing leads to" },
    [CODE_NO_EXIT]           = { "C121", "a step after which nothing comes" },
    [CODE_ENDLESS]           = { "C122", "a circle of steps in which nobody is asked anything" },
    [CODE_NOT_STARTED]       = { "C123", "a flow that nothing starts" },
    [CODE_DEAD_CASE]         = { "C124", "a case behind one that always holds" },
    [CODE_BUTTON_WITHOUT_ON] = { "C130", "a button without an entry in `on`" },
    [CODE_ON_WITHOUT_BUTTON] = { "C131", "an entry in `on` without a button" },
    [CODE_BUTTON_NOBODY]     = { "C132", "buttons in a message after which nobody waits" },
    [CODE_ROWS]              = { "C133", "more than ten rows" },
    [CODE_MODEL_ROW]         = { "C134", "`list` and the model row of the message do not go together" },
    [CODE_TAP]               = { "C135", "a button of a notification that starts nothing" },
    [CODE_FAIL_OTHER]        = { "C140", "`fail` without `other`" },
    [CODE_TRIES]             = { "C141", "`tries` and `give_up` go together" },
    [CODE_REMIND_LATE]       = { "C142", "the reminder comes after the step has expired" },
    [CODE_PROFILE_NAME]      = { "C143",
                                 "a variable with the name of something that Lisolo knows about the person" },
    [CODE_NEVER_SET]         = { "C144", "a variable that no way through the flow sets" },
    [CODE_WORD_TWICE]        = { "C150", "one word for two things" },
    [CODE_COMMON]            = { "C151", "a message that Lisolo itself needs is missing" },
    [CODE_NO_MENU]           = { "C152", "there is no menu" },
    [CODE_STATEMENT_TWICE]   = { "C153", "a statement that may be written once" },
    [CODE_EVENT_TWICE]       = { "C160", "two `on` statements for one event" },
    [CODE_CASE_TWICE]        = { "C161", "one word in two cases" },
    [CODE_OUTSIDE]           = { "C162", "`outside` must be a template" },
};

/* What is not here is an error. */
static const enum problem_severity SEVERITY[CODE_COUNT] = {
    [CODE_NOT_STARTED] = PROBLEM_WARNING,
    [CODE_DEAD_CASE] = PROBLEM_WARNING,
    [CODE_TAP] = PROBLEM_WARNING,
    [CODE_NO_MENU] = PROBLEM_WARNING,
};

const struct flow_code *flow_codes(size_t *count)
{
    *count = CODE_COUNT;
    return CODES;
}

void flow_report(struct build *b, enum code code, struct where at, const char *hint, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    problems_add(b->out, SEVERITY[code], CODES[code].code, at.file, at.line, at.column, hint, "%s", text);
}
