#include <fcntl.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../../core/script/scan.h"
#include "lisolo/base/file.h"
#include "support.h"

static const char *const SHIPPED[] = {
    "scripts/flows/commandes.lua",     "scripts/flows/course.lua",     "scripts/flows/evenements.lua",      "scripts/templates/commun.lua",
    "scripts/templates/course.lua",    "scripts/templates/notifications.lua", "core/cli/sample/scripts/flows/commande.lua",
    "core/cli/sample/scripts/flows/commandes.lua", "core/cli/sample/scripts/templates/commande.lua", "core/cli/sample/scripts/templates/commun.lua",
};
enum { SHIPPED_COUNT = sizeof SHIPPED / sizeof *SHIPPED, MUTANTS = 60 /* a file */ };

static char *shipped(size_t i, size_t *len)
{
    char *text;
    struct error err;

    if (!file_read(AT_FDCWD, SHIPPED[i], SCRIPT_FILE_BYTES_MAX, &text, len, &err))
        fail_msg("%s", err.text);
    return text;
}

static char *laid_out(const char *text, enum script_layout wanted)
{
    char *out;
    size_t len;

    assert_int_equal(script_layout(text, strlen(text), &out, &len), wanted);
    assert_int_equal(strlen(out), len);
    return out;
}

static void expect(const char *before, const char *after)
{
    char *out = laid_out(before, SCRIPT_LAYOUT_DONE);

    assert_string_equal(out, after);
    free(out);
}

static void shipped_scripts_are_unchanged(void **state)
{
    (void)state;
    for (size_t i = 0; i < SHIPPED_COUNT; i++) {
        size_t len;
        char *text = shipped(i, &len);

        expect(text, text);
        free(text);
    }
}

static void what_is_indented_and_spaced(void **state)
{
    (void)state;
    expect("local f=flow \"x\"\n\n\n\nf:ask \"a\"{\nsay=\"x.y\",\n  expect=text{min=1,max=2}\n}\n",
           "local f = flow \"x\"\n\nf:ask \"a\" {\n  say    = \"x.y\",\n  expect = text { min = 1, max = 2 },\n}\n");
    expect("f:call \"b\" {\n  body = function(c)\n  if c.x==1 then\n return {a=1}\n    else\n return nil\n   end\n end,\n}\n",
           "f:call \"b\" {\n  body = function(c)\n    if c.x == 1 then\n      return { a = 1 }\n    else\n      return nil\n    end\n  end,\n}\n");
    expect("x = { 1, 2, }", "x = { 1, 2 }\n");
    expect("x = {\n  a = 1 -- one\n}\n", "x = {\n  a = 1, -- one\n}\n");
    expect("x = { f(function()\nreturn 1\nend) }\n", "x = { f(function()\n  return 1\nend) }\n");
    expect("\tx = { a = 1,\nb = 2 }\r\n", "x = { a = 1,\n      b = 2 }\n");
    expect("x = a\nor b\n", "x = a\n  or b\n");
    expect("", "");
}

static void columns_that_the_author_made_stay(void **state)
{
    const char *text = "commands {\n  menu   = { words = { \"menu\" },           does = \"menu\" },\n"
                       "  retour = { words = { \"retour\", \"back\" }, does = \"back\" },\n}\n";

    (void)state;
    expect(text, text);
    expect("f:finish \"a\"       { say = \"x\" }\nf:finish \"abandon\" { say = \"y\" }\n", "f:finish \"a\"       { say = \"x\" }\nf:finish \"abandon\" { say = \"y\" }\n");
    expect("f:finish \"a\"       { say = \"x\" }\n", "f:finish \"a\" { say = \"x\" }\n");
}

static void brackets_that_would_become_a_long_text_keep_their_distance(void **state)
{
    (void)state;
    expect("x = t[ [[a]] ]\n", "x = t[ [[a]] ]\n");
    expect("x = t[ \"a\" ]\n", "x = t[ \"a\" ]\n");
    expect("x = - -1\ny = a - -1\n", "x = - -1\ny = a - -1\n");
    expect("x = 1 .. 2\n", "x = 1 .. 2\n");
}

static void texts_lose_what_nobody_sees(void **state)
{
    (void)state;
    expect("message \"a\" {\n  fr = [[\nBonjour\t Prisca  \n\n \nAu revoir\t\n]],\n}\n", "message \"a\" {\n  fr = [[\nBonjour  Prisca\n\n\nAu revoir\n]],\n}\n");
    expect("x = [[\na  \n]]\n", "x = [[\na  \n]]\n");
    expect("message \"a\" { fr = \"x \\\n  y\" }\n", "message \"a\" { fr = \"x \\\n  y\" }\n");
}

static void typographic_signs_outside_texts_become_plain(void **state)
{
    char *out;

    (void)state;
    expect("\xEF\xBB\xBF" "f:ask “a” {\u00a0say =\u200b « b » }\n", "f:ask \"a\" { say = \" b \" }\n");
    expect("x = \"«\u00a0a\u00a0» “b” l’an\"\n", "x = \"«\u00a0a\u00a0» “b” l’an\"\n");
    out = laid_out("f:ask “a” {\u00a0say =   \"x\"\n", SCRIPT_LAYOUT_UNPARSED);
    assert_string_equal(out, "f:ask \"a\" { say =   \"x\"\n");
    free(out);
    out = laid_out("  x = = 1\n", SCRIPT_LAYOUT_UNPARSED);
    assert_string_equal(out, "  x = = 1\n");
    free(out);
}

/* ---- every mutant: the same words, and nothing left for a second run ---- */

static uint64_t seed = 0x1234567;

static size_t any(size_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return below == 0 ? 0 : (size_t)(seed >> 33) % below;
}

/* Blanks and comments between tokens; with `words` now and then a token more or less too. */
static char *mutate(const char *text, size_t len, bool words)
{
    static const char *const BLANKS[] = { " ", "  ", "\n", "\t", "\n\n\n", " \n ", "\r\n", "      ", " -- un mot\n", "--[[ a\n b ]]", ",", "" };
    size_t kinds = sizeof BLANKS / sizeof *BLANKS - (words ? 0 : 2);
    struct scan s;
    struct buf out;
    size_t at = 0, rate = 4 + any(60);

    assert_true(scan_text(text, len, &s));
    buf_init(&out, 4 * SCRIPT_FILE_BYTES_MAX);
    for (size_t i = 0; i < s.count; i++) {
        const struct token *t = &s.tokens[i];

        if (any(rate) == 0)
            (void)buf_adds(&out, BLANKS[any(kinds)]);
        else if (!words || any(rate) != 0 || (t->at > at && memchr(text + at, '-', t->at - at) != NULL))
            (void)buf_add(&out, text + at, t->at - at);
        if (!words || any(rate * 40) != 0)
            (void)buf_add(&out, text + t->at, t->len);
        at = t->at + t->len;
    }
    scan_free(&s);
    assert_true(buf_ok(&out));
    return buf_take(&out, &len);
}

/* Words of a text: without blanks at line ends, tabs as blanks. What was a comma before } is left out by the caller. */
static bool same_token(const struct scan *a, const struct token *x, const struct scan *b, const struct token *y)
{
    size_t i = 0, k = 0;
    const char *p = a->text + x->at, *q = b->text + y->at;

    if (x->type != y->type || x->type != TOKEN_LONG_STRING)
        return x->type == y->type && x->len == y->len && memcmp(p, q, x->len) == 0;
    for (;;) {
        size_t from = i, before = k;

        while (i < x->len && strchr(" \t\r", p[i]) != NULL)
            i++;
        while (k < y->len && strchr(" \t\r", q[k]) != NULL)
            k++;
        if (i == x->len || k == y->len)
            return i == x->len && k == y->len;
        if (p[i] != q[k] || (p[i] != '\n' && i - from != k - before))
            return false;
        i++, k++;
    }
}

static void assert_same_words(const char *before, const char *after)
{
    struct scan a, b;
    size_t i = 0, k = 0;

    assert_true(scan_text(before, strlen(before), &a));
    assert_true(scan_text(after, strlen(after), &b));
    while (i < a.count && k < b.count) {
        if (scan_is(&a, i, ",") && scan_is(&a, i + 1, "}"))
            i++;
        if (scan_is(&b, k, ",") && scan_is(&b, k + 1, "}"))
            k++;
        if (!same_token(&a, &a.tokens[i], &b, &b.tokens[k]))
            fail_msg("%.*s became %.*s in\n%s", (int)a.tokens[i].len, before + a.tokens[i].at, (int)b.tokens[k].len, after + b.tokens[k].at, before);
        i++, k++;
    }
    assert_int_equal(a.count - i, 0);
    assert_int_equal(b.count - k, 0);
    scan_free(&a);
    scan_free(&b);
}

static bool same_decl(const struct decl *a, const struct decl *b)
{
    if (a->type != b->type || a->count != b->count || (a->tag == NULL) != (b->tag == NULL) || (a->tag != NULL && strcmp(a->tag, b->tag) != 0))
        return false;
    if (a->type == DECL_STRING && (a->length != b->length || memcmp(a->string, b->string, a->length) != 0))
        return false;
    if (a->boolean != b->boolean || a->integer != b->integer || a->number < b->number || a->number > b->number || a->function != b->function)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if ((a->entries[i].name == NULL) != (b->entries[i].name == NULL)
            || (a->entries[i].name != NULL && strcmp(a->entries[i].name, b->entries[i].name) != 0) || !same_decl(&a->entries[i].value, &b->entries[i].value))
            return false;
    return true;
}

static bool compiles(const char *text)
{
    lua_State *L = luaL_newstate();
    bool ok = luaL_loadstring(L, text) == LUA_OK;

    lua_close(L);
    return ok;
}

static void no_mutant_loses_a_word_and_laying_out_twice_changes_nothing(void **state)
{
    size_t laid = 0, kept = 0;

    (void)state;
    for (size_t i = 0; i < SHIPPED_COUNT; i++) {
        size_t len;
        char *text = shipped(i, &len);

        for (int n = 0; n < MUTANTS; n++) {
            char *mutant = mutate(text, len, true), *once, *twice;
            bool parsed = compiles(mutant);

            once = laid_out(mutant, parsed ? SCRIPT_LAYOUT_DONE : SCRIPT_LAYOUT_UNPARSED);
            twice = laid_out(once, parsed ? SCRIPT_LAYOUT_DONE : SCRIPT_LAYOUT_UNPARSED);
            assert_string_equal(once, twice);
            if (parsed)
                assert_same_words(mutant, once);
            else
                assert_string_equal(mutant, once);
            laid += parsed;
            kept += !parsed;
            free(mutant);
            free(once);
            free(twice);
        }
        free(text);
    }
    print_message("%zu mutants laid out, %zu left alone\n", laid, kept);
    assert_true(laid > SHIPPED_COUNT * MUTANTS / 4);
    assert_true(kept > 0);
}

static void statements_are_equal_before_and_after(void **state)
{
    (void)state;
    for (size_t i = 0; i < SHIPPED_COUNT; i++) {
        const char *name = strstr(SHIPPED[i], "flows/") != NULL ? strstr(SHIPPED[i], "flows/") : strstr(SHIPPED[i], "templates/");
        struct statements before = { 0 }, after = { 0 };
        size_t len;
        char *text = shipped(i, &len), *mutant = NULL, *once;
        struct generation *a, *b;

        do {
            free(mutant);
            mutant = mutate(text, len, false);
        } while (!compiles(mutant) || strlen(mutant) > SCRIPT_FILE_BYTES_MAX || strstr(mutant, "\r") != NULL);
        once = laid_out(mutant, SCRIPT_LAYOUT_DONE);
        a = define(sources_of(name, mutant, NULL), &before);
        b = define(sources_of(name, once, NULL), &after);
        assert_int_equal(before.count, after.count);
        for (size_t k = 0; k < before.count; k++) {
            assert_string_equal(before.list[k].verb, after.list[k].verb);
            assert_true(same_decl(&before.list[k].body, &after.list[k].body));
        }
        statements_free(&before);
        statements_free(&after);
        generation_drop(a);
        generation_drop(b);
        free(text);
        free(mutant);
        free(once);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(shipped_scripts_are_unchanged), EACH(what_is_indented_and_spaced), EACH(columns_that_the_author_made_stay),
        EACH(brackets_that_would_become_a_long_text_keep_their_distance), EACH(texts_lose_what_nobody_sees),
        EACH(typographic_signs_outside_texts_become_plain), EACH(no_mutant_loses_a_word_and_laying_out_twice_changes_nothing),
        EACH(statements_are_equal_before_and_after),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
