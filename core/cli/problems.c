/*
 * Problems as people like to read them: the code as written, an arrow, one hint.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "lisolo/base/file.h"
#include "lisolo/script.h"

static const char *const names[] = { "error", "warning", "note" };

/* The n-th line of a text, without its end; NULL past the end. */
static const char *line_at(const char *text, int n, int *len)
{
    while (--n > 0 && text != NULL) {
        text = strchr(text, '\n');
        if (text != NULL)
            text++;
    }
    if (text == NULL || *text == '\0')
        return NULL;
    *len = (int)strcspn(text, "\n");
    return text;
}

static void arrow(const char *line, int len, int column)
{
    int width = 0;

    (void)printf("       │ ");
    for (int i = 0; i < len && width < column - 1; i++) {
        if (((unsigned char)line[i] & 0xC0) == 0x80)
            continue;
        (void)putchar(line[i] == '\t' ? '\t' : ' ');
        width++;
    }
    (void)printf("%s▲%s\n", say_red(STDOUT_FILENO), say_reset(STDOUT_FILENO));
}

static void excerpt(const char *text, int at, int column)
{
    int from = at > 2 ? at - 2 : 1;

    for (int n = from; n <= at + 1; n++) {
        int len = 0;
        const char *line = line_at(text, n, &len);

        if (line == NULL)
            continue;
        (void)printf("  %4d │ %.*s\n", n, len, line);
        if (n == at && column > 0)
            arrow(line, len, column);
    }
}

static void show_one(const struct problem *p, const char *folder)
{
    const char *colour = p->severity == PROBLEM_ERROR ? say_red(STDOUT_FILENO) : say_bold(STDOUT_FILENO);
    char path[1024], *text = NULL;
    size_t len;

    (void)printf("\n%s%s %s%s  %s", colour, names[p->severity], p->code, say_reset(STDOUT_FILENO), p->file);
    if (p->line > 0)
        (void)printf(":%d", p->line);
    (void)printf("   %s\n\n", p->text);
    (void)snprintf(path, sizeof path, "%s/%s", folder, p->file);
    if (p->line > 0 && folder[0] != '\0' && file_read(AT_FDCWD, path, SCRIPT_FILE_BYTES_MAX * 4, &text, &len, NULL))
        excerpt(text, p->line, p->column);
    free(text);
    if (p->hint[0] != '\0')
        (void)printf("\n  %s\n", p->hint);
}

void show_problems(const struct problems *p, const char *folder, bool brief)
{
    for (size_t i = 0; i < p->count; i++) {
        const struct problem *one = &p->list[i];

        if (brief)
            (void)printf("%s:%d:%d: %s: %s [%s]%s%s\n", one->file, one->line, one->column, names[one->severity], one->text, one->code,
                         one->hint[0] != '\0' ? " — " : "", one->hint);
        else
            show_one(one, folder);
    }
    if (p->dropped > 0)
        (void)printf("\n… and %zu more.\n", p->dropped);
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
            if (severity != NULL && strcmp(names[i], severity) == 0)
                s = (enum problem_severity)i;
        if (file == NULL || text == NULL || code == NULL)
            return false;
        problems_add(out, s, code, file, (int)line, (int)column, hint, "%s", text);
    }
    return true;
}
