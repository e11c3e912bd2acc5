/* Events in: once, numbered, told with what a turn needs. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

static void an_event_key_is_accepted_once(void **state)
{
    struct world *w = *state;
    struct store_item first = gives(w, item(w, "wamid.1", "+242066123456", NULL, "{\"n\":1}"));
    struct store_item again = gives(w, item(w, "wamid.1", "+242066123456", NULL, "{\"n\":1}"));

    assert_int_equal(first.verdict, STORE_NEW);
    assert_int_equal(again.verdict, STORE_DUPLICATE);
    assert_int_equal(again.conv, first.conv);
    assert_int_equal(again.seq, first.seq);
    assert_int_equal(w->event_count, 1);
}

static void the_same_event_twice_in_one_group_is_accepted_once(void **state)
{
    struct world *w = *state;
    struct store_item both[2] = { item(w, "wamid.1", "+242066123456", NULL, "a"), item(w, "wamid.1", "+242066123456", NULL, "a") };
    struct store_ingest one = ingest_op(w, both, 2);
    struct store_item third = item(w, "wamid.1", "+242066123456", NULL, "a");
    struct store_ingest two = ingest_op(w, &third, 1);

    queue(w, &one);
    queue(w, &two);
    assert_int_equal(step(w), 2);
    assert_int_equal(both[0].verdict, STORE_NEW);
    assert_int_equal(both[1].verdict, STORE_DUPLICATE);
    assert_int_equal(third.verdict, STORE_DUPLICATE);
    assert_int_equal(w->event_count, 1);
}

static void a_key_is_still_known_after_reopening(void **state)
{
    struct world *w = *state;

    (void)gives(w, item(w, "wamid.1", "+242066123456", NULL, "a"));
    world_reopen(w);
    assert_int_equal(gives(w, item(w, "wamid.1", "+242066123456", NULL, "a")).verdict, STORE_DUPLICATE);
}

static void numbers_are_dense_for_each_conversation(void **state)
{
    struct world *w = *state;
    uint64_t next[5] = { 1, 1, 1, 1, 1 };

    for (int round = 0; round < 40; round++) {
        struct store_item items[7];
        char phones[7][24];
        struct store_ingest in = ingest_op(w, items, 7);

        for (int i = 0; i < 7; i++) {
            (void)snprintf(phones[i], sizeof phones[i], "+24206612345%d", (round * 3 + i * i) % 5);
            items[i] = item(w, NULL, phones[i], NULL, "x");
        }
        assert_int_equal(submit(w, &in), STORE_OK);
        for (int i = 0; i < 7; i++)
            assert_int_equal(items[i].seq, next[(round * 3 + i * i) % 5]++);
        if (round % 10 == 9)
            world_reopen(w);
    }
}

static void everybody_has_a_conversation_of_their_own(void **state)
{
    struct world *w = *state;
    struct store_item other = item(w, NULL, "+242066123456", NULL, "x");
    int64_t a = says(w, "+242066123456", "x").conv, b = says(w, "+242066123457", "x").conv;

    other.number = "15550100002";
    assert_int_not_equal(a, b);
    assert_int_not_equal(gives(w, other).conv, a);       /* one for each business number */
    assert_int_equal(says(w, "+242066123456", "x").conv, a);
}

static void the_first_event_comes_with_no_state_and_its_person(void **state)
{
    struct world *w = *state;
    struct store_item it = item(w, NULL, "+242066123456", "CG.111", "{\"kind\":\"text\"}");
    const struct seen_event *e;

    it.name = "Prisca";
    (void)gives(w, it);
    e = last_event(w);
    assert_true(e->has_state);
    assert_string_equal(e->state, "");
    assert_int_equal(e->seq, 1);
    assert_int_equal(e->done_seq, 0);
    assert_true(e->person);
    assert_string_equal(e->phone, "+242066123456");
    assert_string_equal(e->bsuid, "CG.111");
    assert_string_equal(e->name, "Prisca");
    assert_string_equal(e->body, "{\"kind\":\"text\"}");
    assert_int_equal(e->heard_ms, T0);
    assert_int_equal(e->committed_ms, T0);
}

static void only_the_next_event_comes_with_the_state(void **state)
{
    struct world *w = *state;
    int64_t conv = says(w, "+242066123456", "1").conv;

    (void)says(w, "+242066123456", "2");
    assert_false(last_event(w)->has_state);
    assert_int_equal(turn(w, conv, 1, "{\"n\":1}"), STORE_OK);
    assert_int_equal(turn(w, conv, 2, "{\"n\":2}"), STORE_OK);
    (void)says(w, "+242066123456", "3");
    assert_true(last_event(w)->has_state);
    assert_string_equal(last_event(w)->state, "{\"n\":2}");
    assert_int_equal(last_event(w)->done_seq, 2);
    assert_int_equal(last_event(w)->state_now_ms, T0);
}

static void a_route_is_a_conversation_without_a_person(void **state)
{
    struct world *w = *state;
    struct store_item it = item(w, NULL, NULL, NULL, "{\"kind\":\"backend\"}");
    int64_t conv;

    it.number = NULL;
    it.from_person = false;
    it.route = "toktok\x1f" "COUR-20250127-061";
    conv = gives(w, it).conv;
    assert_false(last_event(w)->person);
    store_key(it.key, "wh", "toktok", "evt_2", NULL);
    it = gives(w, it);
    assert_int_equal(it.conv, conv);
    assert_int_equal(it.seq, 2);
    store_key(it.key, "wh", "toktok", "evt_3", NULL);
    it.route = "toktok\x1f" "COUR-20250127-062";
    assert_int_not_equal(gives(w, it).conv, conv);
}

static void only_the_person_opens_the_window_and_time_does_not_go_back(void **state)
{
    struct world *w = *state;
    struct store_item it = item(w, NULL, "+242066123456", NULL, "x");

    it.from_person = false;
    (void)gives(w, it);
    assert_int_equal(last_event(w)->heard_ms, 0);
    (void)says(w, "+242066123456", "x");
    it = item(w, NULL, "+242066123456", NULL, "x");
    it.at_ms = T0 - 60000;                               /* delivered late */
    (void)gives(w, it);
    assert_int_equal(last_event(w)->heard_ms, T0);
    it = item(w, NULL, "+242066123456", NULL, "x");
    it.at_ms = T0 + 3600000;                             /* a clock ahead of ours */
    (void)gives(w, it);
    assert_int_equal(last_event(w)->heard_ms, T0);
}

static void the_window_is_remembered_before_and_after_the_turn(void **state)
{
    struct world *w = *state;
    int64_t conv = says(w, "+242066123456", "x").conv;

    world_reopen(w);
    assert_int_equal(last_event(w)->heard_ms, T0);
    assert_int_equal(turn(w, conv, 1, "{}"), STORE_OK);
    world_reopen(w);
    (void)says(w, "+242066123457", "somebody else");
    {
        struct store_item it = item(w, NULL, "+242066123456", NULL, "x");

        it.from_person = false;
        clock_fake_advance(&w->clock, 1000);
        (void)gives(w, it);
    }
    assert_int_equal(last_event(w)->heard_ms, T0);
}

static void an_event_that_names_nobody_is_refused_alone(void **state)
{
    struct world *w = *state;
    struct store_item items[2] = { item(w, NULL, NULL, NULL, "x"), item(w, NULL, "+242066123456", NULL, "y") };
    struct store_ingest in = ingest_op(w, items, 2);

    assert_int_equal(submit(w, &in), STORE_OK);
    assert_int_equal(items[0].verdict, STORE_NO_ROW);
    assert_int_equal(items[1].verdict, STORE_NEW);
}

static void large_bodies_and_states_come_back_whole(void **state)
{
    struct world *w = *state;
    char *body = malloc(300 * 1024), *kept = malloc(STORE_STATE_MAX);
    struct store_item it;
    struct store_turn t;
    int64_t conv;

    assert_true(body != NULL && kept != NULL);
    memset(body, 'b', 300 * 1024);
    memset(kept, 's', STORE_STATE_MAX);
    it = item(w, NULL, "+242066123456", NULL, "");
    it.body = (struct blob){ body, 300 * 1024 };
    conv = gives(w, it).conv;
    assert_int_equal(strlen(last_event(w)->body), TEXT_MAX - 1);
    t = turn_op(w, conv, 1, "");
    t.state = (struct blob){ kept, STORE_STATE_MAX };
    assert_int_equal(submit(w, &t), STORE_OK);
    world_reopen(w);
    (void)says(w, "+242066123456", "x");
    assert_int_equal(strspn(last_event(w)->state, "s"), TEXT_MAX - 1);
    free(body);
    free(kept);
}

/* ---- from the queue ---- */

static void hooks_come_in_the_order_of_the_items_and_before_done(void **state)
{
    struct world *w = *state;
    struct store_item a[2] = { item(w, NULL, "+242066123456", NULL, "1"), item(w, NULL, "+242066123457", NULL, "2") };
    struct store_item b = item(w, NULL, "+242066123456", NULL, "3");
    struct store_ingest one = ingest_op(w, a, 2), two = ingest_op(w, &b, 1);

    queue(w, &one);
    queue(w, &two);
    assert_int_equal(step(w), 2);
    assert_int_equal(w->event_count, 3);
    assert_string_equal(w->events[0].body, "1");
    assert_string_equal(w->events[1].body, "2");
    assert_string_equal(w->events[2].body, "3");
}

static void events_are_refused_beyond_the_queue_s_bytes_and_own_work_never_is(void **state)
{
    struct world *w = *state;
    struct store_options small = w->options;
    char body[600] = { 0 };
    struct store_item items[4];
    struct store_ingest ops[4];
    struct store_mark m = mark_op(w, 1, OUT_READY, OUT_SENDING, 1);
    struct store *s;
    size_t did, taken = 0;
    struct error err;

    memset(body, 'x', sizeof body - 1);
    small.queue_bytes = 2500;
    s = store_open_memory(&small, &err);
    assert_non_null(s);
    for (size_t i = 0; i < 4; i++) {
        items[i] = item(w, NULL, "+242066123456", NULL, body);
        ops[i] = ingest_op(w, &items[i], 1);
        taken += store_submit(s, &ops[i].op);
    }
    assert_in_range(taken, 1, 3);
    assert_true(store_submit(s, &m.op));
    assert_true(store_step(s, &did, &err));
    assert_int_equal(did, taken + 1);
    assert_true(store_submit(s, &ops[3].op));            /* there is room again */
    store_close(s);
}

static int done_ok;
static void count_ok(struct store_op *op) { done_ok += op->result == STORE_OK; }

static void closing_runs_what_is_queued(void **state)
{
    struct world *w = *state;
    struct error err;
    struct store *s = store_open_memory(&w->options, &err);
    struct store_item it = item(w, NULL, "+242066123456", NULL, "x");
    struct store_ingest in = ingest_op(w, &it, 1);

    assert_non_null(s);
    done_ok = 0;
    in.op.done = count_ok;
    assert_true(store_submit(s, &in.op));
    store_close(s);
    assert_int_equal(done_ok, 1);
    assert_int_equal(it.verdict, STORE_NEW);
}

/* ---- many threads ---- */

enum { THREADS = 4, EACH = 300 };

struct submitter {
    struct store       *s;
    struct store_item   items[EACH];
    struct store_ingest ops[EACH];
    char                phone[24];
    pthread_t           thread;
};

static _Atomic int answered;
static void count_answer(struct store_op *op)
{
    (void)op;
    answered++;
}

static void *submit_all(void *ctx)
{
    struct submitter *t = ctx;

    for (int i = 0; i < EACH; i++)
        while (!store_submit(t->s, &t->ops[i].op))
            sched_yield();
    return NULL;
}

static void many_threads_submit_and_all_is_answered_in_their_order(void **state)
{
    struct world *w = *state;
    struct submitter *all = calloc(THREADS, sizeof *all);
    struct store_counts counts;

    assert_non_null(all);
    answered = 0;
    for (int i = 0; i < THREADS; i++) {
        (void)snprintf(all[i].phone, sizeof all[i].phone, "+24206612345%d", i);
        all[i].s = w->s;
        for (int j = 0; j < EACH; j++) {
            all[i].items[j] = item(w, NULL, all[i].phone, NULL, "x");
            all[i].ops[j] = ingest_op(w, &all[i].items[j], 1);
            all[i].ops[j].op.done = count_answer;
        }
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&all[i].thread, NULL, submit_all, &all[i]), 0);
    while (answered < THREADS * EACH)
        if (store_wait(w->s, 100))
            (void)step(w);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(all[i].thread, NULL), 0);
        for (int j = 0; j < EACH; j++)
            assert_int_equal(all[i].items[j].seq, j + 1);
    }
    store_counts(w->s, &counts);
    assert_int_equal(counts.events, THREADS * EACH);
    assert_int_equal(counts.items, THREADS * EACH);
    free(all);
}

static void waiting_ends_when_there_is_work_or_time_is_up(void **state)
{
    struct world *w = *state;
    struct store_item it = item(w, NULL, "+242066123456", NULL, "x");
    struct store_ingest in = ingest_op(w, &it, 1);

    assert_false(store_wait(w->s, 1));
    queue(w, &in);
    assert_true(store_wait(w->s, 1000));
    assert_int_equal(step(w), 1);
    assert_false(store_wait(w->s, 0));
}

static void keys_depend_on_every_part(void **state)
{
    uint8_t a[STORE_KEY_BYTES], b[STORE_KEY_BYTES];

    (void)state;
    store_key(a, "wa", "1", "23", NULL);
    store_key(b, "wa", "12", "3", NULL);
    assert_memory_not_equal(a, b, sizeof a);
    store_key(b, "wa", "1", "23", NULL);
    assert_memory_equal(a, b, sizeof a);
    store_key(b, "wa", "1", NULL);
    assert_memory_not_equal(a, b, sizeof a);
}

CONTRACT(contract_events)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_key_is_accepted_once),
        cmocka_unit_test(the_same_event_twice_in_one_group_is_accepted_once),
        cmocka_unit_test(a_key_is_still_known_after_reopening),
        cmocka_unit_test(numbers_are_dense_for_each_conversation),
        cmocka_unit_test(everybody_has_a_conversation_of_their_own),
        cmocka_unit_test(the_first_event_comes_with_no_state_and_its_person),
        cmocka_unit_test(only_the_next_event_comes_with_the_state),
        cmocka_unit_test(a_route_is_a_conversation_without_a_person),
        cmocka_unit_test(only_the_person_opens_the_window_and_time_does_not_go_back),
        cmocka_unit_test(the_window_is_remembered_before_and_after_the_turn),
        cmocka_unit_test(an_event_that_names_nobody_is_refused_alone),
        cmocka_unit_test(large_bodies_and_states_come_back_whole),
        cmocka_unit_test(hooks_come_in_the_order_of_the_items_and_before_done),
        cmocka_unit_test(events_are_refused_beyond_the_queue_s_bytes_and_own_work_never_is),
        cmocka_unit_test(closing_runs_what_is_queued),
        cmocka_unit_test(many_threads_submit_and_all_is_answered_in_their_order),
        cmocka_unit_test(waiting_ends_when_there_is_work_or_time_is_up),
        cmocka_unit_test(keys_depend_on_every_part),
    };

    GIVE(tests);
}
