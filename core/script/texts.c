#include "texts.h"

#include <stdio.h>
#include <string.h>

struct entry { const char *code, *text, *hint; };

static const struct entry ENTRIES[TEXT_COUNT] = {
    [TEXT_COMMA]           = { "E001", "a comma is missing here",
                               "in { … } commas separate the entries: every line ends with one" },
    [TEXT_BRACE_OPEN]      = { "E001", "{1}: its {2} is not closed before line {3}", "each opening bracket needs its closing one" },
    [TEXT_END_MISSING]     = { "E001", "this '{1}' has no 'end' before line {2}", "function, if, for and while each need their end" },
    [TEXT_TOO_MANY_CLOSED] = { "E001", "one {1} too many", "take it away, or look for the opening one that is missing above" },
    [TEXT_QUOTES]          = { "E001", "typographic quotes {1}", "write plain quotes: \"" },
    [TEXT_SPACE]           = { "E001", "an invisible special space", "take it away and type an ordinary space (it often comes with pasted text)" },
    [TEXT_ACCENT]          = { "E001", "the character {1} cannot stand here", "names are written without accents; what customers read goes between quotes" },
    [TEXT_COLON]           = { "E001", "'{1} :' should be '{1} ='", "here one writes = and not :" },
    [TEXT_APOSTROPHE]      = { "E001", "an apostrophe inside a text between apostrophes", "put the text between \" instead" },
    [TEXT_INNER_QUOTE]     = { "E001", "a \" inside a text between \"", "write \\\" inside the text, or put the text between [[ and ]]" },
    [TEXT_TEXT_OPEN]       = { "E001", "this text is not closed on its line", "close it with {1}, or put a text of several lines between [[ and ]]" },
    [TEXT_LONG_OPEN]       = { "E001", "this [[ text is not closed before the end of the file", "close it with ]]" },
    [TEXT_LONG_SWALLOWS]   = { "E001", "this [[ text is not closed before line {1}, where a new statement seems to start", "close it with ]]" },
    [TEXT_COMMENT_OPEN]    = { "E001", "this --[[ comment is not closed before the end of the file", "close it with ]]" },
    [TEXT_DEEP]            = { "E001", "brackets or functions nested too deeply", "put the inner part into a local of its own" },
    [TEXT_VALUE_MISSING]   = { "E001", "a value is missing before {1}", "" },
    [TEXT_VALUE_AFTER]     = { "E001", "a value is missing behind {1}", "" },
    [TEXT_SYNTAX]          = { "E001", "{1}", "" },

    [TEXT_FILE_READ]       = { "E002", "cannot be read: {1}", "" },
    [TEXT_FILE_LARGE]      = { "E002", "larger than {1}", "split it: one flow or one subject a file" },
    [TEXT_FILE_NAME]       = { "E002", "the file's name is longer than {1} bytes", "" },
    [TEXT_FILE_BINARY]     = { "E002", "not a text file", "scripts are Lua source text; compiled Lua is refused" },
    [TEXT_FILE_UTF8]       = { "E002", "not UTF-8", "save the file as UTF-8" },
    [TEXT_FILES_MANY]      = { "E002", "more than {1} files", "" },
    [TEXT_FILES_NONE]      = { "E002", "no scripts here: {1} has neither flows/ nor templates/ with .lua files", "" },
    [TEXT_ENV_WORD]        = { "E002", "'_ENV' cannot be used", "use local names" },
    [TEXT_CHAIN]           = { "E002", "more than {1} suffixes in a row (a.b.c…)", "put a part of it into a local" },
    [TEXT_PLACE]           = { "E002", "'{1}' cannot stand in a file under templates/", "only message, template and labels can; flows go into flows/" },
    [TEXT_LIBRARY_PLACE]   = { "E002", "'{1}' cannot stand in a file under flows/lib/", "a library only returns a table of functions" },
    [TEXT_CALL_TIME]       = { "E002", "'{1}' can only be used at the top of a file, not while a conversation runs", "functions compute values; tables say where to go" },
    [TEXT_BODY_MISSING]    = { "E002", "{1} has no { … } after its name", "write {1} { }" },
    [TEXT_NAME_MISSING]    = { "E002", "{1} needs a name", "write {1} \"name\" { … }" },
    [TEXT_BODY_TABLE]      = { "E002", "{1} takes a table: { … }", "" },
    [TEXT_FLOW_FILE]       = { "E002", "flow '{1}' belongs in a file of its name, {2}", "" },

    [TEXT_NAME_UNKNOWN]    = { "E003", "'{1}' is not defined", "" },
    [TEXT_GLOBAL]          = { "E003", "assignment to undeclared name '{1}'", "did you forget 'local'?" },

    [TEXT_RUN_FAILED]      = { "E004", "{1}", "" },
    [TEXT_STOP_STEPS]      = { "E005", "stopped: more than {1} steps (limit \"steps\")", "a loop may have no end, or do this work in smaller parts" },
    [TEXT_STOP_MEMORY]     = { "E005", "stopped: more than {1} of memory (limit \"memory\")", "keep only what the answer needs" },
    [TEXT_STOP_BLOCK]      = { "E005", "stopped: one text or table larger than {1} (limit \"block\")", "keep only what the answer needs" },
    [TEXT_STOP_DEPTH]      = { "E005", "stopped: functions call each other without end (limit \"block\", {1})", "a function that calls itself needs a way out" },
    [TEXT_STOP_CHURN]      = { "E005", "stopped: more than {1} of memory used one after the other (limit \"churn\")", "join texts with table.concat instead of .. in a loop" },
    [TEXT_STOP_CPU]        = { "E005", "stopped: more than {1} ms of computing (limit \"cpu\")", "do this work in smaller parts" },
    [TEXT_ERROR_VALUE]     = { "E004", "an error without a text (a {1} value)", "" },
    [TEXT_NO_MEMORY]       = { "E005", "not enough memory on this machine", "" },
    [TEXT_OTHER_LUA]       = { "E005", "cannot be looked at: memory is out, or this machine's Lua is not the 5.4 that Lisolo knows", "install liblua5.4" },

    [TEXT_UPVALUE]         = { "E006", "this function changes '{1}', which lives outside it", "the change would be lost at the next reload and differ between workers: return the value and save it in a step" },
    [TEXT_TWICE]           = { "E007", "{1} is defined twice (first at {2})", "give one of them another name" },
    [TEXT_KEY_TWICE]       = { "E007", "'{1}' is written twice in this table (first at line {2})", "Lua would keep the last one only" },
    [TEXT_NOT_DATA]        = { "E008", "{1}", "" },
    [TEXT_USE]             = { "E009", "{1}", "" },
};

const char *text_code(enum text_id id)
{
    return ENTRIES[id].code;
}

static void fill(char *out, size_t size, const char *text, const char *const args[3])
{
    size_t len = 0;

    while (*text != '\0' && len + 1 < size) {
        if (text[0] == '{' && text[1] >= '1' && text[1] <= '3' && text[2] == '}') {
            const char *arg = args[text[1] - '1'];
            int n = snprintf(out + len, size - len, "%s", arg != NULL ? arg : "");

            len += n < 0 ? 0 : (size_t)n < size - len ? (size_t)n : size - len - 1;
            text += 3;
        } else {
            out[len++] = *text++;
        }
    }
    if (size > 0)
        out[len] = '\0';
}

void text_say(char *out, size_t size, enum text_id id, const char *a, const char *b, const char *c)
{
    fill(out, size, ENTRIES[id].text, (const char *const[]){ a, b, c });
}

void text_hint(char *out, size_t size, enum text_id id, const char *a)
{
    fill(out, size, ENTRIES[id].hint, (const char *const[]){ a, NULL, NULL });
}

/* By the first shape that the message contains; {1} is the name that Lua puts into quotes, "it" when it knows none. */
static const struct { const char *shape, *hint; } SHAPES[] = {
    { "attempt to index a nil value",                  "{1} is nil here: test it first, as in  if {1} then … end" },
    { "attempt to index a number value",               "{1} is a number and has no fields" },
    { "attempt to call a nil value",                   "nothing is defined as {1}: look at its spelling" },
    { "attempt to perform arithmetic on a nil value",  "{1} has no value yet: write ({1} or 0), or test it first" },
    { "attempt to perform arithmetic on a string value", "{1} is a text: fcfa(…) or tonumber(…) makes a number of it" },
    { "attempt to perform arithmetic on a table value", "{1} is a table: compute with one of its fields" },
    { "attempt to concatenate a nil value",            "{1} has no value: write ({1} or \"\")" },
    { "attempt to concatenate",                        "only texts and numbers can be joined with .." },
    { "attempt to get length of a nil value",          "{1} is nil: test it first, as in  if {1} then … end" },
    { "attempt to compare number with nil",            "the right side has no value: test it first" },
    { "attempt to compare nil with number",            "the left side has no value: test it first" },
    { "attempt to compare number with string",         "the right side is a text: fcfa(…) or tonumber(…) makes a number of it" },
    { "attempt to compare string with number",         "the left side is a text: fcfa(…) or tonumber(…) makes a number of it" },
    { "attempt to compare two table values",           "compare one of their fields" },
    { "attempt to compare two nil values",             "neither side has a value: test them first" },
    { "number has no integer representation",          "a whole number is needed here: math.floor(…) makes one" },
    { "'for' initial value must be a number",          "the first number of this for has no value or is a text" },
    { "'for' limit must be a number",                  "the last number of this for has no value or is a text" },
    { "expected, got nil",                             "the value given to the function is nil: test it first" },
    { "expected, got no value",                        "the function was called without a value" },
    { "read-only",                                     "a function only returns values; a step saves them" },
    { "malformed pattern",                             "in a pattern ( ) . % + - * ? [ ^ $ have a meaning: write % before one that is meant as itself" },
    { "invalid pattern capture",                       "in a pattern ( ) . % + - * ? [ ^ $ have a meaning: write % before one that is meant as itself" },
    { "unfinished capture",                            "in a pattern ( ) . % + - * ? [ ^ $ have a meaning: write % before one that is meant as itself" },
    { "not enough memory",                             "the machine is out of memory; the script may be innocent" },
};

/* The 'name' in Lua's "(field 'name')", the last quoted one. */
static void quoted_name(const char *message, char *out, size_t size)
{
    const char *open = strstr(message, " '"), *close;

    (void)snprintf(out, size, "it");
    for (const char *next = open; next != NULL; next = strstr(next + 2, " '"))
        open = next;
    if (open == NULL)
        return;
    close = strchr(open + 2, '\'');
    if (close != NULL && close > open + 2 && (size_t)(close - open - 2) < size)
        (void)snprintf(out, size, "%.*s", (int)(close - open - 2), open + 2);
}

void text_hint_for(char *out, size_t size, const char *message)
{
    char name[64];

    out[0] = '\0';
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++) {
        if (strstr(message, SHAPES[i].shape) == NULL)
            continue;
        quoted_name(message, name, sizeof name);
        fill(out, size, SHAPES[i].hint, (const char *const[]){ name, NULL, NULL });
        return;
    }
}
