#include "names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forms.h"
#include "lisolo/base/file.h"

/* What `c` shows to a function (script.h, struct script_context); a flow's own variables have names that nobody knows here. */
static const struct { const char *field, *type, *en, *fr; } CONTEXT[] = {
    { "now", "integer", "the time, in seconds", "l’heure, en secondes" },
    { "langue", "string", "the person's language", "la langue de la personne" },
    { "prenom", "string?", "the first word of the profile name", "le premier mot du nom de profil" },
    { "telephone", "string", "the person's number", "le numéro de la personne" },
    { "error", "string?", "in the steps of `fail`: what went wrong", "dans les étapes de `fail` : ce qui a échoué" },
    { "person", "table<string, any>", "values that outlive a flow", "les valeurs qui survivent au parcours" },
    { "shared", "table<string, any>", "what `shared` declares", "ce que `shared` déclare" },
    { "[string]", "any", "the variables of the flow", "les variables du parcours" },
};

/* Names of Lua's own tables are LuaLS's business; these two are ours. */
static const char TAIL_EN[] =
    "\n---A step to ask once more, and then back to where the customer was.\n---@param step Step\n---@return Edit\nfunction edit(step) end\n"
    "\n---A library: flows/lib/name.lua\n---@param name string\n---@return table\nfunction use(name) end\n"
    "\n---The amount in \"2 500 FCFA\", or nil.\n---@param value any\n---@return integer?\nfunction fcfa(value) end\n";
static const char TAIL_FR[] =
    "\n---Une étape à poser une seule fois, puis retour où en était le client.\n---@param step Step\n---@return Edit\nfunction edit(step) end\n"
    "\n---Une bibliothèque : flows/lib/name.lua\n---@param name string\n---@return table\nfunction use(name) end\n"
    "\n---Le montant dans \"2 500 FCFA\", ou nil.\n---@param value any\n---@return integer?\nfunction fcfa(value) end\n";

/* ---- the language ---- */

static void add_field(struct buf *b, const struct key_doc *k, bool french)
{
    struct form form;

    if (strcmp(k->key, "*") == 0)
        (void)buf_adds(b, "---@field [string] ");
    else if (strcmp(k->key, "[]") == 0)
        (void)buf_adds(b, "---@field [integer] ");
    else
        (void)buf_addf(b, "---@field %s%s ", k->key, k->required ? "" : "?");
    if (form_read(k->form, &form))
        form_type(b, &form);
    else
        (void)buf_adds(b, "any");
    (void)buf_addf(b, " %s", french ? k->fr : k->en);
    if (k->standard != NULL)
        (void)buf_addf(b, french ? " (par défaut : %s)" : " (default: %s)", k->standard);
    (void)buf_addc(b, '\n');
}

static void add_class(struct buf *b, const char *place, const struct key_doc *keys, size_t count, bool french)
{
    (void)buf_adds(b, "\n---@class (exact) ");
    form_class(b, place);
    (void)buf_addc(b, '\n');
    for (size_t i = 0; i < count; i++)
        if (strcmp(keys[i].place, place) == 0)
            add_field(b, &keys[i], french);
}

/* `f:ask "nom" { … }`, `message "id" { … }`, `text { … }`, `quiet "…"`: what may be called follows from how it is written. */
static void add_function(struct buf *b, const struct place_doc *p, bool french)
{
    bool step = strncmp(p->shape, "f:", 2) == 0, named = strchr(p->shape, '"') != NULL, body = strchr(p->shape, '{') != NULL;
    const char *name = p->shape + (step ? 2 : 0);
    int len = (int)strspn(name, "abcdefghijklmnopqrstuvwxyz_");

    if (len == 0 || name[len] == '.' || strncmp(p->shape, "local ", 6) == 0)
        return;
    (void)buf_addf(b, "\n---%s\n", french ? p->fr : p->en);
    if (named)
        (void)buf_addf(b, "---@param name string\n---@return %s", body ? "fun(body: " : "any\n");
    else
        (void)buf_adds(b, "---@param body? ");
    if (body || !named)
        form_class(b, p->place);
    if (named && body)
        (void)buf_adds(b, "): any\n");
    else if (!named)
        (void)buf_adds(b, "\n---@return any\n");
    (void)buf_addf(b, "function %s%.*s(%s) end\n", step ? "Flow:" : "", len, name, named ? "name" : "body");
}

void names_language(struct buf *out, bool french)
{
    struct language l = language_all();

    (void)buf_adds(out, "---@meta\n");
    (void)buf_adds(out, french ? "-- Écrit par lisolo : ce que l’éditeur sait du langage. Ne se modifie pas, se réécrit par : lisolo check --write-names\n"
                               : "-- Written by lisolo: what editors know of the language. Not to be changed; written again by: lisolo check --write-names\n");
    (void)buf_adds(out, "\n---@class Answer\n\n---@class Edit\n\n---@class Context\n");
    for (size_t i = 0; i < sizeof CONTEXT / sizeof CONTEXT[0]; i++)
        (void)buf_addf(out, "---@field %s %s %s\n", CONTEXT[i].field, CONTEXT[i].type, french ? CONTEXT[i].fr : CONTEXT[i].en);
    for (int part = 0; part < 2; part++)
        for (size_t i = 0; i < l.place_count[part]; i++)
            add_class(out, l.places[part][i].place, l.keys[part], l.key_count[part], french);
    (void)buf_addf(out, "local Flow = {}\n\n---%s\n---@param name string\n---@return Flow\nfunction flow(name) end\n",
                   french ? l.places[0][0].fr : l.places[0][0].en);
    for (int part = 0; part < 2; part++)
        for (size_t i = 0; i < l.place_count[part]; i++)
            if (l.places[part][i].shape != NULL)
                add_function(out, &l.places[part][i], french);
    (void)buf_adds(out, french ? TAIL_FR : TAIL_EN);
}

/* ---- a project ---- */

static int by_text(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

/* Names are a-z 0-9 _ and dots (flow and wording see to it), so nothing needs escaping. */
static void add_alias(struct buf *b, const char *alias, const char **names, size_t count)
{
    qsort(names, count, sizeof *names, by_text);
    (void)buf_addf(b, "\n---@alias %s\n", alias);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || strcmp(names[i], names[i - 1]) != 0)
            (void)buf_addf(b, "---| \"%s\"\n", names[i]);
    if (count == 0)
        (void)buf_adds(b, "---| string\n");
}

static void add_flows(struct buf *b, const struct flows *f)
{
    size_t steps = 0, n = 0;
    const char **names;

    for (size_t i = 0; i < f->count; i++)
        steps += f->list[i].step_count;
    names = reallocarray(NULL, steps + f->count + 1, sizeof *names);
    if (names == NULL) {
        b->failed = true;
        return;
    }
    for (size_t i = 0; i < f->count; i++)
        names[n++] = f->list[i].name;
    add_alias(b, "FlowName", names, n);
    n = 0;
    for (size_t i = 0; i < f->count; i++)
        for (size_t k = 0; k < f->list[i].step_count; k++)
            names[n++] = f->list[i].steps[k].name;
    add_alias(b, "Step", names, n);
    free(names);
}

static void add_messages(struct buf *b, const struct wording *w, bool templates)
{
    const char **names = reallocarray(NULL, wording_count(w) + 1, sizeof *names);
    size_t n = 0;

    if (names == NULL) {
        b->failed = true;
        return;
    }
    for (size_t i = 0; i < wording_count(w); i++)
        if (wording_is_template(wording_at(w, i)) == templates)
            names[n++] = wording_id(wording_at(w, i));
    add_alias(b, templates ? "Template" : "Message", names, n);
    free(names);
}

void names_project(struct buf *out, const struct generation *g)
{
    (void)buf_adds(out, "---@meta\n-- lisolo check --write-names\n");
    add_flows(out, g->flows);
    add_messages(out, g->wording, false);
    add_messages(out, g->wording, true);
}

/* ---- files ---- */

static bool write_one(const char *folder, const char *name, struct buf *b, struct error *err)
{
    char path[1024];
    int n = snprintf(path, sizeof path, "%s/%s", folder, name);

    if (n < 0 || (size_t)n >= sizeof path)
        return error_set(err, "%s: the path is too long", folder);
    if (!buf_ok(b))
        return error_set(err, "%s: out of memory", path);
    return file_write(path, buf_str(b), b->len, 0644, err);
}

bool names_write(const char *folder, const struct generation *g, bool french, struct error *err)
{
    struct buf language, project;
    bool ok;

    buf_init(&language, NAMES_FILE_MAX);
    buf_init(&project, NAMES_FILE_MAX);
    names_language(&language, french);
    names_project(&project, g);
    ok = write_one(folder, NAMES_LANGUAGE_FILE, &language, err) && write_one(folder, NAMES_PROJECT_FILE, &project, err);
    buf_free(&language);
    buf_free(&project);
    return ok;
}
