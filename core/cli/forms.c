#include <ctype.h>
#include <string.h>

#include "forms.h"
#include "lisolo/flow.h"

static const struct { const char *word, *type, *en, *en_many, *fr, *fr_many; } WORDS[] = {
    { "text",     "string",   "text",                 "texts",             "texte",              "textes" },
    { "number",   "number",   "number",               "numbers",           "nombre",             "nombres" },
    { "boolean",  "boolean",  "true or false",        "true or false",     "true ou false",      "true ou false" },
    { "duration", "string",   "length of time",       "lengths of time",   "durée",              "durées" },
    { "time",     "string",   "time",                 "times",             "horaire",            "horaires" },
    { "name",     "string",   "name",                 "names",             "nom",                "noms" },
    { "path",     "string",   "path of a value",      "paths of values",   "chemin d’une valeur", "chemins de valeurs" },
    { "data",     "any",      "plain data",           "plain data",        "données simples",    "données simples" },
    { "message",  "Message",  "message",              "messages",          "message",            "messages" },
    { "template", "Template", "template",             "templates",         "modèle",             "modèles" },
    { "step",     "Step",     "step",                 "steps",             "étape",              "étapes" },
    { "target",   "Step|Edit", "step or `edit`",      "steps or `edit`",   "étape ou `edit`",    "étapes ou `edit`" },
    { "flow",     "FlowName", "flow",                 "flows",             "parcours",           "parcours" },
    { "command",  "string",   "command",              "commands",          "commande",           "commandes" },
    { "event",    "string",   "event",                "events",            "événement",          "événements" },
    { "session",  "string",   "session",              "sessions",          "session",            "sessions" },
    { "label",    "string",   "labels",               "labels",            "libellés",           "libellés" },
    { "body",     "string",   "wording",              "wordings",          "texte du message",   "textes de message" },
    { "answer",   "Answer",   "kind of answer",       "kinds of answer",   "genre de réponse",   "genres de réponse" },
};

static int word_index(const char *word)
{
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        if (strcmp(WORDS[i].word, word) == 0)
            return (int)i;
    return -1;
}

static bool is_function(const char *word) { return strncmp(word, "function(", 9) == 0 && word[strlen(word) - 1] == ')'; }

static bool is_word(const char *word) { return word[0] == '"' && strlen(word) > 2 && strchr(word + 1, '"') == word + strlen(word) - 1; }

/* `text` is one alternative: "list of in:case". */
static bool read_part(const char *text, size_t len, struct form_part *out)
{
    *out = (struct form_part){ .list = false };
    if (len > 8 && memcmp(text, "list of ", 8) == 0) {
        out->list = true;
        text += 8;
        len -= 8;
    }
    if (len > 3 && memcmp(text, "in:", 3) == 0) {
        out->inside = true;
        text += 3;
        len -= 3;
    }
    if (len == 0 || len >= sizeof out->word)
        return false;
    memcpy(out->word, text, len);
    return out->inside || is_function(out->word) || is_word(out->word) || word_index(out->word) >= 0;
}

bool form_read(const char *form, struct form *out)
{
    size_t len = strlen(form);

    *out = (struct form){ .by_name = len > 8 && strcmp(form + len - 8, " by name") == 0 };
    if (out->by_name)
        len -= 8;
    while (len > 0 && out->count < FORM_PARTS_MAX) {
        const char *bar = memmem(form, len, " | ", 3);
        size_t one = bar == NULL ? len : (size_t)(bar - form), used = bar == NULL ? len : one + 3;

        if (!read_part(form, one, &out->parts[out->count++]))
            return false;
        form += used;
        len -= used;
    }
    return len == 0 && out->count > 0;
}

static void say_part(struct buf *b, const struct form_part *p, bool many, bool french)
{
    int i = word_index(p->word);

    many = many || p->list;
    if (p->list)
        (void)buf_adds(b, french ? "liste : " : "list of ");
    if (p->inside) {
        (void)buf_addf(b, "{ [%s](#", p->word);
        form_anchor(b, p->word);
        (void)buf_adds(b, ") }");
    } else if (i < 0) {
        (void)buf_addf(b, "`%s`", p->word);
    } else {
        (void)buf_adds(b, french ? (many ? WORDS[i].fr_many : WORDS[i].fr) : many ? WORDS[i].en_many : WORDS[i].en);
    }
}

void form_say(struct buf *b, const struct form *f, bool french)
{
    for (size_t i = 0; i < f->count; i++) {
        if (i > 0)
            (void)buf_adds(b, i + 1 < f->count ? ", " : french ? " ou " : " or ");
        say_part(b, &f->parts[i], f->by_name, french);
    }
    if (f->by_name)
        (void)buf_adds(b, french ? ", par nom" : ", by name");
}

static void function_type(struct buf *b, const char *word)
{
    const char *at = word + 9;

    (void)buf_adds(b, "fun(");
    while (*at != ')' && *at != '\0') {
        size_t n = strcspn(at, ",)");

        (void)buf_addf(b, "%s%.*s: %s", at == word + 9 ? "" : ", ", (int)n, at, n == 1 && *at == 'c' ? "Context" : "any");
        at += n;
        at += strspn(at, ", ");
    }
    (void)buf_adds(b, "): any, any?");
}

void form_type(struct buf *b, const struct form *f)
{
    if (f->by_name)
        (void)buf_adds(b, "table<string, ");
    for (size_t i = 0; i < f->count; i++) {
        const struct form_part *p = &f->parts[i];
        int w = word_index(p->word);
        bool group = p->list && (!p->inside && w < 0);

        (void)buf_adds(b, i > 0 ? "|" : "");
        (void)buf_adds(b, group || is_function(p->word) ? "(" : "");
        if (p->inside)
            form_class(b, p->word);
        else if (is_function(p->word))
            function_type(b, p->word);
        else
            (void)buf_adds(b, w >= 0 ? WORDS[w].type : p->word);
        (void)buf_adds(b, group || is_function(p->word) ? ")" : "");
        (void)buf_adds(b, p->list ? "[]" : "");
    }
    if (f->by_name)
        (void)buf_adds(b, ">");
}

void form_class(struct buf *b, const char *place)
{
    bool start = true;

    for (const char *at = place; *at != '\0'; at++) {
        if (*at != ' ' && *at != '_')
            (void)buf_addc(b, (char)(start ? toupper((unsigned char)*at) : *at));
        start = *at == ' ' || *at == '_';
    }
}

void form_anchor(struct buf *b, const char *place)
{
    for (const char *at = place; *at != '\0'; at++)
        (void)buf_addc(b, *at == ' ' ? '-' : *at);
}

struct language language_all(void)
{
    struct language l;

    l.places[0] = flow_places(&l.place_count[0]);
    l.places[1] = wording_places(&l.place_count[1]);
    l.keys[0] = flow_keys(&l.key_count[0]);
    l.keys[1] = wording_keys(&l.key_count[1]);
    return l;
}
