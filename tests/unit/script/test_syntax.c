/* What staff read when a file does not compile: the slip, its line and column, and every broken statement at once. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>

/* The whole list of problems of one flow file (or a template file when it starts with a message). */
static void expect(const char *text, const char *wanted)
{
    const char *name = strncmp(text, "message", 7) == 0 ? "templates/x.lua" : "flows/x.lua";
    char *got = problems_of(sources_of(name, text, NULL));

    if (strcmp(got, wanted) != 0)
        fail_msg("\n%s\ngave\n%s\nnot\n%s", text, got, wanted);
    free(got);
}

#define COMMA " a comma is missing here | in { … } commas separate the entries: every line ends with one\n"
#define BRACKET " | close it with }\n"
#define END " | write end: each function, if, for and while has its own\n"

static void a_missing_comma_is_found_where_it_is_missing(void **state)
{
    (void)state;
    expect("local f = flow \"x\"\nf:ask \"a\" {\n  say    = \"m\",\n  expect = text { min = 3 }\n  retry  = \"m\",\n}\n", "E001 flows/x.lua:4:28" COMMA);
    expect("local f = flow \"x\"\nf:ask \"a\" {\n  say = \"é\" help = \"m\",\n}\n", "E001 flows/x.lua:3:12" COMMA);
    expect("local f = flow \"x\"\nf.words = { \"a\" \"b\" }\n", "E001 flows/x.lua:2:16" COMMA);
    expect("on \"a\" { cases = {\n  { is = \"x\" }\n  { is = \"y\" },\n} }\n", "E001 flows/x.lua:2:15" COMMA);
    expect("local f = flow \"x\"\nf:ask \"a\" {\n  check = function(c) return true end\n  say = \"m\",\n}\n", "E001 flows/x.lua:3:38" COMMA);
}

static void an_unclosed_brace_stays_in_its_statement(void **state)
{
    (void)state;
    expect("local f = flow \"x\"\nf:ask \"depart\" {\n  say = \"m\",\n\nf:say \"b\" { say = \"q\" }\n",
           "E001 flows/x.lua:2:16 f:ask \"depart\": its { is not closed before line 5" BRACKET);
    expect("local f = flow \"x\"\nf:ask \"depart\" {\n  expect = one_of { text {}, location(),\n  say = \"m\",\n}\nf:say \"b\" {}\n",
           "E001 flows/x.lua:2:16 f:ask \"depart\": its { is not closed before line 6" BRACKET);
    expect("local f = flow \"x\"\nf:ask \"depart\" {\n  x = (1 + 2,\n}\n", "E001 flows/x.lua:3:13 ')' expected near ',' | \n");
}

static void a_missing_end_names_the_function(void **state)
{
    (void)state;
    expect("local f = flow \"x\"\nf:ask \"a\" {\n  check = function(c, v)\n    if v then return true\n  end,\n}\n", "E001 flows/x.lua:3:11 this 'function' has no 'end' before line 5" END);
    expect("local function calcul(n)\n  return n * 2\n\nlocal f = flow \"x\"\n", "E001 flows/x.lua:1:7 this 'function' has no 'end' before line 4" END);
}

static void one_bracket_too_many(void **state)
{
    (void)state;
    expect("local f = flow \"x\"\nf:ask \"a\" { say = \"q\" } }\n", "E001 flows/x.lua:2:25 one } too many | take it away, or look for the opening one that is missing above\n");
    expect("local n = 1 end\n", "E001 flows/x.lua:1:13 one end too many | take it away, or look for the opening one that is missing above\n");
}

static void characters_of_word_processors(void **state)
{
    (void)state;
    expect("local f = flow \"x\"\nf:ask \"a\" {\n  say = “m”,\n}\n", "E001 flows/x.lua:3:9 typographic quotes “ | write plain quotes: \"\n");
    expect("local f = flow \"x\"\nf:ask \"a\" { say = « m » }\n", "E001 flows/x.lua:2:19 typographic quotes « | write plain quotes: \"\n");
    expect("local f = flow \"x\"\nf:ask \"a\" {\n  say\u00a0= \"m\",\n}\n",
           "E001 flows/x.lua:3:6 an invisible special space | take it away and type an ordinary space (it often comes with pasted text)\n");
    expect("local f = flow \"x\"\nf:ask \"a\" { étape = \"m\" }\n",
           "E001 flows/x.lua:2:13 the character é cannot stand here | names are written without accents; what customers read goes between quotes\n");
}

static void quotes_inside_a_text(void **state)
{
    (void)state;
    expect("local f = flow \"x\"\nf:ask 'a' {\n  say = 'l'adresse',\n}\n", "E001 flows/x.lua:3:9 an apostrophe inside a text between apostrophes | put the text between \" instead\n");
    expect("local f = flow \"x\"\nf:ask \"a\" { say = \"il dit \"oui\" ici\" }\n",
           "E001 flows/x.lua:2:19 a \" inside a text between \" | write \\\" inside the text, or put the text between [[ and ]]\n");
    expect("local f = flow \"x\"\nf:ask \"a\" {\n  say = \"abc,\n}\n", "E001 flows/x.lua:3:9 this text is not closed on its line | close it with \", or put a text of several lines between [[ and ]]\n");
}

static void a_colon_instead_of_equals(void **state)
{
    (void)state;
    expect("local f = flow \"x\"\nf:ask \"a\" {\n  retry : \"x\",\n}\n", "E001 flows/x.lua:3:9 'retry :' should be 'retry =' | here one writes = and not :\n");
}

static void a_value_that_is_missing(void **state)
{
    (void)state;
    expect("local f = flow \"x\"\nf:ask \"a\" { say = , help = 1 }\n", "E001 flows/x.lua:2:19 a value is missing before , | \n");
    expect("local n = 1 +\nlocal m = 2\n", "E001 flows/x.lua:1:13 a value is missing behind + | \n");
}

static void a_long_text_that_swallows_the_next_message(void **state)
{
    (void)state;
    expect("message \"a\" {\n  fr = [[\nBonjour\n,\n}\nmessage \"b\" {\n  fr = [[\nx\n]],\n}\n",
           "E001 templates/x.lua:2:8 this [[ text is not closed before line 6, where a new statement seems to start | close it with ]]\n");
    expect("message \"a\" {\n  fr = [[\nBonjour\n,\n}\n", "E001 templates/x.lua:2:8 this [[ text is not closed before the end of the file | close it with ]]\n");
    expect("local f = flow \"x\"\n--[[ plus tard\nf:say \"x\" {}\n", "E001 flows/x.lua:2:1 this --[[ comment is not closed before line 3, where a new statement seems to start | close it with ]]\n");
}

static void every_broken_statement_is_reported_and_the_others_are_looked_at(void **state)
{
    (void)state;
    expect("local f = flow \"x\"\n"
           "f:ask \"a\" { say = “m” }\n"
           "f:ask \"b\" { expect = txet {} }\n"
           "f:ask \"c\" {\n  say = \"m\"\n  help = \"h\",\n}\n"
           "f:ask \"d\" { check = function(c) return contexte end }\n",
           "E001 flows/x.lua:2:19 typographic quotes “ | write plain quotes: \"\n"
           "E003 flows/x.lua:3:22 'txet' is not defined | did you mean 'text'?\n"
           "E001 flows/x.lua:5:12" COMMA
           "E003 flows/x.lua:8:40 'contexte' is not defined | a text stands between quotes; a function reads a variable of the flow as c.contexte\n");
}

static void deep_brackets_are_named(void **state)
{
    char text[1024];
    size_t len = (size_t)snprintf(text, sizeof text, "local n = ");

    (void)state;
    memset(text + len, '(', 300);
    text[len + 300] = '1';
    memset(text + len + 301, ')', 300);
    text[len + 601] = '\0';
    expect(text, "E001 flows/x.lua:1:1 brackets or functions nested too deeply | put the inner part into a local of its own\n");
}

static void the_last_resort_is_what_lua_says(void **state)
{
    (void)state;
    expect("local 3 = 4\n", "E001 flows/x.lua:1:7 <name> expected near '3' | \n");
    expect("local x = 5 x +\n", "E001 flows/x.lua:1:15 syntax error near '+' | \n");
}

/* Whatever happens to a file, loading it says so or works; the sanitizers watch the rest. */
static void any_damage_to_a_file_is_survived(void **state)
{
    static const char WHOLE[] =
        "local f = flow \"x\"\nf.start = \"depart\"\nf.values = { total = function(c) return c.n + 1 end }\n"
        "f:ask \"depart\" {\n  say    = \"course.départ\",\n  expect = one_of { location(), text { min = 5 } },\n"
        "  check  = function(c, v)\n    if v then return nil, 'm' end\n    return true\n  end,\n}\n"
        "message \"m\" {\n  fr = [[\n📦 *Bonjour* {nom}\n[oui] Oui\n]],\n}\n"
        "f:choose \"c\" { on = { a = edit \"depart\", [\"b\"] = \"fin\" }, 'x' }\nfor i = 1, 2 do f:say(\"s\" .. i) { say = \"m\" } end\n";
    static const char BYTES[] = "{}()[]\"',;=:.\n\\-a1 \xc3";
    uint32_t seed = 11;

    (void)state;
    for (int round = 0; round < 1500; round++) {
        char text[sizeof WHOLE + 8], *problems;

        memcpy(text, WHOLE, sizeof WHOLE);
        for (int n = 0; n < 3; n++) {
            size_t at, len = strlen(text);

            seed = seed * 1664525u + 1013904223u;
            at = (seed >> 8) % len;
            if (seed % 3 == 0)
                memmove(text + at, text + at + 1, len - at);
            else
                text[at] = BYTES[(seed >> 16) % (sizeof BYTES - 1)];
        }
        problems = problems_of(sources_of("flows/x.lua", text, NULL));
        free(problems);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(a_missing_comma_is_found_where_it_is_missing),
        EACH(an_unclosed_brace_stays_in_its_statement),
        EACH(a_missing_end_names_the_function),
        EACH(one_bracket_too_many),
        EACH(characters_of_word_processors),
        EACH(quotes_inside_a_text),
        EACH(a_colon_instead_of_equals),
        EACH(a_value_that_is_missing),
        EACH(a_long_text_that_swallows_the_next_message),
        EACH(every_broken_statement_is_reported_and_the_others_are_looked_at),
        EACH(deep_brackets_are_named),
        EACH(the_last_resort_is_what_lua_says),
        EACH(any_damage_to_a_file_is_survived),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
