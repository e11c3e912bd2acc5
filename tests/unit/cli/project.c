#include "project.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/file.h"
#include "lisolo/script.h"

static void *need(void *p)
{
    if (p != NULL)
        return p;
    (void)fputs("not ok - out of memory\n", stdout);
    exit(1);
}

void project_put(struct project *p, const char *name, const char *text, size_t len)
{
    char *copy = need(malloc(len + 1));
    struct project_file *f = NULL;

    memcpy(copy, text, len);
    copy[len] = '\0';
    for (size_t i = 0; i < p->count; i++)
        if (strcmp(p->files[i].name, name) == 0)
            f = &p->files[i];
    if (f == NULL && p->count == PROJECT_FILES_MAX) {
        printf("not ok - more than %d files\n", PROJECT_FILES_MAX);
        exit(1);
    }
    if (f == NULL) {
        f = &p->files[p->count++];
        *f = (struct project_file){ .name = need(strdup(name)) };
    }
    free(f->text);
    f->text = copy;
    f->own = true;
}

void project_rename(struct project *p, const char *from, const char *to)
{
    for (size_t i = 0; i < p->count; i++)
        if (strcmp(p->files[i].name, from) == 0) {
            free(p->files[i].name);
            p->files[i].name = need(strdup(to));
        }
}

const char *project_text(const struct project *p, const char *name)
{
    for (size_t i = 0; i < p->count; i++)
        if (strcmp(p->files[i].name, name) == 0)
            return p->files[i].text;
    return NULL;
}

void project_read(struct project *p, const char *path, void (*line)(void *ctx, const char *text), void *ctx)
{
    static const char MARK[] = "-- file: ";
    char *text, name[128] = "";
    const char *start = NULL;
    struct error err;
    size_t len;

    if (!file_read(AT_FDCWD, path, 1 << 20, &text, &len, &err)) {
        printf("not ok - %s\n", err.text);
        exit(1);
    }
    for (char *at = text, *end; at < text + len; at = end + 1) {
        end = at + strcspn(at, "\n");
        if (strncmp(at, MARK, sizeof MARK - 1) == 0) {
            if (start != NULL)
                project_put(p, name, start, (size_t)(at - start));
            (void)snprintf(name, sizeof name, "%.*s", (int)(end - at) - (int)sizeof MARK + 1, at + sizeof MARK - 1);
            start = end + 1;
        } else if (start == NULL && line != NULL) {
            char *one = need(strndup(at, (size_t)(end - at)));

            line(ctx, one);
            free(one);
        }
        if (*end == '\0')
            break;
    }
    if (start != NULL)
        project_put(p, name, start, (size_t)(text + len - start));
    free(text);
}

void project_open(struct project *p)
{
    p->count = 0;
    project_read(p, "tests/broken/base.txt", NULL, NULL);
    for (size_t i = 0; i < p->count; i++)
        p->files[i].own = false;
}

void project_copy(struct project *to, const struct project *from)
{
    to->count = 0;
    for (size_t i = 0; i < from->count; i++) {
        project_put(to, from->files[i].name, from->files[i].text, strlen(from->files[i].text));
        to->files[i].own = from->files[i].own;
    }
}

void project_free(struct project *p)
{
    for (size_t i = 0; i < p->count; i++) {
        free(p->files[i].name);
        free(p->files[i].text);
    }
    p->count = 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct script_source *)a)->name, ((const struct script_source *)b)->name);
}

void project_check(const struct project *p, enum problem_language language, struct problems *out)
{
    struct script_sources sources = { .list = need(calloc(p->count, sizeof *sources.list)), .count = p->count };
    struct script_limits limits = script_limits_default();
    struct generation *g;

    for (size_t i = 0; i < p->count; i++)
        sources.list[i] = (struct script_source){ need(strdup(p->files[i].name)), need(strdup(p->files[i].text)), strlen(p->files[i].text) };
    qsort(sources.list, sources.count, sizeof *sources.list, by_name);
    problems_init(out);
    problems_speak(out, language);
    g = generation_load(&sources, &limits, "CG", out);
    problems_sort(out);
    if (g != NULL)
        generation_drop(g);
}
