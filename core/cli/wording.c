/*
 * lisolo wording: out to translators, back, and how much there is.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "lisolo/base/file.h"
#include "lisolo/base/po.h"
#include "lisolo/script.h"
#include "scripts.h"

static const char *scripts_of(const struct arguments *a)
{
    const char *folder = argument(a, "scripts");

    return folder == NULL ? "scripts" : folder;
}

static bool read_sources(const char *folder, struct script_sources *out)
{
    struct problems problems;
    bool ok;

    problems_init(&problems);
    problems_speak(&problems, say_language());
    ok = script_sources_read(folder, out, &problems);
    if (!ok)
        show_problems(&problems, folder, false);
    problems_free(&problems);
    return ok;
}

/* ---- export ---- */

static int export_po(const struct script_sources *sources, const char *language)
{
    struct error err;
    struct buf out;
    int code = EXIT_OK;

    buf_init(&out, PO_BYTES_MAX);
    if (!script_export_po(sources, language, &out, &err)) {
        say_error("wording: %s", err.text);
        code = EXIT_INTERNAL;
    } else if (fwrite(buf_str(&out), 1, out.len, stdout) != out.len || fflush(stdout) != 0) {
        say_error("wording: the file could not be written whole");
        code = EXIT_INTERNAL;
    }
    buf_free(&out);
    return code;
}

/* ---- import ---- */

/* Scripts stand in the folder, or in scripts/ below it (script_sources_read). */
static bool write_file(const char *folder, const struct script_source *source)
{
    char path[512];
    struct error err;

    (void)snprintf(path, sizeof path, "%.300s/%.128s", folder, source->name);
    if (access(path, F_OK) != 0)
        (void)snprintf(path, sizeof path, "%.300s/scripts/%.128s", folder, source->name);
    if (file_write(path, source->text, source->len, 0644, &err))
        return true;
    say_error("wording: %s", err.text);
    return false;
}

static bool write_changed(const char *folder, const struct script_sources *sources, const struct script_import *import)
{
    for (size_t i = 0; i < sources->count; i++)
        if (import->changed[i] && !write_file(folder, &sources->list[i]))
            return false;
    return true;
}

static int put_in(const char *folder, struct script_sources *sources, const struct po *po, const char *name)
{
    struct script_import import;
    struct problems problems;
    struct error err;
    int code = EXIT_INTERNAL;

    problems_init(&problems);
    problems_speak(&problems, say_language());
    if (!script_import_po(sources, po, name, &import, &problems, &err)) {
        say_error("wording: %s", err.text);
        code = EXIT_PROBLEMS;
    } else if (write_changed(folder, sources, &import)) {
        show_problems(&problems, folder, true);
        (void)printf(say_text("%zu put in, %zu the same, %zu not translated, %zu refused.\n"), import.put, import.same, import.untranslated,
                     import.refused);
        code = import.refused > 0 ? EXIT_PROBLEMS : EXIT_OK;
    }
    free(import.changed);
    problems_free(&problems);
    return code;
}

static int import_po(const char *folder, struct script_sources *sources, const char *name)
{
    struct error err;
    struct po po;
    char *text;
    size_t len;
    int code;

    if (!file_read(AT_FDCWD, name, PO_BYTES_MAX, &text, &len, &err)) {
        say_error("wording: %s", err.text);
        return EXIT_UNREACHED;
    }
    if (!po_read(text, len, &po, &err)) {
        say_error("wording: %s: %s", name, err.text);
        free(text);
        return EXIT_PROBLEMS;
    }
    code = put_in(folder, sources, &po, name);
    po_free(&po);
    free(text);
    return code;
}

/* ---- stats ---- */

static int stats(const struct script_sources *sources)
{
    static const char *const LANGUAGES[] = { "fr", "en", "ln" };
    struct script_texts *all = calloc(sources->count + 1, sizeof *all);
    bool ok = all != NULL;

    for (size_t i = 0; ok && i < sources->count; i++)
        ok = script_texts_read(&sources->list[i], &all[i]);
    if (ok)
        (void)printf("%-8s %8s %8s %8s  %s\n", say_text("language"), say_text("texts"), say_text("words"), say_text("missing"),
                     say_text("longest"));
    for (size_t l = 0; ok && l < sizeof LANGUAGES / sizeof *LANGUAGES; l++) {
        struct script_count n;

        script_count_texts(all, sources->count, LANGUAGES[l], &n);
        (void)printf("%-8s %8zu %8zu %8zu  %s", n.language, n.texts, n.words, n.missing, n.longest_id);
        (void)printf(n.longest > 0 ? " (%zu)\n" : "\n", n.longest);
    }
    for (size_t i = 0; all != NULL && i < sources->count; i++)
        script_texts_free(&all[i]);
    free(all);
    if (!ok)
        say_error("wording: out of memory");
    return ok ? EXIT_OK : EXIT_INTERNAL;
}

/* ---- which ---- */

static int usage(const char *what)
{
    say_error("wording: %s", what);
    return EXIT_USAGE;
}

int run_wording(const struct arguments *a)
{
    const char *verb = a->count > 0 ? a->list[0] : "", *what = a->count > 1 ? a->list[1] : NULL;
    struct script_sources sources;
    int code;

    if (strcmp(verb, "export") == 0 && (what == NULL || (strcmp(what, "en") != 0 && strcmp(what, "ln") != 0)))
        return usage("export which language? lisolo wording export en > en.po (en or ln)");
    if (strcmp(verb, "import") == 0 && what == NULL)
        return usage("import which file? lisolo wording import en.po");
    if (strcmp(verb, "export") != 0 && strcmp(verb, "import") != 0 && strcmp(verb, "stats") != 0)
        return usage("it exports, imports or counts: lisolo wording stats");
    if (a->count > (what == NULL || strcmp(verb, "stats") == 0 ? 1 : 2))
        return usage("one thing at a time");
    if (!scripts_there(a, scripts_of(a)))
        return EXIT_UNREACHED;
    if (!read_sources(scripts_of(a), &sources))
        return EXIT_PROBLEMS;
    code = strcmp(verb, "export") == 0   ? export_po(&sources, what)
           : strcmp(verb, "import") == 0 ? import_po(scripts_of(a), &sources, what)
                                         : stats(&sources);
    script_sources_free(&sources);
    return code;
}
