/*
 * lisolo completion: what a shell evaluates. All three ask `lisolo __complete`; where it has nothing to offer, files are.
 */
#include <stdio.h>
#include <string.h>

#include "cli.h"

static const char BASH[] =
    "# eval \"$(lisolo completion bash)\"\n"
    "_lisolo() {\n"
    "    local IFS=$'\\n'\n"
    "    COMPREPLY=($(\"${COMP_WORDS[0]}\" __complete -- \"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null))\n"
    "}\n"
    "complete -o default -F _lisolo lisolo\n";

static const char ZSH[] =
    "#compdef lisolo\n"
    "# eval \"$(lisolo completion zsh)\"\n"
    "_lisolo() {\n"
    "    local -a found\n"
    "    found=(${(f)\"$(\"${words[1]}\" __complete -- \"${(@)words[2,CURRENT]}\" 2>/dev/null)\"})\n"
    "    if (( ${#found} )); then compadd -a found; else _files; fi\n"
    "}\n"
    "compdef _lisolo lisolo\n";

static const char FISH[] =
    "# lisolo completion fish | source\n"
    "function __lisolo_complete\n"
    "    set -l words (commandline -opc) (commandline -ct)\n"
    "    $words[1] __complete -- $words[2..-1] 2>/dev/null\n"
    "end\n"
    "complete -c lisolo -a '(__lisolo_complete)'\n";

int run_completion(const struct arguments *a)
{
    static const struct { const char *shell, *text; } SHELLS[] = { { "bash", BASH }, { "zsh", ZSH }, { "fish", FISH } };

    for (size_t i = 0; a->count == 1 && i < sizeof SHELLS / sizeof SHELLS[0]; i++)
        if (strcmp(SHELLS[i].shell, a->list[0]) == 0) {
            (void)fputs(SHELLS[i].text, stdout);
            return EXIT_OK;
        }
    say_error("completion: say which shell: bash, zsh or fish");
    return EXIT_USAGE;
}
