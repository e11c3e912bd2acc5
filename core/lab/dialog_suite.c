/*
 * All tests: found, read, put in order, played by some threads that share nothing, added up. Each thread has its own scripts,
 * engine and store; what they have in common is the number of the next run.
 */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "dialog.h"
#include "lisolo/base/log.h"
#include "lisolo/base/problems.h"

enum { THREADS_MAX = 64, DEPTH_MAX = 16, PATH_BYTES = 1024, TESTS_MAX = 100000 };

static const char *const DEFAULT_PATHS[] = { "tests/chat" };

/* ---- finding ---- */

struct names { char **list; size_t count; };

static bool names_add(struct names *n, const char *path)
{
    char **list = n->count == TESTS_MAX ? NULL : reallocarray(n->list, n->count + 1, sizeof *list);

    if (list == NULL)
        return false;
    n->list = list;
    list[n->count] = strdup(path);
    return list[n->count] != NULL && ++n->count > 0;
}

static bool ends_in_chat(const char *path)
{
    size_t len = strlen(path);

    return len > 5 && strcmp(path + len - 5, ".chat") == 0;
}

/* What lies in a folder whose name begins with _ is there to be included. */
static bool find(struct names *n, const char *path, int depth, struct error *err)
{
    char inner[PATH_BYTES];
    struct dirent *entry;
    struct stat st;
    DIR *dir;
    bool ok = true;

    if (stat(path, &st) == -1)
        return error_set(err, "%s: %s", path, strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return names_add(n, path) || error_set(err, "%s", SAY("out of memory", "mémoire insuffisante"));
    dir = depth == DEPTH_MAX ? NULL : opendir(path);
    if (dir == NULL)
        return error_set(err, "%s: %s", path, strerror(errno));
    while (ok && (entry = readdir(dir)) != NULL) {
        int len = snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);

        if (entry->d_name[0] == '.' || entry->d_name[0] == '_' || len < 0 || (size_t)len >= sizeof inner || stat(inner, &st) == -1)
            continue;
        if (S_ISDIR(st.st_mode) || ends_in_chat(inner))
            ok = find(n, inner, depth + 1, err);
    }
    (void)closedir(dir);
    return ok;
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void names_free(struct names *n)
{
    for (size_t i = 0; i < n->count; i++)
        free(n->list[i]);
    free(n->list);
}

static bool wanted(const struct suite *s, const struct test *t)
{
    return s->o.only == NULL || strstr(t->dialog.path, s->o.only) != NULL || (t->dialog.title != NULL && strstr(t->dialog.title, s->o.only) != NULL);
}

static const char *root_of(const struct suite *s)
{
    struct stat st;

    return s->o.path_count > 0 && stat(s->o.paths[0], &st) == 0 && S_ISDIR(st.st_mode) ? s->o.paths[0] : DEFAULT_PATHS[0];
}

static bool read_tests(struct suite *s, struct error *err)
{
    struct names n = { 0 };
    bool ok = true;

    for (size_t i = 0; ok && i < s->o.path_count; i++)
        ok = find(&n, s->o.paths[i], 0, err);
    if (ok && n.count > 1)
        qsort(n.list, n.count, sizeof *n.list, by_name);
    s->tests = calloc(n.count + 1, sizeof *s->tests);
    for (size_t i = 0; ok && s->tests != NULL && i < n.count; i++) {
        struct test *t = &s->tests[s->count];

        t->readable = dialog_read(root_of(s), n.list[i], &t->dialog, &t->broken);
        if (wanted(s, t))
            s->count++;
        else
            dialog_free(&t->dialog);
    }
    names_free(&n);
    return ok && (s->tests != NULL || error_set(err, "%s", SAY("out of memory", "mémoire insuffisante")));
}

/* ---- order ---- */

static bool plan(struct suite *s, struct error *err)
{
    uint64_t x = s->o.seed * 2862933555777941757ULL + 3037000493ULL;
    size_t n = s->count * s->o.repeat;

    s->runs = calloc(n + 1, sizeof *s->runs);
    if (s->runs == NULL)
        return error_set(err, "%s", SAY("out of memory", "mémoire insuffisante"));
    s->run_count = n;
    for (size_t i = 0; i < n; i++)
        s->runs[i] = (struct run){ .test = i % s->count, .seed = s->o.seed + i };
    for (size_t i = n; s->o.shuffle && i > 1; i--) {
        struct run other = s->runs[i - 1];
        size_t k;

        x = x * 6364136223846793005ULL + 1442695040888963407ULL;
        k = (size_t)(x >> 33) % i;
        s->runs[i - 1] = s->runs[k];
        s->runs[k] = other;
    }
    return true;
}

/* ---- playing ---- */

static struct generation *load(const struct suite *s, struct problems *problems)
{
    struct script_limits limits = script_limits_default();
    struct script_sources sources = { 0 };

    return script_sources_read(s->o.scripts, &sources, problems) ? generation_load(&sources, &limits, s->o.country, problems) : NULL;
}

struct player { struct suite *s; pthread_t thread; struct generation *g; struct cover *cover; struct error err; bool ok; };

static void dot(const struct suite *s, bool passed)
{
    if (s->o.format != LAB_TEST_TEXT || s->run_count > 2000)
        return;
    (void)putchar(passed ? '.' : 'F');
    (void)fflush(stdout);
}

static void unreadable(const struct test *t, struct run *r)
{
    struct buf text;

    buf_init(&text, 4096);
    buf_addf(&text, "      %s\n", t->broken.text);
    r->outcome.text = buf_take(&text, NULL);
}

static void play_one(const struct player *p, struct world *w, struct run *r)
{
    const struct suite *s = p->s;
    const struct test *t = &s->tests[r->test];

    if (t->readable)
        dialog_play(w, &t->dialog, root_of(s), s->o.update || s->o.review, s->o.chaos, r->seed, &r->outcome);
    else
        unreadable(t, r);
    dot(s, r->outcome.passed);
}

static void *play_some(void *ctx)
{
    struct player *p = ctx;
    struct world *w = world_new(p->g, p->cover, &p->err);
    size_t i;

    while (w != NULL && (i = atomic_fetch_add(&p->s->next, 1)) < p->s->run_count)
        play_one(p, w, &p->s->runs[i]);
    p->ok = w != NULL;
    world_free(w);
    return NULL;
}

static bool prepare(struct suite *s, struct player *p, struct error *err)
{
    struct problems problems;

    p->s = s;
    problems_init(&problems);
    p->g = load(s, &problems);
    problems_free(&problems);
    if (p->g == NULL || strcmp(p->g->digest, s->generation->digest) != 0)
        return error_set(err, "%s", SAY("the scripts changed while the tests began: run them again", "les scripts ont changé pendant le démarrage des tests : relancez"));
    if (s->cover == NULL)
        return true;
    p->cover = cover_new(p->g);
    return p->cover != NULL || error_set(err, "%s", SAY("out of memory", "mémoire insuffisante"));
}

/* Lua may recurse on the stack: see SCRIPT_STACK_BYTES. */
static bool begin(struct player *p, struct error *err)
{
    pthread_attr_t attributes;
    int rc = pthread_attr_init(&attributes);

    if (rc == 0) {
        rc = pthread_attr_setstacksize(&attributes, SCRIPT_STACK_BYTES);
        if (rc == 0)
            rc = pthread_create(&p->thread, &attributes, play_some, p);
        (void)pthread_attr_destroy(&attributes);
    }
    return rc == 0 || error_set(err, "thread: %s", strerror(rc));
}

int64_t dialog_now_us(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static bool play_all(struct suite *s, struct error *err)
{
    struct player *players = calloc(s->o.jobs, sizeof *players);
    size_t started = 0, prepared = 0;
    int64_t began;
    bool ok = players != NULL || error_set(err, "%s", SAY("out of memory", "mémoire insuffisante"));

    for (; ok && prepared < s->o.jobs; prepared++)
        ok = prepare(s, &players[prepared], err);
    began = dialog_now_us();
    for (; ok && started < s->o.jobs; started++)
        ok = begin(&players[started], err);
    for (size_t i = 0; i < started; i++) {
        (void)pthread_join(players[i].thread, NULL);
        if (!players[i].ok)
            ok = error_set(err, "%s", players[i].err.text);
    }
    s->us = dialog_now_us() - began;
    for (size_t i = 0; players != NULL && i < s->o.jobs; i++) {
        if (players[i].cover != NULL && s->cover != NULL)
            cover_add(s->cover, players[i].cover);
        cover_free(players[i].cover);
        if (players[i].g != NULL)
            generation_drop(players[i].g);
    }
    free(players);
    return ok;
}

/* ---- writing ---- */

static bool write_updates(struct suite *s, struct error *err)
{
    for (size_t i = 0; i < s->run_count; i++) {
        struct run *r = &s->runs[i];

        if (s->o.review && r->outcome.edit_count > 0)
            review_edits(s, r);
        if (r->outcome.edit_count > 0 && !update_write(&s->tests[r->test].dialog, r->outcome.edits, r->outcome.edit_count, err))
            return false;
        if (r->outcome.edit_count > 0 && s->o.format == LAB_TEST_TEXT)
            (void)printf(r->outcome.edit_count == 1 ? SAY("\n%s: %zu change written", "\n%s : %zu changement écrit")
                                                    : SAY("\n%s: %zu changes written", "\n%s : %zu changements écrits"),
                         s->tests[r->test].dialog.path, r->outcome.edit_count);
    }
    return true;
}

/* ---- the whole ---- */

static void suite_free(struct suite *s)
{
    for (size_t i = 0; i < s->run_count; i++)
        outcome_free(&s->runs[i].outcome);
    for (size_t i = 0; i < s->count; i++)
        dialog_free(&s->tests[i].dialog);
    free(s->runs);
    free(s->tests);
    cover_free(s->cover);
    if (s->generation != NULL)
        generation_drop(s->generation);
}

static enum lab_test_verdict verdict(struct suite *s)
{
    int percent = s->cover == NULL ? 100 : cover_percent(s->cover);

    for (size_t i = 0; i < s->run_count; i++) {
        const struct outcome *o = &s->runs[i].outcome;

        s->passed += o->passed;
        s->failed += !o->passed;
        s->turns += o->turns;
    }
    report_all(s);
    if (s->o.min_coverage > 0 && percent < s->o.min_coverage) {
        (void)fprintf(stderr, SAY("lisolo: test: coverage is %d %%, at least %d %% is wanted\n", "lisolo : test : la couverture est de %d %%, il en faut au moins %d %%\n"),
                      percent, s->o.min_coverage);
        return LAB_TEST_FAILED;
    }
    return s->failed > 0 ? LAB_TEST_FAILED : LAB_TEST_PASSED;
}

static void defaults(struct lab_test_options *o)
{
    if (o->scripts == NULL)
        o->scripts = "scripts";
    if (o->path_count == 0) {
        o->paths = DEFAULT_PATHS;
        o->path_count = 1;
    }
    if (o->country == NULL)
        o->country = "CG";
    if (o->jobs == 0)
        o->jobs = 1;
    if (o->jobs > THREADS_MAX)
        o->jobs = THREADS_MAX;
    if (o->repeat == 0 || o->update || o->review)
        o->repeat = 1;
    if (o->dry)
        o->update = o->review = false;
}

static enum lab_test_verdict once(const struct lab_test_options *options, struct problems *problems, struct error *err)
{
    struct suite s = { .o = *options };
    enum lab_test_verdict v = LAB_TEST_BROKEN;

    s.generation = load(&s, problems);
    if (s.generation == NULL) {
        v = LAB_TEST_SCRIPTS;
    } else if (read_tests(&s, err)) {
        if (s.count == 0) {
            v = LAB_TEST_NONE;
        } else if (plan(&s, err)) {
            if (s.o.coverage || s.o.min_coverage > 0 || s.o.format == LAB_TEST_JSON)
                s.cover = cover_new(s.generation);
            if (play_all(&s, err) && (s.o.update || s.o.review ? write_updates(&s, err) : true))
                v = verdict(&s);
        }
    }
    suite_free(&s);
    return v;
}

static bool wait_for_change(const struct lab_test_options *o, struct error *err)
{
    const char *folders[THREADS_MAX];
    size_t n = 0;
    struct stat st;

    folders[n++] = o->scripts;
    for (size_t i = 0; i < o->path_count && n < THREADS_MAX; i++)
        folders[n++] = stat(o->paths[i], &st) == 0 && !S_ISDIR(st.st_mode) ? DEFAULT_PATHS[0] : o->paths[i];
    return watch_wait(folders, n, err);
}

enum lab_test_verdict lab_test(const struct lab_test_options *options, struct problems *problems, struct error *err)
{
    struct lab_test_options o = *options;
    enum lab_test_verdict v;

    defaults(&o);
    dialog_french = o.french;
    log_set_level((enum log_level)(LOG_ERROR + 1));    /* what goes wrong in a test is told with the test */
    for (;;) {
        v = once(&o, problems, err);
        if (!o.watch || v == LAB_TEST_BROKEN)
            return v;
        for (size_t i = 0; i < problems->count && v == LAB_TEST_SCRIPTS; i++)
            (void)printf("%s:%d: %s [%s]\n", problems->list[i].file, problems->list[i].line, problems->list[i].text, problems->list[i].code);
        problems_free(problems);
        (void)fflush(stdout);
        if (!wait_for_change(&o, err))
            return LAB_TEST_BROKEN;
    }
}
