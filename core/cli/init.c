/*
 * lisolo init: a small project that works, to be changed into one's own. Its files stand below core/cli/sample as people get them.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "lisolo/base/file.h"
#include "names.h"
#include "scripts.h"

#define SAMPLE(name, file)                                                                                      \
    __asm__(".pushsection .rodata\n.global init_" #name "\ninit_" #name ": .incbin \"core/cli/sample/" file "\"\n.byte 0\n" \
            ".popsection\n");                                                                                   \
    extern const char init_##name[];

SAMPLE(commands, "scripts/flows/commandes.lua")
SAMPLE(order, "scripts/flows/commande.lua")
SAMPLE(order_words, "scripts/templates/commande.lua")
SAMPLE(common_words, "scripts/templates/commun.lua")
SAMPLE(order_chat, "tests/chat/commande.chat")
SAMPLE(luarc, "luarc.json")

static const struct { const char *path, *text; } FILES[] = {
    { "scripts/flows/commandes.lua", init_commands },       { "scripts/flows/commande.lua", init_order },
    { "scripts/templates/commande.lua", init_order_words }, { "scripts/templates/commun.lua", init_common_words },
    { "tests/chat/commande.chat", init_order_chat },        { ".luarc.json", init_luarc },
};

enum { PATH_BYTES = 1024, FOLDER_BYTES = 900 };      /* the longest name below it has room in PATH_BYTES */

/* Nothing there, or nothing in it. False: told why. */
static bool is_free(const char *folder)
{
    DIR *d = opendir(folder);
    const struct dirent *e;
    bool empty = true;

    if (d == NULL && errno == ENOENT)
        return true;
    if (d == NULL) {
        say_error("init: %s: %s", folder, strerror(errno));
        return false;
    }
    while (empty && (e = readdir(d)) != NULL)
        empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
    (void)closedir(d);
    if (!empty)
        say_error("init: %s is not empty. To add to it what is missing: lisolo init --force %s", folder, folder);
    return empty;
}

/* file_make_dir() makes folders for one person only; a project is read by others too. */
static bool make_parents(char *path, struct error *err)
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        bool ok;

        *slash = '\0';
        ok = mkdir(path, 0755) == 0 || errno == EEXIST;
        if (!ok)
            error_set(err, "%s: %s", path, strerror(errno));
        *slash = '/';
        if (!ok)
            return false;
    }
    return true;
}

static void say_written(const char *path)
{
    (void)printf(say_text("  %swritten%s  %s\n"), say_green(STDOUT_FILENO), say_reset(STDOUT_FILENO), path);
}

static bool write_files(const char *folder, struct error *err)
{
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++) {
        char path[PATH_BYTES];
        struct stat st;

        (void)snprintf(path, sizeof path, "%s/%s", folder, FILES[i].path);
        if (!make_parents(path, err))
            return false;
        if (lstat(path, &st) == 0) {
            (void)printf(say_text("  %skept%s     %s\n"), say_dim(STDOUT_FILENO), say_reset(STDOUT_FILENO), FILES[i].path);
            continue;
        }
        if (!file_write(path, FILES[i].text, strlen(FILES[i].text), 0644, err))
            return false;
        say_written(FILES[i].path);
    }
    return true;
}

/* 0: all is well; the names are those of what now stands there. */
static int write_names(const char *folder)
{
    struct problems problems;
    struct generation *g;
    char path[PATH_BYTES];
    struct error err = { "" };
    int code = EXIT_OK;

    (void)snprintf(path, sizeof path, "%s/scripts", folder);
    g = scripts_load(path, NULL, &problems);
    if (g == NULL) {
        show_problems_as(&problems, path, FORM_HUMAN);
        code = EXIT_PROBLEMS;
    } else if (!names_write(path, g, say_language() == PROBLEMS_FRENCH, &err)) {
        say_error("init: %s", err.text);
        code = EXIT_UNREACHED;
    } else {
        say_written("scripts/" NAMES_LANGUAGE_FILE);
        say_written("scripts/" NAMES_PROJECT_FILE);
    }
    if (g != NULL)
        generation_drop(g);
    problems_free(&problems);
    return code;
}

int run_init(const struct arguments *a)
{
    const char *folder = a->count > 0 ? a->list[0] : ".";
    bool here = strcmp(folder, ".") == 0;
    struct error err = { "" };
    int code;

    if (a->count > 1 || folder[0] == '\0' || strlen(folder) > FOLDER_BYTES) {
        say_error("init: name one folder");
        return EXIT_USAGE;
    }
    if (!say_language_read(a))
        return EXIT_USAGE;
    if (argument(a, "force") == NULL && !is_free(folder))
        return EXIT_PROBLEMS;
    if (!write_files(folder, &err)) {
        say_error("init: %s", err.text);
        return EXIT_UNREACHED;
    }
    code = write_names(folder);
    if (code != EXIT_OK)
        return code;
    (void)fputs(say_text("\nNext:\n"), stdout);
    if (!here)
        (void)printf("  cd %s\n", folder);
    (void)fputs(say_text("  lisolo check          reads the scripts and reports every problem\n"
                         "  lisolo test           plays tests/chat against them\n"
                         "  lisolo dev            starts them here; then, in another window: lisolo chat\n"),
                stdout);
    return EXIT_OK;
}
