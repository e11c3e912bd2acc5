/* The scanner: every token where people see it, whatever the file looks like. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>

#include "../../../core/script/scan.h"

static struct scan scan(const char *text)
{
    struct scan s;

    assert_true(scan_text(text, strlen(text), &s));
    return s;
}

/* "line:column" of each token, then its text. */
static void expect_tokens(const char *text, const char *wanted)
{
    struct scan s = scan(text);
    char got[2000] = "";
    size_t len = 0;

    for (size_t i = 0; i + 1 < s.count; i++)
        len += (size_t)snprintf(got + len, sizeof got - len, "%d:%d %.*s|", s.tokens[i].line, s.tokens[i].column, (int)s.tokens[i].len, text + s.tokens[i].at);
    assert_string_equal(got, wanted);
    assert_int_equal(s.tokens[s.count - 1].type, TOKEN_END);
    scan_free(&s);
}

static void tokens_have_lines_and_columns_in_characters(void **state)
{
    (void)state;
    expect_tokens("local f = flow \"é\"\nf:ask 'a' {}", "1:1 local|1:7 f|1:9 =|1:11 flow|1:16 \"é\"|2:1 f|2:2 :|2:3 ask|2:7 'a'|2:11 {|2:12 }|");
    expect_tokens("\"Marché Total\" x", "1:1 \"Marché Total\"|1:16 x|");
    expect_tokens("a...b..c==d~=e<=f>=g//h::i<<j>>k", "1:1 a|1:2 ...|1:5 b|1:6 ..|1:8 c|1:9 ==|1:11 d|1:12 ~=|1:14 e|1:15 <=|1:17 f|1:18 >=|1:20 g|1:21 //|1:23 h|1:24 ::|1:26 i|1:27 <<|1:29 j|1:30 >>|1:32 k|");
    expect_tokens("0x1F 1e-5 .5 3. 0xA.8p+1", "1:1 0x1F|1:6 1e-5|1:11 .5|1:14 3.|1:17 0xA.8p+1|");
    expect_tokens("\r\n x\r\n y", "2:2 x|3:2 y|");
    expect_tokens("#!/usr/bin/lua\nx", "2:1 x|");
    expect_tokens("", "");
}

static void comments_are_no_tokens(void **state)
{
    (void)state;
    expect_tokens("a -- b \"c\n d --[[ e\n f ]] g --[==[ ]] h ]==] i", "1:1 a|2:2 d|3:7 g|3:26 i|");
}

static void a_long_text_starts_on_its_first_line_of_words(void **state)
{
    struct scan s = scan("x = [[\n📦 *Nouvelle*\nligne\n]]\ny = [==[ a ]] b ]==]");

    (void)state;
    assert_int_equal(s.tokens[2].type, TOKEN_LONG_STRING);
    assert_int_equal(s.tokens[2].text_line, 2);
    assert_int_equal(s.tokens[2].text_column, 1);
    assert_int_equal(s.tokens[2].last_line, 4);
    assert_memory_equal(s.text + s.tokens[2].text_at, "📦 *Nouvelle*\nligne\n", s.tokens[2].text_len);
    assert_int_equal(s.tokens[5].text_line, 5);
    assert_int_equal(s.tokens[5].text_column, 9);
    assert_int_equal(s.tokens[5].text_len, strlen(" a ]] b "));
    scan_free(&s);
}

static void what_is_not_closed_is_a_token_of_its_own(void **state)
{
    static const struct { const char *text; enum token_type type; size_t index; } CASES[] = {
        { "x = \"abc\ny", TOKEN_OPEN_STRING, 2 },  { "x = 'a\\'\ny", TOKEN_OPEN_STRING, 2 }, { "x = \"a\\", TOKEN_OPEN_STRING, 2 },
        { "x = [[ a\nb ]=]", TOKEN_OPEN_LONG, 2 }, { "x --[[ a", TOKEN_OPEN_COMMENT, 1 },    { "x = “a”", TOKEN_BAD_CHARACTER, 2 },
        { "x ! y", TOKEN_BAD_CHARACTER, 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct scan s = scan(CASES[i].text);

        assert_int_equal(s.tokens[CASES[i].index].type, CASES[i].type);
        scan_free(&s);
    }
}

static void escapes_do_not_end_a_text(void **state)
{
    (void)state;
    expect_tokens("\"a\\\"b\" 'c\\\\' \"d\\\ne\" \"f\\z  \n  g\" x", "1:1 \"a\\\"b\"|1:8 'c\\\\'|1:14 \"d\\\ne\"|2:4 \"f\\z  \n  g\"|3:6 x|");
}

static void brackets_and_blocks_close_each_other(void **state)
{
    struct scan s = scan("x = { a = function(c) if c then for i = 1, 2 do end end while c do repeat until c end return { 1 } end, b = (2) } y");
    size_t open = 2, close = scan_close(&s, open);

    (void)state;
    assert_true(scan_is(&s, close, "}"));
    assert_true(scan_is(&s, close + 1, "y"));
    assert_true(scan_is(&s, scan_close(&s, 5), "end"));
    assert_true(scan_is(&s, scan_close(&s, 5) + 1, ","));
    scan_free(&s);
}

static void places_of_entries_are_found(void **state)
{
    struct scan s = scan("x { \"un\", say = 'a',\n  [\"two words\"] = { 1 }, [1 + 1] = 2; fn = function(a, b) return a, b end,\n  text { min = 5 }, last = [[\nmots]] }");
    struct places p;
    char got[600] = "";
    size_t len = 0;

    (void)state;
    assert_true(scan_places(&s, 1, &p));
    for (size_t i = 0; i < p.count; i++)
        len += (size_t)snprintf(got + len, sizeof got - len, "%.*s@%d:%d=%d:%d ", (int)p.list[i].name_len, p.list[i].name != NULL ? p.list[i].name : "", p.list[i].key_line,
                                p.list[i].key_column, p.list[i].line, p.list[i].column);
    assert_string_equal(got, "@1:5=1:5 @3:3=3:3 @2:26=2:36 fn@2:39=2:44 last@3:21=4:1 say@1:11=1:17 two words@2:4=2:19 ");
    free(p.list);
    scan_free(&s);
}

static void a_file_splits_into_what_starts_in_column_0(void **state)
{
    static const char TEXT[] =
        "local f = flow 'x'\n"
        "f:ask 'a'\n"
        "{\n"
        "say = 1,\n"
        "}\n"
        "if x then\n"
        "end\n"
        "-- words\n"
        "f:ask 'b' {\n"
        "f:ask 'c' {}\n"
        "message 'd' { fr = [[\n"
        "local x\n"
        "]] }\n"
        "return f\n";
    static const int LINES[] = { 1, 2, 6, 9, 10, 11, 14 };
    struct scan s = scan(TEXT);
    struct blocks b;

    (void)state;
    assert_true(scan_blocks(&s, &b));
    assert_int_equal(b.count, sizeof LINES / sizeof *LINES);
    for (size_t i = 0; i < b.count; i++)
        assert_int_equal(b.list[i].line, LINES[i]);
    assert_int_equal(b.list[1].last_line, 5);
    free(b.list);
    scan_free(&s);
}

/* Whatever bytes come, the tokens stay inside the text and in order. */
static void any_bytes_can_be_scanned(void **state)
{
    static const char *const PIECES[] = { "[[", "]]", "\"", "'", "\\", "\n", "--", "[=[", "]=]", "{", "}", "é", "\xff", "x", "1e", "..", "function", "end", " ", "\r", "\\z", "=" };
    uint32_t seed = 7;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        char text[256] = "";
        struct scan s;
        struct blocks b;
        size_t end = 0, len = 0;

        for (int n = 0; n < 12; n++) {
            const char *piece;

            seed = seed * 1664525u + 1013904223u;
            piece = PIECES[(seed >> 8) % (sizeof PIECES / sizeof *PIECES)];
            memcpy(text + len, piece, strlen(piece) + 1);
            len += strlen(piece);
        }
        assert_true(scan_text(text, len, &s));
        for (size_t i = 0; i < s.count; i++) {
            assert_true(s.tokens[i].at >= end && s.tokens[i].at + s.tokens[i].len <= len);
            end = s.tokens[i].at + s.tokens[i].len;
        }
        assert_true(scan_blocks(&s, &b));
        free(b.list);
        scan_free(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(tokens_have_lines_and_columns_in_characters),
        EACH(comments_are_no_tokens),
        EACH(a_long_text_starts_on_its_first_line_of_words),
        EACH(what_is_not_closed_is_a_token_of_its_own),
        EACH(escapes_do_not_end_a_text),
        EACH(brackets_and_blocks_close_each_other),
        EACH(places_of_entries_are_found),
        EACH(a_file_splits_into_what_starts_in_column_0),
        EACH(any_bytes_can_be_scanned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
