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
    [CODE_TIME]              = { "C109", "a day, an hour or a schedule that cannot be read" },
    [CODE_PLAN_TWICE]        = { "C170", "two plans or schedules have one name" },
    [CODE_NO_HANDLER]        = { "C171", "a schedule raises an event that nothing handles" },
    [CODE_PERSON]            = { "C180", "a value of the person that `person` does not declare" },
    [CODE_PERSON_KIND]       = { "C181", "a value of another kind than `person` declares" },
    [CODE_SHARED]            = { "C182", "shared data that is too large or not plain" },
    [CODE_SHARED_PATH]       = { "C183", "a place that shared data does not have" },
    [CODE_SOURCE_TWICE]      = { "C190", "two sources with one name or one path" },
    [CODE_SOURCE_PATH]       = { "C191", "a path that a source cannot have" },
    [CODE_SOME_PATH]         = { "C145", "a variable that some way through the flow does not set" },
    [CODE_WINDOW]            = { "C146", "free text that may come more than 24 hours after the person last wrote" },
    [CODE_PLAN_WINDOW]       = { "C147", "a plan without a template for those who have not written for 24 hours" },
    [CODE_SESSION]           = { "C114", "a session that does not exist, or that cannot be opened" },
    [CODE_SECRET]            = { "C115", "a secret that would not stay one" },
    [CODE_SIZE]              = { "C192", "an amount of memory that cannot be read" },
};

/* What is not here is an error. */
static const enum problem_severity SEVERITY[CODE_COUNT] = {
    [CODE_NOT_STARTED] = PROBLEM_WARNING,
    [CODE_PLAN_WINDOW] = PROBLEM_WARNING,
    [CODE_DEAD_CASE] = PROBLEM_WARNING,
    [CODE_TAP] = PROBLEM_WARNING,
    [CODE_NO_MENU] = PROBLEM_WARNING,
};

const struct flow_code *flow_codes(size_t *count)
{
    *count = CODE_COUNT;
    return CODES;
}

/* Would this be said only because the statement that has what is missing could not be read? */
static bool is_doubtful(const struct build *b, enum code code)
{
    const struct statements *s = b->statements;

    switch (code) {
    case CODE_UNKNOWN_COMMAND:
    case CODE_BUTTON_WITHOUT_ON:
        return statements_lost(s, "commands", NULL, NULL);
    case CODE_NO_MENU:
        return statements_lost(s, "menu", NULL, NULL);
    case CODE_PERSON:
        return statements_lost(s, "person", NULL, NULL);
    case CODE_SHARED_PATH:
        return statements_lost(s, "shared", NULL, NULL);
    case CODE_SESSION:
        return statements_lost(s, "session", NULL, NULL);
    case CODE_NO_HANDLER:
        return statements_lost(s, "on", NULL, NULL);
    case CODE_COMMON:
        return statements_lost(s, "message", NULL, NULL);
    case CODE_NOT_STARTED:             /* or because of a name that is misspelt */
        return s->lost_count > 0 || b->out->errors > 0;
    default:
        return false;
    }
}

void flow_report(struct build *b, enum code code, struct where at, const char *hint, const char *format, ...)
{
    char text[512];
    va_list args;

    if (is_doubtful(b, code))
        return;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, problems_text(b->out, format), args);
    va_end(args);
    problems_add(b->out, SEVERITY[code], CODES[code].code, at.file, at.line, at.column, hint, "%s", text);
}
