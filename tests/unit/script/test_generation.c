/* A whole generation: scripts, wording and flows together, shared by workers on several threads. */
#include "support.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static const char COURSE[] =
    "local money = use 'money'\n"
    "local f = flow 'course'\n"
    "f.start = 'valeur'\n"
    "f.words = { 'course' }\n"
    "f.values = { frais = function(c) return money.frais(c.valeur) end }\n"
    "f:ask 'valeur' {\n"
    "  say    = 'course.valeur',\n"
    "  expect = amount { min = 0 },\n"
    "  check  = function(c, n) if n > 5000000 then return nil, 'commun.pas_compris' end return true end,\n"
    "}\n"
    "f:finish 'fait' { say = 'course.fait' }\n";

static const char COMMON[] =
    "commands { aide = { words = { 'aide' }, does = 'help', say = 'commun.aide' } }\n"
    "menu { say = 'commun.menu', on = { course = 'course' } }\n";

static const char WORDING[] =
    "message 'course.valeur' { fr = [[\nQuelle est la valeur du colis ?\n]] }\n"
    "message 'course.fait' { fr = [[\nC'est noté : {valeur|fcfa}.\n]] }\n"
    "message 'commun.menu' { fr = [[\nQue voulez-vous faire ?\n[course] Une course\n]] }\n"
    "message 'commun.pas_compris' { fr = [[\nJe n'ai pas compris.\n]] }\n"
    "message 'commun.probleme' { fr = [[\nUn problème est survenu.\n]] }\n"
    "message 'commun.bouton_ancien' { fr = [[\nCe bouton ne sert plus.\n]] }\n"
    "message 'commun.aide' { fr = [[\nÉcrivez menu.\n]] }\n"
    "message 'commun.non_pris_en_charge' { fr = [[\nJe ne sais pas lire cela.\n]] }\n";

static struct script_sources project(const char *course)
{
    return sources_of("flows/_commun.lua", COMMON, "flows/course.lua", course, "flows/lib/money.lua",
                      "local m = {}\nfunction m.frais(n) return n // 10 end\nreturn m\n", "templates/course.lua", WORDING, NULL);
}

static struct generation *load(const char *course, struct problems *p)
{
    struct script_sources sources = project(course);
    struct script_limits limits = script_limits_default();

    problems_init(p);
    return generation_load(&sources, &limits, "CG", p);
}

static void scripts_wording_and_flows_make_a_generation(void **state)
{
    struct problems p;
    struct generation *g = load(COURSE, &p);
    const struct flow *f;

    (void)state;
    for (size_t i = 0; i < p.count; i++)
        print_message("%s %s:%d %s\n", p.list[i].code, p.list[i].file, p.list[i].line, p.list[i].text);
    assert_non_null(g);
    assert_non_null(g->wording);
    f = flows_find(g->flows, "course");
    assert_non_null(f);
    assert_string_equal(script_function_name(g, f->values[0].function), "course/values/frais");
    assert_string_equal(script_function_name(g, flow_step(f, "valeur")->check), "course/valeur/check");
    generation_drop(g);
    problems_free(&p);
}

static void a_problem_of_the_scripts_or_of_the_flows_refuses_it(void **state)
{
    struct problems p;

    (void)state;
    assert_null(load("local f = flow 'course'\nf:finish 'fait' { say = 'course.fiat' }\n", &p));
    assert_true(p.errors > 0);
    problems_free(&p);
    assert_null(load("local f = flow 'course'\nf:finish 'fait' { say = txet }\n", &p));
    assert_int_equal(p.errors, 1);
    assert_string_equal(p.list[0].code, "E003");
    problems_free(&p);
}

/* ---- threads ---- */

enum { THREADS = 4, CALLS = 500 };

struct work { struct generation *g; _Atomic int right; };

static void *call_often(void *arg)
{
    struct work *work = arg;
    struct error err;
    struct script_worker *w = script_worker_new(work->g, &err);
    const struct flow *f = flows_find(work->g->flows, "course");
    cJSON *vars = json_parse("{\"valeur\":8000}", 15, &err), *results[2];
    struct script_context c = { .vars = vars, .flow = f, .language = "fr" };
    struct script_failure failure;

    for (int i = 0; w != NULL && vars != NULL && i < CALLS; i++) {
        if (script_call(w, f->values[0].function, &c, NULL, results, &failure) == SCRIPT_DONE && cJSON_IsNumber(results[0]))
            work->right += results[0]->valuedouble == 800;
        cJSON_Delete(results[0]);
    }
    cJSON_Delete(vars);
    script_worker_free(w);
    generation_drop(work->g);
    return NULL;
}

static void workers_on_many_threads_share_a_generation(void **state)
{
    struct problems p;
    struct work work = { .g = load(COURSE, &p) };
    pthread_attr_t attr;
    pthread_t threads[THREADS];

    (void)state;
    assert_non_null(work.g);
    assert_int_equal(pthread_attr_init(&attr), 0);
    assert_int_equal(pthread_attr_setstacksize(&attr, SCRIPT_STACK_BYTES), 0);
    for (int i = 0; i < THREADS; i++) {
        generation_use(work.g);
        assert_int_equal(pthread_create(&threads[i], &attr, call_often, &work), 0);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(pthread_attr_destroy(&attr), 0);
    assert_int_equal(work.right, THREADS * CALLS);
    generation_drop(work.g);
    problems_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(scripts_wording_and_flows_make_a_generation),
        EACH(a_problem_of_the_scripts_or_of_the_flows_refuses_it),
        EACH(workers_on_many_threads_share_a_generation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
