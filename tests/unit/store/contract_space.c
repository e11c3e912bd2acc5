/* A full disk: nothing of a group stays, events are refused, and the host's own work waits and comes through. */
#include <stdio.h>
#include <string.h>

#include "world.h"

#define PHONE "+242066123456"
#define PHONE2 "+242066123457"

static int done_count;
static void count_done(struct store_op *op)
{
    (void)op;
    done_count++;
}

static void nothing_of_a_group_stays_when_the_disk_is_full(void **state)
{
    struct world *w = *state;
    int64_t conv = says(w, PHONE, "1").conv;
    struct store_item it = item(w, "wamid.9", PHONE2, NULL, "2");
    struct store_ingest in = ingest_op(w, &it, 1);
    struct store_turn t = turn_op(w, conv, 1, "{\"n\":1}");
    struct store_send send = send_of("{}");
    struct store_counts counts;

    t.sends = &send;
    t.send_count = 1;
    t.op.done = count_done;
    done_count = 0;
    world_forget(w);
    queue(w, &t);
    queue(w, &in);
    w->driver->fill(w->s, true);
    assert_int_equal(step(w), 0);
    assert_int_equal(in.op.result, STORE_NO_SPACE);
    assert_int_equal(done_count, 0);                       /* the turn waits */
    assert_int_equal(w->event_count + w->send_count, 0);   /* and nobody heard of anything */
    w->driver->fill(w->s, false);
    clock_fake_advance(&w->clock, 250);
    assert_true(store_wait(w->s, 1000));
    assert_int_equal(step(w), 1);
    assert_int_equal(done_count, 1);
    assert_int_equal(t.op.result, STORE_OK);
    assert_int_equal(w->send_count, 1);
    assert_int_equal(gives(w, it).verdict, STORE_NEW);     /* the redelivery is not a duplicate */
    assert_int_equal(gives(w, it).verdict, STORE_DUPLICATE);
    store_counts(w->s, &counts);
    assert_int_equal(counts.no_space, 1);
    assert_int_equal(counts.events, 2);
    assert_int_equal(counts.turns, 1);
}

static void while_the_disk_is_full_events_are_refused_and_own_work_waits(void **state)
{
    struct world *w = *state;
    int64_t first, conv = says(w, PHONE, "1").conv;
    struct store_item it = item(w, NULL, PHONE2, NULL, "2");
    struct store_ingest in = ingest_op(w, &it, 1);
    struct store_park park = { .op = { .kind = STORE_PARK }, .body = { "x", 1 }, .source = "meta", .reason = "no" };
    struct store_mark sending, m2;
    struct store_fire f = { .op = { .kind = STORE_FIRE }, .now_ms = T0, .limit = 5 };

    turn_sending(w, conv, 1, 2, &first);
    sending = mark_op(w, first, OUT_READY, OUT_SENDING, 1);
    m2 = mark_op(w, first + 1, OUT_READY, OUT_SENDING, 1);
    sending.op.done = m2.op.done = f.op.done = count_done;
    done_count = 0;
    w->driver->fill(w->s, true);
    queue(w, &sending);
    assert_int_equal(step(w), 0);
    queue(w, &in);
    queue(w, &park);
    queue(w, &m2);
    queue(w, &f);
    assert_int_equal(step(w), 0);
    assert_int_equal(in.op.result, STORE_NO_SPACE);
    assert_int_equal(park.op.result, STORE_NO_SPACE);
    assert_false(store_wait(w->s, 1));                     /* not yet */
    clock_fake_advance(&w->clock, 250);
    assert_true(store_wait(w->s, 1));
    assert_int_equal(step(w), 0);                          /* still full */
    assert_int_equal(done_count, 0);
    w->driver->fill(w->s, false);
    in.op.result = STORE_OK;
    queue(w, &in);
    assert_int_equal(step(w), 0);
    assert_int_equal(in.op.result, STORE_NO_SPACE);        /* those that wait are first, and alone */
    clock_fake_advance(&w->clock, 250);
    assert_int_equal(step(w), 3);
    assert_int_equal(done_count, 3);
    assert_int_equal(sending.op.result, STORE_OK);
    assert_int_equal(m2.op.result, STORE_OK);
    assert_int_equal(figure(w, "outbox.sending"), 2);
    assert_int_equal(gives(w, it).verdict, STORE_NEW);
}

static void an_event_alone_does_not_close_the_door(void **state)
{
    struct world *w = *state;
    struct store_item it = item(w, NULL, PHONE, NULL, "2");
    struct store_ingest in = ingest_op(w, &it, 1);

    w->driver->fill(w->s, true);
    queue(w, &in);
    assert_int_equal(step(w), 0);
    assert_int_equal(in.op.result, STORE_NO_SPACE);
    w->driver->fill(w->s, false);
    assert_int_equal(gives(w, it).verdict, STORE_NEW);
}

static void questions_are_answered_on_a_full_disk(void **state)
{
    struct world *w = *state;
    int64_t first, conv = says(w, PHONE, "1").conv;
    struct store_mark m;
    bool more;

    turn_sending(w, conv, 1, 1, &first);
    m = mark_op(w, first, OUT_READY, OUT_SENDING, 1);
    (void)says(w, PHONE, "2");
    w->driver->fill(w->s, true);
    queue(w, &m);
    assert_int_equal(step(w), 0);
    assert_int_equal(figure(w, "outbox.ready"), 1);
    assert_int_equal(load(w, conv, 5, &more), 1);
    w->driver->fill(w->s, false);
    clock_fake_advance(&w->clock, 250);
    assert_int_equal(step(w), 1);
    assert_int_equal(m.op.result, STORE_OK);
}

static void what_a_rolled_back_group_had_in_memory_is_forgotten(void **state)
{
    struct world *w = *state;
    struct store_item items[3] = { item(w, NULL, PHONE, "CG.1", "1"), item(w, NULL, NULL, "CG.1", "2"),
                                   item(w, NULL, PHONE2, NULL, "3") };
    struct store_ingest in = ingest_op(w, items, 3);

    w->driver->fill(w->s, true);
    queue(w, &in);
    assert_int_equal(step(w), 0);
    w->driver->fill(w->s, false);
    assert_int_equal(figure(w, "conversations"), 0);
    assert_int_equal(gives(w, item(w, NULL, PHONE2, NULL, "3")).seq, 1);
    assert_int_equal(gives(w, item(w, NULL, NULL, "CG.1", "2")).seq, 1);
    assert_int_equal(gives(w, item(w, NULL, PHONE, "CG.1", "1")).seq, 2);
    assert_int_equal(figure(w, "conversations"), 2);
}

static void closing_refuses_what_still_waits_for_space(void **state)
{
    struct world *w = *state;
    struct error err;
    struct store *s = store_open_memory(&w->options, &err);
    struct store_mark m = mark_op(w, 1, OUT_READY, OUT_SENDING, 1);
    struct world other = *w;
    size_t did;

    if (strcmp(w->driver->name, "memory") != 0) {          /* filling needs the driver's own store */
        store_close(s);
        return;
    }
    other.s = s;
    m.op.done = count_done;
    done_count = 0;
    other.driver->fill(s, true);
    assert_true(store_submit(s, &m.op));
    assert_true(store_step(s, &did, &err));
    store_close(s);
    assert_int_equal(done_count, 1);
    assert_int_equal(m.op.result, STORE_REFUSED);
}

/* Somebody waits for the answer, and with them the thread that stops the host. */
static void an_operator_is_told_that_the_disk_is_full(void **state)
{
    struct world *w = *state;
    struct store_hold h = { .op = { .kind = STORE_HOLD, .done = count_done }, .subject = PHONE, .number = NUMBER, .take = true,
                            .until_ms = world_now(w) + 1000, .now_ms = world_now(w) };

    (void)says(w, PHONE, "1");
    done_count = 0;
    queue(w, &h);
    w->driver->fill(w->s, true);
    (void)step(w);
    assert_int_equal(done_count, 1);
    assert_int_equal(h.op.result, STORE_NO_SPACE);
    w->driver->fill(w->s, false);
    h.op.done = NULL;
    assert_int_equal(submit(w, &h), STORE_OK);
}

CONTRACT(contract_space)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_of_a_group_stays_when_the_disk_is_full),
        cmocka_unit_test(while_the_disk_is_full_events_are_refused_and_own_work_waits),
        cmocka_unit_test(an_event_alone_does_not_close_the_door),
        cmocka_unit_test(questions_are_answered_on_a_full_disk),
        cmocka_unit_test(an_operator_is_told_that_the_disk_is_full),
        cmocka_unit_test(what_a_rolled_back_group_had_in_memory_is_forgotten),
        cmocka_unit_test(closing_refuses_what_still_waits_for_space),
    };

    GIVE(tests);
}
