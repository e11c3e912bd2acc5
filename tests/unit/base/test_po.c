/* What translators' tools write is read as it was meant, or refused with its line. */
#include <stdio.h>
#include <string.h>

#include "cm.h"
#include "lisolo/base/po.h"

static struct po po;
static struct error err;

static bool reads(const char *text) { return po_read(text, strlen(text), &po, &err); }

static void refused(const char *text, const char *why)
{
    if (reads(text))
        fail_msg("read: %s", text);
    assert_string_equal(err.text, why);
}

static void what_is_written_is_read_back(void **state)
{
    static const struct po_entry ENTRIES[] = {
        { .context = "course.depart", .id = "Où ?\n\"Ici\" \\ là\t!\n", .text = "Where?\n", .note = "polite\nshort", .place = "templates/course.lua:12" },
        { .context = "course.fin", .id = "Fini", .text = "" },
        { .id = "sans contexte", .text = "no context", .fuzzy = true },
    };
    struct buf out;

    (void)state;
    buf_init(&out, PO_BYTES_MAX);
    po_write_header(&out, "lisolo", "en");
    for (size_t i = 0; i < 3; i++)
        po_write_entry(&out, &ENTRIES[i]);
    assert_true(buf_ok(&out));
    if (!reads(buf_str(&out)))
        fail_msg("%s\n%s", err.text, buf_str(&out));
    assert_string_equal(po.language, "en");
    assert_int_equal(po.count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(po.list[i].id, ENTRIES[i].id);
        assert_string_equal(po.list[i].text, ENTRIES[i].text);
        assert_int_equal(po.list[i].fuzzy, ENTRIES[i].fuzzy);
        if (ENTRIES[i].context != NULL)
            assert_string_equal(po.list[i].context, ENTRIES[i].context);
        else
            assert_null(po.list[i].context);
    }
    po_free(&po);
    buf_free(&out);
}

static void a_text_of_several_lines_is_one_line_each(void **state)
{
    const struct po_entry e = { .context = "m", .id = "Un\n\nDeux", .text = "One line" };
    struct buf out;

    (void)state;
    buf_init(&out, 1000);
    po_write_entry(&out, &e);
    assert_string_equal(buf_str(&out), "\nmsgctxt \"m\"\nmsgid \"\"\n\"Un\\n\"\n\"\\n\"\n\"Deux\"\nmsgstr \"One line\"\n");
    buf_free(&out);
}

static void what_other_tools_add_is_passed_over(void **state)
{
    (void)state;
    assert_true(reads("\xEF\xBB\xBF# somebody\r\nmsgid \"\"\r\nmsgstr \"\"\r\n\"Language: ln\\n\"\r\n\r\n#. note\n#: a.lua:1\n#, fuzzy, c-format\n#| msgid \"old\"\nmsgctxt \"a\"\nmsgid \"A\"\nmsgstr \"\"\n\"x\"\n\"y\"\n"
                      "msgctxt \"b\"\nmsgid \"B\"\nmsgstr \"z\"\n# c\nmsgid \"C\"\nmsgstr \"\"\n#~ msgid \"gone\"\n#~ msgstr \"away\"\n"));
    assert_string_equal(po.language, "ln");
    assert_int_equal(po.count, 3);
    assert_true(po.list[0].fuzzy);
    assert_string_equal(po.list[0].text, "xy");
    assert_int_equal(po.list[0].line, 11);
    assert_false(po.list[1].fuzzy);
    assert_string_equal(po.list[1].context, "b");
    assert_null(po.list[2].context);
    po_free(&po);
    assert_true(reads(""));
    assert_int_equal(po.count, 0);
    po_free(&po);
}

static void what_is_not_understood_is_refused_with_its_line(void **state)
{
    (void)state;
    refused("msgid \"a\"\nmsgstr \"b", "line 2: a quote is not closed");
    refused("msgid \"a\" b\nmsgstr \"\"", "line 1: something stands behind a text");
    refused("msgid a\nmsgstr \"\"", "line 1: a text between quotes is expected");
    refused("msgid \"a\\q\"\n", "line 1: an escape other than \\n \\t \\\" \\\\");
    refused("\"a\"\n", "line 1: a text that belongs to nothing");
    refused("msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0] \"c\"\n", "line 2: not a line of a PO file (plural forms are not used here)");
    refused("msgstr \"a\"\n", "line 1: msgctxt, msgid and msgstr follow each other, each once");
    refused("msgctxt \"x\"\nmsgctxt \"y\"\n", "line 2: msgctxt, msgid and msgstr follow each other, each once");
    refused("msgid \"a\"\n\n\n", "line 4: an entry without msgid or msgstr ends here");
    refused("hello\n", "line 1: not a line of a PO file (plural forms are not used here)");
    refused("msgid \"\xFF\"\n", "not a PO file in UTF-8 of at most 8 MiB");
    assert_false(po_read("msgid \"\0\"", 9, &po, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(a_text_of_several_lines_is_one_line_each),
        cmocka_unit_test(what_other_tools_add_is_passed_over),
        cmocka_unit_test(what_is_not_understood_is_refused_with_its_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
