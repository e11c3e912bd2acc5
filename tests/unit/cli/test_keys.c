/* The tables of keys: what they promise to the reference page and to editors, and that every key is used somewhere. */
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../../core/cli/forms.h"
#include "lisolo/base/file.h"

#define EACH(name) cmocka_unit_test(name)

static struct language all;

static const struct place_doc *place_of(const char *name, int part)
{
    for (size_t i = 0; i < all.place_count[part]; i++)
        if (strcmp(all.places[part][i].place, name) == 0)
            return &all.places[part][i];
    return NULL;
}

static void every_row_can_be_printed(void **state)
{
    size_t wrong = 0;

    (void)state;
    for (int part = 0; part < 2; part++)
        for (size_t i = 0; i < all.key_count[part]; i++) {
            const struct key_doc *k = &all.keys[part][i];
            struct form form;
            bool ok = place_of(k->place, part) != NULL && form_read(k->form, &form) && k->en[0] != '\0' && k->fr[0] != '\0'
                && k->en[strlen(k->en) - 1] != '.' && k->fr[strlen(k->fr) - 1] != '.' && strchr(k->en, '\n') == NULL && strchr(k->fr, '\n') == NULL
                && keys_exact(all.keys[part], all.key_count[part], k->place, k->key) == k && !(k->required && k->standard != NULL);

            for (size_t n = 0; ok && n < form.count; n++)
                ok = !form.parts[n].inside || place_of(form.parts[n].word, part) != NULL;
            if (!ok)
                print_error("%s.%s: its place, its form `%s`, a line of it or its twin is wrong\n", k->place, k->key, k->form);
            wrong += !ok;
        }
    assert_int_equal(wrong, 0);
}

static void forms_are_read_and_become_types(void **state)
{
    struct form f;
    struct buf b;

    (void)state;
    buf_init(&b, 4096);
    assert_true(form_read("path | list of path | function(c, r) by name", &f));
    form_type(&b, &f);
    assert_string_equal(buf_str(&b), "table<string, string|string[]|(fun(c: Context, r: any): any, any?)>");
    buf_clear(&b);
    assert_true(form_read("list of in:branch case", &f));
    form_type(&b, &f);
    form_say(&b, &f, false);
    assert_string_equal(buf_str(&b), "BranchCase[]list of { [branch case](#branch-case) }");
    assert_false(form_read("mesage", &f));
    assert_false(form_read("", &f));
    assert_false(form_read("message |", &f));
    buf_free(&b);
}

/* ---- every key is used ---- */

static char *texts[4096];
static size_t text_count;

static int take_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    static const char *const ENDS[] = { ".lua", ".c", ".h", ".sh", ".chat", ".md" };
    const char *end = strrchr(path, '.');
    char *text;
    size_t len, to = 0;
    bool wanted = false;

    (void)st;
    (void)ftw;
    for (size_t i = 0; type == FTW_F && end != NULL && i < sizeof ENDS / sizeof ENDS[0]; i++)
        wanted = wanted || strcmp(ENDS[i], end) == 0;
    if (!wanted || strstr(path, "test_keys.c") != NULL || text_count == sizeof texts / sizeof texts[0]
        || !file_read(AT_FDCWD, path, 4 * 1024 * 1024, &text, &len, NULL))
        return 0;
    for (size_t i = 0; i < len; i++)                   /* C's \" and \n are what the script has */
        if (text[i] == '\\' && (text[i + 1] == '"' || text[i + 1] == 'n')) {
            text[to++] = text[i + 1] == 'n' ? ' ' : '"';
            i++;
        } else if (text[i] != '\0') {
            text[to++] = text[i] == '\n' ? ' ' : text[i];
        }
    text[to] = '\0';
    texts[text_count++] = text;
    return 0;
}

/* `word =` not inside a longer word, at `at` or behind it within `room` bytes. */
static bool has_key(const char *at, const char *word, size_t room)
{
    const char *found = at;
    size_t len = strlen(word);

    while ((found = strstr(found, word)) != NULL && (size_t)(found - at) < room) {
        const char *behind = found + len + strspn(found + len, " ");

        if (strchr(" {,;(.", found[-1]) != NULL && *behind == '=' && behind[1] != '=')
            return true;
        found += len;
    }
    return false;
}

/* A place is opened by `opener`, after blanks by one of `next`; a body is seldom longer than WINDOW. */
static bool is_used_behind(const char *opener, const char *next, const char *key)
{
    enum { WINDOW = 2500 };

    for (size_t i = 0; i < text_count; i++)
        for (const char *at = texts[i]; (at = strstr(at, opener)) != NULL; at++) {
            const char *behind = at + strlen(opener);

            behind += strspn(behind, " ");
            if (at == texts[i] || strchr(" :{,;(\".'|", at[-1]) == NULL || *behind == '\0' || strchr(next, *behind) == NULL)
                continue;
            if (strcmp(key, "*") == 0 || strcmp(key, "[]") == 0 || has_key(behind, key, WINDOW))
                return true;
        }
    return false;
}

/* The statement's own word: "ask" of `f:ask "nom" { … }`, "afterwards" of `f.afterwards = { … }`. */
static void opener_of(const struct place_doc *p, char *out, size_t size)
{
    const char *start = strncmp(p->shape, "f:", 2) == 0 || strncmp(p->shape, "f.", 2) == 0 ? p->shape + 2 : p->shape;

    (void)snprintf(out, size, "%.*s", (int)strspn(start, "abcdefghijklmnopqrstuvwxyz_"), start);
}

static bool is_used(const struct key_doc *k, int part)
{
    const struct place_doc *p = place_of(k->place, part);
    char word[128];

    if (strcmp(k->place, "flow") == 0) {
        (void)snprintf(word, sizeof word, "f.%s", k->key);
        return is_used_behind(word, "=", "*");
    }
    if (p != NULL && p->shape != NULL) {
        opener_of(p, word, sizeof word);
        if (is_used_behind(word, "\"{(=", k->key))
            return true;
    }
    for (size_t i = 0; i < all.key_count[part]; i++) {                        /* a place inside others: behind the key that holds it */
        struct form form;

        if (!form_read(all.keys[part][i].form, &form))
            continue;
        for (size_t n = 0; n < form.count; n++)
            if (form.parts[n].inside && strcmp(form.parts[n].word, k->place) == 0) {
                const char *holder = all.keys[part][i].key;
                const struct place_doc *outer = place_of(all.keys[part][i].place, part);

                if (strcmp(holder, "*") != 0 && strcmp(holder, "[]") != 0 && is_used_behind(holder, "=", k->key))
                    return true;
                if (outer != NULL && outer->shape != NULL && (holder[0] == '*' || holder[0] == '[')) {
                    opener_of(outer, word, sizeof word);
                    if (is_used_behind(word, "\"{(=", k->key))
                        return true;
                }
            }
    }
    return false;
}

static void every_key_is_used_in_a_script(void **state)
{
    static const char *const FOLDERS[] = { "scripts", "tests", "core/cli/sample" };
    size_t unused = 0;

    (void)state;
    for (size_t i = 0; i < sizeof FOLDERS / sizeof FOLDERS[0]; i++)
        assert_int_equal(nftw(FOLDERS[i], take_file, 16, FTW_PHYS), 0);
    assert_true(text_count > 20);
    for (int part = 0; part < 2; part++)
        for (size_t i = 0; i < all.key_count[part]; i++)
            if (!is_used(&all.keys[part][i], part)) {
                print_error("%s.%s is used in no script of scripts/, tests/ or core/cli/sample/\n", all.keys[part][i].place, all.keys[part][i].key);
                unused++;
            }
    for (size_t i = 0; i < text_count; i++)
        free(texts[i]);
    assert_int_equal(unused, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { EACH(every_row_can_be_printed), EACH(forms_are_read_and_become_types), EACH(every_key_is_used_in_a_script) };

    all = language_all();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
