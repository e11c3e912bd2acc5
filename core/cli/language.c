/*
 * The language in which people are told: --lang, else LC_ALL, LC_MESSAGES, LANG, as every program does it. Codes, JSON keys and
 * what scripts hold are never translated.
 */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static enum problem_language chosen;
static bool known;

static const char *set_variable(const char *name)
{
    const char *value = getenv(name);

    return value == NULL || value[0] == '\0' ? NULL : value;
}

static enum problem_language of_environment(void)
{
    static const char *const NAMES[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    const char *value = NULL;

    for (size_t i = 0; i < 3 && value == NULL; i++)
        value = set_variable(NAMES[i]);
    if (value == NULL || strncmp(value, "fr", 2) != 0)
        return PROBLEMS_ENGLISH;
    return value[2] == '\0' || strchr("_.@", value[2]) != NULL ? PROBLEMS_FRENCH : PROBLEMS_ENGLISH;
}

enum problem_language say_language(void)
{
    if (!known)
        chosen = of_environment();
    known = true;
    return chosen;
}

bool say_language_read(const struct arguments *a)
{
    const char *given = argument(a, "lang");

    if (given == NULL)
        return true;
    if (strcmp(given, "fr") != 0 && strcmp(given, "en") != 0) {
        say_error("%s: --lang is fr or en, not '%s'", a->command->name, given);
        return false;
    }
    chosen = strcmp(given, "fr") == 0 ? PROBLEMS_FRENCH : PROBLEMS_ENGLISH;
    known = true;
    return true;
}

const char *say_text(const char *english)
{
    return problem_text_in(say_language(), english);
}
