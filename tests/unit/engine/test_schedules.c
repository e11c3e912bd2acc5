/*
 * `every` at the top of a file, with the real store: it runs from the start, once, whatever is reloaded or restarted, and a day
 * that the host slept through is said once.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/engine.h"

#define HOUR_MS (3600 * 1000LL)
#define START_MS 1737968400000LL       /* Monday 2025-01-27, 10:00 in Brazzaville */

struct house {
    struct clock_fake     clock;
    struct store         *store;
    struct engine        *engine;
    struct engine_worker *worker;
    size_t                sent;
};

static struct house h;

static void on_event(void *ctx, const struct store_event *e) { engine_on_event(((struct house *)ctx)->engine, e); }
static void on_timer(void *ctx, int64_t due) { engine_on_timer(((struct house *)ctx)->engine, due); }

static void on_send(void *ctx, const struct store_send_row *row)
{
    (void)ctx;
    assert_int_equal(row->class, CLASS_NOTIFICATION);
    assert_string_equal(row->phone, "+242066000001");
    h.sent++;
}

static const char HOUSE[] =
    "menu { say = 'commun.pas_compris' }\n"
    "message 'commun.pas_compris' { fr = 'Pas compris.' }\nmessage 'commun.probleme' { fr = 'Un souci.' }\n"
    "message 'commun.bouton_ancien' { fr = 'Trop tard.' }\nmessage 'commun.aide' { fr = 'Aide.' }\n"
    "message 'commun.non_pris_en_charge' { fr = 'Des mots.' }\nmessage 'resume' { fr = 'Voici le jour.' }\n"
    "on 'interne.resume' { to = 'to', say = 'resume' }\n"
    "local f = flow 'commandes'\nf.words = 'essai'\nf:finish 'fin' {}\n";

static struct generation *generation(const char *every)
{
    struct script_sources s = { .list = calloc(1, sizeof *s.list), .count = 1 };
    struct script_limits limits = script_limits_default();
    struct generation *g;
    struct problems p;
    char text[2048];

    (void)snprintf(text, sizeof text, "%s%s", HOUSE, every);
    assert_non_null(s.list);
    s.list[0] = (struct script_source){ strdup("flows/commandes.lua"), strdup(text), strlen(text) };
    problems_init(&p);
    g = generation_load(&s, &limits, "CG", &p);
    for (size_t i = 0; i < p.count && g == NULL; i++)
        print_error("%s:%d: %s %s\n", p.list[i].file, p.list[i].line, p.list[i].code, p.list[i].text);
    problems_free(&p);
    assert_non_null(g);
    return g;
}

static void swap(const char *every)
{
    struct error err = { "" };

    if (!engine_swap(h.engine, generation(every), &err))
        fail_msg("%s", err.text);
}

static void nothing(struct store_op *op) { (void)op; }

static void run(void)
{
    struct error err = { "" };
    bool moved;
    size_t did;

    do {
        (void)engine_tick(h.engine);
        if (!store_step(h.store, &did, &err))
            fail_msg("%s", err.text);
        moved = did > 0;
        while (engine_step(h.worker, 0))
            moved = true;
    } while (moved || store_wait(h.store, 0));
}

static void engine_open(const char *every)
{
    struct engine_options o = { .store = h.store, .clock = &h.clock.clock, .number = "555", .workers = 1 };
    struct store_hooks hooks = { .ctx = &h, .event = on_event, .timer = on_timer, .send = on_send };
    struct error err = { "" };

    assert_true(store_secret(h.store, "button", o.keys.current));
    h.engine = engine_new(&o, &err);
    assert_non_null(h.engine);
    swap(every);
    h.worker = engine_worker_new(h.engine, 0, &err);
    assert_non_null(h.worker);
    store_set_hooks(h.store, &hooks);
    assert_true(store_recover(h.store, &err));
    h.sent = 0;                        /* recovery tells of rows that were there before */
    run();
}

static void engine_close(void)
{
    engine_stop(h.engine);
    engine_worker_free(h.worker);
    engine_free(h.engine);
}

static void house_open(const char *every)
{
    struct error err = { "" };
    struct store_options so = { .clock = &h.clock.clock };

    memset(&h, 0, sizeof h);
    clock_fake_init(&h.clock, START_MS);
    h.store = store_open_memory(&so, &err);
    assert_non_null(h.store);
    engine_open(every);
}

static void house_close(void)
{
    run();
    engine_stop(h.engine);
    store_close(h.store);
    engine_worker_free(h.worker);
    engine_free(h.engine);
}

static void later(int64_t hours)
{
    clock_fake_advance(&h.clock, hours * HOUR_MS);
    run();
}

#define AT_EIGHT "every 'day 08:00' { name = 'resume', event = 'interne.resume', data = { to = { '+242066000001' } } }\n"
#define AT_NINE "every 'day 09:00' { name = 'resume', event = 'interne.resume', data = { to = { '+242066000001' } } }\n"

static void a_schedule_runs_from_the_start_once_a_day(void **state)
{
    (void)state;
    house_open(AT_EIGHT);
    later(21);
    assert_int_equal(h.sent, 0);
    later(1);
    assert_int_equal(h.sent, 1);
    later(23);
    assert_int_equal(h.sent, 1);
    later(1);
    assert_int_equal(h.sent, 2);
    house_close();
}

static void reloads_and_restarts_neither_double_it_nor_lose_it(void **state)
{
    (void)state;
    house_open(AT_EIGHT);
    for (int i = 0; i < 3; i++) {
        swap(AT_EIGHT);
        run();
    }
    engine_close();
    engine_open(AT_EIGHT);
    later(22);
    assert_int_equal(h.sent, 1);
    house_close();
}

static void days_that_the_host_slept_through_are_said_once(void **state)
{
    (void)state;
    house_open(AT_EIGHT);
    engine_close();
    clock_fake_advance(&h.clock, 5 * 24 * HOUR_MS);
    engine_open(AT_EIGHT);
    run();
    assert_int_equal(h.sent, 1);
    later(21);
    assert_int_equal(h.sent, 1);
    later(1);
    assert_int_equal(h.sent, 2);
    house_close();
}

static void a_changed_hour_counts_from_the_reload_and_a_schedule_that_is_gone_is_silent(void **state)
{
    (void)state;
    house_open(AT_EIGHT);
    swap(AT_NINE);
    run();
    later(22);
    assert_int_equal(h.sent, 0);
    later(1);
    assert_int_equal(h.sent, 1);
    swap("");
    run();
    later(24);
    assert_int_equal(h.sent, 1);
    swap(AT_NINE);                     /* and back again, within the days in which a question is remembered */
    run();
    later(24);
    assert_int_equal(h.sent, 2);
    house_close();
}

/* A turn that was given up (no memory, a crash that came three times) sets no timer. */
static void a_schedule_that_has_lost_its_timer_gets_it_back_at_the_next_start(void **state)
{
    static const char body[] = "{\"kind\":\"timer\",\"at\":1,\"name\":\"every:resume\",\"guard\":0}";
    struct store_turn t = { .op = { .kind = STORE_TURN } };
    struct store_timer none = { .name = "every:resume" };
    struct store_item item = { .kind = STORE_EVENT, .route = "schedule\x1fresume", .body = { body, sizeof body - 1 }, .key = { 7 } };
    struct store_ingest in = { .op = { .kind = STORE_INGEST }, .items = &item, .count = 1 };
    struct store_hooks deaf = { .ctx = NULL };
    struct error err = { "" };
    char was[256];
    size_t did;

    (void)state;
    house_open(AT_EIGHT);
    engine_close();
    store_set_hooks(h.store, &deaf);
    in.op.done = nothing;
    assert_true(store_submit(h.store, &in.op));
    assert_true(store_step(h.store, &did, &err));
    (void)snprintf(was, sizeof was, "{\"schedule\":{\"every\":\"day 08:00\",\"due\":%lld,\"turn\":1}}", START_MS + 22 * HOUR_MS);
    t = (struct store_turn){ .op = { .kind = STORE_TURN, .done = nothing }, .conv = item.conv, .seq = item.seq, .state = { was, strlen(was) },
                             .now_ms = START_MS, .timers = &none, .timer_count = 1 };
    assert_true(store_submit(h.store, &t.op));
    assert_true(store_step(h.store, &did, &err));
    assert_int_equal(t.op.result, STORE_OK);
    clock_fake_advance(&h.clock, 30 * HOUR_MS);
    engine_open(AT_EIGHT);
    run();
    assert_int_equal(h.sent, 1);
    later(16);
    assert_int_equal(h.sent, 2);
    house_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_schedule_runs_from_the_start_once_a_day),
        cmocka_unit_test(reloads_and_restarts_neither_double_it_nor_lose_it),
        cmocka_unit_test(days_that_the_host_slept_through_are_said_once),
        cmocka_unit_test(a_schedule_that_has_lost_its_timer_gets_it_back_at_the_next_start),
        cmocka_unit_test(a_changed_hour_counts_from_the_reload_and_a_schedule_that_is_gone_is_silent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
