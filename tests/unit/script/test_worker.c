/* Calling authors' functions: what they see, what they may give back, what is left afterwards. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../../../core/script/sandbox.h"

/* Calls the body with variables and an argument; the state is new each time. */
static const char *with(const char *body, const char *vars, const char *argument)
{
    struct script_worker *w = worker_for(body, NULL);
    const char *out = call(w, vars, argument);

    script_worker_free(w);
    return out;
}

/* ---- results ---- */

static void a_function_computes_a_value(void **state)
{
    (void)state;
    assert_string_equal(value_of("return 1 + 1"), "2");
    assert_string_equal(value_of("return"), "nil");
    assert_string_equal(value_of("return nil"), "nil");
    assert_string_equal(value_of("return false"), "false");
    assert_string_equal(value_of("return 'Marché Total'"), "\"Marché Total\"");
    assert_string_equal(value_of("return 2500.0"), "2500");
    assert_string_equal(value_of("return 0.5"), "0.5");
}

static void tables_come_back_as_lists_and_objects_with_sorted_names(void **state)
{
    (void)state;
    assert_string_equal(value_of("return { 1, 'deux', { 3 } }"), "[1,\"deux\",[3]]");
    assert_string_equal(value_of("return { b = 1, a = { d = 2, c = 3 } }"), "{\"a\":{\"c\":3,\"d\":2},\"b\":1}");
    assert_string_equal(value_of("return {}"), "{}");
    assert_string_equal(with("return { c.vide, c.rien }", "{\"vide\":[],\"rien\":{}}", NULL), "[[],{}]");
}

static void integers_are_exact_at_every_size(void **state)
{
    (void)state;
    assert_string_equal(value_of("return 999999999999999"), "999999999999999");
    assert_string_equal(value_of("return -999999999999999"), "-999999999999999");
    assert_string_equal(value_of("return 9007199254740993"), "\"9007199254740993\"");
    assert_string_equal(value_of("return math.mininteger"), "\"-9223372036854775808\"");
    assert_string_equal(with("return math.type(v)", NULL, "8000"), "\"integer\"");
    assert_string_equal(with("return math.type(v)", NULL, "8000.5"), "\"float\"");
}

static void both_results_are_kept(void **state)
{
    struct script_worker *w = worker_for("return nil, 'produit.stock_insuffisant', 3", NULL);
    struct script_context c = { .language = "fr" };
    struct script_failure failure;
    cJSON *results[2];

    (void)state;
    assert_int_equal(script_call(w, 0, &c, NULL, results, &failure), SCRIPT_DONE);
    assert_null(results[0]);
    assert_string_equal(results[1]->valuestring, "produit.stock_insuffisant");
    cJSON_Delete(results[1]);
    script_worker_free(w);
}

static void what_is_no_plain_data_is_refused_by_its_path(void **state)
{
    (void)state;
    assert_string_equal(value_of("return { client = { noms = { 'a', print_it = 1 } } }"),
                        "flows/x.lua:1: the result.client.noms mixes a list with names");
    assert_string_equal(value_of("return { prix = { 1, 0 / 0 } }"), "flows/x.lua:1: the result.prix[2] is not a number (0/0)");
    assert_string_equal(value_of("return true, { f = type }"),
                        "flows/x.lua:1: the second result.f is a function: only texts, numbers, true, false and tables of these can be kept");
    assert_string_equal(value_of("return { ['caf\\xe9'] = 1 }"), "flows/x.lua:1: the result is not UTF-8 (was a text cut inside a letter?)");
    assert_string_equal(value_of("local t = {} t[3] = 1 return { t = t }"),
                        "flows/x.lua:1: the result.t has a key that is neither a name nor a place in a list without gaps");
}

/* ---- c ---- */

static void c_shows_the_conversation(void **state)
{
    static const char VARS[] = "{\"depart\":{\"adresse\":\"Bacongo\",\"rue\":null},\"valeur\":8000,\"urgent\":true,\"panier\":[{\"id\":1},null,{\"id\":3}]}";

    (void)state;
    assert_string_equal(with("return { c.depart.adresse, c.valeur, c.urgent, c.panier[3].id, #c.panier }", VARS, NULL), "[\"Bacongo\",8000,true,3,3]");
    assert_string_equal(with("return c.depart.rue == nil and c.rien == nil and c.panier[2] == false", VARS, NULL), "true");
    assert_string_equal(with("return { c.now, c.langue, c.prenom, c.telephone, c.error or 'aucune' }", VARS, NULL),
                        "[1737968400,\"fr\",\"Prisca\",\"+242066123456\",\"aucune\"]");
    assert_string_equal(with("return c.depart == c.depart", VARS, NULL), "true");
    assert_string_equal(with("return c[1] == nil", VARS, NULL), "true");
}

static void values_of_c_go_through_every_reading_function(void **state)
{
    static const char VARS[] = "{\"prix\":[300,100,200],\"noms\":{\"b\":2,\"a\":1}}";

    (void)state;
    assert_string_equal(with("local s = 0 for i, p in ipairs(c.prix) do s = s + i * p end return s", VARS, NULL), "1100");
    assert_string_equal(with("local s = '' for k, n in pairs(c.noms) do s = s .. k .. n end return s", VARS, NULL), "\"a1b2\"");
    assert_string_equal(with("local s = '' for k in pairs(c) do s = s .. k .. ' ' end return s", VARS, NULL), "\"noms prix \"");
    assert_string_equal(with("return table.concat(c.prix, ',', 2)", VARS, NULL), "\"100,200\"");
    assert_string_equal(with("local a, b = table.unpack(c.prix) return a - b", VARS, NULL), "200");
    assert_string_equal(with("local k, n = next(c.noms) return k .. n .. type(c.noms)", VARS, NULL), "\"a1table\"");
    assert_string_equal(with("return c.prix", VARS, NULL), "[300,100,200]");
    assert_string_equal(with("return (('b'):gsub('%a', c.noms))", VARS, NULL), "\"2\"");
}

static void the_argument_is_read_only_too(void **state)
{
    (void)state;
    assert_string_equal(with("return v.stock - 1", NULL, "{\"stock\":3}"), "2");
    assert_string_equal(with("v.stock = 0", NULL, "{\"stock\":3}"), "flows/x.lua:1: 'stock' cannot be changed: this table is read-only");
    assert_string_equal(with("return v == nil", NULL, NULL), "true");
}

static void a_value_that_is_too_large_is_not_handed_over(void **state)
{
    char *many = malloc(400000);
    size_t len = 1;

    (void)state;
    assert_non_null(many);
    many[0] = '{';
    for (int i = 0; i < 2001; i++)
        len += (size_t)snprintf(many + len, 400000 - len, "%s\"n%d\":1", i > 0 ? "," : "", i);
    many[len] = '}';
    many[len + 1] = '\0';
    assert_string_equal(with("return 1", NULL, many), "flows/x.lua:1: the value given to this function has more than 2000 names in one table: a script cannot take it");
    len = 1;
    many[0] = '[';
    for (int i = 0; i < 40000; i++)
        len += (size_t)snprintf(many + len, 400000 - len, "%s1", i > 0 ? "," : "");
    many[len] = ']';
    many[len + 1] = '\0';
    assert_string_equal(with("return 1", NULL, many), "flows/x.lua:1: the value given to this function is larger than 64 KiB: a script cannot take it");
    free(many);
}

/* ---- derived values ---- */

static struct script_worker *open_values(const char *values, const char *body, struct flow *flow)
{
    char text[1024];
    struct script_worker *w;
    struct generation *g;

    (void)snprintf(text, sizeof text, "%s end } f.values = { %s, rien = function() ", body, values);
    w = worker_for(text, NULL);
    g = script_worker_generation(w);
    *flow = (struct flow){ .value_count = 0 };
    flow->values = calloc(g->function_count, sizeof *flow->values);
    assert_non_null(flow->values);
    for (uint32_t i = 1; i < g->function_count; i++) {
        flow->values[flow->value_count].name = (char *)(uintptr_t)(strrchr(script_function_name(g, i), '/') + 1);
        flow->values[flow->value_count++].function = i;
    }
    return w;
}

static const char *with_values(const char *values, const char *body)
{
    static char out[512];
    struct flow flow;
    struct script_worker *w = open_values(values, body, &flow);
    struct error err;
    cJSON *vars = json_parse("{\"prix\":[100,200]}", 18, &err), *results[2];
    struct script_context c = { .vars = vars, .flow = &flow };
    struct script_failure failure;
    char *text;

    if (script_call(w, 0, &c, NULL, results, &failure) == SCRIPT_DONE) {
        text = results[0] != NULL ? json_print(results[0], NULL) : strdup("nil");
        (void)snprintf(out, sizeof out, "%s", text);
        free(text);
    } else {
        (void)snprintf(out, sizeof out, "%s", failure.text);
    }
    cJSON_Delete(results[0]);
    cJSON_Delete(results[1]);
    cJSON_Delete(vars);
    free(flow.values);
    script_worker_free(w);
    return out;
}

static void derived_values_are_computed_when_read(void **state)
{
    (void)state;
    assert_string_equal(with_values("total = function(c) return c.prix[1] + c.prix[2] end", "return c.total"), "300");
    assert_string_equal(with_values("total = function(c) return c.frais + 1 end, frais = function(c) return 10 end", "return c.total + c.frais"), "21");
    assert_string_equal(with_values("rien_du_tout = function() end", "return c.rien_du_tout == nil and c.rien_du_tout == nil"), "true");
    assert_string_equal(with_values("panier = function() return { a = { 1 } } end", "return c.panier == c.panier and c.panier.a[1]"), "1");
}

static void derived_values_are_read_only_and_cannot_go_round(void **state)
{
    (void)state;
    assert_string_equal(with_values("panier = function() return { a = { 1 } } end", "c.panier.a[1] = 2"), "flows/x.lua:1: this table is read-only");
    assert_string_equal(with_values("a = function(c) return c.b end, b = function(c) return c.a end", "return c.a"),
                        "flows/x.lua:1: the value 'a' needs itself to be computed");
    assert_string_equal(with_values("a = function(c) error('boum') end", "return select(2, pcall(function() return c.a end))"), "\"flows/x.lua:1: boum\"");
}

/* ---- failures ---- */

static struct script_failure fail_of(const char *body)
{
    struct script_worker *w = worker_for(body, NULL);
    struct script_context c = { .language = "fr" };
    struct script_failure failure;
    cJSON *results[2];

    assert_int_not_equal(script_call(w, 0, &c, NULL, results, &failure), SCRIPT_DONE);
    script_worker_free(w);
    return failure;
}

static void a_failure_says_where_and_what_to_do(void **state)
{
    struct script_failure f = fail_of("local t = {}\nreturn t.adresse.rue");

    (void)state;
    assert_string_equal(f.text, "flows/x.lua:2: attempt to index a nil value (field 'adresse')");
    assert_string_equal(f.hint, "adresse is nil here: test it first, as in  if adresse then … end");
    assert_string_equal(f.file, "flows/x.lua");
    assert_int_equal(f.line, 2);
    f = fail_of("return 'a' + 1");
    assert_string_equal(f.hint, "a is a text: fcfa(…) or tonumber(…) makes a number of it");
    f = fail_of("error('boum', 0)");
    assert_string_equal(f.text, "flows/x.lua:1: boum");
    f = fail_of("error({})");
    assert_string_equal(f.text, "flows/x.lua:1: an error without a text (a table value)");
    f = fail_of("\n\nwhile true do end");
    assert_string_equal(f.text, "flows/x.lua:3: stopped: more than 1,000,000 steps (limit \"steps\")");
    assert_string_equal(f.hint, "a loop may have no end, or do this work in smaller parts");
    f = fail_of("local name = 'fromat' return string[name]('x')");
    assert_string_equal(f.text, "flows/x.lua:1: 'string.fromat' is not defined (did you mean 'string.format'?)");
}

static void a_stop_inside_a_library_call_names_the_script_line(void **state)
{
    (void)state;
    assert_string_equal(value_of("\nlocal s = ('a'):rep(40)\nlocal p = ('a*'):rep(20) .. 'b'\nreturn s:find(p)"),
                        "flows/x.lua:4: stopped: more than 1,000,000 steps (limit \"steps\")");
}

static void a_state_is_usable_after_every_kind_of_end(void **state)
{
    struct script_worker *w = worker_for("if v == 1 then while true do end elseif v == 2 then error('non') elseif v == 3 then local s = 'x' while true do s = s .. s end end return v", NULL);

    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_non_null(strstr(call(w, NULL, "1"), "limit \"steps\""));
        assert_string_equal(call(w, NULL, "9"), "9");
        assert_string_equal(call(w, NULL, "2"), "flows/x.lua:1: non");
        assert_string_equal(call(w, NULL, "9"), "9");
        assert_non_null(strstr(call(w, NULL, "3"), "limit \"block\""));
        assert_string_equal(call(w, NULL, "9"), "9");
    }
    script_worker_free(w);
}

/* ---- the same event must always give the same answer ---- */

static void the_order_of_names_is_the_same_in_every_state(void **state)
{
    static const char BODY[] =
        "local t, s = {}, {} for i = 1, 30 do t['nom' .. (i * 7 % 31)] = i end t[5] = 1 "
        "for k in pairs(t) do s[#s + 1] = tostring(k) end "
        "local few = { zoe = 1, ana = 2, [1] = 3, luc = 4 } for k in pairs(few) do s[#s + 1] = tostring(k) end "
        "return table.concat(s, ' ') .. next({ z = 1, y = 2 })";
    char first[1024];

    (void)state;
    (void)snprintf(first, sizeof first, "%s", value_of(BODY));
    assert_non_null(strstr(first, "\"5 nom1 nom10 nom11"));
    assert_non_null(strstr(first, "1 ana luc zoey\""));
    for (int i = 0; i < 20; i++)
        assert_string_equal(value_of(BODY), first);
}

static void sorting_is_stable(void **state)
{
    (void)state;
    assert_string_equal(value_of("local t = {} for i = 1, 20 do t[i] = { n = i % 3, i = i } end "
                                 "table.sort(t, function(a, b) return a.n < b.n end) local s = '' for _, x in ipairs(t) do s = s .. x.i .. ' ' end return s"),
                        "\"3 6 9 12 15 18 1 4 7 10 13 16 19 2 5 8 11 14 17 20 \"");
}

static void prices_are_read_in_every_shape(void **state)
{
    (void)state;
    assert_string_equal(value_of("return { fcfa('2 500 FCFA'), fcfa('2500.00'), fcfa(2500), fcfa('2\\u{202F}500') }"), "[2500,2500,2500,2500]");
    assert_string_equal(value_of("return fcfa('gratuit') == nil and fcfa({}) == nil and fcfa(nil) == nil"), "true");
}

/* ---- cost ---- */

static void a_call_leaves_no_memory_behind(void **state)
{
    struct script_worker *w = worker_for("local t = {} for i = 1, 50 do t[i] = { n = c.nom .. i } end return t", NULL);
    struct sandbox *sb = script_worker_sandbox(w);
    size_t before;

    (void)state;
    (void)call(w, "{\"nom\":\"Prisca\"}", NULL);
    lua_gc(sb->L, LUA_GCCOLLECT);
    before = sb->used;
    for (int i = 0; i < 2000; i++)
        (void)call(w, "{\"nom\":\"Prisca\"}", NULL);
    lua_gc(sb->L, LUA_GCCOLLECT);
    assert_true(sb->used <= before + 1024);
    script_worker_free(w);
}

/* The target is 3 µs (the turn's budget); ten times that fails, so that a busy machine does not. */
static void a_trivial_call_is_cheap(void **state)
{
    enum { CALLS = 20000 };
    struct script_worker *w = worker_for("return v.stock > 0", NULL);
    struct script_context c = { .now_ms = 1, .language = "fr" };
    struct script_failure failure;
    struct timespec from, to;
    struct error err;
    cJSON *argument = json_parse("{\"stock\":3}", 11, &err), *results[2];
    double us;

    (void)state;
    assert_int_equal(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from), 0);
    for (int i = 0; i < CALLS; i++) {
        assert_int_equal(script_call(w, 0, &c, argument, results, &failure), SCRIPT_DONE);
        cJSON_Delete(results[0]);
    }
    assert_int_equal(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to), 0);
    us = ((double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec)) / 1e3 / CALLS;
    print_message("a trivial call: %.2f µs\n", us);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    assert_true(us < 30);
#endif
    cJSON_Delete(argument);
    script_worker_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(a_function_computes_a_value),
        EACH(tables_come_back_as_lists_and_objects_with_sorted_names),
        EACH(integers_are_exact_at_every_size),
        EACH(both_results_are_kept),
        EACH(what_is_no_plain_data_is_refused_by_its_path),
        EACH(c_shows_the_conversation),
        EACH(values_of_c_go_through_every_reading_function),
        EACH(the_argument_is_read_only_too),
        EACH(a_value_that_is_too_large_is_not_handed_over),
        EACH(derived_values_are_computed_when_read),
        EACH(derived_values_are_read_only_and_cannot_go_round),
        EACH(a_failure_says_where_and_what_to_do),
        EACH(a_stop_inside_a_library_call_names_the_script_line),
        EACH(a_state_is_usable_after_every_kind_of_end),
        EACH(the_order_of_names_is_the_same_in_every_state),
        EACH(sorting_is_stable),
        EACH(prices_are_read_in_every_shape),
        EACH(a_call_leaves_no_memory_behind),
        EACH(a_trivial_call_is_cheap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
