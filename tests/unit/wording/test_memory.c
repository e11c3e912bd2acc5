/*
 * What happens when memory runs out at any moment: an error, no crash, nothing lost.
 *
 * The n-th allocation fails, for every n until a whole build or rendering gets by. The sanitizers bring their own allocator, so
 * under them there is nothing to do here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "source.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

enum { UNCOUNTED = true };

static long fail_at;
static long live;

#else

enum { UNCOUNTED = false };

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void  __libc_free(void *block);

static long fail_at;      /* which allocation from now on fails; 0: none */
static long live;         /* blocks that are not freed */

static bool fails(void)
{
    return fail_at > 0 && --fail_at == 0;
}

static void *counted(void *block)
{
    live += block != NULL;
    return block;
}

void *malloc(size_t size)
{
    return fails() ? NULL : counted(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : counted(__libc_calloc(count, size));
}

void *realloc(void *old, size_t size)
{
    void *block;

    if (fails())
        return NULL;
    block = __libc_realloc(old, size);
    live += old == NULL && block != NULL;
    return block;
}

void *reallocarray(void *old, size_t count, size_t size)
{
    return realloc(old, count * size);
}

void free(void *block)
{
    live -= block != NULL;
    __libc_free(block);
}

#endif

static const char LUA[] =
    "labels \"statut\" { fr = [[\na, b = Un !\n! c = Deux\n]] }\n"
    "message \"m\" { image = \"{photo}\", fr = [[\n@header Ici\n*Bonjour* {nom|short 5|upper} ?\n@if nom: {prix|fcfa} {s|timeline statut h}\n@each l: {.|plural one:\"#\" other:\"# x\"}\n"
    "{note}\n@menu Voir\n[row] {nom} :: {prix|fcfa}\n[b] B\n]] , en = [[\nHello {nom}\n[c] C\n]] }\n"
    "template \"t\" { category = \"utility\", params = { \"nom\" }, example = { \"x\" }, fr = [[\nBonjour {nom}, votre course est finie.\n[x] X\n]] }\n"
    "message \"d\" { document = \"{photo}\", document_fallback = \"https://a.cg/y\", document_name = \"{nom|short 5}.pdf\", fr = [[\nVoici\n@each l max 1: {.}\n@rest: {rest} de plus\n"
    "@link Voir :: https://a.cg/{nom}\n@contact {nom} :: {tel|phone}\n]] }\n"
    "message \"q\" { fr = [[\nOù ?\n@ask-location\nOu bien\n[a] {nom|short 9}\n]] }\n";

static const char VARS[] = "{\"photo\":\"https://a.cg/x.jpg\",\"nom\":\"Prisca\\n\\u0007 d'en bas\",\"prix\":8000,\"s\":\"b\",\"h\":{\"a\":\"09:02\"},\"l\":[1,2],\"note\":\"x\",\"tel\":\"066123456\"}";

static void a_build_without_memory_is_refused_and_loses_nothing(void **state)
{
    struct source s;
    bool done = false;

    (void)state;
    source_build(&s, "templates/t.lua", LUA);
    for (long n = 1; !done; n++) {
        long before = live;
        struct problems problems;
        struct wording *w;

        problems_init(&problems);
        fail_at = n;
        w = wording_build(&s.statements, "CG", &problems);
        done = UNCOUNTED || fail_at != 0;
        fail_at = 0;
        wording_free(w);
        problems_free(&problems);
        assert_int_equal(live, before);
    }
    source_free(&s);
}

static const cJSON *get(void *ctx, const char *name)
{
    return json_get(ctx, name);
}

static void render_with_every_failure(const struct source *s, const char *id, const cJSON *values, const cJSON *rows)
{
    const struct wording_message *m = wording_find(s->wording, id);
    struct wording_context c = { .language = "fr", .values = { get, (void *)(uintptr_t)values }, .rows = rows };
    bool done = false;

    for (long n = 1; !done; n++) {
        struct wording_output out;
        struct error err = { "" };
        long before = live;
        bool ok;

        fail_at = n;
        ok = wording_render(s->wording, m, &c, &out, &err);
        done = UNCOUNTED || fail_at != 0;
        fail_at = 0;
        if (ok)
            wording_output_free(&out);
        else
            assert_true(err.text[0] != '\0');
        assert_int_equal(live, before);
    }
}

static void a_rendering_without_memory_is_refused_and_loses_nothing(void **state)
{
    struct source s;
    struct error err;
    cJSON *values = json_parse(VARS, strlen(VARS), &err);
    static const char ROWS[] = "[{\"id\":1,\"prix\":5},{\"id\":\"b2\",\"nom\":\"x\"}]";
    cJSON *rows = json_parse(ROWS, strlen(ROWS), &err);

    (void)state;
    assert_non_null(values);
    assert_non_null(rows);
    source_build(&s, "templates/t.lua", LUA);
    render_with_every_failure(&s, "m", values, rows);
    render_with_every_failure(&s, "t", values, rows);
    render_with_every_failure(&s, "q", values, rows);
    render_with_every_failure(&s, "d", values, rows);
    source_free(&s);
    cJSON_Delete(values);
    cJSON_Delete(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_build_without_memory_is_refused_and_loses_nothing),
        cmocka_unit_test(a_rendering_without_memory_is_refused_and_loses_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
