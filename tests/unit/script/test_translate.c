/* Wording goes to translators and comes back to the very place it left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lisolo/base/po.h"
#include "lisolo/script.h"

static const char FILE_TEXT[] =
    "-- what customers read\n"
    "message \"course.depart\" {\n"
    "  note = \"polite\",\n"
    "  fr = [[\n"
    "📦 Où ?\n"
    "@ask-location\n"
    "]],   -- the question\n"
    "  en = [[\n"
    "📦 Where?\n"
    "@ask-location\n"
    "]],\n"
    "}\n"
    "\n"
    "message \"court\" { fr = \"Dites \\\"oui\\\"\", fallback = { ln = \"fr\" } }\n"
    "labels \"statut\" {\n"
    "  fr = [==[\n"
    "a = Un ]] deux\n"
    "]==]\n"
    "}\n"
    "message \"calcul\" { fr = \"a\" .. \"b\" }\n";

static struct script_sources sources;
static struct error err;

static void open_text(const char *text)
{
    sources.list = calloc(1, sizeof *sources.list);
    assert_non_null(sources.list);
    sources.count = 1;
    sources.list[0] = (struct script_source){ strdup("templates/t.lua"), strdup(text), strlen(text) };
}

static char *exported(const char *language)
{
    struct buf out;

    buf_init(&out, PO_BYTES_MAX);
    assert_true(script_export_po(&sources, language, &out, &err));
    return buf_take(&out, NULL);
}

/* Imports; the file as it then is. */
static const char *imported(const char *po_text, struct script_import *import, struct problems *problems)
{
    struct po po;

    problems_init(problems);
    if (!po_read(po_text, strlen(po_text), &po, &err))
        fail_msg("%s\n%s", err.text, po_text);
    if (!script_import_po(&sources, &po, "en.po", import, problems, &err))
        fail_msg("%s", err.text);
    po_free(&po);
    free(import->changed);
    return sources.list[0].text;
}

static void texts_are_found_where_they_stand(void **state)
{
    struct script_texts t;
    const struct script_text *one;

    (void)state;
    open_text(FILE_TEXT);
    assert_true(script_texts_read(&sources.list[0], &t));
    assert_int_equal(t.count, 6);
    one = script_texts_find(&t, "message", "course.depart", "fr");
    assert_string_equal(one->text, "📦 Où ?\n@ask-location");
    assert_int_equal(one->line, 5);
    assert_string_equal(script_texts_find(&t, "message", "court", "fr")->text, "Dites \"oui\"");
    assert_string_equal(script_texts_find(&t, "labels", "statut", "fr")->text, "a = Un ]] deux");
    assert_null(script_texts_find(&t, "message", "calcul", "fr")->text);
    assert_null(script_texts_find(&t, "message", "court", "en"));
    script_texts_free(&t);
    script_sources_free(&sources);
}

static void an_export_gives_context_french_translation_and_notes(void **state)
{
    char *po;

    (void)state;
    open_text(FILE_TEXT);
    po = exported("en");
    assert_non_null(strstr(po, "\"Language: en\\n\""));
    assert_non_null(strstr(po, "#. polite\n#: templates/t.lua:5\nmsgctxt \"course.depart\"\nmsgid \"\"\n\"📦 Où ?\\n\"\n\"@ask-location\"\nmsgstr \"\"\n\"📦 Where?\\n\"\n\"@ask-location\"\n"));
    assert_non_null(strstr(po, "msgctxt \"court\"\nmsgid \"Dites \\\"oui\\\"\"\nmsgstr \"\"\n"));
    assert_non_null(strstr(po, "msgctxt \"labels statut\"\nmsgid \"a = Un ]] deux\"\n"));
    assert_null(strstr(po, "calcul"));
    free(po);
    script_sources_free(&sources);
}

static void an_import_of_what_was_exported_changes_nothing(void **state)
{
    struct script_import import;
    struct problems problems;
    char *po;

    (void)state;
    open_text(FILE_TEXT);
    po = exported("en");
    assert_string_equal(imported(po, &import, &problems), FILE_TEXT);
    assert_int_equal(import.same, 1);
    assert_int_equal(import.untranslated, 2);
    assert_int_equal(import.put + import.refused, 0);
    free(po);
    script_sources_free(&sources);
}

#define HEADER(l) "msgid \"\"\nmsgstr \"Language: " l "\\n\"\n\n"

static void a_translation_is_put_in_and_nothing_else_is_touched(void **state)
{
    struct script_import import;
    struct problems problems;
    char expected[2048];

    (void)state;
    open_text(FILE_TEXT);
    imported(HEADER("en") "msgctxt \"course.depart\"\nmsgid \"📦 Où ?\\n@ask-location\"\nmsgstr \"📦 Where to?\\n@ask-location\\n\"\n\n"
             "msgctxt \"court\"\nmsgid \"Dites \\\"oui\\\"\"\nmsgstr \"Say \\\"yes\\\" \\\\o/\"\n\n"
             "msgctxt \"labels statut\"\nmsgid \"a = Un ]] deux\"\nmsgstr \"a = One ]] two\"\n", &import, &problems);
    assert_int_equal(import.put, 3);
    assert_int_equal(problems.count, 0);
    snprintf(expected, sizeof expected, "%s",
             "-- what customers read\nmessage \"course.depart\" {\n  note = \"polite\",\n  fr = [[\n📦 Où ?\n@ask-location\n]],   -- the question\n"
             "  en = [[\n📦 Where to?\n@ask-location\n]],\n}\n\n"
             "message \"court\" { fr = \"Dites \\\"oui\\\"\",\n  en = \"Say \\\"yes\\\" \\\\o/\", fallback = { ln = \"fr\" } }\n"
             "labels \"statut\" {\n  fr = [==[\na = Un ]] deux\n]==],\n  en = [=[\na = One ]] two\n]=]\n}\nmessage \"calcul\" { fr = \"a\" .. \"b\" }\n");
    assert_string_equal(sources.list[0].text, expected);
    assert_int_equal(sources.list[0].len, strlen(expected));
    problems_free(&problems);
    script_sources_free(&sources);
}

static void a_translation_of_older_french_is_refused_and_named(void **state)
{
    struct script_import import;
    struct problems problems;

    (void)state;
    open_text(FILE_TEXT);
    imported(HEADER("ln") "msgctxt \"court\"\nmsgid \"Dites oui\"\nmsgstr \"Loba\"\n\n#, fuzzy\nmsgctxt \"course.depart\"\nmsgid \"x\"\nmsgstr \"y\"\n\n"
             "msgctxt \"parti\"\nmsgid \"x\"\nmsgstr \"y\"\n\nmsgctxt \"labels statut\"\nmsgid \"a = Un ]] deux\"\nmsgstr \"a = Moko\"\n", &import, &problems);
    assert_int_equal(import.put, 1);
    assert_int_equal(import.refused, 2);
    assert_int_equal(import.untranslated, 1);
    assert_int_equal(problems.count, 2);
    assert_string_equal(problems.list[0].code, "M24");
    assert_string_equal(problems.list[0].file, "en.po");
    assert_int_equal(problems.list[0].line, 5);
    assert_string_equal(problems.list[0].text, "\"court\": the French has changed since");
    assert_string_equal(problems.list[1].text, "\"parti\": there is no message of this name");
    assert_non_null(strstr(sources.list[0].text, "]==],\n  ln = [[\na = Moko\n]]\n}"));
    problems_free(&problems);
    script_sources_free(&sources);
}

static void french_itself_is_not_imported(void **state)
{
    struct script_import import;
    struct problems problems;
    struct po po;

    (void)state;
    open_text(FILE_TEXT);
    problems_init(&problems);
    assert_true(po_read(HEADER("fr"), strlen(HEADER("fr")), &po, &err));
    assert_false(script_import_po(&sources, &po, "fr.po", &import, &problems, &err));
    assert_string_equal(err.text, "fr.po: its header names no language that can be put in: en or ln, not \"fr\"");
    po_free(&po);
    script_sources_free(&sources);
}

static void what_there_is_to_translate_is_counted(void **state)
{
    struct script_texts t;
    struct script_count n;

    (void)state;
    open_text(FILE_TEXT);
    assert_true(script_texts_read(&sources.list[0], &t));
    script_count_texts(&t, 1, "en", &n);
    assert_int_equal(n.texts, 1);
    assert_int_equal(n.missing, 3);
    assert_int_equal(n.words, 1);
    assert_int_equal(n.longest, 22);
    assert_string_equal(n.longest_id, "course.depart");
    script_texts_free(&t);
    script_sources_free(&sources);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_found_where_they_stand),
        cmocka_unit_test(an_export_gives_context_french_translation_and_notes),
        cmocka_unit_test(an_import_of_what_was_exported_changes_nothing),
        cmocka_unit_test(a_translation_is_put_in_and_nothing_else_is_touched),
        cmocka_unit_test(a_translation_of_older_french_is_refused_and_named),
        cmocka_unit_test(french_itself_is_not_imported),
        cmocka_unit_test(what_there_is_to_translate_is_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
