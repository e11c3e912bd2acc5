/*
 * The engine's promises on fakes: memory store, a clock that stands still, a network that accepts everything. One thread.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lisolo/engine.h"
#include "lisolo/sender.h"
#include "lisolo/talk.h"

enum { PEOPLE_MAX = 2000 };

/* Counts the person's messages, so that a reply says which turn it came from. */
static const char flow_text[] =
    "local f = flow \"essai\"\n"
    "f.start = \"plus\"\n"
    "f.words = { \"go\" }\n"
    "f:set \"plus\" { n = function(c) return (c.n or 0) + 1 end }\n"
    "f:ask \"compter\" {\n"
    "  say = \"essai.suite\",\n"
    "  expect = any(),\n"
    "  save = \"mot\",\n"
    "  remind = { \"10 min\", \"essai.rappel\" },\n"
    "  next = \"plus\",\n"
    "}\n";
static const char commands_text[] =
    "commands { menu = { words = { \"menu\" }, does = \"menu\" } }\n"
    "menu { say = \"commun.menu\", on = { essai = \"essai\" } }\n";
static const char templates_text[] =
    "message \"essai.suite\" { fr = [[\n%s {n}\n]] }\n"
    "message \"essai.rappel\" { fr = [[\nToujours là ?\n]] }\n"
    "message \"commun.menu\" { fr = [[\nBonjour\n[essai] Essai\n]] }\n"
    "message \"commun.pas_compris\" { fr = [[\nPas compris.\n]] }\n"
    "message \"commun.probleme\" { fr = [[\nUn souci.\n]] }\n"
    "message \"commun.bouton_ancien\" { fr = [[\nAncien bouton.\n]] }\n"
    "message \"commun.aide\" { fr = [[\nAide.\n]] }\n"
    "message \"commun.non_pris_en_charge\" { fr = [[\nNon pris en charge.\n]] }\n";

struct house {
    struct clock_fake     clock;
    struct store         *store;
    struct engine        *engine;
    struct engine_worker *workers[2];
    struct sender        *sender;
    struct script_sources unused;
    unsigned              serial;
    int                   next[PEOPLE_MAX];      /* the number that the person's next reply must bear */
    size_t                replies, reminders, others, elsewhere;    /* elsewhere: addressed by their id */
    bool                  in_order;
    struct { fetch_done done; void *ctx; } open[PEOPLE_MAX * 2];
    size_t                open_count;
};

static struct house h;

static void on_event(void *ctx, const struct store_event *e) { engine_on_event(((struct house *)ctx)->engine, e); }
static void on_timer(void *ctx, int64_t due) { engine_on_timer(((struct house *)ctx)->engine, due); }
static void on_send(void *ctx, const struct store_send_row *row) { sender_on_send(((struct house *)ctx)->sender, row); }

static void read_reply(const char *body)
{
    const char *to = strstr(body, "\"to\":\"+24206"), *text = strstr(body, "\"body\":\"");
    int who, n;

    assert_non_null(text);
    if (to == NULL) {
        assert_non_null(strstr(body, "bsuid."));
        h.elsewhere++;
        return;
    }
    who = atoi(to + 12);
    if (sscanf(text, "\"body\":\"Tour %d", &n) == 1 || sscanf(text, "\"body\":\"Etape %d", &n) == 1) {
        if (n != h.next[who])
            h.in_order = false;
        h.next[who] = n + 1;
        h.replies++;
    } else if (strstr(text, "Toujours") != NULL) {
        h.reminders++;
    } else {
        h.others++;
    }
}

static bool play(void *ctx, const struct fetch_request *r, fetch_done done, void *done_ctx, struct error *err)
{
    (void)ctx;
    (void)err;
    read_reply(r->body);
    assert_true(h.open_count < PEOPLE_MAX * 2);
    h.open[h.open_count].done = done;
    h.open[h.open_count++].ctx = done_ctx;
    return true;
}

static void answer_all(void)
{
    static unsigned serial;
    size_t n = h.open_count;

    h.open_count = 0;
    for (size_t i = 0; i < n; i++) {
        char body[128];
        int len = snprintf(body, sizeof body, "{\"messages\":[{\"id\":\"wamid.R%u\"}]}", ++serial);
        struct fetch_result r = { .outcome = FETCH_ANSWERED, .status = 200, .body = body, .body_len = (size_t)len, .retry_after_ms = -1 };

        h.open[i].done(h.open[i].ctx, &r);
    }
}

static struct generation *generation(const char *word)
{
    struct script_sources s = { 0 };
    struct script_limits limits = script_limits_default();
    struct generation *g;
    struct problems p;
    char text[2048];

    (void)snprintf(text, sizeof text, templates_text, word);
    s.count = 3;
    s.list = calloc(3, sizeof *s.list);
    s.list[0] = (struct script_source){ strdup("flows/commandes.lua"), strdup(commands_text), strlen(commands_text) };
    s.list[1] = (struct script_source){ strdup("flows/essai.lua"), strdup(flow_text), strlen(flow_text) };
    s.list[2] = (struct script_source){ strdup("templates/essai.lua"), strdup(text), strlen(text) };
    memset(s.digest, '0', 64);
    problems_init(&p);
    g = generation_load(&s, &limits, "CG", &p);
    for (size_t i = 0; i < p.count; i++)
        if (p.list[i].severity == PROBLEM_ERROR)
            print_error("%s:%d: %s %s\n", p.list[i].file, p.list[i].line, p.list[i].code, p.list[i].text);
    assert_non_null(g);
    problems_free(&p);
    return g;
}

static void engine_open(size_t cache_bytes, size_t backlog_bytes, const char *guard)
{
    struct engine_options eo = { .store = h.store, .clock = &h.clock.clock, .number = "555000111222333", .workers = 2,
                                 .cache_bytes = cache_bytes, .backlog_bytes = backlog_bytes, .guard_path = guard };
    struct error err = { "" };

    assert_true(store_secret(h.store, "button", eo.keys.current));
    assert_true(store_secret(h.store, "seal", eo.keys.seal));
    h.engine = engine_new(&eo, &err);
    assert_non_null(h.engine);
    if (!engine_swap(h.engine, generation("Tour"), &err))
        fail_msg("%s", err.text);
    for (unsigned i = 0; i < 2; i++)
        assert_non_null(h.workers[i] = engine_worker_new(h.engine, i, &err));
}

static void house_open(size_t cache_bytes, size_t backlog_bytes, const char *guard)
{
    struct error err = { "" };
    struct store_options so = { .clock = &h.clock.clock };
    struct store_hooks hooks = { .ctx = &h, .event = on_event, .timer = on_timer, .send = on_send };
    struct sender_options o = { .clock = &h.clock.clock, .net = { play, NULL }, .seed = 3, .graph_base = "http://g", .graph_version = "v26.0",
                                .graph_token = "t", .number = "555000111222333", .number_per_s = 1e6, .pair_burst = 1e6, .pair_per_s = 1e3,
                                .in_flight_max = PEOPLE_MAX };

    memset(&h, 0, sizeof h);
    h.in_order = true;
    for (int i = 0; i < PEOPLE_MAX; i++)
        h.next[i] = 1;
    clock_fake_init(&h.clock, 1793000000000);
    h.store = store_open_memory(&so, &err);
    assert_non_null(h.store);
    o.store = h.store;
    engine_open(cache_bytes, backlog_bytes, guard);
    o.install = store_install_id(h.store);
    h.sender = sender_new(&o, &err);
    assert_non_null(h.sender);
    store_set_hooks(h.store, &hooks);
    assert_true(store_recover(h.store, &err));
}

/* Steps everything in turn until nothing moves. */
static void house_run(void)
{
    struct error err = { "" };
    size_t did, open;
    bool moved;

    do {
        moved = false;
        (void)engine_tick(h.engine);
        if (!store_step(h.store, &did, &err))
            fail_msg("%s", err.text);
        moved |= did > 0;
        for (int i = 0; i < 2; i++)
            while (engine_step(h.workers[i], 0))
                moved = true;
        sender_step(h.sender);
        open = h.open_count;
        answer_all();
        moved |= open > 0;
    } while (moved || store_wait(h.store, 0));
}

static void house_close(void)
{
    house_run();
    engine_stop(h.engine);
    assert_true(sender_drain(h.sender));
    store_close(h.store);
    for (int i = 0; i < 2; i++)
        engine_worker_free(h.workers[i]);
    engine_free(h.engine);
    sender_free(h.sender);
}

struct post { struct store_ingest in; struct store_item items[8]; char phones[8][24]; char *bodies[8]; };

static void posted(struct store_op *op)
{
    struct post *p = op->ctx;

    assert_int_equal(op->result, STORE_OK);
    for (size_t i = 0; i < p->in.count; i++)
        free(p->bodies[i]);
    free(p);
}

/* As `who` (-1: without a telephone), with a business-scoped id, and a telephone that the person gave up. */
static void say_as(int who, const char *bsuid, const char *old_phone, const char *text)
{
    struct post *p = calloc(1, sizeof *p);
    struct event e = { .kind = EVENT_TEXT, .at_ms = clock_wall_ms(&h.clock.clock), .text = text };
    size_t len;
    char id[32];

    (void)snprintf(id, sizeof id, "m%u", ++h.serial);
    if (who >= 0)
        (void)snprintf(p->phones[0], sizeof p->phones[0], "+24206%07d", who);
    e.id = id;
    p->bodies[0] = event_print(&e, &len);
    assert_non_null(p->bodies[0]);
    p->items[0] = (struct store_item){ .kind = STORE_EVENT, .number = "555000111222333", .phone = who >= 0 ? p->phones[0] : NULL, .name = "Prisca",
                                       .bsuid = bsuid, .old_phone = old_phone,
                                       .body = { p->bodies[0], len }, .at_ms = e.at_ms, .from_person = true };
    store_key(p->items[0].key, "wa", id, NULL);
    p->in = (struct store_ingest){ .op = { .kind = STORE_INGEST, .done = posted, .ctx = p }, .items = p->items, .count = 1, .now_ms = e.at_ms };
    assert_true(store_submit(h.store, &p->in.op));
}

static void say(int who, const char *text) { say_as(who, NULL, NULL, text); }

static void ten_thousand_turns_run_in_one_thread_and_each_reply_is_the_next(void **state)
{
    (void)state;
    house_open(0, 0, NULL);
    for (int round = 0; round < 100; round++) {
        for (int who = 0; who < 100; who++)
            say(who, round == 0 ? "go" : "encore");
        house_run();
    }
    assert_int_equal(h.replies, 10000);
    assert_true(h.in_order);
    assert_int_equal(h.others, 0);
    house_close();
}

static void a_hundred_quick_messages_are_handled_in_order_while_a_thousand_others_talk(void **state)
{
    (void)state;
    house_open(0, 0, NULL);
    for (int i = 0; i < 100; i++) {
        say(0, i == 0 ? "go" : "vite");
        for (int who = 1 + i * 10; who <= (i + 1) * 10; who++)
            say(who, "go");
    }
    house_run();
    assert_int_equal(h.replies, 1100);
    assert_true(h.in_order);
    assert_int_equal(h.next[0], 101);
    house_close();
}

/* Nothing fits into memory: every conversation and every waiting event is read again from the store. */
static void cold_conversations_and_a_backlog_on_disk_lose_nothing(void **state)
{
    struct engine_counts c;

    (void)state;
    house_open(1, 1, NULL);
    for (int round = 0; round < 20; round++) {
        for (int who = 0; who < 50; who++) {
            say(who, round == 0 ? "go" : "encore");
            say(who, "encore");
            say(who, "encore");
        }
        house_run();
    }
    engine_counts(h.engine, &c);
    assert_int_equal(h.replies, 3000);
    assert_true(h.in_order);
    assert_true(c.loads > 100);
    house_close();
}

static void a_reload_between_turns_drops_nothing_and_nobody_goes_back(void **state)
{
    struct error err = { "" };

    (void)state;
    house_open(0, 0, NULL);
    for (int who = 0; who < 200; who++)
        say(who, "go");
    house_run();
    for (int round = 0; round < 10; round++) {
        for (int who = 0; who < 200; who++)
            say(who, "encore");
        if (!engine_swap(h.engine, generation(round % 2 == 0 ? "Etape" : "Tour"), &err))
            fail_msg("%s", err.text);
        house_run();
        for (int i = 0; i < 2; i++)
            (void)engine_step(h.workers[i], 0);            /* an idle worker changes over too */
        assert_int_equal(engine_generations(h.engine), 1);
    }
    assert_int_equal(h.replies, 200 * 11);
    assert_true(h.in_order);
    house_close();
}

static void a_reminder_starts_when_the_question_was_accepted_and_comes_once(void **state)
{
    (void)state;
    house_open(0, 0, NULL);
    say(1, "go");
    house_run();
    clock_fake_advance(&h.clock, 10 * 60 * 1000 - 1);
    house_run();
    assert_int_equal(h.reminders, 0);
    clock_fake_advance(&h.clock, 1);
    house_run();
    assert_int_equal(h.reminders, 1);
    clock_fake_advance(&h.clock, 3600 * 1000);
    house_run();
    assert_int_equal(h.reminders, 1);
    say(1, "me voici");
    house_run();
    assert_int_equal(h.next[1], 3);
    house_close();
}

static void an_answer_in_time_means_no_reminder(void **state)
{
    (void)state;
    house_open(0, 0, NULL);
    say(1, "go");
    house_run();
    clock_fake_advance(&h.clock, 9 * 60 * 1000);
    say(1, "oui");
    house_run();
    clock_fake_advance(&h.clock, 2 * 60 * 1000);
    house_run();
    assert_int_equal(h.reminders, 0);
    clock_fake_advance(&h.clock, 8 * 60 * 1000);
    house_run();
    assert_int_equal(h.reminders, 1);
    house_close();
}

/* A reply goes to the telephone that the person has when the turn begins, also when the change came while another turn ran. */
static void a_new_telephone_is_used_by_the_turn_of_the_event_that_brought_it(void **state)
{
    struct error err = { "" };
    size_t did;

    (void)state;
    house_open(0, 0, NULL);
    say_as(7, "bsuid.prisca", NULL, "go");
    assert_true(store_step(h.store, &did, &err));          /* the turn of "go" is ready: the conversation is busy */
    say_as(8, "bsuid.prisca", "+242060000007", "encore");
    assert_true(store_step(h.store, &did, &err));
    house_run();
    assert_int_equal(h.replies, 2);
    assert_int_equal(h.next[7], 2);
    assert_int_equal(h.next[8], 3);
    house_close();
}

/* Her number has a new owner: what is still to be said to her must not reach him. */
static void a_telephone_that_changed_hands_is_forgotten(void **state)
{
    (void)state;
    house_open(0, 0, NULL);
    say_as(7, "bsuid.prisca", NULL, "go");
    house_run();
    h.next[7] = 1;
    say_as(7, "bsuid.junior", NULL, "go");                 /* another person with that telephone */
    house_run();
    assert_int_equal(h.next[7], 2);
    say_as(-1, "bsuid.prisca", NULL, "encore");
    house_run();
    assert_int_equal(h.next[7], 2);
    assert_int_equal(h.elsewhere, 1);
    house_close();
}

/* At a start the store tells only the next few events of each conversation; the others are for the engine to fetch. */
static void a_long_backlog_of_one_person_is_handled_after_a_start(void **state)
{
    struct error err = { "" };
    size_t did;

    (void)state;
    house_open(0, 0, NULL);
    for (int i = 0; i < 100; i++)
        say(1, i == 0 ? "go" : "encore");
    say(2, "go");
    assert_true(store_step(h.store, &did, &err));
    for (int i = 0; i < 2; i++)
        engine_worker_free(h.workers[i]);
    engine_free(h.engine);
    engine_open(0, 0, NULL);
    assert_true(store_recover(h.store, &err));
    house_run();
    assert_int_equal(h.replies, 101);
    assert_true(h.in_order);
    house_close();
}

static void a_stop_does_not_run_what_is_ready(void **state)
{
    struct error err = { "" };
    size_t did;

    (void)state;
    house_open(0, 0, NULL);
    for (int who = 0; who < 50; who++)
        say(who, "go");
    assert_true(store_step(h.store, &did, &err));
    assert_true(engine_step(h.workers[0], 0));
    engine_stop(h.engine);
    assert_false(engine_step(h.workers[0], 0));
    assert_false(engine_step(h.workers[1], 1000));
    house_close();
}

static void a_clock_that_goes_back_delays_no_reply(void **state)
{
    (void)state;
    house_open(0, 0, NULL);
    say(1, "go");
    house_run();
    atomic_fetch_sub(&h.clock.wall_ms, 3600 * 1000);
    say(1, "encore");
    house_run();
    assert_int_equal(h.replies, 2);
    house_close();
}

static void a_stepped_clock_holds_timers_until_it_is_back(void **state)
{
    struct engine_counts c;

    (void)state;
    house_open(0, 0, NULL);
    say(1, "go");
    house_run();
    atomic_fetch_add(&h.clock.wall_ms, 3600 * 1000);       /* the wall clock alone */
    house_run();
    engine_counts(h.engine, &c);
    assert_true(c.timers_held);
    assert_int_equal(h.reminders, 0);
    atomic_fetch_sub(&h.clock.wall_ms, 3600 * 1000);
    house_run();
    assert_int_equal(h.reminders, 0);
    clock_fake_advance(&h.clock, 10 * 60 * 1000);
    house_run();
    assert_int_equal(h.reminders, 1);
    house_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_thousand_turns_run_in_one_thread_and_each_reply_is_the_next),
        cmocka_unit_test(a_hundred_quick_messages_are_handled_in_order_while_a_thousand_others_talk),
        cmocka_unit_test(cold_conversations_and_a_backlog_on_disk_lose_nothing),
        cmocka_unit_test(a_reload_between_turns_drops_nothing_and_nobody_goes_back),
        cmocka_unit_test(a_reminder_starts_when_the_question_was_accepted_and_comes_once),
        cmocka_unit_test(an_answer_in_time_means_no_reminder),
        cmocka_unit_test(a_stepped_clock_holds_timers_until_it_is_back),
        cmocka_unit_test(a_new_telephone_is_used_by_the_turn_of_the_event_that_brought_it),
        cmocka_unit_test(a_telephone_that_changed_hands_is_forgotten),
        cmocka_unit_test(a_long_backlog_of_one_person_is_handled_after_a_start),
        cmocka_unit_test(a_stop_does_not_run_what_is_ready),
        cmocka_unit_test(a_clock_that_goes_back_delays_no_reply),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
