/* What an operator has to do with: handing over, other systems' webhooks, notifications in a question, budgets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "author.h"

#define TEST(name) static void name(void **state)

#define HEAD \
    "local f = flow 'course'\n" \
    "f.words = 'course'\n" \
    "message 'q' { fr = 'Quoi ?' } message 'fin' { fr = 'Fini.' } message 'retour' { fr = 'Me revoilà.' }\n"
#define ASK "f:ask 'un' { say = 'q', expect = text {} }\n"
#define END "f:finish 'fin' { say = 'fin' }\n"
#define SOURCE(keys) HEAD ASK END "source 'momo' { " keys " }\n"
#define WHOLE "path = '/in/momo', signature = 'hmac-sha256', header = 'X-Signature', event = function(b) return nil end"

static const struct step *step(const struct author *a, const char *name) { return flow_step(flows_find(a->built, "course"), name); }

/* ---- handover ---- */

TEST(a_handover_has_an_end_and_words_for_it)
{
    struct author a;

    (void)state;
    author_clean(&a, HEAD ASK "f:finish 'fin' { say = 'fin', handover = { last = '4 h', back = 'retour' } }\n");
    assert_true(step(&a, "fin")->handover);
    assert_int_equal(step(&a, "fin")->handover_ms, 4 * 3600 * 1000);
    assert_string_equal(wording_id(step(&a, "fin")->handover_back), "retour");
    author_free(&a);
    author_clean(&a, HEAD ASK "f:finish 'fin' { say = 'fin', handover = true }\n");
    assert_int_equal(step(&a, "fin")->handover_ms, 24 * 3600 * 1000);
    assert_null(step(&a, "fin")->handover_back);
    author_free(&a);
    author_clean(&a, HEAD ASK "f:finish 'fin' { say = 'fin', handover = false }\n");
    assert_false(step(&a, "fin")->handover);
    author_free(&a);
}

TEST(a_wrong_handover_is_refused)
{
    (void)state;
    author_one(HEAD ASK "f:finish 'fin' { say = 'fin', handover = 'oui' }\n", "C102", "handover");
    author_one(HEAD ASK "f:finish 'fin' { say = 'fin', handover = { lasts = '4 h' } }\n", "C101", "last");
    author_one(HEAD ASK "f:finish 'fin' { say = 'fin', handover = { last = 'longtemps' } }\n", "C108", "longtemps");
    author_one(HEAD ASK "f:finish 'fin' { say = 'fin', handover = { back = 'retuor' } }\n", "C112", "retour");
}

TEST(the_words_that_come_after_staff_may_use_nothing_of_the_flow)
{
    (void)state;
    author_one(HEAD "message 'nomme' { fr = 'Me revoilà, {un}.' }\n" ASK "f:finish 'fin' { say = 'fin', handover = { back = 'nomme' } }\n", "C144", "un");
}

/* ---- sources ---- */

TEST(a_source_is_read_whole)
{
    struct author a;
    const struct source_rule *s;

    (void)state;
    author_clean(&a, SOURCE(WHOLE ", id = 'transaction', subject = 'client.numero'"));
    s = flows_source(a.built, "momo");
    assert_non_null(s);
    assert_string_equal(s->path, "/in/momo");
    assert_int_equal(s->signature, SOURCE_HMAC_SHA256);
    assert_string_equal(s->header, "X-Signature");
    assert_string_equal(s->id, "transaction");
    assert_string_equal(s->subject, "client.numero");
    assert_true(s->event != DECL_NO_FUNCTION);
    author_free(&a);
    author_clean(&a, SOURCE("path = '/in/momo', signature = 'standard-webhooks', event = function(b) return nil end"));
    assert_int_equal(flows_source(a.built, "momo")->signature, SOURCE_STANDARD_WEBHOOKS);
    author_free(&a);
}

TEST(what_a_source_lacks_is_asked_for)
{
    (void)state;
    author_one(SOURCE("signature = 'standard-webhooks', event = function(b) end"), "C103", "`path`");
    author_one(SOURCE("path = '/in/momo', event = function(b) end"), "C103", "`signature`");
    author_one(SOURCE("path = '/in/momo', signature = 'standard-webhooks'"), "C103", "`event`");
    author_one(SOURCE("path = '/in/momo', signature = 'hmac-sha256', event = function(b) end"), "C103", "`header`");
}

TEST(what_a_source_cannot_have_is_refused)
{
    (void)state;
    author_one(SOURCE("path = 'in/momo', signature = 'standard-webhooks', event = function(b) end"), "C191", "begins with /");
    author_one(SOURCE("path = '/in/m?x=1', signature = 'standard-webhooks', event = function(b) end"), "C191", "/in/m?x=1");
    author_one(SOURCE("path = '/webhooks/whatsapp', signature = 'standard-webhooks', event = function(b) end"), "C191", "Lisolo");
    author_one(SOURCE("path = '/healthz', signature = 'standard-webhooks', event = function(b) end"), "C191", "Lisolo");
    author_one(SOURCE("path = '/in/momo', signature = 'md5', event = function(b) end"), "C102", "md5");
    author_one(SOURCE("path = '/in/momo', signature = 'hmac-sha256', header = 'X Signature', event = function(b) end"), "C102", "X Signature");
    author_one(SOURCE("path = '/in/momo', signature = 'standard-webhooks', header = 'X-S', event = function(b) end"), "C102", "header");
    author_one(SOURCE("path = '/in/momo', signature = 'standard-webhooks', event = 'paiement'"), "C102", "function");
    author_one(SOURCE(WHOLE ", idd = 'x'"), "C101", "id");
}

TEST(two_sources_share_neither_name_nor_path)
{
    (void)state;
    author_one(SOURCE(WHOLE) "source 'momo' { path = '/in/autre', signature = 'standard-webhooks', event = function(b) end }\n", "C190", "momo");
    author_one(SOURCE(WHOLE) "source 'autre' { path = '/in/momo', signature = 'standard-webhooks', event = function(b) end }\n", "C190", "/in/momo");
}

/* ---- when_asking ---- */

TEST(when_asking_is_one_of_three_words)
{
    struct author a;

    (void)state;
    author_clean(&a, HEAD ASK END "on 'a' { to = 't', say = 'fin' }\non 'b' { to = 't', say = 'fin', when_asking = 'repeat' }\n"
                     "on 'c' { to = 't', say = 'fin', when_asking = 'after' }\n");
    assert_int_equal(flows_event(a.built, "a")->when_asking, ASKING_NOW);
    assert_int_equal(flows_event(a.built, "b")->when_asking, ASKING_REPEAT);
    assert_int_equal(flows_event(a.built, "c")->when_asking, ASKING_AFTER);
    author_free(&a);
    author_one(HEAD ASK END "on 'a' { to = 't', say = 'fin', when_asking = 'later' }\n", "C102", "later");
}

/* ---- budgets ---- */

TEST(a_steps_budget_takes_the_place_of_what_it_names_in_the_flows)
{
    struct author a;

    (void)state;
    author_clean(&a, HEAD "f.budget = { steps = 20000, memory = '256 KiB', backend = '3 s', messages = 3 }\n"
                     "f:ask 'un' { say = 'q', expect = text {}, budget = { messages = 1 } }\n"
                     "f:set 'calcul' { x = function(c) return 1 end, budget = { steps = 500 } }\n"
                     "f:branch 'b' { { go = 'fin' }, budget = { memory = '1 MiB' } }\n" END);
    assert_int_equal(step(&a, "un")->budget.steps, 20000);
    assert_int_equal(step(&a, "un")->budget.memory_bytes, 256 * 1024);
    assert_int_equal(step(&a, "un")->budget.backend_ms, 3000);
    assert_int_equal(step(&a, "un")->budget.messages, 1);
    assert_int_equal(step(&a, "calcul")->budget.steps, 500);
    assert_int_equal(step(&a, "calcul")->set_count, 1);
    assert_int_equal(step(&a, "b")->budget.memory_bytes, 1024 * 1024);
    assert_int_equal(step(&a, "fin")->budget.messages, 3);
    author_free(&a);
}

TEST(a_wrong_budget_is_refused)
{
    (void)state;
    author_one(HEAD "f.budget = { memory = 'beaucoup' }\n" ASK END, "C192", "beaucoup");
    author_one(HEAD "f.budget = { memory = '0 KiB' }\n" ASK END, "C192", "0 KiB");
    author_one(HEAD "f.budget = { steps = 0 }\n" ASK END, "C102", "steps");
    author_one(HEAD "f.budget = { message = 3 }\n" ASK END, "C101", "messages");
    author_one(HEAD "f.budget = 3\n" ASK END, "C102", "table");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_handover_has_an_end_and_words_for_it),
        cmocka_unit_test(a_wrong_handover_is_refused),
        cmocka_unit_test(the_words_that_come_after_staff_may_use_nothing_of_the_flow),
        cmocka_unit_test(a_source_is_read_whole),
        cmocka_unit_test(what_a_source_lacks_is_asked_for),
        cmocka_unit_test(what_a_source_cannot_have_is_refused),
        cmocka_unit_test(two_sources_share_neither_name_nor_path),
        cmocka_unit_test(when_asking_is_one_of_three_words),
        cmocka_unit_test(a_steps_budget_takes_the_place_of_what_it_names_in_the_flows),
        cmocka_unit_test(a_wrong_budget_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
