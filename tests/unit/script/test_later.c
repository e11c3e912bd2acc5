/* Statements about time and lasting values: what is a value inside `plan`, what a statement at the top of a file, and where it is written. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>

static void expect_problems(const char *text, const char *wanted)
{
    char *got = problems_of(sources_of("flows/x.lua", text, NULL));

    if (wanted[0] == '\0' ? got[0] != '\0' : strstr(got, wanted) == NULL)
        fail_msg("\ngave\n%s\nnot\n%s", got, wanted);
    free(got);
}

static const struct statement *find(const struct statements *all, const char *verb, const char *name)
{
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->list[i].verb, verb) == 0 && (name == NULL || (all->list[i].name != NULL && strcmp(all->list[i].name, name) == 0)))
            return &all->list[i];
    fail_msg("no %s %s", verb, name == NULL ? "" : name);
    return NULL;
}

static void every_is_a_value_in_a_plan_and_a_statement_at_the_top(void **state)
{
    struct statements all;
    struct generation *g = define(sources_of("flows/x.lua",
        "local f = flow \"x\"\n"
        "every \"day 08:00\" {\n"
        "  name = \"resume\", event = \"interne.resume\",\n"
        "}\n"
        "f:finish \"fin\" {\n"
        "plan = {\n"
        "every \"day 08:00\" { name = \"matin\",\n"
        "  say = \"x.matin\" },\n"
        "  after \"30 min\" { name = \"avis\" }, cancel \"vieux\",\n"
        "  } }\n", NULL), &all);
    const struct statement *s = find(&all, "every", "day 08:00");
    const struct decl *plan = decl_get(&find(&all, "finish", "fin")->body, "plan"), *every = decl_item(plan, 0), *after = decl_item(plan, 1);
    size_t statements = 0;

    (void)state;
    assert_int_equal(s->line, 2);
    assert_int_equal(s->column, 1);
    assert_string_equal(decl_string(&s->body, "name"), "resume");
    assert_null(s->body.tag);
    assert_int_equal(decl_entry(&s->body, "event")->column, 20);
    for (size_t i = 0; i < all.count; i++)
        statements += strcmp(all.list[i].verb, "every") == 0;
    assert_int_equal(statements, 1);
    assert_int_equal(decl_items(plan), 3);
    assert_string_equal(every->tag, "every");
    assert_int_equal(every->line, 7);
    assert_string_equal(decl_item(every, 0)->string, "day 08:00");
    assert_int_equal(decl_item(every, 0)->column, 7);
    assert_int_equal(decl_entry(every, "say")->line, 8);
    assert_int_equal(decl_entry(every, "say")->column, 3);
    assert_string_equal(after->tag, "after");
    assert_int_equal(after->line, 9);
    assert_int_equal(decl_entry(after, "name")->column, 20);
    assert_string_equal(decl_item(plan, 2)->tag, "cancel");
    assert_string_equal(decl_item(decl_item(plan, 2), 0)->string, "vieux");
    statements_free(&all);
    generation_drop(g);
}

static void lasting_statements_are_noted_as_they_are_written(void **state)
{
    struct statements all;
    struct generation *g = define(sources_of("flows/x.lua",
        "quiet \"21:00-07:00\"\n"
        "person { langue = \"text\", panier = list { max = 20 }, pro = boolean {} }\n"
        "shared \"tarifs\" { moto = 1500 }\n", NULL), &all);

    (void)state;
    assert_int_equal(find(&all, "quiet", "21:00-07:00")->line, 1);
    assert_string_equal(decl_get(&find(&all, "person", NULL)->body, "panier")->tag, "list");
    assert_string_equal(decl_get(&find(&all, "person", NULL)->body, "pro")->tag, "boolean");
    assert_int_equal(decl_get(&find(&all, "shared", "tarifs")->body, "moto")->integer, 1500);
    statements_free(&all);
    generation_drop(g);
}

static void what_stands_in_the_wrong_place_is_named(void **state)
{
    (void)state;
    expect_problems("local f = flow \"x\"\nafter \"1 h\" { name = \"a\" }\n", "belongs into the plan of a step");
    expect_problems("local f = flow \"x\"\nf:finish \"fin\" { plan = { after \"1 h\" } }\n", "flows/x.lua:2");
    expect_problems("local f = flow \"x\"\nf:finish \"fin\" { plan = { after \"1 h\" \"avis\" } }\n", "takes a table");
    expect_problems("local f = flow \"x\"\nf:finish \"fin\" { plan = { cancel(3) } }\n", "takes a plan's name");
}

static void shared_data_is_read_without_a_copy_and_cannot_be_changed(void **state)
{
    struct script_worker *w = worker_with("shared \"t\" { liste = { 3, 4 }, vide = {}, nom = \"a\" }\n",
        "local t = c.shared.t\nlocal n = 0\nfor _, x in ipairs(t.liste) do n = n + x end\n"
        "return { n = n, nom = t.nom, longueur = #t.liste, meme = c.shared.t == t, rien = c.shared.u == nil }", NULL);

    (void)state;
    assert_string_equal(call(w, NULL, NULL), "{\"longueur\":2,\"meme\":true,\"n\":7,\"nom\":\"a\",\"rien\":true}");
    script_worker_free(w);
    w = worker_with("shared \"t\" { liste = { 3, 4 } }\n", "c.shared.t.liste[1] = 9", NULL);
    assert_non_null(strstr(call(w, NULL, NULL), "read-only"));
    script_worker_free(w);
    w = worker_with("shared \"t\" { liste = { 3, 4 } }\n", "c.shared.u = {}", NULL);
    assert_non_null(strstr(call(w, NULL, NULL), "read-only"));
    script_worker_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(every_is_a_value_in_a_plan_and_a_statement_at_the_top),
        EACH(lasting_statements_are_noted_as_they_are_written),
        EACH(what_stands_in_the_wrong_place_is_named),
        EACH(shared_data_is_read_without_a_copy_and_cannot_be_changed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
