/* Running out of memory anywhere in a call or a load is a failure like any other: never an abort, never a broken state. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>

#include "../../../core/script/sandbox.h"

static const char BODY[] =
    "local parts = {} for i, p in ipairs(c.panier) do parts[i] = ('%s x%d'):format(p.nom:upper(), p.n) end "
    "table.sort(parts) local text = table.concat(parts, '\\n'):gsub('%d+', function(d) return tonumber(d) * 2 .. ' ' end) "
    "for word in text:gmatch('%a+') do parts[#parts + 1] = word:rep(40) end "
    "local ok, why = pcall(error, 'non ' .. #parts) "
    "return { texte = text, parts = parts, why = why, n = #c.panier, t = c.total }, ('x'):rep(2000)";

static const char VARS[] = "{\"panier\":[{\"nom\":\"savon\",\"n\":3},{\"nom\":\"riz\",\"n\":12},{\"nom\":\"huile de palme rouge\",\"n\":1}]}";

struct once { struct script_worker *w; cJSON *vars; struct flow flow; struct script_failure failure; };

static struct once open_once(void)
{
    struct once o = { .failure = { .line = 0 } };
    char text[2048];
    struct error err;

    (void)snprintf(text, sizeof text, "%s end, z = function() return 7 end } f.values = { total = function(c) local n = 0 for _, p in ipairs(c.panier) do "
                   "n = n + p.n end return { n, n * 2 } end, rien = function() ", BODY);
    o.w = worker_for(text, NULL);
    o.vars = json_parse(VARS, strlen(VARS), &err);
    assert_non_null(o.vars);
    o.flow.values = calloc(1, sizeof *o.flow.values);
    assert_non_null(o.flow.values);
    o.flow.values[0].name = (char *)(uintptr_t)"total";
    o.flow.values[0].function = 2;
    o.flow.value_count = 1;
    return o;
}

static void close_once(struct once *o)
{
    free(o->flow.values);
    cJSON_Delete(o->vars);
    script_worker_free(o->w);
}

static enum script_status run(struct once *o, uint32_t index)
{
    struct script_context c = { .vars = o->vars, .flow = &o->flow, .language = "fr", .name = "Prisca" };
    cJSON *results[2];
    enum script_status status = script_call(o->w, index, &c, NULL, results, &o->failure);

    cJSON_Delete(results[0]);
    cJSON_Delete(results[1]);
    return status;
}

/* Every n-th request of a call fails, once or from then on. Returns how many n there were. */
static unsigned fail_each(bool from_then_on, unsigned *failures)
{
    struct once o = open_once();
    struct sandbox *sb = script_worker_sandbox(o.w);
    unsigned n = 0;
    bool reached = true;

    if (run(&o, 0) != SCRIPT_DONE)
        fail_msg("%s", o.failure.text);
    *failures = 0;
    while (reached) {
        enum script_status status;

        lua_gc(sb->L, LUA_GCCOLLECT);
        sb->requests = 0;
        sb->fail_at = ++n;
        sb->fail_on = from_then_on;
        status = run(&o, 0);
        reached = sb->requests >= n;
        sb->fail_at = 0;
        if (status != SCRIPT_DONE) {
            assert_int_equal(status, SCRIPT_FAILED);
            ++*failures;
            if (strstr(o.failure.text, "not enough memory") == NULL)
                fail_msg("request %u: %s", n, o.failure.text);
        }
        assert_int_equal(run(&o, 1), SCRIPT_DONE);
        assert_true(n < 20000);
    }
    assert_int_equal(run(&o, 0), SCRIPT_DONE);
    close_once(&o);
    return n;
}

static void one_failed_request_is_survived_by_collecting(void **state)
{
    unsigned failures, n = fail_each(false, &failures);

    (void)state;
    print_message("%u requests, %u failures\n", n, failures);
    assert_true(n > 50);
    assert_int_equal(failures, 0);
}

static void memory_that_stays_out_is_a_failure(void **state)
{
    unsigned failures, n = fail_each(true, &failures);

    (void)state;
    print_message("%u requests, %u failures\n", n, failures);
    assert_true(n > 50);
    assert_int_equal(failures, n - 1);         /* the last n was beyond the call's requests */
}

/* ---- cJSON's memory ---- */

static unsigned json_requests, json_fail_at;

static void *json_malloc(size_t size)
{
    return ++json_requests == json_fail_at ? NULL : malloc(size);
}

static void every_json_request_may_fail(void **state)
{
    struct once o = open_once();
    cJSON_Hooks hooks = { json_malloc, free };
    unsigned n = 0, failures = 0;

    (void)state;
    cJSON_InitHooks(&hooks);
    do {
        json_requests = 0;
        json_fail_at = ++n;
        failures += run(&o, 0) == SCRIPT_FAILED;
        assert_true(json_requests < n || strstr(o.failure.text, "not enough memory") != NULL);
    } while (json_requests >= n);
    json_fail_at = 0;
    assert_int_equal(failures, n - 1);
    assert_true(n > 10);
    assert_int_equal(run(&o, 0), SCRIPT_DONE);
    cJSON_InitHooks(NULL);
    close_once(&o);
}

/* ---- loading ---- */

static struct script_sources some_sources(void)
{
    return sources_of(
        "flows/lib/money.lua", "local m = { taux = { 1, 2 } } function m.frais(n) return n + m.taux[2] end return m",
        "flows/course.lua",
        "local money = use 'money'\nlocal f = flow 'course'\nf.start = 'depart'\nf.values = { total = function(c) return money.frais(c.n) end }\n"
        "f:ask 'depart' { say = 'course.depart', expect = one_of { location(), text { min = 5 } } }\n"
        "f:choose 'oui' { on = { a = edit 'depart' } }\n",
        "templates/course.lua", "message 'course.depart' {\n  fr = [[\nOù ?\n]],\n}\n", NULL);
}

static void every_request_of_a_load_may_fail(void **state)
{
    struct script_limits limits = script_limits_default();
    unsigned n = 0, failures = 0;
    bool reached = true, ok;

    (void)state;
    while (reached) {
        struct script_sources sources = some_sources();
        struct sandbox *sb = sandbox_new(&limits);
        struct definitions d;
        struct problems problems;

        assert_non_null(sb);
        problems_init(&problems);
        sb->fail_at = ++n;
        sb->fail_on = true;
        ok = definitions_load(sb, &sources, &problems, &d);
        reached = sb->requests >= n;
        failures += !ok;
        assert_true(ok == (problems.errors == 0));
        definitions_free(&d);
        problems_free(&problems);
        sandbox_free(sb);
        script_sources_free(&sources);
        assert_true(n < 20000);
    }
    assert_true(ok);
    print_message("%u requests, %u failures\n", n, failures);
    assert_int_equal(failures, n - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(one_failed_request_is_survived_by_collecting),
        EACH(memory_that_stays_out_is_a_failure),
        EACH(every_json_request_may_fail),
        EACH(every_request_of_a_load_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
