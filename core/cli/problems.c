/*
 * Problems as people like to read them (the code as written, an arrow, one hint), and as editors and CI want them.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "excerpt.h"
#include "lisolo/base/file.h"
#include "lisolo/script.h"

static const char *const NAMES[] = { "error", "warning", "note" };

enum { PATH_BYTES = 1024 };

bool problem_form(const char *name, enum problem_form *out)
{
    static const char *const FORMS[] = { "human", "short", "json", "gcc", "github" };

    *out = FORM_HUMAN;
    if (name == NULL)
        return true;
    for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++)
        if (strcmp(FORMS[i], name) == 0) {
            *out = (enum problem_form)i;
            return true;
        }
    return false;
}

/* Where an editor finds the file: beside flows/ and templates/, wherever script_sources_read() found them. */
static void path_of(const char *folder, const char *file, char out[PATH_BYTES])
{
    const char *slash = folder[0] == '\0' || folder[strlen(folder) - 1] == '/' ? "" : "/";

    (void)snprintf(out, PATH_BYTES, "%s%s%s", folder, slash, file);
    if (file[0] == '\0' || folder[0] == '\0' || access(out, F_OK) == 0)
        return;
    (void)snprintf(out, PATH_BYTES, "%s%sscripts/%s", folder, slash, file);
    if (access(out, F_OK) != 0)
        (void)snprintf(out, PATH_BYTES, "%s%s%s", folder, slash, file);
}

/* ---- for people ---- */

/* The same code twice needs its page only once. */
static bool was_shown(const struct problems *p, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(p->list[i].code, p->list[index].code) == 0)
            return true;
    return false;
}

static void show_human(const struct problems *p, size_t index, const char *path)
{
    const struct problem *one = &p->list[index];
    const char *colour = one->severity == PROBLEM_ERROR ? say_red(STDOUT_FILENO) : say_bold(STDOUT_FILENO);
    char *text = NULL;
    size_t len;

    (void)printf("\n%s%s %s%s  %s", colour, say_text(NAMES[one->severity]), one->code, say_reset(STDOUT_FILENO), path);
    if (one->line > 0)
        (void)printf(":%d", one->line);
    if (one->line > 0 && one->column > 0)
        (void)printf(":%d", one->column);
    (void)printf("   %s\n\n", one->text);
    if (one->line > 0 && file_read(AT_FDCWD, path, SCRIPT_FILE_BYTES_MAX * 4, &text, &len, NULL))
        excerpt_show(text, one->line, one->column);
    free(text);
    if (one->hint[0] != '\0')
        (void)printf("\n  %s\n", one->hint);
    if (!was_shown(p, index))
        (void)printf("%s  %slisolo explain %s%s\n", one->hint[0] != '\0' ? "" : "\n", say_dim(STDOUT_FILENO), one->code,
                     say_reset(STDOUT_FILENO));
}

/* ---- for programs ---- */

static void show_short(const struct problem *p, const char *path)
{
    (void)printf("%s:%d:%d: %s: %s [%s]%s%s\n", path, p->line, p->column, say_text(NAMES[p->severity]), p->text, p->code,
                 p->hint[0] != '\0' ? " — " : "", p->hint);
}

/* As gcc writes them; its words are what editors look for, so they stay English. */
static void show_gcc(const struct problem *p, const char *path)
{
    (void)printf("%s:%d:%d: %s: %s [%s]\n", path, p->line, p->column, NAMES[p->severity], p->text, p->code);
    if (p->hint[0] != '\0')
        (void)printf("%s:%d:%d: note: %s\n", path, p->line, p->column, p->hint);
}

/* A workflow command: % and line ends are escaped everywhere, : and , in properties too. */
static void put_escaped(const char *text, bool property)
{
    for (; *text != '\0'; text++) {
        if (*text == '%' || *text == '\r' || *text == '\n' || (property && (*text == ':' || *text == ',')))
            (void)printf("%%%02X", (unsigned)*text);
        else
            (void)putchar(*text);
    }
}

static void show_github(const struct problem *p, const char *path)
{
    static const char *const LEVELS[] = { "error", "warning", "notice" };

    (void)printf("::%s file=", LEVELS[p->severity]);
    put_escaped(path, true);
    if (p->line > 0)
        (void)printf(",line=%d", p->line);
    if (p->line > 0 && p->column > 0)
        (void)printf(",col=%d", p->column);
    (void)printf(",title=%s::", p->code);
    put_escaped(p->text, false);
    if (p->hint[0] != '\0') {
        put_escaped("\n", false);
        put_escaped(p->hint, false);
    }
    (void)putchar('\n');
}

static void show_json(const struct problems *p, const char *folder)
{
    cJSON *all = cJSON_CreateObject(), *list = cJSON_CreateArray();
    char *text, path[PATH_BYTES];

    for (size_t i = 0; i < p->count; i++) {
        cJSON *one = cJSON_CreateObject();

        path_of(folder, p->list[i].file, path);
        (void)json_add_str(one, "severity", NAMES[p->list[i].severity]);
        (void)json_add_str(one, "code", p->list[i].code);
        (void)json_add_str(one, "file", p->list[i].file);
        (void)json_add_str(one, "path", path);
        (void)json_add_int(one, "line", p->list[i].line);
        (void)json_add_int(one, "column", p->list[i].column);
        (void)json_add_str(one, "text", p->list[i].text);
        (void)json_add_str(one, "hint", p->list[i].hint);
        (void)json_add(list, NULL, one);
    }
    (void)json_add_int(all, "errors", (int64_t)p->errors);
    (void)json_add_int(all, "warnings", (int64_t)p->warnings);
    (void)json_add(all, "problems", list);
    text = json_print(all, NULL);
    if (text != NULL)
        (void)printf("%s\n", text);
    free(text);
    cJSON_Delete(all);
}

void show_problems_as(const struct problems *p, const char *folder, enum problem_form form)
{
    char path[PATH_BYTES];

    if (form == FORM_JSON) {
        show_json(p, folder);
        return;
    }
    for (size_t i = 0; i < p->count; i++) {
        path_of(folder, p->list[i].file, path);
        switch (form) {
        case FORM_SHORT:
            show_short(&p->list[i], path);
            break;
        case FORM_GCC:
            show_gcc(&p->list[i], path);
            break;
        case FORM_GITHUB:
            show_github(&p->list[i], path);
            break;
        default:
            show_human(p, i, path);
            break;
        }
    }
    if (p->dropped > 0 && form != FORM_GCC && form != FORM_GITHUB)
        (void)printf(say_text("\n… and %zu more.\n"), p->dropped);
}

void show_problems(const struct problems *p, const char *folder, bool brief)
{
    show_problems_as(p, folder, brief ? FORM_SHORT : FORM_HUMAN);
}

void show_counts(FILE *out, size_t errors, size_t warnings)
{
    if (errors > 0)
        (void)fprintf(out, errors == 1 ? say_text("%zu error") : say_text("%zu errors"), errors);
    if (errors > 0 && warnings > 0)
        (void)fputs(", ", out);
    if (warnings > 0)
        (void)fprintf(out, warnings == 1 ? say_text("%zu warning") : say_text("%zu warnings"), warnings);
}

bool problems_from_json(const cJSON *list, struct problems *out)
{
    const cJSON *one;

    cJSON_ArrayForEach(one, list)
    {
        const char *severity = json_str(one, "severity"), *file = json_str(one, "file"), *text = json_str(one, "text");
        const char *code = json_str(one, "code"), *hint = json_str(one, "hint");
        enum problem_severity s = PROBLEM_NOTE;
        int64_t line = 0, column = 0;

        (void)json_int(one, "line", &line);
        (void)json_int(one, "column", &column);
        for (int i = 0; i < 3; i++)
            if (severity != NULL && strcmp(NAMES[i], severity) == 0)
                s = (enum problem_severity)i;
        if (file == NULL || text == NULL || code == NULL)
            return false;
        problems_add(out, s, code, file, (int)line, (int)column, hint, "%s", text);
    }
    return true;
}
