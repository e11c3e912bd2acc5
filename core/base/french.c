#include "french.h"

#include <string.h>

static const struct french *const TABLES[] = { FRENCH_FLOW, FRENCH_WORDING, FRENCH_SCRIPT, FRENCH_CLI, FRENCH_COMMANDS };

const char *french_of(const char *english)
{
    for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++)
        for (const struct french *one = TABLES[i]; one->english != NULL; one++)
            if (strcmp(one->english, english) == 0)
                return one->french;
    return NULL;
}
