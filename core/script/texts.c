#include "texts.h"

#include <stdio.h>
#include <string.h>

enum { TEXT_ARGUMENTS = 4 };

struct words { const char *text, *hint; };
struct entry { const char *code; struct words english, french; };



static const struct entry ENTRIES[TEXT_COUNT] = {
    [TEXT_COMMA] = { "E001",
        { "a comma is missing here",
          "in { … } commas separate the entries: every line ends with one" },
        { "il manque une virgule ici",
          "entre { et }, les éléments sont séparés par des virgules : chaque ligne finit par une virgule" } },
    [TEXT_BRACE_OPEN] = { "E001",
        { "{1}: its {2} is not closed before line {3}",
          "close it with {4}" },
        { "{1} : le {2} n'est pas refermé avant la ligne {3}",
          "fermez-le par {4}" } },
    [TEXT_BRACE_FIRST] = { "E001",
        { "{1}: the { behind its name is missing",
          "write {1} {" },
        { "{1} : il manque le { après son nom",
          "écrivez {1} {" } },
    [TEXT_END_MISSING] = { "E001",
        { "this '{1}' has no 'end' before line {2}",
          "write end: each function, if, for and while has its own" },
        { "ce « {1} » n'a pas de « end » avant la ligne {2}",
          "écrivez end : chaque function, if, for et while a le sien" } },
    [TEXT_TOO_MANY_CLOSED] = { "E001",
        { "one {1} too many",
          "take it away, or look for the opening one that is missing above" },
        { "un {1} de trop",
          "enlevez-le, ou cherchez plus haut l'ouvrant qui manque" } },
    [TEXT_QUOTES] = { "E001",
        { "typographic quotes {1}",
          "write plain quotes: \"" },
        { "guillemets typographiques {1}",
          "écrivez des guillemets droits : \"" } },
    [TEXT_SPACE] = { "E001",
        { "an invisible special space",
          "take it away and type an ordinary space (it often comes with pasted text)" },
        { "une espace spéciale, invisible",
          "effacez-la et tapez une espace ordinaire (elle vient souvent d'un texte collé)" } },
    [TEXT_ACCENT] = { "E001",
        { "the character {1} cannot stand here",
          "names are written without accents; what customers read goes between quotes" },
        { "le caractère {1} ne peut pas se trouver ici",
          "les noms s'écrivent sans accents ; ce que lit le client se met entre guillemets" } },
    [TEXT_COLON] = { "E001",
        { "'{1} :' should be '{1} ='",
          "here one writes = and not :" },
        { "« {1} : » doit s'écrire « {1} = »",
          "ici on écrit = et non :" } },
    [TEXT_APOSTROPHE] = { "E001",
        { "an apostrophe inside a text between apostrophes",
          "put the text between \" instead" },
        { "une apostrophe dans un texte entre apostrophes",
          "mettez plutôt le texte entre \"" } },
    [TEXT_INNER_QUOTE] = { "E001",
        { "a \" inside a text between \"",
          "write \\\" inside the text, or put the text between [[ and ]]" },
        { "un \" dans un texte entre \"",
          "écrivez \\\" dans le texte, ou mettez le texte entre [[ et ]]" } },
    [TEXT_TEXT_OPEN] = { "E001",
        { "this text is not closed on its line",
          "close it with {1}, or put a text of several lines between [[ and ]]" },
        { "ce texte n'est pas refermé sur sa ligne",
          "fermez-le par {1}, ou mettez un texte de plusieurs lignes entre [[ et ]]" } },
    [TEXT_LONG_OPEN] = { "E001",
        { "this [[ text is not closed before the end of the file",
          "close it with ]]" },
        { "ce texte [[ n'est pas refermé avant la fin du fichier",
          "fermez-le par ]]" } },
    [TEXT_LONG_SWALLOWS] = { "E001",
        { "this [[ text is not closed before line {1}, where a new statement seems to start",
          "close it with ]]" },
        { "ce texte [[ n'est pas refermé avant la ligne {1}, où semble commencer une autre instruction",
          "fermez-le par ]]" } },
    [TEXT_COMMENT_OPEN] = { "E001",
        { "this --[[ comment is not closed before the end of the file",
          "close it with ]]" },
        { "ce commentaire --[[ n'est pas refermé avant la fin du fichier",
          "fermez-le par ]]" } },
    [TEXT_COMMENT_SWALLOWS] = { "E001",
        { "this --[[ comment is not closed before line {1}, where a new statement seems to start",
          "close it with ]]" },
        { "ce commentaire --[[ n'est pas refermé avant la ligne {1}, où semble commencer une autre instruction",
          "fermez-le par ]]" } },
    [TEXT_DEEP] = { "E001",
        { "brackets or functions nested too deeply",
          "put the inner part into a local of its own" },
        { "parenthèses ou fonctions trop imbriquées",
          "mettez la partie intérieure dans un local" } },
    [TEXT_VALUE_MISSING] = { "E001", { "a value is missing before {1}", "" }, { "il manque une valeur avant {1}", "" } },
    [TEXT_VALUE_AFTER] = { "E001", { "a value is missing behind {1}", "" }, { "il manque une valeur après {1}", "" } },
    [TEXT_SYNTAX] = { "E001", { "{1}", "" }, { "Lua dit : {1}", "" } },
    [TEXT_FILE_READ] = { "E002", { "cannot be read: {1}", "" }, { "lecture impossible : {1}", "" } },
    [TEXT_FILE_LARGE] = { "E002",
        { "larger than {1}",
          "split it: one flow or one subject a file" },
        { "plus de {1}",
          "partagez-le : un parcours ou un sujet par fichier" } },
    [TEXT_FILE_NAME] = { "E002", { "the file's name is longer than {1} bytes", "" }, { "le nom du fichier dépasse {1} octets", "" } },
    [TEXT_FILE_BINARY] = { "E002",
        { "not a text file",
          "scripts are Lua source text; compiled Lua is refused" },
        { "ce n'est pas un fichier de texte",
          "les scripts sont du texte Lua ; le Lua compilé est refusé" } },
    [TEXT_FILE_UTF8] = { "E002",
        { "not UTF-8",
          "save the file as UTF-8" },
        { "ce n'est pas de l'UTF-8",
          "enregistrez le fichier en UTF-8" } },
    [TEXT_FILES_MANY] = { "E002", { "more than {1} files", "" }, { "plus de {1} fichiers", "" } },
    [TEXT_FILES_NONE] = { "E002", { "no scripts here: {1} has neither flows/ nor templates/ with .lua files", "" }, { "pas de scripts ici : {1} n'a ni flows/ ni templates/ avec des fichiers .lua", "" } },
    [TEXT_ENV_WORD] = { "E002",
        { "'_ENV' cannot be used",
          "use local names" },
        { "« _ENV » ne peut pas servir",
          "prenez des noms locaux" } },
    [TEXT_CHAIN] = { "E002",
        { "more than {1} suffixes in a row (a.b.c…)",
          "put a part of it into a local" },
        { "plus de {1} suffixes de suite (a.b.c…)",
          "mettez-en une partie dans un local" } },
    [TEXT_PLACE] = { "E002",
        { "'{1}' cannot stand in a file under templates/",
          "only message, template and labels can; flows go into flows/" },
        { "« {1} » n'a pas sa place dans un fichier de templates/",
          "seuls message, template et labels y vont ; les parcours vont dans flows/" } },
    [TEXT_LIBRARY_PLACE] = { "E002",
        { "'{1}' cannot stand in a file under flows/lib/",
          "a library only returns a table of functions" },
        { "« {1} » n'a pas sa place dans un fichier de flows/lib/",
          "une bibliothèque ne fait que rendre une table de fonctions" } },
    [TEXT_CALL_TIME] = { "E002",
        { "'{1}' can only be used at the top of a file, not while a conversation runs",
          "functions compute values; tables say where to go" },
        { "« {1} » ne s'emploie qu'en haut d'un fichier, pas pendant une conversation",
          "les fonctions calculent des valeurs ; les tables disent où aller" } },
    [TEXT_BODY_MISSING] = { "E002",
        { "{1} has no { … } after its name",
          "write {1} { }" },
        { "{1} n'a pas de { … } après son nom",
          "écrivez {1} { }" } },
    [TEXT_NAME_MISSING] = { "E002",
        { "{1} needs a name",
          "write {1} \"name\" { … }" },
        { "{1} a besoin d'un nom",
          "écrivez {1} \"nom\" { … }" } },
    [TEXT_BODY_TABLE] = { "E002", { "{1} takes a table: { … }", "" }, { "{1} prend une table : { … }", "" } },
    [TEXT_FLOW_FILE] = { "E002", { "flow '{1}' belongs in a file of its name, {2}", "" }, { "le parcours « {1} » va dans un fichier de son nom, {2}", "" } },
    [TEXT_NAME_UNKNOWN] = { "E003", { "'{1}' is not defined", "" }, { "« {1} » n'est pas défini", "" } },
    [TEXT_GLOBAL] = { "E003",
        { "assignment to undeclared name '{1}'",
          "did you forget 'local'?" },
        { "« {1} » reçoit une valeur sans avoir été déclaré",
          "avez-vous oublié « local » ?" } },
    [TEXT_RUN_FAILED] = { "E004", { "{1}", "" }, { "{1}", "" } },
    [TEXT_STOP_STEPS] = { "E005",
        { "stopped: more than {1} steps (limit \"steps\")",
          "a loop may have no end, or do this work in smaller parts" },
        { "arrêté : plus de {1} pas (limite « steps »)",
          "une boucle est peut-être sans fin ; sinon, faites ce travail en plus petites parties" } },
    [TEXT_STOP_MEMORY] = { "E005",
        { "stopped: more than {1} of memory (limit \"memory\")",
          "keep only what the answer needs" },
        { "arrêté : plus de {1} de mémoire (limite « memory »)",
          "ne gardez que ce dont la réponse a besoin" } },
    [TEXT_STOP_BLOCK] = { "E005",
        { "stopped: one text or table larger than {1} (limit \"block\")",
          "keep only what the answer needs" },
        { "arrêté : un texte ou une table dépasse {1} (limite « block »)",
          "ne gardez que ce dont la réponse a besoin" } },
    [TEXT_STOP_DEPTH] = { "E005",
        { "stopped: functions call each other without end (limit \"block\", {1})",
          "a function that calls itself needs a way out" },
        { "arrêté : des fonctions s'appellent sans fin (limite « block », {1})",
          "une fonction qui s'appelle elle-même a besoin d'une sortie" } },
    [TEXT_STOP_CHURN] = { "E005",
        { "stopped: more than {1} of memory used one after the other (limit \"churn\")",
          "join texts with table.concat instead of .. in a loop" },
        { "arrêté : plus de {1} de mémoire employés l'un après l'autre (limite « churn »)",
          "joignez les textes par table.concat plutôt que par .. dans une boucle" } },
    [TEXT_STOP_CPU] = { "E005",
        { "stopped: more than {1} ms of computing (limit \"cpu\")",
          "do this work in smaller parts" },
        { "arrêté : plus de {1} ms de calcul (limite « cpu »)",
          "faites ce travail en plus petites parties" } },
    [TEXT_ERROR_VALUE] = { "E004", { "an error without a text (a {1} value)", "" }, { "une erreur sans texte (une valeur {1})", "" } },
    [TEXT_NO_MEMORY] = { "E005", { "not enough memory on this machine", "" }, { "cette machine n'a plus assez de mémoire", "" } },
    [TEXT_OTHER_LUA] = { "E005",
        { "cannot be looked at: memory is out, or this machine's Lua is not the 5.4 that Lisolo knows",
          "install liblua5.4" },
        { "examen impossible : plus de mémoire, ou le Lua de cette machine n'est pas le 5.4 que Lisolo connaît",
          "installez liblua5.4" } },
    [TEXT_UPVALUE] = { "E006",
        { "this function changes '{1}', which lives outside it",
          "the change would be lost at the next reload and differ between workers: return the value and save it in a step" },
        { "cette fonction change « {1} », qui se trouve hors d'elle",
          "le changement se perdrait au prochain rechargement et ne vaudrait que pour un processus : rendez la valeur et enregistrez-la dans une étape" } },
    [TEXT_TWICE] = { "E007",
        { "{1} is defined twice (first at {2})",
          "give one of them another name" },
        { "{1} est défini deux fois (d'abord : {2})",
          "donnez un autre nom à l'un des deux" } },
    [TEXT_KEY_TWICE] = { "E007",
        { "'{1}' is written twice in this table (first at line {2})",
          "take one of them out: Lua would keep the last one only" },
        { "« {1} » est écrit deux fois dans cette table (d'abord à la ligne {2})",
          "enlevez l'une des deux : Lua ne garderait que la dernière" } },
    [TEXT_NOT_DATA] = { "E008", { "{1}", "" }, { "{1}", "" } },
    [TEXT_USE] = { "E009", { "{1}", "" }, { "{1}", "" } },
};

const char *text_code(enum text_id id)
{
    return ENTRIES[id].code;
}

static void fill(char *out, size_t size, const char *text, const char *const args[TEXT_ARGUMENTS])
{
    size_t len = 0;

    while (*text != '\0' && len + 1 < size) {
        if (text[0] == '{' && text[1] >= '1' && text[1] <= '0' + TEXT_ARGUMENTS && text[2] == '}') {
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

static const struct words *words_of(enum text_id id, enum problem_language language)
{
    return language == PROBLEMS_FRENCH ? &ENTRIES[id].french : &ENTRIES[id].english;
}

void text_say(char *out, size_t size, enum problem_language language, enum text_id id, const char *a, const char *b, const char *c)
{
    fill(out, size, words_of(id, language)->text, (const char *const[TEXT_ARGUMENTS]){ a, b, c });
}

/* What closes {2}, the opening bracket: the hint can be typed as it stands. */
static const char *closing(const char *open)
{
    if (open == NULL || open[0] == '\0' || strchr("([{", open[0]) == NULL)
        return "";
    return open[0] == '(' ? ")" : open[0] == '[' ? "]" : "}";
}

void text_hint(char *out, size_t size, enum problem_language language, enum text_id id, const char *a, const char *b)
{
    fill(out, size, words_of(id, language)->hint, (const char *const[TEXT_ARGUMENTS]){ a, b, NULL, closing(b) });
}

/* By the first shape that the message contains; {1} is the name that Lua puts into quotes, "it" when it knows none. */
static const struct { const char *shape, *hint, *french; } SHAPES[] = {
    { "attempt to index a nil value",
      "{1} is nil here: test it first, as in  if {1} then … end",
      "{1} est nil ici : testez-le d'abord, par exemple  if {1} then … end" },
    { "attempt to index a number value",
      "{1} is a number and has no fields",
      "{1} est un nombre et n'a pas de champs" },
    { "attempt to call a nil value",
      "nothing is defined as {1}: look at its spelling",
      "rien n'est défini sous le nom {1} : vérifiez l'orthographe" },
    { "attempt to perform arithmetic on a nil value",
      "{1} has no value yet: write ({1} or 0), or test it first",
      "{1} n'a pas encore de valeur : écrivez ({1} or 0), ou testez-le d'abord" },
    { "attempt to perform arithmetic on a string value",
      "{1} is a text: fcfa(…) or tonumber(…) makes a number of it",
      "{1} est un texte : fcfa(…) ou tonumber(…) en fait un nombre" },
    { "attempt to perform arithmetic on a table value",
      "{1} is a table: compute with one of its fields",
      "{1} est une table : calculez avec l'un de ses champs" },
    { "attempt to concatenate a nil value",
      "{1} has no value: write ({1} or \"\")",
      "{1} n'a pas de valeur : écrivez ({1} or \"\")" },
    { "attempt to concatenate",
      "only texts and numbers can be joined with ..",
      "seuls des textes et des nombres se joignent par .." },
    { "attempt to get length of a nil value",
      "{1} is nil: test it first, as in  if {1} then … end",
      "{1} est nil : testez-le d'abord, par exemple  if {1} then … end" },
    { "attempt to compare number with nil",
      "the right side has no value: test it first",
      "le côté droit n'a pas de valeur : testez-le d'abord" },
    { "attempt to compare nil with number",
      "the left side has no value: test it first",
      "le côté gauche n'a pas de valeur : testez-le d'abord" },
    { "attempt to compare number with string",
      "the right side is a text: fcfa(…) or tonumber(…) makes a number of it",
      "le côté droit est un texte : fcfa(…) ou tonumber(…) en fait un nombre" },
    { "attempt to compare string with number",
      "the left side is a text: fcfa(…) or tonumber(…) makes a number of it",
      "le côté gauche est un texte : fcfa(…) ou tonumber(…) en fait un nombre" },
    { "attempt to compare two table values",
      "compare one of their fields",
      "comparez l'un de leurs champs" },
    { "attempt to compare two nil values",
      "neither side has a value: test them first",
      "aucun des deux n'a de valeur : testez-les d'abord" },
    { "number has no integer representation",
      "a whole number is needed here: math.floor(…) makes one",
      "il faut ici un nombre entier : math.floor(…) en fait un" },
    { "'for' initial value must be a number",
      "the first number of this for has no value or is a text",
      "le premier nombre de ce for n'a pas de valeur, ou est un texte" },
    { "'for' limit must be a number",
      "the last number of this for has no value or is a text",
      "le dernier nombre de ce for n'a pas de valeur, ou est un texte" },
    { "expected, got nil",
      "the value given to the function is nil: test it first",
      "la valeur donnée à la fonction est nil : testez-la d'abord" },
    { "expected, got no value",
      "the function was called without a value",
      "la fonction a été appelée sans valeur" },
    { "read-only",
      "a function only returns values; a step saves them",
      "une fonction ne fait que rendre des valeurs ; une étape les enregistre" },
    { "malformed pattern",
      "in a pattern ( ) . % + - * ? [ ^ $ have a meaning: write % before one that is meant as itself",
      "dans un motif, ( ) . % + - * ? [ ^ $ ont un sens : mettez % devant celui qui vaut pour lui-même" },
    { "invalid pattern capture",
      "in a pattern ( ) . % + - * ? [ ^ $ have a meaning: write % before one that is meant as itself",
      "dans un motif, ( ) . % + - * ? [ ^ $ ont un sens : mettez % devant celui qui vaut pour lui-même" },
    { "unfinished capture",
      "in a pattern ( ) . % + - * ? [ ^ $ have a meaning: write % before one that is meant as itself",
      "dans un motif, ( ) . % + - * ? [ ^ $ ont un sens : mettez % devant celui qui vaut pour lui-même" },
    { "not enough memory",
      "the machine is out of memory; the script may be innocent",
      "la machine n'a plus de mémoire ; le script n'y est peut-être pour rien" },
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

void text_hint_for(char *out, size_t size, enum problem_language language, const char *message)
{
    char name[64];

    out[0] = '\0';
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++) {
        if (strstr(message, SHAPES[i].shape) == NULL)
            continue;
        quoted_name(message, name, sizeof name);
        fill(out, size, language == PROBLEMS_FRENCH ? SHAPES[i].french : SHAPES[i].hint, (const char *const[TEXT_ARGUMENTS]){ name });
        return;
    }
}
