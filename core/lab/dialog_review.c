/*
 * Each change of a test, shown and asked about: accept, refuse (the test goes on failing), pass (decide another time).
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialog.h"
#include "lisolo/base/file.h"

/* Lines first…last of a text, without what a test writes in front of them. */
static bool old_lines(const char *text, const struct edit *e, struct lines *out)
{
    int line = 1;

    for (; *text != '\0'; line++) {
        size_t len = strcspn(text, "\n");

        if (line >= e->line && line <= e->last) {
            char *one = strndup(text, len);
            bool ok = one != NULL && lines_add(out, one);

            free(one);
            if (!ok)
                return false;
        }
        text += len + (text[len] == '\n');
    }
    return true;
}

static bool new_lines(const struct edit *e, struct lines *out)
{
    size_t len = strlen(e->text);
    char *text = strndup(e->text, len > 0 ? len - 1 : 0);
    bool ok = text != NULL && (len == 0 || lines_split(out, text));

    free(text);
    return ok;
}

static void show(const struct dialog *d, const struct edit *e, const char *source)
{
    struct lines before = { 0 }, after = { 0 };
    struct buf out;

    buf_init(&out, DIALOG_TEXT_BYTES_MAX);
    buf_addf(&out, "\n%s:%d  %s\n", d->path, e->line, d->title);
    if (old_lines(source, e, &before) && new_lines(e, &after))
        (void)diff_lines(&out, before.list, before.count, after.list, after.count, "  ");
    (void)fputs(buf_str(&out), stdout);
    buf_free(&out);
    lines_free(&before);
    lines_free(&after);
}

/* 'a', 'r' or 'p'; the end of input passes. */
static char ask(void)
{
    char line[64];

    for (;;) {
        (void)fputs(SAY("  (a)ccept, (r)efuse, (p)ass? ", "  (a)ccepter, (r)efuser, (p)asser ? "), stdout);
        (void)fflush(stdout);
        if (fgets(line, sizeof line, stdin) == NULL)
            return 'p';
        if (line[0] == 'a' || line[0] == 'r' || line[0] == 'p')
            return line[0];
    }
}

void review_edits(const struct suite *s, struct run *r)
{
    const struct dialog *d = &s->tests[r->test].dialog;
    struct outcome *o = &r->outcome;
    char *source = NULL;
    size_t len, kept = 0;

    if (!file_read(AT_FDCWD, d->path, DIALOG_FILE_BYTES_MAX, &source, &len, NULL))
        return;
    for (size_t i = 0; i < o->edit_count; i++) {
        char answer;

        show(d, &o->edits[i], source);
        answer = ask();
        if (answer == 'a') {
            o->edits[kept++] = o->edits[i];
            continue;
        }
        free(o->edits[i].text);
        if (answer == 'r')
            o->passed = false;
        if (answer == 'r' && o->text == NULL) {
            o->line = o->edits[i].line;
            o->text = strdup(SAY("      the change was refused\n", "      le changement a été refusé\n"));
        }
    }
    o->edit_count = kept;
    free(source);
}
