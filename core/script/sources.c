#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lisolo/base/buf.h"
#include "lisolo/base/crypto.h"
#include "lisolo/base/file.h"
#include "lisolo/script.h"
#include "texts.h"

static const char *const FOLDERS[] = { "flows", "flows/lib", "templates" };

static void report(struct problems *p, enum text_id id, const char *file, const char *a)
{
    char text[ERROR_TEXT_MAX + 64], hint[256];

    text_say(text, sizeof text, p->language, id, a, NULL, NULL);
    text_hint(hint, sizeof hint, p->language, id, a, NULL);
    problems_add(p, PROBLEM_ERROR, text_code(id), file, 0, 0, hint, "%s", text);
}

static bool add_source(struct script_sources *out, size_t *cap, const char *name)
{
    struct script_source *s;

    if (out->count == *cap) {
        size_t want = *cap == 0 ? 32 : *cap * 2;

        s = realloc(out->list, want * sizeof *s);
        if (s == NULL)
            return false;
        out->list = s;
        *cap = want;
    }
    s = &out->list[out->count];
    *s = (struct script_source){ .name = strdup(name) };
    if (s->name == NULL)
        return false;
    out->count++;
    return true;
}

/* Editors leave "#x.lua#", ".#x.lua" and "x.lua~" behind. */
static bool is_script(const char *name)
{
    size_t len = strlen(name);

    return len > 4 && strcmp(name + len - 4, ".lua") == 0 && name[0] != '.' && name[0] != '#';
}

/* A folder that does not exist has no files. False: reported. */
static bool list_folder(int root, const char *folder, struct script_sources *out, size_t *cap, struct problems *p)
{
    int fd = openat(root, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd == -1 ? NULL : fdopendir(fd);
    const struct dirent *e;
    bool ok = false;
    char name[512];

    if (dir == NULL) {
        ok = fd == -1 && errno == ENOENT;
        if (!ok)
            report(p, TEXT_FILE_READ, folder, strerror(errno));
        if (fd != -1)
            close(fd);
        return ok;
    }
    for (errno = 0; (e = readdir(dir)) != NULL; errno = 0) {
        char limit[16];

        if (!is_script(e->d_name))
            continue;
        (void)snprintf(name, sizeof name, "%s/%s", folder, e->d_name);
        if (out->count == SCRIPT_FILES_MAX) {
            (void)snprintf(limit, sizeof limit, "%d", SCRIPT_FILES_MAX);
            report(p, TEXT_FILES_MANY, folder, limit);
            goto out;
        }
        if (!add_source(out, cap, name)) {
            report(p, TEXT_NO_MEMORY, folder, NULL);
            goto out;
        }
    }
    ok = errno == 0;
    if (!ok)
        report(p, TEXT_FILE_READ, folder, strerror(errno));
out:
    closedir(dir);
    return ok;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct script_source *)a)->name, ((const struct script_source *)b)->name);
}

/* A file that somebody is saving right now may be whole a moment later. */
static bool read_one(int root, struct script_source *s, struct problems *p)
{
    const char *text;
    struct error err;

    for (int tries = 0; tries < 2; tries++)
        if (file_read(root, s->name, SCRIPT_FILE_BYTES_MAX, &s->text, &s->len, &err))
            return true;
    text = strncmp(err.text, s->name, strlen(s->name)) == 0 && strncmp(err.text + strlen(s->name), ": ", 2) == 0
               ? err.text + strlen(s->name) + 2 : err.text;
    report(p, TEXT_FILE_READ, s->name, text);
    return false;
}

/* Of all names and contents: "name hash\n" for each file, hashed. */
static bool digest(struct script_sources *s)
{
    char hex[2 * SHA256_BYTES + 1];
    uint8_t hash[SHA256_BYTES];
    struct buf b;
    bool ok = true;

    buf_init(&b, SCRIPT_FILES_MAX * 1024);
    for (size_t i = 0; i < s->count && ok; i++) {
        ok = crypto_sha256(s->list[i].text, s->list[i].len, hash);
        crypto_hex(hash, sizeof hash, hex);
        ok = ok && buf_addf(&b, "%s %s\n", s->list[i].name, hex);
    }
    ok = ok && crypto_sha256(buf_str(&b), b.len, hash);
    if (ok)
        crypto_hex(hash, sizeof hash, s->digest);
    buf_free(&b);
    return ok;
}

/* The folder that holds flows/ and templates/, or the one above it. */
static int open_root(const char *folder, struct problems *p)
{
    int root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), below;

    if (root == -1) {
        report(p, TEXT_FILE_READ, folder, strerror(errno));
        return -1;
    }
    if (faccessat(root, "flows", F_OK, 0) == 0 || faccessat(root, "templates", F_OK, 0) == 0)
        return root;
    below = openat(root, "scripts", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (below == -1)
        return root;
    close(root);
    return below;
}

bool script_sources_read(const char *folder, struct script_sources *out, struct problems *problems)
{
    size_t cap = 0;
    bool ok = true;
    int root;

    *out = (struct script_sources){ .count = 0 };
    root = open_root(folder, problems);
    if (root == -1)
        return false;
    for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++)
        ok = list_folder(root, FOLDERS[i], out, &cap, problems) && ok;
    if (out->count > 1)
        qsort(out->list, out->count, sizeof *out->list, by_name);
    for (size_t i = 0; i < out->count; i++)
        ok = read_one(root, &out->list[i], problems) && ok;
    if (ok && out->count == 0) {
        report(problems, TEXT_FILES_NONE, "", folder);
        ok = false;
    }
    if (ok && !digest(out)) {
        report(problems, TEXT_NO_MEMORY, "", NULL);
        ok = false;
    }
    close(root);
    if (!ok)
        script_sources_free(out);
    return ok;
}

void script_sources_free(struct script_sources *s)
{
    for (size_t i = 0; i < s->count; i++) {
        free(s->list[i].name);
        free(s->list[i].text);
    }
    free(s->list);
    *s = (struct script_sources){ .count = 0 };
}
