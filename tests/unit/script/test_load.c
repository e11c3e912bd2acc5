/* From sources to statements: positions, order, names of functions, libraries, and everything that is refused. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>

static void expect_problems(struct script_sources sources, const char *wanted)
{
    char *got = problems_of(sources);

    if (strcmp(got, wanted) != 0)
        fail_msg("\ngave\n%s\nnot\n%s", got, wanted);
    free(got);
}

static void expect_flow(const char *text, const char *wanted)
{
    expect_problems(sources_of("flows/x.lua", text, NULL), wanted);
}

/* ---- statements ---- */

static const struct statement *find(const struct statements *all, const char *verb, const char *name)
{
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->list[i].verb, verb) == 0 && (name == NULL || (all->list[i].name != NULL && strcmp(all->list[i].name, name) == 0)))
            return &all->list[i];
    fail_msg("no %s %s", verb, name);
    return NULL;
}

static void entry_is(const struct decl *d, const char *name, enum decl_type type, int key_line, int key_column, int line, int column)
{
    const struct decl_entry *e = decl_entry(d, name);

    assert_non_null(e);
    assert_int_equal(e->value.type, type);
    assert_int_equal(e->line, key_line);
    assert_int_equal(e->column, key_column);
    assert_int_equal(e->value.line, line);
    assert_int_equal(e->value.column, column);
}

static void every_key_and_value_knows_where_it_is_written(void **state)
{
    struct statements all;
    struct generation *g = define(sources_of("flows/course.lua",
        "local f = flow \"course\"\n"
        "f.start = \"depart\"\n"
        "\n"
        "f:ask \"depart\" {\n"
        "  say    = \"course.depart\", tries = 3,\n"
        "  expect = one_of { location(), text { min = 5, max = 200.5 } },\n"
        "  check  = function(c, v) return true end,\n"
        "}\n", NULL), &all);
    const struct statement *s = find(&all, "ask", "depart");
    const struct decl *expect;

    (void)state;
    assert_string_equal(s->owner, "course");
    assert_string_equal(s->file, "flows/course.lua");
    assert_int_equal(s->line, 4);
    assert_int_equal(s->column, 1);
    entry_is(&s->body, "say", DECL_STRING, 5, 3, 5, 12);
    entry_is(&s->body, "tries", DECL_INTEGER, 5, 29, 5, 37);
    entry_is(&s->body, "expect", DECL_TABLE, 6, 3, 6, 12);
    entry_is(&s->body, "check", DECL_FUNCTION, 7, 3, 7, 12);
    expect = decl_get(&s->body, "expect");
    assert_string_equal(expect->tag, "one_of");
    assert_string_equal(decl_item(expect, 0)->tag, "location");
    assert_int_equal(decl_item(expect, 0)->column, 21);
    entry_is(decl_item(expect, 1), "max", DECL_NUMBER, 6, 49, 6, 55);
    s = find(&all, "set", "start");
    assert_string_equal(s->body.string, "depart");
    assert_int_equal(s->body.line, 2);
    assert_int_equal(s->body.column, 11);
    assert_int_equal(find(&all, "flow", "course")->line, 1);
    assert_string_equal(s->owner, "course");
    statements_free(&all);
    generation_drop(g);
}

static void named_entries_come_as_written_and_positional_ones_first(void **state)
{
    static const char *const ORDER[] = { NULL, NULL, "z", "a", "m" };
    struct statements all;
    struct generation *g = define(sources_of("flows/x.lua", "local f = flow 'x'\nf:branch 'b' { z = 1, { go = 'a' }, a = 2, m = 3, { go = 'b' } }\n", NULL), &all);
    const struct statement *s = find(&all, "branch", "b");

    (void)state;
    assert_int_equal(s->body.count, 5);
    for (size_t i = 0; i < 5; i++) {
        if (ORDER[i] == NULL)
            assert_null(s->body.entries[i].name);
        else
            assert_string_equal(s->body.entries[i].name, ORDER[i]);
    }
    assert_int_equal(decl_item(&s->body, 1)->column, 51);
    statements_free(&all);
    generation_drop(g);
}

static void a_long_text_starts_where_its_words_start(void **state)
{
    struct statements all;
    struct generation *g = define(sources_of("templates/course.lua",
        "message \"course.depart\" {\n"
        "  fr = [[\n"
        "📦 *Nouvelle course*\n"
        "@ask-location\n"
        "]],\n"
        "  en = [[Where?]],\n"
        "}\n"
        "labels \"statut\" { fr = \"a\" }\n", NULL), &all);
    const struct statement *s = find(&all, "message", "course.depart");

    (void)state;
    assert_null(s->owner);
    entry_is(&s->body, "fr", DECL_STRING, 2, 3, 3, 1);
    entry_is(&s->body, "en", DECL_STRING, 6, 3, 6, 9);      /* at its last bracket, as a short text at its quote */
    assert_string_equal(decl_string(&s->body, "fr"), "📦 *Nouvelle course*\n@ask-location\n");
    assert_int_equal(find(&all, "labels", "statut")->line, 8);
    statements_free(&all);
    generation_drop(g);
}

static void functions_are_numbered_as_written_and_named_by_their_place(void **state)
{
    static const char *const NAMES[] = { "a/values/total", "a/envoyer/body", "a/envoyer/save/recu", "a/tri/1/when", "a/tri/2/when", "on/mission/taps/x", "b/calcul/y" };
    struct generation *g = define(sources_of(
        "flows/b.lua", "local f = flow 'b'\nf:set 'calcul' { y = function() end }\n",
        "flows/a.lua",
        "local f = flow 'a'\nf.values = { total = function(c) return 1 end }\n"
        "f:call 'envoyer' { body = function(c) end, save = { id = 'id', recu = function(c, r) end } }\n"
        "f:branch 'tri' { { when = function() end, go = 'x' }, { when = function() end } }\n"
        "on 'mission' { taps = { x = function() end } }\n", NULL), NULL);

    (void)state;
    /* sources come sorted by name from the reader; here b stands first */
    generation_drop(g);
    g = define(sources_of(
        "flows/a.lua",
        "local f = flow 'a'\nf.values = { total = function(c) return 1 end }\n"
        "f:call 'envoyer' { body = function(c) end, save = { id = 'id', recu = function(c, r) end } }\n"
        "f:branch 'tri' { { when = function() end, go = 'x' }, { when = function() end } }\n"
        "on 'mission' { taps = { x = function() end } }\n",
        "flows/b.lua", "local f = flow 'b'\nf:set 'calcul' { y = function() end }\n", NULL), NULL);
    assert_int_equal(g->function_count, sizeof NAMES / sizeof *NAMES);
    for (uint32_t i = 0; i < g->function_count; i++)
        assert_string_equal(script_function_name(g, i), NAMES[i]);
    assert_string_equal(script_function_name(g, 99), "?");
    generation_drop(g);
}

static void a_body_may_come_from_a_local(void **state)
{
    struct statements all;
    struct generation *g = define(sources_of("flows/x.lua", "local adresse = one_of { location(), text { min = 5 } }\nlocal f = flow 'x'\nfor _, n in ipairs { 'a', 'b' } do\n  f:ask(n) { say = n, expect = adresse }\nend\n", NULL), &all);
    const struct statement *s = find(&all, "ask", "b");

    (void)state;
    assert_int_equal(s->line, 4);
    assert_int_equal(s->column, 3);
    assert_string_equal(decl_get(&s->body, "expect")->tag, "one_of");
    assert_int_equal(decl_item(decl_get(&s->body, "expect"), 1)->line, 4);
    statements_free(&all);
    generation_drop(g);
}

/* ---- digests ---- */

static void the_digest_knows_definitions_not_places(void **state)
{
    struct generation *a = define(sources_of("flows/x.lua", "local f = flow 'x'\nf:say 'a' { say = 'm' }\n", NULL), NULL);
    struct generation *b = define(sources_of("flows/x.lua", "-- words\n\nlocal f = flow 'x'\n\nf:say 'a' {\n  say = 'm',\n}\n", NULL), NULL);
    struct generation *c = define(sources_of("flows/x.lua", "local f = flow 'x'\nf:say 'a' { say = 'n' }\n", NULL), NULL);

    (void)state;
    assert_string_equal(a->digest, b->digest);
    assert_string_not_equal(a->digest, c->digest);
    assert_int_equal(strlen(a->digest), 64);
    generation_drop(a);
    generation_drop(b);
    generation_drop(c);
}

static void a_worker_refuses_other_definitions(void **state)
{
    struct generation *g = define(sources_of("flows/x.lua", "local f = flow 'x'\nf:say 'a' { say = 'm' }\n", NULL), NULL);
    struct error err = { "" };
    struct script_worker *w = script_worker_new(g, &err);

    (void)state;
    assert_non_null(w);
    assert_ptr_equal(script_worker_generation(w), g);
    script_worker_free(w);
    g->digest[0] = g->digest[0] == 'a' ? 'b' : 'a';
    assert_null(script_worker_new(g, &err));
    assert_non_null(strstr(err.text, "other definitions"));
    generation_drop(g);
}

/* ---- libraries ---- */

static void a_library_is_loaded_once_and_frozen(void **state)
{
    struct generation *g = define(sources_of(
        "flows/lib/money.lua", "local m = { taux = { 5 } }\nfunction m.frais(n) return n * m.taux[1] end\nreturn m\n",
        "flows/lib/plus.lua", "local money = use 'money'\nreturn { deux = function(n) return money.frais(n) + 2 end }\n",
        "flows/x.lua", "local money, plus = use 'money', use 'plus'\nlocal f = flow 'x'\nf:set 'a' { y = function(c, v) if v then money.taux[1] = 9 end return plus.deux(10) end, same = money == use 'money' }\n", NULL), NULL);
    struct error err;
    struct script_worker *w = script_worker_new(g, &err);

    (void)state;
    assert_non_null(w);
    assert_string_equal(call(w, NULL, NULL), "52");
    assert_string_equal(call(w, NULL, "1"), "flows/x.lua:3: this table is read-only");
    script_worker_free(w);
    generation_drop(g);
}

static void libraries_that_cannot_be_used(void **state)
{
    (void)state;
    expect_problems(sources_of("flows/lib/money.lua", "return { x = 1 }", "flows/x.lua", "local m = use 'monye'\n", NULL),
                    "E009 flows/x.lua:1:1 there is no flows/lib/monye.lua | did you mean 'money'?\n");
    expect_problems(sources_of("flows/lib/a.lua", "local b = use 'b'\nreturn {}", "flows/lib/b.lua", "local a = use 'a'\nreturn {}", NULL),
                    "E009 flows/lib/b.lua:1:1 flows/lib/a.lua uses itself, by way of this file | \n");
    expect_problems(sources_of("flows/lib/a.lua", "local x = 1\n", NULL), "E009 flows/lib/a.lua:2:0 a library returns a table of functions | \n");
    expect_problems(sources_of("flows/lib/a.lua", "local f = flow 'a'\nreturn {}", NULL),
                    "E002 flows/lib/a.lua:1:1 'flow' cannot stand in a file under flows/lib/ | a library only returns a table of functions\n");
    expect_problems(sources_of("flows/lib/a.lua", "error('boum')\n", "flows/x.lua", "local a = use 'a'\n", "flows/y.lua", "local a = use 'a'\n", NULL),
                    "E004 flows/lib/a.lua:1:1 boum | \n");
}

/* ---- files ---- */

static void a_file_must_be_a_text_of_its_size(void **state)
{
    char *large = malloc(70001);
    struct script_sources binary = sources_of("flows/x.lua", "xLua", NULL), zero = sources_of("flows/x.lua", "-- aXb", NULL);

    (void)state;
    assert_non_null(large);
    memset(large, ' ', 70000);
    large[70000] = '\0';
    expect_flow(large, "E002 flows/x.lua:0:0 larger than 64 KiB | split it: one flow or one subject a file\n");
    free(large);
    binary.list[0].text[0] = '\x1b';
    expect_problems(binary, "E002 flows/x.lua:1:0 not a text file | scripts are Lua source text; compiled Lua is refused\n");
    zero.list[0].text[4] = '\0';
    expect_problems(zero, "E002 flows/x.lua:1:0 not a text file | scripts are Lua source text; compiled Lua is refused\n");
    expect_flow("-- ok\n-- caf\xe9\n", "E002 flows/x.lua:2:0 not UTF-8 | save the file as UTF-8\n");
    expect_flow("\xEF\xBB\xBFlocal f = flow 'x'\nf:say 'a' { say = 'm' }\n", "");
    expect_problems(sources_of("flows/un_nom_de_fichier_qui_est_vraiment_beaucoup_trop_long.lua", "", NULL),
                    "E002 flows/un_nom_de_fichier_qui_est_vraiment_beaucoup_trop_long.lua:0:0 the file's name is longer than 56 bytes | \n");
}

static void what_sources_may_not_say(void **state)
{
    char text[1000] = "local a = {}\nlocal b = a";

    (void)state;
    for (int i = 0; i < 64; i++)
        strcat(text, ".x");
    expect_flow(text, "E004 flows/x.lua:2:1 attempt to index a nil value (field 'x') | x is nil here: test it first, as in  if x then … end\n");
    strcat(text, ".x");
    expect_flow(text, "E002 flows/x.lua:2:140 more than 64 suffixes in a row (a.b.c…) | put a part of it into a local\n");
    expect_flow("local x = function() return _ENV end\n", "E002 flows/x.lua:1:29 '_ENV' cannot be used | use local names\n");
    expect_flow("-- _ENV\nlocal x = \"_ENV\"\n", "");
}

static void chains_of_every_kind_are_counted(void **state)
{
    static const char *const LINKS[] = { "[1]", "()", ".x()", "\"a\"", "{}", ":m()" };
    char text[1000];

    (void)state;
    for (size_t k = 0; k < sizeof LINKS / sizeof *LINKS; k++) {
        char *got;

        (void)snprintf(text, sizeof text, "local x = function(a) return a");
        for (int i = 0; i < 70; i++)
            strcat(text, LINKS[k]);
        strcat(text, " end\n");
        got = problems_of(sources_of("flows/x.lua", text, NULL));
        assert_non_null(strstr(got, "more than 64 suffixes in a row"));
        free(got);
    }
    /* the same through one register: no chain is written, but Lua would walk it */
    (void)snprintf(text, sizeof text, "local x = function(a) ");
    for (int i = 0; i < 70; i++)
        strcat(text, "a = a.x ");
    strcat(text, " end\n");
    expect_flow(text, "E002 flows/x.lua:1:0 more than 64 suffixes in a row (a.b.c…) | put a part of it into a local\n");
}

static void every_kind_of_statement_has_its_folder(void **state)
{
    (void)state;
    expect_problems(sources_of("templates/x.lua", "local f = flow 'x'\n", NULL),
                    "E002 templates/x.lua:1:1 'flow' cannot stand in a file under templates/ | only message, template and labels can; flows go into flows/\n");
    expect_problems(sources_of("templates/x.lua", "menu { say = 'x' }\nlabels 'a' { fr = 'x' }\non 'y' {}\n", NULL),
                    "E002 templates/x.lua:1:1 'menu' cannot stand in a file under templates/ | only message, template and labels can; flows go into flows/\n"
                    "E002 templates/x.lua:3:1 'on' cannot stand in a file under templates/ | only message, template and labels can; flows go into flows/\n");
    expect_problems(sources_of("templates/x.lua", "template 'a' { fr = 'x' }\nmessage 'b' { fr = 'y' }\nlabels 'c' { fr = 'z' }\n", NULL), "");
}

/* ---- names ---- */

static void unknown_names_are_found_without_running(void **state)
{
    expect_flow("local f = flow 'x'\n"
                "f:ask 'a' { expect = txet {}, check = function(c, v) return lenght(v), math.floot(1) end }\n"
                "f:say 'b' { x = function() local t = {} return t.anything, string.upper, os.time() end }\n",
                "E003 flows/x.lua:2:22 'txet' is not defined | did you mean 'text'?\n"
                "E003 flows/x.lua:2:61 'lenght' is not defined | a text stands between quotes; a function reads a variable of the flow as c.lenght\n"
                "E003 flows/x.lua:2:77 'math.floot' is not defined | did you mean 'math.floor'?\n"
                "E003 flows/x.lua:3:74 'os' is not defined | the time is c.now\n");
    (void)state;
}

static void assignments_outside_are_found_without_running(void **state)
{
    (void)state;
    expect_flow("total = 5\nlocal n, t = 0, {}\nlocal f = flow 'x'\n"
                "f:set 'a' { y = function() n = n + 1 end, z = function() local m = 0 local g = function() m = m + 1 end g() t.x = 1 return m end }\n"
                "f:set 'b' { y = function() return function() n = 2 end end }\n",
                "E003 flows/x.lua:1:1 assignment to undeclared name 'total' | did you forget 'local'?\n"
                "E006 flows/x.lua:4:28 this function changes 'n', which lives outside it | the change would be lost at the next reload and differ between workers: return the value and save it in a step\n"
                "E006 flows/x.lua:5:46 this function changes 'n', which lives outside it | the change would be lost at the next reload and differ between workers: return the value and save it in a step\n");
}

static void locals_of_blocks_and_loops_count_as_the_files_own(void **state)
{
    (void)state;
    expect_flow("local f = flow 'x'\ndo\n  local n = 0\n  f:set 'a' { y = function() n = n + 1 end }\nend\n",
                "E006 flows/x.lua:4:30 this function changes 'n', which lives outside it | the change would be lost at the next reload and differ between workers: return the value and save it in a step\n");
    expect_flow("local f = flow 'x'\nlocal n = 1\nn = n + 1\nfor i = 1, 2 do n = n + i end\nf:set 'a' { y = function() return n end }\n", "");
}

static void misspelt_keys_of_the_language(void **state)
{
    (void)state;
    expect_flow("local f = flow 'x'\nf:aks 'a' {}\nf.strat = 'a'\nf:say 'b'\nf:say { say = 'x' }\nf.ask 'c' {}\n",
                "E003 flows/x.lua:2:1 a flow has no step kind 'aks' | did you mean 'ask'?\n"
                "E003 flows/x.lua:3:1 a flow has no 'strat' | did you mean 'start'?\n"
                "E002 flows/x.lua:4:1 say \"b\" has no { … } after its name | write say \"b\" { }\n"
                "E002 flows/x.lua:5:1 say needs a name | write say \"name\" { … }\n"
                "E004 flows/x.lua:6:1 write f:ask with a colon | \n");
}

static void the_same_key_twice(void **state)
{
    (void)state;
    expect_flow("local f = flow 'x'\nf.start = 'a'\nf.start = 'b'\nf:say 'a' {\n  say = 'm',\n  next = { say = 1 },\n  say = 'n',\n}\n",
                "E007 flows/x.lua:3:1 'start' of flow 'x' is defined twice (first at line 2) | give one of them another name\n"
                "E007 flows/x.lua:7:3 'say' is written twice in this table (first at line 5) | take one of them out: Lua would keep the last one only\n");
}

static void what_is_no_definition(void **state)
{
    (void)state;
    expect_flow("local f = flow 'x'\n"
                "f:ask 'a' { expect = location }\n"
                "f:ask 'b' { [1.5] = 'x' }\n"
                "f:ask 'c' { 'a', nil, 'c' }\n"
                "f:ask 'd' { say = '\\xff' }\n"
                "f:ask 'e' { expect = text { 1 }, x = tostring }\n",
                "E008 flows/x.lua:2:1 'location' alone is no value: write location { } | \n"
                "E008 flows/x.lua:3:1 a table holds names, or a list without gaps: not a number as key | \n"
                "E008 flows/x.lua:4:1 item 2 of this list is nil | \n"
                "E008 flows/x.lua:5:1 this text is not UTF-8, or has a zero byte in it | \n"
                "E008 flows/x.lua:6:1 'tostring' alone is no value: write tostring { } | \n");
}

/* ---- running ---- */

static void every_failing_statement_is_reported(void **state)
{
    (void)state;
    expect_flow("local f = flow 'x'\n"
                "f:say 'a' { say = nil .. 'x' }\n"
                "f:say 'b' { say = ('x'):rep(1 << 40) }\n"
                "f:say 'c' { say = 'm' }\n"
                "error('assez')\n",
                "E004 flows/x.lua:2:1 attempt to concatenate a nil value | it has no value: write (it or \"\")\n"
                "E004 flows/x.lua:3:1 this text would be longer than 1 MiB | \n"
                "E004 flows/x.lua:5:1 assez | \n");
}

static void a_broken_local_ends_the_file_without_echoes(void **state)
{
    (void)state;
    expect_flow("local f = flow(nil)\nf:say 'a' { say = 'm' }\nf:say 'b' { say = 'm' }\n", "E002 flows/x.lua:1:1 flow needs a name | write flow \"name\" { … }\n");
    expect_flow("local taux = { 1, 2\nlocal f = flow 'x'\nf:say 'a' { say = taux }\n",
                "E001 flows/x.lua:1:14 this statement: its { is not closed before line 2 | close it with }\n");
}

static void a_loop_at_the_top_level_is_stopped(void **state)
{
    (void)state;
    expect_flow("local f = flow 'x'\nwhile true do end\nf:say 'a' { say = 'm' }\n",
                "E005 flows/x.lua:2:1 stopped: more than 5,000,000 steps (limit \"steps\") | a loop may have no end, or do this work in smaller parts\n");
}

static void a_captured_table_is_frozen_with_all_that_it_reaches(void **state)
{
    struct script_worker *w = worker_with("local t = { n = 1, list = { 3, 1, 2 }, f = function() end } t.me = t local function g() return t end ",
                                          "if v == 1 then t.n = 2 elseif v == 2 then t.me.list[1] = 0 elseif v == 3 then table.sort(t.list) elseif v == 4 then g().x = 1 end "
                                          "return { t.n, #t.list, t.me == t, t == g(), t.list[2] }", NULL);

    (void)state;
    assert_string_equal(call(w, NULL, "0"), "[1,3,true,true,1]");
    assert_string_equal(call(w, NULL, "1"), "flows/x.lua:1: 'n' cannot be changed: this table is read-only");
    assert_string_equal(call(w, NULL, "2"), "flows/x.lua:1: this table is read-only");
    assert_string_equal(call(w, NULL, "3"), "flows/x.lua:1: this list is read-only: copy it first");
    assert_string_equal(call(w, NULL, "4"), "flows/x.lua:1: 'x' cannot be changed: this table is read-only");
    script_worker_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(every_key_and_value_knows_where_it_is_written),
        EACH(named_entries_come_as_written_and_positional_ones_first),
        EACH(a_long_text_starts_where_its_words_start),
        EACH(functions_are_numbered_as_written_and_named_by_their_place),
        EACH(a_body_may_come_from_a_local),
        EACH(the_digest_knows_definitions_not_places),
        EACH(a_worker_refuses_other_definitions),
        EACH(a_library_is_loaded_once_and_frozen),
        EACH(libraries_that_cannot_be_used),
        EACH(a_file_must_be_a_text_of_its_size),
        EACH(what_sources_may_not_say),
        EACH(chains_of_every_kind_are_counted),
        EACH(every_kind_of_statement_has_its_folder),
        EACH(unknown_names_are_found_without_running),
        EACH(assignments_outside_are_found_without_running),
        EACH(locals_of_blocks_and_loops_count_as_the_files_own),
        EACH(misspelt_keys_of_the_language),
        EACH(the_same_key_twice),
        EACH(what_is_no_definition),
        EACH(every_failing_statement_is_reported),
        EACH(a_broken_local_ends_the_file_without_echoes),
        EACH(a_loop_at_the_top_level_is_stopped),
        EACH(a_captured_table_is_frozen_with_all_that_it_reaches),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
