/*
 * When the n-th allocation fails, for every n: the turn gives no result, or an apology, or its result; it never crashes, never
 * leaks, and never commits half of what it should.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/err.h>

#include "lisolo/base/crypto.h"
#include "stage.h"

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

/* The whole result; or an apology; or words that could not be folded were not understood. Never a part of it. */
static void check(const struct turn_result *r, size_t sends, size_t calls)
{
    if (r->script_failed || r->commit.call_count < calls) {
        assert_int_equal(r->commit.call_count, 0);
        assert_true(calls == 0 || r->commit.send_count > 0);
        return;
    }
    assert_int_equal(r->commit.send_count, sends);
    assert_int_equal(r->commit.call_count, calls);
}

/* `lua`: functions of authors run, whose state keeps what it has allocated, so that blocks cannot be counted. */
static void survive(struct stage *s, const struct event *e, bool lua)
{
    struct turn_input in = { .worker = s->w, .keys = &s->keys, .state = { s->state, s->state_len }, .event = e, .person = &s->person, .conv = 12, .seq = 99, .now_ms = s->now_ms };
    struct turn_result r;
    struct error err;
    size_t sends, calls;
    uint8_t mac[SHA256_BYTES];
    bool whole = false;
    long n = 0;

    assert_true(turn_run(&in, &r, &err));
    sends = r.commit.send_count;
    calls = r.commit.call_count;
    assert_false(r.script_failed);
    turn_result_free(&r);
    assert_true(crypto_hmac_sha256("key", 3, "text", 4, mac));
    for (; !whole && n < 20000; n++) {
        bool ok;

        living = 0;
        counting = true;
        countdown = n;
        ok = turn_run(&in, &r, &err);
        whole = countdown >= 0;        /* the failure is still to come: nothing failed */
        countdown = -1;
        if (ok) {
            counting = false;
            check(&r, sends, calls);
            counting = true;
            turn_result_free(&r);
        }
        ERR_clear_error();             /* what libcrypto keeps, of failures and between two MACs, is no leak of ours */
        assert_true(crypto_hmac_sha256("key", 3, "text", 4, mac));
        counting = false;
        if (!lua && living != 0)
            fail_msg("allocation %ld: %ld blocks were left", n, living);
    }
    assert_true(n > 20);
    assert_true(whole);
}

static void a_turn_survives_every_allocation_that_fails(void **state)
{
    struct stage s;
    cJSON *notice = cJSON_Parse("{\"numero_mission\":\"C-1\",\"statut\":\"accepted\",\"livreur_nom\":\"Luc\"}");

    (void)state;
    stage_open_scripts(&s);
    survive(&s, &(struct event){ .kind = EVENT_TEXT, .text = "bonjour" }, false);
    survive(&s, &(struct event){ .kind = EVENT_TEXT, .text = "course" }, false);
    stage_text(&s, "course");
    survive(&s, &(struct event){ .kind = EVENT_TEXT, .text = "Rond-point Moungali" }, false);
    survive(&s, &(struct event){ .kind = EVENT_LOCATION, .has_point = true, .latitude = 1, .longitude = 2 }, false);
    survive(&s, &(struct event){ .kind = EVENT_TEXT, .text = "abc" }, false);
    survive(&s, &(struct event){ .kind = EVENT_NOTICE, .name = "mission.status_changed", .id = "e", .data = notice }, false);
    stage_text(&s, "Rond-point Moungali");
    survive(&s, &(struct event){ .kind = EVENT_TEXT, .text = "retour" }, false);
    stage_text(&s, "12 rue Mbochi, Poto-Poto");
    stage_text(&s, "Junior Okemba");
    stage_text(&s, "06 612 34 56");
    stage_text(&s, "Deux pagnes et une enveloppe");
    stage_text(&s, "8 000");
    survive(&s, &(struct event){ .kind = EVENT_TEXT, .text = "modifier" }, false);
    survive(&s, &(struct event){ .kind = EVENT_TEXT, .text = "confirmer" }, true);
    cJSON_Delete(notice);
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_turn_survives_every_allocation_that_fails) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
