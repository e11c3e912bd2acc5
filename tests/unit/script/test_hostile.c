/*
 * Every file of tests/hostile/ is an attack. Its first line says how it must end:
 *
 *     -- expect: stopped [kind]       over a limit (steps, memory, block, churn, cpu, depth)
 *     -- expect: error <part of the text>
 *     -- expect: ok [<the result as JSON>]
 *     -- expect: refused <part of a problem>      at load; the file is a flow file as it stands
 *
 * All but the refused ones are the body of a function(c, v), run twice in one state; then an innocent function must give what it
 * always gives, and memory must be back where it was. `-- head:`, `-- values:` and `-- vars:` lines may follow: what stands before
 * the flow, its derived values, the conversation's variables.
 */
#include "support.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../../../core/script/sandbox.h"
#include "lisolo/base/file.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SLOW = 10 };                /* our C code runs several times slower, Lua's does not: which limit comes first changes */
#else
enum { SLOW = 1 };
#endif

/* hosts.md §2.5: what the sixty attacks of the research were measured with. */
static const struct script_limits LIMITS = {
    .memory_bytes = 16u << 20, .block_bytes = 1u << 20, .churn_bytes = 128u << 20, .steps = 5000000, .load_steps = 5000000, .cpu_ms = 250 * SLOW,
};

enum { RUN_MS_MAX = 1000 * SLOW, HANG_S = 60, KEPT_BYTES_MAX = 4096 };

struct attack {
    char *text;
    char  expect[32], wanted[256];
    char  head[256], values[256], vars[512];
};

static void read_directive(const char *text, const char *name, char *out, size_t size)
{
    char key[32];
    const char *at;

    (void)snprintf(key, sizeof key, "-- %s: ", name);
    at = strstr(text, key);
    out[0] = '\0';
    if (at != NULL)
        (void)snprintf(out, size, "%.*s", (int)strcspn(at + strlen(key), "\n"), at + strlen(key));
}

static void read_attack(const char *path, struct attack *a)
{
    char line[320], *space;
    struct error err = { "" };
    size_t len;

    if (!file_read(AT_FDCWD, path, 1 << 20, &a->text, &len, &err))
        fail_msg("%s", err.text);
    read_directive(a->text, "expect", line, sizeof line);
    read_directive(a->text, "head", a->head, sizeof a->head);
    read_directive(a->text, "values", a->values, sizeof a->values);
    read_directive(a->text, "vars", a->vars, sizeof a->vars);
    space = strchr(line, ' ');
    (void)snprintf(a->expect, sizeof a->expect, "%.*s", (int)strcspn(line, " "), line);
    (void)snprintf(a->wanted, sizeof a->wanted, "%s", space != NULL ? space + 1 : "");
}

static int64_t cpu_ms(void)
{
    struct timespec t;

    assert_int_equal(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t), 0);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- refused at load ---- */

static bool is_refused(const struct attack *a, const char *name)
{
    struct script_sources sources = sources_of("flows/attaque.lua", a->text, NULL);
    char *problems;
    bool found;

    if (sources.list[0].len == 0 || memcmp(a->text, "\x1bLua", 4) == 0)
        sources.list[0].len = strlen(a->text);
    problems = problems_of(sources);
    found = *problems != '\0' && strstr(problems, a->wanted) != NULL;
    if (!found)
        print_error("%s: expected a problem with \"%s\", got:\n%s", name, a->wanted, problems);
    free(problems);
    return found;
}

/* ---- stopped while it runs ---- */

static struct script_worker *open_worker(const struct attack *a, struct flow *flow)
{
    static const char INNOCENT[] =
        ", z = function(c) local t = { 'un', 'deux' } table.insert(t, 3) table.sort({ 3, 1, 2 }) "
        "return (('%s=%d'):format(table.concat(t, ','):upper(), #t):gsub('%d', '#')) end }\n";
    char head[600], *body;
    size_t size = strlen(a->text) + sizeof INNOCENT + 512;
    struct script_worker *w;
    struct generation *g;

    (void)snprintf(head, sizeof head, "%s ", a->head);
    body = malloc(size);
    assert_non_null(body);
    (void)snprintf(body, size, "\n%s\nend %s f.values = { %s%s rien = function() ", a->text, INNOCENT, a->values,
                   *a->values != '\0' ? "," : "");
    w = worker_with(head, body, &LIMITS);
    free(body);
    g = script_worker_generation(w);
    flow->values = calloc(g->function_count, sizeof *flow->values);
    assert_non_null(flow->values);
    for (uint32_t i = 2; i < g->function_count; i++) {
        const char *slash = strrchr(script_function_name(g, i), '/');

        flow->values[flow->value_count].name = (char *)(uintptr_t)(slash + 1);
        flow->values[flow->value_count++].function = i;
    }
    return w;
}

static size_t used_after_collection(struct script_worker *w)
{
    struct sandbox *sb = script_worker_sandbox(w);
    size_t before;

    do {                                   /* each one halves what the table of short strings can give back */
        before = sb->used;
        lua_gc(sb->L, LUA_GCCOLLECT);
    } while (sb->used < before);
    return sb->used;
}

static bool ends_as_expected(const struct attack *a, const char *name, enum script_status status, const char *result, const struct script_failure *failure)
{
    static const struct { const char *kind, *shown; } KINDS[] = {
        { "steps", "(limit \"steps\")" }, { "memory", "(limit \"memory\")" }, { "block", "(limit \"block\")" },
        { "churn", "(limit \"churn\")" }, { "cpu", "(limit \"cpu\")" },       { "depth", "without end (limit \"block\"" },
    };
    const char *shown = "stopped";
    bool right;

    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS && SLOW == 1; i++)
        if (strcmp(a->wanted, KINDS[i].kind) == 0)
            shown = KINDS[i].shown;
    if (strcmp(a->expect, "stopped") == 0)
        right = status == SCRIPT_STOPPED && strstr(failure->text, shown) != NULL;
    else if (strcmp(a->expect, "error") == 0)
        right = status == SCRIPT_FAILED && strstr(failure->text, a->wanted) != NULL;
    else
        right = status == SCRIPT_DONE && (*a->wanted == '\0' || strcmp(a->wanted, result) == 0);
    if (status != SCRIPT_DONE && strncmp(failure->text, "flows/x.lua:", 12) != 0) {
        print_error("%s: no place: %s\n", name, failure->text);
        right = false;
    }
    if (!right)
        print_error("%s: expected %s %s, got %s\n", name, a->expect, a->wanted, status == SCRIPT_DONE ? result : failure->text);
    return right;
}

static enum script_status run(struct script_worker *w, uint32_t index, const struct script_context *c, char *result, size_t size,
                              struct script_failure *failure)
{
    cJSON *results[2];
    enum script_status status = script_call(w, index, c, NULL, results, failure);
    char *text = results[0] != NULL ? json_print(results[0], NULL) : NULL;

    (void)snprintf(result, size, "%s", text != NULL ? text : "nil");
    free(text);
    cJSON_Delete(results[0]);
    cJSON_Delete(results[1]);
    return status;
}

static bool is_contained(const struct attack *a, const char *name)
{
    static const char INNOCENT[] = "\"UN,DEUX,#=#\"";
    struct flow flow = { .name = (char *)(uintptr_t)"x" };
    struct script_worker *w = open_worker(a, &flow);
    struct error err = { "" };
    cJSON *vars = json_parse(*a->vars != '\0' ? a->vars : "{}", strlen(*a->vars != '\0' ? a->vars : "{}"), &err);
    struct script_context c = { .vars = vars, .flow = &flow, .now_ms = 1737968400000, .language = "fr" };
    struct script_failure failure = { .line = 0 };
    char result[1024];
    size_t before, after;
    bool right = true;

    assert_non_null(vars);
    if (run(w, 1, &c, result, sizeof result, &failure) != SCRIPT_DONE)
        fail_msg("%s: %s", name, failure.text);
    assert_string_equal(result, INNOCENT);
    before = used_after_collection(w);
    for (int i = 0; i < 2; i++) {
        int64_t began = cpu_ms();
        enum script_status status = run(w, 0, &c, result, sizeof result, &failure);

        right = ends_as_expected(a, name, status, result, &failure) && right;
        if (cpu_ms() - began > RUN_MS_MAX) {
            print_error("%s: took %lld ms\n", name, (long long)(cpu_ms() - began));
            right = false;
        }
        if (run(w, 1, &c, result, sizeof result, &failure) != SCRIPT_DONE || strcmp(result, INNOCENT) != 0) {
            print_error("%s: the innocent function gave %s %s\n", name, result, failure.text);
            right = false;
        }
    }
    after = used_after_collection(w);
    if (after > before + KEPT_BYTES_MAX) {
        print_error("%s: %zu bytes before, %zu after\n", name, before, after);
        right = false;
    }
    cJSON_Delete(vars);
    free(flow.values);
    script_worker_free(w);
    return right;
}

/* ---- all of them ---- */

static int is_attack(const struct dirent *e)
{
    size_t len = strlen(e->d_name);

    return len > 4 && strcmp(e->d_name + len - 4, ".lua") == 0;
}

static void every_attack_ends_as_expected_and_leaves_nothing(void **state)
{
    const char *folder = getenv("HOSTILE") != NULL ? getenv("HOSTILE") : "tests/hostile", *only = getenv("ONLY");
    struct dirent **list;
    int n = scandir(folder, &list, is_attack, alphasort), wrong = 0, done = 0;

    (void)state;
    assert_true(n > 0);
    for (int i = 0; i < n; i++) {
        char path[512];
        struct attack a;
        bool right;

        if (only == NULL || strstr(list[i]->d_name, only) != NULL) {
            (void)snprintf(path, sizeof path, "%s/%s", folder, list[i]->d_name);
            read_attack(path, &a);
            alarm(HANG_S);                 /* a hang ends the program; the attack's name is the last one printed */
            if (only != NULL)
                print_message("%s\n", list[i]->d_name);
            right = strcmp(a.expect, "refused") == 0 ? is_refused(&a, list[i]->d_name) : is_contained(&a, list[i]->d_name);
            wrong += !right;
            done++;
            free(a.text);
        }
        free(list[i]);
    }
    alarm(0);
    free(list);
    print_message("%d attacks, %d wrong\n", done, wrong);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { EACH(every_attack_ends_as_expected_and_leaves_nothing) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
