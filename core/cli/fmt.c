/*
 * lisolo fmt: scripts laid out as the shipped ones are. Shows what it would change; --fix changes it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "diff.h"
#include "lisolo/base/file.h"
#include "scripts.h"

enum { DIFF_MAX = 16 * 1024 * 1024, FILE_MAX = SCRIPT_FILE_BYTES_MAX * 4 };

struct run { bool fix, check; size_t files, changed, unparsed; bool failed; };

static void show(const char *path, const char *before, const char *after)
{
    struct buf out;

    buf_init(&out, DIFF_MAX);
    if (diff_texts(&out, path, before, after))
        (void)fputs(buf_str(&out), stdout);
    else
        (void)printf(say_text("%s: too much differs to be shown\n"), path);
    buf_free(&out);
}

static bool write_back(const char *path, const char *text, size_t len, struct error *err)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return error_set(err, "%s: is gone", path);
    return file_write(path, text, len, st.st_mode & 0777, err);
}

static void one_text(struct run *r, const char *path, const char *before, size_t len)
{
    struct error err = { "" };
    char *after = NULL;
    size_t after_len = 0;
    enum script_layout result = script_layout(before, len, &after, &after_len);

    r->files++;
    if (result == SCRIPT_LAYOUT_MEMORY) {
        say_error("fmt: %s: too large, or out of memory", path);
        r->failed = true;
        return;
    }
    if (result == SCRIPT_LAYOUT_UNPARSED) {
        say_error("fmt: %s does not parse, so its layout stays. See: lisolo check", path);
        r->unparsed++;
    }
    if (after_len != len || memcmp(before, after, len) != 0) {
        r->changed++;
        if (!r->fix)
            show(path, before, after);
        else if (write_back(path, after, after_len, &err))
            (void)printf("%s\n", path);
        else {
            say_error("fmt: %s", err.text);
            r->failed = true;
        }
    }
    free(after);
}

static void one_file(struct run *r, const char *path)
{
    struct error err = { "" };
    char *text;
    size_t len;

    if (!file_read(AT_FDCWD, path, FILE_MAX, &text, &len, &err)) {
        say_error("fmt: %s", err.text);
        r->failed = true;
        return;
    }
    if (strlen(text) != len) {
        say_error("fmt: %s holds a zero byte: this is no script", path);
        r->failed = true;
    } else {
        one_text(r, path, text, len);
    }
    free(text);
}

static void one_folder(struct run *r, const char *folder)
{
    struct script_sources sources = { 0 };
    struct problems problems;
    char root[1024], path[1300];

    problems_init(&problems);
    problems_speak(&problems, say_language());
    if (!scripts_root(folder, root, sizeof root) || !script_sources_read(folder, &sources, &problems)) {
        say_error("fmt: %s", problems.count > 0 ? problems.list[0].text : "the path is too long");
        r->failed = true;
    }
    problems_free(&problems);
    for (size_t i = 0; i < sources.count; i++) {
        int n = snprintf(path, sizeof path, "%s/%s", root, sources.list[i].name);

        if (n > 0 && (size_t)n < sizeof path)
            one_file(r, path);
    }
    script_sources_free(&sources);
}

static void summary(const struct run *r)
{
    if (r->changed == 0)
        (void)fprintf(stderr, say_text("%zu files, all as they should be.\n"), r->files);
    else if (r->fix)
        (void)fprintf(stderr, say_text("%zu of %zu files laid out.\n"), r->changed, r->files);
    else
        (void)fprintf(stderr, say_text("%zu of %zu files would change. To change them: lisolo fmt --fix\n"), r->changed, r->files);
}

int run_fmt(const struct arguments *a)
{
    struct run r = { .fix = argument(a, "fix") != NULL, .check = argument(a, "check") != NULL };

    if (r.fix && r.check) {
        say_error("fmt: --check changes nothing, so it does not go with --fix");
        return EXIT_USAGE;
    }
    if (a->count == 0)
        one_folder(&r, "scripts");
    for (int i = 0; i < a->count; i++) {
        size_t len = strlen(a->list[i]);

        if (len > 4 && strcmp(a->list[i] + len - 4, ".lua") == 0)
            one_file(&r, a->list[i]);
        else
            one_folder(&r, a->list[i]);
    }
    if (!r.failed || r.files > 0)
        summary(&r);
    if (r.failed)
        return EXIT_UNREACHED;
    return r.unparsed > 0 || (r.check && r.changed > 0) ? EXIT_PROBLEMS : EXIT_OK;
}
