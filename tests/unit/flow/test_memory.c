/* When the n-th allocation fails, for every n: definitions are built whole or not at all, and nothing leaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "author.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
int main(void)
{
    puts("skipped: the sanitizers own malloc");
    return 0;
}
#else

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void  __libc_free(void *p);

static long countdown = -1;            /* allocations until one fails; negative: none */
static long living;                    /* blocks, while counting */
static bool counting;

static bool refuse(void) { return countdown >= 0 && countdown-- == 0; }

void *malloc(size_t size)
{
    void *p = refuse() ? NULL : __libc_malloc(size);

    living += counting && p != NULL;
    return p;
}

void *calloc(size_t count, size_t size)
{
    void *p = refuse() ? NULL : __libc_calloc(count, size);

    living += counting && p != NULL;
    return p;
}

void *realloc(void *old, size_t size)
{
    void *p = refuse() ? NULL : __libc_realloc(old, size);

    living += counting && old == NULL && p != NULL;
    return p;
}

void free(void *p)
{
    living -= counting && p != NULL;
    __libc_free(p);
}

/* More than one block of the pool, and every kind of statement. */
static char *large(void)
{
    static char text[96 * 1024];

    (void)snprintf(text, sizeof text,
        "local f = flow 'course'\nf.words = { 'course', 'colis' }\nf.expire = { '2 h', 'fin' }\nf.values = { v = function() end }\n"
        "message 'q' { fr = 'Quoi ?' } message 'm' { fr = 'Et ?\\n[oui] Oui\\n[non] Non' }\n"
        "person { nom = text {}, l = list { max = 3 } } quiet '21:00-07:00' shared 't' { a = { 1, 2 }, b = 'c' }\n"
        "every 'day 08:00' { name = 'jour', event = 'x', data = { tel = { '+242066000001' }, s = 'a' } }\n"
        "f:say 'plus_tard' { say = 'q', plan = { after '1 h' { name = 'p', say = { 'q', 'q' }, unless = 'person.nom' }, cancel 'q' } }\n"
        "on 'x' { to = 'tel', by = 's', key = 'k', vars = { r = 'k' }, cases = { { is = { 'a', 'b' }, say = { 'q', 'q' } } } }\n"
        "f:call 'appel' { POST = '/x', body = function() end, query = { a = 'b' }, save = { x = 'y', z = { 'a', 'b' } }, fail = { timeout = 'fin', other = 'fin' } }\n"
        "f:branch 'b' { { when = function() end, go = 'fin' } }\nf:set 's' { y = function() end }\nf:run 'sous' { flow = 'autre', save = { t = 'u' } }\n");
    for (int i = 0; i < 120; i++) {
        size_t len = strlen(text);

        (void)snprintf(text + len, sizeof text - len,
            "f:ask 'a%d' { say = 'q', expect = one_of { location(), text { min = 5 } }, retry = 'q', tries = 3, give_up = 'fin', remind = { '10 min', 'q' } }\n"
            "f:choose 'c%d' { say = 'm', on = { oui = 'fin', non = edit 'a%d' } }\n", i, i, i);
    }
    (void)strcat(text, "f:choose 'dernier' { say = 'm', on = { oui = 'fin', non = 'perdu' } }\nf:finish 'fin' { say = 'q' }\n"
                       "--- flows/autre.lua\nlocal f = flow 'autre'\nf:ask 'u' { say = 'q', expect = text {} }\nf:finish 'fin' { result = { u = 'u' } }\n");
    return text;
}

static void definitions_survive_every_allocation_that_fails(void **state)
{
    struct author a;
    bool whole = false;
    long n = 0;

    (void)state;
    author_write(&a, large());
    for (; !whole && n < 2000; n++) {
        struct problems problems;
        struct flows *f;

        problems_init(&problems);
        living = 0;
        counting = true;
        countdown = n;
        f = flows_build(&a.flows, a.wording, "CG", &problems);
        whole = countdown >= 0;
        countdown = -1;
        if (whole)
            assert_int_equal(problems.errors, a.problems.errors);
        flows_free(f);
        problems_free(&problems);
        counting = false;
        if (living != 0)
            fail_msg("allocation %ld: %ld blocks were left", n, living);
    }
    assert_true(whole);
    assert_true(n > 10);
    author_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(definitions_survive_every_allocation_that_fails) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
